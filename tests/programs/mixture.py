class Tree:
    def __init__(self, v):
        self.v = v
        self.kids = []
    def walk(self):
        yield self.v
        for k in self.kids:
            yield from k.walk()
t = Tree(1); t.kids = [Tree(2), Tree(3)]; t.kids[0].kids.append(Tree(4))
print(list(t.walk()))
def g():
    try:
        yield 1
    except ValueError as e:
        print("caught", e)
        yield 2
    finally:
        print("fin")
x = g(); print(next(x)); print(x.throw(ValueError("q"))); x.close()
def h():
    raise StopIteration(3)
    yield
try:
    next(h())
except RuntimeError as e:
    print(e, repr(e.__cause__))
class E:
    def __add__(self, o): return self + o
try:
    E() + 1
except RecursionError as e:
    print("rec")
class R:
    def __repr__(self): return repr(self)
try:
    repr(R())
except RecursionError as e:
    print("rec2")
def deep(n): return deep(n + 1)
try:
    deep(0)
except RecursionError as e:
    print(e)
words = "the quick brown fox jumps over the lazy dog the end".split()
counts = {}
for w in words:
    counts[w] = counts.get(w, 0) + 1
print(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))[:3])
print([*map(lambda a, b: a * b, [1, 2], [3, 4])], list(filter(None, [0, 1, 2])), list(reversed([1, 2])))
print(dict(a=1, b=2), dict([(1, 2)]), {**{"x": 1}}, {1: "a"} == {1: "a"}, {1, 2} == {2, 1})
a, *b = "abc"; print(a, b)
print(getattr(3, "real"), type(3) is int, isinstance(True, int), callable(len), type(None))
with_default = lambda x=[]: x
print(f"{words[0]!r:>10}", str(ValueError("x")), repr(KeyError("k")))
print(hash(1.0) == hash(1), hash((1, 2)), hash(2.5), {1: "int", 1.0: "float", True: "bool"})
try:
    {[]: 1}
except TypeError as e:
    print(e)
for i in range(3):
    d = {i: i}
    try:
        for k in d:
            d[k + 10] = 1
    except RuntimeError as e:
        print(e)
class Temp:
    def __init__(self): self._c = 0
    @property
    def c(self): return self._c
    @c.setter
    def c(self, v): self._c = v
t = Temp()
for i in range(300):
    t.c += i
total = 0
for i in range(500):
    total += i * 2
print(total)
