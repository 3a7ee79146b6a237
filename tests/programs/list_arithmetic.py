"""Sums, repetitions, comparisons and membership of lists in hot loops."""


def run(n):
    base = [1, 2, 3]
    total = 0
    for i in range(n):
        a = base + [i]
        b = a * 2
        c = [0] * (i % 5)
        total += len(b) + len(c) + b[-1]
        if i % 7 in base:
            total += 1
        if i not in a or a < base:
            total += 100
        if a == base + [i] and a != b and a > base:
            total += 2
        base += [i % 3]
        if len(base) > 12:
            base = base[:3]
    return total


print(run(4000))
print([1, 2.0, True] == [True, 2, 1.0], [1, [2, (3,)]] == [1, [2, (3,)]], [1, 2] < [1, 3], [] < [0])


def equality(n):
    a = [0.0, 1, 2 ** 70]
    b = [0, 1.0, 2 ** 70]
    hits = 0
    for i in range(n):
        if a == b:
            hits += 1
        a[1] = i
        b[1] = float(i) if i < 3000 else i + 1
    return hits


print(equality(5000))
