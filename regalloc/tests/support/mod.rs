//! Register files and traces that the tests share.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod any_program;
pub mod machine;
pub mod synthetic;

use std::sync::Arc;
use std::time::Duration;
use tierlab_regalloc::checker::check;
use tierlab_regalloc::text::allocation_text;
use tierlab_regalloc::{
    AllocError, Allocation, Allowed, Clobbers, Constraint, Input, Loc, RegFile, Strategy,
};
use tierlab_trace::backend::HelperTable;
use tierlab_trace::ir::{Const, Trace, TraceKind};
use tierlab_trace::ops::{Effect, Opcode};

/// What a strategy that searches has for one of many random traces.
pub const SHORT: Duration = Duration::from_millis(10);

/// Constraints like those of an x86-64 tier: calls take slots, stores want their base and value
/// in registers, arithmetic is shorter in place.
pub fn x86_constraint(op: Opcode) -> &'static Constraint {
    static ARITHMETIC: Constraint = Constraint { reuse_first: true, ..Constraint::ANY };
    static STORE: Constraint = Constraint {
        operands: [Allowed::REGISTER, Allowed::REGISTER, Allowed::REGISTER],
        ..Constraint::ANY
    };
    static LOAD: Constraint =
        Constraint { operands: [Allowed::REGISTER, Allowed::ANY, Allowed::ANY], ..Constraint::ANY };
    static CALL: Constraint =
        Constraint { result: Allowed::ANY, clobbers: Clobbers::ALL, ..Constraint::SLOTS };
    static PLAIN: Constraint = Constraint::ANY;
    match op.info().effect {
        _ if op.is_call() => &CALL,
        Effect::Store => &STORE,
        Effect::Load if !op.info().operands.is_empty() => &LOAD,
        Effect::Pure if op.info().result.is_some() => &ARITHMETIC,
        _ => &PLAIN,
    }
}

/// The same, but calls destroy nothing.
pub fn x86_keeping_all(op: Opcode) -> &'static Constraint {
    static CALL: Constraint = Constraint { result: Allowed::ANY, ..Constraint::SLOTS };
    if op.is_call() { &CALL } else { x86_constraint(op) }
}

/// The same, but calls destroy integer registers only.
pub fn x86_keeping_floats(op: Opcode) -> &'static Constraint {
    static CALL: Constraint = Constraint {
        result: Allowed::ANY,
        clobbers: Clobbers { ints: u32::MAX, floats: 0 },
        ..Constraint::SLOTS
    };
    if op.is_call() { &CALL } else { x86_constraint(op) }
}

fn small_ints(op: Opcode, k: usize, c: Const) -> bool {
    matches!(c, Const::I64(i) if k == 1 && i32::try_from(i).is_ok()) && !op.is_call()
}

/// Calls destroy every other register.
const HALF: Clobbers = Clobbers { ints: 0x5555_5555, floats: 0x5555_5555 };

/// Everything anywhere.
pub fn any_constraint(op: Opcode) -> &'static Constraint {
    static ANY: Constraint = Constraint::ANY;
    static CALL: Constraint = Constraint { clobbers: HALF, ..Constraint::ANY };
    if op.is_call() { &CALL } else { &ANY }
}

/// Instructions with fixed operands, as dividing and shifting have on x86-64, and worse.
pub fn fixed_constraint(op: Opcode) -> &'static Constraint {
    /// Divides register 0 by anything but what it destroys.
    static DIVIDE: Constraint = Constraint {
        operands: [Allowed::fixed(0), Allowed { registers: !0b11, slot: true }, Allowed::ANY],
        result: Allowed::fixed(0),
        reuse_first: true,
        clobbers: Clobbers { ints: 0b10, floats: 0b10 },
    };
    /// The count in register 1, which it destroys.
    static SHIFT: Constraint = Constraint {
        operands: [Allowed::ANY, Allowed::fixed(1), Allowed::ANY],
        result: Allowed::REGISTER,
        reuse_first: true,
        clobbers: Clobbers { ints: 0b10, floats: 0b10 },
    };
    /// Takes the first registers only.
    static FEW: Constraint = Constraint {
        operands: [Allowed { registers: 0b11, slot: false }; 3],
        result: Allowed { registers: 0b110, slot: false },
        reuse_first: false,
        clobbers: Clobbers::NONE,
    };
    static CALL: Constraint = Constraint {
        operands: [Allowed::fixed(2), Allowed::fixed(1), Allowed::fixed(0)],
        result: Allowed::fixed(0),
        reuse_first: false,
        clobbers: HALF,
    };
    static PLAIN: Constraint = Constraint::ANY;
    match op as usize % 4 {
        _ if op.is_call() => &CALL,
        _ if matches!(op.info().operands.len(), 0 | 3) => &PLAIN,
        0 => &DIVIDE,
        1 => &SHIFT,
        2 => &FEW,
        _ => &PLAIN,
    }
}

fn no_immediates(_: Opcode, _: usize, _: Const) -> bool {
    false
}

/// Hard on allocators: everything in registers but what calls take and what comparisons give.
pub fn strict_constraint(op: Opcode) -> &'static Constraint {
    static STRICT: Constraint = Constraint {
        operands: [Allowed::REGISTER; 3],
        result: Allowed::REGISTER,
        reuse_first: true,
        clobbers: Clobbers::NONE,
    };
    static CALL: Constraint = Constraint { clobbers: HALF, ..Constraint::SLOTS };
    static MIXED: Constraint = Constraint {
        operands: [Allowed::REGISTER, Allowed::SLOT, Allowed::ANY],
        result: Allowed::SLOT,
        reuse_first: false,
        clobbers: Clobbers::NONE,
    };
    match op as usize % 5 {
        _ if op.is_call() => &CALL,
        0 | 1 => &MIXED,
        _ => &STRICT,
    }
}

/// Like x86-64 with the C convention: a call destroys all registers.
pub fn x86(ints: u8, floats: u8) -> RegFile {
    RegFile { ints, floats, constraint: x86_constraint, immediate: small_ints }
}

/// Every op takes everything but immediates; calls destroy every other register.
pub fn lenient(ints: u8, floats: u8) -> RegFile {
    RegFile { constraint: any_constraint, immediate: no_immediates, ..x86(ints, floats) }
}

/// See [`fixed_constraint`].
pub fn fixed(ints: u8, floats: u8) -> RegFile {
    RegFile { constraint: fixed_constraint, immediate: no_immediates, ..x86(ints, floats) }
}

/// See [`strict_constraint`].
pub fn strict(ints: u8, floats: u8) -> RegFile {
    RegFile { constraint: strict_constraint, immediate: no_immediates, ..lenient(ints, floats) }
}

/// Whether the op at which a strategy gave up needs more registers than there are.
fn may_give_up(trace: &Trace, file: &RegFile, error: &AllocError) -> bool {
    let AllocError::TooFewRegisters { op, .. } = *error else { return false };
    let op = &trace.ops[op];
    let constraint = (file.constraint)(op.opcode);
    let mut wanted = [0; 2];
    let files = [file.ints, file.floats].map(|n| (1u32 << n) - 1);
    let mut unreachable = false;
    for (k, operand) in op.opcode.info().operands.iter().enumerate() {
        let twin = op.args[..k].contains(&op.args[k]);
        if !constraint.operands[k].slot && !twin {
            wanted[usize::from(operand.is_float())] += 1;
        }
        let usable = constraint.operands[k].registers & files[usize::from(operand.is_float())];
        unreachable |= !constraint.operands[k].slot && usable == 0;
    }
    if let Some(ty) = op.result()
        && !constraint.result.slot
    {
        let class = usize::from(ty == tierlab_trace::ops::Type::F64);
        wanted[class] = wanted[class].max(1);
        unreachable |= constraint.result.registers & files[class] == 0;
    }
    unreachable || wanted[0] > file.ints || wanted[1] > file.floats
}

/// Allocates and checks; a strategy may only give up where it must.
pub fn checked(
    strategy: &mut dyn Strategy,
    input: &Input,
    out: &mut Allocation,
) -> Result<bool, String> {
    match strategy.allocate(input, out) {
        Err(AllocError::Unsolved { .. }) => Ok(false),
        Err(e) if may_give_up(input.trace, input.file, &e) => Ok(false),
        Err(e) => {
            Err(format!("{} on {:?}: {e}\n{}", strategy.name(), input.file, input.trace.text(None)))
        }
        Ok(()) => check(input, out).map(|()| true).map_err(|e| {
            let text = allocation_text(input.trace, out, None);
            format!("{} on {:?}: {e}\n{text}", strategy.name(), input.file)
        }),
    }
}

/// Allocates and checks a program: traces in order, side traces after their parents.
pub fn check_traces(
    strategy: &mut dyn Strategy,
    file: &RegFile,
    traces: &[Arc<Trace>],
) -> Result<(), String> {
    let mut done: Vec<Option<Allocation>> = Vec::new();
    for trace in traces {
        let incoming: Option<Vec<Loc>> = match trace.kind {
            TraceKind::Loop | TraceKind::Straight => None,
            TraceKind::Side { parent, exit } => {
                let Some(Some(allocation)) = done.get(parent.0 as usize) else {
                    done.push(None);
                    continue;
                };
                let live = trace.blocks[0].params as usize;
                Some(allocation.exit(exit as usize, live).to_vec())
            }
        };
        let input = Input { trace, file, incoming: incoming.as_deref() };
        let mut out = Allocation::default();
        let ok = checked(strategy, &input, &mut out)?;
        done.push(ok.then_some(out));
    }
    Ok(())
}

/// Parses a trace and verifies it.
pub fn parse(text: &str) -> Trace {
    let trace = tierlab_trace::parse::parse_trace(text, &helpers()).expect("the text parses");
    tierlab_trace::verify::verify(&trace, None).expect("the trace verifies");
    trace
}

/// Helpers for calls in texts.
pub fn helpers() -> HelperTable {
    tierlab_trace::testgen::helpers()
}

/// The traces saved for benchmarks, by file name. Helpers are of no concern here: whatever their
/// names, all calls become calls of helper 0.
pub fn saved() -> Vec<(String, Vec<Trace>)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches/traces");
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "tir"));
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).expect("the file can be read");
        let mut plain = String::new();
        for (i, part) in text.split('@').enumerate() {
            let helper = i > 0 && part.starts_with(|c: char| c.is_ascii_alphabetic());
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
            plain.push_str(match (i, helper) {
                (0, _) => "",
                (_, true) => "@#0",
                (_, false) => "@",
            });
            plain.push_str(if helper { part.trim_start_matches(name) } else { part });
        }
        let traces = tierlab_trace::parse::parse_traces(&plain, &helpers());
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        (name, traces.unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    };
    paths.into_iter().map(read).collect()
}
