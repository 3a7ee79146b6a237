//! Linear scan with live ranges split: a value may lose its register and get one again.
//!
//! After Wimmer and Mössenböck, *Optimized interval splitting in a linear scan register
//! allocator* (VEE 2005), and the second-chance binpacking of Traub, Holloway and Smith (PLDI
//! 1998). A trace has one path and one loop, so what they do for any control flow becomes simple:
//! ranges are split where the scan finds no free register, at the value's previous and next uses;
//! a value is stored once, before the loop if it was defined there, and reloaded where it is
//! next read.
//!
//! What stays in registers is decided by *price per op*: what it costs to have the value in its slot
//! until the gap ends (a load if it is read again, a store if no slot has it yet), spread over
//! the length of the gap. The gap with the lowest price is the one to give up.
//!
//! What the loop's header finds in registers decides over all passes. So the loop is scanned more
//! than once: first with whatever is used soonest behind the header, then with what the scan
//! before had in registers at the jump back, which is what a scan over many passes would settle
//! on. The result with the least traffic counts; a trace without loop is scanned once.
//!
//! Hints: the value passed for a parameter takes the parameter's register where that is free, so
//! that the jump back has nothing to move.

use crate::cost::cost;
use crate::liveness::{Life, Liveness, OCCURRENCES};
use crate::next_use::NEVER;
use crate::residents::{Choice, Residents};
use crate::walk::{Buffers, ConstPolicy, walk};
use crate::{AllocError, Allocation, Input, Strategy};

/// How often the loop is scanned at most.
const SCANS: usize = 5;
/// The same where the trace is long: the longer the loop, the less is spent at its header.
const SCANS_OF_LONG: usize = 2;
/// A trace of more ops is long.
const LONG: usize = 2_000;
/// From which scan on at the latest no register is taken for less than it costs.
const THRIFTY: usize = 3;

/// The strategy, with its working memory.
#[derive(Debug, Default)]
pub struct LinearScanSplit {
    liveness: Liveness,
    buffers: Buffers,
    residents: Residents<PricePerOp>,
    lives: Vec<Life>,
    scratch: Allocation,
}

/// The dearer the gap until the next use per op, the better.
#[derive(Debug)]
struct PricePerOp;

/// What a load counts; a store of the loop counts as much.
const LOAD: u32 = 1 << 24;

impl Choice for PricePerOp {
    #[inline(always)]
    fn worth(now: usize, next: u32, life: Life, _in_loop: bool) -> u32 {
        let end = if next == NEVER { life.last / 2 } else { next };
        let length = end.saturating_sub(now as u32).max(1);
        Self::price(next, life) / length
    }

    #[inline(always)]
    fn price(next: u32, life: Life) -> u32 {
        let load = if next == NEVER { 0 } else { LOAD };
        let store = if life.slot.is_slot() { 0 } else { LOAD };
        load + store
    }
}

impl Strategy for LinearScanSplit {
    fn name(&self) -> &'static str {
        "linear-scan-split"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        let LinearScanSplit { liveness, buffers, residents, lives, scratch } = self;
        buffers.reset(input.trace, input.file);
        residents.uses.reset(input.trace);
        let uses = &mut residents.uses;
        liveness.compute_for::<OCCURRENCES>(input.trace, &buffers.table, uses)?;
        residents.begin(input, liveness);
        let repeats = liveness.repeat.is_some();
        if repeats {
            lives.clear();
            lives.extend_from_slice(&liveness.values);
        }
        walk(input, liveness, buffers, residents, ConstPolicy::Registers, out)?;
        if !repeats {
            return Ok(());
        }
        let mut least = cost(input.trace, out);
        let long = input.trace.ops.len() > LONG;
        let scans = if long { SCANS_OF_LONG } else { SCANS };
        for scan in 1..scans {
            if least.per_iteration.slots() == 0 {
                break;
            }
            let last = if scan == 1 { &*out } else { &*scratch };
            let news = residents.settle_verdicts(input, liveness, &buffers.through, last);
            if !news && residents.thrifty {
                break;
            }
            residents.thrifty |= !news || scan >= THRIFTY.min(scans - 1);
            buffers.reset(input.trace, input.file);
            liveness.values.copy_from_slice(lives);
            walk(input, liveness, buffers, residents, ConstPolicy::Registers, scratch)?;
            let traffic = cost(input.trace, scratch);
            if traffic.weighted_traffic() < least.weighted_traffic() {
                least = traffic;
                out.clone_from(scratch);
            }
        }
        Ok(())
    }
}
