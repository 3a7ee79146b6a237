//! Calls: binding arguments to parameters, and dispatch over what can be called.
//!
//! On the stack: callable, self or NULL, arguments. A Python function's frame is pushed, and its
//! locals take the place of the arguments; everything else is done at once, and the caller drops
//! what stands on the stack.

use super::{Frame, Vm, recursion_error};
use crate::builtins;
use crate::class;
use crate::code::RtCode;
use crate::error::{PyError, PyResult};
use crate::object::{Function, Tuple};
use crate::stack::{Args, STACK_WORDS};
use crate::text::type_name;
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
        loop {
            let callable = self.stack.get(at);
            let receiver = self.stack.get(at + 1);
            let extra = usize::from(!receiver.is_null());
            let first = at + 2 - extra;
            match callable.class() {
                class::FUNCTION => {
                    if let Some(function) = callable.as_function() {
                        self.push_call(function, first, args + extra, at, names)?;
                    }
                    return Ok(Begun::Frame);
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
                    return builtins::construct(self, callable.aux(), values, names)
                        .map(Begun::Done);
                }
                class::EXCEPTION_TYPE => {
                    let values = self.args_at(first, args + extra);
                    return builtins::new_exception(self, callable.aux(), values, names)
                        .map(Begun::Done);
                }
                _ => {
                    return Err(PyError::type_error(format!(
                        "'{}' object is not callable",
                        type_name(callable)
                    )));
                }
            }
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
    ) -> PyResult<()> {
        let code = function.code_address() as *const RtCode;
        // SAFETY: functions hold the address of runtime code, which lives as long as the machine.
        let rt = unsafe { &*code };
        let (params, locals) = (rt.args as usize, rt.locals as usize);
        if self.frames.len() >= self.recursion_limit || first + rt.frame_size as usize > STACK_WORDS
        {
            return Err(recursion_error());
        }
        let defaults = function.defaults().map_or(&[][..], |t| t.items());
        if let Some(names) = names {
            self.bind_keywords(rt, first, given, names)?;
        } else if given > params {
            return Err(too_many(rt, given, defaults.len()));
        } else {
            for i in given..params {
                self.stack.set(first + i, Value::NULL);
            }
        }
        let required = params - defaults.len().min(params);
        for i in 0..params {
            if self.stack.get(first + i).is_null() {
                match i.checked_sub(required).and_then(|d| defaults.get(d)) {
                    Some(&value) => self.stack.set(first + i, value),
                    None => return Err(self.missing(rt, first, required)),
                }
            }
        }
        for i in params..locals {
            self.stack.set(first + i, Value::NULL);
        }
        self.set_sp(first + locals);
        self.frames.push(Frame {
            code,
            pc: 0,
            base: first as u32,
            return_sp: return_sp as u32,
            entry: false,
        });
        Ok(())
    }

    /// Moves named arguments to their parameters; parameters without an argument become NULL.
    #[cold]
    fn bind_keywords(
        &mut self,
        rt: &RtCode,
        first: usize,
        given: usize,
        names: Tuple,
    ) -> PyResult<()> {
        let params = rt.args as usize;
        let positional = given - names.len().min(given);
        let values: Vec<Value> = (positional..given).map(|i| self.stack.get(first + i)).collect();
        for i in positional..params.max(given) {
            self.stack.set(first + i, Value::NULL);
        }
        for (&name, value) in names.items().iter().zip(values) {
            let name = name.as_str().map_or("", |s| s.text());
            let found = rt.source.locals.iter().take(params).position(|p| &**p == name);
            let Some(index) = found else {
                return Err(PyError::type_error(format!(
                    "{}() got an unexpected keyword argument '{name}'",
                    rt.source.name
                )));
            };
            if index < positional || !self.stack.get(first + index).is_null() {
                return Err(PyError::type_error(format!(
                    "{}() got multiple values for argument '{name}'",
                    rt.source.name
                )));
            }
            self.stack.set(first + index, value);
        }
        if positional > params {
            return Err(too_many(rt, positional, 0));
        }
        Ok(())
    }

    #[cold]
    fn missing(&self, rt: &RtCode, first: usize, required: usize) -> Box<PyError> {
        let names: Vec<String> = (0..required)
            .filter(|&i| self.stack.get(first + i).is_null())
            .map(|i| format!("'{}'", rt.source.locals[i]))
            .collect();
        let list = match names.as_slice() {
            [one] => one.clone(),
            [a, b] => format!("{a} and {b}"),
            [most @ .., last] => format!("{}, and {last}", most.join(", ")),
            [] => String::new(),
        };
        let s = if names.len() == 1 { "" } else { "s" };
        PyError::type_error(format!(
            "{}() missing {} required positional argument{s}: {list}",
            rt.source.name,
            names.len()
        ))
    }
}

#[cold]
fn too_many(rt: &RtCode, given: usize, defaults: usize) -> Box<PyError> {
    let params = rt.args as usize;
    let takes = if defaults > 0 {
        format!("from {} to {params} positional arguments", params - defaults.min(params))
    } else {
        format!("{params} positional argument{}", if params == 1 { "" } else { "s" })
    };
    let were = if given == 1 { "was" } else { "were" };
    PyError::type_error(format!("{}() takes {takes} but {given} {were} given", rt.source.name))
}
