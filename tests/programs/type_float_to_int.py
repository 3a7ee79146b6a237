"""Values that turn from float to int in a hot loop, and alternate afterwards."""


def run(n, switch):
    x = 1.5
    total = 0.0
    for i in range(n):
        if i >= switch and i % 2 == 0:
            x = i
        elif i >= switch:
            x = i * 0.5
        total = total + x * 2
        y = x + 1
    return total, y


print(run(4000, 5000))
print(run(10000, 5000))


def halve(x, n):
    steps = 0
    for i in range(n):
        x = x / 2 if x > 1 else 4096
        steps += 1
        if x == 1:
            x = 3
    return x, steps


print(halve(1.0, 5000), halve(7, 5001), halve(4096, 5002))
