//! What stands for the tier on targets other than x86-64 Linux: a type without values.

use crate::convention::CONVENTIONS;
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
        library: &'static Library,
        _ints: u8,
        _floats: u8,
    ) -> Result<CopyPatch, NativeError> {
        match *library {}
    }
}

/// A stencil library, which does not exist on this target.
#[derive(Debug)]
pub enum Library {}

impl Library {
    /// Stencils of the whole library, and the bytes of their code.
    pub fn full_size(&self) -> (u64, u64) {
        match *self {}
    }

    /// Stencils that use no more than so many registers, and the bytes of their code.
    pub fn size(&self, _ints: u8, _floats: u8) -> (u64, u64) {
        match *self {}
    }

    /// Bytes that the library takes in the program.
    pub fn stored_bytes(&self) -> u64 {
        match *self {}
    }

    /// How long the build script worked on it, in seconds.
    pub fn build_seconds(&self) -> f64 {
        match *self {}
    }
}

/// A library by its name, with the reason why it is absent.
#[derive(Debug)]
pub struct LibraryInfo {
    /// What it is selected by.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// Integer registers at most.
    pub max_ints: u8,
    /// Float registers at most.
    pub max_floats: u8,
    /// Why there is no library.
    pub library: Result<Library, &'static str>,
}

/// All libraries.
pub static LIBRARIES: [LibraryInfo; CONVENTIONS.len()] = {
    const ABSENT: LibraryInfo = LibraryInfo {
        name: "",
        about: "",
        max_ints: 0,
        max_floats: 0,
        library: Err("the tier exists on x86-64 Linux only"),
    };
    let mut all = [const { ABSENT }; CONVENTIONS.len()];
    let mut i = 0;
    while i < CONVENTIONS.len() {
        all[i].name = CONVENTIONS[i].name;
        all[i].about = CONVENTIONS[i].about;
        all[i].max_ints = CONVENTIONS[i].ints.len() as u8;
        all[i].max_floats = CONVENTIONS[i].floats.len() as u8;
        i += 1;
    }
    all
};

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
