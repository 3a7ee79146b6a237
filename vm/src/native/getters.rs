//! `operator.itemgetter`, `attrgetter` and `methodcaller`.

use super::chains::positional;
use super::{Native, make};
use crate::builtins::{Builtin, keywords, method, plain};
use crate::class::{self, ClassId};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;

/// What is done with an object that one of them is called with.
enum Wanted {
    Items(Vec<Value>),
    /// Attributes, each by a path of names.
    Attributes(Vec<Vec<String>>),
    /// A method's name; arguments are in `args`.
    Method(String),
}

/// One of the three.
pub struct Getter {
    wanted: Wanted,
    /// What it was made with, for `repr` and calls.
    args: Vec<Value>,
    /// Names of the last arguments: a tuple, or NULL.
    names: Value,
    class: ClassId,
}

impl Native for Getter {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.args.iter().for_each(|value| visit(*value));
        if let Wanted::Items(items) = &self.wanted {
            items.iter().for_each(|value| visit(*value));
        }
        visit(self.names);
    }
}

/// Makes one.
pub(super) fn new(vm: &mut Vm, args: Args, class: ClassId) -> PyResult<Value> {
    let name = class::name(class).rsplit('.').next().unwrap_or("?");
    let text = |value: Value, what: &str| match value.plain().as_str() {
        Some(text) => Ok(text.text().to_string()),
        None => Err(PyError::type_error(format!("{what} name must be a string"))),
    };
    let (wanted, all, names) = match class {
        class::METHODCALLER => {
            let names = vm.kw_names.take();
            let Some((first, rest)) = args
                .as_slice()
                .split_first()
                .filter(|(_, rest)| rest.len() >= names.map_or(0, |names| names.len()))
            else {
                return Err(PyError::type_error(
                    "methodcaller needs at least one argument, the method name",
                ));
            };
            let names = names.map_or(Value::NULL, |names| names.value());
            (Wanted::Method(text(*first, "method")?), rest.to_vec(), names)
        }
        class::ATTRGETTER => {
            let values = positional(vm, args, name, 1, usize::MAX).map_err(at_least_one(name))?;
            let paths = values.iter().map(|value| text(*value, "attribute"));
            let paths = paths.map(|path| Ok(path?.split('.').map(str::to_string).collect()));
            let paths = paths.collect::<PyResult<_>>()?;
            (Wanted::Attributes(paths), values.to_vec(), Value::NULL)
        }
        _ => {
            let values = positional(vm, args, name, 1, usize::MAX).map_err(at_least_one(name))?;
            (Wanted::Items(values.to_vec()), values.to_vec(), Value::NULL)
        }
    };
    Ok(make(vm, class, Getter { wanted, args: all, names, class }))
}

/// The message says "1 argument" where any number from one on is good.
fn at_least_one(name: &str) -> impl FnOnce(Box<PyError>) -> Box<PyError> {
    move |error| {
        if error.last_line().ends_with("got 0") {
            return PyError::type_error(format!("{name} expected 1 argument, got 0"));
        }
        error
    }
}

fn call(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let receiver = arg(args, 0);
    let Some(getter) = receiver.native::<Getter>() else {
        return Err(PyError::type_error("the receiver is of another type"));
    };
    let (values, named) = keywords(vm, args);
    let name = || class::name(getter.class).rsplit('.').next().unwrap_or("?");
    if !named.is_empty() {
        let name = name();
        return Err(PyError::type_error(format!("{name}() takes no keyword arguments")));
    }
    let &[_, object] = values else {
        return Err(PyError::type_error(format!(
            "{} expected 1 argument, got {}",
            name(),
            values.len().saturating_sub(1)
        )));
    };
    match &getter.wanted {
        Wanted::Items(items) => {
            if let [item] = items[..] {
                return ops::get_item(vm, object, item);
            }
            several(vm, items, |vm, item| ops::get_item(vm, object, *item))
        }
        Wanted::Attributes(paths) => {
            if let [path] = &paths[..] {
                return follow(vm, object, path);
            }
            several(vm, paths, |vm, path| follow(vm, object, path))
        }
        Wanted::Method(name) => {
            let method = vm.get_attribute(object, name)?;
            vm.call_names_quiet(method, &getter.args, getter.names.as_tuple())
        }
    }
}

/// A tuple of what is got for each part.
fn several<T>(
    vm: &mut Vm,
    parts: &[T],
    get: impl Fn(&mut Vm, &T) -> PyResult<Value>,
) -> PyResult<Value> {
    vm.quietly(|vm| {
        let values = parts.iter().map(|part| get(vm, part)).collect::<PyResult<Vec<Value>>>()?;
        Ok(vm.heap.alloc_tuple(&values)?)
    })
}

fn follow(vm: &mut Vm, object: Value, path: &[String]) -> PyResult<Value> {
    vm.quietly(|vm| path.iter().try_fold(object, |object, name| vm.get_attribute(object, name)))
}

fn show(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let receiver = arg(args, 0);
    let Some(getter) = receiver.native::<Getter>() else { return Ok(Value::none()) };
    let mut parts = Vec::new();
    if let Wanted::Method(name) = &getter.wanted {
        parts.push(crate::builtins::quoted(name));
    }
    let names = getter.names.as_tuple().map_or(&[][..], |t| t.items());
    let first_named = getter.args.len() - names.len();
    for (i, value) in getter.args.iter().enumerate() {
        let text = vm.repr_of(*value)?;
        parts.push(match i.checked_sub(first_named).and_then(|i| names.get(i)?.as_str()) {
            Some(name) => format!("{}={text}", name.text()),
            None => text,
        });
    }
    let text = format!("{}({})", class::name(getter.class), parts.join(", "));
    Ok(vm.heap.alloc_str(&text))
}

/// Methods.
pub(crate) const TABLE: &[Builtin] = &[
    plain("_operator.length_hint", 1, 2, length_hint),
    method("itemgetter.__call__", 0, usize::MAX, call).with_keywords(),
    method("itemgetter.__repr__", 0, 0, show),
    method("attrgetter.__call__", 0, usize::MAX, call).with_keywords(),
    method("attrgetter.__repr__", 0, 0, show),
    method("methodcaller.__call__", 0, usize::MAX, call).with_keywords(),
    method("methodcaller.__repr__", 0, 0, show),
];

/// `length_hint(object, default=0)`.
fn length_hint(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let default = args.get(1).unwrap_or(Value::ZERO);
    if crate::ops::number::as_integer(default.plain()).is_none() {
        let of = type_name(default);
        return Err(PyError::type_error(format!(
            "'{of}' object cannot be interpreted as an integer"
        )));
    }
    let hint = crate::ops::length_hint(vm, arg(args, 0))?;
    Ok(hint.map_or(default, |hint| Value::small(hint as i64)))
}
