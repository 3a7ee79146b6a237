"""Which method does an operator: those of derived built-in types, reflected and in-place ones, and what is wrong with what they give."""
def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
class I(int):
    def __radd__(self, o): return ("radd", o)
    def __add__(self, o): return ("add", o)
class J(I): pass
class K(int):
    def __rsub__(self, o): return "rsub"
    def __lt__(self, o): return "lt"
    def __eq__(self, o): return "eq"
    def __gt__(self, o): return "gt"
    __hash__ = int.__hash__
print(1 + I(2), I(1) + 2, True + I(2), 1.5 + I(2), I(1) + J(2), J(1) + I(2), K(3) + I(1), I(1) + K(2))
print(5 - K(3), K(3) - 5, True - K(1), 1.0 - K(1))
print(1 < K(2), K(2) < 1, True < K(2), 1.0 < K(2), 1 == K(2), 1.0 == K(2), 1 != K(2), K(2) != 1, 1 > K(1), 1 >= K(1), 1 <= K(3))
class N1(int): pass
print(N1(2) == K(2), N1(2) < K(3), K(2) == N1(2), N1(2) != K(3), N1(3) - K(1))
class L(list):
    def __radd__(self, o): return "lradd"
    def __eq__(self, o): return "leq"
    def __rmul__(self, o): return "lrmul"
class L2(list): pass
print([] + L(), L2() + L(), L2() == L(), [] == L(), L() == [], 3 * L(), () != L())
class S(str):
    def __radd__(self, o): return "sradd"
    def __rmod__(self, o): return "srmod"
    def __lt__(self, o): return "slt"
    def __gt__(self, o): return "sgt"
class S2(str): pass
print("" + S("a"), "%s" % S("x"), S2("%s") % S("x"), S2("a") + S("b"), "a" < S("b"), S2("a") < S("b"), "a" > S("b"))
class T(tuple):
    def __add__(self, o): return "tadd"
    def __radd__(self, o): return "tradd"
print((1,) + T(), T() + (1,))
class D(dict):
    def __ror__(self, o): return "dror"
    def __eq__(self, o): return "deq"
class D2(dict): pass
print({} | D(), D2() | D(), D2() == D(), {} == D(), D() == {})
class Se(set):
    def __rsub__(self, o): return "sersub"
    def __ge__(self, o): return "sege"
class Fz(frozenset):
    def __rand__(self, o): return 'fzrand'
print({1} - Se(), {1} <= Se(), {1} & Fz(), frozenset() & Fz(), frozenset() & Se([1]))
class F(float):
    def __radd__(self, o): return "fradd"
    def __rpow__(self, o, m=None): return "frpow"
    def __rdivmod__(self, o): return "frdm"
print(1 + F(2), 1.0 + F(2), True + F(1), 2 ** F(1), divmod(1, F(2)), divmod(1.0, F(2)), pow(2, F(1)), N1(1) + F(2))
class R:
    def __radd__(self, o): return "R"
    def __rmul__(self, o): return "Rm"
    def __rmod__(self, o): return "Rmod"
    def __eq__(self, o): return "Req"
    def __ror__(self, o): return 'Ror'
print(N1(1) + R(), L2() + R(), [1] * R(), "a" % R() if 0 else "", S2() == R(), {1} | R(), {} | R(), () + R(), "a" + R(), b"" + R())
t("mod", lambda: "%s" % R() != "")
class O1:
    def __add__(self, o): return NotImplemented
    def __radd__(self, o): return NotImplemented
    def __lt__(self, o): return NotImplemented
t("a", lambda: O1() + O1())
t("a", lambda: 1 + O1())
t("a", lambda: O1() + 1)
t("a", lambda: O1() < O1())
t("a", lambda: O1() < 1)
t("a", lambda: 1 < O1())
t("a", lambda: O1() > 1)
def f():
    a = O1(); a += 1
t("a", f)
def f():
    a = [1]; a += 1
t("a", f)
def f():
    a = (1,); a += [1]
t("a", f)
def f():
    a = 1; a @= 2
t("a", f)
t("a", lambda: 1 @ 2)
t("a", lambda: -O1())
t("a", lambda: ~1.5)
t("a", lambda: +[])
t("a", lambda: abs([]))
t("a", lambda: divmod(1, "a"))
t("a", lambda: pow(1, "a"))
t("a", lambda: pow(1, 2, "a"))
t("a", lambda: pow(2, -1, 7))
t("a", lambda: pow(2, -1, 4))
t("a", lambda: pow(2, 3, 0))
t("a", lambda: pow(2.0, 3, 5))
t("a", lambda: O1() ** 2)
t("a", lambda: [] * "a")
t("a", lambda: [] * 1.5)
t("a", lambda: "a" * [])
t("a", lambda: {} | 1)
t("a", lambda: {1} - [1])
t("a", lambda: b"a" + "a")
t("a", lambda: "a" + b"a")
t("a", lambda: "a" + 1)
t("a", lambda: 1 + "a")
t("a", lambda: [1] + (1,))
class IP:
    def __iadd__(self, o): return "iadd"
    def __imul__(self, o): return NotImplemented
    def __mul__(self, o): return "mul"
def f():
    a = IP(); a += 1; b = IP(); b *= 2; return a, b
t("ip", f)
class Cm:
    def __lt__(self, o): return "lt"
    def __le__(self, o): return "le"
    def __contains__(self, x): return "yes"
    def __bool__(self): return False
    def __len__(self): return 3
print(Cm() > Cm(), 1 in Cm(), bool(Cm()), len(Cm()), not Cm())
class BadB:
    def __bool__(self): return 1
    def __len__(self): return -1
    def __index__(self): return "a"
    def __hash__(self): return "x"
    def __repr__(self): return 1
    def __str__(self): return 2
    def __contains__(self, x): raise KeyError(x)
    def __int__(self): return "z"
    def __float__(self): return 1
    def __iter__(self): return 1
    def __format__(self, s): return 5
b = BadB()
for l, f in dict(bool=lambda: bool(b), len=lambda: len(b), idx=lambda: [1][b], hash=lambda: hash(b), repr=lambda: repr(b), str=lambda: str(b), c=lambda: 1 in b, int=lambda: int(b), float=lambda: float(b), it=lambda: iter(b), fo=lambda: for_(b), fm=lambda: format(b), fs=lambda: f"{b}", hex=lambda: hex(b), rng=lambda: range(b), pr=lambda: print(b), lst=lambda: list(b)).items():
    t(l, f)
class BL:
    def __len__(self): return 1.5
t("bl", lambda: len(BL()))
class BL:
    def __len__(self): return 2**70
t("bl", lambda: len(BL()))
class BN:
    def __iter__(self): return self
t("bn", lambda: next(BN()))
t("bn", lambda: iter(BN()))
class HN:
    __hash__ = None
    __iter__ = None
    __contains__ = None
    __add__ = None
    __len__ = None
    __getitem__ = None
    __call__ = None
t("hn", lambda: hash(HN()))
t("hn", lambda: {HN()})
t("hn", lambda: 1 in HN())
t("hn", lambda: HN() + 1)
t("hn", lambda: len(HN()))
t("hn", lambda: HN()[0])
t("hn", lambda: HN()())
class Eq:
    def __eq__(self, o): return True
t("eq", lambda: hash(Eq()))
t("eq", lambda: {Eq(): 1})
print(Eq() != 1, Eq.__hash__)
class L(list):
    def __add__(self, o): return "add"
    def __mul__(self, o): return "mul"
l = L(); l += [1]; print(l)
l = L(); l *= 2; print(l)
class LR(list):
    def __radd__(self, o): return "radd"
l = L(); l += LR(); print(l)
l = []; l += LR(); print(l)
class L2(list): pass
l = L2(); l += LR(); print(l)
class S(set):
    def __sub__(self, o): return "sub"
    def __or__(self, o): return "or"
s = S(); s -= {1}; print(s)
s = S(); s |= [1] if 0 else {1}; print(s)
class D(dict):
    def __or__(self, o): return "or"
d = D(); d |= {1:2}; print(d)
class B(bytearray):
    def __add__(self, o): return "add"
b = B(); b += b"a"; print(b)
parts = []
for n in range(100):
    parts.append((1 + I(n), N1(n) - K(n), N1(n) == K(2), 1.0 + K(n), n + F(2))[n % 5])
print(parts)
total = 0
for n in range(200):
    total += n
print(total)
