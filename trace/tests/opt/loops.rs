//! Passes on loops: what presets make of recorded traces, and unboxing, peeling, recovery on their own.

use crate::{optimized, traces};
use tierlab_trace::ir::Trace;
use tierlab_trace::ops::Type;
use tierlab_trace::testgen::helpers;

const I: Option<Type> = Some(Type::I64);
const F: Option<Type> = Some(Type::F64);
const R: Option<Type> = None;

/// The blocks alone, or with the snapshots.
fn text(trace: &Trace, snapshots: bool) -> String {
    let text = trace.text(Some(&helpers())).to_string();
    let lines = text.lines().skip_while(|l| !l.starts_with("block0"));
    let lines: Vec<&str> =
        lines.take_while(|l| snapshots || *l != "snapshots:").map(str::trim).collect();
    lines.join("\n")
}

#[track_caller]
fn check(trace: &Trace, snapshots: bool, wanted: &str) {
    let wanted: Vec<&str> = wanted.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let found = text(trace, snapshots);
    assert_eq!(found, wanted.join("\n"), "found:\n{found}");
}

#[test]
fn sum_range_without_optimization() {
    let out = optimized(traces::SUM_RANGE, "none", &[]);
    assert_eq!(out.ops.len(), 24);
    let light = optimized(traces::SUM_RANGE, "3.13", &[I, R, I]);
    assert_eq!(light.ops.len(), 24, "copies and checks stay");
}

#[test]
fn sum_range_3_14() {
    check(
        &optimized(traces::SUM_RANGE, "3.14", &[I, R, I]),
        false,
        "block0(%0: ref, %1: ref, %2: ref):
           jump block1(%0, %1, %2)
         block1(%4: ref, %5: ref, %6: ref):
           guard_class %5 class 3 -> exit s1
           %8: i64 = untag %6
           %9: i64 = load_i64 %5 +23
           guard_eq_i64 %9, 1 -> exit s1
           %11: i64 = load_i64 %5 +15
           guard_lt_i64 %8, %11 -> exit s1
           %13: i64 = add %8, 1
           %14: ref = tag %13 -> exit s1
           %15: i64 = unbox_i64 %4 -> exit s2
           %16: i64 = untag %6
           %17: i64 = add_ovf %15, %16 -> exit s2
           %18: ref = tag %17 -> exit s2
           jump block1(%18, %5, %14)",
    );
}

#[test]
fn sum_range_full() {
    check(
        &optimized(traces::SUM_RANGE, "full", &[I, R, I]),
        true,
        "block0(%0: i64, %1: ref, %2: i64):
           guard_class %1 class 3 -> exit s1
           %4: i64 = load_i64 %1 +23
           guard_eq_i64 %4, 1 -> exit s1
           %6: i64 = load_i64 %1 +15
           guard_lt_i64 %2, %6 -> exit s1
           %8: i64 = add %2, 1
           %9: i64 = add_ovf %0, %2 -> exit s2
           jump block1(%9, %8)
         block1(%11: i64, %12: i64):
           guard_lt_i64 %12, %6 -> exit s3
           %14: i64 = add_ovf %11, %12 -> exit s4
           %15: i64 = add %12, 1
           jump block1(%14, %15)
         snapshots:
           s0 = code 0 @4 height 5 { 1: %0, 3: %1, 4: %2 }
           s1 = code 0 @4 height 5 { 1: %0, 3: %1, 4: %2 }
           s2 = code 0 @7 height 7 { 1: sub(%9, %2), 2: %2, 3: %1, 4: %8, 5: sub(%9, %2), 6: %2 }
           s3 = code 0 @4 height 5 { 1: %11, 3: %1, 4: %12 }
           s4 = code 0 @7 height 7 { 1: sub(%14, %12), 2: %12, 3: %1, 4: add(%12, 1), 5: sub(%14, %12), 6: %12 }",
    );
}

#[test]
fn floats_go_round_unboxed() {
    check(
        &optimized(traces::FLOAT_LOOP, "full", &[F, F, F, F]),
        true,
        "block0(%0: f64, %1: f64, %2: f64, %3: f64):
           jump block1(%0)
         block1(%5: f64):
           guard_lt_f64 %5, %1 -> exit s1
           %7: f64 = add_f64 %5, %2
           jump block1(%7)
         snapshots:
           s0 = code 0 @4 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
           s1 = code 0 @6 height 6 { 0: %5, 1: %1, 2: %2, 3: %3, 4: %5, 5: %1 }",
    );
}

#[test]
fn lists_keep_their_headers_out_of_the_loop() {
    let out = optimized(traces::LIST_LOOP, "full", &[I, R, R, I]);
    let text = text(&out, true);
    let (_, body) = text.split_once("\nblock1").unwrap();
    let wanted = "(%19: i64, %20: i64):
        guard_index %20, %5 -> exit s5
        %22: ref = load_ref_index %7, %20 !3
        %23: i64 = unbox_i64 %22 -> exit s6
        %24: i64 = add_ovf %19, %23 -> exit s7
        %25: ref = tag %24 -> exit s7
        store_ref_index %16, 0, %25 !3
        %27: i64 = add %20, 1
        jump block1(%24, %27)";
    let lines = |s: &str| s.lines().map(|l| l.trim().to_owned()).collect::<Vec<_>>();
    assert_eq!(lines(body)[..9], lines(wanted)[..]);
    // The sum has a snapshot of its own; the tag that follows in its bytecode shares it.
    assert!(body.contains("s7 = code 0 @7 height 7 { 1: sub(%24, %23)"), "{body}");
}

#[test]
fn side_traces_compute_on_what_they_are_handed() {
    check(
        &optimized(traces::SIDE, "full", &[]),
        false,
        "block0(%0: i64, %1: f64, %2: ref):
           %3: i64 = and %0, 7
           %4: f64 = mul_f64 %1, %1
           jump_trace T0(%3, %4, %2)",
    );
}

/// A loop on one local that the body unboxes, and another that is a word, with these ops after it.
fn one_local(ops: &str, back: &str) -> String {
    format!(
        "trace loop \"t\" entry s0
         block0(%0: ref, %1: ref): jump block1(%0, %1)
         block1(%x: ref, %l: ref):
         %u = unbox_i64 %x -> exit s2
         guard_lt_i64 %u, 100 -> exit s2
         %next = add_ovf %u, 1 -> exit s2
         %w = tag %next -> exit s2
         {ops}
         jump block1({back})
         snapshots:
         s0 = code 0 @0 height 2 {{ 0: %0, 1: %1 }}
         s1 = code 0 @0 height 2 {{ 0: %x, 1: %l }}
         s2 = code 0 @2 height 2 {{ 0: %x, 1: %l }}"
    )
}

#[test]
fn words_are_made_where_they_are_needed() {
    // The last exit is at hand: nothing has happened since.
    check(
        &optimized(&one_local("store_ref %l, %x +7 !3", "%w, %l"), "unbox,dce", &[I, R]),
        false,
        "block0(%0: i64, %1: ref):
           jump block1(%0, %1)
         block1(%3: i64, %4: ref):
           guard_lt_i64 %3, 100 -> exit s1
           %6: i64 = add_ovf %3, 1 -> exit s1
           %7: ref = tag %3 -> exit s1
           store_ref %4, %7 +7 !3
           jump block1(%6, %4)",
    );
    // A store is in between: only the top of the loop is safe.
    let ops = "store_ref %l, %l +15 !3 store_ref %l, %x +7 !3";
    let out = optimized(&one_local(ops, "%w, %l"), "unbox,dce", &[I, R]);
    check(
        &out,
        true,
        "block0(%0: i64, %1: ref):
           jump block1(%0, %1)
         block1(%3: i64, %4: ref):
           %5: ref = tag %3 -> exit s1
           guard_lt_i64 %3, 100 -> exit s2
           %7: i64 = add_ovf %3, 1 -> exit s2
           store_ref %4, %4 +15 !3
           store_ref %4, %5 +7 !3
           jump block1(%7, %4)
         snapshots:
           s0 = code 0 @0 height 2 { 0: %0, 1: %1 }
           s1 = code 0 @0 height 2 { 0: %3, 1: %4 }
           s2 = code 0 @2 height 2 { 0: %3, 1: %4 }",
    );
}

#[test]
fn words_stay_words_where_numbers_cannot_be_passed() {
    let types = |ops: &str, back: &str, hints: &[Option<Type>]| {
        let out = optimized(&one_local(ops, back), "unbox,dce", hints);
        let ty = |b: usize| out.ops[out.blocks[b].first as usize].opcode.info().name;
        (ty(0), ty(1))
    };
    assert_eq!(types("", "%w, %l", &[I, R]), ("param_i64", "param_i64"));
    // Without hints the loop's checks are believed.
    assert_eq!(types("", "%w, %l", &[]), ("param_i64", "param_i64"));
    // The recorder saw something else when the trace was entered.
    assert_eq!(types("", "%w, %l", &[R, R]), ("param_ref", "param_ref"));
    assert_eq!(types("", "%w, %l", &[F, R]), ("param_ref", "param_ref"));
    // The back-edge passes any word.
    let load = "%v = load_ref %l +7 !3";
    assert_eq!(types(load, "%v, %l", &[I, R]), ("param_ref", "param_ref"));
    // ... unless it has been unboxed.
    let checked = "%v = load_ref %l +7 !3 %n = unbox_i64 %v -> exit s2";
    assert_eq!(types(checked, "%v, %l", &[I, R]), ("param_i64", "param_i64"));
    assert_eq!(types("", "ref:0x14, %l", &[I, R]), ("param_i64", "param_i64"));
}

#[test]
fn a_float_compared_with_none_is_not_boxed() {
    let text = "trace loop \"t\" entry s0
        block0(%0: ref): jump block1(%0)
        block1(%x: ref):
        guard_differ %x, ref:0x19 -> exit s1
        %u = unbox_f64 %x -> exit s1
        %v = add_f64 %u, 1.0
        guard_lt_f64 %v, 9.5 -> exit s1
        %w = box_f64 %v -> exit s1
        jump block1(%w)
        snapshots:
        s0 = code 0 @0 height 1 { 0: %0 }
        s1 = code 0 @0 height 1 { 0: %x }";
    check(
        &optimized(text, "unbox,dce", &[F]),
        false,
        "block0(%0: f64):
           jump block1(%0)
         block1(%2: f64):
           %3: f64 = add_f64 %2, 1.0
           guard_lt_f64 %3, 9.5 -> exit s1
           jump block1(%3)",
    );
}

#[test]
fn what_cannot_change_is_peeled() {
    let text = "trace loop \"t\" entry s0
        block0(%0: i64, %1: ref, %2: f64, %3: i64): jump block1(%0, %1, %2, %3)
        block1(%i: i64, %l: ref, %f: f64, %k: i64):
        guard_class %l class 7 -> exit s1
        %kept = load_i64 %l +7 !2
        %moves = load_i64 %l +15 !3
        %w = box_f64 %f -> exit s1
        store_ref %l, %w +23 !3
        %d = mul %k, %kept
        %j = sub_ovf %i, %moves -> exit s1
        guard_ne_i64 %j, 0 -> exit s1
        guard_no_collect -> exit s1
        jump block1(%j, %l, %f, %kept)
        snapshots:
        s0 = code 0 @0 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
        s1 = code 0 @0 height 5 { 0: %i, 1: %l, 2: %f, 3: %k, 4: %d }"
        .replace(", 4: %d", "");
    check(
        &optimized(&text, "peel", &[]),
        true,
        "block0(%0: i64, %1: ref, %2: f64, %3: i64):
           guard_class %1 class 7 -> exit s1
           %5: i64 = load_i64 %1 +7 !2
           %6: i64 = load_i64 %1 +15 !3
           %7: ref = box_f64 %2 -> exit s1
           store_ref %1, %7 +23 !3
           %9: i64 = mul %3, %5
           %10: i64 = sub_ovf %0, %6 -> exit s1
           guard_ne_i64 %10, 0 -> exit s1
           guard_no_collect -> exit s1
           jump block1(%10)
         block1(%14: i64):
           %15: i64 = load_i64 %1 +15 !3
           store_ref %1, %7 +23 !3
           %17: i64 = mul %5, %5
           %18: i64 = sub_ovf %14, %15 -> exit s2
           guard_ne_i64 %18, 0 -> exit s2
           guard_no_collect -> exit s2
           jump block1(%18)
         snapshots:
           s0 = code 0 @0 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
           s1 = code 0 @0 height 5 { 0: %0, 1: %1, 2: %2, 3: %3 }
           s2 = code 0 @0 height 5 { 0: %14, 1: %1, 2: %2, 3: %5 }",
    );
}

#[test]
fn facts_of_the_peeled_iteration_hold_only_if_the_back_edge_agrees() {
    let text = |back: &str| {
        format!(
            "trace loop \"t\" entry s0
             block0(%0: ref, %1: ref):
             guard_class %0 class 7 -> exit s0
             jump block1(%0, %1)
             block1(%x: ref, %l: ref):
             guard_class %x class 7 -> exit s1
             %y = load_ref %l +7 !3
             guard_class %y class 7 -> exit s1
             %z = load_ref %l +15 !3
             jump block1({back}, %l)
             snapshots:
             s0 = code 0 @0 height 2 {{ 0: %0, 1: %1 }}
             s1 = code 0 @0 height 2 {{ 0: %x, 1: %l }}"
        )
    };
    let guards = |back: &str| {
        let out = optimized(&text(back), "types", &[]);
        out.ops.iter().filter(|op| op.opcode.info().name == "guard_class").count()
    };
    assert_eq!(guards("%y"), 2);
    assert_eq!(guards("%z"), 3);
}

#[test]
fn ranges_of_loop_parameters_cover_both_edges() {
    let text = |back: &str| {
        format!(
            "trace loop \"t\" entry s0
             block0(%0: i64):
             %a = and %0, 255
             jump block1(%a)
             block1(%x: i64):
             %y = add_ovf %x, 1 -> exit s1
             %z = and %y, 1023
             jump block1({back})
             snapshots:
             s0 = code 0 @0 height 1 {{ 0: %0 }}
             s1 = code 0 @0 height 1 {{ 0: %x }}"
        )
    };
    let sum = |back: &str| optimized(&text(back), "fold", &[]).ops[4].opcode.info().name;
    assert_eq!(sum("%z"), "add");
    assert_eq!(sum("%y"), "add_ovf");
}

#[test]
fn operands_are_recovered_from_results() {
    let text = |op: &str| {
        format!(
            "trace side 0.0 \"t\" b(%a: i64, %b: i64):
             %d = {op} -> exit s0
             exit s1
             snapshots:
             s0 = code 0 @0 height 2 {{ 0: %a, 1: %b }}
             s1 = code 0 @1 height 3 {{ 0: %d, 1: %a, 2: %b }}"
        )
    };
    let own = |op: &str, gone: &str| {
        let text = text(op).replace(gone, " ");
        let out = optimized(&text, "recover", &[]);
        let line = crate::loops::text(&out, true);
        line.lines().find(|l| l.starts_with("s0 =")).map(|l| l[26..].to_owned())
    };
    let some = |s: &str| Some(s.to_owned());
    assert_eq!(own("add_ovf %a, %b", ", 1: %a"), some("0: sub(%2, %1), 1: %1 }"));
    assert_eq!(own("add_ovf %a, %b", ", 2: %b"), some("0: %0, 1: sub(%2, %0) }"));
    assert_eq!(own("sub_ovf %a, %b", ", 1: %a"), some("0: add(%2, %1), 1: %1 }"));
    assert_eq!(own("sub_ovf %a, %b", ", 2: %b"), some("0: %0, 1: sub(%0, %2) }"));
    assert_eq!(own("add_ovf %a, 5", ", 1: %a"), some("0: sub(%2, 5), 1: %1 }"));
    // Both live on, or there is nothing to subtract.
    assert_eq!(own("add_ovf %a, %b", "nothing"), some("0: %0, 1: %1 }"));
    assert_eq!(own("add_ovf %a, %a", ", 1: %a"), some("0: %0, 1: %1 }"));
    assert_eq!(own("mul_ovf %a, %b", ", 1: %a"), some("0: %0, 1: %1 }"));
}

#[test]
fn only_steps_that_nothing_else_uses_sink() {
    let text = |ops: &str, back: &str| {
        format!(
            "trace loop \"t\" entry s0
             block0(%0: i64, %1: i64): jump block1(%0, %1)
             block1(%i: i64, %j: i64):
             %n = sub %i, 2
             {ops}
             guard_lt_i64 %i, %j -> exit s1
             jump block1({back})
             snapshots:
             s0 = code 0 @0 height 2 {{ 0: %0, 1: %1 }}
             s1 = code 0 @0 height 2 {{ 0: %n, 1: %j }}"
        )
    };
    check(
        &optimized(&text("", "%n, %j"), "recover", &[]),
        true,
        "block0(%0: i64, %1: i64):
           jump block1(%0, %1)
         block1(%3: i64, %4: i64):
           guard_lt_i64 %3, %4 -> exit s1
           %6: i64 = sub %3, 2
           jump block1(%6, %4)
         snapshots:
           s0 = code 0 @0 height 2 { 0: %0, 1: %1 }
           s1 = code 0 @0 height 2 { 0: sub(%3, 2), 1: %4 }",
    );
    for (ops, back) in [("%m = mul %n, 3", "%n, %m"), ("", "%n, %n"), ("", "%i, %n")] {
        let out = optimized(&text(ops, back), "recover", &[]);
        assert_eq!(out.ops[5].opcode.info().name, "sub", "{ops} {back}");
    }
}
