//! The command's answers to bad requests, as a user sees them.

use std::process::{Command, Output};

fn tierlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierlab")).args(arguments).output().unwrap()
}

#[track_caller]
fn refused(arguments: &[&str], says: &[&str]) {
    let output = tierlab(arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(says.iter().all(|s| text.contains(s)), "{text}");
    assert!(output.stdout.is_empty() && !text.contains("panicked"), "{text}");
}

#[test]
fn unknown_names_list_the_valid_ones() {
    refused(&["run", "--tier", "jit", "x.py"], &["unknown tier `jit`", "copypatch-reg"]);
    refused(&["run", "--alloc", "x", "x.py"], &["unknown allocator `x`", "linear-scan"]);
    refused(&["run", "--opt", "x", "x.py"], &["`x`", "3.14"]);
    refused(&["run", "--dump", "x", "x.py"], &["unknown dump kind", "bytecode"]);
    refused(&["run", "--tier", "cranelift:x", "x.py"], &["speed_and_size"]);
    refused(&["list", "x"], &["unknown list", "workloads"]);
    refused(&["sweep", "--tiers", "jit"], &["unknown tier", "interp"]);
    refused(&["sweep", "--regs", "0..90"], &["0..5"]);
    refused(&["sweep", "--regs", "7"], &["0 to 5"]);
    refused(&["sweep", "--invocations", "0"], &["at least 1"]);
    refused(&["run", "--regs", "6", "x.py"], &["0 to 5", "library `c`", "list libraries"]);
    refused(&["run", "--library", "x", "x.py"], &["unknown stencil library `x`", "valid: c"]);
    refused(&["cell", "{"], &["sweep"]);
    refused(&["fly"], &["fly"]);
}

#[test]
fn unknown_workloads_list_the_valid_ones() {
    refused(&["sweep", "--workloads", "nope*"], &["unknown workload `nope*`", "sum_range"]);
}

#[test]
fn lists_are_not_empty() {
    for kind in ["tiers", "allocs", "passes", "presets", "releases", "workloads", "libraries"] {
        let output = tierlab(&["list", kind]);
        assert!(output.status.success() && output.stdout.len() > 40, "{kind}: {output:?}");
    }
}

#[test]
fn plotting_nothing_names_the_place() {
    let output = tierlab(&["plot", "/nonexistent"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nonexistent/results.jsonl"));
}
