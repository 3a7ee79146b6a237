//! The variables of an object or module as a dict: `obj.__dict__`, `vars(obj)`, `globals()`.
//!
//! An object keeps its attributes in slots, a module its variables in cells. What programs get is a cell
//! that names the object or module, its *owner*: reading makes a dict of how things stand, and
//! what is written goes to the owner at once.

use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::native::member::is_slot;
use crate::object::Dict;
use crate::ops;
use crate::text::type_name;
use crate::value::Value;
use std::sync::Arc;

impl Vm {
    /// The variables of an object with attributes, or of a module.
    pub(crate) fn namespace_of(&mut self, owner: Value) -> Value {
        self.heap.alloc_words(class::NAMESPACE, 0, [owner, Value::ZERO, Value::ZERO])
    }

    /// What built-in code works on: the value that an object of a derived class holds, a dict for
    /// variables seen as one, and anything else as it is.
    pub(crate) fn seen(&mut self, value: Value) -> Value {
        match value.class() {
            class::INSTANCE => value.plain(),
            class::NAMESPACE => self.namespace_dict(value),
            _ => value,
        }
    }

    /// A dict of variables, as they are now.
    pub(crate) fn namespace_dict(&mut self, namespace: Value) -> Value {
        let owner = namespace.as_words().map_or(Value::none(), |words| words.get(0));
        let dict = self.heap.alloc_table(class::DICT, Default::default());
        for (name, value) in self.variables(owner) {
            let key = self.intern(&name);
            if let Some(dict) = dict.as_dict() {
                // The keys are strings: nothing is run and nothing is raised.
                let _ = ops::dict_set(self, dict, key, value);
            }
        }
        dict
    }

    /// The variables of an owner.
    fn variables(&self, owner: Value) -> Vec<(Arc<str>, Value)> {
        if let Some(instance) = owner.as_instance() {
            let names = instance.shape().names().iter().enumerate();
            let ty = instance.ty();
            let is_slot = |name: &str| {
                let found = self.lookup_value(ty, name).filter(|_| ty.has_members);
                found.is_some_and(|found| is_slot(found, name))
            };
            let own = names.skip(ty.hidden()).filter(|(_, name)| !is_slot(name));
            let bound = own.map(|(slot, name)| (name.clone(), instance.get(slot)));
            return bound.filter(|(_, value)| !value.is_null()).collect();
        }
        match self.module(owner.aux()).filter(|_| owner.is_class(class::MODULE)) {
            Some(module) => {
                let cells = module.namespace.iter();
                let bound = cells.map(|(name, cell)| (name.clone(), cell.get()));
                bound.filter(|(_, value)| !value.is_null()).collect()
            }
            None => Vec::new(),
        }
    }

    fn variable_name(&self, key: Value) -> PyResult<Arc<str>> {
        match key.plain().as_str() {
            Some(text) => Ok(text.text().into()),
            None => Err(PyError::type_error(format!(
                "variables have names that are strings, not '{}'",
                type_name(key)
            ))),
        }
    }

    /// `namespace[key] = value`.
    pub(crate) fn set_variable(
        &mut self,
        namespace: Value,
        key: Value,
        value: Value,
    ) -> PyResult<()> {
        let owner = namespace.as_words().map_or(Value::none(), |words| words.get(0));
        let name = self.variable_name(key)?;
        match owner.as_instance() {
            Some(instance) => match instance.shape().slot(&name) {
                Some(slot) => {
                    instance.set(slot, value);
                    Ok(())
                }
                None => self.add_slot(instance, &name, value),
            },
            None => {
                let cell = self.global_cell(owner.aux(), &name);
                self.store_cell(&cell, value);
                Ok(())
            }
        }
    }

    /// `del namespace[key]`; false where there is no such variable.
    pub(crate) fn delete_variable(&mut self, namespace: Value, key: Value) -> PyResult<bool> {
        let owner = namespace.as_words().map_or(Value::none(), |words| words.get(0));
        let name = self.variable_name(key)?;
        if let Some(instance) = owner.as_instance() {
            let bound = instance.shape().slot(&name).is_some_and(|at| !instance.get(at).is_null());
            if bound {
                self.remove_slot(instance, &name)?;
            }
            return Ok(bound);
        }
        let cell = self.global_cell(owner.aux(), &name);
        let bound = !cell.get().is_null();
        self.store_cell(&cell, Value::NULL);
        Ok(bound)
    }

    /// Makes variables what a dict says that was made of them and changed.
    pub(crate) fn write_back(&mut self, namespace: Value, dict: Dict) -> PyResult<()> {
        let owner = namespace.as_words().map_or(Value::none(), |words| words.get(0));
        let before = self.variables(owner);
        for (name, _) in &before {
            let key = self.intern(name);
            if ops::dict_get(self, dict, key)?.is_none() {
                self.delete_variable(namespace, key)?;
            }
        }
        for (_, key, value) in dict.table().entries() {
            self.set_variable(namespace, key, value)?;
        }
        Ok(())
    }

    /// `locals()` of the code that runs.
    pub(crate) fn local_variables(&mut self) -> PyResult<Value> {
        let Some(frame) = self.frames.last() else { return Ok(Value::none()) };
        let (code, base) = (frame.code(), frame.base as usize);
        if &*code.source.name == "<module>" {
            let module = code.module;
            return Ok(self.module_variables(module));
        }
        let free = (code.first_free as usize, (code.first_free + code.free) as usize);
        let named = code.source.locals.iter().take(free.1.max(free.0)).cloned();
        let locals: Vec<Arc<str>> = named.collect();
        let dict = self.heap.alloc_table(class::DICT, Default::default());
        for (slot, name) in locals.iter().enumerate() {
            let mut value = self.stack.get(base + slot);
            if let Some(cell) = value.as_words().filter(|_| value.is_class(class::CELL)) {
                value = cell.get(0);
            }
            if !value.is_null() && !name.starts_with('.') {
                let key = self.intern(name);
                ops::set_item(self, dict, key, value)?;
            }
        }
        Ok(dict)
    }

    /// The variables of a module.
    pub(crate) fn module_variables(&mut self, module: u32) -> Value {
        match self.module(module).map(|module| module.object) {
            Some(object) => self.namespace_of(object),
            None => Value::none(),
        }
    }
}
