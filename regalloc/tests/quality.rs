//! What the strategies make of loops whose best allocation is known.

mod support;

use support::{checked, parse, x86, x86_keeping_floats};
use tierlab_regalloc::cost::{Cost, cost};
use tierlab_regalloc::text::allocation_text;
use tierlab_regalloc::{Allocation, Allowed, Constraint, Input, Loc, RegFile, quick, strategy};
use tierlab_trace::ir::Trace;
use tierlab_trace::ops::Opcode;

fn allocate(name: &str, trace: &Trace, file: &RegFile) -> (Cost, String) {
    let mut out = Allocation::default();
    let input = Input { trace, file, incoming: None };
    let mut strategy = strategy(name).expect("it is registered");
    let ok = checked(&mut *strategy, &input, &mut out).unwrap_or_else(|why| panic!("{why}"));
    assert!(ok, "{name} gave up");
    let text = allocation_text(trace, &out, None);
    (cost(trace, &out), text)
}

/// `for i in range(n): total += i`, optimized.
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
fn a_sum_loop_stays_in_registers() {
    let trace = parse(SUM);
    for k in 3..=5 {
        let (cost, text) = allocate("linear-scan", &trace, &x86(k, 8));
        assert_eq!(cost.per_iteration.slots(), 0, "{text}");
        assert_eq!(cost.per_iteration.moves, 0, "{text}");
    }
    let (cost, text) = allocate("stack", &trace, &x86(5, 8));
    assert_eq!(cost.per_iteration.slots(), 7, "five operands and two results: {text}");
    assert_eq!(cost.per_iteration.moves, 0, "{text}");
}

/// An exit that reads more values than the walk looks at together, nearly all for the last time.
#[test]
fn values_end_at_a_wide_exit() {
    let values = 150;
    let list = |item: &dyn Fn(usize) -> String, n| (0..n).map(item).collect::<Vec<_>>().join(", ");
    let params = list(&|v| format!("%{v}: i64"), values);
    let before = list(&|v| format!("{v}: %{v}"), values);
    let sum = |n| values + 1 + n;
    let behind = list(&|n| format!("{n}: %{}", sum(n)), values - 1);
    let sums = (0..values - 1).map(|n| format!("  %{}: i64 = add %3, {n}\n", sum(n)));
    let sums = sums.collect::<String>();
    let trace = parse(&format!(
        r#"
trace straight "wide.py:1"
entry s0
block0({params}):
  guard_lt_i64 %0, %1 -> exit s1
{sums}  exit s2
snapshots:
  s0 = code 0 @4 height {values} {{ {before} }}
  s1 = code 0 @4 height {values} {{ {before} }}
  s2 = code 0 @8 height {values} {{ {behind} }}
"#
    ));
    for info in quick() {
        let mut out = Allocation::default();
        let file = x86(5, 8);
        let input = Input { trace: &trace, file: &file, incoming: None };
        let ok = checked(&mut *(info.make)(), &input, &mut out);
        assert_eq!(ok, Ok(true), "{}", info.name);
        if info.name == "stack" {
            assert_eq!(out.slots as usize, values, "each sum takes over a slot");
        }
    }
}

/// `a, b = b, (a + b) % m`: the parameters change places.
const FIBONACCI: &str = r#"
trace loop "fib.py:3"
entry s3
block0(%0: i64, %1: i64, %2: i64, %3: i64):
  jump block1(%0, %1, %3)
block1(%5: i64, %6: i64, %7: i64):
  %8: i64 = add_ovf %5, %6 -> exit s0
  %9: i64 = floor_mod %8, %2 -> exit s1
  %10: i64 = add %7, -1
  guard_gt_i64 %10, 0 -> exit s2
  jump block1(%6, %9, %10)
snapshots:
  s0 = code 0 @4 height 3 { 0: sub(%8, %6), 1: %6, 2: %7 }
  s1 = code 0 @4 height 3 { 0: %6, 1: %8, 2: %7 }
  s2 = code 0 @4 height 3 { 0: %6, 1: %9, 2: %10 }
  s3 = code 0 @4 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
"#;

#[test]
fn parameters_that_change_places_cost_no_slots() {
    let trace = parse(FIBONACCI);
    let (cost, text) = allocate("linear-scan", &trace, &x86(5, 8));
    assert_eq!(cost.per_iteration.slots(), 0, "{text}");
    assert!(cost.per_iteration.moves <= 2, "{text}");
}

/// A float loop with constants, as in mandelbrot: `z = z*z + c` while `|z| < 4`.
const MANDELBROT: &str = r#"
trace loop "mandelbrot.py:8"
entry s3
block0(%0: f64, %1: f64, %2: f64, %3: f64, %4: i64):
  jump block1(%0, %1, %4)
block1(%6: f64, %7: f64, %8: i64):
  %9: f64 = mul_f64 %6, %6
  %10: f64 = mul_f64 %7, %7
  %11: f64 = add_f64 %9, %10
  guard_le_f64 %11, 4.0 -> exit s0
  %13: f64 = mul_f64 %6, 2.0
  %14: f64 = mul_f64 %13, %7
  %15: f64 = add_f64 %14, %3
  %16: f64 = sub_f64 %9, %10
  %17: f64 = add_f64 %16, %2
  %18: i64 = add_ovf %8, 1 -> exit s1
  guard_lt_i64 %18, 50 -> exit s2
  jump block1(%17, %15, %18)
snapshots:
  s0 = code 0 @4 height 3 { 0: %6, 1: %7, 2: %8 }
  s1 = code 0 @4 height 3 { 0: %17, 1: %15, 2: %8 }
  s2 = code 0 @4 height 3 { 0: %17, 1: %15, 2: %18 }
  s3 = code 0 @4 height 5 { 0: %0, 1: %1, 2: %2, 3: %3, 4: %4 }
"#;

#[test]
fn float_loops_and_their_constants_stay_in_registers() {
    let trace = parse(MANDELBROT);
    let (cost, text) = allocate("linear-scan", &trace, &x86(5, 9));
    assert_eq!(cost.per_iteration.slots(), 0, "{text}");
    assert!(cost.per_iteration.moves <= 1, "{text}");
    let (cost, text) = allocate("linear-scan", &trace, &x86(5, 8));
    assert!(cost.per_iteration.slots() <= 1, "{text}");
}

#[test]
fn strategies_are_ordered_by_traffic_on_scalar_loops() {
    for text in [SUM, FIBONACCI, MANDELBROT] {
        let trace = parse(text);
        for (ints, floats) in [(0, 0), (1, 1), (2, 2), (3, 4), (5, 8)] {
            let file = x86(ints, floats);
            let traffic = |name| allocate(name, &trace, &file).0.weighted_traffic();
            let (stack, tos, scan) = (traffic("stack"), traffic("tos"), traffic("linear-scan"));
            assert!(tos <= stack && scan <= stack, "{ints}+{floats}: {stack} {tos} {scan}");
            if ints == 0 {
                assert_eq!((tos, scan), (stack, stack), "without registers all are stack");
            }
        }
    }
}

/// A helper call in the loop: what lives across it cannot stay in registers that it destroys.
const CALL: &str = r#"
trace loop "call.py:4"
entry s0
block0(%0: i64, %1: f64, %2: ref):
  jump block1(%0, %1)
block1(%4: i64, %5: f64):
  %6: f64 = mul_f64 %5, %5
  %7: f64 = add_f64 %6, %5
  %8: ref = call_ref1 @half %2 -> exit s1
  %9: f64 = unbox_f64 %8 -> exit s1
  %10: f64 = add_f64 %9, %7
  %11: i64 = sub %4, 1
  guard_gt_i64 %11, 0 -> exit s2
  jump block1(%11, %10)
snapshots:
  s0 = code 0 @4 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 0 @4 height 3 { 0: %4, 1: %5, 2: %2 }
  s2 = code 0 @4 height 3 { 0: %11, 1: %10, 2: %2 }
"#;

/// The lines of an allocation's text that hold `needle`.
fn lines<'a>(text: &'a str, needle: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.contains(needle)).collect()
}

#[test]
fn values_across_calls_live_in_slots() {
    let trace = parse(CALL);
    let (cost, text) = allocate("linear-scan", &trace, &x86(5, 8));
    // Read: %5 three times, %7, %4, and the call's operand; written: %4's and %5's next, %7.
    assert_eq!(cost.per_iteration.slots(), 9, "{text}");
    // In a file whose float registers survive, floats stay.
    let kind = RegFile { constraint: x86_keeping_floats, ..x86(5, 8) };
    let (cost, text) = allocate("linear-scan", &trace, &kind);
    assert_eq!(cost.per_iteration.slots(), 3, "{text}");
}

#[test]
fn the_cache_holds_temporaries_and_is_flushed_at_calls() {
    let trace = parse(CALL);
    let (_, text) = allocate("tos", &trace, &x86(5, 8));
    assert!(lines(&text, "%6: f64 = mul_f64")[0].contains("; x0 = [1] [1]"), "{text}");
    assert!(lines(&text, "%7: f64 = add_f64")[0].contains("; x0 = x0 [1]"), "{text}");
    // %7 is consumed behind the call: it is flushed before, and read from its slot.
    let call = text.lines().position(|line| line.contains("call_ref1")).expect("it is there");
    let flush = text.lines().nth(call - 1).expect("there is a line before");
    assert!(flush.contains("<- x0"), "{text}");
    assert!(lines(&text, "%10: f64 = add_f64")[0].contains("; [1] = x0 ["), "{text}");
    // Locals are born in their slots: the jump back moves nothing.
    let jump = text.lines().position(|line| line.contains("jump block1(%11")).expect("there");
    assert!(!text.lines().nth(jump - 1).expect("a line").contains("<-"), "{text}");
}

/// Four temporaries on the stack at once.
const DEEP: &str = r#"
trace loop "deep.py:4"
entry s0
block0(%0: i64, %1: i64):
  jump block1(%0)
block1(%3: i64):
  %4: i64 = xor %3, 1
  %5: i64 = xor %3, 2
  %6: i64 = xor %3, 3
  %7: i64 = and %5, %6
  %8: i64 = or %4, %7
  %9: i64 = sub %3, 1
  guard_gt_i64 %9, %1 -> exit s1
  guard_ne_i64 %8, 77 -> exit s1
  jump block1(%9)
snapshots:
  s0 = code 0 @4 height 2 { 0: %0, 1: %1 }
  s1 = code 0 @4 height 2 { 0: %9, 1: %1 }
"#;

#[test]
fn a_full_cache_spills_its_deepest_entry() {
    let trace = parse(DEEP);
    let (_, text) = allocate("tos", &trace, &x86(3, 0));
    assert!(lines(&text, "<-").is_empty(), "three fit: {text}");
    let (_, text) = allocate("tos", &trace, &x86(2, 0));
    let spills = lines(&text, "<-");
    assert_eq!(spills.len(), 1, "{text}");
    assert!(spills[0].contains("<- r0"), "%4 is the deepest: {text}");
    assert!(lines(&text, "%8: i64 = or")[0].contains("; r0 = [2] r"), "{text}");
}

#[test]
fn values_that_only_exits_read_lose_their_registers_first() {
    // %4 is only for the exit; with one register it must not take that of the counter.
    let trace = parse(
        r#"
trace loop "exit.py:4"
entry s0
block0(%0: i64, %1: i64):
  jump block1(%0, %1)
block1(%3: i64, %4: i64):
  %5: i64 = sub %3, 1
  guard_gt_i64 %5, 0 -> exit s1
  jump block1(%5, %4)
snapshots:
  s0 = code 0 @4 height 2 { 0: %0, 1: %1 }
  s1 = code 0 @4 height 2 { 0: %5, 1: %4 }
"#,
    );
    let (cost, text) = allocate("linear-scan", &trace, &x86(1, 0));
    assert_eq!(cost.per_iteration.slots(), 0, "{text}");
    assert!(lines(&text, "guard_gt_i64")[0].contains("[r0 [1]]"), "{text}");
}

#[test]
fn the_text_shows_places_in_the_margin() {
    let trace = parse(SUM);
    let (_, text) = allocate("linear-scan", &trace, &x86(5, 8));
    let expected = "\
block0(%0: i64, %1: i64, %2: i64):                       ; [0] [1] [2]
                                                         ;   r1 <- [2]
                                                         ;   r0 <- [1]
  %3: i64 = add_ovf %0, %1 -> exit s1                    ; r2 = [0] r0   exit 0 [r2 r0 r1]
  %4: i64 = add %1, 1                                    ; r0 = r0 1
";
    let start = text.find("block0").expect("it has blocks");
    assert!(text[start..].starts_with(expected), "{text}");
}

/// Every saved trace at every size of register file.
#[test]
fn recorded_traces_pass_the_checker_and_gain_from_registers() {
    for (name, traces) in support::saved() {
        let traces: Vec<_> = traces.into_iter().map(std::sync::Arc::new).collect();
        for k in 0..=5 {
            for info in tierlab_regalloc::STRATEGIES {
                let file = RegFile { constraint: support::any_constraint, ..x86(k, 8.min(2 * k)) };
                support::check_traces(&mut *(info.make)(), &file, &traces)
                    .unwrap_or_else(|why| panic!("{name}, {k} registers: {why}"));
            }
        }
        for trace in traces.iter().filter(|trace| trace.loop_block().is_some()) {
            let traffic = |s| allocate(s, trace, &x86(5, 8)).0.weighted_traffic();
            let (stack, tos, scan) = (traffic("stack"), traffic("tos"), traffic("linear-scan"));
            assert!(tos <= stack && scan <= stack, "{name}: {stack} {tos} {scan}");
        }
    }
}

/// Parameters of a side trace may arrive anywhere, two of them in one place, or far up.
#[test]
fn side_traces_take_their_values_from_wherever_they_are() {
    let trace = parse(
        r#"
trace side 0.1 "side.py:7"
block0(%0: i64, %1: i64, %2: i64, %3: i64, %4: f64, %5: f64, %6: ref):
  %7: i64 = add_ovf %0, %1 -> exit s0
  %8: i64 = add_ovf %2, %3 -> exit s0
  %9: f64 = add_f64 %4, %5
  jump_trace T0(%8, %7, %9, %6, %0, %4)
snapshots:
  s0 = code 0 @4 height 7 { 0: %0, 1: %1, 2: %2, 3: %3, 4: %4, 5: %5, 6: %6 }
"#,
    );
    let (r, s, x) = (Loc::int, Loc::slot, Loc::float);
    let arrivals = [
        [s(3), s(3), r(0), r(0), x(1), x(1), s(900)],
        [s(1), s(0), r(1), r(0), x(0), s(2), r(9)],
        [s(6), s(5), s(4), s(3), s(2), s(1), s(0)],
    ];
    for incoming in arrivals {
        for k in [0, 1, 3, 12] {
            let file = x86(k, k);
            let input = Input { trace: &trace, file: &file, incoming: Some(&incoming) };
            for info in tierlab_regalloc::STRATEGIES {
                let mut out = Allocation::default();
                assert_eq!(checked(&mut *(info.make)(), &input, &mut out), Ok(true));
            }
        }
    }
}

/// The geometric mean of a strategy's traffic over that of `stack`, over the recorded traces.
fn mean_traffic(name: &str, traces: &[Trace], file: &RegFile) -> f64 {
    let (mut sum, mut n) = (0.0, 0.0);
    for trace in traces {
        let traffic = |s| 1.0 + allocate(s, trace, file).0.weighted_traffic() as f64;
        sum += (traffic(name) / traffic("stack")).ln();
        n += 1.0;
    }
    f64::exp(sum / n)
}

/// Two ways to decide for whole lives: the one that sees the whole trace must not lose.
#[test]
fn coloring_leaves_no_more_traffic_than_linear_scan() {
    let traces: Vec<Trace> = support::saved().into_iter().flat_map(|(_, traces)| traces).collect();
    for constraint in [support::x86_constraint as fn(_) -> _, support::any_constraint] {
        for k in [3, 5, 10] {
            let file = RegFile { constraint, ..x86(k, k) };
            let mean = |name| mean_traffic(name, &traces, &file);
            let (scan, coloring) = (mean("linear-scan"), mean("coloring"));
            assert!(coloring <= scan, "{k} registers: {coloring:.3} of stack's, {scan:.3}");
        }
    }
}

#[test]
fn backward_keeps_loops_in_registers() {
    for (source, k) in [(SUM, 3), (FIBONACCI, 5)] {
        let (cost, text) = allocate("backward", &parse(source), &x86(k, 8));
        assert_eq!(cost.per_iteration.slots(), 0, "{text}");
        assert!(cost.per_iteration.moves <= 2, "{text}");
    }
    let (cost, text) = allocate("backward", &parse(MANDELBROT), &x86(5, 9));
    assert_eq!(cost.per_iteration.slots(), 0, "{text}");
}

/// Constants that are no immediates, more of them than registers.
const CONSTANTS: &str = r#"
trace side 0.0 "constants.py:1"
block0(%0: f64, %1: f64):
  %2: f64 = mul_f64 %0, 1.5
  %3: f64 = mul_f64 %1, 2.5
  %4: f64 = add_f64 %2, %3
  %5: f64 = mul_f64 %4, 1.5
  exit s0
snapshots:
  s0 = code 0 @4 height 2 { 0: %5, 1: %2 }
"#;

#[test]
fn backward_makes_constants_again_and_stores_what_it_evicts_once() {
    let trace = parse(CONSTANTS);
    let file = RegFile { constraint: support::strict_constraint, ..support::strict(0, 2) };
    let incoming = [Loc::float(0), Loc::float(1)];
    let input = Input { trace: &trace, file: &file, incoming: Some(&incoming) };
    let mut out = Allocation::default();
    let mut strategy = strategy("backward").expect("it is registered");
    assert_eq!(checked(&mut *strategy, &input, &mut out), Ok(true));
    let text = allocation_text(&trace, &out, None);
    assert_eq!(lines(&text, "<- 1.5").len(), 2, "made twice: {text}");
    // Right behind their definitions; %2 is evicted for the sake of %3, whose operands take both registers.
    let stores: Vec<u32> = out.edits.iter().filter(|e| e.to.is_slot()).map(|e| e.op).collect();
    let mut slots: Vec<Loc> = out.edits.iter().map(|e| e.to).filter(|to| to.is_slot()).collect();
    slots.dedup();
    assert_eq!(stores.len(), slots.len(), "{text}");
    assert!(stores.contains(&3), "{text}");
}

/// What is evicted for the sake of an op's operands is not in its register when the op leaves the trace.
#[test]
fn backward_tells_an_exit_what_its_own_op_evicts() {
    fn registers(_: Opcode) -> &'static Constraint {
        static REGISTERS: Constraint = Constraint {
            operands: [Allowed::REGISTER; 3],
            result: Allowed::REGISTER,
            ..Constraint::ANY
        };
        &REGISTERS
    }
    let trace = parse(
        r#"
trace side 0.0 "evicted.py:1"
block0(%0: i64, %1: i64, %2: i64):
  %3: i64 = add_ovf %0, %1 -> exit s1
  %4: i64 = add %3, %2
  exit s0
snapshots:
  s0 = code 0 @4 height 1 { 0: %4 }
  s1 = code 0 @4 height 2 { 0: %3, 1: %2 }
"#,
    );
    let file = RegFile { constraint: registers, ..x86(2, 0) };
    let arrivals = [Loc::int(0), Loc::slot(1), Loc::int(1)];
    let input = Input { trace: &trace, file: &file, incoming: Some(&arrivals) };
    let mut out = Allocation::default();
    let mut strategy = strategy("backward").expect("it is registered");
    assert_eq!(checked(&mut *strategy, &input, &mut out), Ok(true));
    let text = allocation_text(&trace, &out, None);
    let exit = out.exit(0, 2);
    assert!(exit[0].is_register() && exit[1].is_slot(), "{text}");
    // Stored where it arrives, restored behind the op.
    let moves = |from, to| out.edits.iter().filter(|e| (e.from, e.to) == (from, to)).count();
    assert_eq!(moves(Loc::int(1), exit[1]), 1, "{text}");
    assert!(lines(&text, "<- [").len() >= 2, "{text}");
}
