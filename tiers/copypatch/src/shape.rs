//! The space of stencils: which variants each op has, and the number of each.
//!
//! Terms. A *place* is where a stencil finds an operand or leaves its result. A *kind* is the list
//! of places that one position of an op can have; the position of a place in that list is its
//! *code*. The *shape* of an op is the kinds of its three operands and of its result; it has one
//! stencil for each combination of codes. Ops that compute the same machine operation (a copy of
//! an integer and of a word) share one shape's stencils: see [`canonical`]. A *space* says which
//! registers a library's codes tell apart, and so how many stencils it has.
//!
//! Where registers are holes, all have code 1, and a stencil is written with a *representative*, the
//! register of the position's number. But code that writes its result before it has read all
//! operands is wrong where the result shares a register with one of them: so the codes of a result
//! say with which operands it does ([`Space::sharing`]).
//!
//! Invariants: codes are dense, slots have code 0, register `n` has code `n + 1`; the numbers of
//! an op's stencils are dense from its base, the result's code running fastest. Combinations of codes
//! that cannot be (a result that shares the register of an operand in a slot) have numbers, and no
//! stencil.
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
    /// Whether registers are holes.
    pub patched: bool,
}

/// The representative of a result that shares its register with no operand.
const RESULT: u8 = 2;

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

    /// Where registers are holes, the code of a result in a register that is also operand 0's or
    /// operand 1's.
    #[inline(always)]
    pub const fn sharing(first: bool, second: bool) -> usize {
        1 + first as usize + 2 * second as usize
    }

    /// The number of the first stencil of each op, and at the end that behind the last.
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

    /// All stencils: number, op and places, by ascending number.
    pub fn all(self) -> impl Iterator<Item = (u32, Opcode, [Place; 4])> {
        let bases = self.bases();
        Opcode::ALL.iter().flat_map(move |&op| {
            let shape = shape_of(op);
            let variants = shape.map_or(0, |s| s.variants(self));
            (0..variants).filter_map(move |v| {
                Some((bases[op as usize] + v as u32, op, shape?.places(self, v)?))
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

    /// How many codes a result has.
    pub const fn result_codes(self, space: Space) -> usize {
        match self {
            Kind::Word | Kind::Float if space.patched => Space::sharing(true, true) + 1,
            kind => kind.codes(space),
        }
    }

    /// The place with that code.
    const fn place(self, space: Space, code: usize) -> Place {
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
        a.codes(space) * b.codes(space) * c.codes(space) * self.result.result_codes(space)
    }

    /// The codes of variant `index`: three operands and the result.
    pub const fn codes(&self, space: Space, index: usize) -> [usize; 4] {
        let [_, b, c] = self.operands;
        let (b, c) = (b.codes(space), c.codes(space));
        let d = self.result.result_codes(space);
        [index / (d * c * b), index / (d * c) % b, index / d % c, index % d]
    }

    /// The places of variant `index`: three operands and the result; `None` where there can be no
    /// such stencil.
    pub fn places(&self, space: Space, index: usize) -> Option<[Place; 4]> {
        let [a, b, c, d] = self.codes(space, index);
        let kinds = self.operands;
        let mut places = [
            kinds[0].place(space, a),
            kinds[1].place(space, b),
            kinds[2].place(space, c),
            self.result.place(space, d.min(1)),
        ];
        if !space.patched {
            places[3] = self.result.place(space, d);
            return Some(places);
        }
        for (position, place) in places.iter_mut().enumerate() {
            match place {
                Place::Int(n) | Place::Float(n) => *n = (position as u8).min(RESULT),
                Place::None
                | Place::Slot
                | Place::Imm32
                | Place::Imm64
                | Place::Count(_)
                | Place::Pool => {}
            }
        }
        let [a, b, c, _] = places;
        let fits = |operand: Place| match self.result {
            Kind::Word => matches!(operand, Place::Int(_)),
            Kind::Float => matches!(operand, Place::Float(_)),
            // Nothing else is the kind of a result in a register.
            Kind::None | Kind::Slot | Kind::Imm | Kind::Wide | Kind::Shift | Kind::Pool => false,
        };
        if d >= 1 {
            // Operand 2 and the result have one representative: no op has both in registers.
            debug_assert!(!fits(c));
            let (first, second) = ((d - 1) & 1 != 0, (d - 1) & 2 != 0);
            if (first && !fits(a)) || (second && !fits(b)) {
                return None;
            }
            match (first, second) {
                (false, false) => {}
                (true, false) => places[3] = a,
                (false, true) => places[3] = b,
                (true, true) => places = [a, a, c, a],
            }
        }
        Some(places)
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
