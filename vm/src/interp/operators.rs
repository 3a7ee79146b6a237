//! Operators on objects of a program's classes: special methods run in frames of the same run.
//!
//! An instruction that calls a special method pushes a frame of the kind [`FrameKind::Operator`] and
//! leaves its operands below it: roots are precise, and the machine's own stack does not
//! grow. When the frame returns, the caller's instruction goes on with the result
//! ([`Vm::finish_operator`]). What cannot be done so (a method that is no plain function) is done in a
//! nested run.

use super::{Frame, FrameKind, Vm, recursion_error};
use crate::builtins;
use crate::class;
use crate::code::RtCode;
use crate::error::{ExcKind, PyError, PyResult};
use crate::ops;
use crate::stack::STACK_WORDS;
use crate::types::Attempts;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind, Instr, Opcode};

/// What an instruction did.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    /// All of it.
    Result,
    /// It pushed a frame, and goes on when that returns.
    Frame,
}

impl Vm {
    /// Pushes the frame of a function for the current instruction; false where it is none that takes
    /// just these arguments. A safe point.
    pub(super) fn push_operator(&mut self, function: Value, args: &[Value]) -> PyResult<bool> {
        let Some(f) = function.as_function() else { return Ok(false) };
        let code = f.code_address() as *const RtCode;
        // SAFETY: functions hold the address of runtime code, which lives as long as the machine.
        let rt = unsafe { &*code };
        if rt.plain_args as usize != args.len() {
            return Ok(false);
        }
        let first = self.sp();
        if self.frames.len() >= self.frame_limit || first + rt.frame_size as usize > STACK_WORDS {
            return Err(recursion_error());
        }
        for (i, &arg) in args.iter().enumerate() {
            self.stack.set(first + i, arg);
        }
        for i in args.len()..rt.locals as usize {
            self.stack.set(first + i, Value::NULL);
        }
        for (i, &cell) in f.closure().map_or(&[][..], |t| t.items()).iter().enumerate() {
            self.stack.set(first + rt.first_free as usize + i, cell);
        }
        self.set_sp(first + rt.locals as usize);
        self.frames.push(Frame {
            code,
            pc: 0,
            base: first as u32,
            return_sp: first as u32,
            entry: false,
            kind: FrameKind::Operator,
        });
        if self.heap.collect_requested() {
            self.safe_point()?;
        }
        Ok(true)
    }

    fn push_attempt(&mut self, attempts: &Attempts) -> PyResult<bool> {
        match self.first_attempt(attempts) {
            Some((attempt, method, _)) => {
                self.push_operator(method, &[attempt.receiver, attempt.arg])
            }
            None => Ok(false),
        }
    }

    /// Begins a binary operator whose operands are on top.
    #[inline(never)]
    pub(super) fn begin_binary(&mut self, x: u8) -> PyResult<bool> {
        let (kind, in_place) = BinaryKind::from_x(x);
        let attempts = self.binary_attempts(kind, in_place, self.peek(2), self.peek(1));
        self.push_attempt(&attempts)
    }

    /// Begins a comparison.
    #[inline(never)]
    pub(super) fn begin_compare(&mut self, x: u8) -> PyResult<bool> {
        let kind = CompareKind::from_x(x);
        if !self.compares_specially(kind, self.peek(2), self.peek(1)) {
            return Ok(false);
        }
        let attempts = self.compare_attempts(kind, self.peek(2), self.peek(1));
        self.push_attempt(&attempts)
    }

    /// Begins an instruction that calls one special method of the object `depth` below the top with
    /// the given operands.
    #[inline(never)]
    pub(super) fn begin_special(
        &mut self,
        object: Value,
        name: &'static str,
        args: &[Value],
    ) -> PyResult<bool> {
        let Some(method) = self.special(object, name) else { return Ok(false) };
        let mut all = [object; 3];
        all[1..=args.len()].copy_from_slice(args);
        self.push_operator(method, &all[..=args.len()])
    }

    /// Begins a call of `len` with an object whose class says what that is.
    pub(super) fn begin_len(&mut self, callable: Value, object: Value) -> PyResult<bool> {
        if object.is_class(class::INSTANCE) && builtins::traced_name(callable) == Some("len") {
            return self.begin_special(object, "__len__", &[]);
        }
        Ok(false)
    }

    /// Goes on with the instruction of the top frame that called a special method. The stack pointer
    /// is behind the instruction's operands.
    pub(super) fn finish_operator(&mut self, value: Value) -> PyResult<()> {
        let Some(instr) = self.operator_of() else { return Ok(()) };
        match instr.op() {
            Opcode::BinaryOp => {
                let (kind, in_place) = BinaryKind::from_x(instr.x());
                let (a, b) = (self.peek(2), self.peek(1));
                let value = if value.is_class(class::NOT_IMPLEMENTED) {
                    let attempts = self.binary_attempts(kind, in_place, a, b);
                    match self.make_attempts(&attempts, 1)? {
                        Some(value) => value,
                        None => ops::binary_plain(self, kind, in_place, a, b)?,
                    }
                } else {
                    value
                };
                self.replace(2, value);
            }
            Opcode::CompareOp => {
                let kind = CompareKind::from_x(instr.x());
                let (a, b) = (self.peek(2), self.peek(1));
                let value = if value.is_class(class::NOT_IMPLEMENTED) {
                    let attempts = self.compare_attempts(kind, a, b);
                    match self.make_attempts(&attempts, 1)? {
                        Some(value) => value,
                        None => ops::compare_plain(self, kind, a, b)?,
                    }
                } else if kind == CompareKind::Ne {
                    let attempts = self.compare_attempts(kind, a, b);
                    match self.first_attempt(&attempts) {
                        Some((attempt, ..)) => self.attempted(&attempt, value)?,
                        None => value,
                    }
                } else {
                    value
                };
                self.replace(2, value);
            }
            Opcode::BinarySubscr => self.replace(2, value),
            Opcode::StoreSubscr => self.drop_top(3),
            Opcode::DeleteSubscr => self.drop_top(2),
            Opcode::LoadAttr => self.replace(1, value),
            Opcode::LoadMethod => {
                self.replace(1, value);
                self.push(Value::NULL);
            }
            Opcode::StoreAttr => self.drop_top(2),
            Opcode::ForIter => self.push(value),
            Opcode::Call => {
                let length = self.checked_length(value)?;
                self.replace(instr.x() as usize + 2, Value::small(length as i64));
            }
            // No other instruction pushes such frames.
            _ => {}
        }
        Ok(())
    }

    /// The instruction that the top frame stands at.
    pub(super) fn operator_of(&self) -> Option<Instr> {
        let frame = self.frames.last()?;
        frame.code().base_instr(frame.pc as usize)
    }

    /// Whether an exception of a frame that is gone ends the iteration of the caller's `for_iter`:
    /// the caller goes on behind the loop then.
    pub(super) fn ends_iteration(&mut self, gone: &Frame, error: &PyError) -> bool {
        if gone.kind != FrameKind::Operator || error.kind != ExcKind::StopIteration {
            return false;
        }
        match self.operator_of() {
            Some(instr) if instr.op() == Opcode::ForIter => {
                self.set_sp(gone.return_sp as usize);
                self.end_iteration();
                true
            }
            _ => false,
        }
    }

    /// Takes the top frame, which stands at a `for_iter`, behind its loop.
    pub(super) fn end_iteration(&mut self) {
        let target = self.operator_of().map_or(0, |instr| instr.wide());
        self.drop_top(2);
        if let Some(frame) = self.frames.last_mut() {
            frame.pc = target;
        }
    }
}
