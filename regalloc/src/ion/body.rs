//! A trace as regalloc2 wants to see it: what [`super::describe`] writes, regalloc2 reads, and
//! [`super::translate`] understands the answer by.
//!
//! Terms. A *step* is one instruction of regalloc2's: an op of the trace but no parameter, or one
//! of ours ([`Does`]). The *requests* of a step are its operands in regalloc2's sense. A *seat* is
//! what an operand, a result or an exit's value of an op becomes: mostly the number of a request of
//! its step.
//!
//! Invariants. Steps, requests, parameters and arguments are in order, each block's or step's ending
//! where the next one's start. The first step is [`Does::Arrive`].

use crate::Loc;
use crate::facts::{FLOAT, INT};
use ::regalloc2::{Block, Function, Inst, InstRange, Operand, PReg, PRegSet, RegClass, VReg};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Defines the parameters of the entry block, in order.
    Arrive,
    /// Reads values that are known at a block's start.
    Start,
    /// Defines constants: the first in [`Body::constants`]; as many as there are requests.
    Constants(u32),
    /// Request 1 is a copy of request 0.
    Copy,
    /// That op of the trace.
    Op(u32),
}

/// One step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it does.
    pub does: Does,
    /// Its first request; the next step's is one past its last.
    pub requests: u32,
    /// What it destroys.
    pub clobbers: PRegSet,
}

/// Where an operand, result or exit value of an op is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// There is none.
    None,
    /// Where that request of the op's step is.
    Request(u32),
    /// Wherever that virtual register is then.
    Value(u32),
    /// The constant in place.
    Immediate(u32),
    /// The slot that holds the constant throughout.
    ConstSlot(u32),
}

/// A value that is live at a block's start.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// The virtual register.
    pub vreg: VReg,
    /// The request of the block's first step that tells where it is; otherwise the label does that
    /// has the number of this in [`Body::known`].
    pub request: Option<u32>,
}

/// One block.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its steps.
    pub steps: (u32, u32),
    /// What is known at its start: in [`Body::known`], its parameters first.
    pub known: (u32, u32),
    /// Ops that are its parameters.
    pub param_ops: (u32, u32),
    /// Its parameters.
    pub params: (u32, u32),
    /// What it passes to the block it jumps to.
    pub args: (u32, u32),
    /// The block it jumps to.
    pub succ: [Block; 1],
    /// Whether it has that successor.
    pub jumps: bool,
    /// Blocks that jump to it.
    pub preds: [Block; 2],
    /// How many they are.
    pub pred_count: usize,
}

/// A trace in regalloc2's terms. Buffers stay between traces.
#[derive(Debug, Default)]
pub struct Body {
    /// The blocks.
    pub rows: Vec<Row>,
    /// Values at blocks' starts.
    pub known: Vec<Known>,
    /// Where regalloc2 is to tell a value's place, by virtual register.
    pub labels: Vec<(VReg, Inst, Inst, u32)>,
    /// The steps.
    pub steps: Vec<Step>,
    /// All steps' requests.
    pub requests: Vec<Operand>,
    /// All blocks' parameters.
    pub params: Vec<VReg>,
    /// What all blocks' jumps pass.
    pub args: Vec<VReg>,
    /// How many virtual registers there are.
    pub vregs: usize,
    /// The constants that steps define, in order.
    pub constants: Vec<u32>,
    /// Per op, the seats of its operands and result.
    pub seats: Vec<[Seat; 4]>,
    /// Per exit value, as in [`crate::Allocation::exit_locs`]; then per argument of a `jump_trace`.
    pub exit_seats: Vec<Seat>,
    /// Where the entry's parameters arrive.
    pub arrivals: Vec<Loc>,
}

/// The register classes of regalloc2, by ours.
pub const CLASSES: [RegClass; 2] = [RegClass::Int, RegClass::Float];

/// A register in regalloc2's terms.
pub fn preg(class: usize, number: u32) -> PReg {
    PReg::new(number as usize, CLASSES[class & 1])
}

/// Our class of a virtual register.
pub fn class_index(vreg: VReg) -> usize {
    if vreg.class() == RegClass::Float { FLOAT } else { INT }
}

impl Body {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.known.clear();
        self.labels.clear();
        self.steps.clear();
        self.requests.clear();
        self.params.clear();
        self.args.clear();
        self.vregs = 0;
        self.constants.clear();
        self.seats.clear();
        self.exit_seats.clear();
        self.arrivals.clear();
    }

    /// The requests of a step.
    pub fn requests_of(&self, step: usize) -> &[Operand] {
        let start = self.steps[step].requests as usize;
        let end = self.steps.get(step + 1).map_or(self.requests.len(), |s| s.requests as usize);
        &self.requests[start..end]
    }
}

impl Function for Body {
    fn num_insts(&self) -> usize {
        self.steps.len()
    }

    fn num_blocks(&self) -> usize {
        self.rows.len()
    }

    fn entry_block(&self) -> Block {
        Block::new(0)
    }

    fn block_insns(&self, block: Block) -> InstRange {
        let (from, to) = self.rows[block.index()].steps;
        InstRange::new(Inst::new(from as usize), Inst::new(to as usize))
    }

    fn block_succs(&self, block: Block) -> &[Block] {
        let row = &self.rows[block.index()];
        &row.succ[..usize::from(row.jumps)]
    }

    fn block_preds(&self, block: Block) -> &[Block] {
        let row = &self.rows[block.index()];
        &row.preds[..row.pred_count]
    }

    fn block_params(&self, block: Block) -> &[VReg] {
        let (from, to) = self.rows[block.index()].params;
        &self.params[from as usize..to as usize]
    }

    fn is_ret(&self, inst: Inst) -> bool {
        self.ends(inst) && !self.is_branch(inst)
    }

    fn is_branch(&self, inst: Inst) -> bool {
        self.row_ended_by(inst).is_some_and(|row| row.jumps)
    }

    fn branch_blockparams(&self, block: Block, _: Inst, _: usize) -> &[VReg] {
        let (from, to) = self.rows[block.index()].args;
        &self.args[from as usize..to as usize]
    }

    fn inst_operands(&self, inst: Inst) -> &[Operand] {
        self.requests_of(inst.index())
    }

    fn inst_clobbers(&self, inst: Inst) -> PRegSet {
        self.steps[inst.index()].clobbers
    }

    fn num_vregs(&self) -> usize {
        self.vregs
    }

    fn debug_value_labels(&self) -> &[(VReg, Inst, Inst, u32)] {
        &self.labels
    }

    fn spillslot_size(&self, _: RegClass) -> usize {
        1
    }
}

impl Body {
    /// The block whose last step that is.
    fn row_ended_by(&self, inst: Inst) -> Option<&Row> {
        self.rows.iter().find(|row| row.steps.1 as usize == inst.index() + 1)
    }

    fn ends(&self, inst: Inst) -> bool {
        self.row_ended_by(inst).is_some()
    }
}
