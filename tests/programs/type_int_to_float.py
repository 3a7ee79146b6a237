"""Accumulators that turn from int to float at iteration 5,000, one by one and all at once."""


def run(n, switch):
    a = 0
    b = 1
    c = 2
    step = 1
    for i in range(n):
        if i == switch:
            step = 0.5
        a += step
        b = b + a % 3
        c = (c + b) % 1000
    return a, b, c


print(run(4000, 5000))
print(run(10000, 5000))
print(run(10000, 9999))
print(run(10000, 0))


def while_loop(limit):
    x = 0
    n = 0
    while x < limit:
        x = x + 1 if n < 5000 else x + 0.25
        n += 1
    return x, n


print(while_loop(4000), while_loop(6000), while_loop(6000.5))


def average(items):
    total = 0
    count = 0
    for x in items:
        total += x
        count += 1
    return total / count


print(average(list(range(6000))))
print(average([i if i < 5000 else i + 0.5 for i in range(6000)]))
