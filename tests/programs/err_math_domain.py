"""A square root of a negative number in the middle of a hot loop, one call down."""
import math


def root(x):
    return math.sqrt(x) + 1.0


def run(n):
    total = 0.0
    x = 5000.0
    for i in range(n):
        total += root(x)
        x = x - 1.0
    return total


print(run(5001))
print(run(6000))
