"""Ranges of big numbers, whose items are computed with beyond small ints."""


def total(bounds, modulus):
    t = 0
    n = 0
    for i in bounds:
        t = (t * 3 + i * 9) % modulus
        n += 1
    return n, t


for p in (53, 59, 60):
    m = 2 ** p
    print(p, total(range(m - 2500, m + 2500), 1000003), total(range(-m + 2500, -m - 2500, -1), 1000003))
    print(p, total(range(0, m, m // 3000), 1000003), total(range(m, -m, -(m // 2000)), 1000003))
    print(p, total(range(m, 0), 7), total(range(0, m, m), 7), total(range(-m, m, m - 1), 7))


def first(n, limit):
    count = 0
    for i in range(10 ** n):
        if i * i > limit:
            break
        count += 1
    return count


print(first(15, 10 ** 7), first(18, 10 ** 7))
print(len(range(10 ** 18)), range(5, 2 ** 60, 7)[-1])


def beyond(n):
    t = 0
    for i in range(2 ** 60 - n, 2 ** 60):
        t = t + i * 4
        if i << 3 > 2 ** 63 - 4000:
            t += 1
    return t


print(beyond(1000), beyond(6000))
