//! What each instruction takes from the operand stack and puts on it, and where it can go.

use crate::bytecode::{CodeObject, Instr, Opcode};

/// Entries popped and pushed on one of the ways out of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Entries taken.
    pub pops: u32,
    /// Entries put.
    pub pushes: u32,
}

const fn effect(pops: u32, pushes: u32) -> Option<Effect> {
    Some(Effect { pops, pushes })
}

/// The effect where control goes on to the next instruction; `None` where it never does.
pub fn fall_through(instr: Instr) -> Option<Effect> {
    let (wide, x, y) = (instr.wide(), instr.x() as u32, instr.y() as u32);
    match instr.op().base() {
        Opcode::Nop | Opcode::DeleteFast | Opcode::DeleteGlobal => effect(0, 0),
        Opcode::LoadFast
        | Opcode::LoadFastCheck
        | Opcode::LoadConst
        | Opcode::LoadGlobal
        | Opcode::PushNull
        | Opcode::ImportName
        | Opcode::LoadAssertionError => effect(0, 1),
        Opcode::StoreFast | Opcode::StoreGlobal | Opcode::PopTop => effect(1, 0),
        Opcode::LoadAttr
        | Opcode::UnaryNeg
        | Opcode::UnaryPos
        | Opcode::UnaryInvert
        | Opcode::UnaryNot
        | Opcode::ListToTuple => effect(1, 1),
        Opcode::StoreAttr | Opcode::DeleteSubscr | Opcode::EndFor => effect(2, 0),
        Opcode::LoadMethod | Opcode::GetIter | Opcode::ImportFrom => effect(1, 2),
        Opcode::Copy => effect(wide, wide.saturating_add(1)),
        Opcode::Swap => effect(wide, wide),
        Opcode::BinaryOp
        | Opcode::CompareOp
        | Opcode::IsOp
        | Opcode::ContainsOp
        | Opcode::BinarySubscr => effect(2, 1),
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue => effect(1, 0),
        Opcode::JumpIfFalseOrPop | Opcode::JumpIfTrueOrPop => effect(1, 0),
        Opcode::ForIter => effect(2, 3),
        Opcode::BuildList | Opcode::BuildTuple | Opcode::BuildString | Opcode::BuildSlice => {
            effect(wide, 1)
        }
        Opcode::FormatValue => effect(1 + y, 1),
        // The list below takes part: it must be there.
        Opcode::ListAppend | Opcode::ListExtend => effect(wide.saturating_add(1), wide),
        Opcode::UnpackSequence => effect(1, x),
        Opcode::UnpackEx => effect(1, x + 1 + y),
        Opcode::StoreSubscr => effect(3, 0),
        Opcode::Call => effect(x + 2, 1),
        Opcode::CallKw => effect(wide.saturating_add(3), 1),
        Opcode::MakeFunction => effect(1 + wide, 1),
        Opcode::Jump | Opcode::JumpBackward | Opcode::ReturnValue | Opcode::Raise => None,
        // Specialized forms: `base` never gives one.
        _ => None,
    }
}

/// The effect where control goes to the instruction's target; `None` where it never does.
pub fn jump(instr: Instr) -> Option<Effect> {
    match instr.op().base() {
        Opcode::Jump | Opcode::JumpBackward => effect(0, 0),
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue => effect(1, 0),
        Opcode::JumpIfFalseOrPop | Opcode::JumpIfTrueOrPop => effect(1, 1),
        Opcode::ForIter => effect(2, 0),
        _ => None,
    }
}

/// Where the instruction at `pc` jumps to, if it jumps at all.
pub fn target(code: &CodeObject, pc: usize) -> Option<u32> {
    let instr = *code.instrs.get(pc)?;
    match instr.op().base() {
        Opcode::Jump
        | Opcode::PopJumpIfFalse
        | Opcode::PopJumpIfTrue
        | Opcode::JumpIfFalseOrPop
        | Opcode::JumpIfTrueOrPop
        | Opcode::ForIter => Some(instr.wide()),
        Opcode::JumpBackward => Some(code.loops.get(instr.wide() as usize)?.header),
        _ => None,
    }
}
