//! Comparison: numbers exactly, sequences item by item.
//!
//! What calls back may leave garbage behind with every item. So there are two forms of a comparison: one that
//! callers of all kinds may use, and one that *collects* between items, for instructions and built-ins
//! whose caller holds nothing in variables (see [`crate::interp`]): `…_collecting`.

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

/// What a comparison takes place within.
#[derive(Clone, Copy)]
struct Within {
    /// How many sequences.
    depth: usize,
    /// Whether there is a safe point between items.
    collects: bool,
}

impl Within {
    const NOTHING: Within = Within { depth: 0, collects: false };
    const SAFE: Within = Within { depth: 0, collects: true };

    /// Within one sequence more, which `f` looks at.
    fn deeper(
        self,
        vm: &mut Vm,
        a: Value,
        b: Value,
        f: impl FnOnce(&mut Vm, Within) -> PyResult<bool>,
    ) -> PyResult<bool> {
        if self.depth > MAX_DEPTH {
            return Err(comparison_too_deep());
        }
        let within = Within { depth: self.depth + 1, ..self };
        if self.collects { vm.holding(&[a, b], |vm| f(vm, within)) } else { f(vm, within) }
    }

    /// What stands between two items: nothing is held but the sequences.
    fn between(self, vm: &mut Vm) -> PyResult<()> {
        if self.collects { vm.safe_point_of_builtin() } else { Ok(()) }
    }
}

/// The result of a comparison.
pub fn compare(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<Value> {
    compare_within(vm, kind, a, b, Within::NOTHING)
}

/// The result of a `compare_op`. A safe point.
pub fn compare_collecting(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<Value> {
    compare_within(vm, kind, a, b, Within::SAFE)
}

fn compare_within(
    vm: &mut Vm,
    kind: CompareKind,
    a: Value,
    b: Value,
    within: Within,
) -> PyResult<Value> {
    if matches!(kind, CompareKind::Eq | CompareKind::Ne)
        && let (Some(x), Some(y)) = (a.as_str(), b.as_str())
    {
        return Ok(Value::bool(same_text(x, y) == (kind == CompareKind::Eq)));
    }
    // An object may be unequal to itself.
    if matches!(kind, CompareKind::Eq | CompareKind::Ne)
        && a != b
        && !vm.compares_specially(kind, a, b)
        && let Some(same) = super::quietly_equal(vm, a, b)
    {
        return Ok(Value::bool(same == (kind == CompareKind::Eq)));
    }
    if let Some(value) = vm.compare_special(kind, a, b)? {
        return Ok(value);
    }
    compare_at(vm, kind, a, b, within).map(Value::bool)
}

/// Whether two strings are equal.
#[inline]
pub(crate) fn same_text(a: Str, b: Str) -> bool {
    a.value() == b.value() || a.text() == b.text()
}

/// The same as a truth.
pub fn compare_bool(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<bool> {
    compare_at(vm, kind, a, b, Within::NOTHING)
}

/// `a < b`.
pub fn less(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    compare_at(vm, CompareKind::Lt, a, b, Within::NOTHING)
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
    Ok(a == b || compare_at(vm, CompareKind::Eq, a, b, Within::NOTHING)?)
}

/// The same as a safe point.
pub(crate) fn equal_collecting(vm: &mut Vm, a: Value, b: Value) -> PyResult<bool> {
    Ok(a == b || compare_at(vm, CompareKind::Eq, a, b, Within::SAFE)?)
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

fn compare_at(
    vm: &mut Vm,
    kind: CompareKind,
    a: Value,
    b: Value,
    within: Within,
) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (num(a), num(b)) {
        return Ok(holds(kind, order(x, y)));
    }
    if let Some(value) = vm.compare_special(kind, a, b)? {
        return super::truth(vm, value);
    }
    plain_at(vm, kind, a, b, within)
}

/// A comparison that no special method does. A safe point.
pub fn compare_plain(vm: &mut Vm, kind: CompareKind, a: Value, b: Value) -> PyResult<Value> {
    plain_at(vm, kind, a, b, Within::SAFE).map(Value::bool)
}

fn plain_at(vm: &mut Vm, kind: CompareKind, a: Value, b: Value, within: Within) -> PyResult<bool> {
    let (x, y) = (vm.seen(a), vm.seen(b));
    if (x, y) != (a, b) {
        return compare_at(vm, kind, x, y, within).map_err(|error| {
            let same = error.value.is_null() && error.message == not_ordered(kind, x, y).message;
            if same { not_ordered(kind, a, b) } else { error }
        });
    }
    match (a.class(), b.class()) {
        (class::DICT, class::DICT) if matches!(kind, CompareKind::Eq | CompareKind::Ne) => {
            return Ok(equal_dicts(vm, a, b, within)? == (kind == CompareKind::Eq));
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
            return compare_items(vm, kind, a, b, within);
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
                return compare_items(vm, kind, x, y, Within { collects: false, ..within });
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

fn equal_dicts(vm: &mut Vm, a: Value, b: Value, within: Within) -> PyResult<bool> {
    let (Some(x), Some(y)) = (a.as_dict(), b.as_dict()) else { return Ok(false) };
    within.deeper(vm, a, b, |vm, within| {
        if x.table().len() != y.table().len() {
            return Ok(false);
        }
        let mut place = 0;
        while let Some((entry, next)) = x.table().next(place) {
            match super::dict_get(vm, y, entry.key)? {
                Some(other)
                    if other == entry.value
                        || compare_at(vm, CompareKind::Eq, entry.value, other, within)? => {}
                _ => return Ok(false),
            }
            within.between(vm)?;
            place = next;
        }
        Ok(true)
    })
}

#[cold]
pub(crate) fn comparison_too_deep() -> Box<PyError> {
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

/// The order of numbers, which with NaN is none, and of strings: most items are compared so.
#[inline]
fn order_at_once(x: Value, y: Value) -> Option<Option<Ordering>> {
    if let (Some(x), Some(y)) = (num(x), num(y)) {
        return Some(order(x, y));
    }
    let (x, y) = (x.as_str()?, y.as_str()?);
    Some(Some(x.text().cmp(y.text())))
}

fn compare_items(
    vm: &mut Vm,
    kind: CompareKind,
    a: Value,
    b: Value,
    within: Within,
) -> PyResult<bool> {
    within.deeper(vm, a, b, |vm, within| {
        if len(a) != len(b) {
            match kind {
                CompareKind::Eq => return Ok(false),
                CompareKind::Ne => return Ok(true),
                _ => {}
            }
        }
        let mut i = 0;
        while let (Some(x), Some(y)) = (item(a, i), item(b, i)) {
            let same = match super::quietly_equal(vm, x, y) {
                Some(same) => same,
                None => compare_at(vm, CompareKind::Eq, x, y, within)?,
            };
            if !same {
                if let Some(order) = order_at_once(x, y) {
                    return Ok(holds(kind, order));
                }
                return match kind {
                    CompareKind::Eq => Ok(false),
                    CompareKind::Ne => Ok(true),
                    // The comparison took the items out of one of the lists.
                    _ if i >= len(a).min(len(b)) => Ok(holds(kind, Some(len(a).cmp(&len(b))))),
                    // Nothing else may hold them now.
                    _ => vm.holding(&[x, y], |vm| compare_at(vm, kind, x, y, within)),
                };
            }
            within.between(vm)?;
            i += 1;
        }
        Ok(holds(kind, Some(len(a).cmp(&len(b)))))
    })
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
