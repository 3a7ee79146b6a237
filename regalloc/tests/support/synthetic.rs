//! Loop traces of any size, made as numeric programs make them: mostly float and integer
//! arithmetic on recent values, a guard or a checked op every few ops, each with a snapshot of a
//! handful of locals, some loads and stores, few constants that do not fit an immediate.

use tierlab_trace::ir::{Const, MemClass};
use tierlab_trace::ir::{Op, Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, TraceKind, Val};
use tierlab_trace::ops::{Opcode, Type};

/// Locals of the program: integers, then floats.
const LOCALS: usize = 6;
/// Recent values that ops choose their operands from, per type.
const RECENT: usize = 6;

struct Maker {
    trace: Trace,
    seed: u64,
    ints: Vec<Val>,
    floats: Vec<Val>,
    base: Val,
    locals: Vec<Val>,
}

/// A loop trace of about `ops` ops, a tenth of them before the loop. Calls are rare or absent.
pub fn trace(ops: usize, calls: bool) -> Trace {
    let types: Vec<Type> =
        (0..LOCALS).map(|i| if i < LOCALS / 2 { Type::I64 } else { Type::F64 }).collect();
    let mut trace = Trace::new("synthetic.py:1", TraceKind::Loop);
    let mut entry = types.clone();
    entry.push(Type::Ref);
    trace.begin_block(&entry);
    let locals: Vec<Val> = (0..LOCALS).map(Val::value).collect();
    let base = Val::value(LOCALS);
    let mut m = Maker { trace, seed: 7, ints: vec![], floats: vec![], base, locals };
    let entries = m.snapshot_entries();
    m.trace.entry = m.snapshot(&entries);
    m.recent();
    m.body(ops / 10);
    let args = m.locals.clone();
    m.trace.push_jump(Opcode::Jump, 1, &args);
    let first = m.trace.ops.len();
    m.trace.begin_block(&types);
    m.locals = (first..first + LOCALS).map(Val::value).collect();
    m.recent();
    let body = ops.saturating_sub(m.trace.ops.len() + 1);
    m.body(body / 2);
    if calls && body > 0 {
        let (arg, snapshot) = (m.base, m.exit());
        m.trace.push(Op::new(Opcode::CallRef1, &[arg]).with_snapshot(snapshot));
    }
    m.body(body - body / 2);
    let args = m.locals.clone();
    m.trace.push_jump(Opcode::Jump, 1, &args);
    m.trace
}

impl Maker {
    /// A number below `n`.
    fn below(&mut self, n: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.seed >> 33) as usize % n
    }

    fn recent(&mut self) {
        self.ints = self.locals[..LOCALS / 2].to_vec();
        self.floats = self.locals[LOCALS / 2..].to_vec();
    }

    fn snapshot_entries(&self) -> Vec<SnapEntry> {
        let entry = |(i, &a): (usize, &Val)| SnapEntry {
            index: i as u16,
            recipe: Recipe::Value,
            a,
            b: Val::NONE,
        };
        self.locals.iter().enumerate().map(entry).collect()
    }

    fn snapshot(&mut self, entries: &[SnapEntry]) -> SnapshotId {
        let (height, count) = (LOCALS as u16, entries.len() as u16);
        let frame = SnapFrame { code: 0, pc: 0, height, entries: count };
        self.trace.add_snapshot(&[frame], entries)
    }

    fn exit(&mut self) -> SnapshotId {
        let entries = self.snapshot_entries();
        self.snapshot(&entries)
    }

    fn int(&mut self) -> Val {
        let n = self.below(self.ints.len());
        self.ints[n]
    }

    fn float(&mut self) -> Val {
        let n = self.below(self.floats.len());
        self.floats[n]
    }

    fn defined(&mut self, val: Val, float: bool) {
        let recent = if float { &mut self.floats } else { &mut self.ints };
        recent.push(val);
        if recent.len() > RECENT {
            recent.remove(0);
        }
        // Every fourth result goes to a local.
        if self.below(4) == 0 {
            let n = self.below(LOCALS / 2) + if float { LOCALS / 2 } else { 0 };
            self.locals[n] = val;
        }
    }

    fn body(&mut self, ops: usize) {
        for _ in 0..ops {
            let memory = MemClass(1);
            match self.below(20) {
                0..8 => {
                    let choice = [Opcode::AddF64, Opcode::SubF64, Opcode::MulF64];
                    let op = choice[self.below(3)];
                    let a = self.float();
                    let b = match self.below(12) {
                        0 => {
                            let bits = (self.below(4) as f64 + 0.5).to_bits();
                            self.trace.add_const(Const::F64(bits))
                        }
                        _ => self.float(),
                    };
                    let val = self.trace.push(Op::new(op, &[a, b]));
                    self.defined(val, true);
                }
                8..13 => {
                    let (a, b) = (self.int(), self.int_or_constant());
                    let snapshot = self.exit();
                    let op = Op::new(Opcode::AddOvf, &[a, b]).with_snapshot(snapshot);
                    let val = self.trace.push(op);
                    self.defined(val, false);
                }
                13..15 => {
                    let (a, b) = (self.int(), self.int_or_constant());
                    let val = self.trace.push(Op::new(Opcode::And, &[a, b]));
                    self.defined(val, false);
                }
                15..18 => {
                    let (a, b) = (self.int(), self.int_or_constant());
                    let snapshot = self.exit();
                    self.trace.push(Op::new(Opcode::GuardLtI64, &[a, b]).with_snapshot(snapshot));
                }
                18 => {
                    let op = Op::new(Opcode::LoadF64, &[self.base]).with_imm(16).with_mem(memory);
                    let val = self.trace.push(op);
                    self.defined(val, true);
                }
                _ => {
                    let val = self.float();
                    let op = Op::new(Opcode::StoreF64, &[self.base, val]);
                    self.trace.push(op.with_imm(24).with_mem(memory));
                }
            }
        }
    }

    fn int_or_constant(&mut self) -> Val {
        match self.below(2) {
            0 => {
                let n = self.below(9) as i64;
                self.trace.add_const(Const::I64(n))
            }
            _ => self.int(),
        }
    }
}
