//! Attributes: reading them by Python's rules. How they are assigned and deleted: `assignment.rs`.
//!
//! Terms. A *descriptor* is a class attribute that has a say in reading or assigning the attribute
//! through an object: functions become methods, properties call. What is read comes as a pair,
//! value and receiver: a receiver that is not NULL is the first argument of a call, and a
//! *bound method* is only made where somebody wants the pair as one value.

use super::class_attributes::OF_ITSELF;
use super::{Shape, TypeInfo};
use crate::builtins;
use crate::class;
use crate::code::GlobalCell;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::jit::Attribute;
use crate::native::member::{Member, is_slot};
use crate::object::Instance;
use crate::text::type_name;
use crate::value::Value;
use std::rc::Rc;
use std::sync::Arc;

/// Where an attribute was found, as far as that can be remembered.
pub enum Holder {
    /// In the object itself, at a slot.
    Slot(usize),
    /// In its class (a function becomes a method of the object, anything else is as it is).
    Class(Rc<GlobalCell>),
    /// In its class, as a static method or as a class method of the object's class; or what the class tells of itself.
    Wrapped,
    /// Somewhere else.
    Other,
}

/// An attribute that was read.
pub struct Found {
    /// Its value.
    pub value: Value,
    /// The first argument of a call of it, or NULL.
    pub receiver: Value,
    /// Where it was.
    pub holder: Holder,
}

impl Found {
    fn plain(value: Value) -> Found {
        Found { value, receiver: Value::NULL, holder: Holder::Other }
    }

    fn method(value: Value, receiver: Value) -> Found {
        Found { value, receiver, holder: Holder::Other }
    }
}

/// Whether a class attribute is a descriptor.
pub(super) fn is_descriptor(vm: &Vm, value: Value) -> bool {
    match value.class() {
        class::FUNCTION
        | class::BUILTIN
        | class::PROPERTY
        | class::STATIC_METHOD
        | class::CLASS_METHOD
        | class::MEMBER
        | class::LRU_CACHE => true,
        class::INSTANCE => describes(vm, vm.type_of(value)),
        _ => false,
    }
}

/// Whether objects of a program's class are descriptors.
pub(super) fn describes(vm: &Vm, ty: &TypeInfo) -> bool {
    ["__get__", "__set__", "__delete__"].iter().any(|name| vm.lookup(ty, name).is_some())
}

/// Whether a class attribute comes before the object's own of that name. A slot is the object's own.
pub(super) fn is_data_descriptor(vm: &Vm, value: Value, name: &str) -> bool {
    match value.class() {
        class::PROPERTY => true,
        class::MEMBER => !is_slot(value, name),
        class::INSTANCE => ["__set__", "__delete__"]
            .iter()
            .any(|name| vm.lookup(vm.type_of(value), name).is_some()),
        _ => false,
    }
}

pub(super) fn attribute_error(message: String) -> Box<PyError> {
    PyError::new(ExcKind::AttributeError, message)
}

impl Vm {
    /// Reads an attribute. A safe point.
    pub fn attribute_of(&mut self, object: Value, name: &str) -> PyResult<Found> {
        match self.find_attribute(object, name)? {
            Some(found) => Ok(found),
            None => Err(self.absent(object, name)),
        }
    }

    /// The same, `None` where there is no such attribute and nothing else raises. A safe point.
    pub(crate) fn find_attribute(&mut self, object: Value, name: &str) -> PyResult<Option<Found>> {
        match object.class() {
            class::INSTANCE => match object.as_instance() {
                Some(instance) => self.instance_attribute(instance, name),
                None => Ok(Some(Found::plain(Value::none()))),
            },
            class::TYPE => self.type_attribute(object, name),
            class::SUPER => self.super_attribute(object, name),
            class::MODULE => self.module_attribute(object, name),
            _ => {
                if let Some(method) = builtins::method_object(self, object, name) {
                    return Ok(Some(Found::method(method, object)));
                }
                if let Some(value) = builtins::data_attribute(self, object, name)? {
                    return Ok(Some(Found::plain(value)));
                }
                let ty = self.type_of(object);
                if let Some(value) = self.lookup_value(ty, name) {
                    return self.bind(value, object, ty).map(Some);
                }
                self.common_attribute(object, name)
            }
        }
    }

    fn module_attribute(&mut self, object: Value, name: &str) -> PyResult<Option<Found>> {
        let module = self.module(object.aux());
        if let Some(cell) = module.and_then(|m| m.namespace.get(name))
            && !cell.get().is_null()
        {
            let (value, holder) = (cell.get(), Holder::Class(cell.clone()));
            return Ok(Some(Found { value, receiver: Value::NULL, holder }));
        }
        let hook = module.and_then(|m| m.namespace.get("__getattr__"));
        if let Some(hook) = hook.map(|cell| cell.get()).filter(|hook| !hook.is_null()) {
            let text = self.intern(name);
            return self.call_quiet(hook, &[text]).map(|value| Some(Found::plain(value)));
        }
        if name == "__dict__" {
            return Ok(Some(Found::plain(self.module_variables(object.aux()))));
        }
        self.common_attribute(object, name)
    }

    /// The exception for an attribute that was not found.
    #[cold]
    fn absent(&self, object: Value, name: &str) -> Box<PyError> {
        if !object.is_class(class::MODULE) {
            return self.no_attribute(object, name);
        }
        let module = self.module(object.aux());
        let circular = module.is_some_and(|m| m.initializing);
        let module = module.map_or("?", |m| &*m.name);
        let inside = format!("{module}.{name}");
        attribute_error(if self.is_initializing(&inside) {
            format!(
                "cannot access submodule '{name}' of module '{module}' (most likely due \
                 to a circular import)"
            )
        } else if circular {
            format!(
                "partially initialized module '{module}' has no attribute '{name}' (most \
                 likely due to a circular import)"
            )
        } else {
            format!("module '{module}' has no attribute '{name}'")
        })
    }

    #[cold]
    pub(super) fn no_attribute(&self, object: Value, name: &str) -> Box<PyError> {
        let of = match object.as_type() {
            Some(ty) => format!("type object '{}'", ty.name),
            None => format!("'{}' object", type_name(object)),
        };
        attribute_error(format!("{of} has no attribute '{name}'"))
    }

    fn instance_attribute(&mut self, instance: Instance, name: &str) -> PyResult<Option<Found>> {
        let object = instance.value();
        let ty = instance.ty();
        let found = match self.hook_of(ty, "__getattribute__") {
            Some(hook) => {
                let text = self.intern(name);
                match self.call_quiet(hook, &[object, text]) {
                    Ok(value) => return Ok(Some(Found::plain(value))),
                    Err(error) if error.kind == ExcKind::AttributeError => Err(error),
                    Err(error) => return Err(error),
                }
            }
            None => match self.plain_instance_attribute(instance, name)? {
                Some(found) => return Ok(Some(found)),
                None => Ok(None),
            },
        };
        match self.getattr_hook(object, ty, name)? {
            Some(found) => Ok(Some(found)),
            None => found,
        }
    }

    /// An attribute without the hooks of its class.
    pub(super) fn plain_instance_attribute(
        &mut self,
        instance: Instance,
        name: &str,
    ) -> PyResult<Option<Found>> {
        let object = instance.value();
        let cell = self.lookup(instance.ty(), name);
        if let Some(cell) = &cell
            && is_data_descriptor(self, cell.get(), name)
        {
            let unreadable = |words: crate::object::Words| words.get(0).is_none();
            if cell.get().is_class(class::PROPERTY) && cell.get().as_words().is_some_and(unreadable)
            {
                let of = &instance.ty().name;
                return Err(attribute_error(format!(
                    "property '{name}' of '{of}' object has no getter"
                )));
            }
            return self.bind(cell.get(), object, instance.ty()).map(Some);
        }
        if let Some(slot) = instance.shape().slot(name) {
            let value = instance.get(slot);
            if !value.is_null() {
                let holder = Holder::Slot(slot);
                return Ok(Some(Found { value, receiver: Value::NULL, holder }));
            }
        }
        if let Some(cell) = cell.filter(|cell| !is_slot(cell.get(), name)) {
            let mut found = self.bind(cell.get(), object, instance.ty())?;
            let value = cell.get();
            let method = value.is_class(class::FUNCTION) || builtins::takes_receiver(value);
            if method || !is_descriptor(self, value) {
                found.holder = Holder::Class(cell);
            } else if matches!(value.class(), class::STATIC_METHOD | class::CLASS_METHOD) {
                found.holder = Holder::Wrapped;
            }
            return Ok(Some(found));
        }
        if let Some(held) = instance.held()
            && let Some(value) = builtins::data_attribute(self, held, name)?
        {
            return Ok(Some(Found::plain(value)));
        }
        self.common_attribute(object, name)
    }

    /// What `__getattr__` gives for an attribute that was not found; `None` where there is no such method.
    fn getattr_hook(
        &mut self,
        object: Value,
        ty: &TypeInfo,
        name: &str,
    ) -> PyResult<Option<Found>> {
        let Some(hook) = self.lookup_value(ty, "__getattr__") else { return Ok(None) };
        let text = self.intern(name);
        self.call_quiet(hook, &[object, text]).map(|value| Some(Found::plain(value)))
    }

    /// What a class attribute is when read through an object.
    pub(crate) fn bind(&mut self, value: Value, object: Value, ty: &TypeInfo) -> PyResult<Found> {
        match value.class() {
            class::FUNCTION => Ok(Found::method(value, object)),
            class::BUILTIN if builtins::takes_receiver(value) => Ok(Found::method(value, object)),
            class::STATIC_METHOD => {
                Ok(Found::plain(value.as_words().map_or(value, |words| words.get(0))))
            }
            class::CLASS_METHOD => {
                let function = value.as_words().map_or(value, |words| words.get(0));
                Ok(Found::method(function, ty.object()))
            }
            class::PROPERTY => {
                let getter = value.as_words().map_or(value, |words| words.get(0));
                if getter.is_none() {
                    return Err(attribute_error("property has no getter".to_string()));
                }
                self.call_quiet(getter, &[object]).map(Found::plain)
            }
            class::INSTANCE => match self.lookup_value(self.type_of(value), "__get__") {
                Some(get) => self.call_quiet(get, &[value, object, ty.object()]).map(Found::plain),
                None => Ok(Found::plain(value)),
            },
            class::MEMBER => match value.native::<Member>() {
                Some(member) => member.read(object).map(Found::plain),
                None => Ok(Found::plain(value)),
            },
            class::LRU_CACHE => {
                let method = self.as_one(value, object);
                Ok(Found::plain(method))
            }
            _ => Ok(Found::plain(value)),
        }
    }

    fn type_attribute(&mut self, object: Value, name: &str) -> PyResult<Option<Found>> {
        let Some(ty) = object.as_type() else { return Ok(None) };
        let of_meta =
            self.own_metaclass(object).and_then(|meta| Some((meta, self.lookup(meta, name)?)));
        if let Some((meta, cell)) = &of_meta
            && is_data_descriptor(self, cell.get(), name)
        {
            return self.bind(cell.get(), object, meta).map(Some);
        }
        if let Some(cell) = self.lookup(ty, name) {
            let value = cell.get();
            return Ok(Some(match value.class() {
                class::CLASS_METHOD => {
                    let function = value.as_words().map_or(value, |words| words.get(0));
                    Found { value: function, receiver: object, holder: Holder::Wrapped }
                }
                class::STATIC_METHOD => {
                    let function = value.as_words().map_or(value, |words| words.get(0));
                    Found { value: function, receiver: Value::NULL, holder: Holder::Wrapped }
                }
                class::INSTANCE => match self.lookup_value(self.type_of(value), "__get__") {
                    Some(get) => {
                        Found::plain(self.call_quiet(get, &[value, Value::none(), object])?)
                    }
                    None => Found { value, receiver: Value::NULL, holder: Holder::Class(cell) },
                },
                _ => Found { value, receiver: Value::NULL, holder: Holder::Class(cell) },
            }));
        }
        if let Some((meta, cell)) = &of_meta
            && meta.is_user()
        {
            return self.bind(cell.get(), object, meta).map(Some);
        }
        if let Some(value) = self.type_data(ty, name)? {
            let lasts = OF_ITSELF.contains(&name);
            let holder = if lasts { Holder::Wrapped } else { Holder::Other };
            return Ok(Some(Found { value, receiver: Value::NULL, holder }));
        }
        if let Some(value) = self.lookup_value(self.type_info(class::TYPE), name) {
            return self.bind(value, object, ty).map(Some);
        }
        if let Some(meta) = self.own_metaclass(object) {
            return self.getattr_hook(object, meta, name);
        }
        Ok(builtins::data_attribute(self, object, name)?.map(Found::plain))
    }

    /// `super().name`: words are the class to look behind, the object, and the object's class.
    fn super_attribute(&mut self, object: Value, name: &str) -> PyResult<Option<Found>> {
        let Some(words) = object.as_words() else { return Ok(None) };
        let (start, receiver) = (words.get(0), words.get(1));
        let (Some(start), Some(of)) = (start.as_type(), words.get(2).as_type()) else {
            return Ok(None);
        };
        let behind = of.mro.iter().skip_while(|id| **id != start.id).skip(1);
        let cell = behind.filter_map(|id| self.type_info(*id).own(name)).next();
        let Some(cell) = cell else { return Ok(None) };
        if receiver != words.get(2) {
            return self.bind(cell.get(), receiver, of).map(Some);
        }
        // A class method or `__new__`: the receiver is the class.
        let value = cell.get();
        let wrapped = || value.as_words().map_or(value, |words| words.get(0));
        Ok(Some(match value.class() {
            class::CLASS_METHOD => Found::method(wrapped(), receiver),
            class::STATIC_METHOD => Found::plain(wrapped()),
            _ => Found::plain(value),
        }))
    }

    /// The method of that name that decides about attributes of objects of a class, unless it is the ordinary
    /// one: a function, or a built-in method of another name.
    pub(super) fn hook_of(&self, ty: &TypeInfo, name: &str) -> Option<Value> {
        self.lookup_value(ty, name).filter(|hook| match hook.class() {
            class::FUNCTION => true,
            class::BUILTIN => !builtins::name_of(*hook).ends_with(name),
            _ => false,
        })
    }

    /// The getter of the property that a name is on an object, where nothing else has a say.
    pub(crate) fn property_of(&self, instance: Instance, name: &str) -> Option<Value> {
        let ty = instance.ty();
        let found = self.lookup_value(ty, name).filter(|found| found.is_class(class::PROPERTY))?;
        if self.hook_of(ty, "__getattribute__").is_some() {
            return None;
        }
        found.as_words().map(|words| words.get(0)).filter(|getter| getter.is_class(class::FUNCTION))
    }

    /// The setter of the property that a name is on an object, where nothing else has a say.
    pub(crate) fn setter_of(&self, instance: Instance, name: &str) -> Option<Value> {
        let ty = instance.ty();
        let found = self.lookup_value(ty, name).filter(|found| found.is_class(class::PROPERTY))?;
        if self.hook_of(ty, "__setattr__").is_some() {
            return None;
        }
        found.as_words().map(|words| words.get(1)).filter(|setter| setter.is_class(class::FUNCTION))
    }

    /// What the shape of an object says of an attribute, if it decides: nothing is run.
    pub(crate) fn shaped_attribute(&self, instance: Instance, name: &str) -> Option<Attribute> {
        let (ty, shape) = (instance.ty(), instance.shape());
        if self.hook_of(ty, "__getattribute__").is_some() {
            return None;
        }
        let cell = self.lookup(ty, name);
        if cell.as_ref().is_some_and(|cell| is_data_descriptor(self, cell.get(), name)) {
            return None;
        }
        if let Some(slot) = shape.slot(name) {
            return (slot < shape.capacity as usize).then_some(Attribute::Slot(slot as u32));
        }
        let Some(cell) = cell else {
            return (name == "__class__").then(|| Attribute::Static(ty.object()));
        };
        let value = cell.get();
        match value.class() {
            class::FUNCTION => Some(Attribute::Method(value)),
            class::STATIC_METHOD => Some(Attribute::Static(value.as_words()?.get(0))),
            class::CLASS_METHOD => {
                Some(Attribute::ClassMethod(value.as_words()?.get(0), ty.object()))
            }
            _ if is_descriptor(self, value) => None,
            _ => Some(Attribute::Cell(cell.address() as u64)),
        }
    }

    /// Where assigning an attribute puts the value: the slot, and the header and the address of the
    /// shape afterwards, where they are others. `None` where that is not all that happens.
    pub(crate) fn shaped_place(
        &mut self,
        instance: Instance,
        name: &Arc<str>,
    ) -> Option<(u32, Option<(u64, u64)>)> {
        let (ty, shape) = (instance.ty(), instance.shape());
        if !self.stores_plainly(ty, name) {
            return None;
        }
        if let Some(slot) = shape.slot(name) {
            return (slot < shape.capacity as usize).then_some((slot as u32, None));
        }
        let refused = ty.slots.as_ref().is_some_and(|slots| !slots.contains(name));
        let slot = shape.names().len();
        if refused || slot >= shape.capacity as usize {
            return None;
        }
        let next: &Shape = self.grown_shape(shape, name);
        let header = u64::from(class::INSTANCE) | u64::from(next.id) << 32;
        Some((slot as u32, Some((header, &raw const *next as u64))))
    }

    /// Stores into the cell of a global or class attribute.
    pub(crate) fn store_cell(&mut self, cell: &GlobalCell, value: Value) {
        if cell.is_watched() {
            self.watched_store(cell);
        }
        cell.set(value);
    }

    /// A bound method, or the value alone where there is no receiver.
    pub fn as_one(&mut self, value: Value, receiver: Value) -> Value {
        if receiver.is_null() {
            return value;
        }
        self.heap.alloc_words(class::BOUND_METHOD, 0, [value, receiver, Value::ZERO])
    }

    /// `getattr(object, name)`. A safe point.
    pub fn get_attribute(&mut self, object: Value, name: &str) -> PyResult<Value> {
        let found = self.attribute_of(object, name)?;
        Ok(self.as_one(found.value, found.receiver))
    }

    /// The same, `None` where there is no such attribute.
    pub fn try_attribute(&mut self, object: Value, name: &str) -> PyResult<Option<Value>> {
        let found = self.find_or_none(object, name)?;
        Ok(found.map(|found| self.as_one(found.value, found.receiver)))
    }

    /// `hasattr(object, name)`. A safe point.
    pub(crate) fn has_attribute(&mut self, object: Value, name: &str) -> PyResult<bool> {
        Ok(self.find_or_none(object, name)?.is_some())
    }

    fn find_or_none(&mut self, object: Value, name: &str) -> PyResult<Option<Found>> {
        match self.find_attribute(object, name) {
            Err(error) if error.kind == ExcKind::AttributeError => Ok(None),
            found => found,
        }
    }
}
