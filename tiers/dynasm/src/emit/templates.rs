//! The template of each op.

use super::operands::{Float, Int};
use super::{Asm, R10, R11, RAX, RCX, RDX, RSI, Templates, X14, X15};
use crate::file::{FLOATS, INTS};
use dynasmrt::{DynamicLabel, DynasmApi, DynasmLabelApi, dynasm};
use std::mem::offset_of;
use tierlab_regalloc::{Loc, LocKind, OpLocs};
use tierlab_trace::backend::CompileError;
use tierlab_trace::ir::{Const, Op};
use tierlab_trace::layout::{
    CLASS_DISP, ExecContext, FLOAT_CELL, FLOAT_CLASS, FLOAT_DISP, FLOAT_HEADER, HELPER_FAILED,
    POINTER_TAG,
};
use tierlab_trace::ops::Opcode;

impl Templates<'_> {
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
    pub(super) fn op(
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
}
