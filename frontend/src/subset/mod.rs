//! The walk over the syntax tree that refuses what is outside the subset, does the checks of
//! CPython's compiler that the parser does not do, and builds the symbol tables.

mod expr;

use crate::compile::outermost;
use crate::scope::{Builder, ParameterCounts, ScopeKind, Scopes};
use crate::source::Problem;
use ruff_python_ast::{
    ExceptHandler, Expr, Identifier, ModModule, Parameters, Stmt, StmtClassDef, StmtFunctionDef,
    StmtImport, StmtImportFrom, StmtTry, StmtWith,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The variable of a class body that holds its annotations.
pub(crate) const ANNOTATIONS: &str = "__annotations__";
/// The first local of a class body, which no program can name: the mapping that keeps the variables of
/// the body, or None where they are locals.
const BODY_MAPPING: &str = ".mapping";

/// CPython's limit of statically nested loops.
const MAX_LOOPS: u32 = 20;

const FUTURE_FEATURES: &[&str] = &[
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

type Checked = Result<(), Problem>;

/// Checks a module and returns its symbol tables.
pub(crate) fn analyze(module: &ModModule, text: &str) -> Result<Scopes, Problem> {
    let mut walk = Walk { text, scope: Builder::new(), future: true };
    walk.body(&module.body)?;
    walk.scope.finish()
}

struct Walk<'a> {
    text: &'a str,
    scope: Builder,
    /// Whether `from __future__` may still come.
    future: bool,
}

fn syntax<T>(range: impl Ranged, message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::syntax(range.range(), message))
}

fn unsupported<T>(range: impl Ranged, message: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::unsupported(range.range(), message))
}

/// The first `len` bytes of a range: the keyword of a statement.
fn keyword(node: impl Ranged, word: &str) -> TextRange {
    let range = node.range();
    let end = range.start() + TextSize::of(word);
    TextRange::new(range.start(), end.min(range.end()))
}

impl<'a> Walk<'a> {
    fn body(&mut self, body: &'a [Stmt]) -> Checked {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Checked {
        let is_future = match stmt {
            Stmt::Expr(s) => s.value.is_string_literal_expr(),
            Stmt::ImportFrom(s) => s.module.as_deref() == Some("__future__"),
            _ => false,
        };
        if !is_future {
            self.future = false;
        }
        match stmt {
            Stmt::FunctionDef(s) => self.function(s),
            Stmt::ClassDef(s) => self.class(s),
            Stmt::Return(s) => {
                if !self.is_function() {
                    return syntax(s, "'return' outside function");
                }
                self.optional(s.value.as_deref())
            }
            Stmt::Delete(s) => s.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::TypeAlias(s) => unsupported(keyword(s, "type"), "type aliases"),
            Stmt::Assign(s) => {
                self.expr(&s.value)?;
                s.targets.iter().try_for_each(|target| self.target(target))
            }
            Stmt::AugAssign(s) => {
                match &*s.target {
                    Expr::Name(name) => self.read(&name.id),
                    Expr::Subscript(_) | Expr::Attribute(_) => {}
                    other => {
                        let what = describe(other);
                        let message =
                            format!("'{what}' is an illegal expression for augmented assignment");
                        return syntax(other, message);
                    }
                }
                self.target(&s.target)?;
                self.expr(&s.value)
            }
            Stmt::AnnAssign(s) => {
                self.optional(s.value.as_deref())?;
                if let Expr::Name(name) = &*s.target {
                    if s.simple && self.is_function() && self.scope.symbol(&name.id).global {
                        let message = format!("annotated name '{}' can't be global", name.id);
                        return syntax(name, message);
                    }
                    if s.simple {
                        self.scope.owner().annotate(&name.id);
                        if self.scope.owner().kind == ScopeKind::Class {
                            self.scope.bind(ANNOTATIONS);
                            if !self.scope.annotations_are_text {
                                self.expr(&s.annotation)?;
                            }
                        }
                    } else if s.value.is_none() {
                        return debug_name(&name.id, name.range);
                    }
                }
                self.target(&s.target)
            }
            Stmt::For(s) => {
                if s.is_async {
                    return unsupported(keyword(s, "async"), "`async for` loops");
                }
                self.expr(&s.iter)?;
                self.target(&s.target)?;
                self.loop_body(keyword(s, "for"), &s.body)?;
                self.body(&s.orelse)
            }
            Stmt::While(s) => {
                self.expr(&s.test)?;
                self.loop_body(keyword(s, "while"), &s.body)?;
                self.body(&s.orelse)
            }
            Stmt::If(s) => {
                self.expr(&s.test)?;
                self.body(&s.body)?;
                for clause in &s.elif_else_clauses {
                    self.optional(clause.test.as_ref())?;
                    self.body(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(s) if s.is_async => {
                unsupported(keyword(s, "async"), "`async with` statements")
            }
            Stmt::With(s) => self.with(s),
            Stmt::Match(s) => unsupported(keyword(s, "match"), "`match` statements"),
            Stmt::Raise(s) => {
                self.optional(s.exc.as_deref())?;
                self.optional(s.cause.as_deref())
            }
            Stmt::Try(s) => self.try_statement(s),
            Stmt::Assert(s) => {
                self.expr(&s.test)?;
                self.optional(s.msg.as_deref())
            }
            Stmt::Import(s) => self.import(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::Global(s) => s.names.iter().try_for_each(|name| self.global(name)),
            Stmt::Nonlocal(s) if self.scope.owner().kind == ScopeKind::Module => {
                syntax(s, "nonlocal declaration not allowed at module level")
            }
            Stmt::Nonlocal(s) => s.names.iter().try_for_each(|name| self.nonlocal(name)),
            Stmt::Expr(s) => match &*s.value {
                Expr::EllipsisLiteral(_) => Ok(()),
                value => self.expr(value),
            },
            Stmt::Pass(_) => Ok(()),
            Stmt::Break(s) if self.scope.owner().loops == 0 => syntax(s, "'break' outside loop"),
            Stmt::Continue(s) if self.scope.owner().loops == 0 => {
                syntax(s, "'continue' not properly in loop")
            }
            Stmt::Break(_) | Stmt::Continue(_) => Ok(()),
            Stmt::IpyEscapeCommand(s) => syntax(s, "invalid syntax"),
        }
    }

    fn loop_body(&mut self, keyword: TextRange, body: &'a [Stmt]) -> Checked {
        self.scope.owner().loops += 1;
        self.nested(keyword, body)?;
        self.scope.owner().loops -= 1;
        Ok(())
    }

    /// Whether the code of the current place is a function's.
    fn is_function(&mut self) -> bool {
        self.scope.owner().kind == ScopeKind::Function
    }

    fn function(&mut self, def: &'a StmtFunctionDef) -> Checked {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        if def.is_async {
            return unsupported(keyword(def, "async"), "`async` functions");
        }
        if let Some(params) = &def.type_params {
            return unsupported(params.range, "type parameters");
        }
        self.defaults(&def.parameters)?;
        self.bind(&def.name.id, def.name.range)?;
        self.scope.enter(ScopeKind::Function, def.range);
        self.parameters(&def.parameters)?;
        self.body(&def.body)?;
        self.scope.leave();
        Ok(())
    }

    /// What a function definition evaluates outside of the function.
    fn defaults(&mut self, parameters: &'a Parameters) -> Checked {
        let parameters = parameters.iter_non_variadic_params();
        for parameter in parameters {
            self.optional(parameter.default.as_deref())?;
        }
        Ok(())
    }

    /// The parameters of the function whose scope was entered.
    fn parameters(&mut self, parameters: &'a Parameters) -> Checked {
        if parameters.len() > u16::MAX as usize {
            return unsupported(parameters, "functions with more than 65535 parameters");
        }
        let plain = parameters.iter_non_variadic_params().map(|p| p.name());
        let variadic = parameters.vararg.iter().chain(&parameters.kwarg).map(|p| &p.name);
        for name in plain.chain(variadic) {
            if !self.scope.parameter(&name.id) {
                let message = format!("duplicate argument '{name}' in function definition");
                return syntax(name, message);
            }
            debug_name(&name.id, name.range)?;
        }
        self.scope.here().parameters = ParameterCounts {
            positional: (parameters.posonlyargs.len() + parameters.args.len()) as u16,
            positional_only: parameters.posonlyargs.len() as u16,
            keyword_only: parameters.kwonlyargs.len() as u16,
            rest: parameters.vararg.is_some(),
            keywords: parameters.kwarg.is_some(),
        };
        Ok(())
    }

    fn class(&mut self, def: &'a StmtClassDef) -> Checked {
        for decorator in &def.decorator_list {
            self.expr(&decorator.expression)?;
        }
        if let Some(params) = &def.type_params {
            return unsupported(params.range, "type parameters");
        }
        for base in def.bases() {
            match base {
                Expr::Starred(s) => self.expr(&s.value)?,
                base => self.expr(base)?,
            }
        }
        for keyword in def.keywords() {
            self.expr(&keyword.value)?;
        }
        self.bind(&def.name.id, def.name.range)?;
        self.scope.enter(ScopeKind::Class, def.range);
        // What `__prepare__` of a metaclass gave.
        self.scope.parameter(BODY_MAPPING);
        self.scope.here().parameters.positional = 1;
        self.body(&def.body)?;
        self.scope.leave();
        Ok(())
    }

    fn try_statement(&mut self, s: &'a StmtTry) -> Checked {
        if s.is_star {
            return unsupported(keyword(s, "try"), "`except*` clauses");
        }
        self.nested(keyword(s, "try"), &s.body)?;
        for (number, ExceptHandler::ExceptHandler(handler)) in s.handlers.iter().enumerate() {
            if handler.type_.is_none() && number + 1 < s.handlers.len() {
                return syntax(keyword(handler, "except"), "default 'except:' must be last");
            }
            self.optional(handler.type_.as_deref())?;
            if let Some(name) = &handler.name {
                self.bind(&name.id, name.range)?;
            }
            self.nested(keyword(handler, "except"), &handler.body)?;
        }
        self.body(&s.orelse)?;
        self.body(&s.finalbody)
    }

    fn with(&mut self, s: &'a StmtWith) -> Checked {
        for item in &s.items {
            self.expr(&item.context_expr)?;
            if let Some(target) = &item.optional_vars {
                self.target(target)?;
            }
        }
        self.nested(keyword(s, "with"), &s.body)
    }

    /// A body that counts as a block of its own.
    fn nested(&mut self, keyword: TextRange, body: &'a [Stmt]) -> Checked {
        if self.scope.owner().blocks >= MAX_LOOPS {
            return syntax(keyword, "too many statically nested blocks");
        }
        self.scope.owner().blocks += 1;
        self.body(body)?;
        self.scope.owner().blocks -= 1;
        Ok(())
    }

    fn import(&mut self, import: &'a StmtImport) -> Checked {
        if import.is_lazy {
            return unsupported(import, "lazy imports");
        }
        for alias in &import.names {
            let (name, range) = match &alias.asname {
                Some(name) => (name.as_str(), name.range),
                None => (outermost(alias.name.as_str()), alias.name.range),
            };
            debug_name(name, range)?;
            self.scope.bind_import(name);
        }
        Ok(())
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) -> Checked {
        if import.is_lazy {
            return unsupported(import, "lazy imports");
        }
        let module = import.module.as_ref().map(|name| name.as_str());
        if import.level == 0 && module == Some("__future__") {
            for alias in &import.names {
                if !FUTURE_FEATURES.contains(&alias.name.as_str()) {
                    let message = format!("future feature {} is not defined", alias.name);
                    return syntax(alias, message);
                }
            }
            let text = import.names.iter().any(|alias| alias.name.as_str() == "annotations");
            self.scope.annotations_are_text |= text;
            if !self.future || self.scope.owner().kind != ScopeKind::Module {
                let message = "from __future__ imports must occur at the beginning of the file";
                return syntax(import, message);
            }
            return Ok(());
        }
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                if self.scope.owner().kind != ScopeKind::Module {
                    return syntax(import, "import * only allowed at module level");
                }
                continue;
            }
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            debug_name(&name.id, name.range)?;
            self.scope.bind_import(&name.id);
        }
        Ok(())
    }

    fn global(&mut self, name: &'a Identifier) -> Checked {
        let symbol = self.scope.symbol(&name.id);
        let message = if symbol.parameter {
            format!("name '{name}' is parameter and global")
        } else if symbol.used {
            format!("name '{name}' is used prior to global declaration")
        } else if symbol.annotated {
            format!("annotated name '{name}' can't be global")
        } else if symbol.assigned {
            format!("name '{name}' is assigned to before global declaration")
        } else {
            self.scope.owner().declare_global(&name.id);
            return Ok(());
        };
        syntax(name, message)
    }

    fn nonlocal(&mut self, name: &'a Identifier) -> Checked {
        let symbol = self.scope.symbol(&name.id);
        let message = if symbol.parameter {
            format!("name '{name}' is parameter and nonlocal")
        } else if symbol.global {
            format!("name '{name}' is nonlocal and global")
        } else if symbol.used {
            format!("name '{name}' is used prior to nonlocal declaration")
        } else if symbol.annotated {
            format!("annotated name '{name}' can't be nonlocal")
        } else if symbol.assigned {
            format!("name '{name}' is assigned to before nonlocal declaration")
        } else {
            self.scope.owner().declare_nonlocal(&name.id, name.range);
            return Ok(());
        };
        syntax(name, message)
    }

    fn bind(&mut self, name: &str, range: TextRange) -> Checked {
        debug_name(name, range)?;
        self.scope.bind(name);
        Ok(())
    }

    fn read(&mut self, name: &str) {
        if matches!(name, "super" | "__class__") && self.is_function() {
            self.scope.read_class();
        }
        self.scope.read(name);
    }

    fn target(&mut self, target: &'a Expr) -> Checked {
        if let Expr::Starred(s) = target {
            return syntax(s, "starred assignment target must be in a list or tuple");
        }
        self.element_target(target)
    }

    fn element_target(&mut self, target: &'a Expr) -> Checked {
        match target {
            Expr::Name(name) => {
                // Targets of comprehensions are known to them, not to the scope.
                if self.scope.in_comprehension() && self.scope.is_target(&name.id) {
                    return debug_name(&name.id, name.range);
                }
                self.bind(&name.id, name.range)
            }
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.expr(&s.slice)
            }
            Expr::Attribute(s) => {
                debug_name(&s.attr.id, s.attr.range)?;
                self.expr(&s.value)
            }
            Expr::Starred(s) => self.target(&s.value),
            Expr::Tuple(_) | Expr::List(_) => {
                let elements = elements(target);
                let mut stars = elements.iter().enumerate().filter(|(_, e)| e.is_starred_expr());
                let star = stars.next();
                if let Some((_, second)) = stars.next() {
                    return syntax(second, "multiple starred expressions in assignment");
                }
                let before = star.map_or(elements.len(), |(at, _)| at);
                if before > u8::MAX as usize || elements.len() > u16::MAX as usize {
                    return unsupported(target, "unpacking into more than 255 targets");
                }
                elements.iter().try_for_each(|element| self.element_target(element))
            }
            other => syntax(other, format!("cannot assign to {}", describe(other))),
        }
    }

    fn delete(&mut self, target: &'a Expr) -> Checked {
        match target {
            Expr::Name(name) => {
                debug_name_for(&name.id, name.range, "delete")?;
                self.scope.bind(&name.id);
                Ok(())
            }
            Expr::Subscript(s) => {
                self.expr(&s.value)?;
                self.expr(&s.slice)
            }
            Expr::Attribute(s) => self.expr(&s.value),
            Expr::Tuple(_) | Expr::List(_) => {
                elements(target).iter().try_for_each(|element| self.delete(element))
            }
            other => syntax(other, format!("cannot delete {}", describe(other))),
        }
    }
}

/// The names that a target binds, in order, once each.
pub(crate) fn target_names<'a>(target: &'a Expr, names: &mut Vec<&'a str>) {
    match target {
        Expr::Name(name) if !names.contains(&name.id.as_str()) => names.push(name.id.as_str()),
        Expr::Starred(s) => target_names(&s.value, names),
        Expr::Tuple(_) | Expr::List(_) => {
            elements(target).iter().for_each(|element| target_names(element, names));
        }
        _ => {}
    }
}

/// The elements of a tuple or list display.
pub(crate) fn elements(expr: &Expr) -> &[Expr] {
    match expr {
        Expr::Tuple(e) => &e.elts,
        Expr::List(e) => &e.elts,
        _ => &[],
    }
}

fn debug_name(name: &str, range: TextRange) -> Checked {
    debug_name_for(name, range, "assign to")
}

fn debug_name_for(name: &str, range: TextRange, what: &str) -> Checked {
    if name == "__debug__" { syntax(range, format!("cannot {what} __debug__")) } else { Ok(()) }
}

/// What CPython calls an expression that is not a target.
fn describe(expr: &Expr) -> &'static str {
    match expr {
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Named(_) => "named expression",
        Expr::Lambda(_) => "lambda",
        Expr::If(_) => "conditional expression",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Generator(_) => "generator expression",
        Expr::Await(_) => "await expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Compare(_) => "comparison",
        Expr::Call(_) => "function call",
        Expr::FString(_) | Expr::TString(_) => "f-string expression",
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::NumberLiteral(_) => "literal",
        Expr::BooleanLiteral(e) if e.value => "True",
        Expr::BooleanLiteral(_) => "False",
        Expr::NoneLiteral(_) => "None",
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Slice(_) => "slice",
        Expr::IpyEscapeCommand(_) => "expression",
    }
}
