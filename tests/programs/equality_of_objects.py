"""What objects are compared and hashed by, and that a class may change it."""
from collections import namedtuple
from enum import Enum
class F(float): pass
nan = float('nan')
a, b = F(nan), F(nan)
print(a == a, a == b, a != b, (a,) == (a,), (a,) == (b,), [nan] == [nan], (nan,) == (nan,), F(1.5) == 1.5, F(1.5) == F(1.5))
class L(list):
    def __hash__(self): return 7
d = {L([1]): 'a'}
print(d.get(L([1])), d.get(L([2])), L([1]) == [1], L([1]) != (1,))
class K: pass
k = K()
print(k == k, k != k, k == None, None == k, None != k, k == 1, (k,) == (k,), (k,) == (K(),), k in [K(), k], k in {K(), k})
class E:
    def __eq__(self, o): return 'yes'
e = E()
print(e == None, None == e, e != None, (e,) == (1,), (1, (2, e)) == (1, (2, 3)))
try:
    print(hash(e))
except TypeError as x: print(x)
class M(type):
    def __eq__(cls, o): return 'meta'
    def __hash__(cls): return 3
class T(metaclass=M): pass
print(T == None, None == T, T != 1, (T,) == (1,), k == T)
k2 = K()
print(k == k2)
K.__eq__ = lambda s, o: True
print(k == k2, k == None, (k,) == (k2,))
try:
    print(hash(k) is not None)
except TypeError as x: print(x)
del K.__eq__
print(k == k2)
K.__hash__ = lambda s: 5
print(hash(k), {k: 1}[k])
K.__hash__ = None
try: hash(k)
except TypeError as x: print(x)
try: hash((1, (k,)))
except TypeError as x: print(x)
del K.__hash__
print(hash(k) == object.__hash__(k))
P = namedtuple('P', 'a b')
class P2(P):
    def __lt__(self, o): return 'lt'
print(P(1, 2) < P(1, 3), P(1, 'x') == (1, 'x'), P2(1, 2) < P(1, 2), P2(1, 2) > P(1, 2), P(1,2) < P2(1,2), P(1, 2) > P2(1, 2))
print(P(1, nan) == P(1, nan), P(1.0, True) == (1, 1), {P(1, 2): 5}[(1, 2)], (1, 2) in {P(1, 2)}, sorted([P(3, 'b'), P(3, 'a'), P(1, 'z')]))
try: print(P(1, 'x') < P(1, 2))
except TypeError as x: print(x)
class S(str):
    def __eq__(self, o): return False
    __hash__ = str.__hash__
print({S('a'): 1}.get('a'), 'a' == S('a'), S('a') == 'a', hash(S('a')) == hash('a'))
t = ()
for i in range(200): t = (t, i)
u = ()
for i in range(200): u = (u, i)
print(t == u, t != u, t < u, {t: 1}[u])
class Color(Enum):
    R = 1
    G = 2
print(Color.R == Color.G, Color.R == Color.R, Color.R != 1, {Color.R: 3}[Color.R])


def all_of(keys, others):
    found = 0
    for key in keys:
        for other in others:
            if key == other:
                found += 1
            if key != other:
                found += 100
            if key is None or other == None:
                found += 1000
    return found


things = [P(1, (2, 3)), P(1, (2, 4)), (1, (2, 3)), K(), None, 1, F(1.0), S('a'), 'a', Color.R, E(), P2(1, 2)]
for i in range(20):
    n = all_of(things, things)
print(n)
