"""Where the carets of a traceback stand: calls, subscripts and operators inside a long line."""


def third(a, b, c):
    return (a + b) * (c[a % 3] // (b - 5000)) - len(c)


def second(k, c):
    return 1 + third(k, k + 1, c) + third(
        k, k + 2, c)


def first(n):
    c = [5, 6, 7]
    x = 0
    for k in range(n):
        x = x + second(k, [c[0], c[1], c[2]])[0] if k > 9999 else x + second(k, c) % 11
    return x


print(first(4000))
result = [first(4900), first(6000)]
