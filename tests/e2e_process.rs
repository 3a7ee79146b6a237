//! The command as a process: memory, exit codes, and what it says to bad input.

mod common;

use common::temporary;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tierlab::registry;

/// A program that allocates as much as its argument asks for, alive never more than some megabytes.
struct Garbage {
    name: &'static str,
    source: &'static str,
    /// Bytes per iteration, of cells alone: what is really allocated is more.
    bytes: u64,
}

macro_rules! garbage {
    ($( $name:literal $bytes:literal; )*) => {
        &[$( Garbage {
            name: $name,
            source: include_str!(concat!("garbage/", $name, ".py")),
            bytes: $bytes,
        }, )*]
    };
}

const GARBAGE: &[Garbage] = garbage! {
    "floats" 32;
    "lists" 104;
    "nested" 80;
    "objects" 80;
    "strings" 4000;
    "big-ints" 960;
    "dicts" 800;
    "functions" 600;
    "callbacks" 8000;
    "comparing" 8000;
};

/// Peak memory that no tier may pass.
const LIMIT: u64 = 100 << 20;

fn long() -> bool {
    std::env::var_os("TIERLAB_LONG").is_some_and(|v| v != "0")
}

fn tiers() -> Vec<&'static str> {
    let here = cfg!(all(target_arch = "x86_64", target_os = "linux"));
    let names = registry::TIERS.iter().map(|t| t.name);
    names.filter(|t| here || matches!(*t, "interp" | "adaptive" | "uop")).collect()
}

fn tierlab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierlab")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write(dir: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let file = dir.join(name);
    std::fs::write(&file, content).unwrap();
    file
}

/// Runs a file and returns exit code, standard output, standard error.
fn run(tier: &str, file: &Path) -> (Option<i32>, String, String) {
    let output = tierlab(&["run", "--tier", tier, "--hot", "20", file.to_str().unwrap()]);
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn garbage_does_not_pile_up() {
    let total: u64 = if long() { 10 << 30 } else { 300 << 20 };
    let dir = temporary("garbage-collected");
    // What a kind of cell leaves behind is the same code in most tiers; floats are not.
    let in_short =
        |g: &Garbage, t: &str| g.name == "floats" || matches!(t, "adaptive" | "copypatch-reg");
    let cells: Vec<(&Garbage, &str)> = GARBAGE
        .iter()
        .flat_map(|g| tiers().into_iter().map(move |t| (g, t)))
        .filter(|(g, t)| long() || in_short(g, t))
        .collect();
    let peaks: Vec<(u64, String)> = cells
        .par_iter()
        .map(|(garbage, tier)| {
            let name = format!("{}-{tier}", garbage.name);
            let file = write(&dir, &format!("{name}.py"), garbage.source);
            let stats = dir.join(format!("{name}.json"));
            let n = (total / garbage.bytes).to_string();
            let output = tierlab(&[
                "run",
                "--tier",
                tier,
                "--stats",
                stats.to_str().unwrap(),
                file.to_str().unwrap(),
                "--",
                &n,
            ]);
            assert!(output.status.success(), "{name}: {}", text(&output.stderr));
            let stats: serde_json::Value =
                serde_json::from_slice(&std::fs::read(&stats).unwrap()).unwrap();
            let peak = stats["peak_rss_bytes"].as_u64().unwrap();
            (peak, text(&output.stdout))
        })
        .collect();
    let mut problems = Vec::new();
    let mut said: HashMap<&str, &str> = HashMap::new();
    for ((garbage, tier), (peak, out)) in cells.iter().zip(&peaks) {
        let name = garbage.name;
        println!("{name} {tier}: {} MiB", peak >> 20);
        if *peak == 0 || *peak > LIMIT {
            problems.push(format!("{name} {tier}: peak of {} MiB", peak >> 20));
        }
        let first = said.entry(name).or_insert(out);
        if out != first {
            problems.push(format!("{name} {tier}: {out:?}, another tier said {first:?}"));
        }
    }
    assert_eq!(problems, [] as [String; 0]);
}

/// What is refused before anything runs: content, line and column, and what is said of it.
const REFUSED: &[(&str, &str, &str)] = &[
    ("print(1)\nx = = 2\n", "2:5", "SyntaxError"),
    ("print(1)\ndef f(:\n    pass\n", "2:6", "'(' was never closed"),
    ("print(1)\nx = (1,\n", "2:5", "'(' was never closed"),
    ("print(1)\nif True:\nprint(2)\n", "3:1", "indented block"),
    ("x = 'a\n", "1:5", "SyntaxError"),
    ("print(1)\nmatch 1:\n    case 1:\n        pass\n", "2:1", "`match` statements"),
    ("async def f():\n    pass\n", "1:1", "`async` functions"),
    ("try:\n    pass\nexcept* ValueError:\n    pass\n", "1:1", "`except*` clauses"),
    ("return 1\n", "1:1", "'return' outside function"),
    ("print(1)\nbreak\n", "2:1", "'break' outside loop"),
    ("x = 3j\n", "1:5", "complex numbers"),
];

#[test]
fn bad_sources_are_refused_with_their_place() {
    let dir = temporary("refused");
    for (i, (source, place, what)) in REFUSED.iter().enumerate() {
        let file = write(&dir, &format!("bad{i}.py"), source);
        let output = tierlab(&["run", file.to_str().unwrap()]);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{source:?}: {err}");
        assert_eq!(out, "", "{source:?}: nothing may run");
        let mut lines = err.lines();
        let head = lines.next().unwrap_or_default();
        assert!(head.starts_with(&format!("{}:{place}: ", file.display())), "{source:?}: {err}");
        assert!(head.contains(what), "{source:?}: {err}");
        // The source line, and a marker under the place.
        let number: usize = place.split(':').next().unwrap().parse().unwrap();
        let line = source.lines().nth(number - 1).unwrap();
        let shown = lines.next().unwrap_or_default();
        assert_eq!(shown.trim(), line.trim(), "{err}");
        let marker = lines.next().unwrap_or_default();
        let column: usize = place.split(':').nth(1).unwrap().parse().unwrap();
        let indent = shown.len() - shown.trim_start().len();
        let outside = line.len() - line.trim_start().len();
        assert_eq!(marker.find('^'), Some(indent + column - 1 - outside), "{err}");
    }
}

#[test]
fn files_that_are_no_programs() {
    let dir = temporary("no-programs");
    let missing = dir.join("missing.py");
    let (code, out, err) = run("adaptive", &missing);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("missing.py") && err.contains("No such file"), "{err}");
    let (code, _, err) = run("adaptive", &dir);
    assert_eq!(code, Some(2), "{err}");
    for (name, content) in [("empty.py", ""), ("comment.py", "# nothing"), ("blank.py", "\n\n\t\n")]
    {
        let file = write(&dir, name, content);
        for tier in tiers() {
            assert_eq!(run(tier, &file), (Some(0), String::new(), String::new()), "{name} {tier}");
        }
    }
    let noise: Vec<u8> =
        (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let garbage: [(&str, &[u8]); 6] = [
        ("noise.py", &noise),
        ("elf.py", b"\x7fELF\x02\x01\x01\0\0\0\0\0"),
        ("latin.py", b"print('\xe9')\n"),
        ("zero.py", b"print(1)\0\n"),
        ("utf16.py", b"\xff\xfep\0r\0i\0n\0t\0"),
        ("cut.py", b"print('\xc3"),
    ];
    for (name, content) in garbage {
        let file = write(&dir, name, content);
        let (code, out, err) = run("copypatch-reg", &file);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{name}: {err}");
        assert!(err.starts_with(&format!("{}:", file.display())), "{name}: {err}");
        assert!(!err.contains("panicked"), "{name}: {err}");
    }
}

#[test]
fn deep_nesting_is_no_crash() {
    let dir = temporary("deep");
    let deep = [
        format!("print({}1{})\n", "(".repeat(20_000), ")".repeat(20_000)),
        format!("x = {}1\n", "-".repeat(50_000)),
        format!("x = {}1\n", "not ".repeat(50_000)),
        format!("x = 1{}\n", " + 1".repeat(50_000)),
        format!("x = {}[]{}\n", "[".repeat(5_000), "]".repeat(5_000)),
        format!("x = 1{}\n", " if 1 else 2".repeat(20_000)),
        format!("x = 0\nx{}\n", "[0]".repeat(20_000)),
        (0..500).map(|i| format!("{}if 1:\n", " ".repeat(i))).collect::<String>(),
        (0..99).map(|i| format!("{}while 1:\n", " ".repeat(i))).collect::<String>(),
    ];
    for (i, source) in deep.iter().enumerate() {
        let file = write(&dir, &format!("deep{i}.py"), source);
        let (code, _, err) = run("adaptive", &file);
        assert!(matches!(code, Some(0..=2)), "{i}: {code:?}");
        assert!(!err.contains("panicked"), "{i}: {}", &err[..err.len().min(400)]);
    }
}

#[test]
fn an_uncaught_exception_is_the_same_from_every_tier() {
    let dir = temporary("uncaught");
    let source = "\
def at(items, i):
    return items[i] // (i - 4000)


def run(items, n):
    total = 0
    for i in range(n):
        total += at(items, i)
    return total


print('before')
print(run([1, 2] * 4000, 6000))
print('after')
";
    let file = write(&dir, "uncaught.py", source);
    let path = file.display();
    let want = format!(
        "\
Traceback (most recent call last):
  File \"{path}\", line 13, in <module>
    print(run([1, 2] * 4000, 6000))
          ^^^^^^^^^^^^^^^^^^^^^^^^
  File \"{path}\", line 8, in run
    total += at(items, i)
             ^^^^^^^^^^^^
  File \"{path}\", line 2, in at
    return items[i] // (i - 4000)
           ~~~~~~~~~^^~~~~~~~~~~~
ZeroDivisionError: integer division or modulo by zero
"
    );
    for tier in tiers() {
        let (code, out, err) = run(tier, &file);
        assert_eq!((code, out.as_str()), (Some(1), "before\n"), "{tier}: {err}");
        assert_eq!(err, want, "{tier}");
    }
}

#[test]
fn recursion_without_end_is_an_exception_in_every_tier() {
    let dir = temporary("recursion");
    let sources = [
        "def f(n):\n    return f(n + 1)\n\n\nf(0)\n",
        "def f(n):\n    return g(n) + 1\n\n\ndef g(n):\n    x = [n]\n    return f(x[0] + 1) * 2\n\n\nprint(f(0))\n",
        "def f(n):\n    t = 0\n    for i in [1, 2, 3]:\n        t += f(n + i)\n    return t\n\n\nf(0)\n",
        "def f(n):\n    i = 0\n    while i < 50:\n        i += 1\n    return f(n + i)\n\n\nf(0)\n",
    ];
    for (i, source) in sources.iter().enumerate() {
        let file = write(&dir, &format!("endless{i}.py"), source);
        let want = run("interp", &file);
        assert_eq!((want.0, want.1.as_str()), (Some(1), ""));
        assert!(want.2.contains("RecursionError: maximum recursion depth exceeded"), "{}", want.2);
        for tier in tiers() {
            assert_eq!(run(tier, &file), want, "{tier}");
        }
    }
}

#[test]
fn exit_codes_are_those_of_the_program() {
    let dir = temporary("exit-codes");
    for (source, code, err) in [
        ("import sys\nsys.exit(7)\n", 7, ""),
        ("import sys\nsys.exit()\n", 0, ""),
        ("import sys\nsys.exit(None)\n", 0, ""),
        ("import sys\nsys.exit('why')\n", 1, "why\n"),
        ("import sys\nsys.exit(256)\n", 0, ""),
        ("import sys\nsys.exit(-1)\n", 255, ""),
        ("import sys\nsys.exit(True)\n", 1, ""),
        ("import sys\nsys.exit(2 ** 70)\n", 255, ""),
        ("raise SystemExit(9)\n", 9, ""),
    ] {
        let file = write(&dir, "exit.py", source);
        assert_eq!(
            run("adaptive", &file),
            (Some(code), String::new(), err.to_string()),
            "{source}"
        );
    }
}

#[test]
fn standard_output_is_the_programs_own() {
    let dir = temporary("own-output");
    let source = "import sys\nt = 0\nfor i in range(3000):\n    t += i\nprint(t, sys.argv[1:])\n";
    let file = write(&dir, "own.py", source);
    for tier in tiers() {
        let stats = dir.join(format!("{tier}.json"));
        let output = tierlab(&[
            "run",
            "--tier",
            tier,
            "--dump",
            "bytecode,trace,alloc,asm",
            "--stats",
            stats.to_str().unwrap(),
            file.to_str().unwrap(),
            "--",
            "-5",
            "--x",
        ]);
        assert_eq!(text(&output.stdout), "4498500 ['-5', '--x']\n", "{tier}");
        let stats: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&stats).unwrap()).unwrap();
        let traced = registry::find_tier(tier).unwrap().traces;
        assert_eq!(stats["compile"]["traces"].as_u64().unwrap() > 0, traced, "{tier}: {stats}");
        for key in ["config", "wall_ns", "exits", "loops", "peak_rss_bytes", "fallbacks"] {
            assert!(stats.get(key).is_some(), "{tier}: no {key} in {stats}");
        }
        let keys = [
            "traces",
            "ops",
            "record_ns",
            "optimize_ns",
            "allocate_ns",
            "emit_ns",
            "link_ns",
            "code_bytes",
            "metadata_bytes",
        ];
        for key in keys {
            assert!(stats["compile"].get(key).is_some(), "{tier}: no {key} in {stats}");
        }
        if traced {
            let first = &stats["loops"][0];
            for key in
                ["location", "ops", "instructions", "slot_loads", "slot_stores", "iterations"]
            {
                assert!(first.get(key).is_some(), "{tier}: no {key} in {first}");
            }
            assert!(first["iterations"].as_u64().unwrap() > 1000, "{tier}: {first}");
        }
    }
}

#[test]
fn a_reader_that_leaves_is_no_crash() {
    let dir = temporary("reader");
    let file = write(&dir, "loud.py", "for i in range(200000):\n    print(i)\n");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tierlab"))
        .args(["run", file.to_str().unwrap()])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.code().is_some(), "{:?}", output.status);
    assert!(!text(&output.stderr).contains("panicked"), "{}", text(&output.stderr));
}

/// Programs that use up the memory: what they keep adding to.
#[cfg(target_os = "linux")]
const GROWING: &[(&str, &str)] = &[
    ("list", "kept.append(n)"),
    ("floats", "kept.append(n * 0.5)"),
    ("strings", "kept.append(str(n) * 10)"),
    ("objects", "kept.append(Thing(n))"),
    ("dict", "table[n] = n"),
    ("set", "seen.add(n)"),
    ("string", "text += text"),
    ("deep", "kept = [kept]"),
    ("comprehension", "kept = [[i] for i in range(10 ** 12)]"),
    ("generator", "kept = list(i * 0.5 for i in range(10 ** 12))"),
];

#[cfg(target_os = "linux")]
#[test]
fn memory_that_runs_out_is_an_exception() {
    let dir = temporary("memory-runs-out");
    let cells: Vec<_> = GROWING
        .iter()
        .flat_map(|g| ["interp", registry::DEFAULT_TIER].map(|tier| (g, tier)))
        .collect();
    let problems: Vec<String> = cells
        .into_par_iter()
        .filter_map(|((name, grow), tier)| {
            let source = format!(
                "\
class Thing:
    def __init__(self, n):
        self.n = n

def fill():
    kept, table, seen, text, n = [], {{}}, set(), 'x' * 100, 0
    while True:
        {grow}
        n += 1

for attempt in range(2):
    try:
        fill()
    except MemoryError as e:
        print(repr(e))
print(sum([i for i in range(100000)]))
fill()
"
            );
            let file = write(&dir, &format!("{name}-{tier}.py"), source);
            // Native tiers reserve address space for code.
            let limit = if tier == "interp" { 200_000 } else { 600_000 };
            // Of the shell, since the limit is this process's own otherwise.
            let command = format!(
                "ulimit -v {limit}; exec {} run --tier {tier} {}",
                env!("CARGO_BIN_EXE_tierlab"),
                file.display()
            );
            let output = Command::new("sh").args(["-c", &command]).output().unwrap();
            let (out, err) = (text(&output.stdout), text(&output.stderr));
            let good = output.status.code() == Some(1)
                && out == "MemoryError()\nMemoryError()\n4999950000\n"
                && err.starts_with("Traceback")
                && err.ends_with("\nMemoryError\n");
            (!good).then(|| format!("{name}, {tier}: {:?}\n{out}{err}", output.status))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
