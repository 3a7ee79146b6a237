//! Syntax tree to bytecode.
//!
//! One [`Unit`] compiles one code object. Everything outside the subset was refused before; what
//! remains here are sizes that do not fit.

mod assign;
mod comprehension;
mod dataflow;
mod emit;
mod expr;
mod fold;
mod fstring;
mod jump;
mod stmt;

use crate::bytecode::{CodeObject, ConstValue, LoopInfo, Opcode, Position};
use crate::scope::{Scope, Scopes};
use crate::source::{Problem, Source};
use emit::{Emitter, Label};
use ruff_python_ast::{ModModule, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashMap;
use std::sync::Arc;

type Compiled<T = ()> = Result<T, Problem>;

/// Compiles a module.
pub(crate) fn compile(
    source: &Source,
    scopes: &Scopes,
    module: &ModModule,
) -> Compiled<CodeObject> {
    let mut unit = Unit::new(source, scopes, &scopes.module);
    unit.body(&module.body)?;
    unit.finish("<module>", 1, TextRange::default())
}

/// A loop around the current statement.
struct Loop {
    number: u32,
    after: Label,
    is_for: bool,
    position: Position,
}

/// The code object that is being compiled.
struct Unit<'a> {
    source: &'a Source,
    scopes: &'a Scopes,
    scope: &'a Scope,
    e: Emitter,
    loops: Vec<Loop>,
    /// Names of all locals: those of the scope, then those of comprehensions.
    locals: Vec<Arc<str>>,
    /// Locals of the comprehensions around the current place.
    comprehensions: Vec<HashMap<&'a str, u16>>,
    /// Locals of comprehensions that ended.
    spare: HashMap<&'a str, Vec<u16>>,
}

/// Where a name lives.
enum Place {
    Local(u16),
    Global,
}

impl<'a> Unit<'a> {
    fn new(source: &'a Source, scopes: &'a Scopes, scope: &'a Scope) -> Unit<'a> {
        Unit {
            source,
            scopes,
            scope,
            e: Emitter::default(),
            loops: Vec::new(),
            locals: scope.locals.clone(),
            comprehensions: Vec::new(),
            spare: HashMap::new(),
        }
    }

    fn at(&self, node: impl Ranged) -> Position {
        self.source.position(node.range())
    }

    fn body(&mut self, body: &'a [Stmt]) -> Compiled {
        for stmt in body {
            if self.e.reachable() {
                self.stmt(stmt)?;
            }
        }
        Ok(())
    }

    fn place_of(&self, name: &str) -> Place {
        let hidden = self.comprehensions.iter().rev().find_map(|targets| targets.get(name));
        match hidden.copied().or_else(|| self.scope.local(name)) {
            Some(slot) => Place::Local(slot),
            None => Place::Global,
        }
    }

    fn constant(&mut self, at: Position, value: ConstValue) {
        if self.e.reachable() {
            let index = self.e.constant(value);
            self.e.wide(at, Opcode::LoadConst, index);
        }
    }

    fn load_name(&mut self, at: Position, name: &str) {
        match self.place_of(name) {
            _ if name == "__debug__" => self.constant(at, ConstValue::Bool(true)),
            // Made `LoadFast` where the data flow shows that it is bound.
            Place::Local(slot) => self.e.op(at, Opcode::LoadFastCheck, 0, slot),
            Place::Global => {
                let index = self.e.global(name);
                self.e.wide(at, Opcode::LoadGlobal, index);
            }
        }
    }

    fn store_name(&mut self, at: Position, name: &str) {
        let place = self.place_of(name);
        self.store_place(at, name, place);
    }

    /// Stores to a name of the scope, whatever comprehensions are around.
    fn store_scope_name(&mut self, at: Position, name: &str) {
        let place = self.scope.local(name).map_or(Place::Global, Place::Local);
        self.store_place(at, name, place);
    }

    fn store_place(&mut self, at: Position, name: &str, place: Place) {
        match place {
            Place::Local(slot) => self.e.op(at, Opcode::StoreFast, 0, slot),
            Place::Global => {
                let index = self.e.global(name);
                self.e.wide(at, Opcode::StoreGlobal, index);
            }
        }
    }

    fn delete_name(&mut self, at: Position, name: &str) {
        match self.place_of(name) {
            Place::Local(slot) => self.e.op(at, Opcode::DeleteFast, 0, slot),
            Place::Global => {
                let index = self.e.global(name);
                self.e.wide(at, Opcode::DeleteGlobal, index);
            }
        }
    }

    /// Compiles a function's body into a code object of its own.
    fn function_code(&mut self, def: &'a StmtFunctionDef) -> Compiled<CodeObject> {
        let Some(scope) = self.scopes.functions.get(&def.range.start()) else {
            return Err(Problem::syntax(def.name.range, "function without a symbol table"));
        };
        let mut unit = Unit::new(self.source, self.scopes, scope);
        unit.body(&def.body)?;
        unit.finish(&def.name.id, self.source.line(def.range), def.name.range)
    }

    /// Ends the code object. `range` is the place to name where something does not fit.
    fn finish(mut self, name: &str, first_line: u32, range: TextRange) -> Compiled<CodeObject> {
        let last = self.e.positions.last().copied().unwrap_or(Position {
            line: first_line,
            end_line: first_line,
            ..Position::default()
        });
        self.constant(last, ConstValue::None);
        self.e.op(last, Opcode::ReturnValue, 0, 0);
        let (globals, names) = self.e.resolve();
        if let Some(what) = self.e.overflow {
            return Err(Problem::unsupported(range, what));
        }
        let mut code = CodeObject {
            name: name.into(),
            file: self.source.file.clone(),
            first_line,
            args: self.scope.args,
            locals: self.locals,
            stack_size: 0,
            is_module: !self.scope.is_function,
            instrs: self.e.instrs,
            positions: self.e.positions,
            consts: self.e.consts,
            globals,
            names,
            loops: Vec::new(),
        };
        let loops = self.e.loops.iter();
        code.loops = loops.map(|l| LoopInfo { header: l.header, end: l.end, stack: 0 }).collect();
        if !dataflow::set_heights(&mut code) {
            return Err(Problem::unsupported(range, "expressions that need 65536 stack entries"));
        }
        dataflow::mark_bound_loads(&mut code);
        Ok(code)
    }
}
