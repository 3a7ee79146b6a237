//! The `sys` module.

use crate::builtins::{Builtin, method, plain};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops::number::index_saturating;
use crate::stack::{Args, arg};
use crate::text::to_str;
use crate::value::Value;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("sys.exit", 0, 1, exit),
    plain("sys.__getattr__", 1, 1, |vm, args| {
        // What few programs ask for is compiled when somebody asks.
        let name = args.get(0).and_then(|name| name.as_str()).map_or("", |name| name.text());
        if LATER.contains(&name) {
            let module = vm.import_absolute("_sys_info")?;
            let value = vm.get_attribute(module, name)?;
            let sys = vm.import_absolute("sys")?;
            vm.set_module_global(sys.aux(), name, value);
            return Ok(value);
        }
        let message = format!("module 'sys' has no attribute '{name}'");
        Err(PyError::new(ExcKind::AttributeError, message))
    }),
    plain("sys.setrecursionlimit", 1, 1, set_recursion_limit),
    plain("sys.getrecursionlimit", 0, 0, |vm, _| Ok(Value::small(vm.recursion_limit() as i64))),
    plain("sys.set_int_max_str_digits", 1, 1, set_digits),
    plain("sys.get_int_max_str_digits", 0, 0, |vm, _| {
        Ok(Value::small(vm.int_max_str_digits as i64))
    }),
    plain("sys.intern", 1, 1, |_, args| Ok(arg(args, 0))),
    plain("sys.getsizeof", 1, 2, |_, args| {
        // What a cell of the heap takes at least: buffers are not counted.
        Ok(Value::small(if args.get(0).is_some_and(|v| v.as_small_int().is_some()) {
            8
        } else {
            32
        }))
    }),
    plain("sys.exc_info", 0, 0, |vm, _| {
        let exception = vm.handled;
        if exception.is_null() || exception.is_none() {
            return Ok(vm.heap.alloc_tuple(&[Value::none(); 3])?);
        }
        let ty = vm.type_of(exception).object();
        let traceback = vm.get_attribute(exception, "__traceback__")?;
        Ok(vm.heap.alloc_tuple(&[ty, exception, traceback])?)
    }),
    plain("sys.getrefcount", 1, 1, |_, _| Ok(Value::small(2))),
    plain("sys.gettrace", 0, 0, |_, _| Ok(Value::none())),
    plain("sys.settrace", 1, 1, |_, _| Ok(Value::none())),
    plain("sys.setswitchinterval", 1, 1, |_, _| Ok(Value::none())),
    method("stream.write", 1, 1, write),
    method("stream.flush", 0, 0, flush),
];

/// Attributes that `vm/library/_sys_info.py` makes.
const LATER: [&str; 5] = ["version_info", "float_info", "int_info", "hash_info", "implementation"];

/// `int(sys.maxsize)`: CPython's on 64-bit machines.
const MAX_SIZE: i64 = i64::MAX;

/// Gives the module its constants.
pub fn install(vm: &mut Vm, module: u32) {
    let argv = vm.argv.clone();
    let args: Vec<Value> = argv.iter().map(|a| vm.heap.alloc_str(a)).collect();
    let argv = vm.heap.alloc_list_of(&args).unwrap_or(Value::none());
    vm.set_module_global(module, "argv", argv);
    let max = vm.heap.alloc_int(MAX_SIZE);
    vm.set_module_global(module, "maxsize", max);
    for (name, descriptor) in [("stdout", 1), ("stderr", 2)] {
        let stream = vm.heap.alloc_words(class::STREAM, descriptor, [Value::ZERO; 3]);
        vm.set_module_global(module, name, stream);
    }
    for name in ["stdout", "stderr"] {
        let cell = vm.global_cell(module, &name.into());
        vm.set_module_global(module, &format!("__{name}__"), cell.get());
    }
    for name in ["stdin", "__stdin__"] {
        if let Some(stdin) = crate::builtins::stdin(vm) {
            vm.set_module_global(module, name, stdin);
        }
    }
    vm.stdout = Some(vm.global_cell(module, &"stdout".into()));
    let version = vm.intern("3.11.7 (tierlab)");
    vm.set_module_global(module, "version", version);
    let little = if cfg!(target_endian = "little") { "little" } else { "big" };
    for (name, text) in [("byteorder", little), ("executable", "tierlab"), ("prefix", "")] {
        let text = vm.intern(text);
        vm.set_module_global(module, name, text);
    }
    let hex = vm.heap.alloc_int(0x030b_07f0);
    vm.set_module_global(module, "hexversion", hex);
    vm.set_module_global(module, "maxunicode", Value::small(0x10_ffff));
    vm.set_module_global(module, "dont_write_bytecode", Value::true_());
    let path = vm.heap.alloc_list().value();
    vm.set_module_global(module, "path", path);
    vm.set_module_global(module, "modules", vm.sys_modules);
    let platform = vm.intern(std::env::consts::OS);
    vm.set_module_global(module, "platform", platform);
}

/// Gives `SystemExit` the status that a program asked for.
pub fn exit_status(vm: &mut Vm, error: &mut PyError, status: Value) {
    error.message = String::new();
    match crate::ops::index_int(status) {
        _ if status.is_none() => {}
        Some(i) => error.exit_status = i as i32,
        None => {
            error.exit_status = 1;
            error.message = to_str(vm, status).unwrap_or_default();
        }
    }
}

fn exit(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let class = vm.exception_type(ExcKind::SystemExit);
    let exception = vm.call_quiet(class, args.as_slice())?;
    Err(PyError::from_value(exception))
}

fn set_recursion_limit(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let limit = index_saturating(arg(args, 0))?;
    if limit < 1 {
        return Err(PyError::value_error("recursion limit must be greater or equal than 1"));
    }
    let depth = vm.depth();
    if limit as usize <= depth {
        return Err(PyError::new(
            ExcKind::RecursionError,
            format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low",
            ),
        ));
    }
    vm.set_recursion_limit(limit as usize);
    Ok(Value::none())
}

fn set_digits(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let digits = index_saturating(arg(args, 0))?;
    if digits != 0 && digits < 640 {
        return Err(PyError::value_error("maxdigits must be 0 or larger than 640"));
    }
    vm.int_max_str_digits = digits as usize;
    Ok(Value::none())
}

fn write(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let value = arg(args, 1);
    let Some(text) = value.as_str() else {
        return Err(PyError::type_error(format!(
            "write() argument must be str, not {}",
            crate::text::type_name(value)
        )));
    };
    write_to(vm, arg(args, 0), text.text())?;
    Ok(Value::small(text.chars() as i64))
}

/// Writes to a stream object, or to standard output for `None`.
pub fn write_to(vm: &mut Vm, stream: Value, text: &str) -> PyResult<()> {
    match stream.class() {
        class::NONE => {
            let stdout = vm.stdout.as_ref().map_or(Value::NULL, |cell| cell.get());
            if stdout.is_null() || stdout.is_class(class::STREAM) && stdout.aux() == 1 {
                vm.write_out(text.as_bytes());
            } else if !stdout.is_none() {
                write_to(vm, stdout, text)?;
            }
        }
        class::STREAM if stream.aux() == 1 => vm.write_out(text.as_bytes()),
        class::STREAM => eprint!("{text}"),
        _ => {
            let write = vm.get_attribute(stream, "write")?;
            let text = vm.heap.alloc_str(text);
            vm.call_quiet(write, &[text])?;
        }
    }
    Ok(())
}

fn flush(vm: &mut Vm, _: Args) -> PyResult<Value> {
    vm.flush();
    Ok(Value::none())
}
