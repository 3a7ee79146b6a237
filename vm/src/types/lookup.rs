//! What was looked up in classes, remembered: attributes by class and name, and what the machine itself
//! asks a class again and again.
//!
//! Invariant: an entry holds for the *epoch* it was made in. It keeps the cell of an attribute and not
//! its value, since a plain value may be assigned without a new epoch.

use super::TypeInfo;
use crate::class;
use crate::code::GlobalCell;
use crate::interp::Vm;
use crate::value::Value;
use rustc_hash::FxHasher;
use std::cell::RefCell;
use std::hash::Hasher;
use std::rc::Rc;
use std::sync::Arc;
use tierlab_frontend::bytecode::CompareKind;

/// Entries of the table: a power of two.
const ENTRIES: usize = 2048;
/// Names of attributes are short: what is longer is not worth remembering.
const LONGEST: usize = 64;

/// The cell that a name is on objects of a class, or that there is none.
struct Entry {
    ty: u32,
    epoch: u32,
    name: Arc<str>,
    cell: Option<Rc<GlobalCell>>,
}

/// Attributes by class and name.
pub(crate) struct Lookups(Box<[RefCell<Option<Entry>>]>);

impl Lookups {
    /// Nothing looked up yet.
    pub(crate) fn new() -> Lookups {
        Lookups((0..ENTRIES).map(|_| RefCell::new(None)).collect())
    }

    fn place(&self, ty: u32, name: &str) -> &RefCell<Option<Entry>> {
        let mut hasher = FxHasher::default();
        hasher.write_u32(ty);
        hasher.write(name.as_bytes());
        &self.0[hasher.finish() as usize % ENTRIES]
    }
}

/// What decides about the hash of a class's objects.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HashBy {
    /// They have none.
    Nothing,
    /// The built-in method: the value that they hold, or which object it is.
    Itself,
    /// A method that the program put there.
    Method,
}

/// What the machine asks classes about methods that their objects are hashed and compared by.
#[derive(Clone, Copy)]
pub(super) struct Answers {
    epoch: u32,
    hash: HashBy,
    /// The comparisons that it defines, a bit each.
    compares: u8,
}

impl Answers {
    /// Good for no epoch that a class is asked in first.
    pub(super) const NONE: Answers =
        Answers { epoch: u32::MAX, hash: HashBy::Nothing, compares: 0 };
}

fn bit(kind: CompareKind) -> u8 {
    1 << kind as u8
}

impl Vm {
    /// The cell of an attribute along the mro.
    pub fn lookup(&self, ty: &TypeInfo, name: &str) -> Option<Rc<GlobalCell>> {
        self.looked_up(ty, name, |cell| cell.cloned())
    }

    /// The value of an attribute along the mro.
    pub fn lookup_value(&self, ty: &TypeInfo, name: &str) -> Option<Value> {
        self.looked_up(ty, name, |cell| cell.map(|cell| cell.get()))
    }

    fn looked_up<T>(
        &self,
        ty: &TypeInfo,
        name: &str,
        then: impl FnOnce(Option<&Rc<GlobalCell>>) -> T,
    ) -> T {
        let along = || ty.mro.iter().find_map(|id| self.type_info(*id).own(name));
        if name.len() > LONGEST {
            return then(along().as_ref());
        }
        let place = self.lookups.place(ty.id, name);
        if let Some(entry) = &*place.borrow()
            && entry.ty == ty.id
            && entry.epoch == self.epoch()
            && *entry.name == *name
        {
            return then(entry.cell.as_ref());
        }
        let cell = along();
        let result = then(cell.as_ref());
        let entry = Entry { ty: ty.id, epoch: self.epoch(), name: name.into(), cell };
        *place.borrow_mut() = Some(entry);
        result
    }

    #[inline]
    fn answers(&self, ty: &TypeInfo, value: Value) -> Answers {
        let known = ty.answers.get();
        if known.epoch == self.epoch() { known } else { self.ask(ty, value) }
    }

    #[cold]
    fn ask(&self, ty: &TypeInfo, value: Value) -> Answers {
        let own = self.special(value, "__hash__");
        let hash = match self.lookup_value(ty, "__hash__") {
            Some(method) if method.is_none() => HashBy::Nothing,
            Some(method) if method.is_class(class::BUILTIN) && own.is_none() => HashBy::Itself,
            _ => HashBy::Method,
        };
        let defined = CompareKind::ALL.iter().filter(|kind| {
            let name = super::special::compare_name(**kind);
            self.special(value, name).is_some()
        });
        let compares = defined.fold(0, |bits, kind| bits | bit(*kind));
        let answers = Answers { epoch: self.epoch(), hash, compares };
        ty.answers.set(answers);
        answers
    }

    /// What decides about the hash of an object of a class of the program.
    pub(super) fn hash_by(&self, ty: &TypeInfo, object: Value) -> HashBy {
        self.answers(ty, object).hash
    }

    /// Whether the class of an operand defines a method that may do a comparison: its own, or for `!=`
    /// that of `==`. (The operand is one whose class may define methods.)
    #[inline]
    pub(super) fn compares_by(&self, value: Value, kind: CompareKind) -> bool {
        let ty = match value.as_instance() {
            Some(instance) => instance.ty(),
            None if value.is_class(class::TYPE) => match self.own_metaclass(value) {
                Some(meta) => meta,
                None => return false,
            },
            None => self.type_info(value.class()),
        };
        let wanted = match kind {
            CompareKind::Ne => bit(kind) | bit(CompareKind::Eq),
            kind => bit(kind),
        };
        self.answers(ty, value).compares & wanted != 0
    }
}
