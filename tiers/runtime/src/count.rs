//! Reading generated code: counts of a loop body's instructions and slot traffic, and listings.
//!
//! Terms. *Slot traffic* is loads and stores of values that live in memory because no register
//! holds them: memory operands that one of the tier's [`SlotRule`]s matches. Padding (`nop`) is
//! not counted. An instruction that reads and writes a slot counts as a load and as a store.

use iced_x86::{
    Decoder, DecoderOptions, FastFormatter, Formatter as _, Instruction, InstructionInfoFactory,
    IntelFormatter, Mnemonic, OpAccess, OpKind, Register,
};
use std::fmt::Write as _;
use tierlab_trace::backend::CodeView;
use tierlab_trace::layout::SLOTS_OFFSET;

/// Memory operands that count as slots: based on a register, at a displacement or beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRule {
    /// The base register.
    pub base: Register,
    /// The smallest displacement, in bytes.
    pub from: i64,
}

/// Slots of the execution context, with the frame in `rdi`.
pub const FRAME_SLOTS: SlotRule = SlotRule { base: Register::RDI, from: SLOTS_OFFSET as i64 };
/// Spill slots on the machine stack.
pub const STACK_SLOTS: SlotRule = SlotRule { base: Register::RSP, from: i64::MIN };

impl SlotRule {
    /// Slots of the execution context, with the frame in another register.
    pub const fn frame_in(base: Register) -> SlotRule {
        SlotRule { base, from: SLOTS_OFFSET as i64 }
    }
}

/// Counts over a range of code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Instructions, padding excluded.
    pub instructions: u64,
    /// Loads from slots.
    pub slot_loads: u64,
    /// Stores to slots.
    pub slot_stores: u64,
}

/// Counts over the loop body; `None` where the code has no loop.
pub fn count_loop(view: &CodeView, rules: &[SlotRule]) -> Option<Counts> {
    let range = view.loop_range.clone()?;
    let bytes = view.bytes.get(range.clone())?;
    Some(count(bytes, view.address + range.start as u64, rules))
}

/// Counts over code that lies at `address`.
pub fn count(bytes: &[u8], address: u64, rules: &[SlotRule]) -> Counts {
    let mut counts = Counts::default();
    let mut factory = InstructionInfoFactory::new();
    let mut decoder = Decoder::with_ip(64, bytes, address, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        if instruction.mnemonic() == Mnemonic::Nop {
            continue;
        }
        counts.instructions += 1;
        let explicit =
            (0..instruction.op_count()).find(|&i| instruction.op_kind(i) == OpKind::Memory);
        let Some(operand) = explicit else { continue };
        let base = instruction.memory_base();
        let disp = instruction.memory_displacement64() as i64;
        if !rules.iter().any(|rule| rule.base == base && disp >= rule.from) {
            continue;
        }
        let (load, store) = match factory.info(&instruction).op_access(operand) {
            OpAccess::Read | OpAccess::CondRead => (true, false),
            OpAccess::Write | OpAccess::CondWrite => (false, true),
            OpAccess::ReadWrite | OpAccess::ReadCondWrite => (true, true),
            OpAccess::None | OpAccess::NoMemAccess => (false, false),
        };
        counts.slot_loads += u64::from(load);
        counts.slot_stores += u64::from(store);
    }
    counts
}

/// A listing of the whole code in Intel syntax: addresses, bytes, instructions; the loop body's
/// bounds; and before each op's code the line that `annotate` gives for it.
pub fn listing(view: &CodeView, annotate: &dyn Fn(u32) -> String) -> String {
    let mut out = String::new();
    let mut notes = view.op_offsets.clone();
    notes.sort_by_key(|&(offset, _)| offset);
    let mut notes = notes.into_iter().peekable();
    let mut formatter = IntelFormatter::new();
    formatter.options_mut().set_space_after_operand_separator(true);
    formatter.options_mut().set_branch_leading_zeros(false);
    let mut text = String::new();
    let mut decoder = Decoder::with_ip(64, &view.bytes, view.address, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    // Writing to a String cannot fail: the results of `writeln!` carry nothing.
    while decoder.can_decode() {
        let offset = decoder.position();
        if view.loop_range.as_ref().is_some_and(|r| r.start == offset) {
            let _ = writeln!(out, "loop:");
        }
        if view.loop_range.as_ref().is_some_and(|r| r.end == offset) {
            let _ = writeln!(out, "loop end");
        }
        while let Some((_, op)) = notes.next_if(|&(at, _)| at as usize <= offset) {
            let _ = writeln!(out, "  ; {}", annotate(op));
        }
        decoder.decode_out(&mut instruction);
        text.clear();
        formatter.format(&instruction, &mut text);
        let bytes =
            view.bytes[offset..decoder.position()].iter().fold(String::new(), |mut s, b| {
                let _ = write!(s, "{b:02x}");
                s
            });
        let _ = writeln!(out, "    {:x}  {bytes:<22} {text}", view.address + offset as u64);
    }
    if view.loop_range.as_ref().is_some_and(|r| r.end == view.bytes.len()) {
        let _ = writeln!(out, "loop end");
    }
    out
}

/// Bare instructions, one a line, without addresses: for tests and messages.
pub fn disassemble(bytes: &[u8], address: u64) -> Vec<String> {
    let mut formatter = FastFormatter::new();
    formatter.options_mut().set_space_after_operand_separator(true);
    Decoder::with_ip(64, bytes, address, DecoderOptions::NONE)
        .into_iter()
        .map(|instruction| {
            let mut text = String::new();
            formatter.format(&instruction, &mut text);
            text
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> CodeView {
        let slot = SLOTS_OFFSET as u32;
        let mut bytes = vec![0x90];
        bytes.extend([0x48, 0x8B, 0x87]); // mov rax, [rdi + slot 0]
        bytes.extend(slot.to_le_bytes());
        bytes.extend([0x48, 0x01, 0x87]); // add [rdi + slot 1], rax
        bytes.extend((slot + 8).to_le_bytes());
        bytes.extend([0x66, 0x90]); // nop
        bytes.extend([0x48, 0x89, 0x07]); // mov [rdi], rax: a field of the context's head
        bytes.extend([0x48, 0x8D, 0x87]); // lea rax, [rdi + slot 0]
        bytes.extend(slot.to_le_bytes());
        bytes.extend([0x48, 0x89, 0x44, 0x24, 0x08]); // mov [rsp + 8], rax
        bytes.extend([0xEB, 0x00]);
        let end = bytes.len();
        bytes.push(0xC3);
        CodeView {
            address: 0x1000,
            bytes,
            loop_range: Some(1..end),
            op_offsets: vec![(8, 4), (1, 3)],
        }
    }

    #[test]
    fn loads_and_stores_of_slots_are_counted() {
        let counts = count_loop(&view(), &[FRAME_SLOTS]);
        assert_eq!(counts, Some(Counts { instructions: 6, slot_loads: 2, slot_stores: 1 }));
        let counts = count_loop(&view(), &[FRAME_SLOTS, STACK_SLOTS]);
        assert_eq!(counts, Some(Counts { instructions: 6, slot_loads: 2, slot_stores: 2 }));
        assert_eq!(count_loop(&CodeView { loop_range: None, ..view() }, &[FRAME_SLOTS]), None);
    }

    #[test]
    fn listings_name_ops() {
        let text = listing(&view(), &|op| format!("op {op}"));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert!(lines[0].starts_with("1000  90") && lines[0].ends_with("nop"), "{text}");
        assert_eq!(lines[1..3], ["loop:", "; op 3"]);
        assert!(lines[3].contains("mov rax, [rdi+"), "{text}");
        assert_eq!(lines[4], "; op 4");
        assert!(text.contains("loop end"));
        assert_eq!(disassemble(&[0xC3], 0), ["ret"]);
    }
}
