//! Random programs, random register files: what every strategy makes passes the checker.
//!
//! `TIERLAB_LONG=1` runs until ten million ops have been allocated; `TIERLAB_ONLY=name,name` names the
//! strategies. `fuzz/` does the same with a fuzzer's bytes in place of random numbers.

mod support;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::sync::Arc;
use support::any_program::{body, from_bytes, programs};
use support::{SHORT, check_traces, lenient, parse, x86};
use tierlab_regalloc::STRATEGIES;

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

/// The first op of a loop without parameters destroys registers: what the loop finds in registers must not be
/// thought to begin behind it.
const NO_PARAMETERS: &str = r#"
trace loop "a.py:1"
entry s0
block0(%0: ref, %1: i64):
  jump block1()
block1():
  %3: ref = call_ref1 @#1 %0 -> exit s1
  guard_class %3 class 16 -> exit s2
  %5: i64 = load_i64 %3 -1 !5
  guard_eq_i64 %5, 545460846608 -> exit s2
  guard_lt_i64 %5, %1 -> exit s2
  jump block1()
snapshots:
  s0 = code 0 @2 height 2 { 0: %0, 1: %1 }
  s1 = code 0 @2 height 2 { 0: %0, 1: %1 }
  s2 = code 0 @3 height 3 { 0: %0, 1: %1, 2: %3 }
"#;

#[test]
fn a_loop_without_parameters_may_begin_with_a_call() {
    let traces = [Arc::new(parse(NO_PARAMETERS))];
    for info in STRATEGIES {
        for k in 0..=5 {
            for file in [x86(k, k), lenient(k, k)] {
                check_traces(&mut *info.within(SHORT), &file, &traces)
                    .unwrap_or_else(|why| panic!("{why}"));
            }
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
