//! The solver behind the programs: `microlp`, through `good_lp`, which other solvers can replace.
//!
//! It computes in floating point and searches by branch and bound. What it returns is rounded to bits, and
//! judged in integers by whoever asked: that it is feasible needs no trust, that it is the
//! minimum does. Tests compare it with a search through all states of small machines.

use super::program::Program;
use good_lp::solvers::{SolutionStatus, WithTimeLimit};
use good_lp::{Expression, Solution, SolverModel, constraint, microlp, variable, variables};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// The optimum of a program; nothing where it is not proved by the deadline.
pub fn solve(program: &Program, deadline: Instant) -> Option<Vec<bool>> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return None;
    }
    // The solver's own checks of its numbers are assertions. A program that trips one is one that
    // it cannot solve.
    catch_unwind(AssertUnwindSafe(|| minimize(program, left.as_secs_f64()))).ok()?
}

fn minimize(program: &Program, seconds: f64) -> Option<Vec<bool>> {
    let mut vars = variables!();
    let bits: Vec<_> = program.costs.iter().map(|_| vars.add(variable().binary())).collect();
    let costs = bits.iter().zip(&program.costs);
    let objective: Expression = costs.map(|(&bit, &cost)| cost as f64 * bit).sum();
    let mut problem = vars.minimise(objective).using(microlp);
    for row in &program.rows {
        let terms = row.terms.iter().map(|&(v, factor)| factor as f64 * bits[v as usize]);
        let sum: Expression = terms.sum();
        problem.add_constraint(constraint!(sum <= row.at_most as f64));
    }
    let solution = problem.with_time_limit(seconds).solve().ok()?;
    match solution.status() {
        SolutionStatus::Optimal => {}
        SolutionStatus::GapLimit | SolutionStatus::TimeLimit => return None,
    }
    Some(bits.iter().map(|&bit| solution.value(bit) > 0.5).collect())
}
