//! `tierlab alloc`: what register allocators make of the same traces, side by side, and why.
//!
//! Terms. A *study* is some traces under some strategies and one register file. A *run* is one
//! strategy on one trace. A strategy that gives up on a trace *falls back*: its run is what
//! `stack` made, marked as such, and side traces find their parameters where that left them.
//!
//! [`Study::new`] runs the strategies; [`terminal`], [`page`] and [`Study::json`] show the same
//! things as text, as an HTML page, and for scripts. All of them say what
//! [`tierlab_regalloc::explain`] found out; none knows a strategy by name. Every run is compared with the
//! least traffic that there can be ([`optimal::bound`]) with its parameters where it found them.

mod grid;
pub mod page;
pub mod terminal;

use crate::engine::EngineError;
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tierlab_regalloc::checker::check;
use tierlab_regalloc::cost::{Cost, Traffic, cost};
use tierlab_regalloc::explain::{Explanation, explain};
use tierlab_regalloc::fallback::WithFallback;
use tierlab_regalloc::optimal;
use tierlab_regalloc::{AllocError, Allocation, Input, Loc, RegFile, StrategyInfo};
use tierlab_trace::backend::HelperTable;
use tierlab_trace::ir::{Trace, TraceKind};

/// Allocations that take longer than this are timed once.
const TIME_ONCE: Duration = Duration::from_millis(5);
/// Times that a fast allocation is timed: the least counts.
const TIMINGS: usize = 5;

/// The least weighted traffic of a trace, or why that is not known.
pub type Bound = Result<u64, AllocError>;

/// One strategy on one trace.
pub struct Run {
    /// The strategy's name.
    pub strategy: &'static str,
    /// What it made, or `stack` in its place.
    pub allocation: Allocation,
    /// Why.
    pub explanation: Explanation,
    /// What it costs.
    pub cost: Cost,
    /// The least time of some allocations of the trace, in nanoseconds.
    pub allocate_ns: u64,
    /// Why the strategy gave up, where it did.
    pub gave_up: Option<String>,
    /// The least weighted traffic that there can be, or why that is not known.
    pub bound: Bound,
}

/// One trace under all strategies.
pub struct Studied {
    /// Its number and place, as in `T3 nbody.py:99`.
    pub name: String,
    /// The trace.
    pub trace: Arc<Trace>,
    /// In the order of the strategies asked for.
    pub runs: Vec<Run>,
}

impl Studied {
    /// What the trace is, for a heading.
    pub fn heading(&self) -> String {
        let kind = match self.trace.kind {
            TraceKind::Loop => "loop".to_string(),
            TraceKind::Side { parent, exit } => format!("side trace of T{} exit {exit}", parent.0),
        };
        format!("trace {}: {kind}, {} ops", self.name, self.trace.ops.len())
    }

    /// What counts of a run: one pass of the loop, or of the whole where there is none.
    pub fn traffic(&self, run: &Run) -> Traffic {
        match self.trace.loop_block() {
            Some(_) => run.cost.per_iteration,
            None => run.cost.outside,
        }
    }
}

impl Run {
    /// How far it is from the least weighted traffic, or why that is not known.
    pub fn distance(&self) -> String {
        let mine = self.cost.weighted_traffic();
        match self.bound {
            Err(ref why) => why.to_string(),
            Ok(least) if mine == least => "0".into(),
            Ok(0) => format!("+{mine}"),
            // The bound is one of its own model: where that is wrong, say what was found.
            Ok(least) => {
                let more = mine as i128 - i128::from(least);
                format!("{more:+} ({:.2}x)", mine as f64 / least as f64)
            }
        }
    }
}

/// Traces under strategies.
pub struct Study {
    /// The registers.
    pub file: RegFile,
    /// Names of helpers.
    pub helpers: HelperTable,
    /// The strategies' names.
    pub strategies: Vec<&'static str>,
    /// The traces, by number.
    pub traces: Vec<Studied>,
}

#[derive(Serialize)]
struct Row<'a> {
    strategy: &'a str,
    slot_loads: u64,
    slot_stores: u64,
    moves: u64,
    weighted_traffic: u64,
    allocate_ns: u64,
    solved: bool,
}

#[derive(Serialize)]
struct Rows<'a> {
    name: &'a str,
    ops: usize,
    strategies: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Json<'a> {
    traces: Vec<Rows<'a>>,
}

impl Study {
    /// Runs strategies over traces in which side traces stand behind their parents. What searches has
    /// so much time for each trace. What a strategy made passes the checker, or the error names op, place and
    /// values.
    pub fn new(
        traces: &[Arc<Trace>],
        strategies: &[StrategyInfo],
        file: RegFile,
        helpers: HelperTable,
        limit: Duration,
    ) -> Result<Study, EngineError> {
        let names = strategies.iter().map(|s| s.name).collect();
        let mut study = Study { file, helpers, strategies: names, traces: Vec::new() };
        let mut strategies: Vec<WithFallback> =
            strategies.iter().map(|s| WithFallback::new(s.within(limit))).collect();
        for (i, trace) in traces.iter().enumerate() {
            let name = format!("T{i} {}", trace.location);
            let mut runs = Vec::new();
            // Most runs find their parameters in the same places.
            let mut bounds: Vec<(Option<&[Loc]>, Bound)> = Vec::new();
            for (s, strategy) in strategies.iter_mut().enumerate() {
                let incoming = match trace.kind {
                    TraceKind::Loop => None,
                    TraceKind::Side { parent, exit } => {
                        let parent = study.traces.get(parent.0 as usize);
                        let found = parent.and_then(|p| exit_locs(&p.trace, &p.runs[s], exit));
                        Some(found.ok_or_else(|| {
                            EngineError::Failed(format!("trace {name}: its parent is not there"))
                        })?)
                    }
                };
                let input = Input { trace, file: &study.file, incoming };
                let known = bounds.iter().position(|(there, _)| *there == incoming);
                let known = known.unwrap_or_else(|| {
                    bounds.push((incoming, optimal::bound(&input, limit)));
                    bounds.len() - 1
                });
                let run = run(strategy, &input, bounds[known].1.clone()).map_err(|e| {
                    EngineError::Failed(format!(
                        "trace {name}: {e}; more registers (--regs, --float-regs) may help"
                    ))
                })?;
                check(&input, &run.allocation).map_err(|e| {
                    EngineError::Failed(format!("trace {name}: {} is wrong: {e}", run.strategy))
                })?;
                runs.push(run);
            }
            study.traces.push(Studied { name, trace: trace.clone(), runs });
        }
        Ok(study)
    }

    /// Runs that are what `stack` made because the strategy gave up, each with its reason.
    pub fn fallbacks(&self) -> Vec<String> {
        let mut all = Vec::new();
        for studied in &self.traces {
            for run in &studied.runs {
                if let Some(why) = &run.gave_up {
                    let Studied { name, .. } = studied;
                    all.push(format!("trace {name}: {} gave up: {why}", run.strategy));
                }
            }
        }
        all
    }

    /// The numbers for scripts: one object, without a line break.
    pub fn json(&self) -> Result<String, EngineError> {
        let row = |studied: &Studied, run: &Run| {
            let Traffic { slot_loads, slot_stores, moves } = studied.traffic(run);
            Row {
                strategy: run.strategy,
                slot_loads,
                slot_stores,
                moves,
                weighted_traffic: run.cost.weighted_traffic(),
                allocate_ns: run.allocate_ns,
                solved: run.gave_up.is_none(),
            }
        };
        let traces = self.traces.iter().map(|studied| Rows {
            name: &studied.name,
            ops: studied.trace.ops.len(),
            strategies: studied.runs.iter().map(|run| row(studied, run)).collect(),
        });
        serde_json::to_string(&Json { traces: traces.collect() })
            .map_err(|e| EngineError::Failed(format!("cannot encode the numbers: {e}")))
    }

    /// The registers, in the order of columns.
    fn registers(&self) -> Vec<Loc> {
        (0..self.file.ints).map(Loc::int).chain((0..self.file.floats).map(Loc::float)).collect()
    }
}

/// Where an exit's live values are.
fn exit_locs<'a>(trace: &Trace, run: &'a Run, exit: u32) -> Option<&'a [Loc]> {
    let op = trace.exits().get(exit as usize)?.op;
    let live = trace.live_of(trace.ops.get(op as usize)?.snapshot).len();
    let exits = run.allocation.exit_starts.len();
    ((exit as usize) < exits).then(|| run.allocation.exit(exit as usize, live))
}

fn run(strategy: &mut WithFallback, input: &Input, bound: Bound) -> Result<Run, AllocError> {
    let mut allocation = Allocation::default();
    let start = Instant::now();
    let gave_up = strategy.allocate(input, &mut allocation)?;
    let mut least = start.elapsed();
    if least < TIME_ONCE && gave_up.is_none() {
        for _ in 1..TIMINGS {
            let mut again = Allocation::default();
            let start = Instant::now();
            strategy.again(false, input, &mut again)?;
            least = least.min(start.elapsed());
        }
    }
    Ok(Run {
        strategy: strategy.name(),
        explanation: explain(input, &allocation),
        cost: cost(input.trace, &allocation),
        allocation,
        allocate_ns: least.as_nanos() as u64,
        gave_up: gave_up.map(|why| why.to_string()),
        bound,
    })
}
