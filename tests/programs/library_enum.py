# Enumerations.
from enum import Enum, auto, unique, Flag
class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1
    def describe(self): return self.name.lower()
    @classmethod
    def default(cls): return cls.GREEN
    @property
    def twice(self): return self.value*2
print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color["BLUE"], list(Color), len(Color), Color.CRIMSON is Color.RED, Color.RED == Color.BLUE, Color.BLUE.describe(), Color.default(), Color.RED.twice)
print(Color.RED in Color, isinstance(Color.RED, Color), {Color.RED: 1}[Color.RED], Color, type(Color.RED), Color.__members__ if 0 else list(Color.__members__))
try: Color(9)
except ValueError as e: print(e)
try: Color["X"]
except KeyError as e: print(e)
try: Color.RED = 5
except AttributeError as e: print(e)
class A(Enum):
    X = auto(); Y = auto(); Z = 10; W = auto()
print([(a.name, a.value) for a in A], f"{A.X} {A.X!r}", str(A.Y))
class Planet(Enum):
    EARTH = (1, 2.0); MARS = (3, 4.0)
    def __init__(self, m, r): self.m = m; self.r = r
    @property
    def q(self): return self.m*self.r
print(Planet.EARTH.m, Planet.MARS.q, Planet((3,4.0)), Planet.EARTH.value)
class Perm(Flag):
    R = auto(); W = auto(); X = auto(); RW = R | W
print(Perm.R | Perm.X, Perm.RW, Perm.R in Perm.RW, Perm.RW & Perm.W, ~Perm.R, Perm(0), bool(Perm(0)), list(Perm), Perm.R ^ Perm.RW, repr(Perm.R|Perm.X))
try:
    @unique
    class D(Enum): A=1; B=1
except ValueError as e: print(e)
F = Enum("F", "A B C"); print(list(F), F.A.value)
n=0
for i in range(3000):
    if Color.RED is Color(1): n += Color.GREEN.value
print(n)


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
