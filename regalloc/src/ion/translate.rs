//! From regalloc2's answer to an [`Allocation`].
//!
//! Steps are walked in order; regalloc2's edits become ours, and what they move is followed, so that
//! exits find values where they are at the time.
//!
//! Invariants.
//! * A block's parameters are where the edits at its start have taken them from.
//! * What is moved through an unreal scratch register goes straight from slot to slot, but for
//!   cycles, in which the slot that stands for the register is the spare place.

use super::SCRATCH;
use super::body::{Body, Does, Row, Seat};
use super::places::{Holds, NOTHING, SlotMap};
use crate::moves::{ParallelMoves, Spare};
use crate::{AllocError, Allocation, Edit, Input, Loc, OpLocs};
use ::regalloc2::{Allocation as Place, Edit as Move, Inst, Output, ProgPoint, RegClass};
use tierlab_trace::ops::{Opcode, Type};

/// The translation of one answer.
pub struct Translate<'a> {
    /// What was asked.
    pub input: &'a Input<'a>,
    /// How it was described.
    pub body: &'a Body,
    /// What regalloc2 answered.
    pub output: &'a Output,
    /// What comes out.
    pub out: &'a mut Allocation,
    /// Slots of spill slots.
    pub slots: &'a mut SlotMap,
    /// Moves to be done at once.
    pub moves: &'a mut ParallelMoves,
    /// What is where.
    pub holds: &'a mut Holds,
    /// Writes of constants to their slots.
    pub const_edits: &'a mut Vec<Edit>,
    /// Per constant, its slot.
    pub const_slots: &'a mut [Loc],
    /// The next of the exits' seats.
    pub seat: usize,
    /// The next of regalloc2's edits.
    pub edit: usize,
    /// Where cycles are broken, once one was.
    pub spare: Loc,
}

impl Translate<'_> {
    /// Fills the allocation.
    pub fn run(&mut self) -> Result<(), AllocError> {
        let trace = self.input.trace;
        let body = self.body;
        let mut entry_edits = 0;
        let mut block = 0;
        let mut next = 0;
        for (s, step) in body.steps.iter().enumerate() {
            // The op that edits come before: that of this step or of the next one that is an op.
            if next <= s {
                let ops = body.steps[s..].iter();
                next = s + ops.take_while(|step| !matches!(step.does, Does::Op(_))).count();
            }
            let Some(Does::Op(op)) = body.steps.get(next).map(|step| step.does) else {
                return Err(AllocError::Malformed { op: trace.ops.len() });
            };
            if let Some(row) = body.rows.get(block).filter(|row| row.steps.0 as usize == s) {
                block += 1;
                if s > 0 {
                    self.start(s, row);
                }
            }
            self.edits(s, op);
            let places = self.output.inst_allocs(Inst::new(s));
            match step.does {
                Does::Arrive => {
                    self.arrive(op, places);
                    entry_edits = self.out.edits.len();
                }
                Does::Start => {}
                Does::Constants(first) => {
                    let constants = &body.constants[first as usize..];
                    for (k, (&c, &place)) in constants.iter().zip(places).enumerate() {
                        let to = self.defined(s, k, place);
                        let float = trace.consts[c as usize].ty() == Type::F64;
                        self.out.edits.push(Edit { op, from: Loc::constant(c), to, float });
                    }
                }
                Does::Copy => {
                    if let &[from, to] = places {
                        self.edit(op, from, to);
                        self.defined(s, 1, to);
                    }
                }
                Does::Op(i) => self.op(i as usize, s, places)?,
            }
        }
        self.out.edits.splice(entry_edits..entry_edits, self.const_edits.drain(..));
        self.out.slots = self.slots.count;
        Ok(())
    }

    fn loc(&mut self, place: Place) -> Loc {
        match (place.as_reg(), place.as_stack()) {
            (Some(register), _) if register.hw_enc() < SCRATCH => {
                let number = register.hw_enc() as u8;
                match register.class() {
                    RegClass::Float => Loc::float(number),
                    RegClass::Int | RegClass::Vector => Loc::int(number),
                }
            }
            (Some(register), _) => self.slots.of_scratch(register),
            (_, Some(spill)) => self.slots.of_spill(spill.index()),
            _ => Loc::NONE,
        }
    }

    /// The edits before step `s`, and those behind the one before it.
    fn edits(&mut self, s: usize, op: u32) {
        let output = self.output;
        let start = self.edit;
        self.edit += self.edits_until(s).len();
        for (_, Move::Move { from, to }) in &output.edits[start..self.edit] {
            self.edit(op, *from, *to);
        }
        self.settle(op);
    }

    /// Writes what went past an unreal register that may hold values to its slot. One that is scratch holds
    /// nothing from one group of edits to the next.
    fn settle(&mut self, op: u32) {
        for unreal in &mut self.slots.scratch {
            if unreal.register.hw_enc() == SCRATCH || unreal.instead == Loc::NONE {
                continue;
            }
            let float = unreal.register.class() == RegClass::Float;
            let from = std::mem::replace(&mut unreal.instead, Loc::NONE);
            self.out.edits.push(Edit { op, from, to: unreal.slot, float });
            self.holds.copy(from, unreal.slot);
        }
    }

    fn edit(&mut self, op: u32, from: Place, to: Place) {
        if from == to {
            return;
        }
        let float = [from, to].iter().any(|place| {
            place.as_reg().is_some_and(|register| register.class() == RegClass::Float)
        });
        let (from, to) = (self.loc(from), self.loc(to));
        self.scratch_edit(Edit { op, from, to, float });
    }

    /// Adds an edit; what goes through a scratch register that does not exist goes straight.
    fn scratch_edit(&mut self, mut edit: Edit) {
        let edits = &mut self.out.edits;
        for unreal in &mut self.slots.scratch {
            if unreal.instead == edit.to {
                let (from, to) = (unreal.instead, unreal.slot);
                edits.push(Edit { op: edit.op, from, to, float: edit.float });
                self.holds.copy(from, to);
                unreal.instead = Loc::NONE;
            }
            if unreal.slot == edit.to {
                unreal.instead = Loc::NONE;
            }
            if unreal.slot != edit.from {
                continue;
            }
            if unreal.instead != Loc::NONE {
                edit.from = unreal.instead;
            } else if let Some(last) = edits.pop_if(|e| (e.op, e.to) == (edit.op, unreal.slot)) {
                unreal.instead = edit.to;
                self.holds.set(unreal.slot, NOTHING);
                edit.from = last.from;
                edit.float |= last.float;
            }
        }
        // regalloc2 may save what nothing needs.
        let nothing = self.holds.get(edit.from) == NOTHING;
        self.holds.copy(edit.from, edit.to);
        if edit.from != edit.to && !nothing {
            edits.push(edit);
        }
    }

    /// Moves the entry's parameters from where they arrive to where regalloc2 has them.
    fn arrive(&mut self, op: u32, places: &[Place]) {
        let body = self.body;
        for (p, (&from, &place)) in body.arrivals.iter().zip(places).enumerate() {
            self.out.locs.push(OpLocs { args: [Loc::NONE; 3], result: from });
            let to = self.defined(0, p, place);
            let float = self.input.trace.ops[p].result() == Some(Type::F64);
            self.moves.push(from, to, float);
        }
        self.resolve(op);
    }

    /// Does the pending moves at once.
    fn resolve(&mut self, op: u32) {
        // All other slots may hold something.
        if self.spare == Loc::NONE {
            self.spare = self.slots.fresh();
        }
        self.moves.resolve(op, Spare::slot(self.spare.index()), &mut self.out.edits);
    }

    /// Looks where values are when the block starts whose first step is `s`.
    fn start(&mut self, s: usize, row: &Row) {
        let body = self.body;
        self.holds.clear();
        let (first, last) = row.param_ops;
        self.out.locs.resize(first as usize, OpLocs::NONE);
        self.out.locs.resize(last as usize, OpLocs::NONE);
        for k in row.known.0..row.known.1 {
            let known = body.known[k as usize];
            let mut place = Place::none();
            if let Some(request) = known.request {
                let places = self.output.inst_allocs(Inst::new(s));
                place = places.get(request as usize).copied().unwrap_or(place);
                // It has been taken there by the edits before the step.
                for (point, Move::Move { from, to }) in self.edits_until(s).iter().rev() {
                    debug_assert!(*point <= ProgPoint::before(Inst::new(s)));
                    if *to == place {
                        place = *from;
                    }
                }
            } else {
                let labels = &self.output.debug_locations;
                let at = labels.partition_point(|label| label.0 < k);
                let from = ProgPoint::before(Inst::new(s));
                // It may be in several places.
                for label in labels[at..].iter().take_while(|label| label.0 == k) {
                    if label.1 == from {
                        place = label.3;
                        let loc = self.loc(place);
                        self.holds.set(loc, known.vreg.vreg() as u32);
                    }
                }
            }
            let loc = self.loc(place);
            self.holds.set(loc, known.vreg.vreg() as u32);
            let param = first + (k - row.known.0);
            if param < last {
                self.out.locs[param as usize].result = loc;
            }
        }
    }

    /// The edits that are next, up to step `s`.
    fn edits_until(&self, s: usize) -> &[(ProgPoint, Move)] {
        let rest = self.output.edits.get(self.edit..).unwrap_or(&[]);
        let end = rest.partition_point(|(point, _)| *point <= ProgPoint::before(Inst::new(s)));
        &rest[..end]
    }

    /// Request `k` of step `s` defines a value in that place; returns our name for the place.
    fn defined(&mut self, s: usize, k: usize, place: Place) -> Loc {
        let loc = self.loc(place);
        if let Some(request) = self.body.requests_of(s).get(k) {
            self.holds.set(loc, request.vreg().vreg() as u32);
        }
        loc
    }

    fn op(&mut self, i: usize, s: usize, places: &[Place]) -> Result<(), AllocError> {
        let trace = self.input.trace;
        let op = &trace.ops[i];
        let mut locs = OpLocs::NONE;
        let seats = self.body.seats.get(i).copied().unwrap_or([Seat::None; 4]);
        for (k, seat) in seats.into_iter().enumerate() {
            let loc = self.seat(seat, places);
            match locs.args.get_mut(k) {
                Some(arg) => *arg = loc,
                None => locs.result = loc,
            }
        }
        self.out.locs.push(locs);
        self.holds.destroy((self.input.file.constraint)(op.opcode).clobbers);
        if let Seat::Request(k) = seats[3]
            && let Some(&place) = places.get(k as usize)
        {
            self.defined(s, k as usize, place);
        }
        if op.opcode == Opcode::JumpTrace {
            let (_, n) = op.jump_range();
            self.slots.next = self.slots.next.max(n as u32);
            self.slots.count = self.slots.count.max(n as u32);
            for k in 0..n {
                let seat = self.next_seat();
                let from = self.seat(seat, places);
                let arg = trace.args_of_jump(op)[k];
                let float = trace.type_of(arg) == Some(Type::F64);
                self.moves.push(from, Loc::slot(k as u32), float);
            }
            // The spare slot of the entry may be one of the arguments'.
            self.spare = Loc::NONE;
            self.resolve(i as u32);
        } else if op.opcode.can_exit() {
            self.out.exit_starts.push(self.out.exit_locs.len() as u32);
            let live = trace.snapshots.get(op.snapshot.0 as usize).map_or(0, |s| s.live_len);
            for _ in 0..live {
                let seat = self.next_seat();
                let loc = self.seat(seat, places);
                if loc == Loc::NONE {
                    let why = "regalloc2 dropped a value that an exit reads";
                    return Err(AllocError::Unsupported { why });
                }
                self.out.exit_locs.push(loc);
            }
        }
        Ok(())
    }

    fn next_seat(&mut self) -> Seat {
        self.seat += 1;
        self.body.exit_seats.get(self.seat - 1).copied().unwrap_or(Seat::None)
    }

    fn seat(&mut self, seat: Seat, places: &[Place]) -> Loc {
        match seat {
            Seat::None => Loc::NONE,
            Seat::Request(n) => places.get(n as usize).map_or(Loc::NONE, |&place| self.loc(place)),
            Seat::Value(vreg) => self.holds.find(vreg),
            Seat::Immediate(c) => Loc::constant(c),
            Seat::ConstSlot(c) => self.const_slot(c),
        }
    }

    /// The slot of a constant, written at the entry.
    fn const_slot(&mut self, c: u32) -> Loc {
        let known = self.const_slots[c as usize];
        if known != Loc::NONE {
            return known;
        }
        let trace = self.input.trace;
        let to = self.slots.fresh();
        self.const_slots[c as usize] = to;
        self.const_edits.push(Edit {
            op: trace.blocks.first().map_or(0, |block| block.first + block.params),
            from: Loc::constant(c),
            to,
            float: trace.consts[c as usize].ty() == Type::F64,
        });
        to
    }
}
