//! Attributes that tell about an object: `__class__`, `__dict__`, `__name__` and the like.

use super::attributes::Found;
use super::instances::named_attributes;
use super::{TypeInfo, exception_slot};
use crate::class;
use crate::error::{ExcKind, PyResult};
use crate::interp::Vm;
use crate::value::Value;
use std::sync::Arc;

impl Vm {
    /// Attributes that objects of any class have.
    pub(super) fn common_attribute(
        &mut self,
        object: Value,
        name: &str,
    ) -> PyResult<Option<Found>> {
        let plain =
            |value| Some(Found { value, receiver: Value::NULL, holder: super::Holder::Other });
        Ok(match name {
            // As a static method is: the shape decides it.
            "__class__" if object.as_instance().is_some() => Some(Found {
                value: self.type_of(object).object(),
                receiver: Value::NULL,
                holder: super::Holder::Wrapped,
            }),
            "__class__" => plain(self.type_of(object).object()),
            "__dict__" if object.as_instance().is_some_and(|i| i.ty().slots.is_none()) => {
                let namespace = self.namespace_of(object);
                plain(namespace)
            }
            "__doc__" if object.as_type().is_none() => {
                let built_in = !self.type_of(object).is_user() && !object.is_none();
                plain(if built_in { self.intern("") } else { Value::none() })
            }
            "__module__" if object.as_instance().is_some() => {
                let module = self.type_of(object).module.clone();
                plain(self.intern(&module))
            }
            "errno" | "strerror" | "filename" if object.as_instance().is_some() => {
                let kind = self.type_of(object).exception;
                if !kind.is_some_and(|kind| kind.is_a(ExcKind::OSError)) {
                    return Ok(None);
                }
                let args = object.as_instance().map(|i| i.get(exception_slot::ARGS));
                let args = args.and_then(|args| args.as_tuple()).map_or(&[][..], |t| t.items());
                plain(match (name, args) {
                    ("errno", [number, _]) => *number,
                    ("strerror", [_, text]) => *text,
                    _ => Value::none(),
                })
            }
            "value" | "code" if object.as_instance().is_some() => {
                let kind = self.type_of(object).exception;
                let wanted =
                    if name == "value" { ExcKind::StopIteration } else { ExcKind::SystemExit };
                if !kind.is_some_and(|kind| kind.is_a(wanted)) {
                    return Ok(None);
                }
                let args = object.as_instance().map(|i| i.get(exception_slot::ARGS));
                let args = args.and_then(|args| args.as_tuple());
                plain(args.and_then(|t| t.items().first().copied()).unwrap_or(Value::none()))
            }
            "message" | "exceptions" if crate::exceptions::is_group(object) => {
                let args = object.as_instance().map(|i| i.get(exception_slot::ARGS));
                let message = args.and_then(|args| args.as_tuple()?.items().first().copied());
                plain(if name == "message" {
                    message.unwrap_or(Value::none())
                } else {
                    let members = crate::exceptions::group_members(self, object)?;
                    self.heap.alloc_tuple(&members)?
                })
            }
            "name" | "path" | "obj" if object.as_instance().is_some() => {
                let kind = self.type_of(object).exception;
                let known = kind.is_some_and(|kind| named_attributes(kind).contains(&name));
                if known { plain(Value::none()) } else { None }
            }
            _ => match self.lookup_value(self.type_info(class::OBJECT), name) {
                Some(value) => {
                    let ty = self.type_of(object);
                    Some(self.bind(value, object, ty)?)
                }
                None => None,
            },
        })
    }

    /// Attributes of classes that are in no namespace.
    pub(super) fn type_data(&mut self, ty: &TypeInfo, name: &str) -> PyResult<Option<Value>> {
        let numbers = match name {
            "__name__" => return Ok(Some(self.intern(&ty.name))),
            "__qualname__" => return Ok(Some(self.intern(&ty.qualname))),
            "__module__" => return Ok(Some(self.intern(&ty.module))),
            "__class__" => return Ok(Some(self.type_info(ty.meta()).object())),
            "__doc__" => return Ok(Some(Value::none())),
            "__dict__" => {
                let object = ty.object();
                return Ok(Some(crate::native::proxy::of_class(self, object)));
            }
            "__base__" => {
                let base = (ty.id != class::OBJECT).then(|| self.type_info(ty.base).object());
                return Ok(Some(base.unwrap_or(Value::none())));
            }
            "__bases__" => &ty.bases,
            "__mro__" => &ty.mro,
            _ => return Ok(None),
        };
        let objects: Vec<Value> = numbers.iter().map(|id| self.type_info(*id).object()).collect();
        Ok(Some(self.heap.alloc_tuple(&objects)?))
    }

    /// The list of names that `object.__dir__` gives, sorted.
    pub(crate) fn attribute_list(&mut self, object: Value) -> PyResult<Value> {
        let names = self.attribute_names(object);
        let names: Vec<Value> = names.iter().map(|name| self.intern(name)).collect();
        Ok(self.heap.alloc_list_of(&names)?)
    }

    /// The names that an object's attributes have, sorted.
    pub fn attribute_names(&mut self, object: Value) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        if let Some(instance) = object.as_instance() {
            let skipped = usize::from(instance.ty().holds.is_some());
            names.extend(instance.shape().names().iter().skip(skipped).cloned());
        }
        if let Some(module) = self.module(object.aux()).filter(|_| object.is_class(class::MODULE)) {
            let bound = module.namespace.iter().filter(|(_, cell)| !cell.get().is_null());
            names.extend(bound.map(|(name, _)| name.clone()));
        } else {
            let ty = object.as_type().unwrap_or(self.type_of(object));
            for id in &ty.mro {
                names
                    .extend(self.type_info(*id).own_attributes().into_iter().map(|(name, _)| name));
            }
        }
        names.sort();
        names.dedup();
        names
    }
}
