//! A toy interpreter: loops over locals and an operand stack, with one list, as a recorder sees them.
//!
//! It is what makes deoptimization testable: whatever exit a trace takes, resuming the toy from the
//! exit's snapshot must end as a run without any trace does.

/// A value.
#[derive(Clone, Copy, Debug)]
pub enum V {
    Int(i128),
    /// An int too big for this toy: like a NaN, but an int.
    Huge,
    Float(f64),
    List,
}

impl PartialEq for V {
    fn eq(&self, other: &V) -> bool {
        match (self, other) {
            (V::Int(a), V::Int(b)) => a == b,
            (V::Float(a), V::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
            (V::List, V::List) | (V::Huge, V::Huge) => true,
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    And,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Instr {
    Load(usize),
    Store(usize),
    Const(V),
    Dup,
    Swap,
    Pop,
    Arith(Arith),
    /// Pushes 1 or 0.
    Less,
    /// Goes on if "a < b" is as expected, else the loop ends.
    JumpUnlessLess(bool),
    /// Goes on if the popped value is this int.
    Same(i128),
    /// Goes on if the top is not the list.
    NotList,
    GetItem,
    SetItem,
    /// A call: halves even ints; otherwise the interpreter has its own ideas.
    Half,
    /// Swaps the first two items; pushes 1.
    SwapItems,
}

/// Why the toy stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    Break,
    Error,
    Fuel,
}

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub locals: Vec<V>,
    pub stack: Vec<V>,
    pub items: Vec<V>,
}

pub const ITEMS: usize = 8;

impl State {
    fn top(&self, depth: usize) -> V {
        self.stack[self.stack.len() - 1 - depth]
    }

    fn replace(&mut self, n: usize, v: V) -> Result<(), Halt> {
        self.stack.truncate(self.stack.len() - n);
        self.stack.push(v);
        Ok(())
    }

    fn index(&self, depth: usize) -> Result<usize, Halt> {
        match (self.top(depth), self.top(depth + 1)) {
            (V::Int(i), V::List) if (0..ITEMS as i128).contains(&i) => Ok(i as usize),
            _ => Err(Halt::Error),
        }
    }

    /// Executes one instruction; changes nothing where it halts.
    pub fn exec(&mut self, instr: Instr) -> Result<(), Halt> {
        match instr {
            Instr::Load(k) => self.stack.push(self.locals[k]),
            Instr::Const(v) => self.stack.push(v),
            Instr::Dup => self.stack.push(self.top(0)),
            Instr::Swap => {
                let n = self.stack.len();
                self.stack.swap(n - 1, n - 2);
            }
            Instr::Pop => self.stack.truncate(self.stack.len() - 1),
            Instr::Store(k) => {
                self.locals[k] = self.top(0);
                self.stack.truncate(self.stack.len() - 1);
            }
            Instr::Arith(kind) => {
                let v = arith(kind, self.top(1), self.top(0))?;
                return self.replace(2, v);
            }
            Instr::Less => {
                let less = less(self.top(1), self.top(0))?;
                return self.replace(2, V::Int(i128::from(less)));
            }
            Instr::JumpUnlessLess(expected) => {
                if less(self.top(1), self.top(0))? != expected {
                    return Err(Halt::Break);
                }
                self.stack.truncate(self.stack.len() - 2);
            }
            Instr::Same(k) => {
                if self.top(0) != V::Int(k) {
                    return Err(Halt::Break);
                }
                self.stack.truncate(self.stack.len() - 1);
            }
            Instr::NotList => {
                if self.top(0) == V::List {
                    return Err(Halt::Break);
                }
            }
            Instr::GetItem => {
                let v = self.items[self.index(0)?];
                return self.replace(2, v);
            }
            Instr::SetItem => {
                let i = self.index(0)?;
                self.items[i] = self.top(2);
                self.stack.truncate(self.stack.len() - 3);
            }
            Instr::Half => {
                let v = match self.top(0) {
                    V::Int(i) if i % 2 == 0 => V::Int(i / 2),
                    V::Int(i) => V::Int(i + 5),
                    V::Float(f) => V::Float(f + 0.5),
                    V::List | V::Huge => return Err(Halt::Error),
                };
                return self.replace(1, v);
            }
            Instr::SwapItems => {
                if self.top(0) != V::List {
                    return Err(Halt::Error);
                }
                self.items.swap(0, 1);
                return self.replace(1, V::Int(1));
            }
        }
        Ok(())
    }

    /// Runs the loop from `pc` on until it halts; returns why and where.
    pub fn run(&mut self, program: &[Instr], mut pc: usize) -> (Halt, usize) {
        for _ in 0..20_000 {
            if let Err(halt) = self.exec(program[pc]) {
                return (halt, pc);
            }
            pc = (pc + 1) % program.len();
        }
        (Halt::Fuel, pc)
    }
}

fn number(v: V) -> Result<f64, Halt> {
    match v {
        V::Int(i) => Ok(i as f64),
        V::Float(f) => Ok(f),
        V::Huge => Ok(f64::NAN),
        V::List => Err(Halt::Error),
    }
}

fn less(a: V, b: V) -> Result<bool, Halt> {
    match (a, b) {
        (V::Int(a), V::Int(b)) => Ok(a < b),
        _ => Ok(number(a)? < number(b)?),
    }
}

fn arith(kind: Arith, a: V, b: V) -> Result<V, Halt> {
    if let (V::Huge, V::Int(_) | V::Huge) | (V::Int(_), V::Huge) = (a, b) {
        let zero = b == V::Int(0) && matches!(kind, Arith::Div | Arith::Mod);
        return if zero { Err(Halt::Error) } else { Ok(V::Huge) };
    }
    if let (V::Int(x), V::Int(y)) = (a, b) {
        let r = match kind {
            Arith::Add => x.checked_add(y),
            Arith::Sub => x.checked_sub(y),
            Arith::Mul => x.checked_mul(y),
            Arith::And => Some(x & y),
            Arith::Div | Arith::Mod if y == 0 => return Err(Halt::Error),
            Arith::Div => Some((x - x.rem_euclid(y) - adjust(x, y)) / y),
            Arith::Mod => Some(x.rem_euclid(y) + adjust(x, y)),
        };
        return match r {
            Some(r) if r.unsigned_abs() < 1 << 100 => Ok(V::Int(r)),
            _ => Ok(V::Huge),
        };
    }
    let (x, y) = (number(a)?, number(b)?);
    match kind {
        Arith::Add => Ok(V::Float(x + y)),
        Arith::Sub => Ok(V::Float(x - y)),
        Arith::Mul => Ok(V::Float(x * y)),
        Arith::Div if y != 0.0 => Ok(V::Float(x / y)),
        Arith::Div | Arith::Mod | Arith::And => Err(Halt::Error),
    }
}

/// What makes a Euclidean remainder one with the sign of the divisor.
fn adjust(x: i128, y: i128) -> i128 {
    if y < 0 && x.rem_euclid(y) != 0 { y } else { 0 }
}
