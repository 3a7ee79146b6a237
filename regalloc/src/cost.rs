//! What an allocation costs: slot loads, slot stores and moves, per pass of the loop and
//! outside of it.
//!
//! Every operand in a slot is a load and every result in a slot a store, whether or not the
//! machine folds it into the op; a slot-to-slot move is one of each. Exits cost nothing here: they
//! read the same places wherever those are. The *weighted traffic* counts the loop ten times,
//! and of a trace without loop everything once: a side trace runs once per entry.

use crate::{Allocation, Loc, LocKind};
use tierlab_trace::ir::Trace;
use tierlab_trace::ops::Opcode;

/// Counts over a range of ops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Reads of slots.
    pub slot_loads: u64,
    /// Writes of slots.
    pub slot_stores: u64,
    /// Edits between registers, and constants brought to registers.
    pub moves: u64,
}

impl Traffic {
    /// Reads and writes of slots.
    pub fn slots(self) -> u64 {
        self.slot_loads + self.slot_stores
    }

    fn add(&mut self, from: Loc, to: Loc) {
        self.slot_loads += u64::from(from.kind() == LocKind::Slot);
        self.slot_stores += u64::from(to.kind() == LocKind::Slot);
    }
}

/// The cost of an allocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// One pass of the loop; nothing where the trace has no loop.
    pub per_iteration: Traffic,
    /// The ops outside the loop, once.
    pub outside: Traffic,
}

/// How much more the loop counts.
pub const LOOP_WEIGHT: u64 = 10;

impl Cost {
    /// Slot loads and stores, those of the loop weighted.
    pub fn weighted_traffic(&self) -> u64 {
        self.per_iteration.slots() * LOOP_WEIGHT + self.outside.slots()
    }
}

/// The ops that a backward jump repeats.
pub(crate) fn repeated(trace: &Trace) -> std::ops::Range<usize> {
    for (b, block) in trace.blocks.iter().enumerate() {
        let jump = (block.end as usize).saturating_sub(1);
        if let Some(op) = trace.ops.get(jump)
            && op.opcode == Opcode::Jump
            && let Some(target) = usize::try_from(op.imm).ok().filter(|&t| t <= b)
            && let Some(target) = trace.blocks.get(target)
        {
            return target.first as usize..block.end as usize;
        }
    }
    0..0
}

/// Counts.
pub fn cost(trace: &Trace, allocation: &Allocation) -> Cost {
    let repeated = repeated(trace);
    let mut cost = Cost::default();
    for (i, locs) in allocation.locs.iter().enumerate() {
        if trace.ops.get(i).is_none_or(|op| op.opcode.is_param()) {
            continue;
        }
        let part = if repeated.contains(&i) { &mut cost.per_iteration } else { &mut cost.outside };
        for arg in locs.args {
            part.add(arg, Loc::NONE);
        }
        part.add(Loc::NONE, locs.result);
    }
    for edit in &allocation.edits {
        let part = if repeated.contains(&(edit.op as usize)) {
            &mut cost.per_iteration
        } else {
            &mut cost.outside
        };
        part.add(edit.from, edit.to);
        part.moves += u64::from(edit.to.is_register() && edit.from.kind() != LocKind::Slot);
    }
    cost
}
