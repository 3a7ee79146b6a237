//! Making cells: one function per class, and growing lists.

use super::account::Account;
use super::{Heap, MAX_CELL};
use crate::class::{self, ClassId};
use crate::dict::Table;
use crate::native::Native;
use crate::object::{
    BigIntCell, Bytes, BytesCell, CONCATENATED_STR, FloatCell, FunctionCell, GROWING_STR, Growing,
    Header, InstanceCell, List, ListCell, NativeCell, PLAIN_STR, RangeCell, SetCell, Str, StrCell,
    TableCell, TupleCell, WordsCell,
};
use crate::set_table::SetTable;
use crate::types::Shape;
use crate::value::Value;
use num_bigint::BigInt;
use tierlab_trace::layout::FLOAT_HEADER;

/// The system has no memory for a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// Start, stop and step of a range are less than this in magnitude.
pub const RANGE_LIMIT: i64 = 1 << 61;

/// Writes a float box into a free cell.
///
/// # Safety
/// `cell` is a free 16-byte cell.
#[inline(always)]
pub(super) unsafe fn write_float(cell: usize, value: f64) -> Value {
    const { assert!(FLOAT_HEADER == class::FLOAT as u64) };
    // SAFETY: the caller says so.
    unsafe {
        (cell as *mut FloatCell)
            .write(FloatCell { header: Header { class: class::FLOAT, aux: 0 }, value });
    }
    Value::from_cell(cell as *const FloatCell)
}

/// Bytes that a big int keeps outside its cell.
pub(super) fn big_bytes(number: &BigInt) -> usize {
    // A single word has no buffer.
    if number.bits() <= 64 { 0 } else { (number.bits() as usize).div_ceil(8) }
}

/// Bytes from which strings that grow get a buffer with room.
const MIN_GROWING: usize = 256;
/// Bytes of the longest text that lies in its string's cell.
const MAX_INLINE_TEXT: usize = 512 - size_of::<StrCell>();
/// Items that the cell of an empty list has room for.
const LIST_ROOM: usize = 4;
/// Items of the longest new list that lie in its cell.
const MAX_LIST_ROOM: usize = (256 - size_of::<ListCell>()) / size_of::<Value>();

/// The fixed part of a string with bytes of its own.
fn plain_str(data: *mut u8, bytes: usize, chars: usize) -> StrCell {
    StrCell {
        header: Header { class: class::STR, aux: PLAIN_STR },
        data,
        bytes: bytes as u64,
        chars: chars as u64,
        hash: 0,
        offsets: std::ptr::null_mut(),
    }
}

impl Heap {
    /// # Safety
    /// `T` is the layout of a class whose finalization matches the flag; the header says so.
    #[inline(always)]
    unsafe fn alloc<T>(&mut self, finalizers: bool, contents: T) -> Value {
        let space = self.space_of(size_of::<T>(), finalizers);
        let cell = self.take(space);
        // SAFETY: `take` gives a free cell of at least this size, aligned to 16.
        unsafe { (cell as *mut T).write(contents) }
        Value::from_cell(cell as *const T)
    }

    /// An int of any size: small ints have no cell.
    pub fn alloc_int(&mut self, value: i64) -> Value {
        match Value::small_int(value) {
            Some(small) => small,
            None => self.alloc_big(BigInt::from(value)),
        }
    }

    /// An int of any size, as a small int where it fits.
    pub fn alloc_big(&mut self, value: BigInt) -> Value {
        if value.bits() <= 63
            && let Some(small) = i64::try_from(&value).ok().and_then(Value::small_int)
        {
            return small;
        }
        self.count_external(big_bytes(&value));
        let header = Header { class: class::INT, aux: 0 };
        // SAFETY: the layout of this class, which has a finalizer.
        unsafe { self.alloc(true, BigIntCell { header, value }) }
    }

    /// A string.
    pub fn alloc_str(&mut self, text: &str) -> Value {
        let bytes = text.len();
        let chars = if text.is_ascii() { bytes } else { text.chars().count() };
        let (string, data) = match self.inline_str(bytes, chars) {
            Some(fresh) => fresh,
            None => {
                // SAFETY: a plain allocation of at least one byte: empty texts are inline.
                let malloc = || unsafe { libc::malloc(bytes) }.cast::<u8>();
                let mut data = malloc();
                if data.is_null() {
                    data = crate::memory::again(bytes, malloc);
                }
                if data.is_null() {
                    std::alloc::handle_alloc_error(std::alloc::Layout::for_value(text));
                }
                self.count_external(bytes);
                // SAFETY: the layout of this class, which has a finalizer.
                (unsafe { self.alloc(true, plain_str(data, bytes, chars)) }, data)
            }
        };
        // SAFETY: the room for the bytes is fresh.
        unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), data, bytes) };
        string
    }

    /// A string with room in its cell for a text, and that room, which is still to be filled; `None` where the
    /// text is too long for that. Nothing is freed with the cell, so it has no finalizer.
    #[inline]
    fn inline_str(&mut self, bytes: usize, chars: usize) -> Option<(Value, *mut u8)> {
        let has_offsets = bytes != chars && chars > StrCell::NO_OFFSETS;
        if bytes > MAX_INLINE_TEXT || has_offsets {
            return None;
        }
        let space = self.space_of(size_of::<StrCell>() + bytes, false);
        let cell = self.take(space) as *mut StrCell;
        // SAFETY: the cell is free and has room for the fixed part and the text.
        unsafe {
            let data = cell.add(1).cast();
            cell.write(plain_str(data, bytes, chars));
            Some((Value::from_cell(cell), data))
        }
    }

    /// Two strings in one. A string that grows by one concatenation after the other gets a buffer with
    /// room, which the longer string takes over while it lasts: so `s += t` in a loop takes time
    /// in the order of the result, as in CPython.
    pub fn concat(&mut self, a: Str, b: Str) -> Result<Value, OutOfMemory> {
        let (x, y) = (a.raw(), b.raw());
        // SAFETY: both cells are live strings; see [`crate::object::Growing`] for the buffers.
        unsafe {
            let (len, more) = ((*x).bytes as usize, (*y).bytes as usize);
            let total = len + more;
            if more == 0 || len == 0 || total < MIN_GROWING || (*x).header.aux == PLAIN_STR {
                let chars = ((*x).chars + (*y).chars) as usize;
                if let Some((string, text)) = self.inline_str(total, chars) {
                    std::ptr::copy_nonoverlapping((*x).data, text, len);
                    std::ptr::copy_nonoverlapping((*y).data, text.add(len), more);
                    (*string.cell::<StrCell>()).header.aux = CONCATENATED_STR;
                    return Ok(string);
                }
                let mut text = String::new();
                // The string is one more copy.
                text.try_reserve_exact(total.saturating_mul(2)).map_err(|_| OutOfMemory)?;
                text.push_str(a.text());
                text.push_str(b.text());
                let result = self.alloc_str(&text);
                if let Some(string) = result.as_str() {
                    (*string.raw()).header.aux = CONCATENATED_STR;
                }
                return Ok(result);
            }
            let mut data = (*x).data;
            let mut growing = data.cast::<Growing>().wrapping_sub(1);
            let takes_over = (*x).header.aux == GROWING_STR
                && (*growing).used == len as u64
                && total as u64 <= (*growing).capacity;
            if !takes_over {
                let capacity = total + total / 2;
                growing = libc::malloc(size_of::<Growing>() + capacity).cast();
                if growing.is_null() {
                    return Err(OutOfMemory);
                }
                growing.write(Growing { strings: 0, used: 0, capacity: capacity as u64 });
                self.count_external(capacity);
                data = growing.add(1).cast();
                std::ptr::copy_nonoverlapping((*x).data, data, len);
            }
            std::ptr::copy_nonoverlapping((*y).data, data.add(len), more);
            (*growing).used = total as u64;
            (*growing).strings += 1;
            let header = Header { class: class::STR, aux: GROWING_STR };
            let chars = (*x).chars + (*y).chars;
            let (bytes, offsets) = (total as u64, std::ptr::null_mut());
            Ok(self.alloc(true, StrCell { header, data, bytes, chars, hash: 0, offsets }))
        }
    }

    /// Bytes of that class.
    pub fn alloc_bytes(&mut self, class: ClassId, bytes: &[u8]) -> Value {
        self.alloc_byte_buffer(class, bytes.to_vec())
    }

    /// Bytes of that class, from a buffer.
    pub fn alloc_byte_buffer(&mut self, class: ClassId, bytes: Vec<u8>) -> Value {
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        self.count_external(bytes.capacity());
        let header = Header { class, aux: 0 };
        let (len, capacity) = (bytes.len() as u64, bytes.capacity() as u64);
        let cell = BytesCell { header, data: bytes.as_mut_ptr(), len, capacity };
        // SAFETY: the layout of these classes, which have a finalizer.
        unsafe { self.alloc(true, cell) }
    }

    /// Changes bytes in any way.
    pub fn change_bytes(&mut self, bytes: Bytes, f: impl FnOnce(&mut Vec<u8>)) {
        let raw = bytes.raw();
        // SAFETY: the handle's cell is live; its buffer came from a vector, with this very length and
        // capacity, and the cell gets the vector's parts back.
        unsafe {
            let capacity = (*raw).capacity as usize;
            let vec = Vec::from_raw_parts((*raw).data, (*raw).len as usize, capacity);
            let mut vec = std::mem::ManuallyDrop::new(vec);
            f(&mut vec);
            (*raw).data = vec.as_mut_ptr();
            (*raw).len = vec.len() as u64;
            (*raw).capacity = vec.capacity() as u64;
            match vec.capacity().checked_sub(capacity) {
                Some(more) => self.count_external(more),
                None => self.external -= capacity - vec.capacity(),
            }
        }
    }

    /// An empty list.
    #[inline]
    pub fn alloc_list(&mut self) -> List {
        self.alloc_list_with(LIST_ROOM)
    }

    /// An empty list with room in its cell for so many items (at most [`MAX_LIST_ROOM`]), or a few more.
    #[inline]
    fn alloc_list_with(&mut self, room: usize) -> List {
        // There is always some, so that no buffer has the address where the cell's own items begin.
        let room = room.max(1);
        let space = self.space_of(size_of::<ListCell>() + room * size_of::<Value>(), true);
        let capacity = (self.spaces[space].cell - size_of::<ListCell>()) / size_of::<Value>();
        let cell = self.take(space) as *mut ListCell;
        let header = Header { class: class::LIST, aux: 0 };
        // SAFETY: the cell is free and has room for the fixed part and the items.
        unsafe {
            let items = cell.add(1).cast();
            cell.write(ListCell { header, items, len: 0, capacity: capacity as u64 });
        }
        match Value::from_cell(cell).as_list() {
            Some(list) => list,
            None => unreachable!("a fresh list is a list"),
        }
    }

    /// A list of these items.
    pub fn alloc_list_of(&mut self, items: &[Value]) -> Result<Value, OutOfMemory> {
        let list = self.alloc_list_of_up_to(items.len());
        self.list_extend(list, items)?;
        Ok(list.value())
    }

    /// An empty list that will have so many items.
    #[inline]
    fn alloc_list_of_up_to(&mut self, items: usize) -> List {
        self.alloc_list_with(if items <= MAX_LIST_ROOM { items } else { 0 })
    }

    /// A list of `count` repetitions of `items`.
    pub fn alloc_list_repeat(
        &mut self,
        items: &[Value],
        count: usize,
    ) -> Result<Value, OutOfMemory> {
        let total = items.len().checked_mul(count).ok_or(OutOfMemory)?;
        let list = self.alloc_list_of_up_to(total);
        self.list_reserve(list, total, true)?;
        let raw = list.raw();
        // SAFETY: the buffer has room for `total` words; `len` grows after they are written.
        unsafe {
            let first = (*raw).items;
            if let [item] = *items {
                for i in 0..total {
                    first.add(i).write(item);
                }
            } else {
                for i in 0..count {
                    std::ptr::copy_nonoverlapping(
                        items.as_ptr(),
                        first.add(i * items.len()),
                        items.len(),
                    );
                }
            }
            (*raw).len = total as u64;
        }
        Ok(list.value())
    }

    /// Makes room for `total` items: exactly, or with air to grow.
    fn list_reserve(&mut self, list: List, total: usize, exact: bool) -> Result<(), OutOfMemory> {
        let raw = list.raw();
        // SAFETY: the handle's cell is live; a buffer outside it came from this function alone, and it is
        // replaced together with its capacity.
        unsafe {
            let capacity = (*raw).capacity as usize;
            if total <= capacity {
                return Ok(());
            }
            let wanted = if exact { total } else { (total + (total >> 3) + 6) & !3 };
            let bytes = wanted.checked_mul(size_of::<Value>()).ok_or(OutOfMemory)?;
            if bytes > isize::MAX as usize {
                return Err(OutOfMemory);
            }
            let inline = ListCell::is_inline(raw);
            let (old, before) = match inline {
                true => (std::ptr::null_mut(), 0),
                false => ((*raw).items, capacity),
            };
            let realloc = || libc::realloc(old.cast(), bytes).cast::<u8>();
            let mut items = realloc();
            if items.is_null() {
                items = crate::memory::again(bytes, realloc);
            }
            let items = items.cast::<Value>();
            if items.is_null() {
                return Err(OutOfMemory);
            }
            if inline {
                std::ptr::copy_nonoverlapping((*raw).items, items, (*raw).len as usize);
            }
            (*raw).items = items;
            (*raw).capacity = wanted as u64;
            self.count_external((wanted - before) * size_of::<Value>());
        }
        Ok(())
    }

    /// Appends an item.
    #[inline(always)]
    pub fn list_append(&mut self, list: List, item: Value) -> Result<(), OutOfMemory> {
        let raw = list.raw();
        // SAFETY: the handle's cell is live; there is room for one more word after the check.
        unsafe {
            let len = (*raw).len;
            if len == (*raw).capacity {
                self.list_grow(list, len as usize + 1)?;
            }
            (*raw).items.add(len as usize).write(item);
            (*raw).len = len + 1;
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn list_grow(&mut self, list: List, total: usize) -> Result<(), OutOfMemory> {
        self.list_reserve(list, total, false)
    }

    /// Appends items (which may be those of the list itself).
    pub fn list_extend(&mut self, list: List, items: &[Value]) -> Result<(), OutOfMemory> {
        if !items.is_empty() && items.as_ptr() == list.items().as_ptr() {
            let copy = crate::memory::copied(items).map_err(|_| OutOfMemory)?;
            return self.list_extend(list, &copy);
        }
        let len = list.len();
        let total = len + items.len();
        self.list_reserve(list, total, len == 0)?;
        let raw = list.raw();
        // SAFETY: there is room for `total` words, and the source is another buffer.
        unsafe {
            std::ptr::copy_nonoverlapping(items.as_ptr(), (*raw).items.add(len), items.len());
            (*raw).len = total as u64;
        }
        Ok(())
    }

    /// Inserts an item before position `at` (at most the length).
    pub fn list_insert(
        &mut self,
        mut list: List,
        at: usize,
        item: Value,
    ) -> Result<(), OutOfMemory> {
        self.list_append(list, item)?;
        if let Some(tail) = list.items_mut().get_mut(at..) {
            tail.rotate_right(1);
        }
        Ok(())
    }

    /// Replaces items `from..to` by others (not borrowed from the list itself).
    pub fn list_splice(
        &mut self,
        mut list: List,
        from: usize,
        to: usize,
        items: &[Value],
    ) -> Result<(), OutOfMemory> {
        let len = list.len();
        let (from, to) = (from.min(len), to.clamp(from.min(len), len));
        let tail = len - to;
        let total = len - (to - from) + items.len();
        if total > len {
            self.list_reserve(list, total, false)?;
            for _ in len..total {
                self.list_append(list, Value::none())?;
            }
        }
        if total != len {
            list.items_mut().copy_within(to..to + tail, from + items.len());
        }
        list.items_mut()[from..from + items.len()].copy_from_slice(items);
        list.truncate(total);
        Ok(())
    }

    /// A tuple of these items.
    pub fn alloc_tuple(&mut self, items: &[Value]) -> Result<Value, OutOfMemory> {
        let bytes = size_of_val(items) + size_of::<TupleCell>();
        let cell = if bytes <= MAX_CELL {
            let space = self.space_of(bytes, false);
            self.take(space)
        } else {
            self.take_large(bytes).ok_or(OutOfMemory)?
        };
        let header = Header { class: class::TUPLE, aux: 0 };
        // SAFETY: the cell is free and has room for the fixed part and all items.
        unsafe {
            (cell as *mut TupleCell).write(TupleCell { header, len: items.len() as u64 });
            let first = (cell + size_of::<TupleCell>()) as *mut Value;
            std::ptr::copy_nonoverlapping(items.as_ptr(), first, items.len());
        }
        Ok(Value::from_cell(cell as *const TupleCell))
    }

    /// A range; `None` where a bound is not below [`RANGE_LIMIT`] in magnitude or the step is 0.
    pub fn alloc_range(&mut self, start: i64, stop: i64, step: i64) -> Option<Value> {
        let fits = |i: i64| -RANGE_LIMIT < i && i < RANGE_LIMIT;
        if !fits(start) || !fits(stop) || !fits(step) || step == 0 {
            return None;
        }
        let distance = if step > 0 { stop - start } else { start - stop };
        let stride = step.abs();
        let len = if distance <= 0 { 0 } else { (distance - 1) / stride + 1 };
        let end = start + len * step;
        let header = Header { class: class::RANGE, aux: 0 };
        // SAFETY: the layout of this class, which has no finalizer.
        Some(unsafe { self.alloc(false, RangeCell { header, start, stop, step, len, end }) })
    }

    /// A cell of up to three words: slices, bound methods, modules, iterators, and the other
    /// classes that say so.
    pub fn alloc_words(&mut self, class: ClassId, aux: u32, words: [Value; 3]) -> Value {
        let header = Header { class, aux };
        // SAFETY: all classes that are not named elsewhere in this module have this layout.
        unsafe { self.alloc(false, WordsCell { header, words }) }
    }

    /// A Python function. `code` is the address of its runtime code, which outlives the heap's
    /// cells, `id` its number.
    pub(crate) fn alloc_function(
        &mut self,
        id: u32,
        code: usize,
        [defaults, keyword_defaults, closure]: [Value; 3],
    ) -> Value {
        let header = Header { class: class::FUNCTION, aux: id };
        let attributes = Value::NULL;
        let cell = FunctionCell { header, defaults, keyword_defaults, closure, attributes, code };
        // SAFETY: the layout of this class, which has no finalizer.
        unsafe { self.alloc(false, cell) }
    }

    /// An object of that shape, its attributes unbound. The shape outlives the heap's cells and
    /// has room for at most [`Shape::MAX_INLINE`] attributes in the cell.
    #[inline]
    pub(crate) fn alloc_instance(&mut self, shape: &Shape) -> Value {
        let room = (shape.capacity as usize).min(Shape::MAX_INLINE);
        let space = self.space_of(size_of::<InstanceCell>() + room * size_of::<Value>(), false);
        let cell = self.take(space);
        let header = Header { class: class::INSTANCE, aux: shape.id };
        // SAFETY: the cell is free and has room for the fixed part and all attributes.
        unsafe {
            (cell as *mut InstanceCell).write(InstanceCell { header, shape, extra: Value::NULL });
            let slots = (cell + size_of::<InstanceCell>()) as *mut Value;
            for i in 0..room {
                slots.add(i).write(Value::NULL);
            }
        }
        Value::from_cell(cell as *const InstanceCell)
    }

    /// An empty set or frozen set.
    pub(crate) fn alloc_empty_set(&mut self, class: ClassId) -> Value {
        let space = self.space_of(size_of::<SetCell>(), true);
        let cell = self.take(space) as *mut SetCell;
        // SAFETY: the cell is free; the layout of these classes. The table is written where it stays.
        unsafe {
            (&raw mut (*cell).header).write(Header { class, aux: 0 });
            (&raw mut (*cell).table).write(SetTable::default());
        }
        Value::from_cell(cell)
    }

    /// A native object of a class.
    pub(crate) fn alloc_native(&mut self, class: ClassId, object: Box<dyn Native>) -> Value {
        let counted = object.bytes();
        self.count_external(counted);
        let (object, counted) = (Box::into_raw(object), counted as u64);
        let cell = NativeCell { header: Header { class, aux: 0 }, object, counted };
        // SAFETY: the layout of native classes, which have a finalizer.
        unsafe { self.alloc(true, cell) }
    }

    /// Counts anew what a native object keeps outside its cell.
    pub(crate) fn recount_native(&mut self, value: Value) {
        let Some(object) = value.as_native() else { return };
        let bytes = object.bytes();
        // SAFETY: the value is a native cell, and nothing else refers to its account.
        let counted = unsafe { &mut (*value.cell::<NativeCell>()).counted };
        let before = std::mem::replace(counted, bytes as u64) as usize;
        match bytes.checked_sub(before) {
            Some(more) => self.count_external(more),
            None => self.external -= before - bytes,
        }
    }

    /// A dict with that table.
    pub(crate) fn alloc_table(&mut self, class: ClassId, mut table: Table) -> Value {
        self.count_growth(&mut table.account);
        // SAFETY: the layout of these classes, which have a finalizer.
        unsafe { self.alloc(true, TableCell { header: Header { class, aux: 0 }, table }) }
    }

    /// Counts what a table grew by.
    pub(crate) fn count_growth(&mut self, account: &mut Account) {
        let bytes = account.tell();
        if bytes > 0 {
            self.count_external(bytes);
        }
    }
}
