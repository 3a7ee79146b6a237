//! Runtime helpers: functions that traces call for what has no op of its own.
//!
//! A helper gets the execution context and boxed words and returns a word, or
//! [`HELPER_FAILED`] for "an exception was raised": it is pending then, and the interpreter
//! raises it at the instruction that the exit's snapshot stands at.
//! Helpers allocate; what a trace holds is kept while code that they call runs and collects.

use super::view;
use crate::class;
use crate::error::{ExcKind, PyError};
use crate::heap::OutOfMemory;
use crate::interp::{TRACE_ARGS, Vm};
use crate::ops;
use crate::stack::Args;
use crate::value::Value;
use tierlab_frontend::bytecode::{CompareKind, Opcode};
use tierlab_trace::backend::{Helper, HelperFn, HelperTable};
use tierlab_trace::layout::{ExecContext, HELPER_FAILED};

macro_rules! helper_table {
    ($( $id:ident $name:literal $kind:ident($arity:literal) $function:path; )*) => {
        /// Numbers of the helpers: the immediates of call ops.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(i32)]
        pub enum HelperId { $( #[doc = $name] $id, )* }

        /// How many words (or floats) a helper takes.
        pub fn arity(id: HelperId) -> usize {
            match id { $( HelperId::$id => $arity, )* }
        }

        /// The helpers, in the order of their numbers.
        pub fn table() -> HelperTable {
            HelperTable { helpers: vec![ $( Helper { name: $name, function: HelperFn::$kind($function) }, )* ] }
        }
    };
}

helper_table! {
    Binary "binary" Ref3(3) binary;
    Compare "compare" Ref3(3) compare;
    Unary "unary" Ref2(2) unary;
    Truth "truth" Ref1(1) truth;
    Contains "contains" Ref3(3) contains;
    Subscr "subscr" Ref2(2) subscr;
    StoreSubscr "store_subscr" Ref3(3) store_subscr;
    DeleteSubscr "delete_subscr" Ref2(2) delete_subscr;
    Slice "slice" Ref3(3) slice;
    ListNew "list_new" Ref1(1) list_new;
    ListAppend "list_append" Ref2(2) list_append;
    ListExtend "list_extend" Ref2(2) list_extend;
    ListToTuple "list_to_tuple" Ref1(1) list_to_tuple;
    Tuple1 "tuple1" Ref1(1) tuple1;
    Tuple2 "tuple2" Ref2(2) tuple2;
    Tuple3 "tuple3" Ref3(3) tuple3;
    Format "format" Ref2(2) format_value;
    DictNew "dict_new" Ref1(1) dict_new;
    SetNew "set_new" Ref1(1) set_new;
    SetAdd "set_add" Ref2(2) set_add;
    SetUpdate "set_update" Ref2(2) set_update;
    TableLen "table_len" Ref1(1) table_len;
    GetIter "get_iter" Ref1(1) get_iter;
    Iterator "iterator" Ref1(1) iterator;
    Next "next" Ref1(1) next;
    AtEnd "at_end" Ref1(1) at_end;
    GetAttr "get_attr" Ref2(2) get_attr;
    SetAttr "set_attr" Ref3(3) set_attr;
    FormatSpec "format_spec" Ref3(3) format_spec;
    NewCell "new_cell" Ref1(1) new_cell;
    NewFunction "new_function" Ref3(3) new_function;
    NewInstance "new_instance" Ref1(1) new_instance;
    Call0 "call0" Ref1(1) call0;
    Call1 "call1" Ref2(2) call1;
    Call2 "call2" Ref3(3) call2;
    CallList "call_list" Ref2(2) call_list;
    CallArgs "call_args" Ref2(2) call_args;
    CallNamed "call_named" Ref3(3) call_named;
    ListOf "list_of" Ref1(1) list_of;
    TupleOf "tuple_of" Ref1(1) tuple_of;
    Join "join" Ref1(1) join;
    FloatMod "float_mod" F64x2(2) float_mod;
    FloatFloorDiv "float_floor_div" F64x2(2) float_floor_div;
    Sin "sin" F64x1(1) sin;
    Cos "cos" F64x1(1) cos;
    Tan "tan" F64x1(1) tan;
    Exp "exp" F64x1(1) exp;
    Atan "atan" F64x1(1) atan;
}

/// Whether a helper may run code of the program, which may change globals and classes.
pub fn runs_code(id: HelperId) -> bool {
    use HelperId as H;
    match id {
        H::Binary | H::Compare | H::Unary | H::Truth | H::Contains => true,
        H::Subscr | H::StoreSubscr | H::DeleteSubscr => true,
        H::ListExtend | H::Format | H::FormatSpec => true,
        H::SetAdd | H::SetUpdate | H::GetIter | H::Iterator | H::Next => true,
        H::GetAttr | H::SetAttr => true,
        H::DictNew | H::SetNew | H::TableLen | H::AtEnd | H::NewCell | H::NewFunction => false,
        H::Call0 | H::Call1 | H::Call2 | H::CallList | H::CallArgs | H::CallNamed => true,
        H::ListOf | H::TupleOf | H::Join => false,
        H::Slice | H::ListNew | H::ListAppend | H::ListToTuple => false,
        H::Tuple1 | H::Tuple2 | H::Tuple3 | H::NewInstance => false,
        H::FloatMod | H::FloatFloorDiv => false,
        H::Sin | H::Cos | H::Tan | H::Exp | H::Atan => false,
    }
}

/// The virtual machine behind an execution context.
///
/// # Safety
/// `context` is the one that [`super::Jit`] entered a trace with, and the call comes from
/// that trace: then `vm` was set, and nothing else uses the machine until the helper returns.
unsafe fn machine<'a>(context: *mut ExecContext) -> &'a mut Vm {
    // SAFETY: the caller's promise.
    unsafe { &mut *((*context).vm as *mut Vm) }
}

/// Runs `f` with the machine behind a context; a Python error is pending when the trace is left.
fn with<const N: usize>(
    context: *mut ExecContext,
    words: [u64; N],
    f: impl FnOnce(&mut Vm, [Value; N]) -> Result<Value, Box<PyError>>,
) -> u64 {
    // SAFETY: helpers are called from traces only, with the context they run in.
    let vm = unsafe { machine(context) };
    let mut values = [Value::NULL; N];
    for (value, word) in values.iter_mut().zip(words) {
        *value = Value::from_bits(word);
    }
    match f(vm, values) {
        Ok(v) => v.bits(),
        Err(error) => {
            vm.error = Some(error);
            HELPER_FAILED
        }
    }
}

/// Does what may call back for each item of a container: then garbage is collected in between.
fn with_items<T>(vm: &mut Vm, container: Value, f: impl FnOnce(&mut Vm) -> T) -> T {
    if matches!(container.class(), class::LIST | class::TUPLE | class::DICT | class::INSTANCE) {
        vm.called_by_trace(f)
    } else {
        f(vm)
    }
}

fn small(v: Value) -> i64 {
    v.as_small_int().unwrap_or(0)
}

/// `kind, a, b`: the binary operator numbered `kind`.
unsafe extern "C" fn binary(context: *mut ExecContext, kind: u64, a: u64, b: u64) -> u64 {
    with(context, [kind, a, b], |vm, [kind, a, b]| ops::binary(vm, small(kind) as u8, a, b))
}

unsafe extern "C" fn compare(context: *mut ExecContext, kind: u64, a: u64, b: u64) -> u64 {
    with(context, [kind, a, b], |vm, [kind, a, b]| {
        let kind = CompareKind::from_x(small(kind) as u8);
        with_items(vm, a, |vm| ops::compare_collecting(vm, kind, a, b))
    })
}

/// `kind, a`: 0 negates, 1 is unary plus, 2 inverts.
unsafe extern "C" fn unary(context: *mut ExecContext, kind: u64, a: u64) -> u64 {
    with(context, [kind, a], |vm, [kind, a]| {
        let opcode = match small(kind) {
            0 => Opcode::UnaryNeg,
            1 => Opcode::UnaryPos,
            _ => Opcode::UnaryInvert,
        };
        ops::unary(vm, opcode, a)
    })
}

unsafe extern "C" fn truth(context: *mut ExecContext, a: u64) -> u64 {
    with(context, [a], |vm, [a]| ops::truth(vm, a).map(Value::bool))
}

/// `invert, item, container`.
unsafe extern "C" fn contains(
    context: *mut ExecContext,
    invert: u64,
    item: u64,
    container: u64,
) -> u64 {
    with(context, [invert, item, container], |vm, [invert, item, container]| {
        let found = with_items(vm, container, |vm| ops::contains_collecting(vm, item, container))?;
        Ok(Value::bool(found != (small(invert) == 1)))
    })
}

unsafe extern "C" fn subscr(context: *mut ExecContext, object: u64, index: u64) -> u64 {
    with(context, [object, index], |vm, [object, index]| ops::get_item(vm, object, index))
}

unsafe extern "C" fn store_subscr(
    context: *mut ExecContext,
    value: u64,
    object: u64,
    index: u64,
) -> u64 {
    with(context, [value, object, index], |vm, [value, object, index]| {
        ops::set_item(vm, object, index, value).map(|()| Value::none())
    })
}

unsafe extern "C" fn delete_subscr(context: *mut ExecContext, object: u64, index: u64) -> u64 {
    with(context, [object, index], |vm, [object, index]| {
        ops::delete_item(vm, object, index).map(|()| Value::none())
    })
}

unsafe extern "C" fn slice(context: *mut ExecContext, start: u64, stop: u64, step: u64) -> u64 {
    with(context, [start, stop, step], |vm, parts| Ok(vm.heap.alloc_words(class::SLICE, 0, parts)))
}

fn memory(_: OutOfMemory) -> Box<PyError> {
    PyError::new(ExcKind::MemoryError, "")
}

/// An empty list; the argument is how many items will follow.
unsafe extern "C" fn list_new(context: *mut ExecContext, size: u64) -> u64 {
    with(context, [size], |vm, _| Ok(vm.heap.alloc_list().value()))
}

fn append(vm: &mut Vm, list: Value, item: Value) -> Result<Value, Box<PyError>> {
    match list.as_list() {
        Some(list) => vm.heap.list_append(list, item).map(|()| Value::none()).map_err(memory),
        None => Err(PyError::type_error("not a list")),
    }
}

unsafe extern "C" fn list_append(context: *mut ExecContext, list: u64, item: u64) -> u64 {
    with(context, [list, item], |vm, [list, item]| append(vm, list, item))
}

unsafe extern "C" fn list_extend(context: *mut ExecContext, list: u64, items: u64) -> u64 {
    with(context, [list, items], |vm, [list, items]| match list.as_list() {
        Some(list) => ops::star_into(vm, list, items).map(|()| Value::none()),
        None => Err(PyError::type_error("not a list")),
    })
}

unsafe extern "C" fn list_to_tuple(context: *mut ExecContext, list: u64) -> u64 {
    with(context, [list], |vm, [list]| {
        let items = list.as_list().map_or(Vec::new(), |l| l.items().to_vec());
        vm.heap.alloc_tuple(&items).map_err(memory)
    })
}

unsafe extern "C" fn tuple1(context: *mut ExecContext, a: u64) -> u64 {
    with(context, [a], |vm, items| vm.heap.alloc_tuple(&items).map_err(memory))
}

unsafe extern "C" fn tuple2(context: *mut ExecContext, a: u64, b: u64) -> u64 {
    with(context, [a, b], |vm, items| vm.heap.alloc_tuple(&items).map_err(memory))
}

unsafe extern "C" fn tuple3(context: *mut ExecContext, a: u64, b: u64, c: u64) -> u64 {
    with(context, [a, b, c], |vm, items| vm.heap.alloc_tuple(&items).map_err(memory))
}

/// `conversion, value`: as in an f-string without a format spec.
unsafe extern "C" fn format_value(context: *mut ExecContext, conversion: u64, value: u64) -> u64 {
    with(context, [conversion, value], |vm, [conversion, value]| {
        let conversion = small(conversion) as u8;
        with_items(vm, value, |vm| ops::format_value(vm, conversion, value, Value::NULL))
    })
}

unsafe extern "C" fn dict_new(context: *mut ExecContext, zero: u64) -> u64 {
    with(context, [zero], |vm, _| Ok(vm.heap.alloc_table(class::DICT, Default::default())))
}

unsafe extern "C" fn set_new(context: *mut ExecContext, zero: u64) -> u64 {
    with(context, [zero], |vm, _| Ok(vm.heap.alloc_empty_set(class::SET)))
}

unsafe extern "C" fn set_add(context: *mut ExecContext, set: u64, item: u64) -> u64 {
    with(context, [set, item], |vm, [set, item]| ops::set_add(vm, set, item).map(|_| Value::none()))
}

unsafe extern "C" fn set_update(context: *mut ExecContext, set: u64, items: u64) -> u64 {
    with(context, [set, items], |vm, [set, items]| {
        ops::set_update(vm, set, items).map(|_| Value::none())
    })
}

/// How many keys a dict or set has.
unsafe extern "C" fn table_len(context: *mut ExecContext, table: u64) -> u64 {
    with(context, [table], |_, [table]| {
        let dict = table.as_dict().map(|dict| dict.table().len());
        let len = dict.or_else(|| table.as_set().map(|set| set.table().len()));
        Ok(Value::small(len.unwrap_or(0) as i64))
    })
}

unsafe extern "C" fn get_iter(context: *mut ExecContext, object: u64) -> u64 {
    with(context, [object], |vm, [object]| match ops::get_iter(vm, object)? {
        (iterator, at) if at.is_none() => Ok(iterator),
        // Traces take it that such an iterator knows its place itself.
        (iterable, _) => crate::builtins::iterator(vm, iterable),
    })
}

/// The iterator over an object, as an object of its own.
unsafe extern "C" fn iterator(context: *mut ExecContext, object: u64) -> u64 {
    with(context, [object], |vm, [object]| crate::builtins::iterator(vm, object))
}

/// The next item of an iterator; fails without an error at its end.
unsafe extern "C" fn next(context: *mut ExecContext, iterator: u64) -> u64 {
    with(context, [iterator], |vm, [iterator]| {
        let item = ops::for_next(vm, iterator, Value::none())?;
        Ok(item.map_or(Value::from_bits(HELPER_FAILED), |(item, _)| item))
    })
}

/// Whether an iterator is at its end.
unsafe extern "C" fn at_end(context: *mut ExecContext, iterator: u64) -> u64 {
    with(context, [iterator], |_, [iterator]| {
        Ok(Value::bool(view::at_end(iterator, Value::none()) == Some(true)))
    })
}

fn text(name: Value) -> std::sync::Arc<str> {
    name.as_str().map_or("".into(), |name| name.text().into())
}

unsafe extern "C" fn get_attr(context: *mut ExecContext, object: u64, name: u64) -> u64 {
    with(context, [object, name], |vm, [object, name]| vm.get_attribute(object, &text(name)))
}

/// `value, object, name`.
unsafe extern "C" fn set_attr(
    context: *mut ExecContext,
    value: u64,
    object: u64,
    name: u64,
) -> u64 {
    with(context, [value, object, name], |vm, [value, object, name]| {
        vm.set_attribute(object, &text(name), value).map(|()| Value::none())
    })
}

/// `conversion, value, spec`: as in an f-string.
unsafe extern "C" fn format_spec(
    context: *mut ExecContext,
    conversion: u64,
    value: u64,
    spec: u64,
) -> u64 {
    with(context, [conversion, value, spec], |vm, [conversion, value, spec]| {
        let conversion = small(conversion) as u8;
        with_items(vm, value, |vm| ops::format_value(vm, conversion, value, spec))
    })
}

unsafe extern "C" fn new_cell(context: *mut ExecContext, value: u64) -> u64 {
    with(context, [value], |vm, [value]| {
        Ok(vm.heap.alloc_words(class::CELL, 0, [value, Value::ZERO, Value::ZERO]))
    })
}

/// `code, defaults, cells`, the last two perhaps NULL.
unsafe extern "C" fn new_function(
    context: *mut ExecContext,
    code: u64,
    defaults: u64,
    cells: u64,
) -> u64 {
    with(context, [code, defaults, cells], |vm, [code, defaults, cells]| {
        Ok(vm.new_function(code.aux(), [defaults, Value::NULL, cells]))
    })
}

/// A new object of a class of the program, before `__init__`.
unsafe extern "C" fn new_instance(context: *mut ExecContext, class: u64) -> u64 {
    with(context, [class], |vm, [class]| match class.as_type() {
        Some(ty) => vm.bare_instance(ty, &[]),
        None => Err(PyError::type_error("not a class")),
    })
}

/// A call: of built-in functions at once, without a detour over the machine's stack.
fn call(vm: &mut Vm, f: Value, args: &[Value]) -> Result<Value, Box<PyError>> {
    vm.called_by_trace(|vm| {
        if f.is_class(class::BUILTIN) {
            return crate::builtins::call(vm, f.aux(), Args::of(args), None);
        }
        vm.call(f, args)
    })
}

unsafe extern "C" fn call0(context: *mut ExecContext, f: u64) -> u64 {
    with(context, [f], |vm, [f]| call(vm, f, &[]))
}

unsafe extern "C" fn call1(context: *mut ExecContext, f: u64, a: u64) -> u64 {
    with(context, [f, a], |vm, [f, a]| call(vm, f, &[a]))
}

unsafe extern "C" fn call2(context: *mut ExecContext, f: u64, a: u64, b: u64) -> u64 {
    with(context, [f, a, b], |vm, [f, a, b]| call(vm, f, &[a, b]))
}

/// `f, arguments as a list`.
unsafe extern "C" fn call_list(context: *mut ExecContext, f: u64, list: u64) -> u64 {
    with(context, [f, list], |vm, [f, list]| {
        let args = list.as_list().map_or(Vec::new(), |l| l.items().to_vec());
        vm.called_by_trace(|vm| vm.call(f, &args))
    })
}

/// The words that a trace handed over.
fn handed_over(vm: &Vm, count: Value) -> ([Value; TRACE_ARGS], usize) {
    (*vm.trace_args, (small(count) as usize).min(TRACE_ARGS))
}

/// `f, count`: the arguments were handed over.
unsafe extern "C" fn call_args(context: *mut ExecContext, f: u64, count: u64) -> u64 {
    with(context, [f, count], |vm, [f, count]| {
        let (args, n) = handed_over(vm, count);
        call(vm, f, &args[..n])
    })
}

/// `f, count, names of the last arguments`.
unsafe extern "C" fn call_named(context: *mut ExecContext, f: u64, count: u64, names: u64) -> u64 {
    with(context, [f, count, names], |vm, [f, count, names]| {
        let (args, n) = handed_over(vm, count);
        vm.called_by_trace(|vm| vm.call_names(f, &args[..n], names.as_tuple()))
    })
}

unsafe extern "C" fn list_of(context: *mut ExecContext, count: u64) -> u64 {
    with(context, [count], |vm, [count]| {
        let (items, n) = handed_over(vm, count);
        vm.heap.alloc_list_of(&items[..n]).map_err(memory)
    })
}

unsafe extern "C" fn tuple_of(context: *mut ExecContext, count: u64) -> u64 {
    with(context, [count], |vm, [count]| {
        let (items, n) = handed_over(vm, count);
        vm.heap.alloc_tuple(&items[..n]).map_err(memory)
    })
}

/// The strings that were handed over in one.
unsafe extern "C" fn join(context: *mut ExecContext, count: u64) -> u64 {
    with(context, [count], |vm, [count]| {
        let (parts, n) = handed_over(vm, count);
        let mut text = String::new();
        parts[..n].iter().for_each(|part| text.push_str(part.as_str().map_or("", |s| s.text())));
        Ok(vm.heap.alloc_str(&text))
    })
}

extern "C" fn float_mod(a: f64, b: f64) -> f64 {
    ops::float_mod(a, b)
}

extern "C" fn float_floor_div(a: f64, b: f64) -> f64 {
    ops::float_floor_div(a, b)
}

extern "C" fn sin(a: f64) -> f64 {
    a.sin()
}

extern "C" fn cos(a: f64) -> f64 {
    a.cos()
}

extern "C" fn tan(a: f64) -> f64 {
    a.tan()
}

extern "C" fn exp(a: f64) -> f64 {
    a.exp()
}

extern "C" fn atan(a: f64) -> f64 {
    a.atan()
}
