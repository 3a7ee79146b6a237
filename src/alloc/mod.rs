//! `tierlab alloc`: what register allocators make of the same traces, side by side, and why.
//!
//! Terms. A *study* is some traces under some strategies and one register file. A *run* is one
//! strategy on one trace. A strategy that gives up on a trace *falls back*: its run is what
//! `stack` made, marked as such. The parameters of a side trace *arrive* where its parent's allocation left
//! them: [`Parents`] says whose allocation of the parent that is.
//!
//! [`Study::add`] runs the strategies; [`terminal`], [`totals`], [`page`] and [`Study::json`] show the same
//! things as text, summed up, as an HTML page, and for scripts. All of them say what
//! [`tierlab_regalloc::explain`] found out; none knows a strategy by name. Every run is compared with the
//! least traffic that there can be ([`optimal::bound`]) with its parameters where it found them.

mod grid;
pub mod page;
pub mod terminal;
pub mod totals;

use crate::engine::EngineError;
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tierlab_regalloc::checker::check;
use tierlab_regalloc::cost::{Cost, Traffic, cost};
use tierlab_regalloc::explain::{Explanation, explain};
use tierlab_regalloc::fallback::WithFallback;
use tierlab_regalloc::optimal;
use tierlab_regalloc::stack::Stack;
use tierlab_regalloc::{AllocError, Allocation, Input, Loc, RegFile, Strategy, StrategyInfo};
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
    /// The weighted traffic of `stack` with the parameters where this run found them.
    pub stack: u64,
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
            TraceKind::Straight => "straight".to_string(),
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

/// Whose allocation of its parent a side trace starts from.
#[derive(Clone, Copy, Debug)]
pub enum Parents {
    /// Each strategy's own, as when the program runs. What a strategy leaves in registers for a side
    /// trace then counts as that one's traffic, if it must be stored there.
    Own,
    /// That of one strategy for all, so that all solve the same problem.
    Of(StrategyInfo),
}

/// What is the same for all runs of a study.
pub struct Conditions {
    /// The registers.
    pub file: RegFile,
    /// Names of helpers.
    pub helpers: HelperTable,
    /// Longest search for the optimum of one trace.
    pub limit: Duration,
    /// Where side traces start.
    pub parents: Parents,
}

/// Traces under strategies.
pub struct Study {
    /// What is the same for all runs.
    pub conditions: Conditions,
    /// The strategies.
    pub strategies: Vec<StrategyInfo>,
    /// The traces, those of each program by number.
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
    /// A study without traces.
    pub fn new(strategies: &[StrategyInfo], conditions: Conditions) -> Study {
        Study { conditions, strategies: strategies.to_vec(), traces: Vec::new() }
    }

    /// Adds the traces of a program, in which side traces stand behind their parents. What searches has so much
    /// time for each trace. What a strategy made passes the checker, or the error names op, place and values.
    pub fn add(&mut self, traces: &[Arc<Trace>]) -> Result<(), EngineError> {
        let Conditions { file, limit, parents, .. } = &self.conditions;
        let limit = *limit;
        let mut strategies: Vec<WithFallback> =
            self.strategies.iter().map(|s| WithFallback::new(s.within(limit))).collect();
        let mut parents = match parents {
            Parents::Own => None,
            Parents::Of(info) => Some(WithFallback::new(info.within(limit))),
        };
        let mut stack = Stack::default();
        let first = self.traces.len();
        // Per trace the allocation that all its side traces start from, if it is the same one.
        let mut common: Vec<Allocation> = Vec::new();
        for (i, trace) in traces.iter().enumerate() {
            let name = format!("T{i} {}", trace.location);
            let here = |e: AllocError| {
                EngineError::Failed(format!(
                    "trace {name}: {e}; more registers (--regs, --float-regs) may help"
                ))
            };
            if let Some(parents) = &mut parents {
                let incoming = arrival(&self.traces[first..], &common, &name, trace, 0)?;
                let input = Input { trace, file, incoming };
                let mut allocation = Allocation::default();
                parents.allocate(&input, &mut allocation).map_err(here)?;
                common.push(allocation);
            }
            let mut runs = Vec::new();
            // Most runs find their parameters in the same places.
            let mut known: Vec<(Option<&[Loc]>, Bound, u64)> = Vec::new();
            for (s, strategy) in strategies.iter_mut().enumerate() {
                let incoming = arrival(&self.traces[first..], &common, &name, trace, s)?;
                let input = Input { trace, file, incoming };
                let there = known.iter().position(|(there, ..)| *there == input.incoming);
                let there = match there {
                    Some(there) => there,
                    None => {
                        let mut slots = Allocation::default();
                        stack.allocate(&input, &mut slots).map_err(here)?;
                        let stack = cost(trace, &slots).weighted_traffic();
                        known.push((input.incoming, optimal::bound(&input, limit), stack));
                        known.len() - 1
                    }
                };
                let (_, bound, stack) = &known[there];
                let run = run(strategy, &input, bound.clone(), *stack).map_err(here)?;
                check(&input, &run.allocation).map_err(|e| {
                    EngineError::Failed(format!("trace {name}: {} is wrong: {e}", run.strategy))
                })?;
                runs.push(run);
            }
            self.traces.push(Studied { name, trace: trace.clone(), runs });
        }
        Ok(())
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
        let RegFile { ints, floats, .. } = self.conditions.file;
        (0..ints).map(Loc::int).chain((0..floats).map(Loc::float)).collect()
    }
}

/// Where a trace's parameters are when it is entered; nothing where that is in their own slots. The parent is
/// the one in `common`, or else what strategy `s` made.
fn arrival<'a>(
    studied: &'a [Studied],
    common: &'a [Allocation],
    name: &str,
    trace: &Trace,
    s: usize,
) -> Result<Option<&'a [Loc]>, EngineError> {
    let TraceKind::Side { parent, exit } = trace.kind else { return Ok(None) };
    let parent = parent.0 as usize;
    let found = studied.get(parent).and_then(|p| {
        let own = || p.runs.get(s).map(|r| &r.allocation);
        exit_locs(&p.trace, common.get(parent).or_else(own)?, exit)
    });
    let missing = || EngineError::Failed(format!("trace {name}: its parent is not there"));
    found.map(Some).ok_or_else(missing)
}

/// Where an exit's live values are.
fn exit_locs<'a>(trace: &Trace, made: &'a Allocation, exit: u32) -> Option<&'a [Loc]> {
    let op = trace.exits().get(exit as usize)?.op;
    let live = trace.live_of(trace.ops.get(op as usize)?.snapshot).len();
    ((exit as usize) < made.exit_starts.len()).then(|| made.exit(exit as usize, live))
}

fn run(
    strategy: &mut WithFallback,
    input: &Input,
    bound: Bound,
    stack: u64,
) -> Result<Run, AllocError> {
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
        stack,
    })
}
