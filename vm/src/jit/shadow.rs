//! The recorder's picture of the interpreter's frames: for each local and operand-stack entry
//! the trace value that holds it.
//!
//! The shadow stack starts at the *bottom frame* of the trace and grows with calls that the
//! recorder follows. Values at interpreter locations are always words (`ref`): unboxing is
//! done where an operation needs it, and undone by the optimizer.

use crate::interp::FrameKind;
use std::sync::Arc;
use tierlab_frontend::liveness::Liveness;
use tierlab_trace::ir::{Recipe, SnapEntry, SnapFrame, SnapshotId, Trace, Val};

/// One frame of the shadow stack.
#[derive(Clone, Debug)]
pub struct ShadowFrame {
    /// Number of the code object.
    pub code: u32,
    /// Where the interpreter would resume this frame: for callers, behind their call.
    pub pc: u32,
    /// What becomes of its result.
    pub kind: FrameKind,
    /// How many of `values` are locals.
    pub locals: usize,
    /// Locals, then the operand stack. [`Val::NONE`] for dead or unknown locals.
    pub values: Vec<Val>,
    /// Which locals are live where, for this code.
    pub liveness: Arc<Liveness>,
}

/// Where the kind of a frame stands in the code numbers of snapshots.
const KIND_SHIFT: u32 = 29;
/// The kinds, as snapshots number them.
const KINDS: [FrameKind; 4] =
    [FrameKind::Plain, FrameKind::Init, FrameKind::Operator, FrameKind::Generator];

/// Code and kind of a frame as snapshots have them.
pub fn snapshot_code(code: u32, kind: FrameKind) -> u32 {
    code | (kind as u32) << KIND_SHIFT
}

/// Code and kind of a frame of a snapshot.
pub fn code_and_kind(word: u32) -> (u32, FrameKind) {
    (word & ((1 << KIND_SHIFT) - 1), KINDS[(word >> KIND_SHIFT) as usize % KINDS.len()])
}

impl ShadowFrame {
    /// The number of the code as snapshots have it.
    pub fn snapshot_code(&self) -> u32 {
        snapshot_code(self.code, self.kind)
    }

    /// Pushes onto the operand stack.
    pub fn push(&mut self, v: Val) {
        self.values.push(v);
    }

    /// Entry `depth` below the top; 0 is the top.
    pub fn peek(&self, depth: usize) -> Val {
        self.values[self.values.len() - 1 - depth]
    }

    /// Drops `n` entries.
    pub fn drop_top(&mut self, n: usize) {
        self.values.truncate(self.values.len() - n);
    }
}

/// Writes a snapshot of the shadow frames into the trace. Locals that are dead where their
/// frame resumes are left out.
pub fn snapshot(trace: &mut Trace, frames: &[ShadowFrame]) -> SnapshotId {
    let mut snap_frames = Vec::with_capacity(frames.len());
    let mut entries = Vec::new();
    for frame in frames {
        let before = entries.len();
        for (i, &v) in frame.values.iter().enumerate() {
            if v.is_none() || (i < frame.locals && !frame.liveness.is_live(frame.pc as usize, i)) {
                continue;
            }
            entries.push(SnapEntry { index: i as u16, recipe: Recipe::Value, a: v, b: Val::NONE });
        }
        snap_frames.push(SnapFrame {
            code: frame.snapshot_code(),
            pc: frame.pc,
            height: frame.values.len() as u16,
            entries: (entries.len() - before) as u16,
        });
    }
    trace.add_snapshot(&snap_frames, &entries)
}
