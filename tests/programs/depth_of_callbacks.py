"""Frames that compiled recursion made count against the limit of what it calls back.

What a built-in in between counts differs by a frame or two: sums are told in steps of five.
"""


def count():
    try:
        return count() + 1
    except RecursionError:
        return 1


last = []


def seen(k):
    last.append(count())
    return k


def down(n):
    if n == 0:
        return sorted([1, 2], key=seen)[0]
    return down(n - 1) + 1


for depth in (10, 20, 100, 300, 600, 10):
    for _ in range(40):
        down(depth)
    print(depth, {(depth + rest) // 5 for rest in last})
    last.clear()
