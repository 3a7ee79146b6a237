//! Where a JIT attaches to the interpreter.
//!
//! The interpreter knows no traces. It calls these hooks at back-edges and, while recording, before
//! every instruction. Before each call the frames' positions and the stack pointer are written to
//! the [`Vm`], and afterwards read again where the answer says that they changed. The hooks are
//! taken out of the `Vm` during a call, so a nested run sees none.

use crate::interp::Vm;
use crate::value::Value;

/// What the interpreter does after a back-edge or a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackEdge {
    /// Goes on at the loop header or the first instruction.
    Continue,
    /// The same, in the recording mode.
    StartRecording,
    /// Frames or stack have changed: goes on where they say.
    FramesChanged,
    /// The same, in the recording mode.
    FramesChangedRecord,
    /// Frames or stack have changed, and an exception is pending.
    Raised,
}

/// What the interpreter does after a recording step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Executes the instruction and asks again before the next one.
    Continue,
    /// Executes the instruction in the ordinary mode: the recording is over. Frames and stack may
    /// have changed (a finished trace may have run).
    Stop,
}

/// A JIT, as the interpreter sees it.
pub trait JitHooks {
    /// A back-edge whose loop is hot ([`crate::code::LoopState::counter`] reached the threshold,
    /// or [`crate::code::LoopState::jit`] is not 0). The top frame stands at the loop's header.
    fn back_edge(&mut self, vm: &mut Vm, code: u32, loop_index: u32) -> BackEdge;

    /// A function whose entry is hot was called, counted as back-edges are. The top frame stands at its
    /// first instruction.
    fn function_entry(&mut self, vm: &mut Vm, code: u32) -> BackEdge;

    /// Recording: the instruction at the top frame's position is about to be executed.
    fn step(&mut self, vm: &mut Vm) -> Step;

    /// Recording ends because an exception leaves through the frames.
    fn abandon(&mut self, vm: &mut Vm);

    /// Calls `visit` with every heap reference that compiled or recorded traces hold.
    fn roots(&self, visit: &mut dyn FnMut(Value));

    /// A watched global ([`crate::code::GlobalCell::watch`]) is about to change or has been
    /// deleted; `cell` is its address.
    fn watched_store(&mut self, vm: &mut Vm, cell: usize);
}
