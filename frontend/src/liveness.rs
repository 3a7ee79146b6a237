//! Which locals are still read after a place, and which loop a place is in.

use crate::bytecode::{Arg, CodeObject, Opcode};
use crate::effects;

/// Above this many words of sets, every local counts as live.
const MAX_WORDS: usize = 1 << 23;

/// For each instruction, the locals that may be read from there on before they are written.
#[derive(Clone, Debug)]
pub struct Liveness {
    /// Words per instruction; 0 where everything counts as live.
    words: usize,
    locals: usize,
    sets: Vec<u64>,
}

impl Liveness {
    /// Whether a local is live right before the instruction at `pc`.
    pub fn is_live(&self, pc: usize, local: usize) -> bool {
        if local >= self.locals {
            return false;
        }
        let word = self.sets.get(pc * self.words + local / 64);
        self.words == 0 || word.is_some_and(|word| word >> (local % 64) & 1 == 1)
    }

    /// The locals that are live right before the instruction at `pc`.
    pub fn live(&self, pc: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.locals).filter(move |local| self.is_live(pc, *local))
    }
}

/// Computes the live locals of a code object, specialized or not.
pub fn live_locals(code: &CodeObject) -> Liveness {
    let (locals, length) = (code.locals.len(), code.instrs.len());
    let words = locals.div_ceil(64);
    if words.saturating_mul(length) > MAX_WORDS {
        return Liveness { words: 0, locals, sets: Vec::new() };
    }
    let mut sets = vec![0u64; words * length];
    let mut state = vec![0u64; words];
    loop {
        let mut changed = false;
        for pc in (0..length).rev() {
            let instr = code.instrs[pc];
            state.fill(0);
            let after = |pc: usize| sets.get(pc * words..(pc + 1) * words).unwrap_or(&[]);
            if effects::fall_through(instr).is_some() {
                state.iter_mut().zip(after(pc + 1)).for_each(|(s, a)| *s |= a);
            }
            if let Some(target) = effects::target(code, pc) {
                state.iter_mut().zip(after(target as usize)).for_each(|(s, a)| *s |= a);
            }
            let op = instr.op().base();
            if op.info().arg == Arg::Local {
                let (word, bit) = (instr.y() as usize / 64, 1 << (instr.y() % 64));
                if op == Opcode::StoreFast {
                    state[word] &= !bit;
                } else {
                    // A delete looks whether the local is bound, a store into a cell reads the cell.
                    state[word] |= bit;
                }
            }
            // The mapping that a class body runs in is the first local.
            if matches!(
                op,
                Opcode::LoadName | Opcode::StoreName | Opcode::DeleteName | Opcode::BeginClass
            ) {
                state[0] |= 1;
            }
            if op == Opcode::ClassNamespace {
                state.fill(u64::MAX);
            }
            // What an exception here leads to reads locals as they are before the instruction.
            if let Some(handler) = code.handler(pc as u32) {
                let target = handler.target as usize;
                state.iter_mut().zip(after(target)).for_each(|(s, a)| *s |= a);
            }
            let set = &mut sets[pc * words..(pc + 1) * words];
            if set != state {
                set.copy_from_slice(&state);
                changed = true;
            }
        }
        if !changed {
            return Liveness { words, locals, sets };
        }
    }
}

/// The innermost loop whose instructions contain `pc`.
pub fn loop_containing(code: &CodeObject, pc: usize) -> Option<usize> {
    let contains = |number: &usize| {
        let info = &code.loops[*number];
        (info.header as usize..info.end as usize).contains(&pc)
    };
    (0..code.loops.len())
        .filter(contains)
        .min_by_key(|number| code.loops[*number].end - code.loops[*number].header)
}
