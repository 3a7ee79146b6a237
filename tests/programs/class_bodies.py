"""Bodies of classes: the mapping of `__prepare__`, starred bases, and names that are not bound."""
def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
# classes
class B1: pass
class B2: pass
bases = (B1, B2)
class A(*bases, **{}): pass
print(A.__mro__, A.__bases__)
class M(type):
    def __prepare__(name, bases, **kw):
        print("prep", name, bases, kw)
        return {"pre": 1}
    def __new__(m, name, bases, ns, **kw):
        print("new", name, sorted(k for k in ns if not k.startswith('__')), kw)
        return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print("init", name, kw)
        super().__init__(name, bases, ns)
class P(metaclass=M, x=1):
    y = pre
print(P.pre, P.y)
class M2(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        class D(dict):
            def __setitem__(self, k, v):
                print("set", k)
                super().__setitem__(k, v)
            def __missing__(self, k):
                if k.startswith("auto"): return k
                raise KeyError(k)
        return D()
class P2(metaclass=M2):
    a = 1
    b = a + 1
    c = auto_x
    def f(self): return 1
    for i in range(2): pass
    try:
        print(zork)
    except NameError as e:
        print(e)
print(P2.a, P2.b, P2.c, P2().f(), P2.i)
def p3():
    def mk(*a, **k):
        class Q(*a, **k):
            z = 3
        return Q
    print(mk(B1).__mro__)
    t("kw", lambda: mk(B1, metaclass=M, foo=1))
    t("dupkw", lambda: mk(B1, B1))
p3()
class Ctx(type):
    def __prepare__(name, bases): return 5
def f():
    class X(metaclass=Ctx): pass
t("badprep", f)


def late():
    unbound = [zork for _ in range(1)]
    zork = 1
    return unbound


def late_outer():
    return [[inner for _ in range(1)] for _ in range(1) for inner in [later]]
    later = 1


t("late", late)
t("late outer", late_outer)


class Deletes:
    try:
        del absent
    except NameError as error:
        print(error)
    absent = 1
    del absent

made = 0
for n in range(100):
    made += P2().f() + len(P.__name__)
print(made)
