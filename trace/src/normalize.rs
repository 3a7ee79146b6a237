//! The normal form of a trace: what its text form can tell apart.
//!
//! Two traces that differ only in the order of their side tables (constant pool, jump
//! arguments, snapshots and their frames, entries and live values) mean the same and have the same
//! normal form. In it every table holds what is used and nothing else, in order of first use:
//! constants by ops before constants by snapshots, the entry snapshot before the others.
//! A parsed trace has the constants and jump arguments of the normal form.

use crate::ir::{Const, Op, SnapshotId, Trace, Val};
use crate::ops::Opcode;
use std::collections::HashMap;

/// A constant pool under construction that never holds a constant twice.
#[derive(Debug, Default)]
pub(crate) struct Pool(HashMap<Const, Val>);

impl Pool {
    /// The operand for a constant of `trace`, added to its pool when it is new.
    pub(crate) fn intern(&mut self, trace: &mut Trace, c: Const) -> Val {
        *self.0.entry(c).or_insert_with(|| {
            trace.consts.push(c);
            Val::constant(trace.consts.len() - 1)
        })
    }
}

impl Trace {
    /// The normal form of a verified trace. Snapshots that no op uses are gone.
    pub fn normalized(&self) -> Trace {
        let mut out = Trace::new(self.location.clone(), self.kind);
        let mut pool = Pool::default();
        out.blocks = self.blocks.clone();
        let mut numbers: HashMap<SnapshotId, SnapshotId> = HashMap::new();
        let mut used: Vec<SnapshotId> = Vec::new();
        let mut number = |old: SnapshotId| {
            if old == SnapshotId::NONE {
                return old;
            }
            *numbers.entry(old).or_insert_with(|| {
                used.push(old);
                SnapshotId(used.len() as u32 - 1)
            })
        };
        out.entry = number(self.entry);
        for op in &self.ops {
            let snapshot = number(op.snapshot);
            let new = if matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace) {
                let args = self.args_of_jump(op);
                let args: Vec<Val> =
                    args.iter().map(|&v| self.moved(&mut out, &mut pool, v)).collect();
                out.make_jump(op.opcode, op.imm as u32, &args)
            } else {
                Op { args: op.args.map(|v| self.moved(&mut out, &mut pool, v)), ..*op }
            };
            out.ops.push(new.with_snapshot(snapshot));
        }
        for &old in &used {
            let mut entries = self.entries_of(old).to_vec();
            for e in &mut entries {
                e.a = self.moved(&mut out, &mut pool, e.a);
                e.b = self.moved(&mut out, &mut pool, e.b);
            }
            out.add_snapshot(self.frames_of(old), &entries);
        }
        out
    }

    fn moved(&self, out: &mut Trace, pool: &mut Pool, val: Val) -> Val {
        match self.const_of(val) {
            Some(c) => pool.intern(out, c),
            None => val,
        }
    }
}
