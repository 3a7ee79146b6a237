//! What must be true of any source: the body of the tests of robustness and of the fuzz target.

use tierlab_frontend::check::check;
use tierlab_frontend::compile_source;
use tierlab_frontend::disasm::disassemble;
use tierlab_frontend::liveness::live_locals;

/// Compiles a source: what comes out passes the checker and can be shown, or the refusal has a place
/// and words. Whether it was compiled.
pub fn swallow(source: &[u8]) -> bool {
    match compile_source("m.py", source) {
        Ok(code) => {
            check(&code).unwrap_or_else(|error| {
                panic!("{error}\n{}\n{}", String::from_utf8_lossy(source), disassemble(&code))
            });
            assert!(!disassemble(&code).is_empty());
            live_locals(&code);
            true
        }
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1 && !error.message.is_empty());
            assert!(error.to_string().lines().count() >= 3, "{error}");
            false
        }
    }
}
