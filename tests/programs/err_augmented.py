"""A failing augmented assignment of an item, on a line with other statements."""


def run(rows, n):
    for i in range(n):
        if i % 2: rows[i % 3][i % 2] += 1; rows[0][0] -= rows[2][0] * 2


rows = [[1, 2], [3, 4], [5, 6]]
run(rows, 5000)
print(rows[1], rows[2])
rows[2][1] = None
run(rows, 5000)
