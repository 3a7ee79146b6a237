"""Abstract classes of containers: what has certain methods counts as derived from them."""

from _collections import deque as _deque
from abc import ABCMeta, abstractmethod


# What built-in classes derive from: their methods are not looked for.
_BUILTIN = {}


def _has(*names):
    """Has a class with these methods count as derived from the class that is decorated."""
    def decorate(cls):
        own = cls.__name__

        def hook(derived):
            for name in names:
                for base in derived.__mro__:
                    known = _BUILTIN.get(base)
                    if known is not None and own in known:
                        break
                    if known is not None and base is not object:
                        if own == "Hashable":
                            return NotImplemented
                        continue
                    if name in vars(base):
                        if vars(base)[name] is None:
                            return NotImplemented
                        break
                else:
                    return NotImplemented
            return True

        cls._hook = staticmethod(hook)
        return cls
    return decorate


class _Meta(ABCMeta):
    def _derives(cls, subclass):
        if cls.__module__ == __name__:
            hook = vars(cls).get("_hook")
            if hook is not None:
                if hook.__func__(subclass) is True:
                    return True
            else:
                for base in subclass.__mro__:
                    if cls.__name__ in _BUILTIN.get(base, ()):
                        return True
        return super()._derives(subclass)


class _Generic:
    """At run time a class with type parameters is the class."""

    __slots__ = ()

    def __class_getitem__(cls, item):
        return cls


@_has("__hash__")
class Hashable(metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __hash__(self):
        return 0


@_has("__await__")
class Awaitable(_Generic, metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __await__(self):
        yield


@_has("__await__", "send", "throw", "close")
class Coroutine(Awaitable):
    __slots__ = ()

    @abstractmethod
    def send(self, value):
        raise StopIteration

    @abstractmethod
    def throw(self, typ, val=None, tb=None):
        raise typ if val is None else val


@_has("__aiter__")
class AsyncIterable(_Generic, metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __aiter__(self):
        return self


@_has("__anext__", "__aiter__")
class AsyncIterator(AsyncIterable):
    __slots__ = ()

    def __aiter__(self):
        return self


@_has("__aiter__", "__anext__", "asend", "athrow", "aclose")
class AsyncGenerator(AsyncIterator):
    __slots__ = ()


@_has("__iter__")
class Iterable(_Generic, metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __iter__(self):
        while False:
            yield None


@_has("__iter__", "__next__")
class Iterator(Iterable):
    __slots__ = ()

    @abstractmethod
    def __next__(self):
        raise StopIteration

    def __iter__(self):
        return self


@_has("__reversed__", "__iter__")
class Reversible(Iterable):
    __slots__ = ()

    @abstractmethod
    def __reversed__(self):
        while False:
            yield None


@_has("__iter__", "__next__", "send", "throw", "close")
class Generator(Iterator):
    __slots__ = ()

    def __next__(self):
        return self.send(None)

    @abstractmethod
    def send(self, value):
        raise StopIteration

    @abstractmethod
    def throw(self, typ, val=None, tb=None):
        if val is None:
            raise typ
        raise val if tb is None else val.with_traceback(tb)

    def close(self):
        try:
            self.throw(GeneratorExit)
        except (GeneratorExit, StopIteration):
            return
        raise RuntimeError("generator ignored GeneratorExit")


@_has("__len__")
class Sized(metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __len__(self):
        return 0


@_has("__contains__")
class Container(_Generic, metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __contains__(self, x):
        return False


@_has("__call__")
class Callable(_Generic, metaclass=_Meta):
    __slots__ = ()

    @abstractmethod
    def __call__(self, *args, **kwds):
        return False


@_has("__len__", "__iter__", "__contains__")
class Collection(Sized, Iterable, Container):
    __slots__ = ()


class Sequence(Reversible, Collection):
    __slots__ = ()

    @abstractmethod
    def __getitem__(self, index):
        raise IndexError

    def __iter__(self):
        i = 0
        try:
            while True:
                yield self[i]
                i += 1
        except IndexError:
            return

    def __contains__(self, value):
        for v in self:
            if v is value or v == value:
                return True
        return False

    def __reversed__(self):
        for i in range(len(self) - 1, -1, -1):
            yield self[i]

    def index(self, value, start=0, stop=None):
        size = len(self)
        if start < 0:
            start = max(size + start, 0)
        if stop is not None and stop < 0:
            stop += size
        at = start
        while stop is None or at < stop:
            try:
                found = self[at]
            except IndexError:
                break
            if found is value or found == value:
                return at
            at += 1
        raise ValueError

    def count(self, value):
        return sum([1 for v in self if v is value or v == value])


class ByteString(Sequence):
    __slots__ = ()


class MutableSequence(Sequence):
    __slots__ = ()

    @abstractmethod
    def __setitem__(self, index, value):
        raise IndexError

    @abstractmethod
    def __delitem__(self, index):
        raise IndexError

    @abstractmethod
    def insert(self, index, value):
        raise IndexError

    def append(self, value):
        self.insert(len(self), value)

    def clear(self):
        try:
            while True:
                self.pop()
        except IndexError:
            pass

    def reverse(self):
        n = len(self)
        for i in range(n // 2):
            self[i], self[n - i - 1] = self[n - i - 1], self[i]

    def extend(self, values):
        if values is self:
            values = list(values)
        for value in values:
            self.append(value)

    def pop(self, index=-1):
        value = self[index]
        del self[index]
        return value

    def remove(self, value):
        del self[self.index(value)]

    def __iadd__(self, values):
        self.extend(values)
        return self


class Set(Collection):
    __slots__ = ()

    def __le__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) <= len(other) and all(item in other for item in self)

    def __lt__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) < len(other) and self.__le__(other)

    def __ge__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) >= len(other) and all(item in self for item in other)

    def __gt__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) > len(other) and self.__ge__(other)

    def __eq__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) == len(other) and self.__le__(other)

    @classmethod
    def _from_iterable(cls, it):
        return cls(it)

    def isdisjoint(self, other):
        return not any(value in self for value in other)

    def __and__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._from_iterable(value for value in other if value in self)

    __rand__ = __and__

    def __or__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._from_iterable(value for part in (self, other) for value in part)

    __ror__ = __or__

    def _set_of(self, other):
        return other if isinstance(other, Set) else self._from_iterable(other)

    def __sub__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        other = self._set_of(other)
        return self._from_iterable(value for value in self if value not in other)

    def __rsub__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._from_iterable(value for value in self._set_of(other) if value not in self)

    def __xor__(self, other):
        if not isinstance(other, Iterable):
            return NotImplemented
        other = self._set_of(other)
        return (self - other) | (other - self)

    __rxor__ = __xor__

    def _hash(self):
        """The hash that a frozen set of the same items has."""
        return hash(frozenset(self))


class MutableSet(Set):
    __slots__ = ()

    @abstractmethod
    def add(self, value):
        raise NotImplementedError

    @abstractmethod
    def discard(self, value):
        raise NotImplementedError

    def remove(self, value):
        if value not in self:
            raise KeyError(value)
        self.discard(value)

    def pop(self):
        for value in self:
            self.discard(value)
            return value
        raise KeyError

    def clear(self):
        try:
            while True:
                self.pop()
        except KeyError:
            pass

    def __ior__(self, it):
        for value in it:
            self.add(value)
        return self

    def __iand__(self, it):
        for value in self - it:
            self.discard(value)
        return self

    def __ixor__(self, it):
        if it is self:
            self.clear()
            return self
        for value in self._set_of(it):
            if value in self:
                self.discard(value)
            else:
                self.add(value)
        return self

    def __isub__(self, it):
        if it is self:
            self.clear()
            return self
        for value in it:
            self.discard(value)
        return self


class MappingView(Sized):
    __slots__ = ("_mapping",)

    def __init__(self, mapping):
        self._mapping = mapping

    def __len__(self):
        return len(self._mapping)

    def __repr__(self):
        return f"{type(self).__name__}({self._mapping!r})"

    def __class_getitem__(cls, item):
        return cls


class KeysView(MappingView, Set):
    __slots__ = ()

    @classmethod
    def _from_iterable(cls, it):
        return set(it)

    def __contains__(self, key):
        return key in self._mapping

    def __iter__(self):
        yield from self._mapping


class ItemsView(MappingView, Set):
    __slots__ = ()

    @classmethod
    def _from_iterable(cls, it):
        return set(it)

    def __contains__(self, item):
        key, value = item
        try:
            known = self._mapping[key]
        except KeyError:
            return False
        return known is value or known == value

    def __iter__(self):
        for key in self._mapping:
            yield key, self._mapping[key]


class ValuesView(MappingView, Collection):
    __slots__ = ()

    def __contains__(self, value):
        for key in self._mapping:
            known = self._mapping[key]
            if known is value or known == value:
                return True
        return False

    def __iter__(self):
        for key in self._mapping:
            yield self._mapping[key]


class Mapping(Collection):
    __slots__ = ()

    @abstractmethod
    def __getitem__(self, key):
        raise KeyError

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key):
        try:
            self[key]
        except KeyError:
            return False
        return True

    def keys(self):
        return KeysView(self)

    def items(self):
        return ItemsView(self)

    def values(self):
        return ValuesView(self)

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.items()) == dict(other.items())

    __reversed__ = None


class MutableMapping(Mapping):
    __slots__ = ()

    _missing = object()

    @abstractmethod
    def __setitem__(self, key, value):
        raise KeyError

    @abstractmethod
    def __delitem__(self, key):
        raise KeyError

    def pop(self, key, default=_missing):
        try:
            value = self[key]
        except KeyError:
            if default is MutableMapping._missing:
                raise
            return default
        del self[key]
        return value

    def popitem(self):
        for key in self:
            value = self[key]
            del self[key]
            return key, value
        raise KeyError

    def clear(self):
        try:
            while True:
                self.popitem()
        except KeyError:
            pass

    def update(self, other=(), /, **kwds):
        if isinstance(other, Mapping):
            for key in other:
                self[key] = other[key]
        elif hasattr(other, "keys"):
            for key in other.keys():
                self[key] = other[key]
        else:
            for key, value in other:
                self[key] = value
        for key, value in kwds.items():
            self[key] = value

    def setdefault(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            self[key] = default
        return default


def _register():
    def generator():
        yield

    sized = {"Sized", "Iterable", "Container", "Collection"}
    sequence = sized | {"Reversible", "Sequence"}
    iterator = {"Iterable", "Iterator", "Hashable"}
    _BUILTIN[list] = sequence | {"MutableSequence"}
    _BUILTIN[tuple] = sequence | {"Hashable"}
    _BUILTIN[str] = sequence | {"Hashable"}
    _BUILTIN[bytes] = sequence | {"Hashable", "ByteString"}
    _BUILTIN[bytearray] = sequence | {"MutableSequence", "ByteString"}
    _BUILTIN[_deque] = sequence | {"MutableSequence"}
    _BUILTIN[range] = sequence | {"Hashable"}
    _BUILTIN[dict] = sized | {"Reversible", "Mapping", "MutableMapping"}
    _BUILTIN[type(object.__dict__)] = sized | {"Reversible", "Mapping"}
    _BUILTIN[set] = sized | {"Set", "MutableSet"}
    _BUILTIN[frozenset] = sized | {"Set", "Hashable"}
    _BUILTIN[type({}.keys())] = sized | {"MappingView", "KeysView", "Set", "Reversible"}
    _BUILTIN[type({}.items())] = sized | {"MappingView", "ItemsView", "Set", "Reversible"}
    _BUILTIN[type({}.values())] = sized | {"MappingView", "ValuesView", "Reversible", "Hashable"}
    for value in (1, 1.5, True, None):
        _BUILTIN[type(value)] = {"Hashable"}
    for value in (len, [].append, generator, int, _register):
        _BUILTIN[type(value)] = {"Callable", "Hashable"}
    for value in (iter([]), iter(()), iter(""), iter(b""), iter(bytearray()), iter(range(0)), iter({}), iter(set()), zip(),
                  enumerate([]), map(len, []), filter(None, []), reversed([])):
        _BUILTIN[type(value)] = iterator
    _BUILTIN[type(generator())] = iterator | {"Generator"}
    _BUILTIN[object] = {"Hashable"}


_register()

__all__ = ["Awaitable", "Coroutine", "AsyncIterable", "AsyncIterator", "AsyncGenerator", "Hashable",
           "Iterable", "Iterator", "Generator", "Reversible", "Sized", "Container", "Callable",
           "Collection", "Set", "MutableSet", "Mapping", "MutableMapping", "MappingView",
           "KeysView", "ItemsView", "ValuesView", "Sequence", "MutableSequence", "ByteString"]
