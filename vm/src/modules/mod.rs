//! Modules that come with the machine: the registry, and importing.
//!
//! Terms. A *native* module is a table of built-in functions and a function that adds the rest; a
//! *library* module is Python source that is part of the binary (`vm/library`), compiled when it is
//! first imported. What is natural in Python is written in Python; what must be fast, or touches the
//! machine, is native. A library module `x` often takes its fast parts from a native module `_x`.
//!
//! [`MODULES`] is the one list of both: imports, numbers of built-in functions and
//! the table in `docs/python-subset.md` come from it.

mod bisect;
mod heapq;
mod import;
mod itertools;
mod math;
mod os;
mod random;
mod source;
mod special_functions;
mod structs;
pub(crate) mod sys;
mod time;

pub(crate) use import::FUNCTIONS;

use crate::builtins::Builtin;
use crate::interp::Vm;

/// What a module of the registry is made of.
pub enum Source {
    /// Built-in functions, and what else it has.
    Native {
        /// Its functions, named `module.function`; methods of its types, named `type.method`.
        functions: &'static [Builtin],
        /// Adds what is no function.
        install: fn(&mut Vm, u32),
    },
    /// Python source.
    Library(&'static str),
}

/// A row of the registry.
pub struct ModuleDef {
    /// The name that programs import.
    pub name: &'static str,
    /// Whether it comes before a file of that name beside the program, as CPython's built-in modules
    /// do.
    pub first: bool,
    /// What it is made of.
    pub source: Source,
}

const fn native(
    name: &'static str,
    first: bool,
    functions: &'static [Builtin],
    install: fn(&mut Vm, u32),
) -> ModuleDef {
    ModuleDef { name, first, source: Source::Native { functions, install } }
}

macro_rules! library {
    ($name:literal, $file:literal) => {
        ModuleDef {
            name: $name,
            first: false,
            source: Source::Library(include_str!(concat!("../../library/", $file))),
        }
    };
}

/// All modules but `builtins`.
pub const MODULES: &[ModuleDef] = &[
    native("_collections", true, crate::native::deque::TABLE, crate::native::install),
    native("_array", true, crate::native::array::TABLE, crate::native::install),
    native("_functools", true, crate::native::calls::TABLE, crate::native::install),
    native("_heapq", true, heapq::TABLE, heapq::install),
    native("_bisect", true, bisect::TABLE, bisect::install),
    native("_operator", true, crate::native::getters::TABLE, crate::native::install),
    native("_os", true, os::TABLE, os::install),
    native("_random", true, random::TABLE, random::install),
    native("_struct", true, structs::TABLE, structs::install),
    native("_source", true, source::TABLE, source::install),
    native("itertools", true, itertools::TABLE, crate::native::install),
    native("math", false, math::TABLE, math::install),
    native("sys", true, sys::TABLE, sys::install),
    native("time", true, time::TABLE, time::install),
    library!("_collections_dicts", "_collections_dicts.py"),
    library!("_collections_tuples", "_collections_tuples.py"),
    library!("_collections_users", "_collections_users.py"),
    library!("_enum_data", "_enum_data.py"),
    library!("_enum_flags", "_enum_flags.py"),
    library!("_enum_tools", "_enum_tools.py"),
    library!("_io_bytes", "_io_bytes.py"),
    library!("_string_formatter", "_string_formatter.py"),
    library!("_sys_info", "_sys_info.py"),
    library!("abc", "abc.py"),
    library!("argparse", "argparse.py"),
    library!("array", "array.py"),
    library!("bisect", "bisect.py"),
    library!("collections", "collections.py"),
    library!("collections.abc", "collections_abc.py"),
    library!("contextlib", "contextlib.py"),
    library!("copy", "copy.py"),
    library!("dataclasses", "dataclasses.py"),
    library!("enum", "enum.py"),
    library!("functools", "functools.py"),
    library!("gc", "gc.py"),
    library!("heapq", "heapq.py"),
    library!("importlib", "importlib.py"),
    library!("io", "io.py"),
    library!("operator", "operator.py"),
    library!("os", "os.py"),
    library!("os.path", "os_path.py"),
    library!("platform", "platform.py"),
    library!("pyperf", "pyperf.py"),
    library!("random", "random.py"),
    library!("string", "string.py"),
    library!("struct", "struct.py"),
    library!("types", "types.py"),
    library!("typing", "typing.py"),
    library!("warnings", "warnings.py"),
];

/// The tables of native modules, in the order of the registry; those of library modules are empty.
pub(crate) const fn tables() -> [&'static [Builtin]; MODULES.len()] {
    let mut tables: [&'static [Builtin]; MODULES.len()] = [&[]; MODULES.len()];
    let mut i = 0;
    while i < MODULES.len() {
        if let Source::Native { functions, .. } = &MODULES[i].source {
            assert!(functions.len() <= 256);
            tables[i] = functions;
        }
        i += 1;
    }
    tables
}

/// The row of a module.
pub(crate) fn find(name: &str) -> Option<usize> {
    MODULES.iter().position(|module| module.name == name)
}

/// The modules that programs import: those whose names do not begin with `_`.
pub fn public() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.name).filter(|name| !name.starts_with('_'))
}
