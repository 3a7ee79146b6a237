//! What is computed over the finished instructions: stack heights, and which locals are bound.

use crate::bytecode::{CodeObject, Instr, Opcode};
use crate::effects;

/// Sets the stack size and the heights of loops and handlers; false where they do not fit.
/// `firsts` are the first instructions of the handlers' regions.
pub(super) fn set_heights(code: &mut CodeObject, firsts: &[u32]) -> bool {
    let Some(heights) = heights(code, firsts) else { return false };
    let mut greatest = 0;
    for (instr, height) in code.instrs.iter().zip(&heights) {
        let Some(height) = *height else { continue };
        let after = |effect: Option<effects::Effect>| {
            effect.map_or(0, |e| height.saturating_sub(e.pops).saturating_add(e.pushes))
        };
        greatest = greatest
            .max(height)
            .max(after(effects::fall_through(*instr)))
            .max(after(effects::jump(*instr)));
    }
    for info in &mut code.loops {
        let height = heights.get(info.header as usize).copied().flatten().unwrap_or_default();
        info.stack = u16::try_from(height).unwrap_or(u16::MAX);
    }
    code.stack_size = u16::try_from(greatest).unwrap_or(u16::MAX);
    greatest < u16::MAX as u32
}

/// The height of the operand stack before each instruction that control can get to. `None` where
/// an instruction takes more than there is. Handlers get theirs.
fn heights(code: &mut CodeObject, firsts: &[u32]) -> Option<Vec<Option<u32>>> {
    let mut heights = vec![None; code.instrs.len()];
    let mut open: Vec<usize> = (0..firsts.len()).collect();
    let mut work = vec![(0usize, 0u32)];
    loop {
        flow(code, &mut heights, &mut work)?;
        // A handler is got to where its region is.
        for number in std::mem::take(&mut open) {
            let handler = &mut code.handlers[number];
            match heights.get(firsts[number] as usize).copied().flatten() {
                Some(height) => {
                    let height: u32 = height.checked_sub(u32::from(handler.height))?;
                    handler.height = u16::try_from(height).ok()?;
                    work.push((handler.target as usize, height.checked_add(1)?));
                }
                None => open.push(number),
            }
        }
        if work.is_empty() {
            break;
        }
    }
    // Regions that control cannot get to are of no use.
    let mut number = 0;
    code.handlers.retain(|_| {
        number += 1;
        !open.contains(&(number - 1))
    });
    Some(heights)
}

/// Follows control from the places in `work`.
fn flow(
    code: &CodeObject,
    heights: &mut [Option<u32>],
    work: &mut Vec<(usize, u32)>,
) -> Option<()> {
    while let Some((mut pc, mut height)) = work.pop() {
        while let Some(slot) = heights.get_mut(pc)
            && slot.is_none()
        {
            *slot = Some(height);
            let instr = code.instrs[pc];
            if let (Some(target), Some(effect)) = (effects::target(code, pc), effects::jump(instr))
            {
                work.push((target as usize, height.checked_sub(effect.pops)? + effect.pushes));
            }
            let Some(effect) = effects::fall_through(instr) else { break };
            height = height.checked_sub(effect.pops)?.checked_add(effect.pushes)?;
            pc += 1;
        }
    }
    Some(())
}

/// Above this many words of state, loads keep their check.
const MAX_WORDS: usize = 1 << 22;

/// Turns `LoadFastCheck` into `LoadFast` where the local is bound on every way.
pub(super) fn mark_bound_loads(code: &mut CodeObject) {
    let words = code.locals.len().div_ceil(64);
    if words == 0 {
        return;
    }
    // Blocks begin at the start, at targets and after jumps.
    let length = code.instrs.len();
    let mut leader = vec![false; length];
    leader[0] = true;
    for pc in 0..length {
        if let Some(target) = effects::target(code, pc) {
            leader[target as usize] = true;
            if let Some(next) = leader.get_mut(pc + 1) {
                *next = true;
            }
        }
    }
    for handler in &code.handlers {
        leader[handler.target as usize] = true;
    }
    let starts: Vec<usize> = (0..length).filter(|pc| leader[*pc]).collect();
    if starts.len() * words > MAX_WORDS {
        return;
    }
    let mut block_of = vec![0; length];
    for (block, start) in starts.iter().enumerate() {
        block_of[*start] = block;
    }
    let end_of = |block: usize| starts.get(block + 1).copied().unwrap_or(length);

    let mut before = vec![u64::MAX; starts.len() * words];
    before[..words].fill(0);
    for argument in 0..code.parameters() {
        before[argument / 64] |= 1 << (argument % 64);
    }
    let mut state = vec![0; words];
    let meet = |before: &mut [u64], block: usize, state: &[u64]| {
        let mut changed = false;
        for (old, new) in before[block * words..][..words].iter_mut().zip(state) {
            changed |= *old & !new != 0;
            *old &= new;
        }
        changed
    };
    loop {
        let mut changed = false;
        for block in 0..starts.len() {
            state.copy_from_slice(&before[block * words..][..words]);
            for pc in starts[block]..end_of(block) {
                if let Some(handler) = code.handler(pc as u32) {
                    changed |= meet(&mut before, block_of[handler.target as usize], &state);
                }
                step(&mut state, &code.instrs, pc);
                let instr = code.instrs[pc];
                if let Some(target) = effects::target(code, pc) {
                    changed |= meet(&mut before, block_of[target as usize], &state);
                }
                if pc + 1 == end_of(block)
                    && effects::fall_through(instr).is_some()
                    && pc + 1 < length
                {
                    changed |= meet(&mut before, block + 1, &state);
                }
            }
        }
        if !changed {
            break;
        }
    }
    for block in 0..starts.len() {
        state.copy_from_slice(&before[block * words..][..words]);
        for pc in starts[block]..end_of(block) {
            let instr = code.instrs[pc];
            let local = instr.y() as usize;
            if instr.op() == Opcode::LoadFastCheck && state[local / 64] >> (local % 64) & 1 == 1 {
                code.instrs[pc] = instr.with_op(Opcode::LoadFast);
            }
            step(&mut state, &code.instrs, pc);
        }
    }
}

/// The effect of one instruction on the set of bound locals.
fn step(state: &mut [u64], instrs: &[Instr], pc: usize) {
    let instr = instrs[pc];
    let local = instr.y() as usize;
    let bound = match instr.op() {
        // A NULL pushed right before unbinds.
        Opcode::StoreFast => pc == 0 || instrs[pc - 1].op() != Opcode::PushNull,
        Opcode::LoadFastCheck | Opcode::MakeCell => true,
        Opcode::DeleteFast => false,
        _ => return,
    };
    let bit = 1 << (local % 64);
    if bound { state[local / 64] |= bit } else { state[local / 64] &= !bit }
}
