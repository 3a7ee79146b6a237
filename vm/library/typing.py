"""Names for annotations. At run time they are there, and say nothing."""

import collections.abc as _abc
from abc import ABCMeta, abstractmethod
from types import GenericAlias, UnionType

TYPE_CHECKING = False


class _Form:
    """Something that stands for types and can be given parameters."""

    def __init__(self, name, origin=None):
        self._name = name
        self.__origin__ = origin

    def __getitem__(self, args):
        if self._name == "Union" or self._name == "Optional":
            if not isinstance(args, tuple):
                args = (args,)
            if self._name == "Optional":
                args = args + (None,)
            return UnionType(args)
        return _Parametrized(self, args)

    def __or__(self, other):
        return UnionType((self, other))

    def __ror__(self, other):
        return UnionType((other, self))

    def __call__(self, *args, **kwargs):
        if self.__origin__ is None:
            raise TypeError(f"Cannot instantiate typing.{self._name}")
        return self.__origin__(*args, **kwargs)

    def __mro_entries__(self, bases):
        if self.__origin__ is None:
            return ()
        return (self.__origin__,)

    def __instancecheck__(self, value):
        return isinstance(value, self.__origin__)

    def __subclasscheck__(self, cls):
        return issubclass(cls, self.__origin__)

    def __repr__(self):
        return f"typing.{self._name}"


class _Parametrized(GenericAlias):
    def __call__(self, *args, **kwargs):
        return self.__origin__(*args, **kwargs)

    def __mro_entries__(self, bases):
        return self.__origin__.__mro_entries__(bases)


Any = _Form("Any")
Union = _Form("Union")
Optional = _Form("Optional")
ClassVar = _Form("ClassVar")
Final = _Form("Final")
Literal = _Form("Literal")
Annotated = _Form("Annotated")
NoReturn = _Form("NoReturn")
Never = _Form("Never")
Self = _Form("Self")
TypeAlias = _Form("TypeAlias")
Concatenate = _Form("Concatenate")
TypeGuard = _Form("TypeGuard")
List = _Form("List", list)
Dict = _Form("Dict", dict)
Set = _Form("Set", set)
FrozenSet = _Form("FrozenSet", frozenset)
Tuple = _Form("Tuple", tuple)
Type = _Form("Type", type)
Iterable = _Form("Iterable", _abc.Iterable)
Iterator = _Form("Iterator", _abc.Iterator)
Generator = _Form("Generator", _abc.Generator)
Sequence = _Form("Sequence", _abc.Sequence)
MutableSequence = _Form("MutableSequence", _abc.MutableSequence)
Mapping = _Form("Mapping", _abc.Mapping)
MutableMapping = _Form("MutableMapping", _abc.MutableMapping)
AbstractSet = _Form("AbstractSet", _abc.Set)
MutableSet = _Form("MutableSet", _abc.MutableSet)
Callable = _Form("Callable", _abc.Callable)
Hashable = _Form("Hashable", _abc.Hashable)
Sized = _Form("Sized", _abc.Sized)
Container = _Form("Container", _abc.Container)
Collection = _Form("Collection", _abc.Collection)
Reversible = _Form("Reversible", _abc.Reversible)
ByteString = _Form("ByteString")
Text = str
IO = _Form("IO")
TextIO = _Form("TextIO")
BinaryIO = _Form("BinaryIO")


def __getattr__(name):
    kinds = {"DefaultDict": "defaultdict", "OrderedDict": "OrderedDict", "Counter": "Counter",
             "Deque": "deque", "ChainMap": "ChainMap"}
    if name in kinds:
        import collections
        return _Form(name, getattr(collections, kinds[name]))
    raise AttributeError(f"module 'typing' has no attribute {name!r}")


class TypeVar:
    """A parameter of a generic class or function."""

    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = bound
        self._sign = "+" if covariant else "-" if contravariant else "~"

    def __or__(self, other):
        return UnionType((self, other))

    def __ror__(self, other):
        return UnionType((other, self))

    def __repr__(self):
        return self._sign + self.__name__


class ParamSpec(TypeVar):
    args = None
    kwargs = None


class TypeVarTuple(TypeVar):
    def __iter__(self):
        yield self


AnyStr = TypeVar("AnyStr", str)


class _GenericAlias(GenericAlias):
    pass


class Generic:
    """A base class of generic classes."""

    __slots__ = ()

    def __class_getitem__(cls, params):
        return _GenericAlias(cls, params)


class _ProtocolMeta(ABCMeta):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls._is_protocol = any(base.__dict__.get("_is_root") for base in bases)
        if cls._is_protocol and "__init__" not in namespace:
            cls.__init__ = _init_of_protocol
        return cls

    def _members(cls):
        """What an object has to have."""
        names = set()
        for base in cls.__mro__:
            if base.__dict__.get("_is_protocol"):
                names.update(vars(base))
                names.update(vars(base).get("__annotations__", ()))
        return names - _NOT_ASKED_FOR

    def _check(cls):
        if not cls.__dict__.get("_is_runtime_protocol"):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable "
                            "protocols")

    def __instancecheck__(cls, instance):
        if not cls._is_protocol or cls in type(instance).__mro__:
            return super().__instancecheck__(instance)
        cls._check()
        return all(hasattr(instance, name) for name in cls._members())

    def _derives(cls, subclass):
        if cls._is_protocol and cls not in subclass.__mro__:
            cls._check()
            return all(any(name in vars(base) and vars(base)[name] is not None
                           or name in vars(base).get("__annotations__", ())
                           for base in subclass.__mro__) for name in cls._members())
        return super()._derives(subclass)


def _init_of_protocol(self, *args, **kwargs):
    if type(self)._is_protocol:
        raise TypeError("Protocols cannot be instantiated")
    init = super(_last_protocol(type(self)), self).__init__
    if (args or kwargs) and init.__func__ is object.__init__:
        raise TypeError(f"{type(self).__name__}() takes no arguments")
    init(*args, **kwargs)


def _last_protocol(cls):
    """The last class in the order of lookup that has the `__init__` of protocols."""
    return [base for base in cls.__mro__ if vars(base).get("__init__") is _init_of_protocol][-1]


class Protocol(Generic, metaclass=_ProtocolMeta):
    """A base class of classes that say which methods there are."""

    __slots__ = ()
    _is_root = True


_NOT_ASKED_FOR = {"__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__slots__",
                  "__init__", "__hash__", "__annotations__", "__abstractmethods__", "__orig_bases__",
                  "__parameters__", "__subclasshook__", "__class_getitem__", "_abc_impl",
                  "_is_protocol", "_is_runtime_protocol", "_is_root", "__match_args__"}


def runtime_checkable(cls):
    """A decorator of a protocol: `isinstance` asks whether an object has what the protocol names."""
    if not getattr(cls, "_is_protocol", False):
        raise TypeError("@runtime_checkable can be only applied to protocol classes, got "
                        f"{cls!r}")
    cls._is_runtime_protocol = True
    return cls


@runtime_checkable
class SupportsInt(Protocol):
    @abstractmethod
    def __int__(self):
        pass


@runtime_checkable
class SupportsFloat(Protocol):
    @abstractmethod
    def __float__(self):
        pass


@runtime_checkable
class SupportsIndex(Protocol):
    @abstractmethod
    def __index__(self):
        pass


@runtime_checkable
class SupportsAbs(Protocol):
    @abstractmethod
    def __abs__(self):
        pass


def NewType(name, tp):
    """A function that gives its argument back."""
    def new_type(x):
        return x
    new_type.__name__ = name
    new_type.__supertype__ = tp
    return new_type


def cast(typ, val):
    return val


def overload(func):
    return func


def final(f):
    return f


def override(f):
    return f


def no_type_check(f):
    return f


def assert_never(arg, /):
    raise AssertionError(f"Expected code to be unreachable, but got: {arg!r}")


def assert_type(val, typ, /):
    return val


def reveal_type(obj, /):
    return obj


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    hints = {}
    if isinstance(obj, type):
        for base in reversed(obj.__mro__):
            hints.update(vars(base).get("__annotations__", {}))
    return hints


def get_origin(tp):
    return getattr(tp, "__origin__", None)


def get_args(tp):
    return getattr(tp, "__args__", ())


class _NamedTupleMeta(type):
    def __new__(mcls, name, bases, namespace):
        if not bases:
            return type.__new__(mcls, name, bases, namespace)
        from collections import namedtuple
        fields = list(namespace.get("__annotations__", {}))
        defaults = [namespace[field] for field in fields if field in namespace]
        cls = namedtuple(name, fields, defaults=defaults, module=namespace.get("__module__"))
        skipped = ("__module__", "__doc__", "__annotations__", "__orig_bases__", "__class__",
                   *fields)
        for key, value in namespace.items():
            if key == "__doc__" and value is not None or key not in skipped:
                setattr(cls, key, value)
        cls.__annotations__ = dict(namespace.get("__annotations__", {}))
        return cls


class NamedTuple(metaclass=_NamedTupleMeta):
    """A base class: the annotated variables are the fields of a tuple."""


class TypedDict:
    """A base class: its classes make plain dicts."""

    def __new__(cls, *args, **kwargs):
        return dict(*args, **kwargs)

    def __init_subclass__(cls, total=True):
        pass
