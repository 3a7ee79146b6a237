//! Built-in functions, types and modules.
//!
//! Functions stand in tables, one per home; a function's *number* is table × 256 + row, and is what
//! the `aux` word of its object holds. A function gets its arguments as words of the value
//! stack; what it needs after calling back into Python it keeps in `temp_roots`, since a call is
//! a safe point.

mod bytes;
mod characters;
mod dict;
mod encoding;
mod files;
mod functions;
mod list;
mod numbers;
pub(crate) mod numeric;
mod objects;
mod set;
mod special;
mod strings;
mod types;

use crate::class::{self, ClassId};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::modules::MODULES;
use crate::native::Native;
use crate::object::Tuple;
use crate::stack::Args;
use crate::types::property;
use crate::value::Value;

pub use bytes::{byte_of, from_iterable as bytes_from, like as bytes_like, repr as bytes_repr};
pub use files::{Files, flush_all as flush_files, next_line, repr as file_repr, stdin};
pub use functions::{abs, iterator, len, quoted};
pub(crate) use list::index_bounds;
pub(crate) use numeric::{bind as bind_names, required};
pub(crate) use special::{compares, operates, operates_in_place};
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
    /// The class that the receiver has to be of, or hold a value of; [`class::FREE`] where any will
    /// do, and [`class::TYPE`] for class methods.
    pub class: ClassId,
    /// Whether it takes named arguments (see [`keywords`]); it then checks its arguments itself.
    pub keywords: bool,
    /// What it does.
    pub function: fn(&mut Vm, Args) -> PyResult<Value>,
}

/// What a function does.
type Function = fn(&mut Vm, Args) -> PyResult<Value>;

/// A plain function.
pub(crate) const fn plain(
    name: &'static str,
    min: usize,
    max: usize,
    function: Function,
) -> Builtin {
    let class = class::FREE;
    Builtin { name, min, max, receiver: false, class, keywords: false, function }
}

/// A function that a class has and that is not bound to its objects.
pub(crate) const fn static_method(
    name: &'static str,
    min: usize,
    max: usize,
    function: Function,
) -> Builtin {
    plain(name, min, max, function)
}

/// A method that gets the class it is called on.
pub(crate) const fn class_method(
    name: &'static str,
    min: usize,
    max: usize,
    function: Function,
) -> Builtin {
    Builtin { class: class::TYPE, ..open_method(name, min, max, function) }
}

/// A method of the type that its name begins with. Of an object of a derived class it gets the value
/// that the object holds.
pub(crate) const fn method(
    name: &'static str,
    min: usize,
    max: usize,
    function: Function,
) -> Builtin {
    Builtin { class: home(name), ..open_method(name, min, max, function) }
}

/// A method that gets any receiver as it is.
pub(crate) const fn open_method(
    name: &'static str,
    min: usize,
    max: usize,
    function: Function,
) -> Builtin {
    Builtin { receiver: true, ..plain(name, min, max, function) }
}

/// Classes by what the names of their methods begin with.
const HOMES: &[(&str, ClassId)] = &[
    ("list", class::LIST),
    ("tuple", class::TUPLE),
    ("str", class::STR),
    ("bytes", class::BYTES),
    ("bytearray", class::BYTEARRAY),
    ("int", class::INT),
    ("float", class::FLOAT),
    ("dict", class::DICT),
    ("set", class::SET),
    ("range", class::RANGE),
    ("slice", class::SLICE),
    ("generator", class::GENERATOR),
    ("property", class::PROPERTY),
    ("stream", class::STREAM),
    ("file", class::FILE),
    ("keys", class::DICT_KEYS),
    ("values", class::DICT_VALUES),
    ("items", class::DICT_ITEMS),
    ("deque", class::DEQUE),
    ("array", class::ARRAY),
    ("count", class::COUNT),
    ("repeat", class::REPEAT),
    ("chain", class::CHAIN),
    ("_tee", class::TEE),
    ("partial", class::PARTIAL),
    ("_lru_cache_wrapper", class::LRU_CACHE),
    ("KeyWrapper", class::KEY_WRAPPER),
    ("itemgetter", class::ITEMGETTER),
    ("attrgetter", class::ATTRGETTER),
    ("methodcaller", class::METHODCALLER),
    ("mappingproxy", class::MAPPING_PROXY),
    ("member_descriptor", class::MEMBER),
    ("longrange", class::LONG_RANGE),
    ("longrange_iterator", class::LONG_RANGE_ITERATOR),
];

/// The class whose methods' names begin like this one; [`class::FREE`] where there is none.
const fn home(name: &str) -> ClassId {
    let name = name.as_bytes();
    let mut row = 0;
    while row < HOMES.len() {
        let prefix = HOMES[row].0.as_bytes();
        let mut at = 0;
        while at < prefix.len() && at < name.len() && prefix[at] == name[at] {
            at += 1;
        }
        if at == prefix.len() && at < name.len() && name[at] == b'.' {
            return HOMES[row].1;
        }
        row += 1;
    }
    class::FREE
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

/// Number of the table of what every class can do.
const TYPE_TABLE: usize = 10;

/// Tables of functions and types that need no import.
const CORE: [&[Builtin]; 18] = [
    functions::TABLE,
    list::TABLE,
    strings::TABLE,
    numbers::TABLE,
    objects::FUNCTIONS,
    objects::METHODS,
    dict::TABLE,
    set::TABLE,
    crate::types::TABLE,
    crate::modules::FUNCTIONS,
    crate::types::METACLASS_TABLE,
    special::TABLE,
    bytes::TABLE,
    files::TABLE,
    files::FUNCTIONS,
    crate::native::proxy::TABLE,
    crate::native::member::TABLE,
    crate::native::long_range::TABLE,
];

/// Tables that are built-in names.
const BUILTIN_NAMES: [usize; 4] = [0, 4, 9, 14];

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
    if builtin.class != class::FREE {
        let receiver = args.get(0).unwrap_or(Value::NULL);
        if receiver.class() != builtin.class {
            return call_held(vm, builtin, receiver, args, names);
        }
    }
    call_checked(vm, builtin, args, given, names)
}

#[inline]
fn call_checked(
    vm: &mut Vm,
    builtin: &Builtin,
    args: Args,
    given: usize,
    names: Option<Tuple>,
) -> PyResult<Value> {
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

/// Calls a method whose receiver is not of its class: it may hold a value of it, or the class may
/// be another one with the same methods.
#[cold]
#[inline(never)]
fn call_held(
    vm: &mut Vm,
    builtin: &Builtin,
    receiver: Value,
    args: Args,
    names: Option<Tuple>,
) -> PyResult<Value> {
    let short = builtin.short_name();
    if receiver.is_null() {
        let of = class::name(builtin.class);
        let message = format!("unbound method {of}.{short}() needs an argument");
        return Err(PyError::type_error(message));
    }
    let mut words = args.as_slice().to_vec();
    let value = vm.seen(receiver);
    let good = match (builtin.class, value.class()) {
        (class::INT, class::BOOL) => true,
        (class::SET, class::FROZENSET) => !set::CHANGING.contains(&short),
        (class::BYTES, class::BYTEARRAY) | (class::RANGE, class::LONG_RANGE) => true,
        (wanted, class) => wanted == class,
    };
    if !good {
        let (of, what) = (class::name(builtin.class), crate::text::type_name(receiver));
        return Err(PyError::type_error(format!(
            "descriptor '{short}' for '{of}' objects doesn't apply to a '{what}' object"
        )));
    }
    words[0] = value;
    let given = words.len() - 1;
    let result = call_checked(vm, builtin, Args::of(&words), given, names)?;
    if receiver.is_class(class::NAMESPACE)
        && dict::CHANGING.contains(&short)
        && let Some(dict) = value.as_dict()
    {
        vm.write_back(receiver, dict)?;
    }
    Ok(result)
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

/// The arguments of a method behind its receiver, named ones put in their places; missing ones are
/// NULL.
fn bind<const N: usize>(
    vm: &mut Vm,
    args: Args,
    function: &str,
    names: [&str; N],
) -> PyResult<[Value; N]> {
    let rest = Args::of(args.as_slice().get(1..).unwrap_or(&[]));
    numeric::bind(vm, rest, function, names)
}

/// Whether a built-in function is a method, which takes a receiver.
pub(crate) fn takes_receiver(value: Value) -> bool {
    value.is_class(class::BUILTIN) && entry(value.aux()).is_some_and(|b| b.receiver)
}

/// The name of a built-in function object.
pub fn name_of(value: Value) -> &'static str {
    if value.is_class(class::BUILTIN) { entry(value.aux()).map_or("?", |b| b.name) } else { "?" }
}

/// The type that a built-in method belongs to.
pub fn home_of(value: Value) -> Option<&'static str> {
    let builtin = entry(value.aux()).filter(|_| value.is_class(class::BUILTIN))?;
    let free = matches!(builtin.class, class::FREE | class::TYPE);
    (!free).then(|| class::name(builtin.class))
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

/// The built-in method that a name finds on a value of a built-in type.
pub fn method_object(vm: &Vm, receiver: Value, name: &str) -> Option<Value> {
    vm.lookup_value(vm.type_of(receiver), name).filter(|method| takes_receiver(*method))
}

/// An attribute that is no method.
pub fn data_attribute(vm: &mut Vm, object: Value, name: &str) -> PyResult<Option<Value>> {
    if let Some(native) = object.as_native() {
        return native_attribute(vm, object, native, name);
    }
    Ok(match (object.class(), name) {
        (class::RANGE, "start" | "stop" | "step") => object.as_range().map(|r| {
            let r = r.fields();
            Value::small(match name {
                "start" => r.start,
                "stop" => r.stop,
                _ => r.step,
            })
        }),
        (class::FILE, _) => files::attribute(vm, object, name),
        (class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS, "mapping") => {
            object.as_words().map(|words| words.get(0))
        }
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
        (class::FLOAT, "imag") => Some(vm.heap.alloc_float(0.0)),
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
        (class::FUNCTION, "__kwdefaults__") => {
            let Some(function) = object.as_function() else { return Ok(None) };
            let names = vm.code(function.code_id()).map(|c| c.source.clone());
            let defaults = function.keyword_defaults().map_or(&[][..], |t| t.items());
            let first = names.as_ref().map_or(0, |c| c.args as usize);
            let dict = vm.heap.alloc_table(class::DICT, Default::default());
            for (i, value) in defaults.iter().enumerate().filter(|(_, value)| !value.is_null()) {
                let name = names.as_ref().and_then(|c| c.locals.get(first + i).cloned());
                let key = vm.intern(name.as_deref().unwrap_or("?"));
                crate::ops::set_item(vm, dict, key, *value)?;
            }
            let empty = dict.as_dict().is_none_or(|dict| dict.table().is_empty());
            Some(if empty { Value::none() } else { dict })
        }
        (class::FUNCTION, "__globals__") => {
            let code = vm.code(object.as_function().map_or(0, |f| f.code_id()));
            let module = code.map(|code| code.module);
            module.map(|module| vm.module_variables(module))
        }
        (class::FUNCTION, "__closure__") => {
            let cells = object.as_function().and_then(|f| f.closure());
            Some(cells.map_or(Value::none(), |cells| cells.value()))
        }
        (class::FUNCTION, "__code__") => {
            let id = object.as_function().map_or(0, |f| f.code_id());
            Some(vm.heap.alloc_words(class::CODE, id, [Value::ZERO; 3]))
        }
        (class::CODE, _) => code_attribute(vm, object.aux(), name)?,
        (class::CELL, "cell_contents") => match object.as_words().map(|words| words.get(0)) {
            Some(value) if !value.is_null() => Some(value),
            _ => return Err(PyError::value_error("Cell is empty")),
        },
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
        (class::TRACEBACK, _) => crate::traceback::attribute(vm, object, name)?,
        (class::UNION, "__args__") => object.as_words().map(|w| w.get(0)),
        (class::PROPERTY, "fget" | "fset" | "fdel") => {
            let [getter, setter, deleter] = property::parts(object);
            Some(match name {
                "fget" => getter,
                "fset" => setter,
                _ => deleter,
            })
        }
        (class::PROPERTY, "__isabstractmethod__")
        | (class::STATIC_METHOD | class::CLASS_METHOD, "__isabstractmethod__") => {
            let inner = object.as_words().map_or(Value::none(), |w| w.get(0));
            data_attribute(vm, inner, name)?
        }
        (class::PROPERTY, "__doc__") => match property::doc(object) {
            Some(doc) => Some(doc),
            None => {
                let [getter, ..] = property::parts(object);
                data_attribute(vm, getter, name)?
            }
        },
        (class::FUNCTION, "__annotations__") => {
            // They are not evaluated.
            Some(vm.heap.alloc_table(class::DICT, Default::default()))
        }
        (class::GENERATOR, "gi_running") => Some(Value::bool(vm.generator_runs(object))),
        (class::GENERATOR, "gi_code") => {
            Some(vm.heap.alloc_words(class::CODE, object.aux(), [Value::ZERO; 3]))
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

/// What a code object tells about its function.
fn code_attribute(vm: &mut Vm, id: u32, name: &str) -> PyResult<Option<Value>> {
    let Some(source) = vm.code(id).map(|code| code.source.clone()) else { return Ok(None) };
    let small = |n: u32| Some(Value::small(i64::from(n)));
    Ok(match name {
        "co_name" => Some(vm.intern(&source.name)),
        "co_qualname" => Some(vm.intern(&source.qualname)),
        "co_filename" => Some(vm.intern(&source.file)),
        "co_firstlineno" => small(source.first_line),
        "co_argcount" => small(u32::from(source.args)),
        "co_posonlyargcount" => small(u32::from(source.positional_only)),
        "co_kwonlyargcount" => small(u32::from(source.keyword_only)),
        "co_varnames" => {
            let own = source.locals.iter().take(source.first_free as usize);
            let names: Vec<Value> = own.map(|name| vm.intern(name)).collect();
            Some(vm.heap.alloc_tuple(&names)?)
        }
        _ => None,
    })
}

/// An attribute of a native object that is no method.
fn native_attribute(
    vm: &mut Vm,
    object: Value,
    native: &dyn Native,
    name: &str,
) -> PyResult<Option<Value>> {
    if let Some(value) = vm.quietly(|vm| native.attribute(vm, name))? {
        return Ok(Some(value));
    }
    debug_assert!(object.as_native().is_some());
    let Some(dict) = native.attributes().and_then(|dict| dict.get().as_dict()) else {
        return Ok(None);
    };
    let key = vm.intern(name);
    crate::ops::dict_get(vm, dict, key)
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
    vm.install_type_methods(TYPE_TABLE << 8);
    install_methods(vm);
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
        if of_module {
            let object = vm.builtin_object((table << 8) + row);
            vm.set_module_global(module, builtin.short_name(), object);
        }
    }
}

/// Puts the methods of types into their namespaces.
fn install_methods(vm: &mut Vm) {
    for (t, table) in TABLES.iter().enumerate() {
        for (row, builtin) in table.iter().enumerate() {
            let Some((prefix, name)) = builtin.name.split_once('.') else { continue };
            let of: &[ClassId] = match (prefix, home(builtin.name)) {
                ("object", _) => &[class::OBJECT],
                ("BaseException", _) => &[crate::types::FIRST_EXCEPTION],
                ("special", _) => special::types_with(name),
                (_, class::SET) if !set::CHANGING.contains(&name) => {
                    &[class::SET, class::FROZENSET]
                }
                (_, class::BYTES) => &[class::BYTES, class::BYTEARRAY],
                (_, class::FREE) => continue,
                (_, class) => &[class],
            };
            let mut value = vm.builtin_object((t << 8) + row);
            let wrapped = match (builtin.class, name) {
                (_, "__init_subclass__") | (class::TYPE, _) => Some(class::CLASS_METHOD),
                (_, "__new__") => None,
                (class::FREE, _) if !builtin.receiver => Some(class::STATIC_METHOD),
                _ => None,
            };
            if let Some(class) = wrapped {
                value = vm.heap.alloc_words(class, 0, [value, Value::ZERO, Value::ZERO]);
            }
            for id in of {
                vm.type_info(*id).define(name, value);
            }
        }
    }
    for row in crate::native::TYPES.iter().filter(|row| row.iterates) {
        for name in ["__iter__", "__next__"] {
            let of_lists = vm.type_info(class::LIST_ITERATOR).own(name);
            if let Some(cell) = of_lists {
                vm.type_info(row.class).define(name, cell.get());
            }
        }
    }
    for id in special::UNHASHABLE {
        vm.type_info(*id).define("__hash__", Value::none());
    }
}
