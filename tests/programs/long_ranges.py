"""Ranges whose bounds, step or length do not fit a machine word, and slices of what is as long."""
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
big = 2**100
a = range(big); b = range(-2**63, 2**63); c = range(0, 10**30, 10**29); d = range(2**62, 2**62+10); e = range(2**61-3, 2**61+3)
f = range(10**30, -10**30, -10**29)
for r in (a,b,c,d,e,f, range(0, 2**64, 2**64), range(2**63), range(-big, big, 3), range(big,0), range(2**70, 2**70)):
    t(lambda: r); t(lambda: len(r)); t(lambda: r[0]); t(lambda: r[-1]); t(lambda: r[2:4]); t(lambda: r[::-1]); t(lambda: r[1]); t(lambda: r[2**65])
    t(lambda: 5 in r); t(lambda: 10**29 in r); t(lambda: 2**62+1 in r); t(lambda: bool(r)); t(lambda: (r.start, r.stop, r.step)); t(lambda: hash(r) == hash(range(r.start, r.stop, r.step)))
    t(lambda: r.index(10**29)); t(lambda: r.count(10**29)); t(lambda: r.count(0)); t(lambda: r == range(r.start, r.stop, r.step)); t(lambda: next(iter(r))); t(lambda: next(reversed(r)))
    t(lambda: r[5:][:3]); t(lambda: r[2**64:2**64+2]); t(lambda: r[-2**70:]); pass
print(list(c), list(d), list(e), list(f), list(reversed(c)), list(reversed(d)))
for i in range(2**62, 2**62+3): print(i)
for i in range(2**64, 2**64+9, 4): print(i)
for i in range(2**64+9, 2**64, -4): print(i)
print(sum(range(2**64, 2**64+5)), min(range(2**64, 2**64+5)), [x for x in range(2**62-2, 2**62+2)], tuple(range(2**61-2, 2**61+2)))
for i in range(2**61-2, 2**61+2): print(i, end=" ")
print()
it = iter(range(2**62, 2**62+4)); next(it); print(list(it), list(it))
it = iter(range(2**64, 2**64+4)); next(it); print(list(it), list(it))
import operator
t(lambda: operator.length_hint(iter(range(2**64))))
t(lambda: operator.length_hint(iter(d)))
class I:
    def __init__(s, n): s.n = n
    def __index__(s): return s.n
t(lambda: range(I(2**70))); t(lambda: range(I(2), I(5), I(2))); t(lambda: range(2**70)[I(3)]); t(lambda: range(1.5)); t(lambda: range(2**70, 1, 0)); t(lambda: I(3) in range(10)); t(lambda: range(2**64).__len__())
t(lambda: range(2**62, 2**62+3) == range(2**62, 2**62+3)); t(lambda: range(2**62, 2**62+3) == [1]); t(lambda: isinstance(a, range)); t(lambda: {a: 1}[range(big)]); t(lambda: range(0, big, big) == range(0, 5, 7)); t(lambda:hash(range(0, big, big)) == hash(range(0, 5, 7)))
import random
random.seed(4)
t(lambda: random.sample(range(2**70), 3)); t(lambda: random.choice(range(2**62)))
t(lambda: list(zip(range(2**62, 2**63), "abc")))
t(lambda: list(enumerate(range(2**62, 2**63)))) if 0 else None
t(lambda: list(map(str, range(2**64, 2**64+2))))
x, y, *z = range(2**64, 2**64+5); print(x, y, z)
def main():
    s = 0
    for i in range(2**61-5000, 2**61+5000): s += i & 7
    for i in range(2**62-5000, 2**62+5000): s += i & 7
    for i in range(2**64-5000, 2**64+5000): s += i & 7
    for k in range(2000):
        for i in range(2**64, 2**64+k % 7): s += i & 3
    return s
print(main())


for r in (range(0), range(3, 3), range(2**70, 0), range(1), range(0, 5, 9), range(0, 2**70, 2**70)):
    print([r == other and hash(r) == hash(other) for other in (range(5, 1), range(0, 1, 3), range(1))])
for s in (slice(None), slice(5, None, -1), slice(-2**70, 2**70, 2**66), slice(None, None, -2**70)):
    print(s.indices(10), s.indices(2**100))
t(lambda: slice(1).indices(-1))
t(lambda: slice(1).indices("a"))
t(lambda: slice("a").indices(3))
t(lambda: range(0, 2**60, 2)[::2**61])


class Bad(Exception):
    def __init__(self):
        raise KeyError("made badly")


def chain():
    raise ValueError("x") from Bad


t(chain)
