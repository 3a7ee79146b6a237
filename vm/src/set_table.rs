//! The hash table behind sets, laid out and probed as CPython's is, so that sets of numbers are iterated
//! in its order.
//!
//! Terms. A *slot* is empty, *active* or *deleted* (its key is [`DELETED`]). The number of slots is a
//! power of two. A key is looked for from the slot that the low bits of its hash say: at that slot and the
//! [`RUN`] behind it (unless they would leave the table), then at a place that the remaining bits of the hash
//! lead to, and so on. A new key goes to the last deleted slot on its way, if there is one; growing takes
//! deleted slots out.
//!
//! The slots of a small table are part of it, and so of the set's cell: most sets are small.
//!
//! Keys are compared by [`crate::ops`], which may run Python code.

use crate::heap::Account;
use crate::value::Value;
use smallvec::{SmallVec, smallvec};

/// Slots that are tried behind the first one.
const RUN: usize = 9;
/// Bits of the hash that each further place takes in.
const SHIFT: u32 = 5;
/// Slots of an empty table.
const LEAST: usize = 8;
/// Sets with more items than this grow twofold, smaller ones fourfold.
const LARGE: usize = 50_000;

/// The key of deleted slots: a small int that marks them together with a hash no key has.
const DELETED: Value = Value::ZERO;
const DELETED_HASH: u64 = u64::MAX;

/// A slot; an empty one has a NULL key.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot {
    key: Value,
    hash: u64,
}

const EMPTY: Slot = Slot { key: Value::NULL, hash: 0 };

impl Slot {
    fn is_empty(&self) -> bool {
        self.key.is_null()
    }

    fn is_active(&self) -> bool {
        // No key has the hash -1.
        !self.key.is_null() && self.hash != DELETED_HASH
    }
}

/// Keys with their hashes.
pub type Entries = SmallVec<[(u64, Value); LEAST]>;

/// See the module.
#[derive(Clone)]
pub struct SetTable {
    slots: SmallVec<[Slot; LEAST]>,
    /// Slots that are not empty. Counts are narrow, so that the table fits a cell of the heap: there is no
    /// memory for as many slots.
    fill: u32,
    /// Active slots.
    used: u32,
    /// Where `pop` looks next.
    finger: u32,
    /// Changes with every insertion and deletion.
    version: u32,
    /// What slots take that are not part of the table.
    pub(crate) account: Account,
}

impl Default for SetTable {
    // Inlined, it is written where it stays.
    #[inline(always)]
    fn default() -> Self {
        SetTable {
            slots: SmallVec::from_buf([EMPTY; LEAST]),
            fill: 0,
            used: 0,
            finger: 0,
            version: 0,
            account: Account::NEW,
        }
    }
}

/// The places where a key with some hash may be, in order.
struct Probe {
    mask: usize,
    perturb: u64,
    at: usize,
    left: usize,
}

impl Probe {
    fn new(hash: u64, mask: usize) -> Probe {
        let at = hash as usize & mask;
        Probe { mask, perturb: hash, at, left: Self::run(at, mask) }
    }

    fn run(at: usize, mask: usize) -> usize {
        if at + RUN <= mask { RUN } else { 0 }
    }

    /// The place now, and steps to the next.
    #[inline(always)]
    fn step(&mut self, start: &mut usize) -> usize {
        let place = self.at;
        if self.left > 0 {
            self.left -= 1;
            self.at += 1;
        } else {
            self.perturb >>= SHIFT;
            let next = start.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize);
            self.at = next & self.mask;
            *start = self.at;
            self.left = Self::run(self.at, self.mask);
        }
        place
    }
}

impl SetTable {
    /// How many keys.
    pub fn len(&self) -> usize {
        self.used as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// A number that changes with every insertion and deletion.
    pub fn version(&self) -> u32 {
        self.version
    }

    fn mask(&self) -> usize {
        self.slots.len() - 1
    }

    /// Visits the places of a hash up to the first empty one, until `visit` returns true.
    #[inline(always)]
    fn probe(&self, hash: u64, mut visit: impl FnMut(usize, &Slot) -> bool) -> usize {
        let mut probe = Probe::new(hash, self.mask());
        let mut start = probe.at;
        let slots = &self.slots[..];
        loop {
            let place = probe.step(&mut start);
            let slot = &slots[place];
            if slot.is_empty() || visit(place, slot) {
                return place;
            }
        }
    }

    /// The places of the keys with that hash.
    pub fn places(&self, hash: u64) -> Vec<u32> {
        let mut places = Vec::new();
        self.probe(hash, |place, slot| {
            if slot.hash == hash && slot.is_active() {
                places.push(place as u32);
            }
            false
        });
        places
    }

    /// The place of the key with that hash that `same` accepts.
    #[inline]
    pub fn find(&self, hash: u64, same: impl Fn(Value) -> bool) -> Option<u32> {
        let mut found = None;
        self.probe(hash, |place, slot| {
            if slot.hash == hash && slot.is_active() && same(slot.key) {
                found = Some(place as u32);
            }
            found.is_some()
        });
        found
    }

    /// The key at a place.
    pub fn key(&self, place: u32) -> Option<Value> {
        self.slots.get(place as usize).filter(|slot| slot.is_active()).map(|slot| slot.key)
    }

    /// The first key at or behind a place, and the place behind it.
    #[inline]
    pub fn next(&self, place: usize) -> Option<(Value, usize)> {
        let rest = self.slots.get(place..)?;
        let at = rest.iter().position(Slot::is_active)?;
        Some((rest[at].key, place + at + 1))
    }

    /// Adds a key that is not there.
    pub fn insert_new(&mut self, hash: u64, key: Value) {
        let mut deleted = None;
        let place = self.probe(hash, |place, slot| {
            if !slot.is_active() {
                deleted = Some(place);
            }
            false
        });
        self.used += 1;
        self.version = self.version.wrapping_add(1);
        if let Some(place) = deleted {
            self.slots[place] = Slot { key, hash };
            return;
        }
        self.slots[place] = Slot { key, hash };
        self.fill += 1;
        if self.fill as usize * 5 >= self.mask() * 3 {
            self.resize(self.roomy());
        }
    }

    /// Bytes that adding a key may ask for.
    pub fn next_growth(&self) -> usize {
        let full = (self.fill as usize + 1) * 5 >= self.mask() * 3;
        if full { (self.roomy() + 4) * 2 * size_of::<Slot>() } else { 0 }
    }

    /// What a table that is full is resized for.
    fn roomy(&self) -> usize {
        if self.len() > LARGE { self.len() * 2 } else { self.len() * 4 }
    }

    /// Makes a table of more than `wanted` slots, without deleted ones.
    fn resize(&mut self, wanted: usize) {
        let mut size = LEAST;
        while size <= wanted {
            size *= 2;
        }
        let old = std::mem::replace(&mut self.slots, smallvec![EMPTY; size]);
        for slot in old.iter().filter(|slot| slot.is_active()) {
            let place = self.probe(slot.hash, |_, _| false);
            self.slots[place] = *slot;
        }
        self.fill = self.used;
        self.count();
    }

    /// Notes what the slots take beside the table, if that is more than before.
    fn count(&mut self) {
        self.account.note(if self.slots.spilled() { size_of_val(&self.slots[..]) } else { 0 });
    }

    /// Makes room for as many more keys at once.
    pub fn make_room(&mut self, more: usize) {
        if (self.fill as usize + more) * 5 >= self.mask() * 3 {
            self.resize((self.len() + more) * 2);
        }
    }

    /// Takes over all keys of another table, if this one is empty; room has been made.
    pub fn fill_from(&mut self, other: &SetTable) -> bool {
        if self.fill != 0 {
            return false;
        }
        if self.slots.len() == other.slots.len() && other.fill == other.used {
            self.slots.copy_from_slice(&other.slots);
        } else {
            for slot in other.slots.iter().filter(|slot| slot.is_active()) {
                let place = self.probe(slot.hash, |_, _| false);
                self.slots[place] = *slot;
            }
        }
        self.fill = other.used;
        self.used = other.used;
        self.version = self.version.wrapping_add(1);
        true
    }

    /// Removes the key at a place.
    pub fn remove(&mut self, place: u32) -> Option<Value> {
        let key = self.key(place)?;
        self.slots[place as usize] = Slot { key: DELETED, hash: DELETED_HASH };
        self.used -= 1;
        self.version = self.version.wrapping_add(1);
        Some(key)
    }

    /// Takes deleted slots out, where they are many.
    pub fn tidy(&mut self) {
        if (self.fill - self.used) as usize > self.mask() / 4 {
            self.resize(self.roomy());
        }
    }

    /// Removes any key.
    pub fn pop(&mut self) -> Option<Value> {
        if self.used == 0 {
            return None;
        }
        let mut place = self.finger as usize & self.mask();
        while !self.slots[place].is_active() {
            place = (place + 1) & self.mask();
        }
        self.finger = place as u32 + 1;
        self.remove(place as u32)
    }

    /// Removes all keys.
    pub fn clear(&mut self) {
        let account = std::mem::take(&mut self.account);
        let version = self.version.wrapping_add(1);
        *self = SetTable { version, account, ..SetTable::default() };
    }

    /// The keys with their hashes, in order.
    pub fn entries(&self) -> Entries {
        let active = self.slots.iter().filter(|slot| slot.is_active());
        active.map(|slot| (slot.hash, slot.key)).collect()
    }

    /// The keys, in order.
    pub fn keys(&self) -> Vec<Value> {
        self.slots.iter().filter(|slot| slot.is_active()).map(|slot| slot.key).collect()
    }

    /// How many keys are at or behind a place.
    pub fn left(&self, place: usize) -> usize {
        self.slots.iter().skip(place).filter(|slot| slot.is_active()).count()
    }

    /// Calls `visit` with every key.
    pub fn each(&self, mut visit: impl FnMut(Value)) {
        self.slots.iter().filter(|slot| slot.is_active()).for_each(|slot| visit(slot.key));
    }

    /// Calls `visit` with the hash of every key.
    pub fn each_hash(&self, mut visit: impl FnMut(u64)) {
        self.slots.iter().filter(|slot| slot.is_active()).for_each(|slot| visit(slot.hash));
    }

    /// Exchanges the keys of two tables, but not what the heap was told of them.
    pub fn swap_keys(&mut self, other: &mut SetTable) {
        std::mem::swap(&mut self.slots, &mut other.slots);
        std::mem::swap(&mut self.fill, &mut other.fill);
        std::mem::swap(&mut self.used, &mut other.used);
        std::mem::swap(&mut self.finger, &mut other.finger);
        for table in [&mut *self, other] {
            table.version = table.version.wrapping_add(1);
            table.count();
        }
    }
}
