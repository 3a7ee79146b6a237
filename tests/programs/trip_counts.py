"""Inner loops whose number of iterations divides the threshold at which loops are recorded."""


def count(m):
    t = 0
    for j in range(m):
        t += j
    return t


def outer(n, m):
    t = 0
    for i in range(n):
        for j in range(m):
            t += i ^ j
    return t


def down(m):
    t = 0
    while m > 0:
        m -= 1
        t += m & 3
    return t


def items(rows, n):
    t = 0
    for i in range(n):
        for x in rows:
            t += x
    return t


print(sum([count(100) for _ in range(60)]), sum([down(20) for _ in range(200)]))
print(outer(300, 10), outer(100, 50), outer(5, 1000), outer(30, 200))
print(items([1] * 20, 200), items([2] * 100, 40))
