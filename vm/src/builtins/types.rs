//! Built-in types as callables: `int()`, `list()`, `range()` and so on.

use super::{Builtin, numeric};
use crate::class::{self, ClassId};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Tuple;
use crate::ops;
use crate::ops::int;
use crate::ops::number::{Num, as_integer, num};
use crate::stack::Args;
use crate::text::{to_str, type_name};
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
    class::SUPER,
    class::PROPERTY,
    class::STATIC_METHOD,
    class::CLASS_METHOD,
];

/// Methods of numbers.
pub const TABLE: &[Builtin] = &[
    super::method("int.bit_length", 0, 0, |_, a| {
        let value = a.get(0).and_then(as_integer).and_then(Num::to_big);
        Ok(Value::small(value.map_or(0, |b| b.bits()) as i64))
    }),
    super::method("float.is_integer", 0, 0, |_, a| {
        let value = a.get(0).and_then(|v| v.as_float()).unwrap_or(0.5);
        Ok(Value::bool(value.is_finite() && value.fract() == 0.0))
    }),
];

/// Calls a built-in type.
pub fn construct(vm: &mut Vm, class: ClassId, args: Args, names: Option<Tuple>) -> PyResult<Value> {
    let name = class::name(class);
    let mut values = args.as_slice();
    if class == class::DICT {
        return super::dict::construct(vm, args, names);
    }
    vm.kw_names = names;
    if let Some(value) = super::objects::construct(vm, class, args)? {
        return Ok(value);
    }
    let names = names.map_or(&[][..], |t| t.items());
    let mut base = None;
    let mut start = Value::ZERO;
    let mut strict = false;
    if !names.is_empty() {
        let positional = values.len() - names.len();
        let named = &values[positional..];
        values = &values[..positional];
        for (n, &value) in names.iter().zip(named) {
            match (class, n.as_str().map_or("", |s| s.text())) {
                (class::INT, "base") => base = Some(value),
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
            if let Some(value) = first
                && let Some(result) = vm.call_special(value, "__float__", &[])?
            {
                return Ok(result);
            }
            let f = first.map_or(Ok(0.0), to_float)?;
            Ok(match first {
                Some(v) if v.as_float().is_some() => v,
                _ => vm.heap.alloc_float(f),
            })
        }
        class::BOOL => match first {
            Some(value) => ops::truth(vm, value).map(Value::bool),
            None => Ok(Value::false_()),
        },
        class::STR => match values {
            [] => Ok(vm.intern("")),
            [value] if value.as_str().is_some() => Ok(*value),
            [value] => {
                let text = to_str(vm, *value)?;
                Ok(vm.heap.alloc_str(&text))
            }
            [_, encoding, ..] => Err(PyError::type_error(format!(
                "str() argument 'encoding' must be str, not {}",
                type_name(*encoding)
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
            if matches!(
                sequence.class(),
                class::DICT | class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS
            ) {
                let items = ops::collect(vm, sequence)?;
                sequence = vm.heap.alloc_tuple(&items)?;
            }
            let len = ops::length(vm, sequence).map_err(|_| {
                PyError::type_error(format!("'{}' object is not reversible", type_name(sequence)))
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
        for name in ["__int__", "__index__"] {
            if let Some(result) = vm.call_special(value, name, &[])? {
                return Ok(result);
            }
        }
    }
    let Some(value) = value else {
        return match base {
            Some(_) => Err(PyError::type_error("int() missing string argument")),
            None => Ok(Value::ZERO),
        };
    };
    if let Some(base) = base {
        let base = ops::number::index_saturating(base)?;
        let Some(text) = value.as_str() else {
            return Err(PyError::type_error("int() can't convert non-string with explicit base"));
        };
        if base != 0 && !(2..=36).contains(&base) {
            return Err(PyError::value_error("int() base must be >= 2 and <= 36, or 0"));
        }
        let parsed = numeric::parse_int(vm, text.text(), base as u32)?;
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
        None => match value.as_str() {
            Some(text) => {
                let parsed = numeric::parse_int(vm, text.text(), 10)?;
                Ok(vm.heap.alloc_big(parsed))
            }
            None => Err(PyError::type_error(format!(
                "int() argument must be a string, a bytes-like object or a real number, not '{}'",
                type_name(value)
            ))),
        },
    }
}

fn to_float(value: Value) -> PyResult<f64> {
    match (num(value), value.as_str()) {
        (Some(n), _) => n.to_f64(),
        (None, Some(text)) => numeric::parse_float(text.text()),
        (None, None) => Err(PyError::type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            type_name(value)
        ))),
    }
}

fn range(vm: &mut Vm, values: &[Value]) -> PyResult<Value> {
    let mut bounds = [0, 0, 1];
    for (i, &value) in values.iter().enumerate() {
        let bound = match as_integer(value) {
            Some(Num::Int(bound)) => bound,
            Some(_) => return Err(range_too_large()),
            None => return Err(ops::number::not_an_integer(value)),
        };
        bounds[if values.len() == 1 { 1 } else { i }] = bound;
    }
    let [start, stop, step] = bounds;
    if step == 0 {
        return Err(PyError::value_error("range() arg 3 must not be zero"));
    }
    vm.heap.alloc_range(start, stop, step).ok_or_else(range_too_large)
}

#[cold]
fn range_too_large() -> Box<PyError> {
    PyError::new(
        ExcKind::OverflowError,
        "range bounds beyond 2**61 are not supported by this implementation",
    )
}
