//! What operators mean, for operands of any type: the one implementation behind the generic
//! instructions, the built-ins and the helpers that traces call.

mod arith;
mod compare;
mod hash;
mod hint;
pub mod huge;
pub mod int;
mod items;
mod iter;
mod mapping;
mod membership;
pub mod number;
mod quiet;
pub mod sets;

pub use crate::format::format_value;
pub(crate) use arith::repeated;
pub use arith::{
    binary, binary_kind, binary_plain, float_div_mod, float_floor_div, float_mod, unary, unary_pos,
};
pub use compare::{compare, compare_bool, compare_collecting, compare_plain, equal, less};
pub(crate) use compare::{comparison_too_deep, equal_collecting, same_text};
pub(crate) use hash::TupleHash;
pub(crate) use hash::text_hash;
pub use hash::{big_hash, identity_hash, plain_hash, range_hash, set_hash, tuple_hash};
pub use hint::{left, length_hint};
pub(crate) use items::{
    ascii_item, plain_slice, position, store_plain_slice, whole_result, word_index,
};
pub use items::{
    delete_item, generic_alias, get_item, index_int, index_saturating, index_value, length,
    plain_item, set_item, slice_bounds,
};
pub(crate) use iter::expected;
pub use iter::{
    collect, collect_first, for_next, get_iter, is_iterable, is_iterator, iterate, list_extend,
    star_into,
};
pub(crate) use mapping::dict_place;
pub use mapping::{
    dict_get, dict_get_plain, dict_remove, dict_set, dict_set_default, dict_update,
    dict_update_pairs, key_error, set_add, set_contains, set_remove, view_item,
};
pub(crate) use membership::contains_plain;
pub use membership::{contains, contains_collecting};
pub(crate) use quiet::quietly_equal;
pub use sets::update as set_update;

use crate::class;
use crate::error::PyResult;
use crate::interp::Vm;
use crate::value::Value;

/// The truth of a value.
pub fn truth(vm: &mut Vm, value: Value) -> PyResult<bool> {
    if class::has_methods(value.class()) || value.is_class(class::TYPE) {
        return vm.special_truth(value);
    }
    if value.is_class(class::NAMESPACE) {
        return length(vm, value).map(|length| length != 0);
    }
    Ok(plain_truth(value))
}

fn plain_truth(value: Value) -> bool {
    if let Some(i) = value.as_small_int() {
        return i != 0;
    }
    match value.class() {
        class::BOOL => value.is_true(),
        class::NONE => false,
        class::FLOAT => value.as_float() != Some(0.0),
        class::STR => value.as_str().is_none_or(|s| s.chars() != 0),
        class::BYTES | class::BYTEARRAY => value.as_bytes().is_none_or(|b| !b.is_empty()),
        class::LIST => value.as_list().is_none_or(|l| !l.is_empty()),
        class::TUPLE => value.as_tuple().is_none_or(|t| !t.is_empty()),
        class::RANGE => value.as_range().is_none_or(|r| r.fields().len != 0),
        class::DICT => value.as_dict().is_none_or(|d| !d.table().is_empty()),
        class::SET | class::FROZENSET => value.as_set().is_none_or(|s| !s.table().is_empty()),
        class::DICT_KEYS | class::DICT_VALUES | class::DICT_ITEMS => {
            let dict = value.as_words().and_then(|words| words.get(0).as_dict());
            dict.is_none_or(|d| !d.table().is_empty())
        }
        // A big int is never zero; all other objects are true.
        _ => true,
    }
}
