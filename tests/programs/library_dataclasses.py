# Data classes.
from dataclasses import dataclass, field, replace, asdict, astuple, fields, is_dataclass, FrozenInstanceError, KW_ONLY, InitVar
from typing import ClassVar, List, Optional
@dataclass
class P:
    x: int
    y: float = 2.0
    tags: list = field(default_factory=list)
    n: ClassVar[int] = 7
    def m(self): return self.x
p = P(1); print(p, p == P(1), p != P(2), p.tags is not P(1).tags, P(3, y=4), p.m(), P.n, P.__match_args__ )
try: P()
except TypeError as e: print(e)
try: hash(p)
except TypeError as e: print(e)
@dataclass(frozen=True, order=True)
class F:
    a: int
    b: str = "s"
f = F(1); print(f, hash(f) == hash((1,"s")), F(1) < F(2), sorted([F(3),F(1)]), {F(1): 2}[F(1)])
try: f.a = 3
except FrozenInstanceError as e: print(e)
print(replace(p, x=9), asdict(P(1, tags=[F(2)])), astuple(F(5)), [q.name for q in fields(P)], is_dataclass(P), is_dataclass(p))
@dataclass
class B(P):
    z: int = 0
    w: int = field(default=5, repr=False, compare=False)
    def __post_init__(self): self.sum = self.x + self.z
print(B(1, z=3), B(1,z=3).sum, B(1,w=1)==B(1,w=2))
@dataclass
class K:
    a: int
    _: KW_ONLY
    b: int = 1
    c: InitVar[int] = 3
    def __post_init__(self, c): self.d = c
k = K(1, b=2, c=9); print(k, k.d)
try: K(1, 2)
except TypeError as e: print(e)
@dataclass(slots=True)
class S:
    a: int
    b: Optional[int] = None
s = S(1); print(s, S.__slots__)
try: s.zz = 1
except AttributeError as e: print(e)
try:
    @dataclass
    class Bad:
        a: list = []
except ValueError as e: print(e)
try:
    @dataclass
    class Bad2:
        a: int = 1
        b: int
except TypeError as e: print(e)
@dataclass(eq=False)
class E: a: int
print(E(1) == E(1), E.__name__)
t = 0
for i in range(3000):
    t += P(i, 1.0).x
print(t)


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
