"""Loops two to four deep whose bounds change, inner ones often with no iteration."""


def triangle(n):
    total = 0
    for i in range(n):
        for j in range(i):
            total += i ^ j
    return total


def zero_trip(n):
    total = 0
    for i in range(n):
        for j in range(i % 3 - 1):
            total += 1
        for j in range(3, i % 5):
            total += j
        for j in []:
            total += 1000
        k = i % 4
        while k > 2:
            total += 10
            k -= 1
    return total, i


def four(n):
    count = 0
    for a in range(n):
        for b in range(a % 4):
            for c in range(b, a):
                for d in range(c - b, c, 2):
                    count += a * b + c - d
    return count


def shrinking(n):
    total = 0
    while n > 0:
        for i in range(n):
            for j in range(n - i, 0, -7):
                total += j
        n = n * 3 // 4 - 1
    return total


def pythagoras(n):
    hits = 0
    for a in range(1, n):
        for b in range(a, n):
            c = b
            while c * c < a * a + b * b:
                c += 1
            if c * c == a * a + b * b and c < n:
                hits += 1
    return hits


print(triangle(120), zero_trip(4000), four(34), shrinking(150), pythagoras(40))


def list_bounds(n):
    total = 0
    rows = [[], [1], [2, 3], [4, 5, 6], []]
    for i in range(n):
        for x in rows[i % 5]:
            for y in rows[x % 5]:
                total += x * y
    return total


print(list_bounds(5000))
