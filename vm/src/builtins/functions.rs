//! The built-in functions.

use super::list::{sort_list, sort_options};
use super::{Builtin, keywords, numeric, plain};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::format;
use crate::interp::{Hold, Input, Resumed, Vm};
use crate::ops;
use crate::ops::number::{Num, as_integer, not_an_integer, num};
use crate::stack::{Args, arg};
use crate::text::{quote, to_repr_collecting, to_str_collecting, type_name};
use crate::value::Value;
use num_traits::Signed;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("print", 0, usize::MAX, print).with_keywords(),
    plain("len", 1, 1, len),
    plain("abs", 1, 1, abs),
    plain("min", 1, usize::MAX, |vm, args| extreme(vm, args, "min", CompareKind::Lt))
        .with_keywords(),
    plain("max", 1, usize::MAX, |vm, args| extreme(vm, args, "max", CompareKind::Gt))
        .with_keywords(),
    plain("sum", 1, 2, sum).with_keywords(),
    plain("round", 1, 2, numeric::round).with_keywords(),
    plain("divmod", 2, 2, div_mod),
    plain("pow", 2, 3, numeric::pow).with_keywords(),
    plain("sorted", 1, 1, sorted).with_keywords(),
    plain("repr", 1, 1, |vm, a| {
        let text = to_repr_collecting(vm, arg(a, 0))?;
        Ok(vm.heap.alloc_str(&text))
    }),
    plain("ascii", 1, 1, |vm, a| {
        let text = format::ascii(&to_repr_collecting(vm, arg(a, 0))?);
        Ok(vm.heap.alloc_str(&text))
    }),
    plain("format", 1, 2, |vm, a| {
        let spec = match a.get(1) {
            None => "",
            Some(spec) => match spec.as_str() {
                Some(s) => s.text(),
                None => {
                    return Err(PyError::type_error(format!(
                        "format() argument 2 must be str, not {}",
                        type_name(spec)
                    )));
                }
            },
        };
        let text = format::format(vm, arg(a, 0), spec)?;
        Ok(vm.heap.alloc_str(&text))
    }),
    plain("chr", 1, 1, chr),
    plain("ord", 1, 1, ord),
    plain("hex", 1, 1, |vm, a| radix(vm, a, "0x", 16)),
    plain("bin", 1, 1, |vm, a| radix(vm, a, "0b", 2)),
    plain("oct", 1, 1, |vm, a| radix(vm, a, "0o", 8)),
    plain("any", 1, 1, |vm, a| quantify(vm, a, true)),
    plain("all", 1, 1, |vm, a| quantify(vm, a, false)),
    plain("iter", 1, 2, |vm, a| match a.get(1) {
        None => iterator(vm, arg(a, 0)),
        Some(_) if !vm.is_callable(arg(a, 0)) => {
            Err(PyError::type_error("iter(v, w): v must be callable"))
        }
        Some(sentinel) => {
            let words = [arg(a, 0), sentinel, Value::ZERO];
            Ok(vm.heap.alloc_words(class::CALLABLE_ITERATOR, 0, words))
        }
    }),
    plain("next", 1, 2, next),
    plain("exit", 0, 1, exit),
    plain("quit", 0, 1, exit),
    plain("callable", 1, 1, |vm, a| {
        let callable = vm.is_callable(arg(a, 0));
        Ok(Value::bool(callable))
    }),
    plain("id", 1, 1, |vm, a| Ok(vm.heap.alloc_int(arg(a, 0).bits() as i64))),
];

impl Vm {
    /// `callable(value)`.
    pub(crate) fn is_callable(&self, value: Value) -> bool {
        match value.class() {
            class::FUNCTION
            | class::BUILTIN
            | class::BOUND_METHOD
            | class::STATIC_METHOD
            | class::TYPE => true,
            _ => self.special(value, "__call__").is_some(),
        }
    }
}

fn print(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (values, named) = keywords(vm, args);
    let (mut separator, mut end, mut file, mut flush) = (" ", "\n", Value::none(), false);
    for (name, value) in named {
        let text = |name: &str| {
            if value.is_none() {
                return Ok(None);
            }
            value.as_str().map(|s| Some(s.text())).ok_or_else(|| {
                PyError::type_error(format!(
                    "{name} must be None or a string, not {}",
                    type_name(value)
                ))
            })
        };
        match name {
            "sep" => separator = text(name)?.unwrap_or(separator),
            "end" => end = text(name)?.unwrap_or(end),
            "file" => file = value,
            "flush" => flush = ops::truth(vm, value)?,
            _ => {
                return Err(PyError::type_error(format!(
                    "'{name}' is an invalid keyword argument for print()"
                )));
            }
        }
    }
    let mut out = String::new();
    for (i, &value) in values.iter().enumerate() {
        if i > 0 {
            out.push_str(separator);
        }
        match value.as_str() {
            Some(s) => out.push_str(s.text()),
            None => match to_str_collecting(vm, value) {
                Ok(text) => out.push_str(&text),
                Err(error) => {
                    // What stands before the failing value has been printed.
                    crate::modules::sys::write_to(vm, file, &out)?;
                    return Err(error);
                }
            },
        }
    }
    out.push_str(end);
    crate::modules::sys::write_to(vm, file, &out)?;
    if flush {
        vm.flush();
    }
    Ok(Value::none())
}

/// `len(value)`.
pub fn len(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let length = ops::length(vm, arg(args, 0))?;
    Ok(vm.heap.alloc_int(length as i64))
}

/// `abs(value)`.
pub fn abs(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let value = arg(args, 0);
    if let Some(result) = vm.call_special(value, "__abs__", &[])? {
        return Ok(result);
    }
    match num(value.plain()) {
        Some(Num::Int(i)) => Ok(vm.heap.alloc_int(i.abs())),
        Some(Num::Float(f)) => Ok(vm.heap.alloc_float(f.abs())),
        Some(Num::Big(b)) => {
            let magnitude = b.abs();
            Ok(vm.heap.alloc_big(magnitude))
        }
        None => {
            Err(PyError::type_error(format!("bad operand type for abs(): '{}'", type_name(value))))
        }
    }
}

fn extreme(vm: &mut Vm, args: Args, name: &str, better: CompareKind) -> PyResult<Value> {
    let (values, named) = keywords(vm, args);
    let (mut key, mut default) = (None, None);
    for (keyword, value) in named {
        match keyword {
            "key" => key = Some(value).filter(|v| !v.is_none()),
            "default" => default = Some(value),
            _ => {
                return Err(PyError::type_error(format!(
                    "'{keyword}' is an invalid keyword argument for {name}()"
                )));
            }
        }
    }
    let result = match values {
        [] => Err(PyError::type_error(format!("{name} expected at least 1 argument, got 0"))),
        [iterable] => best(vm, better, key, |vm, best| {
            ops::iterate(vm, *iterable, |vm, value| best.offer(vm, value))
        }),
        _ if default.is_some() => Err(PyError::type_error(format!(
            "Cannot specify a default for {name}() with multiple positional arguments"
        ))),
        _ => best(vm, better, key, |vm, best| {
            values.iter().try_for_each(|value| {
                best.offer(vm, *value)?;
                vm.safe_point_of_builtin()
            })
        }),
    };
    match (result?, default) {
        (Some(value), _) | (None, Some(value)) => Ok(value),
        (None, None) => Err(PyError::value_error(format!("{name}() arg is an empty sequence"))),
    }
}

/// The best of the values that it is offered, one after the other.
struct Best {
    better: CompareKind,
    key: Option<Value>,
    /// The best value and its key.
    found: Option<(Value, Value)>,
    /// Hold the best value, its key, the value at hand and its key.
    holds: [Hold; 4],
}

impl Best {
    fn offer(&mut self, vm: &mut Vm, value: Value) -> PyResult<()> {
        let [best_value, best_key, at_hand, its_key] = self.holds;
        at_hand.set(vm, value);
        let k = match self.key {
            None => value,
            Some(key) => vm.call(key, &[value])?,
        };
        its_key.set(vm, k);
        let take = match self.found {
            None => true,
            Some((_, best)) => ops::compare_bool(vm, self.better, k, best)?,
        };
        if take {
            self.found = Some((value, k));
            best_value.set(vm, value);
            best_key.set(vm, k);
        }
        Ok(())
    }
}

/// The best of the values that `offer` offers.
fn best(
    vm: &mut Vm,
    better: CompareKind,
    key: Option<Value>,
    offer: impl FnOnce(&mut Vm, &mut Best) -> PyResult<()>,
) -> PyResult<Option<Value>> {
    vm.holding_each([Value::NULL; 4], |vm, holds| {
        let mut best = Best { better, key, found: None, holds };
        offer(vm, &mut best)?;
        Ok(best.found.map(|(value, _)| value))
    })
}

fn sum(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (values, named) = keywords(vm, args);
    let mut start = values.get(1).copied().unwrap_or(Value::ZERO);
    for (name, value) in named {
        if name != "start" {
            return Err(PyError::type_error(format!(
                "'{name}' is an invalid keyword argument for sum()"
            )));
        }
        start = value;
    }
    let Some(&iterable) = values.first() else {
        return Err(PyError::type_error("sum() takes at least 1 positional argument (0 given)"));
    };
    if values.len() > 2 {
        return Err(PyError::type_error(format!(
            "sum() takes at most 2 arguments ({} given)",
            values.len()
        )));
    }
    if start.as_str().is_some() {
        return Err(PyError::type_error("sum() can't sum strings [use ''.join(seq) instead]"));
    }
    if let Some(bytes) = start.as_bytes() {
        return Err(PyError::type_error(if bytes.may_change() {
            "sum() can't sum bytearray [use b''.join(seq) instead]"
        } else {
            "sum() can't sum bytes [use b''.join(seq) instead]"
        }));
    }
    let mut total = start;
    vm.holding_each([total], |vm, [held]| {
        ops::iterate(vm, iterable, |vm, item| {
            total = ops::binary_kind(vm, BinaryKind::Add, false, total, item)?;
            held.set(vm, total);
            Ok(())
        })
    })?;
    Ok(total)
}

/// `divmod(a, b)`.
pub fn div_mod(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (a, b) = (arg(args, 0), arg(args, 1));
    if let Some(result) = vm.pair_special("__divmod__", "__rdivmod__", a, b)? {
        return Ok(result);
    }
    let (given_a, given_b) = (a, b);
    let (a, b) = (a.plain(), b.plain());
    let items = match (num(a), num(b)) {
        (Some(Num::Float(_)), Some(_)) | (Some(_), Some(Num::Float(_))) => {
            let float = |v| num(v).map_or(Ok(0.0), Num::to_f64);
            let (x, y) = (float(a)?, float(b)?);
            if y == 0.0 {
                return Err(ops::int::zero_division("float divmod()"));
            }
            let (q, r) = ops::float_div_mod(x, y);
            [vm.heap.alloc_float(q), vm.heap.alloc_float(r)]
        }
        (Some(_), Some(_)) => [
            ops::binary_kind(vm, BinaryKind::FloorDiv, false, a, b)?,
            ops::binary_kind(vm, BinaryKind::Mod, false, a, b)?,
        ],
        _ => {
            return Err(PyError::type_error(format!(
                "unsupported operand type(s) for divmod(): '{}' and '{}'",
                type_name(given_a),
                type_name(given_b)
            )));
        }
    };
    Ok(vm.heap.alloc_tuple(&items)?)
}

fn sorted(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (values, named) = keywords(vm, args);
    let [iterable] = values else {
        return Err(PyError::type_error(format!(
            "sorted expected 1 argument, got {}",
            values.len()
        )));
    };
    let (key, reverse) = sort_options(vm, "sort", &named)?;
    let items = ops::collect(vm, *iterable)?;
    let list = vm.heap.alloc_list_of(&items)?;
    if let Some(list) = list.as_list() {
        sort_list(vm, list, key, reverse)?;
    }
    Ok(list)
}

fn chr(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let index = ops::index_value(vm, arg(args, 0))?;
    let code = match as_integer(index).map(Num::to_word) {
        Some(Some(code)) => i32::try_from(code).ok(),
        Some(None) => None,
        None => return Err(not_an_integer(arg(args, 0))),
    };
    let code = code.ok_or_else(|| {
        PyError::new(ExcKind::OverflowError, "Python int too large to convert to C int")
    })?;
    match u32::try_from(code).ok().and_then(char::from_u32) {
        Some(c) => Ok(vm.intern_char(&c.to_string())),
        None => Err(PyError::value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(_: &mut Vm, args: Args) -> PyResult<Value> {
    let value = arg(args, 0);
    if let Some(bytes) = value.plain().as_bytes() {
        return match bytes.bytes() {
            &[byte] => Ok(Value::small(i64::from(byte))),
            bytes => Err(PyError::type_error(format!(
                "ord() expected a character, but string of length {} found",
                bytes.len()
            ))),
        };
    }
    let Some(s) = value.plain().as_str() else {
        return Err(PyError::type_error(format!(
            "ord() expected string of length 1, but {} found",
            type_name(value)
        )));
    };
    let mut chars = s.text().chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(Value::small(c as i64)),
        _ => Err(PyError::type_error(format!(
            "ord() expected a character, but string of length {} found",
            s.chars()
        ))),
    }
}

fn radix(vm: &mut Vm, args: Args, prefix: &str, radix: u32) -> PyResult<Value> {
    let value = ops::index_value(vm, arg(args, 0))?;
    match as_integer(value).and_then(Num::to_big) {
        Some(big) => {
            let sign = if big.is_negative() { "-" } else { "" };
            let text = format!("{sign}{prefix}{}", big.magnitude().to_str_radix(radix));
            Ok(vm.heap.alloc_str(&text))
        }
        None => Err(ops::number::not_an_integer(value)),
    }
}

fn quantify(vm: &mut Vm, args: Args, wanted: bool) -> PyResult<Value> {
    let (iterable, mut at) = ops::get_iter(vm, arg(args, 0))?;
    vm.holding(&[iterable], |vm| {
        while let Some((item, next)) = ops::for_next(vm, iterable, at)? {
            if ops::truth(vm, item)? == wanted {
                return Ok(Value::bool(wanted));
            }
            at = next;
            vm.safe_point_of_builtin()?;
        }
        Ok(Value::bool(!wanted))
    })
}

/// `iter(value)`: an iterator object.
pub fn iterator(vm: &mut Vm, value: Value) -> PyResult<Value> {
    let (iterable, at) = ops::get_iter(vm, value)?;
    let class = match iterable.class() {
        class::LIST => class::LIST_ITERATOR,
        class::TUPLE => class::TUPLE_ITERATOR,
        class::STR => class::STR_ITERATOR,
        class::RANGE => class::RANGE_ITERATOR,
        _ => return Ok(iterable),
    };
    Ok(vm.heap.alloc_words(class, 0, [iterable, at, Value::ZERO]))
}

/// Ends the program, as `sys.exit` does.
fn exit(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let ty = vm.exception_info(ExcKind::SystemExit);
    let code = arg(args, 0);
    let error = vm.bare_instance(ty, &[code])?;
    Err(PyError::from_value(error))
}

fn next(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let iterator = arg(args, 0);
    let step = if iterator.is_class(class::GENERATOR) {
        match vm.resume(iterator, Input::Send(Value::none()))? {
            Resumed::Yielded(value) => Ok(value),
            Resumed::Returned(value) => Err(super::objects::stop(vm, value)),
        }
    } else if let Some(method) =
        vm.special(iterator, "__next__").filter(|_| iterator.as_native().is_none())
    {
        vm.call_quiet(method, &[iterator])
    } else if ops::is_iterator(iterator) {
        match ops::for_next(vm, iterator, Value::none())? {
            Some((item, _)) => Ok(item),
            None => Err(PyError::new(ExcKind::StopIteration, "")),
        }
    } else {
        return Err(PyError::type_error(format!(
            "'{}' object is not an iterator",
            type_name(iterator)
        )));
    };
    match (step, args.get(1)) {
        (Err(error), Some(default)) if error.kind == ExcKind::StopIteration => Ok(default),
        (step, _) => step,
    }
}

/// The text of an int literal that a message quotes.
pub fn quoted(text: &str) -> String {
    quote(text, false)
}
