//! Loading code: constants become values, global names become cells.

use super::Vm;
use crate::class;
use crate::code::{GlobalRef, LoopState, RtCode};
use crate::interp::{AttrCache, Mode};
use crate::value::Value;
use std::cell::Cell;
use std::sync::Arc;
use tierlab_frontend::bytecode::{CodeObject, ConstValue, Instr, Opcode};

impl Vm {
    /// Loads code into a module; returns its number.
    pub(crate) fn load_code(&mut self, source: &Arc<CodeObject>, module: u32) -> u32 {
        let consts: Box<[Value]> =
            source.consts.iter().map(|c| self.load_const(c, module)).collect();
        let globals: Box<[GlobalRef]> = source
            .globals
            .iter()
            .map(|name| GlobalRef {
                module: self.global_cell(module, name),
                builtin: self.builtin_cell(name),
            })
            .collect();
        let names: Box<[Value]> = source.names.iter().map(|name| self.intern(name)).collect();
        let id = self.codes.len() as u32;
        let mut instrs: Vec<Cell<Instr>> = source.instrs.iter().copied().map(Cell::new).collect();
        // Superinstructions look at the next instruction: the last one has a neighbour too.
        instrs.push(Cell::new(Instr::new(Opcode::Nop, 0, 0)));
        let code = RtCode {
            id,
            module,
            source: source.clone(),
            instrs: instrs.into(),
            consts,
            globals,
            loops: source.loops.iter().map(LoopState::new).collect(),
            entry: LoopState::of_entry(),
            args: source.args.into(),
            plain_args: if source.parameters() == source.args as usize && !source.generator {
                source.args.into()
            } else {
                u32::MAX
            },
            first_free: source.first_free.into(),
            free: source.free.into(),
            locals: source.locals.len() as u32,
            frame_size: source.locals.len() as u32 + u32::from(source.stack_size) + 4,
            attr_cache: names.iter().map(|_| Cell::new(AttrCache::EMPTY)).collect(),
            names,
            liveness: Default::default(),
        };
        if self.mode == Mode::Adaptive {
            code.fuse();
        }
        self.codes.push(Box::new(code));
        id
    }

    /// A constant as a value; the machine's roots hold it from the moment the code is loaded.
    fn load_const(&mut self, constant: &ConstValue, module: u32) -> Value {
        match constant {
            ConstValue::None => Value::none(),
            ConstValue::Bool(b) => Value::bool(*b),
            ConstValue::Int(i) => self.heap.alloc_int(*i),
            ConstValue::BigInt(i) => self.heap.alloc_big(i.clone()),
            ConstValue::Float(f) => self.heap.alloc_float(*f),
            ConstValue::Str(s) => self.intern(s),
            ConstValue::Bytes(bytes) => self.heap.alloc_bytes(class::BYTES, bytes),
            ConstValue::Ellipsis => Value::ellipsis(),
            ConstValue::Tuple(items) => {
                let items: Vec<Value> = items.iter().map(|c| self.load_const(c, module)).collect();
                self.heap.alloc_tuple(&items).unwrap_or(Value::none())
            }
            ConstValue::FrozenSet(items) => {
                let items: Vec<Value> = items.iter().map(|c| self.load_const(c, module)).collect();
                let mut made = |items: &[Value]| {
                    let set = self.heap.alloc_empty_set(class::FROZENSET);
                    for item in items {
                        // Constants have hashes and run nothing.
                        let _ = crate::ops::set_add(self, set, *item);
                    }
                    set
                };
                // CPython makes such a set again when it collects the constants of a code object.
                let first = made(&items);
                let order = first.as_set().map_or(Vec::new(), |set| set.table().keys());
                made(&order)
            }
            ConstValue::Code(code) => {
                let id = self.load_code(code, module);
                self.heap.alloc_words(class::CODE, id, [Value::ZERO; 3])
            }
        }
    }

    /// A function object of loaded code.
    /// The words are the tuple of defaults, that of keyword-only parameters, and that of cells.
    pub(crate) fn new_function(&mut self, code: u32, words: [Value; 3]) -> Value {
        let address = &raw const *self.codes[code as usize] as usize;
        self.heap.alloc_function(code, address, words)
    }
}
