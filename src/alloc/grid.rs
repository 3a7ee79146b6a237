//! What is common to the terminal and the page: rows of ops with their places, and what each
//! register holds at each op.

use super::{Run, Studied, Study};
use tierlab_regalloc::Loc;
use tierlab_regalloc::checker::Symbol;
use tierlab_regalloc::text::shown;
use tierlab_trace::backend::HelperTable;
use tierlab_trace::ir::Trace;

/// A register at an op.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing that is still needed.
    Free,
    /// A value comes here: before the op, or as its result.
    Starts(Symbol),
    /// A value is here before and after.
    Stays(Symbol),
    /// A value that the op is the last to read.
    Ends(Symbol),
}

impl Cell {
    /// The value.
    pub fn value(self) -> Option<Symbol> {
        match self {
            Cell::Free => None,
            Cell::Starts(v) | Cell::Stays(v) | Cell::Ends(v) => Some(v),
        }
    }
}

/// A row of the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOf {
    /// The head of a block, which stands for its parameters.
    Block(usize),
    /// An op.
    Op(usize),
}

/// The rows of a trace.
pub fn rows(trace: &Trace) -> Vec<RowOf> {
    let mut rows = Vec::new();
    for (b, block) in trace.blocks.iter().enumerate() {
        rows.push(RowOf::Block(b));
        rows.extend((block.param_ops().end..block.end as usize).map(RowOf::Op));
    }
    rows
}

impl RowOf {
    /// The ops it stands for.
    pub fn ops(self, trace: &Trace) -> std::ops::Range<usize> {
        match self {
            RowOf::Block(b) => trace.blocks[b].param_ops(),
            RowOf::Op(i) => i..i + 1,
        }
    }

    /// Its line of the text form.
    pub fn text(self, trace: &Trace, helpers: &HelperTable) -> String {
        match self {
            RowOf::Block(b) => trace.block_text(b).to_string(),
            RowOf::Op(i) => format!("  {}", trace.op_text(i, Some(helpers))),
        }
    }

    /// Where its values are: `result = operands`, or a block's parameters.
    pub fn places(self, trace: &Trace, run: &Run) -> String {
        let mut words = Vec::new();
        for i in self.ops(trace) {
            let Some(locs) = run.allocation.locs.get(i) else { continue };
            if locs.result != Loc::NONE {
                words.push(shown(trace, locs.result));
            }
            if let RowOf::Op(_) = self {
                let operands = trace.ops[i].operands().len();
                if locs.result != Loc::NONE && operands > 0 {
                    words.push("=".into());
                }
                words.extend(locs.args[..operands].iter().map(|&loc| shown(trace, loc)));
            }
        }
        words.join(" ")
    }
}

/// What registers hold at each op: `[op][register]`, registers as [`Study::registers`] lists them.
pub fn registers(study: &Study, studied: &Studied, run: &Run) -> Vec<Vec<Cell>> {
    let registers = study.registers();
    let mut grid = vec![vec![Cell::Free; registers.len()]; studied.trace.ops.len()];
    for held in &run.explanation.held {
        let Some(column) = registers.iter().position(|&r| r == held.at) else { continue };
        let (first, last) = (held.first as usize / 2, held.last as usize / 2);
        for (op, row) in grid.iter_mut().enumerate().take(last + 1).skip(first) {
            let cell = if op == first {
                Cell::Starts(held.value)
            } else if op == last && held.last % 2 == 0 {
                Cell::Ends(held.value)
            } else {
                Cell::Stays(held.value)
            };
            // A result that takes the place of what the op read: the result is what is shown.
            if !matches!(cell, Cell::Ends(_)) || row[column] == Cell::Free {
                row[column] = cell;
            }
        }
    }
    grid
}

/// A value's name that fits into a column of the diagram.
pub fn short(value: Symbol) -> String {
    match value {
        Symbol::Value(v) => format!("%{v}"),
        Symbol::Bits(_) => "const".into(),
    }
}
