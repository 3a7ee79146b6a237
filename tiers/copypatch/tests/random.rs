//! Random traces give the reference evaluator's result, with every library, under every strategy
//! and at every number of integer registers. `TIERLAB_LONG=1` runs many more.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tierlab_copypatch::{CopyPatch, libraries};
use tierlab_regalloc::strategy;
use tierlab_trace::testgen::{case, check_backend, helpers};

fn cases() -> u32 {
    if std::env::var_os("TIERLAB_LONG").is_some() { 5_000 } else { 60 }
}

/// Float registers to go with a number of integer registers: all numbers come up, unrelated ones too.
fn floats(ints: u8, most: u8) -> [u8; 2] {
    [ints.min(most), most - ints.min(most)]
}

fn check(name: &str) {
    let mut runner = TestRunner::new(Config { cases: cases(), ..Config::default() });
    let result = runner.run(&case(), |case| {
        for info in libraries() {
            let Ok(library) = &info.library else { continue };
            let most = if name == "stack" { 0 } else { info.max_ints };
            for ints in 0..=most {
                for floats in floats(ints, info.max_floats) {
                    let strategy = strategy(name).expect("it is registered");
                    let mut tier = CopyPatch::new(helpers(), strategy, library, ints, floats)
                        .expect("code memory");
                    check_backend(&mut tier, &case).map_err(|e| {
                        TestCaseError::fail(format!("{} {name} ({ints}, {floats}): {e}", info.name))
                    })?;
                }
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn plain_copy_and_patch_agrees_with_the_evaluator() {
    check("stack");
}

#[test]
fn top_of_stack_caching_agrees_with_the_evaluator() {
    check("tos");
}

#[test]
fn linear_scan_agrees_with_the_evaluator() {
    check("linear-scan");
}
