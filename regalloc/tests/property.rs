//! Random traces, random register files: what every strategy makes passes the checker.
//!
//! `TIERLAB_LONG=1` runs until ten million ops have been allocated.

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::{check_traces, fixed, lenient, strict, x86};
use tierlab_regalloc::{RegFile, STRATEGIES};
use tierlab_trace::testgen::{Case, case_up_to};

fn files() -> impl proptest::strategy::Strategy<Value = RegFile> {
    let sizes = prop_oneof![
        Just((0, 0)),
        Just((1, 1)),
        Just((2, 2)),
        Just((4, 4)),
        Just((5, 8)),
        Just((14, 14)),
        (0..15u8, 0..15u8),
    ];
    (sizes, 0..4).prop_map(|((ints, floats), kind)| match kind {
        0 => x86(ints, floats),
        1 => lenient(ints, floats),
        2 => fixed(ints, floats),
        _ => strict(ints, floats),
    })
}

/// All strategies on one case; returns the number of ops.
fn body(case: &Case, file: &RegFile) -> Result<usize, String> {
    let built = case.build();
    for info in STRATEGIES {
        check_traces(&mut *(info.make)(), file, &built.traces)?;
    }
    Ok(built.traces.iter().map(|t| t.ops.len()).sum())
}

#[test]
fn every_strategy_passes_the_checker() {
    let wanted = if std::env::var_os("TIERLAB_LONG").is_some() { 10_000_000 } else { 100_000 };
    let ops = std::cell::Cell::new(0);
    while ops.get() < wanted {
        // A runner that has had its successes runs no more.
        let config = Config { failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let result = runner.run(&(case_up_to(60), files()), |(case, file)| {
            match body(&case, &file) {
                Ok(n) => ops.set(ops.get() + n),
                Err(why) => prop_assert!(false, "{why}"),
            }
            Ok(())
        });
        if let Err(e) = result {
            panic!("{e}");
        }
    }
}
