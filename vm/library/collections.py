"""Containers beside the built-in ones."""

import sys as _sys

# What derives from built-in types is compiled when somebody asks for it.
_LATER = {
    "defaultdict": "_collections_dicts",
    "OrderedDict": "_collections_dicts",
    "Counter": "_collections_dicts",
    "namedtuple": "_collections_tuples",
}

__all__ = ["deque", "ChainMap", "UserDict", *_LATER]


def __getattr__(name):
    if name not in _LATER:
        raise AttributeError(f"module 'collections' has no attribute {name!r}")
    value = getattr(__import__(_LATER[name]), name)
    setattr(_sys.modules["collections"], name, value)
    return value


class deque:
    """A list that grows and shrinks at both ends."""

    # The items stand in a list from `_first` on; what was taken from the front leaves a gap.
    __slots__ = ("_items", "_first", "_maxlen")
    __hash__ = None

    def __init__(self, iterable=(), maxlen=None):
        if maxlen is not None:
            if not isinstance(maxlen, int):
                raise TypeError("an integer is required")
            if maxlen < 0:
                raise ValueError("maxlen must be non-negative")
        self._items = []
        self._first = 0
        self._maxlen = maxlen
        self.extend(iterable)

    @property
    def maxlen(self):
        return self._maxlen

    def append(self, x, /):
        self._items.append(x)
        if self._maxlen is not None and len(self._items) - self._first > self._maxlen:
            self.popleft()

    def appendleft(self, x, /):
        first = self._first
        if first == 0:
            first = len(self._items) + 8
            self._items[:0] = [None] * first
        first -= 1
        self._items[first] = x
        self._first = first
        if self._maxlen is not None and len(self._items) - first > self._maxlen:
            self.pop()

    def pop(self):
        items = self._items
        if len(items) == self._first:
            raise IndexError("pop from an empty deque")
        return items.pop()

    def popleft(self):
        items = self._items
        first = self._first
        if len(items) == first:
            raise IndexError("pop from an empty deque")
        item = items[first]
        items[first] = None
        first += 1
        if first > 32 and first * 2 > len(items):
            del items[:first]
            first = 0
        self._first = first
        return item

    def extend(self, iterable, /):
        if iterable is self:
            iterable = list(iterable)
        if self._maxlen is None:
            self._items.extend(iterable)
        else:
            for item in iterable:
                self.append(item)

    def extendleft(self, iterable, /):
        if iterable is self:
            iterable = list(iterable)
        for item in iterable:
            self.appendleft(item)

    def clear(self):
        self._items = []
        self._first = 0

    def copy(self):
        return type(self)(self, self._maxlen)

    __copy__ = copy

    def _list(self):
        return self._items[self._first:]

    def _set(self, items):
        self._items = items
        self._first = 0

    def rotate(self, n=1, /):
        items = self._list()
        if items:
            n %= len(items)
            self._set(items[-n:] + items[:-n] if n else items)

    def reverse(self):
        self._set(self._list()[::-1])

    def count(self, x, /):
        return self._list().count(x)

    def index(self, x, start=0, stop=None, /):
        items = self._list()
        size = len(items)
        stop = size if stop is None else stop
        start = max(start + size, 0) if start < 0 else start
        stop = max(stop + size, 0) if stop < 0 else min(stop, size)
        for at in range(start, stop):
            if items[at] is x or items[at] == x:
                return at
        raise ValueError(f"{x!r} is not in deque")

    def insert(self, i, x, /):
        items = self._list()
        if self._maxlen is not None and len(items) >= self._maxlen:
            raise IndexError("deque already at its maximum size")
        items.insert(i, x)
        self._set(items)

    def remove(self, value, /):
        items = self._list()
        for at, item in enumerate(items):
            if item is value or item == value:
                del items[at]
                self._set(items)
                return
        raise ValueError(f"{value!r} is not in deque")

    def __len__(self):
        return len(self._items) - self._first

    def __bool__(self):
        return len(self._items) > self._first

    def _place(self, index):
        size = len(self._items) - self._first
        if not isinstance(index, int):
            raise TypeError("sequence index must be integer, not "
                            f"'{type(index).__name__}'")
        if index < 0:
            index += size
        if not 0 <= index < size:
            raise IndexError("deque index out of range")
        return self._first + index

    def __getitem__(self, index):
        return self._items[self._place(index)]

    def __setitem__(self, index, value):
        self._items[self._place(index)] = value

    def __delitem__(self, index):
        del self._items[self._place(index)]

    def __iter__(self):
        size = len(self._items) - self._first
        at = 0
        while at < len(self._items) - self._first:
            yield self._items[self._first + at]
            at += 1
            if len(self._items) - self._first != size:
                raise RuntimeError("deque mutated during iteration")

    def __reversed__(self):
        return reversed(self._list())

    def __contains__(self, x):
        return x in self._list()

    def __eq__(self, other):
        if not isinstance(other, deque):
            return NotImplemented
        return self._list() == other._list()

    def __lt__(self, other):
        if not isinstance(other, deque):
            return NotImplemented
        return self._list() < other._list()

    def __le__(self, other):
        if not isinstance(other, deque):
            return NotImplemented
        return self._list() <= other._list()

    def __gt__(self, other):
        if not isinstance(other, deque):
            return NotImplemented
        return self._list() > other._list()

    def __ge__(self, other):
        if not isinstance(other, deque):
            return NotImplemented
        return self._list() >= other._list()

    def __add__(self, other):
        if not isinstance(other, deque):
            raise TypeError(f'can only concatenate deque (not "{type(other).__name__}") to deque')
        result = self.copy()
        result.extend(other)
        return result

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __mul__(self, n):
        return type(self)(self._list() * n, self._maxlen)

    __rmul__ = __mul__

    def __imul__(self, n):
        self._set(self._list() * n)
        if self._maxlen is not None:
            self._set(self._items[len(self._items) - self._maxlen:])
        return self

    def __repr__(self):
        name = type(self).__name__
        if self._maxlen is None:
            return f"{name}({self._list()!r})"
        return f"{name}({self._list()!r}, maxlen={self._maxlen})"

    def __class_getitem__(cls, item):
        return cls


class ChainMap:
    """Several mappings seen as one: the first has what is written."""

    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def __iter__(self):
        merged = {}
        for mapping in reversed(self.maps):
            for key in mapping:
                merged[key] = None
        return iter(merged)

    def __len__(self):
        return len(list(iter(self)))

    def __bool__(self):
        return any(self.maps)

    def keys(self):
        return list(self)

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __delitem__(self, key):
        try:
            del self.maps[0][key]
        except KeyError:
            raise KeyError(f"Key not found in the first mapping: {key!r}")

    def new_child(self, m=None, **kwargs):
        return type(self)({} if m is None else m, *self.maps)

    @property
    def parents(self):
        return type(self)(*self.maps[1:])

    def __repr__(self):
        return f"{type(self).__name__}({', '.join([repr(mapping) for mapping in self.maps])})"


class UserDict:
    """A dict to derive from: it keeps its items in `data`."""

    def __init__(self, dict=None, /, **kwargs):
        self.data = {}
        self.update(dict or {}, **kwargs)

    def update(self, other=(), /, **kwargs):
        items = other.items() if hasattr(other, "items") else other
        for key, value in items:
            self[key] = value
        for key, value in kwargs.items():
            self[key] = value

    def __len__(self):
        return len(self.data)

    def __getitem__(self, key):
        if key in self.data:
            return self.data[key]
        if hasattr(type(self), "__missing__"):
            return type(self).__missing__(self, key)
        raise KeyError(key)

    def __setitem__(self, key, item):
        self.data[key] = item

    def __delitem__(self, key):
        del self.data[key]

    def __iter__(self):
        return iter(self.data)

    def __contains__(self, key):
        return key in self.data

    def get(self, key, default=None):
        return self[key] if key in self else default

    def keys(self):
        return self.data.keys()

    def values(self):
        return self.data.values()

    def items(self):
        return self.data.items()

    def pop(self, key, *default):
        return self.data.pop(key, *default)

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def __repr__(self):
        return repr(self.data)
