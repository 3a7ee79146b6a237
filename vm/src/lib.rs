//! The virtual machine: values, heap, interpreters, built-ins, and the recorder and
//! deoptimizer that connect it to traces.
//!
//! `unsafe` stays in few modules: words and cells ([`value`], [`object`]), the [`heap`], the value
//! stack and the interpreter loop. What stands above them is safe Rust.

pub mod builtins;
pub mod class;
pub mod code;
mod dict;
pub mod error;
pub mod exceptions;
pub mod format;
pub mod heap;
pub mod hooks;
pub mod interp;
pub mod interrupt;
pub mod jit;
pub mod memory;
pub mod modules;
pub mod native;
mod native_stack;
pub mod object;
pub mod ops;
mod set_table;
pub mod stack;
pub mod text;
mod traceback;
pub mod types;
pub mod value;
