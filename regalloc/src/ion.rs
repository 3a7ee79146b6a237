//! The allocators of regalloc2, as strategies: what Cranelift would do with our traces.
//!
//! `ion` is regalloc2's backtracking allocator (Chris Fallin, after IonMonkey's): live ranges are
//! merged into bundles, bundles are allocated by priority, evict each other by spill weight, and are
//! split where they conflict. `fastalloc` is its single-pass allocator (Demilade Sonuga, 2024), a
//! reverse linear scan: one backward pass per block, registers given by least recent use,
//! everything in slots at block boundaries. Here they are whatever they cost: [`describe`] tells them of the trace, in the terms of
//! [`::regalloc2::Function`], and [`translate`] turns their answer into ours; [`body`] is what
//! both know, [`places`] what the translation keeps track of.
//!
//! Invariants. regalloc2 is told of a scratch register per class that does not exist, since it moves
//! nothing from slot to slot otherwise, but through a register that it saves and restores; and of
//! one more in a class without registers, where no value is asked for in one. A slot stands for
//! each, and moves through it become one.
//!
//! What does not fit. regalloc2 weighs uses, not slot accesses, and knows no hints: `reuse_first`
//! is not passed on, since its constraint for that would force a register. A trace that it finds no
//! allocation for is described once more, with every exit's values in slots; what fails
//! then is [`AllocError::Unsupported`], which no trace and file have been found to be.

mod body;
mod describe;
mod places;
mod translate;

use crate::facts::OpTable;
use crate::liveness::{LIVES, Liveness};
use crate::moves::ParallelMoves;
use crate::{AllocError, Allocation, Edit, Input, Loc, RegFile, Strategy};
use ::regalloc2::{
    Algorithm, Ctx, MachineEnv, Output, PRegSet, RegAllocError, RegallocOptions, run_with_ctx,
};
use body::{Body, preg};
use describe::{Mode, Notes, describe};
use places::{Holds, SlotMap};
use std::cell::RefCell;
use tierlab_trace::layout::SAVED_INTS;
use translate::Translate;

/// regalloc2's backtracking allocator.
#[derive(Debug, Default)]
pub struct Ion {
    memory: Memory,
}

/// regalloc2's single-pass allocator.
#[derive(Debug, Default)]
pub struct Fastalloc {
    memory: Memory,
}

impl Strategy for Ion {
    fn name(&self) -> &'static str {
        "ion"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        self.memory.allocate(Algorithm::Ion, input, out)
    }
}

impl Strategy for Fastalloc {
    fn name(&self) -> &'static str {
        "fastalloc"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        self.memory.allocate(Algorithm::Fastalloc, input, out)
    }
}

thread_local! {
    /// regalloc2's working memory. It cannot be sent to another thread, as strategies can.
    static CONTEXT: RefCell<Ctx> = RefCell::new(Ctx::default());
}

/// Ops at most: regalloc2 has 24 bits for a spill slot's number, and an op may take a few.
const MAX_OPS: usize = 1 << 21;

/// What is kept between traces.
#[derive(Debug, Default)]
struct Memory {
    liveness: Liveness,
    table: OpTable,
    body: Body,
    notes: Notes,
    slots: SlotMap,
    moves: ParallelMoves,
    holds: Holds,
    const_edits: Vec<Edit>,
    const_slots: Vec<Loc>,
}

impl Memory {
    fn allocate(
        &mut self,
        algorithm: Algorithm,
        input: &Input,
        out: &mut Allocation,
    ) -> Result<(), AllocError> {
        self.table.prepare(input.file);
        // Only for the checks: regalloc2 has a liveness analysis of its own.
        self.liveness.compute::<LIVES>(input.trace, &self.table, |_, _, _, _| {})?;
        if input.trace.ops.len() > MAX_OPS {
            return Err(AllocError::Unsupported { why: "the trace is too long for regalloc2" });
        }
        let single_pass = matches!(algorithm, Algorithm::Fastalloc);
        let env = machine(input.file);
        let options = RegallocOptions { algorithm, ..RegallocOptions::default() };
        CONTEXT.with_borrow_mut(|context| {
            // The second time with every operand that might be in the way of an exit's value apart.
            for apart in [false, true] {
                let mode = Mode { apart, single_pass };
                describe(&mut self.body, &mut self.notes, input, &self.liveness, mode)?;
                match run_with_ctx(&self.body, &env, &options, context) {
                    Ok(output) => return self.translate(input, output, out),
                    Err(RegAllocError::TooManyLiveRegs) => {}
                    Err(_) => {
                        let why = "regalloc2 takes the trace for malformed";
                        return Err(AllocError::Unsupported { why });
                    }
                }
            }
            let why = "regalloc2 needs more registers than the file has";
            Err(AllocError::Unsupported { why })
        })
    }

    fn translate(
        &mut self,
        input: &Input,
        output: &Output,
        out: &mut Allocation,
    ) -> Result<(), AllocError> {
        let Memory { body, slots, moves, holds, const_edits, const_slots, .. } = self;
        out.locs.clear();
        out.edits.clear();
        out.exit_starts.clear();
        out.exit_locs.clear();
        moves.clear();
        const_edits.clear();
        const_slots.clear();
        const_slots.resize(input.trace.consts.len(), Loc::NONE);
        slots.reset(body, output);
        holds.clear();
        let mut translate = Translate {
            input,
            body,
            output,
            out,
            slots,
            moves,
            holds,
            const_edits,
            const_slots,
            seat: 0,
            edit: 0,
            spare: Loc::NONE,
        };
        translate.run()
    }
}

/// The number of a class's scratch register, which does not exist. One more is a register of a
/// class without registers, which regalloc2 does not take.
const SCRATCH: usize = 61;

/// The registers, in regalloc2's terms.
fn machine(file: &RegFile) -> MachineEnv {
    let mut registers = [PRegSet::empty(); 3];
    let mut scratch = [None; 3];
    for (class, n) in [file.ints, file.floats].into_iter().enumerate() {
        let n = n.min(SAVED_INTS as u8);
        for r in 0..n {
            registers[class].add(preg(class, u32::from(r)));
        }
        scratch[class] = Some(preg(class, SCRATCH as u32));
        if n == 0 {
            registers[class].add(preg(class, SCRATCH as u32 + 1));
        }
    }
    MachineEnv {
        preferred_regs_by_class: registers,
        non_preferred_regs_by_class: [PRegSet::empty(); 3],
        scratch_by_class: scratch,
        fixed_stack_slots: Vec::new(),
    }
}
