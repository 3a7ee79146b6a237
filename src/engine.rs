//! The one place that knows the virtual machine and every tier: it runs a program,
//! or a trace, under a configuration and reports what that cost.
//!
//! Everything above it (command line, sweep, report) sees only [`RunConfig`] in and
//! [`Outcome`] out. Times are nanoseconds, sizes bytes.

use crate::config::RunConfig;
use crate::{registry, tiers};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tierlab_frontend::bytecode::CodeObject;
use tierlab_regalloc::fallback::FALLBACK;
use tierlab_trace::ir::{Trace, TraceId, TraceKind};
use tierlab_trace::opt::{EntryHints, Pipeline};
use tierlab_vm::error::{ExcKind, PyError};
use tierlab_vm::interp::{Mode, Vm, VmOptions};
use tierlab_vm::jit::{Jit, JitOptions, helpers};
use tierlab_vm::value::Value;

/// What compilation cost, summed over all traces of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompileStats {
    /// Traces compiled, side traces included.
    pub traces: u64,
    /// IR operations handed to the tier.
    pub ops: u64,
    /// Time recording, in nanoseconds.
    pub record_ns: u64,
    /// Time in optimizer passes, in nanoseconds.
    pub optimize_ns: u64,
    /// Time allocating registers, in nanoseconds.
    pub allocate_ns: u64,
    /// Time emitting code, in nanoseconds.
    pub emit_ns: u64,
    /// Time patching code and making it executable, in nanoseconds.
    pub link_ns: u64,
    /// Bytes of generated code.
    pub code_bytes: u64,
    /// Bytes of exit metadata.
    pub metadata_bytes: u64,
    /// Bytes of the stencil library behind the tier; 0 without one.
    pub library_bytes: u64,
    /// Stencils in that library.
    pub library_stencils: u64,
    /// Traces for which the register allocator gave up, so that `stack` did its work.
    pub allocation_fallbacks: u64,
}

impl Outcome {
    /// What to tell of register allocators that gave up; nothing where none did.
    pub fn gave_up(&self) -> Option<String> {
        let count = self.compile.allocation_fallbacks;
        let reason = self.last_allocation_fallback.as_deref().unwrap_or("no reason given");
        (count > 0).then(|| {
            format!(
                "the register allocator gave up on {count} of {} traces, which were allocated by \
                 `{FALLBACK}`; the last: {reason}",
                self.compile.traces
            )
        })
    }
}

impl CompileStats {
    /// Time generating code from an optimized trace, in nanoseconds.
    pub fn codegen_ns(&self) -> u64 {
        self.allocate_ns + self.emit_ns + self.link_ns
    }

    /// Time from the first recorded op to runnable code, in nanoseconds.
    pub fn total_ns(&self) -> u64 {
        self.record_ns + self.optimize_ns + self.codegen_ns()
    }
}

/// One compiled loop body, counted from its disassembly.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoopStats {
    /// Where the loop is, as `file:line`.
    pub location: String,
    /// IR operations per iteration.
    pub ops: u64,
    /// Machine instructions per iteration.
    pub instructions: u64,
    /// Loads from frame slots per iteration.
    pub slot_loads: u64,
    /// Stores to frame slots per iteration.
    pub slot_stores: u64,
    /// Iterations run in compiled code.
    pub iterations: u64,
}

/// What one run did and cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outcome {
    /// The program's exit code: 0, or 1 after an uncaught exception.
    pub exit_code: i32,
    /// Whether an interrupt of the user ended it.
    #[serde(skip)]
    pub interrupted: bool,
    /// Each call of `main`, in order, warm-up included; empty for a plain run.
    pub iteration_ns: Vec<u64>,
    /// `str()` of what `main` returned; empty for a plain run.
    pub checksum: String,
    /// Time of the whole run, in nanoseconds.
    pub wall_ns: u64,
    /// What compiling cost.
    pub compile: CompileStats,
    /// Exits taken from compiled code back to the interpreter.
    pub exits: u64,
    /// The compiled loops.
    pub loops: Vec<LoopStats>,
    /// Traces the tier could not compile and left to the interpreter.
    pub fallbacks: u64,
    /// Hot loops and exits that no recording succeeded for: left to the interpreter, in every
    /// tier alike.
    pub abandoned: u64,
    /// Loops and functions that are not entered any more, since almost every entry was left at once.
    pub idle: u64,
    /// Times that all traces were dropped because a global or a class changed.
    pub invalidations: u64,
    /// The exits that were taken most often, the most frequent first.
    pub busiest_exits: Vec<ExitCount>,
    /// Traces grown from hot exits.
    pub side_traces: u64,
    /// Recordings given up, by reason.
    pub aborts: BTreeMap<String, u64>,
    /// Side traces that end in front of an instruction which is not traced, by reason.
    pub trace_ends: BTreeMap<String, u64>,
    /// What the tier or the verifier said of traces that could not be compiled.
    pub refused: Vec<String>,
    /// Which register allocator gave up on the last of the traces that `stack` allocated in its
    /// place, and why.
    pub last_allocation_fallback: Option<String>,
    /// Peak resident memory of the process, in bytes; the harness fills in a 0.
    pub peak_rss_bytes: u64,
}

/// How often compiled code went back to the interpreter at one place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExitCount {
    /// Number of the trace.
    pub trace: u32,
    /// Where the trace begins in the program.
    pub location: String,
    /// The op that was left at.
    pub op: String,
    /// How often.
    pub taken: u64,
}

/// What `--dump` shows, on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dump {
    /// Bytecode.
    Bytecode,
    /// Optimized traces.
    Trace,
    /// Allocation results.
    Alloc,
    /// Disassembly.
    Asm,
}

/// Why nothing, or not all, was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineError {
    /// The source was refused before anything ran (exit code 2).
    Refused(String),
    /// The program raised; the text is its traceback (exit code 1).
    Raised(String),
    /// The tier does not exist on this machine, or broke (exit code 1).
    Failed(String),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::Refused(text) | EngineError::Raised(text) | EngineError::Failed(text) => {
                f.write_str(text)
            }
        }
    }
}

impl std::error::Error for EngineError {}

impl From<EngineError> for crate::Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(text) => crate::Error::usage(text).bare(),
            EngineError::Raised(text) => crate::Error::failed(text).bare(),
            EngineError::Failed(text) => crate::Error::failed(text),
        }
    }
}

/// A virtual machine set up for a configuration.
struct Session {
    vm: Box<Vm>,
    jit: Option<Rc<RefCell<Jit>>>,
}

impl Session {
    fn new(config: &RunConfig, argv: Vec<String>, dumps: &[Dump]) -> Result<Session, EngineError> {
        let mode = if config.tier_name() == "interp" { Mode::Interp } else { Mode::Adaptive };
        let traces = registry::find_tier(config.tier_name()).is_some_and(|t| t.traces);
        let hot = if traces { config.hot } else { u32::MAX };
        let mut vm = Vm::new(VmOptions { mode, argv, hot, ..VmOptions::default() });
        let jit = if traces {
            let pipeline = pipeline(config)?;
            let options = JitOptions { verify: cfg!(debug_assertions), ..JitOptions::default() };
            let backend = tiers::backend(config, helpers::table())?;
            let mut jit = Jit::new(backend, pipeline, options);
            if dumps.contains(&Dump::Trace) {
                jit.observe(Box::new(|id, _, optimized| {
                    let table = helpers::table();
                    eprintln!("; trace {}\n{}", id.0, optimized.text(Some(&table)));
                }));
            }
            let jit = Rc::new(RefCell::new(jit));
            vm.set_hooks(Some(Box::new(jit.clone())));
            Some(jit)
        } else {
            None
        };
        Ok(Session { vm, jit })
    }

    /// Fills in what the JIT knows.
    fn report(&self, outcome: &mut Outcome) {
        let Some(jit) = &self.jit else { return };
        let jit = jit.borrow();
        let s = jit.stats();
        let (stencils, bytes) = jit.backend().library();
        let fallbacks = jit.backend().allocation_fallbacks();
        outcome.compile = CompileStats {
            traces: s.traces,
            ops: s.ops,
            record_ns: s.record_ns,
            optimize_ns: s.optimize_ns,
            allocate_ns: s.compile.allocate_ns,
            emit_ns: s.compile.emit_ns,
            link_ns: s.compile.link_ns,
            code_bytes: s.compile.code_bytes,
            metadata_bytes: s.compile.metadata_bytes,
            library_bytes: bytes,
            library_stencils: stencils,
            allocation_fallbacks: fallbacks.count,
        };
        outcome.last_allocation_fallback = fallbacks.last;
        outcome.exits = s.exits;
        outcome.fallbacks = s.fallbacks;
        outcome.abandoned = s.abandoned;
        outcome.idle = s.idle_loops;
        outcome.invalidations = s.invalidations;
        outcome.busiest_exits = busiest_exits(&jit);
        outcome.side_traces = s.side_traces;
        outcome.aborts = s.aborts.iter().map(|(why, n)| ((*why).to_string(), *n)).collect();
        outcome.trace_ends = s.ends.iter().map(|(why, n)| ((*why).to_string(), *n)).collect();
        outcome.refused.clone_from(&s.refused);
        outcome.loops = loops(&jit);
    }

    fn dump(&self, dumps: &[Dump], out: &mut dyn FnMut(&str)) {
        let Some(jit) = &self.jit else { return };
        let jit = jit.borrow();
        for (i, compiled) in jit.compiled().iter().enumerate() {
            tiers::dump_code(jit.backend(), TraceId(i as u32), &compiled.trace, dumps, out);
        }
    }
}

/// How many exits the statistics name.
const BUSIEST_EXITS: usize = 12;

fn busiest_exits(jit: &Jit) -> Vec<ExitCount> {
    let mut all: Vec<ExitCount> = Vec::new();
    for (number, compiled) in jit.compiled().iter().enumerate() {
        for (point, taken) in compiled.exits_taken().filter(|&(_, taken)| taken > 0) {
            let op = compiled.trace.ops[point.op as usize].opcode.info().name;
            all.push(ExitCount {
                trace: number as u32,
                location: compiled.trace.location.clone(),
                op: format!("%{} {op}", point.op),
                taken,
            });
        }
    }
    all.sort_by_key(|e| std::cmp::Reverse(e.taken));
    all.truncate(BUSIEST_EXITS);
    all
}

/// The optimizer's pipeline of a configuration.
fn pipeline(config: &RunConfig) -> Result<Pipeline, EngineError> {
    Pipeline::parse(&config.opt).map_err(|e| EngineError::Failed(e.to_string()))
}

/// Counts of all compiled loops.
fn loops(jit: &Jit) -> Vec<LoopStats> {
    let ids = (0..jit.compiled().len()).map(|i| TraceId(i as u32));
    ids.zip(jit.compiled())
        .filter_map(|(id, c)| tiers::loop_stats(jit.backend(), id, &c.trace))
        .collect()
}

fn compile_source(file: &Path) -> Result<Arc<CodeObject>, EngineError> {
    let bytes = std::fs::read(file).map_err(|e| {
        EngineError::Refused(format!("tierlab: cannot read {}: {e}", file.display()))
    })?;
    // Tracebacks name the program by its whole path, as CPython's do.
    let name = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    let name = name.display().to_string();
    tierlab_frontend::compile_source(&name, &bytes).map_err(|e| EngineError::Refused(e.to_string()))
}

/// Runs a file as `__main__`: its output is this process's standard output, dumps go
/// to standard error. After an uncaught exception its traceback is on standard error and
/// the outcome says exit code 1. With `count_iterations` the program is run once more, its
/// output dropped, by the micro-op interpreter over the same traces: compiled code does
/// not pay for counters, and the peak memory is read before.
pub fn run_file(
    config: &RunConfig,
    file: &Path,
    args: &[String],
    dumps: &[Dump],
    count_iterations: bool,
) -> Result<Outcome, EngineError> {
    let code = compile_source(file)?;
    if dumps.contains(&Dump::Bytecode) {
        eprintln!("{}", tierlab_frontend::disasm::disassemble(&code));
    }
    let argv: Vec<String> =
        std::iter::once(file.display().to_string()).chain(args.iter().cloned()).collect();
    let mut session = Session::new(config, argv.clone(), dumps)?;
    session
        .vm
        .listen_for_interrupts()
        .map_err(|e| EngineError::Failed(format!("cannot listen for interrupts: {e}")))?;
    tierlab_vm::memory::keep_reserve();
    let start = Instant::now();
    let result = session.vm.run_main(&code);
    let wall_ns = start.elapsed().as_nanos() as u64;
    let interrupted = result.as_ref().is_err_and(|e| e.is_interrupt());
    let exit_code = session.vm.finish(result);
    let mut outcome = Outcome { exit_code, interrupted, wall_ns, ..Outcome::default() };
    outcome.peak_rss_bytes = crate::machine::peak_rss_bytes();
    session.report(&mut outcome);
    session.dump(dumps, &mut |text| eprintln!("{text}"));
    if count_iterations && session.jit.is_some() && config.tier_name() != "uop" {
        drop(session);
        replay_iterations(config, &code, argv, &mut outcome)?;
    }
    Ok(outcome)
}

/// A run whose output was kept.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    /// What the program wrote to standard output.
    pub stdout: String,
    /// The traceback, or the message of `sys.exit`; empty without one.
    pub stderr: String,
    /// The rest.
    pub outcome: Outcome,
}

/// Runs source as `__main__` and keeps its output: for tests.
pub fn run_captured(
    config: &RunConfig,
    file_name: &str,
    source: &[u8],
    args: &[String],
) -> Result<Captured, EngineError> {
    let code = tierlab_frontend::compile_source(file_name, source)
        .map_err(|e| EngineError::Refused(e.to_string()))?;
    let argv = std::iter::once(file_name.to_string()).chain(args.iter().cloned()).collect();
    let mut session = Session::new(config, argv, &[])?;
    session.vm.capture_output();
    let start = Instant::now();
    let result = session.vm.run_main(&code);
    let mut captured = Captured::default();
    captured.outcome.wall_ns = start.elapsed().as_nanos() as u64;
    captured.stdout = String::from_utf8_lossy(&session.vm.take_output()).into_owned();
    (captured.outcome.exit_code, captured.stderr) = ending(result);
    session.report(&mut captured.outcome);
    Ok(captured)
}

/// The exit code of a program, and what it says on standard error.
fn ending(result: Result<(), Box<PyError>>) -> (i32, String) {
    match result {
        Ok(()) => (0, String::new()),
        Err(e) if e.kind == ExcKind::SystemExit && e.message.is_empty() => {
            (e.exit_code(), String::new())
        }
        Err(e) if e.kind == ExcKind::SystemExit => (e.exit_code(), format!("{}\n", e.message)),
        Err(e) => (e.exit_code(), e.format_traceback()),
    }
}

/// The traces that a program records, as tiers get them.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// By number: side traces after their parents.
    pub traces: Vec<Arc<Trace>>,
    /// The program's exit code.
    pub exit_code: i32,
    /// Its traceback, or the message of `sys.exit`; empty without one.
    pub stderr: String,
}

/// Runs a program, its output dropped, and returns the traces it records. Recording does not
/// depend on the tier: the micro-op interpreter, which exists everywhere, runs them.
pub fn record_traces(
    config: &RunConfig,
    file: &Path,
    args: &[String],
) -> Result<Recorded, EngineError> {
    let code = compile_source(file)?;
    let config = RunConfig { tier: "uop".into(), ..config.clone() };
    let argv = std::iter::once(file.display().to_string()).chain(args.iter().cloned()).collect();
    let mut session = Session::new(&config, argv, &[])?;
    session.vm.capture_output();
    let (exit_code, stderr) = ending(session.vm.run_main(&code));
    let traces = session.jit.map_or_else(Vec::new, |jit| {
        jit.borrow().compiled().iter().map(|c| c.trace.clone()).collect()
    });
    Ok(Recorded { traces, exit_code, stderr })
}

/// Reads a file of traces in text form and checks each, and that side traces fit their parents, which
/// they name by their place in the file. With `opt` the optimizer runs over them.
pub fn read_traces(file: &Path, opt: Option<&str>) -> Result<Vec<Arc<Trace>>, EngineError> {
    let (text, table) = (read_text(file)?, helpers::table());
    let name = file.display();
    let refused = |why: String| EngineError::Refused(format!("tierlab: {name}: {why}"));
    let traces =
        tierlab_trace::parse::parse_traces(&text, &table).map_err(|e| refused(e.to_string()))?;
    for (i, trace) in traces.iter().enumerate() {
        let refused = |why: String| refused(format!("trace T{i} at {}: {why}", trace.location));
        tierlab_trace::verify::verify(trace, Some(&table)).map_err(|e| refused(e.to_string()))?;
        if let TraceKind::Side { parent, exit } = trace.kind {
            if opt.is_some() {
                let why = "an optimizer would renumber the exits that side traces name; \
                           leave out --opt";
                return Err(refused(why.into()));
            }
            let parent = traces[..i].get(parent.0 as usize).ok_or_else(|| {
                refused(format!("its parent T{} does not stand before it in the file", parent.0))
            })?;
            tierlab_trace::verify::verify_link(parent, exit, trace)
                .map_err(|e| refused(e.to_string()))?;
        }
    }
    let Some(opt) = opt else { return Ok(traces.into_iter().map(Arc::new).collect()) };
    let pipeline = Pipeline::parse(opt).map_err(|e| EngineError::Failed(e.to_string()))?;
    let run = |trace| Arc::new(pipeline.run(trace, &EntryHints::default()).0);
    Ok(traces.into_iter().map(run).collect())
}

fn read_text(file: &Path) -> Result<String, EngineError> {
    let refused =
        |e: std::io::Error| EngineError::Refused(format!("tierlab: {}: {e}", file.display()));
    std::fs::read_to_string(file).map_err(refused)
}

/// Fills in the loops' iterations from a second run in the micro-op interpreter. Recording
/// does not depend on the tier, so the traces are the same; where they are not, nothing is filled in.
fn replay_iterations(
    config: &RunConfig,
    code: &Arc<CodeObject>,
    argv: Vec<String>,
    outcome: &mut Outcome,
) -> Result<(), EngineError> {
    let config = RunConfig { tier: "uop".into(), ..config.clone() };
    let mut session = Session::new(&config, argv, &[])?;
    session.vm.capture_output();
    // The run's own outcome was reported by the first run.
    let _ = session.vm.run_main(code);
    let mut counted = Outcome::default();
    session.report(&mut counted);
    for (mine, theirs) in outcome.loops.iter_mut().zip(counted.loops) {
        if mine.location == theirs.location {
            mine.iterations = theirs.iterations;
        }
    }
    Ok(())
}

/// Imports a file, calls its `main(n)` `iterations` times (`main()` where `n` is none)
/// and times each call.
pub fn bench_file(
    config: &RunConfig,
    file: &Path,
    n: Option<i64>,
    iterations: u32,
) -> Result<Outcome, EngineError> {
    let code = compile_source(file)?;
    let raised = |e: Box<tierlab_vm::error::PyError>| EngineError::Raised(e.format_traceback());
    let start = Instant::now();
    let mut session = Session::new(config, vec![file.display().to_string()], &[])?;
    let vm = &mut session.vm;
    let module = vm.import_file(&code, "__workload__").map_err(raised)?;
    let args: Vec<Value> = n.map(|n| vm.heap.alloc_int(n)).into_iter().collect();
    let mut outcome = Outcome::default();
    for _ in 0..iterations {
        let begin = Instant::now();
        let result = vm.call_global(module, "main", &args).map_err(raised)?;
        outcome.iteration_ns.push(begin.elapsed().as_nanos() as u64);
        let checksum = vm.str_of(result).map_err(raised)?;
        if !outcome.checksum.is_empty() && outcome.checksum != checksum {
            return Err(EngineError::Failed(format!(
                "main returned {checksum} after {} in the same process",
                outcome.checksum
            )));
        }
        outcome.checksum = checksum;
    }
    vm.flush();
    outcome.wall_ns = start.elapsed().as_nanos() as u64;
    outcome.peak_rss_bytes = crate::machine::peak_rss_bytes();
    session.report(&mut outcome);
    Ok(outcome)
}

/// Compiles a trace in text form without running it and reports the cost; dumps go to
/// standard output. The trace is compiled as it stands: presets do not change it.
pub fn compile_trace_file(
    config: &RunConfig,
    file: &Path,
    dumps: &[Dump],
) -> Result<Outcome, EngineError> {
    let name = file.display();
    let refused = |why: String| EngineError::Refused(format!("tierlab: {name}: {why}"));
    let (text, table) = (read_text(file)?, helpers::table());
    let mut trace =
        tierlab_trace::parse::parse_trace(&text, &table).map_err(|e| refused(e.to_string()))?;
    tierlab_trace::verify::verify(&trace, Some(&table)).map_err(|e| refused(e.to_string()))?;
    if matches!(trace.kind, TraceKind::Side { .. }) {
        return Err(refused("a side trace cannot be compiled without its parent".into()));
    }
    if !registry::find_tier(config.tier_name()).is_some_and(|t| t.traces) {
        return Err(refused(format!("the tier `{}` does not compile traces", config.tier)));
    }
    let start = Instant::now();
    let (optimized, _) = pipeline(config)?.run(trace, &EntryHints::default());
    let optimize_ns = start.elapsed().as_nanos() as u64;
    trace = optimized;
    let trace = Arc::new(trace);
    let mut backend = tiers::backend(config, table.clone())?;
    let start = Instant::now();
    let report =
        backend.compile(TraceId(0), &trace).map_err(|e| EngineError::Failed(e.to_string()))?;
    let mut outcome = Outcome { wall_ns: start.elapsed().as_nanos() as u64, ..Outcome::default() };
    let (stencils, bytes) = backend.library();
    let fallbacks = backend.allocation_fallbacks();
    outcome.last_allocation_fallback = fallbacks.last;
    outcome.compile = CompileStats {
        traces: 1,
        ops: trace.ops.len() as u64,
        record_ns: 0,
        optimize_ns,
        allocate_ns: report.allocate_ns,
        emit_ns: report.emit_ns,
        link_ns: report.link_ns,
        code_bytes: report.code_bytes,
        metadata_bytes: report.metadata_bytes,
        library_bytes: bytes,
        library_stencils: stencils,
        allocation_fallbacks: fallbacks.count,
    };
    outcome.loops.extend(tiers::loop_stats(&*backend, TraceId(0), &trace));
    let mut out = |text: &str| println!("{text}");
    if dumps.contains(&Dump::Trace) {
        out(&trace.text(Some(&table)).to_string());
    }
    tiers::dump_code(&*backend, TraceId(0), &trace, dumps, &mut out);
    Ok(outcome)
}
