//! The trait through which the virtual machine meets a tier.
//!
//! Contract of execution.
//! * Entry: parameter `i` of block 0 of a *loop* trace arrives in slot `i` of the execution
//!   context, as the raw 64 bits of its type. `jump_trace` delivers its arguments there too.
//! * A *side* trace is entered from its parent's exit by a patched jump; its parameter `i` is
//!   value `i` of the exit snapshot's live list, wherever the parent keeps it at that exit.
//! * Leaving: [`Backend::enter`] returns which exit of which trace was taken. Until the next
//!   entry, [`Backend::read_exit`] gives the raw bits of the live values of its snapshot.
//! * Nothing inside a trace collects garbage.

use crate::ir::{Trace, TraceId};
use crate::layout::{ContextMemory, ExecContext};
use std::sync::Arc;

/// A runtime function that traces can call.
#[derive(Clone, Copy, Debug)]
pub struct Helper {
    /// Name in the text form, without `@`.
    pub name: &'static str,
    /// Its address.
    pub function: HelperFn,
}

/// The machine signatures of helpers; words are tagged values,
/// [`crate::layout::HELPER_FAILED`] means "exit instead".
#[derive(Clone, Copy, Debug)]
pub enum HelperFn {
    /// For `call_ref1`.
    Ref1(unsafe extern "C" fn(*mut ExecContext, u64) -> u64),
    /// For `call_ref2`.
    Ref2(unsafe extern "C" fn(*mut ExecContext, u64, u64) -> u64),
    /// For `call_ref3`.
    Ref3(unsafe extern "C" fn(*mut ExecContext, u64, u64, u64) -> u64),
    /// For `call_f64_1`.
    F64x1(extern "C" fn(f64) -> f64),
    /// For `call_f64_2`.
    F64x2(extern "C" fn(f64, f64) -> f64),
}

impl HelperFn {
    /// The function's address.
    pub fn address(self) -> usize {
        match self {
            HelperFn::Ref1(f) => f as usize,
            HelperFn::Ref2(f) => f as usize,
            HelperFn::Ref3(f) => f as usize,
            HelperFn::F64x1(f) => f as usize,
            HelperFn::F64x2(f) => f as usize,
        }
    }
}

/// All helpers, indexed by the immediate of call ops.
#[derive(Clone, Debug, Default)]
pub struct HelperTable {
    /// The helpers.
    pub helpers: Vec<Helper>,
}

impl HelperTable {
    /// The number of the helper with that name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.helpers.iter().position(|h| h.name == name)
    }

    /// Helper number `index`.
    pub fn get(&self, index: i32) -> Option<&Helper> {
        self.helpers.get(usize::try_from(index).ok()?)
    }
}

/// What a compilation cost and made. Times are in ns, sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompileReport {
    /// Time in the register allocator.
    pub allocate_ns: u64,
    /// Time producing code (for tiers without a separate allocator, all of it).
    pub emit_ns: u64,
    /// Time making code executable and patching jumps to it.
    pub link_ns: u64,
    /// Machine code (or its equivalent) of this trace.
    pub code_bytes: u64,
    /// Everything kept beside the code to leave it and to link to it.
    pub metadata_bytes: u64,
    /// Slots of the execution context that the trace uses.
    pub slots: u64,
}

/// Traces for which the register allocator that was asked for gave up, and another did its work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllocationFallbacks {
    /// How many.
    pub count: u64,
    /// Who gave up on the last of them, and why.
    pub last: Option<String>,
}

/// Why a trace cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// The trace needs more than [`crate::layout::MAX_SLOTS`] slots.
    TooManySlots {
        /// How many it needs.
        needed: usize,
    },
    /// The machine has no memory for code.
    OutOfCodeMemory(String),
    /// The tier cannot express something; says which op and why.
    Unsupported {
        /// Index of the op.
        op: usize,
        /// What is missing.
        why: String,
    },
    /// A trace it must link to is not known to this tier.
    UnknownTrace(TraceId),
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CompileError::TooManySlots { needed } => write!(
                f,
                "the trace needs {needed} slots, the context has {}",
                crate::layout::MAX_SLOTS
            ),
            CompileError::OutOfCodeMemory(why) => write!(f, "no memory for code: {why}"),
            CompileError::Unsupported { op, why } => write!(f, "op %{op}: {why}"),
            CompileError::UnknownTrace(id) => write!(f, "trace {} is not compiled here", id.0),
        }
    }
}

impl std::error::Error for CompileError {}

/// Which exit was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExitRef {
    /// The trace that was left.
    pub trace: TraceId,
    /// The exit's number in it.
    pub exit: u32,
}

/// Generated code to look at.
#[derive(Clone, Debug)]
pub struct CodeView {
    /// Address of the first byte.
    pub address: u64,
    /// The bytes of the trace, cold parts included.
    pub bytes: Vec<u8>,
    /// The loop body as a byte range: from the loop block's first instruction through its jump
    /// back. `None` where the trace has no loop.
    pub loop_range: Option<std::ops::Range<usize>>,
    /// Byte offset at which each op's code starts, where the tier knows it: `(offset, op)`.
    pub op_offsets: Vec<(u32, u32)>,
}

/// A tier that runs traces.
pub trait Backend {
    /// Compiles `trace` under the number `id`. For a side trace it does not yet patch the parent:
    /// see [`Backend::link`].
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError>;

    /// Patches exit `from` to continue in side trace `to`. Returns the time in ns.
    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError>;

    /// Runs a compiled loop trace whose parameters are in the slots, until an exit that has no
    /// side trace.
    ///
    /// # Safety
    /// The words in the slots are valid for the trace: references point to live objects of
    /// the virtual machine that owns the context, and so do the trace's constants.
    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef;

    /// Appends the raw bits of the live values of the exit's snapshot, in live-list order.
    fn read_exit(&self, exit: ExitRef, context: &ContextMemory, out: &mut Vec<u64>);

    /// The code of a trace; `None` for tiers without machine code.
    fn code(&self, id: TraceId) -> Option<CodeView>;

    /// How often the loop block of a loop trace ran, for tiers that count (the micro-op
    /// interpreter).
    fn iterations(&self, id: TraceId) -> Option<u64> {
        let _ = id;
        None
    }

    /// Where the allocator put things, for `--dump alloc`; `None` for tiers without one.
    fn allocation_text(&self, id: TraceId) -> Option<String> {
        let _ = id;
        None
    }

    /// Where the register allocator that was asked for gave up; nothing for tiers without a choice.
    fn allocation_fallbacks(&self) -> AllocationFallbacks {
        AllocationFallbacks::default()
    }

    /// Stencils in the library this tier copies from, and their bytes; zeros elsewhere.
    fn library(&self) -> (u64, u64) {
        (0, 0)
    }
}
