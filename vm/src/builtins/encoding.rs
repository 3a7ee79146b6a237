//! Text to bytes and back.
//!
//! A text is a sequence of Unicode's characters without surrogates: what CPython would decode to
//! surrogates (`surrogateescape`) is refused.

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::text::argument_type;
use crate::value::Value;
use std::fmt::Write;

/// An encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// ASCII.
    Ascii,
    /// The first 256 characters, a byte each.
    Latin1,
    /// UTF-16: with a byte order mark, little or big endian.
    Utf16(Order),
    /// UTF-32.
    Utf32(Order),
}

/// The order of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// A mark says it; little endian where there is none.
    Marked,
    /// The least significant byte is the first.
    Little,
    /// The most significant byte is the first.
    Big,
}

/// What is done about what cannot be encoded or decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Errors {
    Strict,
    Ignore,
    Replace,
    Backslash,
    Reference,
}

/// An encoding by name.
pub fn encoding(name: &str) -> PyResult<Encoding> {
    let clean: String =
        name.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    Ok(match clean.as_str() {
        "utf8" | "u8" | "utf" | "cp65001" => Encoding::Utf8,
        "ascii" | "usascii" | "646" | "ansix341968" => Encoding::Ascii,
        "latin1" | "latin" | "iso88591" | "88591" | "l1" | "cp819" => Encoding::Latin1,
        "utf16" | "u16" => Encoding::Utf16(Order::Marked),
        "utf16le" => Encoding::Utf16(Order::Little),
        "utf16be" => Encoding::Utf16(Order::Big),
        "utf32" | "u32" => Encoding::Utf32(Order::Marked),
        "utf32le" => Encoding::Utf32(Order::Little),
        "utf32be" => Encoding::Utf32(Order::Big),
        _ => {
            return Err(PyError::new(ExcKind::LookupError, format!("unknown encoding: {name}")));
        }
    })
}

impl Encoding {
    fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Ascii => "ascii",
            Encoding::Latin1 => "latin-1",
            Encoding::Utf16(Order::Marked) => "utf-16",
            Encoding::Utf16(Order::Little) => "utf-16-le",
            Encoding::Utf16(Order::Big) => "utf-16-be",
            Encoding::Utf32(Order::Marked) => "utf-32",
            Encoding::Utf32(Order::Little) => "utf-32-le",
            Encoding::Utf32(Order::Big) => "utf-32-be",
        }
    }
}

fn errors(name: &str) -> PyResult<Errors> {
    Ok(match name {
        "strict" => Errors::Strict,
        "ignore" => Errors::Ignore,
        "replace" => Errors::Replace,
        "backslashreplace" => Errors::Backslash,
        "xmlcharrefreplace" => Errors::Reference,
        _ => {
            let message = format!("unknown error handler name '{name}'");
            return Err(PyError::new(ExcKind::LookupError, message));
        }
    })
}

/// The text of an option that may be left out (NULL).
fn option(value: Value, function: &str, name: &str, default: &'static str) -> PyResult<String> {
    if value.is_null() {
        return Ok(default.to_string());
    }
    match value.plain().as_str() {
        Some(text) => Ok(text.text().to_string()),
        None => Err(PyError::type_error(format!(
            "{function}() argument '{name}' must be str, not {}",
            argument_type(value)
        ))),
    }
}

/// `text.encode(encoding, errors)`: bytes. Options that are left out are NULL.
pub fn encode(vm: &mut Vm, text: &str, name: Value, how: Value) -> PyResult<Value> {
    let name = option(name, "encode", "encoding", "utf-8")?;
    let how = option(how, "encode", "errors", "strict")?;
    let bytes = encode_bytes(text, encoding(&name)?, &how)?;
    Ok(vm.heap.alloc_bytes(class::BYTES, &bytes))
}

/// The bytes of a text.
pub fn encode_bytes(text: &str, encoding: Encoding, how: &str) -> PyResult<Vec<u8>> {
    let limit = match encoding {
        Encoding::Utf8 => return Ok(text.as_bytes().to_vec()),
        Encoding::Ascii if text.is_ascii() => return Ok(text.as_bytes().to_vec()),
        Encoding::Ascii => 128,
        Encoding::Latin1 => 256,
        Encoding::Utf16(order) => {
            let units = text.encode_utf16();
            return Ok(match order {
                Order::Big => units.flat_map(u16::to_be_bytes).collect(),
                Order::Little => units.flat_map(u16::to_le_bytes).collect(),
                Order::Marked => {
                    std::iter::once(0xfeff).chain(units).flat_map(u16::to_le_bytes).collect()
                }
            });
        }
        Encoding::Utf32(order) => {
            let units = text.chars().map(|c| c as u32);
            return Ok(match order {
                Order::Big => units.flat_map(u32::to_be_bytes).collect(),
                Order::Little => units.flat_map(u32::to_le_bytes).collect(),
                Order::Marked => {
                    std::iter::once(0xfeff).chain(units).flat_map(u32::to_le_bytes).collect()
                }
            });
        }
    };
    let how = errors(how)?;
    let mut out = Vec::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        let code = c as u32;
        if code < limit {
            out.push(code as u8);
            continue;
        }
        let mut escaped = String::new();
        match how {
            Errors::Strict => return Err(cannot_encode(text, at, limit, encoding)),
            Errors::Ignore => {}
            Errors::Replace => out.push(b'?'),
            Errors::Backslash => {
                let quoted = crate::text::quote(&c.to_string(), true);
                escaped.push_str(&quoted[1..quoted.len() - 1]);
            }
            Errors::Reference => {
                let _ = write!(escaped, "&#{code};");
            }
        }
        out.extend(escaped.bytes());
    }
    Ok(out)
}

#[cold]
fn cannot_encode(text: &str, at: usize, limit: u32, encoding: Encoding) -> Box<PyError> {
    let run = text.chars().skip(at).take_while(|c| *c as u32 >= limit).count();
    let codec = encoding.name();
    let place = if run == 1 {
        let c: String = text.chars().skip(at).take(1).collect();
        format!("character {} in position {at}", crate::text::quote(&c, true))
    } else {
        format!("characters in position {at}-{}", at + run - 1)
    };
    PyError::new(
        ExcKind::UnicodeEncodeError,
        format!("'{codec}' codec can't encode {place}: ordinal not in range({limit})"),
    )
}

/// `bytes.decode(encoding, errors)`: a text. Options that are left out are NULL.
pub fn decode(
    vm: &mut Vm,
    bytes: &[u8],
    function: &str,
    name: Value,
    how: Value,
) -> PyResult<Value> {
    let name = option(name, function, "encoding", "utf-8")?;
    let how = option(how, function, "errors", "strict")?;
    let text = decode_text(bytes, encoding(&name)?, &how)?;
    Ok(vm.heap.alloc_str(&text))
}

/// The text of bytes.
pub fn decode_text(bytes: &[u8], encoding: Encoding, how: &str) -> PyResult<String> {
    let how = errors(how)?;
    match encoding {
        Encoding::Utf8 => decode_utf8(bytes, how),
        Encoding::Latin1 => Ok(bytes.iter().map(|b| char::from(*b)).collect()),
        Encoding::Ascii => {
            let mut out = String::with_capacity(bytes.len());
            for (at, byte) in bytes.iter().enumerate() {
                if byte.is_ascii() {
                    out.push(char::from(*byte));
                } else {
                    let reason = "ordinal not in range(128)";
                    recover(&mut out, bytes, at, at + 1, how, encoding, reason)?;
                }
            }
            Ok(out)
        }
        Encoding::Utf16(order) => {
            let units: Vec<u16> = bytes
                .chunks_exact(2)
                .map(|pair| match order {
                    Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
                    Order::Little | Order::Marked => u16::from_le_bytes([pair[0], pair[1]]),
                })
                .collect();
            let marked = order == Order::Marked && units.first() == Some(&0xfeff);
            let mut out = String::new();
            let mut at = 2 * usize::from(marked);
            for unit in char::decode_utf16(units.into_iter().skip(usize::from(marked))) {
                match unit {
                    Ok(c) => {
                        out.push(c);
                        at += 2 * c.len_utf16();
                    }
                    Err(_) => {
                        recover(&mut out, bytes, at, at + 2, how, encoding, "illegal encoding")?;
                        at += 2;
                    }
                }
            }
            if bytes.len() % 2 == 1 {
                let last = bytes.len() - 1;
                recover(&mut out, bytes, last, last + 1, how, encoding, "truncated data")?;
            }
            Ok(out)
        }
        Encoding::Utf32(order) => {
            let mut out = String::new();
            for (number, chunk) in bytes.chunks(4).enumerate() {
                let at = number * 4;
                let Ok(word) = <[u8; 4]>::try_from(chunk) else {
                    recover(&mut out, bytes, at, bytes.len(), how, encoding, "truncated data")?;
                    break;
                };
                let code = match order {
                    Order::Big => u32::from_be_bytes(word),
                    Order::Little | Order::Marked => u32::from_le_bytes(word),
                };
                match char::from_u32(code) {
                    Some('\u{feff}') if number == 0 && order == Order::Marked => {}
                    Some(c) => out.push(c),
                    None => {
                        let reason = "code point not in range(0x110000)";
                        recover(&mut out, bytes, at, at + 4, how, encoding, reason)?;
                    }
                }
            }
            Ok(out)
        }
    }
}

fn decode_utf8(bytes: &[u8], how: Errors) -> PyResult<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut from = 0;
    loop {
        match std::str::from_utf8(&bytes[from..]) {
            Ok(text) => {
                out.push_str(text);
                return Ok(out);
            }
            Err(error) => {
                let at = from + error.valid_up_to();
                // What stands before the error is text.
                out.push_str(std::str::from_utf8(&bytes[from..at]).unwrap_or(""));
                let (end, reason) = match error.error_len() {
                    None => (bytes.len(), "unexpected end of data"),
                    Some(len) => {
                        let starts = matches!(bytes[at], 0xc2..=0xf4);
                        let reason =
                            if starts { "invalid continuation byte" } else { "invalid start byte" };
                        (at + len, reason)
                    }
                };
                recover(&mut out, bytes, at, end, how, Encoding::Utf8, reason)?;
                from = end;
            }
        }
    }
}

/// What stands for bytes that cannot be decoded.
fn recover(
    out: &mut String,
    bytes: &[u8],
    start: usize,
    end: usize,
    how: Errors,
    encoding: Encoding,
    reason: &str,
) -> PyResult<()> {
    match how {
        Errors::Strict => {
            let codec = encoding.name();
            let place = if end == start + 1 {
                format!("byte {:#04x} in position {start}", bytes[start])
            } else {
                format!("bytes in position {start}-{}", end - 1)
            };
            return Err(PyError::new(
                ExcKind::UnicodeDecodeError,
                format!("'{codec}' codec can't decode {place}: {reason}"),
            ));
        }
        Errors::Ignore => {}
        Errors::Replace => out.push('\u{fffd}'),
        Errors::Backslash => {
            for byte in &bytes[start..end] {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
        Errors::Reference => {
            return Err(PyError::type_error(
                "don't know how to handle UnicodeDecodeError in error callback",
            ));
        }
    }
    Ok(())
}
