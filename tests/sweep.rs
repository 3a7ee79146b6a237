//! Sweeps: resuming, failing cells, mixing, with made-up measurements; the command itself with real ones.

mod common;

use common::{Fake, small_plan, temporary, workloads};
use std::collections::HashSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tierlab::config::RunConfig;
use tierlab::sweep::child::{self, Processes};
use tierlab::sweep::manifest::Manifest;
use tierlab::sweep::plan::Plan;
use tierlab::sweep::runner::{Executor, Summary};
use tierlab::sweep::{self, Cell, store};
use tierlab::{Error, dataset::Dataset, registry};

fn run(plan: &Plan, dir: &Path, fake: &Fake) -> Result<(Summary, Vec<String>), Error> {
    run_with(plan, dir, fake, false)
}

fn run_with(
    plan: &Plan,
    dir: &Path,
    fake: &Fake,
    mix: bool,
) -> Result<(Summary, Vec<String>), Error> {
    let manifest = Manifest::of(plan, &workloads(), Default::default(), Vec::new(), 7);
    let mut said = Vec::new();
    let summary = sweep::run(plan, dir, manifest, mix, fake, &mut |t| said.push(t.to_string()))?;
    Ok((summary, said))
}

/// Cell keys and invocations on disk; fails on a repeated one.
fn on_disk(dir: &Path) -> HashSet<(String, u32)> {
    let (records, notes) = store::read(dir).unwrap();
    assert_eq!(notes, [] as [String; 0]);
    let set: HashSet<_> = records.iter().map(|r| (r.cell_key(), r.invocation)).collect();
    assert_eq!(set.len(), records.len(), "an invocation was measured twice");
    set
}

#[test]
fn a_killed_sweep_resumes_without_loss_or_repetition() {
    let dir = temporary("resume");
    let plan = small_plan();
    let total = plan.cells.len() * plan.invocations as usize;
    let killed = Fake { kill_after: Some(11), ..Fake::default() };
    assert!(catch_unwind(AssertUnwindSafe(|| run(&plan, &dir, &killed))).is_err());
    // The kill hit the middle of a line.
    let path = dir.join(store::FILE);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();

    let rest = Fake::default();
    let (summary, said) = run(&plan, &dir, &rest).unwrap();
    assert!(
        said.iter().any(|t| t.contains("results.jsonl:11: the last line is broken")),
        "{said:?}"
    );
    assert_eq!((summary.resumed, summary.measured), (10, total - 10));
    assert_eq!(on_disk(&dir).len(), total);
    // The broken line's invocation is the first to be redone: the order is kept.
    assert_eq!(killed.asked.borrow()[10], rest.asked.borrow()[0]);

    let (summary, _) = run(&plan, &dir, &Fake::default()).unwrap();
    assert_eq!((summary.resumed, summary.measured), (total, 0));
}

#[test]
fn a_last_line_without_its_end_but_whole_is_kept() {
    let dir = temporary("whole-line");
    let plan = small_plan();
    run(&plan, &dir, &Fake::default()).unwrap();
    let path = dir.join(store::FILE);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    let (summary, _) = run(&plan, &dir, &Fake::default()).unwrap();
    assert_eq!(summary.measured, 0);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_broken_line_in_the_middle_loses_nothing_else() {
    let dir = temporary("middle");
    let plan = small_plan();
    run(&plan, &dir, &Fake::default()).unwrap();
    let path = dir.join(store::FILE);
    let mut lines: Vec<String> =
        std::fs::read_to_string(&path).unwrap().lines().map(String::from).collect();
    let total = lines.len();
    lines[3].truncate(9);
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let (summary, said) = run(&plan, &dir, &Fake::default()).unwrap();
    assert_eq!((summary.resumed, summary.measured), (total - 1, 1));
    assert!(said.iter().any(|t| t.contains("results.jsonl:4: skipped")), "{said:?}");
}

#[test]
fn rounds_are_interleaved_and_the_seed_fixes_the_order() {
    let plan = small_plan();
    let order = |name: &str| {
        let fake = Fake::default();
        run(&plan, &temporary(name), &fake).unwrap();
        fake.asked.into_inner()
    };
    let (one, two) = (order("order-1"), order("order-2"));
    assert_eq!(one, two);
    let (first, second) = one.split_at(plan.cells.len());
    assert!(first.iter().all(|(_, i)| *i == 0) && second.iter().all(|(_, i)| *i == 1));
    let keys = |part: &[(String, u32)]| part.iter().map(|(k, _)| k.clone()).collect::<Vec<_>>();
    let planned: Vec<String> = plan.cells.iter().map(|c| c.key()).collect();
    assert!(keys(first) != keys(second) && keys(first) != planned, "nothing was shuffled");
}

#[test]
fn a_failing_cell_is_reported_and_the_rest_goes_on() {
    let dir = temporary("failing");
    let plan = small_plan();
    let (summary, said) =
        run(&plan, &dir, &Fake { failing: Some("copypatch"), ..Fake::default() }).unwrap();
    assert!(!summary.ok());
    assert_eq!(summary.failures.len(), common::WORKLOADS.len());
    assert!(said.iter().any(|t| t.contains("copypatch/full") && t.contains("some reason")));
    let others = plan.cells.iter().filter(|c| c.config.tier != "copypatch").count();
    assert_eq!(on_disk(&dir).len(), others * 2);
    // Repaired, the cells are measured by the next sweep.
    let (summary, _) = run(&plan, &dir, &Fake::default()).unwrap();
    assert!(summary.ok());
    assert_eq!(on_disk(&dir).len(), plan.cells.len() * 2);
}

#[test]
fn an_allocator_that_gives_up_is_named_with_its_cell() {
    let dir = temporary("giving-up");
    let plan = small_plan();
    let fake = Fake { giving_up: Some("copypatch"), ..Fake::default() };
    let (summary, said) = run(&plan, &dir, &fake).unwrap();
    assert!(summary.ok(), "the results are right all the same");
    assert_eq!(summary.gave_up.len(), common::WORKLOADS.len());
    let told = "gave up on 1 traces, which `stack` allocated: sum_range on copypatch/full";
    assert!(said.iter().any(|t| t.contains(told)), "{said:?}");
    // A sweep that only resumes says it too.
    let (summary, _) = run(&plan, &dir, &Fake::default()).unwrap();
    assert_eq!((summary.measured, summary.gave_up.len()), (0, common::WORKLOADS.len()));
}

#[test]
fn a_wrong_checksum_is_a_failure_and_kept_out_of_comparisons() {
    let dir = temporary("checksum");
    let plan = small_plan();
    let (summary, said) =
        run(&plan, &dir, &Fake { wrong: Some("copypatch"), ..Fake::default() }).unwrap();
    assert!(!summary.ok());
    assert_eq!(summary.mismatches.len(), common::WORKLOADS.len());
    assert!(said.iter().any(|t| t.contains("gave 43, expected 42")), "{said:?}");
    let data = Dataset::load(&dir).unwrap();
    assert!(data.configs().iter().all(|c| c.tier != "copypatch"));
    assert_eq!(data.notes.len(), common::WORKLOADS.len());
}

#[test]
fn a_used_up_budget_still_measures_each_cell_once() {
    let dir = temporary("budget");
    let plan = Plan { budget: Some(Duration::ZERO), ..small_plan() };
    let (summary, said) = run(&plan, &dir, &Fake::default()).unwrap();
    assert_eq!((summary.measured, summary.left_out), (plan.cells.len(), plan.cells.len()));
    assert!(summary.ok() && said.iter().any(|t| t.contains("left out")));
}

#[test]
fn another_plan_or_build_is_refused_unless_told() {
    let dir = temporary("mixing");
    let plan = small_plan();
    run(&plan, &dir, &Fake::default()).unwrap();
    let mut other = small_plan();
    other.cells.truncate(3);
    let error = run(&other, &dir, &Fake::default()).unwrap_err().to_string();
    assert!(error.contains("another plan") && error.contains("--mix"), "{error}");
    run_with(&other, &dir, &Fake::default(), true).unwrap();

    let path = dir.join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let binary = tierlab::machine::Build::current().binary;
    std::fs::write(&path, text.replace(&binary, "0123")).unwrap();
    let error = run(&plan, &dir, &Fake::default()).unwrap_err().to_string();
    assert!(error.contains("another build"), "{error}");

    std::fs::remove_file(&path).unwrap();
    let error = run(&plan, &dir, &Fake::default()).unwrap_err().to_string();
    assert!(error.contains("without a manifest.json"), "{error}");
}

#[test]
fn two_sweeps_do_not_write_to_one_file() {
    let dir = temporary("lock");
    let held = store::Store::open(&dir).unwrap();
    let error = run(&small_plan(), &dir, &Fake::default()).unwrap_err().to_string();
    assert!(error.contains("another sweep"), "{error}");
    drop(held);
    run(&small_plan(), &dir, &Fake::default()).unwrap();
}

#[test]
fn lines_have_the_promised_keys() {
    let dir = temporary("keys");
    run(&small_plan(), &dir, &Fake::default()).unwrap();
    let text = std::fs::read_to_string(dir.join(store::FILE)).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    for key in [
        "workload",
        "tier",
        "alloc",
        "regs",
        "opt",
        "invocation",
        "iteration_ns",
        "compile",
        "loops",
        "exits",
        "peak_rss_bytes",
        "checksum",
        "fallbacks",
        "hot",
        "float_regs",
        "n",
    ] {
        assert!(line.get(key).is_some(), "{key} in {line}");
    }
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.join("manifest.json")).unwrap()).unwrap();
    for place in ["/machine/cpu", "/build/rustc", "/build/commit", "/seed", "/started"] {
        assert!(manifest.pointer(place).is_some(), "{place} in {manifest}");
    }
}

#[test]
fn garbage_in_a_results_file_never_panics() {
    let dir = temporary("garbage");
    let mut file = std::fs::File::create(dir.join(store::FILE)).unwrap();
    file.write_all(b"\xff\xfe{\n\n[]\n{\"workload\": 3}\n{\"workl").unwrap();
    let store = store::Store::open(&dir).unwrap();
    assert_eq!((store.records().len(), store.notes().len()), (0, 4));
}

/// The command itself, with processes of its own: every tier on a workload that imports a module.
#[test]
fn a_sweep_measures_what_a_workload_returns() {
    let dir = temporary("command");
    let tiers: Vec<&str> = registry::TIERS.iter().map(|t| t.name).collect();
    let out = dir.display().to_string();
    let asked = ["--workloads", "monte_carlo", "--n", "300", "--invocations", "1", "--out", &out];
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierlab"));
    let command = command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("sweep").args(asked);
    let output = command.args(["--tiers", &tiers.join(",")]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let store = store::Store::open(&dir).unwrap();
    let found: HashSet<&str> = store.records().iter().map(|r| r.config.tier.as_str()).collect();
    assert_eq!(found, tiers.into_iter().collect());
    assert!(store.records().iter().all(|r| r.checksum == store.records()[0].checksum));
}

/// Where a python3 is there, it runs as a peer; everything is told in the error else.
#[test]
fn peers_run_in_processes_of_their_own() {
    let (found, missing) = child::find_peers(&["python3".into(), "no-such-python".into()]);
    assert!(missing.iter().any(|m| m.starts_with("no-such-python: cannot start")), "{missing:?}");
    if found.is_empty() {
        return;
    }
    let dir = temporary("peers");
    let file = dir.join("program.py");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let cell = Cell {
        workload: "program".to_string(),
        file: file.clone(),
        n: 3,
        iterations: 2,
        config: RunConfig::peer("python3"),
        peer: true,
    };
    let processes = Processes::new().unwrap();
    let run = |seconds| processes.run(&cell, 0, Duration::from_secs(seconds));

    write("def main(n=9):\n    print('noise')\n    return n * 2, 'x'\n");
    let record = run(60).unwrap();
    assert_eq!((record.checksum.as_str(), record.iteration_ns.len()), ("(6, 'x')", 2));
    assert!(record.peak_rss_bytes > 1 << 20 && record.config.tier == "python3");

    write("def main(n):\n    return 1 // 0\n");
    let error = run(60).unwrap_err();
    assert!(error.contains("exit status: 1") && error.contains("ZeroDivisionError"), "{error}");

    write("def main(n):\n    while True:\n        pass\n");
    let error = run(1).unwrap_err();
    assert!(error.contains("longer than 1 s"), "{error}");
}
