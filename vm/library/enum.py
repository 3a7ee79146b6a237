"""Enumerations: classes whose attributes are their only objects."""

import sys as _sys


class auto:
    """The next value of an enumeration."""

    value = None

    def __or__(self, other):
        return _Bits(self, other, lambda a, b: a | b)

    def __and__(self, other):
        return _Bits(self, other, lambda a, b: a & b)

    def __xor__(self, other):
        return _Bits(self, other, lambda a, b: a ^ b)

    def resolved(self, enum_class, name, last):
        self.value = enum_class._generate_next_value_(name, 1, len(last), last)
        return self.value


class _Bits(auto):
    """Bits of values that are not known yet."""

    def __init__(self, left, right, combine):
        self.left = left
        self.right = right
        self.combine = combine

    def resolved(self, enum_class, name, last):
        parts = [part.value if isinstance(part, auto) else part
                 for part in (self.left, self.right)]
        self.value = self.combine(*parts)
        return self.value


class nonmember:
    def __init__(self, value):
        self.value = value


class member:
    def __init__(self, value):
        self.value = value


def _is_member(name, value):
    if name.startswith("__") and name.endswith("__") or name.startswith("_sunder_"):
        return False
    if name.startswith("_") and name.endswith("_"):
        return False
    if isinstance(value, nonmember):
        return False
    if isinstance(value, member):
        return True
    return not (hasattr(value, "__get__") or isinstance(value, _DESCRIPTORS))


def _function():
    pass


_DESCRIPTORS = (type(_function), property, staticmethod, classmethod, type(len))


# What enumerations define, and would lose to the type that their members are values of.
_OWN = ("__repr__", "__str__", "__format__", "__or__", "__and__", "__xor__", "__invert__",
        "__ror__", "__rand__", "__rxor__", "__contains__", "__iter__", "__len__", "__bool__")


def _prefer_own(enum_class):
    """Has the methods of enumerations come before those of built-in types among the bases."""
    for name in _OWN:
        definers = [base for base in enum_class.__mro__ if name in vars(base)]
        if definers and definers[0] in (int, str, float):
            for base in definers:
                if isinstance(base, EnumMeta):
                    type.__setattr__(enum_class, name, vars(base)[name])
                    break


class _Body(dict):
    """What the body of an enumeration binds: a member is bound once."""

    def __init__(self, of):
        self._of = of
        self._members = {}

    def __setitem__(self, name, value):
        if name in self._members:
            raise TypeError(f"{name!r} already defined as {self[name]!r}")
        if name in self and _is_member(name, value):
            raise TypeError(f"{name!r} already defined as {self[name]!r}")
        if _is_member(name, value):
            self._members[name] = None
        super().__setitem__(name, value)


class EnumType(type):
    """The metaclass of enumerations."""

    @classmethod
    def __prepare__(metacls, cls, bases, **kwds):
        return _Body(cls)

    def __new__(metacls, cls, bases, classdict, *, boundary=None, **kwds):
        members = {}
        rest = {}
        for name, value in classdict.items():
            if _is_member(name, value):
                members[name] = value.value if isinstance(value, member) else value
            else:
                rest[name] = value.value if isinstance(value, nonmember) else value
        enum_class = super().__new__(metacls, cls, bases, rest, **kwds)
        _prefer_own(enum_class)
        enum_class._member_map_ = {}
        enum_class._member_names_ = []
        enum_class._value2member_map_ = {}
        if not members:
            return enum_class
        for base in bases:
            if getattr(base, "_member_map_", None):
                raise TypeError(f"<enum {cls!r}> cannot extend {base!r}")
        data = object
        for base in enum_class.__mro__[1:]:
            if base in (int, str, float):
                data = base
                break
        # `__new__` and `__init__` of the class make its members; calls only look them up.
        new = rest.get("__new__")
        if new is None:
            for base in enum_class.__mro__[1:]:
                known = vars(base).get("_make_member_")
                if known is not None:
                    new = known
                    break
        if isinstance(new, staticmethod):
            new = new.__func__
        if "__new__" in rest:
            enum_class._make_member_ = staticmethod(new)
            del enum_class.__new__
        has_init = False
        for base in enum_class.__mro__:
            if base is Enum or base in (int, str, float, object):
                break
            if "__init__" in vars(base):
                has_init = True
        last = []
        for name, value in members.items():
            value = enum_class._auto_(name, value, last)
            args = value if isinstance(value, tuple) else (value,)
            if new is not None:
                made = new(enum_class, *args)
                if not hasattr(made, "_value_"):
                    made._value_ = value
            else:
                if data is object:
                    made = object.__new__(enum_class)
                    made._value_ = value
                else:
                    made = data.__new__(enum_class, *args)
                    made._value_ = data(*args)
            value = made._value_
            last.append(value)
            made._name_ = name
            made._sort_order_ = len(enum_class._member_names_)
            if has_init:
                made.__init__(*args)
            alias = None
            for known in enum_class._member_map_.values():
                if known._value_ == value:
                    alias = known
                    break
            if alias is not None:
                made = alias
            else:
                enum_class._add_name_(name, value)
            enum_class._member_map_[name] = made
            try:
                enum_class._value2member_map_.setdefault(value, made)
            except TypeError:
                pass
            type.__setattr__(enum_class, name, made)
        return enum_class

    def _add_name_(cls, name, value):
        if not cls._is_flag_ or isinstance(value, int) and value > 0 and value & (value - 1) == 0:
            cls._member_names_.append(name)

    def _auto_(cls, name, value, last):
        """The value that is meant, where `auto()` stands in it."""
        if isinstance(value, tuple):
            return tuple([cls._auto_(name, part, last) for part in value])
        if not isinstance(value, auto):
            return value
        return value.resolved(cls, name, last)

    def __call__(cls, value, names=None, *, module=None, qualname=None, type=None, start=1,
                 boundary=None):
        if names is None:
            return cls._lookup_(value)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        namespace = {"__module__": module or "__main__"}
        if hasattr(names, "items"):
            namespace.update(names.items())
        else:
            last = []
            for name in names:
                if isinstance(name, tuple):
                    name, item = name
                else:
                    item = cls._generate_next_value_(name, start, len(last), last)
                last.append(item)
                namespace[name] = item
        bases = (cls,) if type is None else (type, cls)
        return EnumType(value, bases, namespace)

    def _lookup_(cls, value):
        if isinstance(value, cls):
            return value
        try:
            return cls._value2member_map_[value]
        except KeyError:
            pass
        except TypeError:
            for member in cls._member_map_.values():
                if member._value_ == value:
                    return member
        result = cls._missing_(value)
        if isinstance(result, cls):
            return result
        raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")

    def __iter__(cls):
        return iter([cls._member_map_[name] for name in cls._member_names_])

    def __reversed__(cls):
        return iter([cls._member_map_[name] for name in cls._member_names_[::-1]])

    def __len__(cls):
        return len(cls._member_names_)

    def __bool__(cls):
        return True

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __contains__(cls, value):
        if not isinstance(value, Enum):
            raise TypeError(
                f"unsupported operand type(s) for 'in': {type(value).__qualname__!r}"
                f" and {type(cls).__qualname__!r}")
        return isinstance(value, cls) and value._name_ in cls._member_map_

    def __repr__(cls):
        return f"<{'flag' if cls._is_flag_ else 'enum'} {cls.__name__!r}>"

    def __setattr__(cls, name, value):
        if name in vars(cls).get("_member_map_", {}):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    def __getattr__(cls, name):
        raise AttributeError(name)

    def __delattr__(cls, name):
        if name in vars(cls).get("_member_map_", {}):
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    @property
    def __members__(cls):
        return dict(cls._member_map_)


EnumMeta = EnumType


class Enum(metaclass=EnumType):
    """A class to derive enumerations from."""

    _is_flag_ = False

    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        for value in reversed(last_values):
            if isinstance(value, int):
                return max([v for v in last_values if isinstance(v, int)]) + 1
        return start

    @classmethod
    def _missing_(cls, value):
        return None

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __format__(self, spec):
        return format(str(self), spec)

    def __hash__(self):
        return hash(self._name_)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class ReprEnum(Enum):
    """An enumeration that only changes `repr`."""


class Flag(Enum):
    """An enumeration whose members are sets of bits."""

    _is_flag_ = True

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        highest = max([0] + [v for v in last_values if isinstance(v, int)])
        return 1 << highest.bit_length() if highest else start or 1

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        known = 0
        for member in cls._member_map_.values():
            known |= member._value_
        if value < 0:
            value = known & value
        elif value & ~known:
            if not issubclass(cls, int):
                width = max(value.bit_length(), known.bit_length())
                raise ValueError(
                    f"{cls!r} invalid value {value!r}\n    given 0b0 {value:0{width}b}\n"
                    f"  allowed 0b0 {known:0{width}b}")
        if value in cls._value2member_map_:
            return cls._value2member_map_[value]
        if issubclass(cls, int):
            member = int.__new__(cls, value)
        else:
            member = object.__new__(cls)
        names = [m._name_ for m in cls if m._value_ & value]
        member._value_ = value
        member._name_ = "|".join(names) if names else None
        cls._value2member_map_[value] = member
        return member

    def _bits_(self, other):
        if isinstance(other, self.__class__):
            return other._value_
        if isinstance(self, int) and isinstance(other, int):
            return other
        return None

    def __or__(self, other):
        bits = self._bits_(other)
        if bits is None:
            return NotImplemented
        return self.__class__(self._value_ | bits)

    def __and__(self, other):
        bits = self._bits_(other)
        if bits is None:
            return NotImplemented
        return self.__class__(self._value_ & bits)

    def __xor__(self, other):
        bits = self._bits_(other)
        if bits is None:
            return NotImplemented
        return self.__class__(self._value_ ^ bits)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self):
        known = 0
        for member in self.__class__:
            known |= member._value_
        return self.__class__(known & ~self._value_)

    def __contains__(self, other):
        return other._value_ & self._value_ == other._value_

    def __bool__(self):
        return bool(self._value_)

    def __iter__(self):
        return iter([m for m in self.__class__ if m._value_ & self._value_])

    def __len__(self):
        return bin(self._value_).count("1")

    def __repr__(self):
        name = self.__class__.__name__
        if self._name_ is None:
            return f"<{name}: {self._value_!r}>"
        return f"<{name}.{self._name_}: {self._value_!r}>"

    def __str__(self):
        if self._name_ is None:
            return f"{self.__class__.__name__}({self._value_!r})"
        return f"{self.__class__.__name__}.{self._name_}"


def unique(enumeration):
    """A class decorator: no two members have the same value."""
    duplicates = [(name, member.name) for name, member in enumeration.__members__.items()
                  if name != member.name]
    if duplicates:
        text = ", ".join([f"{alias} -> {name}" for alias, name in duplicates])
        raise ValueError(f"duplicate values found in {enumeration!r}: {text}")
    return enumeration


def global_enum(cls, update_str=False):
    return cls


# What derives from built-in types is compiled when somebody asks for it.
_LATER = ("IntEnum", "IntFlag", "StrEnum")

__all__ = ["auto", "unique", "Enum", "EnumMeta", "EnumType", "Flag", "ReprEnum", *_LATER]


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'enum' has no attribute {name!r}")
    value = getattr(__import__("_enum_data"), name)
    setattr(_sys.modules["enum"], name, value)
    return value
