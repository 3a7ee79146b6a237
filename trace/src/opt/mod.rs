//! The optimizer: passes over a trace, switched one by one, and the presets made of them.
//!
//! Terms. A *pass* rewrites a trace in a few linear walks over its ops. A *preset* is a named set of passes. A [`Pipeline`] is a set of passes to run; they
//! run in the order of [`PASSES`], however they were listed. A peeled iteration gives the
//! earlier passes something new to see, so those from `types` to `dce` run once more behind it.
//!
//! Invariants that every pass keeps.
//! * The trace verifies before and after.
//! * An exit restores the state before its bytecode. An op is dropped only where its result is
//!   unused or known; none moves across a side effect or an exit in a way that could be seen.
//! * Checks whose only purpose is their result (`Exit::Result`, `Exit::Resource`) may go, and then a
//!   trace runs on where it would have left; checks of `Exit::Guard` go only where they cannot fail.
//! * An integer that was once tagged need not have been: a pass must not conclude from `untag` that a
//!   value has 63 bits, because `unbox` drops the tagging and its range check with it.

mod copies;
mod cse;
mod dce;
mod docs;
mod fold;
mod peel;
mod peephole;
mod range;
mod recover;
mod rewrite;
mod types;
mod unbox;

use crate::ir::Trace;
use crate::ops::Type;
use std::fmt;
use std::time::Instant;

pub use docs::markdown;

/// One pass.
#[derive(Clone, Copy, Debug)]
pub struct PassInfo {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Rewrites the trace.
    pub run: fn(&mut Trace, &EntryHints),
}

/// A named set of passes.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it stands for, in a line.
    pub about: &'static str,
    /// Names of its passes.
    pub passes: &'static [&'static str],
}

/// Every pass, in the order in which they run.
pub const PASSES: &[PassInfo] = &[
    PassInfo {
        name: "peephole",
        about: "drops a check repeated within one bytecode, and unused results beside it; copies stay",
        run: peephole::run,
    },
    PassInfo {
        name: "copies",
        about: "propagates copies between locals and operand stack",
        run: copies::run,
    },
    PassInfo {
        name: "types",
        about: "follows small ints and classes, and drops or weakens checks of what is known",
        run: types::run,
    },
    PassInfo {
        name: "unbox",
        about: "cancels boxing against unboxing, and keeps loop-carried ints and floats unboxed",
        run: unbox::run,
    },
    PassInfo {
        name: "fold",
        about: "folds constants, reduces strength, and drops what integer ranges prove",
        run: fold::run,
    },
    PassInfo {
        name: "cse",
        about: "reuses equal pure ops, guards and loads, and forwards stores to loads",
        run: cse::run,
    },
    PassInfo {
        name: "dce",
        about: "drops ops and loop parameters that nothing needs",
        run: dce::run,
    },
    PassInfo {
        name: "peel",
        about: "peels the first iteration, so that invariant ops and guards leave the loop",
        run: peel::run,
    },
    PassInfo {
        name: "recover",
        about: "lets exits recompute overwritten operands, and sinks induction steps to the back-edge",
        run: recover::run,
    },
];

/// Every preset.
pub const PRESETS: &[Preset] = &[
    Preset { name: "none", about: "the trace as it was recorded", passes: &[] },
    Preset {
        name: "3.13",
        about: "as light as CPython 3.13: only the most obvious goes",
        passes: &["peephole"],
    },
    Preset {
        name: "3.14",
        about: "as CPython 3.14: copies, type propagation, guard elimination, constants, dead code",
        passes: &["copies", "types", "fold", "dce"],
    },
    Preset {
        name: "full",
        about: "everything: also unboxed loop-carried values, peeling, common subexpressions",
        passes: &["copies", "types", "unbox", "fold", "cse", "dce", "peel", "recover"],
    },
];

/// First and last pass of the round that runs again behind `peel`.
const ROUND: (&str, &str) = ("types", "dce");

/// What the recorder saw at the entry of the trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryHints {
    /// For each parameter of block 0 the type it had: `I64` for a small int, `F64` for a float box,
    /// otherwise none or `Ref`. Where the list is too short the trace's own checks are believed.
    pub types: Vec<Option<Type>>,
}

/// What one run of one pass cost and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassTime {
    /// The pass.
    pub pass: &'static str,
    /// Time.
    pub ns: u64,
    /// Ops before it.
    pub ops_before: usize,
    /// Ops after it.
    pub ops_after: usize,
}

/// What a run of the pipeline cost: a pass may stand here twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassTimes {
    /// Runs of passes, in order.
    pub passes: Vec<PassTime>,
    /// Time of it all, with what is not a pass.
    pub total_ns: u64,
}

/// A name that is neither a pass nor a preset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPass {
    /// The name.
    pub name: String,
}

impl fmt::Display for UnknownPass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown pass or preset `{}`; presets:", self.name)?;
        for preset in PRESETS {
            write!(f, " {}", preset.name)?;
        }
        f.write_str("; passes:")?;
        for pass in PASSES {
            write!(f, " {}", pass.name)?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownPass {}

/// A set of passes to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// Bit `i` for pass `i` of [`PASSES`].
    enabled: u32,
}

impl Pipeline {
    /// Reads `full`, `copies,dce`, or a mixture: names of presets and passes add to the set, and a
    /// name with `-` in front takes away, as in `full,-peel`.
    pub fn parse(spec: &str) -> Result<Pipeline, UnknownPass> {
        let mut enabled = 0;
        for part in spec.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let (name, add) = match part.strip_prefix('-') {
                Some(rest) => (rest, false),
                None => (part, true),
            };
            let bits = bits_of(name).ok_or_else(|| UnknownPass { name: name.to_owned() })?;
            enabled = if add { enabled | bits } else { enabled & !bits };
        }
        Ok(Pipeline { enabled })
    }

    /// The enabled passes, in the order in which they run.
    pub fn passes(&self) -> impl Iterator<Item = &'static PassInfo> {
        let enabled = self.enabled;
        PASSES.iter().enumerate().filter(move |(i, _)| enabled & 1 << i != 0).map(|(_, p)| p)
    }

    /// Optimizes a verified trace.
    pub fn run(&self, mut trace: Trace, hints: &EntryHints) -> (Trace, PassTimes) {
        let start = Instant::now();
        let mut times = PassTimes::default();
        for pass in self.passes() {
            let before = trace.ops.len();
            timed(pass, &mut trace, hints, &mut times);
            if pass.name == "peel" && trace.ops.len() > before {
                let names = self.passes().skip_while(|p| p.name != ROUND.0);
                let round = names.take_while(|p| p.name != "peel");
                for again in round {
                    timed(again, &mut trace, hints, &mut times);
                }
            }
        }
        if self.enabled != 0 {
            rewrite::drop_unused_snapshots(&mut trace);
        }
        times.total_ns = start.elapsed().as_nanos() as u64;
        (trace, times)
    }
}

impl fmt::Display for Pipeline {
    /// The preset's name, or the passes separated by commas.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(preset) = PRESETS.iter().find(|p| bits_of(p.name) == Some(self.enabled)) {
            return f.write_str(preset.name);
        }
        let names: Vec<&str> = self.passes().map(|p| p.name).collect();
        f.write_str(&names.join(","))
    }
}

fn bits_of(name: &str) -> Option<u32> {
    if let Some(preset) = PRESETS.iter().find(|p| p.name == name) {
        return preset.passes.iter().try_fold(0, |bits, p| Some(bits | bits_of_pass(p)?));
    }
    bits_of_pass(name)
}

fn bits_of_pass(name: &str) -> Option<u32> {
    PASSES.iter().position(|p| p.name == name).map(|i| 1 << i)
}

fn timed(pass: &'static PassInfo, trace: &mut Trace, hints: &EntryHints, times: &mut PassTimes) {
    let (start, ops_before) = (Instant::now(), trace.ops.len());
    (pass.run)(trace, hints);
    let ns = start.elapsed().as_nanos() as u64;
    times.passes.push(PassTime { pass: pass.name, ns, ops_before, ops_after: trace.ops.len() });
}
