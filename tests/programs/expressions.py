"""Conditional and boolean expressions that return their operands, and chained comparisons."""


def boolean(n):
    out = 0
    for i in range(n):
        a = i % 3
        b = i % 4 * 0.5
        c = [] if i % 5 == 0 else [i]
        x = a or b
        y = a and b
        z = c and c[0] or "none"
        w = not a or not c
        out += x + y + (i if z == "none" else z) + w
        if a and b or c and not a:
            out += 1
        v = a if b else c if c else -1
        if v == a or v == -1:
            out += 2
    return out


def chained(n):
    hits = 0
    for i in range(n):
        x = i % 100
        if 10 < x <= 20 < i != 4000:
            hits += 1
        if 0 <= x - 50 < 25.5:
            hits += 2
        if not 30 < x < 90:
            hits += 3
        y = 5 < x < 60
        z = x == x % 50 == i % 50
        hits += y + z
    return hits


def effects(n):
    log = []

    for i in range(n):
        r = first(log, i) < second(log, i) < third(log, i)
        if r or first(log, i):
            log.append(4)
        if len(log) > 20000:
            log = log[:5]
    return len(log), sum(log)


def first(log, i):
    log.append(1)
    return i % 3


def second(log, i):
    log.append(2)
    return i % 5


def third(log, i):
    log.append(3)
    return i % 7


print(boolean(4000), chained(5000), effects(3000))
