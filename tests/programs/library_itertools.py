# itertools.
from itertools import *
import operator
L = list
print(L(islice(count(5,2),4)), L(islice(cycle("ab"),5)), L(repeat(1,3)), L(accumulate([1,2,3])), L(accumulate([1,2,3],operator.mul,initial=10)))
print(L(chain("ab",[1])), L(chain.from_iterable(["ab","c"])), L(compress("abcd",[1,0,1,0])), L(dropwhile(lambda x:x<3,[1,3,2])), L(takewhile(lambda x:x<3,[1,2,3,1])))
print(L(filterfalse(lambda x:x%2,range(6))), L(starmap(pow,[(2,3),(3,2)])), L(islice("abcdefg",2,None,2)), L(islice("abcdefg",2)), L(islice("abcdefg",1,5,2)), L(islice("abc",0)))
print(L(pairwise("abcd")), [L(x) for x in tee("abc",3)], L(zip_longest("ab",[1,2,3],fillvalue="-")))
print([(k,L(g)) for k,g in groupby("aabbbc")], [(k,L(g)) for k,g in groupby([1,3,2,4],lambda x:x%2)], [k for k,g in groupby("aabbbca")])
print(L(product("ab",[1,2])), L(product([0,1],repeat=3)), L(product()), L(product([],[1])))
print(L(permutations("abc")), L(permutations("abc",2)), L(permutations([],0)), L(permutations("ab",3)))
print(L(combinations("abcd",2)), L(combinations("abc",0)), L(combinations("ab",3)), L(combinations_with_replacement("abc",2)))
it = iter(range(10)); print(L(islice(it,3)), next(it), L(islice(it,1,4,2)), next(it))
c = count(); print(next(c), next(c), c, repeat(5,2), repeat("x"))
a,b = tee([1,2,3]); print(next(a), L(b), L(a))
g = groupby("aab"); k,x = next(g); k2,y = next(g); print(k,k2,L(x),L(y))
print(sum(1 for _ in permutations(range(7))), max(accumulate(range(1000))))
print(L(zip(count(1), "abc")), isinstance(chain(), chain))
try: L(islice([1],-1))
except ValueError as e: print(e)


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
