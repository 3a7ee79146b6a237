//! The optimizer: what each pass makes of traces, and that no pass changes what the interpreter sees.

#[path = "opt/loops.rs"]
mod loops;
#[path = "opt/random.rs"]
mod random;
#[path = "opt/straight.rs"]
mod straight;
#[path = "opt/toy.rs"]
mod toy;
#[path = "opt/toy_check.rs"]
mod toy_check;
#[path = "opt/toy_record.rs"]
mod toy_record;
#[path = "opt/traces.rs"]
mod traces;

use tierlab_trace::ir::Trace;
use tierlab_trace::ops::Type;
use tierlab_trace::opt::{EntryHints, PRESETS, Pipeline, markdown};
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
fn pipelines_are_read_by_name() {
    let names = |spec: &str| {
        let passes: Vec<&str> = Pipeline::parse(spec).unwrap().passes().map(|p| p.name).collect();
        passes.join(",")
    };
    assert_eq!(names("none"), "");
    assert_eq!(names("dce, copies"), "copies,dce");
    assert_eq!(names("3.14,cse"), "copies,types,fold,cse,dce");
    assert_eq!(names("full,-peel,-recover"), "copies,types,unbox,fold,cse,dce");
    for preset in PRESETS {
        assert_eq!(Pipeline::parse(preset.name).unwrap().to_string(), preset.name);
    }
    assert_eq!(Pipeline::parse("cse,fold").unwrap().to_string(), "fold,cse");
    let error = Pipeline::parse("full,loops").unwrap_err();
    assert_eq!(error.name, "loops");
    for part in ["`loops`", "3.13", "full", "peephole", "recover"] {
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn times_name_each_run_of_a_pass() {
    let trace = parse_trace(traces::SUM_RANGE, &helpers()).unwrap();
    let before = trace.ops.len();
    let (out, times) = Pipeline::parse("full").unwrap().run(trace, &EntryHints::default());
    let names: Vec<&str> = times.passes.iter().map(|t| t.pass).collect();
    let round = ["types", "unbox", "fold", "cse", "dce"];
    let wanted = [&["copies"][..], &round, &["peel"], &round, &["recover"]].concat();
    assert_eq!(names, wanted);
    assert_eq!(times.passes[0].ops_before, before);
    for pair in times.passes.windows(2) {
        assert_eq!(pair[0].ops_after, pair[1].ops_before);
    }
    assert_eq!(times.passes.last().map(|t| t.ops_after), Some(out.ops.len()));
    assert!(times.passes.iter().map(|t| t.ns).sum::<u64>() <= times.total_ns);
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
