"""List comprehensions in hot loops: nested, conditional, with names of the scope around them."""


def run(n):
    total = 0
    x = 100
    for i in range(n):
        row = [x + i for x in range(i % 9)]
        total += sum(row)
        even = [y for y in row if y % 2 == 0]
        total += len(even)
        pairs = [a * b for a in range(3) for b in range(a) if (a + b + i) % 3]
        total += sum(pairs)
    return total, x


print(run(3000))


def long(n):
    a = [i * i for i in range(n)]
    b = [x if x % 2 else -x for x in a if x % 3 != 1]
    c = [[x, y] for x, y in [(i, -i) for i in range(n // 2)]]
    d = [float(x) / 2 for x in range(n) if x > n // 2]
    e = [len(p) + p[0] for p in c]
    return sum(a), sum(b), c[n // 4], sum(d), sum(e)


print(long(6000))
squares = [i * i for i in range(4000)]
print(squares[3999], [i for i in range(5)], sum([v for v in squares if v & 1]))
i = 5
grid = [[i * j for j in range(40)] for i in range(40)]
print(i, sum([sum(row) for row in grid]), sum([x for row in grid for x in row if x % 7 == i]))
