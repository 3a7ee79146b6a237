"""Products that overflow late in a hot loop, with either sign, and shrink again."""


def run(n, factor, at):
    x = 1
    total = 0
    for i in range(n):
        y = (i + 1) * factor
        if i >= at:
            y = y * 4611686018427
        total = (total + y * (i - 5000)) % 1000000007
        x = y
    return total, x


print(run(12000, 3, 10000))
print(run(12000, -3, 10000))
print(run(12000, 4611686018427387, 20000))
print(run(12000, 922337203685477, 20000))
print(run(12000, -922337203685477, 20000))
print(run(12000, 922337203685478, 20000))
