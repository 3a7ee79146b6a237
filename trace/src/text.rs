//! The text form of a trace, for people: printing. [`crate::parse`] reads it back.
//!
//! ```text
//! ; comments run to the end of the line
//! trace loop "nested.py:3"
//! entry s0
//! block0(%0: i64, %1: ref):
//!   jump block1(%0)
//! block1(%3: i64):
//!   %4: i64 = add_ovf %3, 5 -> exit s1
//!   %5: ref = load_ref %1 +8 !2
//!   guard_class %5 class 7 -> exit s1
//!   %7: ref = call_ref1 @half %5 -> exit s1
//!   jump block1(%4)
//! snapshots:
//!   s0 = code 2 @14 height 2 { 0: %0, 1: %1 }
//!   s1 = code 2 @18 height 4 { 0: sub(%4, 5), 3: ref:0x14 } code 3 @0 height 1 { 0: 2.5 }
//! ```
//!
//! A side trace starts with `trace side PARENT.EXIT "location"`. Line breaks are like blanks.
//! `+8` is a displacement, `!2` a memory class, `@name` a helper (`@#3` by number), `T3` a trace.
//! Constants: `-7` is an `i64`; `2.5`, `1e300`, `-0.0`, `inf`, `-inf`, `nan:0x7ff8000000000000` are
//! `f64`; `ref:0x14` is a word. A snapshot without frames is `empty`.
//!
//! Invariants: printing works for broken traces too (what cannot be found prints as `?`), and
//! parsing the print of a verified trace gives its normal form (see [`crate::normalize`]), up to
//! the numbers of snapshots, which are kept.

use crate::backend::HelperTable;
use crate::ir::{Block, Const, Op, Recipe, SnapEntry, SnapshotId, Trace, TraceKind, Val};
use crate::ops::{Imm, Opcode, Type};
use std::fmt::{self, Display, Formatter, Write};

impl Type {
    /// Its name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            Type::I64 => "i64",
            Type::F64 => "f64",
            Type::Ref => "ref",
        }
    }
}

impl Display for Const {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Const::I64(i) => write!(f, "{i}"),
            Const::F64(bits) if f64::from_bits(bits).is_nan() => write!(f, "nan:{bits:#x}"),
            Const::F64(bits) => write!(f, "{:?}", f64::from_bits(bits)),
            Const::Ref(word) => write!(f, "ref:{word:#x}"),
        }
    }
}

/// Whether a helper's name can be written behind `@`.
pub(crate) fn plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// A trace together with the helper table that names its calls; made by [`Trace::text`].
#[derive(Clone, Copy, Debug)]
pub struct TraceText<'a> {
    trace: &'a Trace,
    helpers: Option<&'a HelperTable>,
}

impl Trace {
    /// The text form; print it with `{}` or `to_string()`. Without a table, helpers are numbers.
    pub fn text<'a>(&'a self, helpers: Option<&'a HelperTable>) -> TraceText<'a> {
        TraceText { trace: self, helpers }
    }
}

/// A line of a trace's text form; made by [`Trace::op_text`] and [`Trace::block_text`].
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    text: TraceText<'a>,
    of: Of,
}

#[derive(Clone, Copy, Debug)]
enum Of {
    Op(usize),
    Block(usize),
}

impl Trace {
    /// Op number `index` as it stands in the text form, without indentation.
    pub fn op_text<'a>(&'a self, index: usize, helpers: Option<&'a HelperTable>) -> Line<'a> {
        Line { text: self.text(helpers), of: Of::Op(index) }
    }

    /// The line that opens block number `index`.
    pub fn block_text(&self, index: usize) -> Line<'_> {
        Line { text: self.text(None), of: Of::Block(index) }
    }
}

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.of {
            Of::Op(index) => match self.text.trace.ops.get(index) {
                Some(op) => self.text.op(f, index, op),
                None => f.write_char('?'),
            },
            Of::Block(index) => match self.text.trace.blocks.get(index) {
                Some(block) => self.text.head(f, index, block),
                None => f.write_char('?'),
            },
        }
    }
}

impl TraceText<'_> {
    /// Prints the line that opens a block.
    fn head(&self, f: &mut Formatter<'_>, index: usize, block: &Block) -> fmt::Result {
        write!(f, "block{index}(")?;
        let count = self.trace.ops.len();
        let first = (block.first as usize).min(count);
        let params = first..(block.first.saturating_add(block.params) as usize).min(count);
        for i in params.clone() {
            f.write_str(if i == params.start { "" } else { ", " })?;
            self.typed(f, i)?;
        }
        f.write_str("):")
    }

    fn val(&self, f: &mut Formatter<'_>, val: Val) -> fmt::Result {
        match (val.as_value(), self.trace.const_of(val)) {
            (Some(v), _) => write!(f, "%{v}"),
            (None, Some(c)) => write!(f, "{c}"),
            (None, None) => f.write_char('?'),
        }
    }

    fn list(&self, f: &mut Formatter<'_>, vals: &[Val]) -> fmt::Result {
        for (i, &val) in vals.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            self.val(f, val)?;
        }
        Ok(())
    }

    fn typed(&self, f: &mut Formatter<'_>, value: usize) -> fmt::Result {
        let ty = self.trace.type_of(Val::value(value));
        write!(f, "%{value}: {}", ty.map_or("?", Type::name))
    }

    /// Prints one op, without indentation and line break.
    fn op(&self, f: &mut Formatter<'_>, index: usize, op: &Op) -> fmt::Result {
        let info = op.opcode.info();
        if op.opcode == Opcode::ExitAlways {
            return write!(f, "exit s{}", op.snapshot.0);
        }
        if info.result.is_some() {
            self.typed(f, index)?;
            f.write_str(" = ")?;
        }
        f.write_str(info.name)?;
        match info.imm {
            Imm::Block => write!(f, " block{}", op.imm)?,
            Imm::Trace => write!(f, " T{}", op.imm)?,
            Imm::Helper => match self.helpers.and_then(|h| h.get(op.imm)) {
                Some(helper) if plain_name(helper.name) => write!(f, " @{}", helper.name)?,
                _ => write!(f, " @#{}", op.imm)?,
            },
            Imm::None | Imm::Disp | Imm::Class => {}
        }
        if matches!(info.imm, Imm::Block | Imm::Trace) {
            let (start, len) = op.jump_range();
            let args = self.trace.jump_args.get(start..start.saturating_add(len));
            f.write_char('(')?;
            match args {
                Some(args) => self.list(f, args)?,
                None => f.write_char('?')?,
            }
            f.write_char(')')?;
        } else if !op.operands().is_empty() {
            f.write_char(' ')?;
            self.list(f, op.operands())?;
        }
        match info.imm {
            Imm::Disp if op.imm != 0 => write!(f, " {:+}", op.imm)?,
            Imm::Class => write!(f, " class {}", op.imm as u32)?,
            Imm::None | Imm::Disp | Imm::Helper | Imm::Block | Imm::Trace => {}
        }
        if op.mem.0 != 0 {
            write!(f, " !{}", op.mem.0)?;
        }
        if op.snapshot != SnapshotId::NONE {
            write!(f, " -> exit s{}", op.snapshot.0)?;
        }
        Ok(())
    }

    fn entry(&self, f: &mut Formatter<'_>, e: &SnapEntry) -> fmt::Result {
        write!(f, "{}: ", e.index)?;
        let name = match e.recipe {
            Recipe::Value => return self.val(f, e.a),
            Recipe::WrappingSub => "sub",
            Recipe::WrappingAdd => "add",
        };
        write!(f, "{name}(")?;
        self.list(f, &[e.a, e.b])?;
        f.write_char(')')
    }

    fn snapshot(&self, f: &mut Formatter<'_>, id: usize) -> fmt::Result {
        let s = &self.trace.snapshots[id];
        write!(f, "  s{id} =")?;
        if s.frames_len == 0 {
            f.write_str(" empty")?;
        }
        let mut next = s.entries_start as usize;
        for k in 0..s.frames_len as usize {
            let Some(frame) = self.trace.snap_frames.get(s.frames_start as usize + k) else {
                return f.write_str(" ?\n");
            };
            write!(f, " code {} @{} height {} {{", frame.code, frame.pc, frame.height)?;
            for e in 0..frame.entries as usize {
                f.write_str(if e == 0 { " " } else { ", " })?;
                match self.trace.snap_entries.get(next) {
                    Some(e) => self.entry(f, e)?,
                    None => f.write_char('?')?,
                }
                next += 1;
            }
            f.write_str(" }")?;
        }
        f.write_char('\n')
    }
}

impl Display for TraceText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let trace = self.trace;
        match trace.kind {
            TraceKind::Loop => write!(f, "trace loop")?,
            TraceKind::Straight => write!(f, "trace straight")?,
            TraceKind::Side { parent, exit } => write!(f, "trace side {}.{exit}", parent.0)?,
        }
        writeln!(f, " {:?}", trace.location)?;
        if trace.entry != SnapshotId::NONE {
            writeln!(f, "entry s{}", trace.entry.0)?;
        }
        for (b, block) in trace.blocks.iter().enumerate() {
            self.head(f, b, block)?;
            f.write_char('\n')?;
            let count = trace.ops.len();
            let first = block.first.saturating_add(block.params) as usize;
            for i in first.min(count)..(block.end as usize).min(count) {
                f.write_str("  ")?;
                self.op(f, i, &trace.ops[i])?;
                f.write_char('\n')?;
            }
            f.write_str(if block.end as usize > count { "  ?\n" } else { "" })?;
        }
        if !trace.snapshots.is_empty() {
            f.write_str("snapshots:\n")?;
        }
        (0..trace.snapshots.len()).try_for_each(|id| self.snapshot(f, id))
    }
}
