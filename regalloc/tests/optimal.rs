//! How far allocators are from the least traffic that is possible.

mod support;

use std::time::Duration;
use support::{any_constraint, saved, x86};
use tierlab_regalloc::cost::cost;
use tierlab_regalloc::{Allocation, Input, RegFile, STRATEGIES, optimal, strategy};

/// Larger traces would make the test long in builds without optimization.
const MOST_OPS: usize = 100;

fn traffic(name: &str, input: &Input) -> f64 {
    let mut out = Allocation::default();
    let mut strategy = strategy(name).expect("it is registered");
    strategy.allocate(input, &mut out).expect("the trace is one that it can do");
    cost(input.trace, &out).weighted_traffic() as f64
}

#[test]
fn nobody_is_below_the_bound_and_splitting_comes_near_it() {
    for k in [3, 5, 10] {
        let file = RegFile { constraint: any_constraint, ..x86(k, k.min(8)) };
        let mut logs = Vec::new();
        for (name, traces) in saved() {
            for trace in traces.iter().filter(|t| t.ops.len() <= MOST_OPS) {
                let input = Input { trace, file: &file, incoming: None };
                let bound = optimal::bound(&input, Duration::from_secs(60));
                let bound = bound.unwrap_or_else(|e| panic!("{name}: {e}")) as f64;
                let mut least = Allocation::default();
                let solved = support::checked(&mut optimal::Optimal::default(), &input, &mut least);
                assert_eq!(solved, Ok(true), "{name}");
                let attained = cost(trace, &least).weighted_traffic() as f64;
                assert!(attained >= bound, "{name}, {k} registers: {attained} < {bound}");
                for info in STRATEGIES {
                    let own = traffic(info.name, &input);
                    assert!(own >= bound, "{name}, {k} registers: {} {own} < {bound}", info.name);
                }
                logs.push(((traffic("linear-scan-split", &input) + 1.0) / (bound + 1.0)).ln());
            }
        }
        let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
        assert!(mean <= 1.05, "{k} registers: {mean} times the least traffic");
    }
}
