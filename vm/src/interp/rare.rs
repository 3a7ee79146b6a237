//! Instructions that are not written out in the interpreter loop, on the synced state.

use super::{Vm, call::Begun};
use crate::class;
use crate::code::RtCode;
use crate::error::{ExcKind, PyError, PyResult};
use crate::object::Words;
use crate::ops;
use crate::text::type_name;
use crate::value::Value;
use tierlab_frontend::bytecode::{Instr, Opcode};

impl Vm {
    /// The code of the top frame.
    fn current(&self) -> &RtCode {
        match self.frames.last() {
            Some(frame) => frame.code(),
            None => unreachable!("instructions are executed by a frame"),
        }
    }

    #[inline]
    fn peek(&self, depth: usize) -> Value {
        self.stack.get(self.sp() - depth)
    }

    #[inline]
    fn pop(&mut self) -> Value {
        let sp = self.sp() - 1;
        self.set_sp(sp);
        self.stack.get(sp)
    }

    #[inline]
    fn push(&mut self, value: Value) {
        let sp = self.sp();
        self.stack.set(sp, value);
        self.set_sp(sp + 1);
    }

    /// Replaces the topmost `n` entries by one.
    #[inline]
    fn replace(&mut self, n: usize, value: Value) {
        let sp = self.sp() - n;
        self.stack.set(sp, value);
        self.set_sp(sp + 1);
    }

    fn drop_top(&mut self, n: usize) {
        self.set_sp(self.sp() - n);
    }

    /// The topmost `n` entries.
    fn top(&self, n: usize) -> Vec<Value> {
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
                let value = if receiver.is_null() {
                    value
                } else {
                    let words = [value, receiver, Value::ZERO];
                    self.heap.alloc_words(class::BOUND_METHOD, 0, words)
                };
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
                let (iterable, at) = ops::get_iter(self.peek(1))?;
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
                let n = 1 + usize::from(instr.wide() == 1);
                let defaults = if n == 2 { self.peek(2) } else { Value::NULL };
                let function = self.new_function(code, defaults);
                self.replace(n, function);
            }
            Opcode::ImportName => {
                let name = self.current().globals[instr.wide() as usize].module.name().clone();
                match self.find_module(&name) {
                    Some(module) => {
                        let object = module.object;
                        self.push(object);
                    }
                    None => {
                        return Err(PyError::new(
                            ExcKind::ModuleNotFoundError,
                            format!("No module named '{name}'"),
                        ));
                    }
                }
            }
            Opcode::ImportFrom => {
                let object = self.peek(1);
                match self.attribute(object, instr.y()) {
                    Ok((value, _)) => self.push(value),
                    Err(_) => {
                        let name = self.current().source.names[instr.y() as usize].clone();
                        let module = self.module(object.aux()).map_or("?", |m| &*m.name);
                        return Err(PyError::new(
                            ExcKind::ImportError,
                            format!(
                                "cannot import name '{name}' from '{module}' (unknown location)"
                            ),
                        ));
                    }
                }
            }
            Opcode::LoadAssertionError => {
                let class = self.exception_type(ExcKind::AssertionError);
                self.push(class);
            }
            Opcode::Raise => {
                let value = self.peek(1);
                return Err(self.raise(value));
            }
            _ => {}
        }
        Ok(())
    }

    /// The exception that raising a value gives.
    fn raise(&mut self, value: Value) -> Box<PyError> {
        match value.class() {
            class::EXCEPTION_TYPE => PyError::new(ExcKind::from_number(value.aux()), ""),
            class::EXCEPTION => {
                let kind = ExcKind::from_number(value.aux());
                let message = match crate::text::exception_message(self, value) {
                    Ok(message) => message,
                    Err(error) => return error,
                };
                if kind == ExcKind::SystemExit {
                    let args = value.as_words().and_then(|w: Words| w.get(0).as_tuple());
                    let status = args.and_then(|t| t.items().first().copied());
                    return crate::builtins::system_exit(self, status.unwrap_or(Value::none()));
                }
                PyError::new(kind, message)
            }
            _ => PyError::type_error("exceptions must derive from BaseException"),
        }
    }

    fn pending(&mut self) -> Box<PyError> {
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
        if ops::get_iter(value).is_err() {
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
        let cache = code.attr_cache[name as usize].get();
        if object.is_class(class::MODULE) {
            if cache.key == object.bits() {
                // SAFETY: the cell belongs to a loaded module's namespace, whose cells stay.
                let value = unsafe { (*cache.cell).get() };
                if !value.is_null() {
                    return Ok((value, Value::NULL));
                }
            }
            let text = code.source.names[name as usize].clone();
            let module = self.module(object.aux());
            if let Some(cell) = module.and_then(|m| m.namespace.get(&text))
                && !cell.get().is_null()
            {
                let found = AttrCache {
                    key: object.bits(),
                    cell: std::rc::Rc::as_ptr(cell),
                    method: Value::NULL,
                };
                self.current().attr_cache[name as usize].set(found);
                return Ok((cell.get(), Value::NULL));
            }
            let module = module.map_or("?", |m| &*m.name);
            return Err(PyError::new(
                ExcKind::AttributeError,
                format!("module '{module}' has no attribute '{text}'"),
            ));
        }
        let class = u64::from(object.class()) << 1;
        if cache.key == class && !cache.method.is_null() {
            return Ok((cache.method, object));
        }
        let text = code.source.names[name as usize].clone();
        if let Some(method) = crate::builtins::method_object(self, object, &text) {
            let found = AttrCache { key: class, cell: std::ptr::null(), method };
            self.current().attr_cache[name as usize].set(found);
            return Ok((method, object));
        }
        if let Some(value) = crate::builtins::data_attribute(self, object, &text)? {
            return Ok((value, Value::NULL));
        }
        let of = match object.class() {
            class::TYPE => format!("type object '{}'", class::name(object.aux())),
            _ => format!("'{}' object", type_name(object)),
        };
        Err(PyError::new(ExcKind::AttributeError, format!("{of} has no attribute '{text}'")))
    }

    fn store_attribute(&mut self, object: Value, name: u16, value: Value) -> PyResult<()> {
        let text = self.current().source.names[name as usize].clone();
        if object.is_class(class::MODULE) {
            let cell = self.global_cell(object.aux(), &text);
            if cell.is_watched() {
                self.watched_store(&cell);
            }
            cell.set(value);
            return Ok(());
        }
        let known = crate::builtins::method_object(self, object, &text).is_some();
        let message = if known {
            format!("'{}' object attribute '{text}' is read-only", type_name(object))
        } else {
            format!("'{}' object has no attribute '{text}'", type_name(object))
        };
        Err(PyError::new(ExcKind::AttributeError, message))
    }
}

/// What an attribute name of some code was last found to be.
#[derive(Clone, Copy)]
pub(crate) struct AttrCache {
    /// A module's word, or twice the class number of a receiver.
    key: u64,
    /// The module's variable.
    cell: *const crate::code::GlobalCell,
    /// The method.
    method: Value,
}

impl AttrCache {
    /// Nothing found yet.
    pub(crate) const EMPTY: AttrCache =
        AttrCache { key: 1, cell: std::ptr::null(), method: Value::NULL };
}

/// Identity, where equal small numbers of one type count as one object.
fn same(a: Value, b: Value) -> bool {
    a == b
}
