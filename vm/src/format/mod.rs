//! Formatting: f-strings' `format_value`, the format specification language, `str.format` and `%`.

mod percent;
mod spec;
mod template;

pub use percent::{percent, percent_bytes};
pub use spec::{Spec, float_digits};
pub use template::{template, template_map};

use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops::number::{Num, num};
use crate::text::{quote, to_repr_collecting, to_str, to_str_collecting, type_name};
use crate::value::Value;
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

/// What a `format_value` instruction gives: `conversion` is 0 none, 1 `str`, 2 `repr`, 3 `ascii`;
/// `spec` is NULL or a string.
pub fn format_value(vm: &mut Vm, conversion: u8, value: Value, spec: Value) -> PyResult<Value> {
    let text = match conversion {
        0 if spec.is_null() && vm.special(value, "__format__").is_none() => {
            Some(to_str_collecting(vm, value)?)
        }
        0 => None,
        1 => Some(to_str_collecting(vm, value)?),
        2 => Some(to_repr_collecting(vm, value)?),
        _ => Some(ascii(&to_repr_collecting(vm, value)?)),
    };
    let spec = spec.as_str().map_or("", |s| s.text());
    let text = match text {
        Some(text) => format_str(&text, spec)?,
        None => format(vm, value, spec)?,
    };
    Ok(vm.heap.alloc_str(&text))
}

/// A `repr` with everything outside ASCII escaped.
pub fn ascii(repr: &str) -> String {
    if repr.is_ascii() {
        return repr.to_string();
    }
    repr.chars()
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                let quoted = quote(&c.to_string(), true);
                quoted[1..quoted.len() - 1].to_string()
            }
        })
        .collect()
}

/// `format(value, spec)`.
pub fn format(vm: &mut Vm, value: Value, spec: &str) -> PyResult<String> {
    if vm.special(value, "__format__").is_some() {
        let text = vm.heap.alloc_str(spec);
        let result = vm.call_special(value, "__format__", &[text])?.unwrap_or(Value::none());
        return match result.plain().as_str() {
            Some(text) => Ok(text.text().to_string()),
            None => Err(PyError::type_error(format!(
                "__format__ must return a str, not {}",
                type_name(result)
            ))),
        };
    }
    if spec.is_empty() {
        return to_str(vm, value);
    }
    let whole = value;
    let value = value.plain();
    if let Some(string) = value.as_str() {
        return format_str(string.text(), spec);
    }
    match num(value) {
        Some(Num::Float(f)) => format_float(f, spec),
        Some(n) => match n.to_big() {
            Some(big) => format_int(vm, &big, spec, type_name(value)),
            None => Ok(String::new()),
        },
        None => Err(PyError::type_error(format!(
            "unsupported format string passed to {}.__format__",
            if value.class() == class::TYPE { "type" } else { type_name(whole) }
        ))),
    }
}

fn format_str(text: &str, spec: &str) -> PyResult<String> {
    let spec = Spec::parse(spec, "str")?;
    if spec.kind.is_some_and(|k| k != 's') {
        return Err(spec.unknown("str"));
    }
    if let Some(sign) = spec.sign {
        let what = if sign == ' ' { "Space" } else { "Sign" };
        return Err(PyError::value_error(format!("{what} not allowed in string format specifier")));
    }
    if spec.alternate {
        return Err(PyError::value_error(
            "Alternate form (#) not allowed in string format specifier",
        ));
    }
    if let Some(c) = spec.grouping {
        return Err(PyError::value_error(format!("Cannot specify '{c}' with 's'.")));
    }
    if spec.align == Some('=') {
        return Err(PyError::value_error("'=' alignment not allowed in string format specifier"));
    }
    spec.check_size(false)?;
    match spec.precision {
        Some(p) => Ok(spec.pad(&text.chars().take(p).collect::<String>(), '<')),
        None => Ok(spec.pad(text, '<')),
    }
}

fn format_int(vm: &Vm, value: &BigInt, text: &str, of: &str) -> PyResult<String> {
    let spec = Spec::parse(text, of)?;
    let kind = spec.kind.unwrap_or('d');
    if matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
        return format_float(crate::ops::number::big_to_f64(value)?, text);
    }
    if !matches!(kind, 'b' | 'c' | 'd' | 'n' | 'o' | 'x' | 'X') {
        return Err(spec.unknown(of));
    }
    if spec.precision.is_some() {
        return Err(PyError::value_error("Precision not allowed in integer format specifier"));
    }
    if kind == 'c' {
        if spec.sign.is_some() {
            return Err(PyError::value_error("Sign not allowed with integer format specifier 'c'"));
        }
        spec.check_size(true)?;
        let c = value.to_u32().and_then(char::from_u32).ok_or_else(|| {
            let message = match i64::try_from(value) {
                Ok(_) => "%c arg not in range(0x110000)",
                Err(_) => "Python int too large to convert to C long",
            };
            PyError::new(crate::error::ExcKind::OverflowError, message)
        })?;
        return Ok(spec.pad(&c.to_string(), '<'));
    }
    if let Some(c) = spec.grouping
        && (kind == 'n' || c == ',' && kind != 'd')
    {
        return Err(PyError::value_error(format!("Cannot specify '{c}' with '{kind}'.")));
    }
    spec.check_size(true)?;
    let magnitude = value.magnitude();
    let (prefix, digits) = match kind {
        'b' => ("0b", magnitude.to_str_radix(2)),
        'o' => ("0o", magnitude.to_str_radix(8)),
        'x' => ("0x", magnitude.to_str_radix(16)),
        'X' => ("0X", magnitude.to_str_radix(16).to_uppercase()),
        _ => {
            let digits = crate::ops::int::to_decimal(value, vm.int_max_str_digits)?;
            ("", digits.trim_start_matches('-').to_string())
        }
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let group = if matches!(kind, 'd' | 'n') { 3 } else { 4 };
    Ok(spec.number(value.sign() == Sign::Minus, prefix, &digits, "", group))
}

fn format_float(f: f64, text: &str) -> PyResult<String> {
    let spec = Spec::parse(text, "float")?;
    let kind = spec.kind;
    if kind.is_some_and(|k| !matches!(k, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) {
        return Err(spec.unknown("float"));
    }
    if let (Some('n'), Some(c)) = (kind, spec.grouping) {
        return Err(PyError::value_error(format!("Cannot specify '{c}' with 'n'.")));
    }
    spec.check_size(true)?;
    let digits = float_digits(f, kind, spec.precision, spec.alternate);
    // The part before the point (all digits) can be grouped and filled.
    let whole = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(whole);
    let negative = f.is_sign_negative() && !f.is_nan();
    Ok(spec.number(negative, "", whole, rest, 3))
}
