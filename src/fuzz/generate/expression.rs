//! Expressions of a wanted type.
//!
//! Nothing here grows without bounds by itself: powers and shifts have small right operands. Statements trim what
//! loops carry.

use super::{Generator, Ty};

/// Pieces of strings: few, so that searching finds something.
const WORDS: [&str; 14] =
    ["a", "b", "ab", "ba", "abc", " ", "x y", "", "Zé", "∑a", "-", "12", "7", "a,b"];
/// Format specifications of ints.
const INT_FORMATS: [&str; 10] = ["d", ">8", "<6", "^7", "+", "05", "x", "#o", "b", ","];
/// Format specifications of floats.
const FLOAT_FORMATS: [&str; 8] = [".3f", "10.2e", "g", ".0f", "+.4g", "012.3f", "%", ""];

impl Generator {
    /// An expression; `depth` is how deeply it may nest.
    pub(super) fn expression(&mut self, ty: Ty, depth: usize) -> String {
        // Rarely what the place does not ask for.
        if self.one_in(200) {
            let other = self.pick(&Ty::SHOWN);
            return format!("({})", self.atom(other));
        }
        if depth == 0 || self.one_in(5) {
            return self.atom(ty);
        }
        if self.one_in(14) {
            let test = self.expression(Ty::Bool, depth - 1);
            let (a, b) = (self.expression(ty, depth - 1), self.expression(ty, depth - 1));
            return format!("({a} if {test} else {b})");
        }
        if self.one_in(8)
            && let Some(call) = self.call(ty, depth - 1)
        {
            return call;
        }
        match ty {
            Ty::Int => self.int(depth - 1),
            Ty::Float => self.float(depth - 1),
            Ty::Number => {
                let ty = self.pick(&[Ty::Int, Ty::Float, Ty::Number, Ty::Bool]);
                if ty == Ty::Number {
                    self.number(depth - 1)
                } else {
                    self.expression(ty, depth - 1)
                }
            }
            Ty::Bool => self.test(depth - 1),
            Ty::Str => self.string(depth - 1),
            Ty::Ints => self.ints(depth - 1),
            Ty::Strs => self.strings(depth - 1),
            Ty::Dict => self.dict(depth - 1),
            Ty::Set => self.set(depth - 1),
            Ty::Tuple => {
                let a = self.expression(Ty::Int, depth - 1);
                let b = self.expression(Ty::Str, depth - 1);
                let c = self.expression(Ty::Float, depth - 1);
                format!("({a}, {b}, {c})")
            }
            Ty::Object => self.object(depth - 1),
            Ty::Callable => self.atom(ty),
        }
    }

    /// An expression without parts: a variable or a literal.
    pub(super) fn atom(&mut self, ty: Ty) -> String {
        if !self.one_in(4)
            && let Some(name) = self.variable(ty)
        {
            return name;
        }
        match ty {
            Ty::Int => self.int_literal(),
            Ty::Float => self.float_literal(),
            Ty::Number => {
                let ty = self.pick(&[Ty::Int, Ty::Float, Ty::Bool]);
                self.atom(ty)
            }
            Ty::Bool => self.pick(&["True", "False"]).to_string(),
            Ty::Str => self.str_literal(),
            Ty::Ints => {
                let n = self.below(5);
                let items: Vec<String> = (0..n).map(|_| self.int_literal()).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Strs => {
                let n = self.below(4);
                let items: Vec<String> = (0..n).map(|_| self.str_literal()).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Dict => {
                let n = self.below(4);
                let items: Vec<String> = (0..n)
                    .map(|_| format!("{}: {}", self.str_literal(), self.int_literal()))
                    .collect();
                format!("{{{}}}", items.join(", "))
            }
            Ty::Set => format!("{{{}, {}}}", self.int_literal(), self.int_literal()),
            Ty::Tuple => {
                let (a, b, c) = (self.int_literal(), self.str_literal(), self.float_literal());
                format!("({a}, {b}, {c})")
            }
            Ty::Object => match self.classes.len() {
                0 => "None".to_string(),
                n => {
                    let (class, x) = (self.below(n), self.between(-5, 20));
                    format!("{}({x})", self.classes[class])
                }
            },
            Ty::Callable => {
                let a = self.pick(&["+", "-", "*", "^", "//", "%"]);
                format!("(lambda v: v {a} {})", self.int_literal())
            }
        }
    }

    fn int_literal(&mut self) -> String {
        match self.below(24) {
            0 => self
                .pick(&["2**31", "2**62 - 1", "2**62", "-2**62", "2**63", "-2**63 - 1", "2**64"])
                .to_string(),
            1 => self.pick(&["10**20", "-10**25 + 7", "3**50", "(1 << 90)"]).to_string(),
            2 => self.between(-1_000_000_007, 1_000_000_007).to_string(),
            3..6 => self.between(-300, 300).to_string(),
            _ => self.between(-3, 12).to_string(),
        }
    }

    fn float_literal(&mut self) -> String {
        match self.below(12) {
            0 => self.pick(&["1e300", "-1e-300", "0.1", "1e16", "-0.0", "2.5e-5"]).to_string(),
            1 => self.pick(&["float('inf')", "-float('inf')", "float('nan')"]).to_string(),
            _ => format!("{}.{}", self.between(-20, 20), self.pick(&["0", "5", "25", "125", "3"])),
        }
    }

    fn str_literal(&mut self) -> String {
        format!("{:?}", self.pick(&WORDS))
    }

    fn int(&mut self, depth: usize) -> String {
        let a = |g: &mut Self| g.expression(Ty::Int, depth);
        match self.below(30) {
            0..9 => {
                let op = self.pick(&["+", "-", "*", "+", "-", "&", "|", "^"]);
                format!("({} {op} {})", a(self), a(self))
            }
            9..13 => {
                let op = self.pick(&["//", "%"]);
                format!("({} {op} {})", a(self), a(self))
            }
            13 => format!("({} {} ({} & 15))", a(self), self.pick(&["<<", ">>"]), a(self)),
            14 => format!("({} ** ({} & 3))", a(self), a(self)),
            15 => format!("{}{}", self.pick(&["-", "~", "+"]), self.atom(Ty::Int)),
            16 => format!("abs({})", a(self)),
            17 => format!("{}({}, {})", self.pick(&["min", "max"]), a(self), a(self)),
            18 => {
                let ty = self.pick(&[Ty::Str, Ty::Ints, Ty::Strs, Ty::Dict, Ty::Set, Ty::Tuple]);
                format!("len({})", self.expression(ty, depth))
            }
            19 => format!("{}[{}]", self.expression(Ty::Ints, depth), a(self)),
            20 => format!("sum({})", self.expression(Ty::Ints, depth)),
            21 => format!("int({})", self.expression(Ty::Float, depth)),
            22 => format!(
                "{}.get({}, {})",
                self.expression(Ty::Dict, depth),
                self.atom(Ty::Str),
                a(self)
            ),
            23 => format!("{}[{}]", self.expression(Ty::Dict, depth), self.atom(Ty::Str)),
            24 => match self.variable(Ty::Callable) {
                Some(function) => format!("{function}({})", a(self)),
                None => self.atom(Ty::Int),
            },
            25 if !self.classes.is_empty() => {
                let object = self.expression(Ty::Object, depth);
                match self.below(6) {
                    0 => format!("{object}.x"),
                    1 => format!("{object}.size"),
                    2 => format!("{object}.step({})", a(self)),
                    3 => format!("{object}.y"),
                    4 if self.has("__call__") => format!("{object}({})", a(self)),
                    5 if self.has("__getitem__") => format!("{object}[{}]", a(self)),
                    _ => format!("{object}.step()"),
                }
            }
            26 => format!(
                "{}.{}({})",
                self.expression(Ty::Str, depth),
                self.pick(&["find", "count"]),
                self.atom(Ty::Str)
            ),
            27 => match self.below(5) {
                0 => format!("divmod({}, {})[{}]", a(self), a(self), self.below(2)),
                1 => format!("({}).bit_length()", a(self)),
                2 => format!("round({})", self.expression(Ty::Float, depth)),
                3 => format!("math.floor({})", self.expression(Ty::Float, depth)),
                _ => format!("pow({}, {} & 7, 1000003)", a(self), a(self)),
            },
            28 => {
                let (item, items) = (self.fresh("c"), self.expression(Ty::Ints, depth));
                let kind = self.pick(&["sum", "max", "min", "len", "sum"]);
                let (open, close) = if kind == "len" { ("[", "]") } else { ("", "") };
                let body = self.comprehended(&item, Ty::Int, Ty::Int);
                format!("{kind}({open}{body} for {item} in {items}{close})")
            }
            _ => {
                let (count, set) = (self.below(8) + 1, self.expression(Ty::Set, depth));
                match self.below(3) {
                    0 => format!("sum(range({count}))"),
                    1 => format!("sum(sorted({set}, key=repr))"),
                    _ => format!("len({set})"),
                }
            }
        }
    }

    /// An expression of `ty` in which a name stands for an element.
    fn comprehended(&mut self, name: &str, of: Ty, ty: Ty) -> String {
        self.define(name, of, false);
        let body = self.expression(ty, 1);
        self.variables.pop();
        body
    }

    fn number(&mut self, depth: usize) -> String {
        let op = self.pick(&["+", "-", "*", "//", "%"]);
        let a = self.expression(Ty::Number, depth);
        format!("({a} {op} {})", self.expression(Ty::Number, depth))
    }

    fn float(&mut self, depth: usize) -> String {
        let a = |g: &mut Self| g.expression(Ty::Float, depth);
        match self.below(16) {
            0..6 => {
                let op = self.pick(&["+", "-", "*", "/", "-", "+", "*", "%", "//"]);
                format!("({} {op} {})", a(self), a(self))
            }
            6 | 7 => {
                let op = self.pick(&["+", "-", "*", "/"]);
                format!("({} {op} {})", self.expression(Ty::Int, depth), a(self))
            }
            8 => format!(
                "({} / {})",
                self.expression(Ty::Int, depth),
                self.expression(Ty::Int, depth)
            ),
            9 => {
                format!("math.{}({})", self.pick(&["sqrt", "fabs", "sin", "cos", "atan"]), a(self))
            }
            10 => format!("float({})", self.expression(Ty::Int, depth)),
            11 => format!("abs({})", a(self)),
            // Roots of negative numbers would be complex, which are outside of the subset.
            12 => format!("(abs({}) ** {})", a(self), self.pick(&["2", "0.5", "3", "-1"])),
            13 => format!("round({}, {})", a(self), self.between(-1, 4)),
            14 => format!("{}[2]", self.expression(Ty::Tuple, depth)),
            _ => format!("{}({}, {})", self.pick(&["min", "max"]), a(self), a(self)),
        }
    }

    fn test(&mut self, depth: usize) -> String {
        let compare = ["<", "<=", ">", ">=", "==", "!="];
        match self.below(14) {
            0..4 => {
                let op = self.pick(&compare);
                format!(
                    "{} {op} {}",
                    self.expression(Ty::Int, depth),
                    self.expression(Ty::Int, depth)
                )
            }
            4 => {
                let op = self.pick(&compare);
                format!(
                    "{} {op} {}",
                    self.expression(Ty::Number, depth),
                    self.expression(Ty::Number, depth)
                )
            }
            5 => {
                let ty = self.pick(&[Ty::Str, Ty::Ints, Ty::Tuple, Ty::Strs]);
                let op = self.pick(&compare);
                format!("{} {op} {}", self.expression(ty, depth), self.expression(ty, depth))
            }
            6 => {
                let (a, b) = (self.pick(&["<", "<="]), self.pick(&["<", "!=", "=="]));
                let middle = self.expression(Ty::Int, depth);
                format!("{} {a} {middle} {b} {}", self.atom(Ty::Int), self.atom(Ty::Int))
            }
            7 => format!("(not {})", self.expression(Ty::Bool, depth)),
            8 | 9 => {
                let op = self.pick(&["and", "or"]);
                format!(
                    "({} {op} {})",
                    self.expression(Ty::Bool, depth),
                    self.expression(Ty::Bool, depth)
                )
            }
            10 => {
                let op = self.pick(&["in", "not in"]);
                let (item, items) = match self.below(4) {
                    0 => (Ty::Str, Ty::Str),
                    1 => (Ty::Str, Ty::Dict),
                    2 => (Ty::Int, Ty::Set),
                    _ => (Ty::Int, Ty::Ints),
                };
                format!("({} {op} {})", self.expression(item, depth), self.expression(items, depth))
            }
            11 => {
                let ty = self.pick(&[Ty::Number, Ty::Str, Ty::Object, Ty::Ints]);
                let class = self.pick(&["int", "float", "bool", "str", "(int, str)", "list"]);
                format!("isinstance({}, {class})", self.expression(ty, depth))
            }
            12 if !self.classes.is_empty() => {
                let (a, b) =
                    (self.expression(Ty::Object, depth), self.expression(Ty::Object, depth));
                match self.below(4) {
                    0 if self.has("__eq__") => format!("{a} {} {b}", self.pick(&["==", "!="])),
                    1 if self.has("__lt__") => format!("{a} {} {b}", self.pick(&["<", ">"])),
                    2 if self.has("__contains__") => format!("{} in {a}", self.atom(Ty::Int)),
                    3 if self.has("__len__") => format!("bool({a})"),
                    _ => format!("{a} is {b}"),
                }
            }
            _ => {
                let function = self.pick(&["any", "all"]);
                let (item, items) = (self.fresh("c"), self.expression(Ty::Ints, depth));
                let body = self.comprehended(&item, Ty::Int, Ty::Bool);
                format!("{function}({body} for {item} in {items})")
            }
        }
    }

    fn string(&mut self, depth: usize) -> String {
        let a = |g: &mut Self| g.expression(Ty::Str, depth);
        match self.below(18) {
            0..3 => format!("({} + {})", a(self), a(self)),
            3 => format!("({} * ({} & 3))", a(self), self.expression(Ty::Int, depth)),
            4 => format!("{}[{}]", a(self), self.expression(Ty::Int, depth)),
            5 => format!("{}{}", a(self), self.slice(depth)),
            6 => {
                let method = self.pick(&["upper", "lower", "strip", "title_"]);
                let method = if method == "title_" { "rstrip" } else { method };
                format!("{}.{method}()", a(self))
            }
            7 => format!("{}.replace({}, {})", a(self), self.atom(Ty::Str), self.atom(Ty::Str)),
            8 => format!("{}.join({})", self.str_literal(), self.expression(Ty::Strs, depth)),
            9 => format!("str({})", self.shown(depth)),
            10 => format!("repr({})", self.shown(depth)),
            11 => format!("{}[1]", self.expression(Ty::Tuple, depth)),
            12 => {
                let (value, spec) = (self.atom(Ty::Int), self.pick(&INT_FORMATS));
                format!("f\"{{{value}:{spec}}}\"")
            }
            13 => {
                let (value, spec) = (self.variable(Ty::Float), self.pick(&FLOAT_FORMATS));
                format!("f\"{{{}:{spec}}}|\"", value.unwrap_or("1.5".to_string()))
            }
            14 => {
                let (b, c) = (self.expression(Ty::Float, depth), self.expression(Ty::Str, depth));
                format!("('%d %.2f %s' % ({}, {b}, {c}))", self.expression(Ty::Int, depth))
            }
            15 => format!("chr(97 + {} % 26)", self.expression(Ty::Int, depth)),
            16 if !self.classes.is_empty() => match self.below(3) {
                0 => format!("{}.name", self.expression(Ty::Object, depth)),
                1 => format!("repr({})", self.expression(Ty::Object, depth)),
                _ => {
                    format!("f'{{{}!r}}'", self.variable(Ty::Object).unwrap_or("None".to_string()))
                }
            },
            _ => match self.variable(Ty::Str) {
                Some(name) => format!("f\"{{{name}!r:>{}}}\"", self.below(12)),
                None => self.atom(Ty::Str),
            },
        }
    }

    /// A value that prints the same everywhere.
    pub(super) fn shown(&mut self, depth: usize) -> String {
        let ty = self.pick(&Ty::SHOWN);
        self.expression(ty, depth)
    }

    fn slice(&mut self, depth: usize) -> String {
        let part = |g: &mut Self| match g.below(3) {
            0 => String::new(),
            1 => g.between(-6, 8).to_string(),
            _ => g.expression(Ty::Int, depth.min(1)),
        };
        let (low, high) = (part(self), part(self));
        match self.below(4) {
            0 => format!("[{low}:{high}:{}]", self.pick(&["-1", "2", "-2", "1", "3"])),
            _ => format!("[{low}:{high}]"),
        }
    }

    fn ints(&mut self, depth: usize) -> String {
        let a = |g: &mut Self| g.expression(Ty::Ints, depth);
        match self.below(12) {
            0 => format!("({} + {})", a(self), a(self)),
            1 => format!("({} * ({} & 3))", a(self), self.expression(Ty::Int, depth)),
            2 | 3 => format!("{}{}", a(self), self.slice(depth)),
            4 if self.one_in(2) => format!("sorted({}, key=repr)", self.expression(Ty::Set, depth)),
            4 => format!("sorted({})", a(self)),
            5 => format!("list(range({}))", self.below(9)),
            6 => format!("list(reversed({}))", a(self)),
            7 => format!("[*{}, {}]", a(self), self.expression(Ty::Int, depth)),
            8 => {
                let (key, items) = (self.fresh("k"), a(self));
                let body = self.comprehended(&key, Ty::Int, Ty::Int);
                format!("sorted({items}, key=lambda {key}: {body})")
            }
            9 => format!("list({}.values())", self.expression(Ty::Dict, depth)),
            _ => {
                let (item, items) = (self.fresh("c"), a(self));
                let body = self.comprehended(&item, Ty::Int, Ty::Int);
                if self.one_in(2) {
                    let test = self.comprehended(&item, Ty::Int, Ty::Bool);
                    return format!("[{body} for {item} in {items} if {test}]");
                }
                format!("[{body} for {item} in {items}]")
            }
        }
    }

    fn pick_expression(&mut self, types: &[Ty], depth: usize) -> String {
        let ty = self.pick(types);
        self.expression(ty, depth)
    }

    fn strings(&mut self, depth: usize) -> String {
        match self.below(6) {
            0 => format!(
                "({} + {})",
                self.expression(Ty::Strs, depth),
                self.expression(Ty::Strs, depth)
            ),
            1 => format!(
                "{}.split({})",
                self.expression(Ty::Str, depth),
                self.pick(&["", "','", "' '", "'a'"])
            ),
            2 => format!("sorted({})", self.pick_expression(&[Ty::Strs, Ty::Dict], depth)),
            3 => format!("list({})", self.pick_expression(&[Ty::Str, Ty::Dict], depth)),
            4 => format!("{}{}", self.expression(Ty::Strs, depth), self.slice(depth)),
            _ => {
                let (item, items) = (self.fresh("c"), self.expression(Ty::Ints, depth));
                let body = self.comprehended(&item, Ty::Int, Ty::Str);
                format!("[{body} for {item} in {items}]")
            }
        }
    }

    fn dict(&mut self, depth: usize) -> String {
        match self.below(5) {
            0 => format!(
                "{{**{}, {}: {}}}",
                self.expression(Ty::Dict, depth),
                self.expression(Ty::Str, depth),
                self.expression(Ty::Int, depth)
            ),
            1 => format!("dict({})", self.expression(Ty::Dict, depth)),
            2 => format!(
                "dict(zip({}, {}))",
                self.expression(Ty::Strs, depth),
                self.expression(Ty::Ints, depth)
            ),
            3 => format!("{}.copy()", self.expression(Ty::Dict, depth)),
            _ => {
                let (item, items) = (self.fresh("c"), self.expression(Ty::Strs, depth));
                let body = self.comprehended(&item, Ty::Str, Ty::Int);
                format!("{{{item}: {body} for {item} in {items}}}")
            }
        }
    }

    fn set(&mut self, depth: usize) -> String {
        match self.below(4) {
            0 | 1 => {
                let op = self.pick(&["|", "&", "-", "^"]);
                format!(
                    "({} {op} {})",
                    self.expression(Ty::Set, depth),
                    self.expression(Ty::Set, depth)
                )
            }
            2 => format!("set({})", self.expression(Ty::Ints, depth)),
            _ => {
                let (item, items) = (self.fresh("c"), self.expression(Ty::Ints, depth));
                let body = self.comprehended(&item, Ty::Int, Ty::Int);
                format!("{{{body} for {item} in {items}}}")
            }
        }
    }

    fn object(&mut self, depth: usize) -> String {
        if self.classes.is_empty() {
            return "None".to_string();
        }
        let class = self.below(self.classes.len());
        let class = self.classes[class].clone();
        let x = self.expression(Ty::Int, depth);
        match self.below(6) {
            0 => format!("{class}({x}, name={})", self.expression(Ty::Str, depth)),
            1 => format!("{class}.made({x})"),
            2 if self.has("__add__") => {
                format!(
                    "({} + {})",
                    self.expression(Ty::Object, depth),
                    self.expression(Ty::Object, depth)
                )
            }
            3 => format!("{}.twin()", self.expression(Ty::Object, depth)),
            _ => format!("{class}({x})"),
        }
    }

    pub(super) fn has(&self, operator: &str) -> bool {
        self.operators.contains(&operator)
    }

    /// A call of one of the program's functions for a value of that type.
    pub(super) fn call(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let fits = |f: &&super::Function| {
            (if f.generator { matches!(ty, Ty::Int | Ty::Ints) } else { f.result == ty })
                && self.affords(f.cost)
        };
        let found: Vec<super::Function> = self.functions.iter().filter(fits).cloned().collect();
        if found.is_empty() {
            return None;
        }
        let function = &found[self.below(found.len())];
        self.charge(function.cost);
        let mut arguments = Vec::new();
        let mut by_name = false;
        for parameter in &function.parameters {
            if parameter.optional && self.one_in(2) {
                by_name = true;
                continue;
            }
            let value = self.expression(parameter.ty, depth);
            by_name |= parameter.named || self.one_in(6);
            arguments.push(if by_name { format!("{}={value}", parameter.name) } else { value });
        }
        let call = format!("{}({})", function.name, arguments.join(", "));
        Some(match (function.generator, ty) {
            (false, _) => call,
            (true, Ty::Int) if self.one_in(2) => format!("next({call}, -1)"),
            (true, Ty::Int) => format!("sum({call})"),
            (true, _) => format!("list({call})"),
        })
    }
}
