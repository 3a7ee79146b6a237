//! Syntax tree to bytecode.
//!
//! One [`Unit`] compiles one code object. Everything outside the subset was refused before; what
//! remains here are sizes that do not fit.

mod assign;
mod call;
mod comprehension;
mod dataflow;
mod emit;
mod exceptions;
mod expr;
mod fold;
mod fstring;
mod function;
mod jump;
mod stmt;

pub(crate) use stmt::outermost;

use crate::bytecode::{CodeObject, ConstValue, LoopInfo, Opcode, Position};
use crate::scope::{Found, Scope, ScopeKind, Scopes};
use crate::source::{Problem, Source};
use emit::{Emitter, Label};
use ruff_python_ast::{ModModule, Stmt};
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
    unit.names.name = "<module>".into();
    unit.names.qualname = "<module>".into();
    unit.names.doc = function::docstring(&module.body);
    unit.body(&module.body)?;
    unit.finish(1, TextRange::default())
}

/// What a code object and those inside are called.
#[derive(Clone, Default)]
struct Names {
    name: Arc<str>,
    qualname: Arc<str>,
    /// What stands before the names of functions and classes inside.
    prefix: String,
    /// The innermost class around: private names are its own.
    class: Option<Arc<str>>,
    doc: Option<Arc<str>>,
}

/// What is around the current statement and has to be left by a jump or `return`.
#[derive(Clone, Copy)]
enum Block<'a> {
    Loop {
        number: u32,
        after: Label,
        is_for: bool,
        position: Position,
        outside: Option<usize>,
    },
    /// What a `finally` clause guards. `outside` is the region around, here and below.
    Finally {
        body: &'a [Stmt],
        outside: Option<usize>,
    },
    /// The body of a `with` statement: its `__exit__` is on the stack.
    With {
        position: Position,
        outside: Option<usize>,
    },
    /// A handler: the exception handled before is on the stack.
    Handler {
        name: Option<&'a str>,
        position: Position,
        outside: Option<usize>,
    },
    /// The body of a `finally` after an exception: that and the one handled before are on the stack.
    FinallyEnd {
        position: Position,
        outside: Option<usize>,
    },
}

/// The code object that is being compiled.
struct Unit<'a> {
    source: &'a Source,
    scopes: &'a Scopes,
    scope: &'a Scope,
    e: Emitter,
    blocks: Vec<Block<'a>>,
    names: Names,
    /// Names of all locals: those of the scope, then those of comprehensions.
    locals: Vec<Arc<str>>,
    /// Locals of the comprehensions around the current place.
    comprehensions: Vec<HashMap<&'a str, Target>>,
    /// Locals of comprehensions that ended.
    spare: HashMap<&'a str, Vec<u16>>,
}

/// Where a name lives.
#[derive(Clone, Copy)]
enum Place {
    Local(u16),
    /// In the cell that a local holds.
    Cell(u16),
    /// A local of a class body.
    Class(u16),
    Global,
}

/// A hidden local of a comprehension.
#[derive(Clone, Copy)]
struct Target {
    slot: u16,
    /// Whether it holds a cell.
    cell: bool,
}

impl<'a> Unit<'a> {
    fn new(source: &'a Source, scopes: &'a Scopes, scope: &'a Scope) -> Unit<'a> {
        Unit {
            source,
            scopes,
            scope,
            e: Emitter::default(),
            blocks: Vec::new(),
            names: Names::default(),
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
        match hidden {
            Some(Target { slot, cell: false }) => Place::Local(*slot),
            Some(Target { slot, cell: true }) => Place::Cell(*slot),
            None => match self.scope_place(name) {
                Place::Class(_) if !self.comprehensions.is_empty() => {
                    self.scope.cell(name).map_or(Place::Global, Place::Cell)
                }
                place => place,
            },
        }
    }

    /// The same without the comprehensions around.
    fn scope_place(&self, name: &str) -> Place {
        match self.scope.local(name) {
            Some(Found::Local(slot)) if self.scope.kind == ScopeKind::Class => Place::Class(slot),
            Some(Found::Local(slot)) => Place::Local(slot),
            Some(Found::Cell(slot)) => Place::Cell(slot),
            None => Place::Global,
        }
    }

    /// A name under which the class around keeps what is private to it.
    fn mangle(&self, name: &str) -> String {
        match &self.names.class {
            Some(class) => mangled(class, name),
            None => name.to_string(),
        }
    }

    /// The entry of an attribute's name.
    fn attribute(&mut self, name: &str) -> u16 {
        let name = self.mangle(name);
        self.e.name(&name)
    }

    fn constant(&mut self, at: Position, value: ConstValue) {
        if self.e.reachable() {
            let index = self.e.constant(value);
            self.e.wide(at, Opcode::LoadConst, index);
        }
    }

    fn load_name(&mut self, at: Position, name: &str) {
        if name == "__debug__" {
            self.constant(at, ConstValue::Bool(true));
            return;
        }
        let place = self.place_of(name);
        self.load_place(at, name, place);
    }

    fn load_place(&mut self, at: Position, name: &str, place: Place) {
        let outer = self.comprehensions.last().is_some_and(|own| !own.contains_key(name));
        let inside = u8::from(outer);
        match place {
            // Made `LoadFast` where the data flow shows that it is bound.
            Place::Local(slot) => self.e.op(at, Opcode::LoadFastCheck, inside, slot),
            Place::Cell(slot) => self.e.op(at, Opcode::LoadDeref, inside, slot),
            Place::Class(slot) => self.e.op(at, Opcode::LoadName, 0, slot),
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
        let place = self.scope_place(name);
        self.store_place(at, name, place);
    }

    fn store_place(&mut self, at: Position, name: &str, place: Place) {
        match place {
            Place::Local(slot) => self.e.op(at, Opcode::StoreFast, 0, slot),
            Place::Class(slot) => self.e.op(at, Opcode::StoreName, 0, slot),
            Place::Cell(slot) => self.e.op(at, Opcode::StoreDeref, 0, slot),
            Place::Global => {
                let index = self.e.global(name);
                self.e.wide(at, Opcode::StoreGlobal, index);
            }
        }
    }

    fn delete_name(&mut self, at: Position, name: &str) {
        match self.place_of(name) {
            Place::Local(slot) => self.e.op(at, Opcode::DeleteFast, 0, slot),
            Place::Class(slot) => self.e.op(at, Opcode::DeleteName, 0, slot),
            Place::Cell(slot) => self.e.op(at, Opcode::DeleteDeref, 0, slot),
            Place::Global => {
                let index = self.e.global(name);
                self.e.wide(at, Opcode::DeleteGlobal, index);
            }
        }
    }

    /// Ends the code object. `range` is the place to name where something does not fit.
    fn finish(mut self, first_line: u32, range: TextRange) -> Compiled<CodeObject> {
        let last = self.e.positions.last().copied().unwrap_or(Position {
            line: first_line,
            end_line: first_line,
            ..Position::default()
        });
        self.constant(last, ConstValue::None);
        self.e.op(last, Opcode::ReturnValue, 0, 0);
        let handlers = self.e.handlers();
        let (globals, names) = self.e.resolve();
        if let Some(what) = self.e.overflow {
            return Err(Problem::unsupported(range, what));
        }
        let mut code = CodeObject {
            name: self.names.name.clone(),
            qualname: self.names.qualname.clone(),
            file: self.source.file.clone(),
            first_line,
            args: self.scope.parameters.positional,
            positional_only: self.scope.parameters.positional_only,
            keyword_only: self.scope.parameters.keyword_only,
            rest: self.scope.parameters.rest,
            keywords: self.scope.parameters.keywords,
            first_free: self.scope.locals.len() as u16 - self.scope.free,
            free: self.scope.free,
            generator: self.scope.generator,
            doc: self.names.doc.clone(),
            handlers: handlers.iter().map(|(handler, _)| *handler).collect(),
            locals: self.locals,
            stack_size: 0,
            is_module: self.scope.kind == ScopeKind::Module,
            instrs: self.e.instrs,
            positions: self.e.positions,
            consts: self.e.consts,
            globals,
            names,
            loops: Vec::new(),
        };
        let loops = self.e.loops.iter();
        code.loops = loops.map(|l| LoopInfo { header: l.header, end: l.end, stack: 0 }).collect();
        let firsts: Vec<u32> = handlers.iter().map(|(_, first)| *first).collect();
        if !dataflow::set_heights(&mut code, &firsts) {
            return Err(Problem::unsupported(range, "expressions that need 65536 stack entries"));
        }
        dataflow::mark_bound_loads(&mut code);
        Ok(code)
    }
}

/// The name under which a class keeps what is private to it.
pub fn mangled(class: &str, name: &str) -> String {
    match class.trim_start_matches('_') {
        "" => name.to_string(),
        class if name.starts_with("__") && !name.ends_with("__") => format!("_{class}{name}"),
        _ => name.to_string(),
    }
}
