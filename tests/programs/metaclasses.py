class Meta(type):
    def __new__(mcs, name, bases, namespace, **kw):
        cls = super().__new__(mcs, name, bases, namespace)
        cls.made = sorted(k for k in namespace if not k.startswith("__"))
        cls.kw = kw
        return cls
    def __init__(cls, name, bases, namespace, **kw):
        print("init", cls.__name__, kw)
    def __call__(cls, *args, **kw):
        print("call", cls.__name__, args, kw)
        return super().__call__(*args, **kw)
    def __len__(cls):
        return len(cls.made)
    def __iter__(cls):
        return iter(cls.made)
    def __getitem__(cls, k):
        return cls.made[k]
    def __contains__(cls, k):
        return k in cls.made
    def __repr__(cls):
        return f"<Meta {cls.__name__}>"
    @property
    def shout(cls):
        return cls.__name__.upper()
    def helper(cls):
        return cls.__name__
    def __instancecheck__(cls, x):
        return x == 5 or type.__instancecheck__(cls, x)
class A(metaclass=Meta, tag=1):
    x = 1
    def __init__(self, v=3, *, w=4):
        self.v = v; self.w = w
class B(A):
    y = 2
a = A(7, w=8)
print(a.v, a.w, len(A), list(B), B[0], "y" in B, A, type(A), type(B) is Meta, A.shout, B.helper(), A.kw)
print(isinstance(5, A), isinstance(a, A), isinstance(6, A), type(a) is A, isinstance(B, Meta), isinstance(B, type), issubclass(Meta, type))
class P:
    subs = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        P.subs.append((cls.__name__, tag))
class Q(P, tag="q"): pass
class R(Q): pass
print(P.subs)
class D:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
    def __get__(self, o, t=None):
        return self if o is None else 42
class E:
    d = D()
print(E().d)
T = type("T", (A,), {"z": 5, "f": lambda self: self.z})
print(T, T(1).f())
U = type("U", (), {"z": 5})
print(U().z, U.__name__, U.__module__)
class F:
    a: int = 3
    b: "str"
    c: list[int] = None
    d: dict[str, int] | None = None
print(F.__annotations__)
class G:
    def __class_getitem__(cls, item):
        return (cls.__name__, item)
print(G[int, 3])
print(list[int], dict[str, list[int]], tuple[int, ...], list[int] == list[int])
try:
    int[3]
except TypeError as e: print(e)
def f(): "doc"
f.x = 3
f.__name__ = "g"
print(f.__name__, f.__doc__)
print(type.__call__(list, (1,2)))
print(Meta.mro(A) if False else [c.__name__ for c in B.mro()], [c.__name__ for c in A.__subclasses__()])
class Single(type):
    inst = {}
    def __call__(cls, *a):
        if cls not in cls.inst:
            cls.inst[cls] = super().__call__(*a)
        return cls.inst[cls]
class S(metaclass=Single):
    def __init__(self, v): self.v = v
print(S(1) is S(2), S(3).v)


class Counted(type):
    made = 0

    def __call__(cls, *args):
        Counted.made += 1
        return super().__call__(*args)


class Point(metaclass=Counted):
    def __init__(self, x):
        self.x = x


def loop(n):
    total = 0
    for i in range(n):
        total += Point(i).x
        if isinstance(i, int):
            total += F.a
    return total


print(loop(3000), Counted.made)


def plain(n):
    total = 0
    for i in range(n):
        total += F.a + i
    return total


print(plain(3000))
