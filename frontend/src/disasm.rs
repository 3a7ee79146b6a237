//! Listings of code objects.

use crate::bytecode::{Arg, BinaryKind, CodeObject, CompareKind, ConstValue, Instr};
use crate::effects;
use std::fmt::{self, Write};
use std::sync::Arc;

/// A listing of a code object and all code objects in it.
///
/// Each line has the source line where it changes, `>>` at targets of jumps, the index, the
/// instruction, and in brackets what its operands mean. Loops are listed at the end.
pub fn disassemble(code: &CodeObject) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_code(&mut out, code);
    out
}

fn write_code(out: &mut String, code: &CodeObject) -> fmt::Result {
    writeln!(
        out,
        "code {} ({}:{}) args={} locals={} stack={}",
        code.name,
        code.file,
        code.first_line,
        code.args,
        code.locals.len(),
        code.stack_size
    )?;
    let mut is_target = vec![false; code.instrs.len()];
    for pc in 0..code.instrs.len() {
        if let Some(target) = effects::target(code, pc)
            && let Some(slot) = is_target.get_mut(target as usize)
        {
            *slot = true;
        }
    }
    for handler in &code.handlers {
        if let Some(slot) = is_target.get_mut(handler.target as usize) {
            *slot = true;
        }
    }
    let mut last_line = 0;
    for (pc, instr) in code.instrs.iter().enumerate() {
        let line = code.positions.get(pc).map_or(0, |position| position.line);
        let shown = if line == last_line { String::new() } else { line.to_string() };
        last_line = line;
        let mark = if is_target[pc] { ">>" } else { "  " };
        let operands = operands(code, *instr);
        let text = format!("{shown:>5} {mark} {pc:>4} {:<20} {operands}", instr.op().info().name);
        writeln!(out, "{}", text.trim_end())?;
    }
    for (number, info) in code.loops.iter().enumerate() {
        writeln!(out, "loop {number}: {}..{} stack={}", info.header, info.end, info.stack)?;
    }
    for handler in &code.handlers {
        writeln!(
            out,
            "handler {}..{} -> {} stack={}",
            handler.start, handler.end, handler.target, handler.height
        )?;
    }
    for value in &code.consts {
        if let ConstValue::Code(inner) = value {
            out.push('\n');
            write_code(out, inner)?;
        }
    }
    Ok(())
}

/// The operands of an instruction with their meaning.
pub fn operands(code: &CodeObject, instr: Instr) -> String {
    let (x, y, wide) = (instr.x(), instr.y(), instr.wide());
    let named = |number: usize, names: &[Arc<str>]| {
        format!("{number} ({})", names.get(number).map_or("?", |name| name))
    };
    match instr.op().info().arg {
        Arg::None | Arg::Counter => String::new(),
        Arg::Local => named(y as usize, &code.locals),
        Arg::Const => match code.consts.get(wide as usize) {
            Some(value) => format!("{wide} ({})", constant(value)),
            None => format!("{wide} (?)"),
        },
        Arg::Global => named(wide as usize, &code.globals),
        Arg::Name | Arg::Module => named(y as usize, &code.names),
        Arg::Target => format!("-> {wide}"),
        Arg::Loop => {
            let header = code.loops.get(wide as usize).map_or(0, |info| info.header);
            format!("{wide} -> {header}")
        }
        Arg::Count => wide.to_string(),
        Arg::Binary => {
            let (kind, in_place) = BinaryKind::from_x(x);
            format!("{}{}", kind.symbol(), if in_place { "=" } else { "" })
        }
        Arg::Compare => CompareKind::from_x(x).symbol().to_string(),
        Arg::CountAndCounter => x.to_string(),
        Arg::Invert => if x == 1 { "not" } else { "" }.to_string(),
        Arg::Format => {
            let conversion = ["", "!s", "!r", "!a"].get(x as usize).copied().unwrap_or("?");
            format!("{conversion}{}", if y == 1 { " with spec" } else { "" }).trim().to_string()
        }
        Arg::UnpackEx => format!("{x} + * + {y}"),
    }
}

/// A constant, nearly as `repr` shows it.
pub fn constant(value: &ConstValue) -> String {
    match value {
        ConstValue::None => "None".into(),
        ConstValue::Bool(true) => "True".into(),
        ConstValue::Bool(false) => "False".into(),
        ConstValue::Int(i) => i.to_string(),
        ConstValue::BigInt(i) => i.to_string(),
        ConstValue::Float(f) => format!("{f:?}"),
        ConstValue::Str(s) => format!("{s:?}"),
        ConstValue::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        ConstValue::Tuple(items) => {
            let inner: Vec<String> = items.iter().map(constant).collect();
            format!("({}{})", inner.join(", "), if inner.len() == 1 { "," } else { "" })
        }
        ConstValue::FrozenSet(items) => {
            let items: Vec<String> = items.iter().map(constant).collect();
            format!("frozenset({{{}}})", items.join(", "))
        }
        ConstValue::Ellipsis => "...".into(),
        ConstValue::Code(code) => format!("<code {}>", code.name),
    }
}
