# Built-in functions, attributes and namespaces: results and messages.
def t(n, f):
    try:
        print(n, repr(f()))
    except Exception as e:
        print(n, type(e).__name__, e)

t('1.0', lambda: hex(255))
t('1.1', lambda: hex(-255))
t('1.2', lambda: oct(8))
t('1.3', lambda: bin(5))
t('1.4', lambda: bin(-5))
t('1.5', lambda: hex(2**70))
t('1.6', lambda: chr(65))
t('1.7', lambda: ord("a"))
t('1.8', lambda: bool([]))
t('1.9', lambda: bool(0.0))
t('1.10', lambda: bool("a"))
t('1.11', lambda: callable(len))
t('1.12', lambda: callable(5))
t('1.13', lambda: callable(int))
t('1.14', lambda: callable(lambda: 1))
t('1.15', lambda: len({}))
t('1.16', lambda: id(1)==id(1))
t('1.17', lambda: type(5))
t('1.18', lambda: type("a"))
t('1.19', lambda: type(None))
t('1.20', lambda: type([]))
t('1.21', lambda: type(type))
t('1.22', lambda: type(len))
t('1.23', lambda: type(lambda:1))
t('1.24', lambda: isinstance(5,(str,int)))
t('1.25', lambda: isinstance(5,int|str))
t('1.26', lambda: isinstance("a",int|str))
t('1.27', lambda: issubclass(bool,int))
t('1.28', lambda: issubclass(int,(str,int)))
t('1.29', lambda: int|str)
t('1.30', lambda: int|None)
t('1.31', lambda: isinstance(None,int|None))
t('1.32', lambda: repr(int))
t('1.33', lambda: str(int))
t('1.34', lambda: any([0,1]))
t('1.35', lambda: all([]))
t('1.36', lambda: any(x>2 for x in [1,2]))
t('1.37', lambda: all([1,0]))
t('1.38', lambda: list(map(lambda a,b:a+b,[1,2],[3,4])))
t('1.39', lambda: list(filter(None,[0,1,2])))
t('1.40', lambda: list(filter(lambda x:x>1,[1,2,3])))
t('1.41', lambda: list(zip([1,2],"ab")))
t('1.42', lambda: list(zip()))
t('1.43', lambda: list(zip([1,2],[3])))
t('1.44', lambda: list(enumerate("ab",5)))
t('1.45', lambda: list(enumerate("ab",start=2)))
t('1.46', lambda: list(reversed([1,2])))
t('1.47', lambda: next(iter([1])))
t('1.48', lambda: next(iter([]),"d"))
t('1.49', lambda: list(iter([1,2])))
t('1.50', lambda: getattr(5,"real"))
t('1.51', lambda: getattr(5,"foo","d"))
t('1.52', lambda: hasattr(5,"real"))
t('1.53', lambda: hasattr(5,"foo"))
t('1.54', lambda: ascii("é"))
t('1.55', lambda: format(5,"05d"))
t('1.56', lambda: format("a",">5"))
t('1.57', lambda: format(1.5,".3f"))
t('1.58', lambda: format(5))
t('1.59', lambda: format([1]))
t('1.60', lambda: eval if False else 0)
t('1.61', lambda: tuple(map(str,[1,2])))
t('1.62', lambda: list(map(int,"123")))
t('1.63', lambda: sum(map(len,["a","bb"])))
t('1.64', lambda: dict(map(lambda x:(x,x*x),range(3))))
t('1.65', lambda: list(zip(*[(1,2),(3,4)])))
t('1.66', lambda: max(map(abs,[-3,2])))
t('1.67', lambda: "".join(map(chr,[97,98])))
t('1.68', lambda: int(3.9))
t('1.69', lambda: int(-3.9))
t('1.70', lambda: int("0"))
t('1.71', lambda: float(5))
t('1.72', lambda: float("1e3"))
t('1.73', lambda: str(1.0))
t('1.74', lambda: str([1,"a"]))
t('1.75', lambda: repr("a"))
t('1.76', lambda: bool("False"))
t('1.77', lambda: list(map(None.__class__, [])) if False else 0)
t('2.0', lambda: list(zip([1],[1,2],strict=True)))
t('3.0', lambda: list(zip([1,2],[1],strict=True)))
t('4.0', lambda: next(iter([])))
t('5.0', lambda: next(5))
t('6.0', lambda: iter(5))
t('7.0', lambda: len(5))
t('8.0', lambda: len(1,2))
t('9.0', lambda: len())
t('10.0', lambda: isinstance(5,5))
t('11.0', lambda: issubclass(5,int))
t('12.0', lambda: hasattr(5,5))
t('13.0', lambda: getattr(5,"foo"))
t('14.0', lambda: getattr(5,5))
t('15.0', lambda: setattr(5,"foo",1))
t('16.0', lambda: delattr([], "x"))
t('17.0', lambda: hex(1.5))
t('18.0', lambda: bin("a"))
t('20.0', lambda: int.foo)
t('21.0', lambda: int()+float())
t('22.0', lambda: print(sep=5))
t('23.0', lambda: print(end=5))
t('24.0', lambda: print(foo=1))
t('25.0', lambda: callable())
t('26.0', lambda: map(1))
t('27.0', lambda: list(map(5,[1])))
t('28.0', lambda: list(filter(5,[1])))
t('29.0', lambda: zip(5))
t('30.0', lambda: enumerate(5))
t('31.0', lambda: enumerate())
t('32.0', lambda: reversed(5))
t('33.0', lambda: reversed({1}))
t('34.0', lambda: any(5))
t('35.0', lambda: object() is None)
t('36.0', lambda: object().foo)
t('37.0', lambda: object(5))
t('38.0', lambda: bool(1,2))
t('39.0', lambda: list(1,2))
t('40.0', lambda: tuple(5))
t('41.0', lambda: set(1,2))
t('42.0', lambda: int(1,2,3))
t('43.0', lambda: float(1,2))
t('44.0', lambda: dict(1,2))
it = iter(lambda c=[0]: c.__setitem__(0,c[0]+1) or c[0], 4)
print(list(it))
print(1,2,sep="-",end="!\
")
print(*[1,2],sep=", ")
print()
print("a",None,True,1.5,[1],{"a":1},(1,),{1},sep="|")
T = type("T",(object,),{"x":5,"f":lambda self:self.x})
print(T().x,T().f(),T.__name__,T)
U=type("U",(T,),{})
print(U().f(),U.__mro__,U.__bases__)
class C:
    """doc"""
    y=1
    def m(self):
        "mdoc"
        return 1
print(C.__doc__,C.m.__doc__,C.__name__,C.__module__,C.__qualname__,C().m.__name__,C.m.__qualname__,C().__class__,C().__class__.__name__,C.__dict__["y"],C().__module__)
c=C()
c.__dict__["z"]=5
print(c.z)
c.__dict__.update(a=1,b=2)
print(c.a,c.b,c.__dict__)
vars(c)["q"]=7
print(c.q,sorted(vars(c)))
del c.__dict__["a"]
print(hasattr(c,"a"),len(c.__dict__),"q" in c.__dict__, list(c.__dict__.items()), c.__dict__.get("z"), c.__dict__.pop("z"), hasattr(c, "z"))
d=c.__dict__
c.new=1
print("new" in d, d == {"b":2,"q":7,"new":1}, d is not None, [*d], {**d}, dict(d), d.copy(), isinstance(d, dict), type(d))
c.__dict__.clear()
print(c.__dict__)
c.__dict__={"k":1}
print(c.k, vars(c))
c.__dict__.setdefault("s", 3)
print(c.s)
for k,v in vars(c).items(): print(k,v)
def f(a, b=2, *c, d=4, **e):
    "fdoc"
    loc = 5
    return locals()
print(f(1), f.__name__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__module__, f.__qualname__)
f.attr=1
print(f.attr,f.__dict__)
g=globals()
print("f" in g, g["c"].k, g.get("nope"), type(g))
g["dyn"]=42
print(dyn)
print("dyn" in locals(), globals()["__name__"])
t('52.0', lambda: dir([])[-3:])
t('52.1', lambda: "append" in dir([]))
t('53.0', lambda: vars(5))
import sys
print("x",file=sys.stderr) if False else None
print("y",file=sys.stdout,flush=True)
sys.stdout.write("z\
")
ap=[].append
xs=[]
ap2=xs.append
for i in range(3): ap2(i)
print(xs, ap2.__name__, ap2.__self__ is xs)
g=dict.get
print(g({1:2},1), list.append(xs,9), xs, list(map(str.upper,["a"])), sorted(["b","A"],key=str.lower), list(map(dict.keys if False else len,[[1]])), "abc".join.__name__, int.__name__, (5).bit_length(), list(map(int.bit_length,[1,2,3])), [].__len__.__name__)
print([].__class__, (lambda: 0).__name__, len.__name__, print.__name__, [].append.__name__, str.join, dict.fromkeys("a").keys())
def gen():
    yield 1
    yield 2
print(list(gen()), tuple(gen()), sum(gen()), [*gen()], dict(zip(gen(),gen())), max(gen()), sorted(gen(),reverse=True), set(gen()), ",".join(map(str,gen())), 2 in gen(), list(zip(gen(),"ab")), list(enumerate(gen())))
a,b=gen()
print(a,b)
class It:
    def __init__(self,n): self.n=n
    def __iter__(self): return self
    def __next__(self):
        if self.n<=0: raise StopIteration
        self.n-=1
        return self.n
print(list(It(3)),sum(It(4)),max(It(3)),tuple(It(2)),set(It(2)),sorted(It(3)),[*It(2)],dict(enumerate(It(2))),2 in It(3),list(map(str,It(2))),list(zip(It(2),It(2))),any(It(1)),"".join(map(str,It(3))),min(It(3)))
class Sq:
    def __len__(self): return 3
    def __getitem__(self,i):
        if i>=3: raise IndexError(i)
        return i*10
print(list(Sq()),len(Sq()),list(reversed(Sq())),10 in Sq(),[x for x in Sq()],bool(Sq()),sum(Sq()))
class Num:
    def __int__(self): return 5
    def __float__(self): return 2.5
    def __index__(self): return 3
    def __abs__(self): return "abs"
    def __round__(self,n=None): return ("r",n)
    def __bool__(self): return False
    def __hash__(self): return 7
    def __format__(self,s): return "F"+s
    def __divmod__(self,o): return "dm"
    def __len__(self): return 4
    def __contains__(self,x): return x==1
    def __neg__(self): return "neg"
    def __trunc__(self): return 9
n=Num()
print(int(n),float(n),[0,1,2,3][n],abs(n),round(n),round(n,2),bool(n),hash(n),f"{n:x}",format(n),divmod(n,1),len(n),1 in n,-n,hex(n),range(n),"a"*n if False else "",bin(n),chr(n)=="\\x03",[1,2,3,4,5][n:],"abcdef"[:n], [0]*n, bytes(n), pow(2,n) if False else "")
class Cmp:
    def __init__(self,v): self.v=v
    def __lt__(self,o): return self.v<o.v
    def __eq__(self,o): return self.v==o.v
    def __repr__(self): return f"C{self.v}"
print(sorted([Cmp(3),Cmp(1)]),min(Cmp(2),Cmp(1)),max([Cmp(1),Cmp(5)]),Cmp(1) in [Cmp(1)],[Cmp(1)]==[Cmp(1)],[Cmp(1),Cmp(2)].index(Cmp(2)),Cmp(1)>Cmp(0))
t('62.0', lambda: hash(Cmp(1)))
t('63.0', lambda: 1)
try:
    open("/nonexistent")
except FileNotFoundError as e:
    print(e.errno,e.strerror,e.filename,e.args,repr(e), isinstance(e,OSError))
print(type(1)(5), [].__class__([1]), {}.__class__(a=1), "".__class__(5))
t('66.0', lambda: None.foo)
t('67.0', lambda: (1).foo)
t('68.0', lambda: len.foo)



t('72.0', lambda: NotImplemented)
t('72.1', lambda: Ellipsis)
t('72.2', lambda: ...)
t('72.3', lambda: NotImplemented is NotImplemented)
t('73.0', lambda: bool(NotImplemented) if False else 1)
total = 0
for i in range(3000):
    total += len(str(i)) + abs(-i) + min(i, 7)
print(total)
