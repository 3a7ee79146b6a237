"""Dicts of the library, and what keeps its items in other containers."""
from collections import *
import array


def t(label, f):
    try:
        r = f()
        print(label, repr(r))
    except BaseException as e:
        print(label, type(e).__name__, str(e))
dd = defaultdict(list); dd['a'].append(1); print(dd, dd.default_factory, dd.get('z'), 'z' in dd, dd | {'b': 2}, dd.copy(), defaultdict(int, a=1), repr(defaultdict(None, {1: 2}))); t('dd', lambda: defaultdict(None)[1]); t('dd', lambda: defaultdict(5)); t('dd', lambda: defaultdict(lambda: 1)[5])
c = Counter("abracadabra"); print(c, c.most_common(2), c['z'], sorted(c.elements()), c + Counter("ab"), c - Counter("aab"), c & Counter("aaz"), c | Counter("zz"), +Counter(a=-1, b=1), -Counter(a=-1), c.total(), Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2)); c.update("zz"); c.subtract("a"); print(c); del c['nope']; print(Counter([1, 1]), Counter({'a': 2}), Counter(a=3), Counter(), c.most_common()[-1:], Counter("ab").copy()); t('cu', lambda: Counter(1)); t('cf', lambda: Counter.fromkeys("ab"))
od = OrderedDict([(1, 'a'), (2, 'b'), (3, 'c')]); od.move_to_end(1); print(od, od.popitem(), od.popitem(last=False)); od[9] = 1; od.move_to_end(9, last=False); print(od, list(reversed(od)), od == OrderedDict(reversed(list(od.items()))), od == dict(od), od | {5: 6}, OrderedDict(a=1), OrderedDict.fromkeys("ab", 0)); t('o', lambda: od.move_to_end('q')); t('o', lambda: OrderedDict().popitem()); print(od.pop(9), od.pop('q', 5), od.setdefault('w', 1), list(od.keys()), list(od.values()), list(od.items()), od.copy()); t('op', lambda: od.pop('none'))
cm = ChainMap({'a': 1}, {'a': 2, 'b': 3}); print(cm, cm['a'], cm['b'], list(cm), len(cm), cm.maps, cm.parents, cm.new_child({'c': 1}), dict(cm), 'b' in cm, cm.get('q', 0)); cm['z'] = 5; del cm['a']; print(cm); t('cm', lambda: cm['nope']); t('cm', lambda: cm.pop('b')); 
t("typename", lambda: namedtuple("1", "a"))
ud = UserDict({"a": 1}, b=2)
ud.update(c=3)
print(ud, ud | {"d": 4}, {"z": 0} | ud, ud.pop("a"), ud.get("q", 5), sorted(ud.items()), "b" in ud, len(ud), ud.copy())
t("ud", lambda: ud["none"])
class Missing(UserDict):
    def __missing__(self, key):
        return key * 2
print(Missing()["ab"], Missing.fromkeys("xy", 1))
ul = UserList([3, 1, 2])
ul.append(5)
ul += [7]
ul.sort()
print(ul, ul[1:3], type(ul[1:3]).__name__, ul + [1], [0] + ul, ul * 2, ul.index(5), 7 in ul, ul == [1, 2, 3, 5, 7], ul < [2], list(reversed(ul)))
a = array.array("h", [1, 2, 3])
print(a.tobytes(), array.array("i", b"\1\0\0\0"), array.array("B", bytearray(b"ab")))
a.frombytes(b"\5\0")
a.byteswap()
print(a)
t("fb", lambda: a.frombytes(b"abc"))
total = 0
for n in range(100):
    total += n
print(total)
