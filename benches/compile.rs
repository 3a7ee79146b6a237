//! What compiling a trace costs, per tier and per allocator, in ns per op.
//!
//! The traces under `benches/traces` were recorded from workloads and saved in the text form; the
//! larger sizes are their loops unrolled. Throughput is in ops, so criterion prints both the
//! time per trace and ops per second. `cargo bench --bench compile` ends with a table in ns
//! per op.

use criterion::{BenchmarkId, Criterion, Throughput};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tierlab::config::{Request, RunConfig};
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use tierlab::registry::DEFAULT_LIBRARY;
use tierlab::{registry, tiers};
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use tierlab_regalloc::{Allocation, Input, quick};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::parse::parse_trace;
use tierlab_trace::testgen::unroll;
use tierlab_vm::jit::helpers;

const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

/// The saved traces by name, smallest first.
fn saved() -> Vec<(String, Trace)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/traces");
    let mut traces: Vec<(String, Trace)> = std::fs::read_dir(dir)
        .expect("benches/traces is part of the repository")
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?.to_string();
            let text = std::fs::read_to_string(&path).ok()?;
            let trace = parse_trace(&text, &helpers::table())
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            Some((name, trace))
        })
        .collect();
    traces.sort_by_key(|(name, t)| (t.ops.len(), name.clone()));
    traces
}

/// For each size a trace of about that many ops, unrolled from the saved ones in turn.
fn by_size() -> Vec<(usize, Arc<Trace>)> {
    let saved = saved();
    SIZES
        .iter()
        .enumerate()
        .map(|(i, &size)| {
            let smaller: Vec<&Trace> =
                saved.iter().map(|(_, t)| t).filter(|t| t.ops.len() <= size.max(20)).collect();
            let base = smaller.get((i * 7) % smaller.len().max(1)).copied().unwrap_or(&saved[0].1);
            let body = base.loop_block().map_or(1, |b| b.ops().len());
            (size, Arc::new(unroll(base, (size / body).max(1))))
        })
        .collect()
}

const TIERS: [(&str, &str); 8] = [
    ("uop", "none"),
    ("copypatch", "stack"),
    ("copypatch-reg", "tos"),
    ("copypatch-reg", "linear-scan"),
    ("dynasm", "linear-scan"),
    ("cranelift:none", "own"),
    ("cranelift", "own"),
    ("cranelift:speed:single_pass", "own"),
];

/// Allocate and emit one trace repeatedly in fresh tiers for about `budget`; the least time of
/// allocation plus emission in ns, and of emission alone.
fn least_ns(tier: &str, alloc: &str, trace: &Arc<Trace>, budget: Duration) -> Option<(u64, u64)> {
    let alloc = if matches!(alloc, "none" | "own") { None } else { Some(alloc.to_string()) };
    let request = Request { tier: Some(tier.to_string()), alloc, ..Request::default() };
    let config = request.resolve().ok()?;
    let start = Instant::now();
    let (mut both, mut emit) = (u64::MAX, u64::MAX);
    let mut rounds = 0;
    while rounds < 3 || (start.elapsed() < budget && rounds < 2_000) {
        let mut backend = tiers::backend(&config, helpers::table()).ok()?;
        // A first trace warms the tier's buffers, as in a program.
        for id in 0..3 {
            let report = backend.compile(TraceId(id), trace).ok()?;
            both = both.min(report.allocate_ns + report.emit_ns);
            emit = emit.min(report.emit_ns);
        }
        rounds += 1;
    }
    Some((both, emit))
}

fn tiers_table(traces: &[(usize, Arc<Trace>)]) {
    println!("\nallocate + emit, ns per op (emit alone in parentheses)");
    print!("{:40}", "tier / allocator");
    for (_, trace) in traces {
        print!("{:>18}", format!("{} ops", trace.ops.len()));
    }
    println!();
    for (tier, alloc) in TIERS {
        print!("{:40}", format!("{tier} / {alloc}"));
        for (_, trace) in traces {
            let ops = trace.ops.len() as f64;
            match least_ns(tier, alloc, trace, Duration::from_millis(300)) {
                Some((both, emit)) => {
                    print!(
                        "{:>18}",
                        format!("{:.1} ({:.1})", both as f64 / ops, emit as f64 / ops)
                    );
                }
                None => print!("{:>18}", "-"),
            }
        }
        println!();
    }
}

/// What one library made of the saved traces with so many registers.
struct Made {
    name: String,
    config: RunConfig,
    /// Bytes of code; instructions, slot loads and slot stores in one iteration of each loop.
    sums: [u64; 4],
    /// Least time of emission per trace, in ns.
    emit: Vec<u64>,
}

/// Each stencil library on the saved traces: code bytes and loop bodies, which no noise touches, and
/// emission, measured in turns so that all meet the same machine.
fn libraries_table() {
    let traces: Vec<Arc<Trace>> = saved().into_iter().map(|(_, trace)| Arc::new(trace)).collect();
    let mut all: Vec<Made> = Vec::new();
    for library in registry::libraries().iter().filter(|l| l.library.is_ok()) {
        let mut counts = vec![0, 3, registry::MAX_REGS, library.max_ints];
        counts.dedup();
        for regs in counts {
            let request = Request {
                library: Some(library.name.into()),
                regs: Some(regs),
                ..Request::default()
            };
            let Ok(config) = request.resolve() else { continue };
            let name = format!("{} K={regs}", library.name);
            all.push(Made { name, config, sums: [0; 4], emit: vec![u64::MAX; traces.len()] });
        }
    }
    for round in 0..40 {
        for made in &mut all {
            let Ok(mut backend) = tiers::backend(&made.config, helpers::table()) else { continue };
            for (k, trace) in traces.iter().enumerate() {
                let id = TraceId(k as u32);
                let mut code_bytes = 0;
                for _ in 0..5 {
                    let Ok(report) = backend.compile(id, trace) else { continue };
                    made.emit[k] = made.emit[k].min(report.emit_ns);
                    code_bytes = report.code_bytes;
                }
                if let Some(l) = tiers::loop_stats(&*backend, id, trace).filter(|_| round == 0) {
                    made.sums[0] += code_bytes;
                    made.sums[1] += l.instructions;
                    made.sums[2] += l.slot_loads;
                    made.sums[3] += l.slot_stores;
                }
            }
        }
    }
    let ops: usize = traces.iter().map(|t| t.ops.len()).sum();
    println!("\nlibraries on the {} saved traces, {ops} ops, linear-scan", traces.len());
    let titles = ["code bytes", "instructions", "slot loads", "slot stores", "emit ns/op", "ratio"];
    println!("{:24}{}", "library", titles.map(|t| format!("{t:>14}")).concat());
    let Some(base) = all.iter().find(|m| m.config.regs == registry::MAX_REGS) else { return };
    let base: u64 = base.emit.iter().sum();
    for made in &all {
        let emit: u64 = made.emit.iter().sum();
        let mut cells = made.sums.map(|n| n.to_string()).to_vec();
        cells.push(format!("{:.2}", emit as f64 / ops as f64));
        cells.push(format!("{:.2}", emit as f64 / base as f64));
        let cells: String = cells.iter().map(|c| format!("{c:>14}")).collect();
        println!("{:24}{cells}", made.name);
    }
}

fn bench_tiers(c: &mut Criterion, traces: &[(usize, Arc<Trace>)]) {
    let mut group = c.benchmark_group("compile");
    group.sample_size(10).warm_up_time(Duration::from_millis(100));
    for (tier, alloc) in TIERS {
        for (size, trace) in traces {
            if tier.starts_with("cranelift") && *size > 10_000 {
                continue;
            }
            let alloc = Some(alloc.to_string()).filter(|a| !matches!(a.as_str(), "none" | "own"));
            let request =
                Request { tier: Some(tier.into()), alloc: alloc.clone(), ..Request::default() };
            let Ok(config) = request.resolve() else { continue };
            group.throughput(Throughput::Elements(trace.ops.len() as u64));
            let name = format!("{tier}/{}", alloc.as_deref().unwrap_or("own"));
            group.bench_with_input(BenchmarkId::new(name, size), trace, |b, trace| {
                b.iter_custom(|rounds| {
                    let mut total = Duration::ZERO;
                    let Ok(mut backend) = tiers::backend(&config, helpers::table()) else {
                        return total;
                    };
                    for id in 0..rounds {
                        if id % 64 == 63 {
                            // Code memory is finite.
                            if let Ok(fresh) = tiers::backend(&config, helpers::table()) {
                                backend = fresh;
                            }
                        }
                        let start = Instant::now();
                        let _ = black_box(backend.compile(TraceId((id % 64) as u32), trace));
                        total += start.elapsed();
                    }
                    total
                });
            });
        }
    }
    group.finish();
}

/// Without native tiers there is no register file to allocate for.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn bench_allocators(_: &mut Criterion, _: &[(usize, Arc<Trace>)]) {}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn bench_allocators(c: &mut Criterion, traces: &[(usize, Arc<Trace>)]) {
    let mut group = c.benchmark_group("allocate");
    group.sample_size(10).warm_up_time(Duration::from_millis(100));
    let file = tiers::register_file(DEFAULT_LIBRARY, 5, 8).expect("it is in every build");
    for info in quick() {
        for (size, trace) in traces {
            group.throughput(Throughput::Elements(trace.ops.len() as u64));
            group.bench_with_input(BenchmarkId::new(info.name, size), trace, |b, trace| {
                let mut strategy = (info.make)();
                let mut out = Allocation::default();
                let input = Input { trace, file: &file, incoming: None };
                b.iter(|| strategy.allocate(black_box(&input), &mut out));
            });
        }
    }
    group.finish();
}

/// Each strategy's cost per op, and as a multiple of what `copypatch` spends to emit an op of the
/// same trace: measured in turns, so that both meet the same machine.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn allocators_table(traces: &[(usize, Arc<Trace>)]) {
    println!("\nallocate alone, ns per op (times the emission of copypatch)");
    print!("{:24}", "allocator");
    for (_, trace) in traces {
        print!("{:>18}", format!("{} ops", trace.ops.len()));
    }
    println!();
    let file = tiers::register_file(DEFAULT_LIBRARY, 5, 8).expect("it is in every build");
    let mut emissions = vec![f64::MAX; traces.len()];
    let mut rows = vec![];
    for info in quick() {
        let mut row = vec![];
        for ((_, trace), emission) in traces.iter().zip(&mut emissions) {
            let ops = trace.ops.len() as f64;
            let mut strategy = (info.make)();
            let mut out = Allocation::default();
            let input = Input { trace, file: &file, incoming: None };
            let repeat = (20_000 / trace.ops.len()).clamp(1, 64) as u32;
            let mut best = f64::MAX;
            let start = Instant::now();
            while best == f64::MAX || start.elapsed() < Duration::from_millis(200) {
                let begun = Instant::now();
                for _ in 0..repeat {
                    let _ = black_box(strategy.allocate(black_box(&input), &mut out));
                }
                best = best.min(begun.elapsed().as_nanos() as f64 / f64::from(repeat));
            }
            if let Some((_, emit)) = least_ns("copypatch", "stack", trace, EMISSION_BUDGET) {
                *emission = emission.min(emit as f64 / ops);
            }
            row.push(best / ops);
        }
        rows.push((info.name, row));
    }
    let cells = |row: &[f64], cell: &dyn Fn(usize, f64) -> String| {
        row.iter().enumerate().map(|(k, &ns)| format!("{:>18}", cell(k, ns))).collect::<String>()
    };
    println!("{:24}{}", "copypatch's emission", cells(&emissions, &|_, ns| format!("{ns:.1}")));
    for (name, row) in &rows {
        let text = cells(row, &|k, ns| format!("{ns:.1} ({:.2})", ns / emissions[k]));
        println!("{name:24}{text}");
    }
}

/// How long to look for the least time of emission, per trace and strategy.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
const EMISSION_BUDGET: Duration = Duration::from_millis(50);

/// Without native tiers there is no register file to allocate for.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn allocators_table(_: &[(usize, Arc<Trace>)]) {}

fn main() {
    let traces = by_size();
    // `cargo test --benches` only checks that the benchmark starts.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let only_libraries = std::env::args().any(|a| a == "--libraries");
    if !only_libraries {
        allocators_table(&traces);
    }
    // `-- --allocators` stops here.
    if std::env::args().any(|a| a == "--allocators") {
        return;
    }
    libraries_table();
    // `-- --libraries` starts and stops with this one.
    if only_libraries {
        return;
    }
    tiers_table(&traces);
    let mut criterion = Criterion::default().configure_from_args();
    bench_tiers(&mut criterion, &traces);
    bench_allocators(&mut criterion, &traces);
    criterion.final_summary();
}
