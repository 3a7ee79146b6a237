//! Type propagation: follows what is known of words and drops or weakens checks of it.
//!
//! Terms. A [`Fact`] is what is known of a word from here on: a small int, of a class, or a certain
//! constant. Facts come from ops that make such words and from guards passed.
//!
//! Invariants. Facts of block 0 hold in the loop block, which it dominates. A parameter of
//! the loop block has a fact only if it holds for what comes in from block 0 and, assuming it, for
//! what comes round the back-edge.

use super::EntryHints;
use super::copies::is_copy;
use super::rewrite::{Action, loop_jumps, rewrite};
use crate::ir::{Const, Op, SnapshotId, Trace, Val};
use crate::layout::{FLOAT_CLASS, POINTER_TAG};
use crate::ops::Opcode;

/// What is known of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fact {
    Unknown,
    /// A small int.
    Small,
    /// A heap reference of this class.
    Class(i32),
    /// This very constant.
    Is(Val),
}

const FLOAT: Fact = Fact::Class(FLOAT_CLASS as i32);

/// How often assumptions about loop parameters are weakened before they are given up.
const ROUNDS: usize = 4;

#[derive(Default)]
struct Facts {
    /// By value.
    values: Vec<Fact>,
    /// By constant.
    consts: Vec<Fact>,
    /// What a value is a copy of, or itself.
    roots: Vec<Val>,
}

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    let params = parameter_facts(trace);
    let mut facts = Facts::default();
    let mut next_param = 0;
    rewrite(trace, |trace, cursor, op| {
        let at = trace.ops.len();
        if cursor.block == 1 && op.opcode.is_param() {
            let fact = params.get(next_param).copied().unwrap_or(Fact::Unknown);
            next_param += 1;
            facts.set(at, fact);
            Action::Keep(op)
        } else {
            facts.step(trace, at, op)
        }
    });
}

/// Facts that hold for the loop block's parameters; empty where there are none.
fn parameter_facts(trace: &Trace) -> Vec<Fact> {
    let Some([entry, back]) = loop_jumps(trace) else { return Vec::new() };
    let args = |(start, len): (usize, usize)| &trace.jump_args[start..start + len];
    let mut facts = Facts::default();
    for i in trace.blocks[0].ops() {
        facts.step(trace, i, trace.ops[i]);
    }
    let mut params: Vec<Fact> = args(entry).iter().map(|&v| facts.of(trace, v)).collect();
    for _ in 0..ROUNDS {
        if params.iter().all(|&f| f == Fact::Unknown) {
            return Vec::new();
        }
        let mut round = Facts { values: facts.values.clone(), ..Facts::default() };
        round.roots = facts.roots.clone();
        round.consts = facts.consts.clone();
        for (k, i) in trace.blocks[1].ops().enumerate() {
            match params.get(k) {
                Some(&fact) => round.set(i, fact),
                None => {
                    round.step(trace, i, trace.ops[i]);
                }
            }
        }
        let mut stable = true;
        for (fact, &v) in params.iter_mut().zip(args(back)) {
            let merged = meet(*fact, round.of(trace, v));
            stable &= merged == *fact;
            *fact = merged;
        }
        if stable {
            return params;
        }
    }
    Vec::new()
}

/// What both facts say.
fn meet(a: Fact, b: Fact) -> Fact {
    if a == b { a } else { Fact::Unknown }
}

impl Facts {
    fn set(&mut self, at: usize, fact: Fact) {
        if self.values.len() <= at {
            self.values.resize(at + 1, Fact::Unknown);
            let from = self.roots.len();
            self.roots.extend((from..=at).map(Val::value));
        }
        self.values[at] = fact;
        self.roots[at] = Val::value(at);
    }

    fn root(&self, v: Val) -> Val {
        v.as_value().and_then(|i| self.roots.get(i).copied()).unwrap_or(v)
    }

    /// What is known of `v`, up to the constant that it is.
    fn of(&self, trace: &Trace, v: Val) -> Fact {
        let root = self.root(v);
        match (root.as_value(), trace.const_of(root)) {
            (Some(i), _) => self.values.get(i).copied().unwrap_or(Fact::Unknown),
            (None, Some(Const::Ref(_))) => Fact::Is(root),
            (None, _) => Fact::Unknown,
        }
    }

    /// What is known of the kind of `v`.
    fn kind(&self, trace: &Trace, v: Val) -> Fact {
        let Fact::Is(c) = self.of(trace, v) else { return self.of(trace, v) };
        match (trace.const_of(c), c.as_const()) {
            (Some(Const::Ref(w)), _) if w & POINTER_TAG == 0 => Fact::Small,
            (_, Some(i)) => self.consts.get(i).copied().unwrap_or(Fact::Unknown),
            _ => Fact::Unknown,
        }
    }

    fn learn(&mut self, trace: &Trace, v: Val, fact: Fact) {
        let root = match self.of(trace, v) {
            Fact::Is(c) => c,
            _ => self.root(v),
        };
        if let Some(i) = root.as_value() {
            if let Some(slot) = self.values.get_mut(i) {
                *slot = fact;
            }
        } else if let Some(i) = root.as_const()
            && !matches!(fact, Fact::Is(_))
        {
            if self.consts.len() <= i {
                self.consts.resize(i + 1, Fact::Unknown);
            }
            self.consts[i] = fact;
        }
    }

    /// Judges an op whose result will be value `at`, and learns from it.
    fn step(&mut self, trace: &Trace, at: usize, op: Op) -> Action {
        let [a, b, c] = op.args;
        let without_check =
            |opcode| Action::Keep(Op { opcode, imm: 0, snapshot: SnapshotId::NONE, ..op });
        let mut result = Fact::Unknown;
        let mut action = Action::Keep(op);
        match op.opcode {
            Opcode::Tag => result = Fact::Small,
            Opcode::BoxF64 => result = FLOAT,
            Opcode::Select => {
                result = meet(self.of(trace, b), self.of(trace, c));
                if result == Fact::Unknown {
                    result = meet(self.kind(trace, b), self.kind(trace, c));
                }
            }
            // These may only stand where the kind is known: that is a fact, too.
            Opcode::Untag => self.learn(trace, a, Fact::Small),
            Opcode::LoadBoxF64 => self.learn(trace, a, FLOAT),
            Opcode::GuardSmallInt => match self.kind(trace, a) {
                Fact::Small => action = Action::Drop,
                _ => self.learn(trace, a, Fact::Small),
            },
            Opcode::UnboxI64 => match self.kind(trace, a) {
                Fact::Small => action = without_check(Opcode::Untag),
                _ => self.learn(trace, a, Fact::Small),
            },
            Opcode::GuardClass => match self.kind(trace, a) {
                Fact::Class(class) if class == op.imm => action = Action::Drop,
                _ => self.learn(trace, a, Fact::Class(op.imm)),
            },
            Opcode::UnboxF64 => match self.kind(trace, a) {
                FLOAT => action = without_check(Opcode::LoadBoxF64),
                _ => self.learn(trace, a, FLOAT),
            },
            Opcode::GuardSame => match (self.of(trace, a), self.of(trace, b)) {
                _ if self.root(a) == self.root(b) => action = Action::Drop,
                (Fact::Is(x), Fact::Is(y)) if same_const(trace, x, y) => action = Action::Drop,
                (Fact::Is(_), Fact::Is(_)) => {}
                (_, Fact::Is(y)) => self.identify(trace, a, y),
                (Fact::Is(x), _) => self.identify(trace, b, x),
                (Fact::Unknown | Fact::Small | Fact::Class(_), _) => {}
            },
            Opcode::GuardDiffer => {
                let known = match (self.of(trace, a), self.of(trace, b)) {
                    (Fact::Is(x), Fact::Is(y)) => !same_const(trace, x, y),
                    _ => disjoint(self.kind(trace, a), self.kind(trace, b)),
                };
                if known {
                    action = Action::Drop;
                }
            }
            // These take or give words, but say nothing of their kind.
            Opcode::ParamRef
            | Opcode::CopyRef
            | Opcode::LoadI64
            | Opcode::LoadF64
            | Opcode::LoadRef
            | Opcode::LoadRefIndex
            | Opcode::StoreI64
            | Opcode::StoreF64
            | Opcode::StoreRef
            | Opcode::StoreRefIndex
            | Opcode::CallRef1
            | Opcode::CallRef2
            | Opcode::CallRef3 => {}
            other => debug_assert!(
                !other.has_words(),
                "{} is not known to the inference of kinds",
                other.info().name
            ),
        }
        if matches!(action, Action::Keep(_)) {
            self.set(at, result);
            if is_copy(op.opcode) {
                self.roots[at] = self.root(a);
            }
        }
        action
    }

    /// `v` is the constant `c`; what was known of the one is known of the other.
    fn identify(&mut self, trace: &Trace, v: Val, c: Val) {
        let kind = self.kind(trace, v);
        self.learn(trace, v, Fact::Is(c));
        if kind != Fact::Unknown && self.kind(trace, c) == Fact::Unknown {
            self.learn(trace, c, kind);
        }
    }
}

fn same_const(trace: &Trace, a: Val, b: Val) -> bool {
    a == b || trace.const_of(a) == trace.const_of(b)
}

fn disjoint(a: Fact, b: Fact) -> bool {
    match (a, b) {
        (Fact::Small, Fact::Class(_)) | (Fact::Class(_), Fact::Small) => true,
        (Fact::Class(x), Fact::Class(y)) => x != y,
        _ => false,
    }
}
