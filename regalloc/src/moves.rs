//! Parallel moves made sequential.
//!
//! At a jump, and at a trace's entry, several values change places *at once*: all sources are
//! read before any destination is written. [`ParallelMoves`] orders such a set so that doing
//! the moves one after the other has the same effect.
//!
//! Terms. A move is *ready* when no waiting move still reads its destination. Doing a ready move
//! may make the one ready whose destination it has just read. When none is ready, what waits
//! are disjoint cycles: one is opened by saving one destination's old content in a spare place,
//! from which its reader takes it later. A cycle is finished before the next is opened, so one
//! spare place is enough for all.
//!
//! Invariants. Each destination occurs once (of several moves to one place the first counts).
//! A constant as source is never overwritten and so delays nobody. Where the moves write registers alone, each
//! once and none that a move reads, any order will do, and nothing is looked up. Every move is pushed to the
//! queue once: the time is linear. Buffers stay between calls: nothing is allocated once they
//! have grown.
//!
//! This is the standard algorithm of windmills with blades, as in Rideau, Serpette and Leroy,
//! *Tilting at windmills with Coq* (2008).

use crate::regset::RegSet;
use crate::{Edit, Loc, LocKind};

/// Where cycles may be broken: registers that nothing needs, and the number of a slot that
/// nothing needs.
#[derive(Clone, Copy, Debug)]
pub struct Spare {
    /// A free integer register, or [`Loc::NONE`].
    pub int: Loc,
    /// A free float register, or [`Loc::NONE`].
    pub float: Loc,
    /// A free slot.
    pub slot: u32,
}

impl Spare {
    /// Only a slot.
    pub fn slot(slot: u32) -> Spare {
        Spare { int: Loc::NONE, float: Loc::NONE, slot }
    }
}

#[derive(Clone, Copy, Debug)]
struct Move {
    from: Loc,
    to: Loc,
    float: bool,
}

/// A set of moves to be done at once.
#[derive(Debug, Default)]
pub struct ParallelMoves {
    moves: Vec<Move>,
    /// The registers that the moves read.
    reads: RegSet,
    /// The registers that they write.
    writes: RegSet,
    /// Whether they write anything else, or a register twice.
    others: bool,
    /// Per place: one plus the index of the waiting move that writes it.
    writer: Vec<u32>,
    /// Per place: how many waiting moves read it.
    readers: Vec<u32>,
    ready: Vec<u32>,
}

/// Integer registers, float registers, then slots.
#[inline(always)]
fn place(loc: Loc) -> Option<usize> {
    match loc.kind() {
        LocKind::Int => Some((loc.index() & 0xff) as usize),
        LocKind::Float => Some(256 + (loc.index() & 0xff) as usize),
        LocKind::Slot => Some(512 + loc.index() as usize),
        LocKind::Const | LocKind::None => None,
    }
}

impl ParallelMoves {
    /// Adds a move. A move of a place to itself is dropped.
    #[inline]
    pub fn push(&mut self, from: Loc, to: Loc, float: bool) {
        if from != to {
            let written = RegSet::of(to);
            self.others |= written.is_empty() | self.writes.meets(written);
            self.writes |= written;
            self.reads |= RegSet::of(from);
            self.moves.push(Move { from, to, float });
        }
    }

    /// Forgets moves that were never resolved.
    pub fn clear(&mut self) {
        self.moves.clear();
        self.reads = RegSet::EMPTY;
        self.writes = RegSet::EMPTY;
        self.others = false;
    }

    /// Appends the moves to `out` as edits before `op` and empties the set. Returns whether the
    /// spare slot was used.
    pub fn resolve(&mut self, op: u32, spare: Spare, out: &mut Vec<Edit>) -> bool {
        if self.moves.is_empty() {
            return false;
        }
        let used_slot = if self.others | self.reads.meets(self.writes) {
            self.order(op, spare, out)
        } else {
            // As they would come from the stack of those that are ready.
            for &Move { from, to, float } in self.moves.iter().rev() {
                out.push(Edit { op, from, to, float });
            }
            false
        };
        self.clear();
        used_slot
    }

    /// The same where the order counts.
    fn order(&mut self, op: u32, spare: Spare, out: &mut Vec<Edit>) -> bool {
        self.index();
        let mut used_slot = false;
        for i in 0..self.moves.len() {
            let m = self.moves[i];
            if self.is_writer(i) && place(m.to).is_some_and(|p| self.readers[p] == 0) {
                self.ready.push(i as u32);
            }
        }
        self.drain(op, out);
        // What still waits are cycles.
        for i in 0..self.moves.len() {
            if !self.is_writer(i) {
                continue;
            }
            // Save what is in the destination; the one move that reads it takes the saved copy.
            let to = self.moves[i].to;
            let Some(reader) = self.reader_in_cycle(i) else { continue };
            let float = self.moves[reader].float;
            let register = if float { spare.float } else { spare.int };
            let save = if register == Loc::NONE { Loc::slot(spare.slot) } else { register };
            used_slot |= save.kind() == LocKind::Slot;
            out.push(Edit { op, from: to, to: save, float });
            self.moves[reader].from = save;
            if let Some(p) = place(to) {
                self.readers[p] = 0;
            }
            self.ready.push(i as u32);
            self.drain(op, out);
        }
        used_slot
    }

    fn is_writer(&self, i: usize) -> bool {
        place(self.moves[i].to).is_some_and(|p| self.writer[p] == i as u32 + 1)
    }

    /// The waiting move that reads what waiting move `i`, part of a cycle, writes.
    fn reader_in_cycle(&self, i: usize) -> Option<usize> {
        let end = self.moves[i].to;
        let mut at = i;
        // A cycle has at most as many moves as there are.
        for _ in 0..self.moves.len() {
            let from = self.moves[at].from;
            if from == end {
                return Some(at);
            }
            at = (*self.writer.get(place(from)?)? as usize).checked_sub(1)?;
        }
        None
    }

    /// Fills `writer` and `readers`, which are all zero between calls.
    fn index(&mut self) {
        let mut places = 512;
        for m in &self.moves {
            for p in [place(m.from), place(m.to)].into_iter().flatten() {
                places = places.max(p + 1);
            }
        }
        if self.writer.len() < places {
            self.writer.resize(places, 0);
            self.readers.resize(places, 0);
        }
        for (i, m) in self.moves.iter().enumerate() {
            let Some(to) = place(m.to) else { continue };
            if self.writer[to] == 0 {
                self.writer[to] = i as u32 + 1;
                if let Some(from) = place(m.from) {
                    self.readers[from] += 1;
                }
            }
        }
    }

    fn drain(&mut self, op: u32, out: &mut Vec<Edit>) {
        while let Some(i) = self.ready.pop() {
            let m = self.moves[i as usize];
            out.push(Edit { op, from: m.from, to: m.to, float: m.float });
            if let Some(p) = place(m.to) {
                self.writer[p] = 0;
            }
            // The spare place has no entry: its index may lie beyond the table, its count is 0.
            let Some(from) = place(m.from) else { continue };
            let Some(readers) = self.readers.get_mut(from) else { continue };
            if *readers > 0 {
                *readers -= 1;
                if *readers == 0 && self.writer[from] != 0 {
                    self.ready.push(self.writer[from] - 1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Does the edits one after the other on places that hold numbers.
    fn run(edits: &[Edit], state: &mut HashMap<Loc, u32>) {
        for e in edits {
            let v = if e.from.kind() == LocKind::Const {
                1000 + e.from.index()
            } else {
                state.get(&e.from).copied().unwrap_or(u32::MAX)
            };
            state.insert(e.to, v);
        }
    }

    fn check(moves: &[(Loc, Loc)], spare: Spare) -> Vec<Edit> {
        let mut set = ParallelMoves::default();
        let mut state = HashMap::new();
        for (n, &(from, to)) in moves.iter().enumerate() {
            state.entry(from).or_insert(n as u32);
            state.entry(to).or_insert(100 + n as u32);
            set.push(from, to, to.kind() == LocKind::Float || from.kind() == LocKind::Float);
        }
        let before = state.clone();
        let mut out = Vec::new();
        set.resolve(7, spare, &mut out);
        run(&out, &mut state);
        for &(from, to) in moves {
            let want = match from.kind() {
                LocKind::Const => 1000 + from.index(),
                _ => before[&from],
            };
            assert_eq!(state[&to], want, "{from} to {to} in {moves:?}: {out:?}");
        }
        assert!(out.iter().all(|e| e.op == 7));
        assert!(set.writer.iter().chain(&set.readers).all(|&n| n == 0), "tables are clean again");
        out
    }

    #[test]
    fn a_chain_needs_no_spare_place() {
        let r = Loc::int;
        let out = check(&[(r(0), r(1)), (r(1), r(2)), (r(2), Loc::slot(4))], Spare::slot(99));
        assert_eq!(out.len(), 3);
    }

    #[test]
    fn cycles_go_through_the_spare_place() {
        let r = Loc::int;
        let swap = [(r(0), r(1)), (r(1), r(0))];
        let out = check(&swap, Spare::slot(99));
        assert_eq!(out.len(), 3);
        assert!(out.iter().any(|e| e.to == Loc::slot(99)));
        let out = check(&swap, Spare { int: r(5), float: Loc::NONE, slot: 99 });
        assert!(out.iter().all(|e| e.to.is_register()));
        // A cycle with blades, a second one of floats, and constants.
        let s = Loc::slot;
        let x = Loc::float;
        let out = check(
            &[
                (r(0), s(9)),
                (r(0), r(1)),
                (r(1), s(2)),
                (s(2), r(0)),
                (s(2), r(7)),
                (x(0), x(1)),
                (x(1), x(0)),
                (Loc::constant(3), r(8)),
                (r(8), s(30)),
            ],
            Spare::slot(40),
        );
        assert_eq!(out.len(), 11);
    }

    #[test]
    fn every_small_set_of_moves_is_right() {
        // All functions from 4 destinations to 5 sources (one of them a constant).
        let places = [Loc::int(0), Loc::int(1), Loc::slot(0), Loc::slot(1), Loc::constant(0)];
        for n in 0..5usize.pow(4) {
            let mut rest = n;
            let mut moves = Vec::new();
            for &to in &places[..4] {
                moves.push((places[rest % 5], to));
                rest /= 5;
            }
            check(&moves, Spare::slot(9));
            check(&moves, Spare { int: Loc::int(3), float: Loc::NONE, slot: 9 });
        }
    }

    #[test]
    fn of_two_writers_the_first_counts() {
        let mut set = ParallelMoves::default();
        set.push(Loc::int(0), Loc::int(1), false);
        set.push(Loc::int(2), Loc::int(1), false);
        let mut out = Vec::new();
        set.resolve(0, Spare::slot(0), &mut out);
        assert_eq!(out.len(), 1);
        assert_eq!(out[0].from, Loc::int(0));
    }
}
