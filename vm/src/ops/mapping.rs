//! Dicts and sets: finding, adding and removing keys by Python's rules.

use super::hash::plain_hash;
use crate::class;
use crate::dict::Table;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::{Dict, Set};
use crate::set_table::SetTable;
use crate::value::Value;

/// Whether keys can be compared without running Python code, and the answer.
pub(super) fn plain_equal(a: Value, b: Value) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
        return Some(x.text() == y.text());
    }
    if let (Some(x), Some(y)) = (a.as_bytes(), b.as_bytes()) {
        return Some(x.bytes() == y.bytes());
    }
    match (a.class(), b.class()) {
        (class::INT | class::FLOAT | class::BOOL, class::INT | class::FLOAT | class::BOOL) => {
            Some(super::compare::equal_numbers(a, b))
        }
        (class::TUPLE, class::TUPLE) => {
            let (x, y) = (a.as_tuple()?.items(), b.as_tuple()?.items());
            if x.len() != y.len() {
                return Some(false);
            }
            for (x, y) in x.iter().zip(y) {
                if !plain_equal(*x, *y)? {
                    return Some(false);
                }
            }
            Some(true)
        }
        (class::INSTANCE | class::FROZENSET | class::RANGE | class::BOUND_METHOD, _)
        | (_, class::INSTANCE) => None,
        (a, b) if class::is_native(a) || class::is_native(b) => None,
        _ => Some(false),
    }
}

/// A table of keys, as looking for one sees it.
pub(super) trait Keyed {
    /// The place of the key with that hash that `same` accepts.
    fn find(&self, hash: u64, same: impl Fn(Value) -> bool) -> Option<u32>;
    /// The places of the keys with that hash.
    fn places(&self, hash: u64) -> Vec<u32>;
    /// The key at a place.
    fn key(&self, place: u32) -> Option<Value>;
    /// A number that changes with every insertion and deletion.
    fn version(&self) -> u32;
}

macro_rules! keyed {
    ($($table:ty),*) => {
        $(impl Keyed for $table {
            #[inline]
            fn find(&self, hash: u64, same: impl Fn(Value) -> bool) -> Option<u32> {
                <$table>::find(self, hash, same)
            }

            fn places(&self, hash: u64) -> Vec<u32> {
                <$table>::places(self, hash)
            }

            fn key(&self, place: u32) -> Option<Value> {
                <$table>::key(self, place)
            }

            fn version(&self) -> u32 {
                <$table>::version(self)
            }
        })*
    };
}

keyed!(Table, SetTable);

/// The hash of a key and its place, if it is there.
#[inline]
pub(super) fn find(vm: &mut Vm, table: &impl Keyed, key: Value) -> PyResult<(u64, Option<u32>)> {
    let hash = match plain_hash(key) {
        Some(hash) => hash as u64,
        None => vm.hash_of(key)? as u64,
    };
    Ok((hash, find_hashed(vm, table, hash, key)?))
}

/// Whether a key is in a table; `None` where only code of the program could tell.
#[inline]
pub(super) fn has_plain(table: &impl Keyed, key: Value) -> Option<bool> {
    let hash = plain_hash(key)? as u64;
    let unsure = std::cell::Cell::new(false);
    let found = table.find(hash, |known| {
        plain_equal(known, key).unwrap_or_else(|| {
            unsure.set(true);
            false
        })
    });
    if found.is_none() && unsure.get() { None } else { Some(found.is_some()) }
}

/// The place of a key whose hash is known, if it is there.
#[inline]
pub(super) fn find_hashed(
    vm: &mut Vm,
    table: &impl Keyed,
    hash: u64,
    key: Value,
) -> PyResult<Option<u32>> {
    let unsure = std::cell::Cell::new(false);
    let machine = &*vm;
    let found = table.find(hash, |known| {
        plain_equal(known, key)
            .or_else(|| super::quietly_equal(machine, known, key))
            .unwrap_or_else(|| {
                unsure.set(true);
                false
            })
    });
    if found.is_some() || !unsure.get() {
        return Ok(found);
    }
    find_unsure(vm, table, hash, key)
}

/// The same where keys are compared by code of the program, which may change the table.
fn find_unsure(vm: &mut Vm, table: &impl Keyed, hash: u64, key: Value) -> PyResult<Option<u32>> {
    'again: loop {
        let version = table.version();
        for place in table.places(hash) {
            let Some(known) = table.key(place) else { continue };
            if super::equal(vm, known, key)? {
                return Ok(Some(place));
            }
            if table.version() != version {
                continue 'again;
            }
        }
        return Ok(None);
    }
}

/// The value of a key.
pub fn dict_get(vm: &mut Vm, dict: Dict, key: Value) -> PyResult<Option<Value>> {
    let (_, place) = find(vm, dict.table(), key)?;
    Ok(place.and_then(|place| dict.table().entry(place)).map(|entry| entry.value))
}

/// The value of a key that is hashed and compared here; `None` also where only code of the program could
/// tell that it is there.
#[inline]
pub fn dict_get_plain(dict: Dict, key: Value) -> Option<Value> {
    let hash = plain_hash(key)? as u64;
    let same = |known| known == key || plain_equal(known, key) == Some(true);
    let place = dict.table().find(hash, same)?;
    dict.table().entry(place).map(|entry| entry.value)
}

/// The place of a key's entry.
pub(crate) fn dict_place(vm: &mut Vm, dict: Dict, key: Value) -> PyResult<Option<u32>> {
    Ok(find(vm, dict.table(), key)?.1)
}

/// Sets the value of a key.
pub fn dict_set(vm: &mut Vm, dict: Dict, key: Value, value: Value) -> PyResult<()> {
    let (hash, place) = find(vm, dict.table(), key)?;
    match place {
        Some(place) => {
            dict.table().set_value(place, value);
            Ok(())
        }
        None => add_new(vm, dict, hash, key, value),
    }
}

/// The value of a key, which is set where there is none.
pub fn dict_set_default(vm: &mut Vm, dict: Dict, key: Value, value: Value) -> PyResult<Value> {
    let (hash, place) = find(vm, dict.table(), key)?;
    if let Some(entry) = place.and_then(|place| dict.table().entry(place)) {
        return Ok(entry.value);
    }
    add_new(vm, dict, hash, key, value)?;
    Ok(value)
}

#[inline]
fn add_new(vm: &mut Vm, dict: Dict, hash: u64, key: Value, value: Value) -> PyResult<()> {
    dict.table().make_room()?;
    dict.table().insert_new(hash, key, value);
    vm.heap.count_growth(&mut dict.table().account);
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
    // What derives from dict gives what it holds, unless it says what its keys are.
    let keyed = vm.special(from, "__iter__").is_some();
    if let Some(from) = vm.seen(from).as_dict().filter(|_| !keyed) {
        if dict != from && dict.table().fill_from(from.table())? {
            vm.heap.count_growth(&mut dict.table().account);
            return Ok(());
        }
        for (_, key, value) in from.table().entries() {
            dict_set(vm, dict, key, value)?;
        }
        return Ok(());
    }
    let keys = vm.get_attribute(from, "keys")?;
    vm.holding(&[from, dict.value()], |vm| {
        let keys = vm.call_quiet(keys, &[])?;
        super::iterate(vm, keys, |vm, key| {
            let value = super::get_item(vm, from, key)?;
            dict_set(vm, dict, key, value)
        })
    })
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
    let item = looked_for(vm, item)?;
    Ok(find(vm, set.table(), item)?.1.is_some())
}

/// What stands for an item that is looked for in a set: a frozen set for a set, which has no hash.
fn looked_for(vm: &mut Vm, item: Value) -> PyResult<Value> {
    if !item.plain().is_class(class::SET) || vm.special(item, "__hash__").is_some() {
        return Ok(item);
    }
    crate::builtins::construct(vm, class::FROZENSET, crate::stack::Args::of(&[item]), None)
}

/// Adds an item to a set.
pub fn set_add(vm: &mut Vm, set: Value, item: Value) -> PyResult<()> {
    let Some(set) = set.as_set() else { return Ok(()) };
    let (hash, place) = find(vm, set.table(), item)?;
    if place.is_none() {
        crate::memory::room_for(set.table().next_growth())?;
        set.table().insert_new(hash, item);
        vm.heap.count_growth(&mut set.table().account);
    }
    Ok(())
}

/// Removes an item from a set; false where it is not there.
pub fn set_remove(vm: &mut Vm, set: Set, item: Value) -> PyResult<bool> {
    let item = looked_for(vm, item)?;
    let (_, place) = find(vm, set.table(), item)?;
    Ok(place.and_then(|place| set.table().remove(place)).is_some())
}

/// What a view of a dict shows of an entry.
pub fn view_item(vm: &mut Vm, view: u32, key: Value, value: Value) -> PyResult<Value> {
    Ok(match view {
        class::DICT_VALUES => value,
        class::DICT_ITEMS => vm.heap.alloc_tuple(&[key, value])?,
        _ => key,
    })
}
