//! How long Cranelift's register allocator takes, by the clock that Cranelift offers.
//!
//! Cranelift tells a profiler of the thread when a pass starts and drops the profiler's token when
//! it ends. The profiler here looks at one pass; for the others it does nothing.

use cranelift_codegen::timing::{Pass, Profiler, set_thread_profiler};
use std::any::Any;
use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    static REGALLOC: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

struct RegallocClock;

/// Adds the time from its making to its end.
struct Running(Instant);

impl Drop for Running {
    fn drop(&mut self) {
        REGALLOC.set(REGALLOC.get() + self.0.elapsed());
    }
}

impl Profiler for RegallocClock {
    fn start_pass(&self, pass: Pass) -> Box<dyn Any> {
        match pass == Pass::regalloc {
            true => Box::new(Running(Instant::now())),
            false => Box::new(()),
        }
    }
}

/// Runs `work`; returns what it gives and how much of its time was register allocation. The
/// thread's profiler is the same afterwards.
pub(crate) fn with_regalloc_time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    REGALLOC.set(Duration::ZERO);
    let before = set_thread_profiler(Box::new(RegallocClock));
    let result = work();
    set_thread_profiler(before);
    (result, REGALLOC.get())
}
