//! The cost of emission in ns per op with each library, over synthetic loop traces from 10 to
//! 100,000 ops.
//!
//! Allocation and linking are left out: the tier's own clocks, which `CompileReport` carries, give
//! each step's time.

#![allow(missing_docs)] // The macro below makes a function without any.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::sync::Arc;
use std::time::Duration;
use tierlab_copypatch::{CopyPatch, libraries};
use tierlab_regalloc::strategy;
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::{Const, Op, Recipe, SnapEntry, SnapFrame, Trace, TraceId, TraceKind, Val};
use tierlab_trace::ops::{Opcode, Type};

/// A loop over integers and floats with guards, loads and stores: `ops` ops, near enough.
fn trace(ops: usize) -> Arc<Trace> {
    let mut trace = Trace::new("bench:1", TraceKind::Loop);
    let types = [Type::I64, Type::I64, Type::F64, Type::I64];
    trace.begin_block(&types);
    let frame = SnapFrame { code: 0, pc: 0, height: 4, entries: 4 };
    let snapshot = |trace: &mut Trace, vals: [Val; 4]| {
        let entry =
            |(index, a)| SnapEntry { index: index as u16, recipe: Recipe::Value, a, b: Val::NONE };
        let entries: Vec<SnapEntry> = vals.into_iter().enumerate().map(entry).collect();
        trace.add_snapshot(&[frame], &entries)
    };
    let params: Vec<Val> = (0..4).map(Val::value).collect();
    trace.entry = snapshot(&mut trace, [params[0], params[1], params[2], params[3]]);
    trace.push_jump(Opcode::Jump, 1, &params);
    trace.begin_block(&types);
    let first = trace.ops.len() - 4;
    let [mut i, mut sum, mut x, base] = [0, 1, 2, 3].map(|k| Val::value(first + k));
    let one = trace.add_const(Const::I64(1));
    let limit = trace.add_const(Const::I64(1_000_000));
    let half = trace.add_const(Const::F64(0.5f64.to_bits()));
    while trace.ops.len() < ops {
        let s = snapshot(&mut trace, [i, sum, x, base]);
        trace.push(Op::new(Opcode::GuardLtI64, &[i, limit]).with_snapshot(s));
        sum = trace.push(Op::new(Opcode::AddOvf, &[sum, i]).with_snapshot(s));
        let s = snapshot(&mut trace, [i, sum, x, base]);
        i = trace.push(Op::new(Opcode::AddOvf, &[i, one]).with_snapshot(s));
        let y = trace.push(Op::new(Opcode::I64ToF64, &[i]));
        let y = trace.push(Op::new(Opcode::MulF64, &[y, half]));
        x = trace.push(Op::new(Opcode::AddF64, &[x, y]));
        let loaded = trace.push(Op::new(Opcode::LoadI64, &[base]).with_imm(16));
        let masked = trace.push(Op::new(Opcode::And, &[loaded, sum]));
        trace.push(Op::new(Opcode::StoreI64, &[base, masked]).with_imm(24));
        let s = snapshot(&mut trace, [i, sum, x, base]);
        trace.push(Op::new(Opcode::GuardLtF64, &[y, x]).with_snapshot(s));
    }
    trace.push_jump(Opcode::Jump, 1, &[i, sum, x, base]);
    Arc::new(trace)
}

fn emit(c: &mut Criterion) {
    for info in libraries() {
        let Ok(library) = &info.library else { continue };
        let all = (info.max_ints, info.max_floats);
        for (name, (ints, floats)) in [("stack", (0, 0)), ("tos", all), ("linear-scan", all)] {
            for clock in ["allocate", "emit", "link"] {
                let mut group = c.benchmark_group(format!("{clock}/{}/{name}", info.name));
                group.warm_up_time(Duration::from_millis(300));
                group.measurement_time(Duration::from_millis(700)).sample_size(20);
                for ops in [10, 100, 1_000, 10_000, 100_000] {
                    let trace = trace(ops);
                    group.throughput(Throughput::Elements(trace.ops.len() as u64));
                    let strategy = strategy(name).expect("it is registered");
                    let helpers = HelperTable::default();
                    let mut tier = CopyPatch::new(helpers, strategy, library, ints, floats)
                        .expect("code memory");
                    group.bench_function(BenchmarkId::from_parameter(ops), |b| {
                        b.iter_custom(|iterations| {
                            let mut total = 0;
                            for _ in 0..iterations {
                                let report = tier.compile(TraceId(0), &trace).expect("it compiles");
                                total += match clock {
                                    "allocate" => report.allocate_ns,
                                    "emit" => report.emit_ns,
                                    _ => report.link_ns,
                                };
                            }
                            Duration::from_nanos(total)
                        });
                    });
                }
                group.finish();
            }
        }
    }
}

criterion_group!(benches, emit);
criterion_main!(benches);
