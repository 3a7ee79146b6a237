//! What a name finds on a class, where finding it runs nothing: what traces may take for granted.
//!
//! The order is that of `type_attribute` in `attributes.rs`: a data descriptor of the metaclass, the class and its
//! bases, the metaclass, what every class tells of itself. All of it is good for one epoch.

use super::TypeInfo;
use super::attributes::is_data_descriptor;
use crate::class;
use crate::interp::Vm;
use crate::jit::TypeAttribute;
use crate::value::Value;

/// What every class tells of itself, the same for an epoch.
pub(super) const OF_ITSELF: [&str; 4] = ["__name__", "__qualname__", "__module__", "__class__"];

impl Vm {
    /// What a name finds on a class; `None` where finding it may run code, or depends on more than the class.
    pub(crate) fn plain_class_attribute(
        &mut self,
        object: Value,
        name: &str,
    ) -> Option<TypeAttribute> {
        let ty = object.as_type()?;
        let meta = self.own_metaclass(object);
        if meta.is_some_and(|meta| self.hook_of(meta, "__getattribute__").is_some()) {
            return None;
        }
        let of_meta = meta.and_then(|meta| self.lookup(meta, name));
        if of_meta.as_ref().is_some_and(|cell| is_data_descriptor(self, cell.get(), name)) {
            return None;
        }
        let Some(cell) = self.lookup(ty, name) else {
            return match of_meta {
                Some(_) => None,
                None => self.told_of_itself(ty, name),
            };
        };
        if !ty.is_user() {
            return None;
        }
        let value = cell.get();
        match value.class() {
            class::FUNCTION => Some(TypeAttribute::Known(value)),
            class::STATIC_METHOD => Some(TypeAttribute::Known(value.as_words()?.get(0))),
            class::CLASS_METHOD => Some(TypeAttribute::ClassMethod(value.as_words()?.get(0))),
            class::BUILTIN | class::PROPERTY => None,
            class::INSTANCE if self.lookup(self.type_of(value), "__get__").is_some() => None,
            _ => Some(TypeAttribute::Cell(cell.address() as u64)),
        }
    }

    fn told_of_itself(&mut self, ty: &TypeInfo, name: &str) -> Option<TypeAttribute> {
        if !OF_ITSELF.contains(&name) {
            return None;
        }
        self.type_data(ty, name).ok().flatten().map(TypeAttribute::Known)
    }

    /// Whether `isinstance` asks no method about a class.
    pub(crate) fn is_plain_class(&self, object: Value) -> bool {
        let Some(ty) = object.as_type() else { return false };
        ty.meta() == class::TYPE
            || self.hook_of(self.type_info(ty.meta()), "__instancecheck__").is_none()
    }
}
