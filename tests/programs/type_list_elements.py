"""The types of a list's elements change under a hot loop."""


def total(items):
    t = 0
    for x in items:
        t = t + x
    return t


def dot(a, b):
    t = 0
    for i in range(len(a)):
        t += a[i] * b[i]
    return t


ints = list(range(6000))
floats = [x * 0.5 for x in ints]
mixed = [x if x % 3 else x * 0.25 for x in ints]
late = [x if x < 5000 else x + 0.5 for x in ints]
bools = [x % 3 == 0 for x in ints]
big = [x + 2 ** 62 * (x > 5000) for x in ints]
for a in (ints, floats, mixed, late, bools, big):
    print(total(a), dot(a, ints), dot(floats, a))


def convert(items, n):
    for i in range(n):
        k = i % len(items)
        x = items[k]
        items[k] = x * 0.5 if i % 5000 == 4999 else x + 1
    return items


print(convert([1, 2, 3, 4, 5, 6, 7], 12000))


def texts(n):
    row = [0, 1, 2, 3]
    for i in range(n):
        if i == 5000:
            row[2] = "a"
        row[i % 4] = row[i % 4] * 2 if i > n - 8 else row[i % 4]
    return row


print(texts(8000))
