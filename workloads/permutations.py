"""All permutations of n numbers by Heap's algorithm: as exchanges in place, recursive, and as a
generator of tuples.

Stresses recursion with list stores, and a generator that a loop drains.
"""
import sys


class Counter:
    def __init__(self, size):
        self.items = list(range(size))
        self.count = 0
        self.check = 0

    def visit(self):
        self.count += 1
        self.check = (self.check * 31 + self.items[self.count % len(self.items)]) & 0xFFFFFFF

    def permute(self, size):
        if size <= 1:
            self.visit()
            return
        items = self.items
        for i in range(size - 1):
            self.permute(size - 1)
            j = 0 if size % 2 else i
            items[j], items[size - 1] = items[size - 1], items[j]
        self.permute(size - 1)


def permutations(items):
    """The same order, without recursion."""
    items = list(items)
    counts = [0] * len(items)
    yield tuple(items)
    i = 1
    while i < len(items):
        if counts[i] < i:
            j = counts[i] if i % 2 else 0
            items[i], items[j] = items[j], items[i]
            yield tuple(items)
            counts[i] += 1
            i = 1
        else:
            counts[i] = 0
            i += 1


def main(n=9):
    counter = Counter(n)
    counter.permute(n)
    count = 0
    check = 0
    for items in permutations(range(n)):
        count += 1
        check = (check * 17 + items[0] * 5 + items[-1]) % 1_000_000_007
    return counter.count, counter.check, count, check


if __name__ == "__main__":
    print(main(int(sys.argv[1])) if len(sys.argv) > 1 else main())
