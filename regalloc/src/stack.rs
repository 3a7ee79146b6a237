//! Everything in slots: what a copy-and-patch JIT does before it gets register allocation.
//!
//! Every value lives in a slot from birth to death, slots being shared by values that do not
//! overlap; constants that an op cannot take as an immediate are written to slots once at the
//! entry. Registers serve only positions that refuse slots. What this costs is exactly the slot
//! traffic that the other strategies try to save; CPython 3.13's JIT is the model
//! (Brandt Bucher, *A copy-and-patch JIT compiler for CPython*, 2023, after Xu and Kjolstad,
//! *Copy-and-patch compilation*, OOPSLA 2021).

use crate::liveness::{LIVES, Liveness};
use crate::walk::{Buffers, Chosen, ConstPolicy, walk};
use crate::{AllocError, Allocation, Input, Strategy};

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct Stack {
    liveness: Liveness,
    buffers: Buffers,
}

impl Strategy for Stack {
    fn name(&self) -> &'static str {
        "stack"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        self.buffers.reset(input.trace, input.file);
        self.liveness.compute::<LIVES>(input.trace, &self.buffers.table, |_, _, _, _| {})?;
        walk(input, &mut self.liveness, &mut self.buffers, &mut Chosen, ConstPolicy::Slots, out)
    }
}
