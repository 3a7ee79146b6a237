def jumps(a, b, c):
    if a and b or not c:
        return 1
    if not (a or b):
        return 2
    if 0 <= a < 10:
        return 3
    if f(a) < f(b) < f(c):
        return 4
    if a if b else c:
        return 5


def values(a, b, c):
    x = a and b or c
    y = not a
    z = a < f(b) <= c
    w = a is not b, a in (1, 2), not a in [1, 2]
    return x if y else z


def constant(a):
    if True:
        a = 1
    elif a:
        a = 2
    while 0:
        a = 3
    assert a, "no"
    assert a > 1
    return a
