//! What allocation costs: ns per op, for each strategy, over traces from 10 to 100,000 ops.
//!
//! Cost per op should not depend on the size. `per element` in the report is per op.

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;
use support::{synthetic, x86};
use tierlab_regalloc::{Allocation, Input, STRATEGIES};

fn allocate(c: &mut Criterion) {
    for info in STRATEGIES {
        let mut group = c.benchmark_group(info.name);
        group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
        for ops in [10, 100, 1_000, 10_000, 100_000] {
            let trace = synthetic::trace(ops, false);
            let file = x86(5, 8);
            let input = Input { trace: &trace, file: &file, incoming: None };
            let mut strategy = (info.make)();
            let mut out = Allocation::default();
            group.throughput(Throughput::Elements(trace.ops.len() as u64));
            group.bench_function(BenchmarkId::from_parameter(ops), |b| {
                b.iter(|| {
                    let result = strategy.allocate(black_box(&input), &mut out);
                    assert!(result.is_ok());
                    black_box(out.slots)
                });
            });
        }
        group.finish();
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    allocate(&mut criterion);
    criterion.final_summary();
}
