"""`__slots__`, layouts of bases, and attributes that built-in objects do not have."""
def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
class S: __slots__ = 'x'
s = S(); s.x = 1
t("s", lambda: s.x)
def f(): s.y = 2
t("s2", f)
t("s3", lambda: s.y)
del s.x
t("s4", lambda: s.x)
def f(): del s.x
t("s5", f)
t("s6", lambda: s.__dict__)
t("s7", lambda: vars(s))
def f():
    class C:
        __slots__ = ('x',)
        x = 1
t("conf", f)
def f():
    class C:
        __slots__ = ('x', 'x')
    return C.__slots__
t("dup", f)
def f():
    class C:
        __slots__ = ('1x',)
t("ident", f)
def f():
    class C:
        __slots__ = (1,)
t("int", f)
def f():
    class C:
        __slots__ = 5
t("nonit", f)
def f():
    class C(int):
        __slots__ = ('x',)
t("varlen", f)
def f():
    class C(tuple):
        __slots__ = ('x',)
t("varlen", f)
def f():
    class C(bytes):
        __slots__ = 'x'
t("varlen", f)
def f():
    class C(int):
        __slots__ = ()
    c = C(4); 
    return c + 1, hasattr(c, '__dict__')
t("varlen0", f)
class L(list):
    __slots__ = ('q',)
l = L([1]); l.q = 3
print(l, l.q)
def f(): l.z = 1
t("lz", f)
class D(S): pass
d = D(); d.y = 1; d.x = 2
print(d.__dict__, d.x)
class D2(S): __slots__ = ('z', '__dict__')
d = D2(); d.z = 1; d.w = 2; d.x = 5
print(d.__dict__, d.z, d.x)
t("w", lambda: D2().z)
t("w", lambda: D2().w)
class W: __slots__ = ('__weakref__', 'a')
w = W(); w.a = 1
def f(): w.b = 1
t("wb", f)
def f():
    class C:
        __slots__ = ('__dict__', '__dict__')
t("dd", f)
def f():
    class C(D):
        __slots__ = ('__dict__',)
t("dd2", f)
def f():
    class X: __slots__ = 'a'
    class Y: __slots__ = 'b'
    class Z(X, Y): pass
t("lay", f)
def f():
    class X: __slots__ = 'a'
    class Y: __slots__ = ()
    class Z(X, Y): __slots__ = 'c'
    z = Z(); z.a = 1; z.c = 2
    return z.a, z.c
t("lay ok", f)
def f():
    class Z(int, str): pass
t("lay", f)
def f():
    class Z(int, float): pass
t("lay", f)
def f():
    class Z(ValueError, int): pass
t("lay", f)
def f():
    class Z(dict, list): pass
t("lay", f)
def f():
    class Z(OSError, SystemExit): pass
t("lay", f)
def f():
    class Z(KeyError, AttributeError): pass
    return Z.__mro__
t("lay exc", f)
def f():
    class Z(KeyError, ValueError): pass
    return Z("a"), Z.__mro__
t("lay exc", f)
def f():
    class Z(OSError, ValueError): pass
    return Z(1, "a")
t("lay exc", f)
class Pt:
    __slots__ = ('_x',)
    def __init__(self, x): self._x = x
    @property
    def x(self): return self._x
    @x.setter
    def x(self, v): self._x = v
p = Pt(3); p.x = 4; print(p.x)
print(Pt._x, type(Pt._x), Pt._x.__get__(p), Pt.__dict__['_x'])
t("desc", lambda: Pt._x.__get__(5, int))
t("desc", lambda: Pt._x.__set__(p, 9))
print(p.x)
class Mang:
    __slots__ = ('__a',)
    def __init__(self): self.__a = 1
    def g(self): return self.__a
print(Mang().g(), Mang().__slots__, hasattr(Mang(), '_Mang__a'))
class SD:
    __slots__ = {'a': 'doc of a', 'b': None}
print(SD.__slots__)
class NoS:
    __slots__ = ()
def f(): NoS().a = 1
t("nos", f)
t("nos", f)
class CV:
    __slots__ = ()
    k = 3
def f(): CV().k = 4
t("ro", f)
def f(): del CV().k
t("ro", f)
def f(): (5).x = 1
t("int", f)
def f(): "a".upper = 1
t("int", f)
def f(): [].foo = 1
t("l", f)
def f(): int.x = 1
t("o", f)
def f(): len.x = 1
t("o", f)
def f(): None.x = 1
t("o", f)
t('q', lambda: None.x)
t('q', lambda: (1).x)
t('q', lambda: int.x)
t('q', lambda: len.x)
t('q', lambda: (lambda: 1).x)
t('q', lambda: D.q)
t('q', lambda: [].q)
t('q', lambda: S.nope)
t('q', lambda: super(D, d).zork)
import math
t('q', lambda: math.zork)
def g(): yield
t('q', lambda: g().zork)
t('q', lambda: S().f)
t('q', lambda: type.zork)
class Copy:
    __slots__ = ('a', 'b')
import copy
c = Copy(); c.a = [1]
c2 = copy.copy(c); print(c2.a, hasattr(c2, 'b'), copy.deepcopy(c).a)
total = 0
for n in range(100):
    pt = Pt(n)
    pt.x += Pt._x.__get__(pt)
    d2 = D2()
    d2.z, d2.w = n, total
    total = pt.x + d2.z + len(d2.__dict__)
print(total)
