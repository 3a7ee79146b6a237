//! Methods of strings.
//!
//! Positions count characters. Texts are UTF-8, so positions and offsets in bytes are the same in
//! ASCII texts alone; [`crate::object::Str`] turns one into the other.

use super::{Builtin, bind, characters, method, static_method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::memory::room_for_items;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::{argument_type, type_name};
use crate::value::Value;

/// The table.
pub const TABLE: &[Builtin] = &[
    method("str.join", 1, 1, join),
    method("str.upper", 0, 0, |vm, a| map(vm, a, str::to_uppercase)),
    method("str.lower", 0, 0, |vm, a| map(vm, a, str::to_lowercase)),
    method("str.title", 0, 0, |vm, a| map(vm, a, characters::title)),
    method("str.capitalize", 0, 0, |vm, a| map(vm, a, characters::capitalize)),
    method("str.swapcase", 0, 0, |vm, a| map(vm, a, characters::swap_case)),
    method("str.casefold", 0, 0, |vm, a| map(vm, a, characters::case_fold)),
    method("str.strip", 0, 1, |vm, a| strip(vm, a, "strip", true, true)),
    method("str.lstrip", 0, 1, |vm, a| strip(vm, a, "lstrip", true, false)),
    method("str.rstrip", 0, 1, |vm, a| strip(vm, a, "rstrip", false, true)),
    method("str.split", 0, 2, |vm, a| split(vm, a, false)).with_keywords(),
    method("str.rsplit", 0, 2, |vm, a| split(vm, a, true)).with_keywords(),
    method("str.splitlines", 0, 1, split_lines).with_keywords(),
    method("str.partition", 1, 1, |vm, a| partition(vm, a, false)),
    method("str.rpartition", 1, 1, |vm, a| partition(vm, a, true)),
    method("str.replace", 2, 3, replace),
    method("str.removeprefix", 1, 1, |vm, a| {
        let (s, part) = (text(a), only(a, 1, "removeprefix")?);
        Ok(vm.heap.alloc_str(s.strip_prefix(part).unwrap_or(s)))
    }),
    method("str.removesuffix", 1, 1, |vm, a| {
        let (s, part) = (text(a), only(a, 1, "removesuffix")?);
        Ok(vm.heap.alloc_str(s.strip_suffix(part).unwrap_or(s)))
    }),
    method("str.startswith", 1, 3, |vm, a| affix(vm, a, "startswith", |s, t| s.starts_with(t))),
    method("str.endswith", 1, 3, |vm, a| affix(vm, a, "endswith", |s, t| s.ends_with(t))),
    method("str.find", 1, 3, |vm, a| Ok(Value::small(search(vm, a, false)?.unwrap_or(-1)))),
    method("str.rfind", 1, 3, |vm, a| Ok(Value::small(search(vm, a, true)?.unwrap_or(-1)))),
    method("str.index", 1, 3, |vm, a| search(vm, a, false)?.map(Value::small).ok_or_else(missing)),
    method("str.rindex", 1, 3, |vm, a| search(vm, a, true)?.map(Value::small).ok_or_else(missing)),
    method("str.count", 1, 3, count),
    method("str.zfill", 1, 1, zfill),
    method("str.ljust", 1, 2, |vm, a| justify(vm, a, '<')),
    method("str.rjust", 1, 2, |vm, a| justify(vm, a, '>')),
    method("str.center", 1, 2, |vm, a| justify(vm, a, '^')),
    method("str.expandtabs", 0, 1, expand_tabs).with_keywords(),
    method("str.translate", 1, 1, translate),
    static_method("str.maketrans", 1, 3, make_translation),
    method("str.encode", 0, 2, |vm, a| {
        let [encoding, errors] = bind(vm, a, "encode", ["encoding", "errors"])?;
        super::encoding::encode(vm, text(a), encoding, errors)
    })
    .with_keywords(),
    method("str.format", 0, usize::MAX, |vm, a| {
        let names = vm.kw_names.take();
        crate::format::template(vm, text(a), a.as_slice().get(1..).unwrap_or(&[]), names)
    })
    .with_keywords(),
    method("str.format_map", 1, 1, |vm, a| crate::format::template_map(vm, text(a), arg(a, 1))),
    method("str.isdigit", 0, 0, |_, a| every(a, characters::is_digit)),
    method("str.isdecimal", 0, 0, |_, a| every(a, characters::is_decimal)),
    method("str.isnumeric", 0, 0, |_, a| every(a, characters::is_numeric)),
    method("str.isalpha", 0, 0, |_, a| every(a, characters::is_alpha)),
    method("str.isalnum", 0, 0, |_, a| every(a, characters::is_alnum)),
    method("str.isspace", 0, 0, |_, a| every(a, characters::is_space)),
    method("str.isupper", 0, 0, |_, a| Ok(Value::bool(characters::is_upper(text(a))))),
    method("str.islower", 0, 0, |_, a| Ok(Value::bool(characters::is_lower(text(a))))),
    method("str.istitle", 0, 0, |_, a| Ok(Value::bool(characters::is_title(text(a))))),
    method("str.isascii", 0, 0, |_, a| Ok(Value::bool(text(a).is_ascii()))),
    method("str.isidentifier", 0, 0, |_, a| Ok(Value::bool(characters::is_identifier(text(a))))),
    method("str.isprintable", 0, 0, |_, a| {
        Ok(Value::bool(text(a).chars().all(|c| c == ' ' || crate::text::is_printable(c))))
    }),
];

/// The text of the receiver.
fn text(args: Args) -> &'static str {
    arg(args, 0).as_str().map_or("", |s| s.text())
}

fn missing() -> Box<PyError> {
    PyError::value_error("substring not found")
}

/// The text in an argument.
fn of(value: Value) -> Option<&'static str> {
    value.plain().as_str().map(|s| s.text())
}

/// A text argument of a function that does not say which.
fn must(value: Value) -> PyResult<&'static str> {
    of(value).ok_or_else(|| PyError::type_error(format!("must be str, not {}", type_name(value))))
}

/// The only argument of a function.
fn only(args: Args, i: usize, function: &str) -> PyResult<&'static str> {
    let value = arg(args, i);
    of(value).ok_or_else(|| {
        let found = argument_type(value);
        PyError::type_error(format!("{function}() argument must be str, not {found}"))
    })
}

fn map(vm: &mut Vm, args: Args, f: impl Fn(&str) -> String) -> PyResult<Value> {
    Ok(vm.heap.alloc_str(&f(text(args))))
}

fn every(args: Args, test: fn(char) -> bool) -> PyResult<Value> {
    let s = text(args);
    Ok(Value::bool(!s.is_empty() && s.chars().all(test)))
}

fn join(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let separator = text(args);
    let iterable = arg(args, 1);
    if !ops::is_iterable(vm, iterable) {
        return Err(PyError::type_error("can only join an iterable"));
    }
    let items = ops::collect(vm, iterable)?;
    let parts = items.iter().filter_map(|item| of(*item));
    let total = parts.map(|part| part.len() + separator.len()).try_fold(0, usize::checked_add);
    room_for_items(total.unwrap_or(usize::MAX), 2)?;
    let mut out = String::with_capacity(total.unwrap_or(0));
    for (i, item) in items.iter().enumerate() {
        let Some(part) = of(*item) else {
            return Err(PyError::type_error(format!(
                "sequence item {i}: expected str instance, {} found",
                type_name(*item)
            )));
        };
        if i > 0 {
            out.push_str(separator);
        }
        out.push_str(part);
    }
    Ok(vm.heap.alloc_str(&out))
}

fn strip(vm: &mut Vm, args: Args, name: &str, left: bool, right: bool) -> PyResult<Value> {
    let mut s = text(args);
    let set = match args.get(1) {
        Some(v) if !v.is_none() => Some(
            of(v).ok_or_else(|| PyError::type_error(format!("{name} arg must be None or str")))?,
        ),
        _ => None,
    };
    let drop = |c: char| match set {
        Some(set) => set.contains(c),
        None => characters::is_space(c),
    };
    if left {
        s = s.trim_start_matches(drop);
    }
    if right {
        s = s.trim_end_matches(drop);
    }
    Ok(if s.len() == text(args).len() { arg(args, 0) } else { vm.heap.alloc_str(s) })
}

/// Words of a text, at most `most + 1`; the last keeps what stands in it.
fn words(s: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = s.trim_start_matches(characters::is_space);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        let end = rest.find(characters::is_space).unwrap_or(rest.len());
        parts.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(characters::is_space);
    }
    parts
}

/// The same from the end.
fn words_from_end(s: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = s.trim_end_matches(characters::is_space);
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        let last = rest.char_indices().rev().find(|(_, c)| characters::is_space(*c));
        let start = last.map_or(0, |(at, c)| at + c.len_utf8());
        parts.push(&rest[start..]);
        rest = rest[..start].trim_end_matches(characters::is_space);
    }
    parts.reverse();
    parts
}

fn split(vm: &mut Vm, args: Args, from_end: bool) -> PyResult<Value> {
    let function = if from_end { "rsplit" } else { "split" };
    let [separator, most] = bind(vm, args, function, ["sep", "maxsplit"])?;
    let most = if most.is_null() { -1 } else { ops::index_saturating(vm, most)? };
    let most = usize::try_from(most).unwrap_or(usize::MAX - 1);
    let s = text(args);
    let parts: Vec<&str> = if separator.is_null() || separator.is_none() {
        if from_end { words_from_end(s, most) } else { words(s, most) }
    } else {
        let separator = of(separator).ok_or_else(|| {
            let found = type_name(separator);
            PyError::type_error(format!("must be str or None, not {found}"))
        })?;
        if separator.is_empty() {
            return Err(PyError::value_error("empty separator"));
        }
        if from_end {
            let mut parts: Vec<&str> = s.rsplitn(most + 1, separator).collect();
            parts.reverse();
            parts
        } else {
            s.splitn(most + 1, separator).collect()
        }
    };
    list_of(vm, &parts)
}

fn list_of(vm: &mut Vm, parts: &[&str]) -> PyResult<Value> {
    let parts: Vec<Value> = parts.iter().map(|p| vm.heap.alloc_str(p)).collect();
    Ok(vm.heap.alloc_list_of(&parts)?)
}

fn split_lines(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [keep] = bind(vm, args, "splitlines", ["keepends"])?;
    let keep = !keep.is_null() && ops::index_saturating(vm, keep)? != 0;
    let mut parts = Vec::new();
    let mut rest = text(args);
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| characters::is_line_end(*c)) {
        let mut end = at + c.len_utf8();
        if c == '\r' && rest[end..].starts_with('\n') {
            end += 1;
        }
        parts.push(&rest[..if keep { end } else { at }]);
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    list_of(vm, &parts)
}

fn partition(vm: &mut Vm, args: Args, from_end: bool) -> PyResult<Value> {
    let (s, separator) = (text(args), must(arg(args, 1))?);
    if separator.is_empty() {
        return Err(PyError::value_error("empty separator"));
    }
    let found = if from_end { s.rfind(separator) } else { s.find(separator) };
    let parts = match found {
        Some(at) => [&s[..at], separator, &s[at + separator.len()..]],
        None if from_end => ["", "", s],
        None => [s, "", ""],
    };
    let parts = parts.map(|part| vm.heap.alloc_str(part));
    Ok(vm.heap.alloc_tuple(&parts)?)
}

fn replace(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let part = |i: usize| {
        of(arg(args, i)).ok_or_else(|| {
            let found = argument_type(arg(args, i));
            PyError::type_error(format!("replace() argument {i} must be str, not {found}"))
        })
    };
    let (from, to) = (part(1)?, part(2)?);
    let most = match args.get(3) {
        Some(most) => ops::index_saturating(vm, most)?,
        None => -1,
    };
    let s = text(args);
    if to.len() > from.len() && to.len() >= 64 {
        let found = if from.is_empty() { s.chars().count() + 1 } else { s.matches(from).count() };
        let found = found.min(usize::try_from(most).unwrap_or(usize::MAX));
        // The result, the buffer that it grows in, and the string.
        let total = found.saturating_mul(to.len()).saturating_add(s.len());
        room_for_items(total, 3)?;
    }
    let result = match usize::try_from(most) {
        Err(_) => s.replace(from, to),
        Ok(most) => s.replacen(from, to, most),
    };
    Ok(vm.heap.alloc_str(&result))
}

/// The part of the receiver that the bounds in arguments 2 and 3 leave, with its offset in bytes;
/// `None` where they leave less than nothing.
fn window(vm: &mut Vm, args: Args) -> PyResult<Option<(&'static str, usize)>> {
    let Some(string) = arg(args, 0).as_str() else { return Ok(None) };
    if args.len() <= 2 {
        return Ok(Some((string.text(), 0)));
    }
    let (start, end) = bounds(vm, args, string.chars())?;
    if start > end {
        return Ok(None);
    }
    let (from, to) = (string.offset(start), string.offset(end));
    Ok(string.text().get(from..to).map(|part| (part, from)))
}

/// The bounds that arguments 2 and 3 of a search are, of something with `len` parts. The first may
/// lie behind the last.
pub(super) fn bounds(vm: &mut Vm, args: Args, len: usize) -> PyResult<(usize, usize)> {
    let mut bound = |i: usize, default: i64| -> PyResult<i64> {
        match args.get(i).filter(|v| !v.is_none()) {
            None => Ok(default),
            Some(v) => ops::index_saturating(vm, v).map_err(|_| {
                PyError::type_error(
                    "slice indices must be integers or None or have an __index__ method",
                )
            }),
        }
    };
    let len = len as i64;
    let place = |at: i64| if at < 0 { at.saturating_add(len).max(0) } else { at };
    let start = place(bound(2, 0)?);
    let end = place(bound(3, len)?).min(len);
    Ok((start as usize, end as usize))
}

fn affix(
    vm: &mut Vm,
    args: Args,
    name: &str,
    test: impl Fn(&str, &str) -> bool,
) -> PyResult<Value> {
    let value = arg(args, 1).plain();
    let window = window(vm, args)?;
    let holds = |part: &str| window.is_some_and(|(s, _)| test(s, part));
    if let Some(tuple) = value.as_tuple() {
        for item in tuple.items() {
            let part = of(*item).ok_or_else(|| {
                PyError::type_error(format!(
                    "tuple for {name} must only contain str, not {}",
                    type_name(*item)
                ))
            })?;
            if holds(part) {
                return Ok(Value::true_());
            }
        }
        return Ok(Value::false_());
    }
    let part = of(value).ok_or_else(|| {
        PyError::type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            type_name(value)
        ))
    })?;
    Ok(Value::bool(holds(part)))
}

fn search(vm: &mut Vm, args: Args, from_end: bool) -> PyResult<Option<i64>> {
    let window = window(vm, args)?;
    let part = must(arg(args, 1))?;
    let Some((s, from)) = window else { return Ok(None) };
    let found = if from_end { s.rfind(part) } else { s.find(part) };
    let Some(string) = arg(args, 0).as_str() else { return Ok(None) };
    Ok(found.map(|at| string.position(from + at) as i64))
}

fn count(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let window = window(vm, args)?;
    let part = must(arg(args, 1))?;
    let Some((s, _)) = window else { return Ok(Value::ZERO) };
    let found = if part.is_empty() { s.chars().count() + 1 } else { s.matches(part).count() };
    Ok(Value::small(found as i64))
}

fn width(vm: &mut Vm, args: Args) -> PyResult<usize> {
    let width = ops::index_saturating(vm, arg(args, 1))?;
    let width = usize::try_from(width).unwrap_or(0);
    // Padding, text, and the string.
    room_for_items(width, 3)?;
    Ok(width)
}

fn zfill(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let s = text(args);
    let missing = width(vm, args)?.saturating_sub(s.chars().count());
    let (sign, digits) = match s.chars().next() {
        Some(c @ ('+' | '-')) => (c.to_string(), &s[1..]),
        _ => (String::new(), s),
    };
    Ok(vm.heap.alloc_str(&format!("{sign}{}{digits}", "0".repeat(missing))))
}

fn justify(vm: &mut Vm, args: Args, align: char) -> PyResult<Value> {
    let s = text(args);
    let width = width(vm, args)?;
    let fill = match args.get(2) {
        None => " ",
        Some(fill) => of(fill).ok_or_else(|| {
            PyError::type_error(format!(
                "The fill character must be a unicode character, not {}",
                type_name(fill)
            ))
        })?,
    };
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
    room_for_items(missing, 2 * fill.len_utf8())?;
    let pad = |n| std::iter::repeat_n(fill, n);
    let out: String = pad(left).chain(s.chars()).chain(pad(missing - left)).collect();
    Ok(vm.heap.alloc_str(&out))
}

fn expand_tabs(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [size] = bind(vm, args, "expandtabs", ["tabsize"])?;
    let expanded = expanded(vm, text(args), size)?;
    Ok(vm.heap.alloc_str(&expanded))
}

/// A text with spaces in place of its tabs; `size` may be NULL.
pub(super) fn expanded(vm: &mut Vm, text: &str, size: Value) -> PyResult<String> {
    let size = if size.is_null() { 8 } else { ops::index_saturating(vm, size)? };
    if i32::try_from(size).is_err() {
        return Err(PyError::new(
            ExcKind::OverflowError,
            "Python int too large to convert to C int",
        ));
    }
    let size = usize::try_from(size).unwrap_or(0);
    let tabs = text.bytes().filter(|b| *b == b'\t').count();
    room_for_items(tabs.saturating_mul(size).saturating_add(text.len()), 3)?;
    let (mut out, mut column) = (String::new(), 0);
    for c in text.chars() {
        match c {
            '\t' if size == 0 => {}
            '\t' => {
                let spaces = size - column % size;
                out.extend(std::iter::repeat_n(' ', spaces));
                column += spaces;
            }
            _ => {
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
                out.push(c);
            }
        }
    }
    Ok(out)
}

fn translate(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let table = arg(args, 1);
    let mut out = String::new();
    for c in text(args).chars() {
        match ops::get_item(vm, table, Value::small(c as i64)) {
            Ok(value) => match (of(value), ops::index_int(value)) {
                (Some(part), _) => {
                    out.try_reserve(part.len()).map_err(|_| PyError::memory())?;
                    out.push_str(part);
                }
                (None, Some(code)) => match u32::try_from(code).ok().and_then(char::from_u32) {
                    Some(c) => out.push(c),
                    None => {
                        return Err(PyError::value_error(
                            "character mapping must be in range(0x110000)",
                        ));
                    }
                },
                _ if value.is_none() => {}
                _ => {
                    return Err(PyError::type_error(
                        "character mapping must return integer, None or str",
                    ));
                }
            },
            Err(error) if error.kind.is_a(ExcKind::LookupError) => out.push(c),
            Err(error) => return Err(error),
        }
    }
    Ok(vm.heap.alloc_str(&out))
}

fn make_translation(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let table = vm.heap.alloc_table(class::DICT, Default::default());
    let code = |c: char| Value::small(c as i64);
    let first = arg(args, 0);
    if args.len() == 1 {
        let Some(dict) = first.plain().as_dict() else {
            return Err(PyError::type_error(
                "if you give only one argument to maketrans it must be a dict",
            ));
        };
        for (_, key, value) in dict.table().entries() {
            let key = match of(key) {
                None => key,
                Some(text) => {
                    let mut chars = text.chars();
                    let (Some(c), None) = (chars.next(), chars.next()) else {
                        return Err(PyError::value_error(
                            "string keys in translate table must be of length 1",
                        ));
                    };
                    code(c)
                }
            };
            ops::set_item(vm, table, key, value)?;
        }
        return Ok(table);
    }
    let (from, to) = (must(first)?, must(arg(args, 1))?);
    if from.chars().count() != to.chars().count() {
        return Err(PyError::value_error(
            "the first two maketrans arguments must have equal length",
        ));
    }
    for (from, to) in from.chars().zip(to.chars()) {
        ops::set_item(vm, table, code(from), code(to))?;
    }
    if let Some(dropped) = args.get(2) {
        for c in must(dropped)?.chars() {
            ops::set_item(vm, table, code(c), Value::none())?;
        }
    }
    Ok(table)
}
