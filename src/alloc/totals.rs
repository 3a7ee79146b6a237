//! A study summed up: a row for each strategy over all traces.
//!
//! Traces without any traffic are common, so ratios are of counts plus one.

use super::{Run, Study};
use std::fmt::Write;

/// What a strategy did over all traces of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// The strategy's name.
    pub strategy: &'static str,
    /// Traces on which it gave up; the numbers are without them.
    pub gave_up: usize,
    /// Geometric mean of the weighted traffic as a fraction of what `stack` has with the parameters in the
    /// same places.
    pub of_stack: f64,
    /// Traces with more weighted traffic than `stack` has, likewise.
    pub worse: usize,
    /// Traces whose least traffic is known.
    pub bounded: usize,
    /// Geometric mean of the weighted traffic as a multiple of the least there can be, over these.
    pub of_least: f64,
    /// Nanoseconds per op, over all ops.
    pub ns_per_op: f64,
}

/// The rows, in the order of the strategies.
pub fn totals(study: &Study) -> Vec<Totals> {
    let of = |(s, info): (usize, &tierlab_regalloc::StrategyInfo)| {
        let runs = || study.traces.iter().map(move |t| (t, &t.runs[s]));
        let solved = || runs().filter(|(_, run)| run.gave_up.is_none());
        let traffic = |run: &Run| run.cost.weighted_traffic();
        let bounds =
            solved().filter_map(|(_, run)| Some((traffic(run), *run.bound.as_ref().ok()?)));
        let ops: usize = solved().map(|(t, _)| t.trace.ops.len()).sum();
        let ns: u64 = solved().map(|(_, run)| run.allocate_ns).sum();
        Totals {
            strategy: info.name,
            gave_up: runs().count() - solved().count(),
            of_stack: ratio(solved().map(|(_, run)| (traffic(run), run.stack))),
            worse: solved().filter(|(_, run)| traffic(run) > run.stack).count(),
            bounded: bounds.clone().count(),
            of_least: ratio(bounds),
            ns_per_op: ns as f64 / ops as f64,
        }
    };
    study.strategies.iter().enumerate().map(of).collect()
}

/// The geometric mean of ratios of counts, each plus one; no number where there are none.
fn ratio(pairs: impl Iterator<Item = (u64, u64)>) -> f64 {
    let (mut sum, mut n) = (0.0, 0);
    for (a, b) in pairs {
        sum += (a as f64 + 1.0).ln() - (b as f64 + 1.0).ln();
        n += 1;
    }
    (sum / f64::from(n)).exp()
}

/// The rows as a table.
pub fn table(study: &Study) -> String {
    let traces = study.traces.len();
    let ops: usize = study.traces.iter().map(|t| t.trace.ops.len()).sum();
    let mut text = format!("{traces} traces, {ops} ops\n\n");
    let _ = writeln!(
        text,
        "{:20} {:>9} {:>12} {:>15} {:>9} {:>8} {:>8}",
        "", "of stack", "worse on", "above optimal", "known of", "gave up", "ns/op"
    );
    for t in totals(study) {
        let above = format!("{:.1} %", (t.of_least - 1.0) * 100.0);
        let _ = writeln!(
            text,
            "{:20} {:>9.3} {:>12} {above:>15} {:>9} {:>8} {:>8.1}",
            t.strategy, t.of_stack, t.worse, t.bounded, t.gave_up, t.ns_per_op
        );
    }
    text
}
