//! The verifier accepts good traces and names the broken rule of bad ones.

use tierlab_trace::ir::{Const, MemClass, Op, Recipe, SnapshotId, Trace, TraceId, TraceKind, Val};
use tierlab_trace::ops::Opcode;
use tierlab_trace::parse::parse_trace;
use tierlab_trace::testgen::helpers;
use tierlab_trace::verify::{Rule, verify, verify_jump_trace, verify_link};

const LOOP: &str = r#"trace loop "f.py:1"
entry s0
block0(%0: i64, %1: ref):
  %2: i64 = add_ovf %0, 5 -> exit s1
  jump block1(%2)
block1(%4: i64):
  %5: ref = call_ref1 @half %1 -> exit s2
  %6: i64 = sub_ovf %4, %2 -> exit s3
  store_i64 %1, %6 +8 !1
  %8: f64 = i64_to_f64 %6
  jump block1(%6)
snapshots:
  s0 = code 1 @0 height 2 { 0: %0, 1: %1 }
  s1 = code 1 @1 height 2 { 0: sub(%2, 5), 1: %1 }
  s2 = code 1 @1 height 2 { 0: %4, 1: %2 }
  s3 = code 1 @2 height 3 { 0: %6, 1: %5, 2: %4 }
"#;

const SIDE: &str = r#"trace side 0.1 "f.py:2"
block0(%0: i64, %1: i64):
  jump_trace T0(%0, ref:0x2)
"#;

fn parsed(text: &str) -> Trace {
    parse_trace(text, &helpers()).unwrap()
}

/// The rule that an edit of the sample breaks.
fn broken(edit: impl FnOnce(&mut Trace)) -> Option<Rule> {
    let mut trace = parsed(LOOP);
    edit(&mut trace);
    verify(&trace, Some(&helpers())).err().map(|e| e.rule)
}

/// The rule that a replacement in the sample's text breaks.
fn broken_text(from: &str, to: &str) -> Option<Rule> {
    assert!(LOOP.contains(from));
    verify(&parsed(&LOOP.replacen(from, to, 1)), Some(&helpers())).err().map(|e| e.rule)
}

#[test]
fn good_traces_pass() {
    assert_eq!(verify(&parsed(LOOP), Some(&helpers())), Ok(()));
    assert_eq!(verify(&parsed(SIDE), None), Ok(()));
}

#[test]
fn shape() {
    assert_eq!(broken(|t| t.blocks.truncate(1)), Some(Rule::Blocks));
    assert_eq!(broken(|t| t.blocks[1].first = 5), Some(Rule::Blocks));
    assert_eq!(broken(|t| t.blocks[1].end = 99), Some(Rule::Blocks));
    assert_eq!(broken(|t| t.ops.push(t.ops[2])), Some(Rule::Blocks));
    assert_eq!(broken(|t| t.blocks[0].params = 1), Some(Rule::Params));
    assert_eq!(broken(|t| t.blocks[0].params = 200), Some(Rule::Params));
    assert_eq!(broken(|t| t.ops[8].opcode = Opcode::Jump), Some(Rule::Terminator));
    assert_eq!(broken(|t| t.ops[9] = t.ops[8]), Some(Rule::Terminator));
    assert_eq!(broken(|t| t.ops[9].imm = 0), Some(Rule::Terminator));
    let side = TraceKind::Side { parent: TraceId(0), exit: 0 };
    assert_eq!(broken(|t| t.kind = side), Some(Rule::Blocks));
}

#[test]
fn operands() {
    assert_eq!(broken_text("sub_ovf %4, %2", "sub_ovf %4, %5"), Some(Rule::Operands));
    assert_eq!(broken_text("i64_to_f64 %6", "i64_to_f64 1.5"), Some(Rule::Operands));
    assert_eq!(broken(|t| t.ops[8].args[1] = Val::value(0)), Some(Rule::Operands));
    assert_eq!(broken(|t| t.ops[2].args[0] = Val::value(6)), Some(Rule::Dominance));
    assert_eq!(broken(|t| t.ops[2].args[0] = Val::value(2)), Some(Rule::Dominance));
    assert_eq!(broken(|t| t.ops[8].args[0] = Val::value(7)), Some(Rule::Dominance));
    assert_eq!(broken(|t| t.ops[8].args[0] = Val::constant(7)), Some(Rule::Dominance));
    assert_eq!(broken(|t| t.ops[8].args[0] = Val::NONE), Some(Rule::Dominance));
    assert_eq!(broken_text("jump block1(%6)", "jump block1(%8)"), Some(Rule::JumpArgs));
    assert_eq!(broken_text("jump block1(%6)", "jump block1()"), Some(Rule::JumpArgs));
    assert_eq!(broken(|t| t.ops[3].args[1] = Val::value(9)), Some(Rule::JumpArgs));
}

#[test]
fn immediates_and_memory() {
    assert_eq!(broken_text("@half", "@twice"), Some(Rule::Helper));
    assert_eq!(broken(|t| t.ops[5].imm = -1), Some(Rule::Helper));
    assert_eq!(broken_text(" !1", ""), Some(Rule::MemClass));
    assert_eq!(broken(|t| t.ops[8].mem = MemClass(1)), Some(Rule::MemClass));
    assert_eq!(broken(|t| t.ops[8].imm = 1), Some(Rule::Immediate));
}

#[test]
fn snapshots() {
    assert_eq!(broken(|t| t.ops[2].snapshot = SnapshotId::NONE), Some(Rule::Snapshot));
    assert_eq!(broken(|t| t.ops[8].snapshot = SnapshotId(1)), Some(Rule::Snapshot));
    assert_eq!(broken(|t| t.snapshots[1].frames_len = 9), Some(Rule::SnapshotTable));
    assert_eq!(broken(|t| t.snap_frames[1].entries = 1), Some(Rule::SnapshotTable));
    assert_eq!(broken_text("height 3", "height 2"), Some(Rule::SnapshotTable));
    assert_eq!(broken_text("1: %5", "2: %5"), Some(Rule::SnapshotTable));
    assert_eq!(broken(|t| t.snap_live.swap(0, 1)), Some(Rule::SnapshotTable));
    assert_eq!(broken_text("0: %6, 1: %5", "0: sub(%6, %5)"), Some(Rule::Recipe));
    // A call has no result where it exits; checked arithmetic has its wrapped one.
    assert_eq!(broken_text("1: %2 }", "1: %5 }"), Some(Rule::Dominance));
    assert_eq!(broken_text("0: %6", "0: %8"), Some(Rule::Dominance));
    assert_eq!(broken_text("0: %0, 1: %1", "0: %0"), Some(Rule::Entry));
    assert_eq!(broken_text("0: %0, 1: %1", "0: %0, 1: %0"), Some(Rule::Entry));
    assert_eq!(broken_text("0: %0, 1: %1", "0: %0, 1: %4"), Some(Rule::Entry));
    assert_eq!(broken(|t| t.entry = SnapshotId::NONE), Some(Rule::Entry));
    assert_eq!(broken(|t| t.snap_entries[2].recipe = Recipe::Value), Some(Rule::Recipe));
}

#[test]
fn links() {
    let (parent, side) = (parsed(LOOP), parsed(SIDE));
    assert_eq!(verify_link(&parent, 1, &side), Ok(()));
    let rule = |result: Result<(), tierlab_trace::verify::VerifyError>| result.unwrap_err().rule;
    assert_eq!(rule(verify_link(&parent, 0, &side)), Rule::Link);
    assert_eq!(rule(verify_link(&parent, 7, &side)), Rule::Link);
    assert_eq!(rule(verify_link(&parent, 1, &parent)), Rule::Link);
    assert_eq!(verify_jump_trace(&side, 2, &parent), Ok(()));
    assert_eq!(rule(verify_jump_trace(&side, 2, &side)), Rule::Link);
    let other = parsed(&SIDE.replace("ref:0x2", "2"));
    assert_eq!(rule(verify_jump_trace(&other, 2, &parent)), Rule::Link);
}

#[test]
fn errors_are_readable() {
    let mut trace = parsed(LOOP);
    trace.ops[8] = Op::new(Opcode::I64ToF64, &[Val::value(1)]);
    let message = verify(&trace, None).unwrap_err().to_string();
    assert!(message.starts_with("op %8 (i64_to_f64): operand 0 is ref"), "{message}");
    trace.consts.push(Const::I64(0));
    trace.blocks.clear();
    assert!(verify(&trace, None).is_err());
    assert!(verify(&Trace::new("", TraceKind::Loop), None).is_err());
}
