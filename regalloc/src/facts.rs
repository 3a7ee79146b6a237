//! What allocators need to know of each op, packed into one word per opcode.
//!
//! The op table's rows are wide; allocation asks the same few questions of every op. This
//! table answers them from two bytes. It is computed from the op table when the crate is compiled,
//! so there is no second list of opcodes.

use tierlab_trace::ops::{OPS, Opcode, Type};

/// The facts of one opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts(u16);

const EXITS: u16 = 1;
const CALL: u16 = 1 << 1;
const RESULT: u16 = 1 << 2;
const RESULT_FLOAT: u16 = 1 << 3;
const OPERAND_FLOAT: u16 = 1 << 4; // and the two bits above it, per operand
const TERMINATOR: u16 = 1 << 7;
const PARAM: u16 = 1 << 8;

/// Registers come in two classes, which index small arrays.
pub const INT: usize = 0;
/// The class of float registers.
pub const FLOAT: usize = 1;

const TABLE: [u16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < OPS.len() {
        let op = Opcode::ALL[i];
        let mut f = 0;
        if op.can_exit() {
            f |= EXITS;
        }
        if op.is_call() {
            f |= CALL;
        }
        if op.is_terminator() {
            f |= TERMINATOR;
        }
        if op.is_param() {
            f |= PARAM;
        }
        match OPS[i].result {
            Some(Type::F64) => f |= RESULT | RESULT_FLOAT,
            Some(Type::I64 | Type::Ref) => f |= RESULT,
            None => {}
        }
        let mut k = 0;
        while k < OPS[i].operands.len() {
            if OPS[i].operands[k].is_float() {
                f |= OPERAND_FLOAT << k;
            }
            k += 1;
        }
        table[op as usize] = f;
        i += 1;
    }
    table
};

impl Facts {
    /// The facts of an opcode.
    #[inline(always)]
    pub fn of(opcode: Opcode) -> Facts {
        Facts(TABLE[opcode as u8 as usize])
    }

    /// It can leave the trace.
    #[inline(always)]
    pub fn exits(self) -> bool {
        self.0 & EXITS != 0
    }

    /// It clobbers the registers that calls clobber.
    #[inline(always)]
    pub fn is_call(self) -> bool {
        self.0 & CALL != 0
    }

    /// It ends a block.
    #[inline(always)]
    pub fn is_terminator(self) -> bool {
        self.0 & TERMINATOR != 0
    }

    /// It is a block parameter.
    #[inline(always)]
    pub fn is_param(self) -> bool {
        self.0 & PARAM != 0
    }

    /// It defines a value.
    #[inline(always)]
    pub fn has_result(self) -> bool {
        self.0 & RESULT != 0
    }

    /// Class of its result.
    #[inline(always)]
    pub fn result_class(self) -> usize {
        usize::from(self.0 & RESULT_FLOAT != 0)
    }

    /// Class of operand `k`.
    #[inline(always)]
    pub fn operand_class(self, k: usize) -> usize {
        usize::from(self.0 & (OPERAND_FLOAT << k) != 0)
    }
}
