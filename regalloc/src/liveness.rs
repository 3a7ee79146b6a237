//! Where values die: one forward pass over the trace.
//!
//! Terms.
//! * Each op has two *positions*. At [`before`]`(i)` op `i` reads its operands; at [`after`]`(i)`
//!   its result has been written, and if it leaves the trace its exit's values are read then.
//!   A call destroys registers between the two.
//! * [`Life::last`] of a value `v` is the position of its last read. A value is born at
//!   [`after`]`(v)`. Two values may share a place where one's last read is before the
//!   other's birth: an operand that dies at `before(i)` leaves its place to the result of `i`, but one
//!   that the exit of `i` still needs does not.
//! * The *loop* is the range of ops from the target of the one backward jump through that jump.
//!   What is defined before the loop and read in it lives through the jump: the next iteration
//!   reads it again.
//!
//! The pass has no branches on what operands are, which no processor could predict: what is no value
//! counts as a use of one more value behind the last.
//!
//! Invariants checked on the way, so that later passes may rely on them: blocks are contiguous, end in
//! terminators and have none inside, snapshots exist where an op can exit, jumps pass as many
//! arguments as their target has parameters, and there is at most one backward jump, not to the
//! entry block. Each block has at most one successor, so this is no restriction on what can run. That
//! operands exist and are defined before they are read is the verifier's business: where they
//! are not, nothing crashes, but what comes out means nothing.

use crate::facts::{OpRow, OpTable};
use crate::{AllocError, Loc};
use tierlab_trace::ir::{Block, Op, SnapshotId, Trace, Val};
use tierlab_trace::ops::Opcode;

/// A position in a trace: twice the op's index, plus one after its result is written.
pub type Pos = u32;

/// Where op `i` reads its operands.
#[inline(always)]
pub const fn before(i: usize) -> Pos {
    i as u32 * 2
}

/// Where op `i` has written its result and its exit reads.
#[inline(always)]
pub const fn after(i: usize) -> Pos {
    i as u32 * 2 + 1
}

/// Where the parameters of a block that is not the first are born, and all else that begins with it: behind
/// the op that ends the block before. A block may have no parameters, so this is not at its own first op, which
/// may read operands and destroy registers.
#[inline(always)]
pub const fn header(block: &Block) -> Pos {
    after(block.first as usize - 1)
}

/// The loop of a trace, as op indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop {
    /// First op (a parameter) of the block jumped back to.
    pub first: usize,
    /// How many parameters that block has.
    pub params: usize,
    /// The jump back.
    pub jump: usize,
}

impl Loop {
    /// Whether op `i` is in the loop.
    #[inline(always)]
    pub fn contains(&self, i: usize) -> bool {
        self.first <= i && i <= self.jump
    }
}

/// What is known of one value.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// The position of its last read; [`after`] its own index where nothing reads it.
    pub last: Pos,
    /// For strategies to say where it is; [`Loc::NONE`] after the pass.
    pub loc: Loc,
    /// The slot that is the value's own from when it is written to the value's death, whether
    /// or not the value is in a register as well; [`Loc::NONE`] where it has none.
    pub slot: Loc,
    /// With [`BENEFITS`], what a register instead of a slot would gain: see [`OpRow::gain`], those of
    /// ops in the loop times [`LOOP_WEIGHT`]. With [`READERS`], the op that reads it as one operand:
    /// 0 if none does, [`MANY`] if several do or as several operands. With [`OCCURRENCES`], the
    /// [`occurrence`] in which it is read last by an op, where a register would gain something, or else its
    /// birth; a strategy may note something else there that is negative.
    pub benefit: i32,
}

/// Nothing but where values die.
pub const LIVES: u8 = 0;
/// Also what registers would gain.
pub const BENEFITS: u8 = 1;
/// Also who reads.
pub const READERS: u8 = 2;
/// Also where values occur.
pub const OCCURRENCES: u8 = 3;
/// More than one reader.
pub const MANY: i32 = -1;

/// How much more an op in the loop counts than one before it.
pub const LOOP_WEIGHT: i32 = 10;

impl Life {
    /// What stands for no value: it is nowhere and never dies.
    pub const NOBODY: Life = Life { last: Pos::MAX, loc: Loc::NONE, slot: Loc::NONE, benefit: 0 };

    /// What is known of an operand; of one that is no value, as much as of [`Life::NOBODY`].
    #[inline(always)]
    pub fn of(values: &[Life], val: Val) -> &Life {
        values.get(val.op_or_beyond()).unwrap_or(&Life::NOBODY)
    }
}

/// An occurrence of a value: four times an op, and its operand, or 3 for its result.
#[inline(always)]
pub const fn occurrence(i: usize, k: usize) -> u32 {
    (i * 4 + k) as u32
}

/// Who looks on while liveness goes over a trace.
pub trait Observer {
    /// Sees every op but parameters and terminators, in order, with the loop's first op if it is in
    /// the loop, or 0.
    #[inline(always)]
    fn op(&mut self, i: usize, op: &Op, row: &OpRow, outer: usize) {
        let _ = (i, op, row, outer);
    }

    /// With [`OCCURRENCES`], sees every use of a value where a register would gain something, by op `i`, with
    /// the occurrence before it. What is no value counts as one more value behind the last.
    #[inline(always)]
    fn use_of(&mut self, v: usize, last: u32, i: usize, outer: usize) {
        let _ = (v, last, i, outer);
    }
}

/// Looks at ops only.
struct Ops<F>(F);

impl<F: FnMut(usize, &Op, &OpRow, usize)> Observer for Ops<F> {
    #[inline(always)]
    fn op(&mut self, i: usize, op: &Op, row: &OpRow, outer: usize) {
        self.0(i, op, row, outer);
    }
}

/// Last reads of all values. Buffers stay between traces.
#[derive(Debug, Default)]
pub struct Liveness {
    /// Per op, and one more that stands for operands that are no values: its last read is at no
    /// position.
    pub values: Vec<Life>,
    /// The loop, if the trace has one.
    pub repeat: Option<Loop>,
    /// Number of exits.
    pub exits: usize,
    /// Sum of the lengths of the exits' live lists.
    pub exit_values: usize,
}

/// Items with their indices, the first one's being `first`.
#[inline(always)]
pub fn numbered<T>(first: usize, items: &[T]) -> impl Iterator<Item = (usize, &T)> {
    items.iter().enumerate().map(move |(k, item)| (first + k, item))
}

/// Makes a table of working memory `len` long, with new entries throughout.
#[inline(always)]
pub fn renew<T: Copy>(table: &mut Vec<T>, len: usize, entry: impl Fn(usize) -> T) {
    if table.len() != len {
        table.resize(len, entry(0));
    }
    for (i, place) in table.iter_mut().enumerate() {
        *place = entry(i);
    }
}

/// The live values of a snapshot, or nothing where the trace is malformed.
#[inline(always)]
pub fn live_values(trace: &Trace, snapshot: SnapshotId) -> Option<&[Val]> {
    let s = trace.snapshots.get(snapshot.0 as usize)?;
    trace.snap_live.get(s.live_start as usize..)?.get(..s.live_len as usize)
}

/// The arguments of a jump, or nothing where the trace is malformed.
#[inline(always)]
pub fn jump_values<'a>(trace: &'a Trace, op: &Op) -> Option<&'a [Val]> {
    if !matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace) {
        return None;
    }
    let (start, len) = op.jump_range();
    trace.jump_args.get(start..)?.get(..len)
}

impl Liveness {
    /// Computes all of it, and what `NOTES` asks for. `observe` is [`Observer::op`].
    pub fn compute<const NOTES: u8>(
        &mut self,
        trace: &Trace,
        table: &OpTable,
        observe: impl FnMut(usize, &Op, &OpRow, usize),
    ) -> Result<(), AllocError> {
        self.compute_for::<NOTES>(trace, table, Ops(observe))
    }

    /// The same while somebody looks on.
    pub fn compute_for<const NOTES: u8>(
        &mut self,
        trace: &Trace,
        table: &OpTable,
        mut observer: impl Observer,
    ) -> Result<(), AllocError> {
        self.repeat = shape(trace)?;
        self.exits = 0;
        self.exit_values = 0;
        let nobody = trace.ops.len();
        renew(&mut self.values, nobody + 1, |i| {
            let benefit = if NOTES == OCCURRENCES { occurrence(i, 3) as i32 } else { 0 };
            Life { last: after(i), benefit, ..Life::NOBODY }
        });
        for block in &trace.blocks {
            let (first, end) = (block.first as usize, block.end as usize);
            let (outer, weight) = match self.repeat {
                Some(l) if l.contains(first) => (l.first, LOOP_WEIGHT),
                _ => (0, 1),
            };
            let values = &mut self.values[..=nobody];
            let body = first + block.params as usize..end - 1;
            for (i, op) in numbered(body.start, &trace.ops[body]) {
                let row = table.row(op.opcode);
                let facts = row.facts;
                let mut read = |k: usize| {
                    let v = op.args[k].op_or_beyond().min(nobody);
                    let life = &mut values[v];
                    life.last = before(i);
                    if NOTES == OCCURRENCES && row.gain(k) > 0 {
                        let there = life.benefit as u32;
                        // An operand that is there twice is used once, at its first place.
                        if there / 4 != i as u32 {
                            life.benefit = occurrence(i, k) as i32;
                            observer.use_of(v, there, i, outer);
                        }
                    }
                    if NOTES == BENEFITS {
                        life.benefit = life.benefit.wrapping_add(weight * row.gain(k));
                    }
                    if NOTES == READERS {
                        life.benefit = if life.benefit == 0 { i as i32 } else { MANY };
                    }
                };
                read(0);
                read(1);
                if facts.has_third_operand() {
                    read(2);
                }
                if NOTES == BENEFITS {
                    let benefit = &mut values[i].benefit;
                    *benefit = benefit.wrapping_add(weight * row.gain(3));
                }
                if facts.exits() {
                    let Some(live) = live_values(trace, op.snapshot) else {
                        return Err(AllocError::Malformed { op: i });
                    };
                    self.exits += 1;
                    self.exit_values += live.len();
                    for val in live {
                        // Unlike operands these all are values: that is foreseen.
                        if let Some(life) = values.get_mut(val.op_or_beyond()) {
                            life.last = after(i);
                        }
                    }
                }
                if facts.is_terminator() | facts.is_param() {
                    return Err(AllocError::Malformed { op: i });
                }
                observer.op(i, op, row, outer);
            }
            self.terminator(trace, end - 1)?;
        }
        if let Some(repeat) = self.repeat {
            self.repeat_reads(repeat);
        }
        self.values[nobody] = Life::NOBODY;
        Ok(())
    }

    /// What the loop reads and does not define is read again in the next iteration.
    fn repeat_reads(&mut self, repeat: Loop) {
        let in_loop = before(repeat.first)..=after(repeat.jump);
        for life in &mut self.values[..repeat.first] {
            if in_loop.contains(&life.last) {
                life.last = after(repeat.jump);
            }
        }
    }

    fn terminator(&mut self, trace: &Trace, i: usize) -> Result<(), AllocError> {
        let op = &trace.ops[i];
        let malformed = AllocError::Malformed { op: i };
        let (values, position) = if op.opcode.can_exit() {
            let live = live_values(trace, op.snapshot).ok_or(malformed.clone())?;
            self.exits += 1;
            self.exit_values += live.len();
            (live, after(i))
        } else {
            (jump_values(trace, op).ok_or(malformed.clone())?, before(i))
        };
        for &val in values {
            if let Some(v) = val.as_value() {
                if v >= i {
                    return Err(malformed);
                }
                self.values[v].last = position;
            } else if val.as_const().is_none_or(|c| c >= trace.consts.len()) {
                return Err(malformed);
            }
        }
        Ok(())
    }
}

/// Checks the blocks and finds the loop.
fn shape(trace: &Trace) -> Result<Option<Loop>, AllocError> {
    let mut next = 0;
    let mut repeat = None;
    for (b, block) in trace.blocks.iter().enumerate() {
        let Block { first, end, params } = *block;
        let malformed = Err(AllocError::Malformed { op: first as usize });
        if first != next || u64::from(first) + u64::from(params) >= u64::from(end) {
            return malformed;
        }
        next = end;
        let Some(ops) = trace.ops.get(block.ops()) else { return malformed };
        if !ops[..params as usize].iter().all(|op| op.opcode.is_param()) {
            return malformed;
        }
        let jump = end as usize - 1;
        let op = &trace.ops[jump];
        if !op.opcode.is_terminator() {
            return Err(AllocError::Malformed { op: jump });
        }
        if op.opcode != Opcode::Jump {
            continue;
        }
        let target = usize::try_from(op.imm).ok().and_then(|t| Some((t, trace.blocks.get(t)?)));
        let args = jump_values(trace, op);
        match (target, args) {
            (Some((t, to)), Some(args)) if t > 0 && args.len() == to.params as usize => {
                if t <= b {
                    if repeat.is_some() {
                        return Err(AllocError::Malformed { op: jump });
                    }
                    let first = to.first as usize;
                    repeat = Some(Loop { first, params: to.params as usize, jump });
                }
            }
            _ => return Err(AllocError::Malformed { op: jump }),
        }
    }
    if next as usize != trace.ops.len() || trace.blocks.is_empty() {
        return Err(AllocError::Malformed { op: next as usize });
    }
    Ok(repeat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Allowed, Constraint, RegFile};
    use tierlab_trace::parse::parse_trace;

    const TRACE: &str = r#"
trace loop "a.py:1"
entry s0
block0(%0: i64, %1: i64):
  %2: i64 = add %0, %0
  jump block1(%2)
block1(%4: i64):
  %5: i64 = add_ovf %4, %1 -> exit s1
  %6: i64 = sub %5, %4
  %7: i64 = sub %5, 1
  jump block1(%6)
snapshots:
  s0 = code 0 @0 height 2 { 0: %0, 1: %1 }
  s1 = code 0 @0 height 2 { 0: %5, 1: %0 }
"#;

    fn slots_at_calls(op: Opcode) -> &'static Constraint {
        static CALL: Constraint = Constraint { result: Allowed::ANY, ..Constraint::SLOTS };
        static ANY: Constraint = Constraint::ANY;
        if op.is_call() { &CALL } else { &ANY }
    }

    #[test]
    fn values_die_at_their_last_read_and_invariants_with_the_loop() {
        let trace = parse_trace(TRACE, &Default::default()).expect("it parses");
        let file =
            RegFile { ints: 5, floats: 8, constraint: slots_at_calls, immediate: |_, _, _| false };
        let mut table = OpTable::default();
        table.prepare(&file);
        let mut liveness = Liveness::default();
        let mut seen = Vec::new();
        let result = liveness.compute::<BENEFITS>(&trace, &table, |i, _, _, in_loop| {
            seen.push((i, in_loop));
        });
        assert_eq!(result, Ok(()));
        assert_eq!(seen, [(2, 0), (5, 4), (6, 4), (7, 4)]);
        let repeat = Loop { first: 4, params: 1, jump: 8 };
        assert_eq!(liveness.repeat, Some(repeat));
        assert_eq!((liveness.exits, liveness.exit_values), (1, 2));
        let last: Vec<Pos> = liveness.values.iter().map(|life| life.last).collect();
        let through = after(8);
        // %0: the exit reads it in the loop; %1: the loop's op does; %7: nobody reads it.
        let expected = [through, through, before(3), 7, before(6), before(7), before(8), after(7)];
        assert_eq!(last[..8], expected);
        // One use and the definition in the loop; for %1 one use.
        let access = crate::facts::ACCESS;
        assert_eq!(liveness.values[1].benefit, LOOP_WEIGHT * access);
        assert_eq!(liveness.values[6].benefit, LOOP_WEIGHT * access);
        assert_eq!(liveness.values[2].benefit, access);
    }
}
