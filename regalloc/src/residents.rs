//! Which values are in registers on the way forward: what `local` and `linear-scan-split` have
//! in common.
//!
//! Every value wants a register when it is defined and when it is read while it has uses left. Where
//! none is free, the value in a register that is *worth* least loses it, unless the value at hand is
//! worth less: then that one stays in its slot. What a value is worth is the strategy's [`Choice`].
//!
//! Terms. The *next use* is that of `next_use`. A *verdict* says of a loop parameter, or of a value from
//! before the loop that is read in it, whether the loop's header finds it in a register. A value
//! is *dirty* while no slot has it.
//!
//! Invariants.
//! * `Residents::next` of a register that holds a value is that value's next use.
//! * What the op at hand reads in registers keeps them until it has been read.
//! * Registers that an op destroys hold nothing that outlives it: before the op such values are
//!   moved to registers that survive, or stored; after the operands have been read they are
//!   only in their slots.

use crate::facts::{Facts, OpRow};
use crate::liveness::{Life, Liveness, Loop, after, before, jump_values, numbered};
use crate::next_use::{NEVER, NextUses};
use crate::regset::RegSet;
use crate::slots::unpinned;
use crate::walk::{Found, Policy, Walk};
use crate::{Allocation, CELLS, Input, Loc, LocKind};
use tierlab_trace::ir::{Block, Op, Val};
use tierlab_trace::ops::Opcode;

/// What a strategy has to say.
pub(crate) trait Choice {
    /// What it is worth to keep a value in its register from op `now` on: the more, the higher.
    fn worth(now: usize, next: u32, life: Life, in_loop: bool) -> u32;

    /// What it costs to take the value's register.
    fn price(next: u32, life: Life) -> u32;
}

/// Whether a value is in a register at the loop's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Where the trace's way to the loop leaves it.
    AsItComes,
    /// In a register, if one can be had.
    Register,
    /// In a slot.
    Slot,
}

/// The loop parameter that a value is passed for by the jump back, or the number of the argument for
/// another trace that it is. [`Life::benefit`] says so once it has told where uses are: nothing else in it
/// is negative then.
fn carried(life: &Life) -> Option<usize> {
    if life.benefit < 0 { Some(!life.benefit as usize) } else { None }
}

/// Notes that; the first parameter noted counts.
fn carry(life: &mut Life, parameter: usize) {
    if carried(life).is_none() {
        life.benefit = !(parameter as i32);
    }
}

/// Values in registers, and what is known of them.
#[derive(Debug)]
pub(crate) struct Residents<C> {
    pub uses: NextUses,
    /// Per value, for those of the loop's header, once there are any.
    pub verdicts: Vec<Verdict>,
    /// Whether there is any verdict but [`Verdict::AsItComes`].
    settled: bool,
    /// Whether a register is never taken where that costs more than is gained at once.
    pub thrifty: bool,
    repeat: Option<Loop>,
    /// Per [`Loc::cell`], the next use of the value in that register; what is no register has entries that mean
    /// nothing.
    next: [u32; CELLS],
    /// Whether the result of the op at hand gets a register.
    result: bool,
    /// Registers whose values go on in their slots once the op at hand has read its operands.
    leaving: RegSet,
    choice: std::marker::PhantomData<C>,
}

impl<C> Default for Residents<C> {
    fn default() -> Self {
        Residents {
            uses: NextUses::default(),
            verdicts: Vec::new(),
            settled: false,
            thrifty: false,
            repeat: None,
            next: [NEVER; CELLS],
            result: false,
            leaving: RegSet::EMPTY,
            choice: std::marker::PhantomData,
        }
    }
}

impl<C: Choice> Residents<C> {
    /// Prepares for a trace, when all uses are known. Values that arrive in registers stay there.
    pub fn begin(&mut self, input: &Input, liveness: &mut Liveness) {
        let Input { trace, file, incoming } = *input;
        let repeat = liveness.repeat;
        self.repeat = repeat;
        self.settled = false;
        self.thrifty = false;
        let params = trace.blocks.first().map_or(0..0, |b| b.param_ops());
        let mut taken = RegSet::EMPTY;
        for (p, &arrival) in params.zip(incoming.unwrap_or(&[])) {
            let register = RegSet::of(arrival);
            let own = register.meets(RegSet(file.registers())) && !register.meets(taken);
            if own && liveness.values[p].last != after(p) {
                taken |= register;
                liveness.values[p].loc = arrival;
                self.next[arrival.cell()] = self.first_use(p);
            }
        }
        self.verdicts.clear();
        if let Some(repeat) = repeat {
            self.uses.close(trace, repeat, &liveness.values);
        }
        if let Some(jump) = trace.ops.last().filter(|op| op.opcode == Opcode::JumpTrace) {
            for (k, arg) in jump_values(trace, jump).unwrap_or(&[]).iter().enumerate() {
                if let Some(life) = arg.as_value().and_then(|v| liveness.values.get_mut(v)) {
                    carry(life, k);
                }
            }
        }
        if let Some(repeat) = repeat {
            let behind = repeat.first + repeat.params;
            let args = jump_values(trace, &trace.ops[repeat.jump]).unwrap_or(&[]);
            for (p, arg) in numbered(repeat.first, args) {
                if let Some(v) = arg.as_value().filter(|&v| v >= behind) {
                    carry(&mut liveness.values[v], p);
                }
            }
        }
    }

    /// After a walk: has the header find in registers what was in registers at the jump back.
    /// Returns whether that is news.
    pub fn settle_verdicts(
        &mut self,
        input: &Input,
        liveness: &Liveness,
        through: &[(u32, Loc)],
        done: &Allocation,
    ) -> bool {
        let Some(repeat) = liveness.repeat else { return false };
        self.settled = true;
        let mut news = false;
        self.verdicts.resize(repeat.first + repeat.params, Verdict::AsItComes);
        let verdicts = &mut self.verdicts;
        let mut settle = |v: usize, now: bool, header: Loc| {
            verdicts[v] = if now { Verdict::Register } else { Verdict::Slot };
            news |= now != header.is_register();
        };
        let args = jump_values(input.trace, &input.trace.ops[repeat.jump]).unwrap_or(&[]);
        for (p, arg) in (repeat.first..).zip(args) {
            if let Some(v) = arg.as_value() {
                settle(p, liveness.values[v].loc.is_register(), done.locs[p].result);
            }
        }
        for &(v, header) in through {
            settle(v as usize, liveness.values[v as usize].loc.is_register(), header);
        }
        news
    }

    fn evict(&mut self, walk: &mut Walk, i: usize, register: Loc) {
        let v = walk.owner[register.register_number() as usize] as usize;
        let parameter = carried(&walk.values[v]);
        walk.evict(i, v, parameter);
    }

    /// The register of a set whose value is worth least, if that is less than `worth`.
    fn least(&self, walk: &Walk, i: usize, set: RegSet, worth: u32, price: u32) -> Option<Loc> {
        let mut candidates = set & walk.busy & walk.registers;
        // Which one is least cannot be foreseen, so nothing branches on it: the number goes with the worth.
        let mut least = u64::from(worth) << 8;
        while let Some(number) = candidates.pop_number() {
            let Some(&life) = walk.values.get(walk.owner[number as usize] as usize) else {
                continue;
            };
            let next = self.next[Loc::register(number).cell()];
            let there = u64::from(C::worth(i, next, life, walk.in_loop)) << 8 | u64::from(number);
            let dear = self.thrifty && C::price(next, life) > price;
            least = least.min(if dear { u64::MAX } else { there });
        }
        let number = least as u32 & 0xff;
        if least >> 8 < u64::from(worth) { Some(Loc::register(number)) } else { None }
    }

    /// Brings operands that are worth it, or that must be, to registers.
    fn load_operands(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow) {
        let next = self.uses.after[i];
        for (k, arg) in op.args.iter().enumerate() {
            let loc = Life::of(walk.values, *arg).loc;
            let twin = || (0..k).any(|j| op.args[j] == *arg);
            if loc.is_register() {
                // Only a slot will do.
                if row.gain(k) < 0 && !twin() {
                    let v = arg.op_or_beyond();
                    let parameter = carried(&walk.values[v]);
                    walk.store(i, v, parameter);
                }
            } else if loc.is_slot() {
                let needed = row.accepts(k, Loc::int(0)) & !row.accepts(k, loc);
                if (needed | (next[k] != NEVER)) && !twin() {
                    self.load_operand(walk, i, op, row, k, needed);
                }
            }
        }
    }

    /// Brings operand `k` from its slot to a register, if that is `needed` or worth it.
    fn load_operand(
        &mut self,
        walk: &mut Walk,
        i: usize,
        op: &Op,
        row: &OpRow,
        k: usize,
        needed: bool,
    ) {
        let v = op.args[k].op_or_beyond();
        let next = self.uses.after[i][k];
        let class = RegSet::class(row.facts.operand_class(k));
        let mut register = (walk.free() & class).lowest();
        if register == Loc::NONE {
            let (worth, price) = if needed {
                (u32::MAX, u32::MAX)
            } else {
                let life = walk.values[v];
                (C::worth(i, next, life, walk.in_loop), C::price(next, life))
            };
            let candidates = class - Self::read(walk, op);
            let Some(victim) = self.least(walk, i, candidates, worth, price) else { return };
            self.evict(walk, i, victim);
            register = victim;
        }
        walk.load(i, v, register);
        self.next[register.cell()] = next;
    }

    /// The registers in which operands of the op are.
    fn read(walk: &Walk, op: &Op) -> RegSet {
        let locs = op.args.iter().map(|arg| Life::of(walk.values, *arg).loc);
        locs.fold(RegSet::EMPTY, |read, loc| read | RegSet::of(loc))
    }

    /// Frees registers for those operands of op `i` in the set, constants that it would otherwise read
    /// from slots. The constant is there just for the op: what waits longer makes room.
    fn free_for_constants(
        &mut self,
        walk: &mut Walk,
        i: usize,
        op: &Op,
        row: &OpRow,
        mut constants: u32,
    ) {
        let mut taken = RegSet::EMPTY;
        while constants != 0 {
            let k = constants.trailing_zeros() as usize % 3;
            constants &= constants - 1;
            let again = (0..k).any(|j| op.args[j] == op.args[k]);
            if again || !row.accepts(k, Loc::int(0)) {
                continue;
            }
            let class = RegSet::class(row.facts.operand_class(k));
            let mut register = ((walk.free() & class) - taken).lowest();
            if register == Loc::NONE {
                // Nothing is used sooner. What is saved is a load, and the store at the trace's entry.
                let here = Life { last: before(i), ..Life::NOBODY };
                let worth = C::worth(i, i as u32, here, walk.in_loop);
                let price = C::price(i as u32, Life { slot: Loc::slot(0), ..here });
                let candidates = class - Self::read(walk, op);
                let victim = self.least(walk, i, candidates, worth, price);
                let Some(victim) = victim else { continue };
                self.evict(walk, i, victim);
                register = victim;
            }
            taken |= RegSet::of(register);
        }
    }

    /// Has what outlives op `i` survive what it destroys.
    fn make_way(&mut self, walk: &mut Walk, i: usize, clobbers: RegSet) {
        let mut lost = clobbers & walk.busy & walk.registers;
        while !lost.is_empty() {
            let register = lost.lowest();
            lost -= RegSet::of(register);
            let number = register.register_number() as usize;
            let v = walk.owner[number] as usize;
            let Some(&life) = walk.values.get(v) else { continue };
            if life.last == before(i) {
                continue;
            }
            let class = RegSet::class(usize::from(register.kind() == LocKind::Float));
            let safe = ((walk.free() & class) - clobbers).lowest();
            if safe != Loc::NONE {
                self.next[safe.cell()] = self.next[register.cell()];
                walk.relocate(i, v, safe);
            } else {
                let parameter = carried(&walk.values[v]);
                walk.store(i, v, parameter);
            }
        }
    }

    /// Decides whether the result gets a register, and makes room for it.
    #[inline]
    fn make_room(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow) {
        self.result = false;
        if !row.accepts(3, Loc::int(0)) {
            return;
        }
        let class = RegSet::class(row.facts.result_class());
        self.result = true;
        if !(walk.free() & class).is_empty() {
            return;
        }
        let mut kept = RegSet::EMPTY;
        for arg in op.args {
            let Some(life) = arg.as_value().and_then(|v| walk.values.get(v)) else { continue };
            if life.last != before(i) {
                kept |= RegSet::of(life.loc);
            } else if RegSet::of(life.loc).meets(class) {
                return;
            }
        }
        // What the op destroys is free when it writes its result.
        if (row.clobbers & class).meets(walk.registers) {
            return;
        }
        let needed = !row.accepts(3, Loc::slot(0));
        let next = self.uses.after[i][3];
        let worth = C::worth(i, next, walk.values[i], walk.in_loop);
        let price = C::price(next, walk.values[i]);
        let (worth, price) = if needed { (u32::MAX, u32::MAX) } else { (worth, price) };
        match self.least(walk, i, class, worth, price) {
            // An operand is read where it is; only then does it go.
            Some(victim) if RegSet::of(victim).meets(kept) => {
                let v = walk.owner[victim.register_number() as usize] as usize;
                let parameter = carried(&walk.values[v]);
                walk.store(i, v, parameter);
                self.leaving |= RegSet::of(victim);
            }
            Some(victim) => self.evict(walk, i, victim),
            None => self.result = false,
        }
    }

    /// Gives the parameters of the block that jump `i` leads to their registers.
    fn place_parameters(
        &mut self,
        walk: &mut Walk,
        i: usize,
        params: std::ops::Range<usize>,
        args: &[Val],
    ) {
        // Registers of arguments that end here are free for parameters: all are written at once.
        let mut ending = RegSet::EMPTY;
        for arg in args {
            if let Some(life) = arg.as_value().and_then(|v| walk.values.get(v))
                && life.last == before(i)
            {
                ending |= RegSet::of(life.loc);
            }
        }
        let mut free = walk.free() | ending;
        // First those that find their value in a register that they can take over.
        for inherits in [true, false] {
            for (p, arg) in numbered(params.start, args) {
                if walk.values[p].loc != Loc::NONE {
                    continue;
                }
                let class = RegSet::class(Facts::of(walk.trace.ops[p].opcode).result_class());
                let from = arg.as_value().map_or(Loc::NONE, |v| walk.values[v].loc);
                if free.meets(RegSet::of(from)) != inherits {
                    continue;
                }
                let next = self.first_use(p);
                let wanted = match self.verdict(p) {
                    Verdict::Slot => false,
                    Verdict::Register => true,
                    Verdict::AsItComes => next != NEVER || inherits,
                };
                let register = if inherits { from } else { (free & class).lowest() };
                if wanted && register != Loc::NONE {
                    free -= RegSet::of(register);
                    walk.values[p].loc = register;
                    self.next[register.cell()] = next;
                }
            }
        }
    }

    fn verdict(&self, v: usize) -> Verdict {
        self.verdicts.get(v).copied().unwrap_or(Verdict::AsItComes)
    }

    /// The first use of a parameter.
    fn first_use(&self, p: usize) -> u32 {
        self.uses.after[p][3]
    }

    /// Brings values from before the loop to where its header wants them, before jump `i`.
    fn settle(&mut self, walk: &mut Walk, i: usize, repeat: Loop) {
        if !self.settled {
            return;
        }
        let again = after(repeat.jump);
        for v in 0..repeat.first {
            let life = walk.values[v];
            if life.last == again && life.loc.is_register() && self.verdict(v) == Verdict::Slot {
                let parameter = carried(&walk.values[v]);
                walk.evict(i, v, parameter);
            }
        }
        for v in 0..repeat.first {
            let life = walk.values[v];
            if life.last == again && life.loc.is_slot() && self.verdict(v) == Verdict::Register {
                let class = RegSet::class(Facts::of(walk.trace.ops[v].opcode).result_class());
                let register = (walk.free() & class).lowest();
                if register != Loc::NONE {
                    walk.load(i, v, register);
                    self.next[register.cell()] = self.uses.in_loop(v, repeat);
                }
            }
        }
    }
}

impl<C: Choice> Policy for Residents<C> {
    const SPLITS: bool = true;

    #[inline(always)]
    fn before(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow, found: &Found) -> bool {
        self.leaving = row.clobbers;
        let mut moves = !found.fits;
        let next = &self.uses.after[i];
        let mut read = |k: usize| {
            let loc = found.places[k];
            self.next[loc.cell()] = next[k];
            moves |= loc.is_slot() & (next[k] != NEVER);
        };
        // Backward: of an operand that is there twice, the first place counts.
        if row.facts.has_third_operand() {
            read(2);
        }
        read(1);
        read(0);
        if moves {
            self.load_operands(walk, i, op, row);
        }
        if found.constants != 0 {
            self.free_for_constants(walk, i, op, row, found.constants);
        }
        if row.clobbers.meets(walk.busy) {
            self.make_way(walk, i, row.clobbers);
            moves = true;
        }
        self.make_room(walk, i, op, row);
        moves
    }

    #[inline(always)]
    fn read(&mut self, walk: &mut Walk, _i: usize, _row: &OpRow) {
        let mut leaving = self.leaving & walk.busy & walk.registers;
        while !leaving.is_empty() {
            let register = leaving.lowest();
            leaving -= RegSet::of(register);
            let v = walk.owner[register.register_number() as usize] as usize;
            if let Some(life) = walk.values.get_mut(v).filter(|life| life.loc == register) {
                life.loc = unpinned(life.slot);
                walk.busy -= RegSet::of(register);
            }
        }
    }

    #[inline(always)]
    fn home(&mut self, walk: &mut Walk, i: usize, facts: Facts) -> Loc {
        let wish = walk.values[i].loc;
        if !self.result {
            return wish;
        }
        let free = walk.free() & RegSet::class(facts.result_class());
        let carried = carried(&walk.values[i]).filter(|_| self.repeat.is_some());
        let register = match carried.map(|p| walk.out.locs[p].result) {
            Some(hint) if free.meets(RegSet::of(hint)) => hint,
            _ => free.lowest(),
        };
        if register == Loc::NONE {
            return wish;
        }
        self.next[register.cell()] = self.uses.after[i][3];
        register
    }

    fn jump(&mut self, walk: &mut Walk, i: usize, block: &Block, args: &[Val]) {
        if let Some(repeat) = self.repeat.filter(|l| l.first == block.first as usize) {
            self.settle(walk, i, repeat);
        }
        self.place_parameters(walk, i, block.param_ops(), args);
    }
}
