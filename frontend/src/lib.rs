//! From Python source to bytecode: parsing (with ruff's parser), refusing what is outside
//! the subset by name and place, and compiling.

pub mod bytecode;
