//! What every object can do (`object`'s methods), and every exception.

use super::exception_slot;
use crate::builtins::{Builtin, open_method as method, static_method};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use std::sync::Arc;
use tierlab_frontend::bytecode::CompareKind;

/// The table.
pub const TABLE: &[Builtin] = &[
    method("object.__init__", 0, usize::MAX, |_, _| Ok(Value::none())),
    static_method("object.__new__", 1, usize::MAX, new),
    method("object.__repr__", 0, 0, |vm, args| {
        let text = default_repr(vm, arg(args, 0));
        Ok(vm.heap.alloc_str(&text))
    }),
    method("object.__str__", 0, 0, |vm, args| {
        let text = crate::text::to_repr_collecting(vm, arg(args, 0))?;
        Ok(vm.heap.alloc_str(&text))
    }),
    method("object.__format__", 1, 1, |vm, args| {
        if arg(args, 1).plain().as_str().is_some_and(|spec| !spec.text().is_empty()) {
            return Err(PyError::type_error(format!(
                "unsupported format string passed to {}.__format__",
                type_name(arg(args, 0))
            )));
        }
        let text = crate::text::to_str_collecting(vm, arg(args, 0))?;
        Ok(vm.heap.alloc_str(&text))
    }),
    method("object.__dir__", 0, 0, |vm, args| vm.attribute_list(arg(args, 0))),
    method("object.__eq__", 1, 1, |_, args| Ok(same(args, CompareKind::Eq))),
    method("object.__ne__", 1, 1, |_, args| Ok(same(args, CompareKind::Ne))),
    method("object.__lt__", 1, 1, |_, _| Ok(Value::not_implemented())),
    method("object.__le__", 1, 1, |_, _| Ok(Value::not_implemented())),
    method("object.__gt__", 1, 1, |_, _| Ok(Value::not_implemented())),
    method("object.__ge__", 1, 1, |_, _| Ok(Value::not_implemented())),
    method("object.__hash__", 0, 0, |vm, args| {
        let hash = crate::ops::identity_hash(arg(args, 0));
        Ok(vm.heap.alloc_int(hash))
    }),
    method("object.__getattribute__", 1, 1, |vm, args| {
        let (object, name) = (arg(args, 0), name(args)?);
        if let Some(instance) = object.as_instance() {
            return match vm.plain_instance_attribute(instance, &name)? {
                Some(found) => Ok(vm.as_one(found.value, found.receiver)),
                None => Err(PyError::new(
                    crate::error::ExcKind::AttributeError,
                    format!("'{}' object has no attribute '{name}'", type_name(object)),
                )),
            };
        }
        vm.get_attribute(object, &name)
    }),
    method("object.__setattr__", 2, 2, |vm, args| {
        let (object, name) = (arg(args, 0), name(args)?);
        match object.as_instance() {
            Some(instance) => vm.set_instance_attribute(instance, &name, arg(args, 2))?,
            None => {
                vm.plain_store = true;
                let result = vm.set_attribute(object, &name, arg(args, 2));
                vm.plain_store = false;
                result?;
            }
        }
        Ok(Value::none())
    }),
    method("object.__delattr__", 1, 1, |vm, args| {
        let (object, name) = (arg(args, 0), name(args)?);
        match object.as_instance() {
            Some(instance) => vm.delete_instance_attribute(instance, &name)?,
            None => {
                vm.plain_store = true;
                let result = vm.delete_attribute(object, &name);
                vm.plain_store = false;
                result?;
            }
        }
        Ok(Value::none())
    }),
    static_method("object.__init_subclass__", 0, usize::MAX, |_, _| Ok(Value::none())),
    method("BaseException.__init__", 0, usize::MAX, |vm, args| {
        let all = args.as_slice();
        let tuple = vm.heap.alloc_tuple(all.get(1..).unwrap_or(&[]))?;
        if let Some(instance) = arg(args, 0).as_instance() {
            instance.set(exception_slot::ARGS, tuple);
        }
        Ok(Value::none())
    }),
    method("BaseException.__str__", 0, 0, |vm, args| {
        let text = crate::exceptions::message_of(vm, arg(args, 0))?;
        Ok(vm.heap.alloc_str(&text))
    }),
    method("BaseException.__repr__", 0, 0, |vm, args| {
        let text = crate::exceptions::repr_of(vm, arg(args, 0))?;
        Ok(vm.heap.alloc_str(&text))
    }),
    method("BaseException.add_note", 1, 1, |vm, args| {
        let (object, note) = (arg(args, 0), arg(args, 1));
        if note.plain().as_str().is_none() {
            return Err(PyError::type_error(format!(
                "note must be a str, not '{}'",
                type_name(note)
            )));
        }
        match vm.try_attribute(object, "__notes__")? {
            Some(notes) => match notes.as_list() {
                Some(list) => vm.heap.list_append(list, note)?,
                None => {
                    return Err(PyError::type_error("Cannot add note: __notes__ is not a list"));
                }
            },
            None => {
                let notes = vm.heap.alloc_list_of(&[note])?;
                vm.set_attribute(object, &"__notes__".into(), notes)?;
            }
        }
        Ok(Value::none())
    }),
    method("BaseException.with_traceback", 1, 1, |vm, args| {
        let object = arg(args, 0);
        vm.set_attribute(object, &"__traceback__".into(), arg(args, 1))?;
        Ok(object)
    }),
];

fn name(args: Args) -> PyResult<Arc<str>> {
    match arg(args, 1).as_str() {
        Some(text) => Ok(text.text().into()),
        None => Err(PyError::type_error(format!(
            "attribute name must be string, not '{}'",
            type_name(arg(args, 1))
        ))),
    }
}

fn same(args: Args, kind: CompareKind) -> Value {
    if arg(args, 0) == arg(args, 1) {
        Value::bool(kind == CompareKind::Eq)
    } else {
        Value::not_implemented()
    }
}

fn new(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let class = arg(args, 0);
    let Some(ty) = class.as_type() else {
        return Err(PyError::type_error(format!(
            "object.__new__(X): X is not a type object ({})",
            type_name(class)
        )));
    };
    let own = ty.exception.is_none() && !ty.is_user() && ty.id != class::OBJECT;
    if let Some(base) = ty.holds.or(own.then_some(ty.id)) {
        return Err(PyError::type_error(format!(
            "object.__new__({}) is not safe, use {}.__new__()",
            ty.name,
            class::name(base)
        )));
    }
    vm.bare_instance(ty, args.as_slice().get(1..).unwrap_or(&[]))
}

/// `repr` of an object whose class says nothing else.
pub(crate) fn default_repr(vm: &Vm, value: Value) -> String {
    let ty = vm.type_of(value);
    format!("<{} object at {:#x}>", ty.full_name(), value.bits().wrapping_sub(1))
}

impl Vm {
    /// Puts the methods of `type` into its namespace.
    pub(crate) fn install_type_methods(&mut self, first: usize) {
        for (row, builtin) in super::METACLASS_TABLE.iter().enumerate() {
            let Some((_, name)) = builtin.name.split_once('.') else { continue };
            let cell = crate::code::GlobalCell::new(name.into());
            cell.set(self.builtin_object(first + row));
            let ty = self.type_info(class::TYPE);
            ty.namespace.borrow_mut().insert(name.into(), std::rc::Rc::new(cell));
        }
    }
}
