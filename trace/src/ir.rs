//! The trace IR: values, constants, ops, blocks, snapshots.
//!
//! Terms.
//! * A *value* is the index of the op that defines it; an *operand* ([`Val`]) is a value or a
//!   constant. Ops are small fixed-size records in one flat array: no boxes, no maps.
//! * A *block* starts with its parameters (ops `param_*`) and ends with one terminator.
//!   Blocks are laid out in order; a value may be used in its own block after its definition,
//!   and in any block that its own dominates. A loop trace has two blocks: the entry block, whose
//!   parameters are what the interpreter hands over (and where peeling puts the first iteration),
//!   and the loop block, whose parameters are the loop-carried values. A side trace has one block
//!   whose parameters are the live values of its parent's exit.
//! * A *snapshot* says how to rebuild the interpreter's frames at an exit. It refers to values
//!   that are defined before the exiting op, or by the exiting op itself where that is `add_ovf`,
//!   `sub_ovf` or `mul_ovf`: they define their wrapped result on the exit edge too
//!   ([`Recipe::WrappingSub`] needs that).
//! * An *exit* is an op that can leave the trace; exits are numbered in op order.
//!
//! Invariants are what [`crate::verify`] checks.

use crate::ops::{Exit, Opcode, Type};

/// Number of a compiled trace, dense from 0, given by the virtual machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(pub u32);

/// An operand: a value (index of the defining op) or a constant (index into the pool).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Val(u32);

const CONST_BIT: u32 = 1 << 31;

impl Val {
    /// No operand.
    pub const NONE: Val = Val(u32::MAX);

    /// The value defined by op `index`.
    #[inline(always)]
    pub const fn value(index: usize) -> Val {
        debug_assert!(index < CONST_BIT as usize);
        Val(index as u32)
    }

    /// Constant number `index` of the pool.
    #[inline(always)]
    pub const fn constant(index: usize) -> Val {
        debug_assert!(index < (CONST_BIT - 1) as usize);
        Val(index as u32 | CONST_BIT)
    }

    /// The index of the defining op, if this is a value.
    #[inline(always)]
    pub const fn as_value(self) -> Option<usize> {
        if self.0 & CONST_BIT == 0 { Some(self.0 as usize) } else { None }
    }

    /// The index of the defining op; where this is no value, a number beyond those of all ops. For
    /// passes that would rather look up one place more than branch.
    #[inline(always)]
    pub const fn op_or_beyond(self) -> usize {
        self.0 as usize
    }

    /// The index in the constant pool, if this is a constant.
    #[inline(always)]
    pub const fn as_const(self) -> Option<usize> {
        if self.0 & CONST_BIT != 0 && self.0 != u32::MAX {
            Some((self.0 & !CONST_BIT) as usize)
        } else {
            None
        }
    }

    /// Whether there is no operand here.
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }
}

impl std::fmt::Debug for Val {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.as_value(), self.as_const()) {
            (Some(v), _) => write!(f, "%{v}"),
            (_, Some(c)) => write!(f, "#{c}"),
            _ => write!(f, "_"),
        }
    }
}

/// A constant. Floats are compared by bits, so that `-0.0` and NaNs keep their identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Const {
    /// An integer.
    I64(i64),
    /// The bits of a float.
    F64(u64),
    /// A tagged word. The virtual machine keeps the objects that traces refer to alive.
    Ref(u64),
}

impl Const {
    /// Its type.
    pub const fn ty(self) -> Type {
        match self {
            Const::I64(_) => Type::I64,
            Const::F64(_) => Type::F64,
            Const::Ref(_) => Type::Ref,
        }
    }

    /// The 64 bits that a register or slot holds for it.
    pub const fn bits(self) -> u64 {
        match self {
            Const::I64(i) => i as u64,
            Const::F64(b) | Const::Ref(b) => b,
        }
    }
}

/// Memory classes separate locations that cannot alias. Class 0 is memory that never
/// changes once a trace can see it; the recorder numbers the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemClass(pub u8);

impl MemClass {
    /// Memory that never changes: its loads may always be reused and hoisted.
    pub const IMMUTABLE: MemClass = MemClass(0);
}

/// Number of a snapshot in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SnapshotId(pub u32);

impl SnapshotId {
    /// For ops that cannot exit.
    pub const NONE: SnapshotId = SnapshotId(u32::MAX);
}

/// Number of a block in its trace.
pub type BlockId = usize;

/// One op: 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Op {
    /// What it does.
    pub opcode: Opcode,
    /// The memory class of loads and stores.
    pub mem: MemClass,
    /// Operands; unused ones are [`Val::NONE`]. Jumps keep the range of their arguments in
    /// [`Trace::jump_args`] here: use [`Trace::args_of_jump`].
    pub args: [Val; 3],
    /// Displacement, class, helper, block or trace number: see the op's row.
    pub imm: i32,
    /// How to leave, for ops that can.
    pub snapshot: SnapshotId,
}

impl Op {
    /// An op without immediate and exit.
    pub fn new(opcode: Opcode, args: &[Val]) -> Op {
        let mut all = [Val::NONE; 3];
        all[..args.len()].copy_from_slice(args);
        Op { opcode, mem: MemClass::IMMUTABLE, args: all, imm: 0, snapshot: SnapshotId::NONE }
    }

    /// The same with an immediate.
    pub fn with_imm(mut self, imm: i32) -> Op {
        self.imm = imm;
        self
    }

    /// The same with a memory class.
    pub fn with_mem(mut self, mem: MemClass) -> Op {
        self.mem = mem;
        self
    }

    /// The same with an exit.
    pub fn with_snapshot(mut self, snapshot: SnapshotId) -> Op {
        self.snapshot = snapshot;
        self
    }

    /// The operands that the op's row declares (none for jumps, whose arguments are elsewhere).
    #[inline(always)]
    pub fn operands(&self) -> &[Val] {
        &self.args[..self.opcode.info().operands.len()]
    }

    /// The type of the defined value.
    #[inline(always)]
    pub fn result(&self) -> Option<Type> {
        self.opcode.info().result
    }
}

/// A block: ops `first..end`, the first `params` of them parameters, the last a terminator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Index of its first op.
    pub first: u32,
    /// One past its last op.
    pub end: u32,
    /// How many parameters it starts with.
    pub params: u32,
}

impl Block {
    /// Indices of all its ops.
    pub fn ops(&self) -> std::ops::Range<usize> {
        self.first as usize..self.end as usize
    }

    /// Indices of its parameters.
    pub fn param_ops(&self) -> std::ops::Range<usize> {
        self.first as usize..(self.first + self.params) as usize
    }
}

/// How an interpreter location gets its word back at an exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Recipe {
    /// From `a`: a `ref` as it is, an `i64` as a Python int of any size, an `f64` boxed.
    Value,
    /// The int `a - b`, wrapping: recovers an operand that a wrapped sum has replaced.
    WrappingSub,
    /// The int `a + b`, wrapping: recovers an operand that a wrapped difference has replaced.
    WrappingAdd,
}

/// One interpreter location in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapEntry {
    /// Index in the frame: locals first, then the operand stack.
    pub index: u16,
    /// How to compute it.
    pub recipe: Recipe,
    /// First operand.
    pub a: Val,
    /// Second operand, or none.
    pub b: Val,
}

/// One interpreter frame of a snapshot, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapFrame {
    /// The code object's number in the virtual machine.
    pub code: u32,
    /// The instruction to resume at.
    pub pc: u32,
    /// How many locals and operand-stack entries are in use (locals that are not listed are
    /// dead and get a placeholder).
    pub height: u16,
    /// How many of the snapshot's entries belong to this frame.
    pub entries: u16,
}

/// A snapshot: ranges into the trace's flat tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// First frame in [`Trace::snap_frames`].
    pub frames_start: u32,
    /// Number of frames.
    pub frames_len: u32,
    /// First entry in [`Trace::snap_entries`]; frames' entries follow each other.
    pub entries_start: u32,
    /// Number of entries over all frames.
    pub entries_len: u32,
    /// First live value in [`Trace::snap_live`].
    pub live_start: u32,
    /// Number of distinct values the entries refer to.
    pub live_len: u32,
}

/// What a trace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// Entered by the interpreter at a loop header; block 1 is the loop.
    Loop,
    /// Entered by the interpreter or by other traces, in one block from its entry to a jump or an
    /// exit: what begins at the entry of a function, or where a call returns.
    Straight,
    /// Entered from exit `exit` of `parent`.
    Side {
        /// The trace it was grown from.
        parent: TraceId,
        /// The exit's number there.
        exit: u32,
    },
}

/// A trace. Fields are public for passes; [`crate::verify`] says what must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Where it starts in the program, as `file:line`, for people.
    pub location: String,
    /// Loop, straight or side trace.
    pub kind: TraceKind,
    /// All ops, block after block.
    pub ops: Vec<Op>,
    /// The constant pool.
    pub consts: Vec<Const>,
    /// The blocks; block 0 is the entry.
    pub blocks: Vec<Block>,
    /// Arguments of jumps.
    pub jump_args: Vec<Val>,
    /// Snapshots.
    pub snapshots: Vec<Snapshot>,
    /// Frames of all snapshots.
    pub snap_frames: Vec<SnapFrame>,
    /// Entries of all snapshots.
    pub snap_entries: Vec<SnapEntry>,
    /// Distinct values of each snapshot, in order of first appearance.
    pub snap_live: Vec<Val>,
    /// Where the entry block's parameters come from in the interpreter (loop and straight traces): entry `k` of
    /// this snapshot refers to the parameter that holds that location. For side traces `NONE`.
    pub entry: SnapshotId,
}

/// An op that can leave the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitPoint {
    /// Its op index.
    pub op: u32,
    /// Its snapshot.
    pub snapshot: SnapshotId,
    /// Why it can exit.
    pub kind: Exit,
}

impl Trace {
    /// An empty trace.
    pub fn new(location: impl Into<String>, kind: TraceKind) -> Trace {
        Trace {
            location: location.into(),
            kind,
            ops: Vec::new(),
            consts: Vec::new(),
            blocks: Vec::new(),
            jump_args: Vec::new(),
            snapshots: Vec::new(),
            snap_frames: Vec::new(),
            snap_entries: Vec::new(),
            snap_live: Vec::new(),
            entry: SnapshotId::NONE,
        }
    }

    /// The type of an operand, or `None` for a value that defines nothing or is out of range.
    #[inline]
    pub fn type_of(&self, val: Val) -> Option<Type> {
        if let Some(v) = val.as_value() {
            self.ops.get(v)?.result()
        } else {
            self.consts.get(val.as_const()?).map(|c| c.ty())
        }
    }

    /// The constant behind an operand, if it is one.
    #[inline]
    pub fn const_of(&self, val: Val) -> Option<Const> {
        self.consts.get(val.as_const()?).copied()
    }

    /// The arguments of a jump.
    #[inline]
    pub fn args_of_jump(&self, op: &Op) -> &[Val] {
        let (start, len) = op.jump_range();
        &self.jump_args[start..start + len]
    }

    /// Distinct values that a snapshot refers to: what an exit must hand over, in this order.
    #[inline]
    pub fn live_of(&self, snapshot: SnapshotId) -> &[Val] {
        let s = &self.snapshots[snapshot.0 as usize];
        &self.snap_live[s.live_start as usize..(s.live_start + s.live_len) as usize]
    }

    /// Frames of a snapshot, outermost first.
    pub fn frames_of(&self, snapshot: SnapshotId) -> &[SnapFrame] {
        let s = &self.snapshots[snapshot.0 as usize];
        &self.snap_frames[s.frames_start as usize..(s.frames_start + s.frames_len) as usize]
    }

    /// Entries of a snapshot, frame after frame.
    pub fn entries_of(&self, snapshot: SnapshotId) -> &[SnapEntry] {
        let s = &self.snapshots[snapshot.0 as usize];
        &self.snap_entries[s.entries_start as usize..(s.entries_start + s.entries_len) as usize]
    }

    /// The exits in order: their position is the exit number.
    pub fn exits(&self) -> Vec<ExitPoint> {
        self.ops
            .iter()
            .enumerate()
            .filter(|(_, op)| op.opcode.can_exit())
            .map(|(i, op)| ExitPoint {
                op: i as u32,
                snapshot: op.snapshot,
                kind: op.opcode.info().exit,
            })
            .collect()
    }

    /// The loop block of a loop trace.
    pub fn loop_block(&self) -> Option<&Block> {
        match self.kind {
            TraceKind::Loop => self.blocks.get(1),
            TraceKind::Straight | TraceKind::Side { .. } => None,
        }
    }

    /// Adds a constant, reusing an equal one among the last few: pools stay small and
    /// recording stays linear.
    pub fn add_const(&mut self, c: Const) -> Val {
        let from = self.consts.len().saturating_sub(32);
        if let Some(i) = self.consts[from..].iter().position(|&k| k == c) {
            return Val::constant(from + i);
        }
        self.consts.push(c);
        Val::constant(self.consts.len() - 1)
    }

    /// Opens a block with parameters of these types; returns its number. Its ops follow.
    pub fn begin_block(&mut self, params: &[Type]) -> BlockId {
        let first = self.ops.len() as u32;
        for &ty in params {
            self.ops.push(Op::new(Opcode::param(ty), &[]));
        }
        self.blocks.push(Block { first, end: self.ops.len() as u32, params: params.len() as u32 });
        self.blocks.len() - 1
    }

    /// Appends an op to the last block; returns the value it defines.
    pub fn push(&mut self, op: Op) -> Val {
        self.ops.push(op);
        // A block was begun before: pushing without one is a bug in the caller.
        let block = self.blocks.last_mut().expect("an op is pushed into an open block");
        block.end = self.ops.len() as u32;
        Val::value(self.ops.len() - 1)
    }

    /// Appends a `jump` or `jump_trace` with its arguments.
    pub fn push_jump(&mut self, opcode: Opcode, target: u32, args: &[Val]) -> Val {
        let op = self.make_jump(opcode, target, args);
        self.push(op)
    }

    /// Builds a jump op whose arguments are stored in this trace.
    pub fn make_jump(&mut self, opcode: Opcode, target: u32, args: &[Val]) -> Op {
        let start = self.jump_args.len();
        self.jump_args.extend_from_slice(args);
        let mut op = Op::new(opcode, &[]).with_imm(target as i32);
        op.args[0] = Val(start as u32);
        op.args[1] = Val(args.len() as u32);
        op
    }

    /// Adds a snapshot; `entries` lists the frames' entries one frame after the other.
    pub fn add_snapshot(&mut self, frames: &[SnapFrame], entries: &[SnapEntry]) -> SnapshotId {
        let snapshot = Snapshot {
            frames_start: self.snap_frames.len() as u32,
            frames_len: frames.len() as u32,
            entries_start: self.snap_entries.len() as u32,
            entries_len: entries.len() as u32,
            live_start: 0,
            live_len: 0,
        };
        self.snap_frames.extend_from_slice(frames);
        self.snap_entries.extend_from_slice(entries);
        self.snapshots.push(snapshot);
        let id = SnapshotId(self.snapshots.len() as u32 - 1);
        self.append_live(id);
        id
    }

    /// Recomputes every snapshot's live list; call it after changing entries.
    pub fn rebuild_live(&mut self) {
        self.snap_live.clear();
        for i in 0..self.snapshots.len() {
            self.append_live(SnapshotId(i as u32));
        }
    }

    fn append_live(&mut self, id: SnapshotId) {
        let s = self.snapshots[id.0 as usize];
        let start = self.snap_live.len();
        for k in s.entries_start..s.entries_start + s.entries_len {
            let e = self.snap_entries[k as usize];
            for v in [e.a, e.b] {
                if v.as_value().is_some() && !self.snap_live[start..].contains(&v) {
                    self.snap_live.push(v);
                }
            }
        }
        let s = &mut self.snapshots[id.0 as usize];
        s.live_start = start as u32;
        s.live_len = (self.snap_live.len() - start) as u32;
    }
}

impl Op {
    /// Start and length of a jump's arguments in [`Trace::jump_args`].
    #[inline(always)]
    pub fn jump_range(&self) -> (usize, usize) {
        debug_assert!(matches!(self.opcode, Opcode::Jump | Opcode::JumpTrace));
        (self.args[0].0 as usize, self.args[1].0 as usize)
    }
}

const _: () = assert!(size_of::<Op>() == 24);
