//! What each computing op means, written once.
//!
//! The reference evaluator, the micro-op interpreter and the stencil compiler all include
//! this very file, so that there is no second opinion on, say, the sign of a modulus.
//! The file depends on `core` alone: the stencil library compiles it without `std`.
//!
//! Terms: a *word* is a tagged 64-bit value. A word with bit 0 clear is a small int, its
//! value the word shifted right by one (63 bits, signed). A word with bit 0 set is the
//! address of a heap object plus one. Checked operations return the value that the op
//! defines on its exit edge (the wrapped result) together with "must exit".

/// Bit 0 of a word: clear for small ints, set for heap references.
pub const POINTER_TAG: u64 = 1;

/// Adds; the flag says that the exact sum does not fit, the value is then the wrapped sum.
#[inline(always)]
pub fn add_ovf(a: i64, b: i64) -> (i64, bool) {
    a.overflowing_add(b)
}

/// Subtracts; the flag says that the exact difference does not fit, the value then wraps.
#[inline(always)]
pub fn sub_ovf(a: i64, b: i64) -> (i64, bool) {
    a.overflowing_sub(b)
}

/// Multiplies; the flag says that the exact product does not fit, the value then wraps.
#[inline(always)]
pub fn mul_ovf(a: i64, b: i64) -> (i64, bool) {
    a.overflowing_mul(b)
}

/// Floor division, Python's `//`. Exits on a zero divisor and on `MIN // -1`.
#[inline(always)]
pub fn floor_div(a: i64, b: i64) -> (i64, bool) {
    if b == 0 || (b == -1 && a == i64::MIN) {
        return (0, true);
    }
    let (q, r) = (a / b, a % b);
    // Rust truncates; Python rounds towards minus infinity.
    (q - i64::from(r != 0 && (r ^ b) < 0), false)
}

/// Modulo with the sign of the divisor, Python's `%`. Exits on a zero divisor.
#[inline(always)]
pub fn floor_mod(a: i64, b: i64) -> (i64, bool) {
    if b == 0 {
        return (0, true);
    }
    if b == -1 {
        return (0, false);
    }
    let r = a % b;
    (if r != 0 && (r ^ b) < 0 { r + b } else { r }, false)
}

/// Shift left; exits where a bit is lost or the count is not in `0..=63`.
#[inline(always)]
pub fn shl_ovf(a: i64, b: i64) -> (i64, bool) {
    if !(0..=63).contains(&b) {
        return (0, true);
    }
    let r = a << b;
    (r, (r >> b) != a)
}

/// Arithmetic shift right for counts in `0..=63`; the count is taken modulo 64.
#[inline(always)]
pub fn sar(a: i64, b: i64) -> i64 {
    a >> (b & 63)
}

/// Tags an integer as a small-int word; exits where it needs more than 63 bits.
#[inline(always)]
pub fn tag(a: i64) -> (u64, bool) {
    let (r, overflow) = a.overflowing_add(a);
    (r as u64, overflow)
}

/// The integer in a small-int word (which the caller knows it to be).
#[inline(always)]
pub fn untag(w: u64) -> i64 {
    (w as i64) >> 1
}

/// Whether `0 <= a < b`, for a length `b` (which is never negative): one unsigned comparison.
#[inline(always)]
pub fn index_in_bounds(a: i64, b: i64) -> bool {
    (a as u64) < (b as u64)
}

/// Whether a word is a small int.
#[inline(always)]
pub fn is_small_int(w: u64) -> bool {
    w & POINTER_TAG == 0
}

/// Converts towards zero; exits for NaN and for values outside the range of `i64`.
#[inline(always)]
pub fn f64_to_i64(a: f64) -> (i64, bool) {
    // Both bounds are exact in f64; 2^63 itself is out of range.
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&a) {
        // SAFETY: the range check excludes NaN and all values that do not fit.
        (unsafe { a.to_int_unchecked::<i64>() }, false)
    } else {
        (0, true)
    }
}

/// Absolute value of a float: clears the sign bit, as IEEE 754's `abs` does.
#[inline(always)]
pub fn abs_f64(a: f64) -> f64 {
    f64::from_bits(a.to_bits() & !(1 << 63))
}

/// Negates a float by flipping its sign bit.
#[inline(always)]
pub fn neg_f64(a: f64) -> f64 {
    -a
}
