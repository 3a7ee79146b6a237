//! Liveness, loops, places and stack heights of compiled code.

use std::sync::Arc;
use tierlab_frontend::bytecode::{CodeObject, ConstValue, Instr, Opcode, Position};
use tierlab_frontend::check::check;
use tierlab_frontend::compile_source;
use tierlab_frontend::liveness::{live_locals, loop_containing};

/// The code of the only function of a source.
fn function(source: &str) -> Arc<CodeObject> {
    let module =
        compile_source("t.py", source.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let found = module.consts.iter().find_map(|value| match value {
        ConstValue::Code(code) => Some(code.clone()),
        _ => None,
    });
    found.expect("a function")
}

fn local(code: &CodeObject, name: &str) -> usize {
    code.locals.iter().position(|local| &**local == name).expect("a local of that name")
}

fn find(code: &CodeObject, op: Opcode) -> Vec<usize> {
    (0..code.instrs.len()).filter(|pc| code.instrs[*pc].op() == op).collect()
}

const NESTED: &str = "
def f(n, unused):
    total = 0
    for i in range(n):
        square = i * i
        j = 0
        while j < square:
            total += j
            j += 1
    done = total
    return done
";

#[test]
fn liveness_at_loops() {
    let code = function(NESTED);
    let liveness = live_locals(&code);
    let live = |pc: usize| -> Vec<&str> { liveness.live(pc).map(|l| &*code.locals[l]).collect() };
    assert_eq!(live(0), ["n"]);
    let outer = code.loops[0].header as usize;
    assert_eq!(live(outer), ["total"]);
    let inner = code.loops[1].header as usize;
    assert_eq!(live(inner), ["total", "square", "j"]);
    assert_eq!(live(code.instrs.len() - 1), [""; 0]);
    assert!(!liveness.is_live(0, local(&code, "unused")));
    assert!(!liveness.is_live(0, 1000));
    assert!(!liveness.is_live(1000, 0));
}

#[test]
fn liveness_sees_deletes_and_checks() {
    let code = function("def f(a, b):\n    del a\n    if b:\n        c = 1\n    return c\n");
    let liveness = live_locals(&code);
    assert!(liveness.is_live(0, local(&code, "a")));
    assert!(!liveness.is_live(1, local(&code, "a")));
    assert!(liveness.is_live(0, local(&code, "c")));
}

#[test]
fn liveness_of_specialized_code() {
    let mut code = (*function(NESTED)).clone();
    let plain = live_locals(&code);
    for instr in &mut code.instrs {
        if instr.op() == Opcode::LoadFast {
            *instr = instr.with_op(Opcode::LoadFastLoadFast);
        } else if instr.op() == Opcode::StoreFast {
            *instr = instr.with_op(Opcode::StoreFastLoadFast);
        }
    }
    let specialized = live_locals(&code);
    for pc in 0..code.instrs.len() {
        assert_eq!(plain.live(pc).collect::<Vec<_>>(), specialized.live(pc).collect::<Vec<_>>());
    }
}

#[test]
fn loops_contain_their_instructions() {
    let code = function(NESTED);
    assert_eq!(code.loops.len(), 2);
    let [outer, inner] = [code.loops[0], code.loops[1]];
    assert_eq!((outer.stack, inner.stack), (2, 2));
    assert_eq!(loop_containing(&code, 0), None);
    assert_eq!(loop_containing(&code, outer.header as usize), Some(0));
    assert_eq!(loop_containing(&code, inner.header as usize), Some(1));
    assert_eq!(loop_containing(&code, inner.end as usize - 1), Some(1));
    assert_eq!(loop_containing(&code, inner.end as usize), Some(0));
    assert_eq!(loop_containing(&code, outer.end as usize), None);
    assert_eq!(code.instrs[outer.header as usize].op(), Opcode::ForIter);
    assert_eq!(code.instrs[inner.end as usize - 1].op(), Opcode::JumpBackward);
    assert_eq!(find(&code, Opcode::JumpBackward).len(), 2);
}

#[test]
fn headers_are_not_shared() {
    let code = function("def f():\n    while 1:\n        while True:\n            while 2: pass\n");
    let mut headers: Vec<u32> = code.loops.iter().map(|info| info.header).collect();
    headers.dedup();
    assert_eq!(headers.len(), 3);
}

#[test]
fn comparisons_stand_before_their_jumps() {
    let code = function(
        "def f(a, b):\n    while a < b and not a > 1 or a == b != 3:\n        if a <= 1 <= b: pass\n",
    );
    for pc in find(&code, Opcode::CompareOp) {
        let next = code.instrs[pc + 1].op();
        assert!(matches!(next, Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue), "{pc}: {next:?}");
    }
    assert!(find(&code, Opcode::UnaryNot).is_empty());
}

#[test]
fn places_of_instructions() {
    let code = function("def f(é, b):\n    x = é[0] + (b\n        .c.d(1))\n    return x\n");
    let at = |op: Opcode| {
        let p: Position = code.positions[find(&code, op)[0]];
        (p.line, p.column, p.end_line, p.end_column)
    };
    // Columns count bytes.
    assert_eq!(at(Opcode::BinarySubscr), (2, 8, 2, 13));
    assert_eq!(at(Opcode::BinaryOp), (2, 8, 3, 16));
    // An attribute on a later line has its own place.
    assert_eq!(at(Opcode::LoadAttr), (3, 9, 3, 10));
    assert_eq!(at(Opcode::LoadMethod), (3, 11, 3, 12));
    assert_eq!(at(Opcode::Call), (3, 11, 3, 15));
    assert_eq!(at(Opcode::StoreFast), (2, 4, 2, 5));
    assert_eq!(at(Opcode::ReturnValue), (4, 4, 4, 12));
    assert_eq!(code.first_line, 1);
}

#[test]
fn unbinding_before_a_comprehension_shows() {
    let code = function("def f(r):\n    return [x for y in r if x for x in y]\n");
    // The read before the binding is checked, the one after it is not.
    assert_eq!(find(&code, Opcode::LoadFastCheck).len(), 1);
    assert_eq!(find(&code, Opcode::PushNull).len(), 1);
    let module = compile_source("t.py", b"a = [i for i in b]\nc = [i for i in a]\n").unwrap();
    assert_eq!(module.locals.len(), 1, "the hidden local is used again");
    assert_eq!(module.args, 0);
    assert!(module.is_module);
}

#[test]
fn many_arguments_use_the_long_call() {
    let names = (0..300).map(|n| format!("a{n}")).collect::<Vec<_>>().join(", ");
    let code = function(&format!("def f({names}):\n    return f({names})\n"));
    assert_eq!(code.args, 300);
    let call = code.instrs[find(&code, Opcode::CallKw)[0]];
    assert_eq!(call.wide(), 300);
    assert!(code.consts.contains(&ConstValue::Tuple(Vec::new())));
}

/// The checker finds what a broken compiler would write.
#[test]
fn the_checker_finds_broken_code() {
    let good = function(NESTED);
    assert_eq!(check(&good), Ok(()));
    let broken = |change: &dyn Fn(&mut CodeObject)| {
        let mut code = (*good).clone();
        change(&mut code);
        check(&code).expect_err("the checker accepts broken code").message
    };
    let set = |pc: usize, instr: Instr| move |code: &mut CodeObject| code.instrs[pc] = instr;
    let message = broken(&set(0, Instr::new(Opcode::PopTop, 0, 0)));
    assert_eq!(message, "takes more than the stack has");
    let message = broken(&set(0, Instr::new(Opcode::LoadFast, 0, 99)));
    assert!(message.starts_with("bad operand"), "{message}");
    let message = broken(&set(1, Instr::new(Opcode::Nop, 0, 0)));
    assert!(message.contains("stack"), "{message}");
    let jump = find(&good, Opcode::PopJumpIfFalse)[0];
    let message = broken(&set(jump, Instr::with_wide(Opcode::PopJumpIfFalse, 2).unwrap()));
    assert!(message.starts_with("bad operand"), "backward: {message}");
    let message = broken(&set(jump, Instr::with_wide(Opcode::PopJumpIfFalse, 9999).unwrap()));
    assert!(message.starts_with("bad operand"), "outside: {message}");
    let message = broken(&set(good.instrs.len() - 1, Instr::new(Opcode::PopTop, 0, 0)));
    assert_eq!(message, "control runs off the end of the code");
    let call = find(&good, Opcode::Call)[0];
    let message = broken(&set(call - 2, Instr::new(Opcode::LoadFast, 0, 0)));
    assert!(message.contains("takes"), "no NULL below the arguments: {message}");
    let iter = find(&good, Opcode::GetIter)[0];
    let message = broken(&set(iter, Instr::with_wide(Opcode::Copy, 1).unwrap()));
    assert!(message.contains("takes"), "not an iteration pair: {message}");
    let message = broken(&|code| code.stack_size -= 1);
    assert_eq!(message, "higher than the stack size");
    let message = broken(&|code| code.loops[1].stack += 1);
    assert_eq!(message, "wrong stack height of a loop");
    let message = broken(&|code| code.positions.truncate(1));
    assert_eq!(message, "not one position per instruction");
}
