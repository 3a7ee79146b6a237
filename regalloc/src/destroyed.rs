//! Which registers ops destroy in a stretch of the trace.
//!
//! A register file has few different sets of clobbered registers (calls have one, a division may
//! have another), so ops are kept in one list per set, in order, each with a cursor at the
//! scan's position: what a live range must keep out of is a question per set, not per op.

use crate::liveness::{Pos, after};
use crate::regset::RegSet;

/// Ops that destroy one and the same set.
#[derive(Debug, Default)]
struct Group {
    set: RegSet,
    ops: Vec<u32>,
    /// The first of `ops` that the scan has not passed.
    next: usize,
}

/// The ops of a trace that destroy registers. Buffers stay between traces.
#[derive(Debug, Default)]
pub(crate) struct Destroyed {
    groups: Vec<Group>,
    used: usize,
}

impl Destroyed {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.used = 0;
    }

    /// Adds an op behind all others.
    #[inline(always)]
    pub fn add(&mut self, i: usize, set: RegSet) {
        if !set.is_empty() {
            self.add_to_group(i, set);
        }
    }

    fn add_to_group(&mut self, i: usize, set: RegSet) {
        let known = self.groups[..self.used].iter().position(|g| g.set == set);
        let k = known.unwrap_or_else(|| {
            if self.used == self.groups.len() {
                self.groups.push(Group::default());
            }
            self.used += 1;
            let group = &mut self.groups[self.used - 1];
            group.ops.clear();
            group.next = 0;
            group.set = set;
            self.used - 1
        });
        self.groups[k].ops.push(i as u32);
    }

    /// Moves the scan on to behind op `i`.
    #[inline(always)]
    pub fn pass(&mut self, i: usize) {
        for group in &mut self.groups[..self.used] {
            while group.ops.get(group.next).is_some_and(|&op| op as usize <= i) {
                group.next += 1;
            }
        }
    }

    /// The registers that a value loses which is live from the scan's position to `end`.
    #[inline(always)]
    pub fn until(&self, end: Pos) -> RegSet {
        let mut lost = RegSet::EMPTY;
        for group in &self.groups[..self.used] {
            if group.ops.get(group.next).is_some_and(|&op| end >= after(op as usize)) {
                lost |= group.set;
            }
        }
        lost
    }
}
