//! Where a register allocator gives up, the native tiers run what `stack` makes, and say so.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use tierlab::engine::{CompileStats, Outcome};
use tierlab_copypatch::CopyPatch;
use tierlab_dynasm::Dynasm;
use tierlab_regalloc::{AllocError, Allocation, Input, Strategy, strategy};
use tierlab_trace::backend::{Backend, HelperTable};
use tierlab_trace::ir::TraceId;
use tierlab_trace::testgen::loops::{SUM, exit_of, parsed, run};

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

const SIDE: &str = r#"
trace side 0.0 "sum.py:5"
block0(%0: i64, %1: i64, %2: i64):
  %3: i64 = add %0, %1
  exit s0
snapshots:
  s0 = code 0 @9 height 1 { 0: %3 }
"#;

fn check(mut tier: Box<dyn Backend>) {
    tier.compile(TraceId(0), &parsed(SUM)).expect("it compiles");
    let text = tier.allocation_text(TraceId(0)).expect("there is one");
    assert!(!text.contains("r0"), "{text}");
    let fallbacks = tier.allocation_fallbacks();
    assert_eq!(fallbacks.count, 1);
    assert_eq!(fallbacks.last.as_deref(), Some("no-loops: op %4 needs 99 registers at once"));
    tier.compile(TraceId(1), &parsed(SIDE)).expect("it compiles");
    assert_eq!(tier.allocation_fallbacks().count, 1, "looking or succeeding is not giving up");

    assert_eq!(run(&mut *tier, &[0, 0, 10]), (exit_of(0, 0), vec![45, 10, 10]));
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
