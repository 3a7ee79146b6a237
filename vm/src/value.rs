//! Tagged words: what a local, an operand-stack entry or a list item holds.
//!
//! Terms. A *word* with bit 0 clear is a small int, its value the word shifted right by one (63
//! bits, signed). A word with bit 0 set is a *reference*: the address of a heap cell plus one.
//! `NULL` (the tag without an address) marks unbound locals and absent receivers; programs never
//! see it.
//!
//! Invariant: a reference that is not `NULL` points at a live cell. The interpreter collects at
//! safe points only (back-edges and calls), with all its roots on the value stack, in globals or
//! in constants; a word held in a Rust variable is valid until the next safe point.

use crate::class;
use tierlab_trace::semantics::POINTER_TAG;

/// A tagged word.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

/// Greatest small int.
pub const MAX_SMALL: i64 = (1 << 62) - 1;
/// Least small int.
pub const MIN_SMALL: i64 = -(1 << 62);

/// A cell outside the heap that lives as long as the process.
#[repr(C, align(16))]
struct StaticCell {
    class: u32,
    aux: u32,
    payload: u64,
}

static NONE_CELL: StaticCell = StaticCell { class: class::NONE, aux: 0, payload: 0 };
static BOOL_CELLS: [StaticCell; 2] = [
    StaticCell { class: class::BOOL, aux: 0, payload: 0 },
    StaticCell { class: class::BOOL, aux: 1, payload: 1 },
];
static NOT_IMPLEMENTED_CELL: StaticCell =
    StaticCell { class: class::NOT_IMPLEMENTED, aux: 0, payload: 0 };

static ELLIPSIS_CELL: StaticCell = StaticCell { class: class::ELLIPSIS, aux: 0, payload: 0 };

impl Value {
    /// No value: unbound, absent, or "an error is pending".
    pub const NULL: Value = Value(POINTER_TAG);
    /// The int 0.
    pub const ZERO: Value = Value(0);

    /// The word with these bits.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// The bits of the word.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether this is [`Value::NULL`].
    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.0 == POINTER_TAG
    }

    /// The small int `i`, if it fits 63 bits.
    #[inline(always)]
    pub const fn small_int(i: i64) -> Option<Value> {
        match i.checked_add(i) {
            Some(twice) => Some(Value(twice as u64)),
            None => None,
        }
    }

    /// The small int `i`; its top bit is lost where it does not fit.
    #[inline(always)]
    pub const fn small(i: i64) -> Value {
        Value((i << 1) as u64)
    }

    /// Whether this is a small int.
    #[inline(always)]
    pub const fn is_small_int(self) -> bool {
        self.0 & POINTER_TAG == 0
    }

    /// The value of a small int.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<i64> {
        if self.is_small_int() { Some(self.small_int_value()) } else { None }
    }

    /// The value of a word known to be a small int.
    #[inline(always)]
    pub const fn small_int_value(self) -> i64 {
        (self.0 as i64) >> 1
    }

    /// Whether this is a reference to a cell.
    #[inline(always)]
    pub const fn is_ref(self) -> bool {
        self.0 & POINTER_TAG != 0 && !self.is_null()
    }

    /// The reference to the cell at `address`.
    #[inline(always)]
    pub fn from_cell<T>(cell: *const T) -> Value {
        Value(cell as u64 | POINTER_TAG)
    }

    /// The address of the cell that this word (known to be a reference) refers to.
    #[inline(always)]
    pub fn cell<T>(self) -> *mut T {
        (self.0 - POINTER_TAG) as *mut T
    }

    /// `None`.
    #[inline(always)]
    pub fn none() -> Value {
        Value::from_cell(&raw const NONE_CELL)
    }

    /// `NotImplemented`.
    #[inline(always)]
    pub fn not_implemented() -> Value {
        Value::from_cell(&raw const NOT_IMPLEMENTED_CELL)
    }

    /// `...`
    #[inline(always)]
    pub fn ellipsis() -> Value {
        Value::from_cell(&raw const ELLIPSIS_CELL)
    }

    /// `False`.
    #[inline(always)]
    pub fn false_() -> Value {
        Value::from_cell(&raw const BOOL_CELLS[0])
    }

    /// `True`.
    #[inline(always)]
    pub fn true_() -> Value {
        Value::from_cell(&raw const BOOL_CELLS[1])
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn bool(b: bool) -> Value {
        Value((&raw const BOOL_CELLS[0] as u64 | POINTER_TAG) + 16 * b as u64)
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub fn is_none(self) -> bool {
        self == Value::none()
    }

    /// Whether this is `True`.
    #[inline(always)]
    pub fn is_true(self) -> bool {
        self == Value::true_()
    }

    /// Whether this is `False`.
    #[inline(always)]
    pub fn is_false(self) -> bool {
        self == Value::false_()
    }

    /// The truth of a bool; `None` for anything else.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        if self.is_true() {
            Some(true)
        } else if self.is_false() {
            Some(false)
        } else {
            None
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_null() {
            f.write_str("NULL")
        } else if let Some(i) = self.as_small_int() {
            write!(f, "{i}")
        } else {
            write!(f, "<{} at {:#x}>", class::name(self.class()), self.0 - POINTER_TAG)
        }
    }
}
