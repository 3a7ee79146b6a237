//! Keeps the op table in `docs/trace-ir.md` equal to the one in the code. To write it anew:
//! `TIERLAB_REGENERATE=1 cargo test -p tierlab-trace --test docs`.

use std::fmt::Write;
use tierlab_trace::ops::{Effect, Exit, Imm, OPS, OperandType, Type};

const BEGIN: &str = "<!-- ops:begin -->\n";
const END: &str = "<!-- ops:end -->";

fn table() -> String {
    let mut out = String::from("\n| op | takes | gives | exits | memory | immediate | meaning |\n");
    out.push_str("|---|---|---|---|---|---|---|\n");
    for info in OPS {
        let takes: Vec<&str> = info
            .operands
            .iter()
            .map(|operand| match operand {
                OperandType::I => "i64",
                OperandType::F => "f64",
                OperandType::R => "ref",
                OperandType::W => "i64/ref",
            })
            .collect();
        let exits = match info.exit {
            Exit::Never => "",
            Exit::Guard => "guard",
            Exit::Result => "result",
            Exit::Resource => "resource",
            Exit::Always => "always",
        };
        let memory = match info.effect {
            Effect::Pure | Effect::Control => "",
            Effect::Load => "load",
            Effect::Store => "store",
            Effect::Alloc => "alloc",
            Effect::Call => "call",
        };
        let imm = match info.imm {
            Imm::None => "",
            Imm::Disp => "displacement",
            Imm::Class => "class",
            Imm::Helper => "helper",
            Imm::Block => "block",
            Imm::Trace => "trace",
        };
        let (name, gives) = (info.name, info.result.map_or("", Type::name));
        let about = info.about.replace('|', "\\|");
        let takes = takes.join(", ");
        writeln!(out, "| `{name}` | {takes} | {gives} | {exits} | {memory} | {imm} | {about} |")
            .expect("strings take all");
    }
    out.push('\n');
    out
}

#[test]
fn op_table_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/trace-ir.md");
    let text = std::fs::read_to_string(path).expect("docs/trace-ir.md is readable");
    let (head, rest) = text.split_once(BEGIN).expect("the table's begin is marked");
    let (found, tail) = rest.split_once(END).expect("the table's end is marked");
    let wanted = table();
    if std::env::var_os("TIERLAB_REGENERATE").is_some() {
        std::fs::write(path, format!("{head}{BEGIN}{wanted}{END}{tail}")).expect("it is writable");
    } else {
        assert!(found == wanted, "docs/trace-ir.md is stale: see the top of trace/tests/docs.rs");
    }
}
