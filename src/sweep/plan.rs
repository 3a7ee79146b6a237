//! What a sweep runs: the cells, how often, and for how long.
//!
//! Without `--tiers`, `--allocs`, `--libraries`, `--regs` or `--opts` a plan holds the configurations
//! of the *story* (the releases, the 2×2 of optimizer and register allocation, and what
//! the other claims compare); `--full` adds the cross product of everything. With any
//! of these options it is the cross product of what is named and the defaults of the
//! rest. Combinations that would run the same code collapse into one cell.

use super::Cell;
use crate::config::{Request, RunConfig};
use crate::error::Error;
use crate::machine::digest;
use crate::registry;
use crate::workloads::Workload;
use std::collections::HashSet;
use std::time::Duration;
use tierlab_regalloc::quick;

/// How thorough a sweep is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A few minutes: 3 iterations, invocations until the time is used up.
    Quick,
    /// In between: 3 invocations of 5 iterations.
    Default,
    /// Hours: 10 invocations of 10 iterations, every combination.
    Full,
}

/// What the user asked for; absent parts take the size's defaults.
#[derive(Debug, Clone)]
pub struct Options {
    /// How thorough.
    pub size: Size,
    /// Tiers.
    pub tiers: Option<Vec<String>>,
    /// Allocators.
    pub allocs: Option<Vec<String>>,
    /// Stencil libraries.
    pub libraries: Option<Vec<String>>,
    /// Integer registers; those that a library does not have are left out.
    pub regs: Option<Vec<u8>>,
    /// Float registers; by default they grow with K.
    pub float_regs: Option<u8>,
    /// Presets or comma lists of passes.
    pub opts: Option<Vec<String>>,
    /// Hot threshold.
    pub hot: Option<u32>,
    /// Argument of every workload's `main`.
    pub n: Option<i64>,
    /// Invocations per cell.
    pub invocations: Option<u32>,
    /// Iterations per invocation.
    pub iterations: Option<u32>,
    /// Other implementations, by command.
    pub peers: Vec<String>,
    /// Most time for one invocation.
    pub timeout: Option<Duration>,
}

impl Options {
    /// The options of a bare `sweep` of that size.
    pub fn new(size: Size) -> Self {
        Options {
            size,
            tiers: None,
            allocs: None,
            libraries: None,
            regs: None,
            float_regs: None,
            opts: None,
            hot: None,
            n: None,
            invocations: None,
            iterations: None,
            peers: Vec::new(),
            timeout: None,
        }
    }
}

/// A sweep, ready to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The cells, each once.
    pub cells: Vec<Cell>,
    /// Invocations per cell.
    pub invocations: u32,
    /// Calls of `main` per invocation.
    pub iterations: u32,
    /// No new invocation starts after this time, except the first of each cell.
    pub budget: Option<Duration>,
    /// An invocation that takes longer is ended and counts as failed.
    pub timeout: Duration,
    /// Checksums known beforehand, by workload and argument.
    pub expected: Vec<(String, i64, String)>,
}

impl Plan {
    /// Makes the plan for some workloads; every name in the options is checked.
    pub fn new(workloads: &[Workload], options: &Options) -> Result<Plan, Error> {
        let (invocations, iterations, budget, timeout) = match options.size {
            Size::Quick => (5, 3, Some(Duration::from_secs(240)), 60),
            Size::Default => (3, 5, None, 120),
            Size::Full => (10, 10, None, 300),
        };
        let invocations = options.invocations.unwrap_or(invocations);
        let iterations = options.iterations.unwrap_or(iterations);
        if invocations == 0 || iterations == 0 {
            return Err(Error::usage("--invocations and --iterations must be at least 1"));
        }
        let configs = configs(options)?;
        let mut cells = Vec::new();
        let mut expected = Vec::new();
        for workload in workloads {
            let quick = workload.quick_n.filter(|_| options.size == Size::Quick);
            let n = options.n.or(quick).unwrap_or(workload.default_n);
            if let Some(checksum) = workload.expected(n) {
                expected.push((workload.name.clone(), n, checksum.to_string()));
            }
            let cell = |config: RunConfig, peer: bool| Cell {
                workload: workload.name.clone(),
                file: workload.file.clone(),
                n,
                iterations,
                config,
                peer,
            };
            cells.extend(configs.iter().map(|c| cell(c.clone(), false)));
            cells.extend(options.peers.iter().map(|p| cell(RunConfig::peer(p), true)));
        }
        // Explicit invocations mean that the user wants them all.
        let budget = budget.filter(|_| options.invocations.is_none());
        let timeout = options.timeout.unwrap_or(Duration::from_secs(timeout));
        Ok(Plan { cells, invocations, iterations, budget, timeout, expected })
    }

    /// A digest of what is measured: cells, arguments and iterations, not how often.
    pub fn digest(&self) -> String {
        let mut keys: Vec<String> = self.cells.iter().map(Cell::key).collect();
        keys.sort_unstable();
        digest(format!("{} {}", keys.join("\n"), self.iterations).as_bytes())
    }
}

fn configs(options: &Options) -> Result<Vec<RunConfig>, Error> {
    let explicit = options.tiers.is_some()
        || options.allocs.is_some()
        || options.libraries.is_some()
        || options.regs.is_some()
        || options.opts.is_some();
    let mut configs = if explicit { Vec::new() } else { story(options.size) };
    for config in &mut configs {
        if let Some(hot) = options.hot.filter(|_| config.hot > 0) {
            config.hot = hot;
        }
    }
    if explicit || options.size == Size::Full {
        configs.extend(product(options)?);
    }
    let mut seen = HashSet::new();
    configs.retain(|c| seen.insert(c.clone()));
    Ok(configs)
}

fn product(options: &Options) -> Result<Vec<RunConfig>, Error> {
    let names = |given: &Option<Vec<String>>, all: Vec<&str>| match given {
        Some(names) => names.clone(),
        None => all.into_iter().map(String::from).collect(),
    };
    let full = options.size == Size::Full;
    let mut tiers: Vec<&str> = registry::TIERS.iter().map(|t| t.name).collect();
    if full {
        tiers.extend([
            "cranelift:none",
            "cranelift:none:single_pass",
            "cranelift:speed:single_pass",
        ]);
    }
    let tiers = names(&options.tiers, tiers);
    let allocs = names(&options.allocs, quick().map(|a| a.name).collect());
    let opts = names(&options.opts, registry::presets().iter().map(|p| p.name).collect());
    let present = registry::libraries().iter().filter(|l| full && l.library.is_ok());
    let libraries = names(
        &options.libraries,
        if full { present.map(|l| l.name).collect() } else { vec![registry::DEFAULT_LIBRARY] },
    );
    let all: Vec<u8> = (0..=registry::most_regs()).collect();
    let regs: Vec<Option<u8>> = match (&options.regs, full) {
        (Some(regs), _) => regs.iter().copied().map(Some).collect(),
        (None, true) => all.into_iter().map(Some).collect(),
        (None, false) => vec![None],
    };
    let mut configs = Vec::new();
    // Numbers of registers that some combination does not have, and what it says.
    let mut untaken: Vec<(Option<u8>, Error)> = Vec::new();
    for (tier, library, alloc) in product3(&tiers, &libraries, &allocs) {
        for &k in &regs {
            for opt in &opts {
                let request = Request {
                    tier: Some(tier.clone()),
                    library: Some(library.clone()),
                    alloc: Some(alloc.clone()),
                    regs: k,
                    float_regs: options.float_regs,
                    opt: Some(opt.clone()),
                    hot: options.hot,
                };
                let without = Request { regs: None, ..request.clone() };
                match (request.resolve(), without.resolve()) {
                    (Ok(config), _) => {
                        configs.push(config);
                    }
                    // Only the number of registers is wrong.
                    (Err(error), Ok(_)) => untaken.push((k, error)),
                    (Err(error), Err(_)) => return Err(error),
                }
            }
        }
    }
    let taken = |k: Option<u8>| configs.iter().any(|c: &RunConfig| Some(c.regs) == k);
    match untaken.into_iter().find(|(k, _)| !taken(*k)) {
        Some((_, error)) => Err(error),
        None => Ok(configs),
    }
}

/// All combinations of three lists, the last one running fastest.
fn product3<'a>(
    a: &'a [String],
    b: &'a [String],
    c: &'a [String],
) -> impl Iterator<Item = (&'a String, &'a String, &'a String)> {
    a.iter().flat_map(move |a| b.iter().flat_map(move |b| c.iter().map(move |c| (a, b, c))))
}

/// The configurations that the report compares. The quick story leaves out what only
/// refines a curve.
pub fn story(size: Size) -> Vec<RunConfig> {
    let mut configs: Vec<RunConfig> =
        registry::RELEASES.iter().map(registry::Release::config).collect();
    let mut add = |tier, alloc, regs, opt| configs.push(named(tier, alloc, regs, opt));
    for opt in ["none", "full"] {
        add("copypatch", "stack", 0, opt);
    }
    for opt in ["3.13", "3.14", "full"] {
        add("copypatch-reg", "linear-scan", registry::MAX_REGS, opt);
    }
    add("copypatch-reg", "linear-scan", 3, "full");
    add("uop", "none", 0, "3.13");
    add("uop", "none", 0, "full");
    add("dynasm", "linear-scan", registry::MAX_REGS, "full");
    for tier in ["cranelift", "cranelift:none"] {
        add(tier, "own", 0, "full");
    }
    add("cranelift", "own", 0, "none");
    if size != Size::Quick {
        add("interp", "none", 0, "none");
        for k in [1, 2, 4] {
            add("copypatch-reg", "linear-scan", k, "full");
        }
        for tier in [
            "cranelift:speed_and_size",
            "cranelift:none:single_pass",
            "cranelift:speed:single_pass",
        ] {
            add(tier, "own", 0, "full");
        }
    }
    // The release's allocator under the other optimizers, for the 2x2 with `tos`.
    for opt in ["3.13", "full"] {
        configs.push(top_of_stack(opt));
    }
    configs
}

/// A configuration of the story: canonical by construction, at the default threshold.
pub fn named(tier: &str, alloc: &str, regs: u8, opt: &str) -> RunConfig {
    let base = tier.split(':').next().unwrap_or_default();
    let traces = registry::find_tier(base).is_some_and(|t| t.traces);
    RunConfig {
        tier: tier.to_string(),
        library: registry::default_library(tier).to_string(),
        alloc: alloc.to_string(),
        regs,
        float_regs: registry::float_regs_for(regs),
        opt: opt.to_string(),
        hot: if traces { registry::DEFAULT_HOT } else { 0 },
    }
}

/// CPython 3.15's allocator and registers under some optimizer preset.
pub fn top_of_stack(opt: &str) -> RunConfig {
    RunConfig { float_regs: 3, ..named("copypatch-reg", "tos", 3, opt) }
}

/// Reads `2`, `0..5` (both ends included) or a comma list of these.
pub fn parse_regs(text: &str) -> Result<Vec<u8>, Error> {
    let bad = || {
        Error::usage(format!(
            "--regs {text}: give numbers or ranges of 0 to {}, as in 0..5 or 0,3,5",
            registry::most_regs()
        ))
    };
    let number = |s: &str| {
        let parsed = s.trim().trim_start_matches('=').parse::<u8>().ok();
        parsed.filter(|n| *n <= registry::most_regs()).ok_or_else(bad)
    };
    let mut regs = Vec::new();
    for part in text.split(',') {
        match part.split_once("..") {
            Some((low, high)) => {
                let (low, high) = (number(low)?, number(high)?);
                if low > high {
                    return Err(bad());
                }
                regs.extend(low..=high);
            }
            None => regs.push(number(part)?),
        }
    }
    regs.sort_unstable();
    regs.dedup();
    Ok(regs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(name: &str) -> Workload {
        Workload {
            name: name.to_string(),
            file: format!("{name}.py").into(),
            group: "scalar".to_string(),
            small_n: 10,
            default_n: 1000,
            quick_n: Some(100),
            expected_small: None,
            expected_default: Some("7".to_string()),
            about: String::new(),
        }
    }

    #[test]
    fn redundant_cells_collapse() {
        let options = Options {
            tiers: Some(vec!["interp".into(), "copypatch".into(), "copypatch-reg".into()]),
            regs: Some(parse_regs("0..5").unwrap()),
            opts: Some(vec!["3.13".into(), "full".into()]),
            ..Options::new(Size::Default)
        };
        let plan = Plan::new(&[workload("a")], &options).unwrap();
        let count = |tier: &str| plan.cells.iter().filter(|c| c.config.tier == tier).count();
        assert_eq!(count("interp"), 1);
        assert_eq!(count("copypatch"), 2);
        // Per preset: stack once, every other allocator at K = 0 to 5.
        let others = quick().count() - 1;
        assert_eq!(count("copypatch-reg"), 2 * (1 + 6 * others));
    }

    #[test]
    fn the_story_is_canonical_and_has_no_duplicates() {
        for size in [Size::Quick, Size::Default, Size::Full] {
            let options = Options::new(size);
            let plan = Plan::new(&[workload("a")], &options).unwrap();
            let keys: HashSet<String> = plan.cells.iter().map(Cell::key).collect();
            assert_eq!(keys.len(), plan.cells.len());
            for cell in &plan.cells {
                let config = &cell.config;
                let request = Request {
                    tier: Some(config.tier.clone()),
                    library: Some(config.library.clone()).filter(|l| l != registry::NO_LIBRARY),
                    alloc: Some(config.alloc.clone()).filter(|a| a != "none" && a != "own"),
                    regs: Some(config.regs),
                    float_regs: Some(config.float_regs),
                    opt: Some(config.opt.clone()),
                    hot: None,
                };
                assert_eq!(&request.resolve().unwrap(), config);
            }
        }
    }

    #[test]
    fn quick_uses_the_quick_argument() {
        let n = |size| Plan::new(&[workload("a")], &Options::new(size)).unwrap().cells[0].n;
        assert_eq!((n(Size::Quick), n(Size::Default)), (100, 1000));
    }

    #[test]
    fn register_lists() {
        assert_eq!(parse_regs("0..5").unwrap(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(parse_regs("0..=2").unwrap(), [0, 1, 2]);
        assert_eq!(parse_regs("5,0,5").unwrap(), [0, 5]);
        for bad in ["60", "3..1", "", "x", "0..90"] {
            assert!(parse_regs(bad).is_err(), "{bad}");
        }
    }
}
