# deque and ChainMap.
from collections import deque, ChainMap
d = deque([1,2,3]); d.append(4); d.appendleft(0); print(d, len(d), d[0], d[-1], d.pop(), d.popleft(), d)
d.extend([5,6]); d.extendleft([9,8]); print(d); d.rotate(2); print(d); d.rotate(-1); print(d, 5 in d, d.index(5), d.count(5)); d.reverse(); print(d)
m = deque(maxlen=3)
for i in range(6): m.append(i)
print(m, m.maxlen); m.appendleft(7); print(m)
d.remove(5); d.insert(1,77); del d[0]; d[0]=66; print(d, d==deque(d), list(reversed(d)), bool(deque()), d.copy())
for bad in [lambda: deque().pop(), lambda: deque().popleft(), lambda: d[100], lambda: d.remove(12345)]:
    try: bad()
    except Exception as e: print(type(e).__name__, e)
q = deque()
t = 0
for i in range(5000):
    q.append(i)
    if i % 3 == 0: t += q.popleft()
    if i % 7 == 0: q.appendleft(i)
print(t, len(q), sum(q))
try:
    for x in q: q.append(1)
except RuntimeError as e: print(e)
c = ChainMap({"a":1},{"a":2,"b":3}); print(c["a"], c["b"], len(c), sorted(c), "z" in c, c.get("z",9)); c["b"]=5; print(c.maps)


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
