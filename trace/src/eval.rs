//! The reference evaluator: what a set of linked traces computes, straight from the IR.
//!
//! Terms. A run keeps the raw 64 bits of every value of the current trace in a vector indexed by
//! op. *Fuel* is the number of ops a run may still execute. A *link* continues an exit in a side trace.
//!
//! Invariants. Only verified traces are accepted, so a run finds every operand defined. What an
//! op means comes from [`crate::semantics`]; memory is followed through [`Memory`]. It is the
//! judge of all tiers: simple before fast.

use crate::backend::{Backend, CodeView, CompileError, CompileReport, ExitRef, HelperTable};
use crate::ir::{Op, Trace, TraceId, Val};
use crate::layout::{ContextMemory, FLOAT_CLASS, HELPER_FAILED};
use crate::memory::Memory;
use crate::ops::Opcode;
use crate::semantics as sem;
use crate::verify::{VerifyError, verify, verify_jump_trace, verify_link};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Why a run or its preparation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EvalError {
    /// A trace breaks a rule.
    Invalid(TraceId, VerifyError),
    /// A trace was never added.
    UnknownTrace(TraceId),
    /// The run was stopped before this op: give it more fuel, or look for an endless loop.
    OutOfFuel(TraceId, usize),
}

impl std::fmt::Display for EvalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EvalError::Invalid(id, why) => write!(f, "trace {}: {why}", id.0),
            EvalError::UnknownTrace(id) => write!(f, "trace {} was never added", id.0),
            EvalError::OutOfFuel(id, op) => write!(f, "trace {}: no fuel left at op %{op}", id.0),
        }
    }
}

impl std::error::Error for EvalError {}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The exit that was taken and not linked.
    pub exit: Option<ExitRef>,
    /// Raw bits of its live values, in live-list order.
    pub live: Vec<u64>,
    /// How often the loop block of each loop trace was entered.
    pub iterations: BTreeMap<TraceId, u64>,
    /// How many ops ran, terminators included and block parameters not.
    pub ops: u64,
}

/// What one op did.
pub(crate) enum Step {
    /// It defined these bits (or nothing, then they are 0).
    Define(u64),
    /// It left the trace; the bits are its wrapped result, for ops that define one there.
    Leave(u64),
    /// It jumps to the block of its immediate.
    ToBlock,
    /// It jumps to the trace of its immediate.
    ToTrace,
}

/// A set of linked traces to run.
#[derive(Clone, Debug)]
pub struct Evaluator {
    helpers: HelperTable,
    memory: Memory,
    traces: HashMap<TraceId, Arc<Trace>>,
    links: HashMap<ExitRef, TraceId>,
    last: Outcome,
}

impl Evaluator {
    /// An evaluator without traces. `memory` is the caller's promise that addresses in the
    /// traces that will run are good.
    pub fn new(helpers: HelperTable, memory: Memory) -> Evaluator {
        let (traces, links) = (HashMap::new(), HashMap::new());
        Evaluator { helpers, memory, traces, links, last: Outcome::default() }
    }

    /// Adds a trace, if it is valid.
    pub fn add(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<(), EvalError> {
        verify(trace, Some(&self.helpers)).map_err(|why| EvalError::Invalid(id, why))?;
        self.traces.insert(id, Arc::clone(trace));
        Ok(())
    }

    /// Continues an exit in a side trace, if its parameters are that exit's live values.
    pub fn link_exit(&mut self, from: ExitRef, to: TraceId) -> Result<(), EvalError> {
        let (parent, side) = (self.trace(from.trace)?, self.trace(to)?);
        verify_link(&parent, from.exit, &side).map_err(|why| EvalError::Invalid(to, why))?;
        self.links.insert(from, to);
        Ok(())
    }

    fn trace(&self, id: TraceId) -> Result<Arc<Trace>, EvalError> {
        self.traces.get(&id).cloned().ok_or(EvalError::UnknownTrace(id))
    }

    /// Runs trace `id` from its entry, with its parameters in the slots of the context, until an
    /// exit that is not linked.
    pub fn run(
        &self,
        id: TraceId,
        context: &mut ContextMemory,
        fuel: u64,
    ) -> Result<Outcome, EvalError> {
        let mut out = Outcome::default();
        let mut id = id;
        let mut trace = self.trace(id)?;
        let mut values = Vec::new();
        let mut args = context.slots()[..trace.blocks[0].params as usize].to_vec();
        let mut pc = enter_trace(&trace, &mut values, &args);
        loop {
            if out.ops >= fuel {
                return Err(EvalError::OutOfFuel(id, pc));
            }
            out.ops += 1;
            let op = &trace.ops[pc];
            let mut operands = [0; 3];
            for (bits, &val) in operands.iter_mut().zip(op.operands()) {
                *bits = read(&trace, &values, val);
            }
            match step(&self.helpers, self.memory, op, operands, context) {
                Step::Define(bits) => {
                    values[pc] = bits;
                    pc += 1;
                }
                Step::Leave(bits) => {
                    values[pc] = bits;
                    read_all(&trace, &values, trace.live_of(op.snapshot), &mut args);
                    let before = trace.ops[..pc].iter().filter(|op| op.opcode.can_exit());
                    let exit = ExitRef { trace: id, exit: before.count() as u32 };
                    let Some(&to) = self.links.get(&exit) else {
                        out.exit = Some(exit);
                        out.live = args;
                        return Ok(out);
                    };
                    (id, trace) = (to, self.trace(to)?);
                    pc = enter_trace(&trace, &mut values, &args);
                }
                Step::ToBlock => {
                    read_all(&trace, &values, trace.args_of_jump(op), &mut args);
                    *out.iterations.entry(id).or_default() += 1;
                    pc = enter_block(&trace, &mut values, op.imm as usize, &args);
                }
                Step::ToTrace => {
                    let to = TraceId(op.imm as u32);
                    let target = self.trace(to)?;
                    verify_jump_trace(&trace, pc, &target)
                        .map_err(|why| EvalError::Invalid(id, why))?;
                    read_all(&trace, &values, trace.args_of_jump(op), &mut args);
                    (id, trace) = (to, target);
                    pc = enter_trace(&trace, &mut values, &args);
                }
            }
        }
    }
}

/// Makes room for the values of a trace and enters it; returns the first op to run.
fn enter_trace(trace: &Trace, values: &mut Vec<u64>, args: &[u64]) -> usize {
    values.clear();
    values.resize(trace.ops.len(), 0);
    enter_block(trace, values, 0, args)
}

/// Sets a block's parameters; returns the first op behind them.
fn enter_block(trace: &Trace, values: &mut [u64], block: usize, args: &[u64]) -> usize {
    let params = trace.blocks[block].param_ops();
    values[params.clone()].copy_from_slice(args);
    params.end
}

/// The bits of an operand.
fn read(trace: &Trace, values: &[u64], val: Val) -> u64 {
    match val.as_value() {
        Some(v) => values[v],
        None => trace.const_of(val).map_or(0, |c| c.bits()),
    }
}

fn read_all(trace: &Trace, values: &[u64], vals: &[Val], out: &mut Vec<u64>) {
    out.clear();
    out.extend(vals.iter().map(|&v| read(trace, values, v)));
}

fn truth(condition: bool) -> Step {
    Step::Define(u64::from(condition))
}

fn guard(condition: bool) -> Step {
    if condition { Step::Define(0) } else { Step::Leave(0) }
}

fn checked((value, exits): (i64, bool)) -> Step {
    if exits { Step::Leave(value as u64) } else { Step::Define(value as u64) }
}

/// Executes one op on the raw bits of its operands; jumps are left to the caller.
pub(crate) fn step(
    helpers: &HelperTable,
    memory: Memory,
    op: &Op,
    operands: [u64; 3],
    context: &mut ContextMemory,
) -> Step {
    let [a, b, c] = operands;
    let (ai, bi) = (a as i64, b as i64);
    let (af, bf) = (f64::from_bits(a), f64::from_bits(b));
    let int = |value: i64| Step::Define(value as u64);
    let float = |value: f64| Step::Define(value.to_bits());
    let at = a.wrapping_add_signed(i64::from(op.imm));
    let at_index = at.wrapping_add(b.wrapping_mul(8));
    match op.opcode {
        // Blocks are entered past their parameters.
        Opcode::ParamI64 | Opcode::ParamF64 | Opcode::ParamRef => Step::Define(0),
        Opcode::Jump => Step::ToBlock,
        Opcode::JumpTrace => Step::ToTrace,
        Opcode::ExitAlways => Step::Leave(0),

        Opcode::CopyI64 | Opcode::CopyF64 | Opcode::CopyRef => Step::Define(a),

        Opcode::AddOvf => checked(sem::add_ovf(ai, bi)),
        Opcode::SubOvf => checked(sem::sub_ovf(ai, bi)),
        Opcode::MulOvf => checked(sem::mul_ovf(ai, bi)),
        Opcode::Add => int(ai.wrapping_add(bi)),
        Opcode::Sub => int(ai.wrapping_sub(bi)),
        Opcode::Mul => int(ai.wrapping_mul(bi)),
        Opcode::FloorDiv => checked(sem::floor_div(ai, bi)),
        Opcode::FloorMod => checked(sem::floor_mod(ai, bi)),
        Opcode::And => int(ai & bi),
        Opcode::Or => int(ai | bi),
        Opcode::Xor => int(ai ^ bi),
        Opcode::ShlOvf => checked(sem::shl_ovf(ai, bi)),
        Opcode::Sar => int(sem::sar(ai, bi)),

        Opcode::EqI64 => truth(ai == bi),
        Opcode::NeI64 => truth(ai != bi),
        Opcode::LtI64 => truth(ai < bi),
        Opcode::LeI64 => truth(ai <= bi),
        Opcode::GuardEqI64 => guard(ai == bi),
        Opcode::GuardNeI64 => guard(ai != bi),
        Opcode::GuardLtI64 => guard(ai < bi),
        Opcode::GuardLeI64 => guard(ai <= bi),
        Opcode::GuardGtI64 => guard(ai > bi),
        Opcode::GuardGeI64 => guard(ai >= bi),
        Opcode::GuardIndex => guard(sem::index_in_bounds(ai, bi)),

        Opcode::AddF64 => float(af + bf),
        Opcode::SubF64 => float(af - bf),
        Opcode::MulF64 => float(af * bf),
        Opcode::DivF64 => float(af / bf),
        Opcode::NegF64 => float(sem::neg_f64(af)),
        Opcode::AbsF64 => float(sem::abs_f64(af)),
        Opcode::SqrtF64 => float(af.sqrt()),
        Opcode::I64ToF64 => float(ai as f64),
        Opcode::F64ToI64 => checked(sem::f64_to_i64(af)),

        Opcode::EqF64 => truth(af == bf),
        Opcode::NeF64 => truth(af != bf),
        Opcode::LtF64 => truth(af < bf),
        Opcode::LeF64 => truth(af <= bf),
        Opcode::GuardEqF64 => guard(af == bf),
        Opcode::GuardNeF64 => guard(af != bf),
        Opcode::GuardLtF64 => guard(af < bf),
        Opcode::GuardLeF64 => guard(af <= bf),
        // Not the same as `>=` and `>`: a NaN stays in the trace.
        Opcode::GuardNltF64 => guard(!matches!(af.partial_cmp(&bf), Some(o) if o.is_lt())),
        Opcode::GuardNleF64 => guard(!matches!(af.partial_cmp(&bf), Some(o) if o.is_le())),

        Opcode::GuardSmallInt => guard(sem::is_small_int(a)),
        Opcode::GuardClass => guard(memory.class_of(a) == Some(op.imm as u32)),
        Opcode::GuardSame => guard(a == b),
        Opcode::GuardDiffer => guard(a != b),
        Opcode::Untag => int(sem::untag(a)),
        Opcode::UnboxI64 => match sem::is_small_int(a) {
            true => int(sem::untag(a)),
            false => Step::Leave(0),
        },
        Opcode::Tag => match sem::tag(ai) {
            (word, true) => Step::Leave(word),
            (word, false) => Step::Define(word),
        },
        Opcode::LoadBoxF64 => float(memory.load_box_f64(a)),
        Opcode::UnboxF64 => match memory.class_of(a) == Some(FLOAT_CLASS) {
            true => float(memory.load_box_f64(a)),
            false => Step::Leave(0),
        },
        Opcode::BoxF64 => match memory.alloc_box_f64(context.head_mut(), af) {
            Some(word) => Step::Define(word),
            None => Step::Leave(0),
        },
        Opcode::Select => Step::Define(if ai != 0 { b } else { c }),

        Opcode::LoadI64 | Opcode::LoadF64 | Opcode::LoadRef => Step::Define(memory.load(at)),
        Opcode::StoreI64 | Opcode::StoreF64 | Opcode::StoreRef => {
            memory.store(at, b);
            Step::Define(0)
        }
        Opcode::LoadRefIndex => Step::Define(memory.load(at_index)),
        Opcode::StoreRefIndex => {
            memory.store(at_index, c);
            Step::Define(0)
        }

        Opcode::CallRef1 | Opcode::CallRef2 | Opcode::CallRef3 => {
            let helper = helpers.get(op.imm).map(|h| h.function);
            match helper.map_or(HELPER_FAILED, |f| memory.call(f, context, operands)) {
                HELPER_FAILED => Step::Leave(0),
                word => Step::Define(word),
            }
        }
        Opcode::CallF64x1 | Opcode::CallF64x2 => {
            let helper = helpers.get(op.imm).map(|h| h.function);
            Step::Define(helper.map_or(0, |f| memory.call(f, context, operands)))
        }
        Opcode::GuardNoCollect => guard(!context.head().collect_requested()),
    }
}

/// The evaluator as a tier, so that it can stand wherever one can. It "compiles" by verifying.
impl Backend for Evaluator {
    fn compile(&mut self, id: TraceId, trace: &Arc<Trace>) -> Result<CompileReport, CompileError> {
        match self.add(id, trace) {
            Ok(()) => Ok(CompileReport::default()),
            Err(why) => Err(CompileError::Unsupported { op: 0, why: why.to_string() }),
        }
    }

    fn link(&mut self, from: ExitRef, to: TraceId) -> Result<u64, CompileError> {
        match self.link_exit(from, to) {
            Ok(()) => Ok(0),
            Err(EvalError::UnknownTrace(id)) => Err(CompileError::UnknownTrace(id)),
            Err(why) => Err(CompileError::Unsupported { op: 0, why: why.to_string() }),
        }
    }

    /// # Panics
    /// Where the trace was never compiled or jumps to one that was not: the trait has no other answer.
    unsafe fn enter(&mut self, id: TraceId, context: &mut ContextMemory) -> ExitRef {
        self.last = self.run(id, context, u64::MAX).expect("compiled and linked traces are run");
        self.last.exit.expect("a run ends with an exit")
    }

    fn read_exit(&self, exit: ExitRef, _context: &ContextMemory, out: &mut Vec<u64>) {
        if self.last.exit == Some(exit) {
            out.extend_from_slice(&self.last.live);
        }
    }

    fn code(&self, _id: TraceId) -> Option<CodeView> {
        None
    }

    fn iterations(&self, id: TraceId) -> Option<u64> {
        Some(self.last.iterations.get(&id).copied().unwrap_or(0))
    }
}
