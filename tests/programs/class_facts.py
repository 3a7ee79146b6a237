# What classes and objects tell of themselves in hot loops: members of enumerations, names, classes; and what becomes
# of compiled code where the answer changes.
from abc import ABC
from enum import Enum


class Color(Enum):
    RED = 1
    GREEN = 2


class Meta(type):
    @property
    def x(cls):
        return 5

    y = 7


class Shadowed(metaclass=Meta):
    x = 1
    y = 2


class Plain:
    pass


class Other:
    pass


class Holder:
    p = Plain()


class Get:
    def __get__(self, instance, owner):
        return "got"


class Number(int):
    pass


class Checks(type):
    def __instancecheck__(cls, instance):
        return instance == 3


class Three(metaclass=Checks):
    pass


class Abstract(ABC):
    pass


Abstract.register(str)
N = 3000


def members():
    found = [0, 0]
    for i in range(N):
        c = Color.RED if i % 3 else Color.GREEN
        if c is Color.RED:
            found[0] += 1
        elif c is Color.GREEN:
            found[1] += Color.GREEN.value
    return found


def of_metaclass():
    s = 0
    for i in range(N):
        s += Shadowed.x * 10 + Shadowed.y
    return s


def held():
    s = []
    for i in range(N):
        if i == 2000:
            Holder.p = Other()
        elif i == 2500:
            Holder.p = Get()
        p = Holder.p
        s.append(p if type(p) is str else type(p).__name__)
    return [s.count(n) for n in ("Plain", "Other", "got")]


def names(objects):
    out = {}
    for i in range(N):
        o = objects[i % len(objects)]
        key = type(o).__name__, o.__class__.__qualname__, type(o).__module__, o.__class__ is type(o)
        out[key] = out.get(key, 0) + 1
    return sorted(out.items())


def renamed():
    out = {}
    for i in range(N):
        if i == 2000:
            Other.__name__ = "Another"
        out[Other.__name__] = out.get(Other.__name__, 0) + 1
    return out


def changes_class():
    out = []
    o = Plain()
    for i in range(N):
        if i == 2000:
            o.__class__ = Other
        out.append(o.__class__)
    return out.count(Plain), out.count(Other)


def of_classes():
    found = set()
    for i in range(N):
        found.add((Plain.__class__, Shadowed.__class__, Color.__class__, int.__class__, Color.RED.__class__))
    return sorted(str(c) for c in found.pop())


def tests(objects):
    counts = [0] * 6
    for i in range(N):
        o = objects[i % len(objects)]
        counts[0] += isinstance(o, (int, str))
        counts[1] += isinstance(o, (Plain, list, Color))
        counts[2] += isinstance(o, (float, Three))
        counts[3] += isinstance(o, (Abstract, Shadowed))
        counts[4] += issubclass(type(o), (int, Plain))
        counts[5] += isinstance(o, Color)
    return counts


def wrong_tests():
    caught = 0
    for i in range(N):
        try:
            caught += isinstance(i, (str, 3 if i > 2500 else int))
        except TypeError as e:
            last = str(e)
            caught += 100000
    return caught, last


def fresh():
    # Tuples that somebody sees are made anew.
    same = 0
    last = None
    for i in range(N):
        t = (int, str)
        if isinstance(i, t) and t is last:
            same += 1
        last = t
    return same


OBJECTS = [Plain(), 1, "s", 2.5, None, Color.RED, [1], Shadowed(), Number(4), 3, ValueError("x"), True, len]
print(members(), of_metaclass(), held(), changes_class(), fresh())
for line in names(OBJECTS):
    print(line)
print(renamed())
print(of_classes())
print(tests(OBJECTS))
print(wrong_tests())
