//! Traces built by hand: what the decoder makes of them, and the rules of links.

use std::sync::Arc;
use tierlab_trace::backend::{Backend, CompileError, HelperTable};
use tierlab_trace::ir::{Const, Op, Recipe, SnapEntry, SnapFrame, Trace, TraceId, TraceKind, Val};
use tierlab_trace::layout::MAX_SLOTS;
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::testgen::loops::{SUM, exit_of, parsed, run, side_of_sum};
use tierlab_uop::Uop;

#[test]
fn the_sum_loop_has_one_uop_per_op() {
    let mut tier = Uop::new(HelperTable::default());
    let report = tier.compile(TraceId(0), &parsed(SUM)).unwrap();
    // The jump into the loop, the guard, two sums, the jump back: no moves.
    assert_eq!((report.code_bytes, report.slots), (5 * 24, 3));
    assert_eq!(run(&mut tier, &[0, 0, 1000]), (exit_of(0, 0), vec![499_500, 1000, 1000]));
    assert_eq!(tier.iterations(TraceId(0)), Some(1001));
    let max = i64::MAX as u64;
    let (exit, live) = run(&mut tier, &[max - 2, 1, 1000]);
    assert_eq!((exit, live), (exit_of(0, 1), vec![max + 1, 2]));
    assert_eq!(tier.iterations(TraceId(0)), Some(1003));
    assert!(tier.code(TraceId(0)).is_none());
}

#[test]
fn linked_exits_continue_without_returning() {
    let mut tier = Uop::new(HelperTable::default());
    tier.compile(TraceId(0), &parsed(SUM)).unwrap();
    tier.compile(TraceId(1), &side_of_sum(1000)).unwrap();
    tier.link(exit_of(0, 0), TraceId(1)).unwrap();
    assert_eq!(run(&mut tier, &[0, 0, 10]), (exit_of(1, 0), vec![100, 4950 + 9000]));
    assert_eq!(tier.iterations(TraceId(0)), Some(110));
    // A newer side trace takes over; the old one may stay.
    tier.compile(TraceId(2), &side_of_sum(0)).unwrap();
    tier.link(exit_of(0, 0), TraceId(2)).unwrap();
    assert_eq!(run(&mut tier, &[0, 0, 10]), (exit_of(2, 0), vec![100, 4950]));
}

#[test]
fn wrong_links_are_refused() {
    let mut tier = Uop::new(HelperTable::default());
    let unknown = |id| CompileError::UnknownTrace(TraceId(id));
    assert_eq!(tier.compile(TraceId(1), &side_of_sum(0)), Err(unknown(0)));
    tier.compile(TraceId(0), &parsed(SUM)).unwrap();
    tier.compile(TraceId(1), &side_of_sum(0)).unwrap();
    assert_eq!(tier.link(exit_of(0, 0), TraceId(7)), Err(unknown(7)));
    assert_eq!(tier.link(exit_of(3, 0), TraceId(1)), Err(unknown(3)));
    assert!(matches!(tier.link(exit_of(0, 2), TraceId(1)), Err(CompileError::Unsupported { .. })));
    assert!(matches!(tier.link(exit_of(0, 1), TraceId(1)), Err(CompileError::Unsupported { .. })));
    // The side trace jumps to it, so it must stay.
    let again = tier.compile(TraceId(0), &parsed(SUM));
    assert!(matches!(again, Err(CompileError::Unsupported { .. })));
    tier.compile(TraceId(1), &side_of_sum(5)).unwrap();
}

/// `n` sums, each of which reads the one before.
fn chain(n: usize, keep: bool) -> Trace {
    let mut t = Trace::new("chain:1", TraceKind::Side { parent: TraceId(0), exit: 0 });
    t.begin_block(&[Type::I64]);
    let one = t.add_const(Const::I64(1));
    let mut values = vec![Val::value(0)];
    for _ in 0..n {
        let last = values[values.len() - 1];
        values.push(t.push(Op::new(Opcode::Add, &[last, one])));
    }
    let end = match keep {
        // The table of entries would number them with 16 bits: frames of a thousand each.
        true => {
            let entry =
                |(i, &a)| SnapEntry { index: i as u16, recipe: Recipe::Value, a, b: Val::NONE };
            let entries: Vec<_> =
                values.chunks(1000).flat_map(|c| c.iter().enumerate().map(entry)).collect();
            let frame = |c: &[Val]| SnapFrame {
                code: 0,
                pc: 0,
                height: c.len() as u16,
                entries: c.len() as u16,
            };
            let frames: Vec<_> = values.chunks(1000).map(frame).collect();
            // A live list is searched for each entry, which takes too long here: it is given whole.
            let id = t.add_snapshot(&[], &[]);
            (t.snap_frames, t.snap_entries, t.snap_live) = (frames, entries, values.clone());
            let s = &mut t.snapshots[id.0 as usize];
            (s.frames_len, s.entries_len) = (t.snap_frames.len() as u32, values.len() as u32);
            s.live_len = values.len() as u32;
            id
        }
        false => t.add_snapshot(
            &[SnapFrame { code: 0, pc: 0, height: 1, entries: 1 }],
            &[SnapEntry { index: 0, recipe: Recipe::Value, a: values[n], b: Val::NONE }],
        ),
    };
    t.push(Op::new(Opcode::ExitAlways, &[]).with_snapshot(end));
    t
}

#[test]
fn long_traces_need_few_words_and_too_many_are_an_error() {
    let mut tier = Uop::new(HelperTable::default());
    let report = tier.compile(TraceId(0), &Arc::new(chain(100_000, false))).unwrap();
    assert_eq!(report.slots, 1);
    assert_eq!(run(&mut tier, &[7]), (exit_of(0, 0), vec![100_007]));
    assert!(tier.compile(TraceId(0), &Arc::new(chain(MAX_SLOTS - 1, true))).is_ok());
    let too_many = tier.compile(TraceId(0), &Arc::new(chain(MAX_SLOTS, true)));
    assert_eq!(too_many, Err(CompileError::TooManySlots { needed: MAX_SLOTS + 1 }));
}
