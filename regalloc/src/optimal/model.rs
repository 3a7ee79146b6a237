//! The integer program whose optimum is the least traffic of a trace.
//!
//! Moves between registers are free, so only *which* values are in registers matters, not which
//! registers these are. The program decides, by bits:
//! * per gap whether it is *kept*: the value is in a register throughout. A use behind a gap
//!   that is not kept costs a load, whether the op reads the slot or the value is reloaded before;
//! * per use of some kinds whether the value is *reloaded* before it, for an op that reads it
//!   twice or for the next gap;
//! * per value whether it is *stored*: has a slot copy, which every gap that is not kept needs;
//! * per loop parameter whether it is passed in a register, in a slot, or in both;
//! * per edge and argument whether it is loaded there, stored there, was stored *early*, at
//!   an op that reads it, or is *coalesced* with the parameter: has its slot copy in the parameter's slot;
//! * per constant operand whether it is brought to a register or read from a slot.
//!
//! Rows keep the registers' number at every point, and what the decisions ask of each other.
//!
//! # What it is the minimum of
//!
//! All allocations in which
//! * each value has at most one slot copy, which is written once: at the end of its last gap kept from
//!   the definition on (an edge may write one more, for what it passes on);
//! * loads happen just before uses, on edges, and for parameters of the entry block on arrival;
//! * two values are never known to be equal (though a copy is equal to its source, and two
//!   parameters may be passed the same), but for arguments and their parameters;
//! * constants that are read from slots are written once, at the entry.
//!
//! Where it may be below that minimum: positions that take some registers only count as positions
//! that take any; moves find a way round cycles without a slot; and a coalesced slot is
//! written at the op that reads it last.

use super::lives::{ConstUse, Edge, Gap, Lives, Origin, Point, Use};
use super::program::{Bit, Program};
use crate::liveness::jump_values;
use crate::{Input, Loc, LocKind};
use std::collections::BTreeMap;
use tierlab_trace::ir::Val;

/// How a loop parameter is passed.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    /// It is in a register there.
    pub register: Bit,
    /// Its slot copy is valid there.
    pub slot: Bit,
}

/// How an edge passes an argument for a parameter.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Number of the edge, and of the argument.
    pub edge: usize,
    /// Number of the argument.
    pub number: usize,
    /// A value, or nothing where it is a constant.
    pub value: Option<usize>,
    /// It is written to the parameter's slot, there or before.
    pub store: Bit,
    /// Its slot copy is the parameter's slot.
    pub coalesced: Bit,
    /// Where it may be stored early: at the definition if that is `None`, else at the use of
    /// that number.
    pub early: Vec<(Option<usize>, Bit)>,
}

/// The program, and what its bits mean.
#[derive(Clone, Debug)]
pub struct Model {
    pub lives: Lives,
    pub program: Program,
    /// Per gap.
    pub keep: Vec<Bit>,
    /// Gaps that are the rest of others, and whether the value is loaded where they start.
    pub loads: Vec<(usize, Bit)>,
    /// Per value and use, whether it is loaded before the op though the gap before was not kept; only where
    /// that is not plain from the gap behind.
    pub reload: Vec<Vec<Bit>>,
    /// Per value, whether its slot copy is written at its definition or later.
    pub stored: Vec<Bit>,
    /// Per loop parameter, in order.
    pub headers: Vec<Header>,
    /// All edges' arguments.
    pub passes: Vec<Pass>,
    /// Per constant use, whether it is in a register.
    pub consts: Vec<Bit>,
    /// Of values that arrive in slots which an edge fills, whether they are stored elsewhere.
    pub moved: BTreeMap<usize, Bit>,
}

/// Whether a slot copy must have been written, or may be overwritten, around the same op.
#[derive(Clone, Copy, Debug)]
struct Need {
    /// When, and whose gap's end that is.
    point: Point,
    /// The bit that makes it unnecessary.
    unless: Bit,
    /// The op reads the value from its register if this is set.
    reload: Bit,
}

/// Whether a slot that is still read can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clash {
    Never,
    /// Not if the op reads the slot itself.
    InSlot,
    Always,
}

impl Need {
    /// Whether it clashes with a write at `start`, where the value written may be defined. Other
    /// writes at the point after an op take place before the op.
    fn at(&self, start: Point, defined: bool) -> Clash {
        let odd = start % 2 != 0;
        if self.point > start || self.point == start && odd {
            Clash::Always
        } else if self.point == start || self.point + 1 == start && odd && !defined {
            Clash::InSlot
        } else {
            Clash::Never
        }
    }
}

impl Model {
    /// Builds the program.
    pub fn new(input: &Input, lives: Lives) -> Model {
        let values = lives.values.len();
        let mut model = Model {
            program: Program::default(),
            keep: Vec::new(),
            loads: Vec::new(),
            reload: vec![Vec::new(); values],
            stored: vec![Bit::ZERO; values],
            headers: Vec::new(),
            passes: Vec::new(),
            consts: Vec::new(),
            moved: BTreeMap::new(),
            lives,
        };
        model.cut(input);
        model.headers();
        for v in 0..values {
            model.value(v);
        }
        model.constants(input);
        model.edges(input);
        model.capacities();
        model.destroyed(input);
        model
    }

    fn first_param(&self) -> usize {
        self.lives.shape.repeat.map_or(0, |(first, _, _)| first)
    }

    /// How parameter `v` of the loop is passed, if it is one.
    fn header(&self, v: usize) -> Option<Header> {
        self.headers.get(v.wrapping_sub(self.first_param())).copied()
    }

    fn headers(&mut self) {
        let params = self.lives.shape.repeat.map_or(0, |(first, body, _)| body - first);
        for _ in 0..params {
            let header = Header { register: self.program.bit(0), slot: self.program.bit(0) };
            self.program.any([header.register, header.slot]);
            self.headers.push(header);
        }
    }

    fn value(&mut self, v: usize) {
        let value = self.lives.values[v].clone();
        if value.gaps.is_empty() && value.slot_uses.is_empty() {
            return;
        }
        let header = self.header(v);
        let first = value.gaps.start;
        for g in value.gaps.clone() {
            self.keep[g] = self.program.bit(0);
            if self.lives.gaps[g].rest {
                let op = usize::try_from(self.lives.gaps[g].start / 2).unwrap_or(0);
                let load = self.program.bit(self.lives.shape.weight(op));
                self.program.implies(self.keep[g], [self.keep[g - 1], load]);
                self.loads.push((g, load));
            }
        }
        let in_slot = match value.origin {
            Origin::Arrival(loc) => loc.kind() == LocKind::Slot,
            Origin::Op { register, .. } => !register,
            Origin::Header => false,
        };
        let forced = in_slot || !value.slot_uses.is_empty();
        self.stored[v] = match (value.origin, value.gaps.is_empty()) {
            (Origin::Arrival(_), _) if in_slot => Bit::ONE,
            (Origin::Header, false) => self.program.bit(value.weight),
            _ if forced => {
                self.program.base += value.weight;
                Bit::ONE
            }
            (_, true) => Bit::ZERO,
            (_, false) => self.program.bit(value.weight),
        };
        let slot = header.map_or(Bit::ZERO, |h| h.slot);
        if forced {
            self.program.any([self.stored[v], slot]);
        }
        for g in value.gaps.clone() {
            self.program.any([self.keep[g], self.stored[v], slot]);
        }
        if let Some(header) = header
            && first < value.gaps.end
        {
            self.program.implies(self.keep[first], [header.register]);
        }
        if in_slot && first < value.gaps.end {
            // Loaded at once.
            self.program.cost(self.keep[first], value.weight);
        }
        for &(op, n) in &value.slot_uses {
            self.program.base += self.lives.shape.weight(op) * i64::from(n);
        }
        for u in value.uses {
            let reload = self.used(u);
            self.reload[v].push(reload);
        }
    }

    /// What a use costs; returns whether the value is loaded before it.
    fn used(&mut self, u: Use) -> Bit {
        let before = self.keep[u.before];
        let after = u.after.map_or(Bit::ZERO, |g| self.keep[g]);
        let weight = self.lives.shape.weight(u.op);
        let program = &mut self.program;
        match (u.any, u.register) {
            // A jump: its loads are the edge's.
            (0, 0) => Bit::ZERO,
            (_, 1..) => {
                program.base += weight;
                program.cost(before, -weight);
                Bit::ZERO
            }
            (1, 0) => {
                program.base += weight;
                program.cost(before, -weight);
                if after == Bit::ZERO {
                    return Bit::ZERO;
                }
                let reload = program.bit(0);
                program.implies(after, [before, reload]);
                reload
            }
            (any, 0) => {
                let any = i64::from(any);
                let reload = program.bit(-weight * (any - 1));
                program.implies(after, [before, reload]);
                program.row([(before, 1), (reload, 1)], 1);
                program.base += weight * any;
                program.cost(before, -weight * any);
                reload
            }
        }
    }

    fn constants(&mut self, input: &Input) {
        let mut slots = vec![Bit::ZERO; input.trace.consts.len()];
        for u in self.lives.consts.clone() {
            let ConstUse { constant, op, any, register, slot, .. } = u;
            let weight = self.lives.shape.weight(op);
            let program = &mut self.program;
            let bit = if register > 0 || any == 0 {
                Bit::Known(register > 0)
            } else {
                program.base += weight * i64::from(any);
                program.bit(-weight * i64::from(any))
            };
            program.base += weight * i64::from(slot);
            self.consts.push(bit);
            if slot > 0 || any > 0 && register == 0 {
                if slots[constant] == Bit::ZERO {
                    slots[constant] = program.bit(1);
                }
                match slot {
                    0 => program.any([slots[constant], bit]),
                    _ => program.any([slots[constant]]),
                }
            }
        }
    }

    fn edges(&mut self, input: &Input) {
        for (e, edge) in self.lives.edges.clone().into_iter().enumerate() {
            let args = jump_values(input.trace, &input.trace.ops[edge.jump]).unwrap_or(&[]);
            let first_pass = self.passes.len();
            for (k, &arg) in args.iter().enumerate() {
                self.pass(input, e, edge, k, arg);
            }
            self.edge_loads(edge, first_pass);
        }
    }

    /// Whose slot copies are in the slot for argument `k` before the edge fills it.
    pub fn occupants(&self, edge: Edge, k: usize) -> Vec<usize> {
        let here = |&x: &usize| self.lives.values[x].origin == Origin::Arrival(Loc::slot(k as u32));
        match edge.params {
            Some(first) if edge.back => vec![first + k],
            Some(_) => Vec::new(),
            None => (0..self.lives.shape.entry).filter(here).collect(),
        }
    }

    /// Cuts the gaps of arguments where the slots that they are passed in become free.
    fn cut(&mut self, input: &Input) {
        for edge in self.lives.edges.clone() {
            let args = jump_values(input.trace, &input.trace.ops[edge.jump]).unwrap_or(&[]);
            for (k, arg) in args.iter().enumerate() {
                let Some(a) = arg.as_value() else { continue };
                let occupants = self.occupants(edge, k).into_iter().filter(|&x| x != a);
                for x in occupants {
                    let value = &self.lives.values[x];
                    let ends = self.lives.gaps[value.gaps.clone()].iter().map(|gap| gap.end);
                    let in_slots = value.slot_uses.iter().map(|&(op, _)| op as Point * 2);
                    let after =
                        |end: Point| if end % 2 == 0 { [end, end + 2] } else { [end + 1; 2] };
                    let mut points: Vec<Point> = ends.chain(in_slots).flat_map(after).collect();
                    points.sort_unstable();
                    points.dedup();
                    self.lives.cut(a, &points);
                    let value = &self.lives.values[a];
                    let starts =
                        self.lives.gaps[value.gaps.clone()].iter().map(|gap| gap.start & !1);
                    let in_slots = value.slot_uses.iter().map(|&(op, _)| op as Point * 2);
                    let mut points: Vec<Point> = starts.chain(in_slots).collect();
                    points.sort_unstable();
                    points.dedup();
                    self.lives.cut(x, &points);
                }
            }
        }
        self.keep = vec![Bit::ZERO; self.lives.gaps.len()];
    }

    /// What passing argument `k` asks for.
    fn pass(&mut self, input: &Input, e: usize, edge: Edge, k: usize, arg: Val) {
        let header = match edge.params {
            Some(first) => self.header(first + k),
            None => Some(Header { register: Bit::ZERO, slot: Bit::ONE }),
        };
        let Some(header) = header else { return };
        let mut pass = Pass {
            edge: e,
            number: k,
            value: arg.as_value(),
            store: Bit::ZERO,
            coalesced: Bit::ZERO,
            early: Vec::new(),
        };
        let Some(a) = arg.as_value() else {
            pass.store = header.slot;
            self.program.cost(header.slot, edge.weight);
            self.passes.push(pass);
            return;
        };
        let occupants = self.occupants(edge, k);
        if !occupants.contains(&a) {
            pass.coalesced = self.coalesced(input, edge, k, a, &occupants);
            pass.store = self.program.bit(edge.weight);
            self.program.implies(header.slot, [pass.store, pass.coalesced]);
            pass.early = self.early(edge, a, &occupants, pass.store);
        }
        self.passes.push(pass);
    }

    /// Until when the slot that an edge fills holds a value: until its slot copy there has been read for
    /// the last time, or until it gets another one elsewhere, which takes that it is in a register.
    fn occupied(&mut self, v: usize) -> Vec<Need> {
        let needs: Vec<Need> = self.needs(v).collect();
        let value = &self.lives.values[v];
        let moved = match value.origin {
            Origin::Arrival(_) => {
                *self.moved.entry(v).or_insert_with(|| self.program.bit(value.weight))
            }
            Origin::Header | Origin::Op { .. } => self.stored[v],
        };
        let header = self.header(v).map_or(Bit::ZERO, |h| h.register);
        let mut there = vec![header];
        if let (Origin::Arrival(_), false) = (value.origin, value.gaps.is_empty()) {
            there.push(self.keep[value.gaps.start]);
        }
        let before = |n: usize| {
            let uses = value.uses.iter().zip(&self.reload[v]).take(n);
            uses.flat_map(|(u, &reload)| match u.register {
                0 => [self.keep[u.before], reload],
                _ => [Bit::ONE; 2],
            })
        };
        let mut occupied = Vec::new();
        for need in needs {
            let n = value.uses.iter().filter(|u| (u.op as Point * 2) < need.point).count();
            let elsewhere = self.program.bit(0);
            self.program.implies(elsewhere, [moved]);
            self.program.implies(elsewhere, there.iter().copied().chain(before(n)));
            let unless = self.program.bit(0);
            self.program.implies(unless, [need.unless, elsewhere]);
            occupied.push(Need { unless, ..need });
        }
        occupied
    }

    /// Until when a value's slot copy is read.
    fn needs(&self, v: usize) -> impl Iterator<Item = Need> + '_ {
        let value = &self.lives.values[v];
        let in_gaps = value.gaps.clone().map(move |g| {
            let used = value.uses.iter().position(|u| u.before == g);
            let cut = g + 1 < value.gaps.end && self.lives.gaps[g + 1].rest;
            let reload = match used {
                _ if cut => Bit::ONE,
                Some(n) if value.uses[n].register == 0 => self.reload[v][n],
                Some(_) => Bit::ONE,
                None => Bit::ZERO,
            };
            Need { point: self.lives.gaps[g].end, unless: self.keep[g], reload }
        });
        let in_slots = value.slot_uses.iter().map(|&(op, _)| Need {
            point: op as Point * 2,
            unless: Bit::ZERO,
            reload: Bit::ZERO,
        });
        in_gaps.chain(in_slots)
    }

    /// From when on a value needs its slot copy: the point, the bit that makes that unnecessary, and
    /// whether the value is defined there.
    fn writes(&self, v: usize) -> Vec<(Point, Bit, bool)> {
        let value = &self.lives.values[v];
        let gaps = &self.lives.gaps[value.gaps.clone()];
        let mut writes: Vec<(Point, Bit, bool)> = gaps
            .iter()
            .zip(&self.keep[value.gaps.clone()])
            .enumerate()
            .map(|(n, (gap, &keep))| (gap.start, keep, n == 0))
            .collect();
        writes.extend(value.slot_uses.iter().map(|&(op, _)| (op as Point * 2, Bit::ZERO, false)));
        if let Origin::Op { register: false, .. } = value.origin
            && let Some(gap) = gaps.first()
        {
            writes.push((gap.start, Bit::ZERO, true));
        }
        writes
    }

    /// Whether argument `k`, value `a`, has its slot copy in the slot that the edge fills.
    fn coalesced(
        &mut self,
        input: &Input,
        edge: Edge,
        k: usize,
        a: usize,
        occupants: &[usize],
    ) -> Bit {
        let arrived = matches!(self.lives.values[a].origin, Origin::Arrival(loc) if loc.is_slot());
        // A value from before the loop keeps its slot; so do arrivals.
        let outlives = edge.back && a < self.first_param();
        if outlives || arrived && edge.params.is_none() || self.stored[a] == Bit::ZERO {
            return Bit::ZERO;
        }
        let bit = self.program.bit(0);
        self.program.implies(bit, [self.stored[a]]);
        // One parameter at most, unless none of them ever changes.
        let unchanging = !edge.back && self.passed_on(input, k);
        for pass in &self.passes {
            let here = pass.value == Some(a) && self.lives.edges[pass.edge].jump == edge.jump;
            if here && !(unchanging && self.passed_on(input, pass.number)) {
                self.program.row([(pass.coalesced, 1), (bit, 1)], 1);
            }
        }
        if !edge.back && edge.params.is_some() && !unchanging {
            // In the loop the slot is overwritten.
            let value = &self.lives.values[a];
            let first = self.first_param();
            if value.slot_uses.iter().any(|u| u.0 >= first) {
                return Bit::ZERO;
            }
            let from = value.at_header.unwrap_or(value.gaps.end);
            for g in from..value.gaps.end {
                self.program.implies(bit, [self.keep[g]]);
            }
        }
        let writes = self.writes(a);
        for &p in occupants {
            for need in self.occupied(p) {
                for &(start, keep, defined) in &writes {
                    match need.at(start, defined) {
                        Clash::Never => {}
                        Clash::InSlot => {
                            self.program.implies(bit, [need.unless, keep, need.reload]);
                        }
                        Clash::Always => self.program.implies(bit, [need.unless, keep]),
                    }
                }
            }
        }
        bit
    }

    /// Whether the loop passes its parameter `k` on to itself.
    fn passed_on(&self, input: &Input, k: usize) -> bool {
        let Some((first, _, jump)) = self.lives.shape.repeat else { return false };
        let args = jump_values(input.trace, &input.trace.ops[jump]).unwrap_or(&[]);
        args.get(k).and_then(|arg| arg.as_value()) == Some(first + k)
    }

    /// Where argument `a` may be written to the slot before the jump.
    fn early(
        &mut self,
        edge: Edge,
        a: usize,
        occupants: &[usize],
        store: Bit,
    ) -> Vec<(Option<usize>, Bit)> {
        if store == Bit::ZERO {
            return Vec::new();
        }
        let value = self.lives.values[a].clone();
        let mut early = Vec::new();
        let born = match value.origin {
            Origin::Arrival(loc) if loc.is_slot() => Bit::ZERO,
            Origin::Arrival(_) => Bit::ONE,
            Origin::Op { slot: false, .. } => Bit::ONE,
            Origin::Op { register: false, .. } | Origin::Header => Bit::ZERO,
            Origin::Op { .. } => self.keep[value.gaps.start],
        };
        let born_at = self.lives.gaps.get(value.gaps.start).map_or(0, |gap| gap.start);
        // An edge's own block.
        let first = if edge.back { self.first_param() } else { 0 };
        let born_there = born != Bit::ZERO && a >= first;
        let at = born_there.then_some((None, born_at, vec![born]));
        let uses = value.uses.iter().enumerate();
        let uses =
            uses.filter(|(_, u)| u.any + u.register > 0 && (first..edge.jump).contains(&u.op));
        let uses = uses.map(|(n, u)| {
            let there = match u.register {
                0 => vec![self.keep[u.before], self.reload[a][n]],
                _ => vec![Bit::ONE],
            };
            (Some(n), u.op as Point * 2, there)
        });
        let rests = value.gaps.clone().filter(|&g| {
            let point = self.lives.gaps[g].start;
            self.lives.gaps[g].rest && (first as Point * 2..edge.jump as Point * 2).contains(&point)
        });
        let rests = rests.map(|g| (None, self.lives.gaps[g].start, vec![self.keep[g - 1]]));
        let all: Vec<_> = at.into_iter().chain(uses).chain(rests).collect();
        let needs: Vec<Need> = occupants.iter().flat_map(|&p| self.occupied(p)).collect();
        for (n, point, there) in all {
            let bit = self.program.bit(0);
            self.program.implies(bit, there);
            for need in &needs {
                match need.at(point, true) {
                    Clash::Never => {}
                    Clash::InSlot => self.program.implies(bit, [need.unless, need.reload]),
                    Clash::Always => self.program.implies(bit, [need.unless]),
                }
            }
            early.push((n, bit));
        }
        early
    }

    /// Loads of arguments at a jump: one each, if anything there wants it in a register and it was not
    /// kept up to there.
    fn edge_loads(&mut self, edge: Edge, first_pass: usize) {
        let shape = self.lives.shape;
        let values = std::mem::take(&mut self.lives.values);
        for (v, value) in values.iter().enumerate() {
            let Some(u) = value.uses.iter().find(|u| u.op == edge.jump) else { continue };
            let kept = self.keep[u.before];
            let load = self.program.bit(edge.weight);
            if let Some(g) = value.at_header {
                debug_assert!(shape.repeat.is_some());
                self.program.implies(self.keep[g], [kept, load]);
            }
            let passes = self.passes[first_pass..].iter().filter(|p| p.value == Some(v));
            for pass in passes {
                let header =
                    edge.params.and_then(|first| self.headers.get(pass.number).map(|h| (first, h)));
                if let Some((_, header)) = header {
                    self.program.implies(header.register, [kept, load]);
                }
                let early = pass.early.iter().map(|e| e.1);
                self.program.implies(pass.store, early.chain([kept, load]));
            }
        }
        self.lives.values = values;
    }

    /// At no point are there more values in registers than registers.
    fn capacities(&mut self) {
        for class in 0..2 {
            let points = 2 * self.lives.values.len();
            let mut rows: Vec<Vec<Bit>> = vec![Vec::new(); points];
            let shape = self.lives.shape;
            let header = shape.header().and_then(|h| usize::try_from(h).ok());
            let gaps = self.lives.gaps.iter().zip(&self.keep);
            for (Gap { value, spans, .. }, &keep) in gaps {
                let value = &self.lives.values[*value];
                if value.class != class {
                    continue;
                }
                for (first, last) in spans {
                    for point in (*first).max(0)..=(*last).min(points as Point - 1) {
                        let at_header = Some(point as usize) == header;
                        if !at_header || value.origin != Origin::Header {
                            rows[point as usize].push(keep);
                        }
                    }
                }
            }
            if let Some(row) = header.and_then(|h| rows.get_mut(h)) {
                let first = self.first_param();
                for (p, h) in self.headers.iter().enumerate() {
                    if self.lives.values[first + p].class == class {
                        row.push(h.register);
                    }
                }
            }
            self.operands(class, &mut rows);
            self.results(class, &mut rows);
            let registers = i64::from(self.lives.registers[class]);
            if let Some(row) = header.and_then(|h| rows.get(h)) {
                self.program.row(row.iter().map(|&bit| (bit, 1)), registers);
            }
            for body in shape.bodies() {
                for i in body {
                    for row in &rows[2 * i..2 * i + 2] {
                        self.program.row(row.iter().map(|&bit| (bit, 1)), registers);
                    }
                }
            }
        }
    }

    /// Adds what ops read in registers.
    fn operands(&self, class: usize, rows: &mut [Vec<Bit>]) {
        for (value, reload) in self.lives.values.iter().zip(&self.reload) {
            if value.class != class {
                continue;
            }
            for (u, &reload) in value.uses.iter().zip(reload) {
                let row = &mut rows[2 * u.op];
                match (u.any, u.register) {
                    (_, 1..) => row.push(Bit::ONE),
                    (0, 0) => {}
                    (_, 0) => row.extend([self.keep[u.before], reload]),
                }
            }
        }
        for (u, &bit) in self.lives.consts.iter().zip(&self.consts) {
            if u.class == class {
                rows[2 * u.op].push(bit);
            }
        }
    }

    /// Sees to results that go to registers only.
    fn results(&self, class: usize, rows: &mut [Vec<Bit>]) {
        for (v, value) in self.lives.values.iter().enumerate() {
            if value.class == class
                && let Origin::Op { slot: false, .. } = value.origin
                && !value.gaps.is_empty()
            {
                let row = &mut rows[2 * v + 1];
                let own = self.keep[value.gaps.start];
                row.retain(|&bit| bit != own);
                row.push(Bit::ONE);
            }
        }
    }

    /// The most registers of a class whose content survives op `i`, where it destroys some.
    fn survivors(input: &Input, i: usize, class: usize) -> Option<i64> {
        let clobbers = (input.file.constraint)(input.trace.ops[i].opcode).clobbers;
        let all = input.file.registers() >> (32 * class) & 0xffff_ffff;
        let lost = clobbers.bits() >> (32 * class) & all;
        (lost != 0).then(|| i64::from((all & !lost).count_ones()))
    }

    /// Values in registers across ops that destroy registers.
    fn destroyed(&mut self, input: &Input) {
        for class in 0..2 {
            for i in self.lives.shape.bodies().into_iter().flatten() {
                let Some(most) = Model::survivors(input, i, class) else { continue };
                let point = 2 * i as Point + 1;
                let gaps = self.lives.gaps.iter().zip(&self.keep).filter(|(gap, _)| {
                    let value = &self.lives.values[gap.value];
                    value.class == class && gap.value != i && gap.covers(point)
                });
                let bits: Vec<_> = gaps.map(|(_, &bit)| (bit, 1)).collect();
                self.program.row(bits, most);
            }
        }
    }
}
