//! Runs a plan: in rounds of one invocation per cell, each round in its own random
//! order, one process at a time.
//!
//! Rounds interleave what is compared, so that a drift of the machine hits all cells
//! alike, and mean that a sweep stopped at any moment has measured all cells about
//! equally often. The order follows from the seed and the plan alone: a resumed sweep
//! walks the same order and skips what is on disk. A cell that fails is reported, not
//! stored, and not tried again before the next sweep.

use super::plan::Plan;
use super::store::Store;
use super::{Cell, Record};
use crate::error::Error;
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand::seq::SliceRandom;
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::time::{Duration, Instant};
use tierlab_regalloc::fallback::FALLBACK;

/// Runs one invocation of one cell; the error is what the user should see of the reason.
pub trait Executor {
    /// Runs it to its end, or to the plan's time limit.
    fn run(&self, cell: &Cell, invocation: u32, timeout: Duration) -> Result<Record, String>;
}

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Summary {
    /// Invocations measured now.
    pub measured: usize,
    /// Invocations found on disk.
    pub resumed: usize,
    /// Invocations left out because the time was used up.
    pub left_out: usize,
    /// Cells that failed: name and reason.
    pub failures: Vec<(String, String)>,
    /// Cells whose checksum is wrong.
    pub mismatches: Vec<String>,
    /// Cells for which the register allocator gave up on some traces: name, and how many at
    /// most in one invocation.
    pub gave_up: Vec<(String, u64)>,
}

impl Summary {
    /// Whether every cell ran and gave the right result.
    pub fn ok(&self) -> bool {
        self.failures.is_empty() && self.mismatches.is_empty()
    }

    /// Tells what happened; a failure with its reason.
    pub fn tell(&self, plan: &Plan, say: &mut dyn FnMut(&str)) {
        if self.left_out > 0 {
            let budget = plan.budget.unwrap_or_default().as_secs();
            say(&format!(
                "stopped after the {budget} s of a quick sweep: {} of {} invocations left out (run it again to add them)",
                self.left_out,
                plan.cells.len() * plan.invocations as usize
            ));
        }
        for (cell, reason) in &self.failures {
            say(&format!("failed: {cell}\n{}", indent(reason)));
        }
        for mismatch in &self.mismatches {
            say(&format!("wrong result: {mismatch}"));
        }
        for (cell, traces) in &self.gave_up {
            say(&format!(
                "the register allocator gave up on {traces} traces, which `{FALLBACK}` allocated: {cell}"
            ));
        }
        if !self.ok() {
            let count = self.failures.len() + self.mismatches.len();
            say(&format!("{count} of {} cells failed; the others are complete", plan.cells.len()));
        }
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|l| format!("    {l}")).collect::<Vec<_>>().join("\n")
}

/// Runs what the store does not have yet.
pub fn execute(
    plan: &Plan,
    store: &mut Store,
    seed: u64,
    executor: &dyn Executor,
    say: &mut dyn FnMut(&str),
) -> Result<Summary, Error> {
    let keys: Vec<String> = plan.cells.iter().map(Cell::key).collect();
    let mut todo: Vec<(u32, usize)> = Vec::new();
    let mut summary = Summary::default();
    for round in 0..plan.invocations {
        let mut order: Vec<usize> = (0..plan.cells.len()).collect();
        let round_seed = seed.wrapping_add(u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(round_seed));
        order.retain(|&index| !store.has(&keys[index], round));
        summary.resumed += plan.cells.len() - order.len();
        todo.extend(order.into_iter().map(|index| (round, index)));
    }
    if summary.resumed > 0 {
        say(&format!(
            "resuming: {} of {} invocations are already measured",
            summary.resumed,
            summary.resumed + todo.len()
        ));
    }
    let mut covered: HashSet<usize> = (0..keys.len())
        .filter(|&i| (0..plan.invocations).any(|r| store.has(&keys[i], r)))
        .collect();
    let progress = Progress::new(todo.len(), plan.budget);
    let mut failed: HashSet<usize> = HashSet::new();
    let started = Instant::now();
    for (round, index) in todo {
        let cell = &plan.cells[index];
        let spent = plan.budget.is_some_and(|budget| started.elapsed() >= budget);
        if failed.contains(&index) {
            progress.step();
            continue;
        }
        if spent && covered.contains(&index) {
            summary.left_out += 1;
            progress.step();
            continue;
        }
        progress.show(&cell.label());
        match executor.run(cell, round, plan.timeout) {
            Ok(record) => {
                store.append(record)?;
                covered.insert(index);
                summary.measured += 1;
            }
            Err(reason) => {
                failed.insert(index);
                progress.line(&format!("failed: {}", cell.label()));
                summary.failures.push((cell.label(), reason));
            }
        }
        progress.step();
    }
    progress.finish();
    let planned: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let of_plan: Vec<&Record> =
        store.records().iter().filter(|r| planned.contains(r.cell_key().as_str())).collect();
    let mut gave_up: BTreeMap<String, u64> = BTreeMap::new();
    for record in of_plan.iter().filter(|r| r.compile.allocation_fallbacks > 0) {
        let most = gave_up.entry(record.cell_key()).or_default();
        *most = (*most).max(record.compile.allocation_fallbacks);
    }
    let named = keys.iter().zip(&plan.cells);
    summary.gave_up = named.filter_map(|(k, c)| Some((c.label(), *gave_up.get(k)?))).collect();
    summary.mismatches =
        mismatches(&of_plan, &plan.expected).into_iter().map(|m| m.message).collect();
    Ok(summary)
}

/// A cell whose result differs from the others'.
#[derive(Debug, Clone)]
pub struct Mismatch {
    /// The cell.
    pub cell_key: String,
    /// The workload, the configuration, what it gave and what was expected.
    pub message: String,
}

/// Finds cells whose checksum is not the expected one; where none is known, not the one
/// that most invocations of the same workload and argument gave.
pub fn mismatches(records: &[&Record], expected: &[(String, i64, String)]) -> Vec<Mismatch> {
    let mut groups: BTreeMap<(&str, i64), Vec<&Record>> = BTreeMap::new();
    for record in records {
        groups.entry((&record.workload, record.n)).or_default().push(record);
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for ((workload, n), records) in groups {
        let known =
            expected.iter().find(|(w, m, _)| w == workload && *m == n).map(|(_, _, c)| c.as_str());
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &records {
            *votes.entry(&record.checksum).or_default() += 1;
        }
        let most = votes.iter().max_by_key(|(_, count)| **count).map(|(checksum, _)| *checksum);
        let Some(right) = known.or(most) else { continue };
        for record in records.iter().filter(|r| r.checksum != right) {
            let cell_key = record.cell_key();
            if seen.insert(cell_key.clone()) {
                let whose = if known.is_some() { "expected" } else { "most others gave" };
                let message = format!(
                    "{workload} on {}: main({n}) gave {}, {whose} {right}",
                    record.config.label(),
                    record.checksum
                );
                found.push(Mismatch { cell_key, message });
            }
        }
    }
    found
}

/// Writes a line to standard error, as far as there is one.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A bar with the time left on a terminal, a line per tenth elsewhere.
struct Progress {
    bar: ProgressBar,
    started: Instant,
    budget: Option<Duration>,
}

impl Progress {
    fn new(total: usize, budget: Option<Duration>) -> Self {
        let bar = ProgressBar::new(total as u64);
        let template = "{bar:30} {pos}/{len}  {elapsed} elapsed, {prefix} left  {wide_msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix("?");
        bar.enable_steady_tick(Duration::from_secs(1));
        Progress { bar, started: Instant::now(), budget }
    }

    fn show(&self, label: &str) {
        self.bar.set_message(label.to_string());
    }

    fn line(&self, text: &str) {
        if self.bar.is_hidden() { tell(text) } else { self.bar.println(text) }
    }

    /// Counts one invocation. The order is random, so that the mean so far predicts
    /// the rest.
    fn step(&self) {
        self.bar.inc(1);
        let (done, total) = (self.bar.position(), self.bar.length().unwrap_or(0));
        let spent = self.started.elapsed();
        let mut left = spent.mul_f64(total.saturating_sub(done) as f64 / done.max(1) as f64);
        if let Some(budget) = self.budget {
            left = left.min(budget.saturating_sub(spent));
        }
        let left = HumanDuration(Duration::from_secs(left.as_secs()));
        self.bar.set_prefix(format!("about {left}"));
        if self.bar.is_hidden() && total >= 10 && done * 10 / total != (done - 1) * 10 / total {
            tell(&format!("{done} of {total} invocations, about {left} left"));
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
