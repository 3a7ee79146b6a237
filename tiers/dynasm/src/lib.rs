//! The template JIT: one hand-written x86-64 sequence per op, assembled with dynasm-rs from the
//! same allocation result that the copy-and-patch tier takes.
//!
//! What it shows beside copy-and-patch: the same decisions about registers, but instructions
//! that know their operands. There is no limit to a set of precompiled variants, so every op
//! takes any location, and more registers can be had.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod backend;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod emit;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod file;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use backend::Dynasm;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use file::{MAX_FLOATS, MAX_INTS, register_file};
