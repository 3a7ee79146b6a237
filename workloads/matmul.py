"""Product of two n by n float matrices stored as lists of rows.

Stresses doubly indexed list loads around a float multiply and add.
"""
import sys


def make_matrix(n, seed):
    matrix = []
    for i in range(n):
        row = []
        for j in range(n):
            row.append((i * seed + j * 7) % 19 / 8 - 1.0)
        matrix.append(row)
    return matrix


def matmul(a, b):
    rows = len(a)
    inner = len(b)
    columns = len(b[0])
    result = []
    for i in range(rows):
        row = []
        for j in range(columns):
            total = 0.0
            for k in range(inner):
                total += a[i][k] * b[k][j]
            row.append(total)
        result.append(row)
    return result


def main(n=210):
    product = matmul(make_matrix(n, 3), make_matrix(n, 5))
    trace = 0.0
    total = 0.0
    for i in range(n):
        trace += product[i][i]
        for value in product[i]:
            total += value
    return trace, total


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
