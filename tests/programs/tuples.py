"""Tuples in hot loops: built, compared, indexed, added, nested."""


def run(n):
    best = (0, 0)
    total = 0
    t = ()
    for i in range(n):
        p = (i * 7919 % 1009, i)
        if p > best:
            best = p
        q = p + (1, 2.5)
        total += q[0] + len(q) + q[-1]
        t = (t, i) if i % 10 else ()
        if p == (i * 7919 % 1009, i) and p != best:
            total += 1
        one = (i,)
        total += one[0]
    return best, total, t


print(run(5006))


def sort_pairs(n):
    pairs = [(i * 31 % 17, -i, i * 0.5) for i in range(n)]
    for i in range(len(pairs)):
        for j in range(len(pairs) - 1 - i):
            if pairs[j] > pairs[j + 1]:
                pairs[j], pairs[j + 1] = pairs[j + 1], pairs[j]
    return pairs


print(sort_pairs(60)[:7])
print(((1, 2), (3, (4,))) == ((1, 2), (3, (4,))), (1, 2) < (1, 2, 0), () < (0,), (1, "a") * 2)


def wide(n):
    s = 0
    for i in range(n):
        t = (i, i + 1, i + 2, i + 3, i + 4, i + 5)
        a, b, c, d, e, f = t
        s += a - b + c - d + e - f + t[i % 6]
    return s


print(wide(5000))
