//! `_bisect`: places in sorted sequences.

use crate::builtins::{Builtin, bind_names, plain};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::Args;
use crate::value::Value;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("_bisect.bisect_left", 0, 0, |vm, a| bisect(vm, a, "bisect_left", true, false))
        .with_keywords(),
    plain("_bisect.bisect_right", 0, 0, |vm, a| bisect(vm, a, "bisect_right", false, false))
        .with_keywords(),
    plain("_bisect.insort_left", 0, 0, |vm, a| bisect(vm, a, "insort_left", true, true))
        .with_keywords(),
    plain("_bisect.insort_right", 0, 0, |vm, a| bisect(vm, a, "insort_right", false, true))
        .with_keywords(),
];

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

/// Finds the place of an item, before or behind equal ones, and perhaps puts it there.
fn bisect(vm: &mut Vm, args: Args, name: &str, left: bool, insert: bool) -> PyResult<Value> {
    let [a, x, lo, hi, key] = bind_names(vm, args, name, ["a", "x", "lo", "hi", "key"])?;
    for (i, (value, name_of)) in [(a, "a"), (x, "x")].into_iter().enumerate() {
        if value.is_null() {
            return Err(PyError::type_error(format!(
                "{name}() missing required argument '{name_of}' (pos {})",
                i + 1
            )));
        }
    }
    let key = if key.is_null() || key.is_none() { None } else { Some(key) };
    let (lo, hi) = vm.quietly(|vm| -> PyResult<(usize, usize)> {
        let lo = if lo.is_null() { 0 } else { ops::index_saturating(vm, lo)? };
        let Ok(lo) = usize::try_from(lo) else {
            return Err(PyError::value_error("lo must be non-negative"));
        };
        let hi = match hi {
            hi if hi.is_null() || hi.is_none() => ops::length(vm, a)?,
            hi => usize::try_from(ops::index_saturating(vm, hi)?).unwrap_or(0),
        };
        Ok((lo, hi))
    })?;
    let wanted = match key {
        Some(key) if insert => vm.call(key, &[x])?,
        _ => x,
    };
    let at = vm.holding(&[wanted], |vm| search(vm, a, wanted, lo, hi, key, left))?;
    let place = Value::small(at as i64);
    if !insert {
        return Ok(place);
    }
    let method = vm.get_attribute(a, "insert")?;
    vm.call_quiet(method, &[place, x])?;
    Ok(Value::none())
}

fn search(
    vm: &mut Vm,
    a: Value,
    x: Value,
    mut lo: usize,
    mut hi: usize,
    key: Option<Value>,
    left: bool,
) -> PyResult<usize> {
    while lo < hi {
        let middle = lo + (hi - lo) / 2;
        let known = a.as_list().and_then(|list| list.get(middle));
        let mut item = match known {
            Some(item) => item,
            None => ops::get_item(vm, a, Value::small(middle as i64))?,
        };
        if let Some(key) = key {
            item = vm.call(key, &[item])?;
        }
        let right = match (item.as_small_int(), x.as_small_int()) {
            (Some(item), Some(x)) => item < x || !left && item == x,
            _ if left => ops::less(vm, item, x)?,
            _ => !ops::less(vm, x, item)?,
        };
        if right {
            lo = middle + 1;
        } else {
            hi = middle;
        }
        vm.safe_point_of_builtin()?;
    }
    Ok(lo)
}
