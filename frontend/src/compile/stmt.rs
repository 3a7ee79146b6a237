//! Statements.

use super::{Compiled, Loop, Unit, fold};
use crate::bytecode::{ConstValue, Opcode};
use ruff_python_ast::{
    Expr, Stmt, StmtAssert, StmtFor, StmtFunctionDef, StmtIf, StmtImport, StmtImportFrom, StmtWhile,
};
use ruff_text_size::Ranged;
use std::sync::Arc;

impl<'a> Unit<'a> {
    pub(super) fn stmt(&mut self, stmt: &'a Stmt) -> Compiled {
        let at = self.at(stmt);
        match stmt {
            Stmt::FunctionDef(s) => self.function(s),
            Stmt::Return(s) => {
                match &s.value {
                    Some(value) => self.expr(value)?,
                    None => self.constant(at, ConstValue::None),
                }
                self.e.op(at, Opcode::ReturnValue, 0, 0);
                Ok(())
            }
            Stmt::Delete(s) => s.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::Assign(s) => self.assign(s),
            Stmt::AugAssign(s) => self.aug_assign(s),
            Stmt::AnnAssign(s) => self.ann_assign(s),
            Stmt::For(s) => self.for_loop(s),
            Stmt::While(s) => self.while_loop(s),
            Stmt::If(s) => self.if_else(s),
            Stmt::Raise(s) => {
                if let Some(exception) = &s.exc {
                    self.expr(exception)?;
                    self.e.wide(at, Opcode::Raise, 1);
                }
                Ok(())
            }
            Stmt::Assert(s) => self.assert(s),
            Stmt::Import(s) => self.import(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::Expr(s) => {
                let nothing = s.value.is_ellipsis_literal_expr();
                if nothing || fold::constant(&s.value).is_some() {
                    return Ok(());
                }
                self.expr(&s.value)?;
                self.e.op(at, Opcode::PopTop, 0, 0);
                Ok(())
            }
            Stmt::Break(_) => {
                if let Some(Loop { after, is_for, .. }) = self.loops.last() {
                    let after = *after;
                    if *is_for {
                        self.e.op(at, Opcode::EndFor, 0, 0);
                    }
                    self.e.jump(at, Opcode::Jump, after);
                }
                Ok(())
            }
            Stmt::Continue(_) => {
                if let Some(Loop { number, .. }) = self.loops.last() {
                    self.e.wide(at, Opcode::JumpBackward, *number);
                }
                Ok(())
            }
            Stmt::Global(_) | Stmt::Pass(_) => Ok(()),
            // Refused before.
            Stmt::ClassDef(_)
            | Stmt::TypeAlias(_)
            | Stmt::With(_)
            | Stmt::Match(_)
            | Stmt::Try(_)
            | Stmt::Nonlocal(_)
            | Stmt::IpyEscapeCommand(_) => {
                Err(super::Problem::unsupported(stmt.range(), "this statement"))
            }
        }
    }

    fn function(&mut self, s: &'a StmtFunctionDef) -> Compiled {
        let at = self.at(s.range);
        let defaults: Vec<&Expr> =
            s.parameters.args.iter().filter_map(|p| p.default.as_deref()).collect();
        if !defaults.is_empty() {
            let constants: Option<Vec<_>> = defaults.iter().map(|e| fold::constant(e)).collect();
            match constants {
                Some(values) => self.constant(at, ConstValue::Tuple(values)),
                None => {
                    for value in &defaults {
                        self.expr(value)?;
                    }
                    self.e.wide(at, Opcode::BuildTuple, defaults.len() as u32);
                }
            }
        }
        let code = self.function_code(s)?;
        self.constant(at, ConstValue::Code(Arc::new(code)));
        self.e.wide(at, Opcode::MakeFunction, !defaults.is_empty() as u32);
        self.store_name(at, &s.name.id);
        Ok(())
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
        self.loops.push(Loop { number, after, is_for: false, position: at });
        self.body(&s.body)?;
        self.end_loop();
        self.e.place(orelse);
        self.body(&s.orelse)?;
        self.e.place(after);
        Ok(())
    }

    fn for_loop(&mut self, s: &'a StmtFor) -> Compiled {
        let at = self.at(s);
        self.iterable(at, &s.iter)?;
        let (orelse, after) = (self.e.label(), self.e.label());
        let number = self.e.begin_loop();
        self.e.jump(at, Opcode::ForIter, orelse);
        self.store(&s.target)?;
        self.loops.push(Loop { number, after, is_for: true, position: at });
        self.body(&s.body)?;
        self.end_loop();
        self.e.place(orelse);
        self.body(&s.orelse)?;
        self.e.place(after);
        Ok(())
    }

    fn end_loop(&mut self) {
        if let Some(Loop { number, position, .. }) = self.loops.pop() {
            self.e.wide(position, Opcode::JumpBackward, number);
            self.e.end_loop(number);
        }
    }

    fn assert(&mut self, s: &'a StmtAssert) -> Compiled {
        // CPython names the comparison that failed, or else the whole statement.
        let mut test = &*s.test;
        while let Expr::UnaryOp(not) = test {
            test = &not.operand;
        }
        let at = if test.is_compare_expr() { self.at(test) } else { self.at(s) };
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
            let module = self.e.global(&alias.name.id);
            self.e.wide(at, Opcode::ImportName, module);
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.store_name(at, &name.id);
        }
        Ok(())
    }

    fn import_from(&mut self, s: &'a StmtImportFrom) -> Compiled {
        let at = self.at(s);
        let Some(module) = s.module.as_ref().filter(|module| module.as_str() != "__future__")
        else {
            return Ok(());
        };
        let module = self.e.global(&module.id);
        self.e.wide(at, Opcode::ImportName, module);
        for alias in &s.names {
            let name = self.e.name(&alias.name.id);
            self.e.op(at, Opcode::ImportFrom, 0, name);
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.store_name(at, &name.id);
        }
        self.e.op(at, Opcode::PopTop, 0, 0);
        Ok(())
    }
}
