//! Functions of the `math` module that Rust's library does not have: those of the C library, and sums
//! and neighbours of floats.

use crate::builtins::keywords;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::number::real_of as real;
use crate::stack::{Args, arg};
use crate::value::Value;

/// Functions of the C library, which read numbers and give numbers.
macro_rules! c_functions {
    ($( $name:ident = $symbol:ident($($arg:ident),*); )*) => {
        mod c {
            unsafe extern "C" {
                $( pub safe fn $symbol($($arg: f64),*) -> f64; )*
            }
        }
        $( pub(super) fn $name($($arg: f64),*) -> f64 {
            c::$symbol($($arg),*)
        } )*
    };
}

c_functions! {
    acosh = acosh(x);
    asinh = asinh(x);
    atanh = atanh(x);
    erf = erf(x);
    erfc = erfc(x);
    exp2 = exp2(x);
    gamma = tgamma(x);
    lgamma = lgamma(x);
    nextafter = nextafter(x, y);
    remainder = remainder(x, y);
}

/// The distance from a float to the next one away from zero.
pub(super) fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let next = nextafter(x, f64::INFINITY);
    if next.is_infinite() { x - nextafter(x, 0.0) } else { next - x }
}

/// `math.isclose(a, b, *, rel_tol, abs_tol)`.
pub(super) fn is_close(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (values, named) = keywords(vm, args);
    let [a, b] = *values else {
        return Err(PyError::type_error(format!(
            "isclose() takes exactly 2 positional arguments ({} given)",
            values.len()
        )));
    };
    let (mut relative, mut absolute) = (1e-9, 0.0);
    for (name, value) in named {
        match name {
            "rel_tol" => relative = real(vm, value)?,
            "abs_tol" => absolute = real(vm, value)?,
            _ => {
                return Err(PyError::type_error(format!(
                    "'{name}' is an invalid keyword argument for isclose()"
                )));
            }
        }
    }
    if relative < 0.0 || absolute < 0.0 {
        return Err(PyError::value_error("tolerances must be non-negative"));
    }
    let (a, b) = (real(vm, a)?, real(vm, b)?);
    let distance = (a - b).abs();
    let close = a == b
        || a.is_finite()
            && b.is_finite()
            && (distance <= (relative * b).abs()
                || distance <= (relative * a).abs()
                || distance <= absolute);
    Ok(Value::bool(close))
}

/// `math.fsum(iterable)`: the exact sum, rounded once (Shewchuk's partial sums).
pub(super) fn exact_sum(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let items = ops::collect(vm, arg(args, 0))?;
    let mut partials: Vec<f64> = Vec::new();
    let mut special = 0.0;
    for item in items {
        let item = real(vm, item)?;
        if !item.is_finite() {
            special += item;
            continue;
        }
        let (mut x, mut kept) = (item, 0);
        for at in 0..partials.len() {
            let mut y = partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        partials.truncate(kept);
        if !x.is_finite() {
            let message = "intermediate overflow in fsum";
            return Err(PyError::new(ExcKind::OverflowError, message));
        }
        partials.push(x);
    }
    if special != 0.0 {
        if special.is_nan() {
            return Err(PyError::value_error("-inf + inf in fsum"));
        }
        return Ok(vm.heap.alloc_float(special));
    }
    let mut high = partials.pop().unwrap_or(0.0);
    while let Some(y) = partials.pop() {
        let x = high;
        high = x + y;
        let low = y - (high - x);
        if low != 0.0 {
            // Half-way cases round to even over all partial sums.
            if let Some(&next) = partials.last()
                && (low < 0.0) == (next < 0.0)
            {
                let twice = low * 2.0;
                let rounded = high + twice;
                if twice == rounded - high {
                    high = rounded;
                }
            }
            break;
        }
    }
    Ok(vm.heap.alloc_float(high))
}
