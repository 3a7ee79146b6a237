"""Who asks for lengths, and what becomes of odd answers."""
import operator
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
class It:
    def __init__(s, h): s.h = h; s.i = 0
    def __iter__(s): return s
    def __next__(s):
        s.i += 1
        if s.i > 3: raise StopIteration
        return s.i
    def __length_hint__(s):
        print("hint")
        if isinstance(s.h, BaseException): raise s.h
        return s.h
for h in (3, 0, -1, 100, NotImplemented, "a", None, 2.5, True, TypeError("te"), ValueError("ve"), 2**70, RuntimeError("x")):
    print("--", repr(h))
    t(lambda: list(It(h))); t(lambda: operator.length_hint(It(h), 7)); t(lambda: tuple(It(h))); t(lambda: [].extend(It(h))); t(lambda: [*It(h)]); t(lambda: bytes(It(h))); t(lambda: set(It(h))); t(lambda: sorted(It(h))); t(lambda: sum(It(h)));
class Len:
    def __init__(s, n): s.n = n
    def __iter__(s): return iter([1,2])
    def __len__(s):
        print("len")
        if isinstance(s.n, BaseException): raise s.n
        return s.n
for h in (3, 0, -1, 100, NotImplemented, "a", None, TypeError("te"), ValueError("ve"), 2**70):
    print("--", repr(h))
    t(lambda: list(Len(h))); t(lambda: operator.length_hint(Len(h), 7)); t(lambda: tuple(Len(h))); t(lambda: (lambda l: l.extend(Len(h)) or l)([])); t(lambda: [*Len(h)]); t(lambda: sorted(Len(h))); t(lambda: max(Len(h))); t(lambda: bytes(Len(h)))
    t(lambda: " ".join(map(str, Len(h))))
t(lambda: operator.length_hint([1,2])); t(lambda: operator.length_hint(5)); t(lambda: operator.length_hint(5, 9)); t(lambda: operator.length_hint(iter([1,2,3]))); t(lambda: operator.length_hint(iter(range(5)))); t(lambda: operator.length_hint(iter({1:2}))); t(lambda: operator.length_hint(iter("abc"))); t(lambda: operator.length_hint(reversed([1,2]))); t(lambda: operator.length_hint(x for x in [1]))
t(lambda: operator.length_hint([], "a")); t(lambda: operator.length_hint(map(str, [1]))); t(lambda: operator.length_hint([1], 2.5))
t(lambda: iter([1,2]).__length_hint__()); t(lambda: iter((1,2)).__length_hint__())
i = iter([1,2,3]); next(i); t(lambda: operator.length_hint(i)); list(i); t(lambda: operator.length_hint(i))
import itertools
t(lambda: operator.length_hint(itertools.repeat(1, 5))); t(lambda: operator.length_hint(itertools.repeat(1), 4))
t(lambda: operator.length_hint(iter({1,2}))); t(lambda: operator.length_hint(iter({1:2}.items()))); t(lambda: operator.length_hint(iter(b"ab")))
t(lambda: operator.length_hint(enumerate([1]), 3)); t(lambda: operator.length_hint(zip([1]), 3))
t(lambda: operator.length_hint(iter(Len(3)), 3))
class L2(list):
    def __len__(s): print("L2len"); return 1
t(lambda: list(L2([1,2,3]))); t(lambda: tuple(L2([1,2])))
class NI:
    __length_hint__ = None
    def __iter__(s): return iter([1])
t(lambda: list(NI())); t(lambda: operator.length_hint(NI(), 3))


def main(n):
    total = 0
    for i in range(n):
        it = iter([i, i, i])
        next(it)
        total += operator.length_hint(it) + max(x % 7 for x in range(i % 5 + 1)) + min((x for x in (3, i)), key=lambda x: -x)
    return total


print(main(2000))


def first_two(items):
    a, b = items
    return a, b


t(lambda: first_two(itertools.count()))
taken = iter(range(10))
t(lambda: first_two(taken))
print(list(taken))
t(lambda: first_two(iter([1])))


def noisy():
    for i in (3, 1, 2):
        print("gives", i)
        yield i


print(max(noisy(), key=lambda i: print("key", i) or -i), min(noisy()))
for view in (lambda d: d, lambda d: d.keys(), lambda d: d.values(), lambda d: d.items()):
    d = {1: 2, 3: 4, 5: 6}
    back = reversed(view(d))
    t(lambda: operator.length_hint(back)); next(back); t(lambda: operator.length_hint(back))
    del d[1]; t(lambda: operator.length_hint(back)); t(lambda: list(back))
    back = reversed(view(d)); t(lambda: operator.length_hint(back)); list(back); t(lambda: operator.length_hint(back))
