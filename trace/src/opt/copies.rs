//! Copy propagation: users of a copy take what it copies.
//!
//! Invariant: a copy is the same value as its operand, which dominates it, so users may be served
//! from the operand everywhere, snapshots included.

use super::EntryHints;
use super::rewrite::{Action, rewrite};
use crate::ir::Trace;
use crate::ops::Opcode;

/// Whether the op is a copy.
pub(super) const fn is_copy(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef)
}

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    rewrite(
        trace,
        |_, _, op| {
            if is_copy(op.opcode) { Action::Replace(op.args[0]) } else { Action::Keep(op) }
        },
    );
}
