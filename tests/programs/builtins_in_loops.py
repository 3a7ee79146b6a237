"""abs, min, max, sum, len, round, divmod, int, float and str in one hot loop."""


def run(n):
    t = 0
    f = 0.0
    items = [3, 1, 2]
    for i in range(n):
        x = i - n // 2
        y = x * 0.25
        t += abs(x) + min(x, 5) + max(x, -5) + len(items)
        f += abs(y) + min(y, 1.5) + max(y, -1.5)
        t += sum(items) + min(items) + max(items) + max(i, x, 7) + min(3, x, i)
        q, r = divmod(x, 7)
        t += q * r
        fq, fr = divmod(y, 2.0)
        f += fq - fr
        t += round(y) + int(y) + len(str(x))
        f += float(x) + round(y, 1) + min(x, y) + max(1, y)
        items[i % 3] = x % 10
    return t, f


print(run(4000))


def nothing(n):
    t = 0
    for i in range(n):
        t += len([]) + sum([]) + len(()) + len("") + abs(0) + max(0, 0) + len(range(i))
        t += sum([i, i], 5) + sum((1.5, 2)) + len((1, i)) + min((i, 3)) + max([i, 2.5])
    return t


print(nothing(4000))
print(sum([0.1] * 10), sum([1, 2 ** 62, 2 ** 62]), max("a", "b"), min(2, 2.0), max(2.0, 2), abs(-(2 ** 62)), abs(-2.5))
