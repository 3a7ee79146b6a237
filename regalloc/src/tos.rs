//! Top-of-stack caching, as in CPython 3.15's JIT.
//!
//! CPython 3.15 keeps the top entries of the operand stack in registers: every micro-op has variants
//! for how many of its inputs and outputs are cached, and one greedy forward pass over the trace
//! picks variants, spilling the deepest entry when a push finds the cache full. Locals stay in
//! memory, and the cache is empty at calls that may escape and at the back-edge (Ken Jin,
//! *Register allocation for the copy-and-patch JIT*, python/cpython 2025; stack caching itself is
//! Ertl, *Stack caching for interpreters*, PLDI 1995).
//!
//! Terms. A *temporary* is what an operand-stack entry becomes in the IR: a value that one op of
//! its own block consumes as one operand, and that nothing needs after that op and its exit. All
//! other values are *locals*: parameters, what is passed to parameters, what is read twice, what
//! only exits read. The *cache* is the registers of a class; its entries are ordered by birth,
//! the oldest being the deepest.
//!
//! Invariants. Only temporaries are in registers. A temporary that has been spilled stays in its slot.
//! No register holds anything across a call or a jump.
//!
//! Where it differs from CPython:
//! * Entries keep their register; CPython shifts the cached part so that register numbers equal
//!   depths, and pays moves when it spills or fills.
//! * An op reads a local, or a temporary that was spilled, from its slot itself, where CPython
//!   pushes it first; it writes a local to its slot where CPython pushes and then stores. The IR has no
//!   push and pop, so the cache sees fewer entries than CPython's.
//! * Depth is counted for integers and floats apart; CPython has only boxed floats.
//! * A constant is loaded into a free register just before its use, like `LOAD_CONST`; where the
//!   cache is full it is read from a slot and does not push anything out.

use crate::facts::{Facts, OpRow};
use crate::liveness::{Life, Liveness, READERS, after, before};
use crate::regset::RegSet;
use crate::walk::{Buffers, ConstPolicy, DEAD, Found, Policy, Walk, walk};
use crate::{AllocError, Allocation, Input, Loc, LocKind, Strategy};
use tierlab_trace::ir::Op;

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct TopOfStack {
    liveness: Liveness,
    buffers: Buffers,
    cache: Cache,
}

#[derive(Debug, Default)]
struct Cache {
    /// Cached values, the deepest first; some may have died or been spilled.
    entries: Vec<u32>,
    /// Whether the op at hand defines a temporary.
    temporary: bool,
}

impl Strategy for TopOfStack {
    fn name(&self) -> &'static str {
        "tos"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let TopOfStack { liveness, buffers, cache } = self;
        cache.entries.clear();
        buffers.reset(input.trace, input.file);
        liveness.compute::<READERS>(input.trace, &buffers.table, |_, _, _, _| {})?;
        walk(input, liveness, buffers, cache, ConstPolicy::Registers, out)
    }
}

impl Cache {
    /// Whether op `i` defines a temporary.
    #[inline(always)]
    fn is_temporary(walk: &Walk, i: usize) -> bool {
        let life = &walk.values[i];
        let consumer = life.benefit as usize;
        life.benefit > 0 && consumer < walk.block_end && life.last <= after(consumer)
    }

    /// Moves a cached value to a slot before op `i`.
    fn spill(walk: &mut Walk, i: usize, v: usize) {
        let from = walk.values[v].loc;
        if from.is_register() {
            let to = Loc::slot(walk.slots.take());
            walk.edit(i, from, to, from.kind() == LocKind::Float);
            walk.busy -= RegSet::of(from);
            walk.values[v].loc = to;
            walk.values[v].slot = to;
        }
    }

    /// Makes room for the result of op `i`, unless an operand that it consumes does.
    fn make_room(&mut self, walk: &mut Walk, i: usize, op: &Op, class: usize) {
        let class = RegSet::class(class);
        let leaves = |life: &Life| life.last == before(i) && RegSet::of(life.loc).meets(class);
        if op.args.iter().any(|arg| leaves(Life::of(walk.values, *arg))) {
            return;
        }
        let is_operand = |v: usize| op.args.iter().any(|a| a.as_value() == Some(v));
        let cached = |v: &u32| {
            walk.values[*v as usize].last != DEAD && walk.values[*v as usize].loc.is_register()
        };
        self.entries.retain(cached);
        let in_class = |v: usize| RegSet::of(walk.values[v].loc).meets(class);
        let mut deepest = self.entries.iter().map(|&v| v as usize);
        if let Some(v) = deepest.find(|&v| in_class(v) && !is_operand(v)) {
            Self::spill(walk, i, v);
        }
    }
}

impl Policy for Cache {
    #[inline(always)]
    fn before(&mut self, walk: &mut Walk, i: usize, op: &Op, row: &OpRow, _: &Found) -> bool {
        let facts = row.facts;
        self.temporary = facts.has_result() && Self::is_temporary(walk, i);
        if facts.is_call() {
            for v in self.entries.drain(..) {
                if walk.values[v as usize].last != DEAD {
                    Self::spill(walk, i, v as usize);
                }
            }
            return true;
        }
        let disturbed = row.clobbers.meets(walk.busy);
        if disturbed {
            for &v in &self.entries {
                let life = walk.values[v as usize];
                let lives_on = life.last != DEAD && life.last != before(i);
                if lives_on && RegSet::of(life.loc).meets(row.clobbers) {
                    Self::spill(walk, i, v as usize);
                }
            }
        }
        if self.temporary {
            let class = facts.result_class();
            if (walk.free() & RegSet::class(class)).is_empty() {
                self.make_room(walk, i, op, class);
            }
        }
        disturbed
    }

    #[inline(always)]
    fn home(&mut self, walk: &mut Walk, i: usize, facts: Facts) -> Loc {
        if !self.temporary {
            return walk.values[i].loc;
        }
        let class = facts.result_class();
        let register = (walk.free() & RegSet::class(class)).lowest();
        if register == Loc::NONE {
            return walk.values[i].loc;
        }
        while self.entries.last().is_some_and(|&v| walk.values[v as usize].last == DEAD) {
            self.entries.pop();
        }
        // More than any register file holds: some have died below the top.
        if self.entries.len() >= 128 {
            self.entries.retain(|&v| walk.values[v as usize].last != DEAD);
        }
        self.entries.push(i as u32);
        register
    }
}
