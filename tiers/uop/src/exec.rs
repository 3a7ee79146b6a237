//! The executor: one loop over micro-ops.
//!
//! What the ops mean comes from [`tierlab_trace::semantics`]; memory is reached through
//! [`tierlab_trace::memory`]. Nothing is checked here that the decoder guarantees (see
//! [`crate::code`]): a micro-op costs one indirect jump, its operands' loads, its work and its
//! result's store. A linked exit continues in the side trace without leaving the loop.

use crate::code::{ITERATIONS, TraceCode, Transfer, Uop};
use std::cell::Cell;
use std::ptr::NonNull;
use tierlab_trace::backend::HelperFn;
use tierlab_trace::layout::{ExecContext, FLOAT_CLASS, HELPER_FAILED};
use tierlab_trace::memory;
use tierlab_trace::ops::Opcode;
use tierlab_trace::semantics as sem;

/// A frame that operands are read from and results are written to.
#[derive(Clone, Copy)]
struct Frame(*const Cell<u64>);

impl Frame {
    fn of(code: &TraceCode) -> Frame {
        Frame(code.frame.as_ptr())
    }

    /// # Safety
    /// `word` is inside the frame, and the frame is alive. So for all methods.
    #[inline(always)]
    unsafe fn bits(self, word: u32) -> u64 {
        // SAFETY: the caller's promise.
        unsafe { (*self.0.add(word as usize)).get() }
    }

    #[inline(always)]
    unsafe fn int(self, word: u32) -> i64 {
        // SAFETY: the caller's promise.
        unsafe { self.bits(word) as i64 }
    }

    #[inline(always)]
    unsafe fn float(self, word: u32) -> f64 {
        // SAFETY: the caller's promise.
        f64::from_bits(unsafe { self.bits(word) })
    }

    #[inline(always)]
    unsafe fn set(self, word: u32, bits: u64) {
        // SAFETY: the caller's promise.
        unsafe { (*self.0.add(word as usize)).set(bits) }
    }
}

/// Runs from the entry of `code`, whose parameters are in its frame, until an exit that is not
/// linked. Returns the trace that was left and the exit's number.
///
/// # Safety
/// `code` was made by the decoder for the helper table behind `functions`, as was every trace that
/// it leads to, and all of them are alive; the context is live; words and addresses in the
/// frame are valid for the trace.
pub(crate) unsafe fn run(
    code: &TraceCode,
    functions: &[HelperFn],
    context: *mut ExecContext,
) -> (NonNull<TraceCode>, u32) {
    let mut code = NonNull::from(code);
    // SAFETY: the caller's promise; and below, whatever is reached from it is alive as well.
    let mut frame = Frame::of(unsafe { code.as_ref() });
    // SAFETY: as above.
    let mut ip: *const Uop = unsafe { code.as_ref() }.uops.as_ptr();
    loop {
        // SAFETY: `ip` stays inside the trace's uops, whose last one never falls through; operand
        // words are inside the frame; memory is valid by the caller's promise.
        let exit = unsafe { run_block(&mut code, &mut frame, &mut ip, functions, context) };
        // SAFETY: `code` is alive.
        let link = unsafe { code.as_ref() }.links[exit as usize].get();
        let Some(transfer) = link else { return (code, exit) };
        // SAFETY: transfers live as long as the traces, and name words of their two frames.
        unsafe { follow(transfer.as_ref(), &mut code, &mut frame, &mut ip) };
    }
}

/// Continues in the target of a transfer.
///
/// # Safety
/// `frame` is the one that the transfer was made for, and its target is alive.
#[inline(always)]
unsafe fn follow(
    transfer: &Transfer,
    code: &mut NonNull<TraceCode>,
    frame: &mut Frame,
    ip: &mut *const Uop,
) {
    // SAFETY: the caller's promise.
    let target = unsafe { transfer.target.as_ref() };
    let to = Frame::of(target);
    for m in &transfer.moves {
        // SAFETY: moves of a transfer name words of the frame that is left and of the target's.
        unsafe { to.set(m.to, frame.bits(m.from)) };
    }
    (*code, *frame, *ip) = (transfer.target, to, target.uops.as_ptr());
}

/// Runs until some exit is taken, and returns its number.
///
/// # Safety
/// As for [`run`]; `frame` and `ip` belong to `code`.
#[inline(always)]
unsafe fn run_block(
    code: &mut NonNull<TraceCode>,
    frame_out: &mut Frame,
    ip_out: &mut *const Uop,
    functions: &[HelperFn],
    context: *mut ExecContext,
) -> u32 {
    let mut frame = *frame_out;
    let mut ip = *ip_out;
    // SAFETY (for the whole loop): the decoder's invariants and the caller's promise.
    unsafe {
        loop {
            let u = &*ip;

            macro_rules! int {
                ($value:expr) => {{
                    let value: i64 = $value;
                    frame.set(u.d, value as u64)
                }};
            }
            macro_rules! float {
                ($value:expr) => {{
                    let value: f64 = $value;
                    frame.set(u.d, value.to_bits())
                }};
            }
            macro_rules! word {
                ($value:expr) => {{
                    let value: u64 = $value;
                    frame.set(u.d, value)
                }};
            }
            macro_rules! truth {
                ($condition:expr) => {
                    frame.set(u.d, u64::from($condition))
                };
            }
            macro_rules! leave {
                () => {{
                    *frame_out = frame;
                    return u.exit;
                }};
            }
            macro_rules! guard {
                ($condition:expr) => {
                    match $condition {
                        true => {}
                        false => leave!(),
                    }
                };
            }
            // The wrapped result exists at the exit too.
            macro_rules! checked {
                ($pair:expr) => {{
                    let (value, exits): (i64, bool) = $pair;
                    frame.set(u.d, value as u64);
                    guard!(!exits)
                }};
            }
            // A result that exists only where the op does not exit.
            macro_rules! partial {
                ($pair:expr) => {{
                    let (value, exits): (i64, bool) = $pair;
                    guard!(!exits);
                    frame.set(u.d, value as u64)
                }};
            }
            // The decoder lets a call have a helper of its own signature alone.
            macro_rules! function {
                ($kind:ident) => {
                    match *functions.get_unchecked(u.helper as usize) {
                        HelperFn::$kind(function) => function,
                        _ => std::hint::unreachable_unchecked(),
                    }
                };
            }
            macro_rules! word_unless_failed {
                ($value:expr) => {{
                    let value: u64 = $value;
                    guard!(value != HELPER_FAILED);
                    word!(value)
                }};
            }
            macro_rules! a {
                (int) => {
                    frame.int(u.a)
                };
                (float) => {
                    frame.float(u.a)
                };
                (bits) => {
                    frame.bits(u.a)
                };
            }
            macro_rules! b {
                (int) => {
                    frame.int(u.b)
                };
                (float) => {
                    frame.float(u.b)
                };
                (bits) => {
                    frame.bits(u.b)
                };
            }
            macro_rules! address {
                () => {
                    a!(bits).wrapping_add_signed(i64::from(u.imm))
                };
                (indexed) => {
                    address!().wrapping_add(b!(bits).wrapping_mul(8))
                };
            }

            match u.opcode {
                // Parameters are written by jumps and have no uops.
                Opcode::ParamI64 | Opcode::ParamF64 | Opcode::ParamRef => {}

                Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef => word!(a!(bits)),

                Opcode::AddOvf => checked!(sem::add_ovf(a!(int), b!(int))),
                Opcode::SubOvf => checked!(sem::sub_ovf(a!(int), b!(int))),
                Opcode::MulOvf => checked!(sem::mul_ovf(a!(int), b!(int))),
                Opcode::Add => int!(a!(int).wrapping_add(b!(int))),
                Opcode::Sub => int!(a!(int).wrapping_sub(b!(int))),
                Opcode::Mul => int!(a!(int).wrapping_mul(b!(int))),
                Opcode::FloorDiv => partial!(sem::floor_div(a!(int), b!(int))),
                Opcode::FloorMod => partial!(sem::floor_mod(a!(int), b!(int))),
                Opcode::And => int!(a!(int) & b!(int)),
                Opcode::Or => int!(a!(int) | b!(int)),
                Opcode::Xor => int!(a!(int) ^ b!(int)),
                Opcode::ShlOvf => partial!(sem::shl_ovf(a!(int), b!(int))),
                Opcode::Sar => int!(sem::sar(a!(int), b!(int))),

                Opcode::EqI64 => truth!(a!(int) == b!(int)),
                Opcode::NeI64 => truth!(a!(int) != b!(int)),
                Opcode::LtI64 => truth!(a!(int) < b!(int)),
                Opcode::LeI64 => truth!(a!(int) <= b!(int)),
                Opcode::GuardEqI64 => guard!(a!(int) == b!(int)),
                Opcode::GuardNeI64 => guard!(a!(int) != b!(int)),
                Opcode::GuardLtI64 => guard!(a!(int) < b!(int)),
                Opcode::GuardLeI64 => guard!(a!(int) <= b!(int)),
                Opcode::GuardGtI64 => guard!(a!(int) > b!(int)),
                Opcode::GuardGeI64 => guard!(a!(int) >= b!(int)),
                Opcode::GuardIndex => guard!(sem::index_in_bounds(a!(int), b!(int))),

                Opcode::AddF64 => float!(a!(float) + b!(float)),
                Opcode::SubF64 => float!(a!(float) - b!(float)),
                Opcode::MulF64 => float!(a!(float) * b!(float)),
                Opcode::DivF64 => float!(a!(float) / b!(float)),
                Opcode::NegF64 => float!(sem::neg_f64(a!(float))),
                Opcode::AbsF64 => float!(sem::abs_f64(a!(float))),
                Opcode::SqrtF64 => float!(a!(float).sqrt()),
                Opcode::I64ToF64 => float!(a!(int) as f64),
                Opcode::F64ToI64 => partial!(sem::f64_to_i64(a!(float))),

                Opcode::EqF64 => truth!(a!(float) == b!(float)),
                Opcode::NeF64 => truth!(a!(float) != b!(float)),
                Opcode::LtF64 => truth!(a!(float) < b!(float)),
                Opcode::LeF64 => truth!(a!(float) <= b!(float)),
                Opcode::GuardEqF64 => guard!(a!(float) == b!(float)),
                Opcode::GuardNeF64 => guard!(a!(float) != b!(float)),
                Opcode::GuardLtF64 => guard!(a!(float) < b!(float)),
                Opcode::GuardLeF64 => guard!(a!(float) <= b!(float)),
                // Not the same as swapped guards: a NaN stays in the trace.
                Opcode::GuardNltF64 => {
                    if a!(float) < b!(float) {
                        leave!()
                    }
                }
                Opcode::GuardNleF64 => {
                    if a!(float) <= b!(float) {
                        leave!()
                    }
                }

                Opcode::GuardSmallInt => guard!(sem::is_small_int(a!(bits))),
                Opcode::GuardClass => {
                    let word = a!(bits);
                    guard!(!sem::is_small_int(word) && memory::class_of(word) == u.imm as u32)
                }
                Opcode::GuardSame => guard!(a!(bits) == b!(bits)),
                Opcode::GuardDiffer => guard!(a!(bits) != b!(bits)),
                Opcode::Untag => int!(sem::untag(a!(bits))),
                Opcode::UnboxI64 => {
                    let word = a!(bits);
                    guard!(sem::is_small_int(word));
                    int!(sem::untag(word))
                }
                Opcode::Tag => {
                    let (word, exits) = sem::tag(a!(int));
                    guard!(!exits);
                    word!(word)
                }
                Opcode::LoadBoxF64 => float!(memory::load_box_f64(a!(bits))),
                Opcode::UnboxF64 => {
                    let word = a!(bits);
                    guard!(!sem::is_small_int(word) && memory::class_of(word) == FLOAT_CLASS);
                    float!(memory::load_box_f64(word))
                }
                Opcode::BoxF64 => match memory::alloc_box_f64(&mut *context, a!(float)) {
                    Some(word) => word!(word),
                    None => leave!(),
                },
                Opcode::Select => {
                    word!(if a!(int) != 0 { b!(bits) } else { frame.bits(u.imm as u32) })
                }

                Opcode::LoadI64 | Opcode::LoadF64 | Opcode::LoadRef => {
                    word!(memory::load_u64(address!()))
                }
                Opcode::StoreI64 | Opcode::StoreF64 | Opcode::StoreRef => {
                    memory::store_u64(address!(), b!(bits))
                }
                Opcode::LoadRefIndex => word!(memory::load_u64(address!(indexed))),
                Opcode::StoreRefIndex => memory::store_u64(address!(indexed), frame.bits(u.exit)),

                Opcode::CallRef1 => word_unless_failed!(function!(Ref1)(context, a!(bits))),
                Opcode::CallRef2 => {
                    word_unless_failed!(function!(Ref2)(context, a!(bits), b!(bits)))
                }
                Opcode::CallRef3 => {
                    let c = frame.bits(u.imm as u32);
                    word_unless_failed!(function!(Ref3)(context, a!(bits), b!(bits), c))
                }
                Opcode::CallF64x1 => float!(function!(F64x1)(a!(float))),
                Opcode::CallF64x2 => float!(function!(F64x2)(a!(float), b!(float))),
                Opcode::GuardNoCollect => guard!(!(*context).collect_requested()),

                Opcode::Jump => {
                    frame.set(ITERATIONS as u32, frame.bits(ITERATIONS as u32) + 1);
                    ip = ip.offset(u.imm as isize);
                    continue;
                }
                Opcode::JumpTrace => match &(*code.as_ptr()).jump {
                    Some(transfer) => {
                        follow(transfer, code, &mut frame, &mut ip);
                        continue;
                    }
                    // The decoder makes a transfer for every `jump_trace`.
                    None => std::hint::unreachable_unchecked(),
                },
                Opcode::ExitAlways => leave!(),
            }
            ip = ip.add(1);
        }
    }
}
