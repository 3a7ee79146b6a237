//! Generated cases: valid, varied, and judged right by the checks that tiers rely on.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::HashMap;
use std::sync::Arc;
use tierlab_trace::backend::{Backend, CodeView, CompileError, CompileReport, ExitRef};
use tierlab_trace::eval::Evaluator;
use tierlab_trace::ir::{Op, Trace, TraceId};
use tierlab_trace::layout::ContextMemory;
use tierlab_trace::memory::Memory;
use tierlab_trace::ops::Opcode;
use tierlab_trace::testgen::{self, check_backend, check_optimized, helpers};
use tierlab_trace::verify::verify;

fn reference() -> Evaluator {
    // SAFETY: it runs generated cases only, which stay in their arena.
    Evaluator::new(helpers(), unsafe { Memory::assume_valid() })
}

/// A tier that gets one opcode wrong: it runs another one in its place.
struct Wrong {
    inner: Evaluator,
    from: Opcode,
    to: Opcode,
}

impl Backend for Wrong {
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        let mut trace = Trace::clone(trace);
        for op in trace.ops.iter_mut().filter(|op| op.opcode == self.from) {
            *op = Op { opcode: self.to, ..*op };
        }
        self.inner.compile(id, &Arc::new(trace))
    }
    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError> {
        self.inner.link(from, to)
    }
    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef {
        // SAFETY: the caller's promise.
        unsafe { self.inner.enter(id, context) }
    }
    fn read_exit(&self, exit: ExitRef, context: &ContextMemory, out: &mut Vec<u64>) {
        self.inner.read_exit(exit, context, out);
    }
    fn code(&self, _id: TraceId) -> Option<CodeView> {
        None
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn cases_are_valid_and_the_reference_agrees_with_itself(case in testgen::case()) {
        let built = case.build();
        for trace in &built.traces {
            prop_assert_eq!(verify(trace, Some(&built.world.helpers)), Ok(()));
        }
        prop_assert_eq!(check_backend(&mut reference(), &case), Ok(()));
        prop_assert_eq!(check_optimized(&case, &mut |t| t.normalized()), Ok(()));
    }
}

#[test]
fn cases_cover_every_opcode_and_turn() {
    let mut runner = TestRunner::deterministic();
    let mut seen: HashMap<Opcode, usize> = HashMap::new();
    let (mut turning, mut with_sides, mut rejoining) = (0, 0, 0);
    const CASES: usize = 600;
    for _ in 0..CASES {
        let case = testgen::case().new_tree(&mut runner).unwrap().current();
        let mut built = case.build();
        for trace in &built.traces {
            for op in &trace.ops {
                *seen.entry(op.opcode).or_default() += 1;
            }
        }
        let run = built.run_reference(true).unwrap();
        turning += usize::from(run.iterations > 2);
        with_sides += usize::from(built.traces.len() > 1);
        rejoining += usize::from(
            built
                .traces
                .iter()
                .any(|t| t.ops.last().is_some_and(|op| op.opcode == Opcode::JumpTrace)),
        );
    }
    let few: Vec<Opcode> =
        Opcode::ALL.iter().filter(|op| seen.get(op) < Some(&50)).copied().collect();
    assert!(few.is_empty(), "hardly generated: {few:?}");
    println!("{turning} turn, {with_sides} have side traces, {rejoining} rejoin, of {CASES}");
    assert!(turning > CASES / 5 && with_sides > CASES / 5 && rejoining > CASES / 8);
}

#[test]
fn wrong_tiers_are_found_out() {
    use Opcode::*;
    let pairs = [
        (Add, Sub),
        (AddF64, SubF64),
        (FloorDiv, FloorMod),
        (Sar, ShlOvf),
        (LtI64, LeI64),
        (GuardLtF64, GuardNltF64),
        (GuardNleF64, GuardNltF64),
        (MulOvf, Mul),
        (EqF64, NeF64),
        (CopyRef, CopyRef),
    ];
    for (from, to) in pairs {
        let mut runner = TestRunner::deterministic();
        let found = (0..3000).find(|_| {
            let case = testgen::case().new_tree(&mut runner).unwrap().current();
            check_backend(&mut Wrong { inner: reference(), from, to }, &case).is_err()
        });
        assert_eq!(found.is_some(), from != to, "{from:?} as {to:?}");
    }
}
