//! Binary and unary operators.

use super::number::{Num, num};
use super::{huge, int};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::memory::{copied, room_for_items};
use crate::text::type_name;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::Signed;
use tierlab_frontend::bytecode::{BinaryKind, Opcode};
use tierlab_trace::semantics;

/// Products of greater ints and small ones are made where they stay.
const SCRATCH_BITS: u64 = 1 << 17;

/// `a op b` with the operator of a `binary_op` instruction.
pub fn binary(vm: &mut Vm, x: u8, a: Value, b: Value) -> PyResult<Value> {
    let (kind, in_place) = BinaryKind::from_x(x);
    binary_kind(vm, kind, in_place, a, b)
}

/// `a op b`, or `a op= b`.
pub fn binary_kind(
    vm: &mut Vm,
    kind: BinaryKind,
    in_place: bool,
    a: Value,
    b: Value,
) -> PyResult<Value> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int())
        && let Some(result) = small(kind, x, y)
    {
        return Ok(result);
    }
    match (num(a), num(b)) {
        (Some(x @ Num::Float(_)), Some(y)) | (Some(x), Some(y @ Num::Float(_))) => {
            float_binary(vm, kind, x, y).unwrap_or_else(|| Err(unsupported(kind, in_place, a, b)))
        }
        (Some(x), Some(y)) => int_binary(vm, kind, in_place, a, b, x, y),
        _ => {
            if let Some(value) = vm.binary_special(kind, in_place, a, b)? {
                return Ok(value);
            }
            binary_plain(vm, kind, in_place, a, b)
        }
    }
}

/// A binary operator on operands that are not both numbers, where no special method does it.
pub fn binary_plain(
    vm: &mut Vm,
    kind: BinaryKind,
    in_place: bool,
    a: Value,
    b: Value,
) -> PyResult<Value> {
    let (x, y) = (vm.seen(a), vm.seen(b));
    if (x, y) != (a, b) {
        // What changes in place stays the object that it is.
        let itself = in_place && a.is_class(class::INSTANCE) && kind == BinaryKind::Add;
        let value = match x.class() {
            class::LIST | class::BYTEARRAY if itself => sequence_binary(vm, kind, in_place, x, y),
            _ => binary_kind(vm, kind, in_place, x, y),
        };
        let value = value.map_err(|error| {
            renamed(error, || unsupported(kind, in_place, x, y), [x, y], [a, b])
        })?;
        if let Some(dict) = x.as_dict().filter(|_| in_place && a.is_class(class::NAMESPACE)) {
            vm.write_back(a, dict)?;
        }
        let same = in_place && value == x && value.is_ref() && changes(x);
        return Ok(if same { a } else { value });
    }
    if let Some(value) = super::sets::binary(vm, kind, in_place, a, b)? {
        return Ok(value);
    }
    sequence_binary(vm, kind, in_place, a, b)
}

/// Whether operators change a value in place.
fn changes(value: Value) -> bool {
    matches!(value.class(), class::LIST | class::DICT | class::SET | class::BYTEARRAY)
}

/// The common cases of small ints: `None` where the result is not one, or an error.
#[inline]
fn small(kind: BinaryKind, x: i64, y: i64) -> Option<Value> {
    let exact = |(value, inexact): (i64, bool)| if inexact { None } else { Some(value) };
    let value = match kind {
        BinaryKind::Add => x + y,
        BinaryKind::Sub => x - y,
        BinaryKind::Mul => x.checked_mul(y)?,
        BinaryKind::FloorDiv => exact(semantics::floor_div(x, y))?,
        BinaryKind::Mod => exact(semantics::floor_mod(x, y))?,
        BinaryKind::And => x & y,
        BinaryKind::Or => x | y,
        BinaryKind::Xor => x ^ y,
        BinaryKind::LShift => exact(semantics::shl_ovf(x, y))?,
        BinaryKind::RShift if y >= 0 => x >> y.min(63),
        BinaryKind::Pow if y >= 0 => x.checked_pow(u32::try_from(y).ok()?)?,
        BinaryKind::RShift | BinaryKind::Pow | BinaryKind::TrueDiv | BinaryKind::MatMul => {
            return None;
        }
    };
    Value::small_int(value)
}

fn int_binary(
    vm: &mut Vm,
    kind: BinaryKind,
    in_place: bool,
    a: Value,
    b: Value,
    x: Num<'_>,
    y: Num<'_>,
) -> PyResult<Value> {
    if let (Some(p), Some(q)) = (a.as_bool(), b.as_bool()) {
        match kind {
            BinaryKind::And => return Ok(Value::bool(p & q)),
            BinaryKind::Or => return Ok(Value::bool(p | q)),
            BinaryKind::Xor => return Ok(Value::bool(p ^ q)),
            _ => {}
        }
    }
    if let (Num::Int(x), Num::Int(y)) = (x, y) {
        if let Some(result) = small(kind, x, y) {
            return Ok(result);
        }
        const EXACT: i64 = 1 << 53;
        if kind == BinaryKind::TrueDiv && y != 0 && x.abs() <= EXACT && y.abs() <= EXACT {
            return Ok(vm.heap.alloc_float(x as f64 / y as f64));
        }
    }
    if kind == BinaryKind::Mul
        && let (Num::Big(x), Num::Int(y)) | (Num::Int(y), Num::Big(x)) = (x, y)
        && x.bits() <= SCRATCH_BITS
    {
        // Growing by one word, the number would be copied into a buffer of twice the size.
        vm.product.clone_from(x);
        vm.product *= y;
        let product = vm.product.clone();
        return Ok(vm.heap.alloc_big(product));
    }
    if let Some(result) = big_small(kind, x, y) {
        return Ok(vm.heap.alloc_big(result));
    }
    let (Some(x), Some(y)) = (x.to_big(), y.to_big()) else {
        return Err(unsupported(kind, in_place, a, b));
    };
    let (x, y): (&BigInt, &BigInt) = (&x, &y);
    let zero = |message| int::zero_division(message);
    let result = match kind {
        BinaryKind::Add => x + y,
        BinaryKind::Sub => x - y,
        BinaryKind::Mul => huge::multiply(x, y)?,
        BinaryKind::FloorDiv => {
            int::div_mod(x, y)?.ok_or_else(|| zero("integer division or modulo by zero"))?.0
        }
        BinaryKind::Mod => int::div_mod(x, y)?.ok_or_else(|| zero("integer modulo by zero"))?.1,
        BinaryKind::And => x & y,
        BinaryKind::Or => x | y,
        BinaryKind::Xor => x ^ y,
        BinaryKind::LShift => int::shift_left(x, y)?,
        BinaryKind::RShift => int::shift_right(x, y)?,
        BinaryKind::Pow if y.is_negative() => {
            let (x, y) = (super::number::big_to_f64(x)?, super::number::big_to_f64(y)?);
            let result = float_power(x, y)?;
            return Ok(vm.heap.alloc_float(result));
        }
        BinaryKind::Pow => int::power(x, y)?,
        BinaryKind::TrueDiv => {
            let result = int::true_divide(x, y)?;
            return Ok(vm.heap.alloc_float(result));
        }
        BinaryKind::MatMul => return Err(unsupported(kind, in_place, a, b)),
    };
    Ok(vm.heap.alloc_big(result))
}

/// A big and a small int, without making the small one big.
fn big_small(kind: BinaryKind, x: Num<'_>, y: Num<'_>) -> Option<BigInt> {
    match (kind, x, y) {
        (BinaryKind::Add, Num::Big(x), Num::Int(y)) => Some(x + y),
        (BinaryKind::Add, Num::Int(x), Num::Big(y)) => Some(y + x),
        (BinaryKind::Sub, Num::Big(x), Num::Int(y)) => Some(x - y),
        (BinaryKind::Mul, Num::Big(x), Num::Int(y)) => Some(x * y),
        (BinaryKind::Mul, Num::Int(x), Num::Big(y)) => Some(y * x),
        (BinaryKind::FloorDiv, Num::Big(x), Num::Int(y)) if y > 0 && !x.is_negative() => {
            Some(x / y)
        }
        (BinaryKind::Mod, Num::Big(x), Num::Int(y)) if y > 0 => {
            let r = x % y;
            Some(if r.is_negative() { r + y } else { r })
        }
        _ => None,
    }
}

/// `None` where floats do not have the operator.
fn float_binary(vm: &mut Vm, kind: BinaryKind, x: Num, y: Num) -> Option<PyResult<Value>> {
    let operator = float_operator(kind)?;
    // An int may be too large.
    let operands = x.to_f64().and_then(|x| y.to_f64().map(|y| (x, y)));
    let result = operands.and_then(|(x, y)| operator(x, y));
    Some(result.map(|result| vm.heap.alloc_float(result)))
}

/// An operator on floats; `None` where they do not have it.
#[inline]
fn float_operator(kind: BinaryKind) -> Option<fn(f64, f64) -> PyResult<f64>> {
    Some(match kind {
        BinaryKind::Add => |x, y| Ok(x + y),
        BinaryKind::Sub => |x, y| Ok(x - y),
        BinaryKind::Mul => |x, y| Ok(x * y),
        BinaryKind::TrueDiv => |x, y| match y {
            0.0 => Err(int::zero_division("float division by zero")),
            _ => Ok(x / y),
        },
        BinaryKind::FloorDiv => |x, y| match y {
            0.0 => Err(int::zero_division("float floor division by zero")),
            _ => Ok(float_div_mod(x, y).0),
        },
        BinaryKind::Mod => |x, y| match y {
            0.0 => Err(int::zero_division("float modulo")),
            _ => Ok(float_div_mod(x, y).1),
        },
        BinaryKind::Pow => float_power,
        BinaryKind::LShift
        | BinaryKind::RShift
        | BinaryKind::And
        | BinaryKind::Or
        | BinaryKind::Xor
        | BinaryKind::MatMul => return None,
    })
}

/// Floor quotient and modulo of floats, as CPython computes them; `y` is not 0.
pub fn float_div_mod(x: f64, y: f64) -> (f64, f64) {
    let mut modulo = x % y;
    let mut div = (x - modulo) / y;
    if modulo != 0.0 {
        if (y < 0.0) != (modulo < 0.0) {
            modulo += y;
            div -= 1.0;
        }
    } else {
        modulo = 0.0f64.copysign(y);
    }
    let floor = if div != 0.0 {
        let floor = div.floor();
        if div - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0.0f64.copysign(x / y)
    };
    (floor, modulo)
}

/// `x ** y` for floats.
pub fn float_power(x: f64, y: f64) -> PyResult<f64> {
    if x == 0.0 && y < 0.0 {
        return Err(int::zero_division("0.0 cannot be raised to a negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
        return Err(PyError::value_error(
            "negative number cannot be raised to a fractional power (complex numbers are not supported)",
        ));
    }
    let result = x.powf(y);
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(PyError::new(ExcKind::OverflowError, "(34, 'Numerical result out of range')"));
    }
    Ok(result)
}

fn sequence_binary(
    vm: &mut Vm,
    kind: BinaryKind,
    in_place: bool,
    a: Value,
    b: Value,
) -> PyResult<Value> {
    match kind {
        BinaryKind::Or if is_type(a) && is_type(b) => {
            if let Some(union) = union(vm, a, b)? {
                return Ok(union);
            }
        }
        BinaryKind::Add => match (a.class(), b.class()) {
            (class::STR, class::STR) => {
                if let (Some(x), Some(y)) = (a.as_str(), b.as_str()) {
                    return Ok(vm.heap.concat(x, y)?);
                }
            }
            (class::LIST, _) if in_place => {
                if let Some(list) = a.as_list() {
                    super::list_extend(vm, list, b)?;
                    return Ok(a);
                }
            }
            (class::LIST, class::LIST) => {
                if let (Some(x), Some(y)) = (a.as_list(), b.as_list()) {
                    let list = vm.heap.alloc_list();
                    vm.heap.list_extend(list, x.items())?;
                    vm.heap.list_extend(list, y.items())?;
                    return Ok(list.value());
                }
            }
            (class::TUPLE, class::TUPLE) => {
                if let (Some(x), Some(y)) = (a.as_tuple(), b.as_tuple()) {
                    room_for_items(x.len() + y.len(), 16)?;
                    let items = [x.items(), y.items()].concat();
                    return Ok(vm.heap.alloc_tuple(&items)?);
                }
            }
            (class::BYTES | class::BYTEARRAY, class::BYTES | class::BYTEARRAY) => {
                if let (Some(x), Some(y)) = (a.as_bytes(), b.as_bytes()) {
                    room_for_items(x.len() + y.len(), 2)?;
                    if in_place && x.may_change() {
                        let more = y.bytes().to_vec();
                        vm.heap.change_bytes(x, |bytes| bytes.extend_from_slice(&more));
                        return Ok(a);
                    }
                    let both = [x.bytes(), y.bytes()].concat();
                    return Ok(vm.heap.alloc_byte_buffer(a.class(), both));
                }
            }
            (class::BYTES | class::BYTEARRAY, _) => {
                return Err(PyError::type_error(format!(
                    "can't concat {} to {}",
                    type_name(b),
                    type_name(a)
                )));
            }
            (class @ (class::STR | class::LIST | class::TUPLE), _) => {
                let name = class::name(class);
                return Err(PyError::type_error(format!(
                    "can only concatenate {name} (not \"{}\") to {name}",
                    type_name(b)
                )));
            }
            _ => {}
        },
        BinaryKind::Mul => {
            let sequence = |v: Value| {
                matches!(
                    v.class(),
                    class::STR | class::LIST | class::TUPLE | class::BYTES | class::BYTEARRAY
                )
            };
            if sequence(a) {
                return repeat(vm, a, b, in_place);
            }
            // In place, what has items of its own is not taken for a number of times.
            let other = in_place
                && matches!(
                    a.class(),
                    class::RANGE
                        | class::DICT
                        | class::SET
                        | class::FROZENSET
                        | class::DICT_KEYS
                        | class::DICT_VALUES
                        | class::DICT_ITEMS
                );
            if sequence(b) && !other {
                return repeat(vm, b, a, false);
            }
        }
        BinaryKind::Mod => {
            if let Some(format) = a.as_str() {
                return crate::format::percent(vm, format.text(), b);
            }
            if let Some(format) = a.as_bytes() {
                return crate::format::percent_bytes(vm, a.class(), format.bytes(), b);
            }
        }
        _ => {}
    }
    Err(unsupported(kind, in_place, a, b))
}

/// Whether a value can be part of a union of types.
fn is_type(value: Value) -> bool {
    value.is_none() || matches!(value.class(), class::TYPE | class::UNION)
}

/// `int | str`; `None` where neither is a type.
fn union(vm: &mut Vm, a: Value, b: Value) -> PyResult<Option<Value>> {
    if a.is_none() && b.is_none() {
        return Ok(None);
    }
    let mut types = Vec::new();
    for value in [a, b] {
        let parts = match value.as_words().filter(|_| value.is_class(class::UNION)) {
            Some(union) => union.get(0).as_tuple().map_or(Vec::new(), |t| t.items().to_vec()),
            None if value.is_none() => vec![vm.type_info(class::NONE).object()],
            None => vec![value],
        };
        for part in parts {
            if !types.contains(&part) {
                types.push(part);
            }
        }
    }
    if let [one] = types[..] {
        return Ok(Some(one));
    }
    let types = vm.heap.alloc_tuple(&types)?;
    Ok(Some(vm.heap.alloc_words(class::UNION, 0, [types, Value::ZERO, Value::ZERO])))
}

fn repeat(vm: &mut Vm, sequence: Value, count: Value, in_place: bool) -> PyResult<Value> {
    let count = super::index_value(vm, count)?;
    let count = match super::number::as_integer(count) {
        Some(n) if n.to_word().is_some() => {
            n.to_word().and_then(|i| usize::try_from(i).ok()).unwrap_or(0)
        }
        Some(_) => {
            return Err(PyError::new(
                ExcKind::OverflowError,
                "cannot fit 'int' into an index-sized integer",
            ));
        }
        None => {
            return Err(PyError::type_error(format!(
                "can't multiply sequence by non-int of type '{}'",
                type_name(count)
            )));
        }
    };
    // Nothing stays nothing, however often.
    let count = if super::length(vm, sequence)? == 0 { 0 } else { count };
    if let Some(list) = sequence.as_list() {
        if in_place {
            let items = copied(list.items())?;
            let total = items.len().checked_mul(count).ok_or_else(PyError::memory)?;
            let repeated = vm.heap.alloc_list_repeat(&items, count)?;
            if let Some(repeated) = repeated.as_list() {
                vm.heap.list_splice(list, 0, items.len(), &repeated.items()[..total])?;
            }
            return Ok(sequence);
        }
        return Ok(vm.heap.alloc_list_repeat(list.items(), count)?);
    }
    if let Some(bytes) = sequence.as_bytes() {
        let out = repeated(bytes.bytes(), count)?;
        if in_place && bytes.may_change() {
            vm.heap.change_bytes(bytes, |bytes| *bytes = out);
            return Ok(sequence);
        }
        return Ok(vm.heap.alloc_byte_buffer(sequence.class(), out));
    }
    if let Some(tuple) = sequence.as_tuple() {
        let items = repeated(tuple.items(), count)?;
        return Ok(vm.heap.alloc_tuple(&items)?);
    }
    let text = sequence.as_str().map_or("", |s| s.text());
    let total = text.len().checked_mul(count).filter(|total| *total <= isize::MAX as usize);
    let total =
        total.ok_or_else(|| PyError::new(ExcKind::OverflowError, "repeated string is too long"))?;
    let mut out = String::new();
    // The string itself is one more copy.
    out.try_reserve_exact(total.checked_mul(2).ok_or_else(PyError::memory)?)
        .map_err(|_| PyError::memory())?;
    if total > 0 {
        out.push_str(text);
    }
    while out.len() < total {
        out.extend_from_within(..out.len().min(total - out.len()));
    }
    Ok(vm.heap.alloc_str(&out))
}

/// Bytes or items, `count` times over; `MemoryError` where there is no room.
pub(crate) fn repeated<T: Copy>(items: &[T], count: usize) -> PyResult<Vec<T>> {
    let total = items.len().checked_mul(count).ok_or_else(PyError::memory)?;
    let mut out = Vec::new();
    out.try_reserve_exact(total).map_err(|_| PyError::memory())?;
    if total > 0 {
        out.extend_from_slice(items);
    }
    while out.len() < total {
        out.extend_from_within(..out.len().min(total - out.len()));
    }
    Ok(out)
}

/// An error of an operator on the values that objects hold, with the names of the objects' classes:
/// `whole` makes the whole error for the values.
#[cold]
fn renamed(
    error: Box<PyError>,
    whole: impl FnOnce() -> Box<PyError>,
    held: [Value; 2],
    objects: [Value; 2],
) -> Box<PyError> {
    if error.kind != ExcKind::TypeError || !error.value.is_null() {
        return error;
    }
    let names = |values: [Value; 2]| values.map(type_name);
    let ([x, y], [a, b]) = (names(held), names(objects));
    let message = if error.message == whole().message {
        let (start, _) = error.message.rsplit_once(": ").unwrap_or(("", ""));
        format!("{start}: '{a}' and '{b}'")
    } else {
        let quoted = |name: &str, quote: char| format!("{quote}{name}{quote}");
        let message = error.message.replace(&quoted(y, '"'), &quoted(b, '"'));
        if x == y { message } else { message.replace(&quoted(y, '\''), &quoted(b, '\'')) }
    };
    PyError::type_error(message)
}

#[cold]
fn unsupported(kind: BinaryKind, in_place: bool, a: Value, b: Value) -> Box<PyError> {
    let symbol = match (kind, in_place) {
        (BinaryKind::Pow, false) => "** or pow()".to_string(),
        (_, false) => kind.symbol().to_string(),
        (_, true) => format!("{}=", kind.symbol()),
    };
    PyError::type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}' and '{}'",
        type_name(a),
        type_name(b)
    ))
}

#[cold]
fn bad_operand(symbol: &str, value: Value) -> Box<PyError> {
    PyError::type_error(format!("bad operand type for unary {symbol}: '{}'", type_name(value)))
}

/// `x // y` for floats; `y` is not 0.
pub fn float_floor_div(x: f64, y: f64) -> f64 {
    float_div_mod(x, y).0
}

/// `x % y` for floats; `y` is not 0.
pub fn float_mod(x: f64, y: f64) -> f64 {
    float_div_mod(x, y).1
}

/// A unary instruction.
pub fn unary(vm: &mut Vm, opcode: Opcode, value: Value) -> PyResult<Value> {
    if class::has_methods(value.class()) {
        let name = match opcode {
            Opcode::UnaryNeg => "__neg__",
            Opcode::UnaryPos => "__pos__",
            Opcode::UnaryInvert => "__invert__",
            // No class has a method of that name.
            _ => "",
        };
        if let Some(result) = vm.call_special(value, name, &[])? {
            return Ok(result);
        }
        if let Some(held) = value.as_instance().and_then(|instance| instance.held())
            && opcode != Opcode::UnaryNot
        {
            return unary(vm, opcode, held).map_err(|error| {
                match error.message.rsplit_once(": ") {
                    Some((start, _)) if start.starts_with("bad operand type for unary") => {
                        PyError::type_error(format!("{start}: '{}'", type_name(value)))
                    }
                    _ => error,
                }
            });
        }
    }
    match opcode {
        Opcode::UnaryNeg => unary_neg(vm, value),
        Opcode::UnaryPos => unary_pos(vm, value),
        Opcode::UnaryInvert => unary_invert(vm, value),
        // The only one left.
        _ => super::truth(vm, value).map(|t| Value::bool(!t)),
    }
}

/// `-value`.
fn unary_neg(vm: &mut Vm, value: Value) -> PyResult<Value> {
    match num(value) {
        Some(Num::Int(i)) => Ok(vm.heap.alloc_int(-i)),
        Some(Num::Float(f)) => Ok(vm.heap.alloc_float(-f)),
        Some(Num::Big(b)) => {
            let negated = -b;
            Ok(vm.heap.alloc_big(negated))
        }
        None => Err(bad_operand("-", value)),
    }
}

/// `+value`.
pub fn unary_pos(vm: &mut Vm, value: Value) -> PyResult<Value> {
    match num(value) {
        Some(Num::Int(i)) => Ok(vm.heap.alloc_int(i)),
        Some(_) => Ok(value),
        None => Err(bad_operand("+", value)),
    }
}

/// `~value`.
fn unary_invert(vm: &mut Vm, value: Value) -> PyResult<Value> {
    match num(value) {
        Some(Num::Int(i)) => Ok(vm.heap.alloc_int(!i)),
        Some(Num::Big(b)) => {
            let inverted = -b - 1;
            Ok(vm.heap.alloc_big(inverted))
        }
        _ => Err(bad_operand("~", value)),
    }
}
