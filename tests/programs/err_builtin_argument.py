"""A built-in function called from a hot loop gets an argument it cannot take."""


def run(rows, n):
    total = 0
    for i in range(n):
        row = rows[i % 10]
        total += sum(row) + max(row) - len(row)
    return total


rows = [[i, i * 2, 3] for i in range(10)]
print(run(rows, 5000))
rows[7] = []
print(run([r if r else [0] for r in rows], 5000))
print(run(rows, 5000))
