//! Methods of dicts.

use super::{Builtin, class_method, keywords, method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::{Dict, Tuple};
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;

/// The methods that change a dict.
pub(super) const CHANGING: &[&str] = &["clear", "pop", "popitem", "setdefault", "update"];

/// The table.
pub const TABLE: &[Builtin] = &[
    method("dict.get", 1, 2, |vm, a| {
        let found = ops::dict_get(vm, receiver(a, "get")?, arg(a, 1))?;
        Ok(found.unwrap_or(arg(a, 2)))
    }),
    method("dict.setdefault", 1, 2, |vm, a| {
        let dict = receiver(a, "setdefault")?;
        ops::dict_set_default(vm, dict, arg(a, 1), arg(a, 2))
    }),
    method("dict.pop", 1, 2, |vm, a| {
        let dict = receiver(a, "pop")?;
        // As in CPython, nothing is asked for its hash where the dict is empty.
        let found = match dict.table().is_empty() {
            true => None,
            false => ops::dict_remove(vm, dict, arg(a, 1))?,
        };
        match (found, a.get(2)) {
            (Some(value), _) | (None, Some(value)) => Ok(value),
            (None, None) => Err(ops::key_error(vm, arg(a, 1))),
        }
    }),
    method("dict.popitem", 0, 0, |vm, a| {
        let dict = receiver(a, "popitem")?;
        match dict.table().last().and_then(|place| dict.table().remove(place)) {
            Some(entry) => Ok(vm.heap.alloc_tuple(&[entry.key, entry.value])?),
            None => {
                let text = vm.intern("popitem(): dictionary is empty");
                Err(ops::key_error(vm, text))
            }
        }
    }),
    method("dict.keys", 0, 0, |vm, a| view(vm, a, class::DICT_KEYS)),
    method("dict.values", 0, 0, |vm, a| view(vm, a, class::DICT_VALUES)),
    method("dict.items", 0, 0, |vm, a| view(vm, a, class::DICT_ITEMS)),
    method("dict.clear", 0, 0, |_, a| {
        receiver(a, "clear")?.table().clear();
        Ok(Value::none())
    }),
    method("dict.copy", 0, 0, |vm, a| {
        let copy = vm.heap.alloc_table(class::DICT, Default::default());
        ops::dict_update(vm, copy, arg(a, 0))?;
        Ok(copy)
    }),
    method("dict.update", 0, 1, |vm, a| {
        let (values, named) = keywords(vm, a);
        let dict = values.first().copied().unwrap_or(Value::none());
        if values.len() > 2 {
            return Err(PyError::type_error(format!(
                "update expected at most 1 argument, got {}",
                values.len() - 1
            )));
        }
        fill(vm, dict, values.get(1).copied(), &named)?;
        Ok(Value::none())
    })
    .with_keywords(),
    class_method("dict.fromkeys", 1, 2, |vm, a| {
        let dict = vm.call_quiet(arg(a, 0), &[])?;
        let value = arg(a, 2);
        vm.holding(&[dict], |vm| {
            ops::iterate(vm, arg(a, 1), |vm, key| ops::set_item(vm, dict, key, value))
        })?;
        Ok(dict)
    }),
];

fn receiver(args: Args, name: &str) -> PyResult<Dict> {
    let value = arg(args, 0);
    value.as_dict().ok_or_else(|| {
        PyError::type_error(format!(
            "descriptor '{name}' for 'dict' objects doesn't apply to a '{}' object",
            type_name(value)
        ))
    })
}

fn view(vm: &mut Vm, args: Args, class: u32) -> PyResult<Value> {
    let dict = receiver(args, "keys")?.value();
    Ok(vm.heap.alloc_words(class, 0, [dict, Value::ZERO, Value::ZERO]))
}

/// Adds a mapping or pairs, and named values.
fn fill(vm: &mut Vm, dict: Value, from: Option<Value>, named: &[(&str, Value)]) -> PyResult<()> {
    if let (Some(from), Some(table)) = (from, dict.as_dict()) {
        match ops::dict_update(vm, dict, from) {
            Err(error) if error.kind == ExcKind::AttributeError => {
                ops::dict_update_pairs(vm, table, from)?;
            }
            result => result?,
        }
    }
    for (name, value) in named {
        let key = vm.intern(name);
        ops::set_item(vm, dict, key, *value)?;
    }
    Ok(())
}

/// `dict(...)`.
pub(super) fn construct(vm: &mut Vm, args: Args, names: Option<Tuple>) -> PyResult<Value> {
    vm.kw_names = names;
    let (values, named) = keywords(vm, args);
    if values.len() > 1 {
        return Err(PyError::type_error(format!(
            "dict expected at most 1 argument, got {}",
            values.len()
        )));
    }
    let dict = vm.heap.alloc_table(class::DICT, Default::default());
    vm.holding(&[dict], |vm| fill(vm, dict, values.first().copied(), &named))?;
    Ok(dict)
}
