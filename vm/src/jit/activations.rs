//! Frames that traces make and leave: how compiled code goes through calls that it does not follow.
//!
//! A trace that reaches a call of a function that it already follows makes real frames of the outermost
//! frames it knows: it stores their live words where the interpreter keeps them and goes on with the
//! rest, in the trace that begins there. What remains is its new bottom frame. A return from a
//! bottom frame that was made so goes on in the trace that begins behind that call.
//!
//! Terms.
//! * A *site* is a place where frames are made: which frames, outermost first, each with its code, its
//!   kind, where it resumes and how high it is. It so knows the distances between them.
//! * The *token* of a site is a small int in the word right below the first local of the frame above
//!   the site. In frames that the interpreter made there stands the callable, or nothing.
//! * The *floor* is the frame that was the bottom when the interpreter entered the trace. The
//!   interpreter's list of frames ends there while traces run; [`rebuild`] completes it from the tokens.
//!
//! Invariants. While a trace runs, the machine's stack pointer stands at the first local of the bottom
//! frame: everything below belongs to suspended frames and is valid; what helpers run begins there. Tokens
//! stand only above the floor, since rebuilding takes them away: no trace returns from the floor. Every
//! frame takes [`LEAST_FRAME`] words at least, so that a bound for the stack pointer bounds the depth.

use super::record::{Recorder, mem};
use super::shadow::{self, ShadowFrame};
use super::{Anchor, Jit, view};
use crate::interp::{FrameKind, Vm};
use crate::value::Value;
use std::rc::Rc;
use tierlab_trace::ir::{Const, Op, SnapFrame, Trace, TraceKind, Val};
use tierlab_trace::ops::{Opcode, Type};

/// Words from the first local of a made frame to that of the next, at least.
pub(super) const LEAST_FRAME: usize = 2;
/// Words between the operands of a caller and the first local of its callee.
const LINKAGE: usize = 2;
/// Tokens are small ints from here on.
const FIRST_TOKEN: i64 = 1 << 48;
/// Bytes of a word.
const WORD: i32 = 8;

/// Number of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SiteId(pub u32);

impl SiteId {
    fn token(self) -> Value {
        Value::small_int(FIRST_TOKEN + i64::from(self.0)).unwrap_or(Value::NULL)
    }

    fn of_token(token: Value) -> Option<SiteId> {
        let number = token.as_small_int()?.checked_sub(FIRST_TOKEN)?;
        u32::try_from(number).ok().map(SiteId)
    }
}

/// A place where frames are made.
pub struct Site {
    /// The frames, outermost first; `entries` is not used.
    pub frames: Vec<SnapFrame>,
    /// Words from the first local of the outermost to that of each.
    pub offsets: Vec<usize>,
    /// The same for the frame above them.
    pub size: usize,
}

/// All sites, by number.
#[derive(Default)]
pub struct Sites {
    sites: Vec<Rc<Site>>,
}

impl Sites {
    /// A site.
    pub fn get(&self, id: SiteId) -> Option<Rc<Site>> {
        self.sites.get(id.0 as usize).cloned()
    }

    /// The site of these frames, a new one if there is none yet; `None` where they lie too close.
    fn number(&mut self, frames: &[ShadowFrame]) -> Option<SiteId> {
        let frame = |f: &ShadowFrame| SnapFrame {
            code: f.snapshot_code(),
            pc: f.pc,
            height: f.values.len() as u16,
            entries: 0,
        };
        let same = |site: &Rc<Site>| {
            site.frames.len() == frames.len()
                && site.frames.iter().zip(frames).all(|(s, f)| *s == frame(f))
        };
        if let Some(i) = self.sites.iter().position(same) {
            return Some(SiteId(i as u32));
        }
        let mut offsets = vec![0];
        for (f, above) in frames.iter().zip(&frames[1..]) {
            let linkage = match above.kind {
                FrameKind::Plain => LINKAGE,
                FrameKind::Init | FrameKind::Operator => 0,
                FrameKind::Generator => return None,
            };
            let words = f.values.len() + linkage;
            if words < LEAST_FRAME {
                return None;
            }
            offsets.push(offsets[offsets.len() - 1] + words);
        }
        let size = offsets[offsets.len() - 1] + frames.last()?.values.len() + LINKAGE;
        let frames = frames.iter().map(frame).collect();
        self.sites.push(Rc::new(Site { frames, offsets, size }));
        Some(SiteId(self.sites.len() as u32 - 1))
    }
}

/// Completes the interpreter's frames above `floor` from what traces left on the stack. Returns the
/// index of the bottom frame (which is opened by whoever restores it, if it is not the floor), and the
/// site that it returns to.
pub(super) fn rebuild(vm: &mut Vm, floor: usize) -> (usize, Option<SiteId>) {
    view::truncate_frames(vm, floor + 1);
    let chain: Vec<_> = suspended(vm, floor).collect();
    let mut next = floor;
    for (_, site) in chain.iter().rev() {
        for f in &site.frames {
            view::suspend_frame(vm, next, f);
            next += 1;
        }
    }
    (next, chain.first().map(|&(id, _)| id))
}

/// The sites between the bottom frame and the floor, the innermost first.
fn suspended(vm: &Vm, floor: usize) -> impl Iterator<Item = (SiteId, Rc<Site>)> {
    let end = view::base(vm, floor);
    let mut at = view::bottom_base(vm);
    std::iter::from_fn(move || {
        if at <= end {
            return None;
        }
        let id = SiteId::of_token(vm.stack_value(at - 1))?;
        let site = view::site(vm, id)?;
        at -= site.size;
        Some((id, site))
    })
}

/// How many frames a trace that was entered with frame `floor` has made and not left.
pub(crate) fn hidden_frames(vm: &Vm, floor: usize) -> usize {
    if !view::made_frames(vm) {
        return 0;
    }
    let made: usize = suspended(vm, floor).map(|(_, site)| site.frames.len()).sum();
    (floor + 1 + made).saturating_sub(view::frame_count(vm))
}

/// Whether a guard asks whether there is room for frames that the trace is about to make.
pub(super) fn asks_for_room(vm: &Vm, trace: &Trace, op: u32) -> bool {
    let op = &trace.ops[op as usize];
    let room = Const::I64(view::room_address(vm) as i64);
    op.opcode == Opcode::GuardLtI64
        && op.args[1].as_value().is_some_and(|v| {
            let load = &trace.ops[v];
            load.opcode == Opcode::LoadI64 && trace.const_of(load.args[0]) == Some(room)
        })
}

impl Jit {
    /// The trace that begins where a site resumes.
    pub(super) fn resuming(&self, site: SiteId) -> Option<tierlab_trace::ir::TraceId> {
        self.traces_at(Anchor::Resume(site)).first().copied()
    }
}

impl Recorder {
    /// Follows a call no further: its frame, which is on top, becomes the bottom frame, and the trace
    /// that begins at the function's entry goes on with it.
    pub(super) fn call_out(&mut self) {
        self.calls_out = true;
    }

    /// Makes real frames of the `lower` outermost ones. False where that cannot be done.
    pub(super) fn make_real(&mut self, vm: &mut Vm, lower: usize) -> bool {
        if lower == 0 {
            return true;
        }
        if self.frames[lower].kind != FrameKind::Plain {
            return false;
        }
        let id = vm.trace_frames.sites.number(&self.frames[..lower]);
        let Some((id, site)) = id.and_then(|id| Some((id, view::site(vm, id)?))) else {
            return false;
        };
        // Recursion meets the collector and the interpreter's limits here.
        self.guard_no_collect();
        let at = self.const_i64(view::sp_address(vm) as i64);
        let sp = self.load(Opcode::LoadI64, at, 0, mem::FRAMES);
        let distance = self.const_i64(i64::from(WORD) * site.size as i64);
        let above = self.emit(Op::new(Opcode::Add, &[sp, distance]));
        let room = self.const_i64(view::room_address(vm) as i64);
        let room = self.load(Opcode::LoadI64, room, 0, mem::FRAMES);
        self.exiting(Op::new(Opcode::GuardLtI64, &[above, room]));
        let null = self.const_ref(Value::NULL);
        for i in 0..lower {
            for k in 0..self.frames[i].values.len() {
                let frame = &self.frames[i];
                let v = match frame.values[k] {
                    _ if k < frame.locals && !frame.liveness.is_live(frame.pc as usize, k) => {
                        continue;
                    }
                    v if v.is_none() => null,
                    v => v,
                };
                let word = site.offsets[i] + k;
                if !self.in_memory.contains(&(word, v)) {
                    let store = Op::new(Opcode::StoreRef, &[sp, v]);
                    self.emit(store.with_imm(WORD * word as i32).with_mem(mem::STACK));
                }
            }
        }
        let token = self.const_ref(id.token());
        let store = Op::new(Opcode::StoreRef, &[above, token]).with_imm(-WORD);
        self.emit(store.with_mem(mem::STACK));
        let made = self.const_i64(view::made_address(vm) as i64);
        let one = self.const_i64(1);
        self.emit(Op::new(Opcode::StoreI64, &[made, one]).with_mem(mem::FRAMES));
        self.move_base(vm, at, above);
        self.frames.drain(..lower);
        self.bottom += lower;
        self.site = Some(id);
        self.forget_snapshot();
        self.in_memory.clear();
        true
    }

    /// Begins a trace where a call of a site has returned, the frames of which are on top: its only
    /// parameter is the result, the rest is where the site stored it.
    pub(super) fn resume(&mut self, vm: &Vm, site: &Site) {
        let at = self.const_i64(view::sp_address(vm) as i64);
        let sp = self.load(Opcode::LoadI64, at, 0, mem::FRAMES);
        let distance = self.const_i64(i64::from(WORD) * site.size as i64);
        let base = self.emit(Op::new(Opcode::Sub, &[sp, distance]));
        self.move_base(vm, at, base);
        for (i, &offset) in site.offsets.iter().enumerate() {
            for k in 0..self.frames[i].values.len() {
                let frame = &self.frames[i];
                let live = k >= frame.locals || frame.liveness.is_live(frame.pc as usize, k);
                if !live || !frame.values[k].is_none() {
                    continue;
                }
                let word = offset + k;
                let v = self.load(Opcode::LoadRef, base, WORD * word as i32, mem::STACK);
                self.frames[i].values[k] = v;
                self.in_memory.push((word, v));
            }
        }
        self.forget_snapshot();
    }

    /// Says where the new bottom frame begins: `at` is the address of the stack pointer.
    fn move_base(&mut self, vm: &Vm, at: Val, base: Val) {
        let known = self.const_i64(view::base_address(vm) as i64);
        for place in [at, known] {
            self.emit(Op::new(Opcode::StoreI64, &[place, base]).with_mem(mem::FRAMES));
        }
    }

    /// A return from the bottom frame: to the trace that begins behind the call, if a trace has
    /// made the call, and there is one.
    pub(super) fn return_to_site(&mut self, vm: &Vm, jit: &Jit) -> bool {
        let plain = self.frames.len() == 1 && self.top().kind == FrameKind::Plain;
        let Some(id) = self.site.filter(|_| plain) else { return false };
        let Some(target) = jit.resuming(id) else { return false };
        let result = self.peek(0);
        let at = self.const_i64(view::sp_address(vm) as i64);
        let sp = self.load(Opcode::LoadI64, at, 0, mem::FRAMES);
        let token = self.load(Opcode::LoadRef, sp, -WORD, mem::STACK);
        let known = self.const_ref(id.token());
        self.exiting(Op::new(Opcode::GuardSame, &[token, known]));
        self.trace.push_jump(Opcode::JumpTrace, target.0, &[result]);
        true
    }

    /// Starts a trace without a loop where the frame on top stands.
    pub(super) fn new_straight(vm: &Vm, anchor: Anchor) -> Option<Recorder> {
        let top = view::frame_count(vm) - 1;
        let site = match anchor {
            Anchor::Resume(site) => Some(view::site(vm, site)?),
            Anchor::Loop(_) | Anchor::Entry(_) => None,
        };
        let bottom = (top + 1).checked_sub(site.as_ref().map_or(1, |site| site.frames.len()))?;
        let mut trace = Trace::new(view::location(vm, top), TraceKind::Straight);
        let mut frames = Vec::new();
        let mut count = 0;
        for index in bottom..=top {
            let view = view::frame(vm, index);
            let value = |i: usize| {
                let live = i >= view.locals || view.liveness.is_live(view.pc as usize, i);
                let result = index == top && i + 1 == view.height;
                let param = live && (site.is_none() || result);
                if !param {
                    return Val::NONE;
                }
                count += 1;
                Val::value(count - 1)
            };
            frames.push(ShadowFrame {
                code: view.code,
                pc: view.pc,
                kind: view.kind,
                locals: view.locals,
                values: (0..view.height).map(value).collect(),
                liveness: view.liveness.clone(),
            });
        }
        trace.begin_block(&vec![Type::Ref; count]);
        trace.entry = shadow::snapshot(&mut trace, &frames);
        let mut recorder = Recorder::start(trace, vec![None; count], bottom, Some(anchor));
        recorder.frames = frames;
        if let Some(site) = site {
            recorder.resume(vm, &site);
        }
        Some(recorder)
    }
}
