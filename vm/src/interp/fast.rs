//! The common cases of specialized instructions, on the interpreter's registers.
//!
//! Each does the whole instruction and says so, or does nothing: then the loop takes the slow way.
//! Everything is inlined into the loop. The `unsafe` blocks rely on what [`super::regs`] and
//! [`super::run`] say: operands are valid words, and what instructions name exists.

use super::regs::{Regs, copy_cells, float, hits, is_class, slot};
use super::{Frame, FrameKind, Vm};
use crate::class;
use crate::code::RtCode;
use crate::object::{FunctionCell, InstanceCell, ListCell, RangeCell, TupleCell};
use crate::stack::STACK_WORDS;
use crate::value::Value;
use tierlab_frontend::bytecode::Opcode;

/// A float and a small int under an operator: add, sub, mul and true division are numbered so.
#[inline(always)]
pub(super) fn mixed_result(x: u8, a: f64, b: f64) -> Option<f64> {
    match x & 0x7f {
        0 => Some(a + b),
        1 => Some(a - b),
        2 => Some(a * b),
        3 if b != 0.0 => Some(a / b),
        _ => None,
    }
}

impl Regs<'_> {
    /// The two topmost operands, where both are floats.
    #[inline(always)]
    pub fn floats(&self) -> Option<(f64, f64)> {
        let (a, b) = (self.peek(2), self.peek(1));
        // SAFETY: operands are valid words.
        unsafe {
            let both = is_class(a, class::FLOAT) && is_class(b, class::FLOAT);
            both.then(|| (float(a), float(b)))
        }
    }

    /// Replaces the two topmost operands by what their comparison gave; with `jump`, takes or passes the
    /// conditional jump behind it at once.
    #[inline(always)]
    pub fn compared(&mut self, result: bool, jump: bool) {
        if !jump {
            return self.replace_two(Value::bool(result));
        }
        self.drop(2);
        let next = self.next();
        self.skip();
        if result == (next.op() == Opcode::PopJumpIfTrue) {
            self.jump(next.wide());
        }
    }

    /// The two topmost operands as floats, where one is a float and the other a small int.
    #[inline(always)]
    pub fn mixed_floats(&self) -> Option<(f64, f64)> {
        let (a, b) = (self.peek(2), self.peek(1));
        // SAFETY: operands are valid words.
        unsafe {
            if a.is_small_int() && is_class(b, class::FLOAT) {
                Some((a.small_int_value() as f64, float(b)))
            } else if b.is_small_int() && is_class(a, class::FLOAT) {
                Some((float(a), b.small_int_value() as f64))
            } else {
                None
            }
        }
    }

    /// Goes on in the function under `args` operands, if it takes just what it is given. `Some(false)`: there
    /// is no room for its frame, or something else to be done first; `None`: another callable.
    #[inline(always)]
    pub fn call_plain(&mut self, vm: &mut Vm, args: usize) -> Option<bool> {
        let (callable, receiver) = (self.peek(args + 2), self.peek(args + 1));
        let given = args + usize::from(!receiver.is_null());
        // SAFETY: operands are valid words; functions hold live runtime code; what is written lies in the
        // room of the new frame.
        unsafe {
            if !is_class(callable, class::FUNCTION) {
                return None;
            }
            let function = callable.cell::<FunctionCell>();
            let callee: &RtCode = &*((*function).code as *const RtCode);
            if callee.plain_args as usize != given {
                return None;
            }
            let stack = vm.stack.base();
            let first = self.sp.sub(given);
            let fits = first.wrapping_add(callee.frame_size as usize)
                <= stack.wrapping_add(STACK_WORDS)
                && vm.frames.len() < vm.frame_limit;
            if !fits || vm.heap.collect_requested() {
                return Some(false);
            }
            self.sync(vm);
            for i in given..callee.locals as usize {
                first.add(i).write(Value::NULL);
            }
            if callee.free != 0 {
                copy_cells(&*function, callee, first);
            }
            vm.frames.push(Frame {
                code: callee,
                pc: 0,
                base: first.offset_from(stack) as u32,
                return_sp: (self.sp.offset_from(stack) as usize - args - 2) as u32,
                entry: false,
                kind: FrameKind::Plain,
            });
            self.code = callee;
            self.pc = callee.instrs.as_ptr();
            self.base = first;
            self.sp = first.add(callee.locals as usize);
        }
        Some(true)
    }

    /// Advances a counting loop over a range: the item, or NULL at its end.
    ///
    /// # Safety
    /// The iterable is a range.
    #[inline(always)]
    pub unsafe fn range_next(&mut self, range: Value) -> Value {
        let range = range.cell::<RangeCell>();
        let at = self.peek(1).small_int_value();
        // SAFETY: the caller says so.
        let (end, step) = unsafe { ((*range).end, (*range).step) };
        if at == end {
            return Value::NULL;
        }
        let item = self.peek(1);
        self.set(1, Value::small(at + step));
        item
    }

    /// Advances a loop over words in memory.
    ///
    /// # Safety
    /// There are `len` valid words.
    #[inline(always)]
    unsafe fn items_next(&mut self, items: *const Value, len: u64) -> Value {
        let at = self.peek(1).small_int_value() as u64;
        if at >= len {
            return Value::NULL;
        }
        self.set(1, Value::small(at as i64 + 1));
        // SAFETY: the index is below the length.
        unsafe { *items.add(at as usize) }
    }

    /// The same over a list.
    ///
    /// # Safety
    /// The iterable is a list.
    #[inline(always)]
    pub unsafe fn list_next(&mut self, list: Value) -> Value {
        let list = list.cell::<ListCell>();
        // SAFETY: the caller says so.
        unsafe { self.items_next((*list).items, (*list).len) }
    }

    /// The same over a tuple.
    ///
    /// # Safety
    /// The iterable is a tuple.
    #[inline(always)]
    pub unsafe fn tuple_next(&mut self, tuple: Value) -> Value {
        let tuple = tuple.cell::<TupleCell>();
        // SAFETY: the caller says so; the items follow the fixed part.
        unsafe { self.items_next(tuple.add(1).cast(), (*tuple).len) }
    }

    /// Whether the operands at these depths are a list and a small int.
    #[inline(always)]
    pub fn list_and_int(&self, list: usize, index: usize) -> bool {
        // SAFETY: operands are valid words.
        self.peek(index).is_small_int() && unsafe { is_class(self.peek(list), class::LIST) }
    }

    /// The place of an item of a list.
    #[inline(always)]
    fn item(&self, list: Value, index: Value) -> Option<*mut Value> {
        // SAFETY: operands are valid words; the index is checked against the length.
        unsafe {
            if !index.is_small_int() || !is_class(list, class::LIST) {
                return None;
            }
            let list = list.cell::<ListCell>();
            let mut at = index.small_int_value();
            let len = (*list).len;
            if at < 0 {
                at += len as i64;
            }
            ((at as u64) < len).then(|| (*list).items.add(at as usize))
        }
    }

    /// `load_fast` of an index and `binary_subscr` of the list on top.
    #[inline(always)]
    pub fn subscript_by_local(&mut self, index: u16) -> bool {
        let (object, index) = (self.peek(1), self.local(index));
        // SAFETY: operands are valid words; the index is checked against the length.
        unsafe {
            if !index.is_small_int() || !is_class(object, class::LIST) {
                return false;
            }
            let list = object.cell::<ListCell>();
            let at = index.small_int_value();
            if (at as u64) >= (*list).len {
                return false;
            }
            self.set(1, *(*list).items.add(at as usize));
        }
        self.skip();
        true
    }

    /// `binary_subscr` of a list by a small int.
    #[inline(always)]
    pub fn subscript_list(&mut self) -> bool {
        match self.item(self.peek(2), self.peek(1)) {
            Some(place) => {
                // SAFETY: the place is inside the list.
                self.replace_two(unsafe { *place });
                true
            }
            None => false,
        }
    }

    /// `binary_subscr` of a tuple by a small int; `None` for other operands.
    #[inline(always)]
    pub fn subscript_tuple(&mut self) -> Option<bool> {
        let (object, index) = (self.peek(2), self.peek(1));
        // SAFETY: as above; a tuple's items follow its fixed part.
        unsafe {
            if !index.is_small_int() || !is_class(object, class::TUPLE) {
                return None;
            }
            let tuple = object.cell::<TupleCell>();
            let at = index.small_int_value();
            if (at as u64) >= (*tuple).len {
                return Some(false);
            }
            self.replace_two(*tuple.add(1).cast::<Value>().add(at as usize));
        }
        Some(true)
    }

    /// `binary_subscr` of a string by a small int. `Some(false)`: not one of its characters, or not all of
    /// them ASCII; `None` for other operands.
    #[inline(always)]
    pub fn subscript_str(&mut self, vm: &mut Vm) -> Option<bool> {
        let index = self.peek(1).as_small_int()?;
        let string = self.peek(2).as_str()?;
        let item = crate::ops::ascii_item(vm, string, index);
        if let Some(item) = item {
            self.replace_two(item);
        }
        Some(item.is_some())
    }

    /// `binary_subscr` of a dict by a string or small int. `Some(false)`: no key is known to be equal;
    /// `None` for other operands.
    #[inline(always)]
    pub fn subscript_dict(&mut self) -> Option<bool> {
        let key = self.peek(1);
        let dict =
            self.peek(2).as_dict().filter(|_| key.is_small_int() || key.as_str().is_some())?;
        let found = crate::ops::dict_get_plain(dict, key);
        if let Some(value) = found {
            self.replace_two(value);
        }
        Some(found.is_some())
    }

    /// `store_subscr` into a list by a small int.
    #[inline(always)]
    pub fn store_list(&mut self) -> bool {
        match self.item(self.peek(2), self.peek(1)) {
            Some(place) => {
                // SAFETY: the place is inside the list.
                unsafe { *place = self.peek(3) };
                self.drop(3);
                true
            }
            None => false,
        }
    }

    /// `unpack_sequence` of a tuple.
    #[inline(always)]
    pub fn unpack_tuple(&mut self, count: usize) -> bool {
        let sequence = self.peek(1);
        // SAFETY: operands are valid words; the length is checked.
        unsafe {
            let tuple = sequence.cell::<TupleCell>();
            if !is_class(sequence, class::TUPLE) || (*tuple).len != count as u64 {
                return false;
            }
            self.drop(1);
            let items = tuple.add(1).cast::<Value>();
            for i in (0..count).rev() {
                self.push(*items.add(i));
            }
        }
        true
    }

    /// `load_attr` of an attribute at a slot.
    #[inline(always)]
    pub fn load_slot(&mut self, name: u16, epoch: u32) -> bool {
        let object = self.peek(1);
        let cache = self.attr_cache(name);
        // SAFETY: operands are valid words; the shape has the slot.
        unsafe {
            if hits(cache, object, epoch) {
                let value = *slot(object, cache.slot);
                if !value.is_null() {
                    self.set(1, value);
                    return true;
                }
            }
        }
        false
    }

    /// `load_attr` of a plain attribute of the class.
    #[inline(always)]
    pub fn load_of_class(&mut self, name: u16, epoch: u32) -> bool {
        let object = self.peek(1);
        let cache = self.attr_cache(name);
        // SAFETY: operands are valid words; cells of classes stay while the epoch does.
        unsafe {
            if hits(cache, object, epoch) {
                self.set(1, (*cache.cell).get());
                return true;
            }
        }
        false
    }

    /// `load_method` of a function of the class.
    #[inline(always)]
    pub fn load_method(&mut self, name: u16, epoch: u32) -> bool {
        let object = self.peek(1);
        let cache = self.attr_cache(name);
        // SAFETY: operands are valid words.
        if unsafe { hits(cache, object, epoch) } {
            self.set(1, cache.method);
            self.push(object);
            return true;
        }
        false
    }

    /// `store_attr` into a slot.
    #[inline(always)]
    pub fn store_slot(&mut self, name: u16, epoch: u32) -> bool {
        let object = self.peek(1);
        let cache = self.attr_cache(name);
        // SAFETY: operands are valid words; the shape has the slot.
        unsafe {
            if !hits(cache, object, epoch) {
                return false;
            }
            *slot(object, cache.slot) = self.peek(2);
        }
        self.drop(2);
        true
    }

    /// `store_attr` that adds a slot.
    #[inline(always)]
    pub fn store_new(&mut self, name: u16, epoch: u32) -> bool {
        let object = self.peek(1);
        let cache = self.attr_cache(name);
        // SAFETY: operands are valid words; both shapes have room for the slot, and the new one
        // lives as long as the machine.
        unsafe {
            if !hits(cache, object, epoch) {
                return false;
            }
            *slot(object, cache.slot) = self.peek(2);
            let cell = object.cell::<InstanceCell>();
            (*cell).shape = cache.shape;
            (*cell).header.aux = (*cache.shape).id;
        }
        self.drop(2);
        true
    }
}
