class Point:
    """A point."""
    count = 0

    def __init__(self, x, y=0):
        self.x = x
        self.y = y
        Point.count += 1

    def __repr__(self):
        return f"Point({self.x}, {self.y})"

    def __add__(self, other):
        if not isinstance(other, Point):
            return NotImplemented
        return Point(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return Point(self.x + other, self.y + other)

    def __mul__(self, k):
        return Point(self.x * k, self.y * k)

    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __neg__(self):
        return Point(-self.x, -self.y)

    @property
    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

    @norm.setter
    def norm(self, value):
        k = value / self.norm
        self.x *= k
        self.y *= k

    @staticmethod
    def origin():
        return Point(0, 0)

    @classmethod
    def of(cls, pair):
        return cls(*pair)


p, q = Point(3, 4), Point.of((1, 2))
print(p, q, p + q, p * 3, 1 + p, -p, p == q, p == Point(3, 4), p != q)
print(p.norm, Point.origin(), Point.count, p.__class__.__name__, Point.__doc__)
p.norm = 10
print(p)
print({p: 1}[Point(6.0, 8.0)], len({Point(1, 1), Point(1, 1)}))
try:
    p + "x"
except TypeError as e:
    print(e)
try:
    p.z
except AttributeError as e:
    print(e)
p.z = 5
print(p.z, hasattr(p, "z"), getattr(p, "w", "none"), p.__dict__)
del p.z
print(hasattr(p, "z"))


class Animal:
    sound = "..."

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} says {self.sound}"


class Dog(Animal):
    sound = "woof"

    def __init__(self, name, tricks=()):
        super().__init__(name)
        self.tricks = list(tricks)

    def speak(self):
        return super().speak() + "!"


class Puppy(Dog):
    pass


for animal in [Animal("a"), Dog("d"), Puppy("p", ["sit"])]:
    print(animal.speak(), type(animal).__name__)
print(issubclass(Puppy, Animal), isinstance(Dog("x"), (int, Animal)))


class A:
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    def who(self):
        return ["D"] + super().who()


print(D().who(), [c.__name__ for c in D.__mro__])


class Seq:
    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, v):
        self.items[i] = v

    def __delitem__(self, i):
        del self.items[i]

    def __contains__(self, x):
        return x in self.items

    def __iter__(self):
        return iter(self.items)

    def __call__(self, a, b=1):
        return a + b

    def __bool__(self):
        return False


s = Seq([1, 2, 3])
s[0] = 10
del s[1]
print(len(s), s[0], list(s), 3 in s, s(1), s(1, b=5), bool(s), [x for x in s])


class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Countdown(3)), sum(Countdown(4)))


class Lazy:
    def __getattr__(self, name):
        return name.upper()


print(Lazy().hello)


class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


x = Slots()
try:
    x.c = 1
except AttributeError as e:
    print(e)


class Private:
    def __init__(self):
        self.__secret = 1

    def get(self):
        return self.__secret


print(Private().get(), Private()._Private__secret)


class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


head = None
for i in range(5):
    head = Node(i, head)
total = 0
n = head
while n is not None:
    total += n.value
    n = n.next
print(total)
total = 0
for i in range(3000):
    pt = Point(i, 1)
    total += pt.x + pt.y
print(total, Point.count)


class Meta:
    class Inner:
        value = 7
    items = [i * 2 for i in range(4)]
    size = len(items)


print(Meta.Inner.value, Meta.items, Meta.size, Meta.Inner)


class Money:
    def __init__(self, v):
        self.v = v

    def __lt__(self, o):
        return self.v < o.v

    def __iadd__(self, o):
        self.v += o
        return self

    def __format__(self, spec):
        return f"${self.v:{spec}}"

    def __str__(self):
        return f"${self.v}"


ms = sorted([Money(3), Money(1), Money(2)])
print([m.v for m in ms], max(ms).v, f"{ms[0]:.2f}", str(ms[1]))
m = ms[0]
m += 5
print(m.v, m is ms[0])
print(type(m), type(m) is Money, type(type(m)), object().__class__)
