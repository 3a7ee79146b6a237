//! What allocators need to know of each op, packed into a few bytes per opcode.
//!
//! The op table's rows are wide, and a register file answers through function pointers; allocation
//! asks the same few questions several times per op. [`Facts`] are computed from the op table when
//! the crate is compiled, so there is no second list of opcodes. [`OpTable`] adds what a register
//! file asks of the op; it is filled on first use and kept while the file's function stays the same.

use crate::regset::RegSet;
use crate::{Allowed, Loc, LocKind, RegFile};
use tierlab_trace::ops::{OPS, Opcode, Type};

/// The facts of one opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts(u16);

const EXITS: u16 = 1;
const RESULT: u16 = 1 << 1;
const RESULT_FLOAT: u16 = 1 << 2;
const OPERAND_FLOAT: u16 = 1 << 3; // and the two bits above it, per operand
const TERMINATOR: u16 = 1 << 6;
const PARAM: u16 = 1 << 7;
const CALL: u16 = 1 << 8;
const THIRD_OPERAND: u16 = 1 << 9;

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
        if op.is_terminator() {
            f |= TERMINATOR;
        }
        if op.is_param() {
            f |= PARAM;
        }
        if op.is_call() {
            f |= CALL;
        }
        match OPS[i].result {
            Some(Type::F64) => f |= RESULT | RESULT_FLOAT,
            Some(Type::I64 | Type::Ref) => f |= RESULT,
            None => {}
        }
        if OPS[i].operands.len() == 3 {
            f |= THIRD_OPERAND;
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

    /// It calls a function of the machine's C convention.
    #[inline(always)]
    pub fn is_call(self) -> bool {
        self.0 & CALL != 0
    }

    /// It has three operands; few ops do.
    #[inline(always)]
    pub fn has_third_operand(self) -> bool {
        self.0 & THIRD_OPERAND != 0
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

/// Benefit of one slot access saved.
pub const ACCESS: i32 = 4;
/// Benefit where the access would take an extra instruction, since the op cannot do it itself.
pub const EXTRA: i32 = 5;

/// Kinds of locations as sets.
const SLOT_BIT: u8 = 1 << LocKind::Slot as u8;
const CONST_BIT: u8 = 1 << LocKind::Const as u8;
const REGISTER_BITS: u8 = 1 << LocKind::Int as u8 | 1 << LocKind::Float as u8;

/// What a register file asks of an op. Position 3 is the result.
#[derive(Clone, Copy, Debug)]
pub struct OpRow {
    /// The op's facts.
    pub facts: Facts,
    /// What the op destroys.
    pub clobbers: RegSet,
    /// Per position, the kinds of locations that it accepts, a bit each by `LocKind`; where
    /// the op has no such position, that is `None` alone. A position that takes only some registers
    /// counts here as one that takes none: [`crate::fix`] sees to it. Constants are accepted: only
    /// immediates are ever where they are.
    accepts: [u8; 4],
    /// Per position, what a register gains over a slot.
    gains: [i8; 4],
}

impl OpRow {
    const NONE: OpRow = OpRow {
        facts: Facts(0),
        clobbers: RegSet::EMPTY,
        accepts: [1 << LocKind::None as u8; 4],
        gains: [0; 4],
    };

    /// Whether position `k` accepts a location.
    #[inline(always)]
    pub fn accepts(&self, k: usize, loc: Loc) -> bool {
        self.accepts[k] >> loc.kind_bits() & 1 != 0
    }

    /// What a register at position `k` gains over a slot.
    #[inline(always)]
    pub fn gain(&self, k: usize) -> i32 {
        i32::from(self.gains[k])
    }
}

/// The rows of all ops for one register file.
pub struct OpTable {
    rows: [OpRow; 256],
    /// Address of the function that the rows were filled from.
    filled_from: usize,
}

impl std::fmt::Debug for OpTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OpTable")
    }
}

impl Default for OpTable {
    fn default() -> Self {
        OpTable { rows: [OpRow::NONE; 256], filled_from: 0 }
    }
}

impl OpTable {
    /// Makes the rows those of `file`.
    pub fn prepare(&mut self, file: &RegFile) {
        // Functions at one address are one function: what it returned then it returns now.
        let address = file.constraint as usize;
        if self.filled_from == address {
            return;
        }
        self.filled_from = address;
        for &opcode in Opcode::ALL {
            let constraint = (file.constraint)(opcode);
            let info = opcode.info();
            let clobbers = RegSet(constraint.clobbers.bits());
            let mut row = OpRow { facts: Facts::of(opcode), clobbers, ..OpRow::NONE };
            let mut set = |k: usize, allowed: Allowed| {
                let any_register = allowed.registers == u32::MAX;
                row.accepts[k] = CONST_BIT
                    | (u8::from(allowed.slot) * SLOT_BIT)
                    | (u8::from(any_register) * REGISTER_BITS);
                row.gains[k] = match allowed {
                    Allowed { slot: false, .. } => EXTRA as i8,
                    Allowed { registers: 0, .. } => -ACCESS as i8,
                    _ => ACCESS as i8,
                };
            };
            for (k, &allowed) in constraint.operands.iter().take(info.operands.len()).enumerate() {
                set(k, allowed);
            }
            if info.result.is_some() {
                set(3, constraint.result);
            }
            self.rows[opcode as usize] = row;
        }
    }

    /// The row of an op.
    #[inline(always)]
    pub fn row(&self, opcode: Opcode) -> &OpRow {
        &self.rows[opcode as u8 as usize]
    }
}
