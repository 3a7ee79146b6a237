//! Methods of sets and frozen sets.

use super::{Builtin, method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Set;
use crate::ops::{self, sets};
use crate::stack::{Args, arg};
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// The methods that frozen sets do not have.
pub(super) const CHANGING: &[&str] = &[
    "add",
    "remove",
    "discard",
    "pop",
    "clear",
    "update",
    "intersection_update",
    "difference_update",
    "symmetric_difference_update",
];

/// The table.
pub const TABLE: &[Builtin] = &[
    method("set.add", 1, 1, |vm, a| {
        ops::set_add(vm, arg(a, 0), arg(a, 1))?;
        Ok(Value::none())
    }),
    method("set.remove", 1, 1, |vm, a| {
        if ops::set_remove(vm, receiver(a)?, arg(a, 1))? {
            return Ok(Value::none());
        }
        Err(ops::key_error(vm, arg(a, 1)))
    }),
    method("set.discard", 1, 1, |vm, a| {
        ops::set_remove(vm, receiver(a)?, arg(a, 1))?;
        Ok(Value::none())
    }),
    method("set.pop", 0, 0, |vm, a| {
        let set = receiver(a)?;
        match set.table().pop() {
            Some(key) => Ok(key),
            None => {
                let text = vm.intern("pop from an empty set");
                Err(ops::key_error(vm, text))
            }
        }
    }),
    method("set.clear", 0, 0, |_, a| {
        receiver(a)?.table().clear();
        Ok(Value::none())
    }),
    method("set.copy", 0, 0, |vm, a| match arg(a, 0) {
        // What never changes is its own copy.
        frozen if frozen.is_class(class::FROZENSET) => Ok(frozen),
        set => Ok(sets::copy(vm, set)),
    }),
    method("set.update", 0, usize::MAX, |vm, a| {
        for &other in rest(a) {
            ops::set_update(vm, arg(a, 0), other)?;
        }
        Ok(Value::none())
    }),
    method("set.union", 0, usize::MAX, |vm, a| fold(vm, a, BinaryKind::Or)),
    method("set.intersection", 0, usize::MAX, |vm, a| fold(vm, a, BinaryKind::And)),
    method("set.difference", 0, usize::MAX, |vm, a| fold(vm, a, BinaryKind::Sub)),
    method("set.symmetric_difference", 1, 1, |vm, a| fold(vm, a, BinaryKind::Xor)),
    method("set.intersection_update", 0, usize::MAX, |vm, a| change(vm, a, BinaryKind::And)),
    method("set.difference_update", 0, usize::MAX, |vm, a| change(vm, a, BinaryKind::Sub)),
    method("set.symmetric_difference_update", 1, 1, |vm, a| change(vm, a, BinaryKind::Xor)),
    method("set.issubset", 1, 1, |vm, a| compare(vm, a, CompareKind::Le)),
    method("set.issuperset", 1, 1, |vm, a| compare(vm, a, CompareKind::Ge)),
    method("set.isdisjoint", 1, 1, |vm, a| {
        sets::disjoint(vm, arg(a, 0), arg(a, 1)).map(Value::bool)
    }),
];

fn rest(args: Args) -> &'static [Value] {
    args.as_slice().get(1..).unwrap_or(&[])
}

fn receiver(args: Args) -> PyResult<Set> {
    arg(args, 0).as_set().ok_or_else(|| PyError::new(ExcKind::TypeError, "not a set"))
}

/// An argument as a set.
fn set_of(vm: &mut Vm, value: Value) -> PyResult<Value> {
    match sets::as_set(vm, value.plain())? {
        Some(set) => Ok(set),
        None => sets::set_from(vm, class::SET, value),
    }
}

fn fold(vm: &mut Vm, args: Args, kind: BinaryKind) -> PyResult<Value> {
    let mut result = sets::copy(vm, arg(args, 0));
    for (i, &other) in rest(args).iter().enumerate() {
        result = vm.holding(&[result], |vm| match (i, kind) {
            (0, _) => sets::combine(vm, kind, arg(args, 0), other),
            (_, BinaryKind::Or | BinaryKind::Sub) => {
                sets::change(vm, kind, result, other).map(|()| result)
            }
            _ => sets::combine(vm, kind, result, other),
        })?;
    }
    Ok(result)
}

fn change(vm: &mut Vm, args: Args, kind: BinaryKind) -> PyResult<Value> {
    if kind == BinaryKind::And {
        let shared = fold(vm, args, kind)?;
        sets::swap(vm, arg(args, 0), shared);
        return Ok(Value::none());
    }
    for &other in rest(args) {
        sets::change(vm, kind, arg(args, 0), other)?;
    }
    Ok(Value::none())
}

fn compare(vm: &mut Vm, args: Args, kind: CompareKind) -> PyResult<Value> {
    let other = set_of(vm, arg(args, 1))?;
    sets::compare(vm, kind, arg(args, 0), other).map(Value::bool)
}

/// `set(...)` and `frozenset(...)`.
pub(super) fn construct(vm: &mut Vm, class: u32, from: Option<Value>) -> PyResult<Value> {
    if let Some(from) = from.filter(|v| class == class::FROZENSET && v.is_class(class)) {
        return Ok(from);
    }
    match from {
        Some(from) => sets::set_from(vm, class, from),
        None => Ok(vm.heap.alloc_empty_set(class)),
    }
}
