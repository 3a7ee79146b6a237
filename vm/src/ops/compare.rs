//! Comparison: numbers exactly, sequences item by item.

use super::number::{Num, num};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Str;
use crate::text::type_name;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::Signed;
use std::cmp::Ordering;
use tierlab_frontend::bytecode::CompareKind;

/// Sequences inside sequences may be this deep.
const MAX_DEPTH: usize = 900;

/// The result of a `compare_op`.
pub fn compare(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<Value> {
    if matches!(kind, CompareKind::Eq | CompareKind::Ne)
        && let (Some(x), Some(y)) = (a.as_str(), b.as_str())
    {
        return Ok(Value::bool(same_text(x, y) == (kind == CompareKind::Eq)));
    }
    if let Some(value) = vm.compare_special(kind, a, b)? {
        return Ok(value);
    }
    compare_bool(vm, kind, a, b).map(Value::bool)
}

/// Whether two strings are equal.
#[inline]
pub(crate) fn same_text(a: Str, b: Str) -> bool {
    a.value() == b.value() || a.text() == b.text()
}

/// The same as a truth.
pub fn compare_bool(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<bool> {
    compare_at(vm, kind, a, b, 0)
}

/// `a < b`.
pub fn less(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    compare_at(vm, CompareKind::Lt, a, b, 0)
}

/// Whether two numbers are equal.
pub(super) fn equal_numbers(a: Value, b: Value) -> bool {
    match (num(a), num(b)) {
        (Some(x), Some(y)) => holds(CompareKind::Eq, order(x, y)),
        _ => false,
    }
}

/// Whether items are the same object or equal, as containers compare them.
pub fn equal(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    Ok(a == b || compare_at(vm, CompareKind::Eq, a, b, 0)?)
}

fn holds(kind: CompareKind, ordering: Option<Ordering>) -> bool {
    match (kind, ordering) {
        (CompareKind::Ne, None) => true,
        (_, None) => false,
        (CompareKind::Lt, Some(o)) => o.is_lt(),
        (CompareKind::Le, Some(o)) => o.is_le(),
        (CompareKind::Eq, Some(o)) => o.is_eq(),
        (CompareKind::Ne, Some(o)) => o.is_ne(),
        (CompareKind::Gt, Some(o)) => o.is_gt(),
        (CompareKind::Ge, Some(o)) => o.is_ge(),
    }
}

fn compare_at(vm: &mut Vm, kind: CompareKind, a: Value, b: Value, depth: usize) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (num(a), num(b)) {
        return Ok(holds(kind, order(x, y)));
    }
    if let Some(value) = vm.compare_special(kind, a, b)? {
        return super::truth(vm, value);
    }
    plain_at(vm, kind, a, b, depth)
}

/// A comparison that no special method does.
pub fn compare_plain(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<Value> {
    plain_at(vm, kind, a, b, 0).map(Value::bool)
}

fn plain_at(vm: &mut Vm, kind: CompareKind, a: Value, b: Value, depth: usize) -> PyResult<bool> {
    let (x, y) = (vm.seen(a), vm.seen(b));
    if (x, y) != (a, b) {
        return compare_at(vm, kind, x, y, depth).map_err(|error| {
            let same = error.value.is_null() && error.message == not_ordered(kind, x, y).message;
            if same { not_ordered(kind, a, b) } else { error }
        });
    }
    match (a.class(), b.class()) {
        (class::DICT, class::DICT) if matches!(kind, CompareKind::Eq | CompareKind::Ne) => {
            return Ok(equal_dicts(vm, a, b, depth)? == (kind == CompareKind::Eq));
        }
        (class::SET | class::FROZENSET, class::SET | class::FROZENSET) => {
            return super::sets::compare(vm, kind, a, b);
        }
        (class::DICT_KEYS | class::DICT_ITEMS, _) | (_, class::DICT_KEYS | class::DICT_ITEMS) => {
            let a = super::sets::as_set(vm, a)?;
            // A set that was made for a view is held by nothing else while another is made.
            let b = vm.holding(a.as_slice(), |vm| super::sets::as_set(vm, b))?;
            let (Some(a), Some(b)) = (a, b) else { return Ok(kind == CompareKind::Ne) };
            return super::sets::compare(vm, kind, a, b);
        }
        (class::UNION, class::UNION) if matches!(kind, CompareKind::Eq | CompareKind::Ne) => {
            let parts = |v: Value| v.as_words().and_then(|w| w.get(0).as_tuple());
            let (Some(a), Some(b)) = (parts(a), parts(b)) else { return Ok(false) };
            // A type is in it once.
            let same = a.len() == b.len() && a.items().iter().all(|ty| b.items().contains(ty));
            return Ok(same == (kind == CompareKind::Eq));
        }
        (class::BOUND_METHOD, class::BOUND_METHOD)
            if matches!(kind, CompareKind::Eq | CompareKind::Ne) =>
        {
            let parts = |v: Value| v.as_method().map(|m| (m.callable(), m.receiver()));
            return Ok((parts(a) == parts(b)) == (kind == CompareKind::Eq));
        }
        (class::STR, class::STR) => {
            if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
                // The order of code points is the order of UTF-8 bytes.
                return Ok(holds(kind, Some(x.text().cmp(y.text()))));
            }
        }
        (class::BYTES | class::BYTEARRAY, class::BYTES | class::BYTEARRAY) => {
            if let (Some(x), Some(y)) = (a.as_bytes(), b.as_bytes()) {
                return Ok(holds(kind, Some(x.bytes().cmp(y.bytes()))));
            }
        }
        (class::LIST, class::LIST) | (class::TUPLE, class::TUPLE) => {
            return compare_items(vm, kind, a, b, depth);
        }
        (class::RANGE, class::RANGE) if matches!(kind, CompareKind::Eq | CompareKind::Ne) => {
            if let (Some(x), Some(y)) = (a.as_range(), b.as_range()) {
                let (x, y) = (x.fields(), y.fields());
                let same = x.len == y.len
                    && (x.len == 0 || x.start == y.start && (x.len == 1 || x.step == y.step));
                return Ok(same == (kind == CompareKind::Eq));
            }
        }
        (class::SLICE, class::SLICE) => {
            if let (Some(x), Some(y)) = (a.as_slice(), b.as_slice()) {
                let x = vm.heap.alloc_tuple(&x.parts())?;
                let y = vm.heap.alloc_tuple(&y.parts())?;
                return compare_items(vm, kind, x, y, depth);
            }
        }
        _ => {}
    }
    match kind {
        CompareKind::Eq => Ok(a == b),
        CompareKind::Ne => Ok(a != b),
        _ => Err(not_ordered(kind, a, b)),
    }
}

#[cold]
fn not_ordered(kind: CompareKind, a: Value, b: Value) -> Box<PyError> {
    PyError::type_error(format!(
        "'{}' not supported between instances of '{}' and '{}'",
        kind.symbol(),
        type_name(a),
        type_name(b)
    ))
}

fn equal_dicts(vm: &mut Vm, a: Value, b: Value, depth: usize) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.as_dict(), b.as_dict()) else { return Ok(false) };
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    if x.table().len() != y.table().len() {
        return Ok(false);
    }
    for (_, key, value) in x.table().entries() {
        match super::dict_get(vm, y, key)? {
            Some(other)
                if other == value || compare_at(vm, CompareKind::Eq, value, other, depth + 1)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

#[cold]
fn too_deep() -> Box<PyError> {
    PyError::new(ExcKind::RecursionError, "maximum recursion depth exceeded in comparison")
}

/// Item `index` of a list or tuple, looked up anew each time: comparing may change a list.
fn item(value: Value, index: usize) -> Option<Value> {
    match value.as_list() {
        Some(list) => list.get(index),
        None => value.as_tuple().and_then(|t| t.items().get(index).copied()),
    }
}

fn len(value: Value) -> usize {
    value.as_list().map_or_else(|| value.as_tuple().map_or(0, |t| t.len()), |l| l.len())
}

fn compare_items(
    vm: &mut Vm,
    kind: CompareKind,
    a: Value,
    b: Value,
    depth: usize,
) -> PyResult<bool> {
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    if len(a) != len(b) {
        match kind {
            CompareKind::Eq => return Ok(false),
            CompareKind::Ne => return Ok(true),
            _ => {}
        }
    }
    let mut i = 0;
    while let (Some(x), Some(y)) = (item(a, i), item(b, i)) {
        if x != y && !compare_at(vm, CompareKind::Eq, x, y, depth + 1)? {
            return match kind {
                CompareKind::Eq => Ok(false),
                CompareKind::Ne => Ok(true),
                _ => compare_at(vm, kind, x, y, depth + 1),
            };
        }
        i += 1;
    }
    Ok(holds(kind, Some(len(a).cmp(&len(b)))))
}

/// The exact order of two numbers; `None` with NaN.
fn order(x: Num<'_>, y: Num<'_>) -> Option<Ordering> {
    match (x, y) {
        (Num::Int(x), Num::Int(y)) => Some(x.cmp(&y)),
        (Num::Float(x), Num::Float(y)) => x.partial_cmp(&y),
        (Num::Big(x), Num::Big(y)) => Some(x.cmp(y)),
        // A big int is beyond every small one.
        (Num::Int(_), Num::Big(y)) => Some(0.cmp(&sign(y))),
        (Num::Big(x), Num::Int(_)) => Some(sign(x).cmp(&0)),
        (Num::Int(x), Num::Float(y)) => int_float(x, y),
        (Num::Float(x), Num::Int(y)) => int_float(y, x).map(Ordering::reverse),
        (Num::Big(x), Num::Float(y)) => big_float(x, y),
        (Num::Float(x), Num::Big(y)) => big_float(y, x).map(Ordering::reverse),
    }
}

fn sign(b: &BigInt) -> i32 {
    if b.is_negative() { -1 } else { 1 }
}

fn int_float(x: i64, y: f64) -> Option<Ordering> {
    if y.is_nan() {
        return None;
    }
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if y >= LIMIT {
        return Some(Ordering::Less);
    }
    if y < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = y.trunc();
    Some(x.cmp(&(whole as i64)).then_with(|| {
        // Equal up to the fraction.
        0.0f64.partial_cmp(&(y - whole)).unwrap_or(Ordering::Equal)
    }))
}

fn big_float(x: &BigInt, y: f64) -> Option<Ordering> {
    if y.is_nan() {
        return None;
    }
    match super::int::from_float(y) {
        // A float beyond 2^62 has no fraction, a smaller one differs in its whole part.
        Some(y) => Some(x.cmp(&y)),
        None => Some(if y > 0.0 { Ordering::Less } else { Ordering::Greater }),
    }
}
