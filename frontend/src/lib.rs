//! From Python source to bytecode: parsing (with ruff's parser), refusing what is outside
//! the subset by name and place, and compiling.

pub mod bytecode;
pub mod check;
pub mod disasm;
pub mod effects;
pub mod liveness;

mod compile;
mod nesting;
mod parse;
mod scope;
mod source;
mod subset;

pub use compile::mangled;
pub use source::{ErrorKind, SourceError};

use bytecode::CodeObject;
use source::{Problem, Source};
use std::sync::Arc;

/// Nesting up to which the caller's stack is enough.
const SHALLOW: u32 = 100;
/// Stack per level of nesting, for the deepest recursion of an unoptimized build.
const STACK_PER_LEVEL: usize = 16 << 10;

/// Compiles a module from the bytes of its file. `file_name` is what errors and tracebacks call
/// it.
///
/// Any bytes give a code object or an error with a place; what is outside the subset is refused
/// here, before anything runs.
pub fn compile_source(file_name: &str, bytes: &[u8]) -> Result<Arc<CodeObject>, SourceError> {
    let source = Source::decode(file_name, bytes)?;
    let depth = nesting::measure(&source.text).map_err(|problem| source.error(problem))?;
    if depth <= SHALLOW {
        return compile_decoded(&source);
    }
    let stack = (depth as usize + SHALLOW as usize) * STACK_PER_LEVEL;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("compile".into()).stack_size(stack);
        match thread.spawn_scoped(scope, || compile_decoded(&source)) {
            Ok(thread) => match thread.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            Err(_) => {
                let message = "expressions nested this deeply (no memory for the compiler's stack)";
                Err(source.error(Problem::unsupported(Default::default(), message)))
            }
        }
    })
}

fn compile_decoded(source: &Source) -> Result<Arc<CodeObject>, SourceError> {
    let compile = || {
        let module = parse::parse(source)?;
        let scopes = subset::analyze(&module, &source.text)?;
        let code = compile::compile(source, &scopes, &module)?;
        debug_assert_eq!(check::check(&code), Ok(()));
        Ok(code)
    };
    compile().map(Arc::new).map_err(|problem| source.error(problem))
}
