"""An exception while arguments of outer calls wait on the operand stack."""


def f(a, b, c):
    return a + b * c


def g(items, k):
    return items[k]


def run(items, n):
    total = 0
    for k in range(n):
        total = f(total, k % 3, f(k, 2, g(items, k)) - [k, 1][0]) % 10007
    return total


numbers = [n % 13 for n in range(5500)]
print(run(numbers, 5500))
print(run(numbers, 6500))
