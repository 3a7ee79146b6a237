//! The processes of a sweep: this executable's hidden `cell` command, or another
//! implementation of the language with a small driver.
//!
//! A child gets its cell as an argument and prints its result as the last line of its
//! standard output. Its standard input is a pipe that stays open as long as the parent
//! lives: a `cell` whose input ends was orphaned and leaves, so that a killed sweep
//! never keeps a core busy beside its successor.

use super::runner::Executor;
use super::{Cell, Record};
use crate::engine::{self, Outcome};
use crate::error::Error;
use crate::machine;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Lines of a failed child's standard error to show.
const TAIL_LINES: usize = 12;

/// Imports a file, times calls of its `main` and prints what an [`Outcome`] reads.
/// Arguments: file, n, iterations.
const DRIVER: &str = r#"
import importlib.util, json, sys, time
path, n, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
spec = importlib.util.spec_from_file_location("workload", path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
main, clock, times = module.main, time.perf_counter_ns, []
begin = clock()
for _ in range(count):
    start = clock()
    result = main(n)
    times.append(clock() - start)
wall, peak = clock() - begin, 0
try:
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1]) * 1024
except OSError:
    pass
print()
print(json.dumps({"iteration_ns": times, "checksum": str(result), "wall_ns": wall, "peak_rss_bytes": peak}))
"#;

/// Runs cells in fresh processes.
#[derive(Debug)]
pub struct Processes {
    executable: PathBuf,
}

impl Processes {
    /// Uses the running executable for the testbed's own tiers.
    pub fn new() -> Result<Self, Error> {
        let executable = std::env::current_exe()
            .map_err(|e| Error::failed(format!("cannot find the running executable: {e}")))?;
        Ok(Processes { executable })
    }

    fn command(&self, cell: &Cell) -> Result<Command, String> {
        if cell.peer {
            let mut command = Command::new(&cell.config.tier);
            command.args(["-B", "-c", DRIVER]).arg(&cell.file);
            command.arg(cell.n.to_string()).arg(cell.iterations.to_string());
            return Ok(command);
        }
        let spec =
            serde_json::to_string(cell).map_err(|e| format!("cannot encode the cell: {e}"))?;
        let mut command = Command::new(&self.executable);
        command.args(["cell", &spec]);
        Ok(command)
    }
}

impl Executor for Processes {
    fn run(&self, cell: &Cell, invocation: u32, timeout: Duration) -> Result<Record, String> {
        let output = run_limited(self.command(cell)?, timeout)?;
        let line = output.lines().rev().find(|l| l.starts_with('{'));
        let outcome: Outcome = line
            .ok_or("it printed no result")
            .and_then(|l| serde_json::from_str(l).map_err(|_| "its result cannot be read"))?;
        if outcome.exit_code != 0 {
            return Err(format!("the program ended with exit code {}", outcome.exit_code));
        }
        if outcome.iteration_ns.len() != cell.iterations as usize {
            return Err(format!(
                "it reported {} iterations of {}",
                outcome.iteration_ns.len(),
                cell.iterations
            ));
        }
        Ok(Record::new(cell, invocation, outcome))
    }
}

/// Runs a command to its end and returns its standard output; an error carries the
/// status and the end of its standard error.
fn run_limited(mut command: Command, timeout: Duration) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start {program}: {e}"))?;
    // Held open until the child has ended: its end would tell the child to leave.
    let stdin = child.stdin.take();
    let (sender, receiver) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        drain(pipe, sender.clone(), false);
    }
    if let Some(pipe) = child.stderr.take() {
        drain(pipe, sender, true);
    }
    let (mut out, mut err) = (String::new(), String::new());
    let deadline = std::time::Instant::now() + timeout;
    loop {
        match receiver.recv_timeout(deadline.saturating_duration_since(std::time::Instant::now())) {
            Ok((true, text)) => err = text,
            Ok((false, text)) => out = text,
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                end(&mut child);
                return Err(format!(
                    "took longer than {} s and was ended (--timeout gives it more)",
                    timeout.as_secs()
                ));
            }
        }
    }
    let status = child.wait().map_err(|e| format!("cannot wait for {program}: {e}"))?;
    drop(stdin);
    if status.success() {
        return Ok(out);
    }
    let lines: Vec<&str> = err.lines().collect();
    let tail = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
    Err(if tail.is_empty() { status.to_string() } else { format!("{status}\n{tail}") })
}

/// Reads a pipe to its end in a thread of its own, then sends the text.
fn drain(
    mut pipe: impl Read + Send + 'static,
    sender: mpsc::Sender<(bool, String)>,
    is_error: bool,
) {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A broken pipe ends the text early; the child's status tells the rest.
        let _ = pipe.read_to_end(&mut bytes);
        // The receiver is gone only after a time-out, when nobody wants the text.
        let _ = sender.send((is_error, String::from_utf8_lossy(&bytes).into_owned()));
    });
}

fn end(child: &mut Child) {
    // Fails only where the child has ended by itself in between.
    let _ = child.kill();
    let _ = child.wait();
}

/// The `cell` command: runs the cell described by `spec` and returns the line to print.
pub fn run_cell(spec: &str) -> Result<String, Error> {
    let cell: Cell = serde_json::from_str(spec).map_err(|e| {
        Error::usage(format!("`cell` is for `tierlab sweep` alone; its argument: {e}"))
    })?;
    std::thread::spawn(|| {
        let mut sink = [0u8; 64];
        while matches!(std::io::stdin().read(&mut sink), Ok(n) if n > 0) {}
        std::process::exit(i32::from(crate::error::EXIT_FAILED));
    });
    let mut outcome = engine::bench_file(&cell.config, &cell.file, Some(cell.n), cell.iterations)?;
    if outcome.peak_rss_bytes == 0 {
        outcome.peak_rss_bytes = machine::peak_rss_bytes();
    }
    serde_json::to_string(&outcome)
        .map_err(|e| Error::failed(format!("cannot encode the result: {e}")))
}

/// Asks each peer for its version; the second part names those that are missing.
pub fn find_peers(commands: &[String]) -> (BTreeMap<String, String>, Vec<String>) {
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for name in commands {
        let mut command = Command::new(name);
        command.args(["-c", "import sys; print(sys.version.replace('\\n', ' '))"]);
        match run_limited(command, Duration::from_secs(20)) {
            Ok(version) => {
                found.insert(name.clone(), version.trim().to_string());
            }
            Err(reason) => {
                let reason = reason.lines().next().unwrap_or_default().to_string();
                missing.push(format!("{name}: {reason}"));
            }
        }
    }
    (found, missing)
}
