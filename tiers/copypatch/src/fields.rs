//! Registers as holes: finding the bits of an instruction that name a register.
//!
//! Terms. A *representative* is the register that stands for an operand in a stencil whose registers
//! are holes. A *field* is where an instruction's encoding names a register: three bits of an opcode,
//! ModRM or SIB byte, and a fourth in the REX prefix. A *file* is what a representative may be
//! replaced by.
//!
//! Nothing here knows instructions one by one. Every place where an encoding can name a register is
//! tried: if another number there makes the decoder see the same instruction with that one register
//! changed and nothing else, it is a field. What is found is then proved: all mentions of a
//! representative must be fields, no instruction may use one by implication, and every register of
//! the file, put into the field, must decode to just that.
//!
//! Two encodings are widened first, so that their length depends on no register: an instruction
//! without REX prefix gets one, and an address without displacement gets one of zero, since the
//! numbers 5 and 13 mean something else there. The numbers 4 and 12 ask for another length still (a
//! SIB byte), and no file has them.
//!
//! The build script compiles this file too.

use crate::extract::{Refusal, small};
use crate::holes::{self, Hole};
use iced_x86::{
    Code, Decoder, DecoderOptions, EncodingKind, Instruction, InstructionInfoFactory, OpAccess,
    OpKind, Register,
};

/// The registers of a stencil that are holes.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// Each representative, the kind of its holes and the registers that it stands for.
    pub stands_for: Vec<(Register, u8, Vec<Register>)>,
    /// The representative of the result, which alone may change.
    pub result: Option<Register>,
    /// Registers of the file that the stencil must not use at all.
    pub untouched: Vec<Register>,
}

/// An instruction whose registers are holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Widened {
    /// Its bytes, zero in the fields.
    pub code: Vec<u8>,
    /// The fields, with offsets from its start.
    pub fields: Vec<Hole>,
    /// Offsets, in the instruction as it was, before which a byte was inserted.
    pub inserted: Vec<usize>,
}

/// The places of an encoding that can name registers.
#[derive(Clone, Copy)]
struct Anatomy {
    /// The REX prefix, or where it would be.
    rex: usize,
    has_rex: bool,
    /// The last byte of the opcode.
    opcode: usize,
}

impl Anatomy {
    fn of(code: &[u8]) -> Option<Anatomy> {
        let legacy = |b: &u8| {
            matches!(b, 0x66 | 0x67 | 0xF2 | 0xF3 | 0xF0 | 0x2E | 0x36 | 0x3E | 0x26 | 0x64 | 0x65)
        };
        let rex = code.iter().position(|b| !legacy(b))?;
        let has_rex = code[rex] & 0xF0 == 0x40;
        let first = rex + usize::from(has_rex);
        let opcode = match (code.get(first)?, code.get(first + 1)) {
            (0x0F, Some(0x38 | 0x3A)) => first + 2,
            (0x0F, Some(_)) => first + 1,
            _ => first,
        };
        (opcode < code.len()).then_some(Anatomy { rex, has_rex, opcode })
    }

    /// All that may be fields: byte, shift, bit of the REX prefix.
    fn candidates(&self, code: &[u8]) -> Vec<(usize, u8, u8)> {
        let mut all = vec![(self.opcode, 0, 0)];
        let modrm = self.opcode + 1;
        if let Some(&byte) = code.get(modrm) {
            all.extend([(modrm, 3, 2), (modrm, 0, 0)]);
            if byte >> 6 != 3 && byte & 7 == 4 && modrm + 1 < code.len() {
                all.extend([(modrm + 1, 3, 1), (modrm + 1, 0, 0)]);
            }
        }
        all
    }
}

fn decode(code: &[u8], ip: u64) -> Option<Instruction> {
    let mut decoder = Decoder::with_ip(64, code, ip, DecoderOptions::NONE);
    let instruction = decoder.decode();
    (instruction.code() != Code::INVALID && decoder.position() == code.len()).then_some(instruction)
}

/// The register as it stands in lists here: 64 bits of an integer register, `xmm` of a vector register.
pub fn full(register: Register) -> Register {
    if register.is_vector_register() {
        Register::XMM0 + register.number() as u32
    } else if register.is_gpr() {
        register.full_register()
    } else {
        register
    }
}

/// The number of a register in encodings.
fn number(register: Register) -> u8 {
    full(register).number() as u8
}

/// The register of another number with the same size.
fn renumbered(register: Register, to: Register) -> Register {
    let base = |r: Register| r - u32::from(r.number() as u8);
    match register {
        // Numbers 4 to 7 follow the four high bytes, which have no numbers of their own here.
        r if r.is_gpr8() => match number(to) {
            n @ 0..=3 => Register::AL + u32::from(n),
            n => Register::SPL + u32::from(n - 4),
        },
        r => base(r) + u32::from(number(to)),
    }
}

/// All mentions of registers in an instruction's operands.
fn mentions(instruction: &Instruction) -> Vec<Register> {
    let operands = (0..instruction.op_count())
        .filter(|&i| instruction.op_kind(i) == OpKind::Register)
        .map(|i| instruction.op_register(i));
    operands.chain([instruction.memory_base(), instruction.memory_index()]).collect()
}

/// How many mentions differ, if `new` is `old` but that some mentions of `from` have become `to`.
fn replaced(old: &Instruction, new: &Instruction, from: Register, to: Register) -> Option<usize> {
    let kinds =
        |i: &Instruction| -> Vec<OpKind> { (0..i.op_count()).map(|k| i.op_kind(k)).collect() };
    // An address relative to the instruction's end is that of the target here.
    let displacement = |i: &Instruction| {
        let end = if i.is_ip_rel_memory_operand() { i.next_ip() } else { 0 };
        i.memory_displacement64().wrapping_sub(end)
    };
    let same = old.code() == new.code()
        && kinds(old) == kinds(new)
        && displacement(old) == displacement(new)
        && old.memory_index_scale() == new.memory_index_scale()
        && old.memory_size() == new.memory_size()
        && old.segment_prefix() == new.segment_prefix()
        && (0..old.op_count()).all(|k| match old.op_kind(k) {
            OpKind::Register | OpKind::Memory => true,
            OpKind::NearBranch16 | OpKind::NearBranch32 | OpKind::NearBranch64 => false,
            _ => old.try_immediate(k).ok() == new.try_immediate(k).ok(),
        });
    if !same {
        return None;
    }
    let mut changed = 0;
    for (a, b) in mentions(old).into_iter().zip(mentions(new)) {
        if a != b {
            if full(a) != from || b != renumbered(a, to) {
                return None;
            }
            changed += 1;
        }
    }
    Some(changed)
}

/// Sets a field.
fn with(code: &[u8], rex: usize, (at, shift, bit): (usize, u8, u8), number: u8) -> Vec<u8> {
    let mut code = code.to_vec();
    code[at] = code[at] & !(7 << shift) | (number & 7) << shift;
    code[rex] = code[rex] & !(1 << bit) | (number >> 3) << bit;
    code
}

/// Finds the fields of an instruction and makes room for what they may become. `None` where the
/// instruction mentions no representative.
pub fn widen(
    code: &[u8],
    instruction: &Instruction,
    fields: &Fields,
    factory: &mut InstructionInfoFactory,
) -> Result<Option<Widened>, Refusal> {
    let at = instruction.ip() as usize;
    let refuse = || Refusal::FixedRegister(at);
    let info = factory.info(instruction);
    let mut used: Vec<Register> = info.used_registers().iter().map(|u| u.register()).collect();
    used.extend(info.used_memory().iter().flat_map(|m| [m.base(), m.index()]));
    if used.iter().any(|r| fields.untouched.contains(&full(*r))) {
        return Err(refuse());
    }
    let changes = |register: Register| {
        info.used_registers().iter().any(|u| {
            full(u.register()) == register
                && !matches!(u.access(), OpAccess::Read | OpAccess::CondRead)
        })
    };
    let operands = fields.stands_for.iter().filter(|(r, ..)| Some(*r) != fields.result);
    if operands.into_iter().any(|(r, ..)| changes(*r)) {
        return Err(Refusal::OperandChanged(at));
    }
    let present: Vec<&(Register, u8, Vec<Register>)> =
        fields.stands_for.iter().filter(|(r, ..)| used.iter().any(|u| full(*u) == *r)).collect();
    if present.is_empty() {
        return Ok(None);
    }
    let high = [Register::AH, Register::CH, Register::DH, Register::BH];
    if instruction.code().encoding() != EncodingKind::Legacy
        || mentions(instruction).iter().any(|r| high.contains(r))
    {
        return Err(refuse());
    }
    let mut widened = Widened { code: code.to_vec(), ..Widened::default() };
    let mut anatomy = Anatomy::of(code).ok_or_else(refuse)?;
    let extended = present.iter().any(|(_, _, file)| file.iter().any(|r| number(*r) >= 8));
    if extended && !anatomy.has_rex {
        widened.code.insert(anatomy.rex, 0x40);
        widened.inserted.push(anatomy.rex);
        anatomy = Anatomy::of(&widened.code).ok_or_else(refuse)?;
    }
    let modrm = anatomy.opcode + 1;
    let base = full(instruction.memory_base());
    let has_memory = (0..instruction.op_count()).any(|k| instruction.op_kind(k) == OpKind::Memory);
    if has_memory && present.iter().any(|(r, ..)| *r == base) && widened.code[modrm] >> 6 == 0 {
        let sib = usize::from(widened.code[modrm] & 7 == 4);
        widened.code[modrm] |= 0x40;
        widened.code.insert(modrm + 1 + sib, 0);
        let before = widened.inserted.len();
        widened.inserted.push(modrm + 1 + sib - before);
    }
    let whole = decode(&widened.code, instruction.ip()).ok_or_else(refuse)?;
    if present.iter().any(|(r, ..)| replaced(instruction, &whole, *r, *r) != Some(0)) {
        return Err(refuse());
    }

    for (representative, kind, file) in present {
        let mut covered = 0;
        for field in anatomy.candidates(&widened.code) {
            let (byte, shift, bit) = field;
            let rex = if extended { anatomy.rex } else { byte };
            let high = if extended { widened.code[rex] >> bit & 1 } else { 0 };
            if high << 3 | widened.code[byte] >> shift & 7 != number(*representative) {
                continue;
            }
            let change = |to: Register| -> Option<usize> {
                let number = number(to);
                let code = if extended {
                    with(&widened.code, rex, field, number)
                } else {
                    let mut code = widened.code.clone();
                    code[byte] = code[byte] & !(7 << shift) | (number & 7) << shift;
                    code
                };
                replaced(&whole, &decode(&code, instruction.ip())?, *representative, to)
            };
            // What changes something else is no field, whatever its bits.
            let probe = file.iter().find(|r| *r != representative).and_then(|r| change(*r));
            let Some(count @ 1..) = probe else { continue };
            let proved = file
                .iter()
                .all(|r| change(*r) == Some(if r == representative { 0 } else { count }));
            if !proved {
                return Err(refuse());
            }
            covered += count;
            let distance = (byte - rex) as i16;
            widened.fields.push(Hole {
                offset: small(byte)?,
                kind: *kind,
                addend: holes::field(shift, bit, distance),
            });
        }
        let mentioned = mentions(&whole).iter().filter(|r| full(**r) == *representative).count();
        if mentioned == 0 || covered != mentioned {
            return Err(refuse());
        }
    }
    for field in &widened.fields {
        let (shift, bit, distance) = holes::field_parts(field.addend);
        let byte = field.offset as usize;
        widened.code[byte] &= !(7 << shift);
        if extended {
            widened.code[byte - distance] &= !(1 << bit);
        }
    }
    widened.fields.sort_by_key(|hole| hole.offset);
    Ok(Some(widened))
}
