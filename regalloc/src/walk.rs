//! The forward walk that turns *homes* into an [`Allocation`].
//!
//! A strategy that keeps each value in one place for its whole life only has to choose which
//! values get which registers; the walk does the rest: slots for the others, constants, edits for
//! positions that do not accept a home, moves at the entry and at jumps, and the exits'
//! locations. A strategy that decides on the way implements [`Policy`]; what it needs to move
//! values is in `split`.
//!
//! Terms. The *home* of a value is where it lives from birth to death: the register that
//! [`Life::loc`] holds for it, or else a slot that the walk takes when the value is born.
//! [`Life::loc`] is at all times where the walk finds the value *now*.
//!
//! Invariants.
//! * A register in [`Walk::busy`] holds a value (or hoisted constant) that is still needed.
//! * Deaths follow [`crate::liveness`]: operands give their places back before the result takes
//!   one, values that only the op's exit still reads after it. A dead value's `last` is [`DEAD`].
//! * [`Life::slot`] is what a value owns and gives back when it dies. The slots of loop parameters
//!   are *pinned*: not shared while the loop runs, but with one value: the one that the jump back
//!   passes for the parameter may be written there when the parameter is dead by then, and
//!   needs no move.
//! * Where a trace ends with a jump to another one, the slots in which that expects its arguments are
//!   *awaited*: pinned likewise, and written only with what arrived there and with the argument.
//! * Constants that no register holds have a slot of their own, written once at the entry; the
//!   slot has never held anything else.

use crate::facts::{FLOAT, Facts, OpRow, OpTable};
use crate::fix::Fixes;
use crate::liveness::{Life, Liveness, Loop, Pos, after, before, live_values, numbered, renew};
use crate::moves::ParallelMoves;
use crate::regset::RegSet;
use crate::slots::{Slots, is_pinned, pinned, unpinned};
use crate::{AllocError, Allocation, Edit, Input, Loc, OpLocs, RegFile};
use tierlab_trace::ir::{Block, Op, Trace, Val};
use tierlab_trace::ops::Type;

/// `last` of a value that has given its place back. No operand is read at this position: it
/// is the first op's, and nothing is defined before that.
pub(crate) const DEAD: Pos = 0;

/// In [`Walk::owner`]: the owner is a constant.
pub(crate) const CONST_OWNER: u32 = 1 << 31;

/// Where register numbers end: the place in tables for what is in no register.
pub(crate) const NO_REGISTER: u32 = 64;

/// Of how many values of an exit it is noted at once which die there: a bit each.
const DEATHS: usize = u64::BITS as usize;

/// Where a constant is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConstPlace {
    /// The register that holds it throughout the loop, or [`Loc::NONE`].
    pub register: Loc,
    /// The slot that holds it throughout the trace, or [`Loc::NONE`].
    pub slot: Loc,
}

impl ConstPlace {
    pub const NOWHERE: ConstPlace = ConstPlace { register: Loc::NONE, slot: Loc::NONE };
}

/// Working memory of a walk, kept between traces.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    /// Per constant.
    pub consts: Vec<ConstPlace>,
    /// What the register file asks of ops.
    pub table: OpTable,
    pub slots: Slots,
    pub moves: ParallelMoves,
    pub fixes: Fixes,
    const_edits: Vec<Edit>,
    /// See [`Walk::through`].
    pub through: Vec<(u32, Loc)>,
    early_stores: Vec<Edit>,
    arrivals: Vec<(u32, bool)>,
    awaited: Vec<u32>,
}

impl Buffers {
    /// Prepares for a trace: gives no constant a register.
    pub fn reset(&mut self, trace: &Trace, file: &RegFile) {
        self.table.prepare(file);
        renew(&mut self.consts, trace.consts.len(), |_| ConstPlace::NOWHERE);
    }
}

/// Where an op's operands are before anything is done for it.
pub(crate) struct Found {
    /// Values are where their lives say; a constant is in place if it is an immediate there, and else
    /// nowhere.
    pub places: [Loc; 3],
    /// Whether the op accepts those of values.
    pub fits: bool,
    /// Which operands are constants that are nowhere: one bit each.
    pub constants: u32,
}

/// What a strategy decides during the walk.
pub(crate) trait Policy {
    /// Whether values change places on the way, other than by being spilled once. What was defined
    /// before the loop is then brought back, at the jump back, to where the header found it.
    const SPLITS: bool = false;

    /// Called before op `i` reads its operands: the place for spills. Returns whether operands may have
    /// changed places.
    #[inline(always)]
    fn before(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow, found: &Found) -> bool {
        let _ = (walk, i, op, row, found);
        false
    }

    /// Called when op `i` has read its operands and those that end have died: the place to let go of
    /// registers that the op destroys.
    #[inline(always)]
    fn read(&mut self, walk: &mut Walk, i: usize, row: &OpRow) {
        let _ = (walk, i, row);
    }

    /// The register in which op `i` leaves its value; otherwise it gets a slot. The operands
    /// have died by now.
    #[inline(always)]
    fn home(&mut self, walk: &mut Walk, i: usize, facts: Facts) -> Loc {
        let _ = facts;
        walk.values[i].loc
    }

    /// Called before jump `i` to a block further on: the place to give the block's parameters their
    /// registers, and to settle which values the loop finds in registers. Arguments that
    /// end at the jump still hold theirs; parameters may take these.
    #[inline(always)]
    fn jump(&mut self, walk: &mut Walk, i: usize, block: &Block, args: &[Val]) {
        let _ = (walk, i, block, args);
    }

    /// Called when the moves of a jump to a block further on are done, and its parameters are placed.
    #[inline(always)]
    fn entered(&mut self, walk: &mut Walk) {
        let _ = walk;
    }

    /// Called before the jump back `i`: the place for moves that are to be done together with it.
    #[inline(always)]
    fn back(&mut self, walk: &mut Walk, i: usize, block: &Block, args: &[Val]) {
        let _ = (walk, i, block, args);
    }
}

/// Homes were all chosen before.
pub(crate) struct Chosen;

impl Policy for Chosen {}

/// Where constants that are no immediates go when no register holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConstPolicy {
    /// Into slots.
    Slots,
    /// In the loop into slots; elsewhere, where they are read once, into a free register
    /// just before their use.
    SlotsInLoop,
    /// Into a free register just before each use.
    Registers,
}

/// A walk over one trace.
pub(crate) struct Walk<'a> {
    pub trace: &'a Trace,
    pub file: &'a RegFile,
    table: &'a OpTable,
    /// All registers.
    pub registers: RegSet,
    /// Registers in use.
    pub busy: RegSet,
    /// Who is in each busy register, by register number; the last entry is nobody's.
    pub owner: [u32; NO_REGISTER as usize + 1],
    /// Per value, and one that stands for no value.
    pub values: &'a mut [Life],
    pub consts: &'a mut [ConstPlace],
    pub slots: Slots,
    pub fixes: &'a mut Fixes,
    pub out: &'a mut Allocation,
    pub moves: &'a mut ParallelMoves,
    const_edits: &'a mut Vec<Edit>,
    pub arrivals: &'a mut Vec<(u32, bool)>,
    /// Per slot in which another trace expects an argument, the value that was written there last.
    pub awaited: &'a mut Vec<u32>,
    const_policy: ConstPolicy,
    /// How many locations of exits are known.
    exit_top: usize,
    pub in_loop: bool,
    /// One past the last op of the block that is walked.
    pub block_end: usize,
    /// Values from before the loop that it reads, and where they are at its header.
    pub through: &'a mut Vec<(u32, Loc)>,
    /// Stores of such values, to be done where the loop is entered.
    pub early_stores: &'a mut Vec<Edit>,
    /// How many edits there were before those of the last jump forward.
    pub entered: usize,
    /// The same of the jump that enters the loop, and that jump.
    pub loop_entry: (usize, u32),
    /// The first op behind the entry block's parameters.
    pub entry_op: u32,
}

/// Walks over the trace of `input`, whose liveness has been computed, and fills `out`.
pub(crate) fn walk<P: Policy>(
    input: &Input,
    liveness: &mut Liveness,
    buffers: &mut Buffers,
    policy: &mut P,
    const_policy: ConstPolicy,
    out: &mut Allocation,
) -> Result<(), AllocError> {
    let trace = input.trace;
    // All of these are written.
    if out.locs.len() != trace.ops.len() {
        out.locs.resize(trace.ops.len(), OpLocs::NONE);
    }
    out.edits.clear();
    out.exit_starts.clear();
    out.exit_starts.reserve(liveness.exits);
    if out.exit_locs.len() != liveness.exit_values {
        out.exit_locs.resize(liveness.exit_values, Loc::NONE);
    }
    let repeat = liveness.repeat;
    let Buffers {
        consts,
        table,
        slots,
        moves,
        fixes,
        const_edits,
        through,
        early_stores,
        arrivals,
        awaited,
    } = buffers;
    moves.clear();
    fixes.clear();
    const_edits.clear();
    through.clear();
    early_stores.clear();
    awaited.clear();
    let mut walk = Walk {
        trace,
        file: input.file,
        table,
        registers: RegSet(input.file.registers()),
        busy: RegSet::EMPTY,
        owner: [0; NO_REGISTER as usize + 1],
        values: &mut liveness.values,
        consts,
        slots: std::mem::take(slots),
        fixes,
        out,
        moves,
        const_edits,
        arrivals,
        awaited,
        const_policy,
        exit_top: 0,
        in_loop: false,
        block_end: 0,
        through,
        early_stores,
        entered: 0,
        loop_entry: (0, 0),
        entry_op: 0,
    };
    let result = walk.run(input, repeat, policy);
    *slots = walk.slots;
    result
}

impl Walk<'_> {
    fn run<P: Policy>(
        &mut self,
        input: &Input,
        repeat: Option<Loop>,
        policy: &mut P,
    ) -> Result<(), AllocError> {
        let trace = self.trace;
        let mut entry_edits = 0;
        for (b, block) in trace.blocks.iter().enumerate() {
            if b == 0 {
                self.entry(input, block)?;
                entry_edits = self.out.edits.len();
            } else {
                self.begin_block::<P>(block, repeat.filter(|l| l.first == block.first as usize));
            }
            self.block_end = block.end as usize;
            let body = block.param_ops().end..block.end as usize - 1;
            for (i, op) in numbered(body.start, &trace.ops[body]) {
                self.op(policy, i, op)?;
            }
            self.terminator(policy, b, block.end as usize - 1);
            if repeat.is_some_and(|l| l.jump + 1 == block.end as usize) {
                self.in_loop = false;
            }
        }
        if !self.early_stores.is_empty() {
            let at = self.loop_entry.0;
            self.out.edits.splice(at..at, self.early_stores.drain(..));
        }
        if !self.const_edits.is_empty() {
            self.out.edits.splice(entry_edits..entry_edits, self.const_edits.drain(..));
        }
        self.out.slots = self.slots.count();
        Ok(())
    }

    /// Registers that hold nothing.
    #[inline(always)]
    pub fn free(&self) -> RegSet {
        self.registers - self.busy
    }

    /// Marks a location, if it is a register, as holding `owner`.
    #[inline(always)]
    pub fn occupy(&mut self, loc: Loc, owner: u32) {
        self.busy |= RegSet::of(loc);
        self.owner[loc.register_or(NO_REGISTER) as usize] = owner;
    }

    /// The value's place is free again if it is read for the last time at `now`.
    #[inline(always)]
    pub fn release_at(&mut self, v: usize, now: Pos) {
        let Some(life) = self.values.get_mut(v).filter(|life| life.last == now) else { return };
        life.last = DEAD;
        let (loc, slot) = (life.loc, life.slot);
        self.slots.give_if(slot.index(), slot.is_slot() & !is_pinned(slot));
        self.busy -= RegSet::of(loc);
    }

    #[inline(always)]
    fn op<P: Policy>(&mut self, policy: &mut P, i: usize, op: &Op) -> Result<(), AllocError> {
        let table = self.table;
        let row = table.row(op.opcode);
        let facts = row.facts;
        self.fixes.temps = RegSet::EMPTY;
        // Locations stay in registers of this machine until they are written for good: read back as
        // one word, they would have to wait for the single stores.
        let mut found = Found { places: [Loc::NONE; 3], fits: true, constants: 0 };
        let mut result = Loc::NONE;
        // Which operands die here: one bit each.
        let mut deaths = 0u32;
        let mut find = |k: usize| {
            let Life { loc, last, .. } = *Life::of(self.values, op.args[k]);
            found.places[k] = loc;
            // A constant is nowhere as yet, which no position accepts that the op has.
            found.fits &= row.accepts(k, loc);
            deaths |= u32::from(last == before(i)) << k;
        };
        find(0);
        find(1);
        if facts.has_third_operand() {
            find(2);
        }
        if !found.fits {
            self.look_at_constants(op, row, &mut found);
        }
        if policy.before(self, i, op, row, &found) {
            self.find_again(op, row, &mut found);
        }
        let Found { mut places, fits, constants } = found;
        if !fits | (constants != 0) {
            let mut fits = true;
            for k in 0..3 {
                if !row.accepts(k, places[k]) {
                    let twin = (0..k).rev().find(|&j| op.args[j] == op.args[k]);
                    let twin = twin.map_or(Loc::NONE, |j| places[j]);
                    places[k] = self.other_place::<P>(i, op, row, k, twin);
                    fits &= places[k] != Loc::NONE;
                }
            }
            if !fits {
                places = self.fixed_places(i, op, row, places)?;
            }
        }
        while deaths != 0 {
            let v = op.args[(deaths.trailing_zeros() as usize).min(2)].op_or_beyond();
            deaths &= deaths - 1;
            // The same value may be there twice.
            self.release_at(v, before(i));
        }
        policy.read(self, i, row);
        if facts.has_result() {
            result = self.define(policy, i, facts);
            if !row.accepts(3, result) {
                let constraint = (self.file.constraint)(op.opcode);
                let locs = OpLocs { args: places, result };
                result = self.fix_result(i, op, facts, constraint, &locs)?;
            }
        }
        if facts.exits() {
            self.exit(i, op);
        }
        if self.fixes.dirty {
            self.undo_fixes();
            if facts.exits() {
                let live = live_values(self.trace, op.snapshot).unwrap_or(&[]);
                live.chunks(DEATHS).for_each(|live| self.exit_deaths(i, live, u64::MAX));
            }
        }
        if facts.has_result() {
            self.release_at(i, after(i));
        }
        self.out.locs[i] = OpLocs { args: places, result };
        Ok(())
    }

    /// Leaves those constants in place that the op takes as immediates, and notes the others.
    #[inline(always)]
    fn look_at_constants(&self, op: &Op, row: &OpRow, found: &mut Found) {
        found.fits = true;
        for (k, place) in found.places.iter_mut().enumerate() {
            let Some(c) = op.args[k].as_const() else {
                found.fits &= row.accepts(k, *place);
                continue;
            };
            let known = self.trace.consts.get(c);
            if known.is_some_and(|&constant| (self.file.immediate)(op.opcode, k, constant)) {
                *place = Loc::constant(c as u32);
            } else {
                found.constants |= 1 << k;
            }
        }
    }

    /// Finds operands that have changed places.
    #[inline(always)]
    fn find_again(&self, op: &Op, row: &OpRow, found: &mut Found) {
        found.fits = true;
        for (k, place) in found.places.iter_mut().enumerate() {
            if op.args[k].as_value().is_some() {
                *place = Life::of(self.values, op.args[k]).loc;
                found.fits &= row.accepts(k, *place);
            }
        }
    }

    /// Where op `i` reads operand `k`, which is a constant or not in a place that it accepts; [`Loc::NONE`]
    /// where it first must be brought somewhere. `twin` is the place of an operand before it that is the
    /// same.
    #[inline(always)]
    fn other_place<P: Policy>(
        &mut self,
        i: usize,
        op: &Op,
        row: &OpRow,
        k: usize,
        twin: Loc,
    ) -> Loc {
        if let Some(c) = op.args[k].as_const() {
            return self.const_operand(i, row, k, twin, c);
        }
        // What is in a register may have a slot too.
        let life = Life::of(self.values, op.args[k]);
        let slot = unpinned(life.slot);
        let splits = P::SPLITS && life.loc.is_register();
        if splits && slot.is_slot() && row.accepts(k, slot) { slot } else { Loc::NONE }
    }

    /// Where op `i` reads its operands, when some had to be moved; `places` says where those are that had
    /// not.
    #[cold]
    fn fixed_places(
        &mut self,
        i: usize,
        op: &Op,
        row: &OpRow,
        places: [Loc; 3],
    ) -> Result<[Loc; 3], AllocError> {
        let mut locs = OpLocs { args: places, result: Loc::NONE };
        for (place, arg) in locs.args.iter_mut().zip(op.args) {
            if *place == Loc::NONE {
                *place = Life::of(self.values, arg).loc;
            }
        }
        let constraint = (self.file.constraint)(op.opcode);
        self.fix_operands(i, op, row.facts, constraint, &mut locs)?;
        Ok(locs.args)
    }

    /// Gives the result of op `i` its place.
    #[inline(always)]
    fn define<P: Policy>(&mut self, policy: &mut P, i: usize, facts: Facts) -> Loc {
        let mut home = policy.home(self, i, facts);
        let mut home_slot = Loc::NONE;
        if let Some(p) = home.as_hint() {
            home_slot = self.take_vacant_slot(p as usize, i);
            home = unpinned(home_slot);
        }
        // A strategy has most of its values in registers, or most of them in slots: branches like these
        // are foreseen.
        let (loc, slot) = if home.is_register() {
            self.occupy(home, i as u32);
            (home, home_slot)
        } else if home.is_slot() {
            (home, home_slot)
        } else {
            let slot = Loc::slot(self.slots.take());
            (slot, slot)
        };
        let life = &mut self.values[i];
        life.loc = loc;
        life.slot = slot;
        loc
    }

    /// The slot in which the jump's target expects what goes by that number, if nothing needs what is
    /// there now: value `v` is written to it. The number is a parameter of the loop, or of an
    /// argument for another trace.
    #[inline]
    pub fn take_vacant_slot(&mut self, number: usize, v: usize) -> Loc {
        let Some(last) = self.awaited.get_mut(number) else {
            let life = self.values[number];
            return if life.last == DEAD && is_pinned(life.slot) { life.slot } else { Loc::NONE };
        };
        let slot = pinned(Loc::slot(number as u32));
        let life = self.values.get(*last as usize).unwrap_or(&Life::NOBODY);
        if life.last != DEAD && life.slot == slot {
            return Loc::NONE;
        }
        *last = v as u32;
        slot
    }

    /// Appends the locations of the exit of op `i`. Its values die here, unless that has to wait
    /// for [`Walk::undo_fixes`].
    #[inline(always)]
    pub fn exit(&mut self, i: usize, op: &Op) {
        let live = live_values(self.trace, op.snapshot).unwrap_or(&[]);
        let start = self.exit_top;
        self.exit_top += live.len();
        self.out.exit_starts.push(start as u32);
        let mut done = 0;
        while done < live.len() {
            let live = &live[done..live.len().min(done + DEATHS)];
            let places = &mut self.out.exit_locs[start + done..start + done + live.len()];
            done += live.len();
            let values = &*self.values;
            let now = after(i);
            // A bit for each value that dies here, the last one's the lowest.
            let mut deaths = 0u64;
            for k in 0..live.len() {
                let mut dies = 0;
                // Unlike operands these all are values: that is foreseen.
                if let Some(life) = values.get(live[k].op_or_beyond()) {
                    places[k] = life.loc;
                    dies = u64::from(life.last == now);
                } else {
                    places[k] = Loc::NONE;
                }
                // A number and a carry added to itself.
                deaths = deaths.wrapping_add(deaths).wrapping_add(dies);
            }
            if !self.fixes.dirty {
                self.exit_deaths(i, live, deaths);
            }
        }
    }

    /// Up to [`DEATHS`] values of an exit's live list die if this is their last read: those alone whose
    /// bit is set, the last one's being the lowest.
    #[inline(always)]
    fn exit_deaths(&mut self, i: usize, live: &[Val], mut deaths: u64) {
        while deaths != 0 {
            let bit = 63 - deaths.leading_zeros() as usize;
            deaths &= !(1 << bit);
            if let Some(val) = live.get(live.len().wrapping_sub(bit + 1)) {
                self.release_at(val.op_or_beyond(), after(i));
            }
        }
    }

    /// Where op `i` finds constant `c`, which is no immediate there, as operand `k`; [`Loc::NONE`] where
    /// only a register that must first be made free will do.
    #[inline(never)]
    fn const_operand(&mut self, i: usize, row: &OpRow, k: usize, twin: Loc, c: usize) -> Loc {
        if c >= self.trace.consts.len() {
            return Loc::NONE;
        }
        let in_register = row.accepts(k, Loc::int(0));
        let in_slot = row.accepts(k, Loc::slot(0));
        let place = self.consts[c];
        if in_register && self.in_loop && place.register != Loc::NONE {
            return place.register;
        }
        let to_register = match self.const_policy {
            ConstPolicy::Slots => false,
            ConstPolicy::SlotsInLoop => !self.in_loop,
            ConstPolicy::Registers => true,
        };
        if in_register && (to_register || !in_slot) {
            if twin.is_register() {
                return twin;
            }
            let class = row.facts.operand_class(k);
            let register = ((self.free() & RegSet::class(class)) - self.fixes.temps).lowest();
            if register != Loc::NONE {
                let from = Loc::constant(c as u32);
                self.fixes.use_temp(register);
                self.edit(i, from, register, class == FLOAT);
                return register;
            }
        }
        if in_slot { self.const_slot(c) } else { Loc::NONE }
    }

    /// The slot of a constant, written at the entry.
    pub fn const_slot(&mut self, c: usize) -> Loc {
        if self.consts[c].slot == Loc::NONE {
            let slot = Loc::slot(self.slots.fresh());
            self.consts[c].slot = slot;
            self.const_edits.push(Edit {
                op: self.entry_op,
                from: Loc::constant(c as u32),
                to: slot,
                float: self.trace.consts[c].ty() == Type::F64,
            });
        }
        self.consts[c].slot
    }

    /// Appends a move before op `i`.
    #[inline]
    pub fn edit(&mut self, i: usize, from: Loc, to: Loc, float: bool) {
        self.out.edits.push(Edit { op: i as u32, from, to, float });
    }
}
