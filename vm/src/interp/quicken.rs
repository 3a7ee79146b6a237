//! Quickening: choosing specialized instructions from the operands at hand.
//!
//! The `y` field of instructions with a counter counts executions of the base form; choosing is
//! tried when it reaches a power of two, so that a site that fits no form is looked at ever less
//! often. A specialized form counts its misses in the same field and goes back to the base form
//! after [`MISSES`] of them.

use crate::class;
use crate::code::RtCode;
use crate::object::Function;
use crate::value::Value;
use std::cell::Cell;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind, Instr, Opcode};

/// Misses before a specialized form is given up.
const MISSES: u16 = 16;
/// Where the counter goes on after that.
const AFTER_MISSES: u16 = 40;

/// Counts an execution of a base form; true where specialization should be tried.
#[inline(always)]
pub(super) fn warm(cell: &Cell<Instr>) -> bool {
    let instr = cell.get();
    let count = instr.y();
    if count == u16::MAX {
        return false;
    }
    cell.set(Instr::new(instr.op(), instr.x(), count + 1));
    count >= 2 && count & (count - 1) == 0
}

/// Counts a miss of a specialized form.
#[cold]
#[inline(never)]
pub(super) fn miss(cell: &Cell<Instr>) {
    let instr = cell.get();
    let count = instr.y() + 1;
    cell.set(if count >= MISSES {
        Instr::new(instr.op().base(), instr.x(), AFTER_MISSES)
    } else {
        Instr::new(instr.op(), instr.x(), count)
    });
}

/// Goes back to the base form at once (for instructions without a counter).
#[cold]
#[inline(never)]
pub(super) fn revert(cell: &Cell<Instr>) {
    let instr = cell.get();
    cell.set(instr.with_op(instr.op().base()));
}

fn specialize(cell: &Cell<Instr>, op: Opcode) {
    let instr = cell.get();
    cell.set(Instr::new(op, instr.x(), 0));
}

/// For `binary_op`, with the instruction that follows.
#[cold]
#[inline(never)]
pub(super) fn binary(cell: &Cell<Instr>, next: Instr, a: Value, b: Value) {
    let store = next.op().base() == Opcode::StoreFast;
    use BinaryKind as K;
    let (kind, _) = BinaryKind::from_x(cell.get().x());
    let op = if a.is_small_int() && b.is_small_int() {
        match kind {
            K::Add if store => Opcode::BinaryAddIntStore,
            K::Add => Opcode::BinaryAddInt,
            K::Sub => Opcode::BinarySubInt,
            K::Mul => Opcode::BinaryMulInt,
            K::FloorDiv => Opcode::BinaryFloorDivInt,
            K::Mod => Opcode::BinaryModInt,
            K::And => Opcode::BinaryAndInt,
            _ => return,
        }
    } else {
        match (a.class(), b.class(), kind) {
            (class::FLOAT, class::FLOAT, K::Add) if store => Opcode::BinaryAddFloatStore,
            (class::FLOAT, class::FLOAT, K::Add) => Opcode::BinaryAddFloat,
            (class::FLOAT, class::FLOAT, K::Sub) => Opcode::BinarySubFloat,
            (class::FLOAT, class::FLOAT, K::Mul) => Opcode::BinaryMulFloat,
            (class::FLOAT, class::FLOAT, K::TrueDiv) => Opcode::BinaryDivFloat,
            (class::STR, class::STR, K::Add) => Opcode::BinaryAddStr,
            (class::FLOAT, class::INT, K::Add | K::Sub | K::Mul | K::TrueDiv)
                if b.is_small_int() =>
            {
                Opcode::BinaryFloatMixed
            }
            (class::INT, class::FLOAT, K::Add | K::Sub | K::Mul | K::TrueDiv)
                if a.is_small_int() =>
            {
                Opcode::BinaryFloatMixed
            }
            _ => return,
        }
    };
    specialize(cell, op);
}

/// Whether a comparison of these operands is done in the instruction, once that is specialized.
pub(super) fn compares(kind: CompareKind, a: Value, b: Value) -> bool {
    let equality = matches!(kind, CompareKind::Eq | CompareKind::Ne);
    match (a.class(), b.class()) {
        (class::INT, class::INT) => a.is_small_int() && b.is_small_int(),
        (class::FLOAT, class::FLOAT) => true,
        (class::STR, class::STR) => equality,
        _ => false,
    }
}

/// For `compare_op`, with the instruction that follows.
#[cold]
#[inline(never)]
pub(super) fn compare(cell: &Cell<Instr>, next: Instr, a: Value, b: Value) {
    let jump = super::frequent::jumps_on(next.op());
    let kind = CompareKind::from_x(cell.get().x());
    let equality = matches!(kind, CompareKind::Eq | CompareKind::Ne);
    let op = match (a.is_small_int() && b.is_small_int(), a.class(), b.class()) {
        (true, ..) if jump => Opcode::CompareIntJump,
        (true, ..) => Opcode::CompareInt,
        (_, class::FLOAT, class::FLOAT) if jump => Opcode::CompareFloatJump,
        (_, class::FLOAT, class::FLOAT) => Opcode::CompareFloat,
        (_, class::STR, class::STR) if !equality => return,
        (_, class::STR, class::STR) if jump => Opcode::CompareStrJump,
        (_, class::STR, class::STR) => Opcode::CompareStr,
        _ => return,
    };
    specialize(cell, op);
}

/// For `binary_subscr`, with the instruction before it.
#[cold]
#[inline(never)]
pub(super) fn subscr(
    cell: &Cell<Instr>,
    before: Option<&Cell<Instr>>,
    object: Value,
    index: Value,
) {
    match (object.class(), index.is_small_int()) {
        (class::LIST, true) => {
            specialize(cell, Opcode::SubscrListInt);
            if let Some(before) = before.filter(|b| b.get().op() == Opcode::LoadFast) {
                before.set(before.get().with_op(Opcode::LoadFastSubscrList));
            }
        }
        (class::TUPLE, true) => specialize(cell, Opcode::SubscrTupleInt),
        (class::STR, true) => specialize(cell, Opcode::SubscrStrInt),
        (class::DICT, true) => specialize(cell, Opcode::SubscrDict),
        (class::DICT, false) if index.is_class(class::STR) => specialize(cell, Opcode::SubscrDict),
        _ => {}
    }
}

/// For `store_subscr`.
#[cold]
#[inline(never)]
pub(super) fn store_subscr(cell: &Cell<Instr>, object: Value, index: Value) {
    if object.class() == class::LIST && index.is_small_int() {
        specialize(cell, Opcode::StoreSubscrListInt);
    }
}

/// Specializes an access of an attribute, unless it has missed too often.
#[cold]
#[inline(never)]
pub(super) fn attribute(cell: &Cell<Instr>, op: Opcode) -> bool {
    let instr = cell.get();
    let good = u16::from(instr.x()) < MISSES && instr.op().base() == op.base();
    if good {
        cell.set(instr.with_op(op));
    }
    good
}

/// Counts a miss of a specialized access of an attribute, and goes back to the base form.
#[cold]
#[inline(never)]
pub(super) fn attribute_miss(cell: &Cell<Instr>) {
    let instr = cell.get();
    cell.set(Instr::new(instr.op().base(), instr.x().saturating_add(1), instr.y()));
}

/// For `unpack_sequence`.
#[cold]
#[inline(never)]
pub(super) fn unpack(cell: &Cell<Instr>, sequence: Value) {
    let count = usize::from(cell.get().x());
    if sequence.as_tuple().is_some_and(|t| t.len() == count) {
        specialize(cell, Opcode::UnpackTuple);
    }
}

/// For `call`.
#[cold]
#[inline(never)]
pub(super) fn call(cell: &Cell<Instr>, callable: Value, receiver: Value) {
    let args = usize::from(cell.get().x()) + usize::from(!receiver.is_null());
    match callable.class() {
        class::FUNCTION if callable.as_function().is_some_and(|f| params(f) == args) => {
            specialize(cell, Opcode::CallPython);
        }
        class::BUILTIN => specialize(cell, Opcode::CallBuiltin),
        _ => {}
    }
}

/// For `for_iter`: at once, by the iterable and the instruction that follows.
#[cold]
#[inline(never)]
pub(super) fn for_iter(cell: &Cell<Instr>, next: Instr, iterable: Value) {
    let instr = cell.get();
    let store = next.op().base() == Opcode::StoreFast;
    match iterable.class() {
        class::RANGE if store => cell.set(instr.with_op(Opcode::ForIterRangeStore)),
        class::RANGE => cell.set(instr.with_op(Opcode::ForIterRange)),
        class::LIST => cell.set(instr.with_op(Opcode::ForIterList)),
        class::TUPLE => cell.set(instr.with_op(Opcode::ForIterTuple)),
        _ => {}
    }
}

/// For `load_global`: at once, by where the name is bound.
#[cold]
#[inline(never)]
pub(super) fn load_global(cell: &Cell<Instr>, code: &RtCode) {
    let instr = cell.get();
    let Some(global) = code.global(instr.wide() as usize) else { return };
    if !global.module.get().is_null() {
        cell.set(instr.with_op(Opcode::LoadGlobalCell));
    } else if global.builtin.is_some() {
        cell.set(instr.with_op(Opcode::LoadGlobalBuiltin));
    }
}

/// Parameters of a function's code.
fn params(function: Function) -> usize {
    let code = function.code_address() as *const RtCode;
    // SAFETY: functions hold the address of runtime code, which lives as long as the machine.
    unsafe { (*code).plain_args as usize }
}
