//! Keeping all cells that there are at some time, so that those allocated since can be collected.
//!
//! Nothing is traced to find them: a cell is there if it was live at the last collection, or lies where runs have
//! been handed out since. Dead ones among them are kept too.
//!
//! Invariants. While something is kept, its blocks stay where they are in the lists of their spaces, behind no
//! younger one: a block all of whose cells are free has left the list before, and one with a kept cell never
//! does. The same goes for large cells. What is kept later contains what was kept before.

use super::{BLOCK_BYTES, Block, FIRST_CELL, FLOAT_SPACE, GRANULE, Heap, MARK_WORDS, block_of};

/// Cells that are kept.
pub struct Kept {
    /// By space, the marks of its first blocks.
    spaces: Vec<Vec<[u64; MARK_WORDS]>>,
    /// How many large cells, the first ones.
    large: usize,
    /// Bytes of all of them.
    bytes: usize,
}

/// Sets or clears the marks of all cells between two offsets of a block.
fn set_marks(block: &mut Block, from: usize, to: usize, set: bool) {
    let mut at = from;
    while at + block.cell <= to {
        let granule = at / GRANULE;
        let bit = 1 << (granule % 64);
        if set {
            block.marks[granule / 64] |= bit;
        } else {
            block.marks[granule / 64] &= !bit;
        }
        at += block.cell;
    }
}

impl Heap {
    /// Whether so much was allocated since the last time that keeping is worth what it costs.
    pub fn worth_keeping(&self) -> bool {
        self.since >= self.threshold / 4
    }

    /// Keeps all cells: nothing is freed, and allocation goes on in what is free.
    pub fn keep(&mut self) -> Kept {
        let head = self.context.head();
        let float_run = (head.alloc_ptr as usize, head.alloc_limit as usize);
        for (number, s) in self.spaces.iter().enumerate() {
            for (i, &block) in s.blocks.iter().enumerate().take(s.cursor + 1) {
                // SAFETY: blocks of a space stay allocated, and nothing else refers to the header.
                let block = unsafe { &mut *block };
                let handed_out = if i < s.cursor { BLOCK_BYTES } else { s.offset };
                set_marks(block, FIRST_CELL, handed_out, true);
            }
            let runs = [(s.run, s.run_end), float_run];
            for (from, to) in runs.into_iter().take(if number == FLOAT_SPACE { 2 } else { 1 }) {
                if from < to {
                    let block = block_of(from);
                    let start = block as usize;
                    // SAFETY: runs lie in blocks of their space, as above.
                    set_marks(unsafe { &mut *block }, from - start, to - start, false);
                }
            }
        }
        self.rewind();
        let mut bytes = 0;
        let free_blocks = &mut self.free_blocks;
        let mut spaces = Vec::with_capacity(self.spaces.len());
        for s in &mut self.spaces {
            let mut kept = Vec::with_capacity(s.blocks.len());
            s.blocks.retain(|&block| {
                // SAFETY: as above.
                let marks = unsafe { (*block).marks };
                let cells: usize = marks.iter().map(|word| word.count_ones() as usize).sum();
                if cells == 0 {
                    free_blocks.push(block);
                    return false;
                }
                bytes += cells * s.cell;
                kept.push(marks);
                true
            });
            spaces.push(kept);
        }
        for &region in &self.large {
            // SAFETY: large regions stay allocated, and nothing else refers to the header.
            let region = unsafe { &mut *region };
            set_marks(region, FIRST_CELL, FIRST_CELL + region.cell, true);
            bytes += region.cell;
        }
        self.marked_bytes = bytes;
        self.set_threshold();
        Kept { spaces, large: self.large.len(), bytes }
    }

    /// Marks what is kept, and what can be reached from it.
    pub(super) fn mark_kept(&mut self, kept: &Kept) {
        // All marks first: what is kept is not to be looked at twice.
        for (s, kept) in self.spaces.iter().zip(&kept.spaces) {
            for (&block, marks) in s.blocks.iter().zip(kept) {
                // SAFETY: blocks of a space stay allocated, and nothing else refers to the header.
                unsafe { (*block).marks = *marks }
            }
        }
        for &region in &self.large[..kept.large] {
            // SAFETY: as above, for large regions.
            let region = unsafe { &mut *region };
            set_marks(region, FIRST_CELL, FIRST_CELL + region.cell, true);
        }
        self.marked_bytes += kept.bytes;
        for (number, kept) in kept.spaces.iter().enumerate() {
            if number == FLOAT_SPACE {
                // Floats and empty tuples refer to nothing.
                continue;
            }
            for (i, marks) in kept.iter().enumerate() {
                let block = self.spaces[number].blocks[i] as usize;
                for (word, &bits) in marks.iter().enumerate() {
                    let mut bits = bits;
                    while bits != 0 {
                        let granule = word * 64 + bits.trailing_zeros() as usize;
                        bits &= bits - 1;
                        // SAFETY: kept cells are never freed.
                        unsafe { self.mark_cell(block + granule * GRANULE) }
                        self.mark_rest();
                    }
                }
            }
        }
        for i in 0..kept.large {
            let cell = self.large[i] as usize + FIRST_CELL;
            // SAFETY: as above.
            unsafe { self.mark_cell(cell) }
            self.mark_rest();
        }
    }
}
