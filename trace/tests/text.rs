//! The text form: what it looks like, what it accepts, and where it points when it is wrong.

use proptest::prelude::*;
use tierlab_trace::backend::HelperTable;
use tierlab_trace::ir::{Const, SnapshotId, Trace, Val};
use tierlab_trace::parse::{parse_trace, parse_traces};
use tierlab_trace::testgen::{self, helpers};
use tierlab_trace::verify::verify;

/// Says most of the form at once; printed, it is this very text.
const SAMPLE: &str = r#"trace loop "a \"file\".py:3"
entry s0
block0(%0: i64, %1: ref, %2: f64):
  guard_small_int %1 -> exit s1
  %4: f64 = call_f64_2 @blend %2, -0.0
  jump block1(%0, %4)
block1(%6: i64, %7: f64):
  %8: i64 = add_ovf %6, 5 -> exit s2
  %9: ref = load_ref %1 +8 !2
  guard_class %9 class 4294967295 -> exit s1
  store_ref_index %1, %6, ref:0x14 -16 !3
  %12: ref = call_ref1 @half %9 -> exit s3
  %13: f64 = mul_f64 %7, 1e300
  %14: f64 = add_f64 nan:0x7ff8000000000001, inf
  guard_no_collect -> exit s3
  jump block1(%8, %14)
snapshots:
  s0 = code 2 @14 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 2 @14 height 0 { }
  s2 = code 2 @18 height 5 { 0: sub(%8, 5), 3: 7 } code 3 @0 height 2 { 1: add(%6, %0) }
  s3 = empty
"#;

fn sample() -> Trace {
    parse_trace(SAMPLE, &helpers()).unwrap()
}

#[test]
fn prints_what_it_parses() {
    let trace = sample();
    assert_eq!(trace.text(Some(&helpers())).to_string(), SAMPLE);
    assert_eq!(verify(&trace, Some(&helpers())), Ok(()));
    assert_eq!(trace.normalized(), trace);
}

#[test]
fn accepts_any_names_and_layout() {
    let text = "
        trace side 4.10 \"x\" ; by hand
        start(%n: i64, %obj: ref): %next = add_ovf %n, 5 -> exit out
        exit out
        snapshots: out = code 1 @2 height 2 { 0: %n, 1: %next }";
    let trace = parse_trace(text, &HelperTable::default()).unwrap();
    let printed = trace.text(None).to_string();
    assert!(printed.contains("trace side 4.10"), "{printed}");
    assert!(printed.contains("  %2: i64 = add_ovf %0, 5 -> exit s0\n  exit s0\n"), "{printed}");
    let two = format!("{printed}{printed}");
    assert_eq!(parse_traces(&two, &HelperTable::default()).unwrap(), [trace.clone(), trace]);
}

#[test]
fn says_where_a_text_is_wrong() {
    let wrong = |from: &str, to: &str| {
        assert!(SAMPLE.contains(from));
        parse_trace(&SAMPLE.replacen(from, to, 1), &helpers()).unwrap_err().to_string()
    };
    for (from, to, message) in [
        ("@half", "@third", "line 12, column 24: expected a helper of the table, found `@third`"),
        (
            "%6, 5",
            "%60, 5",
            "line 8, column 21: expected a value that is defined above, found `%60`",
        ),
        ("%8: i64", "%8: f64", "line 8, column 7: expected `i64`, found `f64`"),
        ("exit s3", "exit s9", "that the section `snapshots:` defines, found `s9`"),
        ("jump block1(%8", "jump blockX(%8", "line 16, column 8: expected the label of a block"),
        ("%9: ref", "%8: ref", "line 9, column 3: expected a value name that is not taken"),
        ("add_ovf", "add_over", "expected an op of the table, found `add_over`"),
        (" -> exit s2", "", "line 9, column 3: expected `->`, found `%9`"),
        ("!3", "!300", "expected a memory class from 0 to 255, found `300`"),
        ("+8", "+8000000000", "expected a displacement of 32 bits"),
        ("-16 ", "16 ", "expected a displacement with its sign, found `16`"),
        ("1e300", "1e999", "expected an i64 or f64 constant, found `1e999`"),
        ("7ff8000000000001", "0", "expected the bits of a NaN"),
        ("s3 = empty", "s2 = empty", "expected a snapshot label that is not taken"),
        (
            "trace loop",
            "trace lop",
            "line 1, column 7: expected `loop`, `straight` or `side`, found `lop`",
        ),
        (".py:3\"", ".py:3", "expected a string with its closing quote"),
        ("@18", "@x", "expected a resume point such as @14, found `@x`"),
        ("(%0, %4)", "(%0 %4)", "line 6, column 18: expected `,`, found `%4`"),
    ] {
        let found = wrong(from, to);
        assert!(found.contains(message), "{to}: {found}");
    }
}

#[test]
fn broken_traces_print() {
    let mut trace = sample();
    trace.ops[4].args[0] = Val::value(999);
    trace.ops[7].args[1] = Val::constant(999);
    trace.ops.truncate(12);
    trace.blocks[1].first = u32::MAX;
    trace.snapshots[2].entries_start = 77;
    trace.snapshots[0].frames_len = u32::MAX;
    assert!(trace.text(None).to_string().contains('?'));
}

#[test]
fn normal_form_drops_what_is_not_used() {
    let mut trace = sample();
    let normal = trace.clone();
    trace.add_snapshot(&[], &[]);
    trace.consts.insert(0, Const::I64(99));
    let consts = trace.consts.len();
    let moved = |v: Val| v.as_const().map_or(v, |c| Val::constant((c + 1) % consts));
    for op in &mut trace.ops {
        if !op.opcode.is_terminator() {
            op.args = op.args.map(moved);
        }
    }
    for e in &mut trace.snap_entries {
        (e.a, e.b) = (moved(e.a), moved(e.b));
    }
    trace.jump_args.push(Val::NONE);
    assert_ne!(trace, normal);
    assert_eq!(trace.normalized(), normal);
    assert_ne!(trace.entry, SnapshotId::NONE);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn round_trips(case in testgen::case()) {
        let built = case.build();
        let table = &built.world.helpers;
        for trace in &built.traces {
            let normal = trace.normalized();
            prop_assert_eq!(verify(&normal, Some(table)), Ok(()));
            let text = normal.text(Some(table)).to_string();
            prop_assert_eq!(&parse_trace(&text, table).unwrap(), &normal, "{}", text);
            let by_number = normal.text(None).to_string();
            prop_assert_eq!(&parse_trace(&by_number, table).unwrap(), &normal);
            let parsed = parse_trace(&trace.text(Some(table)).to_string(), table).unwrap();
            prop_assert_eq!(parsed.snapshots.len(), trace.snapshots.len());
            prop_assert_eq!(parsed.normalized(), normal);
        }
    }

    #[test]
    fn constants_round_trip(bits: u64, int: i64) {
        let text = format!(
            "trace side 0.0 \"\" b(): %f = copy_f64 {} %i = copy_i64 {} %r = copy_ref {} exit s
             snapshots: s = empty",
            Const::F64(bits), Const::I64(int), Const::Ref(bits),
        );
        let trace = parse_trace(&text, &HelperTable::default()).unwrap();
        let wanted = [Const::F64(bits), Const::I64(int), Const::Ref(bits)];
        prop_assert_eq!(trace.consts, wanted);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = parse_traces(&text, &helpers());
    }

    #[test]
    fn no_damaged_text_panics(at in 0..SAMPLE.len(), len in 0..20usize, put in "[-+a-z0-9%@:({\"\\\\é ]{0,3}") {
        let end = (at + len).min(SAMPLE.len());
        let text = format!("{}{put}{}", &SAMPLE[..at], &SAMPLE[end..]);
        if let Ok(trace) = parse_trace(&text, &helpers())
            && verify(&trace, Some(&helpers())).is_ok()
        {
            let normal = trace.normalized();
            let again = parse_trace(&normal.text(None).to_string(), &helpers()).unwrap();
            prop_assert_eq!(again, normal);
        }
    }
}
