//! Block boundaries of the walk: arrival at the entry, parameters, jumps.
//!
//! Terms. The *arrival* of an entry parameter is where the contract puts it; one edit sequence
//! before the first op moves all of them home at once. An argument's *heir* is the parameter
//! that takes over its slot where the argument ends at the jump.
//!
//! Invariants.
//! * All parameters of a block are placed before any of them dies: they are written at once.
//! * A parameter whose arrival is a slot stays there unless it has a register home or another
//!   parameter arrives in the same slot. Slots below the arrivals that no arrival occupies
//!   may be used from the start.
//! * Moves at a jump break cycles through registers that hold nothing and that no move writes;
//!   moves at the entry do so through a slot.

use crate::facts::{FLOAT, Facts, INT};
use crate::liveness::{Life, Loop, after, before, jump_values, numbered, renew};
use crate::moves::Spare;
use crate::regset::RegSet;
use crate::slots::{pinned, unpinned};
use crate::walk::{CONST_OWNER, DEAD, Policy, Walk};
use crate::{AllocError, Input, Loc, LocKind, OpLocs, arrival};
use tierlab_trace::ir::{Block, Op, Val};
use tierlab_trace::layout::MAX_SLOTS;
use tierlab_trace::ops::{Opcode, Type};

/// No value.
const NOBODY: u32 = u32::MAX;

impl Walk<'_> {
    /// Whether operand, argument or value `val` is a float.
    #[inline(always)]
    pub fn is_float(&self, val: Val) -> bool {
        match val.as_value().and_then(|v| self.trace.ops.get(v)) {
            Some(op) => Facts::of(op.opcode).result_class() == FLOAT,
            None => self.trace.type_of(val) == Some(Type::F64),
        }
    }

    /// Places the parameters of the entry block and moves them to their homes.
    pub fn entry(&mut self, input: &Input, block: &Block) -> Result<(), AllocError> {
        self.entry_op = block.first + block.params;
        match input.incoming {
            None => self.enter_from_slots(block.params as usize)?,
            Some(_) => self.enter_from(input.incoming, block.params as usize)?,
        }
        self.await_arguments(block);
        Ok(())
    }

    /// The parameters arrive in slots `0..n`, a slot each: those that have no register stay there.
    fn enter_from_slots(&mut self, n: usize) -> Result<(), AllocError> {
        if n > MAX_SLOTS {
            return Err(AllocError::Malformed { op: MAX_SLOTS });
        }
        self.slots.reset(n as u32);
        let mut left = 0;
        for p in 0..n {
            let from = Loc::slot(p as u32);
            self.out.locs[p] = OpLocs { result: from, ..OpLocs::NONE };
            let life = &mut self.values[p];
            if life.last == after(p) {
                life.last = DEAD;
                left += 1;
            } else if life.loc.is_register() {
                let home = life.loc;
                left += 1;
                self.occupy(home, p as u32);
                self.moves.push(from, home, home.kind() == LocKind::Float);
            } else {
                life.loc = from;
                life.slot = from;
            }
        }
        // From slots to registers: there are no cycles, and nothing is needed to break one.
        self.moves.resolve(self.entry_op, Spare::slot(n as u32), &mut self.out.edits);
        for p in (0..n).rev().take(if left == 0 { 0 } else { n }) {
            self.slots.give_if(p as u32, self.values[p].slot == Loc::NONE);
        }
        Ok(())
    }

    /// The parameters arrive where `incoming` says, or where nothing can.
    fn enter_from(&mut self, incoming: Option<&[Loc]>, n: usize) -> Result<(), AllocError> {
        // Which slots arrivals occupy; the flag says that a parameter has made it its home.
        let arrivals = &mut *self.arrivals;
        arrivals.clear();
        for p in 0..n {
            let loc = arrival(incoming, p)?;
            if loc.is_slot() {
                arrivals.push((loc.index(), false));
            }
        }
        arrivals.sort_unstable();
        arrivals.dedup();
        let top = arrivals.last().map_or(0, |a| a.0 + 1);
        self.slots.reset(top);
        let mut next = 0;
        for slot in 0..top.min(2 * n as u32) {
            if self.arrivals.get(next).is_some_and(|a| a.0 == slot) {
                next += 1;
            } else {
                self.slots.give(slot);
            }
        }
        for p in 0..n {
            let from = arrival(incoming, p)?;
            self.out.locs[p] = OpLocs { result: from, ..OpLocs::NONE };
            if self.values[p].last == after(p) {
                self.values[p].last = DEAD;
                continue;
            }
            if self.values[p].loc.is_register() {
                self.occupy(self.values[p].loc, p as u32);
            } else {
                let own = self.arrivals.binary_search_by_key(&from.index(), |a| a.0).ok();
                let own = own.filter(|&at| from.is_slot() && !self.arrivals[at].1);
                self.values[p].loc = match own {
                    Some(at) => {
                        self.arrivals[at].1 = true;
                        from
                    }
                    None => Loc::slot(self.slots.take()),
                };
                self.values[p].slot = self.values[p].loc;
            }
            let float = self.is_float(Val::value(p));
            self.moves.push(from, self.values[p].loc, float);
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

    /// Keeps the slots free in which another trace expects the arguments of the jump that ends the
    /// entry block, and has values be born there.
    fn await_arguments(&mut self, block: &Block) {
        let trace = self.trace;
        let Some(jump) = trace.ops.get(block.end as usize - 1) else { return };
        let args = match jump.opcode {
            Opcode::JumpTrace => jump_values(trace, jump).unwrap_or(&[]),
            _ => return,
        };
        renew(self.awaited, args.len(), |_| NOBODY);
        self.slots.withhold(args.len() as u32);
        for p in block.param_ops() {
            let Life { slot, last, .. } = self.values[p];
            if slot.is_slot() && last != DEAD && (slot.index() as usize) < args.len() {
                self.values[p].slot = pinned(slot);
                self.awaited[slot.index() as usize] = p as u32;
            }
        }
        for (k, arg) in args.iter().enumerate() {
            if let Some(life) = arg.as_value().and_then(|v| self.values.get_mut(v))
                && life.loc == Loc::NONE
            {
                life.loc = Loc::hint(k as u32);
            }
        }
    }

    /// Opens a block behind the entry; `header` is the loop that it heads.
    pub fn begin_block<P: Policy>(&mut self, block: &Block, header: Option<Loop>) {
        let params = block.param_ops();
        self.place_params(block, None);
        if let Some(header) = header {
            self.in_loop = true;
            for p in params.clone() {
                let slot = &mut self.values[p].slot;
                *slot = if slot.is_slot() { pinned(*slot) } else { *slot };
            }
            self.loop_entry = (self.entered, header.first as u32 - 1);
            if P::SPLITS {
                let again = after(header.jump);
                for (v, life) in self.values[..header.first].iter().enumerate() {
                    if life.last == again {
                        self.through.push((v as u32, life.loc));
                    }
                }
            }
            // What the jump back passes for a parameter in a slot would like to be born there.
            let jump = &self.trace.ops[header.jump];
            for (k, arg) in jump_values(self.trace, jump).unwrap_or(&[]).iter().enumerate() {
                if let Some(v) = arg.as_value()
                    && v >= params.end
                    && self.values[v].loc == Loc::NONE
                    && self.values[params.start + k].slot.is_slot()
                {
                    self.values[v].loc = Loc::hint((params.start + k) as u32);
                }
            }
        }
        for p in params {
            self.out.locs[p] = OpLocs { result: self.values[p].loc, ..OpLocs::NONE };
            self.release_at(p, after(p));
        }
    }

    /// Gives a place to those parameters of a block that have none. From a jump, a parameter takes
    /// over the slot of an argument that ends there.
    fn place_params(&mut self, block: &Block, from: Option<(usize, &[Val])>) {
        for (k, p) in block.param_ops().enumerate() {
            if self.values[p].loc != Loc::NONE {
                continue;
            }
            let heir = from.and_then(|(jump, args)| {
                args.get(k)?.as_value().filter(|&v| {
                    self.values[v].last == before(jump) && self.values[v].slot.is_slot()
                })
            });
            self.values[p].slot = match heir {
                Some(v) => {
                    self.values[v].last = DEAD;
                    self.busy -= RegSet::of(self.values[v].loc);
                    self.values[v].slot
                }
                None => Loc::slot(self.slots.take()),
            };
            self.values[p].loc = unpinned(self.values[p].slot);
        }
    }

    pub fn terminator<P: Policy>(&mut self, policy: &mut P, b: usize, i: usize) {
        let trace = self.trace;
        let op = &trace.ops[i];
        match op.opcode {
            Opcode::Jump => self.jump(policy, b, i, op),
            Opcode::JumpTrace => {
                let args = jump_values(trace, op).unwrap_or(&[]);
                self.slots.at_least(args.len() as u32);
                for (k, &arg) in args.iter().enumerate() {
                    let (from, to) = (self.source(arg), Loc::slot(k as u32));
                    if arg.as_value().is_some_and(|v| unpinned(self.values[v].slot) == to) {
                        continue;
                    }
                    let float = self.is_float(arg);
                    self.moves.push(from, to, float);
                }
                self.resolve(i, self.registers - self.busy);
            }
            // `liveness` has refused all other terminators but those that exit.
            _ => self.exit(i, op),
        }
        self.out.locs[i] = OpLocs::NONE;
    }

    /// Where a jump's argument is.
    pub fn source(&self, arg: Val) -> Loc {
        match (arg.as_value(), arg.as_const()) {
            (Some(v), _) => self.values[v].loc,
            (_, Some(c)) if self.in_loop && self.consts[c].register != Loc::NONE => {
                self.consts[c].register
            }
            (_, Some(c)) => Loc::constant(c as u32),
            _ => Loc::NONE,
        }
    }

    fn resolve(&mut self, i: usize, free: RegSet) {
        let spare = Spare {
            int: (free & RegSet::class(INT)).lowest(),
            float: (free & RegSet::class(FLOAT)).lowest(),
            slot: self.slots.count(),
        };
        if self.moves.resolve(i as u32, spare, &mut self.out.edits) {
            self.slots.fresh();
        }
    }

    fn jump<P: Policy>(&mut self, policy: &mut P, b: usize, i: usize, op: &Op) {
        let trace = self.trace;
        let target = op.imm as usize;
        let block = &trace.blocks[target];
        let args = jump_values(trace, op).unwrap_or(&[]);
        let forward = target > b;
        if forward {
            policy.jump(self, i, block, args);
            self.entered = self.out.edits.len();
            self.place_params(block, Some((i, args)));
        } else {
            policy.back(self, i, block, args);
        }
        let mut free = self.registers - self.busy;
        for (p, &arg) in numbered(block.first as usize, args) {
            let from = self.source(arg);
            let to = if forward { self.values[p].loc } else { self.out.locs[p].result };
            free -= RegSet::of(to);
            let slot = arg.as_value().map_or(Loc::NONE, |v| unpinned(self.values[v].slot));
            if (from == to) | (slot == to) {
                // There already, whether or not it is in a register too.
                continue;
            }
            let float = self.is_float(arg);
            self.moves.push(from, to, float);
        }
        if !forward {
            for &(v, to) in self.through.iter() {
                let from = self.values[v as usize].loc;
                if to.is_register() {
                    free -= RegSet::of(to);
                    self.moves.push(from, to, to.kind() == LocKind::Float);
                }
            }
        }
        if forward {
            for c in 0..self.consts.len() {
                let (from, to) = (Loc::constant(c as u32), self.consts[c].register);
                if to.is_register() {
                    free -= RegSet::of(to);
                    self.moves.push(from, to, to.kind() == LocKind::Float);
                }
            }
        }
        self.resolve(i, free);
        for &arg in args {
            if let Some(v) = arg.as_value() {
                self.release_at(v, before(i));
            }
        }
        if forward {
            for p in block.param_ops() {
                self.occupy(self.values[p].loc, p as u32);
            }
            for c in 0..self.consts.len() {
                let register = self.consts[c].register;
                if register.is_register() {
                    self.occupy(register, c as u32 | CONST_OWNER);
                }
            }
            policy.entered(self);
        }
    }
}
