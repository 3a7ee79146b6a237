//! Methods of ints and floats.

use super::{Builtin, bind, bytes, class_method, method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::number::{Num, as_integer};
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use num_bigint::{BigInt, Sign};
use num_traits::{Signed, Zero};

/// The table.
pub const TABLE: &[Builtin] = &[
    method("int.bit_length", 0, 0, |_, a| Ok(Value::small(big(a).bits() as i64))),
    method("int.bit_count", 0, 0, |_, a| {
        let ones: u32 = big(a).magnitude().iter_u64_digits().map(u64::count_ones).sum();
        Ok(Value::small(i64::from(ones)))
    }),
    method("int.conjugate", 0, 0, |vm, a| ops::unary_pos(vm, arg(a, 0))),
    method("int.as_integer_ratio", 0, 0, |vm, a| {
        let whole = ops::unary_pos(vm, arg(a, 0))?;
        Ok(vm.heap.alloc_tuple(&[whole, Value::small(1)])?)
    }),
    method("int.to_bytes", 0, 3, to_bytes).with_keywords(),
    class_method("int.from_bytes", 1, 3, from_bytes).with_keywords(),
    method("float.is_integer", 0, 0, |_, a| {
        let value = float(a);
        Ok(Value::bool(value.is_finite() && value.fract() == 0.0))
    }),
    method("float.conjugate", 0, 0, |_, a| Ok(arg(a, 0))),
    method("float.as_integer_ratio", 0, 0, integer_ratio),
    method("float.hex", 0, 0, |vm, a| Ok(vm.heap.alloc_str(&hex(float(a))))),
    class_method("float.fromhex", 1, 1, |vm, a| {
        let Some(text) = arg(a, 1).plain().as_str() else {
            return Err(PyError::type_error(format!(
                "bad argument type for built-in operation: {}",
                type_name(arg(a, 1))
            )));
        };
        let value = from_hex(text.text())?;
        let value = vm.heap.alloc_float(value);
        as_class(vm, arg(a, 0), class::FLOAT, value)
    }),
];

fn big(args: Args) -> BigInt {
    as_integer(arg(args, 0)).and_then(Num::to_big).map_or_else(BigInt::zero, |b| b.into_owned())
}

fn float(args: Args) -> f64 {
    arg(args, 0).as_float().unwrap_or(0.0)
}

/// A value as the class method of a type gives it: an object of the class where that derives from it.
fn as_class(vm: &mut Vm, class: Value, base: u32, value: Value) -> PyResult<Value> {
    match class.as_type() {
        Some(ty) if ty.id != base => vm.call_quiet(class, &[value]),
        _ => Ok(value),
    }
}

/// Whether the most significant byte comes first; `big` where nothing is said.
fn is_big_endian(order: Value, function: &str) -> PyResult<bool> {
    if order.is_null() {
        return Ok(true);
    }
    let Some(text) = order.plain().as_str() else {
        return Err(PyError::type_error(format!(
            "{function}() argument 'byteorder' must be str, not {}",
            type_name(order)
        )));
    };
    match text.text() {
        "big" => Ok(true),
        "little" => Ok(false),
        _ => Err(PyError::value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// Takes the keyword-only argument `signed` out of the named ones.
fn split_signed(vm: &mut Vm, args: Args) -> PyResult<(Vec<Value>, bool)> {
    let names = vm.kw_names.take();
    let (mut words, mut kept, mut signed) = (args.as_slice().to_vec(), Vec::new(), false);
    if let Some(names) = names {
        let first = words.len() - names.len();
        for (i, name) in names.items().iter().enumerate().rev() {
            if name.as_str().is_some_and(|s| s.text() == "signed") {
                signed = ops::truth(vm, words.remove(first + i))?;
            } else {
                kept.insert(0, *name);
            }
        }
    }
    let names = vm.heap.alloc_tuple(&kept)?;
    vm.kw_names = names.as_tuple();
    Ok((words, signed))
}

fn to_bytes(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (words, signed) = split_signed(vm, args)?;
    let [length, order] = bind(vm, Args::of(&words), "to_bytes", ["length", "byteorder"])?;
    let length = if length.is_null() { 1 } else { ops::index_saturating(vm, length)? };
    let big_endian = is_big_endian(order, "to_bytes")?;
    let Ok(length) = usize::try_from(length) else {
        return Err(PyError::value_error("length argument must be non-negative"));
    };
    let number = big(args);
    let overflow = |message| PyError::new(ExcKind::OverflowError, message);
    if number.is_negative() && !signed {
        return Err(overflow("can't convert negative int to unsigned"));
    }
    let mut digits = if signed { number.to_signed_bytes_le() } else { number.to_bytes_le().1 };
    if number.is_zero() {
        digits.clear();
    }
    if digits.len() > length {
        return Err(overflow("int too big to convert"));
    }
    crate::memory::room_for(length)?;
    digits.resize(length, if number.is_negative() { 0xff } else { 0 });
    if big_endian {
        digits.reverse();
    }
    Ok(vm.heap.alloc_byte_buffer(class::BYTES, digits))
}

fn from_bytes(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (words, signed) = split_signed(vm, args)?;
    let [source, order] = bind(vm, Args::of(&words), "from_bytes", ["bytes", "byteorder"])?;
    if source.is_null() {
        return Err(PyError::type_error("from_bytes() missing required argument 'bytes' (pos 1)"));
    }
    let big_endian = is_big_endian(order, "from_bytes")?;
    let mut digits = bytes::from_iterable(vm, source)?;
    if big_endian {
        digits.reverse();
    }
    let number = if signed {
        BigInt::from_signed_bytes_le(&digits)
    } else {
        BigInt::from_bytes_le(Sign::Plus, &digits)
    };
    let value = vm.heap.alloc_big(number);
    as_class(vm, arg(args, 0), class::INT, value)
}

/// Mantissa and exponent of a finite float: `mantissa * 2 ** exponent`.
fn parts(f: f64) -> (u64, i32) {
    let bits = f.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) }
}

fn integer_ratio(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let f = float(args);
    if f.is_nan() {
        return Err(PyError::value_error("cannot convert NaN to integer ratio"));
    }
    if f.is_infinite() {
        let message = "cannot convert Infinity to integer ratio";
        return Err(PyError::new(ExcKind::OverflowError, message));
    }
    let (mut mantissa, mut exponent) = parts(f);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let zeros = mantissa.trailing_zeros();
        mantissa >>= zeros;
        exponent += zeros as i32;
    }
    let (mut top, mut bottom) = (BigInt::from(mantissa), BigInt::from(1));
    if exponent > 0 {
        top <<= exponent;
    } else {
        bottom <<= -exponent;
    }
    if f < 0.0 {
        top = -top;
    }
    let items = [vm.heap.alloc_big(top), vm.heap.alloc_big(bottom)];
    Ok(vm.heap.alloc_tuple(&items)?)
}

/// `float.hex`.
fn hex(f: f64) -> String {
    let sign = if f.is_sign_negative() && !f.is_nan() { "-" } else { "" };
    if !f.is_finite() {
        return crate::text::float_repr(f);
    }
    let bits = f.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52 & 0x7ff) as i32 {
        0 if fraction == 0 => format!("{sign}0x0.0p+0"),
        0 => format!("{sign}0x0.{fraction:013x}p-1022"),
        biased => format!("{sign}0x1.{fraction:013x}p{:+}", biased - 1023),
    }
}

/// `float.fromhex`.
fn from_hex(text: &str) -> PyResult<f64> {
    let invalid = || PyError::value_error("invalid hexadecimal floating-point string");
    let trimmed = text.trim().to_ascii_lowercase();
    let (negative, rest) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('+').unwrap_or(&trimmed)),
    };
    let signed = |f: f64| if negative { -f } else { f };
    match rest {
        "inf" | "infinity" => return Ok(signed(f64::INFINITY)),
        "nan" => return Ok(f64::NAN),
        _ => {}
    }
    let rest = rest.strip_prefix("0x").unwrap_or(rest);
    let (digits, exponent) = match rest.split_once('p') {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().map_err(|_| invalid())?),
        None => (rest, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() {
        return Err(invalid());
    }
    let mantissa = BigInt::parse_bytes(all.as_bytes(), 16).ok_or_else(invalid)?;
    let exponent = i64::from(exponent) - 4 * fraction.len() as i64;
    let too_large = || {
        PyError::new(ExcKind::OverflowError, "hexadecimal value too large to represent as a float")
    };
    let bits = mantissa.bits() as i64;
    if mantissa.is_zero() || bits + exponent < -1100 {
        return Ok(signed(0.0));
    }
    if bits + exponent > 1024 {
        return Err(too_large());
    }
    // An exact quotient, rounded once.
    let (mut top, mut bottom) = (mantissa, BigInt::from(1));
    if exponent > 0 {
        top <<= exponent;
    } else {
        bottom <<= -exponent;
    }
    ops::int::true_divide(&top, &bottom).map(signed).map_err(|_| too_large())
}
