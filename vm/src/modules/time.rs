//! The `time` module: clocks, and sleeping.

use crate::builtins::{Builtin, plain};
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::ops::number::num;
use crate::value::Value;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The table.
pub const TABLE: &[Builtin] = &[
    plain("time.time", 0, 0, |vm, _| seconds(vm, wall())),
    plain("time.time_ns", 0, 0, |vm, _| nanoseconds(vm, wall())),
    plain("time.perf_counter", 0, 0, |vm, _| seconds(vm, steady())),
    plain("time.perf_counter_ns", 0, 0, |vm, _| nanoseconds(vm, steady())),
    plain("time.monotonic", 0, 0, |vm, _| seconds(vm, steady())),
    plain("time.monotonic_ns", 0, 0, |vm, _| nanoseconds(vm, steady())),
    plain("time.process_time", 0, 0, |vm, _| seconds(vm, used())),
    plain("time.process_time_ns", 0, 0, |vm, _| nanoseconds(vm, used())),
    plain("time.thread_time", 0, 0, |vm, _| seconds(vm, used())),
    plain("time.sleep", 1, 1, |vm, args| {
        let value = args.get(0).unwrap_or(Value::none());
        let Some(n) = num(value) else {
            return Err(PyError::type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                crate::text::type_name(value)
            )));
        };
        let time = n.to_f64()?;
        if time < 0.0 || time.is_nan() {
            return Err(PyError::value_error("sleep length must be non-negative"));
        }
        vm.flush();
        match Duration::try_from_secs_f64(time) {
            Ok(time) => crate::interrupt::sleep(time)?,
            Err(_) => {
                return Err(PyError::new(
                    ExcKind::OverflowError,
                    "timestamp too large to convert to C _PyTime_t",
                ));
            }
        }
        Ok(Value::none())
    }),
];

/// Adds what is no function.
pub fn install(_: &mut Vm, _: u32) {}

fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Since the clock was first asked.
fn steady() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

/// Processor time of this process: where the system does not tell, the time that went by.
fn used() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let first = stat.split_whitespace().next().and_then(|text| text.parse().ok());
    first.map_or_else(steady, Duration::from_nanos)
}

fn seconds(vm: &mut Vm, time: Duration) -> PyResult<Value> {
    Ok(vm.heap.alloc_float(time.as_secs_f64()))
}

fn nanoseconds(vm: &mut Vm, time: Duration) -> PyResult<Value> {
    Ok(vm.heap.alloc_int(i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)))
}
