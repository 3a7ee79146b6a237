"""Hot loops at module level: nested, with break and else, over lists, with swapped globals."""

count = 0
for a in range(1, 60):
    for b in range(a, 60):
        c = a * a + b * b
        d = 1
        while d * d < c:
            d += 1
        if d * d == c:
            count += 1
print(count, a, b, c, d)
x, y = 0, 1
i = 0
while True:
    x, y = y, (x + y) % 1000003
    i += 1
    if i == 5000:
        break
    if i % 2:
        continue
    y ^= 1
print(x, y)
items = []
for i in range(3000):
    items.append(i * 0.5)
total = 0.0
for v in items:
    total += v
else:
    total = -total
print(total, v)
grid = [[0] * 30 for _ in range(30)]
for i in range(30):
    for j in range(30):
        for k in range(5):
            grid[i][j] += i * j + k
print(grid[7][11], sum([sum(row) for row in grid]))
value = 0
for i in range(8000):
    if i == 5000:
        value = float(value)
    value += 1
    if i == 7000:
        value = 2 ** 62 - 500
print(value)
