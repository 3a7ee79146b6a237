//! Any bytes as a source file: bytecode that passes the checker, or a refusal with a place.
//!
//! The body is that of `frontend/tests/robustness.rs`. `cargo +nightly fuzz run frontend` in this folder's
//! parent; `fuzz/corpus/frontend` may hold copies of `workloads` and `tests/programs` to begin with.
#![no_main]

#[path = "../../frontend/tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    support::swallow(data);
});
