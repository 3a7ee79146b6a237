//! What explanations say of small traces, and that they account for every edit of all others.

mod support;

use proptest::prelude::*;
use support::{SHORT, lenient, parse, strict, x86};
use tierlab_regalloc::explain::{EditKind, Explanation, Purpose, What, explain};
use tierlab_regalloc::{Allocation, Edit, Input, Loc, OpLocs, RegFile, STRATEGIES, strategy};
use tierlab_trace::ir::{Trace, TraceKind};
use tierlab_trace::testgen::case_up_to;

/// The log of a trace under a strategy.
fn log(trace: &Trace, explanation: &Explanation) -> String {
    let lines = explanation.events.iter().map(|e| format!("op %{}: {}\n", e.op, e.show(trace)));
    lines.collect()
}

fn log_of(name: &str, trace: &Trace, file: &RegFile) -> String {
    let mut out = Allocation::default();
    let input = Input { trace, file, incoming: None };
    strategy(name).expect("it is registered").allocate(&input, &mut out).expect("it allocates");
    log(trace, &explain(&input, &out))
}

#[track_caller]
fn says(log: &str, lines: &[&str]) {
    for line in lines {
        assert!(log.lines().any(|l| l == *line), "no line\n{line}\nin\n{log}");
    }
}

const SUM: &str = r#"
trace loop "sum.py:3"
entry s0
block0(%0: i64, %1: i64, %2: i64):
  %3: i64 = add_ovf %0, %1 -> exit s1
  %4: i64 = add %1, 1
  guard_lt_i64 %4, %2 -> exit s2
  jump block1(%3, %4)
block1(%7: i64, %8: i64):
  %9: i64 = add_ovf %7, %8 -> exit s3
  %10: i64 = add %8, 1
  guard_lt_i64 %10, %2 -> exit s4
  jump block1(%9, %10)
snapshots:
  s0 = code 0 @4 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 0 @4 height 3 { 0: sub(%3, %1), 1: %1, 2: %2 }
  s2 = code 0 @4 height 3 { 0: %3, 1: %4, 2: %2 }
  s3 = code 0 @4 height 3 { 0: sub(%9, %8), 1: %8, 2: %2 }
  s4 = code 0 @4 height 3 { 0: %9, 1: %10, 2: %2 }
"#;

#[test]
fn a_loop_in_slots_says_who_reads_slots() {
    let log = log_of("stack", &parse(SUM), &x86(0, 0));
    says(
        &log,
        &[
            "op %1: arrive %1 [1]",
            "op %3: read %0 [0]: operand 0; in a slot since op %0; there are no registers for it",
            "op %4: read %1 [1]: operand 0; in a slot since op %1",
            "op %4: born %4 [1]: there are no registers for it",
            "op %11: read %2 [2]: operand 1; in a slot since op %2; there are no registers for it",
        ],
    );
}

#[test]
fn a_value_without_register_says_what_held_them() {
    let log = log_of("linear-scan", &parse(SUM), &x86(1, 0));
    says(
        &log,
        &[
            "op %7: param %7 [0]: r0 has %8, next used by op %9",
            "op %10: born %10 r0: after %8",
            "op %6: load %4 [1] -> r0: argument 1 of the jump %6; in a slot since op %4",
        ],
    );
}

#[test]
fn what_nobody_forbids_is_said_too() {
    let log = log_of("stack", &parse(SUM), &x86(2, 0));
    says(&log, &["op %4: born %4 [1]: left in a slot though registers are free"]);
    says(&log, &["op %9: born %9 [0]: op %12 passes it on in a slot"]);
}

const SPILL: &str = r#"
trace side 0.0 "spill.py:1"
block0(%0: i64, %1: i64):
  %2: i64 = add %0, %1
  %3: i64 = mul %0, %0
  %4: i64 = sub %3, %2
  %5: i64 = add %4, 5000000000
  exit s0
snapshots:
  s0 = code 0 @4 height 2 { 0: %5, 1: %2 }
"#;

/// A register that two values share, made by hand.
fn spill() -> Allocation {
    let locs = |args: [Loc; 2], result| OpLocs { args: [args[0], args[1], Loc::NONE], result };
    let edit = |op, from, to| Edit { op, from, to, float: false };
    let (r0, r1, none) = (Loc::int(0), Loc::int(1), Loc::NONE);
    let (a, b, kept) = (Loc::slot(0), Loc::slot(1), Loc::slot(2));
    Allocation {
        locs: vec![
            locs([none; 2], a),
            locs([none; 2], b),
            locs([a, b], r0),
            locs([a, a], r0),
            locs([r0, r1], r0),
            locs([r0, r1], r0),
            OpLocs::NONE,
        ],
        edits: vec![edit(3, r0, kept), edit(4, kept, r1), edit(5, Loc::constant(0), r1)],
        exit_starts: vec![0],
        exit_locs: vec![r0, kept],
        slots: 3,
    }
}

#[test]
fn a_spill_names_loser_taker_and_next_use() {
    let trace = parse(SPILL);
    let allocation = spill();
    let file = lenient(2, 0);
    let incoming = [Loc::slot(0), Loc::slot(1)];
    let input = Input { trace: &trace, file: &file, incoming: Some(&incoming) };
    tierlab_regalloc::checker::check(&input, &allocation).expect("the allocation is right");
    let explanation = explain(&input, &allocation);
    let expected = "\
op %0: arrive %0 [0]
op %1: arrive %1 [1]
op %2: read %0 [0]: operand 0; in a slot since op %0; r0 goes to %2 at op %2; r1 is free
op %2: read %1 [1]: operand 1; in a slot since op %1; r0 goes to %2 at op %2; r1 is free
op %2: born %2 r0
op %3: store %2 r0 -> [2]: at its definition; until op %4; r0 goes to %3 at op %3; next use: op %4
op %3: read %0 [0]: operand 0; in a slot since op %0
op %3: read %0 [0]: operand 1; in a slot since op %0
op %3: born %3 r0
op %3: evict %2 r0: %3 takes it; kept in [2]; next use: op %4
op %4: load %2 [2] -> r1: for op %4; lost r0 to %3 at op %3
op %4: born %4 r0: after %3
op %5: const 5000000000 -> r1: for op %5
op %5: evict %2 r1: 5000000000 takes it; kept in [2]; next use: exit of op %6
op %5: born %5 r0: after %4
";
    assert_eq!(log(&trace, &explanation), expected);
    let held: Vec<String> = explanation
        .held
        .iter()
        .filter(|h| h.at.is_register())
        .map(|h| format!("{} {} {}-{}", h.at, h.value, h.first, h.last))
        .collect();
    let stretches = ["r0 %2 5-6", "r0 %3 7-8", "r0 %4 9-10", "r0 %5 11-13", "r1 %2 8-9"];
    assert_eq!(held[..5], stretches, "{held:?}");
}

#[test]
fn what_an_op_destroys_is_lost_to_it() {
    let text = r#"
trace side 0.0 "call.py:1"
block0(%0: i64, %1: ref):
  %2: i64 = add %0, 1
  %3: ref = call_ref1 @#0 %1 -> exit s0
  %4: i64 = add %2, %2
  exit s1
snapshots:
  s0 = code 0 @4 height 2 { 0: %0, 1: %1 }
  s1 = code 0 @4 height 2 { 0: %4, 1: %3 }
"#;
    let trace = parse(text);
    let log = log_of("linear-scan", &trace, &x86(2, 0));
    says(
        &log,
        &[
            "op %2: born %2 [2]: op %3, across which it lives, destroys all registers",
            "op %3: read %1 [1]: operand 0; which the op takes from a slot; in a slot since op %1",
        ],
    );
}

fn files() -> impl proptest::strategy::Strategy<Value = RegFile> {
    let sizes = prop_oneof![Just((0, 0)), Just((1, 1)), Just((3, 5)), (0..15u8, 0..15u8)];
    (sizes, 0..3).prop_map(|((ints, floats), kind)| match kind {
        0 => x86(ints, floats),
        1 => lenient(ints, floats),
        _ => strict(ints, floats),
    })
}

/// What must hold of every explanation of an allocation that is right.
fn accounts_for_all(input: &Input, allocation: &Allocation) -> Result<(), String> {
    let explanation = explain(input, allocation);
    let log = || log(input.trace, &explanation);
    let mut next = 0;
    let mut last = 0;
    for event in &explanation.events {
        // Some save what a register holds before they ask whether it holds anything.
        let idle = matches!(&event.what, What::Edited { purpose: Purpose::Nothing, .. });
        let unknown = event.value.is_none() || event.show(input.trace).to_string().contains('?');
        if event.op < last || (unknown && !idle) {
            return Err(format!("out of order or unknown: {event:?}\n{}", log()));
        }
        last = event.op;
        let What::Edited { index, edit, .. } = &event.what else { continue };
        let there = allocation.edits.get(next);
        if *index as usize != next || there != Some(edit) || edit.op != event.op {
            return Err(format!("edit {next} is not {event:?}\n{}", log()));
        }
        let word = event.show(input.trace).to_string();
        let words = ["load ", "store ", "move ", "copy ", "const "];
        if !words.iter().any(|w| word.starts_with(w)) {
            return Err(format!("{:?} is called {word}", EditKind::of(edit)));
        }
        next += 1;
    }
    if next != allocation.edits.len() {
        return Err(format!("{next} of {} edits named\n{}", allocation.edits.len(), log()));
    }
    for pair in explanation.held.windows(2) {
        if pair[0].at == pair[1].at && pair[0].last >= pair[1].first {
            return Err(format!("{pair:?} overlap\n{}", log()));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_edit_is_named_once(case in case_up_to(50), file in files()) {
        let built = case.build();
        for info in STRATEGIES {
            let mut done: Vec<Option<Allocation>> = Vec::new();
            for trace in &built.traces {
                let incoming: Option<Vec<Loc>> = match trace.kind {
                    TraceKind::Loop | TraceKind::Straight => None,
                    TraceKind::Side { parent, exit } => {
                        let Some(Some(parent)) = done.get(parent.0 as usize) else {
                            done.push(None);
                            continue;
                        };
                        let live = trace.blocks[0].params as usize;
                        Some(parent.exit(exit as usize, live).to_vec())
                    }
                };
                let input = Input { trace, file: &file, incoming: incoming.as_deref() };
                let mut out = Allocation::default();
                let ok = info.within(SHORT).allocate(&input, &mut out).is_ok();
                if ok {
                    let result = accounts_for_all(&input, &out);
                    prop_assert!(result.is_ok(), "{}: {}", info.name, result.unwrap_err());
                }
                done.push(ok.then_some(out));
            }
        }
    }

    #[test]
    fn nothing_panics_where_the_allocation_is_wrong(
        case in case_up_to(30),
        damage in prop::collection::vec((any::<u16>(), 0..40u32), 1..6),
    ) {
        let built = case.build();
        let file = x86(3, 3);
        let trace = &built.traces[0];
        let input = Input { trace, file: &file, incoming: None };
        let mut out = Allocation::default();
        strategy("linear-scan").expect("it is registered").allocate(&input, &mut out).expect("ok");
        for (at, with) in damage {
            let at = usize::from(at);
            let n = out.locs.len().max(1);
            match with % 5 {
                0 => out.locs.truncate(n - at % n.min(4)),
                1 => if let Some(l) = out.locs.get_mut(at % n) { l.result = Loc::slot(with) },
                2 => if let Some(l) = out.locs.get_mut(at % n) { l.args[0] = Loc::int(with as u8) },
                3 => out.exit_starts.truncate(at % 3),
                _ => out.edits.push(Edit {
                    op: with, from: Loc::constant(with), to: Loc::float(9), float: true,
                }),
            }
        }
        let explanation = explain(&input, &out);
        prop_assert!(!log(trace, &explanation).is_empty());
    }
}
