//! Places on regalloc2's side and on ours: which slot a spill slot is, and what is where.
//!
//! Terms. A *spill slot* is regalloc2's, a slot is ours. A scratch register is *unreal* where
//! regalloc2 was told of one that does not exist.
//!
//! Invariants. The spill slot in which an entry parameter starts is the slot it arrives in, where
//! that is one and no other parameter's: so a parameter that stays there is never moved. No other
//! spill slot is that slot.

use super::body::Body;
use crate::{Clobbers, Loc, LocKind};
use ::regalloc2::{Inst, Output, PReg};

/// A scratch register that does not exist.
#[derive(Clone, Copy, Debug)]
pub struct Unreal {
    /// Which.
    pub register: PReg,
    /// What stands for it.
    pub slot: Loc,
    /// Where what it should hold is to be found instead, or [`Loc::NONE`].
    pub instead: Loc,
}

/// Which slot a spill slot is.
#[derive(Debug, Default)]
pub struct SlotMap {
    /// Per spill slot; [`Loc::NONE`] where it has none yet.
    numbers: Vec<Loc>,
    /// Slots that are some entry parameter's home from the start, in order.
    claimed: Vec<u32>,
    /// The next number to be given to anything but an entry parameter.
    pub next: u32,
    /// One past the highest slot in use.
    pub count: u32,
    /// Scratch registers that do not exist.
    pub scratch: Vec<Unreal>,
}

impl SlotMap {
    /// Prepares for an answer of regalloc2's.
    pub fn reset(&mut self, body: &Body, output: &Output) {
        self.numbers.clear();
        self.numbers.resize(output.num_spillslots, Loc::NONE);
        self.claimed.clear();
        self.scratch.clear();
        self.next = 0;
        self.count = 0;
        for (from, place) in body.arrivals.iter().zip(output.inst_allocs(Inst::new(0))) {
            if from.kind() != LocKind::Slot {
                continue;
            }
            self.count = self.count.max(from.index() + 1);
            if let Some(spill) = place.as_stack()
                && let Some(number) = self.numbers.get_mut(spill.index())
                && *number == Loc::NONE
                && !self.claimed.contains(&from.index())
            {
                *number = *from;
                self.claimed.push(from.index());
            }
        }
        self.claimed.sort_unstable();
    }

    /// A slot that nothing else uses.
    pub fn fresh(&mut self) -> Loc {
        while self.claimed.binary_search(&self.next).is_ok() {
            self.next += 1;
        }
        let slot = self.next;
        self.next += 1;
        self.count = self.count.max(self.next);
        Loc::slot(slot)
    }

    /// The slot that a spill slot is.
    pub fn of_spill(&mut self, spill: usize) -> Loc {
        match self.numbers.get(spill) {
            Some(&loc) if loc != Loc::NONE => loc,
            _ => {
                let loc = self.fresh();
                if let Some(number) = self.numbers.get_mut(spill) {
                    *number = loc;
                }
                loc
            }
        }
    }

    /// What stands for a scratch register that does not exist.
    pub fn of_scratch(&mut self, register: PReg) -> Loc {
        if let Some(unreal) = self.scratch.iter().find(|u| u.register == register) {
            return unreal.slot;
        }
        let slot = self.fresh();
        self.scratch.push(Unreal { register, slot, instead: Loc::NONE });
        slot
    }
}

/// No virtual register.
pub const NOTHING: u32 = u32::MAX;

/// Which value is where.
#[derive(Debug, Default)]
pub struct Holds {
    /// Per place, the virtual register in it: registers by number, then slots.
    places: Vec<u32>,
    /// Per virtual register, two places that it was put in: a register and a slot.
    last: Vec<[Loc; 2]>,
}

impl Holds {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.places.clear();
        self.last.clear();
    }

    fn place(loc: Loc) -> Option<usize> {
        match loc.kind() {
            LocKind::Int | LocKind::Float => Some(loc.register_number() as usize),
            LocKind::Slot => Some(64 + loc.index() as usize),
            LocKind::Const | LocKind::None => None,
        }
    }

    /// Puts a value somewhere.
    pub fn set(&mut self, loc: Loc, vreg: u32) {
        let Some(place) = Self::place(loc) else { return };
        if self.places.len() <= place {
            self.places.resize(place + 1, NOTHING);
        }
        self.places[place] = vreg;
        if vreg != NOTHING {
            if self.last.len() <= vreg as usize {
                self.last.resize(vreg as usize + 1, [Loc::NONE; 2]);
            }
            self.last[vreg as usize][usize::from(loc.is_slot())] = loc;
        }
    }

    /// The virtual register in a place.
    pub fn get(&self, loc: Loc) -> u32 {
        Self::place(loc).and_then(|place| self.places.get(place).copied()).unwrap_or(NOTHING)
    }

    /// Copies whatever is in one place to another.
    pub fn copy(&mut self, from: Loc, to: Loc) {
        self.set(to, self.get(from));
    }

    /// Empties registers.
    pub fn destroy(&mut self, clobbers: Clobbers) {
        let mut set = clobbers.bits();
        while set != 0 {
            self.set(Loc::register(set.trailing_zeros()), NOTHING);
            set &= set - 1;
        }
    }

    /// A place that holds the value.
    pub fn find(&self, vreg: u32) -> Loc {
        let last = self.last.get(vreg as usize).copied().unwrap_or([Loc::NONE; 2]);
        if let Some(loc) = last.into_iter().find(|&loc| self.get(loc) == vreg) {
            return loc;
        }
        // It was also put elsewhere, and that place has been overwritten.
        match self.places.iter().position(|&held| held == vreg) {
            Some(place) if place < 64 => Loc::register(place as u32),
            Some(place) => Loc::slot(place as u32 - 64),
            None => Loc::NONE,
        }
    }
}
