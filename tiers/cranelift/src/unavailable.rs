//! The tier where it does not exist: it cannot be made.

use crate::{CraneliftOptions, NAME};
use std::sync::Arc;
use tierlab_runtime::NativeError;
use tierlab_trace::backend::{
    Backend, CodeView, CompileError, CompileReport, ExitRef, HelperTable,
};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::ContextMemory;

/// The Cranelift tier, which this target does not have.
#[derive(Debug)]
pub enum Cranelift {}

impl Cranelift {
    /// Says that there is no such tier.
    pub fn new(_: HelperTable, _: CraneliftOptions) -> Result<Cranelift, NativeError> {
        Err(NativeError::Unavailable { tier: NAME })
    }
}

impl Backend for Cranelift {
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
