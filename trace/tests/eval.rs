//! The reference evaluator on traces written by hand.

use std::sync::Arc;
use tierlab_trace::backend::ExitRef;
use tierlab_trace::eval::{EvalError, Evaluator, Outcome};
use tierlab_trace::ir::TraceId;
use tierlab_trace::layout::{ContextMemory, FLOAT_CELL, FLOAT_HEADER};
use tierlab_trace::memory::Memory;
use tierlab_trace::parse::parse_traces;
use tierlab_trace::testgen::{Arena, helpers};

/// An evaluator with the traces of a text, numbered in order; `links` are parent, exit, side.
fn evaluator(text: &str, links: &[(u32, u32, u32)]) -> Evaluator {
    // SAFETY: the traces of these tests use no addresses, or those of their arena.
    let mut evaluator = Evaluator::new(helpers(), unsafe { Memory::assume_valid() });
    for (i, trace) in parse_traces(text, &helpers()).unwrap().into_iter().enumerate() {
        evaluator.add(TraceId(i as u32), &Arc::new(trace)).unwrap();
    }
    for &(trace, exit, to) in links {
        evaluator.link_exit(ExitRef { trace: TraceId(trace), exit }, TraceId(to)).unwrap();
    }
    evaluator
}

fn run(evaluator: &Evaluator, slots: &[u64]) -> Result<Outcome, EvalError> {
    let mut context = ContextMemory::new();
    context.slots_mut()[..slots.len()].copy_from_slice(slots);
    evaluator.run(TraceId(0), &mut context, 1000)
}

/// Evaluates one op on operands written as text, as the only one of a trace: its exit number,
/// and its result's bits where it goes on.
fn one(op: &str) -> (u32, u64) {
    let text = format!(
        "trace loop \"\" entry e b(): jump l()
         l(): %r = {op} guard_eq_i64 0, 1 -> exit t jump l()
         snapshots: e = empty t = code 0 @0 height 1 {{ 0: %r }}"
    );
    let out = run(&evaluator(&text, &[]), &[]).unwrap();
    (out.exit.unwrap().exit, out.live[0])
}

#[test]
fn sums_in_a_loop() {
    let text = r#"
        trace loop "sum.py:1" entry s0
        block0(%n: i64): jump block1(0, 0)
        block1(%i: i64, %s: i64):
          guard_lt_i64 %i, %n -> exit done
          %t = add_ovf %s, %i -> exit full
          %j = add %i, 1
          jump block1(%j, %t)
        snapshots:
          s0 = code 0 @0 height 1 { 0: %n }
          done = code 0 @9 height 2 { 0: %s, 1: %i }
          full = code 0 @5 height 2 { 0: sub(%t, %i), 1: %i }"#;
    let evaluator = evaluator(text, &[]);
    let out = run(&evaluator, &[10]).unwrap();
    assert_eq!(out.exit, Some(ExitRef { trace: TraceId(0), exit: 0 }));
    assert_eq!(out.live, [45, 10]);
    assert_eq!(out.iterations[&TraceId(0)], 11);
    assert_eq!(out.ops, 1 + 10 * 4 + 1);
    assert!(matches!(run(&evaluator, &[1000]), Err(EvalError::OutOfFuel(TraceId(0), _))));
}

#[test]
fn checked_results_wrap_on_the_exit() {
    let wrapped = one("add_ovf 9223372036854775807, 2 -> exit t");
    assert_eq!(wrapped, (0, i64::MIN as u64 + 1));
    assert_eq!(one("sub_ovf 5, 7 -> exit t"), (1, -2i64 as u64));
}

#[test]
fn ops_mean_what_the_table_says() {
    for (op, bits) in [
        ("sar -8, 65", -4i64 as u64),
        ("le_i64 -1, 0", 1),
        ("ne_f64 nan:0x7ff8000000000000, 1.0", 1),
        ("le_f64 nan:0x7ff8000000000000, 1.0", 0),
        ("neg_f64 0.0", 1 << 63),
        ("abs_f64 -inf", f64::INFINITY.to_bits()),
        ("sqrt_f64 2.25", 1.5f64.to_bits()),
        ("i64_to_f64 9007199254740993", 9007199254740992f64.to_bits()),
        ("select 2, ref:0x10, ref:0x12", 0x10),
        ("select 0, ref:0x10, ref:0x12", 0x12),
        ("untag ref:0x14", 10),
        ("copy_ref ref:0x14", 0x14),
        ("call_f64_1 @twice 3.0", 7f64.to_bits()),
        ("call_f64_2 @blend 3.0, 4.0", 2f64.to_bits()),
    ] {
        assert_eq!(one(op), (0, bits), "{op}");
    }
}

#[test]
fn guards_leave_where_they_should() {
    // Each guard, and whether it holds.
    for (guard, holds) in [
        ("guard_gt_i64 2, 1", true),
        ("guard_gt_i64 1, 1", false),
        ("guard_ge_i64 1, 1", true),
        ("guard_index -1, 5", false),
        ("guard_index 4, 5", true),
        ("guard_index 5, 5", false),
        ("guard_lt_f64 nan:0x7ff8000000000000, 1.0", false),
        ("guard_nlt_f64 nan:0x7ff8000000000000, 1.0", true),
        ("guard_nlt_f64 0.0, 1.0", false),
        ("guard_nle_f64 1.0, 1.0", false),
        ("guard_nlt_f64 1.0, 1.0", true),
        ("guard_ne_f64 nan:0x7ff8000000000000, nan:0x7ff8000000000000", true),
        ("guard_eq_f64 0.0, -0.0", true),
        ("guard_small_int ref:0x10", true),
        ("guard_small_int ref:0x11", false),
        ("guard_same ref:0x10, ref:0x10", true),
        ("guard_differ ref:0x10, ref:0x10", false),
        ("guard_class ref:0x10 class 1", false),
        ("guard_no_collect", true),
    ] {
        let text = format!(
            "trace loop \"\" entry e b(): jump l()
             l(): {guard} -> exit e guard_eq_i64 0, 1 -> exit e jump l()
             snapshots: e = empty"
        );
        let out = run(&evaluator(&text, &[]), &[]).unwrap();
        assert_eq!(out.exit.unwrap().exit, u32::from(holds), "{guard}");
    }
}

#[test]
fn boxes_come_from_the_free_run() {
    let text = r#"
        trace loop "" entry s0
        b(%x: f64): jump l(%x)
        l(%y: f64):
          %box = box_f64 %y -> exit full
          %z = unbox_f64 %box -> exit full
          %w = add_f64 %z, 1.0
          jump l(%w)
        snapshots:
          s0 = code 0 @0 height 1 { 0: %x }
          full = code 0 @1 height 1 { 0: %y }"#;
    let evaluator = evaluator(text, &[]);
    let arena = Arena::new(5);
    let mut context = ContextMemory::new();
    context.slots_mut()[0] = 2.5f64.to_bits();
    let head = context.head_mut();
    (head.alloc_ptr, head.alloc_limit) = (arena.address(0), arena.address(5));
    let out = evaluator.run(TraceId(0), &mut context, 1000).unwrap();
    assert_eq!(out.live, [4.5f64.to_bits()]);
    let boxes = [FLOAT_HEADER, 2.5f64.to_bits(), FLOAT_HEADER, 3.5f64.to_bits(), 0];
    assert_eq!(arena.words(), boxes);
    assert_eq!(context.head().alloc_ptr, arena.address(0) + 2 * FLOAT_CELL);
}

#[test]
fn side_traces_continue_exits() {
    let text = r#"
        trace loop "odd.py:1" entry s0
        b(%n: i64, %sum: i64): jump l(%n, %sum)
        l(%i: i64, %s: i64):
          guard_gt_i64 %i, 0 -> exit out
          %odd = and %i, 1
          guard_eq_i64 %odd, 0 -> exit out
          %j = sub %i, 1
          jump l(%j, %s)
        snapshots:
          s0 = code 0 @0 height 2 { 0: %n, 1: %sum }
          out = code 0 @1 height 2 { 0: %s, 1: %i }
        trace side 0.1 "odd.py:2"
        b(%s: i64, %i: i64):
          %t = add %s, %i
          %j = sub %i, 1
          jump_trace T0(%j, %t)"#;
    let mut evaluator = evaluator(text, &[(0, 1, 1)]);
    let out = run(&evaluator, &[10, 0]).unwrap();
    assert_eq!(out.exit, Some(ExitRef { trace: TraceId(0), exit: 0 }));
    assert_eq!(out.live, [1 + 3 + 5 + 7 + 9, 0]);
    let unknown = evaluator.link_exit(ExitRef { trace: TraceId(9), exit: 0 }, TraceId(1));
    assert_eq!(unknown, Err(EvalError::UnknownTrace(TraceId(9))));
    assert!(evaluator.link_exit(ExitRef { trace: TraceId(0), exit: 9 }, TraceId(1)).is_err());
}
