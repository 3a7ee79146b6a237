# What properties, generators and functions tell of themselves; abstract classes remember their answers.
import abc
from collections import namedtuple
from functools import singledispatch, singledispatchmethod

P=namedtuple("P","x y")
class V(P):
    def __getitem__(self,i): return "item"
v=V(1,2); print(v.x, v.y, v[0], P.x.__doc__, v)
try: v.x=3
except AttributeError as e: print(e)
class S:
    @property
    def a(self): "getter doc"
    b=property(doc="only doc"); c=property(lambda s:1, doc="d"); d=c.setter(lambda s,v:print("set",v)); e=d.deleter(lambda s:print("del"))
    @abc.abstractproperty
    def ap(self): pass
print(S.a.__doc__,S.b.__doc__,S.c.__doc__,S.d.__doc__,S.e.__doc__,S.e.fdel is not None,S.e.fget is S.c.fget,S.d.fset is S.e.fset,S.c.fdel)
s=S(); s.e=4; del s.e; print(s.e)
try: property(1,2,3,4,5)
except TypeError as e: print(e)
try: s.b
except AttributeError as e: print(e)
class M:
    def __pow__(self,o,m=None): return NotImplemented if o==0 else (o,m)
print(pow(M(),2,3), pow(M(),2))
try: pow(M(),0,3)
except TypeError as e: print(e)
def g(): print(gg.gi_running); yield 1
gg=g(); print(gg.gi_running, gg.gi_code.co_name); list(gg); print(gg.gi_running)
class A(abc.ABC):
    @abc.abstractmethod
    def m(self): pass
class B: pass
print(isinstance(B(),A), issubclass(B,A)); A.register(B); print(isinstance(B(),A), issubclass(B,A), isinstance(B(),A))
class C(A): pass
print(issubclass(C,A), isinstance(3,A)); C.register(int); print(isinstance(3,A), isinstance(3,C), isinstance(True, A))
def an(a: int)->str: pass
print(type(an.__annotations__))
