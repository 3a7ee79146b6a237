//! What the interpreter loop leaves to functions: switching modes, asking the hooks, and
//! operations on operands of any type.

use super::call::Begun;
use super::quicken;
use super::run::{ADAPTIVE, INTERP, JIT, RECORD, Status};
use super::{Frame, FrameKind, Mode, Vm};
use crate::code::GlobalCell;
use crate::error::{PyError, PyResult};
use crate::hooks::{BackEdge, Step};
use crate::stack::Args;
use crate::value::Value;
use tierlab_frontend::bytecode::CompareKind;

/// Where a frame that is not plain leads with its result.
pub(super) enum Returned {
    /// Out of the run.
    Run(Value),
    /// Back to the caller.
    Caller(Value),
    /// Back to the caller, whose instruction has gone on with the result.
    Operator,
    /// Back to where the caller stands.
    Jump,
    /// To an exception in the caller.
    Error,
    /// Out of the run, with an exception.
    Failed,
}

impl Vm {
    /// Runs the top frame until it returns.
    pub(super) fn run(&mut self) -> PyResult<Value> {
        loop {
            let status = match (self.mode, self.recording, self.has_hooks) {
                (Mode::Interp, ..) => self.run_loop::<INTERP>(),
                (Mode::Adaptive, true, _) => self.run_loop::<RECORD>(),
                (Mode::Adaptive, false, true) => self.run_loop::<JIT>(),
                (Mode::Adaptive, false, false) => self.run_loop::<ADAPTIVE>(),
            };
            match status {
                Status::Return(value) => return Ok(value),
                Status::Switch => {}
                Status::Failed => return Err(self.pending()),
                Status::Error => {
                    if self.recording {
                        self.recording = false;
                        if let Some(mut hooks) = self.hooks.take() {
                            hooks.abandon(self);
                            self.hooks = Some(hooks);
                        }
                    }
                    if !self.unwind() {
                        return Err(self.pending());
                    }
                }
            }
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fail(&mut self, error: Box<PyError>) {
        self.error = Some(error);
    }

    /// Asks the hooks at a back-edge; the state is synced. Says why the loop must be left, if it
    /// must.
    #[cold]
    #[inline(never)]
    pub(super) fn hot_back_edge(&mut self, code: u32, index: u32) -> Option<Status> {
        let mut hooks = self.hooks.take()?;
        let answer = hooks.back_edge(self, code, index);
        self.hooks = Some(hooks);
        self.asked(answer)
    }

    /// Asks the hooks at the entry of a function; the state is synced. Says why the loop must be
    /// left, if it must.
    #[cold]
    #[inline(never)]
    pub(super) fn hot_entry(&mut self, code: u32) -> Option<Status> {
        let mut hooks = self.hooks.take()?;
        let answer = hooks.function_entry(self, code);
        self.hooks = Some(hooks);
        self.asked(answer)
    }

    fn asked(&mut self, answer: BackEdge) -> Option<Status> {
        if std::mem::take(&mut self.missed_change) {
            self.classes_changed();
        }
        match answer {
            BackEdge::Continue => None,
            BackEdge::FramesChanged => Some(Status::Switch),
            BackEdge::Raised => Some(Status::Error),
            BackEdge::StartRecording | BackEdge::FramesChangedRecord => {
                self.recording = true;
                Some(Status::Switch)
            }
        }
    }

    /// Asks the hooks before an instruction; the state is synced. True where recording is over.
    #[inline(never)]
    pub(super) fn record_step(&mut self) -> bool {
        let Some(mut hooks) = self.hooks.take() else {
            self.recording = false;
            return true;
        };
        let answer = hooks.step(self);
        self.hooks = Some(hooks);
        if answer == Step::Stop {
            self.recording = false;
        }
        answer == Step::Stop
    }

    /// Tells the hooks that a watched global changes, and stops watching it: whoever takes it for
    /// a constant again watches it again.
    #[cold]
    #[inline(never)]
    pub(crate) fn watched_store(&mut self, cell: &GlobalCell) {
        cell.watch(false);
        self.classes_changed();
    }

    /// Tells the hooks that something changes that traces may take for a constant.
    pub(crate) fn classes_changed(&mut self) {
        match self.hooks.take() {
            Some(mut hooks) => {
                hooks.watched_store(self, 0);
                self.hooks = Some(hooks);
            }
            None if self.has_hooks => {
                // A trace runs: it is left at its next back-edge.
                self.missed_change = true;
                self.heap.request_collection();
            }
            None => {}
        }
    }

    /// `binary_op` for any operands: NULL with the error pending where it raises.
    #[inline(never)]
    pub(super) fn binary_value(&mut self, x: u8, a: Value, b: Value) -> Value {
        match crate::ops::binary(self, x, a, b) {
            Ok(value) => value,
            Err(error) => {
                self.fail(error);
                Value::NULL
            }
        }
    }

    /// `compare_op` for any operands.
    #[inline(never)]
    pub(super) fn compare_value(&mut self, x: u8, a: Value, b: Value) -> Value {
        let kind = CompareKind::from_x(x);
        // What CPython does not compare in the instruction itself counts as a call, for which there is no room
        // in the last frame that there may be.
        let result = match self.frames.len() < self.frame_limit || quicken::compares(kind, a, b) {
            true => crate::ops::compare_collecting(self, kind, a, b),
            false => Err(crate::ops::comparison_too_deep()),
        };
        match result {
            Ok(value) => value,
            Err(error) => {
                self.fail(error);
                Value::NULL
            }
        }
    }

    /// `binary_subscr` for any operands.
    #[inline(never)]
    pub(super) fn subscr_value(&mut self, object: Value, index: Value) -> Value {
        match crate::ops::get_item(self, object, index) {
            Ok(value) => value,
            Err(error) => {
                self.fail(error);
                Value::NULL
            }
        }
    }

    #[inline(never)]
    pub(super) fn truth(&mut self, value: Value) -> Option<bool> {
        match crate::ops::truth(self, value) {
            Ok(truth) => Some(truth),
            Err(error) => {
                self.fail(error);
                None
            }
        }
    }

    /// Calls a built-in function whose arguments are `args`: NULL where it raises.
    #[inline(never)]
    pub(super) fn builtin_value(&mut self, number: u32, args: Args) -> Value {
        match crate::builtins::call(self, number, args, None) {
            Ok(value) => value,
            Err(error) => {
                self.fail(error);
                Value::NULL
            }
        }
    }

    /// Leaves the top frame, which is not plain, with a result.
    #[inline(never)]
    pub(super) fn special_return(&mut self, value: Value) -> Returned {
        let Some(frame) = self.frames.pop() else { return Returned::Run(value) };
        self.set_sp(frame.return_sp as usize);
        if frame.kind == FrameKind::Operator {
            return match self.finish_operator(value) {
                Ok(()) => Returned::Operator,
                Err(error) => {
                    self.fail(error);
                    Returned::Error
                }
            };
        }
        if frame.kind == FrameKind::Generator && !frame.entry {
            return self.generator_is_over(&frame, value);
        }
        match (self.special_result(&frame, value), frame.entry) {
            (Ok(value), true) => Returned::Run(value),
            (Ok(value), false) => Returned::Caller(value),
            (Err(error), entry) => {
                self.fail(error);
                if entry { Returned::Failed } else { Returned::Error }
            }
        }
    }

    /// What the caller of a frame gets for its result; the stack pointer is where it gets it.
    fn special_result(&mut self, frame: &Frame, value: Value) -> PyResult<Value> {
        match frame.kind {
            FrameKind::Plain | FrameKind::Operator => Ok(value),
            FrameKind::Init => {
                let at = (frame.return_sp as usize).saturating_sub(1);
                self.set_sp(at);
                if value.is_none() {
                    return Ok(self.stack.get(at));
                }
                Err(PyError::type_error(format!(
                    "__init__() should return None, not '{}'",
                    crate::text::type_name(value)
                )))
            }
            FrameKind::Generator => {
                self.generator_returned(frame);
                Ok(value)
            }
        }
    }

    /// The general call: the state is synced. `Ok(false)`: done, the result stands on the stack.
    #[inline(never)]
    pub(super) fn call_any(&mut self, args: usize) -> PyResult<bool> {
        if self.heap.collect_requested() {
            self.safe_point()?;
        }
        let at = self.sp() - args - 2;
        if args == 1 && self.begin_len(self.peek(3), self.peek(1))? {
            return Ok(true);
        }
        match self.begin_call(args, None)? {
            Begun::Frame => Ok(true),
            Begun::Done(value) => {
                self.stack.set(at, value);
                self.set_sp(at + 1);
                Ok(false)
            }
        }
    }
}
