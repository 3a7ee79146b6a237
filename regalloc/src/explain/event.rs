//! What an explanation is made of. Terms are those of [`crate::explain`].

use super::uses::{Reader, Use};
use crate::checker::Symbol;
use crate::{Edit, Loc, LocKind};

/// Who got a register that a value lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taker {
    /// Another value, or a constant; nobody where it cannot be told.
    Value(Option<Symbol>),
    /// The op destroys the register.
    Op,
}

/// The loss of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The op at or before which it happens.
    pub op: u32,
    /// The register.
    pub register: Loc,
    /// Who got it.
    pub by: Taker,
    /// Whether it happens in the next iteration.
    pub next_iteration: bool,
}

impl Loss {
    /// Whether it is one of a jump's moves, and the use that jump: the argument is in its place then,
    /// and nothing is lost.
    pub(super) fn precedes(&self, used: &Use) -> bool {
        matches!(used.reader, Reader::Argument(_)) && used.op == self.op
    }
}

/// What was in a register at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupant {
    /// The register.
    pub register: Loc,
    /// The value in it that is read again, and when; `None` where it was free.
    pub held: Option<(Symbol, Use)>,
    /// Of a free register: where it is taken while the value in question still lives.
    pub taken: Option<Loss>,
}

/// Why a value is born where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In a register; in that of a value that is read here for the last time, where there is one.
    Register {
        /// That value.
        after: Option<Symbol>,
    },
    /// Nothing reads it.
    Unread,
    /// Only exits read it, and they find it anywhere.
    OnlyExits,
    /// There are no registers of its class.
    NoRegisters,
    /// The op gives its result in a slot.
    ResultInSlot,
    /// All who read it want a slot; the first of them.
    WantedInSlot(Use),
    /// It lives across an op that destroys every register of its class.
    Across {
        /// That op.
        op: u32,
    },
    /// None of these: what the registers of its class held, or were about to.
    Registers(Vec<Occupant>),
}

/// Where a value that is in a slot was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// In a register that it lost.
    Lost(Loss),
    /// In the slot, since it was born at that op.
    SinceBirth(u32),
    /// It is a constant that is kept in a slot.
    Constant,
    /// It cannot be told.
    Unknown,
}

/// What an edit does, by the kinds of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// Slot to register.
    Load,
    /// Register to slot.
    Store,
    /// Register to register.
    Move,
    /// Slot to slot.
    Copy,
    /// A constant to a register or a slot.
    Constant,
}

impl EditKind {
    /// Of an edit.
    pub const fn of(edit: &Edit) -> EditKind {
        match (edit.from.is_slot(), edit.to.is_slot()) {
            _ if matches!(edit.from.kind(), LocKind::Const | LocKind::None) => EditKind::Constant,
            (true, true) => EditKind::Copy,
            (true, false) => EditKind::Load,
            (false, true) => EditKind::Store,
            (false, false) => EditKind::Move,
        }
    }
}

/// What the destination of an edit is read by first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// An op, or an exit where nothing else does.
    Read {
        /// The op.
        op: u32,
        /// How.
        reader: Reader,
    },
    /// Another edit: this one saves or passes on.
    Edit {
        /// Its number.
        index: u32,
        /// The op it precedes.
        op: u32,
    },
    /// Nothing.
    Nothing,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A parameter of the entry block arrives.
    Arrives {
        /// Where.
        at: Loc,
    },
    /// A parameter of another block has its place.
    Parameter {
        /// Where.
        at: Loc,
        /// Why there.
        why: Home,
    },
    /// An op defines a value.
    Born {
        /// Where.
        at: Loc,
        /// Why there.
        why: Home,
    },
    /// An edit.
    Edited {
        /// Its number in the list.
        index: u32,
        /// The edit.
        edit: Edit,
        /// Who reads the destination.
        purpose: Purpose,
        /// What becomes of a source that is a register, if the value loses it.
        leaves: Option<Loss>,
        /// When the value is read next, where it leaves its register.
        next: Option<Use>,
        /// Where a value that comes from a slot was before.
        past: Option<Past>,
        /// Whether the op before defines the value.
        at_definition: bool,
    },
    /// An op reads an operand from a slot.
    ReadsSlot {
        /// The operand's number.
        operand: u8,
        /// The slot.
        at: Loc,
        /// Whether the op takes it from nowhere else.
        wanted: bool,
        /// Where the value was before.
        past: Past,
        /// Why it has no register, where no birth has told: of constants, and of parameters of the
        /// trace that stay where they arrive, once per block.
        why: Option<Home>,
    },
    /// A value loses its register.
    Lost {
        /// How.
        loss: Loss,
        /// Another place that has it.
        kept: Option<Loc>,
        /// When it is read next.
        next: Use,
    },
}

/// Something that happened to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The op at or before which it happens.
    pub op: u32,
    /// The value or constant; `None` where it cannot be told.
    pub value: Option<Symbol>,
    /// What.
    pub what: What,
}

/// A stretch of time during which a place holds a value that is still needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The place.
    pub at: Loc,
    /// The value.
    pub value: Symbol,
    /// First half step: twice the op, plus one for the time after it.
    pub first: u32,
    /// Last half step.
    pub last: u32,
}
