//! The library as it is: every variant's bytes are whole instructions that use what the variant's
//! places say and nothing else.

use crate::holes;
use crate::library::{LIBRARIES, Library, Part, Stencil};
use crate::shape::Place;
use iced_x86::{
    Decoder, DecoderOptions, FlowControl, InstructionInfoFactory, Mnemonic, OpAccess, Register,
};
use tierlab_trace::ops::{Imm, Opcode};

/// The libraries that there are.
fn present() -> impl Iterator<Item = &'static Library> {
    LIBRARIES.iter().filter_map(|info| info.library.as_ref().ok())
}

fn int(number: u8) -> Register {
    Register::RAX + u32::from(number)
}

fn float(number: u8) -> Register {
    Register::XMM0 + u32::from(number)
}

fn bytes(library: &Library, part: &Part) -> &'static [u8] {
    &library.code[part.code as usize..][..part.len as usize]
}

fn parts(library: &Library, stencil: &Stencil) -> impl Iterator<Item = Part> {
    [Some(stencil.hot), library.cold(stencil.cold)].into_iter().flatten()
}

/// All stencils of all libraries with their op and places.
fn everything() -> impl Iterator<Item = (&'static Library, Opcode, [Place; 4], Stencil)> {
    present().flat_map(|library| {
        let all = library.convention.space().all();
        all.map(move |(number, op, places)| (library, op, places, library.stencil(number as usize)))
    })
}

#[test]
fn every_variant_decodes() {
    for (library, op, places, stencil) in everything() {
        for part in parts(library, &stencil) {
            let code = bytes(library, &part);
            let mut decoder = Decoder::with_ip(64, code, 0, DecoderOptions::NONE);
            let mut holes = library.holes(part).peekable();
            while decoder.can_decode() {
                let start = decoder.position();
                let instruction = decoder.decode();
                let what = format!("{op:?} {places:?} +{start}");
                assert_ne!(instruction.mnemonic(), Mnemonic::INVALID, "{what}");
                assert_ne!(instruction.flow_control(), FlowControl::Return, "{what}");
                let end = decoder.position();
                while let Some(hole) = holes.next_if(|h| (h.offset as usize) < end) {
                    let at = hole.offset as usize;
                    if hole.kind >= holes::FIELD {
                        let (shift, bit, distance) = holes::field_parts(hole.addend);
                        assert!(at >= start + distance && at < end, "{what}: {hole:?}");
                        assert_eq!(code[at] >> shift & 7, 0, "{what}: {hole:?}");
                        let prefix = code[at - distance];
                        assert!(distance == 0 || prefix >> 4 == 4, "{what}: {hole:?}");
                        assert!(distance == 0 || prefix >> bit & 1 == 0, "{what}: {hole:?}");
                        continue;
                    }
                    let size = if hole.kind >= holes::WIDE { 8 } else { 4 };
                    assert!(at >= start && at + size <= end, "{what}: {hole:?}");
                    assert!(code[at..at + size].iter().all(|&b| b == 0), "{what}: {hole:?}");
                }
            }
            assert_eq!(holes.next(), None, "{op:?} {places:?}");
        }
    }
}

#[test]
fn stencils_change_the_result_register_alone() {
    let mut factory = InstructionInfoFactory::new();
    for (library, op, places, stencil) in everything() {
        if op.info().imm == Imm::Helper {
            continue;
        }
        let convention = library.convention;
        if convention.representatives.is_some() {
            // The same is asked of every choice of registers elsewhere.
            continue;
        }
        let result = match places[3] {
            Place::Int(n) => Some(int(convention.ints[n as usize])),
            Place::Float(n) => Some(float(convention.floats[n as usize])),
            _ => None,
        };
        // A machine division or shift takes `rdx` or `rcx`, which the stencil puts back; what it
        // does to the others is checked here, and to these by the random traces.
        let borrows = match op {
            Opcode::FloorDiv | Opcode::FloorMod => Some(Register::RDX),
            Opcode::ShlOvf | Opcode::Sar => Some(Register::RCX),
            _ => None,
        };
        let mut decoder =
            Decoder::with_ip(64, bytes(library, &stencil.hot), 0, DecoderOptions::NONE);
        while decoder.can_decode() {
            let instruction = decoder.decode();
            for used in factory.info(&instruction).used_registers() {
                let register = match used.register() {
                    r if r.is_gpr() => r.full_register(),
                    r => r,
                };
                if matches!(used.access(), OpAccess::Read | OpAccess::CondRead) {
                    continue;
                }
                let cached = convention.ints.iter().any(|&n| int(n) == register)
                    || convention.floats.iter().any(|&n| float(n) == register);
                let fine = !cached || Some(register) == result || Some(register) == borrows;
                assert!(fine, "{op:?} {places:?} writes {register:?}");
                assert_ne!(register, Register::RDI, "{op:?} {places:?}");
            }
        }
    }
}

#[test]
fn hole_kinds_are_those_of_the_places() {
    for (library, op, places, stencil) in everything() {
        for hole in parts(library, &stencil).flat_map(|part| library.holes(part)) {
            let place = |n: u8| places[n as usize];
            let fits = match hole.kind {
                holes::A..=holes::C => matches!(place(hole.kind), Place::Slot | Place::Imm32),
                holes::D => place(3) == Place::Slot,
                holes::IMM => matches!(op.info().imm, Imm::Disp | Imm::Class),
                holes::EXIT => op.can_exit(),
                holes::POOL_A | holes::POOL_B => place(hole.kind - holes::POOL_A) == Place::Pool,
                holes::LIBRARY => (hole.addend + 8) / 16 < library.contents.constants.len() as i16,
                holes::COLD | holes::HOT => library.cold(stencil.cold).is_some(),
                holes::WIDE_A..=holes::WIDE_C => place(hole.kind - holes::WIDE_A) == Place::Imm64,
                holes::HELPER => op.info().imm == Imm::Helper,
                holes::FIELD.. => {
                    library.convention.representatives.is_some()
                        && matches!(
                            place(hole.kind - holes::FIELD),
                            Place::Int(_) | Place::Float(_)
                        )
                }
                _ => false,
            };
            assert!(fits, "{op:?} {places:?}: {hole:?}");
        }
    }
}

#[test]
fn rows_follow_the_op_table() {
    for (library, &op) in present().flat_map(|l| Opcode::ALL.iter().map(move |op| (l, op))) {
        let row = &library.rows[op as usize];
        assert_eq!(row.operands as usize, op.info().operands.len(), "{op:?}");
        assert_eq!(row.exits, op.can_exit(), "{op:?}");
        let own = !op.is_param() && !op.is_terminator();
        assert_eq!(row.result, own && op.info().result.is_some(), "{op:?}");
    }
}

/// Building and testing this crate with the variable set is the test of a build without unstable
/// features; without it, whatever is absent must say why.
#[test]
fn libraries_are_there_or_say_why_not() {
    let unwanted =
        option_env!("TIERLAB_NO_PRESERVE_NONE").is_some_and(|v| !v.is_empty() && v != "0");
    for info in &LIBRARIES {
        match (&info.library, info.name) {
            (Ok(_), "preserve-none") => assert!(!unwanted),
            (Ok(library), _) => assert_eq!(library.convention.name, info.name),
            (Err(reason), "preserve-none") => {
                assert_eq!(unwanted, reason.contains("TIERLAB_NO_PRESERVE_NONE"), "{reason}");
            }
            (Err(reason), name) => panic!("{name}: {reason}"),
        }
    }
}

#[test]
fn sizes_grow_with_the_registers() {
    for library in present() {
        let mut last = (0, 0);
        for ints in 0..=library.convention.ints.len() as u8 {
            let size = library.size(ints, ints.min(library.convention.floats.len() as u8));
            let grows = ints < 2 || library.convention.representatives.is_none();
            assert_eq!(size.0 > last.0 && size.1 > last.1, grows, "{size:?} after {last:?}");
            last = size;
        }
        let (stencils, _) = library.full_size();
        assert_eq!(stencils as usize, library.convention.space().all().count());
    }
}
