//! Random traces leave through the same exit with the same values as in the reference evaluator, with
//! every strategy and any number of registers.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use proptest::prelude::*;
use std::time::Duration;
use tierlab_dynasm::{Dynasm, MAX_FLOATS, MAX_INTS};
use tierlab_trace::testgen::{Case, case, check_backend, helpers};

/// What a strategy that searches has for a trace.
const SHORT: Duration = Duration::from_millis(5);

fn check(case: &Case, ints: u8, floats: u8) -> Result<(), String> {
    for info in tierlab_regalloc::STRATEGIES {
        let mut tier =
            Dynasm::new(helpers(), info.within(SHORT), ints, floats).map_err(|e| e.to_string())?;
        check_backend(&mut tier, case)
            .map_err(|e| format!("{} with {ints}+{floats} registers: {e}", info.name))?;
    }
    Ok(())
}

fn cases() -> u32 {
    if std::env::var_os("TIERLAB_LONG").is_some() { 20_000 } else { 150 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn random_traces_agree_with_the_evaluator(
        case in case(),
        ints in 0..=MAX_INTS,
        floats in 0..=MAX_FLOATS,
    ) {
        check(&case, ints, floats).map_err(TestCaseError::fail)?;
    }
}
