//! The `class` statement: the body's variables, and the two instructions around it.
//!
//! Terms. A class body is a function whose locals are the class's attributes. Its first local is the
//! *mapping*: what `__prepare__` of the metaclass gave, which then keeps the variables in place of the
//! locals, or None. The *plan* of a class is a tuple of three: its bases, the bases as they were written
//! (with objects that stand for classes), and its metaclass.

use super::Vm;
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::ops;
use crate::text::type_name;
use crate::value::Value;

/// The local that the mapping is in.
const MAPPING: usize = 0;

impl Vm {
    fn class_local(&self, local: usize) -> Value {
        let base = self.frames.last().map_or(0, |f| f.base as usize);
        self.stack.get(base + local)
    }

    fn set_class_local(&mut self, local: u16, value: Value) {
        let base = self.frames.last().map_or(0, |f| f.base as usize);
        self.stack.set(base + local as usize, value);
    }

    /// The mapping that the variables of the class body are in.
    fn body_mapping(&self) -> Option<Value> {
        let mapping = self.class_local(MAPPING);
        (!mapping.is_none()).then_some(mapping)
    }

    fn local_name(&mut self, local: u16) -> Value {
        let name = self.current().source.locals[local as usize].clone();
        self.intern(&name)
    }

    fn unknown_name(&self, local: u16) -> Box<PyError> {
        let name = &self.current().source.locals[local as usize];
        PyError::new(ExcKind::NameError, format!("name '{name}' is not defined"))
    }

    /// A name of a class body.
    pub(super) fn load_name(&mut self, local: u16) -> PyResult<()> {
        let mut value = self.class_local(local as usize);
        if let Some(mapping) = self.body_mapping() {
            let name = self.local_name(local);
            value = match ops::get_item(self, mapping, name) {
                Ok(value) => value,
                Err(error) if error.kind.is_a(ExcKind::KeyError) => Value::NULL,
                Err(error) => return Err(error),
            };
        }
        if value.is_null() {
            let code = self.current();
            let (name, module) = (code.source.locals[local as usize].clone(), code.module);
            let global = self.module(module).and_then(|m| m.namespace.get(&*name));
            value = global.map_or(Value::NULL, |cell| cell.get());
            if value.is_null() {
                value = self.builtin_cell(&name).map_or(Value::NULL, |cell| cell.get());
            }
        }
        if value.is_null() {
            return Err(self.unknown_name(local));
        }
        self.push(value);
        Ok(())
    }

    /// Binds a name of a class body to what is on top.
    pub(super) fn store_name(&mut self, local: u16) -> PyResult<()> {
        let value = self.peek(1);
        match self.body_mapping() {
            Some(mapping) => {
                let name = self.local_name(local);
                ops::set_item(self, mapping, name, value)?;
            }
            None => self.set_class_local(local, value),
        }
        self.drop_top(1);
        Ok(())
    }

    /// Unbinds a name of a class body.
    pub(super) fn delete_name(&mut self, local: u16) -> PyResult<()> {
        if let Some(mapping) = self.body_mapping() {
            let name = self.local_name(local);
            return match ops::delete_item(self, mapping, name) {
                Err(error) if error.kind.is_a(ExcKind::KeyError) => Err(self.unknown_name(local)),
                done => done,
            };
        }
        if self.class_local(local as usize).is_null() {
            return Err(self.unknown_name(local));
        }
        self.set_class_local(local, Value::NULL);
        Ok(())
    }

    /// What every class body binds.
    fn class_facts(&mut self) -> Vec<(&'static str, Value)> {
        let code = self.current();
        let (source, module) = (code.source.clone(), code.module);
        let module = self.module(module).map_or("__main__".into(), |m| {
            // A module may say that what it defines is another's.
            let name = m.namespace.get("__name__").map(|cell| cell.get());
            match name.and_then(Value::as_str) {
                Some(name) if name.text() != &*m.name => name.text().into(),
                _ => m.name.clone(),
            }
        });
        let mut facts = vec![
            ("__module__", self.intern(&module)),
            ("__qualname__", self.intern(&source.qualname)),
        ];
        if let Some(doc) = &source.doc {
            facts.push(("__doc__", self.heap.alloc_str(doc)));
        }
        facts
    }

    /// Begins a class body: its mapping gets to know what the class is called.
    pub(super) fn begin_class(&mut self) -> PyResult<()> {
        let Some(mapping) = self.body_mapping() else { return Ok(()) };
        for (name, value) in self.class_facts() {
            let key = self.intern(name);
            ops::set_item(self, mapping, key, value)?;
        }
        Ok(())
    }

    /// What a class body bound.
    pub(super) fn class_namespace(&mut self) -> PyResult<Value> {
        let source = self.current().source.clone();
        let mapping = self.body_mapping();
        let namespace = match mapping {
            Some(mapping) => mapping,
            None => self.heap.alloc_table(class::DICT, Default::default()),
        };
        if mapping.is_none() {
            for (name, value) in self.class_facts() {
                let key = self.intern(name);
                ops::set_item(self, namespace, key, value)?;
            }
        }
        // Hidden locals of comprehensions stand behind the others.
        for slot in MAPPING + 1..source.first_free as usize {
            let value = self.class_local(slot);
            if value.is_null() {
                continue;
            }
            let name = match value.class() {
                class::CELL => "__classcell__",
                _ => &source.locals[slot],
            };
            let key = self.intern(name);
            ops::set_item(self, namespace, key, value)?;
        }
        Ok(namespace)
    }

    /// Goes before a class body: the plan of the class, and the mapping that the body runs in.
    pub(super) fn prepare_class(
        &mut self,
        written: Value,
        name: Value,
        keywords: Value,
    ) -> PyResult<(Value, Value)> {
        let bases = self.resolved_bases(written)?;
        self.holding_each([bases], |vm, [hold]| {
            let meta = vm.metaclass_for(bases, keywords)?;
            let plan = vm.heap.alloc_tuple(&[bases, written, meta])?;
            hold.set(vm, plan);
            Ok((plan, vm.prepared(meta, name, bases, keywords)?))
        })
    }

    /// What `__prepare__` of a metaclass gives; None where no program defines it.
    fn prepared(
        &mut self,
        meta: Value,
        name: Value,
        bases: Value,
        keywords: Value,
    ) -> PyResult<Value> {
        let own = match meta.as_type() {
            Some(ty) => self.lookup_value(ty, "__prepare__"),
            None => self.try_attribute(meta, "__prepare__")?,
        };
        if own.is_none_or(|own| own.is_class(class::BUILTIN)) {
            return Ok(Value::none());
        }
        let prepare = self.get_attribute(meta, "__prepare__")?;
        let mapping = self.call_named(prepare, &[name, bases], keywords)?;
        let known = mapping.plain().as_dict().is_some() || mapping.is_class(class::NAMESPACE);
        if known || self.lookup_value(self.type_of(mapping), "__getitem__").is_some() {
            return Ok(mapping);
        }
        let of = meta.as_type().map_or("<metaclass>", |ty| &*ty.name);
        Err(PyError::type_error(format!(
            "{of}.__prepare__() must return a mapping, not {}",
            type_name(mapping)
        )))
    }
}
