//! What the code behind the point of the scan asks for, and how wishes change places.

use super::Buffers;
use crate::facts::{Facts, OpTable};
use crate::liveness::{Life, Liveness, Loop};
use crate::moves::{ParallelMoves, Spare};
use crate::regset::RegSet;
use crate::slots::{Slots, unpinned};
use crate::{AllocError, Allocation, Edit, Input, Loc, LocKind, RegFile};
use std::ops::Range;
use tierlab_trace::ir::{Trace, Val};
use tierlab_trace::ops::Type;

/// No place in an exit.
pub(super) const NO_ENTRY: u32 = u32::MAX;

/// Nobody is in a register that is only lent to the op at hand.
pub(super) const NOBODY: usize = u32::MAX as usize;

/// How many ops earlier a value that the loop carries would have to be defined to be as cheap as another. The
/// number was found on recorded traces, where larger ones leave more traffic.
const CARRIED: u32 = 4;

/// The same of a value that has no slot yet, and would have to be stored.
const UNSTORED: u32 = 8;

/// Where an entity is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    /// The register, or [`Loc::NONE`].
    pub register: Loc,
    /// The slot, which it keeps from now on to its definition; pinned if it does not give it back there.
    pub slot: Loc,
    /// Where, among the exits' places, it was last named as being in the register.
    pub head: u32,
    /// The loop carries it.
    pub carried: bool,
}

impl Home {
    pub const NOWHERE: Home =
        Home { register: Loc::NONE, slot: Loc::NONE, head: NO_ENTRY, carried: false };
}

/// A scan over one trace.
pub(super) struct Scan<'a> {
    pub trace: &'a Trace,
    pub file: &'a RegFile,
    pub incoming: Option<&'a [Loc]>,
    pub table: &'a OpTable,
    pub lives: &'a [Life],
    pub repeat: Option<Loop>,
    /// How many values there may be: constants are numbered from there.
    pub values: usize,
    pub homes: &'a mut [Home],
    /// Per register, the entity that it is wanted for.
    pub owner: [u32; 64],
    pub all: RegSet,
    pub busy: RegSet,
    /// Registers of values that are held weakly.
    pub weak: RegSet,
    /// Registers that the loop writes.
    pub written: RegSet,
    /// Registers in which parameters of the loop arrive that have not been met yet.
    pub awaited: RegSet,
    /// Registers in which nothing outlives the op at hand.
    pub closed: RegSet,
    /// Values below this one are from before the loop that the scan is in; 0 outside.
    pub outer: usize,
    pub slots: &'a mut Slots,
    pub moves: &'a mut ParallelMoves,
    pub ordered: &'a mut Vec<Edit>,
    pub chain: &'a mut [u32],
    /// Those still to come.
    pub destroyers: &'a mut Vec<(u32, RegSet)>,
    pub gains: &'a mut Vec<(i32, u32)>,
    pub arrivals: &'a mut Vec<u32>,
    /// The exits still to come, and where the places of the last one start.
    pub exits: usize,
    pub exit_start: usize,
    /// The places of the op's exit, if they are filled in.
    pub own_exit: Range<u32>,
    pub out: &'a mut Allocation,
}

impl<'a> Scan<'a> {
    pub fn new(
        input: &Input<'a>,
        table: &'a OpTable,
        liveness: &'a Liveness,
        buffers: &'a mut Buffers,
        out: &'a mut Allocation,
    ) -> Scan<'a> {
        let Buffers { homes, chain, slots, moves, ordered, destroyers, gains, arrivals } = buffers;
        moves.clear();
        Scan {
            trace: input.trace,
            file: input.file,
            incoming: input.incoming,
            table,
            lives: &liveness.values,
            repeat: liveness.repeat,
            values: input.trace.ops.len(),
            homes,
            owner: [0; 64],
            all: RegSet(input.file.registers()),
            busy: RegSet::EMPTY,
            weak: RegSet::EMPTY,
            written: RegSet::EMPTY,
            awaited: RegSet::EMPTY,
            closed: RegSet::EMPTY,
            outer: 0,
            slots,
            moves,
            ordered,
            chain,
            destroyers,
            gains,
            arrivals,
            exits: liveness.exits,
            exit_start: liveness.exit_values,
            own_exit: 0..0,
            out,
        }
    }

    /// The class of value `v`, if it is one that op `i` can read.
    #[inline(always)]
    pub fn class_of_value(&self, v: usize, i: usize) -> Option<usize> {
        let op = self.trace.ops.get(v).filter(|_| v < i)?;
        let facts = Facts::of(op.opcode);
        facts.has_result().then(|| facts.result_class())
    }

    /// The entity that op `i` reads as an operand or argument of a class.
    #[inline(always)]
    pub fn entity(&self, i: usize, val: Val, class: usize) -> Result<usize, AllocError> {
        let found = match (val.as_value(), val.as_const()) {
            (Some(v), _) => self.class_of_value(v, i).map(|class| (v, class)),
            (_, Some(c)) => {
                let constant = self.trace.consts.get(c);
                constant.map(|k| (self.values + c, usize::from(k.ty() == Type::F64)))
            }
            _ => None,
        };
        match found {
            Some((entity, its_class)) if its_class == class => Ok(entity),
            _ => Err(AllocError::Malformed { op: i }),
        }
    }

    /// Whether the entity is a constant.
    #[inline(always)]
    pub fn is_const(&self, entity: usize) -> bool {
        entity >= self.values
    }

    /// Whether the entity outlives a pass of the loop that the scan is in.
    #[inline(always)]
    pub fn is_outer(&self, entity: usize) -> bool {
        (entity < self.outer) | (self.outer != 0 && self.is_const(entity))
    }

    /// Writes a move before op `i`, in front of those that are there already.
    #[inline]
    pub fn edit(&mut self, i: usize, from: Loc, to: Loc, float: bool) {
        self.written |= RegSet::of(to);
        self.out.edits.push(Edit { op: i as u32, from, to, float });
    }

    /// Writes the collected parallel moves before op `i`; cycles may go through one of `spare`.
    pub fn resolve(&mut self, i: usize, spare: RegSet) {
        let spare = Spare {
            int: (spare & RegSet::class(0)).lowest(),
            float: (spare & RegSet::class(1)).lowest(),
            slot: self.slots.count(),
        };
        self.ordered.clear();
        if self.moves.resolve(i as u32, spare, self.ordered) {
            self.slots.fresh();
        }
        for edit in self.ordered.iter().rev() {
            self.written |= RegSet::of(edit.to);
            self.out.edits.push(*edit);
        }
    }

    /// The register of a non-empty set that suits an entity best, one of `hint` if possible.
    #[inline]
    pub fn pick(&self, entity: usize, set: RegSet, hint: RegSet) -> Loc {
        let mut best = set;
        let mut prefer = |these: RegSet| {
            let some = best & these;
            best = if some.is_empty() { best } else { some };
        };
        if entity < self.values {
            // Where a parameter arrives is known before it is met.
            prefer(RegSet::of(self.out.locs[entity].result));
            prefer(hint);
            if let Some(&(at, destroyed)) = self.destroyers.last()
                && entity < at as usize
            {
                prefer(self.all - destroyed);
            }
        }
        if self.outer != 0 {
            if self.is_outer(entity) {
                prefer(self.all - self.written);
            } else {
                prefer(self.written);
                prefer(self.all - self.awaited);
            }
        }
        best.lowest()
    }

    /// From here back, the entity is wanted in a register.
    #[inline(always)]
    pub fn occupy(&mut self, register: Loc, entity: usize) {
        self.busy |= RegSet::of(register);
        self.owner[register.register_number() as usize & 63] = entity as u32;
        if let Some(home) = self.homes.get_mut(entity) {
            home.register = register;
        }
        if let Some(locs) = self.out.locs.get(entity) {
            self.awaited -= RegSet::of(locs.result);
        }
    }

    /// Nothing is wanted in a place any more, if it is a register.
    #[inline(always)]
    pub fn release(&mut self, loc: Loc) {
        let set = RegSet::of(loc);
        self.busy -= set;
        self.weak -= set;
    }

    /// The entity in a busy register.
    #[inline(always)]
    pub fn owner_of(&self, register: Loc) -> usize {
        self.owner[register.register_number() as usize & 63] as usize
    }

    /// The slot of an entity, which it gets if it has none. What was held weakly is in its slot only.
    pub fn slot_of(&mut self, entity: usize) -> Loc {
        let home = self.homes[entity];
        if home.slot != Loc::NONE {
            return unpinned(home.slot);
        }
        let weak = home.register.is_register() && self.weak.meets(RegSet::of(home.register));
        let fresh = weak || self.is_const(entity) || self.is_outer(entity);
        let slot = Loc::slot(if fresh { self.slots.fresh() } else { self.slots.take() });
        self.homes[entity].slot = slot;
        if weak {
            self.release(home.register);
            self.homes[entity].register = Loc::NONE;
            let mut at = home.head;
            while let Some(place) = self.out.exit_locs.get_mut(at as usize) {
                *place = slot;
                at = self.chain[at as usize];
            }
            self.homes[entity].head = NO_ENTRY;
        }
        slot
    }

    /// What it costs to evict what is in a register, in no unit.
    #[inline(always)]
    pub fn price(&self, register: Loc) -> u32 {
        if self.weak.meets(RegSet::of(register)) {
            return 0;
        }
        self.price_of(self.owner_of(register))
    }

    /// The same of an entity that is not held weakly.
    #[inline(always)]
    pub fn price_of(&self, entity: usize) -> u32 {
        match self.homes.get(entity) {
            _ if self.is_const(entity) => 1,
            Some(home) => {
                let carried = u32::from(home.carried) * CARRIED;
                2 + entity as u32 + carried + u32::from(!home.slot.is_slot()) * UNSTORED
            }
            None => u32::MAX,
        }
    }

    /// The register of a set whose content is cheapest; [`Loc::NONE`] if the set is empty.
    pub fn cheapest(&self, mut set: RegSet) -> Loc {
        let mut best = Loc::NONE;
        let mut least = u32::MAX;
        while !set.is_empty() {
            let register = set.lowest();
            set -= RegSet::of(register);
            let price = self.price(register);
            if best == Loc::NONE || price < least {
                (best, least) = (register, price);
            }
        }
        best
    }

    /// Makes a busy register free while op `i` runs: what outlives the op there is restored behind
    /// it, from a register that is free and open, or else its slot.
    pub fn displace(&mut self, i: usize, register: Loc) {
        let entity = self.owner_of(register);
        let float = register.kind() == LocKind::Float;
        if self.weak.meets(RegSet::of(register)) {
            self.slot_of(entity);
            return;
        }
        self.release(register);
        let Some(home) = self.homes.get_mut(entity) else { return };
        home.register = Loc::NONE;
        let head = std::mem::replace(&mut home.head, NO_ENTRY);
        if self.is_const(entity) {
            let constant = Loc::constant((entity - self.values) as u32);
            self.edit(i + 1, constant, register, float);
            return;
        }
        let free = self.all & RegSet::class(usize::from(float));
        let free = free - self.busy - self.closed - RegSet::of(register);
        let to = if free.is_empty() {
            self.slot_of(entity)
        } else {
            let to = self.pick(entity, free, RegSet::EMPTY);
            self.occupy(to, entity);
            to
        };
        self.edit(i + 1, to, register, float);
        if self.own_exit.contains(&head) {
            self.out.exit_locs[head as usize] = to;
            if to.is_register() {
                self.homes[entity].head = head;
            }
        }
    }

    /// Where an entity can be read at the point of the scan.
    #[inline]
    pub fn source(&self, entity: usize) -> Loc {
        let home = self.homes[entity];
        match home.register.is_register() {
            true => home.register,
            false if self.is_const(entity) => Loc::constant((entity - self.values) as u32),
            false => unpinned(home.slot),
        }
    }
}
