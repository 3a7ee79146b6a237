//! Passes on straight-line code, an op or two at a time.

use crate::optimized;
use tierlab_trace::ir::{SnapshotId, Trace};
use tierlab_trace::testgen::helpers;

/// Optimizes ops on the parameters `%a %b: i64`, `%f %g: f64`, `%r %s %t: ref` (values 0 to 6), after
/// which the trace is left with `%x` in the only local (or with nothing). Returns the ops
/// that remain and what the local holds.
fn straight(spec: &str, ops: &str) -> String {
    let kept = if ops.contains("%x") { "{ 0: %x }" } else { "{ }" };
    let text = format!(
        "trace side 0.0 \"t\" b(%a: i64, %b: i64, %f: f64, %g: f64, %r: ref, %s: ref, %t: ref):
         {ops}
         exit s9
         snapshots: s0 = code 0 @1 height 0 {{ }} s9b = code 0 @2 height 0 {{ }} s9 = code 0 @9 height 1 {kept}"
    );
    show(&optimized(&text, spec, &[]))
}

fn show(trace: &Trace) -> String {
    let text = trace.text(Some(&helpers())).to_string();
    let ops: Vec<&str> = text
        .lines()
        .skip_while(|l| !l.starts_with("block0"))
        .skip(1)
        .take_while(|l| !l.trim().starts_with("exit"))
        .map(str::trim)
        .collect();
    let exit = trace.exits().last().map_or(SnapshotId::NONE, |e| e.snapshot);
    let kept = text.lines().find(|l| l.trim().starts_with(&format!("s{} =", exit.0)));
    let kept = kept.and_then(|l| Some(l.split_once("{ ")?.1.trim_end_matches('}').trim()));
    format!("{} => {}", ops.join("; "), kept.unwrap_or("").trim_start_matches("0: "))
}

fn check(spec: &str, table: &[(&str, &str)]) {
    for (before, after) in table {
        assert_eq!(straight(spec, before), *after, "{spec}: {before}");
    }
}

#[test]
fn constants_fold() {
    check(
        "fold",
        &[
            ("%x = add_ovf 3, 4 -> exit s0", " => 7"),
            (
                "%x = add_ovf 9223372036854775807, 1 -> exit s0",
                "%7: i64 = add_ovf 9223372036854775807, 1 -> exit s0 => %7",
            ),
            ("%x = floor_div -7, 2 -> exit s0", " => -4"),
            ("%x = floor_mod -7, 2 -> exit s0", " => 1"),
            ("%x = floor_mod 7, 0 -> exit s0", "%7: i64 = floor_mod 7, 0 -> exit s0 => %7"),
            ("%x = sar -8, 1", " => -4"),
            ("%x = lt_i64 1, 2", " => 1"),
            ("%x = tag 21 -> exit s0", " => ref:0x2a"),
            ("%x = unbox_i64 ref:0x2a -> exit s0", " => 21"),
            (
                "%x = unbox_i64 ref:0x1001 -> exit s0",
                "%7: i64 = unbox_i64 ref:0x1001 -> exit s0 => %7",
            ),
            ("%x = i64_to_f64 3", " => 3.0"),
            ("%x = div_f64 1.0, 4.0", " => 0.25"),
            ("%x = sqrt_f64 -1.0", "%7: f64 = sqrt_f64 -1.0 => %7"),
            ("%x = f64_to_i64 2.5 -> exit s0", " => 2"),
            ("guard_lt_i64 1, 2 -> exit s0", " => "),
            ("guard_lt_i64 2, 1 -> exit s0", "guard_lt_i64 2, 1 -> exit s0 => "),
            ("guard_nlt_f64 nan:0x7ff8000000000000, 1.0 -> exit s0", " => "),
            ("guard_same ref:0x9, ref:0x9 -> exit s0", " => "),
            ("guard_small_int ref:0x9 -> exit s0", "guard_small_int ref:0x9 -> exit s0 => "),
            ("%x = select 1, %r, %s", " => %4"),
            ("%x = select %a, %r, %r", " => %4"),
        ],
    );
}

#[test]
fn strength_is_reduced() {
    check(
        "fold",
        &[
            ("%x = floor_mod %a, 8 -> exit s0", "%7: i64 = and %0, 7 => %7"),
            ("%x = floor_div %a, 8 -> exit s0", "%7: i64 = sar %0, 3 => %7"),
            ("%x = floor_div %a, 1 -> exit s0", " => %0"),
            ("%x = floor_mod %a, -8 -> exit s0", "%7: i64 = floor_mod %0, -8 -> exit s0 => %7"),
            ("%x = mul_ovf %a, 2 -> exit s0", "%7: i64 = add_ovf %0, %0 -> exit s0 => %7"),
            ("%x = mul_ovf 1, %a -> exit s0", " => %0"),
            ("%x = mul_ovf %a, 0 -> exit s0", " => 0"),
            ("%x = add_ovf 0, %b -> exit s0", " => %1"),
            ("%x = sub_ovf %a, %a -> exit s0", " => 0"),
            ("%x = xor %a, 0", " => %0"),
            ("%x = add_f64 %f, 0.0", "%7: f64 = add_f64 %2, 0.0 => %7"),
            ("%x = mul_f64 %f, 1.0", "%7: f64 = mul_f64 %2, 1.0 => %7"),
        ],
    );
}

#[test]
fn ranges_decide() {
    check(
        "fold",
        &[
            (
                "guard_lt_i64 %a, %b -> exit s0 %x = add_ovf %a, 1 -> exit s0",
                "guard_lt_i64 %0, %1 -> exit s0; %8: i64 = add %0, 1 => %8",
            ),
            (
                "guard_le_i64 %a, %b -> exit s0 %x = add_ovf %a, 1 -> exit s0",
                "guard_le_i64 %0, %1 -> exit s0; %8: i64 = add_ovf %0, 1 -> exit s0 => %8",
            ),
            (
                "guard_gt_i64 %a, 0 -> exit s0 %x = sub_ovf %a, 1 -> exit s0",
                "guard_gt_i64 %0, 0 -> exit s0; %8: i64 = sub %0, 1 => %8",
            ),
            (
                "%m = floor_mod %a, 1000003 -> exit s0 %x = mul_ovf %m, %m -> exit s0",
                "%7: i64 = floor_mod %0, 1000003 -> exit s0; %8: i64 = mul %7, %7 => %8",
            ),
            ("%m = and %a, 255 %x = floor_mod %m, 256 -> exit s0", "%7: i64 = and %0, 255 => %7"),
            ("%m = and %a, 255 %x = and %m, 1023", "%7: i64 = and %0, 255 => %7"),
            (
                "%m = and %a, 255 %x = and %m, 254",
                "%7: i64 = and %0, 255; %8: i64 = and %7, 254 => %8",
            ),
            (
                "guard_index %a, %b -> exit s0 guard_ge_i64 %a, 0 -> exit s0",
                "guard_index %0, %1 -> exit s0 => ",
            ),
            (
                "guard_eq_i64 %a, 5 -> exit s0 guard_ne_i64 %a, 6 -> exit s0",
                "guard_eq_i64 %0, 5 -> exit s0 => ",
            ),
            ("%x = le_i64 %a, %a", " => 1"),
            // A small int has 63 bits, but what is untagged may not have been tagged in the end.
            (
                "%u = untag %r %x = add_ovf %u, 1 -> exit s0",
                "%7: i64 = untag %4; %8: i64 = add_ovf %7, 1 -> exit s0 => %8",
            ),
        ],
    );
}

#[test]
fn comparisons_fuse_with_guards() {
    check(
        "fold,dce",
        &[
            (
                "%c = lt_i64 %a, %b guard_ne_i64 %c, 0 -> exit s0",
                "guard_lt_i64 %0, %1 -> exit s0 => ",
            ),
            (
                "%c = lt_i64 %a, %b guard_eq_i64 %c, 0 -> exit s0",
                "guard_ge_i64 %0, %1 -> exit s0 => ",
            ),
            (
                "%c = lt_f64 %f, %g guard_eq_i64 %c, 0 -> exit s0",
                "guard_nlt_f64 %2, %3 -> exit s0 => ",
            ),
            (
                "%c = le_f64 %f, %g %w = select %c, ref:0x9, ref:0x19
                 guard_same %w, ref:0x19 -> exit s0",
                "guard_nle_f64 %2, %3 -> exit s0 => ",
            ),
            (
                "%w = tag %a -> exit s0 guard_same %w, ref:0xa -> exit s0",
                "guard_eq_i64 %0, 5 -> exit s0 => ",
            ),
        ],
    );
}

#[test]
fn types_flow() {
    check(
        "types",
        &[
            (
                "%u = unbox_i64 %r -> exit s0 %x = unbox_i64 %r -> exit s0",
                "%7: i64 = unbox_i64 %4 -> exit s0; %8: i64 = untag %4 => %8",
            ),
            (
                "%w = box_f64 %f -> exit s0 %x = unbox_f64 %w -> exit s0",
                "%7: ref = box_f64 %2 -> exit s0; %8: f64 = load_box_f64 %7 => %8",
            ),
            (
                "guard_class %r class 7 -> exit s0 guard_class %r class 7 -> exit s0",
                "guard_class %4 class 7 -> exit s0 => ",
            ),
            (
                "guard_class %r class 7 -> exit s0 guard_class %r class 8 -> exit s0",
                "guard_class %4 class 7 -> exit s0; guard_class %4 class 8 -> exit s0 => ",
            ),
            (
                "%c = copy_ref %r guard_small_int %c -> exit s0 guard_differ %r, ref:0x19 -> exit s0",
                "%7: ref = copy_ref %4; guard_small_int %7 -> exit s0; \
                 guard_differ %4, ref:0x19 -> exit s0 => ",
            ),
            (
                "guard_class ref:0x19 class 2 -> exit s0 guard_small_int %r -> exit s0
                 guard_differ %r, ref:0x19 -> exit s0",
                "guard_class ref:0x19 class 2 -> exit s0; guard_small_int %4 -> exit s0 => ",
            ),
            (
                "guard_same %r, ref:0x19 -> exit s0 guard_same %r, ref:0x19 -> exit s0
                 guard_differ %r, ref:0x29 -> exit s0",
                "guard_same %4, ref:0x19 -> exit s0 => ",
            ),
        ],
    );
}

#[test]
fn equal_ops_are_reused() {
    check(
        "cse",
        &[
            (
                "%m = mul %a, %b %n = mul %b, %a %x = add %m, %n",
                "%7: i64 = mul %0, %1; %8: i64 = add %7, %7 => %8",
            ),
            (
                "%m = sub_ovf %a, %b -> exit s0 %x = sub %a, %b",
                "%7: i64 = sub_ovf %0, %1 -> exit s0 => %7",
            ),
            (
                "%m = sub_f64 %f, %g %x = sub_f64 %g, %f",
                "%7: f64 = sub_f64 %2, %3; %8: f64 = sub_f64 %3, %2 => %8",
            ),
            (
                "guard_lt_i64 %a, %b -> exit s0 guard_gt_i64 %b, %a -> exit s0
                 guard_le_i64 %a, %b -> exit s0 guard_ne_i64 %b, %a -> exit s0",
                "guard_lt_i64 %0, %1 -> exit s0 => ",
            ),
            (
                "guard_le_i64 %a, %b -> exit s0 guard_lt_i64 %a, %b -> exit s0",
                "guard_le_i64 %0, %1 -> exit s0; guard_lt_i64 %0, %1 -> exit s0 => ",
            ),
            (
                "guard_nlt_f64 %f, %g -> exit s0 guard_le_f64 %g, %f -> exit s0",
                "guard_nlt_f64 %2, %3 -> exit s0; guard_le_f64 %3, %2 -> exit s0 => ",
            ),
            (
                "%m = load_i64 %r +7 !2 %n = load_i64 %r +7 !2 %x = add %m, %n",
                "%7: i64 = load_i64 %4 +7 !2; %8: i64 = add %7, %7 => %8",
            ),
            (
                "%m = load_i64 %r +7 !2 store_i64 %s, %a +7 !3 %x = load_i64 %r +7 !2",
                "%7: i64 = load_i64 %4 +7 !2; store_i64 %5, %0 +7 !3 => %7",
            ),
            (
                "%m = load_i64 %r +7 !2 store_i64 %s, %a +7 !2 %x = load_i64 %r +7 !2",
                "%7: i64 = load_i64 %4 +7 !2; store_i64 %5, %0 +7 !2; %9: i64 = load_i64 %4 +7 !2 => %9",
            ),
            (
                "%m = load_i64 %r +7 !2 store_i64 %r, %a +15 !2 %x = load_i64 %r +7 !2",
                "%7: i64 = load_i64 %4 +7 !2; store_i64 %4, %0 +15 !2 => %7",
            ),
            ("store_i64 %r, %a +7 !2 %x = load_i64 %r +7 !2", "store_i64 %4, %0 +7 !2 => %0"),
            (
                "store_ref_index %r, %a, %s !3 store_ref_index %r, 0, %t !3 %x = load_ref_index %r, %a !3",
                "store_ref_index %4, %0, %5 !3; store_ref_index %4, 0, %6 !3; \
                 %9: ref = load_ref_index %4, %0 !3 => %9",
            ),
            (
                "store_ref_index %r, 1, %s !3 store_ref_index %r, 0, %t !3 %x = load_ref_index %r, 1 !3",
                "store_ref_index %4, 1, %5 !3; store_ref_index %4, 0, %6 !3 => %5",
            ),
            (
                "%m = load_i64 %r +7 !2 %k = load_i64 %r +15 %c = call_ref1 @half %s -> exit s0
                 %x = load_i64 %r +7 !2 %l = load_i64 %r +15 store_i64 %l, %k !4",
                "%7: i64 = load_i64 %4 +7 !2; %8: i64 = load_i64 %4 +15; \
                 %9: ref = call_ref1 @half %5 -> exit s0; %10: i64 = load_i64 %4 +7 !2; \
                 store_i64 %8, %8 !4 => %10",
            ),
        ],
    );
}

#[test]
fn unneeded_ops_go() {
    check(
        "dce",
        &[
            ("%m = add_ovf %a, %b -> exit s0 %w = tag %m -> exit s0", " => "),
            ("%w = box_f64 %f -> exit s0", " => "),
            ("%m = load_i64 %r +7 !2", " => "),
            ("%c = call_f64_1 @twice %f", " => "),
            ("%c = call_ref1 @half %r -> exit s0", "%7: ref = call_ref1 @half %4 -> exit s0 => "),
            // What the interpreter would refuse must not pass.
            ("%m = unbox_i64 %r -> exit s0", "guard_small_int %4 -> exit s0 => "),
            ("%m = unbox_f64 %r -> exit s0", "guard_class %4 class 1 -> exit s0 => "),
            ("%m = floor_mod %a, %b -> exit s0", "guard_ne_i64 %1, 0 -> exit s0 => "),
            ("%m = floor_div %a, %b -> exit s0", "%7: i64 = floor_div %0, %1 -> exit s0 => "),
            ("%m = floor_div %a, 3 -> exit s0", " => "),
            ("%m = f64_to_i64 %f -> exit s0", "%7: i64 = f64_to_i64 %2 -> exit s0 => "),
        ],
    );
}

#[test]
fn boxes_cancel() {
    check(
        "unbox,dce",
        &[
            ("%w = tag %a -> exit s0 %x = unbox_i64 %w -> exit s0", " => %0"),
            ("%w = box_f64 %f -> exit s0 %x = load_box_f64 %w", " => %2"),
            // Exits box by type.
            ("%x = tag %a -> exit s0", " => %0"),
            ("%x = box_f64 %f -> exit s0", " => %2"),
            ("%u = untag %r %x = tag %u -> exit s0", " => %4"),
            (
                "%w = tag %a -> exit s0 store_ref %r, %w +7 !3 %x = untag %w",
                "%7: ref = tag %0 -> exit s0; store_ref %4, %7 +7 !3 => %0",
            ),
        ],
    );
}

#[test]
fn only_the_obvious_goes_in_3_13() {
    check(
        "3.13",
        &[
            (
                "%c = copy_ref %r %d = copy_ref %r %u = unbox_i64 %c -> exit s0
                 %v = unbox_i64 %d -> exit s0 %x = mul_ovf %u, %v -> exit s0",
                "%7: ref = copy_ref %4; %8: ref = copy_ref %4; %9: i64 = unbox_i64 %7 -> exit s0; \
                 %10: i64 = mul_ovf %9, %9 -> exit s0 => %10",
            ),
            (
                "%u = unbox_i64 %r -> exit s9b %x = unbox_i64 %r -> exit s0",
                "%7: i64 = unbox_i64 %4 -> exit s0; %8: i64 = unbox_i64 %4 -> exit s1 => %8",
            ),
            ("%m = load_i64 %r +7 !2 %c = copy_ref %r", "%7: ref = copy_ref %4 => "),
        ],
    );
}
