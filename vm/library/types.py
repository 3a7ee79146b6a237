"""The types of objects that have no name among the built-ins, and small classes of objects."""

import sys


def _function():
    yield


class _Class:
    __slots__ = ("slot",)

    def method(self):
        pass


FunctionType = type(_function)
LambdaType = FunctionType
GeneratorType = type(_function())
CodeType = type(_function.__code__) if hasattr(_function, "__code__") else None
MethodType = type(_Class().method)
BuiltinFunctionType = type(len)
BuiltinMethodType = type([].append)
ModuleType = type(sys)
NoneType = type(None)
EllipsisType = type(...)
NotImplementedType = type(NotImplemented)
MemberDescriptorType = type(_Class.slot)
MappingProxyType = type(_Class.__dict__)


class SimpleNamespace:
    """An object whose attributes are given by name."""

    def __init__(self, /, **attributes):
        for name, value in attributes.items():
            setattr(self, name, value)

    def __repr__(self):
        inner = ", ".join([f"{name}={value!r}" for name, value in self.__dict__.items()])
        name = type(self).__name__
        return f"{'namespace' if name == 'SimpleNamespace' else name}({inner})"

    def __eq__(self, other):
        if isinstance(self, SimpleNamespace) and isinstance(other, SimpleNamespace):
            return self.__dict__ == other.__dict__
        return NotImplemented


class GenericAlias:
    """A class with type parameters: at run time it does what the class does."""

    def __init__(self, origin, args):
        if not isinstance(args, tuple):
            args = (args,)
        self.__origin__ = origin
        self.__args__ = args

    def __call__(self, *args, **kwargs):
        return self.__origin__(*args, **kwargs)

    def __mro_entries__(self, bases):
        return (self.__origin__,)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __getitem__(self, args):
        return GenericAlias(self.__origin__, args)

    def __or__(self, other):
        return UnionType((self, other))

    def __ror__(self, other):
        return UnionType((other, self))

    def __eq__(self, other):
        if not isinstance(other, GenericAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def __repr__(self):
        args = ", ".join([_shown(arg) for arg in self.__args__])
        return f"{_shown(self.__origin__)}[{args}]"


class UnionType:
    """One of several types."""

    def __init__(self, args):
        parts = []
        for arg in args:
            inner = arg.__args__ if isinstance(arg, UnionType) else (arg,)
            for part in inner:
                if part is None:
                    part = NoneType
                if part not in parts:
                    parts.append(part)
        self.__args__ = tuple(parts)

    def __or__(self, other):
        return UnionType((self, other))

    def __ror__(self, other):
        return UnionType((other, self))

    def __instancecheck__(self, value):
        return isinstance(value, self.__args__)

    def __subclasscheck__(self, cls):
        return issubclass(cls, self.__args__)

    def __eq__(self, other):
        if not isinstance(other, UnionType):
            return NotImplemented
        return set(self.__args__) == set(other.__args__)

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __repr__(self):
        return " | ".join(["None" if arg is NoneType else _shown(arg) for arg in self.__args__])


def _shown(arg):
    if isinstance(arg, type):
        if arg.__module__ == "builtins":
            return arg.__qualname__
        return f"{arg.__module__}.{arg.__qualname__}"
    if arg is ...:
        return "..."
    if isinstance(arg, list):
        return "[" + ", ".join([_shown(part) for part in arg]) + "]"
    return repr(arg)


