//! The extractor refuses each kind of bad stencil, and places what it accepts.
//!
//! Two sources of bad stencils: bytes written here, and Rust functions compiled here with the same
//! compiler and flags as the library.

use crate::convention::Abi;
use crate::extract::{
    Constants, Contract, Form, Raw, Refusal, Relocation, Stencil, Target, extract,
};
use crate::holes::{self, Hole};
use crate::object_file::functions;
use std::process::Command;
use tierlab_runtime::count::disassemble;

fn symbol(offset: usize, form: Form, name: &str, addend: i64) -> Relocation {
    Relocation { offset, form, target: Target::Symbol(name.to_string()), addend }
}

fn jump_to(offset: usize, name: &str) -> Relocation {
    symbol(offset, Form::Relative32, name, -4)
}

fn raw(code: &[&[u8]], relocations: &[Relocation]) -> Raw {
    Raw { name: "test".into(), code: code.concat(), relocations: relocations.to_vec() }
}

/// An op that exits, with slots or immediates everywhere.
fn guard() -> Contract {
    let holes = vec![holes::A, holes::B, holes::D, holes::IMM, holes::POOL_A, holes::WIDE_A];
    Contract { exits: true, holes, ..Contract::default() }
}

fn call() -> Contract {
    Contract { calls: true, ..guard() }
}

fn accept(raw: &Raw, contract: &Contract) -> Stencil {
    match extract(raw, contract, &mut Constants::default()) {
        Ok(stencil) => stencil,
        Err(refusal) => panic!("{}: {refusal}", raw.name),
    }
}

fn refuse(raw: &Raw, contract: &Contract) -> Refusal {
    match extract(raw, contract, &mut Constants::default()) {
        Err(refusal) => refusal,
        Ok(stencil) => panic!("{} is accepted: {stencil:?}", raw.name),
    }
}

const JMP: &[u8] = &[0xE9, 0, 0, 0, 0];
const JE: &[u8] = &[0x0F, 0x84, 0, 0, 0, 0];
/// `cmp rsi, rdx`
const CMP: &[u8] = &[0x48, 0x39, 0xD6];
/// `add rsi, rdx`
const ADD: &[u8] = &[0x48, 0x01, 0xD6];
/// `mov rax, [rdi + disp32]`, whose hole is at 3.
const LOAD: &[u8] = &[0x48, 0x8B, 0x87, 0, 0, 0, 0];

#[test]
fn the_jump_to_the_next_stencil_is_dropped() {
    let stencil = accept(&raw(&[ADD, JMP], &[jump_to(4, "CONT")]), &guard());
    assert_eq!((&stencil.hot.code[..], stencil.hot.holes.len()), (ADD, 0));
    assert!(stencil.cold.code.is_empty());
}

#[test]
fn a_conditional_jump_to_the_next_stencil_is_inverted() {
    // je CONT; jmp EXIT
    let input = raw(&[CMP, JE, JMP], &[jump_to(5, "CONT"), jump_to(10, "EXIT")]);
    let stencil = accept(&input, &guard());
    assert_eq!(stencil.hot.code, [CMP, &[0x0F, 0x85, 0, 0, 0, 0]].concat());
    assert_eq!(stencil.hot.holes, [Hole { offset: 5, kind: holes::EXIT, addend: -4 }]);
}

#[test]
fn what_leads_out_alone_becomes_cold() {
    // cmp; je over; add; jmp EXIT; over: jmp CONT
    let je = [0x74, 8];
    let input = raw(&[CMP, &je, ADD, JMP, JMP], &[jump_to(9, "EXIT"), jump_to(14, "CONT")]);
    let stencil = accept(&input, &guard());
    assert_eq!(stencil.hot.code, [CMP, &[0x0F, 0x85, 0, 0, 0, 0]].concat());
    assert_eq!(stencil.hot.holes, [Hole { offset: 5, kind: holes::COLD, addend: -4 }]);
    assert_eq!(stencil.cold.code, [ADD, JMP].concat());
    assert_eq!(stencil.cold.holes, [Hole { offset: 4, kind: holes::EXIT, addend: -4 }]);
}

#[test]
fn short_cuts_become_cold_and_jump_back() {
    // cmp; je other; add; jmp CONT; other: add; add; jmp CONT
    let je = [0x74, 8];
    let relocations = [jump_to(9, "CONT"), jump_to(20, "CONT")];
    let stencil = accept(&raw(&[CMP, &je, ADD, JMP, ADD, ADD, JMP], &relocations), &guard());
    assert_eq!(stencil.hot.code.len(), 3 + 6 + 6);
    assert_eq!(stencil.hot.code[4], 0x85);
    assert_eq!(stencil.hot.holes, [Hole { offset: 5, kind: holes::COLD, addend: -4 }]);
    assert_eq!(stencil.cold.code, [ADD, JMP].concat());
    assert_eq!(stencil.cold.holes, [Hole { offset: 4, kind: holes::HOT, addend: 15 - 4 }]);
}

#[test]
fn jumps_inside_a_stencil_are_written_anew() {
    // again: add; cmp; je again (long); jmp CONT
    let je = [0x0F, 0x84, 0xF4, 0xFF, 0xFF, 0xFF];
    let stencil = accept(&raw(&[ADD, CMP, &je, JMP], &[jump_to(13, "CONT")]), &guard());
    assert_eq!(stencil.hot.code, [ADD, CMP, &[0x74, 0xF8]].concat());
}

#[test]
fn data_becomes_a_library_constant() {
    let mut constants = Constants::default();
    constants.values.push([7; 16]);
    let target = Target::Data(vec![1; 8]);
    // addsd xmm0, [rip + disp32]
    let code = [0xF2, 0x0F, 0x58, 0x05, 0, 0, 0, 0];
    let relocations =
        [Relocation { offset: 4, form: Form::Relative32, target, addend: -4 }, jump_to(9, "CONT")];
    let stencil = extract(&raw(&[&code, JMP], &relocations), &guard(), &mut constants);
    let stencil = stencil.expect("it is a stencil");
    assert_eq!(stencil.hot.holes, [Hole { offset: 4, kind: holes::LIBRARY, addend: 16 - 4 }]);
    assert_eq!(constants.values[1], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn unexpected_relocations_are_refused() {
    let cont = jump_to(8, "CONT");
    let load = |hole: Relocation| raw(&[LOAD, JMP], &[hole, cont.clone()]);
    accept(&load(symbol(3, Form::Signed32, "HOLE_A", 0)), &guard());
    for hole in [
        symbol(3, Form::Signed32, "memcpy", 0),
        symbol(3, Form::Signed32, "HOLE_C", 0),
        symbol(3, Form::Relative32, "HOLE_A", -4),
        symbol(3, Form::Absolute64, "WIDE_A", 0),
        symbol(3, Form::Other(9), "HOLE_A", 0),
        symbol(3, Form::Unsigned32, "HOLE_D", 0),
        symbol(3, Form::Signed32, "POOL_A", 0),
        symbol(3, Form::Signed32, "CONT", 0),
    ] {
        let refusal = refuse(&load(hole.clone()), &guard());
        assert!(matches!(refusal, Refusal::UnexpectedRelocation(_)), "{hole:?}: {refusal}");
    }
    // A relocation outside the function, and an address without one.
    let input = raw(&[ADD, JMP], &[jump_to(4, "CONT"), jump_to(90, "CONT")]);
    assert!(matches!(refuse(&input, &guard()), Refusal::UnexpectedRelocation(_)));
    let load_rip = [0x48, 0x8B, 0x05, 0, 0, 0, 0];
    let input = raw(&[&load_rip, JMP], std::slice::from_ref(&cont));
    assert!(matches!(refuse(&input, &guard()), Refusal::UnexpectedRelocation(_)));
    let far = symbol(3, Form::Signed32, "HOLE_A", 1 << 20);
    assert!(matches!(refuse(&load(far), &guard()), Refusal::TooLong(_)));
}

#[test]
fn calls_that_are_not_declared_are_refused() {
    let cont = [jump_to(3, "CONT")];
    let call_rax: &[u8] = &[0xFF, 0xD0];
    assert_eq!(refuse(&raw(&[call_rax, JMP], &cont), &guard()), Refusal::UndeclaredCall(0));
    // A direct call, even where a helper's call is declared.
    let direct = raw(&[&[0xE8, 0, 0, 0, 0], JMP], &[jump_to(1, "memcpy"), jump_to(6, "CONT1")]);
    assert_eq!(refuse(&direct, &call()), Refusal::UndeclaredCall(0));
    // push rbx; call rax; pop rbx
    let whole = raw(&[&[0x53], call_rax, &[0x5B], JMP], &[jump_to(5, "CONT1")]);
    accept(&whole, &call());
    // Two calls; a call through memory; a call without an aligned stack.
    let two = raw(&[&[0x53], call_rax, call_rax, &[0x5B], JMP], &[jump_to(7, "CONT1")]);
    assert_eq!(refuse(&two, &call()), Refusal::UndeclaredCall(3));
    let memory = raw(&[&[0x53, 0xFF, 0x17, 0x5B], JMP], &[jump_to(5, "CONT1")]);
    assert_eq!(refuse(&memory, &call()), Refusal::UndeclaredCall(1));
    let unaligned = raw(&[call_rax, JMP], &[jump_to(3, "CONT1")]);
    assert_eq!(refuse(&unaligned, &call()), Refusal::StackAdjustment(0));
    // A stencil with a call must not go on as if registers had survived.
    let full = raw(&[&[0x53], call_rax, &[0x5B], JMP], &[jump_to(5, "CONT")]);
    assert_eq!(refuse(&full, &call()), Refusal::StrayJump(4));
}

#[test]
fn returns_and_traps_are_refused() {
    assert_eq!(refuse(&raw(&[ADD, &[0xC3]], &[]), &guard()), Refusal::Return(3));
    let trap = raw(&[&[0x0F, 0x0B], JMP], &[jump_to(3, "CONT")]);
    assert_eq!(refuse(&trap, &guard()), Refusal::UnexpectedInstruction(0));
    let trap = raw(&[&[0xCC], JMP], &[jump_to(2, "CONT")]);
    assert_eq!(refuse(&trap, &guard()), Refusal::UnexpectedInstruction(0));
    let invalid = raw(&[ADD, &[0x06], JMP], &[jump_to(5, "CONT")]);
    assert_eq!(refuse(&invalid, &guard()), Refusal::Undecodable(3));
}

#[test]
fn use_of_the_stack_is_refused() {
    let saves = Contract { saves: true, ..guard() };
    let whole = raw(&[&[0x53, 0x5B], JMP], &[jump_to(3, "CONT")]);
    accept(&whole, &saves);
    assert_eq!(refuse(&whole, &guard()), Refusal::StackAdjustment(0));
    for (code, at) in [
        (&[0x48, 0x83, 0xEC, 0x08][..], 0),   // sub rsp, 8
        (&[0x48, 0x89, 0x74, 0x24, 0xF8], 0), // mov [rsp - 8], rsi
        (&[0x55], 0),                         // push rbp
        (&[0x53], 1),                         // push rbx, and no pop
        (&[0x5B], 0),                         // pop rbx, and no push
        (&[0x53, 0x53, 0x5B, 0x5B], 1),       // twice
        (&[0x48, 0x8B, 0x45, 0x10], 0),       // mov rax, [rbp + 16]
    ] {
        let input = raw(&[code, JMP], &[jump_to(code.len() + 1, "CONT")]);
        assert_eq!(refuse(&input, &saves), Refusal::StackAdjustment(at), "{code:?}");
    }
    // Saved on one path alone: cmp; je over; push rbx; over: jmp CONT
    let input = raw(&[CMP, &[0x74, 1, 0x53], JMP], &[jump_to(7, "CONT")]);
    assert!(matches!(refuse(&input, &saves), Refusal::StackAdjustment(_)));
}

#[test]
fn registers_that_must_survive_are_protected() {
    let cont = |len: usize| [jump_to(len + 1, "CONT")];
    // lea rdi, [rdi + 8]; mov edi, esi
    for code in [&[0x48, 0x8D, 0x7F, 0x08][..], &[0x89, 0xF7]] {
        let refusal = refuse(&raw(&[code, JMP], &cont(code.len())), &guard());
        assert_eq!(refusal, Refusal::FrameChanged(0));
    }
    // mov rbx, rsi; mov bl, 1; mov r12, rsi; xor ebp, ebp
    for code in [&[0x48, 0x89, 0xF3][..], &[0xB3, 1], &[0x49, 0x89, 0xF4], &[0x31, 0xED]] {
        for contract in [guard(), Contract { saves: true, ..guard() }] {
            let refusal = refuse(&raw(&[code, JMP], &cont(code.len())), &contract);
            assert_eq!(refusal, Refusal::CalleeSavedChanged(0), "{code:?}");
        }
    }
}

#[test]
fn a_convention_that_preserves_nothing_has_its_own_rules() {
    let plain = Contract { abi: Abi::PreserveNone, ..guard() };
    let calls = Contract { calls: true, ..plain.clone() };
    let saves = Contract { saves: true, ..plain.clone() };
    // mov rbx, rsi; mov r12, rsi
    for code in [&[0x48, 0x89, 0xF3][..], &[0x49, 0x89, 0xF4]] {
        accept(&raw(&[code, JMP], &[jump_to(4, "CONT")]), &plain);
    }
    let rbp = raw(&[&[0x31, 0xED], JMP], &[jump_to(3, "CONT")]);
    assert_eq!(refuse(&rbp, &plain), Refusal::CalleeSavedChanged(0));
    // push rbp; xor ebp, ebp; pop rbp
    let saved = raw(&[&[0x55, 0x31, 0xED, 0x5D], JMP], &[jump_to(5, "CONT")]);
    accept(&saved, &saves);
    assert_eq!(refuse(&saved, &plain), Refusal::StackAdjustment(0));
    // push rax; mov rbx, rdi; call rax; mov rdi, rbx; pop rcx
    let body: &[u8] = &[0x50, 0x48, 0x89, 0xFB, 0xFF, 0xD0, 0x48, 0x89, 0xDF, 0x59];
    accept(&raw(&[body, JMP], &[jump_to(11, "CONT1")]), &calls);
    // What is popped must not be a register that lives on; and the call must be aligned.
    let r12: &[u8] = &[0x50, 0xFF, 0xD0, 0x41, 0x5C];
    assert_eq!(
        refuse(&raw(&[r12, JMP], &[jump_to(6, "CONT1")]), &calls),
        Refusal::StackAdjustment(3)
    );
    let unaligned = raw(&[&[0xFF, 0xD0], JMP], &[jump_to(3, "CONT1")]);
    assert_eq!(refuse(&unaligned, &calls), Refusal::StackAdjustment(0));
    let unbalanced = raw(&[&[0x50, 0xFF, 0xD0], JMP], &[jump_to(4, "CONT1")]);
    assert!(matches!(refuse(&unbalanced, &calls), Refusal::StackAdjustment(_)));
}

#[test]
fn stray_jumps_are_refused() {
    let refused = |input: &Raw, contract: &Contract| refuse(input, contract);
    let elsewhere = raw(&[ADD, JMP], &[jump_to(4, "abort")]);
    assert_eq!(refused(&elsewhere, &guard()), Refusal::StrayJump(3));
    // Into the middle of an instruction; beyond the function; through a register.
    let middle = raw(&[ADD, &[0x74, 0xFC], JMP], &[jump_to(6, "CONT")]);
    assert_eq!(refused(&middle, &guard()), Refusal::StrayJump(3));
    let beyond = raw(&[ADD, &[0xEB, 0x70]], &[]);
    assert_eq!(refused(&beyond, &guard()), Refusal::StrayJump(3));
    let register = raw(&[&[0xFF, 0xE0]], &[]);
    assert_eq!(refused(&register, &guard()), Refusal::StrayJump(0));
    // An addend that does not lead to the symbol itself.
    let beside = raw(&[ADD, JMP], &[symbol(4, Form::Relative32, "CONT", 0)]);
    assert_eq!(refused(&beside, &guard()), Refusal::StrayJump(3));
    // loop
    let counted = raw(&[ADD, &[0xE2, 0xFB], JMP], &[jump_to(6, "CONT")]);
    assert_eq!(refused(&counted, &guard()), Refusal::UnexpectedInstruction(3));
    let exits = raw(&[CMP, JE, JMP], &[jump_to(5, "EXIT"), jump_to(10, "CONT")]);
    accept(&exits, &guard());
    let never = Contract { exits: false, ..guard() };
    assert_eq!(refused(&exits, &never), Refusal::UndeclaredExit(3));
}

#[test]
fn control_must_go_on() {
    assert_eq!(refuse(&raw(&[ADD], &[]), &guard()), Refusal::NoContinuation);
    assert_eq!(refuse(&raw(&[CMP, JE], &[jump_to(5, "CONT")]), &guard()), Refusal::NoContinuation);
    let out = raw(&[ADD, JMP], &[jump_to(4, "EXIT")]);
    assert_eq!(refuse(&out, &guard()), Refusal::NoContinuation);
    let stencil = accept(&out, &Contract { always_exits: true, ..guard() });
    assert_eq!(stencil.hot.code, [ADD, JMP].concat());
    let long = raw(&[&ADD.repeat(90), JMP], &[jump_to(271, "CONT")]);
    assert_eq!(refuse(&long, &guard()), Refusal::TooLong(270));
}

/// Compiles functions with the library's flags.
fn compile(source: &str) -> Vec<Raw> {
    let dir = std::env::temp_dir().join(format!("tierlab-extract-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory for temporary files");
    let (input, output) = (dir.join("bad.rs"), dir.join("bad.o"));
    std::fs::write(&input, source).expect("it is writable");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let result = Command::new(compiler)
        .args(["--edition", "2024", "--emit=obj", "-C", "opt-level=3", "-C", "panic=abort"])
        .args(["-C", "relocation-model=static", "-C", "code-model=small", "-C", "codegen-units=1"])
        .args(["-C", "force-unwind-tables=no", "-C", "debuginfo=0", "-o"])
        .args([&output, &input])
        .output()
        .expect("the compiler runs");
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    let object = std::fs::read(&output).expect("it was written");
    std::fs::remove_dir_all(&dir).expect("it is ours");
    functions(&object).expect("it is an object file")
}

#[test]
fn compiled_functions_are_judged() {
    let source = r#"
        #![no_std]
        #![crate_type = "lib"]
        #![allow(warnings)]
        type P = *mut u8;
        unsafe extern "C" {
            fn CONT(f: P, a: u64, b: u64) -> u64;
            fn EXIT(f: P, a: u64, b: u64) -> u64;
            fn elsewhere(f: P, a: u64, b: u64) -> u64;
            static HOLE_A: u8;
            static OTHER: u64;
        }
        macro_rules! stencil {
            ($name:ident, |$f:ident, $a:ident, $b:ident| $body:block) => {
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $name($f: P, $a: u64, $b: u64) -> u64 { unsafe { $body } }
            };
        }
        stencil!(good, |f, a, b| { if a < b { return EXIT(f, a, b) } CONT(f, a.wrapping_add(b), b) });
        stencil!(slot, |f, a, b| { CONT(f, *(f.wrapping_add(&raw const HOLE_A as usize) as *const u64), b) });
        stencil!(calls, |f, a, b| { let r = elsewhere(f, a, b); CONT(f, r, b) });
        stencil!(returns, |f, a, b| { a + b });
        stencil!(not_last, |f, a, b| { CONT(f, a, b) + 1 });
        stencil!(wrong_tail, |f, a, b| { elsewhere(f, a, b) });
        stencil!(panics, |f, a, b| { CONT(f, a / b, b) });
        stencil!(other_data, |f, a, b| { CONT(f, OTHER, b) });
        stencil!(new_frame, |f, a, b| { CONT(f.wrapping_add(8), a, b) });
        stencil!(stack, |f, a, b| {
            let mut local = [a, b];
            core::hint::black_box(&mut local);
            CONT(f, local[0], b)
        });
    "#;
    let contract = Contract { exits: true, holes: vec![holes::A], ..Contract::default() };
    let mut seen = 0;
    for raw in compile(source) {
        seen += 1;
        let result = extract(&raw, &contract, &mut Constants::default());
        match raw.name.as_str() {
            "good" | "slot" => {
                let stencil = result.expect("it is a stencil");
                let text = disassemble(&stencil.hot.code, 0);
                assert_eq!(text.len(), if raw.name == "good" { 3 } else { 1 }, "{text:?}");
            }
            "not_last" | "calls" | "panics" | "stack" | "returns" | "wrong_tail" | "other_data"
            | "new_frame" => {
                let refusal = result.expect_err("it is none");
                let fits = match (raw.name.as_str(), &refusal) {
                    ("returns", Refusal::Return(_))
                    | ("wrong_tail", Refusal::StrayJump(_))
                    | ("other_data", Refusal::UnexpectedRelocation(_))
                    | ("new_frame", Refusal::FrameChanged(_)) => true,
                    ("calls" | "not_last" | "stack", Refusal::StackAdjustment(_)) => true,
                    ("panics", Refusal::UndeclaredCall(_) | Refusal::StackAdjustment(_)) => true,
                    // The address of a panic's message.
                    ("panics", Refusal::UnexpectedRelocation(_)) => true,
                    _ => false,
                };
                assert!(fits, "{}: {refusal}", raw.name);
            }
            other => panic!("{other} was not written"),
        }
    }
    assert_eq!(seen, 10);
}
