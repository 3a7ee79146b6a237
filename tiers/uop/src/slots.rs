//! Which word of a trace's frame holds which value.
//!
//! A value keeps its word from its definition to its last use; then the word is free for
//! the next one, so that a long trace needs as many words as it has values alive at once. The
//! argument that a back-edge passes for a parameter takes the parameter's own word where their
//! lives allow it: such an argument needs no move.
//!
//! Terms. A *position* is twice an op's index, plus one for what happens after the op has written
//! its result. Checked arithmetic writes before it exits, so what its snapshot names is read
//! after the write; everything else is read before.
//!
//! Invariant: two values whose lives overlap never share a word. A value of the entry block that
//! the loop block uses lives to the end of the loop block, since every iteration reads it.

use tierlab_trace::ir::{Trace, TraceKind, Val};
use tierlab_trace::ops::Opcode;
use tierlab_trace::verify::defines_result_on_exit;

/// No word, or no value.
pub(crate) const NONE: u32 = u32::MAX;

/// Reusable memory of the assignment.
#[derive(Debug, Default)]
pub(crate) struct Assigner {
    /// Last position that reads each value; its definition where nothing does.
    last: Vec<u32>,
    /// For a value that the back-edge passes: the loop parameter it is passed for.
    passed_for: Vec<u32>,
    /// For a loop parameter: the value that the back-edge passes for it.
    passed: Vec<u32>,
    /// Words that hold nothing.
    free: Vec<u32>,
    /// `(op, value)`: values that die at each op, in order of the op.
    deaths: Vec<(u32, u32)>,
}

/// The result for one trace.
#[derive(Debug)]
pub(crate) struct Assignment {
    /// The word of each value, by op.
    pub word: Vec<u32>,
    /// One past the last word in use.
    pub end: u32,
}

impl Assigner {
    /// Assigns words from number `first` on.
    pub(crate) fn assign(&mut self, trace: &Trace, first: u32) -> Assignment {
        self.find_lives(trace);
        self.free.clear();
        let ops = trace.ops.len();
        let mut out = Assignment { word: vec![NONE; ops], end: first };
        let mut next_death = 0;
        for (b, block) in trace.blocks.iter().enumerate() {
            let params = block.param_ops();
            let body = params.end;
            // All parameters are written at once, by the jump before the block.
            for i in params.clone() {
                let wish = if b == 1 { self.entry_argument(trace, i, &out) } else { NONE };
                out.word[i] = self.take(wish, &mut out.end);
            }
            for i in params.start..block.end as usize {
                // Words whose last reader is an operand of this op may take its result.
                if i >= body {
                    self.bury(&mut next_death, 2 * i as u32, &mut out);
                    if trace.ops[i].result().is_some() {
                        let wish = self.word_of_parameter(i, &out);
                        out.word[i] = self.take(wish, &mut out.end);
                    }
                }
                self.bury(&mut next_death, 2 * i as u32 + 1, &mut out);
            }
        }
        out
    }

    fn find_lives(&mut self, trace: &Trace) {
        let ops = trace.ops.len();
        let Assigner { last, passed_for, passed, deaths, .. } = self;
        last.clear();
        last.extend((0..ops as u32).map(|i| 2 * i + 1));
        for table in [&mut *passed_for, passed] {
            table.clear();
            table.resize(ops, NONE);
        }
        for (b, block) in trace.blocks.iter().enumerate() {
            let mut read = |val: Val, at: u32| {
                if let Some(v) = val.as_value() {
                    let crosses = b > 0 && v < block.first as usize;
                    let at = if crosses { 2 * block.end } else { at };
                    last[v] = last[v].max(at);
                }
            };
            for i in block.ops() {
                let op = &trace.ops[i];
                let at = 2 * i as u32;
                op.operands().iter().for_each(|&v| read(v, at));
                if matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace) {
                    trace.args_of_jump(op).iter().for_each(|&v| read(v, at));
                }
                if op.opcode.can_exit() {
                    let at = at + u32::from(defines_result_on_exit(op.opcode));
                    trace.live_of(op.snapshot).iter().for_each(|&v| read(v, at));
                }
            }
        }
        if let (TraceKind::Loop, Some(block)) = (trace.kind, trace.blocks.get(1)) {
            let jump = &trace.ops[block.end as usize - 1];
            for (p, &arg) in block.param_ops().zip(trace.args_of_jump(jump)) {
                if let Some(v) = arg.as_value().filter(|&v| v >= block.param_ops().end)
                    && passed_for[v] == NONE
                {
                    passed_for[v] = p as u32;
                    passed[p] = v as u32;
                }
            }
        }
        deaths.clear();
        let defined = |&i: &usize| trace.ops[i].result().is_some();
        deaths.extend((0..ops).filter(defined).map(|i| (last[i], i as u32)));
        deaths.sort_unstable();
    }

    /// Frees the words of values that are not read after position `at`.
    fn bury(&mut self, next: &mut usize, at: u32, out: &mut Assignment) {
        while let Some(&(position, v)) = self.deaths.get(*next)
            && position <= at
        {
            *next += 1;
            // The word of a loop parameter waits for the value that the back-edge passes for it.
            let heir = self.passed[v as usize];
            if heir == NONE || out.word[heir as usize] != NONE {
                self.free.push(out.word[v as usize]);
            }
        }
    }

    /// The word of the entry block's argument for loop parameter `p`, if it is free by now.
    fn entry_argument(&self, trace: &Trace, p: usize, out: &Assignment) -> u32 {
        let jump = &trace.ops[trace.blocks[0].end as usize - 1];
        let index = p - trace.blocks[1].first as usize;
        trace.args_of_jump(jump)[index].as_value().map_or(NONE, |v| out.word[v])
    }

    /// The word of the loop parameter that value `v` is passed for, if it is no longer read.
    fn word_of_parameter(&mut self, v: usize, out: &Assignment) -> u32 {
        let p = self.passed_for[v];
        if p == NONE || self.last[p as usize] > 2 * v as u32 {
            return NONE;
        }
        // It was withheld when the parameter died.
        let word = out.word[p as usize];
        self.free.push(word);
        word
    }

    /// Takes a free word, the wished one if it is among the last few freed.
    fn take(&mut self, wish: u32, end: &mut u32) -> u32 {
        const LOOK: usize = 64;
        let from = self.free.len().saturating_sub(LOOK);
        if wish != NONE
            && let Some(i) = self.free[from..].iter().rposition(|&w| w == wish)
        {
            return self.free.swap_remove(from + i);
        }
        self.free.pop().unwrap_or_else(|| {
            *end += 1;
            *end - 1
        })
    }
}
