//! Making objects: what calling a class does.

use super::{TypeInfo, exception_slot};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;

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
            let args = self.heap.alloc_tuple(args)?;
            instance.set(exception_slot::ARGS, args);
            for slot in [exception_slot::CAUSE, exception_slot::CONTEXT, exception_slot::TRACEBACK]
            {
                instance.set(slot, Value::none());
            }
            instance.set(exception_slot::SUPPRESS, Value::false_());
        }
        Ok(object)
    }

    /// The `__init__` of a class whose objects are made in the ordinary way.
    pub(crate) fn plain_init(&self, ty: &TypeInfo) -> Option<Value> {
        if !ty.is_user() || ty.exception.is_some() || ty.is_abstract() || ty.meta() != class::TYPE {
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
            && !ty.is_abstract()
            && ty.meta() == class::TYPE
            && own("__new__").is_none()
            && own("__init__").is_none()
    }

    /// The first part of calling a class with a shape. The arguments are on the stack. `named`
    /// says whether some have names.
    pub(crate) fn make(&mut self, ty: &TypeInfo, args: &[Value], named: bool) -> PyResult<Made> {
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
            if named {
                return Err(PyError::type_error(
                    "keyword arguments of a class with __new__ are not supported",
                ));
            }
            let mut all = vec![ty.object()];
            all.extend(args);
            let object = self.call_quiet(new, &all)?;
            let ours = self.type_of(object).is_a(ty.id);
            return Ok(if ours && !plain_init {
                Made::Init(object, init)
            } else {
                Made::Whole(object)
            });
        }
        if plain_init && ty.exception.is_some() && named {
            return Err(PyError::type_error(format!("{}() takes no keyword arguments", ty.name)));
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
        match of.as_tuple() {
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
