//! The interpreter's registers: where it is in code and stack.
//!
//! The methods are inlined into the loop, so that the fields live in machine registers. Their
//! `unsafe` blocks rely on what the compiler's checker proved of all code (see
//! [`super::run`]): operands, locals, constants and targets named by instructions exist.

use super::{AttrCache, Frame, Vm};
use crate::code::{GlobalRef, LoopState, RtCode};
use crate::object::{FloatCell, FunctionCell, Header, InstanceCell};
use crate::value::Value;
use std::cell::Cell;
use tierlab_frontend::bytecode::{CompareKind, Instr};

/// The state of the top frame while the loop runs.
pub(super) struct Regs<'a> {
    pub code: &'a RtCode,
    /// Behind the current instruction.
    pub pc: *const Cell<Instr>,
    /// The first local.
    pub base: *mut Value,
    /// One past the top operand.
    pub sp: *mut Value,
}

impl<'a> Regs<'a> {
    /// The state of a frame, `skip` instructions behind its position.
    #[inline(always)]
    pub fn of(frame: &Frame, stack: *mut Value, sp: *mut Value, skip: usize) -> Regs<'a> {
        // SAFETY: frames hold live runtime code, which never moves and lives as long as the
        // machine; they lie inside the stack, and their positions inside the code.
        unsafe {
            let code = &*frame.code;
            let pc = code.instrs.as_ptr().add(frame.pc as usize + skip);
            Regs { code, pc, base: stack.add(frame.base as usize), sp }
        }
    }

    /// Writes the current instruction's position and the stack pointer where others see them.
    #[inline(always)]
    pub fn sync(&self, vm: &mut Vm) {
        // SAFETY: `pc` points into the instructions of `code`, and a frame runs.
        unsafe {
            let index = self.pc.offset_from(self.code.instrs.as_ptr()) - 1;
            let last = vm.frames.len() - 1;
            vm.frames.get_unchecked_mut(last).pc = index as u32;
        }
        vm.sp = self.sp;
    }

    /// The same with the position of the next instruction.
    #[inline(always)]
    pub fn sync_next(&self, vm: &mut Vm) {
        // SAFETY: as above; `pc` is inside the code or just behind it.
        unsafe {
            let index = self.pc.offset_from(self.code.instrs.as_ptr());
            let last = vm.frames.len() - 1;
            vm.frames.get_unchecked_mut(last).pc = index as u32;
        }
        vm.sp = self.sp;
    }

    #[inline(always)]
    pub fn push(&mut self, value: Value) {
        // SAFETY: the frame has room for the code's operands.
        unsafe {
            self.sp.write(value);
            self.sp = self.sp.add(1);
        }
    }

    #[inline(always)]
    pub fn pop(&mut self) -> Value {
        // SAFETY: the operand is there.
        unsafe {
            self.sp = self.sp.sub(1);
            self.sp.read()
        }
    }

    /// The operand `n` below the top (1 is the top).
    #[inline(always)]
    pub fn peek(&self, n: usize) -> Value {
        // SAFETY: the operand is there.
        unsafe { *self.sp.sub(n) }
    }

    /// Replaces the operand `n` below the top.
    #[inline(always)]
    pub fn set(&mut self, n: usize, value: Value) {
        // SAFETY: the operand is there.
        unsafe { *self.sp.sub(n) = value }
    }

    #[inline(always)]
    pub fn drop(&mut self, n: usize) {
        // SAFETY: the operands are there.
        self.sp = unsafe { self.sp.sub(n) }
    }

    /// Replaces the two topmost operands.
    #[inline(always)]
    pub fn replace_two(&mut self, value: Value) {
        self.drop(1);
        self.set(1, value);
    }

    #[inline(always)]
    pub fn local(&self, n: u16) -> Value {
        // SAFETY: the local is there.
        unsafe { *self.base.add(n as usize) }
    }

    #[inline(always)]
    pub fn set_local(&mut self, n: u16, value: Value) {
        // SAFETY: the local is there.
        unsafe { *self.base.add(n as usize) = value }
    }

    /// Stores into the local of the next instruction, a `store_fast`, which is skipped.
    #[inline(always)]
    pub fn store_next(&mut self, value: Value) {
        let n = self.next().y();
        self.set_local(n, value);
        self.skip();
    }

    /// The place of the instruction before the current one.
    pub fn before(&self) -> Option<&'a Cell<Instr>> {
        // SAFETY: `pc` is behind an instruction of the code.
        let index = unsafe { self.pc.offset_from(self.code.instrs.as_ptr()) };
        self.code.instrs.get(usize::try_from(index).ok()?.checked_sub(2)?)
    }

    /// Pops into a local.
    #[inline(always)]
    pub fn pop_local(&mut self, n: u16) {
        let value = self.pop();
        self.set_local(n, value);
    }

    #[inline(always)]
    pub fn constant(&self, n: u32) -> Value {
        // SAFETY: the constant is there.
        unsafe { *self.code.consts.get_unchecked(n as usize) }
    }

    #[inline(always)]
    pub fn global(&self, n: u32) -> &'a GlobalRef {
        // SAFETY: the name is there.
        unsafe { self.code.globals.get_unchecked(n as usize) }
    }

    #[inline(always)]
    pub fn loop_state(&self, n: u32) -> &'a LoopState {
        // SAFETY: the loop is there.
        unsafe { self.code.loops.get_unchecked(n as usize) }
    }

    /// What an attribute's name was last found to be.
    #[inline(always)]
    pub fn attr_cache(&self, n: u16) -> &'a AttrCache {
        // SAFETY: the name is there; the interpreter alone writes caches, and not while it looks
        // at this one.
        unsafe { &*self.code.attr_cache.get_unchecked(n as usize).as_ptr() }
    }

    /// The next instruction.
    #[inline(always)]
    pub fn next(&self) -> Instr {
        // SAFETY: code ends with an instruction that does not go on, and one more.
        unsafe { (*self.pc).get() }
    }

    #[inline(always)]
    pub fn skip(&mut self) {
        // SAFETY: as for `next`.
        self.pc = unsafe { self.pc.add(1) }
    }

    /// Back to the current instruction, to execute it again.
    #[inline(always)]
    pub fn again(&mut self) {
        // SAFETY: `pc` is behind an instruction of the code.
        self.pc = unsafe { self.pc.sub(1) }
    }

    /// The place of the current instruction.
    #[inline(always)]
    pub fn this(&self) -> &'a Cell<Instr> {
        // SAFETY: `pc` is behind an instruction of the code.
        unsafe { &*self.pc.sub(1) }
    }

    #[inline(always)]
    pub fn jump(&mut self, target: u32) {
        // SAFETY: jumps land inside the code.
        self.pc = unsafe { self.code.instrs.as_ptr().add(target as usize) }
    }
}

/// Whether a word refers to a cell of a class.
///
/// # Safety
/// The word is valid and not NULL.
#[inline(always)]
pub(super) unsafe fn is_class(v: Value, class: u32) -> bool {
    // SAFETY: a valid word with the tag refers to a live cell, which starts with a header.
    !v.is_small_int() && unsafe { (*v.cell::<Header>()).class } == class
}

/// # Safety
/// The word refers to a float box.
#[inline(always)]
pub(super) unsafe fn float(v: Value) -> f64 {
    // SAFETY: the caller says so.
    unsafe { (*v.cell::<FloatCell>()).value }
}

/// Gives a new frame the cells that its function captured.
///
/// # Safety
/// The function has that code, and `first` points at the locals of a frame for it.
#[inline(never)]
pub(super) unsafe fn copy_cells(function: &FunctionCell, code: &RtCode, first: *mut Value) {
    let cells = function.closure.as_tuple().map_or(&[][..], |tuple| tuple.items());
    for (i, cell) in cells.iter().take(code.free as usize).enumerate() {
        // SAFETY: the caller says so; the free names are among the locals.
        unsafe { first.add(code.first_free as usize + i).write(*cell) };
    }
}

/// Whether a cache of an attribute is good for an object.
///
/// # Safety
/// The word is valid and not NULL.
#[inline(always)]
pub(super) unsafe fn hits(cache: &AttrCache, object: Value, epoch: u32) -> bool {
    // SAFETY: a valid word with the tag refers to a live cell, which starts with its header.
    !object.is_small_int() && unsafe { *object.cell::<u64>() } == cache.key && cache.epoch == epoch
}

/// The place of an attribute in the cell of an object.
///
/// # Safety
/// The word refers to an object with a shape that has the slot in its cell.
#[inline(always)]
pub(super) unsafe fn slot(object: Value, slot: u32) -> *mut Value {
    object.cell::<InstanceCell>().wrapping_add(1).cast::<Value>().wrapping_add(slot as usize)
}

#[inline(always)]
pub(super) fn compare<T: PartialOrd>(kind: CompareKind, a: T, b: T) -> bool {
    match kind {
        CompareKind::Lt => a < b,
        CompareKind::Le => a <= b,
        CompareKind::Eq => a == b,
        CompareKind::Ne => a != b,
        CompareKind::Gt => a > b,
        CompareKind::Ge => a >= b,
    }
}
