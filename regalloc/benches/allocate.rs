//! What allocation costs: ns per op, for each quick, strategy, over traces from 10 to 100,000 ops.
//!
//! `recorded` is the loop of mandelbrot, unrolled to the size; `random` is made of ops in random order,
//! the worst case for the processor's branch predictors. Cost per op should not depend on the
//! size. Criterion's `thrpt` is in ops; a table of ns per op follows at the end.

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::time::{Duration, Instant};
use support::{any_constraint, saved, synthetic, x86};
use tierlab_regalloc::cost::cost;
use tierlab_regalloc::{Allocation, Input, RegFile, STRATEGIES, Strategy, quick, strategy};
use tierlab_trace::ir::Trace;
use tierlab_trace::testgen::unroll;

const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

/// Traces of each kind and size.
fn traces() -> Vec<(&'static str, Vec<Trace>)> {
    let mut kinds = vec![("random", SIZES.map(|n| synthetic::trace(n, false)).to_vec())];
    let recorded = saved().into_iter().find(|(name, _)| name == "mandelbrot");
    if let Some(trace) = recorded.as_ref().and_then(|(_, traces)| traces.first()) {
        let body = trace.loop_block().map_or(1, |b| b.ops().len());
        kinds.push(("recorded", SIZES.map(|n| unroll(trace, n / body)).to_vec()));
    }
    kinds
}

fn run(strategy: &mut dyn Strategy, trace: &Trace, out: &mut Allocation) -> u32 {
    let file = x86(5, 8);
    let input = Input { trace, file: &file, incoming: None };
    assert!(strategy.allocate(black_box(&input), out).is_ok());
    black_box(out.slots)
}

fn allocate(c: &mut Criterion, kinds: &[(&str, Vec<Trace>)]) {
    for info in quick() {
        for (kind, traces) in kinds {
            let mut group = c.benchmark_group(format!("{}/{kind}", info.name));
            group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
            for (size, trace) in SIZES.iter().zip(traces) {
                let mut strategy = (info.make)();
                let mut out = Allocation::default();
                group.sample_size(if *size > 10_000 { 20 } else { 100 });
                group.throughput(Throughput::Elements(trace.ops.len() as u64));
                group.bench_function(BenchmarkId::from_parameter(size), |b| {
                    b.iter(|| run(&mut *strategy, trace, &mut out));
                });
            }
            group.finish();
        }
    }
}

/// The best of some runs, ns per op: one line per strategy and kind.
fn table(kinds: &[(&str, Vec<Trace>)]) {
    println!("{:24}{}", "ns per op", SIZES.map(|n| format!("{n:>9}")).concat());
    for info in quick() {
        for (kind, traces) in kinds {
            let mut line = format!("{:24}", format!("{}/{kind}", info.name));
            for trace in traces {
                let mut strategy = (info.make)();
                let mut out = Allocation::default();
                let times = (20_000 / trace.ops.len()).max(1) as u32;
                let mut best = f64::MAX;
                for _ in 0..20 {
                    let start = Instant::now();
                    (0..times).for_each(|_| {
                        run(&mut *strategy, trace, &mut out);
                    });
                    best = best.min(start.elapsed().as_nanos() as f64 / f64::from(times));
                }
                line += &format!("{:9.1}", best / trace.ops.len() as f64);
            }
            println!("{line}");
        }
    }
}

/// Weighted slot traffic of the saved traces, as a fraction of that of `stack`: geometric means.
fn traffic(registers: &[u8]) {
    println!("\n{:24}{}", "slot traffic / stack", registers_header(registers));
    for info in STRATEGIES {
        let mut line = format!("{:24}", info.name);
        for &k in registers {
            let file = RegFile { constraint: any_constraint, ..x86(k, k) };
            let mut logs = vec![];
            for trace in saved().iter().flat_map(|(_, traces)| traces) {
                let input = Input { trace, file: &file, incoming: None };
                let weigh = |name: &str| {
                    let mut out = Allocation::default();
                    let mut strategy = strategy(name).ok()?;
                    strategy.allocate(&input, &mut out).ok()?;
                    Some(cost(trace, &out).weighted_traffic() as f64)
                };
                if let (Some(stack), Some(own)) = (weigh("stack"), weigh(info.name)) {
                    logs.push(((own + 1.0) / (stack + 1.0)).ln());
                }
            }
            let mean = logs.iter().sum::<f64>() / logs.len() as f64;
            line += &format!("{:9.3}", mean.exp());
        }
        println!("{line}");
    }
}

fn registers_header(registers: &[u8]) -> String {
    registers.iter().map(|k| format!("{:>9}", format!("K={k}"))).collect()
}

fn main() {
    let kinds = traces();
    let mut criterion = Criterion::default().configure_from_args();
    allocate(&mut criterion, &kinds);
    criterion.final_summary();
    if std::env::args().any(|arg| arg == "--bench") {
        table(&kinds);
        traffic(&[1, 2, 3, 4, 5, 10]);
    }
}
