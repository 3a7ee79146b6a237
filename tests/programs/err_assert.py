"""An assertion with a message fails in a hot loop."""


def check(x, limit):
    assert x < limit, f"{x} is not below {limit}"
    return x


def run(n):
    total = 0
    for i in range(n):
        total += check(i % 6100, 6050)
    return total


print(run(6000))
print(run(7000))
