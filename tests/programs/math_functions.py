"""Functions and constants of math in hot loops; sums to ten digits, since C libraries differ."""
import math
from math import sqrt, floor as down


def run(n):
    t = 0.0
    k = 0
    for i in range(1, n):
        x = i * 0.01
        t += math.sin(x) + math.cos(x) * math.tan(0.3) - math.exp(-x) + math.atan(x)
        t += sqrt(x) + math.sqrt(i) + math.log(x) + math.fabs(-x) + math.pow(x, 0.3)
        k += down(x) + math.ceil(x) + math.trunc(-x) + math.gcd(i, 360)
    return f"{t:.10g}", k


print(run(3000))


def more(n):
    t = 0.0
    flags = 0
    for i in range(1, n):
        x = i / n
        t += math.asin(x) + math.acos(x) + math.atan2(x, -2) + math.hypot(x, 2.0) + math.fmod(-x, 0.3)
        t += math.sinh(x) + math.cosh(x) + math.tanh(x) + math.log2(x) + math.log10(x) + math.degrees(x)
        if math.isnan(x) or math.isinf(x) or not math.isfinite(x):
            flags += 1
        t += math.floor(x * 10) % 3
    return f"{t:.10g}", flags


print(more(2500))
print(math.pi, math.e, math.inf, -math.inf, math.nan, math.tau)
print(math.floor(-0.5), math.ceil(-0.5), math.floor(1e20), math.isqrt(10 ** 30), math.factorial(25), math.gcd(0, 0))
print(math.sqrt(2 ** 70), math.log(2 ** 2000), math.exp(1), math.log(8, 2), math.copysign(3, -0.0))


def bisect(n):
    total = 0.0
    for k in range(n):
        low, high = 0.0, 4.0
        for _ in range(30):
            middle = (low + high) / 2
            if math.cos(middle) > k / n:
                low = middle
            else:
                high = middle
        total += low
    return total


print(bisect(150))
