//! The tracing JIT: decides what to record, optimizes and compiles recordings through a
//! [`Backend`], enters traces at loop headers, and restores the interpreter's frames when they are left.
//!
//! Life of a loop: its back-edges are counted; at the threshold the recorder follows one
//! iteration ([`record`]); the optimizer's pipeline and the tier turn that into code; from
//! then on the back-edge enters the code where the frames and the types of the parameters
//! match. Every exit is counted; a hot one grows a side trace. Functions are counted at their entry, and
//! traced from there in the same way ([`activations`]): so recursion is compiled.
//!
//! Terms: an *anchor* is where traces begin that the interpreter enters: a loop header, a function's entry,
//! or where a call returns. A *version* of an anchor is one of its traces (they differ in frames or parameter types).
//! A *refusal* is a recording or compilation that came to nothing; places that refuse
//! repeatedly are left to the interpreter and counted as abandoned. A *fallback* is a recorded
//! trace that the tier could not run. An entry is *idle* where the trace is left in its first iteration.

mod activations;
mod entry;
mod exits;
pub mod helpers;
pub mod record;
mod record_builtins;
mod record_calls;
mod record_containers;
mod record_numbers;
mod record_objects;
mod record_ops;
mod roots;
mod shadow;
mod view;

pub(crate) use activations::{Sites, hidden_frames};
pub(crate) use record::Anchor;
pub(crate) use view::{Attribute, TypeAttribute};

use crate::hooks::{BackEdge, JitHooks, Step};
use crate::interp::Vm;
use crate::value::Value;
use activations::SiteId;
use entry::Left;
use exits::ExitState;
use record::{LoopKey, Outcome, Recorder};
use roots::{MAX_REFUSALS, Roots};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tierlab_trace::backend::{Backend, CompileReport, ExitRef, HelperTable};
use tierlab_trace::ir::{Const, ExitPoint, Trace, TraceId, TraceKind};
use tierlab_trace::ops::Exit;
use tierlab_trace::opt::{EntryHints, Pipeline};

/// Callers that a loop trace may take in.
pub const MAX_CONTEXT: usize = 4;
/// Depth of followed calls.
pub const MAX_INLINE_DEPTH: usize = 12;
/// How often one function may be on the shadow stack.
pub const MAX_RECURSION: usize = 2;
/// Ops in a recording.
pub const MAX_TRACE_OPS: usize = 6000;
/// Iterations of an inner loop without a trace that a recording follows.
pub const MAX_UNROLL: u32 = 16;
/// Side traces that begin at one place of the program and hang one on the other, at most.
const MAX_CHAIN: usize = 16;
/// Back-edges by which attempts move where loops ended before their recording: a prime.
const PHASE: u32 = 37;
/// Times that all traces may be dropped because a global changed.
const MAX_INVALIDATIONS: u32 = 50;

/// Parameters of the JIT.
#[derive(Clone, Debug)]
pub struct JitOptions {
    /// Back-edges after which a loop, or calls after which a function is recorded; the interpreter counts them ([`Vm::set_hot`]).
    pub hot: u32,
    /// Times an exit is taken before it grows a side trace.
    pub hot_exit: u32,
    /// Traces in total; beyond it nothing more is recorded.
    pub max_traces: usize,
    /// Check every trace with the verifier, before and after optimization (for tests).
    pub verify: bool,
}

impl Default for JitOptions {
    fn default() -> Self {
        JitOptions { hot: 128, hot_exit: 24, max_traces: 4000, verify: cfg!(debug_assertions) }
    }
}

/// Totals of a run. Times in ns, sizes in bytes.
#[derive(Clone, Debug, Default)]
pub struct JitStats {
    /// Traces compiled.
    pub traces: u64,
    /// Of these, side traces.
    pub side_traces: u64,
    /// Ops handed to the tier.
    pub ops: u64,
    /// Ops as recorded.
    pub recorded_ops: u64,
    /// Time from the start of recordings to their end, the interpreter's work included.
    pub record_ns: u64,
    /// Time in the optimizer.
    pub optimize_ns: u64,
    /// What the tier reported, added up.
    pub compile: CompileReport,
    /// Exits to the interpreter.
    pub exits: u64,
    /// Recordings that were given up, by reason.
    pub aborts: HashMap<&'static str, u64>,
    /// Side traces that end in front of an instruction which is not traced, by reason.
    pub ends: HashMap<&'static str, u64>,
    /// Traces that the tier could not compile; each message once.
    pub refused: Vec<String>,
    /// Recorded traces that the tier (or the verifier) refused: their code runs in the interpreter.
    pub fallbacks: u64,
    /// Loops and exits left to the interpreter for good, in every tier alike, because recording
    /// them came to nothing several times.
    pub abandoned: u64,
    /// Loops and functions that are not entered any more, since almost every entry was idle.
    pub idle_loops: u64,
    /// Times all traces were dropped because a global changed.
    pub invalidations: u64,
}

/// A trace that was compiled.
pub struct CompiledTrace {
    /// The trace as the tier got it.
    pub trace: Arc<Trace>,
    /// Ops before optimization.
    pub recorded_ops: usize,
    /// What compiling cost.
    pub report: CompileReport,
    exits: Vec<ExitState>,
}

impl CompiledTrace {
    /// Its exits in order, with how often each led to the interpreter.
    pub fn exits_taken(&self) -> impl Iterator<Item = (ExitPoint, u64)> {
        self.exits.iter().map(|e| (e.point, e.total))
    }
}

/// Sees each compiled trace: its number, as recorded, and as optimized.
pub type Observer = Box<dyn FnMut(TraceId, &Trace, &Trace)>;

/// The tracing JIT of one virtual machine.
pub struct Jit {
    backend: Box<dyn Backend>,
    pipeline: Pipeline,
    helpers: HelperTable,
    options: JitOptions,
    traces: Vec<CompiledTrace>,
    roots: Roots,
    recorder: Option<Recorder>,
    /// Bits of the live values of the last exit.
    words: Vec<u64>,
    stats: JitStats,
    /// Called with each trace before and after optimization, for dumps.
    observer: Option<Observer>,
}

impl Jit {
    /// A JIT that compiles with `backend` what `pipeline` makes of recordings.
    pub fn new(backend: Box<dyn Backend>, pipeline: Pipeline, options: JitOptions) -> Jit {
        Jit {
            backend,
            pipeline,
            helpers: helpers::table(),
            options,
            traces: Vec::new(),
            roots: Roots::default(),
            recorder: None,
            words: Vec::new(),
            stats: JitStats::default(),
            observer: None,
        }
    }

    /// Has `observer` see every compiled trace: its number, as recorded, and as optimized.
    pub fn observe(&mut self, observer: Observer) {
        self.observer = Some(observer);
    }

    /// Totals so far.
    pub fn stats(&self) -> &JitStats {
        &self.stats
    }

    /// The tier.
    pub fn backend(&self) -> &dyn Backend {
        &*self.backend
    }

    /// All compiled traces, by number.
    pub fn compiled(&self) -> &[CompiledTrace] {
        &self.traces
    }

    pub(crate) fn traces_at(&self, anchor: Anchor) -> &[TraceId] {
        self.roots.get(anchor).map_or(&[], |root| &root.versions)
    }

    pub(crate) fn trace(&self, id: TraceId) -> &Arc<Trace> {
        &self.traces[id.0 as usize].trace
    }

    /// What is known of an exit.
    fn exit(&self, ExitRef { trace, exit }: ExitRef) -> &ExitState {
        &self.traces[trace.0 as usize].exits[exit as usize]
    }

    fn exit_mut(&mut self, ExitRef { trace, exit }: ExitRef) -> &mut ExitState {
        &mut self.traces[trace.0 as usize].exits[exit as usize]
    }

    /// Gives up the recording under way.
    fn abort(&mut self, why: &'static str) {
        let Some(recorder) = self.recorder.take() else { return };
        self.stats.record_ns += recorder.started.elapsed().as_nanos() as u64;
        *self.stats.aborts.entry(why).or_default() += 1;
        self.refuse(&recorder.trace.kind, recorder.root);
    }

    /// Notes that a place refused; doubles what it takes to be tried again.
    fn refuse(&mut self, kind: &TraceKind, root: Option<Anchor>) {
        match (*kind, root) {
            (TraceKind::Side { parent, exit }, _) => {
                let e = self.exit_mut(ExitRef { trace: parent, exit });
                e.refusals += 1;
                e.taken = 0;
                e.threshold = e.threshold.saturating_mul(2);
                if e.refusals == MAX_REFUSALS {
                    self.stats.abandoned += 1;
                }
            }
            (TraceKind::Loop | TraceKind::Straight, Some(anchor)) => {
                let last = self.roots.of(anchor).refuse(self.options.hot);
                if last && matches!(anchor, Anchor::Loop(_)) {
                    self.stats.abandoned += 1;
                }
            }
            (TraceKind::Loop | TraceKind::Straight, None) => {}
        }
    }

    /// Optimizes and compiles the finished recording.
    fn finish(&mut self, vm: &Vm) {
        let Some(recorder) = self.recorder.take() else { return };
        self.stats.record_ns += recorder.started.elapsed().as_nanos() as u64;
        if let Some(why) = recorder.left {
            *self.stats.ends.entry(why).or_default() += 1;
        }
        let Recorder { trace: recorded, root, hints, .. } = recorder;
        let recorded_ops = recorded.ops.len();
        if !self.verified(&recorded, "as recorded") {
            return self.refuse(&recorded.kind, root);
        }
        let keep = self.observer.is_some().then(|| recorded.clone());
        let start = Instant::now();
        let (optimized, _) = self.pipeline.run(recorded, &EntryHints { types: hints });
        self.stats.optimize_ns += start.elapsed().as_nanos() as u64;
        if !self.verified(&optimized, "as optimized") {
            return self.refuse(&optimized.kind, root);
        }
        let id = TraceId(self.traces.len() as u32);
        let trace = Arc::new(optimized);
        match self.backend.compile(id, &trace) {
            Ok(report) => {
                if let (Some(observer), Some(recorded)) = (&mut self.observer, keep) {
                    observer(id, &recorded, &trace);
                }
                if let Some(anchor) = root {
                    view::mark(vm, anchor, true);
                }
                self.register(id, trace, root, recorded_ops, report);
            }
            Err(e) => {
                let message = e.to_string();
                if !self.stats.refused.contains(&message) {
                    self.stats.refused.push(message);
                }
                self.stats.fallbacks += 1;
                self.refuse(&trace.kind, root);
            }
        }
    }

    /// Whether the verifier accepts a trace, if it is asked at all; a refusal is kept for the report.
    fn verified(&mut self, trace: &Trace, when: &str) -> bool {
        if !self.options.verify {
            return true;
        }
        match tierlab_trace::verify::verify(trace, Some(&self.helpers)) {
            Ok(()) => true,
            Err(e) => {
                self.stats.refused.push(format!("trace at {} {when}: {e}", trace.location));
                self.stats.fallbacks += 1;
                false
            }
        }
    }

    fn register(
        &mut self,
        id: TraceId,
        trace: Arc<Trace>,
        root: Option<Anchor>,
        recorded_ops: usize,
        report: CompileReport,
    ) {
        let s = &mut self.stats;
        s.traces += 1;
        s.ops += trace.ops.len() as u64;
        s.recorded_ops += recorded_ops as u64;
        s.compile.allocate_ns += report.allocate_ns;
        s.compile.emit_ns += report.emit_ns;
        s.compile.link_ns += report.link_ns;
        s.compile.code_bytes += report.code_bytes;
        s.compile.metadata_bytes += report.metadata_bytes;
        let parent = match trace.kind {
            TraceKind::Side { parent, exit } => Some(self.exit(ExitRef { trace: parent, exit })),
            TraceKind::Loop | TraceKind::Straight => None,
        };
        let exits = exits::of_trace(id, &trace, parent, self.options.hot_exit);
        let kind = trace.kind;
        self.traces.push(CompiledTrace { trace, recorded_ops, report, exits });
        match kind {
            TraceKind::Loop | TraceKind::Straight => {
                if let Some(anchor) = root {
                    self.roots.of(anchor).versions.push(id);
                }
            }
            TraceKind::Side { parent, exit } => {
                self.stats.side_traces += 1;
                match self.backend.link(ExitRef { trace: parent, exit }, id) {
                    Ok(ns) => self.stats.compile.link_ns += ns,
                    Err(e) => self.stats.refused.push(e.to_string()),
                }
                self.exit_mut(ExitRef { trace: parent, exit }).side = Some(id);
            }
        }
    }

    /// If an exit lies in the first iteration of the trace that was entered, or in a side trace from
    /// there: how many ops were run.
    fn idle_ops(&self, entered: TraceId, left: ExitRef) -> Option<u64> {
        let op = |trace: TraceId, exit: u32| u64::from(self.exit(ExitRef { trace, exit }).point.op);
        let first = |exit: u32| {
            let blocks = &self.traces[entered.0 as usize].trace.blocks;
            let end = blocks.first().map_or(0, |block| block.end);
            Some(op(entered, exit)).filter(|&op| op < u64::from(end))
        };
        if left.trace == entered {
            return first(left.exit);
        }
        match self.traces[left.trace.0 as usize].trace.kind {
            TraceKind::Side { parent, exit } if parent == entered => {
                Some(first(exit)? + op(left.trace, left.exit))
            }
            TraceKind::Side { .. } | TraceKind::Loop | TraceKind::Straight => None,
        }
    }

    /// Notes an entry, and the ops that were run if it was idle.
    fn note_entry(&mut self, vm: &Vm, anchor: Anchor, idle_ops: Option<u64>) {
        if !self.roots.of(anchor).entered(idle_ops) {
            self.stats.idle_loops += 1;
            view::mark(vm, anchor, false);
        }
    }

    /// Forgets all traces: the code stays, but nothing enters it any more. It only counts where there was
    /// something to forget: a program that defines its classes drops nothing.
    fn invalidate(&mut self, vm: &Vm) {
        let recording = self.recorder.take().is_some();
        let mut compiled = false;
        for (anchor, has_traces) in std::mem::take(&mut self.roots).anchors() {
            view::mark(vm, anchor, false);
            compiled |= has_traces;
        }
        self.stats.invalidations += u64::from(recording || compiled);
    }

    fn may_record(&self) -> bool {
        self.traces.len() < self.options.max_traces
            && self.stats.invalidations < u64::from(MAX_INVALIDATIONS)
    }

    /// Whether the exit that was taken should grow a side trace now; counts it.
    fn exit_is_hot(&mut self, left: &Left, leads_on: bool) -> bool {
        let may_record = self.may_record();
        let e = self.exit_mut(left.exit);
        e.total += 1;
        e.taken = e.taken.saturating_add(1);
        let grows = match e.point.kind {
            // Where a trace ends, there may be one by now that goes on.
            Exit::Always => leads_on,
            Exit::Guard | Exit::Result => !left.no_room,
            Exit::Never | Exit::Resource => false,
        };
        let hot = e.side.is_none()
            && e.chain < MAX_CHAIN
            && e.taken >= e.threshold
            && e.refusals < MAX_REFUSALS;
        // Nothing is known of where the floor returns to.
        grows && hot && !(left.returns && left.site.is_none()) && may_record
    }
}

impl Jit {
    /// At an anchor: enters its traces, and what they lead to, or decides to record.
    fn at_anchor(&mut self, vm: &mut Vm, anchor: Anchor) -> BackEdge {
        let mut next = anchor;
        let mut answer = None;
        while let Some(left) = self.enter(vm, next) {
            let (after, leads) = self.after(vm, &left);
            match leads {
                Some(anchor) => next = anchor,
                None => return after,
            }
            answer = Some(after);
        }
        if let Some(answer) = answer {
            return answer;
        }
        view::set_counter(vm, anchor, 0);
        let may_record = self.may_record();
        let root = self.roots.of(anchor);
        if !root.may_record() || !may_record {
            return BackEdge::Continue;
        }
        self.recorder = match anchor {
            Anchor::Loop(key) if !root.straight => Some(Recorder::new_loop(vm, key)),
            _ => Recorder::new_straight(vm, anchor),
        };
        match self.recorder {
            Some(_) => BackEdge::StartRecording,
            None => BackEdge::Continue,
        }
    }

    /// After an exit: what the interpreter does, and the anchor at which it stands, if there are
    /// traces to go on with.
    fn after(&mut self, vm: &mut Vm, left: &Left) -> (BackEdge, Option<Anchor>) {
        if vm.error.is_some() {
            return (BackEdge::Raised, None);
        }
        if let (true, Some(site)) = (left.returns, left.site) {
            return self.after_return(vm, left, site);
        }
        let always = self.exit(left.exit).point.kind == Exit::Always;
        let leads = Some(always || left.no_room).filter(|&on| on && !vm.heap.collect_requested());
        let leads = leads.filter(|_| self.exit(left.exit).unmoved.is_none());
        let leads = leads.and_then(|_| view::here(vm).find(|&a| !self.traces_at(a).is_empty()));
        if self.exit_is_hot(left, leads.is_some()) {
            self.record_side(vm, left);
            return (BackEdge::FramesChangedRecord, None);
        }
        (BackEdge::FramesChanged, leads)
    }

    /// The same where a frame that a trace has made returns. The trace that begins behind the call is
    /// recorded first, then the return that leads to it.
    fn after_return(
        &mut self,
        vm: &mut Vm,
        left: &Left,
        site: SiteId,
    ) -> (BackEdge, Option<Anchor>) {
        let known = self.resuming(site).is_some();
        let hot = self.exit_is_hot(left, true);
        if hot && known {
            self.record_side(vm, left);
            return (BackEdge::FramesChangedRecord, None);
        }
        view::return_plain(vm);
        let anchor = Anchor::Resume(site);
        if known {
            return (
                BackEdge::FramesChanged,
                Some(anchor).filter(|_| !vm.heap.collect_requested()),
            );
        }
        let refusals = self.roots.get(anchor).map_or(0, |root| root.refusals);
        if hot && refusals < MAX_REFUSALS {
            self.recorder = Recorder::new_straight(vm, anchor);
            if self.recorder.is_some() {
                return (BackEdge::FramesChangedRecord, None);
            }
        }
        (BackEdge::FramesChanged, None)
    }

    fn record_side(&mut self, vm: &Vm, left: &Left) {
        let ExitRef { trace, exit } = left.exit;
        let parent = self.trace(trace);
        let point = self.exit(left.exit).point;
        self.recorder = Some(Recorder::new_side(vm, parent, trace, exit, point, left));
    }

    /// Tries a loop again at another of its iterations: where their number divides the
    /// threshold, every attempt would begin in the last one.
    fn shift_attempts(&mut self, vm: &Vm, anchor: Anchor) {
        let root = self.roots.of(anchor);
        root.patience = 0;
        let count = root.refusals.wrapping_mul(PHASE) % vm.hot();
        view::set_counter(vm, anchor, count);
    }

    fn record_step(&mut self, vm: &mut Vm) -> Step {
        let Some(mut recorder) = self.recorder.take() else { return Step::Stop };
        let outcome = recorder.step(vm, self);
        self.recorder = Some(recorder);
        match outcome {
            Outcome::Continue => return Step::Continue,
            Outcome::Finish => self.finish(vm),
            Outcome::Abort(why) => {
                let root = self.recorder.as_ref().and_then(|r| r.root);
                self.abort(why);
                match root {
                    Some(anchor) if why == record::LOOP_ENDED => self.shift_attempts(vm, anchor),
                    Some(anchor) if [record::RECURSES, record::HAS_INNER].contains(&why) => {
                        let root = self.roots.of(anchor);
                        root.straight = true;
                        root.patience = 0;
                    }
                    _ => {}
                }
            }
        }
        Step::Stop
    }

    fn visit_roots(&self, visit: &mut dyn FnMut(Value)) {
        let recording = self.recorder.iter().map(|r| &r.trace);
        for trace in self.traces.iter().map(|t| &*t.trace).chain(recording) {
            for c in &trace.consts {
                if let Const::Ref(bits) = c {
                    visit(Value::from_bits(*bits));
                }
            }
        }
    }
}

/// The JIT is shared between the machine, which calls it, and whoever reads its statistics.
/// Hooks never nest: the machine takes them out while one runs.
impl JitHooks for Rc<RefCell<Jit>> {
    fn back_edge(&mut self, vm: &mut Vm, code: u32, loop_index: u32) -> BackEdge {
        self.borrow_mut().at_anchor(vm, Anchor::Loop(LoopKey { code, index: loop_index }))
    }

    fn function_entry(&mut self, vm: &mut Vm, code: u32) -> BackEdge {
        self.borrow_mut().at_anchor(vm, Anchor::Entry(code))
    }

    fn step(&mut self, vm: &mut Vm) -> Step {
        self.borrow_mut().record_step(vm)
    }

    fn abandon(&mut self, _vm: &mut Vm) {
        self.borrow_mut().abort("an exception left the recorded frames");
    }

    fn roots(&self, visit: &mut dyn FnMut(Value)) {
        self.borrow().visit_roots(visit);
    }

    fn watched_store(&mut self, vm: &mut Vm, _cell: usize) {
        self.borrow_mut().invalidate(vm);
    }
}
