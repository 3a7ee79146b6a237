//! The lightest pass: what shows within a window of a few ops.
//!
//! Terms. Ops with one snapshot belong to one bytecode. A check repeated there on the same word,
//! as for `x * x`, is redundant; so is a result that nothing uses of an op that cannot exit.
//!
//! Invariant: copies stay, whether used or not: they stand for moves that the interpreter makes.

use super::EntryHints;
use super::copies::is_copy;
use super::rewrite::{Action, rewrite};
use crate::ir::{Op, Trace, Val};
use crate::ops::{Effect, Exit, Opcode};

/// How far back a repetition is looked for.
const WINDOW: usize = 6;

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    let used = used_values(trace);
    let mut i = 0;
    let mut block_start = (0, 0);
    rewrite(trace, |trace, cursor, op| {
        let at = trace.ops.len();
        if block_start.0 != cursor.block {
            block_start = (cursor.block, at);
        }
        let unused = !used[i];
        i += 1;
        if unused && is_trivial(op.opcode) {
            return Action::Drop;
        }
        if !is_check(op.opcode) {
            return Action::Keep(op);
        }
        let from = at.saturating_sub(WINDOW).max(block_start.1);
        let args = op.args.map(|v| root(trace, v));
        let same = |k: &usize| {
            let other = &trace.ops[*k];
            (other.opcode, other.imm, other.snapshot) == (op.opcode, op.imm, op.snapshot)
                && other.args.map(|v| root(trace, v)) == args
        };
        match (from..at).rev().find(same) {
            Some(k) if op.result().is_some() => Action::Replace(Val::value(k)),
            Some(_) => Action::Drop,
            None => Action::Keep(op),
        }
    });
}

/// Pure checks that exit with a snapshot.
fn is_check(opcode: Opcode) -> bool {
    let info = opcode.info();
    info.exit == Exit::Guard && info.effect == Effect::Pure
}

/// Computations that leave no trace where their result is unused.
fn is_trivial(opcode: Opcode) -> bool {
    let info = opcode.info();
    info.exit == Exit::Never
        && matches!(info.effect, Effect::Pure | Effect::Load)
        && !is_copy(opcode)
}

/// What a value copies, a few copies deep.
fn root(trace: &Trace, mut v: Val) -> Val {
    for _ in 0..WINDOW {
        match v.as_value().and_then(|i| trace.ops.get(i)) {
            Some(Op { opcode, args, .. }) if is_copy(*opcode) => v = args[0],
            _ => break,
        }
    }
    v
}

fn used_values(trace: &Trace) -> Vec<bool> {
    let mut used = vec![false; trace.ops.len()];
    let mut use_of = |v: Val| {
        if let Some(slot) = v.as_value().and_then(|i| used.get_mut(i)) {
            *slot = true;
        }
    };
    for op in &trace.ops {
        for &v in op.operands() {
            use_of(v);
        }
        if matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace) {
            for &v in trace.args_of_jump(op) {
                use_of(v);
            }
        }
    }
    for e in &trace.snap_entries {
        use_of(e.a);
        use_of(e.b);
    }
    used
}
