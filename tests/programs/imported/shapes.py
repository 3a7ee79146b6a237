from . import numbers
from .deep import inner
from .deep.inner import Base


class Square(Base):
    def __init__(self, side):
        self.side = side

    def area(self):
        return numbers.square(self.side)


def fail(n):
    """Fails where n is 0."""
    return inner.divide(7, n)
