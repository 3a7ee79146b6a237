//! The space of stencils: which variants each op has, and the number of each.
//!
//! Terms. A *place* is where a stencil finds an operand or leaves its result. A *kind* is the list
//! of places that one position of an op can have; the position of a place in that list is its
//! *code*. The *shape* of an op is the kinds of its three operands and of its result; it has one
//! stencil for each combination of codes. Ops that compute the same machine operation (a copy of
//! an integer and of a word) share one shape's stencils: see [`canonical`].
//!
//! Invariants: codes are dense, slots have code 0, register `n` has code `n + 1`; the numbers of
//! an op's stencils are dense from its base, the result's code running fastest.
//!
//! The build script compiles this file too: it depends on the op table alone.

use crate::trace::ops::Opcode;

/// Integer registers that stencils exist for.
pub const MAX_INTS: usize = 5;
/// Float registers that stencils exist for.
pub const MAX_FLOATS: usize = 8;
/// Code of a 32-bit immediate.
pub const CODE_IMM32: usize = MAX_INTS + 1;
/// Code of a 64-bit immediate, in kinds that have one.
pub const CODE_IMM64: usize = MAX_INTS + 2;
/// Code of a constant in the trace's pool of floats.
pub const CODE_POOL: usize = MAX_FLOATS + 1;
/// Code of the first shift count that has stencils of its own.
pub const CODE_COUNT: usize = MAX_INTS + 2;
/// Those shift counts: machine code takes a count as one byte, for which stencils have no hole.
pub const COUNTS: [u8; 9] = [1, 2, 3, 4, 5, 6, 8, 16, 32];

/// Where a stencil finds an operand or leaves its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing is here.
    None,
    /// A slot; its displacement is a hole.
    Slot,
    /// An integer register.
    Int(u8),
    /// A float register.
    Float(u8),
    /// A 32-bit hole in the code.
    Imm32,
    /// A 64-bit hole in the code.
    Imm64,
    /// A float in memory near the code.
    Pool,
    /// A known shift count.
    Count(u8),
}

/// The places that one position of an op can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The op has no such operand or result.
    None,
    /// A slot.
    Slot,
    /// A slot or an integer register.
    Word,
    /// The same or a 32-bit immediate.
    Imm,
    /// The same or a 64-bit immediate.
    Wide,
    /// A slot, an integer register, a 32-bit immediate or one of [`COUNTS`].
    Shift,
    /// A slot or a float register.
    Float,
    /// The same or a float constant.
    Pool,
}

impl Kind {
    /// How many codes there are.
    pub const fn codes(self) -> usize {
        match self {
            Kind::None | Kind::Slot => 1,
            Kind::Word => MAX_INTS + 1,
            Kind::Imm => MAX_INTS + 2,
            Kind::Wide => MAX_INTS + 3,
            Kind::Shift => CODE_COUNT + COUNTS.len(),
            Kind::Float => MAX_FLOATS + 1,
            Kind::Pool => MAX_FLOATS + 2,
        }
    }

    /// The place with that code.
    pub const fn place(self, code: usize) -> Place {
        match (self, code) {
            (Kind::None, _) => Place::None,
            (_, 0) => Place::Slot,
            (Kind::Float | Kind::Pool, CODE_POOL) => Place::Pool,
            (Kind::Float | Kind::Pool, _) => Place::Float(code as u8 - 1),
            (_, CODE_IMM32) => Place::Imm32,
            (Kind::Shift, _) if code >= CODE_COUNT => Place::Count(COUNTS[code - CODE_COUNT]),
            (_, CODE_IMM64) => Place::Imm64,
            _ => Place::Int(code as u8 - 1),
        }
    }
}

/// The kinds of an op's positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Operands.
    pub operands: [Kind; 3],
    /// Result.
    pub result: Kind,
}

const fn shape(a: Kind, b: Kind, c: Kind, result: Kind) -> Shape {
    Shape { operands: [a, b, c], result }
}

impl Shape {
    /// How many stencils the op has.
    pub const fn variants(&self) -> usize {
        let [a, b, c] = self.operands;
        a.codes() * b.codes() * c.codes() * self.result.codes()
    }

    /// The codes of variant `index`: three operands and the result.
    pub const fn codes(&self, index: usize) -> [usize; 4] {
        let [_, b, c] = self.operands;
        let d = self.result.codes();
        [
            index / (d * c.codes() * b.codes()),
            index / (d * c.codes()) % b.codes(),
            index / d % c.codes(),
            index % d,
        ]
    }

    /// The places of variant `index`: three operands and the result.
    pub const fn places(&self, index: usize) -> [Place; 4] {
        let [a, b, c, d] = self.codes(index);
        let kinds = self.operands;
        [kinds[0].place(a), kinds[1].place(b), kinds[2].place(c), self.result.place(d)]
    }
}

/// The op whose stencils serve `op`.
pub const fn canonical(op: Opcode) -> Opcode {
    match op {
        Opcode::CopyRef => Opcode::CopyI64,
        Opcode::LoadRef => Opcode::LoadI64,
        Opcode::StoreRef => Opcode::StoreI64,
        other => other,
    }
}

/// The shape of an op; `None` for those that the compiler writes itself (parameters, jumps and
/// the plain exit) and for those that another op's stencils serve.
pub const fn shape_of(op: Opcode) -> Option<Shape> {
    use Kind::{Float, Imm, None as No, Pool, Shift, Slot, Wide, Word};
    use Opcode as O;
    Some(match op {
        O::ParamI64 | O::ParamF64 | O::ParamRef | O::Jump | O::JumpTrace | O::ExitAlways => {
            return None;
        }
        O::CopyRef | O::LoadRef | O::StoreRef => return None,
        O::CopyI64 => shape(Wide, No, No, Word),
        O::CopyF64 => shape(Pool, No, No, Float),
        O::AddOvf | O::SubOvf | O::MulOvf | O::Add | O::Sub | O::Mul => shape(Imm, Imm, No, Word),
        O::FloorDiv | O::FloorMod | O::And | O::Or | O::Xor => shape(Imm, Imm, No, Word),
        O::ShlOvf | O::Sar => shape(Imm, Shift, No, Word),
        O::EqI64 | O::NeI64 | O::LtI64 | O::LeI64 => shape(Imm, Imm, No, Word),
        O::GuardEqI64 | O::GuardNeI64 | O::GuardLtI64 | O::GuardLeI64 => shape(Imm, Imm, No, No),
        O::GuardGtI64 | O::GuardGeI64 | O::GuardIndex => shape(Imm, Imm, No, No),
        O::AddF64 | O::SubF64 | O::MulF64 | O::DivF64 => shape(Pool, Pool, No, Float),
        O::NegF64 | O::AbsF64 | O::SqrtF64 => shape(Pool, No, No, Float),
        O::I64ToF64 => shape(Imm, No, No, Float),
        O::F64ToI64 => shape(Pool, No, No, Word),
        O::EqF64 | O::NeF64 | O::LtF64 | O::LeF64 => shape(Pool, Pool, No, Word),
        O::GuardEqF64 | O::GuardNeF64 | O::GuardLtF64 => shape(Pool, Pool, No, No),
        O::GuardLeF64 | O::GuardNltF64 | O::GuardNleF64 => shape(Pool, Pool, No, No),
        O::GuardSmallInt | O::GuardClass => shape(Wide, No, No, No),
        O::GuardSame | O::GuardDiffer => shape(Wide, Wide, No, No),
        O::Untag | O::UnboxI64 => shape(Wide, No, No, Word),
        O::Tag => shape(Wide, No, No, Word),
        O::LoadBoxF64 | O::UnboxF64 => shape(Wide, No, No, Float),
        O::BoxF64 => shape(Pool, No, No, Word),
        O::Select => shape(Imm, Word, Slot, Word),
        O::LoadI64 => shape(Wide, No, No, Word),
        O::LoadF64 => shape(Wide, No, No, Float),
        O::StoreI64 => shape(Wide, Wide, No, No),
        O::StoreF64 => shape(Wide, Pool, No, No),
        O::LoadRefIndex => shape(Wide, Word, No, Word),
        O::StoreRefIndex => shape(Wide, Word, Wide, No),
        O::CallRef1 => shape(Slot, No, No, Slot),
        O::CallRef2 => shape(Slot, Slot, No, Slot),
        O::CallRef3 => shape(Slot, Slot, Slot, Slot),
        O::CallF64x1 => shape(Slot, No, No, Slot),
        O::CallF64x2 => shape(Slot, Slot, No, Slot),
        O::GuardNoCollect => shape(No, No, No, No),
    })
}

/// Number of opcodes.
pub const OPCODES: usize = Opcode::ALL.len();

/// The number of the first stencil of each op, and at the end the number of stencils.
pub const BASES: [u32; OPCODES + 1] = {
    let mut bases = [0; OPCODES + 1];
    let mut i = 0;
    while i < OPCODES {
        bases[i + 1] = bases[i]
            + match shape_of(Opcode::ALL[i]) {
                Some(shape) => shape.variants() as u32,
                None => 0,
            };
        i += 1;
    }
    bases
};

/// Number of stencils in the library.
pub const STENCILS: usize = BASES[OPCODES] as usize;
