//! The type codes of arrays: how items of each lie in memory, and the values that they stand for.

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::number::{Num, as_integer};
use crate::value::Value;
use num_bigint::Sign;

/// Greatest size of an item, in bytes.
pub(super) const WIDEST: usize = 8;

/// How an item lies in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    Char,
}

/// A type code.
pub(super) struct TypeCode {
    pub(super) code: char,
    pub(super) kind: Kind,
    /// How an integer is narrowed, step by step: what C calls the type, its least and greatest number.
    steps: &'static [(&'static str, i64, i64)],
    /// Whether refusals are those of C's `long`, or of Python's own conversion.
    long: bool,
}

const SHORT: (&str, i64, i64) = ("signed short integer", i16::MIN as i64, i16::MAX as i64);
const INT: (&str, i64, i64) = ("signed integer", i32::MIN as i64, i32::MAX as i64);

const fn code(code: char, kind: Kind, steps: &'static [(&'static str, i64, i64)]) -> TypeCode {
    TypeCode { code, kind, steps, long: !matches!(code, 'q' | 'Q') }
}

/// All type codes.
pub(super) const CODES: &[TypeCode] = &[
    code('b', Kind::I8, &[SHORT, ("signed char", i8::MIN as i64, i8::MAX as i64)]),
    code('B', Kind::U8, &[("unsigned byte integer", 0, u8::MAX as i64)]),
    code('u', Kind::Char, &[]),
    code('h', Kind::I16, &[SHORT]),
    code('H', Kind::U16, &[INT, ("unsigned short", 0, u16::MAX as i64)]),
    code('i', Kind::I32, &[INT]),
    code('I', Kind::U32, &[("unsigned int", 0, u32::MAX as i64)]),
    code('l', Kind::I64, &[]),
    code('L', Kind::U64, &[]),
    code('q', Kind::I64, &[]),
    code('Q', Kind::U64, &[]),
    code('f', Kind::F32, &[]),
    code('d', Kind::F64, &[]),
];

impl Kind {
    /// Bytes of an item.
    pub(super) const fn size(self) -> usize {
        match self {
            Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 | Kind::Char => 4,
            Kind::I64 | Kind::U64 | Kind::F64 => 8,
        }
    }

    /// The value of an item's bytes.
    #[inline]
    pub(super) fn value(self, vm: &mut Vm, item: &[u8]) -> Value {
        match self {
            Kind::F64 => vm.heap.alloc_float(f64::from_ne_bytes(sized(item))),
            Kind::F32 => vm.heap.alloc_float(f64::from(f32::from_ne_bytes(sized(item)))),
            Kind::I8 => Value::small(i64::from(i8::from_ne_bytes(sized(item)))),
            Kind::U8 => Value::small(i64::from(u8::from_ne_bytes(sized(item)))),
            Kind::I16 => Value::small(i64::from(i16::from_ne_bytes(sized(item)))),
            Kind::U16 => Value::small(i64::from(u16::from_ne_bytes(sized(item)))),
            Kind::I32 => Value::small(i64::from(i32::from_ne_bytes(sized(item)))),
            Kind::U32 => Value::small(i64::from(u32::from_ne_bytes(sized(item)))),
            Kind::I64 => vm.heap.alloc_int(i64::from_ne_bytes(sized(item))),
            Kind::U64 => {
                let word = u64::from_ne_bytes(sized(item));
                match i64::try_from(word) {
                    Ok(word) => vm.heap.alloc_int(word),
                    Err(_) => vm.heap.alloc_big(word.into()),
                }
            }
            Kind::Char => {
                let character = char::from_u32(u32::from_ne_bytes(sized(item)));
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                vm.heap.alloc_str(character.encode_utf8(&mut [0; 4]))
            }
        }
    }
}

/// The bytes of an item of a known size.
pub(super) fn sized<const N: usize>(item: &[u8]) -> [u8; N] {
    // A caller gives as many as its kind has.
    item.try_into().unwrap_or([0; N])
}

impl TypeCode {
    /// The bytes of an item, of which as many count as it has.
    pub(super) fn item(&self, vm: &mut Vm, value: Value) -> PyResult<[u8; WIDEST]> {
        Ok(match self.kind {
            Kind::F64 => ops::number::real_of(vm, value)?.to_ne_bytes(),
            Kind::F32 => widened((ops::number::real_of(vm, value)? as f32).to_ne_bytes()),
            Kind::Char => {
                let text = value.plain().as_str().map_or("", |text| text.text());
                let mut characters = text.chars();
                match (characters.next(), characters.next()) {
                    (Some(character), None) => widened(u32::from(character).to_ne_bytes()),
                    _ => return Err(PyError::type_error("array item must be unicode character")),
                }
            }
            Kind::U32 | Kind::U64 => {
                let word = self.unsigned(vm, value)?;
                match self.kind {
                    Kind::U32 => widened((word as u32).to_ne_bytes()),
                    _ => word.to_ne_bytes(),
                }
            }
            Kind::I8 | Kind::U8 | Kind::I16 | Kind::U16 | Kind::I32 | Kind::I64 => {
                let word = self.signed(vm, value)?;
                match self.kind.size() {
                    1 => widened((word as i8).to_ne_bytes()),
                    2 => widened((word as i16).to_ne_bytes()),
                    4 => widened((word as i32).to_ne_bytes()),
                    _ => word.to_ne_bytes(),
                }
            }
        })
    }

    fn narrowed(&self, word: i64) -> PyResult<i64> {
        for (name, least, most) in self.steps {
            if word < *least {
                return Err(overflow(format!("{name} is less than minimum")));
            }
            if word > *most {
                return Err(overflow(format!("{name} is greater than maximum")));
            }
        }
        Ok(word)
    }

    fn signed(&self, vm: &mut Vm, value: Value) -> PyResult<i64> {
        let word = integer(vm, value)?.to_word();
        let word = word.ok_or_else(|| {
            overflow(match self.long {
                true => "Python int too large to convert to C long",
                false => "int too big to convert",
            })
        })?;
        self.narrowed(word)
    }

    fn unsigned(&self, vm: &mut Vm, value: Value) -> PyResult<u64> {
        let number = integer(vm, value)?;
        let word = match &number {
            Num::Int(word) => u64::try_from(*word).ok(),
            Num::Big(big) => u64::try_from(*big).ok(),
            Num::Float(_) => None,
        };
        let negative = match &number {
            Num::Int(word) => *word < 0,
            Num::Big(big) => big.sign() == Sign::Minus,
            Num::Float(_) => false,
        };
        let word = word.ok_or_else(|| {
            overflow(match (negative, self.long) {
                (true, true) => "can't convert negative value to unsigned int",
                (true, false) => "can't convert negative int to unsigned",
                (false, true) => "Python int too large to convert to C unsigned long",
                (false, false) => "int too big to convert",
            })
        })?;
        self.narrowed(i64::try_from(word).unwrap_or(i64::MAX))?;
        Ok(word)
    }
}

/// The integer that a value is, or gives with `__index__`.
fn integer(vm: &mut Vm, value: Value) -> PyResult<Num<'static>> {
    let index = if value.is_class(class::INSTANCE) { ops::index_value(vm, value)? } else { value };
    as_integer(index).ok_or_else(|| ops::number::not_an_integer(value))
}

fn widened<const N: usize>(bytes: [u8; N]) -> [u8; WIDEST] {
    let mut wide = [0; WIDEST];
    wide[..N].copy_from_slice(&bytes);
    wide
}

#[cold]
fn overflow(message: impl Into<String>) -> Box<PyError> {
    PyError::new(ExcKind::OverflowError, message.into())
}
