//! `member_descriptor`: what a class has for each name in its `__slots__`.
//!
//! Objects keep the attribute under its name, as any other, so that reading and assigning it finds it
//! without asking the descriptor ([`crate::types`]): that does what is left, reading it from outside.

use super::{Native, make};
use crate::builtins::{Builtin, method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Instance;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::types::TypeInfo;
use crate::value::Value;
use std::sync::Arc;

/// One of them.
pub struct Member {
    /// The class.
    owner: Value,
    /// The attribute.
    name: Arc<str>,
    /// What the class says about it.
    doc: Value,
}

impl Native for Member {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.owner);
        visit(self.doc);
    }

    fn attribute(&self, vm: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "__name__" => Some(vm.intern(&self.name)),
            "__objclass__" => Some(self.owner),
            "__doc__" => Some(self.doc),
            _ => None,
        })
    }
}

/// That of a class.
pub(crate) fn of_class(vm: &mut Vm, ty: &TypeInfo, name: Arc<str>, doc: Value) -> Value {
    make(vm, class::MEMBER, Member { owner: ty.object(), name, doc })
}

/// Whether a class attribute is the descriptor of the slot of that name.
#[inline]
pub(crate) fn is_slot(value: Value, name: &str) -> bool {
    value.is_class(class::MEMBER)
        && value.native::<Member>().is_some_and(|member| *member.name == *name)
}

impl Member {
    fn owner_name<'a>(&self) -> &'a str {
        self.owner.as_type().map_or("?", |ty| &ty.name)
    }

    fn instance(&self, object: Value) -> PyResult<Instance> {
        let owner = self.owner.as_type().map_or(class::OBJECT, |ty| ty.id);
        match object.as_instance().filter(|instance| instance.ty().is_a(owner)) {
            Some(instance) => Ok(instance),
            None => Err(PyError::type_error(format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                self.name,
                self.owner_name(),
                type_name(object)
            ))),
        }
    }

    /// The attribute of an object.
    pub(crate) fn read(&self, object: Value) -> PyResult<Value> {
        let instance = self.instance(object)?;
        let slot = instance.shape().slot(&self.name);
        let value = slot.map(|slot| instance.get(slot)).filter(|value| !value.is_null());
        value.ok_or_else(|| {
            let of = type_name(object);
            let message = format!("'{of}' object has no attribute '{}'", self.name);
            PyError::new(ExcKind::AttributeError, message)
        })
    }

    /// Assigns the attribute of an object.
    pub(crate) fn write(&self, vm: &mut Vm, object: Value, value: Value) -> PyResult<()> {
        let instance = self.instance(object)?;
        vm.store_slot(instance, &self.name, value)
    }

    /// Takes the attribute from an object.
    pub(crate) fn remove(&self, vm: &mut Vm, object: Value) -> PyResult<()> {
        let instance = self.instance(object)?;
        if instance.shape().slot(&self.name).is_none() {
            return Err(PyError::new(ExcKind::AttributeError, self.name.to_string()));
        }
        vm.remove_slot(instance, &self.name)
    }
}

fn me<'a>(args: Args) -> PyResult<&'a Member> {
    let receiver = arg(args, 0).native::<Member>();
    receiver.ok_or_else(|| PyError::type_error("the receiver is no member_descriptor"))
}

/// Methods.
pub(crate) const TABLE: &[Builtin] = &[
    method("member_descriptor.__get__", 1, 2, |_, a| match arg(a, 1) {
        object if object.is_none() => Ok(arg(a, 0)),
        object => me(a)?.read(object),
    }),
    method("member_descriptor.__set__", 2, 2, |vm, a| {
        me(a)?.write(vm, arg(a, 1), arg(a, 2))?;
        Ok(Value::none())
    }),
    method("member_descriptor.__delete__", 1, 1, |vm, a| {
        me(a)?.remove(vm, arg(a, 1))?;
        Ok(Value::none())
    }),
    method("member_descriptor.__repr__", 0, 0, |vm, a| {
        let member = me(a)?;
        let text = format!("<member '{}' of '{}' objects>", member.name, member.owner_name());
        Ok(vm.heap.alloc_str(&text))
    }),
];
