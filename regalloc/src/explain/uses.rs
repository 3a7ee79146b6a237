//! When places are next read or written, and values next used.
//!
//! A [`Moment`] orders all that happens along the path through a trace, in the order in which
//! the allocation's contract says it happens. The path goes round the loop: behind the jump
//! back, the next access is the first one in the loop.

use crate::checker::{Symbol, symbol};
use crate::liveness::{jump_values, live_values};
use crate::{Allocation, Loc, LocKind};
use std::collections::HashMap;
use tierlab_trace::ir::Trace;
use tierlab_trace::ops::Opcode;

/// A point on the path: the op, the phase within it, and which of several.
pub type Moment = u64;

/// Phases of an op, in order. Edits come first, each a read and then a write.
const EDITS: u64 = 0;
const READS: u64 = 1;
const DESTROYS: u64 = 2;
const WRITES: u64 = 3;
const EXITS: u64 = 4;

const fn moment(op: u32, phase: u64, sub: u64) -> Moment {
    (op as u64) << 35 | phase << 32 | sub
}

/// Where edit `e` before `op` reads.
pub const fn edit_reads(op: u32, e: u32) -> Moment {
    moment(op, EDITS, e as u64 * 2)
}

/// Where edit `e` before `op` writes.
pub const fn edit_writes(op: u32, e: u32) -> Moment {
    moment(op, EDITS, e as u64 * 2 + 1)
}

/// Where `op` reads its operands, a jump its arguments.
pub const fn reads(op: u32) -> Moment {
    moment(op, READS, 0)
}

/// Where `op` destroys registers.
pub const fn destroys(op: u32) -> Moment {
    moment(op, DESTROYS, 0)
}

/// Where `op` writes its result.
pub const fn writes(op: u32) -> Moment {
    moment(op, WRITES, 0)
}

/// The op of a moment.
const fn op_of(at: Moment) -> u32 {
    (at >> 35) as u32
}

/// How an op reads a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// As operand of that number.
    Operand(u8),
    /// As argument of that number of its jump.
    Argument(u32),
    /// If it leaves the trace.
    Exit,
}

/// A use of a value to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The op that reads it.
    pub op: u32,
    /// How.
    pub reader: Reader,
    /// Whether that is in the next iteration.
    pub next_iteration: bool,
}

/// What happens to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// An op reads it.
    Read(Reader),
    /// The edit of that number reads it.
    EditReads(u32),
    /// The edit of that number writes it.
    EditWrites(u32),
    /// A result is written to it.
    Result,
    /// The op destroys it.
    Destroyed,
}

impl Access {
    const fn is_write(self) -> bool {
        match self {
            Access::EditWrites(_) | Access::Result | Access::Destroyed => true,
            Access::Read(_) | Access::EditReads(_) => false,
        }
    }
}

/// Moments in the order of the path. Exits read most values at most guards: they are kept apart, so
/// that finding another use does not have to pass them.
struct Line<T> {
    /// All but exits.
    main: Vec<(Moment, T)>,
    /// Reads by exits.
    exits: Vec<Moment>,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Line { main: Vec::new(), exits: Vec::new() }
    }
}

/// Accesses of all places and uses of all values.
pub struct Uses {
    places: HashMap<Loc, Line<Access>>,
    values: HashMap<Symbol, Line<Reader>>,
    /// First op and jump of the loop.
    repeat: Option<(u32, u32)>,
}

/// The first of a sorted list behind a moment: its index, and whether that is round the loop, which
/// begins at `again`.
fn first<T>(
    list: &[T],
    at: impl Fn(&T) -> Moment,
    behind: Moment,
    again: Option<Moment>,
) -> Option<(usize, bool)> {
    let next = list.partition_point(|t| at(t) <= behind);
    if next < list.len() {
        return Some((next, false));
    }
    let again = again.filter(|&first| behind >= first)?;
    let next = list.partition_point(|t| at(t) < again);
    (next < list.len()).then_some((next, true))
}

impl<T: Copy> Line<T> {
    fn next(&self, behind: Moment, again: Option<Moment>) -> Option<(Moment, T, bool)> {
        let (i, round) = first(&self.main, |&(m, _)| m, behind, again)?;
        Some((self.main[i].0, self.main[i].1, round))
    }

    fn next_exit(&self, behind: Moment, again: Option<Moment>) -> Option<(Moment, bool)> {
        let (i, round) = first(&self.exits, |&m| m, behind, again)?;
        Some((self.exits[i], round))
    }
}

impl Uses {
    /// Collects them. `destroyed` gives the registers that an op destroys.
    pub fn new(
        trace: &Trace,
        allocation: &Allocation,
        repeat: Option<(u32, u32)>,
        destroyed: impl Fn(Opcode) -> Vec<Loc>,
    ) -> Uses {
        let mut uses = Uses { places: HashMap::new(), values: HashMap::new(), repeat };
        let mut edits = allocation.edits.iter().enumerate().peekable();
        let mut exits = 0;
        for (i, op) in trace.ops.iter().enumerate() {
            let at = i as u32;
            while let Some((e, edit)) = edits.next_if(|(_, edit)| edit.op as usize <= i) {
                let e = e as u32;
                uses.access(edit.from, edit_reads(at, e), Access::EditReads(e));
                uses.access(edit.to, edit_writes(at, e), Access::EditWrites(e));
            }
            let Some(locs) = allocation.locs.get(i) else { continue };
            if op.opcode.is_param() {
                continue;
            }
            for (k, &val) in op.operands().iter().enumerate() {
                let reader = Reader::Operand(k as u8);
                // A constant in place needs no register.
                if locs.args[k].kind() != LocKind::Const {
                    uses.reads(symbol(trace, val), locs.args[k], reads(at), reader);
                }
            }
            if let Some(args) = jump_values(trace, op) {
                let target = usize::try_from(op.imm).ok().and_then(|t| trace.blocks.get(t));
                for (k, &arg) in args.iter().enumerate() {
                    let place = match (op.opcode, target) {
                        (Opcode::Jump, Some(to)) => {
                            allocation.locs.get(to.first as usize + k).map(|l| l.result)
                        }
                        _ => Some(Loc::slot(k as u32)),
                    };
                    let reader = Reader::Argument(k as u32);
                    uses.reads(symbol(trace, arg), place.unwrap_or(Loc::NONE), reads(at), reader);
                }
            }
            for register in destroyed(op.opcode) {
                uses.access(register, destroys(at), Access::Destroyed);
            }
            if locs.result != Loc::NONE {
                uses.access(locs.result, writes(at), Access::Result);
            }
            if op.opcode.can_exit() {
                let live = live_values(trace, op.snapshot).unwrap_or(&[]);
                let start = allocation.exit_starts.get(exits).map_or(usize::MAX, |&s| s as usize);
                for (k, &val) in live.iter().enumerate() {
                    let place = start.checked_add(k).and_then(|n| allocation.exit_locs.get(n));
                    let place = place.copied().unwrap_or(Loc::NONE);
                    let at = moment(at, EXITS, 0);
                    uses.reads(symbol(trace, val), place, at, Reader::Exit);
                }
                exits += 1;
            }
        }
        uses
    }

    fn access(&mut self, place: Loc, at: Moment, access: Access) {
        if !place.is_register() && !place.is_slot() {
            return;
        }
        let line = self.places.entry(place).or_default();
        match access {
            Access::Read(Reader::Exit) => line.exits.push(at),
            _ => line.main.push((at, access)),
        }
    }

    fn reads(&mut self, value: Symbol, place: Loc, at: Moment, reader: Reader) {
        self.access(place, at, Access::Read(reader));
        let line = self.values.entry(value).or_default();
        match reader {
            Reader::Exit => line.exits.push(at),
            Reader::Operand(_) | Reader::Argument(_) => line.main.push((at, reader)),
        }
    }

    fn again(&self) -> Option<Moment> {
        self.repeat.map(|(first, _)| moment(first, EDITS, 0))
    }

    /// The next use of a value behind a moment: the next by an operand or a jump, or else by an
    /// exit. `None` where the value is dead.
    pub fn next(&self, value: Symbol, behind: Moment) -> Option<Use> {
        let line = self.values.get(&value)?;
        // What the loop defines is defined anew before it is read again.
        let again = match (value, self.repeat) {
            (Symbol::Value(v), Some((first, _))) if v >= first => None,
            _ => self.again(),
        };
        if let Some((at, reader, next_iteration)) = line.next(behind, again) {
            return Some(Use { op: op_of(at), reader, next_iteration });
        }
        let (at, next_iteration) = line.next_exit(behind, again)?;
        Some(Use { op: op_of(at), reader: Reader::Exit, next_iteration })
    }

    /// All uses of a value by operands and jumps, in order: op and how.
    pub fn all(&self, value: Symbol) -> impl Iterator<Item = (u32, Reader)> {
        let line = self.values.get(&value).map_or(&[][..], |line| &line.main);
        line.iter().map(|&(at, reader)| (op_of(at), reader))
    }

    /// The next read of a place behind a moment and before it is written: by an op (an exit only
    /// where nothing else reads it) or an edit.
    pub fn next_read(&self, place: Loc, behind: Moment) -> Option<(u32, Access)> {
        let line = self.places.get(&place)?;
        let next = line.next(behind, self.again());
        if let Some((at, access, _)) = next
            && !access.is_write()
        {
            return Some((op_of(at), access));
        }
        let (at, round) = line.next_exit(behind, self.again())?;
        let before = next.is_none_or(|(write, _, write_round)| (round, at) < (write_round, write));
        before.then_some((op_of(at), Access::Read(Reader::Exit)))
    }

    /// The next write of a place behind a moment: where, what, and whether it is in the next
    /// iteration.
    pub fn next_write(&self, place: Loc, behind: Moment) -> Option<(u32, Access, bool)> {
        let line = self.places.get(&place)?;
        let (mut behind, mut round) = (behind, false);
        loop {
            let again = self.again().filter(|_| !round);
            let (at, access, wrapped) = line.next(behind, again)?;
            round |= wrapped;
            if access.is_write() {
                return Some((op_of(at), access, round));
            }
            behind = at;
        }
    }
}
