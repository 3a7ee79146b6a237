def counter(start=0):
    count = start

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


a, b = counter(), counter(10)
print(a(), a(), b(5), a())
adders = [lambda x, n=n: x + n for n in range(3)]
print([f(10) for f in adders])
late = [lambda: i for i in range(3)]
print([f() for f in late])


def kinds(a, b=2, /, c=3, *rest, d, e=5, **options):
    return a, b, c, rest, d, e, options


print(kinds(1, d=4))
print(kinds(1, 2, 3, 4, 5, d=6, z=7))
print(kinds(*[1, 2], *(3, 4), d=0, **{"x": 1}, **{"y": 2}))


def compose(*functions):
    def composed(value):
        for function in functions:
            value = function(value)
        return value
    return composed


print(compose(lambda x: x + 1, lambda x: x * 2, str)(3))


def decorate(tag):
    def wrap(function):
        def inner(*args, **kwargs):
            return f"<{tag}>{function(*args, **kwargs)}</{tag}>"
        return inner
    return wrap


@decorate("b")
@decorate("i")
def hello(name, *, greeting="hello"):
    """Says hello."""
    return f"{greeting} {name}"


print(hello("x"), hello("y", greeting="bye"))


def fact(n):
    def go(n, acc):
        return acc if n <= 1 else go(n - 1, n * acc)
    return go(n, 1)


print(fact(20))
for call in [
    lambda: kinds(),
    lambda: kinds(1),
    lambda: kinds(a=1, d=2),
    lambda: hello(),
    lambda: hello("a", "b"),
    lambda: hello("a", nothing=1),
    lambda: counter(1, 2),
    lambda: (lambda x: x)(),
    lambda: print(**3),
    lambda: [].append(1, 2),
    lambda: len(),
]:
    try:
        print(call())
    except TypeError as e:
        print("TypeError:", e)


def unbound():
    def inner():
        return x
    try:
        inner()
    except NameError as e:
        print(e)
    x = 1
    return inner()


print(unbound())
d = {"a": 1, "b": [1, 2], 3: None}
print(d, d["a"], len(d), "a" in d, list(d), list(d.values()), list(d.items()))
d["c"] = 5
del d["a"]
for k, v in d.items():
    print(k, v)
print({k: v * 2 for k, v in zip("abc", range(3))}, {x % 3 for x in range(10)} == {0, 1, 2})
print(d.get("q"), d.get("q", 1), d.pop("c"), d.setdefault("n", []), d)
first, *rest = {1: 2, 3: 4}
print(first, rest)
print(sorted({3, 1, 2}), {1, 2} | {3} == {1, 2, 3}, {1, 2} & {2}, {1, 2} - {2}, {1} < {1, 2})
print(hello.__name__, fact.__name__, counter.__qualname__, fact.__doc__)
f = lambda *a, **k: (a, k)
print(f(1, 2, x=3))
def gen(n):
    for i in range(n):
        r = yield i
        if r:
            print("got", r)
    return "done"
g = gen(3)
print(next(g), g.send("hi"), next(g))
try:
    next(g)
except StopIteration as e:
    print("stop", e.value)
def outer():
    r = yield from gen(2)
    print("r", r)
    yield 99
print(list(outer()), sum(x * x for x in range(10)), max((x % 7 for x in range(20)), default=0))


def accumulate(n):
    total = 0

    def add(x):
        nonlocal total
        total += x
        return total

    for i in range(n):
        add(i)
    return total


print(accumulate(3000))
