//! Why an allocation is as it is, told after the fact.
//!
//! The explanation is derived from the trace and the allocation alone, by a symbolic replay: it works for
//! whatever made the allocation, and costs the allocators nothing. It tells what happened and
//! what was so at that moment (who took the register, when the loser is read again, what held the
//! other registers), not what the strategy was thinking.
//!
//! Terms.
//! * An [`Event`] happens at an op, in the order of the list. Every edit is named by exactly one event.
//! * A value *loses* its register when something else is written there, or the op destroys it,
//!   while the value is read again later and no other register has it. Where the lost value is kept
//!   is said as *kept*.
//! * The *next use* is the next operand or jump argument, in the next iteration where the path goes round
//!   the loop first; an exit counts only where nothing else reads the value, because exits read
//!   values wherever they are.
//! * A [`Held`] stretch is the time during which a place holds a value that is still needed.
//!
//! How. The replay uses the checker's lattice ([`crate::checker`]): first to the fixpoint, which also
//! finds what each edit moves, then once in op order, to tell. A first iteration of a loop
//! is told as any other: what only the first one knows is not used.
//!
//! Invariants. The allocation is one that the checker accepts; for others the events mean nothing, but nothing
//! panics. One event per edit, in list order.

mod event;
mod show;
mod uses;

pub use event::{EditKind, Event, Held, Home, Loss, Occupant, Past, Purpose, Taker, What};
pub use show::Shown;
pub use uses::{Reader, Use};

use crate::checker::{State, Symbol, symbol};
use crate::cost::repeated;
use crate::liveness::jump_values;
use crate::{Allocation, Allowed, Clobbers, Edit, Input, Loc, LocKind, RegFile};
use std::collections::{HashMap, HashSet};
use tierlab_trace::ir::{Block, Op, Trace};
use tierlab_trace::ops::{Opcode, Type};
use uses::{Access, Moment, Uses, destroys, edit_reads, edit_writes, reads, writes};

/// Everything that happened, and where everything was.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// In op order.
    pub events: Vec<Event>,
    /// By place and time.
    pub held: Vec<Held>,
}

impl Explanation {
    /// What a place holds at a half step, and from when to when.
    pub fn held_at(&self, at: Loc, step: u32) -> Option<&Held> {
        let behind = self.held.partition_point(|h| (h.at, h.first) <= (at, step));
        let held = self.held.get(behind.checked_sub(1)?)?;
        (held.at == at && held.last >= step).then_some(held)
    }

    /// The events of an op.
    pub fn of(&self, op: usize) -> &[Event] {
        let op = op as u32;
        let start = self.events.partition_point(|e| e.op < op);
        let end = self.events.partition_point(|e| e.op <= op);
        &self.events[start..end]
    }
}

/// Explains an allocation that the checker accepts.
pub fn explain(input: &Input, allocation: &Allocation) -> Explanation {
    let trace = input.trace;
    let range = repeated(trace);
    let repeat = (!range.is_empty()).then(|| (range.start as u32, range.end as u32 - 1));
    let uses =
        Uses::new(trace, allocation, repeat, |opcode| destroyed(input.file, opcode).collect());
    let mut edit_starts = vec![allocation.edits.len(); trace.ops.len() + 1];
    for (e, edit) in allocation.edits.iter().enumerate().rev() {
        if let Some(start) = edit_starts.get_mut(edit.op as usize) {
            *start = e;
        }
    }
    for i in (0..trace.ops.len()).rev() {
        edit_starts[i] = edit_starts[i].min(edit_starts[i + 1]);
    }
    let mut replay = Replay {
        input,
        trace,
        allocation,
        repeat,
        uses,
        edit_starts,
        subjects: vec![None; allocation.edits.len()],
        barriers: [Loc::int, Loc::float].map(|register| barriers(input, register)),
        lost: HashMap::new(),
        told: HashSet::new(),
        open: Vec::new(),
        out: Explanation::default(),
    };
    let entries = replay.fixpoint();
    replay.tell(&entries);
    replay.out.held.sort_by_key(|h| (h.at, h.first));
    replay.out
}

/// The registers of the file that an op destroys.
fn destroyed(file: &RegFile, opcode: Opcode) -> impl Iterator<Item = Loc> + use<> {
    let Clobbers { ints, floats } = (file.constraint)(opcode).clobbers;
    let ints = (0..file.ints.min(32)).filter(move |r| ints >> r & 1 != 0).map(Loc::int);
    let floats = (0..file.floats.min(32)).filter(move |r| floats >> r & 1 != 0).map(Loc::float);
    ints.chain(floats)
}

/// The ops that destroy every register of a class.
fn barriers(input: &Input, register: fn(u8) -> Loc) -> Vec<u32> {
    let all = registers(input.file, register);
    let ops = input.trace.ops.iter().enumerate();
    let every = ops.filter(|(_, op)| {
        let gone: Vec<Loc> = destroyed(input.file, op.opcode).collect();
        !gone.is_empty() && all.clone().all(|r| gone.contains(&r))
    });
    every.map(|(i, _)| i as u32).collect()
}

/// The registers of a class.
fn registers(file: &RegFile, register: fn(u8) -> Loc) -> impl Iterator<Item = Loc> + Clone + use<> {
    let count = if register(0).kind() == LocKind::Float { file.floats } else { file.ints };
    (0..count).map(register)
}

/// The class of a type.
const fn class(ty: Option<Type>) -> (usize, fn(u8) -> Loc) {
    match ty {
        Some(Type::F64) => (1, Loc::float),
        Some(Type::I64 | Type::Ref) | None => (0, Loc::int),
    }
}

struct Replay<'a> {
    input: &'a Input<'a>,
    trace: &'a Trace,
    allocation: &'a Allocation,
    /// First op and jump of the loop.
    repeat: Option<(u32, u32)>,
    uses: Uses,
    /// Per op, its first edit; one more at the end.
    edit_starts: Vec<usize>,
    /// Per edit, what it moves.
    subjects: Vec<Option<Symbol>>,
    /// Per class, the ops that destroy all its registers.
    barriers: [Vec<u32>; 2],
    /// The last loss of each value.
    lost: HashMap<Symbol, Loss>,
    /// Of which values this block has told why they have no register.
    told: HashSet<Symbol>,
    /// Per place, the stretch that is under way.
    open: Vec<Option<Held>>,
    out: Explanation,
}

impl<'a> Replay<'a> {
    /// The states at the blocks' entries, as the checker finds them. On the way, what edits move.
    fn fixpoint(&mut self) -> Vec<Option<State>> {
        let blocks = &self.trace.blocks;
        let mut entries: Vec<Option<State>> = vec![None; blocks.len()];
        let mut next = 0;
        let mut state = State::arrival(self.input, self.allocation);
        while let Some(block) = blocks.get(next) {
            match &mut entries[next] {
                Some(known) => {
                    if !known.meet(&state) {
                        break;
                    }
                    state = known.clone();
                }
                unknown => *unknown = Some(state.clone()),
            }
            self.block::<false>(block, &mut state);
            match self.leave(next, block, &mut state) {
                Some(target) => next = target,
                None => break,
            }
        }
        entries
    }

    /// Goes through all blocks in order and tells.
    fn tell(&mut self, entries: &[Option<State>]) {
        let trace = self.trace;
        let blank = State::arrival(self.input, self.allocation);
        self.open = vec![None; blank.places.len()];
        for (block, entry) in trace.blocks.iter().zip(entries) {
            let mut state = entry.clone().unwrap_or_else(|| blank.clone());
            self.told.clear();
            self.parameters(block, &state);
            self.block::<true>(block, &mut state);
            let open = self.open.iter_mut().filter_map(Option::take);
            self.out.held.extend(open);
        }
    }

    fn parameters(&mut self, block: &Block, state: &State) {
        for p in block.param_ops() {
            let at = self.allocation.locs.get(p).map_or(Loc::NONE, |l| l.result);
            let what = if block.first == 0 {
                What::Arrives { at }
            } else {
                What::Parameter { at, why: self.home(p, at, state) }
            };
            self.event(p, Some(Symbol::Value(p as u32)), what);
        }
    }

    fn event(&mut self, op: usize, value: Option<Symbol>, what: What) {
        self.out.events.push(Event { op: op as u32, value, what });
    }

    fn block<const TELL: bool>(&mut self, block: &Block, state: &mut State) {
        let trace = self.trace;
        for i in block.param_ops().end..(block.end as usize).min(trace.ops.len()) {
            for e in self.edit_starts[i]..self.edit_starts[i + 1] {
                self.edit::<TELL>(i, e, state);
            }
            if TELL {
                self.note(i as u32 * 2, reads(i as u32) - 1, state);
            }
            self.op::<TELL>(i, &trace.ops[i], state);
            if TELL {
                self.note(i as u32 * 2 + 1, writes(i as u32), state);
            }
        }
    }

    /// Notes what places hold at a half step.
    fn note(&mut self, step: u32, at: Moment, state: &State) {
        for (place, held) in self.open.iter_mut().enumerate() {
            let symbols = state.places.get(place).map_or(&[][..], |set| set);
            let live = |s: &&Symbol| self.uses.next(**s, at).is_some();
            // What goes on goes on, whatever else has come to be there too.
            let same = held.and_then(|h| symbols.iter().find(|s| **s == h.value).filter(live));
            let now = same.or_else(|| symbols.iter().find(live));
            match (held.as_mut(), now) {
                (Some(h), Some(&value)) if h.value == value => h.last = step,
                (_, now) => {
                    self.out.held.extend(held.take());
                    let at = state.loc(place);
                    *held = now.map(|&value| Held { at, value, first: step, last: step });
                }
            }
        }
    }

    fn edit<const TELL: bool>(&mut self, i: usize, e: usize, state: &mut State) {
        let edit = self.allocation.edits[e];
        let subject = self.subject(e, &edit, state);
        let content = match edit.from.kind() {
            LocKind::Const => subject.into_iter().collect(),
            LocKind::Slot | LocKind::Int | LocKind::Float | LocKind::None => {
                state.get(edit.from).unwrap_or(&[]).to_vec()
            }
        };
        if TELL {
            self.tell_edit(i, e, edit, subject);
            let at = edit_writes(i as u32, e as u32);
            self.losses(i, edit.to, &content, Taker::Value(subject), at, state);
        } else {
            self.subjects[e] = subject;
        }
        state.set(edit.to, &content);
    }

    /// What an edit moves: of several values in one place, the one that is read next where it goes.
    fn subject(&self, e: usize, edit: &Edit, state: &State) -> Option<Symbol> {
        if edit.from.kind() == LocKind::Const {
            let c = self.trace.consts.get(edit.from.index() as usize)?;
            return Some(Symbol::Bits(c.bits()));
        }
        let found = state.get(edit.from)?;
        let at = edit_writes(edit.op, e as u32);
        let wanted = match self.uses.next_read(edit.to, at) {
            Some((op, Access::Read(reader))) => self.read_by(op, reader),
            _ => None,
        };
        let wanted = wanted.filter(|s| found.contains(s));
        let live = || found.iter().find(|s| self.uses.next(**s, at).is_some());
        wanted.or_else(|| live().or(found.first()).copied())
    }

    /// What an op reads.
    fn read_by(&self, op: u32, reader: Reader) -> Option<Symbol> {
        let op = self.trace.ops.get(op as usize)?;
        let val = match reader {
            Reader::Operand(k) => *op.operands().get(k as usize)?,
            Reader::Argument(k) => *jump_values(self.trace, op)?.get(k as usize)?,
            Reader::Exit => return None,
        };
        Some(symbol(self.trace, val))
    }

    /// The next write of a register as a loss, and its moment.
    fn next_loss(&self, register: Loc, behind: Moment) -> Option<(Loss, Moment)> {
        let (op, access, next_iteration) = self.uses.next_write(register, behind)?;
        let (by, at) = match access {
            Access::EditWrites(e) => {
                let subject = self.subjects.get(e as usize).copied().flatten();
                (Taker::Value(subject), edit_writes(op, e))
            }
            Access::Destroyed => (Taker::Op, destroys(op)),
            Access::Result | Access::Read(_) | Access::EditReads(_) => {
                (Taker::Value(Some(Symbol::Value(op))), writes(op))
            }
        };
        Some((Loss { op, register, by, next_iteration }, at))
    }

    fn tell_edit(&mut self, i: usize, e: usize, edit: Edit, subject: Option<Symbol>) {
        let index = e as u32;
        let purpose = match self.uses.next_read(edit.to, edit_writes(edit.op, index)) {
            Some((op, Access::Read(reader))) => Purpose::Read { op, reader },
            Some((op, Access::EditReads(index))) => Purpose::Edit { index, op },
            Some((_, Access::EditWrites(_) | Access::Result | Access::Destroyed)) | None => {
                Purpose::Nothing
            }
        };
        let leaving = subject.filter(|_| edit.from.is_register()).and_then(|s| {
            let (loss, at) = self.next_loss(edit.from, edit_reads(edit.op, index))?;
            // What the loop defines does not live on into the next iteration.
            let ends = loss.next_iteration && self.is_of_loop(s);
            let next = self.uses.next(s, at).filter(|used| !ends && !loss.precedes(used))?;
            Some((loss, next))
        });
        let past = edit.from.is_slot().then(|| self.past(subject));
        let params = |v: u32| {
            let between = self.trace.ops.get(v as usize..i);
            between.is_some_and(|ops| ops.len() == 1 || ops.iter().all(|op| op.opcode.is_param()))
        };
        let at_definition = matches!(subject, Some(Symbol::Value(v)) if params(v));
        let (leaves, next) = leaving.unzip();
        let what = What::Edited { index, edit, purpose, leaves, next, past, at_definition };
        self.event(i, subject, what);
    }

    /// Whether a value is defined anew by each iteration.
    fn is_of_loop(&self, value: Symbol) -> bool {
        matches!((value, self.repeat), (Symbol::Value(v), Some((first, _))) if v >= first)
    }

    /// Where a value that is found in a slot was before.
    fn past(&self, value: Option<Symbol>) -> Past {
        match value {
            None => Past::Unknown,
            Some(Symbol::Bits(_)) => Past::Constant,
            Some(s @ Symbol::Value(v)) => match self.lost.get(&s) {
                Some(&loss) => Past::Lost(loss),
                None => {
                    let born = self.allocation.locs.get(v as usize).map(|l| l.result);
                    let in_slot = born.is_some_and(Loc::is_slot);
                    if in_slot { Past::SinceBirth(v) } else { Past::Unknown }
                }
            },
        }
    }

    /// Tells who loses a register that is written.
    fn losses(
        &mut self,
        i: usize,
        register: Loc,
        written: &[Symbol],
        by: Taker,
        at: Moment,
        state: &State,
    ) {
        if !register.is_register() {
            return;
        }
        for &s in state.get(register).unwrap_or(&[]) {
            let loss = Loss { op: i as u32, register, by, next_iteration: false };
            let next = self.uses.next(s, at).filter(|used| !loss.precedes(used));
            let Some(next) = next.filter(|_| !written.contains(&s)) else { continue };
            let elsewhere = state.places.iter().enumerate().filter(|(_, set)| set.contains(&s));
            let mut others = elsewhere.map(|(p, _)| state.loc(p)).filter(|&loc| loc != register);
            let kept = others.next();
            // Registers come before slots.
            if kept.is_some_and(Loc::is_register) {
                continue;
            }
            self.lost.insert(s, loss);
            self.event(i, Some(s), What::Lost { loss, kept, next });
        }
    }

    fn op<const TELL: bool>(&mut self, i: usize, op: &Op, state: &mut State) {
        let Some(&locs) = self.allocation.locs.get(i) else { return };
        if TELL {
            self.slot_reads(i, op, state);
        }
        let gone: Vec<Loc> = destroyed(self.input.file, op.opcode).collect();
        for register in gone {
            if TELL {
                self.losses(i, register, &[], Taker::Op, destroys(i as u32), state);
            }
            state.set(register, &[]);
        }
        if op.result().is_none() || locs.result == Loc::NONE {
            return;
        }
        let mut content = match (op.opcode, locs.args[0].kind()) {
            (Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef, LocKind::Const) => {
                vec![symbol(self.trace, op.args[0])]
            }
            (Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef, _) => {
                state.get(locs.args[0]).unwrap_or(&[]).to_vec()
            }
            _ => Vec::new(),
        };
        let value = Symbol::Value(i as u32);
        State::add(&mut content, value);
        if TELL {
            let at = locs.result;
            let why = self.home(i, at, state);
            self.event(i, Some(value), What::Born { at, why });
            self.losses(i, at, &content, Taker::Value(Some(value)), writes(i as u32), state);
        }
        state.set(locs.result, &content);
    }

    fn slot_reads(&mut self, i: usize, op: &Op, state: &State) {
        let constraint = (self.input.file.constraint)(op.opcode);
        for (k, &val) in op.operands().iter().enumerate() {
            let at = self.allocation.locs[i].args[k];
            if !at.is_slot() {
                continue;
            }
            let value = symbol(self.trace, val);
            let ty = self.trace.type_of(val);
            let wanted = !self.takes_register(constraint.operands[k], ty);
            let past = self.past(Some(value));
            let untold = match past {
                Past::SinceBirth(v) => self.trace.blocks.first().is_some_and(|b| v < b.params),
                Past::Constant => true,
                Past::Lost(_) | Past::Unknown => false,
            };
            let why = (untold && !wanted && self.told.insert(value))
                .then(|| self.crowd(value, ty, i as u32, reads(i as u32) - 1, state));
            self.event(i, Some(value), What::ReadsSlot { operand: k as u8, at, wanted, past, why });
        }
    }

    /// Whether a position takes any register of a class.
    fn takes_register(&self, allowed: Allowed, ty: Option<Type>) -> bool {
        let (_, register) = class(ty);
        // Where there are none, the position is not to blame.
        allowed.accepts(register(0))
            || registers(self.input.file, register).any(|r| allowed.accepts(r))
    }

    /// Why value `v` is born at `at`, given the state just before.
    fn home(&self, v: usize, at: Loc, state: &State) -> Home {
        let value = Symbol::Value(v as u32);
        let op = &self.trace.ops[v];
        let birth = writes(v as u32);
        if at.is_register() {
            let found = state.get(at).unwrap_or(&[]);
            let dies = |s: &&Symbol| {
                self.uses.next(**s, reads(v as u32) - 1).is_some()
                    && self.uses.next(**s, birth).is_none()
            };
            let after = found.iter().find(dies).filter(|_| !op.opcode.is_param());
            return Home::Register { after: after.copied() };
        }
        let (_, register) = class(op.result());
        let Some(next) = self.uses.next(value, birth) else { return Home::Unread };
        if next.reader == Reader::Exit {
            return Home::OnlyExits;
        }
        if registers(self.input.file, register).next().is_none() {
            return Home::NoRegisters;
        }
        let constraint = (self.input.file.constraint)(op.opcode);
        if !op.opcode.is_param() && !self.takes_register(constraint.result, op.result()) {
            return Home::ResultInSlot;
        }
        if self.uses.all(value).all(|(op, reader)| self.wants_slot(op, reader)) {
            return Home::WantedInSlot(next);
        }
        self.crowd(value, op.result(), v as u32, birth, state)
    }

    /// Why a value has no register at op `i`, at a moment of it: what stands in its way from there to
    /// its last use.
    fn crowd(&self, value: Symbol, ty: Option<Type>, i: u32, at: Moment, state: &State) -> Home {
        let (index, register) = class(ty);
        if registers(self.input.file, register).next().is_none() {
            return Home::NoRegisters;
        }
        let end = self.end(value);
        let barriers = &self.barriers[index];
        let behind = barriers.partition_point(|&b| b <= i);
        if let Some(&op) = barriers.get(behind).filter(|&&b| b < end) {
            return Home::Across { op };
        }
        let occupants = registers(self.input.file, register).map(|r| {
            let found = state.get(r).unwrap_or(&[]).iter();
            let mut held =
                found.filter(|s| **s != value).filter_map(|&s| Some((s, self.uses.next(s, at)?)));
            let held = held.next();
            let taken = match held {
                Some(_) => None,
                None => self.next_loss(r, at).map(|(loss, _)| loss),
            };
            let taken = taken
                .filter(|t| !t.next_iteration && t.op <= end && t.by != Taker::Value(Some(value)));
            Occupant { register: r, held, taken }
        });
        Home::Registers(occupants.collect())
    }

    /// Whether a reader takes a value from a slot only.
    fn wants_slot(&self, op: u32, reader: Reader) -> bool {
        let Some(op) = self.trace.ops.get(op as usize) else { return false };
        match reader {
            Reader::Operand(k) => {
                let constraint = (self.input.file.constraint)(op.opcode);
                let ty = op.operands().get(k as usize).and_then(|&val| self.trace.type_of(val));
                let allowed = constraint.operands.get(k as usize);
                allowed.is_some_and(|&allowed| !self.takes_register(allowed, ty))
            }
            Reader::Argument(k) => {
                let target = usize::try_from(op.imm).ok().and_then(|t| self.trace.blocks.get(t));
                let param = target.filter(|_| op.opcode == Opcode::Jump).map(|b| b.first + k);
                let at = param.and_then(|p| self.allocation.locs.get(p as usize));
                at.is_none_or(|l| l.result.is_slot())
            }
            Reader::Exit => false,
        }
    }

    /// The last op that reads a value, not counting exits; the jump back for what every iteration reads.
    fn end(&self, value: Symbol) -> u32 {
        let last = self.uses.all(value).map(|(op, _)| op).max().unwrap_or(0);
        match (self.repeat, value) {
            (Some((first, jump)), value) if last >= first && !self.is_of_loop(value) => jump,
            _ => last,
        }
    }

    /// What the terminator of block `b` passes on: changes the state into that at the target's entry.
    fn leave(&self, b: usize, block: &Block, state: &mut State) -> Option<usize> {
        let op = self.trace.ops.get((block.end as usize).checked_sub(1)?)?;
        if op.opcode != Opcode::Jump {
            return None;
        }
        let target = usize::try_from(op.imm).ok()?;
        let to = self.trace.blocks.get(target)?;
        let passed: Vec<(Symbol, Symbol)> = to
            .param_ops()
            .zip(jump_values(self.trace, op)?)
            .map(|(p, &arg)| (symbol(self.trace, arg), Symbol::Value(p as u32)))
            .collect();
        state.pass((target <= b).then_some(to.first), &passed);
        Some(target)
    }
}
