//! Where an op writes its result and reads its operands.
//!
//! Terms. An operand *must* be in a register if its position takes no slot. A register is *lent* if it
//! gets a copy of what is elsewhere just before the op, for this op alone.

use super::state::{NOBODY, Scan};
use crate::facts::OpRow;
use crate::regset::RegSet;
use crate::{AllocError, Allowed, Constraint, Loc, LocKind};
use tierlab_trace::ir::Op;

/// The operands of an op, on the way to their places.
struct Operands<'c> {
    constraint: &'c Constraint,
    /// Per operand, its entity; what needs no place is [`NOBODY`].
    entities: [usize; 3],
    classes: [usize; 3],
    /// The register of the result: if the first operand ends here, the op had best read it there.
    result: RegSet,
    /// Registers that the op reads.
    pinned: RegSet,
    /// Where operands must be: found for all of them together.
    targets: [Loc; 3],
    /// Copies to registers that are lent: the entity and the register.
    copies: [(usize, Loc); 3],
    copied: usize,
}

impl Operands<'_> {
    fn hint(&self, k: usize) -> RegSet {
        if k == 0 { self.result } else { RegSet::EMPTY }
    }

    fn must(&self, k: usize) -> bool {
        self.entities[k] != NOBODY && !self.constraint.operands[k].slot
    }

    /// The registers that operand `k` may be in.
    fn usable(&self, k: usize, all: RegSet) -> RegSet {
        let allowed = self.constraint.operands[k].registers;
        RegSet::in_class(self.classes[k], allowed) & all
    }
}

/// Whether a position accepts a register, given the op's row, which knows those that accept all or none.
#[inline(always)]
fn accepts(row: &OpRow, k: usize, allowed: impl Fn() -> Allowed, register: Loc) -> bool {
    row.accepts(k, register) || allowed().accepts(register)
}

impl Scan<'_> {
    /// Where op `i` writes its result. The edits behind the op bring it where it is wanted.
    #[inline]
    pub fn result(&mut self, i: usize, op: &Op, row: &OpRow) -> Result<Loc, AllocError> {
        let home = self.homes[i];
        let allowed = || (self.file.constraint)(op.opcode).result;
        let wanted = home.register;
        let float = row.facts.result_class() == 1;
        if wanted.is_register() && accepts(row, 3, allowed, wanted) {
            if home.slot.is_slot() {
                let slot = self.slot_of(i);
                self.edit(i + 1, wanted, slot, float);
            }
            return Ok(wanted);
        }
        let allowed = allowed();
        if !wanted.is_register() && home.slot.is_slot() && allowed.slot {
            return Ok(self.slot_of(i));
        }
        let class = row.facts.result_class();
        let usable = RegSet::in_class(class, allowed.registers) & self.all;
        let free = usable - self.busy;
        let loc = if !free.is_empty() {
            self.pick(i, free, self.all - self.closed)
        } else if allowed.slot {
            self.slot_of(i)
        } else {
            let register = self.cheapest(usable);
            if register == Loc::NONE {
                return Err(AllocError::TooFewRegisters { op: i, needed: 1 });
            }
            self.closed |= RegSet::of(register);
            self.displace(i, register);
            register
        };
        // What was held weakly may have gone to its slot meanwhile.
        let home = self.homes[i];
        if home.register.is_register() {
            self.edit(i + 1, loc, home.register, float);
            self.release(home.register);
        }
        if loc.is_register() {
            if home.slot.is_slot() {
                let slot = self.slot_of(i);
                self.edit(i + 1, loc, slot, float);
            }
            self.occupy(loc, i);
        } else {
            self.homes[i].register = Loc::NONE;
        }
        Ok(loc)
    }

    /// Where op `i` reads its operands.
    #[inline]
    pub fn operands(
        &mut self,
        i: usize,
        op: &Op,
        row: &OpRow,
        result: Loc,
    ) -> Result<[Loc; 3], AllocError> {
        let mut args = [Loc::NONE; 3];
        let mut entities = [NOBODY; 3];
        let mut classes = [0; 3];
        // How many free registers are enough for all that have none.
        let mut wanted = [0; 2];
        let mut simple = true;
        let operands = op.operands();
        for (k, &arg) in operands.iter().enumerate() {
            let class = row.facts.operand_class(k);
            let entity = self.entity(i, arg, class)?;
            if self.is_const(entity)
                && (self.file.immediate)(op.opcode, k, self.trace.consts[entity - self.values])
            {
                args[k] = Loc::constant((entity - self.values) as u32);
                continue;
            }
            entities[k] = entity;
            classes[k] = class;
            args[k] = self.homes[entity].register;
            let any = row.accepts(k, Loc::register(class as u32 * 32));
            simple &= any;
            wanted[class] += u32::from(!args[k].is_register());
        }
        let free = self.all - self.busy;
        let result = RegSet::of(result);
        simple &= (0..2).all(|class| free.of_class(class).count_ones() >= wanted[class]);
        if !simple {
            let constraint = (self.file.constraint)(op.opcode);
            let targets = [Loc::NONE; 3];
            let copies = [(NOBODY, Loc::NONE); 3];
            let pinned = RegSet::EMPTY;
            let operands = Operands {
                constraint,
                entities,
                classes,
                result,
                pinned,
                targets,
                copies,
                copied: 0,
            };
            return self.hard_operands(i, operands, args);
        }
        for k in 0..3 {
            let entity = entities[k];
            if entity == NOBODY {
                continue;
            }
            // The same entity may be there twice.
            let mut register = self.homes[entity].register;
            if register.is_register() {
                self.weak -= RegSet::of(register);
            } else {
                let free = (self.all & RegSet::class(classes[k])) - self.busy;
                let hint = if k == 0 { result } else { RegSet::EMPTY };
                register = self.pick(entity, free, hint);
                self.occupy(register, entity);
            }
            args[k] = register;
        }
        Ok(args)
    }

    /// The same where registers are scarce, or not all of them accepted.
    #[cold]
    fn hard_operands(
        &mut self,
        i: usize,
        mut o: Operands,
        mut args: [Loc; 3],
    ) -> Result<[Loc; 3], AllocError> {
        if !self.matched(&mut o, 0, RegSet::EMPTY) {
            let full = |class: usize| {
                let these = (0..3).filter(|&k| o.must(k) && o.classes[k] == class);
                let needed = these.count();
                let all = (self.all & RegSet::class(class)).0.count_ones() as usize;
                (needed > all).then_some(needed)
            };
            let needed = full(0).or(full(1)).unwrap_or(1) as u8;
            return Err(AllocError::TooFewRegisters { op: i, needed });
        }
        for target in o.targets {
            self.closed |= RegSet::of(target);
        }
        for (k, arg) in args.iter_mut().enumerate() {
            if o.must(k) {
                *arg = o.targets[k];
                self.bring(i, &mut o, k, *arg);
            }
        }
        for (k, arg) in args.iter_mut().enumerate() {
            if o.entities[k] != NOBODY && !o.must(k) {
                *arg = self.optional(i, &mut o, k);
            }
        }
        for &(entity, to) in &o.copies[..o.copied] {
            let from = self.source(entity);
            self.edit(i, from, to, to.kind() == LocKind::Float);
            self.release(to);
        }
        Ok(args)
    }

    /// Finds registers for operands `k` and on that must be in some: all different, but for the
    /// same entity.
    fn matched(&self, o: &mut Operands, k: usize, taken: RegSet) -> bool {
        if k == 3 {
            return true;
        }
        if !o.must(k) {
            return self.matched(o, k + 1, taken);
        }
        let usable = o.usable(k, self.all);
        for j in 0..k {
            let twin = o.entities[j] == o.entities[k] && RegSet::of(o.targets[j]).meets(usable);
            if twin {
                o.targets[k] = o.targets[j];
                if self.matched(o, k + 1, taken) {
                    return true;
                }
            }
        }
        let own = RegSet::of(self.homes[o.entities[k]].register);
        // Registers of operands had better stay theirs.
        let others = (0..3).filter(|&j| o.entities[j] != NOBODY && j != k);
        let others = others
            .fold(RegSet::EMPTY, |set, j| set | RegSet::of(self.homes[o.entities[j]].register));
        let mut rest = usable - taken;
        while !rest.is_empty() {
            let free = rest - self.busy;
            let calm = rest - others;
            let register = if rest.meets(own) {
                (rest & own).lowest()
            } else if !free.is_empty() {
                self.pick(o.entities[k], free, o.hint(k))
            } else {
                self.cheapest(if calm.is_empty() { rest } else { calm })
            };
            o.targets[k] = register;
            if self.matched(o, k + 1, taken | RegSet::of(register)) {
                return true;
            }
            rest -= RegSet::of(register);
        }
        false
    }

    /// Has operand `k` read in a register that its position accepts.
    fn bring(&mut self, i: usize, o: &mut Operands, k: usize, to: Loc) {
        let entity = o.entities[k];
        let there =
            self.homes[entity].register == to || o.copies[..o.copied].contains(&(entity, to));
        if there {
            self.weak -= RegSet::of(to);
            o.pinned |= RegSet::of(to);
            return;
        }
        if self.busy.meets(RegSet::of(to)) {
            self.displace(i, to);
        }
        if self.homes[entity].register.is_register() {
            self.busy |= RegSet::of(to);
            self.owner[to.register_number() as usize & 63] = NOBODY as u32;
            self.weak -= RegSet::of(self.homes[entity].register);
            o.copies[o.copied] = (entity, to);
            o.copied += 1;
        } else {
            self.occupy(to, entity);
        }
        o.pinned |= RegSet::of(to);
    }

    /// Where operand `k`, which may be in a slot, is read.
    fn optional(&mut self, i: usize, o: &mut Operands, k: usize) -> Loc {
        let entity = o.entities[k];
        let usable = o.usable(k, self.all);
        let home = self.homes[entity];
        let own = RegSet::of(home.register);
        if own.meets(usable) {
            self.weak -= own;
            o.pinned |= own;
            return home.register;
        }
        if !own.is_empty() {
            return self.slot_of(entity);
        }
        let free = usable - self.busy;
        if !free.is_empty() {
            let register = self.pick(entity, free, o.hint(k));
            self.occupy(register, entity);
            o.pinned |= RegSet::of(register);
            return register;
        }
        let victim = self.cheapest(usable - o.pinned);
        // A constant costs nothing to make again, but a load in each place if it stays in a slot.
        let most = if self.is_const(entity) { u32::MAX } else { self.price_of(entity) };
        if victim == Loc::NONE || self.price(victim) >= most {
            return self.slot_of(entity);
        }
        self.displace(i, victim);
        if self.homes[entity].register == Loc::NONE {
            self.occupy(victim, entity);
        }
        o.pinned |= RegSet::of(victim);
        victim
    }
}
