# Texts of containers that contain themselves, through methods of programs, too.
class S(set): pass
class H:
    def __repr__(self): return repr(self.s)
    def __hash__(self): return 1
h = H(); h.s = {h}
print(h)
h.s = [h, 1]; print(h)
h.s = (h,); print(h)
h.s = {1: h}; print(h)
from collections import defaultdict, UserList, UserDict, deque
d = defaultdict(); d['x'] = d; print(d)
dd = {}; dd[1] = dd.values(); print(dd)
u = UserList(); u.append(u); print(u)
w = UserDict(); w['a'] = w; print(w)
q = deque(); q.append(q); q.append([q]); print(q)
a = []; a.append(a); print(a, f'{a}', str(a), '%r' % (a,), repr(a))
t = ([],); t[0].append(t); print(t)
class Bad:
    def __repr__(self): raise ValueError('bad')
x = [1, Bad()]
for _ in range(3):
    try: print(x)
    except ValueError as e: print(e)
x[1] = 2
print(x)
class Deep:
    def __init__(self, n): self.n = n
    def __repr__(self): return 'D(%r)' % ([Deep(self.n - 1)] if self.n else None)
print(Deep(5))
try: print(len(repr(Deep(5000))))
except RecursionError: print('rec')
print([1], a)
