//! Comprehensions, inlined into the code around them.
//!
//! Their variables are locals of the enclosing code object that no other code can name, at module
//! level too. They are reused by later comprehensions. Those that functions inside capture are in
//! cells, fresh ones for each evaluation.

use super::{Compiled, Target, Unit, fold};
use crate::bytecode::{ConstValue, Opcode, Position};
use crate::subset::target_names;
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::TextRange;
use std::collections::HashMap;

/// What a comprehension makes.
#[derive(Clone, Copy)]
pub(super) enum Element<'a> {
    List(&'a Expr),
    Set(&'a Expr),
    Dict(&'a Expr, &'a Expr),
}

/// What stands in the innermost loop, given how many loops are open.
type Body<'b, 'a> = &'b mut dyn FnMut(&mut Unit<'a>, u32) -> Compiled;

impl<'a> Unit<'a> {
    pub(super) fn comprehension(
        &mut self,
        at: Position,
        range: TextRange,
        element: Element<'a>,
        generators: &'a [Comprehension],
    ) -> Compiled {
        let Some(first) = generators.first() else { return Ok(()) };
        let build = match element {
            Element::List(_) => Opcode::BuildList,
            Element::Set(_) => Opcode::BuildSet,
            Element::Dict(..) => Opcode::BuildMap,
        };
        self.e.wide(at, build, 0);
        // The first iterable belongs to the scope around the comprehension.
        self.iterable(at, &first.iter)?;

        let scopes = self.scopes;
        let scope = scopes.inner.get(&range);
        let mut names = Vec::new();
        generators.iter().for_each(|generator| target_names(&generator.target, &mut names));
        let mut targets = HashMap::new();
        let early = early_reads(generators);
        for name in names {
            let spare = self.spare.get_mut(name).and_then(Vec::pop);
            let slot = match spare {
                Some(slot) => slot,
                None => self.new_local(name, range)?,
            };
            let cell = scope.is_some_and(|scope| scope.is_captured(name));
            if cell || early.contains(&name) {
                // It would find what an earlier run left there.
                self.e.op(at, Opcode::PushNull, 0, 0);
                self.e.op(at, Opcode::StoreFast, 0, slot);
            }
            if cell {
                self.e.op(at, Opcode::MakeCell, 0, slot);
            }
            targets.insert(name, Target { slot, cell });
        }
        self.comprehensions.push(targets);
        self.generators(at, generators, 1, &mut |unit, depth| {
            let below = 2 * depth + 1;
            match element {
                Element::List(value) => {
                    unit.expr(value)?;
                    unit.e.wide(at, Opcode::ListAppend, below);
                }
                Element::Set(value) => {
                    unit.expr(value)?;
                    unit.e.wide(at, Opcode::SetAdd, below);
                }
                Element::Dict(key, value) => {
                    unit.expr(key)?;
                    unit.expr(value)?;
                    unit.e.wide(at, Opcode::MapAdd, below);
                }
            }
            Ok(())
        })?;
        for (name, target) in self.comprehensions.pop().unwrap_or_default() {
            self.spare.entry(name).or_default().push(target.slot);
        }
        Ok(())
    }

    pub(super) fn new_local(&mut self, name: &str, range: TextRange) -> Compiled<u16> {
        let slot = u16::try_from(self.locals.len()).map_err(|_| {
            super::Problem::unsupported(range, "functions with more than 65535 local variables")
        })?;
        self.locals.push(name.into());
        Ok(slot)
    }

    /// Evaluates an iterable and makes an iteration pair of it.
    pub(super) fn iterable(&mut self, at: Position, iter: &'a Expr) -> Compiled {
        match iter {
            // Nobody can tell a list of constants from a tuple here.
            Expr::List(list) if fold::tuple(&list.elts).is_some() => {
                let place = self.at(iter);
                self.constant(place, fold::tuple(&list.elts).unwrap_or(ConstValue::None));
            }
            iter => self.expr(iter)?,
        }
        self.e.op(at, Opcode::GetIter, 0, 0);
        Ok(())
    }

    /// The loop of the first generator, the iteration pair of which is on the stack, with all others
    /// inside. `depth` counts the loops that are open then.
    pub(super) fn generators(
        &mut self,
        at: Position,
        generators: &'a [Comprehension],
        depth: u32,
        body: Body<'_, 'a>,
    ) -> Compiled {
        let Some((generator, inner)) = generators.split_first() else { return Ok(()) };
        let (next, end) = (self.e.label(), self.e.label());
        let number = self.e.begin_loop();
        self.e.jump(at, Opcode::ForIter, end);
        self.store(&generator.target)?;
        for test in &generator.ifs {
            self.jump_if(test, false, next)?;
        }
        if let Some(generator) = inner.first() {
            if self.e.reachable() {
                self.iterable(at, &generator.iter)?;
                self.generators(at, inner, depth + 1, body)?;
            }
        } else {
            body(self, depth)?;
        }
        self.e.place(next);
        self.e.wide(at, Opcode::JumpBackward, number);
        self.e.end_loop(number);
        self.e.place(end);
        Ok(())
    }
}

/// The targets of later generators that are read by what is evaluated before them.
fn early_reads(generators: &[Comprehension]) -> Vec<&str> {
    let mut found = Vec::new();
    for number in 1..generators.len() {
        let mut names = Vec::new();
        target_names(&generators[number].target, &mut names);
        for generator in &generators[..number] {
            let mut earlier = Vec::new();
            target_names(&generator.target, &mut earlier);
            names.retain(|name| !earlier.contains(name));
        }
        let mut reads = Reads { names: &names, found: &mut found };
        for (earlier, generator) in generators[..=number].iter().enumerate() {
            if earlier > 0 {
                reads.visit_expr(&generator.iter);
            }
            if earlier < number {
                reads.visit_expr(&generator.target);
                generator.ifs.iter().for_each(|test| reads.visit_expr(test));
            }
        }
    }
    found
}

struct Reads<'n, 'a> {
    names: &'n [&'a str],
    found: &'n mut Vec<&'a str>,
}

impl<'a> Visitor<'a> for Reads<'_, 'a> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Name(name) = expr
            && let Some(name) = self.names.iter().find(|n| **n == name.id.as_str())
            && !self.found.contains(name)
        {
            self.found.push(name);
        }
        walk_expr(self, expr);
    }
}
