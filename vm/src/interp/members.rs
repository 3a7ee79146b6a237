//! Attributes of objects as instructions find them: caches at places and, for places that see many
//! shapes, one for all.
//!
//! Terms. A *cache* of a place holds what its name was last found to be on objects of one shape. Where
//! a place has missed too often it keeps its base form and asks the *members*, a table by shape and
//! name. Either is good for one epoch of the classes.

use super::operators::Did;
use super::{Mode, Vm, quicken};
use crate::class;
use crate::code::GlobalCell;
use crate::error::PyResult;
use crate::types::{Found, Holder, Shape};
use crate::value::Value;
use std::cell::Cell;
use tierlab_frontend::bytecode::Opcode;

/// Marks keys of caches that are class numbers.
const BY_CLASS: u64 = 1 << 63;

/// The key of a cache for receivers of a built-in type.
#[inline(always)]
pub(super) fn class_key(object: Value) -> u64 {
    u64::from(object.class()) << 1 | BY_CLASS
}

/// What an attribute name of some code was last found to be.
#[derive(Clone, Copy)]
pub(crate) struct AttrCache {
    /// The header of objects with the shape, the word of a module, or the marked class number of
    /// a receiver.
    pub key: u64,
    /// The epoch for which this holds.
    pub epoch: u32,
    /// The slot.
    pub slot: u32,
    /// The cell of a module's variable or a class attribute.
    pub cell: *const GlobalCell,
    /// The shape after the attribute is added.
    pub shape: *const Shape,
    /// The method, or the getter of a property.
    pub method: Value,
}

impl AttrCache {
    /// Nothing found yet.
    pub(crate) const EMPTY: AttrCache = AttrCache {
        key: 1,
        epoch: 0,
        slot: 0,
        cell: std::ptr::null(),
        shape: std::ptr::null(),
        method: Value::NULL,
    };
}

/// What a cache says, which is what the specialized forms do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The attribute at a slot.
    Slot,
    /// A plain attribute of the class.
    Class,
    /// A function of the class.
    Method,
    /// A static method of the class.
    Static,
    /// A class method of the class.
    ClassMethod,
    /// A property of the class.
    Getter,
    /// Assigning puts the value into a slot.
    StoreSlot,
    /// Assigning adds a slot.
    StoreAdd,
}

#[derive(Clone, Copy)]
struct Member {
    /// The interned name, marked where it is assigned.
    name: u64,
    kind: Kind,
    cache: AttrCache,
}

/// Attributes by shape and name.
pub(super) struct Members(Box<[Cell<Member>]>);

/// Added to names that are assigned: no tagged word has this bit.
const STORE: u64 = 2;
/// Entries of the table: a power of two.
const MEMBERS: usize = 4096;

impl Members {
    pub fn new() -> Members {
        let none = Member { name: 0, kind: Kind::Slot, cache: AttrCache::EMPTY };
        Members(vec![Cell::new(none); MEMBERS].into())
    }

    fn place(&self, key: u64, name: u64) -> &Cell<Member> {
        let hash = (key ^ name << 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        &self.0[hash as usize % MEMBERS]
    }

    #[inline]
    fn find(&self, key: u64, name: u64, epoch: u32) -> Option<Member> {
        let member = self.place(key, name).get();
        let fits = member.name == name && member.cache.key == key && member.cache.epoch == epoch;
        fits.then_some(member)
    }

    fn add(&self, member: Member) {
        self.place(member.cache.key, member.name).set(member);
    }
}

impl Vm {
    /// `load_attr` or, for a call, `load_method`. The state is synced.
    pub(super) fn load_attribute(&mut self, name: u16, for_call: bool) -> PyResult<Did> {
        let object = self.peek(1);
        if let Some(member) = self.member(object, name, 0) {
            let cache = &member.cache;
            self.specialize(name, &member);
            let found = match member.kind {
                Kind::Slot => {
                    object.as_instance().map(|o| (o.get(cache.slot as usize), Value::NULL))
                }
                // SAFETY: cells of classes stay while the epoch does.
                Kind::Class => Some((unsafe { (*cache.cell).get() }, Value::NULL)),
                Kind::Method => Some((cache.method, object)),
                Kind::Static => Some((cache.method, Value::NULL)),
                Kind::ClassMethod => {
                    let of_object = object.as_instance().map(|o| o.ty().object());
                    Some((cache.method, of_object.unwrap_or(object)))
                }
                Kind::Getter => {
                    if self.push_operator(cache.method, &[object])? {
                        return Ok(Did::Frame);
                    }
                    None
                }
                Kind::StoreSlot | Kind::StoreAdd => None,
            };
            if let Some((value, receiver)) = found.filter(|(value, _)| !value.is_null()) {
                self.put_attribute(value, receiver, for_call);
                return Ok(Did::Result);
            }
        } else if object.is_class(class::INSTANCE)
            && let Some(getter) = self.getter(object, name)
            && self.push_operator(getter, &[object])?
        {
            return Ok(Did::Frame);
        }
        let (value, receiver) = self.attribute(object, name)?;
        self.put_attribute(value, receiver, for_call);
        Ok(Did::Result)
    }

    fn put_attribute(&mut self, value: Value, receiver: Value, for_call: bool) {
        if for_call {
            self.replace(1, value);
            self.push(receiver);
        } else {
            let value = self.as_one(value, receiver);
            self.replace(1, value);
        }
    }

    fn member(&self, object: Value, name: u16, store: u64) -> Option<Member> {
        if !matches!(object.class(), class::INSTANCE | class::TYPE) {
            return None;
        }
        let name = self.current().names[name as usize].bits() | store;
        self.members.find(object.header_word(), name, self.epoch())
    }

    /// The getter of the property that a name is on an object; remembers it.
    fn getter(&mut self, object: Value, name: u16) -> Option<Value> {
        let text = &self.current().source.names[name as usize];
        let getter = self.property_of(object.as_instance()?, text)?;
        let cache = AttrCache { key: object.header_word(), method: getter, ..AttrCache::EMPTY };
        self.remember(name, Kind::Getter, cache);
        Some(getter)
    }

    /// An attribute of an object: the value, and the receiver where it is a method of it.
    pub(super) fn attribute(&mut self, object: Value, name: u16) -> PyResult<(Value, Value)> {
        let code = self.current();
        // SAFETY: caches are written by the interpreter alone, and not while this one is looked at.
        let cache = unsafe { &*code.attr_cache[name as usize].as_ptr() };
        let class = class_key(object);
        if cache.key == class && !cache.method.is_null() {
            return Ok((cache.method, object));
        }
        if cache.key == object.bits() && object.is_class(class::MODULE) {
            // SAFETY: the cell belongs to a loaded module's namespace, whose cells stay.
            let value = unsafe { (*cache.cell).get() };
            if !value.is_null() {
                return Ok((value, Value::NULL));
            }
        }
        let text = code.source.names[name as usize].clone();
        if !matches!(object.class(), class::INSTANCE | class::TYPE | class::SUPER | class::MODULE)
            && let Some(method) = crate::builtins::method_object(self, object, &text)
        {
            let found = AttrCache { key: class, method, ..AttrCache::EMPTY };
            self.current().attr_cache[name as usize].set(found);
            return Ok((method, object));
        }
        let found = self.attribute_of(object, &text)?;
        if matches!(object.class(), class::INSTANCE | class::TYPE) {
            self.remember_load(object, name, &found);
        }
        if object.is_class(class::MODULE)
            && let Holder::Class(cell) = &found.holder
        {
            let cell = std::rc::Rc::as_ptr(cell);
            let cache = AttrCache { key: object.bits(), cell, ..AttrCache::EMPTY };
            self.current().attr_cache[name as usize].set(cache);
        }
        Ok((found.value, found.receiver))
    }

    /// `store_attr`. The state is synced.
    pub(super) fn store_attribute(&mut self, name: u16) -> PyResult<Did> {
        let (object, value) = (self.peek(1), self.peek(2));
        if let Some(member) = self.member(object, name, STORE)
            && let Some(instance) = object.as_instance()
        {
            self.specialize(name, &member);
            instance.set(member.cache.slot as usize, value);
            if member.kind == Kind::StoreAdd {
                // SAFETY: shapes live as long as the machine; this one has room for the slot.
                instance.set_shape(unsafe { &*member.cache.shape });
            }
            self.drop_top(2);
            return Ok(Did::Result);
        }
        let text = self.current().source.names[name as usize].clone();
        let before = object.as_instance().map(|instance| (object.header_word(), instance.shape()));
        if let Some(instance) = object.as_instance()
            && let Some(setter) = self.setter_of(instance, &text)
            && self.push_operator(setter, &[object, value])?
        {
            return Ok(Did::Frame);
        }
        self.set_attribute(object, &text, value)?;
        if let (Some((key, before)), Some(instance)) = (before, object.as_instance()) {
            let after = instance.shape();
            let slot = after.slot(&text).filter(|slot| *slot < after.capacity as usize);
            if let Some(slot) = slot
                && self.stores_plainly(instance.ty(), &text)
            {
                let same = before.id == after.id;
                let kind = if same { Kind::StoreSlot } else { Kind::StoreAdd };
                let (slot, shape) = (slot as u32, &raw const *after);
                self.remember(name, kind, AttrCache { key, slot, shape, ..AttrCache::EMPTY });
            }
        }
        self.drop_top(2);
        Ok(Did::Result)
    }

    /// Remembers a load of an attribute of an object.
    fn remember_load(&self, object: Value, name: u16, found: &Found) {
        let key = object.header_word();
        let room = object.as_instance().map_or(0, |o| o.shape().capacity as usize);
        match &found.holder {
            Holder::Wrapped => {
                let kind = if found.receiver.is_null() { Kind::Static } else { Kind::ClassMethod };
                let cache = AttrCache { key, method: found.value, ..AttrCache::EMPTY };
                self.remember(name, kind, cache);
            }
            Holder::Slot(slot) if *slot < room => {
                let slot = *slot as u32;
                self.remember(name, Kind::Slot, AttrCache { key, slot, ..AttrCache::EMPTY });
            }
            Holder::Class(cell) if found.receiver.is_null() => {
                let cell = std::rc::Rc::as_ptr(cell);
                self.remember(name, Kind::Class, AttrCache { key, cell, ..AttrCache::EMPTY });
            }
            Holder::Class(_) if found.receiver == object => {
                let cache = AttrCache { key, method: found.value, ..AttrCache::EMPTY };
                self.remember(name, Kind::Method, cache);
            }
            Holder::Slot(_) | Holder::Class(_) | Holder::Other => {}
        }
    }

    /// Remembers what a name was found to be on objects of a shape.
    fn remember(&self, name: u16, kind: Kind, cache: AttrCache) {
        if self.mode == Mode::Interp {
            return;
        }
        let store = matches!(kind, Kind::StoreSlot | Kind::StoreAdd);
        let word = self.current().names[name as usize].bits() | if store { STORE } else { 0 };
        let cache = AttrCache { epoch: self.epoch(), ..cache };
        let member = Member { name: word, kind, cache };
        self.members.add(member);
        self.specialize(name, &member);
    }

    /// Specializes the current instruction, unless it has missed too often or has no such form.
    fn specialize(&self, name: u16, member: &Member) {
        let Some(frame) = self.frames.last() else { return };
        let code = self.current();
        let Some(place) = code.instrs.get(frame.pc as usize) else { return };
        let op = match member.kind {
            // The table answers for these.
            Kind::Static | Kind::ClassMethod => return,
            Kind::Slot => Opcode::LoadAttrSlot,
            Kind::Class => Opcode::LoadAttrClass,
            Kind::Method => Opcode::LoadMethodClass,
            Kind::Getter => Opcode::LoadAttrProperty,
            Kind::StoreSlot => Opcode::StoreAttrSlot,
            Kind::StoreAdd => Opcode::StoreAttrAdd,
        };
        if quicken::attribute(place, op) {
            code.attr_cache[name as usize].set(member.cache);
        }
    }
}
