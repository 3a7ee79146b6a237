//! Statements.

use super::{Block, Compiled, Unit, fold};
use crate::bytecode::Opcode;
use crate::compile::emit::Label;
use ruff_python_ast::{Stmt, StmtAssert, StmtFor, StmtIf, StmtImport, StmtImportFrom, StmtWhile};
use ruff_text_size::Ranged;

impl<'a> Unit<'a> {
    pub(super) fn stmt(&mut self, stmt: &'a Stmt) -> Compiled {
        let at = self.at(stmt);
        match stmt {
            Stmt::FunctionDef(s) => self.function(s),
            Stmt::Return(s) => self.return_statement(s),
            Stmt::Delete(s) => s.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::Assign(s) => self.assign(s),
            Stmt::AugAssign(s) => self.aug_assign(s),
            Stmt::AnnAssign(s) => self.ann_assign(s),
            Stmt::For(s) => self.for_loop(s),
            Stmt::While(s) => self.while_loop(s),
            Stmt::If(s) => self.if_else(s),
            Stmt::Raise(s) => self.raise(s),
            Stmt::Try(s) => self.try_statement(s),
            Stmt::With(s) => self.with(s),
            Stmt::ClassDef(s) => self.class(s),
            Stmt::Assert(s) => self.assert(s),
            Stmt::Import(s) => self.import(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::Expr(s) => {
                if fold::constant(&s.value).is_some() {
                    return Ok(());
                }
                self.expr(&s.value)?;
                self.e.op(at, Opcode::PopTop, 0, 0);
                Ok(())
            }
            Stmt::Break(_) | Stmt::Continue(_) => self.leave_loop(stmt),
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) => Ok(()),
            // Refused before.
            Stmt::TypeAlias(_) | Stmt::Match(_) | Stmt::IpyEscapeCommand(_) => {
                Err(super::Problem::unsupported(stmt.range(), "this statement"))
            }
        }
    }

    fn if_else(&mut self, s: &'a StmtIf) -> Compiled {
        let end = self.e.label();
        let mut next = self.e.label();
        self.jump_if(&s.test, false, next)?;
        self.body(&s.body)?;
        let at = self.at(s);
        for clause in &s.elif_else_clauses {
            if !self.e.is_targeted(next) {
                // The test before was true, whatever runs.
                break;
            }
            self.e.jump(at, Opcode::Jump, end);
            self.e.place(next);
            next = self.e.label();
            if let Some(test) = &clause.test {
                self.jump_if(test, false, next)?;
            }
            self.body(&clause.body)?;
        }
        self.e.place(next);
        self.e.place(end);
        Ok(())
    }

    fn while_loop(&mut self, s: &'a StmtWhile) -> Compiled {
        let at = self.at(&*s.test);
        let constant = fold::constant(&s.test).map(|value| fold::truth(&value));
        if constant == Some(false) {
            return self.body(&s.orelse);
        }
        let (orelse, after) = (self.e.label(), self.e.label());
        let number = self.e.begin_loop();
        // A loop has its header to itself.
        if constant == Some(true) && matches!(s.body.first(), Some(Stmt::While(_))) {
            self.e.op(at, Opcode::Nop, 0, 0);
        }
        self.jump_if(&s.test, false, orelse)?;
        let outside = self.e.region;
        let block = Block::Loop { number, after, is_for: false, position: at, outside };
        self.rest_of_loop(block, &s.body, (orelse, &s.orelse), after)
    }

    fn for_loop(&mut self, s: &'a StmtFor) -> Compiled {
        let at = self.at(s);
        self.iterable(at, &s.iter)?;
        let (orelse, after) = (self.e.label(), self.e.label());
        let number = self.e.begin_loop();
        self.e.jump(at, Opcode::ForIter, orelse);
        self.store(&s.target)?;
        let outside = self.e.region;
        let block = Block::Loop { number, after, is_for: true, position: at, outside };
        self.rest_of_loop(block, &s.body, (orelse, &s.orelse), after)
    }

    /// What stands behind a loop's header: its body, the jump back, and what runs where it was not left by `break`.
    fn rest_of_loop(
        &mut self,
        block: Block<'a>,
        body: &'a [Stmt],
        (orelse, otherwise): (Label, &'a [Stmt]),
        after: Label,
    ) -> Compiled {
        self.blocks.push(block);
        self.body(body)?;
        if let Some(Block::Loop { number, position, .. }) = self.blocks.pop() {
            self.e.wide(position, Opcode::JumpBackward, number);
            self.e.end_loop(number);
        }
        self.e.place(orelse);
        self.body(otherwise)?;
        self.e.place(after);
        Ok(())
    }

    fn assert(&mut self, s: &'a StmtAssert) -> Compiled {
        let at = self.assert_place(self.at(s), &s.test);
        let ok = self.e.label();
        self.jump_if(&s.test, true, ok)?;
        if self.e.reachable() {
            self.e.op(at, Opcode::LoadAssertionError, 0, 0);
            if let Some(message) = &s.msg {
                self.e.op(at, Opcode::PushNull, 0, 0);
                self.expr(message)?;
                self.e.op(at, Opcode::Call, 1, 0);
            }
            self.e.wide(at, Opcode::Raise, 1);
        }
        self.e.place(ok);
        Ok(())
    }

    fn import(&mut self, s: &'a StmtImport) -> Compiled {
        let at = self.at(s);
        for alias in &s.names {
            let module = self.e.name(&alias.name.id);
            self.e.op(at, Opcode::ImportName, u8::from(alias.asname.is_none()), module);
            match &alias.asname {
                Some(name) => self.store_name(at, &name.id),
                None => self.store_name(at, outermost(&alias.name.id)),
            }
        }
        Ok(())
    }

    fn import_from(&mut self, s: &'a StmtImportFrom) -> Compiled {
        let at = self.at(s);
        let module = s.module.as_ref().map_or("", |module| module.as_str());
        if s.level == 0 && module == "__future__" {
            return Ok(());
        }
        let module = format!("{}{module}", ".".repeat(s.level as usize));
        let module = self.e.name(&module);
        self.e.op(at, Opcode::ImportName, 0, module);
        for alias in &s.names {
            if alias.name.as_str() == "*" {
                self.e.op(at, Opcode::ImportStar, 0, 0);
                return Ok(());
            }
            let name = self.e.name(&alias.name.id);
            self.e.op(at, Opcode::ImportFrom, 0, name);
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.store_name(at, &name.id);
        }
        self.e.op(at, Opcode::PopTop, 0, 0);
        Ok(())
    }
}

/// The first part of a module's name.
pub(crate) fn outermost(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
}
