//! The heap: non-moving, mark and sweep, bump allocation in runs of free cells.
//!
//! Terms. A *block* is 64 KiB, aligned to its size, and holds cells of one size behind a header
//! with mark bits (one per 16 bytes). A *space* is the list of blocks of one cell size, with or
//! without finalizers. A *run* is a stretch of free cells; allocation bumps through the space's
//! current run and looks for the next one lazily. The run of the plain 16-byte space
//! lies in the execution context, where generated code bumps it for float boxes. *External* bytes
//! are buffers on the C heap that cells own.
//!
//! Invariants.
//! * Allocation never collects; it sets `collect_requested` in the context, and the interpreter
//!   collects at its next safe point. Traces leave when a run is used up.
//! * Between collections mark bits say which cells of not yet visited blocks were live at the last
//!   one; all other cells there are free.
//! * In spaces with finalizers a free cell's class is [`class::FREE`]; dead cells are finalized
//!   right after marking. In other spaces free cells hold anything.

mod account;
mod kept;
mod mark;
mod objects;

pub(crate) use account::Account;
pub use kept::Kept;
pub use objects::{OutOfMemory, RANGE_LIMIT};

use crate::class;
use crate::interrupt;
use crate::memory;
use crate::value::Value;
use std::alloc::Layout;
use tierlab_trace::layout::ContextMemory;

/// Bytes of a block.
pub const BLOCK_BYTES: usize = 1 << 16;
const GRANULE: usize = 16;
const MARK_WORDS: usize = BLOCK_BYTES / GRANULE / 64;
/// Blocks are taken from the system in chunks of this many.
const CHUNK_BLOCKS: usize = 16;
/// Cells up to this size live in blocks, greater ones on their own.
const MAX_CELL: usize = 2048;
const CELL_SIZES: [usize; 13] = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, MAX_CELL];
/// The plain 16-byte space.
const FLOAT_SPACE: usize = 0;
/// Runs of the float space shorter than this many bytes are left alone.
const MIN_FLOAT_RUN: usize = 16 * GRANULE;

/// The start of every block, and of every large cell's own region.
#[repr(C)]
struct Block {
    marks: [u64; MARK_WORDS],
    /// Bytes of a cell.
    cell: usize,
    /// Whether dead cells are finalized.
    finalizers: bool,
    /// Bytes of the region of a large cell, 0 in a block.
    large: usize,
}

/// Offset of the first cell.
const FIRST_CELL: usize = size_of::<Block>().next_multiple_of(GRANULE);

/// The block that a cell lies in.
#[inline(always)]
fn block_of(cell: usize) -> *mut Block {
    (cell & !(BLOCK_BYTES - 1)) as *mut Block
}

struct Space {
    cell: usize,
    finalizers: bool,
    blocks: Vec<*mut Block>,
    /// The block that the next run is looked for in, and where in it.
    cursor: usize,
    offset: usize,
    /// The current run (of the float space: in the context).
    run: usize,
    run_end: usize,
}

/// What the heap did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeapStats {
    /// Collections.
    pub collections: u64,
    /// Bytes of runs and external buffers handed out before the last collection.
    pub allocated: u64,
    /// Bytes live after the last collection, external ones included.
    pub live: u64,
}

/// The heap.
pub struct Heap {
    context: ContextMemory,
    spaces: Vec<Space>,
    /// Blocks of no space.
    free_blocks: Vec<*mut Block>,
    chunks: Vec<*mut u8>,
    large: Vec<*mut Block>,
    /// The roots of the last collection, emptied.
    roots: Vec<Value>,
    /// Cells that are marked, but not what they refer to.
    worklist: Vec<usize>,
    /// Of these, long lists and tuples that are marked up to some word.
    long: Vec<(usize, usize)>,
    /// Bytes handed out since the last collection.
    since: usize,
    threshold: usize,
    min_threshold: usize,
    external: usize,
    marked_bytes: usize,
    stress: bool,
    stats: HeapStats,
    /// Size class by (bytes + 15) / 16.
    class_of_size: [u8; MAX_CELL / GRANULE + 1],
}

const CHUNK: Layout = match Layout::from_size_align(BLOCK_BYTES * CHUNK_BLOCKS, BLOCK_BYTES) {
    Ok(layout) => layout,
    Err(_) => panic!("the chunk layout is a constant"),
};

impl Heap {
    /// An empty heap that first collects after `min_threshold` bytes.
    pub fn new(min_threshold: usize) -> Heap {
        let mut class_of_size = [0; MAX_CELL / GRANULE + 1];
        let mut class = 0;
        for (granules, entry) in class_of_size.iter_mut().enumerate() {
            if granules * GRANULE > CELL_SIZES[class] {
                class += 1;
            }
            *entry = class as u8;
        }
        let spaces = [false, true]
            .iter()
            .flat_map(|&finalizers| {
                CELL_SIZES.iter().map(move |&cell| Space {
                    cell,
                    finalizers,
                    blocks: Vec::new(),
                    cursor: 0,
                    offset: FIRST_CELL,
                    run: 0,
                    run_end: 0,
                })
            })
            .collect();
        Heap {
            context: ContextMemory::new(),
            spaces,
            free_blocks: Vec::new(),
            chunks: Vec::new(),
            large: Vec::new(),
            roots: Vec::new(),
            worklist: Vec::new(),
            long: Vec::new(),
            since: 0,
            threshold: min_threshold,
            min_threshold,
            external: 0,
            marked_bytes: 0,
            stress: false,
            stats: HeapStats::default(),
            class_of_size,
        }
    }

    /// The execution context that the heap shares with generated code.
    pub fn context(&self) -> &ContextMemory {
        &self.context
    }

    /// The execution context, to change.
    pub fn context_mut(&mut self) -> &mut ContextMemory {
        &mut self.context
    }

    /// Whether a collection is due.
    #[inline(always)]
    pub fn collect_requested(&self) -> bool {
        self.context.head().collect_requested()
    }

    /// Asks for a collection at the next safe point.
    pub fn request_collection(&mut self) {
        self.context.head().set_collect_requested(true);
    }

    /// There is nothing to collect before more is allocated.
    pub(crate) fn settle_request(&mut self) {
        self.context.head().set_collect_requested(self.stress);
        // What came in between is not lost: the handler sets its own flag first.
        if interrupt::is_pending() || memory::is_short() {
            self.request_collection();
        }
    }

    /// Collects at every safe point from now on: a test of the precision of roots.
    pub fn set_stress(&mut self, on: bool) {
        self.stress = on;
        if on {
            self.request_collection();
        }
    }

    /// Whether a collection is due only because one always is, and nothing has been allocated since the last:
    /// whatever was free then has no other content by now.
    pub fn collects_idly(&self) -> bool {
        self.stress && self.since == 0
    }

    /// Counters.
    pub fn stats(&self) -> HeapStats {
        HeapStats { allocated: self.stats.allocated + self.since as u64, ..self.stats }
    }

    /// Counts bytes that were handed out.
    #[inline]
    fn count(&mut self, bytes: usize) {
        self.since += bytes;
        if self.since >= self.threshold {
            self.request_collection();
        }
    }

    /// Counts growth of external buffers.
    #[inline]
    fn count_external(&mut self, bytes: usize) {
        self.external += bytes;
        self.count(bytes);
    }

    /// A cell from the space; its memory is not initialized.
    #[inline(always)]
    fn take(&mut self, space: usize) -> usize {
        let s = &mut self.spaces[space];
        let cell = s.run;
        let next = cell + s.cell;
        if next <= s.run_end {
            s.run = next;
            cell
        } else {
            self.take_slow(space)
        }
    }

    #[cold]
    #[inline(never)]
    fn take_slow(&mut self, space: usize) -> usize {
        let (start, end) = self.next_run(space);
        let s = &mut self.spaces[space];
        s.run = start + s.cell;
        s.run_end = end;
        start
    }

    /// A float box.
    #[inline(always)]
    pub fn alloc_float(&mut self, value: f64) -> Value {
        let head = self.context.head_mut();
        let cell = head.alloc_ptr;
        let next = cell + 16;
        if next <= head.alloc_limit {
            head.alloc_ptr = next;
            // SAFETY: the run holds free 16-byte cells.
            unsafe { objects::write_float(cell as usize, value) }
        } else {
            self.alloc_float_slow(value)
        }
    }

    /// A float box, where the current run is used up.
    #[cold]
    #[inline(never)]
    pub fn alloc_float_slow(&mut self, value: f64) -> Value {
        self.refill_floats();
        let head = self.context.head_mut();
        let cell = head.alloc_ptr;
        head.alloc_ptr += 16;
        // SAFETY: the fresh run holds at least one free 16-byte cell.
        unsafe { objects::write_float(cell as usize, value) }
    }

    /// Gives the context a fresh run of 16-byte cells, if the current one is used up.
    pub fn refill_floats(&mut self) {
        let head = self.context.head();
        if head.alloc_ptr + 16 <= head.alloc_limit {
            return;
        }
        let (start, end) = self.next_run(FLOAT_SPACE);
        let head = self.context.head_mut();
        head.alloc_ptr = start as u64;
        head.alloc_limit = end as u64;
    }

    /// Space of cells with `bytes` bytes (at most [`MAX_CELL`]).
    #[inline(always)]
    fn space_of(&self, bytes: usize, finalizers: bool) -> usize {
        self.class_of_size[bytes.div_ceil(GRANULE)] as usize
            + if finalizers { CELL_SIZES.len() } else { 0 }
    }

    /// The next run of free cells of a space, from its blocks or a new one.
    fn next_run(&mut self, space: usize) -> (usize, usize) {
        let min = if space == FLOAT_SPACE { MIN_FLOAT_RUN } else { 1 };
        loop {
            let s = &mut self.spaces[space];
            let Some(&block) = s.blocks.get(s.cursor) else {
                self.add_block(space);
                continue;
            };
            // SAFETY: blocks of a space stay allocated while the heap lives; nothing else holds a
            // reference into the header.
            let marks = unsafe { &(*block).marks };
            match find_run(marks, s.cell, s.offset) {
                Some((from, to)) => {
                    s.offset = to;
                    if to - from >= min {
                        self.count(to - from);
                        return (block as usize + from, block as usize + to);
                    }
                }
                None => {
                    s.cursor += 1;
                    s.offset = FIRST_CELL;
                }
            }
        }
    }

    fn add_block(&mut self, space: usize) {
        let block = match self.free_blocks.pop() {
            Some(block) => block,
            None => self.new_chunk(),
        };
        let s = &mut self.spaces[space];
        // SAFETY: a free block is 64 KiB that no cell and no reference uses.
        unsafe {
            if s.finalizers {
                // Free cells of these spaces say so in their class word.
                std::ptr::write_bytes(block.cast::<u8>(), 0, BLOCK_BYTES);
            }
            block.write(Block {
                marks: [0; MARK_WORDS],
                cell: s.cell,
                finalizers: s.finalizers,
                large: 0,
            });
        }
        s.blocks.push(block);
    }

    #[cold]
    fn new_chunk(&mut self) -> *mut Block {
        // SAFETY: the layout has a non-zero size.
        let chunk = unsafe { std::alloc::alloc(CHUNK) };
        if chunk.is_null() {
            std::alloc::handle_alloc_error(CHUNK);
        }
        self.chunks.push(chunk);
        for i in (1..CHUNK_BLOCKS).rev() {
            self.free_blocks.push(chunk.wrapping_add(i * BLOCK_BYTES).cast());
        }
        chunk.cast()
    }

    /// A region of its own for a cell of more than [`MAX_CELL`] bytes; `None` where there is no
    /// memory.
    fn take_large(&mut self, bytes: usize) -> Option<usize> {
        let total = bytes.checked_add(FIRST_CELL)?;
        let layout = Layout::from_size_align(total, BLOCK_BYTES).ok()?;
        // SAFETY: the layout has a non-zero size.
        let region = unsafe { std::alloc::alloc(layout) }.cast::<Block>();
        if region.is_null() {
            return None;
        }
        // SAFETY: the region is fresh and large enough for the header.
        unsafe {
            region.write(Block {
                marks: [0; MARK_WORDS],
                cell: bytes,
                finalizers: false,
                large: total,
            });
        }
        self.large.push(region);
        self.count(total);
        Some(region as usize + FIRST_CELL)
    }

    /// An empty buffer for [`Heap::collect`].
    pub fn take_root_buffer(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.roots)
    }

    /// Collects everything that cannot be reached from these roots, except what is kept.
    pub fn collect(&mut self, mut roots: Vec<Value>, kept: Option<&Kept>) {
        self.begin_collection();
        if let Some(kept) = kept {
            self.mark_kept(kept);
        }
        self.mark_all(&roots);
        self.end_collection();
        roots.clear();
        self.roots = roots;
    }

    fn begin_collection(&mut self) {
        self.stats.collections += 1;
        self.rewind();
        for s in &mut self.spaces {
            for &block in &s.blocks {
                // SAFETY: blocks of a space stay allocated; no other reference to the header.
                unsafe { (*block).marks = [0; MARK_WORDS] }
            }
        }
        for &region in &self.large {
            // SAFETY: as above, for large regions.
            unsafe { (*region).marks = [0; MARK_WORDS] }
        }
    }

    /// Counts anew, and begins each space anew: there is no current run.
    fn rewind(&mut self) {
        self.stats.allocated += self.since as u64;
        self.since = 0;
        self.marked_bytes = 0;
        let head = self.context.head_mut();
        head.alloc_ptr = 0;
        head.alloc_limit = 0;
        for s in &mut self.spaces {
            (s.run, s.run_end, s.cursor, s.offset) = (0, 0, 0, FIRST_CELL);
        }
    }

    /// Gives chunks without a used block back to the system.
    #[cold]
    fn give_back_chunks(&mut self) {
        self.free_blocks.sort_unstable();
        let free_blocks = &mut self.free_blocks;
        self.chunks.retain(|&chunk| {
            let end = chunk.wrapping_add(CHUNK_BLOCKS * BLOCK_BYTES).cast();
            let from = free_blocks.partition_point(|&block| block < chunk.cast());
            let to = free_blocks.partition_point(|&block| block < end);
            let used = to - from < CHUNK_BLOCKS;
            if !used {
                free_blocks.drain(from..to);
                // SAFETY: allocated in `new_chunk` with this very layout; none of its blocks is in
                // a space, and none is free for one any more.
                unsafe { std::alloc::dealloc(chunk, CHUNK) }
            }
            used
        });
    }

    fn end_collection(&mut self) {
        let mut freed = 0;
        for s in &mut self.spaces {
            let free_blocks = &mut self.free_blocks;
            s.blocks.retain(|&block| {
                // SAFETY: the block is allocated and its mark bits are complete.
                let marks = unsafe { &(*block).marks };
                if s.finalizers {
                    let mut at = FIRST_CELL;
                    while at + s.cell <= BLOCK_BYTES {
                        if !is_marked(marks, at) {
                            // SAFETY: the cell is inside its block and unmarked: dead or free.
                            freed += unsafe { mark::finalize(block as usize + at) };
                        }
                        at += s.cell;
                    }
                }
                let live = marks.iter().any(|&word| word != 0);
                if !live {
                    free_blocks.push(block);
                }
                live
            });
        }
        self.external -= freed;
        self.large.retain(|&region| {
            // SAFETY: large regions stay allocated until they are dropped here, once, with the
            // layout they were allocated with.
            unsafe {
                let live = is_marked(&(*region).marks, FIRST_CELL);
                if !live {
                    let layout = Layout::from_size_align_unchecked((*region).large, BLOCK_BYTES);
                    std::alloc::dealloc(region.cast(), layout);
                }
                live
            }
        });
        if !memory::restore() {
            self.give_back_chunks();
            memory::restore();
        }
        self.set_threshold();
    }

    /// Sets how much is allocated before the next collection, from what is live.
    fn set_threshold(&mut self) {
        let live = self.marked_bytes + self.external;
        self.stats.live = live as u64;
        self.threshold = live.max(self.min_threshold);
        self.settle_request();
        if self.stress {
            self.threshold = 0;
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.begin_collection();
        self.end_collection();
        for &chunk in &self.chunks {
            // SAFETY: allocated in `new_chunk` with this very layout; nothing uses it any more.
            unsafe { std::alloc::dealloc(chunk, CHUNK) }
        }
    }
}

/// Whether the cell at this offset is marked.
#[inline(always)]
fn is_marked(marks: &[u64; MARK_WORDS], offset: usize) -> bool {
    let granule = offset / GRANULE;
    marks[granule / 64] >> (granule % 64) & 1 != 0
}

/// The first run of unmarked cells at or after `offset`, as offsets.
fn find_run(marks: &[u64; MARK_WORDS], cell: usize, offset: usize) -> Option<(usize, usize)> {
    let mut from = offset;
    if cell == GRANULE {
        let start = find_granule(marks, from / GRANULE, false)?;
        let end = find_granule(marks, start, true).unwrap_or(BLOCK_BYTES / GRANULE);
        return Some((start * GRANULE, end * GRANULE));
    }
    while from + cell <= BLOCK_BYTES && is_marked(marks, from) {
        from += cell;
    }
    if from + cell > BLOCK_BYTES {
        return None;
    }
    let mut to = from;
    while to + cell <= BLOCK_BYTES && !is_marked(marks, to) {
        to += cell;
    }
    Some((from, to))
}

/// The first granule at or after `from` whose bit is `set`.
fn find_granule(marks: &[u64; MARK_WORDS], from: usize, set: bool) -> Option<usize> {
    let flip = if set { 0 } else { u64::MAX };
    let mut word = from / 64;
    let mut bits = (*marks.get(word)? ^ flip) & u64::MAX << (from % 64);
    while bits == 0 {
        word += 1;
        bits = *marks.get(word)? ^ flip;
    }
    Some(word * 64 + bits.trailing_zeros() as usize)
}

// The class number of free cells is what zeroed memory says.
const _: () = assert!(class::FREE == 0);
