"""Nested lists: rows that are swapped, replaced, shared and of different lengths."""


def multiply(a, b):
    n = len(a)
    m = len(b[0])
    result = []
    for i in range(n):
        row = [0] * m
        for j in range(m):
            t = 0
            for k in range(len(b)):
                t += a[i][k] * b[k][j]
            row[j] = t
        result.append(row)
    return result


a = [[(i * j + 1) % 7 for j in range(12)] for i in range(12)]
p = a
for _ in range(5):
    p = multiply(p, a)
    p = [[x % 1009 for x in row] for row in p]
print(p[0], p[11])
f = [[x * 0.5 for x in row] for row in a]
print(multiply(f, a)[3])


def swap_rows(rows, n):
    for i in range(n):
        k = i % (len(rows) - 1)
        rows[k], rows[k + 1] = rows[k + 1], rows[k]
        rows[k][0] += 1
    return rows


print(swap_rows([[0, "a"], [0, "b"], [0, "c"], [0, "d"]], 5003))


def jagged(n):
    rows = [[0] * k for k in range(6)]
    total = 0
    for i in range(n):
        for row in rows:
            for k in range(len(row)):
                row[k] += i % 3
                total += row[k] % 5
        if i == n // 2:
            rows[2] = rows[5]
    return total, rows


print(jagged(700))
