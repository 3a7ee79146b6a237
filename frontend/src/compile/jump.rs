//! Conditions compiled to jumps, and comparisons.

use super::emit::Label;
use super::{Compiled, Unit, fold};
use crate::bytecode::{CompareKind, Opcode, Position};
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCompare, UnaryOp};

impl<'a> Unit<'a> {
    /// Jumps to `target` where the truth of `test` is `when`, else goes on.
    pub(super) fn jump_if(&mut self, test: &'a Expr, when: bool, target: Label) -> Compiled {
        if !self.e.reachable() {
            return Ok(());
        }
        if let Some(value) = fold::constant(test) {
            if fold::truth(&value) == when {
                let at = self.at(test);
                self.e.jump(at, Opcode::Jump, target);
            }
            return Ok(());
        }
        match test {
            Expr::UnaryOp(e) if e.op == UnaryOp::Not => self.jump_if(&e.operand, !when, target),
            Expr::BoolOp(e) => {
                let Some((last, first)) = e.values.split_last() else { return Ok(()) };
                // The truth that decides the whole.
                let decides = e.op == BoolOp::Or;
                let end = self.e.label();
                let early = if decides == when { target } else { end };
                for value in first {
                    self.jump_if(value, decides, early)?;
                }
                self.jump_if(last, when, target)?;
                self.e.place(end);
                Ok(())
            }
            Expr::If(e) => {
                let (orelse, end) = (self.e.label(), self.e.label());
                let at = self.at(test);
                self.jump_if(&e.test, false, orelse)?;
                self.jump_if(&e.body, when, target)?;
                self.e.jump(at, Opcode::Jump, end);
                self.e.place(orelse);
                self.jump_if(&e.orelse, when, target)?;
                self.e.place(end);
                Ok(())
            }
            Expr::Compare(e) if e.ops.len() > 1 => self.chain_jump(e, when, target),
            test => {
                self.expr(test)?;
                let at = self.at(test);
                self.e.jump(at, jump_op(when), target);
                Ok(())
            }
        }
    }

    fn chain_jump(&mut self, e: &'a ExprCompare, when: bool, target: Label) -> Compiled {
        let at = self.at(e);
        let (drop, end) = (self.e.label(), self.e.label());
        let failed = if when { end } else { target };
        self.expr(&e.left)?;
        let last = e.ops.len() - 1;
        for (op, right) in e.ops[..last].iter().zip(&e.comparators) {
            self.expr(right)?;
            if self.repeatable(right) {
                self.compare(at, *op);
                self.e.jump(at, Opcode::PopJumpIfFalse, failed);
                self.expr(right)?;
            } else {
                self.e.wide(at, Opcode::Swap, 2);
                self.e.wide(at, Opcode::Copy, 2);
                self.compare(at, *op);
                self.e.jump(at, Opcode::PopJumpIfFalse, drop);
            }
        }
        self.comparand(e.ops[last], &e.comparators[last])?;
        self.compare(at, e.ops[last]);
        self.e.jump(at, jump_op(when), target);
        if self.e.is_targeted(drop) {
            self.e.jump(at, Opcode::Jump, end);
            self.e.place(drop);
            self.e.op(at, Opcode::PopTop, 0, 0);
            if !when {
                self.e.jump(at, Opcode::Jump, target);
            }
        }
        self.e.place(end);
        Ok(())
    }

    /// A comparison as a value.
    pub(super) fn compare_value(&mut self, e: &'a ExprCompare) -> Compiled {
        let at = self.at(e);
        self.expr(&e.left)?;
        let Some(last) = e.ops.len().checked_sub(1) else { return Ok(()) };
        let (drop, end) = (self.e.label(), self.e.label());
        for (op, right) in e.ops[..last].iter().zip(&e.comparators) {
            self.expr(right)?;
            if self.repeatable(right) {
                self.compare(at, *op);
                self.e.jump(at, Opcode::JumpIfFalseOrPop, end);
                self.expr(right)?;
            } else {
                self.e.wide(at, Opcode::Swap, 2);
                self.e.wide(at, Opcode::Copy, 2);
                self.compare(at, *op);
                self.e.jump(at, Opcode::JumpIfFalseOrPop, drop);
            }
        }
        self.comparand(e.ops[last], &e.comparators[last])?;
        self.compare(at, e.ops[last]);
        if self.e.is_targeted(drop) {
            self.e.jump(at, Opcode::Jump, end);
            self.e.place(drop);
            self.e.wide(at, Opcode::Swap, 2);
            self.e.op(at, Opcode::PopTop, 0, 0);
        }
        self.e.place(end);
        Ok(())
    }

    /// The right side of a comparison. Membership in a list of constants is tested in a tuple.
    pub(super) fn comparand(&mut self, op: CmpOp, right: &'a Expr) -> Compiled {
        if let (CmpOp::In | CmpOp::NotIn, Expr::List(list)) = (op, right)
            && let Some(value) = fold::tuple(&list.elts)
        {
            let at = self.at(right);
            self.constant(at, value);
            return Ok(());
        }
        self.expr(right)
    }

    /// Whether an expression can be evaluated twice without anyone noticing.
    fn repeatable(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Name(name) => matches!(self.place_of(&name.id), super::Place::Local(_)),
            expr => fold::constant(expr).is_some(),
        }
    }

    pub(super) fn compare(&mut self, at: Position, op: CmpOp) {
        let kind = match op {
            CmpOp::Lt => CompareKind::Lt,
            CmpOp::LtE => CompareKind::Le,
            CmpOp::Eq => CompareKind::Eq,
            CmpOp::NotEq => CompareKind::Ne,
            CmpOp::Gt => CompareKind::Gt,
            CmpOp::GtE => CompareKind::Ge,
            CmpOp::Is => return self.e.op(at, Opcode::IsOp, 0, 0),
            CmpOp::IsNot => return self.e.op(at, Opcode::IsOp, 1, 0),
            CmpOp::In => return self.e.op(at, Opcode::ContainsOp, 0, 0),
            CmpOp::NotIn => return self.e.op(at, Opcode::ContainsOp, 1, 0),
        };
        self.e.op(at, Opcode::CompareOp, kind as u8, 0);
    }
}

/// The conditional jump taken where the top's truth is `when`.
pub(super) fn jump_op(when: bool) -> Opcode {
    if when { Opcode::PopJumpIfTrue } else { Opcode::PopJumpIfFalse }
}
