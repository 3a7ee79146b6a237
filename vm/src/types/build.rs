//! Making types: the built-in ones, and those of `class` statements.

use super::{FIRST_EXCEPTION, Shape, TypeInfo};
use crate::class::{self, ClassId};
use crate::code::GlobalCell;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tierlab_frontend::bytecode::Opcode;

/// Room for attributes that objects of a class begin with at least.
const LEAST_ROOM: u32 = 1;

/// The built-in types that classes may derive from: their objects hold a value of it.
const DERIVABLE: &[ClassId] = &[
    class::INT,
    class::FLOAT,
    class::STR,
    class::LIST,
    class::TUPLE,
    class::DICT,
    class::SET,
    class::FROZENSET,
    class::BYTES,
    class::BYTEARRAY,
    class::DEQUE,
    class::ARRAY,
];

/// The built-in exceptions whose objects have more than the others.
const OWN_LAYOUT: &[ExcKind] = &[
    ExcKind::BaseException,
    ExcKind::StopIteration,
    ExcKind::SystemExit,
    ExcKind::ImportError,
    ExcKind::NameError,
    ExcKind::AttributeError,
    ExcKind::OSError,
    ExcKind::SyntaxError,
    ExcKind::UnicodeDecodeError,
    ExcKind::UnicodeEncodeError,
];

/// Types whose objects have a number of parts of their own: there is no place for slots behind them.
const OF_ANY_SIZE: &[ClassId] = &[class::INT, class::TUPLE, class::BYTES, class::TYPE];

/// What `__slots__` says.
pub(crate) struct Slots {
    /// The names of attributes, with what is said about each.
    names: Vec<(Arc<str>, Value)>,
    /// Whether objects have a `__dict__` as well.
    dict: bool,
    /// Whether there is any entry.
    any: bool,
}

/// What a new class is made of.
pub(crate) struct NewType {
    pub name: Arc<str>,
    pub qualname: Arc<str>,
    pub module: Arc<str>,
    pub bases: Vec<u32>,
    pub namespace: Vec<(Arc<str>, Value)>,
    pub slots: Option<Slots>,
}

/// The mro of a class with these bases: C3.
fn linearize(vm: &Vm, id: u32, bases: &[u32]) -> Option<Vec<u32>> {
    let mut lists: Vec<Vec<u32>> = bases.iter().map(|b| vm.type_info(*b).mro.clone()).collect();
    lists.push(bases.to_vec());
    let mut mro = vec![id];
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(mro);
        }
        let good = |head: u32| lists.iter().all(|list| !list[1..].contains(&head));
        let next = lists.iter().map(|list| list[0]).find(|head| good(*head))?;
        mro.push(next);
        for list in &mut lists {
            list.retain(|id| *id != next);
        }
    }
}

impl Vm {
    /// Fills the table of types with the built-in ones.
    pub(crate) fn install_types(&mut self) {
        for id in 0..FIRST_EXCEPTION {
            self.add_builtin_type(id, class::name(id), None);
        }
        for &kind in ExcKind::ALL {
            self.add_builtin_type(FIRST_EXCEPTION + kind as u32, kind.name(), Some(kind));
        }
    }

    fn add_builtin_type(&mut self, id: u32, name: &str, exception: Option<ExcKind>) {
        let (module, name) = name.rsplit_once('.').unwrap_or(("builtins", name));
        let (module, name): (Arc<str>, Arc<str>) = (module.into(), name.into());
        let object = class::OBJECT;
        let bases = match exception {
            Some(kind) if kind != kind.base() => vec![FIRST_EXCEPTION + kind.base() as u32],
            _ if id == object => Vec::new(),
            _ if id == class::BOOL => vec![class::INT],
            _ => vec![object],
        };
        let mut mro = vec![id];
        match bases.first() {
            Some(&class::INT) => mro.extend([class::INT, object]),
            Some(base) if *base >= FIRST_EXCEPTION => {
                // A class stands behind the one it derives from.
                mro.extend(&self.type_info(*base).mro);
            }
            Some(_) => mro.push(object),
            None => {}
        }
        let base = bases.first().copied().unwrap_or(object);
        let own_layout = match exception {
            Some(kind) => OWN_LAYOUT.contains(&kind),
            None => DERIVABLE.contains(&id) || matches!(id, class::OBJECT | class::TYPE),
        };
        let info = TypeInfo {
            id,
            qualname: name.clone(),
            name,
            module,
            bases,
            base,
            solid: match exception {
                _ if own_layout => id,
                Some(_) => self.type_info(base).solid,
                None => base,
            },
            has_members: false,
            mro,
            exception,
            holds: None,
            slots: None,
            namespace: RefCell::default(),
            object: Cell::new(Value::NULL),
            meta: Cell::new(class::TYPE),
            is_abstract: Cell::new(false),
            root: Cell::new(0),
            init: Cell::new((u32::MAX, Value::NULL)),
            answers: Cell::new(super::lookup::Answers::NONE),
        };
        self.register(info);
    }

    /// Adds a type: gives it its object and the shape of its first objects.
    fn register(&mut self, info: TypeInfo) -> u32 {
        let id = self.types.len() as u32;
        let names = info.first_names();
        let room = self.expected_room(&info) + names.len() as u32;
        let info = Box::new(info);
        let address = Value::from_bits(&raw const *info as u64);
        let words = [address, Value::ZERO, Value::ZERO];
        info.object.set(self.heap.alloc_words(class::TYPE, id, words));
        self.types.push(info);
        let info = self.type_info(id);
        let shape = self.add_shape(info, round_room(room), names);
        info.root.set(shape.id);
        id
    }

    /// How many attributes the methods of a class assign.
    fn expected_room(&self, info: &TypeInfo) -> u32 {
        if !info.is_user() {
            return LEAST_ROOM;
        }
        let mut names: Vec<&str> = Vec::new();
        let own = info.own_attributes();
        let inherited = info.bases.iter().map(|base| self.type_info(*base));
        let functions = own.iter().filter_map(|(_, value)| value.as_function());
        for code in functions.filter_map(|f| self.code(f.code_id())) {
            for instr in &code.source.instrs {
                if instr.op() == Opcode::StoreAttr
                    && let Some(name) = code.source.names.get(instr.y() as usize)
                    && !names.contains(&&**name)
                    && names.len() < 32
                {
                    names.push(name);
                }
            }
        }
        let room = |ty: &TypeInfo| {
            let hidden = ty.hidden() as u32;
            self.shape(ty.root.get()).map_or(0, |shape| shape.capacity.saturating_sub(hidden))
        };
        let base = inherited.filter(|ty| ty.is_user()).map(room).max().unwrap_or(0);
        (names.len() as u32).max(base).max(LEAST_ROOM)
    }

    /// Makes a class.
    pub(crate) fn new_type(&mut self, new: NewType) -> PyResult<Value> {
        let id = self.types.len() as u32;
        let bases = if new.bases.is_empty() { vec![class::OBJECT] } else { new.bases };
        for (number, base) in bases.iter().enumerate() {
            let ty = self.type_info(*base);
            if bases[..number].contains(base) {
                return Err(PyError::type_error(format!("duplicate base class {}", ty.name)));
            }
            let derivable =
                DERIVABLE.contains(&ty.id) || matches!(ty.id, class::OBJECT | class::TYPE);
            if !ty.is_user() && ty.exception.is_none() && !derivable {
                let refused = match ty.id {
                    class::TYPE | class::PROPERTY | class::SUPER | class::ENUMERATE => {
                        "a supported"
                    }
                    class::MAP | class::FILTER | class::ZIP | class::REVERSED => "a supported",
                    class::STATIC_METHOD | class::CLASS_METHOD | class::MODULE => "a supported",
                    _ => "an acceptable",
                };
                return Err(PyError::type_error(format!(
                    "type '{}' is not {refused} base type",
                    ty.name
                )));
            }
        }
        let Some(mro) = linearize(self, id, &bases) else {
            let names: Vec<&str> = bases.iter().map(|b| &*self.type_info(*b).name).collect();
            return Err(PyError::type_error(format!(
                "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                names.join(", ")
            )));
        };
        let exception = mro.iter().skip(1).find_map(|id| self.type_info(*id).exception);
        let holds = mro.iter().skip(1).find(|id| DERIVABLE.contains(id)).copied();
        let base = self.best_base(&bases)?;
        let open = bases.iter().any(|base| {
            let ty = self.type_info(*base);
            ty.exception.is_some() || ty.is_user() && ty.slots.is_none()
        });
        let members = new.slots.as_ref().map_or(Vec::new(), |slots| slots.names.clone());
        if let Some(slots) = &new.slots {
            let solid = self.type_info(base).solid;
            if slots.any && OF_ANY_SIZE.contains(&solid) {
                return Err(PyError::type_error(format!(
                    "nonempty __slots__ not supported for subtype of '{}'",
                    self.type_info(base).name
                )));
            }
            if slots.dict && open {
                return Err(dict_slot_again());
            }
            let bound = |name: &str| new.namespace.iter().any(|(known, _)| **known == *name);
            if let Some((name, _)) = members.iter().find(|(name, _)| bound(name)) {
                return Err(PyError::value_error(format!(
                    "'{name}' in __slots__ conflicts with class variable"
                )));
            }
        }
        let slots = new.slots.filter(|slots| !open && !slots.dict).map(|own| {
            let mut names: Vec<Arc<str>> = own.names.into_iter().map(|(name, _)| name).collect();
            for base in &bases {
                names.extend(self.type_info(*base).slots.iter().flatten().cloned());
            }
            names
        });
        let inherited = bases.iter().any(|base| self.type_info(*base).has_members);
        let cell = |(name, value): (Arc<str>, Value)| {
            let cell = GlobalCell::new(name.clone());
            cell.set(value);
            (name, Rc::new(cell))
        };
        let info = TypeInfo {
            id,
            name: new.name,
            qualname: new.qualname,
            module: new.module,
            bases,
            base,
            solid: if members.is_empty() { self.type_info(base).solid } else { id },
            has_members: inherited || !members.is_empty(),
            mro,
            exception,
            holds,
            slots,
            namespace: RefCell::new(new.namespace.into_iter().map(cell).collect()),
            object: Cell::new(Value::NULL),
            meta: Cell::new(class::TYPE),
            is_abstract: Cell::new(false),
            root: Cell::new(0),
            init: Cell::new((u32::MAX, Value::NULL)),
            answers: Cell::new(super::lookup::Answers::NONE),
        };
        let id = self.register(info);
        let ty = self.type_info(id);
        for (name, doc) in members {
            let member = crate::native::member::of_class(self, ty, name.clone(), doc);
            ty.define(&name, member);
        }
        Ok(ty.object())
    }

    /// The base that the layout of objects comes from: the one whose layout goes beyond those of the
    /// others.
    fn best_base(&self, bases: &[u32]) -> PyResult<u32> {
        let mut best: Option<&TypeInfo> = None;
        for base in bases {
            let ty = self.type_info(*base);
            best = match best {
                None => Some(ty),
                Some(known) if self.type_info(known.solid).is_a(ty.solid) => Some(known),
                Some(known) if self.type_info(ty.solid).is_a(known.solid) => Some(ty),
                Some(_) => {
                    return Err(PyError::type_error(
                        "multiple bases have instance lay-out conflict",
                    ));
                }
            };
        }
        Ok(best.map_or(class::OBJECT, |ty| ty.id))
    }

    /// A class from bases, name, and what its body bound. `keywords` (a dict or NULL) go to
    /// `__init_subclass__`.
    pub(crate) fn build_class(
        &mut self,
        bases: Value,
        name: Value,
        namespace: Value,
        meta: u32,
        keywords: Value,
    ) -> PyResult<Value> {
        let mut numbers = Vec::new();
        for base in bases.as_tuple().map_or(&[][..], |t| t.items()) {
            match base.as_type() {
                Some(ty) => numbers.push(ty.id),
                None => return Err(PyError::type_error("bases must be types")),
            }
        }
        let name: Arc<str> = name.as_str().map_or("?", |s| s.text()).into();
        let mut entries = Vec::new();
        let (mut qualname, mut module) = (name.clone(), Arc::from("__main__"));
        let (mut class_cell, mut slots) = (None, None);
        for (_, key, value) in namespace.as_dict().map_or(Vec::new(), |d| d.table().entries()) {
            let key = key.as_str().map_or("", |s| s.text());
            let text = value.as_str().map(|s| s.text());
            match (key, text) {
                ("__qualname__", Some(text)) => {
                    qualname = text.into();
                    continue;
                }
                ("__module__", Some(text)) => module = text.into(),
                ("__classcell__", _) if value.is_class(class::CELL) => {
                    class_cell = value.as_words();
                    continue;
                }
                ("__slots__", _) => slots = Some(self.slots_of(value, &name)?),
                _ => {}
            }
            // These are class methods without being called so.
            let value = match key {
                "__init_subclass__" | "__class_getitem__" if value.is_class(class::FUNCTION) => {
                    let words = [value, Value::ZERO, Value::ZERO];
                    self.heap.alloc_words(class::CLASS_METHOD, 0, words)
                }
                _ => value,
            };
            entries.push((key.into(), value));
        }
        let has = |name: &str| entries.iter().any(|(key, _): &(Arc<str>, Value)| &**key == name);
        let hash = has("__eq__") && !has("__hash__");
        let implied = [("__hash__", hash), ("__doc__", !has("__doc__"))];
        for (name, _) in implied.into_iter().filter(|(_, implied)| *implied) {
            entries.push((name.into(), Value::none()));
        }
        let new = NewType { name, qualname, module, bases: numbers, namespace: entries, slots };
        let object = self.new_type(new)?;
        if let Some(mut cell) = class_cell {
            cell.set(0, object);
        }
        if let Some(ty) = object.as_type() {
            ty.meta.set(meta);
        }
        self.holding(&[object], |vm| vm.announce(object, keywords))?;
        Ok(object)
    }

    /// Calls `__set_name__` of attributes and `__init_subclass__` of the bases.
    fn announce(&mut self, object: Value, keywords: Value) -> PyResult<()> {
        let Some(ty) = object.as_type() else { return Ok(()) };
        for (name, value) in ty.own_attributes() {
            if let Some(instance) = value.as_instance()
                && let Some(method) = self.lookup_value(instance.ty(), "__set_name__")
            {
                let key = self.intern(&name);
                if let Err(error) = self.call(method, &[value, object, key]) {
                    return Err(self.caused_by(
                        error,
                        ExcKind::RuntimeError,
                        &format!(
                            "Error calling __set_name__ on '{}' instance '{name}' in '{}'",
                            type_name(value),
                            ty.name
                        ),
                    ));
                }
            }
        }
        let inherited = ty
            .mro
            .iter()
            .skip(1)
            .find_map(|id| self.type_info(*id).own("__init_subclass__").map(|cell| cell.get()));
        let hook = match inherited {
            Some(hook) if hook.is_class(class::FUNCTION) => hook,
            Some(hook) if hook.is_class(class::CLASS_METHOD) => {
                hook.as_words().map_or(hook, |w| w.get(0))
            }
            _ => return Ok(()),
        };
        if hook.is_class(class::BUILTIN)
            && keywords.as_dict().is_some_and(|dict| !dict.table().is_empty())
        {
            return Err(PyError::type_error(format!(
                "{}.__init_subclass__() takes no keyword arguments",
                ty.qualname
            )));
        }
        self.call_named(hook, &[object], keywords).map(|_| ())
    }

    /// Reads `__slots__` of the class of that name.
    fn slots_of(&mut self, value: Value, class: &str) -> PyResult<Slots> {
        let names = match value.as_str() {
            Some(_) => vec![value],
            None => crate::ops::collect(self, value)?,
        };
        let mut slots = Slots { names: Vec::new(), dict: false, any: !names.is_empty() };
        for key in names {
            let Some(name) = key.plain().as_str().map(|name| name.text()) else {
                return Err(PyError::type_error(format!(
                    "__slots__ items must be strings, not '{}'",
                    type_name(key)
                )));
            };
            let mut letters = name.chars();
            let begins = letters.next().is_some_and(|c| c == '_' || c.is_alphabetic());
            if !begins || !letters.all(|c| c == '_' || c.is_alphanumeric()) {
                return Err(PyError::type_error("__slots__ must be identifiers"));
            }
            match name {
                "__dict__" if slots.dict => return Err(dict_slot_again()),
                "__dict__" => slots.dict = true,
                "__weakref__" => {}
                _ => {
                    let doc = match value.plain().as_dict() {
                        Some(docs) => crate::ops::dict_get(self, docs, key)?,
                        None => None,
                    };
                    let name = tierlab_frontend::mangled(class, name);
                    slots.names.push((name.into(), doc.unwrap_or(Value::none())));
                }
            }
        }
        Ok(slots)
    }
}

#[cold]
fn dict_slot_again() -> Box<PyError> {
    PyError::type_error("__dict__ slot disallowed: we already got one")
}

/// Room that fills a cell of the heap.
fn round_room(room: u32) -> u32 {
    let sizes = [1, 3, 5, 9, 13, 21, 29, 45, Shape::MAX_INLINE as u32];
    sizes.into_iter().find(|size| *size >= room).unwrap_or(Shape::MAX_INLINE as u32)
}

impl Vm {
    /// The shape with one more attribute.
    pub(super) fn grown_shape<'a>(&mut self, shape: &Shape, name: &Arc<str>) -> &'a Shape {
        if let Some(next) = shape.transition(name).and_then(|id| self.shape(id)) {
            return next;
        }
        let mut names = shape.names().to_vec();
        names.push(name.clone());
        if names.len() > shape.capacity as usize {
            self.make_room(shape.ty(), names.len() as u32);
        }
        let next = self.add_shape(shape.ty(), shape.capacity, names);
        shape.add_transition(name.clone(), next.id);
        next
    }

    /// Gives objects of a class that are made from now on more room.
    fn make_room(&mut self, ty: &TypeInfo, wanted: u32) {
        let Some(root) = self.shape(ty.root.get()) else { return };
        let room = round_room(wanted);
        if room > root.capacity {
            let shape = self.add_shape(ty, room, root.names().to_vec());
            ty.root.set(shape.id);
        }
    }

    /// The shape without one attribute.
    pub(super) fn shrunk_shape<'a>(&mut self, shape: &'a Shape, name: &str) -> &'a Shape {
        // No attribute has such a name.
        let removal: Arc<str> = format!("\0{name}").into();
        if let Some(known) = shape.transition(&removal).and_then(|id| self.shape(id)) {
            return known;
        }
        let reserved = shape.ty().hidden();
        let names: Vec<Arc<str>> =
            shape.names().iter().filter(|known| ***known != *name).cloned().collect();
        let first = names[..reserved.min(names.len())].to_vec();
        let mut at = self.add_shape(shape.ty(), shape.capacity, first);
        for name in names.iter().skip(reserved) {
            at = self.grown_shape(at, name);
        }
        shape.add_transition(removal, at.id);
        at
    }

    /// The shape with the same attributes, of another class whose objects are laid out alike.
    pub(super) fn shape_of_class<'a>(&mut self, shape: &'a Shape, ty: &TypeInfo) -> &'a Shape {
        // No attribute has such a name.
        let change: Arc<str> = format!("\0class {}", ty.id).into();
        if let Some(known) = shape.transition(&change).and_then(|id| self.shape(id)) {
            return known;
        }
        let next = self.add_shape(ty, shape.capacity, shape.names().to_vec());
        shape.add_transition(change, next.id);
        next
    }

    /// The shape of new objects of a class.
    #[inline]
    pub(crate) fn root_shape<'a>(&self, ty: &TypeInfo) -> &'a Shape {
        match self.shape(ty.root.get()) {
            Some(shape) => shape,
            None => unreachable!("every type has a shape"),
        }
    }
}
