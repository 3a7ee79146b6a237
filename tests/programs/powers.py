"""Powers of ints, floats and both, negative exponents included."""


def run(n):
    total = 0
    f = 0.0
    for i in range(n):
        total = (total + (i % 7) ** (i % 5) + (-2) ** (i % 9)) % 1000003
        f += (i % 11 + 1) ** -2 + (i + 0.5) ** 0.5 + 2.0 ** (i % 10 - 5)
    return total, f


print(run(4000))


def big(n):
    total = 0
    for i in range(n):
        total = (total + 3 ** (i % 100)) % 1000000007
    return total


print(big(4000))
print(2 ** 62, 2 ** 63, (-2) ** 63, 0 ** 0, 0.0 ** 0, 10 ** -2, 2 ** 0.5, (-8) ** 3, pow(3, 4))
