//! Random traces give the reference evaluator's result, under every strategy and at several
//! register counts. `TIERLAB_LONG=1` runs many more.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tierlab_copypatch::CopyPatch;
use tierlab_regalloc::strategy;
use tierlab_trace::testgen::{case, check_backend, helpers};

fn cases() -> u32 {
    if std::env::var_os("TIERLAB_LONG").is_some() { 20_000 } else { 200 }
}

fn check(name: &str, counts: &[(u8, u8)]) {
    let mut runner = TestRunner::new(Config { cases: cases(), ..Config::default() });
    let result = runner.run(&case(), |case| {
        for &(ints, floats) in counts {
            let strategy = strategy(name).expect("it is registered");
            let mut tier = CopyPatch::new(helpers(), strategy, ints, floats).expect("code memory");
            check_backend(&mut tier, &case)
                .map_err(|e| TestCaseError::fail(format!("{name} ({ints}, {floats}): {e}")))?;
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn plain_copy_and_patch_agrees_with_the_evaluator() {
    check("stack", &[(0, 0)]);
}

#[test]
fn top_of_stack_caching_agrees_with_the_evaluator() {
    check("tos", &[(1, 1), (2, 2), (5, 8)]);
}

#[test]
fn linear_scan_agrees_with_the_evaluator() {
    check("linear-scan", &[(0, 0), (1, 1), (2, 2), (3, 8), (5, 0), (5, 8)]);
}
