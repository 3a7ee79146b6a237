"""Big and small ints alternate in the same variables of a hot loop."""


def run(n):
    a = 1
    b = 2 ** 70
    total = 0
    for i in range(n):
        if i % 3 == 0:
            a, b = b, a
        c = a + b
        d = a - b
        if c > d:
            total += 1
        if a == b - 2 ** 70 + 1:
            total += 10
        total = (total + c % 1009 + d // 2 ** 60) % 100003
        a = a + 1 if a < 2 ** 60 else a - 1
    return total, a, b


print(run(9000))


def oscillate(n):
    x = 2 ** 62 - 1
    flips = 0
    for i in range(n):
        x = x + 1 if i & 1 else x - 1
        if x >= 2 ** 62 - 1:
            flips += 1
    return x, flips


print(oscillate(9001))


def compare(n):
    limits = [2 ** 62 - 1, 2 ** 62, -(2 ** 62), -(2 ** 62) - 1, 0, 2 ** 80, -(2 ** 80)]
    hits = [0] * 6
    for i in range(n):
        a = limits[i % 7]
        b = limits[i // 7 % 7]
        hits[0] += a < b
        hits[1] += a <= b
        hits[2] += a == b
        hits[3] += a != b
        hits[4] += a > b
        hits[5] += a >= b
    return hits


print(compare(7000))
