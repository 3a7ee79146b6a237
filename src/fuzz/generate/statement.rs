//! Statements, and what stands in blocks.

use super::{Generator, MOST_BLOCKS, Place, Ty, Variable};

/// What handlers name: what the operations of expressions raise, and more.
const KINDS: [&str; 10] = [
    "ZeroDivisionError",
    "IndexError",
    "KeyError",
    "TypeError",
    "ValueError",
    "OverflowError",
    "ArithmeticError",
    "LookupError",
    "(IndexError, KeyError, ValueError)",
    "Exception",
];
/// What `raise` raises beside the program's own.
const RAISED: [&str; 5] = ["ValueError", "KeyError", "IndexError", "RuntimeError", "LookupError"];

impl Generator {
    /// Some statements; one at least.
    pub(super) fn statements(&mut self, most: usize) {
        for _ in 0..=self.below(most) {
            self.statement();
        }
    }

    fn statement(&mut self) {
        self.charge(1);
        let nests = self.place.blocks < MOST_BLOCKS;
        match self.below(30) {
            0..8 => self.assignment(),
            8..11 => self.augmented(),
            11 | 12 => self.mutation(),
            13 => self.unpacking(),
            14 | 15 if nests => self.choice(),
            16..19 if nests && self.place.loops < 3 => self.repetition(),
            19 | 20 if nests => self.attempt(),
            21 if nests && self.place.loops > 0 => self.leave(),
            22 => self.show(),
            23 if self.place.result.is_some() && self.one_in(2) => self.raise(),
            24 if self.place.generator && !self.place.guarded => self.give(),
            25 if nests => self.context(),
            26 if self.place.result.is_none() || self.place.loops == 0 => self.closure(),
            27 => self.of_object(),
            28 => {
                let test = self.expression(Ty::Bool, 2);
                match self.below(4) {
                    0 => line!(self, "assert {test}, {}", "'claim'"),
                    _ => line!(self, "note({test})"),
                }
            }
            _ => {
                let ty = self.pick(&Ty::ALL);
                match self.call(ty, 2) {
                    Some(call) => self.line(&call),
                    None => self.assignment(),
                }
            }
        }
    }

    /// A value to store, such that loops do not let it grow.
    pub(super) fn stored(&mut self, ty: Ty) -> String {
        let value = self.expression(ty, 3);
        // Objects can be anything below.
        match ty {
            Ty::Int => match self.below(6) {
                0 => format!("({value}) % {}", self.pick(&["1000003", "256", "2**40", "2**70"])),
                1 => format!("({value}) & {}", self.pick(&["0xFFFF", "1023", "2**62 - 1"])),
                _ => format!("trim({value})"),
            },
            Ty::Number => format!("trim({value})"),
            Ty::Str => format!("({value})[:{}]", self.between(5, 24)),
            Ty::Strs => format!("short({value})"),
            Ty::Ints => format!("({value})[:{}]", self.between(3, 12)),
            Ty::Set => format!("cut({value})"),
            Ty::Dict => format!("few({value})"),
            Ty::Tuple => {
                let a = self.stored(Ty::Int);
                format!("({a}, {}, {})", self.atom(Ty::Str), self.expression(Ty::Float, 1))
            }
            Ty::Float | Ty::Bool | Ty::Object | Ty::Callable => value,
        }
    }

    fn assignment(&mut self) {
        let old = if self.one_in(4) { None } else { self.target() };
        let Variable { name, ty, .. } = old.unwrap_or_else(|| {
            let ty = self.pick(&Ty::ALL);
            Variable { name: self.fresh("v"), ty, assignable: true }
        });
        let value = self.stored(ty);
        line!(self, "{name} = {value}");
        if !self.variables.iter().any(|v| v.name == name) {
            self.define(&name, ty, true);
        }
    }

    fn augmented(&mut self) {
        let Some(Variable { name, ty, .. }) = self.target() else { return self.assignment() };
        match ty {
            Ty::Int | Ty::Number => {
                let op = self.pick(&["+", "-", "*", "//", "%", "^", "|", "&"]);
                let op = if ty == Ty::Number { self.pick(&["+", "-", "*"]) } else { op };
                let value = self.expression(ty, 2);
                line!(self, "{name} {op}= {value}");
                if op == "*" || self.one_in(2) {
                    line!(self, "{name} = trim({name})");
                }
            }
            Ty::Float => {
                let (op, value) = (self.pick(&["+", "-", "*", "/"]), self.expression(Ty::Float, 2));
                line!(self, "{name} {op}= {value}");
            }
            Ty::Str => {
                let value = self.expression(Ty::Str, 1);
                line!(self, "{name} = ({name} + {value})[-20:]");
            }
            Ty::Ints => {
                let value = self.expression(Ty::Ints, 1);
                line!(self, "{name} += {value}");
                line!(self, "del {name}[10:]");
            }
            Ty::Set => {
                let (op, value) = (self.pick(&["|", "&", "-", "^"]), self.expression(Ty::Set, 1));
                line!(self, "{name} {op}= {value}");
                line!(self, "{name} = cut({name})");
            }
            _ => self.assignment(),
        }
    }

    /// Something that changes a container in place.
    fn mutation(&mut self) {
        let ty = self.pick(&[Ty::Ints, Ty::Dict, Ty::Set, Ty::Strs]);
        let Some(name) = self.variable(ty) else { return self.assignment() };
        let int = self.expression(Ty::Int, 2);
        match ty {
            Ty::Ints => match self.below(9) {
                0 => line!(self, "{name}[{}] = {int}", self.between(-3, 4)),
                1 => line!(self, "{name}.insert({}, {int})", self.between(-2, 3)),
                2 => line!(self, "{name}.pop()"),
                3 => line!(self, "{name}.{}()", self.pick(&["reverse", "sort"])),
                4 => line!(self, "{name}[{}:{}] = [{int}]", self.below(3), self.between(1, 4)),
                5 => line!(self, "del {name}[{}]", self.between(-2, 3)),
                6 => line!(self, "{name}.remove({int})"),
                _ => {
                    line!(self, "{name}.append(trim({int}))");
                    line!(self, "del {name}[9:]");
                }
            },
            Ty::Dict => match self.below(5) {
                0 => line!(self, "{name}.pop({}, None)", self.expression_of(Ty::Str)),
                1 => line!(self, "del {name}[{}]", self.expression_of(Ty::Str)),
                2 => {
                    line!(self, "{name}.setdefault({}, {int})", self.expression_of(Ty::Str))
                }
                _ => {
                    let key = self.expression(Ty::Str, 1);
                    line!(self, "{name}[({key})[:3]] = trim({int})");
                    line!(self, "{name} = few({name})");
                    // The name may belong to another scope.
                    self.undo_foreign(&name, 1);
                }
            },
            Ty::Set => {
                let method = self.pick(&["add", "discard", "remove"]);
                line!(self, "{name}.{method}(({int}) % 50)");
            }
            _ => {
                let value = self.expression(Ty::Str, 1);
                line!(self, "{name}.append(({value})[:9])");
                line!(self, "del {name}[6:]");
            }
        }
    }

    /// Takes back the last lines where a name must not be assigned to here.
    fn undo_foreign(&mut self, name: &str, lines: usize) {
        if self.variables.iter().any(|v| v.name == name && v.assignable) {
            return;
        }
        for _ in 0..lines {
            let end = self.text.trim_end_matches('\n').rfind('\n').map_or(0, |at| at + 1);
            self.text.truncate(end);
        }
    }

    fn expression_of(&mut self, ty: Ty) -> String {
        self.expression(ty, 1)
    }

    fn unpacking(&mut self) {
        let ints: Vec<String> = self
            .variables
            .iter()
            .filter(|v| v.assignable && v.ty == Ty::Int)
            .map(|v| v.name.clone())
            .collect();
        match self.below(4) {
            0 if ints.len() >= 2 => {
                let (a, b) = (&ints[0], &ints[ints.len() - 1]);
                line!(self, "{a}, {b} = {b}, {a}");
            }
            1 => {
                let (first, rest) = (self.fresh("v"), self.fresh("v"));
                let items = self.expression(Ty::Ints, 2);
                line!(self, "{first}, *{rest} = {items}");
                self.define(&first, Ty::Int, true);
                self.define(&rest, Ty::Ints, true);
            }
            2 => {
                let (a, b, c) = (self.fresh("v"), self.fresh("v"), self.fresh("v"));
                let value = self.expression(Ty::Tuple, 2);
                line!(self, "{a}, {b}, {c} = {value}");
                self.define(&a, Ty::Int, true);
                self.define(&b, Ty::Str, true);
                self.define(&c, Ty::Float, true);
            }
            _ => {
                let (a, b) = (self.fresh("v"), self.fresh("v"));
                let value = self.expression(Ty::Int, 2);
                line!(self, "{a} = {b} = trim({value})");
                self.define(&a, Ty::Int, true);
                self.define(&b, Ty::Int, true);
            }
        }
    }

    fn choice(&mut self) {
        let test = self.expression(Ty::Bool, 2);
        self.branch(&format!("if {test}:"), |g| g.statements(3));
        if self.one_in(4) {
            let test = self.expression(Ty::Bool, 2);
            self.branch(&format!("elif {test}:"), |g| g.statements(2));
        }
        if self.one_in(2) {
            self.branch("else:", |g| g.statements(3));
        }
    }

    fn repetition(&mut self) {
        let count = self.pick(&[2, 3, 5, 8, 20, 60]);
        if !self.affords(count * 4) {
            return self.assignment();
        }
        let name = self.fresh("i");
        let (header, ty, count) = match self.below(12) {
            0..5 => (format!("for {name} in range({count}):"), Ty::Int, count),
            5 => {
                let (from, step) = (self.between(-5, 50), self.pick(&[-3, -1, 2, 7]));
                let to = from + step * count as i64;
                (format!("for {name} in range({from}, {to}, {step}):"), Ty::Int, count)
            }
            6 => (format!("for {name} in {}:", self.expression(Ty::Ints, 1)), Ty::Int, 10),
            7 => (format!("for {name} in {}:", self.expression(Ty::Str, 1)), Ty::Str, 10),
            8 => {
                let items = self.expression(Ty::Ints, 1);
                let at = self.fresh("i");
                self.define(&at, Ty::Int, false);
                (format!("for {at}, {name} in enumerate({items}):"), Ty::Int, 10)
            }
            9 => {
                let items = self.expression(Ty::Dict, 1);
                let key = self.fresh("i");
                self.define(&key, Ty::Str, false);
                (format!("for {key}, {name} in list({items}.items()):"), Ty::Int, 6)
            }
            10 => match self.call(Ty::Ints, 1) {
                Some(call) => (format!("for {name} in {call}:"), Ty::Int, 12),
                None => (format!("for {name} in range({count}):"), Ty::Int, count),
            },
            _ => {
                line!(self, "{name} = {count}");
                (format!("while {name} > 0:"), Ty::Int, count)
            }
        };
        let counts_down = header.starts_with("while");
        let known = self.variables.len();
        self.define(&name, ty, false);
        self.repeated(count, |g| {
            g.block(&header, |g| {
                if counts_down {
                    line!(g, "{name} -= 1");
                }
                g.statements(4);
            });
        });
        self.variables.truncate(known);
        if self.one_in(8) {
            self.branch("else:", |g| g.statements(1));
        }
    }

    fn attempt(&mut self) {
        let guarded = std::mem::replace(&mut self.place.guarded, true);
        self.guarded_block();
        self.place.guarded = guarded;
    }

    fn guarded_block(&mut self) {
        self.branch("try:", |g| g.statements(3));
        let handlers = self.below(3);
        let last = self.one_in(3);
        for _ in 0..handlers {
            let kind = self.kind();
            let name = self.fresh("e");
            self.branch(&format!("except {kind} as {name}:"), |g| {
                line!(g, "note({name})");
                if g.one_in(2) {
                    g.statement();
                }
                match g.below(8) {
                    0 => g.line("raise"),
                    1 => {
                        let raised = g.raised();
                        line!(g, "raise {raised} from {name}");
                    }
                    _ => {}
                }
            });
        }
        if handlers > 0 && self.one_in(4) {
            self.branch("else:", |g| g.statements(1));
        }
        if handlers == 0 || last {
            self.branch("finally:", |g| g.statements(1));
        }
    }

    fn kind(&mut self) -> String {
        match self.exceptions.len() {
            n if n > 0 && self.one_in(3) => {
                let kind = self.below(n);
                self.exceptions[kind].clone()
            }
            _ => self.pick(&KINDS).to_string(),
        }
    }

    fn raised(&mut self) -> String {
        let message = self.shown(1);
        match self.exceptions.len() {
            n if n > 0 && self.one_in(2) => {
                let kind = self.below(n);
                format!("{}({message})", self.exceptions[kind])
            }
            _ => format!("{}({message})", self.pick(&RAISED)),
        }
    }

    pub(super) fn raise(&mut self) {
        let (test, raised) = (self.expression(Ty::Bool, 2), self.raised());
        self.branch(&format!("if {test}:"), |g| line!(g, "raise {raised}"));
    }

    fn leave(&mut self) {
        let test = self.expression(Ty::Bool, 2);
        let result = self.place.result;
        self.branch(&format!("if {test}:"), |g| match (g.below(3), result) {
            (0, Some(ty)) if !g.place.generator => {
                let value = g.stored(ty);
                line!(g, "return {value}");
            }
            (1, _) => g.line("break"),
            _ => g.line("continue"),
        });
    }

    fn show(&mut self) {
        if self.times > 3 || self.place.result.is_some() {
            return self.assignment();
        }
        let (a, b) = (self.shown(2), self.shown(2));
        line!(self, "print({a}, {b})");
    }

    fn give(&mut self) {
        let value = self.expression(Ty::Int, 2);
        if self.one_in(4) {
            let name = self.fresh("v");
            line!(self, "{name} = yield trim({value})");
        } else {
            line!(self, "yield trim({value})");
        }
    }

    fn context(&mut self) {
        let (name, kind) = (self.fresh("w"), self.pick(&["ValueError", "LookupError", "()"]));
        let guarded = std::mem::replace(&mut self.place.guarded, true);
        self.branch(&format!("with Guard({kind}) as {name}:"), |g| g.statements(2));
        self.place.guarded = guarded;
    }

    fn closure(&mut self) {
        let (name, parameter) = (self.fresh("g"), self.fresh("p"));
        // What is a parameter cannot be taken from around the function.
        let taken = |name: &str| name != parameter && !name.starts_with('G') && !name.contains('.');
        let held = self.target().filter(|v| v.ty == Ty::Int && taken(&v.name));
        let saved = (self.variables.clone(), self.place, self.times, self.cost);
        let scope = if self.place.result.is_some() { "nonlocal" } else { "global" };
        self.variables.retain(|v| v.ty != Ty::Callable);
        for variable in &mut self.variables {
            variable.assignable = false;
        }
        let blocks = self.place.blocks;
        self.place = Place { result: Some(Ty::Int), blocks, ..Place::default() };
        self.define(&parameter, Ty::Int, true);
        self.times = 1;
        self.block(&format!("def {name}({parameter}):"), |g| {
            if let Some(Variable { name: held, .. }) = held.filter(|_| g.one_in(2)) {
                line!(g, "{scope} {held}");
                line!(g, "{held} = trim({held} + {parameter})");
            }
            let value = g.stored(Ty::Int);
            line!(g, "return {value}");
        });
        (self.variables, self.place, self.times, self.cost) = saved;
        self.define(&name, Ty::Callable, false);
    }

    fn of_object(&mut self) {
        let Some(name) = self.variable(Ty::Object) else { return self.assignment() };
        let int = self.expression(Ty::Int, 2);
        match self.below(7) {
            0 => line!(self, "{name}.x = trim({int})"),
            1 => line!(self, "{name}.y = {}", self.expression_of(Ty::Number)),
            2 => line!(self, "{name}.x += {}", self.between(-3, 9)),
            3 => line!(self, "{name}.extra = {int}"),
            4 => line!(self, "{name}.name = ({})[:6]", self.expression_of(Ty::Str)),
            5 => line!(self, "{name}.step({int})"),
            _ => line!(self, "{name}.size = {int}"),
        }
    }
}
