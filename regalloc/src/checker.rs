//! A checker that proves one allocation right, whatever made it.
//!
//! It shares no code with the strategies: it runs the allocated trace *symbolically*, following
//! which values each place holds, and compares what every op reads with what it should read.
//! The method is that of regalloc2's checker (Fallin, 2021), after Rideau and Leroy,
//! *Validating register allocation and spilling* (CC 2010).
//!
//! # The lattice
//!
//! A *place* is a register or a slot. The state at a point of the trace maps each place to the
//! set of [`Symbol`]s whose bits it holds for certain: values of the trace, constants by
//! their bits. The empty set means that nothing is known of the place (never written, or
//! destroyed by a call). More symbols are more knowledge; where two paths meet, the state
//! is the intersection, place by place. A block that no path has reached has no state at all, the
//! neutral element of the meeting. Sets only shrink at a meeting, so the fixpoint exists.
//!
//! # Transfer
//!
//! * **Arrival**: parameter `i` of the entry block is where the contract says: slot `i`, or
//!   the `i`-th incoming location. Nothing else is known.
//! * **Edit** `from → to`: `to` holds what `from` holds; a constant as source makes it hold the
//!   constant.
//! * **Op**: operand `v` must be a symbol of the place it is read from; a constant in place must be
//!   the operand itself, and one that the register file takes there. The registers that the op
//!   clobbers are then empty. The result's place then holds the result alone; for a copy it also
//!   holds whatever the source's place held.
//! * **Exit**: evaluated after the op: each live value must be a symbol of its location.
//! * **Jump** to block `b`: first all values that are defined in `b` or later become unknown
//!   if the jump is backward, since they are about to be defined anew; at the same moment each place
//!   that holds the argument for parameter `p` holds `p`. Parameters must then be found at
//!   their declared locations.
//! * **Jump to another trace**: argument `i` must be in slot `i`.
//!
//! A block has one successor at most, so there is one path; the checker follows it, and round the
//! loop until the state at the header has nothing more to lose. So what it reports is the
//! violation that a run would meet first.

use crate::{Allocation, Edit, Input, Loc, LocKind};
use std::fmt;
use tierlab_trace::ir::{Block, Op, Trace, Val};
use tierlab_trace::ops::{Opcode, OperandType, Type};

/// What a place can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// The value defined by that op.
    Value(u32),
    /// These 64 bits.
    Bits(u64),
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Symbol::Value(v) => write!(f, "%{v}"),
            Symbol::Bits(b) => write!(f, "constant {b:#x}"),
        }
    }
}

/// Who read a place, or what else is wrong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Operand of that number.
    Operand(u8),
    /// The result.
    Result,
    /// Value of that number in the exit's live list.
    Exit(u32),
    /// Argument of that number of a jump, at the parameter's location.
    Argument(u32),
    /// The edit of that number in the list.
    Edit(u32),
    /// The allocation as a whole.
    Shape,
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Where::Operand(k) => write!(f, "operand {k}"),
            Where::Result => write!(f, "result"),
            Where::Exit(k) => write!(f, "exit value {k}"),
            Where::Argument(k) => write!(f, "jump argument {k}"),
            Where::Edit(n) => write!(f, "edit {n}"),
            Where::Shape => write!(f, "shape"),
        }
    }
}

/// The kind of violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The place does not hold the value expected.
    Wrong {
        /// What should be there.
        expected: Symbol,
        /// What is known to be there; nothing where it was never written or was destroyed.
        found: Vec<Symbol>,
    },
    /// The location is of a kind, class or number that cannot stand there.
    Refused(&'static str),
}

/// The first violation found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckError {
    /// The op at which, or before which, it happens.
    pub op: usize,
    /// Which part of it.
    pub at: Where,
    /// The location.
    pub loc: Loc,
    /// What is wrong.
    pub what: Violation,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "op %{}, {}: {} ", self.op, self.at, self.loc)?;
        match &self.what {
            Violation::Refused(why) => write!(f, "{why}"),
            Violation::Wrong { expected, found } => {
                write!(f, "should hold {expected} but holds ")?;
                if found.is_empty() {
                    return write!(f, "nothing known");
                }
                for (i, s) in found.iter().enumerate() {
                    write!(f, "{}{s}", if i == 0 { "" } else { " = " })?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for CheckError {}

/// What is known of every place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    ints: usize,
    floats: usize,
    /// Integer registers, float registers, slots; each a sorted set.
    pub places: Vec<Vec<Symbol>>,
}

impl State {
    /// The state on arrival.
    pub fn arrival(input: &Input, allocation: &Allocation) -> State {
        let file = input.file;
        let mut slots = allocation.slots as usize;
        let params = input.trace.blocks.first().map_or(0, |b| b.params as usize);
        let mut registers = [file.ints as usize, file.floats as usize];
        // Values may arrive in places that this allocation does not use otherwise.
        for p in 0..params {
            let loc = arrival_loc(input, p);
            let end = loc.index() as usize + 1;
            match loc.kind() {
                LocKind::Slot => slots = slots.max(end),
                LocKind::Int => registers[0] = registers[0].max(end),
                LocKind::Float => registers[1] = registers[1].max(end),
                LocKind::Const | LocKind::None => {}
            }
        }
        let mut state = State::new(registers[0], registers[1], slots);
        for p in 0..params {
            if let Some(place) = state.index(arrival_loc(input, p)) {
                State::add(&mut state.places[place], Symbol::Value(p as u32));
            }
        }
        state
    }

    fn new(ints: usize, floats: usize, slots: usize) -> State {
        State { ints, floats, places: vec![Vec::new(); ints + floats + slots] }
    }

    /// The number of a register or slot in [`State::places`].
    pub fn index(&self, loc: Loc) -> Option<usize> {
        let i = loc.index() as usize;
        match loc.kind() {
            LocKind::Int if i < self.ints => Some(i),
            LocKind::Float if i < self.floats => Some(self.ints + i),
            LocKind::Slot => {
                Some(self.ints + self.floats + i).filter(|&place| place < self.places.len())
            }
            LocKind::Int | LocKind::Float | LocKind::Const | LocKind::None => None,
        }
    }

    /// The place of that number.
    pub fn loc(&self, place: usize) -> Loc {
        match place.checked_sub(self.ints) {
            None => Loc::int(place as u8),
            Some(float) => match float.checked_sub(self.floats) {
                None => Loc::float(float as u8),
                Some(slot) => Loc::slot(slot as u32),
            },
        }
    }

    /// What a place holds.
    pub fn get(&self, loc: Loc) -> Option<&[Symbol]> {
        self.places.get(self.index(loc)?).map(|set| &set[..])
    }

    /// Makes a place hold that and nothing else.
    pub fn set(&mut self, loc: Loc, symbols: &[Symbol]) {
        if let Some(i) = self.index(loc) {
            let set = &mut self.places[i];
            set.clear();
            set.extend_from_slice(symbols);
        }
    }

    /// Adds to a sorted set.
    pub fn add(set: &mut Vec<Symbol>, symbol: Symbol) {
        if let Err(at) = set.binary_search(&symbol) {
            set.insert(at, symbol);
        }
    }

    /// Keeps what both know. Returns whether anything was lost.
    pub fn meet(&mut self, other: &State) -> bool {
        let mut changed = false;
        for (mine, theirs) in self.places.iter_mut().zip(&other.places) {
            let before = mine.len();
            mine.retain(|s| theirs.binary_search(s).is_ok());
            changed |= mine.len() != before;
        }
        changed
    }

    /// Passes arguments to parameters: a place that holds an argument holds the parameter too. A
    /// backward jump to ops from `again` on makes their values unknown.
    pub fn pass(&mut self, again: Option<u32>, passed: &[(Symbol, Symbol)]) {
        for set in &mut self.places {
            // Symbols of parameters come after the symbols of what they were passed, so a place
            // that holds an argument of the last iteration is not taken for one of the next.
            let mut next: Vec<Symbol> = set
                .iter()
                .copied()
                .filter(|s| match (s, again) {
                    (Symbol::Value(v), Some(first)) => *v < first,
                    (Symbol::Value(_), None) | (Symbol::Bits(_), _) => true,
                })
                .collect();
            for &(arg, param) in passed {
                if set.binary_search(&arg).is_ok() {
                    State::add(&mut next, param);
                }
            }
            *set = next;
        }
    }
}

/// Where parameter `p` of the entry block arrives.
pub(crate) fn arrival_loc(input: &Input, p: usize) -> Loc {
    match input.incoming {
        Some(incoming) => incoming.get(p).copied().unwrap_or(Loc::NONE),
        None => Loc::slot(p as u32),
    }
}

/// The symbol of an operand.
pub(crate) fn symbol(trace: &Trace, val: Val) -> Symbol {
    match trace.const_of(val) {
        Some(c) => Symbol::Bits(c.bits()),
        None => Symbol::Value(val.as_value().unwrap_or(usize::MAX) as u32),
    }
}

/// Checks an allocation. The trace is one that the verifier accepts.
pub fn check(input: &Input, allocation: &Allocation) -> Result<(), CheckError> {
    Checker::new(input, allocation)?.run()
}

struct Checker<'a> {
    input: &'a Input<'a>,
    trace: &'a Trace,
    allocation: &'a Allocation,
    /// Per op, where its edits start; one more at the end.
    edit_starts: Vec<u32>,
    /// Per op, its exit number; meaningless where it has none.
    exit_numbers: Vec<u32>,
}

fn refuse<T>(op: usize, at: Where, loc: Loc, why: &'static str) -> Result<T, CheckError> {
    Err(CheckError { op, at, loc, what: Violation::Refused(why) })
}

impl<'a> Checker<'a> {
    fn new(input: &'a Input<'a>, allocation: &'a Allocation) -> Result<Checker<'a>, CheckError> {
        let trace = input.trace;
        let shape = |op, why| refuse(op, Where::Shape, Loc::NONE, why);
        let n = trace.ops.len();
        if allocation.locs.len() != n {
            return shape(allocation.locs.len().min(n), "not one row of locations per op");
        }
        let mut edit_starts = vec![0; n + 1];
        let mut previous = 0;
        for (e, edit) in allocation.edits.iter().enumerate() {
            let op = edit.op as usize;
            if op >= n || op < previous || trace.ops[op].opcode.is_param() {
                let why = "is out of order, or before no op";
                return refuse(op.min(n), Where::Edit(e as u32), edit.to, why);
            }
            previous = op;
            edit_starts[op + 1] = e as u32 + 1;
        }
        for i in 0..n {
            edit_starts[i + 1] = edit_starts[i + 1].max(edit_starts[i]);
        }
        let mut exit_numbers = vec![0; n];
        let mut exits = 0;
        for (i, op) in trace.ops.iter().enumerate() {
            exit_numbers[i] = exits as u32;
            if op.opcode.can_exit() {
                let start = allocation.exit_starts.get(exits).map(|&s| s as usize);
                let end = start.map(|s| s + trace.live_of(op.snapshot).len());
                if end.is_none_or(|end| end > allocation.exit_locs.len()) {
                    return shape(i, "the exit has no locations");
                }
                exits += 1;
            }
        }
        if allocation.exit_starts.len() != exits {
            return shape(n, "there are more exit locations than exits");
        }
        Ok(Checker { input, trace, allocation, edit_starts, exit_numbers })
    }

    /// Follows the path from the entry until the states at the blocks' entries change no more.
    fn run(&self) -> Result<(), CheckError> {
        let blocks = &self.trace.blocks;
        let mut entries: Vec<Option<State>> = vec![None; blocks.len()];
        let mut next = 0;
        let mut state = State::arrival(self.input, self.allocation);
        while let Some(block) = blocks.get(next) {
            match &mut entries[next] {
                Some(known) => {
                    if !known.meet(&state) {
                        return Ok(());
                    }
                    state = known.clone();
                }
                unknown => *unknown = Some(state.clone()),
            }
            self.parameters(block, &state)?;
            for i in block.param_ops().end..block.end as usize {
                self.edits(i, &mut state)?;
                self.op(i, &self.trace.ops[i], &mut state)?;
            }
            match self.leave(next, block, &mut state)? {
                Some(target) => next = target,
                None => break,
            }
        }
        Ok(())
    }

    /// Parameters are where they are declared to be.
    fn parameters(&self, block: &Block, state: &State) -> Result<(), CheckError> {
        for p in block.param_ops() {
            let loc = self.allocation.locs[p].result;
            if block.first == 0 && loc != arrival_loc(self.input, p) {
                return refuse(p, Where::Result, loc, "is not where the parameter arrives");
            }
            if loc.kind() != LocKind::Const {
                self.reads(p, Where::Result, loc, Val::value(p), state)?;
            }
        }
        Ok(())
    }

    /// `loc` must hold `val`.
    fn reads(
        &self,
        op: usize,
        at: Where,
        loc: Loc,
        val: Val,
        state: &State,
    ) -> Result<(), CheckError> {
        let expected = symbol(self.trace, val);
        let Some(found) = state.get(loc) else {
            return refuse(op, at, loc, "is no place of this machine");
        };
        if found.binary_search(&expected).is_ok() {
            return Ok(());
        }
        let what = Violation::Wrong { expected, found: found.to_vec() };
        Err(CheckError { op, at, loc, what })
    }

    /// A register must be of the class.
    fn class(&self, op: usize, at: Where, loc: Loc, float: bool) -> Result<(), CheckError> {
        match loc.kind() {
            LocKind::Int if float => refuse(op, at, loc, "is an integer register for a float"),
            LocKind::Float if !float => refuse(op, at, loc, "is a float register for an integer"),
            LocKind::None => refuse(op, at, loc, "is missing"),
            LocKind::Int | LocKind::Float | LocKind::Slot | LocKind::Const => Ok(()),
        }
    }

    /// A place of the right class that this register file has.
    fn own(&self, op: usize, at: Where, loc: Loc, float: bool) -> Result<(), CheckError> {
        let file = self.input.file;
        let (register, slot) = (loc.index(), loc.index());
        let there = match loc.kind() {
            LocKind::Int => register < u32::from(file.ints),
            LocKind::Float => register < u32::from(file.floats),
            LocKind::Slot => slot < self.allocation.slots,
            LocKind::Const | LocKind::None => true,
        };
        if !there {
            return refuse(op, at, loc, "is no place of this machine");
        }
        self.class(op, at, loc, float)
    }

    fn edits(&self, i: usize, state: &mut State) -> Result<(), CheckError> {
        let range = self.edit_starts[i] as usize..self.edit_starts[i + 1] as usize;
        for (e, edit) in self.allocation.edits[range.clone()].iter().enumerate() {
            let at = Where::Edit((range.start + e) as u32);
            self.edit_is_possible(i, at, edit, state)?;
            if edit.from.kind() == LocKind::Const {
                if let Some(c) = self.trace.consts.get(edit.from.index() as usize) {
                    state.set(edit.to, &[Symbol::Bits(c.bits())]);
                }
            } else {
                let held = state.get(edit.from).unwrap_or(&[]).to_vec();
                state.set(edit.to, &held);
            }
        }
        Ok(())
    }

    fn edit_is_possible(
        &self,
        i: usize,
        at: Where,
        edit: &Edit,
        state: &State,
    ) -> Result<(), CheckError> {
        if !edit.to.is_register() && edit.to.kind() != LocKind::Slot {
            return refuse(i, at, edit.to, "cannot be written");
        }
        self.own(i, at, edit.to, edit.float)?;
        self.class(i, at, edit.from, edit.float)?;
        if edit.from.kind() == LocKind::Const {
            let constant = self.trace.consts.get(edit.from.index() as usize);
            if constant.is_none_or(|c| (c.ty() == Type::F64) != edit.float) {
                return refuse(i, at, edit.from, "is no constant of that class");
            }
        } else if state.index(edit.from).is_none() {
            return refuse(i, at, edit.from, "is no place of this machine");
        }
        Ok(())
    }

    fn op(&self, i: usize, op: &Op, state: &mut State) -> Result<(), CheckError> {
        let file = self.input.file;
        let locs = &self.allocation.locs[i];
        let info = op.opcode.info();
        let constraint = (file.constraint)(op.opcode);
        // Jumps keep something else in their operand fields; they declare none.
        for (k, &val) in op.operands().iter().enumerate() {
            self.operand(i, op, k, val, info.operands[k], state)?;
        }
        let copied = match op.opcode {
            Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef => match locs.args[0].kind() {
                LocKind::Const => vec![symbol(self.trace, op.args[0])],
                LocKind::Slot | LocKind::Int | LocKind::Float | LocKind::None => {
                    state.get(locs.args[0]).unwrap_or(&[]).to_vec()
                }
            },
            _ => Vec::new(),
        };
        let destroyed = constraint.clobbers;
        let classes = [(Loc::int as fn(u8) -> Loc, destroyed.ints), (Loc::float, destroyed.floats)];
        for (register, set) in classes {
            for r in (0..32).filter(|r| set & (1 << r) != 0) {
                state.set(register(r), &[]);
            }
        }
        let Some(ty) = info.result else {
            if locs.result != Loc::NONE {
                return refuse(i, Where::Result, locs.result, "is given though nothing is defined");
            }
            return self.exit(i, op, state);
        };
        self.own(i, Where::Result, locs.result, ty == Type::F64)?;
        if !constraint.result.accepts(locs.result) {
            return refuse(i, Where::Result, locs.result, "is not accepted by the op");
        }
        if let Some(place) = state.index(locs.result) {
            state.places[place] = copied;
            State::add(&mut state.places[place], Symbol::Value(i as u32));
        }
        self.exit(i, op, state)
    }

    fn operand(
        &self,
        i: usize,
        op: &Op,
        k: usize,
        val: Val,
        ty: OperandType,
        state: &State,
    ) -> Result<(), CheckError> {
        let file = self.input.file;
        let at = Where::Operand(k as u8);
        let loc = self.allocation.locs[i].args[k];
        if loc.kind() == LocKind::Const {
            let there = self.trace.consts.get(loc.index() as usize).copied();
            if there.is_none() || self.trace.const_of(val) != there {
                return refuse(i, at, loc, "is not the operand");
            }
            if !there.is_some_and(|c| (file.immediate)(op.opcode, k, c)) {
                return refuse(i, at, loc, "is not accepted as an immediate");
            }
            return Ok(());
        }
        self.own(i, at, loc, ty.is_float())?;
        if !(file.constraint)(op.opcode).operands[k].accepts(loc) {
            return refuse(i, at, loc, "is not accepted by the op");
        }
        self.reads(i, at, loc, val, state)
    }

    fn exit(&self, i: usize, op: &Op, state: &State) -> Result<(), CheckError> {
        if !op.opcode.can_exit() {
            return Ok(());
        }
        let live = self.trace.live_of(op.snapshot);
        let locs = self.allocation.exit(self.exit_numbers[i] as usize, live.len());
        for (k, (&val, &loc)) in live.iter().zip(locs).enumerate() {
            let at = Where::Exit(k as u32);
            self.own(i, at, loc, self.trace.type_of(val) == Some(Type::F64))?;
            self.reads(i, at, loc, val, state)?;
        }
        Ok(())
    }

    /// What the terminator of block `b` passes on: changes `state` into what it adds to the
    /// target's entry and returns the target.
    fn leave(
        &self,
        b: usize,
        block: &Block,
        state: &mut State,
    ) -> Result<Option<usize>, CheckError> {
        let i = block.end as usize - 1;
        let op = &self.trace.ops[i];
        if op.opcode == Opcode::JumpTrace {
            for (k, &arg) in self.trace.args_of_jump(op).iter().enumerate() {
                let at = Where::Argument(k as u32);
                self.reads(i, at, Loc::slot(k as u32), arg, state)?;
            }
        }
        if op.opcode != Opcode::Jump {
            return Ok(None);
        }
        let target = op.imm as usize;
        let to = &self.trace.blocks[target];
        let args = self.trace.args_of_jump(op);
        for (k, (p, &arg)) in to.param_ops().zip(args).enumerate() {
            let loc = self.allocation.locs[p].result;
            let float = self.trace.ops[p].result() == Some(Type::F64);
            self.own(i, Where::Argument(k as u32), loc, float)?;
            self.reads(i, Where::Argument(k as u32), loc, arg, state)?;
        }
        let passed: Vec<(Symbol, Symbol)> = to
            .param_ops()
            .zip(args)
            .map(|(p, &arg)| (symbol(self.trace, arg), Symbol::Value(p as u32)))
            .collect();
        state.pass((target <= b).then_some(to.first), &passed);
        Ok(Some(target))
    }
}
