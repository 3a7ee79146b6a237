//! The compiler: one pass over a trace that copies stencils and fills their holes.
//!
//! Layout of a trace's code, as offsets from its start:
//!
//! ```text
//! 0         the pool: 8 bytes for each float constant
//! thunks    an exit thunk for each exit, in exit order
//! entry     hot parts in op order, with the moves between them
//! cold      cold parts of stencils that have one
//! ```
//!
//! The number of exits is known beforehand, and so the address of each thunk: a jump to an exit is
//! complete when its stencil is copied. Only cold parts, which few stencils have, wait until the
//! end.
//!
//! Invariants: nothing is allocated per op (buffers are reused and grow by doubling); every hole is
//! written, since the bytes of the library are zero there.

use crate::holes::{self, Hole};
use crate::library::{FLOAT_REGISTERS, Library, NO_COLD, NO_REGISTER, Part};
use crate::shape::Space;
use tierlab_regalloc::{Allocation, Edit, Loc, LocKind, OpLocs};
use tierlab_runtime::stubs::{Stubs, THUNK_BYTES};
use tierlab_trace::backend::{CompileError, HelperTable};
use tierlab_trace::ir::{Const, Op, Trace, TraceId};
use tierlab_trace::layout::slot_disp;
use tierlab_trace::ops::{Imm, Opcode};

/// Alignment of the entry and of blocks that are jumped back to.
const BLOCK_ALIGN: usize = 16;
/// Bytes of the buffer that one step may write: a stencil, padding or a jump.
const ROOM: usize = 512;
/// Values of holes: a power of two that holds all kinds.
const VALUES: usize = 32;
/// Copies go in chunks of this many bytes.
const CHUNK: usize = 32;

/// What the emitter needs to know of the world around a trace.
pub struct Surroundings<'a> {
    /// The stencils.
    pub library: &'static Library,
    /// Address where the code will lie.
    pub base: u64,
    /// Number of the trace's first exit.
    pub first_exit: u32,
    /// The tier's stubs.
    pub stubs: &'a Stubs,
    /// Address of the library's constants.
    pub constants: u64,
    /// The helpers.
    pub helpers: &'a HelperTable,
    /// The number of the trace itself.
    pub id: TraceId,
    /// Entry addresses of other traces.
    pub entry_of: &'a dyn Fn(TraceId) -> Option<u64>,
}

/// Where things are in the emitted code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Offset of the first thunk.
    pub thunks: u32,
    /// Offset of the entry.
    pub entry: u32,
    /// The loop block's range; empty where there is none.
    pub loop_range: (u32, u32),
    /// Length of the code.
    pub len: u32,
}

/// The compiler's working memory.
#[derive(Debug, Default)]
pub struct Emitter {
    code: Vec<u8>,
    at: usize,
    /// Values of holes, by kind.
    values: [u64; VALUES],
    pool: Vec<u32>,
    blocks: Vec<u32>,
    /// Per block, whether it or a later one jumps to it.
    loop_heads: Vec<bool>,
    /// Jumps to blocks that come later: offset of the displacement, block.
    forward: Vec<(u32, u32)>,
    /// Stencils with a cold part: op, offset of the hot part, exit.
    cold: Vec<(u32, u32, u32)>,
}

impl Emitter {
    /// The code that was emitted last.
    pub fn code(&self) -> &[u8] {
        &self.code[..self.at]
    }

    /// Emits a trace. Where `offsets` is given, the offset of each op's code is appended to it.
    pub fn emit(
        &mut self,
        trace: &Trace,
        allocation: &Allocation,
        around: &Surroundings,
        offsets: Option<&mut Vec<(u32, u32)>>,
    ) -> Result<Layout, CompileError> {
        // One code for each way, so that neither asks at every operand which it is.
        if around.library.convention.representatives.is_some() {
            self.emit_by::<true>(trace, allocation, around, offsets)
        } else {
            self.emit_by::<false>(trace, allocation, around, offsets)
        }
    }

    /// Emits a trace from a library in which registers are holes, or one in which they are not.
    fn emit_by<const PATCHED: bool>(
        &mut self,
        trace: &Trace,
        allocation: &Allocation,
        around: &Surroundings,
        mut offsets: Option<&mut Vec<(u32, u32)>>,
    ) -> Result<Layout, CompileError> {
        if self.code.is_empty() {
            self.code.resize(1 << 14, 0);
        }
        self.at = 0;
        self.blocks.clear();
        self.forward.clear();
        self.cold.clear();
        self.find_loop_heads(trace);
        self.values[holes::LIBRARY as usize] = around.constants.wrapping_sub(around.base);

        let mut layout = self.emit_pool_and_thunks(trace, allocation, around)?;
        let mut exit = 0;
        let mut edits = allocation.edits.iter().peekable();
        for (b, block) in trace.blocks.iter().enumerate() {
            self.reserve();
            if self.loop_heads[b] {
                self.align();
            }
            let start = self.at as u32;
            self.blocks.push(start);
            for i in block.ops() {
                let op = &trace.ops[i];
                if let Some(offsets) = offsets.as_deref_mut()
                    && !op.opcode.is_param()
                {
                    offsets.push((self.at as u32, i as u32));
                }
                while let Some(edit) = edits.next_if(|e| e.op as usize == i) {
                    self.emit_move::<PATCHED>(around.library, trace, edit)?;
                }
                match op.opcode {
                    Opcode::ParamI64 | Opcode::ParamF64 | Opcode::ParamRef => {}
                    Opcode::Jump => self.emit_jump(b, op.imm as u32),
                    Opcode::JumpTrace => {
                        let target = TraceId(op.imm as u32);
                        let to = if target == around.id {
                            u64::from(layout.entry)
                        } else {
                            (around.entry_of)(target)
                                .ok_or(CompileError::UnknownTrace(target))?
                                .wrapping_sub(around.base)
                        };
                        self.emit_jump_to(to);
                    }
                    Opcode::ExitAlways => {
                        self.emit_jump_to(thunk(&layout, exit));
                        exit += 1;
                    }
                    _ => {
                        let locs = &allocation.locs[i];
                        let number = self.prepare::<PATCHED>(trace, i, op, locs, around)?;
                        self.values[holes::EXIT as usize] = thunk(&layout, exit);
                        let stencil = around.library.stencil(number);
                        self.reserve();
                        if stencil.cold != NO_COLD {
                            self.cold.push((i as u32, self.at as u32, exit));
                        }
                        self.copy(around.library, &stencil.hot);
                        exit += u32::from(around.library.rows[op.opcode as usize].exits);
                    }
                }
            }
            if b == 1 && trace.loop_block().is_some() {
                layout.loop_range = (start, self.at as u32);
            }
        }
        self.finish::<PATCHED>(trace, allocation, around, &layout)?;
        layout.len = self.at as u32;
        Ok(layout)
    }

    fn find_loop_heads(&mut self, trace: &Trace) {
        self.loop_heads.clear();
        self.loop_heads.resize(trace.blocks.len(), false);
        for (b, block) in trace.blocks.iter().enumerate() {
            let last = block.ops().next_back().map(|i| &trace.ops[i]);
            if let Some(op) = last
                && op.opcode == Opcode::Jump
                && op.imm as usize <= b
            {
                self.loop_heads[op.imm as usize] = true;
            }
        }
    }

    fn emit_pool_and_thunks(
        &mut self,
        trace: &Trace,
        allocation: &Allocation,
        around: &Surroundings,
    ) -> Result<Layout, CompileError> {
        self.pool.clear();
        for constant in &trace.consts {
            self.pool.push(self.at as u32);
            if let Const::F64(bits) = constant {
                self.reserve();
                self.code[self.at..self.at + 8].copy_from_slice(&bits.to_le_bytes());
                self.at += 8;
            }
        }
        let thunks = self.at;
        for exit in 0..allocation.exit_starts.len() as u32 {
            self.reserve();
            let number = around.first_exit + exit;
            let to = &mut self.code[self.at..self.at + THUNK_BYTES];
            if let Some(to) = to.first_chunk_mut() {
                around.stubs.write_thunk(to, around.base + self.at as u64, number)?;
            }
            self.at += THUNK_BYTES;
        }
        self.align();
        let entry = self.at as u32;
        Ok(Layout { thunks: thunks as u32, entry, ..Layout::default() })
    }

    /// Computes the values of an op's holes and chooses its stencil.
    #[inline]
    fn prepare<const PATCHED: bool>(
        &mut self,
        trace: &Trace,
        index: usize,
        op: &Op,
        locs: &OpLocs,
        around: &Surroundings,
    ) -> Result<usize, CompileError> {
        let mut opcode = op.opcode;
        let mut imm = op.imm;
        let mut locs = *locs;
        if matches!(opcode, Opcode::LoadRefIndex | Opcode::StoreRefIndex)
            && locs.args[1].kind() == LocKind::Const
        {
            // A constant index is a displacement.
            let constant = trace.consts[locs.args[1].index() as usize].bits() as i64;
            let disp = constant.wrapping_mul(8).wrapping_add(i64::from(imm));
            imm = i32::try_from(disp)
                .map_err(|_| unsupported(index, "the constant index is out of reach"))?;
            locs.args[1] = locs.args[2];
            locs.args[2] = Loc::NONE;
            opcode = match opcode {
                Opcode::LoadRefIndex => Opcode::LoadRef,
                _ => Opcode::StoreRef,
            };
        }
        let row = &around.library.rows[opcode as usize];
        let mut number = row.base as usize;
        for operand in 0..row.operands as usize {
            let loc = locs.args[operand];
            let value = loc.index();
            let code = match loc.kind() {
                LocKind::Slot => {
                    self.values[operand] = slot_disp(value) as u64;
                    0
                }
                LocKind::Int | LocKind::Float => {
                    let code = || if PATCHED { 1 } else { value as usize + 1 };
                    self.register::<PATCHED>(around.library, operand, loc, code)
                }
                LocKind::Const => {
                    self.constant(around.library, trace, opcode, operand, value as usize)
                }
                LocKind::None => usize::MAX,
            };
            if code >= row.codes[operand] as usize {
                let why = format!("no stencil takes operand {operand} in {loc:?}");
                return Err(unsupported(index, &why));
            }
            number += code * row.strides[operand] as usize;
        }
        if row.result {
            let loc = locs.result;
            let code = match loc.kind() {
                LocKind::Slot => {
                    self.values[holes::D as usize] = slot_disp(loc.index()) as u64;
                    0
                }
                LocKind::Int | LocKind::Float => {
                    let sharing = || Space::sharing(loc == locs.args[0], loc == locs.args[1]);
                    let code = || if PATCHED { sharing() } else { loc.index() as usize + 1 };
                    self.register::<PATCHED>(around.library, holes::D as usize, loc, code)
                }
                LocKind::Const | LocKind::None => usize::MAX,
            };
            if code >= row.codes[3] as usize {
                return Err(unsupported(index, &format!("no stencil puts its result in {loc:?}")));
            }
            number += code;
        }
        self.values[holes::IMM as usize] = imm as u64;
        if opcode.info().imm == Imm::Helper {
            let helper =
                around.helpers.get(imm).ok_or_else(|| unsupported(index, "no such helper"))?;
            self.values[holes::HELPER as usize] = helper.function.address() as u64;
        }
        Ok(number)
    }

    /// Sets the value for a register where registers are holes, and returns the register's code.
    #[inline(always)]
    fn register<const PATCHED: bool>(
        &mut self,
        library: &Library,
        position: usize,
        loc: Loc,
        code: impl FnOnce() -> usize,
    ) -> usize {
        if !PATCHED {
            return code();
        }
        let first = if loc.kind() == LocKind::Float { FLOAT_REGISTERS } else { 0 };
        let index = loc.index() as usize;
        let number = library.machine.get(first + index).copied().unwrap_or(NO_REGISTER);
        self.values[holes::FIELD as usize + position] = u64::from(number);
        if number == NO_REGISTER { usize::MAX } else { code() }
    }

    /// Sets the values for a constant operand and returns its code, or a code that no kind has.
    fn constant(
        &mut self,
        library: &Library,
        trace: &Trace,
        op: Opcode,
        operand: usize,
        constant: usize,
    ) -> usize {
        let value = trace.consts[constant];
        self.values[operand] = value.bits();
        self.values[holes::WIDE_A as usize + operand] = value.bits();
        if operand < 2 {
            self.values[holes::POOL_A as usize + operand] = u64::from(self.pool[constant]);
        }
        library.constant_code(op, operand, value).unwrap_or(usize::MAX)
    }

    fn emit_move<const PATCHED: bool>(
        &mut self,
        library: &'static Library,
        trace: &Trace,
        edit: &Edit,
    ) -> Result<(), CompileError> {
        if edit.from == edit.to {
            return Ok(());
        }
        let opcode = if edit.float { Opcode::CopyF64 } else { Opcode::CopyI64 };
        let row = &library.rows[opcode as usize];
        let from = match edit.from.kind() {
            LocKind::Slot => {
                self.values[holes::A as usize] = slot_disp(edit.from.index()) as u64;
                0
            }
            LocKind::Int | LocKind::Float => {
                let code = || if PATCHED { 1 } else { edit.from.index() as usize + 1 };
                self.register::<PATCHED>(library, 0, edit.from, code)
            }
            LocKind::Const => self.constant(library, trace, opcode, 0, edit.from.index() as usize),
            LocKind::None => usize::MAX,
        };
        let to = match edit.to.kind() {
            LocKind::Slot => {
                self.values[holes::D as usize] = slot_disp(edit.to.index()) as u64;
                0
            }
            LocKind::Int | LocKind::Float => {
                // Source and destination differ.
                let code = || if PATCHED { 1 } else { edit.to.index() as usize + 1 };
                self.register::<PATCHED>(library, holes::D as usize, edit.to, code)
            }
            LocKind::Const | LocKind::None => usize::MAX,
        };
        if from >= row.codes[0] as usize || to >= row.codes[3] as usize {
            let why = format!("no stencil moves {:?} to {:?}", edit.from, edit.to);
            return Err(unsupported(edit.op as usize, &why));
        }
        self.reserve();
        let number = row.base as usize + from * row.strides[0] as usize + to;
        self.copy(library, &library.stencil(number).hot);
        Ok(())
    }

    /// Copies a part and fills its holes. There is [`ROOM`] in the buffer.
    #[inline]
    fn copy(&mut self, library: &'static Library, part: &Part) {
        let (from, len) = (part.code as usize, part.len as usize);
        // A window of fixed size: offsets are bytes, so that no access needs a check of its own.
        let window = self.code.get_mut(self.at..).and_then(|rest| rest.first_chunk_mut());
        let Some(window) = window else { return };
        // Whole chunks: what is copied too much is overwritten by what follows.
        copy_chunk(window, 0, library.code, from);
        let mut done = CHUNK;
        while done < len {
            copy_chunk(window, done, library.code, from + done);
            done += CHUNK;
        }
        for hole in library.holes(*part) {
            patch(window, &self.values, self.at, hole);
        }
        self.at += len;
    }

    /// A jump to a block: nothing where that is next.
    fn emit_jump(&mut self, from: usize, block: u32) {
        self.reserve();
        if let Some(&target) = self.blocks.get(block as usize) {
            self.emit_jump_to(u64::from(target));
        } else if block as usize != from + 1 {
            self.emit_jump_to(0);
            self.forward.push((self.at as u32 - 4, block));
        }
    }

    /// A jump to an offset from the code's start.
    fn emit_jump_to(&mut self, target: u64) {
        self.reserve();
        let displacement = target.wrapping_sub(self.at as u64 + 5) as u32;
        self.code[self.at] = 0xE9;
        self.code[self.at + 1..self.at + 5].copy_from_slice(&displacement.to_le_bytes());
        self.at += 5;
    }

    /// Resolves forward jumps and appends cold parts.
    fn finish<const PATCHED: bool>(
        &mut self,
        trace: &Trace,
        allocation: &Allocation,
        around: &Surroundings,
        layout: &Layout,
    ) -> Result<(), CompileError> {
        for &(at, block) in &self.forward {
            let target = self.blocks.get(block as usize).copied().unwrap_or(0);
            let displacement = target.wrapping_sub(at + 4);
            let at = at as usize;
            self.code[at..at + 4].copy_from_slice(&displacement.to_le_bytes());
        }
        for k in 0..self.cold.len() {
            let (index, hot, exit) = self.cold[k];
            let index = index as usize;
            let op = &trace.ops[index];
            let number =
                self.prepare::<PATCHED>(trace, index, op, &allocation.locs[index], around)?;
            self.reserve();
            self.values[holes::EXIT as usize] = thunk(layout, exit);
            self.values[holes::HOT as usize] = u64::from(hot);
            self.values[holes::COLD as usize] = self.at as u64;
            let stencil = around.library.stencil(number);
            for hole in around.library.holes(stencil.hot) {
                if hole.kind == holes::COLD {
                    let window = self.code.get_mut(hot as usize..);
                    if let Some(window) = window.and_then(|rest| rest.first_chunk_mut()) {
                        patch(window, &self.values, hot as usize, hole);
                    }
                }
            }
            if let Some(cold) = around.library.cold(stencil.cold) {
                self.copy(around.library, &cold);
            }
        }
        Ok(())
    }

    /// Fills up to the next multiple of [`BLOCK_ALIGN`] with the longest `nop`s.
    fn align(&mut self) {
        self.reserve();
        let mut left = self.at.next_multiple_of(BLOCK_ALIGN) - self.at;
        while left > 0 {
            let nop = NOPS[left.min(NOPS.len()) - 1];
            self.code[self.at..self.at + nop.len()].copy_from_slice(nop);
            self.at += nop.len();
            left -= nop.len();
        }
    }

    /// Makes sure that [`ROOM`] bytes can be written.
    #[inline(always)]
    fn reserve(&mut self) {
        if self.code.len() < self.at + ROOM {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let len = (2 * self.code.len()).max(1 << 14);
        self.code.resize(len, 0);
    }
}

#[inline(always)]
fn copy_chunk(window: &mut [u8; ROOM], to: usize, code: &[u8], from: usize) {
    window[to..to + CHUNK].copy_from_slice(&code[from..from + CHUNK]);
}

/// Fills one hole of a part that lies at `at`, where the window begins.
#[inline(always)]
fn patch(window: &mut [u8; ROOM], values: &[u64; VALUES], at: usize, hole: Hole) {
    let to = hole.offset as usize;
    let value = values[hole.kind as usize % VALUES];
    if hole.kind < holes::WIDE {
        // Relative kinds count from the hole.
        let from = if hole.kind < holes::RELATIVE { 0 } else { (at + to) as u64 };
        let value = value.wrapping_add(hole.addend as u64).wrapping_sub(from);
        window[to..to + 4].copy_from_slice(&(value as u32).to_le_bytes());
    } else if hole.kind < holes::FIELD {
        let value = value.wrapping_add(hole.addend as u64);
        window[to..to + 8].copy_from_slice(&value.to_le_bytes());
    } else {
        let (shift, bit, distance) = holes::field_parts(hole.addend);
        window[to] |= (value as u8 & 7) << shift;
        // The prefix comes before; both are inside the window.
        window[to.saturating_sub(distance)] |= (value as u8 >> 3) << bit;
    }
}

const NOPS: [&[u8]; 9] = [
    &[0x90],
    &[0x66, 0x90],
    &[0x0F, 0x1F, 0x00],
    &[0x0F, 0x1F, 0x40, 0x00],
    &[0x0F, 0x1F, 0x44, 0x00, 0x00],
    &[0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00],
    &[0x0F, 0x1F, 0x80, 0x00, 0x00, 0x00, 0x00],
    &[0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
    &[0x66, 0x0F, 0x1F, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/// Offset of an exit's thunk.
#[inline(always)]
fn thunk(layout: &Layout, exit: u32) -> u64 {
    u64::from(layout.thunks) + THUNK_BYTES as u64 * u64::from(exit)
}

#[cold]
fn unsupported(op: usize, why: &str) -> CompileError {
    CompileError::Unsupported { op, why: why.to_string() }
}
