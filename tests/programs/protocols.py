# Protocols that are checked at run time, and classes whose attributes are their items.
from typing import Protocol, runtime_checkable, SupportsInt, SupportsFloat, TypeVar, Generic, Iterable
T = TypeVar("T")
@runtime_checkable
class Drawable(Protocol):
    def draw(self) -> str: ...
@runtime_checkable
class Sized2(Drawable, Protocol):
    size: int
class Plain(Protocol):
    def go(self): ...
class Sq:
    def draw(self): return "[]"
class Big(Sq):
    def __init__(self): self.size = 3
class Own(Drawable):
    def __init__(self, n): self.n = n
    def draw(self): return "own" * self.n
class NoInit(Drawable):
    pass
class Box(Protocol[T]):
    def get(self) -> T: ...
class IntBox(Box[int]):
    def get(self): return 5
print(isinstance(Sq(), Drawable), isinstance(3, Drawable), issubclass(Sq, Drawable), issubclass(int, Drawable))
print(isinstance(Sq(), Sized2), isinstance(Big(), Sized2), isinstance(Own(2), Drawable), Own(2).draw(), NoInit().draw(), IntBox().get())
for f in (lambda: isinstance(3, Plain), lambda: Drawable(), lambda: runtime_checkable(int), lambda: NoInit(5)):
    try: print(f())
    except TypeError as e: print(e)
print(isinstance(3, SupportsInt), isinstance("a", SupportsInt), isinstance(2.5, SupportsFloat), isinstance([], Iterable))
class Cfg(dict):
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__
    __delattr__ = dict.__delitem__
for _ in range(40):
    cfg = Cfg(a=1); cfg.b = 2; cfg.a += 5
    del cfg["b"]; cfg.c = [cfg.a]
    known = cfg, cfg.a, cfg["c"], "b" in cfg, vars(cfg)
    del cfg.c
print(known)
try: cfg.zz
except KeyError as e: print(repr(e))
try: del cfg.zz
except KeyError as e: print(repr(e))
class Mem(dict):
    __getattr__ = dict.get
m = Mem(x=1); m.y = 2; print(m.x, m.y, m.z, m, vars(m))
class Same:
    __setattr__ = object.__setattr__
    __getattribute__ = object.__getattribute__
s = Same(); s.a = 1; print(s.a, vars(s))
