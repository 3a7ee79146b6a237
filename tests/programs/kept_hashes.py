"""Frozensets ask the items for their hashes once: those within each other cost no more than others."""
def nest(n):
    s = frozenset()
    for i in range(n): s = frozenset([s, frozenset([s])])
    return s
a = nest(40)
b = nest(40)
print(hash(a) == hash(b))
class H:
    n = 0
    def __hash__(self): H.n += 1; return 5
f = frozenset([H()]); n0 = H.n
hash(f); hash(f); {f: 1}; print(H.n - n0)
t = (H(),); n0 = H.n
hash(t); hash(t); print(H.n - n0)
p = frozenset(frozenset([i]) for i in range(5)); print(hash(p) == hash(frozenset(frozenset([i]) for i in range(4, -1, -1))), hash(p))
def powerset(s):
    r = [frozenset()]
    for x in s: r += [y | {x} for y in r]
    return r
ps = frozenset(powerset(range(6))); print(len(ps), hash(ps))
# von Neumann numbers
def vn(n):
    o = frozenset()
    for i in range(n): o = frozenset(o | {o})
    return o
print(len(vn(60)), hash(vn(30)) == hash(vn(30)))


class Counted:
    asked = 0

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        Counted.asked += 1
        return hash(self.value)

    def __eq__(self, other):
        return self.value == other.value


table = {}
for i in range(2000):
    table.setdefault(Counted(i % 50), []).append(i)
print(Counted.asked, len(table), sum(map(len, table.values())))
f = frozenset([1, 2])
print(f.copy() is f, frozenset(f) is f, {1}.copy() == {1}, len({f: 1, f.copy(): 2}))
try:
    (3).__class__ = float
except TypeError as error:
    print(error)
