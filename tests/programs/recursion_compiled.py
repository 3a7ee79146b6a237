"""Recursion that gets hot: results, depth, exceptions, collections, and what is called on the way."""


class Node:
    def __init__(self, depth, value):
        self.value = value
        self.children = []
        if depth:
            for i in range(2):
                self.children.append(Node(depth - 1, value * 2 + i))

    def total(self):
        result = self.value
        for child in self.children:
            result += child.total()
        return result

    def find(self, value):
        if self.value == value:
            return self
        for child in self.children:
            found = child.find(value)
            if found is not None:
                return found
        return None

    def __getitem__(self, path):
        if not path:
            return self.value
        return self.children[path[0]][path[1:]]


def depth_of(n):
    try:
        return depth_of(n + 1)
    except RecursionError:
        return n


def deep(n):
    if n == 0:
        return 0
    return deep(n - 1) + 1


def even(n):
    if n == 0:
        return True
    return odd(n - 1)


def odd(n):
    if n == 0:
        return False
    return even(n - 1)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def floats(x, n):
    if n < 2:
        return x / 2
    return floats(x + 0.5, n - 1) * 0.5 + floats(x - 0.25, n - 2)


def raises(n, at):
    if n == at:
        raise ValueError("at %d" % n)
    if n == 0:
        return 0
    x = n * 2
    return raises(n - 1, at) + x - x + 1


def catches(n):
    if n == 0:
        return 1 // n
    try:
        return catches(n - 1)
    except ZeroDivisionError:
        if n < 5:
            raise
        return n


def walk(items, out):
    for item in items:
        if isinstance(item, list):
            walk(item, out)
        else:
            out.append(item)
    return out


def make(n):
    def inner(k):
        if k <= 0:
            return n
        return inner(k - 1) + inner(k - 2)
    return inner


def with_defaults(n, step=1, *, scale=2):
    if n <= 0:
        return scale
    return with_defaults(n - step) + with_defaults(n - 2, step=2, scale=scale + 1)


def polymorphic(x, n):
    if n == 0:
        return x
    return polymorphic(x, n - 1) + polymorphic(x, n - 1)


def strings(s):
    if len(s) < 2:
        return s
    half = len(s) // 2
    return strings(s[half:]) + strings(s[:half])


def grows(n):
    if n == 0:
        return 1
    return grows(n - 1) * 3 + n


def hanoi(n, a, b, c, moves):
    if n == 0:
        return
    hanoi(n - 1, a, c, b, moves)
    c.append(a.pop())
    moves[0] += 1
    hanoi(n - 1, b, a, c, moves)


def key_of(n):
    return -deep(n)


def permute(items, k, out):
    if k == len(items):
        out.append(tuple(items))
        return
    for i in range(k, len(items)):
        items[k], items[i] = items[i], items[k]
        permute(items, k + 1, out)
        items[k], items[i] = items[i], items[k]


def queens(n, row, cols, d1, d2):
    if row == n:
        return 1
    count = 0
    for c in range(n):
        if c in cols or row + c in d1 or row - c in d2:
            continue
        count += queens(n, row + 1, cols | {c}, d1 | {row + c}, d2 | {row - c})
    return count


def leaves(tree):
    if isinstance(tree, int):
        yield tree
    else:
        for part in tree:
            yield from leaves(part)


def nested(n):
    if n == 0:
        return 0
    return [nested(n - 1), n]


tree = Node(7, 1)
for _ in range(30):
    total = tree.total()
print(total, tree.find(200).value, tree.find(-1), tree[(1, 0, 1)])
for _ in range(5):
    print(sum(tree[(i & 1, i >> 1 & 1, i >> 2 & 1)] for i in range(64)), end=" ")
print()
for _ in range(40):
    d = depth_of(0)
print(d)
for n in (10, 300, 900, 960):
    for _ in range(12):
        r = deep(n)
    print(n, r)
for _ in range(8):
    try:
        deep(2000)
    except RecursionError as e:
        print(e, end=" ")
print()
print(even(801), odd(801), even(900))
print(ackermann(2, 9))
print(floats(1.0, 20))
print([make(3)(10), make(2.5)(8), make("ab")(3)])
print(with_defaults(14))
for x in (1, 2.5, "a", [1], (2,), 1 << 62):
    r = polymorphic(x, 8)
    print(type(r).__name__, str(r)[:40])
print(strings("the quick brown fox " * 20)[:60])
print(grows(200))
for at in (3, 0, 7):
    for _ in range(30):
        try:
            raises(50, at)
        except ValueError as e:
            last = e
    print(last)
for _ in range(50):
    r = catches(40)
print(r)
data = [[1, [2, 3, [4]], 5], [[6], 7]] * 3
for _ in range(60):
    out = walk(data, [])
print(out)
stacks = [list(range(9, 0, -1)), [], []]
moves = [0]
hanoi(9, *stacks, moves)
print(moves, stacks)
print(sorted(range(30), key=key_of)[:5])
out = []
permute([1, 2, 3, 4, 5, 6], 0, out)
print(len(out), out[100], out[-1])
print(queens(6, 0, set(), set(), set()))
print(sum(leaves([[1, [2, 3]], [4, [5, [6]]]] * 50)))
for _ in range(300):
    r = nested(20)
print(r)
garbage = 0
for i in range(60):
    garbage += Node(6, i).total()
print(garbage)
raises(40, 4)
