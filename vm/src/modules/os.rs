//! `_os`: what `os` and `os.path` need of the operating system.

use crate::builtins::{Builtin, plain};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::Args;
use crate::value::Value;
use std::path::Path;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("_os.getcwd", 0, 0, |vm, _| {
        let path = std::env::current_dir().unwrap_or_default();
        Ok(vm.heap.alloc_str(&path.display().to_string()))
    }),
    plain("_os.exists", 1, 1, |_, args| Ok(Value::bool(path(args)?.exists()))),
    plain("_os.isfile", 1, 1, |_, args| Ok(Value::bool(path(args)?.is_file()))),
    plain("_os.isdir", 1, 1, |_, args| Ok(Value::bool(path(args)?.is_dir()))),
    plain("_os.getsize", 1, 1, |vm, args| {
        let path = path(args)?;
        let known = std::fs::metadata(path).map_err(|e| failed(vm, path, &e))?;
        Ok(vm.heap.alloc_int(known.len() as i64))
    }),
    plain("_os.realpath", 1, 1, |vm, args| {
        let path = path(args)?;
        let real = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
        let real = real.unwrap_or_else(|_| path.to_path_buf());
        Ok(vm.heap.alloc_str(&real.display().to_string()))
    }),
    plain("_os.getpid", 0, 0, |_, _| Ok(Value::small(i64::from(std::process::id())))),
    plain("_os.listdir", 0, 1, |vm, args| {
        let path = if args.is_empty() { Path::new(".") } else { path(args)? };
        let entries = std::fs::read_dir(path).map_err(|e| failed(vm, path, &e))?;
        let list = vm.heap.alloc_list();
        for entry in entries.flatten() {
            let name = vm.heap.alloc_str(&entry.file_name().to_string_lossy());
            vm.heap.list_append(list, name)?;
        }
        Ok(list.value())
    }),
    plain("_os.remove", 1, 1, |vm, args| {
        let path = path(args)?;
        std::fs::remove_file(path).map_err(|e| failed(vm, path, &e))?;
        Ok(Value::none())
    }),
    plain("_os.mkdir", 1, 2, |vm, args| {
        let path = path(args)?;
        std::fs::create_dir(path).map_err(|e| failed(vm, path, &e))?;
        Ok(Value::none())
    }),
    plain("_os.environment", 0, 0, |vm, _| {
        let dict = vm.heap.alloc_table(class::DICT, Default::default());
        for (name, value) in std::env::vars_os() {
            let name = vm.heap.alloc_str(&name.to_string_lossy());
            let value = vm.heap.alloc_str(&value.to_string_lossy());
            ops::set_item(vm, dict, name, value)?;
        }
        Ok(dict)
    }),
];

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

fn path(args: Args) -> PyResult<&'static Path> {
    match args.get(0).and_then(|v| v.as_str()) {
        Some(text) => Ok(Path::new(text.text())),
        None => Err(PyError::type_error("expected str, bytes or os.PathLike object")),
    }
}

fn failed(vm: &mut Vm, path: &Path, error: &std::io::Error) -> Box<PyError> {
    let kind = match error.kind() {
        std::io::ErrorKind::NotFound => ExcKind::FileNotFoundError,
        _ => ExcKind::OSError,
    };
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text).to_string();
    let number = Value::small(i64::from(error.raw_os_error().unwrap_or(0)));
    let text = vm.heap.alloc_str(&text);
    let path = vm.heap.alloc_str(&path.display().to_string());
    let ty = vm.exception_info(kind);
    match vm.bare_instance(ty, &[number, text, path]) {
        Ok(value) => PyError::from_value(value),
        Err(error) => error,
    }
}
