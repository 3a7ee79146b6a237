//! A pass over finished machine code: branches on overflow.
//!
//! Cranelift 0.135 has no lowering that branches on the overflow flag: `brif` of the flag of
//! `sadd_overflow` becomes `seto r; test r, r; jne`, three instructions where the processor needs
//! one. (`uadd_overflow_trap` fuses, but signed arithmetic and branches do not, and no
//! condition code of its IR stands for overflow.) This pass turns the three into `jo`: it deletes two
//! instructions, moves up what is behind them, and corrects every displacement.
//!
//! Why it is right: the flag of an overflow op has one user in the IR that [`crate::translate`]
//! makes, the branch, so that the byte register is dead behind it; flags are never alive
//! across a block boundary in Cranelift; and the three instructions must follow each other, without
//! a branch to the second or third, or they are left as they are.
//!
//! Since the pass reads all instructions, it also finds the backward branches; and since it moves
//! them, it makes room behind them for what else belongs to a trace, before the constants.

use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, OpKind};

/// What stands between code and constants is a multiple of this, as Cranelift aligned it.
const POOL_ALIGN: usize = 64;

/// A displacement relative to the end of its instruction.
#[derive(Clone, Copy, Debug)]
struct Relative {
    /// Where the displacement is, and its length in bytes.
    field: u32,
    size: u32,
    /// The end of its instruction.
    end: u32,
    /// What it leads to, from the start of the code.
    target: u32,
    /// Whether that is a constant behind the instructions.
    constant: bool,
}

/// A backward branch, in offsets of the finished code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BackBranch {
    /// The end of the branch.
    pub end: u32,
    /// Where it leads to.
    pub target: u32,
}

/// The pass, with its reusable memory.
#[derive(Debug, Default)]
pub(crate) struct Fuser {
    relatives: Vec<Relative>,
    /// Candidates: offsets of `seto`, of `test` and of the branch.
    found: Vec<[u32; 3]>,
    /// What is deleted: its start, and how much is deleted up to and including it.
    cuts: Vec<(u32, u32)>,
    targets: Vec<u32>,
    back: Vec<BackBranch>,
    out: Vec<u8>,
    /// Where instructions end in the finished code.
    end: u32,
}

impl Fuser {
    /// Reads the code of one function and copies it, with `room` bytes between instructions and
    /// constants; where `fuse` is set, branches on overflow are changed.
    pub(crate) fn run(&mut self, code: &[u8], fuse: bool, room: usize) {
        self.relatives.clear();
        self.found.clear();
        self.cuts.clear();
        self.targets.clear();
        self.back.clear();
        self.out.clear();
        let (end, pool) = self.read(code);
        if fuse {
            self.plan();
        }
        self.write(code, end, pool, room);
        for r in self.relatives.iter().filter(|r| r.target < r.end) {
            let end = moved(&self.cuts, r.end);
            self.back.push(BackBranch { end, target: moved(&self.cuts, r.target) });
        }
    }

    /// The code afterwards.
    pub(crate) fn code(&mut self) -> &mut [u8] {
        &mut self.out
    }

    /// Where its instructions end and the room begins.
    pub(crate) fn end(&self) -> u32 {
        self.end
    }

    /// Backward branches in it.
    pub(crate) fn back_branches(&self) -> &[BackBranch] {
        &self.back
    }

    /// Where what was at `offset` is afterwards.
    pub(crate) fn moved(&self, offset: u32) -> u32 {
        moved(&self.cuts, offset)
    }

    /// Reads all instructions; returns where they end and where the constants start.
    fn read(&mut self, code: &[u8]) -> (usize, usize) {
        let mut decoder = Decoder::with_ip(64, code, 0, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let mut pool = code.len();
        // Code ends with a jump, or the like; what follows is padding.
        let mut code_end = 0;
        // `seto r` and `seto r; test r, r`, if the last instructions were these.
        let mut last_seto = None;
        let mut last_test = None;
        while decoder.position() < pool && decoder.can_decode() {
            let at = decoder.position() as u32;
            decoder.decode_out(&mut instruction);
            let end = decoder.position() as u32;
            let (seto, test) = (last_seto.take(), last_test.take());
            match instruction.mnemonic() {
                Mnemonic::Seto if instruction.op0_kind() == OpKind::Register => {
                    last_seto = Some((at, instruction.op0_register()));
                }
                Mnemonic::Test => {
                    if let Some((seto_at, register)) = seto
                        && instruction.op0_kind() == OpKind::Register
                        && instruction.op1_kind() == OpKind::Register
                        && instruction.op0_register() == register
                        && instruction.op1_register() == register
                    {
                        last_test = Some((seto_at, at));
                    }
                }
                Mnemonic::Jne | Mnemonic::Je => {
                    if let Some((seto_at, test_at)) = test {
                        self.found.push([seto_at, test_at, at]);
                    }
                }
                Mnemonic::Jmp | Mnemonic::Ret | Mnemonic::Ud2 => code_end = end as usize,
                _ => {}
            }
            let offsets = decoder.get_constant_offsets(&instruction);
            let branch = instruction.is_jcc_short_or_near() || instruction.is_jmp_short_or_near();
            let (target, field, size) = if branch {
                let target = instruction.near_branch_target() as u32;
                self.targets.push(target);
                (target, offsets.immediate_offset(), offsets.immediate_size())
            } else if instruction.is_ip_rel_memory_operand() {
                let target = instruction.ip_rel_memory_address() as u32;
                pool = pool.min(target as usize);
                (target, offsets.displacement_offset(), offsets.displacement_size())
            } else {
                continue;
            };
            let field = at + field as u32;
            let constant = !branch;
            self.relatives.push(Relative { field, size: size as u32, end, target, constant });
        }
        (code_end, pool)
    }

    /// Decides what is deleted.
    fn plan(&mut self) {
        if self.found.is_empty() {
            return;
        }
        self.targets.sort_unstable();
        let mut removed = 0;
        self.found.retain(|&[seto, test, branch]| {
            let reached = |at| self.targets.binary_search(&at).is_ok();
            if reached(test) || reached(branch) {
                return false;
            }
            removed += branch - seto;
            self.cuts.push((seto, removed));
            true
        });
    }

    /// Copies what stays and corrects it. Instructions are before `end`, constants from `constants`.
    fn write(&mut self, code: &[u8], end: usize, constants: usize, room: usize) {
        let out = &mut self.out;
        out.reserve(code.len() + room + POOL_ALIGN);
        let (mut from, mut before) = (0, 0);
        for &(start, removed) in &self.cuts {
            let start = start as usize;
            out.extend_from_slice(&code[from..start]);
            from = start + (removed - before) as usize;
            before = removed;
        }
        out.extend_from_slice(&code[from..end]);
        self.end = out.len() as u32;
        out.resize(out.len() + room, 0xCC);
        if constants < code.len() {
            // Constants keep their alignment.
            while out.len() % POOL_ALIGN != constants % POOL_ALIGN {
                out.push(0xCC);
            }
        }
        let pool = out.len() as u32;
        out.extend_from_slice(&code[constants..]);
        for &[_, _, branch] in self.found.iter().take(self.cuts.len()) {
            // The condition is the low half of the opcode: `o` and `no` for `ne` and `e`.
            let at = moved(&self.cuts, branch) as usize;
            let opcode = if out[at] == 0x0F { &mut out[at + 1] } else { &mut out[at] };
            *opcode = (*opcode & 0xF0) | u8::from(*opcode & 0x0F == 4);
        }
        for r in &self.relatives {
            let target = match r.constant {
                true => pool + (r.target - constants as u32),
                false => moved(&self.cuts, r.target),
            };
            let displacement = target.wrapping_sub(moved(&self.cuts, r.end));
            let field = moved(&self.cuts, r.field) as usize;
            // Distances of branches only shrink: one that fitted in a byte still does.
            let bytes = displacement.to_le_bytes();
            out[field..field + r.size as usize].copy_from_slice(&bytes[..r.size as usize]);
        }
    }
}

/// Where what was at `offset` is when the cuts are made. What is cut is found at what follows it.
fn moved(cuts: &[(u32, u32)], offset: u32) -> u32 {
    match cuts.partition_point(|&(start, _)| start < offset) {
        0 => offset,
        n => offset - cuts[n - 1].1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `add rax, rcx; seto dl; test dl, dl; jne 24; jmp 0; movsd xmm0, [64]; ret`, padding, and a
    /// constant at 64.
    fn program() -> Vec<u8> {
        let mut code = vec![0x48, 0x01, 0xC8, 0x0F, 0x90, 0xC2, 0x84, 0xD2];
        code.extend([0x0F, 0x85, 10, 0, 0, 0]);
        code.extend([0xEB, 0xF0]);
        code.extend([0xF2, 0x0F, 0x10, 0x05, 40, 0, 0, 0, 0xC3]);
        code.resize(64, 0);
        code.extend(1.5f64.to_le_bytes());
        code
    }

    #[test]
    fn three_instructions_become_one() {
        let mut fuser = Fuser::default();
        fuser.run(&program(), true, 20);
        let code = fuser.code();
        assert_eq!(code[..9], [0x48, 0x01, 0xC8, 0x0F, 0x80, 10, 0, 0, 0]);
        assert_eq!(code[9..11], [0xEB, 0xF5]);
        assert_eq!(code[11..20], [0xF2, 0x0F, 0x10, 0x05, 45, 0, 0, 0, 0xC3]);
        assert_eq!(code[20..64], [0xCC; 44]);
        assert_eq!(code[64..], 1.5f64.to_le_bytes());
        assert_eq!(fuser.end(), 20);
        assert_eq!(fuser.back_branches(), [BackBranch { end: 11, target: 0 }]);
        assert_eq!([3, 8, 14, 24].map(|at| fuser.moved(at)), [3, 3, 9, 19]);
    }

    #[test]
    fn constants_move_by_whole_alignments() {
        // 20 times, 289 bytes that become 189: the constants move from 320 to 192.
        let mut code = program()[..14].repeat(20);
        let at = code.len() as u32;
        code.extend([0xF2, 0x0F, 0x10, 0x05]);
        code.extend((320 - at - 8).to_le_bytes());
        code.push(0xC3);
        code.resize(320, 0);
        code.extend(1.5f64.to_le_bytes());
        let mut fuser = Fuser::default();
        fuser.run(&code, true, 0);
        let out = fuser.code();
        assert_eq!(out[192..], 1.5f64.to_le_bytes());
        assert_eq!(out[184..189], [4, 0, 0, 0, 0xC3]);
    }

    #[test]
    fn other_code_stays_as_it_is() {
        let unchanged = |code: &[u8], fuse| {
            let mut fuser = Fuser::default();
            fuser.run(code, fuse, 0);
            // Padding alone is different.
            assert_eq!(fuser.code()[..23], code[..23]);
            assert_eq!(fuser.code()[64..], code[64..]);
        };
        unchanged(&program(), false);
        // Another register is tested.
        let mut code = program();
        code[7] = 0xC9;
        unchanged(&code, true);
        // Something stands between.
        let mut code = program();
        code.splice(6..6, [0x90]);
        code.remove(30);
        code[21] -= 1;
        unchanged(&code, true);
        // A branch leads to the test.
        let mut code = program();
        code[15] = 0xF6;
        unchanged(&code, true);
    }
}
