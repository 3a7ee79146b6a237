//! Tracebacks in CPython 3.11's form, chained exceptions included.

use crate::class;
use crate::code::RtCode;
use crate::error::PyResult;
use crate::interp::Vm;
use crate::types::exception_slot as slot;
use crate::value::Value;
use std::fmt::Write;
use std::sync::Arc;
use tierlab_frontend::bytecode::{BinaryKind, Opcode, Position};

/// Chains of exceptions are followed this far.
const MAX_CHAIN: usize = 1000;

/// What kind of expression an instruction stands for: decides the caret line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    /// No anchors: carets under the whole range.
    Plain,
    /// A binary operation: carets under the operator.
    Binary,
    /// A subscript: carets under the brackets.
    Subscript,
}

/// One frame of a traceback.
struct Entry {
    file: Arc<str>,
    function: Arc<str>,
    position: Position,
    anchor: Anchor,
}

fn entry(code: &RtCode, pc: usize) -> Entry {
    let anchor = match code.base_instr(pc) {
        // An augmented assignment is no expression: CPython finds no operator in it.
        Some(i) if i.op() == Opcode::BinaryOp && !BinaryKind::from_x(i.x()).1 => Anchor::Binary,
        Some(i) => match i.op() {
            Opcode::BinarySubscr | Opcode::StoreSubscr | Opcode::DeleteSubscr => Anchor::Subscript,
            _ => Anchor::Plain,
        },
        None => Anchor::Plain,
    };
    Entry {
        file: code.source.file.clone(),
        function: code.source.name.clone(),
        position: code.position(pc),
        anchor,
    }
}

/// The text of an uncaught exception, with what led to it.
pub(crate) fn render(vm: &mut Vm, value: Value) -> String {
    // The chain, from the exception to what was first.
    let mut chain = vec![(value, "")];
    while let Some((last, _)) = chain.last().copied()
        && let Some(instance) = last.as_instance()
        && chain.len() < MAX_CHAIN
    {
        let (cause, context) = (instance.get(slot::CAUSE), instance.get(slot::CONTEXT));
        let (next, why) = if crate::exceptions::is_exception(cause) {
            let why = "The above exception was the direct cause of the following exception:";
            (cause, why)
        } else if crate::exceptions::is_exception(context)
            && !instance.get(slot::SUPPRESS).is_true()
        {
            (context, "During handling of the above exception, another exception occurred:")
        } else {
            break;
        };
        if chain.iter().any(|(known, _)| *known == next) {
            break;
        }
        chain.push((next, why));
    }
    let mut out = String::new();
    let mut sources = Sources::default();
    for (value, why) in chain.into_iter().rev() {
        write_one(vm, value, &mut out, &mut sources);
        if !why.is_empty() {
            let _ = write!(out, "\n{why}\n\n");
        }
    }
    out
}

fn write_one(vm: &mut Vm, value: Value, out: &mut String, sources: &mut Sources) {
    let places = vm.places_of(value);
    if !places.is_empty() {
        out.push_str("Traceback (most recent call last):\n");
    }
    let mut last: Option<(Arc<str>, u32, Arc<str>)> = None;
    let mut repeated = 0usize;
    for (code, pc) in places.iter().rev() {
        let Some(code) = vm.code(*code) else { continue };
        let entry = entry(code, *pc as usize);
        let key = (entry.file.clone(), entry.position.line, entry.function.clone());
        if last.as_ref() == Some(&key) {
            repeated += 1;
            if repeated >= 3 {
                continue;
            }
        } else {
            repeat_line(out, repeated);
            last = Some(key);
            repeated = 0;
        }
        let _ = writeln!(
            out,
            "  File \"{}\", line {}, in {}",
            entry.file, entry.position.line, entry.function
        );
        sources.describe(&entry, out);
    }
    repeat_line(out, repeated);
    let _ = writeln!(out, "{}", last_line(vm, value));
    for note in notes(vm, value) {
        let _ = writeln!(out, "{note}");
    }
}

/// The line with class and message.
fn last_line(vm: &mut Vm, value: Value) -> String {
    let name = class_name(vm, value);
    match vm.str_of(value) {
        Ok(text) if text.is_empty() => name,
        Ok(text) => format!("{name}: {text}"),
        Err(_) => format!("{name}: <exception str() failed>"),
    }
}

/// `tb_lineno` and `tb_next` of a traceback: the outermost place, and what is inside it.
pub(crate) fn attribute(vm: &mut Vm, traceback: Value, name: &str) -> PyResult<Option<Value>> {
    let places = traceback.as_words().and_then(|words| words.get(0).as_list());
    let places = places.map_or(Vec::new(), |list| list.items().to_vec());
    let Some((outermost, inner)) = places.split_last() else { return Ok(None) };
    Ok(match name {
        "tb_lineno" => {
            let place = outermost.as_small_int().unwrap_or(0);
            let code = vm.code((place >> 32) as u32);
            code.map(|code| Value::small(i64::from(code.position(place as u32 as usize).line)))
        }
        "tb_next" if inner.is_empty() => Some(Value::none()),
        "tb_next" => {
            let list = vm.heap.alloc_list_of(inner)?;
            Some(vm.heap.alloc_words(class::TRACEBACK, 0, [list, Value::ZERO, Value::ZERO]))
        }
        _ => None,
    })
}

/// What `add_note` added to an exception.
fn notes(vm: &mut Vm, value: Value) -> Vec<String> {
    let Ok(Some(notes)) = vm.try_attribute(value, "__notes__") else { return Vec::new() };
    let items = match (notes.as_list(), notes.as_tuple()) {
        (Some(list), _) => list.items().to_vec(),
        (_, Some(tuple)) => tuple.items().to_vec(),
        _ => return vm.repr_of(notes).into_iter().collect(),
    };
    items
        .into_iter()
        .map(|note| vm.str_of(note).unwrap_or_else(|_| "<note str() failed>".to_string()))
        .collect()
}

/// The class of an exception as tracebacks name it.
pub(crate) fn class_name(vm: &Vm, value: Value) -> String {
    let ty = vm.type_of(value);
    if matches!(&*ty.module, "builtins" | "__main__") {
        ty.qualname.to_string()
    } else {
        ty.full_name()
    }
}

fn repeat_line(out: &mut String, repeated: usize) {
    if repeated >= 3 {
        let more = repeated - 2;
        let s = if more == 1 { "" } else { "s" };
        let _ = writeln!(out, "  [Previous line repeated {more} more time{s}]");
    }
}

/// Lines of the files that a traceback names.
#[derive(Default)]
struct Sources {
    files: Vec<(Arc<str>, Vec<String>)>,
}

impl Sources {
    fn line(&mut self, file: &Arc<str>, line: u32) -> Option<&str> {
        if !self.files.iter().any(|(name, _)| name == file) {
            let text = std::fs::read(&**file).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines = text.lines().map(str::to_string).collect();
            self.files.push((file.clone(), lines));
        }
        let (_, lines) = self.files.iter().find(|(name, _)| name == file)?;
        lines.get((line as usize).checked_sub(1)?).map(String::as_str)
    }

    /// The source line and, where it says more than the line does, the caret line.
    fn describe(&mut self, entry: &Entry, out: &mut String) {
        let p = entry.position;
        let Some(line) = self.line(&entry.file, p.line) else { return };
        let stripped = line.trim();
        if stripped.is_empty() {
            return;
        }
        out.push_str("    ");
        out.push_str(stripped);
        out.push('\n');
        let start = p.column as usize;
        let end = if p.end_line == p.line { p.end_column as usize } else { line.trim_end().len() };
        if start >= end || end > line.len() {
            return;
        }
        let (Some(before), Some(segment)) = (line.get(..start), line.get(start..end)) else {
            return;
        };
        // One that covers the whole line adds nothing.
        if segment == stripped {
            return;
        }
        let indent = line.chars().count() - line.trim_start().chars().count();
        let anchors = if p.end_line == p.line { anchors(entry.anchor, segment) } else { None };
        let Some(column) = before.chars().count().checked_sub(indent) else { return };
        out.push_str("    ");
        out.push_str(&" ".repeat(column));
        let len = segment.chars().count();
        match anchors {
            Some((from, to)) => {
                out.push_str(&"~".repeat(from));
                out.push_str(&"^".repeat(to - from));
                out.push_str(&"~".repeat(len - to));
            }
            None => out.push_str(&"^".repeat(len)),
        }
        out.push('\n');
    }
}

/// Where the carets stand in the segment, in characters.
fn anchors(anchor: Anchor, segment: &str) -> Option<(usize, usize)> {
    let chars: Vec<char> = segment.chars().collect();
    match anchor {
        Anchor::Plain => None,
        Anchor::Binary => {
            let at = top_level_operator(&chars)?;
            let wide = chars.get(at + 1).is_some_and(|&next| {
                matches!((chars[at], next), ('*', '*') | ('/', '/') | ('<', '<') | ('>', '>'))
            });
            Some((at, at + 1 + usize::from(wide)))
        }
        Anchor::Subscript => {
            // The bracket that the last one closes.
            let mut depth = 0usize;
            for (i, &c) in chars.iter().enumerate().rev() {
                match c {
                    ']' | ')' | '}' => depth += 1,
                    '[' | '(' | '{' => {
                        depth = depth.checked_sub(1)?;
                        if depth == 0 {
                            return Some((i, chars.len()));
                        }
                    }
                    _ => {}
                }
            }
            None
        }
    }
}

/// The operator that is applied last: the rightmost of least precedence outside brackets and
/// strings that follows an operand.
fn top_level_operator(chars: &[char]) -> Option<usize> {
    let mut best: Option<(u32, usize)> = None;
    let mut depth = 0usize;
    let mut operand = false;
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        match c {
            '\'' | '"' => {
                i += 1;
                while i < chars.len() && chars[i] != c {
                    i += 1 + usize::from(chars[i] == '\\');
                }
                operand = true;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.saturating_sub(1);
                operand = true;
            }
            _ if c.is_whitespace() => {}
            '+' | '-' | '*' | '/' | '%' | '@' | '<' | '>' | '&' | '^' | '|' => {
                let double = chars.get(i + 1) == Some(&c) && matches!(c, '*' | '/' | '<' | '>');
                let precedence = match c {
                    '|' => 0,
                    '^' => 1,
                    '&' => 2,
                    '<' | '>' => 3,
                    '+' | '-' => 4,
                    '*' if double => 6,
                    _ => 5,
                };
                // A power groups to the right: its first operator is applied last.
                let better = best
                    .is_none_or(|(p, _)| precedence < p || (precedence == p && precedence != 6));
                if depth == 0 && operand && better {
                    best = Some((precedence, i));
                }
                operand = false;
                i += usize::from(double);
            }
            _ => operand = true,
        }
        i += 1;
    }
    best.map(|(_, at)| at)
}
