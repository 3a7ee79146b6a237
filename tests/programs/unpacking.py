"""Swaps and rotations by tuples, nested targets, and stars in hot loops."""


def rotate(n):
    a, b, c = 1, 2, 3
    for i in range(n):
        a, b, c = c, a, b
        a, b = b, a
        b, c = c, b + 1
    return a, b, c


def nested(n):
    total = 0
    for i, (x, (y, z)) in [(k, (k + 1, (k * 0.5, "s"))) for k in range(n)]:
        total += i + x + y + len(z)
    return total


def stars(n):
    total = 0
    for i in range(n):
        first, *rest = [i, i + 1, i + 2]
        *start, last = (i, 7)
        a, *none, b = (1, 2)
        total += first + sum(rest) + start[0] + last + len(none) + a + b
    return total


def chain(n):
    x = y = z = 0
    for i in range(n):
        x = y = i
        z += x + y
        items = [0, 0, 0]
        k = items[k] = 1 if (k := i % 3) else 2
        z += items[1] + items[2] + k
    return x, y, z


print(rotate(6000), nested(4000), stars(3500), chain(4000))


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, (a + b) % 1000000007
    return a


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


print(fibonacci(7000), sum([gcd(i, 360) for i in range(1, 2000)]))


def targets(n):
    items = [0, 0, 0, 0]
    for i in range(n):
        items[i % 4], items[(i + 1) % 4] = items[(i + 1) % 4] + 1, items[i % 4] + i % 2
    for items[1] in range(5):
        pass
    return items


print(targets(6001))
