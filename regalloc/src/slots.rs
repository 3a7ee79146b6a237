//! Slots of the execution context, shared by values that do not overlap.
//!
//! A slot is taken where a value is defined and given back where it dies, so a slot holds
//! values one after the other; the last one given back is taken first, which keeps the
//! working set small. Slots written once at trace entry (constants) must not have held anything
//! else on the way and are taken with [`Slots::fresh`].

/// Hands out slot numbers.
#[derive(Debug, Default)]
pub struct Slots {
    free: Vec<u32>,
    next: u32,
}

impl Slots {
    /// Forgets everything; numbers below `next` are taken.
    pub fn reset(&mut self, next: u32) {
        self.free.clear();
        self.next = next;
    }

    /// A slot that nobody holds.
    #[inline(always)]
    pub fn take(&mut self) -> u32 {
        match self.free.pop() {
            Some(slot) => slot,
            None => self.fresh(),
        }
    }

    /// A slot that nobody has held before.
    #[inline(always)]
    pub fn fresh(&mut self) -> u32 {
        let slot = self.next;
        self.next += 1;
        slot
    }

    /// Returns a slot. Its holder gives it back once.
    #[inline(always)]
    pub fn give(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// One past the highest slot that was ever handed out.
    pub fn count(&self) -> u32 {
        self.next
    }

    /// Makes the numbers below `count` count as handed out.
    pub fn at_least(&mut self, count: u32) {
        self.next = self.next.max(count);
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
        assert_eq!(slots.take(), a);
        slots.give(b);
        assert_eq!(slots.fresh(), 5, "a fresh slot has never been held");
        assert_eq!(slots.count(), 6);
    }
}
