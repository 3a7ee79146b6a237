//! Random traces give the reference evaluator's result, with every library, under every strategy
//! and at every number of integer registers. `TIERLAB_LONG=1` runs many more.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::time::Duration;
use tierlab_copypatch::{CopyPatch, LibraryInfo, libraries};
use tierlab_regalloc::{Effort, STRATEGIES, StrategyInfo};
use tierlab_trace::testgen::{Case, case, check_backend, helpers};

fn cases() -> u32 {
    if std::env::var_os("TIERLAB_LONG").is_some() { 5_000 } else { 60 }
}

/// Float registers to go with a number of integer registers: all numbers come up, unrelated ones too.
fn floats(ints: u8, most: u8) -> [u8; 2] {
    [ints.min(most), most - ints.min(most)]
}

/// The numbers of integer registers that a strategy is tried with: what searches takes its time.
fn ints(info: &StrategyInfo, most: u8) -> Vec<u8> {
    match info.effort {
        _ if info.name == "stack" => vec![0],
        Effort::Passes => (0..=most).collect(),
        Effort::Search => vec![2],
    }
}

fn check(
    case: &Case,
    library: &'static LibraryInfo,
    info: &StrategyInfo,
) -> Result<(), TestCaseError> {
    let Ok(tables) = &library.library else { return Ok(()) };
    let name = info.name;
    for ints in ints(info, library.max_ints) {
        for floats in floats(ints, library.max_floats) {
            let strategy = info.within(Duration::from_millis(5));
            let mut tier =
                CopyPatch::new(helpers(), strategy, tables, ints, floats).expect("code memory");
            check_backend(&mut tier, case).map_err(|e| {
                TestCaseError::fail(format!("{} {name} ({ints}, {floats}): {e}", library.name))
            })?;
        }
    }
    Ok(())
}

/// A library with every strategy.
fn check_library(index: usize) {
    let library = &libraries()[index];
    let mut runner = TestRunner::new(Config { cases: cases(), ..Config::default() });
    let result = runner
        .run(&case(), |case| STRATEGIES.iter().try_for_each(|info| check(&case, library, info)));
    if let Err(error) = result {
        panic!("{error}");
    }
}

// One test each, so that they run side by side.

#[test]
fn the_first_library_agrees_with_the_evaluator() {
    check_library(0);
}

#[test]
fn the_second_library_agrees_with_the_evaluator() {
    check_library(1);
}

#[test]
fn the_third_library_agrees_with_the_evaluator() {
    check_library(2);
}

#[test]
fn there_is_a_test_for_each_library() {
    assert_eq!(libraries().len(), 3);
}
