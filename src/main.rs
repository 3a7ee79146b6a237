//! The command `tierlab`. Exit codes: 0 fine; 1 the program raised, or a cell of a sweep
//! failed; 2 a usage error or a refused source.

use clap::Parser;
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use tierlab::alloc::Study;
use tierlab::cli::{self, Cli, Command};
use tierlab::config::RunConfig;
use tierlab::engine::{self, Outcome};
use tierlab::error::{EXIT_FAILED, Error};
use tierlab::sweep::{self, child, manifest::Manifest, plan::Plan};
use tierlab::{alloc, dataset::Dataset, fuzz, list, machine, plot, reproduce, tiers, workloads};
use tierlab_regalloc::fallback::FALLBACK;
use tierlab_vm::{interrupt, jit::helpers, memory::Allocator};

/// Keeps a reserve for programs that use up the memory.
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli.command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say(&error.show());
            ExitCode::from(error.exit_code())
        }
    }
}

fn dispatch(command: Command) -> Result<u8, Error> {
    match command {
        Command::Run(args) => run(&args),
        Command::Sweep(args) => run_sweep(&args),
        Command::Plot { dir } => {
            let data = Dataset::load(&dir)?;
            let (_, report) = reproduce::write_report(&data, &dir)?;
            let plots = plot::plot(&data, &dir)?;
            for file in [report].iter().chain(&plots.files) {
                print(&format!("{}\n", file.display()))?;
            }
            for (name, missing) in &plots.missing {
                say(&format!("no figure {name}: {missing}"));
            }
            Ok(0)
        }
        Command::Reproduce { quick, out } => {
            let size = if quick { sweep::plan::Size::Quick } else { sweep::plan::Size::Default };
            let (text, summary) = reproduce::reproduce(size, out, &mut say)?;
            print(&text)?;
            Ok(if summary.ok() { 0 } else { EXIT_FAILED })
        }
        Command::List { kind } => print(&list::list(&kind)?).map(|()| 0),
        Command::Compile(args) => {
            let config = args.config.config()?;
            let outcome = engine::compile_trace_file(&config, &args.file, &args.config.dumps()?)?;
            print(&(stats_json(&config, &outcome)? + "\n"))?;
            Ok(gave_up(&outcome, args.config.strict))
        }
        Command::Alloc(args) => alloc(&args),
        Command::FuzzPython(args) => fuzz_python(&args),
        Command::FuzzPythonPeer => fuzz::serve().map(|()| 0),
        Command::Cell { spec } => print(&format!("\n{}\n", child::run_cell(&spec)?)).map(|()| 0),
    }
}

fn run(args: &cli::Run) -> Result<u8, Error> {
    let config = args.config.config()?;
    let dumps = args.config.dumps()?;
    let count = args.stats.is_some() && !args.no_iterations;
    let mut outcome = engine::run_file(&config, &args.file, &args.args, &dumps, count)?;
    if outcome.peak_rss_bytes == 0 {
        outcome.peak_rss_bytes = machine::peak_rss_bytes();
    }
    if let Some(path) = &args.stats {
        let text = stats_json(&config, &outcome)? + "\n";
        std::fs::write(path, text).map_err(|e| Error::io("write", path, &e))?;
    }
    let strict = gave_up(&outcome, args.config.strict);
    // The system keeps the low byte of an exit code, as it does for CPython.
    let code = outcome.exit_code.rem_euclid(256) as u8;
    if outcome.interrupted {
        interrupt::end_process();
    }
    Ok(if code == 0 { strict } else { code })
}

fn fuzz_python(args: &cli::FuzzPython) -> Result<u8, Error> {
    if args.print {
        args.seeds.clone().try_for_each(|seed| print(&fuzz::program(seed)))?;
        return Ok(0);
    }
    let summary = fuzz::fuzz(&args.options(), &|text| {
        // Where standard output is gone, nobody reads on.
        let _ = print(&format!("{text}\n"));
    })?;
    let rate = summary.programs as f64 / summary.time.as_secs_f64().max(1e-9);
    let differences = summary.differences.len();
    say(&format!(
        "{} programs in {:.0} s ({rate:.0} a second): {} ended with an exception, {} had no use, {differences} differ",
        summary.programs,
        summary.time.as_secs_f64(),
        summary.raised,
        summary.unusable,
    ));
    Ok(if differences == 0 { 0 } else { EXIT_FAILED })
}

fn alloc(args: &cli::Alloc) -> Result<u8, Error> {
    let config = args.config()?;
    let conditions = alloc::Conditions {
        file: tiers::register_file(&config.library, config.regs, config.float_regs)?,
        helpers: helpers::table(),
        limit: args.limit(),
        parents: args.parents()?,
    };
    let mut study = Study::new(&args.strategies()?, conditions);
    let mut code = 0;
    for file in &args.files {
        code = code.max(study_file(args, &config, file, &mut study)?);
    }
    if let Some(path) = &args.html {
        let names: Vec<String> = args.files.iter().map(|f| f.display().to_string()).collect();
        let text = alloc::page::page(&names.join(", "), &study);
        std::fs::write(path, text).map_err(|e| Error::io("write", path, &e))?;
    }
    print(&match args {
        cli::Alloc { json: true, .. } => study.json()? + "\n",
        cli::Alloc { log: true, .. } => alloc::terminal::log(&study),
        cli::Alloc { side_by_side: true, .. } => alloc::terminal::side_by_side(&study),
        cli::Alloc { totals: true, .. } => alloc::totals::table(&study),
        cli::Alloc { html: Some(path), .. } => {
            format!("{}{}\n", alloc::terminal::summary(&study), path.display())
        }
        _ => alloc::terminal::full(&study),
    })?;
    let fallbacks = study.fallbacks();
    for fallback in &fallbacks {
        say(&format!("tierlab: {fallback}; `{FALLBACK}` allocated it"));
    }
    if code == 0 && args.strict && !fallbacks.is_empty() {
        code = EXIT_FAILED;
    }
    Ok(code)
}

/// Adds the traces of a file to a study; the exit code of the program that it is, if it is one.
fn study_file(
    args: &cli::Alloc,
    config: &RunConfig,
    file: &Path,
    study: &mut Study,
) -> Result<u8, Error> {
    let mut code = 0;
    let traces = if file.extension().is_some_and(|e| e == "py") {
        let recorded = engine::record_traces(config, file, &args.args)?;
        if !recorded.stderr.is_empty() {
            say(recorded.stderr.trim_end());
        }
        // The system keeps the low byte of an exit code, as it does for CPython.
        code = recorded.exit_code.rem_euclid(256) as u8;
        recorded.traces
    } else {
        engine::read_traces(file, args.opt.as_ref().map(|_| config.opt.as_str()))?
    };
    if traces.is_empty() {
        say(&format!(
            "tierlab: {} records no trace: no loop of it ran {} times and could be recorded \
             (--hot lowers that; the program's own argument comes after `--`)",
            file.display(),
            config.hot
        ));
    }
    study.add(&traces)?;
    Ok(code)
}

/// Tells of register allocators that gave up; the exit code that means.
fn gave_up(outcome: &Outcome, strict: bool) -> u8 {
    let Some(text) = outcome.gave_up() else { return 0 };
    say(&format!("tierlab: {text}"));
    if strict { EXIT_FAILED } else { 0 }
}

fn run_sweep(args: &cli::Sweep) -> Result<u8, Error> {
    let chosen = workloads::select(&workloads::load()?, &args.workloads)?;
    // Names are checked before any process starts.
    args.options(Vec::new()).and_then(|options| Plan::new(&chosen, &options))?;
    let (found, missing) = child::find_peers(&args.peers);
    for peer in missing {
        say(&format!("left out, cannot be run: {peer}"));
    }
    let plan = Plan::new(&chosen, &args.options(found.keys().cloned().collect())?)?;
    let dir = args.out.clone().unwrap_or_else(|| reproduce::default_dir("sweep", args.size()));
    let options = std::env::args().skip(1).collect();
    let seed = args.seed.unwrap_or_else(sweep::fresh_seed);
    let manifest = Manifest::of(&plan, &chosen, found, options, seed);
    let summary = sweep::run(&plan, &dir, manifest, args.mix, &child::Processes::new()?, &mut say)?;
    print(&format!("{}\n", dir.join(sweep::store::FILE).display()))?;
    say(&format!("tables and figures: tierlab plot {}", dir.display()));
    let strict = args.strict && !summary.gave_up.is_empty();
    Ok(if summary.ok() && !strict { 0 } else { EXIT_FAILED })
}

#[derive(Serialize)]
struct Stats<'a> {
    config: &'a RunConfig,
    #[serde(flatten)]
    outcome: &'a Outcome,
}

fn stats_json(config: &RunConfig, outcome: &Outcome) -> Result<String, Error> {
    serde_json::to_string(&Stats { config, outcome })
        .map_err(|e| Error::failed(format!("cannot encode the statistics: {e}")))
}

/// Writes to standard output; a reader that has left (`| head`) is no error.
fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::failed(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, as far as there is one.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
