//! Integer ranges: for each `i64` value the bounds that are known from here on.
//!
//! Invariants. A range is never empty, and a value outside of it cannot occur where the op at
//! hand runs. Ranges come from what ops compute and from guards passed, never from tags: see
//! [`super`]. Guards of block 0 hold in the loop block. A loop parameter's range covers
//! what comes in from block 0 and what comes round the back-edge when nothing is known of parameters.

use super::rewrite::loop_jumps;
use crate::ir::{Const, Op, Trace, Val};
use crate::ops::{Opcode, Type};

/// Bounds, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub lo: i64,
    pub hi: i64,
}

pub(super) const FULL: Range = Range { lo: i64::MIN, hi: i64::MAX };

impl Range {
    const fn new(lo: i64, hi: i64) -> Range {
        Range { lo, hi }
    }

    /// The exact bounds if they fit.
    fn exact(lo: i128, hi: i128) -> Option<Range> {
        Some(Range { lo: i64::try_from(lo).ok()?, hi: i64::try_from(hi).ok()? })
    }

    /// The bounds of results that fit.
    fn clipped(lo: i128, hi: i128) -> Range {
        let (min, max) = (i128::from(i64::MIN), i128::from(i64::MAX));
        Range { lo: lo.clamp(min, max) as i64, hi: hi.clamp(min, max) as i64 }
    }

    fn union(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What both ranges allow; `self` where that is nothing, since then the code is never reached.
    fn intersect(self, other: Range) -> Range {
        let both = Range { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) };
        if both.lo <= both.hi { both } else { self }
    }
}

/// Bounds of `a op b` over the integers, without wrapping.
pub(super) fn bounds(opcode: Opcode, a: Range, b: Range) -> (i128, i128) {
    let [alo, ahi, blo, bhi] = [a.lo, a.hi, b.lo, b.hi].map(i128::from);
    match opcode {
        Opcode::Add | Opcode::AddOvf => (alo + blo, ahi + bhi),
        Opcode::Sub | Opcode::SubOvf => (alo - bhi, ahi - blo),
        _ => {
            let products = [alo * blo, alo * bhi, ahi * blo, ahi * bhi];
            let min = products.iter().copied().fold(i128::MAX, i128::min);
            (min, products.iter().copied().fold(i128::MIN, i128::max))
        }
    }
}

/// Whether `a op b` always fits.
pub(super) fn fits(opcode: Opcode, a: Range, b: Range) -> bool {
    let (lo, hi) = bounds(opcode, a, b);
    Range::exact(lo, hi).is_some()
}

/// Ranges by value.
#[derive(Default)]
pub(super) struct Ranges {
    values: Vec<Range>,
}

impl Ranges {
    pub(super) fn of(&self, trace: &Trace, v: Val) -> Range {
        match (v.as_value(), trace.const_of(v)) {
            (Some(i), _) => self.values.get(i).copied().unwrap_or(FULL),
            (None, Some(Const::I64(i))) => Range::new(i, i),
            (None, _) => FULL,
        }
    }

    /// Says what is known of value `at`, the latest one.
    pub(super) fn set(&mut self, at: usize, range: Range) {
        self.values.resize(at, FULL);
        self.values.push(range);
    }

    fn narrow(&mut self, v: Val, by: Range) {
        if let Some(slot) = v.as_value().and_then(|i| self.values.get_mut(i)) {
            *slot = slot.intersect(by);
        }
    }

    /// Takes in op `at`: the range of its result, and what it checks.
    pub(super) fn step(&mut self, trace: &Trace, at: usize, op: &Op) {
        let range = match op.result() {
            Some(Type::I64) => self.result(trace, op),
            _ => FULL,
        };
        self.set(at, range);
        if op.result().is_none() {
            self.passed(trace, op);
        }
    }

    fn result(&self, trace: &Trace, op: &Op) -> Range {
        let [a, b, _] = op.args;
        let (a, b) = (self.of(trace, a), self.of(trace, b));
        match op.opcode {
            Opcode::CopyI64 => a,
            Opcode::AddOvf | Opcode::SubOvf | Opcode::MulOvf => {
                let (lo, hi) = bounds(op.opcode, a, b);
                Range::clipped(lo, hi)
            }
            Opcode::Add | Opcode::Sub | Opcode::Mul => {
                let (lo, hi) = bounds(op.opcode, a, b);
                Range::exact(lo, hi).unwrap_or(FULL)
            }
            Opcode::And => match (a.lo >= 0, b.lo >= 0) {
                (true, true) => Range::new(0, a.hi.min(b.hi)),
                (true, false) => Range::new(0, a.hi),
                (false, true) => Range::new(0, b.hi),
                (false, false) => FULL,
            },
            Opcode::Or | Opcode::Xor if a.lo >= 0 && b.lo >= 0 => {
                // All ones up to the highest bit of either.
                let bits = 64 - (a.hi | b.hi).leading_zeros();
                Range::new(0, if bits >= 63 { i64::MAX } else { (1 << bits) - 1 })
            }
            Opcode::Sar if b.lo == b.hi => Range::new(a.lo >> (b.lo & 63), a.hi >> (b.lo & 63)),
            Opcode::FloorMod if b.lo > 0 => {
                let top = b.hi - 1;
                Range::new(0, if a.lo >= 0 { a.hi.min(top) } else { top })
            }
            Opcode::FloorMod if b.hi < 0 && b.lo > i64::MIN => Range::new(b.lo + 1, 0),
            Opcode::FloorDiv if b.lo > 0 => {
                let quotient = |x: i64, y: i64| crate::semantics::floor_div(x, y).0;
                let low = if a.lo < 0 { b.lo } else { b.hi };
                let high = if a.hi < 0 { b.hi } else { b.lo };
                Range::new(quotient(a.lo, low), quotient(a.hi, high))
            }
            Opcode::EqI64 | Opcode::NeI64 | Opcode::LtI64 | Opcode::LeI64 => Range::new(0, 1),
            Opcode::EqF64 | Opcode::NeF64 | Opcode::LtF64 | Opcode::LeF64 => Range::new(0, 1),
            _ => FULL,
        }
    }

    fn passed(&mut self, trace: &Trace, op: &Op) {
        let [a, b, _] = op.args;
        let (ra, rb) = (self.of(trace, a), self.of(trace, b));
        // The lesser, the greater, and whether they may be equal.
        let (less, greater, equal) = match op.opcode {
            Opcode::GuardLtI64 => ((a, ra), (b, rb), false),
            Opcode::GuardLeI64 => ((a, ra), (b, rb), true),
            Opcode::GuardGtI64 => ((b, rb), (a, ra), false),
            Opcode::GuardGeI64 => ((b, rb), (a, ra), true),
            Opcode::GuardEqI64 => {
                self.narrow(a, rb);
                self.narrow(b, ra);
                return;
            }
            Opcode::GuardNeI64 => {
                self.exclude(a, ra, rb);
                self.exclude(b, rb, ra);
                return;
            }
            Opcode::GuardIndex => {
                // The length is never negative: that is the op's contract.
                let top = rb.hi.saturating_sub(1).max(0);
                self.narrow(a, Range::new(0, top));
                self.narrow(b, Range::new(ra.lo.max(0).saturating_add(1), i64::MAX));
                return;
            }
            _ => return,
        };
        let step = i64::from(!equal);
        self.narrow(less.0, Range::new(i64::MIN, greater.1.hi.saturating_sub(step)));
        self.narrow(greater.0, Range::new(less.1.lo.saturating_add(step), i64::MAX));
    }

    /// `v` differs from what `other` holds, if that is one number at an end of its range.
    fn exclude(&mut self, v: Val, range: Range, other: Range) {
        if other.lo != other.hi || range.lo == range.hi {
            return;
        }
        if range.lo == other.lo {
            self.narrow(v, Range::new(range.lo + 1, range.hi));
        } else if range.hi == other.lo {
            self.narrow(v, Range::new(range.lo, range.hi - 1));
        }
    }
}

/// Ranges of the loop block's parameters; empty where nothing is known.
pub(super) fn of_parameters(trace: &Trace) -> Vec<Range> {
    let Some([entry, back]) = loop_jumps(trace) else { return Vec::new() };
    let body = trace.blocks[1];
    if !body.param_ops().any(|p| trace.ops[p].opcode == Opcode::ParamI64) {
        return Vec::new();
    }
    let mut ranges = Ranges::default();
    for i in trace.blocks[0].ops() {
        ranges.step(trace, i, &trace.ops[i]);
    }
    let known = |ranges: &Ranges, (start, len): (usize, usize)| -> Vec<Range> {
        trace.jump_args[start..start + len].iter().map(|&v| ranges.of(trace, v)).collect()
    };
    let incoming = known(&ranges, entry);
    if incoming.iter().all(|&r| r == FULL) {
        return Vec::new();
    }
    for i in body.ops() {
        ranges.step(trace, i, &trace.ops[i]);
    }
    let around = known(&ranges, back);
    incoming.iter().zip(around).map(|(&a, b)| a.union(b)).collect()
}
