"""Ranges with negative and large steps, empty ranges, and ranges bigger than any list."""


def total(start, stop, step):
    t = 0
    n = 0
    for i in range(start, stop, step):
        t += i
        n += 1
    return n, t


for step in (1, 2, 3, 7, 1000, 5001):
    print(total(0, 5000, step), total(5000, 0, -step), total(-2500, 2500, step), total(0, 5000, -step))


def last(n):
    out = []
    for k in range(n):
        i = None
        for i in range(k % 5, k % 7, k % 3 + 1):
            pass
        out.append(i)
    return out[-20:]


print(last(3000))


def varying(n):
    t = 0
    for k in range(n):
        step = k % 7 - 3
        if step == 0:
            continue
        for i in range(k % 20, 20 - k % 20, step):
            t += i * step
    return t


print(varying(2000))


def huge(n):
    count = 0
    for i in range(10 ** 18):
        count += i & 3
        if i >= n:
            break
    for j in range(0, -(10 ** 18), -(10 ** 9)):
        count += 1
        if j < -n * 10 ** 9:
            break
    return count, i, j


print(huge(5000))


def objects(n):
    r = range(10, 2, -3)
    t = 0
    for k in range(n):
        for i in r:
            t += i
        t += len(r) + r[k % 3]
        if k % 10 in r:
            t += 1
        if k == 2000:
            r = range(k % 13)
    return t


print(objects(4000))
