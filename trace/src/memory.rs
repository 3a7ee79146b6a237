//! Raw memory: the one place of this crate that follows an address found in a trace.
//!
//! Terms. An *address* is a plain 64-bit integer; a *word* is a tagged value (see
//! [`crate::layout`]). [`Memory`] is a permission: whoever makes one promises that the addresses
//! that come up are good, and code that holds one (the reference evaluator) needs no `unsafe`.
//!
//! Invariants: loads and stores work at any alignment; a cell is taken from the free run only if
//! it fits in it whole.

use crate::backend::HelperFn;
use crate::layout::{
    CLASS_DISP, ContextMemory, ExecContext, FLOAT_CELL, FLOAT_DISP, FLOAT_HEADER, HEADER_DISP,
    POINTER_TAG,
};

/// Reads 8 bytes.
///
/// # Safety
/// 8 bytes at `address` are readable, and nothing writes to them at the same time.
#[inline(always)]
pub unsafe fn load_u64(address: u64) -> u64 {
    // SAFETY: the caller's promise; alignment is not needed.
    unsafe { std::ptr::with_exposed_provenance::<u64>(address as usize).read_unaligned() }
}

/// Reads 4 bytes.
///
/// # Safety
/// 4 bytes at `address` are readable, and nothing writes to them at the same time.
#[inline(always)]
pub unsafe fn load_u32(address: u64) -> u32 {
    // SAFETY: the caller's promise; alignment is not needed.
    unsafe { std::ptr::with_exposed_provenance::<u32>(address as usize).read_unaligned() }
}

/// Writes 8 bytes.
///
/// # Safety
/// 8 bytes at `address` are writable, and nothing else uses them at the same time.
#[inline(always)]
pub unsafe fn store_u64(address: u64, bits: u64) {
    // SAFETY: the caller's promise; alignment is not needed.
    unsafe {
        std::ptr::with_exposed_provenance_mut::<u64>(address as usize).write_unaligned(bits);
    }
}

/// The class word of the cell behind a reference word.
///
/// # Safety
/// `word` has the pointer tag and refers to a live cell.
#[inline(always)]
pub unsafe fn class_of(word: u64) -> u32 {
    // SAFETY: the caller's promise: a cell starts with its header.
    unsafe { load_u32(word.wrapping_add_signed(i64::from(CLASS_DISP))) }
}

/// The payload of a boxed float.
///
/// # Safety
/// `word` refers to a live float box.
#[inline(always)]
pub unsafe fn load_box_f64(word: u64) -> f64 {
    // SAFETY: the caller's promise: a float box holds its payload behind the header.
    f64::from_bits(unsafe { load_u64(word.wrapping_add_signed(i64::from(FLOAT_DISP))) })
}

/// Takes a cell of the current run of free cells for a float; `None` where the run is used up.
///
/// # Safety
/// The bytes from `alloc_ptr` to `alloc_limit` are writable and belong to the context.
#[inline(always)]
pub unsafe fn alloc_box_f64(head: &mut ExecContext, value: f64) -> Option<u64> {
    let cell = head.alloc_ptr;
    let end = cell.checked_add(FLOAT_CELL)?;
    if end > head.alloc_limit {
        return None;
    }
    head.alloc_ptr = end;
    let word = cell + POINTER_TAG;
    // SAFETY: the cell lies in the run, which the caller promises to be writable.
    unsafe {
        store_u64(word.wrapping_add_signed(i64::from(HEADER_DISP)), FLOAT_HEADER);
        store_u64(word.wrapping_add_signed(i64::from(FLOAT_DISP)), value.to_bits());
    }
    Some(word)
}

/// Calls a helper with raw bits; unused arguments are ignored. A word helper that returns 0 asks
/// for an exit.
///
/// # Safety
/// What the helper itself asks for: a live context and valid words.
#[inline(always)]
pub unsafe fn call_helper(function: HelperFn, context: *mut ExecContext, args: [u64; 3]) -> u64 {
    let [a, b, c] = args;
    // SAFETY: the caller's promise is the helpers' condition.
    unsafe {
        match function {
            HelperFn::Ref1(f) => f(context, a),
            HelperFn::Ref2(f) => f(context, a, b),
            HelperFn::Ref3(f) => f(context, a, b, c),
            HelperFn::F64x1(f) => f(f64::from_bits(a)).to_bits(),
            HelperFn::F64x2(f) => f(f64::from_bits(a), f64::from_bits(b)).to_bits(),
        }
    }
}

/// The permission to follow the addresses that traces compute.
#[derive(Clone, Copy, Debug)]
pub struct Memory(());

impl Memory {
    /// Grants the permission.
    ///
    /// # Safety
    /// As long as the result or a copy of it is in use: every address that is passed to its
    /// methods is valid for the access, words are small ints or refer to live cells, the run
    /// of free cells of each context is writable, and helpers get what they ask for.
    pub const unsafe fn assume_valid() -> Memory {
        Memory(())
    }

    /// See [`load_u64`].
    pub fn load(self, address: u64) -> u64 {
        // SAFETY: promised at `assume_valid`.
        unsafe { load_u64(address) }
    }

    /// See [`store_u64`].
    pub fn store(self, address: u64, bits: u64) {
        // SAFETY: promised at `assume_valid`.
        unsafe { store_u64(address, bits) }
    }

    /// See [`class_of`]; `None` for a small int.
    pub fn class_of(self, word: u64) -> Option<u32> {
        // SAFETY: promised at `assume_valid`; the tag is looked at first.
        (word & POINTER_TAG != 0).then(|| unsafe { class_of(word) })
    }

    /// See [`load_box_f64`].
    pub fn load_box_f64(self, word: u64) -> f64 {
        // SAFETY: promised at `assume_valid`.
        unsafe { load_box_f64(word) }
    }

    /// See [`alloc_box_f64`].
    pub fn alloc_box_f64(self, head: &mut ExecContext, value: f64) -> Option<u64> {
        // SAFETY: promised at `assume_valid`.
        unsafe { alloc_box_f64(head, value) }
    }

    /// See [`call_helper`].
    pub fn call(self, function: HelperFn, context: &mut ContextMemory, args: [u64; 3]) -> u64 {
        // SAFETY: promised at `assume_valid`; the context is alive.
        unsafe { call_helper(function, context.as_ptr(), args) }
    }
}
