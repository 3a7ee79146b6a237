//! Objects of the library's types that are written in Rust: containers, iterators and callables.
//!
//! Terms. A *native* object is a cell that owns a boxed [`Native`]; its class number says its type, of
//! which [`TYPES`] has a row. Its methods stand in the table of its module, named `type.method`. Special
//! methods are among them: operators find them where they find those of a program's classes, so that a
//! type is known to its module alone.
//!
//! Invariants. A native object changes through shared references: what it calls may come back to it, so
//! no borrow lasts across a call. [`next`] is quiet: what an object has taken out of its state needs no
//! root.

pub mod array;
pub mod calls;
pub mod chains;
pub mod combinatorics;
pub mod deque;
pub mod getters;
pub mod groups;
pub mod long_range;
pub mod member;
mod ordered;
pub mod proxy;

use crate::class::{self, ClassId};
use crate::error::PyResult;
use crate::interp::Vm;
use crate::ops;
use crate::stack::Args;
use crate::value::Value;
use std::any::Any;
use std::cell::Cell;

/// What a native object is made of.
pub trait Native: Any {
    /// Visits the values that it refers to.
    fn visit(&self, visit: &mut dyn FnMut(Value));

    /// Bytes that it keeps outside its cell.
    fn bytes(&self) -> usize {
        size_of_val(self)
    }

    /// The next item, where it is an iterator; `me` is the object itself.
    fn next(&self, _: &mut Vm, _me: Value) -> PyResult<Option<Value>> {
        Ok(None)
    }

    /// The number of its items, where it is a sequence. Like the two below a short way to what the special
    /// method does.
    fn length(&self) -> Option<usize> {
        None
    }

    /// The item at a place, where it is a sequence that has one there.
    fn item(&self, _: &mut Vm, _at: usize) -> Option<Value> {
        None
    }

    /// Sets the item at a place; `None` where there is none.
    fn set_item(&self, _: &mut Vm, _at: usize, _value: Value) -> Option<PyResult<()>> {
        None
    }

    /// The bytes that it gives to whoever takes bytes, where it does.
    fn buffer(&self) -> Option<Vec<u8>> {
        None
    }

    /// An attribute that is no method.
    fn attribute(&self, _: &mut Vm, _: &str) -> PyResult<Option<Value>> {
        Ok(None)
    }

    /// The dict of attributes that programs gave it, NULL before the first; `None` where it takes none.
    fn attributes(&self) -> Option<&Cell<Value>> {
        None
    }
}

/// A native type.
pub struct NativeType {
    /// Its class.
    pub class: ClassId,
    /// Whether its objects are iterators.
    pub iterates: bool,
    /// Makes an object of it of a call's arguments, of which the last may be named.
    pub new: Option<fn(&mut Vm, Args) -> PyResult<Value>>,
}

const fn iterator(class: ClassId, new: fn(&mut Vm, Args) -> PyResult<Value>) -> NativeType {
    NativeType { class, iterates: true, new: Some(new) }
}

const fn hidden_iterator(class: ClassId) -> NativeType {
    NativeType { class, iterates: true, new: None }
}

const fn object(class: ClassId, new: fn(&mut Vm, Args) -> PyResult<Value>) -> NativeType {
    NativeType { class, iterates: false, new: Some(new) }
}

/// All native types, in the order of their class numbers.
pub const TYPES: &[NativeType] = &[
    object(class::DEQUE, deque::new),
    hidden_iterator(class::DEQUE_ITERATOR),
    hidden_iterator(class::DEQUE_REVERSED),
    iterator(class::COUNT, chains::Count::construct),
    iterator(class::CYCLE, chains::Cycle::construct),
    iterator(class::REPEAT, chains::Repeat::construct),
    iterator(class::ACCUMULATE, chains::Accumulate::construct),
    iterator(class::CHAIN, chains::Chain::construct),
    iterator(class::COMPRESS, chains::Compress::construct),
    iterator(class::DROPWHILE, |vm, args| chains::Chosen::construct(vm, args, class::DROPWHILE)),
    iterator(class::TAKEWHILE, |vm, args| chains::Chosen::construct(vm, args, class::TAKEWHILE)),
    iterator(class::FILTERFALSE, |vm, args| {
        chains::Chosen::construct(vm, args, class::FILTERFALSE)
    }),
    iterator(class::STARMAP, |vm, args| chains::Chosen::construct(vm, args, class::STARMAP)),
    iterator(class::ISLICE, chains::Islice::construct),
    iterator(class::PAIRWISE, chains::Pairwise::construct),
    iterator(class::ZIP_LONGEST, chains::ZipLongest::construct),
    iterator(class::TEE, groups::new_tee),
    iterator(class::GROUPBY, groups::Groupby::construct),
    hidden_iterator(class::GROUPER),
    iterator(class::PRODUCT, combinatorics::Product::construct),
    iterator(class::PERMUTATIONS, combinatorics::new_permutations),
    iterator(class::COMBINATIONS, |vm, args| combinatorics::new_combinations(vm, args, false)),
    iterator(class::COMBINATIONS_WITH_REPLACEMENT, |vm, args| {
        combinatorics::new_combinations(vm, args, true)
    }),
    object(class::PARTIAL, calls::Partial::construct),
    object(class::LRU_CACHE, calls::LruCache::construct),
    object(class::KEY_WRAPPER, calls::KeyWrapper::construct),
    object(class::ITEMGETTER, |vm, args| getters::new(vm, args, class::ITEMGETTER)),
    object(class::ATTRGETTER, |vm, args| getters::new(vm, args, class::ATTRGETTER)),
    object(class::METHODCALLER, |vm, args| getters::new(vm, args, class::METHODCALLER)),
    object(class::MAPPING_PROXY, proxy::new),
    NativeType { class: class::MEMBER, iterates: false, new: None },
    object(class::ARRAY, array::new),
    hidden_iterator(class::ARRAY_ITERATOR),
    NativeType { class: class::LONG_RANGE, iterates: false, new: None },
    hidden_iterator(class::LONG_RANGE_ITERATOR),
];

const _: () = {
    let mut row = 0;
    while row < TYPES.len() {
        assert!(TYPES[row].class == class::FIRST_NATIVE + row as u32);
        row += 1;
    }
    assert!(class::FIRST_NATIVE + TYPES.len() as u32 == class::END);
};

fn row(class: ClassId) -> Option<&'static NativeType> {
    static ROWS: &[NativeType] = TYPES;
    ROWS.get(class.wrapping_sub(class::FIRST_NATIVE) as usize)
}

/// Whether objects of a class are native iterators.
pub fn iterates(class: ClassId) -> bool {
    row(class).is_some_and(|row| row.iterates)
}

/// Calls a native type. Names of the last arguments stand in `kw_names`.
pub fn construct(vm: &mut Vm, class: ClassId, args: Args) -> PyResult<Value> {
    match row(class).and_then(|row| row.new) {
        Some(new) => new(vm, args),
        None => Err(crate::error::PyError::type_error(format!(
            "cannot create '{}' instances",
            class::name(class)
        ))),
    }
}

/// Gives a module its native types; `_x` those of `x`.
pub fn install(vm: &mut Vm, module: u32) {
    let Some(name) = vm.module(module).map(|module| module.name.clone()) else { return };
    let name = name.trim_start_matches('_');
    for row in TYPES {
        if let Some((of, short)) = class::name(row.class).rsplit_once('.')
            && of == name
        {
            let object = vm.type_info(row.class).object();
            vm.set_module_global(module, short, object);
        }
    }
}

/// Advances a native iterator.
#[inline]
pub fn next(vm: &mut Vm, object: &dyn Native, me: Value) -> PyResult<Option<Value>> {
    vm.quietly(|vm| object.next(vm, me))
}

/// An object of a native type.
pub(crate) fn make<T: Native>(vm: &mut Vm, class: ClassId, object: T) -> Value {
    vm.heap.alloc_native(class, Box::new(object))
}

/// What an iterator takes its items from: the pair of [`crate::ops`], kept in an object. It is used up
/// where an item is missing.
pub(crate) struct Source {
    iterable: Cell<Value>,
    at: Cell<Value>,
}

impl Source {
    /// Of an iterable.
    pub(crate) fn of(vm: &mut Vm, iterable: Value) -> PyResult<Source> {
        let (iterable, at) = ops::get_iter(vm, iterable)?;
        Ok(Source { iterable: Cell::new(iterable), at: Cell::new(at) })
    }

    /// One that is used up.
    pub(crate) fn empty() -> Source {
        Source { iterable: Cell::new(Value::NULL), at: Cell::new(Value::NULL) }
    }

    /// Begins anew with another iterable.
    pub(crate) fn begin(&self, vm: &mut Vm, iterable: Value) -> PyResult<()> {
        let (iterable, at) = ops::get_iter(vm, iterable)?;
        self.iterable.set(iterable);
        self.at.set(at);
        Ok(())
    }

    /// Whether it is used up.
    pub(crate) fn is_over(&self) -> bool {
        self.iterable.get().is_null()
    }

    /// Uses it up.
    pub(crate) fn finish(&self) {
        self.iterable.set(Value::NULL);
    }

    /// The next item.
    #[inline]
    pub(crate) fn next(&self, vm: &mut Vm) -> PyResult<Option<Value>> {
        let iterable = self.iterable.get();
        if iterable.is_null() {
            return Ok(None);
        }
        match ops::for_next(vm, iterable, self.at.get())? {
            Some((item, at)) => {
                self.at.set(at);
                Ok(Some(item))
            }
            None => {
                self.finish();
                Ok(None)
            }
        }
    }

    /// Visits its values.
    pub(crate) fn visit(&self, visit: &mut dyn FnMut(Value)) {
        visit(self.iterable.get());
        visit(self.at.get());
    }
}
