//! Block boundaries of the scan: arrival, parameters, jumps.

use super::state::{Home, Scan};
use crate::facts::Facts;
use crate::liveness::{Loop, before, jump_values};
use crate::regset::RegSet;
use crate::slots::{is_pinned, pinned, unpinned};
use crate::{AllocError, Loc, LocKind, arrival};
use tierlab_trace::ir::{Block, Op, Val};
use tierlab_trace::ops::{Opcode, Type};

impl Scan<'_> {
    fn float(&self, v: usize) -> bool {
        Facts::of(self.trace.ops[v].opcode).result_class() == 1
    }

    /// Says where the parameters of the entry block arrive.
    pub fn arrive(&mut self) -> Result<(), AllocError> {
        let params = self.trace.blocks.first().map_or(0..0, |b| b.param_ops());
        let end = self.trace.ops.last();
        let passed = end.filter(|op| op.opcode == Opcode::JumpTrace);
        let passed = passed.and_then(|op| jump_values(self.trace, op)).map_or(0, <[Val]>::len);
        self.arrivals.clear();
        self.arrivals.resize(passed.max(2 * params.len()), 0);
        let mut top = passed as u32;
        for p in params {
            let arrival = arrival(self.incoming, p)?;
            if arrival.is_slot() {
                top = top.max(arrival.index() + 1);
                self.homes[p].slot = pinned(arrival);
                if let Some(last) = self.arrivals.get_mut(arrival.index() as usize) {
                    *last = self.lives[p].last.max(*last);
                }
            }
            self.out.locs[p].result = arrival;
        }
        self.slots.reset(top);
        // Slots below the arrivals that no arrival occupies.
        for slot in passed as u32..top.min(self.arrivals.len() as u32) {
            self.slots.give_if(slot, self.arrivals[slot as usize] == 0);
        }
        Ok(())
    }

    /// The first block: parameters come from where they arrive, constants are made.
    pub fn entry(&mut self, block: &Block) {
        let body = block.param_ops().end;
        for c in 0..self.trace.consts.len() {
            let Home { register, slot, .. } = self.homes[self.values + c];
            let float = self.trace.consts[c].ty() == Type::F64;
            for to in [register, slot] {
                if to != Loc::NONE {
                    self.edit(body, Loc::constant(c as u32), to, float);
                }
            }
        }
        for p in block.param_ops() {
            let arrival = self.out.locs[p].result;
            let float = self.float(p);
            let Home { register, slot, .. } = self.homes[p];
            for to in [register, unpinned(slot)] {
                if to != Loc::NONE {
                    self.moves.push(arrival, to, float);
                }
            }
        }
        // Arrival registers may be read by any of the moves: none is known to be spare.
        self.resolve(body, RegSet::EMPTY);
    }

    pub fn terminator(&mut self, b: usize, i: usize) -> Result<(), AllocError> {
        let op = &self.trace.ops[i];
        self.closed = RegSet::EMPTY;
        self.own_exit = 0..0;
        let enters = op.opcode == Opcode::Jump && op.imm as usize == b + 1;
        if !enters {
            // Nothing behind it is reached from here.
            while !self.busy.is_empty() {
                let register = self.busy.lowest();
                let owner = self.owner_of(register);
                self.homes[owner].register = Loc::NONE;
                self.release(register);
            }
        }
        match op.opcode {
            Opcode::Jump if enters => self.enter(i, op),
            Opcode::Jump => match self.repeat.filter(|l| l.jump == i) {
                Some(repeat) => self.back(repeat, op),
                None => Err(AllocError::Malformed { op: i }),
            },
            Opcode::JumpTrace => self.leave(i, op),
            _ if op.opcode.can_exit() => self.exit(i, op, Loc::NONE),
            _ => Ok(()),
        }
    }

    /// The place of a jump's argument, which it gets if it has none: a register, one of `good` if
    /// possible, or a slot.
    fn argument(&mut self, entity: usize, class: usize, good: RegSet) -> Loc {
        let home = self.homes[entity];
        let nowhere = home.register == Loc::NONE && home.slot == Loc::NONE;
        if nowhere && !self.is_const(entity) {
            let free = (self.all & RegSet::class(class)) - self.busy;
            if free.is_empty() {
                self.slot_of(entity);
            } else {
                let register = self.pick(entity, free, good);
                self.occupy(register, entity);
            }
        }
        let register = self.homes[entity].register;
        self.weak -= RegSet::of(register);
        self.source(entity)
    }

    /// A jump to another trace, which expects its values in slots.
    fn leave(&mut self, i: usize, op: &Op) -> Result<(), AllocError> {
        let args = jump_values(self.trace, op).unwrap_or(&[]);
        for (k, &arg) in args.iter().enumerate() {
            if let Some(v) = arg.as_value()
                && self.class_of_value(v, i).is_some()
                && self.homes[v].slot == Loc::NONE
                && self.arrivals.get(k).is_some_and(|&last| last <= before(v))
            {
                self.homes[v].slot = pinned(Loc::slot(k as u32));
            }
        }
        for (k, &arg) in args.iter().enumerate() {
            let class = usize::from(self.trace.type_of(arg) == Some(Type::F64));
            let entity = self.entity(i, arg, class)?;
            let to = Loc::slot(k as u32);
            if self.homes[entity].slot != pinned(to) {
                let from = self.argument(entity, class, self.all);
                self.moves.push(from, to, class == 1);
            }
        }
        self.resolve(i, self.all - self.busy);
        Ok(())
    }

    /// The jump back, met first of the loop: says where its parameters arrive.
    fn back(&mut self, repeat: Loop, op: &Op) -> Result<(), AllocError> {
        let i = repeat.jump;
        let args = jump_values(self.trace, op).unwrap_or(&[]);
        self.outer = repeat.first;
        self.written = RegSet::EMPTY;
        self.gains.clear();
        for (k, arg) in args.iter().enumerate() {
            let p = repeat.first + k;
            let own = arg.as_value().filter(|&v| v >= repeat.first && v != p);
            let own = own.map_or(0, |v| self.lives[v].benefit);
            self.gains.push((self.lives[p].benefit.saturating_add(own), k as u32));
        }
        self.gains.sort_unstable_by_key(|&(gain, k)| (std::cmp::Reverse(gain), k));
        let mut taken = RegSet::EMPTY;
        for n in 0..self.gains.len() {
            let (_, k) = self.gains[n];
            let p = repeat.first + k as usize;
            let class = usize::from(self.float(p));
            let entity = self.entity(i, args[k as usize], class)?;
            let free = (self.all & RegSet::class(class)) - taken;
            let inner = !self.is_outer(entity);
            self.homes[p].carried = true;
            self.homes[entity].carried |= inner;
            let home = self.homes[entity];
            let to = if !free.is_empty() {
                let register = free.lowest();
                taken |= RegSet::of(register);
                if inner && home.register == Loc::NONE && home.slot == Loc::NONE {
                    self.occupy(register, entity);
                }
                register
            } else {
                let slot = Loc::slot(self.slots.fresh());
                self.homes[p].slot = pinned(slot);
                let body = repeat.first + repeat.params;
                // Born in the parameter's slot, where that is dead by then.
                let heir = inner && entity >= body && self.lives[p].last <= before(entity);
                if heir && home.register == Loc::NONE && home.slot == Loc::NONE {
                    self.homes[entity].slot = pinned(slot);
                }
                slot
            };
            self.out.locs[p].result = to;
        }
        for (k, &arg) in args.iter().enumerate() {
            let p = repeat.first + k;
            let to = self.out.locs[p].result;
            let class = usize::from(self.float(p));
            let entity = self.entity(i, arg, class)?;
            if unpinned(self.homes[entity].slot) == to {
                continue;
            }
            let from = self.argument(entity, class, self.all - taken);
            self.moves.push(from, to, class == 1);
        }
        self.resolve(i, self.all - self.busy - taken);
        self.written |= taken;
        self.awaited = taken;
        Ok(())
    }

    /// The loop's header: brings parameters from where they arrive, and what is from before the loop
    /// from where it stays.
    pub fn header(&mut self, repeat: Loop) {
        let body = repeat.first + repeat.params;
        let mut places = RegSet::EMPTY;
        self.parameter_moves(repeat.first..body, &mut places);
        let mut lost = self.busy & self.written;
        while !lost.is_empty() {
            let register = lost.lowest();
            lost -= RegSet::of(register);
            let entity = self.owner_of(register);
            if self.weak.meets(RegSet::of(register)) {
                self.slot_of(entity);
                continue;
            }
            self.release(register);
            self.homes[entity].register = Loc::NONE;
            places |= RegSet::of(register);
            let class = usize::from(register.kind() == LocKind::Float);
            let calm = (self.all & RegSet::class(class)) - self.busy - self.written;
            let from = if self.is_const(entity) {
                self.source(entity)
            } else if calm.is_empty() {
                self.slot_of(entity)
            } else {
                let calm = calm.lowest();
                self.occupy(calm, entity);
                calm
            };
            self.moves.push(from, register, class == 1);
        }
        self.resolve(body, self.all - self.busy - places);
        self.give_slots(repeat.first..body);
        self.outer = 0;
        self.awaited = RegSet::EMPTY;
    }

    /// The parameters of a block that heads no loop.
    pub fn parameters(&mut self, block: &Block) {
        let params = block.param_ops();
        for p in params.clone() {
            let Home { register, slot, .. } = self.homes[p];
            let class = RegSet::class(usize::from(self.float(p)));
            let free = (self.all & class) - self.busy;
            self.out.locs[p].result = if register != Loc::NONE {
                register
            } else if slot != Loc::NONE {
                unpinned(slot)
            } else if free.is_empty() {
                self.slot_of(p)
            } else {
                self.occupy(free.lowest(), p);
                free.lowest()
            };
        }
        let mut places = RegSet::EMPTY;
        self.parameter_moves(params.clone(), &mut places);
        self.resolve(params.end, self.all - self.busy - places);
        self.give_slots(params);
    }

    /// Moves of parameters from where they arrive to where they are wanted.
    fn parameter_moves(&mut self, params: std::ops::Range<usize>, places: &mut RegSet) {
        for p in params {
            let arrival = self.out.locs[p].result;
            let float = self.float(p);
            *places |= RegSet::of(arrival);
            let Home { register, slot, .. } = self.homes[p];
            for to in [register, unpinned(slot)] {
                if to != Loc::NONE {
                    *places |= RegSet::of(to);
                    self.written |= RegSet::of(to);
                    self.moves.push(arrival, to, float);
                }
            }
            self.release(register);
            self.homes[p].register = Loc::NONE;
        }
    }

    /// Parameters give back slots, but for those in which they arrive: that is for the jump to say.
    fn give_slots(&mut self, params: std::ops::Range<usize>) {
        for p in params {
            let slot = self.homes[p].slot;
            let own = slot.is_slot() && !is_pinned(slot) && slot != self.out.locs[p].result;
            self.slots.give_if(slot.index(), own);
        }
    }

    /// A jump to the next block, whose parameters have places.
    fn enter(&mut self, i: usize, op: &Op) -> Result<(), AllocError> {
        let args = jump_values(self.trace, op).unwrap_or(&[]);
        let first = self.trace.blocks[op.imm as usize].first as usize;
        let mut taken = RegSet::EMPTY;
        for (k, &arg) in args.iter().enumerate() {
            let to = self.out.locs[first + k].result;
            let class = usize::from(self.float(first + k));
            let entity = self.entity(i, arg, class)?;
            taken |= RegSet::of(to);
            let home = self.homes[entity];
            // An argument that ends here is born where the parameter wants it.
            if self.is_const(entity) || home.register != Loc::NONE {
                continue;
            }
            if to.is_register() && !self.busy.meets(RegSet::of(to)) {
                self.occupy(to, entity);
            } else if to.is_slot() && home.slot == Loc::NONE && self.outer == 0 {
                self.homes[entity].slot = to;
            }
        }
        for (k, &arg) in args.iter().enumerate() {
            let to = self.out.locs[first + k].result;
            let class = usize::from(self.float(first + k));
            let entity = self.entity(i, arg, class)?;
            let slot = self.homes[entity].slot;
            if unpinned(slot) != to {
                let from = self.argument(entity, class, self.all - taken);
                self.moves.push(from, to, class == 1);
                if to.is_slot() {
                    self.slots.give_if(to.index(), self.outer == 0);
                }
            }
        }
        self.resolve(i, self.all - self.busy - taken);
        Ok(())
    }
}
