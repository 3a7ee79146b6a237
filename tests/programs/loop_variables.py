"""Loop variables read after their loop, changed inside it, and shared by loops."""


def run(n):
    total = 0
    for i in range(n):
        j = i
        i = i * 2
        total += i - j
    total += i
    for i in range(5):
        pass
    for k in range(i, n):
        if k > n - 3:
            i = k
    return total, i, j, k


def nested(n):
    total = 0
    for i in range(n):
        for i in range(i % 4):
            total += i
        total += i * 10
    return total, i


def reuse(n):
    i = -1
    for i in range(n):
        if i * i > 9 * 10 ** 6:
            break
    a = i
    for i in range(i, n):
        pass
    while i > 0:
        i -= 1
    return a, i


print(run(5000), nested(5001), reuse(5000), reuse(0))
