//! The one place that knows the virtual machine and every tier: it runs a program,
//! or a trace, under a configuration and reports what that cost.
//!
//! Everything above it (command line, sweep, report) sees only [`RunConfig`] in and
//! [`Outcome`] out. Times are nanoseconds, sizes bytes.

use crate::config::RunConfig;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

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
    /// Traces grown from hot exits.
    pub side_traces: u64,
    /// Peak resident memory of the process, in bytes; the harness fills in a 0.
    pub peak_rss_bytes: u64,
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

/// Size of the stencil library that serves a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibrarySize {
    /// Stencils.
    pub stencils: u64,
    /// Bytes of code and relocation tables.
    pub bytes: u64,
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

fn unwired(config: &RunConfig) -> EngineError {
    EngineError::Failed(format!("tier `{}` is not wired yet", config.tier))
}

/// Runs a file as `__main__`: its output is this process's standard output, dumps go
/// to standard error.
///
/// After an uncaught exception, either the traceback is already on standard error and
/// the outcome says exit code 1 (so that the statistics are kept), or the error is
/// [`EngineError::Raised`] with the traceback.
pub fn run_file(
    config: &RunConfig,
    _file: &Path,
    _args: &[String],
    _dumps: &[Dump],
) -> Result<Outcome, EngineError> {
    Err(unwired(config))
}

/// Imports a file, calls its `main(n)` `iterations` times (`main()` where `n` is none)
/// and times each call.
pub fn bench_file(
    config: &RunConfig,
    _file: &Path,
    _n: Option<i64>,
    _iterations: u32,
) -> Result<Outcome, EngineError> {
    Err(unwired(config))
}

/// Compiles a trace in text form without running it and reports the cost; dumps go to
/// standard output.
pub fn compile_trace_file(
    config: &RunConfig,
    _file: &Path,
    _dumps: &[Dump],
) -> Result<Outcome, EngineError> {
    Err(unwired(config))
}

/// The size of the stencil library behind a configuration, where it has one.
pub fn stencil_library(_config: &RunConfig) -> Option<LibrarySize> {
    None
}
