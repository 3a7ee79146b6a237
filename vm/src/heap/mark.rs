//! What the heap knows about classes: which words of a cell are references, and what a dead cell
//! leaves behind.

use super::{GRANULE, Heap, block_of};
use crate::class::{self, ClassId};
use crate::dict::Table;
use crate::object::{
    BigIntCell, BytesCell, FunctionCell, GROWING_STR, Growing, Header, InstanceCell, ListCell,
    NativeCell, SetCell, StrCell, TableCell, TupleCell, WordsCell,
};
use crate::set_table::SetTable;
use crate::value::Value;

/// Words of a list or tuple that are looked at in one go: so the worklist stays short however long
/// lists are.
const SLICE: usize = 1024;

/// Whether cells of a class refer to others.
#[inline(always)]
fn refers(class: ClassId) -> bool {
    !matches!(
        class,
        class::FREE
            | class::FLOAT
            | class::INT
            | class::STR
            | class::RANGE
            | class::BYTES
            | class::BYTEARRAY
    )
}

impl Heap {
    /// Marks these values and everything reachable from them.
    pub(super) fn mark_all(&mut self, roots: &[Value]) {
        for root in roots {
            self.mark(*root);
        }
        self.mark_rest();
    }

    /// Marks what is reachable from marked cells that wait for it.
    pub(super) fn mark_rest(&mut self) {
        loop {
            if let Some(cell) = self.worklist.pop() {
                self.mark_contents(cell);
            } else if let Some(rest) = self.long.pop() {
                self.mark_slice(rest);
            } else {
                return;
            }
        }
    }

    /// Marks a value; what it refers to is marked later.
    #[inline]
    fn mark(&mut self, value: Value) {
        if !value.is_ref() {
            return;
        }
        let cell = value.cell::<Header>() as usize;
        // SAFETY: roots and the words of live cells are live cells; what their class says about
        // their layout is true, and heap cells lie in blocks.
        unsafe {
            let class = (*(cell as *const Header)).class;
            // Static cells: there is no block around them.
            if matches!(class, class::NONE | class::BOOL | class::NOT_IMPLEMENTED | class::ELLIPSIS)
            {
                return;
            }
            let block = block_of(cell);
            let granule = (cell - block as usize) / GRANULE;
            let word = &mut (*block).marks[granule / 64];
            let bit = 1 << (granule % 64);
            if *word & bit != 0 {
                return;
            }
            *word |= bit;
            self.marked_bytes += (*block).cell;
            if refers(class) {
                self.worklist.push(cell);
            }
        }
    }

    /// Marks what a cell refers to.
    ///
    /// # Safety
    /// There is a cell that is not free at this address.
    pub(super) unsafe fn mark_cell(&mut self, cell: usize) {
        // SAFETY: the caller's promise.
        if refers(unsafe { (*(cell as *const Header)).class }) {
            self.mark_contents(cell);
        }
    }

    fn mark_contents(&mut self, cell: usize) {
        // SAFETY: the worklist holds addresses of live cells.
        unsafe {
            match (*(cell as *const Header)).class {
                class::LIST | class::TUPLE => self.mark_slice((cell, 0)),
                class::FUNCTION => {
                    let function = cell as *const FunctionCell;
                    self.mark_words(&raw const (*function).defaults, 4);
                }
                class::INSTANCE => {
                    let instance = cell as *const InstanceCell;
                    let words = (*(*instance).shape).capacity as usize;
                    self.mark_words(&raw const (*instance).extra, 1);
                    self.mark_words(instance.add(1).cast(), words);
                }
                class::SET | class::FROZENSET => {
                    let table: *const SetTable = &raw const (*(cell as *const SetCell)).table;
                    (*table).each(|key| self.mark(key));
                }
                class::DICT => {
                    let table: *const Table = &raw const (*(cell as *const TableCell)).table;
                    (*table).each(|key, value| {
                        self.mark(key);
                        self.mark(value);
                    });
                }
                class if class::is_native(class) => {
                    let object = (*(cell as *const NativeCell)).object;
                    (*object).visit(&mut |value| self.mark(value));
                }
                _ => self.mark_words((&raw const (*(cell as *const WordsCell)).words).cast(), 3),
            }
        }
    }

    /// Marks some words of a list or tuple, and notes where the rest begins.
    fn mark_slice(&mut self, (cell, from): (usize, usize)) {
        // SAFETY: the cell is a live list or tuple.
        unsafe {
            let (first, len) = match (*(cell as *const Header)).class {
                class::LIST => {
                    let list = cell as *const ListCell;
                    ((*list).items.cast_const(), (*list).len as usize)
                }
                _ => {
                    let len = (*(cell as *const TupleCell)).len as usize;
                    ((cell + size_of::<TupleCell>()) as *const Value, len)
                }
            };
            let to = len.min(from + SLICE);
            if to < len {
                self.long.push((cell, to));
            }
            self.mark_words(first.add(from), to - from);
        }
    }

    /// # Safety
    /// `first` points at `len` valid words.
    unsafe fn mark_words(&mut self, first: *const Value, len: usize) {
        for i in 0..len {
            // SAFETY: the caller says so.
            self.mark(unsafe { *first.add(i) });
        }
    }
}

/// Frees the offsets of characters that a dead string has.
///
/// # Safety
/// `string` is a dead string.
unsafe fn free_offsets(string: *const StrCell) {
    // SAFETY: the offsets came from a box of as many, and nobody else has them.
    unsafe {
        if !(*string).offsets.is_null() {
            let len = (*string).offset_count();
            drop(Box::from_raw(std::ptr::slice_from_raw_parts_mut((*string).offsets, len)));
        }
    }
}

/// Frees what a dead cell owns and marks it free; returns the external bytes freed.
///
/// # Safety
/// `cell` is a cell of a block with finalizers that nothing refers to.
pub(super) unsafe fn finalize(cell: usize) -> usize {
    // SAFETY: the cell is free or dead; a dead cell's buffers are its own.
    unsafe {
        let header = cell as *mut Header;
        let freed = match (*header).class {
            class::LIST => {
                let list = cell as *const ListCell;
                if ListCell::is_inline(list) {
                    0
                } else {
                    libc::free((*list).items.cast());
                    (*list).capacity as usize * size_of::<Value>()
                }
            }
            class::STR if (*header).aux == GROWING_STR => {
                free_offsets(cell as *const StrCell);
                let growing = (*(cell as *const StrCell)).data.cast::<Growing>().sub(1);
                (*growing).strings -= 1;
                if (*growing).strings == 0 {
                    let capacity = (*growing).capacity as usize;
                    libc::free(growing.cast());
                    capacity
                } else {
                    0
                }
            }
            class::STR => {
                let string = cell as *const StrCell;
                libc::free((*string).data.cast());
                free_offsets(string);
                (*string).bytes as usize
            }
            class::BYTES | class::BYTEARRAY => {
                let bytes = cell as *const BytesCell;
                let capacity = (*bytes).capacity as usize;
                drop(Vec::from_raw_parts((*bytes).data, 0, capacity));
                capacity
            }
            class::INT => super::objects::big_bytes(&std::ptr::read(
                &raw const (*(cell as *const BigIntCell)).value,
            )),
            class::SET | class::FROZENSET => {
                std::ptr::read(&raw const (*(cell as *const SetCell)).table).account.told()
            }
            class::DICT => {
                std::ptr::read(&raw const (*(cell as *const TableCell)).table).account.told()
            }
            class if class::is_native(class) => {
                let cell = cell as *const NativeCell;
                drop(Box::from_raw((*cell).object));
                (*cell).counted as usize
            }
            _ => 0,
        };
        (*header).class = class::FREE;
        freed
    }
}
