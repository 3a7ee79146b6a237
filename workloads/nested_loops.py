"""Pythagorean triples with sides up to n: how many, and the sum of perimeters.

Stresses three nested range loops around integer multiplies and a rare branch.
"""
import sys


def pythagorean_triples(n):
    count = 0
    perimeters = 0
    for a in range(1, n + 1):
        for b in range(a + 1, n + 1):
            for c in range(b + 1, n + 1):
                if a * a + b * b == c * c:
                    count += 1
                    perimeters += a + b + c
    return count, perimeters


def main(n=340):
    return pythagorean_triples(n)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
