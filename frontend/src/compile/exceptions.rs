//! Exceptions and what has to happen on the way out: `raise`, `try`, `with`, and jumps out of them.
//!
//! The body of a `finally` clause is compiled once for every way into it: at the end of what
//! it guards, for exceptions, and for every `return`, `break` and `continue` that leaves.
//!
//! While an exception is handled, the one handled before lies on the stack. A region over the
//! handler's code restores it where another exception leaves ([`Opcode::Reraise`] 1).

use super::emit::Label;
use super::{Block, Compiled, Unit, fold};
use crate::bytecode::{ConstValue, Opcode, Position};
use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtRaise, StmtReturn, StmtTry, StmtWith, WithItem,
};
use ruff_text_size::Ranged;

impl<'a> Unit<'a> {
    pub(super) fn raise(&mut self, s: &'a StmtRaise) -> Compiled {
        let at = self.at(s);
        let mut count = 0;
        for part in [&s.exc, &s.cause].into_iter().flatten() {
            self.expr(part)?;
            count += 1;
        }
        self.e.wide(at, Opcode::Raise, count);
        Ok(())
    }

    pub(super) fn try_statement(&mut self, s: &'a StmtTry) -> Compiled {
        if s.finalbody.is_empty() {
            return self.try_except(s);
        }
        let at = self.at(s);
        let outside = self.e.region;
        let (handler, end) = (self.e.label(), self.e.label());
        let region = self.e.begin_region(handler, 0);
        self.blocks.push(Block::Finally { body: &s.finalbody, outside });
        if s.handlers.is_empty() {
            self.body(&s.body)?
        } else {
            self.try_except(s)?
        }
        self.blocks.pop();
        self.e.region = outside;
        self.body(&s.finalbody)?;
        self.e.jump(at, Opcode::Jump, end);
        if self.e.place_handler(region) {
            let position = self.finally_position(s);
            let restore = self.e.label();
            self.e.op(position, Opcode::PushExcInfo, 0, 0);
            let region = self.e.begin_region(restore, 1);
            self.blocks.push(Block::FinallyEnd { position, outside });
            self.body(&s.finalbody)?;
            self.e.wide(position, Opcode::Reraise, 0);
            self.blocks.pop();
            self.e.region = outside;
            self.restore(position, region);
        }
        self.e.place(end);
        Ok(())
    }

    fn finally_position(&self, s: &StmtTry) -> Position {
        s.finalbody.first().map_or_else(|| self.at(s), |stmt| self.at(stmt))
    }

    /// The way out of a handler for other exceptions.
    fn restore(&mut self, at: Position, region: usize) {
        if self.e.place_handler(region) {
            self.e.wide(at, Opcode::Reraise, 1);
        }
    }

    fn try_except(&mut self, s: &'a StmtTry) -> Compiled {
        let at = self.at(s);
        let outside = self.e.region;
        let (handler, end) = (self.e.label(), self.e.label());
        let region = self.e.begin_region(handler, 0);
        self.body(&s.body)?;
        self.e.region = outside;
        self.body(&s.orelse)?;
        self.e.jump(at, Opcode::Jump, end);
        if !self.e.place_handler(region) {
            self.e.place(end);
            return Ok(());
        }
        let restore = self.e.label();
        self.e.op(at, Opcode::PushExcInfo, 0, 0);
        let cleanup = self.e.begin_region(restore, 1);
        for ExceptHandler::ExceptHandler(handler) in &s.handlers {
            let position = self.at(handler);
            let next = self.e.label();
            if let Some(class) = &handler.type_ {
                self.expr(class)?;
                let place = self.at(&**class);
                self.e.op(place, Opcode::CheckExcMatch, 0, 0);
                self.e.jump(place, Opcode::PopJumpIfFalse, next);
            }
            let name = handler.name.as_ref().map(|name| name.as_str());
            self.handler_body(position, name, &handler.body, outside, end)?;
            self.e.place(next);
        }
        self.e.wide(at, Opcode::Reraise, 0);
        self.e.region = outside;
        self.restore(at, cleanup);
        self.e.place(end);
        Ok(())
    }

    /// The body of an `except` clause, which goes on at `end`; the exception is on the stack above
    /// the one before.
    fn handler_body(
        &mut self,
        at: Position,
        name: Option<&'a str>,
        body: &'a [Stmt],
        outside: Option<usize>,
        end: Label,
    ) -> Compiled {
        let cleanup = self.e.region;
        match name {
            Some(name) => self.store_name(at, name),
            None => self.e.op(at, Opcode::PopTop, 0, 0),
        }
        let unname = self.e.label();
        let region = name.map(|_| self.e.begin_region(unname, 0));
        self.blocks.push(Block::Handler { name, position: at, outside });
        self.body(body)?;
        self.blocks.pop();
        self.e.region = cleanup;
        self.unname(at, name);
        // From here on nothing can be raised any more: the one before is taken off.
        self.e.region = outside;
        self.e.op(at, Opcode::PopExcept, 0, 0);
        self.e.jump(at, Opcode::Jump, end);
        self.e.region = cleanup;
        if let Some(region) = region
            && self.e.place_handler(region)
        {
            self.unname(at, name);
            self.e.wide(at, Opcode::Reraise, 0);
        }
        Ok(())
    }

    /// The end of `except … as name`.
    fn unname(&mut self, at: Position, name: Option<&str>) {
        if let Some(name) = name {
            self.constant(at, ConstValue::None);
            self.store_name(at, name);
            self.delete_name(at, name);
        }
    }

    pub(super) fn with(&mut self, s: &'a StmtWith) -> Compiled {
        self.with_items(s, &s.items)
    }

    fn with_items(&mut self, s: &'a StmtWith, items: &'a [WithItem]) -> Compiled {
        let Some((item, rest)) = items.split_first() else { return self.body(&s.body) };
        let at = self.at(&item.context_expr);
        let outside = self.e.region;
        let (handler, end) = (self.e.label(), self.e.label());
        self.expr(&item.context_expr)?;
        self.e.op(at, Opcode::BeforeWith, 0, 0);
        let region = self.e.begin_region(handler, 1);
        // CPython places what `__exit__` does at the whole statement.
        let whole = self.at(s);
        self.blocks.push(Block::With { position: whole, outside });
        match &item.optional_vars {
            Some(target) => self.store(target)?,
            None => self.e.op(at, Opcode::PopTop, 0, 0),
        }
        self.with_items(s, rest)?;
        self.blocks.pop();
        self.e.region = outside;
        let at = whole;
        self.call_exit(at);
        self.e.jump(at, Opcode::Jump, end);
        if self.e.place_handler(region) {
            let (restore, caught) = (self.e.label(), self.e.label());
            self.e.op(at, Opcode::PushExcInfo, 0, 0);
            let region = self.e.begin_region(restore, 1);
            self.e.op(at, Opcode::WithExceptStart, 0, 0);
            self.e.jump(at, Opcode::PopJumpIfTrue, caught);
            self.e.wide(at, Opcode::Reraise, 0);
            self.e.region = outside;
            self.e.place(caught);
            self.e.op(at, Opcode::PopTop, 0, 0);
            self.e.op(at, Opcode::PopExcept, 0, 0);
            self.e.op(at, Opcode::PopTop, 0, 0);
            self.e.jump(at, Opcode::Jump, end);
            self.restore(at, region);
        }
        self.e.place(end);
        Ok(())
    }

    /// Calls the `__exit__` on top for a way out without an exception.
    fn call_exit(&mut self, at: Position) {
        self.e.op(at, Opcode::PushNull, 0, 0);
        for _ in 0..3 {
            self.constant(at, ConstValue::None);
        }
        self.e.op(at, Opcode::Call, 3, 0);
        self.e.op(at, Opcode::PopTop, 0, 0);
    }

    pub(super) fn return_statement(&mut self, s: &'a StmtReturn) -> Compiled {
        let at = self.at(s);
        let guarded = self.blocks.iter().any(|block| !matches!(block, Block::Loop { .. }));
        if !guarded {
            match &s.value {
                Some(value) => self.expr(value)?,
                None => self.constant(at, ConstValue::None),
            }
            self.e.op(at, Opcode::ReturnValue, 0, 0);
            return Ok(());
        }
        let region = self.e.region;
        let constant = s.value.as_deref().map_or(Some(ConstValue::None), fold::constant);
        match (constant, &s.value) {
            (None, Some(value)) => {
                self.expr(value)?;
                let slot = self.new_local("", value.range())?;
                self.e.op(at, Opcode::StoreFast, 0, slot);
                self.leave_blocks(0, true)?;
                self.e.op(at, Opcode::LoadFast, 0, slot);
            }
            (constant, _) => {
                self.leave_blocks(0, true)?;
                self.constant(at, constant.unwrap_or(ConstValue::None));
            }
        }
        self.e.op(at, Opcode::ReturnValue, 0, 0);
        self.e.region = region;
        Ok(())
    }

    /// `break` or `continue`.
    pub(super) fn leave_loop(&mut self, stmt: &'a Stmt) -> Compiled {
        let at = self.at(stmt);
        let innermost = self.blocks.iter().rposition(|block| matches!(block, Block::Loop { .. }));
        let Some(index) = innermost else { return Ok(()) };
        let Block::Loop { number, after, is_for, outside, .. } = self.blocks[index] else {
            return Ok(());
        };
        let region = self.e.region;
        self.leave_blocks(index + 1, false)?;
        // A `try` without `finally` is no block, but the loop may be left out of one.
        self.e.region = outside;
        if matches!(stmt, Stmt::Continue(_)) {
            self.e.wide(at, Opcode::JumpBackward, number);
        } else {
            if is_for {
                self.e.op(at, Opcode::EndFor, 0, 0);
            }
            self.e.jump(at, Opcode::Jump, after);
        }
        self.e.region = region;
        Ok(())
    }

    /// Leaves the blocks from `first` on, the innermost first. The current region is that outside of
    /// them afterwards. With `returns` what lies on the stack may stay there.
    fn leave_blocks(&mut self, first: usize, returns: bool) -> Compiled {
        let left = self.blocks.split_off(first);
        for (number, block) in left.iter().enumerate().rev() {
            match *block {
                Block::Loop { is_for, position, outside, .. } => {
                    self.e.region = outside;
                    // What lies on the stack does not keep a frame from being left.
                    let needed = left[..number].iter().any(|b| !matches!(b, Block::Loop { .. }));
                    if is_for && (needed || !returns) {
                        self.e.op(position, Opcode::EndFor, 0, 0);
                    }
                }
                Block::Finally { body, outside } => {
                    self.e.region = outside;
                    // What is in the body is around what is left already.
                    self.blocks.extend_from_slice(&left[..number]);
                    self.body(body)?;
                    self.blocks.truncate(first);
                }
                Block::With { position, outside } => {
                    self.e.region = outside;
                    self.call_exit(position);
                }
                Block::Handler { name, position, outside } => {
                    self.unname(position, name);
                    self.e.region = outside;
                    self.e.op(position, Opcode::PopExcept, 0, 0);
                }
                Block::FinallyEnd { position, outside } => {
                    self.e.op(position, Opcode::PopTop, 0, 0);
                    self.e.region = outside;
                    self.e.op(position, Opcode::PopExcept, 0, 0);
                }
            }
        }
        self.blocks.extend(left);
        Ok(())
    }

    /// A test of an `assert`: CPython names the comparison that failed, or else the whole statement.
    pub(super) fn assert_place(&self, whole: Position, mut test: &Expr) -> Position {
        while let Expr::UnaryOp(not) = test {
            test = &not.operand;
        }
        if test.is_compare_expr() { self.at(test) } else { whole }
    }
}
