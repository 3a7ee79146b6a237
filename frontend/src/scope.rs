//! Which names are local to what: the symbol tables of a module and everything in it that has
//! names of its own.
//!
//! Terms. A *scope* is the module, a function (lambdas and generator expressions count), a class
//! body, or a comprehension. A name bound anywhere in a function is local to all of it, unless
//! declared `global` or `nonlocal`. A local that a function inside reads is *captured*: it lives
//! in a cell, and the functions on the way to it have it as a *free* name. Names of a class body
//! are seen by the body alone. Names of the module level are globals, and a name bound nowhere is
//! looked up at run time among the globals and then the built-ins.
//!
//! Comprehensions have a scope, but no code of their own: their targets become hidden locals of
//! the code around.
//!
//! The walk over the syntax tree notes bindings and reads in a [`Builder`]; once it is over,
//! [`Builder::finish`] resolves them.

use crate::source::Problem;
use ruff_text_size::TextRange;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How a name is used in one scope.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Symbol {
    /// Assigned, deleted, imported, defined or a loop target.
    pub bound: bool,
    /// A parameter.
    pub parameter: bool,
    /// Declared `global`.
    pub global: bool,
    /// Declared `nonlocal`.
    pub nonlocal: Option<TextRange>,
    /// Annotated.
    pub annotated: bool,
    /// Assigned in a way that a later `global` forbids: not by an import.
    pub assigned: bool,
    /// Read outside of comprehensions.
    pub used: bool,
    /// Read in comprehensions: in a class body these see the variables around it, not its own.
    pub inside: bool,
}

impl Symbol {
    /// Whether it is a local of its scope.
    fn is_local(self) -> bool {
        (self.bound || self.parameter) && !self.global && self.nonlocal.is_none()
    }
}

/// What has names of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    #[default]
    Module,
    Function,
    Class,
    Comprehension,
}

/// Numbers of parameters by kind; their locals stand in this order.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ParameterCounts {
    /// Positional ones, those before `/` included.
    pub positional: u16,
    /// Those before `/`.
    pub positional_only: u16,
    /// Those behind `*`.
    pub keyword_only: u16,
    /// Whether there is `*args`.
    pub rest: bool,
    /// Whether there is `**kwargs`.
    pub keywords: bool,
}

/// The symbol table of a scope.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    pub kind: ScopeKind,
    /// Numbers of parameters.
    pub parameters: ParameterCounts,
    /// Names of the locals: parameters, then others, then the free names.
    pub locals: Vec<Arc<str>>,
    /// How many of the locals are free names.
    pub free: u16,
    /// Whether a function is a generator.
    pub generator: bool,
    slots: HashMap<Arc<str>, u16>,
    captured: HashSet<Arc<str>>,
    globals: HashSet<Arc<str>>,
}

/// Where a scope finds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A local.
    Local(u16),
    /// A local that holds a cell.
    Cell(u16),
}

impl Scope {
    /// The local or cell of that name.
    pub fn local(&self, name: &str) -> Option<Found> {
        let slot = *self.slots.get(name)?;
        let first_free = self.locals.len() - self.free as usize;
        let cell = slot as usize >= first_free || self.captured.contains(name);
        Some(if cell { Found::Cell(slot) } else { Found::Local(slot) })
    }

    /// The local with the cell that code inside captures for a name.
    pub fn cell(&self, name: &str) -> Option<u16> {
        let first_free = self.locals.len() - self.free as usize;
        let free = self.free_names().iter().position(|free| &**free == name);
        let own = || self.slots.get(name).copied().filter(|_| self.captured.contains(name));
        free.map(|at| (first_free + at) as u16).or_else(own)
    }

    /// Whether functions inside read the name from here.
    pub fn is_captured(&self, name: &str) -> bool {
        self.captured.contains(name)
    }

    /// Whether the name is declared `global` here.
    pub fn is_global(&self, name: &str) -> bool {
        self.globals.contains(name)
    }

    /// The captured locals, in order.
    pub fn cells(&self) -> impl Iterator<Item = u16> + '_ {
        let own = self.locals.len() - self.free as usize;
        (0..own as u16).filter(|slot| self.captured.contains(&self.locals[*slot as usize]))
    }

    /// The free names, in order.
    pub fn free_names(&self) -> &[Arc<str>] {
        &self.locals[self.locals.len() - self.free as usize..]
    }
}

/// All scopes of a module.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    /// The module's own.
    pub module: Scope,
    /// All others, by the range of what they belong to.
    pub inner: HashMap<TextRange, Scope>,
    /// Whether `from __future__ import annotations` says that annotations are kept as text.
    pub annotations_are_text: bool,
}

/// A scope while the tree is walked.
#[derive(Debug, Default)]
pub(crate) struct Node {
    pub kind: ScopeKind,
    parent: Option<usize>,
    range: TextRange,
    pub parameters: ParameterCounts,
    symbols: HashMap<Arc<str>, Symbol>,
    /// Names in the order of their first binding.
    order: Vec<Arc<str>>,
    /// Names in the order of their first use of any kind.
    seen: Vec<Arc<str>>,
    pub generator: bool,
    /// Whether it is the function of a generator expression.
    pub is_expression: bool,
    /// How many comprehension iterables are around the current place.
    pub iterables: u32,
    /// How many loops are around the current place.
    pub loops: u32,
    /// How many blocks are around the current place: loops, `try`, `with`.
    pub blocks: u32,
    captured: HashSet<Arc<str>>,
    free: Vec<Arc<str>>,
}

/// Why a name is not bound by an assignment expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotNamed {
    /// It is a target of a comprehension around.
    Target,
    /// The comprehension stands in a class body.
    InClass,
}

/// All scopes while the tree is walked.
pub(crate) struct Builder {
    nodes: Vec<Node>,
    current: usize,
    /// See [`Scopes::annotations_are_text`].
    pub annotations_are_text: bool,
}

impl Builder {
    /// With the module's scope.
    pub fn new() -> Builder {
        Builder { nodes: vec![Node::default()], current: 0, annotations_are_text: false }
    }

    /// The scope of the current place, comprehensions included.
    pub fn here(&mut self) -> &mut Node {
        &mut self.nodes[self.current]
    }

    fn owner_index(&self) -> usize {
        let mut at = self.current;
        while self.nodes[at].kind == ScopeKind::Comprehension {
            at = self.nodes[at].parent.unwrap_or(0);
        }
        at
    }

    /// The scope that the code of the current place belongs to.
    pub fn owner(&mut self) -> &mut Node {
        let at = self.owner_index();
        &mut self.nodes[at]
    }

    /// Whether the current place is in a comprehension of its code.
    pub fn in_comprehension(&self) -> bool {
        self.nodes[self.current].kind == ScopeKind::Comprehension
    }

    /// Whether the current place is in the iterable of a comprehension.
    pub fn in_iterable(&self) -> bool {
        let mut at = self.current;
        loop {
            if self.nodes[at].iterables > 0 {
                return true;
            }
            match (self.nodes[at].kind, self.nodes[at].parent) {
                (ScopeKind::Comprehension, Some(parent)) => at = parent,
                _ => return false,
            }
        }
    }

    /// Enters a scope.
    pub fn enter(&mut self, kind: ScopeKind, range: TextRange) {
        let parent = Some(self.current);
        self.nodes.push(Node { kind, parent, range, ..Node::default() });
        self.current = self.nodes.len() - 1;
    }

    /// Leaves the current scope.
    pub fn leave(&mut self) {
        self.current = self.nodes[self.current].parent.unwrap_or(0);
    }

    /// What is known of a name of the owner so far.
    pub fn symbol(&self, name: &str) -> Symbol {
        self.nodes[self.owner_index()].symbols.get(name).copied().unwrap_or_default()
    }

    /// Whether a comprehension around the current place has this target.
    pub fn is_target(&self, name: &str) -> bool {
        let mut at = self.current;
        while self.nodes[at].kind == ScopeKind::Comprehension {
            if self.nodes[at].symbols.contains_key(name) {
                return true;
            }
            at = self.nodes[at].parent.unwrap_or(0);
        }
        false
    }

    /// Notes a parameter; false where it is there already.
    pub fn parameter(&mut self, name: &str) -> bool {
        let node = &mut self.nodes[self.current];
        let symbol = node.entry(name);
        if symbol.parameter {
            return false;
        }
        symbol.parameter = true;
        node.order.push(name.into());
        true
    }

    /// Notes an assignment of the current scope.
    pub fn bind(&mut self, name: &str) {
        let owner = self.owner();
        owner.entry(name).assigned = true;
        owner.bind(name);
    }

    /// Notes a binding by an assignment expression: it belongs to the scope around all comprehensions
    /// and generator expressions that the current place is in.
    pub fn bind_named(&mut self, name: &str, range: TextRange) -> Result<(), NotNamed> {
        let mut functions = Vec::new();
        let mut at = self.current;
        loop {
            let node = &self.nodes[at];
            if node.kind != ScopeKind::Comprehension && !node.is_expression {
                break;
            }
            let symbol = node.symbols.get(name).copied().unwrap_or_default();
            let elsewhere = symbol.global || symbol.nonlocal.is_some();
            if symbol.bound && !elsewhere {
                return Err(NotNamed::Target);
            }
            if node.is_expression {
                functions.push(at);
            }
            at = node.parent.unwrap_or(0);
        }
        if self.nodes[at].kind == ScopeKind::Class && at != self.current {
            return Err(NotNamed::InClass);
        }
        let owner = &mut self.nodes[at];
        owner.entry(name).assigned = true;
        owner.bind(name);
        let global = owner.kind == ScopeKind::Module || owner.entry(name).global;
        for function in functions {
            let node = &mut self.nodes[function];
            match global {
                true => node.declare_global(name),
                false => node.declare_nonlocal(name, range),
            }
        }
        Ok(())
    }

    /// Notes a binding by an import.
    pub fn bind_import(&mut self, name: &str) {
        self.owner().bind(name);
    }

    /// Notes a target of the comprehension that the current place is in.
    pub fn bind_target(&mut self, name: &str) {
        self.here().bind(name);
    }

    /// Notes a read.
    pub fn read(&mut self, name: &str) {
        if self.is_target(name) {
            return;
        }
        let inside = self.in_comprehension();
        let symbol = self.owner().entry(name);
        symbol.used |= !inside;
        symbol.inside |= inside;
    }

    /// Notes a read of the class that the current function is a method of.
    pub fn read_class(&mut self) {
        self.read("__class__");
        let mut at = self.owner_index();
        while let Some(parent) = self.nodes[at].parent {
            if self.nodes[parent].kind == ScopeKind::Class {
                self.nodes[parent].bind("__class__");
                return;
            }
            at = parent;
        }
    }

    /// Resolves all names.
    pub fn finish(mut self) -> Result<Scopes, Problem> {
        // Inner scopes come behind outer ones; whom a name is captured from does not depend on
        // the order.
        for index in 1..self.nodes.len() {
            if self.nodes[index].kind == ScopeKind::Comprehension {
                continue;
            }
            for name in self.nodes[index].seen.clone() {
                let symbol = self.nodes[index].symbols[&name];
                let passes = self.nodes[index].kind == ScopeKind::Class && symbol.inside;
                if symbol.is_local() && !passes || symbol.global {
                    continue;
                }
                let found = self.capture(index, &name);
                if let (Some(range), false) = (symbol.nonlocal, found) {
                    let message = format!("no binding for nonlocal '{name}' found");
                    return Err(Problem::syntax(range, message));
                }
            }
        }
        let annotations_are_text = self.annotations_are_text;
        let mut scopes = Scopes { annotations_are_text, ..Scopes::default() };
        for (number, node) in self.nodes.into_iter().enumerate() {
            let range = node.range;
            let scope = node.finish()?;
            if number == 0 {
                scopes.module = scope;
            } else {
                scopes.inner.insert(range, scope);
            }
        }
        Ok(scopes)
    }

    /// Finds the function around scope `index` that a name comes from, and makes the name free in
    /// all between; false where it is a global.
    fn capture(&mut self, index: usize, name: &Arc<str>) -> bool {
        let mut between = vec![index];
        let mut at = self.nodes[index].parent;
        while let Some(here) = at {
            let node = &self.nodes[here];
            let symbol = node.symbols.get(name).copied().unwrap_or_default();
            let found = match node.kind {
                ScopeKind::Module => return false,
                ScopeKind::Class => &**name == "__class__" && symbol.is_local(),
                ScopeKind::Comprehension => symbol.bound,
                ScopeKind::Function if symbol.global => return false,
                ScopeKind::Function => symbol.is_local(),
            };
            if found {
                self.nodes[here].captured.insert(name.clone());
                for inner in between {
                    let free = &mut self.nodes[inner].free;
                    if !free.contains(name) {
                        free.push(name.clone());
                    }
                }
                return true;
            }
            if node.kind != ScopeKind::Comprehension {
                between.push(here);
            }
            at = node.parent;
        }
        false
    }
}

impl Node {
    fn entry(&mut self, name: &str) -> &mut Symbol {
        if !self.symbols.contains_key(name) {
            let name: Arc<str> = name.into();
            self.seen.push(name.clone());
            self.symbols.insert(name, Symbol::default());
        }
        // The key was inserted above.
        self.symbols.entry(name.into()).or_default()
    }

    fn bind(&mut self, name: &str) {
        let symbol = self.entry(name);
        if !symbol.bound && !symbol.parameter {
            symbol.bound = true;
            self.order.push(name.into());
        }
    }

    /// Notes a `global` declaration.
    pub fn declare_global(&mut self, name: &str) {
        self.entry(name).global = true;
    }

    /// Notes a `nonlocal` declaration.
    pub fn declare_nonlocal(&mut self, name: &str, range: TextRange) {
        self.entry(name).nonlocal = Some(range);
    }

    /// Notes an annotation.
    pub fn annotate(&mut self, name: &str) {
        self.entry(name).annotated = true;
    }

    fn finish(self) -> Result<Scope, Problem> {
        let mut scope = Scope {
            kind: self.kind,
            parameters: self.parameters,
            generator: self.generator,
            captured: self.captured,
            ..Scope::default()
        };
        let declared = self.symbols.iter().filter(|(_, symbol)| symbol.global);
        scope.globals = declared.map(|(name, _)| name.clone()).collect();
        if self.kind == ScopeKind::Module {
            return Ok(scope);
        }
        let own = self.order.iter().filter(|name| self.symbols[*name].is_local());
        // A class body may run in a mapping that has names which the body only reads.
        let read = self.seen.iter().filter(|name| {
            let symbol = self.symbols[*name];
            let elsewhere = symbol.is_local() || symbol.global || symbol.nonlocal.is_some();
            self.kind == ScopeKind::Class && symbol.used && !elsewhere && !self.free.contains(name)
        });
        // A name that a class body binds may be free, too: code inside does not see the body's.
        for name in own.chain(read).chain(&self.free) {
            let Ok(slot) = u16::try_from(scope.locals.len()) else {
                let message = "functions with more than 65535 local variables";
                return Err(Problem::unsupported(self.range, message));
            };
            scope.slots.entry(name.clone()).or_insert(slot);
            scope.locals.push(name.clone());
        }
        scope.free = self.free.len() as u16;
        Ok(scope)
    }
}
