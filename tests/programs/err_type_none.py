"""An int becomes None in a hot loop: the addition raises TypeError there and not before."""


def value(i):
    if i == 6500:
        return None
    return i & 15


def run(n):
    total = 0
    for i in range(n):
        x = value(i)
        total = total + x * 2 if i % 3 else total + x
    return total


print(run(6500))
print(run(9000))
