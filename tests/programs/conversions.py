"""int, float, bool, str and round of each other's values in hot loops."""


def run(n):
    t = 0
    f = 0.0
    for i in range(n):
        x = (i - 3000) * 0.75
        t += int(x) + int(-x) * 2
        f += float(i) + float(int(x))
        t += bool(x) + int(bool(i % 3))
        t += round(x) - round(-x)
        t += int(str(i)) + len(str(x)) + int(float(str(x)))
    return t, f


print(run(5000))


def large(n):
    t = 0
    x = 1.0
    for i in range(n):
        x = x * 1.5 if x < 1e40 else 3.0
        t = (t * 3 + int(x)) % 1000003
        t ^= int(-x) % 1009
    return t


print(large(5000))


def exact(n):
    t = 0.0
    for i in range(n):
        t += float(2 ** 53 + i) - float(2 ** 62 - i)
        t += (2 ** 62 + i) * 1.0
    return t


print(exact(4000))
print(int(1e30), int(-0.9), float(2 ** 100), int("  -12 "), float(" 1e3 "), int("1_000"), float("-inf"), int("ff", 16))
