//! Iteration: the pair on the operand stack, and iterator objects.
//!
//! Terms. The *pair* is (iterable, position): a range with its next number, a list, tuple or str with
//! the next index, anything else an iterator object with `None`.

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::{Input, Resumed, Vm};
use crate::interrupt;
use crate::memory::copied;
use crate::native;
use crate::object::{Dict, List, Words};
use crate::text::type_name;
use crate::value::Value;

/// Bits of the number of entries that an iterator over a dict expects still; above them is that of all.
const LEFT_BITS: u32 = 31;

/// How long the dict or set of an iterator was when it began, and how many entries of a dict are left.
pub(crate) fn expected(iterator: &Words) -> (i64, i64) {
    let word = iterator.get(2).as_small_int().unwrap_or(-1);
    (word >> LEFT_BITS, word & ((1 << LEFT_BITS) - 1))
}

/// Whether a value can be iterated over.
pub fn is_iterable(vm: &mut Vm, value: Value) -> bool {
    match value.class() {
        class if class::has_methods(class) || class == class::TYPE => {
            let refused = vm.lookup_value(vm.type_of(value), "__iter__");
            if refused.is_some_and(Value::is_none) {
                return false;
            }
            vm.special(value, "__iter__").is_some()
                || vm.special(value, "__getitem__").is_some()
                || own_pair(value.plain().class())
        }
        class => own_pair(class),
    }
}

fn own_pair(class: u32) -> bool {
    matches!(
        class,
        class::RANGE
            | class::LIST
            | class::TUPLE
            | class::STR
            | class::BYTES
            | class::BYTEARRAY
            | class::NAMESPACE
            | class::DICT
            | class::SET
            | class::FROZENSET
            | class::DICT_KEYS
            | class::DICT_VALUES
            | class::DICT_ITEMS
    ) || is_iterator_class(class)
}

fn is_iterator_class(class: u32) -> bool {
    matches!(
        class,
        class::LIST_ITERATOR
            | class::TUPLE_ITERATOR
            | class::STR_ITERATOR
            | class::RANGE_ITERATOR
            | class::FILE
            | class::BYTES_ITERATOR
            | class::ENUMERATE
            | class::ZIP
            | class::REVERSED
            | class::MAP
            | class::FILTER
            | class::DICT_ITERATOR
            | class::SET_ITERATOR
            | class::GENERATOR
            | class::SEQUENCE_ITERATOR
            | class::CALLABLE_ITERATOR
    ) || native::iterates(class)
}

/// Whether a value is an iterator of a built-in type.
pub fn is_iterator(value: Value) -> bool {
    is_iterator_class(value.class())
}

/// The pair that iterates over a value.
pub fn get_iter(vm: &mut Vm, value: Value) -> PyResult<(Value, Value)> {
    match value.class() {
        class::RANGE => {
            let start = value.as_range().map_or(0, |r| r.fields().start);
            Ok((value, Value::small(start)))
        }
        class::LIST | class::TUPLE | class::STR => Ok((value, Value::ZERO)),
        class::NAMESPACE => {
            let dict = vm.namespace_dict(value);
            get_iter(vm, dict)
        }
        class::BYTES | class::BYTEARRAY => {
            let words = [value, Value::ZERO, Value::ZERO];
            Ok((vm.heap.alloc_words(class::BYTES_ITERATOR, 0, words), Value::none()))
        }
        class::DICT | class::SET | class::FROZENSET => {
            let len = super::length(vm, value)? as i64;
            let set = !value.is_class(class::DICT);
            let class = if set { class::SET_ITERATOR } else { class::DICT_ITERATOR };
            let words = [value, Value::ZERO, Value::small(len << LEFT_BITS | len)];
            Ok((vm.heap.alloc_words(class, class::DICT_KEYS, words), Value::none()))
        }
        class @ (class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS) => {
            let dict = value.as_words().map_or(value, |words| words.get(0));
            let len = super::length(vm, dict)? as i64;
            let words = [dict, Value::ZERO, Value::small(len << LEFT_BITS | len)];
            Ok((vm.heap.alloc_words(class::DICT_ITERATOR, class, words), Value::none()))
        }
        class if native::iterates(class) => Ok((value, Value::none())),
        class if class::has_methods(class) || class == class::TYPE => {
            if let Some(iterator) = vm.call_special(value, "__iter__", &[])? {
                let good = is_iterator(iterator) || vm.special(iterator, "__next__").is_some();
                if !good {
                    return Err(PyError::type_error(format!(
                        "iter() returned non-iterator of type '{}'",
                        type_name(iterator)
                    )));
                }
                return Ok((iterator, Value::none()));
            }
            let held = value.plain();
            let iterates = own_pair(held.class()) || held.as_native().is_some();
            if held != value && iterates {
                return get_iter(vm, held);
            }
            let refused = vm.lookup_value(vm.type_of(value), "__iter__");
            if !refused.is_some_and(Value::is_none) && vm.special(value, "__getitem__").is_some() {
                let words = [value, Value::ZERO, Value::ZERO];
                let iterator = vm.heap.alloc_words(class::SEQUENCE_ITERATOR, 0, words);
                return Ok((iterator, Value::none()));
            }
            Err(not_iterable(value))
        }
        class if is_iterator_class(class) => Ok((value, Value::none())),
        _ => Err(not_iterable(value)),
    }
}

#[cold]
fn not_iterable(value: Value) -> Box<PyError> {
    PyError::type_error(format!("'{}' object is not iterable", type_name(value)))
}

/// Advances a pair: the item and the new position, or `None` at the end. So loops of built-ins over
/// anything can be interrupted.
pub fn for_next(vm: &mut Vm, iterable: Value, at: Value) -> PyResult<Option<(Value, Value)>> {
    interrupt::check()?;
    let index = at.as_small_int().unwrap_or(0);
    let next = |item| Ok(Some((item, Value::small(index + 1))));
    match iterable.class() {
        class::RANGE => {
            let end = iterable.as_range().map(|range| (range.fields().end, range.fields().step));
            match end {
                Some((end, step)) if index != end => Ok(Some((at, Value::small(index + step)))),
                _ => Ok(None),
            }
        }
        class::LIST => {
            iterable.as_list().and_then(|list| list.get(index as usize)).map_or(Ok(None), next)
        }
        class::TUPLE => {
            let tuple = iterable.as_tuple();
            tuple.and_then(|t| t.items().get(index as usize).copied()).map_or(Ok(None), next)
        }
        class::STR => match iterable.as_str() {
            Some(string) if (index as usize) < string.chars() => {
                next(super::items::str_item(vm, string, index as usize))
            }
            _ => Ok(None),
        },
        class::INSTANCE => match vm.call_special(iterable, "__next__", &[]) {
            Ok(Some(item)) => Ok(Some((item, at))),
            Ok(None) => Err(not_an_iterator(iterable)),
            Err(error) if error.kind == ExcKind::StopIteration => Ok(None),
            Err(error) => Err(error),
        },
        class if class::is_native(class) => match iterable.as_native() {
            Some(object) => Ok(native::next(vm, object, iterable)?.map(|item| (item, at))),
            None => Err(not_an_iterator(iterable)),
        },
        _ => match iterable.as_words() {
            Some(iterator) => Ok(next_item(vm, iterator)?.map(|item| (item, at))),
            None => Err(not_an_iterator(iterable)),
        },
    }
}

#[cold]
fn not_an_iterator(value: Value) -> Box<PyError> {
    PyError::type_error(format!("'{}' object is not an iterator", type_name(value)))
}

#[cold]
fn changed_size(what: &str) -> Box<PyError> {
    PyError::new(ExcKind::RuntimeError, format!("{what} changed size during iteration"))
}

/// Advances an iterator that goes backwards through a dict. Words: the dict or None at the end, place behind the next,
/// length at the start.
fn previous_item(vm: &mut Vm, mut iterator: Words, dict: Dict) -> PyResult<Option<Value>> {
    if iterator.get(2) != Value::small(dict.table().len() as i64) {
        iterator.set(2, Value::small(-1));
        return Err(changed_size("dictionary"));
    }
    let place = iterator.get(1).as_small_int().unwrap_or(0) as usize;
    match dict.table().previous(place) {
        Some((entry, place)) => {
            iterator.set(1, Value::small(place as i64));
            super::view_item(vm, iterator.value().aux(), entry.key, entry.value).map(Some)
        }
        None => {
            iterator.set(0, Value::none());
            iterator.set(1, Value::small(-1));
            Ok(None)
        }
    }
}

/// Advances an iterator object.
fn next_item(vm: &mut Vm, mut iterator: Words) -> PyResult<Option<Value>> {
    match iterator.class() {
        class::LIST_ITERATOR
        | class::TUPLE_ITERATOR
        | class::STR_ITERATOR
        | class::RANGE_ITERATOR => {
            // Words: iterable or None at the end, position.
            let iterable = iterator.get(0);
            if iterable.is_none() {
                return Ok(None);
            }
            match for_next(vm, iterable, iterator.get(1))? {
                Some((item, at)) => {
                    iterator.set(1, at);
                    Ok(Some(item))
                }
                None => {
                    iterator.set(0, Value::none());
                    Ok(None)
                }
            }
        }
        class::FILE => crate::builtins::next_line(vm, iterator.value()),
        class::BYTES_ITERATOR => {
            // Words: bytes or None at the end, position.
            let at = iterator.get(1).as_small_int().unwrap_or(0);
            let byte = iterator.get(0).as_bytes().and_then(|b| b.bytes().get(at as usize).copied());
            match byte {
                Some(byte) => {
                    iterator.set(1, Value::small(at + 1));
                    Ok(Some(Value::small(i64::from(byte))))
                }
                None => {
                    iterator.set(0, Value::none());
                    Ok(None)
                }
            }
        }
        class::DICT_ITERATOR | class::SET_ITERATOR => {
            // Words: the dict or set or None at the end, place, lengths (see `expected`).
            let of = iterator.get(0);
            let len = match (of.as_dict(), of.as_set()) {
                (Some(dict), _) => dict.table().len(),
                (_, Some(set)) => set.table().len(),
                _ => return Ok(None),
            };
            let place = iterator.get(1).as_small_int().unwrap_or(0) as usize;
            let (start, left) = expected(&iterator);
            if start != len as i64 {
                iterator.set(2, Value::small(-1));
                let what = if of.is_class(class::DICT) { "dictionary" } else { "Set" };
                return Err(changed_size(what));
            }
            let found = match (of.as_dict(), of.as_set()) {
                (Some(dict), _) => dict.table().next(place).map(|(e, at)| (e.key, e.value, at)),
                (_, Some(set)) => set.table().next(place).map(|(key, at)| (key, Value::NULL, at)),
                _ => None,
            };
            match found {
                Some(_) if left == 0 => Err(PyError::new(
                    ExcKind::RuntimeError,
                    "dictionary keys changed during iteration",
                )),
                Some((key, value, next)) => {
                    if !value.is_null() {
                        // Of a dict.
                        iterator.set(2, Value::small(start << LEFT_BITS | (left - 1)));
                    }
                    iterator.set(1, Value::small(next as i64));
                    super::view_item(vm, iterator.value().aux(), key, value).map(Some)
                }
                None => {
                    iterator.set(0, Value::none());
                    Ok(None)
                }
            }
        }
        class::GENERATOR => match vm.resume(iterator.value(), Input::Send(Value::none()))? {
            Resumed::Yielded(value) => Ok(Some(value)),
            Resumed::Returned(_) => Ok(None),
        },
        class::SEQUENCE_ITERATOR => {
            // Words: the object, index.
            let index = iterator.get(1);
            if iterator.get(0).is_none() {
                return Ok(None);
            }
            match super::get_item(vm, iterator.get(0), index) {
                Ok(item) => {
                    iterator.set(1, Value::small(index.as_small_int().unwrap_or(0) + 1));
                    Ok(Some(item))
                }
                Err(error) if ends_sequence(error.kind) => {
                    iterator.set(0, Value::none());
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        }
        class::CALLABLE_ITERATOR => {
            // Words: the function or None at the end, sentinel.
            let function = iterator.get(0);
            if function.is_none() {
                return Ok(None);
            }
            let value = vm.call_quiet(function, &[])?;
            if super::equal(vm, value, iterator.get(1))? {
                iterator.set(0, Value::none());
                return Ok(None);
            }
            Ok(Some(value))
        }
        class::ENUMERATE => {
            // Words: iterable, position, count.
            match for_next(vm, iterator.get(0), iterator.get(1))? {
                Some((item, at)) => {
                    iterator.set(1, at);
                    let count = iterator.get(2);
                    let kind = tierlab_frontend::bytecode::BinaryKind::Add;
                    let next = super::binary_kind(vm, kind, false, count, Value::small(1))?;
                    iterator.set(2, next);
                    Ok(Some(vm.heap.alloc_tuple(&[count, item])?))
                }
                None => Ok(None),
            }
        }
        class::ZIP => {
            // Words: list of iterables, list of positions.
            let (Some(iterables), Some(mut positions)) =
                (iterator.get(0).as_list(), iterator.get(1).as_list())
            else {
                return Ok(None);
            };
            let strict = iterator.get(2) == Value::small(1);
            if iterables.is_empty() {
                return Ok(None);
            }
            // Items that are taken are held by nothing until the row is whole.
            vm.quietly(|vm| {
                let mut row = SmallRow::new();
                for i in 0..iterables.len() {
                    let (Some(iterable), Some(at)) = (iterables.get(i), positions.get(i)) else {
                        return Ok(None);
                    };
                    match for_next(vm, iterable, at)? {
                        Some((item, at)) => {
                            positions.set(i, at);
                            row.push(item);
                        }
                        None if strict && i > 0 => {
                            return Err(uneven(i, "shorter"));
                        }
                        None if strict => {
                            for j in 1..iterables.len() {
                                if let (Some(iterable), Some(at)) =
                                    (iterables.get(j), positions.get(j))
                                    && for_next(vm, iterable, at)?.is_some()
                                {
                                    return Err(uneven(j, "longer"));
                                }
                            }
                            return Ok(None);
                        }
                        None => return Ok(None),
                    }
                }
                Ok(Some(vm.heap.alloc_tuple(row.items())?))
            })
        }
        class::REVERSED => {
            if let Some(dict) = iterator.get(0).as_dict() {
                return previous_item(vm, iterator, dict);
            }
            // Words: sequence, next index.
            let index = iterator.get(1);
            match index.as_small_int() {
                Some(i) if i >= 0 => {
                    iterator.set(1, Value::small(i - 1));
                    match super::get_item(vm, iterator.get(0), index) {
                        Ok(item) => Ok(Some(item)),
                        // As for a sequence that is gone through from its beginning.
                        Err(error) if ends_sequence(error.kind) => {
                            iterator.set(1, Value::small(-1));
                            Ok(None)
                        }
                        Err(error) => Err(error),
                    }
                }
                _ => Ok(None),
            }
        }
        class::MAP | class::FILTER => {
            // Words: iterable, position, function.
            loop {
                let Some((item, at)) = for_next(vm, iterator.get(0), iterator.get(1))? else {
                    return Ok(None);
                };
                iterator.set(1, at);
                let function = iterator.get(2);
                let several = iterator.class() == class::MAP && iterator.value().aux() == 1;
                let wanted = vm.holding(&[iterator.value(), item], |vm| {
                    let result = match item.as_tuple().filter(|_| several) {
                        // `map` over several iterables goes through `zip`.
                        Some(items) => vm.call(function, items.items())?,
                        None if function.is_none() => item,
                        None => vm.call(function, &[item])?,
                    };
                    if iterator.class() == class::MAP {
                        return Ok(Some(result));
                    }
                    let wanted = super::truth(vm, result)?;
                    if !wanted {
                        vm.safe_point_of_builtin()?;
                    }
                    Ok::<_, Box<PyError>>(Some(item).filter(|_| wanted))
                })?;
                if wanted.is_some() {
                    return Ok(wanted);
                }
            }
        }
        _ => Ok(None),
    }
}

/// Whether an exception of `__getitem__` says that a sequence is over.
fn ends_sequence(kind: ExcKind) -> bool {
    matches!(kind, ExcKind::IndexError | ExcKind::StopIteration)
}

/// The items of a row: few ones need no memory of their own.
struct SmallRow {
    few: [Value; 4],
    len: usize,
    many: Vec<Value>,
}

impl SmallRow {
    fn new() -> SmallRow {
        SmallRow { few: [Value::ZERO; 4], len: 0, many: Vec::new() }
    }

    fn push(&mut self, item: Value) {
        if self.len < self.few.len() {
            self.few[self.len] = item;
        } else {
            if self.many.is_empty() {
                self.many.extend_from_slice(&self.few);
            }
            self.many.push(item);
        }
        self.len += 1;
    }

    fn items(&self) -> &[Value] {
        if self.many.is_empty() { &self.few[..self.len] } else { &self.many }
    }
}

#[cold]
fn uneven(number: usize, how: &str) -> Box<PyError> {
    let others =
        if number == 1 { "argument 1".to_string() } else { format!("arguments 1-{number}") };
    PyError::value_error(format!("zip() argument {} is {how} than {others}", number + 1))
}

/// Calls `visit` with every item. The items are rooted by the iterable alone. A safe point before each item:
/// what the caller needs is rooted.
pub fn iterate(
    vm: &mut Vm,
    iterable: Value,
    visit: impl FnMut(&mut Vm, Value) -> PyResult<()>,
) -> PyResult<()> {
    let (iterable, at) = get_iter(vm, iterable)?;
    vm.holding(&[iterable], |vm| from_here(vm, iterable, at, visit))
}

/// The same from a pair on, whose iterable is rooted.
fn from_here(
    vm: &mut Vm,
    iterable: Value,
    mut at: Value,
    mut visit: impl FnMut(&mut Vm, Value) -> PyResult<()>,
) -> PyResult<()> {
    while let Some((item, next)) = for_next(vm, iterable, at)? {
        at = next;
        visit(vm, item)?;
        vm.safe_point_of_builtin()?;
    }
    Ok(())
}

/// All items. They are rooted by nothing where the iterable makes them: use or store them before
/// the next safe point.
pub fn collect(vm: &mut Vm, iterable: Value) -> PyResult<Vec<Value>> {
    if let Some(list) = iterable.as_list() {
        return copied(list.items());
    }
    if let Some(tuple) = iterable.as_tuple() {
        return copied(tuple.items());
    }
    if let Some(range) = iterable.as_range() {
        let range = range.fields();
        let mut items = Vec::new();
        items.try_reserve_exact(range.len as usize).map_err(|_| PyError::memory())?;
        items.extend((0..range.len).map(|i| Value::small(range.start + i * range.step)));
        return Ok(items);
    }
    // A function called by the iterator may reach a safe point: collect into a rooted list.
    let list = vm.heap.alloc_list();
    vm.holding(&[list.value(), iterable], |vm| {
        let (iterator, at) = get_iter(vm, iterable)?;
        vm.holding(&[iterator], |vm| {
            if iterable.is_class(class::INSTANCE) {
                super::length_hint(vm, iterable)?;
            }
            from_here(vm, iterator, at, |vm, item| Ok(vm.heap.list_append(list, item)?))
        })
    })?;
    copied(list.items())
}

/// The first items, no more than `most` of them. They are rooted as those of [`collect`].
pub fn collect_first(vm: &mut Vm, iterable: Value, most: usize) -> PyResult<Vec<Value>> {
    if let Some(list) = iterable.as_list() {
        return copied(&list.items()[..list.len().min(most)]);
    }
    if let Some(tuple) = iterable.as_tuple() {
        return copied(&tuple.items()[..tuple.len().min(most)]);
    }
    let (iterator, mut at) = get_iter(vm, iterable)?;
    let list = vm.heap.alloc_list();
    vm.holding(&[list.value(), iterator], |vm| {
        while list.len() < most
            && let Some((item, next)) = for_next(vm, iterator, at)?
        {
            at = next;
            vm.heap.list_append(list, item)?;
            vm.safe_point_of_builtin()?;
        }
        copied(list.items())
    })
}

/// `[*iterable]`, as it goes into a list.
pub fn star_into(vm: &mut Vm, list: List, iterable: Value) -> PyResult<()> {
    if !is_iterable(vm, iterable) {
        let kind = type_name(iterable);
        return Err(PyError::type_error(format!("Value after * must be an iterable, not {kind}")));
    }
    list_extend(vm, list, iterable)
}

/// `list.extend(iterable)`.
pub fn list_extend(vm: &mut Vm, list: List, iterable: Value) -> PyResult<()> {
    if let Some(other) = iterable.as_list() {
        return Ok(vm.heap.list_extend(list, other.items())?);
    }
    let items = collect(vm, iterable)?;
    Ok(vm.heap.list_extend(list, &items)?)
}
