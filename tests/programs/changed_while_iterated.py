"""Dicts and sets that change while something iterates over them."""
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
def a():
    d = {1:1}
    r = []
    for k in d:
        r.append(k)
        del d[k]; d[k+1] = 1
        if len(r) > 20: break
    return r
def b():
    d = dict.fromkeys(range(5)); r = []
    for k in d:
        r.append(k)
        if k == 2: del d[0]; d[0] = 1
        if len(r) > 20: break
    return r
def c():
    d = dict.fromkeys(range(5)); r = []
    for k, v in d.items():
        r.append(k)
        if k == 2: d[k] = 7
    return r, d
def e():
    d = dict.fromkeys(range(5)); it = iter(d); next(it); del d[4]; d[9]=1
    return list(it)
def f():
    s = {1,2,3}; r = []
    for x in s:
        r.append(x); s.discard(x); s.add(x+100)
        if len(r) > 20: break
    return len(r) > 0
def g():
    d = dict.fromkeys(range(3)); it = iter(d.values()); next(it); d.clear(); d.update({1:1,2:2,3:3}); return list(it)
def h():
    d = {i: i for i in range(8)}; it = iter(d); 
    for _ in range(7): next(it)
    del d[0]; d[8] = 1
    r = []
    for x in it:
        r.append(x)
    return r
def i():
    d = {1:1, 2:2}; it = reversed(d); next(it); del d[2]; d[3] = 1; return list(it)
def j():
    d = {1:1, 2:2}; it = iter(d); next(it); del d[1]; d[1] = 1; return next(it), next(it)
def k():
    d = {i: i for i in range(3)}; r = []
    for x in d.keys():
        r.append(x); d.pop(x); d[x] = 0
        if len(r) > 20: break
    return r
def l():
    d = {0: 0}; r = []
    for x in d:
        del d[x]; d[x+1] = x+1
        r.append(x)
        if len(r) > 300: break
    return r
def m():
    s = {0}; r = []
    for x in s:
        s.remove(x); s.add(x + 1); r.append(x)
        if len(r) > 300: break
    return r[:10]
def n():
    from collections import OrderedDict
    d = OrderedDict.fromkeys(range(3)); r = []
    for x in d:
        d.move_to_end(x); r.append(x)
        if len(r) > 30: break
    return r
def o():
    d = {i: i for i in range(20)}
    for x in d: 
        if x == 3: d[50] = 1
def p():
    d = {i: i for i in range(20)}
    for x in d: 
        if x == 3: del d[19]
def q():
    d = {i: i for i in range(3)}
    it = iter(d.items()); next(it)
    d.pop(2); d[7] = 1
    return dict(it)
for fn in (a,c,e,f,g,h,i,j,l,m,o,p,q): print(fn.__name__); t(fn)


def main(n):
    total = 0
    for i in range(n):
        d = {0: 0, 5: 5}
        try:
            for key in d:
                total += key
                if i % 3 == 2 and key == 5:
                    del d[5]
                    d[5] = i
        except RuntimeError as error:
            total += len(str(error))
    return total


print(main(3000))
