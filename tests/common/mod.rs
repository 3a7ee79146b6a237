//! Fake measurements: plausible numbers that follow from the configuration alone, so
//! that the harness can be tested without running a program.

// Every test binary compiles this file and uses a part of it.
#![allow(dead_code)]

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;
use tierlab::config::RunConfig;
use tierlab::engine::{CompileStats, LoopStats, Outcome};
use tierlab::sweep::plan::{Options, Plan, Size};
use tierlab::sweep::runner::Executor;
use tierlab::sweep::{Cell, Record};
use tierlab::workloads::Workload;

/// Names and groups of the fake workloads.
pub const WORKLOADS: &[(&str, &str)] = &[
    ("collatz", "scalar"),
    ("matmul", "array"),
    ("nbody", "float"),
    ("spectral_norm", "float"),
    ("sum_range", "scalar"),
];

pub fn workloads() -> Vec<Workload> {
    let workload = |(name, group): &(&str, &str)| Workload {
        name: name.to_string(),
        file: format!("workloads/{name}.py").into(),
        group: group.to_string(),
        small_n: 10,
        default_n: 1000,
        quick_n: None,
        expected_small: None,
        expected_default: Some("42".to_string()),
        about: String::new(),
    };
    WORKLOADS.iter().map(workload).collect()
}

pub fn plan(options: Options) -> Plan {
    Plan::new(&workloads(), &options).unwrap()
}

pub fn small_plan() -> Plan {
    let tiers = ["adaptive", "copypatch", "copypatch-reg"].map(String::from).to_vec();
    plan(Options {
        tiers: Some(tiers),
        opts: Some(vec!["full".to_string()]),
        invocations: Some(2),
        iterations: Some(4),
        ..Options::new(Size::Default)
    })
}

/// Runs nothing: notes what it was asked for and makes the numbers up.
#[derive(Default)]
pub struct Fake {
    /// Cell keys and invocations, in the order asked for.
    pub asked: RefCell<Vec<(String, u32)>>,
    /// Tier whose cells fail.
    pub failing: Option<&'static str>,
    /// Tier whose checksum is wrong.
    pub wrong: Option<&'static str>,
    /// Tier whose register allocator gives up on a trace.
    pub giving_up: Option<&'static str>,
    /// Cells to run before the fake process is killed.
    pub kill_after: Option<usize>,
}

impl Executor for Fake {
    fn run(&self, cell: &Cell, invocation: u32, _: Duration) -> Result<Record, String> {
        let mut asked = self.asked.borrow_mut();
        assert!(self.kill_after.is_none_or(|n| asked.len() < n), "killed");
        asked.push((cell.key(), invocation));
        if self.failing == Some(cell.config.tier_name()) {
            return Err("exit status: 1\nsome reason".to_string());
        }
        let mut outcome = outcome(cell, invocation);
        if self.wrong == Some(cell.config.tier_name()) {
            outcome.checksum = "43".to_string();
        }
        outcome.compile.allocation_fallbacks =
            u64::from(self.giving_up == Some(cell.config.tier_name()));
        Ok(Record::new(cell, invocation, outcome))
    }
}

/// Speed-up over adaptive that the fake tiers have.
fn speed(config: &RunConfig, scalar: bool) -> f64 {
    let optimizer = match config.opt.as_str() {
        "none" => 0.8,
        "3.13" => 1.0,
        "3.14" => 1.5,
        _ => 6.0,
    };
    let registers = 1.0 + f64::from(config.regs) * if scalar { 0.2 } else { 0.08 };
    match config.tier_name() {
        "interp" => 0.6,
        "adaptive" => 1.0,
        "uop" => 0.8 * optimizer,
        "copypatch" => 1.02 * optimizer,
        "copypatch-reg" => optimizer * (1.0 + (registers - 1.0) * (0.4 + optimizer / 6.0)),
        "dynasm" => 2.2 * optimizer,
        "cranelift" if config.tier.contains("none") => 1.6 * optimizer,
        "cranelift" => 2.6 * optimizer,
        _ => 1.3,
    }
}

fn outcome(cell: &Cell, invocation: u32) -> Outcome {
    let config = &cell.config;
    let place = WORKLOADS.iter().position(|(w, _)| *w == cell.workload).unwrap_or(0);
    let scalar = WORKLOADS[place].1 == "scalar";
    let steady = 2e8 * (1.0 + place as f64 * 0.3) / speed(config, scalar);
    let wobble = |i: u32| 1.0 + f64::from((invocation * 7 + i * 5 + place as u32) % 9) * 0.004;
    let (emit, library) = match config.tier_name() {
        "copypatch" => (15, 110_000),
        "copypatch-reg" => (25, 110_000 + u64::from(config.regs).pow(3) * 16_000),
        "dynasm" => (60, 0),
        "cranelift" => (if config.tier == "cranelift" { 4200 } else { 2500 }, 0),
        "uop" => (8, 0),
        _ => (0, 0),
    };
    let traced = u64::from(config.hot > 0);
    let ops = traced * (120 + place as u64 * 40);
    let compile = CompileStats {
        traces: traced * 3,
        ops,
        record_ns: ops * 90,
        optimize_ns: ops * if config.opt == "none" { 0 } else { 150 },
        allocate_ns: ops * 20 * u64::from(config.regs > 0),
        emit_ns: ops * emit,
        link_ns: ops * emit / 4,
        code_bytes: ops * 24,
        metadata_bytes: ops * 9,
        library_bytes: library,
        library_stencils: library / 60,
        allocation_fallbacks: 0,
    };
    let warm = |i: u32| if i == 0 { compile.total_ns() as f64 * 20.0 } else { 0.0 };
    let slots = u64::from(config.tier == "copypatch") * 3;
    Outcome {
        iteration_ns: (0..cell.iterations).map(|i| (steady * wobble(i) + warm(i)) as u64).collect(),
        checksum: "42".to_string(),
        compile,
        exits: 12,
        loops: vec![LoopStats {
            location: format!("{}.py:4", cell.workload),
            ops: 5,
            instructions: 6 + slots,
            slot_loads: slots,
            slot_stores: slots / 2,
            iterations: 1_000_000,
        }],
        peak_rss_bytes: (9 << 20) + library * 3 + emit * 2000,
        ..Outcome::default()
    }
}

/// A fresh directory of this name, removed first where a former run left it.
pub fn temporary(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
