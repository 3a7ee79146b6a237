//! Arithmetic on integers so large that single operations take long: in pieces, between which an
//! interrupt is looked for.
//!
//! Each operation hands operands below some size to the library at once, and splits greater ones: products
//! by Karatsuba's rule, divisions digit by digit in a base of many words, powers bit by bit, and
//! conversions from and to decimal in halves. The library's own multiplication is better than
//! Karatsuba's from some size on: what can be interrupted takes up to twice as long there.

use crate::error::PyResult;
use crate::interrupt;
use crate::memory::room_for;
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Factors of at most so many bits are multiplied at once: some milliseconds.
const FACTOR_BITS: u64 = if cfg!(test) { 1 << 9 } else { 1 << 20 };
/// Products of words that an operation of quadratic cost does at once: some ten milliseconds.
const WORD_PRODUCTS: u64 = if cfg!(test) { 1 << 4 } else { 1 << 24 };
/// Squared words of a modulus from which the library's powers prepare for too long.
const MODULUS: u64 = if cfg!(test) { 1 << 6 } else { 1 << 18 };
/// Texts of so many digits are converted at once.
const DIGITS: usize = if cfg!(test) { 10 } else { 10_000 };
/// Roots of numbers of so many bits are taken at once, and common divisors of half as many found.
const ROOT_BITS: u64 = if cfg!(test) { 1 << 6 } else { 1 << 16 };

fn words(n: &BigUint) -> u64 {
    n.bits().div_ceil(64)
}

/// `a * b`.
pub fn multiply(a: &BigInt, b: &BigInt) -> PyResult<BigInt> {
    if a.bits().max(b.bits()) <= FACTOR_BITS {
        return Ok(a * b);
    }
    room_for(((a.bits() + b.bits()) / 8) as usize)?;
    let product = product(a.magnitude(), b.magnitude())?;
    Ok(signed(a.is_negative() != b.is_negative(), product))
}

fn signed(negative: bool, magnitude: BigUint) -> BigInt {
    BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, magnitude)
}

fn product(a: &BigUint, b: &BigUint) -> PyResult<BigUint> {
    interrupt::check()?;
    let (short, long) = if a.bits() < b.bits() { (a, b) } else { (b, a) };
    if long.bits() <= FACTOR_BITS || short.is_zero() {
        return Ok(short * long);
    }
    let half = long.bits().div_ceil(128) * 64;
    let mask = (BigUint::one() << half) - 1u8;
    let (high, low) = (long >> half, long & &mask);
    if short.bits() <= half {
        return Ok((product(short, &high)? << half) + product(short, &low)?);
    }
    let (short_high, short_low) = (short >> half, short & &mask);
    let top = product(&high, &short_high)?;
    let bottom = product(&low, &short_low)?;
    let middle = product(&(high + low), &(short_high + short_low))? - &top - &bottom;
    Ok((((top << half) + middle) << half) + bottom)
}

/// `a ** e`, where the result has at most so many bits.
pub fn power(a: &BigInt, e: u32, bits: u64) -> PyResult<BigInt> {
    if bits <= FACTOR_BITS {
        return Ok(a.pow(e));
    }
    room_for((bits / 8) as usize)?;
    let mut result = BigInt::one();
    for bit in (0..32 - e.leading_zeros()).rev() {
        result = multiply(&result, &result)?;
        if e >> bit & 1 != 0 {
            result = multiply(&result, a)?;
        }
    }
    Ok(result)
}

/// `a ** e % m` for `e >= 0`.
pub fn power_mod(a: &BigInt, e: &BigInt, m: &BigInt) -> PyResult<BigInt> {
    let step = (words(m.magnitude()) * words(m.magnitude())).max(1);
    if step.saturating_mul(e.bits()) <= WORD_PRODUCTS {
        return Ok(a.modpow(e, m));
    }
    if step > MODULUS {
        let mut result = BigInt::one().mod_floor(m);
        for bit in (0..e.bits()).rev() {
            result = div_mod(&multiply(&result, &result)?, m)?.1;
            if e.bit(bit) {
                result = div_mod(&multiply(&result, a)?, m)?.1;
            }
            interrupt::check()?;
        }
        return Ok(result);
    }
    // Digits of the exponent, the highest first.
    let width = (WORD_PRODUCTS / step).min(1 << 16);
    let base = BigInt::one() << width;
    let digit = &base - 1;
    let mut result = BigInt::one().mod_floor(m);
    for at in (0..e.bits().div_ceil(width)).rev() {
        interrupt::check()?;
        let digit = (e >> (at * width)) & &digit;
        result = (result.modpow(&base, m) * a.modpow(&digit, m)).mod_floor(m);
    }
    Ok(result)
}

/// `a // b` and `a % b` for `b != 0`.
pub fn div_mod(a: &BigInt, b: &BigInt) -> PyResult<(BigInt, BigInt)> {
    let (x, y) = (a.magnitude(), b.magnitude());
    if is_short_division(x, y) {
        return Ok(a.div_mod_floor(b));
    }
    let (quotient, rest) = divide(x, y)?;
    let differ = a.is_negative() != b.is_negative();
    let (quotient, rest) = match differ && !rest.is_zero() {
        true => (quotient + 1u8, y - rest),
        false => (quotient, rest),
    };
    Ok((signed(differ, quotient), signed(b.is_negative(), rest)))
}

fn is_short_division(a: &BigUint, b: &BigUint) -> bool {
    words(a).saturating_sub(words(b)).saturating_mul(words(b)) <= WORD_PRODUCTS
}

/// Quotient and rest: long division in a base of as many words as one step may take.
fn divide(a: &BigUint, b: &BigUint) -> PyResult<(BigUint, BigUint)> {
    if is_short_division(a, b) {
        return Ok(a.div_rem(b));
    }
    let digit = (WORD_PRODUCTS / words(b)).max(1) as usize * 2;
    let halves = a.to_u32_digits();
    // The highest digit is what is left over.
    let mut rest = BigUint::zero();
    let mut quotient = vec![0u32; halves.len().next_multiple_of(digit)];
    for (at, piece) in halves.chunks(digit).enumerate().rev() {
        interrupt::check()?;
        let (q, r) = ((rest << (digit * 32)) + BigUint::from_slice(piece)).div_rem(b);
        rest = r;
        let q = q.to_u32_digits();
        quotient[at * digit..at * digit + q.len()].copy_from_slice(&q);
    }
    Ok((BigUint::new(quotient), rest))
}

/// The greatest common divisor.
pub fn gcd(a: &BigInt, b: &BigInt) -> PyResult<BigInt> {
    let (mut a, mut b) = (a.abs(), b.abs());
    while words(a.magnitude()).min(words(b.magnitude())) > ROOT_BITS / 128 {
        interrupt::check()?;
        let rest = div_mod(&a, &b)?.1;
        (a, b) = (b, rest);
    }
    if b.is_zero() { Ok(a) } else { Ok(div_mod(&a, &b)?.1.gcd(&b)) }
}

/// The integer part of the square root.
pub fn square_root(n: &BigInt) -> PyResult<BigInt> {
    if n.bits() <= ROOT_BITS {
        return Ok(n.sqrt());
    }
    // Newton's method from above: from the root of the upper half.
    let cut = n.bits() / 4;
    let mut root = (square_root(&(n >> (2 * cut)))? + 1) << cut;
    loop {
        let next = (&root + div_mod(n, &root)?.0) >> 1;
        if next >= root {
            return Ok(root);
        }
        root = next;
    }
}

/// The product of `from..=to`.
pub fn product_of(from: u64, to: u64) -> PyResult<BigInt> {
    if to.saturating_sub(from) < 8 {
        return Ok((from..=to).fold(BigInt::one(), |acc, i| acc * i));
    }
    let middle = from + (to - from) / 2;
    multiply(&product_of(from, middle)?, &product_of(middle + 1, to)?)
}

/// The powers `10 ** (DIGITS << i)`, from the lowest.
fn powers_of_ten(digits: usize) -> PyResult<Vec<BigInt>> {
    let mut powers = Vec::new();
    let mut power = BigInt::from(10).pow(DIGITS as u32);
    let mut covered = DIGITS;
    while covered < digits {
        powers.push(power.clone());
        covered *= 2;
        if covered < digits {
            power = multiply(&power, &power)?;
        }
    }
    Ok(powers)
}

/// The decimal digits of an int.
pub fn to_decimal(n: &BigInt) -> PyResult<String> {
    // A decimal digit is more than 3.3 bits.
    let most = (n.bits() / 3) as usize + 1;
    if most <= DIGITS {
        return Ok(n.to_string());
    }
    room_for(most)?;
    let mut out = String::new();
    if n.is_negative() {
        out.push('-');
    }
    push_digits(&n.abs(), &powers_of_ten(most)?, false, &mut out)?;
    Ok(out)
}

/// Appends the digits; with `all` as many as the powers stand for, zeros in front.
fn push_digits(n: &BigInt, powers: &[BigInt], all: bool, out: &mut String) -> PyResult<()> {
    let Some((power, powers)) = powers.split_last() else {
        let text = n.to_string();
        if all {
            out.extend(std::iter::repeat_n('0', DIGITS - text.len()));
        }
        out.push_str(&text);
        return Ok(());
    };
    interrupt::check()?;
    if !all && n < power {
        return push_digits(n, powers, false, out);
    }
    let (high, low) = div_mod(n, power)?;
    push_digits(&high, powers, all, out)?;
    push_digits(&low, powers, true, out)
}

/// The int with these digits, the highest first.
pub fn from_digits(digits: &[u8], radix: u32) -> PyResult<BigInt> {
    let short = |digits| {
        let number = BigUint::from_radix_be(digits, radix);
        number.map_or_else(BigInt::zero, BigInt::from)
    };
    if digits.len() <= DIGITS || radix.is_power_of_two() {
        return Ok(short(digits));
    }
    interrupt::check()?;
    let half = digits.len() / 2;
    let (high, low) = digits.split_at(digits.len() - half);
    let (high, low) = (from_digits(high, radix)?, from_digits(low, radix)?);
    let shift = half.to_u32().map_or_else(
        || Err(crate::error::PyError::memory()),
        |half| power(&BigInt::from(radix), half, half as u64 * 6),
    )?;
    Ok(multiply(&high, &shift)? + low)
}

#[cfg(test)]
mod tests {
    //! With small pieces: what is split agrees with the library.
    use super::*;

    /// Numbers with long runs of equal bits, where carries go far, and others.
    fn numbers() -> Vec<BigInt> {
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut numbers = vec![BigInt::zero(), BigInt::one(), BigInt::from(-1)];
        for bits in [1u64, 31, 32, 63, 64, 65, 500, 512, 513, 1000, 1024, 1500, 4000, 9001] {
            let one = BigInt::one() << bits;
            let mut random = BigInt::one();
            for _ in 0..bits / 32 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                random = (random << 32) + (state >> 32);
            }
            numbers.extend([&one - 1, &one + 1, -&random, random, one]);
        }
        numbers
    }

    fn unwrap<T>(result: PyResult<T>) -> T {
        result.unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn products_quotients_and_divisors() {
        let numbers = numbers();
        for a in &numbers {
            for b in &numbers {
                assert_eq!(unwrap(multiply(a, b)), a * b);
                assert_eq!(unwrap(gcd(a, b)), a.gcd(b));
                if !b.is_zero() {
                    assert_eq!(unwrap(div_mod(a, b)), a.div_mod_floor(b), "{a} / {b}");
                }
            }
        }
    }

    #[test]
    fn powers_and_roots() {
        for n in numbers().iter().filter(|n| n.bits() < 600) {
            for e in [0, 1, 2, 3, 7, 16, 33] {
                assert_eq!(unwrap(power(n, e, n.bits() * u64::from(e))), n.pow(e));
                for m in [BigInt::from(-7), BigInt::one(), (BigInt::one() << 700) + 9] {
                    let e = (BigInt::from(e) << 64) + 5;
                    assert_eq!(unwrap(power_mod(n, &e, &m)), n.modpow(&e, &m), "{n} {e} {m}");
                }
            }
            if !n.is_negative() {
                assert_eq!(unwrap(square_root(n)), n.sqrt());
                assert_eq!(unwrap(square_root(&(n * n))), *n);
            }
        }
        assert_eq!(unwrap(product_of(2, 100)), (2..=100).fold(BigInt::one(), |acc, i| acc * i));
    }

    #[test]
    fn decimal_digits() {
        for n in numbers() {
            let text = unwrap(to_decimal(&n));
            assert_eq!(text, n.to_string());
            let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').map(|b| b - b'0').collect();
            assert_eq!(unwrap(from_digits(&digits, 10)), n.abs());
        }
        for digits in [9, 10, 11, 19, 20, 21, 39, 40, 41, 160, 161] {
            let text = format!("1{}", "0".repeat(digits));
            let n = BigInt::from(10).pow(digits as u32);
            assert_eq!(unwrap(to_decimal(&n)), text);
            assert_eq!(unwrap(to_decimal(&(n - 1))), "9".repeat(digits));
        }
    }
}
