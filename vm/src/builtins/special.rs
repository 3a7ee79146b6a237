//! Special methods of built-in types, as programs call them: `list.__len__`, `super().__getitem__(key)`,
//! `(5).__add__(6)`.
//!
//! Operators do not come through here: they ask objects for methods that a program defines, and do
//! the rest in [`crate::ops`]. A method here gets its receiver as it is, perhaps an object of a
//! derived class, and works on the value that it holds.

use super::{Builtin, open_method};
use crate::class::{self, ClassId};
use crate::error::{ExcKind, PyError, PyResult};
use crate::format;
use crate::interp::Vm;
use crate::ops::number::{Num, num};
use crate::ops::{self, sets};
use crate::stack::{Args, arg};
use crate::text::{self, type_name};
use crate::types::property;
use crate::value::Value;
use tierlab_frontend::bytecode::{BinaryKind, CompareKind, Opcode};

/// Types without a hash.
pub(super) const UNHASHABLE: &[ClassId] = &[
    class::LIST,
    class::DICT,
    class::SET,
    class::BYTEARRAY,
    class::SLICE,
    class::DEQUE,
    class::ARRAY,
    class::KEY_WRAPPER,
    class::MAPPING_PROXY,
];

/// The types of a row: their names in brackets, or the name of a list.
macro_rules! classes {
    ([$($ty:ident)*]) => { &[$(class::$ty),*] };
    ($list:ident) => { $list };
}

/// Types whose values are equal by what they hold.
const COMPARED: &[ClassId] = classes!([
    INT FLOAT STR LIST TUPLE DICT SET FROZENSET RANGE SLICE BYTES BYTEARRAY DICT_KEYS DICT_ITEMS BOUND_METHOD
]);

/// Those that have the methods of an order, too; some of them have no order.
const ORDERED: &[ClassId] = classes!([
    INT FLOAT STR LIST TUPLE DICT SET FROZENSET RANGE SLICE BYTES BYTEARRAY DICT_KEYS DICT_ITEMS
]);

macro_rules! specials {
    ($( $name:literal, $min:literal..=$max:expr, $types:tt, $function:expr; )*) => {
        /// The table.
        pub const TABLE: &[Builtin] = &[
            $( row(concat!("special.", $name), $min, $max, $function), )*
        ];

        /// The types that have a method of that name.
        pub(super) fn types_with(name: &str) -> &'static [ClassId] {
            match name {
                $( $name => classes!($types), )*
                _ => &[],
            }
        }
    };
}

/// A row of the table; one without an upper bound takes named arguments.
const fn row(
    name: &'static str,
    min: usize,
    max: usize,
    function: fn(&mut Vm, Args) -> PyResult<Value>,
) -> Builtin {
    let mut builtin = open_method(name, min, max, function);
    builtin.keywords = max == usize::MAX;
    builtin
}

specials! {
    "__new__", 1..=usize::MAX, [INT FLOAT STR LIST TUPLE DICT SET FROZENSET BYTES BYTEARRAY DEQUE ARRAY], new;
    "__init__", 0..=usize::MAX, [LIST DICT SET BYTEARRAY], init;
    "__call__", 0..=usize::MAX, [FUNCTION BUILTIN BOUND_METHOD], |vm, a| {
        let names = vm.kw_names.take();
        vm.call_names_quiet(me(a), a.as_slice().get(1..).unwrap_or(&[]), names)
    };
    "__get__", 1..=2, [FUNCTION PROPERTY STATIC_METHOD CLASS_METHOD], |vm, a| {
        let (value, object, owner) = (me(a), other(a), a.get(2).unwrap_or(Value::none()));
        let plain = matches!(value.class(), class::FUNCTION | class::PROPERTY);
        // `None` stands for no object, but where its own class is the owner.
        if plain && object.is_none() && owner.as_type().is_none_or(|ty| ty.id != class::NONE) {
            return Ok(value);
        }
        let ty = owner.as_type().unwrap_or(vm.type_of(object));
        let found = vm.bind(value, object, ty)?;
        Ok(vm.as_one(found.value, found.receiver))
    };
    "__set__", 2..=2, [PROPERTY], |vm, a| {
        let setter = me(a).as_words().map_or(Value::none(), |words| words.get(1));
        if setter.is_none() {
            return Err(PyError::new(ExcKind::AttributeError, "property has no setter"));
        }
        vm.call_quiet(setter, &[other(a), a.get(2).unwrap_or(Value::none())])
    };
    "__delete__", 1..=1, [PROPERTY], |vm, a| {
        let [.., deleter] = property::parts(me(a));
        if deleter.is_none() {
            return Err(PyError::new(ExcKind::AttributeError, "property has no deleter"));
        }
        vm.call_quiet(deleter, &[other(a)])
    };
    "__len__", 0..=0,
        [STR LIST TUPLE DICT SET FROZENSET RANGE BYTES BYTEARRAY DICT_KEYS DICT_VALUES DICT_ITEMS],
        |vm, a| Ok(Value::small(ops::length(vm, me(a).plain())? as i64));
    "__getitem__", 1..=1, [STR LIST TUPLE DICT RANGE BYTES BYTEARRAY],
        |vm, a| ops::plain_item(vm, me(a), other(a));
    "__setitem__", 2..=2, [LIST DICT BYTEARRAY], |vm, a| {
        let value = a.get(2).unwrap_or(Value::none());
        ops::set_item(vm, me(a).plain(), other(a), value)?;
        Ok(Value::none())
    };
    "__delitem__", 1..=1, [LIST DICT BYTEARRAY], |vm, a| {
        ops::delete_item(vm, me(a).plain(), other(a))?;
        Ok(Value::none())
    };
    "__contains__", 1..=1,
        [STR LIST TUPLE DICT SET FROZENSET RANGE BYTES BYTEARRAY DICT_KEYS DICT_ITEMS],
        |vm, a| ops::contains(vm, other(a), me(a).plain()).map(Value::bool);
    "__iter__", 0..=0,
        [STR LIST TUPLE DICT SET FROZENSET RANGE BYTES BYTEARRAY DICT_KEYS DICT_VALUES DICT_ITEMS
         LIST_ITERATOR TUPLE_ITERATOR STR_ITERATOR RANGE_ITERATOR BYTES_ITERATOR ENUMERATE ZIP
         REVERSED MAP FILTER DICT_ITERATOR SET_ITERATOR SEQUENCE_ITERATOR CALLABLE_ITERATOR],
        |vm, a| super::iterator(vm, me(a).plain());
    "__next__", 0..=0,
        [LIST_ITERATOR TUPLE_ITERATOR STR_ITERATOR RANGE_ITERATOR BYTES_ITERATOR ENUMERATE ZIP
         REVERSED MAP FILTER DICT_ITERATOR SET_ITERATOR SEQUENCE_ITERATOR CALLABLE_ITERATOR],
        |vm, a| match ops::for_next(vm, me(a), Value::none())? {
            Some((item, _)) => Ok(item),
            None => Err(PyError::new(ExcKind::StopIteration, "")),
        };
    "__length_hint__", 0..=0,
        [LIST_ITERATOR TUPLE_ITERATOR STR_ITERATOR RANGE_ITERATOR BYTES_ITERATOR REVERSED DICT_ITERATOR
         SET_ITERATOR SEQUENCE_ITERATOR],
        |vm, a| me(a).as_words().map_or(Ok(Value::not_implemented()), |words| ops::left(vm, words));
    "__reversed__", 0..=0, [LIST DICT RANGE DICT_KEYS DICT_VALUES DICT_ITEMS],
        |vm, a| super::construct(vm, class::REVERSED, Args::of(&[me(a).plain()]), None);
    "__hash__", 0..=0, [INT FLOAT STR TUPLE FROZENSET RANGE BYTES],
        |vm, a| { let hash = vm.hash_of(me(a).plain())?; Ok(vm.heap.alloc_int(hash)) };
    "__repr__", 0..=0, [INT FLOAT STR LIST TUPLE DICT SET FROZENSET RANGE SLICE BYTES BYTEARRAY],
        |vm, a| { let text = text::held_repr(vm, me(a))?; Ok(vm.heap.alloc_str(&text)) };
    "__str__", 0..=0, [STR], |_, a| Ok(me(a).plain());
    "__format__", 1..=1, [INT FLOAT STR], |vm, a| {
        let spec = other(a).plain().as_str().map_or("", |s| s.text());
        let text = format::format(vm, me(a).plain(), spec)?;
        Ok(vm.heap.alloc_str(&text))
    };
    "__bool__", 0..=0, [INT FLOAT NONE], |vm, a| ops::truth(vm, me(a).plain()).map(Value::bool);
    "__int__", 0..=0, [INT FLOAT], |vm, a| whole(vm, me(a));
    "__trunc__", 0..=0, [INT FLOAT], |vm, a| whole(vm, me(a));
    "__index__", 0..=0, [INT], |vm, a| whole(vm, me(a));
    "__float__", 0..=0, [INT FLOAT], |vm, a| super::construct(vm, class::FLOAT, one(&a), None);
    "__floor__", 0..=0, [INT FLOAT], |vm, a| rounded(vm, me(a), f64::floor);
    "__ceil__", 0..=0, [INT FLOAT], |vm, a| rounded(vm, me(a), f64::ceil);
    "__round__", 0..=1, [INT FLOAT], |vm, a| {
        let mut words = a.as_slice().to_vec();
        words[0] = words[0].plain();
        super::numeric::round(vm, Args::of(&words))
    };
    "__neg__", 0..=0, [INT FLOAT], |vm, a| ops::unary(vm, Opcode::UnaryNeg, me(a).plain());
    "__pos__", 0..=0, [INT FLOAT], |vm, a| ops::unary(vm, Opcode::UnaryPos, me(a).plain());
    "__invert__", 0..=0, [INT], |vm, a| ops::unary(vm, Opcode::UnaryInvert, me(a).plain());
    "__abs__", 0..=0, [INT FLOAT], |vm, a| super::abs(vm, Args::of(&[me(a).plain()]));
    "__divmod__", 1..=1, [INT FLOAT], |vm, a| divided(vm, me(a).plain(), other(a).plain());
    "__rdivmod__", 1..=1, [INT FLOAT], |vm, a| divided(vm, other(a).plain(), me(a).plain());
    "__pow__", 1..=2, [INT FLOAT], |vm, a| {
        if a.len() > 2 {
            return super::numeric::pow(vm, a);
        }
        binary(vm, a, BinaryKind::Pow, false)
    };
    "__rpow__", 1..=2, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::Pow, true);
    "__add__", 1..=1, [INT FLOAT STR LIST TUPLE BYTES BYTEARRAY], |vm, a| binary(vm, a, BinaryKind::Add, false);
    "__radd__", 1..=1, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::Add, true);
    "__sub__", 1..=1, [INT FLOAT SET FROZENSET DICT_KEYS DICT_ITEMS], |vm, a| binary(vm, a, BinaryKind::Sub, false);
    "__rsub__", 1..=1, [INT FLOAT SET FROZENSET DICT_KEYS DICT_ITEMS], |vm, a| binary(vm, a, BinaryKind::Sub, true);
    "__mul__", 1..=1, [INT FLOAT STR LIST TUPLE BYTES BYTEARRAY], |vm, a| binary(vm, a, BinaryKind::Mul, false);
    "__rmul__", 1..=1, [INT FLOAT STR LIST TUPLE BYTES BYTEARRAY], |vm, a| binary(vm, a, BinaryKind::Mul, true);
    "__truediv__", 1..=1, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::TrueDiv, false);
    "__rtruediv__", 1..=1, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::TrueDiv, true);
    "__floordiv__", 1..=1, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::FloorDiv, false);
    "__rfloordiv__", 1..=1, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::FloorDiv, true);
    "__mod__", 1..=1, [INT FLOAT STR BYTES BYTEARRAY], |vm, a| binary(vm, a, BinaryKind::Mod, false);
    "__rmod__", 1..=1, [INT FLOAT], |vm, a| binary(vm, a, BinaryKind::Mod, true);
    "__lshift__", 1..=1, [INT], |vm, a| binary(vm, a, BinaryKind::LShift, false);
    "__rlshift__", 1..=1, [INT], |vm, a| binary(vm, a, BinaryKind::LShift, true);
    "__rshift__", 1..=1, [INT], |vm, a| binary(vm, a, BinaryKind::RShift, false);
    "__rrshift__", 1..=1, [INT], |vm, a| binary(vm, a, BinaryKind::RShift, true);
    "__and__", 1..=1, [INT SET FROZENSET DICT_KEYS DICT_ITEMS], |vm, a| binary(vm, a, BinaryKind::And, false);
    "__rand__", 1..=1, [INT SET FROZENSET DICT_KEYS DICT_ITEMS], |vm, a| binary(vm, a, BinaryKind::And, true);
    "__or__", 1..=1, [INT SET FROZENSET DICT_KEYS DICT_ITEMS DICT], |vm, a| binary(vm, a, BinaryKind::Or, false);
    "__ror__", 1..=1, [INT SET FROZENSET DICT_KEYS DICT_ITEMS DICT], |vm, a| binary(vm, a, BinaryKind::Or, true);
    "__xor__", 1..=1, [INT SET FROZENSET DICT_KEYS DICT_ITEMS], |vm, a| binary(vm, a, BinaryKind::Xor, false);
    "__rxor__", 1..=1, [INT SET FROZENSET DICT_KEYS DICT_ITEMS], |vm, a| binary(vm, a, BinaryKind::Xor, true);
    "__iadd__", 1..=1, [LIST BYTEARRAY], |vm, a| in_place(vm, a, BinaryKind::Add);
    "__imul__", 1..=1, [LIST BYTEARRAY], |vm, a| in_place(vm, a, BinaryKind::Mul);
    "__isub__", 1..=1, [SET], |vm, a| in_place(vm, a, BinaryKind::Sub);
    "__iand__", 1..=1, [SET], |vm, a| in_place(vm, a, BinaryKind::And);
    "__ior__", 1..=1, [SET DICT], |vm, a| in_place(vm, a, BinaryKind::Or);
    "__ixor__", 1..=1, [SET], |vm, a| in_place(vm, a, BinaryKind::Xor);
    "__eq__", 1..=1, COMPARED, |vm, a| compare(vm, a, CompareKind::Eq);
    "__ne__", 1..=1, COMPARED, |vm, a| compare(vm, a, CompareKind::Ne);
    "__lt__", 1..=1, ORDERED, |vm, a| compare(vm, a, CompareKind::Lt);
    "__le__", 1..=1, ORDERED, |vm, a| compare(vm, a, CompareKind::Le);
    "__gt__", 1..=1, ORDERED, |vm, a| compare(vm, a, CompareKind::Gt);
    "__ge__", 1..=1, ORDERED, |vm, a| compare(vm, a, CompareKind::Ge);
}

fn me(args: Args) -> Value {
    arg(args, 0)
}

fn other(args: Args) -> Value {
    arg(args, 1)
}

/// The receiver alone.
fn one(args: &Args) -> Args {
    Args::of(args.as_slice().get(..1).unwrap_or(&[]))
}

/// `__new__` of a built-in type: the first argument is the class.
fn new(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let names = vm.kw_names.take();
    let class = me(args);
    let Some(ty) = class.as_type() else {
        return Err(PyError::type_error(format!(
            "object.__new__(X): X is not a type object ({})",
            type_name(class)
        )));
    };
    vm.new_value(ty, args.as_slice().get(1..).unwrap_or(&[]), names)
}

/// `__init__` of a type whose values change: fills the receiver anew.
fn init(vm: &mut Vm, args: Args) -> PyResult<Value> {
    let names = vm.kw_names.take();
    let target = me(args).plain();
    let mut rest = args.as_slice().get(1..).unwrap_or(&[]);
    let own_new = |vm: &Vm| {
        let new = vm.lookup_value(vm.type_of(me(args)), "__new__");
        new.is_some_and(|new| !new.is_class(class::BUILTIN))
    };
    let names = match names {
        // Names were for a `__new__` of the program's.
        Some(given) if target.as_list().is_some() && own_new(vm) => {
            rest = &rest[..rest.len().saturating_sub(given.len())];
            None
        }
        names => names,
    };
    let rest = Args::of(rest);
    let made = super::construct(vm, target.class(), rest, names)?;
    if let (Some(mut list), Some(made)) = (target.as_list(), made.as_list()) {
        list.truncate(0);
        vm.heap.list_extend(list, made.items())?;
    } else if target.as_dict().is_some() {
        ops::dict_update(vm, target, made)?;
    } else if target.as_set().is_some() {
        sets::replace(vm, target, made);
    } else if let (Some(target), Some(made)) = (target.as_bytes(), made.as_bytes()) {
        let bytes = made.bytes().to_vec();
        vm.heap.change_bytes(target, |target| *target = bytes);
    }
    Ok(Value::none())
}

/// The integer part of a number, as an exact int.
fn whole(vm: &mut Vm, value: Value) -> PyResult<Value> {
    super::construct(vm, class::INT, Args::of(&[value.plain()]), None)
}

fn rounded(vm: &mut Vm, value: Value, round: fn(f64) -> f64) -> PyResult<Value> {
    let value = value.plain();
    match value.as_float() {
        Some(f) => {
            let whole = ops::int::from_float_checked(round(f))?;
            Ok(vm.heap.alloc_big(whole))
        }
        None => whole(vm, value),
    }
}

/// Whether operators of the class of `a` know what to do with `b`.
fn knows(a: Value, b: Value) -> bool {
    match (num(a), num(b)) {
        (Some(Num::Float(_)), other) => other.is_some(),
        (Some(_), other) => matches!(other, Some(Num::Int(_) | Num::Big(_))),
        (None, _) => match (a.class(), b.class()) {
            (
                class::SET | class::FROZENSET | class::DICT_KEYS | class::DICT_ITEMS,
                class::SET | class::FROZENSET | class::DICT_KEYS | class::DICT_ITEMS,
            )
            | (class::DICT, class::DICT) => true,
            (
                class::SET | class::FROZENSET | class::DICT_KEYS | class::DICT_ITEMS | class::DICT,
                _,
            ) => false,
            _ => true,
        },
    }
}

/// Whether the operator of the type of `a` comes before the reflected method of `b`, and has a result:
/// those of sequences come after it.
pub(crate) fn operates(kind: BinaryKind, a: Value, b: Value) -> bool {
    let has = match a.class() {
        class::INT | class::BOOL => kind != BinaryKind::MatMul,
        class::FLOAT => matches!(
            kind,
            BinaryKind::Add
                | BinaryKind::Sub
                | BinaryKind::Mul
                | BinaryKind::TrueDiv
                | BinaryKind::FloorDiv
                | BinaryKind::Mod
                | BinaryKind::Pow
        ),
        class::STR | class::BYTES | class::BYTEARRAY => kind == BinaryKind::Mod,
        class::SET | class::FROZENSET | class::DICT_KEYS | class::DICT_ITEMS => of_sets(kind),
        class::DICT => kind == BinaryKind::Or,
        _ => false,
    };
    has && knows(a, b)
}

/// The same of the operator in place. Classes that derive from a sequence have that of the sequence
/// before other methods, the sequence itself has it behind them.
pub(crate) fn operates_in_place(kind: BinaryKind, a: Value, b: Value, derived: bool) -> bool {
    match a.class() {
        class::LIST | class::BYTEARRAY => derived && kind == BinaryKind::Add,
        class::SET => of_sets(kind) && knows(a, b),
        class::DICT => kind == BinaryKind::Or,
        _ => false,
    }
}

fn of_sets(kind: BinaryKind) -> bool {
    matches!(kind, BinaryKind::Sub | BinaryKind::And | BinaryKind::Or | BinaryKind::Xor)
}

fn binary(vm: &mut Vm, args: Args, kind: BinaryKind, reflected: bool) -> PyResult<Value> {
    let (a, b) = (me(args).plain(), other(args).plain());
    if !knows(a, b) {
        return Ok(Value::not_implemented());
    }
    if reflected {
        return ops::binary_kind(vm, kind, false, b, a);
    }
    ops::binary_kind(vm, kind, false, a, b)
}

fn in_place(vm: &mut Vm, args: Args, kind: BinaryKind) -> PyResult<Value> {
    let (a, b) = (me(args).plain(), other(args));
    if a.is_class(class::SET) && !knows(a, b.plain()) {
        return Ok(Value::not_implemented());
    }
    let b = if a.is_class(class::DICT) && b.plain().as_dict().is_none() {
        super::construct(vm, class::DICT, Args::of(&[b]), None)?
    } else {
        b
    };
    ops::binary_kind(vm, kind, true, a, b)?;
    Ok(me(args))
}

fn divided(vm: &mut Vm, a: Value, b: Value) -> PyResult<Value> {
    if num(a).is_none() || num(b).is_none() {
        return Ok(Value::not_implemented());
    }
    super::functions::div_mod(vm, Args::of(&[a, b]))
}

/// Whether values of these classes are compared with each other.
fn comparable(a: Value, b: Value) -> bool {
    let family = |value: Value| match value.class() {
        class::INT | class::BOOL | class::FLOAT => class::INT,
        class::SET | class::FROZENSET | class::DICT_KEYS | class::DICT_ITEMS => class::SET,
        class::BYTES | class::BYTEARRAY => class::BYTES,
        class => class,
    };
    family(a) == family(b) && (num(a).is_none() || knows(a, b))
}

/// Whether the comparison of the type of `a` has a result for `b`.
pub(crate) fn compares(kind: CompareKind, a: Value, b: Value) -> bool {
    let ordered = !matches!(kind, CompareKind::Eq | CompareKind::Ne);
    match a.class() {
        class::DICT | class::RANGE | class::SLICE | class::BOUND_METHOD if ordered => false,
        class::BYTES => b.is_class(class::BYTES),
        // Plain objects are the same or not: that is no answer.
        class::INSTANCE => false,
        _ => comparable(a, b),
    }
}

fn compare(vm: &mut Vm, args: Args, kind: CompareKind) -> PyResult<Value> {
    let (a, b) = (me(args).plain(), other(args).plain());
    if !comparable(a, b) || !compares(kind, a, b) {
        return Ok(Value::not_implemented());
    }
    ops::compare_bool(vm, kind, a, b).map(Value::bool)
}
