//! Unboxing: cancels boxing against unboxing, and carries ints and floats round the loop unboxed.
//!
//! Terms. To *convert* a parameter of the loop block is to make an `i64` or `f64` of a `ref`:
//! whoever jumps there passes the number instead of the word ([`plan`] says for which parameters that
//! is possible and worth it). What still wants the word gets one *re-boxing* op. That can
//! exit, so it stands at a place where a snapshot of the state is at hand: at the first use if
//! the last exit before it has had no side effect since, otherwise at the top of the loop.
//!
//! Invariants. Snapshots name the number rather than its word: exits box by type. A number that was
//! tagged before may now leave the 63 bits of a small int; it is right all the same, since
//! exits make ints of any size and whoever wants the word still runs `tag`.

mod plan;

use self::plan::{Plan, Use, use_of};
use super::EntryHints;
use super::rewrite::{Action, Cursor, def, rewrite};
use crate::ir::{Const, Op, Recipe, Trace, Val};
use crate::layout::{FLOAT_CLASS, POINTER_TAG};
use crate::ops::{Opcode, Type};

pub(super) fn run(trace: &mut Trace, hints: &EntryHints) {
    let plan = plan::plan(trace, hints);
    let mut state = State {
        unboxed: Vec::new(),
        reboxed: vec![Val::NONE; plan.params.len()],
        params: [0, 0],
        first_param: 0,
        in_body: false,
        plan,
    };
    rewrite(trace, |trace, cursor, op| {
        let action = state.step(trace, cursor, op);
        if let Action::Keep(op) = &action {
            state.note(trace.ops.len(), op);
        }
        action
    });
    name_numbers_in_snapshots(trace, &state.unboxed);
}

/// Snapshots name what was boxed instead of the box, and what was unboxed instead of the word if
/// the one is used and the other is not needed otherwise.
fn name_numbers_in_snapshots(trace: &mut Trace, unboxed: &[Val]) {
    let (wanted, first_exit) = word_uses(trace);
    for id in (0..trace.snapshots.len()).filter(|&id| first_exit[id] != usize::MAX) {
        let s = trace.snapshots[id];
        for k in s.entries_start..s.entries_start + s.entries_len {
            let e = &mut trace.snap_entries[k as usize];
            let Some(i) = e.a.as_value().filter(|_| e.recipe == Recipe::Value) else { continue };
            let Some(op) = trace.ops.get(i) else { continue };
            if matches!(op.opcode, Opcode::Tag | Opcode::BoxF64) {
                e.a = op.args[0];
            } else if let Some(&number) = unboxed.get(i)
                && number.as_value().is_some_and(|n| wanted[n] && n < first_exit[id])
                && !wanted[i]
            {
                e.a = number;
            }
        }
    }
}

/// Which values are operands of anything but unboxing and checks of their kind, or arguments of
/// jumps; and for each snapshot the first op that has it.
fn word_uses(trace: &Trace) -> (Vec<bool>, Vec<usize>) {
    let mut wanted = vec![false; trace.ops.len()];
    let mut first_exit = vec![usize::MAX; trace.snapshots.len()];
    for (i, op) in trace.ops.iter().enumerate() {
        if let Some(first) = first_exit.get_mut(op.snapshot.0 as usize) {
            *first = i.min(*first);
        }
        let uses = match op.opcode {
            Opcode::Untag | Opcode::UnboxI64 | Opcode::LoadBoxF64 | Opcode::UnboxF64 => continue,
            Opcode::GuardSmallInt | Opcode::GuardClass => continue,
            Opcode::Jump | Opcode::JumpTrace => trace.args_of_jump(op),
            _ => op.operands(),
        };
        for v in uses.iter().filter_map(|v| v.as_value()) {
            wanted[v] = true;
        }
    }
    (wanted, first_exit)
}

struct State {
    plan: Plan,
    /// By value: the number in a word that was unboxed.
    unboxed: Vec<Val>,
    /// By parameter of the loop block: its word, where it was made.
    reboxed: Vec<Val>,
    /// Parameters of each block passed so far.
    params: [usize; 2],
    /// The loop block's first parameter in the new numbering.
    first_param: usize,
    in_body: bool,
}

impl State {
    fn step(&mut self, trace: &mut Trace, cursor: Cursor, mut op: Op) -> Action {
        if op.opcode.is_param() {
            return Action::Keep(self.parameter(trace, cursor, op));
        }
        if cursor.block == 1 && !self.in_body {
            self.in_body = true;
            for k in 0..self.plan.params.len() {
                if let (Some(ty), true) = (self.plan.params[k], self.plan.at_top[k]) {
                    self.word(trace, k, ty);
                }
            }
        }
        if op.opcode == Opcode::Jump {
            self.pass_numbers(trace, &op);
            return Action::Keep(op);
        }
        for position in 0..op.operands().len() {
            let Some((k, ty)) = self.plan.converted(cursor.old.args[position]) else { continue };
            match use_of(trace, &cursor.old, position, ty) {
                Use::Number => return Action::Replace(op.args[position]),
                Use::Implied => return Action::Drop,
                Use::Word | Use::Forbidden => op.args[position] = self.word(trace, k, ty),
            }
        }
        self.cancel(trace, op)
    }

    /// Drops an op that undoes another.
    fn cancel(&self, trace: &Trace, op: Op) -> Action {
        let Some(source) = def(trace, op.args[0]) else { return Action::Keep(op) };
        let known = self.noted(op.args[0]);
        match (op.opcode, source.opcode) {
            (Opcode::Untag | Opcode::UnboxI64 | Opcode::LoadBoxF64 | Opcode::UnboxF64, _)
                if trace.type_of(known) == op.result() =>
            {
                Action::Replace(known)
            }
            (Opcode::Untag | Opcode::UnboxI64, Opcode::Tag)
            | (Opcode::LoadBoxF64 | Opcode::UnboxF64, Opcode::BoxF64) => {
                Action::Replace(source.args[0])
            }
            // Only if the number in that word can be found again, for the back-edge.
            (Opcode::Tag, Opcode::Untag | Opcode::UnboxI64)
            | (Opcode::BoxF64, Opcode::LoadBoxF64 | Opcode::UnboxF64)
                if self.noted(source.args[0]) == op.args[0] =>
            {
                Action::Replace(source.args[0])
            }
            (Opcode::GuardSmallInt, Opcode::Tag) => Action::Drop,
            (Opcode::GuardClass, Opcode::BoxF64) if op.imm == FLOAT_CLASS as i32 => Action::Drop,
            _ => Action::Keep(op),
        }
    }

    /// The number that was taken out of a word first, or none.
    fn noted(&self, word: Val) -> Val {
        word.as_value().and_then(|i| self.unboxed.get(i).copied()).unwrap_or(Val::NONE)
    }

    /// Remembers which number an op takes out of its word.
    fn note(&mut self, at: usize, op: &Op) {
        if matches!(
            op.opcode,
            Opcode::Untag | Opcode::UnboxI64 | Opcode::LoadBoxF64 | Opcode::UnboxF64
        ) && let Some(word) = op.args[0].as_value()
        {
            if self.unboxed.len() <= word {
                self.unboxed.resize(word + 1, Val::NONE);
            }
            if self.unboxed[word].is_none() {
                self.unboxed[word] = Val::value(at);
            }
        }
    }

    fn parameter(&mut self, trace: &Trace, cursor: Cursor, mut op: Op) -> Op {
        let Some(count) = self.params.get_mut(cursor.block) else { return op };
        let k = *count;
        *count += 1;
        if cursor.block == 1 && k == 0 {
            self.first_param = trace.ops.len();
        }
        let types = if cursor.block == 0 { &self.plan.entry_types } else { &self.plan.params };
        if let Some(&Some(ty)) = types.get(k) {
            op.opcode = Opcode::param(ty);
        }
        op
    }

    /// The word of converted parameter `k`, made at its first use.
    fn word(&mut self, trace: &mut Trace, k: usize, ty: Type) -> Val {
        if self.reboxed[k].is_none() {
            let opcode = if ty == Type::F64 { Opcode::BoxF64 } else { Opcode::Tag };
            let number = Val::value(self.first_param + k);
            trace.ops.push(Op::new(opcode, &[number]).with_snapshot(self.plan.rebox[k]));
            self.reboxed[k] = Val::value(trace.ops.len() - 1);
        }
        self.reboxed[k]
    }

    /// A jump to the loop block passes numbers to converted parameters.
    fn pass_numbers(&mut self, trace: &mut Trace, op: &Op) {
        let (start, len) = op.jump_range();
        for k in 0..len.min(self.plan.params.len()) {
            if let Some(ty) = self.plan.params[k] {
                let v = trace.jump_args[start + k];
                trace.jump_args[start + k] = self.number(trace, v, ty);
            }
        }
    }

    /// The number in `v`, which the plan knows to be there.
    fn number(&self, trace: &mut Trace, v: Val, ty: Type) -> Val {
        if trace.type_of(v) == Some(ty) {
            return v;
        }
        if let Some(Const::Ref(word)) = trace.const_of(v) {
            return trace.add_const(Const::I64(crate::semantics::untag(word)));
        }
        let boxed = def(trace, v).filter(|op| matches!(op.opcode, Opcode::Tag | Opcode::BoxF64));
        // A word that the loop takes for both an int and a float never gets this far, but is there.
        let numbers = [boxed.map_or(Val::NONE, |op| op.args[0]), self.noted(v)];
        numbers.into_iter().find(|&n| trace.type_of(n) == Some(ty)).unwrap_or(v)
    }
}

/// Whether a constant is a small-int word.
fn is_small_const(trace: &Trace, v: Val) -> bool {
    matches!(trace.const_of(v), Some(Const::Ref(w)) if w & POINTER_TAG == 0)
}
