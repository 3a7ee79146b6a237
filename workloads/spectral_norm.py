"""Spectral norm of the infinite matrix 1, 1/2, 1/3, ... cut to n by n, by power iteration.

Stresses a small function called from the innermost loop and int-to-float division.
"""
import math
import sys


def eval_A(i, j):
    return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)


def times_A(vector):
    size = len(vector)
    result = []
    for i in range(size):
        total = 0.0
        for j in range(size):
            total += eval_A(i, j) * vector[j]
        result.append(total)
    return result


def times_A_transposed(vector):
    size = len(vector)
    result = []
    for i in range(size):
        total = 0.0
        for j in range(size):
            total += eval_A(j, i) * vector[j]
        result.append(total)
    return result


def times_AtA(vector):
    return times_A_transposed(times_A(vector))


def dot(a, b):
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


def main(n=260):
    u = [1.0] * n
    v = u
    for _ in range(10):
        v = times_AtA(u)
        u = times_AtA(v)
    return math.sqrt(dot(u, v) / dot(v, v))


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
