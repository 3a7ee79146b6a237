//! Longer traces out of recorded ones: the loop body written several times.
//!
//! Benchmarks need traces of 10,000 and 100,000 ops that look like recorded ones: the same mix of
//! ops, live ranges and exits. Unrolling keeps all three.

use crate::ir::{SnapEntry, SnapshotId, Trace, TraceKind, Val};
use crate::ops::Opcode;

/// The loop trace with its body `times` times in the loop block (at least once). A trace without a
/// loop block is returned as it is. Snapshots are repeated with the values of their
/// copy of the body.
pub fn unroll(trace: &Trace, times: usize) -> Trace {
    let (TraceKind::Loop, Some(body)) = (trace.kind, trace.loop_block().copied()) else {
        return trace.clone();
    };
    let mut out = trace.clone();
    let first = body.first as usize;
    let last = body.end as usize - 1;
    out.ops.truncate(last);
    out.blocks[1].end = last as u32;
    // Where each value of the body lives in the copy that is being written.
    let mut map: Vec<Val> = (0..trace.ops.len()).map(Val::value).collect();
    let moved = |map: &[Val], v: Val| v.as_value().map_or(v, |i| map[i]);
    for _ in 1..times.max(1) {
        let args: Vec<Val> =
            trace.args_of_jump(&trace.ops[last]).iter().map(|&v| moved(&map, v)).collect();
        for (p, a) in body.param_ops().zip(args) {
            map[p] = a;
        }
        let mut snapshots: Vec<(SnapshotId, SnapshotId)> = Vec::new();
        for i in first + body.params as usize..last {
            let mut op = trace.ops[i];
            for a in &mut op.args {
                *a = moved(&map, *a);
            }
            // The op's own value is known before its snapshot, which may refer to it.
            map[i] = Val::value(out.ops.len());
            if op.opcode.can_exit() {
                op.snapshot = copy_snapshot(trace, &mut out, op.snapshot, &map, &mut snapshots, i);
            }
            out.push(op);
        }
    }
    let args: Vec<Val> =
        trace.args_of_jump(&trace.ops[last]).iter().map(|&v| moved(&map, v)).collect();
    out.push_jump(Opcode::Jump, 1, &args);
    out
}

fn copy_snapshot(
    trace: &Trace,
    out: &mut Trace,
    id: SnapshotId,
    map: &[Val],
    done: &mut Vec<(SnapshotId, SnapshotId)>,
    op: usize,
) -> SnapshotId {
    if let Some(&(_, copy)) = done.iter().rev().take(4).find(|(old, _)| *old == id) {
        return copy;
    }
    let moved = |v: Val| v.as_value().map_or(v, |i| map[i]);
    let entries: Vec<SnapEntry> = trace
        .entries_of(id)
        .iter()
        .map(|e| SnapEntry { a: moved(e.a), b: if e.b.is_none() { e.b } else { moved(e.b) }, ..*e })
        .collect();
    let copy = out.add_snapshot(trace.frames_of(id), &entries);
    // A snapshot that refers to its own op's value serves that op alone.
    if !trace.live_of(id).contains(&Val::value(op)) {
        done.push((id, copy));
    }
    copy
}
