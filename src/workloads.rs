//! The benchmark programs: `workloads/*.py` with what `workloads/workloads.json` says
//! about each. They are looked for in the current directory first, then beside the
//! sources this binary was built from.

use crate::error::Error;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What programs mostly do, and what that means. `@NAME` selects a group.
pub const GROUPS: &[(&str, &str)] = &[
    ("scalar", "numbers in local variables"),
    ("array", "lists of numbers, read and written at computed places"),
    ("float", "floats in lists and functions"),
    ("calls", "functions and generators that call each other and themselves"),
    ("bigint", "ints of more than one machine word"),
    ("objects", "objects of the program's own classes: attributes, methods, allocation"),
    ("text", "strings, and dicts and lists of them"),
];

/// One benchmark program.
#[derive(Debug, Clone, Deserialize)]
pub struct Workload {
    /// Its name: the file's name without `.py`.
    #[serde(skip)]
    pub name: String,
    /// Its source file.
    #[serde(skip)]
    pub file: PathBuf,
    /// What it mostly does: one of [`GROUPS`].
    pub group: String,
    /// Argument of `main` for tests.
    pub small_n: i64,
    /// Argument of `main` for measurements.
    pub default_n: i64,
    /// Argument of `main` for quick measurements; `default_n` where absent.
    #[serde(default)]
    pub quick_n: Option<i64>,
    /// Checksum at `small_n`.
    pub expected_small: Option<String>,
    /// Checksum at `default_n`.
    pub expected_default: Option<String>,
    /// What it does, in one line.
    #[serde(default)]
    pub about: String,
}

impl Workload {
    /// The checksum known for that argument: what CPython prints, without the line's end.
    pub fn expected(&self, n: i64) -> Option<&str> {
        let known = if n == self.default_n {
            self.expected_default.as_deref()
        } else if n == self.small_n {
            self.expected_small.as_deref()
        } else {
            None
        };
        known.map(str::trim_end)
    }
}

/// All workloads, sorted by name.
pub fn load() -> Result<Vec<Workload>, Error> {
    let candidates =
        [Path::new("workloads"), Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/workloads"))];
    let Some(dir) = candidates.iter().find(|d| d.join("workloads.json").is_file()) else {
        return Err(Error::usage(format!(
            "no workloads/workloads.json here nor at {}; run from the root of the repository",
            candidates[1].display()
        )));
    };
    load_from(dir)
}

/// The workloads of one directory, sorted by name.
pub fn load_from(dir: &Path) -> Result<Vec<Workload>, Error> {
    let path = dir.join("workloads.json");
    let text = std::fs::read_to_string(&path).map_err(|e| Error::io("read", &path, &e))?;
    let table: BTreeMap<String, Workload> = serde_json::from_str(&text)
        .map_err(|e| Error::failed(format!("{}: {e}", path.display())))?;
    let fill = |(name, workload): (String, Workload)| Workload {
        file: dir.join(format!("{name}.py")),
        name,
        ..workload
    };
    for (name, workload) in &table {
        if !GROUPS.iter().any(|(group, _)| *group == workload.group) {
            let (kind, groups) = (format!("{}: {name}: group", path.display()), GROUPS);
            return Err(Error::unknown(&kind, &workload.group, groups.iter().map(|g| g.0)));
        }
    }
    Ok(table.into_iter().map(fill).collect())
}

/// The workloads that a comma list of names, `*`/`?` patterns and `@` groups selects, each once.
pub fn select(all: &[Workload], patterns: &str) -> Result<Vec<Workload>, Error> {
    let mut chosen = vec![false; all.len()];
    for pattern in patterns.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let mut any = false;
        let group = pattern.strip_prefix('@');
        for (workload, chosen) in all.iter().zip(&mut chosen) {
            let (pattern, text) = match group {
                Some(group) => (group, &workload.group),
                None => (pattern, &workload.name),
            };
            if matches(pattern.as_bytes(), text.as_bytes()) {
                (*chosen, any) = (true, true);
            }
        }
        if !any {
            return Err(match group {
                Some(group) => Error::unknown("group", group, GROUPS.iter().map(|g| g.0)),
                None => Error::unknown("workload", pattern, all.iter().map(|w| w.name.as_str())),
            });
        }
    }
    Ok(all.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(w, _)| w.clone()).collect())
}

/// Whether a pattern with `*` (any run) and `?` (any one byte) matches the whole name.
///
/// Linear in practice: on a mismatch only the last `*` is tried again, one byte further.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == b'?' || c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&c| c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, want) in [
            ("*", "gcd", true),
            ("sum_*", "sum_range", true),
            ("*a*e", "sum_range", true),
            ("g?d", "gcd", true),
            ("g?d", "gd", false),
            ("sum", "sum_range", false),
            ("*x", "gcd", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), want, "{pattern} {name}");
        }
    }

    #[test]
    fn groups_select() {
        let all = load().unwrap();
        for (group, _) in GROUPS {
            let chosen = select(&all, &format!("@{group}")).unwrap();
            assert!(chosen.iter().all(|w| w.group == *group), "{group}");
        }
        let both = select(&all, "@objects,@scalar").unwrap().len();
        assert_eq!(both, all.iter().filter(|w| ["objects", "scalar"].contains(&&*w.group)).count());
        assert!(select(&all, "@object").is_err());
    }
}
