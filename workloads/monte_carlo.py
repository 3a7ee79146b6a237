"""Pi from n random points, by a lagged Fibonacci generator with its state in an object.

Stresses a method call per sample, attributes that are counters, and a list as a ring.
"""
import sys

LONG, SHORT = 17, 5


class Random:
    """Each number is the difference of two earlier ones, in 31 bits."""

    def __init__(self, seed):
        self.ring = []
        self.i = LONG - 1
        self.j = SHORT - 1
        state = seed | 1
        for _ in range(LONG):
            state = state * 9069 & 0x7FFFFFFF
            self.ring.append(state)

    def next(self):
        ring = self.ring
        value = ring[self.i] - ring[self.j]
        if value < 0:
            value += 0x7FFFFFFF
        ring[self.j] = value
        self.i = self.i - 1 if self.i else LONG - 1
        self.j = self.j - 1 if self.j else LONG - 1
        return value / 2_147_483_647.0


def main(n=700_000):
    random = Random(113)
    under = 0
    for _ in range(n):
        x = random.next()
        y = random.next()
        if x * x + y * y <= 1.0:
            under += 1
    return under, round(4.0 * under / n, 6)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
