//! The expressions of the walk.

use super::{Checked, Walk, debug_name, describe, elements, syntax, target_names, unsupported};
use crate::scope::{NotNamed, ParameterCounts, ScopeKind};
use ruff_python_ast::{
    Comprehension, Expr, ExprCall, ExprDict, ExprGenerator, ExprLambda, ExprNumberLiteral,
    ExprStarred, ExprStringLiteral, InterpolatedStringElement, Number, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashSet;

/// CPython's limit of digits of a decimal literal.
const MAX_DIGITS: usize = 4300;

impl<'a> Walk<'a> {
    pub(super) fn optional(&mut self, expr: Option<&'a Expr>) -> Checked {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) -> Checked {
        exprs.into_iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &'a Expr) -> Checked {
        match expr {
            Expr::BoolOp(e) => self.exprs(&e.values),
            Expr::Named(e) => self.named(&e.target, &e.value),
            Expr::BinOp(e) => {
                self.expr(&e.left)?;
                self.expr(&e.right)
            }
            Expr::UnaryOp(e) => self.expr(&e.operand),
            Expr::Lambda(e) => self.lambda(e),
            Expr::If(e) => {
                self.expr(&e.test)?;
                self.expr(&e.body)?;
                self.expr(&e.orelse)
            }
            Expr::Dict(e) => self.dict(e),
            Expr::ListComp(e) => self.comprehension(e.range, &[&e.elt], &e.generators),
            Expr::SetComp(e) => self.comprehension(e.range, &[&e.elt], &e.generators),
            Expr::DictComp(e) => match &e.key {
                Some(key) => self.comprehension(e.range, &[key, &e.value], &e.generators),
                None => syntax(e, "dict unpacking cannot be used in dict comprehension"),
            },
            Expr::Generator(e) => self.generator(e),
            Expr::Await(e) if !self.is_function() => syntax(e, "'await' outside function"),
            Expr::Await(e) => unsupported(e, "`await` expressions"),
            Expr::Yield(e) => {
                self.yields(e.range, "yield")?;
                self.optional(e.value.as_deref())
            }
            Expr::YieldFrom(e) => {
                self.yields(e.range, "yield from")?;
                self.expr(&e.value)
            }
            Expr::Compare(e) => {
                self.expr(&e.left)?;
                self.exprs(&e.comparators)
            }
            Expr::Call(e) => self.call(e),
            Expr::FString(e) => {
                e.value.elements().try_for_each(|element| self.f_string_element(element, 0))
            }
            Expr::TString(e) => unsupported(e, "template strings (`t\"…\"`)"),
            Expr::StringLiteral(e) => self.string(e),
            Expr::BytesLiteral(_) => Ok(()),
            Expr::NumberLiteral(e) => self.number(e),
            Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => Ok(()),
            Expr::EllipsisLiteral(_) => Ok(()),
            Expr::Attribute(e) => self.expr(&e.value),
            Expr::Subscript(e) => {
                self.expr(&e.value)?;
                self.expr(&e.slice)
            }
            Expr::Starred(e) => syntax(e, "can't use starred expression here"),
            Expr::Name(e) => {
                self.read(&e.id);
                Ok(())
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) => {
                let elements = match expr {
                    Expr::Set(e) => &e.elts[..],
                    expr => elements(expr),
                };
                for element in elements {
                    match element {
                        Expr::Starred(s) => self.starred(s)?,
                        element => self.expr(element)?,
                    }
                }
                Ok(())
            }
            Expr::Slice(e) => {
                self.optional(e.lower.as_deref())?;
                self.optional(e.upper.as_deref())?;
                self.optional(e.step.as_deref())
            }
            Expr::IpyEscapeCommand(e) => syntax(e, "invalid syntax"),
        }
    }

    fn number(&self, e: &ExprNumberLiteral) -> Checked {
        match &e.value {
            Number::Complex { .. } => unsupported(e, "complex numbers"),
            Number::Float(_) => Ok(()),
            Number::Int(_) => {
                let text = self.text[e.range].to_ascii_lowercase();
                let digits = text.bytes().filter(u8::is_ascii_digit).count();
                let decimal = !["0x", "0o", "0b"].iter().any(|prefix| text.starts_with(prefix));
                if decimal && digits > MAX_DIGITS {
                    let message = format!(
                        "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: \
                         value has {digits} digits - Consider hexadecimal for huge integer \
                         literals to avoid decimal conversion limits."
                    );
                    return syntax(e, message);
                }
                Ok(())
            }
        }
    }

    /// A starred element: after the star stands an operand, or anything in parentheses.
    fn starred(&mut self, starred: &'a ExprStarred) -> Checked {
        let value = &*starred.value;
        let operand = match value {
            Expr::UnaryOp(e) => e.op != UnaryOp::Not,
            other => !matches!(
                other,
                Expr::BoolOp(_) | Expr::Compare(_) | Expr::If(_) | Expr::Lambda(_) | Expr::Named(_)
            ),
        };
        let between = TextRange::new(starred.start(), value.start());
        if !operand && !self.text[between].contains('(') {
            return syntax(starred, "invalid syntax");
        }
        self.expr(value)
    }

    fn string(&mut self, e: &ExprStringLiteral) -> Checked {
        for part in &e.value {
            self.surrogates(part.range, &part.value)?;
        }
        Ok(())
    }

    /// The parser replaces escapes of surrogates by U+FFFD.
    fn surrogates(&self, range: TextRange, value: &str) -> Checked {
        if value.contains('\u{fffd}') {
            let text = self.text[range].to_ascii_lowercase();
            let escape = |digits: &str| {
                digits.starts_with('d')
                    && digits[1..].starts_with(['8', '9', 'a', 'b', 'c', 'd', 'e', 'f'])
            };
            let escapes =
                text.split("\\u").skip(1).any(escape) || text.split("\\u0000").skip(1).any(escape);
            if escapes {
                return unsupported(range, "lone surrogates in string literals");
            }
        }
        Ok(())
    }

    fn f_string_element(&mut self, element: &'a InterpolatedStringElement, depth: u32) -> Checked {
        match element {
            InterpolatedStringElement::Literal(e) => self.surrogates(e.range, &e.value),
            InterpolatedStringElement::Interpolation(e) => {
                if depth >= 2 {
                    return syntax(e, "f-string: expressions nested too deeply");
                }
                self.expr(&e.expression)?;
                match &e.format_spec {
                    Some(spec) => spec
                        .elements
                        .iter()
                        .try_for_each(|element| self.f_string_element(element, depth + 1)),
                    None => Ok(()),
                }
            }
        }
    }

    fn call(&mut self, call: &'a ExprCall) -> Checked {
        self.expr(&call.func)?;
        for argument in &call.arguments.args {
            match argument {
                Expr::Starred(s) => self.starred(s)?,
                argument => self.expr(argument)?,
            }
        }
        let mut names = HashSet::new();
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else {
                self.expr(&keyword.value)?;
                continue;
            };
            debug_name(&name.id, name.range)?;
            if !names.insert(name.as_str()) {
                return syntax(keyword, format!("keyword argument repeated: {name}"));
            }
            self.expr(&keyword.value)?;
        }
        Ok(())
    }

    fn named(&mut self, target: &'a Expr, value: &'a Expr) -> Checked {
        let Expr::Name(name) = target else {
            let message = format!("cannot use assignment expressions with {}", describe(target));
            return syntax(target, message);
        };
        if self.scope.in_iterable() {
            let message =
                "assignment expression cannot be used in a comprehension iterable expression";
            return syntax(TextRange::new(target.start(), value.end()), message);
        }
        debug_name(&name.id, name.range)?;
        match self.scope.bind_named(&name.id, name.range) {
            Ok(()) => self.expr(value),
            Err(NotNamed::Target) => {
                let message = format!(
                    "assignment expression cannot rebind comprehension iteration variable '{}'",
                    name.id
                );
                syntax(name, message)
            }
            Err(NotNamed::InClass) => {
                let message =
                    "assignment expression within a comprehension cannot be used in a class body";
                syntax(TextRange::new(target.start(), value.end()), message)
            }
        }
    }

    fn dict(&mut self, e: &'a ExprDict) -> Checked {
        for item in &e.items {
            self.optional(item.key.as_ref())?;
            self.expr(&item.value)?;
        }
        Ok(())
    }

    fn lambda(&mut self, e: &'a ExprLambda) -> Checked {
        if let Some(parameters) = &e.parameters {
            self.defaults(parameters)?;
        }
        self.scope.enter(ScopeKind::Function, e.range);
        if let Some(parameters) = &e.parameters {
            self.parameters(parameters)?;
        }
        self.expr(&e.body)?;
        self.scope.leave();
        Ok(())
    }

    /// Notes that the function is a generator.
    fn yields(&mut self, range: TextRange, what: &str) -> Checked {
        if self.scope.in_comprehension() {
            return syntax(range, format!("'{what}' inside list comprehension"));
        }
        if !self.is_function() {
            return syntax(range, format!("'{what}' outside function"));
        }
        self.scope.owner().generator = true;
        Ok(())
    }

    /// A generator expression: a function of its first iterable.
    fn generator(&mut self, e: &'a ExprGenerator) -> Checked {
        let Some(first) = e.generators.first() else { return Ok(()) };
        if let Some(generator) = e.generators.iter().find(|generator| generator.is_async) {
            return unsupported(generator, "asynchronous comprehensions");
        }
        self.scope.here().iterables += 1;
        self.expr(&first.iter)?;
        self.scope.here().iterables -= 1;
        self.scope.enter(ScopeKind::Function, e.range);
        self.scope.parameter(".0");
        let here = self.scope.here();
        here.parameters = ParameterCounts { positional: 1, ..ParameterCounts::default() };
        here.generator = true;
        here.is_expression = true;
        for (number, generator) in e.generators.iter().enumerate() {
            if number > 0 {
                self.scope.here().iterables += 1;
                self.expr(&generator.iter)?;
                self.scope.here().iterables -= 1;
            }
            self.target(&generator.target)?;
            self.exprs(&generator.ifs)?;
        }
        self.element(&e.elt)?;
        self.scope.leave();
        Ok(())
    }

    fn element(&mut self, element: &'a Expr) -> Checked {
        match element {
            Expr::Starred(s) => syntax(s, "iterable unpacking cannot be used in comprehension"),
            element => self.expr(element),
        }
    }

    fn comprehension(
        &mut self,
        range: TextRange,
        elements: &[&'a Expr],
        generators: &'a [Comprehension],
    ) -> Checked {
        if let Some(generator) = generators.iter().find(|generator| generator.is_async) {
            return unsupported(generator, "asynchronous comprehensions");
        }
        let mut targets = Vec::new();
        generators.iter().for_each(|generator| target_names(&generator.target, &mut targets));
        for (number, generator) in generators.iter().enumerate() {
            self.scope.here().iterables += 1;
            self.expr(&generator.iter)?;
            self.scope.here().iterables -= 1;
            if number == 0 {
                // The first iterable belongs to the scope around the comprehension.
                self.scope.enter(ScopeKind::Comprehension, range);
                targets.iter().for_each(|name| self.scope.bind_target(name));
            }
            self.target(&generator.target)?;
            self.exprs(&generator.ifs)?;
        }
        elements.iter().try_for_each(|element| self.element(element))?;
        self.scope.leave();
        Ok(())
    }
}
