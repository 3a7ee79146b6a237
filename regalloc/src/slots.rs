//! Slots of the execution context, shared by values that do not overlap.
//!
//! A slot is taken where a value is defined and given back where it dies, so a slot holds
//! values one after the other; the last one given back is taken first, which keeps the
//! working set small. Slots written once at trace entry (constants) must not have held anything
//! else on the way and are taken with [`Slots::fresh`].
//!
//! Taking and giving come with a condition, since whether a value dies at an op, or wants a slot at
//! all, is nothing that a branch predictor could know.

use crate::Loc;

/// In the number of a slot that is not given back with its value: it waits for the next
/// value of a loop parameter.
const PINNED: u32 = 1 << 28;

/// The slot, marked as one that waits.
pub const fn pinned(slot: Loc) -> Loc {
    Loc::slot(slot.index() | PINNED)
}

/// Whether it is a slot with the mark.
#[inline(always)]
pub const fn is_pinned(slot: Loc) -> bool {
    slot.is_slot() & (slot.index() & PINNED != 0)
}

/// The slot without the mark; anything else as it is.
#[inline(always)]
pub const fn unpinned(slot: Loc) -> Loc {
    if slot.is_slot() { Loc::slot(slot.index() & !PINNED) } else { slot }
}

/// Hands out slot numbers.
#[derive(Debug, Default)]
pub struct Slots {
    /// A stack of free slots in its first `top` entries. It is always longer than `top`: a slot is
    /// given back once, so there are at most as many free ones as were handed out.
    free: Vec<u32>,
    top: usize,
    next: u32,
}

impl Slots {
    /// Forgets everything; numbers below `next` are taken.
    pub fn reset(&mut self, next: u32) {
        self.top = 0;
        self.next = next;
        self.make_room();
    }

    fn make_room(&mut self) {
        let wanted = self.next as usize + 2;
        if self.free.len() < wanted {
            self.free.resize(wanted, 0);
        }
    }

    /// A slot that nobody holds, if `really`; otherwise nothing happens and the number means
    /// nothing.
    #[inline(always)]
    pub fn take_if(&mut self, really: bool) -> u32 {
        if really & (self.top == 0) {
            return self.fresh();
        }
        let slot = self.free.get(self.top.wrapping_sub(1)).copied().unwrap_or(0);
        self.top -= usize::from(really);
        slot
    }

    /// A slot that nobody holds.
    #[inline(always)]
    pub fn take(&mut self) -> u32 {
        self.take_if(true)
    }

    /// A slot that nobody has held before.
    #[inline]
    pub fn fresh(&mut self) -> u32 {
        let slot = self.next;
        self.next += 1;
        self.make_room();
        slot
    }

    /// Returns a slot if `really`. Its holder gives it back once.
    #[inline(always)]
    pub fn give_if(&mut self, slot: u32, really: bool) {
        debug_assert!(
            !really || !self.free[..self.top].contains(&slot),
            "slot {slot} is free already"
        );
        if let Some(place) = self.free.get_mut(self.top) {
            *place = slot;
            self.top += usize::from(really);
        }
    }

    /// Returns a slot.
    #[inline(always)]
    pub fn give(&mut self, slot: u32) {
        self.give_if(slot, true);
    }

    /// One past the highest slot that was ever handed out.
    pub fn count(&self) -> u32 {
        self.next
    }

    /// Hands out no number below `count` any more.
    pub fn withhold(&mut self, count: u32) {
        let mut kept = 0;
        for k in 0..self.top {
            let slot = self.free[k];
            self.free[kept] = slot;
            kept += usize::from(slot >= count);
        }
        self.top = kept;
        self.at_least(count);
    }

    /// Makes the numbers below `count` count as handed out.
    pub fn at_least(&mut self, count: u32) {
        self.next = self.next.max(count);
        self.make_room();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_shared_after_it_was_given_back() {
        let mut slots = Slots::default();
        slots.reset(3);
        let a = slots.take();
        let b = slots.take();
        assert_eq!((a, b), (3, 4));
        slots.give(a);
        slots.give_if(b, false);
        slots.take_if(false);
        assert_eq!(slots.take(), a);
        slots.give(b);
        assert_eq!(slots.fresh(), 5, "a fresh slot has never been held");
        assert_eq!(slots.count(), 6);
    }
}
