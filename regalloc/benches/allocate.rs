//! Cost of allocation.
fn main() {}
