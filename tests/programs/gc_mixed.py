"""Strings, tuples, big ints and lists by the thousand while a large structure stays alive."""


def run(n):
    alive = [(i, str(i), i * 0.5, [i] * 3) for i in range(3000)]
    total = 0
    big = 2 ** 70
    for i in range(n):
        k = i * 17 % 3000
        a, s, f, items = alive[k]
        big = big + i if i % 50 else 2 ** 70
        items = items + [big]
        total += len(s) + len(items) + int(f) + big % 7
        if i % 5 == 0:
            alive[k] = (a + 1, s[-3:] + "x", f * 0.5 + i, [items[0], items[-1], a])
    checksum = 0
    for a, s, f, items in alive:
        checksum = (checksum * 31 + a + len(s) + int(f) + sum(items)) % 1000000007
    return total, checksum


print(run(12000))


def text(n):
    lines = []
    for i in range(n):
        lines.append("line " + str(i) + " of " + str(n) * 3)
        if len(lines) == 400:
            lines = lines[350:]
    return len(lines), lines[-1]


print(text(12000))
