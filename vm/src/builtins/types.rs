//! Built-in types as callables: `int()`, `list()`, `range()` and so on.

use super::numeric;
use crate::class::{self, ClassId};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::native::long_range;
use crate::object::Tuple;
use crate::ops;
use crate::ops::int;
use crate::ops::number::{Num, as_integer, num};
use crate::stack::Args;
use crate::text::{to_str_collecting, type_name};
use crate::value::Value;

/// Types that stand in the built-in names.
pub const CALLABLE: &[ClassId] = &[
    class::INT,
    class::FLOAT,
    class::BOOL,
    class::STR,
    class::LIST,
    class::TUPLE,
    class::RANGE,
    class::SLICE,
    class::TYPE,
    class::OBJECT,
    class::ENUMERATE,
    class::ZIP,
    class::REVERSED,
    class::MAP,
    class::FILTER,
    class::DICT,
    class::SET,
    class::FROZENSET,
    class::BYTES,
    class::BYTEARRAY,
    class::SUPER,
    class::PROPERTY,
    class::STATIC_METHOD,
    class::CLASS_METHOD,
];

/// Calls a built-in type.
pub fn construct(vm: &mut Vm, class: ClassId, args: Args, names: Option<Tuple>) -> PyResult<Value> {
    let name = class::name(class);
    let mut values = args.as_slice();
    if class == class::DICT {
        return super::dict::construct(vm, args, names);
    }
    vm.kw_names = names;
    if class::is_native(class) {
        return crate::native::construct(vm, class, args);
    }
    if matches!(class, class::BYTES | class::BYTEARRAY) {
        return super::bytes::construct(vm, class, args);
    }
    if let Some(value) = super::objects::construct(vm, class, args)? {
        return Ok(value);
    }
    let names = names.map_or(&[][..], |t| t.items());
    let mut base = None;
    let mut start = Value::ZERO;
    let mut strict = false;
    let mut text_options = Vec::new();
    if !names.is_empty() {
        let positional = values.len() - names.len();
        let named = &values[positional..];
        values = &values[..positional];
        for (n, &value) in names.iter().zip(named) {
            match (class, n.as_str().map_or("", |s| s.text())) {
                (class::INT, "base") => base = Some(value),
                (class::STR, "object" | "encoding" | "errors") => text_options.push(value),
                (class::ENUMERATE, "start") => start = value,
                (class::ZIP, "strict") => strict = ops::truth(vm, value)?,
                (class::INT | class::STR | class::ENUMERATE, keyword) => {
                    return Err(PyError::type_error(format!(
                        "'{keyword}' is an invalid keyword argument for {name}()"
                    )));
                }
                _ => {
                    return Err(PyError::type_error(format!(
                        "{name}() takes no keyword arguments"
                    )));
                }
            }
        }
    }
    text_options.splice(0..0, values.iter().copied());
    if class == class::STR {
        values = &text_options;
    }
    let most = match class {
        class::INT | class::ENUMERATE | class::FILTER => 2,
        class::STR | class::RANGE | class::SLICE | class::TYPE => 3,
        class::ZIP | class::MAP => usize::MAX,
        class::OBJECT => 0,
        _ => 1,
    };
    let least = match class {
        class::RANGE | class::SLICE | class::TYPE | class::REVERSED | class::ENUMERATE => 1,
        class::FILTER | class::MAP => 2,
        _ => 0,
    };
    if values.len() < least && class == class::ENUMERATE {
        return Err(PyError::type_error("enumerate() missing required argument 'iterable'"));
    }
    if class == class::MAP && values.len() < least {
        return Err(PyError::type_error("map() must have at least two arguments."));
    }
    if class == class::OBJECT && !values.is_empty() {
        return Err(PyError::type_error("object() takes no arguments"));
    }
    if class == class::INT && values.len() > most {
        return Err(PyError::type_error(format!(
            "int() takes at most 2 arguments ({} given)",
            values.len()
        )));
    }
    if values.len() < least || values.len() > most {
        let (which, n) = if values.len() < least { ("at least", least) } else { ("at most", most) };
        let which = if least == most { String::new() } else { format!("{which} ") };
        let s = if n == 1 { "" } else { "s" };
        return Err(PyError::type_error(format!(
            "{name} expected {which}{n} argument{s}, got {}",
            values.len()
        )));
    }
    let first = values.first().copied();
    match class {
        class::INT => to_int(vm, first, values.get(1).copied().or(base)),
        class::FLOAT => {
            if let Some(value) = first.filter(|value| vm.special(*value, "__float__").is_some()) {
                let f = ops::number::real_of(vm, value)?;
                return Ok(vm.heap.alloc_float(f));
            }
            let first = first.map(|value| ops::index_value(vm, value)).transpose()?;
            let f = first.map_or(Ok(0.0), to_float)?;
            Ok(match first.map(Value::plain) {
                Some(v) if v.as_float().is_some() => v,
                _ => vm.heap.alloc_float(f),
            })
        }
        class::BOOL => match first {
            Some(value) => ops::truth(vm, value).map(Value::bool),
            None => Ok(Value::false_()),
        },
        class::STR => match *values {
            [] => Ok(vm.intern("")),
            [value] if value.as_str().is_some() => Ok(value),
            [value, ref rest @ ..] if value.plain().as_bytes().is_some() && !rest.is_empty() => {
                let bytes = value.plain().as_bytes().map_or(&[][..], |b| b.bytes());
                let errors = rest.get(1).copied().unwrap_or(Value::NULL);
                super::encoding::decode(vm, bytes, "str", rest[0], errors)
            }
            [value] => {
                let text = to_str_collecting(vm, value)?;
                Ok(vm.heap.alloc_str(&text))
            }
            [value, encoding, ..] if encoding.as_str().is_some() => {
                Err(PyError::type_error(if value.as_str().is_some() {
                    "decoding str is not supported".to_string()
                } else {
                    format!("decoding to str: need a bytes-like object, {} found", type_name(value))
                }))
            }
            [_, encoding, ..] => Err(PyError::type_error(format!(
                "str() argument 'encoding' must be str, not {}",
                type_name(encoding)
            ))),
        },
        class::LIST => {
            let items = match first {
                Some(iterable) => ops::collect(vm, iterable)?,
                None => Vec::new(),
            };
            Ok(vm.heap.alloc_list_of(&items)?)
        }
        class::TUPLE => match first {
            Some(tuple) if tuple.as_tuple().is_some() => Ok(tuple),
            Some(iterable) => {
                let items = ops::collect(vm, iterable)?;
                Ok(vm.heap.alloc_tuple(&items)?)
            }
            None => Ok(vm.heap.alloc_tuple(&[])?),
        },
        class::RANGE => range(vm, values),
        class::SLICE => {
            let none = Value::none();
            let parts = match *values {
                [stop] => [none, stop, none],
                [start, stop] => [start, stop, none],
                [start, stop, step] => [start, stop, step],
                _ => [none; 3],
            };
            Ok(vm.heap.alloc_words(class::SLICE, 0, parts))
        }
        class::SET | class::FROZENSET => super::set::construct(vm, class, first),
        class::ENUMERATE => {
            let (iterable, at) = ops::get_iter(vm, values[0])?;
            let start = values.get(1).copied().unwrap_or(start);
            if as_integer(start).is_none() {
                return Err(ops::number::not_an_integer(start));
            }
            Ok(vm.heap.alloc_words(class, 0, [iterable, at, start]))
        }
        class::ZIP => {
            // Iterators made on the way are held by nothing else.
            let (mut iterables, mut positions) = (Vec::new(), Vec::new());
            for &value in values {
                let (iterable, at) = ops::get_iter(vm, value)?;
                iterables.push(iterable);
                positions.push(at);
            }
            let iterables = vm.heap.alloc_list_of(&iterables)?;
            let positions = vm.heap.alloc_list_of(&positions)?;
            let strict = Value::small(i64::from(strict));
            Ok(vm.heap.alloc_words(class, 0, [iterables, positions, strict]))
        }
        class::REVERSED => {
            let mut sequence = values[0];
            if let Some(result) = vm.call_special(sequence, "__reversed__", &[])? {
                return Ok(result);
            }
            let own = vm.seen(sequence);
            let reversible = matches!(own.class(), class::LIST | class::DICT | class::RANGE);
            if reversible || vm.special(sequence, "__getitem__").is_none() {
                sequence = own;
            } else {
                // What has items needs a length, and says so itself.
                ops::length(vm, sequence)?;
            }
            if sequence.as_instance().is_some() && vm.special(sequence, "__getitem__").is_none() {
                let found = type_name(values[0]);
                return Err(PyError::type_error(format!("'{found}' object is not reversible")));
            }
            if matches!(sequence.class(), class::SET | class::FROZENSET) {
                let found = type_name(values[0]);
                return Err(PyError::type_error(format!("'{found}' object is not reversible")));
            }
            if matches!(
                sequence.class(),
                class::DICT | class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS
            ) {
                let dict = sequence.as_words().map_or(sequence, |words| words.get(0));
                let len = Value::small(ops::length(vm, dict)? as i64);
                let end = Value::small(
                    dict.as_dict().and_then(|d| d.table().last()).map_or(0, |at| i64::from(at) + 1),
                );
                return Ok(vm.heap.alloc_words(class, sequence.class(), [dict, end, len]));
            }
            let len = ops::length(vm, sequence).map_err(|_| {
                PyError::type_error(format!("'{}' object is not reversible", type_name(values[0])))
            })?;
            let last = Value::small(len as i64 - 1);
            Ok(vm.heap.alloc_words(class, 0, [sequence, last, Value::ZERO]))
        }
        class::MAP => {
            let (function, iterable, several) = match *values {
                [function, iterable] => (function, iterable, 0),
                _ => {
                    let zip = vm.type_info(class::ZIP).object();
                    (values[0], vm.call_quiet(zip, &values[1..])?, 1)
                }
            };
            let (iterable, at) = ops::get_iter(vm, iterable)?;
            Ok(vm.heap.alloc_words(class, several, [iterable, at, function]))
        }
        class::FILTER => {
            let (iterable, at) = ops::get_iter(vm, values[1])?;
            Ok(vm.heap.alloc_words(class, 0, [iterable, at, values[0]]))
        }
        class::OBJECT => {
            let ty = vm.type_info(class);
            vm.bare_instance(ty, &[])
        }
        _ => Err(PyError::type_error(format!("cannot create '{name}' instances"))),
    }
}

fn to_int(vm: &mut Vm, value: Option<Value>, base: Option<Value>) -> PyResult<Value> {
    if let Some(value) = value.filter(|_| base.is_none()) {
        let number = num(value.plain()).is_some();
        for name in ["__int__", "__index__", "__trunc__"] {
            // A number knows its integer part itself.
            if name != "__int__" && number {
                break;
            }
            if let Some(result) = vm.call_special(value, name, &[])? {
                let result =
                    if name == "__trunc__" { ops::index_value(vm, result)? } else { result };
                let whole = ops::whole_result(result, name)?;
                return Ok(ops::index_int(whole).map_or(whole, |word| vm.heap.alloc_int(word)));
            }
        }
    }
    let given = value;
    let Some(value) = value.map(Value::plain) else {
        return match base {
            Some(_) => Err(PyError::type_error("int() missing string argument")),
            None => Ok(Value::ZERO),
        };
    };
    if let Some(base) = base {
        let base = ops::index_saturating(vm, base)?;
        let Some(text) = digits(value) else {
            return Err(PyError::type_error("int() can't convert non-string with explicit base"));
        };
        if base != 0 && !(2..=36).contains(&base) {
            return Err(PyError::value_error("int() base must be >= 2 and <= 36, or 0"));
        }
        let parsed = numeric::parse_int(vm, &text, base as u32)?;
        return Ok(vm.heap.alloc_big(parsed));
    }
    match num(value) {
        Some(Num::Int(i)) => Ok(vm.heap.alloc_int(i)),
        Some(Num::Big(_)) => Ok(value),
        Some(Num::Float(f)) => {
            if let (i, false) = tierlab_trace::semantics::f64_to_i64(f) {
                return Ok(vm.heap.alloc_int(i));
            }
            let whole = int::from_float_checked(f)?;
            Ok(vm.heap.alloc_big(whole))
        }
        None => match digits(value) {
            Some(text) => {
                let parsed = numeric::parse_int(vm, &text, 10)
                    .map_err(|error| of_bytes(error, &text, value))?;
                Ok(vm.heap.alloc_big(parsed))
            }
            None => Err(PyError::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                given.map_or("", type_name)
            ))),
        },
    }
}

/// An error about the digits in bytes: it quotes them as bytes.
fn of_bytes(error: Box<PyError>, text: &str, value: Value) -> Box<PyError> {
    match value.as_bytes() {
        Some(bytes) if error.kind == ExcKind::ValueError => {
            let quoted = super::quoted(text);
            PyError::value_error(error.message.replace(&quoted, &super::bytes_repr(bytes)))
        }
        _ => error,
    }
}

/// The text in a string or in bytes, to make a number of; decimals of other scripts become ASCII.
fn digits(value: Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        let text = text.text();
        if text.is_ascii() {
            return Some(text.to_string());
        }
        return Some(text.chars().map(super::characters::ascii_digit).collect());
    }
    let bytes = value.as_bytes()?.bytes();
    Some(bytes.iter().map(|b| char::from(*b)).collect())
}

fn to_float(given: Value) -> PyResult<f64> {
    let value = given.plain();
    match (num(value), digits(value)) {
        (Some(n), _) => n.to_f64(),
        (None, Some(text)) => {
            let error = match numeric::parse_float(&text) {
                Ok(number) => return Ok(number),
                Err(error) => of_bytes(error, &text, value),
            };
            // Unlike `int`, this shows what was passed.
            match (value.class(), value.as_bytes()) {
                (class::BYTEARRAY, Some(bytes)) => {
                    let quoted = super::bytes_repr(bytes);
                    let shown = format!("bytearray({quoted})");
                    Err(PyError::value_error(error.message.replace(&quoted, &shown)))
                }
                _ => Err(error),
            }
        }
        (None, None) => Err(PyError::type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            type_name(given)
        ))),
    }
}

fn range(vm: &mut Vm, values: &[Value]) -> PyResult<Value> {
    let mut bounds = [Value::ZERO, Value::ZERO, Value::small(1)];
    for (i, &value) in values.iter().enumerate() {
        let value = ops::index_value(vm, value)?;
        if as_integer(value).is_none() {
            return Err(ops::number::not_an_integer(value));
        }
        bounds[if values.len() == 1 { 1 } else { i }] = value;
    }
    let word = |value: Value| as_integer(value).and_then(Num::to_word);
    if word(bounds[2]) == Some(0) {
        return Err(PyError::value_error("range() arg 3 must not be zero"));
    }
    if let [Some(start), Some(stop), Some(step)] = bounds.map(word)
        && let Some(range) = vm.heap.alloc_range(start, stop, step)
    {
        return Ok(range);
    }
    let big = |value: Value| as_integer(value).and_then(Num::to_big).unwrap_or_default();
    let [start, stop, step] = bounds.map(|bound| big(bound).into_owned());
    Ok(long_range::make_range(vm, start, stop, step))
}
