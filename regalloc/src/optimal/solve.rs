//! The solver behind the programs: `microlp`, through `good_lp`, which other solvers can replace.
//!
//! It computes in floating point and searches by branch and bound. What it returns is rounded to bits, and
//! judged in integers by whoever asked: that it is feasible needs no trust, that it is the
//! minimum does. Tests compare it with a search through all states of small machines.

use super::program::Program;
use good_lp::solvers::{SolutionStatus, WithMipGap, WithTimeLimit};
use good_lp::{Expression, Solution, SolverModel, constraint, microlp, variable, variables};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// The optimum of a program; nothing where it is not proved by the deadline.
pub fn solve(program: &Program, deadline: Instant) -> Option<Vec<bool>> {
    if deadline <= Instant::now() {
        return None;
    }
    // The solver's own checks of its numbers are assertions. A program that trips one is one that
    // it cannot solve.
    catch_unwind(AssertUnwindSafe(|| minimize(program, deadline))).ok()?
}

/// What a run of the solver has found.
struct Found {
    objective: f64,
    values: Vec<f64>,
    status: SolutionStatus,
}

/// Integral enough.
const TOLERANCE: f64 = 1e-6;

/// Finds the optimum in two runs: without the demand that bits are integral, which bounds it, and then with it,
/// until what is found is so near the bound that nothing better can be between: the better of two
/// objectives is so by a whole unit.
fn minimize(program: &Program, deadline: Instant) -> Option<Vec<bool>> {
    let unit = program.costs.iter().fold(0, |unit, &cost| gcd(unit, cost.abs())).max(1) as f64;
    let relaxed = run(program, unit, false, 0.0, deadline)?;
    let integral = |values: &[f64]| values.iter().all(|v| (v - v.round()).abs() < TOLERANCE);
    let mut found = relaxed;
    while !integral(&found.values) {
        // The gap is relative to what will be found, which may be more than the bound.
        let most = found.objective.abs() + 1.0;
        found = run(program, unit, true, 0.999 / most, deadline)?;
        match found.status {
            SolutionStatus::Optimal => {}
            SolutionStatus::GapLimit if found.objective.abs() <= most => {}
            SolutionStatus::GapLimit => found.values.fill(0.5),
            SolutionStatus::TimeLimit => return None,
        }
    }
    Some(found.values.iter().map(|&value| value > 0.5).collect())
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn run(program: &Program, unit: f64, integral: bool, gap: f64, deadline: Instant) -> Option<Found> {
    let mut vars = variables!();
    let bit = || if integral { variable().binary() } else { variable().min(0).max(1) };
    let bits: Vec<_> = program.costs.iter().map(|_| vars.add(bit())).collect();
    let costs = bits.iter().zip(&program.costs);
    let objective: Expression = costs.map(|(&bit, &cost)| cost as f64 / unit * bit).sum();
    let mut problem = vars.minimise(objective.clone()).using(microlp);
    for row in &program.rows {
        let terms = row.terms.iter().map(|&(v, factor)| factor as f64 * bits[v as usize]);
        let sum: Expression = terms.sum();
        problem.add_constraint(constraint!(sum <= row.at_most as f64));
    }
    let left = deadline.saturating_duration_since(Instant::now()).as_secs_f64();
    let problem = problem.with_time_limit(left).with_mip_gap(gap as f32).ok()?;
    let solution = problem.solve().ok()?;
    Some(Found {
        objective: solution.eval(&objective),
        values: bits.iter().map(|&bit| solution.value(bit)).collect(),
        status: solution.status(),
    })
}
