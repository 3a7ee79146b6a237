//! The trace IR that every tier of tierlab consumes.
//!
//! One op table ([`ops`]), flat SSA traces ([`ir`]), the meaning of each op written once
//! ([`semantics`]), the memory contract with generated code ([`layout`]), and the trait
//! through which a tier is driven ([`backend`]). Traces are printed and parsed ([`text`], [`parse`]),
//! checked ([`verify`]), and run by a reference evaluator ([`eval`]) that judges every tier.
//! This crate knows nothing of Python, of allocators or of machine code.

pub mod backend;
pub mod eval;
pub mod ir;
pub mod layout;
pub mod memory;
pub mod normalize;
pub mod ops;
pub mod opt;
pub mod parse;
pub mod semantics;
#[cfg(feature = "testgen")]
pub mod testgen;
pub mod text;
pub mod verify;
