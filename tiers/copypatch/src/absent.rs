//! What stands for the tier on targets other than x86-64 Linux: a type without values.

use std::sync::Arc;
use tierlab_regalloc::Strategy;
use tierlab_runtime::NativeError;
use tierlab_trace::backend::{
    Backend, CodeView, CompileError, CompileReport, ExitRef, HelperTable,
};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::ContextMemory;

/// The copy-and-patch tier, which does not exist on this target.
pub enum CopyPatch {}

impl CopyPatch {
    /// Says that the tier does not exist here.
    pub fn new(
        _helpers: HelperTable,
        _strategy: Box<dyn Strategy>,
        ints: u8,
        floats: u8,
    ) -> Result<CopyPatch, NativeError> {
        let tier = if ints == 0 && floats == 0 { crate::PLAIN_TIER } else { crate::REGISTER_TIER };
        Err(NativeError::Unavailable { tier })
    }
}

/// There is no library here.
pub fn library_size(_ints: u8, _floats: u8) -> (u64, u64) {
    (0, 0)
}

impl Backend for CopyPatch {
    fn compile(&mut self, _: TraceId, _: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        match *self {}
    }

    fn link(&mut self, _: ExitRef, _: TraceId) -> Result<u64, CompileError> {
        match *self {}
    }

    unsafe fn enter(&mut self, _: TraceId, _: &mut ContextMemory) -> ExitRef {
        match *self {}
    }

    fn read_exit(&self, _: ExitRef, _: &ContextMemory, _: &mut Vec<u64>) {
        match *self {}
    }

    fn code(&self, _: TraceId) -> Option<CodeView> {
        match *self {}
    }
}
