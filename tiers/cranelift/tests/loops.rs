//! Traces built by hand: the code of a small loop, exits, links.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::Arc;
use tierlab_cranelift::{Cranelift, CraneliftOptions, OptLevel, RegallocAlgorithm, SLOT_RULES};
use tierlab_runtime::count::{count_loop, listing};
use tierlab_trace::backend::{Backend, CompileError, ExitRef, HelperTable};
use tierlab_trace::ir::{
    Const, Op, Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, TraceId, TraceKind, Val,
};
use tierlab_trace::layout::ContextMemory;
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::verify::verify;

/// A snapshot of one frame.
fn snapshot(trace: &mut Trace, entries: &[(Recipe, Val, Val)]) -> SnapshotId {
    let entries: Vec<SnapEntry> = (0..)
        .zip(entries)
        .map(|(index, &(recipe, a, b))| SnapEntry { index, recipe, a, b })
        .collect();
    let count = entries.len() as u16;
    trace.add_snapshot(&[SnapFrame { code: 0, pc: 0, height: count, entries: count }], &entries)
}

fn values(trace: &mut Trace, values: &[Val]) -> SnapshotId {
    let entries: Vec<_> = values.iter().map(|&v| (Recipe::Value, v, Val::NONE)).collect();
    snapshot(trace, &entries)
}

/// `while cur < stop: total += cur; cur += 1`, all integers. Exits 0 and 1 are the guard's and the
/// sum's. The old total is no longer needed after the sum: its exit recovers it.
fn sum_loop() -> Trace {
    let mut t = Trace::new("sum:1", TraceKind::Loop);
    t.begin_block(&[Type::I64; 3]);
    let [total, cur, stop] = [0, 1, 2].map(Val::value);
    t.entry = values(&mut t, &[total, cur, stop]);
    t.push_jump(Opcode::Jump, 1, &[total, cur]);
    let first = t.ops.len();
    t.begin_block(&[Type::I64; 2]);
    let [total, cur] = [first, first + 1].map(Val::value);
    let one = t.add_const(Const::I64(1));
    let done = values(&mut t, &[total, cur, stop]);
    t.push(Op::new(Opcode::GuardLtI64, &[cur, stop]).with_snapshot(done));
    let sum = Val::value(t.ops.len());
    let overflow =
        snapshot(&mut t, &[(Recipe::WrappingSub, sum, cur), (Recipe::Value, cur, Val::NONE)]);
    t.push(Op::new(Opcode::AddOvf, &[total, cur]).with_snapshot(overflow));
    let next = t.push(Op::new(Opcode::Add, &[cur, one]));
    t.push_jump(Opcode::Jump, 1, &[sum, next]);
    verify(&t, None).expect("built by the rules");
    t
}

/// Follows exit 0 of the sum loop: adds `by` to the total and goes back with `stop + 10`, until
/// `stop` reaches 100.
fn side(by: i64) -> Trace {
    let mut t = Trace::new("side:1", TraceKind::Side { parent: TraceId(0), exit: 0 });
    t.begin_block(&[Type::I64; 3]);
    let [total, cur, stop] = [0, 1, 2].map(Val::value);
    let (by, ten) = (t.add_const(Const::I64(by)), t.add_const(Const::I64(10)));
    let hundred = t.add_const(Const::I64(100));
    let end = values(&mut t, &[stop, total]);
    t.push(Op::new(Opcode::GuardLtI64, &[stop, hundred]).with_snapshot(end));
    let total = t.push(Op::new(Opcode::Add, &[total, by]));
    let stop = t.push(Op::new(Opcode::Add, &[stop, ten]));
    t.push_jump(Opcode::JumpTrace, 0, &[total, cur, stop]);
    verify(&t, None).expect("built by the rules");
    t
}

fn tier(options: CraneliftOptions) -> Cranelift {
    let options = CraneliftOptions { verifier: true, ..options };
    Cranelift::new(HelperTable::default(), options).expect("the tier exists here")
}

fn run(tier: &mut Cranelift, slots: &[u64]) -> (ExitRef, Vec<u64>) {
    let mut context = ContextMemory::new();
    context.slots_mut()[..slots.len()].copy_from_slice(slots);
    // SAFETY: the traces work on integers alone.
    let exit = unsafe { tier.enter(TraceId(0), &mut context) };
    let mut live = Vec::new();
    tier.read_exit(exit, &context, &mut live);
    (exit, live)
}

const fn at(trace: u32, exit: u32) -> ExitRef {
    ExitRef { trace: TraceId(trace), exit }
}

#[test]
fn the_sum_loop_is_six_instructions() {
    let mut tier = tier(CraneliftOptions::default());
    let trace = sum_loop();
    let report = tier.compile(TraceId(0), &Arc::new(trace.clone())).unwrap();
    let view = tier.code(TraceId(0)).unwrap();
    // No constants lie behind it.
    assert_eq!(report.code_bytes, view.bytes.len() as u64);
    let text = listing(&view, &|op| format!("%{op} {:?}", trace.ops[op as usize].opcode));
    println!("{text}");
    let counts = count_loop(&view, SLOT_RULES).unwrap();
    assert!(counts.instructions <= 6, "{counts:?}\n{text}");
    assert_eq!((counts.slot_loads, counts.slot_stores), (0, 0), "{text}");
    // Nothing cold stands in the loop.
    let range = view.loop_range.clone().unwrap();
    let inside = view.op_offsets.iter().filter(|(o, _)| range.contains(&(*o as usize)));
    assert!(inside.is_sorted_by_key(|&(_, op)| op), "{text}");
}

#[test]
fn the_sum_loop_counts_right_with_every_option() {
    for opt_level in OptLevel::ALL {
        for regalloc in RegallocAlgorithm::ALL {
            for fuse_overflow in [false, true] {
                let options =
                    CraneliftOptions { opt_level, regalloc, fuse_overflow, verifier: true };
                let mut tier = tier(options);
                tier.compile(TraceId(0), &Arc::new(sum_loop())).unwrap();
                let view = tier.code(TraceId(0)).unwrap();
                let counts = count_loop(&view, SLOT_RULES).unwrap();
                println!("{options:?}: {counts:?}, {} bytes", view.bytes.len());
                let done = (at(0, 0), vec![499_500, 1000, 1000]);
                assert_eq!(run(&mut tier, &[0, 0, 1000]), done);
                // The exit hands over the wrapped total and what it has to be reduced by.
                let max = i64::MAX as u64;
                let overflow = (at(0, 1), vec![max + 1, 2]);
                assert_eq!(run(&mut tier, &[max - 2, 1, 1000]), overflow);
            }
        }
    }
}

#[test]
fn linked_exits_continue_without_returning() {
    let mut tier = tier(CraneliftOptions::default());
    tier.compile(TraceId(0), &Arc::new(sum_loop())).unwrap();
    tier.compile(TraceId(1), &Arc::new(side(1000))).unwrap();
    tier.link(at(0, 0), TraceId(1)).unwrap();
    assert_eq!(run(&mut tier, &[0, 0, 10]), (at(1, 0), vec![100, 4950 + 9000]));
    // A newer side trace takes over.
    tier.compile(TraceId(2), &Arc::new(side(0))).unwrap();
    tier.link(at(0, 0), TraceId(2)).unwrap();
    assert_eq!(run(&mut tier, &[0, 0, 10]), (at(2, 0), vec![100, 4950]));
    let overflow = run(&mut tier, &[i64::MAX as u64, 1, 10]);
    assert_eq!(overflow, (at(0, 1), vec![1 << 63, 1]));
}

#[test]
fn wrong_links_are_refused() {
    let mut tier = tier(CraneliftOptions::default());
    let unknown = |id| CompileError::UnknownTrace(TraceId(id));
    assert_eq!(tier.compile(TraceId(1), &Arc::new(side(0))), Err(unknown(0)));
    tier.compile(TraceId(0), &Arc::new(sum_loop())).unwrap();
    tier.compile(TraceId(1), &Arc::new(side(0))).unwrap();
    assert_eq!(tier.link(at(0, 0), TraceId(7)), Err(unknown(7)));
    assert_eq!(tier.link(at(3, 0), TraceId(1)), Err(unknown(3)));
    let refused = |result: Result<u64, CompileError>| {
        assert!(matches!(result, Err(CompileError::Unsupported { .. })));
    };
    refused(tier.link(at(0, 2), TraceId(1)));
    refused(tier.link(at(0, 1), TraceId(1)));
    // The side trace jumps to it, so it must stay.
    refused(tier.compile(TraceId(0), &Arc::new(sum_loop())).map(|_| 0));
    // Nothing leads to the side trace yet.
    let before = tier.code(TraceId(1)).unwrap().address;
    tier.compile(TraceId(1), &Arc::new(side(5))).unwrap();
    assert_eq!(tier.code(TraceId(1)).unwrap().address, before);
    // A call of a helper that is not there leaves the tier usable.
    let mut t = Trace::new("call:1", TraceKind::Side { parent: TraceId(0), exit: 0 });
    t.begin_block(&[Type::Ref]);
    let exit = values(&mut t, &[]);
    t.push(Op::new(Opcode::CallRef1, &[Val::value(0)]).with_imm(3).with_snapshot(exit));
    t.push(Op::new(Opcode::ExitAlways, &[]).with_snapshot(exit));
    let call = tier.compile(TraceId(2), &Arc::new(t));
    assert!(matches!(call, Err(CompileError::Unsupported { op: 1, .. })));
    tier.compile(TraceId(2), &Arc::new(side(7))).unwrap();
}
