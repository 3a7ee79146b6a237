//! The large parts of a program: prelude, classes, functions, and the main part with its loops.

use super::{FUNCTION_COST, Function, Generator, Parameter, Place, Ty};

/// Statements that a call of a method may execute: calls of methods are not charged for.
const METHOD_COST: u64 = 40;

/// What every program begins with. `trim` keeps numbers small enough, `cut`, `short` and `few` do so with sets,
/// lists of strings and dicts, `note` remembers what was raised, and `Guard` lets some exceptions end at its `with`.
const PRELUDE: &str = "\
import math
import sys

notes = []


def note(value):
    if len(notes) < 30:
        if isinstance(value, Exception):
            notes.append(f\"{type(value).__name__}: {value}\")
        else:
            notes.append(value)


def trim(x):
    if -LIMIT < x < LIMIT:
        return x
    return x % MODULUS


def cut(items):
    return set(sorted(items, key=repr)[:8])


def short(texts):
    return [text[:12] for text in texts[:8]]


def few(table):
    while len(table) > 6:
        table.pop(next(iter(table)))
    return table


class Guard:
    def __init__(self, *kinds):
        self.kinds = kinds

    def __enter__(self):
        return len(self.kinds)

    def __exit__(self, kind, value, trace):
        if kind is not None:
            note(value)
        return kind is not None and any(issubclass(kind, k) for k in self.kinds)

";

/// Operators that objects of a program may have, all classes of it the same.
const OPERATORS: [&str; 10] = [
    "__add__",
    "__eq__",
    "__lt__",
    "__len__",
    "__getitem__",
    "__contains__",
    "__iter__",
    "__call__",
    "__bool__",
    "__hash__",
];

impl Generator {
    pub(super) fn program(&mut self) {
        let (limit, modulus) = self.pick(&[
            ("2**62", "2**61"),
            ("2**80", "2**64"),
            ("10**6", "9973"),
            ("2**31", "65537"),
        ]);
        let prelude = PRELUDE.replace("LIMIT", limit).replace("MODULUS", modulus);
        self.text.push_str(&prelude);
        for i in 0..self.below(3) {
            let (name, base) =
                (format!("E{i}"), self.pick(&["Exception", "ValueError", "LookupError"]));
            let base = if i > 0 && self.one_in(2) { "E0" } else { base };
            self.text.push_str(&format!("\nclass {name}({base}):\n    pass\n\n"));
            self.exceptions.push(name);
        }
        for i in 0..self.below(4) + 1 {
            let ty = if i == 0 { Ty::Int } else { self.pick(&Ty::SHOWN) };
            let (name, value) = (format!("G{i}"), self.atom(ty));
            line!(self, "{name} = {value}");
            self.define(&name, ty, true);
        }
        let globals = self.variables.clone();
        if !self.one_in(4) {
            self.classes_of_program();
        }
        for _ in 0..self.below(4) + 1 {
            self.function();
        }
        self.variables = globals;
        for _ in 0..self.below(3) {
            self.cost = 0;
            self.text.push('\n');
            self.section();
        }
        self.text.push('\n');
        self.hot_section();
        if self.one_in(2) {
            self.scenes();
        }
        self.ending();
    }

    /// Writes a function's body with only parameters to assign to; what a call costs.
    fn body(
        &mut self,
        header: &str,
        parameters: &[(String, Ty)],
        place: Place,
        cost: u64,
        write: impl FnOnce(&mut Self),
    ) -> u64 {
        let saved = (self.variables.clone(), self.place, self.times, self.cost);
        for variable in &mut self.variables {
            variable.assignable = false;
        }
        for (name, ty) in parameters {
            self.define(name, *ty, true);
        }
        (self.place, self.times, self.cost) = (place, 1, cost);
        self.block(header, write);
        let cost = self.cost;
        (self.variables, self.place, self.times, self.cost) = saved;
        cost
    }

    fn function(&mut self) {
        let name = self.fresh("f");
        let generator = self.one_in(4);
        let recursive = !generator && self.one_in(5);
        let result = if generator {
            Ty::Int
        } else {
            self.pick(&[
                Ty::Int,
                Ty::Int,
                Ty::Number,
                Ty::Float,
                Ty::Str,
                Ty::Ints,
                Ty::Bool,
                Ty::Tuple,
                Ty::Dict,
            ])
        };
        let count = self.below(4) + usize::from(recursive);
        let (mut parameters, mut header): (Vec<Parameter>, Vec<String>) = Default::default();
        let mut named = false;
        for i in 0..count {
            let ty = if i == 0 && recursive {
                Ty::Int
            } else {
                self.pick(&[Ty::Int, Ty::Int, Ty::Number, Ty::Float, Ty::Str, Ty::Ints, Ty::Object])
            };
            let name = format!("p{i}");
            let optional = (i > 0 && self.one_in(3))
                || parameters.last().is_some_and(|p: &Parameter| p.optional);
            if !named && i > 1 && self.one_in(4) {
                named = true;
                header.push("*".to_string());
            }
            let scope = std::mem::take(&mut self.variables);
            header.push(if optional {
                format!("{name}={}", self.atom(if ty == Ty::Ints { Ty::Tuple } else { ty }))
            } else {
                name.clone()
            });
            self.variables = scope;
            // A list as default value would be shared by all calls: fine, but it grows.
            let ty = if optional && ty == Ty::Ints { Ty::Tuple } else { ty };
            parameters.push(Parameter { name, ty, optional, named });
        }
        let locals: Vec<(String, Ty)> = parameters.iter().map(|p| (p.name.clone(), p.ty)).collect();
        let header = format!("def {name}({}):", header.join(", "));
        self.text.push_str("\n\n");
        let place = Place { result: Some(result), generator, ..Place::default() };
        let mut cost = self.body(&header, &locals, place, 1, |g| {
            if g.one_in(3) {
                g.line("global G0");
                if let Some(first) = g.variables.iter_mut().find(|v| v.name == "G0") {
                    first.assignable = true;
                }
            }
            if recursive {
                g.branch("if p0 <= 0 or p0 > 12:", |g| {
                    let value = g.stored(result);
                    line!(g, "return {value}");
                });
                // What is called with less is defined for the part below it.
                let rest: Vec<String> =
                    locals.iter().skip(1).map(|(n, _)| format!(", {n}={n}")).collect();
                let step = g.pick(&["1", "1", "2"]);
                line!(g, "below = {name}(p0 - {step}{})", rest.concat());
                g.define("below", result, true);
            }
            g.statements(6);
            if generator {
                let value = g.stored(Ty::Int);
                let count = g.between(1, 9);
                g.block(&format!("for k in range({count}):"), |g| {
                    line!(g, "yield {value} + k");
                });
            } else {
                let value = g.stored(result);
                line!(g, "return {value}");
            }
        });
        if recursive {
            cost *= 13;
        }
        self.functions.push(Function { name, parameters, result, generator, cost });
    }

    fn classes_of_program(&mut self) {
        for operator in OPERATORS {
            if self.one_in(2) {
                self.operators.push(operator);
            }
        }
        if self.has("__eq__") && !self.has("__hash__") {
            self.operators.push("__hash__");
        }
        let count = self.below(3) + 1;
        let classes: Vec<String> = (0..count).map(|i| format!("C{i}")).collect();
        for (i, name) in classes.iter().enumerate() {
            let base = if i > 0 && !self.one_in(3) { Some(self.below(i)) } else { None };
            self.text.push_str("\n\n");
            let header = match base {
                Some(base) => format!("class {name}({}):", classes[base]),
                None => format!("class {name}:"),
            };
            // Methods make objects of the classes that are there already.
            self.block(&header, |g| {
                if base.is_none() && g.one_in(4) {
                    g.line("__slots__ = ('x', 'y', 'items', 'name', 'extra')");
                }
                line!(g, "factor = {}", g.names % 7 + 1);
                g.methods(base.is_some());
            });
            self.classes.push(name.clone());
        }
        self.place = Place::default();
    }

    fn method(
        &mut self,
        header: &str,
        parameters: &[(&str, Ty)],
        result: Ty,
        write: impl FnOnce(&mut Self),
    ) {
        let parameters: Vec<(String, Ty)> =
            parameters.iter().map(|(name, ty)| ((*name).to_string(), *ty)).collect();
        let place = Place { result: Some(result), blocks: 1, ..Place::default() };
        let functions = std::mem::take(&mut self.functions);
        let classes = std::mem::take(&mut self.classes);
        self.body(header, &parameters, place, FUNCTION_COST - METHOD_COST, write);
        (self.functions, self.classes) = (functions, classes);
        self.text.push('\n');
    }

    fn methods(&mut self, derived: bool) {
        if !derived {
            self.method("def __init__(self, x, y=0, *, name='n'):", &[], Ty::Int, |g| {
                for line in ["self.x = x", "self.y = y", "self.items = [x, 1]", "self.name = name"]
                {
                    g.line(line);
                }
            });
            self.method("def __repr__(self):", &[], Ty::Str, |g| {
                g.line("return f\"{type(self).__name__}({self.x}, {self.y})\"");
            });
        } else if self.one_in(2) {
            self.method(
                "def __init__(self, x, y=0, *, name='m'):",
                &[("x", Ty::Int), ("y", Ty::Int)],
                Ty::Int,
                |g| {
                    let value = g.stored(Ty::Int);
                    line!(g, "super().__init__({value}, y, name=name)");
                },
            );
        }
        if !derived || self.one_in(2) {
            let parameters = [
                ("a", Ty::Int),
                ("self.x", Ty::Int),
                ("self.y", Ty::Number),
                ("self.items", Ty::Ints),
                ("self.name", Ty::Str),
                ("self.factor", Ty::Int),
            ];
            self.method("def step(self, a=1):", &parameters, Ty::Int, |g| {
                if derived && g.one_in(2) {
                    g.line("a = super().step(a)");
                }
                g.statements(3);
                let value = g.stored(Ty::Int);
                line!(g, "return {value}");
            });
        }
        if !derived || self.one_in(3) {
            self.line("@property");
            self.method(
                "def size(self):",
                &[("self.x", Ty::Int), ("self.name", Ty::Str)],
                Ty::Int,
                |g| {
                    let value = g.stored(Ty::Int);
                    line!(g, "return {value}");
                },
            );
            if self.one_in(2) {
                self.line("@size.setter");
                self.method("def size(self, value):", &[], Ty::Int, |g| {
                    g.line("self.x = trim(value)")
                });
            }
        }
        if !derived || self.one_in(4) {
            self.line("@classmethod");
            self.method("def made(cls, x):", &[], Ty::Object, |g| g.line("return cls(x, 2)"));
            self.line("@staticmethod");
            self.method("def fixed(x):", &[("x", Ty::Int)], Ty::Int, |g| {
                let value = g.stored(Ty::Int);
                line!(g, "return {value}");
            });
        }
        if !derived {
            self.method("def twin(self):", &[], Ty::Object, |g| {
                g.line("return type(self)(self.fixed(self.x), self.y)");
            });
        }
        for operator in self.operators.clone() {
            if !derived || self.one_in(5) {
                self.operator(operator);
            }
        }
    }

    fn operator(&mut self, operator: &str) {
        let own = [("self.x", Ty::Int), ("self.items", Ty::Ints), ("self.factor", Ty::Int)];
        match operator {
            "__add__" => self.method(
                "def __add__(self, other):",
                &[("self.x", Ty::Int), ("other.x", Ty::Int)],
                Ty::Object,
                |g| {
                    let value = g.stored(Ty::Int);
                    line!(g, "return type(self)({value})");
                },
            ),
            "__eq__" => self.method("def __eq__(self, other):", &[], Ty::Bool, |g| {
                g.line("return isinstance(other, type(self)) and self.x == other.x");
            }),
            "__lt__" => self.method(
                "def __lt__(self, other):",
                &[("self.x", Ty::Int), ("other.x", Ty::Int)],
                Ty::Bool,
                |g| {
                    let value = g.expression(Ty::Bool, 2);
                    line!(g, "return {value}");
                },
            ),
            "__len__" => {
                self.method("def __len__(self):", &own, Ty::Int, |g| g.line("return self.x % 5"))
            }
            "__iter__" => self.method("def __iter__(self):", &own, Ty::Int, |g| {
                let value = g.stored(Ty::Int);
                g.block("for k in range(3):", |g| line!(g, "yield {value} - k"));
            }),
            "__contains__" => self.method("def __contains__(self, a):", &own, Ty::Bool, |g| {
                g.line("return a in self.items");
            }),
            "__bool__" => self.method("def __bool__(self):", &own, Ty::Bool, |g| {
                g.line("return self.x % 2 == 1");
            }),
            "__hash__" => self.method("def __hash__(self):", &own, Ty::Int, |g| g.line("return 7")),
            name => self.method(
                &format!("def {name}(self, a):"),
                &[own[0], own[1], own[2], ("a", Ty::Int)],
                Ty::Int,
                |g| {
                    let value = g.stored(Ty::Int);
                    line!(g, "return {value}");
                },
            ),
        }
    }

    /// Statements of the main part; mostly what they raise ends with them.
    fn section(&mut self) {
        if self.one_in(12) {
            return self.statements(5);
        }
        self.caught(|g| g.statements(6));
        if self.budget > self.cost {
            self.budget -= self.cost;
        }
    }

    fn caught(&mut self, write: impl FnOnce(&mut Self)) {
        self.branch("try:", write);
        let kind = self.pick(&[
            "Exception",
            "Exception",
            "(ArithmeticError, LookupError, TypeError, ValueError)",
        ]);
        self.branch(&format!("except {kind} as error:"), |g| g.line("note(error)"));
    }

    /// A loop that gets hot, with objects and functions that it uses.
    fn hot_section(&mut self) {
        self.cost = 0;
        for (name, ty) in [
            ("total", Ty::Int),
            ("text", Ty::Str),
            ("ratio", Ty::Float),
            ("items", Ty::Ints),
            ("table", Ty::Dict),
            ("many", Ty::Set),
        ] {
            let value = self.atom(ty);
            line!(self, "{name} = {value}");
            self.define(name, ty, true);
        }
        if !self.classes.is_empty() {
            let mut objects = Vec::new();
            for _ in 0..self.below(3) + 2 {
                objects.push(self.atom_object());
            }
            line!(self, "things = [{}]", objects.join(", "));
            self.line("thing = things[0]");
            self.define("thing", Ty::Object, true);
        }
        let count = self.pick(&[30, 70, 150, 300]);
        let outside = self.one_in(4);
        let write = |g: &mut Self| {
            g.define("i0", Ty::Int, false);
            g.repeated(count, |g| {
                g.block(&format!("for i0 in range({count}):"), |g| {
                    if !g.classes.is_empty() {
                        g.line("thing = things[i0 % len(things)]");
                    }
                    if outside {
                        g.statements(5);
                    } else {
                        g.caught(|g| g.statements(5));
                    }
                    let value = g.stored(Ty::Int);
                    g.caught(|g| line!(g, "total = trim(total + {value})"));
                });
            });
        };
        if outside {
            self.caught(write);
        } else {
            write(self);
        }
    }

    fn atom_object(&mut self) -> String {
        let class = self.below(self.classes.len());
        let x = self.between(-9, 99);
        format!("{}({x})", self.classes[class])
    }

    fn ending(&mut self) {
        let names: Vec<(String, Ty)> =
            self.variables.iter().map(|v| (v.name.clone(), v.ty)).collect();
        for (name, ty) in names {
            if name.starts_with('i') && name != "items" {
                continue;
            }
            let shown = match ty {
                // A set may hold what does not compare.
                Ty::Set => format!("sorted({name}, key=repr)"),
                Ty::Callable => continue,
                _ => name.clone(),
            };
            self.caught(|g| line!(g, "print('{name}', {shown})"));
        }
        self.block("for line in notes:", |g| g.line("print(line)"));
        match self.below(12) {
            0 => self.raise(),
            1 => {
                let (test, code) = (self.expression(Ty::Bool, 2), self.between(0, 5));
                self.branch(&format!("if {test}:"), |g| line!(g, "sys.exit({code})"));
            }
            2 => self.statements(2),
            _ => {}
        }
    }
}
