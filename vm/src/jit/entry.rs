//! Entering compiled traces and coming back: the only way from traces to the interpreter.
//!
//! Entry copies the interpreter's live locals and stack entries, unboxed as the parameters ask,
//! into the slots of the execution context. An exit gives back the bits of its snapshot's live
//! values; from them every frame of the snapshot is rebuilt, outermost first, one routine for
//! all tiers.

use super::activations::{self, SiteId};
use super::{Anchor, Jit, view};
use crate::interp::Vm;
use crate::value::Value;
use tierlab_trace::backend::ExitRef;
use tierlab_trace::ir::{Const, ExitPoint, Recipe, Trace, TraceId, Val};
use tierlab_trace::ops::Type;

/// A trace was entered and left through this exit.
pub(super) struct Left {
    /// The exit.
    pub exit: ExitRef,
    /// Index of the bottom frame.
    pub bottom: usize,
    /// The site that the bottom frame returns to, if a trace has made it.
    pub site: Option<SiteId>,
    /// Whether the exit stands at the return from the bottom frame.
    pub returns: bool,
    /// Whether there was no room for frames that a trace would have made.
    pub no_room: bool,
}

impl Jit {
    /// Enters the first version of an anchor that fits the interpreter's state.
    pub(super) fn enter(&mut self, vm: &mut Vm, anchor: Anchor) -> Option<Left> {
        let versions = &self.roots.get(anchor)?.versions;
        if versions.is_empty() || !view::has_room(vm) {
            return None;
        }
        let mut chosen = None;
        for &id in versions {
            if let Some(bottom) = load_parameters(vm, &self.traces[id.0 as usize].trace) {
                chosen = Some((id, bottom));
                break;
            }
        }
        let (id, floor) = chosen?;
        let mut sp = view::base(vm, floor);
        if let Anchor::Resume(site) = anchor {
            let site = view::site(vm, site).filter(|site| lies_so(vm, floor, &site.offsets))?;
            sp += site.size;
        }
        view::set_room(vm, floor, sp);
        vm.trace_frames.floor = Some(floor);
        let exit = self.run(vm, id);
        vm.trace_frames.floor = None;
        self.stats.exits += 1;
        let idle = self.idle_ops(id, exit);
        self.note_entry(vm, anchor, idle.filter(|_| !view::made_frames(vm)));
        self.words.clear();
        self.backend.read_exit(exit, view::context(vm), &mut self.words);
        let trace = self.trace(exit.trace);
        let ExitPoint { op, snapshot, .. } = self.exit(exit).point;
        let (bottom, site) = activations::rebuild(vm, floor);
        restore(vm, trace, snapshot, &self.words, bottom);
        Some(Left {
            exit,
            bottom,
            site,
            returns: view::returns_from(vm, bottom),
            no_room: activations::asks_for_room(vm, trace, op),
        })
    }

    fn run(&mut self, vm: &mut Vm, id: TraceId) -> ExitRef {
        let Jit { backend, .. } = self;
        view::with_context(vm, |context| {
            // SAFETY: `load_parameters` filled the slots with words of this virtual machine whose types it
            // checked; constants of traces are roots of the collector, which does not run now.
            unsafe { backend.enter(id, context) }
        })
    }
}

/// Whether the frames from `floor` on lie as far apart as a site says.
fn lies_so(vm: &Vm, floor: usize, offsets: &[usize]) -> bool {
    let first = view::base(vm, floor);
    offsets.iter().enumerate().all(|(i, offset)| view::base(vm, floor + i) == first + offset)
}

/// Fills the slots with the parameters of `trace` and returns the index of its bottom frame;
/// `None` where frames or types do not fit.
fn load_parameters(vm: &mut Vm, trace: &Trace) -> Option<usize> {
    let frames = trace.frames_of(trace.entry);
    let count = view::frame_count(vm);
    let bottom = count.checked_sub(frames.len())?;
    if bottom < view::native_boundary(vm) {
        return None;
    }
    for (i, f) in frames.iter().enumerate() {
        if !view::frame_is(vm, bottom + i, f.code, f.pc) {
            return None;
        }
    }
    let mut entries = trace.entries_of(trace.entry).iter();
    for (i, f) in frames.iter().enumerate() {
        for e in entries.by_ref().take(f.entries as usize) {
            let v = view::value(vm, bottom + i, e.index as usize);
            let bits = match trace.type_of(e.a)? {
                Type::Ref => v.bits(),
                Type::I64 => v.as_small_int()? as u64,
                Type::F64 => v.as_float()?.to_bits(),
            };
            view::set_slot(vm, e.a.as_value()?, bits);
        }
    }
    Some(bottom)
}

/// Rebuilds the interpreter's frames from `bottom` on.
fn restore(
    vm: &mut Vm,
    trace: &Trace,
    snapshot: tierlab_trace::ir::SnapshotId,
    words: &[u64],
    bottom: usize,
) {
    let live = trace.live_of(snapshot);
    // Live lists are short, and `words` has one entry for each.
    let bits = |v: Val| -> u64 {
        match trace.const_of(v) {
            Some(c) => c.bits(),
            None => live.iter().position(|&l| l == v).map_or(0, |i| words[i]),
        }
    };
    let mut entries = trace.entries_of(snapshot).iter();
    view::truncate_frames(vm, bottom + 1);
    for (i, f) in trace.frames_of(snapshot).iter().enumerate() {
        view::open_frame(vm, bottom + i, f.code, f.pc, f.height as usize);
        for e in entries.by_ref().take(f.entries as usize) {
            let value = match e.recipe {
                Recipe::WrappingSub => {
                    view::int(vm, (bits(e.a) as i64).wrapping_sub(bits(e.b) as i64))
                }
                Recipe::WrappingAdd => {
                    view::int(vm, (bits(e.a) as i64).wrapping_add(bits(e.b) as i64))
                }
                Recipe::Value => match (trace.type_of(e.a), trace.const_of(e.a)) {
                    (Some(Type::I64), _) => view::int(vm, bits(e.a) as i64),
                    (Some(Type::F64), _) => view::float(vm, f64::from_bits(bits(e.a))),
                    (_, Some(Const::Ref(w))) => Value::from_bits(w),
                    _ => Value::from_bits(bits(e.a)),
                },
            };
            view::set_value(vm, bottom + i, e.index as usize, value);
        }
    }
}
