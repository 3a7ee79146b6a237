# Rare turns of calls, conversions, sorting and delegation.
class L(list):
    def __new__(cls, seq, newarg=None):
        self = super().__new__(cls, seq)
        self.newarg = newarg
        return self
try: print(L([1, 2], newarg=3))
except Exception as e: print(e)
class A:
    def foo(self, cls): return 'spam'
class B: bar = classmethod(A().foo)
print(B.bar())
def clash(xs):
    try: xs.sort(key=lambda x: xs.append(1) or x)
    except ValueError as e: print(e, len(xs))
clash([3, 1, 2])
class Ind:
    def __index__(self): return 16
print(int('ff', Ind()))
class I7(int):
    def __index__(self): return 42
print(int(I7(7)), bin(I7(7)), range(10)[I7(1):])
def g1():
    try: yield 1
    except ValueError: print('caught'); raise
    finally: print('fin')
def g2():
    try: yield from g1()
    except GeneratorExit: print('GE'); raise
x = g2(); next(x); x.close()
x = g2(); next(x)
try: x.throw(GeneratorExit)
except BaseException as e: print(type(e))
import sys
def gg():
    try: yield 1
    except ValueError: yield sys.exc_info()[0]
k = gg(); next(k); print(k.throw(ValueError)); print(sys.exc_info())
for fmt in ('.99999999999999999999f', '100000000000000000000d'):
    try: print(format(1.5, fmt))
    except ValueError as e: print(e)
for v, fmt in ((123456789, ',x'), (1234567, '_x'), (3, '+c'), (1114112, 'c'), (5, '.3d'), (5, 'Q'), (-5, '=+8,d'), (12345, '08,d'), (3, '#x'), (1<<100, 'e')):
    try: print(format(v, fmt))
    except Exception as e: print(type(e).__name__, e)
class F1:
    def __class_getitem__(cls, k): return k
print(F1[3])
b = bytearray(b'abc')
class Clr:
    def __index__(self): b.clear(); return 65
try: b[1] = Clr()
except Exception as e: print(type(e), e)


class Caller:
    pass


Caller.__call__ = Caller()
try:
    Caller()()
except RecursionError as e:
    print(e)


class Throwing:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, error):
        print("thrown", repr(error))
        raise StopIteration(7)

    def close(self):
        print("closed")


def over():
    result = yield from Throwing()
    print("result", result)
    yield 8


x = over()
next(x)
print(x.throw(KeyError("k")))
x = over()
next(x)
x.close()


class WithInit(tuple):
    def __init__(self, items, named=None):
        self.named = named


w = WithInit((1, 2), named=5)
print(w, w.named)


def delegated(items):
    return (yield from items)


total = 0
for i in range(400):
    total += sum(delegated([i, 1])) + int("ff", Ind())
print(total)
for f in (lambda: 2**2000 ^ 2.3, lambda: 2.3 ^ 2**2000, lambda: 2**2000 << 1.0, lambda: 2**2000 & 1.5, lambda: 2**2000 + 1.5, lambda: 2**2000 < 1.5, lambda: 2**2000 | 'a', lambda: 2**2000 >> 1.5, lambda: 1.5 % 2**2000, lambda: 2**2000 // 0.0, lambda: 2**2000 @ 1.5):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
