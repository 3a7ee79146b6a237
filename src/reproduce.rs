//! `tierlab reproduce`: the sweep that the story needs, its report and its figures, in
//! one command that can be interrupted and started again.

use crate::dataset::Dataset;
use crate::error::Error;
use crate::machine::Build;
use crate::plot;
use crate::report;
use crate::sweep::child::Processes;
use crate::sweep::manifest::Manifest;
use crate::sweep::plan::{Options, Plan, Size};
use crate::sweep::{self, runner::Summary};
use crate::workloads;
use std::path::{Path, PathBuf};

/// The report's name inside a results directory.
pub const REPORT: &str = "report.md";

/// Where results go unless told otherwise. The build is part of the name, since the
/// results of two builds do not mix.
pub fn default_dir(command: &str, size: Size) -> PathBuf {
    let size = match size {
        Size::Quick => "-quick",
        Size::Default => "",
        Size::Full => "-full",
    };
    let binary = Build::current().binary;
    let build = binary.get(..8).unwrap_or(&binary);
    Path::new("results/local").join(format!("{command}{size}-{build}"))
}

/// Runs, or goes on with, the sweep of the story and tells what came out.
pub fn reproduce(
    size: Size,
    out: Option<PathBuf>,
    say: &mut dyn FnMut(&str),
) -> Result<(String, Summary), Error> {
    if !Build::current().optimized {
        say(
            "warning: built without optimizations; use `cargo run --release -- reproduce` for times that mean something",
        );
    }
    let dir = out.unwrap_or_else(|| default_dir("reproduce", size));
    let workloads = workloads::load()?;
    let plan = Plan::new(&workloads, &Options::new(size))?;
    say(&format!(
        "{} configurations on {} workloads, {} processes at most; results go to {}",
        plan.cells.len() / workloads.len().max(1),
        workloads.len(),
        plan.cells.len() * plan.invocations as usize,
        dir.display()
    ));
    let options: Vec<String> = std::env::args().skip(1).collect();
    let manifest =
        Manifest::of(&plan, &workloads, Default::default(), options, sweep::fresh_seed());
    let summary = sweep::run(&plan, &dir, manifest, false, &Processes::new()?, say)?;
    let text = summarize(&dir)?;
    Ok((text, summary))
}

/// Writes the report of results into their directory; returns it and the file.
pub fn write_report(data: &Dataset, dir: &Path) -> Result<(String, PathBuf), Error> {
    let text = report::report(data);
    let path = dir.join(REPORT);
    std::fs::write(&path, &text).map_err(|e| Error::io("write", &path, &e))?;
    Ok((text, path))
}

/// Writes the report and the figures of a results directory; returns the report with
/// a list of the files at its end.
pub fn summarize(dir: &Path) -> Result<String, Error> {
    let data = Dataset::load(dir)?;
    let (mut text, path) = write_report(&data, dir)?;
    let plots = plot::plot(&data, dir)?;
    text.push_str("## Files\n\n");
    for file in [dir.join(sweep::store::FILE), dir.join(sweep::manifest::FILE), path]
        .iter()
        .chain(&plots.files)
    {
        text.push_str(&format!("- {}\n", file.display()));
    }
    for (name, missing) in &plots.missing {
        text.push_str(&format!("- no figure {name}: {missing}\n"));
    }
    Ok(text)
}
