//! `_struct`: values packed into bytes, and back.
//!
//! Terms. A *format* is an order and a list of *fields*: a character, how often, and the padding before
//! it. Only the native order (`@`) aligns.

use crate::builtins::{Builtin, plain};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::number::num;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("_struct.calcsize", 1, 1, |vm, a| {
        let format = format_of(vm, arg(a, 0))?;
        Ok(Value::small(format.size as i64))
    }),
    plain("_struct.pack", 1, usize::MAX, |vm, a| {
        let format = format_of(vm, arg(a, 0))?;
        let bytes = packed(vm, &format, a.as_slice().get(1..).unwrap_or(&[]), "pack")?;
        Ok(vm.heap.alloc_bytes(class::BYTES, &bytes))
    }),
    plain("_struct.pack_into", 3, usize::MAX, pack_into),
    plain("_struct.unpack", 2, 2, |vm, a| {
        let format = format_of(vm, arg(a, 0))?;
        let bytes = buffer(arg(a, 1))?.to_vec();
        if bytes.len() != format.size {
            let message = format!("unpack requires a buffer of {} bytes", format.size);
            return Err(struct_error(vm, &message));
        }
        unpacked(vm, &format, &bytes)
    }),
    plain("_struct.unpack_from", 3, 3, |vm, a| {
        let format = format_of(vm, arg(a, 0))?;
        let bytes = buffer(arg(a, 1))?.to_vec();
        let offset = ops::index_saturating(vm, arg(a, 2))?;
        let at = place(vm, offset, format.size, bytes.len(), "unpack")?;
        unpacked(vm, &format, &bytes[at..at + format.size])
    }),
];

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

/// `struct.error`, which the module's Python part defines.
#[cold]
fn struct_error(vm: &mut Vm, message: &str) -> Box<PyError> {
    let made = vm.import_absolute("struct").and_then(|module| {
        let class = vm.get_attribute(module, "error")?;
        let message = vm.heap.alloc_str(message);
        vm.call_quiet(class, &[message])
    });
    match made {
        Ok(error) => PyError::from_value(error),
        Err(error) => error,
    }
}

fn buffer<'a>(value: Value) -> PyResult<&'a [u8]> {
    value.plain().as_bytes().map(|bytes| bytes.bytes()).ok_or_else(|| {
        let found = type_name(value);
        PyError::type_error(format!("a bytes-like object is required, not '{found}'"))
    })
}

struct Field {
    /// Bytes of padding before it.
    padding: usize,
    code: u8,
    /// How often; the length of `s` and `p`.
    count: usize,
    /// Bytes of one value.
    size: usize,
}

struct Format {
    fields: Vec<Field>,
    size: usize,
    little: bool,
    native: bool,
}

impl Format {
    /// How many values it takes.
    fn values(&self) -> usize {
        let values = |field: &Field| match field.code {
            b'x' => 0,
            b's' | b'p' => 1,
            _ => field.count,
        };
        self.fields.iter().map(values).sum()
    }
}

fn format_of(vm: &mut Vm, value: Value) -> PyResult<Format> {
    let plain = value.plain();
    let text: Vec<u8> = match (plain.as_str(), plain.as_bytes()) {
        (Some(text), _) => text.text().as_bytes().to_vec(),
        (_, Some(bytes)) => bytes.bytes().to_vec(),
        _ => {
            return Err(PyError::type_error(format!(
                "Struct() argument 1 must be a str or bytes object, not {}",
                type_name(value)
            )));
        }
    };
    parse(&text).map_err(|message| struct_error(vm, message))
}

fn parse(text: &[u8]) -> Result<Format, &'static str> {
    let (first, rest) = match text.split_first() {
        Some((order @ (b'@' | b'=' | b'<' | b'>' | b'!'), rest)) => (*order, rest),
        _ => (b'@', text),
    };
    let native = first == b'@';
    let little = match first {
        b'<' => true,
        b'>' | b'!' => false,
        _ => cfg!(target_endian = "little"),
    };
    let mut format = Format { fields: Vec::new(), size: 0, little, native };
    let mut at = 0;
    while at < rest.len() {
        if rest[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let digits = rest[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut count = 1usize;
        if digits > 0 {
            let too_long = "overflow in item count";
            let number = std::str::from_utf8(&rest[at..at + digits]).map_err(|_| too_long)?;
            count = number.parse().map_err(|_| too_long)?;
            at += digits;
            if at == rest.len() {
                return Err("repeat count given without format specifier");
            }
        }
        let code = rest[at];
        at += 1;
        let size = match code {
            b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
            b'h' | b'H' | b'e' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' if !native => 4,
            b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
            b'n' | b'N' | b'P' if native => 8,
            _ => return Err("bad char in struct format"),
        };
        let padding = if native { format.size.next_multiple_of(size) - format.size } else { 0 };
        let bytes = size.checked_mul(count).and_then(|bytes| bytes.checked_add(padding));
        let total = bytes.and_then(|bytes| bytes.checked_add(format.size));
        format.size = total.filter(|total| *total < 1 << 48).ok_or("total struct size too long")?;
        format.fields.push(Field { padding, code, count, size });
    }
    Ok(format)
}

/// The bytes of values.
fn packed(vm: &mut Vm, format: &Format, values: &[Value], function: &str) -> PyResult<Vec<u8>> {
    let wanted = format.values();
    if values.len() != wanted {
        let given = values.len();
        let message = format!("{function} expected {wanted} items for packing (got {given})");
        return Err(struct_error(vm, &message));
    }
    let mut out = Vec::new();
    out.try_reserve_exact(format.size).map_err(|_| PyError::memory())?;
    let mut values = values.iter().copied();
    for field in &format.fields {
        out.resize(out.len() + field.padding, 0);
        match field.code {
            b'x' => out.resize(out.len() + field.count, 0),
            b's' | b'p' => {
                let value = values.next().unwrap_or(Value::none()).plain();
                let Some(bytes) = value.as_bytes() else {
                    let code = char::from(field.code);
                    let message = format!("argument for '{code}' must be a bytes object");
                    return Err(struct_error(vm, &message));
                };
                let mut room = field.count;
                let mut bytes = bytes.bytes();
                if field.code == b'p' && room > 0 {
                    room -= 1;
                    bytes = &bytes[..bytes.len().min(room).min(255)];
                    out.push(bytes.len() as u8);
                }
                let taken = bytes.len().min(room);
                out.extend_from_slice(&bytes[..taken]);
                out.resize(out.len() + room - taken, 0);
            }
            _ => {
                for value in values.by_ref().take(field.count) {
                    pack_one(vm, format, field, value, &mut out)?;
                }
            }
        }
    }
    Ok(out)
}

/// The least and greatest number of an integer field; `None` for other fields.
fn range(code: u8, size: usize) -> Option<(i128, i128)> {
    let bits = size as u32 * 8;
    match code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1))
        }
        b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' => Some((0, (1 << bits) - 1)),
        // An address may be written as a negative number.
        b'P' => Some((-(1 << (bits - 1)), (1 << bits) - 1)),
        _ => None,
    }
}

fn pack_one(
    vm: &mut Vm,
    format: &Format,
    field: &Field,
    value: Value,
    out: &mut Vec<u8>,
) -> PyResult<()> {
    let mut put = |mut bytes: Vec<u8>| {
        if !format.little {
            bytes.reverse();
        }
        out.extend(bytes);
    };
    if let Some((least, most)) = range(field.code, field.size) {
        let number = ops::index_value(vm, value)?;
        let number = match ops::number::as_integer(number).and_then(|n| n.to_big()) {
            Some(number) => number,
            None => return Err(struct_error(vm, "required argument is not an integer")),
        };
        let inside = number.to_i128().filter(|n| (least..=most).contains(n));
        let Some(inside) = inside else {
            let message = out_of_range(field.code, &number, least, most);
            return Err(struct_error(vm, &message));
        };
        put(inside.to_le_bytes()[..field.size].to_vec());
        return Ok(());
    }
    match field.code {
        b'c' => match value.plain().as_bytes().map(|bytes| bytes.bytes()) {
            Some(&[byte]) => out.push(byte),
            _ => {
                let message = "char format requires a bytes object of length 1";
                return Err(struct_error(vm, message));
            }
        },
        b'?' => out.push(u8::from(ops::truth(vm, value)?)),
        code => {
            let float = match vm.call_special(value, "__float__", &[])? {
                Some(float) => float,
                None => ops::index_value(vm, value)?,
            };
            let Some(number) = num(float.plain()) else {
                return Err(struct_error(vm, "required argument is not a float"));
            };
            let number = number.to_f64()?;
            let too_large = |narrow_infinite: bool| narrow_infinite && number.is_finite();
            let refuse = || {
                let message = format!("float too large to pack with {} format", char::from(code));
                Err(PyError::new(ExcKind::OverflowError, message))
            };
            match code {
                b'e' => {
                    let half = half::f16::from_f64(number);
                    if too_large(half.is_infinite()) {
                        return refuse();
                    }
                    put(half.to_bits().to_le_bytes().to_vec());
                }
                b'f' => {
                    let single = number as f32;
                    if too_large(single.is_infinite()) && !format.native {
                        return refuse();
                    }
                    put(single.to_le_bytes().to_vec());
                }
                _ => put(number.to_le_bytes().to_vec()),
            }
        }
    }
    Ok(())
}

fn out_of_range(code: u8, number: &BigInt, least: i128, most: i128) -> String {
    let name = match code {
        b'b' => "byte",
        b'B' => "ubyte",
        b'h' => "short",
        b'H' => "ushort",
        _ => "",
    };
    let fits = match (name, least) {
        ("", 0) => number.to_u64().is_some(),
        _ => number.to_i64().is_some(),
    };
    if !fits {
        return "argument out of range".to_string();
    }
    let name = if name.is_empty() { format!("'{}'", char::from(code)) } else { name.to_string() };
    format!("{name} format requires {least} <= number <= {most}")
}

/// The tuple of values in bytes, as many as the format wants.
fn unpacked(vm: &mut Vm, format: &Format, bytes: &[u8]) -> PyResult<Value> {
    let mut values = Vec::with_capacity(format.values());
    let mut at = 0;
    for field in &format.fields {
        at += field.padding;
        let part = &bytes[at..at + field.count * field.size];
        at += part.len();
        match field.code {
            b'x' => {}
            b's' => values.push(vm.heap.alloc_bytes(class::BYTES, part)),
            b'p' => {
                let text = part
                    .split_first()
                    .map_or(&[][..], |(len, text)| &text[..usize::from(*len).min(text.len())]);
                values.push(vm.heap.alloc_bytes(class::BYTES, text));
            }
            _ => {
                for one in part.chunks_exact(field.size) {
                    values.push(unpack_one(vm, format, field.code, one));
                }
            }
        }
    }
    Ok(vm.heap.alloc_tuple(&values)?)
}

fn unpack_one(vm: &mut Vm, format: &Format, code: u8, bytes: &[u8]) -> Value {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    if !format.little {
        word[..bytes.len()].reverse();
    }
    let bits = u64::from_le_bytes(word);
    let unused = 64 - bytes.len() as u32 * 8;
    match code {
        b'c' => vm.heap.alloc_bytes(class::BYTES, bytes),
        b'?' => Value::bool(bits != 0),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
            vm.heap.alloc_int((bits << unused) as i64 >> unused)
        }
        b'e' => vm.heap.alloc_float(half::f16::from_bits(bits as u16).to_f64()),
        b'f' => vm.heap.alloc_float(f64::from(f32::from_bits(bits as u32))),
        b'd' => vm.heap.alloc_float(f64::from_bits(bits)),
        _ => vm.heap.alloc_big(BigInt::from(bits)),
    }
}

/// Where an offset is in a buffer that has to have room behind it.
fn place(vm: &mut Vm, offset: i64, size: usize, len: usize, what: &str) -> PyResult<usize> {
    let message = if offset < 0 {
        let at = offset + len as i64;
        if at < 0 {
            format!("offset {offset} out of range for {len}-byte buffer")
        } else if (at as usize) + size <= len {
            return Ok(at as usize);
        } else if what == "pack" {
            format!("no space to pack {size} bytes at offset {offset}")
        } else {
            format!("not enough data to unpack {size} bytes at offset {offset}")
        }
    } else if (offset as usize).saturating_add(size) <= len {
        return Ok(offset as usize);
    } else {
        let (function, doing) =
            if what == "pack" { ("pack_into", "packing") } else { ("unpack_from", "unpacking") };
        format!(
            "{function} requires a buffer of at least {} bytes for {doing} {size} bytes at offset \
             {offset} (actual buffer size is {len})",
            (offset as usize).saturating_add(size)
        )
    };
    Err(struct_error(vm, &message))
}

fn pack_into(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let format = format_of(vm, arg(args, 0))?;
    let target = arg(args, 1).plain().as_bytes().filter(|bytes| bytes.may_change());
    let Some(target) = target else {
        return Err(PyError::type_error(format!(
            "argument must be read-write bytes-like object, not {}",
            type_name(arg(args, 1))
        )));
    };
    let values = args.as_slice().get(3..).unwrap_or(&[]);
    if values.len() != format.values() {
        packed(vm, &format, values, "pack_into")?;
    }
    let offset = ops::index_saturating(vm, arg(args, 2))?;
    let at = place(vm, offset, format.size, target.len(), "pack")?;
    let bytes = packed(vm, &format, values, "pack_into")?;
    if target.len() >= at + bytes.len() {
        vm.heap.change_bytes(target, |target| target[at..at + bytes.len()].copy_from_slice(&bytes));
    }
    Ok(Value::none())
}
