# Loops over objects of classes that derive from built-in containers, and what else is done to such
# objects in loops: compiled loops go through what the object holds.
class L(list): pass
class T(tuple): pass
class S(str): pass
class D(dict): pass
class B(bytes): pass
class BA(bytearray): pass
class ST(set): pass
class I(int): pass
class F(float): pass
from collections import deque, OrderedDict, Counter, defaultdict
class DQ(deque): pass
from array import array
class A(array): pass
def g(t, n):
    s = []
    for j in range(n):
        for x in t: s.append(x)
    return len(s), s[:7]
def un(t, n):
    k = []
    for j in range(n):
        a, b, c = t
        k.append((a, b, c))
    return k[-1], len(set(k))
def ln(t, n):
    k = 0
    for j in range(n):
        k += len(t)
        if t: k += 1
        if not t: k += 100
        if 2 in t: k += 1000
    return k
def sub(t, n):
    k = []
    for j in range(n):
        k.append(t[j % 3]); k.append(t[-1])
    return k[-6:], len(k)
def comp(t, n):
    s = []
    for j in range(n):
        s = [x for x in t] + s[:2]
        y = [*t]; s.append(len(y))
        z = sorted(t); s.append(len(z)); s.append(max(t)); s.append(list(zip(t, t))[0]); s.append(list(enumerate(t))[0]); s.append(list(map(repr, t))[-1])
    return s
def it(t, n):
    k = 0
    for j in range(n):
        i = iter(t)
        for x in i: break
        for x in i: k += 1
    return k
def eq(t, n):
    k = 0
    for j in range(n):
        if t == t: k += 1
        if t == [1, 2, 3] or t == (1, 2, 3): k += 10
        if t != t: k += 100
    return k
makes = [lambda: L([1,2,3]), lambda: T([1,2,3]), lambda: D({1:2, 2:3, 3:4}), lambda: ST([1,2,3]), lambda: DQ([1,2,3]), lambda: A('i',[1,2,3]), lambda: B(b'\x01\x02\x03'), lambda: BA(b'\x01\x02\x03'), lambda: OrderedDict({1:2,2:3,3:4}), lambda: Counter([1,2,3]), lambda: defaultdict(int, {1:1,2:2,3:3})]
for m in makes:
    for f in (g, un, ln, it, eq, comp):
        print(type(m()).__name__, f.__name__, f(m(), 60))
for m in (makes[0], makes[1], makes[4], makes[5], makes[6], makes[7], lambda: S('abc')):
    print(type(m()).__name__, sub(m(), 60))
for f in (g, un, it, comp): print(f(S('xyz'), 50))
def ops(L):
    s = L()
    out = []
    for i in range(200):
        s.append(i)
        if i % 3 == 0: out.append(s.pop())
        if i % 5 == 0 and len(s): out.append(s.pop(0))
        if i % 7 == 0: s.insert(0, i)
        if i % 11 == 0: s.extend([i, i])
        if i % 13 == 0: s.reverse()
        if i % 17 == 0: s.sort()
        if s: s[0] = s[-1]; s[-1] += 1
        if i % 19 == 0: del s[0]
        out.append(len(s)); out.append(s[len(s)//2])
        out.append(s.index(s[-1])); out.append(s.count(3))
    return sum(out), s[:5], s == list(s), s + [1] == list(s) + [1]
print(ops(L)); print(ops(list))
def dops(D):
    d = D()
    k = 0
    for i in range(200):
        d[i % 17] = d.get(i % 17, 0) + i
        if i % 17 in d: k += d[i % 17]
        for a, b in d.items(): k += a * b
        for a in d: k += a
        for b in d.values(): k -= b
        k += len(d)
        if i % 31 == 0: d.pop(i % 17)
        d.setdefault(i % 5, 2); d.update({3: 4})
    return k, dict(d) == d
print(dops(D), dops(dict), dops(OrderedDict))
def num(I, F):
    a = I(3); b = F(2.5); k = 0
    for i in range(200):
        k += a * i + b; k -= i * a; k += a + a; k += -a; k += abs(a) + (a < i) + (b > i)
        if a == 3: k += 1
        k += [10, 20, 30, 40][a]
        for z in range(a): k += z
        a = I(a + 1) if i % 50 == 0 and a < 3 else a
    return k, type(a + a).__name__, type(k).__name__
print(num(I, F), num(int, float))


# The class says only later how to go through its objects.
class Late(list):
    pass


def total(items, n):
    s = 0
    for j in range(n):
        for x in items:
            s += x
        if j == n // 2 and n > 150:
            Late.__iter__ = lambda self: iter([100, 200])
    return s


late = Late([1, 2, 3])
print(total(late, 100), total(late, 200), total(late, 100))
del Late.__iter__
print(total(late, 100), total([4, 5], 100), total(Late([6]), 100))


class Chain(list):
    def run(self):
        for link in self:
            link.execute()


class Link:
    def __init__(self, source, target):
        self.source, self.target = source, target

    def execute(self):
        self.target[0] = self.source[0]


cells = [[0] for _ in range(20)]
chain = Chain(Link(a, b) for a, b in zip(cells, cells[1:]))
failed = 0
for i in range(150):
    cells[0][0] = i
    chain.run()
    failed += cells[-1][0] != i
print(failed)
