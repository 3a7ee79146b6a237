//! The property that all strategies have, for whoever makes up programs and register files: random
//! numbers or a fuzzer's bytes.

use super::{SHORT, check_traces, fixed, lenient, strict, x86};
use proptest::prelude::*;
use tierlab_regalloc::{RegFile, STRATEGIES};
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::testgen::{Case, FLOATS, INTS, Input, Side, Step, case_up_to};

/// Steps of the loop at most.
const STEPS: usize = 60;

/// Register files of all kinds and sizes.
pub fn files() -> impl Strategy<Value = RegFile> {
    let sizes = prop_oneof![
        Just((0, 0)),
        Just((1, 1)),
        Just((2, 2)),
        Just((4, 4)),
        Just((5, 8)),
        Just((14, 14)),
        (0..15u8, 0..15u8),
    ];
    (sizes, 0..4).prop_map(|((ints, floats), kind)| match kind {
        0 => x86(ints, floats),
        1 => lenient(ints, floats),
        2 => fixed(ints, floats),
        _ => strict(ints, floats),
    })
}

/// Programs and register files.
pub fn programs() -> impl Strategy<Value = (Case, RegFile)> {
    (case_up_to(STEPS), files())
}

/// A fuzzer's bytes; zeros follow the last.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn below(&mut self, n: usize) -> usize {
        usize::from(self.byte()) % n
    }

    fn seed(&mut self) -> u32 {
        (0..4).fold(0, |seed, _| seed << 8 | u32::from(self.byte()))
    }

    fn list<T>(&mut self, most: usize, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| one(self)).collect()
    }

    fn step(&mut self) -> Step {
        let plain = |op: &&Opcode| !op.is_param() && !op.is_terminator();
        let opcodes: Vec<Opcode> = Opcode::ALL.iter().filter(plain).copied().collect();
        Step { opcode: opcodes[self.below(opcodes.len())], seed: self.seed() }
    }

    fn ty(&mut self) -> Type {
        [Type::I64, Type::F64, Type::Ref][self.below(3)]
    }

    fn input(&mut self) -> Input {
        match self.ty() {
            Type::I64 => Input::I64(INTS[self.below(INTS.len())]),
            Type::F64 => Input::F64(FLOATS[self.below(FLOATS.len())].to_bits()),
            Type::Ref => Input::Ref(self.byte()),
        }
    }
}

/// The program and the register file that some bytes stand for. proptest could take them for its random
/// numbers, but hands each part of a program half of what is left, which is soon nothing.
pub fn from_bytes(bytes: &[u8]) -> (Case, RegFile) {
    let mut b = Bytes(bytes);
    let (ints, floats) = (b.below(15) as u8, b.below(15) as u8);
    let file = match b.below(4) {
        0 => x86(ints, floats),
        1 => lenient(ints, floats),
        2 => fixed(ints, floats),
        _ => strict(ints, floats),
    };
    let case = Case {
        trips: b.below(12) as u8,
        cells: b.byte(),
        collect_at: b.byte().max(1),
        seed: b.seed(),
        carried: b.list(8, Bytes::ty),
        inputs: b.list(7, Bytes::input),
        body: b.list(STEPS, Bytes::step),
        entry: b.list(STEPS / 2, Bytes::step),
        sides: b.list(3, |b| Side {
            rejoin: b.below(2) == 1,
            seed: b.seed(),
            steps: b.list(12, Bytes::step),
        }),
        straight: b.below(4) == 1,
    };
    (case, file)
}

/// All strategies on one program, or those that `TIERLAB_ONLY=name,name` names; returns the number of ops.
pub fn body(case: &Case, file: &RegFile) -> Result<usize, String> {
    let built = case.build();
    let only = std::env::var("TIERLAB_ONLY").ok();
    let wanted = |name: &str| only.as_ref().is_none_or(|list| list.split(',').any(|n| n == name));
    for info in STRATEGIES.iter().filter(|info| wanted(info.name)) {
        check_traces(&mut *info.within(SHORT), file, &built.traces)?;
    }
    Ok(built.traces.iter().map(|t| t.ops.len()).sum())
}
