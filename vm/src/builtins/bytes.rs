//! Methods of `bytes` and `bytearray`, and making them.
//!
//! Both have the same methods but for those that change a `bytearray`; what a method makes is of the
//! class of its receiver.

use super::{Builtin, bind, class_method, encoding, method, static_method};
use crate::class::{self, ClassId};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::memory::room_for_items;
use crate::object::Bytes;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use memchr::memmem;

/// The table.
pub const TABLE: &[Builtin] = &[
    method("bytes.decode", 0, 2, |vm, a| {
        let [name, errors] = bind(vm, a, "decode", ["encoding", "errors"])?;
        encoding::decode(vm, this(a), "decode", name, errors)
    })
    .with_keywords(),
    method("bytes.hex", 0, 2, hex),
    class_method("bytes.fromhex", 1, 1, from_hex),
    static_method("bytes.maketrans", 2, 2, |vm, a| {
        let (from, to) = (like(arg(a, 0))?, like(arg(a, 1))?);
        if from.len() != to.len() {
            return Err(PyError::value_error("maketrans arguments must have same length"));
        }
        let mut table: Vec<u8> = (0..=255).collect();
        for (from, to) in from.iter().zip(to) {
            table[usize::from(*from)] = *to;
        }
        Ok(vm.heap.alloc_bytes(class::BYTES, &table))
    }),
    method("bytes.translate", 1, 2, translate).with_keywords(),
    method("bytes.join", 1, 1, join),
    method("bytes.find", 1, 3, |vm, a| Ok(Value::small(search(vm, a, false)?.unwrap_or(-1)))),
    method("bytes.rfind", 1, 3, |vm, a| Ok(Value::small(search(vm, a, true)?.unwrap_or(-1)))),
    method("bytes.index", 1, 3, |vm, a| {
        search(vm, a, false)?.map(Value::small).ok_or_else(missing)
    }),
    method("bytes.rindex", 1, 3, |vm, a| {
        search(vm, a, true)?.map(Value::small).ok_or_else(missing)
    }),
    method("bytes.count", 1, 3, |vm, a| {
        let part = part(vm, arg(a, 1))?;
        let Some((s, _)) = window(vm, a)? else { return Ok(Value::ZERO) };
        let found = if part.is_empty() { s.len() + 1 } else { memmem::find_iter(s, &part).count() };
        Ok(Value::small(found as i64))
    }),
    method("bytes.startswith", 1, 3, |vm, a| affix(vm, a, "startswith", |s, p| s.starts_with(p))),
    method("bytes.endswith", 1, 3, |vm, a| affix(vm, a, "endswith", |s, p| s.ends_with(p))),
    method("bytes.replace", 2, 3, replace),
    method("bytes.split", 0, 2, |vm, a| split(vm, a, false)).with_keywords(),
    method("bytes.rsplit", 0, 2, |vm, a| split(vm, a, true)).with_keywords(),
    method("bytes.splitlines", 0, 1, split_lines).with_keywords(),
    method("bytes.partition", 1, 1, |vm, a| partition(vm, a, false)),
    method("bytes.rpartition", 1, 1, |vm, a| partition(vm, a, true)),
    method("bytes.strip", 0, 1, |vm, a| strip(vm, a, true, true)),
    method("bytes.lstrip", 0, 1, |vm, a| strip(vm, a, true, false)),
    method("bytes.rstrip", 0, 1, |vm, a| strip(vm, a, false, true)),
    method("bytes.removeprefix", 1, 1, |vm, a| {
        let (s, part) = (this(a), like(arg(a, 1))?);
        Ok(same(vm, a, s.strip_prefix(part).unwrap_or(s)))
    }),
    method("bytes.removesuffix", 1, 1, |vm, a| {
        let (s, part) = (this(a), like(arg(a, 1))?);
        Ok(same(vm, a, s.strip_suffix(part).unwrap_or(s)))
    }),
    method("bytes.upper", 0, 0, |vm, a| Ok(same(vm, a, &this(a).to_ascii_uppercase()))),
    method("bytes.lower", 0, 0, |vm, a| Ok(same(vm, a, &this(a).to_ascii_lowercase()))),
    method("bytes.swapcase", 0, 0, |vm, a| {
        let swap = |b: &u8| if b.is_ascii_alphabetic() { b ^ 0x20 } else { *b };
        let swapped: Vec<u8> = this(a).iter().map(swap).collect();
        Ok(same(vm, a, &swapped))
    }),
    method("bytes.capitalize", 0, 0, |vm, a| {
        let mut bytes = this(a).to_ascii_lowercase();
        if let Some(first) = bytes.first_mut() {
            first.make_ascii_uppercase();
        }
        Ok(same(vm, a, &bytes))
    }),
    method("bytes.title", 0, 0, |vm, a| {
        let mut bytes = this(a).to_ascii_lowercase();
        let mut inside = false;
        for byte in &mut bytes {
            if !inside {
                byte.make_ascii_uppercase();
            }
            inside = byte.is_ascii_alphabetic();
        }
        Ok(same(vm, a, &bytes))
    }),
    method("bytes.expandtabs", 0, 1, |vm, a| {
        let [size] = bind(vm, a, "expandtabs", ["tabsize"])?;
        let wide: String = this(a).iter().map(|b| char::from(*b)).collect();
        let wide = super::strings::expanded(vm, &wide, size)?;
        let bytes: Vec<u8> = wide.chars().map(|c| c as u8).collect();
        Ok(same(vm, a, &bytes))
    })
    .with_keywords(),
    method("bytes.istitle", 0, 0, |_, a| {
        let letters: String =
            this(a).iter().map(|b| if b.is_ascii() { *b as char } else { ' ' }).collect();
        Ok(Value::bool(super::characters::is_title(&letters)))
    }),
    method("bytes.isalpha", 0, 0, |_, a| every(a, u8::is_ascii_alphabetic)),
    method("bytes.isdigit", 0, 0, |_, a| every(a, u8::is_ascii_digit)),
    method("bytes.isalnum", 0, 0, |_, a| every(a, u8::is_ascii_alphanumeric)),
    method("bytes.isspace", 0, 0, |_, a| every(a, is_space)),
    method("bytes.isascii", 0, 0, |_, a| Ok(Value::bool(this(a).is_ascii()))),
    method("bytes.isupper", 0, 0, |_, a| cased(a, u8::is_ascii_uppercase, u8::is_ascii_lowercase)),
    method("bytes.islower", 0, 0, |_, a| cased(a, u8::is_ascii_lowercase, u8::is_ascii_uppercase)),
    method("bytes.ljust", 1, 2, |vm, a| justify(vm, a, '<')),
    method("bytes.rjust", 1, 2, |vm, a| justify(vm, a, '>')),
    method("bytes.center", 1, 2, |vm, a| justify(vm, a, '^')),
    method("bytes.zfill", 1, 1, |vm, a| {
        let width = width(vm, a)?;
        let s = this(a);
        let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
        let zeros = vec![b'0'; width.saturating_sub(s.len())];
        Ok(same(vm, a, &[&s[..sign], &zeros, &s[sign..]].concat()))
    }),
    method("bytearray.append", 1, 1, |vm, a| {
        let byte = byte_of(vm, arg(a, 1))?;
        change(vm, a, |bytes| bytes.push(byte))
    }),
    method("bytearray.extend", 1, 1, |vm, a| {
        let more = from_iterable(vm, arg(a, 1))?;
        change(vm, a, |bytes| bytes.extend_from_slice(&more))
    }),
    method("bytearray.insert", 2, 2, |vm, a| {
        let (at, byte) = (ops::index_saturating(vm, arg(a, 1))?, byte_of(vm, arg(a, 2))?);
        let len = this(a).len() as i64;
        let at = if at < 0 { at.saturating_add(len).max(0) } else { at.min(len) };
        change(vm, a, |bytes| bytes.insert(at as usize, byte))
    }),
    method("bytearray.pop", 0, 1, pop),
    method("bytearray.remove", 1, 1, |vm, a| {
        let byte = byte_of(vm, arg(a, 1))?;
        match this(a).iter().position(|b| *b == byte) {
            Some(at) => change(vm, a, |bytes| {
                bytes.remove(at);
            }),
            None => Err(PyError::value_error("value not found in bytearray")),
        }
    }),
    method("bytearray.reverse", 0, 0, |vm, a| change(vm, a, |bytes| bytes.reverse())),
    method("bytearray.clear", 0, 0, |vm, a| change(vm, a, |bytes| bytes.clear())),
    method("bytearray.copy", 0, 0, |vm, a| Ok(same(vm, a, this(a)))),
];

/// The bytes of the receiver.
fn this(args: Args) -> &'static [u8] {
    arg(args, 0).as_bytes().map_or(&[], |b| b.bytes())
}

/// Bytes of the class of the receiver.
fn same(vm: &mut Vm, args: Args, bytes: &[u8]) -> Value {
    vm.heap.alloc_bytes(arg(args, 0).class(), bytes)
}

/// Changes the receiver.
fn change(vm: &mut Vm, args: Args, f: impl FnOnce(&mut Vec<u8>)) -> PyResult<Value> {
    if let Some(bytes) = arg(args, 0).as_bytes() {
        vm.heap.change_bytes(bytes, f);
    }
    Ok(Value::none())
}

fn missing() -> Box<PyError> {
    PyError::value_error("subsection not found")
}

/// The bytes of a value that has to have some.
pub fn like(value: Value) -> PyResult<&'static [u8]> {
    value.plain().as_bytes().map(|b| b.bytes()).ok_or_else(|| {
        PyError::type_error(format!("a bytes-like object is required, not '{}'", type_name(value)))
    })
}

/// What is searched for: bytes, or one byte as a number.
fn part(vm: &mut Vm, value: Value) -> PyResult<Vec<u8>> {
    let value = ops::index_value(vm, value)?;
    if ops::number::as_integer(value).is_some() {
        return byte_of(vm, value).map(|byte| vec![byte]);
    }
    match value.plain().as_bytes() {
        Some(bytes) => Ok(bytes.bytes().to_vec()),
        None => Err(PyError::type_error(format!(
            "argument should be integer or bytes-like object, not '{}'",
            type_name(value)
        ))),
    }
}

/// One byte from a number.
pub fn byte_of(vm: &mut Vm, value: Value) -> PyResult<u8> {
    let number = ops::index_saturating(vm, value)?;
    u8::try_from(number).map_err(|_| PyError::value_error("byte must be in range(0, 256)"))
}

fn is_space(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn every(args: Args, test: fn(&u8) -> bool) -> PyResult<Value> {
    let s = this(args);
    Ok(Value::bool(!s.is_empty() && s.iter().all(test)))
}

fn cased(args: Args, wanted: fn(&u8) -> bool, other: fn(&u8) -> bool) -> PyResult<Value> {
    let s = this(args);
    Ok(Value::bool(s.iter().any(wanted) && !s.iter().any(other)))
}

fn hex(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let digits: Vec<String> = this(args).iter().map(|b| format!("{b:02x}")).collect();
    let separator = match args.get(1) {
        Some(separator) => {
            if ops::length(vm, separator)? != 1 {
                return Err(PyError::value_error("sep must be length 1."));
            }
            match (separator.plain().as_str(), separator.plain().as_bytes()) {
                (Some(text), _) => text.text().to_string(),
                (_, Some(bytes)) if !bytes.may_change() => {
                    bytes.bytes().iter().map(|b| char::from(*b)).collect()
                }
                _ => return Err(PyError::type_error("sep must be str or bytes.")),
            }
        }
        None => String::new(),
    };
    let group = match args.get(2) {
        Some(group) => ops::index_saturating(vm, group)?,
        None => 1,
    };
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let text = if separator.is_empty() || size == 0 {
        digits.concat()
    } else if group > 0 {
        // Groups are counted from the end.
        let first = digits.len() % size;
        let (head, tail) = digits.split_at(first);
        let mut groups: Vec<String> = tail.chunks(size).map(|group| group.concat()).collect();
        if !head.is_empty() {
            groups.insert(0, head.concat());
        }
        groups.join(&separator)
    } else {
        let groups: Vec<String> = digits.chunks(size).map(|group| group.concat()).collect();
        groups.join(&separator)
    };
    Ok(vm.heap.alloc_str(&text))
}

fn from_hex(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let Some(text) = arg(args, 1).plain().as_str() else {
        let found = type_name(arg(args, 1));
        return Err(PyError::type_error(format!("fromhex() argument must be str, not {found}")));
    };
    let mut bytes = Vec::new();
    let mut chars = text.text().chars().enumerate();
    while let Some((at, c)) = chars.next() {
        if c.is_ascii_whitespace() {
            continue;
        }
        let invalid = |at| {
            PyError::value_error(format!(
                "non-hexadecimal number found in fromhex() arg at position {at}"
            ))
        };
        let high = c.to_digit(16).ok_or_else(|| invalid(at))?;
        let low = chars.next().and_then(|(_, c)| c.to_digit(16));
        bytes.push((high * 16 + low.ok_or_else(|| invalid(at + 1))?) as u8);
    }
    let class = arg(args, 0).as_type().map_or(class::BYTES, |ty| ty.holds.unwrap_or(ty.id));
    let value = vm.heap.alloc_bytes(class, &bytes);
    if arg(args, 0).as_type().is_some_and(|ty| ty.holds.is_some()) {
        return vm.call_quiet(arg(args, 0), &[value]);
    }
    Ok(value)
}

fn translate(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [table, delete] = bind(vm, args, "translate", ["table", "delete"])?;
    let table = if table.is_null() || table.is_none() { None } else { Some(like(table)?) };
    if table.is_some_and(|table| table.len() != 256) {
        return Err(PyError::value_error("translation table must be 256 characters long"));
    }
    let delete = if delete.is_null() { &[][..] } else { like(delete)? };
    let kept = this(args).iter().filter(|b| !delete.contains(b));
    let bytes: Vec<u8> = kept.map(|b| table.map_or(*b, |table| table[usize::from(*b)])).collect();
    Ok(same(vm, args, &bytes))
}

fn join(vm: &mut Vm, args: Args) -> PyResult<Value> {
    if !ops::is_iterable(vm, arg(args, 1)) {
        return Err(PyError::type_error("can only join an iterable"));
    }
    let items = ops::collect(vm, arg(args, 1))?;
    let parts = items.iter().filter_map(|item| like(*item).ok());
    let total = parts.map(|part| part.len() + this(args).len()).try_fold(0, usize::checked_add);
    room_for_items(total.unwrap_or(usize::MAX), 2)?;
    let mut out = Vec::with_capacity(total.unwrap_or(0));
    for (i, item) in items.iter().enumerate() {
        let part = like(*item).map_err(|_| {
            PyError::type_error(format!(
                "sequence item {i}: expected a bytes-like object, {} found",
                type_name(*item)
            ))
        })?;
        if i > 0 {
            out.extend_from_slice(this(args));
        }
        out.extend_from_slice(part);
    }
    Ok(same(vm, args, &out))
}

/// The part of the receiver that the bounds in arguments 2 and 3 leave, and where it begins.
fn window(vm: &mut Vm, args: Args) -> PyResult<Option<(&'static [u8], usize)>> {
    let s = this(args);
    let (start, end) = super::strings::bounds(vm, args, s.len())?;
    Ok(s.get(start..end).map(|part| (part, start)))
}

fn search(vm: &mut Vm, args: Args, from_end: bool) -> PyResult<Option<i64>> {
    let window = window(vm, args)?;
    let part = part(vm, arg(args, 1))?;
    let Some((s, from)) = window else { return Ok(None) };
    let found = if from_end { memmem::rfind(s, &part) } else { memmem::find(s, &part) };
    Ok(found.map(|at| (from + at) as i64))
}

fn affix(
    vm: &mut Vm,
    args: Args,
    name: &str,
    test: impl Fn(&[u8], &[u8]) -> bool,
) -> PyResult<Value> {
    let value = arg(args, 1).plain();
    let window = window(vm, args)?;
    let holds = |part: &[u8]| window.is_some_and(|(s, _)| test(s, part));
    if let Some(tuple) = value.as_tuple() {
        for item in tuple.items() {
            if holds(like(*item)?) {
                return Ok(Value::true_());
            }
        }
        return Ok(Value::false_());
    }
    let part = like(value).map_err(|_| {
        PyError::type_error(format!(
            "{name} first arg must be bytes or a tuple of bytes, not {}",
            type_name(value)
        ))
    })?;
    Ok(Value::bool(holds(part)))
}

fn replace(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (s, from, to) = (this(args), like(arg(args, 1))?, like(arg(args, 2))?);
    let most = match args.get(3) {
        Some(most) => ops::index_saturating(vm, most)?,
        None => -1,
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if to.len() > from.len() && to.len() >= 64 {
        let found = if from.is_empty() { s.len() + 1 } else { memmem::find_iter(s, from).count() };
        let total = found.min(most).saturating_mul(to.len()).saturating_add(s.len());
        // The result, the buffer that it grows in, and the bytes.
        room_for_items(total, 3)?;
    }
    let mut out = Vec::with_capacity(s.len());
    if from.is_empty() {
        for (i, byte) in s.iter().enumerate() {
            if i < most {
                out.extend_from_slice(to);
            }
            out.push(*byte);
        }
        if s.len() < most {
            out.extend_from_slice(to);
        }
        return Ok(same(vm, args, &out));
    }
    let mut at = 0;
    for found in memmem::find_iter(s, from).take(most) {
        out.extend_from_slice(&s[at..found]);
        out.extend_from_slice(to);
        at = found + from.len();
    }
    out.extend_from_slice(&s[at..]);
    Ok(same(vm, args, &out))
}

/// Parts between separators, at most `most + 1`.
fn pieces<'s>(s: &'s [u8], separator: &[u8], most: usize, from_end: bool) -> Vec<&'s [u8]> {
    let (mut parts, mut rest) = (Vec::new(), s);
    while parts.len() < most {
        let found =
            if from_end { memmem::rfind(rest, separator) } else { memmem::find(rest, separator) };
        let Some(at) = found else { break };
        let (before, after) = (&rest[..at], &rest[at + separator.len()..]);
        parts.push(if from_end { after } else { before });
        rest = if from_end { before } else { after };
    }
    parts.push(rest);
    if from_end {
        parts.reverse();
    }
    parts
}

/// Parts between white space, at most `most + 1`.
fn words(s: &[u8], most: usize, from_end: bool) -> Vec<&[u8]> {
    let (mut parts, mut rest) = (Vec::new(), trim(s, is_space, !from_end, from_end));
    while !rest.is_empty() {
        if parts.len() == most {
            parts.push(rest);
            break;
        }
        if from_end {
            let start = rest.iter().rposition(is_space).map_or(0, |at| at + 1);
            parts.push(&rest[start..]);
            rest = trim(&rest[..start], is_space, false, true);
        } else {
            let end = rest.iter().position(is_space).unwrap_or(rest.len());
            parts.push(&rest[..end]);
            rest = trim(&rest[end..], is_space, true, false);
        }
    }
    if from_end {
        parts.reverse();
    }
    parts
}

fn trim(mut s: &[u8], drop: impl Fn(&u8) -> bool, left: bool, right: bool) -> &[u8] {
    while left && s.first().is_some_and(&drop) {
        s = &s[1..];
    }
    while right && s.last().is_some_and(&drop) {
        s = &s[..s.len() - 1];
    }
    s
}

fn split(vm: &mut Vm, args: Args, from_end: bool) -> PyResult<Value> {
    let function = if from_end { "rsplit" } else { "split" };
    let [separator, most] = bind(vm, args, function, ["sep", "maxsplit"])?;
    let most = if most.is_null() { -1 } else { ops::index_saturating(vm, most)? };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let s = this(args);
    let parts = if separator.is_null() || separator.is_none() {
        words(s, most, from_end)
    } else {
        let separator = like(separator)?;
        if separator.is_empty() {
            return Err(PyError::value_error("empty separator"));
        }
        pieces(s, separator, most, from_end)
    };
    list_of(vm, args, &parts)
}

fn list_of(vm: &mut Vm, args: Args, parts: &[&[u8]]) -> PyResult<Value> {
    let parts: Vec<Value> = parts.iter().map(|part| same(vm, args, part)).collect();
    Ok(vm.heap.alloc_list_of(&parts)?)
}

fn split_lines(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [keep] = bind(vm, args, "splitlines", ["keepends"])?;
    let keep = !keep.is_null() && ops::index_saturating(vm, keep)? != 0;
    let (mut parts, mut rest) = (Vec::new(), this(args));
    while let Some(at) = rest.iter().position(|b| matches!(b, b'\n' | b'\r')) {
        let end = at + if rest[at..].starts_with(b"\r\n") { 2 } else { 1 };
        parts.push(&rest[..if keep { end } else { at }]);
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    list_of(vm, args, &parts)
}

fn partition(vm: &mut Vm, args: Args, from_end: bool) -> PyResult<Value> {
    let (s, separator) = (this(args), like(arg(args, 1))?);
    if separator.is_empty() {
        return Err(PyError::value_error("empty separator"));
    }
    let found = if from_end { memmem::rfind(s, separator) } else { memmem::find(s, separator) };
    let parts = match found {
        Some(at) => [&s[..at], separator, &s[at + separator.len()..]],
        None if from_end => [&[][..], &[], s],
        None => [s, &[], &[]],
    };
    let mut parts = parts.map(|part| same(vm, args, part));
    if found.is_some() {
        parts[1] = match arg(args, 0).plain().as_bytes() {
            Some(bytes) if bytes.may_change() => parts[1],
            _ => arg(args, 1),
        };
    }
    Ok(vm.heap.alloc_tuple(&parts)?)
}

fn strip(vm: &mut Vm, args: Args, left: bool, right: bool) -> PyResult<Value> {
    let s = match args.get(1).filter(|v| !v.is_none()) {
        Some(set) => {
            let set = like(set)?;
            trim(this(args), |b| set.contains(b), left, right)
        }
        None => trim(this(args), is_space, left, right),
    };
    Ok(same(vm, args, s))
}

/// The first argument as a width that there is memory for.
fn width(vm: &mut Vm, args: Args) -> PyResult<usize> {
    let width = usize::try_from(ops::index_saturating(vm, arg(args, 1))?).unwrap_or(0);
    // Padding, all parts together, and the bytes.
    room_for_items(width, 3)?;
    Ok(width)
}

fn justify(vm: &mut Vm, args: Args, align: char) -> PyResult<Value> {
    let s = this(args);
    let width = width(vm, args)?;
    let fill = match args.get(2) {
        None => b' ',
        Some(fill) => match like(fill)? {
            [byte] => *byte,
            _ => {
                return Err(PyError::type_error(
                    "argument 2 must be a byte string of length 1, not bytes",
                ));
            }
        },
    };
    let missing = width.saturating_sub(s.len());
    let left = match align {
        '<' => 0,
        '>' => missing,
        _ => missing / 2 + (missing & width & 1),
    };
    Ok(same(vm, args, &[&vec![fill; left], s, &vec![fill; missing - left]].concat()))
}

fn pop(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let index = match args.get(1) {
        Some(index) => ops::index_saturating(vm, index)?,
        None => -1,
    };
    let len = this(args).len() as i64;
    let error = |message| Err(PyError::new(crate::error::ExcKind::IndexError, message));
    if len == 0 {
        return error("pop from empty bytearray");
    }
    let at = if index < 0 { index.saturating_add(len) } else { index };
    match usize::try_from(at).ok().and_then(|at| this(args).get(at)) {
        Some(&byte) => {
            change(vm, args, |bytes| {
                bytes.remove(at as usize);
            })?;
            Ok(Value::small(i64::from(byte)))
        }
        None => error("pop index out of range"),
    }
}

/// Bytes from a bytes-like value or an iterable of numbers.
pub fn from_iterable(vm: &mut Vm, value: Value) -> PyResult<Vec<u8>> {
    if let Some(bytes) = value.plain().as_bytes() {
        return Ok(bytes.bytes().to_vec());
    }
    if let Some(bytes) = value.plain().as_native().and_then(|native| native.buffer()) {
        return Ok(bytes);
    }
    if value.plain().as_str().is_some() || !ops::is_iterable(vm, value) {
        return Err(PyError::type_error(format!(
            "cannot convert '{}' object to bytes",
            type_name(value)
        )));
    }
    let items = ops::collect(vm, value)?;
    items
        .into_iter()
        .map(|item| {
            let number = ops::index_saturating(vm, item)?;
            u8::try_from(number).map_err(|_| PyError::value_error("bytes must be in range(0, 256)"))
        })
        .collect()
}

/// `bytes(...)` and `bytearray(...)`.
pub(super) fn construct(vm: &mut Vm, class: ClassId, args: Args) -> PyResult<Value> {
    let name = class::name(class);
    let [source, encoding, errors] =
        super::numeric::bind(vm, args, name, ["source", "encoding", "errors"])?;
    if !encoding.is_null() || !errors.is_null() {
        let Some(text) = source.plain().as_str().filter(|_| !source.is_null()) else {
            return Err(PyError::type_error("encoding without a string argument"));
        };
        let bytes = encoding::encode(vm, text.text(), encoding, errors)?;
        return Ok(vm.heap.alloc_bytes(class, bytes.as_bytes().map_or(&[], |b| b.bytes())));
    }
    if source.is_null() {
        return Ok(vm.heap.alloc_bytes(class, &[]));
    }
    if let Some(result) = vm.call_special(source, "__bytes__", &[])? {
        return Ok(result);
    }
    if class == class::BYTES && source.is_class(class::BYTES) {
        return Ok(source);
    }
    if source.plain().as_str().is_some() {
        return Err(PyError::type_error("string argument without an encoding"));
    }
    let count = ops::index_value(vm, source)?;
    if ops::number::as_integer(count).is_some() {
        let count = ops::index_saturating(vm, count)?;
        let Ok(count) = usize::try_from(count) else {
            return Err(PyError::value_error("negative count"));
        };
        let mut zeros = Vec::new();
        zeros.try_reserve_exact(count).map_err(|_| PyError::memory())?;
        zeros.resize(count, 0);
        return Ok(vm.heap.alloc_bytes(class, &zeros));
    }
    let bytes = from_iterable(vm, source).map_err(|error| {
        match error.message.strip_suffix(" object to bytes") {
            Some(start) if class == class::BYTEARRAY => {
                PyError::type_error(format!("{start} object to bytearray"))
            }
            _ => error,
        }
    })?;
    Ok(vm.heap.alloc_bytes(class, &bytes))
}

/// `repr` of bytes.
pub fn repr(bytes: Bytes) -> String {
    use std::fmt::Write;
    let bytes = bytes.bytes();
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            _ if char::from(*byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            b' '..=b'~' => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push(quote);
    out
}
