//! Processes that run programs: CPython with a driver, and this executable with its tiers.
//!
//! Both read a request per line and write a reply per line, in JSON. A process of its own survives
//! what a program does to it, and can be ended where a program does not end; the next request starts
//! another one.

use crate::config::RunConfig;
use crate::engine;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::panic::AssertUnwindSafe;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// CPython's side.
const DRIVER: &str = include_str!("driver.py");
/// Seconds until a program is taken to have no end.
const PATIENCE: u64 = 10;
/// The name that programs have in tracebacks.
const FILE: &str = "fuzz.py";

/// A program to run.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    source: String,
    /// What runs it; none for CPython.
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<RunConfig>,
}

/// What a program did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ending {
    pub(super) stdout: String,
    pub(super) exit_code: i32,
    /// The last line of the traceback, or of `sys.exit`'s message; empty without one.
    pub(super) last: String,
}

impl Ending {
    /// No run of the program came to an end: the reason stands in for its last line.
    fn none(why: String) -> Ending {
        Ending { stdout: String::new(), exit_code: -1, last: why }
    }

    /// Whether the source is no program at all.
    pub(super) fn is_no_program(&self) -> bool {
        ["SyntaxError: ", "IndentationError: ", "TabError: "]
            .iter()
            .any(|p| self.last.starts_with(p))
    }

    /// The program did not end in time.
    pub(super) fn is_late(&self) -> bool {
        self.exit_code == -1 && self.last == "no end"
    }
}

/// Something that runs programs, started when there is something to run.
#[derive(Debug)]
pub(super) struct Peer {
    program: String,
    arguments: Vec<String>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    requests: ChildStdin,
    replies: Receiver<String>,
}

impl Peer {
    /// CPython, by the name of its command.
    pub(super) fn python(command: &str) -> Peer {
        let arguments = ["-B", "-W", "ignore", "-c", DRIVER, &PATIENCE.to_string()];
        let arguments = arguments.map(str::to_string).to_vec();
        Peer { program: command.to_string(), arguments, running: None }
    }

    /// This executable's tiers.
    pub(super) fn tiers() -> Result<Peer, Error> {
        let executable = std::env::current_exe()
            .map_err(|e| Error::failed(format!("cannot find the running executable: {e}")))?;
        let program = executable.display().to_string();
        Ok(Peer { program, arguments: vec!["fuzz-python-peer".into()], running: None })
    }

    /// Runs a program. An error means that the peer cannot be started.
    pub(super) fn run(
        &mut self,
        source: &str,
        config: Option<&RunConfig>,
    ) -> Result<Ending, Error> {
        let asked = Asked { source: source.to_string(), config: config.cloned() };
        let line = serde_json::to_string(&asked)
            .map_err(|e| Error::failed(format!("cannot encode a program: {e}")))?;
        let running = match &mut self.running {
            Some(running) => running,
            none => none.insert(Running::start(&self.program, &self.arguments)?),
        };
        // Where writing fails the process is gone, and reading says so.
        let _ = running.requests.write_all(line.as_bytes());
        let _ = running.requests.write_all(b"\n");
        let patience = Duration::from_secs(PATIENCE * 2);
        let why = match running.replies.recv_timeout(patience) {
            Ok(reply) => match serde_json::from_str(&reply) {
                Ok(ending) => return Ok(ending),
                Err(_) => format!("an unreadable reply: {reply}"),
            },
            Err(RecvTimeoutError::Timeout) => "no end".to_string(),
            Err(RecvTimeoutError::Disconnected) => String::new(),
        };
        let Some(mut running) = self.running.take() else { return Ok(Ending::none(why)) };
        if why.is_empty() {
            let status = running.child.wait();
            return Ok(Ending::none(match status {
                Ok(status) => format!("the process ended: {status}"),
                Err(e) => format!("the process ended: {e}"),
            }));
        }
        running.end();
        Ok(Ending::none(why))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end();
        }
    }
}

impl Running {
    fn start(program: &str, arguments: &[String]) -> Result<Running, Error> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| Error::usage(format!("cannot start {program}: {e}")))?;
        let (Some(requests), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::failed(format!("{program} has no pipes")));
        };
        let (sender, replies) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { return };
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Running { child, requests, replies })
    }

    fn end(&mut self) {
        // Fails only where the child has ended by itself in between.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The tiers' side: answers requests until standard input ends.
pub fn serve() -> Result<(), Error> {
    let broken = |e: &dyn std::fmt::Display| {
        Error::failed(format!("`fuzz-python-peer` is for `tierlab fuzz-python` alone: {e}"))
    };
    for line in std::io::stdin().lines() {
        let line = line.map_err(|e| broken(&e))?;
        let asked: Asked = serde_json::from_str(&line).map_err(|e| broken(&e))?;
        let config = asked.config.ok_or_else(|| broken(&"no configuration"))?;
        let ending = ending(&config, &asked.source);
        let reply = serde_json::to_string(&ending).map_err(|e| broken(&e))?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{reply}").and_then(|()| out.flush()).map_err(|e| broken(&e))?;
    }
    Ok(())
}

/// What panicked last: a panic is an ending like others, and says why.
static PANIC: Mutex<String> = Mutex::new(String::new());

fn ending(config: &RunConfig, source: &str) -> Ending {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut text) = PANIC.lock() {
            *text = info.to_string().replace('\n', " ");
        }
    }));
    // Nothing that the run has touched is used again after a panic.
    let run = std::panic::catch_unwind(AssertUnwindSafe(|| {
        engine::run_captured(config, FILE, source.as_bytes(), &[])
    }));
    let Ok(run) = run else {
        let why = PANIC.lock().map(|text| text.clone()).unwrap_or_default();
        return Ending::none(why);
    };
    match run {
        Err(error) => {
            Ending { stdout: String::new(), exit_code: 2, last: first_line(&error.to_string()) }
        }
        Ok(run) if run.outcome.fallbacks > 0 || !run.outcome.refused.is_empty() => {
            Ending::none(format!("a trace was refused: {}", run.outcome.refused.join("; ")))
        }
        Ok(run) => Ending {
            last: run.stderr.trim_end_matches('\n').lines().last().unwrap_or_default().to_string(),
            stdout: run.stdout,
            exit_code: run.outcome.exit_code,
        },
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_string()
}
