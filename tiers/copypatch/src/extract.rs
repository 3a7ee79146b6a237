//! From a compiled function to a stencil: bytes that fall through, holes, and nothing unexpected.
//!
//! A stencil's source is a function whose last act is a call of `CONT` (go on), and that calls
//! `EXIT` where the trace is left. That these become jumps is the compiler's sibling-call
//! optimization and no promise of the language; neither is that it needs no stack. So everything
//! is checked here, and whatever was not foreseen is a [`Refusal`], which fails the build.
//!
//! Terms. *Parts*: the *hot* part of a stencil ends by falling through to the next stencil; the
//! *cold* part, if there is one, is placed far away, and ends in jumps alone. Blocks from which
//! `CONT` cannot be reached are cold, and so are short cuts to `CONT` before the last.
//!
//! Invariants of an accepted stencil: control leaves it at the end of the hot part or through `EXIT`
//! holes; the frame register and callee-saved registers keep their values; the stack pointer too,
//! and nothing is pushed but the one register of an op that declares it, on paths that pop it again.
//! A helper is called only there, where the stack pointer is aligned for it.
//!
//! The build script compiles this file too.

use crate::convention::Abi;
use crate::fields::{Fields, Widened, widen};
use crate::holes::{self, Hole};
use crate::place::{Block, Edge, Terminator, place};
use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};
use std::fmt;

/// A function as the compiler made it.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// Its symbol.
    pub name: String,
    /// Its bytes.
    pub code: Vec<u8>,
    /// Relocations in it.
    pub relocations: Vec<Relocation>,
}

/// The ways of relocating that stencils may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 32 bits, sign-extended by the machine.
    Signed32,
    /// 32 bits, zero-extended by the machine.
    Unsigned32,
    /// 32-bit displacement from the hole.
    Relative32,
    /// 64 bits.
    Absolute64,
    /// Something else.
    Other(u32),
}

/// What a relocation refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An external symbol.
    Symbol(String),
    /// Read-only data of the object file: bytes at the target.
    Data(Vec<u8>),
}

/// A relocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relocation {
    /// Offset in the function.
    pub offset: usize,
    /// Its form.
    pub form: Form,
    /// What it refers to.
    pub target: Target,
    /// Added to the target's address.
    pub addend: i64,
}

/// What a stencil's op declares.
#[derive(Clone, Debug, Default)]
pub struct Contract {
    /// It can leave the trace.
    pub exits: bool,
    /// It calls a helper, and saves a register around that.
    pub calls: bool,
    /// It may save a register for a while: it needs more than are free.
    pub saves: bool,
    /// It may leave on all paths, as a comparison of a register with itself does.
    pub always_exits: bool,
    /// The hole kinds that its places imply.
    pub holes: Vec<u8>,
    /// What it was compiled as.
    pub abi: Abi,
    /// The registers that are holes, in libraries where they are.
    pub fields: Option<Fields>,
}

/// How a stencil may use the stack.
struct Saving {
    /// What may be pushed.
    pushed: Register,
    /// What it may be popped into.
    popped: &'static [Register],
    /// The register that keeps its value by that.
    kept: Option<Register>,
}

impl Contract {
    fn saving(&self) -> Option<Saving> {
        use Register::{RAX, RBP, RBX, RCX};
        match (self.abi, self.calls, self.saves) {
            (_, false, false) => None,
            // In stencils with calls the frame survives there.
            (Abi::C, ..) => Some(Saving { pushed: RBX, popped: &[RBX], kept: Some(RBX) }),
            // The frame survives in a register that is free; the stack is aligned for the call.
            (Abi::PreserveNone, true, _) => {
                Some(Saving { pushed: RAX, popped: &[RAX, RCX], kept: None })
            }
            (Abi::PreserveNone, false, true) => {
                Some(Saving { pushed: RBP, popped: &[RBP], kept: Some(RBP) })
            }
        }
    }

    /// Whether the caller expects the register's value back.
    fn is_callee_saved(&self, register: Register) -> bool {
        use Register::{R12, R13, R14, R15, RBP, RBX};
        match self.abi {
            Abi::C => matches!(register, RBX | RBP | R12 | R13 | R14 | R15),
            Abi::PreserveNone => register == RBP,
        }
    }
}

/// Bytes with holes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The bytes.
    pub code: Vec<u8>,
    /// The holes, ascending by offset. The library's constants have their number as the addend's
    /// multiple of 16.
    pub holes: Vec<Hole>,
}

/// An accepted stencil.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stencil {
    /// The part that falls through.
    pub hot: Part,
    /// The part that is placed elsewhere; often empty.
    pub cold: Part,
    /// Per kind `A`, `B`, `C`: whether a hole takes its value sign-extended, and whether one takes
    /// it zero-extended.
    pub extension: [(bool, bool); 3],
}

/// The constants that stencils refer to, each once.
#[derive(Clone, Debug, Default)]
pub struct Constants {
    /// 16 bytes each.
    pub values: Vec<[u8; 16]>,
}

impl Constants {
    fn number(&mut self, bytes: &[u8]) -> usize {
        let mut value = [0; 16];
        let len = bytes.len().min(16);
        value[..len].copy_from_slice(&bytes[..len]);
        self.values.iter().position(|v| *v == value).unwrap_or_else(|| {
            self.values.push(value);
            self.values.len() - 1
        })
    }
}

/// Why a function is no stencil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Bytes at an offset are no instruction.
    Undecodable(usize),
    /// A relocation of an unknown form, or to an unknown symbol, or for a hole that the places do
    /// not imply.
    UnexpectedRelocation(String),
    /// A call that the op does not declare, or a second one.
    UndeclaredCall(usize),
    /// A return.
    Return(usize),
    /// The stack pointer or stack memory is used beyond what a declared call needs.
    StackAdjustment(usize),
    /// A jump that is neither inside the function nor to `CONT` or `EXIT`.
    StrayJump(usize),
    /// A jump to `EXIT` in an op that cannot exit.
    UndeclaredExit(usize),
    /// The frame register is changed.
    FrameChanged(usize),
    /// A callee-saved register is changed.
    CalleeSavedChanged(usize),
    /// A trap or another instruction that has no place in a stencil.
    UnexpectedInstruction(usize),
    /// `CONT` is not reached, or control falls off the end.
    NoContinuation,
    /// An instruction uses a register that should be a hole in a way that cannot be patched, or one
    /// that it should not touch.
    FixedRegister(usize),
    /// A register changes that holds an operand.
    OperandChanged(usize),
    /// A part, an offset or an addend does not fit the library's format.
    TooLong(usize),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Undecodable(at) => write!(f, "no instruction at +{at}"),
            Refusal::UnexpectedRelocation(what) => write!(f, "unexpected relocation: {what}"),
            Refusal::UndeclaredCall(at) => write!(f, "a call that is not declared at +{at}"),
            Refusal::Return(at) => write!(f, "a return at +{at}"),
            Refusal::StackAdjustment(at) => write!(f, "the stack is used at +{at}"),
            Refusal::StrayJump(at) => write!(f, "a jump that is not to CONT or EXIT at +{at}"),
            Refusal::UndeclaredExit(at) => write!(f, "an exit that is not declared at +{at}"),
            Refusal::FrameChanged(at) => write!(f, "the frame register is changed at +{at}"),
            Refusal::CalleeSavedChanged(at) => {
                write!(f, "a callee-saved register is changed at +{at}")
            }
            Refusal::UnexpectedInstruction(at) => write!(f, "unexpected instruction at +{at}"),
            Refusal::NoContinuation => write!(f, "control does not go on to CONT"),
            Refusal::FixedRegister(at) => write!(f, "a register that cannot be a hole at +{at}"),
            Refusal::OperandChanged(at) => write!(f, "an operand's register is changed at +{at}"),
            Refusal::TooLong(len) => write!(f, "{len} does not fit the library's format"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Checks a function and makes a stencil of it. Data that it refers to is entered in `constants`.
pub fn extract(
    raw: &Raw,
    contract: &Contract,
    constants: &mut Constants,
) -> Result<Stencil, Refusal> {
    let mut stencil = Stencil::default();
    let blocks = split(raw, contract, constants, &mut stencil.extension)?;
    place(blocks, contract.always_exits, &mut stencil)?;
    Ok(stencil)
}

/// Checks each instruction and splits the function into blocks.
fn split(
    raw: &Raw,
    contract: &Contract,
    constants: &mut Constants,
    extension: &mut [(bool, bool); 3],
) -> Result<Vec<Block>, Refusal> {
    let instructions = decode(raw)?;
    // Where blocks begin: instruction index → block index.
    let mut starts = vec![false; instructions.len() + 1];
    starts[0] = true;
    let index_of = |address: u64| instructions.iter().position(|i| i.ip() == address);
    for (k, instruction) in instructions.iter().enumerate() {
        if matches!(
            instruction.flow_control(),
            FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch
        ) {
            starts[k + 1] = true;
            if relocation_in(raw, instruction).is_none() {
                let target = index_of(instruction.near_branch_target())
                    .ok_or(Refusal::StrayJump(instruction.ip() as usize))?;
                starts[target] = true;
            }
        }
    }
    let mut block_of = vec![0; instructions.len()];
    let mut count = 0;
    for k in 0..instructions.len() {
        count += usize::from(starts[k]);
        block_of[k] = count - 1;
    }

    let saving = contract.saving();
    let factory = InstructionInfoFactory::new();
    let mut checker = Checker { contract, saving: saving.as_ref(), factory, calls: 0 };
    let mut blocks: Vec<Block> = Vec::new();
    for (k, instruction) in instructions.iter().enumerate() {
        if starts[k] {
            if let Some(last) = blocks.last_mut() {
                last.terminator.get_or_insert(Terminator::Jump(Edge::Block(block_of[k])));
            }
            blocks.push(Block::default());
        }
        // A block was pushed at the first instruction.
        let Some(block) = blocks.last_mut() else { return Err(Refusal::NoContinuation) };
        let at = instruction.ip() as usize;
        checker.check(instruction)?;
        match instruction.flow_control() {
            FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch => {
                let edge = match relocation_in(raw, instruction) {
                    None => match index_of(instruction.near_branch_target()) {
                        Some(target) => Edge::Block(block_of[target]),
                        None => return Err(Refusal::StrayJump(at)),
                    },
                    Some(relocation) => external_edge(relocation, contract, instruction)?,
                };
                block.terminator = Some(if instruction.is_jcc_short_or_near() {
                    let next = *block_of.get(k + 1).ok_or(Refusal::NoContinuation)?;
                    Terminator::Branch {
                        condition: condition_number(raw, instruction),
                        taken: edge,
                        otherwise: Edge::Block(next),
                    }
                } else if instruction.is_jmp_short_or_near() {
                    Terminator::Jump(edge)
                } else {
                    return Err(Refusal::UnexpectedInstruction(at));
                });
            }
            _ => {
                append(raw, contract, instruction, block, constants, extension)?;
            }
        }
    }
    match blocks.last() {
        Some(last) if last.terminator.is_some() => {}
        _ => return Err(Refusal::NoContinuation),
    }
    if let Some(saving) = &saving {
        check_saving(saving, &blocks, &instructions, &block_of)?;
    }
    Ok(blocks)
}

fn decode(raw: &Raw) -> Result<Vec<Instruction>, Refusal> {
    let mut instructions = Vec::new();
    let mut decoder = Decoder::with_ip(64, &raw.code, 0, DecoderOptions::NONE);
    while decoder.can_decode() {
        let at = decoder.position();
        let instruction = decoder.decode();
        if instruction.code() == Code::INVALID {
            return Err(Refusal::Undecodable(at));
        }
        instructions.push(instruction);
    }
    let inside = |r: &&Relocation| {
        instructions.iter().any(|i| (i.ip() as usize..i.next_ip() as usize).contains(&r.offset))
    };
    match raw.relocations.iter().find(|r| !inside(r)) {
        Some(stray) => Err(Refusal::UnexpectedRelocation(format!("at +{}", stray.offset))),
        None => Ok(instructions),
    }
}

fn relocation_in<'a>(raw: &'a Raw, instruction: &Instruction) -> Option<&'a Relocation> {
    let range = instruction.ip() as usize..instruction.next_ip() as usize;
    raw.relocations.iter().find(|r| range.contains(&r.offset))
}

/// The condition's number in the machine's encoding: the low four bits of the last opcode byte.
fn condition_number(raw: &Raw, instruction: &Instruction) -> u8 {
    let at = instruction.ip() as usize;
    let opcode = if raw.code[at] == 0x0F { raw.code[at + 1] } else { raw.code[at] };
    opcode & 15
}

fn external_edge(
    relocation: &Relocation,
    contract: &Contract,
    instruction: &Instruction,
) -> Result<Edge, Refusal> {
    let at = instruction.ip() as usize;
    let plain = relocation.form == Form::Relative32
        && relocation.addend == -4
        && relocation.offset + 4 == instruction.next_ip() as usize;
    let Target::Symbol(symbol) = &relocation.target else { return Err(Refusal::StrayJump(at)) };
    let (cont, exit) = if contract.calls { ("CONT1", "EXIT1") } else { ("CONT", "EXIT") };
    if plain && symbol == cont {
        Ok(Edge::End)
    } else if plain && symbol == exit {
        if contract.exits { Ok(Edge::Exit) } else { Err(Refusal::UndeclaredExit(at)) }
    } else {
        Err(Refusal::StrayJump(at))
    }
}

struct Checker<'a> {
    contract: &'a Contract,
    saving: Option<&'a Saving>,
    factory: InstructionInfoFactory,
    calls: usize,
}

impl Checker<'_> {
    /// Judges one instruction by itself.
    fn check(&mut self, instruction: &Instruction) -> Result<(), Refusal> {
        let at = instruction.ip() as usize;
        match instruction.flow_control() {
            FlowControl::Next
            | FlowControl::UnconditionalBranch
            | FlowControl::ConditionalBranch => {}
            FlowControl::Return => return Err(Refusal::Return(at)),
            FlowControl::Call => return Err(Refusal::UndeclaredCall(at)),
            FlowControl::IndirectCall => {
                self.calls += 1;
                let declared = self.contract.calls
                    && self.calls == 1
                    && instruction.op_kind(0) == OpKind::Register;
                return if declared { Ok(()) } else { Err(Refusal::UndeclaredCall(at)) };
            }
            FlowControl::IndirectBranch => return Err(Refusal::StrayJump(at)),
            _ => return Err(Refusal::UnexpectedInstruction(at)),
        }
        if self.saving.is_some_and(|s| s.is_save(instruction) || s.is_restore(instruction)) {
            return Ok(());
        }
        let kept = self.saving.and_then(|saving| saving.kept);
        let info = self.factory.info(instruction);
        if info.used_memory().iter().any(|m| {
            [m.base(), m.index()]
                .iter()
                .any(|r| matches!(r.full_register(), Register::RSP | Register::RBP))
        }) {
            return Err(Refusal::StackAdjustment(at));
        }
        for used in info.used_registers() {
            let written = !matches!(used.access(), OpAccess::Read | OpAccess::CondRead);
            match used.register().full_register() {
                Register::RSP => return Err(Refusal::StackAdjustment(at)),
                Register::RDI if written && !self.contract.calls => {
                    return Err(Refusal::FrameChanged(at));
                }
                r if written && Some(r) != kept && self.contract.is_callee_saved(r) => {
                    return Err(Refusal::CalleeSavedChanged(at));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Saving {
    fn is_save(&self, instruction: &Instruction) -> bool {
        instruction.mnemonic() == Mnemonic::Push
            && instruction.op_kind(0) == OpKind::Register
            && instruction.op0_register() == self.pushed
    }

    fn is_restore(&self, instruction: &Instruction) -> bool {
        instruction.mnemonic() == Mnemonic::Pop
            && instruction.op_kind(0) == OpKind::Register
            && self.popped.contains(&instruction.op0_register())
    }
}

/// Follows all paths: the register is saved before it is changed and before a call, once, and
/// restored before control leaves.
fn check_saving(
    saving: &Saving,
    blocks: &[Block],
    instructions: &[Instruction],
    block_of: &[usize],
) -> Result<(), Refusal> {
    let mut factory = InstructionInfoFactory::new();
    let mut saved_at_start: Vec<Option<bool>> = vec![None; blocks.len()];
    saved_at_start[0] = Some(false);
    let mut work = vec![0];
    while let Some(b) = work.pop() {
        let mut saved = saved_at_start[b] == Some(true);
        let mut end = 0;
        for (k, instruction) in instructions.iter().enumerate().filter(|(k, _)| block_of[*k] == b) {
            end = instructions[k].ip() as usize;
            if saving.is_save(instruction) || saving.is_restore(instruction) {
                if saved == saving.is_save(instruction) {
                    return Err(Refusal::StackAdjustment(end));
                }
                saved = !saved;
            } else if !saved {
                if instruction.flow_control() == FlowControl::IndirectCall {
                    return Err(Refusal::StackAdjustment(end));
                }
                let info = factory.info(instruction);
                let changed = info.used_registers().iter().any(|used| {
                    Some(used.register().full_register()) == saving.kept
                        && !matches!(used.access(), OpAccess::Read | OpAccess::CondRead)
                });
                if changed {
                    return Err(Refusal::CalleeSavedChanged(end));
                }
            }
        }
        let edges = blocks[b].terminator.map_or([Edge::Exit; 2], Terminator::edges);
        for edge in edges {
            match edge {
                Edge::Block(to) if saved_at_start[to].is_none() => {
                    saved_at_start[to] = Some(saved);
                    work.push(to);
                }
                Edge::Block(to) if saved_at_start[to] == Some(saved) => {}
                Edge::End | Edge::Exit if !saved => {}
                _ => return Err(Refusal::StackAdjustment(end)),
            }
        }
    }
    Ok(())
}

/// Appends an ordinary instruction with its holes to a block.
fn append(
    raw: &Raw,
    contract: &Contract,
    instruction: &Instruction,
    block: &mut Block,
    constants: &mut Constants,
    extension: &mut [(bool, bool); 3],
) -> Result<(), Refusal> {
    let (start, end) = (instruction.ip() as usize, instruction.next_ip() as usize);
    let relocations = raw.relocations.iter().filter(|r| (start..end).contains(&r.offset));
    let bytes = &raw.code[start..end];
    let widened = match &contract.fields {
        Some(fields) => widen(bytes, instruction, fields, &mut InstructionInfoFactory::new())?,
        None => None,
    };
    // Without registers to patch the instruction stays as it is.
    let Widened { code, fields, inserted } =
        widened.unwrap_or_else(|| Widened { code: bytes.to_vec(), ..Widened::default() });
    let moved = |offset: usize| offset + inserted.iter().filter(|&&at| at <= offset).count();
    let first_hole = block.body.holes.len();
    let mut relative = false;
    for relocation in relocations {
        let refuse = || {
            Err(Refusal::UnexpectedRelocation(format!(
                "{:?} to {:?} at +{}",
                relocation.form, relocation.target, relocation.offset
            )))
        };
        let size = if relocation.form == Form::Absolute64 { 8 } else { 4 };
        if relocation.offset + size > end {
            return refuse();
        }
        let (kind, addend) = match &relocation.target {
            Target::Data(bytes) => {
                // The displacement counts from the end of the instruction.
                let after = end - relocation.offset;
                if relocation.form != Form::Relative32 || relocation.addend != -(after as i64) {
                    return refuse();
                }
                (holes::LIBRARY, 16 * constants.number(bytes) as i64 - after as i64)
            }
            Target::Symbol(symbol) => {
                let Some(&(_, kind)) = holes::SYMBOLS.iter().find(|(name, _)| name == symbol)
                else {
                    return refuse();
                };
                if !contract.holes.contains(&kind) {
                    return refuse();
                }
                let fits = match relocation.form {
                    Form::Signed32 => kind < holes::RELATIVE,
                    // A displacement must be sign-extended; an immediate need not.
                    Form::Unsigned32 => kind != holes::D && kind < holes::RELATIVE,
                    Form::Relative32 => (holes::RELATIVE..holes::WIDE).contains(&kind),
                    Form::Absolute64 => kind >= holes::WIDE,
                    Form::Other(_) => false,
                };
                if !fits {
                    return refuse();
                }
                if let Some((signed, unsigned)) = extension.get_mut(kind as usize) {
                    *signed |= relocation.form == Form::Signed32;
                    *unsigned |= relocation.form == Form::Unsigned32;
                }
                (kind, relocation.addend)
            }
        };
        relative |= relocation.form == Form::Relative32;
        block.body.holes.push(Hole {
            offset: small(block.body.code.len() + moved(relocation.offset - start))?,
            kind,
            addend: i16::try_from(addend).or(Err(Refusal::TooLong(relocation.offset)))?,
        });
    }
    if instruction.is_ip_rel_memory_operand() && !relative {
        return Err(Refusal::UnexpectedRelocation(format!("none for the address at +{start}")));
    }
    for field in fields {
        let offset = small(block.body.code.len() + field.offset as usize)?;
        block.body.holes.push(Hole { offset, ..field });
    }
    block.body.holes[first_hole..].sort_by_key(|hole| hole.offset);
    block.body.code.extend_from_slice(&code);
    Ok(())
}

/// A number that must fit a byte of the library's format.
pub fn small(value: usize) -> Result<u8, Refusal> {
    u8::try_from(value).or(Err(Refusal::TooLong(value)))
}
