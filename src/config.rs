//! One configuration of the testbed, made only through validation.
//!
//! Invariant: a [`RunConfig`] out of [`Request::resolve`] is *canonical*. Options that
//! mean nothing to its tier are set to a fixed value (`none`, 0), so that two requests
//! that would run the same code are equal, have the same [`RunConfig::key`], and are
//! measured once. Such options are ignored, not refused: a script can pass one set of
//! options to every tier. Cranelift's options are part of the tier's name:
//! `cranelift[:OPT_LEVEL[:REGALLOC]]`, canonical without the defaults.

use crate::error::Error;
use crate::registry::{self, AllocUse};
use serde::{Deserialize, Serialize};

/// A canonical configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "Recorded")]
pub struct RunConfig {
    /// Tier, with Cranelift's non-default options as suffixes.
    pub tier: String,
    /// Stencil library; `none` for tiers without stencils.
    pub library: String,
    /// Allocator; `none` without code generation, `own` where the tier brings its own.
    pub alloc: String,
    /// Integer registers (K).
    pub regs: u8,
    /// Float registers.
    pub float_regs: u8,
    /// Optimizer preset, or passes joined by commas.
    pub opt: String,
    /// Back-edges of a loop, or calls of a function, before it is recorded; 0 for tiers without traces.
    pub hot: u32,
}

/// A configuration as it was recorded: results that are older than the choice of libraries say
/// nothing of theirs.
#[derive(Deserialize)]
struct Recorded {
    tier: String,
    library: Option<String>,
    alloc: String,
    regs: u8,
    float_regs: u8,
    opt: String,
    hot: u32,
}

impl From<Recorded> for RunConfig {
    fn from(recorded: Recorded) -> RunConfig {
        let Recorded { tier, library, alloc, regs, float_regs, opt, hot } = recorded;
        let library = library.unwrap_or_else(|| registry::default_library(&tier).to_string());
        RunConfig { tier, library, alloc, regs, float_regs, opt, hot }
    }
}

/// Cranelift's options, as named by a tier like `cranelift:none:single_pass`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CraneliftOptions {
    /// One of [`registry::CRANELIFT_OPT_LEVELS`].
    pub opt_level: &'static str,
    /// One of [`registry::CRANELIFT_REGALLOCS`].
    pub regalloc: &'static str,
}

/// A configuration as asked for: what is absent takes its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Tier, with optional Cranelift suffixes.
    pub tier: Option<String>,
    /// Stencil library.
    pub library: Option<String>,
    /// Allocator.
    pub alloc: Option<String>,
    /// Integer registers (K); by default as many as there are.
    pub regs: Option<u8>,
    /// Float registers; by default they grow with K.
    pub float_regs: Option<u8>,
    /// Optimizer preset or comma list of passes.
    pub opt: Option<String>,
    /// Back-edges of a loop, or calls of a function, before it is recorded.
    pub hot: Option<u32>,
}

impl Request {
    /// Checks every name and number and returns the canonical configuration.
    pub fn resolve(&self) -> Result<RunConfig, Error> {
        let given = self.tier.as_deref().unwrap_or(registry::DEFAULT_TIER);
        let (tier, info) = canonical_tier(given)?;
        let alloc = self.alloc.as_deref().unwrap_or(registry::DEFAULT_ALLOC);
        if !registry::allocs().iter().any(|a| a.name == alloc) {
            return Err(Error::unknown(
                "allocator",
                alloc,
                registry::allocs().iter().map(|a| a.name),
            ));
        }
        let library =
            registry::find_library(self.library.as_deref().unwrap_or(registry::DEFAULT_LIBRARY))?;
        let opt = canonical_opt(self.opt.as_deref().unwrap_or(registry::DEFAULT_OPT))?;
        let hot = self.hot.unwrap_or(registry::DEFAULT_HOT);
        if hot == 0 {
            return Err(Error::usage("--hot 0: a loop needs at least 1 back-edge to be recorded"));
        }
        let alloc = match info.alloc {
            AllocUse::None => "none",
            AllocUse::Own => "own",
            AllocUse::Stack => "stack",
            AllocUse::Any => alloc,
        };
        if let Err(reason) = &library.library
            && info.stencils
            && library.name != registry::DEFAULT_LIBRARY
        {
            return Err(Error::usage(format!(
                "--library {}: this build has none: {reason}; the others are in `tierlab list libraries`",
                library.name
            )));
        }
        let registers = info.alloc == AllocUse::Any && alloc != "stack";
        let (regs, float_regs) = if registers {
            let (most, most_floats) = info.registers(library);
            let regs = self.regs.unwrap_or(most);
            let float_regs = self.float_regs.unwrap_or_else(|| registry::float_regs_for(regs));
            in_range("--regs", regs, most, info, library)?;
            in_range("--float-regs", float_regs, most_floats, info, library)?;
            (regs, float_regs)
        } else {
            (0, 0)
        };
        Ok(RunConfig {
            tier,
            library: if info.stencils { library.name } else { registry::NO_LIBRARY }.to_string(),
            alloc: alloc.to_string(),
            regs,
            float_regs,
            opt: if info.traces { opt } else { "none".to_string() },
            hot: if info.traces { hot } else { 0 },
        })
    }
}

/// Refuses a number of registers that the tier, or its library, does not have.
fn in_range(
    option: &str,
    value: u8,
    most: u8,
    tier: &registry::TierInfo,
    library: &registry::StencilLibrary,
) -> Result<(), Error> {
    if value <= most {
        return Ok(());
    }
    let (who, advice) = if tier.stencils {
        let who = format!("with the stencil library `{}`", library.name);
        (who, "; `tierlab list libraries` names those of the others")
    } else {
        (format!("in the tier `{}`", tier.name), "")
    };
    Err(Error::usage(format!("{option} {value}: must be 0 to {most} {who}{advice}")))
}

/// Splits and checks a tier name; returns its canonical form and its row.
fn canonical_tier(given: &str) -> Result<(String, &'static registry::TierInfo), Error> {
    let mut parts = given.split(':');
    let name = parts.next().unwrap_or_default();
    let info = registry::find_tier(name)
        .ok_or_else(|| Error::unknown("tier", name, registry::TIERS.iter().map(|t| t.name)))?;
    let suffixes: Vec<&str> = parts.collect();
    if suffixes.is_empty() {
        return Ok((name.to_string(), info));
    }
    if name != "cranelift" || suffixes.len() > 2 {
        return Err(Error::usage(format!(
            "tier `{given}`: only cranelift takes options, as cranelift[:OPT_LEVEL[:REGALLOC]]"
        )));
    }
    let options = parse_cranelift(&suffixes)?;
    let default_level = options.opt_level == registry::CRANELIFT_OPT_LEVELS[0];
    let default_alloc = options.regalloc == registry::CRANELIFT_REGALLOCS[0];
    let tier = match (default_level, default_alloc) {
        (true, true) => name.to_string(),
        (false, true) => format!("{name}:{}", options.opt_level),
        (_, false) => format!("{name}:{}:{}", options.opt_level, options.regalloc),
    };
    Ok((tier, info))
}

fn parse_cranelift(suffixes: &[&str]) -> Result<CraneliftOptions, Error> {
    let pick = |index: usize, kind: &str, valid: &'static [&'static str]| match suffixes.get(index)
    {
        None => Ok(valid[0]),
        Some(&given) => valid
            .iter()
            .copied()
            .find(|v| *v == given)
            .ok_or_else(|| Error::unknown(kind, given, valid.iter().copied())),
    };
    Ok(CraneliftOptions {
        opt_level: pick(0, "cranelift opt level", registry::CRANELIFT_OPT_LEVELS)?,
        regalloc: pick(1, "cranelift register allocator", registry::CRANELIFT_REGALLOCS)?,
    })
}

/// A preset's name, or a comma list of known passes without repeats.
fn canonical_opt(given: &str) -> Result<String, Error> {
    let given = given.trim();
    if registry::presets().iter().any(|p| p.name == given) {
        return Ok(given.to_string());
    }
    let mut passes: Vec<&str> = Vec::new();
    for pass in given.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        if !registry::passes().iter().any(|p| p.name == pass) {
            let presets = registry::presets().iter().map(|p| p.name);
            let valid = presets.chain(registry::passes().iter().map(|p| p.name));
            return Err(Error::unknown("optimizer preset or pass", pass, valid));
        }
        if !passes.contains(&pass) {
            passes.push(pass);
        }
    }
    Ok(if passes.is_empty() { "none".to_string() } else { passes.join(",") })
}

impl RunConfig {
    /// A configuration that stands for another implementation of the language,
    /// named by its command.
    pub fn peer(command: &str) -> Self {
        RunConfig {
            tier: command.to_string(),
            library: registry::NO_LIBRARY.to_string(),
            alloc: "none".to_string(),
            regs: 0,
            float_regs: 0,
            opt: "none".to_string(),
            hot: 0,
        }
    }

    /// The tier's name without suffixes.
    pub fn tier_name(&self) -> &str {
        self.tier.split(':').next().unwrap_or_default()
    }

    /// Cranelift's options where the tier is Cranelift.
    pub fn cranelift(&self) -> Option<CraneliftOptions> {
        let suffixes: Vec<&str> = self.tier.split(':').skip(1).collect();
        if self.tier_name() == "cranelift" { parse_cranelift(&suffixes).ok() } else { None }
    }

    /// Whether it copies from another library than the default one.
    fn has_chosen_library(&self) -> bool {
        !matches!(self.library.as_str(), registry::NO_LIBRARY | registry::DEFAULT_LIBRARY)
    }

    /// What tells one configuration from another, for resuming and grouping. The default library
    /// is not named: results have been recorded before there were others.
    pub fn key(&self) -> String {
        let library =
            if self.has_chosen_library() { format!("+{}", self.library) } else { String::new() };
        format!(
            "{}{library}/{}/k{}f{}/{}/hot{}",
            self.tier, self.alloc, self.regs, self.float_regs, self.opt, self.hot
        )
    }

    /// A short name for tables and plots, `tier+library/allocator K=n/preset`: what means
    /// nothing to the tier is left out, and so is the default library.
    pub fn label(&self) -> String {
        let mut label = self.tier.clone();
        if self.has_chosen_library() {
            label.push_str(&format!("+{}", self.library));
        }
        if !matches!(self.alloc.as_str(), "none" | "own") && self.tier != "copypatch" {
            label.push_str(&format!("/{}", self.alloc));
            if self.regs > 0 || self.float_regs > 0 {
                label.push_str(&format!(" K={}", self.regs));
            }
        }
        if self.hot > 0 {
            label.push_str(&format!("/{}", self.opt));
        }
        label
    }

    /// Whether two configurations differ at most in the hot threshold.
    pub fn same_but_hot(&self, other: &RunConfig) -> bool {
        RunConfig { hot: 0, ..self.clone() } == RunConfig { hot: 0, ..other.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(tier: &str) -> Request {
        Request { tier: Some(tier.to_string()), ..Request::default() }
    }

    #[test]
    fn options_that_mean_nothing_are_dropped() {
        let asked = Request { alloc: Some("tos".into()), regs: Some(4), ..request("adaptive") };
        let config = asked.resolve().unwrap();
        assert_eq!(config.key(), "adaptive/none/k0f0/none/hot0");
        let asked = Request { alloc: Some("tos".into()), regs: Some(4), ..request("copypatch") };
        assert_eq!(asked.resolve().unwrap().key(), "copypatch/stack/k0f0/full/hot1000");
    }

    #[test]
    fn cranelift_options_are_canonical() {
        let default = request("cranelift:speed:backtracking").resolve().unwrap();
        assert_eq!(default.tier, "cranelift");
        let other = request("cranelift:none:single_pass").resolve().unwrap();
        assert_eq!(other.tier, "cranelift:none:single_pass");
        let options = other.cranelift().unwrap();
        assert_eq!((options.opt_level, options.regalloc), ("none", "single_pass"));
        assert!(request("cranelift:fast").resolve().is_err());
        assert!(request("dynasm:speed").resolve().is_err());
    }

    #[test]
    fn unknown_names_list_the_valid_ones() {
        let error = request("jit").resolve().unwrap_err();
        assert!(error.to_string().contains("copypatch-reg"), "{error}");
        assert_eq!(error.exit_code(), crate::error::EXIT_REFUSED);
        let asked = Request { opt: Some("copies,nope".into()), ..Request::default() };
        assert!(asked.resolve().unwrap_err().to_string().contains("3.14"));
        let asked = Request { library: Some("d".into()), ..Request::default() };
        assert!(asked.resolve().unwrap_err().to_string().contains("valid: c"));
    }

    #[test]
    fn registers_are_those_of_the_library() {
        for library in registry::libraries().iter().filter(|l| l.library.is_ok()) {
            let asked = |regs| Request {
                library: Some(library.name.into()),
                regs: Some(regs),
                ..Request::default()
            };
            assert_eq!(asked(library.max_ints).resolve().unwrap().regs, library.max_ints);
            let error = asked(library.max_ints + 1).resolve().unwrap_err().to_string();
            let range = format!("0 to {}", library.max_ints);
            assert!(error.contains(&range) && error.contains(library.name), "{error}");
            let all = Request { regs: None, ..asked(0) };
            assert_eq!(all.resolve().unwrap().regs, library.max_ints);
            // What the tier does not take is no error.
            let ignored = Request { tier: Some("copypatch".into()), ..asked(200) };
            assert_eq!(ignored.resolve().unwrap().library, library.name);
            let ignored = Request { tier: Some("uop".into()), ..asked(200) };
            assert_eq!(ignored.resolve().unwrap().library, registry::NO_LIBRARY);
        }
    }

    #[test]
    fn recorded_configurations_without_a_library_used_the_first() {
        let text = |tier: &str| {
            format!(
                r#"{{"tier":"{tier}","alloc":"tos","regs":2,"float_regs":2,"opt":"full","hot":10}}"#
            )
        };
        let read = |tier| serde_json::from_str::<RunConfig>(&text(tier)).unwrap();
        let config = read("copypatch-reg");
        assert_eq!((&*config.library, &*read("dynasm").library), ("c", registry::NO_LIBRARY));
        assert_eq!(config.key(), "copypatch-reg/tos/k2f2/full/hot10");
        assert_eq!(config.label(), "copypatch-reg/tos K=2/full");
        let other = RunConfig { library: "patched".into(), ..config.clone() };
        assert_eq!(other.key(), "copypatch-reg+patched/tos/k2f2/full/hot10");
        assert_eq!(other.label(), "copypatch-reg+patched/tos K=2/full");
        let again: RunConfig =
            serde_json::from_str(&serde_json::to_string(&other).unwrap()).unwrap();
        assert_eq!(again, other);
    }

    #[test]
    fn releases_are_canonical_configurations() {
        for release in registry::RELEASES {
            let config = release.config();
            let asked = Request {
                tier: Some(config.tier.clone()),
                library: None,
                alloc: Some(config.alloc.clone()).filter(|a| a != "none"),
                regs: Some(config.regs),
                float_regs: Some(config.float_regs),
                opt: Some(config.opt.clone()),
                hot: None,
            };
            assert_eq!(asked.resolve().unwrap(), config, "{}", release.name);
        }
    }
}
