//! Assignment, deletion and unpacking.

use super::{Compiled, Unit, fold};
use crate::bytecode::{ConstValue, Opcode};
use crate::scope::ScopeKind;
use crate::subset::{ANNOTATIONS, elements};
use ruff_python_ast::{Expr, StmtAnnAssign, StmtAssign, StmtAugAssign};
use ruff_text_size::Ranged;

impl<'a> Unit<'a> {
    pub(super) fn assign(&mut self, s: &'a StmtAssign) -> Compiled {
        if let [target] = &s.targets[..]
            && self.parallel_assign(target, &s.value)?
        {
            return Ok(());
        }
        self.expr(&s.value)?;
        let at = self.at(s);
        for (number, target) in s.targets.iter().enumerate() {
            if number + 1 < s.targets.len() {
                self.e.wide(at, Opcode::Copy, 1);
            }
            self.store(target)?;
        }
        Ok(())
    }

    /// `a, b = b, a` without a tuple; false where that would show.
    fn parallel_assign(&mut self, target: &'a Expr, value: &'a Expr) -> Compiled<bool> {
        let Expr::Tuple(values) = value else { return Ok(false) };
        let targets = elements(target);
        let starred = values.elts.iter().chain(targets).any(Expr::is_starred_expr);
        if starred || targets.is_empty() || targets.len() != values.elts.len() || targets.len() > 30
        {
            return Ok(false);
        }
        // Stores to different names can be done in any order.
        let mut names: Vec<&str> =
            targets.iter().filter_map(|t| t.as_name_expr()).map(|name| name.id.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let any_order = names.len() == targets.len();
        if !any_order && targets.len() > 3 {
            return Ok(false);
        }
        self.exprs(&values.elts)?;
        if any_order {
            for target in targets.iter().rev() {
                self.store(target)?;
            }
            return Ok(true);
        }
        // The first value has to come to the top.
        let at = self.at(value);
        if targets.len() > 1 {
            self.e.wide(at, Opcode::Swap, targets.len() as u32);
        }
        for target in targets {
            self.store(target)?;
        }
        Ok(true)
    }

    /// Pops the top into a target.
    pub(super) fn store(&mut self, target: &'a Expr) -> Compiled {
        let at = self.at(target);
        match target {
            Expr::Name(name) => self.store_name(at, &name.id),
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.expr(&s.slice)?;
                self.e.op(at, Opcode::StoreSubscr, 0, 0);
            }
            Expr::Attribute(s) => {
                self.expr(&s.value)?;
                let name = self.attribute(&s.attr.id);
                let at = self.attribute_at(at, s);
                self.e.op(at, Opcode::StoreAttr, 0, name);
            }
            Expr::Starred(s) => self.store(&s.value)?,
            target => {
                let elements = elements(target);
                // Their numbers were checked before.
                match elements.iter().position(Expr::is_starred_expr) {
                    Some(star) => {
                        let after = (elements.len() - star - 1) as u16;
                        self.e.op(at, Opcode::UnpackEx, star as u8, after);
                    }
                    None => self.e.op(at, Opcode::UnpackSequence, elements.len() as u8, 0),
                }
                for element in elements {
                    self.store(element)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn aug_assign(&mut self, s: &'a StmtAugAssign) -> Compiled {
        let at = self.at(&*s.target);
        match &*s.target {
            Expr::Subscript(target) => {
                self.expr(&target.value)?;
                self.expr(&target.slice)?;
                self.e.wide(at, Opcode::Copy, 2);
                self.e.wide(at, Opcode::Copy, 2);
                self.e.op(at, Opcode::BinarySubscr, 0, 0);
                self.expr(&s.value)?;
                self.binary_in_place(s.range, s.op);
                self.e.wide(at, Opcode::Swap, 3);
                self.e.wide(at, Opcode::Swap, 2);
                self.e.op(at, Opcode::StoreSubscr, 0, 0);
            }
            Expr::Attribute(target) => {
                let name = self.attribute(&target.attr.id);
                let at = self.attribute_at(at, target);
                self.expr(&target.value)?;
                self.e.wide(at, Opcode::Copy, 1);
                self.e.op(at, Opcode::LoadAttr, 0, name);
                self.expr(&s.value)?;
                self.binary_in_place(s.range, s.op);
                self.e.wide(at, Opcode::Swap, 2);
                let name = self.attribute(&target.attr.id);
                self.e.op(at, Opcode::StoreAttr, 0, name);
            }
            target => {
                self.expr(target)?;
                self.expr(&s.value)?;
                self.binary_in_place(s.range, s.op);
                self.store(target)?;
            }
        }
        Ok(())
    }

    /// Keeps the annotation of a variable of a class.
    fn annotation(&mut self, s: &'a StmtAnnAssign) -> Compiled {
        let name = match &*s.target {
            Expr::Name(name) if s.simple && self.scope.kind == ScopeKind::Class => &name.id,
            _ => return Ok(()),
        };
        let at = self.at(&*s.annotation);
        if self.scopes.annotations_are_text {
            let text = &self.source.text[s.annotation.range()];
            self.constant(at, ConstValue::Str(text.into()));
        } else {
            self.expr(&s.annotation)?;
        }
        self.load_name(at, ANNOTATIONS);
        let name = self.mangle(name);
        self.constant(at, ConstValue::Str(name.into()));
        self.e.op(at, Opcode::StoreSubscr, 0, 0);
        Ok(())
    }

    pub(super) fn ann_assign(&mut self, s: &'a StmtAnnAssign) -> Compiled {
        if let Some(value) = &s.value {
            self.expr(value)?;
            self.store(&s.target)?;
            return self.annotation(s);
        }
        self.annotation(s)?;
        // Without a value, what the target is made of is evaluated all the same.
        let at = self.at(&*s.target);
        let parts: &[&Expr] = match &*s.target {
            Expr::Subscript(target) => &[&target.value, &target.slice],
            Expr::Attribute(target) => &[&target.value],
            _ => &[],
        };
        for part in parts {
            if fold::constant(part).is_none() {
                self.expr(part)?;
                self.e.op(at, Opcode::PopTop, 0, 0);
            }
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, target: &'a Expr) -> Compiled {
        let at = self.at(target);
        match target {
            Expr::Name(name) => self.delete_name(at, &name.id),
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.expr(&s.slice)?;
                self.e.op(at, Opcode::DeleteSubscr, 0, 0);
            }
            Expr::Attribute(s) => {
                self.expr(&s.value)?;
                let name = self.attribute(&s.attr.id);
                let at = self.attribute_at(at, s);
                self.e.op(at, Opcode::DeleteAttr, 0, name);
            }
            target => {
                for element in elements(target) {
                    self.delete(element)?;
                }
            }
        }
        Ok(())
    }
}
