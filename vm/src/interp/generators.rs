//! Generators: frames that are put away and taken up again.
//!
//! Terms. A generator's cell holds a list of the *saved words* (locals and operands), its *state*
//! (an int: where it goes on, its status, and how many words are saved), and the exception that it is
//! handling. Taking it up copies the words onto the stack, above the exception that is handled outside
//! and the generator itself. A `for` loop and a `yield from` run the frame in their own run; built-ins
//! run it in one of its own. The caller of such a frame stands at one of these two instructions.
//!
//! Invariant: the list has room for all words of the code's frames and keeps its length, so that
//! traces can save words without asking.

use super::slow::Returned;
use super::{Frame, FrameKind, Vm, recursion_error};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::object::Words;
use crate::stack::STACK_WORDS;
use crate::value::Value;
use tierlab_frontend::bytecode::Opcode;

const CREATED: i64 = 0;
const SUSPENDED: i64 = 1;
const RUNNING: i64 = 2;
const FINISHED: i64 = 3;

/// What a generator is taken up with.
pub(crate) enum Input {
    /// A value: the result of its `yield`.
    Send(Value),
    /// An exception, which its `yield` raises.
    Throw(Box<PyError>),
}

/// What a generator does when it is taken up.
pub(crate) enum Resumed {
    /// It is suspended with a value.
    Yielded(Value),
    /// It is finished with a value.
    Returned(Value),
}

/// What a `yield from` has done.
pub(super) enum Delegated {
    /// It has pushed the frame of its generator.
    Frame,
    /// Its frame and those that delegate to it are put away with a value; whether that is the result
    /// of the run.
    Yielded(Value, bool),
    /// Its iterator is over; the result stands on the stack.
    Over,
}

fn unexpected_value() -> Box<PyError> {
    PyError::type_error("can't send non-None value to a just-started generator")
}

/// Bits of a state: two of status, then these many of the position, then the number of words.
const POSITION_BITS: u32 = 32;

/// The state of a generator: where it goes on, its status, how many words are saved.
fn state(words: &Words) -> (u32, i64, usize) {
    let state = words.get(1).as_small_int().unwrap_or(FINISHED);
    ((state >> 2) as u32, state & 3, (state >> (2 + POSITION_BITS)) as usize)
}

fn set_state(words: &mut Words, pc: u32, status: i64, saved: usize) {
    words.set(1, state_word(pc, status, saved));
}

fn state_word(pc: u32, status: i64, saved: usize) -> Value {
    Value::small((saved as i64) << (2 + POSITION_BITS) | i64::from(pc) << 2 | status)
}

/// The state word of a generator that goes on there with so many saved words.
pub(crate) fn suspended_state(pc: u32, saved: usize) -> Value {
    state_word(pc, SUSPENDED, saved)
}

/// The state word of a generator that is over.
pub(crate) fn finished_state() -> Value {
    state_word(0, FINISHED, 0)
}

/// A generator as the recorder sees it.
pub(crate) struct GeneratorView {
    /// Number of its code.
    pub code: u32,
    /// Where it goes on.
    pub pc: u32,
    /// How many words are saved.
    pub saved: usize,
    /// Its state word.
    pub state: Value,
    /// Its state word while it runs.
    pub running: Value,
    /// Whether it can be taken up: otherwise it is over.
    pub goes_on: bool,
}

impl Vm {
    /// A generator that can be taken up or is over, and handles no exception.
    pub(crate) fn generator_view(&self, generator: Value) -> Option<GeneratorView> {
        let words = generator.as_words().filter(|_| generator.is_class(class::GENERATOR))?;
        let (pc, status, saved) = state(&words);
        (status != RUNNING && words.get(2).is_null()).then(|| GeneratorView {
            code: generator.aux(),
            pc,
            saved,
            state: words.get(1),
            running: state_word(pc, RUNNING, 0),
            goes_on: status != FINISHED,
        })
    }

    /// A generator of bound locals.
    pub(super) fn new_generator(&mut self, code: u32, locals: &[Value]) -> PyResult<Value> {
        let size = self.codes.get(code as usize).map_or(0, |code| code.frame_size as usize);
        let mut words = locals.to_vec();
        words.resize(size.max(locals.len()), Value::NULL);
        let saved = self.heap.alloc_list_of(&words)?;
        let words = [saved, state_word(0, CREATED, locals.len()), Value::NULL];
        Ok(self.heap.alloc_words(class::GENERATOR, code, words))
    }

    /// Whether a generator has been taken up yet.
    fn generator_is_fresh(&self, generator: Value) -> bool {
        generator.as_words().is_some_and(|words| state(&words).1 == CREATED)
    }

    /// Whether a generator is being executed.
    pub(crate) fn generator_runs(&self, generator: Value) -> bool {
        generator.as_words().is_some_and(|words| state(&words).1 == RUNNING)
    }

    /// Ends a generator without running it.
    fn finish_generator(&mut self, generator: Value) {
        if let Some(mut words) = generator.as_words() {
            set_state(&mut words, 0, FINISHED, 0);
            words.set(0, Value::none());
            words.set(2, Value::NULL);
        }
    }

    /// Takes a generator up in a run of its own. A safe point.
    pub(crate) fn resume(&mut self, generator: Value, input: Input) -> PyResult<Resumed> {
        self.below_trace(|vm| vm.resume_here(generator, input))
    }

    fn resume_here(&mut self, generator: Value, input: Input) -> PyResult<Resumed> {
        let Some(words) = generator.as_words() else {
            return Err(PyError::type_error("not a generator"));
        };
        let (_, status, _) = state(&words);
        match (status, &input) {
            (CREATED, Input::Send(value)) if !value.is_none() => return Err(unexpected_value()),
            (FINISHED, Input::Send(_)) => return Ok(Resumed::Returned(Value::none())),
            _ => {}
        }
        if matches!(status, CREATED | FINISHED)
            && let Input::Throw(error) = input
        {
            self.finish_generator(generator);
            return Err(match status {
                CREATED => self.not_stopped(error),
                _ => error,
            });
        }
        if !self.nests() {
            return Err(recursion_error());
        }
        let below = self.sp();
        let handles = !words.get(2).is_null();
        self.push_generator(generator, true)?;
        let result = self.nested_run(|vm| match input {
            Input::Send(value) => {
                if status == SUSPENDED {
                    vm.push(value);
                }
                vm.run()
            }
            Input::Throw(mut error) => {
                vm.at_yield();
                // Its context is what the generator itself handles, if that is anything.
                error.again = !handles;
                vm.error = Some(error);
                if vm.unwind() { vm.run() } else { Err(vm.pending()) }
            }
        });
        self.set_sp(below);
        let value = result?;
        if state(&words).1 == SUSPENDED {
            Ok(Resumed::Yielded(value))
        } else {
            Ok(Resumed::Returned(value))
        }
    }

    /// Takes up the generator that a `for_iter` of the top frame iterates over, in a frame of the
    /// same run; goes behind the loop where it is finished.
    pub(super) fn begin_resume(&mut self, generator: Value) -> PyResult<()> {
        let Some(words) = generator.as_words() else {
            return Err(PyError::type_error("not a generator"));
        };
        if state(&words).1 == FINISHED {
            self.end_iteration();
            return Ok(());
        }
        self.take_up(generator, Value::none())
    }

    /// Takes up a generator that is not over in a frame of the same run: its `yield` gives what is
    /// sent. A safe point.
    fn take_up(&mut self, generator: Value, sent: Value) -> PyResult<()> {
        let status = generator.as_words().map_or(FINISHED, |words| state(&words).1);
        if status == CREATED && !sent.is_none() {
            return Err(unexpected_value());
        }
        self.push_generator(generator, false)?;
        if status == SUSPENDED {
            self.push(sent);
        }
        if self.heap.collect_requested() {
            self.safe_point()?;
        }
        Ok(())
    }

    /// Pushes the frame of a generator that can go on.
    fn push_generator(&mut self, generator: Value, entry: bool) -> PyResult<()> {
        let known = generator.as_words().zip(self.codes.get(generator.aux() as usize));
        let Some((mut words, code)) = known else {
            return Err(PyError::type_error("a generator without code"));
        };
        let code = &raw const **code;
        let (pc, status, count) = state(&words);
        if status == RUNNING {
            return Err(PyError::value_error("generator already executing"));
        }
        let below = self.sp();
        let saved = words.get(0).as_list();
        let saved = saved.as_ref().map_or(&[][..], |list| list.items());
        if below + saved.len() + 64 > STACK_WORDS || self.frames.len() >= self.frame_limit {
            return Err(recursion_error());
        }
        self.stack.set(below, self.handled);
        self.stack.set(below + 1, generator);
        let base = below + 2;
        for (i, &word) in saved.iter().take(count).enumerate() {
            self.stack.set(base + i, word);
        }
        self.set_sp(base + count);
        self.frames.push(Frame {
            code,
            pc,
            base: base as u32,
            return_sp: below as u32,
            entry,
            kind: FrameKind::Generator,
        });
        if !words.get(2).is_null() {
            self.handled = words.get(2);
            // Traces rely on it that a running generator's cell says nothing of what it handles.
            words.set(2, Value::NULL);
        }
        set_state(&mut words, pc, RUNNING, 0);
        Ok(())
    }

    /// The generator of a frame.
    fn generator_of(&self, frame: &Frame) -> Value {
        self.stack.get((frame.base as usize).saturating_sub(1))
    }

    /// Handles again what is handled outside a generator's frame; gives what was handled inside.
    fn leave_handled(&mut self, frame: &Frame) -> Value {
        let outer = self.stack.get((frame.base as usize).saturating_sub(2));
        let inner = std::mem::replace(&mut self.handled, outer);
        if inner == outer { Value::NULL } else { inner }
    }

    /// Moves the top frame from where it goes on to the `yield` that suspended it.
    fn at_yield(&mut self) {
        if !self.delegates()
            && let Some(frame) = self.frames.last_mut()
        {
            frame.pc = frame.pc.saturating_sub(1);
        }
    }

    /// `yield`: puts the top frame away, and those that delegate to it; gives the value on top, and
    /// whether that is the result of the run.
    pub(super) fn suspend(&mut self) -> (Value, bool) {
        let top = self.sp() - 1;
        let value = self.stack.get(top);
        self.set_sp(top);
        let leaves = self.put_away(1);
        (value, leaves || self.put_delegates_away())
    }

    /// Puts away the frames on top that stand at a `yield from` whose iterator has yielded. Whether the last
    /// of them was the first frame of the run.
    fn put_delegates_away(&mut self) -> bool {
        while self.delegates() {
            if self.put_away(0) {
                return true;
            }
        }
        false
    }

    /// Whether the top frame stands at a `yield from`.
    fn delegates(&self) -> bool {
        self.operator_of().is_some_and(|instr| instr.op() == Opcode::YieldFrom)
    }

    /// Puts the top frame away, to go on `skip` instructions behind its position. Whether it was the
    /// first one of the run.
    fn put_away(&mut self, skip: u32) -> bool {
        let Some(frame) = self.frames.pop() else { return true };
        let own = self.leave_handled(&frame);
        if let Some(mut words) = self.generator_of(&frame).as_words() {
            let (from, to) = (frame.base as usize, self.sp());
            if let Some(mut list) = words.get(0).as_list() {
                let saved = self.stack.words(from, to);
                list.items_mut()[..saved.len()].copy_from_slice(saved);
            }
            set_state(&mut words, frame.pc + skip, SUSPENDED, to - from);
            words.set(2, own);
        }
        self.set_sp(frame.return_sp as usize);
        frame.entry
    }

    /// `yield from`: takes the iterator's next step.
    pub(super) fn yield_from(&mut self) -> PyResult<Delegated> {
        let sp = self.sp();
        let (iterator, sent) = (self.stack.get(sp - 2), self.stack.get(sp - 1));
        let step = if iterator.is_class(class::GENERATOR) {
            if iterator.as_words().is_some_and(|words| state(&words).1 != FINISHED) {
                self.set_sp(sp - 1);
                self.take_up(iterator, sent)?;
                return Ok(Delegated::Frame);
            }
            Resumed::Returned(Value::none())
        } else if sent.is_none() {
            self.step_iterator(iterator)?
        } else {
            let send = self.get_attribute(iterator, "send")?;
            match self.call_quiet(send, &[sent]) {
                Ok(value) => Resumed::Yielded(value),
                Err(error) => self.stopped(error)?,
            }
        };
        match step {
            Resumed::Yielded(value) => {
                self.set_sp(sp - 1);
                let leaves = self.put_delegates_away();
                Ok(Delegated::Yielded(value, leaves))
            }
            Resumed::Returned(value) => {
                self.stack.set(sp - 2, value);
                self.set_sp(sp - 1);
                Ok(Delegated::Over)
            }
        }
    }

    /// The frame of a generator, which was no run's first one, has returned: its caller goes on.
    pub(super) fn generator_is_over(&mut self, frame: &Frame, value: Value) -> Returned {
        self.generator_returned(frame);
        if self.delegates() {
            // The result takes the generator's place.
            self.drop_top(1);
            return Returned::Caller(value);
        }
        self.end_iteration();
        Returned::Jump
    }

    /// The next item of an iterator object, as a step of a generator.
    fn step_iterator(&mut self, iterator: Value) -> PyResult<Resumed> {
        if iterator.as_instance().is_some() {
            return match self.call_special(iterator, "__next__", &[]) {
                Ok(Some(value)) => Ok(Resumed::Yielded(value)),
                Ok(None) => Err(PyError::type_error("not an iterator")),
                Err(error) => self.stopped(error),
            };
        }
        Ok(match crate::ops::for_next(self, iterator, Value::none())? {
            Some((item, _)) => Resumed::Yielded(item),
            None => Resumed::Returned(Value::none()),
        })
    }

    /// `StopIteration` as the end of a generator; any other error is one.
    fn stopped(&mut self, error: Box<PyError>) -> PyResult<Resumed> {
        if error.kind != ExcKind::StopIteration {
            return Err(error);
        }
        let mut error = error;
        let object = self.materialize(&mut error);
        Ok(Resumed::Returned(self.try_attribute(object, "value")?.unwrap_or(Value::none())))
    }

    /// Raises an exception where a generator is suspended, or in what it delegates to.
    pub(crate) fn throw_into(
        &mut self,
        generator: Value,
        mut error: Box<PyError>,
    ) -> PyResult<Resumed> {
        // What the thrower handles is no context of the exception.
        error.again = true;
        let words = generator.as_words();
        let delegate = words.and_then(|words| {
            let (pc, status, saved) = state(&words);
            let instr = self.code(generator.aux())?.base_instr(pc as usize)?;
            let delegates = status == SUSPENDED && instr.op() == Opcode::YieldFrom;
            let last = saved.checked_sub(1)?;
            delegates.then(|| words.get(0).as_list().and_then(|list| list.get(last)))?
        });
        let Some(inner) = delegate else {
            return self.resume(generator, Input::Throw(error));
        };
        if error.kind == ExcKind::GeneratorExit {
            let error = self.close_delegate(inner).err().unwrap_or(error);
            return self.resume(generator, Input::Throw(error));
        }
        let step = if inner.is_class(class::GENERATOR) {
            self.quietly(|vm| vm.throw_into(inner, error))
        } else {
            match self.try_attribute(inner, "throw")? {
                Some(throw) => self.throw_by(throw, error),
                None => Err(error),
            }
        };
        match step {
            Ok(Resumed::Yielded(value)) => Ok(Resumed::Yielded(value)),
            Ok(Resumed::Returned(value)) => {
                // The delegate is over: `yield from` has its value.
                if let Some(mut words) = generator.as_words() {
                    let (pc, _, saved) = state(&words);
                    set_state(&mut words, pc + 1, SUSPENDED, saved.saturating_sub(1));
                }
                self.resume(generator, Input::Send(value))
            }
            Err(error) => self.resume(generator, Input::Throw(error)),
        }
    }

    /// Throws an exception by the `throw` of an iterator that is no generator.
    fn throw_by(&mut self, throw: Value, mut error: Box<PyError>) -> PyResult<Resumed> {
        let object = self.materialize(&mut error);
        match self.call_quiet(throw, &[object]) {
            Ok(value) => Ok(Resumed::Yielded(value)),
            Err(error) => self.stopped(error),
        }
    }

    /// Closes what a generator delegates to, where it can be closed.
    fn close_delegate(&mut self, inner: Value) -> PyResult<()> {
        if inner.is_class(class::GENERATOR) {
            return self.quietly(|vm| vm.close_generator(inner));
        }
        match self.try_attribute(inner, "close")? {
            Some(close) => self.call_quiet(close, &[]).map(drop),
            None => Ok(()),
        }
    }

    /// `close()` of a generator.
    pub(crate) fn close_generator(&mut self, generator: Value) -> PyResult<()> {
        if self.generator_is_fresh(generator) {
            self.finish_generator(generator);
            return Ok(());
        }
        let mut exit = PyError::new(ExcKind::GeneratorExit, "");
        if !self.handled.is_null() {
            self.materialize(&mut exit);
        }
        match self.throw_into(generator, exit) {
            Ok(Resumed::Yielded(_)) => {
                Err(PyError::new(ExcKind::RuntimeError, "generator ignored GeneratorExit"))
            }
            Ok(Resumed::Returned(_)) => Ok(()),
            Err(error) if matches!(error.kind, ExcKind::GeneratorExit | ExcKind::StopIteration) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// A generator's frame ended with a result.
    pub(super) fn generator_returned(&mut self, frame: &Frame) {
        self.leave_handled(frame);
        let generator = self.generator_of(frame);
        self.finish_generator(generator);
    }

    /// A generator's frame ended with an exception.
    pub(super) fn generator_failed(&mut self, frame: &Frame, error: &mut Box<PyError>) {
        self.generator_returned(frame);
        if error.kind == ExcKind::StopIteration {
            let failed = std::mem::replace(error, PyError::new(ExcKind::StopIteration, ""));
            *error = self.not_stopped(failed);
        }
    }

    /// What an exception that leaves a generator is: no `StopIteration`, which would say something else.
    fn not_stopped(&mut self, mut error: Box<PyError>) -> Box<PyError> {
        if error.kind != ExcKind::StopIteration {
            return error;
        }
        let cause = self.materialize(&mut error);
        let mut raised = PyError::new(ExcKind::RuntimeError, "generator raised StopIteration");
        let object = self.materialize(&mut raised);
        if let Some(instance) = object.as_instance() {
            use crate::types::exception_slot as slot;
            instance.set(slot::CAUSE, cause);
            instance.set(slot::CONTEXT, cause);
            instance.set(slot::SUPPRESS, Value::true_());
        }
        let places = self.places_of(cause);
        raised.places = places.last().copied().into_iter().collect();
        raised.again = true;
        raised
    }
}
