//! Instructions of exceptions, classes, closures, dicts and sets, on the synced state.
//!
//! They stand apart from those of [`super::rare`], so that what the latter need of the machine's own
//! stack stays small.

use super::Vm;
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::ops;
use crate::text::type_name;
use crate::value::Value;
use tierlab_frontend::bytecode::{Instr, Opcode};

impl Vm {
    /// Executes one instruction.
    #[inline(never)]
    pub(super) fn execute_more(&mut self, instr: Instr) -> PyResult<()> {
        match instr.op() {
            Opcode::DeleteAttr => {
                let name = self.current().source.names[instr.y() as usize].clone();
                let object = self.peek(1);
                self.delete_attribute(object, &name)?;
                self.drop_top(1);
            }
            Opcode::LoadName => self.load_name(instr.y())?,
            Opcode::StoreName => self.store_name(instr.y())?,
            Opcode::DeleteName => self.delete_name(instr.y())?,
            Opcode::MakeCell => {
                let index = self.frames.last().map_or(0, |f| f.base as usize) + instr.y() as usize;
                let words = [self.stack.get(index), Value::ZERO, Value::ZERO];
                let cell = self.heap.alloc_words(class::CELL, 0, words);
                self.stack.set(index, cell);
            }
            Opcode::DeleteDeref => {
                let index = self.frames.last().map_or(0, |f| f.base as usize) + instr.y() as usize;
                let cell = self.stack.get(index).as_words();
                match cell.filter(|cell| !cell.get(0).is_null()) {
                    Some(mut cell) => cell.set(0, Value::NULL),
                    None => {
                        self.unbound_cell(instr.y());
                        return Err(self.pending());
                    }
                }
            }
            Opcode::BuildKwDefaults => {
                let n = instr.wide() as usize;
                let (from, to) = (self.sp() - n, self.sp());
                let tuple = self.heap.alloc_tuple(self.stack.words(from, to))?;
                self.replace(n, tuple);
            }
            Opcode::BuildMap => {
                let n = 2 * instr.wide() as usize;
                let dict = self.heap.alloc_table(class::DICT, Default::default());
                for pair in self.top(n).chunks(2) {
                    if let [key, value] = *pair {
                        ops::set_item(self, dict, key, value)?;
                    }
                }
                self.replace(n, dict);
            }
            Opcode::BuildSet => {
                let n = instr.wide() as usize;
                let set = self.heap.alloc_empty_set(class::SET);
                for item in self.top(n) {
                    ops::set_add(self, set, item)?;
                }
                self.replace(n, set);
            }
            Opcode::MapAdd => {
                let dict = self.peek(2 + instr.wide() as usize);
                ops::set_item(self, dict, self.peek(2), self.peek(1))?;
                self.drop_top(2);
            }
            Opcode::SetAdd => {
                let set = self.peek(1 + instr.wide() as usize);
                ops::set_add(self, set, self.peek(1))?;
                self.drop_top(1);
            }
            Opcode::DictUpdate => {
                let dict = self.peek(1 + instr.wide() as usize);
                let from = self.peek(1);
                ops::dict_update(self, dict, from).map_err(|error| {
                    if error.kind == ExcKind::AttributeError {
                        PyError::type_error(format!(
                            "'{}' object is not a mapping",
                            type_name(from)
                        ))
                    } else {
                        error
                    }
                })?;
                self.drop_top(1);
            }
            Opcode::DictMerge => self.merge_keywords(instr.wide() as usize)?,
            Opcode::SetUpdate => {
                let set = self.peek(1 + instr.wide() as usize);
                ops::set_update(self, set, self.peek(1))?;
                self.drop_top(1);
            }
            Opcode::PrepareClass => {
                let named = instr.wide() as usize;
                let keywords = if named == 1 { self.peek(4) } else { Value::NULL };
                let (plan, mapping) =
                    self.prepare_class(self.peek(4 + named), self.peek(3), keywords)?;
                let at = self.sp() - 4 - named;
                self.stack.set(at, plan);
                self.push(mapping);
            }
            Opcode::BeginClass => self.begin_class()?,
            Opcode::ClassNamespace => {
                let namespace = self.class_namespace()?;
                self.push(namespace);
            }
            Opcode::BuildClass => {
                let (name, namespace) = (self.peek(2), self.peek(1));
                let named = instr.wide() as usize;
                let keywords = if named == 1 { self.peek(3) } else { Value::NULL };
                let class =
                    self.class_statement(self.peek(3 + named), name, namespace, keywords)?;
                self.replace(3 + named, class);
            }
            Opcode::GetYieldFromIter => {
                let iterator = crate::builtins::iterator(self, self.peek(1))?;
                self.replace(1, iterator);
            }
            Opcode::PushExcInfo => {
                let exception = self.peek(1);
                self.replace(1, self.handled);
                self.push(exception);
                self.handled = exception;
            }
            Opcode::PopExcept => self.handled = self.pop(),
            Opcode::CheckExcMatch => {
                let caught = self.catches(self.peek(2), self.peek(1))?;
                self.replace(1, Value::bool(caught));
            }
            Opcode::Reraise => {
                let exception = self.pop();
                if instr.wide() == 1 {
                    self.handled = self.pop();
                }
                return Err(PyError::again(exception));
            }
            Opcode::BeforeWith => self.before_with()?,
            Opcode::WithExceptStart => {
                let (exit, exception) = (self.peek(3), self.peek(1));
                let class = self.type_of(exception).object();
                let traceback = self.get_attribute(exception, "__traceback__")?;
                let result = self.call(exit, &[class, exception, traceback])?;
                self.push(result);
            }
            Opcode::Raise => {
                return Err(match instr.wide() {
                    0 if self.handled.is_null() || self.handled.is_none() => {
                        PyError::new(ExcKind::RuntimeError, "No active exception to reraise")
                    }
                    0 => PyError::again(self.handled),
                    1 => self.raise(self.peek(1)),
                    _ => self.raise_from(self.peek(2), self.peek(1)),
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Enters a context manager: its `__exit__` and what its `__enter__` gives.
    fn before_with(&mut self) -> PyResult<()> {
        let manager = self.peek(1);
        let missing = |name: &str| {
            PyError::type_error(format!(
                "'{}' object does not support the context manager protocol{name}",
                type_name(manager)
            ))
        };
        let ty = self.type_of(manager);
        let enter = self
            .lookup_value(ty, "__enter__")
            .or_else(|| crate::builtins::method_object(self, manager, "__enter__"));
        let Some(enter) = enter else { return Err(missing("")) };
        let exit = self
            .lookup_value(ty, "__exit__")
            .or_else(|| crate::builtins::method_object(self, manager, "__exit__"));
        let Some(exit) = exit else { return Err(missing(" (missed __exit__ method)")) };
        let exit = self.bind(exit, manager, ty)?;
        let exit = self.as_one(exit.value, exit.receiver);
        self.push(exit);
        let enter = self.bind(enter, manager, ty)?;
        let enter = self.as_one(enter.value, enter.receiver);
        let result = self.call(enter, &[])?;
        self.drop_top(1);
        self.replace(1, exit);
        self.push(result);
        Ok(())
    }

    /// Adds the mapping on top to the keyword arguments of a call.
    fn merge_keywords(&mut self, below: usize) -> PyResult<()> {
        let (dict, from) = (self.peek(1 + below), self.peek(1));
        let pairs = match from.as_dict() {
            Some(from) => from.table().entries(),
            None => {
                let copy = self.heap.alloc_table(class::DICT, Default::default());
                if ops::dict_update(self, copy, from).is_err() {
                    let function = self.function_text(self.peek(below + 4));
                    return Err(PyError::type_error(format!(
                        "{function} argument after ** must be a mapping, not {}",
                        type_name(from)
                    )));
                }
                copy.as_dict().map_or(Vec::new(), |dict| dict.table().entries())
            }
        };
        for (_, key, value) in pairs {
            if key.as_str().is_none() {
                return Err(PyError::type_error("keywords must be strings"));
            }
            if ops::contains(self, key, dict)? {
                let name = key.as_str().map_or("", |s| s.text());
                let function = self.function_text(self.peek(below + 4));
                return Err(PyError::type_error(format!(
                    "{function} got multiple values for keyword argument '{name}'"
                )));
            }
            ops::set_item(self, dict, key, value)?;
        }
        self.drop_top(1);
        Ok(())
    }

    /// A callable as messages name it.
    #[cold]
    fn function_text(&mut self, callable: Value) -> String {
        let part = |vm: &mut Vm, name: &str| {
            let value = vm.try_attribute(callable, name).ok().flatten();
            value.and_then(|value| value.as_str()).map(|text| text.text().to_string())
        };
        let name = part(self, "__qualname__").unwrap_or_else(|| "?".to_string());
        match part(self, "__module__") {
            Some(module) if module != "builtins" => format!("{module}.{name}()"),
            _ => format!("{name}()"),
        }
    }
}
