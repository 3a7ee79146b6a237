"""Enumerations: classes whose attributes are their only objects.

Terms. A *member* is such an object; an *alias* another name of one. The *data type* of an enumeration
is the class beside `Enum` that its members are objects of, and `object` if there is none. The body of
an enumeration fills a namespace that tells members from the rest and resolves `auto()`; one entry of
that namespace then makes the members as soon as there is a class, before its base classes hear of it.
Flags, and what derives from built-in types, are modules of their own that are loaded when asked for.
"""

import sys as _sys


def _function():
    pass


_DESCRIPTORS = (type(_function), property, staticmethod, classmethod, type(len))


def _is_descriptor(obj):
    return isinstance(obj, _DESCRIPTORS) or any(
        hasattr(obj, name) for name in ("__get__", "__set__", "__delete__"))


def _is_dunder(name):
    return len(name) > 4 and name[:2] == name[-2:] == "__" and name[2] != "_" and name[-3] != "_"


def _is_sunder(name):
    return len(name) > 2 and name[0] == name[-1] == "_" and name[1] != "_" and name[-2] != "_"


def _is_private(cls_name, name):
    prefix = f"_{cls_name}__"
    return (len(name) > len(prefix) and name.startswith(prefix)
            and not name[-1:] == name[-2:-1] == "_")


def _is_single_bit(number):
    return number > 0 and number & (number - 1) == 0


_UNSET = object()


class auto:
    """The next value of an enumeration."""

    def __init__(self, value=_UNSET):
        self.value = value

    def __repr__(self):
        return f"auto({self.value!r})"


class nonmember:
    """What is no member, though it looks like one."""

    def __init__(self, value):
        self.value = value


class member:
    """What is a member, though it does not look like one."""

    def __init__(self, value):
        self.value = value


class _Property:
    """A property of members; the enumeration's own attribute of that name is a member."""

    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.__doc__ = doc if doc is not None or fget is None else getattr(fget, "__doc__", None)
        self.name = getattr(fget, "__name__", None)
        self.clsname = None

    def __set_name__(self, owner, name):
        self.name = name
        self.clsname = owner.__name__

    def __get__(self, instance, owner=None):
        if instance is None:
            try:
                return owner._member_map_[self.name]
            except KeyError:
                raise AttributeError(self.name) from None
        if self.fget is None:
            raise AttributeError(f"{owner!r} has no attribute {self.name!r}")
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError(f"<enum {self.clsname!r}> cannot set attribute {self.name!r}")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError(f"<enum {self.clsname!r}> cannot delete attribute {self.name!r}")
        self.fdel(instance)

    def setter(self, fset):
        return type(self)(self.fget, fset, self.fdel, self.__doc__)

    def deleter(self, fdel):
        return type(self)(self.fget, self.fset, fdel, self.__doc__)


# Names between single underscores that a body may bind.
_SUNDER = ("_order_", "_generate_next_value_", "_numeric_repr_", "_missing_", "_ignore_",
           "_iter_member_", "_iter_member_by_value_", "_iter_member_by_def_")


class _EnumDict(dict):
    """What the body of an enumeration binds: a member is bound once."""

    def __init__(self, cls_name, generate=None):
        self._cls_name = cls_name
        self._generate_next_value = generate
        self._member_names = {}
        self._last_values = []
        self._ignore = []
        self._auto_called = False

    def __setitem__(self, name, value):
        if not _is_private(self._cls_name, name):
            if _is_sunder(name):
                value = self._of_machine(name, value)
            elif _is_dunder(name):
                name = "_order_" if name == "__order__" else name
            elif name in self._member_names:
                raise TypeError(f"{name!r} already defined as {self[name]!r}")
            elif name not in self._ignore:
                if isinstance(value, nonmember):
                    value = value.value
                elif isinstance(value, member) or not _is_descriptor(value):
                    value = self._of_member(name, value)
        super().__setitem__(name, value)

    def _of_machine(self, name, value):
        if name not in _SUNDER:
            raise ValueError(
                f"_sunder_ names, such as {name!r}, are reserved for future Enum use")
        if name == "_generate_next_value_":
            if self._auto_called:
                raise TypeError("_generate_next_value_ must be defined before members")
            self._generate_next_value = getattr(value, "__func__", value)
        elif name == "_ignore_":
            value = value.replace(",", " ").split() if isinstance(value, str) else list(value)
            self._ignore = value
            already = set(value) & set(self._member_names)
            if already:
                raise ValueError(f"_ignore_ cannot specify already set names: {already!r}")
        return value

    def _of_member(self, name, value):
        if name in self:
            raise TypeError(f"{name!r} already defined as {self[name]!r}")
        if isinstance(value, member):
            value = value.value
        elif isinstance(value, auto):
            value = self._resolved(name, value)
        elif type(value) is tuple:
            value = tuple([self._part(name, part) for part in value])
        elif isinstance(value, tuple) and any(isinstance(part, auto) for part in value):
            value = type(value)(*[self._part(name, part) for part in value])
        self._member_names[name] = None
        self._last_values.append(value)
        return value

    def _resolved(self, name, value):
        if value.value is _UNSET:
            value.value = self._generate_next_value(
                name, 1, len(self._member_names), self._last_values[:])
            self._auto_called = True
        return value.value

    def _part(self, name, part):
        if isinstance(part, auto):
            part = self._resolved(name, part)
            self._last_values.append(part)
        return part

    def update(self, members, **more):
        items = members.items() if hasattr(members, "keys") else members
        for name, value in [*items, *more.items()]:
            self[name] = value


def _data_type(cls_name, bases):
    """The one class beside enumerations that members are objects of."""
    found = {}
    for chain in bases:
        candidate = None
        for base in chain.__mro__:
            if base is object:
                continue
            if isinstance(base, EnumType):
                if base._member_type_ is not object:
                    found[base._member_type_] = None
                    break
            elif "__new__" in vars(base) or "__dataclass_fields__" in vars(base):
                found[candidate or base] = None
                break
            else:
                candidate = candidate or base
    if len(found) > 1:
        raise TypeError(f"too many data types for {cls_name!r}: {set(found)!r}")
    return next(iter(found), object)


def _value_repr(bases):
    """How values are shown: as the data type does it."""
    for chain in bases:
        for base in chain.__mro__:
            if isinstance(base, EnumType):
                return base._value_repr_
            if base is not object and "__repr__" in vars(base):
                generated = getattr(base, "__dataclass_params__", None)
                if generated is not None and generated.repr:
                    return _dataclass_repr
                return vars(base)["__repr__"]
    return None


def _dataclass_repr(self):
    return ", ".join([f"{name}={getattr(self, name)!r}" for name in self.__dataclass_fields__])


def _definer(cls, name):
    for base in cls.__mro__:
        if name in vars(base):
            return base
    return object


class _Members:
    """The entry of a namespace that makes the members of the class that the namespace becomes."""

    def __init__(self, values, new, use_args):
        self.values = values
        self.new = new
        self.use_args = use_args

    def __set_name__(self, enum_class, name):
        type.__delattr__(enum_class, name)
        has_init = isinstance(_definer(enum_class, "__init__"), EnumType) or (
            _definer(enum_class, "__init__") not in (object, enum_class._member_type_)
            or "__dataclass_fields__" in vars(enum_class._member_type_))
        for name, value in self.values.items():
            self.make(enum_class, name, value, has_init)

    def make(self, enum_class, name, value, has_init):
        data = enum_class._member_type_
        args = value if isinstance(value, tuple) else (value,)
        if data is tuple:
            args = (args,)
        made = self.new(enum_class, *args) if self.use_args else self.new(enum_class)
        if not hasattr(made, "_value_"):
            if data is object:
                made._value_ = value
            else:
                try:
                    made._value_ = data(*args)
                except Exception as error:
                    raise TypeError(
                        "_value_ not set in __new__, unable to create it") from error
        value = made._value_
        made._name_ = name
        made.__objclass__ = enum_class
        if has_init:
            made.__init__(*args)
        made._sort_order_ = len(enum_class._member_names_)
        known = enum_class._member_of_(value)
        if known is not None:
            made = known
        elif not enum_class._is_flag_ or not isinstance(value, int) or _is_single_bit(value):
            enum_class._member_names_.append(name)
        if enum_class._is_flag_ and isinstance(value, int):
            enum_class._flag_mask_ |= value
            if _is_single_bit(value):
                enum_class._singles_mask_ |= value
            enum_class._all_bits_ = (1 << enum_class._flag_mask_.bit_length()) - 1
        definer = _definer(enum_class, name)
        own = vars(definer).get(name)
        if isinstance(own, (_Property, property)) and name not in ("name", "value"):
            if not isinstance(own, _Property):
                own = _Property(own.fget, own.fset, own.fdel)
                own.__set_name__(enum_class, name)
                type.__setattr__(enum_class, name, own)
        elif name not in ("name", "value"):
            type.__setattr__(enum_class, name, made)
        enum_class._member_map_[name] = made
        try:
            enum_class._value2member_map_.setdefault(value, made)
        except TypeError:
            pass


class EnumType(type):
    """The metaclass of enumerations."""

    @classmethod
    def __prepare__(metacls, cls, bases, **kwds):
        base_enum = metacls._base_enum_(cls, bases)
        if base_enum is None:
            return {}
        return _EnumDict(cls, base_enum._generate_next_value_)

    @classmethod
    def _base_enum_(metacls, cls, bases):
        """The enumeration that another one derives from; it has no members."""
        if not bases:
            return None
        for chain in bases:
            for base in chain.__mro__:
                if isinstance(base, EnumType) and base._member_names_:
                    raise TypeError(f"<enum {cls!r}> cannot extend {base!r}")
        if not isinstance(bases[-1], EnumType):
            raise TypeError("new enumerations should be created as "
                            "`EnumName([mixin_type, ...] [data_type,] enum_type)`")
        return bases[-1]

    def __new__(metacls, cls, bases, classdict, *, boundary=None, _simple=False, **kwds):
        base_enum = metacls._base_enum_(cls, bases)
        if base_enum is None:
            defaults = {"_member_type_": object, "_member_names_": [], "_member_map_": {},
                        "_value2member_map_": {}, "_value_repr_": None, "_is_flag_": False}
            return super().__new__(metacls, cls, bases, {**defaults, **classdict}, **kwds)
        names = classdict._member_names
        invalid = [name for name in names if name in ("mro", "")]
        if invalid:
            raise ValueError(
                f"invalid enum member name(s) {','.join([repr(name) for name in invalid])}")
        order = classdict.get("_order_")
        dropped = {*names, *classdict._ignore, "_ignore_", "_order_"}
        rest = {name: value for name, value in classdict.items() if name not in dropped}
        data = _data_type(cls, bases)
        new = rest.pop("__new__", None)
        if new is not None:
            new = getattr(new, "__func__", new)
            rest["__new_member__"] = staticmethod(new)
        else:
            new = getattr(data, "__new_member__", None) or getattr(
                base_enum, "__new_member__", None)
            if new is None and data is not object and data.__new__ is not object.__new__:
                new = data.__new__
        rest["_new_member_"] = staticmethod(new or object.__new__)
        rest["__new__"] = vars(Enum)["__new__"]
        rest["_member_names_"] = []
        rest["_member_map_"] = {}
        rest["_value2member_map_"] = {}
        rest["_member_type_"] = data
        rest["_value_repr_"] = _value_repr(bases)
        if base_enum._is_flag_:
            rest["_flag_mask_"] = rest["_singles_mask_"] = rest["_all_bits_"] = 0
            rest["_inverted_"] = None
        if boundary is not None:
            rest["_boundary_"] = boundary
        values = {name: classdict[name] for name in names}
        rest["_members_to_make_"] = _Members(values, new or object.__new__, new is not None)
        failed = None
        try:
            enum_class = super().__new__(metacls, cls, bases, rest, **kwds)
        except RuntimeError as error:
            # What making a member raises is raised as it is.
            failed = error.__cause__ or error
        if failed is not None:
            raise failed
        enum_class._prefer_(base_enum, data, bases, rest)
        if enum_class._is_flag_:
            enum_class._order_flags()
        if order is not None:
            enum_class._check_order_(order, values)
        return enum_class

    def _prefer_(cls, base_enum, data, bases, body):
        """Has methods of enumerations come before those of the data type."""
        def put(name, function):
            type.__setattr__(cls, name, function)

        if any(base.__name__ == "ReprEnum" and isinstance(base, EnumType) for base in bases):
            if data is object:
                raise TypeError("ReprEnum subclasses must be mixed with a data type"
                                " (i.e. int, str, float, etc.)")
            if "__format__" not in body:
                put("__format__", data.__format__)
            if "__str__" not in body:
                show = data.__repr__ if _definer(data, "__str__") is object else data.__str__
                put("__str__", lambda self: show(self))
        for name in ("__repr__", "__str__", "__format__"):
            if name in body or name in vars(cls):
                continue
            definer = _definer(cls, name)
            if definer is object or definer is _definer(data, name):
                put(name, getattr(base_enum, name))
        if cls._is_flag_:
            for name in ("__or__", "__and__", "__xor__", "__ror__", "__rand__", "__rxor__",
                         "__invert__"):
                if name not in body:
                    for base in cls.__mro__:
                        if name in vars(base) and isinstance(base, EnumType):
                            put(name, vars(base)[name])
                            break

    def _check_order_(cls, order, values):
        if isinstance(order, str):
            order = order.replace(",", " ").split()
        found = cls._member_names_
        if cls._is_flag_:
            found = list(cls._member_map_)
        aliases = {name for name in cls._member_map_ if name not in found}
        order = [name for name in order
                 if name not in aliases or cls._is_flag_ and name in cls._member_map_]
        if order != found:
            raise TypeError(
                f"member order does not match _order_:\n  {found!r}\n  {order!r}")

    def _member_of_(cls, value):
        """The member that has a value."""
        try:
            return cls._value2member_map_.get(value)
        except TypeError:
            for member in cls._member_map_.values():
                if member._value_ == value:
                    return member
        return None

    def __call__(cls, value, names=None, *, module=None, qualname=None, type=None, start=1,
                 boundary=None):
        if names is None:
            return cls._lookup_(value)
        return cls._create_(value, names, module, qualname, type, start, boundary)

    def _create_(cls, class_name, names, module, qualname, data, start, boundary):
        metacls = cls.__class__
        bases = (cls,) if data is None else (data, cls)
        namespace = metacls.__prepare__(class_name, bases)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        if hasattr(names, "items"):
            names = list(names.items())
        last = []
        for count, item in enumerate(names):
            if isinstance(item, str):
                name = item
                value = namespace._generate_next_value(name, start, count, last[:])
                last.append(value)
            else:
                name, value = item
            namespace[name] = value
        namespace["__module__"] = module or "__main__"
        if qualname is not None:
            namespace["__qualname__"] = qualname
        return metacls.__new__(metacls, class_name, bases, namespace, boundary=boundary)

    def _convert_(cls, name, module, filter, source=None, *, boundary=None, as_global=False):
        return __import__("_enum_tools").converted(
            cls, name, module, filter, source, boundary, as_global)

    def _lookup_(cls, value):
        if type(value) is cls:
            return value
        try:
            known = cls._value2member_map_.get(value)
        except TypeError:
            known = cls._member_of_(value)
        if known is not None:
            return known
        invalid = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        try:
            result = cls._missing_(value)
        except Exception as error:
            if not isinstance(error, ValueError):
                error.__context__ = invalid
            raise
        if isinstance(result, cls):
            return result
        if result is None:
            raise invalid
        if cls._is_flag_ and cls._boundary_ == "eject" and isinstance(result, int):
            return result
        error = TypeError(f"error in {cls.__name__}._missing_: returned {result!r} instead of"
                          " None or a valid member")
        error.__context__ = invalid
        raise error

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

    def __delattr__(cls, name):
        if name in vars(cls).get("_member_map_", {}):
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    def __dir__(cls):
        names = {"__class__", "__contains__", "__doc__", "__getitem__", "__init_subclass__",
                 "__iter__", "__len__", "__members__", "__module__", "__name__",
                 "__qualname__", *cls._member_names_}
        if cls._new_member_ is not object.__new__:
            names.add("__new__")
        if cls._member_type_ is object:
            return sorted(names)
        return sorted(names | set(dir(cls._member_type_)))

    @property
    def __members__(cls):
        return _MappingProxy(cls._member_map_)

    # An enumeration has these attributes where it has such members; its members always do.

    @property
    def name(cls):
        return cls._member_named_("name")

    @property
    def value(cls):
        return cls._member_named_("value")

    def _member_named_(cls, name):
        try:
            return cls._member_map_[name]
        except KeyError:
            raise AttributeError(name) from None


EnumMeta = EnumType
_MappingProxy = type(object.__dict__)


class Enum(metaclass=EnumType):
    """A class to derive enumerations from."""


    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start
        numbers = [value for value in last_values if isinstance(value, (int, float))]
        return max(numbers) + 1 if numbers else start

    @classmethod
    def _missing_(cls, value):
        return None

    def __new__(cls, value):
        # Calls of an enumeration come here only by this name: its metaclass looks members up.
        if not cls._member_map_:
            raise TypeError(
                "do not use `super().__new__; call the appropriate __new__ directly")
        return cls._lookup_(value)

    def __repr__(self):
        show = self.__class__._value_repr_ or repr
        return f"<{self.__class__.__name__}.{self._name_}: {show(self._value_)}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __format__(self, spec):
        return str.__format__(str(self), spec)

    def __dir__(self):
        cls = self.__class__
        names = {"__class__", "__doc__", "__eq__", "__hash__", "__module__"}
        if cls._member_type_ is not object:
            names |= set(object.__dir__(self))
        names |= {name for name in self.__dict__ if name[0] != "_"}
        for base in cls.__mro__:
            for name, found in vars(base).items():
                if name[0] == "_":
                    continue
                if isinstance(found, (property, _Property)):
                    if found.fget is not None or name not in cls._member_map_:
                        names.add(name)
                elif name not in cls._member_map_:
                    names.add(name)
        return sorted(names)

    def __hash__(self):
        return hash(self._name_)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class ReprEnum(Enum):
    """An enumeration that only changes `repr`."""


def unique(enumeration):
    """A class decorator: no two members have the same value."""
    duplicates = [(name, member.name) for name, member in enumeration.__members__.items()
                  if name != member.name]
    if duplicates:
        text = ", ".join([f"{alias} -> {name}" for alias, name in duplicates])
        raise ValueError(f"duplicate values found in {enumeration!r}: {text}")
    return enumeration


# What is compiled when somebody asks for it.
_LATER = {
    "IntEnum": "_enum_data", "StrEnum": "_enum_data",
    "Flag": "_enum_flags", "IntFlag": "_enum_flags", "FlagBoundary": "_enum_flags",
    "STRICT": "_enum_flags", "CONFORM": "_enum_flags", "EJECT": "_enum_flags",
    "KEEP": "_enum_flags",
    "EnumCheck": "_enum_tools", "CONTINUOUS": "_enum_tools", "NAMED_FLAGS": "_enum_tools",
    "UNIQUE": "_enum_tools", "verify": "_enum_tools", "global_enum": "_enum_tools",
    "global_enum_repr": "_enum_tools", "global_flag_repr": "_enum_tools",
    "global_str": "_enum_tools", "show_flag_values": "_enum_tools", "bin": "_enum_tools",
    "_iter_bits_lsb": "_enum_tools",
}

__all__ = ["EnumType", "EnumMeta", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum",
           "auto", "unique", "property", "verify", "member", "nonmember", "FlagBoundary", "STRICT",
           "CONFORM", "EJECT", "KEEP", "global_flag_repr", "global_enum_repr", "global_str",
           "global_enum", "EnumCheck", "CONTINUOUS", "NAMED_FLAGS", "UNIQUE"]


def __getattr__(name):
    if name == "property":
        # Under this name it would hide the built-in class from this module.
        return _Property
    if name not in _LATER:
        raise AttributeError(f"module 'enum' has no attribute {name!r}")
    value = getattr(__import__(_LATER[name]), name)
    setattr(_sys.modules["enum"], name, value)
    return value
