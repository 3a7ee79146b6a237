//! Programs and expressions give what CPython 3.11 gives: stored answers, in both interpreters.

use std::path::{Path, PathBuf};
use tierlab_vm::interp::{Mode, Vm, VmOptions};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// Output, and the error if there is one.
fn run(source: &str, file: &str, options: VmOptions) -> (String, Option<String>) {
    let code = match tierlab_frontend::compile_source(file, source.as_bytes()) {
        Ok(code) => code,
        Err(error) => panic!("{error}"),
    };
    let mut vm = Vm::new(options);
    vm.capture_output();
    let result = vm.run_main(&code);
    let output = String::from_utf8(vm.take_output()).expect("output is UTF-8");
    (output, result.err().map(|e| e.format_traceback()))
}

fn modes() -> [VmOptions; 3] {
    let adaptive = VmOptions::default();
    [
        VmOptions { mode: Mode::Interp, ..adaptive.clone() },
        VmOptions { gc_stress: true, ..adaptive.clone() },
        adaptive,
    ]
}

#[test]
fn expressions_have_cpythons_values() {
    let prelude = std::fs::read_to_string(data("prelude.py")).expect("stored");
    let cases = std::fs::read_to_string(data("values.txt")).expect("stored");
    for line in cases.lines() {
        let (expression, expected) = line.split_once('\t').expect("two columns");
        for options in modes() {
            let source = format!("{prelude}print({expression})\n");
            let (output, error) = run(&source, "test.py", options);
            assert_eq!((output.trim_end_matches('\n'), error), (expected, None), "{expression}");
        }
    }
}

#[test]
fn expressions_raise_cpythons_exceptions() {
    let prelude = std::fs::read_to_string(data("prelude.py")).expect("stored");
    let cases = std::fs::read_to_string(data("errors.txt")).expect("stored");
    for line in cases.lines() {
        let (expression, expected) = line.split_once('\t').expect("two columns");
        if expression.starts_with("sys.exit") {
            continue;
        }
        for options in modes() {
            let source = format!("{prelude}print({expression})\n");
            let (_, error) = run(&source, "test.py", options);
            let error = error.unwrap_or_else(|| panic!("{expression} raises nothing"));
            assert_eq!(error.lines().last(), Some(expected), "{expression}");
        }
    }
}

#[test]
fn tracebacks_look_like_cpythons() {
    let path = data("traceback.py");
    let source = std::fs::read_to_string(&path).expect("stored");
    let expected = std::fs::read_to_string(data("traceback.err")).expect("stored");
    for options in modes() {
        let (_, error) = run(&source, &path.to_string_lossy(), options);
        let error = error.expect("the program raises");
        let error = error.replace(&*path.to_string_lossy(), "traceback.py");
        assert_eq!(error, expected);
    }
}

#[test]
fn exit_statuses() {
    let status = |source: &str| {
        let code = tierlab_frontend::compile_source("t.py", source.as_bytes()).expect("compiles");
        let mut vm = Vm::new(VmOptions::default());
        vm.capture_output();
        let result = vm.run_main(&code);
        vm.finish(result)
    };
    assert_eq!(status("import sys\nsys.exit(3)\n"), 3);
    assert_eq!(status("import sys\nsys.exit()\n"), 0);
    assert_eq!(status("x = 1\n"), 0);
}

/// The value of a quoted field in the line of JSON that starts a workload's entry.
fn workloads() -> Vec<(String, String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workloads");
    let text = std::fs::read_to_string(dir.join("workloads.json")).expect("stored");
    let mut found = Vec::new();
    let (mut name, mut n) = (String::new(), String::new());
    for line in text.lines() {
        let line = line.trim().trim_end_matches(',');
        if let Some(key) = line.strip_suffix("\": {") {
            name = key.trim_start_matches('"').to_string();
        } else if let Some(value) = line.strip_prefix("\"small_n\": ") {
            n = value.to_string();
        } else if let Some(value) = line.strip_prefix("\"expected_small\": \"") {
            let expected = value.trim_end_matches('"').replace("\\n", "\n");
            found.push((name.clone(), n.clone(), expected));
        }
    }
    found
}

#[test]
fn workloads_give_their_stored_output() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workloads");
    let workloads = workloads();
    assert!(workloads.len() >= 14, "the list of workloads was read");
    for (name, n, expected) in workloads {
        let file = dir.join(format!("{name}.py"));
        let source = std::fs::read_to_string(&file).expect("every workload has its file");
        for mode in [Mode::Interp, Mode::Adaptive] {
            let options = VmOptions {
                mode,
                argv: vec![name.clone(), n.clone()],
                min_threshold: 1 << 16,
                ..VmOptions::default()
            };
            let (output, error) = run(&source, &file.to_string_lossy(), options);
            assert_eq!((output.as_str(), error), (expected.as_str(), None), "{name}");
        }
    }
}
