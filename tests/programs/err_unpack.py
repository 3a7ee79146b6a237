"""A sequence of another length is unpacked in a hot loop."""


def run(pairs, n):
    total = 0
    for i in range(n):
        a, b = pairs[i % len(pairs)]
        total += a * b
    return total


pairs = [(i, i + 1) for i in range(7)]
print(run(pairs, 5000))
pairs.append([8, 9])
print(run(pairs, 5000))
pairs.append((1, 2, 3))
print(run(pairs, 5000))
