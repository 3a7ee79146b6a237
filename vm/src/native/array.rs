//! `array.array`: numbers, or characters, of one machine type.
//!
//! Terms. A *type code* is the character that a program names a machine type with. Items are bytes in the machine's order, one after the other, so that what only
//! moves them (slices, insertion, reversal) is the same for all kinds.
//!
//! Invariant: the number of bytes is a multiple of the item's size.

mod codes;

use super::chains::positional;
use super::{Native, make};
use crate::builtins::{Builtin, bytes_like, class_method, index_bounds, method, open_method};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::object::Slice;
use crate::ops;
use crate::ops::number::{Num, as_integer};
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use codes::{CODES, Kind, TypeCode, WIDEST, sized};
use std::cell::{Cell, RefCell};
use tierlab_frontend::bytecode::CompareKind;

/// An array.
pub struct Array {
    ty: &'static TypeCode,
    bytes: RefCell<Vec<u8>>,
}

impl Native for Array {
    fn visit(&self, _: &mut dyn FnMut(Value)) {}

    fn bytes(&self) -> usize {
        size_of_val(self) + self.bytes.borrow().capacity()
    }

    fn length(&self) -> Option<usize> {
        Some(self.len())
    }

    #[inline]
    fn item(&self, vm: &mut Vm, at: usize) -> Option<Value> {
        self.load(vm, at)
    }

    fn set_item(&self, vm: &mut Vm, at: usize, value: Value) -> Option<PyResult<()>> {
        (at < self.len()).then(|| {
            let item = self.ty.item(vm, value)?;
            // What gave the number may have made the array shorter.
            self.store(at, item).ok_or_else(out_of_range_to_assign)
        })
    }

    fn buffer(&self) -> Option<Vec<u8>> {
        Some(self.bytes.borrow().clone())
    }

    fn attribute(&self, vm: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "typecode" => Some(vm.heap.alloc_str(self.ty.code.encode_utf8(&mut [0; 4]))),
            "itemsize" => Some(Value::small(self.ty.kind.size() as i64)),
            _ => None,
        })
    }
}

/// An iterator over an array; without one when it is over.
pub struct ArrayIterator {
    array: Cell<Value>,
    at: Cell<usize>,
}

impl Native for ArrayIterator {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.array.get());
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let Some(array) = self.array.get().native::<Array>() else { return Ok(None) };
        let item = array.load(vm, self.at.get());
        match item {
            Some(_) => self.at.set(self.at.get() + 1),
            None => self.array.set(Value::none()),
        }
        Ok(item)
    }
}

#[cold]
fn index_error(message: &str) -> Box<PyError> {
    PyError::new(ExcKind::IndexError, message)
}

const OUT_OF_RANGE_TO_ASSIGN: &str = "array assignment index out of range";

#[cold]
fn out_of_range_to_assign() -> Box<PyError> {
    index_error(OUT_OF_RANGE_TO_ASSIGN)
}

impl Array {
    fn len(&self) -> usize {
        self.bytes.borrow().len() / self.ty.kind.size()
    }

    #[inline]
    fn load(&self, vm: &mut Vm, at: usize) -> Option<Value> {
        let (bytes, size) = (self.bytes.borrow(), self.ty.kind.size());
        let item = bytes.get(at.checked_mul(size)?..)?.get(..size)?;
        Some(self.ty.kind.value(vm, item))
    }

    fn store(&self, at: usize, item: [u8; WIDEST]) -> Option<()> {
        let size = self.ty.kind.size();
        let mut bytes = self.bytes.borrow_mut();
        bytes.get_mut(at * size..)?.get_mut(..size)?.copy_from_slice(&item[..size]);
        Some(())
    }

    /// Changes the bytes; the heap is told where they take more room, or less.
    fn change<R>(&self, vm: &mut Vm, of: Value, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut bytes = self.bytes.borrow_mut();
        let before = bytes.capacity();
        let result = f(&mut bytes);
        let moved = bytes.capacity() != before;
        drop(bytes);
        if moved {
            vm.heap.recount_native(of.plain());
        }
        result
    }

    /// Takes an item out, where it is still there: a comparison that found it may have made the array shorter.
    fn take_out(&self, vm: &mut Vm, of: Value, at: usize) {
        let size = self.ty.kind.size();
        if at < self.len() {
            self.change(vm, of, |bytes| drop(bytes.drain(at * size..(at + 1) * size)));
        }
    }

    fn append(&self, vm: &mut Vm, of: Value, value: Value) -> PyResult<()> {
        let item = self.ty.item(vm, value)?;
        let size = self.ty.kind.size();
        self.change(vm, of, |bytes| bytes.extend_from_slice(&item[..size]));
        Ok(())
    }

    fn append_bytes(&self, vm: &mut Vm, of: Value, more: &[u8]) -> PyResult<()> {
        if !more.len().is_multiple_of(self.ty.kind.size()) {
            return Err(PyError::value_error("bytes length not a multiple of item size"));
        }
        if self.ty.kind == Kind::Char {
            for item in more.chunks_exact(Kind::Char.size()) {
                let code = u32::from_ne_bytes(sized(item));
                if char::from_u32(code).is_none() {
                    return Err(PyError::value_error(format!(
                        "character U+{code:x} is not in range [U+0000; U+10ffff]"
                    )));
                }
            }
        }
        let room = |bytes: &mut Vec<u8>| {
            bytes.try_reserve(more.len()).map(|()| bytes.extend_from_slice(more))
        };
        self.change(vm, of, room).map_err(|_| PyError::memory())
    }

    fn append_text(&self, vm: &mut Vm, of: Value, text: &str) {
        self.change(vm, of, |bytes| {
            bytes.extend(text.chars().flat_map(|c| u32::from(c).to_ne_bytes()));
        });
    }

    fn extend(&self, vm: &mut Vm, of: Value, iterable: Value) -> PyResult<()> {
        let Some(other) = array_of(iterable) else {
            return ops::iterate(vm, iterable, |vm, item| self.append(vm, of, item));
        };
        if other.ty.code != self.ty.code {
            return Err(PyError::type_error("can only extend with array of same kind"));
        }
        let more = other.bytes.borrow().clone();
        self.append_bytes(vm, of, &more)
    }

    /// All items.
    fn values(&self, vm: &mut Vm) -> Vec<Value> {
        (0..self.len()).filter_map(|at| self.load(vm, at)).collect()
    }

    /// The characters of an array of them.
    fn text(&self) -> String {
        let bytes = self.bytes.borrow();
        let items = bytes.chunks_exact(Kind::Char.size());
        items.filter_map(|item| char::from_u32(u32::from_ne_bytes(sized(item)))).collect()
    }

    /// The place of the first item between two places that equals a value.
    fn find(&self, vm: &mut Vm, value: Value, from: usize, to: usize) -> PyResult<Option<usize>> {
        for at in from..to {
            let Some(item) = self.load(vm, at) else { break };
            if vm.quietly(|vm| ops::equal(vm, item, value))? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// An array of the same type.
    fn with(&self, vm: &mut Vm, bytes: Vec<u8>) -> Value {
        make(vm, class::ARRAY, Array { ty: self.ty, bytes: RefCell::new(bytes) })
    }

    /// The bytes of `count` items, `step` apart.
    fn picked(&self, (start, _, step, count): (i64, i64, i64, usize)) -> Vec<u8> {
        let (bytes, size) = (self.bytes.borrow(), self.ty.kind.size());
        if step == 1 {
            return bytes[start as usize * size..][..count * size].to_vec();
        }
        let places = (0..count as i64).map(|i| (start + i * step) as usize * size);
        places.flat_map(|at| &bytes[at..at + size]).copied().collect()
    }

    fn repeated(&self, vm: &mut Vm, times: Value) -> PyResult<Vec<u8>> {
        let Some(times) = ops::index_int(ops::index_value(vm, times)?) else {
            return Err(PyError::type_error(format!(
                "can't multiply sequence by non-int of type '{}'",
                type_name(times)
            )));
        };
        ops::repeated(&self.bytes.borrow(), times.max(0) as usize)
    }
}

/// The array that a value is or holds.
fn array_of<'a>(value: Value) -> Option<&'a Array> {
    value.plain().native()
}

fn me<'a>(args: Args) -> PyResult<&'a Array> {
    array_of(arg(args, 0)).ok_or_else(|| {
        let found = type_name(arg(args, 0));
        PyError::type_error(format!("an array is required, not '{found}'"))
    })
}

/// `array(typecode, initializer=())`.
pub(super) fn new(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let given = args.len();
    if given == 0 || given > 2 {
        let (bound, s) = if given == 0 { ("least 1", "") } else { ("most 2", "s") };
        return Err(PyError::type_error(format!(
            "array() takes at {bound} argument{s} ({given} given)"
        )));
    }
    let args = positional(vm, args, "array.array", 1, 2)?;
    let code = args[0].plain().as_str().and_then(|text| {
        let mut characters = text.text().chars();
        characters.next().filter(|_| characters.next().is_none())
    });
    let Some(code) = code else {
        return Err(PyError::type_error(format!(
            "array() argument 1 must be a unicode character, not {}",
            type_name(args[0])
        )));
    };
    let initial = args.get(1).copied();
    if code != 'u'
        && let Some(initial) = initial
        && initial.plain().as_str().is_some()
    {
        return Err(PyError::type_error(format!(
            "cannot use a str to initialize an array with typecode '{code}'"
        )));
    }
    let Some(ty) = CODES.iter().find(|ty| ty.code == code) else {
        return Err(PyError::value_error(
            "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)",
        ));
    };
    let object = make(vm, class::ARRAY, Array { ty, bytes: RefCell::default() });
    let (Some(array), Some(initial)) = (array_of(object), initial) else { return Ok(object) };
    if let Some(bytes) = initial.plain().as_bytes() {
        array.append_bytes(vm, object, bytes.bytes())?;
    } else if let Some(text) = initial.plain().as_str() {
        array.append_text(vm, object, text.text());
    } else if let Some(other) = array_of(initial).filter(|other| other.ty.code != code) {
        for at in 0..other.len() {
            let Some(item) = other.load(vm, at) else { break };
            array.append(vm, object, item)?;
        }
    } else {
        vm.holding(&[object], |vm| array.extend(vm, object, initial))?;
    }
    Ok(object)
}

/// What an index means.
enum Place {
    /// One item that is there.
    Item(usize),
    Slice(Slice),
}

/// What an index means in an array as it is once the index has given its numbers: an `__index__` may make the array shorter.
fn place(vm: &mut Vm, array: &Array, index: Value, why: &str) -> PyResult<Place> {
    let index = ops::index_value(vm, index)?;
    if let Some(slice) = index.as_slice() {
        return Ok(Place::Slice(slice));
    }
    let at = match as_integer(index) {
        Some(Num::Int(at)) => at,
        Some(_) => return Err(index_error("cannot fit 'int' into an index-sized integer")),
        None => return Err(PyError::type_error("array indices must be integers")),
    };
    ops::position(at, array.len()).map(Place::Item).ok_or_else(|| index_error(why))
}

fn item(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let array = me(args)?;
    let out_of_range = "array index out of range";
    match place(vm, array, arg(args, 1), out_of_range)? {
        Place::Item(at) => array.load(vm, at).ok_or_else(|| index_error(out_of_range)),
        Place::Slice(slice) => {
            let bytes = array.picked(ops::slice_bounds(slice, array.len())?);
            Ok(array.with(vm, bytes))
        }
    }
}

fn set_item(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (of, array, value) = (arg(args, 0), me(args)?, arg(args, 2));
    let slice = match place(vm, array, arg(args, 1), OUT_OF_RANGE_TO_ASSIGN)? {
        Place::Item(at) => {
            array.set_item(vm, at, value).unwrap_or_else(|| Err(out_of_range_to_assign()))?;
            return Ok(Value::none());
        }
        Place::Slice(slice) => slice,
    };
    let Some(other) = array_of(value) else {
        return Err(PyError::type_error(format!(
            "can only assign array (not \"{}\") to array slice",
            type_name(value)
        )));
    };
    if other.ty.code != array.ty.code {
        return Err(PyError::type_error("bad argument type for built-in operation"));
    }
    let new = other.bytes.borrow().clone();
    replace_slice(vm, of, array, slice, &new)
}

/// Puts items in place of those of a slice.
fn replace_slice(
    vm: &mut Vm,
    of: Value,
    array: &Array,
    slice: Slice,
    new: &[u8],
) -> PyResult<Value> {
    let size = array.ty.kind.size();
    let (start, stop, step, count) = ops::slice_bounds(slice, array.len())?;
    if step == 1 {
        let range = start as usize * size..stop.max(start) as usize * size;
        array.change(vm, of, |bytes| drop(bytes.splice(range, new.iter().copied())));
        return Ok(Value::none());
    }
    if new.len() / size != count {
        return Err(PyError::value_error(format!(
            "attempt to assign array of size {} to extended slice of size {count}",
            new.len() / size
        )));
    }
    let mut bytes = array.bytes.borrow_mut();
    for (i, item) in new.chunks_exact(size).enumerate() {
        bytes[(start + i as i64 * step) as usize * size..][..size].copy_from_slice(item);
    }
    Ok(Value::none())
}

fn delete_item(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (of, array) = (arg(args, 0), me(args)?);
    let slice = match place(vm, array, arg(args, 1), OUT_OF_RANGE_TO_ASSIGN)? {
        Place::Item(at) => {
            array.take_out(vm, of, at);
            return Ok(Value::none());
        }
        Place::Slice(slice) => slice,
    };
    let size = array.ty.kind.size();
    let (start, _, step, count) = ops::slice_bounds(slice, array.len())?;
    if step == 1 {
        return replace_slice(vm, of, array, slice, &[]);
    }
    // The places from the least one up.
    let least = if step < 0 { start + step * (count as i64 - 1) } else { start } as usize;
    let apart = step.unsigned_abs() as usize;
    array.change(vm, of, |bytes| {
        let mut kept = 0;
        for at in 0..bytes.len() / size {
            let gone = at
                .checked_sub(least)
                .is_some_and(|from| from.is_multiple_of(apart) && from / apart < count);
            if !gone {
                bytes.copy_within(at * size..(at + 1) * size, kept * size);
                kept += 1;
            }
        }
        bytes.truncate(kept * size);
    });
    Ok(Value::none())
}

fn compare(vm: &mut Vm, args: Args, kind: CompareKind) -> PyResult<Value> {
    let (Some(a), Some(b)) = (array_of(arg(args, 0)), array_of(arg(args, 1))) else {
        return Ok(Value::not_implemented());
    };
    let (a, b) = (a.values(vm), b.values(vm));
    let (a, b) = (vm.heap.alloc_tuple(&a)?, vm.heap.alloc_tuple(&b)?);
    vm.quietly(|vm| ops::compare(vm, kind, a, b))
}

fn show(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (array, name) = (me(args)?, vm.type_of(arg(args, 0)).name.clone());
    let code = array.ty.code;
    if array.len() == 0 {
        return Ok(vm.heap.alloc_str(&format!("{name}('{code}')")));
    }
    let items = match array.ty.kind {
        Kind::Char => vm.heap.alloc_str(&array.text()),
        _ => {
            let values = array.values(vm);
            vm.heap.alloc_list_of(&values)?
        }
    };
    let items = vm.repr_of(items)?;
    Ok(vm.heap.alloc_str(&format!("{name}('{code}', {items})")))
}

fn copy(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let array = me(args)?;
    let bytes = array.bytes.borrow().clone();
    Ok(array.with(vm, bytes))
}

fn multiplied(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let array = me(args)?;
    let bytes = array.repeated(vm, arg(args, 1))?;
    Ok(array.with(vm, bytes))
}

fn add(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let array = me(args)?;
    let Some(other) = array_of(arg(args, 1)) else {
        return Err(PyError::type_error(format!(
            "can only append array (not \"{}\") to array",
            type_name(arg(args, 1))
        )));
    };
    if array.ty.code != other.ty.code {
        return Err(PyError::type_error("bad argument type for built-in operation"));
    }
    let bytes = [&array.bytes.borrow()[..], &other.bytes.borrow()[..]].concat();
    Ok(array.with(vm, bytes))
}

fn not_found(method: &str) -> Box<PyError> {
    PyError::value_error(format!("array.{method}(x): x not in array"))
}

fn pop(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let array = me(args)?;
    let at = args.get(1).map_or(Ok(-1), |at| ops::index_saturating(vm, at))?;
    if array.len() == 0 {
        return Err(index_error("pop from empty array"));
    }
    let at = ops::position(at, array.len());
    let at = at.ok_or_else(|| index_error("pop index out of range"))?;
    let item = array.load(vm, at).unwrap_or(Value::none());
    array.take_out(vm, arg(args, 0), at);
    Ok(item)
}

fn insert(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let array = me(args)?;
    let at = ops::index_saturating(vm, arg(args, 1))?;
    let item = array.ty.item(vm, arg(args, 2))?;
    let (len, size) = (array.len() as i64, array.ty.kind.size());
    let at = if at < 0 { at.saturating_add(len).max(0) } else { at.min(len) } as usize * size;
    array.change(vm, arg(args, 0), |bytes| drop(bytes.splice(at..at, item[..size].to_vec())));
    Ok(Value::none())
}

/// The text of an array of characters, for a method that only such have.
fn characters<'a>(args: Args, method: &str) -> PyResult<&'a Array> {
    let array = me(args)?;
    if array.ty.kind != Kind::Char {
        return Err(PyError::value_error(format!(
            "{method}() may only be called on unicode type arrays"
        )));
    }
    Ok(array)
}

/// Methods.
pub(crate) const TABLE: &[Builtin] = &[
    method("array.append", 1, 1, |vm, a| {
        me(a)?.append(vm, arg(a, 0), arg(a, 1))?;
        Ok(Value::none())
    }),
    method("array.extend", 1, 1, |vm, a| {
        me(a)?.extend(vm, arg(a, 0), arg(a, 1))?;
        Ok(Value::none())
    }),
    method("array.fromlist", 1, 1, |vm, a| {
        let array = me(a)?;
        if arg(a, 1).plain().as_list().is_none() {
            return Err(PyError::type_error("arg must be list"));
        }
        let before = array.bytes.borrow().len();
        let done = array.extend(vm, arg(a, 0), arg(a, 1));
        if done.is_err() {
            array.bytes.borrow_mut().truncate(before);
        }
        done.map(|()| Value::none())
    }),
    method("array.frombytes", 1, 1, |vm, a| {
        let bytes = bytes_like(arg(a, 1))?.to_vec();
        me(a)?.append_bytes(vm, arg(a, 0), &bytes)?;
        Ok(Value::none())
    }),
    method("array.fromunicode", 1, 1, |vm, a| {
        let array = characters(a, "fromunicode")?;
        let Some(text) = arg(a, 1).plain().as_str() else {
            return Err(PyError::type_error(format!(
                "fromunicode() argument must be str, not {}",
                type_name(arg(a, 1))
            )));
        };
        array.append_text(vm, arg(a, 0), text.text());
        Ok(Value::none())
    }),
    method("array.tounicode", 0, 0, |vm, a| {
        let text = characters(a, "tounicode")?.text();
        Ok(vm.heap.alloc_str(&text))
    }),
    method("array.insert", 2, 2, insert),
    method("array.pop", 0, 1, pop),
    method("array.remove", 1, 1, |vm, a| {
        let array = me(a)?;
        let at = array.find(vm, arg(a, 1), 0, array.len())?.ok_or_else(|| not_found("remove"))?;
        array.take_out(vm, arg(a, 0), at);
        Ok(Value::none())
    }),
    method("array.index", 1, 3, |vm, a| {
        let array = me(a)?;
        let (from, to) = index_bounds(vm, a, array.len(), array.len())?;
        let at = array.find(vm, arg(a, 1), from, to)?.ok_or_else(|| not_found("index"))?;
        Ok(Value::small(at as i64))
    }),
    method("array.count", 1, 1, |vm, a| {
        let array = me(a)?;
        let (mut count, mut at) = (0, 0);
        while let Some(found) = array.find(vm, arg(a, 1), at, array.len())? {
            count += 1;
            at = found + 1;
        }
        Ok(Value::small(count))
    }),
    method("array.reverse", 0, 0, |_, a| {
        let array = me(a)?;
        let size = array.ty.kind.size();
        let mut bytes = array.bytes.borrow_mut();
        // All bytes turned round, and then those of each item back.
        bytes.reverse();
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        Ok(Value::none())
    }),
    method("array.byteswap", 0, 0, |_, a| {
        let array = me(a)?;
        let size = array.ty.kind.size();
        array.bytes.borrow_mut().chunks_exact_mut(size).for_each(<[u8]>::reverse);
        Ok(Value::none())
    }),
    method("array.tolist", 0, 0, |vm, a| {
        let values = me(a)?.values(vm);
        Ok(vm.heap.alloc_list_of(&values)?)
    }),
    method("array.tobytes", 0, 0, |vm, a| {
        let bytes = me(a)?.bytes.borrow().clone();
        Ok(vm.heap.alloc_byte_buffer(class::BYTES, bytes))
    }),
    method("array.buffer_info", 0, 0, |vm, a| {
        let array = me(a)?;
        let address = array.bytes.borrow().as_ptr() as i64;
        let words = [vm.heap.alloc_int(address), Value::small(array.len() as i64)];
        Ok(vm.heap.alloc_tuple(&words)?)
    }),
    method("array.__copy__", 0, 0, copy),
    method("array.__deepcopy__", 1, 1, copy),
    method("array.__len__", 0, 0, |_, a| Ok(Value::small(me(a)?.len() as i64))),
    method("array.__getitem__", 1, 1, item),
    method("array.__setitem__", 2, 2, set_item),
    method("array.__delitem__", 1, 1, delete_item),
    method("array.__contains__", 1, 1, |vm, a| {
        let array = me(a)?;
        Ok(Value::bool(array.find(vm, arg(a, 1), 0, array.len())?.is_some()))
    }),
    method("array.__iter__", 0, 0, |vm, a| {
        me(a)?;
        let array = Cell::new(arg(a, 0).plain());
        Ok(make(vm, class::ARRAY_ITERATOR, ArrayIterator { array, at: Cell::new(0) }))
    }),
    open_method("array.__repr__", 0, 0, show),
    method("array.__add__", 1, 1, add),
    open_method("array.__iadd__", 1, 1, |vm, a| {
        if array_of(arg(a, 1)).is_none() {
            return Err(PyError::type_error(format!(
                "can only extend array with array (not \"{}\")",
                type_name(arg(a, 1))
            )));
        }
        me(a)?.extend(vm, arg(a, 0), arg(a, 1))?;
        Ok(arg(a, 0))
    }),
    method("array.__mul__", 1, 1, multiplied),
    method("array.__rmul__", 1, 1, multiplied),
    open_method("array.__imul__", 1, 1, |vm, a| {
        let array = me(a)?;
        let all = array.repeated(vm, arg(a, 1))?;
        array.change(vm, arg(a, 0), |bytes| *bytes = all);
        Ok(arg(a, 0))
    }),
    open_method("array.__eq__", 1, 1, |vm, a| compare(vm, a, CompareKind::Eq)),
    open_method("array.__ne__", 1, 1, |vm, a| compare(vm, a, CompareKind::Ne)),
    open_method("array.__lt__", 1, 1, |vm, a| compare(vm, a, CompareKind::Lt)),
    open_method("array.__le__", 1, 1, |vm, a| compare(vm, a, CompareKind::Le)),
    open_method("array.__gt__", 1, 1, |vm, a| compare(vm, a, CompareKind::Gt)),
    open_method("array.__ge__", 1, 1, |vm, a| compare(vm, a, CompareKind::Ge)),
    class_method("array.__class_getitem__", 1, 1, |vm, a| {
        ops::generic_alias(vm, arg(a, 0), arg(a, 1))
    }),
];
