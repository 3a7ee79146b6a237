//! A machine that runs an allocated trace on numbers: the second opinion on the checker.
//!
//! Every value that an op defines is a new number, every constant the number of its bits; copies
//! and parameters pass numbers on. The loop runs a few times, no exit is taken, and at every read the
//! number found must be the number that the value has at that moment. For a path without
//! branches this is exact, and it knows nothing of sets, meetings or fixpoints.

use tierlab_regalloc::{Allocation, Clobbers, Input, Loc, LocKind};
use tierlab_trace::ir::{Trace, Val};
use tierlab_trace::ops::Opcode;

/// Passes of the loop: three show what is wrong from the second on.
const PASSES: usize = 3;

struct Machine<'a> {
    trace: &'a Trace,
    allocation: &'a Allocation,
    places: std::collections::HashMap<Loc, u64>,
    values: Vec<u64>,
    next: u64,
}

/// Whether a read finds a wrong number.
pub fn goes_wrong(input: &Input, allocation: &Allocation) -> bool {
    let trace = input.trace;
    let mut machine = Machine {
        trace,
        allocation,
        places: Default::default(),
        values: vec![0; trace.ops.len()],
        next: 1 << 40,
    };
    for p in trace.blocks[0].param_ops() {
        machine.next += 1;
        machine.values[p] = machine.next;
        let arrival = input.incoming.map_or(Loc::slot(p as u32), |l| l[p]);
        machine.places.insert(arrival, machine.next);
    }
    machine.run(input).is_none()
}

impl Machine<'_> {
    fn number(&self, val: Val) -> u64 {
        match self.trace.const_of(val) {
            Some(c) => c.bits().wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63,
            None => self.values[val.as_value().expect("it is a value")],
        }
    }

    fn at(&self, loc: Loc) -> Option<u64> {
        match loc.kind() {
            LocKind::Const => Some(self.number(Val::constant(loc.index() as usize))),
            _ => self.places.get(&loc).copied(),
        }
    }

    fn reads(&self, loc: Loc, val: Val) -> Option<()> {
        (self.at(loc)? == self.number(val)).then_some(())
    }

    /// `None` where a wrong number is read.
    fn run(&mut self, input: &Input) -> Option<()> {
        let trace = self.trace;
        let exits = trace.exits();
        let mut block = 0;
        for _ in 0..trace.blocks.len() + PASSES {
            for i in trace.blocks[block].param_ops() {
                self.reads(self.allocation.locs[i].result, Val::value(i))?;
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
                    for (&val, &loc) in live.iter().zip(self.allocation.exit(e, live.len())) {
                        self.reads(loc, val)?;
                    }
                }
            }
            let jump = &trace.ops[body.end - 1];
            if jump.opcode != Opcode::Jump {
                return Some(());
            }
            block = jump.imm as usize;
            let args: Vec<u64> =
                trace.args_of_jump(jump).iter().map(|&arg| self.number(arg)).collect();
            for (p, number) in trace.blocks[block].param_ops().zip(args) {
                self.values[p] = number;
            }
        }
        Some(())
    }

    fn op(&mut self, i: usize, input: &Input) -> Option<()> {
        let op = &self.trace.ops[i];
        let locs = self.allocation.locs[i];
        for (k, &val) in op.operands().iter().enumerate() {
            self.reads(locs.args[k], val)?;
        }
        if op.opcode == Opcode::JumpTrace {
            for (k, &arg) in self.trace.args_of_jump(op).iter().enumerate() {
                self.reads(Loc::slot(k as u32), arg)?;
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
        Some(())
    }
}
