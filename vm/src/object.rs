//! Layouts of heap cells, and safe handles to read and write them.
//!
//! Every cell starts with an 8-byte header: class number and `aux`, whose meaning depends on the
//! class. Layouts are `repr(C)`; generated code takes displacements from [`disp`], which are
//! computed here from the structs and count from the tagged word.
//!
//! A *handle* (`List`, `Tuple`, ...) is a checked, copyable view of a cell, made by
//! `Value::as_*`. Handles and the slices they lend are valid until the next safe point (see
//! [`crate::value`]); a list's slice also only until the list changes.

mod buffers;

use crate::class::{self, ClassId};
use crate::dict::Table;
use crate::native::Native;
use crate::set_table::SetTable;
use crate::types::{HELD_SLOT, Shape, TypeInfo};
use crate::value::Value;
use num_bigint::BigInt;
use tierlab_trace::layout::HEADER_DISP;

/// The header of every cell.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Header {
    /// Class number.
    pub class: ClassId,
    /// Depends on the class.
    pub aux: u32,
}

/// A boxed float.
#[repr(C)]
pub struct FloatCell {
    /// Header.
    pub header: Header,
    /// The number.
    pub value: f64,
}

/// A list. Its items begin in words of the cell itself, which follow; lists that outgrow those have a buffer
/// from the C heap, freed when the cell is swept.
#[repr(C)]
pub struct ListCell {
    /// Header.
    pub header: Header,
    /// The first item, in the cell or in the buffer.
    pub items: *mut Value,
    /// Items in use.
    pub len: u64,
    /// Items that there is room for.
    pub capacity: u64,
}

impl ListCell {
    /// Whether the items are in the cell itself.
    ///
    /// # Safety
    /// `list` is a list that is not freed.
    #[inline(always)]
    pub(crate) unsafe fn is_inline(list: *const ListCell) -> bool {
        // SAFETY: the caller says so.
        unsafe { (*list).items.cast_const() == list.add(1).cast() }
    }
}

/// A tuple; `len` items follow.
#[repr(C)]
pub struct TupleCell {
    /// Header.
    pub header: Header,
    /// Number of items.
    pub len: u64,
}

/// A range. The magnitudes of start, stop and step are below 2^61, so that stepping never
/// overflows a small int.
#[repr(C)]
pub struct RangeCell {
    /// Header.
    pub header: Header,
    /// First number.
    pub start: i64,
    /// Bound, not included.
    pub stop: i64,
    /// Distance, not 0.
    pub step: i64,
    /// How many numbers.
    pub len: i64,
    /// `start + len * step`: iteration ends where it gets here.
    pub end: i64,
}

/// The `aux` of a string with bytes of its own.
pub const PLAIN_STR: u32 = 0;
/// The same, and it is the result of a concatenation.
pub const CONCATENATED_STR: u32 = 1;
/// The `aux` of a string whose bytes lie behind a [`Growing`].
pub const GROWING_STR: u32 = 2;

/// The start of a buffer that strings share, each of which is a prefix of the next.
#[repr(C)]
pub struct Growing {
    /// How many strings use it: it is freed with the last one.
    pub strings: u64,
    /// Bytes in use: the length of the longest string.
    pub used: u64,
    /// Bytes behind this.
    pub capacity: u64,
}

/// A string: UTF-8 bytes, those of short ones in the cell itself, behind the fixed part, and others from
/// the C heap. `aux` says whose they are.
#[repr(C)]
pub struct StrCell {
    /// Header.
    pub header: Header,
    /// The bytes.
    pub data: *mut u8,
    /// Length in bytes.
    pub bytes: u64,
    /// Length in characters; equal to `bytes` for ASCII.
    pub chars: u64,
    /// Cached hash, 0 where it is not computed.
    pub hash: u64,
    /// Offsets of some characters of a text that is not ASCII; null until somebody
    /// asks for one.
    pub offsets: *mut u32,
}

/// Bytes, perhaps ones that change: a buffer from the C heap.
#[repr(C)]
pub struct BytesCell {
    /// Header.
    pub header: Header,
    /// The buffer; dangling where `capacity` is 0.
    pub data: *mut u8,
    /// Bytes in use.
    pub len: u64,
    /// Bytes that the buffer has room for.
    pub capacity: u64,
}

/// An int beyond 63 bits.
#[repr(C)]
pub struct BigIntCell {
    /// Header.
    pub header: Header,
    /// The number, whose digits are freed when the cell is swept.
    pub value: BigInt,
}

/// A Python function; `aux` is its code number.
#[repr(C)]
pub struct FunctionCell {
    /// Header.
    pub header: Header,
    /// Tuple of defaults, or NULL.
    pub defaults: Value,
    /// Tuple of the defaults of keyword-only parameters, NULL where there is none, or NULL.
    pub keyword_defaults: Value,
    /// Tuple of captured cells, or NULL.
    pub closure: Value,
    /// Dict of attributes, or NULL.
    pub attributes: Value,
    /// Address of the runtime code object.
    pub code: usize,
}

/// An object with a shape; as many words as the shape has room for follow.
#[repr(C)]
pub struct InstanceCell {
    /// Header; `aux` is the shape's number.
    pub header: Header,
    /// The shape.
    pub shape: *const Shape,
    /// List of the attributes beyond the cell's own words, or NULL.
    pub extra: Value,
}

/// A set or frozen set: its table, whose slots are freed when the cell is swept.
#[repr(C)]
pub struct SetCell {
    /// Header.
    pub header: Header,
    /// The table.
    pub table: SetTable,
}

/// A dict: its table, whose entries are freed when the cell is swept.
#[repr(C)]
pub struct TableCell {
    /// Header.
    pub header: Header,
    /// The table.
    pub table: Table,
}

/// A pair of words: slices keep three of them, bound methods and iterators two or three.
#[repr(C)]
pub struct WordsCell {
    /// Header.
    pub header: Header,
    /// Up to three words.
    pub words: [Value; 3],
}

/// A native object.
#[repr(C)]
pub struct NativeCell {
    /// Header.
    pub header: Header,
    /// The object, boxed.
    pub object: *mut dyn Native,
    /// The bytes that the heap counts for it.
    pub counted: u64,
}

/// Displacements of fields from the tagged word, for generated code.
pub mod disp {
    use super::*;
    use std::mem::offset_of;

    const fn at(offset: usize) -> i32 {
        offset as i32 + HEADER_DISP
    }
    /// Class and aux as one 64-bit word.
    pub const HEADER: i32 = at(0);
    /// `u32` class.
    pub const CLASS: i32 = at(offset_of!(Header, class));
    /// `u32` aux.
    pub const AUX: i32 = at(offset_of!(Header, aux));
    /// Payload of a float box.
    pub const FLOAT: i32 = at(offset_of!(FloatCell, value));
    /// A list's buffer address.
    pub const LIST_ITEMS: i32 = at(offset_of!(ListCell, items));
    /// A list's length.
    pub const LIST_LEN: i32 = at(offset_of!(ListCell, len));
    /// A list's capacity.
    pub const LIST_CAPACITY: i32 = at(offset_of!(ListCell, capacity));
    /// A tuple's length.
    pub const TUPLE_LEN: i32 = at(offset_of!(TupleCell, len));
    /// A tuple's first item.
    pub const TUPLE_ITEMS: i32 = at(size_of::<TupleCell>());
    /// A range's start.
    pub const RANGE_START: i32 = at(offset_of!(RangeCell, start));
    /// A range's stop.
    pub const RANGE_STOP: i32 = at(offset_of!(RangeCell, stop));
    /// A range's step.
    pub const RANGE_STEP: i32 = at(offset_of!(RangeCell, step));
    /// A range's length.
    pub const RANGE_LEN: i32 = at(offset_of!(RangeCell, len));
    /// `start + len * step` of a range.
    pub const RANGE_END: i32 = at(offset_of!(RangeCell, end));
    /// A string's length in characters.
    pub const STR_CHARS: i32 = at(offset_of!(StrCell, chars));
    /// A function's code address (identity of what it runs).
    pub const FUNCTION_CODE: i32 = at(offset_of!(FunctionCell, code));
    /// A function's tuple of defaults.
    pub const FUNCTION_DEFAULTS: i32 = at(offset_of!(FunctionCell, defaults));
    /// A function's tuple of cells.
    pub const FUNCTION_CLOSURE: i32 = at(offset_of!(FunctionCell, closure));
    /// The shape of an instance.
    pub const INSTANCE_SHAPE: i32 = at(offset_of!(InstanceCell, shape));
    /// First attribute of an instance.
    pub const INSTANCE_SLOTS: i32 = at(size_of::<InstanceCell>());
    /// First word of a slice, method or iterator.
    pub const WORDS: i32 = at(offset_of!(WordsCell, words));
}

const _: () = assert!(disp::FLOAT == tierlab_trace::layout::FLOAT_DISP);
const _: () = assert!(size_of::<FloatCell>() as u64 == tierlab_trace::layout::FLOAT_CELL);

impl Value {
    /// The header of a reference.
    #[inline(always)]
    pub fn header(self) -> Option<Header> {
        if self.is_ref() {
            // SAFETY: a reference points at a live cell, which starts with a header.
            Some(unsafe { *self.cell::<Header>() })
        } else {
            None
        }
    }

    /// Class and `aux` of a reference as one word; 0 for small ints and NULL.
    #[inline(always)]
    pub fn header_word(self) -> u64 {
        if self.is_ref() {
            // SAFETY: a reference points at a live cell, which starts with a header of 8 bytes.
            unsafe { *self.cell::<u64>() }
        } else {
            0
        }
    }

    /// The class number: [`class::INT`] for small ints, [`class::FREE`] for NULL.
    #[inline(always)]
    pub fn class(self) -> ClassId {
        if self.is_small_int() {
            class::INT
        } else {
            self.header().map_or(class::FREE, |h| h.class)
        }
    }

    /// Whether this is a reference to a cell of that class.
    #[inline(always)]
    pub fn is_class(self, class: ClassId) -> bool {
        self.header().is_some_and(|h| h.class == class)
    }

    /// The `aux` word of a cell; 0 for small ints and NULL.
    #[inline(always)]
    pub fn aux(self) -> u32 {
        self.header().map_or(0, |h| h.aux)
    }

    /// The number in a float box.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        if self.is_class(class::FLOAT) {
            // SAFETY: the class says that the live cell is a `FloatCell`.
            Some(unsafe { (*self.cell::<FloatCell>()).value })
        } else {
            None
        }
    }

    /// The number in a big int's cell (not for small ints). The borrow must not outlive the next
    /// safe point.
    #[inline(always)]
    pub fn as_big<'a>(self) -> Option<&'a BigInt> {
        if self.is_class(class::INT) {
            // SAFETY: the class says that the live cell is a `BigIntCell`, which is never
            // changed before it is swept.
            Some(unsafe { &(*self.cell::<BigIntCell>()).value })
        } else {
            None
        }
    }
}

macro_rules! handle {
    ($name:ident, $cell:ty, $as:ident, $about:literal, $($class:pat_param)|+) => {
        #[doc = $about]
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct $name(std::ptr::NonNull<$cell>);

        impl Value {
            #[doc = concat!("A handle, where this is one: ", $about)]
            #[inline(always)]
            pub fn $as(self) -> Option<$name> {
                match self.header() {
                    Some(Header { class: $($class)|+, .. }) => std::ptr::NonNull::new(self.cell()).map($name),
                    _ => None,
                }
            }
        }

        impl $name {
            /// The word that refers to this cell.
            #[inline(always)]
            pub fn value(self) -> Value {
                Value::from_cell(self.0.as_ptr())
            }

            #[inline(always)]
            #[allow(dead_code)]
            fn cell(&self) -> &$cell {
                // SAFETY: handles are made from live cells of this class and are not kept across
                // safe points (module invariant).
                unsafe { self.0.as_ref() }
            }
        }
    };
}

handle!(List, ListCell, as_list, "A list.", class::LIST);
handle!(Tuple, TupleCell, as_tuple, "A tuple.", class::TUPLE);
handle!(Range, RangeCell, as_range, "A range.", class::RANGE);
handle!(Str, StrCell, as_str, "A string.", class::STR);
handle!(
    Bytes,
    BytesCell,
    as_bytes,
    "Bytes, perhaps ones that change.",
    class::BYTES | class::BYTEARRAY
);
handle!(Function, FunctionCell, as_function, "A Python function.", class::FUNCTION);
handle!(Slice, WordsCell, as_slice, "A slice.", class::SLICE);
handle!(Method, WordsCell, as_method, "A bound method.", class::BOUND_METHOD);
handle!(
    Words,
    WordsCell,
    as_words,
    "A cell of three words that its class gives meaning to.",
    class::LIST_ITERATOR
        | class::TUPLE_ITERATOR
        | class::STR_ITERATOR
        | class::RANGE_ITERATOR
        | class::ENUMERATE
        | class::ZIP
        | class::REVERSED
        | class::MAP
        | class::FILTER
        | class::CELL
        | class::DICT_KEYS
        | class::DICT_VALUES
        | class::DICT_ITEMS
        | class::DICT_ITERATOR
        | class::SET_ITERATOR
        | class::SUPER
        | class::PROPERTY
        | class::STATIC_METHOD
        | class::CLASS_METHOD
        | class::TRACEBACK
        | class::GENERATOR
        | class::SEQUENCE_ITERATOR
        | class::BYTES_ITERATOR
        | class::UNION
        | class::NAMESPACE
        | class::FILE
        | class::CALLABLE_ITERATOR
);
handle!(Instance, InstanceCell, as_instance, "An object with a shape.", class::INSTANCE);
handle!(Dict, TableCell, as_dict, "A dict.", class::DICT);
handle!(Set, SetCell, as_set, "A set or frozen set.", class::SET | class::FROZENSET);

impl Value {
    /// The object in a native cell.
    #[inline]
    pub fn as_native<'a>(self) -> Option<&'a dyn Native> {
        if !class::is_native(self.class()) {
            return None;
        }
        // SAFETY: cells of these classes are native ones, and own their object; it changes through
        // shared references only.
        Some(unsafe { &*(*self.cell::<NativeCell>()).object })
    }

    /// The same where it is of that type.
    #[inline]
    pub fn native<'a, T: Native>(self) -> Option<&'a T> {
        let object: &dyn std::any::Any = self.as_native()?;
        object.downcast_ref()
    }

    /// The type behind a type object. The borrow must not outlive the machine.
    #[inline]
    pub fn as_type<'a>(self) -> Option<&'a TypeInfo> {
        if self.is_class(class::TYPE) {
            // SAFETY: the first word of a type's cell is the address of its description, which
            // never moves and lives as long as the machine.
            Some(unsafe { &*((*self.cell::<WordsCell>()).words[0].bits() as *const TypeInfo) })
        } else {
            None
        }
    }
}

impl Instance {
    /// Its shape.
    #[inline]
    pub fn shape<'a>(self) -> &'a Shape {
        // SAFETY: shapes never move and live as long as the machine.
        unsafe { &*self.cell().shape }
    }

    /// The class it is an instance of.
    #[inline]
    pub fn ty<'a>(self) -> &'a TypeInfo {
        self.shape().ty()
    }

    fn slots(&self) -> *mut Value {
        self.0.as_ptr().wrapping_add(1).cast()
    }

    /// The attribute at a slot: NULL where it is not bound.
    #[inline]
    pub fn get(&self, slot: usize) -> Value {
        let inline = self.shape().capacity as usize;
        if slot < inline {
            // SAFETY: the cell has as many words as its shape has room for.
            unsafe { *self.slots().add(slot) }
        } else {
            let extra = self.cell().extra.as_list();
            extra.and_then(|list| list.get(slot - inline)).unwrap_or(Value::NULL)
        }
    }

    /// Replaces the attribute at a slot of the cell itself, or one that there is already.
    #[inline]
    pub fn set(&self, slot: usize, value: Value) {
        let inline = self.shape().capacity as usize;
        if slot < inline {
            // SAFETY: as above.
            unsafe { *self.slots().add(slot) = value }
        } else if let Some(mut list) = self.cell().extra.as_list() {
            list.set(slot - inline, value);
        }
    }

    /// The list of attributes beyond the cell.
    pub(crate) fn extra(&self) -> Value {
        self.cell().extra
    }

    /// Gives it a list for attributes beyond the cell.
    pub(crate) fn set_extra(&self, list: Value) {
        // SAFETY: the cell is live.
        unsafe { (*self.0.as_ptr()).extra = list }
    }

    /// Changes the shape to one with the same room in the cell.
    pub(crate) fn set_shape(&self, shape: &Shape) {
        let cell = self.0.as_ptr();
        // SAFETY: the cell is live.
        unsafe {
            (*cell).shape = shape;
            (*cell).header.aux = shape.id;
        }
    }
}

impl Instance {
    /// The value of a built-in type that it holds, where its class derives from one.
    #[inline]
    pub fn held(self) -> Option<Value> {
        self.ty().holds.map(|_| self.get(HELD_SLOT))
    }
}

impl Value {
    /// The value of a built-in type that an object of a class derived from that type holds;
    /// anything else is itself. Built-in code that has asked for special methods, or that does not,
    /// goes on with this.
    #[inline]
    pub fn plain(self) -> Value {
        match self.as_instance() {
            Some(instance) => instance.held().unwrap_or(self),
            None => self,
        }
    }
}

impl Dict {
    /// Its table.
    pub fn table<'a>(self) -> &'a mut Table {
        // SAFETY: the table is the cell's own; the interpreter runs on one thread, and borrows end
        // before anything that may use the same dict.
        unsafe { &mut (*self.0.as_ptr()).table }
    }
}

impl Set {
    /// Its table.
    pub fn table<'a>(self) -> &'a mut SetTable {
        // SAFETY: as for dicts.
        unsafe { &mut (*self.0.as_ptr()).table }
    }
}

impl List {
    /// How many items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.cell().len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items, until the list changes.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: `items` points at room for `capacity >= len` words, of which `len` are initialized.
        unsafe { std::slice::from_raw_parts(self.cell().items, self.len()) }
    }

    /// The items, to change.
    #[inline(always)]
    pub fn items_mut(&mut self) -> &mut [Value] {
        // SAFETY: as above; the interpreter runs on one thread and no other slice of this list is
        // kept across a change.
        unsafe { std::slice::from_raw_parts_mut(self.cell().items, self.len()) }
    }

    /// Item `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items().get(index).copied()
    }

    /// Replaces item `index`; nothing happens outside the list.
    #[inline(always)]
    pub fn set(&mut self, index: usize, value: Value) {
        if let Some(item) = self.items_mut().get_mut(index) {
            *item = value;
        }
    }

    /// Shortens the list.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len() {
            // SAFETY: the cell is live; a smaller length keeps its invariant.
            unsafe { (*self.0.as_ptr()).len = len as u64 }
        }
    }

    /// Takes the last item.
    pub fn pop(&mut self) -> Option<Value> {
        let last = *self.items().last()?;
        self.truncate(self.len() - 1);
        Some(last)
    }

    /// The cell, for the heap, which owns growing.
    pub(crate) fn raw(self) -> *mut ListCell {
        self.0.as_ptr()
    }
}

impl Tuple {
    /// How many items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.cell().len as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The items.
    #[inline(always)]
    pub fn items<'a>(self) -> &'a [Value] {
        // SAFETY: `len` initialized words follow the cell's fixed part and never change; the slice
        // is not kept across a safe point.
        unsafe {
            let first = self.0.as_ptr().cast::<u8>().add(size_of::<TupleCell>());
            std::slice::from_raw_parts(first.cast(), self.len())
        }
    }
}

impl Range {
    /// The cell's fields.
    #[inline(always)]
    pub fn fields(&self) -> &RangeCell {
        self.cell()
    }
}

impl Function {
    /// Its code number.
    pub fn code_id(&self) -> u32 {
        self.cell().header.aux
    }

    /// The tuple of defaults.
    pub fn defaults(&self) -> Option<Tuple> {
        self.cell().defaults.as_tuple()
    }

    /// The tuple of defaults of keyword-only parameters.
    pub fn keyword_defaults(&self) -> Option<Tuple> {
        self.cell().keyword_defaults.as_tuple()
    }

    /// The tuple of captured cells.
    pub fn closure(&self) -> Option<Tuple> {
        self.cell().closure.as_tuple()
    }

    /// The dict of attributes, or NULL.
    pub fn attributes(&self) -> Value {
        self.cell().attributes
    }

    /// Gives it a dict of attributes.
    pub(crate) fn set_attributes(&self, dict: Value) {
        // SAFETY: the cell is live.
        unsafe { (*self.0.as_ptr()).attributes = dict }
    }

    /// Address of its runtime code.
    pub(crate) fn code_address(&self) -> usize {
        self.cell().code
    }
}

impl Slice {
    /// Start, stop and step, each `None` where left out.
    pub fn parts(&self) -> [Value; 3] {
        self.cell().words
    }
}

impl Method {
    /// What is called.
    pub fn callable(&self) -> Value {
        self.cell().words[0]
    }

    /// Its first argument.
    pub fn receiver(&self) -> Value {
        self.cell().words[1]
    }
}

impl Words {
    /// Word `i` of three.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Value {
        self.cell().words[i]
    }

    /// Replaces word `i` of three.
    #[inline(always)]
    pub fn set(&mut self, i: usize, value: Value) {
        // SAFETY: the cell is live and has three words (the index is checked).
        unsafe { (*self.0.as_ptr()).words[i] = value }
    }

    /// The class number.
    pub fn class(&self) -> ClassId {
        self.cell().header.class
    }
}
