//! What decoding costs per op, and running per micro-op.

#![allow(missing_docs, reason = "`criterion_group!` makes an undocumented function")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::{Const, Op, SnapshotId, Trace, TraceId, TraceKind, Val};
use tierlab_trace::layout::ContextMemory;
use tierlab_trace::ops::{Opcode, Type};
use tierlab_uop::Uop;

/// A loop that counts to its second parameter and does `n` checked and `n` plain ops each time.
fn counting_loop(n: usize) -> Trace {
    let mut t = Trace::new("bench:1", TraceKind::Loop);
    t.begin_block(&[Type::I64; 2]);
    t.entry = t.add_snapshot(&[], &[]);
    let exit: SnapshotId = t.entry;
    let stop = Val::value(1);
    t.push_jump(Opcode::Jump, 1, &[Val::value(0), stop]);
    let first = t.ops.len();
    t.begin_block(&[Type::I64; 2]);
    let (cur, mut sum) = (Val::value(first), Val::value(first + 1));
    let one = t.add_const(Const::I64(1));
    t.push(Op::new(Opcode::GuardLtI64, &[cur, stop]).with_snapshot(exit));
    for _ in 0..n {
        let a = t.push(Op::new(Opcode::AddOvf, &[sum, cur]).with_snapshot(exit));
        sum = t.push(Op::new(Opcode::Xor, &[a, one]));
    }
    let next = t.push(Op::new(Opcode::Add, &[cur, one]));
    t.push_jump(Opcode::Jump, 1, &[next, sum]);
    t
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    for n in [5, 500, 50_000] {
        let trace = Arc::new(counting_loop(n));
        group.throughput(Throughput::Elements(trace.ops.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(trace.ops.len()), |b| {
            let mut tier = Uop::new(HelperTable::default());
            b.iter(|| tier.compile(TraceId(0), &trace));
        });
    }
    group.finish();
}

fn run(c: &mut Criterion) {
    const TURNS: u64 = 100_000;
    let mut group = c.benchmark_group("run");
    for n in [1, 8] {
        let mut tier = Uop::new(HelperTable::default());
        let report = tier.compile(TraceId(0), &Arc::new(counting_loop(n)));
        report.expect("the trace is valid");
        let mut context = ContextMemory::new();
        group.throughput(Throughput::Elements(TURNS * (2 * n as u64 + 3)));
        group.bench_function(BenchmarkId::from_parameter(2 * n + 3), |b| {
            b.iter(|| {
                context.slots_mut()[..2].copy_from_slice(&[0, TURNS]);
                // SAFETY: the trace works on integers alone.
                unsafe { tier.enter(TraceId(0), &mut context) }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decode, run);
criterion_main!(benches);
