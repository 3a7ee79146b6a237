//! `itertools.groupby` and `itertools.tee`: iterators that share what they go through.

use super::chains::positional;
use super::{Native, Source, make};
use crate::builtins::{self, bind_names, required};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::{Args, arg};
use crate::value::Value;
use std::cell::Cell;

/// `groupby`: runs of items with the same key.
pub struct Groupby {
    source: Source,
    /// The key function, or `None`.
    key: Value,
    /// The key of the run that was given last, NULL before.
    wanted: Cell<Value>,
    /// The key of the item that was taken last, NULL where a run has given it.
    current: Cell<Value>,
    /// That item.
    item: Cell<Value>,
    /// The number of the run that may take items.
    run: Cell<u64>,
}

impl Groupby {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let [iterable, key] = bind_names(vm, args, "groupby", ["iterable", "key"])?;
        let iterable = required(iterable, "groupby", "iterable", 1)?;
        let source = Source::of(vm, iterable)?;
        let key = if key.is_null() { Value::none() } else { key };
        let nothing = || Cell::new(Value::NULL);
        let (wanted, current, item) = (nothing(), nothing(), nothing());
        let object = Groupby { source, key, wanted, current, item, run: Cell::new(0) };
        Ok(make(vm, class::GROUPBY, object))
    }

    /// Takes an item; `false` at the end.
    fn step(&self, vm: &mut Vm) -> PyResult<bool> {
        let Some(item) = self.source.next(vm)? else { return Ok(false) };
        let key = if self.key.is_none() { item } else { vm.call_quiet(self.key, &[item])? };
        self.item.set(item);
        self.current.set(key);
        Ok(true)
    }
}

impl Groupby {
    /// Goes to the next run: its key.
    fn next_key(&self, vm: &mut Vm) -> PyResult<Option<Value>> {
        self.run.set(self.run.get() + 1);
        loop {
            let (wanted, current) = (self.wanted.get(), self.current.get());
            let more = current.is_null() || !wanted.is_null() && ops::equal(vm, wanted, current)?;
            if !more {
                break;
            }
            if !self.step(vm)? {
                return Ok(None);
            }
        }
        let key = self.current.get();
        self.wanted.set(key);
        Ok(Some(key))
    }
}

impl Native for Groupby {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.source.visit(visit);
        for value in [self.key, self.wanted.get(), self.current.get(), self.item.get()] {
            visit(value);
        }
    }

    fn next(&self, vm: &mut Vm, me: Value) -> PyResult<Option<Value>> {
        let Some(key) = self.next_key(vm)? else { return Ok(None) };
        let grouper = make(vm, class::GROUPER, Grouper { parent: me, key, run: self.run.get() });
        Ok(Some(vm.heap.alloc_tuple(&[key, grouper])?))
    }
}

/// A run of `groupby`.
pub struct Grouper {
    parent: Value,
    key: Value,
    run: u64,
}

impl Native for Grouper {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.parent);
        visit(self.key);
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let Some(parent) = self.parent.native::<Groupby>() else { return Ok(None) };
        if parent.run.get() != self.run {
            return Ok(None);
        }
        if parent.current.get().is_null() && !parent.step(vm)? {
            return Ok(None);
        }
        if !ops::equal(vm, self.key, parent.current.get())? {
            return Ok(None);
        }
        parent.current.set(Value::NULL);
        Ok(Some(parent.item.replace(Value::NULL)))
    }
}

/// Items of a list that iterators of one `tee` share; behind them stands the next such list.
const CHUNK: usize = 57;

/// One of the iterators of `tee`: a place in the lists of items that have been taken.
pub struct Tee {
    /// The iterator that all of them take items from.
    source: Value,
    chunk: Cell<Value>,
    at: Cell<usize>,
}

impl Tee {
    /// Another iterator at the same place.
    pub(crate) fn copy(&self, vm: &mut Vm) -> Value {
        let (chunk, at) = (self.chunk.clone(), self.at.clone());
        make(vm, class::TEE, Tee { source: self.source, chunk, at })
    }
}

impl Native for Tee {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.source);
        visit(self.chunk.get());
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let Some(mut chunk) = self.chunk.get().as_list() else { return Ok(None) };
        if self.at.get() == CHUNK {
            let next = match chunk.get(CHUNK) {
                Some(next) => next,
                None => {
                    let next = vm.heap.alloc_list().value();
                    vm.heap.list_append(chunk, next)?;
                    next
                }
            };
            self.chunk.set(next);
            self.at.set(0);
            let Some(list) = next.as_list() else { return Ok(None) };
            chunk = list;
        }
        let at = self.at.get();
        let item = match chunk.get(at) {
            Some(item) => item,
            None => {
                let Some((item, _)) = ops::for_next(vm, self.source, Value::none())? else {
                    return Ok(None);
                };
                vm.heap.list_append(chunk, item)?;
                item
            }
        };
        self.at.set(at + 1);
        Ok(Some(item))
    }
}

/// `_tee(iterable)`.
pub(super) fn new_tee(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let values = positional(vm, args, "_tee", 1, 1)?;
    first_tee(vm, values[0])
}

fn first_tee(vm: &mut Vm, iterable: Value) -> PyResult<Value> {
    let source = builtins::iterator(vm, iterable)?;
    if let Some(tee) = source.native::<Tee>() {
        return Ok(tee.copy(vm));
    }
    let chunk = Cell::new(vm.heap.alloc_list().value());
    Ok(make(vm, class::TEE, Tee { source, chunk, at: Cell::new(0) }))
}

/// `tee(iterable, n=2)`.
pub(crate) fn tee(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let n = match args.get(1) {
        Some(n) => ops::index_saturating(vm, n)?,
        None => 2,
    };
    if n < 0 {
        return Err(PyError::value_error("n must be >= 0"));
    }
    let mut all = Vec::new();
    if n > 0 {
        let first = first_tee(vm, arg(args, 0))?;
        all.push(first);
        for _ in 1..n {
            if let Some(tee) = first.native::<Tee>() {
                all.push(tee.copy(vm));
            }
        }
    }
    Ok(vm.heap.alloc_tuple(&all)?)
}
