//! The template JIT as a [`Backend`].

use crate::emit::{Emitted, Emitter};
use crate::file::{FLOATS, INTS, register_file};
use std::sync::Arc;
use std::time::Instant;
use tierlab_regalloc::fallback::WithFallback;
use tierlab_regalloc::{Allocation, Input, RegFile, Strategy};
use tierlab_runtime::NativeError;
use tierlab_runtime::code_memory::CodeMemory;
use tierlab_runtime::exits::ExitTable;
use tierlab_runtime::stubs::{MachineRegisters, StackState, Stubs};
use tierlab_trace::backend::{
    AllocationFallbacks, Backend, CodeView, CompileError, CompileReport, ExitRef, HelperTable,
};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::{ContextMemory, MAX_SLOTS};

/// Code of one trace.
struct Code {
    trace: Arc<Trace>,
    allocation: Allocation,
    address: u64,
    len: usize,
    loop_range: Option<std::ops::Range<usize>>,
    /// Offset of each exit's thunk.
    thunks: Vec<u32>,
    op_offsets: Vec<(u32, u32)>,
}

/// The template JIT.
pub struct Dynasm {
    helpers: HelperTable,
    strategy: WithFallback,
    file: RegFile,
    memory: CodeMemory,
    stubs: Stubs,
    exits: ExitTable,
    codes: Vec<Option<Code>>,
    allocation: Allocation,
    emitter: Emitter,
}

impl Dynasm {
    /// A template JIT with that strategy over `ints` integer and `floats` float registers.
    pub fn new(
        helpers: HelperTable,
        strategy: Box<dyn Strategy>,
        ints: u8,
        floats: u8,
    ) -> Result<Dynasm, NativeError> {
        let file = register_file(ints, floats);
        let mut memory = CodeMemory::new()?;
        let registers = MachineRegisters {
            ints: &INTS[..file.ints as usize],
            floats: &FLOATS[..file.floats as usize],
            // rbp
            also_saved: &[5],
            stack: StackState::Aligned,
        };
        let stubs = Stubs::new(&mut memory, &registers)
            .map_err(|e| NativeError::CodeMemory(e.to_string()))?;
        Ok(Dynasm {
            helpers,
            strategy: WithFallback::new(strategy),
            file,
            memory,
            stubs,
            exits: ExitTable::new(),
            codes: Vec::new(),
            allocation: Allocation::default(),
            emitter: Emitter::default(),
        })
    }

    fn of(&self, id: TraceId) -> Option<&Code> {
        self.codes.get(id.0 as usize)?.as_ref()
    }
}

fn ns(since: Instant) -> u64 {
    since.elapsed().as_nanos() as u64
}

impl Backend for Dynasm {
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        let start = Instant::now();
        let incoming = self.exits.incoming(trace)?;
        let input = Input { trace, file: &self.file, incoming };
        let mut allocation = std::mem::take(&mut self.allocation);
        self.strategy.allocate(&input, &mut allocation)?;
        // Tests run every allocation through the checker; a wrong one is refused, and they see that.
        #[cfg(debug_assertions)]
        tierlab_regalloc::checker::check(&input, &allocation)
            .map_err(|e| CompileError::Unsupported { op: 0, why: e.to_string() })?;
        let allocate_ns = ns(start);
        if allocation.slots as usize > MAX_SLOTS {
            return Err(CompileError::TooManySlots { needed: allocation.slots as usize });
        }

        let start = Instant::now();
        let address = self.memory.next_address();
        let base = self.exits.next_base();
        let codes = &self.codes;
        let entry_of = |target: TraceId| {
            if target == id {
                return Some(address);
            }
            codes.get(target.0 as usize)?.as_ref().map(|c| c.address)
        };
        let emitted = self.emitter.emit(
            trace,
            &allocation,
            &self.helpers,
            address,
            base,
            self.stubs.common_exit,
            &entry_of,
        )?;
        let emit_ns = ns(start);

        let start = Instant::now();
        let Emitted { bytes, loop_range, thunks, op_offsets } = emitted;
        self.memory.publish(&bytes)?;
        self.exits.register(id, trace, &allocation);
        let link_ns = ns(start);

        let metadata_bytes = self.exits.metadata_bytes(id) + 4 * thunks.len() as u64;
        let report = CompileReport {
            allocate_ns,
            emit_ns,
            link_ns,
            code_bytes: bytes.len() as u64,
            metadata_bytes,
            slots: u64::from(allocation.slots),
        };
        let index = id.0 as usize;
        if self.codes.len() <= index {
            self.codes.resize_with(index + 1, || None);
        }
        self.codes[index] = Some(Code {
            trace: trace.clone(),
            allocation,
            address,
            len: bytes.len(),
            loop_range,
            thunks,
            op_offsets,
        });
        Ok(report)
    }

    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError> {
        let start = Instant::now();
        let target = self.of(to).ok_or(CompileError::UnknownTrace(to))?.address;
        let parent = self.of(from.trace).ok_or(CompileError::UnknownTrace(from.trace))?;
        let thunk =
            *parent.thunks.get(from.exit as usize).ok_or(CompileError::UnknownTrace(from.trace))?;
        let at = parent.address + u64::from(thunk);
        self.memory.write_jump(at, target)?;
        Ok(ns(start))
    }

    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef {
        let code = self.of(id).map(|c| c.address);
        // The caller enters what it compiled; an unknown number would be its bug.
        let code = code.expect("only compiled traces are entered");
        // SAFETY: the code was emitted for these stubs and published; the slots are the
        // caller's promise.
        let number = unsafe { self.stubs.enter(code, context) };
        // Numbers come from thunks that `compile` wrote.
        self.exits.resolve(number).expect("every thunk holds a registered number")
    }

    fn read_exit(&self, exit: ExitRef, context: &ContextMemory, out: &mut Vec<u64>) {
        self.exits.read(exit, context, out);
    }

    fn code(&self, id: TraceId) -> Option<CodeView> {
        let code = self.of(id)?;
        Some(CodeView {
            address: code.address,
            bytes: self.memory.bytes(code.address, code.len)?.to_vec(),
            loop_range: code.loop_range.clone(),
            op_offsets: code.op_offsets.clone(),
        })
    }

    fn allocation_fallbacks(&self) -> AllocationFallbacks {
        self.strategy.fallbacks().clone()
    }

    fn allocation_text(&self, id: TraceId) -> Option<String> {
        let code = self.of(id)?;
        Some(tierlab_regalloc::text::allocation_text(
            &code.trace,
            &code.allocation,
            Some(&self.helpers),
        ))
    }
}
