//! The exits of compiled traces: their numbers and where each keeps its live values.
//!
//! Terms. The *global number* of an exit is what generated code hands to the common exit: the
//! exits of a trace have consecutive numbers in op order, from the trace's *base*. The *locations*
//! of an exit are those of its snapshot's live values, in live-list order.
//!
//! Invariant: bases ascend in registration order, so that a number is resolved by binary search,
//! and no table entry per exit is needed for that.

use std::sync::Arc;
use tierlab_regalloc::{Allocation, Loc, LocKind};
use tierlab_trace::backend::{CompileError, ExitRef};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::ContextMemory;

/// Exits of one trace.
#[derive(Debug)]
struct TraceExits {
    trace: Arc<Trace>,
    base: u32,
    /// Exit `e` has its locations at `locs[starts[e]..starts[e + 1]]`.
    starts: Vec<u32>,
    locs: Vec<Loc>,
}

impl TraceExits {
    fn locations(&self, exit: u32) -> Option<&[Loc]> {
        let start = *self.starts.get(exit as usize)?;
        let end = *self.starts.get(exit as usize + 1)?;
        self.locs.get(start as usize..end as usize)
    }
}

/// Exits of all traces of a tier.
#[derive(Debug, Default)]
pub struct ExitTable {
    by_trace: Vec<Option<TraceExits>>,
    /// Bases and their traces, ascending. Replaced traces leave their entry behind.
    bases: Vec<(u32, TraceId)>,
    next: u32,
}

impl ExitTable {
    /// An empty table.
    pub fn new() -> ExitTable {
        ExitTable::default()
    }

    /// The base of the trace that is registered next.
    #[inline]
    pub fn next_base(&self) -> u32 {
        self.next
    }

    /// Records the exits of a trace and returns its base. A trace registered before under that
    /// number is replaced.
    pub fn register(&mut self, id: TraceId, trace: &Arc<Trace>, allocation: &Allocation) -> u32 {
        let mut exits = TraceExits {
            trace: trace.clone(),
            base: self.next,
            starts: Vec::with_capacity(allocation.exit_starts.len() + 1),
            locs: Vec::with_capacity(allocation.exit_locs.len()),
        };
        exits.starts.push(0);
        let snapshots = trace.ops.iter().filter(|op| op.opcode.can_exit()).map(|op| op.snapshot);
        for (&start, snapshot) in allocation.exit_starts.iter().zip(snapshots) {
            let live = trace.snapshots[snapshot.0 as usize].live_len as usize;
            let start = start as usize;
            exits.locs.extend_from_slice(&allocation.exit_locs[start..start + live]);
            exits.starts.push(exits.locs.len() as u32);
        }
        let count = exits.starts.len() as u32 - 1;
        let base = self.next;
        self.next += count;
        if self.bases.last().is_some_and(|&(last, _)| last == base) {
            // The trace before this one has no exits: its number can never be seen.
            self.bases.pop();
        }
        self.bases.push((base, id));
        let index = id.0 as usize;
        if self.by_trace.len() <= index {
            self.by_trace.resize_with(index + 1, || None);
        }
        self.by_trace[index] = Some(exits);
        base
    }

    /// The exit with that global number; `None` for a number that no trace has.
    #[inline]
    pub fn resolve(&self, number: u32) -> Option<ExitRef> {
        if number >= self.next {
            return None;
        }
        let after = self.bases.partition_point(|&(base, _)| base <= number);
        let (base, trace) = *self.bases.get(after.checked_sub(1)?)?;
        Some(ExitRef { trace, exit: number - base })
    }

    /// The global number of an exit.
    pub fn number(&self, exit: ExitRef) -> Option<u32> {
        let exits = self.of(exit.trace)?;
        (exit.exit as usize + 1 < exits.starts.len()).then_some(exits.base + exit.exit)
    }

    /// How many exits a trace has.
    pub fn count(&self, id: TraceId) -> Option<u32> {
        Some(self.of(id)?.starts.len() as u32 - 1)
    }

    /// Where an exit's live values are: also where a side trace finds its parameters.
    pub fn locations(&self, exit: ExitRef) -> Option<&[Loc]> {
        self.of(exit.trace)?.locations(exit.exit)
    }

    /// Where the parameters of a trace's entry block arrive: `None` means in slots `0..n`.
    pub fn incoming(&self, trace: &Trace) -> Result<Option<&[Loc]>, CompileError> {
        match trace.kind {
            tierlab_trace::ir::TraceKind::Loop | tierlab_trace::ir::TraceKind::Straight => Ok(None),
            tierlab_trace::ir::TraceKind::Side { parent, exit } => self
                .locations(ExitRef { trace: parent, exit })
                .map(Some)
                .ok_or(CompileError::UnknownTrace(parent)),
        }
    }

    /// Appends the raw bits of an exit's live values, from the slots and from the registers that
    /// the common exit has saved. An exit that does not exist has none.
    pub fn read(&self, exit: ExitRef, context: &ContextMemory, out: &mut Vec<u64>) {
        let Some(exits) = self.of(exit.trace) else { return };
        let head = context.head();
        let slots = context.slots();
        for &loc in exits.locations(exit.exit).unwrap_or(&[]) {
            let index = loc.index() as usize;
            out.push(match loc.kind() {
                LocKind::Slot => slots[index],
                LocKind::Int => head.saved_ints[index],
                LocKind::Float => head.saved_floats[index],
                LocKind::Const => exits.trace.consts[index].bits(),
                LocKind::None => 0,
            });
        }
    }

    /// Bytes kept for the exits of a trace.
    pub fn metadata_bytes(&self, id: TraceId) -> u64 {
        self.of(id).map_or(0, |e| {
            (size_of::<TraceExits>() + 4 * e.starts.len() + size_of::<Loc>() * e.locs.len()) as u64
        })
    }

    fn of(&self, id: TraceId) -> Option<&TraceExits> {
        self.by_trace.get(id.0 as usize)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tierlab_trace::ir::{Const, Op, Recipe, SnapEntry, SnapFrame, TraceKind, Val};
    use tierlab_trace::ops::{Opcode, Type};

    /// One parameter and `n` guards that each keep it alive.
    fn guards(n: usize) -> Arc<Trace> {
        let mut trace = Trace::new("test:1", TraceKind::Loop);
        trace.begin_block(&[Type::Ref]);
        let frame = SnapFrame { code: 0, pc: 0, height: 1, entries: 1 };
        let a = Val::value(0);
        let entry = SnapEntry { index: 0, recipe: Recipe::Value, a, b: Val::NONE };
        let snapshot = trace.add_snapshot(&[frame], &[entry]);
        for _ in 0..n {
            trace.push(Op::new(Opcode::GuardSmallInt, &[a]).with_snapshot(snapshot));
        }
        trace.add_const(Const::I64(-1));
        Arc::new(trace)
    }

    #[test]
    fn numbers_resolve_and_values_are_read() {
        let mut table = ExitTable::new();
        let locs = [Loc::int(3), Loc::slot(7), Loc::float(2), Loc::constant(0)];
        for (id, n) in [(5, 3), (0, 0), (2, 4)] {
            let allocation = Allocation {
                exit_starts: (0..n as u32).collect(),
                exit_locs: locs[..n].to_vec(),
                ..Allocation::default()
            };
            table.register(TraceId(id), &guards(n), &allocation);
        }
        let exit = |trace, exit| ExitRef { trace: TraceId(trace), exit };
        for (number, expected) in
            [(0, exit(5, 0)), (2, exit(5, 2)), (3, exit(2, 0)), (6, exit(2, 3))]
        {
            assert_eq!(table.resolve(number), Some(expected));
            assert_eq!(table.number(expected), Some(number));
        }
        assert_eq!(table.resolve(7), None);
        assert_eq!(table.number(exit(0, 0)), None);
        assert_eq!((table.count(TraceId(0)), table.count(TraceId(9))), (Some(0), None));

        let mut context = ContextMemory::new();
        context.head_mut().saved_ints[3] = 30;
        context.slots_mut()[7] = 70;
        context.head_mut().saved_floats[2] = 20;
        let mut out = Vec::new();
        for i in 0..4 {
            table.read(exit(2, i), &context, &mut out);
        }
        table.read(exit(2, 4), &context, &mut out);
        assert_eq!(out, [30, 70, 20, u64::MAX]);
        assert_eq!(table.locations(exit(5, 1)), Some(&[Loc::slot(7)][..]));
        assert!(table.metadata_bytes(TraceId(2)) > 0);
    }

    #[test]
    fn side_traces_find_their_parameters() {
        let mut table = ExitTable::new();
        let allocation = Allocation {
            exit_starts: vec![0],
            exit_locs: vec![Loc::int(1)],
            ..Allocation::default()
        };
        table.register(TraceId(1), &guards(1), &allocation);
        let side =
            |parent, exit| Trace::new("test:1", TraceKind::Side { parent: TraceId(parent), exit });
        assert_eq!(table.incoming(&guards(0)), Ok(None));
        assert_eq!(table.incoming(&side(1, 0)), Ok(Some(&[Loc::int(1)][..])));
        assert_eq!(table.incoming(&side(1, 1)), Err(CompileError::UnknownTrace(TraceId(1))));
        assert_eq!(table.incoming(&side(0, 0)), Err(CompileError::UnknownTrace(TraceId(0))));
    }
}
