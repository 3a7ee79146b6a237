"""Floats that overflow to infinity, underflow to denormals, and cancel."""


def grow(x, f, n):
    steps = 0
    for i in range(n):
        x = x * f
        steps += 1
        if x == x * 2 or x != x:
            break
    return x, steps


print(grow(1.0, 1.1, 20000), grow(-1.0, 1.5, 20000), grow(1.0, 0.9, 20000), grow(1.0, 0.999, 5000))


def kahan(n):
    total = 0.0
    c = 0.0
    plain = 0.0
    for i in range(1, n):
        x = 1.0 / i
        y = x - c
        t = total + y
        c = (t - total) - y
        total = t
        plain += x
    return total, plain, c


print(kahan(9000))


def logistic(x, n):
    for _ in range(n):
        x = 3.9 * x * (1.0 - x)
    return x


print(logistic(0.5, 6000), logistic(0.1, 6000))


def horner(n):
    s = 0.0
    for i in range(n):
        x = (i - n / 2) / n
        s += ((2.0 * x - 3) * x + 0.5) * x - 1
    return s


print(horner(6000))


def mixed(n):
    s = 0
    for i in range(n):
        s = s + i * 0.1 - i // 2 + (i - 0.5) / 3 + 2 ** 62 * 1e-18
    return s


print(mixed(6000))
