//! What `collections.OrderedDict` has beside the methods of dicts: its objects hold a dict, whose entries move.

use crate::builtins::bind_names;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::object::Dict;
use crate::ops;
use crate::stack::Args;
use crate::text::type_name;
use crate::value::Value;

/// The dict of the receiver, and the other arguments.
fn receiver<'a>(args: Args, name: &str) -> PyResult<(Dict, &'a [Value])> {
    let (value, rest) = args.as_slice().split_first().unwrap_or((&Value::NULL, &[]));
    match value.plain().as_dict() {
        Some(dict) => Ok((dict, rest)),
        None => Err(PyError::type_error(format!(
            "descriptor '{name}' for 'OrderedDict' objects doesn't apply to a '{}' object",
            type_name(*value)
        ))),
    }
}

/// Whether the end is meant: so it is where `last` is not given.
fn is_last(vm: &mut Vm, last: Value) -> PyResult<bool> {
    if last.is_null() { Ok(true) } else { ops::truth(vm, last) }
}

/// `move_to_end(key, last=True)`.
pub(super) fn move_to_end(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (dict, rest) = receiver(args, "move_to_end")?;
    let [key, last] = bind_names(vm, Args::of(rest), "move_to_end", ["key", "last"])?;
    let key = crate::builtins::required(key, "move_to_end", "key", 1)?;
    let last = is_last(vm, last)?;
    match ops::dict_place(vm, dict, key)? {
        Some(place) => {
            dict.table().move_to_end(place, last)?;
            vm.heap.count_growth(&mut dict.table().account);
            Ok(Value::none())
        }
        None => Err(ops::key_error(vm, key)),
    }
}

/// `popitem(last=True)`.
pub(super) fn pop_item(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (dict, rest) = receiver(args, "popitem")?;
    let [last] = bind_names(vm, Args::of(rest), "popitem", ["last"])?;
    let last = is_last(vm, last)?;
    let table = dict.table();
    match if last { table.last() } else { table.first() }.and_then(|place| table.remove(place)) {
        Some(entry) => Ok(vm.heap.alloc_tuple(&[entry.key, entry.value])?),
        None => {
            let text = vm.intern("dictionary is empty");
            Err(ops::key_error(vm, text))
        }
    }
}
