//! The Cranelift tier: traces compiled by an optimizing code generator.
//!
//! It is the testbed's measure of what a compiler that optimizes costs and gains: global value
//! numbering, code motion, redundant loads, instruction selection and a register allocator that
//! splits live ranges, on the very traces that the template tiers get.
//!
//! How it works.
//! * `translate` makes one function of Cranelift's IR per trace. Exits are cold blocks that store
//!   the live values to slots and end in one direct jump; side traces find their parameters there.
//! * The code generator is driven directly, without `cranelift-jit`: that keeps a relocatable
//!   copy of each function, asks for memory by the function, and makes it executable as a
//!   whole, where a trace is compiled once and patched in place. Finished bytes go into the
//!   [`CodeMemory`](tierlab_runtime) that all native tiers share, one region that is never
//!   writable and executable at once.
//! * `fuse` corrects one weakness of the instruction selection, branches on overflow (see there);
//!   [`CraneliftOptions::fuse_overflow`] switches it off.
//! * An exit that is linked is patched: its jump, which led to the common exit, leads to
//!   the side trace. Loops pay nothing for it. A trace's own frame on the machine stack is undone
//!   before the jump, so that a chain of traces of any length needs one frame.
//!
//! Compile times: `allocate_ns` is Cranelift's register allocator, by its own clock; `emit_ns`
//! is all the rest of the compilation.

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod divide;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod fuse;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod jit;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod stubs;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod timing;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod translate;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod unavailable;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub use jit::Cranelift;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub use unavailable::Cranelift;

use tierlab_runtime::count::{STACK_SLOTS, SlotRule};

/// What counts as a slot in this tier's loops: spills, which are on the machine stack. (Slots of the
/// context are read at the entry and written at exits alone.)
pub const SLOT_RULES: &[SlotRule] = &[STACK_SLOTS];

/// The tier's name.
pub const NAME: &str = "cranelift";

/// How hard Cranelift works on the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OptLevel {
    /// Instruction selection alone.
    None,
    /// Its optimizer runs.
    #[default]
    Speed,
    /// The same, with an eye on size.
    SpeedAndSize,
}

impl OptLevel {
    /// All of them.
    pub const ALL: [OptLevel; 3] = [OptLevel::None, OptLevel::Speed, OptLevel::SpeedAndSize];

    /// The name of the level, as Cranelift has it.
    pub const fn name(self) -> &'static str {
        match self {
            OptLevel::None => "none",
            OptLevel::Speed => "speed",
            OptLevel::SpeedAndSize => "speed_and_size",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<OptLevel> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Which register allocator of Cranelift's works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegallocAlgorithm {
    /// The backtracking allocator, which splits live ranges.
    #[default]
    Backtracking,
    /// The single-pass allocator.
    SinglePass,
}

impl RegallocAlgorithm {
    /// All of them.
    pub const ALL: [RegallocAlgorithm; 2] =
        [RegallocAlgorithm::Backtracking, RegallocAlgorithm::SinglePass];

    /// The name of the algorithm, as Cranelift has it.
    pub const fn name(self) -> &'static str {
        match self {
            RegallocAlgorithm::Backtracking => "backtracking",
            RegallocAlgorithm::SinglePass => "single_pass",
        }
    }

    /// The algorithm of that name.
    pub fn from_name(name: &str) -> Option<RegallocAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

/// The tier's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CraneliftOptions {
    /// How hard it works.
    pub opt_level: OptLevel,
    /// Which register allocator works.
    pub regalloc: RegallocAlgorithm,
    /// Whether Cranelift verifies its IR: for tests, since it takes time.
    pub verifier: bool,
    /// Whether checks for overflow are made one branch.
    pub fuse_overflow: bool,
}

impl Default for CraneliftOptions {
    fn default() -> Self {
        CraneliftOptions {
            opt_level: OptLevel::default(),
            regalloc: RegallocAlgorithm::default(),
            verifier: false,
            fuse_overflow: true,
        }
    }
}
