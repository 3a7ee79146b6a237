"""A float division by zero three calls below a hot loop, in the middle of an expression."""


def inverse(x):
    return 1.0 / x


def slope(x, y):
    return (y + inverse(x - 5000.0)) * 0.5


def area(x, y, z):
    first = x * 0.25
    return first + (z * slope(x, y) - first)


def run(n):
    acc = 0.0
    for i in range(n):
        acc = acc * 0.5 + area(float(i), acc, 2.0)
    return acc


print(run(5000))
print(run(10000))
