//! The toy's recorder: writes traces as the virtual machine's recorder does.

use crate::toy::{Arith, ITEMS, Instr, State, V};
use tierlab_trace::backend::{Helper, HelperFn, HelperTable};
use tierlab_trace::ir::{
    Const, MemClass, Op, Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, TraceKind, Val,
};
use tierlab_trace::layout::{ExecContext, FLOAT_HEADER, HELPER_FAILED, PAYLOAD_DISP, POINTER_TAG};
use tierlab_trace::memory::{load_u64, store_u64};
use tierlab_trace::ops::{Opcode, Type};
use tierlab_trace::testgen::Arena;

pub const LOCALS: usize = 7;
const LIST_CLASS: u32 = 7;
/// The list object, its items, boxes that exist from the start, free cells.
pub const LIST: usize = 0;
pub const ITEM_WORDS: usize = 4;
const BOXES: usize = 16;
pub const FREE: usize = 256;
pub const WORDS: usize = 8192;
const HEADER: MemClass = MemClass(2);
const ITEM: MemClass = MemClass(3);
pub const EXACT: [f64; 6] = [0.0, -0.0, 1.5, -2.25, 1e300, 3.0];
pub const INTS: [i128; 14] = [
    0,
    1,
    2,
    3,
    -1,
    7,
    8,
    -5,
    1000003,
    (1 << 62) - 1,
    -(1 << 62),
    (1 << 61) + 12345,
    1 << 55,
    -(1 << 58) - 77,
];

unsafe extern "C" fn half(_: *mut ExecContext, word: u64) -> u64 {
    if word & 3 == 0 { ((word as i64) >> 1) as u64 } else { HELPER_FAILED }
}

unsafe extern "C" fn swap_items(_: *mut ExecContext, list: u64) -> u64 {
    // SAFETY: guarded to be the list, whose items lie in the arena.
    unsafe {
        let items = load_u64(list + PAYLOAD_DISP as u64 + 8);
        let (a, b) = (load_u64(items), load_u64(items + 8));
        store_u64(items, b);
        store_u64(items + 8, a);
    }
    2
}

pub fn helpers() -> HelperTable {
    let helper = |name, f| Helper { name, function: HelperFn::Ref1(f) };
    HelperTable { helpers: vec![helper("half", half), helper("swap_items", swap_items)] }
}

pub struct Recorder {
    pub trace: Trace,
    pub arena: Arena,
    pub words: Vec<u64>,
    boxes: usize,
    pub state: State,
    initial: Vec<V>,
    pub program: Vec<Instr>,
    locals: Vec<Val>,
    stack: Vec<Val>,
    snap: Option<SnapshotId>,
    calls: bool,
}

impl Recorder {
    pub fn new(locals: Vec<V>, items: Vec<V>) -> Recorder {
        let arena = Arena::new(WORDS);
        let initial = locals.clone();
        let state = State { locals, stack: Vec::new(), items };
        let mut r = Recorder {
            trace: Trace::new("toy.py:1", TraceKind::Loop),
            words: vec![0; WORDS],
            arena,
            boxes: BOXES,
            state,
            initial,
            program: Vec::new(),
            locals: Vec::new(),
            stack: Vec::new(),
            snap: None,
            calls: false,
        };
        r.words[LIST] = u64::from(LIST_CLASS);
        r.words[LIST + 1] = ITEMS as u64;
        r.words[LIST + 2] = r.arena.address(ITEM_WORDS);
        for i in 0..ITEMS {
            r.words[ITEM_WORDS + i] = r.word(r.state.items[i]);
        }
        let params = [Type::Ref; LOCALS];
        r.trace.begin_block(&params);
        r.locals = (0..LOCALS).map(Val::value).collect();
        r.trace.entry = r.snapshot();
        let args = r.locals.clone();
        r.trace.push_jump(Opcode::Jump, 1, &args);
        r.trace.begin_block(&params);
        r.locals = (0..LOCALS).map(|i| Val::value(LOCALS + 1 + i)).collect();
        r.snap = None;
        r.snapshot();
        r
    }

    pub fn word(&mut self, v: V) -> u64 {
        match v {
            V::Int(i) => (i as i64 as u64) << 1,
            V::List | V::Huge => self.arena.address(LIST) + POINTER_TAG,
            V::Float(f) => {
                let at = self.boxes;
                self.boxes += 2;
                self.words[at] = FLOAT_HEADER;
                self.words[at + 1] = f.to_bits();
                self.arena.address(at) + POINTER_TAG
            }
        }
    }

    fn snapshot(&mut self) -> SnapshotId {
        if let Some(s) = self.snap {
            return s;
        }
        let values = self.locals.iter().chain(&self.stack);
        let entries: Vec<SnapEntry> = values
            .enumerate()
            .map(|(i, &a)| SnapEntry { index: i as u16, recipe: Recipe::Value, a, b: Val::NONE })
            .collect();
        let count = entries.len() as u16;
        let pc = self.program.len() as u32;
        let frame = SnapFrame { code: 0, pc, height: count, entries: count };
        let s = self.trace.add_snapshot(&[frame], &entries);
        self.snap = Some(s);
        s
    }

    fn emit(&mut self, opcode: Opcode, args: &[Val]) -> Val {
        let op = Op::new(opcode, args);
        let op = if opcode.can_exit() { op.with_snapshot(self.snapshot()) } else { op };
        self.trace.push(op)
    }

    fn constant(&mut self, v: Val) -> Option<Const> {
        self.trace.const_of(v)
    }

    fn copy(&mut self, v: Val) -> Val {
        if self.constant(v).is_some() { v } else { self.emit(Opcode::CopyRef, &[v]) }
    }

    fn int(&mut self, v: Val) -> Val {
        match self.constant(v) {
            Some(Const::Ref(w)) => self.trace.add_const(Const::I64((w as i64) >> 1)),
            _ => self.emit(Opcode::UnboxI64, &[v]),
        }
    }

    fn float(&mut self, v: Val, concrete: V) -> Val {
        match (self.constant(v), concrete) {
            (Some(_), V::Float(f)) => self.trace.add_const(Const::F64(f.to_bits())),
            (_, V::Int(_)) => {
                let i = self.int(v);
                self.emit(Opcode::I64ToF64, &[i])
            }
            _ => self.emit(Opcode::UnboxF64, &[v]),
        }
    }

    fn load(&mut self, opcode: Opcode, base: Val, disp: i32) -> Val {
        self.trace.push(Op::new(opcode, &[base]).with_imm(disp).with_mem(HEADER))
    }

    /// Records and executes an instruction; false where it would halt.
    fn step(&mut self, instr: Instr) -> bool {
        let mut after = self.state.clone();
        if after.exec(instr).is_err() || after.stack.iter().any(too_big) {
            return false;
        }
        self.snap = None;
        let n = self.stack.len();
        let top =
            |r: &Recorder, depth: usize| (r.stack[n - 1 - depth], r.state.stack[n - 1 - depth]);
        let mut result = None;
        match instr {
            Instr::Load(k) => result = Some(self.copy(self.locals[k])),
            Instr::Dup => result = Some(top(self, 0).0),
            Instr::Const(v) => {
                let word = self.word(v);
                let c = self.trace.add_const(Const::Ref(word));
                self.emit(Opcode::CopyRef, &[c]);
                result = Some(c);
            }
            Instr::Swap => self.stack.swap(n - 1, n - 2),
            Instr::Pop => {}
            Instr::Store(k) => self.locals[k] = self.copy(top(self, 0).0),
            Instr::Arith(kind) => {
                let (a, b) = (top(self, 1), top(self, 0));
                result = Some(self.arith(kind, a, b));
            }
            Instr::Less | Instr::JumpUnlessLess(_) => {
                let ((a, ca), (b, cb)) = (top(self, 1), top(self, 0));
                let ints = matches!((ca, cb), (V::Int(_), V::Int(_)));
                let (x, y) = match ints {
                    true => (self.int(a), self.int(b)),
                    false => (self.float(a, ca), self.float(b, cb)),
                };
                match (instr, ints) {
                    (Instr::JumpUnlessLess(true), true) => self.emit(Opcode::GuardLtI64, &[x, y]),
                    (Instr::JumpUnlessLess(true), _) => self.emit(Opcode::GuardLtF64, &[x, y]),
                    (Instr::JumpUnlessLess(_), true) => self.emit(Opcode::GuardGeI64, &[x, y]),
                    (Instr::JumpUnlessLess(_), _) => self.emit(Opcode::GuardNltF64, &[x, y]),
                    _ => {
                        let compare = if ints { Opcode::LtI64 } else { Opcode::LtF64 };
                        let c = self.emit(compare, &[x, y]);
                        let yes = self.trace.add_const(Const::Ref(2));
                        let no = self.trace.add_const(Const::Ref(0));
                        let v = self.emit(Opcode::Select, &[c, yes, no]);
                        result = Some(v);
                        v
                    }
                };
            }
            Instr::Same(k) => {
                let k = self.trace.add_const(Const::Ref((k as i64 as u64) << 1));
                self.emit(Opcode::GuardSame, &[top(self, 0).0, k]);
            }
            Instr::NotList => {
                let word = self.word(V::List);
                let list = self.trace.add_const(Const::Ref(word));
                self.emit(Opcode::GuardDiffer, &[top(self, 0).0, list]);
            }
            Instr::GetItem | Instr::SetItem => {
                let (list, index) = (top(self, 1).0, top(self, 0).0);
                self.guard_list(list);
                let len = self.load(Opcode::LoadI64, list, PAYLOAD_DISP);
                let i = self.int(index);
                self.emit(Opcode::GuardIndex, &[i, len]);
                let items = self.load(Opcode::LoadI64, list, PAYLOAD_DISP + 8);
                let op = match instr {
                    Instr::GetItem => Op::new(Opcode::LoadRefIndex, &[items, i]),
                    _ => Op::new(Opcode::StoreRefIndex, &[items, i, top(self, 2).0]),
                };
                let v = self.trace.push(op.with_mem(ITEM));
                result = (instr == Instr::GetItem).then_some(v);
            }
            Instr::Half | Instr::SwapItems => {
                let arg = top(self, 0).0;
                if instr == Instr::SwapItems {
                    self.guard_list(arg);
                } else if !matches!(top(self, 0).1, V::Int(i) if i % 2 == 0) {
                    return false;
                }
                let helper = i32::from(instr == Instr::SwapItems);
                let snapshot = self.snapshot();
                let op = Op::new(Opcode::CallRef1, &[arg]).with_imm(helper).with_snapshot(snapshot);
                result = Some(self.trace.push(op));
                self.calls = true;
            }
        }
        self.program.push(instr);
        let kept = after.stack.len() - usize::from(result.is_some());
        self.stack.truncate(kept);
        self.stack.extend(result);
        self.state = after;
        true
    }

    fn guard_list(&mut self, list: Val) {
        let snapshot = self.snapshot();
        let op = Op::new(Opcode::GuardClass, &[list]).with_imm(LIST_CLASS as i32);
        self.trace.push(op.with_snapshot(snapshot));
    }

    fn arith(&mut self, kind: Arith, (a, ca): (Val, V), (b, cb): (Val, V)) -> Val {
        if let (V::Int(_), V::Int(_)) = (ca, cb) {
            let (x, y) = (self.int(a), self.int(b));
            let opcode = match kind {
                Arith::Add => Opcode::AddOvf,
                Arith::Sub => Opcode::SubOvf,
                Arith::Mul => Opcode::MulOvf,
                Arith::Div => Opcode::FloorDiv,
                Arith::Mod => Opcode::FloorMod,
                Arith::And => Opcode::And,
            };
            let r = self.emit(opcode, &[x, y]);
            return self.emit(Opcode::Tag, &[r]);
        }
        let (x, y) = (self.float(a, ca), self.float(b, cb));
        let opcode = match kind {
            Arith::Add => Opcode::AddF64,
            Arith::Sub => Opcode::SubF64,
            Arith::Mul => Opcode::MulF64,
            _ => {
                let zero = self.trace.add_const(Const::F64(0));
                self.emit(Opcode::GuardNeF64, &[y, zero]);
                Opcode::DivF64
            }
        };
        let r = self.emit(opcode, &[x, y]);
        self.emit(Opcode::BoxF64, &[r])
    }

    /// Records one iteration: first the countdown, then what the seeds ask for.
    pub fn record(&mut self, seeds: &[u32]) {
        let one = Instr::Const(V::Int(1));
        for instr in [Instr::Const(V::Int(0)), Instr::Load(0), Instr::JumpUnlessLess(true)] {
            self.step(instr);
        }
        for instr in [Instr::Load(0), one, Instr::Arith(Arith::Sub), Instr::Store(0)] {
            self.step(instr);
        }
        for &seed in seeds {
            self.choose(seed);
        }
        while let Some(v) = self.state.stack.last() {
            let kind = std::mem::discriminant(v);
            let home =
                (2..LOCALS).rev().find(|&k| std::mem::discriminant(&self.initial[k]) == kind);
            let home = home.filter(|k| !(self.stack.len() + k).is_multiple_of(3));
            self.step(home.map_or(Instr::Pop, Instr::Store));
        }
        self.snap = None;
        let pc0 = std::mem::take(&mut self.program);
        if self.calls {
            self.emit(Opcode::GuardNoCollect, &[]);
        }
        self.program = pc0;
        let args = self.locals.clone();
        self.trace.push_jump(Opcode::Jump, 1, &args);
    }

    fn choose(&mut self, seed: u32) {
        let pick = (seed >> 8) as usize;
        let local = 2 + pick % (LOCALS - 2);
        let depth = self.stack.len();
        let arith = [Arith::Add, Arith::Sub, Arith::Mul, Arith::Div, Arith::Mod, Arith::And];
        let kind = |v: &V| std::mem::discriminant(v);
        if depth < 2 || (seed.is_multiple_of(4) && depth < 5) {
            match seed % 7 {
                0 => self.step(Instr::Const(V::Int(INTS[pick % INTS.len()]))),
                1 => self.step(Instr::Const(V::Float(EXACT[pick % EXACT.len()]))),
                2 => self.step(Instr::Load(0)),
                3 => {
                    for instr in [Instr::Load(1), Instr::Load(local), Instr::Const(V::Int(7))] {
                        self.step(instr);
                    }
                    // Where the local is no int the rest is not recorded either.
                    self.step(Instr::Arith(Arith::And)) && self.step(Instr::GetItem)
                }
                4 => {
                    self.step(Instr::Load(1));
                    self.step(Instr::Const(V::Int(pick as i128 % 3)));
                    self.step(Instr::GetItem)
                }
                _ => self.step(Instr::Load(local)),
            };
            return;
        }
        match seed % 16 {
            0..=5 => self.step(Instr::Arith(arith[pick % arith.len()])),
            // Mostly locals keep their types, so that loops go round.
            6..=8
                if kind(&self.state.stack[depth - 1]) == kind(&self.initial[local])
                    || pick.is_multiple_of(8) =>
            {
                self.step(Instr::Store(local))
            }
            6 => self.step(Instr::Pop),
            7 => match self.state.stack[depth - 1] {
                V::Int(k @ 0..=1) => self.step(Instr::Same(k)),
                _ => self.step(Instr::Less),
            },
            8 => self.step(Instr::Swap),
            9 => self.step(Instr::JumpUnlessLess(true)) || self.step(Instr::JumpUnlessLess(false)),
            10 => self.step(Instr::Less),
            11 => {
                self.step(Instr::Load(1));
                self.step(Instr::Const(V::Int(pick as i128 % 4)));
                self.step(Instr::SetItem)
            }
            12 => self.step(Instr::Half),
            13 => self.step(Instr::Load(1)) && self.step(Instr::SwapItems),
            14 => self.step(Instr::NotList),
            _ => self.step([Instr::Dup, Instr::Swap, Instr::Pop][pick % 3]),
        };
    }
}

fn too_big(v: &V) -> bool {
    *v == V::Huge || matches!(v, V::Int(i) if !(-(1 << 62)..1 << 62).contains(i))
}
