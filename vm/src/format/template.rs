//! `str.format`: texts with replacement fields.
//!
//! Terms. A *field* is `{name!conversion:spec}`. Its name begins with a number or a keyword (nothing
//! counts up), and goes on with `.attribute` and `[item]`. A spec may itself have fields, once.

use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Tuple;
use crate::ops;
use crate::text::{to_repr, to_str};
use crate::value::Value;

/// Where the values of fields come from.
enum Source<'a> {
    /// Arguments of `format`: positional ones, and named ones with their names.
    Arguments(&'a [Value], &'a [Value], &'a [Value]),
    /// The mapping of `format_map`.
    Mapping(Value),
}

/// How fields without numbers are counted.
enum Numbering {
    /// No number was needed yet.
    Open,
    /// The next field without a number gets this one.
    Automatic(usize),
    /// Fields have numbers.
    Manual,
}

struct Template<'a> {
    source: Source<'a>,
    numbering: Numbering,
}

/// `text.format(*args)`, the last arguments named.
pub fn template(vm: &mut Vm, text: &str, args: &[Value], names: Option<Tuple>) -> PyResult<Value> {
    let names = names.map_or(&[][..], |names| names.items());
    let (positional, named) = args.split_at(args.len() - names.len().min(args.len()));
    render(vm, text, Source::Arguments(positional, names, named))
}

/// `text.format_map(mapping)`.
pub fn template_map(vm: &mut Vm, text: &str, mapping: Value) -> PyResult<Value> {
    render(vm, text, Source::Mapping(mapping))
}

fn render(vm: &mut Vm, text: &str, source: Source<'_>) -> PyResult<Value> {
    let mut template = Template { source, numbering: Numbering::Open };
    let mut out = String::new();
    template.expand(vm, text, 2, &mut out)?;
    Ok(vm.heap.alloc_str(&out))
}

fn invalid(message: impl Into<String>) -> Box<PyError> {
    PyError::value_error(message)
}

/// The parts of a field: its name, conversion and spec.
struct Field<'t> {
    name: &'t str,
    conversion: Option<char>,
    spec: &'t str,
}

/// Splits the text of a field, without its braces.
fn parse_field(text: &str) -> PyResult<Field<'_>> {
    let mut inside = false;
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            '{' if !inside => return Err(invalid("unexpected '{' in field name")),
            '[' => inside = true,
            ']' => inside = false,
            ':' | '!' if !inside => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let (name, rest) = text.split_at(end);
    let Some(after) = rest.strip_prefix('!') else {
        return Ok(Field { name, conversion: None, spec: rest.strip_prefix(':').unwrap_or("") });
    };
    let mut chars = after.chars();
    let Some(conversion) = chars.next() else {
        return Err(invalid("unmatched '{' in format spec"));
    };
    let rest = chars.as_str();
    let spec = match rest.strip_prefix(':') {
        Some(spec) => spec,
        None if rest.is_empty() => "",
        None => return Err(invalid("expected ':' after conversion specifier")),
    };
    Ok(Field { name, conversion: Some(conversion), spec })
}

/// The length of a field that begins behind its brace, up to its closing brace.
fn field_length(text: &str) -> PyResult<usize> {
    let (mut depth, mut inside) = (1, false);
    for (at, c) in text.char_indices() {
        match c {
            '[' if depth == 1 => inside = true,
            ']' if depth == 1 => inside = false,
            '{' if !inside => depth += 1,
            '}' if !inside => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
            _ => {}
        }
    }
    Err(invalid("expected '}' before end of string"))
}

impl Template<'_> {
    fn expand(&mut self, vm: &mut Vm, text: &str, depth: usize, out: &mut String) -> PyResult<()> {
        if depth == 0 {
            return Err(invalid("Max string recursion exceeded"));
        }
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..at + 1];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                out.push_str(brace);
                rest = after;
                continue;
            }
            if brace == "}" {
                return Err(invalid("Single '}' encountered in format string"));
            }
            if rest.is_empty() {
                return Err(invalid("Single '{' encountered in format string"));
            }
            let length = field_length(rest)?;
            let field = parse_field(&rest[..length])?;
            rest = &rest[length + 1..];
            self.field(vm, &field, depth, out)?;
        }
        out.push_str(rest);
        Ok(())
    }

    fn field(
        &mut self,
        vm: &mut Vm,
        field: &Field<'_>,
        depth: usize,
        out: &mut String,
    ) -> PyResult<()> {
        let value = self.value(vm, field.name)?;
        let text = match field.conversion {
            None => None,
            Some('s') => Some(to_str(vm, value)?),
            Some('r') => Some(to_repr(vm, value)?),
            Some('a') => Some(super::ascii(&to_repr(vm, value)?)),
            Some(c) if c > ' ' && c < '\x7f' => {
                return Err(invalid(format!("Unknown conversion specifier {c}")));
            }
            Some(c) => {
                let code = c as u32;
                return Err(invalid(format!("Unknown conversion specifier '\\x{code:x}'")));
            }
        };
        let mut spec = String::new();
        if field.spec.contains(['{', '}']) {
            self.expand(vm, field.spec, depth - 1, &mut spec)?;
        } else {
            spec.push_str(field.spec);
        }
        match text {
            Some(text) => out.push_str(&super::format_str(&text, &spec)?),
            None => out.push_str(&super::format(vm, value, &spec)?),
        }
        Ok(())
    }

    /// The value that a field's name says.
    fn value(&mut self, vm: &mut Vm, name: &str) -> PyResult<Value> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let mut value = self.first(vm, first)?;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                if end == 0 {
                    return Err(invalid("Empty attribute in format string"));
                }
                value = vm.get_attribute(value, &after[..end])?;
                rest = &after[end..];
            } else if let Some(after) = rest.strip_prefix('[') {
                let Some(end) = after.find(']') else {
                    return Err(invalid("Missing ']' in format string"));
                };
                if end == 0 {
                    return Err(invalid("Empty attribute in format string"));
                }
                let key = match number(&after[..end])? {
                    Some(index) => Value::small(index as i64),
                    None => vm.heap.alloc_str(&after[..end]),
                };
                value = ops::get_item(vm, value, key)?;
                rest = &after[end + 1..];
            } else {
                return Err(invalid("Only '.' or '[' may follow ']' in format field specifier"));
            }
        }
        Ok(value)
    }

    fn first(&mut self, vm: &mut Vm, name: &str) -> PyResult<Value> {
        let known = number(name)?;
        let index = match (name, known) {
            ("", _) => {
                let next = match self.numbering {
                    Numbering::Open => 0,
                    Numbering::Automatic(next) => next,
                    Numbering::Manual => {
                        return Err(invalid(
                            "cannot switch from manual field specification to automatic field \
                             numbering",
                        ));
                    }
                };
                self.numbering = Numbering::Automatic(next + 1);
                Some(next)
            }
            (_, Some(index)) => {
                if matches!(self.numbering, Numbering::Automatic(_)) {
                    return Err(invalid(
                        "cannot switch from automatic field numbering to manual field \
                         specification",
                    ));
                }
                self.numbering = Numbering::Manual;
                Some(index)
            }
            _ => None,
        };
        match (&self.source, index) {
            (Source::Mapping(_), Some(_)) => {
                Err(invalid("Format string contains positional fields"))
            }
            (Source::Mapping(mapping), None) => {
                let key = vm.heap.alloc_str(name);
                ops::get_item(vm, *mapping, key)
            }
            (Source::Arguments(positional, ..), Some(index)) => {
                positional.get(index).copied().ok_or_else(|| {
                    PyError::new(
                        ExcKind::IndexError,
                        format!("Replacement index {index} out of range for positional args tuple"),
                    )
                })
            }
            (Source::Arguments(_, names, named), None) => {
                let is_it = |known: &Value| known.as_str().is_some_and(|s| s.text() == name);
                match names.iter().position(is_it).and_then(|at| named.get(at)) {
                    Some(value) => Ok(*value),
                    None => {
                        let key = vm.heap.alloc_str(name);
                        Err(ops::key_error(vm, key))
                    }
                }
            }
        }
    }
}

/// The number that a name is, if it is one.
fn number(name: &str) -> PyResult<Option<usize>> {
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(None);
    }
    match name.parse::<i64>() {
        Ok(index) => Ok(Some(index as usize)),
        Err(_) => Err(invalid("Too many decimal digits in format string")),
    }
}
