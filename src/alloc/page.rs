//! A study as one HTML page: no scripts, nothing from the network, light and dark by what the
//! reader's system prefers.
//!
//! Each run has a diagram (places down, ops along; a bar is a stretch of time in which a place holds a
//! value that is still needed) and a table of its ops. A value has the same colour everywhere; pointing at a
//! bar, a place or an op tells why. All text is escaped by the templating library.

use super::grid::{self, Cell, RowOf};
use super::terminal::numbers;
use super::{Run, Studied, Study};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use tierlab_regalloc::Loc;
use tierlab_regalloc::checker::Symbol;
use tierlab_regalloc::explain::{Event, Held, What};
use tierlab_trace::ir::Trace;

/// Width of an op in the diagram, in pixels.
const STEP: usize = 8;
/// Width of the names of places.
const NAMES: usize = 44;
/// Height of a register's row.
const REGISTER: usize = 16;
/// Height of a slot's row.
const SLOT: usize = 8;

const STYLE: &str = "
:root { --bg: #fff; --fg: #1b1b1b; --dim: #666; --line: #ddd; --loop: #f3f3f3; --l: 78%; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #16181b; --fg: #e6e6e6; --dim: #999; --line: #34383d; --loop: #1f2327; --l: 34%; }
}
body { background: var(--bg); color: var(--fg); font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.1rem; } h3 { font-size: 1rem; margin-bottom: .3rem; }
summary { cursor: pointer; font-weight: 600; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
td, th { padding: 1px 6px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.ops td { font-family: ui-monospace, monospace; font-size: 12px; white-space: pre; }
.ops tr.loop td { background: var(--loop); }
.ops tr.note td { color: var(--dim); border-bottom: none; }
.v { background: hsl(var(--h) 60% var(--l)) !important; }
rect.v, rect.s { fill: hsl(var(--h) 60% var(--l)); }
rect.s { opacity: .75; }
rect.loop { fill: var(--loop); }
svg text { fill: var(--dim); font: 11px ui-monospace, monospace; }
svg text.in { fill: var(--fg); pointer-events: none; }
.bad { color: #c33; font-weight: 600; }
nav a { margin-right: 1em; }
";

/// The whole page.
pub fn page(title: &str, study: &Study) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Register allocation: " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Register allocation: " (title) }
                p {
                    (study.conditions.file.ints) " integer and " (study.conditions.file.floats) " float registers. "
                    "Bars are values that are still needed, in registers (high) and slots (low); "
                    "the shaded part is the loop. Point at anything to see why."
                }
                @for studied in &study.traces { (trace(study, studied)) }
            }
        }
    };
    markup.into_string()
}

fn trace(study: &Study, studied: &Studied) -> Markup {
    html! {
        section {
            h2 { (studied.heading()) }
            (totals(studied))
            @for run in &studied.runs {
                details open[studied.runs.len() == 1] {
                    summary { (run.strategy) }
                    @if let Some(why) = &run.gave_up {
                        p.bad { (run.strategy) " gave up: " (why) ". This is what stack made." }
                    }
                    div.wide { (diagram(studied, run)) }
                    div.wide { (ops(study, studied, run)) }
                }
            }
        }
    }
}

fn totals(studied: &Studied) -> Markup {
    let all: Vec<_> = studied.runs.iter().map(|run| (run, numbers(studied, run))).collect();
    html! {
        table {
            @if let Some((_, first)) = all.first() {
                tr { th { "strategy" } @for (name, _) in first { th { (name) } } }
            }
            @for (run, numbers) in &all {
                tr { td { (run.strategy) } @for (_, value) in numbers { td { (value) } } }
            }
        }
    }
}

/// A hue that tells a value from its neighbours.
fn hue(value: Symbol) -> u64 {
    let number = match value {
        Symbol::Value(v) => u64::from(v),
        Symbol::Bits(bits) => bits ^ bits >> 32,
    };
    // Steps of the golden angle are far apart for numbers that are near.
    number.wrapping_mul(137_508) / 1000 % 360
}

fn colour(value: Symbol) -> String {
    format!("--h:{}", hue(value))
}

fn name(trace: &Trace, value: Symbol) -> String {
    match value {
        Symbol::Value(v) => format!("%{v}"),
        Symbol::Bits(bits) => trace
            .consts
            .iter()
            .find(|c| c.bits() == bits)
            .map_or_else(|| format!("{bits:#x}"), |c| c.to_string()),
    }
}

/// Why a stretch begins and ends: the events of its value at its ends.
fn story(trace: &Trace, run: &Run, held: &Held) -> String {
    let ends = [held.first / 2, held.last / 2, held.last / 2 + 1];
    let mut text = format!(
        "{} in {}, op %{} to op %{}",
        name(trace, held.value),
        held.at,
        held.first / 2,
        held.last / 2
    );
    let mut told = Vec::new();
    for op in ends {
        if told.contains(&op) {
            continue;
        }
        told.push(op);
        let of_value = |e: &&Event| e.value == Some(held.value) && concerns(e, held.at);
        for event in run.explanation.of(op as usize).iter().filter(of_value) {
            text.push_str(&format!("\nop %{}: {}", event.op, event.show(trace)));
        }
    }
    text
}

/// Whether an event is about a place.
fn concerns(event: &Event, place: Loc) -> bool {
    match &event.what {
        What::Arrives { at }
        | What::Parameter { at, .. }
        | What::Born { at, .. }
        | What::ReadsSlot { at, .. } => *at == place,
        What::Edited { edit, .. } => edit.from == place || edit.to == place,
        What::Lost { loss, .. } => loss.register == place,
    }
}

fn diagram(studied: &Studied, run: &Run) -> Markup {
    let trace = &studied.trace;
    let mut places: Vec<Loc> = run.explanation.held.iter().map(|h| h.at).collect();
    places.dedup();
    // Registers first; the order of kinds has slots before them.
    places.sort_by_key(|p| (p.is_slot(), *p));
    let height = |p: &Loc| if p.is_slot() { SLOT } else { REGISTER };
    let mut tops = Vec::new();
    let mut top = 0;
    for place in &places {
        tops.push(top);
        top += height(place);
    }
    let x = |op: usize| NAMES + op * STEP;
    let width = x(trace.ops.len()) + STEP;
    let half = |step: u32| NAMES + step as usize * STEP / 2;
    html! {
        svg width=(width) height=(top + 4) role="img" aria-label="live ranges" {
            @if let Some(block) = trace.loop_block() {
                @let (from, to) = (x(block.first as usize), x(block.end as usize));
                rect.loop x=(from) y="0" width=(to - from) height=(top) {}
            }
            @for (place, &y) in places.iter().zip(&tops) {
                @if place.is_register() {
                    text x="2" y=(y + REGISTER - 4) { (place.to_string()) }
                }
            }
            @for held in &run.explanation.held {
                @if let Some(row) = places.iter().position(|&p| p == held.at) {
                    @let (from, to) = (half(held.first), half(held.last + 1));
                    @let class = if held.at.is_slot() { "s" } else { "v" };
                    rect class=(class) x=(from) y=(tops[row] + 1) width=(to - from)
                        height=(height(&held.at) - 2) rx="2" style=(colour(held.value)) {
                        title { (story(trace, run, held)) }
                    }
                    @let label = grid::short(held.value);
                    @if held.at.is_register() && to - from > label.len() * 7 {
                        text.in x=(from + 2) y=(tops[row] + REGISTER - 4) { (label) }
                    }
                }
            }
        }
    }
}

fn ops(study: &Study, studied: &Studied, run: &Run) -> Markup {
    let trace = &studied.trace;
    let registers = study.registers();
    let cells = grid::registers(study, studied, run);
    let in_loop = |row: RowOf| {
        let block = trace.loop_block();
        block.is_some_and(|b| row.ops(trace).all(|i| i >= b.first as usize))
    };
    html! {
        table.ops {
            tr {
                th { "op" } th { "places" }
                @for register in &registers { th { (register.to_string()) } }
            }
            @for row in grid::rows(trace) {
                @let class = if in_loop(row) { "loop" } else { "" };
                @let events = || row.ops(trace).flat_map(|i| run.explanation.of(i));
                @for event in events().filter(|e| matches!(e.what, What::Edited { .. })) {
                    tr class={ (class) " note" } {
                        td { "    " (event.show(trace).to_string()) }
                        td colspan=(registers.len() + 1) {}
                    }
                }
                tr class=(class) title=(told(trace, events())) {
                    td { (row.text(trace, &study.conditions.helpers)) }
                    td { (row.places(trace, run)) }
                    @if let RowOf::Op(i) = row {
                        @for (cell, register) in cells[i].iter().zip(&registers) {
                            (register_cell(trace, run, i, *cell, *register))
                        }
                    }
                }
            }
        }
    }
}

/// The events of a row, a line each.
fn told<'a>(trace: &Trace, events: impl Iterator<Item = &'a Event>) -> String {
    let lines = events.map(|e| e.show(trace).to_string());
    lines.collect::<Vec<_>>().join("\n")
}

fn register_cell(trace: &Trace, run: &Run, op: usize, cell: Cell, register: Loc) -> Markup {
    let Some(value) = cell.value() else { return html! { td {} } };
    let text = match cell {
        Cell::Starts(_) => grid::short(value),
        Cell::Ends(_) => "'".to_string(),
        Cell::Stays(_) | Cell::Free => String::new(),
    };
    let step = match cell {
        Cell::Ends(_) => op as u32 * 2,
        Cell::Starts(_) | Cell::Stays(_) | Cell::Free => op as u32 * 2 + 1,
    };
    let held = run.explanation.held_at(register, step);
    let held = held.or_else(|| run.explanation.held_at(register, op as u32 * 2));
    let title = held.map(|h| story(trace, run, h));
    html! { td.v style=(colour(value)) title=[title] { (text) } }
}
