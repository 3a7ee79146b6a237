//! Register allocation for traces: strategies behind one trait, one result format, one checker.
//!
//! A strategy turns a trace and a register file into a location for every operand and result
//! of every op, plus *edits*: moves between ops. The same result feeds every tier that takes
//! an allocation.
//!
//! Contract of the result ([`Allocation`]).
//! * Edits with `op == i` happen before op `i`, one after the other in list order; parallel moves
//!   are already resolved (cycles go through a spare slot).
//! * The parameters of a block have fixed locations (`locs[param].result`). Before a `jump`, edits
//!   bring the arguments there; before a `jump_trace`, into slots `0..n`.
//! * The parameters of block 0 arrive in slots `0..n` for loop traces, and wherever the parent
//!   keeps them for side traces ([`Input::incoming`]); `locs[param].result` of block 0 *is* the
//!   arrival location.
//! * Exit `e`, number `k` of its snapshot's live list, is found at `exit_locs[exit_starts[e] + k]`,
//!   evaluated after the exiting op (a checked op has then already written its wrapped result).
//! * A result may be in the place of an operand that the op is the last to read: an op reads all
//!   its operands before it writes. What its exit still reads is not overwritten.
//! * A constant operand is either used in place (where the file says the op takes it) or moved by
//!   an edit into a register or slot.
//!
//! How it is made. [`STRATEGIES`] lists the strategies, one module each ([`stack`], [`tos`],
//! [`local`], [`linear_scan`], [`linear_scan_split`], [`backward`], [`optimal`], [`coloring`],
//! [`ion`]). They share the passes that are no matter of opinion: `liveness` (where values
//! die), `walk` (homes to allocation: slots, constants, edits, exits; with `edges` for block
//! boundaries and `fix` for positions that refuse a home), `moves` (parallel moves), `slots`,
//! `regset` and `facts`. A strategy that keeps values in one place chooses registers and lets the
//! walk do the rest; one that moves them implements the walk's `Policy`, and one that knows before the
//! walk when values are in registers makes a `plan`. One that goes backward ([`backward`]) walks by
//! itself. A new strategy is a module and a row in the list. [`checker`] shares none of this and judges
//! all; [`fallback`] puts `stack` behind a strategy that may give up; [`cost`] counts the traffic
//! that is left; [`text`] shows the result, [`explain`] says why it is so.

pub mod backward;
pub mod checker;
pub mod coloring;
pub mod cost;
mod destroyed;
mod edges;
pub mod explain;
mod facts;
pub mod fallback;
mod fix;
pub mod ion;
pub mod linear_scan;
pub mod linear_scan_split;
mod liveness;
pub mod local;
mod loop_consts;
mod moves;
mod next_use;
pub mod optimal;
mod plan;
mod regset;
mod residents;
mod slots;
mod split;
pub mod stack;
pub mod text;
pub mod tos;
mod walk;

use std::time::Duration;
use tierlab_trace::backend::CompileError;
use tierlab_trace::ir::{Const, Op, Trace};
use tierlab_trace::layout::{MAX_SLOTS, SAVED_INTS};
use tierlab_trace::ops::Opcode;

/// Where a value is: packed into 32 bits, the kind in the top three.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loc(u32);

const KIND_SHIFT: u32 = 29;
const INDEX_MASK: u32 = (1 << KIND_SHIFT) - 1;
const HINT: u32 = 2;
/// Registers of a class are numbered below that; an exit can save half as many.
const CLASS_SIZE: u32 = 32;

/// How many [`Loc::cell`]s there are.
pub(crate) const CELLS: usize = (CLASS_SIZE << (u32::BITS - KIND_SHIFT)) as usize;

/// The kinds of locations. The top one of three bits says that it is a register, the lowest one then
/// which class: both are asked for several times per op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum LocKind {
    /// A slot of the execution context.
    Slot = 0,
    /// A constant of the trace's pool.
    Const = 1,
    /// Nothing.
    None = 3,
    /// An integer register, by register-file number.
    Int = 4,
    /// A float register, by register-file number.
    Float = 5,
}

impl Loc {
    /// No location.
    pub const NONE: Loc = Loc((LocKind::None as u32) << KIND_SHIFT | INDEX_MASK);

    /// Slot number `n`.
    #[inline(always)]
    pub const fn slot(n: u32) -> Loc {
        Loc(n)
    }

    /// Integer register number `n`.
    #[inline(always)]
    pub const fn int(n: u8) -> Loc {
        Loc((LocKind::Int as u32) << KIND_SHIFT | n as u32)
    }

    /// Float register number `n`.
    #[inline(always)]
    pub const fn float(n: u8) -> Loc {
        Loc((LocKind::Float as u32) << KIND_SHIFT | n as u32)
    }

    /// Constant number `n` of the pool.
    #[inline(always)]
    pub const fn constant(n: u32) -> Loc {
        Loc((LocKind::Const as u32) << KIND_SHIFT | n)
    }

    /// Not a location yet: where to take one from. Never part of a result.
    #[inline(always)]
    pub(crate) const fn hint(value: u32) -> Loc {
        Loc(HINT << KIND_SHIFT | value)
    }

    /// The value of a [`Loc::hint`].
    #[inline(always)]
    pub(crate) const fn as_hint(self) -> Option<u32> {
        if self.0 >> KIND_SHIFT == HINT { Some(self.index()) } else { None }
    }

    /// Its kind.
    #[inline(always)]
    pub const fn kind(self) -> LocKind {
        match self.0 >> KIND_SHIFT {
            0 => LocKind::Slot,
            1 => LocKind::Const,
            4 => LocKind::Int,
            5 => LocKind::Float,
            _ => LocKind::None,
        }
    }

    /// The slot, register or constant number.
    #[inline(always)]
    pub const fn index(self) -> u32 {
        self.0 & INDEX_MASK
    }

    /// Whether it is a register.
    #[inline(always)]
    pub const fn is_register(self) -> bool {
        self.0 >> 31 != 0
    }

    /// Its kind as a number: a [`LocKind`], or that of a hint.
    #[inline(always)]
    pub(crate) const fn kind_bits(self) -> u32 {
        self.0 >> KIND_SHIFT
    }

    /// Whether it is a slot.
    #[inline(always)]
    pub const fn is_slot(self) -> bool {
        self.0 >> KIND_SHIFT == LocKind::Slot as u32
    }

    /// Of a register, its number among all: integers from 0, floats from 32. Of anything else, some
    /// number below 64.
    #[inline(always)]
    pub(crate) const fn register_number(self) -> u32 {
        // Bit 0 of the kind tells floats from integers.
        (self.0 & (CLASS_SIZE - 1))
            | (self.0 >> (KIND_SHIFT - CLASS_SIZE.trailing_zeros()) & CLASS_SIZE)
    }

    /// Of a register, its [`Loc::register_number`]; of anything else, `other`.
    #[inline(always)]
    pub(crate) const fn register_or(self, other: u32) -> u32 {
        if self.is_register() { self.register_number() } else { other }
    }

    /// A place in a table of [`CELLS`]: its own if it is a register; anything else shares one with others
    /// of its kind.
    #[inline(always)]
    pub(crate) const fn cell(self) -> usize {
        (((self.0 >> KIND_SHIFT) * CLASS_SIZE) | (self.0 & (CLASS_SIZE - 1))) as usize
    }

    /// The register with that [`Loc::register_number`].
    #[inline(always)]
    pub(crate) const fn register(number: u32) -> Loc {
        if number < 32 { Loc::int(number as u8) } else { Loc::float(number as u8 - 32) }
    }
}

impl std::fmt::Display for Loc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind() {
            LocKind::Slot => write!(f, "[{}]", self.index()),
            LocKind::Int => write!(f, "r{}", self.index()),
            LocKind::Float => write!(f, "x{}", self.index()),
            LocKind::Const => write!(f, "#{}", self.index()),
            LocKind::None => write!(f, "-"),
        }
    }
}

impl std::fmt::Debug for Loc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// What an operand or result position of an op accepts in a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Registers of the value's class, as a bit set of register-file numbers: all, none, or what an
    /// instruction with fixed operands takes.
    pub registers: u32,
    /// A slot.
    pub slot: bool,
}

impl Allowed {
    /// A register or a slot.
    pub const ANY: Allowed = Allowed { registers: u32::MAX, slot: true };
    /// Only a slot.
    pub const SLOT: Allowed = Allowed { registers: 0, slot: true };
    /// Only a register.
    pub const REGISTER: Allowed = Allowed { registers: u32::MAX, slot: false };

    /// Only register number `n`: a fixed operand.
    pub const fn fixed(n: u8) -> Allowed {
        Allowed { registers: 1 << n, slot: false }
    }

    /// Whether it accepts that location (of the right class).
    #[inline(always)]
    pub const fn accepts(self, loc: Loc) -> bool {
        let register = loc.is_register() & (self.registers >> (loc.index() & 31) & 1 != 0);
        (loc.is_slot() & self.slot) | register
    }

    /// Whether it tells registers of the class apart.
    pub const fn is_restricted(self) -> bool {
        self.registers != 0 && self.registers != u32::MAX
    }
}

/// Registers that an op destroys after it has read its operands and before it writes its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clobbers {
    /// Integer registers, as a bit set of register-file numbers.
    pub ints: u32,
    /// Float registers.
    pub floats: u32,
}

impl Clobbers {
    /// None.
    pub const NONE: Clobbers = Clobbers { ints: 0, floats: 0 };
    /// All.
    pub const ALL: Clobbers = Clobbers { ints: u32::MAX, floats: u32::MAX };

    /// All registers of both classes as one set: integers from bit 0, floats from bit 32.
    pub(crate) const fn bits(self) -> u64 {
        (self.floats as u64) << 32 | self.ints as u64
    }
}

/// What an op asks of its operands' and result's locations, and what it destroys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constraint {
    /// Per operand.
    pub operands: [Allowed; 3],
    /// For the result.
    pub result: Allowed,
    /// The code is shorter where the result is in the register of operand 0: a hint.
    pub reuse_first: bool,
    /// What it destroys.
    pub clobbers: Clobbers,
}

impl Constraint {
    /// Anything anywhere.
    pub const ANY: Constraint = Constraint {
        operands: [Allowed::ANY; 3],
        result: Allowed::ANY,
        reuse_first: false,
        clobbers: Clobbers::NONE,
    };
    /// Everything in slots.
    pub const SLOTS: Constraint = Constraint {
        operands: [Allowed::SLOT; 3],
        result: Allowed::SLOT,
        reuse_first: false,
        clobbers: Clobbers::NONE,
    };
}

/// A tier's registers and what its ops accept. Constraints are data of the file: no strategy
/// knows an op by name.
#[derive(Clone, Copy)]
pub struct RegFile {
    /// Integer registers `0..ints` (`i64` and `ref` values). Of each class only as many are used as
    /// an exit can save.
    pub ints: u8,
    /// Float registers `0..floats`.
    pub floats: u8,
    /// What an op accepts and destroys; it depends on the op alone. Terminators destroy nothing. An op needs as many registers of a class as
    /// it has operands of the class that refuse slots, and one for a result that does
    /// ([`AllocError::TooFewRegisters`]); the file needs no others in reserve.
    pub constraint: fn(Opcode) -> &'static Constraint,
    /// Whether constant `c` may be operand number `i` of the op as it stands (an immediate).
    pub immediate: fn(Opcode, usize, Const) -> bool,
}

impl RegFile {
    /// All registers as a bit set: integers from bit 0, floats from bit 32. Registers beyond
    /// those that an exit can save are never used.
    pub(crate) fn registers(&self) -> u64 {
        let set = |n: u8| (1u64 << n.min(SAVED_INTS as u8)) - 1;
        set(self.floats) << 32 | set(self.ints)
    }
}

impl std::fmt::Debug for RegFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RegFile({} int, {} float)", self.ints, self.floats)
    }
}

/// Locations of one op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpLocs {
    /// Operands, as many as the op's row declares; jumps have none.
    pub args: [Loc; 3],
    /// Result.
    pub result: Loc,
}

impl OpLocs {
    /// No locations.
    pub const NONE: OpLocs = OpLocs { args: [Loc::NONE; 3], result: Loc::NONE };
}

/// A move before an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The op it precedes.
    pub op: u32,
    /// Source: register, slot or constant.
    pub from: Loc,
    /// Destination: register or slot. Source and destination are of one class; slots take both.
    pub to: Loc,
    /// Whether the value is a float (needed for slot-to-slot moves and constants).
    pub float: bool,
}

/// The result of a strategy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Per op.
    pub locs: Vec<OpLocs>,
    /// Moves, in op order.
    pub edits: Vec<Edit>,
    /// Per exit (in op order), where its locations start in `exit_locs`.
    pub exit_starts: Vec<u32>,
    /// Locations of the exits' live values.
    pub exit_locs: Vec<Loc>,
    /// Slots in use: numbers `0..slots`.
    pub slots: u32,
}

impl Allocation {
    /// Locations of exit `exit`'s live values; `live` is the length of its live list.
    pub fn exit(&self, exit: usize, live: usize) -> &[Loc] {
        let start = self.exit_starts[exit] as usize;
        &self.exit_locs[start..start + live]
    }
}

/// What a strategy works on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The trace.
    pub trace: &'a Trace,
    /// The registers.
    pub file: &'a RegFile,
    /// Where the parameters of block 0 arrive; `None` means slots `0..n`.
    pub incoming: Option<&'a [Loc]>,
}

/// Where parameter `p` of block 0 arrives, `incoming` being that of an [`Input`]; nowhere else can
/// anything arrive than in slots, registers and constants.
pub(crate) fn arrival(incoming: Option<&[Loc]>, p: usize) -> Result<Loc, AllocError> {
    let loc = match incoming {
        Some(incoming) => incoming.get(p).copied().unwrap_or(Loc::NONE),
        None => Loc::slot(p as u32),
    };
    let known = match loc.kind() {
        LocKind::Slot => (loc.index() as usize) < MAX_SLOTS,
        LocKind::Int | LocKind::Float => loc.index() < CLASS_SIZE,
        LocKind::Const => true,
        LocKind::None => false,
    };
    if known { Ok(loc) } else { Err(AllocError::Malformed { op: p }) }
}

/// Why a strategy gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllocError {
    /// An op needs more registers at once than the file has.
    TooFewRegisters {
        /// The op's index.
        op: usize,
        /// How many it needs.
        needed: u8,
    },
    /// An exact method has not found or not proved its optimum in time.
    Unsolved {
        /// The time it had.
        limit: Duration,
    },
    /// The trace is not one that the verifier accepts, or arrival locations are missing.
    Malformed {
        /// The op's index.
        op: usize,
    },
    /// The trace or the register file is beyond what the strategy can do.
    Unsupported {
        /// What it cannot do.
        why: &'static str,
    },
}

impl AllocError {
    /// The op that it is about; the first where it is the whole trace.
    pub fn op(&self) -> usize {
        match *self {
            AllocError::TooFewRegisters { op, .. } | AllocError::Malformed { op } => op,
            AllocError::Unsupported { .. } | AllocError::Unsolved { .. } => 0,
        }
    }
}

impl std::fmt::Display for AllocError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AllocError::TooFewRegisters { op, needed } => {
                write!(f, "op %{op} needs {needed} registers at once")
            }
            AllocError::Unsolved { limit } => write!(f, "not solved within {limit:?}"),
            AllocError::Malformed { op } => write!(f, "op %{op}: malformed trace"),
            AllocError::Unsupported { why } => write!(f, "{why}"),
        }
    }
}

impl std::error::Error for AllocError {}

impl From<AllocError> for CompileError {
    fn from(error: AllocError) -> CompileError {
        CompileError::Unsupported { op: error.op(), why: error.to_string() }
    }
}

/// An allocation strategy. It may keep its working memory between calls: allocation is hot.
pub trait Strategy: Send {
    /// Its name in the registry.
    fn name(&self) -> &'static str;

    /// Allocates one trace into `out`, whose buffers are reused.
    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError>;

    /// How long a strategy of [`Effort::Search`] may work on one trace; it gives up with
    /// [`AllocError::Unsolved`] then. The others have no use for a limit.
    fn set_time_limit(&mut self, _limit: Duration) {}
}

/// How long a strategy takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// As the trace's size has it, or little more.
    Passes,
    /// Any time: it searches, and gives up when its time is over. Nothing takes it without being
    /// asked but what compares few traces.
    Search,
}

/// Whether operand `i` of `op`, being the constant `c`, can stay where it is.
pub fn is_immediate(file: &RegFile, op: &Op, i: usize, c: Const) -> bool {
    (file.immediate)(op.opcode, i, c)
}

/// A strategy as the command line and the documentation know it.
#[derive(Clone, Copy, Debug)]
pub struct StrategyInfo {
    /// What it is selected by.
    pub name: &'static str,
    /// What it does, in a line.
    pub about: &'static str,
    /// Where the idea comes from.
    pub source: &'static str,
    /// How long it takes.
    pub effort: Effort,
    /// Makes one, with empty working memory.
    pub make: fn() -> Box<dyn Strategy>,
}

impl StrategyInfo {
    /// Makes one that searches no longer than that on one trace.
    pub fn within(&self, limit: Duration) -> Box<dyn Strategy> {
        let mut strategy = (self.make)();
        strategy.set_time_limit(limit);
        strategy
    }
}

/// All strategies, the simplest first.
pub const STRATEGIES: &[StrategyInfo] = &[
    StrategyInfo {
        name: "stack",
        about: "every value in a slot",
        source: "CPython 3.13 (copy-and-patch without register allocation)",
        effort: Effort::Passes,
        make: || Box::<stack::Stack>::default(),
    },
    StrategyInfo {
        name: "tos",
        about: "operand-stack temporaries cached in registers, locals in slots",
        source: "CPython 3.15 (top-of-stack caching by stencil variants)",
        effort: Effort::Passes,
        make: || Box::<tos::TopOfStack>::default(),
    },
    StrategyInfo {
        name: "local",
        about: "one pass forward; the value whose next use is furthest is evicted",
        source: "Belady, A study of replacement algorithms for a virtual-storage computer, 1966",
        effort: Effort::Passes,
        make: || Box::<local::Local>::default(),
    },
    StrategyInfo {
        name: "linear-scan",
        about: "whole live intervals in one scan; loop-carried values stay in registers",
        source: "Poletto and Sarkar, Linear scan register allocation, TOPLAS 1999",
        effort: Effort::Passes,
        make: || Box::<linear_scan::LinearScan>::default(),
    },
    StrategyInfo {
        name: "linear-scan-split",
        about: "live ranges split where registers run out; the loop settles what stays in them",
        source: "Wimmer and Mössenböck, Optimized interval splitting, VEE 2005",
        effort: Effort::Passes,
        make: || Box::<linear_scan_split::LinearScanSplit>::default(),
    },
    StrategyInfo {
        name: "backward",
        about: "one pass from the end: evicted values are stored once, constants made again",
        source: "LuaJIT 2 (Pall 2009, lj_asm.c)",
        effort: Effort::Passes,
        make: || Box::<backward::Backward>::default(),
    },
    StrategyInfo {
        name: "coloring",
        about: "an interference graph colored for the whole trace, moves coalesced away",
        source: "Chaitin 1982; Briggs and others 1994; George and Appel 1996",
        effort: Effort::Passes,
        make: || Box::<coloring::Coloring>::default(),
    },
    StrategyInfo {
        name: "fastalloc",
        about: "regalloc2's single backward pass; everything in slots at block boundaries",
        source: "regalloc2 (Sonuga 2024)",
        effort: Effort::Passes,
        make: || Box::<ion::Fastalloc>::default(),
    },
    StrategyInfo {
        name: "ion",
        about: "regalloc2's backtracking allocator with live-range splitting, as in Cranelift",
        source: "regalloc2 (Fallin 2021), after IonMonkey",
        effort: Effort::Passes,
        make: || Box::<ion::Ion>::default(),
    },
    StrategyInfo {
        name: "optimal",
        about: "the least slot traffic that there can be, by integer programming; slow, may give up",
        source: "Goodwin and Wilken, Optimal and near-optimal global register allocation, 1996",
        effort: Effort::Search,
        make: || Box::<optimal::Optimal>::default(),
    },
];

/// The strategies that do not search.
pub fn quick() -> impl Iterator<Item = &'static StrategyInfo> {
    STRATEGIES.iter().filter(|info| info.effort == Effort::Passes)
}

/// No strategy has that name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownStrategy(
    /// The name asked for.
    pub String,
);

impl std::fmt::Display for UnknownStrategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "unknown allocator '{}'; there are: ", self.0)?;
        for (i, info) in STRATEGIES.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { ", " }, info.name)?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownStrategy {}

/// Makes the strategy of that name.
pub fn strategy(name: &str) -> Result<Box<dyn Strategy>, UnknownStrategy> {
    match STRATEGIES.iter().find(|info| info.name == name) {
        Some(info) => Ok((info.make)()),
        None => Err(UnknownStrategy(name.to_string())),
    }
}
