//! `tierlab fuzz-python`: seeds that agreed must go on agreeing, and what differs is shown.

use std::path::PathBuf;
use std::process::{Command, Output};

fn tierlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierlab")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether CPython is there to compare with: a test without it says that it did nothing.
fn has_python(test: &str) -> bool {
    let found = Command::new("python3").arg("-V").output().is_ok_and(|o| o.status.success());
    if !found {
        eprintln!("{test}: skipped, since there is no python3 to compare with");
    }
    found
}

#[test]
fn programs_do_what_they_do_in_cpython() {
    if !has_python("programs_do_what_they_do_in_cpython") {
        return;
    }
    let long = std::env::var_os("TIERLAB_LONG").is_some_and(|v| v != "0");
    let seeds = if long { "0..20000" } else { "0..250" };
    let output = tierlab(&["fuzz-python", "--seeds", seeds]);
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stderr).contains("0 differ"), "{}", text(&output.stderr));
}

#[test]
fn differences_are_made_smaller_and_saved() {
    if !has_python("differences_are_made_smaller_and_saved") {
        return;
    }
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fuzz-python");
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("address.py");
    // Complex numbers are outside of the subset.
    let source = "def f(x):\n    y = x\n    print(y)\n    return y ** 0.5\n\n\nfor i in range(3):\n    print(i, f(-2.0))\n";
    std::fs::write(&file, source).unwrap();
    let (file, saved) = (file.display().to_string(), dir.join("saved"));
    let saved_text = saved.display().to_string();
    let output =
        tierlab(&["fuzz-python", &file, "--tiers", "uop", "--hot", "2", "--save", &saved_text]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    assert!(shown.contains("tierlab run --tier uop") && shown.contains("** 0.5"), "{shown}");
    assert!(!shown.contains("print(y)"), "{shown}");
    assert!(std::fs::read_to_string(saved.join("uop-0.py")).unwrap().contains("** 0.5"));
}

#[test]
fn what_is_missing_is_named() {
    let output = tierlab(&["fuzz-python", "--python", "no-such-python", "--seeds", "0..1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no-such-python"), "{}", text(&output.stderr));
    let output = tierlab(&["fuzz-python", "--tiers", "none", "--seeds", "0..1"]);
    assert!(text(&output.stderr).contains("unknown tier `none`"), "{}", text(&output.stderr));
    assert_eq!(tierlab(&["fuzz-python", "--seeds", "5..5"]).status.code(), Some(2));
}
