//! Constant folding, strength reduction, and what ranges prove.
//!
//! Invariants. Float results never change: floats are folded only where all operands are
//! constants, by the very operation, and not where the result is a NaN, whose bits machines
//! choose freely. Guards that always fail stay: they exit as before.

use super::EntryHints;
use super::range::{self, Range, Ranges};
use super::rewrite::{Action, def, rewrite};
use crate::ir::{Const, Op, SnapshotId, Trace, Val};
use crate::layout::POINTER_TAG;
use crate::ops::{Opcode, OperandType};
use crate::semantics as sem;

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    let params = range::of_parameters(trace);
    let mut ranges = Ranges::default();
    let mut next_param = 0;
    rewrite(trace, |trace, cursor, op| {
        let at = trace.ops.len();
        if op.opcode.is_param() {
            let range = params.get(next_param).copied().filter(|_| cursor.block == 1);
            next_param += usize::from(cursor.block == 1);
            ranges.set(at, range.unwrap_or(range::FULL));
            return Action::Keep(op);
        }
        let action = fold(trace, &ranges, op);
        if let Action::Keep(kept) = &action {
            ranges.step(trace, at, kept);
        }
        action
    });
}

fn fold(trace: &mut Trace, ranges: &Ranges, op: Op) -> Action {
    match op.opcode.info().operands {
        [OperandType::I] | [OperandType::I, OperandType::I] => fold_int(trace, ranges, op),
        [OperandType::F] | [OperandType::F, OperandType::F] => fold_float(trace, op),
        [OperandType::R] | [OperandType::R, OperandType::R] => fold_word(trace, ranges, op),
        [OperandType::I, OperandType::R, OperandType::R] => fold_select(trace, op),
        _ => Action::Keep(op),
    }
}

fn int(trace: &Trace, v: Val) -> Option<i64> {
    match trace.const_of(v) {
        Some(Const::I64(i)) => Some(i),
        _ => None,
    }
}

fn float(trace: &Trace, v: Val) -> Option<f64> {
    match trace.const_of(v) {
        Some(Const::F64(bits)) => Some(f64::from_bits(bits)),
        _ => None,
    }
}

fn known(trace: &mut Trace, c: Const) -> Action {
    Action::Replace(trace.add_const(c))
}

/// The same operands with another opcode; keeps the exit only where the new op has one.
fn instead(op: Op, opcode: Opcode) -> Op {
    let snapshot = if opcode.can_exit() { op.snapshot } else { SnapshotId::NONE };
    Op { opcode, snapshot, ..op }
}

/// A guard that holds goes; one that fails stays.
fn guard(op: Op, holds: bool) -> Action {
    if holds { Action::Drop } else { Action::Keep(op) }
}

fn fold_int(trace: &mut Trace, ranges: &Ranges, op: Op) -> Action {
    let [a, b, _] = op.args;
    let (x, y) = (int(trace, a), int(trace, b));
    if let Some(x) = x
        && let Some(action) = fold_int_constants(trace, op, x, y)
    {
        return action;
    }
    let (ra, rb) = (ranges.of(trace, a), ranges.of(trace, b));
    let zero = |trace: &mut Trace| known(trace, Const::I64(0));
    match (op.opcode, x, y) {
        (Opcode::Add | Opcode::AddOvf | Opcode::Or | Opcode::Xor, _, Some(0))
        | (Opcode::Sub | Opcode::SubOvf | Opcode::ShlOvf | Opcode::Sar, _, Some(0))
        | (Opcode::Mul | Opcode::MulOvf | Opcode::FloorDiv, _, Some(1))
        | (Opcode::And, _, Some(-1)) => Action::Replace(a),
        (Opcode::Add | Opcode::AddOvf | Opcode::Or | Opcode::Xor, Some(0), _)
        | (Opcode::Mul | Opcode::MulOvf, Some(1), _)
        | (Opcode::And, Some(-1), _) => Action::Replace(b),
        (Opcode::Mul | Opcode::MulOvf | Opcode::And, _, Some(0))
        | (Opcode::Mul | Opcode::MulOvf | Opcode::And, Some(0), _)
        | (Opcode::FloorMod, _, Some(1 | -1)) => zero(trace),
        (Opcode::Sub | Opcode::SubOvf | Opcode::Xor, ..) if a == b => zero(trace),
        (Opcode::And | Opcode::Or, ..) if a == b => Action::Replace(a),
        (Opcode::And, _, Some(mask)) if keeps_all(ra, mask) => Action::Replace(a),
        (Opcode::FloorMod, _, Some(m)) if ra.lo >= 0 && ra.hi < m => Action::Replace(a),
        (Opcode::FloorMod, _, Some(m)) if m > 0 && m & (m - 1) == 0 => {
            let mask = trace.add_const(Const::I64(m - 1));
            Action::Keep(Op { args: [a, mask, Val::NONE], ..instead(op, Opcode::And) })
        }
        (Opcode::FloorDiv, _, Some(m)) if m > 0 && m & (m - 1) == 0 => {
            let bits = trace.add_const(Const::I64(i64::from(m.trailing_zeros())));
            Action::Keep(Op { args: [a, bits, Val::NONE], ..instead(op, Opcode::Sar) })
        }
        (Opcode::AddOvf, ..) if range::fits(op.opcode, ra, rb) => {
            Action::Keep(instead(op, Opcode::Add))
        }
        (Opcode::SubOvf, ..) if range::fits(op.opcode, ra, rb) => {
            Action::Keep(instead(op, Opcode::Sub))
        }
        (Opcode::MulOvf, ..) if range::fits(op.opcode, ra, rb) => {
            Action::Keep(instead(op, Opcode::Mul))
        }
        (Opcode::MulOvf, _, Some(2)) => {
            Action::Keep(Op { args: [a, a, Val::NONE], ..instead(op, Opcode::AddOvf) })
        }
        (Opcode::MulOvf, Some(2), _) => {
            Action::Keep(Op { args: [b, b, Val::NONE], ..instead(op, Opcode::AddOvf) })
        }
        (Opcode::GuardNeI64 | Opcode::GuardEqI64, _, Some(0)) => match fused(trace, op) {
            Some(op) => Action::Keep(op),
            None => fold_comparison(trace, op, ra, rb),
        },
        _ => fold_comparison(trace, op, ra, rb),
    }
}

/// Whether `x & mask` is `x` for all `x` of the range: the mask has all the bits there are.
fn keeps_all(range: Range, mask: i64) -> bool {
    mask >= 0 && mask & mask.wrapping_add(1) == 0 && range.lo >= 0 && range.hi <= mask
}

/// Folds an integer op whose operands are all constants; `y` is the second one if it is.
fn fold_int_constants(trace: &mut Trace, op: Op, x: i64, y: Option<i64>) -> Option<Action> {
    let Some(y) = y else {
        let c = match op.opcode {
            Opcode::Tag => match sem::tag(x) {
                (word, false) => Const::Ref(word),
                (_, true) => return None,
            },
            Opcode::I64ToF64 => Const::F64((x as f64).to_bits()),
            Opcode::CopyI64 => Const::I64(x),
            _ => return None,
        };
        return Some(known(trace, c));
    };
    let checked = |(r, overflow): (i64, bool)| (!overflow).then_some(r);
    let r = match op.opcode {
        Opcode::AddOvf => checked(sem::add_ovf(x, y))?,
        Opcode::SubOvf => checked(sem::sub_ovf(x, y))?,
        Opcode::MulOvf => checked(sem::mul_ovf(x, y))?,
        Opcode::FloorDiv => checked(sem::floor_div(x, y))?,
        Opcode::FloorMod => checked(sem::floor_mod(x, y))?,
        Opcode::ShlOvf => checked(sem::shl_ovf(x, y))?,
        Opcode::Add => x.wrapping_add(y),
        Opcode::Sub => x.wrapping_sub(y),
        Opcode::Mul => x.wrapping_mul(y),
        Opcode::And => x & y,
        Opcode::Or => x | y,
        Opcode::Xor => x ^ y,
        Opcode::Sar => sem::sar(x, y),
        _ => return None,
    };
    Some(known(trace, Const::I64(r)))
}

/// Folds comparisons and guards that ranges, or equal operands, decide.
fn fold_comparison(trace: &mut Trace, op: Op, ra: Range, rb: Range) -> Action {
    let same = op.args[0] == op.args[1];
    let less = decide(ra.hi < rb.lo, same || ra.lo >= rb.hi);
    let less_equal = decide(same || ra.hi <= rb.lo, ra.lo > rb.hi);
    let one = ra.lo == ra.hi && ra == rb;
    let equal = decide(same || one, ra.hi < rb.lo || ra.lo > rb.hi);
    let not = |d: Option<bool>| d.map(|d| !d);
    let value = match op.opcode {
        Opcode::EqI64 => equal,
        Opcode::NeI64 => not(equal),
        Opcode::LtI64 => less,
        Opcode::LeI64 => less_equal,
        Opcode::GuardEqI64 => return guard(op, equal == Some(true)),
        Opcode::GuardNeI64 => return guard(op, equal == Some(false)),
        Opcode::GuardLtI64 => return guard(op, less == Some(true)),
        Opcode::GuardLeI64 => return guard(op, less_equal == Some(true)),
        Opcode::GuardGtI64 => return guard(op, less_equal == Some(false)),
        Opcode::GuardGeI64 => return guard(op, less == Some(false)),
        Opcode::GuardIndex => return guard(op, ra.lo >= 0 && less == Some(true)),
        _ => None,
    };
    match value {
        Some(holds) => known(trace, Const::I64(i64::from(holds))),
        None => Action::Keep(op),
    }
}

fn decide(yes: bool, no: bool) -> Option<bool> {
    match (yes, no) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Fuses a guard that the result of a comparison is, or is not, zero into one guard.
fn fused(trace: &Trace, op: Op) -> Option<Op> {
    let compare = def(trace, op.args[0])?;
    let holds = op.opcode == Opcode::GuardNeI64;
    use Opcode::{
        GuardEqF64, GuardEqI64, GuardGeI64, GuardGtI64, GuardLeF64, GuardLeI64, GuardLtF64,
        GuardLtI64, GuardNeF64, GuardNeI64, GuardNleF64, GuardNltF64,
    };
    let opcode = match (compare.opcode, holds) {
        (Opcode::EqI64, true) | (Opcode::NeI64, false) => GuardEqI64,
        (Opcode::NeI64, true) | (Opcode::EqI64, false) => GuardNeI64,
        (Opcode::LtI64, true) => GuardLtI64,
        (Opcode::LtI64, false) => GuardGeI64,
        (Opcode::LeI64, true) => GuardLeI64,
        (Opcode::LeI64, false) => GuardGtI64,
        (Opcode::EqF64, true) | (Opcode::NeF64, false) => GuardEqF64,
        (Opcode::NeF64, true) | (Opcode::EqF64, false) => GuardNeF64,
        (Opcode::LtF64, true) => GuardLtF64,
        (Opcode::LtF64, false) => GuardNltF64,
        (Opcode::LeF64, true) => GuardLeF64,
        (Opcode::LeF64, false) => GuardNleF64,
        _ => return None,
    };
    Some(Op { opcode, args: compare.args, ..op })
}

fn fold_float(trace: &mut Trace, op: Op) -> Action {
    let Some(x) = float(trace, op.args[0]) else { return Action::Keep(op) };
    let folded = |trace: &mut Trace, r: f64| match r.is_nan() {
        true => Action::Keep(op),
        false => known(trace, Const::F64(r.to_bits())),
    };
    let Some(y) = float(trace, op.args[1]) else {
        return match op.opcode {
            Opcode::NegF64 => folded(trace, sem::neg_f64(x)),
            Opcode::AbsF64 => folded(trace, sem::abs_f64(x)),
            Opcode::SqrtF64 => folded(trace, x.sqrt()),
            Opcode::CopyF64 => folded(trace, x),
            Opcode::F64ToI64 => match sem::f64_to_i64(x) {
                (i, false) => known(trace, Const::I64(i)),
                (_, true) => Action::Keep(op),
            },
            _ => Action::Keep(op),
        };
    };
    let order = x.partial_cmp(&y);
    let (less, less_equal) = (order.is_some_and(|o| o.is_lt()), order.is_some_and(|o| o.is_le()));
    let equal = order.is_some_and(|o| o.is_eq());
    let mut truth = |holds: bool| known(trace, Const::I64(i64::from(holds)));
    match op.opcode {
        Opcode::EqF64 => truth(equal),
        Opcode::NeF64 => truth(!equal),
        Opcode::LtF64 => truth(less),
        Opcode::LeF64 => truth(less_equal),
        Opcode::GuardEqF64 => guard(op, equal),
        Opcode::GuardNeF64 => guard(op, !equal),
        Opcode::GuardLtF64 => guard(op, less),
        Opcode::GuardLeF64 => guard(op, less_equal),
        Opcode::GuardNltF64 => guard(op, !less),
        Opcode::GuardNleF64 => guard(op, !less_equal),
        Opcode::AddF64 => folded(trace, x + y),
        Opcode::SubF64 => folded(trace, x - y),
        Opcode::MulF64 => folded(trace, x * y),
        Opcode::DivF64 => folded(trace, x / y),
        _ => Action::Keep(op),
    }
}

fn fold_word(trace: &mut Trace, ranges: &Ranges, op: Op) -> Action {
    let [a, b, _] = op.args;
    let word = |trace: &Trace, v: Val| match trace.const_of(v) {
        Some(Const::Ref(w)) => Some(w),
        _ => None,
    };
    let (x, y) = (word(trace, a), word(trace, b));
    match (op.opcode, x, y) {
        (Opcode::CopyRef, Some(_), _) => Action::Replace(a),
        (Opcode::Untag | Opcode::UnboxI64, Some(w), _) if w & POINTER_TAG == 0 => {
            known(trace, Const::I64(sem::untag(w)))
        }
        (Opcode::GuardSmallInt, Some(w), _) => guard(op, w & POINTER_TAG == 0),
        (Opcode::GuardSame, ..) if a == b => Action::Drop,
        (Opcode::GuardSame, Some(x), Some(y)) => guard(op, x == y),
        (Opcode::GuardDiffer, Some(x), Some(y)) => guard(op, x != y),
        (Opcode::GuardSame, None, Some(k)) => same_as_constant(trace, ranges, op, k),
        _ => Action::Keep(op),
    }
}

/// `guard_same` of a selected constant is a guard on the condition, that of a tagged integer is one
/// on the integer.
fn same_as_constant(trace: &mut Trace, ranges: &Ranges, op: Op, k: u64) -> Action {
    let Some(source) = def(trace, op.args[0]).copied() else { return Action::Keep(op) };
    let [c, yes, no] = source.args;
    match source.opcode {
        Opcode::Select => {
            let is_k = |v: Val| trace.const_of(v).map(|c| c == Const::Ref(k));
            let opcode = match (is_k(yes), is_k(no)) {
                (Some(true), Some(false)) => Opcode::GuardNeI64,
                (Some(false), Some(true)) => Opcode::GuardEqI64,
                _ => return Action::Keep(op),
            };
            let zero = trace.add_const(Const::I64(0));
            fold_int(trace, ranges, Op { opcode, args: [c, zero, Val::NONE], ..op })
        }
        Opcode::Tag if k & POINTER_TAG == 0 => {
            let k = trace.add_const(Const::I64(sem::untag(k)));
            let opcode = Opcode::GuardEqI64;
            fold_int(trace, ranges, Op { opcode, args: [c, k, Val::NONE], ..op })
        }
        _ => Action::Keep(op),
    }
}

fn fold_select(trace: &Trace, op: Op) -> Action {
    let [c, yes, no] = op.args;
    match int(trace, c) {
        _ if yes == no => Action::Replace(yes),
        Some(0) => Action::Replace(no),
        Some(_) => Action::Replace(yes),
        None => Action::Keep(op),
    }
}
