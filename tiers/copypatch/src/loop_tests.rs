//! Small traces by hand: what their code looks like and what it does.

use crate::{CopyPatch, Library};
use std::sync::Arc;
use tierlab_regalloc::strategy;
use tierlab_runtime::NativeError;
use tierlab_runtime::count::{Counts, FRAME_SLOTS, count_loop, listing};
use tierlab_trace::backend::{Backend, CompileError, Helper, HelperFn, HelperTable};
use tierlab_trace::ir::TraceId;
use tierlab_trace::parse::parse_trace;
use tierlab_trace::testgen::loops::{SUM, exit_of, parsed, run};

/// The libraries that there are.
fn present() -> impl Iterator<Item = &'static Library> {
    crate::libraries().iter().filter_map(|info| info.library.as_ref().ok())
}

/// Every library with a strategy and a number of integer registers, with all its float registers.
fn tiers(cases: &[(&str, u8)]) -> Vec<(String, CopyPatch)> {
    let mut tiers = Vec::new();
    for library in present() {
        for &(name, ints) in cases {
            let ints = if ints == MOST { library.convention.ints.len() as u8 } else { ints };
            let what = format!("{} {name} {ints}", library.convention.name);
            tiers.push((what, tier(library, name, ints, 8)));
        }
    }
    tiers
}

/// As many integer registers as the library has.
const MOST: u8 = u8::MAX;

fn tier(library: &'static Library, strategy_name: &str, ints: u8, floats: u8) -> CopyPatch {
    let strategy = strategy(strategy_name).expect("it is registered");
    CopyPatch::new(HelperTable::default(), strategy, library, ints, floats).expect("code memory")
}

fn default() -> &'static Library {
    present().next().expect("the first library is in every build")
}

fn compile(tier: &mut CopyPatch, id: u32, text: &str) {
    tier.compile(TraceId(id), &parsed(text)).expect("it compiles");
}

#[test]
fn a_loop_in_registers_has_no_slot_traffic() {
    for (what, mut tier) in tiers(&[("linear-scan", MOST)]) {
        compile(&mut tier, 0, SUM);
        let view = tier.code(TraceId(0)).expect("native code");
        let counts = count_loop(&view, &[FRAME_SLOTS]).expect("it has a loop");
        let text = format!("{what}: {}", listing(&view, &|op| format!("%{op}")));
        assert_eq!((counts.slot_loads, counts.slot_stores), (0, 0), "{text}");
        assert!(counts.instructions <= 7, "{text}");
        let start = view.address + view.loop_range.clone().expect("it has a loop").start as u64;
        assert_eq!(start % 16, 0, "{text}");
        assert!(text.contains("; %7") && text.contains("loop end"), "{text}");
        assert!(tier.allocation_text(TraceId(0)).expect("it was allocated").contains("add_ovf"));
        assert_eq!(
            run(&mut tier, &[0, 0, 1000]),
            (exit_of(0, 0), vec![499_500, 1000, 1000]),
            "{what}"
        );
    }
}

#[test]
fn a_loop_in_slots_shows_its_traffic() {
    for (what, mut tier) in tiers(&[("stack", 0)]) {
        compile(&mut tier, 0, SUM);
        let view = tier.code(TraceId(0)).expect("native code");
        let Counts { slot_loads: loads, slot_stores: stores, .. } =
            count_loop(&view, &[FRAME_SLOTS]).expect("it has a loop");
        assert!(loads >= 4 && stores >= 2, "{what}: {loads} loads, {stores} stores");
        assert_eq!(
            run(&mut tier, &[0, 0, 1000]),
            (exit_of(0, 0), vec![499_500, 1000, 1000]),
            "{what}"
        );
    }
}

#[test]
fn an_overflow_leaves_with_the_wrapped_sum() {
    let cases = [("stack", 0), ("linear-scan", 2), ("linear-scan", MOST), ("tos", 3)];
    for (what, mut tier) in tiers(&cases) {
        compile(&mut tier, 0, SUM);
        let (taken, live) = run(&mut tier, &[i64::MAX as u64 - 7, 5, 1000]);
        // After 5 comes 6: the sum wraps, and the operand is recovered from it.
        assert_eq!(taken, exit_of(0, 1), "{what}");
        let [i, sum] = live[..] else { panic!("{live:?}") };
        let (i, sum) = if i == 6 { (i, sum) } else { (sum, i) };
        assert_eq!((i, sum.wrapping_sub(6)), (6, i64::MAX as u64 - 2), "{what}");
    }
}

/// Leaves the loop where the sum is odd; the side trace adds and jumps back.
const SIDE: &str = r#"
trace side 0.0 "sum.py:5"
block0(%0: i64, %1: i64, %2: i64):
  %3: i64 = mul %0, 3
  %4: i64 = add %3, 1000000
  guard_lt_i64 %4, 2000000 -> exit s0
  %6: i64 = sub %1, 10
  jump_trace T0(%4, %6, 1000)
snapshots:
  s0 = code 0 @9 height 2 { 0: %1, 1: %4 }
"#;

#[test]
fn side_traces_continue_and_jump_back() {
    let cases = [("stack", 0), ("linear-scan", 1), ("linear-scan", MOST), ("tos", 3)];
    for (what, mut tier) in tiers(&cases) {
        compile(&mut tier, 0, SUM);
        compile(&mut tier, 1, SIDE);
        assert_eq!(run(&mut tier, &[0, 0, 10]), (exit_of(0, 0), vec![45, 10, 10]));
        tier.link(exit_of(0, 0), TraceId(1)).expect("it links");
        // 45 → 1000135; then i runs from 0 to 1000; 1499635 → 5498905 leaves.
        let (taken, live) = run(&mut tier, &[0, 0, 10]);
        assert_eq!((taken, &live[..]), (exit_of(1, 0), &[1000, 5_498_905][..]), "{what}");
    }
}

#[test]
fn what_cannot_be_compiled_is_an_error() {
    let mut tier = tier(default(), "linear-scan", 5, 8);
    let unknown = Err(CompileError::UnknownTrace(TraceId(0)));
    assert_eq!(tier.compile(TraceId(1), &parsed(SIDE)), unknown);
    compile(&mut tier, 0, SUM);
    let elsewhere = SIDE.replace("T0", "T7");
    let unknown = Err(CompileError::UnknownTrace(TraceId(7)));
    assert_eq!(tier.compile(TraceId(1), &parsed(&elsewhere)), unknown);
    assert_eq!(tier.link(exit_of(0, 0), TraceId(1)), Err(CompileError::UnknownTrace(TraceId(1))));
    assert!(tier.link(exit_of(0, 9), TraceId(0)).is_err());
    let helper = r#"
trace loop "x.py:1"
block0(%0: ref):
  %1: ref = call_ref1 @#4 %0 -> exit s0
  exit s0
snapshots:
  s0 = code 0 @0 height 1 { 0: %0 }
"#;
    let mut helpers = HelperTable::default();
    unsafe extern "C" fn same(_: *mut tierlab_trace::layout::ExecContext, word: u64) -> u64 {
        word
    }
    for _ in 0..5 {
        helpers.helpers.push(Helper { name: "same", function: HelperFn::Ref1(same) });
    }
    let helper = Arc::new(parse_trace(helper, &helpers).expect("it parses"));
    let result = tier.compile(TraceId(2), &helper);
    assert!(matches!(result, Err(CompileError::Unsupported { op: 1, .. })), "{result:?}");
    assert!(tier.code(TraceId(2)).is_none());
    let strategy = strategy("stack").expect("it is registered");
    let result = CopyPatch::new(HelperTable::default(), strategy, default(), 6, 8).map(|_| ());
    assert!(matches!(result, Err(NativeError::TooManyRegisters { .. })));
}

#[test]
fn a_trace_compiled_again_takes_no_more_memory() {
    let mut tier = tier(default(), "linear-scan", 5, 8);
    compile(&mut tier, 0, SUM);
    let first = tier.code(TraceId(0)).expect("native code").address;
    for _ in 0..10 {
        compile(&mut tier, 0, SUM);
    }
    assert_eq!(tier.code(TraceId(0)).expect("native code").address, first);
}
