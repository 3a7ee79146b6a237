//! Runtime code: what a code object becomes when its module is loaded.
//!
//! Terms. *Quickening* replaces instructions by specialized forms in place; [`RtCode::base_instr`]
//! gives the form that the compiler wrote. A *global cell* holds one variable of a module; code
//! refers to cells directly, so that a name is looked up once, when its code is loaded.
//!
//! Invariants. Runtime code never moves and lives as long as its virtual machine. Instructions change
//! only to forms with the same operands and the same base.

use crate::interp::AttrCache;
use crate::value::Value;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;
use tierlab_frontend::bytecode::{CodeObject, Instr, LoopInfo, Opcode, Position};
use tierlab_frontend::liveness::{Liveness, live_locals};

/// A variable of a module.
#[repr(C)]
pub struct GlobalCell {
    value: Cell<Value>,
    stores: Cell<u32>,
    watched: Cell<bool>,
    name: Arc<str>,
}

impl GlobalCell {
    /// An unbound variable.
    pub fn new(name: Arc<str>) -> GlobalCell {
        GlobalCell {
            value: Cell::new(Value::NULL),
            stores: Cell::new(0),
            watched: Cell::new(false),
            name,
        }
    }

    /// Its value, NULL where it is unbound.
    #[inline(always)]
    pub fn get(&self) -> Value {
        self.value.get()
    }

    /// Changes the value. Whoever calls this asks [`GlobalCell::is_watched`] first.
    #[inline(always)]
    pub fn set(&self, value: Value) {
        self.value.set(value);
        self.stores.set(self.stores.get().saturating_add(1));
    }

    /// How often it was assigned.
    pub fn stores(&self) -> u32 {
        self.stores.get()
    }

    /// Whether the JIT wants to know of the next store.
    #[inline(always)]
    pub fn is_watched(&self) -> bool {
        self.watched.get()
    }

    /// Asks for (or stops) [`crate::hooks::JitHooks::watched_store`].
    pub fn watch(&self, on: bool) {
        self.watched.set(on);
    }

    /// The variable's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Address of the word that holds the value; it never moves.
    pub fn address(&self) -> usize {
        &raw const self.value as usize
    }
}

/// What a global name of some code refers to.
#[derive(Clone)]
pub struct GlobalRef {
    /// The module's variable.
    pub module: Rc<GlobalCell>,
    /// The built-in of that name.
    pub builtin: Option<Rc<GlobalCell>>,
}

impl GlobalRef {
    /// The value that loading the name gives: NULL where it is not defined.
    #[inline(always)]
    pub fn get(&self) -> Value {
        let value = self.module.get();
        if value.is_null() {
            return self.builtin.as_ref().map_or(Value::NULL, |cell| cell.get());
        }
        value
    }
}

/// State of a loop, or of the entry of a function, while the program runs.
pub struct LoopState {
    /// The instruction that every iteration starts with; the first one for an entry.
    pub header: u32,
    /// Back-edges or calls taken since the JIT last looked; only counted with a JIT attached.
    pub counter: Cell<u32>,
    /// The JIT's own note; not 0 means "ask me every time".
    pub jit: Cell<u32>,
}

impl LoopState {
    pub(crate) fn new(info: &LoopInfo) -> LoopState {
        LoopState { header: info.header, counter: Cell::new(0), jit: Cell::new(0) }
    }

    pub(crate) fn of_entry() -> LoopState {
        LoopState { header: 0, counter: Cell::new(0), jit: Cell::new(0) }
    }
}

/// Runtime code.
pub struct RtCode {
    /// Its number: index in the virtual machine's table.
    pub id: u32,
    /// Number of the module that it belongs to.
    pub module: u32,
    /// What the compiler made.
    pub source: Arc<CodeObject>,
    pub(crate) instrs: Box<[Cell<Instr>]>,
    pub(crate) consts: Box<[Value]>,
    pub(crate) globals: Box<[GlobalRef]>,
    pub(crate) loops: Box<[LoopState]>,
    pub(crate) entry: LoopState,
    pub(crate) args: u32,
    /// The same where all parameters are positional, no number of arguments otherwise.
    pub(crate) plain_args: u32,
    /// The first local that is a free name, and how many there are.
    pub(crate) first_free: u32,
    pub(crate) free: u32,
    pub(crate) locals: u32,
    /// Locals and operand stack.
    pub(crate) frame_size: u32,
    /// Names of attributes as interned strings.
    pub(crate) names: Box<[Value]>,
    pub(crate) attr_cache: Box<[Cell<AttrCache>]>,
    pub(crate) liveness: OnceCell<Arc<Liveness>>,
}

impl RtCode {
    /// Number of instructions.
    pub fn len(&self) -> usize {
        self.instrs.len()
    }

    /// Whether there are no instructions.
    pub fn is_empty(&self) -> bool {
        self.instrs.is_empty()
    }

    /// The instruction as it stands, perhaps specialized.
    pub fn instr(&self, index: usize) -> Option<Instr> {
        self.instrs.get(index).map(Cell::get)
    }

    /// The instruction in its base form.
    pub fn base_instr(&self, index: usize) -> Option<Instr> {
        self.instr(index).map(|instr| instr.with_op(instr.op().base()))
    }

    /// A constant.
    pub fn constant(&self, index: usize) -> Option<Value> {
        self.consts.get(index).copied()
    }

    /// What a global name refers to.
    pub fn global(&self, index: usize) -> Option<&GlobalRef> {
        self.globals.get(index)
    }

    /// State of a loop.
    pub fn loop_state(&self, index: usize) -> Option<&LoopState> {
        self.loops.get(index)
    }

    /// State of the entry.
    pub fn entry_state(&self) -> &LoopState {
        &self.entry
    }

    /// Positional parameters.
    pub fn args(&self) -> usize {
        self.args as usize
    }

    /// Locals, parameters included.
    pub fn locals(&self) -> usize {
        self.locals as usize
    }

    /// Which locals are live where.
    pub fn liveness(&self) -> Arc<Liveness> {
        self.liveness.get_or_init(|| Arc::new(live_locals(&self.source))).clone()
    }

    /// Where an instruction comes from.
    pub fn position(&self, index: usize) -> Position {
        self.source.positions.get(index).copied().unwrap_or_default()
    }

    /// Writes the superinstructions that need no types.
    pub(crate) fn fuse(&self) {
        for pair in self.instrs.windows(2) {
            let [first, second] = pair else { continue };
            let fused = match (first.get().op(), second.get().op().base()) {
                (Opcode::LoadFast, Opcode::LoadFast) => Opcode::LoadFastLoadFast,
                (Opcode::LoadFast, Opcode::LoadConst) => Opcode::LoadFastLoadConst,
                (Opcode::StoreFast, Opcode::LoadFast) => Opcode::StoreFastLoadFast,
                (Opcode::StoreFast, Opcode::StoreFast) => Opcode::StoreFastStoreFast,
                _ => continue,
            };
            first.set(first.get().with_op(fused));
        }
    }
}
