"""Sum of gcd(i, j) over all pairs 1 <= i, j <= n, by Euclid's algorithm.

Stresses a very short inner loop behind a function call in a nested loop.
"""
import sys


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def gcd_sum(n):
    total = 0
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            total += gcd(i, j)
    return total


def main(n=1500):
    return gcd_sum(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
