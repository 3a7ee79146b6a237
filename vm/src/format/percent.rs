//! `format % values`.

use super::spec::{Spec, float_digits};
use crate::class::{self, ClassId};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops::number::{Num, num};
use crate::text::{to_repr, to_str, type_name};
use crate::value::Value;
use num_bigint::{BigInt, Sign};
use std::fmt::Write;

/// Whether values are found by name.
fn is_mapping(vm: &Vm, values: Value) -> bool {
    let indexed = vm.special(values, "__getitem__").is_some();
    match values.plain().class() {
        class::DICT | class::LIST | class::RANGE | class::BYTES | class::BYTEARRAY => true,
        class::TUPLE | class::STR => false,
        _ => indexed,
    }
}

/// `format % values`.
pub fn percent(vm: &mut Vm, format: &str, values: Value) -> PyResult<Value> {
    let text = expand(vm, format, values, false)?;
    Ok(vm.heap.alloc_str(&text))
}

/// `format % values` for bytes of that class: their characters stand for bytes here.
pub fn percent_bytes(vm: &mut Vm, class: ClassId, format: &[u8], values: Value) -> PyResult<Value> {
    let format = as_characters(format);
    let text = expand(vm, &format, values, true)?;
    Ok(vm.heap.alloc_byte_buffer(class, text.chars().map(|c| c as u8).collect()))
}

/// A character for each byte.
fn as_characters(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

/// What `%s` is replaced by in bytes.
fn raw_text(vm: &mut Vm, value: Value) -> PyResult<String> {
    if let Some(bytes) = value.plain().as_bytes() {
        return Ok(as_characters(bytes.bytes()));
    }
    let made = vm.call_special(value, "__bytes__", &[])?;
    match made.and_then(|made| made.as_bytes()) {
        Some(bytes) => Ok(as_characters(bytes.bytes())),
        None => Err(PyError::type_error(format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
            type_name(value)
        ))),
    }
}

fn expand(vm: &mut Vm, format: &str, values: Value, raw: bool) -> PyResult<String> {
    let single = [values];
    let items = values.plain().as_tuple().map_or(&single[..], |t| t.items());
    let mut items = items.iter().copied();
    let mapping = is_mapping(vm, values) && !(raw && values.plain().as_bytes().is_some());
    let named = std::cell::Cell::new(None);
    let mut missing = || match named.take() {
        Some(value) => Ok(value),
        None => items
            .next()
            .ok_or_else(|| PyError::type_error("not enough arguments for format string")),
    };
    let mut out = String::new();
    let mut chars = format.chars().enumerate().peekable();
    while let Some((_, c)) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if let Some(&(_, kind @ ('s' | 'd'))) = chars.peek()
            && !raw
        {
            // Most conversions are bare ones of plain values.
            let value = missing()?;
            match (value.as_small_int(), value.as_str()) {
                (Some(i), _) => {
                    let _ = write!(out, "{i}");
                }
                (_, Some(text)) if kind == 's' => out.push_str(text.text()),
                _ => {
                    named.set(Some(value));
                }
            }
            if named.get().is_none() {
                chars.next();
                continue;
            }
        }
        let mut spec = Spec::parse("", "str")?;
        if chars.next_if(|(_, c)| *c == '(').is_some() {
            if !mapping {
                return Err(PyError::type_error("format requires a mapping"));
            }
            let (mut key, mut depth) = (String::new(), 1);
            for (_, c) in chars.by_ref() {
                depth += i32::from(c == '(') - i32::from(c == ')');
                if depth == 0 {
                    break;
                }
                key.push(c);
            }
            if depth > 0 {
                return Err(PyError::value_error("incomplete format key"));
            }
            let key = if raw {
                vm.heap.alloc_byte_buffer(class::BYTES, key.chars().map(|c| c as u8).collect())
            } else {
                vm.heap.alloc_str(&key)
            };
            named.set(Some(crate::ops::get_item(vm, values, key)?));
        }
        while let Some(&(_, c)) = chars.peek() {
            match c {
                '-' => spec.align = Some('<'),
                '+' => spec.sign = Some('+'),
                ' ' => spec.sign = spec.sign.or(Some(' ')),
                '#' => spec.alternate = true,
                '0' => spec.fill = '0',
                _ => break,
            }
            chars.next();
        }
        let mut number = |chars: &mut std::iter::Peekable<_>| -> PyResult<Option<i64>> {
            let chars: &mut std::iter::Peekable<std::iter::Enumerate<std::str::Chars<'_>>> = chars;
            if chars.next_if(|(_, c)| *c == '*').is_some() {
                return crate::ops::index_int(missing()?)
                    .map(Some)
                    .ok_or_else(|| PyError::type_error("* wants int"));
            }
            let mut value = None;
            while let Some((_, c)) = chars.next_if(|(_, c)| c.is_ascii_digit()) {
                let digit = i64::from(c as u8 - b'0');
                value = Some(value.unwrap_or(0i64).saturating_mul(10).saturating_add(digit));
            }
            Ok(value)
        };
        let width = number(&mut chars)?.unwrap_or(0);
        if width < 0 {
            spec.align = Some('<');
        }
        spec.width = width.unsigned_abs() as usize;
        if chars.next_if(|(_, c)| *c == '.').is_some() {
            spec.precision = Some(number(&mut chars)?.unwrap_or(0).max(0) as usize);
        }
        if width == i64::MAX {
            return Err(PyError::value_error("width too big"));
        }
        while chars.next_if(|(_, c)| matches!(c, 'l' | 'h' | 'L')).is_some() {}
        let Some((at, kind)) = chars.next() else {
            return Err(PyError::value_error("incomplete format"));
        };
        if spec.precision.is_some_and(|p| p > i32::MAX as usize) {
            return Err(PyError::value_error("precision too big"));
        }
        spec.check_size(!matches!(kind, 's' | 'r' | 'a' | 'b' | 'c' | '%'))?;
        if spec.align == Some('<') && spec.fill == '0' {
            spec.fill = ' ';
        }
        match kind {
            '%' => out.push('%'),
            's' | 'b' if raw => {
                let value = missing()?;
                spec.fill = ' ';
                let text = raw_text(vm, value)?;
                let text = match spec.precision {
                    Some(p) => text.chars().take(p).collect(),
                    None => text,
                };
                out.push_str(&spec.pad(&text, '>'));
            }
            's' | 'r' | 'a' => {
                let value = missing()?;
                spec.fill = ' ';
                let text = match kind {
                    's' => to_str(vm, value)?,
                    'r' if !raw => to_repr(vm, value)?,
                    _ => super::ascii(&to_repr(vm, value)?),
                };
                let text = match spec.precision {
                    Some(p) => text.chars().take(p).collect(),
                    None => text,
                };
                out.push_str(&spec.pad(&text, '>'));
            }
            'c' => {
                let value = missing()?;
                let bytes = value.plain().as_bytes().filter(|bytes| raw && bytes.len() == 1);
                let text = match (value.plain().as_str(), crate::ops::index_int(value)) {
                    _ if bytes.is_some() => raw_text(vm, value)?,
                    (Some(s), _) if s.chars() == 1 => s.text().to_string(),
                    (None, Some(i)) => u32::try_from(i)
                        .ok()
                        .and_then(char::from_u32)
                        .ok_or_else(|| {
                            PyError::new(
                                crate::error::ExcKind::OverflowError,
                                "%c arg not in range(0x110000)",
                            )
                        })?
                        .to_string(),
                    _ => return Err(PyError::type_error("%c requires int or char")),
                };
                spec.fill = ' ';
                out.push_str(&spec.pad(&text, '>'));
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                let value = missing()?;
                out.push_str(&integer(vm, &mut spec, kind, value)?);
            }
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let value = missing()?;
                let converted = vm.call_special(value, "__float__", &[])?.unwrap_or(value);
                let f = crate::ops::number::real(converted)?;
                let digits = float_digits(f, Some(kind), spec.precision, spec.alternate);
                if spec.fill == '0' && f.is_finite() {
                    spec.align = Some('=');
                }
                let negative = f.is_sign_negative() && !f.is_nan();
                out.push_str(&spec.number(negative, "", "", &digits, 3));
            }
            _ => {
                return Err(PyError::value_error(format!(
                    "unsupported format character '{kind}' ({:#x}) at index {at}",
                    kind as u32
                )));
            }
        }
    }
    if items.next().is_some() && !mapping {
        return Err(PyError::type_error(if raw {
            "not all arguments converted during bytes formatting"
        } else {
            "not all arguments converted during string formatting"
        }));
    }
    Ok(out)
}

fn integer(vm: &mut Vm, spec: &mut Spec, kind: char, value: Value) -> PyResult<String> {
    let decimal = matches!(kind, 'd' | 'i' | 'u');
    if let Some(i) = value.as_small_int().filter(|_| decimal && spec.precision.is_none()) {
        if spec.fill == '0' && spec.align.is_none() {
            spec.align = Some('=');
        }
        return Ok(spec.number(i < 0, "", &i.unsigned_abs().to_string(), "", 3));
    }
    let mut value = crate::ops::index_value(vm, value)?;
    if decimal && let Some(whole) = vm.call_special(value, "__int__", &[])? {
        value = whole;
    }
    let number: BigInt = match num(value.plain()) {
        Some(Num::Float(f)) if decimal => crate::ops::int::from_float_checked(f)?,
        Some(n) if n.to_big().is_some() => n.to_big().map(|b| b.into_owned()).unwrap_or_default(),
        _ => {
            let wanted =
                if decimal { "a real number is required" } else { "an integer is required" };
            return Err(PyError::type_error(format!(
                "%{kind} format: {wanted}, not {}",
                type_name(value)
            )));
        }
    };
    let magnitude = number.magnitude();
    let (prefix, digits) = match kind {
        'o' => ("0o", magnitude.to_str_radix(8)),
        'x' => ("0x", magnitude.to_str_radix(16)),
        'X' => ("0X", magnitude.to_str_radix(16).to_uppercase()),
        _ => {
            let text = crate::ops::int::to_decimal(&number, vm.int_max_str_digits)?;
            ("", text.trim_start_matches('-').to_string())
        }
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let digits = match spec.precision {
        Some(p) => "0".repeat(p.saturating_sub(digits.len())) + &digits,
        None => digits,
    };
    if spec.fill == '0' && spec.align.is_none() {
        spec.align = Some('=');
    }
    Ok(spec.number(number.sign() == Sign::Minus, prefix, &digits, "", 3))
}
