//! A study as text for the terminal.
//!
//! Under each op stands why: `>` marks what happens before the op (edits), `;` what happens at it. The
//! register columns show the value that comes into a register at that op by its name, `|` while it is there
//! and still needed, `'` where the op is the last to read it, `.` where there is none.

use super::grid::{self, Cell, RowOf};
use super::{Run, Studied, Study};
use std::fmt::Write;
use tierlab_regalloc::cost::Traffic;
use tierlab_regalloc::explain::{Event, Reader, Use, What};

/// Widest text of an op before its columns move to the right.
const OP_WIDTH: usize = 60;
/// Width of a strategy's column beside others.
const BESIDE: usize = 44;
/// Width of a register's column.
const REGISTER: usize = 6;

/// Everything, one strategy after the other.
pub fn full(study: &Study) -> String {
    let mut text = String::new();
    for studied in &study.traces {
        heading(study, studied, &mut text);
        for run in &studied.runs {
            strategy(study, studied, run, &mut text);
        }
        totals(studied, &mut text);
    }
    text
}

/// The same ops with a column per strategy.
pub fn side_by_side(study: &Study) -> String {
    let mut text = String::new();
    for studied in &study.traces {
        heading(study, studied, &mut text);
        beside(study, studied, &mut text);
    }
    text
}

/// Totals alone.
pub fn summary(study: &Study) -> String {
    let mut text = String::new();
    for studied in &study.traces {
        heading(study, studied, &mut text);
        totals(studied, &mut text);
    }
    text
}

/// One line per event, in a form for scripts: `op %I: EVENT ...`. Lines with `;` in front say which
/// trace and strategy follow.
pub fn log(study: &Study) -> String {
    let mut text = String::new();
    for studied in &study.traces {
        for run in &studied.runs {
            let _ = writeln!(text, "; {}; {}", studied.heading(), run_name(run));
            for event in &run.explanation.events {
                let _ = writeln!(text, "op %{}: {}", event.op, event.show(&studied.trace));
            }
        }
    }
    text
}

fn heading(study: &Study, studied: &Studied, text: &mut String) {
    let (ints, floats) = (study.conditions.file.ints, study.conditions.file.floats);
    let _ = writeln!(text, "{}; {ints} integer, {floats} float registers\n", studied.heading());
}

fn run_name(run: &Run) -> String {
    match &run.gave_up {
        None => run.strategy.to_string(),
        Some(why) => format!("{} gave up ({why}); this is `stack`", run.strategy),
    }
}

fn op_width(rows: &[(RowOf, String)]) -> usize {
    let widths = rows.iter().map(|(_, text)| text.chars().count());
    widths.filter(|&w| w <= OP_WIDTH).max().unwrap_or(0)
}

fn texts(study: &Study, studied: &Studied) -> Vec<(RowOf, String)> {
    let trace = &studied.trace;
    grid::rows(trace)
        .into_iter()
        .map(|row| (row, row.text(trace, &study.conditions.helpers)))
        .collect()
}

/// Whether an event stands at its op: not births that need no reason, nor losses that the store
/// before the op has told of or that matter only to exits, which read slots as well.
fn is_told(event: &Event, studied: &Studied, run: &Run) -> bool {
    match &event.what {
        What::Lost { kept: Some(_), next: Use { reader: Reader::Exit, .. }, .. } => false,
        What::Lost { loss, .. } => {
            let told =
                |e: &Event| matches!(e.what, What::Edited { leaves: Some(l), .. } if l == *loss);
            !run.explanation.of(event.op as usize).iter().any(told)
        }
        What::Arrives { .. } => false,
        What::Parameter { at, .. } | What::Born { at, .. } => {
            !at.is_register() && !event.why(&studied.trace).is_empty()
        }
        What::Edited { .. } | What::ReadsSlot { .. } => true,
    }
}

/// The mark of an event: `>` before its op, `;` at it.
fn mark(event: &Event) -> char {
    match event.what {
        What::Edited { .. } => '>',
        What::Arrives { .. }
        | What::Parameter { .. }
        | What::Born { .. }
        | What::ReadsSlot { .. }
        | What::Lost { .. } => ';',
    }
}

fn strategy(study: &Study, studied: &Studied, run: &Run, text: &mut String) {
    let trace = &studied.trace;
    let rows = texts(study, studied);
    let width = op_width(&rows);
    let places: Vec<String> = rows.iter().map(|(row, _)| row.places(trace, run)).collect();
    let ops = rows.iter().zip(&places).filter(|((row, _), _)| matches!(row, RowOf::Op(_)));
    let place_width = ops.map(|(_, p)| p.chars().count()).max().unwrap_or(0);
    let cells = grid::registers(study, studied, run);
    let mut head = format!("{:width$}  {:place_width$}", run_name(run), "");
    for register in study.registers() {
        let _ = write!(head, "  {:REGISTER$}", register.to_string());
    }
    let _ = writeln!(text, "{}", head.trim_end());
    for ((row, op), places) in rows.iter().zip(&places) {
        let events = || row.ops(trace).flat_map(|i| run.explanation.of(i));
        let told = || events().filter(|e| is_told(e, studied, run));
        let line_of = |e: &Event| format!("    {} {}\n", mark(e), e.show(trace));
        text.extend(told().filter(|e| mark(e) == '>').map(line_of));
        let mut line = format!("{op:width$}  {places:place_width$}");
        if let RowOf::Op(i) = row {
            for cell in &cells[*i] {
                let _ = write!(line, "  {:REGISTER$}", show(*cell));
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
        text.extend(told().filter(|e| mark(e) == ';').map(line_of));
    }
    text.push('\n');
}

fn show(cell: Cell) -> String {
    match cell {
        Cell::Free => ".".into(),
        Cell::Starts(v) => grid::short(v),
        Cell::Stays(_) => "|".into(),
        Cell::Ends(_) => "'".into(),
    }
}

/// The numbers of a run, as a heading and a value each.
pub fn numbers(studied: &Studied, run: &Run) -> Vec<(&'static str, String)> {
    let counts = |Traffic { slot_loads, slot_stores, moves }: Traffic| {
        format!("{slot_loads} loads, {slot_stores} stores, {moves} moves")
    };
    let mut numbers = Vec::new();
    if studied.trace.loop_block().is_some() {
        numbers.push(("per iteration", counts(run.cost.per_iteration)));
        numbers.push(("outside", counts(run.cost.outside)));
    } else {
        numbers.push(("per pass", counts(run.cost.outside)));
    }
    numbers.push(("weighted traffic", run.cost.weighted_traffic().to_string()));
    numbers.push(("above optimal", run.distance()));
    if let Some(why) = &run.gave_up {
        numbers.push(("gave up", format!("{why}; this is `stack`")));
    }
    numbers
}

fn totals(studied: &Studied, text: &mut String) {
    let name = studied.runs.iter().map(|r| r.strategy.len()).max().unwrap_or(0);
    let all: Vec<_> = studied.runs.iter().map(|run| (run, numbers(studied, run))).collect();
    let columns = all.iter().map(|(_, n)| n.len()).max().unwrap_or(0);
    let width = |k: usize| {
        all.iter().filter_map(|(_, n)| n.get(k)).map(|(_, v)| v.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for (run, numbers) in &all {
        let mut line = format!("{:name$}", run.strategy);
        for ((what, value), width) in numbers.iter().zip(&widths) {
            let _ = write!(line, "  {what}: {value:width$}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push('\n');
}

/// Breaks a text into lines of some width, at blanks where that is possible; all lines but the first
/// are indented by four.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let body = text.trim_start();
    let mut lines: Vec<String> = Vec::new();
    let mut line = text[..text.len() - body.len()].to_string();
    let mut blank = true;
    for word in body.split(' ') {
        if !blank && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(std::mem::replace(&mut line, "    ".to_string()));
            blank = true;
        }
        if !blank {
            line.push(' ');
        }
        line.push_str(word);
        blank = false;
    }
    lines.push(line);
    lines
}

/// Rows of cells that may have several lines, padded to their columns.
fn put(text: &mut String, widths: &[usize], cells: &[Vec<String>]) {
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for k in 0..height {
        let mut line = String::new();
        for (cell, &width) in cells.iter().zip(widths) {
            // What happens before an op stands right above it.
            let at = (k + cell.len()).checked_sub(height);
            let part = at.and_then(|at| cell.get(at)).map_or("", String::as_str);
            let _ = write!(line, "{part:width$} | ");
        }
        let _ = writeln!(text, "{}", line.trim_end_matches([' ', '|']));
    }
}

fn beside(study: &Study, studied: &Studied, text: &mut String) {
    let trace = &studied.trace;
    let rows = texts(study, studied);
    let op_column = op_width(&rows);
    let mut widths = vec![op_column];
    widths.extend(studied.runs.iter().map(|_| BESIDE));
    let head = |run: &Run| wrap(&run_name(run), BESIDE);
    let mut cells = vec![vec![String::new()]];
    cells.extend(studied.runs.iter().map(head));
    put(text, &widths, &cells);
    for (row, op) in &rows {
        let told = |run: &Run| -> Vec<String> {
            let events = row.ops(trace).flat_map(|i| run.explanation.of(i));
            let told = events.filter(|e| matches!(e.what, What::Edited { .. } | What::Lost { .. }));
            let told = told.filter(|e| is_told(e, studied, run));
            told.flat_map(|e| wrap(&format!("{} {}", mark(e), e.show(trace)), BESIDE)).collect()
        };
        let mut above = vec![Vec::new()];
        above.extend(studied.runs.iter().map(told));
        put(text, &widths, &above);
        let mut cells = vec![wrap(op, op_column)];
        cells.extend(studied.runs.iter().map(|run| wrap(&row.places(trace, run), BESIDE)));
        put(text, &widths, &cells);
    }
    text.push('\n');
    let all: Vec<_> = studied.runs.iter().map(|run| numbers(studied, run)).collect();
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in all.iter().flatten() {
        if !names.contains(name) {
            names.push(name);
        }
    }
    for name in names {
        let mut cells = vec![vec![name.to_string()]];
        cells.extend(all.iter().map(|numbers| {
            let value = numbers.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v.as_str());
            wrap(value, BESIDE)
        }));
        put(text, &widths, &cells);
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_lose_nothing() {
        let text = "one two three fourfourfourfourfour five";
        let lines = wrap(text, 12);
        assert!(lines.len() > 2 && lines[1].starts_with("    "), "{lines:?}");
        let joined: Vec<&str> = lines.iter().flat_map(|l| l.split_whitespace()).collect();
        assert_eq!(joined.join(" "), text);
        assert_eq!(wrap("", 5), [""]);
    }
}
