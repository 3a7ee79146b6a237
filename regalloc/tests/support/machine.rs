//! A machine that runs an allocated trace on numbers: the second opinion on the checker.
//!
//! Every value that an op defines is a new number, every constant the number of its bits; copies
//! and parameters pass numbers on. The loop runs a few times, no exit is taken, and at every read the
//! number found must be the number that the value has at that moment. For a path without
//! branches this is exact, and it knows nothing of sets, meetings or fixpoints.

use tierlab_regalloc::checker::{Symbol, Where};
use tierlab_regalloc::{Allocation, Clobbers, Input, Loc, LocKind};
use tierlab_trace::ir::{Const, Trace, Val};
use tierlab_trace::ops::Opcode;

/// Passes of the loop: three show what is wrong from the second on.
const PASSES: usize = 3;

struct Machine<'a> {
    trace: &'a Trace,
    allocation: &'a Allocation,
    places: std::collections::HashMap<Loc, u64>,
    values: Vec<u64>,
    next: u64,
    /// Jumps that were taken.
    jumps: usize,
    /// Reads to watch, and those that were right.
    watched: Option<(usize, Where, Loc)>,
    right: Vec<Read>,
}

/// A read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The op that reads.
    pub op: usize,
    /// Which part of it.
    pub at: Where,
    /// Where it reads.
    pub loc: Loc,
    /// The value that it should find.
    pub expected: Val,
    /// How many jumps have been taken before.
    pub jumps: usize,
    /// The number that it finds.
    found: Option<u64>,
    /// The values' numbers at that time.
    values: Vec<u64>,
}

impl Read {
    /// Whether the place holds that.
    pub fn finds(&self, symbol: Symbol) -> bool {
        self.found
            == Some(match symbol {
                Symbol::Value(v) => self.values[v as usize],
                Symbol::Bits(bits) => number_of_bits(bits),
            })
    }
}

/// Whether a read finds a wrong number.
pub fn goes_wrong(input: &Input, allocation: &Allocation) -> bool {
    first_wrong(input, allocation).is_some()
}

/// The first read that finds a wrong number.
pub fn first_wrong(input: &Input, allocation: &Allocation) -> Option<Read> {
    run(input, allocation, None).0
}

/// The same; and reads by that part of that op, there, that found the right number before.
pub fn run(
    input: &Input,
    allocation: &Allocation,
    watched: Option<(usize, Where, Loc)>,
) -> (Option<Read>, Vec<Read>) {
    let trace = input.trace;
    let mut machine = Machine {
        trace,
        allocation,
        places: Default::default(),
        values: vec![0; trace.ops.len()],
        next: 1 << 40,
        jumps: 0,
        watched,
        right: Vec::new(),
    };
    for p in trace.blocks[0].param_ops() {
        machine.next += 1;
        machine.values[p] = machine.next;
        let arrival = input.incoming.map_or(Loc::slot(p as u32), |l| l[p]);
        machine.places.insert(arrival, machine.next);
    }
    let wrong = machine.run(input).err();
    (wrong, machine.right)
}

fn number_of_bits(bits: u64) -> u64 {
    (bits ^ bits >> 31).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63
}

impl Machine<'_> {
    fn number(&self, val: Val) -> u64 {
        match self.trace.const_of(val) {
            Some(c) => number_of_bits(Const::bits(c)),
            None => self.values[val.as_value().expect("it is a value")],
        }
    }

    fn at(&self, loc: Loc) -> Option<u64> {
        match loc.kind() {
            LocKind::Const => Some(self.number(Val::constant(loc.index() as usize))),
            _ => self.places.get(&loc).copied(),
        }
    }

    fn reads(&mut self, op: usize, at: Where, loc: Loc, expected: Val) -> Result<(), Read> {
        let found = self.at(loc);
        let right = found == Some(self.number(expected));
        if right && self.watched != Some((op, at, loc)) {
            return Ok(());
        }
        let (jumps, values) = (self.jumps, self.values.clone());
        let read = Read { op, at, loc, expected, jumps, found, values };
        if right {
            self.right.push(read);
            return Ok(());
        }
        Err(read)
    }

    fn run(&mut self, input: &Input) -> Result<(), Read> {
        let trace = self.trace;
        let exits = trace.exits();
        let mut block = 0;
        for _ in 0..trace.blocks.len() + PASSES {
            for i in trace.blocks[block].param_ops() {
                let loc = self.allocation.locs[i].result;
                self.reads(i, Where::Result, loc, Val::value(i))?;
            }
            let body = trace.blocks[block].param_ops().end..trace.blocks[block].end as usize;
            for i in body.clone() {
                for edit in self.allocation.edits.iter().filter(|e| e.op as usize == i) {
                    match self.at(edit.from) {
                        Some(number) => self.places.insert(edit.to, number),
                        None => self.places.remove(&edit.to),
                    };
                }
                self.op(i, input)?;
                if let Some(e) = exits.iter().position(|e| e.op as usize == i) {
                    let live = trace.live_of(exits[e].snapshot);
                    let locs = self.allocation.exit(e, live.len());
                    for (k, (&val, &loc)) in live.iter().zip(locs).enumerate() {
                        self.reads(i, Where::Exit(k as u32), loc, val)?;
                    }
                }
            }
            let i = body.end - 1;
            let jump = &trace.ops[i];
            if jump.opcode != Opcode::Jump {
                return Ok(());
            }
            block = jump.imm as usize;
            let args = trace.args_of_jump(jump);
            let params = trace.blocks[block].param_ops();
            for (k, (p, &arg)) in params.clone().zip(args).enumerate() {
                let loc = self.allocation.locs[p].result;
                self.reads(i, Where::Argument(k as u32), loc, arg)?;
            }
            let numbers: Vec<u64> = args.iter().map(|&arg| self.number(arg)).collect();
            for (p, number) in params.zip(numbers) {
                self.values[p] = number;
            }
            self.jumps += 1;
        }
        Ok(())
    }

    fn op(&mut self, i: usize, input: &Input) -> Result<(), Read> {
        let op = &self.trace.ops[i];
        let locs = self.allocation.locs[i];
        for (k, &val) in op.operands().iter().enumerate() {
            self.reads(i, Where::Operand(k as u8), locs.args[k], val)?;
        }
        if op.opcode == Opcode::JumpTrace {
            for (k, &arg) in self.trace.args_of_jump(op).iter().enumerate() {
                self.reads(i, Where::Argument(k as u32), Loc::slot(k as u32), arg)?;
            }
        }
        let Clobbers { ints, floats } = (input.file.constraint)(op.opcode).clobbers;
        self.places.retain(|loc, _| match loc.kind() {
            LocKind::Int => ints & (1 << loc.index()) == 0,
            LocKind::Float => floats & (1 << loc.index()) == 0,
            _ => true,
        });
        if op.result().is_some() {
            self.next += 1;
            let copy = matches!(op.opcode, Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef);
            self.values[i] = if copy { self.number(op.args[0]) } else { self.next };
            self.places.insert(locs.result, self.values[i]);
        }
        Ok(())
    }
}
