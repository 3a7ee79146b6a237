//! A plan of which values are in registers when, and the walk that carries it out.
//!
//! Strategies that look at a whole trace before they decide anything say *when* each value is in a
//! register, not in which one: moves between registers are cheap, so any that is free will do. The walk
//! chooses on the way, and moves what is in another's way.
//!
//! Terms. A *point* is a position as `liveness` counts them, and the *header* the one just before the
//! first op behind the loop's parameters. A *stretch* is a run of points at which a value is in a register.
//! A value *leaves* at the end of a stretch that is not the end of its life: it goes on in its slot.
//!
//! Invariants. A plan is a wish: where it asks for more registers than there are, values go on in
//! slots. Before a value leaves it has been stored. Values from before the loop are stored before
//! the loop.

use crate::cost::cost;
use crate::facts::{FLOAT, Facts, INT, OpRow, OpTable};
use crate::liveness::{Life, Liveness, Loop, after, before, jump_values};
use crate::regset::RegSet;
use crate::slots::{is_pinned, pinned, unpinned};
use crate::walk::{Buffers, CONST_OWNER, ConstPolicy, DEAD, Found, Policy, Walk, walk};
use crate::{AllocError, Allocation, Edit, Input, Loc, LocKind};
use tierlab_trace::ir::{Block, Op, Trace, Val};
use tierlab_trace::ops::Type;

/// A position, as a signed number: there is one before the first op.
pub(crate) type Point = i64;

/// How a loop parameter is passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passed {
    /// In a register.
    pub register: bool,
    /// In a slot; perhaps both.
    pub slot: bool,
}

/// When values are in registers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Per value, its stretches in order: first and last point.
    pub stretches: Vec<Vec<(Point, Point)>>,
    /// Values that are loaded though the op at hand does not read them: the point before it, and the value. In
    /// order.
    pub loads: Vec<(Point, u32)>,
    /// Per value from before the loop, whether it has a slot copy in the loop.
    pub stored: Vec<bool>,
    /// Per value, the loop parameter that it is passed for and whose slot it is written to while
    /// that parameter is in a register, or no more needed.
    pub heir_of: Vec<Option<u32>>,
    /// Per value, the slot in which another trace expects it, and to which it is written as soon as
    /// that is free. Only where the trace ends with a jump to another one.
    pub slot_of: Vec<Option<u32>>,
    /// Per loop parameter, in order.
    pub passed: Vec<Passed>,
}

impl Plan {
    /// A plan that keeps nothing in registers.
    pub fn new(trace: &Trace, params: usize) -> Plan {
        Plan {
            stretches: vec![Vec::new(); trace.ops.len()],
            loads: Vec::new(),
            stored: vec![false; trace.ops.len()],
            heir_of: vec![None; trace.ops.len()],
            slot_of: vec![None; trace.ops.len()],
            passed: vec![Passed { register: false, slot: true }; params],
        }
    }

    /// Puts the stretches in order and joins those that touch.
    pub fn finish(&mut self) {
        self.loads.sort_unstable();
        for stretches in &mut self.stretches {
            stretches.retain(|s| s.0 <= s.1);
            stretches.sort_unstable();
            stretches.dedup_by(|next, kept| {
                let joined = next.0 <= kept.1 + 1;
                if joined {
                    kept.1 = kept.1.max(next.1);
                }
                joined
            });
        }
    }

    /// The stretch of value `v` that holds a point.
    fn stretch(&self, v: usize, point: Point) -> Option<(Point, Point)> {
        let stretches = self.stretches.get(v)?;
        let next = stretches.partition_point(|s| s.1 < point);
        stretches.get(next).copied().filter(|s| s.0 <= point)
    }

    fn holds(&self, v: usize, point: Point) -> bool {
        self.stretch(v, point).is_some()
    }
}

/// How often a trace with a loop is walked at most. The header's registers are a matter of what is
/// best at the jump back, which the walk knows afterwards.
const WALKS: usize = 6;
/// The first walk of these in which values move to where they are wanted as soon as they can.
const EAGER: usize = 2;

/// Carries out a plan.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    pub plan: Plan,
    repeat: Option<Loop>,
    /// Ops that destroy registers, and which.
    destroyers: Vec<(Point, RegSet)>,
    /// What the op at hand destroys.
    clobbers: RegSet,
    /// Per value that the loop's header finds in a register, the register that it had best be in: where
    /// the last walk had it, or its argument, at the jump back.
    wishes: Vec<Loc>,
    /// The same as this walk finds it.
    ends: Vec<Loc>,
    /// Per value, the loop parameter in whose register what is computed from it ends up, if all goes well.
    towards: Vec<Option<u32>>,
    /// Whether values move there as soon as it is free.
    eager: bool,
    /// The result of the last op, which was written to a parameter's slot.
    pending: Option<(usize, Loc)>,
    /// Parameters that have taken over the slot of another one. They keep it: two that change places would
    /// take it from each other without end.
    heirs_of_slots: Vec<usize>,
    /// Parameters that the header finds in a register and in a slot too, and the slot.
    both: Vec<(usize, Loc)>,
    /// Values that are loaded where the loop is entered, and their registers.
    entering: Vec<(usize, Loc)>,
}

fn point_before(i: usize) -> Point {
    Point::from(before(i))
}

fn point_after(i: usize) -> Point {
    Point::from(after(i))
}

impl Planned {
    /// Carries the plan out, by several walks if the first has more traffic than it need have.
    pub fn carry_out(
        &mut self,
        input: &Input,
        liveness: &mut Liveness,
        buffers: &mut Buffers,
        needed: u64,
        out: &mut Allocation,
    ) -> Result<(), AllocError> {
        self.wishes.clear();
        self.wishes.resize(liveness.repeat.map_or(0, |l| l.first + l.params), Loc::NONE);
        self.ends.clone_from(&self.wishes);
        let lives = liveness.repeat.map(|_| liveness.values.clone());
        let mut least = u64::MAX;
        let mut next = Allocation::default();
        self.heirs(input, liveness);
        for walks in 0..WALKS {
            self.eager = walks >= EAGER;
            self.begin(input, &buffers.table, liveness);
            walk(input, liveness, buffers, self, ConstPolicy::Registers, &mut next)?;
            reuse_loads(&mut next.edits);
            let traffic = cost(input.trace, &next).weighted_traffic();
            if traffic < least {
                std::mem::swap(out, &mut next);
                least = traffic;
            }
            let Some(lives) = lives.as_ref().filter(|_| least > needed) else { break };
            // Where all is in place already, no other walk is better.
            if self.ends == self.wishes {
                break;
            }
            self.wishes.clone_from(&self.ends);
            liveness.values.clone_from(lives);
            buffers.reset(input.trace, input.file);
        }
        Ok(())
    }

    /// Prepares for a walk over a trace whose lives are known.
    fn begin(&mut self, input: &Input, table: &OpTable, liveness: &mut Liveness) {
        let trace = input.trace;
        self.repeat = liveness.repeat;
        self.pending = None;
        self.heirs_of_slots.clear();
        self.both.clear();
        self.entering.clear();
        self.destroyers.clear();
        for (i, op) in trace.ops.iter().enumerate() {
            let clobbers = table.row(op.opcode).clobbers;
            if !clobbers.is_empty() {
                self.destroyers.push((point_after(i), clobbers));
            }
        }
        let params = trace.blocks.first().map_or(0..0, |b| b.param_ops());
        let all = RegSet(input.file.registers());
        let start = params.end as Point * 2;
        let arrivals = || params.clone().zip(input.incoming.unwrap_or(&[]).iter().copied());
        // What another trace expects elsewhere stays in its register until it is stored there, once.
        let wanted = |p: usize| {
            let stays = self.plan.holds(p, start) || self.plan.slot_of[p].is_some();
            stays && liveness.values[p].last != after(p)
        };
        let mut homes = Vec::new();
        let mut taken = RegSet::EMPTY;
        let mut others = Vec::new();
        for (p, loc) in arrivals().filter(|(p, loc)| loc.is_register() && wanted(*p)) {
            let register = RegSet::of(loc);
            if register.meets(all) && !register.meets(taken) {
                taken |= register;
                homes.push((p, loc));
            } else {
                others.push((p, loc));
            }
        }
        for (p, loc) in others {
            let class = usize::from(loc.kind() == LocKind::Float);
            let free = ((all & RegSet::class(class)) - taken).lowest();
            taken |= RegSet::of(free);
            homes.push((p, free));
        }
        for (p, loc) in homes {
            liveness.values[p].loc = loc;
        }
    }

    /// Registers that are destroyed in the stretch of value `v` from a point on.
    fn destroyed(&self, v: usize, from: Point) -> RegSet {
        let Some((_, end)) = self.plan.stretch(v, from) else { return RegSet::EMPTY };
        let first = self.destroyers.partition_point(|d| d.0 <= from);
        let there = self.destroyers[first..].iter().take_while(|d| d.0 <= end);
        there.fold(RegSet::EMPTY, |set, d| set | d.1)
    }

    /// The best free register for value `v` from a point on: one in `wish`, that survives.
    fn choose(&self, walk: &Walk, v: usize, from: Point, class: usize, wish: RegSet) -> Loc {
        let free = walk.free() & RegSet::class(class);
        let destroyed = self.destroyed(v, from);
        let mut hint = RegSet::EMPTY;
        if walk.in_loop {
            let at = walk.through.binary_search_by_key(&(v as u32), |&(v, _)| v);
            hint = at.map_or(RegSet::EMPTY, |k| RegSet::of(walk.through[k].1));
            if let Some(p) = self.towards.get(v).copied().flatten() {
                hint = RegSet::of(walk.out.locs[p as usize].result);
            }
        }
        let safe = free - destroyed;
        let order = [wish & hint & safe, wish & safe, hint & safe, safe, wish & free, free];
        order.into_iter().find(|set| !set.is_empty()).map_or(Loc::NONE, RegSet::lowest)
    }

    /// Finds the values that what the jump back passes is computed from, each read for the last time by
    /// what is computed from it.
    fn heirs(&mut self, input: &Input, liveness: &Liveness) {
        let trace = input.trace;
        self.towards.clear();
        self.towards.resize(trace.ops.len(), None);
        let Some(repeat) = liveness.repeat else { return };
        let args = jump_values(trace, &trace.ops[repeat.jump]).unwrap_or(&[]);
        for (p, arg) in (repeat.first as u32..).zip(args) {
            if let Some(v) = arg.as_value() {
                self.towards[v] = Some(p);
            }
        }
        let float = |v: usize| trace.type_of(Val::value(v)) == Some(Type::F64);
        for i in (repeat.first + repeat.params..repeat.jump).rev() {
            let Some(p) = self.towards[i] else { continue };
            for v in trace.ops[i].operands().iter().filter_map(|arg| arg.as_value()) {
                let ends = v < i && liveness.values[v].last == before(i) && float(v) == float(i);
                if ends && self.towards[v].is_none() {
                    self.towards[v] = Some(p);
                }
            }
        }
    }

    /// Moves values to where they are wanted at the jump back.
    fn hurry(&self, walk: &mut Walk, i: usize) {
        for v in Self::residents(walk, walk.busy) {
            let target = self.towards[v].map_or(Loc::NONE, |p| walk.out.locs[p as usize].result);
            if walk.values[v].loc != target && RegSet::of(target).meets(walk.free()) {
                walk.relocate(i, v, target);
            }
        }
    }

    /// The slot of the parameter that `v` is to be written to, or that another trace expects it in, if it
    /// can be written now.
    fn inherited(&self, walk: &mut Walk, v: usize) -> Option<Loc> {
        if let Some(number) = self.plan.slot_of.get(v).copied().flatten() {
            // What arrived there and is in a register gives its slot copy up.
            let arrived = walk.awaited.get(number as usize).map_or(usize::MAX, |&x| x as usize);
            if let Some(life) = walk.values.get_mut(arrived)
                && life.slot == pinned(Loc::slot(number))
                && life.loc.is_register()
            {
                life.slot = Loc::NONE;
            }
            let slot = walk.take_vacant_slot(number as usize, v);
            return slot.is_slot().then_some(slot);
        }
        let p = (*self.plan.heir_of.get(v)?)? as usize;
        if self.heirs_of_slots.contains(&p) {
            return None;
        }
        let parameter = &mut walk.values[p];
        let slot = parameter.slot;
        let free = parameter.last == DEAD || parameter.loc.is_register();
        if !is_pinned(slot) || !free {
            return None;
        }
        parameter.slot = Loc::NONE;
        Some(slot)
    }

    /// Writes value `v`, which is in a register, to its slot.
    fn store(&mut self, walk: &mut Walk, i: usize, v: usize) {
        let life = walk.values[v];
        if life.slot != Loc::NONE || !life.loc.is_register() {
            return;
        }
        match self.inherited(walk, v) {
            Some(slot) => {
                if self.repeat.is_some_and(|l| (l.first..l.first + l.params).contains(&v)) {
                    self.heirs_of_slots.push(v);
                }
                walk.values[v].slot = slot;
                walk.edit(i, life.loc, unpinned(slot), life.loc.kind() == LocKind::Float);
            }
            None => walk.store(i, v, None),
        }
    }

    /// Has value `v` leave its register before op `i`.
    fn leave(&mut self, walk: &mut Walk, i: usize, v: usize) {
        self.store(walk, i, v);
        let life = &mut walk.values[v];
        if life.slot.is_slot() && life.loc.is_register() {
            walk.busy -= RegSet::of(life.loc);
            life.loc = unpinned(life.slot);
        }
    }

    /// The values in a set of registers.
    fn residents(walk: &Walk, set: RegSet) -> Vec<usize> {
        // What makes way for one op goes back to its register after it.
        let mut set = (set & walk.busy & walk.registers) - walk.fixes.waiting();
        let mut found = Vec::new();
        while !set.is_empty() {
            let register = set.lowest();
            set -= RegSet::of(register);
            let owner = walk.owner[register.register_number() as usize];
            // Registers lent to an op hold nobody's value.
            let there =
                |life: &Life| owner & CONST_OWNER == 0 && life.loc == register && life.last != DEAD;
            if walk.values.get(owner as usize).is_some_and(there) {
                found.push(owner as usize);
            }
        }
        found
    }

    fn settle_pending(&mut self, walk: &mut Walk) {
        if let Some((v, slot)) = self.pending.take()
            && walk.values[v].slot == Loc::NONE
            && walk.values[v].last != DEAD
        {
            walk.values[v].slot = slot;
        }
    }

    /// Brings operands to registers.
    fn load_operands(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow) {
        let constraint = (walk.file.constraint)(op.opcode);
        for (k, arg) in op.operands().iter().enumerate() {
            let Some(v) = arg.as_value() else { continue };
            let Some(&life) = walk.values.get(v) else { continue };
            if life.loc.is_register() && constraint.operands[k].registers == 0 {
                self.store(walk, i, v);
            }
            if !life.loc.is_slot() || !self.plan.holds(v, point_before(i)) {
                continue;
            }
            let class = row.facts.operand_class(k);
            let wish = RegSet::in_class(class, constraint.operands[k].registers);
            let register = self.choose(walk, v, point_before(i), class, wish);
            if register != Loc::NONE {
                walk.load(i, v, register);
            }
        }
    }

    /// Stores what outlives op `i`, but not in its register. What is stored may take over the slot of another
    /// that leaves too, which then needs one of its own.
    fn store_leaving(&mut self, walk: &mut Walk, i: usize) {
        let leaves = |planned: &Planned, walk: &Walk, v: usize| {
            let life = walk.values[v];
            let outlives = life.last != before(i) && !planned.plan.holds(v, point_after(i));
            outlives && life.slot == Loc::NONE
        };
        // Only a loop parameter's own slot is taken over, and only once, so this ends.
        loop {
            let mut leaving = Self::residents(walk, walk.busy);
            leaving.retain(|&v| leaves(self, walk, v));
            if leaving.is_empty() {
                return;
            }
            for v in leaving {
                self.store(walk, i, v);
            }
        }
    }

    /// Loads what the plan says is to be loaded here.
    fn load_others(&self, walk: &mut Walk, i: usize) {
        let point = point_before(i);
        let first = self.plan.loads.partition_point(|l| l.0 < point);
        for &(_, v) in self.plan.loads[first..].iter().take_while(|l| l.0 == point) {
            let v = v as usize;
            if !walk.values[v].loc.is_slot() || walk.values[v].last == DEAD {
                continue;
            }
            let class = usize::from(walk.is_float(Val::value(v)));
            let register = self.choose(walk, v, point, class, RegSet::class(class));
            if register != Loc::NONE {
                walk.load(i, v, register);
            }
        }
    }

    /// Moves what outlives op `i` in registers out of those that it destroys.
    fn make_way(&mut self, walk: &mut Walk, i: usize, clobbers: RegSet) {
        for v in Self::residents(walk, clobbers) {
            let life = walk.values[v];
            if life.last == before(i) || !self.plan.holds(v, point_after(i)) {
                continue;
            }
            let class = usize::from(life.loc.kind() == LocKind::Float);
            let mut safe = ((walk.free() & RegSet::class(class)) - clobbers).lowest();
            if safe == Loc::NONE {
                // Someone who does not outlive the op may change places with it.
                let all = RegSet::class(class) - clobbers;
                let other = Self::residents(walk, all).into_iter().find(|&x| {
                    let life = walk.values[x];
                    life.last == before(i) || !self.plan.holds(x, point_after(i))
                });
                let spare = (walk.free() & RegSet::class(class)).lowest();
                if let Some(other) = other.filter(|_| spare != Loc::NONE) {
                    safe = walk.values[other].loc;
                    walk.relocate(i, other, spare);
                }
            }
            if safe != Loc::NONE {
                walk.relocate(i, v, safe);
            } else {
                self.store(walk, i, v);
            }
        }
    }

    /// Where value `v` had best be at the header.
    fn wish(&self, v: usize) -> Loc {
        self.wishes.get(v).copied().unwrap_or(Loc::NONE)
    }

    /// Notes where values are at the jump back.
    fn note_ends(&mut self, walk: &Walk, first: usize, args: &[Val]) {
        self.ends.fill(Loc::NONE);
        let registers = |loc: Loc| if loc.is_register() { loc } else { Loc::NONE };
        for (end, arg) in self.ends.iter_mut().skip(first).zip(args) {
            *end = arg.as_value().map_or(Loc::NONE, |v| registers(walk.values[v].loc));
        }
        for &(v, _) in walk.through.iter() {
            if let Some(end) = self.ends.get_mut(v as usize) {
                *end = registers(walk.values[v as usize].loc);
            }
        }
    }

    /// Gives values from before the loop the places that its header wants them in.
    fn carry(&mut self, walk: &mut Walk, i: usize, repeat: Loop, header: Point) -> RegSet {
        let again = after(repeat.jump);
        let mut stay = RegSet::EMPTY;
        for v in 0..repeat.first {
            if walk.values[v].last != again {
                continue;
            }
            if self.plan.stored.get(v).copied().unwrap_or(false) {
                self.store(walk, i, v);
            }
            if !self.plan.holds(v, header) {
                self.leave(walk, i, v);
            }
            stay |= RegSet::of(walk.values[v].loc);
        }
        stay
    }

    /// Chooses registers for the loop's parameters, which begin at `first`, before jump `i` to it: as many as
    /// are to be passed in one, from those that are free. [`Loc::NONE`] for the others.
    fn give_registers(
        &self,
        walk: &Walk,
        i: usize,
        first: usize,
        args: &[Val],
        free: &mut RegSet,
    ) -> Vec<Loc> {
        let mut given = vec![Loc::NONE; args.len()];
        let header = (first + args.len()) as Point * 2 - 1;
        let register_of = |k: usize| self.plan.passed.get(k).is_some_and(|p| p.register);
        // First those whose place at the jump back is known, then those that find their values in place.
        for (k, given) in given.iter_mut().enumerate() {
            let wish = self.wish(first + k);
            if register_of(k) && RegSet::of(wish).meets(*free) {
                *given = wish;
                *free -= RegSet::of(wish);
            }
        }
        for in_place in [true, false] {
            for (k, arg) in args.iter().enumerate() {
                if !register_of(k) || given[k] != Loc::NONE {
                    continue;
                }
                let v = arg.as_value();
                let there = v.map_or(Loc::NONE, |v| walk.values[v].loc);
                let dies = v.is_some_and(|v| walk.values[v].last == before(i));
                let class = usize::from(walk.is_float(Val::value(first + k)));
                let all = *free & RegSet::class(class);
                let p = first + k;
                let good = all - self.destroyed(p, header);
                given[k] = match in_place {
                    true if dies && RegSet::of(there).meets(good) => there,
                    true => Loc::NONE,
                    false if good.is_empty() => all.lowest(),
                    false => good.lowest(),
                };
                *free -= RegSet::of(given[k]);
            }
        }
        given
    }

    /// Loads values from before the loop that its header wants in registers.
    fn load_entering(&mut self, walk: &mut Walk, repeat: Loop, header: Point, mut free: RegSet) {
        self.entering.clear();
        for v in 0..repeat.first {
            let life = walk.values[v];
            if life.last == after(repeat.jump) && life.loc.is_slot() && self.plan.holds(v, header) {
                let float = walk.trace.ops[v].result() == Some(Type::F64);
                let class = RegSet::class(if float { FLOAT } else { INT });
                let good = (free & class) - self.destroyed(v, header);
                let wish = RegSet::of(self.wish(v)) & free & class;
                let order = [wish, good, free & class];
                let register = order.into_iter().find(|set| !set.is_empty());
                let register = register.map_or(Loc::NONE, RegSet::lowest);
                if register != Loc::NONE {
                    free -= RegSet::of(register);
                    walk.busy |= RegSet::of(register);
                    walk.moves.push(life.loc, register, float);
                    self.entering.push((v, register));
                }
            }
        }
    }

    /// Has parameter `p`, which is passed in a register, passed in a slot too if the plan says so.
    fn keep_slot(&mut self, walk: &mut Walk, i: usize, p: usize, arg: Val) {
        let first = self.repeat.map_or(0, |l| l.first);
        if !self.plan.passed[p - first].slot {
            return;
        }
        let ends = arg
            .as_value()
            .filter(|&v| walk.values[v].last == before(i) && walk.values[v].slot.is_slot());
        walk.values[p].slot = match ends {
            Some(v) => std::mem::replace(&mut walk.values[v].slot, Loc::NONE),
            None => {
                let slot = Loc::slot(walk.slots.take());
                let float = walk.is_float(arg);
                let from = walk.source(arg);
                walk.moves.push(from, slot, float);
                slot
            }
        };
        self.both.push((p, unpinned(walk.values[p].slot)));
    }
}

impl Policy for Planned {
    const SPLITS: bool = true;

    fn before(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow, _: &Found) -> bool {
        self.settle_pending(walk);
        self.clobbers = row.clobbers;
        for v in Self::residents(walk, walk.busy) {
            if !self.plan.holds(v, point_before(i)) {
                self.leave(walk, i, v);
            }
        }
        if self.eager && walk.in_loop {
            self.hurry(walk, i);
        }
        self.load_operands(walk, i, op, row);
        self.load_others(walk, i);
        self.store_leaving(walk, i);
        if row.clobbers.meets(walk.busy) {
            self.make_way(walk, i, row.clobbers);
        }
        true
    }

    fn read(&mut self, walk: &mut Walk, i: usize, _row: &OpRow) {
        for v in Self::residents(walk, walk.busy) {
            let life = &mut walk.values[v];
            let lost = RegSet::of(life.loc).meets(self.clobbers);
            if (lost || !self.plan.holds(v, point_after(i))) && life.slot.is_slot() {
                walk.busy -= RegSet::of(life.loc);
                life.loc = unpinned(life.slot);
            }
        }
    }

    fn home(&mut self, walk: &mut Walk, i: usize, facts: Facts) -> Loc {
        let constraint = (walk.file.constraint)(walk.trace.ops[i].opcode);
        // What is born in a slot stays there until it is read: the slot is then its own.
        if constraint.result.registers != 0 && self.plan.holds(i, point_after(i)) {
            let class = facts.result_class();
            let wish = RegSet::in_class(class, constraint.result.registers);
            let register = self.choose(walk, i, point_after(i), class, wish);
            if register != Loc::NONE {
                return register;
            }
        }
        match self.inherited(walk, i) {
            Some(slot) => {
                self.pending = Some((i, slot));
                unpinned(slot)
            }
            None => walk.values[i].loc,
        }
    }

    fn jump(&mut self, walk: &mut Walk, i: usize, block: &Block, args: &[Val]) {
        self.settle_pending(walk);
        let Some(repeat) = self.repeat.filter(|l| l.first == block.first as usize) else { return };
        let params = block.param_ops();
        let header = params.end as Point * 2 - 1;
        let stay = self.carry(walk, i, repeat, header);
        // Registers of values that end here are free: all moves are done at once.
        let mut free = walk.registers - stay;
        let given = self.give_registers(walk, i, params.start, args, &mut free);
        self.load_entering(walk, repeat, header, free);
        for (p, (&arg, &register)) in params.zip(args.iter().zip(&given)) {
            if register != Loc::NONE {
                walk.values[p].loc = register;
                self.keep_slot(walk, i, p, arg);
            }
        }
    }

    fn entered(&mut self, walk: &mut Walk) {
        for (v, register) in self.entering.drain(..) {
            walk.values[v].loc = register;
            walk.occupy(register, v as u32);
        }
    }

    fn back(&mut self, walk: &mut Walk, i: usize, block: &Block, args: &[Val]) {
        self.settle_pending(walk);
        self.note_ends(walk, block.first as usize, args);
        // What is wanted in several places is loaded once.
        for &arg in args {
            let Some(v) = arg.as_value().filter(|&v| walk.values[v].loc.is_slot()) else {
                continue;
            };
            let here = walk.values[v].loc;
            let first = block.first as usize;
            let places = block.param_ops().map(|p| walk.out.locs[p].result);
            let wanted = places.zip(args).filter(|&(to, a)| *a == arg && to != here).count();
            let both = self.both.iter().filter(|b| args.get(b.0 - first) == Some(&arg));
            let wanted = wanted + both.filter(|b| b.1 != here).count();
            let carried = walk.through.iter().any(|t| t.0 as usize == v && t.1.is_register());
            if wanted + usize::from(carried) < 2 {
                continue;
            }
            let class = usize::from(walk.is_float(arg));
            let register = (walk.free() & RegSet::class(class)).lowest();
            if register != Loc::NONE {
                walk.load(i, v, register);
            }
        }
        for &(p, slot) in &self.both {
            let Some(&arg) = args.get(p - block.first as usize) else { continue };
            let own = arg.as_value().map_or(Loc::NONE, |v| unpinned(walk.values[v].slot));
            if own != slot {
                let (from, float) = (walk.source(arg), walk.is_float(arg));
                walk.moves.push(from, slot, float);
            }
        }
    }
}

/// Edits before one op that load a slot which another of them has just loaded or stored take the register
/// instead.
fn reuse_loads(edits: &mut [Edit]) {
    for group in edits.chunk_by_mut(|a, b| a.op == b.op) {
        // Registers and the slots whose content they have.
        let mut copies: Vec<(Loc, Loc)> = Vec::new();
        for edit in group {
            let known = copies.iter().find(|(register, slot)| {
                *slot == edit.from && (register.kind() == LocKind::Float) == edit.float
            });
            if let Some(&(register, _)) = known {
                edit.from = register;
            }
            let Edit { from, to, .. } = *edit;
            copies.retain(|&(register, slot)| register != to && slot != to);
            match (from.is_register(), to.is_register()) {
                (false, true) if from.is_slot() => copies.push((to, from)),
                (true, false) => copies.push((from, to)),
                // Of constants, and moves between places of one kind, no slot has a copy in a register.
                (false, true) | (true, true) | (false, false) => {}
            }
        }
    }
}
