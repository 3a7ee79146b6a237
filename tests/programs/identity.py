# Equality of objects whose classes say nothing of it, and objects that are given another class, in hot loops.
from enum import Enum


class Kind(Enum):
    BIG = 1
    SMALL = 2


class Plain:
    pass


class Derived(Plain):
    pass


class Says:
    def __eq__(self, other):
        return True


class Denies:
    def __ne__(self, other):
        return "denied"


class Items(list):
    pass


class First:
    def __add__(self, other):
        return 1

    def __call__(self):
        return 10


class Second:
    def __add__(self, other):
        return 2

    def __call__(self):
        return 20


class Get:
    def __get__(self, instance, owner):
        return "got"


class Holder:
    p = Plain()


class Holder2:
    p = Plain()


N = 3000


def compare(objects):
    counts = {}
    n = len(objects)
    for i in range(N):
        a, b = objects[i % n], objects[i // n % n]
        if a == b:
            counts["=="] = counts.get("==", 0) + 1
        if a != b:
            counts["!="] = counts.get("!=", 0) + 1
        answer = a == b, a != b
        counts[answer] = counts.get(answer, 0) + 1
    return sorted(counts.items(), key=str)


def kinds():
    k = Kind.BIG
    found = [0, 0]
    for i in range(N):
        if i == 1500:
            k = Kind.SMALL
        if k == Kind.BIG:
            found[0] += 1
        if k != Kind.BIG:
            found[1] += 1
    return found


def ordered():
    caught = 0
    a, b = Plain(), Plain()
    for i in range(N):
        try:
            if a < b:
                caught -= 1
        except TypeError as e:
            caught += 1
            last = str(e)
    return caught, last


def learns():
    a, b = Plain(), Derived()
    n = 0
    for i in range(N):
        if i == 2000:
            Plain.__eq__ = lambda self, other: True
        elif i == 2500:
            del Plain.__eq__
        if a == b:
            n += 1
        if b != a:
            n += 10000
    return n


O, O2, O3, O4 = First(), First(), First(), Plain()


def changes_class():
    n = [0] * 4
    for i in range(N):
        if i == 2000:
            O.__class__ = O2.__class__ = O3.__class__ = Second
            O4.__class__ = Says
        n[0] += isinstance(O, First)
        n[1] += O2 + 1
        n[2] += O3()
        n[3] += O4 == None
    return n


def becomes_descriptor():
    n = [0, 0]
    p, q, h = Holder.p, Holder2.p, Holder2()
    for i in range(N):
        if i == 2000:
            p.__class__ = q.__class__ = Get
        if Holder.p == "got":
            n[0] += 1
        if h.p == "got":
            n[1] += 1
    return n


P = Plain()
OBJECTS = [P, P, Plain(), Derived(), None, Kind.BIG, Kind.SMALL, 1, "s", ValueError("x"), Plain]
for line in compare(OBJECTS):
    print(line)
for line in compare([P, Says(), None, Denies(), Items(), [], Items([1]), Plain()]):
    print(line)
print(kinds(), ordered(), learns())
print(changes_class(), becomes_descriptor())
