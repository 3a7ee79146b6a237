//! `tierlab fuzz-python`: random programs that every tier must run as CPython does.
//!
//! A seed makes a program ([`generate`]) and picks, for each tier, a configuration: allocator, registers,
//! preset, stencil library, threshold. CPython and the tiers run it in processes of their own ([`peer`]);
//! standard output, exit code and the last line of the traceback are compared. What differs is made smaller
//! ([`shrink`]) and shown with the command that runs it.

mod generate;
mod peer;
mod shrink;

pub use generate::program;
pub use peer::serve;

use crate::config::{Request, RunConfig};
use crate::error::Error;
use crate::registry::{self, TIERS, TierInfo};
use indicatif::{ProgressBar, ProgressStyle};
use peer::{Ending, Peer};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Thresholds that seeds choose from: programs are short.
const HOTS: [u32; 4] = [2, 5, 11, 30];
/// Runs of one program that shrinking may take.
const SHRINK_RUNS: usize = 2000;
/// The longest that one program is made smaller: some have smaller ones that run without an end.
const SHRINK_TIME: Duration = Duration::from_secs(120);

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seeds of the programs.
    pub seeds: Range<u64>,
    /// Programs to run in place of generated ones.
    pub files: Vec<PathBuf>,
    /// Tiers, by name.
    pub tiers: Vec<String>,
    /// Back-edges of a loop, or calls of a function, before it is recorded; the seed's choice where absent.
    pub hot: Option<u32>,
    /// The longest that new programs are begun.
    pub time: Option<Duration>,
    /// Programs side by side.
    pub jobs: usize,
    /// CPython's command.
    pub python: String,
    /// Where programs that differ are written to.
    pub save: Option<PathBuf>,
    /// Stop after so many differences.
    pub most: usize,
    /// Whether to make differing programs smaller.
    pub shrink: bool,
}

/// A program that a tier runs otherwise than CPython.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Where the program came from: `seed 7` or a file's name.
    pub origin: String,
    /// What ran it.
    pub config: RunConfig,
    /// The program, made smaller.
    pub source: String,
    /// What differs.
    pub what: String,
}

impl Difference {
    /// The difference with its program and the command that shows it.
    pub fn show(&self, saved: Option<&Path>) -> String {
        let file = saved.map_or_else(|| "FILE".to_string(), |f| f.display().to_string());
        let command = command(&self.config, &file);
        let Difference { origin, source, what, .. } = self;
        format!("{origin}: {what}\n{source}# {command}\n")
    }
}

/// The command line that runs a file under a configuration.
fn command(config: &RunConfig, file: &str) -> String {
    let RunConfig { tier, library, alloc, regs, float_regs, opt, hot } = config;
    let mut command = format!("tierlab run --tier {tier}");
    let Some(info) = registry::find_tier(config.tier_name()).filter(|info| info.traces) else {
        return format!("{command} {file}");
    };
    if info.stencils {
        command += &format!(" --library {library}");
    }
    if matches!(info.alloc, registry::AllocUse::Any) {
        command += &format!(" --alloc {alloc} --regs {regs} --float-regs {float_regs}");
    }
    command + &format!(" --opt {opt} --hot {hot} {file}")
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Summary {
    /// Programs run.
    pub programs: u64,
    /// Programs that CPython did not end, or refused.
    pub unusable: u64,
    /// Programs that ended with an exception.
    pub raised: u64,
    /// What differed.
    pub differences: Vec<Difference>,
    /// How long it took.
    pub time: Duration,
}

/// A program with where it came from.
struct Case {
    origin: String,
    source: String,
    seed: u64,
}

/// Runs the programs. `say` gets each difference as it is found.
pub fn fuzz(options: &Options, say: &(dyn Fn(&str) + Sync)) -> Result<Summary, Error> {
    let tiers = find_tiers(&options.tiers)?;
    check_python(&options.python)?;
    if let Some(dir) = &options.save {
        std::fs::create_dir_all(dir).map_err(|e| Error::io("create", dir, &e))?;
    }
    let files: Vec<Case> = options
        .files
        .iter()
        .map(|file| {
            let source = std::fs::read_to_string(file).map_err(|e| Error::io("read", file, &e))?;
            Ok(Case { origin: file.display().to_string(), source, seed: options.seeds.start })
        })
        .collect::<Result<_, Error>>()?;
    let count = match files.len() as u64 {
        0 => options.seeds.end.saturating_sub(options.seeds.start),
        n => n,
    };
    let case = |n: u64| match files.get(n as usize) {
        Some(Case { origin, source, seed }) => {
            Case { origin: origin.clone(), source: source.clone(), seed: *seed }
        }
        None => {
            let seed = options.seeds.start + n;
            Case { origin: format!("seed {seed}"), source: program(seed), seed }
        }
    };
    let bar = progress(count);
    let begin = Instant::now();
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let summary = Mutex::new(Summary::default());
    let work = || -> Result<(), Error> {
        let (mut python, mut own) = (Peer::python(&options.python), Peer::tiers()?);
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let late = options.time.is_some_and(|time| begin.elapsed() > time);
            if n >= count || late || stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            let case = case(n);
            let say = |text: &str| bar.suspend(|| say(text));
            let checked = check(&case, &tiers, options, &mut python, &mut own, &say)?;
            bar.inc(1);
            let mut summary = lock(&summary);
            summary.programs += 1;
            match checked {
                Checked::Unusable(why) => {
                    summary.unusable += 1;
                    say(&format!("{}: CPython: {why}", case.origin));
                }
                Checked::Agreed { raised } => summary.raised += u64::from(raised),
                Checked::Differs(difference) => {
                    let file = save(&difference, options.save.as_deref(), case.seed)?;
                    say(&difference.show(file.as_deref()));
                    summary.differences.push(*difference);
                    if summary.differences.len() >= options.most {
                        stop.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
    };
    let results: Vec<Result<(), Error>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        let panicked = || Err(Error::failed("a worker of fuzz-python broke"));
        workers.into_iter().map(|w| w.join().unwrap_or_else(|_| panicked())).collect()
    });
    bar.finish_and_clear();
    results.into_iter().collect::<Result<(), Error>>()?;
    let mut summary = std::mem::take(&mut *lock(&summary));
    summary.time = begin.elapsed();
    Ok(summary)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A worker that panicked while it counted leaves counts that are still good.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn progress(count: u64) -> ProgressBar {
    let bar = ProgressBar::new(count);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {pos}/{len} programs, {per_sec}, {eta} left")
    {
        bar.set_style(style);
    }
    bar
}

fn save(difference: &Difference, dir: Option<&Path>, seed: u64) -> Result<Option<PathBuf>, Error> {
    let Some(dir) = dir else { return Ok(None) };
    let file = dir.join(format!("{}-{seed}.py", difference.config.tier_name()));
    let command = command(&difference.config, &file.display().to_string());
    let what = difference.what.replace('\n', "\n# ");
    let text = format!("{}# {command}\n# {what}\n", difference.source);
    std::fs::write(&file, text).map_err(|e| Error::io("write", &file, &e))?;
    Ok(Some(file))
}

fn find_tiers(names: &[String]) -> Result<Vec<&'static TierInfo>, Error> {
    if names.is_empty() {
        let exists = cfg!(all(target_arch = "x86_64", target_os = "linux"));
        return Ok(TIERS.iter().filter(|t| exists || !t.traces || t.name == "uop").collect());
    }
    let find = |name: &String| {
        registry::find_tier(name)
            .ok_or_else(|| Error::unknown("tier", name, TIERS.iter().map(|t| t.name)))
    };
    names.iter().map(find).collect()
}

/// Fails, in words, where there is no CPython to compare with.
fn check_python(command: &str) -> Result<(), Error> {
    let ending = Peer::python(command).run("print(7)\n", None);
    match ending {
        Ok(Ending { stdout, .. }) if stdout == "7\n" => Ok(()),
        Ok(Ending { last, .. }) => Err(Error::usage(format!(
            "`{command}` does not run Python programs ({last}); --python names another command"
        ))),
        Err(error) => Err(Error::usage(format!(
            "fuzz-python compares with CPython: {error}; --python names another command"
        ))),
    }
}

/// What a tier runs a seed's program with.
fn config(tier: &TierInfo, seed: u64, hot: Option<u32>) -> Result<RunConfig, Error> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed);
    let mut below = |n: usize| random.random_range(0..n.max(1));
    let libraries: Vec<_> = registry::libraries().iter().filter(|l| l.library.is_ok()).collect();
    let library = libraries.get(below(libraries.len())).copied();
    let library = match library {
        Some(library) if tier.stencils => library,
        _ => registry::find_library(registry::DEFAULT_LIBRARY)?,
    };
    let (ints, floats) = tier.registers(library);
    let allocs = registry::allocs();
    let presets = registry::presets();
    Request {
        tier: Some(tier.name.to_string()),
        library: Some(library.name.to_string()),
        alloc: Some(allocs[below(allocs.len())].name.to_string()),
        regs: Some(below(usize::from(ints) + 1) as u8),
        float_regs: Some(below(usize::from(floats) + 1) as u8),
        opt: Some(presets[below(presets.len())].name.to_string()),
        hot: Some(hot.unwrap_or(HOTS[below(HOTS.len())])),
    }
    .resolve()
}

enum Checked {
    Unusable(String),
    Agreed { raised: bool },
    Differs(Box<Difference>),
}

fn check(
    case: &Case,
    tiers: &[&TierInfo],
    options: &Options,
    python: &mut Peer,
    own: &mut Peer,
    say: &dyn Fn(&str),
) -> Result<Checked, Error> {
    let want = python.run(&case.source, None)?;
    if want.is_late() || want.is_no_program() {
        return Ok(Checked::Unusable(want.last));
    }
    for tier in tiers {
        let config = config(tier, case.seed, options.hot)?;
        let got = own.run(&case.source, Some(&config))?;
        let Some(what) = difference(&want, &got) else { continue };
        let mut difference =
            Difference { origin: case.origin.clone(), config, source: case.source.clone(), what };
        if options.shrink {
            // A run that is ended meanwhile has named it.
            let Difference { origin, what, .. } = &difference;
            say(&format!("{origin} differs in {}, made smaller now: {what}", tier.name));
            smaller(&mut difference, python, own)?;
        }
        return Ok(Checked::Differs(Box::new(difference)));
    }
    Ok(Checked::Agreed { raised: want.exit_code != 0 })
}

/// Makes a difference's program smaller: it stays a program that differs, in the same kind of thing.
fn smaller(found: &mut Difference, python: &mut Peer, own: &mut Peer) -> Result<(), Error> {
    let config = found.config.clone();
    let begin = Instant::now();
    // The same kind of difference, of the same exceptions where there are some.
    let kind = |what: &str| {
        let words = what.split(|c: char| !c.is_alphanumeric());
        let named = words.filter(|w| w.ends_with("Error") || w.ends_with("Exception"));
        let kind = what.split(':').next().unwrap_or_default().to_string();
        named.fold(kind, |text, word| text + " " + word)
    };
    let same = kind(&found.what);
    let mut broken = None;
    let mut last = found.what.clone();
    let source = shrink::shrink(&found.source, SHRINK_RUNS, &mut |source| {
        if begin.elapsed() > SHRINK_TIME {
            return false;
        }
        let mut run = |peer: &mut Peer, config| match peer.run(source, config) {
            Ok(ending) => Some(ending),
            Err(error) => {
                broken = Some(error);
                None
            }
        };
        let Some(want) = run(python, None).filter(|w| !w.is_late() && !w.is_no_program()) else {
            return false;
        };
        let Some(got) = run(own, Some(&config)) else { return false };
        match difference(&want, &got) {
            Some(what) if kind(&what) == same => {
                last = what;
                true
            }
            _ => false,
        }
    });
    (found.source, found.what) = (source, last);
    broken.map_or(Ok(()), Err)
}

/// A line without the addresses of objects.
fn without_addresses(line: &str) -> String {
    let mut parts = line.split(" at 0x");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |text, part| {
        text + " at 0x" + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

/// What differs, as `KIND: details`.
fn difference(want: &Ending, got: &Ending) -> Option<String> {
    if got.exit_code == -1 {
        return Some(format!("broken: {}", got.last));
    }
    if without_addresses(&want.last) != without_addresses(&got.last) {
        let kind = if got.exit_code == 2 { "refused" } else { "last line" };
        return Some(format!("{kind}: CPython {:?}, here {:?}", want.last, got.last));
    }
    if want.exit_code != got.exit_code {
        return Some(format!("exit code: CPython {}, here {}", want.exit_code, got.exit_code));
    }
    if want.stdout == got.stdout {
        return None;
    }
    let (mut a, mut b) = (want.stdout.lines(), got.stdout.lines());
    loop {
        let (x, y) = (a.next(), b.next());
        if x.map(without_addresses) != y.map(without_addresses) {
            let show =
                |line: Option<&str>| line.map_or("nothing".to_string(), |l| format!("{l:?}"));
            return Some(format!("output: CPython {}, here {}", show(x), show(y)));
        }
        x?;
    }
}
