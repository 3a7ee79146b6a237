//! `range` whose bounds do not fit the words that ordinary ones are made of.
//!
//! Terms. A *long* range has bounds, a step and a length of any size. To programs it is a `range`: its type is that
//! of the ordinary ones ([`crate::interp::Vm::type_of`]), with which it shares methods; special methods that
//! operators ask for stand here.
//!
//! Invariant: what [`make_range`] can make an ordinary range of is one, so traces and fast paths know ordinary ones
//! alone.

use super::{Native, make};
use crate::builtins::{Builtin, method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Slice;
use crate::ops;
use crate::ops::number::{Num, as_integer, num};
use crate::stack::{Args, arg};
use crate::value::Value;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cell::RefCell;

/// Bounds, step and length of a range of either kind.
pub struct LongRange {
    start: BigInt,
    stop: BigInt,
    step: BigInt,
    len: BigInt,
}

impl LongRange {
    fn new(start: BigInt, stop: BigInt, step: BigInt) -> LongRange {
        let distance = if step.is_positive() { &stop - &start } else { &start - &stop };
        let len = match distance.is_positive() {
            true => (distance - 1u8) / step.abs() + 1u8,
            false => BigInt::zero(),
        };
        LongRange { start, stop, step, len }
    }

    /// What a value is as one of them, if it is a range.
    pub(crate) fn of(value: Value) -> Option<LongRange> {
        if let Some(range) = value.as_range() {
            let r = range.fields();
            let [start, stop, step, len] = [r.start, r.stop, r.step, r.len].map(BigInt::from);
            return Some(LongRange { start, stop, step, len });
        }
        let long = value.native::<LongRange>()?;
        let copy = |part: &BigInt| part.clone();
        Some(LongRange {
            start: copy(&long.start),
            stop: copy(&long.stop),
            step: copy(&long.step),
            len: copy(&long.len),
        })
    }

    /// The number at a place.
    fn at(&self, place: &BigInt) -> BigInt {
        &self.start + place * &self.step
    }

    /// The place of a number, if it is there.
    pub(crate) fn place(&self, number: &BigInt) -> Option<BigInt> {
        let (place, rest) = (number - &self.start).div_mod_floor(&self.step);
        (rest.is_zero() && !place.is_negative() && place < self.len).then_some(place)
    }

    /// What is equal in ranges of the same numbers: the length, the first number, the step; the latter two where they
    /// make a difference.
    fn parts(&self) -> (&BigInt, Option<&BigInt>, Option<&BigInt>) {
        let one = self.len.is_one();
        let none = self.len.is_zero();
        (&self.len, (!none).then_some(&self.start), (!none && !one).then_some(&self.step))
    }

    /// Its hash, which is that of an ordinary range of the same numbers.
    pub(crate) fn hash(&self) -> i64 {
        let (len, start, step) = self.parts();
        ops::range_hash(ops::big_hash(len), start.map(ops::big_hash), step.map(ops::big_hash))
    }

    fn slice(&self, vm: &mut Vm, slice: Slice) -> PyResult<Value> {
        let [start, stop, step] = long_indices(vm, slice, &self.len)?;
        let step = step * &self.step;
        Ok(make_range(vm, self.at(&start), self.at(&stop), step))
    }
}

impl Native for LongRange {
    fn visit(&self, _: &mut dyn FnMut(Value)) {}

    fn attribute(&self, vm: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        let part = match name {
            "start" => &self.start,
            "stop" => &self.stop,
            "step" => &self.step,
            _ => return Ok(None),
        };
        Ok(Some(vm.heap.alloc_big(part.clone())))
    }
}

/// A range, long where it has to be; the step is not 0.
pub(crate) fn make_range(vm: &mut Vm, start: BigInt, stop: BigInt, step: BigInt) -> Value {
    let words = (start.to_i64(), stop.to_i64(), step.to_i64());
    if let (Some(start), Some(stop), Some(step)) = words
        && let Some(range) = vm.heap.alloc_range(start, stop, step)
    {
        return range;
    }
    make(vm, class::LONG_RANGE, LongRange::new(start, stop, step))
}

/// Start, stop and step of a slice of something of any length.
pub(crate) fn long_indices(vm: &mut Vm, slice: Slice, len: &BigInt) -> PyResult<[BigInt; 3]> {
    let mut parts = [None, None, None];
    for (value, part) in slice.parts().into_iter().zip(&mut parts) {
        if value.is_none() {
            continue;
        }
        let index = ops::index_value(vm, value)?;
        *part = as_integer(index).and_then(Num::to_big).map(|big| big.into_owned());
        if part.is_none() {
            return Err(PyError::type_error(
                "slice indices must be integers or None or have an __index__ method",
            ));
        }
    }
    let [start, stop, step] = parts;
    let step = step.unwrap_or_else(BigInt::one);
    if step.is_zero() {
        return Err(PyError::value_error("slice step cannot be zero"));
    }
    // One before the first place is a valid end going down.
    let (low, high) = match step.is_negative() {
        true => (BigInt::from(-1), len - 1u8),
        false => (BigInt::zero(), len.clone()),
    };
    let clamp = |index: BigInt| match index.is_negative() {
        true => (index + len).max(low.clone()),
        false => index.min(high.clone()),
    };
    let (first, last) = if step.is_negative() { (&high, &low) } else { (&low, &high) };
    let start = start.map_or_else(|| first.clone(), clamp);
    let stop = stop.map_or_else(|| last.clone(), clamp);
    Ok([start, stop, step])
}

/// What goes through a long range.
pub struct LongIterator {
    /// The next number, and how many are left.
    state: RefCell<(BigInt, BigInt)>,
    step: BigInt,
}

impl Native for LongIterator {
    fn visit(&self, _: &mut dyn FnMut(Value)) {}

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let mut state = self.state.borrow_mut();
        let (next, left) = &mut *state;
        if left.is_zero() {
            return Ok(None);
        }
        let number = next.clone();
        *next += &self.step;
        *left -= 1u8;
        Ok(Some(vm.heap.alloc_big(number)))
    }
}

fn me(args: Args) -> PyResult<&'static LongRange> {
    let receiver = arg(args, 0).native::<LongRange>();
    receiver.ok_or_else(|| PyError::type_error("the receiver is no range"))
}

fn iterator(vm: &mut Vm, first: BigInt, step: BigInt, len: BigInt) -> Value {
    let state = RefCell::new((first, len));
    make(vm, class::LONG_RANGE_ITERATOR, LongIterator { state, step })
}

fn length(vm: &mut Vm, len: &BigInt) -> PyResult<Value> {
    match len.to_i64() {
        Some(len) => Ok(vm.heap.alloc_int(len)),
        None => Err(PyError::new(
            ExcKind::OverflowError,
            "Python int too large to convert to C ssize_t",
        )),
    }
}

fn item(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let range = me(args)?;
    if let Some(slice) = arg(args, 1).as_slice() {
        return range.slice(vm, slice);
    }
    let index = ops::index_value(vm, arg(args, 1))?;
    let Some(place) = as_integer(index).and_then(Num::to_big) else {
        return Err(PyError::type_error(format!(
            "range indices must be integers or slices, not {}",
            crate::text::type_name(index)
        )));
    };
    let mut place = place.into_owned();
    if place.is_negative() {
        place += &range.len;
    }
    if place.is_negative() || place >= range.len {
        return Err(PyError::new(ExcKind::IndexError, "range object index out of range"));
    }
    Ok(vm.heap.alloc_big(range.at(&place)))
}

fn has(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (range, wanted) = (me(args)?, arg(args, 1));
    if let Some(number) = as_integer(wanted).and_then(Num::to_big) {
        return Ok(Value::bool(range.place(&number).is_some()));
    }
    if let Some(Num::Float(f)) = num(wanted.plain()) {
        // Only whole numbers are equal to any.
        let whole = ops::int::from_float_checked(f).ok().filter(|_| f.fract() == 0.0);
        return Ok(Value::bool(whole.is_some_and(|number| range.place(&number).is_some())));
    }
    if !class::has_methods(wanted.class()) {
        return Ok(Value::false_());
    }
    let iterator = iterator(vm, range.start.clone(), range.step.clone(), range.len.clone());
    ops::contains(vm, wanted, iterator).map(Value::bool)
}

fn same(args: Args, equal: bool) -> Value {
    match (LongRange::of(arg(args, 0)), LongRange::of(arg(args, 1))) {
        (Some(a), Some(b)) => Value::bool((a.parts() == b.parts()) == equal),
        _ => Value::not_implemented(),
    }
}

/// What operators ask long ranges for.
pub const TABLE: &[Builtin] = &[
    method("longrange.__len__", 0, 0, |vm, a| length(vm, &me(a)?.len)),
    method("longrange.__bool__", 0, 0, |_, a| Ok(Value::bool(!me(a)?.len.is_zero()))),
    method("longrange.__getitem__", 1, 1, item),
    method("longrange.__contains__", 1, 1, has),
    method("longrange.__iter__", 0, 0, |vm, a| {
        let range = me(a)?;
        Ok(iterator(vm, range.start.clone(), range.step.clone(), range.len.clone()))
    }),
    method("longrange.__reversed__", 0, 0, |vm, a| {
        let range = me(a)?;
        let last = range.at(&(&range.len - 1u8));
        Ok(iterator(vm, last, -range.step.clone(), range.len.clone()))
    }),
    method("longrange.__eq__", 1, 1, |_, a| Ok(same(a, true))),
    method("longrange.__ne__", 1, 1, |_, a| Ok(same(a, false))),
    method("longrange.__repr__", 0, 0, |vm, a| {
        let LongRange { start, stop, step, .. } = me(a)?;
        let text = match step.is_one() {
            true => format!("range({start}, {stop})"),
            false => format!("range({start}, {stop}, {step})"),
        };
        Ok(vm.heap.alloc_str(&text))
    }),
    method("longrange_iterator.__length_hint__", 0, 0, |vm, a| {
        let left = arg(a, 0).native::<LongIterator>().map(|it| it.state.borrow().1.clone());
        Ok(vm.heap.alloc_big(left.unwrap_or_default()))
    }),
];
