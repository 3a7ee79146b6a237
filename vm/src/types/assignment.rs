//! Attributes: assigning and deleting them, by Python's rules.

use super::attributes::{attribute_error, describes, is_data_descriptor, is_descriptor};
use super::{Shape, TypeInfo, exception_slot, property};
use crate::builtins;
use crate::class;
use crate::code::GlobalCell;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::native::member::Member;
use crate::object::Instance;
use crate::text::type_name;
use crate::value::Value;
use std::rc::Rc;
use std::sync::Arc;

impl Vm {
    /// Assigns an attribute. A safe point.
    pub fn set_attribute(&mut self, object: Value, name: &Arc<str>, value: Value) -> PyResult<()> {
        match object.class() {
            class::INSTANCE => {
                let Some(instance) = object.as_instance() else { return Ok(()) };
                if let Some(hook) = self.hook_of(instance.ty(), "__setattr__") {
                    let text = self.intern(name);
                    return self.call_quiet(hook, &[object, text, value]).map(|_| ());
                }
                self.set_instance_attribute(instance, name, value)
            }
            class::TYPE => self.set_type_attribute(object, name, value),
            class::MODULE => {
                let cell = self.global_cell(object.aux(), name);
                self.store_cell(&cell, value);
                Ok(())
            }
            class::FUNCTION => {
                let Some(function) = object.as_function() else { return Ok(()) };
                let mut dict = function.attributes();
                if dict.is_null() {
                    dict = self.heap.alloc_table(class::DICT, Default::default());
                    function.set_attributes(dict);
                }
                let key = self.intern(name);
                crate::ops::set_item(self, dict, key, value)
            }
            _ if object.as_native().is_some_and(|native| native.attributes().is_some()) => {
                let dict = self.get_attribute(object, "__dict__")?;
                let key = self.intern(name);
                crate::ops::set_item(self, dict, key, value)
            }
            _ if class::is_native(object.class())
                && builtins::data_attribute(self, object, name)?.is_some() =>
            {
                Err(attribute_error(format!(
                    "attribute '{name}' of '{}' objects is not writable",
                    type_name(object)
                )))
            }
            _ if &**name == "__class__" => Err(PyError::type_error(
                "__class__ assignment only supported for mutable types or ModuleType subclasses",
            )),
            _ => {
                let known = self.lookup(self.type_of(object), name).is_some();
                Err(attribute_error(if known {
                    format!("'{}' object attribute '{name}' is read-only", type_name(object))
                } else {
                    format!("'{}' object has no attribute '{name}'", type_name(object))
                }))
            }
        }
    }

    /// The same without `__setattr__`.
    pub(super) fn set_instance_attribute(
        &mut self,
        instance: Instance,
        name: &Arc<str>,
        value: Value,
    ) -> PyResult<()> {
        let object = instance.value();
        if let Some(found) = self.lookup_value(instance.ty(), name)
            && is_data_descriptor(self, found, name)
        {
            if let Some(member) = found.native::<Member>() {
                return member.write(self, object, value);
            }
            if found.is_class(class::PROPERTY) {
                let setter = found.as_words().map_or(found, |words| words.get(1));
                if setter.is_none() {
                    return Err(attribute_error(format!(
                        "property '{name}' of '{}' object has no setter",
                        instance.ty().name
                    )));
                }
                return self.call_quiet(setter, &[object, value]).map(|_| ());
            }
            if let Some(set) = self.lookup_value(self.type_of(found), "__set__") {
                return self.call_quiet(set, &[found, object, value]).map(|_| ());
            }
            return Err(attribute_error("__set__".to_string()));
        }
        let mut value = value;
        if instance.ty().exception.is_some() {
            self.check_exception_attribute(name, value)?;
            if &**name == exception_slot::NAMES[exception_slot::CAUSE] {
                // As `raise … from` does.
                instance.set(exception_slot::SUPPRESS, Value::true_());
            }
            if &**name == "args" {
                let args = crate::ops::collect(self, value)?;
                value = self.heap.alloc_tuple(&args)?;
            }
        }
        if &**name == "__class__" {
            return self.change_class(instance, value);
        }
        if &**name == "__dict__" && instance.ty().slots.is_none() {
            let given = self.seen(value);
            let Some(dict) = given.as_dict() else {
                return Err(PyError::type_error(format!(
                    "__dict__ must be set to a dictionary, not a '{}'",
                    type_name(value)
                )));
            };
            let namespace = self.namespace_of(object);
            return self.write_back(namespace, dict);
        }
        if instance.shape().slot(name).is_none()
            && let Some(slots) = &instance.ty().slots
            && !slots.contains(name)
        {
            let of = &instance.ty().name;
            let message = if self.lookup(instance.ty(), name).is_some() {
                format!("'{of}' object attribute '{name}' is read-only")
            } else {
                format!("'{of}' object has no attribute '{name}'")
            };
            return Err(attribute_error(message));
        }
        self.store_slot(instance, name, value)
    }

    /// Gives an object an attribute, or another value to one that it has.
    pub(crate) fn store_slot(
        &mut self,
        instance: Instance,
        name: &Arc<str>,
        value: Value,
    ) -> PyResult<()> {
        match instance.shape().slot(name) {
            Some(slot) => {
                instance.set(slot, value);
                Ok(())
            }
            None => self.add_slot(instance, name, value),
        }
    }

    /// Whether assigning an attribute of objects of a class just puts the value into its slot.
    pub(crate) fn stores_plainly(&self, ty: &TypeInfo, name: &str) -> bool {
        let found = self.lookup_value(ty, name);
        ty.exception.is_none()
            && self.lookup_value(ty, "__setattr__").is_none_or(|f| f.is_class(class::BUILTIN))
            && self.hook_of(ty, "__setattr__").is_none()
            && !found.is_some_and(|value| is_data_descriptor(self, value, name))
    }

    fn check_exception_attribute(&mut self, name: &str, value: Value) -> PyResult<()> {
        let good = match name {
            "__cause__" | "__context__" => {
                value.is_none() || crate::exceptions::is_exception(value)
            }
            "__traceback__" => value.is_none() || value.is_class(class::TRACEBACK),
            _ => true,
        };
        if good {
            return Ok(());
        }
        Err(PyError::type_error(match name {
            "__traceback__" => "__traceback__ must be a traceback or None",
            "__cause__" => "exception cause must be None or derive from BaseException",
            _ => "exception context must be None or derive from BaseException",
        }))
    }

    /// Gives an object one more attribute.
    pub(super) fn add_slot(
        &mut self,
        instance: Instance,
        name: &Arc<str>,
        value: Value,
    ) -> PyResult<()> {
        let next: &Shape = self.grown_shape(instance.shape(), name);
        let slot = next.names().len() - 1;
        if slot >= next.capacity as usize {
            let mut extra = instance.extra();
            if extra.is_null() {
                extra = self.heap.alloc_list().value();
                instance.set_extra(extra);
            }
            if let Some(list) = extra.as_list() {
                self.heap.list_append(list, value)?;
            }
        } else {
            instance.set(slot, value);
        }
        instance.set_shape(next);
        Ok(())
    }

    fn set_type_attribute(&mut self, object: Value, name: &Arc<str>, value: Value) -> PyResult<()> {
        let Some(ty) = object.as_type() else { return Ok(()) };
        if !ty.is_user() {
            return Err(PyError::type_error(format!(
                "cannot set '{name}' attribute of immutable type '{}'",
                ty.name
            )));
        }
        if let Some(hook) =
            self.own_metaclass(object).and_then(|m| self.lookup_value(m, "__setattr__"))
            && hook.is_class(class::FUNCTION)
            && !std::mem::take(&mut self.plain_store)
        {
            let text = self.intern(name);
            return self.call_quiet(hook, &[object, text, value]).map(|_| ());
        }
        if &**name == "__dict__" {
            return Err(attribute_error(
                "attribute '__dict__' of 'type' objects is not writable".to_string(),
            ));
        }
        if &**name == "__abstractmethods__" {
            let truth = crate::ops::truth(self, value)?;
            ty.is_abstract.set(truth);
        }
        let known = ty.own(name);
        let plain = !is_descriptor(self, value)
            && known.as_ref().is_some_and(|cell| !is_descriptor(self, cell.get()));
        match known {
            Some(cell) => self.store_cell(&cell, value),
            None => {
                let cell = GlobalCell::new(name.clone());
                cell.set(value);
                ty.namespace.borrow_mut().insert(name.clone(), Rc::new(cell));
            }
        }
        if !plain || name.starts_with("__") {
            self.next_epoch();
        }
        Ok(())
    }

    /// Deletes an attribute. A safe point.
    pub fn delete_attribute(&mut self, object: Value, name: &Arc<str>) -> PyResult<()> {
        if let Some(instance) = object.as_instance() {
            if let Some(hook) = self.hook_of(instance.ty(), "__delattr__") {
                let text = self.intern(name);
                return self.call_quiet(hook, &[object, text]).map(|_| ());
            }
            return self.delete_instance_attribute(instance, name);
        }
        if let Some(hook) =
            self.own_metaclass(object).and_then(|meta| self.lookup_value(meta, "__delattr__"))
            && hook.is_class(class::FUNCTION)
            && !std::mem::take(&mut self.plain_store)
        {
            let text = self.intern(name);
            return self.call_quiet(hook, &[object, text]).map(|_| ());
        }
        if let Some(ty) = object.as_type()
            && ty.is_user()
            && ty.own(name).is_some()
        {
            // Its cell may be known to traces that run.
            let cell = ty.namespace.borrow_mut().shift_remove(name);
            self.retired.extend(cell);
            self.next_epoch();
            return Ok(());
        }
        if object.is_class(class::MODULE)
            && let Some(cell) = self.module(object.aux()).and_then(|m| m.namespace.get(name))
            && !cell.get().is_null()
        {
            let cell = cell.clone();
            self.store_cell(&cell, Value::NULL);
            return Ok(());
        }
        Err(match object.as_type() {
            Some(ty) if !ty.is_user() => PyError::type_error(format!(
                "cannot set '{name}' attribute of immutable type '{}'",
                ty.name
            )),
            None if self.lookup(self.type_of(object), name).is_some()
                && !object.is_class(class::MODULE) =>
            {
                let of = type_name(object);
                attribute_error(format!("'{of}' object attribute '{name}' is read-only"))
            }
            _ => self.no_attribute(object, name),
        })
    }

    /// The same without `__delattr__`.
    pub(super) fn delete_instance_attribute(
        &mut self,
        instance: Instance,
        name: &Arc<str>,
    ) -> PyResult<()> {
        let object = instance.value();
        let found = self.lookup_value(instance.ty(), name);
        if let Some(found) = found
            && let Some(member) = found.native::<Member>()
        {
            return member.remove(self, object);
        }
        if let Some(found) = found
            && found.is_class(class::INSTANCE)
            && is_data_descriptor(self, found, name)
        {
            return match self.lookup_value(self.type_of(found), "__delete__") {
                Some(delete) => self.call_quiet(delete, &[found, object]).map(|_| ()),
                None => Err(attribute_error("__delete__".to_string())),
            };
        }
        if let Some(found) = found
            && found.is_class(class::PROPERTY)
        {
            let [.., deleter] = property::parts(found);
            if deleter.is_none() {
                return Err(attribute_error(format!(
                    "property '{name}' of '{}' object has no deleter",
                    instance.ty().name
                )));
            }
            return self.call_quiet(deleter, &[object]).map(|_| ());
        }
        if instance.shape().slot(name).is_some() {
            return self.remove_slot(instance, name);
        }
        if found.is_some() && instance.ty().slots.is_some() {
            let of = &instance.ty().name;
            return Err(attribute_error(format!("'{of}' object attribute '{name}' is read-only")));
        }
        Err(self.no_attribute(object, name))
    }

    /// `object.__class__ = value`: the object keeps its attributes.
    fn change_class(&mut self, instance: Instance, value: Value) -> PyResult<()> {
        let Some(to) = value.as_type() else {
            return Err(PyError::type_error(format!(
                "__class__ must be set to a class, not '{}' object",
                type_name(value)
            )));
        };
        let from = instance.ty();
        if !to.is_user() || !from.is_user() {
            return Err(PyError::type_error(
                "__class__ assignment only supported for mutable types or ModuleType subclasses",
            ));
        }
        if from.solid != to.solid || from.slots.is_some() != to.slots.is_some() {
            return Err(PyError::type_error(format!(
                "__class__ assignment: '{}' object layout differs from '{}'",
                to.name, from.name
            )));
        }
        let shape = self.shape_of_class(instance.shape(), to);
        instance.set_shape(shape);
        if describes(self, from) || describes(self, to) {
            // It may be an attribute of a class, and is read in another way now.
            self.next_epoch();
        }
        Ok(())
    }

    /// Takes an attribute of its own from an object.
    pub(crate) fn remove_slot(&mut self, instance: Instance, name: &str) -> PyResult<()> {
        let shape = instance.shape();
        let Some(slot) = shape.slot(name) else { return Ok(()) };
        let mut values: Vec<Value> =
            (0..shape.names().len()).map(|slot| instance.get(slot)).collect();
        values.remove(slot);
        let next = self.shrunk_shape(shape, name);
        let inline = shape.capacity as usize;
        instance.set_shape(next);
        for slot in 0..inline {
            instance.set(slot, values.get(slot).copied().unwrap_or(Value::NULL));
        }
        if values.len() > inline {
            let rest = self.heap.alloc_list_of(&values[inline..])?;
            instance.set_extra(rest);
        } else {
            instance.set_extra(Value::NULL);
        }
        Ok(())
    }
}
