//! The `math` module. Functions of the C library are called through `f64`'s methods, which lead
//! there, so that their digits are those of CPython on the same machine.

use super::special_functions as special;
use crate::builtins::{Builtin, numeric, plain};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops;
use crate::ops::int;
use crate::ops::number::{Num, as_integer, not_an_integer, num, real_of as real};
use crate::stack::{Args, arg};
use crate::text::type_name;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::{One, Signed, ToPrimitive, Zero};
use tierlab_frontend::bytecode::BinaryKind;

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("math.sqrt", 1, 1, |vm, a| unary(vm, a, false, f64::sqrt)),
    plain("math.sin", 1, 1, |vm, a| unary(vm, a, false, f64::sin)),
    plain("math.cos", 1, 1, |vm, a| unary(vm, a, false, f64::cos)),
    plain("math.tan", 1, 1, |vm, a| unary(vm, a, false, f64::tan)),
    plain("math.asin", 1, 1, |vm, a| unary(vm, a, false, f64::asin)),
    plain("math.acos", 1, 1, |vm, a| unary(vm, a, false, f64::acos)),
    plain("math.atan", 1, 1, |vm, a| unary(vm, a, false, f64::atan)),
    plain("math.sinh", 1, 1, |vm, a| unary(vm, a, true, f64::sinh)),
    plain("math.cosh", 1, 1, |vm, a| unary(vm, a, true, f64::cosh)),
    plain("math.tanh", 1, 1, |vm, a| unary(vm, a, false, f64::tanh)),
    plain("math.exp", 1, 1, |vm, a| unary(vm, a, true, f64::exp)),
    plain("math.expm1", 1, 1, |vm, a| unary(vm, a, true, f64::exp_m1)),
    plain("math.log1p", 1, 1, |vm, a| unary(vm, a, false, f64::ln_1p)),
    plain("math.fabs", 1, 1, |vm, a| unary(vm, a, false, f64::abs)),
    plain("math.cbrt", 1, 1, |vm, a| unary(vm, a, false, f64::cbrt)),
    plain("math.degrees", 1, 1, |vm, a| {
        unary(vm, a, false, |x| x * (180.0 / std::f64::consts::PI))
    }),
    plain("math.radians", 1, 1, |vm, a| {
        unary(vm, a, false, |x| x * (std::f64::consts::PI / 180.0))
    }),
    plain("math.atan2", 2, 2, |vm, a| binary(vm, a, f64::atan2)),
    plain("math.copysign", 2, 2, |vm, a| binary(vm, a, f64::copysign)),
    plain("math.fmod", 2, 2, |vm, a| binary(vm, a, |x, y| x % y)),
    plain("math.pow", 2, 2, pow),
    plain("math.hypot", 0, usize::MAX, hypot),
    plain("math.log", 1, 2, log),
    plain("math.log2", 1, 1, |vm, a| logarithm(vm, arg(a, 0), Base::Two)),
    plain("math.log10", 1, 1, |vm, a| logarithm(vm, arg(a, 0), Base::Ten)),
    plain("math.floor", 1, 1, |vm, a| to_integer(vm, arg(a, 0), f64::floor, "__floor__")),
    plain("math.ceil", 1, 1, |vm, a| to_integer(vm, arg(a, 0), f64::ceil, "__ceil__")),
    plain("math.trunc", 1, 1, |vm, a| to_integer(vm, arg(a, 0), f64::trunc, "__trunc__")),
    plain("math.gcd", 0, usize::MAX, |vm, a| {
        let result = numeric::gcd(a.as_slice())?;
        Ok(vm.heap.alloc_big(result))
    }),
    plain("math.lcm", 0, usize::MAX, lcm),
    plain("math.isqrt", 1, 1, isqrt),
    plain("math.factorial", 1, 1, factorial),
    plain("math.comb", 2, 2, comb),
    plain("math.perm", 1, 2, perm),
    plain("math.prod", 1, 1, prod),
    plain("math.isnan", 1, 1, |vm, a| Ok(Value::bool(real(vm, arg(a, 0))?.is_nan()))),
    plain("math.isinf", 1, 1, |vm, a| Ok(Value::bool(real(vm, arg(a, 0))?.is_infinite()))),
    plain("math.isfinite", 1, 1, |vm, a| Ok(Value::bool(real(vm, arg(a, 0))?.is_finite()))),
    plain("math.modf", 1, 1, modf),
    plain("math.frexp", 1, 1, frexp),
    plain("math.ldexp", 2, 2, ldexp),
    plain("math.acosh", 1, 1, |vm, a| unary(vm, a, false, special::acosh)),
    plain("math.asinh", 1, 1, |vm, a| unary(vm, a, false, special::asinh)),
    plain("math.atanh", 1, 1, |vm, a| unary(vm, a, false, special::atanh)),
    plain("math.erf", 1, 1, |vm, a| unary(vm, a, false, special::erf)),
    plain("math.erfc", 1, 1, |vm, a| unary(vm, a, false, special::erfc)),
    plain("math.exp2", 1, 1, |vm, a| unary(vm, a, true, special::exp2)),
    plain("math.gamma", 1, 1, |vm, a| {
        let x = real(vm, arg(a, 0))?;
        if x <= 0.0 && x.floor() == x {
            return Err(domain_error());
        }
        unary(vm, a, true, special::gamma)
    }),
    plain("math.lgamma", 1, 1, |vm, a| unary(vm, a, false, special::lgamma)),
    plain("math.ulp", 1, 1, |vm, a| unary(vm, a, false, special::ulp)),
    plain("math.nextafter", 2, 2, |vm, a| binary(vm, a, special::nextafter)),
    plain("math.remainder", 2, 2, |vm, a| binary(vm, a, special::remainder)),
    plain("math.isclose", 2, 2, special::is_close).with_keywords(),
    plain("math.fsum", 1, 1, special::exact_sum),
    plain("math.dist", 2, 2, dist),
];

/// Gives the module its constants.
pub fn install(vm: &mut Vm, module: u32) {
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    for (name, value) in constants {
        let value = vm.heap.alloc_float(value);
        vm.set_module_global(module, name, value);
    }
}

/// `math.dist(p, q)`.
fn dist(vm: &mut Vm, args: Args) -> PyResult<Value> {
    // What an iterator made is held by nothing else.
    let (p, q) = vm.quietly(|vm| -> PyResult<_> {
        Ok((ops::collect(vm, arg(args, 0))?, ops::collect(vm, arg(args, 1))?))
    })?;
    if p.len() != q.len() {
        return Err(PyError::value_error("both points must have the same number of dimensions"));
    }
    let mut values = Vec::with_capacity(p.len());
    for (p, q) in p.into_iter().zip(q) {
        values.push((real(vm, p)? - real(vm, q)?).abs());
    }
    Ok(vm.heap.alloc_float(norm(&mut values)))
}

#[cold]
fn domain_error() -> Box<PyError> {
    PyError::value_error("math domain error")
}

#[cold]
fn range_error() -> Box<PyError> {
    PyError::new(ExcKind::OverflowError, "math range error")
}

fn unary(vm: &mut Vm, args: Args, overflows: bool, f: fn(f64) -> f64) -> PyResult<Value> {
    let x = real(vm, arg(args, 0))?;
    let r = f(x);
    if !r.is_finite() {
        if r.is_nan() && !x.is_nan() {
            return Err(domain_error());
        }
        if r.is_infinite() && x.is_finite() {
            return Err(if overflows { range_error() } else { domain_error() });
        }
    }
    Ok(vm.heap.alloc_float(r))
}

fn binary(vm: &mut Vm, args: Args, f: fn(f64, f64) -> f64) -> PyResult<Value> {
    let (x, y) = (real(vm, arg(args, 0))?, real(vm, arg(args, 1))?);
    let r = f(x, y);
    if r.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(domain_error());
    }
    Ok(vm.heap.alloc_float(r))
}

fn pow(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (x, y) = (real(vm, arg(args, 0))?, real(vm, arg(args, 1))?);
    let r = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if r.is_nan() || (r.is_infinite() && x == 0.0) {
            return Err(domain_error());
        }
        if r.is_infinite() {
            return Err(range_error());
        }
    }
    Ok(vm.heap.alloc_float(r))
}

fn hypot(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let mut values = Vec::with_capacity(args.len());
    for &value in args.as_slice() {
        values.push(real(vm, value)?.abs());
    }
    Ok(vm.heap.alloc_float(norm(&mut values)))
}

/// The Euclidean norm of lengths: infinite where one is, or else no number where one is none.
fn norm(values: &mut [f64]) -> f64 {
    let max = values.iter().copied().fold(0.0, f64::max);
    if values.iter().any(|v| v.is_infinite()) {
        f64::INFINITY
    } else if values.iter().any(|v| v.is_nan()) {
        f64::NAN
    } else {
        vector_norm(values, max)
    }
}

/// The Euclidean norm with CPython's compensated summation, so that the last digit is the same.
fn vector_norm(values: &mut [f64], max: f64) -> f64 {
    if max == 0.0 || values.len() <= 1 {
        return max;
    }
    let (_, exponent) = frexp_parts(max);
    if exponent < -1023 {
        values.iter_mut().for_each(|v| *v /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * vector_norm(values, max / f64::MIN_POSITIVE);
    }
    let scale = int::ldexp(1.0, -exponent);
    // The product of two floats and its error.
    let product = |x: f64, y: f64| {
        let high = x * y;
        (high, x.mul_add(y, -high))
    };
    let (mut sum, mut low1, mut low2) = (1.0, 0.0, 0.0);
    let mut add = |sum: &mut f64, (high, low): (f64, f64)| {
        let total = *sum + high;
        low2 += high - (total - *sum);
        low1 += low;
        *sum = total;
        low1 + low2
    };
    let mut rest = 0.0;
    for v in values.iter() {
        let x = v * scale;
        rest = add(&mut sum, product(x, x));
    }
    let mut h = (sum - 1.0 + rest).sqrt();
    rest = add(&mut sum, product(-h, h));
    let x = sum - 1.0 + rest;
    h += x / (2.0 * h);
    h / scale
}

/// Mantissa in `0.5..1` and exponent.
fn frexp_parts(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i64;
    if exponent == 0 {
        let (m, e) = frexp_parts(x * 18_014_398_509_481_984.0);
        return (m, e - 54);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), exponent - 1022)
}

#[derive(Clone, Copy)]
enum Base {
    E,
    Two,
    Ten,
}

fn logarithm_of(vm: &mut Vm, value: Value, base: Base) -> PyResult<f64> {
    let f = |x: f64| match base {
        Base::E => x.ln(),
        Base::Two => x.log2(),
        Base::Ten => x.log10(),
    };
    if let Some(big) = value.as_big() {
        if big.is_negative() {
            return Err(domain_error());
        }
        return Ok(match big.to_f64().filter(|x| x.is_finite()) {
            Some(x) => f(x),
            None => {
                let shift = big.bits() - 64;
                let (m, e) = frexp_parts((big >> shift).to_f64().unwrap_or(1.0));
                f(m) + f(2.0) * (e + shift as i64) as f64
            }
        });
    }
    let x = real(vm, value)?;
    if x <= 0.0 {
        return Err(domain_error());
    }
    Ok(f(x))
}

fn logarithm(vm: &mut Vm, value: Value, base: Base) -> PyResult<Value> {
    let result = logarithm_of(vm, value, base)?;
    Ok(vm.heap.alloc_float(result))
}

fn log(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let result = logarithm_of(vm, arg(args, 0), Base::E)?;
    let Some(base) = args.get(1) else { return Ok(vm.heap.alloc_float(result)) };
    let base = logarithm_of(vm, base, Base::E)?;
    if base == 0.0 {
        return Err(int::zero_division("float division by zero"));
    }
    Ok(vm.heap.alloc_float(result / base))
}

fn to_integer(
    vm: &mut Vm,
    value: Value,
    f: fn(f64) -> f64,
    method: &'static str,
) -> PyResult<Value> {
    if let Some(result) = vm.call_special(value, method, &[])? {
        return Ok(result);
    }
    let value = match num(value.plain()) {
        // Other objects say what float they are.
        None if method != "__trunc__" && value.as_instance().is_some() => {
            let x = real(vm, value)?;
            vm.heap.alloc_float(x)
        }
        Some(_) => value.plain(),
        None => value,
    };
    match num(value) {
        Some(Num::Int(i)) => Ok(vm.heap.alloc_int(i)),
        Some(Num::Big(_)) => Ok(value),
        Some(Num::Float(x)) => {
            let x = f(x);
            if let (i, false) = tierlab_trace::semantics::f64_to_i64(x) {
                return Ok(vm.heap.alloc_int(i));
            }
            let whole = int::from_float_checked(x)?;
            Ok(vm.heap.alloc_big(whole))
        }
        None => Err(PyError::type_error(if method == "__trunc__" {
            format!("type {} doesn't define {method} method", type_name(value))
        } else {
            format!("must be real number, not {}", type_name(value))
        })),
    }
}

fn integer(value: Value) -> PyResult<BigInt> {
    let big = as_integer(value).and_then(Num::to_big);
    big.map(|b| b.into_owned()).ok_or_else(|| not_an_integer(value))
}

fn lcm(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let mut result = BigInt::one();
    for &value in args.as_slice() {
        let value = integer(value)?;
        if value.is_zero() {
            return Ok(Value::ZERO);
        }
        let common = ops::huge::gcd(&result, &value)?;
        result = ops::huge::multiply(&(result / common), &value)?.abs();
    }
    Ok(vm.heap.alloc_big(result))
}

fn isqrt(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let n = integer(arg(args, 0))?;
    if n.is_negative() {
        return Err(PyError::value_error("isqrt() argument must be nonnegative"));
    }
    Ok(vm.heap.alloc_big(ops::huge::square_root(&n)?))
}

fn factorial(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let n = integer(arg(args, 0))?;
    if n.is_negative() {
        return Err(PyError::value_error("factorial() not defined for negative values"));
    }
    match n.to_u64() {
        Some(n) if n <= 10_000_000 => Ok(vm.heap.alloc_big(numeric::factorial(n)?)),
        Some(_) => Err(PyError::memory()),
        None => Err(PyError::new(
            ExcKind::OverflowError,
            format!("factorial() argument should not exceed {}", i64::MAX),
        )),
    }
}

/// `n * (n - 1) * ...`, `k` factors.
fn falling(n: &BigInt, k: u64) -> PyResult<BigInt> {
    let mut result = BigInt::one();
    for i in 0..k {
        crate::interrupt::check()?;
        result *= n - i;
        if result.is_zero() {
            break;
        }
    }
    Ok(result)
}

fn comb(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (n, k) = (integer(arg(args, 0))?, integer(arg(args, 1))?);
    for (name, value) in [("n", &n), ("k", &k)] {
        if value.is_negative() {
            return Err(PyError::value_error(format!("{name} must be a non-negative integer")));
        }
    }
    if k > n {
        return Ok(Value::ZERO);
    }
    let k = (&n - &k).min(k).to_u64().ok_or_else(PyError::memory)?;
    Ok(vm.heap.alloc_big(ops::huge::div_mod(&falling(&n, k)?, &numeric::factorial(k)?)?.0))
}

fn perm(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let n = integer(arg(args, 0))?;
    let k = match args.get(1) {
        Some(k) if !k.is_none() => integer(k)?,
        _ => n.clone(),
    };
    for (name, value) in [("n", &n), ("k", &k)] {
        if value.is_negative() {
            return Err(PyError::value_error(format!("{name} must be a non-negative integer")));
        }
    }
    if k > n {
        return Ok(Value::ZERO);
    }
    let k = k.to_u64().ok_or_else(PyError::memory)?;
    Ok(vm.heap.alloc_big(falling(&n, k)?))
}

fn prod(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let mut total = Value::small(1);
    vm.holding_each([total], |vm, [held]| {
        ops::iterate(vm, arg(args, 0), |vm, item| {
            total = ops::binary_kind(vm, BinaryKind::Mul, false, total, item)?;
            held.set(vm, total);
            Ok(())
        })
    })?;
    Ok(total)
}

fn modf(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let x = real(vm, arg(args, 0))?;
    let whole = if x.is_infinite() { x } else { x.trunc() };
    let fraction = if x.is_infinite() { 0.0f64.copysign(x) } else { (x - whole).copysign(x) };
    let items = [vm.heap.alloc_float(fraction), vm.heap.alloc_float(whole)];
    Ok(vm.heap.alloc_tuple(&items)?)
}

fn frexp(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let (m, e) = frexp_parts(real(vm, arg(args, 0))?);
    let items = [vm.heap.alloc_float(m), Value::small(e)];
    Ok(vm.heap.alloc_tuple(&items)?)
}

fn ldexp(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let x = real(vm, arg(args, 0))?;
    if as_integer(arg(args, 1)).is_none() {
        return Err(PyError::type_error("Expected an int as second argument to ldexp."));
    }
    let e = ops::number::index_saturating(arg(args, 1))?.clamp(-10_000, 10_000);
    let r = if x == 0.0 || !x.is_finite() { x } else { int::ldexp(x, e) };
    if r.is_infinite() && x.is_finite() {
        return Err(range_error());
    }
    Ok(vm.heap.alloc_float(r))
}
