//! The copy-and-patch tier: machine code is copied from a library of stencils and patched.
//!
//! A *stencil* is the machine code of one op with *holes* for what is known only when a trace is
//! compiled. The build script writes a Rust function for each *variant* of each op (a choice of
//! places for its operands and its result: slot, register, immediate), compiles them with the
//! Rust compiler, and cuts stencils out of the object files ([`shape`] lists the variants).
//!
//! Control goes from stencil to stencil by falling through, with the execution context's address
//! (the *frame*) in `rdi` and cached values in other registers. Every stencil takes and passes on
//! all of them, so that those it does not use stay as they are. Which registers these are is a
//! matter of the *library* ([`convention`]): several libraries serve one compiler, so that what more
//! variants buy has a price to be compared with.
//!
//! One compiler serves two names: [`PLAIN_TIER`], where no register caches anything, and
//! [`REGISTER_TIER`], where an allocation strategy decides.

pub mod convention;
pub mod holes;
pub mod shape;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod backend;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod emit;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod library;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use backend::CopyPatch;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use library::{Library, LibraryInfo};

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod absent;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
use absent as library;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub use absent::{CopyPatch, Library, LibraryInfo};

// The build script, which compiles some modules too, gets the op table under this name.
use tierlab_trace as trace;

#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod extract;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod extract_tests;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod fields;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod fields_tests;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod library_tests;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod loop_tests;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod object_file;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod place;

/// The tier's name when every value is in a slot.
pub const PLAIN_TIER: &str = "copypatch";
/// The tier's name when values are cached in registers.
pub const REGISTER_TIER: &str = "copypatch-reg";

/// All stencil libraries; the first is the default.
pub fn libraries() -> &'static [LibraryInfo] {
    &library::LIBRARIES
}
