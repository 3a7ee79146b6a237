//! Generators: frames that are put away and taken up again.
//!
//! Terms. A generator's cell holds a list of the *saved words* (locals and operands), its *state*
//! (an int: where it goes on, times four, plus its status), and the exception that it is handling.
//! Taking it up copies the words onto the stack above the generator itself and runs
//! the frame in a run of its own.

use super::{Frame, FrameKind, MAX_NESTED_RUNS, Vm, recursion_error};
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

fn state(words: &Words) -> (u32, i64) {
    let state = words.get(1).as_small_int().unwrap_or(FINISHED);
    ((state >> 2) as u32, state & 3)
}

fn set_state(words: &mut Words, pc: u32, status: i64) {
    words.set(1, Value::small(i64::from(pc) << 2 | status));
}

impl Vm {
    /// A generator of bound locals.
    pub(super) fn new_generator(
        &mut self,
        code: u32,
        locals: &[Value],
        _function: Value,
    ) -> PyResult<Value> {
        let saved = self.heap.alloc_list_of(locals)?;
        let words = [saved, Value::small(CREATED), Value::NULL];
        Ok(self.heap.alloc_words(class::GENERATOR, code, words))
    }

    /// Whether a generator has been taken up yet.
    pub(crate) fn generator_is_fresh(&self, generator: Value) -> bool {
        generator.as_words().is_some_and(|words| state(&words).1 == CREATED)
    }

    /// Ends a generator without running it.
    pub(crate) fn finish_generator(&mut self, generator: Value) {
        if let Some(mut words) = generator.as_words() {
            set_state(&mut words, 0, FINISHED);
            words.set(0, Value::none());
            words.set(2, Value::NULL);
        }
    }

    /// Takes a generator up. A safe point.
    pub(crate) fn resume(&mut self, generator: Value, input: Input) -> PyResult<Resumed> {
        let Some(mut words) = generator.as_words() else {
            return Err(PyError::type_error("not a generator"));
        };
        let (pc, status) = state(&words);
        match (status, &input) {
            (RUNNING, _) => return Err(PyError::value_error("generator already executing")),
            (CREATED, Input::Send(value)) if !value.is_none() => {
                return Err(PyError::type_error(
                    "can't send non-None value to a just-started generator",
                ));
            }
            (FINISHED, Input::Send(_)) => return Ok(Resumed::Returned(Value::none())),
            _ => {}
        }
        if matches!(status, CREATED | FINISHED)
            && let Input::Throw(error) = input
        {
            self.finish_generator(generator);
            return Err(error);
        }
        let Some(code) = self.codes.get(generator.aux() as usize).map(|code| &raw const **code)
        else {
            return Err(PyError::type_error("a generator without code"));
        };
        let below = self.sp();
        let saved = words.get(0).as_list().map_or(Vec::new(), |list| list.items().to_vec());
        if below + saved.len() + 64 > STACK_WORDS
            || self.frames.len() >= self.recursion_limit
            || self.nested_runs >= MAX_NESTED_RUNS
        {
            return Err(recursion_error());
        }
        self.stack.set(below, generator);
        let base = below + 1;
        for (i, &word) in saved.iter().enumerate() {
            self.stack.set(base + i, word);
        }
        self.set_sp(base + saved.len());
        self.frames.push(Frame {
            code,
            pc,
            base: base as u32,
            return_sp: below as u32,
            entry: true,
            kind: FrameKind::Generator,
        });
        let outer = self.handled;
        if !words.get(2).is_null() {
            self.handled = words.get(2);
        }
        set_state(&mut words, pc, RUNNING);
        self.nested_runs += 1;
        let recording = std::mem::replace(&mut self.recording, false);
        let result = match input {
            Input::Send(value) => {
                if status == SUSPENDED {
                    let sp = self.sp();
                    self.stack.set(sp, value);
                    self.set_sp(sp + 1);
                }
                self.run()
            }
            Input::Throw(error) => {
                self.at_yield();
                self.error = Some(error);
                if self.unwind() { self.run() } else { Err(self.pending()) }
            }
        };
        self.recording = recording;
        self.nested_runs -= 1;
        let inner = std::mem::replace(&mut self.handled, outer);
        self.set_sp(below);
        let value = result?;
        let own = if inner == outer { Value::NULL } else { inner };
        if state(&words).1 == SUSPENDED {
            words.set(2, own);
            Ok(Resumed::Yielded(value))
        } else {
            Ok(Resumed::Returned(value))
        }
    }

    /// Moves the top frame from where it goes on to the `yield` that suspended it.
    fn at_yield(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            let here = frame.code().base_instr(frame.pc as usize);
            if here.is_none_or(|instr| instr.op() != Opcode::YieldFrom) {
                frame.pc = frame.pc.saturating_sub(1);
            }
        }
    }

    /// `yield`: puts the top frame away; gives the value on top.
    pub(super) fn suspend(&mut self) -> Value {
        let top = self.sp() - 1;
        let value = self.stack.get(top);
        self.set_sp(top);
        self.put_away(1);
        value
    }

    /// Puts the top frame away, to go on `skip` instructions behind its position.
    fn put_away(&mut self, skip: u32) {
        let Some(frame) = self.frames.pop() else { return };
        let generator = self.stack.get((frame.base as usize).saturating_sub(1));
        let items = self.stack.words(frame.base as usize, self.sp()).to_vec();
        if let Some(mut words) = generator.as_words() {
            if let Some(mut list) = words.get(0).as_list() {
                list.truncate(0);
                // Without memory the generator ends early.
                let _ = self.heap.list_extend(list, &items);
            }
            set_state(&mut words, frame.pc + skip, SUSPENDED);
        }
        self.set_sp(frame.return_sp as usize);
    }

    /// `yield from`: the value that it is suspended with, or `None` where it is over.
    pub(super) fn yield_from(&mut self) -> PyResult<Option<Value>> {
        let sp = self.sp();
        let (iterator, sent) = (self.stack.get(sp - 2), self.stack.get(sp - 1));
        let step = if iterator.is_class(class::GENERATOR) {
            self.resume(iterator, Input::Send(sent))?
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
                self.put_away(0);
                Ok(Some(value))
            }
            Resumed::Returned(value) => {
                self.stack.set(sp - 2, value);
                self.set_sp(sp - 1);
                Ok(None)
            }
        }
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
        error: Box<PyError>,
    ) -> PyResult<Resumed> {
        let words = generator.as_words();
        let delegate = words.and_then(|words| {
            let (pc, status) = state(&words);
            let instr = self.code(generator.aux())?.base_instr(pc as usize)?;
            let delegates = status == SUSPENDED && instr.op() == Opcode::YieldFrom;
            delegates
                .then(|| words.get(0).as_list().and_then(|list| list.items().last().copied()))?
        });
        let Some(inner) = delegate.filter(|inner| inner.is_class(class::GENERATOR)) else {
            return self.resume(generator, Input::Throw(error));
        };
        self.quiet += 1;
        let result = self.throw_into(inner, error);
        self.quiet -= 1;
        match result {
            Ok(Resumed::Yielded(value)) => Ok(Resumed::Yielded(value)),
            Ok(Resumed::Returned(value)) => {
                // The delegate is over: `yield from` has its value.
                if let Some(mut words) = generator.as_words() {
                    let (pc, _) = state(&words);
                    if let Some(mut list) = words.get(0).as_list() {
                        list.pop();
                    }
                    set_state(&mut words, pc + 1, SUSPENDED);
                }
                self.resume(generator, Input::Send(value))
            }
            Err(error) => self.resume(generator, Input::Throw(error)),
        }
    }

    /// A generator's frame ended with a result.
    pub(super) fn generator_returned(&mut self, frame: &Frame) {
        let generator = self.stack.get((frame.base as usize).saturating_sub(1));
        self.finish_generator(generator);
    }

    /// A generator's frame ended with an exception.
    pub(super) fn generator_failed(&mut self, frame: &Frame, error: &mut Box<PyError>) {
        self.generator_returned(frame);
        if error.kind == ExcKind::StopIteration {
            let cause = self.materialize(error);
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
            *error = raised;
        }
    }
}
