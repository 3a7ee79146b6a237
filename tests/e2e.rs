//! Whole programs through every tier: each prints, raises and exits as CPython does.
//!
//! *Workloads* run through every tier, with every allocator at every register count (each of these
//! configurations with a share of them); which preset goes with which of them moves on from workload to workload. *Programs* (`tests/programs`, one aim each) run through every tier, with a share of the
//! product each that moves on from program to program; `TIERLAB_LONG=1` runs the whole product for both.
//! Allocators that search take part in the whole product only, and in a test of some workloads.
//! What they must do stands beside them (`scripts/program_expectations.py` writes it).
//!
//! `TIERLAB_ONLY=NAME,…` restricts a run to some workloads and programs. What every thread is
//! running stands in `e2e-running` under cargo's temporary directory: after a crash it tells where.

use rayon::prelude::*;
use std::cell::RefCell;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tierlab::config::{Request, RunConfig};
use tierlab::engine::{self, Captured, EngineError};
use tierlab::registry::{self, AllocUse};
use tierlab::{tiers, workloads};
use tierlab_regalloc::Effort;
use tierlab_trace::opt::Pipeline;
use tierlab_vm::interp::{Mode, Vm, VmOptions};
use tierlab_vm::jit::{Jit, JitOptions, helpers};

/// Back-edges before a loop is recorded: soon, late, and as by default.
const HOTS: [u32; 3] = [20, 200, registry::DEFAULT_HOT];
/// Integer registers.
const REGS: [u8; 4] = [0, 1, 3, 5];
/// Cranelift's options that are not the default.
const CRANELIFT: [&str; 2] = ["cranelift:none", "cranelift:speed:single_pass"];
/// Configurations of each tier that a program runs through in a short test.
const SHARE: usize = 3;
/// What has no loop that a trace can follow: no loops at all, or calls that nest too deeply.
const UNTRACED: [&str; 1] = ["nqueens"];
/// Workloads that may leave hot places to the interpreter: what traces do not follow yet.
const LEFT: [&str; 6] = ["go", "json_parser", "sudoku", "tokenizer", "tree_walk", "xor_text"];
/// Workloads that each configuration runs in a short test.
const WORKLOADS: usize = 18;
/// More traces than any program here has use for.
const MOST_TRACES: u64 = 300;
/// Programs of which every place that gets hot must run compiled.
const WHOLE: [&str; 1] = ["trip_counts"];
/// Longest time for one run.
const PATIENCE: Duration = Duration::from_secs(120);

/// One run and what must come of it.
struct Job<'a> {
    name: &'a str,
    file: &'a Path,
    source: &'a [u8],
    args: Vec<String>,
    config: RunConfig,
    want: &'a Want,
    /// Whether every place that gets hot must run compiled.
    whole: bool,
}

/// What a program does.
#[derive(Default)]
struct Want {
    stdout: String,
    stderr: String,
    exit_code: i32,
}

/// The configurations of one tier with every stencil library under every preset, allocator and
/// number of registers, each once.
fn tier_configs(tier: &str, hots: &[u32]) -> Vec<RunConfig> {
    let info = registry::find_tier(tier.split(':').next().unwrap_or(tier)).unwrap();
    let allocs: Vec<&str> = match info.alloc {
        AllocUse::Any => {
            let all = registry::allocs().iter();
            all.filter(|a| long() || a.effort == Effort::Passes).map(|a| a.name).collect()
        }
        _ => vec![registry::DEFAULT_ALLOC],
    };
    let libraries: Vec<_> = registry::libraries()
        .iter()
        .filter(|l| l.name == registry::DEFAULT_LIBRARY || (info.stencils && l.library.is_ok()))
        .collect();
    let mut configs: Vec<RunConfig> = Vec::new();
    for (&hot, library) in hots.iter().flat_map(|hot| libraries.iter().map(move |l| (hot, l))) {
        let most = [None].into_iter().filter(|_| info.stencils);
        for regs in REGS.into_iter().map(Some).chain(most) {
            for alloc in &allocs {
                for preset in registry::presets() {
                    let request = Request {
                        tier: Some(tier.to_string()),
                        library: Some(library.name.to_string()),
                        alloc: Some(alloc.to_string()),
                        regs,
                        float_regs: None,
                        opt: Some(preset.name.to_string()),
                        hot: Some(hot),
                    };
                    let config = request.resolve().unwrap();
                    if !configs.contains(&config) {
                        configs.push(config);
                    }
                }
            }
        }
    }
    configs
}

fn tier_names() -> impl Iterator<Item = &'static str> {
    registry::TIERS.iter().map(|t| t.name)
}

/// Whether the tier exists on this machine.
fn exists(tier: &str) -> bool {
    cfg!(all(target_arch = "x86_64", target_os = "linux"))
        || matches!(tier, "interp" | "adaptive" | "uop")
}

fn long() -> bool {
    std::env::var_os("TIERLAB_LONG").is_some_and(|v| v != "0")
}

fn wanted(name: &str) -> bool {
    std::env::var("TIERLAB_ONLY").map_or(true, |only| only.split(',').any(|n| n == name))
}

/// Runs all jobs side by side; fails with what differed.
fn run_all(jobs: &[Job]) {
    let running = Running::start();
    let failures: Vec<String> = jobs.par_iter().filter_map(|job| running.run(job)).collect();
    drop(running);
    if !failures.is_empty() {
        let shown = failures.len().min(25);
        let text = failures[..shown].join("\n");
        panic!("{} of {} runs failed; {shown} of them:\n{text}", failures.len(), jobs.len());
    }
}

/// Keeps book of what is under way.
struct Running {
    jobs: Mutex<Vec<Option<(String, Instant)>>>,
    stop: Mutex<Option<std::sync::mpsc::Sender<()>>>,
    dir: PathBuf,
}

impl Running {
    fn start() -> Arc<Running> {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e-running");
        std::fs::create_dir_all(&dir).unwrap();
        let (stop, stopped) = std::sync::mpsc::channel();
        let running =
            Arc::new(Running { jobs: Mutex::default(), stop: Mutex::new(Some(stop)), dir });
        let watched = Arc::downgrade(&running);
        // A run cannot be interrupted: one that does not end ends the process, with its name.
        std::thread::spawn(move || {
            let second = Duration::from_secs(1);
            while stopped.recv_timeout(second) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                let Some(running) = watched.upgrade() else { return };
                let jobs = running.jobs.lock().unwrap();
                for (name, start) in jobs.iter().flatten() {
                    if start.elapsed() > PATIENCE {
                        // Past the test's capture, which dies with the process.
                        let text = format!("\nno end after {} s: {name}\n", PATIENCE.as_secs());
                        let _ = std::io::stderr().write_all(text.as_bytes());
                        std::process::exit(101);
                    }
                }
            }
        });
        running
    }

    fn run(&self, job: &Job) -> Option<String> {
        let file = job.file.display().to_string();
        self.watch(job, || {
            compare(job, engine::run_captured(&job.config, &file, job.source, &job.args))
        })
    }

    /// Runs `body` and keeps book of it; returns what went wrong.
    fn watch(&self, job: &Job, body: impl FnOnce() -> Option<String>) -> Option<String> {
        let thread = rayon::current_thread_index().unwrap_or(0);
        let label = format!("{} in {}", job.name, job.config.key());
        std::fs::write(self.dir.join(thread.to_string()), &label).unwrap();
        self.note(thread, Some((label.clone(), Instant::now())));
        let problem = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            Some(format!("panicked: {}", text.unwrap_or("?")))
        });
        self.note(thread, None);
        problem.map(|p| format!("--- {label}\n{p}"))
    }

    fn note(&self, thread: usize, job: Option<(String, Instant)>) {
        let mut jobs = self.jobs.lock().unwrap();
        if jobs.len() <= thread {
            jobs.resize(thread + 1, None);
        }
        jobs[thread] = job;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.lock().unwrap().take();
    }
}

/// What is wrong with a run.
fn compare(job: &Job, result: Result<Captured, EngineError>) -> Option<String> {
    let got = match result {
        Ok(got) => got,
        Err(e) => return Some(format!("not run: {e}")),
    };
    // Paths are those below the directory of the program.
    let directory = job.file.parent().unwrap_or(Path::new("")).display().to_string();
    let stderr = got.stderr.replace(&format!("\"{directory}/"), "\"");
    let mut problems = Vec::new();
    problems.extend(difference("standard output", &job.want.stdout, &got.stdout));
    problems.extend(difference("standard error", &job.want.stderr, &stderr));
    if got.outcome.exit_code != job.want.exit_code {
        let (want, code) = (job.want.exit_code, got.outcome.exit_code);
        problems.push(format!("exit code {code}, not {want}"));
    }
    if !got.outcome.refused.is_empty() {
        problems.push(format!("refused: {}", got.outcome.refused.join("; ")));
    }
    if got.outcome.fallbacks > 0 {
        problems.push(format!("{} fallbacks", got.outcome.fallbacks));
    }
    if job.whole && got.outcome.abandoned > 0 {
        let (n, why) = (got.outcome.abandoned, &got.outcome.aborts);
        problems.push(format!("{n} places left to the interpreter: {why:?}"));
    }
    if got.outcome.compile.traces > MOST_TRACES {
        problems.push(format!("{} traces", got.outcome.compile.traces));
    }
    let traces = registry::find_tier(job.config.tier_name()).is_some_and(|t| t.traces);
    let expected = traces && (job.whole || job.config.hot == HOTS[0]);
    if expected && !UNTRACED.contains(&job.name) && got.outcome.compile.traces == 0 {
        problems.push(format!("no trace: {:?}", got.outcome.aborts));
    }
    (!problems.is_empty()).then(|| problems.join("\n"))
}

/// The first place where two texts differ.
fn difference(what: &str, want: &str, got: &str) -> Option<String> {
    if want == got {
        return None;
    }
    let (mut w, mut g) = (want.split_inclusive('\n'), got.split_inclusive('\n'));
    let mut line = 1;
    loop {
        let (a, b) = (w.next(), g.next());
        if a != b {
            let show = |t: Option<&str>| {
                t.map_or("nothing".to_string(), |t| {
                    format!("{:?}", t.chars().take(400).collect::<String>())
                })
            };
            return Some(format!("{what}, line {line}:\n  want {}\n  got  {}", show(a), show(b)));
        }
        a?;
        line += 1;
    }
}

/// Whether a configuration is workload number `n`'s in a short test: of the presets one for each
/// library, allocator and register count.
fn is_turn(config: &RunConfig, n: usize) -> bool {
    let alloc = registry::allocs().iter().position(|a| a.name == config.alloc);
    let regs = REGS.iter().position(|&r| r == config.regs);
    let library = registry::libraries().iter().position(|l| l.name == config.library);
    let preset = registry::presets().iter().position(|p| p.name == config.opt);
    // The most registers of a library come behind the others.
    let turn = n + alloc.unwrap_or(0) + regs.unwrap_or(REGS.len()) + library.unwrap_or(0);
    let has_allocators = registry::find_tier(config.tier_name())
        .is_some_and(|info| matches!(info.alloc, AllocUse::Any));
    !has_allocators || Some(turn % registry::presets().len()) == preset
}

/// Whether configuration `c` runs workload `n`, where each runs one in `every`: mixed, since
/// neighbours in either row are alike.
fn is_share(c: usize, n: usize, every: usize) -> bool {
    let mixed = (c as u64 * 0x9e37_79b9 + n as u64 * 0x85eb_ca6b).wrapping_mul(0xc2b2_ae3d);
    ((mixed >> 16) as usize).is_multiple_of(every.max(1))
}

#[test]
fn workloads_print_the_same_in_every_configuration() {
    let all = workloads::load().unwrap();
    let all: Vec<_> = all.iter().filter(|w| wanted(&w.name)).collect();
    let sources: Vec<Vec<u8>> = all.iter().map(|w| std::fs::read(&w.file).unwrap()).collect();
    let wants: Vec<Want> = all
        .iter()
        .map(|w| Want {
            stdout: w.expected_small.clone().expect("expected_small in workloads.json"),
            ..Want::default()
        })
        .collect();
    let mut configs: Vec<RunConfig> = tier_names()
        .filter(|tier| exists(tier))
        .flat_map(|tier| tier_configs(tier, if long() { &HOTS } else { &HOTS[1..2] }))
        .collect();
    if exists("cranelift") {
        configs.extend(CRANELIFT.iter().flat_map(|tier| {
            let options = tier_configs(tier, &HOTS[1..2]);
            options.into_iter().filter(|c| long() || c.opt == registry::DEFAULT_OPT)
        }));
    }
    let every = all.len().div_ceil(WORKLOADS);
    let mut jobs = Vec::new();
    for (c, config) in configs.iter().enumerate() {
        for (n, ((w, source), want)) in all.iter().zip(&sources).zip(&wants).enumerate() {
            if !(long() || (is_turn(config, n) && is_share(c, n, every))) {
                continue;
            }
            jobs.push(Job {
                name: &w.name,
                file: &w.file,
                source,
                args: vec![w.small_n.to_string()],
                config: config.clone(),
                want,
                whole: !LEFT.contains(&w.name.as_str()),
            });
        }
    }
    run_all(&jobs);
}

/// Those that search: on workloads whose traces they are done with in a moment.
#[test]
fn allocators_that_search_make_right_code() {
    const QUICK: [&str; 3] = ["gcd", "matmul", "mandelbrot"];
    let all = workloads::load().unwrap();
    let all: Vec<_> = all.iter().filter(|w| QUICK.contains(&w.name.as_str())).collect();
    let sources: Vec<Vec<u8>> = all.iter().map(|w| std::fs::read(&w.file).unwrap()).collect();
    let want = |w: &workloads::Workload| Want {
        stdout: w.expected_small.clone().expect("expected_small in workloads.json"),
        ..Want::default()
    };
    let wants: Vec<Want> = all.iter().map(|w| want(w)).collect();
    let searching = registry::allocs().iter().filter(|a| a.effort == Effort::Search);
    let mut jobs = Vec::new();
    for (alloc, info) in searching.flat_map(|a| registry::TIERS.iter().map(move |t| (a, t))) {
        if !exists(info.name) || !matches!(info.alloc, AllocUse::Any) {
            continue;
        }
        for ((w, source), want) in all.iter().zip(&sources).zip(&wants) {
            for regs in [1, 3] {
                let request = Request {
                    tier: Some(info.name.to_string()),
                    library: None,
                    alloc: Some(alloc.name.to_string()),
                    regs: Some(regs),
                    float_regs: None,
                    opt: None,
                    hot: Some(HOTS[1]),
                };
                jobs.push(Job {
                    name: &w.name,
                    file: &w.file,
                    source,
                    args: vec![w.small_n.to_string()],
                    config: request.resolve().unwrap(),
                    want,
                    whole: true,
                });
            }
        }
    }
    assert!(!jobs.is_empty() || !exists("dynasm"));
    run_all(&jobs);
}

fn programs_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs")
}

struct Program {
    name: String,
    file: PathBuf,
    source: Vec<u8>,
    want: Want,
}

fn programs() -> Vec<Program> {
    let entries = std::fs::read_dir(programs_dir()).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|f| f.extension().is_some_and(|e| e == "py")).collect();
    files.sort();
    let programs = files.into_iter().map(|file| {
        let beside = |extension: &str| std::fs::read_to_string(file.with_extension(extension));
        let want = Want {
            stdout: beside("out").unwrap(),
            stderr: beside("err").unwrap_or_default(),
            exit_code: beside("exit").map_or(0, |code| code.trim().parse().unwrap()),
        };
        let name = file.file_stem().unwrap_or_default().display().to_string();
        Program { name, source: std::fs::read(&file).unwrap(), want, file }
    });
    programs.collect()
}

#[test]
fn programs_do_the_same_in_every_tier() {
    let programs = programs();
    let mut tiers: Vec<Vec<RunConfig>> =
        tier_names().filter(|tier| exists(tier)).map(|tier| tier_configs(tier, &HOTS)).collect();
    if exists("cranelift") {
        tiers.push(CRANELIFT.iter().flat_map(|tier| tier_configs(tier, &HOTS[..1])).collect());
    }
    let mut jobs = Vec::new();
    for (p, program) in programs.iter().enumerate() {
        if !wanted(&program.name) {
            continue;
        }
        for configs in &tiers {
            let share = if long() { configs.len() } else { SHARE.min(configs.len()) };
            for i in 0..share {
                jobs.push(Job {
                    name: &program.name,
                    file: &program.file,
                    source: &program.source,
                    args: Vec::new(),
                    config: configs[stride(p * share + i, configs.len())].clone(),
                    want: &program.want,
                    whole: WHOLE.contains(&program.name.as_str()),
                });
            }
        }
    }
    run_all(&jobs);
}

/// Places that are left to the interpreter, or grow trace upon trace, where they need not: source,
/// iterations that must be counted in loop traces at least, and traces at most.
const STEADY: [(&str, &str, u64, u64); 5] = [
    (
        "an outer variable is a global that was assigned once when the inner loop got hot",
        "t = 0\nfor i in range(300):\n    for j in range(300):\n        t += i ^ j\n",
        85_000,
        6,
    ),
    (
        "the number of iterations is the threshold",
        "def f():\n    i = 0\n    while i < 20:\n        i += 1\n\n\nfor k in range(1000):\n    f()\n",
        18_000,
        6,
    ),
    (
        "a sum overflows in every iteration",
        "def f(x, n):\n    t = 0\n    for i in range(n):\n        t ^= x + x\n\n\nf(2 ** 61, 5000)\n",
        4_900,
        3,
    ),
    (
        "results get too large for small ints, and stay so",
        "def f(n):\n    for i in range(n):\n        x = (i - 2000) * 2 ** 51\n        y = (x * 2, -x, abs(x), x << 1)\n\n\nf(6000)\n",
        1_900,
        20,
    ),
    (
        "floats become ints of any size",
        "def f(n):\n    x = 1.0\n    for i in range(n):\n        x = x * 1.01\n        y = int(x)\n\n\nf(6000)\n",
        4_300,
        4,
    ),
];

#[test]
fn what_is_hot_stays_compiled() {
    let request = Request { tier: Some("uop".into()), hot: Some(20), ..Request::default() };
    for preset in registry::presets() {
        let opt = Some(preset.name.to_string());
        let config = Request { opt, ..request.clone() }.resolve().unwrap();
        for (what, source, iterations, traces) in STEADY {
            let got = engine::run_captured(&config, "steady.py", source.as_bytes(), &[]).unwrap();
            let outcome = got.outcome;
            let left = outcome.fallbacks + outcome.abandoned;
            assert_eq!((outcome.exit_code, left), (0, 0), "{what}: {outcome:?}");
            let compiled: u64 = outcome.loops.iter().map(|l| l.iterations).sum();
            assert!(compiled >= iterations, "{what}: {compiled} iterations, {outcome:?}");
            assert!(outcome.compile.traces <= traces, "{what}: {outcome:?}");
            assert!(outcome.exits < 200, "{what}: {outcome:?}");
        }
    }
}

/// Each program once, or in long mode in every tier, with configurations as varied as can be.
fn spread<'a>(programs: &'a [Program], tiers: &[&str], hots: &[u32]) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for (p, program) in programs.iter().enumerate() {
        let share = if long() { tiers.len() } else { 1 };
        for tier in tiers.iter().cycle().skip(p).take(share) {
            let configs = tier_configs(tier, hots);
            jobs.push(Job {
                name: &program.name,
                file: &program.file,
                source: &program.source,
                args: Vec::new(),
                config: configs[stride(p, configs.len())].clone(),
                want: &program.want,
                whole: false,
            });
        }
    }
    jobs
}

/// Everything is followed the third time: traces meet before they know much of each other.
#[test]
fn programs_survive_an_eager_recorder() {
    let programs: Vec<Program> = programs().into_iter().filter(|p| wanted(&p.name)).collect();
    let traces = |t: &&str| registry::find_tier(t).is_some_and(|info| info.traces);
    let tiers: Vec<&str> = tier_names().filter(|t| exists(t)).filter(traces).collect();
    run_all(&spread(&programs, &tiers, &[3]));
}

/// Collections at every safe point, or very often: what traces hold must be seen by the collector.
#[test]
fn programs_survive_a_nervous_collector() {
    let programs: Vec<Program> = programs().into_iter().filter(|p| wanted(&p.name)).collect();
    let tiers: Vec<&str> = tier_names().filter(|t| exists(t)).collect();
    let jobs = spread(&programs, &tiers, &HOTS[..1]);
    let running = Running::start();
    let failures: Vec<String> = jobs
        .par_iter()
        .filter_map(|job| {
            // Every safe point of a program with much alive would take minutes.
            let stress = ["list_", "garbage"].iter().any(|start| job.name.starts_with(start))
                || job.name.contains("exits");
            running.watch(job, || run_nervous(job, stress))
        })
        .collect();
    assert!(failures.is_empty(), "{} runs failed:\n{}", failures.len(), failures.join("\n"));
}

/// A run with a collection every few kilobytes, or at every safe point.
fn run_nervous(job: &Job, stress: bool) -> Option<String> {
    let name = job.file.display().to_string();
    let code = tierlab_frontend::compile_source(&name, job.source).unwrap();
    let info = registry::find_tier(job.config.tier_name()).unwrap();
    let mut vm = Vm::new(VmOptions {
        mode: if info.name == "interp" { Mode::Interp } else { Mode::Adaptive },
        hot: if info.traces { job.config.hot } else { u32::MAX },
        min_threshold: 1 << 14,
        gc_stress: stress,
        ..VmOptions::default()
    });
    if info.traces {
        let backend = tiers::backend(&job.config, helpers::table()).unwrap();
        let pipeline = Pipeline::parse(&job.config.opt).unwrap();
        let jit = Jit::new(backend, pipeline, JitOptions { verify: true, ..JitOptions::default() });
        vm.set_hooks(Some(Box::new(Rc::new(RefCell::new(jit)))));
    }
    vm.capture_output();
    let result = vm.run_main(&code);
    let stdout = String::from_utf8_lossy(&vm.take_output()).into_owned();
    let last = |text: &str| text.lines().last().unwrap_or_default().to_string();
    let got = result.map_err(|e| e.last_line()).err().unwrap_or_default();
    let mut problems =
        difference("standard output", &job.want.stdout, &stdout).into_iter().collect::<Vec<_>>();
    if !got.starts_with("SystemExit") && got != last(&job.want.stderr) {
        problems.push(format!("raised {got:?}, not {:?}", last(&job.want.stderr)));
    }
    (!problems.is_empty()).then(|| problems.join("\n"))
}

/// A walk over `0..len` in steps that are not those of its nested loops: neighbours differ in
/// preset, allocator, registers and threshold at once.
fn stride(i: usize, len: usize) -> usize {
    let mut step = (len * 5 / 13).max(1);
    while gcd(step, len) != 1 {
        step += 1;
    }
    i * step % len
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn shares_cover_the_product() {
    for len in 1..200 {
        let mut seen: Vec<usize> = (0..len).map(|i| stride(i, len)).collect();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..len), "{len}");
    }
}

/// Where a python3 is there, it must agree with what is stored.
#[test]
fn expectations_are_those_of_cpython() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = |args: &[&std::ffi::OsStr]| Command::new("python3").arg("-B").args(args).output();
    if python(&["-V".as_ref()]).is_err() {
        return;
    }
    let script = root.join("scripts/program_expectations.py");
    let output = python(&[script.as_os_str(), "--check".as_ref()]).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all = workloads::load().unwrap();
    let different = AtomicUsize::new(0);
    all.par_iter().for_each(|w| {
        let output = python(&[w.file.as_os_str(), w.small_n.to_string().as_ref()]).unwrap();
        if w.expected_small.as_deref().map(str::as_bytes) != Some(&output.stdout) {
            eprintln!("{} {}: python3 prints something else", w.name, w.small_n);
            different.fetch_add(1, Ordering::Relaxed);
        }
    });
    assert_eq!(different.into_inner(), 0);
}
