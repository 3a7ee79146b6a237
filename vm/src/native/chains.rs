//! Iterators of `itertools` that go once through what they are given.

use super::{Native, Source, make};
use crate::builtins::{bind_names, keywords, required};
use crate::class::{self, ClassId};
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::number::num;
use crate::stack::Args;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use tierlab_frontend::bytecode::BinaryKind;

/// Positional arguments, as many as there have to be.
pub(super) fn positional(
    vm: &mut Vm,
    args: Args,
    function: &str,
    least: usize,
    most: usize,
) -> PyResult<&'static [Value]> {
    let (values, named) = keywords(vm, args);
    if !named.is_empty() {
        return Err(PyError::type_error(format!("{function}() takes no keyword arguments")));
    }
    let given = values.len();
    if given < least || given > most {
        let (which, n) = if given < least { ("at least ", least) } else { ("at most ", most) };
        let which = if least == most { "" } else { which };
        let s = if n == 1 { "" } else { "s" };
        return Err(PyError::type_error(format!(
            "{function} expected {which}{n} argument{s}, got {given}"
        )));
    }
    Ok(values)
}

fn sum(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    if let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int())
        && let Some(sum) = a.checked_add(b)
    {
        return Ok(vm.heap.alloc_int(sum));
    }
    ops::binary_kind(vm, BinaryKind::Add, false, a, b)
}

/// `count`: numbers from a start on.
pub struct Count {
    next: Cell<Value>,
    step: Value,
}

impl Count {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let [start, step] = bind_names(vm, args, "count", ["start", "step"])?;
        let start = if start.is_null() { Value::ZERO } else { start };
        let step = if step.is_null() { Value::small(1) } else { step };
        for value in [start, step] {
            let plain = value.plain();
            if num(plain).is_none() && vm.special(value, "__index__").is_none() {
                return Err(PyError::type_error("a number is required"));
            }
        }
        Ok(make(vm, class::COUNT, Count { next: Cell::new(start), step }))
    }

    /// `repr`.
    pub(crate) fn repr(&self, vm: &mut Vm) -> PyResult<String> {
        let next = vm.repr_of(self.next.get())?;
        if self.step == Value::small(1) {
            return Ok(format!("count({next})"));
        }
        Ok(format!("count({next}, {})", vm.repr_of(self.step)?))
    }
}

impl Native for Count {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.next.get());
        visit(self.step);
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let value = self.next.get();
        self.next.set(sum(vm, value, self.step)?);
        Ok(Some(value))
    }
}

/// `cycle`: the items again and again.
pub struct Cycle {
    source: Source,
    saved: RefCell<Vec<Value>>,
    at: Cell<usize>,
}

impl Cycle {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let values = positional(vm, args, "cycle", 1, 1)?;
        let source = Source::of(vm, values[0])?;
        Ok(make(vm, class::CYCLE, Cycle { source, saved: RefCell::default(), at: Cell::new(0) }))
    }
}

impl Native for Cycle {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.source.visit(visit);
        self.saved.borrow().iter().for_each(|value| visit(*value));
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        if let Some(item) = self.source.next(vm)? {
            self.saved.borrow_mut().push(item);
            return Ok(Some(item));
        }
        let saved = self.saved.borrow();
        let at = self.at.get();
        self.at.set(if at + 1 >= saved.len() { 0 } else { at + 1 });
        Ok(saved.get(at).copied())
    }
}

/// `repeat`: one value, some number of times.
pub struct Repeat {
    value: Value,
    /// How often yet; negative for ever.
    left: Cell<i64>,
}

impl Repeat {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let [value, times] = bind_names(vm, args, "repeat", ["object", "times"])?;
        let value = required(value, "repeat", "object", 1)?;
        let left = match times.is_null() {
            true => -1,
            false => ops::index_saturating(vm, times)?.max(0),
        };
        Ok(make(vm, class::REPEAT, Repeat { value, left: Cell::new(left) }))
    }

    /// `repr`.
    pub(crate) fn repr(&self, vm: &mut Vm) -> PyResult<String> {
        let value = vm.repr_of(self.value)?;
        Ok(match self.left.get() {
            left if left < 0 => format!("repeat({value})"),
            left => format!("repeat({value}, {left})"),
        })
    }

    /// `__length_hint__`.
    pub(crate) fn left(&self) -> PyResult<Value> {
        match self.left.get() {
            left if left < 0 => Err(PyError::type_error("len() of unsized object")),
            left => Ok(Value::small(left)),
        }
    }
}

impl Native for Repeat {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.value);
    }

    fn next(&self, _: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        match self.left.get() {
            0 => return Ok(None),
            left => self.left.set(if left > 0 { left - 1 } else { left }),
        }
        Ok(Some(self.value))
    }
}

/// `accumulate`: what is summed up so far.
pub struct Accumulate {
    source: Source,
    /// The function, or NULL for addition.
    function: Value,
    /// What is given before the first item, or NULL.
    initial: Cell<Value>,
    /// The total so far, NULL before the first item.
    total: Cell<Value>,
}

impl Accumulate {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let [iterable, function, initial] =
            bind_names(vm, args, "accumulate", ["iterable", "func", "initial"])?;
        let iterable = required(iterable, "accumulate", "iterable", 1)?;
        let known =
            |value: Value| if value.is_null() || value.is_none() { Value::NULL } else { value };
        let source = Source::of(vm, iterable)?;
        let (function, initial) = (known(function), Cell::new(known(initial)));
        let total = Cell::new(Value::NULL);
        Ok(make(vm, class::ACCUMULATE, Accumulate { source, function, initial, total }))
    }
}

impl Native for Accumulate {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.source.visit(visit);
        visit(self.function);
        visit(self.initial.get());
        visit(self.total.get());
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let initial = self.initial.replace(Value::NULL);
        if !initial.is_null() {
            self.total.set(initial);
            return Ok(Some(initial));
        }
        let Some(item) = self.source.next(vm)? else { return Ok(None) };
        let before = self.total.get();
        let total = match before.is_null() {
            true => item,
            false if self.function.is_null() => sum(vm, before, item)?,
            false => vm.call_quiet(self.function, &[before, item])?,
        };
        self.total.set(total);
        Ok(Some(total))
    }
}

/// `chain`: the items of several iterables, one after the other.
pub struct Chain {
    iterables: Source,
    items: Source,
}

impl Chain {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let values = positional(vm, args, "chain", 0, usize::MAX)?;
        let iterables = vm.heap.alloc_tuple(values)?;
        Chain::of(vm, iterables)
    }

    /// Of an iterable of iterables.
    pub(crate) fn of(vm: &mut Vm, iterables: Value) -> PyResult<Value> {
        let iterables = Source::of(vm, iterables)?;
        Ok(make(vm, class::CHAIN, Chain { iterables, items: Source::empty() }))
    }
}

impl Native for Chain {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.iterables.visit(visit);
        self.items.visit(visit);
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        loop {
            if let Some(item) = self.items.next(vm)? {
                return Ok(Some(item));
            }
            match self.iterables.next(vm)? {
                Some(iterable) => {
                    if let Err(error) = self.items.begin(vm, iterable) {
                        self.iterables.finish();
                        return Err(error);
                    }
                }
                None => return Ok(None),
            }
        }
    }
}

/// `compress`: the items whose selectors are true.
pub struct Compress {
    data: Source,
    selectors: Source,
}

impl Compress {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let [data, selectors] = bind_names(vm, args, "compress", ["data", "selectors"])?;
        let data = required(data, "compress", "data", 1)?;
        let selectors = required(selectors, "compress", "selectors", 2)?;
        let (data, selectors) = (Source::of(vm, data)?, Source::of(vm, selectors)?);
        Ok(make(vm, class::COMPRESS, Compress { data, selectors }))
    }
}

impl Native for Compress {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.data.visit(visit);
        self.selectors.visit(visit);
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        loop {
            let Some(item) = self.data.next(vm)? else { return Ok(None) };
            let Some(selector) = self.selectors.next(vm)? else { return Ok(None) };
            if ops::truth(vm, selector)? {
                return Ok(Some(item));
            }
            vm.safe_point_of_native()?;
        }
    }
}

/// `dropwhile`, `takewhile`, `filterfalse`, `starmap`: items chosen or changed by a function.
pub struct Chosen {
    source: Source,
    /// The function; `None` stands for the truth of items.
    function: Value,
    /// Which of them it is.
    class: ClassId,
    /// Whether `dropwhile` has stopped dropping, or `takewhile` taking.
    turned: Cell<bool>,
}

impl Chosen {
    pub(super) fn construct(vm: &mut Vm, args: Args, class: ClassId) -> PyResult<Value> {
        let name = class::name(class).rsplit('.').next().unwrap_or("?");
        let values = positional(vm, args, name, 2, 2)?;
        let source = Source::of(vm, values[1])?;
        let (function, turned) = (values[0], Cell::new(false));
        Ok(make(vm, class, Chosen { source, function, class, turned }))
    }

    fn holds(&self, vm: &mut Vm, item: Value) -> PyResult<bool> {
        if self.function.is_none() && self.class == class::FILTERFALSE {
            return ops::truth(vm, item);
        }
        let holds = vm.call_quiet(self.function, &[item])?;
        ops::truth(vm, holds)
    }
}

impl Native for Chosen {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.source.visit(visit);
        visit(self.function);
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        loop {
            if self.class == class::TAKEWHILE && self.turned.get() {
                return Ok(None);
            }
            let Some(item) = self.source.next(vm)? else { return Ok(None) };
            match self.class {
                class::STARMAP => {
                    let result = match item.as_tuple() {
                        Some(args) => vm.call_quiet(self.function, args.items()),
                        None => {
                            let args = ops::collect(vm, item)?;
                            vm.call_quiet(self.function, &args)
                        }
                    };
                    return result.map(Some);
                }
                class::TAKEWHILE => {
                    if self.holds(vm, item)? {
                        return Ok(Some(item));
                    }
                    self.turned.set(true);
                }
                class::DROPWHILE => {
                    if self.turned.get() || !self.holds(vm, item)? {
                        self.turned.set(true);
                        return Ok(Some(item));
                    }
                }
                _ => {
                    if !self.holds(vm, item)? {
                        return Ok(Some(item));
                    }
                }
            }
            vm.safe_point_of_native()?;
        }
    }
}

/// `islice`: items at some places.
pub struct Islice {
    source: Source,
    /// Items taken.
    at: Cell<i64>,
    /// The place of the next item that is given.
    wanted: Cell<i64>,
    stop: Option<i64>,
    step: i64,
}

impl Islice {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let values = positional(vm, args, "islice", 2, 4)?;
        // A bound that is no integer counts as a bad one.
        let mut bound = |value: Value| {
            if value.is_none() {
                return None;
            }
            Some(ops::index_saturating(vm, value).unwrap_or(-1))
        };
        let (start, stop, step) = match *values {
            [_, stop] => (None, bound(stop), None),
            [_, start, stop] => (bound(start), bound(stop), None),
            [_, start, stop, step, ..] => (bound(start), bound(stop), bound(step)),
            _ => (None, None, None),
        };
        let refuse = |what: &str| {
            Err(PyError::value_error(format!(
                "{what} for islice() must be None or an integer: 0 <= x <= sys.maxsize."
            )))
        };
        if stop == Some(-1) {
            return refuse("Stop argument");
        }
        if start.is_some_and(|n| n < 0) || stop.is_some_and(|n| n < 0) {
            return refuse("Indices");
        }
        let step = step.unwrap_or(1);
        if step < 1 {
            return Err(PyError::value_error(
                "Step for islice() must be a positive integer or None.",
            ));
        }
        let source = Source::of(vm, values[0])?;
        let (at, wanted) = (Cell::new(0), Cell::new(start.unwrap_or(0)));
        Ok(make(vm, class::ISLICE, Islice { source, at, wanted, stop, step }))
    }
}

impl Native for Islice {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.source.visit(visit);
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        while self.at.get() < self.wanted.get() {
            if self.source.next(vm)?.is_none() {
                return Ok(None);
            }
            self.at.set(self.at.get() + 1);
            vm.safe_point_of_native()?;
        }
        if self.stop.is_some_and(|stop| self.at.get() >= stop) {
            self.source.finish();
            return Ok(None);
        }
        let Some(item) = self.source.next(vm)? else { return Ok(None) };
        self.at.set(self.at.get() + 1);
        let wanted = self.wanted.get().saturating_add(self.step);
        self.wanted.set(self.stop.map_or(wanted, |stop| wanted.min(stop)));
        Ok(Some(item))
    }
}

/// `pairwise`: each item with the one before.
pub struct Pairwise {
    source: Source,
    before: Cell<Value>,
}

impl Pairwise {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let values = positional(vm, args, "pairwise", 1, 1)?;
        let source = Source::of(vm, values[0])?;
        Ok(make(vm, class::PAIRWISE, Pairwise { source, before: Cell::new(Value::NULL) }))
    }
}

impl Native for Pairwise {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.source.visit(visit);
        visit(self.before.get());
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let mut before = self.before.get();
        if before.is_null() {
            let Some(first) = self.source.next(vm)? else { return Ok(None) };
            before = first;
            self.before.set(first);
        }
        let Some(item) = self.source.next(vm)? else {
            self.before.set(Value::NULL);
            return Ok(None);
        };
        self.before.set(item);
        Ok(Some(vm.heap.alloc_tuple(&[before, item])?))
    }
}

/// `zip_longest`: rows of items, filled up where an iterable has ended.
pub struct ZipLongest {
    sources: Vec<Source>,
    left: Cell<usize>,
    fill: Value,
}

impl ZipLongest {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let (values, named) = keywords(vm, args);
        let mut fill = Value::none();
        for (name, value) in named {
            if name != "fillvalue" {
                return Err(PyError::type_error(
                    "zip_longest() got an unexpected keyword argument",
                ));
            }
            fill = value;
        }
        let sources = values.iter().map(|value| Source::of(vm, *value));
        let sources = sources.collect::<PyResult<Vec<Source>>>()?;
        let left = Cell::new(sources.len());
        Ok(make(vm, class::ZIP_LONGEST, ZipLongest { sources, left, fill }))
    }
}

impl Native for ZipLongest {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.sources.iter().for_each(|source| source.visit(visit));
        visit(self.fill);
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + self.sources.len() * size_of::<Source>()
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        if self.left.get() == 0 {
            return Ok(None);
        }
        let mut row = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            let over = source.is_over();
            let item = match source.next(vm) {
                Ok(item) => item,
                Err(error) => {
                    self.left.set(0);
                    return Err(error);
                }
            };
            if item.is_none() && !over {
                self.left.set(self.left.get() - 1);
                if self.left.get() == 0 {
                    return Ok(None);
                }
            }
            row.push(item.unwrap_or(self.fill));
        }
        Ok(Some(vm.heap.alloc_tuple(&row)?))
    }
}
