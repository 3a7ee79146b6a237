"""Named tuples, counters, ordered dicts, rows of zip, sorting, heaps and places in sorted lists."""
import bisect
import collections
import heapq


def tried(action, *args, **options):
    try:
        print(repr(action(*args, **options)))
    except Exception as error:
        print(type(error).__name__, error)


P = collections.namedtuple('P', 'x y', defaults=[5])
p = P(1)
print(p, p.x, p.y, P(1,2)._replace(y=3), p._asdict(), P._make([7,8]), P._fields, P._field_defaults, p == (1,5), P(y=1,x=2), p[0], len(p), tuple(p))
for a,k in [((),{}),((1,2,3),{}),((1,),{'z':3}),((1,),{'x':3}),((),{'y':3})]: tried(P,*a,**k)
tried(lambda: setattr(p,'x',3))
tried(collections.namedtuple,'Q','a a')
tried(collections.namedtuple,'Q','a class',rename=True)
Q = collections.namedtuple('Q','a class', rename=True)
tried(Q, 1, 2)
tried(Q)


class R(P):
    def total(self): return self.x + self.y
print(R(1,2).total(), R(3,4), isinstance(R(1,2), tuple))
c = collections.Counter('abracadabra')
print(c, c.most_common(2), c['z'], c + collections.Counter('aab'), c - collections.Counter('aaab'), sum(c.values()), sorted(c.elements()))
c.update({'a': 3})
c.update(['q'])
print(c)


class C2(collections.Counter):
    def __setitem__(self, k, v): super().__setitem__(k, v * 10)
print(C2('aab'))
d = collections.OrderedDict((i, i*i) for i in range(5))
d.move_to_end(1)
d.move_to_end(3, last=False)
print(d, d.popitem(last=False), d.popitem(), list(d), d == collections.OrderedDict(d))
for i in range(100): d[i] = i; d.popitem(last=False)
print(d)
dd = {}
for i in range(1000):
    dd[i] = i
    if i > 10: del dd[next(iter(dd))]
print(dd, list(dd.items())[:3], next(iter(dd)), dd.popitem(), len(dd))
dd[5] = 1
print(list(dd))
dd.clear()
dd[3] = 4
print(dd, list(dd))
print(list(zip([1,2,3],'abc',(4,5,6),range(3),[7,8,9],[1,1,1])), list(zip()), list(zip([1])), list(zip('ab',[1,2,3])))
tried(lambda: list(zip([1,2],[1],strict=True)))
tried(lambda: list(zip([1],[1,2],strict=True)))


def g():
    yield 1; yield [2]*3; yield 3
print(list(zip(g(), g(), map(str, g()))))
print(sorted('the quick brown fox é à z A'.split()), sorted([3,2,1]), sorted([1,2,3]), sorted([(2,'b'),(1,'z'),(2,'a')]), sorted(['b','a','c'], reverse=True), sorted([1.5,0.5,2.5,-1.0], reverse=True), sorted([[3],[2],[1],[0]], reverse=True), sorted([(1,'b'),(1,'a'),(0,'c')], key=lambda p: p[0]), sorted([(1,'b'),(1,'a'),(0,'c')], key=lambda p: p[0], reverse=True))
print(sorted([5,4,3,2,1,1,0]), sorted([(i*7%5, i) for i in range(20)], key=lambda p: p[0]))
tried(lambda: sorted([1,'a']))
tried(lambda: sorted([None, None]))
h = []
for x in [5,3,8,1,9,2,7]: heapq.heappush(h, x)
print(h, heapq.heappop(h), heapq.heappushpop(h, 0), heapq.heappushpop(h, 4), heapq.heapreplace(h, 10), h, heapq.nsmallest(3,h), heapq.nlargest(2,h), list(heapq.merge([1,4],[2,3],[0,9])), list(heapq.merge([4,1],[3,2],reverse=True)), list(heapq.merge(['aa','b'],['c','dddd'],key=len)))
tried(heapq.heappop, [])
tried(heapq.heappush, (1,), 2)
tried(heapq.heappush, [1])
tried(heapq.heapify)
tried(heapq.heapreplace, [], 1)
tried(heapq.heappush, ['a'], 1)
x = [(3,'c'),(1,'a'),(2,'b')]
heapq.heapify(x)
print(x)
l = [1,3,3,5]
print(bisect.bisect(l,3), bisect.bisect_left(l,3), bisect.bisect_right(l,3,0,2), bisect.bisect_left([(1,),(2,)], 2, key=lambda p: p[0]))
bisect.insort(l, 4)
bisect.insort_left(l, 3, key=lambda v: v)
print(l)
tried(bisect.bisect, [1], 'a')
tried(bisect.bisect_left, l, 3, -1)
tried(bisect.bisect_left, l)
tried(bisect.bisect, 5, 5)
print(bisect.bisect('acd', 'b'), bisect.bisect_right(a=[1,2], x=2, lo=0, hi=None))
for values in [[3, 1, 'a', 2], [5, 4, 'b'], ['x', 1], [2, 1, 3, None, 0]]:
    for options in [{}, {'reverse': True}, {'key': lambda value: value}]:
        mixed = list(values)
        tried(mixed.sort, **options)
        print(mixed)
asked = []


class Asked:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        asked.append((self.value, other.value))
        return self.value < other.value


print([item.value for item in sorted([Asked(value * 7 % 11) for value in range(11)])], asked)
tried(ord, b'ab')
tried(ord, b'a')
print(hash(""), hash(b""))
tried(lambda: int(b'x1'))
tried(lambda: float(b'x1'))
tried(lambda: format(2**70, 'c'))
tried(lambda: '%c' % 2**70)
