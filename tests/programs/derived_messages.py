# What operations on objects of classes that derive from built-in types say and give: messages name the class
# of the object.
from collections import deque


class L(list): pass
class T(tuple): pass
class S(str): pass
class D(dict): pass
class ST(set): pass
class FS(frozenset): pass
class I(int): pass
class F(float): pass
class B(bytes): pass
class BA(bytearray): pass
class DQ(deque): pass


MAKES = [
    lambda: L([1, 2]), lambda: T((1, 2)), lambda: S("ab"), lambda: D({1: 2}), lambda: ST([1]), lambda: FS([1]),
    lambda: I(3), lambda: F(2.5), lambda: B(b"ab"), lambda: BA(b"ab"), lambda: DQ([1, 2]),
]


def set_item(v, k, x):
    v[k] = x


def delete_item(v, k):
    del v[k]


OPERATIONS = {
    "v[0]": lambda v: v[0],
    "v['a']": lambda v: v["a"],
    "v[L()]": lambda v: v[L()],
    "v[0:1]": lambda v: v[0:1],
    "v[9] = 1": lambda v: set_item(v, 9, 1),
    "v['a'] = 1": lambda v: set_item(v, "a", 1),
    "v[L()] = 1": lambda v: set_item(v, L(), 1),
    "v[0:1] = 1": lambda v: set_item(v, slice(0, 1), 1),
    "del v[9]": lambda v: delete_item(v, 9),
    "del v['a']": lambda v: delete_item(v, "a"),
    "del v[0:1]": lambda v: delete_item(v, slice(0, 1)),
    "reversed": lambda v: list(reversed(v)),
    "range": lambda v: range(v),
    "hex": lambda v: hex(v),
    "round": lambda v: round(v),
    "divmod": lambda v: divmod(v, 2),
    "int": lambda v: int(v),
    "chr": lambda v: chr(v),
    "twice": lambda v: type(v * 2).__name__,
    "sum": lambda v: type(v + v).__name__,
    "an index": lambda v: [1, 2, 3, 4][v],
}
for name, operation in OPERATIONS.items():
    for make in MAKES:
        v = make()
        try:
            result = operation(v)
        except Exception as error:
            print(name, type(v).__name__, type(error).__name__, error)
        else:
            print(name, type(v).__name__, result)
for make in MAKES:
    if not isinstance(make(), (S, BA, B)):
        try:
            print(float(make()))
        except Exception as error:
            print(type(error).__name__, error)
print(DQ([1, 2], 3) * 2, 2 * DQ("ab"))


# Copies of what derives from dict are of what it holds.
class Loud(dict):
    def __getitem__(self, key):
        return "asked"

    def keys(self):
        return ["other"]


class Own(Loud):
    def __iter__(self):
        return iter(["own"])


for made in (Loud({1: 2, 3: 4}), Own({1: 2, 3: 4})):
    into = {}
    into.update(made)
    print(dict(made), {**made}, into)
