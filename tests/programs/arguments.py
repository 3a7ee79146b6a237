"""Default and keyword arguments in hot loops, and defaults that are objects."""


def f(a, b=2, c=3.5):
    return a + b * c


def keep(x, store=[0, 0]):
    store[0] += x
    store[1] += 1
    return store


def clamp(x, low=0, high=10):
    if x < low:
        return low
    return high if x > high else x


def run(n):
    total = 0
    for i in range(n):
        total += f(i) + f(i, 1) + f(i, 1, 2) + f(i, c=1) + f(c=i, a=1) + f(1, c=2, b=i)
        keep(i)
        total += clamp(i % 30 - 10) + clamp(i, high=100) + clamp(high=i, x=50, low=7)
    return total, keep(0)


print(run(4000))


def positional(n):
    t = 0
    for i in range(n):
        t += f(i) + f(i, i) + f(i, i, i)
    return t


print(positional(4000))


def outer(n, base=None):
    t = 0
    for i in range(n):
        t += inner(i, base) if i % 2 else inner(i)
    return t


def inner(x, base=7):
    return x if base is None else x + base


print(outer(5000), outer(5000, 3))


def rebind(a, b=0):
    a = a + 1
    b += a
    a, b = b, a
    return a * 10 + b


print(sum([rebind(i, i % 3) for i in range(3000)]), rebind(1))
