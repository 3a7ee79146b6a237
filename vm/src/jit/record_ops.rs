//! What the recorder writes for each bytecode instruction.
//!
//! Arithmetic, comparison, list and tuple access and counting loops become typed ops; calls of Python
//! functions are followed; anything else is a call of a runtime helper with boxed
//! operands ([`super::helpers`]) and stays inside the trace.

use super::helpers::{HelperId, arity, runs_code};
use super::record::{Kind, Outcome, Recorder, kind_of, mem};
use super::record_calls::Followed;
use super::view;
use crate::class;
use crate::interp::{FrameKind, Vm};
use crate::object::disp;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, Instr, Opcode as Bc};
use tierlab_trace::ir::{Const, MemClass, Op, Val};
use tierlab_trace::ops::Opcode;

impl Recorder {
    pub(super) fn record_instruction(&mut self, vm: &mut Vm, pc: u32) -> Outcome {
        let code = self.top().code;
        let instr = view::instr(vm, code, pc);
        let next = pc + 1;
        match instr.op().base() {
            Bc::Nop => {}
            Bc::LoadFast | Bc::LoadFastCheck => {
                let v = self.local(instr.y());
                if v.is_none() || vm_local_is_null(vm, instr.y()) {
                    return Outcome::Abort("an unbound local is read");
                }
                let constant = self.const_value(v).is_some();
                if instr.op().base() == Bc::LoadFastCheck && !constant {
                    let null = self.const_ref(Value::NULL);
                    self.exiting(Op::new(Opcode::GuardDiffer, &[v, null]));
                }
                let copy = self.emit(Op::new(Opcode::CopyRef, &[v]));
                self.top().push(if constant { v } else { copy });
            }
            Bc::StoreFast => {
                let v = self.peek(0);
                let copy = self.emit(Op::new(Opcode::CopyRef, &[v]));
                let known = if self.const_value(v).is_some() { v } else { copy };
                let top = self.top();
                top.drop_top(1);
                top.values[instr.y() as usize] = known;
            }
            Bc::DeleteFast => {
                let null = self.const_ref(Value::NULL);
                self.top().values[instr.y() as usize] = null;
            }
            Bc::LoadConst => {
                let v = self.const_ref(view::constant(vm, code, instr.wide()));
                self.emit(Op::new(Opcode::CopyRef, &[v]));
                self.top().push(v);
            }
            Bc::LoadGlobal => return self.load_global(vm, code, instr),
            Bc::StoreGlobal => return self.store_global(vm, code, instr),
            Bc::PopTop => self.top().drop_top(1),
            Bc::PushNull => {
                let null = self.const_ref(Value::NULL);
                self.top().push(null);
            }
            Bc::Copy => {
                let v = self.peek(instr.wide() as usize - 1);
                self.top().push(v);
            }
            Bc::Swap => {
                let top = self.top();
                let last = top.values.len() - 1;
                top.values.swap(last, last + 1 - instr.wide() as usize);
            }
            Bc::BinaryOp => return self.binary(vm, instr, next),
            Bc::UnaryNeg | Bc::UnaryPos | Bc::UnaryInvert => {
                return self.unary(vm, instr.op().base());
            }
            Bc::UnaryNot => {
                let Some(truth) = self.guard_truth(vm) else {
                    return Outcome::Abort("the truth of an object raises");
                };
                let v = self.const_bool(!truth);
                self.replace(1, v);
            }
            Bc::CompareOp => return self.compare(vm, code, instr, next),
            Bc::IsOp => {
                let (a, b) = (self.peek(1), self.peek(0));
                let same = view::top(vm, 1) == view::top(vm, 0);
                if self.const_value(a).is_none() || self.const_value(b).is_none() {
                    let guard = if same { Opcode::GuardSame } else { Opcode::GuardDiffer };
                    self.exiting(Op::new(guard, &[a, b]));
                }
                let v = self.const_bool(same != (instr.x() == 1));
                self.replace(2, v);
            }
            Bc::ContainsOp => {
                let kind = self.small(i64::from(instr.x()));
                let (item, container) = (self.peek(1), self.peek(0));
                let v = self.helper(HelperId::Contains, &[kind, item, container]);
                self.replace(2, v);
            }
            Bc::Jump | Bc::JumpBackward => {}
            Bc::PopJumpIfFalse | Bc::PopJumpIfTrue => {
                if self.guard_truth(vm).is_none() {
                    return Outcome::Abort("the truth of an object raises");
                }
                self.top().drop_top(1);
            }
            Bc::JumpIfFalseOrPop | Bc::JumpIfTrueOrPop => {
                let Some(truth) = self.guard_truth(vm) else {
                    return Outcome::Abort("the truth of an object raises");
                };
                if truth != (instr.op().base() == Bc::JumpIfTrueOrPop) {
                    self.top().drop_top(1);
                }
            }
            Bc::GetIter => return self.get_iter(vm),
            Bc::GetYieldFromIter => {
                let (v, c) = (self.peek(0), view::top(vm, 0));
                if c.is_class(class::GENERATOR) {
                    self.guard_class(v, class::GENERATOR);
                } else {
                    let iterator = self.helper(HelperId::Iterator, &[v]);
                    self.replace(1, iterator);
                }
            }
            Bc::ForIter => return self.for_iter(vm, next),
            Bc::EndFor => self.top().drop_top(2),
            Bc::BuildList => return self.build(vm, instr.wide() as usize, false),
            Bc::BuildTuple => {
                let n = instr.wide() as usize;
                match self.tested_classes(vm, n, next) {
                    Some(classes) => self.replace_n(n, classes),
                    None => return self.build(vm, n, true),
                }
            }
            Bc::BuildSlice => {
                let n = instr.wide() as usize;
                let none = self.const_ref(Value::none());
                let args = if n == 3 {
                    [self.peek(2), self.peek(1), self.peek(0)]
                } else {
                    [self.peek(1), self.peek(0), none]
                };
                let v = self.helper(HelperId::Slice, &args);
                self.replace(n, v);
            }
            Bc::ListAppend => {
                let (list, v) = (self.peek(instr.wide() as usize), self.peek(0));
                self.helper(HelperId::ListAppend, &[list, v]);
                self.top().drop_top(1);
            }
            Bc::ListExtend => {
                let (list, v) = (self.peek(instr.wide() as usize), self.peek(0));
                self.helper(HelperId::ListExtend, &[list, v]);
                self.top().drop_top(1);
            }
            Bc::ListToTuple => {
                let list = self.peek(0);
                let v = self.helper(HelperId::ListToTuple, &[list]);
                self.replace(1, v);
            }
            Bc::BuildMap | Bc::BuildSet | Bc::MapAdd | Bc::SetAdd | Bc::SetUpdate => {
                return self.container(instr);
            }
            Bc::MakeCell => {
                let null = self.const_ref(Value::NULL);
                let v = self.local(instr.y());
                let v = if v.is_none() { null } else { v };
                let cell = self.helper(HelperId::NewCell, &[v]);
                self.top().values[instr.y() as usize] = cell;
            }
            Bc::MakeFunction if instr.wide() & 2 == 0 => {
                let mut n = 1;
                let mut parts = [self.const_ref(Value::NULL); 2];
                for (part, bit) in [(1, 4), (0, 1)] {
                    if instr.wide() & bit != 0 {
                        parts[part] = self.peek(n);
                        n += 1;
                    }
                }
                let code = self.peek(0);
                let f = self.helper(HelperId::NewFunction, &[code, parts[0], parts[1]]);
                self.replace_n(n, f);
            }
            Bc::UnpackSequence => return self.unpack(vm, instr.x() as usize),
            Bc::BinarySubscr => return self.subscript(vm, next),
            Bc::StoreSubscr => return self.store_subscript(vm, next),
            Bc::DeleteSubscr => {
                let (o, i) = (self.peek(1), self.peek(0));
                self.helper(HelperId::DeleteSubscr, &[o, i]);
                self.top().drop_top(2);
            }
            Bc::StoreAttr => return self.store_attr(vm, code, instr, next),
            Bc::LoadAttr => return self.load_attr(vm, code, instr, next),
            Bc::LoadMethod => return self.load_method(vm, code, instr, next),
            Bc::Call => return self.call(vm, instr.x() as usize, None, next),
            Bc::CallKw => return self.call_keywords(vm, instr.wide() as usize, next),
            Bc::Yield => return self.suspend_generator(pc),
            Bc::ReturnValue => {
                if self.frames.len() == 1 {
                    return self.leave("the outermost function that it knows returned");
                }
                return match self.top().kind {
                    FrameKind::Plain => {
                        let v = self.peek(0);
                        self.frames.pop();
                        self.top().push(v);
                        Outcome::Continue
                    }
                    FrameKind::Init => self.return_from_init(vm),
                    FrameKind::Operator => self.return_from_operator(vm),
                    FrameKind::Generator => self.return_from_generator(),
                };
            }
            Bc::FormatValue => {
                let kind = self.small(i64::from(instr.x()));
                if instr.y() != 0 {
                    let (v, spec) = (self.peek(1), self.peek(0));
                    let v = self.helper(HelperId::FormatSpec, &[kind, v, spec]);
                    self.replace(2, v);
                    return Outcome::Continue;
                }
                let v = self.peek(0);
                let v = self.helper(HelperId::Format, &[kind, v]);
                self.replace(1, v);
            }
            Bc::BuildString => {
                let n = instr.wide() as usize;
                if n <= view::MAX_ARGS {
                    let parts: Vec<Val> = (0..n).rev().map(|i| self.peek(i)).collect();
                    let count = self.hand_over(vm, &parts);
                    let v = self.helper(HelperId::Join, &[count]);
                    self.replace_n(n, v);
                    return Outcome::Continue;
                }
                let mut v = self.peek(n - 1);
                for i in (0..n - 1).rev() {
                    let kind = self.small(BinaryKind::Add as i64);
                    let w = self.peek(i);
                    v = self.helper(HelperId::Binary, &[kind, v, w]);
                }
                self.replace(n, v);
            }
            Bc::LoadDeref => {
                let cell = self.local(instr.y());
                let concrete = view::value(vm, view::frame_count(vm) - 1, instr.y() as usize);
                if cell.is_none() || view::cell_value(concrete).is_null() {
                    return Outcome::Abort("an unbound variable is read");
                }
                self.guard_class(cell, class::CELL);
                let v = self.load(Opcode::LoadRef, cell, disp::WORDS, mem::CELL);
                let null = self.const_ref(Value::NULL);
                self.exiting(Op::new(Opcode::GuardDiffer, &[v, null]));
                self.top().push(v);
            }
            Bc::StoreDeref => {
                let cell = self.local(instr.y());
                if cell.is_none() {
                    return Outcome::Abort("a variable without a cell is assigned");
                }
                self.guard_class(cell, class::CELL);
                let v = self.peek(0);
                let store = Op::new(Opcode::StoreRef, &[cell, v]).with_imm(disp::WORDS);
                self.emit(store.with_mem(mem::CELL));
                self.top().drop_top(1);
            }
            // Rare in loops: the trace ends before them.
            Bc::LoadName
            | Bc::StoreName
            | Bc::DeleteName
            | Bc::PrepareClass
            | Bc::BeginClass
            | Bc::DeleteDeref
            | Bc::DeleteAttr
            | Bc::DictUpdate
            | Bc::DictMerge
            | Bc::CallEx
            | Bc::BuildKwDefaults
            | Bc::ClassNamespace
            | Bc::BuildClass
            | Bc::YieldFrom
            | Bc::PushExcInfo
            | Bc::PopExcept
            | Bc::CheckExcMatch
            | Bc::Reraise
            | Bc::BeforeWith
            | Bc::WithExceptStart
            | Bc::DeleteGlobal
            | Bc::UnpackEx
            | Bc::MakeFunction
            | Bc::ImportName
            | Bc::ImportFrom
            | Bc::ImportStar
            | Bc::LoadAssertionError
            | Bc::Raise => return self.leave("this instruction is not traced"),
            // `base` never gives a specialized form.
            _ => return Outcome::Abort("a specialized instruction"),
        }
        Outcome::Continue
    }

    fn local(&mut self, index: u16) -> Val {
        self.top().values[index as usize]
    }

    pub(super) fn small(&mut self, i: i64) -> Val {
        let v = Value::small_int(i).unwrap_or(Value::NULL);
        self.const_ref(v)
    }

    pub(super) fn const_bool(&mut self, b: bool) -> Val {
        self.const_ref(Value::bool(b))
    }

    /// Appends a helper call. Where it may fail the trace is left before anything happened.
    pub(super) fn helper(&mut self, id: HelperId, args: &[Val]) -> Val {
        self.note_helper(runs_code(id));
        let opcode = match arity(id) {
            1 => Opcode::CallRef1,
            2 => Opcode::CallRef2,
            _ => Opcode::CallRef3,
        };
        self.exiting(Op::new(opcode, args).with_imm(id as i32))
    }

    /// A call of a pure float function.
    pub(super) fn float_helper(&mut self, id: HelperId, args: &[Val]) -> Val {
        let opcode = if args.len() == 1 { Opcode::CallF64x1 } else { Opcode::CallF64x2 };
        self.emit(Op::new(opcode, args).with_imm(id as i32))
    }

    pub(super) fn tag(&mut self, v: Val) -> Val {
        match self.trace.const_of(v) {
            Some(Const::I64(i)) if Value::small_int(i).is_some() => self.small(i),
            _ => self.exiting(Op::new(Opcode::Tag, &[v])),
        }
    }

    pub(super) fn box_float(&mut self, v: Val) -> Val {
        self.exiting(Op::new(Opcode::BoxF64, &[v]))
    }

    pub(super) fn load(&mut self, opcode: Opcode, base: Val, disp: i32, class: MemClass) -> Val {
        self.emit(Op::new(opcode, &[base]).with_imm(disp).with_mem(class))
    }

    pub(super) fn guard_class(&mut self, v: Val, class: u32) {
        if self.const_value(v).is_none() {
            self.exiting(Op::new(Opcode::GuardClass, &[v]).with_imm(class as i32));
        }
    }

    /// The number of items of a list, a tuple or a string, whose class is guarded; `None` for what keeps it elsewhere.
    pub(super) fn load_length(&mut self, v: Val, c: Value) -> Option<Val> {
        let (at, mem) = match c.class() {
            class::LIST => (disp::LIST_LEN, mem::LIST_HEADER),
            class::TUPLE => (disp::TUPLE_LEN, MemClass::IMMUTABLE),
            class::STR => (disp::STR_CHARS, MemClass::IMMUTABLE),
            _ => return None,
        };
        self.guard_class(v, c.class());
        Some(self.load(Opcode::LoadI64, v, at, mem))
    }

    /// Guards that the top of the stack keeps the truth it has now, and returns that; `None`
    /// where asking raises.
    fn guard_truth(&mut self, vm: &mut Vm) -> Option<bool> {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        // A variable that was bound once is a constant, but what is in it may change.
        if let Some(k) = self.const_value(v).filter(|k| view::keeps_truth(*k)) {
            return view::truth(vm, k);
        }
        let truth = view::truth(vm, c)?;
        match kind_of(c) {
            Kind::Int => {
                let (x, zero) = (self.int(v), self.const_i64(0));
                let guard = if truth { Opcode::GuardNeI64 } else { Opcode::GuardEqI64 };
                self.exiting(Op::new(guard, &[x, zero]));
            }
            Kind::Float => {
                let (x, zero) = (self.float(v, c), self.const_f64(0.0));
                let guard = if truth { Opcode::GuardNeF64 } else { Opcode::GuardEqF64 };
                self.exiting(Op::new(guard, &[x, zero]));
            }
            Kind::Other if c == Value::true_() || c == Value::false_() || c == Value::none() => {
                let k = self.const_ref(c);
                self.exiting(Op::new(Opcode::GuardSame, &[v, k]));
            }
            Kind::Other if c.as_instance().is_some() => self.guard_shape(v, c),
            Kind::Other => match self.load_length(v, c) {
                Some(len) => {
                    let zero = self.const_i64(0);
                    let guard = if truth { Opcode::GuardNeI64 } else { Opcode::GuardEqI64 };
                    self.exiting(Op::new(guard, &[len, zero]));
                }
                None => {
                    let r = self.helper(HelperId::Truth, &[v]);
                    let k = self.const_bool(truth);
                    self.exiting(Op::new(Opcode::GuardSame, &[r, k]));
                }
            },
        }
        Some(truth)
    }

    fn load_global(&mut self, vm: &mut Vm, code: u32, instr: Instr) -> Outcome {
        let Some(cell) = view::global(vm, code, instr.wide()) else {
            return Outcome::Abort("an unbound global is read");
        };
        let v = if cell.constant {
            if !self.watched.contains(&cell.address) {
                self.watched.push(cell.address);
            }
            view::watch(vm, code, instr.wide());
            self.const_ref(cell.value)
        } else {
            let base = self.const_i64(cell.address as i64);
            let v = self.load(Opcode::LoadRef, base, 0, mem::GLOBAL);
            let null = self.const_ref(Value::NULL);
            self.exiting(Op::new(Opcode::GuardDiffer, &[v, null]));
            v
        };
        self.top().push(v);
        Outcome::Continue
    }

    fn store_global(&mut self, vm: &mut Vm, code: u32, instr: Instr) -> Outcome {
        let address = view::assign_global(vm, code, instr.wide());
        if self.watched.contains(&address) {
            return Outcome::Abort("a global taken for a constant is assigned");
        }
        let (base, v) = (self.const_i64(address as i64), self.peek(0));
        self.emit(Op::new(Opcode::StoreRef, &[base, v]).with_mem(mem::GLOBAL));
        self.top().drop_top(1);
        Outcome::Continue
    }

    fn get_iter(&mut self, vm: &Vm) -> Outcome {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let state = if view::is_range(c) {
            self.guard_class(v, class::RANGE);
            let start = self.load(Opcode::LoadI64, v, disp::RANGE_START, MemClass::IMMUTABLE);
            self.tag(start)
        } else if view::is_list(c) || view::is_tuple(c) {
            let class = if view::is_list(c) { class::LIST } else { class::TUPLE };
            self.guard_class(v, class);
            self.small(0)
        } else if c.is_class(class::GENERATOR) {
            self.guard_class(v, class::GENERATOR);
            self.const_ref(Value::none())
        } else {
            return self.get_iterator(vm, c, v);
        };
        self.top().push(state);
        Outcome::Continue
    }

    fn for_iter(&mut self, vm: &mut Vm, next: u32) -> Outcome {
        let (object, state) = (self.peek(1), self.peek(0));
        let (c, position) = (view::top(vm, 1), view::top(vm, 0));
        if view::is_range(c) {
            let (stop, step) = view::range_bounds(c);
            self.guard_class(object, class::RANGE);
            let cur = self.emit(Op::new(Opcode::Untag, &[state]));
            let s = self.load(Opcode::LoadI64, object, disp::RANGE_STEP, MemClass::IMMUTABLE);
            // Steps of one are worth a constant; of others only the direction is taken for granted.
            let k = if step.abs() == 1 {
                let k = self.const_i64(step);
                self.exiting(Op::new(Opcode::GuardEqI64, &[s, k]));
                k
            } else {
                let zero = self.const_i64(0);
                let guard = if step > 0 { Opcode::GuardGtI64 } else { Opcode::GuardLtI64 };
                self.exiting(Op::new(guard, &[s, zero]));
                s
            };
            let end = self.load(Opcode::LoadI64, object, disp::RANGE_STOP, MemClass::IMMUTABLE);
            let at = position.small_int_value();
            let goes_on = if step > 0 { at < stop } else { at > stop };
            let guard = match (step > 0, goes_on) {
                (true, true) => Opcode::GuardLtI64,
                (true, false) => Opcode::GuardGeI64,
                (false, true) => Opcode::GuardGtI64,
                (false, false) => Opcode::GuardLeI64,
            };
            self.exiting(Op::new(guard, &[cur, end]));
            if goes_on {
                // Bounds are below 2^61, so this cannot overflow.
                let next = self.emit(Op::new(Opcode::Add, &[cur, k]));
                let next = self.tag(next);
                self.replace(1, next);
                self.top().push(state);
            } else {
                self.top().drop_top(2);
            }
            return Outcome::Continue;
        }
        if c.is_class(class::GENERATOR) {
            return self.resume_generator(vm, next);
        }
        let is_list = view::is_list(c);
        if !is_list && !view::is_tuple(c) {
            return self.next_item(vm, next);
        }
        let Some(len) = self.load_length(object, c) else { return self.next_item(vm, next) };
        let i = self.emit(Op::new(Opcode::Untag, &[state]));
        if position.small_int_value() < view::length(c) {
            self.exiting(Op::new(Opcode::GuardIndex, &[i, len]));
            let item = self.load_item(object, i, is_list);
            let one = self.const_i64(1);
            let next = self.emit(Op::new(Opcode::Add, &[i, one]));
            let next = self.tag(next);
            self.replace(1, next);
            self.top().push(item);
        } else {
            self.exiting(Op::new(Opcode::GuardGeI64, &[i, len]));
            self.top().drop_top(2);
        }
        Outcome::Continue
    }

    fn load_item(&mut self, object: Val, i: Val, is_list: bool) -> Val {
        if is_list {
            let items = self.load(Opcode::LoadI64, object, disp::LIST_ITEMS, mem::LIST_HEADER);
            self.emit(Op::new(Opcode::LoadRefIndex, &[items, i]).with_mem(mem::LIST_ITEMS))
        } else {
            self.emit(Op::new(Opcode::LoadRefIndex, &[object, i]).with_imm(disp::TUPLE_ITEMS))
        }
    }

    /// A list or tuple of the `n` topmost entries.
    fn build(&mut self, vm: &Vm, n: usize, tuple: bool) -> Outcome {
        let args: Vec<Val> = (0..n).rev().map(|i| self.peek(i)).collect();
        let v = if tuple && (1..=3).contains(&n) {
            let id = [HelperId::Tuple1, HelperId::Tuple2, HelperId::Tuple3][n - 1];
            self.helper(id, &args)
        } else if n > view::MAX_ARGS {
            let v = self.list_of(&args);
            if tuple { self.helper(HelperId::ListToTuple, &[v]) } else { v }
        } else {
            let count = self.hand_over(vm, &args);
            let id = if tuple { HelperId::TupleOf } else { HelperId::ListOf };
            self.helper(id, &[count])
        };
        self.replace_n(n, v);
        Outcome::Continue
    }

    pub(super) fn replace_n(&mut self, n: usize, v: Val) {
        self.top().drop_top(n);
        self.top().push(v);
    }

    pub(super) fn list_of(&mut self, args: &[Val]) -> Val {
        let size = self.small(args.len() as i64);
        let list = self.helper(HelperId::ListNew, &[size]);
        for &a in args {
            self.helper(HelperId::ListAppend, &[list, a]);
        }
        list
    }

    fn unpack(&mut self, vm: &Vm, n: usize) -> Outcome {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let is_list = view::is_list(c);
        let unpacked = (is_list || view::is_tuple(c)) && view::length(c) == n as i64;
        let Some(len) = unpacked.then(|| self.load_length(v, c)).flatten() else {
            return self.leave("unpacking this object is not traced");
        };
        let k = self.const_i64(n as i64);
        self.exiting(Op::new(Opcode::GuardEqI64, &[len, k]));
        let items = if is_list {
            let items = self.load(Opcode::LoadI64, v, disp::LIST_ITEMS, mem::LIST_HEADER);
            (0..n)
                .map(|i| self.load(Opcode::LoadRef, items, 8 * i as i32, mem::LIST_ITEMS))
                .collect()
        } else {
            let at = |i: usize| disp::TUPLE_ITEMS + 8 * i as i32;
            (0..n)
                .map(|i| self.load(Opcode::LoadRef, v, at(i), MemClass::IMMUTABLE))
                .collect::<Vec<_>>()
        };
        self.top().drop_top(1);
        for item in items.into_iter().rev() {
            self.top().push(item);
        }
        Outcome::Continue
    }

    /// The index of an existing item as a checked non-negative integer, for a list or tuple
    /// of concrete length `n`; `None` where the access would fail.
    fn index(&mut self, i: Val, len: Val, concrete: i64, n: i64) -> Option<Val> {
        if concrete >= n || concrete < -n {
            return None;
        }
        let mut index = self.int(i);
        if concrete < 0 {
            if self.trace.const_of(index).is_none() {
                let zero = self.const_i64(0);
                self.exiting(Op::new(Opcode::GuardLtI64, &[index, zero]));
            }
            index = self.emit(Op::new(Opcode::Add, &[index, len]));
        }
        self.exiting(Op::new(Opcode::GuardIndex, &[index, len]));
        Some(index)
    }

    fn subscript(&mut self, vm: &Vm, next: u32) -> Outcome {
        let (object, i) = (self.peek(1), self.peek(0));
        match self.follow_special(vm, 1, "__getitem__", &[i], next) {
            Followed::Yes => return Outcome::Continue,
            Followed::No => {}
            Followed::Leave(why) => return self.leave(why),
        }
        let (c, ci) = (view::top(vm, 1), view::top(vm, 0));
        let is_list = view::is_list(c);
        let mut result = None;
        if ci.is_small_int() && (is_list || view::is_tuple(c)) {
            let n = view::length(c);
            let at = ci.small_int_value();
            if at >= n || at < -n {
                return Outcome::Abort("an index is out of range");
            }
            if let Some(len) = self.load_length(object, c)
                && let Some(index) = self.index(i, len, at, n)
            {
                result = Some(self.load_item(object, index, is_list));
            }
        }
        let v = match result {
            Some(v) => v,
            None => self.helper(HelperId::Subscr, &[object, i]),
        };
        self.replace(2, v);
        Outcome::Continue
    }

    fn store_subscript(&mut self, vm: &Vm, next: u32) -> Outcome {
        let (v, object, i) = (self.peek(2), self.peek(1), self.peek(0));
        match self.follow_special(vm, 1, "__setitem__", &[i, v], next) {
            Followed::Yes => return Outcome::Continue,
            Followed::No => {}
            Followed::Leave(why) => return self.leave(why),
        }
        let (c, ci) = (view::top(vm, 1), view::top(vm, 0));
        let mut done = false;
        if ci.is_small_int() && view::is_list(c) {
            let n = view::length(c);
            let at = ci.small_int_value();
            if at >= n || at < -n {
                return Outcome::Abort("an index is out of range");
            }
            if let Some(len) = self.load_length(object, c)
                && let Some(index) = self.index(i, len, at, n)
            {
                let items = self.load(Opcode::LoadI64, object, disp::LIST_ITEMS, mem::LIST_HEADER);
                self.emit(
                    Op::new(Opcode::StoreRefIndex, &[items, index, v]).with_mem(mem::LIST_ITEMS),
                );
                done = true;
            }
        }
        if !done {
            self.helper(HelperId::StoreSubscr, &[v, object, i]);
        }
        self.top().drop_top(3);
        Outcome::Continue
    }

    fn load_attr(&mut self, vm: &mut Vm, code: u32, instr: Instr, next: u32) -> Outcome {
        let v = self.peek(0);
        // Attributes of built-in modules never change.
        let known = self.const_value(v).and_then(|m| view::module_constant(vm, m, code, instr.y()));
        match known {
            Some(value) => {
                let k = self.const_ref(value);
                self.replace(1, k);
                Outcome::Continue
            }
            None => match self.object_attribute(vm, code, instr) {
                Some((value, None)) => {
                    self.replace(1, value);
                    Outcome::Continue
                }
                _ => self.load_property(vm, code, instr, next),
            },
        }
    }

    /// A property of the object on top.
    fn load_property(&mut self, vm: &mut Vm, code: u32, instr: Instr, next: u32) -> Outcome {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let Some(getter) = view::property(vm, c, code, instr.y()) else {
            if instr.op().base() == Bc::LoadMethod {
                return self.leave("this method is not traced");
            }
            let name = view::name(vm, code, instr.y());
            let name = self.const_ref(name);
            let value = self.helper(HelperId::GetAttr, &[v, name]);
            self.replace(1, value);
            return Outcome::Continue;
        };
        match self.follow(vm, getter, &[(v, c)], &[v], next) {
            Followed::Yes => Outcome::Continue,
            Followed::No => self.leave("this property is not traced"),
            Followed::Leave(why) => self.leave(why),
        }
    }

    fn load_method(&mut self, vm: &mut Vm, code: u32, instr: Instr, next: u32) -> Outcome {
        if let Some((method, receiver)) = self.super_call.take() {
            self.replace(1, method);
            self.top().push(receiver);
            return Outcome::Continue;
        }
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let known = self.const_value(v).and_then(|m| view::module_constant(vm, m, code, instr.y()));
        let (callable, this) = if let Some(value) = known {
            (self.const_ref(value), self.const_ref(Value::NULL))
        } else if let Some((class, method)) = view::method(vm, c, code, instr.y()) {
            self.guard_class(v, class);
            (self.const_ref(method), v)
        } else if let Some((value, receiver)) = self.object_attribute(vm, code, instr) {
            let null = self.const_ref(Value::NULL);
            (value, receiver.unwrap_or(null))
        } else {
            return self.load_property(vm, code, instr, next);
        };
        self.replace(1, callable);
        self.top().push(this);
        Outcome::Continue
    }
}

fn vm_local_is_null(vm: &Vm, index: u16) -> bool {
    view::value(vm, view::frame_count(vm) - 1, index as usize) == Value::NULL
}
