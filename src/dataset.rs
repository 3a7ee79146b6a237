//! The results of a sweep, grouped for comparison.
//!
//! Two configurations are compared only on workloads, and with arguments, that both
//! ran. *Steady* times are those of the last half of an invocation's iterations; the
//! first iteration, which pays for recording and compiling, is kept apart and shown,
//! not dropped. Cells that gave a wrong result are left out and named.

use crate::config::RunConfig;
use crate::error::Error;
use crate::stats::{self, Interval, Samples};
use crate::sweep::manifest::{self, Manifest};
use crate::sweep::{Record, runner, store};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// All invocations of one cell.
#[derive(Debug, Clone)]
pub struct CellData {
    /// Workload name.
    pub workload: String,
    /// Argument of `main`.
    pub n: i64,
    /// What ran it.
    pub config: RunConfig,
    /// One record per invocation.
    pub records: Vec<Record>,
}

impl CellData {
    /// Times of the last half of each invocation's iterations, in nanoseconds.
    pub fn steady(&self) -> Samples {
        let late = |r: &Record| {
            r.iteration_ns[r.iteration_ns.len() / 2..].iter().map(|t| *t as f64).collect()
        };
        self.records.iter().map(late).collect()
    }

    /// One number per invocation; invocations without it are left out.
    pub fn each(&self, number: impl Fn(&Record) -> Option<f64>) -> Samples {
        self.records.iter().filter_map(|r| number(r).map(|v| vec![v])).collect()
    }
}

/// A comparison of two configurations over the workloads both ran.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Speed-up as a geometric mean (more is faster), with its interval.
    pub speedup: Interval,
    /// Speed-up per workload.
    pub each: Vec<(String, Interval)>,
}

impl Comparison {
    /// Workloads slower by more than [`stats::NOTICEABLE`].
    pub fn slower(&self) -> usize {
        self.each.iter().filter(|(_, i)| i.estimate < 1.0 / (1.0 + stats::NOTICEABLE)).count()
    }
}

/// Everything measured in one results directory.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    cells: Vec<CellData>,
    /// The manifest, where there is one.
    pub manifest: Option<Manifest>,
    /// What was left out and why.
    pub notes: Vec<String>,
}

impl Dataset {
    /// Reads a results directory.
    pub fn load(dir: &Path) -> Result<Dataset, Error> {
        let (records, mut notes) = store::read(dir)?;
        let manifest = manifest::read(dir)?;
        let expected = manifest.as_ref().map(|m| m.expected.clone()).unwrap_or_default();
        if records.is_empty() {
            return Err(Error::failed(format!("{} holds no results yet", dir.display())));
        }
        let mut dataset = Dataset::from_records(records, &expected);
        notes.append(&mut dataset.notes);
        Ok(Dataset { manifest, notes, ..dataset })
    }

    /// Groups records into cells and leaves out the wrong ones.
    pub fn from_records(records: Vec<Record>, expected: &[(String, i64, String)]) -> Dataset {
        let all: Vec<&Record> = records.iter().collect();
        let wrong = runner::mismatches(&all, expected);
        let notes =
            wrong.iter().map(|m| format!("left out, wrong result: {}", m.message)).collect();
        let wrong: BTreeSet<String> = wrong.into_iter().map(|m| m.cell_key).collect();
        let mut cells: Vec<CellData> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for record in records {
            let key = record.cell_key();
            if wrong.contains(&key) || record.iteration_ns.is_empty() {
                continue;
            }
            let place = *places.entry(key).or_insert(cells.len());
            if place == cells.len() {
                cells.push(CellData {
                    workload: record.workload.clone(),
                    n: record.n,
                    config: record.config.clone(),
                    records: Vec::new(),
                });
            }
            cells[place].records.push(record);
        }
        cells.sort_by(|a, b| (&a.workload, a.n).cmp(&(&b.workload, b.n)));
        Dataset { cells, manifest: None, notes }
    }

    /// The cells of a configuration, whatever its hot threshold, by workload.
    pub fn of<'a>(&'a self, config: &'a RunConfig) -> impl Iterator<Item = &'a CellData> {
        self.cells.iter().filter(move |c| c.config.same_but_hot(config))
    }

    /// Every configuration measured, in order.
    pub fn configs(&self) -> Vec<RunConfig> {
        let set: BTreeSet<&RunConfig> = self.cells.iter().map(|c| &c.config).collect();
        set.into_iter().cloned().collect()
    }

    /// Every workload measured, in order.
    pub fn workloads(&self) -> Vec<String> {
        let set: BTreeSet<&String> = self.cells.iter().map(|c| &c.workload).collect();
        set.into_iter().cloned().collect()
    }

    /// The group of a workload; `other` where the manifest does not say.
    pub fn group(&self, workload: &str) -> &str {
        let groups = self.manifest.as_ref().map(|m| &m.groups);
        groups.and_then(|g| g.get(workload)).map_or("other", String::as_str)
    }

    /// Invocations behind the least and the most measured cell.
    pub fn invocations(&self) -> (usize, usize) {
        let counts = self.cells.iter().map(|c| c.records.len());
        (counts.clone().min().unwrap_or(0), counts.max().unwrap_or(0))
    }

    /// Cells of all these configurations for each workload that has them all.
    pub fn aligned<'a>(&'a self, configs: &[&'a RunConfig]) -> Vec<Vec<&'a CellData>> {
        let Some((first, rest)) = configs.split_first() else { return Vec::new() };
        self.of(first)
            .filter_map(|cell| {
                let mut row = vec![cell];
                for config in rest {
                    row.push(
                        self.of(config).find(|c| c.workload == cell.workload && c.n == cell.n)?,
                    );
                }
                Some(row)
            })
            .collect()
    }

    /// Speed-up of `after` over `before` on the workloads that `keep` accepts; none
    /// where no workload has both.
    pub fn compare(
        &self,
        before: &RunConfig,
        after: &RunConfig,
        keep: impl Fn(&str) -> bool,
    ) -> Option<Comparison> {
        self.ratio(before, after, |cell| keep(&cell.workload).then(|| cell.steady()))
    }

    /// Like [`Dataset::compare`] for any positive number: ratio of `before` to `after`.
    pub fn ratio(
        &self,
        before: &RunConfig,
        after: &RunConfig,
        samples: impl Fn(&CellData) -> Option<Samples>,
    ) -> Option<Comparison> {
        let usable = |s: &Samples| !s.is_empty() && s.iter().flatten().all(|v| *v > 0.0);
        let rows: Vec<(String, Samples, Samples)> = self
            .aligned(&[before, after])
            .iter()
            .filter_map(|row| {
                let (a, b) = (samples(row[0])?, samples(row[1])?);
                (usable(&a) && usable(&b)).then(|| (row[0].workload.clone(), a, b))
            })
            .collect();
        if before.same_but_hot(after) && !rows.is_empty() {
            let one = Interval { estimate: 1.0, low: 1.0, high: 1.0 };
            let each = rows.into_iter().map(|(name, ..)| (name, one)).collect();
            return Some(Comparison { speedup: one, each });
        }
        let pairs: Vec<(&Samples, &Samples)> = rows.iter().map(|(_, a, b)| (a, b)).collect();
        let speedup = stats::speedup(&pairs)?;
        let each = rows
            .iter()
            .filter_map(|(name, a, b)| Some((name.clone(), stats::speedup(&[(a, b)])?)))
            .collect();
        Some(Comparison { speedup, each })
    }

    /// Geometric mean over workloads of the median of a positive number.
    pub fn typical(
        &self,
        config: &RunConfig,
        number: impl Fn(&Record) -> Option<f64>,
    ) -> Option<f64> {
        let positive = |r: &Record| number(r).filter(|v| *v > 0.0);
        let cells = self.of(config).map(|c| c.each(positive)).filter(|s| !s.is_empty());
        let mean = stats::geomean(cells.map(|s| stats::centre(&s)));
        mean.is_finite().then_some(mean)
    }

    /// Times of each iteration relative to the steady time of `base`, as geometric means
    /// over the workloads that have both: the warm-up curve.
    pub fn warmup(&self, base: &RunConfig, config: &RunConfig) -> Vec<f64> {
        let rows = self.aligned(&[base, config]);
        let shortest = |c: &CellData| c.records.iter().map(|r| r.iteration_ns.len()).min();
        let len = rows.iter().filter_map(|row| shortest(row[1])).min().unwrap_or(0);
        let bases: Vec<f64> = rows.iter().map(|row| stats::centre(&row[0].steady())).collect();
        let at = |i: usize| {
            let ratio = |(row, base): (&Vec<&CellData>, &f64)| {
                stats::centre(&row[1].each(|r| Some(r.iteration_ns[i] as f64))) / base
            };
            stats::geomean(rows.iter().zip(&bases).map(ratio))
        };
        (0..len).map(at).collect()
    }

    /// Peak resident memory per configuration and workload: workload to bytes.
    pub fn peaks(&self, config: &RunConfig) -> BTreeMap<String, f64> {
        self.of(config)
            .map(|c| {
                (c.workload.clone(), stats::centre(&c.each(|r| Some(r.peak_rss_bytes as f64))))
            })
            .collect()
    }
}

/// Time from the first recorded op to runnable code, per IR op, in nanoseconds.
pub fn compile_per_op(record: &Record) -> Option<f64> {
    per_op(record.compile.total_ns(), record)
}

/// Time generating code from optimized traces, per IR op, in nanoseconds.
pub fn codegen_per_op(record: &Record) -> Option<f64> {
    per_op(record.compile.codegen_ns(), record)
}

/// Time allocating registers, per IR op, in nanoseconds.
pub fn allocate_per_op(record: &Record) -> Option<f64> {
    per_op(record.compile.allocate_ns, record)
}

fn per_op(ns: u64, record: &Record) -> Option<f64> {
    (record.compile.ops > 0).then(|| ns as f64 / record.compile.ops as f64)
}
