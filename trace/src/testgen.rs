//! Random valid traces for the tests of every tier, allocator and pass.
//!
//! Terms. A [`Case`] is a recipe: lists of [`Step`]s that proptest shrinks by leaving some
//! out. [`Case::build`] turns it into a [`Built`] case: a *root* trace, which is a loop or a straight trace,
//! perhaps side traces on the exits that it takes, memory to work on, and inputs. The builder runs what it builds, as a recorder
//! does: most guards hold the first time, so that loops turn.
//!
//! Invariants. Whatever steps a case holds, its traces verify, stay in their arena and end: each
//! pass of the loop, and each jump from a trace to the root, takes one from a counter that a guard
//! keeps above zero. Integers, floats and words have memory regions of their own, so that
//! the bits of a NaN, which machines choose freely, cannot be seen.
//!
//! A tier's test is one line per case: `check_backend(&mut tier, &case)`.

mod build;
mod check;
pub mod loops;
mod memory;
mod unroll;

pub use build::{Built, World};
pub use check::{Observation, Run, Seen, SeenFrame, check_backend, check_optimized};
pub use memory::{Arena, helpers};
pub use unroll::unroll;

use crate::ops::{Opcode, Type};
use proptest::prelude::*;

/// One op to generate, with the ops that it needs around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub opcode: Opcode,
    /// Source of all choices: operands, snapshots, addresses.
    pub seed: u32,
}

/// A parameter of the root trace beyond the fixed ones, and the value that comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// An integer.
    I64(i64),
    /// The bits of a float.
    F64(u64),
    /// A word, chosen from the arena's.
    Ref(u8),
}

impl Input {
    /// The parameter's type.
    pub const fn ty(self) -> Type {
        match self {
            Input::I64(_) => Type::I64,
            Input::F64(_) => Type::F64,
            Input::Ref(_) => Type::Ref,
        }
    }
}

/// A side trace to put on an exit that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its ops.
    pub steps: Vec<Step>,
    /// Whether it jumps back to the root's entry or ends with an exit.
    pub rejoin: bool,
    /// Source of the choices at its end.
    pub seed: u32,
}

/// The recipe of a test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Parameters beside the counter, the base address and the buffer.
    pub inputs: Vec<Input>,
    /// Whether the root is a straight trace: it has one block, the entry's ops and the body's, and jumps to its own
    /// entry or ends with an exit. Otherwise it is a loop.
    pub straight: bool,
    /// Ops of the entry block.
    pub entry: Vec<Step>,
    /// Types of the loop-carried values beside the counter.
    pub carried: Vec<Type>,
    /// Ops of the loop block.
    pub body: Vec<Step>,
    /// Side traces, each for an exit that is taken when the earlier ones are linked.
    pub sides: Vec<Side>,
    /// Where the counter starts.
    pub trips: u8,
    /// Free cells for float boxes.
    pub cells: u8,
    /// The helper call that requests a collection.
    pub collect_at: u8,
    /// Source of the choices at block ends.
    pub seed: u32,
}

/// Integers where things happen.
pub const INTS: &[i64] = &[
    0,
    1,
    -1,
    2,
    3,
    -7,
    10,
    63,
    64,
    255,
    0x7FFF_FFFF,
    0x8000_0000,
    -0x8000_0000,
    0xFFFF_FFFF,
    -0x8000_0001,
    1 << 53,
    (1 << 62) - 1,
    1 << 62,
    -(1 << 62),
    -(1 << 62) - 1,
    i64::MAX,
    i64::MIN,
];

/// Floats where things happen.
pub const FLOATS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    2.0,
    1e9,
    -9_223_372_036_854_775_808.0,
    9_223_372_036_854_775_808.0,
    1e308,
    5e-324,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// Steps of every opcode that is not a parameter or a terminator.
pub fn step() -> impl Strategy<Value = Step> {
    let plain = |op: &&Opcode| !op.is_param() && !op.is_terminator();
    let opcodes: Vec<Opcode> = Opcode::ALL.iter().filter(plain).copied().collect();
    (prop::sample::select(opcodes), any::<u32>()).prop_map(|(opcode, seed)| Step { opcode, seed })
}

/// Inputs of every type, often special ones.
pub fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        prop::sample::select(INTS).prop_map(Input::I64),
        (-100i64..100).prop_map(Input::I64),
        any::<i64>().prop_map(Input::I64),
        prop::sample::select(FLOATS).prop_map(|f| Input::F64(f.to_bits())),
        (-1e3..1e3).prop_map(|f: f64| Input::F64(f.to_bits())),
        any::<u8>().prop_map(Input::Ref),
    ]
}

fn side() -> impl Strategy<Value = Side> {
    (prop::collection::vec(step(), 0..12), any::<bool>(), any::<u32>())
        .prop_map(|(steps, rejoin, seed)| Side { steps, rejoin, seed })
}

/// Cases whose loop block has up to `ops` steps.
pub fn case_up_to(ops: usize) -> impl Strategy<Value = Case> {
    let ty = prop::sample::select(&[Type::I64, Type::F64, Type::Ref][..]);
    (
        prop::collection::vec(input(), 0..7),
        prop_oneof![3 => Just(false), 1 => Just(true)],
        prop::collection::vec(step(), 0..ops / 2 + 1),
        prop::collection::vec(ty, 0..8),
        prop::collection::vec(step(), 0..ops + 1),
        prop::collection::vec(side(), 0..4),
        0..12u8,
        prop_oneof![3 => 100..255u8, 1 => 0..6u8],
        prop_oneof![3 => Just(255), 1 => 1..10u8],
        any::<u32>(),
    )
        .prop_map(
            |(inputs, straight, entry, carried, body, sides, trips, cells, collect_at, seed)| {
                Case {
                    inputs,
                    straight,
                    entry,
                    carried,
                    body,
                    sides,
                    trips,
                    cells,
                    collect_at,
                    seed,
                }
            },
        )
}

/// Cases of a size that suits most tests.
pub fn case() -> impl Strategy<Value = Case> {
    case_up_to(30)
}
