"""Lists of a thousand items, all of them dropped by what built-ins call."""
import sys


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
    return first, rows[0][0], rows[1], total, picked


print(run(int(sys.argv[1])))
