//! The one list of names: tiers, allocators, stencil libraries, optimizer presets and passes, dump
//! kinds, and the CPython releases the story compares.
//!
//! A new tier, allocator or preset is one row here (and its wiring in
//! [`crate::engine`]); parsing, help, `tierlab list`, sweeps and error messages all
//! read these tables. Allocators, libraries, passes and presets have their tables in their own
//! crates, which reach the harness only through [`allocs`], [`libraries`], [`passes`] and [`presets`].

use crate::config::RunConfig;
use crate::error::Error;
use crate::tiers;
pub use crate::tiers::StencilLibrary;
use tierlab_regalloc::StrategyInfo;
use tierlab_trace::opt::{PASSES, PRESETS, PassInfo, Preset};

/// Which allocator a tier can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocUse {
    /// No machine code, hence no allocation: `alloc` is recorded as `none`.
    None,
    /// The tier brings its own: `alloc` is recorded as `own`.
    Own,
    /// Always the allocator `stack`, with no registers.
    Stack,
    /// Any allocator of [`allocs`].
    Any,
}

/// One execution tier.
#[derive(Debug, Clone, Copy)]
pub struct TierInfo {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// The system or paper it stands for.
    pub origin: &'static str,
    /// Whether it runs traces: otherwise the optimizer preset and the hot threshold
    /// mean nothing to it.
    pub traces: bool,
    /// Which allocator it takes.
    pub alloc: AllocUse,
    /// Whether it copies from a stencil library.
    pub stencils: bool,
}

impl TierInfo {
    /// Most integer and float registers that it can be given, with a library if it takes one.
    pub fn registers(&self, library: &StencilLibrary) -> (u8, u8) {
        match (self.alloc, self.stencils) {
            (AllocUse::Any, true) => (library.max_ints, library.max_floats),
            (AllocUse::Any, false) => (MAX_REGS, MAX_FLOAT_REGS),
            (AllocUse::None | AllocUse::Own | AllocUse::Stack, _) => (0, 0),
        }
    }
}

/// A name with its meaning and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// The system or paper it stands for; empty where there is none to name.
    pub origin: &'static str,
}

const fn tier(
    name: &'static str,
    about: &'static str,
    origin: &'static str,
    traces: bool,
    alloc: AllocUse,
) -> TierInfo {
    TierInfo { name, about, origin, traces, alloc, stencils: false }
}

const fn stencils(tier: TierInfo) -> TierInfo {
    TierInfo { stencils: true, ..tier }
}

/// Most integer registers (K) in tiers without a stencil library; the default library has as many,
/// so that the tiers of the story are compared at equal numbers.
pub const MAX_REGS: u8 = 5;
/// Most float registers in tiers without a stencil library.
pub const MAX_FLOAT_REGS: u8 = 8;
/// Back-edges a loop, or calls a function takes before it is recorded, unless told otherwise.
pub const DEFAULT_HOT: u32 = 1000;
/// The tier of `tierlab run` unless told otherwise.
pub const DEFAULT_TIER: &str = "copypatch-reg";
/// The allocator where the tier takes one, unless told otherwise.
pub const DEFAULT_ALLOC: &str = "linear-scan";
/// The stencil library where the tier takes one, unless told otherwise.
pub const DEFAULT_LIBRARY: &str = "c";
/// What stands for the library of tiers without stencils.
pub const NO_LIBRARY: &str = "none";
/// The optimizer preset unless told otherwise.
pub const DEFAULT_OPT: &str = "full";

/// Every tier.
pub const TIERS: &[TierInfo] = &[
    tier(
        "interp",
        "bytecode interpreter without specialization",
        "CPython 3.10",
        false,
        AllocUse::None,
    ),
    tier(
        "adaptive",
        "interpreter that specializes in place, with inline caches",
        "CPython 3.11",
        false,
        AllocUse::None,
    ),
    tier(
        "uop",
        "interpreter of the optimized trace's micro-ops",
        "CPython 3.13 tier 2, HotPy",
        true,
        AllocUse::None,
    ),
    stencils(tier(
        "copypatch",
        "stencils copied and patched, every value in a stack slot",
        "CPython 3.13 JIT, Copy-and-Patch (OOPSLA 2021)",
        true,
        AllocUse::Stack,
    )),
    stencils(tier(
        "copypatch-reg",
        "stencil variants that keep values in K integer and some float registers",
        "CPython 3.15 JIT",
        true,
        AllocUse::Any,
    )),
    tier(
        "dynasm",
        "hand-written templates, same allocation result",
        "LuaJIT 1, DynASM",
        true,
        AllocUse::Any,
    ),
    tier(
        "cranelift",
        "optimizing compiler; cranelift[:OPT_LEVEL[:REGALLOC]]",
        "Cranelift, Unladen Swallow's kind of tier",
        true,
        AllocUse::Own,
    ),
];

/// Every register allocator.
pub fn allocs() -> &'static [StrategyInfo] {
    tierlab_regalloc::STRATEGIES
}

/// Every stencil library, those included that this build could not make.
pub fn libraries() -> &'static [StencilLibrary] {
    tiers::libraries()
}

/// The stencil library of that name.
pub fn find_library(name: &str) -> Result<&'static StencilLibrary, Error> {
    let names = || libraries().iter().map(|l| l.name);
    let found = libraries().iter().find(|l| l.name == name);
    found.ok_or_else(|| Error::unknown("stencil library", name, names()))
}

/// The library that a tier copies from unless told otherwise: [`NO_LIBRARY`] without stencils.
pub fn default_library(tier: &str) -> &'static str {
    let name = tier.split(':').next().unwrap_or_default();
    if find_tier(name).is_some_and(|t| t.stencils) { DEFAULT_LIBRARY } else { NO_LIBRARY }
}

/// Most integer registers that any tier takes.
pub fn most_regs() -> u8 {
    libraries().iter().map(|l| l.max_ints).fold(MAX_REGS, u8::max)
}

/// What `--dump` can show.
pub const DUMPS: &[Named] = &[
    Named {
        name: "bytecode",
        about: "the compiled bytecode, with its inline caches after the run",
        origin: "",
    },
    Named { name: "trace", about: "each trace after optimization, in the text form", origin: "" },
    Named { name: "alloc", about: "where the allocator put each operand", origin: "" },
    Named { name: "asm", about: "disassembly of the generated code", origin: "" },
];

/// Cranelift's optimization levels; the first is the default.
pub const CRANELIFT_OPT_LEVELS: &[&str] = &["speed", "none", "speed_and_size"];
/// Cranelift's register allocators; the first is the default.
pub const CRANELIFT_REGALLOCS: &[&str] = &["backtracking", "single_pass"];

/// Every optimizer preset.
pub fn presets() -> &'static [Preset] {
    PRESETS
}

/// Every optimizer pass, in the order they run.
pub fn passes() -> &'static [PassInfo] {
    PASSES
}

/// What a real CPython release was measured to do: its JIT on against off, in the
/// same binary, over 46 programs.
#[derive(Debug, Clone, Copy)]
pub struct RealFigure {
    /// Geometric mean of speed-ups, on against off (more is faster).
    pub speedup: f64,
    /// Programs slower than off by more than 3 %.
    pub slower: u32,
    /// Programs measured.
    pub programs: u32,
}

/// One CPython release of the story, as a configuration of this testbed.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// The release, as in `3.13`.
    pub name: &'static str,
    /// The tier that stands for it.
    pub tier: &'static str,
    /// The allocator that stands for it.
    pub alloc: &'static str,
    /// Integer registers.
    pub regs: u8,
    /// Float registers.
    pub float_regs: u8,
    /// The optimizer preset.
    pub opt: &'static str,
    /// Why this configuration stands for that release.
    pub why: &'static str,
    /// What the release's own JIT did; none where it has none.
    pub real: Option<RealFigure>,
}

const fn real(speedup: f64, slower: u32) -> Option<RealFigure> {
    Some(RealFigure { speedup, slower, programs: 46 })
}

/// The releases in order; the first is the baseline of every ratio.
///
/// 3.15 gets the preset `3.14` and not `full`: CPython 3.15's optimizer is stronger
/// than 3.14's (reference counts, constants), but it neither peels loops nor carries
/// unboxed values around the back-edge, which is what sets `full` apart. Its three
/// cached registers hold boxed values of any type, hence three of either kind here.
pub const RELEASES: &[Release] = &[
    Release {
        name: "3.11",
        tier: "adaptive",
        alloc: "none",
        regs: 0,
        float_regs: 0,
        opt: "none",
        why: "specializing adaptive interpreter, no JIT",
        real: None,
    },
    Release {
        name: "3.13",
        tier: "copypatch",
        alloc: "stack",
        regs: 0,
        float_regs: 0,
        opt: "3.13",
        why: "copy-and-patch, all values in slots, light optimizer",
        real: real(1.08, 10),
    },
    Release {
        name: "3.14",
        tier: "copypatch",
        alloc: "stack",
        regs: 0,
        float_regs: 0,
        opt: "3.14",
        why: "the same code generator under a stronger trace optimizer",
        real: real(1.01, 18),
    },
    Release {
        name: "3.15",
        tier: "copypatch-reg",
        alloc: "tos",
        regs: 3,
        float_regs: 3,
        opt: "3.14",
        why: "top of stack cached in three registers; optimizer without peeling or unboxed loop values",
        real: real(1.40, 1),
    },
];

/// CPython 3.13's micro-op interpreter in place of tier 1.
pub const REAL_UOP_313: RealFigure = RealFigure { speedup: 0.76, slower: 45, programs: 46 };
/// CPython 3.15's JIT with its trace optimizer switched off.
pub const REAL_315_NO_OPTIMIZER: RealFigure =
    RealFigure { speedup: 1.04, slower: 14, programs: 46 };

impl Release {
    /// The release as a configuration, at the default hot threshold where it traces.
    pub fn config(&self) -> RunConfig {
        RunConfig {
            tier: self.tier.to_string(),
            library: default_library(self.tier).to_string(),
            alloc: self.alloc.to_string(),
            regs: self.regs,
            float_regs: self.float_regs,
            opt: self.opt.to_string(),
            hot: if find_tier(self.tier).is_some_and(|t| t.traces) { DEFAULT_HOT } else { 0 },
        }
    }
}

/// The tier of that name (without Cranelift's suffixes).
pub fn find_tier(name: &str) -> Option<&'static TierInfo> {
    TIERS.iter().find(|t| t.name == name)
}

/// Float registers that go with K integer registers unless told otherwise: the full
/// set scaled by K and rounded up, so that K = 0 means no registers at all and the
/// price of K covers both kinds.
pub fn float_regs_for(regs: u8) -> u8 {
    let scaled = (u16::from(regs) * u16::from(MAX_FLOAT_REGS)).div_ceil(u16::from(MAX_REGS));
    scaled.min(u16::from(MAX_FLOAT_REGS)) as u8
}
