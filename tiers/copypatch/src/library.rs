//! The stencil library: tables that the build script made, and what they say of each op.
//!
//! Invariants: stencil numbers are those of [`crate::shape`]; the bytes end in a tail of 64, so
//! that a stencil can be copied in chunks; the range of immediates of an op is what all its
//! stencils take, given whether the machine sign-extends or zero-extends the hole in each.

use crate::holes::Hole;
use crate::shape::{self, BASES, Kind, MAX_FLOATS, MAX_INTS, OPCODES, Place};
use tierlab_regalloc::{Allowed, Clobbers, Constraint, RegFile};
use tierlab_trace::ir::Const;
use tierlab_trace::ops::{Opcode, OperandType, Type};

/// Bytes of a stencil's part and where its holes are.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Start in [`CODE`].
    pub code: u32,
    /// First of its [`HOLES`].
    pub holes: u16,
    /// Length in bytes.
    pub len: u8,
    /// How many holes it has.
    pub hole_count: u8,
}

/// No cold part.
pub const NO_COLD: u16 = u16::MAX;

/// A stencil.
#[derive(Clone, Copy, Debug)]
pub struct Stencil {
    /// The part that falls through to the next stencil.
    pub hot: Part,
    /// Index of the cold part in [`COLD_PARTS`], or [`NO_COLD`].
    pub cold: u16,
}

include!(concat!(env!("OUT_DIR"), "/stencils.rs"));

/// Bytes of all stencils. Equal ones are stored once.
pub static CODE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stencils.bin"));

const _: () = assert!(STENCILS.len() == shape::STENCILS);

/// What the compiler needs to know of an op, in one place.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Number of its first stencil.
    pub base: u32,
    /// What to multiply the codes of operands with; the result's code counts as it is.
    pub strides: [u16; 3],
    /// How many codes each operand has, and the result.
    pub codes: [u8; 4],
    /// Kinds of the operands.
    pub kinds: [Kind; 3],
    /// How many operands.
    pub operands: u8,
    /// Whether it can exit.
    pub exits: bool,
    /// Whether it defines a value.
    pub result: bool,
}

const NO_SHAPE: shape::Shape = shape::Shape { operands: [Kind::None; 3], result: Kind::None };

const fn row(op: Opcode) -> Row {
    let shape = match shape::shape_of(shape::canonical(op)) {
        Some(shape) => shape,
        None => NO_SHAPE,
    };
    let [a, b, c] = shape.operands;
    let d = shape.result.codes();
    Row {
        base: BASES[shape::canonical(op) as usize],
        strides: [(d * c.codes() * b.codes()) as u16, (d * c.codes()) as u16, d as u16],
        codes: [a.codes() as u8, b.codes() as u8, c.codes() as u8, d as u8],
        kinds: shape.operands,
        operands: op.info().operands.len() as u8,
        exits: op.can_exit(),
        result: !matches!(shape.result, Kind::None),
    }
}

/// The rows, by opcode.
pub static ROWS: [Row; OPCODES] = {
    let mut rows = [row(Opcode::ParamI64); OPCODES];
    let mut i = 0;
    while i < OPCODES {
        rows[i] = row(Opcode::ALL[i]);
        i += 1;
    }
    rows
};

const fn allowed(kind: Kind) -> Allowed {
    match kind {
        Kind::Slot => Allowed::SLOT,
        _ => Allowed::ANY,
    }
}

const fn constraint_of(op: Opcode) -> Constraint {
    let shape = match shape::shape_of(shape::canonical(op)) {
        Some(shape) => shape,
        None => return Constraint::ANY,
    };
    let [a, b, c] = shape.operands;
    let info = op.info();
    let reuse_first = match (info.result, info.operands) {
        (Some(Type::F64), [OperandType::F, ..]) => true,
        (Some(Type::I64 | Type::Ref), [first, ..]) => !first.is_float(),
        _ => false,
    };
    Constraint {
        operands: [allowed(a), allowed(b), allowed(c)],
        result: allowed(shape.result),
        reuse_first,
        clobbers: if op.is_call() { Clobbers::ALL } else { Clobbers::NONE },
    }
}

static CONSTRAINTS: [Constraint; OPCODES] = {
    let mut all = [Constraint::ANY; OPCODES];
    let mut i = 0;
    while i < OPCODES {
        all[i] = constraint_of(Opcode::ALL[i]);
        i += 1;
    }
    all
};

fn constraint(op: Opcode) -> &'static Constraint {
    &CONSTRAINTS[op as usize]
}

/// Whether a constant index can join the displacement of an indexed access.
pub fn is_constant_index(op: Opcode, operand: usize, index: i64) -> bool {
    matches!(op, Opcode::LoadRefIndex | Opcode::StoreRefIndex)
        && operand == 1
        && (-(1 << 26)..1 << 26).contains(&index)
}

/// Whether a 32-bit immediate can stand for operand `operand`.
#[inline]
pub fn is_imm32(op: Opcode, operand: usize, value: i64) -> bool {
    let (min, max) = IMMEDIATES[op as usize][operand];
    let divisor = operand == 1 && matches!(op, Opcode::FloorDiv | Opcode::FloorMod);
    (min..=max).contains(&value) && !(divisor && value == 0)
}

/// The code of a constant as operand `operand`; `None` where no stencil takes it in place.
#[inline]
pub fn constant_code(op: Opcode, operand: usize, constant: Const) -> Option<usize> {
    let value = constant.bits() as i64;
    match ROWS[op as usize].kinds[operand] {
        Kind::None | Kind::Slot | Kind::Word | Kind::Float => None,
        Kind::Pool => Some(shape::CODE_POOL),
        Kind::Wide if is_imm32(op, operand, value) => Some(shape::CODE_IMM32),
        Kind::Wide => Some(shape::CODE_IMM64),
        Kind::Imm => is_imm32(op, operand, value).then_some(shape::CODE_IMM32),
        Kind::Shift => {
            let known = shape::COUNTS.iter().position(|&c| i64::from(c) == value);
            let general = || is_imm32(op, operand, value).then_some(shape::CODE_IMM32);
            known.map(|k| shape::CODE_COUNT + k).or_else(general)
        }
    }
}

fn immediate(op: Opcode, operand: usize, constant: Const) -> bool {
    constant_code(op, operand, constant).is_some()
        || is_constant_index(op, operand, constant.bits() as i64)
}

/// The tier's registers, restricted to the first `ints` and `floats` of them.
pub fn register_file(ints: u8, floats: u8) -> RegFile {
    RegFile { ints, floats, constraint, immediate }
}

/// Stencils that use no more than the first `ints` and `floats` registers, and their bytes.
pub fn library_size(ints: u8, floats: u8) -> (u64, u64) {
    let mut size = (0, 0);
    for (&op, &base) in Opcode::ALL.iter().zip(&BASES) {
        let Some(shape) = shape::shape_of(op) else { continue };
        for variant in 0..shape.variants() {
            let reachable = shape.places(variant).iter().all(|place| match place {
                Place::Int(n) => *n < ints,
                Place::Float(n) => *n < floats,
                _ => true,
            });
            if reachable {
                let stencil = &STENCILS[base as usize + variant];
                let cold = COLD_PARTS.get(stencil.cold as usize).map_or(0, |p| p.len);
                size.0 += 1;
                size.1 += u64::from(stencil.hot.len) + u64::from(cold);
            }
        }
    }
    size
}

const _: () = assert!(MAX_INTS <= 32 && MAX_FLOATS <= 32);
