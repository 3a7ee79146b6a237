//! When a value is read next: for strategies that choose what to evict.
//!
//! Terms. Uses are counted in op indices. A *use* is an operand of an op that can be in a register;
//! exits are no uses, since they find a value in its slot just as well. Uses in the next pass of the loop count from the jump
//! back: a value that the loop reads `n` ops behind its header is used `n` ops behind the
//! jump. A value passed for a loop parameter is used where the parameter is.
//!
//! The lists are made in the one forward pass that finds where values die: each use is written where
//! the previous occurrence of the value was.

use crate::facts::OpRow;
use crate::liveness::{Loop, jump_values};
use tierlab_trace::ir::{Op, Trace};

/// There is no next use.
pub const NEVER: u32 = u32::MAX;

/// Per op, the next uses of its operands and, in the last place, of its result. An operand that is
/// there twice has its next use in the first of its places.
pub type Next = [u32; 4];

/// The next uses of all occurrences of all values.
#[derive(Debug, Default)]
pub struct NextUses {
    /// Per op.
    pub after: Vec<Next>,
    /// Per value: its last occurrence so far, as four times the op and the place in [`Next`].
    last: Vec<u32>,
    /// Per value from before the loop: its first use in the loop.
    again: Vec<u32>,
}

impl NextUses {
    /// Prepares for a trace.
    pub fn reset(&mut self, trace: &Trace) {
        let n = trace.ops.len();
        self.after.clear();
        self.after.resize(n, [NEVER; 4]);
        self.last.clear();
        self.last.extend((0..n as u32).map(|v| v * 4 + 3));
        self.again.clear();
        self.again.resize(n, NEVER);
    }

    /// Adds the uses of op `i`; `outer` is the first op of the loop that it is in, or 0.
    #[inline(always)]
    pub fn observe(&mut self, i: usize, op: &Op, row: &OpRow, outer: usize) {
        for (k, arg) in op.args.iter().enumerate() {
            let Some(v) = arg.as_value() else { continue };
            let Some(last) = self.last.get_mut(v).filter(|_| row.gain(k) > 0) else { continue };
            // An operand that is read twice is used once, at its first place.
            if *last as usize / 4 == i {
                continue;
            }
            let there = std::mem::replace(last, (i * 4 + k) as u32);
            self.after[there as usize / 4][there as usize % 4] = i as u32;
            if v < outer && self.again[v] == NEVER {
                self.again[v] = i as u32;
            }
        }
    }

    /// The first use of `v` in the loop, [`NEVER`] if there is none. For values from before it and its
    /// parameters.
    pub fn in_loop(&self, v: usize, repeat: Loop) -> u32 {
        if v < repeat.first { self.again[v] } else { self.after[v][3] }
    }

    /// The op at which the next pass of the loop uses `v`, counted on from the jump.
    fn next_pass(&self, v: usize, repeat: Loop) -> u32 {
        match self.in_loop(v, repeat) {
            NEVER => NEVER,
            use_at => (repeat.jump + 1 - repeat.first) as u32 + use_at,
        }
    }

    /// Adds the uses of the next pass of the loop, when all ops have been observed.
    pub fn close(&mut self, trace: &Trace, repeat: Loop) {
        let args = jump_values(trace, &trace.ops[repeat.jump]).unwrap_or(&[]);
        let params = repeat.first..repeat.first + repeat.params;
        for (p, arg) in params.zip(args) {
            let Some(v) = arg.as_value().filter(|&v| v >= repeat.first) else { continue };
            let next = self.next_pass(p, repeat);
            self.meet(v, next);
        }
        let entry = &trace.ops[repeat.first - 1];
        let params = repeat.first..repeat.first + repeat.params;
        for (p, arg) in params.zip(jump_values(trace, entry).unwrap_or(&[])) {
            if let Some(v) = arg.as_value()
                && self.last.get(v).is_some_and(|&last| (last as usize) < repeat.first * 4)
            {
                self.meet(v, self.after[p][3]);
            }
        }
        for v in 0..repeat.first {
            if self.again[v] != NEVER {
                let next = self.next_pass(v, repeat);
                self.meet(v, next);
            }
        }
    }

    fn meet(&mut self, v: usize, next: u32) {
        let Some(&last) = self.last.get(v) else { return };
        let known = &mut self.after[last as usize / 4][last as usize % 4];
        *known = next.min(*known);
    }
}
