//! Membership: `item in container`.

use super::index_value;
use super::items::has_items;
use super::number::{Num, as_integer};
use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;

/// Looking through more items than this can be interrupted.
const MANY: usize = 1 << 16;

/// `item in container` for dicts, sets, lists and tuples; `None` where only code of the program could tell, and for
/// other containers.
pub(crate) fn contains_plain(item: Value, container: Value) -> Option<bool> {
    match container.class() {
        class::DICT => super::mapping::has_plain(container.as_dict()?.table(), item),
        class::SET | class::FROZENSET => {
            super::mapping::has_plain(container.as_set()?.table(), item)
        }
        class::LIST => among(container.as_list()?.items(), item),
        class::TUPLE => among(container.as_tuple()?.items(), item),
        _ => None,
    }
}

/// Whether a number, string or `None` is among items, where that is found without the program's code.
fn among(items: &[Value], item: Value) -> Option<bool> {
    // Others may be equal though they are no keys.
    let plain =
        matches!(item.class(), class::INT | class::FLOAT | class::BOOL | class::STR | class::NONE);
    if !plain || items.len() > MANY {
        return None;
    }
    for other in items {
        if super::mapping::plain_equal(*other, item)? {
            return Some(true);
        }
    }
    Some(false)
}

/// `item in container`.
pub fn contains(vm: &mut Vm, item: Value, container: Value) -> PyResult<bool> {
    contains_or_collects(vm, item, container, false)
}

/// `item in container` of an instruction: a safe point.
pub fn contains_collecting(vm: &mut Vm, item: Value, container: Value) -> PyResult<bool> {
    contains_or_collects(vm, item, container, true)
}

fn contains_or_collects(
    vm: &mut Vm,
    item: Value,
    container: Value,
    collects: bool,
) -> PyResult<bool> {
    if let Some(found) = contains_plain(item, container) {
        return Ok(found);
    }
    if let Some(string) = container.as_str() {
        return match item.plain().as_str() {
            Some(part) => Ok(string.text().contains(part.text())),
            None => Err(PyError::type_error(format!(
                "'in <string>' requires string as left operand, not {}",
                type_name(item)
            ))),
        };
    }
    if let Some(bytes) = container.as_bytes() {
        if let Some(part) = item.plain().as_bytes() {
            return Ok(memchr::memmem::find(bytes.bytes(), part.bytes()).is_some());
        }
        let item = index_value(vm, item)?;
        if as_integer(item).is_none() {
            return Err(PyError::type_error(format!(
                "a bytes-like object is required, not '{}'",
                type_name(item)
            )));
        }
        let byte = crate::builtins::byte_of(vm, item)?;
        return Ok(bytes.bytes().contains(&byte));
    }
    if let (Some(range), Some(n)) = (container.as_range(), as_integer(item)) {
        let r = range.fields();
        let Num::Int(n) = n else { return Ok(false) };
        let inside = if r.step > 0 { r.start <= n && n < r.end } else { r.end < n && n <= r.start };
        return Ok(inside && (n - r.start) % r.step == 0);
    }
    if let Some(dict) = container.as_dict() {
        return Ok(super::dict_get(vm, dict, item)?.is_some());
    }
    if let Some(set) = container.as_set() {
        return super::set_contains(vm, set, item);
    }
    if container.is_class(class::NAMESPACE) {
        let dict = vm.namespace_dict(container);
        return contains(vm, item, dict);
    }
    if container.is_class(class::DICT_KEYS) {
        let dict = container.as_words().map_or(Value::none(), |words| words.get(0));
        return contains(vm, item, dict);
    }
    if let Some(found) = vm.call_special(container, "__contains__", &[item])? {
        return super::truth(vm, found);
    }
    if let Some(held) = container.as_instance().and_then(|instance| instance.held())
        && has_items(held)
    {
        return contains_or_collects(vm, item, held, collects);
    }
    let refused = vm.lookup_value(vm.type_of(container), "__contains__");
    if refused.is_some_and(Value::is_none) || !super::is_iterable(vm, container) {
        let name = type_name(container);
        return Err(PyError::type_error(match refused {
            Some(_) => format!("'{name}' object is not a container"),
            None => format!("argument of type '{name}' is not iterable"),
        }));
    }
    vm.holding(&[item, container], |vm| {
        let (iterable, mut at) = super::get_iter(vm, container)?;
        vm.holding(&[iterable], |vm| {
            while let Some((candidate, next)) = super::for_next(vm, iterable, at)? {
                crate::interrupt::check()?;
                at = next;
                if !collects {
                    if super::equal(vm, candidate, item)? {
                        return Ok(true);
                    }
                    continue;
                }
                if super::equal_collecting(vm, candidate, item)? {
                    return Ok(true);
                }
                vm.safe_point_of_builtin()?;
            }
            Ok(false)
        })
    })
}
