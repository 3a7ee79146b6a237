//! Raw memory of generated cases: the arena that traces work on, the helpers that they call,
//! and the call into a backend.
//!
//! Invariants: an [`Arena`] never moves; its words are only touched one access at a time, by
//! the arena's own methods, by helpers, or by the trace that runs. Helpers return words that are
//! valid in the arena, and change nothing where they return 0.

use crate::backend::{Backend, ExitRef, Helper, HelperFn, HelperTable};
use crate::ir::TraceId;
use crate::layout::{ContextMemory, ExecContext, FLOAT_CLASS, HELPER_FAILED, POINTER_TAG};
use crate::memory::{Memory, alloc_box_f64, class_of, load_box_f64, load_u64, store_u64};
use crate::semantics::{is_small_int, untag};
use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};

/// Words of the arena with a meaning for helpers; the context's `vm` field is word 0's address.
pub(crate) const CALLS: usize = 0;
/// A running hash of the small ints that helpers have seen.
pub(crate) const HASH: usize = 1;
/// The number of calls after which a collection is requested.
pub(crate) const COLLECT_AT: usize = 2;
/// The counter of loops without parameters.
pub(crate) const COUNTER: usize = 3;
/// Where the integers start that helpers change.
pub(crate) const INTS: usize = 5;
/// Where the words start that helpers change.
pub(crate) const REFS: usize = INTS + 32;

/// Memory at an address that does not change.
#[derive(Debug)]
pub struct Arena {
    base: *mut u64,
    layout: Layout,
}

impl Arena {
    /// Zeroed memory of so many words (at least one).
    pub fn new(words: usize) -> Arena {
        let words = words.clamp(1, 1 << 24);
        let layout = Layout::from_size_align(words * 8, 64).expect("at most 128 MB");
        // SAFETY: the layout has a non-zero size.
        let base = unsafe { alloc_zeroed(layout) }.cast::<u64>();
        if base.is_null() {
            handle_alloc_error(layout);
        }
        base.expose_provenance();
        Arena { base, layout }
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.layout.size() / 8
    }

    /// Whether there are none: never.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address of a word (or of the end).
    pub fn address(&self, index: usize) -> u64 {
        self.base.addr() as u64 + 8 * index as u64
    }

    /// A copy of all words.
    pub fn words(&self) -> Vec<u64> {
        // SAFETY: the range lies in the arena, whose words are initialized.
        (0..self.len()).map(|i| unsafe { load_u64(self.address(i)) }).collect()
    }

    /// Overwrites the first words.
    pub fn restore(&mut self, words: &[u64]) {
        for (i, &bits) in words.iter().enumerate().take(self.len()) {
            // SAFETY: the index lies in the arena, which is borrowed mutably.
            unsafe { store_u64(self.address(i), bits) };
        }
    }

    /// The permission to run generated traces, which stay in this arena.
    pub(crate) fn permission(&self) -> Memory {
        // SAFETY: the builder of cases only makes addresses and words in its arena, and the
        // evaluator that gets this permission lives in the case that owns the arena.
        unsafe { Memory::assume_valid() }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this very layout.
        unsafe { dealloc(self.base.cast(), self.layout) }
    }
}

/// Runs a trace of a generated case in a backend that has compiled it.
pub(crate) fn enter(
    backend: &mut dyn Backend,
    id: TraceId,
    context: &mut ContextMemory,
    _arena: &Arena,
) -> ExitRef {
    // SAFETY: the case's words and addresses lie in its arena, which is alive.
    unsafe { backend.enter(id, context) }
}

/// Overwrites every register that a C function may overwrite, so that a tier that forgets to save
/// one is found out.
#[inline(always)]
fn trash_registers() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: only registers that are declared as overwritten change.
    unsafe {
        std::arch::asm!(
            "mov rax, 0x5555555555555555",
            "mov rcx, rax",
            "mov rdx, rax",
            "mov rsi, rax",
            "mov rdi, rax",
            "mov r8, rax",
            "mov r9, rax",
            "mov r10, rax",
            "mov r11, rax",
            "movq xmm0, rax",
            "movq xmm1, rax",
            "movq xmm2, rax",
            "movq xmm3, rax",
            "movq xmm4, rax",
            "movq xmm5, rax",
            "movq xmm6, rax",
            "movq xmm7, rax",
            "movq xmm8, rax",
            "movq xmm9, rax",
            "movq xmm10, rax",
            "movq xmm11, rax",
            "movq xmm12, rax",
            "movq xmm13, rax",
            "movq xmm14, rax",
            "movq xmm15, rax",
            clobber_abi("C"),
            options(nomem, nostack),
        );
    }
}

/// One word of the state that helpers keep in the arena.
unsafe fn state(context: *mut ExecContext, index: usize) -> u64 {
    // SAFETY: helpers are called with the context of a case, whose `vm` is its arena.
    unsafe { (*context).vm + 8 * index as u64 }
}

/// Books a call: counts it, hashes small ints, changes an integer, requests collections.
unsafe fn book(context: *mut ExecContext, args: &[u64]) {
    // SAFETY: see `state`; all indices lie in the arena.
    unsafe {
        let calls = load_u64(state(context, CALLS)) + 1;
        store_u64(state(context, CALLS), calls);
        let mut hash = load_u64(state(context, HASH));
        for &word in args.iter().filter(|&&w| is_small_int(w)) {
            hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        }
        store_u64(state(context, HASH), hash);
        store_u64(state(context, INTS + (calls % 16) as usize), calls);
        if calls == load_u64(state(context, COLLECT_AT)) {
            (*context).set_collect_requested(true);
        }
    }
    trash_registers();
}

/// Half of a small int or float (boxed anew); exits for objects, for 1, and without free cells.
extern "C" fn half(context: *mut ExecContext, a: u64) -> u64 {
    let result = if is_small_int(a) {
        let half = ((untag(a) >> 1) << 1) as u64;
        if half == 0 && a != 0 { HELPER_FAILED } else { half }
    } else {
        // SAFETY: words are valid, and the context is not borrowed while a trace runs.
        unsafe {
            match class_of(a) {
                FLOAT_CLASS => {
                    alloc_box_f64(&mut *context, load_box_f64(a) * 0.5).unwrap_or(HELPER_FAILED)
                }
                _ => HELPER_FAILED,
            }
        }
    };
    if result != HELPER_FAILED {
        // SAFETY: the context is that of a case.
        unsafe { book(context, &[a]) };
    }
    result
}

/// The mean of two small ints, or else the first word; exits where both ints are 0.
extern "C" fn mix(context: *mut ExecContext, a: u64, b: u64) -> u64 {
    let result = match is_small_int(a) && is_small_int(b) {
        true if a == 0 && b == 0 => HELPER_FAILED,
        true => ((untag(a).wrapping_add(untag(b)) >> 1) << 1) as u64,
        false => a,
    };
    if result != HELPER_FAILED {
        // SAFETY: the context is that of a case.
        unsafe { book(context, &[a, b]) };
    }
    result
}

/// The second word where the first is a small int that is not 0 or any object, else the third;
/// puts it into the arena's words, too. Exits where all are 0.
extern "C" fn pick(context: *mut ExecContext, a: u64, b: u64, c: u64) -> u64 {
    let chosen = if a != 0 { b } else { c };
    let result = if a | b | c == 0 { HELPER_FAILED } else { chosen };
    if result != HELPER_FAILED {
        // SAFETY: the context is that of a case, and the index lies in the arena.
        unsafe {
            let at = state(context, REFS + (load_u64(state(context, CALLS)) % 16) as usize);
            store_u64(at, result);
            book(context, &[a, b, c]);
        }
    }
    result
}

extern "C" fn twice(a: f64) -> f64 {
    trash_registers();
    a * 2.0 + 1.0
}

extern "C" fn square(a: f64) -> f64 {
    trash_registers();
    a * a
}

extern "C" fn blend(a: f64, b: f64) -> f64 {
    trash_registers();
    a - b * 0.25
}

/// The helpers that generated cases call. Give this table to the backend under test.
pub fn helpers() -> HelperTable {
    let helper = |name, function| Helper { name, function };
    HelperTable {
        helpers: vec![
            helper("twice", HelperFn::F64x1(twice)),
            helper("half", HelperFn::Ref1(half)),
            helper("mix", HelperFn::Ref2(mix)),
            helper("pick", HelperFn::Ref3(pick)),
            helper("blend", HelperFn::F64x2(blend)),
            helper("square", HelperFn::F64x1(square)),
        ],
    }
}

/// The index of the cell behind a reference in a copy of the arena's words, which starts at `base`.
pub(crate) fn tagged_index(base: u64, words: &[u64], word: u64) -> Option<usize> {
    let offset = word.wrapping_sub(base).wrapping_sub(POINTER_TAG);
    let index = (offset / 8) as usize;
    (word & POINTER_TAG != 0 && offset.is_multiple_of(8) && index + 1 < words.len())
        .then_some(index)
}
