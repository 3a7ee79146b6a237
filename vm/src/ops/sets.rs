//! Sets: their operators and methods, and operators of dicts and views of dicts.
//!
//! Which operand is walked through, and when a table grows, is CPython's choice: the order of a result
//! depends on it.

use super::mapping::{find, find_hashed};
use crate::class::{self, ClassId};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::object::Set;
use crate::set_table::Entries;
use crate::text::type_name;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// A new empty set of that class.
fn empty(vm: &mut Vm, class: ClassId) -> Value {
    vm.heap.alloc_empty_set(class)
}

/// The class that results with the items of a set have.
fn class_of(set: Value) -> ClassId {
    if set.is_class(class::FROZENSET) { class::FROZENSET } else { class::SET }
}

/// A set with the items of a set or view; `None` for other values.
pub fn as_set(vm: &mut Vm, value: Value) -> PyResult<Option<Value>> {
    match value.class() {
        class::SET | class::FROZENSET => Ok(Some(value)),
        class::DICT_KEYS | class::DICT_ITEMS => set_from(vm, class::SET, value).map(Some),
        _ => Ok(None),
    }
}

/// A set of the items of an iterable.
pub fn set_from(vm: &mut Vm, class: ClassId, from: Value) -> PyResult<Value> {
    let set = empty(vm, class);
    update(vm, set, from)?;
    Ok(set)
}

/// A copy of a set, of the same class.
pub fn copy(vm: &mut Vm, set: Value) -> Value {
    let fresh = empty(vm, class_of(set));
    if let (Some(to), Some(from)) = (fresh.as_set(), set.as_set()) {
        to.table().make_room(from.table().len());
        to.table().fill_from(from.table());
        vm.heap.count_growth(&mut to.table().account);
    }
    fresh
}

/// Replaces the items of a set by those of another one, which gets the old ones.
pub fn swap(vm: &mut Vm, set: Value, by: Value) {
    if let (Some(target), Some(source)) = (set.as_set(), by.as_set())
        && target != source
    {
        target.table().swap_keys(source.table());
        vm.heap.count_growth(&mut target.table().account);
        vm.heap.count_growth(&mut source.table().account);
    }
}

/// Replaces the items of a set by those of another one.
pub fn replace(vm: &mut Vm, set: Value, by: Value) {
    let fresh = copy(vm, by);
    swap(vm, set, fresh);
}

/// Adds a key whose hash is known.
fn add_hashed(vm: &mut Vm, set: Set, hash: u64, key: Value) -> PyResult<()> {
    if find_hashed(vm, &*set.table(), hash, key)?.is_none() {
        set.table().insert_new(hash, key);
        vm.heap.count_growth(&mut set.table().account);
    }
    Ok(())
}

/// Adds a key that another set has to one that has been made of its keys alone.
fn add_other(vm: &mut Vm, set: Set, hash: u64, key: Value) -> PyResult<()> {
    // Where keys have equal hashes, others are compared by code of the program.
    if !matches!(key.class(), class::INT | class::STR | class::FLOAT | class::BOOL | class::NONE) {
        return add_hashed(vm, set, hash, key);
    }
    set.table().insert_new(hash, key);
    vm.heap.count_growth(&mut set.table().account);
    Ok(())
}

/// Removes a key whose hash is known; whether it was there.
fn discard_hashed(vm: &mut Vm, set: Set, hash: u64, key: Value) -> PyResult<bool> {
    let place = find_hashed(vm, &*set.table(), hash, key)?;
    Ok(place.and_then(|place| set.table().remove(place)).is_some())
}

/// Adds the items of an iterable.
pub fn update(vm: &mut Vm, set: Value, from: Value) -> PyResult<()> {
    let Some(target) = set.as_set() else { return Ok(()) };
    let own = vm.special(from, "__iter__").is_some();
    let held = if own { from } else { from.plain() };
    if let Some(source) = held.as_set() {
        if source == target || source.table().is_empty() {
            return Ok(());
        }
        target.table().make_room(source.table().len());
        if !target.table().fill_from(source.table()) {
            for (hash, key) in source.table().entries() {
                add_hashed(vm, target, hash, key)?;
            }
        }
        vm.heap.count_growth(&mut target.table().account);
        return Ok(());
    }
    if let Some(dict) = held.as_dict() {
        target.table().make_room(dict.table().len());
        for (hash, key, _) in dict.table().entries() {
            add_hashed(vm, target, hash, key)?;
        }
        vm.heap.count_growth(&mut target.table().account);
        return Ok(());
    }
    if !super::is_iterable(vm, from) {
        return Err(PyError::type_error(format!("'{}' object is not iterable", type_name(from))));
    }
    vm.holding(&[set], |vm| super::iterate(vm, from, |vm, item| super::set_add(vm, set, item)))
}

/// The items of `a` that are in `b`, as a set of the class of `a`.
pub fn intersection(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    if a == b {
        return Ok(copy(vm, a));
    }
    let result = empty(vm, class_of(a));
    let (Some(into), Some(x)) = (result.as_set(), a.as_set()) else { return Ok(result) };
    let Some(y) = b.plain().as_set() else {
        vm.holding(&[result, a], |vm| {
            super::iterate(vm, b, |vm, item| {
                let (hash, place) = find(vm, &*x.table(), item)?;
                if place.is_some() { add_hashed(vm, into, hash, item) } else { Ok(()) }
            })
        })?;
        return Ok(result);
    };
    let (walked, asked) = if y.table().len() > x.table().len() { (x, y) } else { (y, x) };
    for (hash, key) in walked.table().entries() {
        if find_hashed(vm, &*asked.table(), hash, key)?.is_some() {
            add_other(vm, into, hash, key)?;
        }
    }
    Ok(result)
}

/// Removes the items of an iterable from a set.
pub fn difference_update(vm: &mut Vm, set: Value, other: Value) -> PyResult<()> {
    let Some(target) = set.as_set() else { return Ok(()) };
    let other = other.plain();
    if set == other {
        target.table().clear();
        return Ok(());
    }
    if other.as_set().is_some_and(|y| y.table().len() >> 3 > target.table().len()) {
        let shared = intersection(vm, set, other)?;
        return difference_update(vm, set, shared);
    }
    if let Some(source) = other.as_set() {
        for (hash, key) in source.table().entries() {
            discard_hashed(vm, target, hash, key)?;
        }
    } else {
        vm.holding(&[set], |vm| {
            super::iterate(vm, other, |vm, item| {
                super::set_remove(vm, target, item)?;
                Ok(())
            })
        })?;
    }
    target.table().tidy();
    Ok(())
}

/// The items of `a` that are not in `b`, as a set of the class of `a`.
pub fn difference(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    let Some(x) = a.as_set() else { return Ok(a) };
    let (other_set, other_dict) = (b.plain().as_set(), b.as_dict());
    let size = match (other_set, other_dict) {
        (Some(set), _) => Some(set.table().len()),
        (_, Some(dict)) => Some(dict.table().len()),
        _ => None,
    };
    if size.is_none_or(|size| x.table().len() >> 2 > size) {
        let result = copy(vm, a);
        vm.holding(&[result], |vm| difference_update(vm, result, b))?;
        return Ok(result);
    }
    let result = empty(vm, class_of(a));
    let Some(into) = result.as_set() else { return Ok(result) };
    for (hash, key) in x.table().entries() {
        let known = match (other_set, other_dict) {
            (Some(set), _) => find_hashed(vm, &*set.table(), hash, key)?.is_some(),
            (_, Some(dict)) => find_hashed(vm, &*dict.table(), hash, key)?.is_some(),
            _ => false,
        };
        if !known {
            add_other(vm, into, hash, key)?;
        }
    }
    Ok(result)
}

/// Removes the items of an iterable that are in a set, and adds the others.
pub fn symmetric_difference_update(vm: &mut Vm, set: Value, other: Value) -> PyResult<()> {
    let Some(target) = set.as_set() else { return Ok(()) };
    if set == other {
        target.table().clear();
        return Ok(());
    }
    let entries: Entries = match (other.plain().as_set(), other.as_dict()) {
        (Some(source), _) => source.table().entries(),
        (_, Some(dict)) => {
            dict.table().entries().into_iter().map(|(hash, key, _)| (hash, key)).collect()
        }
        _ => {
            let source = set_from(vm, class_of(set), other)?;
            source.as_set().map_or_else(Entries::new, |source| source.table().entries())
        }
    };
    for (hash, key) in entries {
        if !discard_hashed(vm, target, hash, key)? {
            add_hashed(vm, target, hash, key)?;
        }
    }
    Ok(())
}

/// The items of one of `a` and `b` alone, as a set of the class of `a`.
pub fn symmetric_difference(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    let result = set_from(vm, class_of(a), b)?;
    symmetric_difference_update(vm, result, a)?;
    Ok(result)
}

/// Changes a set by a method or operator.
pub fn change(vm: &mut Vm, kind: BinaryKind, set: Value, other: Value) -> PyResult<()> {
    match kind {
        BinaryKind::Or => update(vm, set, other),
        BinaryKind::Sub => difference_update(vm, set, other),
        BinaryKind::Xor => symmetric_difference_update(vm, set, other),
        _ => {
            let shared = intersection(vm, set, other)?;
            swap(vm, set, shared);
            Ok(())
        }
    }
}

/// Union, intersection, difference or symmetric difference of a set and an iterable: a new set of
/// the class of the first.
pub fn combine(vm: &mut Vm, kind: BinaryKind, a: Value, b: Value) -> PyResult<Value> {
    match kind {
        BinaryKind::Or => {
            let result = copy(vm, a);
            vm.holding(&[result], |vm| update(vm, result, b))?;
            Ok(result)
        }
        BinaryKind::Sub => difference(vm, a, b),
        BinaryKind::Xor => symmetric_difference(vm, a, b),
        _ => intersection(vm, a, b),
    }
}

/// A binary operator; `None` where it is none of sets and dicts.
pub(super) fn binary(
    vm: &mut Vm,
    kind: BinaryKind,
    in_place: bool,
    a: Value,
    b: Value,
) -> PyResult<Option<Value>> {
    if kind == BinaryKind::Or
        && in_place
        && let Some(dict) = a.as_dict()
    {
        if vm.try_attribute(b, "keys")?.is_some() {
            super::dict_update(vm, a, b)?;
        } else {
            super::dict_update_pairs(vm, dict, b)?;
        }
        return Ok(Some(a));
    }
    if a.is_class(class::DICT) && b.is_class(class::DICT) && kind == BinaryKind::Or {
        let dict = vm.heap.alloc_table(class::DICT, Default::default());
        super::dict_update(vm, dict, a)?;
        super::dict_update(vm, dict, b)?;
        return Ok(Some(dict));
    }
    if !matches!(kind, BinaryKind::And | BinaryKind::Or | BinaryKind::Xor | BinaryKind::Sub) {
        return Ok(None);
    }
    let view = |v: Value| matches!(v.class(), class::DICT_KEYS | class::DICT_ITEMS);
    if view(a) || view(b) {
        // Views take any iterable.
        let good = view(a) || super::is_iterable(vm, a);
        if !good || !super::is_iterable(vm, b) {
            return Ok(None);
        }
        if kind == BinaryKind::And {
            return view_intersection(vm, a, b).map(Some);
        }
        let from = match a.as_words().filter(|_| a.is_class(class::DICT_KEYS)) {
            Some(words) => words.get(0),
            None => a,
        };
        let x = set_from(vm, class::SET, from)?;
        vm.holding(&[x], |vm| change(vm, kind, x, b))?;
        return Ok(Some(x));
    }
    let (Some(x), Some(y)) = (as_set(vm, a)?, as_set(vm, b)?) else { return Ok(None) };
    if in_place && a.is_class(class::SET) {
        change(vm, kind, x, y)?;
        return Ok(Some(a));
    }
    combine(vm, kind, x, y).map(Some)
}

/// `a & b`, one of them a view.
fn view_intersection(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    let view = |v: Value| matches!(v.class(), class::DICT_KEYS | class::DICT_ITEMS);
    let (mut a, mut b) = if view(a) { (a, b) } else { (b, a) };
    let len = super::length(vm, a)?;
    if b.is_class(class::SET) && b.as_set().is_some_and(|set| len <= set.table().len()) {
        return intersection(vm, b, a);
    }
    if view(b) && super::length(vm, b)? > len {
        (a, b) = (b, a);
    }
    let result = empty(vm, class::SET);
    vm.holding(&[result, a], |vm| {
        super::iterate(vm, b, |vm, item| {
            if super::contains(vm, item, a)? { super::set_add(vm, result, item) } else { Ok(()) }
        })
    })?;
    Ok(result)
}

fn subset(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.as_set(), b.as_set()) else { return Ok(false) };
    if x.table().len() > y.table().len() {
        return Ok(false);
    }
    for (hash, key) in x.table().entries() {
        if find_hashed(vm, &*y.table(), hash, key)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a set has none of the items of an iterable.
pub fn disjoint(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    let shared = intersection(vm, a, b)?;
    Ok(shared.as_set().is_none_or(|set| set.table().is_empty()))
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
