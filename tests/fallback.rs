//! Where a register allocator gives up, the native tiers run what `stack` makes, and say so.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::Arc;
use tierlab::engine::{CompileStats, Outcome};
use tierlab_copypatch::CopyPatch;
use tierlab_dynasm::Dynasm;
use tierlab_regalloc::{AllocError, Allocation, Input, Strategy, strategy};
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::TraceId;
use tierlab_trace::layout::ContextMemory;
use tierlab_trace::parse::parse_trace;

/// Gives up on loop traces.
struct NoLoops(Box<dyn Strategy>);

impl Strategy for NoLoops {
    fn name(&self) -> &'static str {
        "no-loops"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        match input.trace.loop_block() {
            Some(block) => {
                Err(AllocError::TooFewRegisters { op: block.first as usize, needed: 99 })
            }
            None => self.0.allocate(input, out),
        }
    }
}

const LOOP: &str = r#"
trace loop "sum.py:3"
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
  s2 = code 0 @4 height 2 { 0: %4, 1: sub(%7, %4) }
"#;

const SIDE: &str = r#"
trace side 0.0 "sum.py:5"
block0(%0: i64, %1: i64):
  %2: i64 = add %0, %1
  exit s0
snapshots:
  s0 = code 0 @9 height 1 { 0: %2 }
"#;

fn check(mut tier: Box<dyn Backend>) {
    let compile = |tier: &mut dyn Backend, id: u32, text: &str| {
        let trace = parse_trace(text, &HelperTable::default()).expect("it parses");
        tier.compile(TraceId(id), &Arc::new(trace)).expect("it compiles");
    };
    compile(&mut *tier, 0, LOOP);
    let text = tier.allocation_text(TraceId(0)).expect("there is one");
    assert!(!text.contains("r0"), "{text}");
    let fallbacks = tier.allocation_fallbacks();
    assert_eq!(fallbacks.count, 1);
    assert_eq!(fallbacks.last.as_deref(), Some("no-loops: op %4 needs 99 registers at once"));
    compile(&mut *tier, 1, SIDE);
    assert_eq!(tier.allocation_fallbacks().count, 1, "looking or succeeding is not giving up");

    let mut context = ContextMemory::new();
    context.slots_mut()[..3].copy_from_slice(&[0, 0, 10]);
    // SAFETY: the trace works on integers alone.
    let exit = unsafe { tier.enter(TraceId(0), &mut context) };
    let mut live = Vec::new();
    tier.read_exit(exit, &context, &mut live);
    assert_eq!(live, [10, 45]);
}

#[test]
fn the_tiers_run_what_stack_makes() {
    let giving_up = || Box::new(NoLoops(strategy("linear-scan").expect("it is registered")));
    let helpers = HelperTable::default;
    for info in tierlab_copypatch::libraries() {
        let Ok(library) = &info.library else { continue };
        let tier = CopyPatch::new(helpers(), giving_up(), library, 3, 5).expect("code memory");
        check(Box::new(tier));
    }
    check(Box::new(Dynasm::new(helpers(), giving_up(), 3, 5).expect("code memory")));
}

#[test]
fn who_runs_a_program_is_told() {
    let compile = CompileStats { traces: 7, allocation_fallbacks: 2, ..CompileStats::default() };
    let last_allocation_fallback = Some("x: op %4 needs 99 registers at once".to_string());
    let outcome = Outcome { compile, last_allocation_fallback, ..Outcome::default() };
    let text = outcome.gave_up().expect("it did");
    assert!(text.contains("2 of 7 traces") && text.ends_with("99 registers at once"), "{text}");
    assert_eq!(Outcome::default().gave_up(), None);
}
