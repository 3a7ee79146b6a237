//! The templates: machine code for each op, given where its operands are.
//!
//! Terms. `rax`, `r10`, `r11`, `xmm14` and `xmm15` are scratch within one op. The *thunk* of an
//! exit is `mov eax, number; jmp common exit`, behind the hot code; guards jump there.
//!
//! Invariants. The result is written before a checked op leaves (its exit snapshot may refer to the
//! wrapped result), and scratch registers are never live between ops. The allocator does not put
//! a result into the register of an operand that the op's own exit needs.

#![allow(clippy::useless_conversion, reason = "the assembler's macro converts register numbers")]

use crate::file::{FLOATS, INTS};
use dynasmrt::x64::X64Relocation;
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, VecAssembler, dynasm};
use std::mem::offset_of;
use tierlab_regalloc::{Allocation, Edit, Loc, LocKind, OpLocs};
use tierlab_trace::backend::{CompileError, HelperTable};
use tierlab_trace::ir::{Const, Op, Trace, TraceId};
use tierlab_trace::layout::{
    CLASS_DISP, ExecContext, FLOAT_CELL, FLOAT_CLASS, FLOAT_DISP, FLOAT_HEADER, HELPER_FAILED,
    POINTER_TAG, slot_disp,
};
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

/// Where an integer operand of an instruction is, in the three forms that x86 takes.
enum Int {
    Reg(u8),
    Slot(i32),
    Imm(i32),
}

/// The same for float operands.
enum Float {
    Reg(u8),
    Slot(i32),
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
    fn const_bits(&self, loc: Loc) -> u64 {
        self.trace.consts[loc.index() as usize].bits()
    }

    fn mov_imm(&mut self, d: u8, bits: u64) {
        if bits <= u64::from(u32::MAX) {
            dynasm!(self.asm ; .arch x64 ; mov Rd(d), bits as i32);
        } else if let Ok(i) = i32::try_from(bits as i64) {
            dynasm!(self.asm ; .arch x64 ; mov Rq(d), i);
        } else {
            dynasm!(self.asm ; .arch x64 ; mov Rq(d), QWORD bits as i64);
        }
    }

    /// Loads an integer-class operand into hardware register `d`.
    fn load(&mut self, d: u8, loc: Loc) {
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
    fn reg(&mut self, loc: Loc, scratch: u8) -> u8 {
        if loc.kind() == LocKind::Int {
            return INTS[loc.index() as usize];
        }
        self.load(scratch, loc);
        scratch
    }

    /// An integer-class operand as an instruction's second operand; constants beyond 32 bits
    /// go through `scratch`.
    fn operand(&mut self, loc: Loc, scratch: u8) -> Int {
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
    fn dest(&self, loc: Loc) -> u8 {
        if loc.kind() == LocKind::Int { INTS[loc.index() as usize] } else { RAX }
    }

    /// Stores the result if it does not live in the register it was computed in. Keeps flags.
    fn finish(&mut self, loc: Loc, d: u8) {
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

    fn float_dest(&self, loc: Loc) -> u8 {
        if loc.kind() == LocKind::Float { FLOATS[loc.index() as usize] } else { X14 }
    }

    fn load_float(&mut self, d: u8, loc: Loc) {
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

    fn float_reg(&mut self, loc: Loc, scratch: u8) -> u8 {
        if loc.kind() == LocKind::Float {
            return FLOATS[loc.index() as usize];
        }
        self.load_float(scratch, loc);
        scratch
    }

    fn finish_float(&mut self, loc: Loc, d: u8) {
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

    /// Compares `a` with `b` (as the signed or unsigned operation the next jump wants).
    fn compare(&mut self, a: Loc, b: Loc) {
        let x = self.reg(a, RAX);
        let y = self.operand(b, R11);
        if let Int::Imm(0) = y {
            dynasm!(self.asm ; .arch x64 ; test Rq(x), Rq(x));
        } else {
            with_operand!(self.asm, cmp, x, y);
        }
    }

    fn compare_float(&mut self, a: Loc, b: Loc) {
        let x = self.float_reg(a, X14);
        let y = self.float_operand(b);
        with_float!(self.asm, ucomisd, x, y);
    }

    /// A float operand as an instruction's second operand; constants go through `xmm15`.
    fn float_operand(&mut self, loc: Loc) -> Float {
        match loc.kind() {
            LocKind::Float => Float::Reg(FLOATS[loc.index() as usize]),
            LocKind::Slot => Float::Slot(slot_disp(loc.index())),
            LocKind::Int | LocKind::Const | LocKind::None => {
                self.load_float(X15, loc);
                Float::Reg(X15)
            }
        }
    }

    /// Leaves unless `r` holds a reference; then leaves unless its class is `class`.
    fn guard_class(&mut self, r: u8, class: i32, leave: DynamicLabel) {
        dynasm!(self.asm
            ; .arch x64
            ; test Rd(r), POINTER_TAG as i32
            ; jz =>leave
            ; cmp DWORD [Rq(r) + CLASS_DISP], class
            ; jne =>leave
        );
    }

    /// `d = a OP b` for two-address instructions; `commutes` says that the operands may change places.
    fn two_address(
        &mut self,
        locs: &OpLocs,
        commutes: bool,
        emit: impl FnOnce(&mut Asm, u8, Int),
    ) -> u8 {
        let [a, b, _] = locs.args;
        let d = self.dest(locs.result);
        let b_in_d = b.kind() == LocKind::Int && INTS[b.index() as usize] == d;
        let a_in_d = a.kind() == LocKind::Int && INTS[a.index() as usize] == d;
        if b_in_d && !a_in_d {
            if commutes {
                let y = self.operand(a, R11);
                emit(&mut self.asm, d, y);
                return d;
            }
            self.load(RAX, a);
            emit(&mut self.asm, RAX, Int::Reg(d));
            return RAX;
        }
        self.load(d, a);
        let y = self.operand(b, R11);
        emit(&mut self.asm, d, y);
        d
    }

    /// `d = a OP b` for floats.
    fn two_address_float(
        &mut self,
        locs: &OpLocs,
        commutes: bool,
        emit: impl FnOnce(&mut Asm, u8, Float),
    ) {
        let [a, b, _] = locs.args;
        let d = self.float_dest(locs.result);
        let in_d = |l: Loc| l.kind() == LocKind::Float && FLOATS[l.index() as usize] == d;
        let (d, y) = if !in_d(b) || in_d(a) {
            self.load_float(d, a);
            (d, self.float_operand(b))
        } else if commutes {
            (d, self.float_operand(a))
        } else {
            self.load_float(X14, a);
            (X14, Float::Reg(d))
        };
        emit(&mut self.asm, d, y);
        self.finish_float(locs.result, d);
    }

    /// Quotient and remainder towards minus infinity, with the divisor in `r10`. Destroys `rdx`, as
    /// the file says.
    fn divide(&mut self, op: &Op, locs: &OpLocs, leave: DynamicLabel) {
        let quotient = op.opcode == Opcode::FloorDiv;
        let divisor = match (locs.args[1].kind(), self.trace.const_of(op.args[1])) {
            (LocKind::Const, Some(Const::I64(i))) => Some(i),
            _ => None,
        };
        if divisor == Some(0) {
            dynasm!(self.asm ; .arch x64 ; jmp =>leave);
            return;
        }
        self.load(R10, locs.args[1]);
        if divisor.is_none() {
            dynasm!(self.asm ; .arch x64 ; test r10, r10 ; jz =>leave);
        }
        self.load(RAX, locs.args[0]);
        if divisor.is_none_or(|d| d == -1) {
            // The machine traps on MIN / -1.
            dynasm!(self.asm ; .arch x64 ; cmp r10, -1 ; jne >divide);
            if quotient {
                dynasm!(self.asm ; .arch x64 ; neg rax ; jo =>leave ; jmp >done);
            } else {
                dynasm!(self.asm ; .arch x64 ; xor eax, eax ; jmp >done);
            }
        }
        dynasm!(self.asm ; .arch x64 ; divide: ; cqo ; idiv r10 ; test rdx, rdx);
        if quotient {
            dynasm!(self.asm
                ; .arch x64
                ; jz >exact
                ; xor rdx, r10
                ; sar rdx, 63
                ; add rax, rdx
                ; exact:
            );
        } else {
            dynasm!(self.asm
                ; .arch x64
                ; mov rax, rdx
                ; jz >exact
                ; xor rdx, r10
                ; jns >exact
                ; add rax, r10
                ; exact:
            );
        }
        dynasm!(self.asm ; .arch x64 ; done:);
        self.finish(locs.result, RAX);
    }

    /// Shifts. A count that is no constant is in `rcx`, or `rcx` is no register of the file.
    fn shift(&mut self, op: &Op, locs: &OpLocs, leave: Option<DynamicLabel>) {
        let left = op.opcode == Opcode::ShlOvf;
        let count = match (locs.args[1].kind(), self.trace.const_of(op.args[1])) {
            (LocKind::Const, Some(Const::I64(i))) => Some(i),
            _ => None,
        };
        if let (Some(leave), Some(n)) = (leave, count)
            && !(0..=63).contains(&n)
        {
            dynasm!(self.asm ; .arch x64 ; jmp =>leave);
            return;
        }
        if let Some(n) = count {
            let n = (n & 63) as i8;
            self.load(RAX, locs.args[0]);
            if left {
                dynasm!(self.asm ; .arch x64 ; shl rax, n ; mov r10, rax ; sar r10, n);
            } else {
                dynasm!(self.asm ; .arch x64 ; sar rax, n);
            }
        } else {
            self.load(RCX, locs.args[1]);
            if let Some(leave) = leave {
                dynasm!(self.asm ; .arch x64 ; cmp rcx, 63 ; ja =>leave);
            }
            self.load(RAX, locs.args[0]);
            if left {
                dynasm!(self.asm ; .arch x64 ; shl rax, cl ; mov r10, rax ; sar r10, cl);
            } else {
                dynasm!(self.asm ; .arch x64 ; sar rax, cl);
            }
        }
        if let Some(leave) = leave {
            let y = self.operand(locs.args[0], R11);
            with_operand!(self.asm, cmp, R10, y);
            self.finish(locs.result, RAX);
            dynasm!(self.asm ; .arch x64 ; jne =>leave);
        } else {
            self.finish(locs.result, RAX);
        }
    }

    /// A call of a helper. Arguments come from slots and constants; the frame survives in `rbp`.
    fn call(&mut self, index: usize, op: &Op, locs: &OpLocs) -> Result<(), CompileError> {
        let helper = self.helpers.get(op.imm).ok_or_else(|| CompileError::Unsupported {
            op: index,
            why: format!("there is no helper {}", op.imm),
        })?;
        let address = helper.function.address() as u64;
        let floats = matches!(op.opcode, Opcode::CallF64x1 | Opcode::CallF64x2);
        for (k, &loc) in locs.args[..op.operands().len()].iter().enumerate() {
            if floats {
                self.load_float(k as u8, loc);
            } else {
                self.load([RSI, RDX, RCX][k], loc);
            }
        }
        self.mov_imm(RAX, address);
        dynasm!(self.asm ; .arch x64 ; mov rbp, rdi ; call rax ; mov rdi, rbp);
        Ok(())
    }

    /// Sets the result to 0 or 1 by the flags.
    fn flag(&mut self, result: Loc, set: impl FnOnce(&mut Asm)) {
        set(&mut self.asm);
        let d = self.dest(result);
        dynasm!(self.asm ; .arch x64 ; movzx Rd(d), al);
        self.finish(result, d);
    }

    /// Emits any op but jumps. `leave` is the exit of ops that can leave.
    fn op(
        &mut self,
        index: usize,
        op: &Op,
        locs: &OpLocs,
        leave: Option<DynamicLabel>,
    ) -> Result<(), CompileError> {
        let [a, b, c] = locs.args;
        let d = locs.result;
        // Ops that cannot leave never use the label.
        let out = leave.unwrap_or_else(|| self.asm.new_dynamic_label());
        macro_rules! guard {
            ($compare:ident, $jump:tt) => {{
                self.$compare(a, b);
                dynasm!(self.asm ; .arch x64 ; $jump =>out);
            }};
        }
        macro_rules! alu {
            ($mnemonic:tt, $commutes:expr) => {{
                let r = self.two_address(locs, $commutes, |asm, d, y| {
                    with_operand!(asm, $mnemonic, d, y);
                });
                self.finish(d, r);
            }};
        }
        macro_rules! float {
            ($mnemonic:tt, $commutes:expr) => {
                self.two_address_float(locs, $commutes, |asm, d, y| {
                    with_float!(asm, $mnemonic, d, y);
                })
            };
        }
        match op.opcode {
            Opcode::ParamI64 | Opcode::ParamF64 | Opcode::ParamRef => {}
            Opcode::CopyI64 | Opcode::CopyRef => {
                let r = match d.kind() {
                    LocKind::Int => {
                        let r = self.dest(d);
                        self.load(r, a);
                        r
                    }
                    LocKind::Slot | LocKind::Float | LocKind::Const | LocKind::None => {
                        self.reg(a, RAX)
                    }
                };
                self.finish(d, r);
            }
            Opcode::CopyF64 => {
                let r = match d.kind() {
                    LocKind::Float => {
                        let r = self.float_dest(d);
                        self.load_float(r, a);
                        r
                    }
                    LocKind::Slot | LocKind::Int | LocKind::Const | LocKind::None => {
                        self.float_reg(a, X14)
                    }
                };
                self.finish_float(d, r);
            }
            Opcode::AddOvf => {
                alu!(add, true);
                dynasm!(self.asm ; .arch x64 ; jo =>out);
            }
            Opcode::SubOvf => {
                alu!(sub, false);
                dynasm!(self.asm ; .arch x64 ; jo =>out);
            }
            Opcode::MulOvf => {
                self.multiply(locs);
                dynasm!(self.asm ; .arch x64 ; jo =>out);
            }
            Opcode::Mul => self.multiply(locs),
            Opcode::Add => alu!(add, true),
            Opcode::Sub => alu!(sub, false),
            Opcode::And => alu!(and, true),
            Opcode::Or => alu!(or, true),
            Opcode::Xor => alu!(xor, true),
            Opcode::FloorDiv | Opcode::FloorMod => self.divide(op, locs, out),
            Opcode::ShlOvf | Opcode::Sar => self.shift(op, locs, leave),
            Opcode::EqI64 => {
                self.compare(a, b);
                self.flag(d, |asm| dynasm!(asm ; .arch x64 ; sete al));
            }
            Opcode::NeI64 => {
                self.compare(a, b);
                self.flag(d, |asm| dynasm!(asm ; .arch x64 ; setne al));
            }
            Opcode::LtI64 => {
                self.compare(a, b);
                self.flag(d, |asm| dynasm!(asm ; .arch x64 ; setl al));
            }
            Opcode::LeI64 => {
                self.compare(a, b);
                self.flag(d, |asm| dynasm!(asm ; .arch x64 ; setle al));
            }
            Opcode::GuardEqI64 => guard!(compare, jne),
            Opcode::GuardNeI64 => guard!(compare, je),
            Opcode::GuardLtI64 => guard!(compare, jge),
            Opcode::GuardLeI64 => guard!(compare, jg),
            Opcode::GuardGtI64 => guard!(compare, jle),
            Opcode::GuardGeI64 => guard!(compare, jl),
            Opcode::GuardIndex => {
                let x = self.reg(a, RAX);
                let y = self.operand(b, R11);
                with_operand!(self.asm, cmp, x, y);
                dynasm!(self.asm ; .arch x64 ; jae =>out);
            }
            Opcode::AddF64 => float!(addsd, true),
            Opcode::SubF64 => float!(subsd, false),
            Opcode::MulF64 => float!(mulsd, true),
            Opcode::DivF64 => float!(divsd, false),
            Opcode::NegF64 | Opcode::AbsF64 => {
                let r = self.float_dest(d);
                self.load_float(r, a);
                if op.opcode == Opcode::NegF64 {
                    self.mov_imm(RAX, 1 << 63);
                    dynasm!(self.asm ; .arch x64 ; movq Rx(X15), rax ; xorps Rx(r), Rx(X15));
                } else {
                    self.mov_imm(RAX, !(1 << 63));
                    dynasm!(self.asm ; .arch x64 ; movq Rx(X15), rax ; andps Rx(r), Rx(X15));
                }
                self.finish_float(d, r);
            }
            Opcode::SqrtF64 => {
                let r = self.float_dest(d);
                let y = self.float_operand(a);
                with_float!(self.asm, sqrtsd, r, y);
                self.finish_float(d, r);
            }
            Opcode::I64ToF64 => {
                let r = self.float_dest(d);
                let x = self.reg(a, RAX);
                // The conversion keeps the register's upper half: clearing it cuts the dependency.
                dynasm!(self.asm ; .arch x64 ; xorps Rx(r), Rx(r) ; cvtsi2sd Rx(r), Rq(x));
                self.finish_float(d, r);
            }
            Opcode::F64ToI64 => {
                let x = self.float_reg(a, X14);
                // Out of range gives MIN, which is exact for the float -2^63 alone.
                self.mov_imm(R11, (-9_223_372_036_854_775_808.0_f64).to_bits());
                dynasm!(self.asm
                    ; .arch x64
                    ; cvttsd2si rax, Rx(x)
                    ; movq Rx(X15), r11
                    ; mov r10, rax
                    ; neg r10
                    ; jno >fits
                    ; ucomisd Rx(x), Rx(X15)
                    ; jne =>out
                    ; jp =>out
                    ; fits:
                );
                self.finish(d, RAX);
            }
            Opcode::EqF64 => {
                self.compare_float(a, b);
                self.flag(d, |asm| {
                    dynasm!(asm ; .arch x64 ; sete al ; setnp r10b ; and al, r10b);
                });
            }
            Opcode::NeF64 => {
                self.compare_float(a, b);
                self.flag(d, |asm| {
                    dynasm!(asm ; .arch x64 ; setne al ; setp r10b ; or al, r10b);
                });
            }
            // `a < b` as `b > a`: the flags of an unordered result then say no.
            Opcode::LtF64 => {
                self.compare_float(b, a);
                self.flag(d, |asm| dynasm!(asm ; .arch x64 ; seta al));
            }
            Opcode::LeF64 => {
                self.compare_float(b, a);
                self.flag(d, |asm| dynasm!(asm ; .arch x64 ; setae al));
            }
            Opcode::GuardEqF64 => {
                self.compare_float(a, b);
                dynasm!(self.asm ; .arch x64 ; jne =>out ; jp =>out);
            }
            Opcode::GuardNeF64 => {
                self.compare_float(a, b);
                dynasm!(self.asm ; .arch x64 ; jp >differ ; je =>out ; differ:);
            }
            Opcode::GuardLtF64 => {
                self.compare_float(b, a);
                dynasm!(self.asm ; .arch x64 ; jbe =>out);
            }
            Opcode::GuardLeF64 => {
                self.compare_float(b, a);
                dynasm!(self.asm ; .arch x64 ; jb =>out);
            }
            Opcode::GuardNltF64 => {
                self.compare_float(b, a);
                dynasm!(self.asm ; .arch x64 ; ja =>out);
            }
            Opcode::GuardNleF64 => {
                self.compare_float(b, a);
                dynasm!(self.asm ; .arch x64 ; jae =>out);
            }
            Opcode::GuardSmallInt => {
                let r = self.reg(a, RAX);
                dynasm!(self.asm ; .arch x64 ; test Rd(r), POINTER_TAG as i32 ; jnz =>out);
            }
            Opcode::GuardClass => {
                let r = self.reg(a, RAX);
                self.guard_class(r, op.imm, out);
            }
            Opcode::GuardSame => guard!(compare, jne),
            Opcode::GuardDiffer => guard!(compare, je),
            Opcode::Untag => {
                let r = self.dest(d);
                self.load(r, a);
                dynasm!(self.asm ; .arch x64 ; sar Rq(r), 1);
                self.finish(d, r);
            }
            Opcode::UnboxI64 => {
                let r = self.dest(d);
                self.load(r, a);
                // The tag bit ends up in the carry.
                dynasm!(self.asm ; .arch x64 ; sar Rq(r), 1);
                self.finish(d, r);
                dynasm!(self.asm ; .arch x64 ; jc =>out);
            }
            Opcode::Tag => {
                let r = self.dest(d);
                self.load(r, a);
                dynasm!(self.asm ; .arch x64 ; add Rq(r), Rq(r));
                self.finish(d, r);
                dynasm!(self.asm ; .arch x64 ; jo =>out);
            }
            Opcode::LoadBoxF64 | Opcode::UnboxF64 => {
                let r = self.reg(a, RAX);
                if op.opcode == Opcode::UnboxF64 {
                    self.guard_class(r, FLOAT_CLASS as i32, out);
                }
                let x = self.float_dest(d);
                dynasm!(self.asm ; .arch x64 ; movsd Rx(x), [Rq(r) + FLOAT_DISP]);
                self.finish_float(d, x);
            }
            Opcode::BoxF64 => {
                let next = offset_of!(ExecContext, alloc_ptr) as i32;
                let limit = offset_of!(ExecContext, alloc_limit) as i32;
                let x = self.float_reg(a, X14);
                dynasm!(self.asm
                    ; .arch x64
                    ; mov rax, [rdi + next]
                    ; lea r10, [rax + FLOAT_CELL as i32]
                    ; cmp r10, [rdi + limit]
                    ; ja =>out
                    ; mov [rdi + next], r10
                    ; mov QWORD [rax], FLOAT_HEADER as i32
                    ; movsd [rax + (FLOAT_DISP + POINTER_TAG as i32)], Rx(x)
                    ; add rax, POINTER_TAG as i32
                );
                self.finish(d, RAX);
            }
            Opcode::Select => {
                let test = self.reg(a, R11);
                self.load(RAX, c);
                dynasm!(self.asm ; .arch x64 ; test Rq(test), Rq(test));
                // Moves keep the flags; `r10` is free for a constant.
                let y = match self.operand(b, R10) {
                    Int::Imm(_) => {
                        let bits = self.const_bits(b);
                        self.mov_imm(R10, bits);
                        Int::Reg(R10)
                    }
                    y => y,
                };
                match y {
                    Int::Slot(disp) => dynasm!(self.asm ; .arch x64 ; cmovnz rax, [rdi + disp]),
                    Int::Reg(r) => dynasm!(self.asm ; .arch x64 ; cmovnz rax, Rq(r)),
                    Int::Imm(_) => {}
                }
                self.finish(d, RAX);
            }
            Opcode::LoadI64 | Opcode::LoadRef => {
                let base = self.reg(a, RAX);
                let r = self.dest(d);
                dynasm!(self.asm ; .arch x64 ; mov Rq(r), [Rq(base) + op.imm]);
                self.finish(d, r);
            }
            Opcode::LoadF64 => {
                let base = self.reg(a, RAX);
                let x = self.float_dest(d);
                dynasm!(self.asm ; .arch x64 ; movsd Rx(x), [Rq(base) + op.imm]);
                self.finish_float(d, x);
            }
            Opcode::StoreI64 | Opcode::StoreRef => {
                let base = self.reg(a, R10);
                if let (LocKind::Const, Int::Imm(i)) = (b.kind(), self.operand(b, RAX)) {
                    dynasm!(self.asm ; .arch x64 ; mov QWORD [Rq(base) + op.imm], i);
                } else {
                    let r = self.reg(b, RAX);
                    dynasm!(self.asm ; .arch x64 ; mov [Rq(base) + op.imm], Rq(r));
                }
            }
            Opcode::StoreF64 => {
                let base = self.reg(a, R10);
                let x = self.float_reg(b, X14);
                dynasm!(self.asm ; .arch x64 ; movsd [Rq(base) + op.imm], Rx(x));
            }
            Opcode::LoadRefIndex => {
                let (base, i) = (self.reg(a, R10), self.reg(b, R11));
                let r = self.dest(d);
                dynasm!(self.asm ; .arch x64 ; mov Rq(r), [Rq(base) + 8 * Rq(i) + op.imm]);
                self.finish(d, r);
            }
            Opcode::StoreRefIndex => {
                let (base, i) = (self.reg(a, R10), self.reg(b, R11));
                let r = self.reg(c, RAX);
                dynasm!(self.asm ; .arch x64 ; mov [Rq(base) + 8 * Rq(i) + op.imm], Rq(r));
            }
            Opcode::CallRef1 | Opcode::CallRef2 | Opcode::CallRef3 => {
                self.call(index, op, locs)?;
                dynasm!(self.asm ; .arch x64 ; cmp rax, HELPER_FAILED as i32 ; je =>out);
                self.finish(d, RAX);
            }
            Opcode::CallF64x1 | Opcode::CallF64x2 => {
                self.call(index, op, locs)?;
                self.finish_float(d, 0);
            }
            Opcode::GuardNoCollect => {
                let flag = offset_of!(ExecContext, collect_requested) as i32;
                dynasm!(self.asm ; .arch x64 ; cmp QWORD [rdi + flag], 0 ; jne =>out);
            }
            Opcode::ExitAlways => dynasm!(self.asm ; .arch x64 ; jmp =>out),
            // The caller emits jumps.
            Opcode::Jump | Opcode::JumpTrace => {}
        }
        Ok(())
    }

    fn multiply(&mut self, locs: &OpLocs) {
        let [a, b, _] = locs.args;
        if let (false, Int::Imm(i)) = (a.kind() == LocKind::Const, self.operand_kind(b)) {
            // The three-operand form needs no copy.
            let x = self.reg(a, RAX);
            let d = self.dest(locs.result);
            dynasm!(self.asm ; .arch x64 ; imul Rq(d), Rq(x), i);
            self.finish(locs.result, d);
            return;
        }
        let r = self.two_address(locs, true, |asm, d, y| match y {
            Int::Reg(r) => dynasm!(asm ; .arch x64 ; imul Rq(d), Rq(r)),
            Int::Slot(disp) => dynasm!(asm ; .arch x64 ; imul Rq(d), [rdi + disp]),
            Int::Imm(i) => dynasm!(asm ; .arch x64 ; imul Rq(d), Rq(d), i),
        });
        self.finish(locs.result, r);
    }

    /// Like `operand`, but emits nothing: constants beyond 32 bits count as a register.
    fn operand_kind(&self, loc: Loc) -> Int {
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
