"""Conversions of floats to ints in a hot loop until the float is infinite."""


def run(n, factor):
    x = 1.0
    total = 0
    for i in range(n):
        total = (total + int(x)) % 1000003
        x = x * factor if i % 10 == 0 else -x
    return total


print(run(6000, 1.25))
print(run(60000, 1.25))
