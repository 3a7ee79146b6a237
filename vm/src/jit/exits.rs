//! What the JIT knows of each exit of a compiled trace: how often it was taken, what grew from it, and
//! where it stands.
//!
//! Terms.
//! * The *place* of an exit is the state that it leads to as far as the trace knows it: how many frames,
//!   the innermost one's code and instruction.
//! * An exit is *unmoved* where nothing has been executed between the entry of a trace that the
//!   interpreter enters and the exit: only guards at one place, in that trace and in the side traces in between. To enter
//!   that trace again from there would have no end.
//! * Its *chain* is the number of side traces that it stands behind and that all begin at its place: what
//!   is asked there has another answer every time.
//!
//! All of this is fixed when a trace is compiled, so that an exit that is taken costs no more than a
//! look at it.

use tierlab_trace::ir::{ExitPoint, SnapshotId, Trace, TraceId};

/// How many frames a trace knows at a snapshot, the innermost one's code and instruction.
type Place = Option<(usize, u32, u32)>;

fn place(trace: &Trace, snapshot: SnapshotId) -> Place {
    let frames = trace.frames_of(snapshot);
    frames.last().map(|f| (frames.len(), f.code, f.pc))
}

/// What is known of an exit.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExitState {
    pub point: ExitPoint,
    /// Times it was taken, and the same since the last attempt to grow a side trace.
    pub total: u64,
    pub taken: u32,
    pub refusals: u32,
    /// What `taken` has to reach for the next attempt.
    pub threshold: u32,
    /// The trace that grew from it.
    pub side: Option<TraceId>,
    /// The trace whose entry leads here without any instruction having been executed.
    pub unmoved: Option<TraceId>,
    /// Side traces that this exit stands behind, one hanging on the other, and that begin at its place.
    pub chain: usize,
    place: Place,
}

/// The exits of trace `id`, in order. `parent` is the exit that it begins at, if it is a side trace; the
/// exits grow side traces after `threshold` times.
pub(super) fn of_trace(
    id: TraceId,
    trace: &Trace,
    parent: Option<&ExitState>,
    threshold: u32,
) -> Vec<ExitState> {
    let (start, unmoved, chain) = match parent {
        Some(parent) => (parent.place, parent.unmoved, parent.chain + 1),
        None => (place(trace, trace.entry), Some(id), 0),
    };
    // Whether the exits so far all stand where the trace begins.
    let mut at_start = true;
    let state = |point: ExitPoint| {
        let place = place(trace, point.snapshot);
        let here = place == start;
        at_start &= here;
        ExitState {
            point,
            total: 0,
            taken: 0,
            refusals: 0,
            threshold,
            side: None,
            unmoved: unmoved.filter(|_| at_start),
            chain: if here { chain } else { 0 },
            place,
        }
    };
    trace.exits().into_iter().map(state).collect()
}
