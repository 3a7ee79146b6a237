"""Attributes asked for by name, with and without an answer, and `__class__`."""
class B:
    x = 1
    def m(self): pass
    @property
    def p(self): raise AttributeError('inner')
    @property
    def q(self): raise ValueError('inner')
b = B()
print(b.__class__, hasattr(b, 'x'), hasattr(b, 'm'), hasattr(b, 'zork'), hasattr(b, 'p'), getattr(b, 'p', 5), getattr(b, 'zork', 6))
try: hasattr(b, 'q')
except ValueError as x: print(x)
class G:
    def __getattr__(self, n):
        if n == 'z': return 1
        raise AttributeError(n + '!')
g = G()
print(hasattr(g, 'z'), hasattr(g, 'y'), getattr(g, 'y', 2), g.__class__)
try: g.y
except AttributeError as x: print(x)
class H:
    def __getattribute__(self, n):
        if n == '__class__': return 'fake'
        return object.__getattribute__(self, n)
h = H()
for i in range(5): c = h.__class__
print(c, hasattr(h, 'u'))
def cls(o): return o.__class__
class C2(B): pass
for i in range(40): r = cls(b)
print(r); b.__class__ = C2; print(cls(b), cls(1), cls(B), cls(B()))
class W:
    __class__ = property(lambda s: int)
print(W().__class__)
B.__getattr__ = lambda s, n: n.upper()
print(b.zork, hasattr(b, 'w'))
del B.__getattr__
print(hasattr(b, 'w'))
for o in (1, 'a', [], None, B, super(C2, b), print, type):
    print(hasattr(o, 'zork'), getattr(o, 'zork', 'd'))
    try: o.zork
    except AttributeError as x: print(x)
import sys
print(hasattr(sys, 'zork'), getattr(sys, 'zork', 1))
class MM(type):
    def __getattr__(cls, n): return n * 2
class X(metaclass=MM): pass
print(X.ab, hasattr(X, 'c'), hasattr(X(), 'c'))
class Late: pass
print(hasattr(Late(), 'later'))
B.later = 1; Late.later = 2
print(hasattr(Late(), 'later'), C2().later)


def looked_at(objects):
    found = 0
    for o in objects:
        found += hasattr(o, 'x') + hasattr(o, 'zork') * 10 + (o.__class__ is B) * 100
        found += (getattr(o, 'm', None) is not None) * 1000 + (o.__class__ is int) * 10000
    return found


objects = [B(), C2(), 1, W(), b, [], B, g]
for i in range(200):
    n = looked_at(objects)
print(n)
