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
//! * A value that lives across a call takes only registers that calls preserve.
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
//! of [`crate::liveness`]; all parameters of a block are born at once.

use crate::facts::{FLOAT, Facts, INT};
use crate::liveness::{Liveness, Loop, Pos, after, before, jump_values};
use crate::moves::lowest;
use crate::walk::{Buffers, CONST_OWNER, Chosen, ConstPolicy, register_bit, walk};
use crate::{AllocError, Allocation, Constraint, Input, Loc, RegFile, Strategy};
use tierlab_trace::ir::{Block, Trace};
use tierlab_trace::ops::{Opcode, Type};

/// How much more an op in the loop counts than one before it.
const LOOP_WEIGHT: i32 = 10;
/// One memory access.
const ACCESS: i32 = 4;
/// A memory access by an extra instruction, where the op itself cannot do it.
const EXTRA: i32 = 5;

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct LinearScan {
    liveness: Liveness,
    buffers: Buffers,
    benefit: Vec<i32>,
    const_benefit: Vec<i32>,
    loop_consts: Vec<u32>,
    calls: Vec<u32>,
}

impl Strategy for LinearScan {
    fn name(&self) -> &'static str {
        "linear-scan"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let LinearScan { liveness, buffers, benefit, const_benefit, loop_consts, calls } = self;
        let Input { trace, file, .. } = *input;
        benefit.clear();
        benefit.resize(trace.ops.len(), 0);
        const_benefit.clear();
        const_benefit.resize(trace.consts.len(), 0);
        loop_consts.clear();
        calls.clear();
        liveness.compute(trace, |i, op, facts, in_loop| {
            let constraint = (file.constraint)(op.opcode);
            let weight = if in_loop { LOOP_WEIGHT } else { 1 };
            for k in 0..3 {
                let arg = op.args[k];
                if let Some(v) = arg.as_value() {
                    // The walk has checked that operands are defined before.
                    if let Some(b) = benefit.get_mut(v) {
                        *b = b.saturating_add(weight * accesses(constraint, k));
                    }
                } else if let Some(c) = arg.as_const()
                    && in_loop
                    && constraint.operands[k].register
                    && let Some(b) = const_benefit.get_mut(c)
                    && !(file.immediate)(op.opcode, k, trace.consts[c])
                {
                    if *b == 0 {
                        loop_consts.push(c as u32);
                    }
                    *b = b.saturating_add(weight * ACCESS);
                }
            }
            if facts.has_result() {
                let gain = match constraint.result {
                    r if !r.slot => EXTRA,
                    r if !r.register => -ACCESS,
                    _ => ACCESS,
                };
                benefit[i] = benefit[i].saturating_add(weight * gain);
            }
            if facts.is_call() {
                calls.push(i as u32);
            }
        })?;
        buffers.reset(trace);
        Scan {
            trace,
            file,
            last: &liveness.last,
            repeat: liveness.repeat,
            benefit,
            const_benefit,
            calls,
            next_call: 0,
            buffers,
            classes: file.masks().map(Class::new),
        }
        .run(input.incoming, loop_consts);
        walk(input, liveness, buffers, &mut Chosen, ConstPolicy::SlotsInLoop, out)
    }
}

/// What one read by operand `k` gains from a register.
#[inline(always)]
fn accesses(constraint: &Constraint, k: usize) -> i32 {
    let allowed = constraint.operands[k];
    if !allowed.slot {
        EXTRA
    } else if !allowed.register {
        -ACCESS
    } else {
        ACCESS
    }
}

/// The registers of one class.
#[derive(Debug)]
struct Class {
    free: u32,
    all: u32,
    /// Per register: the value or constant in it, when it dies, since when, what it gains.
    owner: [u32; 32],
    end: [Pos; 32],
    start: [Pos; 32],
    benefit: [i32; 32],
    /// The earliest end of all.
    first_end: Pos,
    /// Registers that hold, or will again hold, loop parameters.
    params: u32,
    /// Of those, the ones whose next value is not born yet, and when it is.
    reserved: u32,
    until: [Pos; 32],
}

impl Class {
    fn new(all: u32) -> Class {
        Class {
            free: all,
            all,
            owner: [0; 32],
            end: [0; 32],
            start: [0; 32],
            benefit: [0; 32],
            first_end: Pos::MAX,
            params: 0,
            reserved: 0,
            until: [0; 32],
        }
    }

    /// Frees the registers of values that die before `now`.
    #[inline(always)]
    fn expire(&mut self, now: Pos) {
        if self.first_end >= now {
            return;
        }
        self.first_end = Pos::MAX;
        let mut used = self.all & !self.free;
        while used != 0 {
            let r = used.trailing_zeros() as usize;
            used &= used - 1;
            if self.end[r] < now {
                self.free |= 1 << r;
            } else {
                self.first_end = self.first_end.min(self.end[r]);
            }
        }
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
    /// Whether `self` gains less per length than the holder of register `r`.
    fn is_worse_than(&self, class: &Class, r: usize) -> bool {
        let density = |benefit: i32, start: Pos, end: Pos| {
            (i64::from(benefit), i64::from(end.saturating_sub(start)) + 1)
        };
        let (mine, my_length) = density(self.benefit, self.start, self.end);
        let (other, other_length) = density(class.benefit[r], class.start[r], class.end[r]);
        mine * other_length <= other * my_length
    }
}

struct Scan<'a> {
    trace: &'a Trace,
    file: &'a RegFile,
    last: &'a [Pos],
    repeat: Option<Loop>,
    benefit: &'a [i32],
    const_benefit: &'a [i32],
    calls: &'a [u32],
    /// The first of `calls` that is not yet passed.
    next_call: usize,
    buffers: &'a mut Buffers,
    classes: [Class; 2],
}

impl Scan<'_> {
    fn run(&mut self, incoming: Option<&[Loc]>, loop_consts: &[u32]) {
        for (b, block) in self.trace.blocks.iter().enumerate() {
            if b == 0 {
                self.entry(block, incoming);
            } else {
                self.header(b, block, loop_consts);
            }
            let body = block.param_ops().end..block.end as usize - 1;
            for (i, op) in body.clone().zip(&self.trace.ops[body]) {
                let facts = Facts::of(op.opcode);
                if facts.has_result() {
                    self.result(i, facts, op.args[0].as_value());
                }
            }
        }
    }

    /// The parameters of the entry block arrive somewhere: in slots, they cost a load each.
    fn entry(&mut self, block: &Block, incoming: Option<&[Loc]>) {
        for p in block.param_ops() {
            let arrival = incoming.and_then(|l| l.get(p).copied()).unwrap_or(Loc::NONE);
            let in_register = arrival.is_register();
            let gain = if in_register { ACCESS } else { -ACCESS };
            let interval = Interval {
                owner: p as u32,
                start: after(0),
                end: self.last[p],
                benefit: self.benefit[p].saturating_add(gain),
            };
            if interval.end != after(p) {
                self.place(self.class_of(p), interval, arrival, Loc::NONE);
            }
        }
    }

    fn class_of(&self, v: usize) -> usize {
        usize::from(self.trace.ops[v].result() == Some(Type::F64))
    }

    /// The parameters of another block, and if it heads the loop, its constants.
    fn header(&mut self, b: usize, block: &Block, loop_consts: &[u32]) {
        let start = after(block.first as usize);
        for class in &mut self.classes {
            class.expire(start);
        }
        self.pass_calls(block.first as usize);
        let entered = self.trace.blocks[b - 1].end as usize - 1;
        let entered = &self.trace.ops[entered];
        let args = match entered.opcode {
            Opcode::Jump if entered.imm as usize == b => jump_values(self.trace, entered),
            _ => None,
        };
        // First those whose value is in a register that is now free, then the others.
        for hinted in [true, false] {
            for (k, p) in block.param_ops().enumerate() {
                if self.buffers.loc[p] != Loc::NONE {
                    continue;
                }
                let arg = args.and_then(|a| a.get(k)?.as_value());
                let hint = arg.map_or(Loc::NONE, |v| self.buffers.loc[v]);
                let free =
                    register_bit(hint).is_some_and(|(c, bit)| self.classes[c].free & bit != 0);
                if free != hinted {
                    continue;
                }
                // One unit, so that a parameter that only exits read takes a register that is free:
                // the jump back then needs no store.
                let benefit = self.benefit[p].saturating_add(1);
                let interval = Interval { owner: p as u32, start, end: self.last[p], benefit };
                self.place(self.class_of(p), interval, hint, Loc::NONE);
            }
        }
        let Some(repeat) = self.repeat.filter(|l| l.first == block.first as usize) else { return };
        for &c in loop_consts {
            let class = usize::from(self.trace.consts[c as usize].ty() == Type::F64);
            let interval = Interval {
                owner: c | CONST_OWNER,
                start,
                end: after(repeat.jump),
                benefit: self.const_benefit[c as usize],
            };
            self.place(class, interval, Loc::NONE, Loc::NONE);
        }
        let back = jump_values(self.trace, &self.trace.ops[repeat.jump]).unwrap_or(&[]);
        for (p, arg) in block.param_ops().zip(back) {
            let Some((class, bit)) = register_bit(self.buffers.loc[p]) else { continue };
            let class = &mut self.classes[class];
            class.params |= bit;
            if let Some(v) = arg.as_value()
                && v >= block.param_ops().end
                && self.buffers.loc[v] == Loc::NONE
            {
                self.buffers.loc[v] = Loc::hint(p as u32);
                class.reserved |= bit;
                class.until[bit.trailing_zeros() as usize] = after(v);
            }
        }
    }

    /// Moves on to the calls behind op `i`.
    #[inline(always)]
    fn pass_calls(&mut self, i: usize) {
        while self.calls.get(self.next_call).is_some_and(|&call| call as usize <= i) {
            self.next_call += 1;
        }
    }

    #[inline(always)]
    fn result(&mut self, i: usize, facts: Facts, first: Option<usize>) {
        let start = after(i);
        let class = facts.result_class();
        self.classes[class].expire(start);
        self.pass_calls(i);
        let mut benefit = self.benefit[i];
        let mut hint = Loc::NONE;
        if let Some(p) = self.buffers.loc[i].as_hint() {
            self.buffers.loc[i] = Loc::NONE;
            hint = self.buffers.loc[p as usize];
            let stays = ACCESS * LOOP_WEIGHT;
            if let Some((class, bit)) = register_bit(hint) {
                self.classes[class].reserved &= !bit;
                benefit = benefit.saturating_add(stays);
            } else {
                benefit = benefit.saturating_sub(stays);
            }
        }
        let reuse = first.map_or(Loc::NONE, |v| self.buffers.loc[v]);
        let interval = Interval { owner: i as u32, start, end: self.last[i], benefit };
        self.place(class, interval, hint, reuse);
    }

    /// Finds a register for an interval: `hint` if it can, or else `reuse`, or else what disturbs
    /// others least; where none is free the least useful of all goes to a slot.
    #[inline(always)]
    fn place(&mut self, class: usize, new: Interval, hint: Loc, reuse: Loc) {
        if new.benefit <= 0 {
            return;
        }
        let c = &mut self.classes[class];
        let mut allowed = c.all;
        if self.calls.get(self.next_call).is_some_and(|&call| new.end >= after(call as usize)) {
            let clobbered = [self.file.call_clobbered_ints, self.file.call_clobbered_floats];
            allowed &= !clobbered[class];
        }
        let free = c.free & allowed;
        if free == 0 {
            self.place_in_use(class, new, allowed);
            return;
        }
        let bit_if_free = |loc: Loc| match register_bit(loc) {
            Some((of, bit)) if of == class && free & bit != 0 => bit,
            _ => 0,
        };
        // Registers in which this value would be in the way of a parameter's next value.
        let carried =
            self.repeat.is_some_and(|l| new.end >= before(l.jump) && new.start > after(l.first));
        let mut avoid = if carried { c.params } else { 0 };
        let mut reserved = c.reserved & free & !avoid;
        while reserved != 0 {
            let r = reserved.trailing_zeros();
            reserved &= reserved - 1;
            if new.end >= c.until[r as usize] {
                avoid |= 1 << r;
            }
        }
        let hinted = bit_if_free(hint);
        let reused = bit_if_free(reuse) & !avoid;
        let choice = if hinted != 0 {
            hinted
        } else if reused != 0 {
            reused
        } else if free & c.reserved & !avoid != 0 {
            free & c.reserved & !avoid
        } else if free & !avoid != 0 {
            free & !avoid
        } else {
            free
        };
        let r = choice.trailing_zeros() as usize;
        c.free &= !(1 << r);
        self.give(class, r, new);
    }

    /// All registers are in use: the interval takes one from a holder that gains less.
    #[inline(never)]
    fn place_in_use(&mut self, class: usize, new: Interval, allowed: u32) {
        let c = &mut self.classes[class];
        let mut rest = allowed;
        let mut worst: Option<usize> = None;
        while rest != 0 {
            let r = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let holder =
                Interval { owner: 0, start: c.start[r], end: c.end[r], benefit: c.benefit[r] };
            if worst.is_none_or(|w| holder.is_worse_than(c, w)) {
                worst = Some(r);
            }
        }
        let Some(r) = worst else { return };
        if new.is_worse_than(c, r) {
            return;
        }
        let loser = c.owner[r];
        c.reserved &= !(1 << r);
        c.params &= !(1 << r);
        if loser & CONST_OWNER != 0 {
            self.buffers.consts[(loser & !CONST_OWNER) as usize].register = Loc::NONE;
        } else {
            self.buffers.loc[loser as usize] = Loc::NONE;
        }
        self.give(class, r, new);
    }

    #[inline(always)]
    fn give(&mut self, class: usize, r: usize, new: Interval) {
        let c = &mut self.classes[class];
        c.owner[r] = new.owner;
        c.start[r] = new.start;
        c.end[r] = new.end;
        c.benefit[r] = new.benefit;
        c.first_end = c.first_end.min(new.end);
        let register = lowest(class, 1 << r);
        if new.owner & CONST_OWNER != 0 {
            self.buffers.consts[(new.owner & !CONST_OWNER) as usize].register = register;
        } else {
            self.buffers.loc[new.owner as usize] = register;
        }
    }
}

const _: () = assert!(INT == 0 && FLOAT == 1, "classes index [ints, floats]");
