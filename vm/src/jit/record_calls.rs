//! What the recorder writes for frames: calls that it follows, special methods that instructions call,
//! generators, and how all of them return.
//!
//! A special method's frame stands above the operands of the instruction that calls it, as in the
//! interpreter; what becomes of its result is told by that instruction. Generators are taken up and
//! suspended inside the trace: the words that they save are loaded and stored as the items of a list
//! are, so that the optimizer connects one suspension with the next.

use super::helpers::HelperId;
use super::record::{Outcome, Recorder, mem};
use super::shadow::ShadowFrame;
use super::view::{self, Callable, GeneratorView};
use crate::class;
use crate::interp::{FrameKind, Vm};
use crate::object::disp;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind, Instr, Opcode as Bc};
use tierlab_trace::ir::{MemClass, Op, Val};
use tierlab_trace::ops::Opcode;

/// What becomes of a special method.
pub(super) enum Followed {
    /// Its frame is on the shadow stack.
    Yes,
    /// There is none, or the interpreter calls it in a run of its own: a helper does the same.
    No,
    /// It cannot be followed.
    Leave(&'static str),
}

/// What is called with which arguments.
struct Callee {
    /// The function, class or built-in.
    concrete: Value,
    /// It, where it may be another function of the same code.
    function: Option<Val>,
    /// All arguments, a receiver among them.
    args: Vec<Val>,
    values: Vec<Value>,
    /// Names of the last of them.
    names: Vec<Value>,
    /// Entries of the stack that the result replaces.
    drop: usize,
}

impl Recorder {
    /// A call with keywords: the tuple of names is on top.
    pub(super) fn call_keywords(&mut self, vm: &mut Vm, given: usize, next: u32) -> Outcome {
        let names = self.peek(0);
        match self.const_value(names) {
            Some(names) if names.as_tuple().is_some() => self.call(vm, given, Some(names), next),
            _ => self.leave("the names of these arguments are not known"),
        }
    }

    pub(super) fn call(
        &mut self,
        vm: &mut Vm,
        given: usize,
        names: Option<Value>,
        next: u32,
    ) -> Outcome {
        let above = usize::from(names.is_some());
        let (callable, this) = (self.peek(given + 1 + above), self.peek(given + above));
        let (mut concrete, receiver) =
            (view::top(vm, given + 1 + above), view::top(vm, given + above));
        let mut args: Vec<Val> = (above..given + above).rev().map(|i| self.peek(i)).collect();
        let mut values: Vec<Value> =
            (above..given + above).rev().map(|i| view::top(vm, i)).collect();
        if !receiver.is_null() {
            args.insert(0, this);
            values.insert(0, receiver);
        } else if self.const_value(this).is_none() {
            let null = self.const_ref(Value::NULL);
            self.exiting(Op::new(Opcode::GuardSame, &[this, null]));
        }
        let mut function = None;
        match (receiver.is_null(), concrete.class()) {
            (_, class::FUNCTION) if self.by_code(vm, callable, concrete, args.len(), names) => {
                self.guard_code(callable, concrete);
                function = Some(callable);
            }
            (true, class::INSTANCE) => {
                let method = vm.special(concrete, "__call__");
                let Some(method) = method.filter(|m| m.is_class(class::FUNCTION)) else {
                    return self.leave("this callable is not traced");
                };
                self.guard_type(callable, concrete);
                args.insert(0, callable);
                values.insert(0, concrete);
                concrete = method;
            }
            (true, class::BOUND_METHOD) if self.const_value(callable).is_none() => {
                let Some(method) = concrete.as_method() else {
                    return self.leave("this callable is not traced");
                };
                self.guard_class(callable, class::BOUND_METHOD);
                let at = |i: i32| disp::WORDS + 8 * i;
                let f = self.load(Opcode::LoadRef, callable, at(0), MemClass::IMMUTABLE);
                let this = self.load(Opcode::LoadRef, callable, at(1), MemClass::IMMUTABLE);
                self.guard_known(f, method.callable());
                args.insert(0, this);
                values.insert(0, method.receiver());
                concrete = method.callable();
            }
            _ => self.guard_known(callable, concrete),
        }
        let names = names.and_then(|n| n.as_tuple()).map_or(Vec::new(), |n| n.items().to_vec());
        let drop = given + 2 + above;
        let callee = Callee { concrete, function, args, values, names, drop };
        match view::callable(vm, concrete) {
            Callable::Python { code, .. } => {
                let Some(locals) = self.bind(vm, concrete, &callee.args, &callee.names) else {
                    return self.leave("these arguments are not traced");
                };
                if !self.can_inline(code) {
                    self.call_out();
                }
                let mut frame = self.new_frame(vm, code, FrameKind::Plain);
                match callee.function {
                    Some(function) => self.capture_from(vm, &mut frame, function, concrete),
                    None => self.capture(vm, &mut frame, concrete),
                }
                frame.values[..locals.len()].copy_from_slice(&locals);
                let top = self.top();
                top.drop_top(callee.drop);
                top.pc = next;
                self.frames.push(frame);
                Outcome::Continue
            }
            Callable::Class(init) if receiver.is_null() => {
                self.make_object(vm, init, &callee, next)
            }
            Callable::Builtin("locals" | "globals" | "vars" | "dir") if callee.args.is_empty() => {
                self.leave("it looks at frames, which a trace does not keep")
            }
            Callable::Builtin(name) => self.call_builtin(vm, name, &callee, next),
            Callable::Whole => {
                let v = self.residual_call(vm, &callee);
                self.replace_n(callee.drop, v);
                Outcome::Continue
            }
            Callable::Class(_) | Callable::Other => self.leave("this callable is not traced"),
        }
    }

    /// The parameters of a Python function for these arguments; `None` where they do not fit.
    fn bind(
        &mut self,
        vm: &Vm,
        function: Value,
        args: &[Val],
        names: &[Value],
    ) -> Option<Vec<Val>> {
        let Callable::Python { code, params, defaults } = view::callable(vm, function) else {
            return None;
        };
        let positional = args.len() - names.len();
        if positional > params {
            return None;
        }
        let mut locals = args[..positional].to_vec();
        locals.resize(params, Val::NONE);
        for (&name, &arg) in names.iter().zip(&args[positional..]) {
            let at = view::parameter(vm, code, name)?;
            if !locals[at].is_none() {
                return None;
            }
            locals[at] = arg;
        }
        for (i, local) in locals.iter_mut().enumerate().filter(|(_, local)| local.is_none()) {
            let default = (i + defaults.len()).checked_sub(params)?;
            *local = self.const_ref(defaults[default]);
        }
        Some(locals)
    }

    /// A call of a class: a new object, whose `__init__` is followed.
    fn make_object(&mut self, vm: &Vm, init: Value, callee: &Callee, next: u32) -> Outcome {
        let Callable::Python { code, .. } = view::callable(vm, init) else {
            return self.leave("this `__init__` is not traced");
        };
        let room = std::iter::once(Val::NONE).chain(callee.args.iter().copied());
        let mut args: Vec<Val> = room.collect();
        // Any value stands for the object until it is made.
        args[0] = self.const_ref(Value::NULL);
        let Some(mut locals) = self.bind(vm, init, &args, &callee.names) else {
            return self.leave("these arguments are not traced");
        };
        if !self.can_inline(code) {
            return self.leave("calls nest too deeply to be followed");
        }
        let class = self.const_ref(callee.concrete);
        let object = self.helper(HelperId::NewInstance, &[class]);
        locals[0] = object;
        let mut frame = self.new_frame(vm, code, FrameKind::Init);
        self.capture(vm, &mut frame, init);
        frame.values[..locals.len()].copy_from_slice(&locals);
        let top = self.top();
        top.drop_top(callee.drop);
        // The object is the caller's result already.
        top.push(object);
        top.pc = next;
        self.frames.push(frame);
        Outcome::Continue
    }

    fn call_builtin(&mut self, vm: &mut Vm, name: &str, callee: &Callee, next: u32) -> Outcome {
        let (args, values) = (&callee.args, &callee.values);
        if callee.names.is_empty() {
            if name == "len" && args.len() == 1 && callee.drop == 3 {
                match self.follow_special(vm, 0, "__len__", &[], next) {
                    Followed::Yes => return Outcome::Continue,
                    Followed::No => {}
                    Followed::Leave(why) => return self.leave(why),
                }
            }
            let code = self.top().code;
            let behind = view::instr(vm, code, next);
            if name == "super" && self.super_method(vm, behind, code, args, values) {
                let null = self.const_ref(Value::NULL);
                self.replace_n(callee.drop, null);
                return Outcome::Continue;
            }
            let tested = self.type_test(vm, name, args, values);
            if let Some(v) = tested.or_else(|| self.builtin(name, args, values)) {
                self.replace_n(callee.drop, v);
                return Outcome::Continue;
            }
        }
        let v = self.residual_call(vm, callee);
        self.replace_n(callee.drop, v);
        Outcome::Continue
    }

    /// Stores words where helpers that take any number find them; returns how many.
    pub(super) fn hand_over(&mut self, vm: &Vm, args: &[Val]) -> Val {
        let base = self.const_i64(view::args_address(vm) as i64);
        for (i, &arg) in args.iter().enumerate() {
            let store = Op::new(Opcode::StoreRef, &[base, arg]).with_imm(8 * i as i32);
            self.emit(store.with_mem(mem::ARGS));
        }
        self.small(args.len() as i64)
    }

    /// A call that pushes no frame, as a helper call.
    fn residual_call(&mut self, vm: &Vm, callee: &Callee) -> Val {
        let f = callee.function.unwrap_or_else(|| self.const_ref(callee.concrete));
        if !callee.names.is_empty() {
            let names = self.peek(0);
            let count = self.hand_over(vm, &callee.args);
            return self.helper(HelperId::CallNamed, &[f, count, names]);
        }
        match *callee.args {
            [] => self.helper(HelperId::Call0, &[f]),
            [a] => self.helper(HelperId::Call1, &[f, a]),
            [a, b] => self.helper(HelperId::Call2, &[f, a, b]),
            _ if callee.args.len() <= view::MAX_ARGS => {
                let count = self.hand_over(vm, &callee.args);
                self.helper(HelperId::CallArgs, &[f, count])
            }
            _ => {
                let list = self.list_of(&callee.args);
                self.helper(HelperId::CallList, &[f, list])
            }
        }
    }

    /// An empty frame of that code.
    pub(super) fn new_frame(&self, vm: &Vm, code: u32, kind: FrameKind) -> ShadowFrame {
        let (locals, liveness) = view::code(vm, code);
        ShadowFrame { code, pc: 0, kind, locals, values: vec![Val::NONE; locals], liveness }
    }

    /// Gives a new frame the cells that its function captured.
    pub(super) fn capture(&mut self, vm: &Vm, frame: &mut ShadowFrame, function: Value) {
        let (first_free, cells) = view::captured(vm, function);
        for (i, cell) in cells.into_iter().enumerate() {
            frame.values[first_free + i] = self.const_ref(cell);
        }
    }

    /// Whether a call does the same for any function of that code: functions that are made again and
    /// again, as by `lambda`, are the same to a trace. Defaults are those of one function.
    fn by_code(
        &self,
        vm: &Vm,
        callable: Val,
        concrete: Value,
        given: usize,
        names: Option<Value>,
    ) -> bool {
        self.const_value(callable).is_none()
            && match view::callable(vm, concrete) {
                Callable::Python { params, .. } => params == given && names.is_none(),
                Callable::Whole => true,
                Callable::Class(_) | Callable::Builtin(_) | Callable::Other => false,
            }
    }

    /// Guards that a function has the code that it has now.
    fn guard_code(&mut self, v: Val, concrete: Value) {
        let Some(function) = concrete.as_function() else { return };
        self.guard_class(v, class::FUNCTION);
        let code = self.load(Opcode::LoadI64, v, disp::FUNCTION_CODE, MemClass::IMMUTABLE);
        let known = self.const_i64(function.code_address() as i64);
        self.exiting(Op::new(Opcode::GuardEqI64, &[code, known]));
    }

    /// The same for a function of which only the code is known.
    fn capture_from(&mut self, vm: &Vm, frame: &mut ShadowFrame, v: Val, concrete: Value) {
        let (first_free, cells) = view::captured(vm, concrete);
        if cells.is_empty() {
            return;
        }
        let all = self.load(Opcode::LoadRef, v, disp::FUNCTION_CLOSURE, MemClass::IMMUTABLE);
        for i in 0..cells.len() {
            let at = disp::TUPLE_ITEMS + 8 * i as i32;
            frame.values[first_free + i] = self.load(Opcode::LoadRef, all, at, MemClass::IMMUTABLE);
        }
    }

    /// Guards that an operand keeps the type it has now.
    pub(super) fn guard_type(&mut self, v: Val, concrete: Value) {
        if concrete.is_class(class::INSTANCE) {
            // A constant, too, may be given another class.
            return self.guard_shape(v, concrete);
        }
        if self.const_value(v).is_some() {
            return;
        }
        if concrete.is_small_int() {
            self.int(v);
        } else if concrete.is_class(class::TYPE) {
            // Its metaclass is not in its header.
            self.guard_known(v, concrete);
        } else {
            self.guard_class(v, concrete.class());
        }
    }

    /// Follows the call of a special method by the instruction in front of `next`. The operands'
    /// types are guarded, which decides the method.
    pub(super) fn follow(
        &mut self,
        vm: &Vm,
        method: Value,
        operands: &[(Val, Value)],
        args: &[Val],
        next: u32,
    ) -> Followed {
        let Callable::Python { code, params, .. } = view::callable(vm, method) else {
            return Followed::No;
        };
        if params != args.len() {
            return Followed::No;
        }
        if !self.can_inline(code) {
            return Followed::Leave("calls nest too deeply to be followed");
        }
        for &(v, c) in operands {
            self.guard_type(v, c);
        }
        let mut frame = self.new_frame(vm, code, FrameKind::Operator);
        self.capture(vm, &mut frame, method);
        frame.values[..args.len()].copy_from_slice(args);
        self.top().pc = next;
        self.frames.push(frame);
        Followed::Yes
    }

    /// Follows a special method of the operand `depth` below the top.
    pub(super) fn follow_special(
        &mut self,
        vm: &Vm,
        depth: usize,
        name: &'static str,
        args: &[Val],
        next: u32,
    ) -> Followed {
        let (v, c) = (self.peek(depth), view::top(vm, depth));
        let Some(method) = vm.special(c, name) else { return Followed::No };
        let all: Vec<Val> = std::iter::once(v).chain(args.iter().copied()).collect();
        self.follow(vm, method, &[(v, c)], &all, next)
    }

    /// Follows the special method that does a binary operator or a comparison.
    pub(super) fn follow_operator(&mut self, vm: &Vm, instr: Instr, next: u32) -> Followed {
        let (a, b) = (self.peek(1), self.peek(0));
        let (ca, cb) = (view::top(vm, 1), view::top(vm, 0));
        if !ca.is_class(class::INSTANCE) && !cb.is_class(class::INSTANCE) {
            return Followed::No;
        }
        let attempts = match instr.op().base() {
            Bc::BinaryOp => {
                let (kind, in_place) = BinaryKind::from_x(instr.x());
                vm.binary_attempts(kind, in_place, ca, cb)
            }
            _ => vm.compare_attempts(CompareKind::from_x(instr.x()), ca, cb),
        };
        let Some((_, method, of_left)) = vm.first_attempt(&attempts) else { return Followed::No };
        let args = if of_left { [a, b] } else { [b, a] };
        self.follow(vm, method, &[(a, ca), (b, cb)], &args, next)
    }

    /// The end of a special method that is followed.
    pub(super) fn return_from_operator(&mut self, vm: &Vm) -> Outcome {
        let (v, c) = (self.peek(0), view::top(vm, 0));
        let Some(caller) = self.frames.len().checked_sub(2).map(|i| &self.frames[i]) else {
            return self.leave("the caller of a special method is not recorded");
        };
        let instr = view::instr(vm, caller.code, caller.pc - 1);
        let (drop, result) = match instr.op().base() {
            Bc::BinaryOp | Bc::CompareOp => {
                if c.is_class(class::NOT_IMPLEMENTED) {
                    return Outcome::Abort("a special method is not implemented");
                }
                match self.opposite(vm, instr, v, c) {
                    Ok(result) => (2, Some(result)),
                    Err(outcome) => return outcome,
                }
            }
            Bc::BinarySubscr => (2, Some(v)),
            Bc::StoreSubscr => (3, None),
            Bc::DeleteSubscr | Bc::StoreAttr => (2, None),
            Bc::LoadAttr | Bc::LoadMethod => (1, Some(v)),
            Bc::ForIter => (0, Some(v)),
            Bc::Call => {
                if !c.is_small_int() || c.small_int_value() < 0 {
                    return Outcome::Abort("the length of an object is no length");
                }
                let (n, zero) = (self.int(v), self.const_i64(0));
                if self.trace.const_of(n).is_none() {
                    self.exiting(Op::new(Opcode::GuardGeI64, &[n, zero]));
                }
                (instr.x() as usize + 2, Some(v))
            }
            _ => return Outcome::Abort("an instruction that calls no special method"),
        };
        let null = self.const_ref(Value::NULL);
        self.frames.pop();
        let top = self.top();
        top.drop_top(drop);
        if let Some(result) = result {
            top.push(result);
        }
        if instr.op().base() == Bc::LoadMethod {
            top.push(null);
        }
        Outcome::Continue
    }

    /// The result of an operator for that of its method, which is not `NotImplemented`.
    fn opposite(&mut self, vm: &Vm, instr: Instr, v: Val, c: Value) -> Result<Val, Outcome> {
        let kind = CompareKind::from_x(instr.x());
        if instr.op().base() == Bc::CompareOp && kind == CompareKind::Ne {
            let (a, b) = view::operands_below(vm);
            let attempts = vm.compare_attempts(kind, a, b);
            if vm.first_attempt(&attempts).is_some_and(|(attempt, ..)| attempt.negated) {
                if !c.is_true() && !c.is_false() {
                    return Err(Outcome::Abort("the opposite of what is no bool"));
                }
                self.guard_known(v, c);
                return Ok(self.const_bool(c.is_false()));
            }
        }
        if self.const_value(v).is_none() {
            let missing = self.const_ref(Value::not_implemented());
            self.exiting(Op::new(Opcode::GuardDiffer, &[v, missing]));
        }
        Ok(v)
    }

    /// `for_iter` over a generator.
    pub(super) fn resume_generator(&mut self, vm: &Vm, next: u32) -> Outcome {
        let (generator, c) = (self.peek(1), view::top(vm, 1));
        let Some(GeneratorView { code, pc, saved, state, running, goes_on }) =
            view::generator(vm, c)
        else {
            return self.leave("this generator is not traced");
        };
        if !self.can_inline(code) {
            return self.leave("calls nest too deeply to be followed");
        }
        self.guard_class(generator, class::GENERATOR);
        let header = self.load(Opcode::LoadI64, generator, disp::HEADER, MemClass::IMMUTABLE);
        let known = self.const_i64(c.header_word() as i64);
        self.exiting(Op::new(Opcode::GuardEqI64, &[header, known]));
        let word = |i: i32| disp::WORDS + 8 * i;
        let now = self.load(Opcode::LoadRef, generator, word(1), mem::GENERATOR);
        let known = self.const_ref(state);
        self.exiting(Op::new(Opcode::GuardSame, &[now, known]));
        if !goes_on {
            // It is over.
            self.top().drop_top(2);
            return Outcome::Continue;
        }
        let handled = self.load(Opcode::LoadRef, generator, word(2), mem::GENERATOR);
        let null = self.const_ref(Value::NULL);
        self.exiting(Op::new(Opcode::GuardSame, &[handled, null]));
        let items = self.saved_words(generator);
        let mut frame = self.new_frame(vm, code, FrameKind::Generator);
        frame.pc = pc;
        frame.values.resize(saved, Val::NONE);
        for i in 0..saved {
            if i >= frame.locals || frame.liveness.is_live(pc as usize, i) {
                frame.values[i] = self.load(Opcode::LoadRef, items, 8 * i as i32, mem::SAVED);
            }
        }
        if pc != 0 {
            // What is sent to it.
            let none = self.const_ref(Value::none());
            frame.push(none);
        }
        self.store_state(generator, running);
        self.top().pc = next;
        self.frames.push(frame);
        Outcome::Continue
    }

    /// The address of a generator's saved words.
    fn saved_words(&mut self, generator: Val) -> Val {
        let list = self.load(Opcode::LoadRef, generator, disp::WORDS, mem::GENERATOR);
        self.load(Opcode::LoadI64, list, disp::LIST_ITEMS, MemClass::IMMUTABLE)
    }

    fn store_state(&mut self, generator: Val, state: Value) {
        let state = self.const_ref(state);
        let store = Op::new(Opcode::StoreRef, &[generator, state]).with_imm(disp::WORDS + 8);
        self.emit(store.with_mem(mem::GENERATOR));
    }

    /// The generator that the frame on top is of: the frame below iterates over it.
    fn generator_below(&self) -> Option<Val> {
        let caller = self.frames.len().checked_sub(2).map(|i| &self.frames[i])?;
        let pair = caller.values.len().checked_sub(2)?;
        Some(caller.values[pair])
    }

    /// `yield` in a generator that the frame below iterates over.
    pub(super) fn suspend_generator(&mut self, pc: u32) -> Outcome {
        let of_loop = self.top().kind == FrameKind::Generator;
        let Some(generator) = self.generator_below().filter(|_| of_loop) else {
            return self.leave("this `yield` is not traced");
        };
        let v = self.peek(0);
        let items = self.saved_words(generator);
        let values = self.top().values.clone();
        let saved = values.len() - 1;
        let null = self.const_ref(Value::NULL);
        for (i, &value) in values[..saved].iter().enumerate() {
            let value = if value.is_none() { null } else { value };
            let store = Op::new(Opcode::StoreRef, &[items, value]).with_imm(8 * i as i32);
            self.emit(store.with_mem(mem::SAVED));
        }
        self.store_state(generator, view::suspended(pc + 1, saved));
        self.frames.pop();
        self.top().push(v);
        Outcome::Continue
    }

    /// The end of a generator that the frame below iterates over.
    pub(super) fn return_from_generator(&mut self) -> Outcome {
        let Some(generator) = self.generator_below() else {
            return self.leave("the end of this generator is not traced");
        };
        self.store_state(generator, view::finished());
        let none = self.const_ref(Value::none());
        let store = Op::new(Opcode::StoreRef, &[generator, none]).with_imm(disp::WORDS);
        self.emit(store.with_mem(mem::GENERATOR));
        self.frames.pop();
        self.top().drop_top(2);
        Outcome::Continue
    }
}
