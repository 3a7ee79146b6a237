# Enumerations by kind: boundaries of flags, properties, data types, what a body may bind.
import enum
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, CONFORM, EJECT, KEEP, STRICT


def failing(action):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print("no error")


class Strict(Flag, boundary=STRICT):
    READ = auto()
    WRITE = auto()
    RUN = 8
    BOTH = READ | WRITE


class Conform(Flag, boundary=CONFORM):
    READ = 1
    RUN = 8


class Eject(Flag, boundary=EJECT):
    READ = 1
    RUN = 8


class Keep(Flag, boundary=KEEP):
    READ = 1
    RUN = 8


failing(lambda: Strict(4))
failing(lambda: Strict("x"))
failing(lambda: 3 in Strict.BOTH)
print(Strict.BOTH, repr(~Strict.READ), list(Strict), len(Strict.BOTH), list(Strict.BOTH), Strict(0))
print(repr(Conform(5)), repr(~Conform.READ), Conform(4))
print(Eject(4), type(Eject(4)), repr(Eject(9)))
print(repr(Keep(5)), Keep(4), repr(Keep.READ | Keep(16)))


class Bits(IntFlag):
    ONE = 1
    TWO = 2
    EIGHT = 8


print(Bits.ONE, repr(Bits.ONE | 4), Bits.ONE + 1, repr(~Bits.ONE), repr(Bits(-1)), f"{Bits.TWO:>5}", repr(8 | Bits.TWO))


class Shape(Enum):
    def _generate_next_value_(name, start, count, last):
        return name.lower() + str(count)

    ROUND = auto()
    FLAT = auto(), 7
    TALL = enum.member(len)

    area = enum.nonmember(3)

    @enum.property
    def label(self):
        return f"<{self.name}>"

    label_of_all = "all"


print(list(Shape), Shape.area, Shape.ROUND.label, Shape.label_of_all, Shape.FLAT.value)
failing(lambda: Shape.label)
failing(lambda: setattr(Shape.ROUND, "label", 1))
failing(lambda: setattr(Shape, "ROUND", 1))
failing(lambda: delattr(Shape, "ROUND"))
failing(lambda: Shape("none"))
failing(lambda: Shape.name)


class Named(Enum):
    name = 1
    value = 2


print(Named.name, Named.value, Named.name.name, Named.value.value)


class Letter(StrEnum):
    A = auto()
    B = "bee"


print(Letter.A, repr(Letter.B), Letter.B.upper(), f"{Letter.A:>3}", Letter("bee"), Letter.A == "a")


class Pair(tuple, Enum):
    X = 1, 2
    Y = 3, 4


print(Pair.X, repr(Pair.Y), Pair.X[1], Pair((3, 4)))


class Text(str, Enum):
    ONE = "1"


print(Text.ONE, repr(Text.ONE), f"{Text.ONE}", Text.ONE == "1", Text("1"))


class Told(Enum):
    FIRST = 1

    @classmethod
    def _missing_(cls, value):
        if value == 2:
            return cls.FIRST
        if value == 3:
            return 5
        if value == 4:
            raise KeyError("four")


print(Told(2))
failing(lambda: Told(3))
failing(lambda: Told(4))
failing(lambda: Told(5))
failing(lambda: Enum("Bad", "mro"))


def again():
    class Again(Enum):
        A = 1
        A = 2


def reserved():
    class Reserved(Enum):
        _mine_ = 1


def extended():
    class Extended(Told):
        MORE = 2


def disordered():
    class Disordered(Enum):
        _order_ = "B A"
        A = 1
        B = 2


def checked():
    @enum.verify(enum.UNIQUE)
    class Checked(Enum):
        A = 1
        B = 1


def skipping():
    @enum.verify(enum.CONTINUOUS)
    class Skipping(IntEnum):
        A = 1
        B = 4


for action in (again, reserved, extended, disordered, checked, skipping):
    failing(action)


class Planet(Enum):
    _ignore_ = "helper"
    helper = 3
    NEAR = helper, 1
    FAR = helper, 2

    def __new__(cls, a, b):
        made = object.__new__(cls)
        made._value_ = a * 10 + b
        made.parts = (a, b)
        return made

    def __init__(self, a, b):
        self.total = a + b


print(list(Planet), Planet.NEAR.parts, Planet.FAR.total, Planet(31), hasattr(Planet, "helper"))
print(IntEnum("Made", [("P", 4), ("Q", 5)]).Q, list(Enum("Other", {"R": "r"})), Flag("Sums", "A B C").C.value)
print(dict(Told.__members__), dir(Told.FIRST)[-2:], enum.show_flag_values(11))


@enum.global_enum
class Global(Enum):
    GLOBAL_ONE = 1


print(GLOBAL_ONE is Global.GLOBAL_ONE, GLOBAL_ONE, repr(GLOBAL_ONE))


class Watched(Enum):
    def __init_subclass__(cls):
        print("members", list(cls))


class Watching(Watched):
    A = 1
