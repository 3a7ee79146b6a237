//! The exact method against a search through all states of the machine, on traces tiny enough for it.
//!
//! The search knows nothing of gaps: between any two ops it may load, store and drop any value, as
//! often as it likes. A state is which values are in registers, which have been written to slots of
//! their own, and what the slots that edges fill hold.

mod support;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use support::checked;
use tierlab_regalloc::cost::cost;
use tierlab_regalloc::optimal::{Optimal, bound};
use tierlab_regalloc::{
    AllocError, Allocation, Allowed, Clobbers, Constraint, Input, Loc, RegFile,
};
use tierlab_trace::ir::{
    Const, Op, Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, TraceId, TraceKind, Val,
};
use tierlab_trace::ops::{Opcode, Type};

/// Ops that ask for everything an op can ask for.
fn constraint(op: Opcode) -> &'static Constraint {
    static ANY: Constraint = Constraint::ANY;
    static REGISTERS: Constraint = Constraint {
        operands: [Allowed::REGISTER, Allowed::ANY, Allowed::ANY],
        result: Allowed::REGISTER,
        ..Constraint::ANY
    };
    static SLOTS: Constraint = Constraint {
        operands: [Allowed::SLOT, Allowed::ANY, Allowed::ANY],
        result: Allowed::SLOT,
        ..Constraint::ANY
    };
    static CALL: Constraint = Constraint { clobbers: Clobbers::ALL, ..Constraint::ANY };
    static HALF: Constraint =
        Constraint { clobbers: Clobbers { ints: 1, floats: 1 }, ..Constraint::ANY };
    match op {
        Opcode::Sub => &REGISTERS,
        Opcode::Xor => &SLOTS,
        Opcode::And => &CALL,
        Opcode::Or => &HALF,
        _ => &ANY,
    }
}

fn file(k: u8) -> RegFile {
    RegFile { ints: k, floats: k, constraint, immediate: |_, _, _| false }
}

/// Source of a trace: numbers from which all choices are taken.
#[derive(Debug, Clone)]
struct Choices(Vec<u8>, usize);

impl Choices {
    fn below(&mut self, n: usize) -> usize {
        self.1 += 1;
        self.0.get(self.1 - 1).map_or(0, |&c| c as usize % n.max(1))
    }
}

const OPS: [Opcode; 7] = [
    Opcode::Add,
    Opcode::Sub,
    Opcode::Xor,
    Opcode::And,
    Opcode::Or,
    Opcode::GuardGtI64,
    Opcode::GuardGtI64,
];

/// A snapshot that reads these values.
fn snapshot(trace: &mut Trace, read: &[Val]) -> SnapshotId {
    let entry = |(k, &a): (usize, &Val)| SnapEntry {
        index: k as u16,
        recipe: Recipe::Value,
        a,
        b: Val::NONE,
    };
    let entries: Vec<SnapEntry> = read.iter().enumerate().map(entry).collect();
    let n = entries.len() as u16;
    trace.add_snapshot(&[SnapFrame { code: 0, pc: 0, height: n, entries: n }], &entries)
}

fn body(trace: &mut Trace, known: &mut Vec<Val>, choices: &mut Choices, ops: usize) {
    let constant = trace.add_const(Const::I64(5));
    for _ in 0..ops {
        let operand = |choices: &mut Choices| match choices.below(8) {
            0 => constant,
            _ => known[choices.below(known.len())],
        };
        let opcode = OPS[choices.below(OPS.len())];
        let op = Op::new(opcode, &[operand(choices), operand(choices)]);
        if opcode == Opcode::GuardGtI64 {
            let read: Vec<Val> = known.iter().copied().filter(|_| choices.below(3) == 0).collect();
            let snapshot = snapshot(trace, &read);
            trace.push(op.with_snapshot(snapshot));
        } else {
            known.push(trace.push(op));
        }
    }
}

fn build(mut choices: Choices, repeat: bool) -> Trace {
    let kind =
        if repeat { TraceKind::Loop } else { TraceKind::Side { parent: TraceId(0), exit: 0 } };
    let mut trace = Trace::new("oracle", kind);
    let params = 1 + choices.below(2);
    trace.begin_block(&vec![Type::I64; params]);
    let mut known: Vec<Val> = (0..params).map(Val::value).collect();
    if repeat {
        trace.entry = snapshot(&mut trace, &known);
    }
    let n = choices.below(if repeat { 3 } else { 7 });
    body(&mut trace, &mut known, &mut choices, n);
    let constant = trace.add_const(Const::I64(5));
    let args = |n: usize, known: &[Val], choices: &mut Choices| -> Vec<Val> {
        let mut arg = || match choices.below(8) {
            0 => constant,
            _ => known[choices.below(known.len())],
        };
        (0..n).map(|_| arg()).collect()
    };
    if !repeat {
        let n = choices.below(4);
        let args = args(n, &known, &mut choices);
        trace.push_jump(Opcode::JumpTrace, 0, &args);
        return trace;
    }
    let params = choices.below(3);
    let first = args(params, &known, &mut choices);
    trace.push_jump(Opcode::Jump, 1, &first);
    let start = trace.ops.len();
    trace.begin_block(&vec![Type::I64; params]);
    known.extend((start..start + params).map(Val::value));
    let n = 1 + choices.below(4);
    body(&mut trace, &mut known, &mut choices, n);
    let again = args(params, &known, &mut choices);
    trace.push_jump(Opcode::Jump, 1, &again);
    trace
}

type Set = u32;

/// What is where. Only values that are still read are in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct State {
    registers: Set,
    slots: Set,
    /// What the slots hold that an edge fills.
    cells: Vec<Option<u8>>,
    constant: bool,
}

type States = BTreeMap<State, u64>;

fn put(states: &mut States, state: State, cost: u64) {
    let old = states.entry(state).or_insert(u64::MAX);
    *old = cost.min(*old);
}

struct Search<'a> {
    trace: &'a Trace,
    k: u32,
    /// Per position (twice the op, and one more behind it) the values that are read there or later.
    live: Vec<Set>,
    first: usize,
}

fn has(set: Set, v: usize) -> bool {
    set >> v & 1 != 0
}

impl Search<'_> {
    fn liveness(trace: &Trace, first: usize) -> Vec<Set> {
        let n = trace.ops.len();
        let mut live = vec![0; 2 * n + 2];
        // Twice, for the back edge.
        for _ in 0..2 {
            for i in (0..n).rev() {
                let op = &trace.ops[i];
                let mut set = live[2 * i + 2];
                if matches!(op.opcode, Opcode::Jump) && i + 1 == n {
                    set = live[2 * first] & ((1 << first) - 1);
                }
                if op.opcode.can_exit() {
                    for v in trace.live_of(op.snapshot) {
                        set |= 1 << v.as_value().unwrap();
                    }
                }
                live[2 * i + 1] = set;
                set &= !(1 << i);
                let args = match op.opcode {
                    Opcode::Jump | Opcode::JumpTrace => trace.args_of_jump(op),
                    _ => op.operands(),
                };
                for v in args.iter().filter_map(|a| a.as_value()) {
                    set |= 1 << v;
                }
                live[2 * i] = set;
            }
        }
        live
    }

    /// All that can be done between two ops.
    fn edits(&self, states: States, weight: u64, live: Set) -> States {
        let mut done = States::new();
        let mut queue: BTreeSet<(u64, State)> = states.into_iter().map(|(s, c)| (c, s)).collect();
        while let Some((cost, mut state)) = queue.pop_first() {
            state.registers &= live;
            state.slots &= live;
            if done.contains_key(&state) {
                continue;
            }
            done.insert(state.clone(), cost);
            let mut next = |cost, state| {
                queue.insert((cost, state));
            };
            for v in (0..self.trace.ops.len()).filter(|&v| has(live, v)) {
                let in_cell = state.cells.contains(&Some(v as u8));
                let in_slot = has(state.slots, v) || in_cell;
                let in_register = has(state.registers, v);
                if !in_slot && !in_register {
                    continue;
                }
                if in_register {
                    next(cost, State { registers: state.registers & !(1 << v), ..state.clone() });
                } else if state.registers.count_ones() < self.k {
                    let registers = state.registers | 1 << v;
                    next(cost + weight, State { registers, ..state.clone() });
                }
                let copy = weight * if in_register { 1 } else { 2 };
                if !has(state.slots, v) {
                    next(cost + copy, State { slots: state.slots | 1 << v, ..state.clone() });
                }
                for c in 0..state.cells.len() {
                    let mut changed = state.clone();
                    changed.cells[c] = Some(v as u8);
                    next(cost + copy, changed);
                }
            }
        }
        done
    }

    fn available(&self, state: &State, v: usize) -> bool {
        has(state.registers | state.slots, v) || state.cells.contains(&Some(v as u8))
    }

    /// Op `i`.
    fn op(&self, i: usize, states: States, weight: u64) -> States {
        let op = &self.trace.ops[i];
        let constraint = constraint(op.opcode);
        let mut after = States::new();
        for (state, cost) in states {
            // Each constant operand in a register or in a slot; they are all the same constant.
            for in_register in [false, true] {
                let mut cost = cost;
                let mut state = state.clone();
                let mut temporary = false;
                let mut possible = true;
                for (k, arg) in op.operands().iter().enumerate() {
                    let allowed = constraint.operands[k];
                    match arg.as_value() {
                        Some(v) if has(state.registers, v) && allowed.registers != 0 => {}
                        Some(v) => {
                            possible &= allowed.slot;
                            possible &= has(state.slots, v) || state.cells.contains(&Some(v as u8));
                            cost += weight;
                        }
                        None if in_register && allowed.registers != 0 => temporary = true,
                        None => {
                            possible &= allowed.slot;
                            cost += weight + u64::from(!state.constant);
                            state.constant = true;
                        }
                    }
                }
                let used = state.registers.count_ones() + u32::from(temporary);
                if !possible || used > self.k {
                    continue;
                }
                // Which values are dropped before the result comes, of those that can be.
                let live = self.live[2 * i + 1];
                state.registers &= live;
                state.slots &= live;
                let lost = constraint.clobbers.ints & ((1 << self.k) - 1);
                let most = self.k - lost.count_ones();
                let sets = (0..=state.registers).filter(|s| s & !state.registers == 0);
                for registers in sets.filter(|s| s.count_ones() <= most) {
                    let state = State { registers, ..state.clone() };
                    let mut results = vec![(state.clone(), cost)];
                    if op.result().is_some() {
                        results.clear();
                        if constraint.result.registers != 0 && registers.count_ones() < self.k {
                            let registers = registers | 1 << i;
                            results.push((State { registers, ..state.clone() }, cost));
                        }
                        if constraint.result.slot {
                            let slots = state.slots | 1 << i;
                            results.push((State { slots, ..state.clone() }, cost + weight));
                            for c in 0..state.cells.len() {
                                let mut changed = state.clone();
                                changed.cells[c] = Some(i as u8);
                                results.push((changed, cost + weight));
                            }
                        }
                    }
                    for (mut state, cost) in results {
                        let exits = match op.opcode.can_exit() {
                            true => self.trace.live_of(op.snapshot),
                            false => &[],
                        };
                        let found = |v: &Val| self.available(&state, v.as_value().unwrap());
                        if exits.iter().all(found) {
                            state.registers &= self.live[2 * i + 2];
                            state.slots &= self.live[2 * i + 2];
                            put(&mut after, state, cost);
                        }
                    }
                }
            }
        }
        after
    }

    fn run(&self, ops: std::ops::Range<usize>, mut states: States, weight: u64) -> States {
        for i in ops {
            states = self.edits(states, weight, self.live[2 * i]);
            states = self.op(i, states, weight);
        }
        states
    }
}

/// The least traffic, by search.
fn search(trace: &Trace, incoming: &[Loc], k: u8) -> Option<u64> {
    let block = &trace.blocks[0];
    let repeat = trace.loop_block();
    let first = repeat.map_or(usize::MAX, |b| b.first as usize);
    let search = Search { trace, k: u32::from(k), live: Search::liveness(trace, first), first };
    let entry = block.params as usize;
    let jump = block.end as usize - 1;
    let weight = if repeat.is_some() { 10 } else { 1 };
    let args = trace.args_of_jump(&trace.ops[jump]);
    let mut best: Option<u64> = None;
    // Slots that the edges fill: those of the parameters, each new or that of an arrival.
    let mut cells: Vec<Vec<Option<u8>>> = vec![Vec::new()];
    for (c, arg) in args.iter().enumerate() {
        let mut choices = vec![None];
        match (repeat, arg.as_value()) {
            (None, _) => {
                let here = incoming.iter().position(|&l| l == Loc::slot(c as u32));
                choices = vec![here.map(|p| p as u8)];
            }
            (Some(_), Some(v)) if v < entry && incoming[v].is_slot() => choices.push(Some(v as u8)),
            (Some(_), _) => {}
        }
        let longer = cells.iter().flat_map(|cell| {
            choices.iter().map(move |&choice| {
                let mut cell = cell.clone();
                cell.push(choice);
                cell
            })
        });
        cells = longer.collect();
        // One arrival's slot is one cell.
        cells.retain(|cells| {
            let mut seen = BTreeSet::new();
            cells.iter().flatten().all(|c| seen.insert(*c))
        });
    }
    for cells in cells {
        let mut state = State { cells, ..State::default() };
        for (p, loc) in incoming.iter().enumerate() {
            let live = has(search.live[2 * entry], p);
            if !live {
                continue;
            }
            match loc.is_slot() {
                true if state.cells.contains(&Some(p as u8)) => {}
                true => state.slots |= 1 << p,
                false => state.registers |= 1 << p,
            }
        }
        let states = States::from([(state, 0)]);
        let states = search.run(entry..jump, states, 1);
        let states = search.edits(states, 1, search.live[2 * jump]);
        let Some(repeat) = repeat else {
            for (state, cost) in states {
                let cost =
                    args.iter().enumerate().try_fold(cost, |cost, (c, arg)| match arg.as_value() {
                        None => Some(cost + 1),
                        Some(v) => (state.cells[c] == Some(v as u8)).then_some(cost),
                    });
                best = best.into_iter().chain(cost).min();
            }
            continue;
        };
        let body = repeat.param_ops().end;
        let back = repeat.end as usize - 1;
        let again = trace.args_of_jump(&trace.ops[back]);
        // At the header: which parameters are in registers, which in their slots.
        for (in_registers, in_slots) in (0..1 << (2 * args.len()))
            .map(|n: u32| (n & ((1 << args.len()) - 1), n >> args.len()))
            .filter(|(r, s)| (r | s) + 1 == 1 << args.len())
        {
            let pass = |states: &States, args: &[Val], weight: u64| {
                let mut passed = States::new();
                'states: for (state, cost) in states {
                    let mut cost = *cost;
                    let outer = (1 << search.first) - 1;
                    let mut next = State {
                        registers: state.registers & outer & search.live[2 * body],
                        slots: state.slots & outer & search.live[2 * body],
                        cells: vec![None; args.len()],
                        constant: state.constant,
                    };
                    for (c, arg) in args.iter().enumerate() {
                        let p = search.first + c;
                        let v = arg.as_value();
                        if has(in_registers, c) {
                            if v.is_some_and(|v| !has(state.registers, v)) {
                                continue 'states;
                            }
                            next.registers |= 1 << p;
                        }
                        if has(in_slots, c) {
                            match v {
                                None => cost += weight,
                                Some(v) if state.cells[c] == Some(v as u8) => {}
                                Some(_) => continue 'states,
                            }
                            next.cells[c] = Some(p as u8);
                        }
                    }
                    // Any of the values from before will do.
                    let own = next.registers & !outer;
                    let others = next.registers & outer;
                    for kept in (0..=others).filter(|s| s & !others == 0) {
                        let next = State { registers: own | kept, ..next.clone() };
                        if next.registers.count_ones() <= search.k {
                            put(&mut passed, next, cost);
                        }
                    }
                }
                passed
            };
            let headers = pass(&states, args, 1);
            for (header, cost) in headers {
                if best.is_some_and(|b| b <= cost) {
                    continue;
                }
                let start = States::from([(header.clone(), cost)]);
                let mut start = start;
                // Parameters that nothing reads are dropped.
                let (mut state, cost) = start.pop_first().unwrap();
                state.registers &= search.live[2 * body];
                for cell in &mut state.cells {
                    *cell = cell.filter(|&v| has(search.live[2 * body], v as usize));
                }
                let unread: BTreeSet<usize> = (0..args.len())
                    .filter(|&c| !has(search.live[2 * body], search.first + c))
                    .collect();
                start.insert(state, cost);
                let states = search.run(body..back, start, weight);
                let states = search.edits(states, weight, search.live[2 * back]);
                for (state, cost) in pass(&states, again, weight) {
                    let cells = state.cells.iter().zip(&header.cells).enumerate();
                    let same = cells.filter(|(c, _)| !unread.contains(c)).all(|(_, (a, b))| a == b);
                    if state.registers & header.registers == header.registers
                        && state.slots & header.slots == header.slots
                        && same
                    {
                        best = best.into_iter().chain([cost]).min();
                    }
                }
            }
        }
    }
    best
}

/// How many values are live at once at most.
fn pressure(trace: &Trace) -> u32 {
    let first = trace.loop_block().map_or(usize::MAX, |b| b.first as usize);
    Search::liveness(trace, first).iter().map(|set| set.count_ones()).max().unwrap_or(0)
}

/// Sums over cases.
#[derive(Debug, Default)]
struct Tally {
    cases: u32,
    /// Cases in which the search finds less.
    above: u32,
    /// Cases in which it does not find as little.
    below: u32,
    bound: u64,
    attained: u64,
}

/// The search may copy slots to slots and one slot copy to another, which the program does not; and the
/// program knows no cycles of moves. Both are rare, and cost an access or two.
#[test]
fn the_bound_is_what_a_search_finds() {
    let strategy = (prop::collection::vec(any::<u8>(), 10..80), any::<bool>(), 1..4u8, any::<u8>());
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let mut tally = Tally::default();
    for _ in 0..CASES {
        let tree = strategy.new_tree(&mut runner).expect("nothing is rejected");
        let (choices, repeat, k, arrivals) = tree.current();
        let trace = build(Choices(choices, 0), repeat);
        tierlab_trace::verify::verify(&trace, None).expect("what is built is a trace");
        if pressure(&trace) > 4 {
            continue;
        }
        let place = |p: u32| match !repeat && arrivals >> p & 1 != 0 {
            true => Loc::int(p as u8),
            false => Loc::slot(p),
        };
        let incoming: Vec<Loc> = (0..trace.blocks[0].params).map(place).collect();
        let file = file(k);
        let incoming_or_none = (!repeat).then_some(&incoming[..]);
        let input = Input { trace: &trace, file: &file, incoming: incoming_or_none };
        let text = || trace.text(None);
        let bound = match bound(&input, Duration::from_secs(20)) {
            Ok(bound) => bound,
            Err(AllocError::TooFewRegisters { .. }) => continue,
            Err(e) => panic!("{e}\n{}", text()),
        };
        let found = search(&trace, &incoming, k).expect("there is always a way");
        let mut out = Allocation::default();
        assert_eq!(checked(&mut Optimal::default(), &input, &mut out), Ok(true), "{}", text());
        let attained = cost(&trace, &out).weighted_traffic();
        assert!(attained >= found, "{attained} < {found}, {k} registers\n{}", text());
        assert!(bound <= found + 2, "{bound} > {found}, {k} registers\n{}", text());
        tally.cases += 1;
        tally.above += u32::from(bound > found);
        tally.below += u32::from(bound < found);
        tally.bound += bound;
        tally.attained += attained;
    }
    let Tally { cases, above, below, bound, attained } = tally;
    assert!(cases > CASES / 3, "{tally:?}");
    assert!(above * 30 <= cases && below * 10 <= cases, "{tally:?}");
    assert!((attained - bound) * 20 <= bound, "{tally:?}");
    println!("{tally:?}");
}

const CASES: u32 = 120;
