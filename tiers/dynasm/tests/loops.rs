//! What the loop bodies of small traces amount to.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use tierlab_dynasm::Dynasm;
use tierlab_runtime::count::{FRAME_SLOTS, count_loop, disassemble};
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::TraceId;
use tierlab_trace::testgen::loops::{SUM, parsed};

#[test]
fn the_sum_loop_is_six_instructions_without_slots() {
    let helpers = HelperTable::default();
    let strategy = tierlab_regalloc::strategy("linear-scan").expect("it is registered");
    let mut tier = Dynasm::new(helpers, strategy, 5, 8).expect("the tier exists here");
    tier.compile(TraceId(0), &parsed(SUM)).expect("it compiles");
    let view = tier.code(TraceId(0)).expect("it has code");
    let counts = count_loop(&view, &[FRAME_SLOTS]).expect("it has a loop");
    let listing = disassemble(&view.bytes, view.address).join("\n");
    assert!(counts.instructions <= 6, "{counts:?}\n{listing}");
    assert_eq!((counts.slot_loads, counts.slot_stores), (0, 0), "{listing}");
}
