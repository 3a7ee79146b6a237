//! Which names are local to what: the symbol tables of a module and its functions.
//!
//! A name bound anywhere in a function is local to all of it, unless declared `global`. Names of
//! the module level are globals, and a name bound nowhere is looked up at run time among the
//! globals and then the built-ins. The targets of a comprehension are local to it alone: they are
//! not here, the compiler gives them hidden locals.

use crate::source::Problem;
use ruff_text_size::{TextRange, TextSize};
use std::collections::HashMap;
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
    /// Annotated.
    pub annotated: bool,
    /// Assigned in a way that a later `global` forbids: not by an import.
    pub assigned: bool,
    /// Read outside of comprehensions.
    pub used: bool,
    /// Where it was read first.
    pub first_use: Option<TextRange>,
}

impl Symbol {
    /// Whether it is a local of its function.
    pub fn is_local(self) -> bool {
        (self.bound || self.parameter) && !self.global
    }
}

/// The symbol table of a module or function.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// Whether this is a function.
    pub is_function: bool,
    /// Number of parameters.
    pub args: u16,
    /// Names of the locals, parameters first.
    pub locals: Vec<Arc<str>>,
    slots: HashMap<Arc<str>, u16>,
}

impl Scope {
    /// The local of that name.
    pub fn local(&self, name: &str) -> Option<u16> {
        self.slots.get(name).copied()
    }
}

/// All scopes of a module.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    /// The module's own.
    pub module: Scope,
    /// Those of functions, by the place of their definition.
    pub functions: HashMap<TextSize, Scope>,
}

/// A scope while its body is walked.
#[derive(Debug, Default)]
pub(crate) struct ScopeBuilder {
    pub is_function: bool,
    args: u16,
    symbols: HashMap<Arc<str>, Symbol>,
    /// Names in the order of their first binding.
    order: Vec<Arc<str>>,
    /// Names that nested functions read and do not bind.
    free: Vec<(Arc<str>, TextRange)>,
    /// Targets of the comprehensions around the current place.
    pub comprehensions: Vec<Vec<Arc<str>>>,
    /// How many comprehension iterables are around the current place.
    pub iterables: u32,
    /// How many loops are around the current place.
    pub loops: u32,
}

impl ScopeBuilder {
    /// The scope of a function.
    pub fn function() -> ScopeBuilder {
        ScopeBuilder { is_function: true, ..ScopeBuilder::default() }
    }

    /// What is known of a name so far.
    pub fn symbol(&self, name: &str) -> Symbol {
        self.symbols.get(name).copied().unwrap_or_default()
    }

    fn entry(&mut self, name: &str) -> &mut Symbol {
        if !self.symbols.contains_key(name) {
            self.symbols.insert(name.into(), Symbol::default());
        }
        // The key was inserted above.
        self.symbols.entry(name.into()).or_default()
    }

    /// Notes a parameter; false where it is there already.
    pub fn parameter(&mut self, name: &str) -> bool {
        let symbol = self.entry(name);
        if symbol.parameter {
            return false;
        }
        symbol.parameter = true;
        self.args += 1;
        self.order.push(name.into());
        true
    }

    /// Notes an assignment.
    pub fn bind(&mut self, name: &str) {
        self.entry(name).assigned = true;
        self.bind_import(name);
    }

    /// Notes a binding by an import.
    pub fn bind_import(&mut self, name: &str) {
        let symbol = self.entry(name);
        if !symbol.bound && !symbol.parameter {
            symbol.bound = true;
            self.order.push(name.into());
        }
    }

    /// Notes a read.
    pub fn read(&mut self, name: &str, range: TextRange) {
        if self.comprehensions.iter().any(|targets| targets.iter().any(|t| &**t == name)) {
            return;
        }
        let inside = !self.comprehensions.is_empty();
        let symbol = self.entry(name);
        symbol.used |= !inside;
        symbol.first_use.get_or_insert(range);
    }

    /// Notes a `global` declaration.
    pub fn declare_global(&mut self, name: &str) {
        self.entry(name).global = true;
    }

    /// Notes an annotation.
    pub fn annotate(&mut self, name: &str) {
        self.entry(name).annotated = true;
    }

    /// Ends the scope. A function hands the names that it takes from around it to `parent`.
    pub fn finish(mut self, parent: Option<&mut ScopeBuilder>) -> Result<Scope, Problem> {
        let mut outer = Vec::new();
        if self.is_function {
            for (name, range) in std::mem::take(&mut self.free) {
                let symbol = self.symbol(&name);
                if symbol.is_local() {
                    let message =
                        format!("closures: `{name}` is captured from an enclosing function");
                    return Err(Problem::unsupported(range, message));
                }
                if !symbol.global {
                    outer.push((name, range));
                }
            }
            for (name, symbol) in &self.symbols {
                if let Some(range) = symbol.first_use
                    && !symbol.is_local()
                    && !symbol.global
                {
                    outer.push((name.clone(), range));
                }
            }
        }
        if let Some(parent) = parent {
            outer.sort_by_key(|(_, range)| range.start());
            parent.free.extend(outer);
        }
        let mut scope =
            Scope { is_function: self.is_function, args: self.args, ..Scope::default() };
        if self.is_function {
            for name in &self.order {
                if self.symbol(name).is_local() {
                    let Ok(slot) = u16::try_from(scope.locals.len()) else {
                        let message = "functions with more than 65535 local variables";
                        return Err(Problem::unsupported(TextRange::default(), message));
                    };
                    scope.slots.insert(name.clone(), slot);
                    scope.locals.push(name.clone());
                }
            }
        }
        Ok(scope)
    }
}
