//! Integers of any size: the operations that need more than a machine word, or an error.

use super::huge;
use crate::error::{ExcKind, PyError, PyResult};
use crate::memory::room_for;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Results of more bits than this are refused as out of memory.
const MAX_BITS: u64 = 1 << 33;

/// `a / b`, correctly rounded.
pub fn true_divide(a: &BigInt, b: &BigInt) -> PyResult<f64> {
    if b.is_zero() {
        return Err(zero_division("division by zero"));
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let negative = a.is_negative() != b.is_negative();
    let (a, b) = (a.magnitude(), b.magnitude());
    // A quotient of at least 55 bits, the last one sticky, rounds like the exact one.
    let shift = a.bits() as i64 - b.bits() as i64 - 56;
    // Subnormal results have fewer bits: the last bit kept is worth 2^-1074 (two more for
    // rounding).
    let shift = shift.max(-1074 - 2);
    let (q, r) = if shift >= 0 {
        a.div_rem(&(b << shift as u64))
    } else {
        (a << (-shift) as u64).div_rem(b)
    };
    let mut bits = q.to_u64().unwrap_or(u64::MAX);
    // At most 57 bits. Cut to 53 (or to the subnormal unit), rounding half to even.
    let have = 64 - i64::from(bits.leading_zeros());
    let drop = (have - 53).max(-1074 - shift).max(0);
    let mut exponent = shift;
    if drop > 0 {
        if drop > 60 {
            return Ok(if negative { -0.0 } else { 0.0 });
        }
        let sticky = !r.is_zero();
        let rest = bits & ((1 << drop) - 1);
        let half = 1u64 << (drop - 1);
        bits >>= drop;
        if rest > half || (rest == half && (sticky || bits & 1 == 1)) {
            bits += 1;
        }
        exponent += drop;
    }
    let result = ldexp(bits as f64, exponent);
    if result.is_infinite() {
        return Err(PyError::new(
            ExcKind::OverflowError,
            "integer division result too large for a float",
        ));
    }
    Ok(if negative { -result } else { result })
}

/// `m * 2^e`, exact where the result is representable.
pub fn ldexp(m: f64, e: i64) -> f64 {
    let mut m = m;
    let mut e = e;
    while e > 1000 {
        m *= f64::from_bits((1023 + 1000) << 52);
        e -= 1000;
        if m.is_infinite() || m == 0.0 {
            return m;
        }
    }
    // Going down in one step keeps subnormal results rounded once.
    if e < -1022 {
        let step = (e + 1022).max(-1022 - 60);
        let up = e - step;
        return m
            * f64::from_bits(((1023 + up.max(-1022)) as u64) << 52)
            * f64::from_bits(((1023 + step.max(-1022)) as u64) << 52);
    }
    m * f64::from_bits(((1023 + e) as u64) << 52)
}

/// `a // b` and `a % b`; `None` where `b` is 0.
pub fn div_mod(a: &BigInt, b: &BigInt) -> PyResult<Option<(BigInt, BigInt)>> {
    if b.is_zero() { Ok(None) } else { huge::div_mod(a, b).map(Some) }
}

/// `a ** e` for `e >= 0`.
pub fn power(a: &BigInt, e: &BigInt) -> PyResult<BigInt> {
    if e.is_zero() || a.is_one() {
        return Ok(BigInt::one());
    }
    if a.is_zero() {
        return Ok(BigInt::zero());
    }
    if a.magnitude().is_one() {
        return Ok(if e.is_even() { BigInt::one() } else { a.clone() });
    }
    match e.to_u32() {
        Some(e) if a.bits().saturating_sub(1).saturating_mul(u64::from(e)) < MAX_BITS => {
            huge::power(a, e, a.bits().saturating_mul(u64::from(e)))
        }
        _ => Err(PyError::memory()),
    }
}

/// `pow(a, e, m)`.
pub fn power_mod(a: &BigInt, e: &BigInt, m: &BigInt) -> PyResult<BigInt> {
    if m.is_zero() {
        return Err(PyError::value_error("pow() 3rd argument cannot be 0"));
    }
    if e.is_negative() {
        let inverse = a
            .modinv(m)
            .ok_or_else(|| PyError::value_error("base is not invertible for the given modulus"))?;
        return huge::power_mod(&inverse, &-e, m);
    }
    if let (Some(base), Some(exponent), Some(modulus @ 1..)) = (a.to_i64(), e.to_u64(), m.to_i64())
    {
        let base = base.rem_euclid(modulus) as u64;
        return Ok(power_mod_words(base, exponent, modulus as u64).into());
    }
    huge::power_mod(a, e, m)
}

/// `a ** e % m` for `m > 0`, by squaring.
fn power_mod_words(a: u64, mut e: u64, m: u64) -> u64 {
    let product = |x: u64, y: u64| (u128::from(x) * u128::from(y) % u128::from(m)) as u64;
    let (mut result, mut square) = (1 % m, a % m);
    while e > 0 {
        if e & 1 == 1 {
            result = product(result, square);
        }
        square = product(square, square);
        e >>= 1;
    }
    result
}

/// `a << count`.
pub fn shift_left(a: &BigInt, count: &BigInt) -> PyResult<BigInt> {
    if count.is_negative() {
        return Err(PyError::value_error("negative shift count"));
    }
    if a.is_zero() {
        return Ok(BigInt::zero());
    }
    match count.to_u64() {
        Some(n) if n < MAX_BITS => {
            room_for(((a.bits() + n) / 8) as usize)?;
            Ok(a << n)
        }
        Some(_) => Err(PyError::memory()),
        None => Err(PyError::new(ExcKind::OverflowError, "too many digits in integer")),
    }
}

/// `a >> count`.
pub fn shift_right(a: &BigInt, count: &BigInt) -> PyResult<BigInt> {
    if count.is_negative() {
        return Err(PyError::value_error("negative shift count"));
    }
    Ok(match count.to_u64() {
        Some(n) if n <= a.bits() => a >> n,
        _ if a.sign() == Sign::Minus => BigInt::from(-1),
        _ => BigInt::zero(),
    })
}

/// `ZeroDivisionError`.
#[cold]
pub fn zero_division(message: &str) -> Box<PyError> {
    PyError::new(ExcKind::ZeroDivisionError, message)
}

/// The integer part of a float, which must be finite.
pub fn from_float(f: f64) -> Option<BigInt> {
    if !f.is_finite() {
        return None;
    }
    let bits = f.trunc().to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64 - 1075;
    let mantissa = BigInt::from((bits & ((1 << 52) - 1)) | 1 << 52);
    if f.trunc() == 0.0 {
        return Some(BigInt::zero());
    }
    let magnitude =
        if exponent >= 0 { mantissa << exponent as u64 } else { mantissa >> (-exponent) as u64 };
    Some(if f < 0.0 { -magnitude } else { magnitude })
}

/// The integer part of a float as an exception says why there is none.
pub fn from_float_checked(f: f64) -> PyResult<BigInt> {
    from_float(f).ok_or_else(|| {
        if f.is_nan() {
            PyError::value_error("cannot convert float NaN to integer")
        } else {
            PyError::new(ExcKind::OverflowError, "cannot convert float infinity to integer")
        }
    })
}

/// The digits of an int in base 10, where the machine's limit allows them.
pub fn to_decimal(value: &BigInt, limit: usize) -> PyResult<String> {
    // A decimal digit is more than 3.32 bits.
    if limit != 0 && value.bits() > limit as u64 * 10 / 3 {
        let short = value.bits() < limit as u64 * 4;
        let text = if short { huge::to_decimal(value)? } else { String::new() };
        let digits = text.trim_start_matches('-').len();
        if text.is_empty() || digits > limit {
            return Err(PyError::value_error(format!(
                "Exceeds the limit ({limit} digits) for integer string conversion; \
                 use sys.set_int_max_str_digits() to increase the limit"
            )));
        }
        return Ok(text);
    }
    huge::to_decimal(value)
}
