//! The builder: turns the steps of a [`Case`] into traces, running each op as it is placed.
//!
//! Terms. The *world* is all that a run works on: the arena, the execution context, the helpers.
//! The builder *follows* the traces that it makes: it knows the bits of every value in the
//! first pass, and drops or repairs guards that would fail then (a few are kept and taken;
//! from there on nothing is known any more, and ops are placed blindly).
//!
//! Invariants: the counter is the first entry of every snapshot, so that it is the first
//! parameter of each side trace; addresses come from fixed bases, never from computed integers.

use super::memory::{self, Arena};
use super::{Case, FLOATS, Input, Side, Step};
use crate::backend::{ExitRef, HelperTable};
use crate::eval::{self, Evaluator};
use crate::ir::{
    Const, MemClass, Op, Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, TraceId, TraceKind, Val,
};
use crate::layout::{ContextMemory, FLOAT_CLASS, FLOAT_HEADER, POINTER_TAG};
use crate::ops::{Exit, Imm, Opcode, OperandType, Type};
use crate::verify::{defines_result_on_exit, helper_fits};
use std::sync::Arc;

/// Ops that a run of a generated case never needs: more means an endless loop.
const FUEL: u64 = 1_000_000;
/// Classes of the arena's objects; the first is the buffer's.
const CLASSES: [u32; 3] = [7, 8, 9];
/// The buffer object: header, integers, floats and words of 16 each, then 4 of each that never change.
const BUFFER: usize = memory::INTS - 1;
const FLOAT_REGION: usize = memory::INTS + 16;
const FIXED: usize = memory::REFS + 16;
const OBJECTS: usize = FIXED + 12;
const BOXES: usize = OBJECTS + 4;
const FREE: usize = BOXES + 8;
/// The memory class of the counter's word.
const COUNTER_CLASS: MemClass = MemClass(8);

/// A stream of choices.
struct Seeds(u64);

impl Seeds {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

/// What a case's runs work on.
#[derive(Debug)]
pub struct World {
    /// The memory that traces read and write.
    pub arena: Arena,
    /// The execution context.
    pub context: ContextMemory,
    /// The helpers.
    pub helpers: HelperTable,
    initial: Vec<u64>,
    inputs: Vec<u64>,
}

impl World {
    fn new(case: &Case) -> World {
        let arena = Arena::new(FREE + 2 * case.cells as usize);
        let context = ContextMemory::new();
        let helpers = memory::helpers();
        let mut world = World { arena, context, helpers, initial: Vec::new(), inputs: Vec::new() };
        let mut words = vec![0; world.arena.len()];
        words[memory::COLLECT_AT] = u64::from(case.collect_at);
        words[BUFFER] = u64::from(CLASSES[0]);
        words[OBJECTS] = u64::from(CLASSES[1]);
        words[OBJECTS + 2] = u64::from(CLASSES[2]);
        let mut seeds = Seeds(u64::from(case.seed));
        for i in 0..16 {
            words[memory::INTS + i] = seeds.below(100) as u64;
            words[FLOAT_REGION + i] = FLOATS[seeds.below(FLOATS.len())].to_bits();
            words[memory::REFS + i] = world.word(seeds.below(256));
        }
        for i in 0..4 {
            words[FIXED + i] = i as u64 + 3;
            words[FIXED + 4 + i] = (i as f64 - 1.5).to_bits();
            words[FIXED + 8 + i] = world.word(seeds.below(256));
            words[BOXES + 2 * i] = FLOAT_HEADER;
            words[BOXES + 2 * i + 1] = FLOATS[seeds.below(FLOATS.len())].to_bits();
        }
        world.initial = words;
        world
    }

    /// One of the words that exist from the start.
    fn word(&self, choice: usize) -> u64 {
        let cell = |index| self.arena.address(index) + POINTER_TAG;
        match choice % 16 {
            k @ 0..4 => (k as u64 * 7) << 1,
            4 => (-3i64 << 1) as u64,
            5 => (i64::MAX >> 1 << 1) as u64,
            6 => i64::MIN as u64,
            7 => 1 << 32,
            k @ 8..12 => cell(BOXES + 2 * (k - 8)),
            12 => cell(BUFFER),
            13 => cell(OBJECTS),
            14 => cell(OBJECTS + 2),
            _ => 200,
        }
    }

    /// Puts arena, context and entry parameters back to where a run starts.
    pub fn reset(&mut self) {
        self.arena.restore(&self.initial);
        let (vm, start) = (self.arena.address(0), self.arena.address(FREE));
        let end = self.arena.address(self.arena.len());
        let head = self.context.head_mut();
        (head.alloc_ptr, head.alloc_limit, head.vm) = (start, end, vm);
        head.set_collect_requested(false);
        let slots = self.context.slots_mut();
        slots[..256].fill(0xDEAD_BEEF_DEAD_BEEF);
        slots[..self.inputs.len()].copy_from_slice(&self.inputs);
    }

    /// What the arena holds at an index, for comparisons.
    pub(crate) fn kind_of_word(index: usize) -> Type {
        match index {
            FLOAT_REGION..memory::REFS => Type::F64,
            memory::REFS..FIXED => Type::Ref,
            _ => Type::I64,
        }
    }

    /// The words that runs are compared by: all but boxes, which are found through references.
    pub(crate) const COMPARED: std::ops::Range<usize> = 0..BOXES;
}

/// A case made ready to run.
#[derive(Debug)]
pub struct Built {
    /// What it works on.
    pub world: World,
    /// The traces by number: number 0 is the root, the others are side traces.
    pub traces: Vec<Arc<Trace>>,
    /// Which exit continues in which side trace.
    pub links: Vec<(ExitRef, TraceId)>,
}

impl Built {
    /// Runs the traces in the reference evaluator, side traces linked or not.
    pub fn run_reference(&mut self, linked: bool) -> Result<super::Run, String> {
        let memory = self.world.arena.permission();
        let mut evaluator = Evaluator::new(self.world.helpers.clone(), memory);
        let count = if linked { self.traces.len() } else { 1 };
        for (i, trace) in self.traces.iter().take(count).enumerate() {
            evaluator.add(TraceId(i as u32), trace).map_err(|e| e.to_string())?;
        }
        for &(from, to) in self.links.iter().filter(|_| linked) {
            evaluator.link_exit(from, to).map_err(|e| e.to_string())?;
        }
        self.world.reset();
        let out = evaluator.run(TraceId(0), &mut self.world.context, FUEL);
        let out = out.map_err(|e| e.to_string())?;
        let exit = out.exit.ok_or("the run has no exit")?;
        let iterations = out.iterations.values().sum();
        Ok(super::Run::new(exit, out.live, iterations, &self.world))
    }

    /// All traces as text.
    pub fn text(&self) -> String {
        let table = Some(&self.world.helpers);
        let texts = self.traces.iter().enumerate();
        texts.map(|(i, t)| format!("; T{i}\n{}", t.text(table))).collect()
    }
}

impl Case {
    /// Builds the case.
    pub fn build(&self) -> Built {
        let mut world = World::new(self);
        let buffer = world.arena.address(BUFFER) + POINTER_TAG;
        let base = world.arena.address(FLOAT_REGION);
        let bits = self.inputs.iter().map(|input| match *input {
            Input::I64(i) => i as u64,
            Input::F64(bits) => bits,
            Input::Ref(choice) => world.word(choice as usize),
        });
        let extras: Vec<u64> = bits.collect();
        let mut types: Vec<Type> = self.inputs.iter().map(|i| i.ty()).collect();
        let first = self.seed as usize % (types.len() + 1);
        types.splice(first..first, [Type::I64, Type::I64, Type::Ref]);
        world.inputs = extras;
        world.inputs.splice(first..first, [u64::from(self.trips), base, buffer]);
        world.reset();
        let kind = if self.straight { TraceKind::Straight } else { TraceKind::Loop };
        let mut builder = Builder::new(&mut world, kind);
        builder.root_entry(self, &types, first);
        let trace = match self.straight {
            true => builder.build_straight(self, &types, first),
            false => builder.build_loop(self),
        };
        let mut built = Built { world, traces: vec![Arc::new(trace)], links: Vec::new() };
        for side in &self.sides {
            let Ok(run) = built.run_reference(true) else { break };
            let parent = Arc::clone(&built.traces[run.exit.trace.0 as usize]);
            let point = parent.exits()[run.exit.exit as usize];
            if !matches!(point.kind, Exit::Guard | Exit::Result) {
                break;
            }
            let live = parent.live_of(point.snapshot).iter();
            let live: Vec<Type> = live.filter_map(|&v| parent.type_of(v)).collect();
            let kind = TraceKind::Side { parent: run.exit.trace, exit: run.exit.exit };
            let builder = Builder::new(&mut built.world, kind);
            let trace = builder.build_side(side, &live, &run.live, &types, first);
            built.links.push((run.exit, TraceId(built.traces.len() as u32)));
            built.traces.push(Arc::new(trace));
        }
        built
    }
}

struct Builder<'a> {
    world: &'a mut World,
    trace: Trace,
    /// The bits of each op's value in the first pass, while the builder follows.
    values: Vec<u64>,
    follows: bool,
    /// Values by type that ops may use.
    pools: [Vec<Val>; 3],
    counter: Val,
    /// Parameters that hold the base address and the buffer's word.
    bases: Vec<Val>,
    seeds: Seeds,
}

impl<'a> Builder<'a> {
    fn new(world: &'a mut World, kind: TraceKind) -> Builder<'a> {
        Builder {
            world,
            trace: Trace::new("generated.py:1", kind),
            values: Vec::new(),
            follows: true,
            pools: Default::default(),
            counter: Val::NONE,
            bases: Vec::new(),
            seeds: Seeds(0),
        }
    }

    /// The beginning of the root: its parameters, its snapshot, the ops of its entry.
    fn root_entry(&mut self, case: &Case, types: &[Type], first: usize) {
        let inputs = self.world.inputs.clone();
        self.begin(types, &inputs);
        self.counter = Val::value(first);
        self.bases = vec![Val::value(first + 1), Val::value(first + 2)];
        // Addresses are no operands of arithmetic: results must not depend on them.
        self.pools[Type::I64 as usize].retain(|&v| v != Val::value(first + 1));
        let count = types.len() as u16;
        let entries: Vec<SnapEntry> = (0..count)
            .map(|k| SnapEntry {
                index: k,
                recipe: Recipe::Value,
                a: Val::value(k as usize),
                b: Val::NONE,
            })
            .collect();
        let frame = SnapFrame { code: 1, pc: 0, height: count, entries: count };
        self.trace.entry = self.trace.add_snapshot(&[frame], &entries);
        self.steps(&case.entry);
    }

    fn build_straight(mut self, case: &Case, types: &[Type], first: usize) -> Trace {
        self.steps(&case.body);
        self.seeds = Seeds(u64::from(case.seed));
        if self.seeds.below(4) == 0 {
            self.leave();
        } else {
            self.jump_to_root(types, first);
        }
        self.trace
    }

    fn build_loop(mut self, case: &Case) -> Trace {
        self.seeds = Seeds(u64::from(case.seed));
        // Some loops have no parameters at all: the counter is in memory then.
        let parameters = !case.carried.is_empty() || case.seed & 2 == 0;
        let mut args = Vec::new();
        let mut types = Vec::new();
        if parameters {
            args.push(self.counter);
            types.push(Type::I64);
        } else {
            self.store_counter(self.counter);
        }
        args.extend(case.carried.iter().map(|&ty| self.pick(ty)));
        let bits: Vec<u64> = args.iter().map(|&v| self.bits(v)).collect();
        types.extend(&case.carried);
        self.values.push(0);
        self.trace.push_jump(Opcode::Jump, 1, &args);
        self.begin(&types, &bits);
        let carried = self.trace.ops.len() - case.carried.len();
        if parameters {
            self.counter = Val::value(self.trace.ops.len() - types.len());
        }
        let early = parameters && case.seed & 1 == 0;
        let mut next = if early { self.count_down() } else { Val::NONE };
        self.steps(&case.body);
        self.seeds = Seeds(u64::from(case.seed) + 1);
        if !parameters {
            self.load_counter();
        }
        if !early {
            next = self.count_down();
        }
        let mut args = Vec::new();
        if parameters {
            args.push(next);
        } else {
            self.store_counter(next);
        }
        // Parameters that change places are a cycle of moves.
        let turns = self.seeds.below(4) == 0;
        for (k, &ty) in case.carried.iter().enumerate() {
            let others = (k + 1..case.carried.len()).chain(0..k);
            let other = others.into_iter().find(|&j| case.carried[j] == ty);
            args.push(match other.filter(|_| turns && self.seeds.below(4) != 0) {
                Some(j) => Val::value(carried + j),
                None => self.pick(ty),
            });
        }
        self.trace.push_jump(Opcode::Jump, 1, &args);
        self.trace
    }

    fn build_side(
        mut self,
        side: &Side,
        live: &[Type],
        bits: &[u64],
        target: &[Type],
        first: usize,
    ) -> Trace {
        self.begin(live, bits);
        self.counter = Val::value(0);
        self.steps(&side.steps);
        self.seeds = Seeds(u64::from(side.seed));
        if side.rejoin {
            self.jump_to_root(target, first);
        } else {
            self.leave();
        }
        self.trace
    }

    /// Ends the trace with an exit.
    fn leave(&mut self) {
        let exit = self.snapshot(Opcode::ExitAlways);
        self.trace.push(Op::new(Opcode::ExitAlways, &[]).with_snapshot(exit));
    }

    /// Ends the trace with a jump to the root, whose parameters have those types.
    fn jump_to_root(&mut self, target: &[Type], first: usize) {
        let counter = self.count_down();
        let mut args: Vec<Val> = target.iter().map(|&ty| self.pick(ty)).collect();
        args[first] = counter;
        args[first + 1] = self.trace.add_const(Const::I64(self.world.inputs[first + 1] as i64));
        args[first + 2] = self.trace.add_const(Const::Ref(self.world.inputs[first + 2]));
        self.trace.push_jump(Opcode::JumpTrace, 0, &args);
    }

    fn begin(&mut self, types: &[Type], bits: &[u64]) {
        let first = self.trace.ops.len();
        self.trace.begin_block(types);
        self.values.extend_from_slice(bits);
        for (i, &ty) in types.iter().enumerate() {
            self.pools[ty as usize].push(Val::value(first + i));
        }
    }

    fn count_down(&mut self) -> Val {
        let (zero, one) = (self.int(0), self.int(1));
        self.emit(Op::new(Opcode::GuardGtI64, &[self.counter, zero]), true);
        let opcode = if self.seeds.below(2) == 0 { Opcode::Sub } else { Opcode::SubOvf };
        self.emit(Op::new(opcode, &[self.counter, one]), true).unwrap_or(zero)
    }

    fn int(&mut self, i: i64) -> Val {
        self.trace.add_const(Const::I64(i))
    }

    fn bits(&self, val: Val) -> u64 {
        match val.as_value() {
            Some(v) => self.values.get(v).copied().unwrap_or(0),
            None => self.trace.const_of(val).map_or(0, |c| c.bits()),
        }
    }

    /// A constant of that type.
    fn constant(&mut self, ty: Type) -> Val {
        let choice = self.seeds.below(1 << 16);
        let c = match ty {
            Type::I64 => Const::I64(super::INTS[choice % super::INTS.len()]),
            Type::F64 => Const::F64(FLOATS[choice % FLOATS.len()].to_bits()),
            Type::Ref => Const::Ref(self.world.word(choice)),
        };
        self.trace.add_const(c)
    }

    /// An operand of that type: a constant, a recent value, or any value.
    fn pick(&mut self, ty: Type) -> Val {
        let len = self.pools[ty as usize].len();
        let near = if self.seeds.below(2) == 0 { len.min(4) } else { len };
        if len == 0 || self.seeds.below(5) == 0 {
            return self.constant(ty);
        }
        self.pools[ty as usize][len - 1 - self.seeds.below(near)]
    }

    /// Places an op, unless it would leave now and is not to be kept.
    fn emit(&mut self, op: Op, keep: bool) -> Option<Val> {
        let mut bits = 0;
        if self.follows {
            let mut operands = [0; 3];
            for (slot, &val) in operands.iter_mut().zip(op.operands()) {
                *slot = self.bits(val);
            }
            let memory = self.world.arena.permission();
            let (helpers, context) = (&self.world.helpers, &mut self.world.context);
            match eval::step(helpers, memory, &op, operands, context) {
                eval::Step::Define(result) => bits = result,
                eval::Step::Leave(_) if !keep => return None,
                eval::Step::Leave(_) | eval::Step::ToBlock | eval::Step::ToTrace => {
                    self.follows = false;
                }
            }
        }
        let snapshot = match op.opcode.can_exit() {
            true => self.snapshot(op.opcode),
            false => SnapshotId::NONE,
        };
        let val = self.trace.push(op.with_snapshot(snapshot));
        self.values.push(bits);
        if let Some(ty) = op.result() {
            self.pools[ty as usize].push(val);
        }
        Some(val)
    }

    /// Places an op that may leave, repaired where it would: operands swapped, or the second
    /// one replaced by what the first one holds.
    fn emit_biased(&mut self, op: Op) -> Option<Val> {
        // Exits with a wrapped result are rarer and more delicate than failing guards.
        let odds = if defines_result_on_exit(op.opcode) { 2 } else { 10 };
        let keep = self.seeds.below(odds) == 0;
        let placed = self.emit(op, keep);
        let [a, b, _] = op.args;
        let ty = self.trace.type_of(a)?;
        if placed.is_some() || op.operands().len() != 2 || Some(ty) != self.trace.type_of(b) {
            return placed;
        }
        let placed = self.emit(Op { args: [b, a, Val::NONE], ..op }, false);
        if placed.is_some() || op.result().is_some() {
            return placed;
        }
        let bits = self.bits(a);
        let c = match ty {
            Type::I64 => Const::I64(bits as i64),
            Type::F64 => Const::F64(bits),
            Type::Ref => Const::Ref(bits),
        };
        let c = self.trace.add_const(c);
        self.emit(Op { args: [a, c, Val::NONE], ..op }, false)
    }

    /// A snapshot of random values for an op that is placed next.
    fn snapshot(&mut self, opcode: Opcode) -> SnapshotId {
        let own = Val::value(self.trace.ops.len());
        let own = Some(own).filter(|_| defines_result_on_exit(opcode));
        let pc = self.trace.snapshots.len() as u32;
        let mut frames = Vec::new();
        let mut entries = Vec::new();
        let counter = SnapEntry { index: 0, recipe: Recipe::Value, a: self.counter, b: Val::NONE };
        entries.push(counter);
        for f in 0..1 + self.seeds.below(4) / 3 {
            let height = 1 + if self.seeds.below(8) == 0 { 24 } else { self.seeds.below(7) } as u16;
            let start = if f == 0 { 0 } else { entries.len() };
            for index in (f == 0) as u16..height {
                if self.seeds.below(3) > 0 {
                    entries.push(self.entry(index, own));
                }
            }
            let count = (entries.len() - start) as u16;
            frames.push(SnapFrame { code: 1 + f as u32, pc, height, entries: count });
        }
        self.trace.add_snapshot(&frames, &entries)
    }

    fn entry(&mut self, index: u16, own: Option<Val>) -> SnapEntry {
        let recipe = match self.seeds.below(10) {
            0 => Recipe::WrappingSub,
            1 => Recipe::WrappingAdd,
            _ => Recipe::Value,
        };
        let ty = match (recipe, self.seeds.below(3)) {
            (Recipe::Value, 0) => Type::F64,
            (Recipe::Value, 1) => Type::Ref,
            _ => Type::I64,
        };
        let a = match own {
            Some(own) if ty == Type::I64 && self.seeds.below(3) == 0 => own,
            _ => self.pick(ty),
        };
        let b = if recipe == Recipe::Value { Val::NONE } else { self.pick(Type::I64) };
        SnapEntry { index, recipe, a, b }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.seeds = Seeds(u64::from(step.seed));
            self.step(step.opcode);
        }
    }

    /// A base operand and the displacement from it to a word of the arena.
    fn address(&mut self, index: usize) -> (Val, i32) {
        let base = match self.seeds.below(4) {
            0 => self.int(self.world.arena.address(BUFFER + 7) as i64),
            1 => self.trace.add_const(Const::Ref(self.world.arena.address(BUFFER) + POINTER_TAG)),
            k => match self.bases.get(k - 2) {
                Some(&base) => base,
                None => self.int(self.world.arena.address(0) as i64),
            },
        };
        // Base parameters always hold these addresses, so their bits are known even blindly.
        let address = match base.as_value() {
            Some(v) => self.world.inputs[v],
            None => self.bits(base),
        };
        (base, self.world.arena.address(index).wrapping_sub(address) as i32)
    }

    /// Places the ops for one step.
    fn step(&mut self, opcode: Opcode) {
        let info = opcode.info();
        match opcode {
            Opcode::ParamI64 | Opcode::ParamF64 | Opcode::ParamRef => {}
            Opcode::Jump | Opcode::JumpTrace | Opcode::ExitAlways => {}

            Opcode::LoadI64 | Opcode::LoadF64 | Opcode::LoadRef => {
                let ty = info.result.unwrap_or(Type::I64);
                let (index, class) = self.word_of(ty, true);
                let (base, disp) = self.address(index);
                self.emit(Op::new(opcode, &[base]).with_imm(disp).with_mem(class), false);
            }
            Opcode::StoreI64 | Opcode::StoreF64 | Opcode::StoreRef => {
                let ty = match opcode {
                    Opcode::StoreI64 => Type::I64,
                    Opcode::StoreF64 => Type::F64,
                    _ => Type::Ref,
                };
                let (index, class) = self.word_of(ty, false);
                let (base, disp) = self.address(index);
                let value = self.pick(ty);
                self.emit(Op::new(opcode, &[base, value]).with_imm(disp).with_mem(class), false);
            }
            Opcode::LoadRefIndex | Opcode::StoreRefIndex => {
                let (base, disp) = self.address(memory::REFS);
                let Some(index) = self.index(16) else { return };
                let mut args = vec![base, index];
                if opcode == Opcode::StoreRefIndex {
                    args.push(self.pick(Type::Ref));
                }
                self.emit(Op::new(opcode, &args).with_imm(disp).with_mem(MemClass(3)), false);
            }
            Opcode::GuardIndex => {
                let (a, b) = (self.pick(Type::I64), self.int(15));
                let length = match self.seeds.below(2) {
                    0 => Some(b),
                    _ => self.emit(Op::new(Opcode::And, &[a, b]), false),
                };
                let a = self.pick(Type::I64);
                if let Some(length) = length {
                    let keep = self.seeds.below(4) == 0;
                    self.emit(Op::new(opcode, &[a, length]), keep);
                }
            }
            Opcode::GuardClass => {
                let word = self.pick(Type::Ref);
                let mut class = [FLOAT_CLASS, CLASSES[0], CLASSES[1]][self.seeds.below(3)];
                if self.follows && self.seeds.below(4) > 0 {
                    let found = self.world.arena.permission().class_of(self.bits(word));
                    class = found.unwrap_or(class);
                }
                self.emit_biased(Op::new(opcode, &[word]).with_imm(class as i32));
            }
            Opcode::Untag => {
                let word = self.pick(Type::Ref);
                if self.emit_biased(Op::new(Opcode::GuardSmallInt, &[word])).is_some() {
                    self.emit(Op::new(opcode, &[word]), false);
                }
            }
            Opcode::LoadBoxF64 => {
                let word = self.pick(Type::Ref);
                let guard = Op::new(Opcode::GuardClass, &[word]).with_imm(FLOAT_CLASS as i32);
                if self.emit_biased(guard).is_some() {
                    self.emit(Op::new(opcode, &[word]), false);
                }
            }

            // Everything else takes any operands of its types. An op that needs more (an address,
            // a known tag) wants an arm of its own.
            _ => {
                let mut args = Vec::new();
                for &operand in info.operands {
                    args.push(match operand {
                        OperandType::W => return,
                        OperandType::I => self.pick(Type::I64),
                        OperandType::F => self.pick(Type::F64),
                        OperandType::R => self.pick(Type::Ref),
                    });
                }
                let mut op = Op::new(opcode, &args);
                if info.imm == Imm::Helper {
                    let helpers = self.world.helpers.helpers.iter().enumerate();
                    let fits = helpers.filter(|(_, h)| helper_fits(opcode, h.function));
                    let fits: Vec<i32> = fits.map(|(i, _)| i as i32).collect();
                    let choice = self.seeds.below(fits.len());
                    let Some(&helper) = fits.get(choice) else { return };
                    op.imm = helper;
                }
                self.emit_biased(op);
            }
        }
    }

    /// The base and the displacement of the word that holds the counter of a loop without parameters.
    fn counter_word(&mut self) -> (Val, i32) {
        (self.int(self.world.arena.address(0) as i64), 8 * memory::COUNTER as i32)
    }

    fn store_counter(&mut self, value: Val) {
        let (base, disp) = self.counter_word();
        let op = Op::new(Opcode::StoreI64, &[base, value]).with_imm(disp).with_mem(COUNTER_CLASS);
        self.emit(op, false);
    }

    /// Reads the counter, whose snapshots hold until then the one that the trace came in with: that is
    /// no lower, and one lower with each side trace that passes it on.
    fn load_counter(&mut self) {
        let (base, disp) = self.counter_word();
        let op = Op::new(Opcode::LoadI64, &[base]).with_imm(disp).with_mem(COUNTER_CLASS);
        if let Some(value) = self.emit(op, false) {
            self.counter = value;
        }
    }

    /// The index of a word of that type in the arena, and its memory class.
    fn word_of(&mut self, ty: Type, load: bool) -> (usize, MemClass) {
        let kind = ty as usize;
        let (any, fixed) = (self.seeds.below(16), self.seeds.below(4));
        if load && fixed == 0 {
            return (FIXED + 4 * kind + any % 4, MemClass::IMMUTABLE);
        }
        let start = [memory::INTS, FLOAT_REGION, memory::REFS][kind];
        (start + any, MemClass(1 + kind as u8))
    }

    /// An integer from 0 to `length` - 1, a power of two: guarded or masked.
    fn index(&mut self, length: i64) -> Option<Val> {
        let (a, b) = (self.pick(Type::I64), self.int(length));
        match self.seeds.below(4) {
            0 => {
                let index = self.seeds.below(length as usize) as i64;
                Some(self.int(index))
            }
            1 => self.emit(Op::new(Opcode::GuardIndex, &[a, b]), false).map(|_| a),
            _ => {
                let mask = self.int(length - 1);
                self.emit(Op::new(Opcode::And, &[a, mask]), false)
            }
        }
    }
}
