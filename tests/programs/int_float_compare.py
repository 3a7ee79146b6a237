"""Comparisons of ints and floats, exact also near 2**53 and 2**63."""
import math


def run(ints, floats, n):
    hits = [0, 0, 0, 0, 0, 0]
    for k in range(n):
        i = ints[k % len(ints)]
        f = floats[k // len(ints) % len(floats)]
        if i < f:
            hits[0] += 1
        if i <= f:
            hits[1] += 1
        if i == f:
            hits[2] += 1
        if f != i:
            hits[3] += 1
        if f > i:
            hits[4] += 1
        if f >= i:
            hits[5] += 1
    return hits


ints = []
floats = []
for p in (2 ** 53, 2 ** 62, 2 ** 63, 2 ** 64):
    for d in (-2, -1, 0, 1, 2):
        ints.append(p + d)
        ints.append(-p + d)
    floats.append(float(p))
    floats.append(-float(p))
    floats.append(float(p) * (1 + 2 ** -52))
    floats.append(float(p) * (1 - 2 ** -53))
ints.append(10 ** 400)
floats.append(math.inf)
floats.append(-math.inf)
floats.append(math.nan)
print(run(ints, floats, len(ints) * len(floats)))
print(run([0, 1, -1, 2, 7], [0.0, -0.0, 0.5, 1.0, 1.5, math.nan, 7.0], 5000))


def around(start, n):
    equal = 0
    less = 0
    for i in range(n):
        x = start + i
        f = float(x)
        if x == f:
            equal += 1
        if x < f:
            less += 1
        if f + 1.0 == x + 1:
            equal += 100
    return equal, less


print(around(2 ** 53 - 2000, 4000), around(-(2 ** 53) - 2000, 4000))
print(around(2 ** 62 - 2000, 4000), around(2 ** 63 - 2000, 4000))
