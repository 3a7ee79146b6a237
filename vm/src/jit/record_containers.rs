//! What the recorder writes for dicts, sets, iterators and strings: helper calls, which stay inside
//! the trace, and guards of the kind of object that decide what they do.

use super::helpers::HelperId;
use super::record::{Outcome, Recorder, mem};
use super::record_calls::Followed;
use super::record_objects::slot_disp;
use super::view;
use crate::class;
use crate::interp::Vm;
use crate::types::HELD_SLOT;
use crate::value::Value;
use tierlab_frontend::bytecode::{Instr, Opcode as Bc};
use tierlab_trace::ir::{Op, Val};
use tierlab_trace::ops::Opcode;

impl Recorder {
    /// Displays of dicts and sets, and what adds to them.
    pub(super) fn container(&mut self, instr: Instr) -> Outcome {
        let n = instr.wide() as usize;
        let zero = self.small(0);
        match instr.op().base() {
            Bc::BuildMap => {
                let dict = self.helper(HelperId::DictNew, &[zero]);
                for i in (0..n).rev() {
                    let (key, value) = (self.peek(2 * i + 1), self.peek(2 * i));
                    self.helper(HelperId::StoreSubscr, &[value, dict, key]);
                }
                self.replace_n(2 * n, dict);
            }
            Bc::BuildSet => {
                let set = self.helper(HelperId::SetNew, &[zero]);
                for i in (0..n).rev() {
                    let item = self.peek(i);
                    self.helper(HelperId::SetAdd, &[set, item]);
                }
                self.replace_n(n, set);
            }
            Bc::MapAdd => {
                let (dict, key, value) = (self.peek(n + 1), self.peek(1), self.peek(0));
                self.helper(HelperId::StoreSubscr, &[value, dict, key]);
                self.top().drop_top(2);
            }
            Bc::SetAdd => {
                let (set, item) = (self.peek(n), self.peek(0));
                self.helper(HelperId::SetAdd, &[set, item]);
                self.top().drop_top(1);
            }
            _ => {
                let (set, items) = (self.peek(n), self.peek(0));
                self.helper(HelperId::SetUpdate, &[set, items]);
                self.top().drop_top(1);
            }
        }
        Outcome::Continue
    }

    /// `get_iter` of anything that is neither range nor list nor tuple.
    pub(super) fn get_iterator(&mut self, vm: &Vm, c: Value, v: Val) -> Outcome {
        let held = c.plain();
        let by_index = matches!(held.class(), class::LIST | class::TUPLE | class::STR);
        if held != c && by_index && vm.special(c, "__iter__").is_none() {
            // The loop goes through what the object holds.
            self.guard_shape(v, c);
            let plain = self.load(Opcode::LoadRef, v, slot_disp(HELD_SLOT as u32), mem::SLOTS);
            self.guard_class(plain, held.class());
            let start = self.small(0);
            self.replace(1, plain);
            self.top().push(start);
            return Outcome::Continue;
        }
        if c.is_class(class::STR) {
            self.guard_class(v, class::STR);
            let start = self.small(0);
            self.top().push(start);
            return Outcome::Continue;
        }
        if !c.is_class(class::INSTANCE) {
            self.guard_class(v, c.class());
        } else {
            self.guard_shape(v, c);
        }
        let iterator = self.helper(HelperId::GetIter, &[v]);
        let none = self.const_ref(Value::none());
        self.replace(1, iterator);
        self.top().push(none);
        Outcome::Continue
    }

    /// `for_iter` over a string or an iterator.
    pub(super) fn next_item(&mut self, vm: &mut Vm, next: u32) -> Outcome {
        let (object, state) = (self.peek(1), self.peek(0));
        let (c, position) = (view::top(vm, 1), view::top(vm, 0));
        if c.is_class(class::INSTANCE) {
            return match self.follow_special(vm, 1, "__next__", &[], next) {
                Followed::Yes => Outcome::Continue,
                Followed::No => self.leave("iteration over this object is not traced"),
                Followed::Leave(why) => self.leave(why),
            };
        }
        let ended = view::at_end(c, position);
        if c.is_class(class::STR)
            && let Some(chars) = self.load_length(object, c)
        {
            let i = self.emit(Op::new(Opcode::Untag, &[state]));
            if ended == Some(true) {
                self.exiting(Op::new(Opcode::GuardGeI64, &[i, chars]));
                self.top().drop_top(2);
                return Outcome::Continue;
            }
            self.exiting(Op::new(Opcode::GuardIndex, &[i, chars]));
            let item = self.helper(HelperId::Subscr, &[object, state]);
            let one = self.const_i64(1);
            let after = self.emit(Op::new(Opcode::Add, &[i, one]));
            let after = self.tag(after);
            self.replace(1, after);
            self.top().push(item);
            return Outcome::Continue;
        }
        self.guard_class(object, c.class());
        if ended == Some(true) {
            let over = self.helper(HelperId::AtEnd, &[object]);
            let yes = self.const_bool(true);
            self.exiting(Op::new(Opcode::GuardSame, &[over, yes]));
            self.top().drop_top(2);
            return Outcome::Continue;
        }
        // At the end the helper fails without an error: the interpreter asks again and goes on.
        let item = self.helper(HelperId::Next, &[object]);
        self.top().push(item);
        Outcome::Continue
    }

    /// `super().name(...)`, where the name is a function: what is behind the class is decided by the
    /// types, and no `super` object is made.
    pub(super) fn super_method(
        &mut self,
        vm: &Vm,
        next: Instr,
        code: u32,
        args: &[Val],
        values: &[Value],
    ) -> bool {
        let (&[start, object], &[known, c]) = (args, values) else { return false };
        if next.op().base() != Bc::LoadMethod {
            return false;
        }
        let Some(method) = view::super_method(vm, known, c, code, next.y()) else { return false };
        self.guard_known(start, known);
        self.guard_type(object, c);
        let method = self.const_ref(method);
        self.super_call = Some((method, object));
        true
    }

    /// The tuple of the `n` topmost entries, where these are known classes that the instruction at `next` tests an
    /// object against. The test shows the tuple to no one: one that is made now does for every time.
    pub(super) fn tested_classes(&mut self, vm: &mut Vm, n: usize, next: u32) -> Option<Val> {
        let behind = view::instr(vm, self.top().code, next);
        if behind.op().base() != Bc::Call || behind.x() != 2 {
            return None;
        }
        let callable = self.peek(n + 2);
        self.const_value(callable).filter(|callable| view::is_type_test(*callable))?;
        let mut classes = Vec::with_capacity(n);
        for i in (0..n).rev() {
            let entry = self.peek(i);
            classes.push(self.const_value(entry).filter(|class| class.as_type().is_some())?);
        }
        let tuple = view::tuple(vm, &classes)?;
        Some(self.const_ref(tuple))
    }

    /// `isinstance(object, classes)` and `type(object)` by guards.
    pub(super) fn type_test(
        &mut self,
        vm: &mut Vm,
        name: &str,
        args: &[Val],
        values: &[Value],
    ) -> Option<Val> {
        match (name, args, values) {
            ("isinstance", &[object, classes], &[c, known]) => {
                let answer = view::is_instance(vm, c, known)?;
                self.guard_known(classes, known);
                self.guard_type(object, c);
                Some(self.const_bool(answer))
            }
            ("type", &[object], &[c]) => {
                self.guard_type(object, c);
                let ty = vm.type_of(c).object();
                Some(self.const_ref(ty))
            }
            _ => None,
        }
    }
}
