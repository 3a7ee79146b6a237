"""Comparing, finding and showing containers whose items leave garbage behind."""
import sys


class Item:
    def __init__(self, key):
        self.key = key

    def __eq__(self, other):
        row = [self.key] * 1000
        return row[5] == other.key

    def __lt__(self, other):
        row = [self.key] * 1000
        return row[7] < other.key

    def __hash__(self):
        return 0

    def __repr__(self):
        row = [self.key] * 1000
        return str(row[9] & 1)


class Pair:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


def run(n):
    part = n // 24
    items = [Item(i) for i in range(part)]
    same = [Item(i) for i in range(part)]
    missing = Item(-1)
    found = missing in items, missing in tuple(items), missing in Pair(items), items.count(missing)
    equal = items == same, tuple(items) != tuple(same), [[items]] == [[same]]
    ordered = items < same + [missing], (1, items) <= (1, same), [same] > [items]
    dicts = {"a": items, "b": [1]} == {"b": [1], "a": same}, dict(enumerate(items)) == dict(enumerate(same))
    shown = len(repr(items)), len(str([[tuple(items)]])), len(f"{items}"), len(f"{items!r:>5}")
    known = len(repr(dict(enumerate(items)))), len(str({1: items})), len(repr({"a": {"b": items}.values()}))
    for _ in range(2):
        again = items == same, missing in items, len(str(items))
    return found, equal, ordered, dicts, shown, known, again


print(run(int(sys.argv[1])))
