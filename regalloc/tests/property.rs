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

/// Without integer registers regalloc2 is told of one that does not exist, and keeps the loop's second
/// parameter there: what goes on from it to the first one is there too.
const UNREAL: &str = r#"
trace loop "b.py:1"
entry s0
block0(%0: i64, %1: i64, %2: ref, %3: i64):
  %4: i64 = add_ovf %0, %0 -> exit s1
  %5: i64 = add_ovf 2147483648, %4 -> exit s2
  jump block1(%0, %3, 0.0, %2, ref:0x100000000, %0)
block1(%7: i64, %8: i64, %9: f64, %10: ref, %11: ref, %12: i64):
  guard_gt_i64 %7, 0 -> exit s3
  %14: i64 = sub %7, 1
  %15: i64 = load_i64 %2 +415
  %16: i64 = add_ovf %5, %12 -> exit s4
  %17: i64 = add_ovf %12, 64 -> exit s5
  %18: ref = call_ref2 @#2 ref:0x7efd08011789, %10 -> exit s6
  %19: i64 = copy_i64 %14
  %20: i64 = add_ovf %15, %3 -> exit s7
  %21: i64 = add_ovf %20, -7 -> exit s8
  %22: i64 = f64_to_i64 %9 -> exit s9
  %23: i64 = copy_i64 %19
  %24: i64 = add_ovf %22, %12 -> exit s10
  guard_eq_i64 %22, %17 -> exit s11
  %26: i64 = add_ovf %24, -9223372036854775808 -> exit s12
  %27: i64 = add %20, %26
  %28: i64 = add_ovf %17, 2147483648 -> exit s13
  jump block1(%14, %14, 9.223372036854776e18, %11, %10, %8)
snapshots:
  s0 = code 1 @0 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
  s1 = code 1 @1 height 6 { 0: %0, 1: %2, 2: %2, 3: sub(%3, %0), 5: %2 }
  s2 = code 1 @2 height 6 { 0: %0, 1: inf, 2: %5, 3: 5e-324, 5: sub(%0, %3) }
  s3 = code 1 @3 height 1 { 0: %7 }
  s4 = code 1 @4 height 5 { 0: %7, 1: %2, 3: %12 }
  s5 = code 1 @5 height 25 { 0: %7, 1: ref:0xc8, 2: add(%15, %16), 3: %12, 5: %11, 6: %10, 10: %14, 13: %17, 14: sub(%17, 9007199254740992), 16: sub(%17, %14), 17: %2, 19: %10, 21: sub(%4, %16), 22: %12, 23: %9, 24: %9 }
  s6 = code 1 @6 height 2 { 0: %7, 1: %11 } code 2 @6 height 4 { 0: %9, 1: %9, 3: -9223372036854775808 }
  s7 = code 1 @7 height 7 { 0: %7, 2: add(%15, 255), 4: add(%16, -9223372036854775808), 5: %20, 6: sub(%20, %12) }
  s8 = code 1 @8 height 2 { 0: %7, 1: -9.223372036854776e18 }
  s9 = code 1 @9 height 4 { 0: %7, 1: add(-7, %5) }
  s10 = code 1 @10 height 5 { 0: %7, 3: sub(%20, %7), 4: add(%23, %12) }
  s11 = code 1 @11 height 4 { 0: %7, 2: 1000000000.0, 3: %12 }
  s12 = code 1 @12 height 25 { 0: %7, 2: %16, 10: sub(%26, %14), 11: %26, 12: %9, 13: %10, 15: %9, 16: %24, 17: %21, 18: add(1, %23), 20: %23, 21: %18, 22: nan:0x7ff8000000000000, 23: %11 }
  s13 = code 1 @13 height 6 { 0: %7, 2: %9, 4: %9 } code 2 @13 height 3 { 1: %11 }
"#;

#[test]
fn what_is_in_a_register_that_does_not_exist_stays_there() {
    let traces = [Arc::new(parse(UNREAL))];
    for info in STRATEGIES {
        for file in [x86(0, 0), lenient(0, 0)] {
            check_traces(&mut *info.within(SHORT), &file, &traces)
                .unwrap_or_else(|why| panic!("{why}"));
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
