"""Sums that leave 62, 63 and 64 bits at about iteration 10,000, both ways, and come back."""


def up(start, step, n):
    x = start
    for i in range(n):
        x = x + step
    return x


def down(start, step, n):
    x = start
    for i in range(n):
        x -= step
    return x


for bits in (61, 62, 63, 64, 65):
    limit = 2 ** bits
    step = 2 ** (bits - 20)
    for delta in (-1, 0, 1):
        start = limit - 10000 * step + delta
        print(bits, delta, up(start, step, 10500), down(-start, step, 10500))
        print(down(start + 11000 * step, step, 10500), up(-start - 11000 * step, step, 10500))
