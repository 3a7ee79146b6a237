//! The value stack: one fixed array of words for the locals and operands of all frames.
//!
//! It never moves, so that the interpreter and arguments of built-ins can point into it. Entries
//! below the stack pointer are valid words; those above hold anything.

use crate::value::Value;
use std::alloc::Layout;

/// Words of the stack.
pub const STACK_WORDS: usize = 1 << 20;

const LAYOUT: Layout = match Layout::array::<Value>(STACK_WORDS) {
    Ok(layout) => layout,
    Err(_) => panic!("the stack layout is a constant"),
};

/// Owner of the stack's memory.
pub struct ValueStack {
    base: std::ptr::NonNull<Value>,
}

impl ValueStack {
    /// A stack of zero words (small ints), touched lazily.
    pub fn new() -> ValueStack {
        // SAFETY: the layout has a non-zero size; zero is the small int 0.
        let base = unsafe { std::alloc::alloc_zeroed(LAYOUT) };
        match std::ptr::NonNull::new(base.cast()) {
            Some(base) => ValueStack { base },
            None => std::alloc::handle_alloc_error(LAYOUT),
        }
    }

    /// The first word.
    #[inline(always)]
    pub fn base(&self) -> *mut Value {
        self.base.as_ptr()
    }

    /// Word `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Value {
        if index >= STACK_WORDS {
            return Value::NULL;
        }
        // SAFETY: the index is inside the allocation, all of which is initialized.
        unsafe { *self.base.as_ptr().add(index) }
    }

    /// Replaces word `index`; nothing happens outside the stack.
    #[inline]
    pub fn set(&mut self, index: usize, value: Value) {
        if index < STACK_WORDS {
            // SAFETY: the index is inside the allocation.
            unsafe { *self.base.as_ptr().add(index) = value }
        }
    }

    /// Words `from..to`, cut off at the end of the stack.
    pub fn words(&self, from: usize, to: usize) -> &[Value] {
        let to = to.min(STACK_WORDS);
        let from = from.min(to);
        // SAFETY: the range is inside the allocation, all of which is initialized.
        unsafe { std::slice::from_raw_parts(self.base.as_ptr().add(from), to - from) }
    }
}

impl Default for ValueStack {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ValueStack {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this very layout.
        unsafe { std::alloc::dealloc(self.base.as_ptr().cast(), LAYOUT) }
    }
}

/// The arguments of a built-in: consecutive words of the stack, or of a slice that its caller holds,
/// valid during the call.
#[derive(Clone, Copy)]
pub struct Args {
    first: *const Value,
    len: usize,
}

impl Args {
    /// # Safety
    /// `first` points at `len` words of the stack that stay valid while the result is used.
    pub(crate) unsafe fn new(first: *const Value, len: usize) -> Args {
        Args { first, len }
    }

    /// No arguments.
    pub fn none() -> Args {
        Args::of(&[])
    }

    /// Arguments that stand elsewhere. The call must end before the slice does.
    pub(crate) fn of(values: &[Value]) -> Args {
        Args { first: values.as_ptr(), len: values.len() }
    }

    /// How many.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Argument `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Value> {
        self.as_slice().get(index).copied()
    }

    /// All of them.
    #[inline(always)]
    pub fn as_slice<'a>(self) -> &'a [Value] {
        // SAFETY: who made this says that the words are valid during the call, and nothing
        // writes arguments while a built-in runs.
        unsafe { std::slice::from_raw_parts(self.first, self.len) }
    }
}

/// Argument `index` of a built-in whose row says that there is one; None where it may be missing.
#[inline(always)]
pub(crate) fn arg(args: Args, index: usize) -> Value {
    args.get(index).unwrap_or(Value::none())
}
