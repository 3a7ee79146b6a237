"""A shift count that becomes negative in a hot loop."""


def run(n):
    acc = 0
    for i in range(n):
        acc = acc ^ (1 << (6000 - i) % 50 if i < 6000 else 1 << (6000 - i))
    return acc


print(run(6001))
print(run(7000))
