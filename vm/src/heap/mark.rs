//! What the heap knows about classes: which words of a cell are references, and what a dead cell
//! leaves behind.

use super::{GRANULE, Heap, block_of};
use crate::class;
use crate::dict::Table;
use crate::object::{
    BigIntCell, BytesCell, FunctionCell, GROWING_STR, Growing, Header, InstanceCell, ListCell,
    SetCell, StrCell, TableCell, TupleCell, WordsCell,
};
use crate::set_table::SetTable;
use crate::value::Value;
use num_bigint::BigInt;

impl Heap {
    /// Marks everything reachable from the worklist.
    pub(super) fn mark_all(&mut self) {
        while let Some(value) = self.worklist.pop() {
            if value.is_ref() {
                self.mark_cell(value.cell::<Header>() as usize);
            }
        }
    }

    fn mark_cell(&mut self, cell: usize) {
        // SAFETY: the worklist holds addresses of live cells; what their class says about their
        // layout is true, and heap cells lie in blocks.
        unsafe {
            let header = *(cell as *const Header);
            match header.class {
                // Static cells: there is no block around them.
                class::NONE | class::BOOL | class::NOT_IMPLEMENTED | class::ELLIPSIS => return,
                _ => {}
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
            match header.class {
                class::FLOAT
                | class::INT
                | class::STR
                | class::RANGE
                | class::BYTES
                | class::BYTEARRAY => {}
                class::LIST => {
                    let list = cell as *const ListCell;
                    self.push_words((*list).items, (*list).len as usize);
                }
                class::TUPLE => {
                    let len = (*(cell as *const TupleCell)).len as usize;
                    self.push_words((cell + size_of::<TupleCell>()) as *const Value, len);
                }
                class::FUNCTION => {
                    let function = cell as *const FunctionCell;
                    self.push_words(&raw const (*function).defaults, 4);
                }
                class::INSTANCE => {
                    let instance = cell as *const InstanceCell;
                    let words = (*(*instance).shape).capacity as usize;
                    self.push_words(&raw const (*instance).extra, 1);
                    self.push_words(instance.add(1).cast(), words);
                }
                class::SET | class::FROZENSET => {
                    let table: *const SetTable = (*(cell as *const SetCell)).table;
                    (*table).each(|key| self.worklist.push(key));
                }
                class::DICT => {
                    let table: *const Table = (*(cell as *const TableCell)).table;
                    (*table).each(|key, value| {
                        self.worklist.push(key);
                        self.worklist.push(value);
                    });
                }
                _ => self.push_words((&raw const (*(cell as *const WordsCell)).words).cast(), 3),
            }
        }
    }

    /// # Safety
    /// `first` points at `len` valid words.
    unsafe fn push_words(&mut self, first: *const Value, len: usize) {
        for i in 0..len {
            // SAFETY: the caller says so.
            let value = unsafe { *first.add(i) };
            if value.is_ref() {
                self.worklist.push(value);
            }
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
                let bytes = (*list).capacity as usize * size_of::<Value>();
                if bytes != 0 {
                    libc::free((*list).items.cast());
                }
                bytes
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
                let bytes = (*string).bytes as usize;
                if bytes != 0 {
                    libc::free((*string).data.cast());
                }
                free_offsets(string);
                bytes
            }
            class::BYTES | class::BYTEARRAY => {
                let bytes = cell as *const BytesCell;
                let capacity = (*bytes).capacity as usize;
                drop(Vec::from_raw_parts((*bytes).data, 0, capacity));
                capacity
            }
            class::INT => {
                let number: Box<BigInt> = Box::from_raw((*(cell as *const BigIntCell)).value);
                super::objects::big_bytes(&number)
            }
            class::SET | class::FROZENSET => {
                let table = Box::from_raw((*(cell as *const SetCell)).table);
                table.external()
            }
            class::DICT => {
                let table = Box::from_raw((*(cell as *const TableCell)).table);
                table.external()
            }
            _ => 0,
        };
        (*header).class = class::FREE;
        freed
    }
}
