"""LU factorization with partial pivoting of n by n matrices, and what they solve.

Stresses lists of float rows, row operations in the innermost loop, and exchanges of rows.
"""
import sys


def random_matrix(n, state):
    rows = []
    for _ in range(n):
        row = []
        for _ in range(n):
            state = (state * 1_664_525 + 1_013_904_223) & 0xFFFFFFFF
            row.append(state / 4_294_967_296.0 - 0.5)
        rows.append(row)
    return rows


def factor(a):
    """Replaces a matrix by its factors; the order of its rows."""
    n = len(a)
    order = list(range(n))
    for j in range(n):
        pivot = j
        largest = abs(a[j][j])
        for i in range(j + 1, n):
            size = abs(a[i][j])
            if size > largest:
                pivot, largest = i, size
        if largest == 0.0:
            raise ZeroDivisionError("the matrix is singular")
        a[j], a[pivot] = a[pivot], a[j]
        order[j], order[pivot] = order[pivot], order[j]
        top = a[j]
        scale = 1.0 / top[j]
        for i in range(j + 1, n):
            row = a[i]
            row[j] *= scale
            f = row[j]
            for k in range(j + 1, n):
                row[k] -= f * top[k]
    return order


def solve(factors, order, b):
    n = len(b)
    x = [b[i] for i in order]
    for i in range(n):
        row = factors[i]
        for k in range(i):
            x[i] -= row[k] * x[k]
    for i in range(n - 1, -1, -1):
        row = factors[i]
        for k in range(i + 1, n):
            x[i] -= row[k] * x[k]
        x[i] /= row[i]
    return x


def main(n=270):
    a = random_matrix(n, 101)
    factors = [row[:] for row in a]
    order = factor(factors)
    b = [1.0 + i % 5 for i in range(n)]
    x = solve(factors, order, b)
    worst = 0.0
    for row, want in zip(a, b):
        total = 0.0
        for p, q in zip(row, x):
            total += p * q
        worst = max(worst, abs(total - want))
    return worst < 1e-6, sum(i * p for i, p in enumerate(order)) % 1_000_003, round(x[0], 6)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
