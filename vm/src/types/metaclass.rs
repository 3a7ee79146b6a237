//! Metaclasses: the classes of classes.
//!
//! A class is made by calling its metaclass, the most derived one of its bases' and of the one that the
//! `class` statement names; `type` makes the class itself. Calling a class asks its metaclass for
//! `__call__`, `isinstance` for `__instancecheck__`, `issubclass` for `__subclasscheck__`.

use super::TypeInfo;
use crate::builtins::{Builtin, open_method as method, static_method};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::object::Tuple;
use crate::ops;
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;

/// One of the two questions that a class can be asked.
struct KindCheck {
    /// The built-in function.
    function: &'static str,
    /// The method of a class's own class that answers in its place.
    hook: &'static str,
}

const INSTANCE_CHECK: KindCheck = KindCheck { function: "isinstance", hook: "__instancecheck__" };
const SUBCLASS_CHECK: KindCheck = KindCheck { function: "issubclass", hook: "__subclasscheck__" };

/// Methods of `type`, for metaclasses that derive from it.
pub const TABLE: &[Builtin] = &[
    static_method("type.__new__", 1, usize::MAX, |vm, args| {
        let keywords = vm.taken_keywords(args)?;
        let positional = vm.positional(args);
        let meta = positional.first().and_then(|meta| meta.as_type());
        match (meta, positional) {
            (Some(meta), [_, name, bases, namespace]) => {
                vm.new_class(meta, *name, *bases, *namespace, keywords)
            }
            _ => Err(PyError::type_error("type.__new__() takes exactly 3 arguments")),
        }
    })
    .with_keywords(),
    static_method("type.__prepare__", 0, usize::MAX, |vm, _| {
        vm.kw_names = None;
        Ok(vm.heap.alloc_table(class::DICT, Default::default()))
    })
    .with_keywords(),
    method("type.__init__", 0, usize::MAX, |vm, _| {
        vm.kw_names = None;
        Ok(Value::none())
    })
    .with_keywords(),
    method("type.__call__", 0, usize::MAX, |vm, args| {
        let keywords = vm.taken_keywords(args)?;
        match vm.positional(args) {
            [class, rest @ ..] => vm.make_named(*class, rest, keywords),
            [] => Ok(Value::none()),
        }
    })
    .with_keywords(),
    method("type.mro", 0, 0, |vm, args| {
        let ids = args.get(0).and_then(|v| v.as_type()).map_or(&[][..], |ty| &ty.mro[..]);
        let objects: Vec<Value> = ids.iter().map(|id| vm.type_info(*id).object()).collect();
        Ok(vm.heap.alloc_list_of(&objects)?)
    }),
    method("type.__subclasses__", 0, 0, |vm, args| {
        let id = args.get(0).and_then(|v| v.as_type()).map_or(0, |ty| ty.id);
        let derived = vm.types.iter().filter(|ty| ty.bases.contains(&id));
        let objects: Vec<Value> = derived.map(|ty| ty.object()).collect();
        Ok(vm.heap.alloc_list_of(&objects)?)
    }),
    method("type.__instancecheck__", 1, 1, |vm, args| {
        let ty = vm.type_of(arg(args, 1));
        let of = args.get(0).and_then(|of| of.as_type());
        Ok(Value::bool(of.is_some_and(|of| ty.is_a(of.id))))
    }),
    method("type.__subclasscheck__", 1, 1, |_, args| {
        let (of, ty) = (args.get(0), args.get(1));
        let (of, ty) = (of.and_then(|v| v.as_type()), ty.and_then(|v| v.as_type()));
        Ok(Value::bool(of.zip(ty).is_some_and(|(of, ty)| ty.is_a(of.id))))
    }),
];

impl Vm {
    /// The positional ones of arguments whose names [`Vm::taken_keywords`] took.
    fn positional(&self, args: Args) -> &'static [Value] {
        let all = args.as_slice();
        let named = self.taken;
        &all[..all.len() - named.min(all.len())]
    }

    /// The named arguments of a built-in as a dict; NULL where there are none.
    fn taken_keywords(&mut self, args: Args) -> PyResult<Value> {
        let names = self.kw_names.take().map_or(&[][..], |names| names.items());
        self.taken = names.len();
        if names.is_empty() {
            return Ok(Value::NULL);
        }
        let dict = self.heap.alloc_table(class::DICT, Default::default());
        let values = &args.as_slice()[args.len() - names.len().min(args.len())..];
        for (name, value) in names.iter().zip(values) {
            ops::set_item(self, dict, *name, *value)?;
        }
        Ok(dict)
    }

    /// Whether the class of a class is one of a program.
    pub(crate) fn own_metaclass<'a>(&self, value: Value) -> Option<&'a TypeInfo> {
        let meta = value.as_type()?.meta();
        (meta != class::TYPE).then(|| self.type_info(meta))
    }

    /// Calls with positional arguments and a dict of named ones (or NULL).
    pub(crate) fn call_named(
        &mut self,
        callable: Value,
        args: &[Value],
        keywords: Value,
    ) -> PyResult<Value> {
        let named = keywords.as_dict().map_or(Vec::new(), |dict| dict.table().entries());
        if named.is_empty() {
            return self.call(callable, args);
        }
        let names: Vec<Value> = named.iter().map(|(_, name, _)| *name).collect();
        let mut all = args.to_vec();
        all.extend(named.iter().map(|(_, _, value)| *value));
        let names = self.heap.alloc_tuple(&names)?;
        self.holding(&[names], |vm| match names.as_tuple() {
            Some(names) => vm.call_with_names(callable, &all, names),
            None => Ok(Value::none()),
        })
    }

    /// The end of the `class` statement: calls the metaclass of a plan.
    pub(crate) fn class_statement(
        &mut self,
        plan: Value,
        name: Value,
        namespace: Value,
        keywords: Value,
    ) -> PyResult<Value> {
        let plan = plan.as_tuple().map_or(&[][..], |t| t.items());
        let &[bases, written, meta] = plan else { return Ok(Value::none()) };
        if bases != written {
            let key = self.intern("__orig_bases__");
            ops::set_item(self, namespace, key, written)?;
        }
        if meta.as_type().is_some_and(|meta| meta.id == class::TYPE) {
            return self.build_class(bases, name, namespace, class::TYPE, keywords);
        }
        self.call_named(meta, &[name, bases, namespace], keywords)
    }

    /// The metaclass of a class with these bases and named arguments, of which it takes the one that says
    /// so.
    pub(crate) fn metaclass_for(&mut self, bases: Value, keywords: Value) -> PyResult<Value> {
        let mut meta = self.type_info(class::TYPE);
        if let Some(dict) = keywords.as_dict() {
            let key = self.intern("metaclass");
            if let Some(value) = ops::dict_get(self, dict, key)? {
                ops::dict_remove(self, dict, key)?;
                match value.as_type() {
                    Some(ty) if ty.is_a(class::TYPE) => meta = ty,
                    _ => return Ok(value),
                }
            }
        }
        self.most_derived(meta, bases).map(|meta| meta.object())
    }

    /// The most derived one of a metaclass and those of the bases.
    fn most_derived<'a>(&self, mut meta: &'a TypeInfo, bases: Value) -> PyResult<&'a TypeInfo> {
        for base in bases.as_tuple().map_or(&[][..], |t| t.items()) {
            let Some(of) = base.as_type().map(|ty| self.type_info(ty.meta())) else { continue };
            if of.is_a(meta.id) {
                meta = of;
            } else if !meta.is_a(of.id) {
                return Err(PyError::type_error(
                    "metaclass conflict: the metaclass of a derived class must be a (non-strict) \
                     subclass of the metaclasses of all its bases",
                ));
            }
        }
        Ok(meta)
    }

    /// Bases of a class, where what stands for other classes is replaced by them.
    pub(crate) fn resolved_bases(&mut self, bases: Value) -> PyResult<Value> {
        let items = bases.as_tuple().map_or(&[][..], |t| t.items());
        if items.iter().all(|base| base.as_type().is_some()) {
            return Ok(bases);
        }
        let mut resolved = Vec::new();
        for &base in items {
            if base.as_type().is_none()
                && let Some(method) = self.try_attribute(base, "__mro_entries__")?
            {
                let entries = self.call_quiet(method, &[bases])?;
                resolved.extend(entries.as_tuple().map_or(&[][..], |t| t.items()));
            } else {
                resolved.push(base);
            }
        }
        Ok(self.heap.alloc_tuple(&resolved)?)
    }

    /// `type.__new__`: a class, without `__init__`.
    fn new_class(
        &mut self,
        meta: &TypeInfo,
        name: Value,
        bases: Value,
        namespace: Value,
        keywords: Value,
    ) -> PyResult<Value> {
        if name.as_str().is_none() {
            return Err(PyError::type_error(format!(
                "type.__new__() argument 1 must be str, not {}",
                type_name(name)
            )));
        }
        if bases.as_tuple().is_none() {
            return Err(PyError::type_error(format!(
                "type.__new__() argument 2 must be tuple, not {}",
                type_name(bases)
            )));
        }
        if namespace.plain().as_dict().is_none() {
            return Err(PyError::type_error(format!(
                "type.__new__() argument 3 must be dict, not {}",
                type_name(namespace)
            )));
        }
        let meta = {
            let winner = self.most_derived(meta, bases)?;
            let new = self.lookup_value(winner, "__new__").filter(|_| winner.id != meta.id);
            if let Some(new) = new.filter(|new| !new.is_class(class::BUILTIN)) {
                let new = new.as_words().map_or(new, |words| words.get(0));
                return self.call_named(new, &[winner.object(), name, bases, namespace], keywords);
            }
            winner
        };
        let copy = self.heap.alloc_table(class::DICT, Default::default());
        self.holding(&[copy], |vm| {
            ops::dict_update(vm, copy, namespace)?;
            let key = vm.intern("__module__");
            let known = copy.as_dict().map_or(Ok(None), |dict| ops::dict_get(vm, dict, key))?;
            if known.is_none() {
                let module = vm.current_module();
                let module = vm.module(module).map_or("builtins".into(), |m| m.name.clone());
                let module = vm.intern(&module);
                ops::set_item(vm, copy, key, module)?;
            }
            vm.build_class(bases, name, copy, meta.id, keywords)
        })
    }

    /// Calls a metaclass: a class, initialized.
    pub(crate) fn call_metaclass(
        &mut self,
        meta: &TypeInfo,
        args: &[Value],
        names: Option<Tuple>,
    ) -> PyResult<Value> {
        if meta.id == class::TYPE && args.len() == 1 && names.is_none_or(|n| n.is_empty()) {
            return Ok(self.type_of(args[0]).object());
        }
        if meta.id == class::TYPE && args.len() != 3 + names.map_or(0, |n| n.len()) {
            return Err(PyError::type_error("type() takes 1 or 3 arguments"));
        }
        let none = self.heap.alloc_tuple(&[])?;
        let names = names.or(none.as_tuple());
        let Some(names) = names else { return Ok(Value::none()) };
        let new = self.lookup_value(meta, "__new__").unwrap_or(Value::none());
        let new = match new.class() {
            class::STATIC_METHOD => new.as_words().map_or(new, |words| words.get(0)),
            _ => new,
        };
        let mut all = vec![meta.object()];
        all.extend(args);
        let object = self.call_with_names(new, &all, names)?;
        if self.type_of(object).is_a(meta.id)
            && let Some(init) = self.lookup_value(self.type_of(object), "__init__")
            && init.is_class(class::FUNCTION)
        {
            all[0] = object;
            self.call_with_names(init, &all, names)?;
        }
        Ok(object)
    }

    /// What a call of a class does where its metaclass has no say.
    fn make_named(&mut self, object: Value, args: &[Value], keywords: Value) -> PyResult<Value> {
        self.plain_calls += 1;
        let result = self.call_named(object, args, keywords);
        self.plain_calls = 0;
        result
    }

    /// The `__call__` that the metaclass of a class defines, if calls ask for it.
    pub(crate) fn metaclass_call(&mut self, ty: &TypeInfo) -> Option<Value> {
        if ty.meta() == class::TYPE {
            return None;
        }
        if std::mem::take(&mut self.plain_calls) > 0 {
            return None;
        }
        let call = self.lookup_value(self.type_info(ty.meta()), "__call__")?;
        call.is_class(class::FUNCTION).then_some(call)
    }

    /// Refuses to make an object of a class with abstract methods.
    #[cold]
    pub(crate) fn refuse_abstract(&mut self, ty: &TypeInfo) -> Box<PyError> {
        let names = self.try_attribute(ty.object(), "__abstractmethods__").ok().flatten();
        let names = names.map_or(Vec::new(), |names| ops::collect(self, names).unwrap_or_default());
        let mut names: Vec<&str> =
            names.iter().filter_map(|name| name.as_str()).map(|s| s.text()).collect();
        names.sort_unstable();
        let s = if names.len() == 1 { "" } else { "s" };
        PyError::type_error(format!(
            "Can't instantiate abstract class {} with abstract method{s} {}",
            ty.name,
            names.join(", ")
        ))
    }

    /// `isinstance(value, of)`.
    pub(crate) fn is_instance(&mut self, value: Value, of: Value) -> PyResult<bool> {
        let ty = self.type_of(value);
        self.is_kind(value, ty, of, &INSTANCE_CHECK)
    }

    /// `issubclass(class, of)`.
    pub(crate) fn is_subclass(&mut self, class: Value, of: Value) -> PyResult<bool> {
        let Some(ty) = class.as_type() else {
            return Err(PyError::type_error("issubclass() arg 1 must be a class"));
        };
        self.is_kind(class, ty, of, &SUBCLASS_CHECK)
    }

    /// Whether `asked`, which is of class `ty` or is that class, counts as of class `of`, or of one of
    /// the classes in a tuple.
    fn is_kind(
        &mut self,
        asked: Value,
        ty: &TypeInfo,
        of: Value,
        check: &KindCheck,
    ) -> PyResult<bool> {
        if self.is_plain_kind(ty, of) {
            return Ok(true);
        }
        if let Some(types) = of.as_tuple() {
            for &of in types.items() {
                if self.is_kind(asked, ty, of, check)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        match self.class_hook(of, check.hook)? {
            Some(hook) => {
                let answer = self.call_quiet(hook, &[of, asked])?;
                ops::truth(self, answer)
            }
            None => self.is_kind_of(ty, of, check.function, 0),
        }
    }

    fn is_plain_kind(&self, ty: &TypeInfo, of: Value) -> bool {
        of.as_type().is_some_and(|of| of.meta() == class::TYPE && ty.is_a(of.id) || of.id == ty.id)
    }

    /// The method of a class's own class that answers for it.
    fn class_hook(&mut self, of: Value, name: &str) -> PyResult<Option<Value>> {
        let ty = match of.as_type() {
            Some(ty) if ty.meta() == class::TYPE => return Ok(None),
            _ => self.type_of(of),
        };
        Ok(self.lookup_value(ty, name).filter(|_| ty.is_user()))
    }
}
