"""What classes can say about their objects, and metaclasses about classes."""
def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
class Base:
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag
        print("sub", cls.__name__, tag)
class A(Base, tag=1): pass
class B(A): pass
t("is", lambda: type("C", (Base,), {}, tag=5).tag)
class D:
    def __set_name__(self, owner, name):
        self.name = name; print("set_name", owner.__name__, name)
    def __get__(self, obj, owner=None):
        if obj is None: return self
        print("get", type(obj).__name__); return obj.__dict__.get(self.name, 'none')
    def __set__(self, obj, v):
        print("set", v); obj.__dict__[self.name] = v
    def __delete__(self, obj):
        print("del"); del obj.__dict__[self.name]
class ND:
    def __get__(self, obj, owner): return ("nd", obj is None, owner.__name__)
class U:
    d = D(); n = ND()
u = U(); print(u.d); u.d = 3; print(u.d, u.__dict__); del u.d; print(u.d, u.n, U.n); u.n = 5; print(u.n); del u.n; print(u.n)
t('dd', lambda: delattr(u, 'd'))
class BadSN:
    def __set_name__(self, o, n): raise ValueError("x")
def f():
    class Q:
        z = BadSN()
try: f()
except Exception as e: print(type(e), e, repr(e.__cause__))
class CG:
    def __class_getitem__(cls, k): return (cls.__name__, k)
print(CG[1], CG[1, 2])
t('cg', lambda: A[1])
t('cg', lambda: int[1])
print(list[int], dict[str, int], list[int]() , tuple[int, ...])
class GA:
    x = 1
    def __getattribute__(self, n):
        if n == 'secret': raise AttributeError("no secret")
        return object.__getattribute__(self, n)
    def __getattr__(self, n): return "fallback " + n
g = GA(); print(g.x, g.secret, g.other)
class SA:
    def __setattr__(self, n, v): print("setattr", n, v); super().__setattr__(n, v)
    def __delattr__(self, n): print("delattr", n); super().__delattr__(n)
s = SA(); s.a = 1; del s.a
t('sa', lambda: delattr(s, 'b'))
class New:
    def __new__(cls, *a, **k):
        o = super().__new__(cls); print("new", a, k); return o
    def __init__(self, *a, **k): print("init", a, k)
New(1, b=2)
class NewOther:
    def __new__(cls): return 5
    def __init__(self): print("never")
print(NewOther())
t("noargs", lambda: U(1))
t("noargs", lambda: U(a=1))
t("noargs", lambda: object(1))
class I0:
    def __init__(self, a, b=2, *, c): pass
t("init", lambda: I0())
t("init", lambda: I0(1))
t("init", lambda: I0(1, 2, 3))
t("init", lambda: I0(1, c=1, d=2))
class RI:
    def __init__(self): return 1
t("ri", lambda: RI())
def f():
    class X: pass
    x = X(); X.a = 1
    class Y: b = 5
    x.__class__ = Y
    return x.b, type(x).__name__
t("class=", f)
class P:
    @property
    def a(self): "doc a"; return 1
    @a.setter
    def a(self, v): print("seta", v)
    @a.deleter
    def a(self): print("dela")
p = P(); p.a = 3; del p.a; print(p.a, P.a.__doc__, P.a.fget(p), P.a.fset is None)
class WO: 
    x = property(None, lambda s, v: None)
print(isinstance(P.a, property), type(P.a))
class St:
    @staticmethod
    def s(a): return a
    @classmethod
    def c(cls, a): return cls, a
    def m(self): return self
print(St.s(1), St().s(2), St.c(3), St().c(4), St.__dict__['s'].__func__(5), St.__dict__['c'].__func__(6, 7))
print(type(St.__dict__['s']), St.__dict__['s'](9))
t("unb", lambda: St.m())
m = St().m; print(m.__name__, m.__func__ is St.m, type(m.__self__).__name__, m == m.__self__.m, m.__qualname__)
def deco(*a):
    def w(c): c.decorated = a; return c
    return w
@deco(1, 2)
@deco(3)
class Dc: pass
print(Dc.decorated)
class Outer:
    class Inner:
        def f(self): return Outer.Inner.__qualname__
    x = Inner
print(Outer.Inner().f(), Outer.x.__name__, Outer.Inner.f.__qualname__, repr(Outer.Inner))
class X1: pass
class Y1(X1): pass
class Z1(X1): pass
class W1(Y1, Z1): pass
print([c.__name__ for c in W1.mro()], W1.__base__, W1.__bases__)
def f():
    class Bad(X1, Y1): pass
t("mro", f)
t("super", lambda: super().x)
t("super", lambda: super(1, 2))
t("super", lambda: super(W1, 5))
print(super(W1, W1()), isinstance(W1(), (int, X1)), issubclass(W1, (X1, int)), issubclass(bool, int))
t("isi", lambda: isinstance(1, 1))
t("isi", lambda: isinstance(1, (1,)))
t("iss", lambda: issubclass(1, int))
t("iss", lambda: issubclass(int, 1))
print(isinstance(1, int | str), int | None)
class Call:
    def __call__(self, *a, **k): return a, k
print(Call()(1, b=2), callable(Call()), callable(X1()), callable(X1))
class Fmt:
    def __format__(self, s): return f"<{s}>"
    def __str__(self): return "S"
    def __repr__(self): return "R"
    def __bytes__(self): return b"by"
print(f"{Fmt():abc} {Fmt()} {Fmt()!r:>5} {Fmt()!s}", format(Fmt(), "q"), "%s %r" % (Fmt(), Fmt()), bytes(Fmt()), [Fmt()])
class EqH:
    def __init__(s, v): s.v = v
    def __eq__(s, o): return isinstance(o, EqH) and s.v == o.v
    def __hash__(s): return hash(s.v)
print({EqH(1): 'a'}[EqH(1)], len({EqH(1), EqH(1)}), EqH(1) != EqH(2), EqH(1) in [EqH(1)])
class It:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * 2
print(list(It()), 4 in It(), list(reversed([1])))
class Ent:
    def __enter__(self): print("enter"); return self
    def __exit__(self, *a): print("exit", a[0]); return True
with Ent() as e, Ent():
    raise ValueError(1)
print("after")
class NoEx:
    def __enter__(self): pass
def f():
    with NoEx(): pass
t("noex", f)
def f():
    with 5: pass
t("noex", f)
class M(type):
    def __call__(cls, *a): print("meta call", a); return super().__call__(*a)
    def __repr__(cls): return f"<M {cls.__name__}>"
    def __len__(cls): return 7
    def __iter__(cls): return iter([1, 2])
    def __getitem__(cls, k): return k
    def __contains__(cls, k): return k == 1
    def __bool__(cls): return False
    def __eq__(cls, o): return True
    def __hash__(cls): return 1
    @property
    def prop(cls): return "prop"
    def meth(cls): return cls.__name__
    def __instancecheck__(cls, o): return True
    def __lt__(cls, o): return "lt"
    def __add__(cls, o): return "add"
class MC(metaclass=M):
    def __init__(self, *a): pass
print(bool(MC), MC(1).__class__.__name__, MC, len(MC), list(MC), MC[3], 1 in MC, MC == 4, MC.prop, MC.meth(), isinstance(3, MC), type(MC), MC < 1, MC + 1)
t("mc", lambda: MC().prop)
X2 = type("X2", (X1,), {"a": 1, "f": lambda self: self.a})
print(X2, X2().f(), X2.__module__, X2.__name__)
t("type", lambda: type("a"))
t("type", lambda: type("a", 1))
t("type", lambda: type("a", 1, {}))
t("type", lambda: type(1, (), {}))
t("type", lambda: type("a", (bool,), {}))
t("type", lambda: type("a", (type(None),), {}))
t("type", lambda: type("a", (type(len),), {}))
t("type", lambda: type("a", (range,), {}))
class Nm: pass
Nm.__name__ = "Other"; print(Nm, Nm.__name__); Nm.__qualname__ = "Q"; print(Nm)
Nm.__doc__ = "d"; print(Nm.__doc__)
class Pn:
    def __init__(self): self.__x = 1
    def get(self): return self.__x
    def __priv(self): return 2
    def call(self): return self.__priv()
print(Pn().get(), Pn().__dict__, Pn().call())
t("pn", lambda: Pn().__x)
class Cnt:
    n = 0
    def inc(self): self.n += 1; Cnt.n += 10; return self.n
c = Cnt(); print(c.inc(), c.inc(), Cnt.n, vars(c))
print(hasattr(c, 'n'), getattr(c, 'zz', 4), [a for a in dir(c) if not a.startswith('__')])
setattr(c, 'q', 2); delattr(c, 'q')
t("ga", lambda: getattr(c, 'q'))
t("ga", lambda: getattr(c, 5))
t("ga", lambda: setattr(c, 5, 1))
t("ga", lambda: hasattr(c, 5))
t("ga", lambda: delattr(c, 'zip'))
class Rd:
    def __radd__(self, o): return ("radd", o)
    def __rsub__(self, o): return ("rsub", o)
    def __rpow__(self, o): return ("rpow", o)
    def __rmatmul__(self, o): return ("rmm", o)
    def __rlshift__(self, o): return "rls"
    def __rfloordiv__(self, o): return "rfd"
    def __rdivmod__(self, o): return "rdm"
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "inv"
    def __abs__(self): return "abs"
    def __round__(self, n=None): return ("round", n)
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __trunc__(self): return 3
    def __int__(self): return 7
    def __float__(self): return 1.5
    def __index__(self): return 2
    def __complex__(self): return 1
    def __dir__(self): return ["b", "a"]
    def __sizeof__(self): return 1
    def __reversed__(self): return "rev"
    def __length_hint__(self): return 3
import math
r = Rd()
print(1 + r, [] + r, 2 - r, 2 ** r, 1 @ r, 1 << r, 1 // r, divmod(1, r), -r, +r, ~r, abs(r), round(r), round(r, 2), math.floor(r), math.ceil(r), math.trunc(r), int(r), float(r), [1,2,3][r], hex(r), range(r), dir(r), reversed(r), "a" * r, [0] * r)
sum([r, r]) if 0 else None
print(sum([1, r]) if True else 0)
class Keeps(type):
    def __delattr__(cls, name):
        if name == "kept":
            raise AttributeError("kept")
        super().__delattr__(name)
class Kept(metaclass=Keeps):
    kept = other = 1
t("del", lambda: delattr(Kept, "kept"))
del Kept.other
t("del", lambda: Kept.other)
import math
class Rd:
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __trunc__(self): return 3
    def __float__(self): return 1.5
    def __abs__(self): return "abs"
    def __round__(self, n=None): return ("round", n)
    def __index__(self): return 2
    def __reversed__(self): return "rev"
    def __dir__(self): return ["b", "a"]
r = Rd()
for l, f in dict(floor=lambda: math.floor(r), ceil=lambda: math.ceil(r), trunc=lambda: math.trunc(r), fl=lambda: float(r), i=lambda: int(r), ab=lambda: abs(r), rd=lambda: round(r), rd2=lambda: round(r, 2), idx=lambda: [1, 2, 3][r], hx=lambda: hex(r), rg=lambda: range(r), rv=lambda: reversed(r), dr=lambda: dir(r), mu=lambda: [0] * r, sq=lambda: math.sqrt(r)).items():
    try: print(l, f())
    except Exception as e: print(l, type(e), e)
total = 0
for n in range(100):
    total += n
print(total)


class Shrunk:
    """A length that is greater than what there is."""

    def __init__(self, items, claimed):
        self.items = items
        self.claimed = claimed

    def __len__(self):
        return self.claimed

    def __getitem__(self, index):
        if index == 1:
            raise StopIteration
        return self.items[index]


for items, claimed in (([], 3), ([1, 2], 3), ([1, 2, 3, 4], 4)):
    backwards = reversed(Shrunk(items, claimed))
    print(list(backwards), list(backwards))
