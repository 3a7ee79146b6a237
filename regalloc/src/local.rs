//! One greedy pass forward: on pressure, the value whose next use is furthest loses its register.
//!
//! After Belady, *A study of replacement algorithms for a virtual-storage computer* (IBM Systems
//! Journal 1966), as compilers have used it for straight-line code ever since. What an
//! eviction costs plays no part: not whether the value must be stored, nor whether it is in the loop.
//!
//! Where it is more than local: the loop's header finds its parameters in the registers in which
//! their values are when the trace first gets there, as far as there are enough, and the jump back
//! brings them there again.

use crate::liveness::{Life, Liveness, OCCURRENCES};
use crate::residents::{Choice, Residents};
use crate::walk::{Buffers, ConstPolicy, walk};
use crate::{AllocError, Allocation, Input, Strategy};

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct Local {
    liveness: Liveness,
    buffers: Buffers,
    residents: Residents<Furthest>,
}

/// The nearer the next use, the better.
#[derive(Debug)]
struct Furthest;

impl Choice for Furthest {
    #[inline(always)]
    fn worth(_now: usize, next: u32, _life: Life, _in_loop: bool) -> u32 {
        u32::MAX - next
    }

    #[inline(always)]
    fn price(_next: u32, _life: Life) -> u32 {
        0
    }
}

impl Strategy for Local {
    fn name(&self) -> &'static str {
        "local"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let Local { liveness, buffers, residents } = self;
        buffers.reset(input.trace, input.file);
        residents.uses.reset(input.trace);
        let uses = &mut residents.uses;
        liveness.compute_for::<OCCURRENCES>(input.trace, &buffers.table, uses)?;
        residents.begin(input, liveness);
        walk(input, liveness, buffers, residents, ConstPolicy::Registers, out)
    }
}
