//! Built-in functions, types and modules.
//!
//! Functions stand in tables, one per home; a function's *number* is table × 256 + row, and is what
//! the `aux` word of its object holds. A function gets its arguments as words of the value
//! stack; what it needs after calling back into Python it keeps in `temp_roots`, since a call is
//! a safe point.

mod dict;
mod functions;
mod list;
pub(crate) mod numeric;
mod objects;
mod set;
mod strings;
mod types;

use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::modules::MODULES;
use crate::object::Tuple;
use crate::stack::Args;
use crate::value::Value;
use std::collections::HashMap;

pub use functions::{abs, iterator, len};
pub use types::construct;

/// A built-in function.
pub struct Builtin {
    /// Its qualified name: `math.sqrt`, `list.append`, `len`.
    pub name: &'static str,
    /// Least number of arguments, the receiver not counted.
    pub min: usize,
    /// Greatest number of arguments.
    pub max: usize,
    /// Whether the first argument is a receiver.
    pub receiver: bool,
    /// Whether it takes named arguments (see [`keywords`]); it then checks its arguments itself.
    pub keywords: bool,
    /// What it does.
    pub function: fn(&mut Vm, Args) -> PyResult<Value>,
}

/// A plain function.
pub(crate) const fn plain(
    name: &'static str,
    min: usize,
    max: usize,
    function: fn(&mut Vm, Args) -> PyResult<Value>,
) -> Builtin {
    Builtin { name, min, max, receiver: false, keywords: false, function }
}

/// A function that a class has and that is not bound to its objects.
pub(crate) const fn class_method_of(
    name: &'static str,
    min: usize,
    max: usize,
    function: fn(&mut Vm, Args) -> PyResult<Value>,
) -> Builtin {
    plain(name, min, max, function)
}

/// A method.
pub(crate) const fn method(
    name: &'static str,
    min: usize,
    max: usize,
    function: fn(&mut Vm, Args) -> PyResult<Value>,
) -> Builtin {
    Builtin { name, min, max, receiver: true, keywords: false, function }
}

impl Builtin {
    /// The same taking named arguments.
    pub(crate) const fn with_keywords(mut self) -> Builtin {
        self.keywords = true;
        self
    }

    /// The name behind the last point.
    fn short_name(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    #[cold]
    fn wrong_count(&self, given: usize) -> Box<PyError> {
        let (short, name) = (self.short_name(), self.name);
        let s = |n: usize| if n == 1 { "" } else { "s" };
        PyError::type_error(match (self.min, self.max) {
            (0, 0) => format!("{name}() takes no arguments ({given} given)"),
            (1, 1) => format!("{name}() takes exactly one argument ({given} given)"),
            (min, max) if min == max => {
                format!("{short} expected {min} argument{}, got {given}", s(min))
            }
            (min, _) if given < min => {
                format!("{short} expected at least {min} argument{}, got {given}", s(min))
            }
            (_, max) => format!("{short} expected at most {max} argument{}, got {given}", s(max)),
        })
    }
}

/// Number of the table of what every object can do.
const OBJECT_TABLE: usize = 8;

/// Number of the table of what every class can do.
const TYPE_TABLE: usize = 10;

/// Tables of functions and types that need no import.
const CORE: [&[Builtin]; 11] = [
    functions::TABLE,
    list::TABLE,
    strings::TABLE,
    types::TABLE,
    objects::FUNCTIONS,
    objects::METHODS,
    dict::TABLE,
    set::TABLE,
    crate::types::TABLE,
    crate::modules::FUNCTIONS,
    crate::types::METACLASS_TABLE,
];

/// Tables that are built-in names.
const BUILTIN_NAMES: [usize; 3] = [0, 4, 9];

/// All tables: those of modules stand behind the others.
const TABLES: [&[Builtin]; CORE.len() + MODULES.len()] = {
    let mut tables: [&[Builtin]; CORE.len() + MODULES.len()] = [&[]; CORE.len() + MODULES.len()];
    let modules = crate::modules::tables();
    let mut i = 0;
    while i < tables.len() {
        tables[i] = if i < CORE.len() { CORE[i] } else { modules[i - CORE.len()] };
        i += 1;
    }
    tables
};

#[inline(always)]
fn entry(number: u32) -> Option<&'static Builtin> {
    static STATIC_TABLES: [&[Builtin]; TABLES.len()] = TABLES;
    STATIC_TABLES.get(number as usize >> 8)?.get(number as usize & 0xff)
}

/// Calls a built-in function.
#[inline]
pub fn call(vm: &mut Vm, number: u32, args: Args, names: Option<Tuple>) -> PyResult<Value> {
    let Some(builtin) = entry(number) else {
        return Err(PyError::type_error("no such built-in function"));
    };
    let given = args.len().wrapping_sub(usize::from(builtin.receiver));
    if builtin.keywords {
        vm.kw_names = names;
    } else {
        if names.is_some_and(|n| !n.is_empty()) {
            return Err(PyError::type_error(format!(
                "{}() takes no keyword arguments",
                builtin.name
            )));
        }
        if given < builtin.min || given > builtin.max {
            return Err(builtin.wrong_count(given));
        }
    }
    (builtin.function)(vm, args)
}

/// Splits the arguments of a function with keywords into positional and named ones.
pub(crate) fn keywords(vm: &mut Vm, args: Args) -> (&'static [Value], Vec<(&'static str, Value)>) {
    let all = args.as_slice();
    let names = vm.kw_names.take().map_or(&[][..], |t| t.items());
    let (positional, named) = all.split_at(all.len() - names.len().min(all.len()));
    let named =
        names.iter().map(|n| n.as_str().map_or("", |s| s.text())).zip(named.iter().copied());
    (positional, named.collect())
}

/// Whether a built-in function is a method, which takes a receiver.
pub(crate) fn takes_receiver(value: Value) -> bool {
    value.is_class(class::BUILTIN) && entry(value.aux()).is_some_and(|b| b.receiver)
}

/// The number of a function by its qualified name.
fn number_of(class: &str, name: &str) -> Option<usize> {
    static INDEX: std::sync::OnceLock<HashMap<&'static str, usize>> = std::sync::OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let numbered = |(t, table): (usize, &&'static [Builtin])| {
            table
                .iter()
                .enumerate()
                .map(move |(row, b)| (b.name, (t << 8) + row))
                .collect::<Vec<_>>()
        };
        TABLES.iter().enumerate().flat_map(numbered).collect()
    });
    index.get(format!("{class}.{name}").as_str()).copied()
}

/// The name of a built-in function object.
pub fn name_of(value: Value) -> &'static str {
    if value.is_class(class::BUILTIN) { entry(value.aux()).map_or("?", |b| b.name) } else { "?" }
}

/// The qualified name of a built-in function or type, for the recorder.
pub fn traced_name(value: Value) -> Option<&'static str> {
    match value.class() {
        class::BUILTIN => entry(value.aux()).map(|b| b.name),
        class::TYPE if value.aux() < crate::types::FIRST_EXCEPTION => {
            Some(class::name(value.aux()))
        }
        _ => None,
    }
}

/// The built-in method that a name finds on a receiver.
pub fn method_object(vm: &mut Vm, receiver: Value, name: &str) -> Option<Value> {
    let prefix = match receiver.class() {
        class::LIST => "list",
        class::TUPLE => "tuple",
        class::STR => "str",
        class::INT | class::BOOL => "int",
        class::FLOAT => "float",
        class::STREAM => "stream",
        class::DICT => "dict",
        class::SET => "set",
        class::FROZENSET if !set::CHANGING.contains(&name) => "set",
        class::GENERATOR => "generator",
        class::PROPERTY => "property",
        _ => return None,
    };
    let number = number_of(prefix, name)?;
    entry(number as u32).filter(|b| b.receiver || prefix == "dict")?;
    Some(vm.builtin_object(number))
}

/// An attribute that is no method.
pub fn data_attribute(vm: &mut Vm, object: Value, name: &str) -> PyResult<Option<Value>> {
    Ok(match (object.class(), name) {
        (class::RANGE, "start" | "stop" | "step") => object.as_range().map(|r| {
            let r = r.fields();
            Value::small(match name {
                "start" => r.start,
                "stop" => r.stop,
                _ => r.step,
            })
        }),
        (class::SLICE, "start" | "stop" | "step") => object.as_slice().map(|s| {
            s.parts()[match name {
                "start" => 0,
                "stop" => 1,
                _ => 2,
            }]
        }),
        (class::INT | class::BOOL, "real" | "numerator") => {
            Some(crate::ops::unary_pos(vm, object)?)
        }
        (class::INT | class::BOOL, "imag") => Some(Value::ZERO),
        (class::INT | class::BOOL, "denominator") => Some(Value::small(1)),
        (class::FLOAT, "real") => Some(object),
        (class::TYPE, _) => {
            let name_of_class = match object.aux() {
                class::FROZENSET => "set",
                class::BOOL => "int",
                number => class::name(number),
            };
            number_of(name_of_class, name).map(|number| vm.builtin_object(number))
        }
        (class::FUNCTION, "__dict__") => {
            let Some(function) = object.as_function() else { return Ok(None) };
            if function.attributes().is_null() {
                let dict = vm.heap.alloc_table(class::DICT, Default::default());
                function.set_attributes(dict);
            }
            Some(function.attributes())
        }
        (class::FUNCTION, _) if function_attribute(vm, object, name)?.is_some() => {
            function_attribute(vm, object, name)?
        }
        (class::FUNCTION, "__doc__") => {
            let id = object.as_function().map_or(0, |f| f.code_id());
            let doc = vm.code(id).and_then(|c| c.source.doc.clone());
            Some(match doc {
                Some(doc) => vm.heap.alloc_str(&doc),
                None => Value::none(),
            })
        }
        (class::FUNCTION, "__module__") => {
            let id = object.as_function().map_or(0, |f| f.code_id());
            let module = vm.code(id).map_or(0, |c| c.module);
            let name = vm.module(module).map(|m| m.name.clone());
            name.map(|name| vm.intern(&name))
        }
        (class::FUNCTION, "__defaults__") => {
            let defaults = object.as_function().and_then(|f| f.defaults());
            Some(defaults.map_or(Value::none(), |t| t.value()))
        }
        (class::BOUND_METHOD, "__self__") => object.as_method().map(|m| m.receiver()),
        (class::BOUND_METHOD, "__func__") => object.as_method().map(|m| m.callable()),
        (class::BOUND_METHOD, _) => {
            let function = object.as_method().map_or(Value::none(), |m| m.callable());
            data_attribute(vm, function, name)?
        }
        (class::STATIC_METHOD | class::CLASS_METHOD, "__func__" | "__wrapped__") => {
            object.as_words().map(|w| w.get(0))
        }
        (class::PROPERTY, "fget" | "fset" | "fdel") => object.as_words().map(|w| {
            w.get(match name {
                "fget" => 0,
                "fset" => 1,
                _ => 2,
            })
        }),
        (class::PROPERTY, "__isabstractmethod__")
        | (class::STATIC_METHOD | class::CLASS_METHOD, "__isabstractmethod__") => {
            let inner = object.as_words().map_or(Value::none(), |w| w.get(0));
            data_attribute(vm, inner, name)?
        }
        (class::PROPERTY, "__doc__") => {
            let getter = object.as_words().map_or(Value::none(), |w| w.get(0));
            data_attribute(vm, getter, name)?
        }
        (class::GENERATOR, "__name__" | "__qualname__") => {
            let name = vm.code(object.aux()).map(|c| c.source.name.clone());
            name.map(|name| vm.intern(&name))
        }
        (class::FUNCTION, "__qualname__") => {
            let id = object.as_function().map_or(0, |f| f.code_id());
            let name = vm.code(id).map(|c| c.source.qualname.clone());
            name.map(|name| vm.intern(&name))
        }
        (class::FUNCTION, "__name__") => {
            let id = object.as_function().map_or(0, |f| f.code_id());
            let name = vm.code(id).map(|c| c.source.name.clone());
            name.map(|name| vm.intern(&name))
        }
        (class::BUILTIN, "__name__" | "__qualname__") => {
            let name = name_of(object);
            Some(vm.intern(name.rsplit('.').next().unwrap_or(name)))
        }
        _ => None,
    })
}

/// An attribute that a program gave to a function.
fn function_attribute(vm: &mut Vm, object: Value, name: &str) -> PyResult<Option<Value>> {
    let dict = object.as_function().and_then(|f| f.attributes().as_dict());
    let Some(dict) = dict else { return Ok(None) };
    let key = vm.intern(name);
    crate::ops::dict_get(vm, dict, key)
}

impl Vm {
    /// The object of a built-in exception class.
    pub(crate) fn exception_type(&mut self, kind: ExcKind) -> Value {
        self.exception_info(kind).object()
    }
}

/// Gives a fresh machine its built-in names and modules.
pub fn install(vm: &mut Vm) {
    let mut objects = vec![Value::none(); TABLES.len() << 8];
    for (t, table) in TABLES.iter().enumerate() {
        for row in 0..table.len() {
            let number = (t << 8) + row;
            objects[number] = vm.heap.alloc_words(class::BUILTIN, number as u32, [Value::ZERO; 3]);
        }
    }
    vm.set_builtin_objects(objects);
    vm.install_object_methods(OBJECT_TABLE << 8);
    vm.install_type_methods(TYPE_TABLE << 8);
    for table in BUILTIN_NAMES {
        for (row, builtin) in TABLES[table].iter().enumerate() {
            vm.add_builtin(builtin.name, vm.builtin_object((table << 8) + row));
        }
    }
    for class in types::CALLABLE {
        let object = vm.type_info(*class).object();
        vm.add_builtin(class::name(*class), object);
    }
    for &kind in ExcKind::ALL {
        let object = vm.exception_info(kind).object();
        vm.add_builtin(kind.name(), object);
    }
    for alias in ["IOError", "EnvironmentError"] {
        let object = vm.exception_info(ExcKind::OSError).object();
        vm.add_builtin(alias, object);
    }
    vm.add_builtin("NotImplemented", Value::not_implemented());
    vm.add_builtin("Ellipsis", Value::ellipsis());
    vm.add_builtin("__debug__", Value::true_());
}

/// Gives a native module its functions; `row` is its place in the registry.
pub(crate) fn add_functions(vm: &mut Vm, row: usize, module: u32) {
    let table = CORE.len() + row;
    let prefix = MODULES[row].name;
    for (row, builtin) in TABLES[table].iter().enumerate() {
        let of_module = builtin.name.rsplit_once('.').is_some_and(|(of, _)| of == prefix);
        if of_module && !builtin.receiver {
            let object = vm.builtin_object((table << 8) + row);
            vm.set_module_global(module, builtin.short_name(), object);
        }
    }
}
