"""A chaos game on a closed spline: n points that jump to where a random curve point sends them.

Stresses small objects of floats, methods that call methods, and lists of lists.
"""
import math
import sys


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def distance(self, other):
        dx = self.x - other.x
        dy = self.y - other.y
        return math.sqrt(dx * dx + dy * dy)

    def blend(self, other, share):
        """The point that lies that share of the way to the other one."""
        return Point(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)


class Curve:
    """A uniform cubic B-spline that closes on itself, by de Boor's recursion."""

    def __init__(self, points):
        self.points = points

    def at(self, t):
        count = len(self.points)
        position = t * count
        first = int(position)
        u = position - first
        a, b, c, d = [self.points[(first + i) % count] for i in range(4)]
        ab = a.blend(b, (u + 2.0) / 3.0)
        bc = b.blend(c, (u + 1.0) / 3.0)
        cd = c.blend(d, u / 3.0)
        return ab.blend(bc, (u + 1.0) / 2.0).blend(bc.blend(cd, u / 2.0), u)


class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
        return self.state / 4_294_967_296.0


class Game:
    def __init__(self, curves, size):
        self.curves = curves
        self.size = size
        self.grid = [[0] * size for _ in range(size)]
        self.random = Random(1234)

    def jump(self, point):
        curve = self.curves[int(self.random.next() * len(self.curves))]
        target = curve.at(self.random.next())
        step = 0.45 + 0.1 / (1.0 + point.distance(target))
        return point.blend(target, step)

    def play(self, count):
        point = Point(0.5, 0.5)
        for _ in range(count):
            point = self.jump(point)
            column = min(self.size - 1, max(0, int(point.x * self.size)))
            row = min(self.size - 1, max(0, int(point.y * self.size)))
            self.grid[row][column] += 1
        return point


def circle(x, y, radius, count):
    steps = [2.0 * math.pi * i / count for i in range(count)]
    return Curve([Point(x + radius * math.cos(a), y + radius * math.sin(a)) for a in steps])


def main(n=60_000):
    game = Game([circle(0.3, 0.3, 0.25, 6), circle(0.7, 0.6, 0.2, 5), circle(0.4, 0.8, 0.1, 7)], 64)
    point = game.play(n)
    check = 0
    hit = 0
    for row in game.grid:
        for count in row:
            hit += count > 0
            check = (check * 33 + count) % 1_000_000_007
    return hit, check, round(point.x, 9), round(point.y, 9)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
