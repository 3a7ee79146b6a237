//! Small traces by hand: what their code looks like and what it does.

use crate::{CopyPatch, Library};
use std::sync::Arc;
use tierlab_regalloc::strategy;
use tierlab_runtime::NativeError;
use tierlab_runtime::count::{Counts, FRAME_SLOTS, count_loop, listing};
use tierlab_trace::backend::{Backend, CompileError, ExitRef, Helper, HelperFn, HelperTable};
use tierlab_trace::ir::TraceId;
use tierlab_trace::layout::ContextMemory;
use tierlab_trace::parse::parse_trace;

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
    let trace = parse_trace(text, &HelperTable::default()).expect("it parses");
    tier.compile(TraceId(id), &Arc::new(trace)).expect("it compiles");
}

fn run(tier: &mut CopyPatch, slots: &[u64]) -> (ExitRef, Vec<u64>) {
    let mut context = ContextMemory::new();
    context.slots_mut()[..slots.len()].copy_from_slice(slots);
    // SAFETY: the traces of these tests work on integers and floats alone.
    let exit = unsafe { tier.enter(TraceId(0), &mut context) };
    let mut live = Vec::new();
    tier.read_exit(exit, &context, &mut live);
    (exit, live)
}

fn exit(trace: u32, exit: u32) -> ExitRef {
    ExitRef { trace: TraceId(trace), exit }
}

/// `for i in range(n): sum += i`.
const SUM_RANGE: &str = r#"
trace loop "sum_range.py:3"
entry s0
block0(%0: i64, %1: i64, %2: i64):
  jump block1(%0, %1)
block1(%4: i64, %5: i64):
  guard_lt_i64 %4, %2 -> exit s1
  %7: i64 = add_ovf %5, %4 -> exit s2
  %8: i64 = add %4, 1
  jump block1(%8, %7)
snapshots:
  s0 = code 0 @0 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 0 @4 height 2 { 0: %4, 1: %5 }
  s2 = code 0 @6 height 2 { 0: %4, 1: sub(%7, %4) }
"#;

#[test]
fn a_loop_in_registers_has_no_slot_traffic() {
    for (what, mut tier) in tiers(&[("linear-scan", MOST)]) {
        compile(&mut tier, 0, SUM_RANGE);
        let view = tier.code(TraceId(0)).expect("native code");
        let counts = count_loop(&view, &[FRAME_SLOTS]).expect("it has a loop");
        let text = format!("{what}: {}", listing(&view, &|op| format!("%{op}")));
        assert_eq!((counts.slot_loads, counts.slot_stores), (0, 0), "{text}");
        assert!(counts.instructions <= 7, "{text}");
        let start = view.address + view.loop_range.clone().expect("it has a loop").start as u64;
        assert_eq!(start % 16, 0, "{text}");
        assert!(text.contains("; %7") && text.contains("loop end"), "{text}");
        assert!(tier.allocation_text(TraceId(0)).expect("it was allocated").contains("add_ovf"));
        assert_eq!(run(&mut tier, &[0, 0, 1000]), (exit(0, 0), vec![1000, 499_500]), "{what}");
    }
}

#[test]
fn a_loop_in_slots_shows_its_traffic() {
    for (what, mut tier) in tiers(&[("stack", 0)]) {
        compile(&mut tier, 0, SUM_RANGE);
        let view = tier.code(TraceId(0)).expect("native code");
        let Counts { slot_loads: loads, slot_stores: stores, .. } =
            count_loop(&view, &[FRAME_SLOTS]).expect("it has a loop");
        assert!(loads >= 4 && stores >= 2, "{what}: {loads} loads, {stores} stores");
        assert_eq!(run(&mut tier, &[0, 0, 1000]), (exit(0, 0), vec![1000, 499_500]), "{what}");
    }
}

#[test]
fn an_overflow_leaves_with_the_wrapped_sum() {
    let cases = [("stack", 0), ("linear-scan", 2), ("linear-scan", MOST), ("tos", 3)];
    for (what, mut tier) in tiers(&cases) {
        compile(&mut tier, 0, SUM_RANGE);
        let (taken, live) = run(&mut tier, &[5, i64::MAX as u64 - 7, 1000]);
        // After 5 comes 6: the sum wraps, and the operand is recovered from it.
        assert_eq!(taken, exit(0, 1), "{what}");
        let [i, sum] = live[..] else { panic!("{live:?}") };
        let (i, sum) = if i == 6 { (i, sum) } else { (sum, i) };
        assert_eq!((i, sum.wrapping_sub(6)), (6, i64::MAX as u64 - 2), "{what}");
    }
}

/// Leaves the loop where the sum is odd; the side trace adds and jumps back.
const SIDE: &str = r#"
trace side 0.0 "sum_range.py:3"
block0(%0: i64, %1: i64):
  %2: i64 = mul %1, 3
  %3: i64 = add %2, 1000000
  guard_lt_i64 %3, 2000000 -> exit s0
  %5: i64 = sub %0, 10
  jump_trace T0(%5, %3, 1000)
snapshots:
  s0 = code 0 @9 height 2 { 0: %0, 1: %3 }
"#;

#[test]
fn side_traces_continue_and_jump_back() {
    let cases = [("stack", 0), ("linear-scan", 1), ("linear-scan", MOST), ("tos", 3)];
    for (what, mut tier) in tiers(&cases) {
        compile(&mut tier, 0, SUM_RANGE);
        compile(&mut tier, 1, SIDE);
        assert_eq!(run(&mut tier, &[0, 0, 10]), (exit(0, 0), vec![10, 45]));
        tier.link(exit(0, 0), TraceId(1)).expect("it links");
        // 45 → 1000135; then i runs from 0 to 1000; 1499635 → 5498905 leaves.
        let (taken, live) = run(&mut tier, &[0, 0, 10]);
        assert_eq!((taken, &live[..]), (exit(1, 0), &[1000, 5_498_905][..]), "{what}");
    }
}

#[test]
fn what_cannot_be_compiled_is_an_error() {
    let mut tier = tier(default(), "linear-scan", 5, 8);
    let parse =
        |text: &str| Arc::new(parse_trace(text, &HelperTable::default()).expect("it parses"));
    let unknown = Err(CompileError::UnknownTrace(TraceId(0)));
    assert_eq!(tier.compile(TraceId(1), &parse(SIDE)), unknown);
    compile(&mut tier, 0, SUM_RANGE);
    let elsewhere = SIDE.replace("T0", "T7");
    let unknown = Err(CompileError::UnknownTrace(TraceId(7)));
    assert_eq!(tier.compile(TraceId(1), &parse(&elsewhere)), unknown);
    assert_eq!(tier.link(exit(0, 0), TraceId(1)), Err(CompileError::UnknownTrace(TraceId(1))));
    assert!(tier.link(exit(0, 9), TraceId(0)).is_err());
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
    compile(&mut tier, 0, SUM_RANGE);
    let first = tier.code(TraceId(0)).expect("native code").address;
    for _ in 0..10 {
        compile(&mut tier, 0, SUM_RANGE);
    }
    assert_eq!(tier.code(TraceId(0)).expect("native code").address, first);
}
