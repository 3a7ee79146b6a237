//! Random programs, random register files: what every strategy makes passes the checker.
//!
//! `TIERLAB_LONG=1` runs until ten million ops have been allocated; `TIERLAB_ONLY=name,name` names the
//! strategies. `fuzz/` does the same with a fuzzer's bytes in place of random numbers.

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use support::any_program::{body, from_bytes, programs};

#[test]
fn every_strategy_passes_the_checker() {
    let wanted = if std::env::var_os("TIERLAB_LONG").is_some() { 10_000_000 } else { 100_000 };
    let ops = std::cell::Cell::new(0);
    while ops.get() < wanted {
        // A runner that has had its successes runs no more.
        let config = Config { failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let result = runner.run(&programs(), |(case, file)| {
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

/// What the fuzz target does: any bytes stand for a program, and not all for the same.
#[test]
fn bytes_stand_for_programs() {
    let mut sizes = std::collections::HashSet::new();
    let mut state = 1u32;
    for len in [0, 1, 10, 100, 1000] {
        for _ in 0..8 {
            let mut byte = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            };
            let bytes: Vec<u8> = (0..len).map(|_| byte()).collect();
            let (case, file) = from_bytes(&bytes);
            sizes.insert(body(&case, &file).unwrap_or_else(|why| panic!("{why}")));
        }
    }
    assert!(sizes.len() >= 10, "{sizes:?}");
}
