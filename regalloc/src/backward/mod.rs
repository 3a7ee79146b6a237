//! One pass from the end of the trace to its start, which chooses registers and writes edits as it goes.
//!
//! After Mike Pall's reverse linear-scan allocator (LuaJIT 2, `lj_asm.c`, 2009). Going backward,
//! a value is met at its last use first: there it gets a register, and its definition gives it back. No
//! intervals are built. Taken from there:
//! * Where no register is free, the *cheapest* value in one is evicted: it is restored behind the
//!   op at hand, and stored once, right behind its definition, wherever it is evicted. Cheap is what was
//!   defined early, which tends to be needed over the longest stretch; dearer, as if defined some ops later, are
//!   values that the loop carries; cheapest of all are constants, which are made again, never stored.
//! * Where no register is free, an operand may be read from its slot.
//! * Of the values that arguments and parameters of the loop are, the argument at the jump back comes first
//!   and says in which register the parameter arrives; that register is the hint for the parameter. Where
//!   the parameter is elsewhere in the loop, the first op is preceded by moves.
//! * A value from before the loop takes a register that the loop has not written, as far as the scan has
//!   come; others take those that it has. At the header it stays for the whole loop if nothing else
//!   has written its register. Otherwise it is moved there from one that the loop leaves alone, or restored, in each pass.
//!
//! Where it departs:
//! * An operand stays in its slot if it is cheaper than all that could be evicted; in LuaJIT if it has a slot
//!   already or is from before the loop. What would have to be stored is dearer than what has been stored.
//! * LuaJIT reads a value that has a slot from there at exits. Here an exit names the register, if the value is in
//!   one. A value that only exits have read so far is held *weakly*: evicted first, without being restored,
//!   since its exits find it in its slot just as well.
//! * Of several loop-carried values, those get registers that gain most, and the others are born in the
//!   parameter's slot where that is dead by then; LuaJIT takes them in order.
//! * Registers to move things out of the way of fixed operands and destroyed registers are looked for before
//!   slots are. Any operand may be restricted, so an op's operands are matched with registers together.
//! * Constants that an op wants in a slot, or that find no register at all, have one that is written at the entry.
//! * Machine code is not made on the way.
//!
//! Terms. The state is what the code *behind* the point of the scan asks for: a value is *wanted* in a register, in its
//! slot, or both. An *entity* is a value or, numbered behind the last op, a constant. `outer` entities, in a loop, are
//! constants and values from before it.
//!
//! Invariants.
//! * Each entity is wanted in at most one register, and each busy register is wanted for one entity. An edit
//!   at the point of the scan takes the wish from its destination to its source, so edits need no
//!   regard for each other, but for parallel moves at block boundaries.
//! * While an op runs, from its first write to the edits behind it, nothing that outlives it is in what it destroys, nor
//!   where its result is. Exits are read then: if something is evicted for an operand's sake, its place in
//!   the op's own exit changes with it.
//! * A slot holds its value from the definition on. In a loop, slots of outer values, and those that exits behind
//!   the point of the scan read, have never been given to another value.

mod edges;
mod operands;
mod state;

use crate::facts::OpTable;
use crate::liveness::{BENEFITS, Liveness, live_values};
use crate::moves::ParallelMoves;
use crate::regset::RegSet;
use crate::slots::{Slots, is_pinned, unpinned};
use crate::{AllocError, Allocation, Edit, Input, Loc, OpLocs, Strategy};
use state::{Home, NO_ENTRY, Scan};
use tierlab_trace::ir::Op;

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct Backward {
    liveness: Liveness,
    table: OpTable,
    buffers: Buffers,
}

/// Buffers of a scan, kept between traces.
#[derive(Debug, Default)]
struct Buffers {
    /// Per entity.
    homes: Vec<Home>,
    /// Per place in an exit: the place, in the next exit, of the same value in the same register, as long as
    /// it is held weakly from here to there.
    chain: Vec<u32>,
    slots: Slots,
    moves: ParallelMoves,
    ordered: Vec<Edit>,
    /// Ops that destroy registers, in order.
    destroyers: Vec<(u32, RegSet)>,
    /// Loop parameters by what a register gains.
    gains: Vec<(i32, u32)>,
    /// Per low slot, the last read of what arrives there; 0 where nothing does.
    arrivals: Vec<u32>,
}

impl Strategy for Backward {
    fn name(&self) -> &'static str {
        "backward"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let Backward { liveness, table, buffers } = self;
        let trace = input.trace;
        table.prepare(input.file);
        buffers.destroyers.clear();
        let all = RegSet(input.file.registers());
        liveness.compute::<BENEFITS>(trace, table, |i, _, row, _| {
            let destroyed = row.clobbers & all;
            if !destroyed.is_empty() {
                buffers.destroyers.push((i as u32, destroyed));
            }
        })?;
        out.locs.clear();
        out.locs.resize(trace.ops.len(), OpLocs::NONE);
        out.edits.clear();
        out.exit_starts.clear();
        out.exit_starts.resize(liveness.exits, 0);
        out.exit_locs.clear();
        out.exit_locs.resize(liveness.exit_values, Loc::NONE);
        buffers.chain.clear();
        buffers.chain.resize(liveness.exit_values, NO_ENTRY);
        buffers.homes.clear();
        buffers.homes.resize(trace.ops.len() + trace.consts.len(), Home::NOWHERE);
        Scan::new(input, table, liveness, buffers, out).run()
    }
}

impl Scan<'_> {
    fn run(mut self) -> Result<(), AllocError> {
        let trace = self.trace;
        self.arrive()?;
        for (b, block) in trace.blocks.iter().enumerate().rev() {
            let jump = block.end as usize - 1;
            self.terminator(b, jump)?;
            let body = block.param_ops().end..jump;
            for (i, op) in body.clone().zip(&trace.ops[body]).rev() {
                self.op(i, op)?;
            }
            match self.repeat {
                _ if b == 0 => self.entry(block),
                Some(repeat) if repeat.first == block.first as usize => self.header(repeat),
                _ => self.parameters(block),
            }
        }
        self.out.edits.reverse();
        self.out.slots = self.slots.count();
        Ok(())
    }

    /// Op `i`, that is no parameter and no terminator.
    #[inline]
    fn op(&mut self, i: usize, op: &Op) -> Result<(), AllocError> {
        let table = self.table;
        let row = table.row(op.opcode);
        let facts = row.facts;
        let destroyed = row.clobbers & self.all;
        self.closed = destroyed;
        self.own_exit = 0..0;
        let mut result = Loc::NONE;
        if facts.has_result() {
            result = self.result(i, op, row)?;
            self.written |= RegSet::of(result);
            self.closed |= RegSet::of(result);
        }
        if !destroyed.is_empty() {
            self.destroyers.pop();
            self.written |= destroyed;
            let mut lost = (self.busy & destroyed) - RegSet::of(result);
            while !lost.is_empty() {
                let register = lost.lowest();
                lost -= RegSet::of(register);
                self.displace(i, register);
            }
        }
        if facts.exits() {
            self.exit(i, op, result)?;
        }
        self.release(result);
        let args = self.operands(i, op, row, result)?;
        if facts.has_result() {
            let home = std::mem::replace(&mut self.homes[i], Home::NOWHERE);
            let own = home.slot.is_slot() & !is_pinned(home.slot);
            self.slots.give_if(home.slot.index(), own);
        }
        self.out.locs[i] = OpLocs { args, result };
        Ok(())
    }

    /// Where the exit of op `i` finds its values. Those without a place get one: a register that is free, or a
    /// slot.
    pub(self) fn exit(&mut self, i: usize, op: &Op, result: Loc) -> Result<(), AllocError> {
        let malformed = AllocError::Malformed { op: i };
        let Some(live) = live_values(self.trace, op.snapshot) else { return Err(malformed) };
        let (Some(start), Some(number)) =
            (self.exit_start.checked_sub(live.len()), self.exits.checked_sub(1))
        else {
            return Err(malformed);
        };
        self.own_exit = start as u32..self.exit_start as u32;
        self.exit_start = start;
        self.exits = number;
        self.out.exit_starts[number] = start as u32;
        for (at, val) in (start..).zip(live) {
            let Some(v) = val.as_value() else { continue };
            if v == i {
                self.out.exit_locs[at] = result;
                continue;
            }
            let class = self.class_of_value(v, i).ok_or(AllocError::Malformed { op: i })?;
            let mut home = self.homes[v];
            if !home.register.is_register() && home.slot == Loc::NONE {
                let free = (self.all & RegSet::class(class)) - self.busy - self.closed;
                if free.is_empty() {
                    self.slot_of(v);
                } else {
                    let register = self.pick(v, free, RegSet::EMPTY);
                    self.occupy(register, v);
                    self.weak |= RegSet::of(register);
                    self.homes[v].head = NO_ENTRY;
                }
                home = self.homes[v];
            }
            self.out.exit_locs[at] = if home.register.is_register() {
                let weak = self.weak.meets(RegSet::of(home.register));
                self.chain[at] = if weak { home.head } else { NO_ENTRY };
                self.homes[v].head = at as u32;
                home.register
            } else {
                unpinned(home.slot)
            };
        }
        Ok(())
    }
}
