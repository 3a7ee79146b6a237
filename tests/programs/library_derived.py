"""Containers, records and enumerations that derive from built-in types."""
from collections import Counter, OrderedDict, defaultdict, namedtuple
from enum import Enum, IntEnum, IntFlag
from typing import NamedTuple


def groups():
    d = defaultdict(list)
    d["a"].append(1)
    d["b"].append(2)
    print(d, d["z"], sorted(d), len(d), "q" in d, d.get("q"), isinstance(d, dict))
    try:
        defaultdict()["x"]
    except KeyError as error:
        print("KeyError", error)
    letters = defaultdict(int)
    for letter in "hello":
        letters[letter] += 1
    print(dict(letters), letters == {"h": 1, "e": 1, "l": 2, "o": 1})


def counts():
    c = Counter("abracadabra")
    print(c, c.most_common(2), c["zz"], sum(c.values()), c.total())
    print(c + Counter("aab"), c - Counter("aaab"), sorted(c.elements())[:3])
    c.update("zz")
    c.subtract("a")
    print(c["z"], c["a"], c & Counter("abc"), Counter(a=1) | Counter(a=3), Counter({"x": 2}))


def ordered():
    o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
    o.move_to_end("a")
    print(o, list(o), o.popitem(), o.popitem(last=False))
    print(o == OrderedDict(c=3))


Point = namedtuple("Point", "x y")
Default = namedtuple("Default", ["a", "b"], defaults=[7])


class Sum(namedtuple("Sum", "u v")):
    def all(self):
        return self.u + self.v


class Person(NamedTuple):
    name: str
    age: int = 3

    def greeting(self):
        return "hi " + self.name


def records():
    p = Point(1, y=2)
    print(p, p.x, p[1], p == (1, 2), p._replace(x=5), p._asdict(), Point._fields, len(p))
    print(Point._make([3, 4]), hash(p) == hash((1, 2)), isinstance(p, tuple))
    a, b = p
    print(a, b, sorted([Point(2, 1), Point(1, 2)]), {p: 1}[(1, 2)])
    try:
        p.x = 3
    except AttributeError as error:
        print("AttributeError", error)
    print(Default(1), Default._field_defaults, Sum(1, 2), Sum(1, 2).all())
    print(Person("x"), Person("x", 4).age, Person("y").greeting(), Person._fields)


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Mixed(int, Enum):
    ONE = 1


class Access(IntFlag):
    R = 4
    W = 2
    X = 1


def enumerations():
    print(Level.LOW + 1, Level.HIGH > Level.LOW, Level(2), repr(Level.LOW), [10, 20, 30][Level.LOW])
    print(Level.LOW == 1, f"{Level.LOW}", int(Level.HIGH), isinstance(Level.LOW, int))
    print(repr(Mixed.ONE), Mixed.ONE + 1, {1: "x"}[Level.LOW])
    print(repr(Access.R | Access.W), Access.R | 1 == 5, Access(7) & Access.X, (Access.R | Access.X).value)


def hot(n):
    total = 0
    seen = defaultdict(int)
    for i in range(n):
        p = Point(i, i % 7)
        total += p.x * p.y + Level.HIGH
        seen[i % 5] += 1
    return total, dict(seen)


groups()
counts()
ordered()
records()
enumerations()
print(hot(2000))
