"""Recursion near the limit works in a hot loop; beyond it RecursionError comes out."""


def sink(n):
    if n <= 0:
        return 0
    return 1 + sink(n - 1)


def run(times, depth):
    total = 0
    for i in range(times):
        total += sink(depth + i % 3)
    return total


print(run(3500, 5))
print(run(40, 900))
print(run(40, 990))
print(run(1, 1200))
