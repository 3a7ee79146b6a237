# Copies by recipe and by class, and stacks of context managers: what chains, what is refused.
from contextlib import AbstractContextManager
import copy
class F:
    def m(self): pass
f=F(); f.b=f.m
g=copy.deepcopy(f)
print(g.m==g.b, g.b.__self__ is g, f.b==f.m, type(f.m), type(f.b) is type(g.b), g is f)
from collections import deque
class X:
    def __eq__(self,o): d.clear(); return False
d=deque([X(),X()])
try: d.remove(3)
except Exception as e: print(type(e), e)
class R:
    def __init__(self, a): self.a=a
    def __reduce__(self): return R, (self.a,), {"extra": [1]}
r=R([5]); c=copy.copy(r); k=copy.deepcopy(r)
print(c.a is r.a, c.extra, k.a is r.a, k.a)
class S(list):
    __slots__=("z",)
    def __getnewargs_ex__(self): return (), {}
s=S([1,[2]]); s.z=3
t=copy.deepcopy(s); print(t, t.z, t[1] is s[1])
class G:
    def __reduce_ex__(self, v): return "G"
x=G(); print(copy.copy(x) is x, copy.deepcopy(x) is x)
class H:
    def __getstate__(self): return {"a": 1}
print(vars(copy.copy(H())))
class J:
    def __init__(self): self.q=[1]
    def __setstate__(self, state): print("state", state); self.__dict__.update(state)
print(vars(copy.copy(J())), vars(copy.deepcopy(J())))
def gen(): yield
for v in (gen(), copy):
    try: copy.copy(v)
    except Exception as e: print(type(e), e)
class T(tuple): pass
t=T([1,[2]]); t.x=5; u=copy.deepcopy(t); print(u, u.x, type(u), u[1] is t[1])
class E2(Exception):
    def __init__(self, a, b): super().__init__(a, b); self.b=b
e=copy.deepcopy(E2(1,2)); print(repr(e), e.b)
from collections import OrderedDict, defaultdict, Counter, namedtuple
for v in (OrderedDict(a=[1]), defaultdict(list, a=[1]), Counter("ab"), deque([1,[2]],5), namedtuple("N","a b")(1,[2])):
    w=copy.deepcopy(v); print(w, w==v, copy.copy(v)==v, type(w) is type(v))
class L2(list):
    def append(self, x): print("append", x); list.append(self, x)
print(copy.copy(L2([1,2])))
class A2:
    __slots__=("p","q")
a=A2(); a.p=[1]; b=copy.deepcopy(a); print(b.p, b.p is a.p, hasattr(b,"q"))
from contextlib import ExitStack
def w(n, exc=None, suppress=False):
    class C:
        def __enter__(self): return self
        def __exit__(self, *a):
            print("exit", n, repr(a[1]), repr(a[1].__context__) if a[1] else None)
            if exc: raise exc
            return suppress
    return C()
try:
    with ExitStack() as s:
        s.enter_context(w(1)); s.enter_context(w(2, ValueError(2))); s.enter_context(w(3, KeyError(3)))
        1/0
except Exception as e:
    while e: print(repr(e)); e = e.__context__
try:
    try: raise OSError("outer")
    except OSError:
        with ExitStack() as s:
            s.enter_context(w(2, ValueError(2))); s.enter_context(w(3, KeyError(3)))
except Exception as e:
    while e: print(repr(e)); e = e.__context__
with ExitStack() as s:
    s.enter_context(w(1)); s.enter_context(w(2, None, True)); s.push(lambda *a: print("pushed", a[0])); s.callback(print, "called", sep="-")
    raise KeyError("inner")
try:
    with ExitStack() as s: s.enter_context(5)
except TypeError as e: print(e)
class L:
    def __enter__(self): pass
try:
    with ExitStack() as s: s.enter_context(L())
except TypeError as e: print(e)
def raise_exc(e): raise e
ex = [Exception(i) for i in range(1, 5)]
@__import__("contextlib").contextmanager
def my_cm():
    try: yield
    except BaseException:
        exc = ex[0]
        try: raise ex[1]
        finally: raise exc
try:
    with my_cm():
        with my_cm(): raise ex[3]
except Exception as e:
    while e: print(repr(e)); e = e.__context__
def g():
    try: yield
    finally: 1/0
with ExitStack() as s:
    t = s.pop_all()
print(type(t).__name__)
print(issubclass(L, AbstractContextManager), isinstance(w(1), AbstractContextManager))
