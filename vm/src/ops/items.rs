//! Items: subscripts, slices, length.

use super::number::{self, Num, as_integer};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::native::Native;
use crate::object::{Bytes, Slice, Str};
use crate::text::type_name;
use crate::value::Value;
use num_bigint::BigInt;

/// `len(value)`.
pub fn length(vm: &mut Vm, value: Value) -> PyResult<usize> {
    match value.class() {
        class::DICT => Ok(value.as_dict().map_or(0, |d| d.table().len())),
        class::SET | class::FROZENSET => Ok(value.as_set().map_or(0, |s| s.table().len())),
        class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS => {
            let dict = value.as_words().and_then(|words| words.get(0).as_dict());
            Ok(dict.map_or(0, |d| d.table().len()))
        }
        class if class::has_methods(class) || class == class::TYPE => {
            if let Some(length) = value.as_native().and_then(|native| native.length()) {
                return Ok(length);
            }
            match vm.call_special(value, "__len__", &[])? {
                Some(length) => vm.checked_length(length),
                None => match value.as_instance().and_then(|instance| instance.held()) {
                    Some(held) if has_items(held) => length(vm, held),
                    _ => Err(no_length(value)),
                },
            }
        }
        class::NAMESPACE => {
            let dict = vm.namespace_dict(value);
            length(vm, dict)
        }
        class::BYTES | class::BYTEARRAY => Ok(value.as_bytes().map_or(0, |b| b.len())),
        class::LIST => Ok(value.as_list().map_or(0, |l| l.len())),
        class::TUPLE => Ok(value.as_tuple().map_or(0, |t| t.len())),
        class::STR => Ok(value.as_str().map_or(0, |s| s.chars())),
        class::RANGE => Ok(value.as_range().map_or(0, |r| r.fields().len as usize)),
        _ => Err(no_length(value)),
    }
}

#[cold]
fn no_length(value: Value) -> Box<PyError> {
    PyError::type_error(format!("object of type '{}' has no len()", type_name(value)))
}

/// The integer in an index, cut off to `i64`; `None` where it is not an integer.
pub fn index_int(value: Value) -> Option<i64> {
    as_integer(value).and_then(|_| number::index_saturating(value).ok())
}

#[cold]
fn index_error(message: &str) -> Box<PyError> {
    PyError::new(ExcKind::IndexError, message)
}

/// Whether a built-in type says itself what is in its values.
pub(super) fn has_items(held: Value) -> bool {
    !matches!(held.class(), class::INT | class::BOOL | class::FLOAT | class::NONE)
}

/// Whether items of a value of a built-in type may be assigned and deleted.
fn changes_items(held: Value) -> bool {
    matches!(held.class(), class::LIST | class::DICT | class::BYTEARRAY)
}

/// A position from an index that may count from the end.
pub(crate) fn position(index: i64, len: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(len as i64)? } else { index };
    usize::try_from(index).ok().filter(|&i| i < len)
}

/// The place in a native sequence that a small index means.
#[inline]
fn native_place<'a>(object: Value, index: Value) -> Option<(&'a dyn Native, usize)> {
    let native = object.as_native()?;
    Some((native, position(index.as_small_int()?, native.length()?)?))
}

/// The character at a position as a string.
pub(crate) fn str_item(vm: &mut Vm, string: Str, index: usize) -> Value {
    let text = string.text();
    let c = if string.is_ascii() {
        text.get(index..index + 1)
    } else {
        let from = string.offset(index);
        text[from..].chars().next().and_then(|c| text.get(from..from + c.len_utf8()))
    };
    vm.intern_char(c.unwrap_or(""))
}

/// The character of an ASCII string at a place, which counts from the end where it is negative; `None`
/// for other strings and outside.
#[inline]
pub(crate) fn ascii_item(vm: &mut Vm, string: Str, at: i64) -> Option<Value> {
    let text = string.text();
    let at = position(at, text.len())?;
    let character = text.get(at..at + 1).filter(|_| string.is_ascii())?;
    Some(vm.intern_char(character))
}

/// The integer that an argument is or gives with `__index__`, cut off to `i64`.
pub fn index_saturating(vm: &mut Vm, value: Value) -> PyResult<i64> {
    let value = index_value(vm, value)?;
    super::number::index_saturating(value)
}

/// What a special method gave that has to give an int.
pub(crate) fn whole_result(result: Value, method: &str) -> PyResult<Value> {
    let plain = result.plain();
    if as_integer(plain).is_some() {
        return Ok(plain);
    }
    let kind = type_name(result);
    Err(PyError::type_error(format!("{method} returned non-int (type {kind})")))
}

/// An index, taken from `__index__` of an object that has it.
#[inline(always)]
pub fn index_value(vm: &mut Vm, index: Value) -> PyResult<Value> {
    if index.is_class(class::INSTANCE) {
        // What derives from int is one, whatever its methods say.
        let plain = index.plain();
        if as_integer(plain).is_some() {
            return Ok(plain);
        }
        return match vm.call_special(index, "__index__", &[])? {
            Some(result) => whole_result(result, "__index__"),
            None => Ok(index),
        };
    }
    if let Some(slice) = index.as_slice()
        && slice.parts().iter().any(|part| part.is_class(class::INSTANCE))
    {
        let mut parts = slice.parts();
        for part in &mut parts {
            *part = index_value(vm, *part)?;
        }
        return Ok(vm.heap.alloc_words(class::SLICE, 0, parts));
    }
    Ok(index)
}

/// Built-in types that take type parameters.
const GENERIC: [u32; 6] =
    [class::LIST, class::DICT, class::TUPLE, class::SET, class::FROZENSET, class::TYPE];

/// `list[int]` and the like: only annotations ask for them.
pub fn generic_alias(vm: &mut Vm, origin: Value, arguments: Value) -> PyResult<Value> {
    let types = vm.import_absolute("types")?;
    let alias = vm.get_attribute(types, "GenericAlias")?;
    vm.call_quiet(alias, &[origin, arguments])
}

/// An item of an object whose class says what that is, or of a class.
#[inline(never)]
fn own_item(vm: &mut Vm, object: Value, index: Value) -> PyResult<Option<Value>> {
    if object.is_class(class::NAMESPACE) {
        let dict = vm.namespace_dict(object);
        return get_item(vm, dict, index).map(Some);
    }
    if let Some((native, at)) = native_place(object, index)
        && let Some(item) = native.item(vm, at)
    {
        return Ok(Some(item));
    }
    if let Some(value) = vm.call_special(object, "__getitem__", &[index])? {
        return Ok(Some(value));
    }
    let held = object.plain();
    if held != object && has_items(held) && !matches!(held.class(), class::SET | class::FROZENSET) {
        return plain_item(vm, object, index).map(Some);
    }
    let Some(ty) = object.as_type() else { return Ok(None) };
    if let Some(hook) = vm.lookup_value(ty, "__class_getitem__") {
        let hook = hook.as_words().map_or(hook, |words| words.get(0));
        return vm.call_quiet(hook, &[object, index]).map(Some);
    }
    if GENERIC.contains(&ty.id) {
        return generic_alias(vm, object, index).map(Some);
    }
    Ok(None)
}

/// `object[index]` where no method of a program says what that is, but for `__missing__`.
pub fn plain_item(vm: &mut Vm, object: Value, index: Value) -> PyResult<Value> {
    let held = object.plain();
    let Some(dict) = held.as_dict() else { return get_item(vm, held, index) };
    if let Some(value) = super::dict_get(vm, dict, index)? {
        return Ok(value);
    }
    match vm.call_special(object, "__missing__", &[index])? {
        Some(value) => Ok(value),
        None => Err(super::key_error(vm, index)),
    }
}

/// `object[index]`.
pub fn get_item(vm: &mut Vm, object: Value, index: Value) -> PyResult<Value> {
    if let (Some(string), Some(at)) = (object.as_str(), index.as_small_int())
        && let Some(character) = ascii_item(vm, string, at)
    {
        return Ok(character);
    }
    if let Some(dict) = object.as_dict() {
        return match super::dict_get(vm, dict, index)? {
            Some(value) => Ok(value),
            None => Err(super::key_error(vm, index)),
        };
    }
    let index = match object.class() {
        class::LIST | class::TUPLE | class::STR
            if !matches!(index.class(), class::INSTANCE | class::SLICE) =>
        {
            index
        }
        _ => match own_item(vm, object, index)? {
            Some(value) => return Ok(value),
            None => index_value(vm, index)?,
        },
    };
    if let Some(slice) = index.as_slice() {
        return get_slice(vm, object, slice.parts());
    }
    let name = match object.class() {
        class::LIST => "list",
        class::TUPLE => "tuple",
        class::STR => "string",
        class::RANGE => "range",
        class::BYTES => "byte",
        class::BYTEARRAY => "bytearray",
        _ => {
            return Err(PyError::type_error(match object.as_type() {
                Some(ty) => format!("type '{}' is not subscriptable", ty.name),
                None => format!("'{}' object is not subscriptable", type_name(object)),
            }));
        }
    };
    let Some(at) = as_integer(index) else {
        let found = type_name(index);
        return Err(PyError::type_error(if name == "string" {
            format!("string indices must be integers, not '{found}'")
        } else {
            format!("{name} indices must be integers or slices, not {found}")
        }));
    };
    let Some(at) = at.to_word() else {
        if object.is_class(class::RANGE) {
            return Err(index_error("range object index out of range"));
        }
        return Err(index_error("cannot fit 'int' into an index-sized integer"));
    };
    if let Some(list) = object.as_list() {
        let at = position(at, list.len());
        return at.and_then(|i| list.get(i)).ok_or_else(|| index_error("list index out of range"));
    }
    if let Some(tuple) = object.as_tuple() {
        let item = position(at, tuple.len()).and_then(|i| tuple.items().get(i).copied());
        return item.ok_or_else(|| index_error("tuple index out of range"));
    }
    if let Some(string) = object.as_str() {
        let at =
            position(at, string.chars()).ok_or_else(|| index_error("string index out of range"))?;
        return Ok(str_item(vm, string, at));
    }
    if let Some(bytes) = object.as_bytes() {
        let byte = position(at, bytes.len()).map(|i| bytes.bytes()[i]);
        return byte.map(|byte| Value::small(i64::from(byte))).ok_or_else(|| {
            index_error(if bytes.may_change() {
                "bytearray index out of range"
            } else {
                "index out of range"
            })
        });
    }
    let range = object.as_range();
    let item = range.and_then(|r| {
        let r = r.fields();
        position(at, r.len as usize).map(|i| Value::small(r.start + i as i64 * r.step))
    });
    item.ok_or_else(|| index_error("range object index out of range"))
}

/// Start, stop, step and number of items of a slice of something with `len` items.
pub fn slice_bounds(slice: Slice, len: usize) -> PyResult<(i64, i64, i64, usize)> {
    bounds_of(slice.parts(), len)
}

#[inline]
fn bounds_of([start, stop, step]: [Value; 3], len: usize) -> PyResult<(i64, i64, i64, usize)> {
    let part = |value: Value| -> PyResult<Option<i64>> {
        if let Some(i) = value.as_small_int() {
            return Ok(Some(i));
        }
        if value.is_none() {
            return Ok(None);
        }
        index_int(value).map(Some).ok_or_else(|| {
            PyError::type_error(
                "slice indices must be integers or None or have an __index__ method",
            )
        })
    };
    let step = part(step)?.unwrap_or(1).max(-i64::MAX);
    if step == 0 {
        return Err(PyError::value_error("slice step cannot be zero"));
    }
    let len = len as i64;
    // The range of positions: one before the first is a valid end going down.
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(v) if v < 0 => v.saturating_add(len).max(low),
        Some(v) => v.min(high),
    };
    let start_default = if step < 0 { high } else { low };
    let stop_default = if step < 0 { low } else { high };
    let start = clamp(part(start)?, start_default);
    let stop = clamp(part(stop)?, stop_default);
    let distance = if step < 0 { start - stop } else { stop - start };
    let count = match step {
        // Divisions are slow.
        1 | -1 => distance.max(0),
        _ if distance <= 0 => 0,
        _ => (distance - 1) / step.abs() + 1,
    };
    Ok((start, stop, step, count as usize))
}

fn pick(items: &[Value], (start, _, step, count): (i64, i64, i64, usize)) -> Vec<Value> {
    if step == 1 {
        return items.get(start as usize..start as usize + count).unwrap_or(&[]).to_vec();
    }
    (0..count as i64).filter_map(|i| items.get((start + i * step) as usize).copied()).collect()
}

fn is_plain_bound(value: &Value) -> bool {
    value.is_small_int() || value.is_none()
}

/// A slice of a list, tuple or string between small ints; `None` for other objects and bounds, and where
/// that raises.
pub(crate) fn plain_slice(vm: &mut Vm, object: Value, bounds: [Value; 3]) -> Option<Value> {
    if !matches!(object.class(), class::LIST | class::TUPLE | class::STR)
        || !bounds.iter().all(is_plain_bound)
    {
        return None;
    }
    get_slice(vm, object, bounds).ok()
}

/// What lies between start, stop and step of a slice.
fn get_slice(vm: &mut Vm, object: Value, slice: [Value; 3]) -> PyResult<Value> {
    if let Some(list) = object.as_list() {
        let bounds = bounds_of(slice, list.len())?;
        if bounds.2 == 1 {
            let from = bounds.0 as usize;
            let items = list.items().get(from..from + bounds.3).unwrap_or(&[]);
            return Ok(vm.heap.alloc_list_of(items)?);
        }
        let copy = vm.heap.alloc_list_repeat(&[Value::none()], bounds.3)?;
        if let Some(mut copy) = copy.as_list() {
            let from = list.items();
            for (i, slot) in copy.items_mut().iter_mut().enumerate() {
                // The bounds are those of this list.
                *slot = from[(bounds.0 + i as i64 * bounds.2) as usize];
            }
        }
        return Ok(copy);
    }
    if let Some(tuple) = object.as_tuple() {
        let bounds = bounds_of(slice, tuple.len())?;
        if bounds.2 == 1 && bounds.3 == tuple.len() {
            return Ok(object);
        }
        let items = pick(tuple.items(), bounds);
        return Ok(vm.heap.alloc_tuple(&items)?);
    }
    if let Some(string) = object.as_str() {
        let (start, _, step, count) = bounds_of(slice, string.chars())?;
        let text = string.text();
        if step == 1 {
            let (from, to) = (start as usize, start as usize + count);
            if from == 0 && count == string.chars() {
                return Ok(object);
            }
            let part = text.get(string.offset(from)..string.offset(to)).unwrap_or("");
            return Ok(match part.len() {
                0 | 1 => vm.intern_char(part),
                _ => vm.heap.alloc_str(part),
            });
        }
        let place = |i: i64| (start + i * step) as usize;
        let part: String = if string.is_ascii() {
            let bytes = text.as_bytes();
            (0..count as i64).filter_map(|i| bytes.get(place(i)).map(|b| char::from(*b))).collect()
        } else {
            let chars: Vec<char> = text.chars().collect();
            (0..count as i64).filter_map(|i| chars.get(place(i))).collect()
        };
        return Ok(vm.heap.alloc_str(&part));
    }
    if let Some(bytes) = object.as_bytes() {
        let (start, _, step, count) = bounds_of(slice, bytes.len())?;
        let from = bytes.bytes();
        let part: Vec<u8> = if step == 1 {
            from[start as usize..start as usize + count].to_vec()
        } else {
            (0..count as i64).map(|i| from[(start + i * step) as usize]).collect()
        };
        return Ok(vm.heap.alloc_byte_buffer(object.class(), part));
    }
    if let Some(range) = object.as_range() {
        let r = range.fields();
        let (start, stop, step, _) = bounds_of(slice, r.len as usize)?;
        let at = |i: i64| r.start + i * r.step;
        let (start, stop) = (at(start), at(stop));
        let small =
            r.step.checked_mul(step).and_then(|step| vm.heap.alloc_range(start, stop, step));
        return Ok(small.unwrap_or_else(|| {
            let step = BigInt::from(r.step) * step;
            crate::native::long_range::make_range(vm, start.into(), stop.into(), step)
        }));
    }
    Err(PyError::type_error(format!("'{}' object is not subscriptable", type_name(object))))
}

/// `object[index] = value`.
pub fn set_item(vm: &mut Vm, object: Value, index: Value, value: Value) -> PyResult<()> {
    if let Some(dict) = object.as_dict() {
        return super::dict_set(vm, dict, index, value);
    }
    if object.is_class(class::NAMESPACE) {
        return vm.set_variable(object, index, value);
    }
    if let Some((native, at)) = native_place(object, index)
        && let Some(done) = native.set_item(vm, at, value)
    {
        return done;
    }
    if vm.call_special(object, "__setitem__", &[index, value])?.is_some() {
        return Ok(());
    }
    let held = object.plain();
    if held != object && (changes_items(held) || held.as_native().is_some()) {
        return set_item(vm, held, index, value);
    }
    let index = index_value(vm, index)?;
    if let Some(bytes) = object.as_bytes().filter(|bytes| bytes.may_change()) {
        return set_bytes(vm, bytes, index, value);
    }
    let Some(mut list) = object.as_list() else {
        return Err(PyError::type_error(format!(
            "'{}' object does not support item assignment",
            type_name(object)
        )));
    };
    if let Some(slice) = index.as_slice() {
        return set_slice(vm, object, slice, value);
    }
    let at = list_index(index)?;
    match position(at, list.len()) {
        Some(i) => {
            list.set(i, value);
            Ok(())
        }
        None => Err(index_error("list assignment index out of range")),
    }
}

/// An index that fits a word; `refusal` says what is wrong with one that is no integer.
pub(crate) fn word_index(index: Value, refusal: impl FnOnce(&str) -> String) -> PyResult<i64> {
    match as_integer(index) {
        Some(Num::Int(at)) => Ok(at),
        Some(_) => Err(index_error("cannot fit 'int' into an index-sized integer")),
        None => Err(PyError::type_error(refusal(type_name(index)))),
    }
}

fn bytearray_index(index: Value, len: usize) -> PyResult<usize> {
    let at = word_index(index, |what| {
        format!("bytearray indices must be integers or slices, not {what}")
    })?;
    position(at, len).ok_or_else(|| index_error("bytearray index out of range"))
}

/// `bytes[index] = value`.
fn set_bytes(vm: &mut Vm, mut bytes: Bytes, index: Value, value: Value) -> PyResult<()> {
    let Some(slice) = index.as_slice() else {
        bytearray_index(index, bytes.len())?;
        let byte = crate::builtins::byte_of(vm, value)?;
        // What gave the number may have made the bytes shorter.
        let at = bytearray_index(index, bytes.len())?;
        bytes.bytes_mut()[at] = byte;
        return Ok(());
    };
    slice_bounds(slice, bytes.len())?;
    let plain = value.plain();
    if number::num(plain).is_some() || plain.as_str().is_some() {
        return Err(PyError::type_error(
            "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
        ));
    }
    let new = crate::builtins::bytes_from(vm, value).map_err(|error| {
        match error.message.strip_suffix(" object to bytes") {
            Some(start) => PyError::type_error(format!("{start} object to bytearray")),
            None => error,
        }
    })?;
    let (start, stop, step, count) = slice_bounds(slice, bytes.len())?;
    if step == 1 {
        let range = start as usize..stop.max(start) as usize;
        if range.len() == new.len() {
            bytes.bytes_mut()[range].copy_from_slice(&new);
        } else {
            vm.heap.change_bytes(bytes, |bytes| drop(bytes.splice(range, new)));
        }
        return Ok(());
    }
    if new.is_empty() {
        return delete_bytes(vm, bytes, index);
    }
    if new.len() != count {
        return Err(PyError::value_error(format!(
            "attempt to assign bytes of size {} to extended slice of size {count}",
            new.len()
        )));
    }
    let to = bytes.bytes_mut();
    for (i, byte) in new.into_iter().enumerate() {
        to[(start + i as i64 * step) as usize] = byte;
    }
    Ok(())
}

/// `del bytes[index]`.
fn delete_bytes(vm: &mut Vm, bytes: Bytes, index: Value) -> PyResult<()> {
    let Some(slice) = index.as_slice() else {
        let at = bytearray_index(index, bytes.len())?;
        vm.heap.change_bytes(bytes, |bytes| {
            bytes.remove(at);
        });
        return Ok(());
    };
    let (start, _, step, count) = slice_bounds(slice, bytes.len())?;
    let gone: Vec<i64> = (0..count as i64).map(|i| start + i * step).collect();
    vm.heap.change_bytes(bytes, |bytes| {
        let mut at = -1;
        bytes.retain(|_| {
            at += 1;
            !gone.contains(&at)
        });
    });
    Ok(())
}

fn list_index(index: Value) -> PyResult<i64> {
    match as_integer(index) {
        Some(n) => {
            n.to_word().ok_or_else(|| index_error("cannot fit 'int' into an index-sized integer"))
        }
        None => Err(PyError::type_error(format!(
            "list indices must be integers or slices, not {}",
            type_name(index)
        ))),
    }
}

/// Stores a list into a slice of another one between small ints, next to each other; false where something else
/// is asked for, or it raises.
pub(crate) fn store_plain_slice(
    vm: &mut Vm,
    object: Value,
    bounds: [Value; 3],
    from: Value,
) -> bool {
    let (Some(list), Some(other)) = (object.as_list(), from.as_list()) else { return false };
    if list == other || !bounds.iter().all(is_plain_bound) {
        return false;
    }
    match bounds_of(bounds, list.len()) {
        Ok((start, stop, 1, _)) => {
            let (start, stop) = (start as usize, stop.max(start) as usize);
            vm.heap.list_splice(list, start, stop, other.items()).is_ok()
        }
        _ => false,
    }
}

fn set_slice(vm: &mut Vm, object: Value, slice: Slice, value: Value) -> PyResult<()> {
    let not_iterable = |_| PyError::type_error("can only assign an iterable");
    let step_one = slice.parts()[2].is_none() || slice.parts()[2] == Value::small(1);
    let Some(mut list) = object.as_list() else { return Ok(()) };
    slice_bounds(slice, list.len())?;
    if let Some(other) = value.as_list()
        && value != object
    {
        let (start, stop, step, _) = slice_bounds(slice, list.len())?;
        if step == 1 {
            let (from, to) = (start as usize, stop.max(start) as usize);
            return Ok(vm.heap.list_splice(list, from, to, other.items())?);
        }
    }
    let items = if !super::is_iterable(vm, value) {
        return Err(if step_one {
            not_iterable(())
        } else {
            PyError::type_error("must assign iterable to extended slice")
        });
    } else {
        super::collect(vm, value)?
    };
    let (start, stop, step, count) = slice_bounds(slice, list.len())?;
    if step == 1 {
        let from = start as usize;
        let to = stop.max(start) as usize;
        return Ok(vm.heap.list_splice(list, from, to, &items)?);
    }
    if items.len() != count {
        return Err(PyError::value_error(format!(
            "attempt to assign sequence of size {} to extended slice of size {count}",
            items.len()
        )));
    }
    for (i, &item) in items.iter().enumerate() {
        list.set((start + i as i64 * step) as usize, item);
    }
    Ok(())
}

/// `del object[index]`.
pub fn delete_item(vm: &mut Vm, object: Value, index: Value) -> PyResult<()> {
    if let Some(dict) = object.as_dict() {
        return match super::dict_remove(vm, dict, index)? {
            Some(_) => Ok(()),
            None => Err(super::key_error(vm, index)),
        };
    }
    if object.is_class(class::NAMESPACE) {
        if vm.delete_variable(object, index)? {
            return Ok(());
        }
        return Err(super::key_error(vm, index));
    }
    if vm.call_special(object, "__delitem__", &[index])?.is_some() {
        return Ok(());
    }
    let held = object.plain();
    if held != object && (changes_items(held) || held.as_native().is_some()) {
        return delete_item(vm, held, index);
    }
    let index = index_value(vm, index)?;
    if let Some(bytes) = object.as_bytes().filter(|bytes| bytes.may_change()) {
        return delete_bytes(vm, bytes, index);
    }
    let Some(list) = object.as_list() else {
        let place =
            as_integer(index).is_some() && !object.is_class(class::TYPE) && has_items(object);
        let not = if place { "doesn't" } else { "does not" };
        return Err(PyError::type_error(format!(
            "'{}' object {not} support item deletion",
            type_name(object)
        )));
    };
    if let Some(slice) = index.as_slice() {
        let (start, _, step, count) = slice_bounds(slice, list.len())?;
        if step == 1 {
            let from = start as usize;
            return Ok(vm.heap.list_splice(list, from, from + count, &[])?);
        }
        let mut drop = vec![false; list.len()];
        for i in 0..count as i64 {
            if let Some(flag) = drop.get_mut((start + i * step) as usize) {
                *flag = true;
            }
        }
        let kept: Vec<Value> =
            list.items().iter().zip(&drop).filter(|(_, d)| !**d).map(|(&v, _)| v).collect();
        return Ok(vm.heap.list_splice(list, 0, list.len(), &kept)?);
    }
    let at = list_index(index)?;
    match position(at, list.len()) {
        Some(i) => Ok(vm.heap.list_splice(list, i, i + 1, &[])?),
        None => Err(index_error("list assignment index out of range")),
    }
}
