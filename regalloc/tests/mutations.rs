//! Wrong allocations that the checker must catch.
//!
//! Right allocations of seeded random traces are damaged in every way that an allocator gets
//! things wrong. Which damage matters is decided by [`support::machine`], which runs the trace
//! on numbers: whatever goes wrong there, the checker must refuse; and each kind of damage must
//! have mattered often enough for the test to mean something.

mod support;

use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::TestRunner;
use support::machine::goes_wrong;
use support::{checked, lenient, parse, strict, x86, x86_keeping_all};
use tierlab_regalloc::checker::{Violation, Where, check};
use tierlab_regalloc::{Allocation, Input, Loc, LocKind, RegFile, STRATEGIES, strategy};
use tierlab_trace::ir::{Const, Trace};
use tierlab_trace::testgen::case_up_to;

fn allocate(name: &str, input: &Input) -> Option<Allocation> {
    let mut out = Allocation::default();
    let mut strategy = strategy(name).expect("it is registered");
    checked(&mut *strategy, input, &mut out).unwrap_or_else(|why| panic!("{why}")).then_some(out)
}

/// A seeded set of loop traces.
fn traces() -> Vec<Trace> {
    let mut runner = TestRunner::deterministic();
    let cases = case_up_to(40);
    let mut one = || {
        let case = cases.new_tree(&mut runner).expect("cases can be made").current();
        (*case.build().traces[0]).clone()
    };
    (0..40).map(|_| one()).collect()
}

/// Damages one thing, number `n`, in a copy; says whether there was such a thing.
type Damage<'a> = &'a dyn Fn(&Trace, &mut Allocation, usize) -> bool;

/// Checks that damage of one kind is caught wherever it matters.
fn caught(strategies: &[&str], file: &RegFile, damage: Damage) {
    for name in strategies {
        let mut mattered = 0;
        for trace in traces() {
            let input = Input { trace: &trace, file, incoming: None };
            let Some(right) = allocate(name, &input) else { continue };
            assert!(!goes_wrong(&input, &right), "{name}: the checker passed a wrong allocation");
            for n in 0.. {
                let mut mutant = right.clone();
                if !damage(&trace, &mut mutant, n) {
                    break;
                }
                if goes_wrong(&input, &mutant) {
                    mattered += 1;
                    assert!(check(&input, &mutant).is_err(), "{name}: mutant {n} passes");
                }
            }
        }
        assert!(mattered >= 20, "{name}: only {mattered} mutants mattered");
    }
}

fn all() -> Vec<&'static str> {
    STRATEGIES.iter().map(|info| info.name).collect()
}

#[test]
fn swapped_operands() {
    let swap = |trace: &Trace, mutant: &mut Allocation, n: usize| {
        let mut two = (0..trace.ops.len()).filter(|&i| trace.ops[i].operands().len() > 1);
        let Some(i) = two.nth(n) else { return false };
        mutant.locs[i].args.swap(0, 1);
        true
    };
    caught(&all(), &x86(5, 8), &swap);
    caught(&all(), &lenient(3, 3), &swap);
}

#[test]
fn exchanged_registers() {
    // Of the locations of one op and its exit, as when two values got each other's register.
    let exchange = |trace: &Trace, mutant: &mut Allocation, n: usize| {
        let Some(_) = trace.ops.get(n) else { return false };
        let swap = |loc: &mut Loc| match loc.kind() {
            LocKind::Int if loc.index() < 2 => *loc = Loc::int(1 - loc.index() as u8),
            LocKind::Float if loc.index() < 2 => *loc = Loc::float(1 - loc.index() as u8),
            _ => {}
        };
        mutant.locs[n].args.iter_mut().for_each(swap);
        swap(&mut mutant.locs[n].result);
        true
    };
    caught(&["tos", "linear-scan"], &lenient(4, 4), &exchange);
}

#[test]
fn missing_edits() {
    let remove = |_: &Trace, mutant: &mut Allocation, n: usize| {
        let there = n < mutant.edits.len();
        if there {
            mutant.edits.remove(n);
        }
        there
    };
    for file in [strict(4, 4), x86(3, 3), lenient(2, 2)] {
        caught(&all(), &file, &remove);
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
    caught(&["linear-scan"], &strict(2, 2), &exchange);
}

#[test]
fn results_in_another_place() {
    let displace = |trace: &Trace, mutant: &mut Allocation, n: usize| {
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
    };
    caught(&all(), &lenient(4, 4), &displace);
}

#[test]
fn stale_exit_locations() {
    // Where another live value of the exit is, or where nothing is.
    let stale = |_: &Trace, mutant: &mut Allocation, n: usize| {
        let places = mutant.exit_locs.len();
        if n < places {
            mutant.exit_locs[n] = match n % 2 {
                0 => mutant.exit_locs[(n + 1) % places],
                _ => Loc::slot(mutant.slots.saturating_sub(1)),
            };
        }
        n < places
    };
    caught(&all(), &x86(5, 8), &stale);
}

#[test]
fn ignored_clobbers() {
    for name in ["linear-scan", "tos"] {
        let mut mattered = 0;
        for trace in traces() {
            let kind = RegFile { constraint: x86_keeping_all, ..x86(6, 6) };
            let input = Input { trace: &trace, file: &kind, incoming: None };
            let Some(allocation) = allocate(name, &input) else { continue };
            let input = Input { file: &x86(6, 6), ..input };
            if goes_wrong(&input, &allocation) {
                mattered += 1;
                assert!(check(&input, &allocation).is_err(), "{name}: a clobber was ignored");
            }
        }
        // The cache is flushed at calls whatever they destroy.
        assert!(mattered >= 5 || name == "tos", "{name}: only {mattered} mattered");
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
    for name in all() {
        for file in [x86(0, 0), x86(2, 2), x86(4, 2), x86(5, 2)] {
            let input = Input { trace: &trace, file: &file, incoming: None };
            let right = allocate(name, &input).expect("nothing asks for registers");
            let jump = trace.ops.len() as u32 - 1;
            let cycle: Vec<usize> =
                (0..right.edits.len()).filter(|&e| right.edits[e].op == jump).collect();
            assert!(cycle.len() >= 4, "{name}: three moves and one to break the cycle");
            let mut mattered = 0;
            for e in cycle {
                let mut mutant = right.clone();
                mutant.edits.remove(e);
                // Some strategies move what is there already.
                if goes_wrong(&input, &mutant) {
                    mattered += 1;
                    assert!(check(&input, &mutant).is_err(), "{name}: edit {e} is lost");
                }
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
