"""Truth of ints, floats, NaN, strings, lists, tuples, ranges and None in hot loops."""
import math


def count(values, n):
    yes = 0
    no = 0
    for i in range(n):
        v = values[i % len(values)]
        if v:
            yes += 1
        if not v:
            no += 1
        while v and yes % 7:
            yes += 1
    return yes, no


print(count([0, 1, -1, 5], 4000))
print(count([0.0, -0.0, 1e-320, math.nan, math.inf], 5000))
print(count([True, False], 4000))
print(count(["", "a"], 4000))
print(count([[], [0]], 4000))
print(count([(), (0,), range(0), range(3), None], 5000))
print(count([2 ** 70, -(2 ** 63), 0], 4000))
print(count([0, 0.5, "", [], None, True, (1,), 2 ** 64], 8000))


def lists(n):
    items = []
    flips = 0
    for i in range(n):
        if items:
            items.pop()
            flips += 1
        else:
            items.append(i)
        if not items or i % 11 == 0:
            flips += 2
    return flips


print(lists(5000))
