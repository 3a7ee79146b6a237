//! The stubs that lead into generated code and out of it.
//!
//! * The *entry stub* is a C function `(frame, code) -> u64`: it saves the callee-saved registers
//!   that the tier's register file uses, brings the stack pointer into the state that the
//!   tier's code expects, and jumps to `code`, with the frame in `rdi`.
//! * The *common exit* is where every exit ends, with its number in `eax`: it writes the
//!   registers of the file to the execution context's `saved_ints` and `saved_floats`, undoes
//!   the entry stub and returns the number.
//! * An *exit thunk* is what one exit of one trace jumps to: `mov eax, number; jmp common exit`,
//!   [`THUNK_BYTES`] long. To continue in a side trace, its first bytes become a jump there
//!   ([`crate::code_memory::CodeMemory::write_jump`]); no register has changed then.

use crate::code_memory::{CodeMemory, rel32};
use std::mem::offset_of;
use tierlab_trace::backend::CompileError;
use tierlab_trace::layout::{ContextMemory, ExecContext};

/// Length of an exit thunk.
pub const THUNK_BYTES: usize = 10;

/// The state of the stack pointer where generated code starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackState {
    /// A multiple of 16: the code can call C functions as it stands.
    Aligned,
    /// 8 more than a multiple of 16, as at the first instruction of a C function: code that was
    /// compiled as functions expects that.
    FunctionEntry,
}

/// The machine registers behind a register file's numbers, by their hardware numbers (`rax` 0,
/// `rcx` 1, `rdx` 2, `rbx` 3, `rsp` 4, `rbp` 5, `rsi` 6, `rdi` 7, `r8`…`r15`).
#[derive(Clone, Copy, Debug)]
pub struct MachineRegisters<'a> {
    /// Integer registers in file order. Not `rax`, `rsp` or `rdi`.
    pub ints: &'a [u8],
    /// Float registers in file order.
    pub floats: &'a [u8],
    /// Callee-saved registers that the code uses beyond `ints`.
    pub also_saved: &'a [u8],
    /// What the code expects of the stack pointer.
    pub stack: StackState,
}

/// Addresses of a tier's stubs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stubs {
    /// The entry stub.
    pub entry: u64,
    /// The common exit.
    pub common_exit: u64,
}

const CALLEE_SAVED: [u8; 6] = [3, 5, 12, 13, 14, 15];

impl Stubs {
    /// Makes the stubs for a tier's registers.
    pub fn new(memory: &mut CodeMemory, file: &MachineRegisters) -> Result<Stubs, CompileError> {
        let saved: Vec<u8> = CALLEE_SAVED
            .into_iter()
            .filter(|r| file.ints.contains(r) || file.also_saved.contains(r))
            .collect();
        // At entry the stack pointer is 8 past a multiple of 16; each push moves it by 8.
        let aligned_after_pushes = saved.len() % 2 == 1;
        let padded = aligned_after_pushes != (file.stack == StackState::Aligned);

        let mut code = Vec::new();
        for &register in &saved {
            push_or_pop(&mut code, 0x50, register);
        }
        if padded {
            code.extend([0x48, 0x83, 0xEC, 8]); // sub rsp, 8
        }
        code.extend([0xFF, 0xE6]); // jmp rsi
        while !code.len().is_multiple_of(16) {
            code.push(0xCC);
        }

        let exit = code.len();
        let ints = offset_of!(ExecContext, saved_ints);
        for (i, &register) in file.ints.iter().enumerate() {
            // mov [rdi + disp32], register
            code.extend([0x48 | (register >> 3) << 2, 0x89, 0x87 | (register & 7) << 3]);
            code.extend((ints as u32 + 8 * i as u32).to_le_bytes());
        }
        let floats = offset_of!(ExecContext, saved_floats);
        for (i, &register) in file.floats.iter().enumerate() {
            // movsd [rdi + disp32], register
            code.push(0xF2);
            if register >= 8 {
                code.push(0x44);
            }
            code.extend([0x0F, 0x11, 0x87 | (register & 7) << 3]);
            code.extend((floats as u32 + 8 * i as u32).to_le_bytes());
        }
        if padded {
            code.extend([0x48, 0x83, 0xC4, 8]); // add rsp, 8
        }
        for &register in saved.iter().rev() {
            push_or_pop(&mut code, 0x58, register);
        }
        code.push(0xC3);
        let entry = memory.publish(&code)?;
        Ok(Stubs { entry, common_exit: entry + exit as u64 })
    }

    /// Runs generated code until it leaves through the common exit; returns the exit's number.
    ///
    /// # Safety
    /// The stubs and `code` are published in a code memory that is alive and not being written,
    /// `code` is the entry of a trace made for these stubs, and the slots hold what it expects.
    #[inline]
    pub unsafe fn enter(&self, code: u64, context: &mut ContextMemory) -> u32 {
        // SAFETY: the entry stub is a function of this signature.
        let entry: unsafe extern "C" fn(*mut ExecContext, u64) -> u64 =
            unsafe { std::mem::transmute(self.entry as usize) };
        // SAFETY: promised by the caller.
        unsafe { entry(context.as_ptr(), code) as u32 }
    }

    /// Writes the thunk of exit `number`, which will lie at address `at`.
    #[inline]
    pub fn write_thunk(
        &self,
        thunk: &mut [u8; THUNK_BYTES],
        at: u64,
        number: u32,
    ) -> Result<(), CompileError> {
        thunk[0] = 0xB8;
        thunk[1..5].copy_from_slice(&number.to_le_bytes());
        thunk[5] = 0xE9;
        let rel = rel32(at + THUNK_BYTES as u64, self.common_exit)?;
        thunk[6..].copy_from_slice(&rel.to_le_bytes());
        Ok(())
    }
}

fn push_or_pop(code: &mut Vec<u8>, opcode: u8, register: u8) {
    if register >= 8 {
        code.push(0x41);
    }
    code.push(opcode | register & 7);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_reach_the_context_and_callee_saved_ones_survive() {
        for stack in [StackState::Aligned, StackState::FunctionEntry] {
            for ints in [&[6, 2, 1, 8, 9][..], &[3, 12, 13, 14, 15, 5, 6], &[3, 6]] {
                let mut memory = CodeMemory::new().unwrap();
                let file = MachineRegisters { ints, floats: &[0, 9, 15], also_saved: &[12], stack };
                let stubs = Stubs::new(&mut memory, &file).unwrap();
                let mut code = Vec::new();
                for (i, &register) in ints.iter().enumerate() {
                    // mov register, imm32
                    code.extend([0x48 | register >> 3, 0xC7, 0xC0 | register & 7]);
                    code.extend((100 + i as u32).to_le_bytes());
                }
                // cvtsi2sd xmm0, rsi; movaps xmm15, xmm0
                code.extend([0xF2, 0x48, 0x0F, 0x2A, 0xC6, 0x44, 0x0F, 0x28, 0xF8]);
                // mov [rdi + scratch], rsp
                code.extend([0x48, 0x89, 0x67, offset_of!(ExecContext, scratch) as u8]);
                let thunk_at = memory.next_address() + code.len() as u64;
                let mut thunk = [0; THUNK_BYTES];
                stubs.write_thunk(&mut thunk, thunk_at, 0xFEDC_BA98).unwrap();
                code.extend(thunk);
                let address = memory.publish(&code).unwrap();

                let mut context = ContextMemory::new();
                // SAFETY: the code above sets registers and leaves through its thunk.
                let number = unsafe { stubs.enter(address, &mut context) };
                assert_eq!(number, 0xFEDC_BA98);
                let head = context.head();
                for i in 0..ints.len() {
                    assert_eq!(head.saved_ints[i], 100 + i as u64);
                }
                let rsi = ints.iter().position(|&r| r == 6).expect("in every list") as f64 + 100.0;
                assert_eq!(f64::from_bits(head.saved_floats[0]), rsi);
                assert_eq!(f64::from_bits(head.saved_floats[2]), rsi);
                let expected = if stack == StackState::Aligned { 0 } else { 8 };
                assert_eq!(head.scratch[0] % 16, expected);
            }
        }
    }
}
