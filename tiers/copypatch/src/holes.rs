//! The holes of stencils: what is patched, and how.
//!
//! Terms. A *hole* is a place in a stencil's bytes that the compiler fills in. Its *kind* says with
//! what, and is an index into the array of values that the compiler computes for each op. Kinds
//! below [`RELATIVE`] are absolute 32-bit values; those from there to below [`WIDE`] are 32-bit
//! displacements from the hole to a target given as an offset from the start of the trace's code;
//! those from there to below [`FIELD`] are absolute 64-bit values. Those from [`FIELD`] are
//! registers: three bits of a byte and one of the REX prefix before it, where the value's four bits
//! are put into zeros.
//!
//! The build script compiles this file too.

/// Operand 0: a slot's displacement or a 32-bit immediate. Operands 1 and 2 and the result's slot
/// follow.
pub const A: u8 = 0;
/// Operand 1.
pub const B: u8 = 1;
/// Operand 2.
pub const C: u8 = 2;
/// The result's slot.
pub const D: u8 = 3;
/// The op's immediate: a displacement or a class.
pub const IMM: u8 = 4;

/// First kind of a displacement.
pub const RELATIVE: u8 = 8;
/// The exit's thunk.
pub const EXIT: u8 = 8;
/// Operand 0 in the pool of floats. Operand 1 follows.
pub const POOL_A: u8 = 9;
/// Operand 1 in the pool of floats.
pub const POOL_B: u8 = 10;
/// The constants of the library; the addend includes the constant's offset.
pub const LIBRARY: u8 = 11;
/// The stencil's cold part; the addend includes the offset in it.
pub const COLD: u8 = 12;
/// The stencil's hot part, from the cold one; the addend includes the offset in it.
pub const HOT: u8 = 13;

/// First kind of a 64-bit value.
pub const WIDE: u8 = 16;
/// Operand 0 as 64 bits. Operands 1 and 2 follow.
pub const WIDE_A: u8 = 16;
/// Operand 1 as 64 bits.
pub const WIDE_B: u8 = 17;
/// Operand 2 as 64 bits.
pub const WIDE_C: u8 = 18;
/// The address of the op's helper.
pub const HELPER: u8 = 19;

/// First kind of a register: that of operand 0. Operands 1 and 2 and the result follow.
pub const FIELD: u8 = 24;

/// What stands in a field's hole instead of an addend: how far the three bits are shifted, which bit
/// of the REX prefix is the fourth, and by how many bytes the prefix comes before.
pub const fn field(shift: u8, bit: u8, distance: i16) -> i16 {
    distance << 8 | (bit as i16) << 4 | shift as i16
}

/// The parts of [`field`]: shift, bit, distance.
#[inline(always)]
pub const fn field_parts(addend: i16) -> (u8, u8, usize) {
    (addend as u8 & 7, addend as u8 >> 4 & 3, (addend as u16 >> 8) as usize)
}

/// Names of kinds in stencil sources, as external symbols; `None` for kinds that the extractor
/// makes itself or that are functions.
pub const SYMBOLS: [(&str, u8); 11] = [
    ("HOLE_A", A),
    ("HOLE_B", B),
    ("HOLE_C", C),
    ("HOLE_D", D),
    ("HOLE_IMM", IMM),
    ("POOL_A", POOL_A),
    ("POOL_B", POOL_B),
    ("WIDE_A", WIDE_A),
    ("WIDE_B", WIDE_B),
    ("WIDE_C", WIDE_C),
    ("HELPER", HELPER),
];

/// One hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hole {
    /// Offset in the stencil's bytes.
    pub offset: u8,
    /// Its kind.
    pub kind: u8,
    /// Added to the value; of a register, where it goes: see [`field`].
    pub addend: i16,
}
