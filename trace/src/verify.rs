//! The verifier: what must hold in every trace before a tier may compile it.
//!
//! Terms are those of [`crate::ir`]. Each refusal is a [`VerifyError`]: the place (block, op or
//! snapshot), the [`Rule`] that is broken, and a sentence that says what was found and what is wanted.
//!
//! Invariants. The verifier reads any trace, however broken, without a panic; a trace that it
//! accepts can be printed, parsed, evaluated and compiled without one. Snapshots that no op uses are
//! only checked for their ranges, so that passes may leave them behind.

use crate::backend::{HelperFn, HelperTable};
use crate::ir::{Op, Recipe, Snapshot, SnapshotId, Trace, TraceKind, Val};
use crate::layout::MAX_SLOTS;
use crate::ops::{Effect, Imm, Opcode, OperandType, Type};

/// The rules, by what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Blocks follow each other without gaps; a loop trace has two, others one.
    Blocks,
    /// A block starts with its parameters and has none elsewhere.
    Params,
    /// A block ends with its only terminator, and that is one its trace kind allows.
    Terminator,
    /// Operands are as many and of such types as the op's row says.
    Operands,
    /// A value is used after its definition, in its own block or one that block dominates.
    Dominance,
    /// A jump passes exactly the parameters of its target.
    JumpArgs,
    /// Ops that can exit, and only those, have a snapshot, and it exists.
    Snapshot,
    /// Frames, entries and live list of a snapshot fit together.
    SnapshotTable,
    /// A recipe's operands are `i64`.
    Recipe,
    /// The entry snapshot of a loop or straight trace names each parameter of block 0 once.
    Entry,
    /// A call names a helper of the signature that its op wants.
    Helper,
    /// Stores have a memory class other than the immutable one; other ops have none.
    MemClass,
    /// The immediate is in range, or zero where it has no meaning.
    Immediate,
    /// A link or a jump between traces passes what the target expects.
    Link,
}

/// Where a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The trace as a whole.
    Trace,
    /// A block.
    Block(usize),
    /// An op.
    Op(usize, Opcode),
    /// A snapshot.
    Snapshot(u32),
}

/// Why a trace is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Where.
    pub place: Place,
    /// The broken rule.
    pub rule: Rule,
    /// What was found and what is wanted.
    pub detail: String,
}

impl std::fmt::Display for VerifyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place {
            Place::Trace => write!(f, "trace")?,
            Place::Block(b) => write!(f, "block{b}")?,
            Place::Op(i, opcode) => write!(f, "op %{i} ({})", opcode.info().name)?,
            Place::Snapshot(s) => write!(f, "snapshot s{s}")?,
        }
        write!(f, ": {} [rule {:?}]", self.detail, self.rule)
    }
}

impl std::error::Error for VerifyError {}

type Checked = Result<(), VerifyError>;

fn fail<T>(place: Place, rule: Rule, detail: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError { place, rule, detail: detail.into() })
}

/// Whether the op's result also exists where it exits, so that its own snapshot may use it:
/// the wrapped result of checked arithmetic.
pub const fn defines_result_on_exit(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::AddOvf | Opcode::SubOvf | Opcode::MulOvf)
}

/// Whether a helper has the signature that a call op wants.
pub const fn helper_fits(opcode: Opcode, function: HelperFn) -> bool {
    matches!(
        (opcode, function),
        (Opcode::CallRef1, HelperFn::Ref1(_))
            | (Opcode::CallRef2, HelperFn::Ref2(_))
            | (Opcode::CallRef3, HelperFn::Ref3(_))
            | (Opcode::CallF64x1, HelperFn::F64x1(_))
            | (Opcode::CallF64x2, HelperFn::F64x2(_))
    )
}

/// Types of the entry block's parameters of a trace that has one.
pub fn entry_types(trace: &Trace) -> Vec<Type> {
    let params = trace.blocks.first().map_or(0..0, |b| b.param_ops());
    params.filter_map(|i| trace.type_of(Val::value(i))).collect()
}

/// Checks every rule for one trace. Without a helper table, calls are not looked up.
pub fn verify(trace: &Trace, helpers: Option<&HelperTable>) -> Checked {
    check_blocks(trace)?;
    for (id, snapshot) in trace.snapshots.iter().enumerate() {
        check_snapshot_table(trace, id as u32, snapshot)?;
    }
    for block in 0..trace.blocks.len() {
        for i in trace.blocks[block].ops() {
            check_op(trace, helpers, block, i)?;
        }
    }
    check_entry(trace)
}

/// Checks that side trace `side` can be linked to exit number `exit` of `parent`: its parameters
/// are that exit's live values. Both traces are verified.
pub fn verify_link(parent: &Trace, exit: u32, side: &Trace) -> Checked {
    let Some(point) = parent.exits().get(exit as usize).copied() else {
        let count = parent.exits().len();
        return fail(Place::Trace, Rule::Link, format!("exit {exit} of {count} is linked"));
    };
    let live = parent.live_of(point.snapshot);
    let wanted: Vec<_> = live.iter().map(|&v| parent.type_of(v)).collect();
    if !matches!(side.kind, TraceKind::Side { .. }) {
        return fail(Place::Trace, Rule::Link, "what is linked to an exit is no side trace");
    }
    let found: Vec<_> = entry_types(side).into_iter().map(Some).collect();
    if found != wanted {
        let (found, wanted) = (types(&found), types(&wanted));
        let detail = format!("parameters ({found}) stand for the exit's live values ({wanted})");
        return fail(Place::Trace, Rule::Link, detail);
    }
    Ok(())
}

/// Checks that `jump_trace` op number `op` of `trace` fits its target. Both traces are verified.
pub fn verify_jump_trace(trace: &Trace, op: usize, target: &Trace) -> Checked {
    let Some(jump) = trace.ops.get(op).filter(|op| op.opcode == Opcode::JumpTrace) else {
        return fail(Place::Trace, Rule::Link, format!("op %{op} is no jump_trace"));
    };
    let place = Place::Op(op, jump.opcode);
    if matches!(target.kind, TraceKind::Side { .. }) {
        return fail(place, Rule::Link, "the target is a side trace");
    }
    let args = trace.args_of_jump(jump);
    let found: Vec<_> = args.iter().map(|&v| trace.type_of(v)).collect();
    let wanted: Vec<_> = entry_types(target).into_iter().map(Some).collect();
    if found != wanted {
        let (found, wanted) = (types(&found), types(&wanted));
        let detail = format!("arguments ({found}) stand for the target's parameters ({wanted})");
        return fail(place, Rule::Link, detail);
    }
    Ok(())
}

fn check_blocks(trace: &Trace) -> Checked {
    let wanted = match trace.kind {
        TraceKind::Loop => 2,
        TraceKind::Straight | TraceKind::Side { .. } => 1,
    };
    if trace.blocks.len() != wanted {
        let detail = format!("{} blocks where {wanted} are wanted", trace.blocks.len());
        return fail(Place::Trace, Rule::Blocks, detail);
    }
    let mut next = 0;
    for (b, block) in trace.blocks.iter().enumerate() {
        let place = Place::Block(b);
        if block.first != next || block.end <= block.first || block.end as usize > trace.ops.len() {
            let detail = format!("ops {}..{} where op {next} is next", block.first, block.end);
            return fail(place, Rule::Blocks, detail);
        }
        next = block.end;
        if block.params >= block.end - block.first {
            return fail(place, Rule::Params, "more parameters than ops before the terminator");
        }
        if block.params as usize > MAX_SLOTS {
            return fail(place, Rule::Params, format!("more than {MAX_SLOTS} parameters"));
        }
        let (params, last) = ((block.first + block.params) as usize, block.end as usize - 1);
        for i in block.ops() {
            let opcode = trace.ops[i].opcode;
            if opcode.is_param() != (i < params) {
                let detail = format!("the block declares {} parameters", block.params);
                return fail(Place::Op(i, opcode), Rule::Params, detail);
            }
            if opcode.is_terminator() != (i == last) {
                let detail = "a block ends with its only terminator";
                return fail(Place::Op(i, opcode), Rule::Terminator, detail);
            }
        }
        let end = &trace.ops[last];
        let fits = match trace.kind {
            TraceKind::Loop => end.opcode == Opcode::Jump && end.imm == 1,
            TraceKind::Straight | TraceKind::Side { .. } => end.opcode != Opcode::Jump,
        };
        if !fits {
            let detail = match trace.kind {
                TraceKind::Loop => "both blocks of a loop trace end with a jump to block1",
                TraceKind::Straight | TraceKind::Side { .. } => {
                    "a trace without a loop ends with jump_trace or exit"
                }
            };
            return fail(Place::Op(last, end.opcode), Rule::Terminator, detail);
        }
    }
    if next as usize != trace.ops.len() {
        let detail = format!("{} ops, but blocks end at {next}", trace.ops.len());
        return fail(Place::Trace, Rule::Blocks, detail);
    }
    Ok(())
}

/// Type names, for messages.
fn types(list: &[Option<Type>]) -> String {
    let names: Vec<&str> = list.iter().map(|ty| ty.map_or("?", Type::name)).collect();
    names.join(", ")
}

/// A range of a flat table, if it is one.
fn slice<T>(table: &[T], start: u32, len: u32) -> Option<&[T]> {
    table.get(start as usize..(start as usize).checked_add(len as usize)?)
}

fn check_snapshot_table(trace: &Trace, id: u32, s: &Snapshot) -> Checked {
    let wrong = |detail: String| fail(Place::Snapshot(id), Rule::SnapshotTable, detail);
    let (Some(frames), Some(entries), Some(live)) = (
        slice(&trace.snap_frames, s.frames_start, s.frames_len),
        slice(&trace.snap_entries, s.entries_start, s.entries_len),
        slice(&trace.snap_live, s.live_start, s.live_len),
    ) else {
        return wrong("a range lies outside of its table".into());
    };
    let claimed: usize = frames.iter().map(|f| f.entries as usize).sum();
    if claimed != entries.len() {
        return wrong(format!("frames claim {claimed} of {} entries", entries.len()));
    }
    let mut rest = entries;
    for frame in frames {
        let (own, others) = rest.split_at(frame.entries as usize);
        rest = others;
        let mut seen = Vec::with_capacity(own.len());
        for e in own {
            if e.index >= frame.height {
                return wrong(format!("entry {} in a frame of height {}", e.index, frame.height));
            }
            seen.push(e.index);
        }
        seen.sort_unstable();
        if let Some(pair) = seen.windows(2).find(|w| w[0] == w[1]) {
            return wrong(format!("entry {} appears twice in a frame", pair[0]));
        }
    }
    let mut wanted: Vec<Val> = Vec::with_capacity(live.len());
    for v in entries.iter().flat_map(|e| [e.a, e.b]) {
        if v.as_value().is_some() && !wanted.contains(&v) {
            wanted.push(v);
        }
    }
    if wanted != live {
        return wrong(format!("live list {live:?} where {wanted:?} is wanted: rebuild it"));
    }
    Ok(())
}

/// Why operand `val` may not stand at op `at` of `block`, if so.
fn defined(trace: &Trace, block: usize, at: usize, val: Val) -> Option<String> {
    let Some(v) = val.as_value() else {
        let known = val.as_const().is_some_and(|c| c < trace.consts.len());
        return (!known).then(|| format!("{val:?} is neither a value nor in the constant pool"));
    };
    if v >= at {
        return Some(format!("%{v} is not defined before this op"));
    }
    // Blocks are laid out in order and block 0 dominates the only other one.
    let home = trace.blocks.iter().position(|b| b.ops().contains(&v));
    if home != Some(block) && home != Some(0) {
        return Some(format!("%{v} is defined in a block that does not dominate this one"));
    }
    trace.ops[v].result().is_none().then(|| format!("op %{v} defines no value"))
}

fn check_op(trace: &Trace, helpers: Option<&HelperTable>, block: usize, i: usize) -> Checked {
    let op = &trace.ops[i];
    let info = op.opcode.info();
    let place = Place::Op(i, op.opcode);
    let jumps = matches!(op.opcode, Opcode::Jump | Opcode::JumpTrace);
    let used = if jumps { 2 } else { info.operands.len() };
    if op.args[used..].iter().any(|v| !v.is_none()) {
        let detail = format!("an operand beyond the {used} of this op");
        return fail(place, Rule::Operands, detail);
    }
    for (k, (&val, wanted)) in op.operands().iter().zip(info.operands).enumerate() {
        if let Some(why) = defined(trace, block, i, val) {
            return fail(place, Rule::Dominance, why);
        }
        if !trace.type_of(val).is_some_and(|ty| wanted.accepts(ty)) {
            let found = types(&[trace.type_of(val)]);
            let wanted = match wanted {
                OperandType::I => "i64",
                OperandType::F => "f64",
                OperandType::R => "ref",
                OperandType::W => "i64 or ref",
            };
            let detail = format!("operand {k} is {found} where {wanted} is wanted");
            return fail(place, Rule::Operands, detail);
        }
    }
    match info.effect {
        Effect::Store if op.mem.0 == 0 => {
            return fail(place, Rule::MemClass, "a store into memory that never changes");
        }
        Effect::Load | Effect::Store => {}
        Effect::Pure | Effect::Alloc | Effect::Call | Effect::Control => {
            if op.mem.0 != 0 {
                let detail = format!("memory class {} on an op without memory", op.mem.0);
                return fail(place, Rule::MemClass, detail);
            }
        }
    }
    check_imm(trace, helpers, place, op)?;
    if jumps {
        check_jump(trace, block, i)?;
    }
    check_exit(trace, block, i)
}

fn check_imm(trace: &Trace, helpers: Option<&HelperTable>, place: Place, op: &Op) -> Checked {
    let wrong = |detail: String| fail(place, Rule::Immediate, detail);
    match op.opcode.info().imm {
        Imm::None if op.imm != 0 => wrong(format!("immediate {} has no meaning here", op.imm)),
        Imm::Block if !(0..trace.blocks.len() as i64).contains(&i64::from(op.imm)) => {
            wrong(format!("there is no block{}", op.imm))
        }
        Imm::Trace if op.imm < 0 => wrong(format!("{} is no trace number", op.imm)),
        Imm::Helper => {
            let Some(helpers) = helpers else { return Ok(()) };
            match helpers.get(op.imm) {
                Some(helper) if helper_fits(op.opcode, helper.function) => Ok(()),
                Some(helper) => {
                    let detail = format!("@{} has another signature", helper.name);
                    fail(place, Rule::Helper, detail)
                }
                None => fail(place, Rule::Helper, format!("there is no helper {}", op.imm)),
            }
        }
        Imm::None | Imm::Disp | Imm::Class | Imm::Block | Imm::Trace => Ok(()),
    }
}

fn check_jump(trace: &Trace, block: usize, i: usize) -> Checked {
    let op = &trace.ops[i];
    let place = Place::Op(i, op.opcode);
    let (start, len) = op.jump_range();
    let Some(args) = start.checked_add(len).and_then(|end| trace.jump_args.get(start..end)) else {
        return fail(place, Rule::JumpArgs, "its arguments lie outside of the table");
    };
    for &val in args {
        if let Some(why) = defined(trace, block, i, val) {
            return fail(place, Rule::Dominance, why);
        }
    }
    if op.opcode == Opcode::Jump {
        let target = &trace.blocks[op.imm as usize];
        let wanted: Vec<_> = target.param_ops().map(|p| trace.type_of(Val::value(p))).collect();
        let found: Vec<_> = args.iter().map(|&v| trace.type_of(v)).collect();
        if found != wanted {
            let (found, wanted) = (types(&found), types(&wanted));
            let detail = format!("arguments ({found}) stand for parameters ({wanted})");
            return fail(place, Rule::JumpArgs, detail);
        }
    }
    Ok(())
}

fn check_exit(trace: &Trace, block: usize, i: usize) -> Checked {
    let op = &trace.ops[i];
    let place = Place::Op(i, op.opcode);
    if !op.opcode.can_exit() {
        if op.snapshot != SnapshotId::NONE {
            return fail(place, Rule::Snapshot, "a snapshot on an op that cannot exit");
        }
        return Ok(());
    }
    if op.snapshot.0 as usize >= trace.snapshots.len() {
        return fail(place, Rule::Snapshot, "an op that can exit needs a snapshot");
    }
    for e in trace.entries_of(op.snapshot) {
        let (used, why) = match e.recipe {
            Recipe::Value => (&[e.a][..], "a second operand on a plain entry"),
            Recipe::WrappingSub | Recipe::WrappingAdd => (&[e.a, e.b][..], ""),
        };
        if used.len() == 1 && !e.b.is_none() {
            return fail(place, Rule::Recipe, why);
        }
        for &val in used {
            let own = val.as_value() == Some(i) && defines_result_on_exit(op.opcode);
            if let Some(why) = defined(trace, block, i, val).filter(|_| !own) {
                let detail = format!("entry {} of s{}: {why}", e.index, op.snapshot.0);
                return fail(place, Rule::Dominance, detail);
            }
            if used.len() == 2 && trace.type_of(val) != Some(Type::I64) {
                let detail = format!("entry {} of s{}: {val:?}", e.index, op.snapshot.0);
                return fail(place, Rule::Recipe, format!("{detail} is not an i64"));
            }
        }
    }
    Ok(())
}

fn check_entry(trace: &Trace) -> Checked {
    let wrong = |detail: &str| fail(Place::Trace, Rule::Entry, detail);
    if matches!(trace.kind, TraceKind::Side { .. }) {
        if trace.entry != SnapshotId::NONE {
            return wrong("a side trace has no entry snapshot");
        }
        return Ok(());
    }
    if trace.entry.0 as usize >= trace.snapshots.len() {
        return wrong("a trace with an entry of its own needs an entry snapshot");
    }
    let params = trace.blocks[0].param_ops();
    let mut covered = vec![false; params.len()];
    for e in trace.entries_of(trace.entry) {
        match e.a.as_value().filter(|v| params.contains(v)) {
            Some(p) if e.recipe == Recipe::Value && e.b.is_none() => {
                if std::mem::replace(&mut covered[p - params.start], true) {
                    return wrong("two entries of the entry snapshot name one parameter");
                }
            }
            _ => return wrong("an entry of the entry snapshot is not a parameter of block0"),
        }
    }
    if covered.contains(&false) {
        return wrong("a parameter of block0 is not in the entry snapshot");
    }
    Ok(())
}
