"""Built-ins call back, what they call leaves garbage, and what they hold themselves is nowhere else."""
import bisect
import collections
import functools
import heapq
import itertools
import math


def garbage(x):
    rows = [[x, [x * 0.5, str(x)], (x, x + 0.25)] for i in range(4)]
    text = ''.join([str(row[0]) for row in rows])
    return rows[3][2][0], len(text)


def key_of(x):
    return x.key if type(x) is Item else x


class Item:
    def __init__(self, key):
        self.key = key

    def __lt__(self, other):
        garbage(self.key)
        return self.key < key_of(other)

    def __gt__(self, other):
        garbage(self.key)
        return self.key > key_of(other)

    def __eq__(self, other):
        garbage(self.key)
        return self.key == key_of(other)

    def __hash__(self):
        return hash(garbage(self.key)[0] % 7)

    def __add__(self, other):
        garbage(self.key)
        return Item(self.key + key_of(other))

    __radd__ = __add__

    def __mul__(self, other):
        garbage(self.key)
        return Item(self.key * 2 % 1009)

    __rmul__ = __mul__

    def __repr__(self):
        return 'Item(' + str(garbage(self.key)[0]) + ')'

    def __str__(self):
        return '<' + repr([self.key, float(garbage(self.key)[0])]) + '>'

    def __bool__(self):
        garbage(self.key)
        return self.key > 1000

    def __format__(self, spec):
        return spec + str(garbage(self.key))

    def __getattr__(self, name):
        return [name, garbage(self.key)]

    def __len__(self):
        return garbage(self.key)[0]

    def __contains__(self, other):
        return garbage(self.key)[0] == other

    def __getitem__(self, index):
        if index >= self.key:
            raise IndexError(str(garbage(index)))
        return [index, garbage(index)]

    @property
    def made(self):
        return [float(self.key), garbage(self.key)]


class Count:
    """Counts down, each item a fresh object."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        garbage(self.n)
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n + 0.5


def items(n):
    return [Item(i * 7919 % 101) for i in range(n)]


def floats(n):
    for i in range(n):
        garbage(i)
        yield i * 1.5


def key(x):
    garbage(1)
    return [-x, str(x)]


def odd(x):
    garbage(x)
    return int(x) % 2 == 1


def orders():
    print([i.key for i in sorted(items(40))], [i.key for i in sorted(items(80), reverse=True)][::8])
    print(sorted(Count(9), key=key), sorted(floats(5), key=Item))
    print([r[1].key for r in sorted((i.key % 3, i) for i in items(12))])
    print(sorted([{1.5: [Item(3)]}, {}], key=len), min(items(20)).key, max(items(20)).key)
    print(min(floats(9), key=key), max(Count(9), key=key), min(Count(4), default=None))
    print(sorted(range(9), key=functools.cmp_to_key(lambda a, b: key(b)[0] - key(a)[0])))
    rows = [float(i) for i in range(20)]
    rows.sort(key=Item)
    print(rows[:3], rows.index(Item(3)), rows.count(Item(4)))
    rows.remove(Item(2))
    print(len(rows), Item(5) in rows, items(9) == items(9), items(9) < items(8))


def folds():
    print(sum(items(20), Item(0)).key, sum(floats(9)), sum(Count(9)), sum(([f] for f in floats(5)), []))
    print(math.prod(x + 1.5 for x in floats(6)))
    print(math.prod(items(5)).key, functools.reduce(Item.__add__, items(9)).key)
    print(any(items(20)), all(items(20)), any(x > 90 for x in floats(9)))
    print(functools.reduce(lambda a, b: [a, b, garbage(3)], floats(4)))
    print(''.join(str(x) for x in floats(5)), '-'.join(map(str, items(3))))


def iterators():
    print(list(map(key, Count(4))), list(filter(odd, Count(7))), list(filter(None, items(5))))
    print(list(zip(floats(4), Count(4), items(3))), list(enumerate(Count(4))))
    print(list(map(lambda a, b: [a, b, garbage(a)], Count(3), floats(3))))
    print(tuple(Count(5)), sorted(set(Count(5))), dict((x, [x]) for x in Count(4)))
    print(dict.fromkeys(floats(3), 'v'), len({i: 1 for i in items(30)}), len(set(items(30))))
    first, *rest = Count(5)
    print(first, rest, [*Count(3), *floats(3)], {**{str(x): x for x in Count(2)}})
    print(list(Item(3)), list(iter(Count(5).__next__, 1.5)))
    rows = []
    rows.extend(Count(3))
    rows += floats(3)
    rows[1:2] = Count(2)
    print(rows)
    print(list(itertools.chain(Count(2), floats(2))), list(itertools.islice(Count(9), 2, 8, 3)))
    print(list(itertools.takewhile(lambda x: x > 3, Count(6))))
    print(list(itertools.dropwhile(lambda x: not odd(x), Count(6))))
    print(list(itertools.filterfalse(odd, Count(6))), list(itertools.accumulate(Count(5))))
    print([(k, list(g)) for k, g in itertools.groupby(Count(6), lambda x: [int(x) // 2, garbage(2)])])
    print(list(itertools.starmap(lambda a, b: [a, b, garbage(b)], zip(Count(3), Count(3)))))
    print(list(itertools.product(Count(2), floats(2))), list(itertools.pairwise(Count(4))))
    print(list(itertools.zip_longest(Count(2), Count(3), fillvalue=[0.5])))


def containers():
    heap = items(30)
    heapq.heapify(heap)
    for i in items(5):
        heapq.heappush(heap, i)
    print([heapq.heappop(heap).key for i in range(9)], heapq.heappushpop(heap, Item(0)).key)
    print([i.key for i in heapq.nsmallest(3, items(20))], list(heapq.merge(floats(3), floats(3))))
    rows = []
    for i in items(20):
        bisect.insort(rows, i)
    print([i.key for i in rows], bisect.bisect(rows, Item(9)), bisect.bisect([0.5, 1.5], -1, key=lambda x: -x))
    queue = collections.deque(Count(9), maxlen=4)
    queue.extend(floats(2))
    print(queue, queue.index(Item(1.5)) if Item(1.5) in queue else None)
    print(collections.Counter(Count(3)), collections.deque(items(3)) == collections.deque(items(3)))
    table = {}
    for i in items(40):
        table.setdefault(i, []).append([i.key, garbage(1)])
    print(sorted(k.key for k in table)[:5], Item(7) in table, table.get(Item(1000), [2.5]))
    table.update((i, [1.5]) for i in items(3))
    print(len(table), table == {**table}, table.pop(Item(0)))
    both = set(items(30)) & set(items(20)), set(items(9)) | set(items(12)), set(items(9)) - {Item(0)}
    print([len(s) for s in both], set(items(5)) <= set(items(9)), set(items(5)).isdisjoint(items(3)))

    @functools.lru_cache(maxsize=3)
    def cached(x):
        return [x.key, garbage(1)]

    print([cached(Item(i % 4))[0] for i in range(12)], cached.cache_info())
    print(functools.partial(key, 2.5)(), getattr(Item(3), 'made'), getattr(Item(4), 'other'))


def texts():
    print(items(3), str(items(2)), {1.5: Item(2)}, f'{Item(3)} {Item(4):x} {[Item(5)]!r}')
    print('%s %r' % (Item(1), (Item(2),)), '{} {:y}'.format(Item(3), Item(4)), len(Item(5)), 3 in Item(3))


class Meta(type):
    def __call__(cls, *args):
        garbage(1)
        made = super().__call__(*args)
        garbage(2)
        return [made.value, garbage(3)[0]]

    def __instancecheck__(cls, other):
        return bool(garbage(3))


class Made(metaclass=Meta):
    def __new__(cls, value):
        garbage(4)
        return super().__new__(cls)

    def __init__(self, value):
        self.value = [value, garbage(5)]


def nested(depth):
    """Built-ins of all kinds below each other, each with something that only it knows of."""
    if depth == 0:
        return [float(garbage(1)[0])]

    class Below:
        def __lt__(self, other):
            return len(nested(depth - 1)) == 9

        def __iter__(self):
            yield [depth + 0.5, nested(depth - 1)]

        def __hash__(self):
            return len(nested(depth - 1))

        def __eq__(self, other):
            return nested(depth - 1) is None

        def __repr__(self):
            return str(nested(depth - 1))

    parts = [[depth * 0.5], sorted([Below(), Below()]) and None, list(map(list, [Below()]))]
    parts.append(len({Below(): [1.5], Below(): [2.5]}))
    parts.append(str([depth * 0.25, Below(), depth * 0.75]))
    parts.append(max([[depth + 0.5, 1], [depth + 0.5, 0]], key=lambda row: (row, nested(depth - 1))))
    return parts


for part in (orders, folds, iterators, containers, texts):
    part()
print(Made(2.5), isinstance(3, Made))
print(nested(2))
for i in range(60):
    sums = sum(Count(4)), len(str(items(2))), sorted(items(4))[0].key, list(zip(Count(2), floats(2)))
print(sums)


def pairs(n):
    import math

    left = {str(i): i * 0.5 for i in range(n)}
    right = {str(i): i * 0.5 for i in range(n)}
    same = left.keys() == right.keys(), left.items() == right.items(), left.keys() <= right.keys()
    return same, math.dist(floats(n), (x + 1 for x in floats(n)))


print(pairs(9), [pairs(4)[0] for _ in range(3)])
