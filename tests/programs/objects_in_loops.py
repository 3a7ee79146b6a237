class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def dot(self, other):
        return self.x * other.x + self.y * other.y

    def scale(self, k):
        self.x *= k
        self.y *= k
        return self


class Counter:
    step = 2

    def __init__(self):
        self.count = 0

    def bump(self):
        self.count += self.step


class Big:
    def __init__(self):
        self.a = self.b = self.c = self.d = self.e = 1
        self.f = self.g = self.h = self.i = self.j = 2
        for k in range(30):
            setattr(self, f"extra{k}", k)


def sums(n):
    v, w = Vec(1.5, 2.5), Vec(0.5, -1.0)
    total = 0.0
    for i in range(n):
        total += v.dot(w) * i
        w.x += 0.001
    return total


def make(n):
    total = 0
    for i in range(n):
        v = Vec(i, i + 1)
        total += v.dot(v)
    return total


def count(n):
    c = Counter()
    for i in range(n):
        c.bump()
        if i == n // 2:
            Counter.step = 3
    return c.count


def mixed(n):
    items = [Vec(1, 2), Counter(), Vec(3, 4)]
    total = 0
    for i in range(n):
        item = items[i % 3]
        if isinstance(item, Vec):
            total += item.x
        else:
            item.bump()
            total += item.count
    return total


class Node:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right


def insert(root, value):
    if root is None:
        return Node(value)
    node = root
    while True:
        if value < node.value:
            if node.left is None:
                node.left = Node(value)
                return root
            node = node.left
        else:
            if node.right is None:
                node.right = Node(value)
                return root
            node = node.right


def tree(n):
    root, x = None, 7
    for i in range(n):
        x = x * 1103515245 % 65536 + 12345
        root = insert(root, x % 1000)
    depth, level = 0, [root]
    while level:
        depth += 1
        level = [c for node in level for c in (node.left, node.right) if c is not None]
    return depth


def redefine(n):
    total = 0
    v = Vec(1, 2)
    for i in range(n):
        total += v.dot(v)
        if i == n // 2:
            Vec.dot = lambda self, other: 100
    return total


def overflowing(n):
    v = Vec(1 << 60, 1)
    for i in range(n):
        v.scale(3)
    return v.x % 1000007


print(sums(2000), make(2000), count(2000), mixed(900), tree(600))
b = Big()
print(sum(getattr(b, f"extra{k}") for k in range(30)), b.extra7 + b.j)
total = 0
for i in range(500):
    total += b.extra29 + b.a
print(total, overflowing(200))
print(redefine(1000))
try:
    for i in range(1000):
        v = Vec(i, 1) if i < 900 else None
        total += v.x
except AttributeError as error:
    print(error, total)
