//! The register file of the template JIT.
//!
//! The frame register is `rdi`. `rax`, `r10` and `r11` are scratch inside a template, and so are
//! `xmm14` and `xmm15`; `rbp` keeps the frame over calls. All others belong to the allocator: first
//! the ones that the copy-and-patch tier has too, in its order, then those that calls preserve.

use tierlab_regalloc::{Allowed, Constraint, RegFile};
use tierlab_trace::ir::Const;
use tierlab_trace::ops::Opcode;

/// Hardware numbers of the integer registers, in file order.
pub const INTS: [u8; 10] = [6, 2, 1, 8, 9, 3, 12, 13, 14, 15];
/// Hardware numbers of the float registers, in file order.
pub const FLOATS: [u8; 14] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
/// Integer registers at most.
pub const MAX_INTS: u8 = INTS.len() as u8;
/// Float registers at most.
pub const MAX_FLOATS: u8 = FLOATS.len() as u8;
/// File numbers of the integer registers that the C convention lets a callee destroy.
const CALLER_SAVED: u32 = 0b1_1111;

static ANY: Constraint = Constraint::ANY;
static REUSE: Constraint = Constraint { reuse_first: true, ..Constraint::ANY };
/// Arguments are loaded into the registers of the C convention, which a register
/// operand could already occupy.
static CALL: Constraint =
    Constraint { operands: [Allowed::SLOT; 3], result: Allowed::ANY, reuse_first: false };

fn constraint(opcode: Opcode) -> &'static Constraint {
    if opcode.is_call() {
        &CALL
    } else if opcode.info().result.is_some() && !opcode.info().operands.is_empty() {
        &REUSE
    } else {
        &ANY
    }
}

fn immediate(opcode: Opcode, _operand: usize, c: Const) -> bool {
    match c {
        // A move of an immediate is one instruction: cheaper than a register held for it.
        Const::I64(_) | Const::Ref(_) => true,
        Const::F64(_) => matches!(
            opcode,
            Opcode::CopyF64 | Opcode::StoreF64 | Opcode::CallF64x1 | Opcode::CallF64x2
        ),
    }
}

/// The file with that many registers (more than there are is as many as there are).
pub fn register_file(ints: u8, floats: u8) -> RegFile {
    RegFile {
        ints: ints.min(MAX_INTS),
        floats: floats.min(MAX_FLOATS),
        call_clobbered_ints: CALLER_SAVED,
        call_clobbered_floats: u32::MAX,
        constraint,
        immediate,
    }
}
