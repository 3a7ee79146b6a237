//! The exact method: traces whose optimum can be worked out by hand, and no strategy below the bound.

mod support;

use proptest::prelude::*;
use std::time::Duration;
use support::{SHORT, checked, fixed, lenient, parse, strict, x86};
use tierlab_regalloc::cost::cost;
use tierlab_regalloc::optimal::{Optimal, bound};
use tierlab_regalloc::text::allocation_text;
use tierlab_regalloc::{AllocError, Allocation, Input, Loc, RegFile, STRATEGIES, Strategy};
use tierlab_trace::ir::{Trace, TraceKind};
use tierlab_trace::testgen::case;

const LIMIT: Duration = Duration::from_secs(5);

/// The bound, which is attained; nothing where an op needs more registers.
fn solved(trace: &Trace, file: &RegFile) -> Option<u64> {
    let input = Input { trace, file, incoming: None };
    let bound = match bound(&input, LIMIT) {
        Err(AllocError::TooFewRegisters { .. }) => return None,
        bound => bound.expect("it is solved"),
    };
    let mut out = Allocation::default();
    assert_eq!(checked(&mut Optimal::default(), &input, &mut out), Ok(true));
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
        Err(AllocError::TooFewRegisters { .. }) => return Ok(()),
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
                TraceKind::Loop => None,
                TraceKind::Side { .. } => Some(slots()),
            };
            let input = Input { trace, file: &file, incoming: incoming.as_deref() };
            none_below(&input).map_err(TestCaseError::fail)?;
        }
    }
}
