//! Instructions that are not written out in the interpreter loop, on the synced state.

use super::{Vm, call::Begun};
use crate::class;
use crate::code::RtCode;
use crate::error::{ExcKind, PyError, PyResult};
use crate::ops;
use crate::text::type_name;
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
            Opcode::UnaryNeg | Opcode::UnaryPos | Opcode::UnaryInvert | Opcode::UnaryNot => {
                let value = ops::unary(self, instr.op(), self.peek(1))?;
                self.replace(1, value);
            }
            Opcode::IsOp => {
                let same = same(self.peek(2), self.peek(1));
                self.replace(2, Value::bool(same != (instr.x() == 1)));
            }
            Opcode::ContainsOp => {
                let found = ops::contains_collecting(self, self.peek(2), self.peek(1))?;
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
                if let Some(list) = self.peek(1 + instr.wide() as usize).as_list() {
                    ops::star_into(self, list, self.peek(1))?;
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
            self.holding(&[names], Vm::safe_point)?;
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
        let free = self.reads_from_inside()
            || u32::from(local) >= code.first_free
                && u32::from(local) < code.first_free + code.free;
        self.error = Some(unbound(name, free));
    }

    /// Whether the current instruction reads a variable of the code around its comprehension.
    fn reads_from_inside(&self) -> bool {
        self.operator_of().is_some_and(|instr| instr.x() == 1)
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
        let inside = self.reads_from_inside();
        self.error = Some(unbound(name.as_deref().unwrap_or("?"), inside));
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
            self.safe_point()?;
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
        let items = match after {
            Some(_) => ops::collect(self, value)?,
            // One more is one too many.
            None => ops::collect_first(self, value, before + 1)?,
        };
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
}

/// Identity, where equal small numbers of one type count as one object.
fn same(a: Value, b: Value) -> bool {
    a == b
}

/// The error of a variable that is not bound; a *free* one belongs to code around.
fn unbound(name: &str, free: bool) -> Box<PyError> {
    if free {
        return PyError::new(
            ExcKind::NameError,
            format!(
                "cannot access free variable '{name}' where it is not associated with a value in \
                 enclosing scope"
            ),
        );
    }
    PyError::new(
        ExcKind::UnboundLocalError,
        format!("cannot access local variable '{name}' where it is not associated with a value"),
    )
}
