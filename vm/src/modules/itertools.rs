//! `itertools`: what its types have beside `__iter__` and `__next__`, and `tee`.

use crate::builtins::{Builtin, class_method, method, plain};
use crate::error::PyResult;
use crate::interp::Vm;
use crate::native::chains::{Chain, Count, Repeat};
use crate::native::groups::{Tee, tee};
use crate::stack::arg;
use crate::value::Value;

fn shown(vm: &mut Vm, text: Option<PyResult<String>>) -> PyResult<Value> {
    match text {
        Some(text) => text.map(|text| vm.heap.alloc_str(&text)),
        None => Ok(Value::none()),
    }
}

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("itertools.tee", 1, 2, tee),
    class_method("chain.from_iterable", 1, 1, |vm, a| Chain::of(vm, arg(a, 1))),
    method("count.__repr__", 0, 0, |vm, a| {
        let text = arg(a, 0).native::<Count>().map(|count| count.repr(vm));
        shown(vm, text)
    }),
    method("repeat.__repr__", 0, 0, |vm, a| {
        let text = arg(a, 0).native::<Repeat>().map(|repeat| repeat.repr(vm));
        shown(vm, text)
    }),
    method("repeat.__length_hint__", 0, 0, |_, a| {
        arg(a, 0).native::<Repeat>().map_or(Ok(Value::none()), Repeat::left)
    }),
    method("_tee.__copy__", 0, 0, |vm, a| {
        let copy = arg(a, 0).native::<Tee>().map(|tee| tee.copy(vm));
        Ok(copy.unwrap_or(Value::none()))
    }),
];
