"""Heaps in lists: the parent of an item is never greater than the item."""


def heappush(heap, item, /):
    heap.append(item)
    _rise(heap, 0, len(heap) - 1)


def heappop(heap, /):
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if heap:
        item = heap[0]
        heap[0] = last
        _sink(heap, 0)
        return item
    return last


def heapreplace(heap, item, /):
    first = heap[0]
    heap[0] = item
    _sink(heap, 0)
    return first


def heappushpop(heap, item, /):
    if heap and heap[0] < item:
        item, heap[0] = heap[0], item
        _sink(heap, 0)
    return item


def heapify(x, /):
    for i in range(len(x) // 2 - 1, -1, -1):
        _sink(x, i)


def _rise(heap, start, at):
    """Moves an item towards the root until its parent is not greater."""
    item = heap[at]
    while at > start:
        parent = (at - 1) >> 1
        above = heap[parent]
        if not item < above:
            break
        heap[at] = above
        at = parent
    heap[at] = item


def _sink(heap, at):
    """Moves an item to a leaf along the smaller children, then up to its place."""
    end = len(heap)
    start = at
    item = heap[at]
    child = 2 * at + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    _rise(heap, start, at)


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
