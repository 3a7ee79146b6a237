//! The interpreter loop.
//!
//! One function, compiled once per mode: `INTERP` executes base forms only; `ADAPTIVE` specializes
//! in place; `JIT` is the same and asks the hooks at hot back-edges; `RECORD` executes base forms
//! and calls the hooks before every instruction. What is rare or long is out of line:
//! [`Vm::execute`] does any instruction that is not written out here.
//!
//! Terms. `pc` points behind the current instruction, `sp` one past the top operand, `base` at the
//! first local.
//!
//! Invariants that the `unsafe` blocks rely on. Code passed the compiler's checker: every jump lands
//! inside the code, operands and locals are inside the frame (`frame_size` words, room for which is
//! checked when the frame is pushed), constants and names exist, and execution does not run off
//! the end. Words below `sp` are valid; references among them point at live cells, because
//! collections happen only at safe points, after `sync!`.

use super::fast::mixed_result;
use super::frequent::{jumps_on, quick_truth};
use super::generators::Delegated;
use super::operators::Did;
use super::regs::{Regs, compare, hits, is_class};
use super::slow::Returned;
use super::{Vm, quicken};
use crate::class;
use crate::object::{Header, WordsCell};
use crate::ops::same_text;
use crate::stack::Args;
use crate::value::Value;
use tierlab_frontend::bytecode::{CompareKind, Opcode};
use tierlab_trace::semantics;

pub(super) const INTERP: u8 = 0;
pub(super) const ADAPTIVE: u8 = 1;
pub(super) const RECORD: u8 = 2;
pub(super) const JIT: u8 = 3;

/// Why the loop was left.
pub(super) enum Status {
    Return(Value),
    Error,
    /// The last frame is gone, and there is an error.
    Failed,
    /// Go on in another mode, from the synced state.
    Switch,
}

impl Vm {
    pub(super) fn run_loop<const MODE: u8>(&mut self) -> Status {
        let specializes = const { MODE == ADAPTIVE || MODE == JIT };
        let stack = self.stack.base();
        let Some(frame) = self.frames.last() else { return Status::Error };
        let mut r = Regs::of(frame, stack, self.sp, 0);

        // Takes up the state of the top frame, at the instruction behind its position.
        macro_rules! reload {
            ($skip:expr) => {{
                // SAFETY: the loop is left when the last frame of the run returns.
                let frame = unsafe { self.frames.last().unwrap_unchecked() };
                r = Regs::of(frame, stack, self.sp, $skip);
            }};
        }
        macro_rules! error {
            () => {{
                r.sync(self);
                return Status::Error;
            }};
        }
        // What came of something on the synced state; an error is raised.
        macro_rules! attempt {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(error) => {
                        self.fail(error);
                        return Status::Error;
                    }
                }
            };
        }
        // Begins an operator, on the synced state, and goes on in the frame that it pushed, if so.
        macro_rules! operator {
            ($begin:expr) => {{
                if attempt!($begin) {
                    reload!(0);
                    continue;
                }
            }};
        }
        // An access of an attribute, which may push a frame.
        macro_rules! attribute {
            ($did:expr) => {{
                r.sync(self);
                match attempt!($did) {
                    Did::Result => r.sp = self.sp,
                    Did::Frame => reload!(0),
                }
            }};
        }
        // An operator on the two topmost operands, any of them.
        macro_rules! two_operands {
            ($instr:expr, $begin:ident, $value:ident) => {{
                let (a, b) = (r.peek(2), r.peek(1));
                r.sync(self);
                // SAFETY: operands are valid words.
                if unsafe { is_class(a, class::INSTANCE) || is_class(b, class::INSTANCE) } {
                    operator!(self.$begin($instr.x()));
                }
                let result = self.$value($instr.x(), a, b);
                if result.is_null() {
                    error!();
                }
                r.replace_two(result);
            }};
        }
        macro_rules! binary_slow {
            ($instr:expr) => {
                two_operands!($instr, begin_binary, binary_value)
            };
        }
        macro_rules! compare_slow {
            ($instr:expr) => {
                two_operands!($instr, begin_compare, compare_value)
            };
        }
        macro_rules! subscr_slow {
            () => {{
                let (object, index) = (r.peek(2), r.peek(1));
                r.sync(self);
                // SAFETY: operands are valid words.
                if unsafe { is_class(object, class::INSTANCE) } {
                    operator!(self.begin_special(object, "__getitem__", &[index]));
                }
                let result = self.subscr_value(object, index);
                if result.is_null() {
                    error!();
                }
                r.replace_two(result);
            }};
        }
        // A specialized subscript: whether it is done; `None` for other operands.
        macro_rules! subscript {
            ($did:expr) => {{
                match $did {
                    Some(true) => continue,
                    Some(false) => {}
                    None => quicken::miss(r.this()),
                }
                subscr_slow!();
            }};
        }
        // Any instruction, on the synced state.
        macro_rules! execute {
            ($instr:expr) => {{
                r.sync(self);
                attempt!(self.execute($instr));
                r.sp = self.sp;
            }};
        }
        // A specialized binary operation on small ints: `$fast` gives (value, give up).
        macro_rules! int_binary {
            ($instr:expr, |$a:ident, $b:ident| $fast:expr) => {{
                let ($a, $b) = (r.peek(2), r.peek(1));
                if ($a.bits() | $b.bits()) & 1 == 0 {
                    let (result, overflow): (u64, bool) = $fast;
                    if !overflow {
                        r.replace_two(Value::from_bits(result));
                        continue;
                    }
                } else {
                    quicken::miss(r.this());
                }
                binary_slow!($instr);
            }};
        }
        macro_rules! float_binary {
            ($instr:expr, $op:tt) => {{
                if let Some((a, b)) = r.floats() {
                    r.replace_two(self.heap.alloc_float(a $op b));
                    continue;
                }
                quicken::miss(r.this());
                binary_slow!($instr);
            }};
        }
        macro_rules! branch {
            ($instr:expr, $when:expr) => {{
                let condition = r.pop();
                let truth = if condition.is_true() {
                    true
                } else if condition.is_false() {
                    false
                } else if let Some(truth) = quick_truth(condition) {
                    truth
                } else {
                    r.sync(self);
                    match self.truth(condition) {
                        Some(truth) => truth,
                        None => error!(),
                    }
                };
                if truth == $when {
                    r.jump($instr.wide());
                }
            }};
        }
        // A frame has been pushed: counts the entry of its function.
        macro_rules! entered {
            () => {{
                if MODE == JIT {
                    let state = &r.code.entry;
                    let count = state.counter.get() + 1;
                    state.counter.set(count);
                    if count >= self.hot || state.jit.get() != 0 {
                        r.sync_next(self);
                        if let Some(status) = self.hot_entry(r.code.id) {
                            return status;
                        }
                    }
                }
            }};
        }
        macro_rules! call_general {
            ($instr:expr) => {{
                r.sync(self);
                if attempt!(self.call_any($instr.x() as usize)) {
                    reload!(0);
                    entered!();
                } else {
                    r.sp = self.sp;
                }
            }};
        }
        macro_rules! iterate {
            ($instr:expr, $item:expr) => {{
                let item = $item;
                if item.is_null() {
                    r.drop(2);
                    r.jump($instr.wide());
                } else {
                    r.push(item);
                }
            }};
        }
        // A specialized `for_iter`: advances with the method `$next`.
        macro_rules! for_iter {
            ($instr:expr, $class:expr, $next:ident) => {{
                let iterable = r.peek(2);
                // SAFETY: operands are valid words.
                if unsafe { is_class(iterable, $class) } {
                    // SAFETY: the class was checked.
                    iterate!($instr, unsafe { r.$next(iterable) });
                } else {
                    quicken::revert(r.this());
                    r.again();
                }
            }};
        }

        loop {
            if MODE == RECORD {
                r.sync_next(self);
                if self.record_step() {
                    return Status::Switch;
                }
            }
            let mut instr = r.next();
            if MODE == RECORD {
                instr = instr.with_op(instr.op().base());
            }
            r.skip();
            match instr.op() {
                Opcode::Nop => {}
                Opcode::LoadFast => r.push(r.local(instr.y())),
                Opcode::LoadFastLoadFast => {
                    r.push(r.local(instr.y()));
                    r.push(r.local(r.next().y()));
                    r.skip();
                }
                Opcode::LoadFastLoadConst => {
                    r.push(r.local(instr.y()));
                    r.push(r.constant(r.next().wide()));
                    r.skip();
                }
                Opcode::StoreFast => r.pop_local(instr.y()),
                Opcode::StoreFastLoadFast => {
                    r.set_local(instr.y(), r.peek(1));
                    r.set(1, r.local(r.next().y()));
                    r.skip();
                }
                Opcode::StoreFastStoreFast => {
                    r.pop_local(instr.y());
                    r.pop_local(r.next().y());
                    r.skip();
                }
                Opcode::LoadFastCheck => {
                    let value = r.local(instr.y());
                    if value.is_null() {
                        r.sync(self);
                        self.unbound_local(instr.y());
                        return Status::Error;
                    }
                    r.push(value);
                }
                Opcode::LoadConst => r.push(r.constant(instr.wide())),
                Opcode::LoadGlobal => {
                    let global = r.global(instr.wide());
                    let value = global.get();
                    if value.is_null() {
                        r.sync(self);
                        self.unbound_global(instr.wide());
                        return Status::Error;
                    }
                    if specializes {
                        quicken::load_global(r.this(), r.code);
                    }
                    r.push(value);
                }
                Opcode::LoadGlobalCell | Opcode::LoadGlobalBuiltin => {
                    let global = r.global(instr.wide());
                    let value = if instr.op() == Opcode::LoadGlobalCell {
                        global.module.get()
                    } else {
                        match &global.builtin {
                            Some(cell) if global.module.get().is_null() => cell.get(),
                            _ => Value::NULL,
                        }
                    };
                    if value.is_null() {
                        quicken::revert(r.this());
                        r.again();
                        continue;
                    }
                    r.push(value);
                }
                Opcode::StoreGlobal => {
                    let global = r.global(instr.wide());
                    if global.module.is_watched() {
                        r.sync(self);
                        self.watched_store(&global.module);
                    }
                    global.module.set(r.pop());
                }
                Opcode::PopTop => r.drop(1),
                Opcode::PushNull => r.push(Value::NULL),
                Opcode::Copy => r.push(r.peek(instr.wide() as usize)),
                Opcode::Swap => {
                    let n = instr.wide() as usize;
                    let (top, other) = (r.peek(1), r.peek(n));
                    r.set(1, other);
                    r.set(n, top);
                }
                Opcode::BinaryOp => {
                    if specializes && quicken::warm(r.this()) {
                        quicken::binary(r.this(), r.next(), r.peek(2), r.peek(1));
                    }
                    binary_slow!(instr);
                }
                Opcode::BinaryAddInt => int_binary!(instr, |a, b| {
                    let (r, o) = (a.bits() as i64).overflowing_add(b.bits() as i64);
                    (r as u64, o)
                }),
                Opcode::BinaryAddIntStore => {
                    let (a, b) = (r.peek(2), r.peek(1));
                    if (a.bits() | b.bits()) & 1 == 0 {
                        let (sum, overflow) = (a.bits() as i64).overflowing_add(b.bits() as i64);
                        if !overflow {
                            r.drop(2);
                            r.store_next(Value::from_bits(sum as u64));
                            continue;
                        }
                    } else {
                        quicken::miss(r.this());
                    }
                    binary_slow!(instr);
                }
                Opcode::BinaryAddFloatStore => {
                    if let Some((a, b)) = r.floats() {
                        r.drop(2);
                        r.store_next(self.heap.alloc_float(a + b));
                        continue;
                    }
                    quicken::miss(r.this());
                    binary_slow!(instr);
                }
                Opcode::BinarySubInt => int_binary!(instr, |a, b| {
                    let (r, o) = (a.bits() as i64).overflowing_sub(b.bits() as i64);
                    (r as u64, o)
                }),
                Opcode::BinaryMulInt => int_binary!(instr, |a, b| {
                    let (r, o) = a.small_int_value().overflowing_mul(b.bits() as i64);
                    (r as u64, o)
                }),
                Opcode::BinaryFloorDivInt => int_binary!(instr, |a, b| {
                    let (q, o) = semantics::floor_div(a.small_int_value(), b.small_int_value());
                    let (r, o2) = semantics::tag(q);
                    (r, o | o2)
                }),
                Opcode::BinaryModInt => int_binary!(instr, |a, b| {
                    // Doubling both operands doubles the remainder: no need to untag.
                    let (r, o) = semantics::floor_mod(a.bits() as i64, b.bits() as i64);
                    (r as u64, o)
                }),
                Opcode::BinaryAndInt => int_binary!(instr, |a, b| (a.bits() & b.bits(), false)),
                Opcode::BinaryAddFloat => float_binary!(instr, +),
                Opcode::BinarySubFloat => float_binary!(instr, -),
                Opcode::BinaryMulFloat => float_binary!(instr, *),
                Opcode::BinaryDivFloat => {
                    match r.floats() {
                        Some((a, b)) if b != 0.0 => {
                            r.replace_two(self.heap.alloc_float(a / b));
                            continue;
                        }
                        Some(_) => {}
                        None => quicken::miss(r.this()),
                    }
                    binary_slow!(instr);
                }
                Opcode::BinaryAddStr => {
                    if let (Some(a), Some(b)) = (r.peek(2).as_str(), r.peek(1).as_str())
                        && let Ok(result) = self.heap.concat(a, b)
                    {
                        r.replace_two(result);
                        continue;
                    }
                    quicken::miss(r.this());
                    binary_slow!(instr);
                }
                Opcode::BinaryFloatMixed => {
                    if let Some((a, b)) = r.mixed_floats() {
                        if let Some(result) = mixed_result(instr.x(), a, b) {
                            r.replace_two(self.heap.alloc_float(result));
                            continue;
                        }
                    } else {
                        quicken::miss(r.this());
                    }
                    binary_slow!(instr);
                }
                Opcode::CompareOp => {
                    if specializes && quicken::warm(r.this()) {
                        quicken::compare(r.this(), r.next(), r.peek(2), r.peek(1));
                    }
                    compare_slow!(instr);
                }
                Opcode::CompareInt | Opcode::CompareIntJump => {
                    let (a, b) = (r.peek(2), r.peek(1));
                    if (a.bits() | b.bits()) & 1 != 0 {
                        quicken::miss(r.this());
                        compare_slow!(instr);
                        continue;
                    }
                    let kind = CompareKind::from_x(instr.x());
                    let result = compare(kind, a.bits() as i64, b.bits() as i64);
                    r.compared(result, instr.op() == Opcode::CompareIntJump);
                }
                Opcode::CompareFloat | Opcode::CompareFloatJump => {
                    let Some((a, b)) = r.floats() else {
                        quicken::miss(r.this());
                        compare_slow!(instr);
                        continue;
                    };
                    let result = compare(CompareKind::from_x(instr.x()), a, b);
                    r.compared(result, instr.op() == Opcode::CompareFloatJump);
                }
                Opcode::CompareStr | Opcode::CompareStrJump => {
                    let (Some(a), Some(b)) = (r.peek(2).as_str(), r.peek(1).as_str()) else {
                        quicken::miss(r.this());
                        compare_slow!(instr);
                        continue;
                    };
                    let kind = CompareKind::from_x(instr.x());
                    let result = same_text(a, b) == (kind == CompareKind::Eq);
                    r.compared(result, instr.op() == Opcode::CompareStrJump);
                }
                Opcode::Jump => r.jump(instr.wide()),
                Opcode::JumpBackward => {
                    let index = instr.wide();
                    if self.heap.collect_requested() {
                        r.sync(self);
                        attempt!(self.safe_point());
                    }
                    let state = r.loop_state(index);
                    r.jump(state.header);
                    if MODE == JIT {
                        let count = state.counter.get() + 1;
                        state.counter.set(count);
                        if count >= self.hot || state.jit.get() != 0 {
                            r.sync_next(self);
                            if let Some(status) = self.hot_back_edge(r.code.id, index) {
                                return status;
                            }
                        }
                    }
                }
                Opcode::PopJumpIfFalse => branch!(instr, false),
                Opcode::PopJumpIfTrue => branch!(instr, true),
                Opcode::JumpIfFalseOrPop | Opcode::JumpIfTrueOrPop => {
                    let when = instr.op() == Opcode::JumpIfTrueOrPop;
                    r.sync(self);
                    match self.truth(r.peek(1)) {
                        Some(truth) if truth == when => r.jump(instr.wide()),
                        Some(_) => r.drop(1),
                        None => error!(),
                    }
                }
                Opcode::ForIter => {
                    let iterable = r.peek(2);
                    if specializes {
                        quicken::for_iter(r.this(), r.next(), iterable);
                    }
                    match iterable.class() {
                        // SAFETY: the class is known.
                        class::RANGE => iterate!(instr, unsafe { r.range_next(iterable) }),
                        // SAFETY: the class is known.
                        class::LIST => iterate!(instr, unsafe { r.list_next(iterable) }),
                        // SAFETY: the class is known.
                        class::TUPLE => iterate!(instr, unsafe { r.tuple_next(iterable) }),
                        class::GENERATOR => {
                            r.sync(self);
                            attempt!(self.begin_resume(iterable));
                            reload!(0);
                        }
                        _ => {
                            r.sync(self);
                            // SAFETY: operands are valid words.
                            if unsafe { is_class(iterable, class::INSTANCE) } {
                                operator!(self.begin_special(iterable, "__next__", &[]));
                            }
                            let at = r.peek(1);
                            match attempt!(crate::ops::for_next(self, iterable, at)) {
                                Some((item, at)) => {
                                    r.set(1, at);
                                    r.push(item);
                                }
                                None => {
                                    r.drop(2);
                                    r.jump(instr.wide());
                                }
                            }
                        }
                    }
                }
                Opcode::ForIterRange => for_iter!(instr, class::RANGE, range_next),
                Opcode::ForIterRangeStore => {
                    let iterable = r.peek(2);
                    // SAFETY: operands are valid words.
                    if unsafe { is_class(iterable, class::RANGE) } {
                        // SAFETY: the class was checked.
                        let item = unsafe { r.range_next(iterable) };
                        if item.is_null() {
                            r.drop(2);
                            r.jump(instr.wide());
                        } else {
                            r.store_next(item);
                        }
                    } else {
                        quicken::revert(r.this());
                        r.again();
                    }
                }
                Opcode::ForIterList => for_iter!(instr, class::LIST, list_next),
                Opcode::ForIterTuple => for_iter!(instr, class::TUPLE, tuple_next),
                Opcode::EndFor => r.drop(2),
                Opcode::BinarySubscr => {
                    if specializes && quicken::warm(r.this()) {
                        quicken::subscr(r.this(), r.before(), r.peek(2), r.peek(1));
                    }
                    subscr_slow!();
                }
                Opcode::LoadFastSubscrList => {
                    if !r.subscript_by_local(instr.y()) {
                        r.push(r.local(instr.y()));
                    }
                }
                Opcode::SubscrListInt => {
                    if r.subscript_list() {
                        continue;
                    }
                    if !r.list_and_int(2, 1) {
                        quicken::miss(r.this());
                    }
                    subscr_slow!();
                }
                Opcode::SubscrTupleInt => subscript!(r.subscript_tuple()),
                Opcode::SubscrStrInt => subscript!(r.subscript_str(self)),
                Opcode::SubscrDict => subscript!(r.subscript_dict()),
                Opcode::StoreSubscr => {
                    let (value, object, index) = (r.peek(3), r.peek(2), r.peek(1));
                    if specializes && quicken::warm(r.this()) {
                        quicken::store_subscr(r.this(), object, index);
                    }
                    // SAFETY: operands are valid words.
                    if unsafe { is_class(object, class::INSTANCE) } {
                        r.sync(self);
                        operator!(self.begin_special(object, "__setitem__", &[index, value]));
                    }
                    execute!(instr);
                }
                Opcode::StoreSubscrListInt => {
                    if r.store_list() {
                        continue;
                    }
                    if !r.list_and_int(2, 1) {
                        quicken::miss(r.this());
                    }
                    execute!(instr.with_op(Opcode::StoreSubscr));
                }
                Opcode::UnpackSequence => {
                    if specializes && quicken::warm(r.this()) {
                        quicken::unpack(r.this(), r.peek(1));
                    }
                    execute!(instr);
                }
                Opcode::UnpackTuple => {
                    if r.unpack_tuple(instr.x() as usize) {
                        continue;
                    }
                    quicken::miss(r.this());
                    execute!(instr.with_op(Opcode::UnpackSequence));
                }
                Opcode::Call => {
                    if specializes && quicken::warm(r.this()) {
                        let args = instr.x() as usize;
                        quicken::call(r.this(), r.peek(args + 2), r.peek(args + 1));
                    }
                    call_general!(instr);
                }
                Opcode::CallPython => {
                    match r.call_plain(self, instr.x() as usize) {
                        Some(true) => {
                            entered!();
                            continue;
                        }
                        Some(false) => {}
                        None => quicken::miss(r.this()),
                    }
                    call_general!(instr);
                }
                Opcode::CallBuiltin => {
                    let args = instr.x() as usize;
                    let (callable, receiver) = (r.peek(args + 2), r.peek(args + 1));
                    // SAFETY: operands are valid words; the arguments stay on the stack during
                    // the call.
                    unsafe {
                        let plain = args != 1 || !is_class(r.peek(1), class::INSTANCE);
                        if plain
                            && is_class(callable, class::BUILTIN)
                            && !self.heap.collect_requested()
                        {
                            r.sync(self);
                            let given = args + usize::from(!receiver.is_null());
                            let values = Args::new(r.sp.sub(given), given);
                            let number = (*callable.cell::<Header>()).aux;
                            let result = self.builtin_value(number, values);
                            if result.is_null() {
                                return Status::Error;
                            }
                            r.drop(args + 1);
                            r.set(1, result);
                            continue;
                        }
                    }
                    // SAFETY: operands are valid words.
                    if !unsafe { is_class(callable, class::BUILTIN) } {
                        quicken::miss(r.this());
                    }
                    call_general!(instr);
                }
                Opcode::CallKw => {
                    r.sync(self);
                    if attempt!(self.call_keywords(instr.wide() as usize)) {
                        reload!(0);
                    } else {
                        r.sp = self.sp;
                    }
                }
                Opcode::ReturnValue => {
                    let value = r.pop();
                    // SAFETY: the frame that executes is there.
                    let frame = unsafe { self.frames.last().unwrap_unchecked() };
                    if u8::from(frame.entry) | frame.kind as u8 != 0 {
                        match self.special_return(value) {
                            Returned::Run(value) => return Status::Return(value),
                            Returned::Caller(value) => {
                                reload!(1);
                                r.push(value);
                                continue;
                            }
                            Returned::Operator => {
                                reload!(1);
                                continue;
                            }
                            Returned::Jump => {
                                reload!(0);
                                continue;
                            }
                            Returned::Error => return Status::Error,
                            Returned::Failed => return Status::Failed,
                        }
                    }
                    self.sp = stack.wrapping_add(frame.return_sp as usize);
                    self.frames.pop();
                    reload!(1);
                    r.push(value);
                }
                Opcode::Yield => {
                    r.sync(self);
                    let (value, leaves) = self.suspend();
                    if leaves {
                        return Status::Return(value);
                    }
                    reload!(1);
                    r.push(value);
                }
                Opcode::YieldFrom => {
                    r.sync(self);
                    match attempt!(self.yield_from()) {
                        Delegated::Frame => reload!(0),
                        Delegated::Yielded(value, true) => return Status::Return(value),
                        Delegated::Yielded(value, false) => {
                            reload!(1);
                            r.push(value);
                        }
                        Delegated::Over => r.sp = self.sp,
                    }
                }
                Opcode::LoadDeref => {
                    let cell = r.local(instr.y());
                    // SAFETY: the compiler makes a cell of the local before this instruction.
                    let value = unsafe { (*cell.cell::<WordsCell>()).words[0] };
                    if value.is_null() {
                        r.sync(self);
                        self.unbound_cell(instr.y());
                        return Status::Error;
                    }
                    r.push(value);
                }
                Opcode::StoreDeref => {
                    let cell = r.local(instr.y());
                    let value = r.pop();
                    // SAFETY: as above.
                    unsafe { (*cell.cell::<WordsCell>()).words[0] = value };
                }
                Opcode::CallEx => {
                    r.sync(self);
                    if attempt!(self.call_unpacked(instr.wide() == 1)) {
                        reload!(0);
                    } else {
                        r.sp = self.sp;
                    }
                }
                Opcode::LoadAttr => attribute!(self.load_attribute(instr.y(), false)),
                Opcode::LoadMethod if r.load_own_method(instr.y()) => {}
                Opcode::LoadMethod => attribute!(self.load_attribute(instr.y(), true)),
                Opcode::StoreAttr => attribute!(self.store_attribute(instr.y())),
                Opcode::LoadAttrProperty => {
                    let object = r.peek(1);
                    let cache = r.attr_cache(instr.y());
                    // SAFETY: operands are valid words.
                    if unsafe { hits(cache, object, self.epoch) } {
                        r.sync(self);
                        operator!(self.push_operator(cache.method, &[object]));
                    }
                    quicken::attribute_miss(r.this());
                    attribute!(self.load_attribute(instr.y(), false));
                }
                Opcode::LoadAttrSlot => {
                    if r.load_slot(instr.y(), self.epoch) {
                        continue;
                    }
                    quicken::attribute_miss(r.this());
                    attribute!(self.load_attribute(instr.y(), false));
                }
                Opcode::LoadAttrClass => {
                    if r.load_of_class(instr.y(), self.epoch) {
                        continue;
                    }
                    quicken::attribute_miss(r.this());
                    attribute!(self.load_attribute(instr.y(), false));
                }
                Opcode::LoadMethodClass => {
                    if r.load_method(instr.y(), self.epoch) {
                        continue;
                    }
                    quicken::attribute_miss(r.this());
                    attribute!(self.load_attribute(instr.y(), true));
                }
                Opcode::StoreAttrSlot => {
                    if r.store_slot(instr.y(), self.epoch) {
                        continue;
                    }
                    quicken::attribute_miss(r.this());
                    attribute!(self.store_attribute(instr.y()));
                }
                Opcode::StoreAttrAdd => {
                    if r.store_new(instr.y(), self.epoch) {
                        continue;
                    }
                    quicken::attribute_miss(r.this());
                    attribute!(self.store_attribute(instr.y()));
                }
                Opcode::IsOp => {
                    let same = r.peek(2) == r.peek(1);
                    let jump = MODE != RECORD && jumps_on(r.next().op());
                    r.compared(same != (instr.x() == 1), jump);
                }
                Opcode::UnaryNot if r.negate_bool() => {}
                Opcode::UnaryNeg if r.negate_int() => {}
                Opcode::ContainsOp if r.contains(instr.x() == 1) => {}
                Opcode::GetIter if r.iterate_by_position() => {}
                Opcode::BuildTuple if r.build_tuple(self, instr.wide() as usize) => {}
                Opcode::BuildList if r.build_list(self, instr.wide() as usize) => {}
                Opcode::ListAppend if r.append(instr.wide() as usize) => {}
                Opcode::BuildSlice
                    if MODE != RECORD && r.slice_at_once(self, instr.wide() as usize) => {}
                Opcode::DeleteFast
                | Opcode::DeleteGlobal
                | Opcode::UnaryNeg
                | Opcode::UnaryPos
                | Opcode::UnaryInvert
                | Opcode::UnaryNot
                | Opcode::ContainsOp
                | Opcode::GetIter
                | Opcode::BuildList
                | Opcode::BuildTuple
                | Opcode::BuildString
                | Opcode::BuildSlice
                | Opcode::FormatValue
                | Opcode::ListAppend
                | Opcode::ListExtend
                | Opcode::ListToTuple
                | Opcode::UnpackEx
                | Opcode::DeleteSubscr
                | Opcode::MakeFunction
                | Opcode::ImportName
                | Opcode::ImportFrom
                | Opcode::ImportStar
                | Opcode::LoadAssertionError
                | Opcode::Raise
                | Opcode::LoadName
                | Opcode::StoreName
                | Opcode::DeleteName
                | Opcode::PrepareClass
                | Opcode::BeginClass
                | Opcode::MakeCell
                | Opcode::DeleteDeref
                | Opcode::DeleteAttr
                | Opcode::BuildMap
                | Opcode::BuildSet
                | Opcode::MapAdd
                | Opcode::SetAdd
                | Opcode::DictUpdate
                | Opcode::DictMerge
                | Opcode::SetUpdate
                | Opcode::BuildKwDefaults
                | Opcode::ClassNamespace
                | Opcode::BuildClass
                | Opcode::GetYieldFromIter
                | Opcode::PushExcInfo
                | Opcode::PopExcept
                | Opcode::CheckExcMatch
                | Opcode::Reraise
                | Opcode::BeforeWith
                | Opcode::WithExceptStart => execute!(instr),
            }
        }
    }
}
