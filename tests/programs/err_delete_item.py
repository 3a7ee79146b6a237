"""Deleting an item that is no longer there, in a hot loop, one call down."""


def drop(items, k):
    if len(items) != 9000: del items[k % 50]
    return len(items)


def run(n, size):
    items = list(range(size))
    left = 0
    for i in range(n):
        left += drop(items, i)
    return left


print(run(5000, 6000))
print(run(5000, 4000))
