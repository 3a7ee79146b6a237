//! Hashes: equal values have equal hashes, numbers of all types included. Those of numbers and
//! tuples are CPython's.

use super::number::{Num, num};
use crate::class;
use crate::native::long_range::LongRange;
use crate::set_table::SetTable;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Numbers are hashed modulo this prime.
const MODULUS: i64 = (1 << 61) - 1;

/// The hash of a value whose type alone decides it, or of a tuple of such; `None` for other containers, objects with
/// shapes, and what has no hash.
#[inline]
pub fn plain_hash(value: Value) -> Option<i64> {
    match value.as_tuple() {
        Some(tuple) => {
            let mut hash = TupleHash::default();
            for &item in tuple.items() {
                hash.add(single_hash(item)?);
            }
            Some(hash.finish())
        }
        None => single_hash(value),
    }
}

/// The same, and `None` for tuples.
#[inline]
fn single_hash(value: Value) -> Option<i64> {
    if let Some(i) = value.as_small_int() {
        return Some(int_hash(i));
    }
    if let Some(text) = value.as_str() {
        return Some(text.hash());
    }
    match value.class() {
        class::BYTES => value.as_bytes().map(|b| bytes_hash(b.bytes())),
        class::LIST
        | class::BYTEARRAY
        | class::NAMESPACE
        | class::DICT
        | class::SET
        | class::SLICE
        | class::TUPLE
        | class::FROZENSET
        | class::INSTANCE
        | class::DEQUE
        | class::ARRAY
        | class::KEY_WRAPPER
        | class::MAPPING_PROXY
        | class::FREE => None,
        class::UNION => value.as_words().and_then(|words| words.get(0).as_tuple()).map(|types| {
            let hashes = types.items().iter().map(|ty| identity_hash(*ty));
            hashes.fold(0, |sum, hash| sum ^ hash)
        }),
        class::RANGE => value.as_range().map(|r| {
            let r = r.fields();
            let start = (r.len > 0).then(|| int_hash(r.start));
            range_hash(int_hash(r.len), start, (r.len > 1).then(|| int_hash(r.step)))
        }),
        class::LONG_RANGE => value.native::<LongRange>().map(LongRange::hash),
        _ => Some(match num(value) {
            Some(Num::Int(i)) => int_hash(i),
            // What is not equal to itself is told apart by what it is.
            Some(Num::Float(f)) if f.is_nan() => identity_hash(value),
            Some(Num::Float(f)) => float_hash(f),
            Some(Num::Big(b)) => big_hash(b),
            None => identity_hash(value),
        }),
    }
}

#[inline]
fn int_hash(i: i64) -> i64 {
    if (0..MODULUS).contains(&i) {
        return i;
    }
    match i % MODULUS {
        -1 => -2,
        hash => hash,
    }
}

/// The hash of a big int.
pub fn big_hash(b: &BigInt) -> i64 {
    let rest = (b.magnitude() % (MODULUS as u64)).to_i64().unwrap_or(0);
    match if b.is_negative() { -rest } else { rest } {
        -1 => -2,
        hash => hash,
    }
}

fn float_hash(f: f64) -> i64 {
    if f.is_infinite() {
        return if f > 0.0 { 314_159 } else { -314_159 };
    }
    if f.is_nan() {
        return 0;
    }
    // The fraction as a sum of powers of two, modulo the prime.
    let bits = f.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match biased {
        0 => (fraction, -1074),
        _ => (fraction | 1 << 52, biased - 1075),
    };
    let mut hash = mantissa as i64 % MODULUS;
    let turn = exponent.rem_euclid(61) as u32;
    hash = (((hash as u64) << turn | hash as u64 >> (61 - turn)) & MODULUS as u64) as i64;
    if turn == 0 {
        hash = (mantissa % MODULUS as u64) as i64;
    }
    match if f < 0.0 { -hash } else { hash } {
        -1 => -2,
        hash => hash,
    }
}

/// The hash of an object that is equal to itself alone.
pub fn identity_hash(value: Value) -> i64 {
    (value.bits() >> 4 | value.bits() << 60) as i64
}

/// The hash of a text.
pub(crate) fn text_hash(text: &str) -> i64 {
    if text.is_empty() {
        return 0;
    }
    let mut hasher = FxHasher::default();
    text.hash(&mut hasher);
    match hasher.finish() as i64 {
        -1 | 0 => -2,
        hash => hash,
    }
}

/// The hash of bytes.
fn bytes_hash(bytes: &[u8]) -> i64 {
    if bytes.is_empty() {
        return 0;
    }
    let mut hasher = FxHasher::default();
    bytes.hash(&mut hasher);
    match hasher.finish() as i64 {
        -1 => -2,
        hash => hash,
    }
}

/// The hash of a tuple of values with these hashes.
pub fn tuple_hash(parts: impl IntoIterator<Item = i64>) -> i64 {
    let mut hash = TupleHash::default();
    parts.into_iter().for_each(|part| hash.add(part));
    hash.finish()
}

/// The hash of a range, from those of its length and of its first number and its step, where they count.
pub fn range_hash(len: i64, start: Option<i64>, step: Option<i64>) -> i64 {
    let none = identity_hash(Value::none());
    tuple_hash([len, start.unwrap_or(none), step.unwrap_or(none)])
}

/// The hash of a set, from those of its keys, which it keeps.
pub fn set_hash(table: &SetTable) -> i64 {
    let mut hash = 0;
    table.each_hash(|h| hash ^= (h ^ 89_869_747 ^ h << 16).wrapping_mul(3_644_798_167));
    hash ^= (table.len() as u64 + 1).wrapping_mul(1_927_868_237);
    hash ^= hash >> 11 ^ hash >> 25;
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    if hash == u64::MAX { 590_923_713 } else { hash as i64 }
}

/// The hash of a tuple, from those of its items one after the other.
#[derive(Clone, Copy)]
pub(crate) struct TupleHash {
    hash: u64,
    len: u64,
}

impl TupleHash {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;

    #[inline]
    pub(crate) fn add(&mut self, part: i64) {
        self.hash = self.hash.wrapping_add((part as u64).wrapping_mul(Self::P2));
        self.hash = self.hash.rotate_left(31).wrapping_mul(Self::P1);
        self.len += 1;
    }

    #[inline]
    pub(crate) fn finish(self) -> i64 {
        let hash = self.hash.wrapping_add(self.len ^ (Self::P5 ^ 3_527_539));
        if hash == u64::MAX { 1_546_275_796 } else { hash as i64 }
    }
}

impl Default for TupleHash {
    fn default() -> TupleHash {
        TupleHash { hash: Self::P5, len: 0 }
    }
}
