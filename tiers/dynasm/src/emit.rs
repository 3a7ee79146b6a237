//! The templates: machine code for each op, given where its operands are.
//!
//! Terms. `rax`, `r10`, `r11`, `xmm14` and `xmm15` are scratch within one op. The *thunk* of an
//! exit is `mov eax, number; jmp common exit`, behind the hot code; guards jump there.
//!
//! Invariants. The result is written before a checked op leaves (its exit snapshot may refer to the
//! wrapped result), and scratch registers are never live between ops. The allocator does not put
//! a result into the register of an operand that the op's own exit needs.

#![allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]

#[macro_use]
mod operands;
mod templates;

use crate::file::{FLOATS, INTS};
use dynasmrt::x64::X64Relocation;
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, VecAssembler, dynasm};
use operands::Int;
use tierlab_regalloc::{Allocation, Edit, LocKind};
use tierlab_trace::backend::{CompileError, HelperTable};
use tierlab_trace::ir::{Trace, TraceId};
use tierlab_trace::layout::slot_disp;
use tierlab_trace::ops::Opcode;

type Asm = VecAssembler<X64Relocation>;

const RAX: u8 = 0;
const RCX: u8 = 1;
const RDX: u8 = 2;
const RSI: u8 = 6;
const R10: u8 = 10;
const R11: u8 = 11;
const X14: u8 = 14;
const X15: u8 = 15;

/// What one trace became.
pub struct Emitted {
    /// All code.
    pub bytes: Vec<u8>,
    /// The loop block's bytes.
    pub loop_range: Option<std::ops::Range<usize>>,
    /// Offset of each exit's thunk.
    pub thunks: Vec<u32>,
    /// `(offset, op)` for every op.
    pub op_offsets: Vec<(u32, u32)>,
}

/// Working memory kept between traces.
#[derive(Default)]
pub struct Emitter {
    exits: Vec<DynamicLabel>,
    blocks: Vec<DynamicLabel>,
}

struct Templates<'a> {
    asm: Asm,
    trace: &'a Trace,
    helpers: &'a HelperTable,
}

impl Emitter {
    /// Emits a trace that will lie at `address`, its exits numbered from `base`.
    #[allow(clippy::too_many_arguments)]
    pub fn emit(
        &mut self,
        trace: &Trace,
        allocation: &Allocation,
        helpers: &HelperTable,
        address: u64,
        base: u32,
        common_exit: u64,
        entry_of: &dyn Fn(TraceId) -> Option<u64>,
    ) -> Result<Emitted, CompileError> {
        let mut t = Templates { asm: Asm::new(address as usize), trace, helpers };
        self.exits.clear();
        self.blocks.clear();
        let exits = allocation.exit_starts.len();
        self.exits.extend((0..exits).map(|_| t.asm.new_dynamic_label()));
        self.blocks.extend(trace.blocks.iter().map(|_| t.asm.new_dynamic_label()));
        let mut op_offsets = Vec::with_capacity(trace.ops.len());
        let mut edits = allocation.edits.iter().peekable();
        let (mut exit, mut loop_start, mut loop_end) = (0, 0, 0);
        for (b, block) in trace.blocks.iter().enumerate() {
            if b == 1 {
                dynasm!(t.asm ; .arch x64 ; .align 16);
                loop_start = t.asm.offset().0;
            }
            let label = self.blocks[b];
            dynasm!(t.asm ; .arch x64 ; =>label);
            for i in block.ops() {
                op_offsets.push((t.asm.offset().0 as u32, i as u32));
                while let Some(edit) = edits.next_if(|e| e.op as usize == i) {
                    t.edit(edit);
                }
                let op = &trace.ops[i];
                let leave = op.opcode.can_exit().then(|| self.exits[exit]);
                if leave.is_some() {
                    exit += 1;
                }
                match op.opcode {
                    Opcode::Jump => {
                        let target = op.imm as usize;
                        if target != b + 1 {
                            let label = self.blocks[target];
                            dynasm!(t.asm ; .arch x64 ; jmp =>label);
                        }
                    }
                    Opcode::JumpTrace => {
                        let id = TraceId(op.imm as u32);
                        let to = entry_of(id).ok_or(CompileError::UnknownTrace(id))?;
                        dynasm!(t.asm ; .arch x64 ; jmp extern to as usize);
                    }
                    _ => t.op(i, op, &allocation.locs[i], leave)?,
                }
            }
            if b == 1 {
                loop_end = t.asm.offset().0;
            }
        }
        let mut thunks = Vec::with_capacity(exits);
        for (e, &label) in self.exits.iter().enumerate() {
            thunks.push(t.asm.offset().0 as u32);
            let number = base + e as u32;
            dynasm!(t.asm ; .arch x64 ; =>label ; mov eax, number as i32 ; jmp extern common_exit as usize);
        }
        let bytes =
            t.asm.finalize().map_err(|e| CompileError::OutOfCodeMemory(format!("{e:?}")))?;
        let loop_range = (loop_end > loop_start).then_some(loop_start..loop_end);
        Ok(Emitted { bytes, loop_range, thunks, op_offsets })
    }
}

impl Templates<'_> {
    /// Moves a value.
    fn edit(&mut self, edit: &Edit) {
        match edit.to.kind() {
            LocKind::Int => self.load(INTS[edit.to.index() as usize], edit.from),
            LocKind::Float => self.load_float(FLOATS[edit.to.index() as usize], edit.from),
            LocKind::Slot if edit.from.kind() == LocKind::Float => {
                self.finish_float(edit.to, FLOATS[edit.from.index() as usize]);
            }
            LocKind::Slot => {
                if let Int::Imm(i) = self.operand(edit.from, RAX) {
                    dynasm!(self.asm ; .arch x64 ; mov QWORD [rdi + slot_disp(edit.to.index())], i);
                } else {
                    let r = self.reg(edit.from, RAX);
                    self.finish(edit.to, r);
                }
            }
            LocKind::Const | LocKind::None => {}
        }
    }
}
