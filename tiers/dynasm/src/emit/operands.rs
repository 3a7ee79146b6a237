//! Where operands and results are: registers, slots and constants as instructions take them.

use super::{R11, RAX, Templates, X14, X15};
use crate::file::{FLOATS, INTS};
use dynasmrt::{DynasmApi, dynasm};
use tierlab_regalloc::{Loc, LocKind};
use tierlab_trace::layout::slot_disp;

/// Where an integer operand of an instruction is, in the three forms that x86 takes.
pub(super) enum Int {
    Reg(u8),
    Slot(i32),
    Imm(i32),
}

/// The same for float operands.
pub(super) enum Float {
    Reg(u8),
    Slot(i32),
}

/// `$instruction d, operand` for the three operand forms.
macro_rules! with_operand {
    ($asm:expr, $mnemonic:tt, $d:expr, $operand:expr) => {
        match $operand {
            Int::Reg(r) => dynasm!($asm ; .arch x64 ; $mnemonic Rq($d), Rq(r)),
            Int::Slot(disp) => dynasm!($asm ; .arch x64 ; $mnemonic Rq($d), [rdi + disp]),
            Int::Imm(i) => dynasm!($asm ; .arch x64 ; $mnemonic Rq($d), i),
        }
    };
}

/// `$instruction xmm, operand` with a register or a slot.
macro_rules! with_float {
    ($asm:expr, $mnemonic:tt, $d:expr, $operand:expr) => {
        match $operand {
            Float::Reg(r) => dynasm!($asm ; .arch x64 ; $mnemonic Rx($d), Rx(r)),
            Float::Slot(disp) => dynasm!($asm ; .arch x64 ; $mnemonic Rx($d), [rdi + disp]),
        }
    };
}

impl Templates<'_> {
    pub(super) fn const_bits(&self, loc: Loc) -> u64 {
        self.trace.consts[loc.index() as usize].bits()
    }

    pub(super) fn mov_imm(&mut self, d: u8, bits: u64) {
        if bits <= u64::from(u32::MAX) {
            dynasm!(self.asm ; .arch x64 ; mov Rd(d), bits as i32);
        } else if let Ok(i) = i32::try_from(bits as i64) {
            dynasm!(self.asm ; .arch x64 ; mov Rq(d), i);
        } else {
            dynasm!(self.asm ; .arch x64 ; mov Rq(d), QWORD bits as i64);
        }
    }

    /// Loads an integer-class operand into hardware register `d`.
    pub(super) fn load(&mut self, d: u8, loc: Loc) {
        match loc.kind() {
            LocKind::Int => {
                let r = INTS[loc.index() as usize];
                if r != d {
                    dynasm!(self.asm ; .arch x64 ; mov Rq(d), Rq(r));
                }
            }
            LocKind::Slot => {
                dynasm!(self.asm ; .arch x64 ; mov Rq(d), [rdi + slot_disp(loc.index())])
            }
            LocKind::Const => {
                let bits = self.const_bits(loc);
                self.mov_imm(d, bits);
            }
            LocKind::Float | LocKind::None => {}
        }
    }

    /// An integer-class operand in a register: its own, or `scratch` after a load.
    pub(super) fn reg(&mut self, loc: Loc, scratch: u8) -> u8 {
        if loc.kind() == LocKind::Int {
            return INTS[loc.index() as usize];
        }
        self.load(scratch, loc);
        scratch
    }

    /// An integer-class operand as an instruction's second operand; constants beyond 32 bits
    /// go through `scratch`.
    pub(super) fn operand(&mut self, loc: Loc, scratch: u8) -> Int {
        match loc.kind() {
            LocKind::Slot => Int::Slot(slot_disp(loc.index())),
            LocKind::Const => match i32::try_from(self.const_bits(loc) as i64) {
                Ok(i) => Int::Imm(i),
                Err(_) => {
                    self.load(scratch, loc);
                    Int::Reg(scratch)
                }
            },
            LocKind::Int | LocKind::Float | LocKind::None => Int::Reg(INTS[loc.index() as usize]),
        }
    }

    /// The register to compute an integer result in.
    pub(super) fn dest(&self, loc: Loc) -> u8 {
        if loc.kind() == LocKind::Int { INTS[loc.index() as usize] } else { RAX }
    }

    /// Stores the result if it does not live in the register it was computed in. Keeps flags.
    pub(super) fn finish(&mut self, loc: Loc, d: u8) {
        match loc.kind() {
            LocKind::Slot => {
                dynasm!(self.asm ; .arch x64 ; mov [rdi + slot_disp(loc.index())], Rq(d))
            }
            LocKind::Int => {
                let r = INTS[loc.index() as usize];
                if r != d {
                    dynasm!(self.asm ; .arch x64 ; mov Rq(r), Rq(d));
                }
            }
            // No result is a constant, and a float is none of these ops'.
            LocKind::Float | LocKind::Const | LocKind::None => {}
        }
    }

    pub(super) fn float_dest(&self, loc: Loc) -> u8 {
        if loc.kind() == LocKind::Float { FLOATS[loc.index() as usize] } else { X14 }
    }

    pub(super) fn load_float(&mut self, d: u8, loc: Loc) {
        match loc.kind() {
            LocKind::Float => {
                let r = FLOATS[loc.index() as usize];
                if r != d {
                    dynasm!(self.asm ; .arch x64 ; movaps Rx(d), Rx(r));
                }
            }
            LocKind::Slot => {
                dynasm!(self.asm ; .arch x64 ; movsd Rx(d), [rdi + slot_disp(loc.index())])
            }
            LocKind::Const => {
                let bits = self.const_bits(loc);
                if bits == 0 {
                    dynasm!(self.asm ; .arch x64 ; xorps Rx(d), Rx(d));
                } else {
                    self.mov_imm(RAX, bits);
                    dynasm!(self.asm ; .arch x64 ; movq Rx(d), rax);
                }
            }
            LocKind::Int | LocKind::None => {}
        }
    }

    pub(super) fn float_reg(&mut self, loc: Loc, scratch: u8) -> u8 {
        if loc.kind() == LocKind::Float {
            return FLOATS[loc.index() as usize];
        }
        self.load_float(scratch, loc);
        scratch
    }

    pub(super) fn finish_float(&mut self, loc: Loc, d: u8) {
        match loc.kind() {
            LocKind::Slot => {
                dynasm!(self.asm ; .arch x64 ; movsd [rdi + slot_disp(loc.index())], Rx(d))
            }
            LocKind::Float => {
                let r = FLOATS[loc.index() as usize];
                if r != d {
                    dynasm!(self.asm ; .arch x64 ; movaps Rx(r), Rx(d));
                }
            }
            LocKind::Int | LocKind::Const | LocKind::None => {}
        }
    }

    /// Compares `a` with `b` (as the signed or unsigned operation the next jump wants).
    pub(super) fn compare(&mut self, a: Loc, b: Loc) {
        let x = self.reg(a, RAX);
        let y = self.operand(b, R11);
        if let Int::Imm(0) = y {
            dynasm!(self.asm ; .arch x64 ; test Rq(x), Rq(x));
        } else {
            with_operand!(self.asm, cmp, x, y);
        }
    }

    pub(super) fn compare_float(&mut self, a: Loc, b: Loc) {
        let x = self.float_reg(a, X14);
        let y = self.float_operand(b);
        with_float!(self.asm, ucomisd, x, y);
    }

    /// A float operand as an instruction's second operand; constants go through `xmm15`.
    pub(super) fn float_operand(&mut self, loc: Loc) -> Float {
        match loc.kind() {
            LocKind::Float => Float::Reg(FLOATS[loc.index() as usize]),
            LocKind::Slot => Float::Slot(slot_disp(loc.index())),
            LocKind::Int | LocKind::Const | LocKind::None => {
                self.load_float(X15, loc);
                Float::Reg(X15)
            }
        }
    }

    /// Like `operand`, but emits nothing: constants beyond 32 bits count as a register.
    pub(super) fn operand_kind(&self, loc: Loc) -> Int {
        match loc.kind() {
            LocKind::Const => match i32::try_from(self.const_bits(loc) as i64) {
                Ok(i) => Int::Imm(i),
                Err(_) => Int::Reg(R11),
            },
            LocKind::Slot => Int::Slot(slot_disp(loc.index())),
            LocKind::Int | LocKind::Float | LocKind::None => Int::Reg(0),
        }
    }
}
