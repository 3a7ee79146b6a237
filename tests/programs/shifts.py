"""Shifts by varying counts, small and beyond 64, of positive, negative and big numbers."""


def right(x, n):
    total = 0
    for i in range(n):
        total = (total * 5 + (x >> (i % 131))) % 1000003
    return total


def left(x, n):
    total = 0
    for i in range(n):
        total = (total * 5 + (x << (i % 131))) % 1000003
    return total


for x in (0, 1, -1, 12345, -12345, 2 ** 62 - 1, -(2 ** 62), 2 ** 63, -(2 ** 63), 3 ** 80, -(3 ** 80)):
    print(x, right(x, 4000), left(x, 4000))


def constant(n):
    total = 0
    for i in range(-n, n):
        total += (i >> 1) + (i << 3) - (i >> 63) + (i >> 64) - (i >> 200)
        total ^= i << 50
    return total


print(constant(3000))
