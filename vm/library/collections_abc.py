"""Abstract classes of containers: what has certain methods counts as derived from them."""

from abc import ABCMeta, abstractmethod


_BUILTIN = {}


def _has(*names):
    def decorate(cls):
        own = cls
        def __subclasshook__(derived):
            if derived in _BUILTIN:
                return own.__name__ in _BUILTIN[derived] or NotImplemented
            for name in names:
                for base in derived.__mro__:
                    if name in vars(base) or own.__name__ in _BUILTIN.get(base, ()):
                        break
                else:
                    return NotImplemented
            return True
        cls._hook = staticmethod(__subclasshook__)
        return cls
    return decorate


class _Meta(ABCMeta):
    def _derives(cls, subclass):
        hook = vars(cls).get("_hook")
        if hook is not None and hook.__func__(subclass) is True:
            return True
        for base in subclass.__mro__:
            if cls.__name__ == "Hashable" and vars(base).get("__hash__", cls) is None:
                return False
            known = _BUILTIN.get(base)
            if known is not None:
                if cls.__name__ in known and cls.__module__ == __name__:
                    return True
                break
        return super()._derives(subclass)


class Hashable(metaclass=_Meta):
    @abstractmethod
    def __hash__(self):
        return 0


@_has("__iter__")
class Iterable(metaclass=_Meta):
    @abstractmethod
    def __iter__(self):
        while False:
            yield None

    def __class_getitem__(cls, item):
        return cls


@_has("__iter__", "__next__")
class Iterator(Iterable):
    @abstractmethod
    def __next__(self):
        raise StopIteration

    def __iter__(self):
        return self


@_has("__reversed__", "__iter__")
class Reversible(Iterable):
    @abstractmethod
    def __reversed__(self):
        while False:
            yield None


class Generator(Iterator):
    pass


@_has("__len__")
class Sized(metaclass=_Meta):
    @abstractmethod
    def __len__(self):
        return 0


@_has("__contains__")
class Container(metaclass=_Meta):
    @abstractmethod
    def __contains__(self, x):
        return False

    def __class_getitem__(cls, item):
        return cls


@_has("__call__")
class Callable(metaclass=_Meta):
    @abstractmethod
    def __call__(self, *args, **kwds):
        return False

    def __class_getitem__(cls, item):
        return cls


@_has("__len__", "__iter__", "__contains__")
class Collection(Sized, Iterable, Container):
    pass


class Sequence(Reversible, Collection):
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
        for i, v in enumerate(self):
            if i >= start and (stop is None or i < stop) and (v is value or v == value):
                return i
        raise ValueError

    def count(self, value):
        return sum([1 for v in self if v is value or v == value])


class MutableSequence(Sequence):
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
        while len(self):
            self.pop()

    def reverse(self):
        n = len(self)
        for i in range(n // 2):
            self[i], self[n - i - 1] = self[n - i - 1], self[i]

    def extend(self, values):
        for value in list(values):
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
    def __le__(self, other):
        return len(self) <= len(other) and all(item in other for item in self)

    def __lt__(self, other):
        return len(self) < len(other) and self <= other

    def __ge__(self, other):
        return len(self) >= len(other) and all(item in self for item in other)

    def __gt__(self, other):
        return len(self) > len(other) and self >= other

    def __eq__(self, other):
        if not isinstance(other, Set):
            return NotImplemented
        return len(self) == len(other) and self <= other

    @classmethod
    def _from_iterable(cls, it):
        return cls(it)

    def __and__(self, other):
        return self._from_iterable([value for value in other if value in self])

    def isdisjoint(self, other):
        return not any(value in self for value in other)

    def __or__(self, other):
        return self._from_iterable([e for s in (self, other) for e in s])

    def __sub__(self, other):
        return self._from_iterable([value for value in self if value not in other])

    def __xor__(self, other):
        return (self - other) | (other - self)


class MutableSet(Set):
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
        while len(self):
            self.pop()

    def __ior__(self, it):
        for value in it:
            self.add(value)
        return self


class Mapping(Collection):
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
        return list(self)

    def items(self):
        return [(key, self[key]) for key in self]

    def values(self):
        return [self[key] for key in self]

    def __eq__(self, other):
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.items()) == dict(other.items())


class MutableMapping(Mapping):
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
        for key in list(self):
            del self[key]

    def update(self, other=(), /, **kwds):
        items = other.items() if hasattr(other, "items") else other
        for key, value in items:
            self[key] = value
        for key, value in kwds.items():
            self[key] = value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]


def _register():
    def generator():
        yield

    sized = {"Sized", "Iterable", "Container", "Collection"}
    sequence = sized | {"Reversible", "Sequence"}
    iterator = {"Iterable", "Iterator", "Hashable"}
    _BUILTIN[list] = sequence | {"MutableSequence"}
    _BUILTIN[tuple] = sequence | {"Hashable"}
    _BUILTIN[str] = sequence | {"Hashable"}
    _BUILTIN[range] = sequence | {"Hashable"}
    _BUILTIN[dict] = sized | {"Reversible", "Mapping", "MutableMapping"}
    _BUILTIN[type(object.__dict__)] = sized | {"Reversible", "Mapping"}
    _BUILTIN[set] = sized | {"Set", "MutableSet"}
    _BUILTIN[frozenset] = sized | {"Set", "Hashable"}
    _BUILTIN[type({}.keys())] = sized | {"Set", "Reversible"}
    _BUILTIN[type({}.items())] = sized | {"Set", "Reversible"}
    _BUILTIN[type({}.values())] = sized | {"Reversible"}
    for value in (1, 1.5, True, None):
        _BUILTIN[type(value)] = {"Hashable"}
    for value in (len, [].append, generator, int, _register):
        _BUILTIN[type(value)] = {"Callable", "Hashable"}
    for value in (iter([]), iter(()), iter(""), iter(range(0)), iter({}), iter(set()), zip(),
                  enumerate([]), map(len, []), filter(None, []), reversed([])):
        _BUILTIN[type(value)] = iterator
    _BUILTIN[type(generator())] = iterator | {"Generator"}
    _BUILTIN[object] = {"Hashable"}


_register()
