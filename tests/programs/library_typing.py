# Annotations, generic and abstract classes.
from __future__ import annotations
import typing
from typing import Any, Callable, Dict, Generic, List, Optional, Protocol, Tuple, TypeVar, Union, cast, TYPE_CHECKING
from abc import ABC, ABCMeta, abstractmethod
import collections.abc as cabc
from collections.abc import Iterable, Mapping, Sequence
T = TypeVar("T")
class Stack(Generic[T]):
    items: List[T]
    def __init__(self): self.items = []
    def push(self, x: T) -> None: self.items.append(x)
s = Stack[int]() ; s.push(3); print(s.items, Stack.__annotations__, T)
class Sub(Stack[int]): pass
print(Sub().items, Sub.__mro__[1].__name__)
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
    def twice(self): return self.area()*2
try: Shape()
except TypeError as e: print(e)
class Sq(Shape):
    def __init__(self, s): self.s = s
    def area(self): return self.s**2
    name = "sq"
print(Sq(3).twice(), isinstance(Sq(1), Shape), issubclass(Sq, Shape), isinstance(3, Shape))
class Half(Shape):
    def area(self): return 0
try: Half()
except TypeError as e: print(e)
Shape.register(int); print(isinstance(3, Shape))
print(isinstance([], Iterable), isinstance({}, Mapping), isinstance((), Sequence), isinstance("a", Sequence), isinstance(3, Iterable), isinstance((i for i in []), cabc.Iterator), isinstance(len, cabc.Callable), isinstance([], cabc.Hashable), isinstance(1, cabc.Hashable), isinstance({}, cabc.MutableMapping), isinstance(set(), cabc.Set), issubclass(list, cabc.MutableSequence), isinstance(range(3), Sequence))
class It:
    def __iter__(self): return iter([1])
    def __len__(self): return 1
    def __contains__(self, x): return True
print(isinstance(It(), Iterable), isinstance(It(), cabc.Sized), isinstance(It(), cabc.Collection), isinstance(It(), cabc.Iterator), isinstance(It(), Sequence))
class MySeq(Sequence):
    def __getitem__(self, i):
        if i >= 3: raise IndexError
        return i*10
    def __len__(self): return 3
m = MySeq(); print(list(m), 20 in m, m.index(10), m.count(0), list(reversed(m)), isinstance(m, Sequence))
class MM(cabc.MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self,k): return self.d[k]
    def __setitem__(self,k,v): self.d[k]=v
    def __delitem__(self,k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
mm = MM(); mm["a"]=1; mm.update(b=2); print(dict(mm.items()), mm.pop("a"), mm.get("z"), "b" in mm, mm.setdefault("q", 3), len(mm))
def f(x: Optional[int], y: Undefined) -> Union[int, str]: return x
print(f(1, 2), cast(int, "x"))
print(Optional[int] if 0 else "", List[int], Dict[str, int], Callable[[int], str] if 0 else "")
class P(Protocol):
    def m(self) -> int: ...
class Impl:
    def m(self): return 1
print(Impl().m())


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
