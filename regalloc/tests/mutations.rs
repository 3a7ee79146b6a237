//! Wrong allocations that the checker must catch.
//!
//! Right allocations of seeded random programs, by every strategy, are damaged in every way that an
//! allocator gets things wrong. Which damage matters is decided by [`support::machine`], which
//! runs the trace on numbers: whatever goes wrong there, the checker must refuse, and its report must
//! name the read that goes wrong first, with what should be there and what is. Each kind of damage
//! must have mattered often enough for each strategy, but for those that give it nothing to
//! damage; and it must have mattered before the loop, in it, across the back-edge and in side traces.

mod support;

use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::TestRunner;
use std::sync::{Arc, OnceLock};
use support::machine::{Read, first_wrong, run};
use support::{checked, lenient, parse, strict, x86, x86_keeping_all};
use tierlab_regalloc::checker::{Symbol, Violation, Where, check};
use tierlab_regalloc::{Allocation, Edit, Input, Loc, LocKind, RegFile, STRATEGIES, strategy};
use tierlab_trace::ir::{Const, Trace, TraceKind};
use tierlab_trace::ops::Opcode;
use tierlab_trace::testgen::case_up_to;

fn allocate(name: &str, input: &Input) -> Option<Allocation> {
    let mut out = Allocation::default();
    let mut strategy = strategy(name).expect("it is registered");
    checked(&mut *strategy, input, &mut out).unwrap_or_else(|why| panic!("{why}")).then_some(out)
}

/// A seeded set of programs: a loop trace each, and side traces.
fn programs() -> &'static [Vec<Arc<Trace>>] {
    static PROGRAMS: OnceLock<Vec<Vec<Arc<Trace>>>> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let mut runner = TestRunner::deterministic();
        let cases = case_up_to(40);
        let mut one = || {
            let case = cases.new_tree(&mut runner).expect("cases can be made").current();
            case.build().traces
        };
        (0..40).map(|_| one()).collect()
    })
}

/// A trace and a right allocation.
struct Subject {
    trace: Arc<Trace>,
    incoming: Option<Vec<Loc>>,
    right: Allocation,
}

/// What a strategy makes of all programs.
fn subjects(name: &str, file: &RegFile) -> Vec<Subject> {
    let mut all = Vec::new();
    for program in programs() {
        let mut exits: Vec<Option<Allocation>> = Vec::new();
        for trace in program {
            let incoming = match trace.kind {
                TraceKind::Loop | TraceKind::Straight => None,
                TraceKind::Side { parent, exit } => {
                    let Some(Some(parent)) = exits.get(parent.0 as usize) else {
                        exits.push(None);
                        continue;
                    };
                    let live = trace.blocks[0].params as usize;
                    Some(parent.exit(exit as usize, live).to_vec())
                }
            };
            let right = allocate(name, &Input { trace, file, incoming: incoming.as_deref() });
            exits.push(right.clone());
            all.extend(right.map(|right| Subject { trace: trace.clone(), incoming, right }));
        }
    }
    all
}

/// Where damage has mattered.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    entry: usize,
    in_loop: usize,
    across_back_edge: usize,
    side: usize,
    /// Times that the checker refused an earlier read, which found the right number by luck.
    earlier: usize,
}

impl Tally {
    fn add(&mut self, trace: &Trace, wrong: &Read, earlier: bool) {
        self.earlier += usize::from(earlier);
        match (trace.kind, wrong.jumps) {
            (TraceKind::Side { .. }, _) => self.side += 1,
            (TraceKind::Loop, 0) | (TraceKind::Straight, _) => self.entry += 1,
            (TraceKind::Loop, 1) => self.in_loop += 1,
            (TraceKind::Loop, _) => self.across_back_edge += 1,
        }
    }

    fn plus(self, other: Tally) -> Tally {
        Tally {
            entry: self.entry + other.entry,
            in_loop: self.in_loop + other.in_loop,
            across_back_edge: self.across_back_edge + other.across_back_edge,
            side: self.side + other.side,
            earlier: self.earlier + other.earlier,
        }
    }

    fn total(&self) -> usize {
        self.entry + self.in_loop + self.across_back_edge + self.side
    }
}

/// Whether the mutant goes wrong; then the checker must have said so. Says whether that was of an
/// earlier read.
///
/// The checker may refuse an earlier read that finds the right number by luck: two values may be
/// equal without its knowing, such as a copy and what it was copied from.
fn judge(name: &str, input: &Input, mutant: &Allocation) -> Option<(Read, bool)> {
    let wrong = first_wrong(input, mutant)?;
    let Err(error) = check(input, mutant) else {
        panic!("{name}: the checker passes what goes wrong: {wrong:?}");
    };
    // What cannot stand there is refused before anything is read.
    let Violation::Wrong { expected, found } = &error.what else { return Some((wrong, false)) };
    let (wrong, lucky) = run(input, mutant, Some((error.op, error.at, error.loc)));
    let wrong = wrong.expect("it goes wrong as before");
    let at_fault = lucky.first().unwrap_or(&wrong);
    let there = (at_fault.op, at_fault.at, at_fault.loc);
    assert_eq!((error.op, error.at, error.loc), there, "{name}: {error}: {wrong:?}");
    let symbol = match input.trace.const_of(at_fault.expected) {
        Some(c) => Symbol::Bits(c.bits()),
        None => Symbol::Value(at_fault.expected.as_value().expect("it is a value") as u32),
    };
    assert_eq!(*expected, symbol, "{name}: {error}");
    // In some pass all is there that it says is there.
    let all_there = |read: &Read| found.iter().all(|&symbol| read.finds(symbol));
    assert!(lucky.iter().chain([&wrong]).any(all_there), "{name}: {error}: {wrong:?}");
    let text = error.to_string();
    let parts = [format!("op %{},", error.op), format!("{} ", error.loc), format!("hold {symbol}")];
    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    let same = (wrong.op, wrong.at, wrong.loc) == there;
    Some((wrong, !same))
}

/// Damages one thing, number `n`, in a copy; says whether there was such a thing.
type Damage<'a> = &'a dyn Fn(&Trace, &mut Allocation, usize) -> bool;

/// Checks that damage of one kind is caught wherever it matters, and that it mattered for each
/// strategy but the `idle` ones, which give it nothing to damage.
fn caught(file: &RegFile, idle: &[&str], damage: Damage) -> Vec<Tally> {
    let one = |name: &str| {
        let mut tally = Tally::default();
        for Subject { trace, incoming, right } in subjects(name, file) {
            let input = Input { trace: &trace, file, incoming: incoming.as_deref() };
            let wrong = first_wrong(&input, &right);
            assert!(wrong.is_none(), "{name}: the checker passed a wrong allocation: {wrong:?}");
            for n in 0.. {
                let mut mutant = right.clone();
                if !damage(&trace, &mut mutant, n) {
                    break;
                }
                if mutant != right
                    && let Some((wrong, earlier)) = judge(name, &input, &mutant)
                {
                    tally.add(&trace, &wrong, earlier);
                }
            }
        }
        match idle.contains(&name) {
            true => assert_eq!(tally.total(), 0, "{name} is not idle"),
            false => assert!(tally.total() >= 20, "{name}: it mattered too rarely: {tally:?}"),
        }
        assert!(tally.earlier * 20 <= tally.total(), "{name}: too often lucky: {tally:?}");
        tally
    };
    STRATEGIES.iter().map(|info| one(info.name)).collect()
}

/// Only what an op's row declares.
fn swap_operands(trace: &Trace, mutant: &mut Allocation, n: usize) -> bool {
    let mut two = (0..trace.ops.len()).filter(|&i| trace.ops[i].operands().len() > 1);
    let Some(i) = two.nth(n) else { return false };
    mutant.locs[i].args.swap(0, 1);
    true
}

#[test]
fn swapped_operands() {
    caught(&x86(5, 8), &[], &swap_operands);
    caught(&lenient(3, 3), &[], &swap_operands);
}

/// In the locations of one op, as when two values got each other's register.
fn exchange_registers(trace: &Trace, mutant: &mut Allocation, n: usize) -> bool {
    let Some(_) = trace.ops.get(n) else { return false };
    let swap = |loc: &mut Loc| match loc.kind() {
        LocKind::Int if loc.index() < 2 => *loc = Loc::int(1 - loc.index() as u8),
        LocKind::Float if loc.index() < 2 => *loc = Loc::float(1 - loc.index() as u8),
        LocKind::Int | LocKind::Float | LocKind::Slot | LocKind::Const | LocKind::None => {}
    };
    mutant.locs[n].args.iter_mut().for_each(swap);
    swap(&mut mutant.locs[n].result);
    true
}

#[test]
fn exchanged_registers() {
    // Where nothing asks for a register, `stack` uses none.
    caught(&lenient(4, 4), &["stack"], &exchange_registers);
    caught(&strict(4, 4), &[], &exchange_registers);
}

/// Loses the `n`th edit of those that `which` is true of.
fn lose(which: impl Fn(&Trace, &Edit) -> bool) -> impl Fn(&Trace, &mut Allocation, usize) -> bool {
    move |trace, mutant, n| {
        let mut those = (0..mutant.edits.len()).filter(|&e| which(trace, &mutant.edits[e]));
        let Some(e) = those.nth(n) else { return false };
        mutant.edits.remove(e);
        true
    }
}

#[test]
fn missing_edits() {
    for file in [strict(4, 4), x86(3, 3), lenient(2, 2)] {
        caught(&file, &[], &lose(|_, _| true));
    }
}

#[test]
fn missing_reloads_and_stores() {
    let reload = |_: &Trace, edit: &Edit| edit.from.is_slot() && edit.to.is_register();
    let store = |_: &Trace, edit: &Edit| edit.from.is_register() && edit.to.is_slot();
    caught(&strict(3, 3), &[], &lose(reload));
    caught(&strict(3, 3), &[], &lose(store));
}

/// Whether the edit stands before a jump of that kind; `back` says whether it is one back.
fn at_jump(opcode: Opcode, back: bool) -> impl Fn(&Trace, &Edit) -> bool {
    move |trace, edit| {
        let op = &trace.ops[edit.op as usize];
        let block = trace.blocks.iter().position(|b| b.ops().contains(&(edit.op as usize)));
        let to_itself = opcode == Opcode::Jump && block == Some(op.imm as usize);
        op.opcode == opcode && to_itself == back
    }
}

#[test]
fn lost_moves_at_jumps() {
    for file in [lenient(3, 3), x86(5, 5)] {
        let entered = caught(&file, &[], &lose(at_jump(Opcode::Jump, false)));
        let back = caught(&file, &[], &lose(at_jump(Opcode::Jump, true)));
        let left = caught(&file, &[], &lose(at_jump(Opcode::JumpTrace, false)));
        for (info, ((entered, back), left)) in
            STRATEGIES.iter().zip(entered.iter().zip(&back).zip(&left))
        {
            // Some are found at the jump, some later: what it brings from before the loop, where it
            // is read; what it brings from the last pass, in the next.
            assert!(entered.entry >= 10, "{}: {entered:?}", info.name);
            assert!(back.in_loop >= 10, "{}: {back:?}", info.name);
            assert!(left.side >= 10, "{}: {left:?}", info.name);
        }
    }
}

#[test]
fn edits_in_the_wrong_order() {
    let exchange = |_: &Trace, mutant: &mut Allocation, n: usize| {
        if n + 1 >= mutant.edits.len() {
            return false;
        }
        let op = mutant.edits[n].op;
        if mutant.edits[n + 1].op == op {
            mutant.edits.swap(n, n + 1);
        }
        true
    };
    caught(&strict(2, 2), &[], &exchange);
}

fn displace_result(trace: &Trace, mutant: &mut Allocation, n: usize) -> bool {
    let Some(op) = trace.ops.get(n) else { return false };
    if op.result().is_some() {
        let loc = &mut mutant.locs[n].result;
        *loc = match loc.kind() {
            LocKind::Slot => Loc::slot((loc.index() + 1) % mutant.slots.max(1)),
            LocKind::Int => Loc::int((loc.index() as u8 + 1) % 4),
            LocKind::Float => Loc::float((loc.index() as u8 + 1) % 4),
            LocKind::Const | LocKind::None => *loc,
        };
    }
    true
}

#[test]
fn results_in_another_place() {
    caught(&lenient(4, 4), &[], &displace_result);
}

/// Where another live value of the exit is, or where nothing is.
fn make_exit_stale(_: &Trace, mutant: &mut Allocation, n: usize) -> bool {
    let places = mutant.exit_locs.len();
    if n < places {
        mutant.exit_locs[n] = match n % 2 {
            0 => mutant.exit_locs[(n + 1) % places],
            _ => Loc::slot(mutant.slots.saturating_sub(1)),
        };
    }
    n < places
}

#[test]
fn stale_exit_locations() {
    for tally in caught(&x86(5, 8), &[], &make_exit_stale) {
        assert!(tally.entry >= 20 && tally.in_loop >= 20 && tally.side >= 20, "{tally:?}");
    }
}

/// Damage of all kinds together reaches every part of a program, whoever allocated it.
#[test]
fn damage_matters_everywhere() {
    let file = lenient(3, 3);
    let kinds: [Damage; 4] =
        [&swap_operands, &displace_result, &make_exit_stale, &lose(|_, _| true)];
    let mut sums = vec![Tally::default(); STRATEGIES.len()];
    for damage in kinds {
        for (sum, tally) in sums.iter_mut().zip(caught(&file, &[], damage)) {
            *sum = sum.plus(tally);
        }
    }
    for (info, sum) in STRATEGIES.iter().zip(sums) {
        let least = sum.entry.min(sum.in_loop).min(sum.across_back_edge).min(sum.side);
        assert!(least >= 20, "{}: {sum:?}", info.name);
    }
}

#[test]
fn ignored_clobbers() {
    let keeping = RegFile { constraint: x86_keeping_all, ..x86(6, 6) };
    let file = x86(6, 6);
    for info in STRATEGIES {
        let mut mattered = 0;
        for Subject { trace, incoming, right } in subjects(info.name, &keeping) {
            let input = Input { trace: &trace, file: &file, incoming: incoming.as_deref() };
            mattered += usize::from(judge(info.name, &input, &right).is_some());
        }
        // The first has nothing in registers, the second nothing when a call comes, whatever that destroys.
        match info.name {
            "stack" | "tos" => assert_eq!(mattered, 0, "{}", info.name),
            _ => assert!(mattered >= 5, "{}: only {mattered} mattered", info.name),
        }
    }
}

/// The jump back exchanges three parameters.
const CYCLE: &str = r#"
trace loop "cycle.py:2"
entry s0
block0(%0: i64, %1: i64, %2: i64, %3: i64):
  jump block1(%0, %1, %2, %3)
block1(%5: i64, %6: i64, %7: i64, %8: i64):
  %9: i64 = sub %8, 1
  guard_gt_i64 %9, 0 -> exit s1
  jump block1(%6, %7, %5, %9)
snapshots:
  s0 = code 0 @4 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
  s1 = code 0 @4 height 4 { 0: %5, 1: %6, 2: %7, 3: %9 }
"#;

#[test]
fn a_lost_move_in_a_cycle() {
    let trace = parse(CYCLE);
    for info in STRATEGIES {
        let name = info.name;
        for file in [x86(0, 0), x86(2, 2), x86(4, 2), x86(5, 2)] {
            let input = Input { trace: &trace, file: &file, incoming: None };
            let right = allocate(name, &input).expect("nothing asks for registers");
            // Where the jump leaves or where it arrives.
            let ends = [trace.ops.len() as u32 - 1, trace.blocks[1].param_ops().end as u32];
            let cycle: Vec<usize> =
                (0..right.edits.len()).filter(|&e| ends.contains(&right.edits[e].op)).collect();
            assert!(cycle.len() >= 4, "{name}: three moves and one to break the cycle");
            let mut mattered = 0;
            for e in cycle {
                let mut mutant = right.clone();
                mutant.edits.remove(e);
                // Some strategies move what is there already.
                mattered += usize::from(judge(name, &input, &mutant).is_some());
            }
            assert!(mattered >= 4, "{name}: only {mattered} moves of the cycle mattered");
        }
    }
}

/// What is found is named: op, part, location, value expected, values found.
#[test]
fn reports_say_what_and_where() {
    let trace = parse(CYCLE);
    let file = x86(5, 2);
    let input = Input { trace: &trace, file: &file, incoming: None };
    let right = allocate("linear-scan", &input).expect("it allocates");
    let report = |mutate: &dyn Fn(&mut Allocation)| {
        let mut mutant = right.clone();
        mutate(&mut mutant);
        check(&input, &mutant).expect_err("it is wrong")
    };
    let error = report(&|a| a.locs[9].args[0] = a.locs[5].result);
    assert_eq!((error.op, error.at), (9, Where::Operand(0)));
    assert!(matches!(error.what, Violation::Wrong { ref found, .. } if !found.is_empty()));
    let text = error.to_string();
    assert!(text.contains("op %9, operand 0: r") && text.contains("should hold %8 but"), "{text}");
    let error = report(&|a| a.exit_locs[0] = Loc::slot(0));
    assert_eq!((error.op, error.at), (10, Where::Exit(0)), "{error}");
    // Refusals by kind, class, number and shape.
    type Mutate<'a> = &'a dyn Fn(&mut Allocation);
    let refused: [(&str, Mutate); 9] = [
        ("integer for a float", &|a| a.locs[9].args[0] = Loc::float(0)),
        ("no such register", &|a| a.locs[9].args[0] = Loc::int(9)),
        ("no such slot", &|a| a.locs[9].args[0] = Loc::slot(99)),
        ("nothing", &|a| a.locs[9].result = Loc::NONE),
        ("another constant", &|a| a.locs[9].args[1] = Loc::constant(1)),
        ("a result of nothing", &|a| a.locs[10].result = Loc::int(0)),
        ("an arrival elsewhere", &|a| a.locs[0].result = Loc::slot(1)),
        ("rows", &|a| a.locs.truncate(3)),
        ("exits", &|a| a.exit_starts.clear()),
    ];
    for (what, mutate) in refused {
        let error = report(mutate);
        assert!(matches!(error.what, Violation::Refused(_)), "{what}: {error}");
    }
    let never = |_, _, _: Const| false;
    let strict = RegFile { immediate: never, ..file };
    let error = check(&Input { file: &strict, ..input }, &right).expect_err("no immediates");
    assert!(error.to_string().contains("not accepted as an immediate"), "{error}");
}
