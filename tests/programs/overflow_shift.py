"""Left shifts that leave 62, 63 and 64 bits in a hot loop."""


def run(base, n, period):
    total = 0
    for i in range(n):
        s = i // 100 % period
        x = base << s
        total = (total * 3 + (x >> 2)) % 998244353
    return total


for base in (1, -1, 3, -3, 2 ** 40, -(2 ** 40), 2 ** 62, 0):
    print(base, run(base, 4000, 20), run(base, 8000, 70))


def grow(n):
    x = 1
    for i in range(n):
        x = x << 1 if i % 100 else x
        if x > 2 ** 70:
            x = x >> 69
    return x


print(grow(20000))
