//! Loop peeling: the first iteration moves in front of the loop, which then lacks what cannot change.
//!
//! Terms. A value of the loop is *invariant* if each iteration computes the same: a parameter
//! that goes round unchanged, and an op of invariant operands that is pure, or loads memory that the
//! loop never writes. Guards on invariants are invariant too: the peeled iteration has passed them.
//!
//! Invariants. The peeled iteration is a full copy with exits of its own, in order; nothing is moved.
//! The loop uses values of block 0 directly where they are invariant. A box of an invariant
//! float is made once: boxes never change.

use super::EntryHints;
use super::rewrite::loop_jumps;
use crate::ir::{Block, MemClass, Op, SnapEntry, SnapshotId, Trace, Val};
use crate::ops::{Effect, Opcode};

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    let Some([entry, back]) = loop_jumps(trace) else { return };
    let mut invariance = Invariance::of(trace, back);
    let params = trace.blocks[1].params as usize;
    if invariance.ops[params..].contains(&true) {
        invariance.settle(&trace.jump_args[back.0..back.0 + back.1]);
        peel(trace, &invariance, entry, back);
    } else if invariance.params.contains(&true) {
        pass_by(trace, &invariance, entry, back);
    }
}

/// What of the loop block is invariant.
struct Invariance {
    /// By op, from the block's first: each iteration computes what the first one does.
    ops: Vec<bool>,
    /// By parameter: the loop needs no parameter for it.
    params: Vec<bool>,
    first: usize,
}

impl Invariance {
    fn of(trace: &Trace, (start, len): (usize, usize)) -> Invariance {
        let body = trace.blocks[1];
        let first = body.first as usize;
        let back = &trace.jump_args[start..start + len];
        let written = Written::of(trace, &body);
        let params: Vec<bool> = (0..len).map(|k| back[k] == Val::value(first + k)).collect();
        let mut this = Invariance { ops: params.clone(), params, first };
        for i in body.ops().skip(len) {
            let op = &trace.ops[i];
            let same = written.may_repeat(op) && op.operands().iter().all(|&v| this.holds(v));
            this.ops.push(same);
        }
        this
    }

    fn holds(&self, v: Val) -> bool {
        let Some(i) = v.as_value() else { return true };
        i.checked_sub(self.first).is_none_or(|i| self.ops[i])
    }

    /// Behind a peeled iteration no parameter is needed for what always comes round as the same
    /// invariant, whatever it was at first. (Ops that use it were not the same in the first
    /// iteration: they stay.)
    fn settle(&mut self, back: &[Val]) {
        for (k, &v) in back.iter().enumerate() {
            self.params[k] |= self.holds(v);
        }
    }
}

/// The memory that the loop writes.
struct Written {
    classes: [bool; 256],
}

impl Written {
    fn of(trace: &Trace, block: &Block) -> Written {
        let mut written = Written { classes: [false; 256] };
        for op in &trace.ops[block.ops()] {
            match op.opcode.info().effect {
                Effect::Store => written.classes[op.mem.0 as usize] = true,
                Effect::Call => written.classes[1..].fill(true),
                Effect::Pure | Effect::Load | Effect::Alloc | Effect::Control => {}
            }
        }
        written
    }

    /// Whether the op gives the same each time, for the same operands.
    fn may_repeat(&self, op: &Op) -> bool {
        match op.opcode.info().effect {
            Effect::Pure | Effect::Alloc => true,
            // Whether a collection is due is no memory that a class could name.
            Effect::Load if op.opcode == Opcode::GuardNoCollect => false,
            Effect::Load => op.mem == MemClass::IMMUTABLE || !self.classes[op.mem.0 as usize],
            Effect::Store | Effect::Call | Effect::Control => false,
        }
    }
}

/// New names of the loop block's values.
struct Names {
    first: usize,
    map: Vec<Val>,
}

impl Names {
    fn of(&self, v: Val) -> Val {
        let Some(i) = v.as_value() else { return v };
        i.checked_sub(self.first).map_or(v, |i| self.map.get(i).copied().unwrap_or(Val::NONE))
    }

    fn rename(&self, op: &mut Op) {
        for v in &mut op.args {
            *v = self.of(*v);
        }
    }

    fn args(&self, trace: &Trace, (start, len): (usize, usize)) -> Vec<Val> {
        trace.jump_args[start..start + len].iter().map(|&v| self.of(v)).collect()
    }
}

fn peel(trace: &mut Trace, invariance: &Invariance, entry: (usize, usize), back: (usize, usize)) {
    let body = trace.blocks[1];
    let first = body.first as usize;
    let old: Vec<Op> = trace.ops.split_off(first);
    let (params, body_ops) = old.split_at(body.params as usize);
    let body_ops = &body_ops[..body_ops.len() - 1];
    // The entry block's jump makes way for the peeled iteration.
    trace.ops.pop();
    trace.ops.reserve(2 * old.len());
    let entry_args = trace.jump_args[entry.0..entry.0 + entry.1].to_vec();
    let mut peeled = Names { first, map: entry_args };
    let mut copies = vec![SnapshotId::NONE; trace.snapshots.len()];
    for op in body_ops {
        let mut op = *op;
        peeled.rename(&mut op);
        peeled.map.push(Val::value(trace.ops.len()));
        if op.snapshot != SnapshotId::NONE {
            op.snapshot = copied(trace, &mut copies, op.snapshot, &peeled);
        }
        trace.ops.push(op);
    }
    // What the loop gets from the peeled iteration, and what it keeps of its own.
    let mut args = peeled.args(trace, back);
    let mut inside = Names { first, map: args.clone() };
    let kept = |k: usize| !invariance.params[k];
    let mut k = 0;
    args.retain(|_| (kept(k), k += 1).0);
    let jump = trace.make_jump(Opcode::Jump, 1, &args);
    trace.ops.push(jump);
    let entry_end = trace.ops.len() as u32;
    trace.blocks[0].end = entry_end;
    for (k, op) in params.iter().enumerate().filter(|(k, _)| kept(*k)) {
        inside.map[k] = Val::value(trace.ops.len());
        trace.ops.push(*op);
    }
    let params = trace.ops.len() as u32 - entry_end;
    for (i, op) in body_ops.iter().enumerate() {
        let i = i + body.params as usize;
        if invariance.ops[i] {
            inside.map.push(peeled.map[i]);
            continue;
        }
        let mut op = *op;
        inside.rename(&mut op);
        inside.map.push(Val::value(trace.ops.len()));
        trace.ops.push(op);
    }
    close(trace, invariance, &inside, back, entry_end, params, copies.len());
}

/// The loop uses invariant parameters of its own from where they come in; nothing is peeled.
fn pass_by(
    trace: &mut Trace,
    invariance: &Invariance,
    entry: (usize, usize),
    back: (usize, usize),
) {
    let body = trace.blocks[1];
    let first = body.first as usize;
    let old: Vec<Op> = trace.ops.split_off(first);
    let entry_args = trace.jump_args[entry.0..entry.0 + entry.1].to_vec();
    trace.ops.pop();
    let kept = |k: usize| !invariance.params[k];
    let args: Vec<Val> =
        entry_args.iter().enumerate().filter(|(k, _)| kept(*k)).map(|(_, &v)| v).collect();
    let jump = trace.make_jump(Opcode::Jump, 1, &args);
    trace.ops.push(jump);
    let mut inside = Names { first, map: entry_args };
    for (i, op) in old[..old.len() - 1].iter().enumerate() {
        if i < body.params as usize && !kept(i) {
            continue;
        }
        let mut op = *op;
        inside.rename(&mut op);
        let new = Val::value(trace.ops.len());
        match inside.map.get_mut(i) {
            Some(slot) => *slot = new,
            None => inside.map.push(new),
        }
        trace.ops.push(op);
    }
    let snapshots = trace.snapshots.len();
    close(trace, invariance, &inside, back, first as u32, args.len() as u32, snapshots);
}

/// Ends the loop block and renames what the loop's own snapshots, the first so many, refer to.
fn close(
    trace: &mut Trace,
    invariance: &Invariance,
    inside: &Names,
    back: (usize, usize),
    first: u32,
    params: u32,
    snapshots: usize,
) {
    let mut args = inside.args(trace, back);
    let mut k = 0;
    args.retain(|_| (!invariance.params[k], k += 1).0);
    let jump = trace.make_jump(Opcode::Jump, 1, &args);
    trace.ops.push(jump);
    trace.blocks[1] = Block { first, end: trace.ops.len() as u32, params };
    for id in 0..snapshots {
        let s = trace.snapshots[id];
        for k in s.entries_start..s.entries_start + s.entries_len {
            let e = &mut trace.snap_entries[k as usize];
            (e.a, e.b) = (inside.of(e.a), inside.of(e.b));
        }
    }
}

/// The snapshot of the peeled iteration that corresponds to one of the loop.
fn copied(
    trace: &mut Trace,
    copies: &mut [SnapshotId],
    id: SnapshotId,
    peeled: &Names,
) -> SnapshotId {
    let slot = &mut copies[id.0 as usize];
    if *slot == SnapshotId::NONE {
        let mut s = trace.snapshots[id.0 as usize];
        let entries = s.entries_start as usize..(s.entries_start + s.entries_len) as usize;
        s.entries_start = trace.snap_entries.len() as u32;
        for k in entries {
            let e = trace.snap_entries[k];
            trace.snap_entries.push(SnapEntry { a: peeled.of(e.a), b: peeled.of(e.b), ..e });
        }
        trace.snapshots.push(s);
        *slot = SnapshotId(trace.snapshots.len() as u32 - 1);
    }
    *slot
}
