//! Graph coloring: which values get registers is decided for the whole trace at once.
//!
//! After Chaitin, *Register allocation & spilling via graph coloring* (1982), with the optimism of
//! Briggs, Cooper and Torczon, *Improvements to graph coloring register allocation* (TOPLAS 1994),
//! and the interleaving of simplification and conservative coalescing of George and Appel, *Iterated
//! register coalescing* (TOPLAS 1996). This module makes the graphs, one per class of registers,
//! from the liveness of the crate, and gives homes by their colors; `graph` colors.
//!
//! Terms. A *node* is a value, or a constant of the loop, that would gain from a register; two
//! nodes *interfere* if one is born while the other lives. A node's *benefit* is what a register
//! saves, in quarters of a memory access per pass of the trace, those of the loop counting
//! ten times. A *pair* is an argument of a jump and the parameter that it is passed for: in
//! one register they need no move, and with only one of them in a register the move is a
//! load or a store, which is the pair's *weight*.
//!
//! Where it departs from the papers:
//! * Nothing is built anew after spilling: a value without color lives in a slot for its whole
//!   life, ops read slots, and what refuses slots is reloaded by the walk for that one op. So
//!   there are no spill temporaries, and a color is a home.
//! * What is not coalesced is not given up: colors are chosen for the pairs' sake.
//! * A coalesced node that gets no color is taken apart again, as in Park and Moon, *Optimistic
//!   register coalescing* (PACT 1998); values that are left without a register then take
//!   those of others that gain less, all in all.
//! * As Bernstein and others, *Spill code minimization techniques for optimizing compilers* (PLDI
//!   1989), it tries more than one way to choose what to spill, and takes the best.
//! * Registers that ops destroy are no nodes: a node knows which colors it cannot have. The register that
//!   an entry parameter arrives in is such a pair's other half.
//!
//! Invariants. Of two values in one register, one dies before the other is born, in the sense
//! of `liveness`; all parameters of a block are born at once.

mod graph;

use crate::destroyed::Destroyed;
use crate::facts::{ACCESS, FLOAT, Facts};
use crate::liveness::{
    BENEFITS, LOOP_WEIGHT, Life, Liveness, Loop, Pos, after, header, jump_values,
};
use crate::loop_consts::LoopConsts;
use crate::walk::{Buffers, CONST_OWNER, Chosen, ConstPolicy, walk};
use crate::{AllocError, Allocation, Input, Loc, Strategy};
use graph::{Graph, Node};
use tierlab_trace::ir::{Block, Op, Trace};
use tierlab_trace::layout::SAVED_INTS;
use tierlab_trace::ops::{Opcode, Type};

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct Coloring {
    liveness: Liveness,
    buffers: Buffers,
    consts: LoopConsts,
    destroyed: Destroyed,
    graphs: [Graph; 2],
    /// Per value, its node.
    nodes: Vec<u32>,
}

/// No node.
const NONE: u32 = u32::MAX;

impl Strategy for Coloring {
    fn name(&self) -> &'static str {
        "coloring"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let Coloring { liveness, buffers, consts, destroyed, graphs, nodes } = self;
        let Input { trace, file, .. } = *input;
        buffers.reset(trace, file);
        consts.clear(trace);
        destroyed.clear();
        liveness.compute::<BENEFITS>(trace, &buffers.table, |i, op, row, outer| {
            destroyed.add(i, row.clobbers);
            if outer != 0 {
                consts.read(trace, file, op, row);
            }
        })?;
        for (graph, n) in graphs.iter_mut().zip([file.ints, file.floats]) {
            graph.clear((1 << n.min(SAVED_INTS as u8)) - 1);
        }
        nodes.clear();
        nodes.resize(trace.ops.len(), NONE);
        let repeat = liveness.repeat;
        let values = &mut liveness.values;
        Build { trace, values, repeat, consts, destroyed, graphs, nodes }.run(input.incoming);
        for (class, graph) in graphs.iter_mut().enumerate() {
            graph.color();
            for (owner, register) in graph.homes() {
                let home = Loc::register(class as u32 * 32 + register);
                if owner & CONST_OWNER != 0 {
                    buffers.consts[(owner & !CONST_OWNER) as usize].register = home;
                } else {
                    liveness.values[owner as usize].loc = home;
                }
            }
        }
        walk(input, liveness, buffers, &mut Chosen, ConstPolicy::SlotsInLoop, out)
    }
}

/// Makes the graphs of one trace.
struct Build<'a> {
    trace: &'a Trace,
    values: &'a mut [Life],
    repeat: Option<Loop>,
    consts: &'a LoopConsts,
    destroyed: &'a mut Destroyed,
    graphs: &'a mut [Graph; 2],
    nodes: &'a mut [u32],
}

impl Build<'_> {
    fn run(&mut self, incoming: Option<&[Loc]>) {
        let trace = self.trace;
        self.weigh_jumps();
        for (b, block) in trace.blocks.iter().enumerate() {
            if b == 0 {
                self.entry(block, incoming);
            } else {
                self.header(b, block);
            }
            let body = block.param_ops().end..block.end as usize - 1;
            for (i, op) in body.clone().zip(&trace.ops[body]) {
                let facts = Facts::of(op.opcode);
                if facts.has_result() {
                    self.destroyed.pass(i);
                    let (end, benefit) = (self.values[i].last, self.values[i].benefit);
                    self.value(i, facts.result_class(), after(i), end, benefit);
                    self.reuse(i, op);
                }
            }
        }
        let Some(repeat) = self.repeat else { return };
        let params = repeat.first..repeat.first + repeat.params;
        let back = jump_values(trace, &trace.ops[repeat.jump]).unwrap_or(&[]);
        for (p, arg) in params.zip(back) {
            if let Some(v) = arg.as_value() {
                self.pair(v, p, LOOP_WEIGHT * ACCESS);
            }
        }
    }

    /// Counts the reads of jumps, which `liveness` does not: a constant that is passed to a
    /// parameter in a slot is a store, and an argument of another trace comes from a slot or a
    /// register.
    fn weigh_jumps(&mut self) {
        let trace = self.trace;
        for block in &trace.blocks {
            let jump = block.end as usize - 1;
            let op = &trace.ops[jump];
            let again = self.repeat.is_some_and(|l| l.contains(jump));
            let weight = ACCESS * if again { LOOP_WEIGHT } else { 1 };
            let args = jump_values(trace, op).unwrap_or(&[]);
            let target = trace.blocks.get(op.imm as usize).map(|to| to.param_ops());
            for (k, arg) in args.iter().enumerate() {
                let gains = match (op.opcode, arg.as_value(), &target) {
                    (Opcode::JumpTrace, Some(v), _) => v,
                    (Opcode::Jump, None, Some(params)) => params.start + k,
                    _ => continue,
                };
                if let Some(life) = self.values.get_mut(gains) {
                    life.benefit = life.benefit.saturating_add(weight);
                }
            }
        }
    }

    fn class_of(&self, v: usize) -> usize {
        usize::from(self.trace.ops[v].result() == Some(Type::F64))
    }

    /// Adds a node for a value, if it gains from a register.
    fn value(&mut self, v: usize, class: usize, start: Pos, end: Pos, benefit: i32) {
        if benefit > 0 {
            let lost = self.destroyed.until(end).of_class(class);
            let node = Node { owner: v as u32, start, end, benefit, lost };
            self.nodes[v] = self.graphs[class].add(node);
        }
    }

    /// The parameters of the entry block arrive somewhere: in slots, they cost a load each.
    fn entry(&mut self, block: &Block, incoming: Option<&[Loc]>) {
        for p in block.param_ops() {
            let arrival = incoming.and_then(|l| l.get(p).copied()).unwrap_or(Loc::NONE);
            let gain = if arrival.is_register() { ACCESS } else { -ACCESS };
            let life = self.values[p];
            if life.last == after(p) {
                continue;
            }
            let class = self.class_of(p);
            self.value(p, class, after(0), life.last, life.benefit.saturating_add(gain));
            let there = (arrival.register_number() >= 32) == (class == FLOAT);
            if arrival.is_register() && there && self.nodes[p] != NONE {
                self.graphs[class].like(self.nodes[p], arrival.index());
            }
        }
    }

    /// The parameters of another block, and if it heads the loop, its constants.
    fn header(&mut self, b: usize, block: &Block) {
        let trace = self.trace;
        let start = header(block);
        self.destroyed.pass(block.first as usize - 1);
        for p in block.param_ops() {
            let life = self.values[p];
            // One unit, so that a parameter that only exits read takes a register that is free:
            // the jump back then needs no store.
            self.value(p, self.class_of(p), start, life.last, life.benefit.saturating_add(1));
        }
        let entered = &trace.ops[trace.blocks[b - 1].end as usize - 1];
        if entered.opcode == Opcode::Jump && entered.imm as usize == b {
            let args = jump_values(trace, entered).unwrap_or(&[]);
            for (p, arg) in block.param_ops().zip(args) {
                if let Some(v) = arg.as_value() {
                    self.pair(v, p, ACCESS);
                }
            }
        }
        let Some(repeat) = self.repeat.filter(|l| l.first == block.first as usize) else { return };
        for &c in self.consts.list() {
            let class = usize::from(trace.consts[c as usize].ty() == Type::F64);
            let end = after(repeat.jump);
            let lost = self.destroyed.until(end).of_class(class);
            let benefit = self.consts.benefit(c);
            self.graphs[class].add(Node { owner: c | CONST_OWNER, start, end, benefit, lost });
        }
    }

    fn pair(&mut self, a: usize, b: usize, weight: i32) {
        let (class, other) = (self.class_of(a), self.class_of(b));
        let (a, b) = (self.nodes[a], self.nodes[b]);
        if class == other && a != NONE && b != NONE {
            self.graphs[class].pair(a, b, weight);
        }
    }

    /// The code is shorter where the result is in the register of operand 0: a wish, no pair.
    fn reuse(&mut self, i: usize, op: &Op) {
        let first = op.args[0].as_value().filter(|&v| v < i);
        if let Some(v) = first
            && self.class_of(v) == self.class_of(i)
            && self.nodes[v] != NONE
            && self.nodes[i] != NONE
        {
            self.graphs[self.class_of(i)].follow(self.nodes[i], self.nodes[v]);
        }
    }
}
