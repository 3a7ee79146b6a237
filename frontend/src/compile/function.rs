//! Everything with a code object of its own: functions, lambdas, class bodies, generator
//! expressions.

use super::{Compiled, Names, Place, Unit, fold, mangled};
use crate::bytecode::{CodeObject, ConstValue, Opcode, Position};
use crate::scope::{Found, Scope, ScopeKind};
use crate::source::Problem;
use crate::subset::ANNOTATIONS;
use ruff_python_ast::{
    Decorator, Expr, ExprGenerator, ExprLambda, Keyword, Parameters, Stmt, StmtClassDef,
    StmtFunctionDef,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use std::sync::Arc;

/// Bits of the operand of [`Opcode::MakeFunction`].
mod with {
    pub const DEFAULTS: u32 = 1;
    pub const KEYWORD_DEFAULTS: u32 = 2;
    pub const CELLS: u32 = 4;
}

impl<'a> Unit<'a> {
    fn scope_of(&self, range: TextRange) -> Compiled<&'a Scope> {
        self.scopes
            .inner
            .get(&range)
            .ok_or_else(|| Problem::syntax(range, "code without a symbol table"))
    }

    /// The unit of code inside this one.
    fn inner(&self, scope: &'a Scope, name: &str) -> Unit<'a> {
        let mut unit = Unit::new(self.source, self.scopes, scope);
        // A name that is declared global is no part of what is around.
        let prefix = if self.scope.is_global(name) { "" } else { &self.names.prefix };
        let qualname = format!("{prefix}{name}");
        let is_class = scope.kind == ScopeKind::Class;
        unit.names = Names {
            name: name.into(),
            prefix: format!("{qualname}{}", if is_class { "." } else { ".<locals>." }),
            qualname: qualname.into(),
            class: if is_class { Some(name.into()) } else { self.names.class.clone() },
            doc: None,
        };
        unit
    }

    /// Makes cells of the captured locals.
    fn make_cells(&mut self, at: Position) {
        for slot in self.scope.cells() {
            self.e.op(at, Opcode::MakeCell, 0, slot);
        }
    }

    /// Pushes the function of a finished code object; defaults are on the stack as `flags` say.
    fn make_function(&mut self, at: Position, scope: &Scope, code: CodeObject, mut flags: u32) {
        if scope.free > 0 {
            for name in scope.free_names() {
                if let Place::Cell(slot) = self.cell_place(name) {
                    self.e.op(at, Opcode::LoadFast, 0, slot);
                }
            }
            self.e.wide(at, Opcode::BuildTuple, u32::from(scope.free));
            flags |= with::CELLS;
        }
        self.constant(at, ConstValue::Code(Arc::new(code)));
        self.e.wide(at, Opcode::MakeFunction, flags);
    }

    /// Where the cell of a name that code inside captures is.
    fn cell_place(&self, name: &str) -> Place {
        match self.place_of(name) {
            Place::Cell(slot) => Place::Cell(slot),
            // A class body sees its own variables, code inside those of the functions around.
            place @ (Place::Class(_) | Place::Local(_) | Place::Global) => {
                self.scope.cell(name).map_or(place, Place::Cell)
            }
        }
    }

    /// Evaluates defaults; gives the flags for `make_function`.
    fn defaults(&mut self, at: Position, parameters: &'a Parameters) -> Compiled<u32> {
        let mut flags = 0;
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        let defaults: Vec<&Expr> = positional.filter_map(|p| p.default.as_deref()).collect();
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
            flags |= with::DEFAULTS;
        }
        if parameters.kwonlyargs.iter().any(|p| p.default.is_some()) {
            for parameter in &parameters.kwonlyargs {
                match &parameter.default {
                    Some(value) => self.expr(value)?,
                    None => self.e.op(at, Opcode::PushNull, 0, 0),
                }
            }
            self.e.wide(at, Opcode::BuildKwDefaults, parameters.kwonlyargs.len() as u32);
            flags |= with::KEYWORD_DEFAULTS;
        }
        Ok(flags)
    }

    fn decorators(&mut self, decorators: &'a [Decorator]) -> Compiled {
        for decorator in decorators {
            self.expr(&decorator.expression)?;
            let at = self.at(&decorator.expression);
            self.e.op(at, Opcode::PushNull, 0, 0);
        }
        Ok(())
    }

    /// Calls the decorators with what is on top.
    fn decorate(&mut self, decorators: &'a [Decorator]) {
        for decorator in decorators.iter().rev() {
            let at = self.at(&decorator.expression);
            self.e.op(at, Opcode::Call, 1, 0);
        }
    }

    /// The place of a definition without its decorators and body.
    fn definition_at(&self, range: TextRange, decorators: &[Decorator]) -> Position {
        let Some(last) = decorators.last() else { return self.at(range) };
        let text = &self.source.text[TextRange::new(last.end(), range.end())];
        let skipped = text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
        let start = last.end() + TextSize::try_from(skipped).unwrap_or_default();
        self.at(TextRange::new(start, range.end()))
    }

    pub(super) fn function(&mut self, s: &'a StmtFunctionDef) -> Compiled {
        let at = self.definition_at(s.range, &s.decorator_list);
        self.decorators(&s.decorator_list)?;
        let flags = self.defaults(at, &s.parameters)?;
        let scope = self.scope_of(s.range)?;
        let mut unit = self.inner(scope, &s.name.id);
        unit.names.doc = docstring(&s.body);
        unit.make_cells(at);
        unit.body(&s.body)?;
        let code = unit.finish(at.line, s.name.range)?;
        self.make_function(at, scope, code, flags);
        self.decorate(&s.decorator_list);
        self.store_name(at, &s.name.id);
        Ok(())
    }

    pub(super) fn lambda(&mut self, at: Position, e: &'a ExprLambda) -> Compiled {
        let flags = match &e.parameters {
            Some(parameters) => self.defaults(at, parameters)?,
            None => 0,
        };
        let scope = self.scope_of(e.range)?;
        let mut unit = self.inner(scope, "<lambda>");
        unit.make_cells(at);
        unit.expr(&e.body)?;
        let place = unit.at(&*e.body);
        unit.e.op(place, Opcode::ReturnValue, 0, 0);
        let code = unit.finish(at.line, e.range)?;
        self.make_function(at, scope, code, flags);
        Ok(())
    }

    pub(super) fn class(&mut self, s: &'a StmtClassDef) -> Compiled {
        let at = self.definition_at(s.range, &s.decorator_list);
        self.decorators(&s.decorator_list)?;
        self.tuple(at, s.bases())?;
        let named = u32::from(!s.keywords().is_empty());
        if named == 1 {
            self.class_keywords(at, s.keywords())?;
        }
        self.constant(at, ConstValue::Str(s.name.as_str().into()));
        let scope = self.scope_of(s.range)?;
        let mut unit = self.inner(scope, &s.name.id);
        unit.names.doc = docstring(&s.body);
        unit.make_cells(at);
        unit.e.op(at, Opcode::BeginClass, 0, 0);
        if let Some(Found::Local(slot)) = scope.local(ANNOTATIONS) {
            unit.e.wide(at, Opcode::BuildMap, 0);
            unit.e.op(at, Opcode::StoreName, 0, slot);
        }
        unit.body(&s.body)?;
        unit.e.op(at, Opcode::ClassNamespace, 0, 0);
        unit.e.op(at, Opcode::ReturnValue, 0, 0);
        let mut code = unit.finish(at.line, s.name.range)?;
        let own = code.locals.len().min(code.first_free as usize);
        for name in &mut code.locals[..own] {
            // Private names of the class are kept under their full names.
            *name = mangled(&s.name, name).into();
        }
        self.make_function(at, scope, code, 0);
        self.e.op(at, Opcode::PushNull, 0, 0);
        self.e.wide(at, Opcode::PrepareClass, named);
        self.e.op(at, Opcode::Call, 1, 0);
        self.e.wide(at, Opcode::BuildClass, named);
        self.decorate(&s.decorator_list);
        self.store_name(at, &s.name.id);
        Ok(())
    }

    /// The dict of a class's named arguments.
    fn class_keywords(&mut self, at: Position, keywords: &'a [Keyword]) -> Compiled {
        self.e.wide(at, Opcode::BuildMap, 0);
        for keyword in keywords {
            match &keyword.arg {
                Some(name) => {
                    self.constant(at, ConstValue::Str(name.as_str().into()));
                    self.expr(&keyword.value)?;
                    self.e.wide(at, Opcode::MapAdd, 1);
                }
                None => {
                    self.expr(&keyword.value)?;
                    self.e.wide(at, Opcode::DictUpdate, 1);
                }
            }
        }
        Ok(())
    }

    pub(super) fn generator_expression(&mut self, at: Position, e: &'a ExprGenerator) -> Compiled {
        let Some(first) = e.generators.first() else { return Ok(()) };
        let scope = self.scope_of(e.range)?;
        let mut unit = self.inner(scope, "<genexpr>");
        unit.make_cells(at);
        unit.e.op(at, Opcode::LoadFast, 0, 0);
        unit.e.op(at, Opcode::GetIter, 0, 0);
        unit.generators(at, &e.generators, 1, &mut |unit, _| {
            unit.expr(&e.elt)?;
            let place = unit.at(&*e.elt);
            unit.e.op(place, Opcode::Yield, 0, 0);
            unit.e.op(place, Opcode::PopTop, 0, 0);
            Ok(())
        })?;
        let code = unit.finish(at.line, e.range)?;
        self.make_function(at, scope, code, 0);
        self.e.op(at, Opcode::PushNull, 0, 0);
        self.expr(&first.iter)?;
        let place = self.at(&first.iter);
        self.e.op(place, Opcode::GetYieldFromIter, 0, 0);
        self.e.op(at, Opcode::Call, 1, 0);
        Ok(())
    }
}

/// The docstring of a body.
pub(super) fn docstring(body: &[Stmt]) -> Option<Arc<str>> {
    match body.first() {
        Some(Stmt::Expr(s)) => match &*s.value {
            Expr::StringLiteral(text) => Some(text.value.to_str().into()),
            _ => None,
        },
        _ => None,
    }
}
