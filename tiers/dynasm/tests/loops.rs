//! What the loop bodies of small traces amount to.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::Arc;
use tierlab_dynasm::Dynasm;
use tierlab_runtime::count::{FRAME_SLOTS, count_loop, disassemble};
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::TraceId;
use tierlab_trace::parse::parse_trace;

/// `total += i` over a range, after all passes.
const SUM: &str = r#"
trace loop "sum.py:3"
entry s0
block0(%0: i64, %1: i64, %2: i64):
  jump block1(%0, %1)
block1(%4: i64, %5: i64):
  guard_lt_i64 %5, %2 -> exit s1
  %7: i64 = add_ovf %4, %5 -> exit s2
  %8: i64 = add %5, 1
  jump block1(%7, %8)
snapshots:
  s0 = code 0 @4 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 0 @4 height 3 { 0: %4, 1: %5, 2: %2 }
  s2 = code 0 @8 height 3 { 0: sub(%7, %5), 1: add(%5, 1), 2: %2 }
"#;

#[test]
fn the_sum_loop_is_six_instructions_without_slots() {
    let helpers = HelperTable::default();
    let trace = Arc::new(parse_trace(SUM, &helpers).expect("the trace parses"));
    let strategy = tierlab_regalloc::strategy("linear-scan").expect("it is registered");
    let mut tier = Dynasm::new(helpers, strategy, 5, 8).expect("the tier exists here");
    tier.compile(TraceId(0), &trace).expect("it compiles");
    let view = tier.code(TraceId(0)).expect("it has code");
    let counts = count_loop(&view, &[FRAME_SLOTS]).expect("it has a loop");
    let listing = disassemble(&view.bytes, view.address).join("\n");
    assert!(counts.instructions <= 6, "{counts:?}\n{listing}");
    assert_eq!((counts.slot_loads, counts.slot_stores), (0, 0), "{listing}");
}
