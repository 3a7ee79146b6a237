"""A modulo by zero inside a function called from a hot loop."""


def step(x, d):
    return x % d + 1


def run(n):
    acc = 0
    for i in range(n):
        acc += step(i * 3, 5000 - i)
    return acc


print(run(4999))
print(run(8000))
