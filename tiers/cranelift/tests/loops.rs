//! Traces built by hand: the code of a small loop, exits, links.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::sync::Arc;
use tierlab_cranelift::{Cranelift, CraneliftOptions, OptLevel, RegallocAlgorithm, SLOT_RULES};
use tierlab_runtime::count::{count_loop, listing};
use tierlab_trace::backend::{Backend, CompileError, HelperTable};
use tierlab_trace::ir::{Op, Trace, TraceId, TraceKind, Val};
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::testgen::loops::{SUM, exit_of, parsed, run, side_of_sum};

fn tier(options: CraneliftOptions) -> Cranelift {
    let options = CraneliftOptions { verifier: true, ..options };
    Cranelift::new(HelperTable::default(), options).expect("the tier exists here")
}

#[test]
fn the_sum_loop_is_six_instructions() {
    let mut tier = tier(CraneliftOptions::default());
    let trace = parsed(SUM);
    let report = tier.compile(TraceId(0), &trace).unwrap();
    let view = tier.code(TraceId(0)).unwrap();
    // No constants lie behind it.
    assert_eq!(report.code_bytes, view.bytes.len() as u64);
    let text = listing(&view, &|op| format!("%{op} {:?}", trace.ops[op as usize].opcode));
    println!("{text}");
    let counts = count_loop(&view, SLOT_RULES).unwrap();
    assert!(counts.instructions <= 6, "{counts:?}\n{text}");
    assert_eq!((counts.slot_loads, counts.slot_stores), (0, 0), "{text}");
    // Nothing cold stands in the loop.
    let range = view.loop_range.clone().unwrap();
    let inside = view.op_offsets.iter().filter(|(o, _)| range.contains(&(*o as usize)));
    assert!(inside.is_sorted_by_key(|&(_, op)| op), "{text}");
}

#[test]
fn the_sum_loop_counts_right_with_every_option() {
    for opt_level in OptLevel::ALL {
        for regalloc in RegallocAlgorithm::ALL {
            for fuse_overflow in [false, true] {
                let options =
                    CraneliftOptions { opt_level, regalloc, fuse_overflow, verifier: true };
                let mut tier = tier(options);
                tier.compile(TraceId(0), &parsed(SUM)).unwrap();
                let view = tier.code(TraceId(0)).unwrap();
                let counts = count_loop(&view, SLOT_RULES).unwrap();
                println!("{options:?}: {counts:?}, {} bytes", view.bytes.len());
                let done = (exit_of(0, 0), vec![499_500, 1000, 1000]);
                assert_eq!(run(&mut tier, &[0, 0, 1000]), done);
                // The exit hands over the wrapped total and what it has to be reduced by.
                let max = i64::MAX as u64;
                let overflow = (exit_of(0, 1), vec![max + 1, 2]);
                assert_eq!(run(&mut tier, &[max - 2, 1, 1000]), overflow);
            }
        }
    }
}

#[test]
fn linked_exits_continue_without_returning() {
    let mut tier = tier(CraneliftOptions::default());
    tier.compile(TraceId(0), &parsed(SUM)).unwrap();
    tier.compile(TraceId(1), &side_of_sum(1000)).unwrap();
    tier.link(exit_of(0, 0), TraceId(1)).unwrap();
    assert_eq!(run(&mut tier, &[0, 0, 10]), (exit_of(1, 0), vec![100, 4950 + 9000]));
    // A newer side trace takes over.
    tier.compile(TraceId(2), &side_of_sum(0)).unwrap();
    tier.link(exit_of(0, 0), TraceId(2)).unwrap();
    assert_eq!(run(&mut tier, &[0, 0, 10]), (exit_of(2, 0), vec![100, 4950]));
    let overflow = run(&mut tier, &[i64::MAX as u64, 1, 10]);
    assert_eq!(overflow, (exit_of(0, 1), vec![1 << 63, 1]));
}

#[test]
fn wrong_links_are_refused() {
    let mut tier = tier(CraneliftOptions::default());
    let unknown = |id| CompileError::UnknownTrace(TraceId(id));
    assert_eq!(tier.compile(TraceId(1), &side_of_sum(0)), Err(unknown(0)));
    tier.compile(TraceId(0), &parsed(SUM)).unwrap();
    tier.compile(TraceId(1), &side_of_sum(0)).unwrap();
    assert_eq!(tier.link(exit_of(0, 0), TraceId(7)), Err(unknown(7)));
    assert_eq!(tier.link(exit_of(3, 0), TraceId(1)), Err(unknown(3)));
    let refused = |result: Result<u64, CompileError>| {
        assert!(matches!(result, Err(CompileError::Unsupported { .. })));
    };
    refused(tier.link(exit_of(0, 2), TraceId(1)));
    refused(tier.link(exit_of(0, 1), TraceId(1)));
    // The side trace jumps to it, so it must stay.
    refused(tier.compile(TraceId(0), &parsed(SUM)).map(|_| 0));
    // Nothing leads to the side trace yet.
    let before = tier.code(TraceId(1)).unwrap().address;
    tier.compile(TraceId(1), &side_of_sum(5)).unwrap();
    assert_eq!(tier.code(TraceId(1)).unwrap().address, before);
    // A call of a helper that is not there leaves the tier usable.
    let mut t = Trace::new("call:1", TraceKind::Side { parent: TraceId(0), exit: 0 });
    t.begin_block(&[Type::Ref]);
    let exit = t.add_snapshot(&[], &[]);
    t.push(Op::new(Opcode::CallRef1, &[Val::value(0)]).with_imm(3).with_snapshot(exit));
    t.push(Op::new(Opcode::ExitAlways, &[]).with_snapshot(exit));
    let call = tier.compile(TraceId(2), &Arc::new(t));
    assert!(matches!(call, Err(CompileError::Unsupported { op: 1, .. })));
    tier.compile(TraceId(2), &side_of_sum(7)).unwrap();
}
