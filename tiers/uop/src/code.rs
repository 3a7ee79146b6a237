//! The decoded form of a trace and how it is made.
//!
//! Terms. A *frame* is the array of words that one trace works on: the count of its loop's
//! iterations, a spare word for moves, the trace's constants, and its values. A *transfer* leads
//! from one trace into another: it copies words between the two frames.
//!
//! Invariants. Every word index in a [`Uop`], a move or an exit is inside the frame it is meant
//! for; every jump lands on a uop of the same trace; the last uop never falls through. The
//! executor relies on them without checks.

use crate::moves::{Move, Sequencer};
use crate::slots::{Assigner, NONE};
use std::cell::Cell;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;
use tierlab_trace::backend::{CompileError, HelperFn, HelperTable};
use tierlab_trace::ir::{Op, SnapshotId, Trace, TraceId, Val};
use tierlab_trace::layout::MAX_SLOTS;
use tierlab_trace::ops::Opcode;
use tierlab_trace::verify::helper_fits;

/// The frame word that counts how often the loop block was entered.
pub(crate) const ITERATIONS: usize = 0;
/// The frame word that cycles of moves go through.
const SPARE: u32 = 1;
/// The first constant.
const CONSTS: u32 = 2;

/// One micro-op. Operands are frame words.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Uop {
    /// What to do: the op's own code (moves at jumps are copies).
    pub opcode: Opcode,
    /// Which helper to call.
    pub helper: u16,
    /// Where the result goes.
    pub d: u32,
    /// First operand.
    pub a: u32,
    /// Second operand.
    pub b: u32,
    /// Displacement, class, distance of a jump in uops, or the third operand of a call or select.
    pub imm: i32,
    /// The exit's number, or the third operand of a store.
    pub exit: u32,
}

const _: () = assert!(size_of::<Uop>() == 24);

/// How control gets from one trace into another.
#[derive(Debug)]
pub(crate) struct Transfer {
    /// The trace to continue in.
    pub target: NonNull<TraceCode>,
    /// From words of the frame that is left to words of the target's.
    pub moves: Box<[Move]>,
}

/// A trace ready to run.
#[derive(Debug)]
pub(crate) struct TraceCode {
    /// Its number.
    pub id: TraceId,
    /// Its ops.
    pub uops: Box<[Uop]>,
    /// Its frame.
    pub frame: Box<[Cell<u64>]>,
    /// Where each exit continues, if it is linked.
    pub links: Box<[Cell<Option<NonNull<Transfer>>>]>,
    /// For the `jump_trace` at the end of a side trace.
    pub jump: Option<Transfer>,
    /// The trace, for its snapshots.
    pub trace: Arc<Trace>,
    /// The frame word of each value.
    pub word: Box<[u32]>,
    /// The snapshot of each exit.
    pub snapshots: Box<[SnapshotId]>,
    /// Whether another trace continues here.
    pub referred_to: Cell<bool>,
}

impl TraceCode {
    /// Frame words of the entry's parameters.
    pub(crate) fn params(&self) -> &[u32] {
        self.trace.blocks.first().map_or(&[], |b| &self.word[b.param_ops()])
    }

    /// Frame words of what the exit hands over, in order.
    pub(crate) fn live(&self, exit: u32) -> Option<impl Iterator<Item = u32> + '_> {
        let snapshot = *self.snapshots.get(exit as usize)?;
        Some(self.trace.live_of(snapshot).iter().map(|&v| self.word_of(v)))
    }

    fn word_of(&self, val: Val) -> u32 {
        word_of(&self.word, val)
    }

    /// The iterations so far.
    pub(crate) fn iterations(&self) -> u64 {
        self.frame[ITERATIONS].get()
    }

    /// Bytes of the decoded ops.
    pub(crate) fn code_bytes(&self) -> u64 {
        size_of_val(&*self.uops) as u64
    }

    /// Bytes of everything beside them but the frame's values.
    pub(crate) fn metadata_bytes(&self) -> u64 {
        (size_of::<TraceCode>()
            + size_of_val(&*self.links)
            + size_of_val(&*self.snapshots)
            + size_of_val(&*self.word)
            + size_of::<u64>() * (CONSTS as usize + self.trace.consts.len())
            + self.jump.as_ref().map_or(0, |j| size_of_val(&*j.moves))) as u64
    }

    /// Words that hold values.
    pub(crate) fn value_words(&self) -> usize {
        self.frame.len() - CONSTS as usize - self.trace.consts.len()
    }
}

fn word_of(words: &[u32], val: Val) -> u32 {
    match (val.as_value(), val.as_const()) {
        (Some(v), _) => words[v],
        (None, Some(c)) => CONSTS + c as u32,
        (None, None) => NONE,
    }
}

/// Reusable memory of the decoder.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    assigner: Assigner,
    sequencer: Sequencer,
    moves: Vec<Move>,
    copies: Vec<Move>,
}

impl Decoder {
    /// Decodes a verified trace. `target` finds traces that this one may jump to.
    pub(crate) fn decode(
        &mut self,
        id: TraceId,
        trace: &Arc<Trace>,
        helpers: &HelperTable,
        target: impl Fn(TraceId) -> Option<Rc<TraceCode>>,
    ) -> Result<TraceCode, CompileError> {
        let first = CONSTS + trace.consts.len() as u32;
        let assignment = self.assigner.assign(trace, first);
        let needed = (assignment.end - first) as usize;
        if needed > MAX_SLOTS {
            return Err(CompileError::TooManySlots { needed });
        }
        let mut out = Emitter {
            trace,
            helpers,
            words: &assignment.word,
            frame: assignment.end as usize,
            uops: Vec::with_capacity(trace.ops.len()),
            snapshots: Vec::new(),
            starts: Vec::with_capacity(trace.blocks.len()),
        };
        let mut jump = None;
        for block in &trace.blocks {
            out.starts.push(out.uops.len());
            for i in block.param_ops().end..block.end as usize {
                let op = &trace.ops[i];
                match op.opcode {
                    Opcode::Jump => self.emit_jump(&mut out, op, op.imm as usize),
                    // To the trace's own entry: values change places within one frame, all at once.
                    Opcode::JumpTrace if op.imm as u32 == id.0 => self.emit_jump(&mut out, op, 0),
                    Opcode::JumpTrace => {
                        let to = TraceId(op.imm as u32);
                        let target = target(to).ok_or(CompileError::UnknownTrace(to))?;
                        let args = trace.args_of_jump(op).iter();
                        let from = args.map(|&v| word_of(out.words, v));
                        jump = Some(transfer(&target, from).map_err(|why| unsupported(i, &why))?);
                        out.push(i, op)?;
                    }
                    _ => out.push(i, op)?,
                }
            }
        }
        let Emitter { uops, snapshots, .. } = out;
        let frame = vec![Cell::new(0); assignment.end as usize].into_boxed_slice();
        for (word, constant) in frame[CONSTS as usize..].iter().zip(&trace.consts) {
            word.set(constant.bits());
        }
        Ok(TraceCode {
            id,
            uops: uops.into_boxed_slice(),
            frame,
            links: vec![Cell::new(None); snapshots.len()].into_boxed_slice(),
            jump,
            trace: Arc::clone(trace),
            word: assignment.word.into_boxed_slice(),
            snapshots: snapshots.into_boxed_slice(),
            referred_to: Cell::new(false),
        })
    }

    /// Copies for the parameters of block `target`, then the jump.
    fn emit_jump(&mut self, out: &mut Emitter, op: &Op, target: usize) {
        let params = out.trace.blocks[target].param_ops();
        self.moves.clear();
        self.moves.extend(
            params
                .zip(out.trace.args_of_jump(op))
                .map(|(p, &arg)| Move { from: word_of(out.words, arg), to: out.words[p] }),
        );
        self.copies.clear();
        self.sequencer.order(&self.moves, out.frame, SPARE, &mut self.copies);
        for m in &self.copies {
            let copy = Uop { d: m.to, a: m.from, ..out.blank(Opcode::CopyI64) };
            out.uops.push(copy);
        }
        // Jumps go to the block that follows or to one that was decoded before.
        let here = out.uops.len();
        let start = out.starts.get(target).copied().unwrap_or(here + 1);
        let distance = start as i64 - here as i64;
        let jump = Uop { imm: distance as i32, ..out.blank(Opcode::Jump) };
        out.uops.push(jump);
    }
}

struct Emitter<'a> {
    trace: &'a Trace,
    helpers: &'a HelperTable,
    words: &'a [u32],
    frame: usize,
    uops: Vec<Uop>,
    snapshots: Vec<SnapshotId>,
    /// The first uop of each block so far.
    starts: Vec<usize>,
}

impl Emitter<'_> {
    fn blank(&self, opcode: Opcode) -> Uop {
        Uop { opcode, helper: 0, d: SPARE, a: SPARE, b: SPARE, imm: 0, exit: 0 }
    }

    /// Decodes one op other than a jump between blocks.
    fn push(&mut self, i: usize, op: &Op) -> Result<(), CompileError> {
        let mut uop = self.blank(op.opcode);
        uop.imm = op.imm;
        if op.result().is_some() {
            uop.d = self.words[i];
        }
        if op.opcode.can_exit() {
            uop.exit = self.snapshots.len() as u32;
            self.snapshots.push(op.snapshot);
        }
        let operands = op.operands();
        let mut words = operands.iter().map(|&v| word_of(self.words, v));
        if let Some(a) = words.next() {
            uop.a = a;
        }
        if let Some(b) = words.next() {
            uop.b = b;
        }
        if op.opcode.is_call() {
            let known = self.helpers.get(op.imm).filter(|h| helper_fits(op.opcode, h.function));
            let Some(index) = known.and_then(|_| u16::try_from(op.imm).ok()) else {
                return Err(unsupported(i, &format!("there is no helper {} for it", op.imm)));
            };
            uop.helper = index;
        }
        if let Some(c) = words.next() {
            // A store has a displacement and cannot exit; the others have no immediate left.
            match op.opcode {
                Opcode::StoreRefIndex => uop.exit = c,
                _ => uop.imm = c as i32,
            }
        }
        self.uops.push(uop);
        Ok(())
    }
}

fn unsupported(op: usize, why: &str) -> CompileError {
    CompileError::Unsupported { op, why: why.to_string() }
}

/// Leads the words `from` of some frame to the parameters of `target`.
pub(crate) fn transfer(
    target: &Rc<TraceCode>,
    from: impl ExactSizeIterator<Item = u32>,
) -> Result<Transfer, String> {
    let params = target.params();
    if params.len() != from.len() {
        let (have, want) = (from.len(), params.len());
        return Err(format!("{have} values where trace {} wants {want}", target.id.0));
    }
    // A parameter that nobody reads still has a word of its own.
    let moves = from.zip(params).map(|(from, &to)| Move { from, to }).collect();
    target.referred_to.set(true);
    Ok(Transfer { target: NonNull::from(&**target), moves })
}

/// The functions behind the helpers, as the executor wants them.
pub(crate) fn functions(helpers: &HelperTable) -> Vec<HelperFn> {
    helpers.helpers.iter().map(|h| h.function).collect()
}
