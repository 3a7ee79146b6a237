//! Calls: arguments on the stack, named ones behind, unpacked ones through a list and a dict.

use super::{Compiled, Place, Unit};
use crate::bytecode::{ConstValue, Opcode, Position};
use crate::scope::ScopeKind;
use ruff_python_ast::{Arguments, Expr, ExprAttribute, ExprCall, Keyword};
use ruff_text_size::Ranged;

impl<'a> Unit<'a> {
    pub(super) fn call(&mut self, e: &'a ExprCall) -> Compiled {
        let mut at = self.at(e);
        if self.is_plain_super(e) {
            return self.plain_super(at, e);
        }
        if let Expr::Attribute(method) = &*e.func {
            self.expr(&method.value)?;
            let name = self.attribute(&method.attr.id);
            let place = self.at(method);
            let place = self.attribute_at(place, method);
            self.e.op(place, Opcode::LoadMethod, 0, name);
            (at.line, at.column) = (place.line, place.column);
        } else {
            self.expr(&e.func)?;
            self.e.op(at, Opcode::PushNull, 0, 0);
        }
        self.arguments(at, &e.arguments)
    }

    /// The place of an attribute access: the name alone where it is on a later line than its object.
    pub(super) fn attribute_at(&self, at: Position, e: &ExprAttribute) -> Position {
        if at.line == at.end_line { at } else { self.at(e.attr.range) }
    }

    /// `super()` in a method, which stands for `super(__class__, self)`.
    fn is_plain_super(&self, e: &ExprCall) -> bool {
        matches!(&*e.func, Expr::Name(name) if name.id == "super")
            && e.arguments.is_empty()
            && matches!(self.place_of("super"), Place::Global)
            && matches!(self.place_of("__class__"), Place::Cell(_))
            && self.scope.kind == ScopeKind::Function
            && self.scope.parameters.positional > 0
    }

    fn plain_super(&mut self, at: Position, e: &'a ExprCall) -> Compiled {
        self.expr(&e.func)?;
        self.e.op(at, Opcode::PushNull, 0, 0);
        self.load_name(at, "__class__");
        let first = self.scope.locals.first().cloned().unwrap_or_default();
        let place = self.scope_place(&first);
        self.load_place(at, &first, place);
        self.e.op(at, Opcode::Call, 2, 0);
        Ok(())
    }

    fn arguments(&mut self, at: Position, arguments: &'a Arguments) -> Compiled {
        let unpacks = arguments.args.iter().any(Expr::is_starred_expr)
            || arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
        if unpacks {
            return self.unpacked_arguments(at, arguments);
        }
        self.exprs(&arguments.args)?;
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            self.expr(&keyword.value)?;
            names.extend(keyword.arg.as_ref().map(|name| ConstValue::Str(name.as_str().into())));
        }
        let count = arguments.args.len() + names.len();
        match u8::try_from(count) {
            Ok(count) if names.is_empty() => self.e.op(at, Opcode::Call, count, 0),
            // The long form also has room for more arguments.
            _ => {
                self.constant(at, ConstValue::Tuple(names));
                self.e.wide(at, Opcode::CallKw, count as u32);
            }
        }
        Ok(())
    }

    fn unpacked_arguments(&mut self, at: Position, arguments: &'a Arguments) -> Compiled {
        self.long_list(at, &arguments.args)?;
        let keywords = !arguments.keywords.is_empty();
        if keywords {
            self.keyword_dict(at, &arguments.keywords)?;
        }
        self.e.wide(at, Opcode::CallEx, u32::from(keywords));
        Ok(())
    }

    fn keyword_dict(&mut self, at: Position, keywords: &'a [Keyword]) -> Compiled {
        self.e.wide(at, Opcode::BuildMap, 0);
        for keyword in keywords {
            let place = self.at(keyword.range());
            match &keyword.arg {
                Some(name) => {
                    self.constant(place, ConstValue::Str(name.as_str().into()));
                    self.expr(&keyword.value)?;
                    self.e.wide(at, Opcode::BuildMap, 1);
                    self.e.wide(at, Opcode::DictMerge, 1);
                }
                None => {
                    self.expr(&keyword.value)?;
                    self.e.wide(at, Opcode::DictMerge, 1);
                }
            }
        }
        Ok(())
    }
}
