//! The command line: what can be asked, and how a request becomes options.
//!
//! Names of tiers, allocators, presets and passes are checked against the registry and
//! not by the parser, so that one message lists what exists.

use crate::alloc::Parents;
use crate::config::{Request, RunConfig};
use crate::engine::Dump;
use crate::error::Error;
use crate::fuzz;
use crate::registry;
use crate::sweep::plan::{Options, Size, parse_regs};
use clap::{Args, Parser, Subcommand};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use tierlab_regalloc::{StrategyInfo, optimal};

/// Compares JIT tiers and register allocators on one Python subset.
#[derive(Debug, Parser)]
#[command(
    name = "tierlab",
    version,
    about,
    after_help = "Examples:
  tierlab run workloads/sum_range.py
  tierlab run --tier copypatch --dump asm workloads/sum_range.py -- 1000
  tierlab reproduce --quick
  tierlab list tiers"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a Python file; standard output is the program's own
    #[command(after_help = "Examples:
  tierlab run workloads/gcd.py
  tierlab run --tier cranelift:none --stats stats.json workloads/gcd.py -- 1000
  tierlab run --tier copypatch-reg --alloc tos --regs 3 --opt 3.14 --dump trace,alloc workloads/gcd.py -- 1000")]
    Run(Run),
    /// Measure many configurations in fresh processes; run it again to resume
    #[command(after_help = "Examples:
  tierlab sweep --quick
  tierlab sweep --workloads 'sum_*,gcd' --tiers copypatch-reg --allocs linear-scan --regs 0..5 --opts full
  tierlab sweep --workloads 'sum_*' --tiers copypatch,copypatch-reg --libraries c,patched --allocs linear-scan --regs 0..5 --opts full
  tierlab sweep --quick --peers python3,pypy3 --out results/local/peers")]
    Sweep(Sweep),
    /// Write the tables of a results directory, and draw its figures as SVG and PNG
    #[command(after_help = "Example:
  tierlab plot results/local/my-sweep")]
    Plot {
        /// Directory that a sweep wrote.
        dir: PathBuf,
    },
    /// Measure the story of the releases, print its tables and draw its figures
    #[command(after_help = "Example:
  tierlab reproduce --quick")]
    Reproduce {
        /// About five minutes instead of half an hour.
        #[arg(long)]
        quick: bool,
        /// Where results go [default: results/local/reproduce-...].
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// List what can be named: tiers, allocs, passes, presets, workloads, libraries, releases
    #[command(after_help = "Example:
  tierlab list allocs")]
    List {
        /// What to list.
        kind: String,
    },
    /// Compile a trace in text form and print what that cost
    #[command(after_help = "Example:
  tierlab run --dump trace workloads/gcd.py -- 10000 2> gcd.tir
  tierlab compile gcd.tir --tier copypatch --dump asm")]
    Compile(Compile),
    /// Show what register allocators make of traces, and why: evictions, reloads, live ranges
    #[command(after_help = "Examples:
  tierlab alloc workloads/gcd.py --alloc stack,linear-scan --regs 3 --side-by-side -- 1000
  tierlab alloc benches/traces/sum_range.tir --alloc linear-scan --log
  tierlab alloc workloads/nbody.py --html nbody.html -- 2000
  tierlab alloc workloads/nbody.py --json -- 2000")]
    Alloc(Alloc),
    /// Compare tiers with CPython on random programs; what differs is made smaller and shown
    #[command(after_help = "Examples:
  tierlab fuzz-python --seeds 0..1000
  tierlab fuzz-python --seeds 0..1000000 --time 60 --tiers adaptive,cranelift --save differences
  tierlab fuzz-python program.py --hot 2")]
    FuzzPython(FuzzPython),
    /// Run programs line by line: for fuzz-python itself
    #[command(hide = true)]
    FuzzPythonPeer,
    /// Run one cell of a sweep: for the sweep itself
    #[command(hide = true)]
    Cell {
        /// The cell as JSON.
        spec: String,
    },
}

/// What runs a program.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Tier, see `tierlab list tiers`; cranelift takes options as cranelift:OPT_LEVEL:REGALLOC
    #[arg(long, default_value = registry::DEFAULT_TIER)]
    pub tier: String,
    /// Register allocator, see `tierlab list allocs`; ignored where the tier takes none
    #[arg(long, default_value = registry::DEFAULT_ALLOC)]
    pub alloc: String,
    /// Stencil library, see `tierlab list libraries`; ignored where the tier has no stencils
    #[arg(long, value_name = "NAME", default_value = registry::DEFAULT_LIBRARY)]
    pub library: String,
    /// Integer registers K, from 0 [default: as many as the tier and its library have]
    #[arg(long, value_name = "K")]
    pub regs: Option<u8>,
    /// Float registers, from 0 [default: grows with K]
    #[arg(long, value_name = "N")]
    pub float_regs: Option<u8>,
    /// Optimizer preset or comma list of passes, see `tierlab list presets`
    #[arg(long, value_name = "PRESET|PASS,...", default_value = registry::DEFAULT_OPT)]
    pub opt: String,
    /// Back-edges of a loop, or calls of a function, before it is recorded
    #[arg(long, value_name = "N", default_value_t = registry::DEFAULT_HOT)]
    pub hot: u32,
    /// Show bytecode, trace, alloc or asm; several with commas
    #[arg(long, value_name = "KIND,...", value_delimiter = ',')]
    pub dump: Vec<String>,
    /// Fail where the register allocator gives up on a trace, which `stack` then allocates
    #[arg(long)]
    pub strict: bool,
}

impl ConfigArgs {
    /// The checked configuration.
    pub fn config(&self) -> Result<RunConfig, Error> {
        let request = Request {
            tier: Some(self.tier.clone()),
            library: Some(self.library.clone()),
            alloc: Some(self.alloc.clone()),
            regs: self.regs,
            float_regs: self.float_regs,
            opt: Some(self.opt.clone()),
            hot: Some(self.hot),
        };
        request.resolve()
    }

    /// The checked dump kinds, each once.
    pub fn dumps(&self) -> Result<Vec<Dump>, Error> {
        let mut dumps = Vec::new();
        for name in &self.dump {
            let dump = match name.as_str() {
                "bytecode" => Dump::Bytecode,
                "trace" => Dump::Trace,
                "alloc" => Dump::Alloc,
                "asm" => Dump::Asm,
                other => {
                    return Err(Error::unknown(
                        "dump kind",
                        other,
                        registry::DUMPS.iter().map(|d| d.name),
                    ));
                }
            };
            if !dumps.contains(&dump) {
                dumps.push(dump);
            }
        }
        Ok(dumps)
    }
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// What runs it.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Write counts and times to a file as one JSON object
    #[arg(long, value_name = "PATH")]
    pub stats: Option<PathBuf>,
    /// With --stats: do not run the program a second time to count the loops' iterations
    #[arg(long)]
    pub no_iterations: bool,
    /// The program
    pub file: PathBuf,
    /// The program's arguments, after `--`
    #[arg(last = true)]
    pub args: Vec<String>,
}

/// Arguments of `compile`.
#[derive(Debug, Args)]
pub struct Compile {
    /// What compiles it.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The trace, as `run --dump trace` prints it
    pub file: PathBuf,
}

/// Arguments of `alloc`.
#[derive(Debug, Args)]
pub struct Alloc {
    /// Register allocators, see `tierlab list allocs` [default: all]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub alloc: Vec<String>,
    /// Stencil library whose registers are allocated, see `tierlab list libraries`
    #[arg(long, value_name = "NAME", default_value = registry::DEFAULT_LIBRARY)]
    pub library: String,
    /// Integer registers K, from 0 [default: as many as the library has]
    #[arg(long, value_name = "K")]
    pub regs: Option<u8>,
    /// Float registers, from 0 [default: grows with K]
    #[arg(long, value_name = "N")]
    pub float_regs: Option<u8>,
    /// Optimizer preset or comma list of passes [default: full for programs, none for traces]
    #[arg(long, value_name = "PRESET|PASS,...")]
    pub opt: Option<String>,
    /// Back-edges of a loop, or calls of a function, before it is recorded
    #[arg(long, value_name = "N", default_value_t = registry::DEFAULT_HOT)]
    pub hot: u32,
    /// Allocators as columns beside the same ops
    #[arg(long, conflicts_with_all = ["log", "json"])]
    pub side_by_side: bool,
    /// One line per event, in a form for scripts
    #[arg(long, conflicts_with = "json")]
    pub log: bool,
    /// The numbers alone, as one JSON object
    #[arg(long)]
    pub json: bool,
    /// A row per allocator over all traces of all files
    #[arg(long, conflicts_with_all = ["side_by_side", "log", "json"])]
    pub totals: bool,
    /// Write it all to a file as an HTML page too
    #[arg(long, value_name = "OUT")]
    pub html: Option<PathBuf>,
    /// Allocator whose parent traces all side traces start from; `own`: each allocator's own
    #[arg(long, value_name = "NAME|own", default_value = registry::DEFAULT_ALLOC)]
    pub parents: String,
    /// Longest search for the optimum of one trace
    #[arg(long, value_name = "SECONDS", default_value_t = optimal::LIMIT.as_secs())]
    pub limit: u64,
    /// Fail where an allocator gives up on a trace, which `stack` then allocates
    #[arg(long)]
    pub strict: bool,
    /// Python programs (*.py), or traces as `run --dump trace` prints them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The programs' arguments, after `--`
    #[arg(last = true)]
    pub args: Vec<String>,
}

/// What `alloc` calls each allocator's own parents.
const OWN: &str = "own";

impl Alloc {
    /// Whose parents side traces start from.
    pub fn parents(&self) -> Result<Parents, Error> {
        let own = self.parents == OWN;
        if own { Ok(Parents::Own) } else { allocator(&self.parents, &[OWN]).map(Parents::Of) }
    }

    /// The checked configuration that traces are recorded and registers counted by.
    pub fn config(&self) -> Result<RunConfig, Error> {
        let request = Request {
            tier: Some(registry::DEFAULT_TIER.to_string()),
            library: Some(self.library.clone()),
            alloc: None,
            regs: self.regs,
            float_regs: self.float_regs,
            opt: self.opt.clone(),
            hot: Some(self.hot),
        };
        request.resolve()
    }

    /// How long a search for the optimum of one trace may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.limit)
    }

    /// The allocators asked for, each once, in the order given.
    pub fn strategies(&self) -> Result<Vec<StrategyInfo>, Error> {
        if self.alloc.is_empty() {
            return Ok(registry::allocs().to_vec());
        }
        let mut chosen: Vec<StrategyInfo> = Vec::new();
        for name in &self.alloc {
            let info = allocator(name, &[])?;
            if !chosen.iter().any(|a| a.name == info.name) {
                chosen.push(info);
            }
        }
        Ok(chosen)
    }
}

/// The allocator of a name, where the words in `also` would do as well.
fn allocator(name: &str, also: &[&'static str]) -> Result<StrategyInfo, Error> {
    let allocs = registry::allocs();
    let valid = || allocs.iter().map(|a| a.name).chain(also.iter().copied());
    let found = allocs.iter().find(|a| a.name == name).copied();
    found.ok_or_else(|| Error::unknown("allocator", name, valid()))
}

/// Arguments of `fuzz-python`.
#[derive(Debug, Args)]
pub struct FuzzPython {
    /// Programs to run in place of generated ones
    pub files: Vec<PathBuf>,
    /// Seeds of the programs, the last one excluded
    #[arg(long, value_name = "A..B", default_value = "0..1000", value_parser = parse_seeds)]
    pub seeds: Range<u64>,
    /// Tiers [default: all]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub tiers: Vec<String>,
    /// Back-edges of a loop, or calls of a function, before it is recorded [default: few, as the seed chooses]
    #[arg(long, value_name = "N")]
    pub hot: Option<u32>,
    /// Begin no program after so many seconds
    #[arg(long, value_name = "SECONDS")]
    pub time: Option<u64>,
    /// Programs side by side [default: as many as there are cores]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// CPython's command
    #[arg(long, value_name = "COMMAND", default_value = "python3")]
    pub python: String,
    /// Write programs that differ to files here
    #[arg(long, value_name = "DIR")]
    pub save: Option<PathBuf>,
    /// Stop after so many differences
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub most: usize,
    /// Show programs that differ as they are
    #[arg(long)]
    pub no_shrink: bool,
    /// Print the generated programs, and run nothing
    #[arg(long)]
    pub print: bool,
}

impl FuzzPython {
    /// What to do.
    pub fn options(&self) -> fuzz::Options {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        fuzz::Options {
            seeds: self.seeds.clone(),
            files: self.files.clone(),
            tiers: self.tiers.clone(),
            hot: self.hot,
            time: self.time.map(Duration::from_secs),
            jobs: self.jobs.unwrap_or_else(cores),
            python: self.python.clone(),
            save: self.save.clone(),
            most: self.most,
            shrink: !self.no_shrink,
        }
    }
}

fn parse_seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(a, b)| Some(a.parse().ok()?..b.parse().ok()?));
    range.filter(|r| !r.is_empty()).ok_or_else(|| "a range such as 0..1000 is wanted".to_string())
}

/// Arguments of `sweep`.
#[derive(Debug, Args)]
pub struct Sweep {
    /// About four minutes: 3 iterations, as many invocations as fit
    #[arg(long, conflicts_with = "full")]
    pub quick: bool,
    /// Everything, for hours: 10 invocations of 10 iterations, every combination
    #[arg(long)]
    pub full: bool,
    /// Workloads, as a comma list of names, patterns with * and ?, and groups as in @objects
    #[arg(long, value_name = "GLOB", default_value = "*")]
    pub workloads: String,
    /// Tiers [default: those of the story]
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub tiers: Option<Vec<String>>,
    /// Allocators
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub allocs: Option<Vec<String>>,
    /// Stencil libraries of the tiers that have stencils
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub libraries: Option<Vec<String>>,
    /// Integer registers: a number, a range with both ends as in 0..5, or a comma list; what a
    /// library does not have is left out
    #[arg(long, value_name = "K")]
    pub regs: Option<String>,
    /// Float registers [default: grow with K]
    #[arg(long, value_name = "N")]
    pub float_regs: Option<u8>,
    /// Optimizer presets; a list of passes joins its names with +
    #[arg(long, value_name = "PRESET,...", value_delimiter = ',')]
    pub opts: Option<Vec<String>>,
    /// Back-edges of a loop, or calls of a function, before it is recorded
    #[arg(long, value_name = "N")]
    pub hot: Option<u32>,
    /// Argument of every workload's main [default: each workload's own]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub n: Option<i64>,
    /// Fresh processes per cell
    #[arg(long, value_name = "N")]
    pub invocations: Option<u32>,
    /// Calls of main per process
    #[arg(long, value_name = "N")]
    pub iterations: Option<u32>,
    /// Other Python implementations to measure beside, by command
    #[arg(long, value_name = "COMMAND,...", value_delimiter = ',')]
    pub peers: Vec<String>,
    /// Most seconds for one process
    #[arg(long, value_name = "SECONDS")]
    pub timeout: Option<u64>,
    /// Where results go [default: results/local/sweep-...]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Add to results that another plan or build has made
    #[arg(long)]
    pub mix: bool,
    /// Seed of the random order [default: from the clock]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Fail where a register allocator gives up on a trace, which `stack` then allocates
    #[arg(long)]
    pub strict: bool,
}

impl Sweep {
    /// How thorough.
    pub fn size(&self) -> Size {
        match (self.quick, self.full) {
            (true, _) => Size::Quick,
            (_, true) => Size::Full,
            _ => Size::Default,
        }
    }

    /// The plan's options; peers are those found to exist.
    pub fn options(&self, peers: Vec<String>) -> Result<Options, Error> {
        let joined = |opts: &Vec<String>| opts.iter().map(|o| o.replace('+', ",")).collect();
        Ok(Options {
            size: self.size(),
            tiers: self.tiers.clone(),
            allocs: self.allocs.clone(),
            libraries: self.libraries.clone(),
            regs: self.regs.as_deref().map(parse_regs).transpose()?,
            float_regs: self.float_regs,
            opts: self.opts.as_ref().map(joined),
            hot: self.hot,
            n: self.n,
            invocations: self.invocations,
            iterations: self.iterations,
            peers,
            timeout: self.timeout.map(Duration::from_secs),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_of_the_program_follow_two_dashes() {
        let cli = Cli::try_parse_from([
            "tierlab",
            "run",
            "--dump",
            "trace,asm",
            "--dump",
            "asm",
            "x.py",
            "--",
            "-5",
            "a",
        ]);
        let Ok(Cli { command: Command::Run(run) }) = cli else { panic!("{cli:?}") };
        assert_eq!(run.args, ["-5", "a"]);
        assert_eq!(run.config.dumps().unwrap(), [Dump::Trace, Dump::Asm]);
    }
}
