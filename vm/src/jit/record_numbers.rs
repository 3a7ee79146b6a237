//! What the recorder writes for arithmetic and comparisons: typed ops for small ints and floats,
//! helper calls for everything else.

use super::helpers::HelperId;
use super::record::{Kind, Outcome, Recorder, kind_of};
use super::record_calls::Followed;
use super::view;
use crate::interp::Vm;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind, Instr, Opcode as Bc};
use tierlab_trace::ir::{Op, Val};
use tierlab_trace::ops::Opcode;

/// Integers of at most this magnitude convert to floats exactly.
const EXACT: i64 = 1 << 53;

impl Recorder {
    /// The operand as a float, converting an int exactly; `None` where that cannot be.
    pub(super) fn as_float(&mut self, v: Val, concrete: Value) -> Option<Val> {
        match kind_of(concrete) {
            Kind::Float => Some(self.float(v, concrete)),
            Kind::Int => {
                let i = concrete.small_int_value();
                if self.const_value(v).is_some() {
                    return (i.abs() <= EXACT).then(|| self.const_f64(i as f64));
                }
                let i = self.int(v);
                Some(self.emit(Op::new(Opcode::I64ToF64, &[i])))
            }
            Kind::Other => None,
        }
    }

    /// Guards that an integer converts to a float exactly.
    pub(super) fn guard_exact(&mut self, i: Val, concrete: i64) -> bool {
        if concrete.abs() > EXACT {
            return false;
        }
        if self.trace.const_of(i).is_none() {
            let bias = self.const_i64(EXACT);
            let range = self.const_i64(2 * EXACT + 1);
            let shifted = self.emit(Op::new(Opcode::Add, &[i, bias]));
            self.exiting(Op::new(Opcode::GuardIndex, &[shifted, range]));
        }
        true
    }

    pub(super) fn binary(&mut self, vm: &Vm, instr: Instr, next: u32) -> Outcome {
        match self.follow_operator(vm, instr, next) {
            Followed::Yes => return Outcome::Continue,
            Followed::No => {}
            Followed::Leave(why) => return self.leave(why),
        }
        let (kind, _) = BinaryKind::from_x(instr.x());
        let (ca, cb) = (view::top(vm, 1), view::top(vm, 0));
        let (a, b) = (self.peek(1), self.peek(0));
        let result = match (kind_of(ca), kind_of(cb)) {
            (Kind::Int, Kind::Int) => {
                self.binary_int(kind, a, b, ca.small_int_value(), cb.small_int_value())
            }
            (Kind::Other, _) | (_, Kind::Other) => None,
            _ => self.binary_float(kind, a, b, ca, cb),
        };
        let result = match result {
            Some(v) => v,
            None => {
                let x = self.small(i64::from(instr.x()));
                self.helper(HelperId::Binary, &[x, a, b])
            }
        };
        self.replace(2, result);
        Outcome::Continue
    }

    pub(super) fn binary_int(
        &mut self,
        kind: BinaryKind,
        a: Val,
        b: Val,
        ca: i64,
        cb: i64,
    ) -> Option<Val> {
        if !stays_small(kind, ca, cb) {
            return None;
        }
        let opcode = match kind {
            BinaryKind::Add => Opcode::AddOvf,
            BinaryKind::Sub => Opcode::SubOvf,
            BinaryKind::Mul => Opcode::MulOvf,
            BinaryKind::FloorDiv => Opcode::FloorDiv,
            BinaryKind::Mod => Opcode::FloorMod,
            BinaryKind::And => Opcode::And,
            BinaryKind::Or => Opcode::Or,
            BinaryKind::Xor => Opcode::Xor,
            BinaryKind::LShift if (0..=62).contains(&cb) => Opcode::ShlOvf,
            BinaryKind::RShift if (0..=63).contains(&cb) => Opcode::Sar,
            BinaryKind::TrueDiv if cb != 0 => return self.true_div(a, b, ca, cb),
            BinaryKind::LShift
            | BinaryKind::RShift
            | BinaryKind::TrueDiv
            | BinaryKind::Pow
            | BinaryKind::MatMul => return None,
        };
        let (x, y) = (self.int(a), self.int(b));
        if opcode == Opcode::Sar && self.trace.const_of(y).is_none() {
            let bits = self.const_i64(64);
            self.exiting(Op::new(Opcode::GuardIndex, &[y, bits]));
        }
        let op = Op::new(opcode, &[x, y]);
        let r = if opcode.can_exit() { self.exiting(op) } else { self.emit(op) };
        Some(self.tag(r))
    }

    /// Quotient of two ints as a float: one float division is exact as Python defines it where both
    /// convert exactly.
    pub(super) fn true_div(&mut self, a: Val, b: Val, ca: i64, cb: i64) -> Option<Val> {
        if ca.abs() > EXACT || cb.abs() > EXACT {
            return None;
        }
        let (x, y) = (self.int(a), self.int(b));
        self.guard_exact(x, ca);
        self.guard_exact(y, cb);
        if self.trace.const_of(y).is_none() {
            let zero = self.const_i64(0);
            self.exiting(Op::new(Opcode::GuardNeI64, &[y, zero]));
        }
        let fx = self.int_to_float(x, ca);
        let fy = self.int_to_float(y, cb);
        let q = self.emit(Op::new(Opcode::DivF64, &[fx, fy]));
        Some(self.box_float(q))
    }

    pub(super) fn int_to_float(&mut self, i: Val, concrete: i64) -> Val {
        if self.trace.const_of(i).is_some() {
            self.const_f64(concrete as f64)
        } else {
            self.emit(Op::new(Opcode::I64ToF64, &[i]))
        }
    }

    pub(super) fn binary_float(
        &mut self,
        kind: BinaryKind,
        a: Val,
        b: Val,
        ca: Value,
        cb: Value,
    ) -> Option<Val> {
        let opcode = match kind {
            BinaryKind::Add => Opcode::AddF64,
            BinaryKind::Sub => Opcode::SubF64,
            BinaryKind::Mul => Opcode::MulF64,
            BinaryKind::TrueDiv if view::number(cb) != 0.0 => Opcode::DivF64,
            BinaryKind::FloorDiv | BinaryKind::Mod if view::number(cb) != 0.0 => Opcode::CallF64x2,
            // Powers have errors of their own: the helper knows them.
            _ => return None,
        };
        let x = self.as_float(a, ca)?;
        let y = self.as_float(b, cb)?;
        if matches!(opcode, Opcode::DivF64 | Opcode::CallF64x2) && self.trace.const_of(y).is_none()
        {
            let zero = self.const_f64(0.0);
            self.exiting(Op::new(Opcode::GuardNeF64, &[y, zero]));
        }
        let r = match opcode {
            Opcode::CallF64x2 if kind == BinaryKind::Mod => {
                self.float_helper(HelperId::FloatMod, &[x, y])
            }
            Opcode::CallF64x2 => self.float_helper(HelperId::FloatFloorDiv, &[x, y]),
            _ => self.emit(Op::new(opcode, &[x, y])),
        };
        Some(self.box_float(r))
    }

    pub(super) fn unary(&mut self, vm: &Vm, op: Bc) -> Outcome {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let r = match (op, kind_of(c)) {
            (Bc::UnaryNeg, Kind::Int) if stays_small(BinaryKind::Sub, 0, c.small_int_value()) => {
                let (zero, x) = (self.const_i64(0), self.int(v));
                let r = self.exiting(Op::new(Opcode::SubOvf, &[zero, x]));
                self.tag(r)
            }
            (Bc::UnaryNeg, Kind::Float) => {
                let x = self.float(v, c);
                let r = self.emit(Op::new(Opcode::NegF64, &[x]));
                self.box_float(r)
            }
            (Bc::UnaryInvert, Kind::Int) => {
                let (ones, x) = (self.const_i64(-1), self.int(v));
                let r = self.emit(Op::new(Opcode::Xor, &[x, ones]));
                self.tag(r)
            }
            (Bc::UnaryPos, Kind::Int) => {
                self.int(v);
                v
            }
            (Bc::UnaryPos, Kind::Float) => {
                self.float(v, c);
                v
            }
            _ => {
                let kind = self.small(match op {
                    Bc::UnaryNeg => 0,
                    Bc::UnaryPos => 1,
                    _ => 2,
                });
                self.helper(HelperId::Unary, &[kind, v])
            }
        };
        self.replace(1, r);
        Outcome::Continue
    }

    pub(super) fn compare(&mut self, vm: &Vm, code: u32, instr: Instr, next: u32) -> Outcome {
        match self.follow_operator(vm, instr, next) {
            Followed::Yes => return Outcome::Continue,
            Followed::No => {}
            Followed::Leave(why) => return self.leave(why),
        }
        let kind = CompareKind::from_x(instr.x());
        let (ca, cb) = (view::top(vm, 1), view::top(vm, 0));
        let (a, b) = (self.peek(1), self.peek(0));
        let fused = matches!(
            view::instr(vm, code, next).op().base(),
            Bc::PopJumpIfFalse
                | Bc::PopJumpIfTrue
                | Bc::JumpIfFalseOrPop
                | Bc::JumpIfTrueOrPop
                | Bc::UnaryNot
        );
        let both_const = self.const_value(a).is_some() && self.const_value(b).is_some();
        let result = match (kind_of(ca), kind_of(cb)) {
            (Kind::Int, Kind::Int) => {
                let (ia, ib) = (ca.small_int_value(), cb.small_int_value());
                let outcome = holds(kind, ia.partial_cmp(&ib));
                if both_const {
                    Some(self.const_bool(outcome))
                } else {
                    let (x, y) = (self.int(a), self.int(b));
                    Some(self.compare_int(kind, x, y, outcome, fused))
                }
            }
            (Kind::Other, _) | (_, Kind::Other) => self.compare_identity(vm, kind),
            _ => self.compare_float(kind, (a, ca), (b, cb), fused),
        };
        let result = match result {
            Some(v) => v,
            None => {
                let x = self.small(i64::from(instr.x()));
                self.helper(HelperId::Compare, &[x, a, b])
            }
        };
        self.replace(2, result);
        Outcome::Continue
    }

    pub(super) fn compare_int(
        &mut self,
        kind: CompareKind,
        x: Val,
        y: Val,
        outcome: bool,
        fused: bool,
    ) -> Val {
        if fused {
            use Opcode::{GuardEqI64, GuardGeI64, GuardGtI64, GuardLeI64, GuardLtI64, GuardNeI64};
            let guard = match (kind, outcome) {
                (CompareKind::Lt, true) | (CompareKind::Ge, false) => GuardLtI64,
                (CompareKind::Le, true) | (CompareKind::Gt, false) => GuardLeI64,
                (CompareKind::Eq, true) | (CompareKind::Ne, false) => GuardEqI64,
                (CompareKind::Ne, true) | (CompareKind::Eq, false) => GuardNeI64,
                (CompareKind::Gt, true) | (CompareKind::Le, false) => GuardGtI64,
                (CompareKind::Ge, true) | (CompareKind::Lt, false) => GuardGeI64,
            };
            self.exiting(Op::new(guard, &[x, y]));
            return self.const_bool(outcome);
        }
        let (opcode, swap) = match kind {
            CompareKind::Lt => (Opcode::LtI64, false),
            CompareKind::Le => (Opcode::LeI64, false),
            CompareKind::Eq => (Opcode::EqI64, false),
            CompareKind::Ne => (Opcode::NeI64, false),
            CompareKind::Gt => (Opcode::LtI64, true),
            CompareKind::Ge => (Opcode::LeI64, true),
        };
        let args = if swap { [y, x] } else { [x, y] };
        let c = self.emit(Op::new(opcode, &args));
        self.select_bool(c)
    }

    pub(super) fn select_bool(&mut self, c: Val) -> Val {
        let (t, f) = (self.const_bool(true), self.const_bool(false));
        self.emit(Op::new(Opcode::Select, &[c, t, f]))
    }

    /// Compares floats, or a float and an int that converts exactly.
    pub(super) fn compare_float(
        &mut self,
        kind: CompareKind,
        (a, ca): (Val, Value),
        (b, cb): (Val, Value),
        fused: bool,
    ) -> Option<Val> {
        for c in [ca, cb] {
            if kind_of(c) == Kind::Int && c.small_int_value().abs() > EXACT {
                return None;
            }
        }
        let mut operand = |v: Val, c: Value| {
            if kind_of(c) == Kind::Int && self.const_value(v).is_none() {
                let i = self.int(v);
                self.guard_exact(i, c.small_int_value());
                Some(self.emit(Op::new(Opcode::I64ToF64, &[i])))
            } else {
                self.as_float(v, c)
            }
        };
        let (x, y) = (operand(a, ca)?, operand(b, cb)?);
        let outcome = holds(kind, view::number(ca).partial_cmp(&view::number(cb)));
        if fused {
            use Opcode::{
                GuardEqF64, GuardLeF64, GuardLtF64, GuardNeF64, GuardNleF64, GuardNltF64,
            };
            let (guard, swap) = match (kind, outcome) {
                (CompareKind::Lt, true) => (GuardLtF64, false),
                (CompareKind::Lt, false) => (GuardNltF64, false),
                (CompareKind::Le, true) => (GuardLeF64, false),
                (CompareKind::Le, false) => (GuardNleF64, false),
                (CompareKind::Gt, true) => (GuardLtF64, true),
                (CompareKind::Gt, false) => (GuardNltF64, true),
                (CompareKind::Ge, true) => (GuardLeF64, true),
                (CompareKind::Ge, false) => (GuardNleF64, true),
                (CompareKind::Eq, true) | (CompareKind::Ne, false) => (GuardEqF64, false),
                (CompareKind::Ne, true) | (CompareKind::Eq, false) => (GuardNeF64, false),
            };
            let args = if swap { [y, x] } else { [x, y] };
            self.exiting(Op::new(guard, &args));
            return Some(self.const_bool(outcome));
        }
        let (opcode, swap) = match kind {
            CompareKind::Lt => (Opcode::LtF64, false),
            CompareKind::Le => (Opcode::LeF64, false),
            CompareKind::Eq => (Opcode::EqF64, false),
            CompareKind::Ne => (Opcode::NeF64, false),
            CompareKind::Gt => (Opcode::LtF64, true),
            CompareKind::Ge => (Opcode::LeF64, true),
        };
        let args = if swap { [y, x] } else { [x, y] };
        let c = self.emit(Op::new(opcode, &args));
        Some(self.select_bool(c))
    }
}

/// Whether the comparison holds for an ordering (`None`: unordered, a NaN).
fn holds(kind: CompareKind, order: Option<std::cmp::Ordering>) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match kind {
        CompareKind::Lt => order == Some(Less),
        CompareKind::Le => matches!(order, Some(Less | Equal)),
        CompareKind::Eq => order == Some(Equal),
        CompareKind::Ne => order != Some(Equal),
        CompareKind::Gt => order == Some(Greater),
        CompareKind::Ge => matches!(order, Some(Greater | Equal)),
    }
}

/// Whether the result of an operation on small ints is one again. An op that leaves the trace for
/// the very operands it was recorded with would do so in every side trace, too.
pub(super) fn stays_small(kind: BinaryKind, a: i64, b: i64) -> bool {
    let (x, y) = (i128::from(a), i128::from(b));
    let result = match kind {
        BinaryKind::Add => x + y,
        BinaryKind::Sub => x - y,
        BinaryKind::Mul => x * y,
        BinaryKind::FloorDiv if b == -1 => -x,
        BinaryKind::LShift if (0..=62).contains(&b) => x << b,
        _ => return true,
    };
    i64::try_from(result).is_ok_and(|r| Value::small_int(r).is_some())
}
