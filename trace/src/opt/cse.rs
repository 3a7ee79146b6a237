//! Common subexpressions: an op that computes, checks or loads what an earlier one did is dropped.
//!
//! Terms. Ops of one opcode form a *chain* from the latest backwards. An equal op can only stand behind
//! the definition of its latest operand, so most searches end after a step or two; the length of a
//! search is bounded besides. Nothing is hashed.
//!
//! Invariants. Loads are reused only if nothing in between may have written their memory: no
//! call, and no store of their class except to another displacement from the same base. What block 0
//! loaded is reused in the loop only if the loop never writes that class. Copies stay.

use super::EntryHints;
use super::copies::is_copy;
use super::rewrite::{Action, rewrite};
use crate::ir::{MemClass, Op, Trace, Val};
use crate::layout::FLOAT_CLASS;
use crate::ops::{Effect, OPS, Opcode};

/// No op; also the end of a chain.
const END: u32 = u32::MAX;
/// How many ops of a chain are looked at.
const BOUND: usize = 24;

pub(super) fn run(trace: &mut Trace, _hints: &EntryHints) {
    let written = Written::of_loop(trace);
    let mut state = State {
        heads: [END; OPS.len()],
        next: Vec::with_capacity(trace.ops.len()),
        stores: [END; 256],
        next_store: Vec::new(),
        barriers: [0; 256],
    };
    let mut block = 0;
    rewrite(trace, |trace, cursor, op| {
        let at = trace.ops.len();
        if cursor.block != block {
            block = cursor.block;
            state.enter_loop(at, &written);
        }
        if let Some(known) = state.find(trace, &op) {
            return if op.result().is_some() { Action::Replace(known) } else { Action::Drop };
        }
        state.add(at, &op);
        Action::Keep(op)
    });
}

/// The memory that a block writes.
struct Written {
    classes: [bool; 256],
    all: bool,
}

impl Written {
    fn of_loop(trace: &Trace) -> Written {
        let mut written = Written { classes: [false; 256], all: false };
        let body = trace.blocks.get(1).map_or(0..0, |b| b.ops());
        for op in &trace.ops[body] {
            written.see(op);
        }
        written
    }

    fn see(&mut self, op: &Op) {
        match op.opcode.info().effect {
            Effect::Store => self.classes[op.mem.0 as usize] = true,
            Effect::Call => self.all = true,
            Effect::Pure | Effect::Load | Effect::Alloc | Effect::Control => {}
        }
    }

    fn writes(&self, class: MemClass) -> bool {
        class != MemClass::IMMUTABLE && (self.all || self.classes[class.0 as usize])
    }
}

struct State {
    /// By opcode: the latest op.
    heads: [u32; OPS.len()],
    /// By op: the one before it in its chain.
    next: Vec<u32>,
    /// By class: the latest store, as an index of `next_store`.
    stores: [u32; 256],
    /// Stores: the op, and the store of the same class before it.
    next_store: Vec<(u32, u32)>,
    /// By class: loads before this op are stale.
    barriers: [u32; 256],
}

impl State {
    fn add(&mut self, at: usize, op: &Op) {
        self.next.resize(at, END);
        let head = &mut self.heads[op.opcode as usize];
        self.next.push(*head);
        match op.opcode.info().effect {
            Effect::Store => {
                let latest = &mut self.stores[op.mem.0 as usize];
                self.next_store.push((at as u32, *latest));
                *latest = self.next_store.len() as u32 - 1;
            }
            Effect::Call => self.barriers[1..].fill(at as u32 + 1),
            Effect::Pure | Effect::Load | Effect::Alloc | Effect::Control => *head = at as u32,
        }
    }

    /// From here on what the loop writes may be as an earlier iteration left it.
    fn enter_loop(&mut self, at: usize, written: &Written) {
        for (class, barrier) in self.barriers.iter_mut().enumerate() {
            if written.writes(MemClass(class as u8)) {
                *barrier = at as u32;
            }
        }
    }

    /// The value of an equal earlier op; any value for a guard.
    fn find(&self, trace: &Trace, op: &Op) -> Option<Val> {
        match op.opcode.info().effect {
            Effect::Load if op.opcode != Opcode::GuardNoCollect => self.find_load(trace, op),
            // A box of the same float is as good: boxes never change.
            Effect::Pure | Effect::Alloc if !is_copy(op.opcode) => {
                let from = first_possible(op);
                let [a, b, c] = op.args;
                for &(opcode, swapped) in equivalents(op) {
                    let args = if swapped { [b, a, c] } else { op.args };
                    let imm = if opcode == op.opcode { op.imm } else { 0 };
                    if let Some(v) = self.search(trace, opcode, args, imm, from) {
                        return Some(v);
                    }
                }
                None
            }
            _ => None,
        }
    }

    fn search(
        &self,
        trace: &Trace,
        opcode: Opcode,
        args: [Val; 3],
        imm: i32,
        from: u32,
    ) -> Option<Val> {
        let mut i = self.heads[opcode as usize];
        for _ in 0..BOUND {
            if i == END || i < from {
                return None;
            }
            let other = &trace.ops[i as usize];
            if other.args == args && other.imm == imm {
                return Some(Val::value(i as usize));
            }
            i = self.next[i as usize];
        }
        None
    }

    fn find_load(&self, trace: &Trace, op: &Op) -> Option<Val> {
        let class = op.mem.0 as usize;
        let mut from = first_possible(op).max(self.barriers[class]);
        let mut k = self.stores[class];
        for _ in 0..BOUND {
            let Some(&(at, earlier)) = self.next_store.get(k as usize) else { break };
            if at < from {
                break;
            }
            match relation(trace, &trace.ops[at as usize], op) {
                Relation::Same(v) => return Some(v),
                Relation::Apart => k = earlier,
                Relation::Unknown => {
                    from = at;
                    break;
                }
            }
        }
        // A search that was cut short knows nothing of the stores before it.
        if let Some(&(at, _)) = self.next_store.get(k as usize) {
            from = from.max(at);
        }
        let mut i = self.heads[op.opcode as usize];
        for _ in 0..BOUND {
            if i == END || i < from {
                return None;
            }
            let other = &trace.ops[i as usize];
            if (other.args, other.imm, other.mem) == (op.args, op.imm, op.mem) {
                return Some(Val::value(i as usize));
            }
            i = self.next[i as usize];
        }
        None
    }
}

/// Where an equal op could stand first: behind its latest operand.
fn first_possible(op: &Op) -> u32 {
    op.args.iter().filter_map(|v| v.as_value()).max().map_or(0, |v| v as u32 + 1)
}

/// How a store and a later load of one class relate.
enum Relation {
    /// The load reads this value.
    Same(Val),
    /// They touch different words.
    Apart,
    Unknown,
}

fn relation(trace: &Trace, store: &Op, load: &Op) -> Relation {
    if store.args[0] != load.args[0] {
        return Relation::Unknown;
    }
    let (stored, loaded) = match (store.opcode, load.opcode) {
        (Opcode::StoreRefIndex, Opcode::LoadRefIndex) => {
            let (i, j) = (store.args[1], load.args[1]);
            let constant = |v: Val| trace.const_of(v);
            let apart = matches!((constant(i), constant(j)), (Some(x), Some(y)) if x != y);
            return match store.imm == load.imm {
                true if i == j => Relation::Same(store.args[2]),
                true if apart => Relation::Apart,
                _ => Relation::Unknown,
            };
        }
        (Opcode::StoreI64, _) => (Opcode::LoadI64, load.opcode),
        (Opcode::StoreF64, _) => (Opcode::LoadF64, load.opcode),
        (Opcode::StoreRef, _) => (Opcode::LoadRef, load.opcode),
        _ => return Relation::Unknown,
    };
    if loaded == Opcode::LoadRefIndex {
        Relation::Unknown
    } else if store.imm == load.imm && stored == loaded {
        Relation::Same(store.args[1])
    } else if store.imm.abs_diff(load.imm) >= 8 {
        Relation::Apart
    } else {
        Relation::Unknown
    }
}

/// Ops that give the same result as `op`, or imply it if it is a guard: opcode, and whether the first
/// two operands stand the other way round.
fn equivalents(op: &Op) -> &'static [(Opcode, bool)] {
    use Opcode::{
        Add, AddOvf, And, EqI64, GuardDiffer, GuardEqF64, GuardEqI64, GuardGeI64, GuardGtI64,
        GuardIndex, GuardLeF64, GuardLeI64, GuardLtF64, GuardLtI64, GuardNeF64, GuardNeI64,
        GuardNleF64, GuardNltF64, GuardSame, GuardSmallInt, LoadBoxF64, Mul, MulOvf, NeI64, Or,
        UnboxF64, UnboxI64, Untag, Xor,
    };
    match op.opcode {
        Add => &[(Add, false), (Add, true), (AddOvf, false), (AddOvf, true)],
        AddOvf => &[(AddOvf, false), (AddOvf, true)],
        Mul => &[(Mul, false), (Mul, true), (MulOvf, false), (MulOvf, true)],
        MulOvf => &[(MulOvf, false), (MulOvf, true)],
        Opcode::Sub => &[(Opcode::Sub, false), (Opcode::SubOvf, false)],
        And => &[(And, false), (And, true)],
        Or => &[(Or, false), (Or, true)],
        Xor => &[(Xor, false), (Xor, true)],
        EqI64 => &[(EqI64, false), (EqI64, true)],
        NeI64 => &[(NeI64, false), (NeI64, true)],
        Untag => &[(Untag, false), (UnboxI64, false)],
        LoadBoxF64 => &[(LoadBoxF64, false), (UnboxF64, false)],
        GuardSmallInt => &[(GuardSmallInt, false), (UnboxI64, false)],
        Opcode::GuardClass if op.imm == FLOAT_CLASS as i32 => {
            &[(Opcode::GuardClass, false), (UnboxF64, false)]
        }
        GuardSame => &[(GuardSame, false), (GuardSame, true)],
        GuardDiffer => &[(GuardDiffer, false), (GuardDiffer, true)],
        GuardEqI64 => &[(GuardEqI64, false), (GuardEqI64, true)],
        GuardNeI64 => &[
            (GuardNeI64, false),
            (GuardNeI64, true),
            (GuardLtI64, false),
            (GuardLtI64, true),
            (GuardGtI64, false),
            (GuardGtI64, true),
        ],
        GuardLtI64 => &[(GuardLtI64, false), (GuardGtI64, true), (GuardIndex, false)],
        GuardGtI64 => &[(GuardGtI64, false), (GuardLtI64, true), (GuardIndex, true)],
        GuardLeI64 => &[
            (GuardLeI64, false),
            (GuardGeI64, true),
            (GuardLtI64, false),
            (GuardGtI64, true),
            (GuardEqI64, false),
            (GuardEqI64, true),
        ],
        GuardGeI64 => &[
            (GuardGeI64, false),
            (GuardLeI64, true),
            (GuardGtI64, false),
            (GuardLtI64, true),
            (GuardEqI64, false),
            (GuardEqI64, true),
        ],
        GuardEqF64 => &[(GuardEqF64, false), (GuardEqF64, true)],
        GuardNeF64 => {
            &[(GuardNeF64, false), (GuardNeF64, true), (GuardLtF64, false), (GuardLtF64, true)]
        }
        GuardLeF64 => {
            &[(GuardLeF64, false), (GuardLtF64, false), (GuardEqF64, false), (GuardEqF64, true)]
        }
        GuardNltF64 => {
            &[(GuardNltF64, false), (GuardNleF64, false), (GuardLeF64, true), (GuardLtF64, true)]
        }
        GuardNleF64 => &[(GuardNleF64, false), (GuardLtF64, true)],
        opcode => &OWN[opcode as usize],
    }
}

/// By opcode: the opcode alone.
static OWN: [[(Opcode, bool); 1]; OPS.len()] = {
    let mut own = [[(Opcode::Jump, false)]; OPS.len()];
    let mut i = 0;
    while i < own.len() {
        own[i] = [(Opcode::ALL[i], false)];
        i += 1;
    }
    own
};
