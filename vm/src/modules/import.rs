//! Importing: from a name to a module that has been executed.
//!
//! As in CPython, `sys.modules` is asked first; then come built-in modules, the directories of
//! `sys.path` (the first is the program's), and the library. A module is in `sys.modules` before
//! its code runs, so that modules may import each other; one whose code raises is taken out again.
//! Every module has variables of its own, and code is loaded for the module it belongs to.

use super::{MODULES, Source};
use crate::builtins::{self, Builtin, keywords, plain};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::Args;
use crate::value::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tierlab_frontend::{ErrorKind, SourceError};

/// Where a module was found.
enum Place {
    /// In the registry.
    Registry(usize),
    /// A file; `Some` directory for the `__init__.py` of a package.
    File(PathBuf, Option<PathBuf>),
    /// A directory without an `__init__.py`.
    Directory(PathBuf),
}

/// Names of CPython's standard library that are missing here: an import says so.
const OUTSIDE: &str = "argparse ast asyncio atexit base64 binascii bz2 calendar cmath codecs \
    concurrent configparser contextvars csv ctypes curses datetime dbm decimal difflib dis doctest \
    email errno fcntl fileinput fnmatch fractions ftplib getopt getpass gettext glob gzip hashlib \
    hmac html http imaplib inspect ipaddress json keyword linecache locale logging lzma mailbox \
    marshal mimetypes mmap multiprocessing numbers optparse os pathlib pdb pickle pkgutil posixpath \
    pprint profile queue re readline resource sched secrets select selectors shelve shlex shutil \
    signal site socket socketserver sqlite3 ssl stat statistics subprocess symtable sysconfig \
    tarfile tempfile textwrap threading timeit tkinter token tokenize trace traceback tracemalloc \
    turtle types unicodedata unittest urllib uuid venv weakref xml zipfile zipimport zlib zoneinfo";

/// The part of a module's name before the first point.
fn outermost_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
}

/// Functions that are built-in names.
pub(crate) const FUNCTIONS: &[Builtin] = &[
    plain("__import__", 1, 5, import).with_keywords(),
    plain("globals", 0, 0, |vm, _| {
        let module = vm.current_module();
        Ok(vm.module_variables(module))
    }),
];

/// `__import__(name, globals, locals, fromlist, level)`.
fn import(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (values, named) = keywords(vm, args);
    let mut all = [Value::none(); 5];
    all[4] = Value::ZERO;
    for (place, value) in all.iter_mut().zip(values) {
        *place = *value;
    }
    for (name, value) in named {
        match ["name", "globals", "locals", "fromlist", "level"].iter().position(|n| *n == name) {
            Some(at) => all[at] = value,
            None => {
                return Err(PyError::type_error(format!(
                    "__import__() got an unexpected keyword argument '{name}'"
                )));
            }
        }
    }
    let Some(name) = all[0].as_str() else {
        return Err(PyError::type_error("__import__() argument 1 must be str"));
    };
    let level = ops::index_int(all[4]).unwrap_or(0).clamp(0, 100) as usize;
    let name = format!("{}{}", ".".repeat(level), name.text());
    let from = if all[3].is_none() { Vec::new() } else { ops::collect(vm, all[3])? };
    let importer = vm.current_module();
    let module = vm.import(&name, importer, from.is_empty())?;
    for name in from.iter().filter_map(|name| name.as_str()) {
        if vm.try_attribute(module, "__path__")?.is_some() && name.text() != "*" {
            // A name that is not there is refused by whoever asks for it.
            let _ = vm.import_from(module, name.text());
        }
    }
    Ok(module)
}

impl Vm {
    /// The module of the code that runs.
    pub(crate) fn current_module(&self) -> u32 {
        self.frames.last().map_or(0, |frame| frame.code().module)
    }

    /// `import name`, as a module says it: with as many points before the name as levels it goes up.
    /// Gives the module, or the outermost package that it is in.
    pub(crate) fn import(&mut self, name: &str, importer: u32, outermost: bool) -> PyResult<Value> {
        let absolute = self.absolute_name(name, importer)?;
        let module = self.import_absolute(&absolute)?;
        if outermost && absolute.contains('.') {
            return self.import_absolute(outermost_of(&absolute));
        }
        Ok(module)
    }

    /// The whole name of a module, where points before it say where it is.
    fn absolute_name(&mut self, name: &str, importer: u32) -> PyResult<String> {
        let level = name.len() - name.trim_start_matches('.').len();
        if level == 0 {
            return Ok(name.to_string());
        }
        let relative = |what: &str| {
            PyError::new(ExcKind::ImportError, format!("attempted relative import {what}"))
        };
        let package = self.module(importer).and_then(|m| m.namespace.get("__package__"));
        let package = package.map_or(Value::NULL, |cell| cell.get());
        let package = match package.as_str() {
            Some(text) if !text.text().is_empty() => text.text().to_string(),
            _ => return Err(relative("with no known parent package")),
        };
        let mut base = package.as_str();
        for _ in 1..level {
            base = match base.rsplit_once('.') {
                Some((outer, _)) => outer,
                None => return Err(relative("beyond top-level package")),
            };
        }
        Ok(match &name[level..] {
            "" => base.to_string(),
            rest => format!("{base}.{rest}"),
        })
    }

    /// The module of a whole name.
    pub(crate) fn import_absolute(&mut self, name: &str) -> PyResult<Value> {
        if let Some(module) = self.imported(name)? {
            return Ok(module);
        }
        let parent = match name.rsplit_once('.') {
            Some((outer, last)) => {
                let parent = self.import_absolute(outer)?;
                // Importing the package may have imported the module.
                if let Some(module) = self.imported(name)? {
                    return Ok(module);
                }
                Some((parent, last))
            }
            None => None,
        };
        let place = match parent {
            Some((parent, last)) => self.find_inside(name, parent, last)?,
            None => self.find_outermost(name)?,
        };
        let module = match place {
            Some(place) => self.load_module(name, place)?,
            None => return Err(self.not_found(name, "")),
        };
        if let Some((parent, last)) = parent {
            self.set_attribute(parent, &last.into(), module)?;
        }
        Ok(module)
    }

    /// What `sys.modules` has.
    fn imported(&mut self, name: &str) -> PyResult<Option<Value>> {
        let key = self.intern(name);
        let Some(dict) = self.sys_modules.as_dict() else { return Ok(None) };
        match ops::dict_get(self, dict, key)? {
            Some(value) if value.is_none() => {
                let message = format!("import of {name} halted; None in sys.modules");
                Err(self.import_error(ExcKind::ModuleNotFoundError, message, name, None))
            }
            found => Ok(found),
        }
    }

    fn find_outermost(&mut self, name: &str) -> PyResult<Option<Place>> {
        let known = super::find(name);
        if let Some(row) = known.filter(|row| MODULES[*row].first) {
            return Ok(Some(Place::Registry(row)));
        }
        let path = self.module_global("sys", "path");
        let directories = self.directories(path)?;
        Ok(find_file(&directories, name).or(known.map(Place::Registry)))
    }

    fn find_inside(&mut self, name: &str, parent: Value, last: &str) -> PyResult<Option<Place>> {
        if let Some(row) = super::find(name)
            && self.module(parent.aux()).is_some_and(|module| module.file.is_none())
        {
            return Ok(Some(Place::Registry(row)));
        }
        match self.try_attribute(parent, "__path__")? {
            Some(path) => {
                let directories = self.directories(path)?;
                Ok(find_file(&directories, last))
            }
            None => {
                let outer = name.rsplit_once('.').map_or(name, |(outer, _)| outer);
                let why = format!("; '{outer}' is not a package");
                Err(self.not_found(name, &why))
            }
        }
    }

    fn directories(&mut self, path: Value) -> PyResult<Vec<PathBuf>> {
        let items = match path.as_list() {
            Some(list) => list.items().to_vec(),
            None => Vec::new(),
        };
        let text = |v: &Value| v.as_str().map(|s| PathBuf::from(s.text()));
        Ok(items.iter().filter_map(text).collect())
    }

    fn load_module(&mut self, name: &str, place: Place) -> PyResult<Value> {
        let number = match place {
            Place::Registry(row) => match &MODULES[row].source {
                Source::Native { install, .. } => {
                    let number = self.new_module(name, None, None)?;
                    builtins::add_functions(self, row, number);
                    install(self, number);
                    return Ok(self.module_object(number));
                }
                Source::Library(text) => {
                    let file = format!("<library>/{name}.py");
                    let number = self.new_module(name, None, None)?;
                    self.execute_module(number, &file, text.as_bytes())?;
                    number
                }
            },
            Place::File(file, package) => {
                let shown = file.display().to_string();
                let bytes = std::fs::read(&file).map_err(|error| {
                    let message = format!("cannot read {shown}: {error}");
                    self.import_error(ExcKind::ImportError, message, name, Some(&shown))
                })?;
                let number = self.new_module(name, Some(&shown), package.as_deref())?;
                self.execute_module(number, &shown, &bytes)?;
                number
            }
            Place::Directory(directory) => self.new_module(name, None, Some(&directory))?,
        };
        // A module may have put something else in its place.
        Ok(self.imported(name)?.unwrap_or(self.module_object(number)))
    }

    /// A module in `sys.modules`, with the variables that every module has.
    pub(crate) fn new_module(
        &mut self,
        name: &str,
        file: Option<&str>,
        package: Option<&Path>,
    ) -> PyResult<u32> {
        let number = self.add_module(name, file.map(Arc::from));
        let key = self.intern(name);
        ops::set_item(self, self.sys_modules, key, self.module_object(number))?;
        self.set_module_global(number, "__name__", key);
        for missing in ["__doc__", "__spec__", "__loader__"] {
            self.set_module_global(number, missing, Value::none());
        }
        let outer = match package {
            Some(directory) => {
                let directory = self.heap.alloc_str(&directory.display().to_string());
                let path = self.heap.alloc_list_of(&[directory])?;
                self.set_module_global(number, "__path__", path);
                name
            }
            None => name.rsplit_once('.').map_or("", |(outer, _)| outer),
        };
        let outer = self.intern(outer);
        self.set_module_global(number, "__package__", outer);
        if let Some(file) = file {
            let file = self.intern(file);
            self.set_module_global(number, "__file__", file);
        }
        Ok(number)
    }

    fn execute_module(&mut self, number: u32, file: &str, bytes: &[u8]) -> PyResult<()> {
        let name = self.module(number).map_or("?".into(), |module| module.name.clone());
        self.set_initializing(number, true);
        let result = match tierlab_frontend::compile_source(file, bytes) {
            Ok(code) => self.run_module(number, &code).map(|_| ()),
            Err(error) => Err(self.not_compiled(&name, &error)),
        };
        self.set_initializing(number, false);
        if result.is_err() {
            let key = self.intern(&name);
            if let Some(dict) = self.sys_modules.as_dict() {
                ops::dict_remove(self, dict, key)?;
            }
        }
        result
    }

    /// The exception for a module that is no Python, or outside the subset.
    fn not_compiled(&mut self, name: &str, error: &SourceError) -> Box<PyError> {
        match error.kind {
            ErrorKind::Syntax => {
                let file = error.file.rsplit('/').next().unwrap_or(&error.file);
                let message = format!("{} ({file}, line {})", error.message, error.line);
                PyError::new(ExcKind::SyntaxError, message)
            }
            ErrorKind::Unsupported => {
                let message = format!("module '{name}' is outside the subset\n{error}");
                self.import_error(ExcKind::ImportError, message, name, Some(&error.file))
            }
        }
    }

    fn not_found(&mut self, name: &str, why: &str) -> Box<PyError> {
        let outside = OUTSIDE.split_whitespace().any(|known| known == outermost_of(name));
        let outside = if outside { " (of CPython's library, but outside the subset)" } else { "" };
        let message = format!("No module named '{name}'{why}{outside}");
        self.import_error(ExcKind::ModuleNotFoundError, message, name, None)
    }

    /// An `ImportError` with its attributes.
    fn import_error(
        &mut self,
        kind: ExcKind,
        message: String,
        name: &str,
        path: Option<&str>,
    ) -> Box<PyError> {
        let message = self.heap.alloc_str(&message);
        let name = self.heap.alloc_str(name);
        let path = path.map_or(Value::none(), |path| self.heap.alloc_str(path));
        let ty = self.exception_info(kind);
        let made = self.bare_instance(ty, &[message]).and_then(|value| {
            for (attribute, of) in [("msg", message), ("name", name), ("path", path)] {
                self.set_attribute(value, &attribute.into(), of)?;
            }
            Ok(value)
        });
        match made {
            Ok(value) => PyError::from_value(value),
            Err(error) => error,
        }
    }

    /// `from module import name`: an attribute, or a module of a package.
    pub(crate) fn import_from(&mut self, module: Value, name: &str) -> PyResult<Value> {
        if let Some(value) = self.try_attribute(module, name)? {
            return Ok(value);
        }
        let package = self.try_attribute(module, "__name__")?;
        let package = package.and_then(|v| v.as_str()).map(|s| s.text().to_string());
        let package = package.unwrap_or_else(|| "?".to_string());
        let inside = format!("{package}.{name}");
        if self.try_attribute(module, "__path__")?.is_some() {
            match self.import_absolute(&inside) {
                Ok(value) => return Ok(value),
                Err(error) if error.kind == ExcKind::ModuleNotFoundError => {}
                Err(error) => return Err(error),
            }
        } else if let Some(value) = self.imported(&inside)? {
            return Ok(value);
        }
        let known = self.module(module.aux()).filter(|_| module.is_class(class::MODULE));
        let (file, initializing) =
            known.map_or((None, false), |m| (m.file.clone(), m.initializing));
        let shown = file.as_deref().unwrap_or("unknown location");
        let message = if initializing {
            format!(
                "cannot import name '{name}' from partially initialized module '{package}' (most \
                 likely due to a circular import) ({shown})"
            )
        } else {
            format!("cannot import name '{name}' from '{package}' ({shown})")
        };
        Err(self.import_error(ExcKind::ImportError, message, &package, file.as_deref()))
    }

    /// `from module import *` in a module.
    pub(crate) fn import_star(&mut self, module: Value, into: u32) -> PyResult<()> {
        let names: Vec<Arc<str>> = match self.try_attribute(module, "__all__")? {
            Some(all) => {
                let names = ops::collect(self, all)?;
                let text = |v: &Value| v.as_str().map(|s| Arc::from(s.text()));
                names.iter().filter_map(text).collect()
            }
            None => {
                let names = self.attribute_names(module);
                names.into_iter().filter(|name| !name.starts_with('_')).collect()
            }
        };
        for name in names {
            let value = match self.try_attribute(module, &name)? {
                Some(value) => value,
                None if self.try_attribute(module, "__path__")?.is_some() => {
                    self.import_from(module, &name)?
                }
                None => self.get_attribute(module, &name)?,
            };
            let cell = self.global_cell(into, &name);
            self.store_cell(&cell, value);
        }
        Ok(())
    }
}

/// A module or package in the first directory that has it.
fn find_file(directories: &[PathBuf], name: &str) -> Option<Place> {
    let mut plain = None;
    for directory in directories {
        let package = directory.join(name);
        let init = package.join("__init__.py");
        if init.is_file() {
            return Some(Place::File(init, Some(package)));
        }
        let file = directory.join(format!("{name}.py"));
        if file.is_file() {
            return Some(Place::File(file, None));
        }
        if plain.is_none() && package.is_dir() {
            plain = Some(Place::Directory(package));
        }
    }
    plain
}
