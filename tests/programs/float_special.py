"""NaN, infinities and negative zero in comparisons, min and max of hot loops."""
import math


def compare(values, n):
    hits = [0] * 8
    for i in range(n):
        a = values[i % len(values)]
        b = values[i // len(values) % len(values)]
        if a < b:
            hits[0] += 1
        if a <= b:
            hits[1] += 1
        if a == b:
            hits[2] += 1
        if a != b:
            hits[3] += 1
        if a > b:
            hits[4] += 1
        if a >= b:
            hits[5] += 1
        if not a < b:
            hits[6] += 1
        c = a > b
        d = not a >= b
        hits[7] += c + d * 2
    return hits


inf = math.inf
nan = math.nan
print(compare([1.0, 2.0], 4000))
print(compare([1.0, nan, -0.0, 0.0, inf, -inf, 2.5], 7000))


def extremes(values, n):
    low = values[0]
    high = values[0]
    out = []
    for i in range(n):
        x = values[i % len(values)]
        low = min(low, x)
        high = max(x, high)
        if i % 997 == 0:
            out.append((low, high, min(x, 0.0), max(0.0, x), min(0.0, x), max(x, 0.0)))
    return out


print(extremes([1.0, -0.0, 0.0, 2.0], 4000))
print(extremes([nan, 1.0, -inf], 4000))
print(extremes([1.0, nan, inf, -0.0], 5000))
print(extremes([1, 1.0, True, 0.5, 2], 5000))


def signs(n):
    zero = -0.0
    out = 0.0
    for i in range(n):
        zero = zero * 1.0 if i % 2 else -zero
        out += math.copysign(1.0, zero)
        if zero == 0:
            out += 0.5
    return out, zero, -zero, 0.0 * -1, -0.0 + 0.0, -0.0 + -0.0, 0 * -1.5, abs(-0.0)


print(signs(5001))


def poisoned(n):
    x = 1.0
    total = 0.0
    for i in range(n):
        if i == 5000:
            x = inf - inf
        total += x
        if total != total:
            return i, total
    return n, total


print(poisoned(4000), poisoned(9000))
