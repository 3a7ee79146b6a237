//! Iterators of `itertools` that choose from pools: products, permutations and combinations.

use super::{Native, make};
use crate::builtins::{bind_names, keywords, required};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::stack::Args;
use crate::value::Value;
use std::cell::RefCell;

/// Places in pools, and the row of items that they stand for.
#[derive(Default)]
struct Row {
    places: Vec<usize>,
    items: Vec<Value>,
    /// Whether the first row has been given.
    begun: bool,
    over: bool,
}

impl Row {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.items.iter().for_each(|item| visit(*item));
    }
}

/// `product`: rows of an item of each pool.
pub struct Product {
    pools: Vec<Vec<Value>>,
    row: RefCell<Row>,
}

impl Product {
    pub(super) fn construct(vm: &mut Vm, args: Args) -> PyResult<Value> {
        let (values, named) = keywords(vm, args);
        let mut repeat = 1;
        for (name, value) in named {
            if name != "repeat" {
                return Err(PyError::type_error(format!(
                    "'{name}' is an invalid keyword argument for product()"
                )));
            }
            repeat = ops::index_saturating(vm, value)?;
            if repeat < 0 {
                return Err(PyError::value_error("repeat argument cannot be negative"));
            }
        }
        let mut pools: Vec<Vec<Value>> = Vec::new();
        if repeat > 0 {
            vm.quietly(|vm| -> PyResult<()> {
                for value in values {
                    pools.push(ops::collect(vm, *value)?);
                }
                Ok(())
            })?;
        }
        let once = pools.len();
        if once.checked_mul(repeat as usize).is_none_or(|all| all > 1 << 32) {
            return Err(PyError::new(
                crate::error::ExcKind::OverflowError,
                "repeat argument too large",
            ));
        }
        for i in once..once * repeat as usize {
            pools.push(pools[i - once].clone());
        }
        Ok(make(vm, class::PRODUCT, Product { pools, row: RefCell::default() }))
    }
}

impl Native for Product {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.pools.iter().flatten().for_each(|item| visit(*item));
        self.row.borrow().visit(visit);
    }

    fn bytes(&self) -> usize {
        let items: usize = self.pools.iter().map(|pool| pool.len() + 6).sum();
        size_of_val(self) + items * size_of::<Value>()
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let mut row = self.row.borrow_mut();
        let row = &mut *row;
        if !row.begun {
            row.begun = true;
            row.over = self.pools.iter().any(Vec::is_empty);
            if !row.over {
                row.places = vec![0; self.pools.len()];
                row.items = self.pools.iter().map(|pool| pool[0]).collect();
            }
        } else if !row.over {
            // The last pool turns fastest.
            let mut turned = false;
            for (i, pool) in self.pools.iter().enumerate().rev() {
                row.places[i] += 1;
                turned = row.places[i] < pool.len();
                if !turned {
                    row.places[i] = 0;
                }
                row.items[i] = pool[row.places[i]];
                if turned {
                    break;
                }
            }
            row.over = !turned;
        }
        if row.over {
            return Ok(None);
        }
        Ok(Some(vm.heap.alloc_tuple(&row.items)?))
    }
}

/// Whose next row [`Choice`] makes.
enum Rule {
    /// `permutations`: how many more items each place gets before it begins anew.
    Permutations(RefCell<Vec<usize>>),
    Combinations,
    WithReplacement,
}

/// `permutations`, `combinations` and `combinations_with_replacement`: rows of items of one pool.
pub struct Choice {
    pool: Vec<Value>,
    /// Length of a row.
    width: usize,
    row: RefCell<Row>,
    rule: Rule,
}

/// `permutations(iterable, r=None)`.
pub(super) fn new_permutations(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let [iterable, r] = bind_names(vm, args, "permutations", ["iterable", "r"])?;
    let iterable = required(iterable, "permutations", "iterable", 1)?;
    let pool = vm.quietly(|vm| ops::collect(vm, iterable))?;
    let n = pool.len();
    let width = match r {
        r if r.is_null() || r.is_none() => n as i64,
        r => ops::index_int(r).ok_or_else(|| PyError::type_error("Expected int as r"))?,
    };
    let cycles = (0..n).map(|i| n - i).take(width.max(0) as usize).collect();
    choice(vm, class::PERMUTATIONS, pool, width, Rule::Permutations(RefCell::new(cycles)))
}

/// `combinations(iterable, r)`, or the same with replacement.
pub(super) fn new_combinations(vm: &mut Vm, args: Args, replaced: bool) -> PyResult<Value> {
    let (class, name, rule) = match replaced {
        true => {
            let class = class::COMBINATIONS_WITH_REPLACEMENT;
            (class, "combinations_with_replacement", Rule::WithReplacement)
        }
        false => (class::COMBINATIONS, "combinations", Rule::Combinations),
    };
    let [iterable, r] = bind_names(vm, args, name, ["iterable", "r"])?;
    let iterable = required(iterable, name, "iterable", 1)?;
    let r = required(r, name, "r", 2)?;
    let width = ops::index_saturating(vm, r)?;
    let pool = vm.quietly(|vm| ops::collect(vm, iterable))?;
    choice(vm, class, pool, width, rule)
}

fn choice(vm: &mut Vm, class: u32, pool: Vec<Value>, width: i64, rule: Rule) -> PyResult<Value> {
    let Ok(width) = usize::try_from(width) else {
        return Err(PyError::value_error("r must be non-negative"));
    };
    let row = RefCell::default();
    Ok(make(vm, class, Choice { pool, width, row, rule }))
}

impl Choice {
    /// The places of the first row.
    fn first(&self) -> Option<Vec<usize>> {
        let (n, width) = (self.pool.len(), self.width);
        match self.rule {
            Rule::WithReplacement => (n > 0 || width == 0).then(|| vec![0; width]),
            Rule::Permutations(_) => (width <= n).then(|| (0..n).collect()),
            Rule::Combinations => (width <= n).then(|| (0..width).collect()),
        }
    }

    /// Makes the next row: the first place that changed, or `None` behind the last row.
    fn turn(&self, places: &mut [usize]) -> Option<usize> {
        let (n, width) = (self.pool.len(), self.width);
        match &self.rule {
            Rule::Permutations(cycles) => {
                let mut cycles = cycles.borrow_mut();
                for i in (0..width).rev() {
                    cycles[i] -= 1;
                    if cycles[i] > 0 {
                        places.swap(i, n - cycles[i]);
                        return Some(i);
                    }
                    places[i..].rotate_left(1);
                    cycles[i] = n - i;
                }
                None
            }
            Rule::Combinations => {
                let i = (0..width).rev().find(|&i| places[i] != i + n - width)?;
                let from = places[i] + 1;
                places[i..].iter_mut().enumerate().for_each(|(j, place)| *place = from + j);
                Some(i)
            }
            Rule::WithReplacement => {
                let i = (0..width).rev().find(|&i| places[i] != n - 1)?;
                let place = places[i] + 1;
                places[i..].fill(place);
                Some(i)
            }
        }
    }
}

impl Native for Choice {
    fn visit(&self, visit: &mut dyn FnMut(Value)) {
        self.pool.iter().for_each(|item| visit(*item));
    }

    fn bytes(&self) -> usize {
        size_of_val(self) + (self.pool.len() * 3 + self.width) * size_of::<Value>()
    }

    fn next(&self, vm: &mut Vm, _: Value) -> PyResult<Option<Value>> {
        let mut row = self.row.borrow_mut();
        let row = &mut *row;
        let changed = match row.begun {
            false => {
                row.begun = true;
                let first = self.first();
                row.over = first.is_none();
                row.places = first.unwrap_or_default();
                row.items = vec![Value::NULL; if row.over { 0 } else { self.width }];
                0
            }
            true if row.over => 0,
            true => match self.turn(&mut row.places) {
                Some(first) => first,
                None => {
                    row.over = true;
                    0
                }
            },
        };
        if row.over {
            return Ok(None);
        }
        for i in changed..self.width {
            row.items[i] = self.pool[row.places[i]];
        }
        Ok(Some(vm.heap.alloc_tuple(&row.items)?))
    }
}
