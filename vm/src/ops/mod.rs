//! What operators mean, for operands of any type: the one implementation behind the generic
//! instructions, the built-ins and the helpers that traces call.

mod arith;
mod compare;
pub mod int;
mod items;
mod iter;
pub mod number;

pub use crate::format::format_value;
pub use arith::{binary, binary_kind, float_div_mod, float_floor_div, float_mod, unary, unary_pos};
pub use compare::{compare, compare_bool, equal, less};
pub use items::{contains, delete_item, get_item, index_int, length, set_item, slice_bounds};
pub use iter::{collect, for_next, get_iter, iterate, list_extend};

use crate::class;
use crate::error::PyResult;
use crate::interp::Vm;
use crate::value::Value;

/// The truth of a value.
pub fn truth(_: &mut Vm, value: Value) -> PyResult<bool> {
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
        class::LIST => value.as_list().is_none_or(|l| !l.is_empty()),
        class::TUPLE => value.as_tuple().is_none_or(|t| !t.is_empty()),
        class::RANGE => value.as_range().is_none_or(|r| r.fields().len != 0),
        // A big int is never zero; all other objects are true.
        _ => true,
    }
}
