"""A package that a program imports."""

print("imported runs as", __name__, __package__)
from . import numbers
from .numbers import square as sq

LEVEL = "package"
__all__ = ["LEVEL", "sq", "shapes"]
