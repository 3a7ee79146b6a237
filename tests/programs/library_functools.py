# functools and operator.
import functools, operator
from functools import *
print(reduce(operator.add, [1,2,3]), reduce(lambda a,b: a*b, [], 7))
try: reduce(operator.add, [])
except TypeError as e: print(e)
p = partial(int, base=2); print(p("101"), p.func, p.args, p.keywords)
def f(a,b,*c,**d): return (a,b,c,d)
print(partial(f,1,x=2)(3,4,y=5), partial(partial(f,1),2)(3))
@lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n-1)+fib(n-2)
print(fib(80), fib.cache_info(), fib.__name__, fib.__wrapped__.__name__)
fib.cache_clear(); print(fib.cache_info())
@lru_cache(maxsize=2)
def g(x, y=0): print("g", x, y); return x+y
g(1);g(2);g(1);g(3);g(2);g(1,y=3);g(1,y=3);print(g.cache_info())
@lru_cache
def h(x): return x
print(h(1), h(1), h.cache_info())
@cache
def k(*a): return a
print(k(1,2), k(), k.cache_info().hits)
class C:
    n = 0
    @cached_property
    def v(self): C.n += 1; return C.n
    @lru_cache(maxsize=None)
    def m(self, x): return x*2
c = C(); print(c.v, c.v, C.n, c.m(4), c.__dict__ if 0 else "")
print(sorted([3,1,2], key=cmp_to_key(lambda a,b: b-a)))
@total_ordering
class T:
    def __init__(self,v): self.v=v
    def __eq__(self,o): return self.v==o.v
    def __lt__(self,o): return self.v<o.v
print(T(1)<=T(1), T(2)>T(1), T(1)>=T(2))
def deco(fn):
    @wraps(fn)
    def inner(*a): "inner doc"; return fn(*a)
    return inner
@deco
def named(x): "the doc"; return x
print(named.__name__, named.__doc__, named.__wrapped__(3), named.__qualname__)
@singledispatch
def sd(x): return "object"
@sd.register(int)
def _(x): return "int"
@sd.register(list)
def _(x): return "list"
print(sd(1), sd([]), sd(True), sd("s"))
print(operator.itemgetter(1)([5,6]), operator.itemgetter(0,2)("abc"), operator.attrgetter("real")(5), operator.methodcaller("upper")("a"), operator.attrgetter("a.b", "c")(type("X",(),{"a":type("Y",(),{"b":1}),"c":2})))
print(operator.mul(3,4), operator.lt(1,2), operator.neg(3), operator.contains([1],1), operator.__add__(1,2), operator.iadd([1],[2]), operator.truth([]), operator.not_(1), operator.index(4), operator.concat("a","b"), operator.countOf([1,1],1))


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
