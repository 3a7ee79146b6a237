//! What the recorder writes for frames: calls that it follows, special methods that instructions call,
//! generators, and how all of them return.
//!
//! A special method's frame stands above the operands of the instruction that calls it, as in the
//! interpreter; what becomes of its result is told by that instruction. Generators are taken up and
//! suspended inside the trace: the words that they save are loaded and stored as the items of a list
//! are, so that the optimizer connects one suspension with the next.

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

impl Recorder {
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

    /// Guards that an operand keeps the type it has now.
    pub(super) fn guard_type(&mut self, v: Val, concrete: Value) {
        if self.const_value(v).is_some() {
            return;
        }
        if concrete.is_small_int() {
            self.int(v);
        } else if concrete.is_class(class::INSTANCE) {
            self.guard_shape(v, concrete);
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
