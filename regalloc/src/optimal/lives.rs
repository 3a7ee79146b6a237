//! What the exact method needs to know of values: their uses and the gaps between them.
//!
//! Terms.
//! * A *point* is a position as [`crate::liveness`] counts them, signed so that there is one before
//!   the first op: [`before`] an op it reads, [`after`] it its result is written and its exit reads.
//!   The *header* is the point at which all parameters of the loop are placed, that is, the one just
//!   before [`before`] of the first op behind them.
//! * A *use* of a value is one op that reads it in positions which take registers, or a jump that
//!   passes it. Positions that take slots only need the value's slot copy, whatever else is
//!   decided, and end no gap.
//! * A *gap* is what lies between two uses of a value that follow each other, the definition counting
//!   as the first; a *tail* is what lies between the last use and the last exit that reads the
//!   value. A value that nothing reads has one gap of one point: its result must be somewhere.
//! * A value of the entry block that the loop reads is *carried*: its uses in the loop form
//!   a ring, closed by a gap that passes over the back edge and the header. Its life before the loop ends
//!   at the jump into it.
//!
//! Invariants. Gaps of one value do not overlap. At the point before an op, a gap that ends there
//! does not count: whether the value is in a register then is the use's to say.

use crate::facts::{Facts, OpTable};
use crate::liveness::{LIVES, Liveness, after, before, jump_values, live_values};
use crate::{AllocError, Allowed, Input, Loc, is_immediate};
use tierlab_trace::ir::{Const, Op, Trace, Val};
use tierlab_trace::ops::{Opcode, Type};

/// A position in the trace; see the module's comment.
pub type Point = i64;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A parameter of the entry block, found there.
    Arrival(Loc),
    /// A parameter of the loop.
    Header,
    /// An op whose result position takes a register, a slot, or either.
    Op {
        /// It takes a register.
        register: bool,
        /// It takes a slot.
        slot: bool,
    },
}

/// An op that reads a value, or a jump that passes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The op.
    pub op: usize,
    /// In how many positions that take slots too.
    pub any: u8,
    /// In how many positions that take registers only.
    pub register: u8,
    /// The gap that ends here.
    pub before: usize,
    /// The gap that starts here, if the value is read again.
    pub after: Option<usize>,
}

/// A stretch of a value's life in which nothing needs it in a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The value.
    pub value: usize,
    /// The first and last point of it, and the same of its part behind the header where it passes over
    /// the back edge. Empty spans end before they start.
    pub spans: [(Point, Point); 2],
    /// Where a slot copy is written at the latest if this is the first gap not kept: before the op if
    /// that is the point before one. At the point after an op, the value is defined there, or is
    /// written before the op, which reads it.
    pub start: Point,
    /// It is the rest of a gap that was cut: the value stays in its register from the gap before, or is
    /// loaded here.
    pub rest: bool,
    /// Where the value is read next; of a tail, where an exit reads it for the last time.
    pub end: Point,
}

impl Gap {
    /// The gap of a value from a point up to, but not with, the one at which it is read next.
    fn between(value: usize, start: Point, end: Point) -> Gap {
        Gap { value, spans: [(start, end - 1), NOWHERE], start, end, rest: false }
    }

    /// Whether it holds a point.
    pub fn covers(&self, point: Point) -> bool {
        self.spans.iter().any(|&(first, last)| first <= point && point <= last)
    }
}

/// One value.
#[derive(Clone, Debug)]
pub struct Value {
    /// Class of its registers; values of no type are of no class.
    pub class: usize,
    /// Where it comes from.
    pub origin: Origin,
    /// What one access at its definition counts.
    pub weight: i64,
    /// Its uses in order.
    pub uses: Vec<Use>,
    /// Ops that read it in positions that take slots only, and in how many.
    pub slot_uses: Vec<(usize, u8)>,
    /// Numbers of its gaps, in order.
    pub gaps: std::ops::Range<usize>,
    /// Of a carried value, the gap that it spends at the header.
    pub at_header: Option<usize>,
}

/// A constant that an op cannot take as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConstUse {
    /// The constant.
    pub constant: usize,
    /// Class of its registers.
    pub class: usize,
    /// The op.
    pub op: usize,
    /// In how many positions that take both.
    pub any: u8,
    /// In how many that take registers only.
    pub register: u8,
    /// In how many that take slots only.
    pub slot: u8,
}

/// What the jump at the end of a block passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The jump.
    pub jump: usize,
    /// What one access there counts.
    pub weight: i64,
    /// The first parameter of the block that it enters; `None` if it enters another trace, which finds
    /// its parameters in slots.
    pub params: Option<usize>,
    /// Whether it closes the loop.
    pub back: bool,
}

/// The shape of a trace: an entry block, and maybe a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// One past the parameters of the entry block.
    pub entry: usize,
    /// The last op of the entry block.
    pub entry_end: usize,
    /// First op of the loop, one past its parameters, and its jump.
    pub repeat: Option<(usize, usize, usize)>,
}

impl Shape {
    /// The weight of an access at op `i`.
    pub fn weight(&self, i: usize) -> i64 {
        match self.repeat {
            Some((first, _, _)) if i >= first => crate::cost::LOOP_WEIGHT as i64,
            _ => 1,
        }
    }

    /// The point where the loop's parameters have been placed.
    pub fn header(&self) -> Option<Point> {
        self.repeat.map(|(_, body, _)| body as Point * 2 - 1)
    }

    /// The ops between parameters and terminators.
    pub fn bodies(&self) -> [std::ops::Range<usize>; 2] {
        let repeat = self.repeat.map_or(0..0, |(_, body, jump)| body..jump);
        [self.entry..self.entry_end, repeat]
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Lives {
    pub shape: Shape,
    /// Per op; values of ops that define nothing are never read.
    pub values: Vec<Value>,
    pub gaps: Vec<Gap>,
    pub consts: Vec<ConstUse>,
    pub edges: Vec<Edge>,
    /// Usable registers per class.
    pub registers: [u32; 2],
}

/// The class of registers that values of a type go to.
pub fn class_of(ty: Type) -> usize {
    usize::from(ty == Type::F64)
}

/// The class of a constant.
pub fn const_class(c: Const) -> usize {
    class_of(c.ty())
}

/// What is read where: collected before the gaps are made.
#[derive(Clone, Debug, Default)]
struct Reads {
    /// Op, positions that take both, positions that take registers only.
    uses: Vec<(usize, u8, u8)>,
    slot_uses: Vec<(usize, u8)>,
    exits: Vec<usize>,
}

struct Collector<'a> {
    input: &'a Input<'a>,
    shape: Shape,
    registers: [u32; 2],
    reads: Vec<Reads>,
    consts: Vec<ConstUse>,
    edges: Vec<Edge>,
}

/// Computes the lives of all values. Traces that the verifier would refuse are errors, as are ops that
/// need more registers than there are.
pub fn lives(input: &Input) -> Result<Lives, AllocError> {
    let trace = input.trace;
    let mut table = OpTable::default();
    table.prepare(input.file);
    let mut liveness = Liveness::default();
    liveness.compute::<LIVES>(trace, &table, |_, _, _, _| ())?;
    let shape = shape(trace)?;
    let all = input.file.registers();
    let mut collector = Collector {
        input,
        shape,
        registers: [all as u32, (all >> 32) as u32],
        reads: vec![Reads::default(); trace.ops.len()],
        consts: Vec::new(),
        edges: Vec::new(),
    };
    for p in 0..shape.entry {
        if collector.arrival(p) == Loc::NONE {
            return Err(AllocError::Malformed { op: p });
        }
    }
    for i in 0..trace.ops.len() {
        collector.op(i, &trace.ops[i])?;
    }
    let lives = collector.finish();
    let length = |gap: &Gap| gap.spans.iter().map(|s| (s.1 - s.0 + 1).max(0)).sum::<Point>();
    if lives.gaps.iter().map(length).sum::<Point>() > MOST_POINTS {
        return Err(AllocError::Unsupported { why: "the trace is too large for an exact method" });
    }
    Ok(lives)
}

/// The verifier admits one block, or an entry block and a loop.
fn shape(trace: &Trace) -> Result<Shape, AllocError> {
    let malformed = |op: usize| Err(AllocError::Malformed { op });
    let (entry, repeat) = match &trace.blocks[..] {
        [] => return malformed(0),
        [entry] => (entry, None),
        [first, second] => {
            let ends = [first, second].map(|block| block.end as usize - 1);
            for end in ends {
                let op = &trace.ops[end];
                if op.opcode != Opcode::Jump || op.imm != 1 {
                    return malformed(end);
                }
            }
            (first, Some((second.first as usize, second.param_ops().end, ends[1])))
        }
        [_, _, third, ..] => return malformed(third.first as usize),
    };
    let (entry, entry_end) = (entry.param_ops().end, entry.end as usize - 1);
    if repeat.is_none() && trace.ops[entry_end].opcode == Opcode::Jump {
        return malformed(entry_end);
    }
    Ok(Shape { entry, entry_end, repeat })
}

impl Collector<'_> {
    fn arrival(&self, p: usize) -> Loc {
        match self.input.incoming {
            Some(incoming) => incoming.get(p).copied().unwrap_or(Loc::NONE),
            None => Loc::slot(p as u32),
        }
    }

    /// The value that an operand of op `i` is, or that its exit reads; its own if `own`.
    fn value(&self, i: usize, val: Val, own: bool) -> Result<Option<usize>, AllocError> {
        let trace = self.input.trace;
        if let Some(c) = val.as_const() {
            return match trace.consts.get(c) {
                Some(_) => Ok(None),
                None => Err(AllocError::Malformed { op: i }),
            };
        }
        match val.as_value() {
            Some(v) if (v < i || own && v == i) && trace.ops[v].result().is_some() => Ok(Some(v)),
            _ => Err(AllocError::Malformed { op: i }),
        }
    }

    /// Whether a position takes any register of the file.
    fn takes_registers(&self, allowed: Allowed, class: usize) -> bool {
        allowed.registers & self.registers[class] != 0
    }

    fn op(&mut self, i: usize, op: &Op) -> Result<(), AllocError> {
        let facts = Facts::of(op.opcode);
        let trace = self.input.trace;
        if facts.exits() {
            for &val in live_values(trace, op.snapshot).unwrap_or(&[]) {
                if let Some(v) = self.value(i, val, true)? {
                    self.reads[v].exits.push(i);
                }
            }
        }
        match op.opcode {
            Opcode::Jump | Opcode::JumpTrace => self.jump(i, op),
            _ if facts.is_param() | facts.is_terminator() => Ok(()),
            _ => self.operands(i, op, facts),
        }
    }

    fn operands(&mut self, i: usize, op: &Op, facts: Facts) -> Result<(), AllocError> {
        let file = self.input.file;
        let constraint = (file.constraint)(op.opcode);
        let mut wanted = [0u8; 2];
        let mut distinct = [0u32; 2];
        let mut unreachable = None;
        for (k, &val) in op.operands().iter().enumerate() {
            let class = facts.operand_class(k);
            let allowed = constraint.operands[k];
            let register = self.takes_registers(allowed, class);
            let value = self.value(i, val, false)?;
            let constant = self.input.trace.const_of(val);
            if constant.is_some_and(|c| is_immediate(file, op, k, c)) {
                continue;
            }
            let found = match (value, constant) {
                (Some(v), _) => self.input.trace.ops[v].result().map(class_of),
                (_, c) => c.map(const_class),
            };
            if found != Some(class) || (allowed.registers == 0 && !allowed.slot) {
                return Err(AllocError::Malformed { op: i });
            }
            let only = !allowed.slot;
            wanted[class] += u8::from(only);
            // A value that is in two such positions is brought once.
            let twin = (0..k).any(|j| op.args[j] == val && !constraint.operands[j].slot);
            distinct[class] += u32::from(only && !twin);
            if only && !register {
                unreachable = Some(class);
            }
            let (any, slot) = (u8::from(register && !only), u8::from(!register));
            let only = u8::from(only);
            match (value, val.as_const()) {
                (Some(v), _) => {
                    let reads = &mut self.reads[v];
                    if any + only > 0 {
                        match reads.uses.last_mut().filter(|u| u.0 == i) {
                            Some(u) => *u = (i, u.1 + any, u.2 + only),
                            None => reads.uses.push((i, any, only)),
                        }
                    } else {
                        match reads.slot_uses.last_mut().filter(|u| u.0 == i) {
                            Some(u) => u.1 += slot,
                            None => reads.slot_uses.push((i, slot)),
                        }
                    }
                }
                (_, Some(c)) => {
                    let mut here = self.consts.iter_mut().rev().take_while(|u| u.op == i);
                    let twin = here.find(|u| u.constant == c);
                    match twin {
                        Some(u) => {
                            u.any += any;
                            u.register += only;
                            u.slot += slot;
                        }
                        None => self.consts.push(ConstUse {
                            constant: c,
                            class,
                            op: i,
                            any,
                            register: only,
                            slot,
                        }),
                    }
                }
                (None, None) => {}
            }
        }
        for class in 0..2 {
            if distinct[class] > self.registers[class].count_ones() || unreachable == Some(class) {
                return Err(AllocError::TooFewRegisters { op: i, needed: wanted[class] });
            }
        }
        if facts.has_result()
            && !constraint.result.slot
            && !self.takes_registers(constraint.result, facts.result_class())
        {
            return Err(AllocError::TooFewRegisters { op: i, needed: 1 });
        }
        Ok(())
    }

    fn jump(&mut self, i: usize, op: &Op) -> Result<(), AllocError> {
        let trace = self.input.trace;
        let args = jump_values(trace, op).unwrap_or(&[]);
        let params = match self.shape.repeat {
            Some((first, _, _)) if op.opcode == Opcode::Jump => Some(first),
            _ => None,
        };
        for (k, &val) in args.iter().enumerate() {
            let value = self.value(i, val, false)?;
            if let Some(first) = params
                && trace.type_of(val) != trace.ops[first + k].result()
            {
                return Err(AllocError::Malformed { op: i });
            }
            if let Some(v) = value
                && self.reads[v].uses.last().is_none_or(|u| u.0 != i)
            {
                self.reads[v].uses.push((i, 0, 0));
            }
        }
        let back = self.shape.repeat.is_some_and(|(_, _, jump)| jump == i);
        self.edges.push(Edge { jump: i, weight: self.shape.weight(i), params, back });
        Ok(())
    }

    fn finish(mut self) -> Lives {
        let trace = self.input.trace;
        let mut gaps = Vec::new();
        let reads = std::mem::take(&mut self.reads);
        let values = trace.ops.iter().zip(reads).enumerate();
        let values =
            values.map(|(v, (op, reads))| self.value_of(v, op, reads, &mut gaps)).collect();
        let Collector { shape, registers, consts, edges, .. } = self;
        let registers = registers.map(u32::count_ones);
        Lives { shape, values, gaps, consts, edges, registers }
    }

    fn value_of(&self, v: usize, op: &Op, reads: Reads, gaps: &mut Vec<Gap>) -> Value {
        let shape = self.shape;
        let in_loop = shape.repeat.is_some_and(|(first, _, _)| v >= first);
        let (origin, born) = if op.opcode.is_param() && !in_loop {
            (Origin::Arrival(self.arrival(v)), shape.entry as Point * 2 - 1)
        } else if op.opcode.is_param() {
            (Origin::Header, shape.header().unwrap_or(0))
        } else {
            let allowed = (self.input.file.constraint)(op.opcode).result;
            let class = op.result().map_or(0, class_of);
            let register = self.takes_registers(allowed, class);
            (Origin::Op { register, slot: allowed.slot }, Point::from(after(v)))
        };
        let mut value = Value {
            class: op.result().map_or(0, class_of),
            origin,
            weight: shape.weight(v),
            uses: Vec::new(),
            slot_uses: reads.slot_uses.clone(),
            gaps: gaps.len()..gaps.len(),
            at_header: None,
        };
        if op.result().is_none() {
            return value;
        }
        let carried = shape.repeat.filter(|&(first, _, _)| {
            let last = |l: Option<usize>| l.is_some_and(|i| i >= first);
            !in_loop
                && (last(reads.uses.last().map(|u| u.0))
                    || last(reads.slot_uses.last().map(|u| u.0))
                    || last(reads.exits.last().copied()))
        });
        let mut start = born;
        let end_of_line = carried.map_or(usize::MAX, |(first, _, _)| first);
        let mut in_line: Vec<_> =
            reads.uses.iter().copied().filter(|u| u.0 < end_of_line).collect();
        if carried.is_some() && in_line.last().is_none_or(|u| u.0 != shape.entry_end) {
            in_line.push((shape.entry_end, 0, 0));
        }
        for (k, &(op, any, register)) in in_line.iter().enumerate() {
            let end = Point::from(before(op));
            let gap = gaps.len();
            gaps.push(Gap::between(v, start, end));
            start = end + 1;
            let after = (k + 1 < in_line.len()).then_some(gap + 1);
            value.uses.push(Use { op, any, register, before: gap, after });
        }
        if let Some((_, body, jump)) = carried {
            let ring: Vec<_> = reads.uses.iter().copied().filter(|u| u.0 >= end_of_line).collect();
            self.ring(v, &ring, (body, jump), &mut value, gaps);
        } else {
            let last = reads.exits.last().map(|&e| Point::from(after(e)));
            let unread = gaps.len() == value.gaps.start && !matches!(origin, Origin::Arrival(_));
            let last = last.filter(|&last| last >= start).or(unread.then_some(start));
            if let Some(end) = last {
                if let Some(u) = value.uses.last_mut() {
                    u.after = Some(gaps.len());
                }
                gaps.push(Gap { spans: [(start, end), NOWHERE], ..Gap::between(v, start, end) });
            }
        }
        value.gaps.end = gaps.len();
        value
    }

    /// Makes the gaps of a carried value in the loop.
    fn ring(
        &self,
        v: usize,
        ring: &[(usize, u8, u8)],
        (body, jump): (usize, usize),
        value: &mut Value,
        gaps: &mut Vec<Gap>,
    ) {
        let (header, jump) = (body as Point * 2 - 1, jump as Point * 2);
        let closing = gaps.len();
        value.at_header = Some(closing);
        let Some(&(first, _, _)) = ring.first() else {
            // Only exits read it, or positions that take slots.
            gaps.push(Gap::between(v, header, jump));
            return;
        };
        // The closing gap comes first: it is the one at the header.
        let last = ring.last().map_or(first, |u| u.0);
        let start = last as Point * 2 + 1;
        let end = first as Point * 2;
        let spans = [(header, end - 1), (start, jump - 1)];
        gaps.push(Gap { value: v, spans, start, end, rest: false });
        for (k, &(op, any, register)) in ring.iter().enumerate() {
            let before = closing + k;
            let after = if k + 1 < ring.len() { before + 1 } else { closing };
            value.uses.push(Use { op, any, register, before, after: Some(after) });
            if let Some(next) = ring.get(k + 1) {
                let (start, end) = (op as Point * 2 + 1, next.0 as Point * 2);
                gaps.push(Gap::between(v, start, end));
            }
        }
    }
}

/// The most that the lengths of all gaps may add up to: the program has an entry for each point.
const MOST_POINTS: Point = 1 << 24;

const NOWHERE: (Point, Point) = (1, 0);

impl Lives {
    /// Cuts gaps of a value so that some of them start at these points.
    pub fn cut(&mut self, v: usize, points: &[Point]) {
        let range = self.values[v].gaps.clone();
        let mut places = Vec::with_capacity(range.len());
        let mut new = Vec::new();
        for g in range.clone() {
            let mut gap = self.gaps[g];
            let first = range.start + new.len();
            let (from, to) = gap.spans[0];
            if gap.spans[1] == NOWHERE {
                for &point in points.iter().filter(|&&point| from < point && point <= to) {
                    let first = (gap.spans[0].0, point - 1);
                    new.push(Gap { spans: [first, NOWHERE], end: point, ..gap });
                    gap = Gap { spans: [(point, to), NOWHERE], start: point, rest: true, ..gap };
                }
            }
            new.push(gap);
            places.push(first..range.start + new.len() - 1);
        }
        let more = new.len() - range.len();
        if more == 0 {
            return;
        }
        let place = |g: usize| places.get(g.wrapping_sub(range.start));
        let value = &mut self.values[v];
        for u in &mut value.uses {
            u.before = place(u.before).map_or(u.before, |p| p.end);
            u.after = u.after.map(|g| place(g).map_or(g, |p| p.start));
        }
        value.at_header = value.at_header.map(|g| place(g).map_or(g, |p| p.start));
        value.gaps.end += more;
        self.gaps.splice(range, new);
        for value in &mut self.values[v + 1..] {
            value.gaps = value.gaps.start + more..value.gaps.end + more;
            value.at_header = value.at_header.map(|g| g + more);
            for u in &mut value.uses {
                u.before += more;
                u.after = u.after.map(|g| g + more);
            }
        }
    }
}
