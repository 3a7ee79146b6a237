"""An exponential that grows out of range in a hot loop."""
import math


def run(n):
    total = 0.0
    for i in range(n):
        x = i * 0.1
        total = math.exp(x) - total * 0.5
    return total


print(run(7000))
print(run(9000))
