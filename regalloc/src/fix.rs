//! Positions that do not accept a value's home: edits around one op.
//!
//! Terms. An operand whose position wants a register while its home is a slot is *reloaded* into a
//! temporary register before the op; one that is wanted in a slot is copied to a temporary
//! slot. A result that cannot be written to its home is written to a temporary place and moved
//! home before the next op. Where no register is free for that, one is *borrowed*: its content
//! waits in a slot (a constant is simply written again) and returns before the next op.
//!
//! Invariants.
//! * Registers that the op reads in place are not borrowed for its operands. A result may borrow
//!   any register: the op has read everything before it writes.
//! * While the op runs, [`crate::liveness::Life::loc`] tells where values are *then*, so that its exit finds
//!   them; [`Walk::undo_fixes`] puts the homes back. Every op but a block's terminator has a next
//!   op in its block, and terminators need no fixes.

use crate::facts::{FLOAT, Facts};
use crate::liveness::{after, before};
use crate::regset::RegSet;
use crate::walk::{CONST_OWNER, Walk};
use crate::{AllocError, Allowed, Constraint, Edit, Loc, LocKind, OpLocs};
use tierlab_trace::ir::Op;

/// What must be undone after the op.
#[derive(Debug, Default)]
pub(crate) struct Fixes {
    /// Anything at all.
    pub dirty: bool,
    /// Registers written before the op for its sake.
    pub temps: RegSet,
    slots: Vec<u32>,
    homes: Vec<(usize, Loc)>,
    edits: Vec<Edit>,
}

impl Fixes {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.dirty = false;
        self.temps = RegSet::EMPTY;
        self.slots.clear();
        self.homes.clear();
        self.edits.clear();
    }

    /// Keeps a register from being a second temporary of the same op.
    #[inline]
    pub fn use_temp(&mut self, register: Loc) {
        self.dirty = true;
        self.temps |= RegSet::of(register);
    }
}

impl Walk<'_> {
    /// Brings the operands of op `i` to places that it accepts.
    #[cold]
    pub fn fix_operands(
        &mut self,
        i: usize,
        op: &Op,
        facts: Facts,
        constraint: &Constraint,
        locs: &mut OpLocs,
    ) -> Result<(), AllocError> {
        self.fixes.dirty = true;
        // Registers that this op reads where they are.
        let mut read = RegSet::EMPTY;
        for (loc, allowed) in locs.args.iter().zip(constraint.operands) {
            read |= RegSet::of_if(*loc, allowed.accepts(*loc));
        }
        // Copies to slots come first: the registers that they read can then be borrowed.
        for k in 0..3 {
            if let Some((from, allowed)) = self.unplaced(i, op, constraint, locs, k)?
                && allowed.slot
                && (from.is_register() || !allowed.register)
            {
                let slot = self.slots.take();
                self.fixes.slots.push(slot);
                self.edit(i, from, Loc::slot(slot), facts.operand_class(k) == FLOAT);
                locs.args[k] = Loc::slot(slot);
            }
        }
        for k in 0..3 {
            if let Some((from, _)) = self.unplaced(i, op, constraint, locs, k)? {
                let class = facts.operand_class(k);
                let to = match self.operand_register(i, class, read) {
                    Some(to) => to,
                    None => self.taken_register(i, op, facts, constraint, class, locs)?,
                };
                self.edit(i, from, to, class == FLOAT);
                locs.args[k] = to;
            }
        }
        Ok(())
    }

    /// Where operand `k` of op `i` is if its position does not accept that, and what it accepts.
    fn unplaced(
        &self,
        i: usize,
        op: &Op,
        constraint: &Constraint,
        locs: &mut OpLocs,
        k: usize,
    ) -> Result<Option<(Loc, Allowed)>, AllocError> {
        let allowed = constraint.operands[k];
        let from = match (op.args[k].as_value(), op.args[k].as_const()) {
            (Some(_), _) if allowed.accepts(locs.args[k]) => return Ok(None),
            (Some(v), _) => self.values.get(v).map_or(Loc::NONE, |life| life.loc),
            (_, Some(c)) if c >= self.trace.consts.len() => Loc::NONE,
            (_, Some(c)) if locs.args[k] == Loc::NONE => Loc::constant(c as u32),
            _ => return Ok(None),
        };
        if from.kind() == LocKind::None || (!allowed.register && !allowed.slot) {
            return Err(AllocError::Malformed { op: i });
        }
        // The same operand may have been brought before.
        let twin = (0..k).find(|&j| op.args[j] == op.args[k] && allowed.accepts(locs.args[j]));
        if let Some(twin) = twin {
            locs.args[k] = locs.args[twin];
            return Ok(None);
        }
        Ok(Some((from, allowed)))
    }

    /// A register for an operand of op `i`, borrowed where none is free.
    fn operand_register(&mut self, i: usize, class: usize, read: RegSet) -> Option<Loc> {
        let usable = (self.registers & RegSet::class(class)) - self.fixes.temps;
        let free = (usable - self.busy).lowest();
        let register = if free == Loc::NONE { (usable - read).lowest() } else { free };
        if register == Loc::NONE {
            return None;
        }
        if free == Loc::NONE {
            self.borrow(i, class, register);
        }
        self.fixes.use_temp(register);
        Some(register)
    }

    /// The register of an operand of op `i` that can be read from a slot as well.
    fn taken_register(
        &mut self,
        i: usize,
        op: &Op,
        facts: Facts,
        constraint: &Constraint,
        class: usize,
        locs: &mut OpLocs,
    ) -> Result<Loc, AllocError> {
        let place = locs.args;
        let given_up = (0..3).find(|&k| {
            RegSet::of(place[k]).meets(RegSet::class(class))
                && (0..3).all(|j| place[j] != place[k] || constraint.operands[j].slot)
        });
        let Some(k) = given_up else {
            let wanted =
                |k: &usize| !constraint.operands[*k].slot && facts.operand_class(*k) == class;
            let needed = (0..3).filter(wanted).count() as u8;
            return Err(AllocError::TooFewRegisters { op: i, needed });
        };
        let register = place[k];
        let slot = match op.args[k].as_const() {
            Some(c) => self.const_slot(c),
            None => {
                let slot = self.slots.take();
                self.fixes.slots.push(slot);
                self.edit(i, register, Loc::slot(slot), class == FLOAT);
                Loc::slot(slot)
            }
        };
        for arg in locs.args.iter_mut().filter(|arg| **arg == register) {
            *arg = slot;
        }
        // What was loaded there just for this op is lost; all else is still needed.
        if !self.fixes.temps.meets(RegSet::of(register)) {
            self.borrow(i, class, register);
            self.fixes.use_temp(register);
        }
        Ok(register)
    }

    /// Saves the content of a busy register until after op `i`, unless the op is the last to read
    /// it and has got a copy.
    fn borrow(&mut self, i: usize, class: usize, register: Loc) {
        let float = class == FLOAT;
        let owner = self.owner[register.register_number() as usize];
        if owner & CONST_OWNER == 0 && self.values[owner as usize].last == before(i) {
            return;
        }
        let op = i as u32 + 1;
        if owner & CONST_OWNER != 0 {
            let from = Loc::constant(owner & !CONST_OWNER);
            self.fixes.edits.push(Edit { op, from, to: register, float });
            return;
        }
        let slot = self.slots.take();
        self.fixes.slots.push(slot);
        let saved = Loc::slot(slot);
        self.edit(i, register, saved, float);
        self.fixes.edits.push(Edit { op, from: saved, to: register, float });
        self.fixes.homes.push((owner as usize, register));
        self.values[owner as usize].loc = saved;
    }

    /// Where op `i` writes its result when it cannot write it to its home.
    #[cold]
    pub fn fix_result(
        &mut self,
        i: usize,
        facts: Facts,
        constraint: &Constraint,
        home: Loc,
    ) -> Result<Loc, AllocError> {
        let class = facts.result_class();
        self.fixes.dirty = true;
        let place = if constraint.result.slot {
            let slot = self.slots.take();
            self.fixes.slots.push(slot);
            Loc::slot(slot)
        } else {
            let usable = self.registers & RegSet::class(class);
            let free = (usable - self.busy).lowest();
            // Not one whose content waits elsewhere already: it would be saved twice.
            let register = match free {
                Loc::NONE => (usable - self.fixes.temps).lowest(),
                _ => free,
            };
            if register == Loc::NONE {
                // All are temporaries that hold operands: those are read before.
                usable.lowest()
            } else {
                if free == Loc::NONE {
                    self.borrow(i, class, register);
                }
                register
            }
        };
        if place == Loc::NONE {
            return Err(AllocError::TooFewRegisters { op: i, needed: 1 });
        }
        if self.values[i].last != after(i) {
            // Before the borrowed registers get their content back.
            let edit = Edit { op: i as u32 + 1, from: place, to: home, float: class == FLOAT };
            self.fixes.edits.insert(0, edit);
        }
        self.fixes.homes.push((i, home));
        self.values[i].loc = place;
        Ok(place)
    }

    /// Puts everything back after the op.
    #[cold]
    pub fn undo_fixes(&mut self) {
        let fixes = &mut *self.fixes;
        fixes.dirty = false;
        fixes.temps = RegSet::EMPTY;
        for &(v, home) in &fixes.homes {
            self.values[v].loc = home;
        }
        fixes.homes.clear();
        for slot in fixes.slots.drain(..) {
            self.slots.give(slot);
        }
        self.out.edits.append(&mut fixes.edits);
    }
}
