"""Heaps in lists: the parent of an item is never greater than the item."""


from _heapq import heapify, heappop, heappush, heappushpop, heapreplace


def merge(*iterables, key=None, reverse=False):
    """The items of sorted iterables, sorted."""
    rows = []
    for order, iterable in enumerate(iterables):
        iterator = iter(iterable)
        for value in iterator:
            rows.append((value if key is None else key(value), order, value, iterator))
            break
    while rows:
        best = 0
        for i in range(1, len(rows)):
            a, b = rows[i], rows[best]
            if (b[0] < a[0]) if reverse else (a[0] < b[0]):
                best = i
        _, order, value, iterator = rows[best]
        yield value
        for value in iterator:
            rows[best] = (value if key is None else key(value), order, value, iterator)
            break
        else:
            del rows[best]


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:max(n, 0)]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]
