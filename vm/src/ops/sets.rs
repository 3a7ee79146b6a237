//! Operators of sets, frozen sets, dicts and views of dicts.

use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// A set with the items of a set or view; `None` for other values.
pub fn as_set(vm: &mut Vm, value: Value) -> PyResult<Option<Value>> {
    match value.class() {
        class::SET | class::FROZENSET => Ok(Some(value)),
        class::DICT_KEYS | class::DICT_ITEMS => {
            let set = vm.heap.alloc_table(class::SET, Default::default());
            super::set_update(vm, set, value)?;
            Ok(Some(set))
        }
        _ => Ok(None),
    }
}

/// A copy of a set, of the same class.
pub fn copy(vm: &mut Vm, set: Value) -> Value {
    let table = set.as_set().map_or(Default::default(), |set| set.table().clone());
    let mut fresh = crate::dict::Table::default();
    for (hash, key, value) in table.entries() {
        fresh.insert_new(hash, key, value);
    }
    let class = if set.is_class(class::FROZENSET) { class::FROZENSET } else { class::SET };
    vm.heap.alloc_table(class, fresh)
}

/// A binary operator; `None` where it is none of sets and dicts.
pub(super) fn binary(
    vm: &mut Vm,
    kind: BinaryKind,
    in_place: bool,
    a: Value,
    b: Value,
) -> PyResult<Option<Value>> {
    if a.is_class(class::DICT) && b.is_class(class::DICT) && kind == BinaryKind::Or {
        if in_place {
            super::dict_update(vm, a, b)?;
            return Ok(Some(a));
        }
        let dict = vm.heap.alloc_table(class::DICT, Default::default());
        super::dict_update(vm, dict, a)?;
        super::dict_update(vm, dict, b)?;
        return Ok(Some(dict));
    }
    if !matches!(kind, BinaryKind::And | BinaryKind::Or | BinaryKind::Xor | BinaryKind::Sub) {
        return Ok(None);
    }
    let (Some(x), Some(y)) = (as_set(vm, a)?, as_set(vm, b)?) else { return Ok(None) };
    if in_place && a.is_class(class::SET) {
        let result = combine(vm, kind, x, y)?;
        if let (Some(target), Some(source)) = (a.as_set(), result.as_set()) {
            // Each table keeps count of what the heap was told of it.
            std::mem::swap(target.table(), source.table());
        }
        return Ok(Some(a));
    }
    combine(vm, kind, x, y).map(Some)
}

/// Union, intersection, difference or symmetric difference of two sets: a new one of the class of
/// the first.
pub fn combine(vm: &mut Vm, kind: BinaryKind, a: Value, b: Value) -> PyResult<Value> {
    let (Some(x), Some(y)) = (a.as_set(), b.as_set()) else { return Ok(a) };
    if kind == BinaryKind::Or {
        let result = copy(vm, a);
        super::set_update(vm, result, b)?;
        return Ok(result);
    }
    let class = if a.is_class(class::FROZENSET) { class::FROZENSET } else { class::SET };
    let result = vm.heap.alloc_table(class, Default::default());
    let keep_shared = kind == BinaryKind::And;
    for item in x.table().keys() {
        if super::set_contains(vm, y, item)? == keep_shared {
            super::set_add(vm, result, item)?;
        }
    }
    if kind == BinaryKind::Xor {
        for item in y.table().keys() {
            if !super::set_contains(vm, x, item)? {
                super::set_add(vm, result, item)?;
            }
        }
    }
    Ok(result)
}

fn subset(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.as_set(), b.as_set()) else { return Ok(false) };
    if x.table().len() > y.table().len() {
        return Ok(false);
    }
    for item in x.table().keys() {
        if !super::set_contains(vm, y, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Equality and inclusion of sets.
pub fn compare(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.as_set(), b.as_set()) else {
        return Err(PyError::type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            kind.symbol(),
            type_name(a),
            type_name(b)
        )));
    };
    let same = x.table().len() == y.table().len();
    match kind {
        CompareKind::Eq => Ok(same && subset(vm, a, b)?),
        CompareKind::Ne => Ok(!(same && subset(vm, a, b)?)),
        CompareKind::Le => subset(vm, a, b),
        CompareKind::Lt => Ok(!same && subset(vm, a, b)?),
        CompareKind::Ge => subset(vm, b, a),
        CompareKind::Gt => Ok(!same && subset(vm, b, a)?),
    }
}
