//! `_source`: library modules that make functions from text, as `dataclasses` does, so that they are
//! compiled and traced like any other.

use crate::builtins::{Builtin, plain};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::stack::Args;
use crate::value::Value;
use std::sync::Arc;
use tierlab_frontend::bytecode::{CodeObject, ConstValue};

/// The table.
pub const TABLE: &[Builtin] = &[plain("_source.define", 3, 3, define)];

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

/// `define(text, name, qualname)`: runs a module's text and gives one of its variables, a function. The
/// functions inside of it are called `qualname`.
fn define(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let text = |i: usize| args.get(i).and_then(|v| v.as_str()).map_or("", |s| s.text());
    let (source, name) = (text(0), text(1));
    let qualname = text(2);
    let mut code = tierlab_frontend::compile_source("<string>", source.as_bytes())
        .map_err(|error| PyError::value_error(error.to_string()))?;
    let module_code = Arc::make_mut(&mut code);
    for inner in codes(module_code).flat_map(codes) {
        inner.qualname = qualname.into();
    }
    let module = vm.add_module("<string>", None);
    vm.run_module(module, &code)?;
    let cell = vm.global_cell(module, &name.into());
    Ok(cell.get())
}

/// The code objects among the constants of another.
fn codes(code: &mut CodeObject) -> impl Iterator<Item = &mut CodeObject> {
    code.consts.iter_mut().filter_map(|constant| match constant {
        ConstValue::Code(code) => Some(Arc::make_mut(code)),
        _ => None,
    })
}
