//! Linear scan over whole live intervals.
//!
//! After Poletto and Sarkar, *Linear scan register allocation* (TOPLAS 1999): values are visited
//! in order of their births; each gets a register that is free from its birth to its death, and
//! where none is free, one value, the new one or one in a register, loses its register *for its whole
//! life* and lives in a slot instead. No value ever changes places: splitting is for other
//! strategies.
//!
//! Where it departs from the paper:
//! * The loser is not the value that lives longest but the one with the least *benefit* per
//!   length of life. The benefit is what a register saves: slot loads and stores by ops, those in
//!   the loop counting ten times. A value that only exits read has next to none: an exit finds it in a
//!   slot just as well. A value without benefit (only calls that want slots read it, say)
//!   gets no register at all.
//! * A value that lives across a call, or another op that destroys registers, takes only those
//!   that it preserves.
//! * Loop parameters are values like others, so loop-carried values stay in registers across the
//!   back-edge. The value that the jump back passes for a parameter prefers the parameter's
//!   register, which is kept free for it where possible: then no move is left.
//! * A value that outlives the jump back in vain (its parameter's register is taken) keeps
//!   out of other parameters' registers: that would close a cycle of moves.
//! * Constants that ops of the loop cannot take as immediates compete as values that live as long as
//!   the loop; losers live in slots.
//!
//! Terms. *Benefit* is in quarters of a memory access per pass of the trace. A register is
//! *reserved* between the header and the birth of the value that will be passed for the parameter
//! it holds.
//!
//! Invariants. Of two values in one register, one dies before the other is born, in the sense
//! of `liveness`; all parameters of a block are born at once.

use crate::destroyed::Destroyed;
use crate::facts::{ACCESS, FLOAT, Facts, INT};
use crate::liveness::{
    BENEFITS, LOOP_WEIGHT, Life, Liveness, Loop, Pos, after, before, header, jump_values, numbered,
    renew,
};
use crate::loop_consts::LoopConsts;
use crate::walk::{Buffers, CONST_OWNER, Chosen, ConstPlace, ConstPolicy, walk};
use crate::{AllocError, Allocation, Input, Loc, Strategy};
use tierlab_trace::ir::{Block, Trace};
use tierlab_trace::layout::{SAVED_FLOATS, SAVED_INTS};
use tierlab_trace::ops::{Opcode, Type};

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct LinearScan {
    liveness: Liveness,
    buffers: Buffers,
    consts: LoopConsts,
    destroyed: Destroyed,
    deaths: Vec<u32>,
    classes: [Class; 2],
}

impl Strategy for LinearScan {
    fn name(&self) -> &'static str {
        "linear-scan"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let LinearScan { liveness, buffers, consts, destroyed, deaths, classes } = self;
        let Input { trace, file, .. } = *input;
        buffers.reset(trace, file);
        consts.clear(trace);
        destroyed.clear();
        liveness.compute::<BENEFITS>(trace, &buffers.table, |i, op, row, outer| {
            destroyed.add(i, row.clobbers);
            if outer != 0 {
                consts.read(trace, file, op, row);
            }
        })?;
        renew(deaths, trace.ops.len() + 1, |_| 0);
        classes[INT].reset(file.ints);
        classes[FLOAT].reset(file.floats);
        Scan {
            trace,
            values: &mut liveness.values,
            consts: &mut buffers.consts,
            repeat: liveness.repeat,
            loop_consts: consts,
            destroyed,
            free: classes[FLOAT].all << LANES | classes[INT].all,
            deaths,
            classes,
        }
        .run(input.incoming);
        walk(input, liveness, buffers, &mut Chosen, ConstPolicy::SlotsInLoop, out)
    }
}

/// Registers of a class: as many as an exit can save.
const LANES: usize = 16;
const _: () = assert!(SAVED_INTS == LANES && SAVED_FLOATS == LANES);

/// The registers of one class. Entries of those that are free, or not reserved, mean nothing.
#[derive(Debug, Default)]
struct Class {
    all: u32,
    /// Per register: when the value or constant in it dies.
    end: [Pos; LANES],
    /// The value or constant.
    owner: [u32; LANES],
    /// What it gains per length of life.
    density: [f32; LANES],
    /// Registers that hold, or will again hold, loop parameters.
    params: u32,
    /// The birth of the value that it is reserved for.
    until: [Pos; LANES],
    /// The reserved registers.
    waiting: u32,
    /// The first of these births, or one before it.
    soonest: Pos,
}

impl Class {
    /// Gives it so many registers that hold nothing.
    fn reset(&mut self, registers: u8) {
        self.all = (1u32 << registers.min(LANES as u8)) - 1;
        self.params = 0;
        self.waiting = 0;
        self.soonest = Pos::MAX;
    }

    /// The registers that are reserved for values born up to `end`.
    #[inline(always)]
    fn reserved(&self, end: Pos) -> u32 {
        // Most values end long before the end of the loop, where those are born.
        if end < self.soonest { 0 } else { self.reserved_until(end) }
    }

    fn reserved_until(&self, end: Pos) -> u32 {
        let mut set = 0;
        let mut waiting = self.waiting;
        while waiting != 0 {
            let r = waiting.trailing_zeros() as usize % LANES;
            waiting &= waiting - 1;
            set |= u32::from(self.until[r] <= end) << r;
        }
        set
    }

    /// Reserves register `r` for a value born at `birth`.
    fn reserve(&mut self, r: usize, birth: Pos) {
        self.until[r] = birth;
        self.waiting |= 1 << r;
        self.soonest = self.soonest.min(birth);
    }

    /// Register `r` is reserved no longer.
    fn unreserve(&mut self, r: usize) {
        self.waiting &= !(1 << r);
        if self.waiting == 0 {
            self.soonest = Pos::MAX;
        }
    }

    /// The register of a set that holds the value with the least density.
    fn worst(&self, set: u32) -> Option<usize> {
        let mut worst = None;
        let mut least = f32::INFINITY;
        for r in 0..LANES {
            let less = (self.density[r] < least) & (set >> r & 1 != 0);
            least = if less { self.density[r] } else { least };
            worst = if less { Some(r) } else { worst };
        }
        worst
    }
}

/// One value (or constant) that wants a register.
#[derive(Clone, Copy, Debug)]
struct Interval {
    owner: u32,
    start: Pos,
    end: Pos,
    benefit: i32,
}

impl Interval {
    /// Sixteen ops are added to each length: among short lives the benefit alone counts. The
    /// number was found on recorded traces, where 4 and 64 are both worse.
    fn density(&self) -> f32 {
        self.benefit as f32 / (self.end.saturating_sub(self.start) + 32) as f32
    }
}

struct Scan<'a> {
    trace: &'a Trace,
    values: &'a mut [Life],
    consts: &'a mut [ConstPlace],
    repeat: Option<Loop>,
    loop_consts: &'a LoopConsts,
    destroyed: &'a mut Destroyed,
    /// Registers that hold nothing at the scan's position: integers from bit 0, floats from [`LANES`].
    free: u32,
    /// Per op, the registers that are free again where it writes its result, and were not before: what is in
    /// them then ends there.
    deaths: &'a mut [u32],
    classes: &'a mut [Class; 2],
}

/// Where in [`Scan::deaths`] stands what ends at a position: an operand's place can be the result's, what an
/// exit reads is in use until the next op.
#[inline(always)]
const fn death(end: Pos) -> usize {
    end.div_ceil(2) as usize
}

/// The bit of a register in [`Scan::free`].
#[inline(always)]
const fn register_bit(class: usize, r: usize) -> u32 {
    1 << (class * LANES + r)
}

/// The bit of a location that is a register of a class; no bit for others.
#[inline(always)]
fn lane(class: usize, loc: Loc) -> u32 {
    let of_class = loc.is_register() & ((loc.register_number() >= 32) == (class == FLOAT));
    u32::from(of_class) << (loc.register_number() & 31)
}

impl Scan<'_> {
    fn run(&mut self, incoming: Option<&[Loc]>) {
        for (b, block) in self.trace.blocks.iter().enumerate() {
            if b == 0 {
                self.entry(block, incoming);
            } else {
                self.header(b, block);
            }
            block.param_ops().for_each(|p| self.pass(p));
            let body = block.param_ops().end..block.end as usize - 1;
            for (i, op) in numbered(body.start, &self.trace.ops[body]) {
                self.pass(i);
                let facts = Facts::of(op.opcode);
                if facts.has_result() {
                    self.result(i, facts, op.args[0].as_value());
                }
            }
            self.pass(block.end as usize - 1);
        }
    }

    /// Moves the scan on to op `i`.
    #[inline(always)]
    fn pass(&mut self, i: usize) {
        self.free |= self.deaths.get(i).copied().unwrap_or(0);
    }

    /// The registers of a class that hold nothing at the scan's position.
    #[inline(always)]
    fn free(&self, class: usize) -> u32 {
        self.free >> (class * LANES) & ((1 << LANES) - 1)
    }

    /// The parameters of the entry block arrive somewhere: in slots, they cost a load each.
    fn entry(&mut self, block: &Block, incoming: Option<&[Loc]>) {
        for p in block.param_ops() {
            let arrival = incoming.and_then(|l| l.get(p).copied()).unwrap_or(Loc::NONE);
            let gain = if arrival.is_register() { ACCESS } else { -ACCESS };
            let interval = Interval {
                owner: p as u32,
                start: after(0),
                end: self.values[p].last,
                benefit: self.values[p].benefit.saturating_add(gain),
            };
            if interval.end != after(p) {
                self.place(self.class_of(p), interval, arrival, Loc::NONE);
            }
        }
    }

    fn class_of(&self, v: usize) -> usize {
        Facts::of(self.trace.ops[v].opcode).result_class()
    }

    /// The parameters of another block, and if it heads the loop, its constants.
    fn header(&mut self, b: usize, block: &Block) {
        let start = header(block);
        self.destroyed.pass(block.first as usize - 1);
        let entered = self.trace.blocks[b - 1].end as usize - 1;
        let entered = &self.trace.ops[entered];
        let args = match entered.opcode {
            Opcode::Jump if entered.imm as usize == b => jump_values(self.trace, entered),
            _ => None,
        };
        // First those whose value is in a register that is now free, then the others.
        for hinted in [true, false] {
            for (k, p) in block.param_ops().enumerate() {
                if self.values[p].loc != Loc::NONE {
                    continue;
                }
                let class = self.class_of(p);
                let arg = args.and_then(|a| a.get(k)?.as_value());
                let hint = arg.map_or(Loc::NONE, |v| self.values[v].loc);
                if (lane(class, hint) & self.free(class) != 0) != hinted {
                    continue;
                }
                // One unit, so that a parameter that only exits read takes a register that is free:
                // the jump back then needs no store.
                let benefit = self.values[p].benefit.saturating_add(1);
                let end = self.values[p].last;
                let interval = Interval { owner: p as u32, start, end, benefit };
                self.place(class, interval, hint, Loc::NONE);
            }
        }
        let Some(repeat) = self.repeat.filter(|l| l.first == block.first as usize) else { return };
        for &c in self.loop_consts.list() {
            let class = usize::from(self.trace.consts[c as usize].ty() == Type::F64);
            let interval = Interval {
                owner: c | CONST_OWNER,
                start,
                end: after(repeat.jump),
                benefit: self.loop_consts.benefit(c),
            };
            self.place(class, interval, Loc::NONE, Loc::NONE);
        }
        let back = jump_values(self.trace, &self.trace.ops[repeat.jump]).unwrap_or(&[]);
        for (p, arg) in numbered(block.first as usize, back) {
            let register = self.values[p].loc;
            if !register.is_register() {
                continue;
            }
            let class = self.class_of(p);
            let class = &mut self.classes[class];
            let r = register.index() as usize % LANES;
            class.params |= 1 << r;
            if let Some(v) = arg.as_value()
                && v >= block.param_ops().end
                && self.values[v].loc == Loc::NONE
            {
                self.values[v].loc = Loc::hint(p as u32);
                class.reserve(r, after(v));
            }
        }
    }

    #[inline(always)]
    fn result(&mut self, i: usize, facts: Facts, first: Option<usize>) {
        self.destroyed.pass(i);
        let mut benefit = self.values[i].benefit;
        let mut hint = Loc::NONE;
        if let Some(p) = self.values[i].loc.as_hint() {
            self.values[i].loc = Loc::NONE;
            hint = self.values[p as usize].loc;
            let stays = ACCESS * LOOP_WEIGHT;
            if hint.is_register() {
                self.classes[facts.result_class()].unreserve(hint.index() as usize % LANES);
                benefit = benefit.saturating_add(stays);
            } else {
                benefit = benefit.saturating_sub(stays);
            }
        }
        let reuse = first.and_then(|v| self.values.get(v)).map_or(Loc::NONE, |life| life.loc);
        let end = self.values[i].last;
        let interval = Interval { owner: i as u32, start: after(i), end, benefit };
        self.place(facts.result_class(), interval, hint, reuse);
    }

    /// Finds a register for an interval: `hint` if it can, or else `reuse`, or else what disturbs
    /// others least; where none is free the least useful of all goes to a slot.
    #[inline(always)]
    fn place(&mut self, class: usize, new: Interval, hint: Loc, reuse: Loc) {
        if new.benefit <= 0 {
            return;
        }
        let c = &self.classes[class];
        let allowed = c.all & !self.destroyed.until(new.end).of_class(class);
        let free = self.free(class) & allowed;
        if free == 0 {
            self.place_in_use(class, new, allowed);
            return;
        }
        // Registers in which this value would be in the way of a parameter's next value.
        let carried = self
            .repeat
            .is_some_and(|l| (new.end >= before(l.jump)) & (new.start > before(l.first)));
        let avoid = c.reserved(new.end) | if carried { c.params } else { 0 };
        let good = free & !avoid;
        // Those of parameters fit short lives between a parameter's death and its next value's
        // birth; others are left for values that fit nowhere else.
        let order = [lane(class, hint) & free, lane(class, reuse) & good, good & c.params, good];
        let mut choice = free;
        for set in order.into_iter().rev() {
            choice = if set != 0 { set } else { choice };
        }
        self.give(class, choice.trailing_zeros() as usize % LANES, new);
    }

    /// All registers are in use: the interval takes one from a holder that gains less.
    #[inline(never)]
    fn place_in_use(&mut self, class: usize, new: Interval, allowed: u32) {
        let c = &mut self.classes[class];
        let Some(r) = c.worst(allowed) else { return };
        if new.density() <= c.density[r] {
            return;
        }
        c.unreserve(r);
        c.params &= !(1 << r);
        let loser = c.owner[r];
        if let Some(deaths) = self.deaths.get_mut(death(c.end[r])) {
            *deaths &= !register_bit(class, r);
        }
        self.set_home(loser, Loc::NONE);
        self.give(class, r, new);
    }

    #[inline(always)]
    fn give(&mut self, class: usize, r: usize, new: Interval) {
        let c = &mut self.classes[class];
        c.owner[r] = new.owner;
        c.end[r] = new.end;
        c.density[r] = new.density();
        let bit = register_bit(class, r);
        self.free &= !bit;
        if let Some(deaths) = self.deaths.get_mut(death(new.end)) {
            *deaths |= bit;
        }
        self.set_home(new.owner, Loc::register((class * 32 + r) as u32));
    }

    #[inline(always)]
    fn set_home(&mut self, owner: u32, home: Loc) {
        if owner & CONST_OWNER != 0 {
            self.consts[(owner & !CONST_OWNER) as usize].register = home;
        } else {
            self.values[owner as usize].loc = home;
        }
    }
}
