"""`is`, `is not`, `in` and `not in` in hot loops."""


def run(n):
    a = [1]
    b = [1]
    c = a
    hits = [0] * 6
    for i in range(n):
        if a is c:
            hits[0] += 1
        if a is not b:
            hits[1] += 1
        if i % 9 in (1, 3, 5):
            hits[2] += 1
        if i % 7 not in [0, 1, 2.0, True, None]:
            hits[3] += 1
        if i in range(0, n, 3):
            hits[4] += 1
        if "b" in "abc" and "d" not in "abc" and None in [None] and [1] in [a]:
            hits[5] += 1
        if i == 4000:
            c = b
        if i == 5000:
            a = b
    return hits


print(run(3000), run(7000))


def sentinel(items, missing):
    found = 0
    for x in items:
        if x is missing:
            found += 1
        elif x is None or x is True or x is False:
            found += 100
    return found


none = []
print(sentinel([none, None, True, 1, 0, [], none] * 600, none))


def contains(items, n):
    count = 0
    for i in range(n):
        if i in items:
            count += 1
        if i * 0.5 not in items:
            count += 1
    return count


print(contains([1, 2, 3.0, 2 ** 70, "x"], 4000), contains((5.5, 4), 4000), contains(range(10, 99, 5), 4000))
