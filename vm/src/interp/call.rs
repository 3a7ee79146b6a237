//! Calls: dispatch over what can be called.
//!
//! On the stack: callable, self or NULL, arguments. A Python function's frame is pushed, and its
//! locals take the place of the arguments; everything else is done at once, and the caller drops
//! what stands on the stack.

use super::{Frame, FrameKind, Vm, recursion_error};
use crate::builtins;
use crate::class;
use crate::code::RtCode;
use crate::error::{ExcKind, PyError, PyResult};
use crate::object::{Function, Tuple};
use crate::stack::{Args, STACK_WORDS};
use crate::text::type_name;
use crate::types::Made;
use crate::value::Value;

/// How a call goes on.
pub(super) enum Begun {
    /// It has been done; this is the result.
    Done(Value),
    /// A frame has been pushed.
    Frame,
}

impl Vm {
    /// Begins the call of what stands on the stack with `args` arguments, the last of them
    /// named by `names`.
    pub(super) fn begin_call(&mut self, args: usize, names: Option<Tuple>) -> PyResult<Begun> {
        let at = self.sp() - args - 2;
        // An object may be what its own class says that calling it calls.
        for _ in 0..self.recursion_limit() {
            let callable = self.stack.get(at);
            let receiver = self.stack.get(at + 1);
            let extra = usize::from(!receiver.is_null());
            let first = at + 2 - extra;
            match callable.class() {
                class::FUNCTION => {
                    return match callable.as_function() {
                        Some(f) => self.push_call(f, first, args + extra, at, names),
                        None => Ok(Begun::Done(callable)),
                    };
                }
                class::BOUND_METHOD if extra == 0 => {
                    if let Some(method) = callable.as_method() {
                        self.stack.set(at, method.callable());
                        self.stack.set(at + 1, method.receiver());
                    }
                }
                class::BUILTIN => {
                    let values = self.args_at(first, args + extra);
                    return builtins::call(self, callable.aux(), values, names).map(Begun::Done);
                }
                class::TYPE => {
                    let values = self.args_at(first, args + extra);
                    if let Some(ty) = callable.as_type()
                        && let Some(call) = self.metaclass_call(ty)
                        && extra == 0
                    {
                        self.stack.set(at, call);
                        self.stack.set(at + 1, callable);
                        continue;
                    }
                    let ty = match callable.as_type() {
                        Some(ty) if ty.is_a(class::TYPE) => {
                            return self
                                .call_metaclass(ty, values.as_slice(), names)
                                .map(Begun::Done);
                        }
                        Some(ty) if ty.is_abstract() => return Err(self.refuse_abstract(ty)),
                        Some(ty) if ty.is_user() || ty.exception.is_some() => ty,
                        _ => {
                            return builtins::construct(self, callable.aux(), values, names)
                                .map(Begun::Done);
                        }
                    };
                    return match self.make(ty, values.as_slice(), names)? {
                        Made::Whole(object) => Ok(Begun::Done(object)),
                        Made::Init(object, init) => {
                            self.begin_init(object, init, at, args + extra, names)
                        }
                    };
                }
                class::STATIC_METHOD if extra == 0 => {
                    let function = callable.as_words().map_or(callable, |words| words.get(0));
                    self.stack.set(at, function);
                }
                class if class::has_methods(class) && extra == 0 => {
                    let Some(method) = self.special(callable, "__call__") else {
                        return Err(not_callable(callable));
                    };
                    let found = self.bind(method, callable, self.type_of(callable))?;
                    self.stack.set(at, found.value);
                    self.stack.set(at + 1, found.receiver);
                }
                class::BOUND_METHOD | class::STATIC_METHOD => {
                    // What a class method wraps gets the class as an argument of its own.
                    let (function, mut all) = match callable.as_method() {
                        Some(method) => (method.callable(), vec![method.receiver()]),
                        None => (callable.as_words().map_or(callable, |w| w.get(0)), Vec::new()),
                    };
                    all.extend(self.args_at(first, args + extra).as_slice());
                    return self.call_names(function, &all, names).map(Begun::Done);
                }
                class if class::has_methods(class) => {
                    // Bound to an object, as a method: its `__call__` gets both.
                    let Some(method) = self.special(callable, "__call__") else {
                        return Err(not_callable(callable));
                    };
                    let mut all = vec![callable];
                    all.extend(self.args_at(first, args + extra).as_slice());
                    return self.call_names(method, &all, names).map(Begun::Done);
                }
                _ => {
                    return Err(not_callable(callable));
                }
            }
        }
        let message = "maximum recursion depth exceeded while calling a Python object";
        Err(PyError::new(ExcKind::RecursionError, message))
    }

    /// Begins the call of `__init__` for a new object.
    fn begin_init(
        &mut self,
        object: Value,
        init: Value,
        at: usize,
        args: usize,
        names: Option<Tuple>,
    ) -> PyResult<Begun> {
        // The class and its receiver, which is NULL, make room for the object twice: the result,
        // and the first argument.
        let Some(function) = init.as_function() else {
            let values = self.args_at(at + 2, args).as_slice().to_vec();
            let found = self.bind(init, object, self.type_of(object))?;
            let mut all = vec![found.receiver];
            all.retain(|receiver| !receiver.is_null());
            all.extend(values);
            self.holding(&[object], |vm| vm.call_names_quiet(found.value, &all, names))?;
            return Ok(Begun::Done(object));
        };
        self.stack.set(at, object);
        self.stack.set(at + 1, object);
        let begun = self.push_call(function, at + 1, args + 1, at + 1, names)?;
        match (begun, self.frames.last_mut()) {
            (Begun::Frame, Some(frame)) => {
                frame.kind = FrameKind::Init;
                Ok(Begun::Frame)
            }
            // A generator is no result of `__init__`.
            _ => Err(PyError::type_error("__init__() should return None, not 'generator'")),
        }
    }

    fn args_at(&self, first: usize, len: usize) -> Args {
        // SAFETY: the words lie below the stack pointer, where they stay during the call.
        unsafe { Args::new(self.stack.base().add(first), len) }
    }

    /// Pushes the frame of a Python function whose arguments stand from `first` on.
    fn push_call(
        &mut self,
        function: Function,
        first: usize,
        given: usize,
        return_sp: usize,
        names: Option<Tuple>,
    ) -> PyResult<Begun> {
        let code = function.code_address() as *const RtCode;
        // SAFETY: functions hold the address of runtime code, which lives as long as the machine.
        let rt = unsafe { &*code };
        let locals = rt.locals as usize;
        if self.frames.len() >= self.frame_limit
            || first + rt.frame_size as usize + given > STACK_WORDS
        {
            return Err(recursion_error());
        }
        self.bind_arguments(rt, function, first, given, names)?;
        for i in rt.source.parameters()..locals {
            self.stack.set(first + i, Value::NULL);
        }
        for (i, &cell) in function.closure().map_or(&[][..], |t| t.items()).iter().enumerate() {
            self.stack.set(first + rt.first_free as usize + i, cell);
        }
        self.set_sp(first + locals);
        if rt.source.generator {
            let words = self.stack.words(first, first + locals).to_vec();
            return self.new_generator(rt.id, &words).map(Begun::Done);
        }
        self.frames.push(Frame {
            code,
            pc: 0,
            base: first as u32,
            return_sp: return_sp as u32,
            entry: false,
            kind: FrameKind::Plain,
        });
        Ok(Begun::Frame)
    }
}

#[cold]
fn not_callable(callable: Value) -> Box<PyError> {
    PyError::type_error(format!("'{}' object is not callable", type_name(callable)))
}
