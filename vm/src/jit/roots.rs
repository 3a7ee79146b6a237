//! The traces that begin at each anchor, and how attempts to record and to enter them went.
//!
//! Anchors are numbered by what they belong to (loops and entries by their code, resumptions by their
//! site), so what is known of one is found through tables: the JIT asks at every entry and exit.

use super::activations::SiteId;
use super::record::{Anchor, LoopKey};
use tierlab_trace::ir::TraceId;

/// Versions of one anchor.
const MAX_VERSIONS: usize = 8;
/// Refusals after which a place is left to the interpreter.
pub(super) const MAX_REFUSALS: u32 = 6;
/// Entries of an anchor after which it is asked whether entering pays.
const TRIAL: u32 = 512;
/// The share of idle entries, of 16, at which entering may not pay.
const IDLE_OF_16: u32 = 15;
/// Ops in which a trace cannot have done so much that entering it paid. No clock is asked: what runs
/// compiled must not depend on the machine.
const SHORT_OPS: u64 = 120;

/// What is known of an anchor.
#[derive(Default)]
pub(super) struct Root {
    pub versions: Vec<TraceId>,
    pub refusals: u32,
    /// Whether a loop is recorded without its back-edge.
    pub straight: bool,
    /// Times to let the interpreter ask in vain before the next attempt.
    pub patience: u32,
    /// Entries since they were last looked at, how many of them were idle, and the ops of those.
    entries: u32,
    idle: u32,
    idle_ops: u64,
}

impl Root {
    /// Notes that nothing came of a recording, in a JIT that records after `hot` back-edges. Doubles what
    /// it takes to be tried again. True if that was the last attempt, and the anchor has no trace.
    pub fn refuse(&mut self, hot: u32) -> bool {
        self.refusals += 1;
        self.patience = 1 << self.refusals.min(12);
        if !self.versions.is_empty() {
            // The interpreter asks at every back-edge then.
            self.patience = self.patience.saturating_mul(hot);
        }
        self.refusals == MAX_REFUSALS && self.versions.is_empty()
    }

    /// Whether one more version may be recorded now.
    pub fn may_record(&mut self) -> bool {
        if self.patience > 0 {
            self.patience -= 1;
            return false;
        }
        self.refusals < MAX_REFUSALS && self.versions.len() < MAX_VERSIONS
    }

    /// Notes an entry, and the ops that were run if it was idle. False where entering does not pay, and
    /// the anchor is given up: loops that end as soon as they have begun cost more to enter than they save.
    pub fn entered(&mut self, idle_ops: Option<u64>) -> bool {
        self.entries += 1;
        if let Some(ops) = idle_ops {
            self.idle += 1;
            self.idle_ops += ops;
        }
        if self.entries < TRIAL {
            return true;
        }
        let pays = self.idle * 16 < self.entries * IDLE_OF_16
            || self.idle_ops > SHORT_OPS * u64::from(self.idle);
        (self.entries, self.idle, self.idle_ops) = (0, 0, 0);
        if !pays {
            self.versions.clear();
            self.refusals = MAX_REFUSALS;
        }
        pays
    }
}

/// What is known of all anchors.
#[derive(Default)]
pub(super) struct Roots {
    /// By code, then by loop.
    loops: Vec<Vec<Option<Root>>>,
    /// By code.
    entries: Vec<Option<Root>>,
    /// By site.
    resumptions: Vec<Option<Root>>,
}

/// The element at `index`, which is made if it is not there.
fn reach<T: Default>(table: &mut Vec<T>, index: usize) -> &mut T {
    if table.len() <= index {
        table.resize_with(index + 1, T::default);
    }
    &mut table[index]
}

impl Roots {
    /// What is known of an anchor, if anything is.
    pub fn get(&self, anchor: Anchor) -> Option<&Root> {
        let root = match anchor {
            Anchor::Loop(key) => self.loops.get(key.code as usize)?.get(key.index as usize),
            Anchor::Entry(code) => self.entries.get(code as usize),
            Anchor::Resume(site) => self.resumptions.get(site.0 as usize),
        };
        root?.as_ref()
    }

    /// The same, to be noted.
    pub fn of(&mut self, anchor: Anchor) -> &mut Root {
        let root = match anchor {
            Anchor::Loop(key) => {
                reach(reach(&mut self.loops, key.code as usize), key.index as usize)
            }
            Anchor::Entry(code) => reach(&mut self.entries, code as usize),
            Anchor::Resume(site) => reach(&mut self.resumptions, site.0 as usize),
        };
        root.get_or_insert_default()
    }

    /// All anchors of which anything is known, and whether each has traces.
    pub fn anchors(&self) -> impl Iterator<Item = (Anchor, bool)> {
        let known = |(anchor, root): (Anchor, &Option<Root>)| {
            root.as_ref().map(|root| (anchor, !root.versions.is_empty()))
        };
        let loops = self.loops.iter().zip(0..).flat_map(|(loops, code)| {
            let key = move |(root, index)| (Anchor::Loop(LoopKey { code, index }), root);
            loops.iter().zip(0..).map(key)
        });
        let entries = self.entries.iter().zip(0..).map(|(root, code)| (Anchor::Entry(code), root));
        let resumptions = self.resumptions.iter().zip(0..);
        let resumptions = resumptions.map(|(root, site)| (Anchor::Resume(SiteId(site)), root));
        loops.chain(entries).chain(resumptions).filter_map(known)
    }
}
