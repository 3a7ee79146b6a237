//! The micro-op tier: an interpreter over traces, without machine code.
//!
//! It is what CPython 3.13 calls its tier 2 interpreter: the trace is decoded once into an array
//! of micro-ops, and one loop runs them. It shares everything with the native tiers but the
//! code: the IR, the optimizer before it, exits, links between traces, and what the ops
//! mean. What it costs beyond them is one indirect jump per op and values in memory.
//!
//! Terms. Each trace has a *frame* of its own, an array of words with its constants and values;
//! values that are not alive at the same time share a word. An exit that is *linked* copies
//! the live values into the side trace's frame and goes on there.
//!
//! Invariants. Frames belong to traces, not to runs: a run is not entered while another one of the
//! same tier is under way (`&mut self` of [`Backend::enter`] says so).

mod code;
mod exec;
mod moves;
mod slots;

use code::{Decoder, TraceCode, Transfer, functions, transfer};
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tierlab_trace::backend::{
    Backend, CodeView, CompileError, CompileReport, ExitRef, HelperFn, HelperTable,
};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::ContextMemory;

/// The micro-op interpreter.
#[derive(Debug)]
pub struct Uop {
    helpers: HelperTable,
    functions: Vec<HelperFn>,
    traces: Vec<Option<Rc<TraceCode>>>,
    /// Owners of what the exits' links point to.
    #[expect(clippy::vec_box, reason = "links point to the transfers, which must not move")]
    transfers: Vec<Box<Transfer>>,
    decoder: Decoder,
}

impl Uop {
    /// A tier without traces.
    pub fn new(helpers: HelperTable) -> Uop {
        Uop {
            functions: functions(&helpers),
            helpers,
            traces: Vec::new(),
            transfers: Vec::new(),
            decoder: Decoder::default(),
        }
    }

    fn get(&self, id: TraceId) -> Option<&Rc<TraceCode>> {
        self.traces.get(id.0 as usize)?.as_ref()
    }
}

fn elapsed_ns(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl Backend for Uop {
    /// A trace that is compiled again under the same number replaces the old one, unless other
    /// traces lead to that.
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        let start = Instant::now();
        let index = id.0 as usize;
        if self.get(id).is_some_and(|old| old.referred_to.get()) {
            let why = format!("trace {index} is compiled already, and other traces lead to it");
            return Err(CompileError::Unsupported { op: 0, why });
        }
        let (traces, decoder) = (&self.traces, &mut self.decoder);
        let target = |to: TraceId| traces.get(to.0 as usize).cloned().flatten();
        let code = Rc::new(decoder.decode(id, trace, &self.helpers, target)?);
        let report = CompileReport {
            emit_ns: elapsed_ns(start),
            code_bytes: code.code_bytes(),
            metadata_bytes: code.metadata_bytes(),
            slots: code.value_words() as u64,
            ..CompileReport::default()
        };
        if self.traces.len() <= index {
            self.traces.resize(index + 1, None);
        }
        self.traces[index] = Some(code);
        Ok(report)
    }

    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError> {
        let start = Instant::now();
        let parent = self.get(from.trace).ok_or(CompileError::UnknownTrace(from.trace))?;
        let side = self.get(to).ok_or(CompileError::UnknownTrace(to))?;
        let refuse = |why: String| CompileError::Unsupported { op: 0, why };
        let Some(live) = parent.live(from.exit) else {
            return Err(refuse(format!("trace {} has no exit {}", from.trace.0, from.exit)));
        };
        let live: Vec<u32> = live.collect();
        let link = Box::new(transfer(side, live.into_iter()).map_err(refuse)?);
        parent.links[from.exit as usize].set(Some(NonNull::from(&*link)));
        self.transfers.push(link);
        Ok(elapsed_ns(start))
    }

    /// # Panics
    /// Where trace `id` was never compiled: the trait has no other answer.
    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef {
        let code = self.get(id).expect("compiled traces are entered");
        for (&word, &bits) in code.params().iter().zip(context.slots()) {
            code.frame[word as usize].set(bits);
        }
        // SAFETY: all traces were decoded for this tier's helpers and live as long as it does; the
        // context is borrowed mutably; the values are valid by the caller's promise.
        let (left, exit) = unsafe { exec::run(code, &self.functions, context.as_ptr()) };
        // SAFETY: as above: it is one of this tier's traces.
        ExitRef { trace: unsafe { left.as_ref() }.id, exit }
    }

    fn read_exit(&self, exit: ExitRef, _context: &ContextMemory, out: &mut Vec<u64>) {
        let Some(code) = self.get(exit.trace) else { return };
        out.extend(
            code.live(exit.exit).into_iter().flatten().map(|w| code.frame[w as usize].get()),
        );
    }

    fn code(&self, _id: TraceId) -> Option<CodeView> {
        None
    }

    fn iterations(&self, id: TraceId) -> Option<u64> {
        self.get(id).map(|code| code.iterations())
    }
}
