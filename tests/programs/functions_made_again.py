"""Functions that are made anew for each call, by one place with one code: lambdas, closures, generators."""


def adder(n):
    def add(x):
        return x + n
    return add


def counter():
    count = 0

    def step(by):
        nonlocal count
        count += by
        return count
    return step


def with_default(n):
    def add(x, y=n):
        return x + y
    return add


def apply(f, x):
    return f(x)


def all_below(items, limit):
    return all(item < limit for item in items)


def scaled(items, factor):
    return [f(3) for f in [lambda x, i=i: x * i * factor for i in items]]


def swapped(f, g):
    first, second = f(1), g(1)
    return second, first


def plain(x):
    return -x


class Box:
    def __init__(self, f):
        self.f = f

    def run(self, x):
        return self.f(x)


total = 0
for i in range(300):
    total += apply(adder(i), 1)
    total += apply(adder(i * 0.5), 2)
print(total)
steps = counter()
other = counter()
for i in range(300):
    steps(i)
    fresh = counter()
    other(fresh(i) + fresh(1))
print(steps(0), other(0))
print(sum(apply(with_default(i), 1) for i in range(200)))
print(sum(all_below(range(i % 7), 5) for i in range(300)))
print(sum(sum(scaled([1, 2, i], i)) for i in range(100)))
pairs = [(adder(1), plain), (plain, adder(2)), (adder(3), adder(4)), (abs, plain)]
for i in range(200):
    pair = pairs[i % len(pairs)]
    last = swapped(*pair), swapped(pair[1], pair[0])
print(last)
many = [eval_like for eval_like in [adder(k) for k in range(40)]]
print(sum(apply(many[i % 40], i) for i in range(2000)))
named = [lambda x: x, lambda x: x + 1, lambda x: x + 2, lambda x: x * 2, lambda x: x - 1, lambda x: x // 2,
         lambda x: x % 3, lambda x: x & 3, lambda x: x | 3, lambda x: x ^ 3, lambda x: x << 1,
         lambda x: x >> 1, lambda x: -x, lambda x: +x, lambda x: ~x, lambda x: x * x, lambda x: x - 2,
         lambda x: x - 3, lambda x: x - 4, lambda x: x - 5, lambda x: x - 6, lambda x: x - 7]
check = 0
for i in range(6000):
    check = (check * 31 + apply(named[i * 7 % len(named)], i)) % 1000003
print(check)
boxes = [Box(f) for f in named] + [Box(adder(9))]
for i in range(6000):
    check = (check * 31 + boxes[i * 5 % len(boxes)].run(i)) % 1000003
print(check)


def fails(n):
    def inner(x):
        return x / (n - 150)
    return inner


seen = 0
for i in range(300):
    try:
        apply(fails(i), 1)
    except ZeroDivisionError as error:
        seen = (i, str(error))
print(seen)
for i in range(200):
    apply(fails(i - 20), "x" if i == 190 else 1)
