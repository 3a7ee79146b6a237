//! Traces that the verifier would refuse: a strategy may return an error or nonsense, but it
//! must return.

mod support;

use proptest::prelude::*;
use std::time::Duration;
use support::{SHORT, lenient, strict, x86};
use tierlab_regalloc::cost::cost;
use tierlab_regalloc::text::allocation_text;
use tierlab_regalloc::{AllocError, Allocation, Input, Loc, STRATEGIES};
use tierlab_trace::ir::{Block, SnapshotId, Trace, Val};
use tierlab_trace::ops::Opcode;
use tierlab_trace::testgen::case;

/// Breaks one thing.
fn damage(trace: &mut Trace, kind: u8, at: usize, with: u32) {
    let n = trace.ops.len();
    let i = at % n;
    let other = with as usize % (n + 4);
    match kind % 12 {
        0 if !trace.ops[i].opcode.is_terminator() => {
            trace.ops[i].args[at % 3] = Val::value(other);
        }
        1 if !trace.ops[i].opcode.is_terminator() => {
            trace.ops[i].args[at % 3] = Val::constant(other);
        }
        2 => trace.ops[i].opcode = Opcode::ALL[other % Opcode::ALL.len()],
        3 => trace.ops[i].snapshot = SnapshotId(with % 9),
        4 => trace.ops[i].imm = with as i32 % 5,
        5 => trace.ops.truncate(i),
        6 => {
            let b = at % trace.blocks.len();
            let block: &mut Block = &mut trace.blocks[b];
            match with % 3 {
                0 => block.first = other as u32,
                1 => block.end = other as u32,
                _ => block.params = other as u32,
            }
        }
        7 => trace.jump_args.truncate(other % 4),
        8 => trace.snap_live.truncate(other % 8),
        9 => trace.snapshots.truncate(other % 4),
        10 => trace.consts.truncate(other % 3),
        _ => trace.blocks.truncate(at % 3),
    }
    // Jumps keep a range in their operand fields, which only jumps can be asked for.
    if let Some(op) = trace.ops.get_mut(i)
        && kind % 12 == 2
        && matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace)
    {
        op.args = [Val::value(other), Val::value(at % 5), Val::NONE];
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_trace_makes_a_strategy_panic(
        case in case(),
        damages in prop::collection::vec((any::<u8>(), any::<usize>(), any::<u32>()), 1..4),
        k in 0..6u8,
        incoming in prop::option::of(prop::collection::vec(any::<u32>(), 0..12)),
    ) {
        let mut trace = (*case.build().traces[0]).clone();
        for (kind, at, with) in damages {
            if !trace.ops.is_empty() && !trace.blocks.is_empty() {
                damage(&mut trace, kind, at, with);
            }
        }
        let incoming: Option<Vec<Loc>> = incoming.map(|places| {
            let loc = |n: u32| match n % 5 {
                0 => Loc::int((n >> 8) as u8),
                1 => Loc::float((n >> 8) as u8),
                2 => Loc::slot(n >> 4),
                3 => Loc::slot(n >> 4 & 15),
                _ => Loc::NONE,
            };
            places.into_iter().map(loc).collect()
        });
        for file in [x86(k, k), lenient(k, k), strict(k, k)] {
            for info in STRATEGIES {
                let mut out = Allocation::default();
                let input = Input { trace: &trace, file: &file, incoming: incoming.as_deref() };
                let mut strategy = info.within(Duration::from_millis(1));
                let _ = strategy.allocate(&input, &mut out);
                // What it left behind does not trouble the next trace.
                let whole = case.build().traces[0].clone();
                support::check_traces(&mut *strategy, &file, &[whole]).map_err(TestCaseError::fail)?;
                let _ = cost(&trace, &out);
                let _ = allocation_text(&trace, &out, None);
            }
        }
    }
}

#[test]
fn the_place_of_the_fault_is_named() {
    let mut trace = support::synthetic::trace(30, false);
    trace.ops[20].snapshot = SnapshotId(9999);
    trace.ops[20].opcode = Opcode::GuardLtI64;
    let file = x86(5, 8);
    let input = Input { trace: &trace, file: &file, incoming: None };
    for info in STRATEGIES {
        let error = info.within(SHORT).allocate(&input, &mut Allocation::default());
        assert_eq!(error, Err(AllocError::Malformed { op: 20 }), "{}", info.name);
        assert_eq!(error.unwrap_err().to_string(), "op %20: malformed trace");
    }
}

#[test]
fn a_file_that_is_too_small_is_refused_by_name_of_the_op() {
    let trace = support::parse(
        r#"
trace loop "store.py:1"
entry s0
block0(%0: ref, %1: i64, %2: ref):
  store_ref_index %0, %1, %2 +8 !1
  jump block1()
block1():
  guard_small_int %2 -> exit s0
  jump block1()
snapshots:
  s0 = code 0 @0 height 3 { 0: %0, 1: %1, 2: %2 }
"#,
    );
    for info in STRATEGIES {
        let file = x86(2, 2);
        let input = Input { trace: &trace, file: &file, incoming: None };
        let error = info.within(SHORT).allocate(&input, &mut Allocation::default());
        assert_eq!(error, Err(AllocError::TooFewRegisters { op: 3, needed: 3 }), "{}", info.name);
        let file = x86(3, 2);
        let input = Input { trace: &trace, file: &file, incoming: None };
        let mut out = Allocation::default();
        assert_eq!(support::checked(&mut *info.within(SHORT), &input, &mut out), Ok(true));
    }
}

#[test]
fn unknown_strategies_are_answered_with_the_names() {
    let error = tierlab_regalloc::strategy("lineer-scan").err().expect("there is none");
    let text = error.to_string();
    assert!(text.contains("'lineer-scan'"), "{text}");
    assert!(STRATEGIES.iter().all(|info| text.contains(info.name)), "{text}");
    for info in STRATEGIES {
        assert_eq!(tierlab_regalloc::strategy(info.name).expect("it is there").name(), info.name);
    }
}
