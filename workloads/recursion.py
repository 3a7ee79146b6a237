"""Naive recursive Fibonacci of n, and the Takeuchi function scaled to n.

Stresses calls, returns and argument passing; there are no loops at all.
"""
import sys


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def tak(x, y, z):
    if y >= x:
        return z
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


def main(n=32):
    x = n - 8
    return fib(n), tak(x, x * 2 // 3, x // 3)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
