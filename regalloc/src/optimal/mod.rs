//! The least slot traffic that a trace can have, and an allocation that has it.
//!
//! Moves between registers are free in the traffic that `cost` counts, so what is left to decide is
//! which values are in registers when. That is an integer program (`model`), and small: a bit per gap
//! between two uses of a value, and a row per point of the trace at which more values are live than there are
//! registers. It is reduced and taken apart (`program`), solved exactly (`solve`), and the answer is
//! carried out by the walk of `plan`, which chooses the registers.
//!
//! Papers. That furthest-next-use is the best that can be done in straight-line code where stores cost nothing
//! is Belady's (*A study of replacement algorithms for a virtual-storage computer*, IBM Systems Journal
//! 1966). With stores counted the problem is NP-hard even there: Farach-Colton and Liberatore, *On local
//! register allocation* (Journal of Algorithms 2000). Integer programming for it: Goodwin and Wilken,
//! *Optimal and near-optimal global register allocation using 0-1 integer programming* (Software
//! Practice and Experience 1996); Appel and George, *Optimal spilling for CISC machines with few
//! registers* (PLDI 2001), who also leave the choice of registers to a second phase. What makes it fast here:
//! without the stores the rows are intervals, a matrix whose linear program has integral optima, so few
//! bits are left to branch on.
//!
//! Terms. The *bound* is the optimum of the program. `model` says over which allocations it is the
//! minimum, and where an allocation may fail to reach it: with fixed operands, and where moves
//! close a cycle when all registers are taken.
//!
//! What is carried out is above the bound, by an access or two, on one of eight recorded traces with five registers. All but one of these
//! end with a jump to another trace: the program may write an argument to the slot that the other trace expects it in *early*,
//! at an op that has it in a register, though it has a slot already (a value that arrived in one); the walk
//! gives a value one slot, so it leaves the register and is moved from slot to slot at the jump, a load more.
//!
//! Invariant. No other strategy's traffic is below the bound: tests hold them to it.

mod lives;
mod model;
mod program;
mod solve;

use crate::checker::check;
use crate::liveness::{LIVES, Liveness};
use crate::plan::{Passed, Plan, Planned};
use crate::walk::Buffers;
use crate::{AllocError, Allocation, Input, Strategy};
use model::Model;
use program::{Answer, Bit};
use std::time::{Duration, Instant};

/// The time that a trace has by default.
pub const LIMIT: Duration = Duration::from_secs(5);

/// The strategy, with its working memory.
#[derive(Debug)]
pub struct Optimal {
    /// How long it may look for the optimum of one trace.
    pub limit: Duration,
    liveness: Liveness,
    buffers: Buffers,
    planned: Planned,
}

impl Default for Optimal {
    fn default() -> Self {
        Optimal {
            limit: LIMIT,
            liveness: Liveness::default(),
            buffers: Buffers::default(),
            planned: Planned::default(),
        }
    }
}

impl Strategy for Optimal {
    fn name(&self) -> &'static str {
        "optimal"
    }

    fn set_time_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let (model, answer) = solved(input, self.limit)?;
        let Optimal { liveness, buffers, planned, .. } = self;
        buffers.reset(input.trace, input.file);
        liveness.compute::<LIVES>(input.trace, &buffers.table, |_, _, _, _| {})?;
        planned.plan = plan(input, &model, &answer);
        let needed = u64::try_from(answer.cost).unwrap_or(0);
        planned.carry_out(input, liveness, buffers, needed, out)?;
        // Whoever waits for a solver can wait for the checker.
        match check(input, out) {
            Ok(()) => Ok(()),
            Err(_) => Err(AllocError::Unsupported { why: "its plan cannot be carried out" }),
        }
    }
}

/// The least weighted traffic of a trace, as [`crate::cost::Cost::weighted_traffic`] counts it: slot
/// accesses, those in the loop ten times.
pub fn bound(input: &Input, limit: Duration) -> Result<u64, AllocError> {
    let (_, answer) = solved(input, limit)?;
    Ok(u64::try_from(answer.cost).unwrap_or(0))
}

fn solved(input: &Input, limit: Duration) -> Result<(Model, Answer), AllocError> {
    let deadline = Instant::now() + limit;
    let model = Model::new(input, lives::lives(input)?);
    match model.program.solve(deadline, solve::solve) {
        Some(answer) => Ok((model, answer)),
        None => Err(AllocError::Unsolved { limit }),
    }
}

/// What the answer says of values.
fn plan(input: &Input, model: &Model, answer: &Answer) -> Plan {
    let lives = &model.lives;
    let first = lives.shape.repeat.map_or(0, |(first, _, _)| first);
    let mut plan = Plan::new(input.trace, model.headers.len());
    for (v, value) in lives.values.iter().enumerate() {
        let stretches = &mut plan.stretches[v];
        for g in value.gaps.clone() {
            if answer.get(model.keep[g]) {
                stretches.extend(lives.gaps[g].spans);
            }
        }
        for (u, &reload) in value.uses.iter().zip(&model.reload[v]) {
            let behind = u.after.map_or(Bit::ZERO, |g| model.keep[g]);
            let bits = [model.keep[u.before], reload, behind, Bit::Known(u.register > 0)];
            if u.any + u.register > 0 && bits.iter().any(|&bit| answer.get(bit)) {
                stretches.push((u.op as i64 * 2, u.op as i64 * 2));
            }
        }
        if let lives::Origin::Op { slot: false, .. } = value.origin {
            stretches.push((v as i64 * 2 + 1, v as i64 * 2 + 1));
        }
        plan.stored[v] = answer.get(model.stored[v]);
    }
    for (k, header) in model.headers.iter().enumerate() {
        let register = answer.get(header.register);
        plan.passed[k] = Passed { register, slot: answer.get(header.slot) };
        if let Some(point) = lives.shape.header().filter(|_| register) {
            plan.stretches[first + k].push((point, point));
        }
    }
    for pass in &model.passes {
        let edge = lives.edges[pass.edge];
        let Some(v) = pass.value.filter(|_| answer.get(pass.coalesced)) else { continue };
        if edge.params.is_none() {
            plan.slot_of[v] = Some(pass.number as u32);
            // What has arrived in that slot makes way.
            for x in model.occupants(edge, pass.number).into_iter().filter(|&x| x != v) {
                let gaps = &lives.values[x].gaps;
                if gaps.clone().next().is_some_and(|g| answer.get(model.keep[g])) {
                    plan.loads.push((lives.shape.entry as i64 * 2, x as u32));
                }
            }
        } else if edge.back {
            plan.heir_of[v] = Some((first + pass.number) as u32);
        }
    }
    for &(g, load) in &model.loads {
        let gap = lives.gaps[g];
        if answer.get(load) && answer.get(model.keep[g]) && !answer.get(model.keep[g - 1]) {
            plan.loads.push((gap.start, gap.value as u32));
        }
    }
    plan.finish();
    plan
}
