//! What generated code and the virtual machine agree on in memory: tagged words, the header of a
//! heap cell, the float box, and the execution context with its slots.
//!
//! This module is the one home of these constants; stencils, templates and Cranelift code
//! take them from here.
//!
//! The execution context is one contiguous piece of memory: [`ExecContext`] followed by
//! [`MAX_SLOTS`] slots of 8 bytes. Generated code holds its address in the *frame register*
//! (`rdi` on x86-64); slot `i` is at `frame + SLOTS_OFFSET + 8 * i`.

/// Bit 0 of a word: clear for small ints, set for heap references.
pub use crate::semantics::POINTER_TAG;
use std::sync::atomic::{AtomicU64, Ordering};

/// Displacement from a reference word to the header of its cell: removes the tag.
pub const HEADER_DISP: i32 = -(POINTER_TAG as i32);
/// The header's class word: a `u32` at the start of the cell.
pub const CLASS_DISP: i32 = HEADER_DISP;
/// First payload byte of a cell behind its 8-byte header, from the reference word.
pub const PAYLOAD_DISP: i32 = HEADER_DISP + 8;
/// Class word of a boxed float.
pub const FLOAT_CLASS: u32 = 1;
/// The whole 8-byte header of a fresh float box.
pub const FLOAT_HEADER: u64 = FLOAT_CLASS as u64;
/// Payload of a boxed float, from the reference word.
pub const FLOAT_DISP: i32 = PAYLOAD_DISP;
/// Bytes of a boxed float's cell.
pub const FLOAT_CELL: u64 = 16;

/// What a helper of words returns to say "leave the trace": the tag without an address, which is
/// no word of any value (the small int zero is the word 0).
pub const HELPER_FAILED: u64 = POINTER_TAG;

/// Integer registers that generated code can save at an exit.
pub const SAVED_INTS: usize = 16;
/// Float registers that generated code can save at an exit.
pub const SAVED_FLOATS: usize = 16;

/// The head of the execution context. All fields are plain words, so that every bit pattern is
/// valid; what they mean is said at each.
#[repr(C)]
#[derive(Debug)]
pub struct ExecContext {
    /// Address of the next free 16-byte cell for float boxes.
    pub alloc_ptr: u64,
    /// End of the current run of free cells: a cell must end at or before it.
    pub alloc_limit: u64,
    /// Not zero when the interpreter is wanted: a collection is due, what traces take for constant
    /// has changed, or the user interrupts. Atomic, since a signal handler writes it; one load of
    /// a word everywhere.
    pub collect_requested: AtomicU64,
    /// Address of the virtual machine, for helpers; opaque to tiers.
    pub vm: u64,
    /// Free for a tier's own use during a run (for example, a return address).
    pub scratch: [u64; 4],
    /// Integer registers as they were at an exit, by register-file number.
    pub saved_ints: [u64; SAVED_INTS],
    /// Float registers as they were at an exit, by register-file number.
    pub saved_floats: [u64; SAVED_FLOATS],
}

impl ExecContext {
    /// Whether the interpreter is wanted.
    #[inline(always)]
    pub fn collect_requested(&self) -> bool {
        self.collect_requested.load(Ordering::Relaxed) != 0
    }

    /// Says whether it is.
    #[inline]
    pub fn set_collect_requested(&self, requested: bool) {
        self.collect_requested.store(requested.into(), Ordering::SeqCst);
    }
}

/// Offset of slot 0 from the frame register, in bytes.
pub const SLOTS_OFFSET: usize = size_of::<ExecContext>();
/// Slots behind the context. A trace that needs more cannot be compiled.
pub const MAX_SLOTS: usize = 1 << 17;
/// Bytes of the whole execution context.
pub const CONTEXT_BYTES: usize = SLOTS_OFFSET + 8 * MAX_SLOTS;

/// Displacement of a slot from the frame register, in bytes.
#[inline(always)]
pub const fn slot_disp(slot: u32) -> i32 {
    SLOTS_OFFSET as i32 + 8 * slot as i32
}

/// Owner of an execution context's memory: zeroed, 64-byte aligned, touched lazily by the kernel.
#[derive(Debug)]
pub struct ContextMemory {
    base: std::ptr::NonNull<ExecContext>,
}

const CONTEXT_LAYOUT: std::alloc::Layout =
    match std::alloc::Layout::from_size_align(CONTEXT_BYTES, 64) {
        Ok(layout) => layout,
        Err(_) => panic!("the context layout is a constant"),
    };

impl ContextMemory {
    /// Allocates a zeroed context.
    pub fn new() -> ContextMemory {
        // SAFETY: the layout has a non-zero size; zero bytes are valid for all fields.
        let base = unsafe { std::alloc::alloc_zeroed(CONTEXT_LAYOUT) };
        match std::ptr::NonNull::new(base.cast()) {
            Some(base) => ContextMemory { base },
            None => std::alloc::handle_alloc_error(CONTEXT_LAYOUT),
        }
    }

    /// Address that generated code gets in its frame register.
    pub fn as_ptr(&self) -> *mut ExecContext {
        self.base.as_ptr()
    }

    /// A second owner of the same memory that never frees it: for a run of generated code, during
    /// which helpers reach the memory through the virtual machine.
    ///
    /// # Safety
    /// The original outlives the alias, and references into the memory are never held across a
    /// use of the other one.
    pub unsafe fn alias(&self) -> std::mem::ManuallyDrop<ContextMemory> {
        std::mem::ManuallyDrop::new(ContextMemory { base: self.base })
    }

    /// The head.
    pub fn head(&self) -> &ExecContext {
        // SAFETY: the memory is owned, initialized, and not borrowed mutably while `self` is shared.
        unsafe { self.base.as_ref() }
    }

    /// The head, to change.
    pub fn head_mut(&mut self) -> &mut ExecContext {
        // SAFETY: as above, and `self` is borrowed mutably.
        unsafe { self.base.as_mut() }
    }

    /// All slots.
    pub fn slots(&self) -> &[u64] {
        // SAFETY: the slots lie behind the head in the same allocation and are initialized.
        unsafe {
            std::slice::from_raw_parts(
                self.base.as_ptr().cast::<u8>().add(SLOTS_OFFSET).cast(),
                MAX_SLOTS,
            )
        }
    }

    /// All slots, to change.
    pub fn slots_mut(&mut self) -> &mut [u64] {
        // SAFETY: as above, and `self` is borrowed mutably.
        unsafe {
            std::slice::from_raw_parts_mut(
                self.base.as_ptr().cast::<u8>().add(SLOTS_OFFSET).cast(),
                MAX_SLOTS,
            )
        }
    }
}

impl Default for ContextMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ContextMemory {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this very layout.
        unsafe { std::alloc::dealloc(self.base.as_ptr().cast(), CONTEXT_LAYOUT) }
    }
}
