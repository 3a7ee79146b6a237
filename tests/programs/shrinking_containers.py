# Containers that shrink, or change, while an argument gives its number, a comparison is made or
# a loop goes through them.
from array import array
from collections import deque


def attempt(label, use, *args):
    try:
        result = use(*args)
    except Exception as error:
        print(label, type(error).__name__, error)
    else:
        print(label, result)


class Index:
    """An index that empties its container when it is asked for its number."""

    def __init__(self, container, n):
        self.container, self.n = container, n

    def __index__(self):
        if isinstance(self.container, array):
            del self.container[:]
        else:
            self.container.clear()
        return self.n


def set_item(c, i, v):
    c[i] = v


def delete_item(c, i):
    del c[i]


KINDS = [
    lambda: [1, 2, 3, 4],
    lambda: deque([1, 2, 3, 4]),
    lambda: bytearray(b"abcd"),
    lambda: array("i", [1, 2, 3, 4]),
    lambda: array("d", [1.5, 2.5, 3.5, 4.5]),
]
USES = {
    "item": lambda c, at: c[at(2)],
    "item from the end": lambda c, at: c[at(-1)],
    "set": lambda c, at: set_item(c, at(2), 5),
    "delete": lambda c, at: delete_item(c, at(2)),
    "slice": lambda c, at: c[at(1) : at(3)],
    "slice with a step": lambda c, at: c[:: at(2)],
    "delete a slice": lambda c, at: delete_item(c, slice(at(1), at(3))),
    "delete every other": lambda c, at: delete_item(c, slice(None, None, at(2))),
    "pop": lambda c, at: c.pop(at(2)),
    "insert": lambda c, at: c.insert(at(2), 5),
}
for make in KINDS:
    for name, use in USES.items():
        c = make()
        attempt(type(c).__name__ + " " + name, use, c, lambda n: Index(c, n))
        print(c)

# The same where the loop is hot.
for make in KINDS:
    errors = {}
    taken = 0
    for i in range(300):
        c = make()
        at = Index(c, 2) if i % 50 == 49 else 2
        try:
            taken += c[at]
            c[at] = 1
            del c[at]
        except IndexError as error:
            errors[str(error)] = errors.get(str(error), 0) + 1
    print(type(c).__name__, taken, errors)

q = deque([1, 2])
attempt("times an object", lambda: q * Index(deque(), 2))
attempt("times a text", lambda: q * "2")


class Clearing:
    """Equal to nothing, but what is compared with it is empty afterwards."""

    def __init__(self, container, answer=False):
        self.container, self.answer = container, answer

    def __eq__(self, other):
        if isinstance(self.container, array):
            del self.container[:]
        else:
            self.container.clear()
        return self.answer

    __hash__ = None


for make in (lambda: [1, 2, 3], lambda: array("i", [1, 2, 3]), lambda: deque([1, 2, 3])):
    for answer in (False, True):
        for method in ("index", "remove", "count"):
            c = make()
            e = Clearing(c, answer)
            try:
                print(type(c).__name__, method, answer, getattr(c, method)(e), c)
            except Exception as error:
                print(type(c).__name__, method, answer, type(error).__name__, c)
        c = make()
        e = Clearing(c, answer)
        try:
            print(type(c).__name__, "in", answer, e in c, c)
        except Exception as error:
            print(type(c).__name__, "in", answer, type(error).__name__, c)
a = [1, 2, 3]
attempt("less", lambda: (a < [Clearing(a)] * 3, a))
a = [1, 2, 3]
attempt("greater or equal", lambda: (a >= [Clearing(a)] * 3, a))

for view in (reversed, lambda d: reversed(d.keys()), lambda d: reversed(d.values()),
             lambda d: reversed(d.items()), iter, lambda d: iter(d.items())):
    d = {"a": 1, "b": 2, "c": 3}
    print(list(view(d)))
    it = view(d)
    print(next(it))
    d["d"] = 4
    attempt("grown", next, it)
    attempt("still", next, it)
    d = {"a": 1, "b": 2, "c": 3}
    it = view(d)
    next(it)
    d["b"] = 20
    print(list(it), list(it))
    del d["a"], d["c"]
    print(list(view(d)), list(view({})))
