//! The optimizer: what each pass makes of traces, and that no pass changes what the interpreter sees.

#[path = "opt/random.rs"]
mod random;
#[path = "opt/straight.rs"]
mod straight;
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
fn speed() {
    let trace = parse_trace(traces::LIST_LOOP, &helpers()).unwrap();
    for spec in ["3.13", "3.14", "full"] {
        for n in [1usize, 10, 100, 1000, 5000] {
            let mut big = trace.clone();
            let body = trace.blocks[1];
            let jump = big.ops.pop().unwrap();
            let params = body.param_ops();
            // chain copies
            let mut map: Vec<tierlab_trace::ir::Val> = trace.args_of_jump(&jump).to_vec();
            for _ in 1..n {
                let mut names: Vec<tierlab_trace::ir::Val> = map.clone();
                let mut snaps = std::collections::HashMap::new();
                for i in params.end..body.end as usize - 1 {
                    let mut op = trace.ops[i];
                    let rn =
                        |v: tierlab_trace::ir::Val, names: &Vec<tierlab_trace::ir::Val>| match v
                            .as_value()
                        {
                            Some(x) if x >= params.start => names[x - params.start],
                            _ => v,
                        };
                    for v in &mut op.args {
                        *v = rn(*v, &names);
                    }
                    if op.snapshot.0 != u32::MAX {
                        let s = op.snapshot;
                        op.snapshot = *snaps.entry(s).or_insert_with(|| {
                            let f = trace.frames_of(s).to_vec();
                            let mut e = trace.entries_of(s).to_vec();
                            for e in &mut e {
                                e.a = rn(e.a, &names);
                            }
                            big.add_snapshot(&f, &e)
                        });
                    }
                    names.push(tierlab_trace::ir::Val::value(big.ops.len()));
                    big.ops.push(op);
                }
                map = trace
                    .args_of_jump(&jump)
                    .iter()
                    .map(|v| names[v.as_value().unwrap() - params.start])
                    .collect();
            }
            let j = big.make_jump(jump.opcode, 1, &map);
            big.ops.push(j);
            big.blocks[1].end = big.ops.len() as u32;
            verify(&big, None).unwrap();
            let i = Some(Type::I64);
            let hints = EntryHints { types: vec![i, None, None, i] };
            let p = Pipeline::parse(spec).unwrap();
            let mut best = u64::MAX;
            let mut times = None;
            for _ in 0..20 {
                let (_, t) = p.run(big.clone(), &hints);
                if t.total_ns < best {
                    best = t.total_ns;
                    times = Some(t);
                }
            }
            println!(
                "{spec} {} ops: {:.0} ns/op",
                big.ops.len(),
                best as f64 / big.ops.len() as f64
            );
            if n == 1000 || n == 1 {
                for t in times.unwrap().passes {
                    println!(
                        "   {} {:.1} ns/op {} -> {}",
                        t.pass,
                        t.ns as f64 / big.ops.len() as f64,
                        t.ops_before,
                        t.ops_after
                    );
                }
            }
        }
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
