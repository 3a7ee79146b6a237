//! Built-in functions about objects, attributes and classes, and the methods of generators and
//! properties.

use super::{Builtin, method, plain};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::{Input, Resumed, Vm};
use crate::native::long_range::{LongRange, long_indices};
use crate::ops;
use crate::ops::number::{Num, as_integer};
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::types::property;
use crate::value::Value;
use num_traits::Signed;
use std::sync::Arc;

/// Functions.
pub const FUNCTIONS: &[Builtin] = &[
    plain("getattr", 2, 3, |vm, a| {
        let name = attribute_name(arg(a, 1))?;
        match a.get(2) {
            Some(default) => Ok(vm.try_attribute(arg(a, 0), &name)?.unwrap_or(default)),
            None => vm.get_attribute(arg(a, 0), &name),
        }
    }),
    plain("setattr", 3, 3, |vm, a| {
        let name = attribute_name(arg(a, 1))?;
        vm.set_attribute(arg(a, 0), &name, arg(a, 2))?;
        Ok(Value::none())
    }),
    plain("hasattr", 2, 2, |vm, a| {
        let name = attribute_name(arg(a, 1))?;
        vm.has_attribute(arg(a, 0), &name).map(Value::bool)
    }),
    plain("delattr", 2, 2, |vm, a| {
        let name = attribute_name(arg(a, 1))?;
        vm.delete_attribute(arg(a, 0), &name)?;
        Ok(Value::none())
    }),
    plain("isinstance", 2, 2, |vm, a| vm.is_instance(arg(a, 0), arg(a, 1)).map(Value::bool)),
    plain("issubclass", 2, 2, |vm, a| vm.is_subclass(arg(a, 0), arg(a, 1)).map(Value::bool)),
    plain("hash", 1, 1, |vm, a| {
        let hash = vm.hash_of(arg(a, 0))?;
        Ok(vm.heap.alloc_int(hash))
    }),
    plain("locals", 0, 0, |vm, _| vm.local_variables()),
    plain("dir", 0, 1, |vm, a| {
        if a.is_empty() {
            let names = vm.local_variables()?;
            return sorted_names(vm, names);
        }
        match vm.call_special(arg(a, 0), "__dir__", &[])? {
            Some(names) => sorted_names(vm, names),
            None => vm.attribute_list(arg(a, 0)),
        }
    }),
    plain("vars", 0, 1, |vm, a| {
        if a.is_empty() {
            return vm.local_variables();
        }
        vm.get_attribute(arg(a, 0), "__dict__")
            .map_err(|_| PyError::type_error("vars() argument must have __dict__ attribute"))
    }),
];

/// A sorted list of the items of an iterable.
fn sorted_names(vm: &mut Vm, names: Value) -> PyResult<Value> {
    let names = ops::collect(vm, names)?;
    let list = vm.heap.alloc_list_of(&names)?;
    if let Some(names) = list.as_list() {
        super::list::sort_list(vm, names, None, false)?;
    }
    Ok(list)
}

/// Methods.
pub const METHODS: &[Builtin] = &[
    method("generator.send", 1, 1, |vm, a| {
        let step = vm.resume(arg(a, 0), Input::Send(arg(a, 1)))?;
        yielded(vm, step)
    }),
    method("generator.__next__", 0, 0, |vm, a| {
        let step = vm.resume(arg(a, 0), Input::Send(Value::none()))?;
        yielded(vm, step)
    }),
    method("generator.__iter__", 0, 0, |_, a| Ok(arg(a, 0))),
    method("generator.throw", 1, 3, |vm, a| {
        let value = match a.get(2) {
            Some(value) if crate::exceptions::is_exception(value) => value,
            Some(value) if !value.is_none() && arg(a, 1).as_type().is_some() => {
                vm.call_quiet(arg(a, 1), &[value])?
            }
            _ => arg(a, 1),
        };
        let class = value.as_type().is_some_and(|ty| ty.exception.is_some());
        if !class && !crate::exceptions::is_exception(value) {
            return Err(PyError::type_error(format!(
                "exceptions must be classes or instances deriving from BaseException, not {}",
                type_name(value)
            )));
        }
        let error = vm.raise(value);
        let step = vm.throw_into(arg(a, 0), error)?;
        yielded(vm, step)
    }),
    method("generator.close", 0, 0, |vm, a| {
        vm.close_generator(arg(a, 0))?;
        Ok(Value::none())
    }),
    method("keys.isdisjoint", 1, 1, disjoint),
    method("items.isdisjoint", 1, 1, disjoint),
    method("range.index", 1, 1, |vm, a| {
        let (range, wanted) = (arg(a, 0), arg(a, 1));
        if ops::contains(vm, wanted, range)? {
            if let (Some(long), Some(number)) =
                (range.native::<LongRange>(), as_integer(wanted).and_then(Num::to_big))
            {
                let place = long.place(&number).unwrap_or_default();
                return Ok(vm.heap.alloc_big(place));
            }
            let first = ops::get_item(vm, range, Value::ZERO)?;
            let step = range.as_range().map_or(1, |r| r.fields().step);
            let (from, to) = (ops::index_int(first), ops::index_int(wanted));
            if let (Some(from), Some(to)) = (from, to) {
                return Ok(Value::small((to - from) / step));
            }
        }
        Err(PyError::value_error(format!("{} is not in range", vm.repr_of(wanted)?)))
    }),
    method("range.count", 1, 1, |vm, a| {
        let found = ops::contains(vm, arg(a, 1), arg(a, 0))?;
        Ok(Value::small(i64::from(found)))
    }),
    method("slice.indices", 1, 1, |vm, a| {
        let length = ops::index_value(vm, arg(a, 1))?;
        let Some(length) = as_integer(length).and_then(Num::to_big) else {
            return Err(ops::number::not_an_integer(length));
        };
        if length.is_negative() {
            return Err(PyError::value_error("length should not be negative"));
        }
        let Some(slice) = arg(a, 0).as_slice() else { return Ok(Value::none()) };
        let bounds = long_indices(vm, slice, &length)?.map(|bound| vm.heap.alloc_big(bound));
        Ok(vm.heap.alloc_tuple(&bounds)?)
    }),
    method("property.getter", 1, 1, |vm, a| with_part(vm, a, 0)),
    method("property.setter", 1, 1, |vm, a| with_part(vm, a, 1)),
    method("property.deleter", 1, 1, |vm, a| with_part(vm, a, 2)),
];

fn disjoint(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let set = ops::sets::set_from(vm, class::SET, arg(args, 0))?;
    ops::sets::disjoint(vm, set, arg(args, 1)).map(Value::bool)
}

fn attribute_name(value: Value) -> PyResult<Arc<str>> {
    match value.as_str() {
        Some(text) => Ok(text.text().into()),
        None => Err(PyError::type_error(format!(
            "attribute name must be string, not '{}'",
            type_name(value)
        ))),
    }
}

/// What a step of a generator is to the caller of a method.
fn yielded(vm: &mut Vm, step: Resumed) -> PyResult<Value> {
    match step {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(stop(vm, value)),
    }
}

/// `StopIteration` with a value.
pub(super) fn stop(vm: &mut Vm, value: Value) -> Box<PyError> {
    let ty = vm.exception_info(ExcKind::StopIteration);
    let args: &[Value] = if value.is_none() { &[] } else { std::slice::from_ref(&value) };
    match vm.bare_instance(ty, args) {
        Ok(value) => PyError::from_value(value),
        Err(error) => error,
    }
}

fn with_part(vm: &mut Vm, args: Args, part: usize) -> PyResult<Value> {
    let known = arg(args, 0);
    let mut parts = property::parts(known);
    parts[part] = arg(args, 1);
    property::new(&mut vm.heap, parts, property::doc(known))
}

/// `property(...)`, `staticmethod(f)`, `classmethod(f)`, `super(...)`: `None` for other types.
pub(super) fn construct(vm: &mut Vm, class: u32, args: Args) -> PyResult<Option<Value>> {
    Ok(Some(match class {
        class::PROPERTY => {
            let names = ["fget", "fset", "fdel", "doc"];
            let values = super::bind_names(vm, args, "property", names)?;
            let [getter, setter, deleter, doc] =
                values.map(|value| if value.is_null() { Value::none() } else { value });
            let doc = (!doc.is_none()).then_some(doc);
            property::new(&mut vm.heap, [getter, setter, deleter], doc)?
        }
        class::STATIC_METHOD | class::CLASS_METHOD => {
            vm.heap.alloc_words(class, 0, [arg(args, 0), Value::ZERO, Value::ZERO])
        }
        class::SUPER => match *args.as_slice() {
            [start, object] => vm.new_super(start, object)?,
            _ => {
                return Err(PyError::new(ExcKind::RuntimeError, "super(): no arguments"));
            }
        },
        _ => return Ok(None),
    }))
}
