//! What the recorder writes for objects with shapes: attributes, methods, making objects.
//!
//! A shape says which class an object has and where its attributes are. So one guard of the
//! shape makes an attribute a load at a known place, and a method a constant: where classes change,
//! all traces are dropped.

use super::helpers::HelperId;
use super::record::{Kind, Outcome, Recorder, kind_of, mem};
use super::record_calls::Followed;
use super::view::{self, Attribute, TypeAttribute};
use crate::class;
use crate::interp::Vm;
use crate::object::disp;
use crate::value::Value;
use tierlab_frontend::bytecode::{CompareKind, Instr};
use tierlab_trace::ir::{Op, Val};
use tierlab_trace::ops::Opcode;

/// Displacement of an attribute from an object's word.
pub(super) fn slot_disp(slot: u32) -> i32 {
    disp::INSTANCE_SLOTS + 8 * slot as i32
}

impl Recorder {
    /// Guards that an object keeps the shape it has now.
    pub(super) fn guard_shape(&mut self, v: Val, concrete: Value) {
        self.guard_class(v, class::INSTANCE);
        let header = self.load(Opcode::LoadI64, v, disp::HEADER, mem::SHAPE);
        let known = self.const_i64(concrete.header_word() as i64);
        self.exiting(Op::new(Opcode::GuardEqI64, &[header, known]));
    }

    /// The attribute of the object on top, if it can be traced: value and receiver.
    pub(super) fn object_attribute(
        &mut self,
        vm: &mut Vm,
        code: u32,
        instr: Instr,
    ) -> Option<(Val, Option<Val>)> {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        if c.as_type().is_some() {
            return self.type_attribute(vm, code, instr);
        }
        let attribute = view::attribute(vm, c, code, instr.y())?;
        self.guard_shape(v, c);
        Some(match attribute {
            Attribute::Slot(slot) => {
                (self.load(Opcode::LoadRef, v, slot_disp(slot), mem::SLOTS), None)
            }
            Attribute::Cell(address) => {
                let base = self.const_i64(address as i64);
                (self.load(Opcode::LoadRef, base, 0, mem::GLOBAL), None)
            }
            Attribute::Method(method) => (self.const_ref(method), Some(v)),
            Attribute::Static(function) => (self.const_ref(function), None),
            Attribute::ClassMethod(function, class) => {
                let class = self.const_ref(class);
                (self.const_ref(function), Some(class))
            }
        })
    }

    /// The same for a class.
    fn type_attribute(
        &mut self,
        vm: &mut Vm,
        code: u32,
        instr: Instr,
    ) -> Option<(Val, Option<Val>)> {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let attribute = view::type_attribute(vm, c, code, instr.y())?;
        self.guard_known(v, c);
        Some(match attribute {
            TypeAttribute::Cell(address) => {
                let base = self.const_i64(address as i64);
                (self.load(Opcode::LoadRef, base, 0, mem::GLOBAL), None)
            }
            TypeAttribute::Known(value) => (self.const_ref(value), None),
            TypeAttribute::ClassMethod(function) => {
                let class = self.const_ref(c);
                (self.const_ref(function), Some(class))
            }
        })
    }

    /// Guards that a word stays the one it is now.
    pub(super) fn guard_known(&mut self, v: Val, concrete: Value) {
        if self.const_value(v).is_none() {
            let known = self.const_ref(concrete);
            self.exiting(Op::new(Opcode::GuardSame, &[v, known]));
        }
    }

    /// Assigns to an attribute as the interpreter does.
    fn set_attribute(&mut self, vm: &Vm, code: u32, instr: Instr) -> Outcome {
        let (v, object) = (self.peek(1), self.peek(0));
        let name = self.const_ref(view::name(vm, code, instr.y()));
        self.helper(HelperId::SetAttr, &[v, object, name]);
        self.top().drop_top(2);
        Outcome::Continue
    }

    /// Assigns a number to an attribute of a class that is a plain value: no lookup changes.
    fn store_type_attribute(&mut self, vm: &Vm, code: u32, instr: Instr) -> Outcome {
        let (v, class) = (self.peek(1), self.peek(0));
        let (number, c) = (view::top(vm, 1), view::top(vm, 0));
        let place = view::type_place(vm, c, code, instr.y());
        let Some(address) = place.filter(|_| kind_of(number) != Kind::Other) else {
            return self.set_attribute(vm, code, instr);
        };
        self.guard_known(class, c);
        match kind_of(number) {
            Kind::Int => self.int(v),
            Kind::Float | Kind::Other => self.float(v, number),
        };
        let base = self.const_i64(address as i64);
        self.emit(Op::new(Opcode::StoreRef, &[base, v]).with_mem(mem::GLOBAL));
        self.top().drop_top(2);
        Outcome::Continue
    }

    pub(super) fn store_attr(
        &mut self,
        vm: &mut Vm,
        code: u32,
        instr: Instr,
        next: u32,
    ) -> Outcome {
        let (v, object) = (self.peek(1), self.peek(0));
        let c = view::top(vm, 0);
        if c.as_type().is_some() {
            return self.store_type_attribute(vm, code, instr);
        }
        if let Some(setter) = view::setter(vm, c, code, instr.y()) {
            return match self.follow(vm, setter, &[(object, c)], &[object, v], next) {
                Followed::Yes => Outcome::Continue,
                Followed::No => self.leave("this property is not traced"),
                Followed::Leave(why) => self.leave(why),
            };
        }
        let Some((slot, grown)) = view::attribute_place(vm, c, code, instr.y()) else {
            return self.set_attribute(vm, code, instr);
        };
        self.guard_shape(object, c);
        let store = Op::new(Opcode::StoreRef, &[object, v]).with_imm(slot_disp(slot));
        self.emit(store.with_mem(mem::SLOTS));
        if let Some((header, shape)) = grown {
            for (at, word) in [(disp::INSTANCE_SHAPE, shape), (disp::HEADER, header)] {
                let word = self.const_i64(word as i64);
                let store = Op::new(Opcode::StoreI64, &[object, word]).with_imm(at);
                self.emit(store.with_mem(mem::SHAPE));
            }
        }
        self.top().drop_top(2);
        Outcome::Continue
    }

    /// `==` and `!=` of objects whose classes say nothing about equality: whether they are the same one.
    pub(super) fn compare_identity(&mut self, vm: &Vm, kind: CompareKind) -> Option<Val> {
        let (a, b) = (self.peek(1), self.peek(0));
        let (ca, cb) = (view::top(vm, 1), view::top(vm, 0));
        let equal = match kind {
            CompareKind::Eq => true,
            CompareKind::Ne => false,
            CompareKind::Lt | CompareKind::Le | CompareKind::Gt | CompareKind::Ge => return None,
        };
        if !view::equals_itself_only(vm, ca) || !view::equals_itself_only(vm, cb) {
            return None;
        }
        self.guard_type(a, ca);
        self.guard_type(b, cb);
        let same = ca == cb;
        if self.const_value(a).is_none() || self.const_value(b).is_none() {
            let guard = if same { Opcode::GuardSame } else { Opcode::GuardDiffer };
            self.exiting(Op::new(guard, &[a, b]));
        }
        Some(self.const_bool(same == equal))
    }

    /// The end of an `__init__` that is followed: its result has to be `None`.
    pub(super) fn return_from_init(&mut self, vm: &Vm) -> Outcome {
        if !view::top(vm, 0).is_none() {
            return Outcome::Abort("an `__init__` returns something");
        }
        let v = self.peek(0);
        if self.const_value(v).is_none() {
            let none = self.const_ref(Value::none());
            self.exiting(Op::new(Opcode::GuardSame, &[v, none]));
        }
        self.frames.pop();
        Outcome::Continue
    }
}
