# Calls that go through built-in code count as deep as their frames, as do special methods.
import sys

depth = 0


def through_sorted(n):
    global depth
    depth = n
    return sorted([n], key=lambda x: through_sorted(n + 1))


class Adder:
    def __add__(self, other):
        global depth
        depth += 1
        return self + other


class Holder:
    def __init__(self, inner):
        self.inner = inner

    @property
    def total(self):
        return 1 + self.inner.total if self.inner is not None else 0

    def __len__(self):
        return len(self.inner) + 1 if self.inner is not None else 0


def delegating(n):
    global depth
    depth = n
    yield from delegating(n + 1)


def looping(n):
    if n:
        for x in looping(n - 1):
            yield x + 1
    else:
        yield 0


def deepest(call):
    global depth
    depth = 0
    try:
        call()
    except RecursionError as e:
        return depth, str(e)[:32]


print(deepest(lambda: through_sorted(0))[0] > 300)
print(deepest(lambda: Adder() + 1)[0] > 900)
print(deepest(lambda: list(delegating(0)))[0] > 900)
h = Holder(None)
for i in range(250):
    h = Holder(h)
print(h.total, len(h), list(looping(400)))
sys.setrecursionlimit(2500)
print(deepest(lambda: Adder() + 1)[0] > 2000)
