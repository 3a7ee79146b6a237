"""The first n digits of pi by Gibbons' spigot.

Stresses products, sums and quotients of ever longer ints.
"""
import sys


def digits():
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while True:
        if 4 * q + r - t < m * t:
            yield m
            q, r, m = 10 * q, 10 * (r - m * t), 10 * (3 * q + r) // t - 10 * m
        else:
            q, r, t, k, m, x = (
                q * k,
                (2 * q + r) * x,
                t * x,
                k + 1,
                (q * (7 * k + 2) + r * x) // (t * x),
                x + 2,
            )


def main(n=2_200):
    check = 0
    last = []
    for i, digit in enumerate(digits()):
        if i == n:
            break
        check = (check * 31 + digit) % 1_000_000_007
        last = last[-9:] + [digit]
    return "".join(map(str, last)), check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
