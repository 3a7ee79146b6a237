# Heaps that keep the best items, and dicts whose entries move: each against a slow model.
import heapq
import random
from collections import OrderedDict, namedtuple

random.seed(3)
for n in (0,1,2,5,17,100):
    for k in (0,1,2,3,10,99,200):
        a=[random.randrange(30) for _ in range(n)]
        b=[(x,i) for i,x in enumerate(a)]
        key=lambda t:t[0]
        assert heapq.nsmallest(k,a)==sorted(a)[:k], (n,k)
        assert heapq.nlargest(k,a)==sorted(a,reverse=True)[:k]
        assert heapq.nsmallest(k,b,key=key)==sorted(b,key=key)[:k]
        assert heapq.nlargest(k,iter(b),key=key)==sorted(b,key=key,reverse=True)[:k]
        assert heapq.nsmallest(k,iter(a))==sorted(a)[:k]
print(list(heapq.merge([1,4,7],[2,4,9],[0,4])), list(heapq.merge("zcb","ya",reverse=True)), list(heapq.merge([(1,'a')],[(0,'b'),(1,'c')],key=lambda t:t[0])))
def model(d, k, last):
    items=[(a,b) for a,b in d if a!=k]; x=[(a,b) for a,b in d if a==k]
    return items+x if last else x+items
for seed in range(30):
    random.seed(seed)
    n=random.choice([1,2,5,9,40]); d=OrderedDict((i,-i) for i in range(n)); m=list(d.items())
    for _ in range(300):
        op=random.randrange(7)
        if op<2 and m:
            k=random.choice(m)[0]; last=random.random()<.4; d.move_to_end(k,last=last); m=model(m,k,last)
        elif op==2 and m:
            last=random.random()<.5; assert d.popitem(last)==(m.pop() if last else m.pop(0))
        elif op==3: k=random.randrange(60); d[k]=1; m=[(a,1 if a==k else b) for a,b in m] if any(a==k for a,b in m) else m+[(k,1)]
        elif op==4 and m: k=random.choice(m)[0]; del d[k]; m=[t for t in m if t[0]!=k]
        elif op==5: d.move_to_end(m[-1][0],False) if m else 0; m=m[-1:]+m[:-1]
        elif m: assert d[m[0][0]]==m[0][1] and m[0][0] in d
        assert list(d.items())==m, (seed,op)
        assert list(reversed(d))==[k for k,_ in reversed(m)] and len(d)==len(m)
    for k,v in m: assert d[k]==v
d=OrderedDict(a=1)
for f in (lambda:d.move_to_end("x"), lambda:OrderedDict().popitem(), lambda:d.move_to_end(), lambda:d.popitem(1,2)):
    try: f()
    except (KeyError,TypeError) as e: print(type(e).__name__, e)
class LRU(OrderedDict):
    def __init__(self, maxsize=3): self.maxsize=maxsize; super().__init__()
    def __getitem__(self,k): v=super().__getitem__(k); self.move_to_end(k); return v
    def __setitem__(self,k,v):
        super().__setitem__(k,v)
        if len(self)>self.maxsize: oldest=next(iter(self)); del self[oldest]
l=LRU()
for i in range(5): l[i]=i; l[max(0,i-1)]
print(list(l.items()), OrderedDict.move_to_end(l,3,last=False), list(l))
