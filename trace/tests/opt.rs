//! The optimizer: what each pass makes of traces, and that no pass changes what the interpreter sees.

#[path = "opt/random.rs"]
mod random;
#[path = "opt/toy.rs"]
mod toy;
#[path = "opt/toy_record.rs"]
mod toy_record;
#[path = "opt/traces.rs"]
mod traces;

use tierlab_trace::ir::Trace;
use tierlab_trace::ops::Type;
use tierlab_trace::opt::{EntryHints, Pipeline, markdown};
use tierlab_trace::parse::parse_trace;
use tierlab_trace::testgen::helpers;
use tierlab_trace::verify::verify;

fn optimized(text: &str, spec: &str, hints: &[Option<Type>]) -> Trace {
    let trace = parse_trace(text, &helpers()).unwrap();
    verify(&trace, Some(&helpers())).unwrap();
    let hints = EntryHints { types: hints.to_vec() };
    let (out, _) = Pipeline::parse(spec).unwrap().run(trace, &hints);
    verify(&out, Some(&helpers())).unwrap_or_else(|e| panic!("{e}\n{}", out.text(None)));
    out
}

#[test]
fn show() {
    for spec in ["3.13", "3.14", "full", "full,-recover", "full,-peel"] {
        let hints = [Some(Type::I64), None, Some(Type::I64)];
        println!("{spec}\n{}", optimized(traces::SUM_RANGE, spec, &hints).text(None));
    }
}

#[test]
fn documentation_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/passes.md");
    if std::env::var_os("TIERLAB_REGENERATE").is_some() {
        std::fs::write(path, markdown()).expect("it is writable");
    }
    let found = std::fs::read_to_string(path).expect("docs/passes.md is readable");
    assert!(found == markdown(), "docs/passes.md is stale: see its second line");
}
