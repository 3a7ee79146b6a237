//! Callables of `functools`: `partial`, the wrapper that `lru_cache` makes, and keys that compare.

use super::chains::positional;
use super::{Native, make};
use crate::builtins::{Builtin, bind_names, keywords, method, required};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::object::Tuple;
use crate::ops;
use crate::stack::{Args, arg};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use tierlab_frontend::bytecode::CompareKind;

/// The receiver, and what stands behind it.
fn parts<'a, T: Native>(args: Args) -> PyResult<(&'a T, &'static [Value])> {
    let rest = args.as_slice().get(1..).unwrap_or(&[]);
    match arg(args, 0).native() {
        Some(native) => Ok((native, rest)),
        None => Err(PyError::type_error("the receiver is of another type")),
    }
}

/// The dict of attributes, made where it is missing.
fn attributes_of(vm: &mut Vm, cell: &Cell<Value>) -> Value {
    if cell.get().is_null() {
        cell.set(vm.heap.alloc_table(class::DICT, Default::default()));
    }
    cell.get()
}

/// `functools.partial`: a call that has some of its arguments already.
pub struct Partial {
    function: Value,
    args: Value,
    /// A dict.
    keywords: Value,
    attributes: Cell<Value>,
}

impl Partial {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let (values, named) = keywords(vm, args);
        let Some((&function, values)) = values.split_first() else {
            return Err(PyError::type_error("type 'partial' takes at least one argument"));
        };
        if !vm.is_callable(function) {
            return Err(PyError::type_error("the first argument must be callable"));
        }
        let dict = vm.heap.alloc_table(class::DICT, Default::default());
        let (mut function, mut all) = (function, values.to_vec());
        if let Some(inner) = function.native::<Partial>() {
            ops::dict_update(vm, dict, inner.keywords)?;
            all = inner.args.as_tuple().map_or(Vec::new(), |t| t.items().to_vec());
            all.extend(values);
            function = inner.function;
        }
        for (name, value) in named {
            let name = vm.intern(name);
            ops::set_item(vm, dict, name, value)?;
        }
        let args = vm.heap.alloc_tuple(&all)?;
        let attributes = Cell::new(Value::NULL);
        Ok(make(vm, class::PARTIAL, Partial { function, args, keywords: dict, attributes }))
    }

    fn call(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let names = vm.kw_names.take();
        let (partial, rest) = parts::<Partial>(args)?;
        let first = partial.args.as_tuple().map_or(&[][..], |t| t.items());
        let known = partial.keywords.as_dict().map_or(Vec::new(), |d| d.table().entries());
        let mut all = Vec::with_capacity(first.len() + rest.len() + known.len());
        all.extend_from_slice(first);
        if known.is_empty() {
            all.extend_from_slice(rest);
            return vm.call_names(partial.function, &all, names);
        }
        let given = names.map_or(&[][..], |t| t.items());
        let (values, named) = rest.split_at(rest.len() - given.len().min(rest.len()));
        all.extend_from_slice(values);
        let mut name_list = Vec::with_capacity(known.len() + given.len());
        for (_, name, value) in known {
            let place = given.iter().position(|g| same_text(*g, name));
            name_list.push(name);
            all.push(place.and_then(|i| named.get(i).copied()).unwrap_or(value));
        }
        for (name, value) in given.iter().zip(named) {
            if !name_list.iter().any(|known| same_text(*known, *name)) {
                name_list.push(*name);
                all.push(*value);
            }
        }
        let names = vm.heap.alloc_tuple(&name_list)?;
        // The names are held by nothing while the function begins.
        vm.holding(&[names], |vm| vm.call_names(partial.function, &all, names.as_tuple()))
    }

    fn repr(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let (partial, _) = parts::<Partial>(args)?;
        let mut text = format!("functools.partial({}", vm.repr_of(partial.function)?);
        for value in partial.args.as_tuple().map_or(Vec::new(), |t| t.items().to_vec()) {
            text += &format!(", {}", vm.repr_of(value)?);
        }
        for (_, name, value) in
            partial.keywords.as_dict().map_or(Vec::new(), |d| d.table().entries())
        {
            let name = name.as_str().map_or("?", |s| s.text());
            text += &format!(", {name}={}", vm.repr_of(value)?);
        }
        Ok(vm.heap.alloc_str(&(text + ")")))
    }
}

fn same_text(a: Value, b: Value) -> bool {
    a == b || a.as_str().map(|s| s.text()) == b.as_str().map(|s| s.text())
}

impl Native for Partial {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        for value in [self.function, self.args, self.keywords, self.attributes.get()] {
            visit(value);
        }
    }

    fn attribute(&self, vm: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        Ok(match name {
            "func" => Some(self.function),
            "args" => Some(self.args),
            "keywords" => Some(self.keywords),
            "__dict__" => Some(attributes_of(vm, &self.attributes)),
            _ => None,
        })
    }

    fn attributes(&self) -> Option<&Cell<Value>> {
        Some(&self.attributes)
    }
}

/// No entry.
const NOBODY: u32 = u32::MAX;

/// A result in an [`LruCache`] with a greatest size, with its neighbours by time of use.
struct Entry {
    key: Value,
    result: Value,
    older: u32,
    newer: u32,
}

/// Entries in the order of their last use.
struct Order {
    entries: Vec<Entry>,
    oldest: u32,
    newest: u32,
}

impl Order {
    const EMPTY: Order = Order { entries: Vec::new(), oldest: NOBODY, newest: NOBODY };

    fn take_out(&mut self, at: u32) {
        let Entry { older, newer, .. } = self.entries[at as usize];
        match older {
            NOBODY => self.oldest = newer,
            older => self.entries[older as usize].newer = newer,
        }
        match newer {
            NOBODY => self.newest = older,
            newer => self.entries[newer as usize].older = older,
        }
    }

    fn put_last(&mut self, at: u32) {
        let newest = self.newest;
        let entry = &mut self.entries[at as usize];
        (entry.older, entry.newer) = (newest, NOBODY);
        match newest {
            NOBODY => self.oldest = at,
            newest => self.entries[newest as usize].newer = at,
        }
        self.newest = at;
    }
}

/// The wrapper that `lru_cache` makes: a function with its results.
pub struct LruCache {
    function: Value,
    most: Option<usize>,
    typed: bool,
    /// What makes the result of `cache_info`.
    info: Value,
    /// A dict from keys to results, or to places in `order` where there is a greatest size.
    results: Value,
    order: RefCell<Order>,
    hits: Cell<i64>,
    misses: Cell<i64>,
    attributes: Cell<Value>,
}

impl LruCache {
    /// `_lru_cache_wrapper(function, maxsize, typed, cache_info_type)`.
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let values = positional(vm, args, "_lru_cache_wrapper", 4, 4)?;
        if !vm.is_callable(values[0]) {
            return Err(PyError::type_error("the first argument must be callable"));
        }
        let most = match values[1] {
            most if most.is_none() => None,
            most => Some(ops::index_saturating(vm, most)?.clamp(0, 1 << 30) as usize),
        };
        let typed = ops::truth(vm, values[2])?;
        let results = vm.heap.alloc_table(class::DICT, Default::default());
        let cache = LruCache {
            function: values[0],
            most,
            typed,
            info: values[3],
            results,
            order: RefCell::new(Order::EMPTY),
            hits: Cell::new(0),
            misses: Cell::new(0),
            attributes: Cell::new(Value::NULL),
        };
        Ok(make(vm, class::LRU_CACHE, cache))
    }

    /// What a call's result is filed under.
    fn key(&self, vm: &mut Vm, args: &[Value], names: Option<Tuple>) -> PyResult<Value> {
        let names = names.map_or(&[][..], |t| t.items());
        if let ([one], false, []) = (args, self.typed, names)
            && (one.is_small_int() || matches!(one.class(), class::INT | class::STR))
        {
            return Ok(*one);
        }
        if names.is_empty() && !self.typed {
            return Ok(vm.heap.alloc_tuple(args)?);
        }
        let mut key = args.to_vec();
        if !names.is_empty() {
            // What makes the information stands for "names follow": nobody passes it.
            let names = vm.heap.alloc_tuple(names)?;
            key.extend([self.info, names]);
        }
        if self.typed {
            key.extend(args.iter().map(|value| vm.type_of(*value).object()));
        }
        Ok(vm.heap.alloc_tuple(&key)?)
    }

    fn call(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let names = vm.kw_names.take();
        let (cache, rest) = parts::<LruCache>(args)?;
        if cache.most == Some(0) {
            cache.misses.set(cache.misses.get() + 1);
            return vm.call_names(cache.function, rest, names);
        }
        let Some(results) = cache.results.as_dict() else { return Ok(Value::none()) };
        let key = vm.quietly(|vm| cache.key(vm, rest, names))?;
        let known = vm.quietly(|vm| ops::dict_get(vm, results, key))?;
        if let Some(known) = known {
            cache.hits.set(cache.hits.get() + 1);
            if cache.most.is_none() {
                return Ok(known);
            }
            let at = known.as_small_int().unwrap_or(0) as u32;
            let mut order = cache.order.borrow_mut();
            if order.newest != at {
                order.take_out(at);
                order.put_last(at);
            }
            return Ok(order.entries[at as usize].result);
        }
        cache.misses.set(cache.misses.get() + 1);
        let result = vm.holding(&[key], |vm| vm.call_names(cache.function, rest, names))?;
        vm.quietly(|vm| cache.keep(vm, key, result))?;
        Ok(result)
    }

    fn keep(&self, vm: &mut Vm, key: Value, result: Value) -> PyResult<()> {
        let Some(results) = self.results.as_dict() else { return Ok(()) };
        let Some(most) = self.most else {
            return ops::dict_set(vm, results, key, result);
        };
        // The function may have called itself with these arguments.
        if ops::dict_get(vm, results, key)?.is_some() {
            return Ok(());
        }
        let (len, oldest) = {
            let order = self.order.borrow();
            (order.entries.len(), order.oldest)
        };
        let entry = Entry { key, result, older: NOBODY, newer: NOBODY };
        let at = if len < most {
            let mut order = self.order.borrow_mut();
            order.entries.push(entry);
            let at = order.entries.len() as u32 - 1;
            order.put_last(at);
            at
        } else {
            let old = self.order.borrow().entries[oldest as usize].key;
            ops::dict_remove(vm, results, old)?;
            let mut order = self.order.borrow_mut();
            order.take_out(oldest);
            order.entries[oldest as usize] = entry;
            order.put_last(oldest);
            oldest
        };
        ops::dict_set(vm, results, key, Value::small(i64::from(at)))
    }
}

impl Native for LruCache {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        for value in [self.function, self.info, self.results, self.attributes.get()] {
            visit(value);
        }
        for entry in &self.order.borrow().entries {
            visit(entry.key);
            visit(entry.result);
        }
    }

    fn attribute(&self, vm: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "__dict__").then(|| attributes_of(vm, &self.attributes)))
    }

    fn attributes(&self) -> Option<&Cell<Value>> {
        Some(&self.attributes)
    }
}

/// What `cmp_to_key` makes: without a value, the key function; with one, its key.
pub struct KeyWrapper {
    compare: Value,
    /// The value, or NULL.
    value: Value,
}

impl KeyWrapper {
    /// `cmp_to_key(mycmp)`.
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let [compare] = bind_names(vm, args, "cmp_to_key", ["mycmp"])?;
        let compare = required(compare, "cmp_to_key", "mycmp", 1)?;
        Ok(make(vm, class::KEY_WRAPPER, KeyWrapper { compare, value: Value::NULL }))
    }

    fn call(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let (key, rest) = parts::<KeyWrapper>(args)?;
        let [value] = bind_names(vm, Args::of(rest), "K", ["obj"])?;
        let value = required(value, "K", "obj", 1)?;
        Ok(make(vm, class::KEY_WRAPPER, KeyWrapper { compare: key.compare, value }))
    }

    fn compared(vm: &mut Vm, args: Args, kind: CompareKind) -> PyResult<Value> {
        let (a, rest) = parts::<KeyWrapper>(args)?;
        let Some(b) = rest.first().and_then(|other| other.native::<KeyWrapper>()) else {
            return Err(PyError::type_error("other argument must be K instance"));
        };
        if a.value.is_null() || b.value.is_null() {
            return Err(PyError::new(crate::error::ExcKind::AttributeError, "object"));
        }
        let order = vm.call_quiet(a.compare, &[a.value, b.value])?;
        ops::compare(vm, kind, order, Value::ZERO)
    }
}

impl Native for KeyWrapper {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.compare);
        visit(self.value);
    }

    fn attribute(&self, _: &mut Vm, name: &str) -> PyResult<Option<Value>> {
        Ok((name == "obj" && !self.value.is_null()).then_some(self.value))
    }
}

/// Methods.
pub(crate) const TABLE: &[Builtin] = &[
    method("partial.__call__", 0, usize::MAX, Partial::call).with_keywords(),
    method("partial.__repr__", 0, 0, Partial::repr),
    method("_lru_cache_wrapper.__call__", 0, usize::MAX, LruCache::call).with_keywords(),
    method("_lru_cache_wrapper.__get__", 1, 2, |vm, a| {
        if arg(a, 1).is_none() {
            return Ok(arg(a, 0));
        }
        Ok(vm.as_one(arg(a, 0), arg(a, 1)))
    }),
    method("_lru_cache_wrapper.cache_info", 0, 0, |vm, a| {
        let (cache, _) = parts::<LruCache>(a)?;
        let most = cache.most.map_or(Value::none(), |most| Value::small(most as i64));
        let len = cache.results.as_dict().map_or(0, |d| d.table().len());
        let (hits, misses) = (Value::small(cache.hits.get()), Value::small(cache.misses.get()));
        vm.call_quiet(cache.info, &[hits, misses, most, Value::small(len as i64)])
    }),
    method("_lru_cache_wrapper.cache_clear", 0, 0, |vm, a| {
        let (cache, _) = parts::<LruCache>(a)?;
        cache.hits.set(0);
        cache.misses.set(0);
        cache.order.replace(Order::EMPTY);
        let clear = vm.get_attribute(cache.results, "clear")?;
        vm.call_quiet(clear, &[])
    }),
    method("KeyWrapper.__call__", 0, usize::MAX, KeyWrapper::call).with_keywords(),
    method("KeyWrapper.__lt__", 1, 1, |vm, a| KeyWrapper::compared(vm, a, CompareKind::Lt)),
    method("KeyWrapper.__le__", 1, 1, |vm, a| KeyWrapper::compared(vm, a, CompareKind::Le)),
    method("KeyWrapper.__eq__", 1, 1, |vm, a| KeyWrapper::compared(vm, a, CompareKind::Eq)),
    method("KeyWrapper.__ne__", 1, 1, |vm, a| KeyWrapper::compared(vm, a, CompareKind::Ne)),
    method("KeyWrapper.__gt__", 1, 1, |vm, a| KeyWrapper::compared(vm, a, CompareKind::Gt)),
    method("KeyWrapper.__ge__", 1, 1, |vm, a| KeyWrapper::compared(vm, a, CompareKind::Ge)),
];
