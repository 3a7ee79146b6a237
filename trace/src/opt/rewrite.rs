//! The walk that all passes share: rebuild a trace op by op, renumber values, keep tables right.
//!
//! Invariant: during a walk [`Trace::ops`] holds the new ops built so far, and operands of the op at
//! hand are already in the new numbering, as are the arguments of jumps that were passed.
//! Snapshots are renumbered when the walk is over.

use crate::ir::{Block, Op, SnapshotId, Trace, Val};
use crate::ops::Opcode;

/// What becomes of an op.
pub(super) enum Action {
    /// This op stands in its place.
    Keep(Op),
    /// Its users take this value instead.
    Replace(Val),
    /// It goes; nothing uses it.
    Drop,
}

/// Where a walk stands.
#[derive(Clone, Copy)]
pub(super) struct Cursor {
    /// The block.
    pub block: usize,
    /// The op as it was, in the old numbering.
    pub old: Op,
}

/// The new name of a value.
#[inline(always)]
fn renamed(map: &[Val], v: Val) -> Val {
    match v.as_value() {
        Some(i) => map.get(i).copied().unwrap_or(Val::NONE),
        None => v,
    }
}

/// Walks over all ops in order and rebuilds the trace. The visitor may push ops of its own in front of
/// the one at hand; they belong to its block.
pub(super) fn rewrite(trace: &mut Trace, mut visit: impl FnMut(&mut Trace, Cursor, Op) -> Action) {
    let count = trace.ops.len();
    let old_ops = std::mem::replace(&mut trace.ops, Vec::with_capacity(count));
    let mut map: Vec<Val> = Vec::with_capacity(count);
    for block in 0..trace.blocks.len() {
        let first = trace.ops.len() as u32;
        let mut params = 0;
        for i in trace.blocks[block].ops() {
            let old = old_ops[i];
            let mut op = old;
            if matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace) {
                let (start, len) = op.jump_range();
                for v in &mut trace.jump_args[start..start + len] {
                    *v = renamed(&map, *v);
                }
            } else {
                for v in &mut op.args {
                    *v = renamed(&map, *v);
                }
            }
            let new = match visit(trace, Cursor { block, old }, op) {
                Action::Keep(op) => {
                    params += u32::from(op.opcode.is_param());
                    trace.ops.push(op);
                    Val::value(trace.ops.len() - 1)
                }
                Action::Replace(v) => v,
                Action::Drop => Val::NONE,
            };
            map.push(new);
        }
        trace.blocks[block] = Block { first, end: trace.ops.len() as u32, params };
    }
    for e in &mut trace.snap_entries {
        e.a = renamed(&map, e.a);
        e.b = renamed(&map, e.b);
    }
}

/// Empties a snapshot that nothing uses, so that no entry names a value that is gone.
pub(super) fn clear_snapshot(trace: &mut Trace, id: usize) {
    let s = &mut trace.snapshots[id];
    (s.frames_len, s.entries_len, s.live_len) = (0, 0, 0);
}

/// Drops snapshots that neither an op nor the entry uses, and recomputes live lists.
pub(super) fn drop_unused_snapshots(trace: &mut Trace) {
    let old = std::mem::take(&mut trace.snapshots);
    let frames = std::mem::take(&mut trace.snap_frames);
    let entries = std::mem::take(&mut trace.snap_entries);
    let mut numbers = vec![SnapshotId::NONE; old.len()];
    let mut number = |id: SnapshotId| {
        if id == SnapshotId::NONE {
            return id;
        }
        let slot = &mut numbers[id.0 as usize];
        if *slot == SnapshotId::NONE {
            let mut s = old[id.0 as usize];
            let f = s.frames_start as usize..(s.frames_start + s.frames_len) as usize;
            let e = s.entries_start as usize..(s.entries_start + s.entries_len) as usize;
            s.frames_start = trace.snap_frames.len() as u32;
            s.entries_start = trace.snap_entries.len() as u32;
            trace.snap_frames.extend_from_slice(&frames[f]);
            trace.snap_entries.extend_from_slice(&entries[e]);
            trace.snapshots.push(s);
            *slot = SnapshotId(trace.snapshots.len() as u32 - 1);
        }
        *slot
    };
    trace.entry = number(trace.entry);
    for op in &mut trace.ops {
        op.snapshot = number(op.snapshot);
    }
    trace.rebuild_live();
}

/// The op that defines `v`, if it is a value.
#[inline(always)]
pub(super) fn def(trace: &Trace, v: Val) -> Option<&Op> {
    trace.ops.get(v.as_value()?)
}

/// The arguments that the jumps into the loop block pass: those of the entry block and those of the
/// loop itself, as ranges of [`Trace::jump_args`]. `None` where the trace is not a loop in two blocks.
pub(super) fn loop_jumps(trace: &Trace) -> Option<[(usize, usize); 2]> {
    let [entry, body] = trace.blocks.as_slice() else { return None };
    let last = |b: &Block| trace.ops.get((b.end as usize).checked_sub(1)?).copied();
    let (a, b) = (last(entry)?, last(body)?);
    let into_loop = |op: &Op| op.opcode == Opcode::Jump && op.imm == 1;
    (into_loop(&a) && into_loop(&b)).then(|| [a.jump_range(), b.jump_range()])
}
