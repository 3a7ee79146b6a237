//! The space of stencils: which variants each op has, and the number of each.
//!
//! Terms. A *place* is where a stencil finds an operand or leaves its result. A *kind* is the list
//! of places that one position of an op can have; the position of a place in that list is its
//! *code*. The *shape* of an op is the kinds of its three operands and of its result; it has one
//! stencil for each combination of codes. Ops that compute the same machine operation (a copy of
//! an integer and of a word) share one shape's stencils: see [`canonical`]. A *space* says which
//! registers a library's codes tell apart, and so how many stencils it has.
//!
//! Invariants: codes are dense, slots have code 0, register `n` has code `n + 1`; the numbers of
//! an op's stencils are dense from its base, the result's code running fastest.
//!
//! The build script compiles this file too: it depends on the op table alone.

use crate::trace::ops::Opcode;

/// Shift counts that have stencils of their own: machine code takes a count as one byte, for which
/// stencils have no hole.
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

/// The registers that a library's codes tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Codes of integer registers.
    pub ints: usize,
    /// Codes of float registers.
    pub floats: usize,
}

impl Space {
    /// Code of a 32-bit immediate.
    pub const fn imm32(self) -> usize {
        self.ints + 1
    }

    /// Code of a 64-bit immediate, in kinds that have one.
    pub const fn imm64(self) -> usize {
        self.ints + 2
    }

    /// Code of the first of [`COUNTS`].
    pub const fn count(self) -> usize {
        self.ints + 2
    }

    /// Code of a constant in the trace's pool of floats.
    pub const fn pool(self) -> usize {
        self.floats + 1
    }

    /// The number of the first stencil of each op, and at the end the number of all.
    pub const fn bases(self) -> [u32; OPCODES + 1] {
        let mut bases = [0; OPCODES + 1];
        let mut i = 0;
        while i < OPCODES {
            bases[i + 1] = bases[i]
                + match shape_of(Opcode::ALL[i]) {
                    Some(shape) => shape.variants(self) as u32,
                    None => 0,
                };
            i += 1;
        }
        bases
    }

    /// All stencils: number, op and places.
    pub fn all(self) -> impl Iterator<Item = (u32, Opcode, [Place; 4])> {
        let bases = self.bases();
        Opcode::ALL.iter().flat_map(move |&op| {
            let shape = shape_of(op);
            let variants = shape.map_or(0, |s| s.variants(self));
            (0..variants).filter_map(move |v| {
                Some((bases[op as usize] + v as u32, op, shape?.places(self, v)))
            })
        })
    }
}

impl Kind {
    /// How many codes there are.
    pub const fn codes(self, space: Space) -> usize {
        match self {
            Kind::None | Kind::Slot => 1,
            Kind::Word => space.ints + 1,
            Kind::Imm => space.ints + 2,
            Kind::Wide => space.ints + 3,
            Kind::Shift => space.count() + COUNTS.len(),
            Kind::Float => space.floats + 1,
            Kind::Pool => space.floats + 2,
        }
    }

    /// The place with that code.
    pub const fn place(self, space: Space, code: usize) -> Place {
        match self {
            Kind::None => Place::None,
            _ if code == 0 => Place::Slot,
            Kind::Float | Kind::Pool if code == space.pool() => Place::Pool,
            Kind::Float | Kind::Pool => Place::Float(code as u8 - 1),
            _ if code == space.imm32() => Place::Imm32,
            Kind::Shift if code >= space.count() => Place::Count(COUNTS[code - space.count()]),
            _ if code == space.imm64() => Place::Imm64,
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
    pub const fn variants(&self, space: Space) -> usize {
        let [a, b, c] = self.operands;
        a.codes(space) * b.codes(space) * c.codes(space) * self.result.codes(space)
    }

    /// The codes of variant `index`: three operands and the result.
    pub const fn codes(&self, space: Space, index: usize) -> [usize; 4] {
        let [_, b, c] = self.operands;
        let (b, c) = (b.codes(space), c.codes(space));
        let d = self.result.codes(space);
        [index / (d * c * b), index / (d * c) % b, index / d % c, index % d]
    }

    /// The places of variant `index`: three operands and the result.
    pub const fn places(&self, space: Space, index: usize) -> [Place; 4] {
        let [a, b, c, d] = self.codes(space, index);
        let kinds = self.operands;
        [
            kinds[0].place(space, a),
            kinds[1].place(space, b),
            kinds[2].place(space, c),
            self.result.place(space, d),
        ]
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
