"""Slices, slice assignment and deletion of slices in hot loops."""


def run(n):
    items = list(range(20))
    total = 0
    for i in range(n):
        k = i % 21
        total += len(items[k:]) + len(items[:k]) + sum(items[k:k + 3]) + sum(items[-k:])
        total += sum(items[::-1][:2]) + sum(items[k::3]) + len(items[5:2]) + sum(items[15:k:-2])
    return total


print(run(4000))


def edit(n):
    items = [0] * 8
    for i in range(n):
        items[2:4] = [i, i + 1, i + 2]
        items[::3] = [7] * len(items[::3])
        del items[1]
        if i % 100 == 0:
            items[5:] = []
            items[:0] = [i, i]
        if len(items) > 30:
            del items[::2]
        del items[20:]
    return items


print(edit(4001))


def copies(n):
    a = [1, 2, 3]
    for i in range(n):
        b = a[:]
        b[i % 3] += 1
        a = b[1:] + b[:1]
    return a, a == b, a is b


print(copies(5000))


def tuples(n):
    t = (1, 2, 3, 4, 5)
    total = 0
    for i in range(n):
        t = t[1:] + t[:1]
        total += t[0] * t[-1] + len(t[i % 6:])
    return total, t


print(tuples(4000))
