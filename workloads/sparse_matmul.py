"""Products of a sparse matrix in compressed rows with a vector: n of them over 1000 rows.

Stresses indirect loads: an element's place is itself an element of a list.
"""
import sys

ROWS = 1000
PER_ROW = 5


def make_matrix():
    values, columns, starts = [], [], [0]
    state = 77
    for row in range(ROWS):
        for k in range(PER_ROW):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
            columns.append((row // PER_ROW * k + state % 3) % ROWS)
            values.append((state >> 8) % 1000 / 1000.0)
        starts.append(len(values))
    return values, columns, starts


def multiply(values, columns, starts, x, y):
    for row in range(ROWS):
        total = 0.0
        for i in range(starts[row], starts[row + 1]):
            total += x[columns[i]] * values[i]
        y[row] = total


def main(n=900):
    values, columns, starts = make_matrix()
    x = [1.0 + i % 7 for i in range(ROWS)]
    y = [0.0] * ROWS
    check = 0.0
    for i in range(n):
        multiply(values, columns, starts, x, y)
        check += y[i % ROWS]
        x[i % ROWS] = 1.0 + check % 5.0
    return round(check, 6), round(sum(y), 6)


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
