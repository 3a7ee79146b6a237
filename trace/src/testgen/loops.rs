//! The small loop that the tests of every tier compile: a sum over integers, and what continues behind
//! its exits.

use crate::backend::{Backend, ExitRef, HelperTable};
use crate::ir::{Trace, TraceId};
use crate::layout::ContextMemory;
use crate::parse::parse_trace;
use std::sync::Arc;

/// `while i < stop: total += i; i += 1`, after all passes. It enters with total, `i` and `stop`; exit 0 is the
/// guard's and gives them back, exit 1 is the sum's: it gives the wrapped total and `i`, from which the old total is
/// recovered.
pub const SUM: &str = r#"
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
  s0 = code 0 @0 height 3 { 0: %0, 1: %1, 2: %2 }
  s1 = code 0 @4 height 3 { 0: %4, 1: %5, 2: %2 }
  s2 = code 0 @6 height 2 { 0: sub(%7, %5), 1: %5 }
"#;

/// Follows exit 0 of [`SUM`]: adds `by` to the total and goes back with `stop + 10`, until `stop` reaches 100.
/// Its exit gives `stop` and the total.
pub fn side_of_sum(by: i64) -> Arc<Trace> {
    parsed(&format!(
        r#"
trace side 0.0 "sum.py:5"
block0(%0: i64, %1: i64, %2: i64):
  guard_lt_i64 %2, 100 -> exit s0
  %4: i64 = add %0, {by}
  %5: i64 = add %2, 10
  jump_trace T0(%4, %1, %5)
snapshots:
  s0 = code 0 @9 height 2 {{ 0: %2, 1: %0 }}
"#
    ))
}

/// A trace without helpers from its text.
///
/// # Panics
/// Where the text is none.
pub fn parsed(text: &str) -> Arc<Trace> {
    match parse_trace(text, &HelperTable::default()) {
        Ok(trace) => Arc::new(trace),
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// Enters trace 0 with the bits of its parameters: the exit that it takes, and the bits of what is live there. The
/// trace is one that reads and writes no memory.
pub fn run(tier: &mut dyn Backend, parameters: &[u64]) -> (ExitRef, Vec<u64>) {
    let mut context = ContextMemory::new();
    context.slots_mut()[..parameters.len()].copy_from_slice(parameters);
    // SAFETY: the trace works on integers and floats alone.
    let exit = unsafe { tier.enter(TraceId(0), &mut context) };
    let mut live = Vec::new();
    tier.read_exit(exit, &context, &mut live);
    (exit, live)
}

/// An exit of a trace.
pub const fn exit_of(trace: u32, exit: u32) -> ExitRef {
    ExitRef { trace: TraceId(trace), exit }
}
