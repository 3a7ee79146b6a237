# The rest of math, arrays, and what sys tells.
import math, sys
from array import array
for f in (math.acosh, math.asinh, math.erf, math.erfc, math.exp2, math.ulp):
    print(f.__name__, [f(x) for x in (1.0, 1.5, 2.25, 10)])
print([round(math.lgamma(x), 12) for x in (1, 2.5, 10)])
print([math.gamma(x) for x in (1, 2, 5)], math.atanh(0.5), math.remainder(10, 3), math.nextafter(1.0, 2), math.dist((1,2),(4,6)))
print(math.isclose(1.0, 1.0+1e-10), math.isclose(1,2,rel_tol=0.6), math.isclose(0,1e-5,abs_tol=1e-4), math.fsum([0.1]*10), math.fsum([1e100,1,-1e100]), math.fsum([]))
for bad in (lambda: math.gamma(-1), lambda: math.atanh(1), lambda: math.acosh(0), lambda: math.fsum(["a"])):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
a = array("d", [1, 2.5]); a.append(3); print(a, len(a), a[1], a[-1], a[:2], sum(a), list(a), a.typecode, a.itemsize)
b = array("i", range(5)); b[2] = 9; b.extend([7]); print(b, b.index(9), 9 in b, b + b, b * 2 == b + b, b.pop(), b.tolist())
for bad in (lambda: b.append(2**31), lambda: b.append(1.5), lambda: b[99], lambda: array("d", "x"), lambda: array("?")):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__)
print(sys.byteorder, sys.version_info[:2] >= (3, 8), sys.maxsize > 2**32, sys.exc_info())
try:
    1 / 0
except ZeroDivisionError:
    print(sys.exc_info()[0], sys.exc_info()[1])


def total(n):
    result = 0
    for i in range(n):
        result += i * 2 % 7
    return result


print(total(3000))
