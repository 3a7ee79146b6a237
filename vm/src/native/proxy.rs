//! `mappingproxy`: a mapping that cannot be changed through this view of it. `__dict__` of a class is one.

use super::{Native, make};
use crate::builtins::{Builtin, method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// One of them.
pub struct Proxy {
    /// The mapping, or the class whose attributes are seen.
    of: Value,
}

impl Native for Proxy {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.of);
    }
}

impl Proxy {
    /// The mapping; a dict of how things stand where a class's attributes are seen.
    fn mapping(&self, vm: &mut Vm) -> PyResult<Value> {
        let Some(ty) = self.of.as_type() else { return Ok(self.of) };
        let dict = vm.heap.alloc_table(class::DICT, Default::default());
        for (name, value) in ty.own_attributes() {
            let key = vm.intern(&name);
            ops::set_item(vm, dict, key, value)?;
        }
        Ok(dict)
    }

    /// The item of a key, where there is one.
    fn item(&self, vm: &mut Vm, key: Value) -> PyResult<Option<Value>> {
        if let Some(ty) = self.of.as_type() {
            let name = key.plain().as_str();
            return Ok(name.and_then(|name| ty.own(name.text())).map(|cell| cell.get()));
        }
        match ops::get_item(vm, self.of, key) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind.is_a(ExcKind::KeyError) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The attributes of a class.
pub(crate) fn of_class(vm: &mut Vm, object: Value) -> Value {
    make(vm, class::MAPPING_PROXY, Proxy { of: object })
}

/// `MappingProxyType(mapping)`.
pub(super) fn new(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let &[of] = args.as_slice() else {
        return Err(PyError::type_error(format!(
            "mappingproxy() takes exactly one argument ({} given)",
            args.len()
        )));
    };
    let known = of.plain().as_dict().is_some()
        || matches!(of.class(), class::NAMESPACE | class::MAPPING_PROXY)
        || vm.lookup_value(vm.type_of(of), "__getitem__").is_some();
    if !known || of.plain().as_list().is_some() || of.plain().as_tuple().is_some() {
        return Err(PyError::type_error(format!(
            "mappingproxy() argument must be a mapping, not {}",
            type_name(of)
        )));
    }
    Ok(make(vm, class::MAPPING_PROXY, Proxy { of }))
}

fn me<'a>(args: Args) -> PyResult<&'a Proxy> {
    let receiver = arg(args, 0).native::<Proxy>();
    receiver.ok_or_else(|| PyError::type_error("the receiver is no mappingproxy"))
}

/// A mapping behind a proxy, or the value itself.
fn behind(vm: &mut Vm, value: Value) -> PyResult<Value> {
    match value.native::<Proxy>() {
        Some(proxy) => proxy.mapping(vm),
        None => Ok(value),
    }
}

/// Calls a method of the mapping with the other arguments.
fn forward(vm: &mut Vm, args: Args, name: &str) -> PyResult<Value> {
    let mapping = me(args)?.mapping(vm)?;
    let bound = vm.get_attribute(mapping, name)?;
    vm.call_quiet(bound, args.as_slice().get(1..).unwrap_or(&[]))
}

fn joined(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    let (a, b) = (behind(vm, a)?, behind(vm, b)?);
    ops::binary_kind(vm, BinaryKind::Or, false, a, b)
}

fn compared(vm: &mut Vm, args: Args, kind: CompareKind) -> PyResult<Value> {
    let (a, b) = (behind(vm, arg(args, 0))?, behind(vm, arg(args, 1))?);
    ops::compare(vm, kind, a, b)
}

/// Methods.
pub(crate) const TABLE: &[Builtin] = &[
    method("mappingproxy.__getitem__", 1, 1, |vm, a| {
        let (proxy, key) = (me(a)?, arg(a, 1));
        match proxy.item(vm, key)? {
            Some(value) => Ok(value),
            None => Err(ops::key_error(vm, key)),
        }
    }),
    method("mappingproxy.__contains__", 1, 1, |vm, a| {
        let mapping = me(a)?.mapping(vm)?;
        ops::contains(vm, arg(a, 1), mapping).map(Value::bool)
    }),
    method("mappingproxy.__len__", 0, 0, |vm, a| {
        let mapping = me(a)?.mapping(vm)?;
        Ok(Value::small(ops::length(vm, mapping)? as i64))
    }),
    method("mappingproxy.__iter__", 0, 0, |vm, a| {
        let mapping = me(a)?.mapping(vm)?;
        crate::builtins::iterator(vm, mapping)
    }),
    method("mappingproxy.__reversed__", 0, 0, |vm, a| forward(vm, a, "__reversed__")),
    method("mappingproxy.get", 1, 2, |vm, a| Ok(me(a)?.item(vm, arg(a, 1))?.unwrap_or(arg(a, 2)))),
    method("mappingproxy.keys", 0, 0, |vm, a| forward(vm, a, "keys")),
    method("mappingproxy.values", 0, 0, |vm, a| forward(vm, a, "values")),
    method("mappingproxy.items", 0, 0, |vm, a| forward(vm, a, "items")),
    method("mappingproxy.copy", 0, 0, |vm, a| forward(vm, a, "copy")),
    method("mappingproxy.__or__", 1, 1, |vm, a| joined(vm, arg(a, 0), arg(a, 1))),
    method("mappingproxy.__ror__", 1, 1, |vm, a| joined(vm, arg(a, 1), arg(a, 0))),
    method("mappingproxy.__ior__", 1, 1, |_, _| {
        Err(PyError::type_error("'|=' is not supported by mappingproxy; use '|' instead"))
    }),
    method("mappingproxy.__eq__", 1, 1, |vm, a| compared(vm, a, CompareKind::Eq)),
    method("mappingproxy.__ne__", 1, 1, |vm, a| compared(vm, a, CompareKind::Ne)),
    method("mappingproxy.__str__", 0, 0, |vm, a| {
        let mapping = me(a)?.mapping(vm)?;
        let text = crate::text::to_str(vm, mapping)?;
        Ok(vm.heap.alloc_str(&text))
    }),
    method("mappingproxy.__repr__", 0, 0, |vm, a| {
        let mapping = me(a)?.mapping(vm)?;
        let text = format!("mappingproxy({})", vm.repr_of(mapping)?);
        Ok(vm.heap.alloc_str(&text))
    }),
];
