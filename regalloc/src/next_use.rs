//! When a value is read next: for strategies that choose what to evict.
//!
//! Terms. Uses are counted in op indices. A *use* is an operand of an op that can be in a register;
//! exits are no uses, since they find a value in its slot just as well. Uses in the next pass of the loop count from the jump
//! back: a value that the loop reads `n` ops behind its header is used `n` ops behind the
//! jump. A value passed for a loop parameter is used where the parameter is.
//!
//! The lists are made in the one forward pass that finds where values die: each use is written where
//! the previous occurrence of the value was.

use crate::liveness::{Life, Loop, Observer, jump_values, numbered, occurrence, renew};
use tierlab_trace::ir::Trace;

/// There is no next use.
pub const NEVER: u32 = u32::MAX;

/// Per op, the next uses of its operands and, in the last place, of its result: a place for each
/// [`occurrence`]. An operand that is there twice has its next use in the first of its places.
pub type Next = [u32; 4];

/// The next uses of all occurrences of all values.
#[derive(Debug, Default)]
pub struct NextUses {
    /// Per op, and one more for what is no value.
    pub after: Vec<Next>,
    /// Per value from before the loop: its first use in the loop.
    again: Vec<u32>,
}

impl NextUses {
    /// Prepares for a trace.
    pub fn reset(&mut self, trace: &Trace) {
        renew(&mut self.after, trace.ops.len() + 1, |_| [NEVER; 4]);
        renew(&mut self.again, trace.blocks.last().map_or(0, |b| b.first as usize), |_| NEVER);
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
    pub fn close(&mut self, trace: &Trace, repeat: Loop, values: &[Life]) {
        let args = jump_values(trace, &trace.ops[repeat.jump]).unwrap_or(&[]);
        for (p, arg) in numbered(repeat.first, args) {
            let Some(v) = arg.as_value().filter(|&v| v >= repeat.first) else { continue };
            let next = self.next_pass(p, repeat);
            self.meet(values, v, next);
        }
        let entry = &trace.ops[repeat.first - 1];
        let args = jump_values(trace, entry).unwrap_or(&[]);
        for (p, arg) in numbered(repeat.first, args).take(repeat.params) {
            if let Some(v) = arg.as_value()
                && values.get(v).is_some_and(|life| last_use(life) < occurrence(repeat.first, 0))
            {
                self.meet(values, v, self.after[p][3]);
            }
        }
        for v in 0..repeat.first {
            if self.again[v] != NEVER {
                let next = self.next_pass(v, repeat);
                self.meet(values, v, next);
            }
        }
    }

    fn meet(&mut self, values: &[Life], v: usize, next: u32) {
        let known = values.get(v).map(last_use);
        let known = known.and_then(|there| self.after.as_flattened_mut().get_mut(there as usize));
        if let Some(known) = known {
            *known = next.min(*known);
        }
    }
}

/// The last use of a value as an [`occurrence`].
fn last_use(life: &Life) -> u32 {
    life.benefit as u32
}

impl Observer for &mut NextUses {
    #[inline(always)]
    fn use_of(&mut self, v: usize, last: u32, i: usize, outer: usize) {
        self.after[last as usize / 4][last as usize % 4] = i as u32;
        if v < outer && self.again[v] == NEVER {
            self.again[v] = i as u32;
        }
    }
}
