"""Deques: every method, its errors, and classes that derive from them."""
import copy
from collections import deque


def tried(action, *args, **options):
    try:
        print(repr(action(*args, **options)))
    except Exception as error:
        print(type(error).__name__, error)


d = deque([1,2,3])
tried(lambda: d[5])
tried(lambda: d.__setitem__(9,1))
tried(lambda: d['a'])
tried(lambda: d[1:2])
tried(lambda: d.__delitem__(7))
tried(lambda: d.remove(9))
tried(lambda: d.index(9))
tried(lambda: deque(maxlen=-1))
tried(lambda: deque(maxlen='a'))
tried(lambda: deque(5))
tried(lambda: deque([],1,2))
tried(lambda: d+[1])
tried(lambda: [1]+d)
tried(lambda: d*2)
tried(lambda: 2*d)
tried(lambda: d*'a')
tried(lambda: d<deque([2]))
tried(lambda: d<[1])
tried(lambda: d==[1,2,3])
tried(lambda: hash(d))
tried(lambda: deque(foo=1))
tried(lambda: deque([],1).insert(0,1))
tried(lambda: deque([1],1).insert(0,1))
tried(lambda: d.foo)
tried(lambda: deque().pop())
tried(lambda: deque().popleft())
tried(lambda: d.rotate('a'))
tried(lambda: deque.append(3,4))
tried(lambda: d.append())
tried(lambda: d.maxlen)
tried(lambda: type(d))
tried(lambda: type(iter(d)))
tried(lambda: type(reversed(d)))
tried(lambda: d[10**30])
tried(lambda: deque([1,2,3,1]).count(1))
tried(lambda: deque([1,2,3]).index(3,-2))
tried(lambda: d.index(1,1))
tried(lambda: 2 in d)
tried(lambda: deque.__name__ + deque.__module__)
tried(lambda: d.__class__)
tried(lambda: deque([d, d]))
tried(lambda: d.copy())
tried(lambda: deque('abc', 2))
tried(lambda: deque('abc', maxlen=None))
tried(lambda: d.extend(5))
tried(lambda: setattr(d,'x',1))
tried(lambda: setattr(d,'maxlen',1))
tried(lambda: d.insert('a',1))
tried(lambda: d @ 2)
tried(lambda: d[1.5])
tried(lambda: bool(deque()))
tried(lambda: d.reverse())
tried(lambda: d)
tried(lambda: list(reversed(d)))
tried(lambda: deque([1,2])!=deque([1,2]))
tried(lambda: d())
tried(lambda: deque([1], maxlen=1)+deque([2]))
tried(lambda: deque([1,2,3], maxlen=4)*2)
tried(lambda: deque(deque([1,2,3],maxlen=2)))
tried(lambda: isinstance(d, list))
tried(lambda:d.clear())
tried(lambda:d.__len__())
tried(lambda:d.__getitem__(0))
tried(lambda: next(iter(d)))
tried(lambda: [*d])
tried(lambda: d.__iadd__([4]))
tried(lambda: d.append(x=3))
tried(lambda: deque.mro())
tried(lambda: d.__eq__(3))
tried(lambda: d.__lt__(3))
tried(lambda: repr(deque.append))
x = deque()
x.append(x)
print(x)


class D(deque):
    def __init__(self, *a, name='n', **k):
        super().__init__(*a, **k); self.name = name
    def push(self, x): self.append(x); return self
e = D([1,2], maxlen=3, name='q')
e.push(3).push(4)
print(e, e.name, len(e), list(e), e[0], e.copy(), type(e.copy()).__name__, e == deque([2,3,4]), e + deque([9]), bool(e), 3 in e, e.maxlen)
e.appendleft(0)
print(e, [x for x in e], sum(e), max(e), sorted(e), isinstance(e, deque), e.popleft())


class E(deque): pass
print(E([1]), E().maxlen, E('ab', 1))
d = deque([1,2,3])
try:
    for x in d: d.append(x)
except RuntimeError as err: print(err)
print(copy.copy(d), copy.deepcopy(deque([[1],[2]], 5)))
d += 'xy'
print(d)
d *= 2
print(d)
del d[0]
d[0] = 'z'
print(d)
a, *b = d
print(a, b)
queue = deque(maxlen=50)
total = 0
for i in range(300):
    queue.append(i * 7 % 13)
    if len(queue) > 20:
        total += queue.popleft() + queue[-1] - queue[0]
print(total, len(queue), queue.count(3))
