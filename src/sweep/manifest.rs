//! `manifest.json`: machine, toolchain, build and options behind a results directory.
//!
//! Results of two builds or two plans in one file would be compared as if they were
//! one experiment, so a directory belongs to the first plan and build that wrote to it.
//! `--mix` overrides that, and the manifest then lists the others under `mixed_with`.

use super::plan::Plan;
use crate::error::Error;
use crate::machine::{Build, Machine, now_utc};
use crate::workloads::Workload;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The file's name inside a results directory.
pub const FILE: &str = "manifest.json";

/// What a results directory was made with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The build that measured.
    pub build: Build,
    /// The machine that measured.
    pub machine: Machine,
    /// When the first run began, in UTC.
    pub started: String,
    /// Seed of the order of invocations.
    pub seed: u64,
    /// Digest of the set of cells.
    pub plan: String,
    /// The options as given on the command line.
    pub options: Vec<String>,
    /// Cells of the plan.
    pub cells: usize,
    /// Invocations planned per cell.
    pub invocations: u32,
    /// Calls of `main` per invocation.
    pub iterations: u32,
    /// Group of each workload.
    pub groups: BTreeMap<String, String>,
    /// Checksums known beforehand, by workload and argument.
    #[serde(default)]
    pub expected: Vec<(String, i64, String)>,
    /// Other implementations measured: command and version.
    #[serde(default)]
    pub peers: BTreeMap<String, String>,
    /// Other builds or plans allowed in by `--mix`.
    #[serde(default)]
    pub mixed_with: Vec<Manifest>,
}

impl Manifest {
    /// The manifest of a plan about to run on this machine by this build.
    pub fn of(
        plan: &Plan,
        workloads: &[Workload],
        peers: BTreeMap<String, String>,
        options: Vec<String>,
        seed: u64,
    ) -> Self {
        Manifest {
            build: Build::current(),
            machine: Machine::read(),
            started: now_utc(),
            seed,
            plan: plan.digest(),
            options,
            cells: plan.cells.len(),
            invocations: plan.invocations,
            iterations: plan.iterations,
            groups: workloads.iter().map(|w| (w.name.clone(), w.group.clone())).collect(),
            expected: plan.expected.clone(),
            peers,
            mixed_with: Vec::new(),
        }
    }

    fn differs_from(&self, new: &Manifest) -> Option<String> {
        let pairs = [
            ("build", &self.build.binary, &new.build.binary),
            ("processor", &self.machine.cpu, &new.machine.cpu),
            ("plan", &self.plan, &new.plan),
        ];
        let differing = pairs.iter().find(|(_, old, new)| old != new);
        differing.map(|(what, old, new)| format!("another {what} ({old}, now {new})"))
    }
}

/// Reads a directory's manifest; none where there is no file.
pub fn read(dir: &Path) -> Result<Option<Manifest>, Error> {
    let path = dir.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path, &e)),
    };
    serde_json::from_str(&text).map(Some).map_err(|e| {
        Error::failed(format!(
            "{}: {e}; give another --out, or delete the file to start its results over",
            path.display()
        ))
    })
}

/// Accepts or refuses a run into a directory, writes the manifest and returns the one
/// in force (with the seed of the first run, so that a resumed sweep keeps its order).
pub fn reconcile(
    dir: &Path,
    new: Manifest,
    mix: bool,
    has_records: bool,
) -> Result<Manifest, Error> {
    let manifest = match read(dir)? {
        Some(old) if has_records => match old.differs_from(&new) {
            None => Manifest { invocations: new.invocations, ..old },
            Some(_) if mix => {
                let mut manifest = old;
                manifest.groups.extend(new.groups.clone());
                manifest.peers.extend(new.peers.clone());
                manifest.expected.extend(new.expected.clone());
                if !manifest.mixed_with.iter().any(|m| m.differs_from(&new).is_none()) {
                    manifest.mixed_with.push(new);
                }
                manifest
            }
            Some(difference) => {
                return Err(Error::usage(format!(
                    "{} holds results of {difference}; give another --out DIR, or --mix to add to them all the same",
                    dir.display()
                )));
            }
        },
        None if has_records && !mix => {
            return Err(Error::usage(format!(
                "{} holds results without a {FILE}; give another --out DIR, or --mix to add to them all the same",
                dir.display()
            )));
        }
        _ => new,
    };
    write(dir, &manifest)?;
    Ok(manifest)
}

/// Writes the manifest through a temporary file, so that a kill leaves the old or the new one.
fn write(dir: &Path, manifest: &Manifest) -> Result<(), Error> {
    let path = dir.join(FILE);
    let temporary = dir.join(format!("{FILE}.new"));
    let text = serde_json::to_string_pretty(manifest)
        .map_err(|e| Error::failed(format!("cannot encode the manifest: {e}")))?;
    std::fs::write(&temporary, text + "\n").map_err(|e| Error::io("write", &temporary, &e))?;
    std::fs::rename(&temporary, &path).map_err(|e| Error::io("write", &path, &e))
}
