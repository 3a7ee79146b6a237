//! Shapes: which attributes an object has, and where.
//!
//! Terms. A *shape* belongs to one class and lists attribute names in the order in which they were
//! given to the object; an attribute's *slot* is its place in that list. Adding a name leads along a
//! *transition* to the next shape, so that objects made alike share shapes. The first slots, as
//! many as the shape's *capacity*, are words of the object's cell; further ones stand in a list. A class
//! whose objects need that list starts its later objects at a shape with more room.
//!
//! Invariants. A shape never changes but for its transitions, never moves, and lives as long as the
//! machine. Objects with the same shape have the same class and the same capacity.

use super::TypeInfo;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// Shapes with more names than this look them up in a table.
const SHORT: usize = 8;

/// See the module.
pub struct Shape {
    /// Its number.
    pub id: u32,
    /// Words for attributes in the cell.
    pub capacity: u32,
    ty: *const TypeInfo,
    names: Vec<Arc<str>>,
    index: FxHashMap<Arc<str>, u32>,
    next: RefCell<FxHashMap<Arc<str>, u32>>,
}

impl Shape {
    /// Most words for attributes in a cell.
    pub const MAX_INLINE: usize = 61;

    /// A shape of a class. The description of the class never moves.
    pub(super) fn new(id: u32, ty: &TypeInfo, capacity: u32, names: Vec<Arc<str>>) -> Shape {
        let index = if names.len() > SHORT {
            names.iter().enumerate().map(|(slot, name)| (name.clone(), slot as u32)).collect()
        } else {
            FxHashMap::default()
        };
        Shape { id, capacity, ty, names, index, next: RefCell::default() }
    }

    /// The class of its objects.
    #[inline]
    pub fn ty<'a>(&self) -> &'a TypeInfo {
        // SAFETY: descriptions of classes never move and live as long as the machine.
        unsafe { &*self.ty }
    }

    /// The attributes, by slot.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// The slot of an attribute.
    pub fn slot(&self, name: &str) -> Option<usize> {
        if self.names.len() > SHORT {
            self.index.get(name).map(|slot| *slot as usize)
        } else {
            self.names.iter().position(|known| **known == *name)
        }
    }

    /// The number of the shape with one more name, where it has been made.
    pub(super) fn transition(&self, name: &str) -> Option<u32> {
        self.next.borrow().get(name).copied()
    }

    pub(super) fn add_transition(&self, name: Arc<str>, shape: u32) {
        self.next.borrow_mut().insert(name, shape);
    }
}
