//! `tierlab list`: what can be named on the command line, as aligned text.

use crate::error::Error;
use crate::{registry, workloads};

/// What can be listed.
pub const KINDS: &[&str] =
    &["tiers", "allocs", "passes", "presets", "workloads", "libraries", "releases"];

/// The text of one list.
pub fn list(kind: &str) -> Result<String, Error> {
    let rows: Vec<Vec<String>> = match kind {
        "tiers" => registry::TIERS.iter().map(|t| row(&[t.name, t.about, t.origin])).collect(),
        "allocs" => registry::allocs().iter().map(|a| row(&[a.name, a.about, a.source])).collect(),
        "passes" => registry::passes().iter().map(|p| row(&[p.name, p.about])).collect(),
        "presets" => registry::presets()
            .iter()
            .map(|p| row(&[p.name, p.about, &p.passes.join(",")]))
            .collect(),
        "releases" => {
            registry::RELEASES.iter().map(|r| row(&[r.name, &r.config().label(), r.why])).collect()
        }
        "workloads" => workloads::load()?
            .iter()
            .map(|w| row(&[&w.name, &w.group, &format!("n={}", w.default_n), &w.about]))
            .collect(),
        "libraries" => libraries(),
        other => return Err(Error::unknown("list", other, KINDS.iter().copied())),
    };
    Ok(align(&rows))
}

/// The libraries, and how each grows with its registers: one line per number of them.
fn libraries() -> Vec<Vec<String>> {
    let titles = ["library", "K", "floats", "stencils", "code bytes", "stored", "build", ""];
    let mut rows = vec![row(&titles)];
    for info in registry::libraries() {
        let most = (info.max_ints.to_string(), info.max_floats.to_string());
        let library = match &info.library {
            Ok(library) => library,
            Err(reason) => {
                let about = format!("absent: {reason}");
                rows.push(row(&[info.name, &most.0, &most.1, "-", "-", "-", "-", &about]));
                continue;
            }
        };
        let (stencils, bytes) = library.full_size();
        rows.push(row(&[
            info.name,
            &most.0,
            &most.1,
            &stencils.to_string(),
            &bytes.to_string(),
            &library.stored_bytes().to_string(),
            &format!("{:.1} s", library.build_seconds()),
            info.about,
        ]));
        for regs in 0..info.max_ints {
            let floats = registry::float_regs_for(regs);
            let (stencils, bytes) = library.size(regs, floats);
            let numbers = [u64::from(regs), u64::from(floats), stencils, bytes];
            let [regs, floats, stencils, bytes] = numbers.map(|n| n.to_string());
            rows.push(row(&["", &regs, &floats, &stencils, &bytes]));
        }
    }
    rows
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|c| c.to_string()).collect()
}

/// Pads every column but the last to its widest cell.
fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| {
        rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for cells in rows {
        let line: Vec<String> = cells.iter().zip(&widths).map(|(c, w)| format!("{c:w$}")).collect();
        text.push_str(line.join("  ").trim_end());
        text.push('\n');
    }
    text
}
