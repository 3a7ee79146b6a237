"""Methods of built-in types as attributes of classes that derive from them, or do not."""
class A(int):
    __str__ = int.__repr__
    def __repr__(self): return "A!"
print(A(3), repr(A(3)), str(A(3)), f"{A(3)}", "%s" % A(3), "{}".format(A(4)))
class B:
    def __str__(self): return "bstr"
    __repr__ = object.__repr__
print(repr(B())[:14], str(B()))
class C(list):
    def __repr__(self): return "C" + list.__repr__(self)
    __str__ = list.__repr__
print(C([1]), [C([2])])
class D(dict):
    __getitem__ = dict.get
    __len__ = dict.__len__
    __setitem__ = dict.__setitem__
d = D(a=1); print(d["a"], d["b"], len(d)); d["c"]=3; print(d)
class E(int):
    __add__ = int.__sub__
    __radd__ = int.__rsub__
    __hash__ = int.__hash__
    __eq__ = int.__ne__
    __lt__ = int.__gt__
    __bool__ = int.__bool__
    __call__ = int.__mul__
    __neg__ = int.__pos__
print(E(5)+3, 3+E(5), hash(E(4)), E(1)==1, E(1)==2, E(1)<2, bool(E(0)), E(4)(5), -E(3))
class F(str):
    __len__ = str.__len__
    __contains__ = str.startswith
    __iter__ = str.__iter__
    __call__ = str.upper
    shout = str.upper
print(len(F("abc")), "a" in F("abc"), "b" in F("abc"), list(F("ab")), F("x")(), F("y").shout())
class G(tuple):
    __str__ = object.__str__
    __repr__ = tuple.__repr__
    __getitem__ = tuple.index
print(G((1,2)), repr(G((1,))), G((5,6))[6])
class H(float):
    __str__ = float.__repr__
    __format__ = object.__format__
    __round__ = float.__trunc__
print(H(1.5), f"{H(2.5)}", round(H(2.7)))
class I(set):
    __add__ = set.__or__
    __mul__ = set.intersection
    __iadd__ = set.__ior__
i = I([1,2]) + {3}; print(i)
i = I([1,2]); print(i * {2}); i += {7}; print(i)
class J:
    __len__ = len
    f = print
    g = abs
    k = str.upper
    def __init__(self): self.h = 3
try: print(len(J()))
except TypeError as e: print(e)
J.f("x"); J().f("y"); print(J.k("abc"))
try: J().k()
except TypeError as e: print(e)
class K(Exception):
    __str__ = Exception.__repr__
    def __repr__(self): return "K"
print(K(1), repr(K(2)))
class L(Exception):
    __repr__ = BaseException.__str__
    def __str__(self): return "ell"
print(L(1), repr(L(2)))
class M:
    __eq__ = object.__eq__
    __hash__ = object.__hash__
    __ne__ = object.__ne__
    __setattr__ = object.__setattr__
    __getattribute__ = object.__getattribute__
    __delattr__ = object.__delattr__
    __init__ = object.__init__
    __new__ = object.__new__
m = M(); m.x = 3; print(m.x, m == m, m != m, hash(m) == hash(m)); del m.x; print(hasattr(m, "x"))
class N(list):
    __iadd__ = list.append
    push = list.append
    __delitem__ = list.remove
n = N(); n.push(3); n.push(4); del n[3]; print(n); n += 3; print(n)
class O(bytes):
    __str__ = bytes.__repr__
    __mod__ = bytes.join
print(O(b"x"), O(b",") % [b"a", b"b"])
class P(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__
p = P(); p.x = 1; print(p.x, p); del p.x; print(p)
try: p.q
except KeyError as e: print("KeyError", e)
class Q(dict):
    __call__ = dict.get
    __missing__ = str
    pass
q = Q(a=1); print(q("a"), q("z", 9), q["zz"][:1])
A.__str__ = lambda s: "patched"
print(A(3))
A.__repr__ = int.__repr__
print(repr(A(3)), A.__repr__ is int.__repr__)
class R(int):
    __index__ = int.__neg__
    __int__ = int.__neg__
print([1,2,3][R(1)], int(R(4)))
class S:
    def __init__(self, x): self.x = x
    __str__ = __repr__ = lambda self: "S"
    __enter__ = object.__repr__
    def __exit__(self, *a): pass
with S(1) as s: print(s[:12] if isinstance(s, str) else s)
print("%r %s" % (S(1), S(2)))


def main(n):
    total = 0
    for i in range(n):
        total += (E(i) + 3) + len(F("ab")) + (I([i]) + {3, i} == {3, i}) + (E(i) < 50)
        d["k"] = i
        total += d["k"] + len(str(A(i))) + len(repr(A(i)))
    return total


print(main(3000))


def plain(n):
    total = 0
    for i in range(n):
        total += i % 3
    return total


print(plain(3000))
