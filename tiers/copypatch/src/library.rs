//! The stencil libraries: tables that the build script made, and what they say of each op.
//!
//! Rows of the tables that are as long as a library lie in binary files ([`STENCIL_BYTES`],
//! [`PART_BYTES`] and [`HOLE_BYTES`] long, little-endian) and are decoded where they are read: that
//! is as many loads as from a table of structures, and neither the compiler nor the start of the
//! program has work with them.
//!
//! Invariants: stencil numbers are those of [`crate::shape`] in the library's space; the bytes end in a
//! tail of 64, so that a stencil can be copied in chunks; the range of immediates of an op is what
//! all its stencils take, given whether the machine sign-extends or zero-extends the hole in each.

use crate::convention::{CONVENTIONS, Convention};
use crate::holes::Hole;
use crate::shape::{self, Kind, OPCODES, Place, Space};
use tierlab_regalloc::{Allowed, Clobbers, Constraint, RegFile};
use tierlab_trace::ir::Const;
use tierlab_trace::ops::{Opcode, OperandType, Type};

/// Bytes of a stencil's row: the hot part, the cold part's number, two unused.
pub const STENCIL_BYTES: usize = 12;
/// Bytes of a part's row: code, first hole, length, number of holes.
pub const PART_BYTES: usize = 8;
/// Bytes of a hole's row: offset, kind, addend.
pub const HOLE_BYTES: usize = 4;

/// Bytes of a stencil's part and where its holes are.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Start in [`Library::code`].
    pub code: u32,
    /// First of its [`Library::holes`].
    pub holes: u16,
    /// Length in bytes.
    pub len: u8,
    /// How many holes it has.
    pub hole_count: u8,
}

impl Part {
    /// The part of a row.
    #[inline(always)]
    pub const fn decode(row: &[u8; PART_BYTES]) -> Part {
        let [a, b, c, d, e, f, len, hole_count] = *row;
        Part {
            code: u32::from_le_bytes([a, b, c, d]),
            holes: u16::from_le_bytes([e, f]),
            len,
            hole_count,
        }
    }
}

/// No cold part.
pub const NO_COLD: u16 = u16::MAX;

/// A stencil.
#[derive(Clone, Copy, Debug)]
pub struct Stencil {
    /// The part that falls through to the next stencil.
    pub hot: Part,
    /// Number of the cold part, or [`NO_COLD`].
    pub cold: u16,
}

/// What the build script made of a library.
struct Made {
    code: &'static [u8],
    stencils: &'static [u8],
    cold: &'static [u8],
    holes: &'static [u8],
    /// The rest, or why there is no library.
    contents: Result<Contents, &'static str>,
}

/// The small tables of a library.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// Constants that stencils refer to.
    pub constants: &'static [[u8; 16]],
    /// The range of 32-bit immediates, by opcode and operand.
    pub immediates: [[(i64, i64); 3]; OPCODES],
    /// How long the build script worked on it, in seconds.
    pub build_seconds: f64,
}

const MADE: [Made; CONVENTIONS.len()] = include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

/// First float register in [`Library::machine`].
pub const FLOAT_REGISTERS: usize = 32;
/// What stands for a register that does not exist.
pub const NO_REGISTER: u8 = u8::MAX;

const fn machine(convention: &Convention) -> [u8; 2 * FLOAT_REGISTERS] {
    let mut machine = [NO_REGISTER; 2 * FLOAT_REGISTERS];
    let mut i = 0;
    while i < convention.ints.len() {
        machine[i] = convention.ints[i];
        i += 1;
    }
    let mut i = 0;
    while i < convention.floats.len() {
        machine[FLOAT_REGISTERS + i] = convention.floats[i];
        i += 1;
    }
    machine
}

/// A stencil library: the tables and what an allocator must know.
#[derive(Debug)]
pub struct Library {
    /// Its registers and its calling convention.
    pub convention: &'static Convention,
    /// Bytes of all stencils. Equal ones are stored once.
    pub code: &'static [u8],
    /// Rows of stencils, by number.
    stencils: &'static [[u8; STENCIL_BYTES]],
    /// Rows of cold parts.
    cold: &'static [[u8; PART_BYTES]],
    /// Rows of holes.
    holes: &'static [[u8; HOLE_BYTES]],
    /// The small tables.
    pub contents: Contents,
    /// What the compiler needs to know of each op.
    pub rows: [Row; OPCODES],
    /// Hardware numbers of registers: integers from 0, floats from [`FLOAT_REGISTERS`];
    /// [`NO_REGISTER`] for those that there are not.
    pub machine: [u8; 2 * FLOAT_REGISTERS],
    constraints: [Constraint; OPCODES],
    constraint: fn(Opcode) -> &'static Constraint,
    immediate: fn(Opcode, usize, Const) -> bool,
}

/// A library as it can be selected: there, or absent with the reason.
#[derive(Debug)]
pub struct LibraryInfo {
    /// What it is selected by.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// Integer registers at most.
    pub max_ints: u8,
    /// Float registers at most.
    pub max_floats: u8,
    /// The library, or why this build has none.
    pub library: Result<Library, &'static str>,
}

/// All libraries; the first one is in every build.
pub static LIBRARIES: [LibraryInfo; CONVENTIONS.len()] = [info::<0>(), info::<1>(), info::<2>()];

const fn info<const L: usize>() -> LibraryInfo {
    let convention = &CONVENTIONS[L];
    let Made { code, stencils, cold, holes, contents } = MADE[L];
    LibraryInfo {
        name: convention.name,
        about: convention.about,
        max_ints: convention.ints.len() as u8,
        max_floats: convention.floats.len() as u8,
        library: match contents {
            Err(reason) => Err(reason),
            Ok(contents) => Ok(Library {
                convention,
                code,
                stencils: stencils.as_chunks().0,
                cold: cold.as_chunks().0,
                holes: holes.as_chunks().0,
                contents,
                rows: rows(convention.space()),
                machine: machine(convention),
                constraints: constraints(convention),
                constraint: constraint::<L>,
                immediate: immediate::<L>,
            }),
        },
    }
}

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

const fn row(op: Opcode, space: Space, bases: &[u32]) -> Row {
    let shape = match shape::shape_of(shape::canonical(op)) {
        Some(shape) => shape,
        None => NO_SHAPE,
    };
    let [a, b, c] = shape.operands;
    let [a, b, c] = [a.codes(space), b.codes(space), c.codes(space)];
    let d = shape.result.result_codes(space);
    Row {
        base: bases[shape::canonical(op) as usize],
        strides: [(d * c * b) as u16, (d * c) as u16, d as u16],
        codes: [a as u8, b as u8, c as u8, d as u8],
        kinds: shape.operands,
        operands: op.info().operands.len() as u8,
        exits: op.can_exit(),
        result: !matches!(shape.result, Kind::None),
    }
}

/// The rows, by opcode.
const fn rows(space: Space) -> [Row; OPCODES] {
    let bases = space.bases();
    let mut rows = [row(Opcode::ParamI64, space, &bases); OPCODES];
    let mut i = 0;
    while i < OPCODES {
        rows[i] = row(Opcode::ALL[i], space, &bases);
        i += 1;
    }
    rows
}

const fn allowed(kind: Kind) -> Allowed {
    match kind {
        Kind::Slot => Allowed::SLOT,
        Kind::None
        | Kind::Word
        | Kind::Imm
        | Kind::Wide
        | Kind::Shift
        | Kind::Float
        | Kind::Pool => Allowed::ANY,
    }
}

const fn constraint_of(op: Opcode, convention: &Convention) -> Constraint {
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
        clobbers: if op.is_call() {
            Clobbers { ints: convention.destroyed_by_calls(), floats: u32::MAX }
        } else {
            Clobbers::NONE
        },
    }
}

const fn constraints(convention: &Convention) -> [Constraint; OPCODES] {
    let mut all = [Constraint::ANY; OPCODES];
    let mut i = 0;
    while i < OPCODES {
        all[i] = constraint_of(Opcode::ALL[i], convention);
        i += 1;
    }
    all
}

// A register file asks by plain functions: one of each for each library.

fn constraint<const L: usize>(op: Opcode) -> &'static Constraint {
    match &LIBRARIES[L].library {
        Ok(library) => &library.constraints[op as usize],
        Err(_) => &Constraint::ANY,
    }
}

fn immediate<const L: usize>(op: Opcode, operand: usize, constant: Const) -> bool {
    let Ok(library) = &LIBRARIES[L].library else { return false };
    library.constant_code(op, operand, constant).is_some()
        || is_constant_index(op, operand, constant.bits() as i64)
}

/// Whether a constant index can join the displacement of an indexed access.
pub fn is_constant_index(op: Opcode, operand: usize, index: i64) -> bool {
    matches!(op, Opcode::LoadRefIndex | Opcode::StoreRefIndex)
        && operand == 1
        && (-(1 << 26)..1 << 26).contains(&index)
}

impl Library {
    /// Stencil number `number`.
    #[inline(always)]
    pub fn stencil(&self, number: usize) -> Stencil {
        let row = &self.stencils[number];
        let [hot @ .., c, d, _, _] = row;
        Stencil { hot: Part::decode(hot), cold: u16::from_le_bytes([*c, *d]) }
    }

    /// Cold part number `number`.
    #[inline]
    pub fn cold(&self, number: u16) -> Option<Part> {
        self.cold.get(usize::from(number)).map(Part::decode)
    }

    /// The holes of a part.
    #[inline(always)]
    pub fn holes(&self, part: Part) -> impl Iterator<Item = Hole> {
        let first = usize::from(part.holes);
        self.holes[first..first + usize::from(part.hole_count)].iter().map(|row| {
            let [offset, kind, a, b] = *row;
            Hole { offset, kind, addend: i16::from_le_bytes([a, b]) }
        })
    }

    /// Whether a 32-bit immediate can stand for operand `operand`.
    #[inline]
    pub fn is_imm32(&self, op: Opcode, operand: usize, value: i64) -> bool {
        let (min, max) = self.contents.immediates[op as usize][operand];
        let divisor = operand == 1 && matches!(op, Opcode::FloorDiv | Opcode::FloorMod);
        (min..=max).contains(&value) && !(divisor && value == 0)
    }

    /// The code of a constant as operand `operand`; `None` where no stencil takes it in place.
    #[inline]
    pub fn constant_code(&self, op: Opcode, operand: usize, constant: Const) -> Option<usize> {
        let value = constant.bits() as i64;
        let space = self.convention.space();
        match self.rows[op as usize].kinds[operand] {
            Kind::None | Kind::Slot | Kind::Word | Kind::Float => None,
            Kind::Pool => Some(space.pool()),
            Kind::Wide if self.is_imm32(op, operand, value) => Some(space.imm32()),
            Kind::Wide => Some(space.imm64()),
            Kind::Imm => self.is_imm32(op, operand, value).then_some(space.imm32()),
            Kind::Shift => {
                let known = shape::COUNTS.iter().position(|&c| i64::from(c) == value);
                let general = || self.is_imm32(op, operand, value).then_some(space.imm32());
                known.map(|k| space.count() + k).or_else(general)
            }
        }
    }

    /// The registers, restricted to the first `ints` and `floats` of them.
    pub fn register_file(&self, ints: u8, floats: u8) -> RegFile {
        RegFile { ints, floats, constraint: self.constraint, immediate: self.immediate }
    }

    /// Stencils that use no more than the first `ints` and `floats` registers, and the bytes of
    /// their code. Where registers are holes, all stencils serve any number of them but 0.
    pub fn size(&self, ints: u8, floats: u8) -> (u64, u64) {
        let mut size = (0, 0);
        let space = self.convention.space();
        for (number, _, places) in space.all() {
            let reachable = places.iter().all(|place| match place {
                Place::Int(_) if space.patched => ints > 0,
                Place::Float(_) if space.patched => floats > 0,
                Place::Int(n) => *n < ints,
                Place::Float(n) => *n < floats,
                Place::None
                | Place::Slot
                | Place::Imm32
                | Place::Imm64
                | Place::Pool
                | Place::Count(_) => true,
            });
            if reachable {
                let stencil = self.stencil(number as usize);
                let cold = self.cold(stencil.cold).map_or(0, |p| p.len);
                size.0 += 1;
                size.1 += u64::from(stencil.hot.len) + u64::from(cold);
            }
        }
        size
    }

    /// Stencils of the whole library, and the bytes of their code.
    pub fn full_size(&self) -> (u64, u64) {
        self.size(u8::MAX, u8::MAX)
    }

    /// Bytes that the library takes in the program: code without repetitions, and all tables.
    pub fn stored_bytes(&self) -> u64 {
        let tables = [
            self.code.len(),
            self.stencils.as_flattened().len(),
            self.cold.as_flattened().len(),
            self.holes.as_flattened().len(),
            self.contents.constants.as_flattened().len(),
        ];
        tables.iter().sum::<usize>() as u64
    }

    /// How long the build script worked on it, in seconds.
    pub fn build_seconds(&self) -> f64 {
        self.contents.build_seconds
    }
}
