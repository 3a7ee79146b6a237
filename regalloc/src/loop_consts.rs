//! Constants that ops of the loop read and cannot take in place: worth a register each, like values
//! that live as long as the loop.

use crate::facts::{ACCESS, OpRow};
use crate::liveness::{LOOP_WEIGHT, renew};
use crate::{Loc, RegFile};
use tierlab_trace::ir::{Op, Trace};

/// These constants and what a register for each would gain. Buffers stay between traces.
#[derive(Debug, Default)]
pub(crate) struct LoopConsts {
    /// Per constant; zero for others.
    benefit: Vec<i32>,
    list: Vec<u32>,
}

impl LoopConsts {
    /// Forgets everything.
    pub fn clear(&mut self, trace: &Trace) {
        renew(&mut self.benefit, trace.consts.len(), |_| 0);
        self.list.clear();
    }

    /// Notes what an op of the loop reads.
    #[inline(always)]
    pub fn read(&mut self, trace: &Trace, file: &RegFile, op: &Op, row: &OpRow) {
        if op.args.iter().fold(false, |any, arg| any | arg.as_const().is_some()) {
            self.read_consts(trace, file, op, row);
        }
    }

    fn read_consts(&mut self, trace: &Trace, file: &RegFile, op: &Op, row: &OpRow) {
        for k in 0..3 {
            if let Some(c) = op.args[k].as_const()
                && row.accepts(k, Loc::int(0))
                && let Some(b) = self.benefit.get_mut(c)
                && !(file.immediate)(op.opcode, k, trace.consts[c])
            {
                if *b == 0 {
                    self.list.push(c as u32);
                }
                *b = b.saturating_add(LOOP_WEIGHT * ACCESS);
            }
        }
    }

    /// The constants, in the order of their first reads.
    pub fn list(&self) -> &[u32] {
        &self.list
    }

    /// What a register gains for one.
    pub fn benefit(&self, c: u32) -> i32 {
        self.benefit.get(c as usize).copied().unwrap_or(0)
    }
}
