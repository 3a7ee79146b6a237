"""Comparisons with None, and None as an operand of `or` and `and`, in hot loops."""


def run(items, n):
    missing = 0
    total = 0
    first = None
    for i in range(n):
        x = items[i % len(items)]
        if x is None:
            missing += 1
            continue
        if first is None:
            first = i
        total += x
        y = None if x == 3 else x
        total += (y or 5) + (y and 2 or 1)
        if y is not None and y != None:
            total += 1
    return missing, total, first


print(run([1, 2, 3], 4000))
print(run([None, 1, 2.5, None, 3, 0], 6000))
