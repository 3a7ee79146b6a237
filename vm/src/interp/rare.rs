//! Instructions that are not written out in the interpreter loop, on the synced state.

use super::{Vm, call::Begun};
use crate::class;
use crate::code::RtCode;
use crate::error::{ExcKind, PyError, PyResult};
use crate::ops;
use crate::text::type_name;
use crate::types::{Found, Holder};
use crate::value::Value;
use tierlab_frontend::bytecode::{Instr, Opcode};

impl Vm {
    /// The code of the top frame.
    pub(super) fn current(&self) -> &RtCode {
        match self.frames.last() {
            Some(frame) => frame.code(),
            None => unreachable!("instructions are executed by a frame"),
        }
    }

    #[inline]
    pub(super) fn peek(&self, depth: usize) -> Value {
        self.stack.get(self.sp() - depth)
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Value {
        let sp = self.sp() - 1;
        self.set_sp(sp);
        self.stack.get(sp)
    }

    #[inline]
    pub(super) fn push(&mut self, value: Value) {
        let sp = self.sp();
        self.stack.set(sp, value);
        self.set_sp(sp + 1);
    }

    /// Replaces the topmost `n` entries by one.
    #[inline]
    pub(super) fn replace(&mut self, n: usize, value: Value) {
        let sp = self.sp() - n;
        self.stack.set(sp, value);
        self.set_sp(sp + 1);
    }

    pub(super) fn drop_top(&mut self, n: usize) {
        self.set_sp(self.sp() - n);
    }

    /// The topmost `n` entries.
    pub(super) fn top(&self, n: usize) -> Vec<Value> {
        self.stack.words(self.sp() - n, self.sp()).to_vec()
    }

    /// Executes one instruction.
    #[inline(never)]
    pub(super) fn execute(&mut self, instr: Instr) -> PyResult<()> {
        match instr.op() {
            Opcode::DeleteFast => {
                let index = self.frames.last().map_or(0, |f| f.base as usize) + instr.y() as usize;
                if self.stack.get(index).is_null() {
                    self.unbound_local(instr.y());
                    return Err(self.pending());
                }
                self.stack.set(index, Value::NULL);
            }
            Opcode::DeleteGlobal => {
                let global = self.current().globals[instr.wide() as usize].clone();
                if global.module.get().is_null() {
                    self.unbound_global(instr.wide());
                    return Err(self.pending());
                }
                if global.module.is_watched() {
                    self.watched_store(&global.module);
                }
                global.module.set(Value::NULL);
            }
            Opcode::LoadAttr => {
                let object = self.peek(1);
                let (value, receiver) = self.attribute(object, instr.y())?;
                let value = self.as_one(value, receiver);
                self.replace(1, value);
            }
            Opcode::LoadMethod => {
                let object = self.peek(1);
                let (value, receiver) = self.attribute(object, instr.y())?;
                self.replace(1, value);
                self.push(receiver);
            }
            Opcode::StoreAttr => {
                let (object, value) = (self.peek(1), self.peek(2));
                self.store_attribute(object, instr.y(), value)?;
                self.drop_top(2);
            }
            Opcode::UnaryNeg | Opcode::UnaryPos | Opcode::UnaryInvert | Opcode::UnaryNot => {
                let value = ops::unary(self, instr.op(), self.peek(1))?;
                self.replace(1, value);
            }
            Opcode::IsOp => {
                let same = same(self.peek(2), self.peek(1));
                self.replace(2, Value::bool(same != (instr.x() == 1)));
            }
            Opcode::ContainsOp => {
                let found = ops::contains(self, self.peek(2), self.peek(1))?;
                self.replace(2, Value::bool(found != (instr.x() == 1)));
            }
            Opcode::GetIter => {
                let (iterable, at) = ops::get_iter(self, self.peek(1))?;
                self.replace(1, iterable);
                self.push(at);
            }
            Opcode::BuildList => {
                let n = instr.wide() as usize;
                let (from, to) = (self.sp() - n, self.sp());
                let list = self.heap.alloc_list_of(self.stack.words(from, to))?;
                self.replace(n, list);
            }
            Opcode::BuildTuple => {
                let n = instr.wide() as usize;
                let (from, to) = (self.sp() - n, self.sp());
                let tuple = self.heap.alloc_tuple(self.stack.words(from, to))?;
                self.replace(n, tuple);
            }
            Opcode::BuildString => {
                let n = instr.wide() as usize;
                let mut text = String::new();
                for part in self.top(n) {
                    text.push_str(part.as_str().map_or("", |s| s.text()));
                }
                let text = self.heap.alloc_str(&text);
                self.replace(n, text);
            }
            Opcode::BuildSlice => {
                let n = instr.wide() as usize;
                let parts = self.top(n);
                let step = parts.get(2).copied().unwrap_or(Value::none());
                let slice = self.heap.alloc_words(class::SLICE, 0, [parts[0], parts[1], step]);
                self.replace(n, slice);
            }
            Opcode::FormatValue => {
                let n = 1 + usize::from(instr.y() == 1);
                let spec = if n == 2 { self.peek(1) } else { Value::NULL };
                let text = ops::format_value(self, instr.x(), self.peek(n), spec)?;
                self.replace(n, text);
            }
            Opcode::ListAppend => {
                let item = self.pop();
                if let Some(list) = self.peek(instr.wide() as usize).as_list() {
                    self.heap.list_append(list, item)?;
                }
            }
            Opcode::ListExtend => {
                let iterable = self.peek(1);
                if !ops::is_iterable(self, iterable) {
                    return Err(PyError::type_error(format!(
                        "Value after * must be an iterable, not {}",
                        type_name(iterable)
                    )));
                }
                if let Some(list) = self.peek(1 + instr.wide() as usize).as_list() {
                    ops::list_extend(self, list, iterable)?;
                }
                self.drop_top(1);
            }
            Opcode::ListToTuple => {
                let items = self.peek(1).as_list().map_or(Vec::new(), |l| l.items().to_vec());
                let tuple = self.heap.alloc_tuple(&items)?;
                self.replace(1, tuple);
            }
            Opcode::UnpackSequence => self.unpack(usize::from(instr.x()), None)?,
            Opcode::UnpackEx => {
                self.unpack(usize::from(instr.x()), Some(usize::from(instr.y())))?;
            }
            Opcode::BinarySubscr => {
                let value = ops::get_item(self, self.peek(2), self.peek(1))?;
                self.replace(2, value);
            }
            Opcode::StoreSubscr => {
                ops::set_item(self, self.peek(2), self.peek(1), self.peek(3))?;
                self.drop_top(3);
            }
            Opcode::DeleteSubscr => {
                ops::delete_item(self, self.peek(2), self.peek(1))?;
                self.drop_top(2);
            }
            Opcode::MakeFunction => {
                let code = self.peek(1).aux();
                let (flags, mut n) = (instr.wide(), 1);
                let mut words = [Value::NULL; 3];
                for bit in (0..3).rev().filter(|bit| flags >> bit & 1 == 1) {
                    n += 1;
                    words[bit] = self.peek(n);
                }
                let function = self.new_function(code, words);
                self.replace(n, function);
            }
            Opcode::ImportName => {
                let code = self.current();
                let (name, module) = (code.source.names[instr.y() as usize].clone(), code.module);
                let imported = self.import(&name, module, instr.x() == 1)?;
                self.push(imported);
            }
            Opcode::ImportFrom => {
                let name = self.current().source.names[instr.y() as usize].clone();
                let value = self.import_from(self.peek(1), &name)?;
                self.push(value);
            }
            Opcode::ImportStar => {
                let module = self.current().module;
                self.import_star(self.peek(1), module)?;
                self.drop_top(1);
            }
            Opcode::LoadAssertionError => {
                let class = self.exception_type(ExcKind::AssertionError);
                self.push(class);
            }
            _ => return self.execute_more(instr),
        }
        Ok(())
    }

    /// A call with a list of arguments and perhaps a dict of named ones: like `call_any`.
    pub(super) fn call_unpacked(&mut self, keywords: bool) -> PyResult<bool> {
        let named = if keywords {
            self.pop().as_dict().map_or(Vec::new(), |dict| dict.table().entries())
        } else {
            Vec::new()
        };
        let args = self.pop().as_list().map_or(Vec::new(), |list| list.items().to_vec());
        let at = self.sp() - 2;
        let count = args.len() + named.len();
        if at + count + 64 > crate::stack::STACK_WORDS {
            return Err(super::recursion_error());
        }
        let keys: Vec<Value> = named.iter().map(|(_, key, _)| *key).collect();
        for value in args.into_iter().chain(named.into_iter().map(|(_, _, value)| value)) {
            self.push(value);
        }
        let names = self.heap.alloc_tuple(&keys)?;
        if self.heap.collect_requested() {
            self.temp_roots.push(names);
            self.collect();
            self.temp_roots.pop();
        }
        let names = if keys.is_empty() { None } else { names.as_tuple() };
        // The names are looked at before anything can be collected again.
        match self.begin_call(count, names)? {
            Begun::Frame => Ok(true),
            Begun::Done(value) => {
                self.stack.set(at, value);
                self.set_sp(at + 1);
                Ok(false)
            }
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn unbound_cell(&mut self, local: u16) {
        let code = self.current();
        let name = code.source.locals.get(local as usize).cloned();
        let name = name.as_deref().unwrap_or("?");
        let free =
            u32::from(local) >= code.first_free && u32::from(local) < code.first_free + code.free;
        self.error = Some(if free {
            PyError::new(
                ExcKind::NameError,
                format!(
                    "cannot access free variable '{name}' where it is not associated with a \
                     value in enclosing scope"
                ),
            )
        } else {
            PyError::new(
                ExcKind::UnboundLocalError,
                format!(
                    "cannot access local variable '{name}' where it is not associated with a value"
                ),
            )
        });
    }

    pub(super) fn pending(&mut self) -> Box<PyError> {
        match self.error.take() {
            Some(error) => error,
            None => PyError::new(ExcKind::RuntimeError, "an error without an exception"),
        }
    }

    #[cold]
    #[inline(never)]
    pub(super) fn unbound_local(&mut self, local: u16) {
        let name = self.current().source.locals.get(local as usize).cloned();
        self.error = Some(PyError::new(
            ExcKind::UnboundLocalError,
            format!(
                "cannot access local variable '{}' where it is not associated with a value",
                name.as_deref().unwrap_or("?")
            ),
        ));
    }

    #[cold]
    #[inline(never)]
    pub(super) fn unbound_global(&mut self, name: u32) {
        let name = self.current().source.globals.get(name as usize).cloned();
        self.error = Some(PyError::new(
            ExcKind::NameError,
            format!("name '{}' is not defined", name.as_deref().unwrap_or("?")),
        ));
    }

    /// A call whose last arguments are named by the tuple on top: like `call_any`.
    pub(super) fn call_keywords(&mut self, args: usize) -> PyResult<bool> {
        if self.heap.collect_requested() {
            self.collect();
        }
        let names = self.pop().as_tuple();
        // The tuple is a constant of the code: it outlives the call.
        let at = self.sp() - args - 2;
        match self.begin_call(args, names)? {
            Begun::Frame => Ok(true),
            Begun::Done(value) => {
                self.stack.set(at, value);
                self.set_sp(at + 1);
                Ok(false)
            }
        }
    }

    fn unpack(&mut self, before: usize, after: Option<usize>) -> PyResult<()> {
        let value = self.peek(1);
        if !ops::is_iterable(self, value) {
            return Err(PyError::type_error(format!(
                "cannot unpack non-iterable {} object",
                type_name(value)
            )));
        }
        let items = ops::collect(self, value)?;
        let least = before + after.unwrap_or(0);
        if items.len() < least {
            let at_least = if after.is_some() { "at least " } else { "" };
            return Err(PyError::value_error(format!(
                "not enough values to unpack (expected {at_least}{least}, got {})",
                items.len()
            )));
        }
        if after.is_none() && items.len() > before {
            return Err(PyError::value_error(format!(
                "too many values to unpack (expected {before})"
            )));
        }
        self.drop_top(1);
        if let Some(after) = after {
            let tail = items.len() - after;
            let middle = self.heap.alloc_list_of(&items[before..tail])?;
            for &item in items[tail..].iter().rev() {
                self.push(item);
            }
            self.push(middle);
        }
        for &item in items[..before].iter().rev() {
            self.push(item);
        }
        Ok(())
    }

    /// An attribute of an object: the value, and the receiver where it is a method of it.
    fn attribute(&mut self, object: Value, name: u16) -> PyResult<(Value, Value)> {
        let code = self.current();
        // SAFETY: caches are written by the interpreter alone, and not while this one is looked at.
        let cache = unsafe { &*code.attr_cache[name as usize].as_ptr() };
        let class = u64::from(object.class()) << 1 | BY_CLASS;
        if cache.key == class && !cache.method.is_null() {
            return Ok((cache.method, object));
        }
        if cache.key == object.bits() && object.is_class(class::MODULE) {
            // SAFETY: the cell belongs to a loaded module's namespace, whose cells stay.
            let value = unsafe { (*cache.cell).get() };
            if !value.is_null() {
                return Ok((value, Value::NULL));
            }
        }
        let text = code.source.names[name as usize].clone();
        if !matches!(object.class(), class::INSTANCE | class::TYPE | class::SUPER | class::MODULE)
            && let Some(method) = crate::builtins::method_object(self, object, &text)
        {
            let found = AttrCache { key: class, method, ..AttrCache::EMPTY };
            self.current().attr_cache[name as usize].set(found);
            return Ok((method, object));
        }
        let found = self.attribute_of(object, &text)?;
        if object.is_class(class::INSTANCE) {
            self.remember_load(object, name, &found);
        }
        if object.is_class(class::MODULE)
            && let crate::types::Holder::Class(cell) = &found.holder
        {
            let cell = std::rc::Rc::as_ptr(cell);
            let cache = AttrCache { key: object.bits(), cell, ..AttrCache::EMPTY };
            self.current().attr_cache[name as usize].set(cache);
        }
        Ok((found.value, found.receiver))
    }

    fn store_attribute(&mut self, object: Value, name: u16, value: Value) -> PyResult<()> {
        let text = self.current().source.names[name as usize].clone();
        let before = object.as_instance().map(|instance| (object.header_word(), instance.shape()));
        self.set_attribute(object, &text, value)?;
        if let (Some((key, before)), Some(instance)) = (before, object.as_instance()) {
            let after = instance.shape();
            let slot = after.slot(&text).filter(|slot| *slot < after.capacity as usize);
            if let Some(slot) = slot
                && self.stores_plainly(instance.ty(), &text)
            {
                let op = if before.id == after.id {
                    Opcode::StoreAttrSlot
                } else {
                    Opcode::StoreAttrAdd
                };
                let (slot, shape) = (slot as u32, &raw const *after);
                self.remember(name, op, AttrCache { key, slot, shape, ..AttrCache::EMPTY });
            }
        }
        Ok(())
    }

    /// Specializes a load of an attribute of an object.
    fn remember_load(&self, object: Value, name: u16, found: &Found) {
        let Some(instance) = object.as_instance() else { return };
        let key = object.header_word();
        let load = self.this_op() == Opcode::LoadAttr;
        match &found.holder {
            Holder::Slot(slot) if load && *slot < instance.shape().capacity as usize => {
                let slot = *slot as u32;
                let cache = AttrCache { key, slot, ..AttrCache::EMPTY };
                self.remember(name, Opcode::LoadAttrSlot, cache);
            }
            Holder::Class(cell) if load && found.receiver.is_null() => {
                let cell = std::rc::Rc::as_ptr(cell);
                let cache = AttrCache { key, cell, ..AttrCache::EMPTY };
                self.remember(name, Opcode::LoadAttrClass, cache);
            }
            Holder::Class(_) if !load && found.receiver == object => {
                let cache = AttrCache { key, method: found.value, ..AttrCache::EMPTY };
                self.remember(name, Opcode::LoadMethodClass, cache);
            }
            Holder::Slot(_) | Holder::Class(_) | Holder::Other => {}
        }
    }

    /// The base form of the current instruction.
    fn this_op(&self) -> Opcode {
        let pc = self.frames.last().map_or(0, |frame| frame.pc as usize);
        self.current().base_instr(pc).map_or(Opcode::Nop, |instr| instr.op())
    }

    /// Fills the cache of a name and specializes the current instruction.
    fn remember(&self, name: u16, op: Opcode, cache: AttrCache) {
        if self.mode == super::Mode::Interp {
            return;
        }
        let code = self.current();
        let pc = self.frames.last().map_or(0, |frame| frame.pc as usize);
        if let Some(place) = code.instrs.get(pc)
            && super::quicken::attribute(place, op)
        {
            code.attr_cache[name as usize].set(AttrCache { epoch: self.epoch(), ..cache });
        }
    }
}

/// Marks keys of caches that are class numbers.
const BY_CLASS: u64 = 1 << 63;

/// What an attribute name of some code was last found to be.
#[derive(Clone, Copy)]
pub(crate) struct AttrCache {
    /// The header of objects with the shape, the word of a module, or the marked class number of
    /// a receiver.
    pub key: u64,
    /// The epoch for which this holds.
    pub epoch: u32,
    /// The slot.
    pub slot: u32,
    /// The cell of a module's variable or a class attribute.
    pub cell: *const crate::code::GlobalCell,
    /// The shape after the attribute is added.
    pub shape: *const crate::types::Shape,
    /// The method.
    pub method: Value,
}

impl AttrCache {
    /// Nothing found yet.
    pub(crate) const EMPTY: AttrCache = AttrCache {
        key: 1,
        epoch: 0,
        slot: 0,
        cell: std::ptr::null(),
        shape: std::ptr::null(),
        method: Value::NULL,
    };
}

/// Identity, where equal small numbers of one type count as one object.
fn same(a: Value, b: Value) -> bool {
    a == b
}
