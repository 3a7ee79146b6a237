//! The library as it is: every variant's bytes are whole instructions that use what the variant's
//! places say and nothing else.

use crate::holes;
use crate::library::{CODE, COLD_PARTS, CONSTANTS, HOLES, Part, ROWS, STENCILS};
use crate::shape::{self, BASES, Place};
use iced_x86::{
    Decoder, DecoderOptions, FlowControl, InstructionInfoFactory, Mnemonic, OpAccess, Register,
};
use tierlab_trace::ops::{Imm, Opcode};

const INTS: [Register; 5] =
    [Register::RSI, Register::RDX, Register::RCX, Register::R8, Register::R9];
const FLOATS: [Register; 8] = [
    Register::XMM0,
    Register::XMM1,
    Register::XMM2,
    Register::XMM3,
    Register::XMM4,
    Register::XMM5,
    Register::XMM6,
    Register::XMM7,
];

fn bytes(part: &Part) -> &'static [u8] {
    &CODE[part.code as usize..][..part.len as usize]
}

fn holes_of(part: &Part) -> &'static [holes::Hole] {
    &HOLES[part.holes as usize..][..part.hole_count as usize]
}

/// All stencils with their op and places.
fn all() -> impl Iterator<Item = (Opcode, [Place; 4], &'static crate::library::Stencil)> {
    Opcode::ALL.iter().flat_map(|&op| {
        let shape = shape::shape_of(op);
        (0..shape.map_or(0, |s| s.variants())).filter_map(move |v| {
            Some((op, shape?.places(v), &STENCILS[BASES[op as usize] as usize + v]))
        })
    })
}

#[test]
fn every_variant_decodes() {
    let mut count = 0;
    for (op, places, stencil) in all() {
        count += 1;
        let parts = [Some(&stencil.hot), COLD_PARTS.get(stencil.cold as usize)];
        for part in parts.into_iter().flatten() {
            let code = bytes(part);
            let mut decoder = Decoder::with_ip(64, code, 0, DecoderOptions::NONE);
            let mut holes = holes_of(part).iter().peekable();
            while decoder.can_decode() {
                let start = decoder.position();
                let instruction = decoder.decode();
                let what = format!("{op:?} {places:?} +{start}");
                assert_ne!(instruction.mnemonic(), Mnemonic::INVALID, "{what}");
                assert_ne!(instruction.flow_control(), FlowControl::Return, "{what}");
                let end = decoder.position();
                while let Some(hole) = holes.next_if(|h| (h.offset as usize) < end) {
                    let size = if hole.kind >= holes::WIDE { 8 } else { 4 };
                    let at = hole.offset as usize;
                    assert!(at >= start && at + size <= end, "{what}: {hole:?}");
                    assert!(code[at..at + size].iter().all(|&b| b == 0), "{what}: {hole:?}");
                }
            }
            assert_eq!(holes.next(), None, "{op:?} {places:?}");
        }
    }
    assert_eq!(count, STENCILS.len());
}

#[test]
fn stencils_change_the_result_register_alone() {
    let mut factory = InstructionInfoFactory::new();
    for (op, places, stencil) in all() {
        if op.info().imm == Imm::Helper {
            continue;
        }
        let result = match places[3] {
            Place::Int(n) => Some(INTS[n as usize]),
            Place::Float(n) => Some(FLOATS[n as usize]),
            _ => None,
        };
        // A machine division or shift takes `rdx` or `rcx`, which the stencil puts back; what it
        // does to the others is checked here, and to these by the random traces.
        let borrows = match op {
            Opcode::FloorDiv | Opcode::FloorMod => Some(Register::RDX),
            Opcode::ShlOvf | Opcode::Sar => Some(Register::RCX),
            _ => None,
        };
        let mut decoder = Decoder::with_ip(64, bytes(&stencil.hot), 0, DecoderOptions::NONE);
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
                let cached = INTS.contains(&register) || FLOATS.contains(&register);
                let fine = !cached || Some(register) == result || Some(register) == borrows;
                assert!(fine, "{op:?} {places:?} writes {register:?}");
                assert_ne!(register, Register::RDI, "{op:?} {places:?}");
            }
        }
    }
}

#[test]
fn hole_kinds_are_those_of_the_places() {
    for (op, places, stencil) in all() {
        let parts = [Some(&stencil.hot), COLD_PARTS.get(stencil.cold as usize)];
        for hole in parts.into_iter().flatten().flat_map(holes_of) {
            let place = |n: u8| places[n as usize];
            let fits = match hole.kind {
                holes::A..=holes::C => matches!(place(hole.kind), Place::Slot | Place::Imm32),
                holes::D => place(3) == Place::Slot,
                holes::IMM => matches!(op.info().imm, Imm::Disp | Imm::Class),
                holes::EXIT => op.can_exit(),
                holes::POOL_A | holes::POOL_B => place(hole.kind - holes::POOL_A) == Place::Pool,
                holes::LIBRARY => (hole.addend + 8) / 16 < CONSTANTS.len() as i16,
                holes::COLD | holes::HOT => (stencil.cold as usize) < COLD_PARTS.len(),
                holes::WIDE_A..=holes::WIDE_C => place(hole.kind - holes::WIDE_A) == Place::Imm64,
                holes::HELPER => op.info().imm == Imm::Helper,
                _ => false,
            };
            assert!(fits, "{op:?} {places:?}: {hole:?}");
        }
    }
}

#[test]
fn rows_follow_the_op_table() {
    for &op in Opcode::ALL {
        let row = &ROWS[op as usize];
        assert_eq!(row.operands as usize, op.info().operands.len(), "{op:?}");
        assert_eq!(row.exits, op.can_exit(), "{op:?}");
        let own = !op.is_param() && !op.is_terminator();
        assert_eq!(row.result, own && op.info().result.is_some(), "{op:?}");
    }
}
