//! The recorder: follows the interpreter instruction by instruction and writes a trace.
//!
//! Before the interpreter executes an instruction, [`Recorder::step`] looks at it and at the
//! concrete operands on the interpreter's stack, and appends the ops that compute the same
//! thing for operands of the same kinds, with guards for everything it took for granted.
//! All guards of one instruction share the snapshot of the state *before* it: leaving the trace means
//! doing that instruction again in the interpreter.
//!
//! Terms.
//! * The *bottom frame* is the outermost frame that the trace knows. A loop trace also takes
//!   in the callers of the loop's frame as long as each caller's call stands in a loop itself
//!   (its *context*): then the exit of the inner loop, its return, the outer loop and the next
//!   call are one connected piece of code with all values in registers or slots.
//! * A *loop trace* ends where the interpreter is back at the loop header with the same frames. *Side
//!   traces* and *straight traces*, which begin at a function's entry or where a call returns, end where
//!   they reach a place that has a trace with the same frames on top; those below become real.
//!
//! * An instruction whose helper may *run code* of the program (a special method, a callback) is
//!   followed by a guard with the snapshot of the state behind it: the effect is not repeated, and no
//!   instruction after it relies on a global or class that it changed.
//!
//! Invariant: between two instructions the shadow frames mirror `vm.frames[bottom..]` entry by
//! entry. Handlers emit first and change the shadow state last, so that a snapshot taken
//! anywhere in a handler shows the state before the instruction.

use super::activations::SiteId;
use super::shadow::{self, ShadowFrame};
use super::view;
use crate::interp::Vm;
use crate::value::Value;
use tierlab_frontend::bytecode::Opcode as Bc;
use tierlab_trace::backend::ExitRef;
use tierlab_trace::ir::{Const, ExitPoint, Op, Recipe, SnapshotId, Trace, TraceId, TraceKind, Val};
use tierlab_trace::ops::{Exit, Opcode, Type};

/// Memory classes that the recorder hands out. Class 0 is immutable memory.
pub mod mem {
    use tierlab_trace::ir::MemClass;
    /// Cells of module globals.
    pub const GLOBAL: MemClass = MemClass(1);
    /// Length and item pointer of lists.
    pub const LIST_HEADER: MemClass = MemClass(2);
    /// Items of lists.
    pub const LIST_ITEMS: MemClass = MemClass(3);
    /// Variables that functions share.
    pub const CELL: MemClass = MemClass(4);
    /// Headers of objects with a shape.
    pub const SHAPE: MemClass = MemClass(5);
    /// Attributes of objects.
    pub const SLOTS: MemClass = MemClass(6);
    /// State of generators.
    pub const GENERATOR: MemClass = MemClass(7);
    /// Saved words of generators.
    pub const SAVED: MemClass = MemClass(8);
    /// Words handed over to helpers.
    pub const ARGS: MemClass = MemClass(9);
    /// The interpreter's stack, where traces suspend frames.
    pub const STACK: MemClass = MemClass(10);
    /// The machine's stack pointer, and what else is said of frames that traces make.
    pub const FRAMES: MemClass = MemClass(11);
}

/// A loop of the program: code object and number of the loop in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoopKey {
    /// Code number.
    pub code: u32,
    /// Index in the code object's loop table.
    pub index: u32,
}

/// Where a trace begins that the interpreter and other traces enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// A loop header.
    Loop(LoopKey),
    /// The first instruction of some code.
    Entry(u32),
    /// Where the call of a site returns.
    Resume(SiteId),
}

/// Why a loop is recorded as a straight trace from then on, as is one of this reason:
pub const RECURSES: &str = "the loop calls what is being followed already";
/// Its inner loop has been compiled before it.
pub const HAS_INNER: &str = "an inner loop has a trace of its own";
/// Why a recording is given up that began in a loop's last iteration.
pub const LOOP_ENDED: &str = "the loop ended while it was recorded";

/// How a recording goes on after an instruction.
pub enum Outcome {
    /// The instruction is recorded; execute it.
    Continue,
    /// The trace is complete; the instruction is not part of it.
    Finish,
    /// The recording is of no use.
    Abort(&'static str),
}

/// A recording under way.
pub struct Recorder {
    /// The trace so far.
    pub trace: Trace,
    /// Mirror of `vm.frames[bottom..]`.
    pub frames: Vec<ShadowFrame>,
    /// Index of the bottom frame in the interpreter's frame stack.
    pub bottom: usize,
    /// Where the trace begins, if it is no side trace. A loop's header ends a loop trace.
    pub root: Option<Anchor>,
    /// When recording began.
    pub started: std::time::Instant,
    /// Type that each parameter of block 0 had when recording began.
    pub hints: Vec<Option<Type>>,
    /// Cells of globals that the trace takes for constants.
    pub watched: Vec<u64>,
    /// Depth of the root frame in the shadow stack.
    root_depth: usize,
    /// Snapshot of the current instruction, once taken.
    snap: Option<SnapshotId>,
    /// Whether the last instruction may have run code of the program: what the trace takes for
    /// constant has to be asked for before the next one.
    ran_code: bool,
    /// Inner loop headers passed, with how often.
    unrolled: Vec<(LoopKey, usize, u32)>,
    first_step: bool,
    /// The method and the receiver that the `load_method` behind a call of `super` finds.
    pub(super) super_call: Option<(Val, Val)>,
    /// Why a side trace ends where it does.
    pub(super) left: Option<&'static str>,
    /// Whether the frame that was pushed last is followed no further.
    pub(super) calls_out: bool,
    /// The site that the bottom frame returns to, as far as known.
    pub(super) site: Option<SiteId>,
    /// Words of the stack, counted from the first local of the bottom frame, that hold these values.
    pub(super) in_memory: Vec<(usize, Val)>,
    /// Whether the recording has to begin with a link: it was started for that.
    links: bool,
}

/// Kinds of values the recorder distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A small int.
    Int,
    /// A boxed float.
    Float,
    /// Anything else.
    Other,
}

/// The kind of a concrete value.
pub fn kind_of(v: Value) -> Kind {
    if v.is_small_int() {
        Kind::Int
    } else if v.is_class(crate::class::FLOAT) {
        Kind::Float
    } else {
        Kind::Other
    }
}

impl Recorder {
    /// A recording without frames.
    pub(super) fn start(
        trace: Trace,
        hints: Vec<Option<Type>>,
        bottom: usize,
        root: Option<Anchor>,
    ) -> Recorder {
        Recorder {
            trace,
            frames: Vec::new(),
            bottom,
            root,
            started: std::time::Instant::now(),
            hints,
            watched: Vec::new(),
            root_depth: 0,
            snap: None,
            ran_code: false,
            unrolled: Vec::new(),
            first_step: true,
            super_call: None,
            left: None,
            calls_out: false,
            site: None,
            in_memory: Vec::new(),
            links: false,
        }
    }

    /// Whether it is to become a loop trace.
    fn is_loop(&self) -> bool {
        matches!(self.trace.kind, TraceKind::Loop)
    }

    /// Says that frames have changed: the next exit needs a snapshot of its own.
    pub(super) fn forget_snapshot(&mut self) {
        self.snap = None;
    }

    /// Starts a loop trace at the loop header where the innermost frame stands.
    pub fn new_loop(vm: &Vm, key: LoopKey) -> Recorder {
        let top = view::frame_count(vm) - 1;
        let bottom = context_bottom(vm, top);
        let location = view::location(vm, top);
        let mut trace = Trace::new(location, TraceKind::Loop);
        let mut hints = Vec::new();
        let mut frames = Vec::new();
        let mut types = 0;
        // Every live local and stack entry of every frame becomes a parameter.
        for f in bottom..=top {
            let view = view::frame(vm, f);
            let mut values = Vec::with_capacity(view.height);
            for i in 0..view.height {
                let live = i >= view.locals || view.liveness.is_live(view.pc as usize, i);
                values.push(if live { Val::value(types) } else { Val::NONE });
                if live {
                    types += 1;
                    hints.push(match kind_of(view::value(vm, f, i)) {
                        Kind::Int => Some(Type::I64),
                        Kind::Float => Some(Type::F64),
                        Kind::Other => None,
                    });
                }
            }
            frames.push(ShadowFrame {
                code: view.code,
                pc: view.pc,
                kind: view.kind,
                locals: view.locals,
                values,
                liveness: view.liveness,
            });
        }
        let params = vec![Type::Ref; types];
        trace.begin_block(&params);
        trace.entry = shadow::snapshot(&mut trace, &frames);
        let args: Vec<Val> = (0..types).map(Val::value).collect();
        trace.push_jump(Opcode::Jump, 1, &args);
        let first = trace.ops.len();
        trace.begin_block(&params);
        for frame in &mut frames {
            for v in &mut frame.values {
                if let Some(i) = v.as_value() {
                    *v = Val::value(first + i);
                }
            }
        }
        // Snapshot 1: the state at the loop header, in terms of the loop block.
        shadow::snapshot(&mut trace, &frames);
        let root_depth = frames.len();
        let mut recorder = Recorder::start(trace, hints, bottom, Some(Anchor::Loop(key)));
        recorder.frames = frames;
        recorder.root_depth = root_depth;
        recorder
    }

    /// Starts a side trace at an exit that has just been taken: the interpreter's frames from
    /// `bottom` on are what the exit's snapshot restored.
    pub(super) fn new_side(
        vm: &Vm,
        parent: &Trace,
        id: TraceId,
        number: u32,
        exit: ExitPoint,
        left: &super::entry::Left,
    ) -> Recorder {
        let super::entry::Left { bottom, site, returns, .. } = *left;
        let location = view::location(vm, view::frame_count(vm) - 1);
        let mut trace = Trace::new(location, TraceKind::Side { parent: id, exit: number });
        let live = parent.live_of(exit.snapshot);
        // Live values are values of the parent, which have a type.
        let types: Vec<Type> = live.iter().filter_map(|&v| parent.type_of(v)).collect();
        trace.begin_block(&types);
        let hints = types.iter().map(|&t| Some(t)).collect();
        let mut recorder = Recorder::start(trace, hints, bottom, None);
        recorder.site = site;
        recorder.links = exit.kind == Exit::Always && !returns;
        recorder.import_snapshot(vm, parent, exit.snapshot, live);
        recorder
    }

    /// Rebuilds the parent's snapshot in terms of the side trace's parameters: first as it
    /// is, which gives the snapshot for the boxing ops, then with every entry boxed.
    fn import_snapshot(&mut self, vm: &Vm, parent: &Trace, snapshot: SnapshotId, live: &[Val]) {
        let map = |trace: &mut Trace, v: Val| -> Val {
            if let Some(c) = parent.const_of(v) {
                trace.add_const(c)
            } else {
                live.iter().position(|&l| l == v).map_or(Val::NONE, Val::value)
            }
        };
        let mut entries = parent.entries_of(snapshot).to_vec();
        for e in &mut entries {
            e.a = map(&mut self.trace, e.a);
            if !e.b.is_none() {
                e.b = map(&mut self.trace, e.b);
            }
        }
        let snap_frames = parent.frames_of(snapshot).to_vec();
        let raw = self.trace.add_snapshot(&snap_frames, &entries);
        self.snap = Some(raw);
        let mut boxed: Vec<(Val, Val)> = Vec::new();
        let mut next = 0;
        for f in &snap_frames {
            let mut values = vec![Val::NONE; f.height as usize];
            for e in &entries[next..next + f.entries as usize] {
                let v = match e.recipe {
                    Recipe::Value => e.a,
                    Recipe::WrappingSub => self.trace.push(Op::new(Opcode::Sub, &[e.a, e.b])),
                    Recipe::WrappingAdd => self.trace.push(Op::new(Opcode::Add, &[e.a, e.b])),
                };
                let known = boxed.iter().find(|(raw, _)| *raw == v).map(|&(_, b)| b);
                let word = known.unwrap_or_else(|| self.box_value(v));
                if known.is_none() {
                    boxed.push((v, word));
                }
                values[e.index as usize] = word;
            }
            next += f.entries as usize;
            let (code, kind) = shadow::code_and_kind(f.code);
            let (locals, liveness) = view::code(vm, code);
            self.frames.push(ShadowFrame { code, pc: f.pc, kind, locals, values, liveness });
        }
        self.snap = None;
    }

    /// The word for a value of any type.
    pub fn box_value(&mut self, v: Val) -> Val {
        match (self.trace.type_of(v), self.trace.const_of(v)) {
            (_, Some(Const::I64(i))) if Value::small_int(i).is_some() => {
                // The guard says that it fits.
                let w = Value::small_int(i).unwrap_or(Value::NULL);
                self.trace.add_const(Const::Ref(w.bits()))
            }
            (Some(Type::I64), _) => self.exiting(Op::new(Opcode::Tag, &[v])),
            (Some(Type::F64), _) => self.exiting(Op::new(Opcode::BoxF64, &[v])),
            (Some(Type::Ref) | None, _) => v,
        }
    }

    /// The frame on top.
    pub fn top(&mut self) -> &mut ShadowFrame {
        // There is a frame from construction to the end: returns out of the bottom end the trace.
        self.frames.last_mut().expect("the shadow stack holds the bottom frame")
    }

    /// Shadow of the operand-stack entry `depth` below the top.
    pub fn peek(&mut self, depth: usize) -> Val {
        self.top().peek(depth)
    }

    /// Replaces the `n` topmost entries by `v`.
    pub fn replace(&mut self, n: usize, v: Val) {
        let top = self.top();
        top.drop_top(n);
        top.push(v);
    }

    /// Appends an op that cannot exit.
    pub fn emit(&mut self, op: Op) -> Val {
        self.trace.push(op)
    }

    /// Appends an op that can exit, with the snapshot of the current instruction.
    pub fn exiting(&mut self, op: Op) -> Val {
        let snapshot = self.snapshot();
        self.trace.push(op.with_snapshot(snapshot))
    }

    fn snapshot(&mut self) -> SnapshotId {
        if let Some(s) = self.snap {
            return s;
        }
        let s = shadow::snapshot(&mut self.trace, &self.frames);
        self.snap = Some(s);
        s
    }

    /// A constant word.
    pub fn const_ref(&mut self, v: Value) -> Val {
        self.trace.add_const(Const::Ref(v.bits()))
    }

    /// A constant integer.
    pub fn const_i64(&mut self, i: i64) -> Val {
        self.trace.add_const(Const::I64(i))
    }

    /// A constant float.
    pub fn const_f64(&mut self, f: f64) -> Val {
        self.trace.add_const(Const::F64(f.to_bits()))
    }

    /// The constant word behind `v`.
    pub fn const_value(&self, v: Val) -> Option<Value> {
        match self.trace.const_of(v) {
            Some(Const::Ref(w)) => Some(Value::from_bits(w)),
            _ => None,
        }
    }
}

/// The outermost frame to take into a loop trace whose loop runs in frame `top`.
fn context_bottom(vm: &Vm, top: usize) -> usize {
    let mut bottom = top;
    while bottom > view::native_boundary(vm) && top - bottom < super::MAX_CONTEXT {
        let caller = view::frame(vm, bottom - 1);
        // `pc` stands behind the call, which is inside the loop if the call is.
        let recurses = (bottom..=top).any(|i| view::frame(vm, i).code == caller.code);
        let call = caller.pc.saturating_sub(1);
        let in_loop = view::innermost_loop(vm, caller.code, call);
        // What a generator yields to a `yield from` goes on to frames that are not known here.
        let delegates = view::instr(vm, caller.code, call).op().base() == Bc::YieldFrom;
        if recurses || delegates || in_loop.is_none() {
            break;
        }
        bottom -= 1;
    }
    bottom
}

impl Recorder {
    /// Records the instruction that the interpreter is about to execute.
    pub fn step(&mut self, vm: &mut Vm, jit: &super::Jit) -> Outcome {
        let top = view::frame_count(vm) - 1;
        if top != self.bottom + self.frames.len() - 1 {
            return Outcome::Abort("the frames are not the recorded ones");
        }
        let frame = view::frame(vm, top);
        if frame.code != self.top().code || frame.height != self.top().values.len() {
            return Outcome::Abort("the frame is not the recorded one");
        }
        let pc = frame.pc;
        self.top().pc = pc;
        self.snap = None;
        if self.trace.ops.len() > super::MAX_TRACE_OPS {
            return Outcome::Abort("too long");
        }
        if std::mem::take(&mut self.ran_code) {
            self.guard_no_collect();
        }
        if std::mem::take(&mut self.calls_out) {
            if self.is_loop() {
                return Outcome::Abort(RECURSES);
            }
            if !self.make_real(vm, self.frames.len() - 1) {
                return self.leave("the frames of this call are not made in traces");
            }
            self.links = true;
        }
        if std::mem::take(&mut self.links) {
            return self.link_here(vm, jit, frame.code, pc);
        }
        if let Some(index) = view::loop_at(vm, frame.code, pc)
            && !self.first_step
        {
            match self.at_header(vm, jit, LoopKey { code: frame.code, index }) {
                Outcome::Continue => {}
                end => return end,
            }
        }
        self.first_step = false;
        if let Some(Anchor::Loop(root)) = self.root
            && self.is_loop()
            && self.frames.len() == self.root_depth
            && !view::loop_contains(vm, root.code, root.index, pc)
        {
            return Outcome::Abort(LOOP_ENDED);
        }
        if self.frames.len() == 1
            && !self.is_loop()
            && view::instr(vm, frame.code, pc).op().base() == Bc::ReturnValue
            && self.return_to_site(vm, jit)
        {
            return Outcome::Finish;
        }
        self.record_instruction(vm, pc)
    }

    /// Ends a trace with a jump to one that begins here, or with an exit until there is one.
    fn link_here(&mut self, vm: &mut Vm, jit: &super::Jit, code: u32, pc: u32) -> Outcome {
        let fresh = self.first_step;
        // Traces that lead to each other without executing anything must not do so in a circle.
        let older = match self.trace.kind {
            TraceKind::Side { parent, exit } if fresh => {
                jit.exit(ExitRef { trace: parent, exit }).unmoved
            }
            _ => None,
        };
        for anchor in view::anchors(vm, code, pc) {
            for id in jit.traces_at(anchor).to_vec() {
                let goes_on = older.is_none_or(|older| id > older);
                if goes_on && self.link_to(vm, jit, id) {
                    return Outcome::Finish;
                }
            }
        }
        if fresh {
            return Outcome::Abort("there is no trace with these frames to go on with");
        }
        self.exiting(Op::new(Opcode::ExitAlways, &[]));
        Outcome::Finish
    }

    /// At a loop header: close, link, unroll or give up.
    fn at_header(&mut self, vm: &mut Vm, jit: &super::Jit, key: LoopKey) -> Outcome {
        let here = self.root == Some(Anchor::Loop(key));
        if here && self.is_loop() && self.frames.len() == self.root_depth {
            return self.close_loop();
        }
        let traces = jit.traces_at(Anchor::Loop(key)).to_vec();
        if !traces.is_empty() || (here && !self.is_loop()) {
            if self.is_loop() {
                return Outcome::Abort(HAS_INNER);
            }
            for id in traces {
                if self.link_to(vm, jit, id) {
                    return Outcome::Finish;
                }
            }
            if matches!(self.root, Some(Anchor::Entry(_))) {
                return Outcome::Abort("an inner loop has a trace with other frames");
            }
            self.exiting(Op::new(Opcode::ExitAlways, &[]));
            return Outcome::Finish;
        }
        let depth = self.frames.len();
        match self.unrolled.iter_mut().find(|(k, d, _)| *k == key && *d == depth) {
            Some((_, _, n)) => {
                *n += 1;
                if *n > super::MAX_UNROLL {
                    return Outcome::Abort("an inner loop without a trace runs too long");
                }
            }
            None => self.unrolled.push((key, depth, 1)),
        }
        Outcome::Continue
    }

    /// Ends a loop trace: jumps back with the values of the block's parameters.
    fn close_loop(&mut self) -> Outcome {
        self.guard_no_collect();
        let entries = self.trace.entries_of(self.trace.entry).to_vec();
        let frames = self.trace.frames_of(self.trace.entry).to_vec();
        let Some(args) = self.values_at(0, &frames, &entries) else {
            return Outcome::Abort("the loop's frames changed");
        };
        let args: Vec<Val> = args.into_iter().map(|(v, _)| v).collect();
        self.trace.push_jump(Opcode::Jump, 1, &args);
        Outcome::Finish
    }

    /// The shadow values at the locations of an entry snapshot, each with its interpreter location
    /// `(frame, index)`; `None` where the frames above the `lower` outermost differ.
    fn values_at(
        &self,
        lower: usize,
        frames: &[tierlab_trace::ir::SnapFrame],
        entries: &[tierlab_trace::ir::SnapEntry],
    ) -> Option<Vec<(Val, (usize, usize))>> {
        let upper = &self.frames[lower..];
        let same = frames.len() == upper.len()
            && frames.iter().zip(upper).all(|(t, s)| {
                t.code == s.snapshot_code() && t.pc == s.pc && t.height as usize == s.values.len()
            });
        if !same {
            return None;
        }
        let mut out = Vec::with_capacity(entries.len());
        let mut next = 0;
        for (i, f) in frames.iter().enumerate() {
            for e in &entries[next..next + f.entries as usize] {
                let v = *upper[i].values.get(e.index as usize)?;
                if v.is_none() {
                    return None;
                }
                out.push((v, (i, e.index as usize)));
            }
            next += f.entries as usize;
        }
        Some(out)
    }

    /// Ends a side trace with a jump to the entry of loop trace `id`, if frames and types agree.
    fn link_to(&mut self, vm: &mut Vm, jit: &super::Jit, id: TraceId) -> bool {
        let target = jit.trace(id).clone();
        let entries = target.entries_of(target.entry).to_vec();
        let frames = target.frames_of(target.entry).to_vec();
        let Some(lower) = self.frames.len().checked_sub(frames.len()) else { return false };
        let Some(values) = self.values_at(lower, &frames, &entries) else { return false };
        let params = target.blocks[0].params as usize;
        let mut wanted = vec![None; params];
        for (e, (v, at)) in entries.iter().zip(values) {
            let Some(p) = e.a.as_value() else { return false };
            let Some(ty) = target.type_of(e.a) else { return false };
            let concrete = view::value(vm, self.bottom + lower + at.0, at.1);
            let fits = match ty {
                Type::I64 => kind_of(concrete) == Kind::Int,
                Type::F64 => kind_of(concrete) == Kind::Float,
                Type::Ref => true,
            };
            if !fits || p >= params {
                return false;
            }
            wanted[p] = Some((v, ty, concrete));
        }
        self.guard_no_collect();
        if !self.make_real(vm, lower) {
            return false;
        }
        let mut args = Vec::with_capacity(params);
        for w in wanted {
            // Every parameter stands in the entry snapshot: the verifier says so.
            let Some((v, ty, concrete)) = w else { return false };
            args.push(match ty {
                Type::I64 => self.int(v),
                Type::F64 => self.float(v, concrete),
                Type::Ref => v,
            });
        }
        self.trace.push_jump(Opcode::JumpTrace, id.0, &args);
        true
    }

    /// The integer in a word that is a small int now: unboxes with a guard.
    pub fn int(&mut self, v: Val) -> Val {
        match self.const_value(v) {
            Some(c) if c.is_small_int() => self.const_i64(c.small_int_value()),
            _ => self.exiting(Op::new(Opcode::UnboxI64, &[v])),
        }
    }

    /// The float in a word that is a float box now (`concrete`): unboxes with a guard.
    pub fn float(&mut self, v: Val, concrete: Value) -> Val {
        match self.const_value(v) {
            Some(_) => self.const_f64(view::number(concrete)),
            None => self.exiting(Op::new(Opcode::UnboxF64, &[v])),
        }
    }

    /// Leaves where a collection is due, where code that a helper ran has changed what the trace
    /// takes for constant, or where the user interrupts: each sets the word that is looked at.
    pub(super) fn guard_no_collect(&mut self) {
        if self.trace.ops.last().is_none_or(|op| op.opcode != Opcode::GuardNoCollect) {
            self.exiting(Op::new(Opcode::GuardNoCollect, &[]));
        }
    }

    /// Says that a helper is called, and whether it may run code of the program.
    pub fn note_helper(&mut self, runs_code: bool) {
        self.ran_code |= runs_code;
        if runs_code {
            // What it runs may use the stack from the bottom frame on.
            self.in_memory.clear();
        }
    }

    /// Ends a side trace here: the interpreter goes on with this instruction.
    pub fn leave(&mut self, why: &'static str) -> Outcome {
        if self.is_loop() {
            return Outcome::Abort(why);
        }
        self.left = Some(why);
        self.exiting(Op::new(Opcode::ExitAlways, &[]));
        Outcome::Finish
    }

    /// Whether a call can be followed.
    pub fn can_inline(&self, code: u32) -> bool {
        self.frames.len() < super::MAX_INLINE_DEPTH
            && self.frames.iter().filter(|f| f.code == code).count() < super::MAX_RECURSION
    }
}
