//! The writer of one code object: instructions with places, labels, and the pools of constants
//! and names.

use crate::bytecode::{ConstValue, Handler, Instr, Opcode, Position};
use num_bigint::BigInt;
use std::collections::HashMap;
use std::sync::Arc;

/// A place in the code that jumps go to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label(usize);

/// Identity of a constant: the type counts, and so does the sign of a zero.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    None,
    Bool(bool),
    Int(i64),
    BigInt(BigInt),
    Float(u64),
    Str(Arc<str>),
    Bytes(Arc<[u8]>),
    Ellipsis,
    Tuple(Vec<Key>),
    FrozenSet(Vec<Key>),
}

impl Key {
    fn of(value: &ConstValue) -> Option<Key> {
        Some(match value {
            ConstValue::None => Key::None,
            ConstValue::Bool(b) => Key::Bool(*b),
            ConstValue::Int(i) => Key::Int(*i),
            ConstValue::BigInt(i) => Key::BigInt(i.clone()),
            ConstValue::Float(f) => Key::Float(f.to_bits()),
            ConstValue::Str(s) => Key::Str(s.clone()),
            ConstValue::Bytes(bytes) => Key::Bytes(bytes.clone()),
            ConstValue::Ellipsis => Key::Ellipsis,
            ConstValue::Tuple(items) => {
                Key::Tuple(items.iter().map(Key::of).collect::<Option<_>>()?)
            }
            ConstValue::FrozenSet(items) => {
                Key::FrozenSet(items.iter().map(Key::of).collect::<Option<_>>()?)
            }
            ConstValue::Code(_) => return None,
        })
    }
}

/// A list of names without repetition.
#[derive(Default)]
struct Pool {
    names: Vec<Arc<str>>,
    index: HashMap<Arc<str>, u32>,
}

impl Pool {
    /// An entry of its own for a name.
    fn add(&mut self, name: &str) -> u32 {
        self.names.push(name.into());
        self.names.len() as u32 - 1
    }

    fn get(&mut self, name: &str) -> u32 {
        if let Some(index) = self.index.get(name) {
            return *index;
        }
        let (name, index): (Arc<str>, _) = (name.into(), self.names.len() as u32);
        self.names.push(name.clone());
        self.index.insert(name, index);
        index
    }
}

/// A loop whose end is not known yet.
pub(super) struct OpenLoop {
    pub header: u32,
    pub end: u32,
}

/// A stretch of code whose exceptions go to a label.
#[derive(Clone, Copy)]
struct Region {
    label: Label,
    /// By how much the stack is lower at the label than at the region's first instruction.
    lower: u16,
    /// The first instruction in it, or in a region within it.
    first: Option<u32>,
    /// The region that it began in.
    outer: Option<usize>,
}

/// Names that have an entry each, one per instruction; further ones share.
const MAX_OWN_NAMES: usize = 60_000;

/// See the module.
#[derive(Default)]
pub(super) struct Emitter {
    pub instrs: Vec<Instr>,
    pub positions: Vec<Position>,
    pub consts: Vec<ConstValue>,
    const_index: HashMap<Key, u32>,
    globals: Pool,
    names: Pool,
    labels: Vec<Option<u32>>,
    jumps: Vec<(u32, Label)>,
    /// How many jumps go to each label.
    targeted: Vec<u32>,
    pub loops: Vec<OpenLoop>,
    /// Whether control can not get to the next instruction: it is not written then.
    unreachable: bool,
    regions: Vec<Region>,
    /// The innermost region around the next instruction.
    pub region: Option<usize>,
    /// The innermost region around each instruction.
    region_of: Vec<Option<usize>>,
    /// What did not fit into an instruction.
    pub overflow: Option<&'static str>,
}

impl Emitter {
    /// Whether control can get to the next instruction.
    pub fn reachable(&self) -> bool {
        !self.unreachable
    }

    /// The index of the next instruction.
    pub fn here(&self) -> u32 {
        self.instrs.len() as u32
    }

    fn push(&mut self, position: Position, instr: Instr) {
        if self.unreachable {
            return;
        }
        // A region that begins with another one begins at that one's height.
        let (here, mut around) = (self.here(), self.region);
        while let Some(region) = around.map(|n| &mut self.regions[n]).filter(|r| r.first.is_none())
        {
            region.first = Some(here);
            around = region.outer;
        }
        self.region_of.push(self.region);
        self.instrs.push(instr);
        self.positions.push(position);
        self.unreachable = matches!(
            instr.op(),
            Opcode::Jump
                | Opcode::JumpBackward
                | Opcode::ReturnValue
                | Opcode::Raise
                | Opcode::Reraise
        );
    }

    /// A region whose exceptions go to `label`, where the stack is `lower` entries lower than at the
    /// first instruction. Gives its number and makes it the current one.
    pub fn begin_region(&mut self, label: Label, lower: u16) -> usize {
        self.regions.push(Region { label, lower, first: None, outer: self.region });
        let number = self.regions.len() - 1;
        self.region = Some(number);
        number
    }

    /// Places the label of a region's exceptions, if the region has instructions.
    pub fn place_handler(&mut self, region: usize) -> bool {
        let Region { label, first, .. } = self.regions[region];
        self.labels[label.0] = Some(self.here());
        if first.is_some() {
            self.unreachable = false;
        }
        first.is_some()
    }

    /// The table of handlers, each with the first instruction of its region: what stands in
    /// `height` is by how much the stack has to be lower than there.
    pub fn handlers(&self) -> Vec<(Handler, u32)> {
        let mut handlers: Vec<(Handler, u32)> = Vec::new();
        let mut last = None;
        for (pc, region) in self.region_of.iter().enumerate() {
            let pc = pc as u32;
            let Some(number) = *region else {
                last = None;
                continue;
            };
            match handlers.last_mut() {
                Some((handler, _)) if last == Some(number) => handler.end = pc + 1,
                _ => {
                    let Region { label, lower, first, .. } = self.regions[number];
                    let target = self.labels[label.0].unwrap_or_default();
                    let handler = Handler { start: pc, end: pc + 1, target, height: lower };
                    handlers.push((handler, first.unwrap_or(pc)));
                }
            }
            last = Some(number);
        }
        handlers
    }

    /// Writes an instruction with the fields `x` and `y`.
    pub fn op(&mut self, position: Position, op: Opcode, x: u8, y: u16) {
        self.push(position, Instr::new(op, x, y));
    }

    /// Writes an instruction with the field `wide`.
    pub fn wide(&mut self, position: Position, op: Opcode, wide: u32) {
        match Instr::with_wide(op, wide) {
            Some(instr) => self.push(position, instr),
            None => self.overflow = Some("code objects of more than 16 million instructions"),
        }
    }

    /// Writes a jump to a label.
    pub fn jump(&mut self, position: Position, op: Opcode, label: Label) {
        if self.unreachable {
            return;
        }
        self.jumps.push((self.here(), label));
        self.targeted[label.0] += 1;
        self.wide(position, op, 0);
    }

    /// A label to be placed later.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        self.targeted.push(0);
        Label(self.labels.len() - 1)
    }

    /// Places a label before the next instruction.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0] = Some(self.here());
        if self.targeted[label.0] > 0 {
            self.unreachable = false;
        }
    }

    /// Whether any jump goes to the label.
    pub fn is_targeted(&self, label: Label) -> bool {
        self.targeted[label.0] > 0
    }

    /// Begins a loop at the next instruction; gives its number.
    pub fn begin_loop(&mut self) -> u32 {
        self.loops.push(OpenLoop { header: self.here(), end: 0 });
        self.loops.len() as u32 - 1
    }

    /// Ends a loop before the next instruction.
    pub fn end_loop(&mut self, number: u32) {
        self.loops[number as usize].end = self.here();
    }

    /// The number of a constant.
    pub fn constant(&mut self, value: ConstValue) -> u32 {
        let next = self.consts.len() as u32;
        if let Some(key) = Key::of(&value) {
            let index = *self.const_index.entry(key).or_insert(next);
            if index != next {
                return index;
            }
        }
        self.consts.push(value);
        next
    }

    /// The number of a global name.
    pub fn global(&mut self, name: &str) -> u32 {
        self.globals.get(name)
    }

    /// The number of an attribute name.
    pub fn name(&mut self, name: &str) -> u16 {
        let own = self.names.names.len() < MAX_OWN_NAMES;
        let index = if own { self.names.add(name) } else { self.names.get(name) };
        u16::try_from(index).unwrap_or_else(|_| {
            self.overflow = Some("code objects with more than 65536 attribute names");
            0
        })
    }

    /// Writes the targets into the jumps; gives the pools of globals and attribute names.
    pub fn resolve(&mut self) -> (Vec<Arc<str>>, Vec<Arc<str>>) {
        for (at, label) in std::mem::take(&mut self.jumps) {
            let target = self.labels[label.0].unwrap_or_default();
            let op = self.instrs[at as usize].op();
            match Instr::with_wide(op, target) {
                Some(instr) => self.instrs[at as usize] = instr,
                None => self.overflow = Some("code objects of more than 16 million instructions"),
            }
        }
        (std::mem::take(&mut self.globals.names), std::mem::take(&mut self.names.names))
    }
}
