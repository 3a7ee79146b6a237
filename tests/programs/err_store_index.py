"""A store behind the end of a list, in a nested loop of a function called from a loop."""


def fill(row, n, value):
    for j in range(n):
        row[j] = value + j
    return n


def run(rows, n):
    total = 0
    for i in range(n):
        total += fill(rows[i % 4], 40 if i < 300 else 41, i)
    return total


table = [[0] * 40 for _ in range(4)]
print(run(table, 300))
print(table[3][39], len(table[2]))
run(table, 400)
