//! Methods of lists and tuples.

use super::{Builtin, keywords, method};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::interrupt;
use crate::memory::room_for_items;
use crate::object::List;
use crate::ops;
use crate::ops::number::{Num, as_integer, not_an_integer};
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;

/// The table.
pub const TABLE: &[Builtin] = &[
    method("list.append", 1, 1, append),
    method("list.pop", 0, 1, pop),
    method("list.insert", 2, 2, insert),
    method("list.extend", 1, 1, extend),
    method("list.reverse", 0, 0, reverse),
    method("list.copy", 0, 0, copy),
    method("list.clear", 0, 0, clear),
    method("list.index", 1, 3, index),
    method("list.count", 1, 1, count),
    method("list.remove", 1, 1, remove),
    method("list.sort", 0, 2, sort).with_keywords(),
    method("tuple.index", 1, 3, index),
    method("tuple.count", 1, 1, count),
];

fn receiver(args: Args, name: &str) -> PyResult<List> {
    let value = arg(args, 0);
    value.as_list().ok_or_else(|| {
        PyError::type_error(format!(
            "descriptor '{name}' for 'list' objects doesn't apply to a '{}' object",
            type_name(value)
        ))
    })
}

fn append(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let list = receiver(args, "append")?;
    vm.heap.list_append(list, arg(args, 1))?;
    Ok(Value::none())
}

fn pop(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let mut list = receiver(args, "pop")?;
    let index = match args.get(1) {
        None => -1,
        Some(index) => match as_integer(ops::index_value(vm, index)?).map(Num::to_word) {
            Some(Some(i)) => i,
            Some(None) => {
                return Err(PyError::new(
                    ExcKind::OverflowError,
                    "Python int too large to convert to C ssize_t",
                ));
            }
            None => return Err(not_an_integer(index)),
        },
    };
    let len = list.len() as i64;
    if len == 0 {
        return Err(PyError::new(ExcKind::IndexError, "pop from empty list"));
    }
    if index == -1 {
        return Ok(list.pop().unwrap_or(Value::none()));
    }
    let at = if index < 0 { index.saturating_add(len) } else { index };
    match usize::try_from(at).ok().and_then(|at| list.get(at).map(|item| (at, item))) {
        Some((at, item)) => {
            vm.heap.list_splice(list, at, at + 1, &[])?;
            Ok(item)
        }
        None => Err(PyError::new(ExcKind::IndexError, "pop index out of range")),
    }
}

fn insert(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let list = receiver(args, "insert")?;
    let index = ops::index_saturating(vm, arg(args, 1))?;
    let len = list.len() as i64;
    let at = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) };
    vm.heap.list_insert(list, at as usize, arg(args, 2))?;
    Ok(Value::none())
}

fn extend(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let list = receiver(args, "extend")?;
    ops::list_extend(vm, list, arg(args, 1))?;
    Ok(Value::none())
}

fn reverse(_: &mut Vm, args: Args) -> PyResult<Value> {
    receiver(args, "reverse")?.items_mut().reverse();
    Ok(Value::none())
}

fn copy(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let list = receiver(args, "copy")?;
    Ok(vm.heap.alloc_list_of(list.items())?)
}

fn clear(_: &mut Vm, args: Args) -> PyResult<Value> {
    receiver(args, "clear")?.truncate(0);
    Ok(Value::none())
}

fn item(sequence: Value, index: usize) -> Option<Value> {
    match sequence.as_list() {
        Some(list) => list.get(index),
        None => sequence.as_tuple().and_then(|t| t.items().get(index).copied()),
    }
}

/// The places between which `index` searches something with `len` items, as its second and third argument
/// say; up to `end` where there is no third. The first may lie behind the last.
pub(crate) fn index_bounds(
    vm: &mut Vm,
    args: Args,
    len: usize,
    end: usize,
) -> PyResult<(usize, usize)> {
    let mut bound = |i: usize, default: usize| -> PyResult<usize> {
        let Some(value) = args.get(i) else { return Ok(default) };
        let at = ops::index_saturating(vm, value).map_err(|_| {
            PyError::type_error("slice indices must be integers or have an __index__ method")
        })?;
        Ok(if at < 0 { at.saturating_add(len as i64).max(0) } else { at } as usize)
    };
    Ok((bound(2, 0)?, bound(3, end)?))
}

fn index(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (sequence, wanted) = (arg(args, 0), arg(args, 1));
    let len = ops::length(vm, sequence)?;
    // Comparing may make the list longer.
    let (mut at, stop) = index_bounds(vm, args, len, usize::MAX)?;
    while at < stop
        && let Some(candidate) = item(sequence, at)
    {
        vm.safe_point_of_builtin()?;
        if ops::equal_collecting(vm, candidate, wanted)? {
            return Ok(Value::small(at as i64));
        }
        at += 1;
    }
    Err(PyError::value_error(if sequence.as_list().is_some() {
        format!("{} is not in list", vm.repr_of(wanted)?)
    } else {
        "tuple.index(x): x not in tuple".to_string()
    }))
}

fn count(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (sequence, wanted) = (arg(args, 0), arg(args, 1));
    let (mut at, mut found) = (0, 0);
    while let Some(candidate) = item(sequence, at) {
        vm.safe_point_of_builtin()?;
        found += i64::from(ops::equal_collecting(vm, candidate, wanted)?);
        at += 1;
    }
    Ok(Value::small(found))
}

fn remove(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let list = receiver(args, "remove")?;
    let mut at = 0;
    while let Some(candidate) = list.get(at) {
        vm.safe_point_of_builtin()?;
        if ops::equal_collecting(vm, candidate, arg(args, 1))? {
            vm.heap.list_splice(list, at, at + 1, &[])?;
            return Ok(Value::none());
        }
        at += 1;
    }
    Err(PyError::value_error("list.remove(x): x not in list"))
}

fn sort(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (positional, named) = keywords(vm, args);
    let Some(list) = positional.first().and_then(|v| v.as_list()) else {
        return receiver(args, "sort").map(|l| l.value());
    };
    if positional.len() > 1 {
        return Err(PyError::type_error("sort() takes no positional arguments"));
    }
    let (key, reverse) = sort_options(vm, "sort", &named)?;
    sort_list(vm, list, key, reverse)?;
    Ok(Value::none())
}

/// The keyword arguments of `sort` and `sorted`.
pub fn sort_options(
    _: &mut Vm,
    function: &str,
    named: &[(&str, Value)],
) -> PyResult<(Option<Value>, bool)> {
    let (mut key, mut reverse) = (None, false);
    for &(name, value) in named {
        match name {
            "key" => key = Some(value).filter(|v| !v.is_none()),
            "reverse" => {
                let flag = ops::index_int(value).ok_or_else(|| not_an_integer(value))?;
                reverse = flag != 0;
            }
            _ => {
                return Err(PyError::type_error(format!(
                    "'{name}' is an invalid keyword argument for {function}()"
                )));
            }
        }
    }
    Ok((key, reverse))
}

/// Sorts a list in place, stably. Precise: items and keys are in rooted lists. The list is empty meanwhile,
/// so that who calls back and changes it is found out.
pub fn sort_list(vm: &mut Vm, mut list: List, key: Option<Value>, reverse: bool) -> PyResult<()> {
    let copy = vm.heap.alloc_list_of(list.items())?;
    let keys = vm.heap.alloc_list();
    let held = [list.value(), copy, keys.value(), key.unwrap_or(Value::NULL)];
    vm.holding(&held, |vm| {
        list.truncate(0);
        let (sorted, result) = match sorted_items(vm, copy, keys, key, reverse) {
            Ok(sorted) => sorted,
            Err(error) => {
                (copy.as_list().map_or(Vec::new(), |copy| copy.items().to_vec()), Err(error))
            }
        };
        let changed = !list.items().is_empty();
        list.truncate(0);
        vm.heap.list_extend(list, &sorted)?;
        match changed && result.is_ok() {
            true => Err(PyError::value_error("list modified during sort")),
            false => result,
        }
    })
}

/// The items in order; where comparing raised, as far as they had been sorted.
type Sorted = (Vec<Value>, PyResult<()>);

/// Sorts what is rooted, with a rooted list for the keys.
fn sorted_items(
    vm: &mut Vm,
    items: Value,
    keys: List,
    key: Option<Value>,
    reverse: bool,
) -> PyResult<Sorted> {
    let Some(items) = items.as_list() else { return Ok((Vec::new(), Ok(()))) };
    let keys = match key {
        None => items,
        Some(key) => {
            for i in 0..items.len() {
                let item = items.get(i).unwrap_or(Value::none());
                let k = vm.call(key, &[item])?;
                vm.heap.list_append(keys, k)?;
                vm.safe_point_of_builtin()?;
            }
            keys
        }
    };
    room_for_items(items.len(), 16)?;
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    if reverse {
        // Stable in reverse: reverse, sort, reverse.
        order.reverse();
    }
    let mut result = Ok(());
    let keys: Vec<Value> = keys.items().to_vec();
    if keys.iter().all(|k| k.is_small_int()) {
        sort_by_key(&mut order, |i| keys[i as usize].small_int_value())?;
    } else if keys.iter().all(|k| k.as_str().is_some()) {
        // The order of code points is the order of UTF-8 bytes.
        sort_by_key(&mut order, |i| keys[i as usize].as_str().map_or("", |text| text.text()))?;
    } else {
        let sorted = merge_sort(&mut order, &mut |a, b| {
            let less = ops::less(vm, keys[a as usize], keys[b as usize])
                .and_then(|less| vm.safe_point_of_builtin().map(|()| less));
            less.map_err(|error| result = Err(error)).ok()
        });
        debug_assert_eq!(sorted.is_none(), result.is_err());
    }
    if reverse {
        order.reverse();
    }
    Ok((order.iter().filter_map(|&i| items.get(i as usize)).collect(), result))
}

/// A stable sort by numbers or texts. The library's sort merges runs that are there, but cannot be
/// interrupted: so it gets ever longer pieces.
fn sort_by_key<K: Ord>(order: &mut [u32], key: impl Fn(u32) -> K) -> PyResult<()> {
    let mut width = 1 << 16;
    loop {
        for piece in order.chunks_mut(width) {
            interrupt::check()?;
            piece.sort_by_key(|&i| key(i));
        }
        if width >= order.len() {
            return Ok(());
        }
        width *= 2;
    }
}

/// Whether the first of two items is less than the other; `None` where that raised: what is sorted then
/// stays as it is.
type Less<'a> = dyn FnMut(u32, u32) -> Option<bool> + 'a;

/// Up to so many items are sorted by insertion behind the run that they begin with.
const INSERTED: usize = 64;

/// A stable sort that asks for `less` alone and stands any answers. What is in order already, or in
/// the opposite order, takes one answer for each item; short sequences are asked for in the order
/// in which CPython asks, which programs can see.
fn merge_sort(order: &mut [u32], less: &mut Less<'_>) -> Option<()> {
    let run = first_run(order, less)?;
    if run == order.len() {
        return Some(());
    }
    if order.len() < INSERTED {
        return insert_rest(order, run, less);
    }
    sort_parts(order, less)
}

/// Puts the run that a sequence begins with into order: its length.
fn first_run(order: &mut [u32], less: &mut Less<'_>) -> Option<usize> {
    let &mut [first, second, ..] = order else { return Some(order.len()) };
    let falls = less(second, first)?;
    let mut run = 2;
    while run < order.len() && less(order[run], order[run - 1])? == falls {
        run += 1;
    }
    if falls {
        order[..run].reverse();
    }
    Some(run)
}

/// Sorts a sequence whose first items are sorted, each item by bisection.
fn insert_rest(order: &mut [u32], sorted: usize, less: &mut Less<'_>) -> Option<()> {
    for at in sorted..order.len() {
        let item = order[at];
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(item, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        order[low..=at].rotate_right(1);
    }
    Some(())
}

fn sort_parts(order: &mut [u32], less: &mut Less<'_>) -> Option<()> {
    let n = order.len();
    if n < INSERTED {
        let run = first_run(order, less)?;
        return insert_rest(order, run, less);
    }
    let (left, right) = order.split_at_mut(n / 2);
    sort_parts(left, less)?;
    sort_parts(right, less)?;
    if !less(right[0], left[left.len() - 1])? {
        return Some(());
    }
    let (left, right) = (left.to_vec(), right.to_vec());
    let (mut i, mut j) = (0, 0);
    for at in 0..n {
        let mut take_right = j < right.len() && i >= left.len();
        if j < right.len() && i < left.len() {
            match less(right[j], left[i]) {
                Some(less) => take_right = less,
                None => {
                    // What is left of both halves fills the rest.
                    let rest = left[i..].iter().chain(&right[j..]);
                    order[at..].iter_mut().zip(rest).for_each(|(slot, item)| *slot = *item);
                    return None;
                }
            }
        }
        order[at] = if take_right { right[j] } else { left[i] };
        j += usize::from(take_right);
        i += usize::from(!take_right);
    }
    Some(())
}
