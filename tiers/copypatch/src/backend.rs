//! The tier: allocation, emission and linking behind the backend trait.
//!
//! Compiling a number again replaces its trace; the caller knows that nothing jumps to the old
//! code then. What only people ask for (listings, allocations) is computed anew when asked for, from
//! the trace: compiling is deterministic, and nothing is kept for it.

use crate::emit::{Emitter, Layout, Surroundings};
use crate::library::Library;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;
use tierlab_regalloc::fallback::WithFallback;
use tierlab_regalloc::text::allocation_text;
use tierlab_regalloc::{Allocation, Input, RegFile, Strategy};
use tierlab_runtime::NativeError;
use tierlab_runtime::code_memory::CodeMemory;
use tierlab_runtime::exits::ExitTable;
use tierlab_runtime::stubs::{MachineRegisters, StackState, Stubs, THUNK_BYTES};
use tierlab_trace::backend::{
    AllocationFallbacks, Backend, CodeView, CompileError, CompileReport, ExitRef, HelperTable,
};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::{ContextMemory, MAX_SLOTS};

#[derive(Debug)]
struct Compiled {
    trace: Arc<Trace>,
    /// Whether the fallback allocated it.
    allocator_gave_up: bool,
    address: u64,
    layout: Layout,
}

impl Compiled {
    fn entry(&self) -> u64 {
        self.address + u64::from(self.layout.entry)
    }
}

/// The copy-and-patch tier.
pub struct CopyPatch {
    helpers: HelperTable,
    strategy: RefCell<WithFallback>,
    library: &'static Library,
    file: RegFile,
    size: (u64, u64),
    memory: CodeMemory,
    stubs: Stubs,
    /// Address of the library's constants.
    constants: u64,
    exits: ExitTable,
    traces: Vec<Option<Compiled>>,
    allocation: Allocation,
    emitter: Emitter,
}

fn code_memory(error: CompileError) -> NativeError {
    NativeError::CodeMemory(error.to_string())
}

impl CopyPatch {
    /// A tier that copies from that library and caches values in the first `ints` integer and
    /// `floats` float registers, as the strategy decides. With none of them it is the plain tier,
    /// every value in a slot.
    pub fn new(
        helpers: HelperTable,
        strategy: Box<dyn Strategy>,
        library: &'static Library,
        ints: u8,
        floats: u8,
    ) -> Result<CopyPatch, NativeError> {
        let convention = library.convention;
        let too_many = || NativeError::TooManyRegisters {
            tier: crate::REGISTER_TIER,
            ints: convention.ints.len() as u8,
            floats: convention.floats.len() as u8,
        };
        let mut memory = CodeMemory::new()?;
        let constants = library.contents.constants.as_flattened();
        let constants = memory.publish(constants).map_err(code_memory)?;
        let registers = MachineRegisters {
            ints: convention.ints.get(..usize::from(ints)).ok_or_else(too_many)?,
            floats: convention.floats.get(..usize::from(floats)).ok_or_else(too_many)?,
            also_saved: convention.also_saved,
            // Stencils are compiled as functions, which are entered after a call.
            stack: StackState::FunctionEntry,
        };
        let stubs = Stubs::new(&mut memory, &registers).map_err(code_memory)?;
        Ok(CopyPatch {
            helpers,
            strategy: RefCell::new(WithFallback::new(strategy)),
            library,
            file: library.register_file(ints, floats),
            size: library.size(ints, floats),
            memory,
            stubs,
            constants,
            exits: ExitTable::new(),
            traces: Vec::new(),
            allocation: Allocation::default(),
            emitter: Emitter::default(),
        })
    }

    /// The tier's registers.
    pub fn register_file(&self) -> &RegFile {
        &self.file
    }

    fn of(&self, id: TraceId) -> Option<&Compiled> {
        self.traces.get(id.0 as usize)?.as_ref()
    }

    /// Allocates a trace that was compiled before, again.
    fn allocate_again(&self, compiled: &Compiled) -> Option<Allocation> {
        let trace = &compiled.trace;
        let incoming = self.exits.incoming(trace).ok()?;
        let mut allocation = Allocation::default();
        let input = Input { trace, file: &self.file, incoming };
        let mut strategy = self.strategy.try_borrow_mut().ok()?;
        strategy.again(compiled.allocator_gave_up, &input, &mut allocation).ok()?;
        Some(allocation)
    }

    /// Offsets of the ops' code, by emitting a compiled trace again.
    fn op_offsets(&self, id: TraceId, compiled: &Compiled) -> Option<Vec<(u32, u32)>> {
        let allocation = self.allocate_again(compiled)?;
        let mut offsets = Vec::new();
        let around = Surroundings {
            library: self.library,
            base: compiled.address,
            first_exit: 0,
            stubs: &self.stubs,
            constants: self.constants,
            helpers: &self.helpers,
            id,
            entry_of: &|id| self.of(id).map(Compiled::entry),
        };
        let layout = Emitter::default()
            .emit(&compiled.trace, &allocation, &around, Some(&mut offsets))
            .ok()?;
        (layout == compiled.layout).then_some(offsets)
    }
}

impl Backend for CopyPatch {
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        let start = Instant::now();
        let incoming = self.exits.incoming(trace)?;
        let input = Input { trace, file: &self.file, incoming };
        let gave_up = self.strategy.get_mut().allocate(&input, &mut self.allocation)?;
        // Tests run every allocation through the checker; a wrong one is refused, and they see that.
        #[cfg(debug_assertions)]
        tierlab_regalloc::checker::check(&input, &self.allocation)
            .map_err(|e| CompileError::Unsupported { op: 0, why: e.to_string() })?;
        if self.allocation.slots as usize > MAX_SLOTS {
            return Err(CompileError::TooManySlots { needed: self.allocation.slots as usize });
        }
        let allocated = Instant::now();

        let index = id.0 as usize;
        if self.traces.len() <= index {
            self.traces.resize_with(index + 1, || None);
        }
        if let Some(old) = self.traces[index].take() {
            self.memory.release_last(old.address, old.layout.len as usize);
        }
        let base = self.memory.next_address();
        let traces = &self.traces;
        let around = Surroundings {
            library: self.library,
            base,
            first_exit: self.exits.next_base(),
            stubs: &self.stubs,
            constants: self.constants,
            helpers: &self.helpers,
            id,
            entry_of: &|id| traces.get(id.0 as usize)?.as_ref().map(Compiled::entry),
        };
        let layout = self.emitter.emit(trace, &self.allocation, &around, None)?;
        let emitted = Instant::now();

        let address = self.memory.publish(self.emitter.code())?;
        self.exits.register(id, trace, &self.allocation);
        let (trace, allocator_gave_up) = (trace.clone(), gave_up.is_some());
        self.traces[index] = Some(Compiled { trace, allocator_gave_up, address, layout });
        Ok(CompileReport {
            allocate_ns: (allocated - start).as_nanos() as u64,
            emit_ns: (emitted - allocated).as_nanos() as u64,
            link_ns: emitted.elapsed().as_nanos() as u64,
            code_bytes: u64::from(layout.len),
            metadata_bytes: self.exits.metadata_bytes(id) + size_of::<Compiled>() as u64,
            slots: u64::from(self.allocation.slots),
        })
    }

    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError> {
        let start = Instant::now();
        let entry = self.of(to).ok_or(CompileError::UnknownTrace(to))?.entry();
        let parent = self.of(from.trace).ok_or(CompileError::UnknownTrace(from.trace))?;
        if self.exits.number(from).is_none() {
            return Err(CompileError::UnknownTrace(from.trace));
        }
        let thunk = parent.address
            + u64::from(parent.layout.thunks)
            + THUNK_BYTES as u64 * u64::from(from.exit);
        self.memory.write_jump(thunk, entry)?;
        Ok(start.elapsed().as_nanos() as u64)
    }

    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef {
        // An exit that no trace has says that there is nothing to enter.
        let nothing = ExitRef { trace: id, exit: u32::MAX };
        let Some(entry) = self.of(id).map(Compiled::entry) else { return nothing };
        // SAFETY: the entry is that of code made for these stubs, which `self` keeps alive and
        // cannot write meanwhile; the caller promises that the slots are right.
        let number = unsafe { self.stubs.enter(entry, context) };
        self.exits.resolve(number).unwrap_or(nothing)
    }

    fn read_exit(&self, exit: ExitRef, context: &ContextMemory, out: &mut Vec<u64>) {
        self.exits.read(exit, context, out);
    }

    fn code(&self, id: TraceId) -> Option<CodeView> {
        let compiled = self.of(id)?;
        let layout = &compiled.layout;
        let bytes = self.memory.bytes(compiled.address, layout.len as usize)?.to_vec();
        let (start, end) = layout.loop_range;
        Some(CodeView {
            address: compiled.address,
            bytes,
            loop_range: (start < end).then_some(start as usize..end as usize),
            op_offsets: self.op_offsets(id, compiled).unwrap_or_default(),
        })
    }

    fn allocation_text(&self, id: TraceId) -> Option<String> {
        let compiled = self.of(id)?;
        let allocation = self.allocate_again(compiled)?;
        Some(allocation_text(&compiled.trace, &allocation, Some(&self.helpers)))
    }

    fn allocation_fallbacks(&self) -> AllocationFallbacks {
        self.strategy.borrow().fallbacks().clone()
    }

    fn library(&self) -> (u64, u64) {
        self.size
    }
}
