"""Small classical kernels in one file: their traces are entered again with other arguments."""


def sieve(n):
    flags = [True] * (n + 1)
    count = 0
    for i in range(2, n + 1):
        if flags[i]:
            count += 1
            for j in range(i * i, n + 1, i):
                flags[j] = False
    return count


def mandelbrot(size, limit):
    inside = 0
    for py in range(size):
        ci = 2.0 * py / size - 1.0
        for px in range(size):
            cr = 3.0 * px / size - 2.0
            zr = zi = 0.0
            n = 0
            while n < limit and zr * zr + zi * zi <= 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                n += 1
            if n == limit:
                inside += 1
    return inside


def knapsack(weights, values, capacity):
    best = [0] * (capacity + 1)
    for k in range(len(weights)):
        w = weights[k]
        for c in range(capacity, w - 1, -1):
            candidate = best[c - w] + values[k]
            if candidate > best[c]:
                best[c] = candidate
    return best[capacity]


def lcs(a, b):
    row = [0] * (len(b) + 1)
    for x in a:
        diagonal = 0
        for j in range(len(b)):
            above = row[j + 1]
            row[j + 1] = diagonal + 1 if x == b[j] else max(above, row[j])
            diagonal = above
    return row[-1]


def gauss(n):
    m = [[1.0 / (i + j + 1) for j in range(n)] + [1.0] for i in range(n)]
    for c in range(n):
        p = c
        for r in range(c, n):
            if abs(m[r][c]) > abs(m[p][c]):
                p = r
        m[c], m[p] = m[p], m[c]
        for r in range(n):
            if r != c:
                f = m[r][c] / m[c][c]
                for k in range(c, n + 1):
                    m[r][k] -= f * m[c][k]
    return [row[n] / m[i][i] for i, row in [(k, m[k]) for k in range(n)]]


def life(n, steps):
    grid = [[(i * 3 + j * j) % 5 == 0 for j in range(n)] for i in range(n)]
    for _ in range(steps):
        new = []
        for i in range(n):
            row = []
            for j in range(n):
                s = 0
                for di in (-1, 0, 1):
                    for dj in (-1, 0, 1):
                        if di or dj:
                            s += grid[(i + di) % n][(j + dj) % n]
                row.append(s == 3 or s == 2 and grid[i][j])
            new.append(row)
        grid = new
    return sum([sum(row) for row in grid])


print(sieve(3000), sieve(100), sieve(5000))
print(mandelbrot(18, 40), mandelbrot(24, 25))
print(knapsack([3, 4, 5, 9, 14], [3, 4, 4, 10, 15], 700), knapsack([1, 2], [0.5, 1.5], 900))
print(lcs([i * 7 % 11 for i in range(70)], [i * 5 % 11 for i in range(70)]))
print(gauss(6))
print(life(12, 4))
