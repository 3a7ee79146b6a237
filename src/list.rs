//! `tierlab list`: what can be named on the command line, as aligned text.

use crate::config::Request;
use crate::error::Error;
use crate::{engine, registry, workloads};

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
        "libraries" => libraries()?,
        other => return Err(Error::unknown("list", other, KINDS.iter().copied())),
    };
    Ok(align(&rows))
}

fn libraries() -> Result<Vec<Vec<String>>, Error> {
    let mut rows = vec![row(&["configuration", "stencils", "bytes"])];
    for tier in registry::TIERS {
        let most = tier.max_regs;
        for regs in 0..=most {
            let request = Request {
                tier: Some(tier.name.to_string()),
                regs: Some(regs),
                ..Request::default()
            };
            let config = request.resolve()?;
            if let Some(size) = engine::stencil_library(&config) {
                let name = format!("{} K={regs} float={}", tier.name, config.float_regs);
                rows.push(vec![name, size.stencils.to_string(), size.bytes.to_string()]);
            }
        }
    }
    Ok(rows)
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
