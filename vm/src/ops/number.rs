//! Numbers as Rust sees them: the view of ints, bools and floats that arithmetic shares.

use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::borrow::Cow;

/// A number.
#[derive(Clone, Copy, Debug)]
pub enum Num<'a> {
    /// A small int or bool.
    Int(i64),
    /// A big int.
    Big(&'a BigInt),
    /// A float.
    Float(f64),
}

/// The number in a value, if it is one.
#[inline]
pub fn num<'a>(value: Value) -> Option<Num<'a>> {
    if let Some(i) = value.as_small_int() {
        Some(Num::Int(i))
    } else if let Some(f) = value.as_float() {
        Some(Num::Float(f))
    } else if let Some(b) = value.as_bool() {
        Some(Num::Int(i64::from(b)))
    } else {
        value.as_big().map(Num::Big)
    }
}

impl<'a> Num<'a> {
    /// As a machine word, where it is an int that fits: small ints have a bit less.
    pub fn to_word(self) -> Option<i64> {
        match self {
            Num::Int(i) => Some(i),
            Num::Big(b) => b.to_i64(),
            Num::Float(_) => None,
        }
    }

    /// As a float: the nearest one.
    pub fn to_f64(self) -> PyResult<f64> {
        match self {
            Num::Int(i) => Ok(i as f64),
            Num::Float(f) => Ok(f),
            Num::Big(b) => big_to_f64(b),
        }
    }

    /// As a big int; `None` for floats.
    pub fn to_big(self) -> Option<Cow<'a, BigInt>> {
        match self {
            Num::Int(i) => Some(Cow::Owned(BigInt::from(i))),
            Num::Big(b) => Some(Cow::Borrowed(b)),
            Num::Float(_) => None,
        }
    }
}

/// The float nearest to a big int.
pub fn big_to_f64(b: &BigInt) -> PyResult<f64> {
    match b.to_f64() {
        Some(f) if f.is_finite() => Ok(f),
        _ => Err(PyError::new(ExcKind::OverflowError, "int too large to convert to float")),
    }
}

/// The integer in an int or bool, of any size.
pub fn as_integer<'a>(value: Value) -> Option<Num<'a>> {
    num(value.plain()).filter(|n| !matches!(n, Num::Float(_)))
}

/// The integer that an argument must be, cut off to `i64` where it is larger.
pub fn index_saturating(value: Value) -> PyResult<i64> {
    match as_integer(value) {
        Some(Num::Int(i)) => Ok(i),
        Some(Num::Big(b)) => {
            Ok(if b.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX })
        }
        _ => Err(not_an_integer(value)),
    }
}

/// "object cannot be interpreted as an integer".
#[cold]
pub fn not_an_integer(value: Value) -> Box<PyError> {
    PyError::type_error(format!(
        "'{}' object cannot be interpreted as an integer",
        type_name(value)
    ))
}

/// The float that an argument is, or gives with `__float__` or `__index__`.
pub fn real_of(vm: &mut Vm, value: Value) -> PyResult<f64> {
    if value.as_instance().is_none() {
        return real(value);
    }
    if let Some(result) = vm.call_special(value, "__float__", &[])? {
        return match num(result.plain()) {
            Some(Num::Float(f)) => Ok(f),
            _ => Err(PyError::type_error(format!(
                "{}.__float__ returned non-float (type {})",
                type_name(value),
                type_name(result)
            ))),
        };
    }
    let plain = super::index_value(vm, value)?;
    real(plain)
}

/// The float that a math function's argument must be.
pub fn real(value: Value) -> PyResult<f64> {
    match num(value.plain()) {
        Some(n) => n.to_f64(),
        None => Err(PyError::type_error(format!("must be real number, not {}", type_name(value)))),
    }
}
