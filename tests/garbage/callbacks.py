"""Lists of a thousand items, all of them dropped by what built-ins call."""
import sys
from itertools import compress, dropwhile, filterfalse, islice


class Item:
    def __init__(self, key):
        self.key = key

    def __lt__(self, other):
        row = [self.key] * 1000
        return row[5] < other.key


class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        row = [self.n] * 1000
        if row[7] == 0:
            raise StopIteration
        self.n -= 1
        return self.n


class Slow:
    """What is called once, and leaves much behind before it returns."""

    def __init__(self, n):
        self.n = n

    def churn(self):
        total = 0
        for i in range(self.n):
            row = [i] * 1000
            total += row[9] & 1
        return total

    def __lt__(self, other):
        return self.churn() < 0

    def __str__(self):
        return str(self.churn())

    def __iter__(self):
        yield self.churn()
        yield 1


def key(x):
    row = [x] * 1000
    return -row[3]


def run(n):
    part = n // 20
    items = [Item(i * 7919 % 1009) for i in range(part // 10)]
    first = sorted(items)[0].key, min(items).key
    rows = sorted(range(part), key=key), max(range(part), key=key)
    total = sum(Count(part)), len(list(Count(part))), len(set(Count(part)))
    picked = any(x < 0 for x in Count(part)), len(list(map(key, Count(part))))
    slow, quick = Slow(part), Slow(10)
    once = sorted([slow, slow])[0].n == part, str(slow), [x for x, _ in zip(slow, slow)]
    for i in range(part // 10):
        often = str(quick), sum(quick)
    late = (
        next(islice(Count(part), part - 1, None)),
        next(dropwhile(lambda x: key(x) < 0, Count(part))),
        next(filterfalse(lambda x: key(x) < 0, Count(part))),
        next(compress(Count(part), [0] * (part - 1) + [1])),
    )
    return first, rows[0][0], rows[1], total, picked, once, often, late


print(run(int(sys.argv[1])))
