//! Dead code elimination: marks what is needed, starting from effects and guards, and drops the rest.
//!
//! Terms. A *root* is an op that stays whether or not its result is used: stores, calls,
//! guards, terminators, and the parameters of block 0, which are the trace's contract with
//! whoever enters it. A parameter of another block is needed only where something but itself
//! needs it; the arguments of jumps follow their parameters.
//!
//! Invariant: an op that guards and computes stays as a guard where its result is unused.

use super::EntryHints;
use super::rewrite::{Action, clear_snapshot, rewrite};
use crate::ir::{Const, Op, SnapshotId, Trace, Val};
use crate::layout::FLOAT_CLASS;
use crate::ops::{Effect, Exit, Opcode};

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    let mut marks = Marks {
        used: vec![false; trace.ops.len()],
        snapshots: vec![false; trace.snapshots.len()],
        work: Vec::new(),
        jumps: Vec::new(),
    };
    if let Some(s) = marks.snapshots.get_mut(trace.entry.0 as usize) {
        *s = true;
    }
    marks.mark(trace);
    for id in 0..trace.snapshots.len() {
        if !marks.snapshots[id] {
            clear_snapshot(trace, id);
        }
    }
    shorten_jumps(trace, &marks);
    let mut i = 0;
    rewrite(trace, |trace, cursor, op| {
        let (used, block_param) = (marks.used[i], op.opcode.is_param() && cursor.block > 0);
        i += 1;
        match () {
            () if !used && (block_param || !is_root(trace, &op)) => Action::Drop,
            () if !used => Action::Keep(without_result(trace, op)),
            () => Action::Keep(op),
        }
    });
}

/// Whether the op stays without users.
fn is_root(trace: &Trace, op: &Op) -> bool {
    let info = op.opcode.info();
    match info.effect {
        Effect::Store | Effect::Call | Effect::Control => true,
        Effect::Pure | Effect::Load | Effect::Alloc => match info.exit {
            Exit::Guard => !cannot_fail(trace, op),
            Exit::Always => true,
            Exit::Resource => info.result.is_none(),
            Exit::Result | Exit::Never => false,
        },
    }
}

/// Whether the operation succeeds whatever its first operand.
fn cannot_fail(trace: &Trace, op: &Op) -> bool {
    let Some(Const::I64(b)) = trace.const_of(op.args[1]) else { return false };
    match op.opcode {
        Opcode::FloorDiv => b != 0 && b != -1,
        Opcode::FloorMod => b != 0,
        _ => false,
    }
}

/// The guard alone, where an op guards and computes.
fn without_result(trace: &mut Trace, mut op: Op) -> Op {
    let b = op.args[1];
    match op.opcode {
        Opcode::UnboxI64 => op.opcode = Opcode::GuardSmallInt,
        Opcode::UnboxF64 => {
            op.opcode = Opcode::GuardClass;
            op.imm = FLOAT_CLASS as i32;
        }
        Opcode::FloorMod => {
            op.opcode = Opcode::GuardNeI64;
            op.args = [b, trace.add_const(Const::I64(0)), Val::NONE];
        }
        // These cost as much without their result.
        Opcode::FloorDiv
        | Opcode::ShlOvf
        | Opcode::F64ToI64
        | Opcode::CallRef1
        | Opcode::CallRef2
        | Opcode::CallRef3 => {}
        other => debug_assert!(
            !other.guards_and_computes(),
            "{} is not known to the removal of dead results",
            other.info().name
        ),
    }
    op
}

struct Marks {
    used: Vec<bool>,
    snapshots: Vec<bool>,
    work: Vec<u32>,
    /// Jumps between blocks: target and start of the arguments.
    jumps: Vec<(usize, usize)>,
}

impl Marks {
    fn mark(&mut self, trace: &Trace) {
        for op in trace.ops.iter().filter(|op| op.opcode == Opcode::Jump) {
            self.jumps.push((op.imm as usize, op.jump_range().0));
        }
        for op in &trace.ops {
            if is_root(trace, op) {
                self.needs_of(trace, op);
            }
        }
        while let Some(i) = self.work.pop() {
            let op = &trace.ops[i as usize];
            if op.opcode.is_param() {
                self.arguments_for(trace, i);
            } else if !is_root(trace, op) {
                self.needs_of(trace, op);
            }
        }
    }

    #[inline(always)]
    fn need(&mut self, v: Val) {
        if let Some(i) = v.as_value()
            && !self.used[i]
        {
            self.used[i] = true;
            self.work.push(i as u32);
        }
    }

    fn needs_of(&mut self, trace: &Trace, op: &Op) {
        for &v in op.operands() {
            self.need(v);
        }
        if op.opcode == Opcode::JumpTrace {
            for &v in trace.args_of_jump(op) {
                self.need(v);
            }
        }
        if op.snapshot != SnapshotId::NONE && !self.snapshots[op.snapshot.0 as usize] {
            self.snapshots[op.snapshot.0 as usize] = true;
            for e in trace.entries_of(op.snapshot) {
                self.need(e.a);
                self.need(e.b);
            }
        }
    }

    fn arguments_for(&mut self, trace: &Trace, param: u32) {
        let home = trace.blocks.iter().position(|b| b.param_ops().contains(&(param as usize)));
        let Some(block) = home else { return };
        let k = (param - trace.blocks[block].first) as usize;
        for j in 0..self.jumps.len() {
            let (target, start) = self.jumps[j];
            if target == block {
                self.need(trace.jump_args[start + k]);
            }
        }
    }
}

/// Removes the arguments that belong to parameters about to go.
fn shorten_jumps(trace: &mut Trace, marks: &Marks) {
    for b in 0..trace.blocks.len() {
        let last = trace.blocks[b].end as usize - 1;
        let op = trace.ops[last];
        if op.opcode != Opcode::Jump || op.imm == 0 {
            continue;
        }
        let params = trace.blocks[op.imm as usize].param_ops();
        if params.clone().all(|p| marks.used[p]) {
            continue;
        }
        let args = trace.args_of_jump(&op);
        let kept: Vec<Val> =
            params.zip(args).filter(|(p, _)| marks.used[*p]).map(|(_, &v)| v).collect();
        trace.ops[last] = trace.make_jump(op.opcode, op.imm as u32, &kept);
    }
}
