//! Any program, any register file: what every strategy makes passes the checker.
//!
//! The body is that of `regalloc/tests/property.rs`; programs and files are made of libFuzzer's bytes. `cargo +nightly fuzz run allocate` in this folder's parent; `cargo check
//! --manifest-path fuzz/Cargo.toml` shows on a stable compiler that it builds.
#![no_main]

#[path = "../../regalloc/tests/support/mod.rs"]
mod support;

use libfuzzer_sys::fuzz_target;
use support::any_program::{body, from_bytes};

fuzz_target!(|data: &[u8]| {
    let (case, file) = from_bytes(data);
    if let Err(why) = body(&case, &file) {
        panic!("{why}");
    }
});
