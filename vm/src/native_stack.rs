//! How much of the machine's own stack is left: what limits nested runs of the interpreter.
//!
//! Frames of Python code are not on it; but built-ins that call back run the interpreter anew, and a
//! program decides how deep.

/// Bytes that stay free for built-ins, the JIT and the system.
const RESERVE: usize = 384 << 10;
/// What is taken for granted where the system does not tell.
const UNKNOWN: usize = 1 << 20;

/// The part of the stack that nested runs may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NativeStack {
    /// No run starts with the stack below this address.
    limit: usize,
}

impl NativeStack {
    /// That of the thread that asks.
    pub(crate) fn of_this_thread() -> NativeStack {
        let low = lowest().unwrap_or_else(|| here().saturating_sub(UNKNOWN));
        NativeStack { limit: low + RESERVE }
    }

    /// Whether a nested run has room. Stacks grow towards lower addresses.
    #[inline]
    pub(crate) fn has_room(self) -> bool {
        here() > self.limit
    }
}

/// An address on the stack of the caller.
#[inline(always)]
fn here() -> usize {
    let marker = 0u8;
    std::hint::black_box(&raw const marker) as usize
}

/// The lowest address of this thread's stack.
#[cfg(target_os = "linux")]
fn lowest() -> Option<usize> {
    let mut low = std::ptr::null_mut();
    let mut size = 0;
    // SAFETY: the attributes are initialized by the first call and destroyed after use.
    unsafe {
        let mut attributes = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) != 0 {
            return None;
        }
        let got = libc::pthread_attr_getstack(&raw const attributes, &raw mut low, &raw mut size);
        libc::pthread_attr_destroy(&raw mut attributes);
        (got == 0).then_some(low as usize)
    }
}

#[cfg(not(target_os = "linux"))]
fn lowest() -> Option<usize> {
    None
}
