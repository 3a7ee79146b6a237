//! `collections.deque`: a ring that grows and shrinks at both ends.

use super::{Native, make};
use crate::builtins::{
    Builtin, bind_names, class_method, index_bounds, method, open_method, plain,
};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::number::as_integer;
use crate::stack::{Args, arg};
use crate::text::{self, type_name};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt::Write as _;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// A deque.
pub struct Deque {
    items: RefCell<VecDeque<Value>>,
    /// The greatest length, where there is one.
    most: Cell<Option<usize>>,
    /// Grows with every change, for iterators.
    changes: Cell<u64>,
}

impl Native for Deque {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.items.borrow().iter().for_each(|item| visit(*item));
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.items.borrow().capacity() * size_of::<Value>()
    }

    fn length(&self) -> Option<usize> {
        Some(self.len())
    }

    fn item(&self, _: &mut Vm, at: usize) -> Option<Value> {
        self.items.borrow().get(at).copied()
    }

    fn set_item(&self, _: &mut Vm, at: usize, value: Value) -> Option<PyResult<()>> {
        *self.items.borrow_mut().get_mut(at)? = value;
        Some(Ok(()))
    }

    fn attribute(&self, _: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "maxlen").then(|| match self.most.get() {
            Some(most) => Value::small(most as i64),
            None => Value::none(),
        }))
    }
}

/// An iterator over a deque.
pub struct DequeIterator {
    deque: Value,
    at: Cell<usize>,
    changes: u64,
    backwards: bool,
}

impl Native for DequeIterator {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.deque);
    }

    fn next(&self, _: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let Some(deque) = self.deque.native::<Deque>() else { return Ok(None) };
        let items = deque.items.borrow();
        let at = self.at.get();
        if at >= items.len() && deque.changes.get() == self.changes {
            return Ok(None);
        }
        if deque.changes.get() != self.changes {
            self.at.set(usize::MAX);
            return Err(if at == usize::MAX {
                PyError::new(ExcKind::StopIteration, "")
            } else {
                mutated()
            });
        }
        self.at.set(at + 1);
        let at = if self.backwards { items.len() - 1 - at } else { at };
        Ok(items.get(at).copied())
    }
}

#[cold]
fn mutated() -> Box<PyError> {
    PyError::new(ExcKind::RuntimeError, "deque mutated during iteration")
}

fn index_error(message: &str) -> Box<PyError> {
    PyError::new(ExcKind::IndexError, message)
}

/// The deque that a value is or holds.
fn deque_of<'a>(value: Value) -> Option<&'a Deque> {
    value.plain().native()
}

fn me<'a>(args: Args) -> PyResult<&'a Deque> {
    deque_of(arg(args, 0)).ok_or_else(|| {
        let found = type_name(arg(args, 0));
        PyError::type_error(format!("a deque is required, not '{found}'"))
    })
}

impl Deque {
    /// Changes the items; the heap is told where they take more room.
    #[inline]
    fn change<R>(&self, vm: &mut Vm, of: Value, f: impl FnOnce(&mut VecDeque<Value>) -> R) -> R {
        let mut items = self.items.borrow_mut();
        let before = items.capacity();
        let result = f(&mut items);
        let grown = items.capacity() != before;
        drop(items);
        self.changes.set(self.changes.get() + 1);
        if grown {
            vm.heap.recount_native(of.plain());
        }
        result
    }

    #[inline]
    fn append(&self, vm: &mut Vm, of: Value, item: Value) {
        let most = self.most.get();
        self.change(vm, of, |items| {
            items.push_back(item);
            if most.is_some_and(|most| items.len() > most) {
                items.pop_front();
            }
        });
    }

    #[inline]
    fn append_left(&self, vm: &mut Vm, of: Value, item: Value) {
        let most = self.most.get();
        self.change(vm, of, |items| {
            items.push_front(item);
            if most.is_some_and(|most| items.len() > most) {
                items.pop_back();
            }
        });
    }

    fn copied(&self) -> Vec<Value> {
        self.items.borrow().iter().copied().collect()
    }

    /// Appends items; one end or the other.
    fn extend(&self, vm: &mut Vm, of: Value, iterable: Value, left: bool) -> PyResult<()> {
        if deque_of(iterable).is_some_and(|other| std::ptr::eq(other, self)) {
            for item in self.copied() {
                if left { self.append_left(vm, of, item) } else { self.append(vm, of, item) }
            }
            return Ok(());
        }
        ops::iterate(vm, iterable, |vm, item| {
            if left {
                self.append_left(vm, of, item)
            } else {
                self.append(vm, of, item)
            }
            Ok(())
        })
    }

    /// The place that an index means.
    fn place(&self, vm: &mut Vm, index: Value) -> PyResult<usize> {
        // A slice is none, whatever its parts say.
        let index =
            if index.is_class(class::INSTANCE) { ops::index_value(vm, index)? } else { index };
        let at =
            ops::word_index(index, |what| format!("sequence index must be integer, not '{what}'"))?;
        ops::position(at, self.len()).ok_or_else(|| index_error("deque index out of range"))
    }

    /// The place of the first item between two places that equals a value; found where the
    /// comparison changed the deque, too.
    ///
    /// # Errors
    /// What comparing raises, and `changed` where it changes the deque.
    fn find(
        &self,
        vm: &mut Vm,
        value: Value,
        (from, to): (usize, usize),
        changed: fn() -> Box<PyError>,
    ) -> PyResult<Option<usize>> {
        let changes = self.changes.get();
        for at in from..to {
            let Some(item) = self.items.borrow().get(at).copied() else { break };
            if vm.quietly(|vm| ops::equal(vm, item, value))? {
                return Ok(Some(at));
            }
            self.unchanged_since(changes, changed)?;
        }
        Ok(None)
    }

    /// # Errors
    /// `error`, where the deque is no longer as it was when it counted `changes`.
    fn unchanged_since(&self, changes: u64, error: fn() -> Box<PyError>) -> PyResult<()> {
        if self.changes.get() == changes { Ok(()) } else { Err(error()) }
    }

    fn len(&self) -> usize {
        self.items.borrow().len()
    }
}

/// A deque of these items.
fn of_items(vm: &mut Vm, items: impl Iterator<Item = Value>, most: Option<usize>) -> Value {
    let mut items: VecDeque<Value> = items.collect();
    if let Some(most) = most {
        items.drain(..items.len().saturating_sub(most));
    }
    let (items, most) = (RefCell::new(items), Cell::new(most));
    let object = Deque { items, most, changes: Cell::new(0) };
    make(vm, class::DEQUE, object)
}

/// `deque(iterable=(), maxlen=None)`.
pub(super) fn new(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let deque = of_items(vm, std::iter::empty(), None);
    vm.holding(&[deque], |vm| fill(vm, deque, args))?;
    Ok(deque)
}

/// Fills a deque anew with what `__init__` is given.
fn fill(vm: &mut Vm, of: Value, args: Args) -> PyResult<()> {
    let [iterable, most] = bind_names(vm, args, "deque", ["iterable", "maxlen"])?;
    let Some(deque) = deque_of(of) else { return Ok(()) };
    let most = match most {
        most if most.is_null() || most.is_none() => None,
        most if as_integer(most.plain()).is_none() => {
            return Err(PyError::type_error("an integer is required"));
        }
        most => Some(
            usize::try_from(ops::index_saturating(vm, most)?)
                .map_err(|_| PyError::value_error("maxlen must be non-negative"))?,
        ),
    };
    deque.change(vm, of, VecDeque::clear);
    deque.most.set(most);
    if iterable.is_null() {
        return Ok(());
    }
    deque.extend(vm, of, iterable, false)
}

/// A deque of the same class and greatest length.
fn copy(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (value, deque) = (arg(args, 0), me(args)?);
    if value.is_class(class::DEQUE) {
        let items = deque.copied();
        return Ok(of_items(vm, items.into_iter(), deque.most.get()));
    }
    let class = vm.type_of(value).object();
    match deque.most.get() {
        Some(most) => vm.call_quiet(class, &[value, Value::small(most as i64)]),
        None => vm.call_quiet(class, &[value]),
    }
}

/// How often the items are repeated.
fn times(vm: &mut Vm, args: Args) -> PyResult<usize> {
    let count = ops::index_value(vm, arg(args, 1))?;
    match ops::index_int(count) {
        Some(count) => Ok(count.max(0) as usize),
        None => Err(PyError::type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            type_name(count)
        ))),
    }
}

fn repeated(deque: &Deque, times: usize) -> PyResult<Vec<Value>> {
    let items = deque.copied();
    let len = items.len().checked_mul(times).filter(|len| *len < 1 << 40);
    let most = deque.most.get().unwrap_or(usize::MAX);
    let len = len.ok_or_else(PyError::memory)?;
    let mut all = Vec::new();
    all.try_reserve_exact(len.min(most)).map_err(|_| PyError::memory())?;
    all.extend((len - len.min(most)..len).map(|at| items[at % items.len()]));
    Ok(all)
}

fn compare(vm: &mut Vm, args: Args, kind: CompareKind) -> PyResult<Value> {
    let (Some(a), Some(b)) = (deque_of(arg(args, 0)), deque_of(arg(args, 1))) else {
        return Ok(Value::not_implemented());
    };
    let (a, b) = (vm.heap.alloc_tuple(&a.copied())?, vm.heap.alloc_tuple(&b.copied())?);
    vm.quietly(|vm| ops::compare(vm, kind, a, b))
}

fn show(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (value, deque) = (arg(args, 0), me(args)?);
    let items = vm.heap.alloc_list_of(&deque.copied())?;
    let name = vm.type_of(value).name.clone();
    let mut text = String::new();
    vm.quietly(|vm| {
        text::Path::default().within(vm, value, "[...]", &mut text, |vm, out| {
            let items = vm.repr_of(items)?;
            let _ = match deque.most.get() {
                Some(most) => write!(out, "{name}({items}, maxlen={most})"),
                None => write!(out, "{name}({items})"),
            };
            Ok(())
        })
    })?;
    Ok(vm.heap.alloc_str(&text))
}

fn iterate(vm: &mut Vm, args: Args, backwards: bool) -> PyResult<Value> {
    let deque = arg(args, 0).plain();
    let changes = me(args)?.changes.get();
    let class = if backwards { class::DEQUE_REVERSED } else { class::DEQUE_ITERATOR };
    Ok(make(vm, class, DequeIterator { deque, at: Cell::new(0), changes, backwards }))
}

/// `_count_elements(mapping, iterable)`: counts items in a dict, or in what derives from one.
fn count_elements(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (mapping, iterable) = (arg(args, 0), arg(args, 1));
    let one = Value::small(1);
    let own = vm.special(mapping, "__setitem__").is_some()
        || vm
            .lookup_value(vm.type_of(mapping), "get")
            .is_none_or(|get| !get.is_class(class::BUILTIN));
    let dict = mapping.plain().as_dict().filter(|_| !own);
    ops::iterate(vm, iterable, |vm, item| {
        let known = match dict {
            Some(dict) => ops::dict_get(vm, dict, item)?.unwrap_or(Value::ZERO),
            None => {
                let get = vm.get_attribute(mapping, "get")?;
                vm.call_quiet(get, &[item, Value::ZERO])?
            }
        };
        let count = ops::binary_kind(vm, BinaryKind::Add, false, known, one)?;
        match dict {
            Some(dict) => ops::dict_set(vm, dict, item, count),
            None => ops::set_item(vm, mapping, item, count),
        }
    })?;
    Ok(Value::none())
}

/// Methods, and a function.
pub(crate) const TABLE: &[Builtin] = &[
    plain("_collections._count_elements", 2, 2, count_elements),
    open_method("_collections._move_to_end", 1, 2, super::ordered::move_to_end).with_keywords(),
    open_method("_collections._popitem", 0, 1, super::ordered::pop_item).with_keywords(),
    open_method("deque.__init__", 0, usize::MAX, |vm, a| {
        let rest = Args::of(a.as_slice().get(1..).unwrap_or(&[]));
        fill(vm, arg(a, 0), rest)?;
        Ok(Value::none())
    })
    .with_keywords(),
    method("deque.append", 1, 1, |vm, a| {
        me(a)?.append(vm, arg(a, 0), arg(a, 1));
        Ok(Value::none())
    }),
    method("deque.appendleft", 1, 1, |vm, a| {
        me(a)?.append_left(vm, arg(a, 0), arg(a, 1));
        Ok(Value::none())
    }),
    method("deque.pop", 0, 0, |vm, a| {
        let item = me(a)?.change(vm, arg(a, 0), VecDeque::pop_back);
        item.ok_or_else(|| index_error("pop from an empty deque"))
    }),
    method("deque.popleft", 0, 0, |vm, a| {
        let item = me(a)?.change(vm, arg(a, 0), VecDeque::pop_front);
        item.ok_or_else(|| index_error("pop from an empty deque"))
    }),
    method("deque.extend", 1, 1, |vm, a| {
        me(a)?.extend(vm, arg(a, 0), arg(a, 1), false)?;
        Ok(Value::none())
    }),
    method("deque.extendleft", 1, 1, |vm, a| {
        me(a)?.extend(vm, arg(a, 0), arg(a, 1), true)?;
        Ok(Value::none())
    }),
    method("deque.clear", 0, 0, |vm, a| {
        me(a)?.change(vm, arg(a, 0), VecDeque::clear);
        Ok(Value::none())
    }),
    open_method("deque.copy", 0, 0, copy),
    open_method("deque.__copy__", 0, 0, copy),
    method("deque.rotate", 0, 1, |vm, a| {
        let n = match a.get(1) {
            Some(n) => ops::index_saturating(vm, n)?,
            None => 1,
        };
        me(a)?.change(vm, arg(a, 0), |items| {
            if let Ok(len @ 1..) = i64::try_from(items.len()) {
                items.rotate_right(n.rem_euclid(len) as usize);
            }
        });
        Ok(Value::none())
    }),
    method("deque.reverse", 0, 0, |vm, a| {
        me(a)?.change(vm, arg(a, 0), |items| items.make_contiguous().reverse());
        Ok(Value::none())
    }),
    method("deque.count", 1, 1, |vm, a| {
        let deque = me(a)?;
        let (mut count, mut at, changes) = (0, 0, deque.changes.get());
        while let Some(found) = deque.find(vm, arg(a, 1), (at, deque.len()), mutated)? {
            deque.unchanged_since(changes, mutated)?;
            count += 1;
            at = found + 1;
        }
        Ok(Value::small(count))
    }),
    method("deque.index", 1, 3, |vm, a| {
        let deque = me(a)?;
        let len = deque.len();
        let (from, to) = index_bounds(vm, a, len, len)?;
        match deque.find(vm, arg(a, 1), (from, to), mutated)? {
            Some(at) => Ok(Value::small(at as i64)),
            None => {
                let value = vm.repr_of(arg(a, 1))?;
                Err(PyError::value_error(format!("{value} is not in deque")))
            }
        }
    }),
    method("deque.insert", 2, 2, |vm, a| {
        let deque = me(a)?;
        let at = ops::index_saturating(vm, arg(a, 1))?;
        let len = deque.len();
        if deque.most.get().is_some_and(|most| len >= most) {
            return Err(index_error("deque already at its maximum size"));
        }
        let at = if at < 0 { at.saturating_add(len as i64).max(0) } else { at };
        deque.change(vm, arg(a, 0), |items| items.insert((at as usize).min(len), arg(a, 2)));
        Ok(Value::none())
    }),
    method("deque.remove", 1, 1, |vm, a| {
        let deque = me(a)?;
        let changes = deque.changes.get();
        let changed = || index_error("deque mutated during iteration");
        let found = deque.find(vm, arg(a, 1), (0, deque.len()), changed)?;
        deque.unchanged_since(changes, changed)?;
        match found {
            Some(at) => {
                deque.change(vm, arg(a, 0), |items| items.remove(at));
                Ok(Value::none())
            }
            None => {
                let value = vm.repr_of(arg(a, 1))?;
                Err(PyError::value_error(format!("{value} is not in deque")))
            }
        }
    }),
    method("deque.__len__", 0, 0, |_, a| Ok(Value::small(me(a)?.len() as i64))),
    method("deque.__getitem__", 1, 1, |vm, a| {
        let deque = me(a)?;
        let at = deque.place(vm, arg(a, 1))?;
        Ok(deque.items.borrow()[at])
    }),
    method("deque.__setitem__", 2, 2, |vm, a| {
        let deque = me(a)?;
        let at = deque.place(vm, arg(a, 1))?;
        deque.items.borrow_mut()[at] = arg(a, 2);
        Ok(Value::none())
    }),
    method("deque.__delitem__", 1, 1, |vm, a| {
        let deque = me(a)?;
        let at = deque.place(vm, arg(a, 1))?;
        deque.change(vm, arg(a, 0), |items| items.remove(at));
        Ok(Value::none())
    }),
    method("deque.__contains__", 1, 1, |vm, a| {
        let deque = me(a)?;
        Ok(Value::bool(deque.find(vm, arg(a, 1), (0, deque.len()), mutated)?.is_some()))
    }),
    method("deque.__iter__", 0, 0, |vm, a| iterate(vm, a, false)),
    method("deque.__reversed__", 0, 0, |vm, a| iterate(vm, a, true)),
    open_method("deque.__repr__", 0, 0, show),
    open_method("deque.__add__", 1, 1, |vm, a| {
        if deque_of(arg(a, 1)).is_none() {
            return Err(PyError::type_error(format!(
                "can only concatenate deque (not \"{}\") to deque",
                type_name(arg(a, 1))
            )));
        }
        let sum = copy(vm, Args::of(&a.as_slice()[..1]))?;
        if let Some(deque) = deque_of(sum) {
            deque.extend(vm, sum, arg(a, 1), false)?;
        }
        Ok(sum)
    }),
    open_method("deque.__iadd__", 1, 1, |vm, a| {
        me(a)?.extend(vm, arg(a, 0), arg(a, 1), false)?;
        Ok(arg(a, 0))
    }),
    open_method("deque.__mul__", 1, 1, multiplied),
    open_method("deque.__rmul__", 1, 1, multiplied),
    open_method("deque.__imul__", 1, 1, |vm, a| {
        let deque = me(a)?;
        let times = times(vm, a)?;
        let all = repeated(deque, times)?;
        deque.change(vm, arg(a, 0), |items| *items = all.into());
        Ok(arg(a, 0))
    }),
    open_method("deque.__eq__", 1, 1, |vm, a| compare(vm, a, CompareKind::Eq)),
    open_method("deque.__ne__", 1, 1, |vm, a| compare(vm, a, CompareKind::Ne)),
    open_method("deque.__lt__", 1, 1, |vm, a| compare(vm, a, CompareKind::Lt)),
    open_method("deque.__le__", 1, 1, |vm, a| compare(vm, a, CompareKind::Le)),
    open_method("deque.__gt__", 1, 1, |vm, a| compare(vm, a, CompareKind::Gt)),
    open_method("deque.__ge__", 1, 1, |vm, a| compare(vm, a, CompareKind::Ge)),
    class_method("deque.__class_getitem__", 1, 1, |vm, a| {
        ops::generic_alias(vm, arg(a, 0), arg(a, 1))
    }),
];

fn multiplied(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (deque, times) = (me(args)?, times(vm, args)?);
    let all = repeated(deque, times)?;
    let product = copy(vm, Args::of(&args.as_slice()[..1]))?;
    if let Some(deque) = deque_of(product) {
        deque.change(vm, product, |items| *items = all.into());
    }
    Ok(product)
}
