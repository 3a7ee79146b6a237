//! The documentation of passes and presets, made from their tables.

use super::{PASSES, PRESETS};
use std::fmt::Write;

const HEAD: &str = "# Optimizer passes

<!-- Made from the tables in trace/src/opt/mod.rs; a test compares. Write it anew with
     TIERLAB_REGENERATE=1 cargo test -p tierlab-trace --test opt -->

`--opt` takes names of presets and passes separated by commas; a name with `-` in front takes
a pass away (`full,-peel`). Passes run in the order of this table, however they are listed. Where
`peel` copied an iteration, the passes from `types` to `dce` run once more behind it.

| pass | what it does |";

const ADDING: &str = "
## Adding a pass

1. A file `trace/src/opt/NAME.rs` with `fn run(&mut Trace, &EntryHints)`. Most passes are one call of
   `rewrite::rewrite`: it walks over the ops, hands each to a closure with its operands renamed, and
   the closure keeps it (changed or not), replaces it by a value, or drops it. Tables and snapshots
   are kept right by the walk.
2. A row in `PASSES`, at the place where it is to run, and its name in the presets that want it.
3. A test in `trace/tests/opt/`: a trace before and after. The random tests and the
   verifier run for every row of the table without further ado.

What a pass may rely on and must keep is said at the top of `trace/src/opt/mod.rs`. Passes ask the op
table for effects and exits, so a new op needs no change in them: without an arm of its own it
is dropped when unused and reused when equal, if it is pure, and left alone otherwise.
";

/// The text of `docs/passes.md`.
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    out.push_str("\n|---|---|\n");
    for pass in PASSES {
        // Writing to a string does not fail.
        let _ = writeln!(out, "| `{}` | {} |", pass.name, pass.about);
    }
    out.push_str("\n| preset | what it stands for | passes |\n|---|---|---|\n");
    for preset in PRESETS {
        let passes: Vec<String> = preset.passes.iter().map(|p| format!("`{p}`")).collect();
        let _ = writeln!(out, "| `{}` | {} | {} |", preset.name, preset.about, passes.join(", "));
    }
    out.push_str(ADDING);
    out
}
