//! Text of values: type names, `repr` and `str`, and the digits of floats.

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops::int;
use crate::value::Value;
use std::fmt::Write;

/// Containers in containers may be this deep.
const MAX_DEPTH: usize = 900;

/// The name of a value's type.
pub fn type_name(value: Value) -> &'static str {
    match value.class() {
        class::EXCEPTION => ExcKind::from_number(value.aux()).name(),
        class => class::name(class),
    }
}

/// The shortest digits that give the float back, and the position of the decimal point after the
/// first digits (`0.digits * 10^point`).
fn shortest(f: f64) -> (String, i32) {
    let mut text = format!("{:e}", f.abs());
    // Where two shortest texts are equally near, CPython takes the even one; Rust's exact
    // formatting does too. That needs all the digits a float has.
    if text.find('e').is_some_and(|n| n >= 17) {
        let digits = text.find('e').unwrap_or(0) - 2;
        let even = format!("{:.digits$e}", f.abs());
        if even.parse() == Ok(f.abs()) {
            text = even;
        }
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    (digits, exponent + 1)
}

/// `repr(f)`.
pub fn float_repr(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_string();
    }
    if f.is_infinite() {
        return if f < 0.0 { "-inf" } else { "inf" }.to_string();
    }
    let mut out = String::with_capacity(24);
    if f.is_sign_negative() {
        out.push('-');
    }
    let (digits, point) = shortest(f);
    let n = digits.len() as i32;
    if !(-4..=15).contains(&(point - 1)) {
        out.push_str(&digits[..1]);
        if n > 1 {
            out.push('.');
            out.push_str(&digits[1..]);
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.abs());
    } else if point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', -point as usize));
        out.push_str(&digits);
    } else if point >= n {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', (point - n) as usize));
        out.push_str(".0");
    } else {
        out.push_str(&digits[..point as usize]);
        out.push('.');
        out.push_str(&digits[point as usize..]);
    }
    out
}

/// `repr` of a string.
pub fn quote(text: &str, ascii: bool) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\\' => out.push_str("\\\\"),
            _ if c == quote => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ if !ascii && is_printable(c) => out.push(c),
            _ => {
                let code = c as u32;
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

fn is_printable(c: char) -> bool {
    if c.is_control() || (c != ' ' && c.is_whitespace()) {
        return false;
    }
    // Rust's own escaping knows which characters Unicode calls unprintable.
    c.escape_debug().len() == 1 || !c.is_ascii() && c.escape_debug().next() != Some('\\')
}

/// `str(value)`.
pub fn to_str(vm: &mut Vm, value: Value) -> PyResult<String> {
    if let Some(string) = value.as_str() {
        return Ok(string.text().to_string());
    }
    if value.class() == class::EXCEPTION {
        return exception_message(vm, value);
    }
    to_repr(vm, value)
}

/// `str()` of an exception instance: its arguments.
pub fn exception_message(vm: &mut Vm, value: Value) -> PyResult<String> {
    let args = value.as_words().and_then(|w| w.get(0).as_tuple());
    match args.map(|t| t.items()) {
        None | Some([]) => Ok(String::new()),
        Some([one]) if ExcKind::from_number(value.aux()) == ExcKind::KeyError => to_repr(vm, *one),
        Some([one]) => to_str(vm, *one),
        Some(_) => to_repr(vm, value.as_words().map_or(Value::none(), |w| w.get(0))),
    }
}

/// `repr(value)`.
pub fn to_repr(vm: &mut Vm, value: Value) -> PyResult<String> {
    let mut out = String::new();
    let mut path = Vec::new();
    write_repr(vm, value, &mut out, &mut path)?;
    Ok(out)
}

fn write_repr(vm: &mut Vm, value: Value, out: &mut String, path: &mut Vec<Value>) -> PyResult<()> {
    if let Some(i) = value.as_small_int() {
        let _ = write!(out, "{i}");
        return Ok(());
    }
    match value.class() {
        class::FLOAT => out.push_str(&float_repr(value.as_float().unwrap_or(0.0))),
        class::NONE => out.push_str("None"),
        class::BOOL => out.push_str(if value.is_true() { "True" } else { "False" }),
        class::NOT_IMPLEMENTED => out.push_str("NotImplemented"),
        class::INT => {
            if let Some(big) = value.as_big() {
                out.push_str(&int::to_decimal(big, vm.int_max_str_digits)?);
            }
        }
        class::STR => out.push_str(&quote(value.as_str().map_or("", |s| s.text()), false)),
        class::LIST | class::TUPLE => {
            let (open, close) = if value.class() == class::LIST { ('[', ']') } else { ('(', ')') };
            if path.contains(&value) {
                out.push(open);
                out.push_str("...");
                out.push(close);
                return Ok(());
            }
            if path.len() > MAX_DEPTH {
                return Err(PyError::new(
                    ExcKind::RecursionError,
                    "maximum recursion depth exceeded while getting the repr of an object",
                ));
            }
            path.push(value);
            let items = match value.as_list() {
                Some(list) => list.items().to_vec(),
                None => value.as_tuple().map_or(Vec::new(), |t| t.items().to_vec()),
            };
            out.push(open);
            for (i, &item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_repr(vm, item, out, path)?;
            }
            if items.len() == 1 && close == ')' {
                out.push(',');
            }
            out.push(close);
            path.pop();
        }
        class::RANGE => {
            if let Some(range) = value.as_range() {
                let r = range.fields();
                let _ = if r.step == 1 {
                    write!(out, "range({}, {})", r.start, r.stop)
                } else {
                    write!(out, "range({}, {}, {})", r.start, r.stop, r.step)
                };
            }
        }
        class::SLICE => {
            out.push_str("slice(");
            for (i, part) in
                value.as_slice().map_or([Value::none(); 3], |s| s.parts()).iter().enumerate()
            {
                if i > 0 {
                    out.push_str(", ");
                }
                write_repr(vm, *part, out, path)?;
            }
            out.push(')');
        }
        class::FUNCTION => {
            let code = value.as_function().and_then(|f| vm.code(f.code_id()));
            let name = code.map_or("?", |c| &*c.source.name);
            let _ = write!(out, "<function {name} at {:#x}>", value.bits() - 1);
        }
        class::BUILTIN => {
            let name = crate::builtins::name_of(value);
            let name = name.rsplit('.').next().unwrap_or(name);
            let _ = write!(out, "<built-in function {name}>");
        }
        class::BOUND_METHOD => {
            let method = value.as_method();
            let name = method.map_or("?", |m| crate::builtins::name_of(m.callable()));
            let name = name.rsplit('.').next().unwrap_or(name);
            let of = method.map_or("object", |m| type_name(m.receiver()));
            let _ =
                write!(out, "<built-in method {name} of {of} object at {:#x}>", value.bits() - 1);
        }
        class::MODULE => {
            let module = vm.module(value.aux());
            let name = module.map_or("?", |m| &*m.name);
            match module.and_then(|m| m.file.as_ref()) {
                Some(file) => {
                    let _ = write!(out, "<module '{name}' from '{file}'>");
                }
                None => {
                    let _ = write!(out, "<module '{name}' (built-in)>");
                }
            }
        }
        class::TYPE => {
            let _ = write!(out, "<class '{}'>", class::name(value.aux()));
        }
        class::EXCEPTION_TYPE => {
            let _ = write!(out, "<class '{}'>", ExcKind::from_number(value.aux()).name());
        }
        class::EXCEPTION => {
            out.push_str(type_name(value));
            let args = value.as_words().and_then(|w| w.get(0).as_tuple());
            match args.map(|t| t.items()) {
                Some([one]) => {
                    out.push('(');
                    write_repr(vm, *one, out, path)?;
                    out.push(')');
                }
                _ => match value.as_words() {
                    Some(words) => write_repr(vm, words.get(0), out, path)?,
                    None => out.push_str("()"),
                },
            }
        }
        _ => {
            let _ = write!(out, "<{} object at {:#x}>", type_name(value), value.bits() - 1);
        }
    }
    Ok(())
}

/// A value in `ValueError: 2 is not in list` and the like.
impl Vm {
    /// `str(value)`.
    pub fn str_of(&mut self, value: Value) -> PyResult<String> {
        to_str(self, value)
    }

    /// `repr(value)`.
    pub fn repr_of(&mut self, value: Value) -> PyResult<String> {
        to_repr(self, value)
    }
}
