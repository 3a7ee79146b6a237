//! Dicts and sets: finding, adding and removing keys by Python's rules.

use super::hash::plain_hash;
use crate::class;
use crate::dict::Table;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::{Dict, Set};
use crate::text::type_name;
use crate::value::Value;

/// Whether keys can be compared without running Python code, and the answer.
fn plain_equal(a: Value, b: Value) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return Some(x.text() == y.text());
    }
    match (a.class(), b.class()) {
        (class::INT | class::FLOAT | class::BOOL, class::INT | class::FLOAT | class::BOOL) => {
            Some(super::compare::equal_numbers(a, b))
        }
        (class::INSTANCE | class::TUPLE | class::FROZENSET | class::RANGE, _)
        | (_, class::INSTANCE) => None,
        _ => Some(false),
    }
}

/// The hash of a key and its place, if it is there.
fn find(vm: &mut Vm, table: &Table, key: Value) -> PyResult<(u64, Option<u32>)> {
    let (hash, plain) = match plain_hash(key) {
        Some(hash) => (hash as u64, true),
        None => (vm.hash_of(key)? as u64, false),
    };
    if plain {
        let unsure = std::cell::Cell::new(false);
        let found = table.find(hash, |known| {
            plain_equal(known, key).unwrap_or_else(|| {
                unsure.set(true);
                false
            })
        });
        if found.is_some() || !unsure.get() {
            return Ok((hash, found));
        }
    }
    'again: loop {
        let version = table.version();
        for place in table.places(hash) {
            let Some(entry) = table.entry(place) else { continue };
            if entry.key == key || super::equal(vm, entry.key, key)? {
                return Ok((hash, Some(place)));
            }
            if table.version() != version {
                continue 'again;
            }
        }
        return Ok((hash, None));
    }
}

/// The value of a key.
pub fn dict_get(vm: &mut Vm, dict: Dict, key: Value) -> PyResult<Option<Value>> {
    let (_, place) = find(vm, dict.table(), key)?;
    Ok(place.and_then(|place| dict.table().entry(place)).map(|entry| entry.value))
}

/// Sets the value of a key.
pub fn dict_set(vm: &mut Vm, dict: Dict, key: Value, value: Value) -> PyResult<()> {
    let (hash, place) = find(vm, dict.table(), key)?;
    match place {
        Some(place) => dict.table().set_value(place, value),
        None => {
            dict.table().insert_new(hash, key, value);
            vm.heap.count_growth(dict.table());
        }
    }
    Ok(())
}

/// Removes a key; gives its value.
pub fn dict_remove(vm: &mut Vm, dict: Dict, key: Value) -> PyResult<Option<Value>> {
    let (_, place) = find(vm, dict.table(), key)?;
    Ok(place.and_then(|place| dict.table().remove(place)).map(|entry| entry.value))
}

/// `KeyError` of a key.
#[cold]
pub fn key_error(vm: &mut Vm, key: Value) -> Box<PyError> {
    let ty = vm.exception_info(ExcKind::KeyError);
    match vm.bare_instance(ty, &[key]) {
        Ok(value) => PyError::from_value(value),
        Err(error) => error,
    }
}

/// Adds the pairs of a mapping, or of an iterable of pairs.
pub fn dict_update(vm: &mut Vm, dict: Value, from: Value) -> PyResult<()> {
    let Some(dict) = dict.as_dict() else { return Ok(()) };
    if let Some(from) = from.as_dict() {
        for (_, key, value) in from.table().entries() {
            dict_set(vm, dict, key, value)?;
        }
        return Ok(());
    }
    let keys = vm.get_attribute(from, "keys")?;
    let roots = vm.temp_roots.len();
    vm.temp_roots.push(from);
    let result = vm.call_quiet(keys, &[]).and_then(|keys| {
        super::iterate(vm, keys, |vm, key| {
            let value = super::get_item(vm, from, key)?;
            dict_set(vm, dict, key, value)
        })
    });
    vm.temp_roots.truncate(roots);
    result
}

/// Adds pairs from an iterable of pairs.
pub fn dict_update_pairs(vm: &mut Vm, dict: Dict, from: Value) -> PyResult<()> {
    let mut number = 0;
    super::iterate(vm, from, |vm, item| {
        if !super::is_iterable(vm, item) {
            return Err(PyError::type_error(format!(
                "cannot convert dictionary update sequence element #{number} to a sequence"
            )));
        }
        let pair = super::collect(vm, item)?;
        let [key, value] = pair[..] else {
            return Err(PyError::value_error(format!(
                "dictionary update sequence element #{number} has length {}; 2 is required",
                pair.len()
            )));
        };
        number += 1;
        dict_set(vm, dict, key, value)
    })
}

/// Whether a set has an item.
pub fn set_contains(vm: &mut Vm, set: Set, item: Value) -> PyResult<bool> {
    Ok(find(vm, set.table(), item)?.1.is_some())
}

/// Adds an item to a set.
pub fn set_add(vm: &mut Vm, set: Value, item: Value) -> PyResult<()> {
    let Some(set) = set.as_set() else { return Ok(()) };
    let (hash, place) = find(vm, set.table(), item)?;
    if place.is_none() {
        set.table().insert_new(hash, item, Value::NULL);
        vm.heap.count_growth(set.table());
    }
    Ok(())
}

/// Removes an item from a set; false where it is not there.
pub fn set_remove(vm: &mut Vm, set: Set, item: Value) -> PyResult<bool> {
    let (_, place) = find(vm, set.table(), item)?;
    Ok(place.and_then(|place| set.table().remove(place)).is_some())
}

/// Adds the items of an iterable to a set.
pub fn set_update(vm: &mut Vm, set: Value, from: Value) -> PyResult<()> {
    if !super::is_iterable(vm, from) {
        return Err(PyError::type_error(format!("'{}' object is not iterable", type_name(from))));
    }
    let roots = vm.temp_roots.len();
    vm.temp_roots.push(set);
    let result = super::iterate(vm, from, |vm, item| set_add(vm, set, item));
    vm.temp_roots.truncate(roots);
    result
}

/// What a view of a dict shows of an entry.
pub fn view_item(vm: &mut Vm, view: u32, key: Value, value: Value) -> PyResult<Value> {
    Ok(match view {
        class::DICT_VALUES => value,
        class::DICT_ITEMS => vm.heap.alloc_tuple(&[key, value])?,
        _ => key,
    })
}
