//! Random traces, alone and linked to side traces, against the reference evaluator, with every
//! option and with Cranelift's verifier on.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use proptest::prelude::*;
use tierlab_cranelift::{Cranelift, CraneliftOptions, OptLevel, RegallocAlgorithm};
use tierlab_trace::backend::Backend;
use tierlab_trace::ir::TraceId;
use tierlab_trace::testgen::{Case, case, case_up_to, check_backend, helpers};

fn check(
    case: &Case,
    opt_level: OptLevel,
    regalloc: RegallocAlgorithm,
) -> Result<(), TestCaseError> {
    for fuse_overflow in [true, false] {
        let options = CraneliftOptions { opt_level, regalloc, verifier: true, fuse_overflow };
        let mut tier = Cranelift::new(helpers(), options).expect("the tier exists here");
        check_backend(&mut tier, case)
            .map_err(|why| TestCaseError::fail(format!("{options:?}: {why}")))?;
        let view = tier.code(TraceId(0)).expect("it was compiled");
        // A guard that always fails leaves no loop.
        let range = view.loop_range.clone().unwrap_or(0..1);
        prop_assert!(!range.is_empty() && range.end <= view.bytes.len());
    }
    Ok(())
}

/// So many cases, or as many as `PROPTEST_CASES` says. A failing case is shown whole: none is stored.
fn cases(count: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { count };
    ProptestConfig { cases, ..default }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn optimized_code_agrees_with_the_evaluator(case in case()) {
        check(&case, OptLevel::Speed, RegallocAlgorithm::Backtracking)?;
    }

    #[test]
    fn plain_code_agrees_with_the_evaluator(case in case()) {
        check(&case, OptLevel::None, RegallocAlgorithm::Backtracking)?;
    }

    #[test]
    fn small_code_agrees_with_the_evaluator(case in case()) {
        check(&case, OptLevel::SpeedAndSize, RegallocAlgorithm::Backtracking)?;
    }

    #[test]
    fn single_pass_code_agrees_with_the_evaluator(case in case()) {
        check(&case, OptLevel::None, RegallocAlgorithm::SinglePass)?;
        check(&case, OptLevel::Speed, RegallocAlgorithm::SinglePass)?;
    }
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn large_traces_agree_with_the_evaluator(case in case_up_to(300)) {
        check(&case, OptLevel::Speed, RegallocAlgorithm::Backtracking)?;
    }
}
