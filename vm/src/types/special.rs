//! Special methods: what operators do with objects whose class defines them.
//!
//! Calls from here are quiet (see [`Vm::call_quiet`]): they run Python code, but collect nothing.

use crate::class;
use crate::error::{PyError, PyResult};
use crate::interp::Vm;
use crate::text::type_name;
use crate::value::Value;
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

fn compare_name(kind: CompareKind) -> &'static str {
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

impl Vm {
    /// The special method that the class of an object defines: none of those every object has.
    pub(crate) fn special(&self, value: Value, name: &str) -> Option<Value> {
        let instance = value.as_instance()?;
        let method = self.lookup_value(instance.ty(), name)?;
        (!method.is_class(class::BUILTIN) && !method.is_none()).then_some(method)
    }

    /// Calls a special method; `None` where there is none.
    #[inline(always)]
    pub(crate) fn call_special(
        &mut self,
        value: Value,
        name: &str,
        args: &[Value],
    ) -> PyResult<Option<Value>> {
        if !value.is_class(class::INSTANCE) {
            return Ok(None);
        }
        self.call_method(value, name, args)
    }

    #[inline(never)]
    fn call_method(&mut self, value: Value, name: &str, args: &[Value]) -> PyResult<Option<Value>> {
        let Some(method) = self.special(value, name) else { return Ok(None) };
        let found = self.bind(method, value, self.type_of(value))?;
        let mut all = Vec::with_capacity(args.len() + 1);
        if !found.receiver.is_null() {
            all.push(found.receiver);
        }
        all.extend(args);
        self.call_quiet(found.value, &all).map(Some)
    }

    fn try_special(&mut self, value: Value, name: &str, arg: Value) -> PyResult<Option<Value>> {
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
        if !a.is_class(class::INSTANCE) && !b.is_class(class::INSTANCE) {
            return Ok(None);
        }
        self.binary_methods(kind, in_place, a, b)
    }

    #[inline(never)]
    fn binary_methods(
        &mut self,
        kind: BinaryKind,
        in_place: bool,
        a: Value,
        b: Value,
    ) -> PyResult<Option<Value>> {
        let [plain, reflected, own] = binary_names(kind);
        if in_place && let Some(value) = self.try_special(a, own, b)? {
            return Ok(Some(value));
        }
        let (left, right) = (self.type_of(a), self.type_of(b));
        let same = left.id == right.id;
        let right_first = !same
            && right.is_a(left.id)
            && self.lookup_value(right, reflected) != self.lookup_value(left, reflected);
        if right_first && let Some(value) = self.try_special(b, reflected, a)? {
            return Ok(Some(value));
        }
        if let Some(value) = self.try_special(a, plain, b)? {
            return Ok(Some(value));
        }
        if !same
            && !right_first
            && let Some(value) = self.try_special(b, reflected, a)?
        {
            return Ok(Some(value));
        }
        Ok(None)
    }

    /// A comparison, where one of the operands has a say.
    #[inline(always)]
    pub(crate) fn compare_special(
        &mut self,
        kind: CompareKind,
        a: Value,
        b: Value,
    ) -> PyResult<Option<Value>> {
        if !a.is_class(class::INSTANCE) && !b.is_class(class::INSTANCE) {
            return Ok(None);
        }
        self.compare_methods(kind, a, b)
    }

    #[inline(never)]
    fn compare_methods(
        &mut self,
        kind: CompareKind,
        a: Value,
        b: Value,
    ) -> PyResult<Option<Value>> {
        let (left, right) = (self.type_of(a), self.type_of(b));
        let (name, other) = (compare_name(kind), compare_name(swapped(kind)));
        let right_first = left.id != right.id && right.is_a(left.id);
        if right_first && let Some(value) = self.try_special(b, other, a)? {
            return Ok(Some(value));
        }
        if let Some(value) = self.try_special(a, name, b)? {
            return Ok(Some(value));
        }
        if kind == CompareKind::Ne
            && self.special(a, "__ne__").is_none()
            && let Some(value) = self.try_special(a, "__eq__", b)?
        {
            return crate::ops::truth(self, value).map(|truth| Some(Value::bool(!truth)));
        }
        if !right_first && let Some(value) = self.try_special(b, other, a)? {
            return Ok(Some(value));
        }
        if kind == CompareKind::Ne
            && self.special(b, "__ne__").is_none()
            && let Some(value) = self.try_special(b, "__eq__", a)?
        {
            return crate::ops::truth(self, value).map(|truth| Some(Value::bool(!truth)));
        }
        Ok(None)
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
        match self.call_special(value, "__len__", &[])? {
            Some(length) => self.checked_length(length).map(|length| length != 0),
            None => Ok(true),
        }
    }

    /// The length that `__len__` gave.
    pub(crate) fn checked_length(&mut self, length: Value) -> PyResult<usize> {
        let Some(n) = crate::ops::index_int(length) else {
            return Err(PyError::type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                type_name(length)
            )));
        };
        usize::try_from(n).map_err(|_| PyError::value_error("__len__() should return >= 0"))
    }

    /// The text that `__str__` or `__repr__` gives.
    pub(crate) fn special_text(&mut self, value: Value, name: &str) -> PyResult<Option<String>> {
        let Some(text) = self.call_special(value, name, &[])? else { return Ok(None) };
        match text.as_str() {
            Some(text) => Ok(Some(text.text().to_string())),
            None => Err(PyError::type_error(format!(
                "{name} returned non-string (type {})",
                type_name(text)
            ))),
        }
    }

    /// The hash of a value.
    pub fn hash_of(&mut self, value: Value) -> PyResult<i64> {
        if let Some(hash) = crate::ops::plain_hash(value) {
            return Ok(hash);
        }
        if let Some(tuple) = value.as_tuple() {
            let mut parts = Vec::with_capacity(tuple.len());
            for &item in tuple.items() {
                parts.push(self.hash_of(item)?);
            }
            return Ok(crate::ops::tuple_hash(&parts));
        }
        if value.is_class(class::FROZENSET) {
            let items = value.as_set().map_or(Vec::new(), |set| set.table().keys());
            let mut hash = 1_927_868_237i64.wrapping_mul(items.len() as i64 + 1);
            for item in items {
                let h = self.hash_of(item)?;
                hash ^= (h ^ (h << 16) ^ 89_869_747).wrapping_mul(3_644_798_167);
            }
            return Ok(hash.wrapping_mul(69_069).wrapping_add(907_133_923));
        }
        if let Some(instance) = value.as_instance() {
            let method = self.lookup_value(instance.ty(), "__hash__");
            match method {
                Some(method) if method.is_none() => {}
                Some(method) if method.is_class(class::BUILTIN) => {
                    return Ok(crate::ops::identity_hash(value));
                }
                _ => {
                    if let Some(result) = self.call_special(value, "__hash__", &[])? {
                        return crate::ops::plain_hash(result)
                            .filter(|_| crate::ops::index_int(result).is_some())
                            .ok_or_else(|| {
                                PyError::type_error("__hash__ method should return an integer")
                            });
                    }
                    return Ok(crate::ops::identity_hash(value));
                }
            }
        }
        Err(PyError::type_error(format!("unhashable type: '{}'", type_name(value))))
    }
}
