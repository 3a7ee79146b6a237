"""Negation, abs and complement of numbers around the limits of small ints."""


def run(start, n):
    total = 0
    seen = 0
    for i in range(n):
        x = start + i
        y = -x
        z = abs(x)
        if y > z:
            seen += 1
        if z == y:
            seen += 2
        total = total ^ (y * 3 + z - ~x)
    return total, seen


for limit in (2 ** 62, 2 ** 63, 2 ** 64):
    print(run(limit - 3000, 6000))
    print(run(-limit - 3000, 6000))


def minimum(n):
    out = []
    for i in range(n):
        x = -(2 ** 62) if i == n - 2 else -5 - i
        y = abs(x)
        z = -x
        if i >= n - 3:
            out.append(y)
            out.append(z)
            out.append(x // -1)
            out.append(x * -1)
            out.append(0 - x)
    return out


print(minimum(7000))
