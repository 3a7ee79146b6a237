//! The trace IR that every tier of tierlab consumes.
//!
//! One op table ([`ops`]), flat SSA traces ([`ir`]), the meaning of each op written once
//! ([`semantics`]), the memory contract with generated code ([`layout`]), and the trait
//! through which a tier is driven ([`backend`]). This crate knows nothing of Python, of
//! allocators or of machine code.

pub mod backend;
pub mod ir;
pub mod layout;
pub mod ops;
pub mod semantics;
