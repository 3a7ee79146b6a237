//! Which parameters of the loop block become numbers.
//!
//! Terms. A *word use* of a parameter needs its word: a store, a call, an identity. Unboxing, the
//! checks that go with it, snapshots and jumps to other converted parameters are not word uses.
//!
//! A parameter is converted if the entry and the back-edge can both pass the number, and if that
//! pays: the loop unboxes it, or nothing in the loop needs its word. The parameters of block 0 are
//! converted along, which the recorder's hints allow; only a block 0 that does nothing but jump is
//! touched, and only parameters that the loop does not use past its own.

use super::super::EntryHints;
use super::super::rewrite::{def, loop_jumps};
use super::is_small_const;
use crate::ir::{Const, Op, Recipe, SnapshotId, Trace, Val};
use crate::layout::{FLOAT_CLASS, POINTER_TAG};
use crate::ops::{Effect, Opcode, Type};

/// What to convert, and where to make words again.
#[derive(Default)]
pub(super) struct Plan {
    /// For each parameter of the loop block its new type.
    pub params: Vec<Option<Type>>,
    /// For each of them the snapshot of its re-boxing op, if there will be one.
    pub rebox: Vec<SnapshotId>,
    /// Whether that op stands at the top of the loop.
    pub at_top: Vec<bool>,
    /// For each parameter of block 0 its new type.
    pub entry_types: Vec<Option<Type>>,
    /// Old number of the loop block's first parameter.
    first: usize,
}

/// A use of a word, as far as a conversion minds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The number will do.
    Number,
    /// The check cannot fail on a number: it goes.
    Implied,
    /// The word is needed.
    Word,
    /// A conversion would change what is computed.
    Forbidden,
}

/// What operand `position` of `op` is used for, if it becomes a number of type `ty`.
pub(super) fn use_of(trace: &Trace, op: &Op, position: usize, ty: Type) -> Use {
    match (op.opcode, ty) {
        (Opcode::Untag | Opcode::UnboxI64, Type::I64)
        | (Opcode::LoadBoxF64 | Opcode::UnboxF64, Type::F64) => Use::Number,
        (Opcode::GuardSmallInt, Type::I64) => Use::Implied,
        (Opcode::GuardClass, Type::F64) if op.imm == FLOAT_CLASS as i32 => Use::Implied,
        (Opcode::GuardDiffer, _) => match (trace.const_of(op.args[1 - position]), ty) {
            // A number's word is a small int or a box of its own.
            (Some(Const::Ref(w)), Type::I64) if w & POINTER_TAG == 0 => Use::Word,
            (Some(_), _) => Use::Implied,
            (None, Type::I64) => Use::Word,
            (None, _) => Use::Forbidden,
        },
        (Opcode::GuardSame, Type::F64) => Use::Forbidden,
        (Opcode::CopyRef, _) => Use::Forbidden,
        _ => Use::Word,
    }
}

impl Plan {
    /// The number of the converted parameter that `old` is, in the old numbering.
    pub(super) fn converted(&self, old: Val) -> Option<(usize, Type)> {
        let k = old.as_value()?.checked_sub(self.first)?;
        Some((k, (*self.params.get(k)?)?))
    }
}

/// What the ops say about words, in the old numbering.
struct Survey {
    /// By value: the type that it was unboxed as, first.
    unboxed: Vec<Option<Type>>,
}

impl Survey {
    fn see(&mut self, op: &Op) {
        let ty = match op.opcode {
            Opcode::Untag | Opcode::UnboxI64 => Type::I64,
            Opcode::LoadBoxF64 | Opcode::UnboxF64 => Type::F64,
            _ => return,
        };
        if let Some(slot) = op.args[0].as_value().and_then(|v| self.unboxed.get_mut(v)) {
            slot.get_or_insert(ty);
        }
    }

    /// The type of the number in word `v`, if it is at hand.
    fn number(&self, trace: &Trace, v: Val) -> Option<Type> {
        if is_small_const(trace, v) {
            return Some(Type::I64);
        }
        match def(trace, v)?.opcode {
            Opcode::Tag => Some(Type::I64),
            Opcode::BoxF64 => Some(Type::F64),
            _ => self.unboxed[v.as_value()?],
        }
    }
}

pub(super) fn plan(trace: &Trace, hints: &EntryHints) -> Plan {
    let Some([entry, back]) = loop_jumps(trace) else { return Plan::default() };
    let [block0, body] = [trace.blocks[0], trace.blocks[1]];
    let mut survey = Survey { unboxed: vec![None; trace.ops.len()] };
    for i in block0.ops() {
        survey.see(&trace.ops[i]);
    }
    let args = |(start, len): (usize, usize)| &trace.jump_args[start..start + len];
    let trivial = block0.params + 1 == block0.end && all_different(trace, args(entry));
    let direct = used_directly(trace, args(back));
    // What comes in: `Err` where that is up to the loop.
    let incoming: Vec<Result<Option<Type>, ()>> = args(entry)
        .iter()
        .map(|&v| match def(trace, v) {
            Some(op) if op.opcode == Opcode::ParamRef && trivial => {
                if v.as_value().is_none_or(|j| direct[j]) {
                    return Ok(None);
                }
                let hint = v.as_value().and_then(|j| hints.types.get(j));
                hint.map(|h| h.filter(|&t| t != Type::Ref)).ok_or(())
            }
            _ => Ok(survey.number(trace, v)),
        })
        .collect();
    for i in body.ops() {
        survey.see(&trace.ops[i]);
    }
    let evidence = &survey.unboxed[body.param_ops()];
    let mut params: Vec<Option<Type>> = incoming
        .iter()
        .zip(body.param_ops().zip(evidence))
        .map(|(&incoming, (p, &evidence))| {
            let ty = incoming.unwrap_or(evidence);
            let word = trace.ops[p].opcode == Opcode::ParamRef;
            ty.filter(|&ty| word && evidence.is_none_or(|e| e == ty))
        })
        .collect();
    let first = body.first as usize;
    let mut plan = Plan {
        rebox: vec![SnapshotId::NONE; params.len()],
        at_top: vec![false; params.len()],
        entry_types: vec![None; block0.params as usize],
        first,
        params: Vec::new(),
    };
    if params.iter().all(Option::is_none) {
        return plan;
    }
    let header = header(trace, trivial, args(entry));
    place_words(trace, &mut params, &mut plan, header);
    // Without evidence a conversion pays only where no word is made for it, and a float must
    // not be boxed in each iteration where it was not before.
    for k in 0..params.len() {
        let made_here = matches!(
            def(trace, args(back)[k]),
            Some(op) if matches!(op.opcode, Opcode::Tag | Opcode::BoxF64)
        );
        let words = plan.rebox[k] != SnapshotId::NONE;
        let pays = match (evidence[k], params[k]) {
            (None, _) => !words,
            (Some(_), Some(Type::F64)) => !words || made_here,
            (Some(_), _) => true,
        };
        if !pays {
            params[k] = None;
        }
    }
    settle(trace, &survey, args(back), first, &mut params);
    if trivial {
        for (&v, &ty) in args(entry).iter().zip(&params) {
            if let Some(slot) = v.as_value().and_then(|j| plan.entry_types.get_mut(j)) {
                *slot = ty;
            }
        }
    }
    plan.params = params;
    plan
}

/// Withdraws candidates until every jump to the loop block can pass what is wanted.
fn settle(trace: &Trace, survey: &Survey, back: &[Val], first: usize, params: &mut [Option<Type>]) {
    let param_of = |v: Val| {
        let k = v.as_value()?.checked_sub(first)?;
        (k < back.len()).then_some(k)
    };
    loop {
        let mut stable = true;
        for (k, &v) in back.iter().enumerate() {
            match (params[k], param_of(v)) {
                // A parameter that goes on as a word must not be converted.
                (None, Some(q)) if params[q].is_some() => {
                    params[q] = None;
                    stable = false;
                }
                (Some(ty), q) => {
                    let carried = q.and_then(|q| params[q]);
                    if carried.or_else(|| survey.number(trace, v)) != Some(ty) {
                        params[k] = None;
                        stable = false;
                    }
                }
                (None, _) => {}
            }
        }
        if stable {
            return;
        }
    }
}

/// Finds where the words of candidates are made again; withdraws candidates for which there is no
/// place.
fn place_words(
    trace: &Trace,
    params: &mut [Option<Type>],
    plan: &mut Plan,
    header: Option<SnapshotId>,
) {
    let body = trace.blocks[1];
    // The snapshot of an exit since which nothing has happened that could be seen.
    let mut at_hand = SnapshotId::NONE;
    for i in body.ops() {
        let op = &trace.ops[i];
        if op.snapshot != SnapshotId::NONE {
            at_hand = op.snapshot;
        }
        for (position, v) in op.operands().iter().enumerate() {
            let k = v.as_value().and_then(|v| v.checked_sub(plan.first));
            let Some((k, ty)) = k.and_then(|k| Some((k, (*params.get(k)?)?))) else { continue };
            match use_of(trace, op, position, ty) {
                Use::Number | Use::Implied => {}
                Use::Forbidden => params[k] = None,
                Use::Word if plan.rebox[k] != SnapshotId::NONE => {}
                Use::Word => {
                    if at_hand != SnapshotId::NONE && defined_before(trace, at_hand, i) {
                        plan.rebox[k] = at_hand;
                    } else if let Some(header) = header {
                        plan.rebox[k] = header;
                        plan.at_top[k] = true;
                    } else {
                        params[k] = None;
                    }
                }
            }
        }
        if matches!(op.opcode.info().effect, Effect::Store | Effect::Call) {
            at_hand = SnapshotId::NONE;
        }
    }
}

fn defined_before(trace: &Trace, snapshot: SnapshotId, op: usize) -> bool {
    let before = |v: Val| v.as_value().is_none_or(|v| v < op);
    trace.entries_of(snapshot).iter().all(|e| before(e.a) && before(e.b))
}

/// Which parameters of block 0 the loop block's ops and jump use, past its own parameters.
fn used_directly(trace: &Trace, back: &[Val]) -> Vec<bool> {
    let mut direct = vec![false; trace.blocks[0].params as usize];
    let operands = trace.ops[trace.blocks[1].ops()].iter().flat_map(|op| op.operands());
    for v in operands.chain(back) {
        if let Some(slot) = v.as_value().and_then(|i| direct.get_mut(i)) {
            *slot = true;
        }
    }
    direct
}

/// Whether no value stands twice among the arguments of a jump.
fn all_different(trace: &Trace, args: &[Val]) -> bool {
    let mut seen = vec![false; trace.ops.len()];
    args.iter().all(|v| match v.as_value() {
        Some(i) => !std::mem::replace(&mut seen[i], true),
        None => true,
    })
}

/// The snapshot of the state at the top of the loop: the second one of a recorded trace, if it says
/// of the loop's parameters what the entry snapshot says of those of a block 0 that only jumps.
fn header(trace: &Trace, trivial: bool, entry_args: &[Val]) -> Option<SnapshotId> {
    let id = SnapshotId(1);
    if !trivial || trace.entry != SnapshotId(0) || trace.snapshots.len() < 2 {
        return None;
    }
    let (outside, inside) = (trace.entries_of(trace.entry), trace.entries_of(id));
    let first = trace.blocks[1].first as usize;
    let same = outside.len() == inside.len()
        && trace.frames_of(trace.entry) == trace.frames_of(id)
        && outside.iter().zip(inside).all(|(o, i)| {
            let arg = i.a.as_value().and_then(|v| v.checked_sub(first));
            let arg = arg.and_then(|k| entry_args.get(k));
            o.index == i.index && i.recipe == Recipe::Value && arg == Some(&o.a)
        });
    same.then_some(id)
}
