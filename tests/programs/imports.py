# Modules and packages beside the program, in every form of import.
import sys
import imported
import imported.shapes
import imported.deep.inner as inner
from imported import numbers, LEVEL as level
from imported.deep import depth
from imported import *
from math import *

print(__name__, imported.__name__, imported.__doc__, level, LEVEL, depth)
print(imported.deep is sys.modules["imported.deep"], inner.depth, imported.deep.up is numbers)
print(sq(7), numbers.offset, imported.numbers.square(3), floor(pi), shapes.Square(3))
print(__file__.endswith("imports.py"), sys.path[0] in __file__)
print(imported.__file__.split("/")[-2:], numbers.__package__, imported.__package__)
print(hasattr(imported, "nothing"), getattr(numbers, "offset"), numbers.__dict__["offset"])

# A function of another module has that module's globals.
offset = 1


def shifted(n):
    return n + offset


def main(n):
    result = 0
    for i in range(n):
        result += shifted(i) - numbers.shifted(i)
    return result


print(main(3000), numbers.calls)
numbers.offset = 50
offset = 2
print(main(3000), numbers.calls, numbers.total(2000))
for k in range(5000):
    if k == 2500:
        numbers.offset = 7
        numbers.square = lambda n: -n
    offset += numbers.square(2) + numbers.offset
print(offset)

# Circular imports see what is there already.
import imported.circle_a

print(imported.circle_a.both())

# Missing modules and names.
for name in ["missing", "imported.missing", "sys.missing", "imported.numbers.missing"]:
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        print(type(error).__name__, error, error.name)
try:
    from imported.numbers import cube
except ImportError as error:
    print(str(error).split(" (/")[0], error.name, error.path == numbers.__file__)
try:
    import missing
except ImportError:
    missing = None
try:
    from . import numbers
except ImportError as error:
    print(error)
try:
    imported.missing
except AttributeError as error:
    print(error)

from imported import lazy
from imported.lazy import made_here

print(made_here, lazy.made_there, hasattr(lazy, "other"))
sys.modules["made"] = lazy
import made

print(made is lazy, "imported.lazy" in sys.modules)
m = __import__("imported.numbers")
print(m is imported, __import__("imported.numbers", fromlist=["square"]) is numbers)

import importlib

print(importlib.import_module("imported.deep") is imported.deep)
print(importlib.import_module(".deep", "imported") is imported.deep)


def inside():
    import imported.numbers as local
    from imported.numbers import total

    return local.square(2), total(10)


print(inside())
