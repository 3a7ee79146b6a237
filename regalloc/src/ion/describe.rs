//! From a trace to a [`Body`].
//!
//! What becomes of what:
//! * The entry block's parameters are defined by a first step ([`Does::Arrive`]), in the register
//!   that they arrive in or anywhere; regalloc2 allows the entry block none.
//! * A constant that is no immediate is a value, defined by a step of ours: before the jump into
//!   the loop where the loop's ops read it, else just before its use. Where only a slot will do it is
//!   none: it gets a slot for the whole trace.
//! * What an exit reads is, mostly, nothing: the value is live and therefore somewhere, and where,
//!   the translation back keeps track of. Only where the exit is the last to read it there is a late
//!   read, anywhere; and one in a slot for a value that lives through the loop for exits only. So
//!   reads that cost nothing weigh nothing in regalloc2's decisions.
//! * For that, each block behind the entry has a list of values [`Body::known`] at its start, all
//!   that live then. The backtracking allocator tells their places when asked for debug labels; the single-pass one
//!   does not, and gets a step that reads them ([`Does::Start`]).
//! * The result of an op that destroys registers is fixed in the lowest of these, as in calling
//!   conventions: regalloc2 gives destroyed registers to no other result.
//! * A position that takes some registers only is fixed in one of them; if it takes slots too, in a
//!   slot. regalloc2 knows no other sets than all and one.
//! * `jump_trace` reads its arguments anywhere; moving them to their slots is ours.
//!
//! Invariants. Each value has one request per step and time (early or late): regalloc2 does not take
//! two with different constraints. Where two operands ask for different places, or where a read would
//! keep a value in a register that the op overwrites though its exit reads the value too, the
//! operand is a copy ([`Does::Copy`]). Operands of the wrong class, or read before
//! they are defined, are refused here: regalloc2 assumes that there are none.

use super::body::{Body, CLASSES, Does, Known, Row, Seat, Step, class_index, preg};
use crate::facts::{FLOAT, Facts, INT};
use crate::liveness::{Liveness, after, before, jump_values, live_values};
use crate::{AllocError, Allowed, Constraint, Input, LocKind, arrival};
use ::regalloc2::{
    Block, Inst, Operand, OperandConstraint, OperandKind, OperandPos, PRegSet, VReg,
};
use tierlab_trace::ir::{self, Op, Val};
use tierlab_trace::layout::SAVED_INTS;
use tierlab_trace::ops::{Opcode, Type};

/// How to describe a trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mode {
    /// Exits find all values in slots, and operands that want registers are copies wherever an exit
    /// reads the value as well: then each op has the registers for itself.
    pub apart: bool,
    /// For the single-pass allocator. A result that is asked for in a certain place is copied to where
    /// it will live, since that allocator moves such a result home and to its slot in the wrong order.
    pub single_pass: bool,
}

/// Working memory, kept between traces.
#[derive(Debug, Default)]
pub struct Notes {
    /// Per value, the virtual register.
    values: Vec<VReg>,
    /// Per virtual register, the last step (from 1) whose exit or end reads it, and the request.
    asked: Vec<(u32, u32)>,
    /// Per constant, the virtual register that holds it in the loop.
    held: Vec<VReg>,
    /// Per value, whether something makes it live throughout the loop.
    anchored: Vec<bool>,
}

/// Describes the trace of `input`, whose shape `liveness` has found to be right.
pub fn describe(
    body: &mut Body,
    notes: &mut Notes,
    input: &Input,
    liveness: &Liveness,
    mode: Mode,
) -> Result<(), AllocError> {
    let n = input.trace.ops.len();
    body.clear();
    notes.asked.clear();
    notes.values.clear();
    notes.values.resize(n, VReg::invalid());
    notes.held.clear();
    notes.held.resize(input.trace.consts.len(), VReg::invalid());
    notes.anchored.clear();
    notes.anchored.resize(n, false);
    Describe { body, notes, input, liveness, mode, in_loop: false }.run()?;
    body.labels.sort_unstable_by_key(|label| (label.0.vreg(), label.1));
    Ok(())
}

fn class_of(ty: Type) -> usize {
    if ty == Type::F64 { FLOAT } else { INT }
}

/// What the operands of one op read, with the constraint of each.
#[derive(Default)]
struct Early {
    list: [Option<(VReg, OperandConstraint)>; 3],
    /// Of those that are copies, what is copied.
    copied: [Option<VReg>; 3],
}

struct Describe<'a> {
    body: &'a mut Body,
    notes: &'a mut Notes,
    input: &'a Input<'a>,
    liveness: &'a Liveness,
    mode: Mode,
    in_loop: bool,
}

impl Describe<'_> {
    fn run(&mut self) -> Result<(), AllocError> {
        let trace = self.input.trace;
        let header = self.liveness.repeat.map(|l| l.first as u32);
        for (b, block) in trace.blocks.iter().enumerate() {
            let first_step = self.body.steps.len() as u32;
            let first_param = self.body.params.len() as u32;
            self.in_loop |= header == Some(block.first);
            if b == 0 {
                self.arrive(block.params as usize)?;
            }
            let first_known = self.body.known.len() as u32;
            if b > 0 {
                self.start(block);
            }
            let last_param = self.body.params.len() as u32;
            let last_known = self.body.known.len() as u32;
            self.body.seats.resize(block.param_ops().end, [Seat::None; 4]);
            let jump = block.end as usize - 1;
            for i in block.param_ops().end..jump {
                self.op(i, &trace.ops[i])?;
            }
            let next = trace.blocks.get(b + 1).map(|next| next.first);
            if next.is_some() && next == header {
                self.hold_constants()?;
            }
            let first_arg = self.body.args.len() as u32;
            let target = self.terminator(jump, &trace.ops[jump])?;
            // Each block is reached from the one before it: so what is defined there is known here.
            let fits = match b + 1 == trace.blocks.len() {
                true => target.is_none_or(|t| t <= b),
                false => target == Some(b + 1),
            };
            if !fits {
                return Err(AllocError::Malformed { op: jump });
            }
            self.body.rows.push(Row {
                steps: (first_step, self.body.steps.len() as u32),
                known: (first_known, last_known),
                param_ops: (block.first, block.first + block.params),
                params: (first_param, last_param),
                args: (first_arg, self.body.args.len() as u32),
                succ: [Block::new(target.unwrap_or(0))],
                jumps: target.is_some(),
                preds: [Block::new(b.saturating_sub(1)); 2],
                pred_count: usize::from(b > 0),
            });
            self.in_loop &= self.liveness.repeat.is_none_or(|l| l.jump != jump);
        }
        for b in 0..self.body.rows.len() {
            let target = self.body.rows[b].succ[0].index();
            if self.body.rows[b].jumps && target <= b {
                self.body.rows[target].preds[1] = Block::new(b);
                self.body.rows[target].pred_count = 2;
            }
        }
        Ok(())
    }

    /// Starts a step.
    fn step(&mut self, does: Does) {
        let requests = self.body.requests.len() as u32;
        self.body.steps.push(Step { does, requests, clobbers: PRegSet::empty() });
    }

    /// Adds a request to the last step; returns its number.
    fn request(
        &mut self,
        vreg: VReg,
        constraint: OperandConstraint,
        kind: OperandKind,
        pos: OperandPos,
    ) -> u32 {
        let start = self.body.steps.last().map_or(0, |s| s.requests);
        self.body.requests.push(Operand::new(vreg, constraint, kind, pos));
        self.body.requests.len() as u32 - 1 - start
    }

    fn define(&mut self, vreg: VReg, constraint: OperandConstraint) -> u32 {
        self.request(vreg, constraint, OperandKind::Def, OperandPos::Late)
    }

    fn read(&mut self, vreg: VReg, constraint: OperandConstraint) -> u32 {
        self.request(vreg, constraint, OperandKind::Use, OperandPos::Early)
    }

    /// What a terminator or an exit reads: the same value may be there twice.
    fn read_once(&mut self, vreg: VReg, place: OperandConstraint, pos: OperandPos) -> Seat {
        let step = self.body.steps.len() as u32;
        let asked = self.notes.asked[vreg.vreg()];
        if asked.0 == step {
            return Seat::Request(asked.1);
        }
        let request = self.request(vreg, place, OperandKind::Use, pos);
        self.notes.asked[vreg.vreg()] = (step, request);
        Seat::Request(request)
    }

    fn fresh(&mut self, class: usize) -> VReg {
        let vreg = VReg::new(self.body.vregs, CLASSES[class & 1]);
        self.body.vregs += 1;
        self.notes.asked.push((0, 0));
        vreg
    }

    /// What to ask for where any place will do.
    fn anywhere(&self, class: usize) -> OperandConstraint {
        match self.registers(class) {
            0 => OperandConstraint::Stack,
            _ => OperandConstraint::Any,
        }
    }

    fn registers(&self, class: usize) -> u32 {
        let file = self.input.file;
        let n = if class == FLOAT { file.floats } else { file.ints };
        (1u32 << n.min(SAVED_INTS as u8)) - 1
    }

    /// The value `v`, which op `i` reads, if it is defined by now and of the class.
    fn value(&self, i: usize, v: usize, class: usize) -> Result<VReg, AllocError> {
        match self.notes.values.get(v) {
            Some(&vreg) if vreg != VReg::invalid() && vreg.class() == CLASSES[class & 1] => {
                Ok(vreg)
            }
            _ => Err(AllocError::Malformed { op: i }),
        }
    }

    fn arrive(&mut self, n: usize) -> Result<(), AllocError> {
        let mut taken = [0u32; 2];
        self.step(Does::Arrive);
        for p in 0..n {
            let from = arrival(self.input.incoming, p)?;
            let Some(ty) = self.input.trace.ops[p].result() else {
                return Err(AllocError::Malformed { op: p });
            };
            let class = class_of(ty);
            let bit = 1u32.checked_shl(from.index()).unwrap_or(0);
            let own = from.is_register()
                && (from.kind() == LocKind::Float) == (class == FLOAT)
                && bit & self.registers(class) & !taken[class] != 0;
            let constraint = match own {
                true => OperandConstraint::FixedReg(preg(class, from.index())),
                false => self.anywhere(class),
            };
            taken[class] |= if own { bit } else { 0 };
            let vreg = self.fresh(class);
            self.define(vreg, constraint);
            self.notes.values[p] = vreg;
            self.body.arrivals.push(from);
        }
        Ok(())
    }

    /// Defines the parameters of a block and lists what is known at its start.
    fn start(&mut self, block: &ir::Block) {
        let trace = self.input.trace;
        let at = self.body.steps.len();
        let at_op = block.first as usize;
        let first = self.body.known.len();
        let mut dead = false;
        for p in block.param_ops() {
            let class = trace.ops[p].result().map_or(INT, class_of);
            let vreg = self.fresh(class);
            self.notes.values[p] = vreg;
            self.body.params.push(vreg);
            self.body.known.push(Known { vreg, request: None });
            dead |= self.dies(p);
        }
        for (v, &vreg) in self.notes.values[..block.first as usize].iter().enumerate() {
            let lives = self.liveness.values.get(v).is_some_and(|life| life.last > before(at_op));
            if lives && vreg != VReg::invalid() {
                self.body.known.push(Known { vreg, request: None });
            }
        }
        if self.in_loop {
            let held = self.notes.held.iter().filter(|&&vreg| vreg != VReg::invalid());
            self.body.known.extend(held.map(|&vreg| Known { vreg, request: None }));
        }
        if self.mode.single_pass || dead {
            self.step(Does::Start);
        }
        for k in first..self.body.known.len() {
            let vreg = self.body.known[k].vreg;
            let param = block.first as usize + (k - first);
            if self.mode.single_pass || (param < block.param_ops().end && self.dies(param)) {
                let request = self.read(vreg, self.anywhere(class_index(vreg)));
                self.body.known[k].request = Some(request);
            } else {
                let label = (vreg, Inst::new(at), Inst::new(at + 1), k as u32);
                self.body.labels.push(label);
            }
        }
    }

    /// Something in the loop reads that value, so that it lives throughout the loop if it was defined
    /// before.
    fn anchor(&mut self, arg: Val) {
        if let Some(anchored) = arg.as_value().and_then(|v| self.notes.anchored.get_mut(v)) {
            *anchored = true;
        }
    }

    /// Defines the constants that ops of the loop read from registers, before the jump there.
    fn hold_constants(&mut self) -> Result<(), AllocError> {
        let (trace, file) = (self.input.trace, self.input.file);
        let Some(repeat) = self.liveness.repeat else { return Ok(()) };
        let first = self.body.constants.len() as u32;
        let mut open = false;
        for arg in jump_values(trace, &trace.ops[repeat.jump]).unwrap_or(&[]) {
            self.anchor(*arg);
        }
        for i in repeat.first..repeat.jump {
            let op = &trace.ops[i];
            op.operands().iter().for_each(|&arg| self.anchor(arg));
            let allowed = (file.constraint)(op.opcode).operands;
            for (k, arg) in op.args.iter().enumerate() {
                let Some(c) = arg.as_const() else { continue };
                let Some(&constant) = trace.consts.get(c) else {
                    return Err(AllocError::Malformed { op: i });
                };
                if self.notes.held[c] != VReg::invalid()
                    || allowed[k].registers & self.registers(class_of(constant.ty())) == 0
                    || (file.immediate)(op.opcode, k, constant)
                {
                    continue;
                }
                if !open {
                    self.step(Does::Constants(first));
                    open = true;
                }
                let class = class_of(constant.ty());
                let vreg = self.fresh(class);
                self.define(vreg, self.anywhere(class));
                self.body.constants.push(c as u32);
                self.notes.held[c] = vreg;
            }
        }
        Ok(())
    }

    /// The virtual register of constant `c`, made before the step that comes next.
    fn constant(&mut self, i: usize, c: usize, class: usize) -> Result<VReg, AllocError> {
        let Some(constant) = self.input.trace.consts.get(c) else {
            return Err(AllocError::Malformed { op: i });
        };
        if class_of(constant.ty()) != class {
            return Err(AllocError::Malformed { op: i });
        }
        if self.in_loop && self.notes.held[c] != VReg::invalid() {
            return Ok(self.notes.held[c]);
        }
        self.step(Does::Constants(self.body.constants.len() as u32));
        let vreg = self.fresh(class);
        self.define(vreg, self.anywhere(class));
        self.body.constants.push(c as u32);
        Ok(vreg)
    }

    /// What to ask for where an op takes `allowed`, `taken` being registers that other operands are
    /// fixed in.
    fn constraint(
        &self,
        i: usize,
        allowed: Allowed,
        class: usize,
        taken: u32,
    ) -> Result<OperandConstraint, AllocError> {
        let usable = allowed.registers & self.registers(class);
        if allowed.slot {
            return Ok(match usable == 0 || allowed.is_restricted() {
                true => OperandConstraint::Stack,
                false => OperandConstraint::Any,
            });
        }
        match usable & !taken {
            0 if allowed.registers == 0 => Err(AllocError::Malformed { op: i }),
            0 => {
                let needed = (allowed.registers & !taken).trailing_zeros() as u8 + 1;
                Err(AllocError::TooFewRegisters { op: i, needed })
            }
            free if allowed.is_restricted() => {
                Ok(OperandConstraint::FixedReg(preg(class, free.trailing_zeros())))
            }
            _ => Ok(OperandConstraint::Reg),
        }
    }

    /// What to ask for for the operands of op `i`.
    fn constraints(
        &self,
        i: usize,
        op: &Op,
        facts: Facts,
        constraint: &Constraint,
    ) -> Result<[OperandConstraint; 3], AllocError> {
        let mut wanted = [OperandConstraint::Any; 3];
        let mut taken = [0u32; 2];
        let mut order = [0, 1, 2];
        // Those with the least choice first.
        order.sort_by_key(|&k| constraint.operands[k].registers.count_ones());
        for k in order.into_iter().filter(|&k| k < op.operands().len()) {
            let class = facts.operand_class(k);
            let twin = |j: &usize| {
                op.args[*j] == op.args[k] && constraint.operands[*j] == constraint.operands[k]
            };
            if let Some(j) = order.into_iter().take_while(|&j| j != k).find(twin) {
                wanted[k] = wanted[j];
                continue;
            }
            wanted[k] = self.constraint(i, constraint.operands[k], class, taken[class])?;
            if let OperandConstraint::FixedReg(register) = wanted[k] {
                taken[class] |= 1 << (register.hw_enc() & 31);
            }
        }
        Ok(wanted)
    }

    fn op(&mut self, i: usize, op: &Op) -> Result<(), AllocError> {
        let (trace, file) = (self.input.trace, self.input.file);
        let facts = Facts::of(op.opcode);
        let constraint = (file.constraint)(op.opcode);
        let live = match facts.exits() {
            true => live_values(trace, op.snapshot).ok_or(AllocError::Malformed { op: i })?,
            false => &[],
        };
        let clobbers = [constraint.clobbers.ints, constraint.clobbers.floats];
        let clobbers = [INT, FLOAT].map(|class| clobbers[class] & self.registers(class));
        let mut seats = [Seat::None; 4];
        self.too_few(i, op, facts)?;
        let mut early = self.operands(i, op, facts, constraint, &mut seats)?;
        for k in 0..3 {
            self.separate(k, i, live, clobbers, &mut early);
        }
        self.step(Does::Op(i as u32));
        for k in 0..3 {
            let Some((vreg, wanted)) = early.list[k] else { continue };
            let twin = (0..k).find(|&j| early.list[j].is_some_and(|(other, _)| other == vreg));
            seats[k] = match twin {
                Some(j) => seats[j],
                None => Seat::Request(self.read(vreg, wanted)),
            };
        }
        let mut destroyed = PRegSet::empty();
        for class in [INT, FLOAT] {
            for r in (0..32).filter(|r| clobbers[class] >> r & 1 != 0) {
                destroyed.add(preg(class, r));
            }
        }
        let mut moved = None;
        if facts.has_result() {
            let class = facts.result_class();
            let wanted = self.result(i, constraint, class, clobbers[class])?;
            if let OperandConstraint::FixedReg(register) = wanted {
                destroyed.remove(register);
            }
            let vreg = self.fresh(class);
            seats[3] = Seat::Request(self.define(vreg, wanted));
            self.notes.values[i] = vreg;
            if self.mode.single_pass && wanted != self.anywhere(class) && !self.dies(i) {
                moved = Some((vreg, wanted));
            }
        }
        if let Some(step) = self.body.steps.last_mut() {
            step.clobbers = destroyed;
        }
        self.exit(i, live, seats[3])?;
        self.body.seats.push(seats);
        if let Some((from, place)) = moved {
            self.notes.values[i] = self.copy(from, place);
        }
        Ok(())
    }

    /// What the operands of op `i` read, but for constants that stay where they are: those get their
    /// seats.
    fn operands(
        &mut self,
        i: usize,
        op: &Op,
        facts: Facts,
        constraint: &Constraint,
        seats: &mut [Seat; 4],
    ) -> Result<Early, AllocError> {
        let (trace, file) = (self.input.trace, self.input.file);
        let wanted = self.constraints(i, op, facts, constraint)?;
        let mut early = Early::default();
        for (k, &arg) in op.operands().iter().enumerate() {
            let class = facts.operand_class(k);
            let vreg = match (arg.as_value(), arg.as_const()) {
                (Some(v), _) => self.value(i, v, class)?,
                (_, Some(c)) => {
                    let Some(&constant) = trace.consts.get(c) else {
                        return Err(AllocError::Malformed { op: i });
                    };
                    if (file.immediate)(op.opcode, k, constant) {
                        seats[k] = Seat::Immediate(c as u32);
                        continue;
                    }
                    if wanted[k] == OperandConstraint::Stack {
                        seats[k] = Seat::ConstSlot(c as u32);
                        continue;
                    }
                    // The same constant may be there twice.
                    match (0..k).find(|&j| op.args[j] == arg).and_then(|j| early.list[j]) {
                        Some((vreg, _)) => vreg,
                        None => self.constant(i, c, class)?,
                    }
                }
                _ => return Err(AllocError::Malformed { op: i }),
            };
            early.list[k] = Some((vreg, wanted[k]));
        }
        Ok(early)
    }

    /// Where op `i` is to write its result: in one of the registers of the class that it destroys, if it
    /// does and has the choice.
    fn result(
        &self,
        i: usize,
        constraint: &Constraint,
        class: usize,
        clobbers: u32,
    ) -> Result<OperandConstraint, AllocError> {
        let wanted = self.constraint(i, constraint.result, class, 0)?;
        let fixed = matches!(wanted, OperandConstraint::FixedReg(_));
        if wanted == OperandConstraint::Stack || fixed || clobbers == 0 {
            return Ok(wanted);
        }
        Ok(OperandConstraint::FixedReg(preg(class, clobbers.trailing_zeros())))
    }

    /// Seats the live values of the exit of op `i`, whose own result has a seat already.
    fn exit(&mut self, i: usize, live: &[Val], result: Seat) -> Result<(), AllocError> {
        for val in live {
            let seat = if val.as_value() == Some(i) {
                result
            } else {
                let vreg = self.live_value(i, *val)?;
                if let Some(through) = self.reads_late(i, *val) {
                    self.anchor(*val);
                    let place = match self.mode.apart || through {
                        true => OperandConstraint::Stack,
                        false => self.anywhere(class_index(vreg)),
                    };
                    self.read_once(vreg, place, OperandPos::Late)
                } else {
                    Seat::Value(vreg.vreg() as u32)
                }
            };
            self.body.exit_seats.push(seat);
        }
        Ok(())
    }

    /// Whether a live value must be read by the exit of op `i` for regalloc2 to keep it until then;
    /// and if so, whether that is for the whole loop, in which no op reads it.
    fn reads_late(&self, i: usize, val: Val) -> Option<bool> {
        let v = val.as_value()?;
        let ends = self.liveness.values.get(v).is_none_or(|life| life.last == after(i));
        let header = self.liveness.repeat.map_or(0, |l| l.first);
        let through = self.in_loop && v < header && !self.notes.anchored[v];
        (ends || through).then_some(through)
    }

    /// Whether nothing reads the value of op `i` but its own exit.
    fn dies(&self, i: usize) -> bool {
        self.liveness.values.get(i).is_some_and(|life| life.last == after(i))
    }

    /// A copy of a value that is read in that place.
    fn copy(&mut self, from: VReg, place: OperandConstraint) -> VReg {
        let class = class_index(from);
        let to = self.fresh(class);
        self.step(Does::Copy);
        self.read(from, place);
        self.define(to, self.anywhere(class));
        to
    }

    /// What an exit at op `i` reads.
    fn live_value(&self, i: usize, val: Val) -> Result<VReg, AllocError> {
        let malformed = AllocError::Malformed { op: i };
        let v = val.as_value().ok_or(malformed.clone())?;
        let ty = self.input.trace.type_of(val).ok_or(malformed)?;
        self.value(i, v, class_of(ty))
    }

    /// Makes operand `k` a copy where regalloc2 needs one: see the invariants above.
    fn separate(
        &mut self,
        k: usize,
        i: usize,
        live: &[Val],
        clobbers: [u32; 2],
        early: &mut Early,
    ) {
        let Some((vreg, wanted)) = early.list[k] else { return };
        let in_register = matches!(wanted, OperandConstraint::Reg | OperandConstraint::FixedReg(_));
        let survives = || {
            let same = |v: usize| self.notes.values[v] == vreg;
            live.iter()
                .any(|&val| val.as_value().is_some_and(same) && self.reads_late(i, val).is_some())
        };
        let fixed = matches!(wanted, OperandConstraint::FixedReg(_));
        let strained = self.mode.apart || fixed || clobbers != [0, 0];
        let mut copy = in_register && strained && survives();
        for j in 0..k {
            let Some((_, theirs)) = early.list[j].filter(|(other, _)| *other == vreg) else {
                continue;
            };
            copy |= wanted != theirs
                && wanted != OperandConstraint::Any
                && theirs != OperandConstraint::Any;
        }
        for j in (0..k).filter(|_| !copy) {
            match early.list[j].filter(|(other, _)| *other == vreg) {
                Some((_, OperandConstraint::Any)) => early.list[j] = Some((vreg, wanted)),
                Some((_, theirs)) => early.list[k] = Some((vreg, theirs)),
                None => {}
            }
        }
        if copy {
            let twin = (0..k).find(|&j| {
                early.copied[j] == Some(vreg) && early.list[j].is_some_and(|(_, c)| c == wanted)
            });
            early.copied[k] = Some(vreg);
            if let Some(j) = twin {
                early.list[k] = early.list[j];
                return;
            }
            let own = self.copy(vreg, self.anywhere(class_index(vreg)));
            early.list[k] = Some((own, wanted));
        }
    }

    /// Refuses an op that needs more registers than there are.
    fn too_few(&self, i: usize, op: &Op, facts: Facts) -> Result<(), AllocError> {
        let constraint = (self.input.file.constraint)(op.opcode);
        for class in [INT, FLOAT] {
            let wanted = |k: &usize| {
                facts.operand_class(*k) == class
                    && !constraint.operands[*k].slot
                    && !op.args[..*k].contains(&op.args[*k])
            };
            let operands = (0..op.operands().len()).filter(wanted).count() as u32;
            let result =
                facts.has_result() && facts.result_class() == class && !constraint.result.slot;
            let needed = operands.max(u32::from(result));
            if needed > self.registers(class).count_ones() {
                return Err(AllocError::TooFewRegisters { op: i, needed: needed as u8 });
            }
        }
        Ok(())
    }

    /// Describes a terminator; returns the block it jumps to.
    fn terminator(&mut self, i: usize, op: &Op) -> Result<Option<usize>, AllocError> {
        let trace = self.input.trace;
        let malformed = AllocError::Malformed { op: i };
        let mut target = None;
        match op.opcode {
            Opcode::Jump => {
                let to = trace.blocks.get(op.imm as usize).ok_or(malformed.clone())?;
                let args = jump_values(trace, op).ok_or(malformed.clone())?;
                let mut vregs = std::mem::take(&mut self.body.args);
                for (p, &arg) in to.param_ops().zip(args) {
                    let class = trace.ops[p].result().map_or(INT, class_of);
                    vregs.push(match (arg.as_value(), arg.as_const()) {
                        (Some(v), _) => self.value(i, v, class)?,
                        (_, Some(c)) => self.constant(i, c, class)?,
                        _ => return Err(malformed),
                    });
                }
                self.body.args = vregs;
                self.step(Does::Op(i as u32));
                target = Some(op.imm as usize);
            }
            Opcode::JumpTrace => {
                self.step(Does::Op(i as u32));
                for &arg in jump_values(trace, op).ok_or(malformed.clone())? {
                    let seat = match (arg.as_value(), arg.as_const()) {
                        (Some(_), _) => {
                            let vreg = self.live_value(i, arg)?;
                            self.read_once(
                                vreg,
                                self.anywhere(class_index(vreg)),
                                OperandPos::Early,
                            )
                        }
                        (_, Some(c)) if c < trace.consts.len() => Seat::Immediate(c as u32),
                        _ => return Err(malformed),
                    };
                    self.body.exit_seats.push(seat);
                }
            }
            _ => {
                self.step(Does::Op(i as u32));
                for &val in live_values(trace, op.snapshot).ok_or(malformed)? {
                    let vreg = self.live_value(i, val)?;
                    let place = self.anywhere(class_index(vreg));
                    let seat = self.read_once(vreg, place, OperandPos::Early);
                    self.body.exit_seats.push(seat);
                }
            }
        }
        self.body.seats.push([Seat::None; 4]);
        Ok(target)
    }
}
