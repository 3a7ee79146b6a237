//! Moving values during the walk: for strategies that split live ranges.
//!
//! Terms. A value is *evicted* when it loses its register and goes on in its slot; it is stored then
//! unless it has been before. It is *loaded* when it gets a register again; its slot keeps it, so
//! that the next eviction costs nothing. A value is *stored* when its slot is written while it
//! stays in a register.
//!
//! Invariants. A value is written to its slot once: where it was defined before the loop, that is
//! before the loop too, so that no pass repeats it. A value that the jump back passes for a
//! parameter is stored to the parameter's slot if that is vacant, and needs no move then.

use crate::regset::RegSet;
use crate::slots::unpinned;
use crate::walk::Walk;
use crate::{Edit, Loc, LocKind};

impl Walk<'_> {
    /// Whether value `v` is at the loop's header in the register in which it still is.
    fn was_at_header(&self, v: usize) -> bool {
        let at = self.through.binary_search_by_key(&(v as u32), |&(v, _)| v);
        at.is_ok_and(|k| self.through[k].1 == self.values[v].loc)
    }

    /// Writes the slot of value `v`, which is in a register, before op `i`. `parameter` is what
    /// [`Walk::take_vacant_slot`] knows the parameter by that it is passed for, if any.
    pub fn store(&mut self, i: usize, v: usize, parameter: Option<usize>) {
        let from = self.values[v].loc;
        if self.values[v].slot != Loc::NONE || !from.is_register() {
            return;
        }
        let float = from.kind() == LocKind::Float;
        if self.in_loop && self.was_at_header(v) {
            // Nothing else has ever been there, so it is still there in every pass.
            let slot = Loc::slot(self.slots.fresh());
            self.values[v].slot = slot;
            self.early_stores.push(Edit { op: self.loop_entry.1, from, to: slot, float });
            return;
        }
        self.values[v].slot = match parameter.map_or(Loc::NONE, |p| self.take_vacant_slot(p, v)) {
            Loc::NONE => Loc::slot(self.slots.take()),
            waiting => waiting,
        };
        self.edit(i, from, unpinned(self.values[v].slot), float);
    }

    /// Takes its register from value `v` before op `i`.
    pub fn evict(&mut self, i: usize, v: usize, parameter: Option<usize>) {
        self.store(i, v, parameter);
        let life = &mut self.values[v];
        self.busy -= RegSet::of(life.loc);
        life.loc = unpinned(life.slot);
    }

    /// Gives value `v`, which is in its slot, a free register before op `i`.
    pub fn load(&mut self, i: usize, v: usize, register: Loc) {
        let from = self.values[v].loc;
        self.edit(i, from, register, register.kind() == LocKind::Float);
        self.values[v].loc = register;
        self.occupy(register, v as u32);
    }

    /// Moves value `v` from one register to another, which is free, before op `i`.
    pub fn relocate(&mut self, i: usize, v: usize, register: Loc) {
        self.busy -= RegSet::of(self.values[v].loc);
        self.load(i, v, register);
    }
}
