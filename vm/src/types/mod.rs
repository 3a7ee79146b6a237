//! Types: what is known of every class, built-in or made by a program.
//!
//! Terms. A *type's number* is the class number of its objects for built-in types, then come the
//! built-in exceptions, then the classes of programs. The *namespace* of a type holds its own
//! attributes in cells, as a module's variables are; lookup goes through the namespaces along the
//! *mro*. The *epoch* is a number that changes whenever a lookup may have another result than
//! before: caches of lookups are good for one epoch. Assigning a plain value to a class attribute
//! that holds a plain value changes no lookup: caches keep the cell, not the value.
//!
//! Invariant: descriptions of types never move and live as long as the machine.

mod assignment;
mod attributes;
mod build;
mod class_attributes;
mod inspect;
mod instances;
mod lookup;
mod metaclass;
mod namespace;
mod object;
pub(crate) mod property;
mod shape;
mod special;

pub use attributes::{Found, Holder};
pub(crate) use instances::Made;
pub(crate) use lookup::Lookups;
pub use metaclass::TABLE as METACLASS_TABLE;
pub use object::TABLE;
pub(crate) use object::default_repr;
pub use shape::Shape;
pub(crate) use special::{Attempts, KnownSpecial};

use crate::class::{self, ClassId};
use crate::code::GlobalCell;
use crate::error::ExcKind;
use crate::interp::Vm;
use crate::value::Value;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Number of the first built-in exception.
pub const FIRST_EXCEPTION: u32 = class::END;
/// Number of the first class of a program.
pub const FIRST_USER: u32 = FIRST_EXCEPTION + ExcKind::ALL.len() as u32;

/// Attributes that every exception has, in the first slots of its shape.
pub mod exception_slot {
    /// `args`
    pub const ARGS: usize = 0;
    /// `__cause__`
    pub const CAUSE: usize = 1;
    /// `__context__`
    pub const CONTEXT: usize = 2;
    /// `__traceback__`
    pub const TRACEBACK: usize = 3;
    /// `__suppress_context__`
    pub const SUPPRESS: usize = 4;
    /// Their names.
    pub const NAMES: [&str; 5] =
        ["args", "__cause__", "__context__", "__traceback__", "__suppress_context__"];
}

/// The slot of the value of a built-in type that objects of a class derived from it hold.
pub const HELD_SLOT: usize = 0;
/// Its name, which no program can write.
const HELD_NAME: &str = "\0held";

/// Variables of a class or module by name, in the order of their first binding.
pub type Namespace = IndexMap<Arc<str>, Rc<GlobalCell>, FxBuildHasher>;

/// What is known of a class.
pub struct TypeInfo {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: Arc<str>,
    /// Its name with those of what is around.
    pub qualname: Arc<str>,
    /// The module it was made in.
    pub module: Arc<str>,
    /// What it derives from directly, by number.
    pub bases: Vec<u32>,
    /// The one of them that says how its objects are laid out.
    pub base: u32,
    /// The class that it or that base has its layout from: a built-in one, or one with `__slots__`.
    pub solid: u32,
    /// Whether it or a class that it derives from has descriptors of `__slots__`.
    pub has_members: bool,
    /// Where attributes are looked up, by number: itself first.
    pub mro: Vec<u32>,
    /// The built-in exception it is or derives from.
    pub exception: Option<ExcKind>,
    /// The built-in type that it derives from and whose values its objects hold.
    pub holds: Option<ClassId>,
    /// Whether its objects have no attributes but those that `__slots__` names.
    pub slots: Option<Vec<Arc<str>>>,
    namespace: RefCell<Namespace>,
    object: Cell<Value>,
    /// The class of the type itself, by number.
    meta: Cell<u32>,
    /// Whether it has abstract methods: no objects of it are made.
    is_abstract: Cell<bool>,
    /// The shape of new objects.
    root: Cell<u32>,
    /// Its `__init__`, where its objects are made in the ordinary way, and the epoch that this is
    /// good for.
    init: Cell<(u32, Value)>,
    /// What it was asked before.
    answers: Cell<lookup::Answers>,
}

impl TypeInfo {
    /// Whether a program made it.
    pub fn is_user(&self) -> bool {
        self.id >= FIRST_USER
    }

    /// Whether it is that class or derives from it.
    pub fn is_a(&self, id: u32) -> bool {
        self.mro.contains(&id)
    }

    /// The number of its metaclass.
    pub fn meta(&self) -> u32 {
        self.meta.get()
    }

    /// Whether it has abstract methods.
    pub fn is_abstract(&self) -> bool {
        self.is_abstract.get()
    }

    /// How many of the first slots of its objects are no attributes of a program.
    pub fn hidden(&self) -> usize {
        match (self.exception, self.holds) {
            (Some(_), _) => exception_slot::NAMES.len(),
            (None, Some(_)) => HELD_SLOT + 1,
            (None, None) => 0,
        }
    }

    /// Names of the slots that new objects have.
    fn first_names(&self) -> Vec<Arc<str>> {
        match (self.exception, self.holds) {
            (Some(_), _) => exception_slot::NAMES.iter().map(|name| (*name).into()).collect(),
            (None, Some(_)) => vec![HELD_NAME.into()],
            (None, None) => Vec::new(),
        }
    }

    /// The type object.
    pub fn object(&self) -> Value {
        self.object.get()
    }

    /// The cell of an attribute of its own.
    pub fn own(&self, name: &str) -> Option<Rc<GlobalCell>> {
        self.namespace.borrow().get(name).filter(|cell| !cell.get().is_null()).cloned()
    }

    /// Gives it an attribute that nobody can have looked up yet.
    pub(crate) fn define(&self, name: &str, value: Value) {
        let cell = GlobalCell::new(name.into());
        cell.set(value);
        self.namespace.borrow_mut().insert(name.into(), Rc::new(cell));
    }

    /// Its own attributes, in order.
    pub fn own_attributes(&self) -> Vec<(Arc<str>, Value)> {
        let namespace = self.namespace.borrow();
        let bound = namespace.iter().filter(|(_, cell)| !cell.get().is_null());
        bound.map(|(name, cell)| (name.clone(), cell.get())).collect()
    }

    /// Its name as `repr` and tracebacks show it.
    pub fn full_name(&self) -> String {
        // A program may have assigned another one.
        let assigned = self.own("__qualname__").map(|cell| cell.get());
        let qualname =
            assigned.and_then(|name| name.as_str()).map_or(&*self.qualname, |s| s.text());
        match &*self.module {
            "builtins" => qualname.to_string(),
            module => format!("{module}.{qualname}"),
        }
    }
}

impl Vm {
    /// A type by number.
    pub fn type_info<'a>(&self, id: u32) -> &'a TypeInfo {
        let object = class::OBJECT as usize;
        let known = self.types.get(id as usize).unwrap_or_else(|| &self.types[object]);
        let pointer: *const TypeInfo = &**known;
        // SAFETY: descriptions never move and live as long as the machine.
        unsafe { &*pointer }
    }

    /// The type of a value.
    pub fn type_of<'a>(&self, value: Value) -> &'a TypeInfo {
        match value.as_instance() {
            Some(instance) => instance.ty(),
            None => match value.as_type() {
                Some(ty) => self.type_info(ty.meta()),
                None if value.is_class(class::NAMESPACE) => self.type_info(class::DICT),
                None if value.is_class(class::LONG_RANGE) => self.type_info(class::RANGE),
                None => self.type_info(value.class()),
            },
        }
    }

    /// The type of a built-in exception.
    pub fn exception_info<'a>(&self, kind: ExcKind) -> &'a TypeInfo {
        self.type_info(FIRST_EXCEPTION + kind as u32)
    }

    /// The number that changes with what attributes classes have.
    #[inline(always)]
    pub(crate) fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Forgets what was looked up in classes.
    pub(crate) fn next_epoch(&mut self) {
        self.epoch = self.epoch.wrapping_add(1);
        self.classes_changed();
    }

    /// A shape by number.
    pub fn shape<'a>(&self, id: u32) -> Option<&'a Shape> {
        let pointer: *const Shape = &**self.shapes.get(id as usize)?;
        // SAFETY: shapes never move and live as long as the machine.
        Some(unsafe { &*pointer })
    }

    fn add_shape<'a>(&mut self, ty: &TypeInfo, capacity: u32, names: Vec<Arc<str>>) -> &'a Shape {
        let id = self.shapes.len() as u32;
        self.shapes.push(Box::new(Shape::new(id, ty, capacity, names)));
        match self.shape(id) {
            Some(shape) => shape,
            None => unreachable!("it was just added"),
        }
    }

    pub(crate) fn type_roots(&self, visit: &mut dyn FnMut(Value)) {
        for ty in &self.types {
            visit(ty.object.get());
            ty.namespace.borrow().values().for_each(|cell| visit(cell.get()));
        }
        self.retired.iter().for_each(|cell| visit(cell.get()));
    }
}
