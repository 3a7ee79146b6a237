//! Registers as holes: instructions whose registers can be patched, those that are refused, and the
//! whole library under every choice of registers.

use crate::extract::Refusal;
use crate::fields::{Fields, full, widen};
use crate::holes::{self, Hole};
use crate::library::{LIBRARIES, Library};
use crate::shape::Place;
use iced_x86::{
    Decoder, DecoderOptions, Instruction, InstructionInfoFactory, OpAccess, OpKind, Register,
};
use tierlab_runtime::count::disassemble;

const FILE: [Register; 5] =
    [Register::RSI, Register::R8, Register::RBX, Register::RBP, Register::R13];

/// `rsi` is operand 0, `r8` operand 1, `xmm0` operand 2 and `r9` operand 3.
fn fields(result: Register) -> Fields {
    let entry = |register, n| (register, holes::FIELD + n, FILE.to_vec());
    Fields {
        stands_for: vec![
            entry(Register::RSI, 0),
            entry(Register::R8, 1),
            entry(Register::R9, 3),
            (Register::XMM0, holes::FIELD + 2, vec![Register::XMM0, Register::XMM7]),
        ],
        result: Some(result),
        untouched: vec![Register::RBX],
    }
}

fn decode(code: &[u8]) -> Instruction {
    Decoder::with_ip(64, code, 0, DecoderOptions::NONE).decode()
}

/// Patches as the emitter does.
fn patch(code: &mut [u8], hole: &Hole, number: u8) {
    let (shift, bit, distance) = holes::field_parts(hole.addend);
    code[hole.offset as usize] |= (number & 7) << shift;
    code[hole.offset as usize - distance] |= (number >> 3) << bit;
}

/// What the instruction is with those numbers for the four operands.
fn patched(code: &[u8], numbers: [u8; 4]) -> String {
    let factory = &mut InstructionInfoFactory::new();
    let result = if code.contains(&0xF2) { Register::XMM0 } else { Register::R9 };
    let widened = widen(code, &decode(code), &fields(result), factory).expect("it has fields");
    let mut widened = widened.expect("it mentions a representative");
    for hole in &widened.fields {
        patch(&mut widened.code, hole, numbers[(hole.kind - holes::FIELD) as usize]);
    }
    disassemble(&widened.code, 0).join("; ")
}

fn refused(code: &[u8]) -> Refusal {
    let factory = &mut InstructionInfoFactory::new();
    widen(code, &decode(code), &fields(Register::R9), factory).expect_err("it is refused")
}

#[test]
fn every_field_is_found() {
    // Numbers: 3 rbx, 5 rbp, 6 rsi, 13 r13.
    for (code, numbers, text) in [
        // add r9, rsi
        (&[0x49, 0x01, 0xF1][..], [13, 0, 0, 3], "add rbx, r13"),
        // test esi, esi: the prefix is inserted
        (&[0x85, 0xF6], [13, 0, 0, 0], "test r13d, r13d"),
        // test sil, 1
        (&[0x40, 0xF6, 0xC6, 0x01], [5, 0, 0, 0], "test bpl, 1h"),
        // lea r9, [rsi + r8]: rbp as a base needs the displacement that is inserted
        (&[0x4E, 0x8D, 0x0C, 0x06], [5, 13, 0, 3], "lea rbx, [rbp+r13]"),
        // mov r9, [rsi]
        (&[0x4C, 0x8B, 0x0E], [13, 0, 0, 5], "mov rbp, [r13]"),
        // cmp dword ptr [rsi - 1], 7
        (&[0x83, 0x7E, 0xFF, 0x07], [13, 0, 0, 0], "cmp dword ptr [r13-1h], 7h"),
        // mov r9d, 5: the register is in the opcode
        (&[0x41, 0xB9, 5, 0, 0, 0], [0, 0, 0, 3], "mov ebx, 5h"),
        // imul r9, rsi, 3
        (&[0x4C, 0x6B, 0xCE, 0x03], [6, 0, 0, 13], "imul r13, rsi, 3h"),
        // cvtsi2sd xmm0, esi: a mandatory prefix stays before REX
        (&[0xF2, 0x0F, 0x2A, 0xC6], [13, 0, 7, 0], "cvtsi2sd xmm7, r13d"),
        // sqrtsd xmm0, xmm0 needs no prefix
        (&[0xF2, 0x0F, 0x51, 0xC0], [0, 0, 7, 0], "sqrtsd xmm7, xmm7"),
    ] {
        assert_eq!(patched(code, numbers).to_lowercase(), text);
    }
}

#[test]
fn what_cannot_be_patched_is_refused() {
    // movsb uses rsi by implication; so does mul use rax, which is no representative.
    assert!(matches!(refused(&[0xA4]), Refusal::FixedRegister(0) | Refusal::OperandChanged(0)));
    // mov ah, ... cannot have a prefix: movzx esi, ah
    assert!(matches!(
        refused(&[0x0F, 0xB6, 0xF4]),
        Refusal::FixedRegister(0) | Refusal::OperandChanged(0)
    ));
    // mov rax, rbx: a register of the file that the stencil does not have
    assert_eq!(refused(&[0x48, 0x89, 0xD8]), Refusal::FixedRegister(0));
    // add rsi, r8; xor r8d, r8d; xchg r9, rsi: operands change
    for code in [&[0x4C, 0x01, 0xC6][..], &[0x45, 0x31, 0xC0], &[0x4C, 0x87, 0xCE]] {
        assert_eq!(refused(code), Refusal::OperandChanged(0), "{code:?}");
    }
    // What mentions none stays as it is: mov rax, rcx
    let code = [0x48, 0x89, 0xC8];
    let factory = &mut InstructionInfoFactory::new();
    assert_eq!(widen(&code, &decode(&code), &fields(Register::R9), factory), Ok(None));
}

/// What the instructions of a stencil do with registers, as text in which the operands' registers
/// are named by the operand.
fn meaning(library: &Library, code: &[u8], holes: &[Hole], file: &[(u8, Register)]) -> String {
    let mut code = code.to_vec();
    for hole in holes.iter().filter(|h| h.kind >= holes::FIELD) {
        let operand = hole.kind - holes::FIELD;
        let (_, register) = file.iter().find(|(n, _)| *n == operand).expect("it has a register");
        patch(&mut code, hole, register.number() as u8);
    }
    let known: Vec<Register> = library
        .convention
        .ints
        .iter()
        .map(|n| Register::RAX + u32::from(*n))
        .chain(library.convention.floats.iter().map(|n| Register::XMM0 + u32::from(*n)))
        .collect();
    let mut factory = InstructionInfoFactory::new();
    let mut text = String::new();
    let mut decoder = Decoder::with_ip(64, &code, 0, DecoderOptions::NONE);
    while decoder.can_decode() {
        let instruction = decoder.decode();
        text += &format!("{:?}", instruction.code());
        let operands = (0..instruction.op_count())
            .filter(|&k| instruction.op_kind(k) == OpKind::Register)
            .map(|k| instruction.op_register(k));
        for register in operands.chain([instruction.memory_base(), instruction.memory_index()]) {
            let full = full(register);
            match file.iter().find(|(_, r)| *r == full) {
                Some((operand, _)) => text += &format!(" ${operand}.{}", register.size()),
                None => {
                    assert!(!known.contains(&full), "{text} uses {full:?} of the file");
                    text += &format!(" {register:?}");
                }
            }
        }
        text += &format!(" {:x};", instruction.memory_displacement64());
        for used in factory.info(&instruction).used_registers() {
            let full = full(used.register());
            let written = !matches!(used.access(), OpAccess::Read | OpAccess::CondRead);
            let operand = file.iter().find(|(_, r)| *r == full);
            assert!(
                !written || operand.is_none_or(|(n, _)| *n == RESULT),
                "{text} writes {full:?}"
            );
        }
    }
    text
}

/// The result's number among operands here, also where it shares its register.
const RESULT: u8 = 3;

#[test]
fn every_choice_of_registers_means_the_same() {
    let library = LIBRARIES.iter().filter_map(|info| info.library.as_ref().ok());
    let library = library.filter(|l| l.convention.representatives.is_some()).collect::<Vec<_>>();
    let [library] = library[..] else { panic!("one library has registers as holes") };
    let mut seen = 0;
    for (number, op, places) in library.convention.space().all() {
        if op.is_call() {
            continue;
        }
        let stencil = library.stencil(number as usize);
        for part in [Some(stencil.hot), library.cold(stencil.cold)].into_iter().flatten() {
            let code = &library.code[part.code as usize..][..part.len as usize];
            let holes: Vec<Hole> = library.holes(part).collect();
            // One register for each representative; places that share one are one operand.
            let mut operands: Vec<(Place, Vec<u8>)> = Vec::new();
            for (position, place) in places.iter().enumerate() {
                if !matches!(place, Place::Int(_) | Place::Float(_)) {
                    continue;
                }
                match operands.iter_mut().find(|(p, _)| p == place) {
                    Some((_, positions)) => positions.push(position as u8),
                    None => operands.push((*place, vec![position as u8])),
                }
            }
            let file = |place: &Place| -> Vec<Register> {
                let ints = library.convention.ints.iter().map(|n| Register::RAX + u32::from(*n));
                let floats =
                    library.convention.floats.iter().map(|n| Register::XMM0 + u32::from(*n));
                match place {
                    Place::Int(_) => ints.collect(),
                    _ => floats.collect(),
                }
            };
            let mut choices: Vec<Vec<(u8, Register)>> = vec![vec![]];
            for (place, positions) in &operands {
                let mut longer = Vec::new();
                for choice in &choices {
                    for register in file(place) {
                        // Two operands in one register are a choice too, which the encoding does
                        // not see; here they would be one in the text.
                        if choice.iter().all(|(_, r)| *r != register) {
                            let mut choice = choice.clone();
                            // Holes name the first position, the checks below the last.
                            choice.extend(positions.iter().rev().map(|p| (*p, register)));
                            longer.push(choice);
                        }
                    }
                }
                choices = longer;
            }
            let mut first = None;
            for choice in &choices {
                let text = meaning(library, code, &holes, choice);
                let first = first.get_or_insert(text.clone());
                assert_eq!(text, *first, "{op:?} {places:?} {choice:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 20_000, "{seen}");
}
