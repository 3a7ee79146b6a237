"""While loops with conditions of several parts and side effects."""


def run(n):
    a, b, c = 0, n, 0
    while a < b and (c < 3 * n or a % 2 == 0) and not a == n - 5:
        a += 1
        c += a % 4
        if c % 7 == 3:
            b -= 1
    return a, b, c


def collatz(limit):
    longest = 0
    for start in range(1, limit):
        x = start
        steps = 0
        while x != 1 and steps < 500:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            steps += 1
        if steps > longest:
            longest = steps
    return longest


def newton(x):
    guess = x
    n = 0
    while abs(guess * guess - x) > 1e-9 and n < 50:
        guess = (guess + x / guess) / 2
        n += 1
    return guess, n


def binary(items, x):
    low = 0
    high = len(items)
    while low < high:
        middle = (low + high) // 2
        if items[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


def walrus(n):
    total = 0
    i = -1
    while (i := i + 1) < n and (k := i * 7 % 1000) != 999:
        total += k
    return total, i


print(run(6000), collatz(400), walrus(3000), walrus(100))
print(sum([newton(float(i))[0] for i in range(1, 700)]), newton(2.0))
items = [i * 3 for i in range(1000)]
print(sum([binary(items, x) for x in range(0, 3003, 2)]))
