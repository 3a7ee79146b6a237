//! The register file of the template JIT.
//!
//! The frame register is `rdi`. `rax`, `r10` and `r11` are scratch inside a template, and so are
//! `xmm14` and `xmm15`; `rbp` keeps the frame over calls. All others belong to the allocator: first
//! the ones that the copy-and-patch tier has too, in its order, then those that calls preserve.
//!
//! What instructions want by name is the file's to say: the shift count in `rcx`, the division's
//! `rdx`, the arguments of calls.

use tierlab_regalloc::{Allowed, Clobbers, Constraint, RegFile};
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

/// File numbers of the registers of the C convention's arguments, behind the frame.
const ARGUMENTS: [u8; 3] = [0, 1, 2];
/// File number of `rcx`.
const RCX: u8 = 2;
/// File number of `rdx`.
const RDX: u8 = 1;
/// Integer registers that a file must have to have all that instructions ask for by name.
const NAMED_INTS: u8 = 3;
/// Float registers that calls ask for by name.
const NAMED_FLOATS: u8 = 2;

static ANY: Constraint = Constraint::ANY;
static REUSE: Constraint = Constraint { reuse_first: true, ..Constraint::ANY };
static DIVIDE: Constraint = Constraint {
    reuse_first: true,
    clobbers: Clobbers { ints: 1 << RDX, floats: 0 },
    ..Constraint::ANY
};
static SHIFT: Constraint = Constraint {
    operands: [Allowed::ANY, Allowed::fixed(RCX), Allowed::ANY],
    reuse_first: true,
    ..Constraint::ANY
};
/// What the C convention lets a callee destroy.
const DESTROYED: Clobbers = Clobbers { ints: CALLER_SAVED, floats: u32::MAX };
/// Arguments are where the C convention wants them.
static CALL: Constraint = Constraint {
    operands: [
        Allowed::fixed(ARGUMENTS[0]),
        Allowed::fixed(ARGUMENTS[1]),
        Allowed::fixed(ARGUMENTS[2]),
    ],
    result: Allowed::ANY,
    reuse_first: false,
    clobbers: DESTROYED,
};
/// Arguments are loaded into registers of the C convention, of which the file has some at most.
static SMALL_CALL: Constraint =
    Constraint { result: Allowed::ANY, clobbers: DESTROYED, ..Constraint::SLOTS };

/// What an op asks of a file that has the integer and float registers which instructions name. One
/// that the file does not have is scratch for the templates.
fn constraint<const INTS: bool, const FLOATS: bool>(opcode: Opcode) -> &'static Constraint {
    let info = opcode.info();
    match opcode {
        Opcode::CallF64x1 | Opcode::CallF64x2 if FLOATS => &CALL,
        Opcode::CallRef1 | Opcode::CallRef2 | Opcode::CallRef3 if INTS => &CALL,
        _ if opcode.is_call() => &SMALL_CALL,
        Opcode::ShlOvf | Opcode::Sar if INTS => &SHIFT,
        Opcode::FloorDiv | Opcode::FloorMod => &DIVIDE,
        _ if info.result.is_some() && !info.operands.is_empty() => &REUSE,
        _ => &ANY,
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
    let constraint = match (ints >= NAMED_INTS, floats >= NAMED_FLOATS) {
        (false, false) => constraint::<false, false>,
        (false, true) => constraint::<false, true>,
        (true, false) => constraint::<true, false>,
        (true, true) => constraint::<true, true>,
    };
    RegFile { ints: ints.min(MAX_INTS), floats: floats.min(MAX_FLOATS), constraint, immediate }
}
