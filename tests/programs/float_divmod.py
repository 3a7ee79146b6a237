"""Floor division and modulo of floats with all signs, infinities and NaN."""
import math


def run(numbers, n):
    out = []
    total = 0.0
    for i in range(n):
        a = numbers[i % len(numbers)]
        b = numbers[i // len(numbers) % len(numbers)]
        if b != 0.0:
            q = a // b
            r = a % b
            if i < 200:
                out.append(r)
            if q == q and q - q == 0.0:
                total += q % 100.0
            if r == r and r - r == 0.0:
                total += r
    return out, total


values = [5.5, -5.5, 2.0, -2.0, 0.3, -0.3, 0.0, -0.0, 1e300, 1e-300, math.inf, -math.inf, math.nan]
rest, checksum = run(values, 8000)
print(rest)
print(checksum)


def mixed(n):
    total = 0.0
    for i in range(1, n):
        total += i % 2.5 - i // 2.5
        total += 7.25 % i + (-7.25) // i
    return total


print(mixed(5000))
print(divmod(-7.5, 2), divmod(7, -2.5), -0.0 % 3.0, 3.0 % -3.0)
