//! What the recorder writes for calls of built-in functions that become ops of their own.

use super::helpers::HelperId;
use super::record::{Kind, Recorder, kind_of, mem};
use super::record_numbers::stays_small;
use super::view;
use crate::class;
use crate::object::disp;
use crate::value::Value;
use tierlab_frontend::bytecode::BinaryKind;
use tierlab_trace::ir::{Op, Val};
use tierlab_trace::ops::Opcode;

/// Floats below this magnitude become small ints.
const SMALL: f64 = (1u64 << 62) as f64;

impl Recorder {
    /// Built-ins that become ops of their own.
    pub(super) fn builtin(&mut self, name: &str, args: &[Val], values: &[Value]) -> Option<Val> {
        let kinds: Vec<Kind> = values.iter().map(|&v| kind_of(v)).collect();
        match (name, kinds.as_slice()) {
            ("abs", [Kind::Float]) => {
                let x = self.float(args[0], values[0]);
                let r = self.emit(Op::new(Opcode::AbsF64, &[x]));
                Some(self.box_float(r))
            }
            ("abs", [Kind::Int])
                if stays_small(BinaryKind::Sub, 0, values[0].small_int_value()) =>
            {
                let (x, zero) = (self.int(args[0]), self.const_i64(0));
                let negative = values[0].small_int_value() < 0;
                let guard = if negative { Opcode::GuardLtI64 } else { Opcode::GuardGeI64 };
                self.exiting(Op::new(guard, &[x, zero]));
                if !negative {
                    return Some(args[0]);
                }
                let r = self.exiting(Op::new(Opcode::SubOvf, &[zero, x]));
                Some(self.tag(r))
            }
            ("len", [Kind::Other])
                if matches!(values[0].class(), class::DICT | class::SET | class::FROZENSET) =>
            {
                self.guard_class(args[0], values[0].class());
                Some(self.helper(HelperId::TableLen, &[args[0]]))
            }
            ("len", [Kind::Other]) => {
                let n = self.load_length(args[0], values[0])?;
                Some(self.tag(n))
            }
            ("list.append", [Kind::Other, _]) if view::is_list(values[0]) => {
                self.guard_class(args[0], class::LIST);
                Some(self.helper(HelperId::ListAppend, &[args[0], args[1]]))
            }
            ("list.pop", [Kind::Other]) if values[0].as_list().is_some_and(|l| !l.is_empty()) => {
                let n = self.load_length(args[0], values[0])?;
                let zero = self.const_i64(0);
                self.exiting(Op::new(Opcode::GuardGtI64, &[n, zero]));
                let one = self.const_i64(1);
                let last = self.emit(Op::new(Opcode::Sub, &[n, one]));
                let items = self.load(Opcode::LoadI64, args[0], disp::LIST_ITEMS, mem::LIST_HEADER);
                let load = Op::new(Opcode::LoadRefIndex, &[items, last]);
                let item = self.emit(load.with_mem(mem::LIST_ITEMS));
                let store = Op::new(Opcode::StoreI64, &[args[0], last]).with_imm(disp::LIST_LEN);
                self.emit(store.with_mem(mem::LIST_HEADER));
                Some(item)
            }
            ("set.add", [Kind::Other, _]) if values[0].is_class(class::SET) => {
                self.guard_class(args[0], class::SET);
                Some(self.helper(HelperId::SetAdd, &[args[0], args[1]]))
            }
            ("min" | "max", [Kind::Int, Kind::Int]) => {
                let (x, y) = (self.int(args[0]), self.int(args[1]));
                let (ia, ib) = (values[0].small_int_value(), values[1].small_int_value());
                // The first of equal arguments wins, in Python as here.
                let take_b = if name == "min" { ib < ia } else { ib > ia };
                let guard = match (name == "min", take_b) {
                    (true, true) => Opcode::GuardLtI64,
                    (true, false) => Opcode::GuardGeI64,
                    (false, true) => Opcode::GuardGtI64,
                    (false, false) => Opcode::GuardLeI64,
                };
                self.exiting(Op::new(guard, &[y, x]));
                Some(args[usize::from(take_b)])
            }
            ("min" | "max", [Kind::Float, Kind::Float]) => {
                let (x, y) = (self.float(args[0], values[0]), self.float(args[1], values[1]));
                let (fa, fb) = (view::number(values[0]), view::number(values[1]));
                let (first, second, take_b) =
                    if name == "min" { (y, x, fb < fa) } else { (x, y, fb > fa) };
                let guard = if take_b { Opcode::GuardLtF64 } else { Opcode::GuardNltF64 };
                self.exiting(Op::new(guard, &[first, second]));
                Some(args[usize::from(take_b)])
            }
            ("math.sqrt", [Kind::Float | Kind::Int]) => {
                let f = view::number(values[0]);
                if f.is_nan() || f < 0.0 {
                    return None;
                }
                let (x, zero) = (self.as_float(args[0], values[0])?, self.const_f64(0.0));
                self.exiting(Op::new(Opcode::GuardLeF64, &[zero, x]));
                let r = self.emit(Op::new(Opcode::SqrtF64, &[x]));
                Some(self.box_float(r))
            }
            (
                "math.sin" | "math.cos" | "math.tan" | "math.exp" | "math.atan",
                [Kind::Float | Kind::Int],
            ) if view::number(values[0]).is_finite() => {
                let id = match name {
                    "math.sin" => HelperId::Sin,
                    "math.cos" => HelperId::Cos,
                    "math.tan" => HelperId::Tan,
                    "math.exp" => HelperId::Exp,
                    _ => HelperId::Atan,
                };
                let x = self.as_float(args[0], values[0])?;
                let r = self.float_helper(id, &[x]);
                // Domain and range errors show as NaN or infinity: the interpreter raises them.
                let size = self.emit(Op::new(Opcode::AbsF64, &[r]));
                let infinity = self.const_f64(f64::INFINITY);
                self.exiting(Op::new(Opcode::GuardLtF64, &[size, infinity]));
                Some(self.box_float(r))
            }
            ("float", [Kind::Float]) => {
                self.float(args[0], values[0]);
                Some(args[0])
            }
            ("float", [Kind::Int]) => {
                let x = self.int(args[0]);
                let r = self.emit(Op::new(Opcode::I64ToF64, &[x]));
                Some(self.box_float(r))
            }
            ("int", [Kind::Int]) => {
                self.int(args[0]);
                Some(args[0])
            }
            ("int", [Kind::Float]) if view::number(values[0]).abs() < SMALL => {
                let x = self.float(args[0], values[0]);
                let r = self.exiting(Op::new(Opcode::F64ToI64, &[x]));
                Some(self.tag(r))
            }
            _ => None,
        }
    }
}
