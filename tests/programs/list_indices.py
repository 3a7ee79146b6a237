"""Indices that go from positive to negative and over all of a list, and into a shorter list."""


def walk(items, start, n):
    total = 0
    k = start
    for i in range(n):
        total = total * 3 % 1000003 + items[k]
        items[k] = items[k] + 1
        k -= 1
        if k < -len(items):
            k = len(items) - 1
    return total


print(walk([5, 6, 7, 8, 9], 4, 6000))
print(walk(list(range(4000)), 3999, 7999))
print(walk([1.5, 2], -2, 4001))


def last(rows, n):
    total = 0
    for i in range(n):
        row = rows[i % len(rows)]
        total += row[-1] + row[0] - row[-len(row)] + row[len(row) - 1]
        row[-1] = total % 11
    return total, rows


print(last([[1, 2, 3], [4], [5, 6]], 5000))


def big_index(items, n):
    total = 0
    for i in range(n):
        k = i % 3 == 0
        total += items[k] + items[not k]
    return total


print(big_index([10, 20], 5000))
