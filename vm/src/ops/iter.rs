//! Iteration: the pair on the operand stack, and iterator objects.
//!
//! Terms. The *pair* is (iterable, position): a range with its next number, a list, tuple or str with
//! the next index, anything else an iterator object with `None`.

use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::object::{List, Words};
use crate::text::type_name;
use crate::value::Value;

/// The pair that iterates over a value.
pub fn get_iter(value: Value) -> PyResult<(Value, Value)> {
    match value.class() {
        class::RANGE => {
            let start = value.as_range().map_or(0, |r| r.fields().start);
            Ok((value, Value::small(start)))
        }
        class::LIST | class::TUPLE | class::STR => Ok((value, Value::ZERO)),
        class::LIST_ITERATOR
        | class::TUPLE_ITERATOR
        | class::STR_ITERATOR
        | class::RANGE_ITERATOR
        | class::ENUMERATE
        | class::ZIP
        | class::REVERSED
        | class::MAP
        | class::FILTER => Ok((value, Value::none())),
        _ => Err(PyError::type_error(format!("'{}' object is not iterable", type_name(value)))),
    }
}

/// Advances a pair: the item and the new position, or `None` at the end.
pub fn for_next(vm: &mut Vm, iterable: Value, at: Value) -> PyResult<Option<(Value, Value)>> {
    let index = at.as_small_int().unwrap_or(0);
    let next = |item| Ok(Some((item, Value::small(index + 1))));
    if let Some(range) = iterable.as_range() {
        let range = range.fields();
        if index == range.end {
            return Ok(None);
        }
        return Ok(Some((at, Value::small(index + range.step))));
    }
    if let Some(list) = iterable.as_list() {
        return list.get(index as usize).map_or(Ok(None), next);
    }
    if let Some(tuple) = iterable.as_tuple() {
        return tuple.items().get(index as usize).copied().map_or(Ok(None), next);
    }
    if let Some(string) = iterable.as_str() {
        if index as usize >= string.chars() {
            return Ok(None);
        }
        let item = super::items::str_item(vm, string, index as usize);
        return next(item);
    }
    match iterable.as_words() {
        Some(iterator) => Ok(next_item(vm, iterator)?.map(|item| (item, at))),
        None => {
            Err(PyError::type_error(format!("'{}' object is not an iterator", type_name(iterable))))
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
            let mut items = Vec::with_capacity(iterables.len());
            for i in 0..iterables.len() {
                let (Some(iterable), Some(at)) = (iterables.get(i), positions.get(i)) else {
                    return Ok(None);
                };
                match for_next(vm, iterable, at)? {
                    Some((item, at)) => {
                        positions.set(i, at);
                        items.push(item);
                    }
                    None => return Ok(None),
                }
            }
            if items.is_empty() { Ok(None) } else { Ok(Some(vm.heap.alloc_tuple(&items)?)) }
        }
        class::REVERSED => {
            // Words: sequence, next index.
            let index = iterator.get(1);
            match index.as_small_int() {
                Some(i) if i >= 0 => {
                    iterator.set(1, Value::small(i - 1));
                    super::get_item(vm, iterator.get(0), index).map(Some)
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
                let roots = vm.temp_roots.len();
                vm.temp_roots.extend([iterator.value(), item]);
                let result = if function.is_none() { Ok(item) } else { vm.call(function, &[item]) };
                vm.temp_roots.truncate(roots);
                let result = result?;
                if iterator.class() == class::MAP {
                    return Ok(Some(result));
                }
                if super::truth(vm, result)? {
                    return Ok(Some(item));
                }
            }
        }
        _ => Ok(None),
    }
}

/// Calls `visit` with every item. The items are rooted by the iterable alone.
pub fn iterate(
    vm: &mut Vm,
    iterable: Value,
    mut visit: impl FnMut(&mut Vm, Value) -> PyResult<()>,
) -> PyResult<()> {
    let (iterable, mut at) = get_iter(iterable)?;
    let roots = vm.temp_roots.len();
    vm.temp_roots.push(iterable);
    let mut advance = |vm: &mut Vm| -> PyResult<()> {
        while let Some((item, next)) = for_next(vm, iterable, at)? {
            at = next;
            visit(vm, item)?;
        }
        Ok(())
    };
    let result = advance(vm);
    vm.temp_roots.truncate(roots);
    result
}

/// All items. They are rooted by nothing where the iterable makes them: use or store them before
/// the next safe point.
pub fn collect(vm: &mut Vm, iterable: Value) -> PyResult<Vec<Value>> {
    if let Some(list) = iterable.as_list() {
        return Ok(list.items().to_vec());
    }
    if let Some(tuple) = iterable.as_tuple() {
        return Ok(tuple.items().to_vec());
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
    let roots = vm.temp_roots.len();
    vm.temp_roots.push(list.value());
    let result = iterate(vm, iterable, |vm, item| Ok(vm.heap.list_append(list, item)?));
    vm.temp_roots.truncate(roots);
    result?;
    Ok(list.items().to_vec())
}

/// `list.extend(iterable)`.
pub fn list_extend(vm: &mut Vm, list: List, iterable: Value) -> PyResult<()> {
    let items = collect(vm, iterable)?;
    Ok(vm.heap.list_extend(list, &items)?)
}
