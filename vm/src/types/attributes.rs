//! Attributes: reading, assigning and deleting them, by Python's rules.
//!
//! Terms. A *descriptor* is a class attribute that has a say in reading or assigning the attribute
//! through an object: functions become methods, properties call. What is read comes as a pair,
//! value and receiver: a receiver that is not NULL is the first argument of a call, and a
//! *bound method* is only made where somebody wants the pair as one value.

use super::{Shape, TypeInfo, property};
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
    /// In its class, as a static method or as a class method of the object's class.
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
        class::INSTANCE => ["__get__", "__set__", "__delete__"]
            .iter()
            .any(|name| vm.lookup(vm.type_of(value), name).is_some()),
        _ => false,
    }
}

/// Whether a class attribute comes before the object's own of that name. A slot is the object's own.
fn is_data_descriptor(vm: &Vm, value: Value, name: &str) -> bool {
    match value.class() {
        class::PROPERTY => true,
        class::MEMBER => !is_slot(value, name),
        class::INSTANCE => ["__set__", "__delete__"]
            .iter()
            .any(|name| vm.lookup(vm.type_of(value), name).is_some()),
        _ => false,
    }
}

fn attribute_error(message: String) -> Box<PyError> {
    PyError::new(ExcKind::AttributeError, message)
}

impl Vm {
    /// Reads an attribute. A safe point.
    pub fn attribute_of(&mut self, object: Value, name: &Arc<str>) -> PyResult<Found> {
        match object.class() {
            class::INSTANCE => match object.as_instance() {
                Some(instance) => self.instance_attribute(instance, name),
                None => Ok(Found::plain(Value::none())),
            },
            class::TYPE => self.type_attribute(object, name),
            class::SUPER => self.super_attribute(object, name),
            class::MODULE => {
                let module = self.module(object.aux());
                if let Some(cell) = module.and_then(|m| m.namespace.get(name))
                    && !cell.get().is_null()
                {
                    let (value, holder) = (cell.get(), Holder::Class(cell.clone()));
                    return Ok(Found { value, receiver: Value::NULL, holder });
                }
                let hook = module.and_then(|m| m.namespace.get("__getattr__"));
                if let Some(hook) = hook.map(|cell| cell.get()).filter(|hook| !hook.is_null()) {
                    let text = self.intern(name);
                    return self.call_quiet(hook, &[text]).map(Found::plain);
                }
                if &**name == "__dict__" {
                    return Ok(Found::plain(self.module_variables(object.aux())));
                }
                if let Some(found) = self.common_attribute(object, name)? {
                    return Ok(found);
                }
                let module = self.module(object.aux());
                let circular = module.is_some_and(|m| m.initializing);
                let module = module.map_or("?", |m| &*m.name);
                let inside = format!("{module}.{name}");
                Err(attribute_error(if self.is_initializing(&inside) {
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
                }))
            }
            _ => {
                if let Some(method) = builtins::method_object(self, object, name) {
                    return Ok(Found::method(method, object));
                }
                if let Some(value) = builtins::data_attribute(self, object, name)? {
                    return Ok(Found::plain(value));
                }
                let ty = self.type_of(object);
                if let Some(value) = self.lookup_value(ty, name) {
                    return self.bind(value, object, ty);
                }
                if let Some(found) = self.common_attribute(object, name)? {
                    return Ok(found);
                }
                Err(self.no_attribute(object, name))
            }
        }
    }

    #[cold]
    fn no_attribute(&self, object: Value, name: &str) -> Box<PyError> {
        let of = match object.as_type() {
            Some(ty) => format!("type object '{}'", ty.name),
            None => format!("'{}' object", type_name(object)),
        };
        attribute_error(format!("{of} has no attribute '{name}'"))
    }

    fn instance_attribute(&mut self, instance: Instance, name: &Arc<str>) -> PyResult<Found> {
        let object = instance.value();
        let ty = instance.ty();
        if let Some(hook) = self.hook_of(ty, "__getattribute__") {
            let text = self.intern(name);
            return match self.call_quiet(hook, &[object, text]) {
                Ok(value) => Ok(Found::plain(value)),
                Err(error) => self.getattr_hook(object, ty, name, error),
            };
        }
        match self.plain_instance_attribute(instance, name)? {
            Some(found) => Ok(found),
            None => {
                let error = self.no_attribute(object, name);
                self.getattr_hook(object, ty, name, error)
            }
        }
    }

    /// An attribute without the hooks of its class.
    pub(super) fn plain_instance_attribute(
        &mut self,
        instance: Instance,
        name: &Arc<str>,
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

    fn getattr_hook(
        &mut self,
        object: Value,
        ty: &TypeInfo,
        name: &Arc<str>,
        error: Box<PyError>,
    ) -> PyResult<Found> {
        match self.lookup_value(ty, "__getattr__") {
            Some(hook) if error.kind == ExcKind::AttributeError => {
                let text = self.intern(name);
                self.call_quiet(hook, &[object, text]).map(Found::plain)
            }
            _ => Err(error),
        }
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

    fn type_attribute(&mut self, object: Value, name: &Arc<str>) -> PyResult<Found> {
        let Some(ty) = object.as_type() else { return Err(self.no_attribute(object, name)) };
        let of_meta =
            self.own_metaclass(object).and_then(|meta| Some((meta, self.lookup(meta, name)?)));
        if let Some((meta, cell)) = &of_meta
            && is_data_descriptor(self, cell.get(), name)
        {
            return self.bind(cell.get(), object, meta);
        }
        if let Some(cell) = self.lookup(ty, name) {
            let value = cell.get();
            return match value.class() {
                class::CLASS_METHOD => {
                    let function = value.as_words().map_or(value, |words| words.get(0));
                    Ok(Found { value: function, receiver: object, holder: Holder::Wrapped })
                }
                class::STATIC_METHOD => {
                    let function = value.as_words().map_or(value, |words| words.get(0));
                    Ok(Found { value: function, receiver: Value::NULL, holder: Holder::Wrapped })
                }
                class::INSTANCE => match self.lookup_value(self.type_of(value), "__get__") {
                    Some(get) => {
                        self.call_quiet(get, &[value, Value::none(), object]).map(Found::plain)
                    }
                    None => {
                        let holder = Holder::Class(cell);
                        Ok(Found { value, receiver: Value::NULL, holder })
                    }
                },
                _ => Ok(Found { value, receiver: Value::NULL, holder: Holder::Class(cell) }),
            };
        }
        if let Some((meta, cell)) = &of_meta
            && meta.is_user()
        {
            return self.bind(cell.get(), object, meta);
        }
        if let Some(value) = self.type_data(ty, name)? {
            return Ok(Found::plain(value));
        }
        if let Some(value) = self.lookup_value(self.type_info(class::TYPE), name) {
            return self.bind(value, object, ty);
        }
        if let Some(meta) = self.own_metaclass(object) {
            let error = self.no_attribute(object, name);
            return self.getattr_hook(object, meta, name, error);
        }
        if let Some(value) = builtins::data_attribute(self, object, name)? {
            return Ok(Found::plain(value));
        }
        Err(self.no_attribute(object, name))
    }

    /// `super().name`: words are the class to look behind, the object, and the object's class.
    fn super_attribute(&mut self, object: Value, name: &Arc<str>) -> PyResult<Found> {
        let Some(words) = object.as_words() else { return Err(self.no_attribute(object, name)) };
        let (start, receiver) = (words.get(0), words.get(1));
        let (Some(start), Some(of)) = (start.as_type(), words.get(2).as_type()) else {
            return Err(self.no_attribute(object, name));
        };
        let behind = of.mro.iter().skip_while(|id| **id != start.id).skip(1);
        let cell = behind.filter_map(|id| self.type_info(*id).own(name)).next();
        match cell {
            Some(cell) if receiver == words.get(2) => {
                // A class method or `__new__`: the receiver is the class.
                let value = cell.get();
                match value.class() {
                    class::CLASS_METHOD => {
                        let function = value.as_words().map_or(value, |words| words.get(0));
                        Ok(Found::method(function, receiver))
                    }
                    class::STATIC_METHOD => {
                        Ok(Found::plain(value.as_words().map_or(value, |words| words.get(0))))
                    }
                    _ => Ok(Found::plain(value)),
                }
            }
            Some(cell) => self.bind(cell.get(), receiver, of),
            None => Err(self.no_attribute(object, name)),
        }
    }

    /// The method of that name that decides about attributes of objects of a class, unless it is the ordinary
    /// one: a function, or a built-in method of another name.
    fn hook_of(&self, ty: &TypeInfo, name: &str) -> Option<Value> {
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
        let cell = cell?;
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
        let found = self.attribute_of(object, &name.into())?;
        Ok(self.as_one(found.value, found.receiver))
    }

    /// The same, `None` where there is no such attribute.
    pub fn try_attribute(&mut self, object: Value, name: &str) -> PyResult<Option<Value>> {
        match self.get_attribute(object, name) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind == ExcKind::AttributeError => Ok(None),
            Err(error) => Err(error),
        }
    }
}
