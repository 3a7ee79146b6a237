//! The heap: precise under stress, bounded under churn, and honest when there is no memory.

use tierlab_vm::interp::{Vm, VmOptions};

fn machine(source: &str, options: VmOptions) -> (Box<Vm>, Option<String>) {
    let code = match tierlab_frontend::compile_source("test.py", source.as_bytes()) {
        Ok(code) => code,
        Err(error) => panic!("{error}"),
    };
    let mut vm = Vm::new(options);
    vm.capture_output();
    let error = vm.run_main(&code).err().map(|e| e.last_line());
    (vm, error)
}

const MIXED: &str = "
def build(n):
    rows = []
    for i in range(n):
        rows.append([i * 1.5, str(i), (i, [i]), 10 ** 20 + i])
    return rows

def work(n):
    total = 0.0
    for k in range(n):
        rows = build(20)
        total += sum([r[0] for r in rows]) + len(rows[3][1]) + rows[5][2][1][0]
        rows = sorted(rows, key=last, reverse=True)
        total += rows[0][3] - 10 ** 20
    return total

def last(row):
    return row[3]

print(work(12))
";

#[test]
fn collecting_at_every_safe_point_changes_nothing() {
    let stressed = VmOptions { gc_stress: true, ..VmOptions::default() };
    let (mut vm, error) = machine(MIXED, stressed);
    assert_eq!(error, None);
    assert!(vm.heap.stats().collections > 100);
    let (mut plain, _) = machine(MIXED, VmOptions::default());
    assert_eq!(vm.take_output(), plain.take_output());
}

#[test]
fn churn_stays_small() {
    let source = "
def churn(n):
    x = 0.5
    for i in range(n):
        x = x * 0.999 + 0.001
        row = [x, x, i]
    return x
churn(400000)
";
    let (vm, error) = machine(source, VmOptions::default());
    assert_eq!(error, None);
    let stats = vm.heap.stats();
    assert!(stats.allocated > 20 << 20, "{stats:?}");
    assert!(stats.live < 2 << 20, "{stats:?}");
    assert!(stats.collections > 3, "{stats:?}");
}

#[test]
fn big_buffers_are_freed() {
    let source = "
def churn(n):
    for i in range(n):
        row = [i] * 100000
        text = 'x' * 100000
        number = 7 ** 10000
    return len(row)
churn(300)
";
    let (vm, error) = machine(source, VmOptions::default());
    assert_eq!(error, None);
    let stats = vm.heap.stats();
    assert!(stats.allocated > 200 << 20, "{stats:?}");
    assert!(stats.live < 20 << 20, "{stats:?}");
}

#[test]
fn memory_that_cannot_be_had_is_an_exception() {
    for source in ["[0] * 10 ** 13", "'ab' * 10 ** 16", "(0,) * 10 ** 15", "1 << 10 ** 15"] {
        let (_, error) = machine(&format!("x = {source}\n"), VmOptions::default());
        assert_eq!(error.as_deref(), Some("MemoryError"), "{source}");
    }
}

#[test]
fn deep_recursion_is_an_exception() {
    for source in [
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(n):\n    return f(n + 1)\nf(0)\n",
        "def f(n):\n    return max([1], key=f)\nf(0)\n",
    ] {
        let (_, error) = machine(source, VmOptions::default());
        let error = error.expect("it raises");
        assert!(error.starts_with("RecursionError: maximum recursion depth exceeded"), "{error}");
    }
}

#[test]
fn long_chains_are_marked_without_recursion() {
    let source = "
def chain(n):
    cell = []
    for i in range(n):
        cell = [cell]
    return cell
c = chain(300000)
d = chain(300000)
";
    let (mut vm, error) = machine(source, VmOptions::default());
    assert_eq!(error, None);
    vm.collect();
    assert!(vm.heap.stats().live > 10 << 20);
}
