//! Special methods: what operators do with objects whose class defines them.
//!
//! Instructions push frames for most of them ([`crate::interp`]). Calls from here, for built-in code,
//! are quiet (see [`Vm::call_quiet`]): what their callers hold is kept.

use super::lookup::HashBy;
use crate::builtins::{compares, operates, operates_in_place};
use crate::class;
use crate::error::{ExcKind, PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;
use num_bigint::Sign;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind};

/// Names of the methods of a binary operator: plain, reflected, in-place.
fn binary_names(kind: BinaryKind) -> [&'static str; 3] {
    match kind {
        BinaryKind::Add => ["__add__", "__radd__", "__iadd__"],
        BinaryKind::Sub => ["__sub__", "__rsub__", "__isub__"],
        BinaryKind::Mul => ["__mul__", "__rmul__", "__imul__"],
        BinaryKind::TrueDiv => ["__truediv__", "__rtruediv__", "__itruediv__"],
        BinaryKind::FloorDiv => ["__floordiv__", "__rfloordiv__", "__ifloordiv__"],
        BinaryKind::Mod => ["__mod__", "__rmod__", "__imod__"],
        BinaryKind::Pow => ["__pow__", "__rpow__", "__ipow__"],
        BinaryKind::LShift => ["__lshift__", "__rlshift__", "__ilshift__"],
        BinaryKind::RShift => ["__rshift__", "__rrshift__", "__irshift__"],
        BinaryKind::And => ["__and__", "__rand__", "__iand__"],
        BinaryKind::Or => ["__or__", "__ror__", "__ior__"],
        BinaryKind::Xor => ["__xor__", "__rxor__", "__ixor__"],
        BinaryKind::MatMul => ["__matmul__", "__rmatmul__", "__imatmul__"],
    }
}

pub(super) fn compare_name(kind: CompareKind) -> &'static str {
    match kind {
        CompareKind::Lt => "__lt__",
        CompareKind::Le => "__le__",
        CompareKind::Eq => "__eq__",
        CompareKind::Ne => "__ne__",
        CompareKind::Gt => "__gt__",
        CompareKind::Ge => "__ge__",
    }
}

fn swapped(kind: CompareKind) -> CompareKind {
    match kind {
        CompareKind::Lt => CompareKind::Gt,
        CompareKind::Le => CompareKind::Ge,
        CompareKind::Gt => CompareKind::Lt,
        CompareKind::Ge => CompareKind::Le,
        CompareKind::Eq | CompareKind::Ne => kind,
    }
}

/// Whether `a op= b` is what the built-in type of `a` makes of it, whatever other methods say.
fn changes_itself(kind: BinaryKind, a: Value, b: Value) -> bool {
    operates_in_place(kind, a.plain(), b.plain(), a.is_class(class::INSTANCE))
}

/// Whether the class of an operand may define operators. That of a class is its metaclass.
#[inline(always)]
fn may_have_say(value: Value) -> bool {
    class::has_methods(value.class()) || value.is_class(class::TYPE)
}

/// A special method that may do an operator, by name.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    /// The operand whose class is asked.
    pub receiver: Value,
    /// The method.
    pub name: &'static str,
    /// The other operand.
    pub arg: Value,
    /// Whether the receiver is the left operand.
    pub of_left: bool,
    /// Whether the operator's result is the opposite of the truth of the method's.
    pub negated: bool,
}

/// The special methods that may do an operator, in the order in which they are asked.
pub(crate) struct Attempts {
    list: [Option<Attempt>; 5],
    len: usize,
}

impl Attempts {
    fn new() -> Attempts {
        Attempts { list: [None; 5], len: 0 }
    }

    fn left(&mut self, a: Value, name: &'static str, b: Value, negated: bool) {
        self.add(Attempt { receiver: a, name, arg: b, of_left: true, negated });
    }

    fn right(&mut self, a: Value, name: &'static str, b: Value, negated: bool) {
        self.add(Attempt { receiver: b, name, arg: a, of_left: false, negated });
    }

    fn add(&mut self, attempt: Attempt) {
        self.list[self.len] = Some(attempt);
        self.len += 1;
    }

    fn iter(&self) -> impl Iterator<Item = Attempt> {
        self.list.into_iter().flatten()
    }
}

/// A special method that was looked up. Names are told apart by address: equal ones at different
/// places take an entry each.
#[derive(Clone, Copy)]
pub(crate) struct KnownSpecial {
    ty: u32,
    epoch: u32,
    name: (*const u8, usize),
    method: Value,
}

impl KnownSpecial {
    /// Nothing known.
    pub(crate) const NONE: KnownSpecial =
        KnownSpecial { ty: 0, epoch: 0, name: (std::ptr::null(), 0), method: Value::NULL };
    /// Entries of the cache: a power of two.
    pub(crate) const COUNT: usize = 1024;
}

impl Vm {
    /// The special method that the class of an object defines: none of those every object has.
    pub(crate) fn special(&self, value: Value, name: &'static str) -> Option<Value> {
        let ty = match value.as_instance() {
            Some(instance) => instance.ty(),
            None if class::is_native(value.class()) => return self.native_special(value, name),
            None => self.own_metaclass(value)?,
        };
        let key = (name.as_ptr(), name.len());
        let place = (ty.id as usize).wrapping_mul(61) ^ (key.0 as usize);
        let entry = &self.known_specials[place % KnownSpecial::COUNT];
        let known = entry.get();
        if known.ty == ty.id && known.name == key && known.epoch == self.epoch() {
            return (!known.method.is_null()).then_some(known.method);
        }
        let method = self.lookup_value(ty, name);
        // Methods of built-in types stand behind what operators do themselves, unless a program put one where
        // there is another; those of native types are all there is.
        let native = || {
            let held = ty.holds.filter(|held| class::is_native(*held));
            held.and_then(|held| self.type_info(held).own(name)).map(|cell| cell.get())
        };
        let put = |method: Value| {
            let built_in = ty.mro.iter().filter(|id| **id < super::FIRST_USER);
            let found = built_in.into_iter().find_map(|id| self.type_info(*id).own(name));
            found.is_none_or(|cell| cell.get() != method)
        };
        // Most operators call a method that is None, as any other; for these it says that there is none.
        let absent = ["__iter__", "__contains__", "__hash__", "__reversed__"].contains(&name);
        let method = method.filter(|m| {
            !(absent && m.is_none())
                && (!m.is_class(class::BUILTIN) || native() == Some(*m) || put(*m))
        });
        let found = method.unwrap_or(Value::NULL);
        entry.set(KnownSpecial { ty: ty.id, epoch: self.epoch(), name: key, method: found });
        method
    }

    /// The special method of a native object's own type.
    fn native_special(&self, value: Value, name: &'static str) -> Option<Value> {
        let ty = self.type_info(value.class());
        let key = (name.as_ptr(), name.len());
        let place = (ty.id as usize).wrapping_mul(61) ^ (key.0 as usize);
        let entry = &self.known_specials[place % KnownSpecial::COUNT];
        let known = entry.get();
        if known.ty == ty.id && known.name == key && known.epoch == self.epoch() {
            return (!known.method.is_null()).then_some(known.method);
        }
        let method = ty.own(name).map(|cell| cell.get()).filter(|method| !method.is_none());
        let found = method.unwrap_or(Value::NULL);
        entry.set(KnownSpecial { ty: ty.id, epoch: self.epoch(), name: key, method: found });
        method
    }

    /// Calls a special method; `None` where there is none.
    #[inline(always)]
    pub(crate) fn call_special(
        &mut self,
        value: Value,
        name: &'static str,
        args: &[Value],
    ) -> PyResult<Option<Value>> {
        if !class::has_methods(value.class()) && !value.is_class(class::TYPE) {
            return Ok(None);
        }
        self.call_method(value, name, args)
    }

    #[inline(never)]
    fn call_method(
        &mut self,
        value: Value,
        name: &'static str,
        args: &[Value],
    ) -> PyResult<Option<Value>> {
        match self.special(value, name) {
            Some(method) => self.call_bound(method, value, args).map(Some),
            None => Ok(None),
        }
    }

    fn call_bound(&mut self, method: Value, value: Value, args: &[Value]) -> PyResult<Value> {
        if method.is_class(class::BUILTIN)
            && args.len() < 3
            && crate::builtins::takes_receiver(method)
        {
            // Built-in code needs no frame: its arguments are these words.
            let mut words = [value; 3];
            words[1..=args.len()].copy_from_slice(args);
            let words = &words[..=args.len()];
            return self.quietly(|vm| {
                crate::builtins::call(vm, method.aux(), crate::stack::Args::of(words), None)
            });
        }
        let found = self.bind(method, value, self.type_of(value))?;
        let mut all = Vec::with_capacity(args.len() + 1);
        if !found.receiver.is_null() {
            all.push(found.receiver);
        }
        all.extend(args);
        self.call_quiet(found.value, &all)
    }

    /// The first attempt whose method there is, with the method and whether it is one of the left
    /// operand.
    pub(crate) fn first_attempt(&self, attempts: &Attempts) -> Option<(Attempt, Value, bool)> {
        attempts.iter().find_map(|a| Some((a, self.special(a.receiver, a.name)?, a.of_left)))
    }

    /// Makes the attempts whose methods there are but the first `done` of them; `None` where none has
    /// a result.
    pub(crate) fn make_attempts(
        &mut self,
        attempts: &Attempts,
        mut done: usize,
    ) -> PyResult<Option<Value>> {
        for attempt in attempts.iter() {
            let Some(method) = self.special(attempt.receiver, attempt.name) else { continue };
            if done > 0 {
                done -= 1;
                continue;
            }
            let value = self.call_bound(method, attempt.receiver, &[attempt.arg])?;
            if !value.is_class(class::NOT_IMPLEMENTED) {
                return self.attempted(&attempt, value).map(Some);
            }
        }
        Ok(None)
    }

    /// The operator's result for that of a method.
    pub(crate) fn attempted(&mut self, attempt: &Attempt, value: Value) -> PyResult<Value> {
        if attempt.negated {
            return crate::ops::truth(self, value).map(|truth| Value::bool(!truth));
        }
        Ok(value)
    }

    /// A function of two operands, where one of them has a say.
    pub(crate) fn pair_special(
        &mut self,
        plain: &'static str,
        reflected: &'static str,
        a: Value,
        b: Value,
    ) -> PyResult<Option<Value>> {
        match self.try_special(a, plain, b)? {
            Some(value) => Ok(Some(value)),
            None => self.try_special(b, reflected, a),
        }
    }

    fn try_special(
        &mut self,
        value: Value,
        name: &'static str,
        arg: Value,
    ) -> PyResult<Option<Value>> {
        let result = self.call_special(value, name, &[arg])?;
        Ok(result.filter(|value| !value.is_class(class::NOT_IMPLEMENTED)))
    }

    /// A binary operator, where one of the operands has a say.
    #[inline(always)]
    pub(crate) fn binary_special(
        &mut self,
        kind: BinaryKind,
        in_place: bool,
        a: Value,
        b: Value,
    ) -> PyResult<Option<Value>> {
        if !may_have_say(a) && !may_have_say(b) {
            return Ok(None);
        }
        let attempts = self.binary_attempts(kind, in_place, a, b);
        self.make_attempts(&attempts, 0)
    }

    /// The special methods that may do a binary operator.
    #[inline(never)]
    pub(crate) fn binary_attempts(
        &self,
        kind: BinaryKind,
        in_place: bool,
        a: Value,
        b: Value,
    ) -> Attempts {
        let [plain, reflected, own] = binary_names(kind);
        let mut attempts = Attempts::new();
        if in_place {
            if self.special(a, own).is_none() && changes_itself(kind, a, b) {
                return attempts;
            }
            attempts.left(a, own, b, false);
        }
        let (left, right) = (self.type_of(a), self.type_of(b));
        let same = left.id == right.id;
        let right_first = !same
            && right.is_a(left.id)
            && self.lookup_value(right, reflected) != self.lookup_value(left, reflected);
        if right_first {
            attempts.right(a, reflected, b, false);
        }
        attempts.left(a, plain, b, false);
        // The method of a built-in type stands between the two, where the left operand has that one.
        let done = || self.special(a, plain).is_none() && operates(kind, a.plain(), b.plain());
        if !same && !right_first && !done() {
            attempts.right(a, reflected, b, false);
        }
        attempts
    }

    /// A comparison, where one of the operands has a say.
    #[inline(always)]
    pub(crate) fn compare_special(
        &mut self,
        kind: CompareKind,
        a: Value,
        b: Value,
    ) -> PyResult<Option<Value>> {
        if !self.compares_specially(kind, a, b) {
            return Ok(None);
        }
        let attempts = self.compare_attempts(kind, a, b);
        self.make_attempts(&attempts, 0)
    }

    /// Whether the class of an operand has a method that may do a comparison.
    #[inline(always)]
    fn says(&self, kind: CompareKind, value: Value) -> bool {
        may_have_say(value) && self.compares_by(value, kind)
    }

    /// Whether a method of either operand may do a comparison.
    #[inline]
    pub(crate) fn compares_specially(&self, kind: CompareKind, a: Value, b: Value) -> bool {
        self.says(kind, a) || self.says(swapped(kind), b)
    }

    /// The special methods that may do a comparison.
    #[inline(never)]
    pub(crate) fn compare_attempts(&self, kind: CompareKind, a: Value, b: Value) -> Attempts {
        let (left, right) = (self.type_of(a), self.type_of(b));
        let (name, other) = (compare_name(kind), compare_name(swapped(kind)));
        let right_first = left.id != right.id && right.is_a(left.id);
        // Where only `__eq__` is defined, `!=` is its opposite.
        // Built-in types have their own: so have classes that derive from them.
        let holds = |v: Value| v.as_instance().is_some_and(|instance| instance.held().is_some());
        let opposite =
            |v: Value| kind == CompareKind::Ne && !holds(v) && self.special(v, "__ne__").is_none();
        let mut attempts = Attempts::new();
        if right_first {
            attempts.right(a, other, b, false);
            if opposite(b) {
                attempts.right(a, "__eq__", b, true);
            }
        }
        attempts.left(a, name, b, false);
        if opposite(a) {
            attempts.left(a, "__eq__", b, true);
        }
        let own = |v: Value| {
            self.special(v, name).is_some() || opposite(v) && self.special(v, "__eq__").is_some()
        };
        // The method of a built-in type stands between the two, where the left operand has that one.
        if !right_first && (own(a) || !compares(kind, a.plain(), b.plain())) {
            attempts.right(a, other, b, false);
            if opposite(b) {
                attempts.right(a, "__eq__", b, true);
            }
        }
        attempts
    }

    /// The truth that an object's class gives it.
    pub(crate) fn special_truth(&mut self, value: Value) -> PyResult<bool> {
        if let Some(result) = self.call_special(value, "__bool__", &[])? {
            return result.as_bool().ok_or_else(|| {
                PyError::type_error(format!(
                    "__bool__ should return bool, returned {}",
                    type_name(result)
                ))
            });
        }
        if let Some(held) = value.as_instance().and_then(|instance| instance.held())
            && crate::ops::number::num(held).is_some()
        {
            // Numbers have their own truth; what holds items goes by its length.
            return crate::ops::truth(self, held);
        }
        match self.call_special(value, "__len__", &[])? {
            Some(length) => self.checked_length(length).map(|length| length != 0),
            None => match value.as_instance().and_then(|instance| instance.held()) {
                Some(held) => crate::ops::truth(self, held),
                None => Ok(true),
            },
        }
    }

    /// The length that `__len__` gave.
    pub(crate) fn checked_length(&mut self, length: Value) -> PyResult<usize> {
        if let Some(big) = length.as_big().filter(|n| n.sign() == Sign::Plus) {
            return usize::try_from(big).ok().filter(|n| isize::try_from(*n).is_ok()).ok_or_else(
                || {
                    PyError::new(
                        ExcKind::OverflowError,
                        "cannot fit 'int' into an index-sized integer",
                    )
                },
            );
        }
        let Some(n) = crate::ops::index_int(length) else {
            return Err(PyError::type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                type_name(length)
            )));
        };
        usize::try_from(n).map_err(|_| PyError::value_error("__len__() should return >= 0"))
    }

    /// The text that `__str__` or `__repr__` gives.
    pub(crate) fn special_text(
        &mut self,
        value: Value,
        name: &'static str,
    ) -> PyResult<Option<String>> {
        let Some(text) = self.call_special(value, name, &[])? else { return Ok(None) };
        self.text_of_special(text, name).map(Some)
    }

    /// What the method `name` gave, if that is a string.
    pub(crate) fn text_of_special(&self, text: Value, name: &str) -> PyResult<String> {
        text.plain().as_str().map(|text| text.text().to_string()).ok_or_else(|| {
            PyError::type_error(format!("{name} returned non-string (type {})", type_name(text)))
        })
    }

    /// The hash of a value.
    pub fn hash_of(&mut self, value: Value) -> PyResult<i64> {
        if let Some(hash) = crate::ops::plain_hash(value) {
            return Ok(hash);
        }
        if value.is_class(class::FROZENSET)
            && let Some(set) = value.as_set()
        {
            return Ok(crate::ops::set_hash(set.table()));
        }
        if !self.nests() {
            return Err(crate::interp::recursion_error());
        }
        if let Some(tuple) = value.as_tuple() {
            // Hashing an item runs code, which cannot change a tuple.
            let mut hash = crate::ops::TupleHash::default();
            for &item in tuple.items() {
                hash.add(self.hash_of(item)?);
            }
            return Ok(hash.finish());
        }
        if let Some(instance) = value.as_instance() {
            return match self.hash_by(instance.ty(), value) {
                HashBy::Nothing => Err(unhashable(value)),
                HashBy::Itself => match instance.held() {
                    Some(held) => self.hash_of(held),
                    None => Ok(crate::ops::identity_hash(value)),
                },
                HashBy::Method => match self.call_special(value, "__hash__", &[])? {
                    Some(result) => self.hash_from(result),
                    None => Ok(crate::ops::identity_hash(value)),
                },
            };
        }
        Err(unhashable(value))
    }

    /// The hash that `__hash__` gave.
    fn hash_from(&mut self, result: Value) -> PyResult<i64> {
        // What fits a word is the hash as it is; only greater ints are hashed once more.
        match crate::ops::number::as_integer(result.plain()).map(|i| i.to_word()) {
            Some(Some(-1)) => Ok(-2),
            Some(Some(hash)) => Ok(hash),
            Some(None) => self.hash_of(result.plain()),
            None => Err(PyError::type_error("__hash__ method should return an integer")),
        }
    }
}

#[cold]
fn unhashable(value: Value) -> Box<PyError> {
    PyError::type_error(format!("unhashable type: '{}'", type_name(value)))
}
