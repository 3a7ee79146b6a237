//! `_heapq`: heaps in lists. The parent of an item is never greater than the item; in those of the
//! functions that end in `_max` never less.
//!
//! Comparing may run code of the program, which may change the list: places are looked up anew after
//! every comparison, and another length is refused.

use crate::builtins::{Builtin, plain};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::List;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("_heapq.heappush", 2, 2, |vm, a| {
        let heap = heap(a, "heappush")?;
        vm.heap.list_append(heap, arg(a, 1))?;
        rise(vm, heap, Order::Least, 0, heap.len() - 1)?;
        Ok(Value::none())
    }),
    plain("_heapq.heappop", 1, 1, |vm, a| pop(vm, a, "heappop", Order::Least)),
    plain("_heapq._heappop_max", 1, 1, |vm, a| pop(vm, a, "_heappop_max", Order::Greatest)),
    plain("_heapq.heapreplace", 2, 2, |vm, a| replace(vm, a, "heapreplace", Order::Least)),
    plain("_heapq._heapreplace_max", 2, 2, |vm, a| {
        replace(vm, a, "_heapreplace_max", Order::Greatest)
    }),
    plain("_heapq.heappushpop", 2, 2, |vm, a| {
        let (heap, item) = (heap(a, "heappushpop")?, arg(a, 1));
        match heap.get(0) {
            Some(first) if vm.quietly(|vm| less(vm, first, item))? => {
                if heap.is_empty() {
                    return Err(out_of_range());
                }
                replaced(vm, heap, Order::Least, item)
            }
            _ => Ok(item),
        }
    }),
    plain("_heapq.heapify", 1, 1, |vm, a| heapify(vm, a, "heapify", Order::Least)),
    plain("_heapq._heapify_max", 1, 1, |vm, a| heapify(vm, a, "_heapify_max", Order::Greatest)),
];

/// Which item is the first of a heap.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Least,
    Greatest,
}

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

fn heap(args: Args, function: &str) -> PyResult<List> {
    let value = arg(args, 0);
    value.plain().as_list().ok_or_else(|| {
        let which =
            if !function.contains("push") && !function.contains("replace") { "" } else { " 1" };
        let found = type_name(value);
        PyError::type_error(format!("{function}() argument{which} must be list, not {found}"))
    })
}

#[cold]
fn out_of_range() -> Box<PyError> {
    PyError::new(ExcKind::IndexError, "index out of range")
}

#[cold]
fn changed() -> Box<PyError> {
    PyError::new(ExcKind::RuntimeError, "list changed size during iteration")
}

#[inline]
fn less(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    match (a.as_small_int(), b.as_small_int()) {
        (Some(a), Some(b)) => Ok(a < b),
        _ => ops::less(vm, a, b),
    }
}

/// Takes the first item out.
fn pop(vm: &mut Vm, args: Args, function: &str, order: Order) -> PyResult<Value> {
    let mut heap = heap(args, function)?;
    let Some(last) = heap.pop() else { return Err(out_of_range()) };
    replaced(vm, heap, order, last)
}

/// Takes the first item out and puts another one in.
fn replace(vm: &mut Vm, args: Args, function: &str, order: Order) -> PyResult<Value> {
    let heap = heap(args, function)?;
    if heap.is_empty() {
        return Err(out_of_range());
    }
    replaced(vm, heap, order, arg(args, 1))
}

/// Makes a list a heap.
fn heapify(vm: &mut Vm, args: Args, function: &str, order: Order) -> PyResult<Value> {
    let heap = heap(args, function)?;
    for at in (0..heap.len() / 2).rev() {
        sink(vm, heap, order, at)?;
    }
    Ok(Value::none())
}

/// Puts an item in the place of the first, which it gives; the item itself where there is none.
fn replaced(vm: &mut Vm, mut heap: List, order: Order, item: Value) -> PyResult<Value> {
    let Some(first) = heap.get(0) else { return Ok(item) };
    heap.set(0, item);
    vm.holding(&[first], |vm| sink(vm, heap, order, 0))?;
    Ok(first)
}

/// Whether the item at a place comes before that at another.
fn before(vm: &mut Vm, heap: List, order: Order, len: usize, a: usize, b: usize) -> PyResult<bool> {
    let (Some(x), Some(y)) = (heap.get(a), heap.get(b)) else { return Err(changed()) };
    let (x, y) = if order == Order::Least { (x, y) } else { (y, x) };
    let result = vm.quietly(|vm| less(vm, x, y))?;
    vm.safe_point_of_builtin()?;
    if heap.len() != len {
        return Err(changed());
    }
    Ok(result)
}

fn swap(mut heap: List, a: usize, b: usize) {
    if let (Some(x), Some(y)) = (heap.get(a), heap.get(b)) {
        heap.set(a, y);
        heap.set(b, x);
    }
}

/// Moves an item towards `top` until it does not come before its parent.
fn rise(vm: &mut Vm, heap: List, order: Order, top: usize, mut at: usize) -> PyResult<()> {
    let len = heap.len();
    while at > top {
        let parent = (at - 1) / 2;
        if !before(vm, heap, order, len, at, parent)? {
            break;
        }
        swap(heap, at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves an item to a leaf along the children that come first, then up to its place.
fn sink(vm: &mut Vm, heap: List, order: Order, top: usize) -> PyResult<()> {
    let len = heap.len();
    let mut at = top;
    while 2 * at + 1 < len {
        let mut child = 2 * at + 1;
        if child + 1 < len && !before(vm, heap, order, len, child, child + 1)? {
            child += 1;
        }
        swap(heap, at, child);
        at = child;
    }
    rise(vm, heap, order, top, at)
}
