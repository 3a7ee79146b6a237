"""What `yield from` passes on: values sent, exceptions thrown, results, ends, depth, and the traceback."""

def inner():
    try:
        x = yield 1
        print('got', x)
        y = yield 2
        print('got', y)
    except ValueError as e:
        print('caught', e)
        yield 99
    finally:
        print('finally')
    return 'done'
def middle():
    r = yield from inner()
    print('r', r)
    return r + '!'
def outer():
    r = yield from middle()
    print('outer', r)
    yield from [10, 20]
    yield from iter(range(3))
    return 7
for v in outer(): print(v)
g = outer(); print(next(g), g.send('a'), g.send('b')); print(list(g))
g = outer(); print(next(g), g.throw(ValueError('v'))); print(list(g))
g = outer(); next(g); g.close()
g = outer()
try: g.send(5)
except TypeError as e: print(e)
def bad():
    yield 1
    raise KeyError('k')
def wrap():
    try:
        yield from bad()
    except KeyError as e:
        print('wrapped', e); yield 'after'
print(list(wrap()))
def selfref():
    yield from me
me = selfref()
try: next(me)
except ValueError as e: print(e)
def deep(n):
    if n: yield from deep(n-1)
    else: yield 'bottom'
print(list(deep(500)))
try: list(deep(5000))
except RecursionError as e: print(e)
class It:
    def __init__(s): s.n=0
    def __iter__(s): return s
    def __next__(s):
        s.n+=1
        if s.n>3: raise StopIteration('val')
        return s.n
def useit():
    r = yield from It()
    print('it', r)
def both():
    for x in useit(): yield x
    yield from useit()
print(list(both()))
def loops(n):
    for i in range(n):
        for j in range(3):
            yield i*j
def deleg(n):
    for k in range(n):
        yield from loops(k)
print(sum(deleg(60)))
def stop():
    raise StopIteration('x')
    yield
def ws():
    yield from stop()
try: list(ws())
except RuntimeError as e: print(e, repr(e.__cause__))
def noyield():
    return 5
    yield
def nn():
    r = yield from noyield()
    print(r)
    r = yield from noyield()
    print(r)
print(list(nn()))
list(x for x in wrap())
def rows(n):
    for i in range(n):
        total = 0
        for j in range(60):
            total += i * j
        yield total
def table(n):
    for k in range(n):
        yield from rows(k)
check = 0
for total in table(30):
    for j in range(30):
        check = (check * 31 + total + j) % 1000003
print(check)
def trace():
    yield from bad()
list(trace())
