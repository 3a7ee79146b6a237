//! Temporary.
use std::sync::Arc;
use tierlab_cranelift::*;
use tierlab_trace::backend::{Backend, ExitRef, HelperTable};
use tierlab_trace::ir::*;
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

fn side(step: i64, limit: i64) -> Trace {
    let mut t = Trace::new("side:1", TraceKind::Side { parent: TraceId(0), exit: 0 });
    t.begin_block(&[Type::I64; 3]);
    let [total, cur, stop] = [0, 1, 2].map(Val::value);
    let ten = t.add_const(Const::I64(step));
    let hundred = t.add_const(Const::I64(limit));
    let end = values(&mut t, &[stop, total]);
    t.push(Op::new(Opcode::GuardLtI64, &[stop, hundred]).with_snapshot(end));
    let stop = t.push(Op::new(Opcode::Add, &[stop, ten]));
    t.push_jump(Opcode::JumpTrace, 0, &[total, cur, stop]);
    verify(&t, None).unwrap();
    t
}
fn main() {
    for opt_level in [OptLevel::Speed] {
    let mut c = Cranelift::new(HelperTable::default(), CraneliftOptions{opt_level, ..Default::default()}).unwrap();
    c.compile(TraceId(0), &Arc::new(sum_loop())).unwrap();
    let mut ctx = ContextMemory::new();
    let n = 200_000_000u64;
    for _ in 0..3 {
    ctx.slots_mut()[..3].copy_from_slice(&[0, 0, n]);
    let s = std::time::Instant::now();
    unsafe { c.enter(TraceId(0), &mut ctx) };
    println!("loop {:.3} ns/iteration", s.elapsed().as_nanos() as f64 / n as f64);
    }
    let n = 20_000_000u64;
    c.compile(TraceId(1), &Arc::new(side(1, n as i64))).unwrap();
    c.link(ExitRef { trace: TraceId(0), exit: 0 }, TraceId(1)).unwrap();
    println!("{}", tierlab_runtime::count::listing(&c.code(TraceId(1)).unwrap(), &|i| i.to_string()));
    for _ in 0..3 {
    ctx.slots_mut()[..3].copy_from_slice(&[0, 0, 0]);
    let s = std::time::Instant::now();
    unsafe { c.enter(TraceId(0), &mut ctx) };
    println!("with side trace {:.3} ns/iteration", s.elapsed().as_nanos() as f64 / n as f64);
    }
    }
}
