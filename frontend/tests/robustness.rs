//! No bytes make the front end panic, overflow the stack or take long: mutated programs, random
//! tokens, and nesting of every kind.

mod support;

use std::path::{Path, PathBuf};
use support::swallow;
use tierlab_frontend::check::check;
use tierlab_frontend::{ErrorKind, compile_source};

/// A small generator of random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

fn programs(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    paths
}

#[test]
fn workloads_compile() {
    let paths = programs("../workloads");
    for path in &paths {
        let source = std::fs::read(path).unwrap();
        let name = path.display().to_string();
        let code = compile_source(&name, &source).unwrap_or_else(|error| panic!("{error}"));
        check(&code).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert!(!paths.is_empty());
}

const WORDS: &[&str] = &[
    "if", "else", "elif", "while", "for", "in", "not", "and", "or", "is", "def", "return", "break",
    "continue", "global", "del", "import", "from", "math", "assert", "raise", "lambda", "class",
    "try", "with", "yield", "await", "async", "pass", "None", "True", "x", "y", "f", "_", "0", "1",
    "2.5", "1e9", "0x", "1_", "''", "'a'", "f'{x}'", "f'{", "\"", "'''", "\\", "\n", "\n    ",
    "\t", " ", "(", ")", "[", "]", "{", "}", ",", ":", ";", ".", "=", "==", "!=", "<", "<=", ":=",
    "+", "-", "*", "**", "/", "//", "%", "@", "<<", ">>", "&", "|", "^", "~", "->", "...", "#",
    "\r", "é", "\u{feff}", "\u{2028}", "\0",
];

#[test]
fn mutated_programs() {
    let folders = ["../workloads", "tests/bytecode", "../tests/programs"];
    let paths: Vec<PathBuf> = folders.into_iter().flat_map(programs).collect();
    let sources: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut compiled = 0;
    let long = std::env::var_os("TIERLAB_LONG").is_some_and(|v| v != "0");
    for round in 0..if long { 2_000_000 } else { 6000 } {
        let mut bytes = sources[round % sources.len()].clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len());
            let to = (at + random.below(12)).min(bytes.len());
            match random.below(6) {
                0 => drop(bytes.splice(at..to, [])),
                1 => drop(bytes.splice(at..at, random.pick(WORDS).bytes())),
                2 => drop(bytes.splice(at..to, random.pick(WORDS).bytes())),
                3 => {
                    // A part of the program once more, somewhere else.
                    let part = bytes[at..(at + random.below(80)).min(bytes.len())].to_vec();
                    let there = random.below(bytes.len());
                    bytes.splice(there..there, part);
                }
                4 => bytes[at] = random.below(256) as u8,
                _ => bytes.truncate(at.max(bytes.len() / 2)),
            }
            if bytes.is_empty() {
                break;
            }
        }
        compiled += usize::from(swallow(&bytes));
    }
    assert!(compiled > 100, "only {compiled} mutations were programs");
}

#[test]
fn random_tokens() {
    let mut random = Random(0x1234_5678_9abc_def1);
    for _ in 0..6000 {
        let mut source = String::new();
        for _ in 0..random.below(40) {
            source.push_str(random.pick(WORDS));
            if random.below(2) == 0 {
                source.push(' ');
            }
        }
        swallow(source.as_bytes());
    }
}

#[test]
fn random_bytes() {
    let mut random = Random(0xfeed_beef_dead_cafe);
    for _ in 0..2000 {
        let bytes: Vec<u8> = (0..random.below(60)).map(|_| random.below(256) as u8).collect();
        swallow(&bytes);
    }
}

/// Random programs of the subset: whatever comes out must pass the checker.
#[test]
fn random_programs() {
    let mut random = Random(0x0dd0_57a7_e0ff_1ce5);
    let mut compiled = 0;
    for _ in 0..1500 {
        let mut source = String::from("def f(a, b, c=1):\n");
        block(&mut random, &mut source, 1, false);
        source.push_str("    return a\n");
        block(&mut random, &mut source, 0, false);
        let good = swallow(source.as_bytes());
        compiled += usize::from(good);
    }
    assert!(compiled > 1000, "only {compiled} of the programs compile");
}

fn block(random: &mut Random, out: &mut String, depth: usize, in_loop: bool) {
    for _ in 0..1 + random.below(4) {
        statement(random, out, depth, in_loop);
    }
}

fn statement(random: &mut Random, out: &mut String, depth: usize, in_loop: bool) {
    let indent = "    ".repeat(depth);
    let compound = depth < 5;
    out.push_str(&indent);
    match random.below(14) {
        0 if compound => {
            out.push_str(&format!("if {}:\n", expression(random, 0)));
            block(random, out, depth + 1, in_loop);
            if random.below(2) == 0 {
                out.push_str(&format!("{indent}elif {}:\n", expression(random, 0)));
                block(random, out, depth + 1, in_loop);
            }
            if random.below(2) == 0 {
                out.push_str(&format!("{indent}else:\n"));
                block(random, out, depth + 1, in_loop);
            }
        }
        kind @ (1 | 2) if compound => {
            match kind {
                1 => out.push_str(&format!("while {}:\n", expression(random, 0))),
                _ => {
                    out.push_str(&format!("for {} in {}:\n", target(random), expression(random, 0)))
                }
            }
            block(random, out, depth + 1, true);
            if random.below(3) == 0 {
                out.push_str(&format!("{indent}else:\n"));
                block(random, out, depth + 1, in_loop);
            }
        }
        3 if in_loop => out.push_str("break\n"),
        4 if in_loop => out.push_str("continue\n"),
        5 if in_function(out) => out.push_str(&format!("return {}\n", expression(random, 0))),
        6 => out.push_str(&format!("del {}\n", random.pick(&["a", "b", "x[1]", "x[1:], y"]))),
        7 => {
            out.push_str(&format!("assert {}, {}\n", expression(random, 0), expression(random, 2)))
        }
        8 => {
            let op = random.pick(&["+", "-", "*", "//", ">>", "**"]);
            let place = random.pick(&["a", "x[b]", "y.z", "x[1:a]"]);
            out.push_str(&format!("{place} {op}= {}\n", expression(random, 0)));
        }
        9 => out.push_str(&format!(
            "{} = {}, {}\n",
            random.pick(&["a, b", "x[0], a", "a, a", "*a, b", "(a, b), c"]),
            expression(random, 1),
            expression(random, 1)
        )),
        10 => out.push_str(&format!("{}\n", expression(random, 0))),
        _ => out.push_str(&format!("{} = {}\n", target(random), expression(random, 0))),
    }
}

/// Whether the function's last line is still to come.
fn in_function(out: &str) -> bool {
    !out.contains("\n    return a\n")
}

fn target<'a>(random: &mut Random) -> &'a str {
    random.pick(&["a", "b", "x", "y", "a, b", "[a, *x]", "x[a]", "a, (b, x)"])
}

fn expression(random: &mut Random, depth: usize) -> String {
    let sub = |random: &mut Random| expression(random, depth + 1);
    if depth > 3 {
        return random.pick(&["a", "b", "x", "y", "1", "-2.5", "'s'", "None", "True"]).to_string();
    }
    match random.below(18) {
        0 => format!("({} + {})", sub(random), sub(random)),
        1 => format!("({} and {} or {})", sub(random), sub(random), sub(random)),
        2 => format!("(not {})", sub(random)),
        3 => format!("({} < {} <= {})", sub(random), sub(random), sub(random)),
        4 => format!("({} in [1, 2, {}])", sub(random), sub(random)),
        5 => format!("({} if {} else {})", sub(random), sub(random), sub(random)),
        6 => format!("f({}, c={})", sub(random), sub(random)),
        7 => format!("({}).m({})", sub(random), sub(random)),
        8 => format!("x[{}:{}]", sub(random), sub(random)),
        9 => format!("[{}, *{}]", sub(random), sub(random)),
        10 => format!("[{} for a in x if {}]", sub(random), sub(random)),
        11 => format!("[{} for a in x[y:] for b in f(a)]", sub(random)),
        12 if depth > 1 => format!("[b for b in [a for a in x] if b < {}]", sub(random)),
        12 => format!("(z := {})", random.pick(&["a", "1", "x"])),
        13 => "f'{a!r:>{b}} {x}'".to_string(),
        14 => format!("(-{} ** 2 is not {})", sub(random), sub(random)),
        _ => random.pick(&["a", "b", "x", "y", "0", "12345678901234567890", "(1, 2)"]).to_string(),
    }
}

#[test]
fn nesting() {
    // Each piece is repeated, with what comes before, in the middle and after.
    let shapes: &[(&str, &str, &str, &str, &str)] = &[
        ("x = ", "(", "a", ")", "\n"),
        ("x = ", "[", "a", "]", "\n"),
        ("x = ", "(a + ", "a", ")", "\n"),
        ("x = ", "f(1, ", "a", ")", "\n"),
        ("x = ", "a[", "1", "]", "\n"),
        ("x = ", "a + ", "a", "", "\n"),
        ("x = ", "1 + ", "1", "", "\n"),
        ("x = a", " - 1", "", "", "\n"),
        ("x = ", "a ** ", "a", "", "\n"),
        ("x = ", "-", "a", "", "\n"),
        ("x = ", "not ", "a", "", "\n"),
        ("x = a", ".b", "", "", "\n"),
        ("x = a", "()", "", "", "\n"),
        ("x = a", "[0]", "", "", "\n"),
        ("x = ", "a if b else ", "c", "", "\n"),
        ("x = ", "lambda: ", "c", "", "\n"),
        ("", "lambda a=1, b=2: ", "c", "", "\n"),
        ("x = a", " and b or c", "", "", "\n"),
        ("x = a", " < b", "", "", "\n"),
        ("if ", "not ", "a", "", ": pass\n"),
        ("", "x = ", "1", "", "\n"),
        ("", "(x := ", "1", ")", "\n"),
        ("", "a, ", "b", "", " = c\n"),
        ("", "(a, ", "b", ")", " = c\n"),
        ("", "(*", "b", ",)", " = c\n"),
        ("", "*", "b", "", "\n"),
        ("x = ", "f'{", "a", "}'", "\n"),
        ("x = ", "f'{a:{", "a", "}}'", "\n"),
        ("x = ", "[b for b in ", "a", "]", "\n"),
        ("x = ", "[", "a", " for b in c]", "\n"),
        ("x = [a", " for b in c", "", "", "]\n"),
        ("x = [a for b in c", " if b", "", "", "]\n"),
        ("", "if a: ", "b", "", "\n"),
        ("", "async ", "def f(): pass", "", "\n"),
        ("", "@a\n", "def f(): pass", "", "\n"),
        ("", "del (", "a", ")", "\n"),
        ("", "await ", "a", "", "\n"),
        ("match a:\n case ", "[", "1", "]", ": pass\n"),
        ("match a:\n case ", "1 | ", "1", "", ": pass\n"),
        ("if a: pass\n", "elif b: pass\n", "", "", ""),
        ("", "\"\"\"", "", "", ""),
        ("x = ", "'a' ", "", "", "\n"),
        ("x = ", "{1: ", "a", "}", "\n"),
        ("x: ", "a[", "b", "]", " = 1\n"),
        ("", "a; ", "", "", "\n"),
        ("", "\\\n", "", "", "\n"),
    ];
    for (before, open, middle, close, after) in shapes {
        for times in [50, 190, 1000, 2900, 50_000] {
            let (opened, closed) = (open.repeat(times), close.repeat(times));
            swallow(format!("{before}{opened}{middle}{closed}{after}").as_bytes());
            // And without the closing half.
            swallow(format!("{before}{opened}{middle}{after}").as_bytes());
        }
    }
}

#[test]
fn indentation() {
    for levels in [50, 99, 100, 5000] {
        let mut source: String =
            (0..levels).map(|level| format!("{}if a:\n", " ".repeat(level))).collect();
        source.push_str(&format!("{}pass\n", " ".repeat(levels)));
        assert_eq!(swallow(source.as_bytes()), levels < 100, "{levels}");
    }
}

#[test]
fn limits_are_those_of_cpython() {
    let error = |source: String| compile_source("m.py", source.as_bytes()).unwrap_err();
    let parens = |n: usize| format!("x = {}1{}\n", "(".repeat(n), ")".repeat(n));
    assert!(compile_source("m.py", parens(200).as_bytes()).is_ok());
    let refused = error(parens(201));
    assert_eq!((refused.line, refused.column), (1, 205));
    assert_eq!(refused.message, "too many nested parentheses");
    assert_eq!(refused.kind, ErrorKind::Syntax);
    assert_eq!(
        error(format!("x = {}1\n", "a + ".repeat(9000))).message,
        "expression is nested too deeply"
    );
}

#[test]
fn large_but_flat() {
    let many = 40_000;
    let list: String = (0..many).map(|n| format!("{n}, ")).collect();
    assert!(swallow(format!("x = [{list}]\n").as_bytes()));
    let names: String = (0..many).map(|n| format!("a{n}, ")).collect();
    assert!(swallow(format!("x = [{names}]\ny = ({names})\n").as_bytes()));
    assert!(swallow(format!("f({names})\n").as_bytes()));
    assert!(swallow(format!("def f({names}): return a{}\n", many - 1).as_bytes()));
    let statements: String = (0..many).map(|n| format!("    x{n} = x{}\n", n / 2)).collect();
    assert!(swallow(format!("def f():\n{statements}").as_bytes()));
    // What does not fit into an instruction or a frame is refused by name.
    assert!(!swallow(format!("f({}{})\n", "a, ".repeat(70_000), "b").as_bytes()));
    assert!(!swallow(format!("{names} = x\n").as_bytes()));
    let methods: String = (0..70_000).map(|n| format!("a.m{n}\n")).collect();
    let refused = compile_source("m.py", methods.as_bytes()).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unsupported);
}
