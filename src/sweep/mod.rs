//! Measuring many cells: what to run ([`plan`]), in which processes ([`child`]), in
//! which order and until when ([`runner`]), where it goes ([`store`]) and under which
//! circumstances it was measured ([`manifest`]).
//!
//! Invariants: every invocation is a fresh process and runs alone; a finished
//! invocation is one whole line on disk before the next starts; a results directory
//! holds one plan measured by one build, unless the user asked to mix.

pub mod child;
pub mod manifest;
pub mod plan;
pub mod runner;
pub mod store;

use crate::config::RunConfig;
use crate::engine::{CompileStats, LoopStats, Outcome};
use crate::error::Error;
use manifest::Manifest;
use plan::Plan;
use runner::{Executor, Summary};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use store::Store;

/// One workload under one configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Workload name.
    pub workload: String,
    /// Its source file.
    pub file: PathBuf,
    /// Argument of `main`.
    pub n: i64,
    /// Calls of `main` per invocation.
    pub iterations: u32,
    /// What runs it.
    pub config: RunConfig,
    /// Whether `config.tier` is another implementation's command.
    pub peer: bool,
}

impl Cell {
    /// What tells one cell from another in a results directory.
    pub fn key(&self) -> String {
        key(&self.workload, self.n, &self.config)
    }

    /// A short name for messages.
    pub fn label(&self) -> String {
        format!("{} on {}", self.workload, self.config.label())
    }
}

fn key(workload: &str, n: i64, config: &RunConfig) -> String {
    format!("{workload}@{n}/{}", config.key())
}

/// One invocation of one cell: a line of `results.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Workload name.
    pub workload: String,
    /// Argument of `main`.
    pub n: i64,
    /// `tier`, `library`, `alloc`, `regs`, `float_regs`, `opt`, `hot`.
    #[serde(flatten)]
    pub config: RunConfig,
    /// Number of the invocation, from 0.
    pub invocation: u32,
    /// Each call of `main` in nanoseconds, warm-up included.
    pub iteration_ns: Vec<u64>,
    /// What compiling cost.
    pub compile: CompileStats,
    /// The compiled loops.
    pub loops: Vec<LoopStats>,
    /// Exits from compiled code.
    pub exits: u64,
    /// Traces grown from hot exits.
    #[serde(default)]
    pub side_traces: u64,
    /// Traces left to the interpreter.
    #[serde(default)]
    pub fallbacks: u64,
    /// Peak resident memory in bytes, read inside the process.
    pub peak_rss_bytes: u64,
    /// `str()` of what `main` returned.
    pub checksum: String,
}

impl Record {
    /// The line for one finished invocation.
    pub fn new(cell: &Cell, invocation: u32, outcome: Outcome) -> Self {
        Record {
            workload: cell.workload.clone(),
            n: cell.n,
            config: cell.config.clone(),
            invocation,
            iteration_ns: outcome.iteration_ns,
            compile: outcome.compile,
            loops: outcome.loops,
            exits: outcome.exits,
            side_traces: outcome.side_traces,
            fallbacks: outcome.fallbacks,
            peak_rss_bytes: outcome.peak_rss_bytes,
            checksum: outcome.checksum,
        }
    }

    /// The key of the record's cell.
    pub fn cell_key(&self) -> String {
        key(&self.workload, self.n, &self.config)
    }
}

/// Above this load average something else is running.
const NOISY_LOAD: f64 = 0.7;

/// Runs a plan into a directory, going on where an earlier run stopped.
///
/// `mix` allows a directory that another plan or build has written to. Notes for the
/// user (resumed, repaired, failed) go to `say`.
pub fn run(
    plan: &Plan,
    dir: &Path,
    manifest: Manifest,
    mix: bool,
    executor: &dyn Executor,
    say: &mut dyn FnMut(&str),
) -> Result<Summary, Error> {
    std::fs::create_dir_all(dir).map_err(|e| Error::io("create", dir, &e))?;
    let mut store = Store::open(dir)?;
    for note in store.notes() {
        say(note);
    }
    let load = manifest.machine.load_average;
    if load > NOISY_LOAD {
        say(&format!(
            "warning: load average {load:.1}; other work on this machine disturbs the times"
        ));
    }
    let manifest = manifest::reconcile(dir, manifest, mix, !store.records().is_empty())?;
    let summary = runner::execute(plan, &mut store, manifest.seed, executor, say)?;
    summary.tell(plan, say);
    Ok(summary)
}

/// A seed for a new sweep, from the clock; it is recorded in the manifest.
pub fn fresh_seed() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(1, |d| d.as_nanos() as u64)
}
