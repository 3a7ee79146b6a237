//! Making objects: what calling a class does.
//!
//! An object of a class that derives from a built-in type *holds* a value of that type, in its first
//! slot. `__new__` of the built-in type makes both; the value of a type that can change is empty
//! until `__init__` fills it.

use super::{HELD_SLOT, TypeInfo, exception_slot};
use crate::class::{self, ClassId};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Tuple;
use crate::stack::Args;
use crate::text::type_name;
use crate::value::Value;

/// Puts the value into an object that holds one.
fn hold(object: Value, value: Value) {
    if let Some(instance) = object.as_instance() {
        instance.set(HELD_SLOT, value);
    }
}

/// Whether `__init__` of a built-in type fills what `__new__` left empty.
fn fills(base: ClassId) -> bool {
    matches!(base, class::LIST | class::DICT | class::SET | class::BYTEARRAY | class::DEQUE)
}

/// The exception that `OSError` of a number and a text is.
fn exact_kind(kind: ExcKind, args: &[Value]) -> ExcKind {
    if kind != ExcKind::OSError || !(2..=5).contains(&args.len()) {
        return kind;
    }
    let number = args[0].as_small_int().and_then(|number| i32::try_from(number).ok());
    number.map_or(kind, ExcKind::of_system)
}

/// The attributes that a built-in exception takes as named arguments.
pub(super) fn named_attributes(kind: ExcKind) -> &'static [&'static str] {
    match kind {
        kind if kind.is_a(ExcKind::ImportError) => &["name", "path"],
        kind if kind.is_a(ExcKind::NameError) => &["name"],
        ExcKind::AttributeError => &["name", "obj"],
        _ => &[],
    }
}

/// What is left to do for a new object.
pub(crate) enum Made {
    /// Nothing.
    Whole(Value),
    /// A call of this function with the object and the arguments.
    Init(Value, Value),
}

impl Vm {
    /// An object of a class with a shape, before `__init__`: attributes of exceptions are set.
    pub(crate) fn bare_instance(&mut self, ty: &TypeInfo, args: &[Value]) -> PyResult<Value> {
        let shape = self.root_shape(ty);
        let object = self.heap.alloc_instance(shape);
        if ty.exception.is_some()
            && let Some(instance) = object.as_instance()
        {
            let system = ty.exception.is_some_and(|kind| kind.is_a(ExcKind::OSError));
            let (args, file) = match args {
                // The arguments of a system error are its number and text.
                [number, text, file, ..] if system => (&[*number, *text][..], Some(*file)),
                args => (args, None),
            };
            let args = self.heap.alloc_tuple(args)?;
            instance.set(exception_slot::ARGS, args);
            for slot in [exception_slot::CAUSE, exception_slot::CONTEXT, exception_slot::TRACEBACK]
            {
                instance.set(slot, Value::none());
            }
            instance.set(exception_slot::SUPPRESS, Value::false_());
            if let Some(file) = file {
                self.add_slot(instance, &"filename".into(), file)?;
            }
        }
        if let Some(base) = ty.holds {
            let value = crate::builtins::construct(self, base, Args::none(), None)?;
            hold(object, value);
        }
        Ok(object)
    }

    /// `__new__` of a built-in type: an object of a class, which may derive from it.
    pub(crate) fn new_value(
        &mut self,
        ty: &TypeInfo,
        args: &[Value],
        names: Option<Tuple>,
    ) -> PyResult<Value> {
        let Some(base) = ty.holds else {
            return crate::builtins::construct(self, ty.id, Args::of(args), names);
        };
        if fills(base) {
            return self.bare_instance(ty, &[]);
        }
        // Names are for an `__init__` of the program's.
        let lenient = matches!(base, class::TUPLE | class::FLOAT | class::FROZENSET);
        let own = |name| self.lookup_value(ty, name).is_some_and(|f| !f.is_class(class::BUILTIN));
        let (args, names) = match names {
            Some(given) if lenient && own("__init__") => {
                (&args[..args.len().saturating_sub(given.len())], None)
            }
            names => (args, names),
        };
        let mut value = crate::builtins::construct(self, base, Args::of(args), names)?;
        value = value.plain();
        let object = self.heap.alloc_instance(self.root_shape(ty));
        hold(object, value);
        Ok(object)
    }

    /// The `__init__` of a class whose objects are made in the ordinary way.
    pub(crate) fn plain_init(&self, ty: &TypeInfo) -> Option<Value> {
        let special = ty.exception.is_some() || ty.holds.is_some() || ty.meta() != class::TYPE;
        if !ty.is_user() || special || ty.is_abstract() {
            return None;
        }
        let new = self.lookup_value(ty, "__new__");
        let init = self.lookup_value(ty, "__init__")?;
        let plain = new.is_none_or(|new| new.is_class(class::BUILTIN));
        (plain && init.is_class(class::FUNCTION)).then_some(init)
    }

    /// Whether calling a class makes its objects without running anything of the program.
    pub(crate) fn makes_whole(&self, ty: &TypeInfo) -> bool {
        let own = |name: &str| self.lookup_value(ty, name).filter(|f| !f.is_class(class::BUILTIN));
        (ty.is_user() || ty.exception.is_some())
            && ty.holds.is_none()
            && !ty.is_abstract()
            && ty.meta() == class::TYPE
            && own("__new__").is_none()
            && own("__init__").is_none()
    }

    /// The first part of calling a class with a shape. The arguments are on the stack, the last of
    /// them named.
    pub(crate) fn make(
        &mut self,
        ty: &TypeInfo,
        args: &[Value],
        names: Option<Tuple>,
    ) -> PyResult<Made> {
        let (epoch, known) = ty.init.get();
        if epoch == self.epoch() && !known.is_null() {
            return self.bare_instance(ty, args).map(|object| Made::Init(object, known));
        }
        let init = self.lookup_value(ty, "__init__").unwrap_or(Value::none());
        let plain_init = init.is_class(class::BUILTIN);
        if let Some(new) = self.lookup_value(ty, "__new__")
            && !new.is_class(class::BUILTIN)
        {
            let new = match new.class() {
                class::STATIC_METHOD => new.as_words().map_or(new, |words| words.get(0)),
                _ => new,
            };
            let mut all = vec![ty.object()];
            all.extend(args);
            let object = self.call_names_quiet(new, &all, names)?;
            let ours = self.type_of(object).is_a(ty.id);
            let filled = plain_init && ty.holds.is_none_or(|base| !fills(base));
            return Ok(if ours && !filled {
                Made::Init(object, init)
            } else {
                Made::Whole(object)
            });
        }
        if plain_init && let Some(kind) = ty.exception {
            let ty = if ty.is_user() { ty } else { self.exception_info(exact_kind(kind, args)) };
            return self.made_exception(ty, kind, args, names).map(Made::Whole);
        }
        if let Some(base) = ty.holds {
            if !plain_init {
                let object = self.new_value(ty, args, names)?;
                if init.is_class(class::FUNCTION) && fills(base) {
                    ty.init.set((self.epoch(), init));
                }
                return Ok(Made::Init(object, init));
            }
            let value = crate::builtins::construct(self, base, Args::of(args), names)?;
            let object = self.heap.alloc_instance(self.root_shape(ty));
            hold(object, value.plain());
            return Ok(Made::Whole(object));
        }
        if plain_init && ty.exception.is_none() && !args.is_empty() {
            return Err(PyError::type_error(format!("{}() takes no arguments", ty.name)));
        }
        let object = self.bare_instance(ty, args)?;
        if init.is_class(class::FUNCTION) {
            ty.init.set((self.epoch(), init));
        }
        Ok(if plain_init { Made::Whole(object) } else { Made::Init(object, init) })
    }

    /// An exception whose class has no `__init__` of a program; the last arguments are named.
    fn made_exception(
        &mut self,
        ty: &TypeInfo,
        kind: ExcKind,
        args: &[Value],
        names: Option<Tuple>,
    ) -> PyResult<Value> {
        let names = names.map_or(&[][..], |names| names.items());
        let (args, named) = args.split_at(args.len().saturating_sub(names.len()));
        if kind == ExcKind::ExceptionGroup {
            crate::exceptions::check_group(self, args)?;
        }
        let object = self.bare_instance(ty, args)?;
        self.holding(&[object], |vm| {
            for (name, value) in names.iter().zip(named) {
                let name = name.as_str().map_or("", |name| name.text());
                let known = named_attributes(kind);
                if known.is_empty() {
                    return Err(PyError::type_error(format!(
                        "{}() takes no keyword arguments",
                        ty.name
                    )));
                }
                if !known.contains(&name) {
                    return Err(PyError::type_error(format!(
                        "'{name}' is an invalid keyword argument for {}()",
                        kind.name()
                    )));
                }
                if let Some(instance) = object.as_instance() {
                    vm.store_slot(instance, &name.into(), *value)?;
                }
            }
            Ok(object)
        })
    }

    /// `isinstance(value, of)` and `issubclass(value, of)`.
    pub(crate) fn is_kind_of(
        &mut self,
        ty: &TypeInfo,
        of: Value,
        function: &str,
        depth: usize,
    ) -> PyResult<bool> {
        if let Some(of) = of.as_type() {
            return Ok(ty.is_a(of.id));
        }
        let types = match of.as_words().filter(|_| of.is_class(class::UNION)) {
            Some(union) => union.get(0).as_tuple(),
            None => of.as_tuple(),
        };
        match types {
            Some(types) if depth < 100 => {
                for &of in types.items() {
                    if self.is_kind_of(ty, of, function, depth + 1)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => {
                let what = if function == "isinstance" { "a type" } else { "a class" };
                let types = if function == "isinstance" { "types" } else { "classes" };
                Err(PyError::type_error(format!(
                    "{function}() arg 2 must be {what}, a tuple of {types}, or a union"
                )))
            }
        }
    }

    /// `super(start, object)`.
    pub(crate) fn new_super(&mut self, start: Value, object: Value) -> PyResult<Value> {
        let Some(ty) = start.as_type() else {
            return Err(PyError::type_error(format!(
                "super() argument 1 must be a type, not {}",
                type_name(start)
            )));
        };
        let of = match object.as_type() {
            Some(of) if of.is_a(ty.id) => of,
            _ => self.type_of(object),
        };
        if !of.is_a(ty.id) {
            return Err(PyError::type_error(
                "super(type, obj): obj must be an instance or subtype of type",
            ));
        }
        Ok(self.heap.alloc_words(class::SUPER, 0, [start, object, of.object()]))
    }
}
