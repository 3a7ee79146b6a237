"""Big ints that grow to hundreds of digits, and their decimal digits."""


def digits(n):
    total = 0
    while n > 0:
        n, d = divmod(n, 10)
        total += d
    return total


def run(n):
    f = 1
    sums = []
    for i in range(1, n):
        f *= i
        if i % 50 == 0:
            sums.append(digits(f))
    return sums, f % (10 ** 9 + 7)


print(run(300))
print(2 ** 521 - 1)
print(-(3 ** 200), len(str(7 ** 400)))
a, b = 0, 1
for i in range(4000):
    a, b = b, a + b
    if b > 10 ** 60:
        b = b // 10 ** 30
print(a, b)
