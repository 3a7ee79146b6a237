//! Constant expressions, folded as CPython folds them: never one that raises, and only to a
//! bounded size.

use crate::bytecode::ConstValue;
use num_bigint::BigInt;
use ruff_python_ast::{Expr, Number, Operator, UnaryOp};

/// CPython's limit of the bits of a folded product or power.
const MAX_BITS: u64 = 128;
/// CPython's limit of the characters of a folded string.
const MAX_CHARS: usize = 4096;
/// CPython's limit of the items of a folded tuple.
const MAX_ITEMS: usize = 256;

/// The value of an expression, if it is a constant.
pub(super) fn constant(expr: &Expr) -> Option<ConstValue> {
    Some(match expr {
        Expr::NoneLiteral(_) => ConstValue::None,
        Expr::BooleanLiteral(e) => ConstValue::Bool(e.value),
        Expr::NumberLiteral(e) => number(&e.value)?,
        Expr::StringLiteral(e) => ConstValue::Str(e.value.to_str().into()),
        Expr::UnaryOp(e) => unary(e.op, constant(&e.operand)?)?,
        Expr::BinOp(e) => {
            let left = constant(&e.left)?;
            binary(e.op, left, constant(&e.right)?)?
        }
        Expr::BytesLiteral(e) => ConstValue::Bytes(e.value.bytes().collect()),
        Expr::EllipsisLiteral(_) => ConstValue::Ellipsis,
        Expr::Tuple(e) => tuple(&e.elts)?,
        Expr::Name(e) if e.id == "__debug__" => ConstValue::Bool(true),
        _ => return None,
    })
}

/// A tuple of constant elements.
pub(super) fn tuple(elements: &[Expr]) -> Option<ConstValue> {
    Some(ConstValue::Tuple(elements.iter().map(constant).collect::<Option<_>>()?))
}

fn number(number: &Number) -> Option<ConstValue> {
    match number {
        Number::Float(value) => Some(ConstValue::Float(*value)),
        Number::Complex { .. } => None,
        Number::Int(value) => match value.as_i64() {
            Some(value) => Some(ConstValue::Int(value)),
            None => {
                let text = value.to_string().replace('_', "").to_ascii_lowercase();
                let (digits, radix) = match text.get(..2) {
                    Some("0x") => (&text[2..], 16),
                    Some("0o") => (&text[2..], 8),
                    Some("0b") => (&text[2..], 2),
                    _ => (&text[..], 10),
                };
                BigInt::parse_bytes(digits.as_bytes(), radix).map(int)
            }
        },
    }
}

fn int(value: BigInt) -> ConstValue {
    i64::try_from(&value).map_or(ConstValue::BigInt(value), ConstValue::Int)
}

/// Whether a constant counts as true.
pub(super) fn truth(value: &ConstValue) -> bool {
    match value {
        ConstValue::None => false,
        ConstValue::Bool(b) => *b,
        ConstValue::Int(i) => *i != 0,
        ConstValue::BigInt(_) | ConstValue::Code(_) | ConstValue::Ellipsis => true,
        ConstValue::Float(f) => *f != 0.0,
        ConstValue::Str(s) => !s.is_empty(),
        ConstValue::Bytes(bytes) => !bytes.is_empty(),
        ConstValue::Tuple(items) | ConstValue::FrozenSet(items) => !items.is_empty(),
    }
}

/// The value as an int; `True` and `False` are ints too.
fn as_int(value: &ConstValue) -> Option<BigInt> {
    match value {
        ConstValue::Bool(b) => Some(BigInt::from(*b as u8)),
        ConstValue::Int(i) => Some(BigInt::from(*i)),
        ConstValue::BigInt(i) => Some(i.clone()),
        _ => None,
    }
}

/// The value as a float, where that is exact.
fn as_float(value: &ConstValue) -> Option<f64> {
    match value {
        ConstValue::Float(f) => Some(*f),
        ConstValue::Bool(b) => Some(*b as u8 as f64),
        ConstValue::Int(i) if i.unsigned_abs() <= 1 << 53 => Some(*i as f64),
        _ => None,
    }
}

fn unary(op: UnaryOp, value: ConstValue) -> Option<ConstValue> {
    Some(match (op, &value) {
        (UnaryOp::Not, _) => ConstValue::Bool(!truth(&value)),
        (UnaryOp::USub, ConstValue::Float(f)) => ConstValue::Float(-f),
        (UnaryOp::UAdd, ConstValue::Float(f)) => ConstValue::Float(*f),
        (UnaryOp::USub, _) => int(-as_int(&value)?),
        (UnaryOp::UAdd, _) => int(as_int(&value)?),
        (UnaryOp::Invert, ConstValue::Bool(_)) => return None,
        (UnaryOp::Invert, _) => int(!as_int(&value)?),
    })
}

fn binary(op: Operator, left: ConstValue, right: ConstValue) -> Option<ConstValue> {
    match (&left, &right) {
        (ConstValue::Str(a), ConstValue::Str(b)) if op == Operator::Add => {
            let fits = a.len() + b.len() <= MAX_CHARS;
            return fits.then(|| ConstValue::Str(format!("{a}{b}").into()));
        }
        (ConstValue::Tuple(a), ConstValue::Tuple(b)) if op == Operator::Add => {
            let fits = a.len() + b.len() <= MAX_ITEMS;
            return fits.then(|| ConstValue::Tuple(a.iter().chain(b).cloned().collect()));
        }
        (ConstValue::Str(text), ConstValue::Int(n))
        | (ConstValue::Int(n), ConstValue::Str(text))
            if op == Operator::Mult =>
        {
            let n = usize::try_from((*n).max(0)).ok()?;
            let fits = text.len().checked_mul(n)? <= MAX_CHARS;
            return fits.then(|| ConstValue::Str(text.repeat(n).into()));
        }
        (ConstValue::Float(_), _) | (_, ConstValue::Float(_)) => {
            let (a, b) = (as_float(&left)?, as_float(&right)?);
            return float_binary(op, a, b).map(ConstValue::Float);
        }
        _ => {}
    }
    if let (ConstValue::Bool(a), ConstValue::Bool(b)) = (&left, &right) {
        match op {
            Operator::BitAnd => return Some(ConstValue::Bool(a & b)),
            Operator::BitOr => return Some(ConstValue::Bool(a | b)),
            Operator::BitXor => return Some(ConstValue::Bool(a ^ b)),
            _ => {}
        }
    }
    if op == Operator::Div {
        // Of ints that are exact floats the quotient is rounded once, as CPython rounds it.
        return float_binary(op, as_float(&left)?, as_float(&right)?).map(ConstValue::Float);
    }
    int_binary(op, &as_int(&left)?, &as_int(&right)?).map(int)
}

fn float_binary(op: Operator, a: f64, b: f64) -> Option<f64> {
    match op {
        Operator::Add => Some(a + b),
        Operator::Sub => Some(a - b),
        Operator::Mult => Some(a * b),
        Operator::Div if b != 0.0 => Some(a / b),
        _ => None,
    }
}

fn int_binary(op: Operator, a: &BigInt, b: &BigInt) -> Option<BigInt> {
    let zero = BigInt::ZERO;
    let small = |limit: u64| u64::try_from(b).ok().filter(|b| *b <= limit);
    match op {
        Operator::Add => Some(a + b),
        Operator::Sub => Some(a - b),
        Operator::Mult => (a.bits() + b.bits() <= MAX_BITS).then(|| a * b),
        Operator::FloorDiv | Operator::Mod => {
            if *b == zero {
                return None;
            }
            // The remainder takes the sign of the divisor.
            let (mut quotient, mut remainder) = (a / b, a % b);
            if remainder != zero && (remainder < zero) != (*b < zero) {
                quotient -= 1;
                remainder += b;
            }
            Some(if op == Operator::Mod { remainder } else { quotient })
        }
        Operator::Pow => {
            let exponent = small(MAX_BITS)?;
            (a.bits() * exponent <= MAX_BITS).then(|| a.pow(exponent as u32))
        }
        Operator::LShift => {
            let shift = small(MAX_BITS)?;
            (a.bits() + shift <= MAX_BITS).then(|| a << shift)
        }
        Operator::RShift => small(1 << 20).map(|shift| a >> shift),
        Operator::BitAnd => Some(a & b),
        Operator::BitOr => Some(a | b),
        Operator::BitXor => Some(a ^ b),
        Operator::Div | Operator::MatMult => None,
    }
}
