//! The frequent cases of instructions that have no specialized forms, on the interpreter's registers.
//!
//! Each does the whole instruction and says so, or does nothing: then [`Vm::execute`] does it. None of them
//! raises, runs code of the program, or collects. The `unsafe` blocks rely on what [`super::regs`] and
//! [`super::run`] say: operands are valid words, and what instructions name exists.

use super::Vm;
use super::members::class_key;
use super::regs::{Regs, is_class};
use crate::class;
use crate::object::{Header, ListCell, RangeCell};
use crate::ops;
use crate::value::Value;
use tierlab_frontend::bytecode::Opcode;

/// The truth of `None` and of ints, lists and tuples.
#[inline(always)]
pub(super) fn quick_truth(value: Value) -> Option<bool> {
    if value.is_small_int() {
        return Some(value != Value::ZERO);
    }
    match value.class() {
        class::NONE => Some(false),
        class::LIST => value.as_list().map(|list| !list.is_empty()),
        class::TUPLE => value.as_tuple().map(|tuple| !tuple.is_empty()),
        _ => None,
    }
}

/// Whether an instruction jumps or not by the bool that it takes.
#[inline(always)]
pub(super) fn jumps_on(op: Opcode) -> bool {
    matches!(op, Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue)
}

impl Regs<'_> {
    /// `unary_not` of a bool.
    #[inline(always)]
    pub fn negate_bool(&mut self) -> bool {
        let value = self.peek(1);
        if value.is_true() {
            self.set(1, Value::bool(false));
        } else if value.is_false() {
            self.set(1, Value::bool(true));
        } else {
            return false;
        }
        true
    }

    /// `unary_neg` of a small int.
    #[inline(always)]
    pub fn negate_int(&mut self) -> bool {
        let value = self.peek(1);
        match (value.bits() as i64).checked_neg() {
            Some(negated) if value.is_small_int() => {
                self.set(1, Value::from_bits(negated as u64));
                true
            }
            _ => false,
        }
    }

    /// `contains_op` with a key that is hashed and compared without the program's code.
    #[inline(always)]
    pub fn contains(&mut self, negated: bool) -> bool {
        let found = ops::contains_plain(self.peek(2), self.peek(1));
        if let Some(found) = found {
            self.replace_two(Value::bool(found != negated));
        }
        found.is_some()
    }

    /// `get_iter` of what is iterated over by position.
    #[inline(always)]
    pub fn iterate_by_position(&mut self) -> bool {
        let value = self.peek(1);
        if value.is_small_int() {
            return false;
        }
        // SAFETY: operands are valid words, and a range's cell is one.
        let at = unsafe {
            match (*value.cell::<Header>()).class {
                class::LIST | class::TUPLE | class::STR => Value::ZERO,
                class::RANGE => Value::small((*value.cell::<RangeCell>()).start),
                _ => return false,
            }
        };
        self.push(at);
        true
    }

    /// `build_tuple`.
    #[inline(always)]
    pub fn build_tuple(&mut self, vm: &mut Vm, n: usize) -> bool {
        // SAFETY: the operands are there.
        let tuple = vm.heap.alloc_tuple(unsafe { std::slice::from_raw_parts(self.sp.sub(n), n) });
        self.built(n, tuple.ok())
    }

    /// `build_list`.
    #[inline(always)]
    pub fn build_list(&mut self, vm: &mut Vm, n: usize) -> bool {
        // SAFETY: the operands are there.
        let items = unsafe { std::slice::from_raw_parts(self.sp.sub(n), n) };
        let list = vm.heap.alloc_list_of(items);
        self.built(n, list.ok())
    }

    #[inline(always)]
    fn built(&mut self, n: usize, result: Option<Value>) -> bool {
        let Some(result) = result else { return false };
        self.drop(n);
        self.push(result);
        true
    }

    /// `list_append`, where the list has room.
    #[inline(always)]
    pub fn append(&mut self, depth: usize) -> bool {
        let (item, list) = (self.peek(1), self.peek(depth + 1));
        // SAFETY: operands are valid words; there is room for one more item after the check.
        unsafe {
            if !is_class(list, class::LIST) {
                return false;
            }
            let list = list.cell::<ListCell>();
            let len = (*list).len;
            if len == (*list).capacity {
                return false;
            }
            (*list).items.add(len as usize).write(item);
            (*list).len = len + 1;
        }
        self.drop(1);
        true
    }

    /// `build_slice` and the `binary_subscr` or `store_subscr` that follows, of a list, tuple or string with bounds
    /// that are small ints or left out: there is no slice object.
    #[inline(always)]
    pub fn slice_at_once(&mut self, vm: &mut Vm, n: usize) -> bool {
        let step = if n == 3 { self.peek(1) } else { Value::none() };
        let (object, bounds) = (self.peek(n + 1), [self.peek(n), self.peek(n - 1), step]);
        match self.next().op().base() {
            Opcode::BinarySubscr => {
                let Some(part) = ops::plain_slice(vm, object, bounds) else { return false };
                self.drop(n);
                self.set(1, part);
            }
            Opcode::StoreSubscr => {
                if !ops::store_plain_slice(vm, object, bounds, self.peek(n + 2)) {
                    return false;
                }
                self.drop(n + 2);
            }
            _ => return false,
        }
        self.skip();
        true
    }

    /// `load_method` of a method of a built-in type.
    #[inline(always)]
    pub fn load_own_method(&mut self, name: u16) -> bool {
        let object = self.peek(1);
        let cache = self.attr_cache(name);
        if cache.key != class_key(object) || cache.method.is_null() {
            return false;
        }
        self.set(1, cache.method);
        self.push(object);
        true
    }
}
