"""Loop counters and bounds that are beyond small ints, or get there."""


def count(start, stop, step):
    i = start
    n = 0
    while i < stop:
        n += 1
        i += step
    return n, i


print(count(2 ** 62 - 4000, 2 ** 62 + 4000, 1))
print(count(-(2 ** 62) - 4000, -(2 ** 62) + 4000, 1))
print(count(2 ** 63 - 4000, 2 ** 63 + 4000, 1))
print(count(0, 2 ** 62, 2 ** 49))
print(count(0, 2 ** 64 + 5, 2 ** 51))
print(count(-(2 ** 63), 2 ** 63, 2 ** 50 + 1))
