//! Memory that cannot be had: `MemoryError`, and not the end of the process.
//!
//! There are two ways to it. Where built-ins know how much they are about to allocate, they ask
//! [`room_for`] first. All else allocates as Rust does, which cannot refuse; so the command's
//! [`Allocator`] keeps a *reserve*: pieces of address space that nothing touches. Where the system has
//! no more, a piece is given up and the allocation done again; then the interpreter collects at its
//! next safe point, and raises there where that does not bring the reserve back.
//!
//! Only allocations of up to half a piece live on the reserve. A greater one that nobody asked about is
//! the end, with the line that Rust writes then.

use crate::error::{PyError, PyResult};
use crate::interrupt;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// Less than this is not asked about.
const SMALL: usize = 1 << 20;
/// Bytes of a piece of the reserve.
const PIECE: usize = 16 << 20;
/// Pieces of the reserve: so often an exception can be raised, and memory fail again before any of
/// it is free.
const PIECES: usize = 3;

static RESERVE: [AtomicPtr<libc::c_void>; PIECES] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; PIECES];
/// Whether there is a reserve at all.
static KEPT: AtomicBool = AtomicBool::new(false);
/// Whether a piece was given up that nobody knows of yet.
static SHORT: AtomicBool = AtomicBool::new(false);

/// Raises `MemoryError` where the system has not so many bytes in one piece.
#[inline]
pub fn room_for(bytes: usize) -> PyResult<()> {
    if bytes < SMALL { Ok(()) } else { ask_for(bytes) }
}

#[cold]
#[inline(never)]
fn ask_for(bytes: usize) -> PyResult<()> {
    Vec::<u8>::new().try_reserve_exact(bytes).map_err(|_| PyError::memory())
}

/// `MemoryError` where the size of `count` items of `each` bytes is beyond any memory, or is not there.
pub fn room_for_items(count: usize, each: usize) -> PyResult<()> {
    count.checked_mul(each).map_or_else(|| Err(PyError::memory()), room_for)
}

/// A copy of items.
pub fn copied<T: Copy>(items: &[T]) -> PyResult<Vec<T>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(items.len()).map_err(|_| PyError::memory())?;
    copy.extend_from_slice(items);
    Ok(copy)
}

/// Keeps a reserve from now on.
pub fn keep_reserve() {
    KEPT.store(true, Ordering::SeqCst);
    restore();
}

/// Whether memory has run out since [`settle`].
#[inline]
pub(crate) fn is_short() -> bool {
    SHORT.load(Ordering::Relaxed)
}

/// Forgets that memory ran out; true where the reserve is whole again.
pub(crate) fn settle() -> bool {
    SHORT.store(false, Ordering::SeqCst);
    restore()
}

/// Fills up the reserve as far as there is memory; true where it is whole.
pub(crate) fn restore() -> bool {
    !KEPT.load(Ordering::Relaxed)
        || RESERVE.iter().all(|slot| {
            if slot.load(Ordering::SeqCst).is_null() {
                slot.store(new_piece(), Ordering::SeqCst);
            }
            !slot.load(Ordering::SeqCst).is_null()
        })
}

/// Does an allocation again after one that failed, as long as the reserve lasts.
#[cold]
#[inline(never)]
pub(crate) fn again(bytes: usize, allocate: impl Fn() -> *mut u8) -> *mut u8 {
    while bytes <= PIECE / 2 && give_up_piece() {
        let data = allocate();
        if !data.is_null() {
            return data;
        }
    }
    std::ptr::null_mut()
}

/// Gives a piece of the reserve back to the system; false where there is none.
fn give_up_piece() -> bool {
    let taken = RESERVE.iter().find_map(|slot| {
        let piece = slot.swap(std::ptr::null_mut(), Ordering::SeqCst);
        (!piece.is_null()).then_some(piece)
    });
    let Some(piece) = taken else { return false };
    drop_piece(piece);
    SHORT.store(true, Ordering::SeqCst);
    interrupt::want_interpreter();
    true
}

/// Address space that is never touched, so that it costs no memory; null where there is none.
#[cfg(unix)]
fn new_piece() -> *mut libc::c_void {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a fresh mapping, at an address of the system's choice.
    let piece = unsafe { libc::mmap(std::ptr::null_mut(), PIECE, libc::PROT_NONE, flags, -1, 0) };
    if piece == libc::MAP_FAILED { std::ptr::null_mut() } else { piece }
}

#[cfg(unix)]
fn drop_piece(piece: *mut libc::c_void) {
    // SAFETY: the piece came from `new_piece`, and its slot has forgotten it.
    unsafe { libc::munmap(piece, PIECE) };
}

#[cfg(not(unix))]
fn new_piece() -> *mut libc::c_void {
    std::ptr::null_mut()
}

#[cfg(not(unix))]
fn drop_piece(_: *mut libc::c_void) {}

/// The system's allocator with the reserve behind it.
#[derive(Debug)]
pub struct Allocator;

// SAFETY: every block comes from the system's allocator, by the caller's own layout.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let data = unsafe { System.alloc(layout) };
        if data.is_null() {
            // SAFETY: the caller's promise.
            return again(layout.size(), || unsafe { System.alloc(layout) });
        }
        data
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let data = unsafe { System.alloc_zeroed(layout) };
        if data.is_null() {
            // SAFETY: the caller's promise.
            return again(layout.size(), || unsafe { System.alloc_zeroed(layout) });
        }
        data
    }

    #[inline]
    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let data = unsafe { System.realloc(old, layout, size) };
        if data.is_null() {
            // SAFETY: the caller's promise; what failed has left the old block as it was.
            return again(size, || unsafe { System.realloc(old, layout, size) });
        }
        data
    }

    #[inline]
    unsafe fn dealloc(&self, data: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(data, layout) }
    }
}
