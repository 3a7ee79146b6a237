"""A raise statement three calls below a nested hot loop."""


def verify(a, b):
    if a * b == 4830:
        raise ValueError(f"found {a} times {b}")
    return a - b


def middle(a, b):
    return verify(a, b) + 1


def outer(a, b):
    result = 2 * middle(a, b)
    return result


def run(n):
    total = 0
    for a in range(n):
        for b in range(a):
            total += outer(a, b)
    return total


print(run(69))
print(run(90))
