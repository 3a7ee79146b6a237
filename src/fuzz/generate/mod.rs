//! Programs of the subset, made from a seed.
//!
//! A program has a prelude, classes, functions and a main part that calls them from loops. What it
//! does is *bounded by construction*: loops count, functions call only what was defined before them
//! (or themselves with a smaller number), values that loops carry are trimmed, and each part is
//! charged with what it does ([`Generator::times`]). What it prints does not depend on addresses,
//! hashes or the order of sets. Expressions mostly have the types that their places ask for; a few do
//! not, on purpose, and whatever an operation raises is caught and noted somewhere.

/// Writes a line; its parts may come from the generator.
macro_rules! line {
    ($generator:expr, $($text:tt)+) => {{
        let text = format!($($text)+);
        $generator.line(&text);
    }};
}

mod expression;
mod parts;
mod scene_loops;
mod scene_values;
mod scenes;
mod statement;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    Int,
    Float,
    /// An int, a float or a bool, not always the same.
    Number,
    Bool,
    Str,
    /// A list of ints.
    Ints,
    /// A list of strings.
    Strs,
    /// A dict from strings to ints.
    Dict,
    /// A set of ints.
    Set,
    /// An int, a string and a float.
    Tuple,
    /// An object of any class of the program: all have the same attributes and methods.
    Object,
    /// What takes an int and returns one.
    Callable,
}

impl Ty {
    /// Types that a variable may have.
    const ALL: [Ty; 12] = [
        Ty::Int,
        Ty::Float,
        Ty::Number,
        Ty::Bool,
        Ty::Str,
        Ty::Ints,
        Ty::Strs,
        Ty::Dict,
        Ty::Set,
        Ty::Tuple,
        Ty::Object,
        Ty::Callable,
    ];

    /// Types whose values print the same everywhere.
    const SHOWN: [Ty; 8] =
        [Ty::Int, Ty::Float, Ty::Number, Ty::Bool, Ty::Str, Ty::Ints, Ty::Strs, Ty::Tuple];
}

/// A name that can be read.
#[derive(Debug, Clone)]
struct Variable {
    name: String,
    ty: Ty,
    /// Whether statements may assign to it: counters and names of other scopes are left alone.
    assignable: bool,
}

/// A parameter behind the first.
#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    ty: Ty,
    /// Whether it has a default value.
    optional: bool,
    /// Whether it must be named.
    named: bool,
}

/// A function that later parts can call.
#[derive(Debug, Clone)]
struct Function {
    name: String,
    parameters: Vec<Parameter>,
    result: Ty,
    /// Whether it is a generator of ints.
    generator: bool,
    /// Simple statements that a call executes, roughly.
    cost: u64,
}

/// Where statements stand.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// The type to return, in a function.
    result: Option<Ty>,
    /// Whether the function is a generator.
    generator: bool,
    /// Loops around it in its function.
    loops: usize,
    /// Blocks around it.
    blocks: usize,
    /// Whether `try` or `with` is around it: a generator that is dropped there would have work left,
    /// which CPython does at once.
    guarded: bool,
}

/// Statements that one call of a function may execute.
const FUNCTION_COST: u64 = 400;
/// Statements that a program may execute.
const PROGRAM_COST: u64 = 25_000;
/// Most blocks in each other.
const MOST_BLOCKS: usize = 4;

/// Makes one program.
pub(super) struct Generator {
    random: Xoshiro256PlusPlus,
    text: String,
    indent: usize,
    variables: Vec<Variable>,
    functions: Vec<Function>,
    classes: Vec<String>,
    exceptions: Vec<String>,
    /// The operators that objects of the program have.
    operators: Vec<&'static str>,
    place: Place,
    /// How often the current place is executed in a call of its function.
    times: u64,
    /// Statements that a call of the current function executes so far.
    cost: u64,
    /// What is left of the program's cost.
    budget: u64,
    names: usize,
}

/// The program of a seed.
pub fn program(seed: u64) -> String {
    let mut generator = Generator {
        random: Xoshiro256PlusPlus::seed_from_u64(seed),
        text: String::new(),
        indent: 0,
        variables: Vec::new(),
        functions: Vec::new(),
        classes: Vec::new(),
        exceptions: Vec::new(),
        operators: Vec::new(),
        place: Place::default(),
        times: 1,
        cost: 0,
        budget: PROGRAM_COST,
        names: 0,
    };
    generator.program();
    generator.text
}

impl Generator {
    fn below(&mut self, limit: usize) -> usize {
        self.random.random_range(0..limit.max(1))
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        self.random.random_range(low..=high)
    }

    /// True once in `n` times.
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// A name that no other part of the program has.
    fn fresh(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn line(&mut self, text: &str) {
        self.text.extend(std::iter::repeat_n("    ", self.indent));
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A header with what `body` writes below it.
    fn block(&mut self, header: &str, body: impl FnOnce(&mut Self)) {
        self.line(header);
        self.indent += 1;
        self.place.blocks += 1;
        body(self);
        self.place.blocks -= 1;
        self.indent -= 1;
    }

    /// A block in which new variables are local to it: whether it is executed is not known.
    fn branch(&mut self, header: &str, body: impl FnOnce(&mut Self)) {
        let known = self.variables.len();
        self.block(header, body);
        self.variables.truncate(known);
    }

    fn define(&mut self, name: &str, ty: Ty, assignable: bool) {
        self.variables.push(Variable { name: name.to_string(), ty, assignable });
    }

    /// A variable of that type.
    fn variable(&mut self, ty: Ty) -> Option<String> {
        let fits = |v: &&Variable| {
            v.ty == ty || (ty == Ty::Number && matches!(v.ty, Ty::Int | Ty::Float | Ty::Bool))
        };
        let found: Vec<&Variable> = self.variables.iter().filter(fits).collect();
        let n = found.len();
        let found: Vec<String> = found.into_iter().map(|v| v.name.clone()).collect();
        (n > 0).then(|| found[self.below(n)].clone())
    }

    /// A variable to assign to.
    fn target(&mut self) -> Option<Variable> {
        let found: Vec<Variable> =
            self.variables.iter().filter(|v| v.assignable).cloned().collect();
        (!found.is_empty()).then(|| found[self.below(found.len())].clone())
    }

    /// Charges the current function for a statement; what a call costs comes on top.
    fn charge(&mut self, cost: u64) {
        self.cost += self.times * cost;
    }

    /// Whether something of that cost can stand here.
    fn affords(&self, cost: u64) -> bool {
        let limit = if self.place.result.is_some() { FUNCTION_COST } else { self.budget };
        self.cost + self.times * cost <= limit
    }

    /// Runs `body` with `count` as often as the places around it.
    fn repeated(&mut self, count: u64, body: impl FnOnce(&mut Self)) {
        let times = self.times;
        self.times = times * count.max(1);
        self.place.loops += 1;
        body(self);
        self.place.loops -= 1;
        self.times = times;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_in_the_subset_and_their_seeds_only() {
        for seed in 0..300 {
            let text = program(seed);
            assert_eq!(text, program(seed), "{seed}");
            if let Err(error) = tierlab_frontend::compile_source("fuzz.py", text.as_bytes()) {
                panic!("seed {seed}: {error}\n{text}");
            }
        }
    }
}
