"""An int that grows beyond every float is divided in a hot loop."""


def run(n):
    big = 1
    total = 0.0
    for i in range(n):
        total = total * 0.5 + big / 3
        if i % 8 == 0:
            big = big * 3
    return total


print(run(5000))
print(run(9000))
