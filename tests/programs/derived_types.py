# Classes that derive from built-in types.


class Stack(list):
    def push(self, item):
        self.append(item)
        self.pushes = getattr(self, "pushes", 0) + 1

    def top(self):
        return self[-1]


s = Stack([1, 2, 3])
s.push(4)
print(s, len(s), s.top(), s.pushes, s == [1, 2, 3, 4], [1, 2, 3, 4] == s, isinstance(s, list))
print(s[1:3], type(s[1:3]), s + [5], type(s + [5]), sorted(s, reverse=True), sum(s), max(s))
s += (7, 8)
print(type(s).__name__, s, 7 in s, s.index(7), s.count(1), list(reversed(s)), [x * 2 for x in s])
s[0] = 100
del s[1]
s.sort()
print(s, bool(s), bool(Stack()), Stack.__mro__)
s.extend(Stack("ab"))
print(s.pop(), s, s.copy(), type(s.copy()), repr(s), str(s), f"{s}")


class Loud(list):
    def __getitem__(self, index):
        return ("item", super().__getitem__(index))

    def __len__(self):
        return super().__len__() * 10

    def __iter__(self):
        for x in super().__iter__():
            yield -x

    def append(self, x):
        super().append(x + 1)


loud = Loud()
for i in range(4):
    loud.append(i)
print(loud[0], len(loud), list(loud), loud, [*loud], loud.__len__(), list.__len__(loud))
list.append(loud, 99)
print(list.__getitem__(loud, -1), list.pop(loud))


class Init(list):
    def __init__(self, n, fill=0):
        super().__init__([fill] * n)
        self.n = n


print(Init(3), Init(2, fill="x"), Init(2).n)


class Default(dict):
    def __init__(self, factory, *args, **kw):
        super().__init__(*args, **kw)
        self.factory = factory

    def __missing__(self, key):
        self[key] = value = self.factory()
        return value


d = Default(list, a=[1])
for i in range(10):
    d["even" if i % 2 == 0 else "odd"].append(i)
print(d, len(d), d.get("zzz"), "zzz" in d, d["a"], sorted(d.items()), d == dict(d), type(d | {"k": 1}))
d |= {"more": 3}
print(type(d), d.pop("more"), list(d), d.factory, {**d}, dict(d))


class Counter(dict):
    def __missing__(self, key):
        return 0


c = Counter()
for ch in "abracadabra":
    c[ch] += 1
print(c, c["zzz"], "zzz" in c, sorted(c, key=c.get), c.copy(), Counter(a=1), Counter({"x": 2}), Counter.fromkeys("ab", 5), type(Counter.fromkeys("ab")))


class Frozen(dict):
    def __setitem__(self, key, value):
        raise TypeError("frozen")

    def __getitem__(self, key):
        return "<" + str(super().__getitem__(key)) + ">"


f = Frozen(a=1)
try:
    f["b"] = 2
except TypeError as e:
    print(e)
print(f["a"], f.get("a"), f)


class Meters(float):
    def __add__(self, other):
        return Meters(float.__add__(self, other))

    def __repr__(self):
        return f"{float(self)}m"


m = Meters(1.5)
print(m + 1, m * 2, type(m * 2), m + m, [m], str(m), f"{m:.2f}", m > 1, m == 1.5, hash(m) == hash(1.5), round(m), int(m), abs(-m), m.is_integer())


class Mod7(int):
    def __new__(cls, value):
        return super().__new__(cls, value % 7)

    def __add__(self, other):
        return Mod7(int(self) + int(other))

    __radd__ = __add__

    def __mul__(self, other):
        return Mod7(int(self) * int(other))


a = Mod7(5)
print(a + 4, 4 + a, a * a, type(a + 1), a - 1, type(a - 1), [10, 20, 30, 40, 50, 60][a], a == 5, {5: "five"}[a], range(a), "x" * a, a << 2, -a, ~a, divmod(a, 2), a ** 2, 2 ** a, bool(Mod7(7)), hex(a), f"{a:03d}", "%d" % a, a.bit_length(), a.real)
total = 0
for i in range(3000):
    total = a + i
print(total, int(a), float(a), str(a), repr(a), sum([a, a]), max(a, 3), sorted([a, 1, 9]), isinstance(a, int), a < 6, 6 > a)


class Path(str):
    def __truediv__(self, other):
        return Path(self + "/" + other)

    @property
    def name(self):
        return self.rsplit("/", 1)[-1]


p = Path("usr") / "local" / "bin"
print(p, p.name, len(p), p.upper(), type(p.upper()), p == "usr/local/bin", {p: 1}["usr/local/bin"], {"usr/local/bin": 2}[p], p[3], p[:3], "local" in p, repr(p), p + "!", "%s" % p, f"{p:>20}", hash(p) == hash("usr/local/bin"), "".join([p, p]), p.split("/"), sorted([p, "a"]), p.startswith("usr"), "a" < p)


class Point(tuple):
    def __new__(cls, x, y):
        return tuple.__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]

    @property
    def y(self):
        return self[1]

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


q = Point(1, 2)
x, y = q
print(q, q.x, q + Point(3, 4), type(q + q), q == (1, 2), hash(q) == hash((1, 2)), {q: "q"}[(1, 2)], q < (2, 0), x, y, len(q), q[::-1], q * 2, "%s-%s" % q, [*q], Point(*q), q.index(2), max(q))


class Tags(set):
    def add(self, item):
        super().add(item.lower())


t = Tags(["a"])
t.add("B")
print(sorted(t), "b" in t, len(t), t == {"a", "b"}, t | {"c"} == {"a", "b", "c"}, type(t | {"c"}).__name__, Tags(), Tags([1]), isinstance(t, set))


class FS(frozenset):
    pass


print(FS([1]), FS(), hash(FS([1, 2])) == hash(frozenset([1, 2])), {FS([1]): 1}[frozenset([1])])


class Err(ValueError):
    def __init__(self, message, code):
        super().__init__(message)
        self.code = code

    def __str__(self):
        return f"{self.args[0]} [{self.code}]"


try:
    raise Err("bad", 7)
except ValueError as e:
    print(e, e.code, e.args, repr(e))

try:
    class Both(int, str):
        pass
except TypeError as e:
    print(e)

for bad in (lambda: list.append(5, 1), lambda: str.upper(3), lambda: dict.get()):
    try:
        bad()
    except TypeError as e:
        print(e)
s = Stack([1]); s.x = 5
print(s.__dict__, vars(s), Stack.__name__, Stack.__bases__, isinstance(Mod7(3), (str, int)), issubclass(Stack, list))
class Slotted(tuple):
    __slots__ = ()
try:
    Slotted((1,)).x = 5
except AttributeError as e:
    print(e)
class New:
    def __new__(cls, *args, **kw):
        self = super().__new__(cls)
        self.made = (args, sorted(kw.items()))
        return self
    def __init__(self, a, b=2, *, c=3):
        self.abc = a, b, c
n = New(1, b=5, c=6)
print(n.made, n.abc)
print([1].__add__([2]), (5).__add__(6), (5).__add__("x"), "a".__len__(), [3].__contains__(3), {1: 2}.__getitem__(1), (5).__eq__(5.0), "a".__eq__(1), (2.5).__floor__(), [].__eq__([]), (3).__rsub__(10))
up = str.upper
print(list(map(up, ["a", "b"])), sorted(["b", "A"], key=str.lower), list(map(str.strip, [" x "])), [].append.__name__)
total = 0
numbers = Stack(range(50))
for i in range(3000):
    total = (total + i * 3) % 1009
for i in range(300):
    total += numbers[i % 50] + len(numbers)
print(total)
