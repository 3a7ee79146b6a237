"""Heaps in lists: the parent of an item is never greater than the item."""

from _heapq import (_heapify_max, _heappop_max, _heapreplace_max, heapify, heappop, heappush,
                    heappushpop, heapreplace)

_MISSING = object()


def merge(*iterables, key=None, reverse=False):
    """The items of sorted iterables, sorted."""
    if reverse:
        order, pop, replace, direction = _heapify_max, _heappop_max, _heapreplace_max, -1
    else:
        order, pop, replace, direction = heapify, heappop, heapreplace, 1
    rows = []
    for at, iterable in enumerate(iterables):
        items = iter(iterable)
        for value in items:
            rows.append((value if key is None else key(value), at * direction, value, items))
            break
    order(rows)
    while len(rows) > 1:
        _, at, value, items = rows[0]
        yield value
        for value in items:
            replace(rows, (value if key is None else key(value), at, value, items))
            break
        else:
            pop(rows)
    for _, _, value, items in rows:
        yield value
        yield from items


def _best(n, iterable, key, largest):
    """The first `n` items as `sorted` gives them: a heap of those that are best so far, the worst on top."""
    if n <= 0:
        return []
    if n == 1:
        one = (max if largest else min)(iterable, key=key, default=_MISSING)
        return [] if one is _MISSING else [one]
    try:
        size = len(iterable)
    except (TypeError, AttributeError):
        size = n + 1
    if n >= size:
        return sorted(iterable, key=key, reverse=largest)
    order, replace = (heapify, heapreplace) if largest else (_heapify_max, _heapreplace_max)
    # Of equal items the one that came first is better: their places tell.
    step = -1 if largest else 1
    items = iter(iterable)
    if key is None:
        rows = [(value, at * step) for at, value in zip(range(n), items)]
    else:
        rows = [(key(value), at * step, value) for at, value in zip(range(n), items)]
    order(rows)
    at = n * step
    worst = rows[0][0] if rows else None
    for value in items:
        known = value if key is None else key(value)
        if worst < known if largest else known < worst:
            replace(rows, (known, at) if key is None else (known, at, value))
            worst = rows[0][0]
            at += step
    rows.sort(reverse=largest)
    return [row[0 if key is None else 2] for row in rows]


def nsmallest(n, iterable, key=None):
    """The `n` smallest items, in order."""
    return _best(n, iterable, key, False)


def nlargest(n, iterable, key=None):
    """The `n` largest items, the largest first."""
    return _best(n, iterable, key, True)
