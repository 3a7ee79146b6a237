from ..numbers import offset
from . import depth


class Base:
    def area(self):
        return None

    def __repr__(self):
        return f"{type(self).__module__}.{type(self).__qualname__}({self.area()})"


def divide(a, b):
    return a // b
