//! Random traces, alone and linked to side traces, against the reference evaluator.

use proptest::prelude::*;
use tierlab_trace::testgen::{case, case_up_to, check_backend, helpers};
use tierlab_uop::Uop;

/// So many cases, or as many as `PROPTEST_CASES` says. A failing case is shown whole: none is stored.
fn cases(count: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { count };
    ProptestConfig { cases, ..default }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn small_traces_agree_with_the_evaluator(case in case()) {
        check_backend(&mut Uop::new(helpers()), &case).map_err(TestCaseError::fail)?;
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn large_traces_agree_with_the_evaluator(case in case_up_to(400)) {
        check_backend(&mut Uop::new(helpers()), &case).map_err(TestCaseError::fail)?;
    }
}
