# Sets of numbers are iterated in an order that follows from how they were made.
state = 12345


def rand(n):
    global state
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % n


def show(name, s):
    print(name, len(s), list(s))


show("literal", {5, 3, 100, 8, 16, 24, 1})
show("two", {9, 1})
show("range", set(range(20, 0, -1)))
show("comprehension", {x * 7 % 31 for x in range(20)})
show("negative", {-1, -2, -3, 0, 7, -100})
show("floats", {1.5, 2.0, 3, 0.25, 1e10})
show("big", {2**70, 2**61, 5, -(2**65)})
show("tuples", {(1, 2), (3, 4), (0, 0), (5,)})
show("frozen", frozenset([33, 1, 65, 97, 129]))
for size in (3, 10, 40, 200):
    a = {rand(size * 5) for _ in range(size)}
    b = set(rand(size * 5) for _ in range(size // 2 + 1))
    show("a", a)
    show("a|b", a | b)
    show("a&b", a & b)
    show("b&a", b & a)
    show("a-b", a - b)
    show("b-a", b - a)
    show("a^b", a ^ b)
    show("union", a.union(b, [1, 2, 3]))
    show("intersection", a.intersection(list(b)))
    show("difference", a.difference(list(b)[:2]))
    show("symmetric", a.symmetric_difference(list(b)))
    c = a.copy()
    c |= b
    show("c|=", c)
    c -= set(list(c)[::3])
    show("c-=", c)
    c ^= a
    show("c^=", c)
    c &= a | b
    show("c&=", c)
    for i in range(size):
        c.add(rand(1000))
        c.discard(rand(1000))
        if i % 3 == 0 and c:
            print(c.pop(), end=" ")
    show("changed", c)
    c.update(a, range(5))
    show("updated", c)
    c.difference_update(b)
    c.intersection_update(range(100))
    show("less", c)
    show("from dict", set({x: 1 for x in a}))
    show("from set", set(a) | frozenset(b))
    show("keys", {x: 0 for x in a}.keys() & {x: 0 for x in b}.keys())
    show("keys or", {x: 0 for x in a}.keys() | b)
    show("keys minus", {x: 0 for x in a}.keys() - b)
    c.clear()
    c.add(3)
    show("clear", c)
    print(a == set(list(a)), a <= a | b, a > b, a.isdisjoint(b), hash(frozenset(a)))
work = {0}
seen = set()
while work:
    n = work.pop()
    seen.add(n)
    for m in (n * 2 + 1, n * 3 % 101, n + 17):
        if m < 200 and m not in seen:
            work.add(m)
show("seen", seen)


class Key:
    def __init__(self, k):
        self.k = k

    def __hash__(self):
        return self.k % 3

    def __eq__(self, other):
        return isinstance(other, Key) and self.k == other.k

    def __repr__(self):
        return f"K{self.k}"


ks = {Key(i) for i in range(12)}
print(ks, Key(5) in ks, Key(50) in ks, ks - {Key(1), Key(2)}, {Key(1): "a"}[Key(1)])
total = 0
for i in range(3000):
    total = (total * 3 + i) % 1009
print(total)
stack = [1, 2, 3]
pushed = {}
while stack:
    top = stack.pop()
    if top < 300:
        stack.append(top + 3)
        pushed[top] = True
print(len(pushed))
while pushed:
    pushed.popitem()
print(pushed, stack)
