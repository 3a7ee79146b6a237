//! What happens to a frame when an exception is raised in it.

use super::{FrameKind, Vm};
use crate::error::{ExcKind, PyError};

impl Vm {
    /// Takes the pending exception to its handler: true where there is one in this run, whose frame
    /// is on top then and stands at the handler. Otherwise all frames of the run are gone, and
    /// the exception is pending still.
    pub(super) fn unwind(&mut self) -> bool {
        let mut error = self.error.take().unwrap_or_else(|| {
            PyError::new(ExcKind::RuntimeError, "an error without an exception")
        });
        // A place that is in the traceback already is that of the first frame.
        let mut noted = std::mem::take(&mut error.noted);
        while let Some(frame) = self.frames.last().copied() {
            let code = frame.code();
            if !noted {
                error.places.push((code.id, frame.pc));
            }
            noted = false;
            if let Some(handler) = code.source.handler(frame.pc).copied() {
                let value = self.materialize(&mut error);
                let top = frame.base as usize + code.locals() + handler.height as usize;
                self.stack.set(top, value);
                self.set_sp(top + 1);
                if let Some(frame) = self.frames.last_mut() {
                    frame.pc = handler.target;
                }
                return true;
            }
            self.frames.pop();
            if frame.kind == FrameKind::Generator {
                self.generator_failed(&frame, &mut error);
            }
            if self.ends_iteration(&frame, &error) {
                return true;
            }
            if frame.entry {
                self.set_sp(frame.return_sp as usize);
                break;
            }
        }
        self.error = Some(error);
        false
    }
}
