//! What compilation costs per op of the trace IR, with each option and at each size.

#![allow(missing_docs, reason = "`criterion_group!` makes an undocumented function")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;
use std::time::Duration;
use tierlab_cranelift::{Cranelift, CraneliftOptions, OptLevel, RegallocAlgorithm};
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::{Const, Op, Recipe, SnapEntry, SnapFrame, Trace, TraceId, TraceKind, Val};
use tierlab_trace::ops::{Opcode, Type};

/// A loop over `n` rounds of integer and float ops; every checked op and guard keeps six values
/// alive.
fn mixed_loop(n: usize) -> Trace {
    let types = [Type::I64, Type::I64, Type::I64, Type::F64, Type::F64, Type::F64];
    let mut t = Trace::new("bench:1", TraceKind::Loop);
    t.begin_block(&types);
    let params: Vec<Val> = (0..6).map(Val::value).collect();
    let snapshot = |t: &mut Trace, values: &[Val]| {
        let entry = |(i, &a): (usize, &Val)| SnapEntry {
            index: i as u16,
            recipe: Recipe::Value,
            a,
            b: Val::NONE,
        };
        let entries: Vec<_> = values.iter().enumerate().map(entry).collect();
        t.add_snapshot(&[SnapFrame { code: 0, pc: 0, height: 6, entries: 6 }], &entries)
    };
    t.entry = snapshot(&mut t, &params);
    t.push_jump(Opcode::Jump, 1, &params);
    let first = t.ops.len();
    t.begin_block(&types);
    let mut v: Vec<Val> = (first..first + 6).map(Val::value).collect();
    let three = t.add_const(Const::I64(3));
    let half = t.add_const(Const::F64(0.5f64.to_bits()));
    for _ in 0..n {
        let exit = snapshot(&mut t, &v);
        t.push(Op::new(Opcode::GuardLtI64, &[v[0], v[1]]).with_snapshot(exit));
        v[2] = t.push(Op::new(Opcode::AddOvf, &[v[2], v[0]]).with_snapshot(exit));
        let x = t.push(Op::new(Opcode::Xor, &[v[2], three]));
        let exit = snapshot(&mut t, &v);
        v[0] = t.push(Op::new(Opcode::SubOvf, &[x, v[0]]).with_snapshot(exit));
        let y = t.push(Op::new(Opcode::MulF64, &[v[3], v[4]]));
        v[5] = t.push(Op::new(Opcode::AddF64, &[v[5], y]));
        v[3] = t.push(Op::new(Opcode::MulF64, &[v[5], half]));
        let exit = snapshot(&mut t, &v);
        t.push(Op::new(Opcode::GuardLeF64, &[v[3], v[5]]).with_snapshot(exit));
    }
    t.push_jump(Opcode::Jump, 1, &v);
    t
}

fn compile(c: &mut Criterion) {
    let all = [
        (OptLevel::Speed, RegallocAlgorithm::Backtracking),
        (OptLevel::SpeedAndSize, RegallocAlgorithm::Backtracking),
        (OptLevel::None, RegallocAlgorithm::Backtracking),
        (OptLevel::Speed, RegallocAlgorithm::SinglePass),
        (OptLevel::None, RegallocAlgorithm::SinglePass),
    ];
    for (opt_level, regalloc) in all {
        let mut group =
            c.benchmark_group(format!("compile/{}/{}", opt_level.name(), regalloc.name()));
        group.sample_size(10);
        group.warm_up_time(Duration::from_millis(300));
        group.measurement_time(Duration::from_secs(1));
        for rounds in [1, 12, 125, 1250, 12_500] {
            // Both the single-pass allocator and, less so, the optimizer grow faster than the trace.
            let largest = match (opt_level, regalloc) {
                (OptLevel::Speed, RegallocAlgorithm::Backtracking) => 12_500,
                (_, RegallocAlgorithm::Backtracking) => 1250,
                (_, RegallocAlgorithm::SinglePass) => 125,
            };
            if rounds > largest {
                continue;
            }
            let trace = Arc::new(mixed_loop(rounds));
            let options = CraneliftOptions { opt_level, regalloc, ..CraneliftOptions::default() };
            let mut tier = match Cranelift::new(HelperTable::default(), options) {
                Ok(tier) => tier,
                Err(why) => return println!("{why}"),
            };
            group.throughput(Throughput::Elements(trace.ops.len() as u64));
            group.bench_function(BenchmarkId::from_parameter(trace.ops.len()), |b| {
                b.iter(|| tier.compile(TraceId(0), &trace).expect("the trace is valid"));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, compile);
criterion_main!(benches);
