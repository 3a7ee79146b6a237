//! What results say: tables and verdicts as Markdown that also reads well on a terminal.
//!
//! Ratios are *speed-ups*: time before by time after, so more is faster. Each comes
//! with its 95 % bootstrap interval. A table whose data are missing is left out and
//! named at the end.

mod claims;
mod tables;

pub use claims::{Claim, Settled, claims, interaction};

use crate::dataset::Dataset;
use std::fmt::Write;

/// A table, rendered with aligned columns.
#[derive(Debug, Default)]
pub struct Table {
    title: String,
    note: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(title: impl Into<String>, note: impl Into<String>, header: &[&str]) -> Self {
        let header = header.iter().map(|h| h.to_string()).collect();
        Table { title: title.into(), note: note.into(), header, rows: Vec::new() }
    }

    fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    fn render(&self, text: &mut String) {
        let lines = || std::iter::once(&self.header).chain(&self.rows);
        let width = |i: usize| {
            lines().filter_map(|l| l.get(i)).map(|c| c.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.header.len()).map(width).collect();
        let line = |cells: &Vec<String>| {
            let padded: Vec<String> =
                cells.iter().zip(&widths).map(|(c, w)| format!("{c:w$}")).collect();
            format!("| {} |\n", padded.join(" | "))
        };
        let _ = write!(text, "## {}\n\n", self.title);
        if !self.note.is_empty() {
            let _ = write!(text, "{}\n\n", self.note);
        }
        text.push_str(&line(&self.header));
        let rules: Vec<String> = widths.iter().map(|w| "-".repeat(*w)).collect();
        let _ = writeln!(text, "|-{}-|", rules.join("-|-"));
        for row in &self.rows {
            text.push_str(&line(row));
        }
        text.push('\n');
    }
}

/// The whole report of a results directory.
pub fn report(data: &Dataset) -> String {
    let mut text = String::from("# What was measured\n\n");
    header(data, &mut text);
    let mut missing = Vec::new();
    let mut put = |table: Result<Table, String>, text: &mut String| match table {
        Ok(table) => table.render(text),
        Err(what) => missing.push(what),
    };
    put(tables::releases(data), &mut text);
    for (alloc, config) in tables::ALLOCATIONS {
        for new in ["3.14", "full"] {
            put(tables::two_by_two(data, alloc, *config, new), &mut text);
        }
    }
    put(tables::groups(data), &mut text);
    put(tables::workloads(data), &mut text);
    put(tables::configurations(data), &mut text);
    put(tables::allocators(data), &mut text);
    put(tables::loops(data), &mut text);
    tables::claims(&claims(data)).render(&mut text);
    if !missing.is_empty() {
        text.push_str("## Left out\n\n");
        for what in missing {
            let _ = writeln!(text, "- {what}");
        }
    }
    text
}

fn header(data: &Dataset, text: &mut String) {
    if let Some(manifest) = &data.manifest {
        let (machine, build) = (&manifest.machine, &manifest.build);
        let _ = writeln!(
            text,
            "{}, {} cores, {:.0} GiB, {}; load at the start {:.2}.  \ntierlab {} ({}, {}), begun {}, seed {}.  ",
            machine.cpu,
            machine.cores,
            machine.memory_bytes as f64 / f64::from(1 << 30),
            machine.kernel,
            machine.load_average,
            build.version,
            build.commit.get(..12).unwrap_or(&build.commit),
            build.rustc,
            manifest.started,
            manifest.seed
        );
        if !build.optimized {
            text.push_str("**Built without optimizations: these times mean nothing.**  \n");
        }
        if !manifest.mixed_with.is_empty() {
            text.push_str("**Mixed: other builds or plans have added to these results.**  \n");
        }
    }
    let (least, most) = data.invocations();
    let _ = write!(
        text,
        "{} workloads, {} configurations, ",
        data.workloads().len(),
        data.configs().len()
    );
    let _ = match (least, most) {
        (1, 1) => writeln!(
            text,
            "1 invocation each: intervals cover iterations alone and are too narrow."
        ),
        _ if least == most => writeln!(text, "{most} invocations each."),
        _ => writeln!(text, "{least} to {most} invocations each."),
    };
    for note in &data.notes {
        let _ = writeln!(text, "- {note}");
    }
    text.push('\n');
}
