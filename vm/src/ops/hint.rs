//! Lengths that iterators announce: `__length_hint__`.
//!
//! Nothing here needs them for itself. Programs see who asks: what makes a list or a tuple of an object's items asks
//! the object, and an exception raised there is raised.

use super::iter::expected;
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Words;
use crate::text::type_name;
use crate::value::Value;

/// The length of an object, or what it announces; `None` where it says nothing.
pub fn length_hint(vm: &mut Vm, value: Value) -> PyResult<Option<usize>> {
    match super::length(vm, value) {
        Err(error) if error.kind == ExcKind::TypeError => {}
        length => return length.map(Some),
    }
    let Some(method) = vm.lookup_value(vm.type_of(value), "__length_hint__") else {
        return Ok(None);
    };
    let found = vm.bind(method, value, vm.type_of(value))?;
    let method = vm.as_one(found.value, found.receiver);
    let hint = match vm.call_quiet(method, &[]) {
        Err(error) if error.kind == ExcKind::TypeError => return Ok(None),
        hint => hint?,
    };
    if hint.is_class(class::NOT_IMPLEMENTED) {
        return Ok(None);
    }
    let Some(length) = super::number::as_integer(hint.plain()) else {
        let of = type_name(hint);
        return Err(PyError::type_error(format!("__length_hint__ must be an integer, not {of}")));
    };
    match length.to_word() {
        Some(length) => match usize::try_from(length) {
            Ok(length) => Ok(Some(length)),
            Err(_) => Err(PyError::value_error("__length_hint__() should return >= 0")),
        },
        None => Err(PyError::new(
            ExcKind::OverflowError,
            "Python int too large to convert to C ssize_t",
        )),
    }
}

/// `__length_hint__` of a built-in iterator.
pub fn left(vm: &mut Vm, iterator: Words) -> PyResult<Value> {
    let of = iterator.get(0);
    if of.is_none() {
        return Ok(Value::ZERO);
    }
    let at = iterator.get(1).as_small_int().unwrap_or(0);
    let left = match iterator.class() {
        class::RANGE_ITERATOR => of.as_range().map_or(0, |range| {
            let range = range.fields();
            range.len - (at - range.start) / range.step
        }),
        class::DICT_ITERATOR | class::SET_ITERATOR => {
            let (start, left) = expected(&iterator);
            let same = super::length(vm, of)? as i64 == start;
            match of.as_set() {
                _ if !same => 0,
                Some(set) => set.table().left(at as usize) as i64,
                None => left,
            }
        }
        class::REVERSED => {
            let length = super::length(vm, of)? as i64;
            match of.as_dict() {
                Some(dict) if iterator.get(2) == Value::small(length) => {
                    dict.table().count_before(at as usize) as i64
                }
                None if at < length => at + 1,
                _ => 0,
            }
        }
        _ => match super::length(vm, of) {
            Ok(length) => length as i64 - at,
            Err(error) if error.kind == ExcKind::TypeError => return Ok(Value::not_implemented()),
            Err(error) => return Err(error),
        },
    };
    Ok(Value::small(left.max(0)))
}
