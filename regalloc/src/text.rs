//! An allocation for people: the trace's text form with places in the margin.
//!
//! ```text
//! block1(%3: i64, %4: i64):                ; r0 r1
//!                                          ;   x0 <- [2]
//!   %5: i64 = add_ovf %3, 1 -> exit s1     ; r0 = r0 #0            exit 0 [r0 r1]
//! ```
//!
//! The right column has a block's parameters; the edits before an op, one per line; then the op's
//! result and operands, and where its exit finds the live values. `r0` is an integer register, `x0` a
//! float register, `[2]` a slot, `#0` a constant of the pool, shown by its value. Printing works
//! for broken allocations too: what is missing prints as `?`.

use crate::{Allocation, Edit, Loc, LocKind};
use std::fmt::Write;
use tierlab_trace::backend::HelperTable;
use tierlab_trace::ir::Trace;

/// Where the right column starts.
const COLUMN: usize = 56;

/// A location as it is printed here: a constant by its value.
pub fn shown(trace: &Trace, loc: Loc) -> String {
    let constant = if loc.kind() == LocKind::Const { Some(loc.index() as usize) } else { None };
    match constant.and_then(|c| trace.consts.get(c)) {
        Some(c) => c.to_string(),
        None => loc.to_string(),
    }
}

struct Text<'a> {
    trace: &'a Trace,
    out: String,
}

/// Prints a trace with its allocation.
pub fn allocation_text(
    trace: &Trace,
    allocation: &Allocation,
    helpers: Option<&HelperTable>,
) -> String {
    let source = trace.text(helpers).to_string();
    let mut lines = source.lines();
    let mut text = Text { trace, out: String::new() };
    let mut edits = allocation.edits.iter().peekable();
    let mut exits = 0;
    for block in &trace.blocks {
        // Whatever stands before the block's head.
        for line in lines.by_ref() {
            if line.starts_with("block") {
                text.row(line);
                break;
            }
            text.out.push_str(line);
            text.out.push('\n');
        }
        for p in block.param_ops() {
            text.out.push(' ');
            text.loc(allocation.locs.get(p).map(|l| l.result));
        }
        text.out.push('\n');
        for i in block.param_ops().end..block.end as usize {
            while let Some(edit) = edits.next_if(|e| e.op as usize <= i) {
                text.edit(edit);
            }
            text.row(lines.next().unwrap_or("  ?"));
            text.op(allocation, i, &mut exits);
            text.out.push('\n');
        }
    }
    let _ = writeln!(text.out, "slots: {}", allocation.slots);
    for line in lines {
        text.out.push_str(line);
        text.out.push('\n');
    }
    text.out
}

impl Text<'_> {
    fn row(&mut self, left: &str) {
        let _ = write!(self.out, "{left:COLUMN$} ;");
    }

    fn loc(&mut self, loc: Option<Loc>) {
        match loc {
            Some(loc) => self.out.push_str(&shown(self.trace, loc)),
            None => self.out.push('?'),
        }
    }

    fn edit(&mut self, edit: &Edit) {
        self.row("");
        self.out.push_str("   ");
        self.loc(Some(edit.to));
        self.out.push_str(" <- ");
        self.loc(Some(edit.from));
        self.out.push('\n');
    }

    fn op(&mut self, allocation: &Allocation, i: usize, exits: &mut usize) {
        let (Some(op), Some(locs)) = (self.trace.ops.get(i), allocation.locs.get(i)) else {
            self.out.push_str(" ?");
            return;
        };
        if op.result().is_some() {
            self.out.push(' ');
            self.loc(Some(locs.result));
            self.out.push_str(" =");
        }
        for k in 0..op.operands().len() {
            self.out.push(' ');
            self.loc(Some(locs.args[k]));
        }
        if !op.opcode.can_exit() {
            return;
        }
        let live = self.trace.snapshots.get(op.snapshot.0 as usize).map_or(0, |s| s.live_len);
        let _ = write!(self.out, "   exit {exits} [");
        let start = allocation.exit_starts.get(*exits).map_or(usize::MAX, |&s| s as usize);
        for k in 0..live as usize {
            if k > 0 {
                self.out.push(' ');
            }
            self.loc(start.checked_add(k).and_then(|n| allocation.exit_locs.get(n).copied()));
        }
        self.out.push(']');
        *exits += 1;
    }
}
