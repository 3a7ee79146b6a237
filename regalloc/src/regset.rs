//! Sets of registers, integers and floats together, as one 64-bit word.
//!
//! Integer registers are bits 0 to 31, float registers bits 32 to 63, so that taking and
//! freeing a register needs no branch on its class: these happen several times per op, and which
//! of them do is unpredictable.

use crate::Loc;
use crate::facts::FLOAT;
use std::ops::{BitAnd, BitOr, BitOrAssign, Sub, SubAssign};

/// A set of registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RegSet(pub u64);

impl RegSet {
    pub const EMPTY: RegSet = RegSet(0);

    /// All registers that a class can have.
    #[inline(always)]
    pub fn class(class: usize) -> RegSet {
        RegSet(0xffff_ffff << (32 * (class == FLOAT) as u32))
    }

    /// The registers of a class, as a bit set of register-file numbers.
    #[inline(always)]
    pub fn of_class(self, class: usize) -> u32 {
        (self.0 >> (32 * (class == FLOAT) as u32)) as u32
    }

    /// Registers of a class from a bit set of register-file numbers.
    #[inline(always)]
    pub fn in_class(class: usize, set: u32) -> RegSet {
        RegSet(u64::from(set) << (32 * (class == FLOAT) as u32))
    }

    /// The register in a location; empty where that is something else.
    #[inline(always)]
    pub fn of(loc: Loc) -> RegSet {
        RegSet::of_if(loc, true)
    }

    /// The register in a location if `wanted`.
    #[inline(always)]
    pub fn of_if(loc: Loc, wanted: bool) -> RegSet {
        let really = loc.is_register() & wanted;
        RegSet(u64::from(really) << loc.register_number())
    }

    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Some register of both sets.
    #[inline(always)]
    pub fn meets(self, other: RegSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Takes out the lowest of its registers' numbers.
    #[inline(always)]
    pub fn pop_number(&mut self) -> Option<u32> {
        let number = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        if number < 64 { Some(number) } else { None }
    }

    /// The register of the lowest number; [`Loc::NONE`] where there is none.
    #[inline(always)]
    pub fn lowest(self) -> Loc {
        if self.0 == 0 { Loc::NONE } else { Loc::register(self.0.trailing_zeros()) }
    }
}

impl BitOr for RegSet {
    type Output = RegSet;
    #[inline(always)]
    fn bitor(self, other: RegSet) -> RegSet {
        RegSet(self.0 | other.0)
    }
}

impl BitAnd for RegSet {
    type Output = RegSet;
    #[inline(always)]
    fn bitand(self, other: RegSet) -> RegSet {
        RegSet(self.0 & other.0)
    }
}

impl Sub for RegSet {
    type Output = RegSet;
    #[inline(always)]
    fn sub(self, other: RegSet) -> RegSet {
        RegSet(self.0 & !other.0)
    }
}

impl BitOrAssign for RegSet {
    #[inline(always)]
    fn bitor_assign(&mut self, other: RegSet) {
        self.0 |= other.0;
    }
}

impl SubAssign for RegSet {
    #[inline(always)]
    fn sub_assign(&mut self, other: RegSet) {
        self.0 &= !other.0;
    }
}
