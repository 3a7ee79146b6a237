//! Expressions: each leaves its value on the operand stack.

use super::comprehension::Element;
use super::{Compiled, Unit, fold};
use crate::bytecode::{BinaryKind, ConstValue, IN_PLACE, Opcode, Position};
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprDict, ExprSlice, ExprUnaryOp, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

/// Displays of more elements are built one by one, to keep the operand stack low.
const MAX_ON_STACK: usize = 30;

impl<'a> Unit<'a> {
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Compiled {
        if !self.e.reachable() {
            return Ok(());
        }
        let at = self.at(expr);
        if let Some(value) = fold::constant(expr) {
            self.constant(at, value);
            return Ok(());
        }
        match expr {
            Expr::Name(e) => self.load_name(at, &e.id),
            Expr::BinOp(e) => {
                self.expr(&e.left)?;
                self.expr(&e.right)?;
                self.e.op(at, Opcode::BinaryOp, binary_kind(e.op) as u8, 0);
            }
            Expr::UnaryOp(e) => self.unary(e)?,
            Expr::BoolOp(e) => {
                let op = match e.op {
                    BoolOp::And => Opcode::JumpIfFalseOrPop,
                    BoolOp::Or => Opcode::JumpIfTrueOrPop,
                };
                let end = self.e.label();
                for (number, value) in e.values.iter().enumerate() {
                    self.expr(value)?;
                    if number + 1 < e.values.len() {
                        self.e.jump(at, op, end);
                    }
                }
                self.e.place(end);
            }
            Expr::Compare(e) => self.compare_value(e)?,
            Expr::If(e) => {
                let (orelse, end) = (self.e.label(), self.e.label());
                self.jump_if(&e.test, false, orelse)?;
                if self.e.reachable() {
                    self.expr(&e.body)?;
                    self.e.jump(at, Opcode::Jump, end);
                }
                self.e.place(orelse);
                if self.e.reachable() {
                    self.expr(&e.orelse)?;
                }
                self.e.place(end);
            }
            Expr::Named(e) => {
                self.expr(&e.value)?;
                self.e.wide(at, Opcode::Copy, 1);
                if let Expr::Name(name) = &*e.target {
                    let target = self.at(name);
                    self.store_scope_name(target, &name.id);
                }
            }
            Expr::Call(e) => self.call(e)?,
            Expr::Attribute(e) => {
                self.expr(&e.value)?;
                let name = self.attribute(&e.attr.id);
                let at = self.attribute_at(at, e);
                self.e.op(at, Opcode::LoadAttr, 0, name);
            }
            Expr::Subscript(e) => {
                self.expr(&e.value)?;
                self.expr(&e.slice)?;
                self.e.op(at, Opcode::BinarySubscr, 0, 0);
            }
            Expr::Slice(e) => self.slice(at, e)?,
            Expr::List(e) => self.list(at, &e.elts)?,
            Expr::Tuple(e) => self.tuple(at, &e.elts)?,
            Expr::Set(e) => self.set(at, &e.elts)?,
            Expr::Dict(e) => self.dict(at, e)?,
            Expr::ListComp(e) => {
                let element = Element::List(&e.elt);
                self.comprehension(at, e.range, element, &e.generators)?;
            }
            Expr::SetComp(e) => {
                let element = Element::Set(&e.elt);
                self.comprehension(at, e.range, element, &e.generators)?;
            }
            Expr::DictComp(e) => {
                let Some(key) = &e.key else { return Ok(()) };
                let element = Element::Dict(key, &e.value);
                self.comprehension(at, e.range, element, &e.generators)?;
            }
            Expr::Lambda(e) => self.lambda(at, e)?,
            Expr::Generator(e) => self.generator_expression(at, e)?,
            Expr::Yield(e) => {
                match &e.value {
                    Some(value) => self.expr(value)?,
                    None => self.constant(at, ConstValue::None),
                }
                self.e.op(at, Opcode::Yield, 0, 0);
            }
            Expr::YieldFrom(e) => {
                self.expr(&e.value)?;
                self.e.op(at, Opcode::GetYieldFromIter, 0, 0);
                self.constant(at, ConstValue::None);
                self.e.op(at, Opcode::YieldFrom, 0, 0);
            }
            Expr::FString(e) => self.f_string(at, e)?,
            // Refused before.
            Expr::Await(_)
            | Expr::TString(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::Starred(_)
            | Expr::IpyEscapeCommand(_) => {
                return Err(super::Problem::unsupported(expr.range(), "this expression"));
            }
        }
        Ok(())
    }

    fn unary(&mut self, e: &'a ExprUnaryOp) -> Compiled {
        let at = self.at(e);
        // `not a in b` is `a not in b`, and `not a is b` is `a is not b`.
        if e.op == UnaryOp::Not
            && let Expr::Compare(compare) = &*e.operand
            && let [op @ (CmpOp::In | CmpOp::NotIn | CmpOp::Is | CmpOp::IsNot)] = compare.ops[..]
            && let [right] = &compare.comparators[..]
        {
            self.expr(&compare.left)?;
            self.comparand(op, right)?;
            self.compare(at, op.negate());
            return Ok(());
        }
        self.expr(&e.operand)?;
        let op = match e.op {
            UnaryOp::Not => Opcode::UnaryNot,
            UnaryOp::USub => Opcode::UnaryNeg,
            UnaryOp::UAdd => Opcode::UnaryPos,
            UnaryOp::Invert => Opcode::UnaryInvert,
        };
        self.e.op(at, op, 0, 0);
        Ok(())
    }

    pub(super) fn exprs(&mut self, exprs: &'a [Expr]) -> Compiled {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    fn slice(&mut self, at: Position, e: &'a ExprSlice) -> Compiled {
        for bound in [&e.lower, &e.upper] {
            match bound {
                Some(bound) => self.expr(bound)?,
                None => self.constant(at, ConstValue::None),
            }
        }
        match &e.step {
            Some(step) => {
                self.expr(step)?;
                self.e.wide(at, Opcode::BuildSlice, 3);
            }
            None => self.e.wide(at, Opcode::BuildSlice, 2),
        }
        Ok(())
    }

    fn list(&mut self, at: Position, elements: &'a [Expr]) -> Compiled {
        if elements.len() >= 3
            && let Some(value) = fold::tuple(elements)
        {
            self.e.wide(at, Opcode::BuildList, 0);
            self.constant(at, value);
            self.e.wide(at, Opcode::ListExtend, 1);
            return Ok(());
        }
        if elements.len() <= MAX_ON_STACK && !elements.iter().any(Expr::is_starred_expr) {
            self.exprs(elements)?;
            self.e.wide(at, Opcode::BuildList, elements.len() as u32);
            return Ok(());
        }
        self.long_list(at, elements)
    }

    pub(super) fn tuple(&mut self, at: Position, elements: &'a [Expr]) -> Compiled {
        if elements.len() <= MAX_ON_STACK && !elements.iter().any(Expr::is_starred_expr) {
            self.exprs(elements)?;
            self.e.wide(at, Opcode::BuildTuple, elements.len() as u32);
            return Ok(());
        }
        self.long_list(at, elements)?;
        self.e.op(at, Opcode::ListToTuple, 0, 0);
        Ok(())
    }

    fn set(&mut self, at: Position, elements: &'a [Expr]) -> Compiled {
        // The order of a set depends on how it was made: this is how CPython makes it.
        if elements.len() > 2
            && let Some(ConstValue::Tuple(constants)) = fold::tuple(elements)
        {
            self.e.wide(at, Opcode::BuildSet, 0);
            self.constant(at, ConstValue::FrozenSet(constants));
            self.e.wide(at, Opcode::SetUpdate, 1);
            return Ok(());
        }
        if elements.len() <= MAX_ON_STACK && !elements.iter().any(Expr::is_starred_expr) {
            self.exprs(elements)?;
            self.e.wide(at, Opcode::BuildSet, elements.len() as u32);
            return Ok(());
        }
        self.e.wide(at, Opcode::BuildSet, 0);
        for element in elements {
            if let Expr::Starred(starred) = element {
                self.expr(&starred.value)?;
                self.e.wide(at, Opcode::SetUpdate, 1);
            } else {
                self.expr(element)?;
                self.e.wide(at, Opcode::SetAdd, 1);
            }
        }
        Ok(())
    }

    fn dict(&mut self, at: Position, e: &'a ExprDict) -> Compiled {
        let plain = e.items.iter().all(|item| item.key.is_some());
        if plain && e.items.len() <= MAX_ON_STACK / 2 {
            for item in &e.items {
                if let Some(key) = &item.key {
                    self.expr(key)?;
                }
                self.expr(&item.value)?;
            }
            self.e.wide(at, Opcode::BuildMap, e.items.len() as u32);
            return Ok(());
        }
        self.e.wide(at, Opcode::BuildMap, 0);
        for item in &e.items {
            match &item.key {
                Some(key) => {
                    self.expr(key)?;
                    self.expr(&item.value)?;
                    self.e.wide(at, Opcode::MapAdd, 1);
                }
                None => {
                    self.expr(&item.value)?;
                    self.e.wide(at, Opcode::DictUpdate, 1);
                }
            }
        }
        Ok(())
    }

    /// A list built element by element: a long one, or one with starred elements.
    pub(super) fn long_list(&mut self, at: Position, elements: &'a [Expr]) -> Compiled {
        let plain = elements.iter().take(MAX_ON_STACK).take_while(|e| !e.is_starred_expr()).count();
        let (first, rest) = elements.split_at(plain);
        self.exprs(first)?;
        self.e.wide(at, Opcode::BuildList, plain as u32);
        for element in rest {
            if let Expr::Starred(starred) = element {
                self.expr(&starred.value)?;
                self.e.wide(at, Opcode::ListExtend, 1);
            } else {
                self.expr(element)?;
                self.e.wide(at, Opcode::ListAppend, 1);
            }
        }
        Ok(())
    }

    pub(super) fn binary_in_place(&mut self, range: TextRange, op: Operator) {
        let at = self.at(range);
        self.e.op(at, Opcode::BinaryOp, binary_kind(op) as u8 | IN_PLACE, 0);
    }
}

fn binary_kind(op: Operator) -> BinaryKind {
    match op {
        Operator::Add => BinaryKind::Add,
        Operator::Sub => BinaryKind::Sub,
        Operator::Mult => BinaryKind::Mul,
        Operator::MatMult => BinaryKind::MatMul,
        Operator::Div => BinaryKind::TrueDiv,
        Operator::Mod => BinaryKind::Mod,
        Operator::Pow => BinaryKind::Pow,
        Operator::LShift => BinaryKind::LShift,
        Operator::RShift => BinaryKind::RShift,
        Operator::BitOr => BinaryKind::Or,
        Operator::BitXor => BinaryKind::Xor,
        Operator::BitAnd => BinaryKind::And,
        Operator::FloorDiv => BinaryKind::FloorDiv,
    }
}
