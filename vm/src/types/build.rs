//! Making types: the built-in ones, and those of `class` statements.

use super::{FIRST_EXCEPTION, Shape, TypeInfo};
use crate::class::{self, ClassId};
use crate::code::GlobalCell;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
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
];

/// What a new class is made of.
pub(crate) struct NewType {
    pub name: Arc<str>,
    pub qualname: Arc<str>,
    pub module: Arc<str>,
    pub bases: Vec<u32>,
    pub namespace: Vec<(Arc<str>, Value)>,
    pub slots: Option<Vec<Arc<str>>>,
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
        let info = TypeInfo {
            id,
            qualname: name.clone(),
            name,
            module,
            bases,
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
        let mut held = mro.iter().skip(1).filter(|id| DERIVABLE.contains(id)).copied();
        let holds = held.next();
        if held.next().is_some() || holds.is_some() && exception.is_some() {
            return Err(PyError::type_error("multiple bases have instance lay-out conflict"));
        }
        let open = bases.iter().any(|base| {
            let ty = self.type_info(*base);
            ty.exception.is_some() || ty.is_user() && ty.slots.is_none()
        });
        let slots = new.slots.filter(|_| !open).map(|mut own| {
            for base in &bases {
                own.extend(self.type_info(*base).slots.iter().flatten().cloned());
            }
            own
        });
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
        };
        let id = self.register(info);
        Ok(self.type_info(id).object())
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
                ("__class__", _) if value.is_class(class::CELL) => {
                    class_cell = value.as_words();
                    continue;
                }
                ("__slots__", _) => slots = Some(self.slot_names(value)?),
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
        if has("__eq__") && !has("__hash__") {
            entries.push(("__hash__".into(), Value::none()));
        }
        let new = NewType { name, qualname, module, bases: numbers, namespace: entries, slots };
        let object = self.new_type(new)?;
        if let Some(mut cell) = class_cell {
            cell.set(0, object);
        }
        if let Some(ty) = object.as_type() {
            ty.meta.set(meta);
        }
        self.temp_roots.push(object);
        let result = self.announce(object, keywords);
        self.temp_roots.pop();
        result.map(|()| object)
    }

    /// Calls `__set_name__` of attributes and `__init_subclass__` of the bases.
    fn announce(&mut self, object: Value, keywords: Value) -> PyResult<()> {
        let Some(ty) = object.as_type() else { return Ok(()) };
        for (name, value) in ty.own_attributes() {
            if let Some(instance) = value.as_instance()
                && let Some(method) = self.lookup_value(instance.ty(), "__set_name__")
            {
                let name = self.intern(&name);
                self.call(method, &[value, object, name])?;
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
                ty.name
            )));
        }
        self.call_named(hook, &[object], keywords).map(|_| ())
    }

    fn slot_names(&mut self, value: Value) -> PyResult<Vec<Arc<str>>> {
        let names = match value.as_str() {
            Some(_) => vec![value],
            None => crate::ops::collect(self, value)?,
        };
        let text = |name: &Value| name.as_str().map(|s| Arc::from(s.text()));
        names
            .iter()
            .map(text)
            .collect::<Option<_>>()
            .ok_or_else(|| PyError::type_error("__slots__ items must be strings"))
    }
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

    /// The shape of new objects of a class.
    #[inline]
    pub(crate) fn root_shape<'a>(&self, ty: &TypeInfo) -> &'a Shape {
        match self.shape(ty.root.get()) {
            Some(shape) => shape,
            None => unreachable!("every type has a shape"),
        }
    }
}
