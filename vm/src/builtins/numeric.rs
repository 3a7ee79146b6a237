//! Numbers from text, rounding, and `pow`.

use super::functions::quoted;
use super::keywords;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::int;
use crate::ops::number::{Num, as_integer, num};
use crate::stack::Args;
use crate::text::type_name;
use crate::value::Value;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Pow, Zero};
use tierlab_frontend::bytecode::BinaryKind;

/// Positional arguments, with named ones put in their places; missing ones are NULL.
pub(crate) fn bind<const N: usize>(
    vm: &mut Vm,
    args: Args,
    function: &str,
    names: [&str; N],
) -> PyResult<[Value; N]> {
    let (positional, named) = keywords(vm, args);
    if positional.len() + named.len() > N {
        return Err(PyError::type_error(format!(
            "{function}() takes at most {N} argument{} ({} given)",
            if N == 1 { "" } else { "s" },
            positional.len() + named.len()
        )));
    }
    let mut bound = [Value::NULL; N];
    bound[..positional.len()].copy_from_slice(positional);
    for (name, value) in named {
        match names.iter().position(|n| *n == name) {
            Some(i) if bound[i].is_null() => bound[i] = value,
            Some(i) => {
                return Err(PyError::type_error(format!(
                    "argument for {function}() given by name ('{name}') and position ({})",
                    i + 1
                )));
            }
            None => {
                return Err(PyError::type_error(format!(
                    "'{name}' is an invalid keyword argument for {function}()"
                )));
            }
        }
    }
    Ok(bound)
}

/// Refuses a missing argument.
pub(crate) fn required(
    value: Value,
    function: &str,
    name: &str,
    position: usize,
) -> PyResult<Value> {
    if value.is_null() {
        return Err(PyError::type_error(format!(
            "{function}() missing required argument '{name}' (pos {position})"
        )));
    }
    Ok(value)
}

/// `round(number, ndigits=None)`.
pub fn round(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [value, digits] = bind(vm, args, "round", ["number", "ndigits"])?;
    let value = required(value, "round", "number", 1)?;
    let digits = if digits.is_null() || digits.is_none() { None } else { Some(digits) };
    if let Some(result) = round_special(vm, value, digits)? {
        return Ok(result);
    }
    let given = value;
    let value = value.plain();
    let number = num(value).ok_or_else(|| {
        PyError::type_error(format!("type {} doesn't define __round__ method", type_name(given)))
    })?;
    let digits = digits.map(ops::number::index_saturating).transpose()?;
    match (number, digits) {
        (Num::Float(f), None) => {
            let rounded = int::from_float_checked(f.round_ties_even())?;
            Ok(vm.heap.alloc_big(rounded))
        }
        (Num::Float(f), Some(digits)) => {
            let rounded = round_float(f, digits)?;
            Ok(vm.heap.alloc_float(rounded))
        }
        (_, None | Some(0..)) => ops::unary_pos(vm, value),
        (n, Some(digits)) => {
            let Some(big) = n.to_big() else { return Ok(value) };
            let digits = digits.unsigned_abs();
            // Beyond the number's own digits the result is 0.
            if digits > big.bits() / 3 + 2 {
                return Ok(Value::ZERO);
            }
            let unit = BigInt::from(10).pow(digits as u32);
            let rounded = round_half_even(&big, &unit) * unit;
            Ok(vm.heap.alloc_big(rounded))
        }
    }
}

/// What `__round__` of an object gives.
fn round_special(vm: &mut Vm, value: Value, digits: Option<Value>) -> PyResult<Option<Value>> {
    match digits {
        Some(digits) => vm.call_special(value, "__round__", &[digits]),
        None => vm.call_special(value, "__round__", &[]),
    }
}

/// `a / b` rounded to the nearest integer, ties to even; `b > 0`.
fn round_half_even(a: &BigInt, b: &BigInt) -> BigInt {
    let (q, r) = a.div_mod_floor(b);
    let twice: BigInt = &r * 2;
    let up = match twice.cmp(b) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => q.is_odd(),
    };
    if up { q + 1 } else { q }
}

fn round_float(f: f64, digits: i64) -> PyResult<f64> {
    if !f.is_finite() || digits > 323 {
        return Ok(f);
    }
    if digits < -308 {
        return Ok(0.0 * f);
    }
    let rounded = if digits >= 0 {
        // Exact decimal digits, ties to even, and back.
        format!("{f:.*}", digits as usize).parse().unwrap_or(f)
    } else {
        let unit = BigInt::from(10).pow(digits.unsigned_abs() as u32);
        // Twice the number keeps the half that decides ties, the rest is below it.
        let whole = int::from_float(f.abs()).unwrap_or_default();
        let fraction = f.abs().fract() != 0.0;
        let doubled = whole * 2 + i32::from(fraction);
        let result = round_half_even(&doubled, &(&unit * 2)) * unit;
        let result = ops::number::big_to_f64(&result).unwrap_or(f64::INFINITY);
        result.copysign(f)
    };
    if rounded.is_infinite() {
        return Err(PyError::new(ExcKind::OverflowError, "rounded value too large to represent"));
    }
    Ok(rounded)
}

/// `pow(base, exp, mod=None)`.
pub fn pow(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [base, exp, modulus] = bind(vm, args, "pow", ["base", "exp", "mod"])?;
    let base = required(base, "pow", "base", 1)?;
    let exp = required(exp, "pow", "exp", 2)?;
    if modulus.is_null() || modulus.is_none() {
        return ops::binary_kind(vm, BinaryKind::Pow, false, base, exp);
    }
    let whole = |v: Value| as_integer(v).and_then(Num::to_big);
    if let (Some(b), Some(e), Some(m)) = (whole(base), whole(exp), whole(modulus)) {
        let result = int::power_mod(&b, &e, &m)?;
        return Ok(vm.heap.alloc_big(result));
    }
    if num(base).is_some() && num(exp).is_some() && num(modulus).is_some() {
        return Err(PyError::type_error(
            "pow() 3rd argument not allowed unless all arguments are integers",
        ));
    }
    if let Some(result) = vm.call_special(base, "__pow__", &[exp, modulus])?
        && result != Value::not_implemented()
    {
        return Ok(result);
    }
    Err(PyError::type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        type_name(base),
        type_name(exp),
        type_name(modulus)
    )))
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\x1c'..='\x1f').contains(&c))
}

/// The int in a text; base 0 asks the prefix.
pub fn parse_int(vm: &Vm, text: &str, base: u32) -> PyResult<BigInt> {
    let invalid = || {
        PyError::value_error(format!(
            "invalid literal for int() with base {base}: {}",
            quoted(text)
        ))
    };
    let trimmed = trim(text);
    let (sign, digits) = match trimmed.as_bytes().first() {
        Some(b'-') => (Sign::Minus, &trimmed[1..]),
        Some(b'+') => (Sign::Plus, &trimmed[1..]),
        _ => (Sign::Plus, trimmed),
    };
    let prefix = digits.get(..2).map(str::to_ascii_lowercase);
    let prefixed = match prefix.as_deref() {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => 0,
    };
    let (radix, digits, after_prefix) = if prefixed != 0 && (base == 0 || base == prefixed) {
        (prefixed, &digits[2..], true)
    } else {
        (if base == 0 { 10 } else { base }, digits, false)
    };
    // One underscore may stand between digits, and after a prefix.
    let digits = if after_prefix { digits.strip_prefix('_').unwrap_or(digits) } else { digits };
    let mut clean = Vec::with_capacity(digits.len());
    let mut before_digit = false;
    for c in digits.chars() {
        match c.to_digit(radix) {
            Some(d) => {
                clean.push(d as u8);
                before_digit = true;
            }
            None if c == '_' && before_digit => before_digit = false,
            None => return Err(invalid()),
        }
    }
    if !before_digit {
        return Err(invalid());
    }
    if base == 0 && prefixed == 0 && clean[0] == 0 && clean.iter().any(|&d| d != 0) {
        return Err(invalid());
    }
    let limit = vm.int_max_str_digits;
    if limit != 0 && clean.len() > limit && !radix.is_power_of_two() {
        return Err(PyError::value_error(format!(
            "Exceeds the limit ({limit} digits) for integer string conversion: \
             value has {} digits; use sys.set_int_max_str_digits() to increase the limit",
            clean.len()
        )));
    }
    let number = ops::huge::from_digits(&clean, radix)?;
    Ok(if sign == Sign::Minus { -number } else { number })
}

/// The float in a text.
pub fn parse_float(text: &str) -> PyResult<f64> {
    let invalid =
        || PyError::value_error(format!("could not convert string to float: {}", quoted(text)));
    let trimmed = trim(text);
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    match unsigned.to_ascii_lowercase().as_str() {
        "inf" | "infinity" | "nan" => return trimmed.parse().map_err(|_| invalid()),
        _ => {}
    }
    let mut clean = String::with_capacity(trimmed.len());
    let mut before = ' ';
    let mut chars = trimmed.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '0'..='9' | '.' | 'e' | 'E' | '+' | '-' => clean.push(c),
            '_' if before.is_ascii_digit() && chars.peek().is_some_and(|c| c.is_ascii_digit()) => {}
            _ => return Err(invalid()),
        }
        before = c;
    }
    clean.parse().map_err(|_| invalid())
}

/// The greatest common divisor of all arguments.
pub fn gcd(args: &[Value]) -> PyResult<BigInt> {
    let mut result = BigInt::zero();
    for &value in args {
        let big = as_integer(value)
            .and_then(Num::to_big)
            .ok_or_else(|| ops::number::not_an_integer(value))?;
        result = ops::huge::gcd(&result, &big)?;
    }
    Ok(result)
}

/// `n!`.
pub fn factorial(n: u64) -> PyResult<BigInt> {
    if n < 2 { Ok(BigInt::one()) } else { ops::huge::product_of(2, n) }
}
