# Arrays of every type code: conversions, refusals, slices, methods, derived classes; in loops, too.
from array import array


def t(compute):
    try:
        print(repr(compute()))
    except Exception as error:
        print(type(error).__name__, error)


for c in "bBhHiIlLqQfdu":
    for v in (-1, 1<<70, -(1<<70), 300, 70000, 1<<33, 1<<63, 1.5, "a", "ab", None, True):
        t(lambda: (c, array(c, [v])))
t(lambda: array('z'))
t(lambda: array('i', 'abc'))
t(lambda: array('u', 'abc'))
t(lambda: array('i', 5))
t(lambda: array(5))
t(lambda: array())
t(lambda: array('i', [1], 2))
t(lambda: array('i', x=2))
t(lambda: array('ii'))
a = array('i', [3,1,2])
t(lambda: a[5]); t(lambda: a['x']); t(lambda: a[1.0]); t(lambda: a[1<<70])
def s(i,v): a[i]=v
t(lambda: s(5,1)); t(lambda: s('x',1)); t(lambda: s(0,'x')); t(lambda: s(0,1.5)); t(lambda: s(slice(0,1),[1]))
t(lambda: s(slice(0,1),array('d',[1])))
def d(i): del a[i]
t(lambda: d(9)); t(lambda: d('x'))
t(lambda: a.pop(9)); t(lambda: array('i').pop()); t(lambda: a.index(99)); t(lambda: a.remove(99)); t(lambda: a.index(1)); t(lambda: a.index(2,1)); t(lambda:a.index(3,1)); t(lambda: a.count(1.0))
t(lambda: a + [1]); t(lambda: a + array('d')); t(lambda: a*2); t(lambda: 2*a); t(lambda: a*'x'); t(lambda: a*-1); t(lambda: a*1.5)
def ia():
    b=array('i',[1]); b+=[1]
t(ia)
def ib():
    b=array('i',[1]); b+=array('d')
t(ib)
t(lambda: a.extend(5)); t(lambda: a.extend(array('d'))); t(lambda: a.extend([1,'x'])); print(a)
t(lambda: a.fromlist((1,))); t(lambda: a.fromlist([1,'x'])); print(a)
t(lambda: a.frombytes(b'abc')); t(lambda: a.frombytes('abcd')); t(lambda: a.frombytes(b'abcd')); print(a)
t(lambda: a.tounicode()); t(lambda: array('u','hé').tounicode()); t(lambda: a.fromunicode('x'))
def fu():
    b = array('u'); b.fromunicode('xyz'); return b
t(fu)
t(lambda: array('u','ab')[0]); t(lambda: array('u','ab').tolist()); t(lambda: array('u','ab').tobytes())
for c in 'bBhHiIlLqQfd':
    t(lambda: (array(c,[1,2]).tobytes(), array(c).itemsize, array(c, b'12345678').tolist(), array(c,[3]).typecode))
t(lambda: a == array('d', a)); t(lambda: a == list(a)); t(lambda: a < array('i',[9])); t(lambda: a < [1]); t(lambda: a != array('i',a)); t(lambda: array('d',[float('nan')]) == array('d',[float('nan')]))
t(lambda: a[::2]); t(lambda: a[1:]); t(lambda: a[::-1]); t(lambda: a[5:1])
def sl():
    b = array('i', range(10)); b[2:4] = array('i',[7,7,7]); b[::3]=array('i',[0]*4); del b[1:3]; del b[::2]; return b
t(sl)
def sl2():
    b = array('i', range(10)); b[::3] = array('i',[1])
t(sl2)
def sl3():
    b = array('i', range(5)); b[2:2] = b; b[:0]=b[1:2]; return b
t(sl3)
t(lambda: a.byteswap()); print(a); a.byteswap(); print(a)
t(lambda: array('f',[1.5]).byteswap())
t(lambda: a.buffer_info()[1]); t(lambda: a.insert(0, 9)); t(lambda: a.insert(100, 8)); t(lambda: a.insert(-1, 7)); print(a); t(lambda: a.insert('x',1)); t(lambda: a.insert(0,'x'))
t(lambda: a.append('x')); t(lambda: a.append()); t(lambda: a.append(1,2)); t(lambda: a.reverse()); print(a)
t(lambda: bytes(array('h',[1,2]))); t(lambda: bytearray(array('h',[1,2]))); t(lambda: bytes(array('B',[65,66])))
t(lambda: list(reversed(a))); t(lambda: sorted(a)); t(lambda: sum(a)); t(lambda: max(a)); t(lambda: list(enumerate(a))[:2]); t(lambda: list(zip(a,a))[:2])
import copy
t(lambda: copy.copy(a)); t(lambda: copy.deepcopy(a)); t(lambda: array('f',[0.1])[0]); t(lambda: array('f',[1e300])); t(lambda: array('d',[1<<2000]))
class B(array):
    def __new__(cls, n): return array.__new__(cls, 'd', [0.0])*1
    pass
class C(array):
    def total(self): return sum(self)
c = C('i',[1,2,3]); t(lambda: c); t(lambda: c.total()); t(lambda: c[1:]); t(lambda: type(c*2)); t(lambda: type(c+c)); c.x = 5; t(lambda: c.x); t(lambda: len(c)); t(lambda: c[0]); t(lambda: c == array('i',[1,2,3]))
def st(): a.y = 1
t(st); t(lambda: a.typecode); t(lambda: a.nothing); t(lambda: array.__name__); t(lambda: array.__module__); t(lambda: array)
def mut():
    b = array('i',[1,2,3])
    for x in b:
        if len(b) < 8: b.append(x)
    return b
t(mut)
it = iter(array('i',[1])); next(it); t(lambda: next(it)); t(lambda: next(it, 'end'))
t(lambda: isinstance(a, array)); import array as am; t(lambda: am.typecodes); t(lambda: am.ArrayType); t(lambda: am.array('b'))
x = a; x += array('i',[4]); t(lambda: x is a); x *= 2; t(lambda: x is a); t(lambda: len(x))
class I:
    def __index__(self): return 2
t(lambda: array('i',[I()])); t(lambda: a[I()]); t(lambda: array('d',[I()])); t(lambda: array('B', (i for i in range(3)))); t(lambda: array('i', array('d',[1.0]))); t(lambda: array('d', array('i',[1])))
class F:
    def __float__(self): return 2.5
t(lambda: array('d',[F()])); t(lambda: array('i',[F()])); 
t(lambda: array('b', bytearray(b'ab'))); t(lambda: array('i', b'abc')); t(lambda: array('I',[1<<31])[0]); t(lambda:array('Q',[(1<<64)-1])[0]); t(lambda: array('l',[-(1<<63)])[0])
t(lambda: array('i', range(5)).index(3, -2)); t(lambda: array.append(a, 5)); t(lambda: array.append([], 5))
t(lambda: a.fromlist(5)); t(lambda: [1,2]+a); t(lambda: a.__len__()); t(lambda: a.__getitem__(0)); t(lambda: a.__contains__(5)); 


def smoothed(items, times):
    for _ in range(times):
        for i in range(1, len(items) - 1):
            items[i] = (items[i - 1] + items[i] + items[i + 1]) / 3
    return items


def counted(data):
    counts = array("I", [0]) * 8
    for byte in array("B", data):
        counts[byte % 8] += 1
    return counts


print(smoothed(array("d", [0.0, 8.0, 1.0, 5.0, 0.0]), 300))
print(smoothed(array("f", [0.0, 8.0, 1.0, 5.0, 0.0]), 300))
print(counted(bytes(range(250)) * 4))


def until_it_fails(items, limit):
    for i in range(limit):
        items[0] = items[0] * 2
    return items


t(lambda: until_it_fails(array("q", [1]), 100))
t(lambda: until_it_fails(array("Q", [1]), 100))
t(lambda: until_it_fails(array("d", [1]), 100))
