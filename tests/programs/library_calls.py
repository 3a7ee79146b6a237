"""Calls in parts: partial, getters, caches, keys that compare; and iterators of itertools."""
import functools
import itertools
import operator


def tried(action, *args, **options):
    try:
        print(repr(action(*args, **options)))
    except Exception as error:
        print(type(error).__name__, error)


print(itertools.count(3), itertools.count(1,2), itertools.count(1.5, 0.5), itertools.repeat(3), itertools.repeat('a', 4))
p = functools.partial(int, base=2)
print(p('101'), p, p.func, p.args, p.keywords, type(p))


def ff(a,b,*c,**k): return a,b,c,k
q = functools.partial(functools.partial(ff,1,z=2),3,y=4)
print(q(5,x=6), q(z=9), q.args, q.keywords)
tried(lambda: functools.partial())
tried(lambda: functools.partial(3))
tried(lambda: q.foo)
tried(lambda: functools.partial(ff)())
tried(lambda: operator.itemgetter())
tried(lambda: operator.itemgetter(1)([1]))
tried(lambda: operator.itemgetter(0,2)('abc'))
tried(lambda: operator.itemgetter(1))
tried(lambda: operator.itemgetter(1,'a'))
tried(lambda: operator.attrgetter(1))
tried(lambda: operator.attrgetter('real','imag')(3))
tried(lambda: operator.attrgetter('__class__.__name__')(3))
tried(lambda: operator.attrgetter('a.b'))
tried(lambda: operator.attrgetter('x')(3))
tried(lambda: operator.methodcaller('upper')('abc'))
tried(lambda: operator.methodcaller('split', ',', maxsplit=1)('a,b,c'))
tried(lambda: operator.methodcaller('split', ',', maxsplit=1))
tried(lambda: operator.methodcaller(3))
tried(lambda: operator.methodcaller())
tried(lambda: operator.itemgetter(1)())
tried(lambda: operator.itemgetter(1)(1,2))
tried(lambda: operator.itemgetter(slice(1,3))('abcd'))
tried(lambda: operator.attrgetter('a')(x=1))
tried(lambda: itertools.islice([1],-1))
tried(lambda: list(itertools.islice(range(9),2,None,3)))
tried(lambda: itertools.islice(range(3)))
tried(lambda: list(itertools.islice([1],'a')))
tried(lambda: itertools.islice([1],1,2,0))
tried(lambda: itertools.islice([1],-1,2))
tried(lambda: itertools.permutations([1],-1))
tried(lambda: itertools.permutations([1],'a'))
tried(lambda: itertools.combinations([1],-1))
tried(lambda: itertools.combinations([1]))
tried(lambda: itertools.product([1],repeat=-1))
tried(lambda: itertools.product([1],foo=-1))
tried(lambda: itertools.count('a'))
tried(lambda: itertools.repeat())
tried(lambda: next(itertools.chain(1)))
tried(lambda: next(itertools.chain([])))
tried(lambda: itertools.tee([1],-1))
tried(lambda: itertools.takewhile(1))
tried(lambda: itertools.zip_longest([1], foo=2))
tried(lambda: itertools.accumulate())
tried(lambda: list(itertools.accumulate([1,2],initial=5)))
tried(lambda: itertools.cycle(3))
tried(lambda: itertools.cycle())
tried(lambda: list(itertools.starmap(pow, [(2,3),[3,2]])))
tried(lambda: list(itertools.starmap(pow, [2])))
tried(lambda: itertools.groupby())
tried(lambda: [(k,list(g)) for k,g in itertools.groupby('aabbb')])
tried(lambda: itertools.pairwise(3))
tried(lambda: itertools.compress([1]))
tried(lambda: type(itertools.chain()))
tried(lambda: type(itertools.tee([1])[0]))
tried(lambda: itertools.repeat(1,2).__length_hint__())
tried(lambda: len(itertools.repeat(1)))
tried(lambda: itertools.chain.from_iterable(['ab','c']).__next__())
tried(lambda: list(itertools.chain.from_iterable(['ab','c'])))
tried(lambda: itertools.filterfalse(None,[0,1,2]).__next__())
tried(lambda: itertools.batched)
tried(lambda: itertools.takewhile(bool,[1],3))
tried(lambda: itertools.count(1,2,3))
tried(lambda: list(itertools.zip_longest('ab','c',fillvalue='-')))
tried(lambda: next(itertools.count(10**20)))
tried(lambda: itertools.count()[1])
tried(lambda: itertools.count().foo)
tried(lambda: itertools.chain(x=1))
tried(lambda: itertools.groupby([1],3,4))
tried(lambda: bool(itertools.count()))
tried(lambda: itertools.product(1))
tried(lambda: list(itertools.product()))
tried(lambda: list(itertools.product('ab', repeat=2)))
tried(lambda: list(itertools.permutations('abc',2)))
tried(lambda:list(itertools.combinations_with_replacement('abc',2)))
tried(lambda: list(itertools.combinations('abcd',3)))
tried(lambda: list(itertools.permutations([],0)))
tried(lambda: list(itertools.combinations([],0)))


@functools.lru_cache(maxsize=2)


def sq(x, y=0):
    "doc"
    print('call', x, y); return x*x
print(sq(2), sq(2), sq(3), sq(4), sq(2), sq(2, y=1), sq(x=2))
print(sq.cache_info(), sq.cache_parameters(), sq.__name__, sq.__doc__, sq.__wrapped__.__name__, type(sq))
sq.cache_clear()
print(sq.cache_info())


class M:
    @functools.lru_cache
    def m(self, x): print('m'); return x+1
    @functools.cached_property
    def c(self): print('c'); return 5
m = M()
print(m.m(1), m.m(1), M.m(m, 1), m.c, m.c, M.m.cache_info().hits)
tried(lambda: sq([1]))
tried(lambda: sq())
tried(lambda: functools.lru_cache('a'))


@functools.lru_cache(maxsize=None, typed=True)


def ty(x): return type(x)
print(ty(1), ty(1.0), ty(True), ty.cache_info())
info = ty.cache_info()
h, mi, ma, cu = info
print(info[0], info._fields, info == (0, 3, None, 3))


@functools.cache


def fib(n): return n if n < 2 else fib(n-1)+fib(n-2)
print(fib(300), fib.cache_info())
print(sorted([3,1,2], key=functools.cmp_to_key(lambda a,b: b-a)))
K = functools.cmp_to_key(lambda a,b: a-b)
print(K(1) < K(2), K(1) == K(1), K(3) >= K(2), K(1).obj, type(K).__name__)
tried(lambda: K(1) < 3)
tried(lambda: hash(K(1)))
tried(lambda: functools.cmp_to_key())
tried(lambda: min([3,1,2], key=K))
tried(lambda: max([3,1,2], key=K))
tried(lambda: K())
tried(lambda: functools.reduce(operator.add, []))
tried(lambda: functools.reduce(lambda a,b: a*b, range(1,30)))
tried(lambda: functools.reduce(operator.add, [], 4))
tried(lambda: functools.reduce(operator.add, 3))
