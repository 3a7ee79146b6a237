//! Writing the Rust source of stencils: one function for each variant of each op.
//!
//! What an op computes comes from `tierlab_trace::semantics`, which the source includes; what is
//! written here is where operands come from, where the result goes and when the trace is left.
//! The match over opcodes is exhaustive: a new op must say here how it is computed.

use crate::convention::{Abi, Convention, Parameter};
use crate::holes;
use crate::shape::Place;
use crate::trace::layout::{
    CLASS_DISP, ExecContext, FLOAT_CELL, FLOAT_CLASS, FLOAT_DISP, FLOAT_HEADER, HELPER_FAILED,
    POINTER_TAG,
};
use crate::trace::ops::{Exit, Imm, Opcode, OperandType, Type};
use std::fmt::Write as _;

/// What every source starts with. `FEATURES`, `ABI`, `PARAMETERS` and `CALL_PARAMETERS` stand for
/// those of the convention, `SEMANTICS` for the path of the semantics.
const PRELUDE: &str = r#"
#![no_std]
FEATURES
#![crate_type = "lib"]
#![allow(warnings)]
#[path = "SEMANTICS"]
mod semantics;
use semantics::*;
type P = *mut u8;
#[allow(improper_ctypes)]
unsafe extern "ABI" {
    fn CONT(PARAMETERS) -> u64;
    fn EXIT(PARAMETERS) -> u64;
    fn CONT1(CALL_PARAMETERS) -> u64;
    fn EXIT1(CALL_PARAMETERS) -> u64;
    static HOLE_A: u8;
    static HOLE_B: u8;
    static HOLE_C: u8;
    static HOLE_D: u8;
    static HOLE_IMM: u8;
    static WIDE_A: u8;
    static WIDE_B: u8;
    static WIDE_C: u8;
    static HELPER: u8;
    static POOL_A: f64;
    static POOL_B: f64;
}
#[inline(always)]
unsafe fn rd<T>(p: P, hole: *const u8) -> T {
    unsafe { (p.wrapping_add(hole as usize) as *const T).read() }
}
#[inline(always)]
unsafe fn wr<T>(p: P, hole: *const u8, value: T) {
    unsafe { (p.wrapping_add(hole as usize) as *mut T).write(value) }
}
macro_rules! mention {
    ($text:literal, $($register:tt)*) => {
        core::arch::asm!($text, $($register)*, options(nomem, nostack, preserves_flags))
    };
}
macro_rules! copied {
    ($from:expr) => {{
        let value: i64;
        core::arch::asm!("mov {}, {}", out(reg) value, in(reg) $from, options(pure, nomem, nostack, preserves_flags));
        value
    }};
}
macro_rules! opaque {
    ($how:literal, $t:ty, $hole:ident) => {{
        let value: $t;
        core::arch::asm!($how, out(reg) value, sym $hole, options(pure, nomem, nostack, preserves_flags));
        value
    }};
}
"#;

/// How stencils of a convention are written.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// What every source starts with.
    pub prelude: String,
    abi: &'static str,
    /// Goes before the call that ends a stencil, and before one that leaves the trace.
    last: &'static str,
    leave: &'static str,
    parameters: [String; 2],
    arguments: [String; 2],
    /// Whether registers are holes.
    patched: bool,
}

impl Dialect {
    /// The dialect of a convention; the semantics are at `path`.
    pub fn new(convention: &Convention, path: &str) -> Dialect {
        let (abi, features, last, leave) = match convention.abi {
            Abi::C => ("C", "", "", "return "),
            Abi::PreserveNone => (
                "rust-preserve-none",
                "#![feature(explicit_tail_calls, rust_preserve_none_cc)]",
                "become ",
                "become ",
            ),
        };
        let both = [convention.parameters, convention.call_parameters];
        let parameters = both.map(|list| join(list, true));
        let arguments = both.map(|list| join(list, false));
        let prelude = PRELUDE
            .replace("FEATURES", features)
            .replace("\"ABI\"", &format!("\"{abi}\""))
            .replace("CALL_PARAMETERS", &parameters[1])
            .replace("PARAMETERS", &parameters[0])
            .replace("SEMANTICS", path);
        let patched = convention.representatives.is_some();
        Dialect { prelude, abi, last, leave, parameters, arguments, patched }
    }
}

/// The text of a list of parameters, with their types or without.
fn join(list: &[Parameter], types: bool) -> String {
    let one = |parameter: &Parameter| {
        let (name, ty) = match parameter {
            Parameter::Frame => ("f".to_string(), "P"),
            Parameter::Int(n) => (format!("r{n}"), "u64"),
            Parameter::Float(n) => (format!("x{n}"), "f64"),
            Parameter::Scratch if types => ("_".to_string(), "core::mem::MaybeUninit<u64>"),
            Parameter::Scratch => ("core::mem::MaybeUninit::uninit()".to_string(), ""),
        };
        if types { format!("{name}:{ty}") } else { name }
    };
    list.iter().map(one).collect::<Vec<_>>().join(",")
}

/// What a stencil does with its operands `a`, `b` and `c`.
enum Body {
    /// Defines the value of an expression.
    Value(String),
    /// Defines the first of a pair, and leaves if the second holds.
    Checked(String),
    /// Leaves unless the condition holds, and then defines the value of the expression, if any.
    Guard(String, Option<String>),
    /// Runs a statement.
    Effect(String),
    /// Takes a cell: the statements define `cell` and `end`, then `value` is computed.
    Allocate,
    /// Calls a helper of that type with those arguments; leaves where a reference is null.
    Call(&'static str, &'static str),
}

fn value(text: &str) -> Body {
    Body::Value(text.to_string())
}

fn checked(function: &str) -> Body {
    Body::Checked(format!("{function}(a, b)"))
}

fn guard(condition: &str) -> Body {
    Body::Guard(condition.to_string(), None)
}

fn body(op: Opcode) -> Body {
    use Opcode as O;
    let load = |ty: &str| Body::Value(format!("rd::<{ty}>(a as P, &raw const HOLE_IMM)"));
    let store = || Body::Effect("wr(a as P, &raw const HOLE_IMM, b);".to_string());
    let indexed = "(a as P).wrapping_add((b as usize).wrapping_mul(8))";
    let payload = format!("((a as P).wrapping_offset({FLOAT_DISP}) as *const f64).read()");
    let class = |class: &str| {
        format!(
            "!is_small_int(a) && ((a as P).wrapping_offset({CLASS_DISP}) as *const u32).read() == {class}"
        )
    };
    match op {
        O::ParamI64 | O::ParamF64 | O::ParamRef | O::Jump | O::JumpTrace | O::ExitAlways => {
            unreachable!("the compiler writes {op:?} itself")
        }
        O::CopyI64 | O::CopyF64 | O::CopyRef => value("a"),
        O::AddOvf => checked("add_ovf"),
        O::SubOvf => checked("sub_ovf"),
        O::MulOvf => checked("mul_ovf"),
        O::Add => value("a.wrapping_add(b)"),
        O::Sub => value("a.wrapping_sub(b)"),
        O::Mul => value("a.wrapping_mul(b)"),
        // Told apart by the one divisor that can overflow, the two cases need fewer registers at
        // once than there are free ones.
        O::FloorDiv => Body::Checked("if b==-1{floor_div(a,-1)}else{floor_div(a,b)}".to_string()),
        O::FloorMod => checked("floor_mod"),
        O::And => value("a & b"),
        O::Or => value("a | b"),
        O::Xor => value("a ^ b"),
        O::ShlOvf => checked("shl_ovf"),
        O::Sar => value("sar(a, b)"),
        O::EqI64 | O::EqF64 => value("(a == b) as i64"),
        O::NeI64 | O::NeF64 => value("(a != b) as i64"),
        O::LtI64 | O::LtF64 => value("(a < b) as i64"),
        O::LeI64 | O::LeF64 => value("(a <= b) as i64"),
        O::GuardEqI64 | O::GuardEqF64 | O::GuardSame => guard("a == b"),
        O::GuardNeI64 | O::GuardNeF64 | O::GuardDiffer => guard("a != b"),
        O::GuardLtI64 | O::GuardLtF64 => guard("a < b"),
        O::GuardLeI64 | O::GuardLeF64 => guard("a <= b"),
        O::GuardGtI64 => guard("a > b"),
        O::GuardGeI64 => guard("a >= b"),
        O::GuardNltF64 => guard("!(a < b)"),
        O::GuardNleF64 => guard("!(a <= b)"),
        O::GuardIndex => guard("(a as u64) < (b as u64)"),
        O::AddF64 => value("a + b"),
        O::SubF64 => value("a - b"),
        O::MulF64 => value("a * b"),
        O::DivF64 => value("a / b"),
        O::NegF64 => value("neg_f64(a)"),
        O::AbsF64 => value("abs_f64(a)"),
        // The intrinsic behind `f64::sqrt` is not in `core`: the machine's instruction is.
        O::SqrtF64 => value(
            "{ use core::arch::x86_64::*; let v = _mm_set_sd(a); _mm_cvtsd_f64(_mm_sqrt_sd(v, v)) }",
        ),
        O::I64ToF64 => value("a as f64"),
        O::F64ToI64 => Body::Checked("f64_to_i64(a)".to_string()),
        O::GuardSmallInt => guard("is_small_int(a)"),
        O::GuardClass => Body::Guard(class("&raw const HOLE_IMM as u64 as u32"), None),
        O::Untag => value("untag(a)"),
        O::UnboxI64 => Body::Guard("is_small_int(a)".to_string(), Some("untag(a)".to_string())),
        O::Tag => Body::Checked("tag(a)".to_string()),
        O::LoadBoxF64 => Body::Value(payload),
        O::UnboxF64 => Body::Guard(class(&FLOAT_CLASS.to_string()), Some(payload)),
        O::BoxF64 => Body::Allocate,
        O::Select => value("if a != 0 { b } else { c }"),
        O::LoadI64 => load("i64"),
        O::LoadF64 => load("f64"),
        O::LoadRef => load("u64"),
        O::StoreI64 | O::StoreF64 | O::StoreRef => store(),
        O::LoadRefIndex => Body::Value(format!("rd::<u64>({indexed}, &raw const HOLE_IMM)")),
        O::StoreRefIndex => Body::Effect(format!("wr({indexed}, &raw const HOLE_IMM, c);")),
        O::CallRef1 => Body::Call("unsafe extern \"C\" fn(P, u64) -> u64", "f, a"),
        O::CallRef2 => Body::Call("unsafe extern \"C\" fn(P, u64, u64) -> u64", "f, a, b"),
        O::CallRef3 => Body::Call("unsafe extern \"C\" fn(P, u64, u64, u64) -> u64", "f, a, b, c"),
        O::CallF64x1 => Body::Call("extern \"C\" fn(f64) -> f64", "a"),
        O::CallF64x2 => Body::Call("extern \"C\" fn(f64, f64) -> f64", "a, b"),
        O::GuardNoCollect => Body::Guard(
            format!(
                "(f.add({}) as *const u64).read() == 0",
                std::mem::offset_of!(ExecContext, collect_requested)
            ),
            None,
        ),
    }
}

/// How a 32-bit immediate gets into the computation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Immediate {
    /// As an address that the compiler may use as an operand of the instruction. It takes
    /// addresses of different symbols for different, and none for zero.
    Operand,
    /// In a register, sign-extended; the compiler knows nothing of it.
    Signed,
    /// In a register, zero-extended.
    Unsigned,
}

fn immediate(op: Opcode, position: usize, places: &[Place; 4]) -> Immediate {
    use Opcode as O;
    // The machine takes an address as an operand beside a register. Beside a slot the compiler
    // would load it zero-extended, and of two addresses it would compare the symbols.
    let other = places[1 - position.min(1)];
    let beside_register = matches!(other, Place::Int(_));
    let alone = !matches!(other, Place::Imm32 | Place::Imm64);
    match op {
        O::CopyI64 => Immediate::Operand,
        O::AddOvf | O::Add if beside_register => Immediate::Operand,
        O::And | O::Or | O::Xor if position == 1 && alone => Immediate::Operand,
        O::SubOvf if position == 1 => Immediate::Operand,
        O::EqI64 | O::NeI64 | O::LtI64 | O::LeI64 | O::GuardIndex if alone || position == 1 => {
            Immediate::Operand
        }
        O::GuardEqI64 | O::GuardNeI64 | O::GuardLtI64 if alone || position == 1 => {
            Immediate::Operand
        }
        O::GuardLeI64 | O::GuardGtI64 | O::GuardGeI64 if alone || position == 1 => {
            Immediate::Operand
        }
        O::GuardSame | O::GuardDiffer if alone => Immediate::Operand,
        O::StoreI64 if position == 1 => Immediate::Operand,
        O::StoreRefIndex if position == 2 => Immediate::Operand,
        O::FloorDiv | O::FloorMod if position == 1 => Immediate::Unsigned,
        O::And | O::Or | O::Xor => Immediate::Unsigned,
        _ => Immediate::Signed,
    }
}

fn operand(op: Opcode, position: usize, places: &[Place; 4]) -> String {
    let letter = ["A", "B", "C"][position];
    let ty = match op.info().operands[position] {
        OperandType::I => "i64",
        OperandType::F => "f64",
        OperandType::R | OperandType::W => "u64",
    };
    match places[position] {
        Place::None => unreachable!("operands that exist have places"),
        Place::Slot => format!("rd::<{ty}>(f, &raw const HOLE_{letter})"),
        Place::Int(n) => format!("r{n} as {ty}"),
        Place::Float(n) => format!("x{n}"),
        Place::Imm32 => match immediate(op, position, places) {
            Immediate::Operand => format!("&raw const HOLE_{letter} as u64 as {ty}"),
            Immediate::Signed => format!("opaque!(\"mov {{}}, offset {{}}\", {ty}, HOLE_{letter})"),
            Immediate::Unsigned => {
                format!("opaque!(\"mov {{:e}}, offset {{}}\", u32, HOLE_{letter}) as {ty}")
            }
        },
        Place::Imm64 => format!("opaque!(\"movabs {{}}, offset {{}}\", {ty}, WIDE_{letter})"),
        Place::Pool => format!("POOL_{letter}"),
        Place::Count(n) => format!("{n} as {ty}"),
    }
}

/// Writes the function for one variant; its symbol is `s` and the number.
pub fn write_stencil(
    out: &mut String,
    dialect: &Dialect,
    number: u32,
    op: Opcode,
    places: &[Place; 4],
) {
    let info = op.info();
    let body = body(op);
    let calls = matches!(body, Body::Call(..));
    let (end, which) = if calls { ("1", 1) } else { ("", 0) };
    let (parameters, arguments) = (&dialect.parameters[which], &dialect.arguments[which]);
    let Dialect { abi, last, leave, .. } = dialect;
    let mut text = String::new();
    for (position, name) in ["a", "b", "c"].iter().enumerate().take(info.operands.len()) {
        let mut operand = operand(op, position, places);
        let divisor = position == 1 && matches!(op, Opcode::FloorDiv | Opcode::FloorMod);
        if dialect.patched && divisor && matches!(places[1], Place::Int(_)) {
            // Where the divisor is zero, the compiler would hand on a zero of its own making.
            operand = format!("copied!({operand})");
        }
        let _ = write!(text, "let {name}={operand};");
    }
    if matches!(op, Opcode::FloorDiv | Opcode::FloorMod) {
        // What holds for 32-bit immediates, and for divisors that the compiler lets through.
        if places[0] == Place::Imm32 {
            text += "core::hint::assert_unchecked(a!=i64::MIN);";
        }
        if places[1] == Place::Imm32 {
            text += "core::hint::assert_unchecked(b!=0);";
        }
    }
    if matches!(op, Opcode::I64ToF64 | Opcode::SqrtF64) {
        // These instructions keep half of the register they write, and so wait for whoever wrote
        // it last. A mention of the register makes the compiler clear it first.
        let register = match places[3] {
            Place::Float(n) => format!("in(\"xmm{n}\")x{n}"),
            _ => "out(\"xmm8\")_".to_string(),
        };
        // An integer that is not in a register yet goes through the mention, which comes first then.
        let in_place = op == Opcode::SqrtF64
            || matches!((places[0], places[3]), (Place::Int(_), Place::Float(_)));
        let _ = if in_place {
            write!(text, "mention!(\"\",{register});")
        } else {
            write!(
                text,
                "let after;mention!(\"/* {{}} */\",inlateout(reg)a=>after,{register});let a:i64=after;"
            )
        };
    }
    let store = match (places[3], info.result) {
        (Place::Slot, _) => "wr(f,&raw const HOLE_D,d);".to_string(),
        (Place::Int(n), _) => format!("let r{n}=d as u64;"),
        (Place::Float(n), Some(Type::F64)) => format!("let x{n}=d;"),
        _ => String::new(),
    };
    let exit = format!("{leave}EXIT{end}({arguments})");
    // Writing to a String cannot fail.
    let _ = match body {
        Body::Value(e) => write!(text, "let d={e};{store}"),
        Body::Checked(e) => write!(text, "let (d,o)={e};{store}if o{{{exit}}}"),
        Body::Guard(condition, None) => write!(text, "if !({condition}){{{exit}}}"),
        Body::Guard(condition, Some(e)) => {
            write!(text, "if !({condition}){{{exit}}}let d={e};{store}")
        }
        Body::Effect(statement) => write!(text, "{statement}"),
        Body::Allocate => {
            let next = std::mem::offset_of!(ExecContext, alloc_ptr);
            let limit = std::mem::offset_of!(ExecContext, alloc_limit);
            // Where the trace is left, the result's register holds nothing that lives.
            let dead = match places[3] {
                Place::Int(n) => format!("let r{n}=cell;"),
                _ => String::new(),
            };
            write!(
                text,
                "let cell=(f.add({next}) as *const u64).read();\
                 let end=cell.wrapping_add({FLOAT_CELL});\
                 if end>(f.add({limit}) as *const u64).read(){{{dead}{exit}}}\
                 (f.add({next}) as *mut u64).write(end);\
                 (cell as *mut u64).write({FLOAT_HEADER});\
                 let d=cell.wrapping_add({POINTER_TAG});\
                 ((d as P).wrapping_offset({FLOAT_DISP}) as *mut f64).write(a);{store}"
            )
        }
        Body::Call(ty, call) => {
            let check = if info.exit == Exit::Never {
                String::new()
            } else {
                format!("if d=={HELPER_FAILED}{{{exit}}}")
            };
            write!(
                text,
                "let h=opaque!(\"movabs {{}}, offset {{}}\",u64,HELPER);\
                 let h:{ty}=core::mem::transmute(h);let d=h({call});{check}{store}"
            )
        }
    };
    let _ = writeln!(
        out,
        "#[unsafe(no_mangle)]unsafe extern \"{abi}\" fn s{number}({parameters})->u64{{unsafe{{{text}{last}CONT{end}({arguments})}}}}"
    );
}

/// The hole kinds that a variant's places imply.
pub fn hole_kinds(op: Opcode, places: &[Place; 4]) -> Vec<u8> {
    let mut kinds = Vec::new();
    for (position, place) in places.iter().enumerate() {
        let position = position as u8;
        match place {
            Place::Slot | Place::Imm32 => kinds.push(holes::A + position),
            Place::Imm64 => kinds.push(holes::WIDE_A + position),
            Place::Pool => kinds.push(holes::POOL_A + position),
            Place::None | Place::Int(_) | Place::Float(_) | Place::Count(_) => {}
        }
    }
    match op.info().imm {
        Imm::Disp | Imm::Class => kinds.push(holes::IMM),
        Imm::Helper => kinds.push(holes::HELPER),
        Imm::None | Imm::Block | Imm::Trace => {}
    }
    kinds
}

/// The usual optimizations.
pub const FULL: &[&str] = &["opt-level=3"];
/// Inlining, registers instead of stack, and tail calls.
pub const PLAIN: &[&str] = &[
    "opt-level=3",
    "no-prepopulate-passes",
    "passes=always-inline,function(sroa,simplifycfg,tailcallelim)",
];

/// How an op's stencils are optimized. On the side where two values are equal, the usual
/// optimizations take one for the other, which costs a move to hand both on.
pub fn passes(op: Opcode) -> &'static [&'static str] {
    use Opcode as O;
    match op {
        O::GuardEqI64 | O::GuardNeI64 | O::GuardSame | O::GuardDiffer => PLAIN,
        _ => FULL,
    }
}
