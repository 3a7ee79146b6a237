//! The hash table behind dicts: insertion order, and keys compared by Python's rules.
//!
//! Terms. An *entry* is a key with its hash and a value. Entries stand in the order
//! of insertion; deleted ones leave a hole (a NULL key) until the table is rebuilt. An *index*
//! finds entries by hash; a table that has never had more than [`UNINDEXED`] has none, and is searched in
//! order.
//!
//! Most keys (strings, numbers, tuples of them, objects without methods of their own) are compared
//! here. For others [`crate::ops`] asks for the entries of the same hash and compares them itself,
//! since that runs Python code.

use crate::heap::{Account, OutOfMemory};
use crate::value::Value;
use hashbrown::HashTable;

/// One entry.
#[derive(Clone, Copy)]
pub struct Entry {
    /// NULL in a hole.
    pub key: Value,
    /// What the key leads to.
    pub value: Value,
    hash: u64,
}

/// See the module.
#[derive(Clone, Default)]
pub struct Table {
    entries: Vec<Entry>,
    index: HashTable<u32>,
    /// Whether the index is kept.
    indexed: bool,
    live: usize,
    /// All entries before this place are holes: taking the first again and again takes no search.
    first: usize,
    /// Changes with every insertion and deletion.
    version: u32,
    /// What the entries and the index take.
    pub(crate) account: Account,
}

/// Entries, holes among them, that are found without an index.
const UNINDEXED: usize = 8;
/// Bytes of an entry with its share of the index.
const ENTRY_BYTES: usize = size_of::<Entry>() + 8;

impl Table {
    /// How many entries.
    pub fn len(&self) -> usize {
        self.live
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// A number that changes with every insertion and deletion.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The places of the entries with that hash.
    pub fn places(&self, hash: u64) -> Vec<u32> {
        if !self.indexed {
            let same = |(entry, _): &(&Entry, u32)| entry.hash == hash && !entry.key.is_null();
            return self.entries.iter().zip(0..).filter(same).map(|(_, at)| at).collect();
        }
        let same = |at: &&u32| self.entries[**at as usize].hash == hash;
        self.index.iter_hash(hash).filter(same).copied().collect()
    }

    /// The place of the entry with that hash whose key `same` accepts.
    #[inline]
    pub fn find(&self, hash: u64, same: impl Fn(Value) -> bool) -> Option<u32> {
        let entries = &self.entries;
        if !self.indexed {
            let is_it =
                |entry: &Entry| entry.hash == hash && !entry.key.is_null() && same(entry.key);
            return entries.iter().position(is_it).map(|at| at as u32);
        }
        let found = self.index.find(hash, |at| {
            let entry = &entries[*at as usize];
            entry.hash == hash && same(entry.key)
        });
        found.copied()
    }

    /// The entry at a place; `None` in a hole and behind the end.
    pub fn entry(&self, place: u32) -> Option<Entry> {
        self.entries.get(place as usize).copied().filter(|entry| !entry.key.is_null())
    }

    /// The key of the entry at a place.
    pub fn key(&self, place: u32) -> Option<Value> {
        self.entry(place).map(|entry| entry.key)
    }

    /// The first entry at or behind a place, and the place behind it.
    #[inline]
    pub fn next(&self, place: usize) -> Option<(Entry, usize)> {
        let place = place.max(self.first);
        let rest = self.entries.get(place..)?;
        let at = rest.iter().position(|entry| !entry.key.is_null())?;
        Some((rest[at], place + at + 1))
    }

    /// The last entry before a place, and its place.
    pub fn previous(&self, place: usize) -> Option<(Entry, usize)> {
        let before = &self.entries[..place.min(self.entries.len())];
        let at = before.iter().rposition(|entry| !entry.key.is_null())?;
        Some((before[at], at))
    }

    /// How many entries there are before a place.
    pub fn count_before(&self, place: usize) -> usize {
        let before = &self.entries[..place.min(self.entries.len())];
        before.iter().filter(|entry| !entry.key.is_null()).count()
    }

    /// The last entry's place.
    pub fn last(&self) -> Option<u32> {
        self.entries.iter().rposition(|entry| !entry.key.is_null()).map(|at| at as u32)
    }

    /// Replaces the value at a place.
    pub fn set_value(&mut self, place: u32, value: Value) {
        if let Some(entry) = self.entries.get_mut(place as usize) {
            entry.value = value;
        }
    }

    /// Makes room for one more entry.
    pub fn make_room(&mut self) -> Result<(), OutOfMemory> {
        let entries = &self.entries;
        let more = match self.indexed {
            true => 1,
            false if entries.len() < UNINDEXED => 0,
            false => entries.len() + 1,
        };
        let index = self.index.try_reserve(more, |at| entries[*at as usize].hash);
        index.map_err(|_| OutOfMemory)?;
        self.entries.try_reserve(1).map_err(|_| OutOfMemory)
    }

    /// Adds an entry whose key is not there.
    pub fn insert_new(&mut self, hash: u64, key: Value, value: Value) {
        let at = self.entries.len() as u32;
        self.entries.push(Entry { key, value, hash });
        if self.indexed {
            let entries = &self.entries;
            self.index.insert_unique(hash, at, |at| entries[*at as usize].hash);
        } else if self.entries.len() > UNINDEXED {
            self.indexed = true;
            self.fill_index();
        }
        self.live += 1;
        self.version = self.version.wrapping_add(1);
        self.account.note(self.entries.capacity() * ENTRY_BYTES);
    }

    /// Removes the entry at a place.
    pub fn remove(&mut self, place: u32) -> Option<Entry> {
        let entry = self.entry(place)?;
        if self.indexed
            && let Ok(found) = self.index.find_entry(entry.hash, |at| *at == place)
        {
            found.remove();
        }
        self.entries[place as usize].key = Value::NULL;
        self.entries[place as usize].value = Value::NULL;
        self.live -= 1;
        self.version = self.version.wrapping_add(1);
        // One hole stays at the end: an iterator behind it finds what comes next.
        while self.entries.len() > 1
            && self.entries[self.entries.len() - 2..].iter().all(|entry| entry.key.is_null())
        {
            self.entries.pop();
        }
        if place as usize <= self.first {
            let holes = self.entries.iter().skip(self.first).take_while(|e| e.key.is_null());
            self.first += holes.count();
        }
        self.first = self.first.min(self.entries.len());
        if self.entries.len() > 32 && self.entries.len() > 4 * self.live {
            self.rebuild();
        }
        Some(entry)
    }

    /// The first entry's place.
    pub fn first(&self) -> Option<u32> {
        self.next(0).map(|(_, behind)| behind as u32 - 1)
    }

    /// Moves the entry at a place behind the last, or before the first.
    pub fn move_to_end(&mut self, place: u32, last: bool) -> Result<(), OutOfMemory> {
        let end = if last { self.last() } else { self.first() };
        if end == Some(place) {
            return Ok(());
        }
        if !last {
            return self.move_to_front(place as usize);
        }
        self.make_room()?;
        if let Some(entry) = self.remove(place) {
            self.insert_new(entry.hash, entry.key, entry.value);
        }
        Ok(())
    }

    fn move_to_front(&mut self, mut place: usize) -> Result<(), OutOfMemory> {
        if self.first == 0 {
            // As many holes as entries: as many moves take no other rebuild.
            let holes = self.live;
            place = holes + self.entries[..place].iter().filter(|e| !e.key.is_null()).count();
            let hole = Entry { key: Value::NULL, value: Value::NULL, hash: 0 };
            let mut entries = Vec::new();
            entries.try_reserve(2 * holes + 1).map_err(|_| OutOfMemory)?;
            entries.resize(holes, hole);
            entries.extend(self.entries.iter().filter(|entry| !entry.key.is_null()));
            self.entries = entries;
            self.first = holes;
            self.index.clear();
            if self.indexed {
                self.fill_index();
            }
            self.account.note(self.entries.capacity() * ENTRY_BYTES);
        }
        let front = self.first - 1;
        let entry = self.entries[place];
        self.entries.swap(front, place);
        if self.indexed
            && let Ok(mut found) = self.index.find_entry(entry.hash, |at| *at as usize == place)
        {
            *found.get_mut() = front as u32;
        }
        self.first = front;
        while self.entries.last().is_some_and(|entry| entry.key.is_null()) {
            self.entries.pop();
        }
        self.version = self.version.wrapping_add(1);
        Ok(())
    }

    /// Takes the holes out.
    fn rebuild(&mut self) {
        self.entries.retain(|entry| !entry.key.is_null());
        self.first = 0;
        self.index.clear();
        if self.indexed {
            self.fill_index();
        }
    }

    /// Enters all entries into the index, which is empty.
    fn fill_index(&mut self) {
        let entries = &self.entries;
        for (entry, at) in entries.iter().zip(0..).filter(|(entry, _)| !entry.key.is_null()) {
            self.index.insert_unique(entry.hash, at, |at| entries[*at as usize].hash);
        }
    }

    /// Takes over the entries of another table, where it has none itself and the other one has no holes; whether
    /// that is so.
    pub fn fill_from(&mut self, from: &Table) -> Result<bool, OutOfMemory> {
        if self.live != 0 || from.live != from.entries.len() {
            return Ok(false);
        }
        self.clear();
        self.entries.try_reserve_exact(from.live).map_err(|_| OutOfMemory)?;
        if from.indexed {
            crate::memory::room_for(from.index.capacity() * 8).map_err(|_| OutOfMemory)?;
            self.index.clone_from(&from.index);
        }
        self.entries.extend_from_slice(&from.entries);
        self.indexed = from.indexed;
        self.live = from.live;
        self.first = 0;
        self.version = self.version.wrapping_add(1);
        self.account.note(self.entries.capacity() * ENTRY_BYTES);
        Ok(true)
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.first = 0;
        self.index.clear();
        self.live = 0;
        self.version = self.version.wrapping_add(1);
    }

    /// The live entries with their hashes, in order.
    pub fn entries(&self) -> Vec<(u64, Value, Value)> {
        let live = self.entries.iter().filter(|entry| !entry.key.is_null());
        live.map(|entry| (entry.hash, entry.key, entry.value)).collect()
    }

    /// The keys, in order.
    pub fn keys(&self) -> Vec<Value> {
        self.entries.iter().map(|entry| entry.key).filter(|key| !key.is_null()).collect()
    }

    /// Calls `visit` with every key and value.
    pub fn each(&self, mut visit: impl FnMut(Value, Value)) {
        for entry in self.entries.iter().filter(|entry| !entry.key.is_null()) {
            visit(entry.key, entry.value);
        }
    }
}
