//! The user's interrupt, Ctrl-C, on its way to becoming `KeyboardInterrupt`.
//!
//! A signal handler does two things: it sets [`PENDING`], and it sets the request word of the machine
//! that listens, which loops look at already, compiled or not, since a collection may be due. So
//! loops pay for one check, and traces are left through an ordinary exit. The interpreter raises
//! at its next safe point ([`crate::interp::Vm::safe_point`]); built-ins that run long ask
//! [`check`] themselves.
//!
//! Invariant: `PENDING` is set before the word. Whoever clears the word asks for `PENDING` afterwards.

use crate::error::{ExcKind, PyError, PyResult};
use std::fs::File;
use std::io::{self, Read};
#[cfg(unix)]
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tierlab_trace::layout::ExecContext;

/// The exit code of a program that ends by an interrupt, as shells give it.
pub const EXIT_STATUS: i32 = 130;

/// Whether an interrupt has come that nobody has raised yet.
static PENDING: AtomicBool = AtomicBool::new(false);
/// How many have come since one was raised.
static WAITING: AtomicU32 = AtomicU32::new(0);
/// The context of the machine that listens, or null.
static LISTENER: AtomicPtr<ExecContext> = AtomicPtr::new(std::ptr::null_mut());

/// So many interrupts that nobody has raised end the process: it is in an operation that asks for none.
const PATIENCE: u32 = 3;
/// How long the process sleeps without looking for an interrupt.
const SLICE: Duration = Duration::from_millis(20);

/// From now on an interrupt is `KeyboardInterrupt` in the machine of this context.
///
/// # Safety
/// The context lives until [`ignore`] is called with it.
pub(crate) unsafe fn listen(context: *mut ExecContext) -> io::Result<()> {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    LISTENER.store(context, Ordering::SeqCst);
    if !INSTALLED.swap(true, Ordering::SeqCst) {
        install()?;
    }
    Ok(())
}

/// The machine of this context is gone.
pub(crate) fn ignore(context: *mut ExecContext) {
    let null = std::ptr::null_mut();
    // Another machine may listen by now.
    let _ = LISTENER.compare_exchange(context, null, Ordering::SeqCst, Ordering::SeqCst);
}

#[cfg(unix)]
fn install() -> io::Result<()> {
    use signal_hook::consts::SIGINT;
    let handler = || {
        if WAITING.fetch_add(1, Ordering::SeqCst) + 1 >= PATIENCE {
            let _ = signal_hook::low_level::emulate_default_handler(SIGINT);
        }
        PENDING.store(true, Ordering::SeqCst);
        want_interpreter();
    };
    // SAFETY: the handler stores atomics, or ends the process with functions made for handlers.
    unsafe { signal_hook::low_level::register(SIGINT, handler) }.map(|_| ())
}

#[cfg(not(unix))]
fn install() -> io::Result<()> {
    Ok(())
}

/// Has the machine that listens leave its traces, and look at its next safe point for what there is.
pub(crate) fn want_interpreter() {
    // SAFETY: a machine that listens lives; nothing frees its context while this runs: in a handler, it
    // interrupts the thread that would (the command runs one machine, on its only thread).
    if let Some(context) = unsafe { LISTENER.load(Ordering::SeqCst).as_ref() } {
        context.set_collect_requested(true);
    }
}

/// Whether an interrupt has come that nobody has raised yet.
#[inline(always)]
pub fn is_pending() -> bool {
    PENDING.load(Ordering::Relaxed)
}

/// Raises the interrupt that has come, if one has.
#[inline(always)]
pub fn check() -> PyResult<()> {
    if is_pending() { Err(raise()) } else { Ok(()) }
}

/// The exception of an interrupt, which is over with it.
#[cold]
#[inline(never)]
fn raise() -> Box<PyError> {
    WAITING.store(0, Ordering::SeqCst);
    PENDING.store(false, Ordering::SeqCst);
    PyError::new(ExcKind::KeyboardInterrupt, "")
}

/// Sleeps, unless an interrupt comes.
pub(crate) fn sleep(time: Duration) -> PyResult<()> {
    let start = Instant::now();
    loop {
        check()?;
        match time.checked_sub(start.elapsed()) {
            Some(rest) if !rest.is_zero() => std::thread::sleep(rest.min(SLICE)),
            _ => return Ok(()),
        }
    }
}

/// Reads what there is of a file, or waits for it; [`io::ErrorKind::Interrupted`] where an interrupt comes, which
/// is then to be raised by [`check`].
pub(crate) fn read(mut file: &File, into: &mut [u8]) -> io::Result<usize> {
    loop {
        if is_pending() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if is_readable(file) {
            return file.read(into);
        }
    }
}

/// Whether reading does not wait, which it may find out by waiting a little.
#[cfg(unix)]
fn is_readable(file: &File) -> bool {
    let mut asked = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one description of a file that is open.
    let ready = unsafe { libc::poll(&raw mut asked, 1, SLICE.as_millis() as libc::c_int) };
    // What cannot be waited for says so when it is read.
    ready > 0 || ready < 0 && io::Error::last_os_error().kind() != io::ErrorKind::Interrupted
}

#[cfg(not(unix))]
fn is_readable(_: &File) -> bool {
    true
}

/// Ends the process as an interrupt does where nobody listens, so that whoever started it knows.
pub fn end_process() {
    #[cfg(unix)]
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGINT);
}
