"""A division by zero in the middle of a hot loop, with other values alive."""


def run(n):
    total = 0
    scale = 1.5
    for i in range(n):
        total += 1000 // (7000 - i)
        scale = scale + i / (7000 - i) - total
    return total, scale


print("start")
print(run(6000))
print(run(9000))
