//! The exact method: traces whose optimum can be worked out by hand, and no strategy below the bound.

mod support;

use proptest::prelude::*;
use std::time::Duration;
use support::{SHORT, checked, fixed, lenient, parse, strict, x86};
use tierlab_regalloc::cost::cost;
use tierlab_regalloc::optimal::{Optimal, bound};
use tierlab_regalloc::text::allocation_text;
use tierlab_regalloc::{
    AllocError, Allocation, Allowed, Clobbers, Constraint, Input, Loc, RegFile, STRATEGIES,
    Strategy,
};
use tierlab_trace::ir::{Trace, TraceKind};
use tierlab_trace::ops::Opcode;
use tierlab_trace::testgen::case;

const LIMIT: Duration = Duration::from_secs(5);

/// The bound, which is attained; nothing where an op needs more registers.
fn solved(trace: &Trace, file: &RegFile) -> Option<u64> {
    solved_input(&Input { trace, file, incoming: None })
}

fn solved_input(input: &Input) -> Option<u64> {
    let Input { trace, file, .. } = *input;
    let bound = match bound(input, LIMIT) {
        Err(AllocError::TooFewRegisters { .. }) => return None,
        bound => bound.expect("it is solved"),
    };
    let mut out = Allocation::default();
    assert_eq!(checked(&mut Optimal::default(), input, &mut out), Ok(true));
    let text = allocation_text(trace, &out, None);
    assert_eq!(cost(trace, &out).weighted_traffic(), bound, "{file:?}\n{text}");
    Some(bound)
}

/// `while i < n: t = t + i * k; i = i + 1`
const LOOP: &str = r#"
trace loop "loop.py:3"
entry s0
block0(%0: i64, %1: i64, %2: i64, %3: i64):
  jump block1(%0, %1)
block1(%5: i64, %6: i64):
  %7: i64 = mul %6, %3
  %8: i64 = add %5, %7
  %9: i64 = add %6, 1
  guard_lt_i64 %9, %2 -> exit s1
  jump block1(%8, %9)
snapshots:
  s0 = code 0 @4 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
  s1 = code 0 @4 height 4 { 0: %8, 1: %9, 2: %2, 3: %3 }
"#;

#[test]
fn optima_worked_out_by_hand() {
    let trace = parse(LOOP);
    // All in slots: seven operands that are no immediates and three results.
    assert_eq!(solved(&trace, &x86(0, 0)), Some(100));
    // One register has %6, and %9 after it, over the jump: two loads of %6, one of %9 and its store
    // are saved, and one load before the loop is added. (%7 and the guard's %9 would save 30.)
    assert_eq!(solved(&trace, &x86(1, 0)), Some(61));
    // %5, %6, %2, %3 and %7 are live at once. Without a fifth register %2 is read in its slot.
    assert_eq!(solved(&trace, &x86(4, 0)), Some(13));
    assert_eq!(solved(&trace, &x86(5, 0)), Some(4));
}

/// What is passed for a parameter in a slot moves into that slot when the parameter has been read.
#[test]
fn a_slot_passes_from_parameter_to_argument() {
    let trace = parse(
        r#"
trace loop "slot.py:3"
entry s0
block0(%0: ref, %1: ref):
  jump block1(%0)
block1(%3: ref):
  %4: ref = call_ref1 @half %3 -> exit s1
  jump block1(%4)
snapshots:
  s0 = code 0 @4 height 2 { 0: %0, 1: %1 }
  s1 = code 0 @4 height 2 { 0: %1, 1: %1 }
"#,
    );
    // The call reads a slot and its result is written to the same one, however many registers there are.
    for k in 0..4 {
        assert_eq!(solved(&trace, &x86(k, k)), Some(20), "{k} registers");
    }
}

/// What an op leaves in a slot, for it takes no register, is read from there: that slot is the value's own,
/// and the one that another trace expects it in.
#[test]
fn a_result_in_a_slot_is_where_another_trace_expects_it() {
    let trace = parse(
        r#"
trace straight "call.py:1"
entry s0
block0(%0: ref):
  %1: ref = call_ref1 @half %0 -> exit s2
  %2: i64 = unbox_i64 %1 -> exit s1
  guard_gt_i64 %2, 0 -> exit s1
  jump_trace T0(%1)
snapshots:
  s0 = code 0 @4 height 1 { 0: %0 }
  s1 = code 0 @5 height 1 { 0: %1 }
  s2 = code 0 @4 height 1 { }
"#,
    );
    // The call reads and writes the slot; a load for what wants it in a register.
    let file = |k| RegFile { constraint: slots_at_calls, ..lenient(k, k) };
    for k in 2..5 {
        assert_eq!(solved(&trace, &file(k)), Some(3), "{k} registers");
    }
}

fn slots_at_calls(op: Opcode) -> &'static Constraint {
    static CALL: Constraint = Constraint { clobbers: Clobbers::ALL, ..Constraint::SLOTS };
    static ANY: Constraint = Constraint::ANY;
    if op.is_call() { &CALL } else { &ANY }
}

/// What arrives in a register, and is not needed there, goes to the slot that another trace expects it in.
#[test]
fn what_arrives_is_stored_where_another_trace_expects_it() {
    let trace = parse(
        r#"
trace side 0.0 "arrive.py:1"
block0(%0: ref, %1: i64, %2: ref, %3: ref):
  %4: i64 = unbox_i64 %2 -> exit s0
  %5: i64 = unbox_i64 %3 -> exit s0
  guard_le_i64 %4, %5 -> exit s0
  jump_trace T1(%0, 7, %1)
snapshots:
  s0 = code 0 @4 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
"#,
    );
    let incoming = [Loc::slot(0), Loc::int(2), Loc::int(3), Loc::int(0)];
    for k in 4..6 {
        let file = lenient(k, k);
        let input = Input { trace: &trace, file: &file, incoming: Some(&incoming) };
        // The constant and the integer are stored, once each.
        assert_eq!(solved_input(&input), Some(2), "{k} registers");
    }
}

#[test]
fn recorded_traces_attain_the_bound_and_no_strategy_is_below_it() {
    for (name, traces) in support::saved() {
        for trace in traces.iter().filter(|trace| trace.ops.len() < 1000) {
            for k in 1..=10 {
                solved(trace, &x86(k, k));
                for file in [x86(k, k), lenient(k, k), strict(k, k)] {
                    let input = Input { trace, file: &file, incoming: None };
                    none_below(&input).unwrap_or_else(|why| panic!("{name}: {why}"));
                }
            }
        }
    }
}

/// A value that makes way for one op is not let go of meanwhile: it comes back to its register.
#[test]
fn what_waits_elsewhere_keeps_its_place() {
    let trace = parse(
        r#"
trace loop "wait.py:1"
entry s0
block0(%0: f64, %1: i64, %2: i64, %3: ref):
  %4: f64 = add_f64 %0, %0
  %5: f64 = add_f64 2.0, %4
  %6: ref = copy_ref %3
  %7: f64 = call_f64_1 @#0 2.0
  %8: ref = copy_ref %6
  jump block1(%1)
block1(%10: i64):
  %11: f64 = div_f64 %0, %4
  %12: f64 = add_f64 %11, 1.0
  %13: i64 = f64_to_i64 %7 -> exit s1
  %14: ref = call_ref1 @#1 %3 -> exit s2
  guard_gt_i64 %10, 0 -> exit s3
  %16: i64 = sub_ovf %10, 1 -> exit s2
  jump block1(%16)
snapshots:
  s0 = code 1 @0 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
  s1 = code 1 @1 height 1 { 0: %10 }
  s2 = code 1 @2 height 7 { 0: %10, 3: %11, 4: %10 }
  s3 = code 1 @3 height 25 { 0: %10, 2: %6, 3: %3, 8: %13, 12: %11, 13: %12 }
"#,
    );
    for k in 2..15 {
        let file = fixed(k, k);
        let input = Input { trace: &trace, file: &file, incoming: None };
        let done = checked(&mut Optimal::default(), &input, &mut Allocation::default());
        assert!(done.is_ok(), "{k} registers: {done:?}");
    }
}

/// What is stored may take over the slot of a loop parameter, which is in a register just then; where it is to
/// leave that before the next op, it needs another slot first.
#[test]
fn who_loses_slot_and_register_at_once_gets_another_slot() {
    let trace = parse(
        r#"
trace loop "slots.py:1"
entry s0
block0(%0: i64, %1: i64, %2: ref):
  %3: i64 = add_ovf 2147483648, %0 -> exit s1
  %4: i64 = copy_i64 2147483648
  %5: i64 = add_ovf 2147483648, %4 -> exit s2
  %6: i64 = add_ovf 2147483648, %3 -> exit s3
  %7: i64 = add 2147483648, %4
  %8: i64 = add_ovf 2147483648, %5 -> exit s4
  guard_small_int ref:0xc8 -> exit s5
  %10: i64 = untag ref:0xc8
  jump block1(%0, %10, 1)
block1(%12: i64, %13: i64, %14: i64):
  %15: f64 = call_f64_1 @#5 0.1
  %16: i64 = add_ovf 2147483648, %12 -> exit s6
  guard_ne_f64 2.0, %15 -> exit s7
  guard_ge_i64 %13, %16 -> exit s8
  %19: i64 = add_ovf %7, %5 -> exit s9
  %20: i64 = add_ovf 2147483648, %14 -> exit s10
  %21: i64 = add_ovf %14, %14 -> exit s11
  %22: i64 = and %21, 15
  %23: ref = load_ref_index %2, %22 +263 !3
  %24: i64 = add_ovf 2147483648, %20 -> exit s12
  %25: i64 = add_ovf 2147483648, %21 -> exit s13
  %26: i64 = add_ovf 2147483648, %22 -> exit s14
  %27: i64 = add_ovf 2147483648, %24 -> exit s15
  %28: i64 = add_ovf 2147483648, %25 -> exit s16
  %29: i64 = add_ovf 2147483648, %26 -> exit s17
  %30: i64 = add_ovf 2147483648, %27 -> exit s18
  %31: i64 = add_ovf 2147483648, %28 -> exit s19
  %32: f64 = unbox_f64 ref:0x7f56b8035089 -> exit s20
  %33: i64 = f64_to_i64 2.0 -> exit s21
  %34: i64 = unbox_i64 ref:0xc8 -> exit s22
  %35: i64 = sub 2147483648, %31
  %36: i64 = load_i64 %2 +415
  guard_gt_i64 %12, 0 -> exit s23
  %38: i64 = sub_ovf %12, 1 -> exit s24
  jump block1(%38, %16, 9223372036854775807)
snapshots:
  s0 = code 1 @0 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 1 @1 height 6 { 0: %0, 1: inf, 2: %3, 3: 5e-324, 5: sub(%0, %0) }
  s2 = code 1 @2 height 6 { 0: %0, 1: inf, 2: %5, 3: 5e-324, 5: sub(%0, %3) }
  s3 = code 1 @3 height 6 { 0: %0, 1: inf, 2: %6, 3: 5e-324, 5: sub(%4, %0) }
  s4 = code 1 @4 height 6 { 0: %0, 1: inf, 2: %8, 3: 5e-324, 5: sub(%6, %4) }
  s5 = code 1 @5 height 2 { 0: %0, 1: %7 } code 2 @5 height 3 { 0: %5 }
  s6 = code 1 @6 height 6 { 0: %12, 1: %15, 3: %2, 4: add(%12, 64) }
  s7 = code 1 @7 height 6 { 0: %12, 1: %15, 3: %2, 4: add(%13, %14) }
  s8 = code 1 @8 height 5 { 0: %12, 1: %15, 2: sub(%16, %8), 3: %15, 4: add(%4, %14) }
  s9 = code 1 @9 height 25 { 0: %12, 1: %2, 2: %16, 4: %2, 5: %15, 6: %15, 8: %2, 9: %15, 10: %15, 12: sub(%19, %12), 13: %19, 14: %14, 15: %15, 16: ref:0x7f56b80350a9, 20: ref:0xe, 22: %2, 23: sub(-2147483648, -9223372036854775808), 24: -9.223372036854776e18 }
  s10 = code 1 @10 height 6 { 0: %12, 1: %15, 3: %2, 4: add(%14, 64) }
  s11 = code 1 @11 height 2 { 0: %12, 1: %21 } code 2 @11 height 6 { 0: sub(2147483648, %16), 1: %15, 2: %2, 5: %21 }
  s12 = code 1 @12 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%20, 64) }
  s13 = code 1 @13 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%21, 64) }
  s14 = code 1 @14 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%22, 64) }
  s15 = code 1 @15 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%24, 64) }
  s16 = code 1 @16 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%25, 64) }
  s17 = code 1 @17 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%26, 64) }
  s18 = code 1 @18 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%27, 64) }
  s19 = code 1 @19 height 6 { 0: %12, 1: %15, 3: %23, 4: add(%28, 64) }
  s20 = code 1 @20 height 7 { 0: %12, 1: sub(%28, %10), 2: 4611686018427387904, 6: %13 }
  s21 = code 1 @21 height 2 { 0: %12, 1: %28 } code 2 @21 height 3 { 0: %28 }
  s22 = code 1 @22 height 2 { 0: %12, 1: %24 } code 2 @22 height 3 { 0: %29 }
  s23 = code 1 @23 height 1 { 0: %12 }
  s24 = code 1 @24 height 5 { 0: %12, 2: %2, 3: add(%38, %28), 4: %36 } code 2 @24 height 3 { 0: 5e-324 }
"#,
    );
    let file = fixed(5, 8);
    let input = Input { trace: &trace, file: &file, incoming: None };
    let done = checked(&mut Optimal::default(), &input, &mut Allocation::default());
    assert!(done.is_ok(), "{done:?}");
}

/// As a calling convention has it: arguments in the first registers, which calls destroy with all others.
fn arguments_by_name(op: Opcode) -> &'static Constraint {
    static CALL: Constraint = Constraint {
        operands: [Allowed::fixed(0), Allowed::fixed(1), Allowed::fixed(2)],
        clobbers: Clobbers::ALL,
        ..Constraint::ANY
    };
    static REUSE: Constraint = Constraint { reuse_first: true, ..Constraint::ANY };
    if op.is_call() { &CALL } else { &REUSE }
}

/// Two loop parameters change places, each the heir of the other's slot.
#[test]
fn who_has_taken_over_a_slot_keeps_it() {
    let trace = parse(
        r#"
trace loop "swap.py:1"
entry s0
block0(%0: ref, %1: ref, %2: ref, %3: ref, %4: ref):
  jump block1(%0, %1, %2, %3, %4)
block1(%6: ref, %7: ref, %8: ref, %9: ref, %10: ref):
  guard_class %9 class 8 -> exit s1
  %12: i64 = untag %10
  %13: i64 = load_i64 %9 +15
  guard_lt_i64 %12, %13 -> exit s1
  %15: i64 = add %12, 1
  %16: ref = tag %15 -> exit s1
  %17: ref = call_ref2 @#0 %6, %7 -> exit s2
  %18: ref = call_ref2 @#1 %6, %7 -> exit s3
  %19: ref = call_ref2 @#2 %17, %18 -> exit s4
  %20: ref = call_ref2 @#3 %8, %19 -> exit s5
  jump block1(%7, %6, %8, %9, %16)
snapshots:
  s0 = code 37 @7 height 8 { 0: %0, 1: %1, 3: %2, 6: %3, 7: %4 }
  s1 = code 37 @7 height 8 { 0: %6, 1: %7, 3: %8, 6: %9, 7: %10 }
  s2 = code 37 @13 height 12 { 0: %6, 1: %7, 3: %8, 6: %9, 7: %16 }
  s3 = code 37 @16 height 13 { 0: %6, 1: %7, 3: %8, 6: %9, 7: %16, 10: %17 }
  s4 = code 37 @17 height 12 { 0: %6, 1: %7, 3: %8, 6: %9, 7: %16, 10: %17, 11: %18 }
  s5 = code 37 @18 height 11 { 0: %6, 1: %7, 3: %8, 6: %9, 7: %16, 10: %19 }
"#,
    );
    for k in 3..8 {
        let file = RegFile { constraint: arguments_by_name, ..fixed(k, k) };
        let input = Input { trace: &trace, file: &file, incoming: None };
        let done = checked(&mut Optimal::default(), &input, &mut Allocation::default());
        assert!(done.is_ok(), "{k} registers: {done:?}");
    }
}

#[test]
fn where_time_is_up_it_says_so() {
    let traces = support::saved();
    let (_, trace) = traces.iter().find(|(name, _)| name == "matmul").expect("it is saved");
    let file = x86(3, 3);
    let input = Input { trace: &trace[0], file: &file, incoming: None };
    let mut optimal = Optimal::default();
    optimal.limit = Duration::ZERO;
    let error = optimal.allocate(&input, &mut Allocation::default());
    assert_eq!(error, Err(AllocError::Unsolved { limit: Duration::ZERO }));
    assert_eq!(error.unwrap_err().to_string(), "not solved within 0ns");
}

fn none_below(input: &Input) -> Result<(), String> {
    let bound = match bound(input, LIMIT) {
        Ok(bound) => bound,
        // How long a search takes is not for this test to say.
        Err(AllocError::TooFewRegisters { .. } | AllocError::Unsolved { .. }) => return Ok(()),
        Err(e) => return Err(e.to_string()),
    };
    for info in STRATEGIES {
        let mut out = Allocation::default();
        if checked(&mut *info.within(SHORT), input, &mut out)? {
            let traffic = cost(input.trace, &out).weighted_traffic();
            if traffic < bound {
                let text = allocation_text(input.trace, &out, None);
                return Err(format!(
                    "{}: {traffic} < {bound}, {:?}\n{text}",
                    info.name, input.file
                ));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_strategy_is_below_the_bound(case in case(), k in 0..8u8, kind in 0..4) {
        let file = match kind {
            0 => x86(k, k),
            1 => lenient(k, k),
            2 => strict(k, k),
            _ => fixed(k, k),
        };
        for trace in &case.build().traces {
            let slots = || (0..trace.blocks[0].params).map(Loc::slot).collect();
            let incoming: Option<Vec<Loc>> = match trace.kind {
                TraceKind::Loop | TraceKind::Straight => None,
                TraceKind::Side { .. } => Some(slots()),
            };
            let input = Input { trace, file: &file, incoming: incoming.as_deref() };
            none_below(&input).map_err(TestCaseError::fail)?;
        }
    }
}
