//! The forward walk that turns *homes* into an [`Allocation`].
//!
//! A strategy that keeps each value in one place for its whole life only has to choose which
//! values get which registers; the walk does the rest: slots for the others, constants, edits for
//! positions that do not accept a home, moves at the entry and at jumps, and the exits'
//! locations. A strategy that decides on the way implements [`Policy`].
//!
//! Terms. The *home* of a value is where it lives from birth to death: the register that
//! [`Buffers::loc`] holds for it, or else a slot that the walk takes when the value is born.
//! [`Buffers::loc`] is at all times where the walk finds the value *now*.
//!
//! Invariants.
//! * A register in [`Walk::busy`] holds a value (or hoisted constant) that is still needed.
//! * Deaths follow [`crate::liveness`]: operands give their places back before the result takes
//!   one, values that only the op's exit still reads after it. A dead value's `last` is [`DEAD`].
//! * The slots of loop parameters are not shared while the loop runs, but with one value: the
//!   one that the jump back passes for the parameter may be born in its slot when the
//!   parameter is dead by then, and needs no move.
//! * Constants that no register holds have a slot of their own, written once at the entry; the
//!   slot has never held anything else.

use crate::facts::{FLOAT, Facts, INT};
use crate::fix::Fixes;
use crate::liveness::{Liveness, Pos, after, before, jump_values, live_values};
use crate::moves::{ParallelMoves, Spare, lowest};
use crate::slots::Slots;
use crate::{AllocError, Allocation, Edit, Input, Loc, LocKind, OpLocs, RegFile};
use tierlab_trace::ir::{Block, Const, Op, Trace, Val};
use tierlab_trace::layout::MAX_SLOTS;
use tierlab_trace::ops::{Opcode, Type};

/// `last` of a value that has given its place back. No operand is read at this position: it
/// is the first op's, and nothing is defined before that.
pub(crate) const DEAD: Pos = 0;

/// In [`Buffers::owner`]: the owner is a constant.
pub(crate) const CONST_OWNER: u32 = 1 << 31;

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
    /// Per value: its register home, set before the walk; then where it is.
    pub loc: Vec<Loc>,
    /// Per constant.
    pub consts: Vec<ConstPlace>,
    /// Who is in each busy register.
    pub owner: [[u32; 32]; 2],
    pub slots: Slots,
    pub moves: ParallelMoves,
    pub fixes: Fixes,
    const_edits: Vec<Edit>,
    arrivals: Vec<(u32, bool)>,
}

impl Buffers {
    /// Gives every value a slot and no constant a register.
    pub fn reset(&mut self, trace: &Trace) {
        self.loc.clear();
        self.loc.resize(trace.ops.len(), Loc::NONE);
        self.consts.clear();
        self.consts.resize(trace.consts.len(), ConstPlace::NOWHERE);
    }
}

/// What a strategy decides during the walk.
pub(crate) trait Policy {
    /// Called before op `i` reads its operands: the place for spills.
    #[inline(always)]
    fn before(&mut self, walk: &mut Walk, i: usize, op: &Op, facts: Facts) {
        let _ = (walk, i, op, facts);
    }

    /// The register in which op `i` leaves its value; otherwise it gets a slot. The operands
    /// have died by now.
    #[inline(always)]
    fn home(&mut self, walk: &mut Walk, i: usize, facts: Facts) -> Loc {
        let _ = facts;
        walk.loc[i]
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
    /// All registers, per class.
    pub masks: [u32; 2],
    /// Registers in use, per class.
    pub busy: [u32; 2],
    pub last: &'a mut [Pos],
    pub loc: &'a mut [Loc],
    pub consts: &'a mut [ConstPlace],
    pub owner: &'a mut [[u32; 32]; 2],
    pub slots: &'a mut Slots,
    pub fixes: &'a mut Fixes,
    pub out: &'a mut Allocation,
    moves: &'a mut ParallelMoves,
    const_edits: &'a mut Vec<Edit>,
    arrivals: &'a mut Vec<(u32, bool)>,
    const_policy: ConstPolicy,
    in_loop: bool,
    /// One past the last op of the block that is walked.
    pub block_end: usize,
    /// Loop parameters, whose slots are not shared.
    loop_params: std::ops::Range<usize>,
    entry_op: u32,
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
    out.locs.clear();
    out.edits.clear();
    out.exit_starts.clear();
    out.exit_locs.clear();
    out.locs.reserve(trace.ops.len());
    out.exit_starts.reserve(liveness.exits);
    out.exit_locs.reserve(liveness.exit_values);
    let repeat = liveness.repeat;
    let Buffers { loc, consts, owner, slots, moves, fixes, const_edits, arrivals } = buffers;
    moves.clear();
    fixes.clear();
    const_edits.clear();
    let mut walk = Walk {
        trace,
        file: input.file,
        masks: input.file.masks(),
        busy: [0; 2],
        last: &mut liveness.last,
        loc,
        consts,
        owner,
        slots,
        fixes,
        out,
        moves,
        const_edits,
        arrivals,
        const_policy,
        in_loop: false,
        block_end: 0,
        loop_params: 0..0,
        entry_op: 0,
    };
    let mut entry_edits = 0;
    for (b, block) in trace.blocks.iter().enumerate() {
        if b == 0 {
            walk.entry(input, block)?;
            entry_edits = walk.out.edits.len();
        } else {
            walk.begin_block(block, repeat.filter(|l| l.first == block.first as usize));
        }
        walk.block_end = block.end as usize;
        let body = block.param_ops().end..block.end as usize - 1;
        for (i, op) in body.clone().zip(&trace.ops[body]) {
            walk.op(policy, i, op)?;
        }
        walk.terminator(b, block.end as usize - 1);
        if repeat.is_some_and(|l| l.jump + 1 == block.end as usize) {
            walk.in_loop = false;
        }
    }
    let Walk { out, slots, const_edits, .. } = walk;
    if !const_edits.is_empty() {
        out.edits.splice(entry_edits..entry_edits, const_edits.drain(..));
    }
    out.slots = slots.count();
    Ok(())
}

/// Class and bit of a register that the file has.
#[inline(always)]
pub(crate) fn register_bit(loc: Loc) -> Option<(usize, u32)> {
    match loc.kind() {
        LocKind::Int => Some((INT, 1u32.checked_shl(loc.index())?)),
        LocKind::Float => Some((FLOAT, 1u32.checked_shl(loc.index())?)),
        _ => None,
    }
}

impl Walk<'_> {
    /// Whether operand, argument or value `val` is a float.
    fn is_float(&self, val: Val) -> bool {
        self.trace.type_of(val) == Some(Type::F64)
    }

    /// Marks a register as holding `owner`.
    #[inline(always)]
    pub fn occupy(&mut self, register: Loc, owner: u32) {
        if let Some((class, bit)) = register_bit(register) {
            self.busy[class] |= bit;
            self.owner[class][(register.index() & 31) as usize] = owner;
        }
    }

    /// The value's place is free again.
    #[inline(always)]
    pub fn release(&mut self, v: usize) {
        self.last[v] = DEAD;
        let loc = self.loc[v];
        if loc.kind() == LocKind::Slot {
            if !self.loop_params.contains(&v) {
                self.slots.give(loc.index());
            }
        } else if let Some((class, bit)) = register_bit(loc) {
            self.busy[class] &= !bit;
        }
    }

    /// Places the parameters of the entry block and moves them to their homes.
    fn entry(&mut self, input: &Input, block: &Block) -> Result<(), AllocError> {
        let n = block.params as usize;
        self.entry_op = block.first + block.params;
        let arrival = |p: usize| match input.incoming {
            Some(incoming) => incoming.get(p).copied().unwrap_or(Loc::NONE),
            None => Loc::slot(p as u32),
        };
        // Which slots arrivals occupy; the flag says that a parameter has made it its home.
        let arrivals = &mut *self.arrivals;
        arrivals.clear();
        for p in 0..n {
            let loc = arrival(p);
            match loc.kind() {
                LocKind::Slot if (loc.index() as usize) < MAX_SLOTS => {
                    arrivals.push((loc.index(), false));
                }
                LocKind::Int | LocKind::Float | LocKind::Const => {}
                _ => return Err(AllocError::Malformed { op: p }),
            }
        }
        if input.incoming.is_some() {
            arrivals.sort_unstable();
            arrivals.dedup();
        }
        let top = arrivals.last().map_or(0, |a| a.0 + 1);
        self.slots.reset(top);
        if input.incoming.is_some() {
            let mut next = 0;
            for slot in 0..top.min(2 * n as u32) {
                if self.arrivals.get(next).is_some_and(|a| a.0 == slot) {
                    next += 1;
                } else {
                    self.slots.give(slot);
                }
            }
        }
        let mut targets = [0; 2];
        for p in 0..n {
            let from = arrival(p);
            self.out.locs.push(OpLocs { args: [Loc::NONE; 3], result: from });
            if self.last[p] == after(p) {
                self.last[p] = DEAD;
                continue;
            }
            if let Some((class, bit)) = register_bit(self.loc[p]) {
                targets[class] |= bit;
                self.occupy(self.loc[p], p as u32);
            } else {
                let own = (from.kind() == LocKind::Slot)
                    .then(|| self.arrivals.binary_search_by_key(&from.index(), |a| a.0).ok())
                    .flatten()
                    .filter(|&at| !self.arrivals[at].1);
                self.loc[p] = match own {
                    Some(at) => {
                        self.arrivals[at].1 = true;
                        from
                    }
                    None => Loc::slot(self.slots.take()),
                };
            }
            let float = self.is_float(Val::value(p));
            self.moves.push(from, self.loc[p], float);
        }
        // Arrival registers may be read by any of the moves: none is known to be spare.
        let spare = Spare::slot(self.slots.count());
        if self.moves.resolve(self.entry_op, spare, &mut self.out.edits) {
            self.slots.fresh();
        }
        for k in (0..self.arrivals.len()).rev() {
            if !self.arrivals[k].1 {
                self.slots.give(self.arrivals[k].0);
            }
        }
        Ok(())
    }

    /// Opens a block behind the entry; `header` is the loop that it heads.
    fn begin_block(&mut self, block: &Block, header: Option<crate::liveness::Loop>) {
        let params = block.param_ops();
        self.place_params(block, None);
        if let Some(header) = header {
            self.in_loop = true;
            self.loop_params = params.clone();
            // What the jump back passes for a parameter in a slot would like to be born there.
            let jump = &self.trace.ops[header.jump];
            for (k, arg) in jump_values(self.trace, jump).unwrap_or(&[]).iter().enumerate() {
                if let Some(v) = arg.as_value()
                    && v >= params.end
                    && self.loc[v] == Loc::NONE
                    && self.loc[params.start + k].kind() == LocKind::Slot
                {
                    self.loc[v] = Loc::hint((params.start + k) as u32);
                }
            }
        }
        for p in params {
            self.out.locs.push(OpLocs { args: [Loc::NONE; 3], result: self.loc[p] });
            if self.last[p] == after(p) {
                self.release(p);
            }
        }
    }

    /// Gives a place to those parameters of a block that have none. From a jump, a parameter takes
    /// over the slot of an argument that ends there.
    fn place_params(&mut self, block: &Block, from: Option<(usize, &[Val])>) {
        for (k, p) in block.param_ops().enumerate() {
            if self.loc[p] != Loc::NONE {
                continue;
            }
            let heir = from.and_then(|(jump, args)| {
                args.get(k)?.as_value().filter(|&v| {
                    self.last[v] == before(jump) && self.loc[v].kind() == LocKind::Slot
                })
            });
            self.loc[p] = match heir {
                Some(v) => {
                    self.last[v] = DEAD;
                    self.loc[v]
                }
                None => Loc::slot(self.slots.take()),
            };
        }
    }

    #[inline(always)]
    fn op<P: Policy>(&mut self, policy: &mut P, i: usize, op: &Op) -> Result<(), AllocError> {
        let facts = Facts::of(op.opcode);
        let constraint = (self.file.constraint)(op.opcode);
        policy.before(self, i, op, facts);
        let mut locs = OpLocs::NONE;
        let mut fits = true;
        for k in 0..3 {
            let arg = op.args[k];
            if let Some(v) = arg.as_value() {
                let loc = self.loc[v];
                locs.args[k] = loc;
                fits &= constraint.operands[k].accepts(loc);
            } else if let Some(c) = arg.as_const() {
                locs.args[k] = self.const_operand(i, op, facts, k, c);
                fits &= locs.args[k] != Loc::NONE;
            }
        }
        if !fits {
            self.fix_operands(i, op, facts, constraint, &mut locs)?;
        }
        for arg in op.args {
            if let Some(v) = arg.as_value()
                && self.last[v] == before(i)
            {
                self.release(v);
            }
        }
        if facts.has_result() {
            locs.result = self.define(policy, i, facts);
            if !constraint.result.accepts(locs.result) {
                locs.result = self.fix_result(i, facts, constraint, locs.result)?;
            }
        }
        if facts.exits() {
            self.exit(i, op);
        }
        if self.fixes.dirty {
            self.undo_fixes(i);
            if facts.exits() {
                self.exit_deaths(i, op);
            }
        }
        if facts.has_result() && self.last[i] == after(i) {
            self.release(i);
        }
        self.out.locs.push(locs);
        Ok(())
    }

    /// Gives the result of op `i` its place.
    #[inline(always)]
    fn define<P: Policy>(&mut self, policy: &mut P, i: usize, facts: Facts) -> Loc {
        let home = policy.home(self, i, facts);
        let loc = if home.is_register() {
            self.occupy(home, i as u32);
            home
        } else {
            match home.as_hint() {
                Some(p) if self.last[p as usize] == DEAD => self.loc[p as usize],
                _ => Loc::slot(self.slots.take()),
            }
        };
        self.loc[i] = loc;
        loc
    }

    /// Appends the locations of the exit of op `i`. Its values die here, unless that has to wait
    /// for [`Walk::undo_fixes`].
    #[inline(always)]
    fn exit(&mut self, i: usize, op: &Op) {
        self.out.exit_starts.push(self.out.exit_locs.len() as u32);
        let trace = self.trace;
        let wait = self.fixes.dirty;
        for val in live_values(trace, op.snapshot).unwrap_or(&[]) {
            if let Some(v) = val.as_value() {
                self.out.exit_locs.push(self.loc[v]);
                if self.last[v] == after(i) && !wait {
                    self.release(v);
                }
            }
        }
    }

    fn exit_deaths(&mut self, i: usize, op: &Op) {
        let trace = self.trace;
        for val in live_values(trace, op.snapshot).unwrap_or(&[]) {
            if let Some(v) = val.as_value()
                && self.last[v] == after(i)
            {
                self.release(v);
            }
        }
    }

    /// Where op `i` finds constant `c` as operand `k`; [`Loc::NONE`] where only a register that
    /// must first be made free will do.
    #[inline]
    fn const_operand(&mut self, i: usize, op: &Op, facts: Facts, k: usize, c: usize) -> Loc {
        let constant = self.trace.consts[c];
        if (self.file.immediate)(op.opcode, k, constant) {
            return Loc::constant(c as u32);
        }
        let allowed = (self.file.constraint)(op.opcode).operands[k];
        let place = self.consts[c];
        if allowed.register && self.in_loop && place.register != Loc::NONE {
            return place.register;
        }
        let to_register = match self.const_policy {
            ConstPolicy::Slots => false,
            ConstPolicy::SlotsInLoop => !self.in_loop,
            ConstPolicy::Registers => true,
        };
        if allowed.register && (to_register || !allowed.slot) {
            let class = facts.operand_class(k);
            let free = self.masks[class] & !self.busy[class] & !self.fixes.temps[class];
            let register = lowest(class, free);
            if register != Loc::NONE {
                let from = Loc::constant(c as u32);
                self.fixes.use_temp(register);
                self.edit(i, from, register, class == FLOAT);
                return register;
            }
        }
        if allowed.slot { self.const_slot(c, constant) } else { Loc::NONE }
    }

    /// The slot of a constant, written at the entry.
    fn const_slot(&mut self, c: usize, constant: Const) -> Loc {
        if self.consts[c].slot == Loc::NONE {
            let slot = Loc::slot(self.slots.fresh());
            self.consts[c].slot = slot;
            self.const_edits.push(Edit {
                op: self.entry_op,
                from: Loc::constant(c as u32),
                to: slot,
                float: constant.ty() == Type::F64,
            });
        }
        self.consts[c].slot
    }

    /// Appends a move before op `i`.
    #[inline]
    pub fn edit(&mut self, i: usize, from: Loc, to: Loc, float: bool) {
        self.out.edits.push(Edit { op: i as u32, from, to, float });
    }

    fn terminator(&mut self, b: usize, i: usize) {
        let trace = self.trace;
        let op = &trace.ops[i];
        match op.opcode {
            Opcode::Jump => self.jump(b, i, op),
            Opcode::JumpTrace => {
                let args = jump_values(trace, op).unwrap_or(&[]);
                self.slots.at_least(args.len() as u32);
                for (k, &arg) in args.iter().enumerate() {
                    let from = self.source(arg);
                    let float = self.is_float(arg);
                    self.moves.push(from, Loc::slot(k as u32), float);
                }
                let free = [INT, FLOAT].map(|c| self.masks[c] & !self.busy[c]);
                self.resolve(i, free);
            }
            _ if op.opcode.can_exit() => self.exit(i, op),
            _ => {}
        }
        self.out.locs.push(OpLocs::NONE);
    }

    /// Where a jump's argument is.
    fn source(&self, arg: Val) -> Loc {
        match (arg.as_value(), arg.as_const()) {
            (Some(v), _) => self.loc[v],
            (_, Some(c)) if self.in_loop && self.consts[c].register != Loc::NONE => {
                self.consts[c].register
            }
            (_, Some(c)) => Loc::constant(c as u32),
            _ => Loc::NONE,
        }
    }

    fn resolve(&mut self, i: usize, free: [u32; 2]) {
        let spare = Spare {
            int: lowest(INT, free[INT]),
            float: lowest(FLOAT, free[FLOAT]),
            slot: self.slots.count(),
        };
        if self.moves.resolve(i as u32, spare, &mut self.out.edits) {
            self.slots.fresh();
        }
    }

    fn jump(&mut self, b: usize, i: usize, op: &Op) {
        let trace = self.trace;
        let target = op.imm as usize;
        let block = &trace.blocks[target];
        let args = jump_values(trace, op).unwrap_or(&[]);
        let forward = target > b;
        if forward {
            self.place_params(block, Some((i, args)));
        }
        let mut free = [INT, FLOAT].map(|c| self.masks[c] & !self.busy[c]);
        for (p, &arg) in block.param_ops().zip(args) {
            let (from, to) = (self.source(arg), self.loc[p]);
            if let Some((class, bit)) = register_bit(to) {
                free[class] &= !bit;
            }
            let float = self.is_float(arg);
            self.moves.push(from, to, float);
        }
        if forward {
            for c in 0..self.consts.len() {
                if let Some((class, bit)) = register_bit(self.consts[c].register) {
                    free[class] &= !bit;
                    let (from, to) = (Loc::constant(c as u32), self.consts[c].register);
                    self.moves.push(from, to, class == FLOAT);
                }
            }
        }
        self.resolve(i, free);
        for &arg in args {
            if let Some(v) = arg.as_value()
                && self.last[v] == before(i)
            {
                self.release(v);
            }
        }
        if forward {
            for p in block.param_ops() {
                self.occupy(self.loc[p], p as u32);
            }
            for c in 0..self.consts.len() {
                self.occupy(self.consts[c].register, c as u32 | CONST_OWNER);
            }
        }
    }
}
