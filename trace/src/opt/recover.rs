//! Recovery: exits recompute what the trace has overwritten, so that a loop needs no extra moves.
//!
//! Terms. To *sink* an induction step, `add x, constant`, is to move it right before the back-edge; exits
//! in between compute it from `x` ([`Recipe::WrappingAdd`]). To *free* an operand of `d = add_ovf
//! a, b` is to let the op's own exit compute `a` as `d - b` ([`Recipe::WrappingSub`]), which exact
//! wrapping allows even where the sum overflowed: `d` may then take the register of `a`.
//!
//! Invariants. A step is sunk only if it cannot exit and nothing but snapshots and the back-edge uses
//! it. An operand is freed only if its last use is that exit, or another of the same bytecode. Both
//! are for plain snapshot entries: a recipe is never built on a recipe.

use super::EntryHints;
use super::rewrite::loop_jumps;
use crate::ir::{Op, Recipe, SnapEntry, SnapshotId, Trace, Val};
use crate::ops::Opcode;

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    if let Some([_, back]) = loop_jumps(trace) {
        sink(trace, back);
    }
    free_operands(trace);
}

/// The recipe that computes `x op y`.
const fn recipe_of(opcode: Opcode) -> Option<Recipe> {
    match opcode {
        Opcode::Add => Some(Recipe::WrappingAdd),
        Opcode::Sub => Some(Recipe::WrappingSub),
        _ => None,
    }
}

/// Moves induction steps of the loop block in front of its jump.
fn sink(trace: &mut Trace, (start, len): (usize, usize)) {
    let body = trace.blocks[1];
    let (first, end) = (body.first as usize, body.end as usize);
    let back = &trace.jump_args[start..start + len];
    // The step of parameter `k` is what the back-edge passes for it, computed from it.
    let step_of = |k: usize| {
        let i = back[k].as_value().filter(|i| (first + len..end).contains(i))?;
        let [x, c, _] = trace.ops[i].args;
        let from_itself = x == Val::value(first + k) && c.as_const().is_some();
        (from_itself && recipe_of(trace.ops[i].opcode).is_some()).then_some(i)
    };
    let mut steps: Vec<usize> = (0..len).filter_map(step_of).collect();
    if steps.is_empty() {
        return;
    }
    steps.sort_unstable();
    steps.dedup();
    let at = |steps: &[usize], v: Val| v.as_value().and_then(|i| steps.binary_search(&i).ok());
    let mut blocked = vec![false; steps.len()];
    let mut passed = vec![0; steps.len()];
    for op in &trace.ops[first..end] {
        for &v in op.operands() {
            if let Some(s) = at(&steps, v) {
                blocked[s] = true;
            }
        }
        for e in entries(trace, op) {
            let in_recipe = e.recipe != Recipe::Value;
            for v in [e.a, e.b] {
                if let Some(s) = at(&steps, v) {
                    blocked[s] |= in_recipe;
                }
            }
        }
    }
    for &v in back {
        if let Some(s) = at(&steps, v) {
            passed[s] += 1;
        }
    }
    let mut s = 0;
    // One that the back-edge passes twice would be a move anyway.
    steps.retain(|_| (!blocked[s] && passed[s] == 1, s += 1).0);
    if !steps.is_empty() {
        move_to_end(trace, &steps);
    }
}

/// Entries of an op's snapshot.
fn entries<'t>(trace: &'t Trace, op: &Op) -> &'t [SnapEntry] {
    if op.snapshot == SnapshotId::NONE { &[] } else { trace.entries_of(op.snapshot) }
}

/// Moves these ops of the loop block (in ascending order) behind all others but the jump.
fn move_to_end(trace: &mut Trace, steps: &[usize]) {
    let body = trace.blocks[1];
    let (first, end) = (body.first as usize, body.end as usize);
    for id in 0..trace.snapshots.len() {
        let s = trace.snapshots[id];
        for k in s.entries_start as usize..(s.entries_start + s.entries_len) as usize {
            let e = trace.snap_entries[k];
            if let Some(i) = e.a.as_value().filter(|i| steps.binary_search(i).is_ok())
                && let Some(recipe) = recipe_of(trace.ops[i].opcode)
                && e.recipe == Recipe::Value
            {
                let [a, b, _] = trace.ops[i].args;
                trace.snap_entries[k] = SnapEntry { recipe, a, b, ..e };
            }
        }
    }
    let moved: Vec<Op> = steps.iter().map(|&i| trace.ops[i]).collect();
    let mut names: Vec<Val> = Vec::with_capacity(end - first);
    let mut to = first;
    let mut s = 0;
    for i in first..end - 1 {
        if steps.get(s) == Some(&i) {
            names.push(Val::value(end - 1 - steps.len() + s));
            s += 1;
        } else {
            names.push(Val::value(to));
            trace.ops[to] = trace.ops[i];
            to += 1;
        }
    }
    trace.ops[to..end - 1].copy_from_slice(&moved);
    let renamed = |v: Val| {
        let i = v.as_value().and_then(|i| i.checked_sub(first));
        i.and_then(|i| names.get(i).copied()).unwrap_or(v)
    };
    for i in first..end {
        let op = &mut trace.ops[i];
        if op.opcode == Opcode::Jump {
            let (start, len) = op.jump_range();
            for v in &mut trace.jump_args[start..start + len] {
                *v = renamed(*v);
            }
        } else {
            for v in &mut op.args {
                *v = renamed(*v);
            }
        }
    }
    for e in &mut trace.snap_entries {
        (e.a, e.b) = (renamed(e.a), renamed(e.b));
    }
}

/// Gives checked sums and differences snapshots of their own that do without an operand.
fn free_operands(trace: &mut Trace) {
    let uses = Uses::of(trace);
    for b in 0..trace.blocks.len() {
        let block = trace.blocks[b];
        for i in block.ops() {
            let op = trace.ops[i];
            if !matches!(op.opcode, Opcode::AddOvf | Opcode::SubOvf) || op.args[0] == op.args[1] {
                continue;
            }
            let [a, b, _] = op.args;
            let d = Val::value(i);
            if op.snapshot.0 as usize >= uses.exits.len() {
                // It is a copy made here, for an earlier op of the same bytecode.
                continue;
            }
            // Machines overwrite the first operand, so that one comes first.
            let ways = match op.opcode {
                Opcode::AddOvf => {
                    [(a, (Recipe::WrappingSub, d, b)), (b, (Recipe::WrappingSub, d, a))]
                }
                _ => [(a, (Recipe::WrappingAdd, d, b)), (b, (Recipe::WrappingSub, a, d))],
            };
            let may = |v: Val| {
                v.as_value().is_some_and(|v| v >= block.first as usize)
                    && uses.end_at(v, i as u32, op.snapshot)
                    && can_free(trace, op.snapshot, v)
            };
            if let Some((operand, recipe)) = ways.into_iter().find(|w| may(w.0)) {
                let own = with_recipe(trace, op.snapshot, operand, recipe);
                // The checks that follow in the same bytecode can use the recipe as well.
                let last = uses.last_exit(op.snapshot) as usize;
                for op in trace.ops[i..=last].iter_mut().filter(|o| o.snapshot == op.snapshot) {
                    op.snapshot = own;
                }
            }
        }
    }
}

/// Whether the snapshot mentions `v`, and only in plain entries.
fn can_free(trace: &Trace, snapshot: SnapshotId, v: Val) -> bool {
    let entries = trace.entries_of(snapshot);
    let plain = |e: &SnapEntry| e.recipe == Recipe::Value;
    let mentions = |e: &&SnapEntry| e.a == v || e.b == v;
    entries.iter().filter(mentions).all(plain) && entries.iter().any(|e| e.a == v)
}

/// A copy of the snapshot with `v` computed by a recipe.
fn with_recipe(
    trace: &mut Trace,
    id: SnapshotId,
    v: Val,
    (recipe, a, b): (Recipe, Val, Val),
) -> SnapshotId {
    let mut s = trace.snapshots[id.0 as usize];
    let range = s.entries_start as usize..(s.entries_start + s.entries_len) as usize;
    s.entries_start = trace.snap_entries.len() as u32;
    for k in range {
        let e = trace.snap_entries[k];
        let new = if e.a == v { SnapEntry { recipe, a, b, ..e } } else { e };
        trace.snap_entries.push(new);
    }
    trace.snapshots.push(s);
    SnapshotId(trace.snapshots.len() as u32 - 1)
}

/// Where values are used last.
struct Uses {
    /// By value: the last op that has it as an operand.
    operands: Vec<u32>,
    /// By value: the snapshot that refers to it and is used last, and where.
    snapshots: Vec<(u32, SnapshotId)>,
    /// By value: the last use of any other snapshot that refers to it.
    others: Vec<u32>,
    /// By snapshot: the last op that has it.
    exits: Vec<u32>,
}

const NEVER: u32 = 0;

impl Uses {
    fn of(trace: &Trace) -> Uses {
        let count = trace.ops.len();
        let mut uses = Uses {
            operands: vec![NEVER; count],
            snapshots: vec![(NEVER, SnapshotId::NONE); count],
            others: vec![NEVER; count],
            exits: vec![NEVER; trace.snapshots.len()],
        };
        for (i, op) in trace.ops.iter().enumerate() {
            let args = match op.opcode {
                Opcode::Jump | Opcode::JumpTrace => trace.args_of_jump(op),
                _ => op.operands(),
            };
            for v in args.iter().filter_map(|v| v.as_value()) {
                uses.operands[v] = i as u32;
            }
            if op.snapshot != SnapshotId::NONE {
                uses.exits[op.snapshot.0 as usize] = i as u32;
            }
        }
        for id in 0..trace.snapshots.len() {
            let (id, at) = (SnapshotId(id as u32), uses.exits[id]);
            if at != NEVER {
                for v in trace.entries_of(id).iter().flat_map(|e| [e.a, e.b]) {
                    uses.mention(v, at, id);
                }
            }
        }
        uses
    }

    fn mention(&mut self, v: Val, at: u32, id: SnapshotId) {
        let Some(v) = v.as_value() else { return };
        let (last, by) = self.snapshots[v];
        if by == id {
            return;
        }
        if at > last {
            self.others[v] = last;
            self.snapshots[v] = (at, id);
        } else {
            self.others[v] = at.max(self.others[v]);
        }
    }

    fn last_exit(&self, id: SnapshotId) -> u32 {
        self.exits[id.0 as usize]
    }

    /// Whether op `at` is the last to use `v`, but for exits with snapshot `own`.
    fn end_at(&self, v: Val, at: u32, own: SnapshotId) -> bool {
        let Some(v) = v.as_value() else { return false };
        let (last, by) = self.snapshots[v];
        self.operands[v] == at && if by == own { self.others[v] <= at } else { last <= at }
    }
}
