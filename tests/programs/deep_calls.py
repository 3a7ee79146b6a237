"""Calls nested deeper than a trace follows, in the middle of expressions."""


def f0(x):
    return x + 1


def f1(x):
    return f0(x) * 2


def f2(x):
    return f1(x) - f0(x)


def f3(x):
    return f2(x) + f1(x + 1)


def f4(x):
    y = f3(x)
    return y % 1000 + f3(y % 10)


def f5(x):
    return f4(f4(x))


def f6(x):
    return f5(x) + x


def f7(x):
    return x - f6(x)


def f8(x):
    return f7(x) // 3


def f9(x):
    return f8(x + f8(x))


def f10(x):
    return f9(x) ^ 5


def f11(x):
    return f10(x) + 1


def f12(x):
    return f11(x) * 1


def f13(x):
    return f12(x) - f1(x)


def run(n):
    total = 0
    for i in range(n):
        total = (total + f13(i % 50)) % 100003
    return total


print(run(3500))
