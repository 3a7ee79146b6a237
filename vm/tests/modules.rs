//! The registry of modules is what the documents say, and every module can be imported.

use tierlab_vm::interp::{Vm, VmOptions};
use tierlab_vm::modules;

const PAGE: &str = include_str!("../../docs/python-subset.md");

/// The modules in the table of the page.
fn documented() -> Vec<&'static str> {
    let (_, rest) = PAGE.split_once("<!-- modules:").expect("the table");
    let (table, _) = rest.split_once("<!-- end of modules -->").expect("its end");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split('`').next()).collect()
}

#[test]
fn the_page_names_the_modules() {
    let mut known: Vec<&str> = modules::public().collect();
    known.sort_unstable();
    assert_eq!(documented(), known);
}

/// What a program prints, or how it ends.
fn run(source: &str) -> String {
    let code =
        tierlab_frontend::compile_source("/nowhere/t.py", source.as_bytes()).expect("compiles");
    let mut vm = Vm::new(VmOptions::default());
    vm.capture_output();
    let error = vm.run_main(&code).err().map(|error| error.last_line());
    String::from_utf8_lossy(&vm.take_output()).into_owned() + &error.unwrap_or_default()
}

#[test]
fn every_module_is_imported() {
    for name in modules::public() {
        let got = run(&format!("import {name} as m\nprint(m.__name__)\n"));
        assert_eq!(got, format!("{name}\n"));
    }
}

#[test]
fn missing_modules_are_refused_where_they_are_reached() {
    let source = "try:\n    import decimal\nexcept ImportError:\n    print('no')\nimport decimal\n";
    let want = "no\nModuleNotFoundError: No module named 'decimal' (of CPython's library, but \
                outside the subset)";
    assert_eq!(run(source), want);
}
