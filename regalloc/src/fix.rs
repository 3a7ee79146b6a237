//! Positions that do not accept a value's home: edits around one op.
//!
//! Terms. An operand whose position wants a register while its home is a slot is *reloaded* into a
//! temporary register before the op; one that is wanted in a slot is copied to a temporary
//! slot. A result that cannot be written to its home is written to a temporary place and moved
//! home before the next op. A position is *restricted* if it takes some registers only. Where no
//! register is free that a position takes, one is *borrowed*: its content waits in a register
//! that nothing needs, or else in a slot (a constant is simply written again), and returns
//! before the next op. An operand that is read in place in a register that a restricted position
//! needs is *relocated*: the op reads it elsewhere.
//!
//! Invariants.
//! * Registers that the op reads are not borrowed for its operands, but by relocation. A
//!   result may borrow any register: the op has read everything before it writes.
//! * Content does not wait in registers that the op destroys, that a restricted position takes or
//!   that are the result's home. Those where it waits are busy.
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
    /// Anything but `temps`.
    pub dirty: bool,
    /// Registers written before the op for its sake; nothing to undo, since nobody needs what was there.
    pub temps: RegSet,
    /// Registers in which borrowed ones' content waits.
    waiting: RegSet,
    slots: Vec<u32>,
    homes: Vec<(usize, Loc)>,
    /// The same, of operands that end here but must make way before they are read.
    pushed: Vec<(usize, Loc)>,
    edits: Vec<Edit>,
}

impl Fixes {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.dirty = false;
        self.temps = RegSet::EMPTY;
        self.waiting = RegSet::EMPTY;
        self.slots.clear();
        self.homes.clear();
        self.pushed.clear();
        self.edits.clear();
    }

    /// Registers in which borrowed ones' content waits.
    pub fn waiting(&self) -> RegSet {
        self.waiting
    }

    /// Keeps a register from being a second temporary of the same op.
    #[inline]
    pub fn use_temp(&mut self, register: Loc) {
        self.temps |= RegSet::of(register);
    }
}

/// One op and what it asks for.
#[derive(Clone, Copy)]
struct Wish<'a> {
    i: usize,
    op: &'a Op,
    facts: Facts,
    constraint: &'a Constraint,
}

impl Wish<'_> {
    /// Registers in which nothing can wait while the op runs.
    fn disturbed(&self) -> RegSet {
        let mut set = RegSet(self.constraint.clobbers.bits());
        for (k, allowed) in self.constraint.operands.iter().enumerate() {
            if allowed.is_restricted() {
                set |= RegSet::in_class(self.facts.operand_class(k), allowed.registers);
            }
        }
        if self.constraint.result.is_restricted() {
            let registers = self.constraint.result.registers;
            set |= RegSet::in_class(self.facts.result_class(), registers);
        }
        set
    }

    /// Whether the op has yet to get a copy of value `v` for a position that does not accept its
    /// home.
    fn awaits(&self, v: usize, locs: &OpLocs) -> bool {
        (0..3).any(|k| {
            let there = self.op.args[k].as_value() == Some(v);
            there && !self.constraint.operands[k].accepts(locs.args[k])
        })
    }

    fn operand(&self, k: usize) -> RegSet {
        RegSet::in_class(self.facts.operand_class(k), self.constraint.operands[k].registers)
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
        let wish = Wish { i, op, facts, constraint };
        self.fixes.dirty = true;
        // Copies to slots come first: the registers that they read can then be borrowed.
        for k in 0..3 {
            if let Some((from, allowed)) = self.unplaced(i, op, constraint, locs, k)?
                && allowed.slot
                && (from.is_register() || allowed.registers == 0)
            {
                locs.args[k] = self.copy_to_slot(i, from, facts.operand_class(k));
            }
        }
        for restricted in [true, false] {
            for k in 0..3 {
                if constraint.operands[k].is_restricted() != restricted {
                    continue;
                }
                if let Some((from, _)) = self.unplaced(i, op, constraint, locs, k)? {
                    let class = facts.operand_class(k);
                    let to = match self.operand_register(&wish, k, locs) {
                        Some(to) => to,
                        None => self.taken_register(&wish, k, locs)?,
                    };
                    self.edit(i, from, to, class == FLOAT);
                    locs.args[k] = to;
                }
            }
        }
        // Operands that end here give back their homes, wherever they have waited.
        for (v, home) in self.fixes.pushed.drain(..) {
            self.values[v].loc = home;
        }
        Ok(())
    }

    fn copy_to_slot(&mut self, i: usize, from: Loc, class: usize) -> Loc {
        let slot = self.slots.take();
        self.fixes.slots.push(slot);
        self.edit(i, from, Loc::slot(slot), class == FLOAT);
        Loc::slot(slot)
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
        if from.kind() == LocKind::None || (allowed.registers == 0 && !allowed.slot) {
            return Err(AllocError::Malformed { op: i });
        }
        // The same operand may have been brought before.
        let twin = (0..3).find(|&j| {
            let placed = j != k && constraint.operands[j].accepts(locs.args[j]);
            placed && op.args[j] == op.args[k] && allowed.accepts(locs.args[j])
        });
        if let Some(twin) = twin {
            locs.args[k] = locs.args[twin];
            return Ok(None);
        }
        Ok(Some((from, allowed)))
    }

    /// Registers that the op reads where its operands are now.
    fn read(wish: &Wish, locs: &OpLocs) -> RegSet {
        let mut read = RegSet::EMPTY;
        for (loc, allowed) in locs.args.iter().zip(wish.constraint.operands) {
            read |= RegSet::of_if(*loc, allowed.accepts(*loc));
        }
        read
    }

    /// A register for operand `k`, borrowed where none is free.
    fn operand_register(&mut self, wish: &Wish, k: usize, locs: &OpLocs) -> Option<Loc> {
        let taken = self.fixes.temps | self.fixes.waiting;
        let usable = (self.registers & wish.operand(k)) - taken;
        let free = usable - self.busy;
        // Restricted positions still to be served want theirs.
        let calm = free - wish.disturbed();
        let mut register = if calm.is_empty() { free.lowest() } else { calm.lowest() };
        if register == Loc::NONE {
            register = (usable - Self::read(wish, locs)).lowest();
            if register == Loc::NONE {
                return None;
            }
            self.borrow(wish, register, locs);
        }
        self.fixes.use_temp(register);
        Some(register)
    }

    /// A register for operand `k` in which the op reads another operand that can be
    /// relocated.
    fn taken_register(
        &mut self,
        wish: &Wish,
        k: usize,
        locs: &mut OpLocs,
    ) -> Result<Loc, AllocError> {
        let Wish { i, op, facts, constraint } = *wish;
        let class = facts.operand_class(k);
        let usable = (self.registers & wish.operand(k)) - self.fixes.waiting;
        for j in 0..3 {
            let register = locs.args[j];
            if !RegSet::of(register).meets(usable) || !constraint.operands[j].accepts(register) {
                continue;
            }
            // All operands that are read there must be content with the new place.
            let readers = |n: &usize| locs.args[*n] == register;
            let registers =
                (0..3).filter(readers).fold(self.registers, |set, n| set & wish.operand(n));
            let in_slot = (0..3).filter(readers).all(|n| constraint.operands[n].slot);
            let taken = self.busy | self.fixes.temps | self.fixes.waiting | wish.operand(k);
            let other = (registers - taken).lowest();
            let to = if other != Loc::NONE {
                self.edit(i, register, other, class == FLOAT);
                self.fixes.use_temp(other);
                other
            } else if in_slot {
                match op.args[j].as_const() {
                    Some(c) => self.const_slot(c),
                    None => self.copy_to_slot(i, register, class),
                }
            } else {
                let taken = Self::read(wish, locs)
                    | self.fixes.temps
                    | self.fixes.waiting
                    | wish.operand(k);
                let other = (registers - taken).lowest();
                if other == Loc::NONE {
                    continue;
                }
                self.borrow(wish, other, locs);
                self.edit(i, register, other, class == FLOAT);
                self.fixes.use_temp(other);
                other
            };
            for arg in locs.args.iter_mut().filter(|arg| **arg == register) {
                *arg = to;
            }
            // What was loaded there just for this op is lost; all else is still needed.
            if !self.fixes.temps.meets(RegSet::of(register)) {
                self.borrow(wish, register, locs);
                self.fixes.use_temp(register);
            }
            return Ok(register);
        }
        let wanted = |k: &usize| !constraint.operands[*k].slot && facts.operand_class(*k) == class;
        let needed = (0..3).filter(wanted).count() as u8;
        Err(AllocError::TooFewRegisters { op: i, needed })
    }

    /// Saves the content of a busy register until after the op, unless the op is the last to read
    /// it and has got a copy.
    fn borrow(&mut self, wish: &Wish, register: Loc, locs: &OpLocs) {
        let i = wish.i;
        let class = usize::from(register.kind() == LocKind::Float);
        let float = class == FLOAT;
        if !self.busy.meets(RegSet::of(register)) {
            return;
        }
        let owner = self.owner[register.register_number() as usize];
        let ends = owner & CONST_OWNER == 0 && self.values[owner as usize].last == before(i);
        if ends && !wish.awaits(owner as usize, locs) {
            return;
        }
        let op = i as u32 + 1;
        if owner & CONST_OWNER != 0 {
            let from = Loc::constant(owner & !CONST_OWNER);
            self.fixes.edits.push(Edit { op, from, to: register, float });
            return;
        }
        let free = self.registers & RegSet::class(class);
        let result = RegSet::of(self.values[i].loc);
        // The op's last operands have given back their places when its result is placed, but are
        // yet to be read.
        let reads = Self::read(wish, locs);
        let taken = self.busy | self.fixes.temps | wish.disturbed() | result | reads;
        let mut saved = (free - taken).lowest();
        if saved == Loc::NONE {
            let read = |slot: u32| locs.args.contains(&Loc::slot(slot));
            let first = self.slots.take();
            let slot = if read(first) { self.slots.fresh() } else { first };
            self.slots.give_if(first, slot != first);
            self.fixes.slots.push(slot);
            saved = Loc::slot(slot);
        }
        self.fixes.waiting |= RegSet::of(saved);
        self.busy |= RegSet::of(saved);
        self.edit(i, register, saved, float);
        if ends {
            self.fixes.pushed.push((owner as usize, register));
        } else {
            self.fixes.edits.push(Edit { op, from: saved, to: register, float });
            self.fixes.homes.push((owner as usize, register));
        }
        self.values[owner as usize].loc = saved;
    }

    /// Where op `i` writes its result when it cannot write it to its home.
    #[cold]
    pub fn fix_result(
        &mut self,
        i: usize,
        op: &Op,
        facts: Facts,
        constraint: &Constraint,
        locs: &OpLocs,
    ) -> Result<Loc, AllocError> {
        let home = locs.result;
        if constraint.result.accepts(home) {
            return Ok(home);
        }
        let wish = Wish { i, op, facts, constraint };
        let class = facts.result_class();
        self.fixes.dirty = true;
        let place = if constraint.result.slot {
            let slot = self.slots.take();
            self.fixes.slots.push(slot);
            Loc::slot(slot)
        } else {
            let usable = self.registers & RegSet::in_class(class, constraint.result.registers);
            let usable = usable - self.fixes.waiting;
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
                    self.borrow(&wish, register, locs);
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
        self.busy -= fixes.waiting;
        fixes.waiting = RegSet::EMPTY;
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
