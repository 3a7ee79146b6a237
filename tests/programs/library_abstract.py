# Abstract classes of containers: what counts as theirs, and what they give to what derives from them.
from array import array
from collections import ChainMap, Counter, UserDict, UserList, defaultdict, deque
from collections import abc


def failing(action):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print("no error")


for value in (b"", bytearray(), "", (), [], deque(), range(1), {}, {}.keys(), {}.items(), {}.values(), set(),
              frozenset(), iter(b""), 1, len, (i for i in ())):
    names = [name for name in ("Hashable", "Iterable", "Iterator", "Reversible", "Generator", "Sized", "Container",
                               "Callable", "Collection", "Set", "MutableSet", "Mapping", "MutableMapping", "KeysView",
                               "ItemsView", "ValuesView", "MappingView", "Sequence", "MutableSequence", "ByteString")
             if isinstance(value, getattr(abc, name))]
    print(type(value).__name__, *names)


class Few(abc.Set):
    def __init__(self, items=()):
        self.items = []
        for item in items:
            if item not in self.items:
                self.items.append(item)

    def __contains__(self, item):
        return item in self.items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    def __repr__(self):
        return f"Few({self.items})"

    def __hash__(self):
        return self._hash()


few = Few([1, 2, 3])
print(few & {2, 9}, {2, 9} & few, few | [4], [4, 1] | few, few - {1}, {1, 5} - few, few ^ [3, 7], {3, 7} ^ few)
print(few == {1, 2, 3}, {1, 2, 3} == few, few <= {1, 2, 3, 4}, few < {1, 2, 3}, {1} < few, few.isdisjoint([9]))
print(hash(few) == hash(frozenset([1, 2, 3])), {few: 1}[frozenset([1, 2, 3])])
failing(lambda: few | 3)
failing(lambda: few < 3)


class Changing(Few, abc.MutableSet):
    def add(self, item):
        if item not in self.items:
            self.items.append(item)

    def discard(self, item):
        if item in self.items:
            self.items.remove(item)


many = Changing([1, 2, 3, 4])
many &= {1, 2, 3}
many ^= {3, 5}
many -= [1]
many |= {8}
print(many, many.pop(), many)
failing(lambda: many.remove(99))
many.clear()
print(many, len(many))


class Squares(abc.Mapping):
    def __getitem__(self, key):
        if key not in (1, 2, 3):
            raise KeyError(key)
        return key * key

    def __iter__(self):
        return iter((1, 2, 3))

    def __len__(self):
        return 3

    def __repr__(self):
        return "Squares()"


squares = Squares()
print(squares.keys(), squares.items(), squares.values(), list(squares.items()))
print(squares.keys() & {1, 7}, (2, 4) in squares.items(), (2, 5) in squares.items(), 9 in squares.values())
print(squares == {1: 1, 2: 4, 3: 9}, squares.get(4, "no"), 4 in squares, len(squares.values()))


class Row(abc.Sequence):
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, at):
        return self.items[at]

    def __len__(self):
        return len(self.items)


row = Row(3, 1, 3)
print(list(row), list(reversed(row)), row.index(3, 1), row.index(3, -1), row.count(3), 1 in row)
failing(lambda: row.index(3, 1, 2))
failing(abc.Sequence)


class Silent:
    __iter__ = None
    __hash__ = None


print(issubclass(Silent, abc.Iterable), issubclass(Silent, abc.Hashable))
abc.Iterable.register(Silent)
print(issubclass(Silent, abc.Iterable))


class Steps(abc.Generator):
    def __init__(self):
        self.at = 0

    def send(self, value):
        self.at += 1 if value is None else value
        if self.at > 9:
            raise StopIteration
        return self.at

    def throw(self, kind, value=None, traceback=None):
        raise kind


steps = Steps()
print(next(steps), steps.send(3), list(steps), steps.close())

print(Counter(None), Counter(None, a=1), Counter(a="many"))
counts = Counter("abca")
counts += Counter("bb")
counts -= Counter("c")
counts |= Counter(z=4)
counts &= Counter(a=1, z=2, b=9)
print(counts)
failing(lambda: counts < 3)
print({"x": 1} | ChainMap({"y": 2}, {"x": 3}), ChainMap({"a": 1}) | {"b": 2})
held = defaultdict(None)
held.default_factory = held.copy
print(held.default_factory is not None)


class Marked(UserDict):
    pass


marked = Marked(a=1)
marked.mark = [1]
again = marked.copy()
print(again, again.mark is marked.mark, again.data is marked.data)
