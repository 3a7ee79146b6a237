//! Methods of strings.

use super::{Builtin, method};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::Args;
use crate::text::type_name;
use crate::value::Value;

/// The table.
pub const TABLE: &[Builtin] = &[
    method("str.join", 1, 1, join),
    method("str.upper", 0, 0, |vm, args| map(vm, args, |s| s.to_uppercase())),
    method("str.lower", 0, 0, |vm, args| map(vm, args, |s| s.to_lowercase())),
    method("str.strip", 0, 1, |vm, args| strip(vm, args, true, true)),
    method("str.lstrip", 0, 1, |vm, args| strip(vm, args, true, false)),
    method("str.rstrip", 0, 1, |vm, args| strip(vm, args, false, true)),
    method("str.split", 0, 1, split),
    method("str.replace", 2, 2, replace),
    method("str.startswith", 1, 1, |_, a| test(a, "startswith", |s, t| s.starts_with(t))),
    method("str.endswith", 1, 1, |_, a| test(a, "endswith", |s, t| s.ends_with(t))),
    method("str.find", 1, 1, find),
    method("str.count", 1, 1, count),
    method("str.zfill", 1, 1, zfill),
    method("str.ljust", 1, 2, |vm, args| justify(vm, args, '<')),
    method("str.rjust", 1, 2, |vm, args| justify(vm, args, '>')),
    method("str.center", 1, 2, |vm, args| justify(vm, args, '^')),
    method("str.isdigit", 0, 0, |_, a| {
        let s = text(a, 0);
        Ok(Value::bool(!s.is_empty() && s.chars().all(|c| c.is_ascii_digit())))
    }),
];

fn text(args: Args, i: usize) -> &'static str {
    args.get(i).and_then(|v| v.as_str()).map_or("", |s| s.text())
}

fn text_arg(args: Args, i: usize, function: &str) -> PyResult<&'static str> {
    let value = args.get(i).unwrap_or(Value::none());
    match value.as_str() {
        Some(s) => Ok(s.text()),
        None => Err(PyError::type_error(format!(
            "{function}() argument {i} must be str, not {}",
            type_name(value)
        ))),
    }
}

fn map(vm: &mut Vm, args: Args, f: impl Fn(&str) -> String) -> PyResult<Value> {
    Ok(vm.heap.alloc_str(&f(text(args, 0))))
}

fn join(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let separator = text(args, 0);
    let iterable = args.get(1).unwrap_or(Value::none());
    if !ops::is_iterable(vm, iterable) {
        return Err(PyError::type_error("can only join an iterable"));
    }
    let items = ops::collect(vm, iterable)?;
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        let Some(part) = item.as_str() else {
            return Err(PyError::type_error(format!(
                "sequence item {i}: expected str instance, {} found",
                type_name(*item)
            )));
        };
        if i > 0 {
            out.push_str(separator);
        }
        out.push_str(part.text());
    }
    Ok(vm.heap.alloc_str(&out))
}

fn strip(vm: &mut Vm, args: Args, left: bool, right: bool) -> PyResult<Value> {
    let mut s = text(args, 0);
    let set = match args.get(1) {
        Some(v) if !v.is_none() => Some(text_arg(args, 1, "strip")?),
        _ => None,
    };
    let drop = |c: char| match set {
        Some(set) => set.contains(c),
        None => c.is_whitespace() || ('\x1c'..='\x1f').contains(&c),
    };
    if left {
        s = s.trim_start_matches(drop);
    }
    if right {
        s = s.trim_end_matches(drop);
    }
    Ok(vm.heap.alloc_str(s))
}

fn split(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let s = text(args, 0);
    let parts: Vec<&str> = match args.get(1) {
        Some(v) if !v.is_none() => {
            let separator = text_arg(args, 1, "split")?;
            if separator.is_empty() {
                return Err(PyError::value_error("empty separator"));
            }
            s.split(separator).collect()
        }
        _ => s.split_whitespace().collect(),
    };
    let parts: Vec<Value> = parts.iter().map(|p| vm.heap.alloc_str(p)).collect();
    Ok(vm.heap.alloc_list_of(&parts)?)
}

fn replace(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (from, to) = (text_arg(args, 1, "replace")?, text_arg(args, 2, "replace")?);
    Ok(vm.heap.alloc_str(&text(args, 0).replace(from, to)))
}

fn test(args: Args, name: &str, f: impl Fn(&str, &str) -> bool) -> PyResult<Value> {
    let value = args.get(1).unwrap_or(Value::none());
    let s = text(args, 0);
    let wrong = |v: Value| {
        PyError::type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            type_name(v)
        ))
    };
    if let Some(tuple) = value.as_tuple() {
        for item in tuple.items() {
            if f(s, item.as_str().ok_or_else(|| wrong(*item))?.text()) {
                return Ok(Value::true_());
            }
        }
        return Ok(Value::false_());
    }
    Ok(Value::bool(f(s, value.as_str().ok_or_else(|| wrong(value))?.text())))
}

fn find(_: &mut Vm, args: Args) -> PyResult<Value> {
    let s = text(args, 0);
    let found = s.find(text_arg(args, 1, "find")?);
    Ok(Value::small(found.map_or(-1, |at| s[..at].chars().count() as i64)))
}

fn count(_: &mut Vm, args: Args) -> PyResult<Value> {
    let (s, part) = (text(args, 0), text_arg(args, 1, "count")?);
    let found = if part.is_empty() { s.chars().count() + 1 } else { s.matches(part).count() };
    Ok(Value::small(found as i64))
}

fn width(args: Args) -> PyResult<usize> {
    let width = crate::ops::number::index_saturating(args.get(1).unwrap_or(Value::none()))?;
    let width = usize::try_from(width).unwrap_or(0);
    if width > isize::MAX as usize / 8 {
        return Err(PyError::memory());
    }
    Ok(width)
}

fn zfill(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let s = text(args, 0);
    let missing = width(args)?.saturating_sub(s.chars().count());
    let (sign, digits) = match s.chars().next() {
        Some(c @ ('+' | '-')) => (c.to_string(), &s[1..]),
        _ => (String::new(), s),
    };
    Ok(vm.heap.alloc_str(&format!("{sign}{}{digits}", "0".repeat(missing))))
}

fn justify(vm: &mut Vm, args: Args, align: char) -> PyResult<Value> {
    let s = text(args, 0);
    let width = width(args)?;
    let fill = if args.len() > 2 { text_arg(args, 2, "ljust")? } else { " " };
    let mut chars = fill.chars();
    let (Some(fill), None) = (chars.next(), chars.next()) else {
        return Err(PyError::type_error("The fill character must be exactly one character long"));
    };
    let missing = width.saturating_sub(s.chars().count());
    let left = match align {
        '<' => 0,
        '>' => missing,
        _ => missing / 2 + (missing & width & 1),
    };
    let pad = |n| std::iter::repeat_n(fill, n);
    let out: String = pad(left).chain(s.chars()).chain(pad(missing - left)).collect();
    Ok(vm.heap.alloc_str(&out))
}
