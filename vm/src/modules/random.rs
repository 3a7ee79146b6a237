//! `_random`: the Mersenne Twister MT19937 behind the `random` module.
//!
//! A generator's state is a list of 625 small ints: the 624 words, then how many of them are used.
//! The list is an ordinary object, so that a generator can be copied, saved and collected.

use crate::builtins::{Builtin, plain};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::object::List;
use crate::ops;
use crate::ops::number::{Num, as_integer};
use crate::stack::Args;
use crate::value::Value;
use num_bigint::{BigInt, BigUint};
use sha2::{Digest, Sha512};

/// Words of the state.
const WORDS: usize = 624;
/// How far apart the words are that a new word is made of.
const SHIFT: usize = 397;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("_random.new", 0, 0, |vm, _| Ok(vm.heap.alloc_list_of(&[Value::ZERO; WORDS + 1])?)),
    plain("_random.seed", 2, 2, |_, args| {
        let mut state = state(args)?;
        let seed = args.get(1).and_then(as_integer).and_then(Num::to_big).unwrap_or_default();
        let (_, words) = seed.to_u32_digits();
        seed_words(&mut state, if words.is_empty() { &[0] } else { &words });
        Ok(Value::none())
    }),
    plain("_random.random", 1, 1, |vm, args| {
        let mut state = state(args)?;
        let (a, b) = (next(&mut state) >> 5, next(&mut state) >> 6);
        let value = (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0;
        Ok(vm.heap.alloc_float(value))
    }),
    plain("_random.getrandbits", 2, 2, |vm, args| {
        let mut state = state(args)?;
        match args.get(1).and_then(ops::index_int) {
            Some(bits) if bits < 0 => {
                Err(PyError::value_error("number of bits must be non-negative"))
            }
            Some(bits) if bits <= 1 << 32 => Ok(random_bits(vm, &mut state, bits as u64)),
            _ => Err(PyError::type_error("number of bits must be an integer")),
        }
    }),
    plain("_random.below", 2, 2, below),
    plain("_random.entropy", 0, 0, |vm, _| {
        use std::hash::{BuildHasher, Hasher};
        let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
        Ok(vm.heap.alloc_int((random >> 2) as i64))
    }),
    plain("_random.text_seed", 1, 1, |vm, args| {
        let seed = args.get(0).map_or(Value::none(), Value::plain);
        let mut bytes = match seed.as_str() {
            Some(text) => text.text().as_bytes().to_vec(),
            None => seed.as_bytes().map_or(Vec::new(), |bytes| bytes.bytes().to_vec()),
        };
        bytes.extend(Sha512::digest(&bytes));
        let seed = BigInt::from(BigUint::from_bytes_be(&bytes));
        Ok(vm.heap.alloc_big(seed))
    }),
];

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

fn state(args: Args) -> PyResult<List> {
    let list = args.get(0).and_then(|v| v.as_list()).filter(|list| list.len() == WORDS + 1);
    list.ok_or_else(|| PyError::type_error("not the state of a generator"))
}

fn word(state: &List, at: usize) -> u32 {
    state.items()[at].as_small_int().unwrap_or(0) as u32
}

fn set(state: &mut List, at: usize, value: u32) {
    state.items_mut()[at] = Value::small(i64::from(value));
}

fn seed_word(state: &mut List, seed: u32) {
    let mut last = seed;
    set(state, 0, seed);
    for i in 1..WORDS {
        last = 1_812_433_253u32.wrapping_mul(last ^ last >> 30).wrapping_add(i as u32);
        set(state, i, last);
    }
    set(state, WORDS, WORDS as u32);
}

/// The reference implementation's seeding by an array.
fn seed_words(state: &mut List, key: &[u32]) {
    seed_word(state, 19_650_218);
    let (mut i, mut j) = (1, 0);
    let mixed = |state: &List, i: usize, factor: u32| {
        let before = word(state, i - 1);
        word(state, i) ^ (before ^ before >> 30).wrapping_mul(factor)
    };
    for _ in 0..WORDS.max(key.len()) {
        let value = mixed(state, i, 1_664_525).wrapping_add(key[j]).wrapping_add(j as u32);
        set(state, i, value);
        i += 1;
        j = (j + 1) % key.len();
        if i >= WORDS {
            let last = word(state, WORDS - 1);
            set(state, 0, last);
            i = 1;
        }
    }
    for _ in 0..WORDS - 1 {
        let value = mixed(state, i, 1_566_083_941).wrapping_sub(i as u32);
        set(state, i, value);
        i += 1;
        if i >= WORDS {
            let last = word(state, WORDS - 1);
            set(state, 0, last);
            i = 1;
        }
    }
    set(state, 0, 0x8000_0000);
}

/// The next 32 bits.
fn next(state: &mut List) -> u32 {
    let mut at = word(state, WORDS) as usize;
    if at >= WORDS {
        for i in 0..WORDS {
            let y = word(state, i) & 0x8000_0000 | word(state, (i + 1) % WORDS) & 0x7fff_ffff;
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            let value = word(state, (i + SHIFT) % WORDS) ^ y >> 1 ^ odd;
            set(state, i, value);
        }
        at = 0;
    }
    let mut y = word(state, at);
    set(state, WORDS, at as u32 + 1);
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c_5680;
    y ^= y << 15 & 0xefc6_0000;
    y ^ y >> 18
}

fn random_bits(vm: &mut Vm, state: &mut List, bits: u64) -> Value {
    if bits == 0 {
        return Value::ZERO;
    }
    if bits <= 32 {
        return Value::small(i64::from(next(state) >> (32 - bits)));
    }
    let mut words = Vec::with_capacity(bits.div_ceil(32) as usize);
    let mut left = bits;
    while left > 0 {
        let word = next(state);
        words.push(if left < 32 { word >> (32 - left) } else { word });
        left = left.saturating_sub(32);
    }
    vm.heap.alloc_big(BigInt::from(BigUint::new(words)))
}

/// An int from 0 up to, but not including, a bound.
fn below(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let mut state = state(args)?;
    match args.get(1).and_then(as_integer) {
        Some(Num::Int(n)) if n > 0 => {
            let bits = 64 - n.leading_zeros();
            loop {
                let value = if bits <= 32 {
                    i64::from(next(&mut state) >> (32 - bits))
                } else {
                    let low = i64::from(next(&mut state));
                    i64::from(next(&mut state) >> (64 - bits)) << 32 | low
                };
                if value < n {
                    return Ok(vm.heap.alloc_int(value));
                }
            }
        }
        Some(n) => {
            let n = n.to_big().unwrap_or_default().into_owned();
            if n <= BigInt::from(0) {
                return Ok(Value::ZERO);
            }
            loop {
                let value = random_bits(vm, &mut state, n.bits());
                let big = as_integer(value).and_then(Num::to_big).unwrap_or_default().into_owned();
                if big < n {
                    return Ok(value);
                }
            }
        }
        None => Err(PyError::type_error("an integer is required")),
    }
}
