//! Equality that runs no code of the program and allocates nothing: what most keys and items are found by.
//!
//! Like containers, it takes an object for equal to itself. It gives no answer where a method of the program
//! might have another, where a comparison would need safe points, and for what is seldom compared.

use super::compare::equal_numbers;
use super::mapping::plain_equal;
use crate::class;
use crate::interp::Vm;
use crate::value::Value;
use tierlab_frontend::bytecode::CompareKind;

/// Tuples inside tuples are looked into this deep. Each level of what is nested deeper asks once more.
const MAX_DEPTH: usize = 8;

/// Whether two values are the same or equal, if that can be told quietly.
#[inline]
pub(crate) fn quietly_equal(vm: &Vm, a: Value, b: Value) -> Option<bool> {
    equal_at_once(a, b).or_else(|| equal_within(vm, a, b, 0))
}

/// Equality of the same object, small ints and strings: most that are compared are of these.
#[inline]
fn equal_at_once(a: Value, b: Value) -> Option<bool> {
    if a == b || (a.is_small_int() && b.is_small_int()) {
        return Some(a == b);
    }
    Some(a.as_str()?.text() == b.as_str()?.text())
}

/// Equality of others.
fn equal_within(vm: &Vm, a: Value, b: Value, depth: usize) -> Option<bool> {
    match (a.class(), b.class()) {
        (class::INSTANCE, _) | (_, class::INSTANCE) => {
            if vm.compares_specially(CompareKind::Eq, a, b) {
                return None;
            }
            let (x, y) = (a.plain(), b.plain());
            if x.is_class(class::INSTANCE) || y.is_class(class::INSTANCE) {
                // What holds no value is equal to nothing else.
                Some(false)
            } else if x.is_class(class::FLOAT) {
                // Two objects may hold one NaN.
                Some(equal_numbers(x, y))
            } else {
                equal_at_once(x, y).or_else(|| equal_within(vm, x, y, depth))
            }
        }
        (class::TUPLE, class::TUPLE) => {
            let (x, y) = (a.as_tuple()?.items(), b.as_tuple()?.items());
            if x.len() != y.len() {
                return Some(false);
            }
            if depth == MAX_DEPTH {
                return None;
            }
            for (x, y) in x.iter().zip(y) {
                if !equal_at_once(*x, *y).or_else(|| equal_within(vm, *x, *y, depth + 1))? {
                    return Some(false);
                }
            }
            Some(true)
        }
        (x, y) if is_simple(x) && is_simple(y) => plain_equal(a, b),
        _ => None,
    }
}

/// Whether values of a class are keys that are compared with others of this kind without methods.
fn is_simple(class: class::ClassId) -> bool {
    matches!(
        class,
        class::NONE | class::INT | class::FLOAT | class::BOOL | class::STR | class::TUPLE
    )
}
