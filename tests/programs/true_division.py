"""True division of ints: small, beyond 2**53, and far beyond floats."""


def run(a, b, n):
    total = 0.0
    for i in range(n):
        total += (a + i) / (b - i)
    return total


print(run(1, 10000, 6000))
print(run(-50000, -3, 6000))
for p in (52, 53, 54, 61, 62, 63, 64, 90):
    m = 2 ** p
    print(p, run(m - 2000, 9999, 4000), run(17, m + 2000, 4000), run(m - 2000, m + 5000, 4000))
print(10 ** 400 / 10 ** 399, (2 ** 53 + 1) / 1, (2 ** 1000 + 1) / 2 ** 999, -(2 ** 62) / 3)
print((2 ** 54 + 2) / 4, (2 ** 54 + 3) / 4, 1 / 2 ** 1074, 1 / 2 ** 1075, 3 / 2 ** 1075)
