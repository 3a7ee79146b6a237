//! Events as text: one line each, in a form that scripts can rely on.
//!
//! `op %I: EVENT VALUE PLACES: WHY`. `EVENT` is one of [`Event::name`]'s; the places are one, or
//! `FROM -> TO`; `WHY` may be missing, parts of it are separated by `; `.

use super::{EditKind, Event, Home, Loss, Occupant, Past, Purpose, Reader, Taker, Use, What};
use crate::Loc;
use crate::checker::Symbol;
use crate::text::shown;
use std::fmt::{self, Display, Formatter};
use tierlab_trace::ir::Trace;

/// An event with the trace that its constants are of; made by [`Event::show`].
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    event: &'a Event,
    trace: &'a Trace,
}

impl Event {
    /// Its word in the log.
    pub const fn name(&self) -> &'static str {
        match &self.what {
            What::Arrives { .. } => "arrive",
            What::Parameter { .. } => "param",
            What::Born { .. } => "born",
            What::Edited { edit, .. } => match EditKind::of(edit) {
                EditKind::Load => "load",
                EditKind::Store => "store",
                EditKind::Move => "move",
                EditKind::Copy => "copy",
                EditKind::Constant => "const",
            },
            What::ReadsSlot { .. } => "read",
            What::Lost { loss: Loss { by: Taker::Op, .. }, .. } => "clobber",
            What::Lost { loss: Loss { by: Taker::Value(_), .. }, .. } => "evict",
        }
    }

    /// It as text, `EVENT VALUE PLACES: WHY`.
    pub const fn show<'a>(&'a self, trace: &'a Trace) -> Shown<'a> {
        Shown { event: self, trace }
    }

    /// The reason alone; empty where there is none to give.
    pub fn why(&self, trace: &Trace) -> String {
        self.show(trace).why()
    }
}

/// A value by its name, a constant as it is written.
pub(super) fn name(trace: &Trace, value: Option<Symbol>) -> String {
    match value {
        None => "?".into(),
        Some(Symbol::Value(v)) => format!("%{v}"),
        Some(Symbol::Bits(bits)) => match trace.consts.iter().find(|c| c.bits() == bits) {
            Some(c) => c.to_string(),
            None => format!("{bits:#x}"),
        },
    }
}

/// An op that uses a value.
fn user(used: &Use) -> String {
    let Use { op, reader, next_iteration } = used;
    let exit = if *reader == Reader::Exit { "exit of " } else { "" };
    let next = if *next_iteration { " in the next iteration" } else { "" };
    format!("{exit}op %{op}{next}")
}

impl Shown<'_> {
    fn name(&self, value: Option<Symbol>) -> String {
        name(self.trace, value)
    }

    fn taken(&self, loss: &Loss) -> String {
        let Loss { op, register, by, next_iteration } = loss;
        let next = if *next_iteration { " in the next iteration" } else { "" };
        match by {
            Taker::Value(v) => format!("{register} goes to {} at op %{op}{next}", self.name(*v)),
            Taker::Op => format!("op %{op} destroys {register}{next}"),
        }
    }

    fn past(&self, past: &Past) -> String {
        match past {
            Past::Lost(Loss { op, register, by: Taker::Value(v), .. }) => {
                format!("lost {register} to {} at op %{op}", self.name(*v))
            }
            Past::Lost(Loss { op, register, by: Taker::Op, .. }) => {
                format!("op %{op} destroyed {register}")
            }
            Past::SinceBirth(op) => format!("in a slot since op %{op}"),
            Past::Constant => "constant kept in a slot".into(),
            Past::Unknown => String::new(),
        }
    }

    fn home(&self, home: &Home) -> String {
        match home {
            Home::Register { after: None } => String::new(),
            Home::Register { after: Some(v) } => format!("after {}", self.name(Some(*v))),
            Home::Unread => "nothing reads it".into(),
            Home::OnlyExits => "only exits read it".into(),
            Home::NoRegisters => "there are no registers for it".into(),
            Home::ResultInSlot => "the op gives its result in a slot".into(),
            Home::WantedInSlot(Use { op, reader: Reader::Argument(_), .. }) => {
                format!("op %{op} passes it on in a slot")
            }
            Home::WantedInSlot(used) => format!("{} wants it in a slot", user(used)),
            Home::Across { op } => {
                format!("op %{op}, across which it lives, destroys all registers")
            }
            Home::Registers(occupants) => self.occupants(occupants),
        }
    }

    fn occupants(&self, occupants: &[Occupant]) -> String {
        let free = |o: &&Occupant| o.held.is_none() && o.taken.is_none();
        if occupants.iter().all(|o| free(&o)) {
            return "left in a slot though registers are free".into();
        }
        let mut parts: Vec<String> = Vec::new();
        for o in occupants {
            match (&o.held, &o.taken) {
                (Some((v, used)), _) => {
                    let v = self.name(Some(*v));
                    parts.push(format!("{} has {v}, next used by {}", o.register, user(used)));
                }
                (None, Some(loss)) => parts.push(self.taken(loss)),
                (None, None) => {}
            }
        }
        let free: Vec<String> =
            occupants.iter().filter(free).map(|o| o.register.to_string()).collect();
        match free.len() {
            0 => {}
            1 => parts.push(format!("{} is free", free[0])),
            _ => parts.push(format!("{} are free", free.join(", "))),
        }
        parts.join("; ")
    }

    fn purpose(&self, purpose: &Purpose) -> String {
        match purpose {
            Purpose::Read { op, reader: Reader::Operand(_) } => format!("for op %{op}"),
            Purpose::Read { op, reader: Reader::Argument(k) } => {
                format!("argument {k} of the jump %{op}")
            }
            Purpose::Read { op, reader: Reader::Exit } => format!("for exit of op %{op}"),
            Purpose::Edit { op, .. } if *op == self.event.op => "out of the way of a move".into(),
            Purpose::Edit { op, .. } => format!("until op %{op}"),
            Purpose::Nothing => "nothing reads it there".into(),
        }
    }

    fn why(&self) -> String {
        let mut parts = Vec::new();
        match &self.event.what {
            What::Arrives { .. } => {}
            What::Parameter { why, .. } | What::Born { why, .. } => parts.push(self.home(why)),
            What::Edited { edit, purpose, leaves, next, past, at_definition, .. } => {
                if *at_definition && EditKind::of(edit) == EditKind::Store {
                    parts.push("at its definition".into());
                }
                parts.push(self.purpose(purpose));
                parts.extend(leaves.as_ref().map(|loss| self.taken(loss)));
                parts.extend(next.as_ref().map(|used| format!("next use: {}", user(used))));
                parts.extend(past.as_ref().map(|past| self.past(past)));
            }
            What::ReadsSlot { operand, wanted, past, why, .. } => {
                parts.push(format!("operand {operand}"));
                if *wanted {
                    parts.push("which the op takes from a slot".into());
                }
                parts.push(self.past(past));
                parts.extend(why.as_ref().map(|why| self.home(why)));
            }
            What::Lost { loss, kept, next } => {
                parts.push(match loss.by {
                    Taker::Value(v) => format!("{} takes it", self.name(v)),
                    Taker::Op => "the op destroys it".into(),
                });
                parts.extend(kept.map(|place| format!("kept in {place}")));
                parts.push(format!("next use: {}", user(next)));
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join("; ")
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let loc = |loc: &Loc| shown(self.trace, *loc);
        write!(f, "{}", self.event.name())?;
        let value = self.name(self.event.value);
        match &self.event.what {
            What::Arrives { at }
            | What::Parameter { at, .. }
            | What::Born { at, .. }
            | What::ReadsSlot { at, .. } => write!(f, " {value} {}", loc(at))?,
            What::Edited { edit, .. } if EditKind::of(edit) == EditKind::Constant => {
                write!(f, " {} -> {}", loc(&edit.from), loc(&edit.to))?;
            }
            What::Edited { edit, .. } => {
                write!(f, " {value} {} -> {}", loc(&edit.from), loc(&edit.to))?;
            }
            What::Lost { loss, .. } => write!(f, " {value} {}", loc(&loss.register))?,
        }
        let why = self.why();
        if why.is_empty() { Ok(()) } else { write!(f, ": {why}") }
    }
}
