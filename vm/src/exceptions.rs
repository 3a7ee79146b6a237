//! Exceptions as objects: making them, chaining them, and the texts they show.
//!
//! Built-in code raises a [`PyError`] of kind and message; it becomes an object when somebody
//! catches it. Raising, catching and re-raising keep `__context__`, `__cause__` and
//! `__traceback__` as CPython does: a traceback is a list of places, innermost first, that
//! grows as the exception leaves frames.

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Instance;
use crate::ops;
use crate::text::{to_repr, to_str, type_name};
use crate::types::exception_slot as slot;
use crate::value::Value;

/// Whether a value is an exception.
pub fn is_exception(value: Value) -> bool {
    kind_of(value).is_some()
}

/// The built-in exception that a value is an instance of, perhaps of a class derived from it.
pub fn kind_of(value: Value) -> Option<ExcKind> {
    value.as_instance().and_then(|instance| instance.ty().exception)
}

/// Whether a value is a group of exceptions.
pub(crate) fn is_group(value: Value) -> bool {
    kind_of(value).is_some_and(|kind| kind.is_a(ExcKind::ExceptionGroup))
}

/// The exceptions of a group.
pub(crate) fn group_members(vm: &mut Vm, group: Value) -> PyResult<Vec<Value>> {
    let args = group.as_instance().map_or(Value::none(), |i| i.get(slot::ARGS));
    match args.as_tuple().map(|t| t.items()) {
        Some([_, members]) => ops::collect(vm, *members),
        _ => Ok(Vec::new()),
    }
}

/// Refuses arguments that make no group of exceptions.
pub(crate) fn check_group(vm: &mut Vm, args: &[Value]) -> PyResult<()> {
    let [message, members] = args else {
        return Err(PyError::type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            args.len()
        )));
    };
    if message.plain().as_str().is_none() {
        let what = type_name(*message);
        return Err(PyError::type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {what}"
        )));
    }
    let what = "second argument (exceptions)";
    if !matches!(members.plain().class(), class::LIST | class::TUPLE) {
        return Err(PyError::type_error(format!("{what} must be a sequence")));
    }
    let members = ops::collect(vm, *members)?;
    if members.is_empty() {
        return Err(PyError::value_error(format!("{what} must be a non-empty sequence")));
    }
    for (at, member) in members.iter().enumerate() {
        match kind_of(*member) {
            Some(kind) if kind.is_a(ExcKind::Exception) => {}
            Some(_) => {
                return Err(PyError::type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
            }
            None => {
                return Err(PyError::value_error(format!(
                    "Item {at} of {what} is not an exception"
                )));
            }
        }
    }
    Ok(())
}

/// `str()` of an exception: its arguments.
pub fn message_of(vm: &mut Vm, value: Value) -> PyResult<String> {
    let args = value.as_instance().map_or(Value::none(), |i| i.get(slot::ARGS));
    match args.as_tuple().map(|t| t.items()) {
        None | Some([]) => Ok(String::new()),
        Some([one]) if kind_of(value).is_some_and(|kind| kind.is_a(ExcKind::KeyError)) => {
            to_repr(vm, *one)
        }
        Some([one]) => to_str(vm, *one),
        Some([message, _]) if is_group(value) => {
            let count = group_members(vm, value)?.len();
            let s = if count == 1 { "" } else { "s" };
            Ok(format!("{} ({count} sub-exception{s})", to_str(vm, *message)?))
        }
        Some([number, text]) if kind_of(value).is_some_and(|k| k.is_a(ExcKind::OSError)) => {
            let (number, text) = (to_str(vm, *number)?, to_str(vm, *text)?);
            let instance = value.as_instance();
            let file = instance.and_then(|i| i.shape().slot("filename").map(|slot| i.get(slot)));
            match file.filter(|file| !file.is_null() && !file.is_none()) {
                Some(file) => Ok(format!("[Errno {number}] {text}: {}", to_repr(vm, file)?)),
                None => Ok(format!("[Errno {number}] {text}")),
            }
        }
        Some([codec, data, from, to, why]) => match coding_message(value, data, from, to) {
            Some(text) => {
                Ok(format!("'{}' codec {text}: {}", to_str(vm, *codec)?, to_str(vm, *why)?))
            }
            None => to_repr(vm, args),
        },
        Some(_) => to_repr(vm, args),
    }
}

/// What an error with an encoding was about, and where.
fn coding_message(value: Value, data: &Value, from: &Value, to: &Value) -> Option<String> {
    let kind = kind_of(value)?;
    let from = usize::try_from(from.as_small_int()?).ok()?;
    let to = usize::try_from(to.as_small_int()?).ok()?;
    let one = from + 1 == to;
    let (verb, what, what_all) = if kind.is_a(ExcKind::UnicodeDecodeError) {
        let byte = data.as_bytes()?.bytes().get(from).copied();
        ("decode", byte.filter(|_| one).map(|byte| format!("byte 0x{byte:02x}")), "bytes")
    } else if kind.is_a(ExcKind::UnicodeEncodeError) {
        let c = data.as_str()?.text().chars().nth(from).map(u32::from);
        let escaped = |c: u32| match c {
            0..=0xff => format!("character '\\x{c:02x}'"),
            0x100..=0xffff => format!("character '\\u{c:04x}'"),
            _ => format!("character '\\U{c:08x}'"),
        };
        ("encode", c.filter(|_| one).map(escaped), "characters")
    } else {
        return None;
    };
    Some(match what {
        Some(what) => format!("can't {verb} {what} in position {from}"),
        None => format!("can't {verb} {what_all} in position {from}-{}", to.saturating_sub(1)),
    })
}

/// `repr()` of an exception.
pub fn repr_of(vm: &mut Vm, value: Value) -> PyResult<String> {
    let args = value.as_instance().map_or(Value::none(), |i| i.get(slot::ARGS));
    let name = vm.type_of(value).name.clone();
    Ok(match args.as_tuple().map(|t| t.items()) {
        Some([one]) => format!("{name}({})", to_repr(vm, *one)?),
        Some(_) => format!("{name}{}", to_repr(vm, args)?),
        None => format!("{name}()"),
    })
}

impl Vm {
    /// The exception object of an error: made where there is none, with the places it passed.
    pub(crate) fn materialize(&mut self, error: &mut PyError) -> Value {
        if error.value.is_null() {
            let ty = self.exception_info(error.kind);
            let text = self.heap.alloc_str(&error.message);
            let bare = error.message.is_empty();
            let made = self.bare_instance(ty, if bare { &[] } else { std::slice::from_ref(&text) });
            error.value = match made {
                Ok(value) => value,
                // There is always room for two cells.
                Err(_) => return Value::none(),
            };
        }
        if let Some(instance) = error.value.as_instance() {
            if !error.again {
                self.add_context(instance);
            }
            self.add_places(instance, &error.places);
        }
        error.places.clear();
        error.again = true;
        error.value
    }

    /// Notes what was being handled when an exception was raised.
    fn add_context(&mut self, instance: Instance) {
        let handled = self.handled;
        let value = instance.value();
        if handled.is_null() || handled.is_none() || handled == value {
            return;
        }
        // A chain that leads back to the exception is cut.
        let (mut at, mut steps) = (handled, 0);
        while let Some(link) = at.as_instance() {
            let next = link.get(slot::CONTEXT);
            if next == value {
                link.set(slot::CONTEXT, Value::none());
                break;
            }
            steps += 1;
            if next == at || steps > 100_000 {
                break;
            }
            at = next;
        }
        instance.set(slot::CONTEXT, handled);
    }

    fn add_places(&mut self, instance: Instance, places: &[(u32, u32)]) {
        let mut traceback = instance.get(slot::TRACEBACK);
        if traceback.as_words().is_none() {
            if places.is_empty() {
                return;
            }
            let list = self.heap.alloc_list().value();
            let words = [list, Value::ZERO, Value::ZERO];
            traceback = self.heap.alloc_words(class::TRACEBACK, 0, words);
            instance.set(slot::TRACEBACK, traceback);
        }
        let list = traceback.as_words().and_then(|words| words.get(0).as_list());
        if let Some(list) = list {
            for (code, pc) in places {
                let word = Value::small(i64::from(*code) << 32 | i64::from(*pc));
                // Without memory the traceback stays short.
                let _ = self.heap.list_append(list, word);
            }
        }
    }

    /// The places of an exception's traceback, innermost first.
    pub(crate) fn places_of(&self, value: Value) -> Vec<(u32, u32)> {
        let traceback = value.as_instance().map_or(Value::none(), |i| i.get(slot::TRACEBACK));
        let list = traceback.as_words().and_then(|words| words.get(0).as_list());
        let words = list.map_or(Vec::new(), |list| list.items().to_vec());
        let place = |word: &Value| word.as_small_int().map(|i| ((i >> 32) as u32, i as u32));
        words.iter().filter_map(place).collect()
    }

    /// The exception that raising a value gives: an instance of it, where it is a class.
    pub(crate) fn exception_from(&mut self, value: Value) -> PyResult<Value> {
        if is_exception(value) {
            return Ok(value);
        }
        if let Some(ty) = value.as_type().filter(|ty| ty.exception.is_some()) {
            let made = self.call_quiet(value, &[])?;
            if !is_exception(made) {
                return Err(PyError::type_error(format!(
                    "calling <class '{}'> should have returned an instance of BaseException, not \
                     <class '{}'>",
                    ty.full_name(),
                    self.type_of(made).full_name()
                )));
            }
            return Ok(made);
        }
        Err(PyError::type_error("exceptions must derive from BaseException"))
    }

    /// `raise value`.
    pub(crate) fn raise(&mut self, value: Value) -> Box<PyError> {
        match self.exception_from(value) {
            Ok(value) => PyError::from_value(value),
            Err(error) => error,
        }
    }

    /// `raise value from cause`.
    pub(crate) fn raise_from(&mut self, value: Value, cause: Value) -> Box<PyError> {
        let value = match self.exception_from(value) {
            Ok(value) => value,
            Err(error) => return error,
        };
        let cause = if cause.is_none() {
            cause
        } else {
            match self.holding(&[value], |vm| vm.exception_from(cause)) {
                Ok(cause) => cause,
                Err(error) if cause.as_type().is_some_and(|ty| ty.exception.is_some()) => {
                    return error;
                }
                Err(_) => {
                    return PyError::type_error("exception causes must derive from BaseException");
                }
            }
        };
        if let Some(instance) = value.as_instance() {
            instance.set(slot::CAUSE, cause);
            instance.set(slot::SUPPRESS, Value::true_());
        }
        PyError::from_value(value)
    }

    /// An error that another one is the cause of.
    pub(crate) fn caused_by(
        &mut self,
        mut cause: Box<PyError>,
        kind: ExcKind,
        message: &str,
    ) -> Box<PyError> {
        let mut error = PyError::new(kind, message);
        let cause = self.materialize(&mut cause);
        let value = self.holding(&[cause], |vm| vm.materialize(&mut error));
        let error = self.raise_from(value, cause);
        if let Some(instance) = value.as_instance() {
            instance.set(slot::CONTEXT, cause);
        }
        error
    }

    /// Whether an `except` clause catches an exception.
    pub(crate) fn catches(&mut self, value: Value, of: Value) -> PyResult<bool> {
        let ty = self.type_of(value);
        let classes = match of.as_tuple() {
            Some(classes) => classes.items(),
            None => std::slice::from_ref(&of),
        };
        let good = |of: &Value| of.as_type().is_some_and(|of| of.exception.is_some());
        if !classes.iter().all(good) {
            return Err(PyError::type_error(
                "catching classes that do not inherit from BaseException is not allowed",
            ));
        }
        Ok(classes.iter().filter_map(|of| of.as_type()).any(|of| ty.is_a(of.id)))
    }

    /// Gives an error that leaves the machine its text and exit status.
    pub(crate) fn describe(&mut self, error: &mut PyError) {
        if error.rendered.is_some() {
            return;
        }
        let value = self.materialize(error);
        if error.kind.is_a(ExcKind::SystemExit) {
            let args = value.as_instance().map(|i| i.get(slot::ARGS));
            let status = args.and_then(|args| args.as_tuple()).map(|t| match t.items() {
                [] => Value::none(),
                [one] => *one,
                _ => t.value(),
            });
            crate::modules::sys::exit_status(self, error, status.unwrap_or(Value::none()));
        } else {
            error.message = match self.str_of(value) {
                Ok(text) => text,
                Err(_) => "<exception str() failed>".to_string(),
            };
        }
        error.class = crate::traceback::class_name(self, value).into();
        error.rendered = Some(crate::traceback::render(self, value));
    }
}
