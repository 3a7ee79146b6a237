//! Ctrl-C: a program that runs for ever ends, or goes on, as under CPython, in every tier.
//!
//! Each program prints a line and then runs without end; the interrupt comes a little later, so that what is
//! hot is compiled by then. How long it took is printed (`--nocapture`), and asserted only
//! against hanging.
#![cfg(unix)]

mod common;

use common::temporary;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};
use tierlab::registry;

/// Programs that end by the interrupt: what runs for ever, and the line that the traceback ends at.
const ENDLESS: &[(&str, &str)] = &[
    ("a loop over ints", "i = 0\nprint('go', flush=True)\nwhile True:\n    i += 1\n"),
    (
        "a function with a loop over floats",
        "\
def spin(x):
    while x >= 0.0:
        x = x * 0.5 + 1.0

print('go', flush=True)
spin(1.0)
",
    ),
    (
        "nested loops",
        "\
def spin(k):
    while True:
        for i in range(5):
            for j in range(3):
                k = k ^ (i * j)

print('go', flush=True)
spin(1)
",
    ),
    (
        "recursion without end in sight",
        "\
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

print('go', flush=True)
fib(90)
",
    ),
    (
        "objects and special methods",
        "\
class Sum:
    def __init__(self):
        self.n = 0

    def __add__(self, n):
        self.n = (self.n + n) % 1000
        return self

def spin(a):
    while True:
        a = a + 1

print('go', flush=True)
spin(Sum())
",
    ),
    (
        "a generator",
        "\
def ones():
    while True:
        yield 1

print('go', flush=True)
t = 0
for x in ones():
    t += x
",
    ),
    (
        "callbacks",
        "\
print('go', flush=True)
while True:
    sorted(range(100), key=lambda x: -x)
",
    ),
];

/// Programs whose time goes by in built-ins, which are the same in all tiers.
const IN_BUILT_INS: &[(&str, &str)] = &[
    ("sum", "print('go', flush=True)\nsum(range(10**15))\n"),
    ("filter", "print('go', flush=True)\nnext(filter(None, map(lambda x: 0, range(10**15))))\n"),
    (
        "any",
        "\
class Zeros:
    def __iter__(self):
        return self

    def __next__(self):
        return 0

print('go', flush=True)
any(Zeros())
",
    ),
    ("max", "import itertools\nprint('go', flush=True)\nsum(itertools.repeat(3))\n"),
    ("sleep", "import time\nprint('go', flush=True)\ntime.sleep(1000)\n"),
    ("input", "print('go', flush=True)\ninput()\n"),
    ("read", "import sys\nprint('go', flush=True)\nsys.stdin.read()\n"),
    ("lines", "import sys\nprint('go', flush=True)\nfor line in sys.stdin:\n    pass\n"),
    (
        "sort",
        "x = [i * 7919 % 1000003 for i in range(1000000)]\nprint('go', flush=True)\nwhile 1:\n    sorted(x)\n",
    ),
    ("in", "from itertools import count\nprint('go', flush=True)\n-1 in count()\n"),
    (
        "deque",
        "from itertools import count\nfrom collections import deque\nprint('go', flush=True)\ndeque(count(), maxlen=0)\n",
    ),
    (
        "filterfalse",
        "from itertools import *\nprint('go', flush=True)\nnext(filterfalse(None, count(1)))\n",
    ),
    (
        "dropwhile",
        "from itertools import *\nprint('go', flush=True)\nnext(dropwhile(lambda x: True, count()))\n",
    ),
    (
        "compress",
        "from itertools import *\nprint('go', flush=True)\nnext(compress(count(), repeat(0)))\n",
    ),
    (
        "islice",
        "from itertools import *\nprint('go', flush=True)\nnext(islice(count(), 10**15, None))\n",
    ),
    (
        "chain",
        "from itertools import *\nprint('go', flush=True)\nsum(chain.from_iterable(repeat([])))\n",
    ),
    (
        "product",
        "from itertools import *\nprint('go', flush=True)\nsum(0 for x in product(range(9), repeat=99))\n",
    ),
    (
        "groupby",
        "from itertools import *\nprint('go', flush=True)\nfor group in groupby(repeat(1)):\n    pass\n",
    ),
];

/// What is interrupted three times and goes on.
const CAUGHT: &str = "\
class Guard:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        print('with', kind.__name__)

def spin(n):
    total = 0
    try:
        with Guard():
            while True:
                for i in range(n):
                    total = (total + i) % 1000003
    except KeyboardInterrupt as e:
        return repr(e)
    finally:
        print('finally')

for k in range(3):
    print('go', k, flush=True)
    print(spin(10**9), flush=True)
total = 0
for i in range(100000):
    total += i
print(total)
";

fn tiers() -> impl Iterator<Item = &'static str> {
    let here = cfg!(all(target_arch = "x86_64", target_os = "linux"));
    let names = registry::TIERS.iter().map(|t| t.name);
    names.filter(move |t| here || matches!(*t, "interp" | "adaptive" | "uop"))
}

/// A program that runs; it is killed where the test fails.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    fn start(tier: &str, name: &str, source: &str) -> Running {
        let file = temporary(&format!("interrupts-{tier}-{name}")).join("program.py");
        std::fs::write(&file, source).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tierlab"))
            .args(["run", "--tier", tier, "--hot", "20", file.to_str().unwrap()])
            // Nothing ever comes.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Running { child, out }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    fn interrupt(&self) -> Instant {
        std::thread::sleep(Duration::from_millis(100));
        let now = Instant::now();
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        now
    }

    /// Waits for its end: its status, and all of standard error.
    fn end(&mut self) -> (std::process::ExitStatus, String) {
        let deadline = Instant::now() + Duration::from_secs(20);
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => assert!(Instant::now() < deadline, "the interrupt has no effect"),
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (status, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SIGINT: i32 = 2;

fn ends(tier: &str, what: &str, name: &str, source: &str) {
    let mut run = Running::start(tier, name, source);
    assert_eq!(run.line(), "go\n", "{tier}, {what}");
    let start = run.interrupt();
    let (status, err) = run.end();
    println!("{tier}, {what}: {} ms", start.elapsed().as_millis());
    assert_eq!(status.signal(), Some(SIGINT), "{tier}, {what}: {status:?}\n{err}");
    assert!(err.starts_with("Traceback (most recent call last):\n"), "{tier}, {what}: {err}");
    assert!(err.ends_with("\nKeyboardInterrupt\n"), "{tier}, {what}: {err}");
}

#[test]
fn an_interrupt_ends_a_program_in_every_tier() {
    for tier in tiers() {
        for (i, (what, source)) in ENDLESS.iter().enumerate() {
            ends(tier, what, &format!("endless{i}"), source);
        }
    }
}

#[test]
fn an_interrupt_ends_built_ins() {
    for tier in ["interp", registry::DEFAULT_TIER] {
        for (name, source) in IN_BUILT_INS {
            ends(tier, name, &format!("in-{name}"), source);
        }
    }
}

#[test]
fn a_program_that_catches_an_interrupt_goes_on() {
    for tier in tiers() {
        let mut run = Running::start(tier, "caught", CAUGHT);
        for k in 0..3 {
            assert_eq!(run.line(), format!("go {k}\n"), "{tier}");
            let start = run.interrupt();
            assert_eq!(run.line(), "with KeyboardInterrupt\n", "{tier}");
            println!("{tier}, caught: {} ms", start.elapsed().as_millis());
            assert_eq!([run.line(), run.line()], ["finally\n", "KeyboardInterrupt()\n"], "{tier}");
        }
        assert_eq!(run.line(), "4999950000\n", "{tier}");
        let (status, err) = run.end();
        assert!(status.success() && err.is_empty(), "{tier}: {status:?}\n{err}");
    }
}
