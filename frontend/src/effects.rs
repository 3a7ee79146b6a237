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
        Opcode::Nop
        | Opcode::DeleteFast
        | Opcode::DeleteGlobal
        | Opcode::DeleteName
        | Opcode::BeginClass
        | Opcode::MakeCell
        | Opcode::DeleteDeref => effect(0, 0),
        Opcode::LoadFast
        | Opcode::LoadFastCheck
        | Opcode::LoadConst
        | Opcode::LoadGlobal
        | Opcode::PushNull
        | Opcode::LoadName
        | Opcode::LoadDeref
        | Opcode::ClassNamespace
        | Opcode::ImportName
        | Opcode::LoadAssertionError => effect(0, 1),
        Opcode::StoreFast
        | Opcode::StoreGlobal
        | Opcode::StoreName
        | Opcode::StoreDeref
        | Opcode::DeleteAttr
        | Opcode::PopExcept
        | Opcode::ImportStar
        | Opcode::PopTop => effect(1, 0),
        Opcode::LoadAttr
        | Opcode::UnaryNeg
        | Opcode::UnaryPos
        | Opcode::UnaryInvert
        | Opcode::UnaryNot
        | Opcode::Yield
        | Opcode::GetYieldFromIter
        | Opcode::ListToTuple => effect(1, 1),
        Opcode::StoreAttr | Opcode::DeleteSubscr | Opcode::EndFor => effect(2, 0),
        Opcode::LoadMethod
        | Opcode::GetIter
        | Opcode::ImportFrom
        | Opcode::PushExcInfo
        | Opcode::BeforeWith => effect(1, 2),
        Opcode::Copy => effect(wide, wide.saturating_add(1)),
        Opcode::Swap => effect(wide, wide),
        Opcode::BinaryOp
        | Opcode::CompareOp
        | Opcode::IsOp
        | Opcode::ContainsOp
        | Opcode::YieldFrom
        | Opcode::BinarySubscr => effect(2, 1),
        Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue => effect(1, 0),
        Opcode::JumpIfFalseOrPop | Opcode::JumpIfTrueOrPop => effect(1, 0),
        Opcode::ForIter => effect(2, 3),
        Opcode::BuildList
        | Opcode::BuildTuple
        | Opcode::BuildString
        | Opcode::BuildSlice
        | Opcode::BuildSet
        | Opcode::BuildKwDefaults => effect(wide, 1),
        Opcode::BuildMap => effect(wide.saturating_mul(2), 1),
        Opcode::PrepareClass => effect(wide.saturating_add(4), wide.saturating_add(5)),
        Opcode::BuildClass => effect(wide.saturating_add(3), 1),
        Opcode::CheckExcMatch => effect(2, 2),
        Opcode::WithExceptStart => effect(3, 4),
        Opcode::FormatValue => effect(1 + y, 1),
        // The list below takes part: it must be there.
        Opcode::ListAppend
        | Opcode::ListExtend
        | Opcode::SetAdd
        | Opcode::SetUpdate
        | Opcode::DictUpdate
        | Opcode::DictMerge => effect(wide.saturating_add(1), wide),
        Opcode::MapAdd => effect(wide.saturating_add(2), wide),
        Opcode::UnpackSequence => effect(1, x),
        Opcode::UnpackEx => effect(1, x + 1 + y),
        Opcode::StoreSubscr => effect(3, 0),
        Opcode::Call => effect(x + 2, 1),
        Opcode::CallKw => effect(wide.saturating_add(3), 1),
        Opcode::CallEx => effect(3 + wide, 1),
        Opcode::MakeFunction => effect(1 + wide.count_ones(), 1),
        Opcode::Jump
        | Opcode::JumpBackward
        | Opcode::ReturnValue
        | Opcode::Raise
        | Opcode::Reraise => None,
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
