"""Functions with hot loops, called from hot loops at several places and depths."""


def total(items, k):
    t = 0
    for x in items:
        t += x * k
    return t


def outer(rows, n):
    t = 0
    for i in range(n):
        t += total(rows[i % len(rows)], i)
        if i % 3 == 0:
            t -= total(rows[0], 1)
    return t


def count(n):
    i = 0
    while i < n:
        i += 1
    return i


def twice(n):
    return count(n) + count(n // 2)


def deep(n):
    t = 0
    for i in range(n):
        for j in range(i % 4):
            t += twice(j) + count(i % 5)
    return t


print(count(5000), total(list(range(5000)), 2), twice(5000))
print(outer([[1, 2, 3], [4.5, 5], [], [7]], 3000))
print(deep(1500))
print(count(10), [count(i) for i in range(300)][299], total([0.5] * 3000, 2))


def early(items, limit):
    for x in items:
        for y in items:
            if x * y > limit:
                return x, y
    return None


def scan(n):
    hits = 0
    items = [1, 5, 2, 8]
    for limit in range(n):
        pair = early(items, limit % 70)
        if pair is not None:
            hits += pair[0] - pair[1] + 1
    return hits


print(scan(3000))
